"""What filters mostly consist of, read as a whole: comparisons joined by one operator, and lists of values of a kind.

Each shortcut is made of the grammar's own terminals, and is taken only where the tables say that the nonterminals it
reads may stand, and only up to a terminal that must end them. Where it does not match, the parser reads on as always.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final, NamedTuple, TypeAlias, cast

from odatafilter._parse.nodes import Nodes, word
from odatafilter._parse.tables import Tables
from odatafilter.tree import And, Comparison, ComparisonOperator, List, Literal, Or

# The values that are read, each with its nonterminal, and where they end.
Read: TypeAlias = tuple[tuple[tuple[Any, str], ...], int]
Shortcut: TypeAlias = Callable[[str, int], Read | None]
_Match: TypeAlias = Callable[[str, int], re.Match[str] | None]

_COMPARED: Final = ("STRING", "GUID", "DATE_TIME_OFFSET", "NUMBER", "BOOLEAN", "NULL", "DATE")
_LISTED: Final = ("STRING", "GUID", "NUMBER")


class _Chain(NamedTuple):
    """How more comparisons follow: `operand` is the nonterminal of the first, `rest` that of all others."""

    match: _Match
    operand: str
    rest: str


class Shortcuts:
    """The shortcuts that some tables allow."""

    def __init__(self, tables: Tables) -> None:
        self._patterns = dict(tables.terminals)
        nodes = Nodes()
        literals = (rule for rule in tables.rules if rule.origin == "literal")
        self._methods = {rule.symbols[0]: getattr(nodes, rule.method or "") for rule in literals}
        # `conjunction: equality (_AND equality)+`: Lark's name for what is in parentheses.
        repeated = {rule.method: rule.symbols[-1] for rule in tables.rules if rule.symbols[-1].startswith("__")}
        after = "_AND", "_OR", "_CLOSE"
        ands = _Chain(self._comparison("_AND", after), "equality", repeated["conjunction"])
        ors = _Chain(self._comparison("_OR", after[1:]), "conjunction", repeated["disjunction"])
        first = self._comparison("", after)
        self._lists = self._list()
        whole = self._compared(first, ands, ors)
        group = self._group(whole, {ands.operand: And, ors.operand: Or})
        self._comparisons = {
            "disjunction": _either(group, whole),
            "conjunction": _either(group, self._compared(first, ands)),
            "equality": _either(group, self._compared(first)),
            "primary": group,
        }

    def within(self, symbols: frozenset[str]) -> Shortcut | None:
        """The shortcut for a state from which `symbols` lead on."""
        if "members" in symbols:
            return self._lists
        return next((read for symbol, read in self._comparisons.items() if symbol in symbols), None)

    def _comparison(self, before: str, after: Iterable[str]) -> _Match:
        """A property, an operator and a literal, up to what ends an operand of `and` or `or`."""
        patterns = self._patterns
        words = f"(?:{patterns['NULL']}|{patterns['BOOLEAN']}|{patterns['NUMBER']})"
        literals = "|".join(f"({patterns[kind]})" for kind in _COMPARED)
        return re.compile(
            f"{patterns.get(before, '')}(?!{words})({patterns['NAME']})({patterns['EQUALITY']}|{patterns['RELATION']})"
            rf"(?>{literals})(?={'|'.join(patterns[name] for name in after)}|\Z)"
        ).match

    def _compared(self, first: _Match, ands: _Chain | None = None, ors: _Chain | None = None) -> Shortcut:
        """The first comparison and those that follow it after the same operator."""
        makers: list[Callable[[str], Literal]] = [Nodes().string] * 3 + [self._methods[kind] for kind in _COMPARED]
        property_of = Nodes().property
        chains = {" a": ands, " o": ors}

        def made(found: re.Match[str]) -> Comparison:
            kind = cast("int", found.lastindex)
            name, operator, literal = found.group(1, 2, kind)
            return Comparison(property_of(name), cast("ComparisonOperator", word(operator)), makers[kind](literal))

        def read(text: str, position: int) -> Read | None:
            found = first(text, position)
            if found is None:
                return None
            one, end = made(found), found.end()
            chain = chains.get(text[end : end + 2])
            if chain is None:
                return ((one, "equality"),), end
            rest = []
            while found := chain.match(text, end):
                rest.append(made(found))
                end = found.end()
            return ((one, chain.operand), (rest, chain.rest)) if rest else ((one, "equality"),), end

        return read

    def _group(self, whole: Shortcut, nodes: dict[str, type[And | Or]]) -> Shortcut:
        """Comparisons in parentheses; `nodes` is what those that begin with a nonterminal make."""
        opens, closes = (re.compile(self._patterns[name]).match for name in ("_OPEN", "_CLOSE"))

        def read(text: str, position: int) -> Read | None:
            opened = opens(text, position)
            inside = whole(text, opened.end()) if opened else None
            closed = closes(text, inside[1]) if inside else None
            if inside is None or closed is None:
                return None
            (node, operand), *more = inside[0]
            for rest, _ in more:
                node = nodes[operand]((node, *rest))
            return ((node, "primary"),), closed.end()

        return read

    def _list(self) -> Shortcut:
        """The list after an `in`, of strings, of GUIDs or of numbers."""
        patterns = self._patterns
        lists = "|".join(f"({patterns[kind]}(?:{patterns['_COMMA']}{patterns[kind]})*)" for kind in _LISTED)
        match = re.compile(f"{patterns['_OPEN']}(?>{lists}){patterns['_CLOSE']}").match
        finders = [re.compile(patterns[kind]).findall for kind in _LISTED]
        makers: list[Callable[[str], Literal]] = [self._methods[kind] for kind in _LISTED]

        def read(text: str, position: int) -> Read | None:
            found = match(text, position)
            if found is None:
                return None
            kind = cast("int", found.lastindex)
            make = makers[kind - 1]
            items = [make(literal) for literal in finders[kind - 1](text, *found.span(kind))]
            return ((List(tuple(items)), "members"),), found.end()

        return read


def _either(group: Shortcut, other: Shortcut) -> Shortcut:
    return lambda text, position: (group if text.startswith("(", position) else other)(text, position)
