"""Does it fit: whether operands are of kinds that operators and functions take (URL Conventions §5.1.1).

Sections are those of the URL Conventions, if not said.
"""

import functools
from collections.abc import Iterator, Sequence
from typing import Final

import msgspec

from odatafilter._functions import (
    COUNT,
    FUNCTIONS,
    Parameter,
    Signature,
    accepts,
    arithmetic_result,
    can_be_duration,
    describe_parameter,
    has_sign,
    takes_duration,
)
from odatafilter._kinds import IN_QUOTES, KINDS, NULL_ONLY, UNORDERED, are_comparable
from odatafilter._literals import reads_in_quotes
from odatafilter._literals.guids import guids_between_commas
from odatafilter._literals.strings import quote, read_quoted
from odatafilter._suggest import with_article, word_list
from odatafilter._to_literal import words_by_fold
from odatafilter._type_names import qualify
from odatafilter._validate.finding import Finding
from odatafilter._validate.meaning import Meaning, literal_of_kind
from odatafilter._validate.operands import Operand, reads_as
from odatafilter.facts import RELATIONS, FunctionFacts, PropertyFacts, SchemaFacts
from odatafilter.tree import Expression, Literal, Node


def condition_problem(found: Operand, node: Node) -> Finding | None:
    """What stands where something must be true or false (Protocol §11.2.6.1; §5.1.1.1.7 to .9)."""
    if not found.is_no_condition:
        return None
    return Finding(f"{found.description}, which is neither true nor false; compare it with something", node, "type")


# --- comparisons ----------------------------------------------------------------------------------------------------


def order_problem(node: Node, operator: str, found: Operand) -> Finding | None:
    """A value that has no order (§5.1.1.1: Binary, Stream and geo types; enumerations only the service orders)."""
    if operator not in RELATIONS or found.kind not in UNORDERED:
        return None
    return Finding(f"{found.description}, which has no order for '{operator}'", node, "operator")


def comparison_problem(one: Operand, node: Node, other: Operand) -> Finding | None:
    """Two values of kinds that are not compared with each other (§5.1.1.1, §5.1.1.18); `other` is at `node`."""
    if not (one.is_known and other.is_known):
        return None
    if are_comparable(one.kind, other.kind):
        if one.kind not in NULL_ONLY:
            return None
        return Finding(f"{one.description}, which is compared with null alone", node, "type")
    if reads_as(other, one.kind) or reads_as(one, other.kind):
        return None
    meant = literal_of_kind(KINDS[one.kind].literal or "", other.literal) if other.literal else None
    hint = ""
    if other.literal:
        example = KINDS[one.kind].example
        hint = (
            f"; did you mean {meant}?"
            if meant
            else f"; {with_article(one.kind)} is written like {example}"
            if example
            else ""
        )
    return Finding(f"{one.description}; it cannot be compared with {other.mention}{hint}", node, "type", meant)


class FittingLiterals(msgspec.Struct, frozen=True):
    """The literals that are certainly values of a property, spelt as it declares (§5.1.1.14.1).

    They are null, and those of these `kinds`, of these `texts`, or texts that the API wants in quotes where `quoted` is
    documented so.
    """

    kinds: frozenset[str | None] = frozenset({"null"})
    texts: frozenset[str] = frozenset()
    quoted: PropertyFacts | None = None

    def includes(self, literal: Literal) -> bool:
        return (
            literal.kind in self.kinds
            or literal.text in self.texts
            or (self.quoted is not None and self.include_all((literal,)))
        )

    def include_all(self, items: Sequence[Literal]) -> bool:
        kinds, texts, quoted = self.kinds, self.texts, self.quoted
        if quoted is not None and quoted.kind == "Guid":  # one match of all takes less time than one of each
            guids = ",".join([item.text for item in items])
            if guids_between_commas("'")(guids) is not None:
                return True
        for item in items:
            if (
                item.kind not in kinds
                and item.text not in texts
                and (quoted is None or not is_value_in_quotes(quoted, item))
            ):
                return False
        return True

    def others_among(self, items: Sequence[Expression]) -> Sequence[Expression]:
        """Those of `items` that are none of them: looked at in one go, since lists can be long."""
        kinds, texts = self.kinds, self.texts
        others = [
            item for item in items if type(item) is not Literal or (item.kind not in kinds and item.text not in texts)
        ]
        if self.quoted is None:
            return others
        return [item for item in others if type(item) is not Literal or not self.includes(item)]


LITERALS_OF_KIND: Final = {name: FittingLiterals(frozenset({row.literal, "null"})) for name, row in KINDS.items()}


def fitting_literals(facts: PropertyFacts) -> FittingLiterals:
    """The literals that are certainly values of a property (§5.1.1.14.1)."""
    if facts.enum or facts.type_name:
        return _literals_of_words(facts.kind, facts.enum, facts.type_name)
    return FittingLiterals(quoted=facts) if facts.quoted else LITERALS_OF_KIND[facts.kind]


@functools.lru_cache(256)
def _literals_of_words(kind: str, words: tuple[str, ...], type_name: str) -> FittingLiterals:
    """The words of a property, in quotes or behind the name of its type (§5.1.1.14.1)."""
    plain = [word for word in words if "'" not in word]
    typed = [f"{type_name}'{word}'" for word in plain] if kind == "Enum" and type_name else []
    return FittingLiterals(texts=frozenset([*(f"'{word}'" for word in plain), *typed]))


def is_value_in_quotes(facts: PropertyFacts, literal: Literal) -> bool:
    """Whether a text reads as a value of a property, of which all are written in quotes, or may be (§5.1.1.14.1)."""
    if literal.kind != "String" or not (facts.quoted or facts.kind in IN_QUOTES):
        return False
    return reads_in_quotes(facts.kind, read_quoted(literal.text))


def word_problems(facts: PropertyFacts, literal: Literal, schema: SchemaFacts, meaning: Meaning) -> Iterator[Finding]:
    """Words of an enumeration that it does not have, or the name of another before them (§5.1.1.14.1, CSDL §15.2)."""
    name, _, words = literal.text.partition("'") if literal.text[0] != '"' else ("", "", "")
    if facts.kind == "Enum" and name and facts.type_name and qualify(name, schema) != facts.type_name:
        meant = f"{facts.type_name}'{words}"
        message = f"{facts.display_name} is of the type {facts.type_name}, not {name:.60}; did you mean {meant:.120}?"
        yield Finding(message, literal, "type", meant)
        return
    text = read_quoted(literal.text)
    given = text.split(",") if facts.kind == "Enum" else [text]
    unknown = [word for word in given if not _is_word(facts, word, schema)]
    if not unknown:
        return
    if facts.kind == "Enum" and all(_is_word(facts, word.strip(), schema) for word in given):
        without_blanks = f"{name}{quote(','.join(map(str.strip, given)))}"
        message = f"{literal.text:.60} has a blank; words are joined by ',' alone: {without_blanks:.60}"
        yield Finding(message, literal, "unknown-word", without_blanks)
        return
    meant_words = {word: meaning.nearest(word, facts.enum) for word in dict.fromkeys(unknown)}
    first = unknown[0]
    nearby = meant_words[first]
    hint = f"did you mean '{nearby}'?" if nearby else f"it has {meaning.word_list_near(first, facts.enum)}"
    mended = [other for word in given if (other := meant_words.get(word, word)) is not None]
    suggestion = f"{name}{quote(','.join(mended))}" if len(mended) == len(given) else None
    yield Finding(f"{facts.display_name} has no word {literal.text:.60}; {hint}", literal, "unknown-word", suggestion)


def _is_word(facts: PropertyFacts, word: str, schema: SchemaFacts) -> bool:
    if not facts.enum or word in facts.enum or (facts.kind == "Enum" and word.lstrip("+-").isdecimal()):
        return True
    return not schema.case_sensitive and word.casefold() in words_by_fold(facts.enum)


def collection_problem(found: Operand, node: Node) -> Finding | None:
    """What stands after `in` and is neither a list nor a collection (§5.1.1.1.11)."""
    if not found.is_known or found.kind == "Collection" or found.is_many:
        return None
    return Finding(f"{found.description}, not a collection; a list is written in parentheses", node, "type")


def flags_problem(found: Operand, node: Node) -> Finding | None:
    """What stands before `has` and is no enumeration (§5.1.1.1.10)."""
    if found.kind == "Enum" or not found.is_known:
        return None
    return Finding(f"{found.description}, not an enumeration", node, "type")


# --- arithmetic -----------------------------------------------------------------------------------------------------


def arithmetic_kind(one: Operand, operator: str, other: Operand) -> str | None:
    """The kind of `one operator other`, or None where there is none (§5.1.1.2).

    A text in quotes is a duration where nothing else can stand.
    """
    left, right = (
        "Duration"
        if can_be_duration(operator, beside.kind, first=first) and reads_as(found, "Duration")
        else found.kind
        for found, beside, first in ((one, other, True), (other, one, False))
    )
    return arithmetic_result(left, operator, right)


def arithmetic_problem(node: Node, operator: str, one: Operand, other: Operand) -> Finding:
    """Two values that an arithmetic operator is not between (§5.1.1.2)."""
    return Finding(f"'{operator}' is not between {one.mention} and {other.mention}", node, "type")


def negative_kind(found: Operand) -> str:
    """The kind of what stands behind a sign: a text there can only be a duration (§5.1.1.14.1)."""
    return "Duration" if reads_as(found, "Duration") else found.kind


def sign_problem(found: Operand, node: Node) -> Finding | None:
    """What has no negative (§5.1.1.2.3)."""
    if not found.is_known or has_sign(negative_kind(found)):
        return None
    return Finding(f"{found.description}, which has no negative", node, "type")


# --- functions and paths --------------------------------------------------------------------------------------------


def fitting_signature(function: str, found: Sequence[Operand]) -> Signature | None:
    """The way in which a canonical function takes these arguments (§5.1.1.5 to .11), or None."""
    for signature in FUNCTIONS[function].signatures:
        if all(map(_fits, signature.parameters, found)):
            return signature
    return None


def _fits(parameter: Parameter, found: Operand) -> bool:
    if accepts(parameter, found.kind if found.is_known else None):
        return True
    return takes_duration(parameter) and reads_as(found, "Duration")


def signature_problem(node: Node, function: str, found: Sequence[Operand]) -> Finding:
    """Arguments that a canonical function does not take (§5.1.1.5 to .11)."""
    takes = " or ".join(
        f"{function}({', '.join(map(describe_parameter, signature.parameters))})"
        for signature in FUNCTIONS[function].signatures
    )
    given = ", ".join(one.shown_kind for one in found)
    return Finding(f"'{function}' takes {takes}, not ({given})", node, "type")


def kind_of_parameter(parameter: Parameter) -> str | None:
    """The kind that a value must be of where a canonical function has a parameter, if there is but one (§5.1.1.5)."""
    return "Int32" if parameter == COUNT else parameter[0] if len(parameter) == 1 else None


def fits_parameter(found: Operand, facts: PropertyFacts) -> bool:
    """Whether a value can be that of a parameter of a function of the service (CSDL §12.9)."""
    if not found.is_known or facts.kind in {"Untyped", "Complex"}:
        return True
    if found.literal is not None and found.literal.kind in {"String", "Enum"} and facts.kind in IN_QUOTES:
        return found.kind == facts.kind or reads_as(found, facts.kind)
    return are_comparable(found.kind, facts.kind)


def fitting_overload(
    overloads: Sequence[tuple[FunctionFacts, tuple[PropertyFacts, ...]]], found: Sequence[Operand]
) -> tuple[FunctionFacts, tuple[PropertyFacts, ...]] | None:
    """The first of several functions of the service of one name whose parameters take these arguments (CSDL §12.4)."""
    for facts, parameters in overloads:
        if all(map(fits_parameter, found, parameters)):
            return facts, parameters
    return None


def overload_problem(node: Node, name: str, takes: Sequence[str], given: str, code: str) -> Finding:
    """Arguments that no function of the service of that name takes (CSDL §12.4)."""
    return Finding(f"'{name}' takes {word_list(takes, 'or'):.200}, not ({given:.100})", node, code)


def member_problem(found: Operand, node: Node, name: str) -> Finding | None:
    """A property of what has none (§5.1.1.15)."""
    if not found.is_known:
        return None
    meant = "; use any or all" if found.kind == "Collection" else ""
    return Finding(f"{found.description}; it has no property '{name}'{meant}", node, "type")


def elements_problem(found: Operand, node: Node, word: str) -> Finding | None:
    """`any`, `all`, `$count` or `$filter` of what has no elements (§5.1.1.13, §4.8, §4.12)."""
    if not found.is_known or found.kind == "Collection":
        return None
    return Finding(f"{found.description}; '{word}' needs a collection", node, "type")
