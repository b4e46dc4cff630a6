"""Levels of precedence, read off the grammar's rules: a rule of `filter.lark` is a level, the lowest first."""

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any, Final

import msgspec

from odatafilter._parse.failure import Refused
from odatafilter._parse.nodes import Nodes
from odatafilter._parse.tables import Rule, Tables
from odatafilter.tree import And, Arithmetic, Comparison, Expression, Has, In, Literal, Negation, Not, Or

_WORDS: Final = re.compile(r"\(\?ai:([a-z|]+)\)").search


class Operator(msgspec.Struct, frozen=True, gc=False):
    """An operator: `make` makes the node of a tuple of operands where it `repeats`, else of left, `word` and right.

    An operator in front of its operand has no word, and `make` takes the operand. Before an infix operator is read,
    the open operators of the level `folds` and above are done.
    """

    level: int
    word: str
    make: Callable[..., Expression]
    repeats: bool
    folds: int


class Levels(msgspec.Struct, frozen=True):
    """All operators: infix ones by their words, those in front of their operands by their terminals.

    `joints` are the words of the operators that repeat: they join conditions, and bind less than all others.
    """

    infix: dict[str, Operator]
    prefix: dict[str, Operator]
    joints: tuple[str, ...]


def levels(tables: Tables) -> Levels:
    """The operators of the grammar that the tables are of."""
    patterns = dict(tables.terminals)
    repeated = {rule.origin: rule.symbols[-2] for rule in tables.rules if rule.repeats}
    infix: dict[str, Operator] = {}
    prefix: dict[str, Operator] = {}
    joints: list[str] = []
    for level, rules in enumerate(_chain(tables, "filter")):
        for rule in rules:
            match rule.symbols:
                case (_, several) if several in repeated:
                    words = words_of(patterns[repeated[several]])
                    joints += words
                    infix |= _operators(words, level, rule, repeats=True)
                case (left, operator, _) if left == rule.origin:
                    infix |= _operators(words_of(patterns[operator]), level, rule, repeats=False)
                case (operator, right) if right == rule.origin:
                    prefix[operator] = Operator(level, "", _MAKERS[str(rule.method)], repeats=False, folds=level)
    # Words match in any letter case; lower and upper case are looked up at once.
    infix |= {word.upper(): operator for word, operator in infix.items()}
    return Levels(infix, prefix, tuple(joints))


def words_of(pattern: str) -> list[str]:
    """The words that the pattern of a terminal has, in lower case."""
    found = _WORDS(pattern)
    return found[1].split("|") if found else []


def _operators(words: Iterable[str], level: int, rule: Rule, *, repeats: bool) -> Mapping[str, Operator]:
    make = _MAKERS[str(rule.method)]
    return {word: Operator(level, word, make, repeats, level + repeats) for word in words}


def _chain(tables: Tables, origin: str) -> Iterable[list[Rule]]:
    """The rules of each nonterminal that can stand for the one before it alone, as long as there is one such."""
    while True:
        rules = [rule for rule in tables.rules if rule.origin == origin]
        passed = [rule.symbols[0] for rule in rules if rule.method is None and len(rule.symbols) == 1]
        if len(passed) != 1:
            return
        yield rules
        origin = passed[0]


def _has(left: Expression, _: str, right: Expression) -> Has:
    if not isinstance(right, Literal) or right.kind not in {"Enum", "String"}:
        raise Refused("has takes members")
    return Nodes().has(left, right)


# The nodes of the methods of the tree builder, made without a call in between.
_MAKERS: Final[dict[str, Callable[..., Any]]] = {
    "disjunction": Or,
    "conjunction": And,
    "comparison": Comparison,
    "arithmetic": Arithmetic,
    "inversion": Not,
    "negation": Negation,
    "membership": lambda left, _, right: In(left, right),
    "has": _has,
}
