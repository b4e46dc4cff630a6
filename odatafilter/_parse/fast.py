"""Text → syntax tree, for nearly all of the language: one match reads an operator, a path and what it is compared with.

The precedence is that of the grammar's rules (`levels`), the patterns are composed of its terminals (`patterns`), the
nodes are made by its tree builder. What is not read here, `lalr` reads: that both build the same trees is a law, tested
in `test_laws.py`. Nothing is remembered from one text to the next.
"""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeAlias, cast

import msgspec

from odatafilter import _functions
from odatafilter._names import LONGEST
from odatafilter._parse.failure import Left
from odatafilter._parse.levels import Operator, levels
from odatafilter._parse.names import read_path
from odatafilter._parse.nodes import Nodes
from odatafilter._parse.patterns import BEFORE, CLOSES, COMMA, INVERTS, NAME, WORD, Match, Patterns
from odatafilter._parse.tables import load
from odatafilter.tree import Call, Expression, In, Lambda, List, Path, Property

# What is open but no operator is on a level below all operators.
_BOTTOM, _GROUP, _CALL, _LAMBDA = -4, -3, -2, -1
# Characters of a text from which comparisons are read many at once, and of the parts in which they are.
_LONG, _PART = 120, 8_192
# Nodes of names, and of literals, that are remembered while one text is read.
_MOST: Final = 1_000
# Literals of at most as many characters have one node in a chain, since a node takes more memory than its text.
_SHORT: Final = 4
# Levels of a tree that are not counted while it is read: a comparison, a path in it, and its segments.
_UNCOUNTED: Final = 3

_nodes: Final = Nodes()


class _Open(msgspec.Struct):
    """An operator that waits for its last operand, a parenthesis that waits to be closed, or the bottom."""

    level: int
    held: list[Any]
    what: Any


# Nothing is held by these, so each is the same everywhere.
_bottom: Final = _Open(_BOTTOM, [], None)
_group: Final = _Open(_GROUP, [], None)
_Stack: TypeAlias = list[_Open]
# The operator in what stands before an operand, and how many parentheses are closed and opened there.
_Joint: TypeAlias = tuple[Operator | None, int, int]


class _Machine:
    """What is made of the grammar, once; what only some texts need, when it is needed."""

    def __init__(self) -> None:
        tables = load()
        self.operators = operators = levels(tables)
        self.patterns = patterns = Patterns(tables, operators)
        made = [getattr(_nodes, patterns.methods[kind]) for kind in patterns.literals]
        self.makers: list[Callable[[str], Any]] = [_nodes.string] * patterns.minus
        self.makers[WORD + 1 : patterns.other] = self.makers[patterns.alone : patterns.minus] = made
        self.words = patterns.words()
        self.chains: dict[str, Callable[..., list[Any]]] = {}
        # By their names in lower case: their names, and how many arguments they take.
        self.functions = {low: (name, *_functions.arity(name)) for low, name in _functions.BY_LOWER_CASE.items()}
        self.inversion, self.negation = operators.prefix["_NOT"], operators.prefix["_MINUS"]
        self.joints: dict[str, _Joint] = {"": (None, 0, 0)}
        for word, operator in operators.infix.items():
            self.joints |= {
                f" {word} ": (operator, 0, 0), f" {word} (": (operator, 0, 1),
                f") {word} ": (operator, 1, 0), f") {word} (": (operator, 1, 1),
            }  # fmt: skip

    @functools.cached_property
    def arguments(self) -> Match:
        return self.patterns.arguments()

    @functools.cached_property
    def typed(self) -> Match:
        return self.patterns.typed()

    @functools.cached_property
    def variable(self) -> Match:
        return self.patterns.variable()

    @functools.cached_property
    def members(self) -> Match:
        return self.patterns.members()

    @functools.cached_property
    def literal(self) -> Any:
        return self.patterns.literal()

    @functools.cached_property
    def close(self) -> Match:
        return self.patterns.close()

    @functools.cached_property
    def lists(self) -> Sequence[tuple[Callable[..., list[str]], Callable[[str], Any]]]:
        """How the literals of a list of one kind are found, and made."""
        makers = self.makers[WORD + 1 :]
        return [(found.findall, makers[self.patterns.literals.index(kind)]) for kind, found in self.patterns.listed()]

    def joint(self, text: str) -> _Joint:
        """What stands before an operand, in any spelling."""
        word = text.strip(" \t()").lower()
        operator = self.operators.infix.get(word)
        if operator is None and word:
            raise Left
        return operator, text.count(")"), text.count("(")

    def listed(self, kind: int, text: str, start: int, end: int) -> List:
        """The list in a part of `text`, of the literals that a group of patterns stands for."""
        if kind < len(self.lists):
            find, make = self.lists[kind]
            return List(tuple(map(make, find(text, start, end))))
        makers = self.makers[WORD:]
        return List(tuple([makers[found.lastindex](found[0]) for found in self.literal.finditer(text, start, end)]))

    def chain(self, text: str, position: int, joint: Operator, names: dict[str, Any], held: list[Any]) -> int:
        """Appends the comparisons that follow, each after the same operator, and gives the end of the last of them.

        They are found many at once, in parts of the text: a part ends where the operator follows, or inside a literal
        that has the look of one, which is then not found.
        """
        between = f" {joint.word} "
        if (find := self.chains.get(joint.word)) is None:
            find = self.chains[joint.word] = self.patterns.chain(joint.word).findall
        compared, make = self.operators.infix, (_nodes.number, _nodes.string)
        size = len(text)
        while position < size:
            if len(names) > _MOST:
                names.clear()
            end = text.rfind(between, position + 1, position + _PART) if size - position > _PART else size
            for name, word, string, guid, number, rest in find(text, position, max(end, position)):
                if rest:
                    return end - len(rest)
                if (left := names.get(name)) is None:
                    left = names[name] = operand_of(name)
                operator = compared.get(word) or compared.get(word.lower())
                if operator is None:
                    raise Left
                literal = string or guid or number
                if (right := names.get(literal)) is None:
                    right = _nodes.guid(guid) if guid else make[literal[0] == "'"](literal)
                    if len(literal) <= _SHORT:
                        names[literal] = right
                held.append(operator.make(left, operator.word, right))
            if end < position:
                break
            position = end
        return position

    def member_list(self, top: _Open, text: str, position: int) -> tuple[List, int]:
        """The list in parentheses after an `in` that is open."""
        found = self.members(text, position)
        if found is None or top.what is not self.operators.infix["in"]:
            raise Left
        kind = cast("int", found.lastindex)
        return self.listed(kind - 1, text, *found.span(kind)), found.end()

    def literal_at(self, text: str, position: int) -> tuple[Any, int]:
        """The literal that a word is there, and where it ends."""
        found = self.literal.match(text, position)
        if found is None:
            raise Left
        return self.makers[WORD + cast("int", found.lastindex)](found[0]), found.end()

    def call(self, stack: _Stack, text: str, name: str, position: int) -> tuple[Any, int]:
        """A call with what mostly is in its parentheses; or None, and it is open."""
        function = self.functions.get(name) or self.functions.get(name.lower())
        if function is None:
            return self.lambda_(stack, text, name, position)
        if function[0] in _functions.TYPE_FUNCTIONS:
            return self.typed_call(function[0], text, position)
        if (found := self.arguments(text, position)) is not None:
            path, kind = found[1], found.lastindex or 0
            if path not in self.words:
                if kind == 1:
                    return canonical_call(function, (operand_of(path),)), found.end()
                literal = self.makers[WORD + kind - 1](found[kind])
                return canonical_call(function, (operand_of(path), literal)), found.end()
        elif closed := self.close(text, position):
            return canonical_call(function, ()), closed.end()
        stack.append(_Open(_CALL, [], function))
        return None, position

    def typed_call(self, function: str, text: str, position: int) -> tuple[Any, int]:
        """A call whose last argument is a type."""
        found = self.typed(text, position)
        if found is None or found[2] in self.words or found[1] in self.words:
            raise Left
        type_name = _nodes.type_name(found[2])
        arguments = (type_name,) if found[1] is None else (operand_of(found[1]), type_name)
        return Call(function, arguments), found.end()

    def lambda_(self, stack: _Stack, text: str, name: str, position: int) -> tuple[Any, int]:
        """A lambda without a condition; or None, and the lambda is open."""
        head, _, quantifier = name.rpartition("/")
        found = self.variable(text, position)
        if not head or quantifier.lower() not in {"any", "all"} or found is None or found[1] in self.words:
            raise Left
        path = operand_of(head)
        segments = path.segments if type(path) is Path else (path,)
        if type(segments[-1]) is not Property:
            _nodes.path_of((*segments, Lambda("any")))  # judges whether one may stand there
        if found[1] is None:
            if quantifier.lower() == "all":
                raise Left
            return Path((*segments, Lambda("any"))), found.end()
        stack.append(_Open(_LAMBDA, [_nodes.property(found[1]).name], (segments, quantifier.lower())))
        return None, found.end()


def operand_of(text: str) -> Any:
    """The node of a path that is an operand."""
    if text.isidentifier() and text.isascii() and len(text) <= LONGEST:
        return Property(text)
    node = read_path(text)
    if node is None:
        raise Left
    return node


def canonical_call(function: tuple[str, int, int], arguments: tuple[Any, ...]) -> Call:
    name, least, most = function
    if not least <= len(arguments) <= most:
        raise Left
    return Call(name, arguments)


def fold(stack: _Stack, x: Any, level: int) -> Any:
    """What becomes of the operand `x` once the open operators of a level and above it have got it."""
    while (top := stack[-1]).level >= level:
        stack.pop()
        operator: Operator = top.what
        if operator.repeats:
            top.held.append(x)
            x = operator.make(tuple(top.held))
        elif operator.word:
            x = operator.make(top.held[0], operator.word, x)
        else:
            x = operator.make(x)
    return x


def operate(stack: _Stack, x: Any, operator: Operator) -> _Open:
    """Gives `x` to the open operators that bind it more, and then to an infix operator, which is open afterwards."""
    x = fold(stack, x, operator.folds)
    top = stack[-1]
    if top.level == operator.level:
        top.held.append(x)
        return top
    opened = _Open(operator.level, [x], operator)
    stack.append(opened)
    return opened


def open_prefix(stack: _Stack, operator: Operator) -> _Open:
    """Opens an operator in front of its operand."""
    if stack[-1].level > operator.level:
        raise Left
    opened = _Open(operator.level, [], operator)
    stack.append(opened)
    return opened


def close(stack: _Stack, x: Any, count: int) -> Any:
    """What becomes of `x` once as many parentheses are closed."""
    for _ in range(count):
        if stack[-1].level >= 0:
            x = fold(stack, x, 0)
        top = stack.pop()
        if top is _group:
            continue
        if top.level == _CALL:
            x = canonical_call(top.what, (*top.held, x))
        elif top.level == _LAMBDA:
            segments, quantifier = top.what
            x = Path((*segments, Lambda(quantifier, top.held[0], x)))
        elif top.level == _BOTTOM:
            raise Left
    return x


def comma(stack: _Stack, x: Any) -> None:
    """Gives `x` to the call that is open."""
    x = fold(stack, x, 0)
    if stack[-1].level != _CALL:
        raise Left
    stack[-1].held.append(x)


def _reader(machine: _Machine) -> Callable[[str], tuple[Expression, int]]:  # noqa: PLR0915 - calls would cost too much
    patterns, operators = machine.patterns, machine.operators
    first, end = patterns.first(), patterns.end()
    step: Any = None  # compiled when a text has more than one operand
    joints, makers, words = machine.joints, machine.makers, machine.words
    other, lists, call, minus = patterns.other, patterns.lists, patterns.call, patterns.minus
    member, inversion, negation = operators.infix["in"], machine.inversion, machine.negation
    unary, prefixes = negation.level, frozenset({INVERTS, minus})
    compared = {word: operator for word, operator in operators.infix.items() if not operator.repeats}

    def read(text: str) -> tuple[Expression, int]:  # noqa: PLR0915
        ahead: Any = first(text, 0)
        if ahead is not None and ahead.end() == len(text) and WORD < (kind := ahead.lastindex) < other:
            before, name, word, literal = ahead.group(BEFORE, NAME, WORD, kind)
            if not before and name not in words and (operator := compared.get(word)) is not None:
                return operator.make(operand_of(name), operator.word, makers[kind](literal)), _UNCOUNTED
        nonlocal step
        if step is None:
            step = patterns.step()
        names: dict[str, Any] = {}
        top = _bottom
        stack = [top]
        weight = _UNCOUNTED
        position, size = 0, len(text)
        plain = text.isascii()
        remembers = size > _LONG  # names of a short text are seldom the same
        chained = True
        match = first
        x: Any = None
        found: Any
        while True:
            found, ahead = ahead or match(text, position), None
            if found is None:
                found = end(text, position)
                if found is None or match is first:
                    raise Left
                if found[CLOSES]:
                    x = close(stack, x, found[CLOSES].count(")"))
                    top = stack[-1]
                if not found[COMMA]:
                    break
                comma(stack, x)
                position, match, top = found.end(), first, stack[-1]
                continue
            kind = found.lastindex
            before, name, word, literal = found.group(BEFORE, NAME, WORD, kind)
            position = found.end()
            if before:
                operator, closes, opens = joints.get(before) or machine.joint(before)
                if operator is not None:
                    if closes:
                        x = close(stack, x, closes)
                        top = stack[-1]
                    if operator.repeats and operator.level == top.level:
                        top.held.append(x)
                        if chained and size - position > _LONG and not closes:
                            start = found.start()
                            end_ = machine.chain(text, start, operator, names, top.held)
                            chained = end_ - start > _LONG
                            if end_ > start:
                                x, position, match = top.held.pop(), end_, step
                                if position == size:
                                    break
                                continue
                    elif top.level < 0:  # nothing is open that binds more
                        top = _Open(operator.level, [x], operator)
                        stack.append(top)
                        weight += 1
                    else:
                        top = operate(stack, x, operator)
                        weight += 1
                if opens:
                    if top.level > unary:
                        x, position = machine.member_list(top, text, found.start(BEFORE) + before.index("("))
                        match = step
                        if position == size:
                            break
                        continue
                    stack += (_group,) * opens
                    top = _group
                    weight += opens
            if WORD < kind < call:
                x = names.get(name) if remembers else None
                if x is None:
                    if name in words:
                        x, position = machine.literal_at(text, found.start(NAME))
                        match = step
                        continue
                    sure = plain and name.isidentifier() and len(name) <= LONGEST
                    x = Property(name) if sure else operand_of(name)
                    if remembers:
                        if len(names) > _MOST:
                            names.clear()
                        names[name] = x
                operator = compared.get(word) or compared.get(word.lower())
                if operator is None or operator.level <= top.level or (kind >= lists and operator is not member):
                    position = found.end(NAME)
                elif kind < other:
                    x = operator.make(x, operator.word, makers[kind](literal))
                elif kind == other:
                    x = operator.make(x, operator.word, operand_of(literal))
                else:
                    x = In(x, machine.listed(kind - lists, text, *found.span(kind)))
            elif kind == NAME:
                if name in words:
                    x, position = machine.literal_at(text, found.start(NAME))
                else:
                    x = operand_of(name)
            elif kind == call:
                weight += 2
                x, position = machine.call(stack, text, name, position)
                if x is None:
                    top, match = stack[-1], first
                    continue
            elif kind not in prefixes:
                x = makers[kind](literal)
            else:
                top, match = open_prefix(stack, inversion if kind == INVERTS else negation), first
                weight += 1
                continue
            match = step
            if position == size:
                break
        if top is not _bottom:
            x = fold(stack, x, 0)
            if stack[-1] is not _bottom:
                raise Left
        return x, weight

    return read


@functools.cache
def reader() -> Callable[[str], tuple[Expression, int]]:
    return _reader(_Machine())
