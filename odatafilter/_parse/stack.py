"""What is open while a text is read: operators that wait for an operand, and parentheses that wait to be closed."""

from typing import Any, Final, TypeAlias, cast

import msgspec

from odatafilter._parse.failure import Left
from odatafilter._parse.levels import Operator
from odatafilter._parse.nodes import Nodes
from odatafilter.tree import Call, Lambda, Path

# What is open but no operator is on a level below all operators.
BOTTOM, GROUP, CALL, LAMBDA, MEMBERS = -5, -4, -3, -2, -1


class Open(msgspec.Struct):
    """An operator that waits for its last operand, a parenthesis that waits to be closed, or the bottom."""

    level: int
    held: list[Any]
    what: Any


_nodes: Final = Nodes()
# Nothing is held by these, so each is the same everywhere.
THE_BOTTOM: Final = Open(BOTTOM, [], None)
A_GROUP: Final = Open(GROUP, [], None)
# What stands between arguments comes before an operand as infix operators do, and binds less than all.
THE_COMMA: Final = Operator(BOTTOM, ",", Call, repeats=False, folds=0)
Stack: TypeAlias = list[Open]


def fold(stack: Stack, x: Any, level: int) -> Any:
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


def operate(stack: Stack, x: Any, operator: Operator) -> Open:
    """Gives `x` to the open operators that bind it more, and then to an infix operator, which is open afterwards.

    A comma gives it to the call or the list that is open.
    """
    x = fold(stack, x, operator.folds)
    top = stack[-1]
    if operator is THE_COMMA:
        if top.level not in {CALL, MEMBERS}:
            raise Left
        top.held.append(x)
        return top
    if top.level == operator.level:
        top.held.append(x)
        return top
    opened = Open(operator.level, [x], operator)
    stack.append(opened)
    return opened


def open_prefix(stack: Stack, operator: Operator) -> Open:
    """Opens an operator in front of its operand."""
    if stack[-1].level > operator.level:
        raise Left
    opened = Open(operator.level, [], operator)
    stack.append(opened)
    return opened


def close(stack: Stack, x: Any, count: int) -> Any:
    """What becomes of `x` once as many parentheses are closed."""
    for _ in range(count):
        if stack[-1].level >= 0:
            x = fold(stack, x, 0)
        top = stack.pop()
        if top is A_GROUP:
            continue
        if top.level == CALL:
            x = canonical_call(top.what, (*top.held, x))
        elif top.level == LAMBDA:
            segments, quantifier = top.what
            x = Path((*segments, Lambda(quantifier, top.held[0], x)))
        elif top.level == MEMBERS:
            x = _nodes.members(*top.held, x)
        elif top.level == BOTTOM:
            raise Left
    return x


def canonical_call(function: tuple[str, int, int], arguments: tuple[Any, ...]) -> Call:
    name, least, most = function
    if least <= len(arguments) <= most:
        return Call(name, arguments)
    return cast("Call", _nodes.call(name, arguments))  # refuses it
