"""What was perhaps meant: names, values and operators that would be valid where others stand.

Nothing is proposed that turns a meaning round, and what was read as a name or a value stays one. Sections are those of
the URL Conventions: what makes a proposal valid.
"""

import functools
from collections.abc import Callable, Container, Iterable, Mapping, Sequence
from typing import Final, NamedTuple

from odatafilter import _emit
from odatafilter._functions import BY_LOWER_CASE, FUNCTIONS, accepts, arity
from odatafilter._grammar import compile_terminal
from odatafilter._kinds import KINDS, are_comparable
from odatafilter._literals.strings import quote, read_quoted
from odatafilter._suggest import distance, nearest, nearest_of_many, word_list_near
from odatafilter._type_names import NearestWord
from odatafilter._validate.operands import Operand
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import (
    And,
    Comparison,
    Expression,
    Function,
    In,
    Lambda,
    List,
    Literal,
    Named,
    Not,
    Or,
    Path,
    Property,
)

# What other languages call null: names here.
NULLS: Final = frozenset({"null", "none", "nil", "undefined"})
# The terminals of literals, by their kinds.
_TERMINALS: Final = {row.literal: row.terminal for row in KINDS.values() if row.literal and row.terminal}
_SUGGESTIONS = 100  # different ones that are looked for: an error prints fewer problems


class UnknownName(NamedTuple):
    """A name that is not documented: the schema that does not have it, and the variables of the lambdas around."""

    node: Property
    schema: SchemaFacts
    variables: Mapping[str, Operand]


class Wanted(NamedTuple):
    """What can stand in the place of a name: the kinds, where they are known, and what it is compared with.

    `text` says whether it can be a text without its quotes: something that is no literal stands beside it.
    """

    kinds: frozenset[str] | None = None
    beside: Operand | None = None
    text: bool = False


ANYTHING: Final = Wanted()


def wanted_beside(other: Operand) -> Wanted:
    """What can stand beside `other` in a comparison (§5.1.1.1)."""
    if not other.is_known:
        return ANYTHING
    return Wanted(frozenset({other.kind}), other, other.kind == "String" and other.literal is None)


def wanted_after_in(one: Operand) -> Wanted:
    """What can stand after `in`: a collection, or a value in parentheses (§5.1.1.1.11)."""
    return wanted_beside(one)._replace(kinds=frozenset({"Collection"}))


def wanted_argument(function: str, found: Sequence[Operand], index: int) -> Wanted:
    """What can stand among the arguments of a canonical function, by what the others are (§5.1.1.5 to .11)."""
    kinds: set[str] = set()
    for signature in FUNCTIONS[function].signatures:
        beside = zip(signature.parameters, found, strict=False)
        if index < len(signature.parameters) and all(
            accepts(parameter, one.kind if one.is_known else None) for parameter, one in beside
        ):
            kinds.update(signature.parameters[index])
    others = [one for number, one in enumerate(found) if number != index and one.is_known]
    text = "String" in kinds and any(one.kind == "String" and one.literal is None for one in others)
    return Wanted(frozenset(kinds) or None, None, text)


class Meaning:
    """What words were perhaps meant to be. Looking for it is slow: once for each, and not for thousands of them."""

    def __init__(self) -> None:
        self._found: dict[tuple[str, tuple[str, ...]], str | None] = {}
        self._names: dict[tuple[int, frozenset[str] | None], tuple[str, ...]] = {}
        self._listed = 0
        self._functions: dict[str, str] | None = None

    def nearest(self, word: str, words: tuple[str, ...]) -> str | None:
        return self._keep_nearest(word, words, nearest)

    def nearest_of_many(self, word: str, words: tuple[str, ...]) -> str | None:
        return self._keep_nearest(word, words, nearest_of_many)

    def _keep_nearest(self, word: str, words: tuple[str, ...], search: NearestWord) -> str | None:
        if (word, words) not in self._found:
            if len(self._found) >= _SUGGESTIONS:
                return None
            self._found[word, words] = search(word, words)
        return self._found[word, words]

    def word_list_near(self, word: str, words: Iterable[str]) -> str:
        self._listed += 1
        return word_list_near(word, words) if self._listed <= _SUGGESTIONS else "other words"

    def unknown_name(self, unknown: UnknownName, wanted: Wanted) -> tuple[str, str | None]:
        """A hint for a name that is not documented, and what would do in its place."""
        name, schema = unknown.node.name, unknown.schema
        if name.lower() in NULLS:
            return "did you mean 'null'?", "null"
        if name.lower() in {"ne", "not"}:
            return "an operator stands where a name is expected", None
        for variable, element in reversed([*unknown.variables.items()]):
            if element.schema is not None and name in element.schema.properties:
                return f"did you mean '{variable}/{name}'?", f"{variable}/{name}"
        facts = wanted.beside.facts if wanted.beside else None
        if facts is not None and facts.enum and (word := self._word(name, facts)):
            return f"did you mean '{word}' in quotes?", f"'{word}'"
        if wanted.beside and wanted.beside.kind == "Boolean" and (word := self.nearest(name, ("true", "false"))):
            return f"did you mean '{word}'?", word
        slip = self.nearest(name, self._candidates(unknown, wanted))
        if slip is not None and (not wanted.text or distance(name.casefold(), slip.casefold()) <= 1):
            return f"did you mean '{slip}'?", slip
        if facts is not None and facts.enum:
            return f"'{facts.name}' has {self.word_list_near(name, facts.enum)}, in quotes", None
        if wanted.text:
            return f"did you mean '{name}' in quotes?", quote(name)
        return f"{schema.name} has {self.word_list_near(name, schema.properties)}", None

    def function_of_service(self, name: str, schema: SchemaFacts) -> str | None:
        """A function of the API with a name that is like the last part of another, whatever its namespace."""
        if self._functions is None:
            self._functions = {one.rpartition(".")[2]: one for one in schema.service_functions}
        meant = self.nearest_of_many(name.rpartition(".")[2], tuple(self._functions))
        return self._functions[meant] if meant else None

    def _word(self, name: str, facts: PropertyFacts) -> str | None:
        if name in facts.enum:
            return name
        return self.nearest(name, facts.enum)

    def _candidates(self, unknown: UnknownName, wanted: Wanted) -> tuple[str, ...]:
        """The names that can stand in the place of an unknown one."""
        variables = [name for name, one in unknown.variables.items() if _can_be(one.kind, wanted.kinds)]
        key = id(unknown.schema), wanted.kinds
        if key not in self._names:
            properties = unknown.schema.properties.items()
            self._names[key] = tuple(name for name, facts in properties if _can_be(facts.kind, wanted.kinds))
        return *variables, *self._names[key]


@functools.cache
def _can_be(kind: str, kinds: frozenset[str] | None) -> bool:
    return kinds is None or any(are_comparable(kind, one) for one in kinds)


@functools.lru_cache(256)
def literal_of_kind(kind: str, literal: Literal) -> str | None:
    """How a literal of another kind was perhaps meant: in quotes or not, with a time or an offset (§5.1.1.14.1)."""
    from odatafilter._parse import Failure, lalr  # noqa: PLC0415 - only mistakes need it

    if kind not in _TERMINALS:
        return None
    text = read_quoted(literal.text) if literal.kind == "String" else literal.text
    matches = compile_terminal(_TERMINALS[kind]).fullmatch
    for meant in (text, f"{text}T00:00:00Z", f"{text}Z", text.lower()) if kind != "String" else (f"'{text}'",):
        if matches(meant) is None:
            continue
        try:
            read = lalr.tree_of(meant)
        except Failure:
            continue
        if isinstance(read, Literal) and read.kind == kind:
            return read.text
    return None


def negated_comparison(node: Comparison, negated: Expression) -> str:
    """`not (a eq 1)`, where `not a eq 1` is read as `(not a) eq 1` (§5.1.1.17)."""
    return _emit.emit(Not(Comparison(negated, node.operator, node.right)))


def two_comparisons(node: Comparison, first: Comparison) -> str | None:
    """`1 lt a and a lt 5`, where `1 lt a lt 5` is written (§5.1.1.17: the operators are between two operands)."""
    if isinstance(first.right, Literal):
        return None
    return _emit.emit(And((first, Comparison(first.right, node.operator, node.right))))


def call_of_method(owner: str, name: str, node: Function, schema: SchemaFacts) -> str | None:
    """The call of a documented function that was perhaps meant by one behind its first argument (§5.1.1.4)."""
    function = BY_LOWER_CASE.get(name.lower())
    if not owner or function not in schema.functions or any(isinstance(one, Named) for one in node.arguments):
        return None
    least, most = arity(function)
    arguments = [owner, *map(_emit.emit, node.arguments)]
    return f"{function}({','.join(arguments)})" if least <= len(arguments) <= most else None


def element_is(
    node: Expression, found: Operand, condition: Callable[[Expression], Expression], taken: Container[str]
) -> str | None:
    """`tags/any(t:t eq 'x')`, where `tags eq 'x'` is written (§5.1.1.13): `condition` is that of an element."""
    if found.facts is None or not isinstance(node, Property | Path):
        return None
    segments = node.segments if isinstance(node, Path) else (node,)
    variable = found.facts.name[:1].lower()
    while variable in taken:
        variable += "_"
    return _emit.emit(Path((*segments, Lambda("any", variable, condition(Property(variable))))))


def joined_values(
    operands: Sequence[Expression], belongs: Callable[[Comparison, Literal], bool], *, has_in: bool
) -> str | None:
    """`n in (1,2)` (§5.1.1.1.11), where `n eq 1 or 2` is written: each value belongs to the `eq` before it.

    None where there is a value that belongs to none.
    """
    joined: list[tuple[Expression, list[Literal]]] = []
    for operand in operands:
        if not isinstance(operand, Literal):
            joined.append((operand, []))
        elif joined and isinstance(first := _value_last(joined[-1][0]), Comparison) and belongs(first, operand):
            joined[-1][1].append(operand)
        else:
            return None
    spelt = [one for first, values in joined for one in _put_together(first, values, has_in=has_in)]
    return _emit.emit(spelt[0] if len(spelt) == 1 else Or(tuple(spelt)))


def _value_last(node: Expression) -> Expression:
    """`n eq 1` for `1 eq n`."""
    if isinstance(node, Comparison) and node.operator == "eq" and isinstance(node.left, Literal):
        return Comparison(node.right, "eq", node.left)
    return node


def _put_together(first: Expression, values: Sequence[Literal], *, has_in: bool) -> Sequence[Expression]:
    first = _value_last(first) if values else first
    if not values or not isinstance(first, Comparison) or not isinstance(first.right, Literal):
        return (first,)
    if has_in:
        return (In(first.left, List((first.right, *values))),)
    return (first, *(Comparison(first.left, "eq", value) for value in values))
