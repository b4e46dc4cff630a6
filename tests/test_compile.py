"""`compile()` gives the answers and the errors of the checked predicate, for dicts and for items of a known class."""

import dataclasses
import datetime as dt
import itertools
import uuid
from decimal import Decimal
from enum import Enum
from typing import Any

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter._evaluate import compiled
from odatafilter._evaluate.classes import item_class

GUID = "dc720f05-e5f7-448b-ae06-765de46f0af1"


class Colour(Enum):
    red = "red"


class Lines(of.Schema):
    qty = of.Int32()


class Job(of.Schema):
    name = of.String()
    state = of.Enum("success", "failed", "red")
    id = of.Guid()
    size = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    at = of.DateTimeOffset()
    ok = of.Boolean()
    day = of.Date()
    tags = of.Collection(of.String())
    keys = of.Collection(of.Guid())
    lines = of.Collection(Lines)
    first = of.String(source="begin.name")
    other = of.String(source="title")
    several = of.Int32(source="lines[].qty")
    which = of.Guid(source="lines[].key")
    words = of.String(source="tags[]")
    owner = of.Navigation(Lines)


NAMES = ("name", "state", "id", "size", "price", "weight", "at", "ok", "day", "tags", "keys", "lines", "title", "owner")
RELATIONS = ("eq", "ne", "lt", "le", "gt", "ge")
TIMES = (
    "2024-06-24T13:00:00.50Z",
    "2024-06-24T13:00:00.500Z",
    "2024-06-24T13:00:00.499Z",
    "2024-06-24T15:00:00.500+02:00",
    "2024-06-24T13:00:00Z",
    "2024-06-24T13:00:00.5Z",
    "2024-06-24T13:00:00.123456789012Z",
    "2024-06-24T15:00:00+02:00",
    "0000-01-01T00:00:00Z",
    "12024-01-01T00:00:00Z",
    "2024-06-24T13:00:60Z",
)
VALUES: dict[str, tuple[str, ...]] = {
    "name": ("'scan'", "''", "'Ä'", "null"),
    "state": ("'success'", "'failed'", "'red'"),
    "id": (GUID, f"'{GUID.upper()}'", "00000000-0000-0000-0000-000000000000"),
    "size": ("5", "0", "9007199254740993", "-1", "2.5"),
    "price": ("5", "0.1", "2.50", "1e3", "12345678901234567890.5"),
    "weight": ("5", "0.1", "INF", "NaN", "1e999"),
    "at": TIMES,
    "ok": ("true", "false"),
    "day": ("2024-06-24",),
    "first": ("'a'",),
    "other": ("'a'",),
    "several": ("1", "2"),
}
comparisons = st.sampled_from(sorted(VALUES)).flatmap(
    lambda name: st.builds(
        "{} {} {}".format,
        st.just(name),
        st.sampled_from(("eq", "ne") if name == "state" else RELATIONS),
        st.sampled_from(VALUES[name]),
    )
)
turned = st.sampled_from(["5 lt size", "'scan' eq name", "2024-06-24T13:00:00Z ge at", "0.1 le price"])
memberships = st.sampled_from(
    [
        "name in ('scan','b',null)",
        f"id in ({GUID})",
        "state in ('success','failed')",
        "state in ('success','success,failed')",
        "state in ('failed','0')",
        "size in (1,5)",
        "size in (1,2.5)",
        "ok in (true)",
        "at in (2024-06-24T13:00:00Z)",
        "several in (1)",
        f"which eq {GUID} or words eq 'scan'",
        f"not (which in ({GUID}))",
        "words ne 'scan'",
        "contains(words,'s')",
    ]
)
CONDITIONS = (
    "ok",
    "contains(name,'a')",
    "startswith(tolower(name),'s')",
    "endswith(trim(toupper(name)),'N')",
    "length(name) gt 3",
    "year(at) eq 2024",
    "size add 1 gt 5",
    "name eq null",
    "id ne null",
    "at eq null",
    "size eq null",
    "owner/qty gt 1",
    "name eq other",
    "tags/any(t:t eq 'scan')",
    "tags/any()",
    "tags/all(t:startswith(t,'s') or t eq name)",
    f"keys/any(k:k eq {GUID})",
    "lines/any(l:l/qty gt 1 and size ge 5)",
    "lines/$count gt 1",
    "lines/any(l:tags/any(t:t eq 'scan' and l/qty eq 1))",
    "concat(name,'x') eq 'scanx' and name ne 'b'",
    "day eq 2024-06-24 or name eq 'b'",
    "at ge 2024-01-01T00:00:00Z and at lt 2024-07-01T00:00:00.25Z and at ne 2024-06-24T13:00:00Z",
    "at lt now() and name eq 'scan'",
    "(name eq 'scan') eq ok",
)
conditions = st.sampled_from(CONDITIONS)
leaves = st.one_of(comparisons, turned, memberships, conditions)
texts = st.recursive(
    leaves,
    lambda below: st.one_of(
        st.tuples(below, below).map(lambda two: f"({two[0]}) and ({two[1]})"),
        st.tuples(below, below).map(lambda two: f"({two[0]}) or ({two[1]})"),
        below.map(lambda one: f"not ({one})"),
    ),
    max_leaves=5,
)


class Text(str):
    __slots__ = ()


STORED: tuple[Any, ...] = (
    None,
    True,
    False,
    *range(-1, 7),
    "scan",
    "success",
    "failed",
    "success,failed",
    "0",
    "red,blue",
    " red",
    "1",
    "",
    "Ä",
    GUID,
    GUID.upper(),
    "x",
    "2.50",
    "INF",
    *TIMES,
    "2024-06-24T13:00:00z",
    "2024-06-24t13:00:00Z",
    "2024-W26-1T13:00:00Z",
    "2024-06-24T24:00:00Z",
    "2024-06-31T13:00:00Z",
    "2024-06-24T13:00:00",
    "2024-06-24T13:00Z",
    "2024-06-24",
    "2024-06-24T13:00:00.Z",
    "2024-06-24T13:00:00.1234567Z",
    "2024-06-24T13:00:00,5Z",
    "2024-06-24T13:00:00,500Z",
    "2024-06-24T13:00:00.5x0Z",
    "2024-06-24T13:00:00.1234567x9Z",
    "2024-06-24T13:00:00.123456789xyzZ",
    "2024-06-24T13:00:00.123456789٠١٢Z",
    "2024-06-24T13:00:00.1234567٠Z",
    "2024-06-24T13:00:00.1234567890123Z",
    "2024-06-24T15:00:00.5+02:00",
    "2024-06-24T15:00:00.+02:00",
    "2024-06-24T15:00:00,5+02:00",
    "2024-06-24T15:00:00+0200",
    "2024-06-24T15:00:00+02:00:00",
    "2024-06-24T15:00:00.1234567-11:30",
    "2024-06-24T24:00:00+02:00",
    "2024-06-24T13:00:00-24:00",
    "9999-12-31T23:00:00-02:00",
    "0001-01-01T01:00:00+02:00",
    "2024-06-24T13:00:00.500z",
    "2024-06-24T24:00:00.500Z",
    "2024-06-24T13:00:60.500Z",
    5.0,
    2.5,
    0.1,
    2.0**53,
    float("inf"),
    float("nan"),
    2**53,
    2**53 + 1,
    10**400,
    -0.0,
    Text("scan"),
    Colour.red,
    uuid.UUID(GUID),
    Decimal("0.1"),
    Decimal("2.5"),
    dt.datetime(2024, 6, 24, 13, tzinfo=dt.UTC),
    dt.datetime(2024, 6, 24, 15, tzinfo=dt.timezone(dt.timedelta(hours=2))),
    dt.datetime(2024, 6, 24, 13),  # noqa: DTZ001 - no timestamp
    dt.date(2024, 6, 24),
    print,
    b"x",
)
stored = st.sampled_from(STORED)
several = st.one_of(
    stored,
    st.lists(stored, max_size=3),
    st.lists(st.fixed_dictionaries({"qty": stored}, optional={"key": stored}), max_size=3),
    st.lists(stored, max_size=2).map(tuple),
)
items = st.fixed_dictionaries(
    {}, optional=dict.fromkeys((*NAMES, "first", "other", "several", "begin", "which", "words"), several)
)


FEW = of.Limits()  # limits that are named are kept by the checked predicate


def outcome(call: Any, item: Any) -> Any:
    try:
        return call(item)
    except of.FilterError as error:
        return type(error), str(error)


@given(texts, st.booleans(), items)
@example("at ge 2024-01-01T00:00:00Z and at lt 2024-07-01T00:00:00Z", True, {"at": "2024-06-24T13:00:00Z"})
@example("not contains(name,'x')", False, {"name": None})
@example("(name eq 'scan') or (name eq 'b')", False, {"name": 5})
def test_compiled_predicates_answer_and_refuse_as_checked_ones(text: str, judged: bool, item: dict[str, Any]) -> None:
    try:
        made = of.parse(text, schema=Job if judged else None)
    except of.FilterValidationError:  # INF beside an Int64, for example
        made = of.Filter(of.parse(text).tree, Job.__facts__)
    expected = outcome(lambda item: made.matches(item, of.Limits()), item)
    assert outcome(made.compile(), item) == expected
    assert outcome(made.matches, item) == expected
    assert outcome(made.compile(), {"more": 1, **item}) == expected


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize("name", sorted(VALUES))
def test_each_comparison_answers_and_refuses_as_the_checked_one(name: str, judged: bool) -> None:
    for operator, literal in itertools.product(("eq", "ne") if name == "state" else RELATIONS, VALUES[name]):
        made = of.Filter(of.parse(f"{name} {operator} {literal}").tree, Job.__facts__ if judged else None)
        compiled = made.compile()
        for value in STORED:
            item = {name: value, "title": value}
            assert outcome(compiled, item) == outcome(lambda item, made=made: made.matches(item, FEW), item)


@pytest.mark.parametrize("judged", [True, False])
@pytest.mark.parametrize("text", CONDITIONS)
def test_each_condition_answers_and_refuses_as_the_checked_one(text: str, judged: bool) -> None:
    made = of.parse(text, schema=Job if judged else None)
    compiled = made.compile()
    for value in STORED:
        for held in (value, [value], {"qty": value}, [{"qty": value, "key": value}]):
            item = dict.fromkeys(NAMES, held)
            assert outcome(compiled, item) == outcome(lambda item: made.matches(item, FEW), item)


class Stored(msgspec.Struct):
    name: Any = None
    state: Any = None
    id: Any = None
    size: Any = None
    price: Any = None
    weight: Any = None
    at: Any = None
    ok: Any = None
    day: Any = None
    tags: Any = None
    keys: Any = None
    lines: Any = None
    title: Any = None
    owner: Any = None
    first: Any = None
    other: Any = None
    several: Any = None
    which: Any = None
    words: Any = None
    begin: Any = None


class Line(msgspec.Struct):
    qty: Any = None
    key: Any = None


class Typed(msgspec.Struct):
    name: str | None = None
    size: int | None = None
    tags: list[str] | None = None
    keys: list[uuid.UUID] | None = None
    lines: list[Line] | None = None
    at: dt.datetime | None = None


@dataclasses.dataclass
class Kept:
    name: Any = None
    state: Any = None
    id: Any = None
    size: Any = None
    at: Any = None
    ok: Any = None
    tags: Any = None


@given(texts, st.booleans(), items)
def test_items_of_a_known_class_are_read_by_their_attributes(text: str, judged: bool, item: dict[str, Any]) -> None:
    made = of.Filter(of.parse(text).tree, Job.__facts__ if judged else None)
    for whole in (Stored(**item), Kept(**{name: item[name] for name in Kept.__dataclass_fields__ if name in item})):
        expected = outcome(lambda item: made.matches(item, of.Limits()), whole)
        assert outcome(made.compile(type(whole)), whole) == expected
        assert outcome(made.compile(type(whole)), item) == outcome(made.matches, item)


def test_a_filter_keeps_a_bounded_number_of_predicates() -> None:
    made = of.parse("a/any(x:x eq 1)")
    for visits in range(1, 300):
        assert made.compile(limits=of.Limits(visits=visits))({"a": [1]})
    assert made._evaluation is not None
    assert len(made._evaluation._compiled) <= 100


def test_matches_learns_the_classes_of_items() -> None:
    made = of.parse("name eq 'a' and size ge 5", schema=Job)
    for n in range(300):
        name = "a" if n % 2 else "b"
        for item in ({"name": name, "size": n}, Stored(name=name, size=n), Kept(name, size=n), (name, n)):
            assert made.matches(item) is (n % 2 == 1 and n >= 5 and not isinstance(item, tuple))
    assert made._evaluation is not None
    assert {kind for kind, _ in made._evaluation._compiled} == {None, Stored, Kept}
    with pytest.raises(of.FilterTypeError, match="'size'"):
        made.matches(Stored(name="a", size="x"))


def compiled_for(made: of.Filter) -> set[type | None]:
    assert made._evaluation is not None
    return {kind for kind, _ in made._evaluation._compiled}


def test_a_predicate_is_compiled_where_it_is_asked_more_than_fifty_times() -> None:
    made = of.parse("name eq 'a'")
    for _ in range(50):
        assert made.matches({"name": "a"})
    assert compiled_for(made) == set()
    assert made.matches({"name": "a"})
    assert compiled_for(made) == {None}
    for item in (Stored(name="a"), Kept("a")):
        for _ in range(50):
            assert made.matches(item)
        assert type(item) not in compiled_for(made)
        assert made.matches(item)
        assert type(item) in compiled_for(made)


@pytest.mark.parametrize(
    ("items", "is_compiled"),
    [
        ([{"name": "a"}] * 50, False),
        ([{"name": "a"}] * 51, True),
        ((item for item in [{"name": "a"}]), True),  # of which nobody knows how many there are
    ],
)
def test_a_predicate_is_compiled_for_more_than_fifty_items(items: Any, is_compiled: bool) -> None:
    made = of.parse("name eq 'a'")
    assert {one["name"] for one in made.matching(items)} == {"a"}
    assert compiled_for(made) == ({None} if is_compiled else set())


typed_texts = st.sampled_from(
    [
        "lines/any(l:l/qty gt 1 and size ge 5)",
        f"lines/any(l:l/key eq {GUID} or name eq 'scan')",
        f"which eq {GUID} and not (several eq 1)",
        "lines/all(l:l/qty ne null)",
        "lines/any(l:l/other eq null)",
        f"keys/any(k:k eq {GUID})",
    ]
)


typed_items = st.builds(
    Typed, stored, stored, st.none(), several, st.lists(st.builds(Line, stored, stored), max_size=3)
)


@given(typed_texts, st.booleans(), typed_items)
def test_elements_of_a_known_class_are_read_by_their_attributes(text: str, judged: bool, typed: Any) -> None:
    made = of.Filter(of.parse(text).tree, Job.__facts__ if judged else None)
    for found in (typed.lines, [{"qty": 1, "key": GUID}, *typed.lines], None, typed.keys):
        item = msgspec.structs.replace(typed, lines=found)
        expected = outcome(lambda item: made.matches(item, of.Limits()), item)
        assert outcome(made.compile(Typed), item) == expected


def test_the_class_of_the_elements_of_a_list_is_the_one_that_its_annotation_names() -> None:
    class Odd(msgspec.Struct):
        either: "list[Line] | list[str] | None" = None
        missing: "list[Missing] | None" = None  # type: ignore[name-defined]  # noqa: F821

    known = item_class(Typed)
    assert known.fields >= {"name", "lines"}
    assert known.elements_of("lines") == item_class(Line)
    assert [known.elements_of(name) for name in ("tags", "name", "keys", "none")] == [None] * 4
    assert item_class(Odd).elements_of("either") is None
    assert item_class(Kept).elements_of("tags") is None


@pytest.mark.parametrize("item_type", [dict, int, "Job", Job])
def test_a_class_without_fields_is_refused(item_type: Any) -> None:
    with pytest.raises(of.FilterTypeError, match="a msgspec Struct or a dataclass is wanted"):
        of.parse("a eq 1").compile(item_type)


def test_what_only_a_service_can_evaluate_is_refused_when_it_is_compiled() -> None:
    with pytest.raises(of.FilterError, match="the service defines it"):
        of.parse("N.F(a=1) eq 2").compile()


def test_matching_gives_items_as_they_are_asked_for() -> None:
    seen = []

    def numbers() -> Any:
        for n in range(5):
            seen.append(n)
            yield {"n": n}

    found = of.parse("n ge 1").matching(numbers())
    assert seen == []
    assert next(found) == {"n": 1}
    assert seen == [0, 1]
    assert list(found) == [{"n": 2}, {"n": 3}, {"n": 4}]
    for count in (3, 300):
        assert len(list(of.parse("n ge 1").matching([{"n": n} for n in range(count)]))) == count - 1
    with pytest.raises(of.FilterTypeError, match="items is 5: an iterable of items is wanted"):
        of.parse("n ge 1").matching(5)  # type: ignore[arg-type]
    with pytest.raises(of.FilterTypeError, match="limits is 5"):
        of.parse("n ge 1").matching([], limits=5)  # type: ignore[arg-type]


def test_the_limit_holds_in_every_way_to_ask() -> None:
    few = of.Limits(visits=10)
    message = "the filter takes more visits to elements for an item than the limit 'visits' of 10 allows"
    for text in ("a/any(x:x eq 1)", "a/any(x:x eq 1) or b/any(x:x eq 1)", "a/all(x:b/any(y:x ne y))"):
        made = of.parse(text)
        for item in ({"a": [0] * 4, "b": [0] * 4}, {"a": [0] * 40, "b": [0] * 40}, {"a": [0] * 9, "b": [0] * 9}):
            expected = outcome(lambda item, made=made: made.matches(item, few), item)
            assert expected in (False, True, (of.FilterError, message))
            assert outcome(made.compile(limits=few), item) == expected
            assert outcome(lambda item, made=made: list(made.matching([item], few)) != [], item) == expected
    with pytest.raises(of.FilterError, match="'visits' of 10 allows"):
        of.parse("a/any(x:x eq 1)").matches({"a": [0] * 11}, few)


@pytest.mark.parametrize("name", ["print", "item", "doubt", "class_", "größe", "v0", "k1"])
@pytest.mark.parametrize("text", ["'); import os; ('", "\\", "\n", "{x}", '"""'])
def test_nothing_of_a_filter_is_read_as_python(name: str, text: str) -> None:
    made = of.field(name) == text
    assert made.compile()({name: text}) is True
    assert made.compile()({name: "x"}) is False
    of_class = msgspec.defstruct("Made", [name, "type", "get"])
    assert made.compile(of_class)(of_class(text, 1, 2)) is True
    assert (made & (of.field("type") == 1) & (of.field("get") == 2)).compile(of_class)(of_class(text, 1, 2)) is True


def test_a_filter_that_nests_deeper_than_python_reads_is_checked() -> None:
    made = of.parse("not (" * 90 + "a eq 1" + ")" * 90)
    assert made.compile()({"a": 1}) is True
    wide = of.any_of(of.field("a") == n for n in range(3_000))
    assert wide.compile()({"a": 2_999}) is True


def test_source_is_made_for_what_most_filters_are_made_of() -> None:
    for text in ("name eq 'a' and size gt 5", f"id eq {GUID} or at lt 2024-01-01T00:00:00Z", "tags/any(t:t eq 'a')"):
        assert of.parse(text).compile().__code__.co_filename == "<filter>"
    for item_type in (None, Typed):
        for text in (f"which eq {GUID}", "lines/any(l:l/qty gt 1)"):
            assert of.parse(text, schema=Job).compile(item_type).__code__.co_filename == "<filter>"
    assert compiled.compile_plan.__module__ == "odatafilter._evaluate.compiled"
