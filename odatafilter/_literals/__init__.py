"""The text of literals ⇄ Python's values, one module for a family (OData URL Conventions §5.1.1.14).

A literal of the tree keeps its text, so nothing is lost between reading and emitting. The patterns are those of the
grammar. `value_of` gives Python's value of a text, `text_of` the text of a value.
"""

import datetime as dt
import decimal
import uuid
from collections.abc import Callable
from typing import Any, Final, NamedTuple, TypeAlias

from odatafilter._grammar import compile_terminal
from odatafilter._kinds import KINDS, LiteralKind
from odatafilter._literals import binaries, durations, enums, geo, guids, numbers, strings, times
from odatafilter.errors import FilterError

PythonValue: TypeAlias = (
    str | int | decimal.Decimal | float | dt.datetime | dt.date | dt.time | dt.timedelta | uuid.UUID | bytes | None
)
_TERMINALS: Final[dict[LiteralKind, str]] = {
    "null": "NULL",
    **{row.literal: row.terminal for row in KINDS.values() if row.literal is not None},
}
PREFIXES: Final[dict[LiteralKind, str]] = {
    row.literal: row.prefix for row in KINDS.values() if row.literal is not None and row.prefix
}


class Notation(NamedTuple):
    """What is done with the literals of one kind: by the modules here, which is why no row of `_kinds` has it."""

    read: Callable[[str], PythonValue] | None
    """Text → value; None where Python has no type for it."""
    write: Callable[[Any], str] | None
    """A value of one of the Python types that the kind accepts → text; None where `_to_literal` writes it."""
    is_in_quotes: Callable[[str], bool] | None = None
    """Whether a text can stand in the quotes of a literal, or be a string in its place, as some APIs want it."""
    read_usual: Callable[[str], PythonValue] | None = None
    """What `read` gives, by a shorter way that most literals take; None for other texts, which need not be literals."""


def _read_in_quotes(read: Callable[[str], PythonValue]) -> Callable[[str], PythonValue]:
    return lambda text: read(strings.read_quoted(text))


NOTATIONS: Final[dict[LiteralKind, Notation]] = {
    "null": Notation(lambda _: None, None),
    "Binary": Notation(_read_in_quotes(binaries.read_binary), binaries.write_binary),
    "Boolean": Notation(lambda text: text.lower() == "true", lambda value: "true" if value else "false"),
    "Date": Notation(times.read_date, times.write_date),
    "DateTimeOffset": Notation(
        times.read_timestamp, times.write_timestamp, times.is_timestamp, read_usual=times.read_whole_second
    ),
    "Duration": Notation(_read_in_quotes(durations.read_duration), durations.write_duration, durations.is_duration),
    "Enum": Notation(strings.read_quoted, None, enums.are_members),
    "Geography": Notation(None, lambda text: geo.write_shape("geography", text)),
    "Geometry": Notation(None, lambda text: geo.write_shape("geometry", text)),
    "Guid": Notation(guids.read_guid, guids.write_guid, guids.is_guid),
    "Number": Notation(numbers.read_number, numbers.write_number, read_usual=numbers.read_short),
    "String": Notation(strings.read_quoted, strings.quote, lambda _: True, strings.read_quoted_once),
    "TimeOfDay": Notation(times.read_time_of_day, times.write_time_of_day),
}
_USUAL_READERS: Final = {
    kind: notation.read_usual for kind, notation in NOTATIONS.items() if notation.read_usual is not None
}
WRITERS: Final = {kind: notation.write for kind, notation in NOTATIONS.items() if notation.write is not None}


def value_of(kind: LiteralKind, text: str) -> PythonValue:
    """Python's value of a literal. Raises FilterError where Python has none, and for a text that is no such literal."""
    if kind in _USUAL_READERS:
        value = _USUAL_READERS[kind](text)
        if value is not None:
            return value
    terminal = "JSON_STRING" if kind == "String" and text[:1] == '"' else _TERMINALS[kind]
    if not compile_terminal(terminal).fullmatch(text) or literal_problem(kind, text):
        raise FilterError(f"{text:.60} is no literal of the kind {kind}")
    if (read := NOTATIONS[kind].read) is None:
        raise FilterError(f"{text:.60} has no equal among Python's values, which have no type for shapes")
    return read(text)


def literal_problem(kind: LiteralKind, text: str) -> str | None:
    """What is wrong with a literal that the grammar accepts: a day that no calendar has, a shape that is none."""
    if kind in {"Date", "DateTimeOffset"}:
        return times.calendar_problem(text.upper())
    return geo.shape_problem(text) if kind in {"Geography", "Geometry"} else None


def with_prefix(kind: LiteralKind, text: str) -> str:
    """The literal of `kind` for what stands in its quotes, or for its whole text where it has no prefix."""
    return f"{PREFIXES[kind]}'{text}'" if kind in PREFIXES else text


def without_prefix(kind: LiteralKind, text: str) -> str:
    """What stands in the quotes of a literal of `kind`, or its whole text where it has no prefix."""
    return strings.read_quoted(text) if kind in PREFIXES else text


def reads_in_quotes(kind: str, text: str) -> bool:
    """Whether the text of a string can be a value of `kind`, of which literals are written in quotes, too."""
    notation = NOTATIONS.get(KINDS[kind].literal or "null") if kind in KINDS else None
    return notation is not None and notation.is_in_quotes is not None and notation.is_in_quotes(text)
