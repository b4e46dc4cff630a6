"""Values as they are compared and calculated with: what the texts of literals and the data of items mean.

null is None; a Boolean, a number and a String are Python's own, a Decimal always finite. A collection is a list, a
complex value a dict. A tuple is one of several values that a property stands for, of which any may hold. What JSON has
no type for is one of the classes here. Times are counted in picoseconds: OData has up to twelve digits of a second.
"""

import base64
import contextlib
import datetime as dt
import decimal
import enum
import math
import types
import uuid
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import Any, Final, NoReturn, TypeAlias

import msgspec

from odatafilter._kinds import KINDS, NUMBERS, SPELT
from odatafilter._literals import (
    WRITERS,
    binaries,
    durations,
    enums,
    numbers,
    strings,
    times,
    value_of,
    with_prefix,
    without_prefix,
)
from odatafilter._literals.times import DAY, HOUR, MICROSECOND, MICROSECOND_DIGITS, MINUTE, SECOND
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.tree import LiteralKind

Exact: TypeAlias = int | Fraction


class Guid(str):
    """A GUID, in lower case."""

    __slots__ = ()


class Date(msgspec.Struct, frozen=True, order=True):
    """A date, in days from the year 0."""

    days: int


class TimeOfDay(msgspec.Struct, frozen=True, order=True):
    """A time of day, from midnight."""

    picoseconds: Exact


class Duration(msgspec.Struct, frozen=True, order=True):
    """A duration."""

    picoseconds: Exact


class Instant(msgspec.Struct, frozen=True):
    """A timestamp: the instant, counted from the year 0 in UTC, and the offset in seconds that it is written with."""

    picoseconds: Exact
    offset: int = 0

    @property
    def local_picoseconds(self) -> Exact:
        return self.picoseconds + self.offset * SECOND


class Enumerated(msgspec.Struct, frozen=True):
    """Members of an enumeration: some by name, some by their number; only the service knows which are the same."""

    names: frozenset[str]
    number: int = 0


# --- reading --------------------------------------------------------------------------------------------------------


def read_untyped(value: Any) -> Any:
    """A value of an item whose type is not declared: Python's dates, UUIDs and enumerations are read, texts are not.

    Functions, modules and frames read as null, so that a filter cannot reach into the running program.
    """
    if type(value) in COLLECTIONS:
        return [_single(element) for element in value]
    return _single(value)


def _single(value: Any) -> Any:
    if type(value) in _AS_THEY_ARE:
        return value
    match value:
        case decimal.Decimal():
            return value if value.is_finite() else float("nan") if value.is_nan() else float(value)
        case enum.Enum():
            return _single(value.value)
        case str():
            return str.__str__(value)
        case int():
            return int(value)
        case float():
            return float(value)
        case uuid.UUID():
            return Guid(str(value))
        case dt.datetime() if value.utcoffset() is not None:
            return read_instant(value)
        case dt.date() if not isinstance(value, dt.datetime):
            return Date(value.toordinal() + _DAYS_BEFORE)
        case dt.time() if value.tzinfo is None:
            return read_time_of_day(value.isoformat())
        case dt.timedelta():
            return Duration(value // dt.timedelta(microseconds=1) * MICROSECOND)
        case bytearray() | memoryview():
            return bytes(value)
        case Mapping():
            return dict(value)
        case _:
            return None if callable(value) or isinstance(value, _CODE) else value


# What leads from data to the program that holds it; functions, methods and classes are told by being callable.
_CODE: Final = (
    types.ModuleType,
    types.FrameType,
    types.TracebackType,
    types.CodeType,
    types.GeneratorType,
    types.CoroutineType,
    types.AsyncGeneratorType,
)
COLLECTION_CLASSES: Final = (list, tuple, set, frozenset)
COLLECTIONS: Final = frozenset(COLLECTION_CLASSES)
NUMBER_CLASSES: Final = frozenset({int, float, decimal.Decimal})
_AS_THEY_ARE: Final = frozenset({str, int, float, bool, type(None), dict, list, bytes, Guid})
_DAYS_BEFORE: Final = times.FIRST_DAY - 1


def read_instant(value: Any) -> Instant:
    """A timestamp. Raises FilterTypeError for what is none, or does not say its offset."""
    if type(value) is str and (usual := _usual_instant(value)) is not None:
        return usual
    match value:
        case Instant():
            return value
        case str() if (moment := _read_or_none(times.read_instant, value)) is not None:
            return Instant(moment, 0 if value[-1] in "Zz" else 60 * _minutes(value[-6:]))
        case dt.datetime() if (moment := times.instant_of(value)) is not None:
            return Instant(moment, (value.utcoffset() or dt.timedelta()) // dt.timedelta(seconds=1))
        case _:
            _raise_unreadable(value, "timestamp with an offset")


def _usual_instant(text: str) -> Instant | None:
    """The instant of a text in UTC with whole seconds or up to six digits of one, which Python reads, too."""
    fraction = text[19:-1]
    if text[4:17:3] != "--T::" or text[-1] != "Z" or text[11:13] == "24":
        return None
    if fraction and not (fraction[0] == "." and 1 < len(fraction) <= MICROSECOND_DIGITS + 1):
        return None
    try:
        moment = dt.datetime.fromisoformat(text)
    except ValueError:
        return None
    days = moment.toordinal() + _DAYS_BEFORE
    seconds = days * 86_400 + moment.hour * 3600 + moment.minute * 60 + moment.second
    return Instant(seconds * SECOND + moment.microsecond * MICROSECOND)


def _read_or_none(read: Callable[[str], int | None], text: str) -> int | None:
    try:
        return read(text)
    except ValueError:  # a day that the calendar does not have
        return None


def _minutes(offset: str) -> int:
    minutes = int(offset[1:3]) * 60 + int(offset[4:])
    return -minutes if offset[0] == "-" else minutes


def read_date(value: Any) -> Date:
    """A date. Raises FilterTypeError for what is none."""
    if isinstance(value, str) and times.is_date(value):
        year, month, day = str.rsplit(value, "-", 2)
        return Date(times.count_days(numbers.read_whole(year), int(month), int(day)))
    return value if isinstance(value := _single(value), Date) else _raise_unreadable(value, "date")


def read_time_of_day(value: Any) -> TimeOfDay:
    """A time of day. Raises FilterTypeError for what is none."""
    if isinstance(value, str) and times.is_time_of_day(value):
        hour, minute, second, fraction = times.split_clock(str.__str__(value))
        return TimeOfDay(hour * HOUR + minute * MINUTE + second * SECOND + int(fraction.ljust(12, "0")))
    return value if isinstance(value := _single(value), TimeOfDay) else _raise_unreadable(value, "time of day")


def read_duration(value: Any) -> Duration:
    """A duration. Raises FilterTypeError for what is none."""
    if isinstance(value, str) and (length := durations.count_picoseconds(value)) is not None:
        return Duration(_int_if_whole(length))
    return value if isinstance(value := _single(value), Duration) else _raise_unreadable(value, "duration")


def _int_if_whole(number: Exact) -> Exact:
    return number.numerator if number.denominator == 1 else number


def read_guid(value: Any) -> Any:
    """A GUID; a text that is none is equal to none, and what is no text is read as if no kind were declared."""
    found = _single(value)
    return Guid(found.lower()) if isinstance(found, str) else found


def read_binary(value: Any) -> bytes:
    """Bytes, which JSON holds in base64url. Raises FilterTypeError for what is none."""
    found = binaries.read_binary(value) if isinstance(value, str) else _single(value)
    return found if isinstance(found, bytes) else _raise_unreadable(value, "base64url")


def read_members(value: Any) -> Enumerated:
    """Members of an enumeration: their names joined by commas, a list of names, a number, or Python's own."""
    match value:
        case Enumerated():
            return value
        case enum.Enum():
            return _read_words(enums.members_of(value))
        case str():
            return _read_words(value.split(","))
        case list() if all(isinstance(name, str) for name in value):
            return _read_words(value)
        case int() if type(value) is int:
            return Enumerated(frozenset(), value)
        case _:
            _raise_unreadable(value, "member of an enumeration")


def _read_words(words: list[str]) -> Enumerated:
    number, names = 0, set()
    for word in map(str.strip, words):
        if numbers.is_integer(word):
            number |= numbers.read_whole(word)
        else:
            names.add(word)
    return Enumerated(frozenset(names), number)


def _read_boolean(value: Any) -> Any:
    """A truth value. Raises FilterTypeError for anything else: databases hand out numbers for them."""
    found = _single(value)
    if found is not None and type(found) is not bool:
        raise FilterTypeError(f"{in_words(found)} is neither true nor false")
    return found


def _read_integer(value: Any) -> Any:
    match value:
        case float() if value.is_integer():
            return int(value)
        case str() if numbers.is_integer(value):  # JSON with IEEE754Compatible=true
            return numbers.read_whole(value)
        case _:
            return _single(value)


def _read_decimal(value: Any) -> Any:
    """A Decimal, with the digits that its JSON had."""
    match value:
        case bool():
            return value
        case int():
            return decimal.Decimal(value)
        case float() if is_finite(value):
            return decimal.Decimal(float.__repr__(value))  # that of a class of the caller's may be any text
        case str() if numbers.is_finite_number(value):
            return numbers.read_decimal(value)
        case _:
            return _single(value)


def _read_double(value: Any) -> Any:
    match value:
        case bool():
            return value
        case int() | decimal.Decimal():
            return numbers.to_float(_single(value))
        case str() if value in numbers.SPECIAL or numbers.is_finite_number(value):
            return float(value)
        case _:
            return _single(value)


def is_finite(number: Any) -> bool:
    """Whether a number is none of INF, -INF and NaN."""
    return not isinstance(number, float) or math.isfinite(number)


def to_decimal(value: Any) -> decimal.Decimal:
    """A finite number as a Decimal, exactly."""
    # The constructor would ask the caller's context whether it takes floats.
    return decimal.Decimal.from_float(value) if isinstance(value, float) else decimal.Decimal(value)  # noqa: FURB164


def to_exact(value: Any) -> Exact:
    """A number as a fraction. Raises FilterTypeError for INF, NaN, and a number of more than 10,000 digits."""
    if type(value) is int:
        return value
    if not is_finite(value) or abs(to_decimal(value).adjusted()) > numbers.LONGEST:
        _raise_unreadable(value, "number to multiply or divide a duration by")
    return _int_if_whole(Fraction(value))


def exact_quotient(picoseconds: Exact, divisor: Exact) -> Exact:
    """An exact quotient."""
    return _int_if_whole(Fraction(picoseconds) / divisor)


Reader: TypeAlias = Callable[[Any], Any]


def _reader_of(kind: str) -> Reader:
    """How values are read of a kind that needs no class here: Python's own are kept, texts are read as literals are."""
    row = KINDS[kind]

    def read(value: Any) -> Any:
        if row.value is not None and isinstance(value, row.value):
            return value
        if isinstance(value, str) and row.literal is not None:
            with contextlib.suppress(FilterError):
                return value_of(row.literal, with_prefix(row.literal, str.__str__(value)))
        _raise_unreadable(value, kind)

    return read


# The classes of values here, each with the kind that it holds and how a text, or what an item has, is read as one. They
# are classes of the evaluator alone, which is why they do not stand in the rows of `_kinds`: Python's own hold less, or
# are written in more than one way.
_OWN: Final[tuple[tuple[str, type, Reader], ...]] = (
    ("Binary", bytes, read_binary),
    ("Date", Date, read_date),
    ("DateTimeOffset", Instant, read_instant),
    ("Duration", Duration, read_duration),
    ("Enum", Enumerated, read_members),
    ("Guid", Guid, read_guid),
    ("TimeOfDay", TimeOfDay, read_time_of_day),
)
_PYTHONS: Final = tuple(
    (kind, python, _reader_of(kind))
    for kind in sorted(SPELT - {kind for kind, _, _ in _OWN})
    if (python := KINDS[kind].value) is not None
)
_READERS: Final = _OWN + _PYTHONS
KIND_OF_CLASS: Final = {python: kind for kind, python, _ in _READERS}
# By kind: a text in quotes, or of an item, is a spelling of all these (OData URL Conventions §5.1.1.14.1).
READER_OF_KIND: Final = {kind: read for kind, _, read in _READERS}
BY_CLASS: Final = {python: read for _, python, read in _READERS if python not in _AS_THEY_ARE or python is bytes}
_NUMBERS: Final = {"Int": _read_integer, "Decimal": _read_decimal, "Double": _read_double}
# How the value of a property is read that is declared to be of a kind.
STORED: Final[dict[str, Callable[[Any], Any]]] = {
    **READER_OF_KIND,
    "Boolean": _read_boolean,
    **{name: _NUMBERS[KINDS[name].family] for name in NUMBERS},
}
# Kinds of which any value can be read: nothing is made of it, or what is no GUID stays as it is.
ALWAYS_READ: Final = frozenset(KINDS).difference(STORED) | {"Guid"}


def each(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """`read` for a value that may be null, and for the elements of a list."""

    def read_each(value: Any) -> Any:
        if value is None:
            return None
        if type(value) in {list, tuple}:
            return type(value)(None if element is None else read(element) for element in value)
        return read(value)

    return read_each


def read_literal(kind: LiteralKind, text: str) -> Any:
    """What a literal means, where nothing says that a text in quotes is anything else than a text."""
    match kind:
        case "null":
            return None
        case "Boolean":
            return text == "true"
        case "Number":
            return numbers.read_number(text)
        case "String":
            return strings.read_quoted(text)
        case _:
            return READER_OF_KIND[kind](strings.read_quoted(text) if text[-1] == "'" else text)


# What writes values of Python's own classes: as their literals are written.
_LITERAL_OF_CLASS: Final = {
    python: literal for kind, python, _ in _PYTHONS if (literal := KINDS[kind].literal) is not None
}


# --- spelling -------------------------------------------------------------------------------------------------------


def calendar_day(days: int) -> tuple[int, int, int]:
    """Year, month and day of a date that is counted in days from the year 0."""
    first = dt.date(400, 1, 1).toordinal()
    cycles, rest = divmod(days - first, 146_097)  # the calendar repeats every 400 years, and Python's is bounded
    found = dt.date.fromordinal(first + rest)
    return found.year - 400 + 400 * cycles, found.month, found.day


def _day_text(days: int) -> str:
    year, month, day = calendar_day(days)
    return f"{'-' * (year < 0)}{decimal.Decimal(abs(year)):0>4f}-{month:02}-{day:02}"


def clock(picoseconds: Exact) -> tuple[int, int, int, Exact]:
    """Hour, minute, second and picoseconds of a time since midnight; the leap second is 23:59:60."""
    hour = min(picoseconds // HOUR, 23)
    minute = min((picoseconds - hour * HOUR) // MINUTE, 59)
    seconds = picoseconds - hour * HOUR - minute * MINUTE
    return hour, minute, int(seconds // SECOND), seconds % SECOND


def _clock_text(picoseconds: Exact) -> str:
    hour, minute, second, rest = clock(picoseconds)
    fraction = f".{int(rest):012}".rstrip("0") if int(rest) else ""
    return f"{hour:02}:{minute:02}:{second:02}{fraction}"


def _instant_text(value: Instant) -> str:
    days, rest = divmod(value.local_picoseconds, DAY)
    minutes = abs(value.offset) // 60
    offset = f"{'-' if value.offset < 0 else '+'}{minutes // 60:02}:{minutes % 60:02}" if minutes else "Z"
    return f"{_day_text(int(days))}T{_clock_text(rest)}{offset}"


def _duration_text(picoseconds: Exact) -> str:
    days, rest = divmod(max(picoseconds, -picoseconds), DAY)
    hours, minutes, seconds = (text.removeprefix("0") for text in _clock_text(rest).split(":"))
    return f"{'-' * (picoseconds < 0)}P{_number_text(int(days))}DT{hours}H{minutes}M{seconds}S"


def _number_text(value: float | decimal.Decimal) -> str:
    return numbers.write_number(value)


def json_text(value: Any) -> str | None:
    """The text of a primitive value in JSON, without quotes; None of what is not primitive."""
    match value:
        case bool():
            return "true" if value else "false"
        case int() | float() | decimal.Decimal():
            return _number_text(value)
        case str():
            return str.__str__(value)
        case bytes():
            return base64.urlsafe_b64encode(value).rstrip(b"=").decode()
        case Date(days=days):
            return _day_text(days)
        case TimeOfDay(picoseconds=picoseconds):
            return _clock_text(picoseconds)
        case Duration(picoseconds=picoseconds):
            return _duration_text(picoseconds)
        case Instant():
            return _instant_text(value)
        case Enumerated(names=names, number=number):
            return ",".join([*sorted(names), *([_number_text(number)] if number or not names else [])])
        case _ if (kind := _LITERAL_OF_CLASS.get(type(value))) is not None:
            return without_prefix(kind, WRITERS[kind](value))
        case _:
            return None


def literal_text(value: Any) -> str | None:
    """The text of the literal that stands for a primitive value; None of what is not primitive."""
    text = json_text(value)
    if text is None:
        return None
    if isinstance(value, str) and not isinstance(value, Guid):
        return strings.in_quotes(text)
    kind = KINDS[KIND_OF_CLASS[type(value)]].literal if type(value) in KIND_OF_CLASS else None
    return text if kind is None else with_prefix(kind, text)


def in_words(value: object) -> str:
    """A value as an error names it."""
    match value:
        case str() if type(value) is str:
            return f"{value[:60]!r:.60}"
        case list() | tuple():
            return "a collection"
        case dict():
            return "a complex value"
        case _:
            return f"{json_text(value) or 'a ' + type(value).__name__:.60}"


def _raise_unreadable(value: object, wanted: str) -> NoReturn:
    raise FilterTypeError(f"{in_words(value)} is no {wanted}")
