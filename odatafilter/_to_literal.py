"""A Python value → the literal that the property's API wants, checked against what is documented."""

import decimal
import enum
import functools
import operator
from collections.abc import Iterable, Mapping
from typing import Any, Final, SupportsIndex, cast

from odatafilter._kinds import KINDS, Kind
from odatafilter._literals import WRITERS, enums, strings
from odatafilter._parse import Failure, parse
from odatafilter._safe_text import show
from odatafilter._suggest import nearest, with_article, word_list_near
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts
from odatafilter.limits import UNBOUNDED
from odatafilter.tree import Array, Literal, LiteralKind

NULL: Final = Literal("null", "null")


def literal_for(value: Any, facts: PropertyFacts, *, any_case: bool = False) -> Literal:
    """The literal for `value` of a property, None being null. In `any_case`, a word is the documented one that it is
    but for case.

    Raises FilterTypeError for a value of a type that does not fit the property's kind, FilterError for one that has no
    spelling or that is not among the documented words.
    """
    if value is None:
        return NULL
    kind = facts.kind
    if kind == "Untyped":
        return literal_of(value)
    if any_case and facts.enum and isinstance(value, str):
        value = _spell_words(value, facts)
    if kind == "Enum":
        return literal_of_members(value, facts)
    accepts, rejects, bounds, literal, write = _RULES[kind]
    if kind == "String" and isinstance(value, enum.Enum):
        value = value.value if isinstance(value.value, str) or not facts.enum else value.name
    if literal == "Number":
        value = whole_number(value)
    if not isinstance(value, accepts) or (rejects and isinstance(value, rejects)) or literal is None:
        raise _wrong_type(value, facts, KINDS[kind])
    if facts.enum:
        _check_word(value, facts)
    if bounds and not bounds[0] <= value <= bounds[1]:
        raise FilterError(f"{show(value)} is out of the range of {facts.display_name}, {with_article(kind)}")
    text = write(value)
    return Literal("String", f"'{text}'") if facts.quoted else Literal(literal, text)


# What `literal_for` asks of the row of a kind, taken apart.
_RULES: Final[dict[str, tuple[Any, Any, Any, LiteralKind | None, Any]]] = {
    name: (row.accepts, row.rejects, row.bounds, row.literal, WRITERS.get(row.literal) if row.literal else None)
    for name, row in KINDS.items()
}


def literal_of_members(value: Any, facts: PropertyFacts) -> Literal:
    """The literal for members of an enumeration. Raises as `literal_for` does."""
    members = ",".join(enums.members_of(value)) if isinstance(value, enum.Enum) else value
    if not isinstance(members, str):
        raise _wrong_type(value, facts, KINDS["Enum"])
    # A subclass of str may write itself in any way: the text is what str makes of it.
    members = str.__str__(members)
    if not enums.are_members(members):
        raise FilterError(
            f"{show(members)} does not name members of {facts.display_name}; they are joined by commas alone"
        )
    for member in members.split(","):
        _check_word(member, facts)
    return Literal("Enum", f"{facts.type_name}'{members}'") if facts.type_name else Literal("String", f"'{members}'")


def _check_word(word: Any, facts: PropertyFacts) -> None:
    if facts.enum and word not in facts.enum:
        meant = nearest(word, facts.enum)
        hint = f"did you mean {meant!r}?" if meant else f"it has {word_list_near(word, facts.enum)}"
        raise FilterError(f"{facts.display_name} has no word {show(word)}; {hint}")


def _wrong_type(value: object, facts: PropertyFacts, row: Kind) -> FilterTypeError:
    found = type(value).__name__
    hint = "; in_ takes several values" if isinstance(value, list | tuple | set | frozenset) else ""
    return FilterTypeError(
        f"{facts.display_name} is {with_article(facts.kind)} and takes {row.wanted}, not {show(value)} ({found}){hint}"
    )


def whole_number(value: object) -> object:
    """The int that a value of a foreign type of integers is, such as one of numpy's; any other value as it is."""
    if isinstance(value, int | float | decimal.Decimal | enum.Enum) or not hasattr(type(value), "__index__"):
        return value
    try:
        return operator.index(cast("SupportsIndex", value))
    except Exception:  # noqa: BLE001 - a class of the caller's
        return value


def respell(literal: Literal, facts: PropertyFacts) -> Literal:
    """A GUID or a timestamp with or without quotes, as the property's API wants it."""
    text = strings.read_quoted(literal.text) if literal.kind == "String" else literal.text
    if facts.quoted:
        return Literal("String", f"'{text}'")
    kind: LiteralKind = "Guid" if facts.kind == "Guid" else "DateTimeOffset"
    return Literal(kind, WRITERS[kind](text))


def respell_words(literal: Literal, facts: PropertyFacts) -> Literal:
    """A literal of words that the property has but for case, as they are documented; any other one as it is."""
    text = strings.read_quoted(literal.text)
    if (spelt := _spell_words(text, facts)) == text:
        return literal
    if literal.text[0] == '"':
        return Literal(literal.kind, strings.in_json(strings.in_quotes(spelt)))
    return Literal(literal.kind, literal.text.partition("'")[0] + strings.in_quotes(spelt))


def _spell_words(text: str, facts: PropertyFacts) -> str:
    """Words of a property as they are documented, where they differ from that in case alone."""
    documented = words_by_fold(facts.enum)
    given = str.split(text, ",") if facts.kind == "Enum" else [str.__str__(text)]
    return ",".join([word if word in facts.enum else documented.get(word.casefold(), word) for word in given])


@functools.lru_cache(64)
def words_by_fold(words: tuple[str, ...]) -> Mapping[str, str]:
    """The documented words by what they are without case, the first of those that are the same."""
    return {word.casefold(): word for word in reversed(words)}


# Python's types and the kinds of their literals, subclasses first: a bool is an int, a datetime a date.
LITERAL_KINDS: Final[tuple[tuple[type, LiteralKind], ...]] = tuple(
    sorted(
        {row.value: row.literal for row in KINDS.values() if row.value and row.literal and row.name != "Enum"}.items(),
        key=lambda pair: -len(pair[0].__mro__),
    )
)


def literal_of(value: object) -> Literal:
    """The literal for a Python value, by its type alone. Raises FilterTypeError where OData has no such literal."""
    if value is None:
        return NULL
    if isinstance(value, Literal):
        return _read_again(value)
    if isinstance(value, enum.Enum):
        return literal_of(value.value)
    for python, kind in LITERAL_KINDS:
        if isinstance(value, python):
            return Literal(kind, WRITERS[kind](value))
    if (number := whole_number(value)) is not value:
        return literal_of(number)
    raise FilterTypeError(f"no literal can be made of {show(value)} ({type(value).__name__})")


def array_of(literals: Iterable[Literal]) -> Array:
    """A collection of values: the strings in it stand in double quotes, as JSON has them (ABNF array)."""
    return Array(
        tuple(Literal("String", strings.in_json(one.text)) if one.kind == "String" else one for one in literals)
    )


def _read_again(given: Literal) -> Literal:
    """A literal that is given as one. Raises FilterError where its text says something else."""
    try:
        read = parse(str.__str__(given.text), UNBOUNDED)
    except (FilterError, Failure):
        read = None
    if not isinstance(read, Literal) or read != given:
        raise FilterError(f"{show(given.text)} is no literal of the kind {given.kind}")
    return read
