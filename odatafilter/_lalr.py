"""Text → syntax tree: a plain loop over the LALR tables that Lark makes of the grammar.

The loop does what Lark's LALR parser with its contextual lexer does, faster: in each state one regular expression
knows the terminals that the state accepts, and reductions that only pass a value on are followed in the tables instead
of being carried out. That both accept the same texts and build the same trees is a law, tested in `test_laws.py`.
"""

import functools
import re
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter
from typing import Any, NamedTuple, TypeAlias, cast
from typing import Literal as OneOf

from odatafilter import _functions, _literals, _tables
from odatafilter._suggest import nearest
from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    Arithmetic,
    ArithmeticOperator,
    Array,
    Branch,
    Call,
    Case,
    Comparison,
    ComparisonOperator,
    Count,
    Expression,
    Filtered,
    Function,
    Has,
    In,
    Key,
    Lambda,
    List,
    Literal,
    LiteralKind,
    Member,
    Named,
    Negation,
    Node,
    Not,
    Object,
    Or,
    Path,
    Property,
    Segment,
    TypeName,
    Variable,
)

Span = tuple[int, int]
Build = Callable[[Sequence[Any]], Any]
Argument: TypeAlias = Expression | TypeName | Named | Branch


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
        self.judged: Span = (0, 0)
        self.position = 0
        self.expected: Callable[[], frozenset[str]] = frozenset

    def __getitem__(self, node: Node) -> Span:
        return self._nodes[id(node)][1]

    def place(self, refused: Refused) -> Span:
        """Where the tree builder has refused something: at the node, or at all that it was given."""
        _, span = self._nodes.get(id(refused.node), (None, self.judged))
        return span

    def shift(self, found: re.Match[str]) -> None:
        text = found.group()
        start = found.start() + len(text) - len(text.lstrip(" \t"))
        self._spans.append((start, start + len(text.strip(" \t"))))

    def judge(self, length: int) -> None:
        self.judged = self._spans[-length][0], self._spans[-1][1]

    def made(self, value: object, length: int) -> None:
        self._spans[-length:] = [self.judged]
        for node in value if isinstance(value, tuple) else (value,):
            if isinstance(node, Node):
                self._nodes.setdefault(id(node), (node, self.judged))


class Nodes:
    """The tree builder: a method for each alias in the grammar, called with what the production keeps.

    A method raises Refused for what the grammar cannot judge without knowing the canonical functions or the calendar.
    """

    # --- literals

    def null(self, text: str) -> Literal:
        return Literal("null", text)

    def binary(self, text: str) -> Literal:
        return Literal("Binary", f"binary{text[6:]}")

    def boolean(self, text: str) -> Literal:
        return Literal("Boolean", text.lower())

    def date(self, text: str) -> Literal:
        return _judged("Date", text)

    def date_time_offset(self, text: str) -> Literal:
        return _judged("DateTimeOffset", text.upper())

    def duration(self, text: str) -> Literal:
        return Literal("Duration", f"duration{text[8:].upper()}")

    def enum(self, text: str) -> Literal:
        return Literal("Enum", text)

    def geo(self, text: str) -> Literal:
        prefix = text[: text.index("'")].lower()
        kind: LiteralKind = "Geography" if prefix == "geography" else "Geometry"
        return _judged(kind, prefix + text[len(prefix) :])

    def guid(self, text: str) -> Literal:
        return Literal("Guid", text.lower())

    def number(self, text: str) -> Literal:
        return Literal("Number", text)

    def string(self, text: str) -> Literal:
        return Literal("String", text)

    def time_of_day(self, text: str) -> Literal:
        return Literal("TimeOfDay", text)

    def array(self, *items: Expression) -> Array:
        return Array(items)

    def member(self, name: str, value: Expression) -> Member:
        return Member(name, value)

    def object(self, *members: Member) -> Object:
        return Object(members)

    # --- names, calls and paths

    def property(self, text: str) -> Property:
        if not text.isascii() or len(text) > _literals.NAME_LENGTH:
            _check_name(text)
        return Property(text)

    def variable(self, text: str) -> Variable:
        return Variable(text)

    def alias(self, text: str) -> Alias | Annotation:
        annotation = self.annotation(text)
        return annotation if "." in text or "#" in text else Alias(annotation.name)

    def annotation(self, text: str) -> Annotation:
        name, _, qualifier = text[1:].partition("#")
        _check_name(name)
        if qualifier:
            _check_name(qualifier)
        return Annotation(name, qualifier or None)

    def type_name(self, text: str) -> TypeName:
        if not text.startswith("Collection("):
            _check_name(text)
        return TypeName(text)

    def name(self, text: str) -> str:
        _check_name(text)
        return text

    def arguments(self, *arguments: Argument) -> tuple[Argument, ...]:
        return arguments

    def named(self, name: str, value: Expression) -> Named:
        _check_name(name)
        return Named(name, value)

    def branch(self, condition: Expression, value: Expression) -> Branch:
        return Branch(condition, value)

    def call(self, name: str, arguments: tuple[Argument, ...]) -> Call | Case | Function:
        """A call that no path comes before: of a canonical function, or of one that the service defines."""
        lower = name.lower()
        if lower == "case" and arguments and all(isinstance(argument, Branch) for argument in arguments):
            return Case(cast("tuple[Branch, ...]", arguments))
        if lower in _functions.BY_LOWER_CASE:
            return _canonical(_functions.BY_LOWER_CASE[lower], arguments)
        if lower in {"any", "all"}:
            raise Refused(f"'{lower}' needs a path to a collection before it, such as Items/{lower}(i:i eq 1)")
        return _defined(name, arguments)

    def bound(self, name: str, arguments: tuple[Argument, ...]) -> Function | Lambda:
        """A call as a segment of a path."""
        lower = name.lower()
        if lower in {"any", "all"} and not (arguments and isinstance(arguments[0], Named)):
            return _lambda("any" if lower == "any" else "all", arguments)
        return _defined(name, arguments)

    def path(self, *parts: Segment | tuple[Segment, ...]) -> Path:
        segments = tuple(one for part in parts for one in (part if isinstance(part, tuple) else (part,)))
        first = segments[0]
        if isinstance(first, Call | Case):
            raise Refused("no path can go on from the result of a canonical function", first)
        if isinstance(first, TypeName) and not isinstance(segments[1], Property | Function | Annotation):
            raise Refused("a type at the start of a path must be followed by one of its properties", first)
        for segment in segments[:-1]:
            if isinstance(segment, Lambda | Count):
                raise Refused("the path cannot go on after this", segment)
        return Path(segments)

    def filtered(self, condition: Expression) -> Filtered:
        return Filtered(condition)

    def keyed(self, filtered: Filtered, arguments: tuple[Argument, ...]) -> tuple[Filtered, Key]:
        return filtered, Key(_defined("$filter", arguments).arguments)

    def count(self, *options: tuple[str, Any]) -> Count:
        chosen = dict(options)
        if len(chosen) < len(options):
            raise Refused("an option of '$count' stands there twice")
        return Count(**chosen)

    def count_filter(self, condition: Expression) -> tuple[str, Expression]:
        return "filter", condition

    def count_search(self, text: str) -> tuple[str, str]:
        return "search", text.partition("=")[2].strip(" \t")

    # --- operators

    def negation(self, operand: Expression) -> Negation:
        return Negation(operand)

    def arithmetic(self, left: Expression, operator: str, right: Expression) -> Arithmetic:
        return Arithmetic(left, cast("ArithmeticOperator", _word(operator)), right)

    def comparison(self, left: Expression, operator: str, right: Expression) -> Comparison:
        return Comparison(left, cast("ComparisonOperator", _word(operator)), right)

    def has(self, operand: Expression, flags: Literal) -> Has:
        if flags.kind == "String" and not _literals.is_enum(flags.text):
            raise Refused("'has' takes members of an enumeration, such as 'Red,Green'", flags)
        return Has(operand, flags)

    def membership(self, operand: Expression, collection: List | Expression) -> In:
        return In(operand, collection)

    def members(self, *items: Expression) -> List | Expression:
        if len(items) == 1 and not isinstance(items[0], Literal):
            return items[0]
        for item in items:
            if not isinstance(item, Literal):
                raise Refused("a list after 'in' holds values only", item)
        return List(cast("tuple[Literal, ...]", items))

    def inversion(self, operand: Expression) -> Not:
        return Not(operand)

    def conjunction(self, *operands: Expression) -> And:
        return And(operands)

    def disjunction(self, *operands: Expression) -> Or:
        return Or(operands)


def _judged(kind: LiteralKind, text: str) -> Literal:
    if problem := _literals.problem(kind, text):
        raise Refused(problem)
    return Literal(kind, text)


def _check_name(name: str) -> None:
    for part in name.split("."):
        if problem := _literals.name_problem(part):
            raise Refused(problem)


def _canonical(function: str, arguments: tuple[Argument, ...]) -> Call:
    least, most = _functions.arity(function)
    if not least <= len(arguments) <= most:
        takes = f"{least}" if least == most else f"{least} or {most}"
        raise Refused(f"'{function}' takes {takes} argument{'s' * (most != 1)}, not {len(arguments)}")
    if function in _functions.TYPE_FUNCTIONS:
        *first, last = arguments
        if isinstance(last, Property):
            last = TypeName(last.name)
        if not isinstance(last, TypeName):
            raise Refused(f"the last argument of '{function}' is a type, such as Edm.String", last)
        _check_values(function, first)
        return Call(function, (*cast("list[Expression]", first), last))
    _check_values(function, arguments)
    return Call(function, cast("tuple[Expression, ...]", arguments))


def _check_values(function: str, arguments: Iterable[Argument]) -> None:
    for argument in arguments:
        if isinstance(argument, Named | Branch | TypeName):
            raise Refused(f"'{function}' takes values here", argument)


def _defined(name: str, arguments: tuple[Argument, ...]) -> Function:
    """A function of the service takes named arguments; one value alone, or an alias, is a key."""
    if len(arguments) == 1 and _is_key(arguments[0]):
        return Function(name, (cast("Literal | Alias", arguments[0]),))
    for argument in arguments:
        if not isinstance(argument, Named):
            meant = nearest(name, _functions.FUNCTIONS)
            hint = f"did you mean '{meant}'?" if meant else "a function of the service takes arguments as name=value"
            raise Refused(f"unknown function '{name}'; {hint}", argument)
    return Function(name, cast("tuple[Named, ...]", arguments))


def _is_key(argument: Argument) -> bool:
    if isinstance(argument, Literal):
        return argument.kind not in {"null", "Binary", "Geography", "Geometry"} and argument.text[0] != '"'
    return isinstance(argument, Alias)


def _lambda(quantifier: OneOf["any", "all"], arguments: tuple[Argument, ...]) -> Lambda:
    match arguments:
        case () if quantifier == "any":
            return Lambda(quantifier)
        case (Branch(condition=Property(name=variable), value=condition),):
            return Lambda(quantifier, variable, condition)
    raise Refused(f"'{quantifier}' takes a variable and a condition, such as {quantifier}(i:i eq 1)")


@functools.lru_cache(256)
def _word(text: str) -> str:
    """An infix operator as it is spelt in the tree: interned, without the blanks around it."""
    return text.strip().lower()


class _Action(NamedTuple):
    """What to do at a lookahead: the value on top becomes `wrap` of it, and the state on top is `state`.

    Shift: `length` is -1. Reduce: `length` symbols become one, made by `build`. Accept: `length` is 0.
    """

    state: int
    wrap: Callable[[Any], Any] | None
    length: int
    build: Callable[[Any], Any]
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
        self.builds = [_build(rule, Nodes()) for rule in tables.rules]
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
        """What to do before `terminal` when `symbol` stands on `base`: reductions of it alone are followed here."""
        state = self.states[base][symbol] if symbol else base
        wrap: Callable[[Any], Any] | None = None
        while True:
            if terminal == _tables.END and state == self.tables.accepting:
                return _Action(state, wrap, 0, _as_it_is, "")
            target = self.states[state].get(terminal)
            if target is None:
                return None
            if target >= 0:
                return _Action(state, wrap, -1, _as_it_is, terminal)
            rule, build = self.tables.rules[~target], self.builds[~target]
            if len(rule.symbols) > 1:
                return _Action(state, wrap, len(rule.symbols), build or _as_it_is, rule.origin)
            if build is not None:
                wrap = build if wrap is None else _composed(wrap, build)
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


def _as_it_is(value: Any) -> Any:
    return value


def _composed(first: Callable[[Any], Any], then: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: then(first(value))


def _build(rule: _tables.Rule, nodes: Nodes) -> Callable[[Any], Any] | None:
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
            state, wrap, length, build, symbol = row[terminal]
            if wrap is not None:
                if trace is not None:
                    trace.judge(1)
                values[-1] = wrap(values[-1])
                if trace is not None:
                    trace.made(values[-1], 1)
            states.append(state)
            if length <= 0:
                break
            if trace is not None:
                trace.judge(length)
            arguments = values[-length:]
            del values[-length:]
            del states[-length:]
            values.append(build(arguments))
            row = rows[states[-1]][symbol]
            if trace is not None:
                trace.made(values[-1], length)
        if length == 0:
            return cast("Expression", values[0])
        values.append(found.group())
        if trace is not None:
            trace.shift(found)
        row = rows[state][symbol]
        position = found.end()
