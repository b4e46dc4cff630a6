"""Dates, times and durations agree with Python's datetime."""

import datetime as dt
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from truth_of_filters import value

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - bounds
spans = st.timedeltas(dt.timedelta(days=-9999), dt.timedelta(days=9999))


def duration_text(span: dt.timedelta) -> str:
    microseconds = abs(span) // dt.timedelta(microseconds=1)
    return f"{'-' * (span < dt.timedelta())}PT{microseconds // 10**6}.{microseconds % 10**6:06}S"


@given(moments, moments, spans, st.booleans())
def test_timestamps_move_by_durations(a: dt.datetime, b: dt.datetime, span: dt.timedelta, as_text: bool) -> None:
    item: dict[str, Any] = {"a": a, "b": b, "by": span, "between": a - b, "moved": a + span}
    if as_text:
        item = {
            name: one.isoformat() if isinstance(one, dt.datetime) else duration_text(one) for name, one in item.items()
        }
    assert value("a add by eq moved", item)
    assert value("by add a eq moved", item)
    assert value("moved sub by eq a", item)
    assert value("a sub b eq between", item)
    assert value("a add (b sub a) eq b", item)
    assert value("a lt b", {"a": a, "b": b}) is (a < b)
    assert value("a add by gt a", item) is (span > dt.timedelta())


def test_the_signs_of_a_timestamp_are_read_in_lower_case() -> None:
    """RFC 3339 §5.6 lets `t` and `z` be small letters, in an item as well."""
    item = {"a": "2024-06-24t13:00:00.5z"}
    assert value("totaloffsetminutes(a) eq 0 and hour(a) eq 13 and fractionalseconds(a) eq 0.5", item)
    assert value("a eq 2024-06-24T13:00:00.5Z and date(a) eq 2024-06-24 and time(a) eq 13:00:00.5", item)


@given(moments)
def test_the_parts_of_a_timestamp_are_those_of_its_own_offset(a: dt.datetime) -> None:
    names = ("year", "month", "day", "hour", "minute", "second")
    item = {"a": a.isoformat(), **{name: getattr(a, name) for name in names}}
    item |= {"micros": a.microsecond, "zone": (a.utcoffset() or dt.timedelta()) // dt.timedelta(minutes=1)}
    item |= {"d": a.date(), "t": a.time(), "python": a}
    for name in names:
        assert value(f"{name}(a) eq {name} and {name}(python) eq {name}", item)
    assert value("fractionalseconds(a) mul 1000000 eq micros and totaloffsetminutes(a) eq zone", item)
    assert value("date(a) eq d and time(a) eq t", item)
    assert value("cast(cast(a,Edm.String),Edm.DateTimeOffset) eq python", item)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), spans)
def test_dates_move_by_whole_days(a: dt.date, span: dt.timedelta) -> None:
    midnight = dt.datetime.combine(a, dt.time())
    item = {"a": a.isoformat(), "by": span, "r": (midnight + span).date(), "days": span.days}
    assert value("a add by eq r", item)
    assert value("(a add by) sub a eq duration'P1D' mul days", item)


@given(spans, st.integers(1, 99))
def test_durations_are_divided_exactly(a: dt.timedelta, n: int) -> None:
    item = {"a": a, "n": n, "s": Decimal(a // dt.timedelta(microseconds=1)).scaleb(-6)}
    assert value("a div n mul n eq a and totalseconds(a) eq s and -a add a eq duration'PT0S'", item)
