"""The emulator's SQL and `Filter.matches` are two readings of one language: they find the same jobs.

The strategy builds trees out of nodes, with values of the generated jobs and values near them, and calls neither.
"""

import datetime as dt
import decimal
from collections.abc import Iterator
from functools import cache
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from odatafilter.emulator._generate import Job, generate
from odatafilter.emulator._instants import instant
from odatafilter.emulator._store import Store
from odatafilter.emulator._translate import UnsupportedFilterError, translate
from odatafilter.filter import Filter, parse
from odatafilter.itwin import RealityConversionJob
from odatafilter.tree import (
    Alias,
    And,
    Array,
    Call,
    Comparison,
    Expression,
    In,
    List,
    Literal,
    LiteralKind,
    Negation,
    Not,
    Or,
    Property,
)

JOBS, SEED = 120, 7
NULL = Literal("null", "null")
GUIDS = ("id", "iTwinId", "inputId", "outputId")
STRINGS = ("name", "email", "type", "state")
EQUALITY = ("eq", "ne")
ALL_OPERATORS = ("eq", "ne", "lt", "le", "gt", "ge")
SAMPLES = [job for _, job in generate(JOBS, SEED)]


@cache
def store() -> Store:
    return Store(JOBS, SEED)


@pytest.fixture(scope="module", autouse=True)
def _closed_in_the_end() -> Iterator[None]:
    yield
    store().close()


@cache
def items() -> list[Job]:
    """All jobs as the database lists them."""
    rows = store().rows(translate(Literal("Boolean", "true")), None)
    return [msgspec.json.decode(row.body) for row in rows]


def found(tree: Expression) -> list[str]:
    return [msgspec.json.decode(row.body)["id"] for row in store().rows(translate(tree), None)]


def values(name: str) -> list[Any]:
    match name:
        case "inputId" | "outputId":
            return [element["id"] for job in SAMPLES for element in job[f"{name[:-2]}s"] if element["id"]]
        case _:
            return [job[name] for job in SAMPLES if job.get(name)]


def spelt(kind: str, text: str) -> Literal:
    return Literal("String", "'" + text.replace("'", "''") + "'") if kind == "String" else Literal(kind, text)  # type: ignore[arg-type]


@st.composite
def guids(draw: st.DrawFn, name: str) -> Literal:
    text = draw(st.sampled_from(values(draw(st.sampled_from((name, "id"))))))
    return spelt(draw(st.sampled_from(("Guid", "String"))), text.upper() if draw(st.booleans()) else text)


@st.composite
def strings(draw: st.DrawFn, name: str) -> Literal:
    text: str = draw(st.sampled_from(values(name)))
    changed = st.sampled_from((text, text.upper(), text[:-1], text + "\0", text + "𐀀", ""))
    return spelt("String", draw(changed | st.text(max_size=4)))


@st.composite
def timestamps(draw: st.DrawFn) -> Literal:
    text: str = draw(st.sampled_from(values("createdDateTime")))
    seconds, rest = text[:19], text[19:].rstrip("Z").removesuffix("+00:00").removeprefix(".")
    fraction = draw(st.sampled_from((rest, rest.rstrip("0"), rest + "00001", "9999999", "")))
    offset = draw(st.sampled_from(("Z", "+00:00", "-14:00", "+05:30")))
    years = st.sampled_from((seconds, "0001" + seconds[4:], "9999" + seconds[4:], "-0044" + seconds[4:]))
    return Literal("DateTimeOffset", draw(years) + (fraction and f".{fraction}") + offset)


def literals(name: str) -> st.SearchStrategy[Literal]:
    made = guids(name) if name in GUIDS else strings(name) if name in STRINGS else timestamps()
    return st.one_of(made, made, made, st.just(NULL))


@st.composite
def comparisons(draw: st.DrawFn) -> Expression:
    name = draw(st.sampled_from((*GUIDS, *STRINGS, "createdDateTime")))
    operator = draw(st.sampled_from(EQUALITY if name in GUIDS else ALL_OPERATORS))
    operands: list[Expression] = [Property(name), draw(literals(name) | properties_like(name))]
    if draw(st.booleans()):
        operands.reverse()
    return Comparison(operands[0], operator, operands[1])  # type: ignore[arg-type]


def properties_like(name: str) -> st.SearchStrategy[Expression]:
    alike = GUIDS if name in GUIDS else STRINGS if name in STRINGS else ("createdDateTime",)
    return st.sampled_from(alike).map(Property)


@st.composite
def memberships(draw: st.DrawFn) -> Expression:
    name = draw(st.sampled_from((*GUIDS, *STRINGS, "createdDateTime")))
    return In(Property(name), List(tuple(draw(st.lists(literals(name), min_size=1, max_size=4)))))


def compounds(inner: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    several = st.lists(inner, min_size=2, max_size=4).map(tuple)
    return st.one_of(several.map(And), several.map(Or), inner.map(Not))


def filters() -> st.SearchStrategy[Expression]:
    return st.recursive(comparisons() | memberships(), compounds, max_leaves=8)


@given(filters())
def test_sql_finds_the_jobs_that_match(tree: Expression) -> None:
    filter_ = Filter(tree, RealityConversionJob.__facts__)
    assert found(tree) == [item["id"] for item in items() if filter_.matches(item)]


@pytest.mark.parametrize(
    "text",
    [
        "iTwinId eq dc720f05-e5f7-448b-ae06-765de46f0af1",
        "inputId in ('482b2968-6a85-4e50-b05c-8acbf828c1bd', '14c03448-bea0-4d76-b53b-4b20bd3f4cbc')",
        "id eq 9e2d27cf-b695-47e9-b7f0-0d47dc3b88ad",
        "createdDateTime gt 2024-06-24T13:00:00Z",
    ],
)
def test_each_documented_sample_finds_some_jobs_and_not_all(text: str) -> None:
    ids = found(parse(text, schema=RealityConversionJob).tree)
    assert 0 < len(ids) < len(items())
    assert ids == [item["id"] for item in items() if parse(text, schema=RealityConversionJob).matches(item)]


def compared(name: str, operator: str, literal: Literal = NULL) -> Expression:
    return Comparison(Property(name), operator, literal)  # type: ignore[arg-type]


def test_a_comparison_with_null_is_true_or_false_and_its_negation_the_opposite() -> None:
    without = [item["id"] for item in items() if "email" not in item]
    everything = [item["id"] for item in items()]
    assert 0 < len(without) < len(everything)
    for operator in ("eq", "ge", "le"):
        assert found(compared("email", operator)) == without
        assert found(Not(compared("email", operator))) == [id_ for id_ in everything if id_ not in without]
    for operator in ("gt", "lt"):
        assert found(compared("email", operator)) == []
        assert found(Not(compared("email", operator))) == everything


def test_ne_of_a_collection_holds_when_no_element_is_equal() -> None:
    wanted = next(item for item in items() if len(item["outputs"]) == 2)["outputs"][1]["id"]
    equal = found(compared("outputId", "eq", Literal("Guid", wanted)))
    assert len(equal) == 1
    different = found(compared("outputId", "ne", Literal("Guid", wanted)))
    assert sorted(equal + different) == sorted(item["id"] for item in items())


def test_a_value_may_be_asked_for_in_a_collection() -> None:
    wanted = Literal("Guid", items()[0]["inputs"][0]["id"])
    assert found(In(wanted, Property("inputId"))) == found(compared("inputId", "eq", wanted)) != []


def test_a_condition_may_be_compared_with_a_value() -> None:
    condition = compared("state", "eq", Literal("String", "'success'"))
    for text in ("true", "false"):
        wanted = condition if text == "true" else Not(condition)
        assert found(Comparison(condition, "eq", Literal("Boolean", text))) == found(wanted) != []


def test_thousands_of_operands_and_sixty_levels_are_translated() -> None:
    wide = Or(tuple(compared("name", "eq", Literal("String", f"'{number}'")) for number in range(2000)))
    assert found(wide) == []
    deep = compared("state", "eq", Literal("String", "'active'"))
    for level in range(60):
        operands = (compared("state", "ne", Literal("String", "'failed'")), deep)
        deep = And(operands) if level % 2 else Or(operands)
    assert found(deep) == [item["id"] for item in items() if item["state"] != "failed"]


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("Binary", "binary'Zm9v'"),
        ("Date", "2024-06-24"),
        ("Duration", "duration'P1D'"),
        ("Enum", "N.C'Red'"),
        ("Geography", "geography'SRID=0;Point(1 2)'"),
        ("Geometry", "geometry'SRID=0;Point(1 2)'"),
        ("Number", "1"),
        ("TimeOfDay", "13:20:00"),
    ],
)
def test_literals_that_stand_beside_no_documented_property_are_refused(kind: LiteralKind, text: str) -> None:
    with pytest.raises(UnsupportedFilterError, match=f"^no documented property is compared with a {kind}$"):
        translate(compared("state", "eq", Literal(kind, text)))


@pytest.mark.parametrize(
    ("tree", "message"),
    [
        (Property("state"), "a value that is not Boolean where a condition is wanted"),
        (Comparison(Property("stat"), "eq", NULL), "unknown property 'stat'"),
        (
            Comparison(Literal("Number", "1"), "eq", Literal("Number", "1")),
            "no documented property is compared with a Number",
        ),
        (Not(Negation(Property("state"))), "the documented filters have properties and values only, not -state"),
        (Comparison(Array(()), "eq", NULL), "the documented filters have properties and values only, not []"),
        (
            Comparison(Call("tolower", (Property("name"),)), "eq", NULL),
            "the documented filters have properties and values only, not tolower(name)",
        ),
        (In(Property("name"), Alias("p")), "the right side of 'in' is neither a list nor a collection"),
        (
            Comparison(Property("name"), "eq", Alias("p")),
            "the documented filters have properties and values only, not @p",
        ),
        (In(Property("id"), Property("state")), "the right side of 'in' is neither a list nor a collection"),
        (
            compared("createdDateTime", "eq", Literal("DateTimeOffset", "12345678901-01-01T00:00:00Z")),
            "no timestamp that the emulator can place: '12345678901-01-01T00:00:00Z'",
        ),
    ],
)
def test_what_the_dialect_has_no_use_for_is_refused(tree: Expression, message: str) -> None:
    with pytest.raises(UnsupportedFilterError) as caught:
        translate(tree)
    assert str(caught.value) == message


def test_the_itwins_that_a_filter_asks_for_are_known() -> None:
    one, two = "dc720f05-e5f7-448b-ae06-765de46f0af1", "3fa85f64-5717-4562-b3fc-2c963f66afa6"
    assert translate(compared("state", "eq")).itwins is None
    assert translate(compared("iTwinId", "ne", Literal("Guid", one))).itwins == frozenset()
    assert translate(compared("iTwinId", "eq", Literal("Guid", one.upper()))).itwins == frozenset({one})
    listed = In(Property("iTwinId"), List((Literal("Guid", one), Literal("String", f"'{two}'"), NULL)))
    assert translate(Or((listed, compared("name", "eq")))).itwins == frozenset({one, two})


def test_instants_sort_as_the_calendar_does() -> None:
    ordered = [
        "-0044-03-15T12:00:00Z",
        "0000-02-29T00:00Z",
        "0001-01-01T00:00:00Z",
        "2024-02-29T23:59:59.999999999999Z",
        "2024-03-01T00:00:00+00:00",
        "2024-02-29T23:00:00.0000000000001-01:00",
        "2024-03-01T00:00:01Z",
        "10000-01-01T00:00:00Z",
    ]
    assert [instant(text) for text in ordered] == sorted(instant(text) for text in ordered)
    assert len({instant(text) for text in ordered}) == len(ordered)
    assert instant("2024-03-01t01:30:00.50+01:30") == instant("2024-03-01T00:00:00.5z")
    with pytest.raises(ValueError, match="no timestamp that the emulator can place: '2024-03-01'"):
        instant("2024-03-01")


@given(st.datetimes(), st.datetimes())
def test_instants_are_as_far_apart_as_those_of_the_calendar(one: dt.datetime, other: dt.datetime) -> None:
    places = [decimal.Decimal(instant(f"{when.isoformat()}Z")) for when in (one, other)]
    assert places[1] - places[0] == decimal.Decimal((other - one) // dt.timedelta(microseconds=1)) / 10**6


def test_a_quote_in_a_string_is_one_character() -> None:
    assert translate(Comparison(Property("name"), "eq", spelt("String", "it's ''"))).bound == (b"it's ''",)
