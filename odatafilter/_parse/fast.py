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
from odatafilter._parse.operands import MOST, Machine, operand_of
from odatafilter._parse.patterns import (
    ARGUMENT,
    BEFORE,
    CALL,
    CLOSING,
    INVERTS,
    LIST,
    NAME,
    NUMBER,
    PATH,
    VARIABLE,
    WORD,
)
from odatafilter._parse.stack import A_GROUP, THE_BOTTOM, Open, close, comma, fold, open_prefix, operate
from odatafilter.tree import Expression, In, Property

# Characters that must follow for comparisons to be read many at once, or for names to be remembered.
_LONG: Final = 120
# Levels of a tree that are not counted while it is read: a comparison, what it has on a side, a path in it, its segments.
_UNCOUNTED: Final = 3


def _reader(machine: Machine) -> Callable[[str], tuple[Expression, int]]:  # noqa: PLR0915 - calls would cost too much
    patterns, operators = machine.patterns, machine.operators
    first = patterns.first()
    step: Any = None  # compiled when a text has more than one operand
    joints, makers, words = machine.joints, machine.makers, machine.words
    member, inversion, negation = operators.infix["in"], machine.inversion, machine.negation
    unary = negation.level
    compared = {word: operator for word, operator in operators.infix.items() if not operator.repeats}

    def read(text: str) -> tuple[Expression, int]:  # noqa: PLR0915
        ahead: Any = first(text, 0)
        position, size, plain = 0, len(text), text.isascii()
        operator: Any
        x: Any
        if ahead is not None and ahead.end() == size and LIST < (kind := ahead.lastindex) < PATH:
            before, name, argument, word, literal = ahead.group(BEFORE, NAME, ARGUMENT, WORD, kind)
            if not before and argument is None and name not in words and (operator := compared.get(word)) is not None:
                x = Property(name) if plain and name.isidentifier() and len(name) <= LONGEST else operand_of(name)
                return operator.make(x, operator.word, makers[kind](literal)), _UNCOUNTED
        nonlocal step
        if step is None:
            step = patterns.step()
        match, top = first, THE_BOTTOM
        stack, weight = [top], _UNCOUNTED
        names: dict[str, Any] = {}
        remembers = size > _LONG  # names of a short text are seldom the same
        chained = True
        # The operator whose right operand x is, as long as the next operator may bind x more; and its left operand.
        pending: Any = None
        left = x = None
        found: Any
        while True:
            found, ahead = ahead or match(text, position), None
            if found is None:
                raise Left
            kind, position = found.lastindex, found.end()
            before, name, argument, word, literal = found.group(BEFORE, NAME, ARGUMENT, WORD, kind)
            if before:
                operator, level, closes, opens = joints.get(before) or machine.joint(before)
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
                    if chained and operator.repeats and size - position > _LONG and not closes:
                        start, held = found.start(), top.held
                        until = machine.chain(text, start, operator, names, held)
                        chained = until - start > _LONG
                        if until > start:
                            x, position, match = held.pop(), until, step
                            if position == size:
                                break
                            continue
                if opens:
                    if top.level > unary:
                        x, position = machine.member_list(stack, text, found.start(BEFORE) + before.index("("))
                        top, match = stack[-1], first if x is None else step
                        if position == size:
                            break
                        continue
                    stack += (A_GROUP,) * opens
                    top = A_GROUP
                    weight += opens
            if WORD < kind <= PATH or NAME <= kind < VARIABLE:
                if argument is not None:
                    weight += 1
                    x = machine.simple_call(found)
                    if x is None:
                        x, position = machine.call(stack, text, name, found.start(ARGUMENT))
                        top, match = stack[-1], first if x is None else step
                        continue
                elif name in words:
                    x, position = machine.literal_at(text, found.start(NAME))
                    match = step
                    continue
                elif not remembers or (x := names.get(name)) is None:
                    x = Property(name) if plain and name.isidentifier() and len(name) <= LONGEST else operand_of(name)
                    if remembers:
                        if len(names) > MOST:
                            names.clear()
                        names[name] = x
                if kind > WORD:
                    operator = compared.get(word) or compared.get(word.lower())
                    if operator is None or (kind == LIST and operator is not member):
                        position = machine.end_of_left(found)
                    else:
                        if operator.level <= top.level:
                            x = fold(stack, x, operator.level)
                            top = stack[-1]
                            weight += 1
                        if kind == LIST:
                            x = In(x, machine.list_of(text, *found.span(LIST)))
                        else:
                            left, pending, x = x, operator, makers[kind](literal)
            elif kind >= CLOSING:
                if pending is not None:
                    x, pending = pending.make(left, pending.word, x), None
                if found[CLOSING]:
                    x = close(stack, x, found[CLOSING].count(")"))
                    top = stack[-1]
                if kind == CLOSING:
                    break
                comma(stack, x)
                match, top = first, stack[-1]
                continue
            elif kind == VARIABLE:
                weight += 2
                top, match = machine.open_lambda(stack, name, literal), first
                continue
            elif kind == CALL:
                weight += 2
                x, position = machine.call(stack, text, name, position)
                top, match = stack[-1], first if x is None else step
                continue
            elif kind == INVERTS:
                weight += 1
                top, match = open_prefix(stack, inversion), first
                continue
            elif kind <= NUMBER:
                x = makers[kind](literal)
            elif literal.rstrip(" \t") == "-":
                weight += 1
                top, match = open_prefix(stack, negation), first
                continue
            else:
                x, position = machine.odd_operand(text, found.start(kind))
            match = step
            if position == size:
                break
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
