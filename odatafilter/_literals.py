"""Literals: how a Python value is spelt, and what a spelling means (OData URL Conventions §5.1.1.14).

A literal of the tree keeps its spelling, so nothing is lost between reading and emitting. Only who compares needs what
it means, as a comparable value: numbers as int, float or Decimal, a timestamp as the instant that it names, in
picoseconds (OData has up to twelve fractional digits), a GUID as text in lower case.
"""

import base64
import calendar
import datetime as dt
import decimal
import enum
import json
import math
import re
import unicodedata
import uuid

from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.tree import Literal, LiteralKind

NAME_LENGTH = 128
NULL = Literal("null", "null")

_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")
_DATE_TIME_OFFSET = re.compile(
    r"(-?(?:0[0-9]{3}|[1-9][0-9]{3,}))-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
    r"T([01][0-9]|2[0-3]):([0-5][0-9])(?::([0-5][0-9]|60)(?:\.([0-9]{1,12}))?)?"
    r"(?:Z|([+-])([01][0-9]|2[0-3]):([0-5][0-9]))"
)
_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_DATE = re.compile(r"-?(?:0[0-9]{3}|[1-9][0-9]{3,})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])")
_TIME_OF_DAY = re.compile(r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::(?:[0-5][0-9]|60)(?:\.[0-9]{1,12})?)?")
_DURATION = re.compile(r"-?P(?:[0-9]+D)?(?:T(?:[0-9]+H)?(?:[0-9]+M)?(?:[0-9]+(?:\.[0-9]+)?S)?)?")
_SECOND = 10**12  # picoseconds


def unwritable(text: str) -> re.Match[str] | None:
    """Where `text` has a character that no URL can carry: NUL or half of a surrogate pair."""
    return _UNWRITABLE.search(text)


# --- spelling -------------------------------------------------------------------------------------------------------


def literal(value: object) -> Literal:
    """The literal for a Python value, by its type alone. Raises FilterTypeError where OData has no such literal."""
    match value:
        case Literal():
            return value
        case None:
            return NULL
        case bool():
            return Literal("Boolean", "true" if value else "false")
        case enum.Enum():
            return literal(value.value)
        case str():
            return string(value)
        case int() | float() | decimal.Decimal():
            return number(value)
        case uuid.UUID():
            return Literal("Guid", str(value))
        case dt.datetime():
            return date_time_offset(value)
        case dt.date():
            return date(value)
        case dt.time():
            return time_of_day(value)
        case dt.timedelta():
            return duration(value)
        case bytes():
            return Literal("Binary", f"binary'{base64.urlsafe_b64encode(value).decode()}'")
        case _:
            raise FilterTypeError(f"no literal can be made of {value!r} ({type(value).__name__})")


def string(value: str) -> Literal:
    if found := unwritable(value):
        raise FilterError(f"{value!r} holds {found.group()!r}, which cannot be sent in a URL")
    return Literal("String", "'" + str.replace(value, "'", "''") + "'")


def number(value: int | float | decimal.Decimal) -> Literal:  # noqa: PYI041 - they are told apart
    """A number, exactly: every digit of an int or Decimal, the shortest text that gives the same float."""
    if isinstance(value, decimal.Decimal):
        if value.is_snan():
            raise FilterError("a signalling NaN has no spelling")
        text = "NaN" if value.is_nan() else _infinity(value > 0) if value.is_infinite() else str(value)
    elif isinstance(value, float):
        text = "NaN" if math.isnan(value) else _infinity(value > 0) if math.isinf(value) else float.__repr__(value)
    else:
        text = str(decimal.Decimal(int(value)))  # str(int) refuses more than 4300 digits
    return Literal("Number", text)


def _infinity(positive: bool) -> str:
    return "INF" if positive else "-INF"


def guid(value: uuid.UUID | str, *, quoted: bool) -> Literal:
    """A GUID in lower case, bare or in quotes, as the property's API documents it."""
    text = str(value).lower()
    if not _GUID.fullmatch(text):
        raise FilterError(f"{value!r} is no GUID such as dc720f05-e5f7-448b-ae06-765de46f0af1")
    return Literal("String", f"'{text}'") if quoted else Literal("Guid", text)


def date_time_offset(value: dt.datetime | str) -> Literal:
    """A timestamp: all digits of a text that is one already, or a datetime that says its offset."""
    if isinstance(value, str):
        text = value.upper()
        if not _DATE_TIME_OFFSET.fullmatch(text) or problem("DateTimeOffset", text):
            raise FilterError(f"{value!r} is no timestamp with an offset such as 2024-06-24T13:00:00Z")
        return Literal("DateTimeOffset", text)
    offset = value.utcoffset()
    if offset is None:
        raise FilterError(
            f"{value!r} does not say its offset from UTC; give it a tzinfo, such as datetime.timezone.utc"
        )
    if offset % dt.timedelta(minutes=1):
        try:
            value = value.astimezone(dt.UTC)  # an offset of seconds has no spelling, the instant has
        except OverflowError:
            raise FilterError(f"{value!r} has an offset of seconds and is out of range in UTC") from None
    return Literal("DateTimeOffset", value.isoformat().replace("+00:00", "Z"))


def date(value: dt.date | str) -> Literal:
    text = str(value)
    if not _DATE.fullmatch(text) or problem("Date", text):
        raise FilterError(f"{value!r:.60} is no date such as 2024-06-24")
    return Literal("Date", text)


def time_of_day(value: dt.time | str) -> Literal:
    if isinstance(value, dt.time) and value.tzinfo is not None:
        raise FilterError(f"{value!r} has a tzinfo, which a time of day has no place for")
    text = str(value)
    if not _TIME_OF_DAY.fullmatch(text):
        raise FilterError(f"{value!r:.60} is no time of day such as 13:20:00")
    return Literal("TimeOfDay", text)


def duration(value: dt.timedelta | str) -> Literal:
    """A duration in days, hours, minutes and seconds (ISO 8601 without years and months)."""
    text = value.upper() if isinstance(value, str) else _iso_duration(value)
    if not _DURATION.fullmatch(text):
        raise FilterError(f"{value!r:.60} is no duration such as P1DT2H30M")
    return Literal("Duration", f"duration'{text}'")


def _iso_duration(value: dt.timedelta) -> str:
    sign, value = ("-", -value) if value < dt.timedelta() else ("", value)
    seconds = f"{value.seconds}.{value.microseconds:06}".rstrip("0").rstrip(".")
    days = f"{value.days}D" if value.days else ""
    return f"{sign}P{days}T{seconds}S" if value.seconds or value.microseconds else f"{sign}P{value.days}D"


# --- meaning --------------------------------------------------------------------------------------------------------


def text_of(literal: Literal) -> str:
    """What stands between the quotes of a literal, read: whatever stands before them is no part of it."""
    text = literal.text
    if text[0] == '"':
        return str(json.loads(text))
    return text[text.index("'") + 1 : -1].replace("''", "'")


_GEO_NUMBER = r"(?:[+-]?[0-9]+(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?|NaN|-?INF)"
_POSITION = rf"{_GEO_NUMBER}(?: {_GEO_NUMBER}){{1,3}}"
_POINT = rf"\({_POSITION}\)"
_LINE = rf"\({_POSITION}(?:,{_POSITION})+\)"
_RING = rf"\({_POSITION}(?:,{_POSITION})*\)"
_POLYGON = rf"\({_RING}(?:,{_RING})*\)"
_SHAPE = re.compile(
    rf"(?:Point{_POINT}|LineString{_LINE}|Polygon{_POLYGON}|MultiPoint\((?:{_POINT}(?:,{_POINT})*)?\)"
    rf"|MultiLineString\((?:{_LINE}(?:,{_LINE})*)?\)|MultiPolygon\((?:{_POLYGON}(?:,{_POLYGON})*)?\)"
    r"|GeometryCollection\(\*(?:,\*)*\))",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"[+-]?[0-9]+")


def is_enum(text: str) -> bool:
    """Whether a string literal could be members of an enumeration."""
    members = text[1:-1].split(",")
    return all(_NUMBERED.fullmatch(member) or name_problem(member) is None for member in members)


def _is_shape(text: str) -> bool:
    """Whether a geo literal holds one shape; collections of shapes are read from the inside out."""
    rest = text.partition("'")[2]
    srid = re.match(r"(?i:SRID)=[0-9]{1,5};", rest)
    if not srid:
        return False
    rest, count = _SHAPE.subn("*", rest[srid.end() : -1])
    while count and rest != "*":
        rest, count = _SHAPE.subn("*", rest)
    return rest == "*"


def is_duration(text: str) -> bool:
    return _DURATION.fullmatch(text.upper()) is not None


def is_guid(text: str) -> bool:
    return _GUID.fullmatch(text.lower()) is not None


def problem(kind: LiteralKind, text: str) -> str | None:
    """What is wrong with a literal that the grammar accepts: a day that the calendar does not have."""
    if kind in {"Geography", "Geometry"}:
        return None if _is_shape(text) else f"{text:.80} is no shape such as geography'SRID=4326;Point(142.1 64.1)'"
    if kind not in {"Date", "DateTimeOffset"}:
        return None
    year, month, day = text.partition("T")[0].rsplit("-", 2)
    # The calendar repeats every 400 years; Python's begins with the year 1.
    days = calendar.monthrange(_whole(year) % 400 + 400, int(month))[1]
    return f"{year}-{month} has only {days} days" if int(day) > days else None


def instant(text: str) -> int | None:
    """Picoseconds from the year 0 to the instant that a timestamp names, or None where `text` is none.

    A second of 60 is the one after 59, as POSIX has it.
    """
    found = _DATE_TIME_OFFSET.fullmatch(text.upper())
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


def _whole(text: str) -> int:
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
