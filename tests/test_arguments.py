"""Wrong values and wrong arguments: this library's error, whose message says what was found and what is wanted."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest

import odatafilter as of
from odatafilter.derive import schema_from_class, schema_from_dict, schema_from_json_schema, schema_from_metadata

HUGE: Any = 10**5000  # its digits are more than Python makes a text of
ANY: Any = of  # through which the type checker looks at no argument


class Place(of.Schema):
    city = of.String()


class Thing(of.Schema):
    name = of.String()
    n = of.Int32()
    large = of.Int64()
    price = of.Decimal()
    key = of.Guid()
    colour = of.Enum("red")
    day = of.Date()
    place = of.Navigation(Place)


class Shy:
    def __repr__(self) -> str:
        raise RuntimeError


def declared(keywords: dict[str, Any], **properties: Any) -> Any:
    """A schema with these keywords of its class."""

    class Made(of.Schema, **keywords):
        pass

    return type("Made", (Made,), properties)


def keyed(**options: Any) -> Any:
    return schema_from_dict({"a": "Int32"}, **options)


FILTER = Thing.n == 1
TYPE, VALUE = of.FilterTypeError, of.FilterError

REFUSED: list[tuple[Callable[[], Any], type[of.FilterError], str]] = [
    # values
    (lambda: Thing.n == HUGE, VALUE, "a value of the type 'int' is out of the range of 'n', an Int32"),
    (lambda: Thing.name == HUGE, TYPE, "'name' is a String and takes a str, not a value of the type 'int' (int)"),
    (lambda: Thing.name.substring(HUGE), VALUE, "a value of the type 'int' is out of the range of 'the argument', an Int32"),
    (lambda: Thing.day == HUGE, TYPE, "'day' is a Date and takes a date, not a value of the type 'int' (int)"),
    (lambda: of.field("a") == Shy(), TYPE, "no literal can be made of a value of the type 'Shy' (Shy)"),
    (lambda: Thing.name.in_(ANY.Limits()), TYPE, "in_ takes several values, not Limits(length=100000, depth=100, nodes=50000, items=10000, v…"),
    (
        lambda: of.split_range(Thing.price, Decimal("1E+1000000"), Decimal("1E+1000001"), 2),
        VALUE,
        "1E+1000000 has more digits than a range is cut of: 10000",
    ),
    (lambda: of.parse("a in @p").bind(p=HUGE), TYPE, "the parameter 'p' stands after 'in' and takes several values, not a value of the type 'int'"),
    # arguments
    (lambda: of.parse(HUGE), TYPE, "a filter is read from text, not from a value of the type 'int' (int)"),
    (lambda: ANY.parse("a eq 1", limits=5), TYPE, "limits is 5: a Limits such as Limits(depth=50) is wanted"),
    (lambda: ANY.parse("a eq 1", limits={}), TYPE, "limits is {}: a Limits such as Limits(depth=50) is wanted"),
    (lambda: of.Limits(depth=HUGE), VALUE, "the limit 'depth' is a value of the type 'int'; it can be at most 150"),
    (lambda: ANY.param(5), TYPE, "the name of a parameter is 5: a text is wanted"),
    (lambda: FILTER.rename(5), TYPE, "names is 5: a mapping of paths to names is wanted"),  # type: ignore[arg-type]
    (lambda: FILTER.rename({"n": 5}), TYPE, "a name is 5: a text such as 'Address/City' is wanted"),  # type: ignore[dict-item]
    (lambda: ANY.split_in("a in (1,2)", max_url=9), TYPE, "filter is 'a in (1,2)': a Filter is wanted"),
    (lambda: ANY.split_in(FILTER, max_url=None), TYPE, "max_url is None: a number of characters is wanted"),
    (lambda: ANY.split_in(FILTER, max_url=9, url=5), TYPE, "url is 5: a text is wanted"),
    (lambda: ANY.split_range("n", 1, 2, 2), TYPE, "handle is 'n': a property with an order is wanted"),
    (lambda: ANY.split_range(Thing.colour, 1, 2, 2), TYPE, "handle is <Enum colour>: a property with an order is wanted"),
    (lambda: ANY.Navigation(5), TYPE, "a schema is a class made with odatafilter.Schema, not 5"),
    (lambda: Thing.place / ANY.Limits, TYPE, "a property is <class 'odatafilter.limits.Limits'>: its name or its handle is wanted"),
    # declarations
    (lambda: ANY.String(nulable=False), TYPE, "String takes no 'nulable'; did you mean 'nullable'?"),
    (lambda: ANY.String(enums=()), TYPE, "String takes no 'enums'; did you mean 'enum'?"),
    (lambda: ANY.Int32(words=()), TYPE, "Int32 takes no 'words', only name, nullable, operators, functions and source"),
    (lambda: ANY.Int32(nullable="x"), TYPE, "nullable is 'x': True or False is wanted"),
    (lambda: ANY.Int32(source=5), TYPE, "source is 5: a text such as 'inputs[].id' is wanted"),
    (lambda: ANY.Int32(operators=5), TYPE, "operators is 5: words are wanted"),
    (lambda: ANY.Int32(operators=(5,)), TYPE, "operators is (5,): words are wanted"),
    (lambda: ANY.String(enum=5), TYPE, "enum is 5: words are wanted"),
    (lambda: ANY.Guid(quoted="no"), TYPE, "quoted is 'no': True or False is wanted"),
    (lambda: ANY.Enum(5), TYPE, "the enumeration is (5,): words are wanted"),
    (lambda: ANY.Enum("a", type_name=5), TYPE, "type_name is 5: a qualified name is wanted"),
    (lambda: declared({"lists": "<>"}), VALUE, "lists is '<>': '()' or '[]' is wanted"),
    (lambda: declared({"plain": 1}), TYPE, "plain is 1: True or False is wanted"),
    (lambda: declared({"case_sensitive": "no"}), TYPE, "case_sensitive is 'no': True or False is wanted"),
    (lambda: declared({"functions": 5}), TYPE, "functions has 5: words and declared functions are wanted"),
    (lambda: declared({}, a=of.String(name="x"), b=of.Int32(name="x")), VALUE, "Made has the property 'x' twice: a and b"),
    # schemas that are made at run time
    (lambda: keyed(foo=1), TYPE, "a schema takes no 'foo', only name, only, sources, operators, functions, lists, either_order, case_sensitive, plain, max_in and open"),
    (lambda: keyed(operator=()), TYPE, "a schema takes no 'operator'; did you mean 'operators'?"),
    (lambda: keyed(sources=5), TYPE, "sources is 5: a mapping of names to places such as 'inputs[].id' is wanted"),
    (lambda: keyed(sources={"b": 5}), TYPE, "a source is 5: a place such as 'inputs[].id' is wanted"),
    (lambda: keyed(only=5), TYPE, "only is 5: words are wanted"),
    (lambda: keyed(name=5), TYPE, "name is 5: a text is wanted"),
    (lambda: keyed(lists="{}"), VALUE, "lists is '{}': '()' or '[]' is wanted"),
    (lambda: keyed(plain="x"), TYPE, "plain is 'x': True or False is wanted"),
    (lambda: schema_from_json_schema({}, at=5), TYPE, "at is 5: a pointer such as '#/components/schemas/Job' or a name is wanted"),  # type: ignore[arg-type]
    (lambda: schema_from_json_schema({}, depth="x"), TYPE, "depth is 'x': a whole number from 0 to 50 is wanted"),  # type: ignore[arg-type]
    (lambda: schema_from_class(5, depth=1), TYPE, "a schema is made from a dataclass, a msgspec Struct or a pydantic model, not from 5"),  # type: ignore[arg-type]
    (lambda: schema_from_metadata("{}", None), TYPE, "entity_set is None: the name of an entity set, or of a type is wanted"),  # type: ignore[arg-type]
    (lambda: schema_from_metadata(b'<?xml version="1.0" encoding="foo"?><x/>', "x"), VALUE, "the $metadata is no XML: unknown encoding: foo"),
]  # fmt: skip


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_what_is_wrong_is_said(call: Callable[[], Any], error: type[of.FilterError], message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        call()
    assert str(caught.value) == message
    assert type(caught.value) is error


def test_a_parameter_may_be_called_self() -> None:
    assert str((Thing.n == of.param("self")).bind(self=5)) == "n eq 5"


def test_a_single_string_is_accepted_where_words_are_expected() -> None:
    assert of.String(enum="abc")._facts.enum == ("abc",)
    assert of.String(operators="eq")._facts.operators == {"eq"}


def test_a_subclass_takes_an_inherited_property_away() -> None:
    class Fewer(Thing):
        n = None  # type: ignore[assignment]

    class Fewest(Fewer):
        pass

    assert "n" not in Fewer.__facts__.properties
    assert [*Fewest.__facts__.properties] == ["name", "large", "price", "key", "colour", "day", "place"]
    with pytest.raises(of.FilterValidationError, match="unknown property 'n'"):
        of.parse("n eq 1", schema=Fewest)


def test_a_dialect_can_be_said_of_a_dict() -> None:
    made = schema_from_dict(
        {"displayName": "String", "parentId": {"kind": "Guid", "quoted": True}},
        operators=("eq", "in"),
        functions=("contains",),
        lists="[]",
        either_order=("contains",),
        case_sensitive=False,
        plain=True,
    )
    assert str(made.displayName.in_(["a"])) == "displayName in ['a']"
    assert made.__facts__.plain
