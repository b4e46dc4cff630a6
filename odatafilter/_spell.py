"""A Python value for a property → the literal that the property's API wants, checked against what is documented."""

import datetime as dt
import decimal
import enum as enums
import uuid
from collections.abc import Callable
from typing import Any, Final

from odatafilter import _literals
from odatafilter._suggest import listed, nearest
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts
from odatafilter.tree import Literal

_BITS: Final = {"Int32": 32, "Int64": 64}


def spelled(value: Any, facts: PropertyFacts) -> Literal:
    """The literal for `value`, None being null.

    Raises FilterTypeError for a value of a type that does not fit the property's kind, FilterError for one that has no
    spelling or that is not among the documented words.
    """
    if value is None:
        return _literals.NULL
    return _SPELLINGS[facts.kind](value, facts)


def _string(value: Any, facts: PropertyFacts) -> Literal:
    word = value.value if isinstance(value, enums.Enum) else value
    if not isinstance(word, str):
        raise _wrong(value, facts, "a str")
    _check_word(word, facts)
    return _literals.string(word)


def _enum(value: Any, facts: PropertyFacts) -> Literal:
    members = value.name if isinstance(value, enums.Enum) else value
    if not isinstance(members, str):
        raise _wrong(value, facts, "the name of a member, or several joined by commas")
    if not _literals.is_enum(f"'{members}'"):
        raise FilterError(f"{members!r:.60} does not name members of '{facts.name}'; they are joined by commas alone")
    for member in members.split(","):
        _check_word(member, facts)
    return Literal("Enum", f"{facts.type_name}'{members}'") if facts.type_name else Literal("String", f"'{members}'")


def _check_word(word: str, facts: PropertyFacts) -> None:
    if facts.enum and word not in facts.enum:
        meant = nearest(word, facts.enum)
        hint = f"did you mean {meant!r}?" if meant else f"it has {listed(facts.enum)}"
        raise FilterError(f"'{facts.name}' has no word {word!r:.60}; {hint}")


def _guid(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, uuid.UUID | str):
        raise _wrong(value, facts, "a UUID or its text")
    return _literals.guid(value, quoted=facts.quoted)


def _boolean(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, bool):
        raise _wrong(value, facts, "a bool")
    return _literals.literal(value)


def _integer(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, int) or isinstance(value, bool):
        raise _wrong(value, facts, "an int")
    half = 2 ** (_BITS[facts.kind] - 1)
    if not -half <= value < half:
        raise FilterError(f"{value} is out of the range of '{facts.name}', an {facts.kind}")
    return _literals.number(value)


def _decimal(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, decimal.Decimal | int) or isinstance(value, bool):
        raise _wrong(value, facts, "a Decimal or an int")
    return _literals.number(value)


def _double(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise _wrong(value, facts, "a float")
    return _literals.number(value)


def _date_time_offset(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, dt.datetime | str):
        raise _wrong(value, facts, "a datetime with a tzinfo")
    return _literals.date_time_offset(value)


def _date(value: Any, facts: PropertyFacts) -> Literal:
    if isinstance(value, dt.datetime) or not isinstance(value, dt.date | str):
        raise _wrong(value, facts, "a date")
    return _literals.date(value)


def _time_of_day(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, dt.time | str):
        raise _wrong(value, facts, "a time")
    return _literals.time_of_day(value)


def _duration(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, dt.timedelta | str):
        raise _wrong(value, facts, "a timedelta")
    return _literals.duration(value)


def _binary(value: Any, facts: PropertyFacts) -> Literal:
    if not isinstance(value, bytes):
        raise _wrong(value, facts, "bytes")
    return _literals.literal(value)


def _untyped(value: Any, _: PropertyFacts) -> Literal:
    return _literals.literal(value)


def _no_literal(value: Any, facts: PropertyFacts) -> Literal:
    raise _wrong(value, facts, "null only")


def _wrong(value: object, facts: PropertyFacts, wanted: str) -> FilterTypeError:
    found = type(value).__name__
    return FilterTypeError(f"'{facts.name}' is a {facts.kind} and takes {wanted}, not {value!r:.60} ({found})")


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
    "Enum": _enum,
    "Guid": _guid,
    "Int32": _integer,
    "Int64": _integer,
    "String": _string,
    "TimeOfDay": _time_of_day,
    "Untyped": _untyped,
}
KINDS: Final = frozenset(_SPELLINGS)
