"""What was perhaps meant: names, values and operators that would be valid where others stand.

Nothing is proposed that turns a meaning round, and what was read as a name or a value stays one.
"""

import itertools
from typing import Final

from odatafilter import _emit
from odatafilter._functions import BY_LOWER_CASE, arity
from odatafilter._literals.strings import read_quoted
from odatafilter._suggest import listed_near, nearest
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import And, Comparison, Expression, Function, Literal, Named, Not, Property

# What other languages call null: names here.
NULLS: Final = frozenset({"null", "none", "nil", "undefined"})
_COMPARED = 1_000  # functions of an API that a wrong name is compared with
_SUGGESTIONS = 100  # different ones that are looked for: an error prints fewer problems


class Meaning:
    """What words were perhaps meant to be. Looking for it is slow: once for each, and not for thousands of them."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[str, ...]], str | None] = {}

    def nearest(self, word: str, words: tuple[str, ...]) -> str | None:
        if (word, words) not in self._found:
            if len(self._found) >= _SUGGESTIONS:
                return None
            self._found[word, words] = nearest(word, words)
        return self._found[word, words]

    def unknown_property(self, name: str, variables: tuple[str, ...], schema: SchemaFacts) -> tuple[str, str | None]:
        """A hint for a name that is not documented, and what would do in its place."""
        known = (*variables, *schema.properties)
        meant = "null" if name.lower() in NULLS else self.nearest(name, known)
        return (
            f"did you mean '{meant}'?" if meant else f"{schema.name} has {listed_near(name, schema.properties)}",
            meant,
        )

    def function_of_service(self, name: str, schema: SchemaFacts) -> str | None:
        """A function of the API with a name that is like the last part of another, whatever its namespace."""
        known = itertools.islice(schema.service_functions, _COMPARED)
        by_last_name = {one.rpartition(".")[2]: one for one in known}
        meant = self.nearest(name.rpartition(".")[2], tuple(by_last_name))
        return by_last_name[meant] if meant else None

    def text_without_quotes(self, name: str, facts: PropertyFacts) -> tuple[str, str | None]:
        """The same for a name that stands beside a property with texts: it is perhaps one without its quotes."""
        meant = self.nearest(name, facts.enum) if facts.enum else name
        if meant is None:
            return f"'{facts.name}' has {listed_near(name, facts.enum)}, in quotes", None
        return f"did you mean '{meant}' in quotes?", f"'{meant}'"


def literal_of_kind(kind: str, literal: Literal) -> str | None:
    """How a literal of another kind was perhaps meant: with or without quotes, with a time, with an offset."""
    from odatafilter._parse import Failure, lalr  # noqa: PLC0415 - only mistakes need it

    text = read_quoted(literal.text) if literal.kind == "String" else literal.text
    for meant in (text, f"{text}T00:00:00Z", f"{text}Z", text.lower()) if kind != "String" else (f"'{text}'",):
        try:
            read = lalr.tree_of(meant)
        except Failure:
            continue
        if isinstance(read, Literal) and read.kind == kind:
            return read.text
    return None


def negated_comparison(node: Comparison, negated: Expression) -> str:
    """`not (a eq 1)`, where `not a eq 1` is read as `(not a) eq 1` (URL Conventions §5.1.1.17)."""
    return _emit.emit(Not(Comparison(negated, node.operator, node.right)))


def two_comparisons(node: Comparison, first: Comparison) -> str | None:
    """`1 lt a and a lt 5`, where `1 lt a lt 5` is written."""
    if isinstance(first.right, Literal):
        return None
    return _emit.emit(And((first, Comparison(first.right, node.operator, node.right))))


def call_of_method(owner: str, name: str, node: Function, schema: SchemaFacts) -> str | None:
    """The call of a documented function that a call behind its first argument, as of a method, was perhaps."""
    function = BY_LOWER_CASE.get(name.lower())
    if not owner or function not in schema.functions or any(isinstance(one, Named) for one in node.arguments):
        return None
    least, most = arity(function)
    arguments = [owner, *map(_emit.emit, node.arguments)]
    return f"{function}({','.join(arguments)})" if least <= len(arguments) <= most else None


def may_be_text(node: Expression, facts: PropertyFacts | None) -> bool:
    """Whether a name that is not documented is perhaps a text, beside the property of `facts`."""
    return (
        isinstance(node, Property) and facts is not None and facts.kind == "String" and node.name.lower() not in NULLS
    )
