"""Text → syntax tree, for nearly all of the language: one match reads an operator, a path and what it is compared with.

The precedence is that of the grammar's rules (`levels`), the patterns are composed of its terminals (`patterns`), the
nodes are made by its tree builder. What is not read here, `lalr` reads: that both build the same trees is a law, tested
in `test_laws.py`. Nothing is remembered from one text to the next.
"""

import functools
from collections.abc import Callable
from typing import Any, Final

from odatafilter._parse.failure import Left
from odatafilter._parse.operands import Machine, operand_of
from odatafilter._parse.patterns import (
    ARGUMENT,
    BEFORE,
    CLOSING,
    MIXED,
    NAME,
    ODD,
    OPENED,
    SKIPPED,
    WORD,
    spellings,
)
from odatafilter._parse.stack import A_GROUP, THE_BOTTOM, Open, close, fold, open_prefix, operate
from odatafilter.tree import Expression, In, Property

# Comparisons are read many at once where an operator is met more often than so among the next characters, as long as
# that reads more than some characters; and names are remembered in a text of so many characters.
_SEVERAL: Final = 4
_NEXT: Final = 500
_LONG: Final = 120
_VERY_LONG: Final = 1_000
# Levels of a tree that are not counted while it is read: a comparison, a call in it, a path in that, and its segments.
_UNCOUNTED: Final = 4


def _reader(machine: Machine) -> Callable[[str, bool], tuple[Expression, int]]:  # noqa: PLR0915 - calls would cost too much
    compare, match = machine.patterns.comparison(), machine.patterns.operand()
    joints, compared, makers, words = machine.joints, machine.compared, machine.makers, machine.words
    unary, member = machine.negation.level, compared["in"]
    list_kind, rights = MIXED - SKIPPED, makers[SKIPPED:]
    no_names = words.union(spellings("not"))  # a `not` may be the operator: `operand` tells

    def read(text: str, plain: bool) -> tuple[Expression, int]:  # noqa: PLR0915
        found: Any = compare(text, 0)
        operator: Any
        left: Any
        x: Any
        # The operator whose right operand x is, as long as the next operator may bind x more; and its left operand. No
        # x is None but where an operand is to come.
        pending: Any = None
        size = len(text)
        left = x = None
        if found is not None:  # as most texts begin
            kind, name, operator = found.lastindex, found[1], compared[found[2]]
            if operator is not None and name not in no_names and (kind > list_kind or operator is member):
                left = Property(name) if plain and name.isidentifier() else operand_of(name)
                position = found.end()
                if kind > list_kind:
                    x = rights[kind](found[kind])
                    if position == size:
                        return operator.make(left, operator.word, x), _UNCOUNTED
                    pending = operator
                else:
                    x = In(left, machine.list_of(text, kind + SKIPPED, *found.span(kind)))
                    if position == size:
                        return x, _UNCOUNTED
        found = match(text, 0 if x is None else position)
        if found is None:
            raise Left
        kind, position = found.lastindex, found.end()
        end = len(text.rstrip(")"))  # nothing but parentheses are closed after it
        top = THE_BOTTOM
        stack, weight = [top], _UNCOUNTED
        names: dict[str, Any] = {}
        chained, remembers = size > _LONG, size > _VERY_LONG
        while True:
            before, name = found[BEFORE], found[NAME]
            if before:
                operator, level, closes, opens = joints[before]
                if operator is None:
                    if x is not None:
                        raise Left
                elif x is None:
                    raise Left
                else:
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
                        if opens[0] is not A_GROUP:
                            raise Left
                        x, position = machine.member_list(stack, text, found.start(BEFORE) + before.index("("))
                        name, kind, top = None, 0, stack[-1]
                    else:
                        stack += opens
                        top = opens[-1]
                        weight += len(opens)
                elif (
                    chained
                    and operator.repeats
                    and not closes
                    and text.count(before, position, position + _NEXT) > _SEVERAL
                ):
                    start, held = found.start(), top.held
                    until = machine.chain(text, start, operator, names, held)
                    chained = until - start > _LONG
                    if until > start:
                        x, position, name, kind = held.pop(), until, None, 0
            elif x is not None and kind != CLOSING:
                raise Left
            if name is not None:
                if (argument := found[ARGUMENT]) is not None:
                    weight += 1
                    x = machine.closed_call(found, name, argument)
                    if x is None:
                        x, position = machine.call(stack, text, name, found.start(ARGUMENT))
                        kind, top = 0, stack[-1]
                elif kind == OPENED:
                    weight += 2
                    if found[OPENED]:
                        machine.open_lambda(stack, name, found[OPENED])
                        x = None
                    else:
                        x, position = machine.call(stack, text, name, position)
                    top = stack[-1]
                elif name in words:
                    x, position = machine.literal_at(text, found.start(NAME))
                    kind = 0
                elif remembers:
                    x = names.get(name) or machine.remember(names, name)
                else:
                    x = Property(name) if plain and name.isidentifier() else operand_of(name)
                if kind > WORD:
                    operator = compared[found[WORD]]
                    if kind > MIXED and operator is not None:
                        if operator.level <= top.level:
                            x = fold(stack, x, operator.level)
                            top = stack[-1]
                            weight += 1
                        left, pending, x = x, operator, makers[kind](found[kind])
                    elif kind <= MIXED and operator is member and member.level > top.level:
                        x = In(x, machine.list_of(text, kind, *found.span(kind)))
                    else:
                        position = machine.end_of_left(found)
            elif kind == CLOSING:
                if x is None:
                    raise Left
                if pending is not None:
                    x, pending = pending.make(left, pending.word, x), None
                x = close(stack, x, found[CLOSING].count(")"))
                top = stack[-1]
            elif kind == ODD:
                if found[ODD].rstrip(" \t") == "-":
                    weight += 1
                    top, x = open_prefix(stack, machine.negation), None
                else:
                    x, position = machine.odd_operand(text, found.start(ODD))
            elif kind:
                x = makers[kind](found[kind])
            if position >= end:
                break
            found = match(text, position)
            if found is None:
                raise Left
            kind, position = found.lastindex, found.end()
        if x is None:
            raise Left
        if pending is not None:
            x = pending.make(left, pending.word, x)
        if position < size:
            x = close(stack, x, size - position)
            top = stack[-1]
        if top is not THE_BOTTOM:
            x = fold(stack, x, 0)
            if stack[-1] is not THE_BOTTOM:
                raise Left
        return x, weight

    return read


@functools.cache
def reader() -> Callable[[str, bool], tuple[Expression, int]]:
    return _reader(Machine())
