"""Values of parameters: spelt as what they stand beside wants them, and refused where the schema does not allow them."""

from typing import Any

import pytest
from schema_samples import KEY, Job, Listed, Sale, Stock

import odatafilter as of


def test_a_list_is_bound_to_a_collection_as_its_elements_are_spelt() -> None:
    made = of.parse("keys eq @p and hassubset(tags,@t)", schema=Listed).bind(p=[KEY.upper()], t=["a"])
    assert str(made) == f'keys eq [{KEY}] and hassubset(tags,["a"])'
    with pytest.raises(of.FilterValidationError):
        of.parse("tags/$count eq @p", schema=Listed).bind(p=[1])


def test_a_parameter_is_spelt_as_what_it_is_compared_with_inside_a_lambda_too() -> None:
    made = Sale.lines.any(lambda line: line.key == of.param("k")) & (Sale.key == of.param("k"))
    text = "lines/any(line:line/key eq '{0}') and key eq {0}".format("dc720f05-e5f7-448b-ae06-765de46f0af1")
    assert str(made.bind(k=KEY.upper())) == text


@pytest.mark.parametrize(
    ("text", "value", "bound"),
    [
        ("keys/any(k:k eq @p)", KEY.upper(), f"keys/any(k:k eq {KEY})"),
        ("@p eq made", "2024-06-24t13:00:00z", "2024-06-24T13:00:00Z eq made"),
        ("date(made) eq @p", "2024-06-24", "date(made) eq 2024-06-24"),
        ("contains(name,@p)", "x", "contains(name,'x')"),
        ("substring(name,@p) eq 'x'", 1, "substring(name,1) eq 'x'"),
        ("made add @p gt made", "PT1H", "made add duration'PT1H' gt made"),
        ("@p add made gt made", "PT1H", "duration'PT1H' add made gt made"),
        ("took sub @p eq took mul 2", "PT1H", "took sub duration'PT1H' eq took mul 2"),
        ("took mul @p gt took", 2, "took mul 2 gt took"),
        ("length(name) add @p gt 1", 1, "length(name) add 1 gt 1"),
        ("(n eq 1) eq @p", True, "n eq 1 eq true"),
        ("not @p", True, "not true"),
        ("n eq @p", None, "n eq null"),
        ("state in @p", ["open"], "state in ('open')"),
    ],
)
def test_a_value_is_spelt_as_what_it_stands_beside(text: str, value: Any, bound: str) -> None:
    made = of.parse(text, schema=Stock).bind(p=value)
    assert str(made) == bound
    assert of.parse(bound, schema=Stock) == made


@pytest.mark.parametrize(
    ("text", "value", "error", "message"),
    [
        ("contains(name,@p)", 5, of.FilterTypeError, "'@p' is a String and takes a str, not 5 (int)"),
        ("tolower(name) eq @p", 5, of.FilterTypeError, "'@p' is a String and takes a str, not 5 (int)"),
        ("substring(name,@p) eq 'x'", 2**31, of.FilterError, "2147483648 is out of the range of '@p', an Int32"),
        (
            "keys/any(k:k eq @p)",
            5,
            of.FilterTypeError,
            "an element is a Guid and takes a UUID or its text, not 5 (int)",
        ),
        ("state in @p", ["x"], of.FilterError, "'state' has no word 'x'; it has open and done"),
        ("n gt @p", None, of.FilterTypeError, "nothing is 'gt' null; bind the parameter 'p' to a value"),
        ("@p le n", None, of.FilterTypeError, "nothing is 'le' null; bind the parameter 'p' to a value"),
        (
            "length(name) eq @p",
            "x",
            of.FilterValidationError,
            "this is an Int32; it cannot be compared with the String 'x'; an Int32 is written like 42\n"
            "    length(name) eq 'x'\n                    ^^^",
        ),
        (
            "year(made) eq @p",
            "2024",
            of.FilterValidationError,
            "this is an Int32; it cannot be compared with the String '2024'; did you mean 2024?\n"
            "    year(made) eq '2024'\n                  ^^^^^^",
        ),
        (
            "n add @p gt 5",
            "x",
            of.FilterValidationError,
            "'add' is not between 'n', an Int32 and the String 'x'\n    n add 'x' gt 5\n    ^^^^^^^^^",
        ),
        (
            "lines/$count eq @p",
            "x",
            of.FilterValidationError,
            "this is an Int64; it cannot be compared with the String 'x'; an Int64 is written like 42\n"
            "    lines/$count eq 'x'\n                    ^^^",
        ),
        (
            "not @p",
            5,
            of.FilterValidationError,
            "5 is a Number, which is neither true nor false; compare it with something\n    not 5\n        ^",
        ),
    ],
)
def test_a_value_that_the_schema_does_not_allow_is_not_bound(
    text: str, value: Any, error: type[of.FilterError], message: str
) -> None:
    with pytest.raises(of.FilterError) as caught:
        of.parse(text, schema=Stock).bind(p=value)
    assert type(caught.value) is error
    assert str(caught.value) == message


def test_without_a_schema_too_nothing_is_greater_than_null() -> None:
    with pytest.raises(of.FilterTypeError, match=r"^nothing is 'gt' null; bind the parameter 'p' to a value$"):
        (of.field("a") > of.param("p")).bind(p=None)
    assert str((of.field("a") == of.param("p")).bind(p=None)) == "a eq null"


def test_a_plain_dialect_is_judged_when_all_parameters_are_bound() -> None:
    class Flat(of.Schema, plain=True):
        a = of.Int32()
        b = of.Int32()

    prepared = (Flat.a == of.param("a")) & (Flat.b == of.param("b"))
    assert str(prepared.bind(a=1)) == "a eq 1 and b eq @b"
    assert str(prepared.bind(a=1).bind(b=2)) == "a eq 1 and b eq 2"


def test_words_are_written_as_they_are_documented_where_case_does_not_matter() -> None:
    class Loose(of.Schema, case_sensitive=False):
        state = of.String(enum=("Active", "Inactive"))

    assert str(Loose.state == "active") == "state eq 'Active'"
    assert str(Loose.state.in_(["ACTIVE", "inactive"])) == "state in ('Active','Inactive')"
    assert str((Loose.state == of.param("p")).bind(p="active")) == "state eq 'Active'"
    with pytest.raises(of.FilterError, match=r"^'state' has no word 'activ'; did you mean 'Active'\?$"):
        _ = Loose.state == "activ"


def test_a_parameter_in_a_list_is_spelt_as_the_property_before_the_list() -> None:
    made = of.parse("inputId in [@p,null] and id in [@p]", schema=Job).bind(p=KEY.upper())
    assert str(made) == f"inputId in ['{KEY}',null] and id in [{KEY}]"


def test_a_list_is_bound_after_in() -> None:
    assert str(of.parse("a in @some").bind(some=[1, None])) == "a in (1,null)"
    with pytest.raises(
        of.FilterTypeError, match=r"^the parameter 'some' stands after 'in' and takes several values, not 1$"
    ):
        of.parse("a in @some").bind(some=1)
    with pytest.raises(of.FilterError, match=r"^the parameter 'p' starts a path, where no value can stand$"):
        of.parse("@p/a eq 1").bind(p=1)
