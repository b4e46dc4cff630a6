"""The tables of the language as the standard has them, row for row: functions, arithmetic, kinds, and the nodes of trees."""

import datetime as dt
import decimal
import itertools
import uuid
from typing import Any

import msgspec
import pytest

import odatafilter as of
from odatafilter import _functions, _kinds, tree
from odatafilter.facts import FunctionFacts, PropertyFacts, SchemaFacts

# Each canonical function with all its signatures, as messages write them (URL Conventions §5.1.1.5 to .11); its method,
# where that has another name; and the call that messages show.
FUNCTIONS = """
concat(String, String) String | concat(Collection, Collection) Collection | concat(name,'text')
contains(String, String) Boolean | contains(Collection, Collection) Boolean | contains(name,'text')
endswith(String, String) Boolean | endswith(Collection, Collection) Boolean | endswith(name,'text')
indexof(String, String) Int32 | indexof(Collection, Collection) Int32 | indexof(name,'text')
length(String) Int32 | length(Collection) Int32 | length(name)
startswith(String, String) Boolean | startswith(Collection, Collection) Boolean | startswith(name,'text')
substring(String, Int32, Int32?) String | substring(Collection, Int32, Int32?) Collection | substring(name,1)
hassubset(Collection, Collection) Boolean | hassubset(name,['a','b'])
hassubsequence(Collection, Collection) Boolean | hassubsequence(name,['a','b'])
matchesPattern(String, String, String?) Boolean | matches_pattern matchesPattern(name,'text')
tolower(String) String | lower tolower(name)
toupper(String) String | upper toupper(name)
trim(String) String | trim(name)
date(DateTimeOffset) Date | date(name)
day(Date or DateTimeOffset) Int32 | day(name)
fractionalseconds(DateTimeOffset or TimeOfDay) Decimal | fractionalseconds(name)
hour(DateTimeOffset or TimeOfDay) Int32 | hour(name)
maxdatetime() DateTimeOffset | maxdatetime()
mindatetime() DateTimeOffset | mindatetime()
minute(DateTimeOffset or TimeOfDay) Int32 | minute(name)
month(Date or DateTimeOffset) Int32 | month(name)
now() DateTimeOffset | now()
second(DateTimeOffset or TimeOfDay) Int32 | second(name)
time(DateTimeOffset) TimeOfDay | time(name)
totaloffsetminutes(DateTimeOffset) Int32 | totaloffsetminutes(name)
totalseconds(Duration) Decimal | totalseconds(name)
year(Date or DateTimeOffset) Int32 | year(name)
ceiling(Number) its own | ceiling(name)
floor(Number) its own | floor(name)
round(Number) its own | round(name)
cast(Any?, Type) Untyped | cast(name,Edm.String)
isof(Any?, Type) Boolean | isof(name,Edm.String)
geo.distance(Geography, Geography) Double | geo.distance(Geometry, Geometry) Double | geo_distance geo.distance(name,geography'SRID=4326;Point(142.1 64.1)')
geo.intersects(Geography, Geography) Boolean | geo.intersects(Geometry, Geometry) Boolean | geo_intersects geo.intersects(name,geography'SRID=4326;Point(142.1 64.1)')
geo.length(Geography or Geometry) Double | geo_length geo.length(name)
""".strip().splitlines()


def as_written(row: _functions.CanonicalFunction) -> str:
    least, most = row.arity
    said = []
    for signature in row.signatures:
        optional = range(most - least) if row.takes_type else range(least, most)
        parameters = [
            _functions.describe_parameter(one) + "?" * (place in optional)
            for place, one in enumerate(signature.parameters)
        ]
        said.append(f"{row.name}({', '.join(parameters)}) {signature.result or 'its own'}")
    method = "" if row.method == row.name else f"{row.method} "
    return " | ".join([*said, method + _functions.example_call(row.name)])


def test_the_table_of_functions_is_that_of_the_standard() -> None:
    assert [as_written(row) for row in _functions.FUNCTIONS.values()] == FUNCTIONS


# What durations do (§5.1.1.2.1 to .6). Beside these, numbers alone are calculated with.
TIMED = {
    "Date add Duration": "Date",
    "Date sub Date": "Duration",
    "Date sub Duration": "Date",
    "DateTimeOffset add Duration": "DateTimeOffset",
    "DateTimeOffset sub DateTimeOffset": "Duration",
    "DateTimeOffset sub Duration": "DateTimeOffset",
    "Duration add Date": "Date",
    "Duration add DateTimeOffset": "DateTimeOffset",
    "Duration add Duration": "Duration",
    "Duration sub Duration": "Duration",
    "Duration mul Number": "Duration",
    "Duration div Number": "Duration",
    "Duration divby Number": "Duration",
    "Number mul Duration": "Duration",
}
ARITHMETIC = ("add", "sub", "mul", "div", "divby", "mod")
WIDER = [
    ("Byte", "Int16", "SByte"),
    ("Int32",),
    ("Int64",),
    ("Decimal",),
    ("Single",),
    ("Double",),
]  # the narrowest first
NUMBERS = [name for names in WIDER for name in names]
KINDS = sorted(_kinds.KINDS.keys() - {"Untyped"})


INTEGERS = {"Byte", "Int16", "SByte", "Int32", "Int64"}


def in_general(kind: str) -> str:
    return "Number" if kind in NUMBERS else kind


@pytest.mark.parametrize("operator", ARITHMETIC)
def test_arithmetic_gives_what_the_standard_says(operator: str) -> None:
    for one, other in itertools.product(KINDS, KINDS):
        found = _functions.arithmetic_result(one, operator, other)
        if {one, other} <= {*NUMBERS}:
            (*_, widest) = (names for names in WIDER if {one, other} & {*names})
            fraction = operator == "divby" and {one, other} <= INTEGERS
            assert found in ({"Decimal"} if fraction else widest), (one, other)
        else:
            assert found == TIMED.get(f"{in_general(one)} {operator} {in_general(other)}"), (one, other)
    for kind in (*KINDS, "Untyped"):
        among_numbers = _functions.arithmetic_result(kind, operator, "Untyped")
        assert among_numbers == _functions.arithmetic_result("Untyped", operator, kind) == "Untyped"


def test_a_text_is_read_as_a_duration_where_nothing_else_can_stand() -> None:
    """Beside a kind, as the first and as the second operand; the others may be durations, or something else."""
    must, can = (
        {
            f"text {operator} {in_general(kind)}" if first else f"{in_general(kind)} {operator} text"
            for operator, kind, first in itertools.product(ARITHMETIC, (*KINDS, "Untyped", "null"), (True, False))
            if judge(operator, kind, first=first)
        }
        for judge in (_functions.must_be_duration, _functions.can_be_duration)
    )
    assert must == {
        *("text add Date", "text add DateTimeOffset", "Date add text", "DateTimeOffset add text", "Duration sub text"),
    }
    assert can - must == {
        *("text add Duration", "Duration add text", "text sub Duration", "Date sub text", "DateTimeOffset sub text"),
        *("text mul Number", "Number mul text", "text div Number", "text divby Number"),
    }


def test_a_sign_is_for_numbers_and_durations() -> None:
    assert {kind for kind in _kinds.KINDS if _functions.has_sign(kind)} == {*NUMBERS, "Duration", "Untyped"}


# --- kinds ----------------------------------------------------------------------------------------------------------

SHAPES = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Collection")


def kinds_where(**what: Any) -> set[str]:
    return {name for name, row in _kinds.KINDS.items() if all(getattr(row, key) == one for key, one in what.items())}


def test_the_table_of_kinds_is_that_of_the_standard() -> None:
    """CSDL §3.3 and §4, URL Conventions §5.1.1.1 and §5.1.1.14.1."""
    assert kinds_where(ordered=False) == {"Binary", "Collection", "Complex", "Enum", "Geography", "Geometry"}
    assert kinds_where(has_equality=False) == {"Geography", "Geometry"}
    assert kinds_where(in_quotes=True) == {"Duration", "Enum", "Guid", "String"}
    assert kinds_where(literal=None) == {"Collection", "Complex", "Untyped"}
    assert {row.name: row.prefix for row in _kinds.KINDS.values() if row.prefix} == {
        name: name.lower() for name in ("Binary", "Duration", "Geography", "Geometry")
    }
    assert {row.name: row.bounds for row in _kinds.KINDS.values() if row.bounds} == {
        "Byte": (0, 255),
        "SByte": (-128, 127),
        "Int16": (-32768, 32767),
        "Int32": (-2147483648, 2147483647),
        "Int64": (-9223372036854775808, 9223372036854775807),
    }
    assert {row.name: row.subtypes for row in _kinds.KINDS.values() if row.subtypes} == {
        name: tuple(name + shape for shape in SHAPES) for name in ("Geography", "Geometry")
    }
    others = {row.name: row.property_kind for row in _kinds.KINDS.values() if row.property_kind != row.name}
    assert others == {"Byte": "Int32", "SByte": "Int32", "Int16": "Int32", "Single": "Double"}
    assert kinds_where(family="Int") == _kinds.INTEGERS == INTEGERS
    assert kinds_where(family="Double") == {"Single", "Double"}
    assert {*NUMBERS} == _kinds.NUMBERS
    assert {row.name: row.formats for row in _kinds.KINDS.values() if row.formats} == {
        "Binary": ("base64url", "byte"),
        "Date": ("date",),
        "DateTimeOffset": ("date-time",),
        "Decimal": ("decimal",),
        "Double": ("double",),
        "Duration": ("duration",),
        "Guid": ("uuid", "guid"),
        "Int64": ("int64",),
        "TimeOfDay": ("time",),
    }


def test_the_kinds_that_are_cast_and_spelt_are_those_of_the_standard() -> None:
    primitive = {*_kinds.KINDS} - {"Collection", "Complex", "Untyped"}
    assert primitive == _kinds.PRIMITIVE_KINDS
    assert primitive - {"Enum", "Geography", "Geometry"} == _kinds.CASTABLE
    assert {"Binary", "Date", "DateTimeOffset", "Duration", "Enum", "Guid", "TimeOfDay"} == _kinds.SPELT
    assert {"Duration", "Enum", "Guid"} == _kinds.IN_QUOTES


NOON = dt.datetime(2024, 6, 24, 12, tzinfo=dt.UTC)
VALUES: list[Any] = [
    *(b"foo", True, 5, 2.5, decimal.Decimal("0.5"), dt.date(2024, 6, 24), NOON, dt.time(12), dt.timedelta(1)),
    *(uuid.UUID(int=1), "text"),
]
# What the builder takes for a property of a kind, by the names of Python's types, and what it says is wanted.
TAKEN: list[tuple[Any, str, str]] = [
    (of.Binary, "bytes", "a Binary and takes bytes"),
    (of.Boolean, "bool", "a Boolean and takes a bool"),
    (of.Date, "date", "a Date and takes a date"),
    (of.DateTimeOffset, "datetime", "a DateTimeOffset and takes a datetime with a tzinfo"),
    (of.Decimal, "int Decimal", "a Decimal and takes a Decimal or an int"),
    (of.Double, "int float", "a Double and takes a float"),
    (of.Duration, "timedelta", "a Duration and takes a timedelta"),
    (of.Enum, "str", "an Enum and takes the name of a member, or several joined by commas"),
    (of.Guid, "UUID", "a Guid and takes a UUID or its text"),
    (of.Int32, "int", "an Int32 and takes an int"),
    (of.Int64, "int", "an Int64 and takes an int"),
    (of.String, "str", "a String and takes a str"),
    (of.TimeOfDay, "time", "a TimeOfDay and takes a time"),
]


@pytest.mark.parametrize(("kind", "taken", "said"), TAKEN, ids=[kind.__name__ for kind, *_ in TAKEN])
def test_the_builder_takes_the_python_types_of_a_kind(kind: Any, taken: str, said: str) -> None:
    handle = kind(name="a")
    read_from_text = {"Date", "DateTimeOffset", "Duration", "Guid", "TimeOfDay"}
    for value in VALUES:
        name = type(value).__name__
        if name in taken.split():
            assert str(handle == value).startswith("a eq ")
            assert str(handle.in_([value, value])).startswith("a in (")
            continue
        for take, given in ((handle.eq, value), (handle.in_, [value])):
            with pytest.raises(of.FilterError) as caught:
                take(given)
            if name == "str" and kind.__name__ in read_from_text:
                assert str(caught.value).startswith("'text' is no ")
            else:
                assert str(caught.value).startswith(f"'a' is {said}, not {repr(value)[:59]}")
                assert str(caught.value).endswith(f" ({name})")


# --- nodes and facts ------------------------------------------------------------------------------------------------

NODES = [one for one in vars(tree).values() if isinstance(one, type) and issubclass(one, tree.Node)]
NEST_WITHOUT_BRACKETS = {"Negation", "Arithmetic", "Comparison", "Has", "In", "Not"}


@pytest.mark.parametrize("node", NODES, ids=lambda node: str(node.__name__))
def test_a_node_never_changes_and_is_tracked_only_where_it_nests_without_brackets(node: Any) -> None:
    settings = node.__struct_config__
    assert settings.frozen
    assert settings.gc == (node.__name__ in NEST_WITHOUT_BRACKETS)
    if node is not tree.Node:
        assert settings.tag == node.__name__


def defaults(struct: Any) -> dict[str, object]:
    return {
        one.name: one.default if one.default_factory is msgspec.NODEFAULT else one.default_factory()
        for one in msgspec.structs.fields(struct)
        if not one.required
    }


OPERATORS = {
    *["eq", "ne", "lt", "le", "gt", "ge", "add", "sub", "mul", "div", "divby", "mod", "and", "or", "not", "in", "has"]
}
ALL_FUNCTIONS = {*(row.partition("(")[0] for row in FUNCTIONS), "any", "all", "case", "$count"}


def test_facts_allow_all_of_the_language_unless_they_say_less() -> None:
    everything = {"operators": OPERATORS, "functions": ALL_FUNCTIONS}
    assert defaults(PropertyFacts) == {
        **everything,
        "nullable": True,
        "enum": (),
        "quoted": False,
        "type_name": "",
        "element": None,
        "schema": None,
        "source": "",
        "attribute": "",
    }
    assert defaults(SchemaFacts) == {
        **everything,
        "lists": "()",
        "either_order": frozenset(),
        "case_sensitive": True,
        "ordered_texts": False,
        "plain": False,
        "max_in": None,
        "service_functions": {},
        "type_name": "",
        "derived": {},
        "open": False,
        "deeper": frozenset(),
        "depth": 0,
        "namespaces": {},
        "types": frozenset(),
    }
    assert defaults(FunctionFacts) == {
        "parameters": (),
        "optional": frozenset(),
        "bound": False,
        "result": PropertyFacts(name="", kind="Untyped"),
    }


@pytest.mark.parametrize("facts", [PropertyFacts, SchemaFacts, FunctionFacts])
def test_facts_never_change_and_are_named_where_they_are_made(facts: Any) -> None:
    assert facts.__struct_config__.frozen
    with pytest.raises(TypeError):
        facts("a", "String")


def test_limits_are_those_that_are_documented() -> None:
    assert defaults(of.Limits) == {
        "length": 100_000,
        "depth": 100,
        "nodes": 50_000,
        "items": 10_000,
        "visits": 1_000_000,
    }
    assert of.Limits.__struct_config__.frozen
    with pytest.raises(TypeError):
        of.Limits(5)  # type: ignore[call-arg]
    assert msgspec.convert({"depth": 150}, of.Limits).depth == 150
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"deep": 5}, of.Limits)
