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
from odatafilter._parse.patterns import BEFORE, CLOSES, COMMA, INVERTS, NAME, WORD
from odatafilter._parse.stack import A_GROUP, THE_BOTTOM, Open, close, comma, fold, open_prefix, operate
from odatafilter.tree import Expression, In, Property

# Characters that must follow for comparisons to be read many at once, or for names to be remembered.
_LONG: Final = 120
# Levels of a tree that are not counted while it is read: a comparison, a path in it, and its segments.
_UNCOUNTED: Final = 3


def _reader(machine: Machine) -> Callable[[str], tuple[Expression, int]]:  # noqa: PLR0915 - calls would cost too much
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
        top = THE_BOTTOM
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
                        top = Open(operator.level, [x], operator)
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
                    stack += (A_GROUP,) * opens
                    top = A_GROUP
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
                        if len(names) > MOST:
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
        if top is not THE_BOTTOM:
            x = fold(stack, x, 0)
            if stack[-1] is not THE_BOTTOM:
                raise Left
        return x, weight

    return read


@functools.cache
def reader() -> Callable[[str], tuple[Expression, int]]:
    return _reader(Machine())
