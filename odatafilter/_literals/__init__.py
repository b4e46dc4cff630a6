"""The text of literals ⇄ Python's values, one module for a family (OData URL Conventions §5.1.1.14).

A literal of the tree keeps its text, so nothing is lost between reading and emitting. The patterns are those of the
grammar. `value_of` gives Python's value of a text, `text_of` the text of a value.
"""

import datetime as dt
import decimal
import uuid
from collections.abc import Callable
from typing import Any, Final, TypeAlias

from odatafilter._grammar import compiled
from odatafilter._kinds import LiteralKind
from odatafilter._literals import binaries, durations, enums, geo, guids, numbers, strings, times
from odatafilter.errors import FilterError

PythonValue: TypeAlias = (
    str | int | decimal.Decimal | float | dt.datetime | dt.date | dt.time | dt.timedelta | uuid.UUID | bytes | None
)
_TERMINALS: Final[dict[LiteralKind, str]] = {
    "null": "NULL",
    "Binary": "BINARY",
    "Boolean": "BOOLEAN",
    "Date": "DATE",
    "DateTimeOffset": "DATE_TIME_OFFSET",
    "Duration": "DURATION",
    "Enum": "ENUM",
    "Geography": "GEO",
    "Geometry": "GEO",
    "Guid": "GUID",
    "Number": "NUMBER",
    "String": "STRING",
    "TimeOfDay": "TIME_OF_DAY",
}
_READERS: Final[dict[LiteralKind, Callable[[str], PythonValue]]] = {
    "null": lambda _: None,
    "Binary": lambda text: binaries.read_binary(strings.read_quoted(text)),
    "Boolean": lambda text: text.lower() == "true",
    "Date": times.read_date,
    "DateTimeOffset": times.read_timestamp,
    "Duration": lambda text: durations.read_duration(strings.read_quoted(text)),
    "Enum": strings.read_quoted,
    "Guid": guids.read_guid,
    "Number": numbers.read_number,
    "String": strings.read_quoted,
    "TimeOfDay": times.read_time_of_day,
}
# How a value of one of the Python types that a kind accepts is written; `_to_literal` writes members of enumerations.
WRITERS: Final[dict[LiteralKind, Callable[[Any], str]]] = {
    "Binary": binaries.write_binary,
    "Boolean": lambda value: "true" if value else "false",
    "Date": times.write_date,
    "DateTimeOffset": times.write_timestamp,
    "Duration": durations.write_duration,
    "Geography": lambda text: geo.write_shape("geography", text),
    "Geometry": lambda text: geo.write_shape("geometry", text),
    "Guid": guids.write_guid,
    "Number": numbers.write_number,
    "String": strings.quote,
    "TimeOfDay": times.write_time_of_day,
}
# What the text in a literal's quotes, or a string in their place, must be.
_IN_QUOTES: Final[dict[str, Callable[[str], bool]]] = {
    "Duration": durations.is_duration,
    "Enum": enums.are_members,
    "Guid": guids.is_guid,
    "String": lambda _: True,
}


def value_of(kind: LiteralKind, text: str) -> PythonValue:
    """Python's value of a literal. Raises FilterError where Python has none, and for a text that is no such literal."""
    terminal = "JSON_STRING" if kind == "String" and text[:1] == '"' else _TERMINALS[kind]
    if not compiled(terminal).fullmatch(text) or literal_problem(kind, text):
        raise FilterError(f"{text:.60} is no literal of the kind {kind}")
    if kind not in _READERS:
        raise FilterError(f"{text:.60} has no equal among Python's values, which have no type for shapes")
    return _READERS[kind](text)


def literal_problem(kind: LiteralKind, text: str) -> str | None:
    """What is wrong with a literal that the grammar accepts: a day that no calendar has, a shape that is none."""
    if kind in {"Date", "DateTimeOffset"}:
        return times.calendar_problem(text.upper())
    return geo.shape_problem(text) if kind in {"Geography", "Geometry"} else None


def reads_in_quotes(kind: str, text: str) -> bool:
    """Whether the text of a string can be a value of `kind`, of which literals may be written without their prefix."""
    return kind in _IN_QUOTES and _IN_QUOTES[kind](text)
