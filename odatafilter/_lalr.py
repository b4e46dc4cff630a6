"""Text → syntax tree: a plain loop over the LALR tables that Lark makes of the grammar.

The loop does what Lark's LALR parser with its contextual lexer does, faster: in each state one regular expression
knows the terminals that the state accepts, and reductions that only pass a value on are followed in the tables instead
of being carried out. That both accept the same texts and build the same trees is a law, tested in `test_laws.py`.
"""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, cast

from odatafilter import _literals, _tables
from odatafilter.tree import (
    And,
    Comparison,
    ComparisonOperator,
    Expression,
    In,
    List,
    Literal,
    LiteralKind,
    Node,
    Not,
    Or,
    Property,
)

Span = tuple[int, int]
Build = Callable[[Sequence[Any]], Any]


class Stuck(Exception):
    """No terminal stands where the parser is that it could accept; a Trace knows more."""


class Refused(Exception):
    """The tree builder refuses what the grammar accepts: the `node` at fault, or None for the terminal just read."""

    def __init__(self, message: str, node: Node | None = None) -> None:
        super().__init__(message, node)
        self.message = message
        self.node = node


class Trace:
    """Where the nodes of one tree stand in its text, and where the parser stood: kept only when somebody must be told.

    Nodes are told apart by identity, and kept alive meanwhile.
    """

    def __init__(self) -> None:
        self._nodes: dict[int, tuple[Node, Span]] = {}
        self._spans: list[Span] = []
        self.position = 0
        self.expected: Callable[[], frozenset[str]] = frozenset

    def __getitem__(self, node: Node) -> Span:
        return self._nodes[id(node)][1]

    def shift(self, value: object, found: re.Match[str]) -> None:
        text = found.group()
        start = found.start() + len(text) - len(text.lstrip(" \t"))
        self._add(value, (start, start + len(text.strip(" \t"))))

    def reduce(self, value: object, length: int) -> None:
        span = self._spans[-length][0], self._spans[-1][1]
        del self._spans[-length:]
        self._add(value, span)

    def _add(self, value: object, span: Span) -> None:
        self._spans.append(span)
        if isinstance(value, Node):
            self._nodes.setdefault(id(value), (value, span))


class Nodes:
    """The tree builder: a method for each alias in the grammar, called with what the production keeps."""

    def null(self, text: str) -> Literal:
        return Literal("null", text)

    def boolean(self, text: str) -> Literal:
        return Literal("Boolean", text.lower())

    def guid(self, text: str) -> Literal:
        return Literal("Guid", text.lower())

    def date_time_offset(self, text: str) -> Literal:
        return self._checked("DateTimeOffset", text.upper())

    def number(self, text: str) -> Literal:
        return Literal("Number", text)

    def string(self, text: str) -> Literal:
        return Literal("String", text)

    def property(self, text: str) -> Property:
        if not text.isascii() or len(text) > _literals.NAME_LENGTH:
            self._refuse(_literals.name_problem(text))
        return Property(text)

    def comparison(self, left: Expression, operator: str, right: Expression) -> Comparison:
        return Comparison(left, cast("ComparisonOperator", _word(operator)), right)

    def negation(self, operand: Expression) -> Not:
        return Not(operand)

    def membership(self, operand: Expression, collection: List | Expression) -> In:
        return In(operand, collection)

    def members(self, *items: Expression) -> List | Expression:
        if len(items) == 1 and not isinstance(items[0], Literal):
            return items[0]
        for item in items:
            if not isinstance(item, Literal):
                raise Refused("a list after 'in' holds values only", item)
        return List(cast("tuple[Literal, ...]", items))

    def conjunction(self, *operands: Expression) -> And:
        return And(operands)

    def disjunction(self, *operands: Expression) -> Or:
        return Or(operands)

    def _checked(self, kind: LiteralKind, text: str) -> Literal:
        self._refuse(_literals.problem(kind, text))
        return Literal(kind, text)

    def _refuse(self, problem: str | None) -> None:
        if problem:
            raise Refused(problem)


@functools.lru_cache(256)
def _word(text: str) -> str:
    """An infix operator as it is spelt in the tree: interned, without the blanks around it."""
    return text.strip().lower()


class _Action(NamedTuple):
    """What to do at a lookahead, once the state on top is known to be `state`.

    Shift: `length` is -1. Reduce: `length` symbols become one. Accept: `length` is 0.
    """

    state: int
    length: int
    build: Callable[[Any], Any] | None
    symbol: str


class _Row(dict[str, _Action]):
    """The actions of one symbol on top of one state, by lookahead, worked out when they are first needed."""

    def __init__(self, machine: "_Machine", base: int, symbol: str | None) -> None:
        super().__init__()
        self._machine = machine
        self._place = base, symbol
        self.accepts = frozenset(machine.states[machine.states[base][symbol] if symbol else base]) & machine.lookaheads
        self.match = machine.lexer(self.accepts)

    def __missing__(self, terminal: str) -> _Action:
        action = self.find(terminal)
        if action is None:
            raise Stuck
        self[terminal] = action
        return action

    def find(self, terminal: str) -> _Action | None:
        return self._machine.action(*self._place, terminal)


class _Rows(dict[str, _Row]):
    """The rows above one state, by the symbol on top of it."""

    def __init__(self, machine: "_Machine", base: int) -> None:
        super().__init__()
        self.machine = machine
        self.base = base

    def __missing__(self, symbol: str) -> _Row:
        row = self[symbol] = _Row(self.machine, self.base, symbol)
        return row


class _Machine:
    """The tables, laid out for the loop. Shared by threads: whatever is added to it later is the same for all."""

    def __init__(self, tables: _tables.Tables) -> None:
        self.tables = tables
        self.states = tables.states
        self.lookaheads = frozenset(name for name, _ in tables.terminals) | {_tables.END}
        self.shifts, self.builds = _builders(tables.rules, Nodes(), self.lookaheads)
        self.lexers: dict[frozenset[str], Callable[[str, int], re.Match[str] | None]] = {}
        self.rows = tuple(_Rows(self, state) for state in range(len(self.states)))
        self.start = _Row(self, 0, None)

    def lexer(self, accepts: frozenset[str]) -> Callable[[str, int], re.Match[str] | None]:
        """The match method of the regular expression for the terminals among `accepts`."""
        if accepts not in self.lexers:
            patterns = [*self.tables.terminals, (_tables.END, r"\Z")]
            wanted = (f"(?P<{name}>{pattern})" for name, pattern in patterns if name in accepts)
            self.lexers[accepts] = re.compile("|".join(wanted)).match
        return self.lexers[accepts]

    def action(self, base: int, symbol: str | None, terminal: str) -> _Action | None:
        """What to do when `symbol` stands on state `base` before `terminal`: passing reductions are followed here."""
        state = self.states[base][symbol] if symbol else base
        while True:
            if terminal == _tables.END and state == self.tables.accepting:
                return _Action(state, 0, None, "")
            target = self.states[state].get(terminal)
            if target is None:
                return None
            if target >= 0:
                return _Action(state, -1, self.shifts.get(terminal), terminal)
            rule, build = self.tables.rules[~target], self.builds[~target]
            if build is not None:
                return _Action(state, len(rule.symbols), build, rule.origin)
            state = self.states[base][rule.origin]

    def accepted(self, states: Sequence[int], row: _Row) -> frozenset[str]:
        """The terminals that can really follow: the tables name some that only other contexts allow."""
        return frozenset(terminal for terminal in row.accepts if self._shifts([*states], row, terminal))

    def _shifts(self, states: list[int], row: _Row, terminal: str) -> bool:
        while (action := row.find(terminal)) and action.length > 0:
            states.append(action.state)
            del states[-action.length :]
            row = self.rows[states[-1]][action.symbol]
        return action is not None


def _builders(
    rules: Iterable[_tables.Rule], nodes: Nodes, terminals: frozenset[str]
) -> tuple[dict[str, Callable[[str], Any]], list[Build | None]]:
    """What makes a value of a terminal when it is shifted, and of the symbols of each rule when it is reduced.

    None stands for a rule that passes its only symbol on. So does the rule of a terminal that is a node by itself:
    the node is made when the terminal is shifted.
    """
    shifts: dict[str, Callable[[str], Any]] = {}
    builds: list[Build | None] = []
    for rule in rules:
        if len(rule.symbols) == 1 and rule.method and rule.symbols[0] in terminals:
            shifts[rule.symbols[0]] = getattr(nodes, rule.method)
            builds.append(None)
        else:
            builds.append(_build(rule, nodes))
    return shifts, builds


def _build(rule: _tables.Rule, nodes: Nodes) -> Build | None:
    keep = rule.keep
    if rule.repeats and rule.symbols[0] == rule.origin:
        return functools.partial(_extend, keep[1:])
    if rule.repeats:
        return lambda values: [values[i] for i in keep]
    if rule.method is None:
        return itemgetter(keep[0]) if len(rule.symbols) > 1 else None
    method = getattr(nodes, rule.method)
    if any(symbol.startswith("__") for symbol in rule.symbols):
        *single, repeated = keep
        return lambda values: method(*[values[i] for i in single], *values[repeated])
    if len(keep) == len(rule.symbols):
        return lambda values: method(*values)
    return lambda values: method(*[values[i] for i in keep])


def _extend(keep: Sequence[int], values: Sequence[Any]) -> list[Any]:
    repeated: list[Any] = values[0]
    repeated.extend(values[i] for i in keep)  # in place: a copy for each item would be quadratic
    return repeated


@functools.cache
def _machine() -> _Machine:
    return _Machine(_tables.load())


def tree_of(text: str, trace: Trace | None = None) -> Expression:
    """The syntax tree of `text`. Raises Stuck or Refused."""
    machine = _machine()
    rows = machine.rows
    row = machine.start
    states: list[int] = []
    values: list[Any] = []
    position = 0
    while True:
        if trace is not None:
            trace.position = position
            trace.expected = functools.partial(machine.accepted, [*states], row)
        found = row.match(text, position)
        if found is None:
            raise Stuck
        terminal = cast("str", found.lastgroup)
        while True:
            state, length, build, symbol = row[terminal]
            states.append(state)
            if length <= 0:
                break
            arguments = values[-length:]
            del values[-length:]
            del states[-length:]
            values.append(build(arguments) if build else arguments)
            row = rows[states[-1]][symbol]
            if trace is not None:
                trace.reduce(values[-1], length)
        if length == 0:
            return cast("Expression", values[0])
        values.append(build(found.group()) if build else found.group())
        if trace is not None:
            trace.shift(values[-1], found)
        row = rows[state][symbol]
        position = found.end()
