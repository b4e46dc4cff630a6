"""Dates, times of day and timestamps (ABNF dateValue, timeOfDayValue, dateTimeOffsetValue).

Their texts say more than Python's types hold: years before 1 and after 9999, twelve digits of a second, a second 60.
`read_instant` keeps all of it, in picoseconds; `read_date`, `read_time_of_day` and `read_timestamp` give Python's own
and refuse what these cannot hold.
"""

import datetime as dt
import re
from typing import Final

from odatafilter._grammar import compile_terminal
from odatafilter._literals.numbers import read_whole
from odatafilter._safe_text import show
from odatafilter.errors import FilterError

MICROSECOND: Final = 10**6  # picoseconds, as all these
SECOND: Final = 10**12
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR
MICROSECOND_DIGITS: Final = 6  # of a second, which Python's types have
_WHOLE_SECOND: Final = re.compile(
    r"[0-9]{4}-(?:0[1-9]|1[0-2])-[0-3][0-9]T(?:[01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9]Z"
)  # in UTC; most of those that DATE_TIME_OFFSET takes


# --- the calendar ---------------------------------------------------------------------------------------------------


def count_days(year: int, month: int, day: int) -> int:
    """Days from the year 0, in the calendar of today carried on in both directions, which repeats every 400 years.

    Raises ValueError for a day that the month does not have.
    """
    cycles, year = divmod(year, 400)
    return cycles * 146_097 + dt.date(year + 400, month, day).toordinal()


def calendar_problem(text: str) -> str | None:
    """Why the date at the start of a literal is not in the calendar, or None."""
    year, month, day = text.partition("T")[0].rsplit("-", 2)
    # The calendar repeats every 400 years, so the last four digits of a year say how long its months are.
    days = _month_days(int(year[-4:]) * (-1 if year[0] == "-" else 1), int(month))
    return f"{year}-{month} has only {days} days" if int(day) > days else None


def _month_days(year: int, month: int) -> int:
    after = count_days(year, month + 1, 1) if month < 12 else count_days(year + 1, 1, 1)  # noqa: PLR2004 - December
    return after - count_days(year, month, 1)


FIRST_DAY: Final = count_days(1, 1, 1)  # that Python's types hold
EPOCH: Final = count_days(1970, 1, 1) * DAY


# --- whether a text is one ------------------------------------------------------------------------------------------


def is_date(text: str) -> bool:
    return compile_terminal("DATE").fullmatch(text) is not None and calendar_problem(text) is None


def is_time_of_day(text: str) -> bool:
    return compile_terminal("TIME_OF_DAY").fullmatch(text) is not None


def is_timestamp(text: str) -> bool:
    return compile_terminal("DATE_TIME_OFFSET").fullmatch(text) is not None and calendar_problem(text.upper()) is None


# --- reading --------------------------------------------------------------------------------------------------------


def read_instant(text: str) -> int | None:
    """Picoseconds from the year 0 to the instant that a timestamp names, or None where `text` is none.

    A second of 60 is the one after 59, as POSIX has it. Raises ValueError for a day that the calendar does not have.
    """
    if not compile_terminal("DATE_TIME_OFFSET").fullmatch(text):
        return None
    date, clock, offset = _split_timestamp(text)
    year, month, day = date.rsplit("-", 2)
    hour, minute, second, fraction = split_clock(clock)
    minutes = count_days(read_whole(year), int(month), int(day)) * 1440 + hour * 60 + minute - offset
    return (minutes * 60 + second) * SECOND + int(fraction.ljust(12, "0"))


def instant_of(moment: dt.datetime) -> int | None:
    """The same for a datetime, or None where it does not say its offset."""
    offset = moment.utcoffset()
    if offset is None:
        return None
    days = count_days(moment.year, moment.month, moment.day)
    local = dt.timedelta(days=days, hours=moment.hour, minutes=moment.minute)
    exact = local + dt.timedelta(seconds=moment.second, microseconds=moment.microsecond) - offset
    return exact // dt.timedelta(microseconds=1) * MICROSECOND


def split_clock(text: str) -> tuple[int, int, int, str]:
    """Hour, minute, second and the digits of its fraction, of a time of day."""
    clock, _, fraction = text.partition(".")
    hour, minute, *second = clock.split(":")
    return int(hour), int(minute), int(second[0]) if second else 0, fraction


def _split_timestamp(text: str) -> tuple[str, str, int]:
    """The date, the time of day and the offset in minutes of a timestamp."""
    date, _, rest = text.upper().partition("T")
    if rest[-1] == "Z":
        return date, rest[:-1], 0
    offset = int(rest[-5:-3]) * 60 + int(rest[-2:])
    return date, rest[:-6], -offset if rest[-6] == "-" else offset


def read_date(text: str) -> dt.date:
    """A date. Raises FilterError where Python has none: before the year 1, after 9999."""
    year, month, day = text.rsplit("-", 2)
    if not (is_date(text) and len(year) == 4 and year != "0000"):  # noqa: PLR2004 - digits
        raise _beyond(text, "date")
    return dt.date(int(year), int(month), int(day))


def read_time_of_day(text: str) -> dt.time:
    """A time of day. Raises FilterError where Python has none: a second 60, a fraction beyond microseconds."""
    if not is_time_of_day(text):
        raise _beyond(text, "time")
    hour, minute, second, fraction = split_clock(text)
    if second > 59 or fraction[MICROSECOND_DIGITS:].strip("0"):  # noqa: PLR2004 - seconds
        raise _beyond(text, "time")
    return dt.time(hour, minute, second, int(fraction[:MICROSECOND_DIGITS].ljust(MICROSECOND_DIGITS, "0")))


def read_whole_second(text: str) -> dt.datetime | None:
    """The timestamp of a text in the most usual form, such as 2024-06-24T13:00:00Z; None where it is no such text."""
    if not _WHOLE_SECOND.fullmatch(text):
        return None
    try:
        return dt.datetime.fromisoformat(text)
    except ValueError:  # a day that the calendar does not have
        return None


def read_timestamp(text: str) -> dt.datetime:
    """A timestamp with its offset. Raises FilterError where Python has none, as for dates and times."""
    if not compile_terminal("DATE_TIME_OFFSET").fullmatch(text):
        raise _beyond(text, "datetime")
    date, clock, offset = _split_timestamp(text)
    try:
        day, time = read_date(date), read_time_of_day(clock)
    except FilterError:
        raise _beyond(text, "datetime") from None
    zone = dt.timezone(dt.timedelta(minutes=offset)) if offset else dt.UTC
    return dt.datetime.combine(day, time, zone)


def _beyond(text: str, python: str) -> FilterError:
    return FilterError(f"{text:.60} has no equal among Python's values: it is beyond what a datetime.{python} holds")


# --- writing --------------------------------------------------------------------------------------------------------


def write_date(value: dt.date | str) -> str:
    """A date. Raises FilterError for a text that is none."""
    if not isinstance(value, str):
        return dt.date.isoformat(value)
    text = str.__str__(value)
    if not is_date(text):
        raise FilterError(f"{show(value)} is no date such as 2024-06-24")
    return text


def write_time_of_day(value: dt.time | str) -> str:
    """A time of day. Raises FilterError for a text that is none, and for a time with an offset."""
    if isinstance(value, dt.time) and value.tzinfo is not None:
        raise FilterError(f"{show(value)} has a tzinfo, which a time of day has no place for")
    text = str.__str__(value) if isinstance(value, str) else dt.time.isoformat(value)
    if not is_time_of_day(text):
        raise FilterError(f"{show(value)} is no time of day such as 13:20:00")
    return text


def write_timestamp(value: dt.datetime | str) -> str:
    """A timestamp: all digits of a text that is one already, or a datetime that says its offset.

    Raises FilterError for a text that is none, and for a datetime without an offset.
    """
    if isinstance(value, str):
        text = str.__str__(value).upper()
        if not is_timestamp(text):
            raise FilterError(f"{show(value)} is no timestamp with an offset such as 2024-06-24T13:00:00Z")
        return text
    offset = dt.datetime.utcoffset(value)
    if offset is None:
        raise FilterError(
            f"{show(value)} does not say its offset from UTC; give it a tzinfo, such as datetime.timezone.utc, by "
            "replace(tzinfo=…), or the local one by astimezone()"
        )
    if offset % dt.timedelta(minutes=1):
        try:
            value = dt.datetime.astimezone(value, dt.UTC)  # an offset of seconds has no spelling, the instant has
        except OverflowError:
            raise FilterError(f"{show(value)} has an offset of seconds and is out of range in UTC") from None
    return dt.datetime.isoformat(value).replace("+00:00", "Z")
