"""Literals as text: what is wrong with a spelling, and what it means (OData URL Conventions §5.1.1.14).

A literal of the tree keeps its spelling, so nothing is lost between reading and emitting. Only who compares needs what
it means: `_evaluate.values` makes that of it.
"""

import datetime as dt
import decimal
import enum
import functools
import re
import unicodedata

import msgspec

from odatafilter.errors import FilterError
from odatafilter.tree import Literal, LiteralKind

NAME_LENGTH = 128
_DIGITS = 10_000  # of a whole number that is compared: reading one takes time that grows with their square
NULL = Literal("null", "null")

_QUOTED_GUID = re.compile(r"'[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}'")
_GUID = re.compile(r"[0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}")
DATE_TIME_OFFSET = re.compile(
    r"(-?(?:0[0-9]{3}|[1-9][0-9]{3,}))-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]|60)(?:\.([0-9]{1,12}))?)?"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
DATE = re.compile(r"-?(?:0[0-9]{3}|[1-9][0-9]{3,})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,12})?)?")
_DURATION = re.compile(r"-?P(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?")
_SECOND = 10**12  # picoseconds


def unwritable(text: str) -> re.Match[str] | None:
    """Where `text` has a character that no URL can carry: NUL or half of a surrogate pair."""
    return _UNWRITABLE.search(text)


def text_of(literal: Literal) -> str:
    """What stands between the quotes of a literal, read: whatever stands before them is no part of it."""
    text = literal.text
    if text[0] == '"':
        return json_string(text)
    return text[text.index("'") + 1 : -1].replace("''", "'")


def members_of(member: enum.Enum) -> list[str]:
    """The words for a member of an enumeration of Python's: the flags that are set, else its value if that is a text,
    else its name.
    """
    if isinstance(member, enum.Flag):
        flags = list(member)
        rest = member.value - sum(flag.value for flag in flags)  # bits without a name go by their number
        return [*(str(flag.name) for flag in flags), *([str(rest)] if rest else [])]
    return member.value.split(",") if isinstance(member.value, str) else [member.name]


def json_string(text: str) -> str:
    """What stands between the double quotes of a text in JSON, read. Raises FilterError for half a surrogate pair."""
    try:
        return msgspec.json.decode(text, type=str)
    except msgspec.DecodeError:
        raise FilterError(f"{text:.60} holds half of a surrogate pair") from None


_GEO_NUMBER = r"(?:[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|NaN|-?INF)"
_POSITION = rf"{_GEO_NUMBER}(?: {_GEO_NUMBER}){{1,3}}"
_POINT = rf"\({_POSITION}\)"
_LINE = rf"\({_POSITION}(?:,{_POSITION})+\)"
_RING = rf"\({_POSITION}(?:,{_POSITION})*\)"
_POLYGON = rf"\({_RING}(?:,{_RING})*\)"
_SRID = re.compile("ge[a-z]+'SRID=[0-9]{1,5};", re.IGNORECASE)
_NUMBERED = re.compile(r"[+-]?[0-9]+")


def is_enum(text: str) -> bool:
    """Whether a string literal could be members of an enumeration."""
    members = text[1:-1].split(",")
    return all(_NUMBERED.fullmatch(member) or name_problem(member) is None for member in members)


@functools.cache
def _shape() -> re.Pattern[str]:
    return re.compile(
        rf"(?P<opened>(?:GeometryCollection\()*)"
        rf"(?:Point{_POINT}|LineString{_LINE}|Polygon{_POLYGON}"
        rf"|MultiPoint\((?:{_POINT}(?:,{_POINT})*)?\)"
        rf"|MultiLineString\((?:{_LINE}(?:,{_LINE})*)?\)|MultiPolygon\((?:{_POLYGON}(?:,{_POLYGON})*)?\))",
        re.IGNORECASE,
    )


def _is_shape(text: str) -> bool:
    """Whether a geo literal holds one shape; collections of shapes are read in one go, however deep they nest."""
    start = _SRID.match(text)
    if not start:
        return False
    position, depth, last = start.end(), 0, len(text) - 1
    while True:
        shape = _shape().match(text, position)
        if not shape:
            return False
        position = shape.end()
        depth += shape["opened"].count("(")
        while text[position] == ")":
            position += 1
            depth -= 1
        if position == last or depth <= 0:
            return position == last and depth == 0
        if text[position] != ",":
            return False
        position += 1


def is_duration(text: str) -> bool:
    return _DURATION.fullmatch(text.upper()) is not None


def is_quoted_guid(text: str) -> bool:
    """Whether a literal is a string that reads as a GUID."""
    return _QUOTED_GUID.fullmatch(text) is not None


def is_guid(text: str) -> bool:
    return _GUID.fullmatch(text) is not None


def problem(kind: LiteralKind, text: str) -> str | None:
    """What is wrong with a literal that the grammar accepts: a day that the calendar does not have."""
    if kind in {"Geography", "Geometry"}:
        return None if _is_shape(text) else f"{text:.80} is no shape such as geography'SRID=4326;Point(142.1 64.1)'"
    if kind not in {"Date", "DateTimeOffset"}:
        return None
    year, month, day = text.partition("T")[0].rsplit("-", 2)
    # The calendar repeats every 400 years, so the last four digits of a year say how long its months are.
    days = _month_days(int(year[-4:]) * (-1 if year[0] == "-" else 1), int(month))
    return f"{year}-{month} has only {days} days" if int(day) > days else None


def instant(text: str) -> int | None:
    """Picoseconds from the year 0 to the instant that a timestamp names, or None where `text` is none.

    A second of 60 is the one after 59, as POSIX has it.
    """
    found = DATE_TIME_OFFSET.fullmatch(text.upper())
    if not found:
        return None
    year, month, day, hour, minute, second, fraction, sign, offset_hour, offset_minute = found.groups()
    days = _days(_whole(year), int(month), int(day))
    minutes = int(hour) * 60 + int(minute)
    if sign:
        minutes -= int(f"{sign}1") * (int(offset_hour) * 60 + int(offset_minute))
    seconds = days * 86_400 + minutes * 60 + int(second or 0)
    return seconds * _SECOND + int((fraction or "").ljust(12, "0"))


def instant_of(moment: dt.datetime) -> int | None:
    """The same for a datetime, or None where it does not say its offset."""
    offset = moment.utcoffset()
    if offset is None:
        return None
    local = dt.timedelta(days=_days(moment.year, moment.month, moment.day), hours=moment.hour, minutes=moment.minute)
    exact = local + dt.timedelta(seconds=moment.second, microseconds=moment.microsecond) - offset
    return exact // dt.timedelta(microseconds=1) * 10**6


def _month_days(year: int, month: int) -> int:
    return (_days(year, month + 1, 1) if month < 12 else _days(year + 1, 1, 1)) - _days(year, month, 1)  # noqa: PLR2004


def _whole(text: str) -> int:
    if len(text) > _DIGITS:
        raise FilterError(f"a number of {len(text)} digits is beyond any that can be compared")
    return int(decimal.Decimal(text))  # int(text) refuses more than 4300 digits


def _days(year: int, month: int, day: int) -> int:
    """Days from the year 0, in the calendar of today carried on in both directions, which repeats every 400 years."""
    cycles, year = divmod(year, 400)
    return cycles * 146_097 + dt.date(year + 400, month, day).toordinal()


def numeric(text: str) -> float | decimal.Decimal:
    """The value of a number literal: a Decimal with every digit, or a float for INF, -INF and NaN."""
    if text[-1] in "FN":
        return float(text.lower())
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:
        raise FilterError(f"{text} is beyond any number that can be compared") from None


def name_problem(name: str) -> str | None:
    """Why `name` can be no property's, or None (CSDL §15.2: letters, digits and underscores, at most 128)."""
    if not name:
        return "a name cannot be empty"
    if len(name) > NAME_LENGTH:
        return f"a name of {len(name)} characters is too long: {NAME_LENGTH} are allowed"
    for index, character in enumerate(name):
        category = unicodedata.category(character)
        leads = character == "_" or category in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"}
        if not leads and not (index and category in {"Nd", "Mn", "Mc", "Pc", "Cf"}):
            return f"{character!r} cannot stand {'in' if index else 'at the start of'} a name"
    return None
