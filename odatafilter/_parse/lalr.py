"""Text → syntax tree: a plain loop over the LALR tables that Lark makes of the grammar.

The loop does what Lark's LALR parser with its contextual lexer does, faster: in each state one regular expression
knows the terminals that the state accepts, and reductions of one symbol alone are followed in the tables instead of
being carried out. That both accept the same texts and build the same trees is a law, tested in `test_laws.py`. It reads
what `fast` leaves to it, and all texts of which somebody must be told where something stands.
"""

import functools
import re
from collections.abc import Callable, Sequence
from operator import itemgetter
from typing import Any, TypeAlias, cast

from odatafilter._parse.failure import Places, Refused, Stuck
from odatafilter._parse.nodes import Nodes, VariableBranch
from odatafilter._parse.tables import END, Rule, Tables, load
from odatafilter.tree import Call, Expression, Node, TypeName

Span = tuple[int, int]

# What to do at a lookahead: the value on top becomes `wrap` of it, the state on top is `state`, and then
# - length > 0: as many symbols are reduced to `symbol`, by `build`;
# - length = -1: the lookahead, which is `symbol`, is shifted;
# - length = 0: the text is accepted.
# A plain tuple, since unpacking one is twice as fast as any other.
_Wrap: TypeAlias = Callable[[Any], Any] | None
_Action: TypeAlias = tuple[int, _Wrap, int, Callable[[Any], Any], str]
_Reduction: TypeAlias = tuple[int, int, str]  # the state on top, the number of symbols, and what they are reduced to


class Trace:
    """Where the nodes of one tree stand in its text: kept only when somebody must be told.

    Nodes are told apart by identity, and kept alive meanwhile. `spans` says what each value on the stack of the loop
    spans, `judged` the same of what is reduced.
    """

    def __init__(self) -> None:
        self._nodes: dict[int, tuple[Node, Span]] = {}
        self.spans: list[Span] = []
        self.judged: Span = (0, 0)

    def __getitem__(self, node: Node) -> Span:
        return self._nodes[id(node)][1]

    def places(self, refused: Refused) -> Places:
        """Where the tree builder has refused something: at the node, or at all that it was given."""
        _, span = self._nodes.get(id(refused.node), (None, self.judged))
        return Places(span, self.judged)

    def keep(self, value: object) -> None:
        """Notes that `value` was made of what was judged."""
        if isinstance(value, Node):
            if isinstance(value, Call):
                self._keep_type(value)
            self._nodes.setdefault(id(value), (value, self.judged))
        elif isinstance(value, tuple):
            if isinstance(value, VariableBranch):
                start = self.judged[0]
                self._nodes[id(value.variable)] = value.variable, (start, start + len(value.variable.name))
            for node in value:
                if isinstance(node, Node):
                    self._nodes.setdefault(id(node), (node, self.judged))

    def _keep_type(self, call: Call) -> None:
        """Notes where the type stands that is the last argument: a property or a text, kept last, has become one."""
        for argument in call.arguments[-1:]:
            if isinstance(argument, TypeName) and id(argument) not in self._nodes:
                _, span = self._nodes[next(reversed(self._nodes))]
                self._nodes[id(argument)] = argument, span


class _Row(dict[str, _Action]):
    """The actions of one symbol on top of one state, by lookahead, worked out when they are first needed."""

    def __init__(self, machine: "_Machine", base: int, symbol: str | None) -> None:
        super().__init__()
        self._machine = machine
        self._place = base, symbol
        self._found: dict[str, _Action | None] = {}
        # The state on top, unless the lookahead calls for reductions of the symbol first.
        self.state = machine.states[base][symbol] if symbol else base
        self.accepts = frozenset(machine.states[self.state]) & machine.lookaheads
        self.match = machine.lexer(self.accepts)

    def __missing__(self, terminal: str) -> _Action:
        action = self.find(terminal)
        if action is None:
            raise Stuck
        self[terminal] = action
        return action

    def find(self, terminal: str) -> _Action | None:
        if terminal not in self._found:
            self._found[terminal] = self._machine.action(*self._place, terminal)
        return self._found[terminal]

    @functools.cached_property
    def decisions(self) -> tuple[frozenset[str], tuple[tuple[_Reduction, frozenset[str]], ...]]:
        """The lookaheads that are shifted, or end the text, and those that call for each reduction."""
        shifted: set[str] = set()
        reduced: dict[_Reduction, set[str]] = {}
        for terminal in self.accepts:
            if action := self.find(terminal):
                state, _, length, _, symbol = action
                (shifted if length <= 0 else reduced.setdefault((state, length, symbol), set())).add(terminal)
        return frozenset(shifted), tuple((reduction, frozenset(some)) for reduction, some in reduced.items())


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

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.states = tables.states
        self.lookaheads = frozenset(name for name, _ in tables.terminals) | {END}
        self.builds = [_build(rule, Nodes()) for rule in tables.rules]
        self.lexers: dict[frozenset[str], Callable[[str, int], re.Match[str] | None]] = {}
        self.rows = tuple(_Rows(self, state) for state in range(len(self.states)))
        self.start = _Row(self, 0, None)

    def lexer(self, accepts: frozenset[str]) -> Callable[[str, int], re.Match[str] | None]:
        """The match method of the regular expression for the terminals among `accepts`."""
        if accepts not in self.lexers:
            patterns = [*self.tables.terminals, (END, r"\Z")]
            wanted = (f"(?P<{name}>{pattern})" for name, pattern in patterns if name in accepts)
            self.lexers[accepts] = re.compile("|".join(wanted)).match
        return self.lexers[accepts]

    def action(self, base: int, symbol: str | None, terminal: str) -> _Action | None:
        """What to do before `terminal` when `symbol` stands on `base`: reductions of it alone are followed here."""
        state = self.states[base][symbol] if symbol else base
        wrap: Callable[[Any], Any] | None = None
        while True:
            if terminal == END and state == self.tables.accepting:
                return state, wrap, 0, _as_it_is, ""
            target = self.states[state].get(terminal)
            if target is None:
                return None
            if target >= 0:
                return state, wrap, -1, _as_it_is, terminal
            rule, build = self.tables.rules[~target], self.builds[~target]
            if len(rule.symbols) > 1:
                return state, wrap, len(rule.symbols), build or _as_it_is, rule.origin
            if build is not None:
                wrap = build if wrap is None else _compose(wrap, build)
            state = self.states[base][rule.origin]

    def terminals_that_follow(self, states: Sequence[int], row: _Row) -> frozenset[str]:
        """The terminals that can really follow: the tables name some that only other contexts allow."""
        found: frozenset[str] = frozenset()
        # How many of the states are left, what stands above them, and the terminals before which it comes to that.
        pending = [(len(states), row, self.lookaheads)]
        while pending:
            size, row, terminals = pending.pop()
            shifted, reduced = row.decisions
            found |= shifted & terminals
            for (_, length, symbol), some in reduced:
                if left := some & terminals:
                    below = size + 1 - length
                    pending.append((below, self.rows[states[below - 1]][symbol], left))
        return found


def _as_it_is(value: Any) -> Any:
    return value


def _compose(first: Callable[[Any], Any], then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: then(first(value))


def _build(rule: Rule, nodes: Nodes) -> Callable[[Any], Any] | None:
    """What makes a value of a rule's values, or of the only one where it has one; None passes it on."""
    keep = rule.keep
    method: Callable[..., Any] | None = getattr(nodes, rule.method) if rule.method else None
    if rule.repeats:
        again = rule.symbols[0] == rule.origin
        return functools.partial(_extend, keep[1:]) if again else lambda values: [values[i] for i in keep]
    if method is None:
        return itemgetter(keep[0]) if len(rule.symbols) > 1 else None
    if len(rule.symbols) == 1:
        return method if keep else lambda _: method()
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


def _span_without_blanks(found: re.Match[str], text: str) -> Span:
    """Where the terminal `text` stands that was found, without the blanks around it."""
    if text[0] not in " \t" and text[-1] not in " \t":
        return found.span()
    start = found.start() + len(text) - len(text.lstrip(" \t"))
    return start, start + len(text.strip(" \t"))


@functools.cache
def _machine() -> _Machine:
    return _Machine(load())


def _expected_at(text: str, end: int) -> frozenset[str]:
    """The terminals that could stand at `end`, up to which the parser can read: its states are made once more."""
    machine = _machine()
    rows, row = machine.rows, machine.start
    states: list[int] = []
    position = 0
    while position < end:
        found = cast("re.Match[str]", row.match(text, position))
        terminal = cast("str", found.lastgroup)
        length = 1
        while length > 0:
            state, _, length, _, symbol = row[terminal]
            states.append(state)
            if length > 0:
                del states[-length:]
            row = rows[states[-1]][symbol]
        position = found.end()
    return machine.terminals_that_follow(states, row)


def tree_of(text: str, trace: Trace | None = None) -> Expression:
    """The syntax tree of `text`. Raises Stuck or Refused."""
    machine = _machine()
    rows = machine.rows
    row = machine.start
    states: list[int] = []
    values: list[Any] = []
    spans: list[Span] = [] if trace is None else trace.spans
    position = 0
    while True:
        found = row.match(text, position)
        if found is None:
            raise Stuck(position, machine.terminals_that_follow(states, row))
        terminal: Any = found.lastgroup
        before = row
        while True:
            try:
                state, wrap, length, build, symbol = row[terminal]
            except Stuck:
                expected = machine.terminals_that_follow(states, row) if row is before else _expected_at(text, position)
                raise Stuck(position, expected) from None
            if wrap is not None:
                if trace is not None:
                    trace.judged = spans[-1]
                value = values[-1] = wrap(values[-1])
                if trace is not None:
                    trace.keep(value)
            states.append(state)
            if length <= 0:
                break
            if trace is not None:
                trace.judged = spans[-length][0], spans[-1][1]
            arguments = values[-length:]
            del values[-length:]
            del states[-length:]
            value = build(arguments)
            values.append(value)
            row = rows[states[-1]][symbol]
            if trace is not None:
                spans[-length:] = [trace.judged]
                trace.keep(value)
        if length == 0:
            return cast("Expression", values[0])
        value = found.group()
        values.append(value)
        if trace is not None:
            spans.append(_span_without_blanks(found, value))
        row = rows[state][symbol]
        position = found.end()


def tree_with_trace(text: str) -> tuple[Expression, Trace]:
    """The syntax tree of `text`, and where its nodes stand. Raises Stuck, and Refused that has its places."""
    trace = Trace()
    try:
        return tree_of(text, trace), trace
    except Refused as refused:
        refused.places = trace.places(refused)
        raise
