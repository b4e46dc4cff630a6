"""A Python value for a property → the literal that the property's API wants, checked against what is documented."""

import base64
import datetime as dt
import decimal
import enum as enums
import math
import uuid
from collections.abc import Callable
from typing import Any, Final

from odatafilter import _literals, _parse
from odatafilter._shown import shown
from odatafilter._storage import ANY_SIZE
from odatafilter._suggest import a, listed_near, nearest
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts
from odatafilter.tree import Literal

_BITS: Final = {"Int32": 32, "Int64": 64}


def spelled(value: Any, facts: PropertyFacts, *, any_case: bool = False) -> Literal:
    """The literal for `value`, None being null. In `any_case`, a word is the documented one that it is but for case.

    Raises FilterTypeError for a value of a type that does not fit the property's kind, FilterError for one that has no
    spelling or that is not among the documented words.
    """
    if value is None:
        return _literals.NULL
    if any_case and facts.enum and isinstance(value, str):
        value = next((word for word in facts.enum if word.casefold() == value.casefold()), value)
    return _SPELLINGS[facts.kind](value, facts)


def _string(value: Any, facts: PropertyFacts) -> Literal:
    word = value.value if isinstance(value, enums.Enum) else value
    if not isinstance(word, str):
        raise _wrong(value, facts, "a str")
    _check_word(word, facts)
    return string(word)


def enumerated(value: Any, facts: PropertyFacts) -> Literal:
    """The literal for members of an enumeration."""
    members = ",".join(_literals.members_of(value)) if isinstance(value, enums.Enum) else value
    if not isinstance(members, str):
        raise _wrong(value, facts, "the name of a member, or several joined by commas")
    members = _text(members)
    if not _literals.is_enum(f"'{members}'"):
        raise FilterError(f"{shown(members)} does not name members of {facts.called}; they are joined by commas alone")
    for member in members.split(","):
        _check_word(member, facts)
    return Literal("Enum", f"{facts.type_name}'{members}'") if facts.type_name else Literal("String", f"'{members}'")


def _check_word(word: str, facts: PropertyFacts) -> None:
    if facts.enum and word not in facts.enum:
        meant = nearest(word, facts.enum)
        hint = f"did you mean {meant!r}?" if meant else f"it has {listed_near(word, facts.enum)}"
        raise FilterError(f"{facts.called} has no word {shown(word)}; {hint}")


def _guid(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, uuid.UUID | str):
        raise _wrong(value, facts, "a UUID or its text")
    return _guid_literal(value, quoted=facts.quoted)


def _boolean(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, bool):
        raise _wrong(value, facts, "a bool")
    return literal(value)


def _integer(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(value, facts, "an int")
    half = 2 ** (_BITS[facts.kind] - 1)
    if not -half <= value < half:
        raise FilterError(f"{shown(value)} is out of the range of {facts.called}, {a(facts.kind)}")
    return number(value)


def _decimal(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, decimal.Decimal | int) or isinstance(value, bool):
        raise _wrong(value, facts, "a Decimal or an int")
    return number(value)


def _double(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong(value, facts, "a float")
    return number(value)


def _date_time_offset(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, dt.datetime | str):
        raise _wrong(value, facts, "a datetime with a tzinfo")
    return _date_time_offset_literal(value)


def _date(value: Any, facts: PropertyFacts) -> Literal:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise _wrong(value, facts, "a date")
    return _date_literal(value)


def _time_of_day(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, dt.time | str):
        raise _wrong(value, facts, "a time")
    return _time_of_day_literal(value)


def _duration(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, dt.timedelta | str):
        raise _wrong(value, facts, "a timedelta")
    return _duration_literal(value)


def _binary(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, bytes):
        raise _wrong(value, facts, "bytes")
    return literal(value)


def _untyped(value: Any, _: PropertyFacts) -> Literal:
    return literal(value)


def _no_literal(value: Any, facts: PropertyFacts) -> Literal:
    raise _wrong(value, facts, "null only")


def _wrong(value: object, facts: PropertyFacts, wanted: str) -> FilterTypeError:
    found = type(value).__name__
    return FilterTypeError(f"{facts.called} is {a(facts.kind)} and takes {wanted}, not {shown(value)} ({found})")


_SPELLINGS: Final[dict[str, Callable[[Any, PropertyFacts], Literal]]] = {
    "Binary": _binary,
    "Boolean": _boolean,
    "Collection": _no_literal,
    "Complex": _no_literal,
    "Date": _date,
    "DateTimeOffset": _date_time_offset,
    "Decimal": _decimal,
    "Double": _double,
    "Duration": _duration,
    "Enum": enumerated,
    "Guid": _guid,
    "Int32": _integer,
    "Int64": _integer,
    "String": _string,
    "TimeOfDay": _time_of_day,
    "Untyped": _untyped,
}
KINDS: Final = frozenset(_SPELLINGS)


# A subclass can write itself in any way, and more than a value could stand in its text: all is written as what it is a
# subclass of writes it.


def _text(value: str) -> str:
    return str.__str__(value)


# --- literals by the type of a value alone ---------------------------------------------------------------------------


def literal(value: object) -> Literal:
    """The literal for a Python value, by its type alone. Raises FilterTypeError where OData has no such literal."""
    match value:
        case Literal():
            return _read_again(value)
        case None:
            return _literals.NULL
        case bool():
            return Literal("Boolean", "true" if value else "false")
        case enums.Enum():
            return literal(value.value)
        case str():
            return string(value)
        case int() | float() | decimal.Decimal():
            return number(value)
        case uuid.UUID():
            return _guid_literal(value, quoted=False)
        case dt.datetime():
            return _date_time_offset_literal(value)
        case dt.date():
            return _date_literal(value)
        case dt.time():
            return _time_of_day_literal(value)
        case dt.timedelta():
            return _duration_literal(value)
        case bytes():
            return Literal("Binary", f"binary'{base64.urlsafe_b64encode(value).decode()}'")
        case _:
            raise FilterTypeError(f"no literal can be made of {shown(value)} ({type(value).__name__})")


def _read_again(given: Literal) -> Literal:
    """A literal that is given as one. Raises FilterError where its text says something else."""
    try:
        read = _parse.parse(_text(given.text), ANY_SIZE)
    except FilterError:
        read = None
    if not isinstance(read, Literal) or read != given:
        raise FilterError(f"{shown(given.text)} is no literal of the kind {given.kind}")
    return read


def string(value: str) -> Literal:
    if found := _literals.unwritable(value):
        raise FilterError(f"{shown(value)} holds {found.group()!r}, which cannot be sent in a URL")
    return Literal("String", "'" + str.replace(value, "'", "''") + "'")


def number(value: int | float | decimal.Decimal) -> Literal:  # noqa: PYI041 - they are told apart
    """A number, exactly: every digit of an int or Decimal, the shortest text that gives the same float."""
    if isinstance(value, decimal.Decimal):
        value = decimal.Decimal(value)
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


def _guid_literal(value: uuid.UUID | str, *, quoted: bool) -> Literal:
    """A GUID in lower case, bare or in quotes, as the property's API documents it."""
    text = (uuid.UUID.__str__(value) if isinstance(value, uuid.UUID) else _text(value)).lower()
    if not _literals.is_guid(text):
        raise FilterError(f"{shown(value)} is no GUID such as dc720f05-e5f7-448b-ae06-765de46f0af1")
    return Literal("String", f"'{text}'") if quoted else Literal("Guid", text)


def _date_time_offset_literal(value: dt.datetime | str) -> Literal:
    """A timestamp: all digits of a text that is one already, or a datetime that says its offset."""
    if isinstance(value, str):
        text = _text(value).upper()
        if not _literals.DATE_TIME_OFFSET.fullmatch(text) or _literals.problem("DateTimeOffset", text):
            raise FilterError(f"{shown(value)} is no timestamp with an offset such as 2024-06-24T13:00:00Z")
        return Literal("DateTimeOffset", text)
    offset = dt.datetime.utcoffset(value)
    if offset is None:
        raise FilterError(
            f"{shown(value)} does not say its offset from UTC; give it a tzinfo, such as datetime.timezone.utc"
        )
    if offset % dt.timedelta(minutes=1):
        try:
            value = dt.datetime.astimezone(value, dt.UTC)  # an offset of seconds has no spelling, the instant has
        except OverflowError:
            raise FilterError(f"{shown(value)} has an offset of seconds and is out of range in UTC") from None
    return Literal("DateTimeOffset", dt.datetime.isoformat(value).replace("+00:00", "Z"))


def _date_literal(value: dt.date | str) -> Literal:
    text = _text(value) if isinstance(value, str) else dt.date.isoformat(value)
    if not _literals.DATE.fullmatch(text) or _literals.problem("Date", text):
        raise FilterError(f"{shown(value)} is no date such as 2024-06-24")
    return Literal("Date", text)


def _time_of_day_literal(value: dt.time | str) -> Literal:
    if isinstance(value, dt.time) and value.tzinfo is not None:
        raise FilterError(f"{shown(value)} has a tzinfo, which a time of day has no place for")
    text = _text(value) if isinstance(value, str) else dt.time.isoformat(value)
    if not _literals.TIME_OF_DAY.fullmatch(text):
        raise FilterError(f"{shown(value)} is no time of day such as 13:20:00")
    return Literal("TimeOfDay", text)


def _duration_literal(value: dt.timedelta | str) -> Literal:
    """A duration in days, hours, minutes and seconds (ISO 8601 without years and months)."""
    text = _text(value).upper() if isinstance(value, str) else _iso_duration(value)
    if not _literals.is_duration(text):
        raise FilterError(f"{shown(value)} is no duration such as P1DT2H30M")
    return Literal("Duration", f"duration'{text}'")


def _iso_duration(value: dt.timedelta) -> str:
    sign, value = ("-", -value) if value < dt.timedelta() else ("", value)
    seconds = f"{value.seconds}.{value.microseconds:06}".rstrip("0").rstrip(".")
    days = f"{value.days}D" if value.days else ""
    return f"{sign}P{days}T{seconds}S" if value.seconds or value.microseconds else f"{sign}P{value.days}D"
