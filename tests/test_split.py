"""Filters cut into several: each item in exactly one, each URL short enough, no gap between ranges."""

import datetime as dt
import itertools
import uuid
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from strategies import VALUES, Meant, Thing, filters, items, wire

import odatafilter as of
from odatafilter.split import split_in, split_range

URL = "https://api.example.com/jobs?$top=1000"


def length(made: of.Filter, url: str = "") -> int:
    return len(f"{url}?$filter={made.quoted}")


def batched(values: list[int], each: int) -> list[list[int]]:
    return [values[start : start + each] for start in range(0, len(values), each)]


# --- lists ----------------------------------------------------------------------------------------------------------


@st.composite
def lists(draw: st.DrawFn, names: st.SearchStrategy[str]) -> of.Filter:
    name = draw(names)
    return getattr(Thing, name).in_(draw(st.lists(st.one_of(VALUES[name], st.none()), min_size=1, max_size=12)))  # type: ignore[no-any-return]


single = st.sampled_from([name for name in sorted(VALUES) if name not in {"parts", "open"}])


@given(lists(single), filters, items, st.integers(0, 400))
def test_each_item_is_in_exactly_one_part(chosen: of.Filter, rest: Meant, item: dict[str, Any], more: int) -> None:
    whole = chosen & rest.filter
    most = length(rest.filter) + more
    try:
        parts = split_in(whole, max_url=most)
    except of.FilterError:
        assume(False)
    assert sum(part.matches(wire(item)) for part in parts) == whole.matches(wire(item))
    assert all(length(part) <= most for part in parts)
    for part in parts:
        part.validate(Thing)


@given(st.lists(st.integers(10, 99), min_size=1, max_size=40, unique=True), st.integers(0, 60))
def test_a_list_is_cut_into_as_few_parts_as_fit(values: list[int], more: int) -> None:
    rest = of.parse("a eq 1 and b eq 2")
    most = length(rest & of.parse("n in (10)")) + more
    parts = split_in(rest & of.field("n").in_(values), max_url=most)
    each = 1 + more // len(",10")
    assert parts == [rest & of.field("n").in_(chunk) for chunk in batched(values, each)]


@given(st.lists(st.integers(10, 99), min_size=1, max_size=40, unique=True), st.integers(0, 60), st.integers(10, 99))
def test_an_or_of_eq_is_cut_like_a_list(values: list[int], more: int, value: int) -> None:
    whole = of.parse(f"({' or '.join(f'n eq {value}' for value in values)}) and b eq 2")
    most = length(of.parse("n eq 10 and b eq 2")) + more
    parts = split_in(whole, max_url=most)
    assert all(length(part) <= most for part in parts)
    assert [part.matches({"n": value, "b": 2}) for part in parts].count(True) == (value in values)


class Bounded(of.Schema, max_in=15):
    n = of.Int32()


@given(
    st.lists(st.integers(-999, 999), min_size=1, max_size=200, unique=True),  # equal values stay in one part
    st.integers(40, 400),
    st.integers(1, 15),
    st.integers(-999, 999),
)
def test_an_or_of_lists_is_cut_like_one_list(values: list[int], longest: int, size: int, value: int) -> None:
    lists = [values[start : start + size] for start in range(0, len(values), size)]
    whole = of.any_of(*(Bounded.n.in_(one) for one in lists)) & Bounded.n.ne(None)
    found = [part.matches({"n": value}) for part in of.split_in(whole, max_url=longest + 60)]
    assert found.count(True) == (value in values)


@pytest.mark.parametrize("longest", [300, 500, 2000])
def test_an_or_of_bounded_lists_is_cut_into_as_few_parts_as_fit(longest: int) -> None:
    numbers = range(1000, 2000)
    lists = [Bounded.n.in_(numbers[start : start + 15]) for start in range(0, len(numbers), 15)]
    parts = of.split_in(of.any_of(*lists), max_url=longest)
    lengths = [len(f"?$filter={part.quoted}") for part in parts]
    assert max(lengths) <= longest
    assert len(parts) <= sum(lengths) / (longest - 40) + 1


def test_guids_are_cut_for_urls() -> None:
    ids = [uuid.UUID(int=number) for number in range(1000)]
    whole = Thing.key.in_(ids) & (Thing.open == True)  # noqa: E712 - a filter
    parts = split_in(whole, max_url=2000, url=URL)
    assert len(parts) == 20
    assert max(length(part, URL) for part in parts) in range(1960, 2001)
    assert str(parts[-1]).endswith(f",{ids[-1]}) and open eq true")
    assert all(part.schema is whole.schema for part in parts)


def test_a_filter_that_fits_is_one_part() -> None:
    whole = (Thing.title == "x") | Thing.small.in_([1, 2])
    assert split_in(whole, max_url=length(whole)) == [whole]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("a in (1,2,3,4)", ["a in (1,2)", "a in (3,4)"]),
        ("a in (1,2,3)", ["a in (1,2)", "a in (3)"]),
        ("a in ['x','y']", ["a in ['x']", "a in ['y']"]),
        ("(b and a in (1,2)) and c", ["b and a in (1) and c", "b and a in (2) and c"]),
        ("b eq 1 and (a eq 1 or a eq 2)", ["b eq 1 and a eq 1", "b eq 1 and a eq 2"]),
        ("a eq 1 or 2 eq a", ["a eq 1", "2 eq a"]),
        ("a in (1,2,1)", ["a in (1,1)", "a in (2)"]),
        ("a in (1,2) and b in (1,2)", [f"a in ({a}) and b in ({b})" for a in (1, 2) for b in (1, 2)]),
        ("a in (null,1)", ["a in (null)", "a in (1)"]),
    ],
)
def test_parts(text: str, parts: list[str]) -> None:
    most = max(length(of.parse(part)) for part in parts)
    assert [str(part) for part in split_in(of.parse(text), max_url=most)] == parts


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1.0", "1"),
        ("0.1", "0.10000000000000000001"),  # the same double
        ("2024-06-24T13:00:00Z", "2024-06-24T15:00:00.0+02:00"),
        ("dc720f05-e5f7-448b-ae06-765de46f0af1", "'DC720F05-e5f7-448b-ae06-765de46f0af1'"),
        ("'Straße'", "'STRASSE'"),  # equal for a service that does not care for case
    ],
)
def test_values_that_may_be_equal_stay_together(one: str, other: str) -> None:
    with pytest.raises(of.FilterError):
        split_in(of.parse(f"a in ({one},{other})"), max_url=20)


def test_whole_numbers_beyond_a_double_are_told_apart_where_they_are_documented() -> None:
    whole = Thing.large.in_([2**60, 2**60 + 1])
    assert len(split_in(whole, max_url=50)) == 2
    with pytest.raises(of.FilterError):
        split_in(of.Filter(whole.tree), max_url=50)


@pytest.mark.parametrize(
    "text",
    [
        "a eq 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx'",
        "not (a in (10000,20000,30000,40000))",
        "a in (10000,20000,30000) or b eq 1234567",
        "a eq 10000 or b eq 20000 or c eq 30000",
        "a eq 10000 or a ne 20000 or a eq 30000",
        "tags/any(t:t in (10000,20000,30000,4000))",
        "a in (duration'PT24H',duration'P1D',null)",
        "a in (1,'1',1000000000000000000000000000)",
        "tolower(a) in ('10000','20000','30000')",
    ],
)
def test_what_cannot_be_cut_exactly_is_refused(text: str) -> None:
    whole = of.parse(text)
    with pytest.raises(of.FilterError) as caught:
        split_in(whole, max_url=length(whole, URL) - 7, url=URL)
    reason = "no list after 'in' that stands alone or is joined by 'and' is left to cut"
    assert str(caught.value) == f"the URL is 7 characters too long, and {reason}"


def test_a_part_that_is_still_too_long_is_refused() -> None:
    with pytest.raises(of.FilterError, match=r"^the URL is 2 characters too long, and no list after 'in' that stands"):
        split_in(of.parse("a in ('x','yyyyyyyy')"), max_url=28)


class Kinds(of.Schema):
    parts = of.String(source="parts[].name")
    tags = of.Collection(of.String())
    took = of.Duration()


@pytest.mark.parametrize("name", ["parts", "tags"])
def test_a_property_of_several_values_is_refused(name: str) -> None:
    whole = of.Filter(of.parse(f"{name} in ('bolt','nut')").tree, Kinds.__facts__)
    with pytest.raises(of.FilterError) as caught:
        split_in(whole, max_url=20)
    assert str(caught.value).endswith(
        f"characters too long, and '{name}' can have several values, so that an item could match several parts"
    )


def test_texts_that_are_spellings_of_something_else_are_refused() -> None:
    with pytest.raises(of.FilterError, match=r"is left to cut$"):
        split_in(of.parse("took in ('PT24H','P1D')", schema=Kinds), max_url=20)


@pytest.mark.parametrize(
    "values",
    [
        ["2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z", "2024-01-03T00:00:00Z", "2024-01-01T01:00:00+01:00"],
        ["'ab'", "'cd'", "'ef'", "'AB'"],
        ["1.0", "2.0", "3.0", "1.00"],
    ],
)
def test_values_that_can_be_equal_stay_in_one_part(values: list[str]) -> None:
    """One item could match two parts else."""
    whole = of.parse(f"x in ({','.join(values)})")
    parts = split_in(whole, max_url=length(of.parse(f"x in ({values[0]},{values[3]})")))
    assert [str(part) for part in parts] == [
        f"x in ({values[0]},{values[3]})",
        f"x in ({values[1]},{values[2]})",
    ]


# --- ranges ---------------------------------------------------------------------------------------------------------

zones = st.sampled_from([dt.UTC, ZoneInfo("America/St_Johns"), dt.timezone(dt.timedelta(hours=5, minutes=45))])
moments = st.datetimes(dt.datetime(2024, 3, 9), dt.datetime(2024, 3, 12), timezones=zones)  # noqa: DTZ001


@given(moments, moments, st.integers(1, 20), moments)
def test_each_moment_of_a_range_is_in_exactly_one_part(
    start: dt.datetime, end: dt.datetime, n: int, at: dt.datetime
) -> None:
    assume(start.astimezone(dt.UTC) + dt.timedelta(milliseconds=1) < end.astimezone(dt.UTC))
    parts = split_range(Thing.at, start, end, n)
    assert len(parts) == n
    for moment in (start, end, at, end - dt.timedelta(microseconds=1)):
        inside = start.astimezone(dt.UTC) <= moment.astimezone(dt.UTC) < end.astimezone(dt.UTC)
        assert [part.matches({"at": moment}) for part in parts].count(True) == inside
    for part in parts:
        part.validate(Thing)


numbers: dict[str, st.SearchStrategy[Any]] = {
    "small": st.integers(-1000, 1000),
    "large": st.integers(-(2**63), 2**63 - 1),
    "price": st.decimals(-1000, 1000, places=3),
    "weight": st.floats(allow_nan=False, allow_infinity=False),
}


@given(st.sampled_from(sorted(numbers)), st.data(), st.integers(1, 9))
def test_each_number_of_a_range_is_in_exactly_one_part(name: str, data: st.DataObject, n: int) -> None:
    start, end, value = (data.draw(numbers[name]) for _ in range(3))
    try:
        parts = split_range(getattr(Thing, name), start, end, n)
    except of.FilterError as error:
        assert start >= end or "too short" in str(error)
        return
    assert [part.matches({name: value}) for part in parts].count(True) == (start <= value < end)
    assert len(parts) == n
    assert parts[0].matches({name: start})


UTC = dt.UTC


@pytest.mark.parametrize(
    ("handle", "start", "end", "bounds"),
    [
        (
            Thing.at,
            dt.datetime(2024, 1, 1, tzinfo=UTC),
            dt.datetime(2024, 1, 2, tzinfo=UTC),
            ["2024-01-01T00:00:00Z", "2024-01-01T08:00:00Z", "2024-01-01T16:00:00Z", "2024-01-02T00:00:00Z"],
        ),
        (
            Thing.at,
            "2024-01-01T02:00:00.000000000003+02:00",
            "2024-01-01T00:00:00.00001Z",
            [
                *("2024-01-01T02:00:00.000000000003+02:00", "2024-01-01T00:00:00.000003Z"),
                *("2024-01-01T00:00:00.000006Z", "2024-01-01T00:00:00.00001Z"),
            ],
        ),
        (
            of.Date(name="d"),
            dt.date(2024, 2, 27),
            dt.date(2024, 3, 4),
            ["2024-02-27", "2024-02-29", "2024-03-02", "2024-03-04"],
        ),
        (Thing.small, 0, 10, ["0", "3", "6", "10"]),
        (Thing.price, Decimal("0.0"), Decimal("0.3"), ["0.0", "0.1", "0.2", "0.3"]),
        (Thing.weight, 0.0, 1.5, ["0.0", "0.5", "1.0", "1.5"]),
        (of.field("x"), 0, 9, ["0", "3", "6", "9"]),
    ],
)
def test_bounds(handle: Any, start: Any, end: Any, bounds: list[str]) -> None:
    name = handle._facts.name
    assert [str(part) for part in split_range(handle, start, end, 3)] == [
        f"{name} ge {low} and {name} lt {high}" for low, high in itertools.pairwise(bounds)
    ]
    whole = split_range(handle, start, end, 1)
    assert [str(part) for part in whole] == [f"{name} ge {bounds[0]} and {name} lt {bounds[-1]}"]


@pytest.mark.parametrize(("start", "end"), [(2, 2), (3, 2)])
def test_a_range_without_a_value_is_refused(start: int, end: int) -> None:
    with pytest.raises(of.FilterError, match=f"^the range from {start} up to {end} is empty$"):
        split_range(Thing.small, start, end, 1)


@pytest.mark.parametrize("n", [0, -1, True, 1.5, "2"])
def test_a_range_is_cut_into_a_whole_number_of_parts(n: Any) -> None:
    with pytest.raises(of.FilterError) as caught:
        split_range(Thing.small, 0, 9, n)
    assert str(caught.value) == f"a range is cut into 1 part or more, not into {n!r}"


def test_a_range_that_is_too_short_is_refused() -> None:
    with pytest.raises(of.FilterError, match=r"^the range from 0 up to 2 is too short to be cut into 3$"):
        split_range(Thing.small, 0, 2, 3)
    with pytest.raises(of.FilterError, match=r"is too short to be cut into 2$"):
        split_range(Thing.at, "2024-01-01T00:00:00.0000001Z", "2024-01-01T00:00:00.0000009Z", 2)


@pytest.mark.parametrize(
    ("handle", "start", "end", "at_fault"),
    [
        (Thing.weight, 0.0, float("inf"), "INF"),
        (Thing.weight, float("nan"), 1.0, "NaN"),
        (Thing.title, "a", "b", "'a'"),
        (of.Duration(name="took"), "PT1H", "PT2H", "duration'PT1H'"),
        (of.field("x"), True, 2, "true"),
        (Thing.small, None, 2, "null"),
    ],
)
def test_only_timestamps_dates_and_numbers_have_ranges(handle: Any, start: Any, end: Any, at_fault: str) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        split_range(handle, start, end, 2)
    assert str(caught.value) == f"{at_fault} is no timestamp, date or finite number, which a range is cut of"


@pytest.mark.parametrize("handle", ["size", None, of.Binary(name="raw")])
def test_a_range_is_one_of_a_property_with_an_order(handle: Any) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        split_range(handle, 0, 9, 3)
    assert str(caught.value).endswith("a property with an order is wanted")


def test_both_ends_of_a_range_are_of_one_kind() -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        split_range(of.field("x"), 1, dt.date(2024, 1, 1), 2)
    assert str(caught.value) == "1 is a Number, 2024-01-01 is a Date: no range is between them"


def test_a_datetime_without_an_offset_is_refused() -> None:
    with pytest.raises(of.FilterError) as caught:
        split_range(Thing.at, dt.datetime(2024, 1, 1), dt.datetime(2024, 1, 2, tzinfo=UTC), 2)  # noqa: DTZ001
    assert str(caught.value) == (
        "datetime.datetime(2024, 1, 1, 0, 0) does not say its offset from UTC; "
        "give it a tzinfo, such as datetime.timezone.utc, by replace(tzinfo=…), or the local one by astimezone()"
    )


class Whole(of.Schema):
    size = of.Int32()


class Steps(of.Schema):
    started = of.Int32(source="steps[].at")
    steps = of.Navigation(Whole, source="steps[]")


@pytest.mark.parametrize("handle", [Steps.started, Steps.steps / Whole.size])
def test_a_range_of_a_property_of_several_values_is_refused(handle: of.Int32) -> None:
    with pytest.raises(of.FilterError, match=r" can have several values, so that an item could match several parts$"):
        split_range(handle, 1, 2, 1)


def test_what_a_range_needs_must_be_documented() -> None:
    with pytest.raises(of.FilterError, match=r"^'n' is documented with eq and ge, not with 'lt'$"):
        split_range(of.Int32(name="n", operators=("eq", "ge")), 1, 2, 1)
