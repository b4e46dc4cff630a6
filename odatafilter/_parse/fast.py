"""Text → syntax tree, for nearly all of the language: one match reads an operator, a path and what it is compared with.

The precedence is that of the grammar's rules (`levels`), the patterns are composed of its terminals (`patterns`), the
nodes are made by its tree builder. What is not read here, `lalr` reads: that both build the same trees is a law, tested
in `test_laws.py`. Nothing is remembered from one text to the next.
"""

import functools
from collections.abc import Callable
from typing import Any, Final

from odatafilter._names import LONGEST
from odatafilter._parse.failure import Left
from odatafilter._parse.operands import Machine, operand_of
from odatafilter._parse.patterns import (
    ARGUMENT,
    BEFORE,
    CALL,
    CLOSING,
    COMMA,
    INVERTS,
    LIST,
    NAME,
    ODD,
    PATH,
    SECOND,
    VARIABLE,
    WORD,
)
from odatafilter._parse.stack import A_GROUP, THE_BOTTOM, Open, close, comma, fold, open_prefix, operate
from odatafilter.tree import Expression, In, Property

# Characters that must follow for comparisons to be read many at once, and of a text whose names are remembered.
_LONG: Final = 120
_VERY_LONG: Final = 1_000
# Levels of a tree that are not counted while it is read: a comparison, a call in it, a path in that, and its segments.
_UNCOUNTED: Final = 4
# The groups of a call, or of a lambda, whose parenthesis has been opened and no more.
_OPENED: Final = frozenset({VARIABLE, CALL})


def _reader(machine: Machine) -> Callable[[str], tuple[Expression, int]]:  # noqa: PLR0915 - calls would cost too much
    patterns = machine.patterns
    first = patterns.first()
    step: Any = None  # compiled when a text has more than one operand
    joints, compared, makers, words = machine.joints, machine.compared, machine.makers, machine.words
    unary, member = machine.negation.level, compared["in"]

    def read(text: str) -> tuple[Expression, int]:  # noqa: PLR0915
        found: Any = first(text, 0)
        if found is None:
            raise Left
        kind, position, size, plain = found.lastindex, found.end(), len(text), text.isascii()
        before, name, argument, word, literal = found.group(BEFORE, NAME, ARGUMENT, WORD, kind)
        operator: Any
        x: Any
        if position == size and LIST < kind < PATH and argument is None and not before and name not in words:
            operator = compared[word]
            if operator is not None:
                x = Property(name) if plain and name.isidentifier() and len(name) <= LONGEST else operand_of(name)
                return operator.make(x, operator.word, makers[kind](literal)), _UNCOUNTED
        nonlocal step
        if step is None:
            step = patterns.step()
        top = THE_BOTTOM
        stack, weight = [top], _UNCOUNTED
        names: dict[str, Any] = {}
        chained, remembers = size > _LONG, size > _VERY_LONG
        # The operator whose right operand x is, as long as the next operator may bind x more; and its left operand.
        pending: Any = None
        left = x = None
        while True:
            match = step
            if before:
                operator, level, closes, opens = joints[before]
                if operator is not None:
                    if pending is not None:
                        if level <= pending.level or closes:
                            x = pending.make(left, pending.word, x)
                        else:
                            top = Open(pending.level, [left], pending)
                            stack.append(top)
                            weight += 1
                        pending = None
                    if closes:
                        x = close(stack, x, closes)
                        top = stack[-1]
                    if level > top.level:
                        top = Open(level, [x], operator)
                        stack.append(top)
                        weight += 1
                    elif level == top.level and operator.repeats:
                        top.held.append(x)
                    else:
                        top = operate(stack, x, operator)
                        weight += 1
                if opens:
                    if top.level > unary:
                        x, position = machine.member_list(stack, text, found.start(BEFORE) + before.index("("))
                        name, kind, top = None, 0, stack[-1]
                        if x is None:
                            match = first
                    else:
                        stack += (A_GROUP,) * opens
                        top = A_GROUP
                        weight += opens
                elif chained and operator.repeats and size - position > _LONG and not closes:
                    start, held = found.start(), top.held
                    until = machine.chain(text, start, operator, names, held)
                    chained = until - start > _LONG
                    if until > start:
                        x, position, name, kind = held.pop(), until, None, 0
            if name is not None:
                if argument is not None:
                    weight += 1
                    x = machine.simple_call(name, argument, found[SECOND])
                    if x is None:
                        x, position = machine.call(stack, text, name, found.start(ARGUMENT))
                        kind, top = 0, stack[-1]
                        if x is None:
                            match = first
                elif kind in _OPENED:
                    weight += 2
                    if kind == CALL:
                        x, position = machine.call(stack, text, name, position)
                    else:
                        machine.open_lambda(stack, name, literal)
                        x = None
                    top = stack[-1]
                    if x is None:
                        match = first
                elif name in words:
                    x, position = machine.literal_at(text, found.start(NAME))
                    kind = 0
                elif remembers:
                    x = names.get(name) or machine.remember(names, name)
                else:
                    x = Property(name) if plain and name.isidentifier() and len(name) <= LONGEST else operand_of(name)
                if kind > WORD:
                    operator = compared[word]
                    if kind > LIST and operator is not None:
                        if operator.level <= top.level:
                            x = fold(stack, x, operator.level)
                            top = stack[-1]
                            weight += 1
                        left, pending, x = x, operator, makers[kind](literal)
                    elif kind <= LIST and operator is member and member.level > top.level:
                        x = In(x, machine.list_of(text, kind, *found.span(kind)))
                    else:
                        position = machine.end_of_left(found)
            elif kind >= CLOSING:
                if pending is not None:
                    x, pending = pending.make(left, pending.word, x), None
                if found[CLOSING]:
                    x = close(stack, x, found[CLOSING].count(")"))
                if kind == COMMA:
                    comma(stack, x)
                    match = first
                top = stack[-1]
            elif kind == INVERTS or (kind == ODD and literal.rstrip(" \t") == "-"):
                weight += 1
                top, match = open_prefix(stack, machine.inversion if kind == INVERTS else machine.negation), first
            elif kind == ODD:
                x, position = machine.odd_operand(text, found.start(ODD))
            elif kind:
                x = makers[kind](literal)
            if position == size:
                break
            found = match(text, position)
            if found is None:
                raise Left
            kind, position = found.lastindex, found.end()
            before, name, argument, word, literal = found.group(BEFORE, NAME, ARGUMENT, WORD, kind)
        if match is first:
            raise Left
        if pending is not None:
            x = pending.make(left, pending.word, x)
        if top is not THE_BOTTOM:
            x = fold(stack, x, 0)
            if stack[-1] is not THE_BOTTOM:
                raise Left
        return x, weight

    return read


@functools.cache
def reader() -> Callable[[str], tuple[Expression, int]]:
    return _reader(Machine())
