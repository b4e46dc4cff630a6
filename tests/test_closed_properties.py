"""What is documented of a property holds wherever the property stands: as an item of a list, or a value of `case`, too."""

import pytest

import odatafilter as of
from odatafilter._validate.quick import is_certainly_allowed

NEAR = of.Function("Shop.Near", {"city": of.String()}, of.Boolean())


class Account(
    of.Schema, functions=("contains", "startswith", "hassubset", "concat", "cast", "case", "any", "$count", NEAR)
):
    name = of.String()
    secret = of.String(operators=(), functions=())
    pin = of.Int32(operators=(), functions=())
    span = of.Duration(operators=(), functions=())
    locked = of.Boolean(operators=(), functions=())
    tags = of.Collection(of.String())
    notes = of.Collection(of.String(), operators=(), functions=())
    hints = of.Collection(of.String(operators=(), functions=()))
    age = of.Int32(operators=("lt",))
    shift = of.Int32(operators=("eq",), functions=("cast",))


CLOSED = (
    "secret eq 'a'",
    "name eq secret",
    "'a' in [secret]",
    "name in ['a',secret]",
    "[secret] eq ['a']",
    "['a'] ne [secret]",
    "[[secret]] eq [['a']]",
    "hassubset([secret],['a'])",
    "hassubset(['a'],[secret])",
    "startswith([secret],['a'])",
    "concat([secret],['b']) eq ['a','b']",
    '[{"a":secret}] eq [{"a":"x"}]',
    '{"a":secret} eq {"a":"x"}',
    "case(true:secret) eq 'a'",
    "case(name eq 'b':name,true:secret) eq 'a'",
    "case(name eq 'b':name,true:case(true:secret)) eq 'a'",
    "case(locked:1,true:2) eq 1",
    "cast(secret,Edm.String) eq 'a'",
    "contains('abc',secret)",
    "-pin eq -3",
    "pin add 1 eq 2",
    "pin add null eq null",
    "1 add -pin eq 2",
    "locked",
    "not locked",
    "locked or name eq 'a'",
    "$it/locked",
    "$it/secret eq 'a'",
    "tags/any(t:t eq secret)",
    "tags/any(t:t in [$it/secret])",
    "tags/$count($filter=$this eq $it/secret) gt 0",
    "tags/$count($filter=$it/locked) gt 0",
    "'a' in notes",
    "notes eq ['a']",
    "notes/any()",
    "notes/$count gt 0",
    "hints/any(t:t eq 'a')",
    "hints/any(t:'a' in [t])",
    "Shop.Near(city=secret)",
    "Shop.Near(city=case(true:secret))",
)


@pytest.mark.parametrize("text", CLOSED)
def test_a_property_with_no_operator_and_no_function_takes_part_in_no_filter(text: str) -> None:
    with pytest.raises(of.FilterValidationError):
        of.parse(text, schema=Account)
    assert not is_certainly_allowed(of.parse(text).tree, Account.__facts__)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("'a' in [secret]", "'secret' is documented with nothing, not with 'in'"),
        ("5 in [age,1]", "'age' is documented with lt, not with 'in'"),
        ("[age] eq [5]", "'age' is documented with lt, not with 'eq'"),
        ("case(true:1,false:age) eq 5", "'age' is documented with lt, not with 'eq'"),
        ("hassubset([shift],[1])", "'shift' is documented with cast, not with 'hassubset'"),
        ("locked", "'locked' is documented with no operator and no function, and takes part in no filter"),
    ],
)
def test_an_item_of_a_list_is_an_operand_of_what_compares_the_list(text: str, message: str) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=Account)
    assert [problem.message for problem in caught.value.problems] == [message]


@pytest.mark.parametrize(
    "text",
    ["[name] eq ['a']", "'a' in [name]", "'a' in tags", "[shift] eq [1]", "case(true:1,false:age) lt 5", "-age eq 5"],
)
def test_what_is_documented_is_allowed_there(text: str) -> None:
    of.parse(text, schema=Account)


def test_the_builder_makes_none_of_it() -> None:
    for make in (
        lambda: -Account.pin,
        lambda: -Account.span,
        lambda: Account.name.in_(Account.notes),
        lambda: of.case((True, Account.secret), kind=of.String()) == "a",
        lambda: of.case((True, 1), (True, Account.age), kind=of.Int32()) == 5,
        lambda: of.case((True, Account.secret)) == "a",
        lambda: Account.tags.hassubset(Account.notes),
    ):
        with pytest.raises(of.FilterError, match=r"is documented with|documents"):
            make()
    assert str(of.case((True, Account.age), kind=of.Int32()) < 5) == "case(true:age) lt 5"
