"""What certainly fits a property: operators, functions, and the values of the commonest types, spelt at once.

It is worked out once for a property of a schema, so that a comparison is a look-up and two nodes. What is not certain
is judged by the handle and by `_to_literal`, which have the rules and the words for what does not fit.
"""

import datetime as dt
import functools
import uuid
from collections.abc import Callable, Sequence
from typing import Final, TypeAlias

import msgspec

from odatafilter._grammar import compile_terminal
from odatafilter._kinds import KINDS, Kind
from odatafilter._literals import WRITERS
from odatafilter._literals.guids import guids_between_commas
from odatafilter._literals.strings import quote
from odatafilter._to_literal import LITERAL_KINDS, NULL, literal_of_members
from odatafilter.errors import FilterError
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS, PropertyFacts, SchemaFacts
from odatafilter.tree import Literal, LiteralKind

# The literal for a value, or None where `literal_for` must judge it.
Spell: TypeAlias = Callable[[object], Literal | None]
SpellAll: TypeAlias = Callable[[Sequence[object]], tuple[Literal, ...] | None]
_KEPT: Final = 1_024  # properties of which what fits is kept
_TRUE, _FALSE = Literal("Boolean", "true"), Literal("Boolean", "false")
_EXACTLY: Final = dict(LITERAL_KINDS)  # a value of just this class has a literal of this kind
_SMALL: Final = 10**15  # below, a number is written with all its digits at once


class Certain(msgspec.Struct, frozen=True):
    """What certainly fits a property. It is found by the `id()` of `facts` and `schema`, and keeps both alive."""

    facts: PropertyFacts
    schema: SchemaFacts | None
    operators: frozenset[str]
    functions: frozenset[str]
    spell: Spell
    spell_all: SpellAll


_known: Final[dict[tuple[int, int], Certain]] = {}


def find_certain(facts: PropertyFacts, schema: SchemaFacts | None) -> Certain:
    """What certainly fits the property that `facts` are documented of."""
    everything = facts.operators is OPERATORS and facts.functions is ALL_FUNCTIONS
    if schema is None and everything and not (facts.enum or facts.type_name or facts.quoted):
        return _of_kind(facts.kind)  # a property of no schema, such as each call of `field` makes
    key = id(facts), id(schema)
    if (found := _known.get(key)) is None:
        if len(_known) >= _KEPT:
            _known.clear()
        found = _known[key] = _work_out(facts, schema)
    return found


@functools.cache
def _of_kind(kind: str) -> Certain:
    return _work_out(PropertyFacts(name="", kind=kind), None)


def _work_out(facts: PropertyFacts, schema: SchemaFacts | None) -> Certain:
    operators = facts.operators_among(OPERATORS if schema is None else schema.operators)
    functions = facts.functions if schema is None else facts.functions & schema.functions
    spell, spell_all = _spellers(facts, any_case=schema is not None and not schema.case_sensitive)
    return Certain(facts, schema, operators, functions, spell, spell_all)


def _spellers(facts: PropertyFacts, *, any_case: bool) -> tuple[Spell, SpellAll]:
    kind = facts.kind
    if kind == "Enum" and facts.enum and not any_case:
        spell = _speller_of_members(facts)
        return spell, _one_by_one(spell)
    if kind == "Enum" or facts.type_name or (facts.enum and (kind != "String" or any_case)):
        return spell_nothing, spell_nothing
    if facts.enum:
        spell = _speller_of_words(facts.enum)
        return spell, _one_by_one(spell)
    if kind == "String":
        return spell_text, _spell_texts
    if kind == "Guid":
        return _speller_of_guids(quoted=facts.quoted), _spell_quoted_guids if facts.quoted else _spell_guids
    if kind == "DateTimeOffset" and not facts.quoted:
        spell = _speller_of_timestamps()
        return spell, _one_by_one(spell)
    if kind == "Untyped":
        return _spell_any, _one_by_one(_spell_any)
    if (bounds := KINDS[kind].bounds) is not None:
        return _speller_of_numbers(*bounds), _speller_of_all_numbers(*bounds)
    if kind == "Boolean":
        return _spell_boolean, _one_by_one(_spell_boolean)
    if facts.quoted or KINDS[kind].literal not in WRITERS:
        return spell_nothing, spell_nothing
    spell = _speller_of_kind(KINDS[kind])
    return spell, _one_by_one(spell)


def spell_nothing(_: object) -> None:
    """No value is certain."""


def _one_by_one(spell: Spell) -> SpellAll:
    def spell_all(values: Sequence[object]) -> tuple[Literal, ...] | None:
        literals = [spell(value) for value in values]
        return tuple([literal for literal in literals if literal]) if all(literals) else None

    return spell_all


def spell_text(value: object) -> Literal | None:
    """The literal for a text of ASCII, which any URL can carry."""
    if type(value) is str:
        if value.isascii() and "\0" not in value:
            return Literal("String", "'" + value.replace("'", "''") + "'" if "'" in value else f"'{value}'")
        return None
    return NULL if value is None else None


def _spell_texts(values: Sequence[object]) -> tuple[Literal, ...] | None:
    texts = [value for value in values if type(value) is str]
    together = "".join(texts)
    if len(texts) < len(values) or not together.isascii() or "\0" in together:
        return None
    if "'" in together:
        texts = [text.replace("'", "''") for text in texts]
    return tuple([Literal("String", f"'{text}'") for text in texts])


def _speller_of_words(words: tuple[str, ...]) -> Spell:
    literals = {word: Literal("String", quote(word)) for word in words}
    return lambda value: literals.get(value) if type(value) is str else NULL if value is None else None


def _speller_of_members(facts: PropertyFacts) -> Spell:
    literals: dict[str, Literal] = {}
    for word in facts.enum:
        try:
            literals[word] = literal_of_members(word, facts)
        except FilterError:
            continue  # a word that can be no name of a member: who says it is told so
    return lambda value: literals.get(value) if type(value) is str else NULL if value is None else None


def _speller_of_kind(row: Kind) -> Spell:
    """What spells values of just the classes of a kind, which is all that is asked of them."""
    literal = row.literal or "null"
    classes = frozenset(row.accepts)

    def spell_value(value: object) -> Literal | None:
        if type(value) in classes:
            return _write_literal(literal, value)
        return NULL if value is None else None

    return spell_value


def _write_literal(kind: LiteralKind, value: object) -> Literal | None:
    """The literal for a value of a class that its kind is written of; None for a value that has no spelling."""
    try:
        return Literal(kind, WRITERS[kind](value))
    except FilterError:
        return None


def _speller_of_guids(*, quoted: bool) -> Spell:
    matches = compile_terminal("GUID").fullmatch

    def spell_guid(value: object) -> Literal | None:
        if type(value) is str:
            if matches(value) is None:
                return None
            text = value.lower()
        elif type(value) is uuid.UUID:
            text = str(value)
        else:
            return NULL if value is None else None
        return Literal("String", f"'{text}'") if quoted else Literal("Guid", text)

    return spell_guid


def _guid_texts(values: Sequence[object]) -> list[str] | None:
    """The texts of GUIDs in lower case: one match of all takes less time than one of each."""
    texts = [value if type(value) is str else str(value) for value in values if type(value) in {str, uuid.UUID}]
    together = ",".join(texts)
    if len(texts) < len(values) or guids_between_commas()(together) is None or together.count(",") >= len(texts):
        return None
    return together.lower().split(",")


def _spell_guids(values: Sequence[object]) -> tuple[Literal, ...] | None:
    texts = _guid_texts(values)
    return None if texts is None else tuple([Literal("Guid", text) for text in texts])


def _spell_quoted_guids(values: Sequence[object]) -> tuple[Literal, ...] | None:
    texts = _guid_texts(values)
    return None if texts is None else tuple([Literal("String", f"'{text}'") for text in texts])


def _speller_of_timestamps() -> Spell:
    matches = compile_terminal("DATE_TIME_OFFSET").fullmatch
    spell_datetime = _speller_of_kind(KINDS["DateTimeOffset"])

    def spell_timestamp(value: object) -> Literal | None:
        if type(value) is str:
            # Every month has 28 days; the calendar judges the others.
            certainly = matches(value) is not None and value[4] == "-" and value[8:10] <= "28"
            return Literal("DateTimeOffset", value.upper()) if certainly else None
        return spell_datetime(value) if type(value) is dt.datetime else NULL if value is None else None

    return spell_timestamp


def _speller_of_numbers(least: int, most: int) -> Spell:
    def spell_number(value: object) -> Literal | None:
        if type(value) is int:
            return Literal("Number", f"{value}") if least <= value <= most else None
        return NULL if value is None else None

    return spell_number


def _speller_of_all_numbers(least: int, most: int) -> SpellAll:
    def spell_numbers(values: Sequence[object]) -> tuple[Literal, ...] | None:
        literals: list[Literal] = []
        for value in values:
            if type(value) is int and least <= value <= most:
                literals.append(Literal("Number", f"{value}"))
            elif value is None:
                literals.append(NULL)
            else:
                return None
        return tuple(literals)

    return spell_numbers


def _spell_boolean(value: object) -> Literal | None:
    return _TRUE if value is True else _FALSE if value is False else NULL if value is None else None


def _spell_any(value: object) -> Literal | None:
    kind = type(value)
    if kind is str:
        return spell_text(value)
    if kind is int:
        return Literal("Number", str(value)) if -_SMALL < value < _SMALL else None  # type: ignore[operator]
    if (literal := _EXACTLY.get(kind)) is None or kind is bool:
        return _spell_boolean(value)
    return _write_literal(literal, value)
