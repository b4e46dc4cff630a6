"""Conditions of a plan → conditions with SQL's null rules, so that a backend needs none of its own.

`when_true` is TRUE exactly where a condition is true, `when_false` exactly where it is false, `when_not_true` exactly
where it is not true. Elsewhere each may be FALSE or UNKNOWN, whichever is shorter: a plain `a = b` stays one, and
indexes are used. `not` is gone: it has become the other question.
"""

from collections.abc import Callable, Iterable
from typing import TypeAlias, assert_never

import msgspec

from odatafilter._comparisons import OPPOSITES, TRUE_OF_NULLS
from odatafilter._kinds import family_of
from odatafilter._plan.forms import (
    And,
    AnyOf,
    Bool,
    Condition,
    Const,
    IsNull,
    Not,
    NotTrue,
    OneOf,
    Or,
    Test,
    Truth,
    Value,
)
from odatafilter.tree import AnyNode, ComparisonOperator

Operator: TypeAlias = ComparisonOperator


class Compare(msgspec.Struct, frozen=True):
    """`left operator right` as SQL has it: UNKNOWN where one of them is null.

    Where one of them is a Double, `operator` is never `ne`: a Negated stands around `eq` instead. An engine spells
    it so that it is not TRUE where one of them is NaN.
    """

    operator: Operator
    left: Value
    right: Value
    node: AnyNode


class Null(msgspec.Struct, frozen=True):
    """`operand IS NULL`, or `IS NOT NULL`."""

    operand: Value
    negated: bool
    node: AnyNode


class Membership(msgspec.Struct, frozen=True):
    """`operand IN (values)`, or `NOT IN`: none of the values is null. UNKNOWN where the operand is null."""

    operand: Value
    values: tuple[Const, ...]
    negated: bool
    node: AnyNode


class Exists(msgspec.Struct, frozen=True):
    """`EXISTS` an element of the collection for which the condition is TRUE, or `NOT EXISTS`.

    In the condition it is the Element of the loop `loop`.
    """

    collection: Value
    condition: "Question"
    loop: int
    negated: bool
    node: AnyNode


class Holds(msgspec.Struct, frozen=True):
    """A Boolean value, or `NOT` of it: UNKNOWN where it is null."""

    operand: Value
    negated: bool
    node: AnyNode


class Negated(msgspec.Struct, frozen=True):
    """`NOT`: UNKNOWN where the operand is."""

    operand: "Compare | Membership"


class All(msgspec.Struct, frozen=True):
    """`AND` of two or more."""

    operands: "tuple[Question, ...]"


class Any(msgspec.Struct, frozen=True):
    """`OR` of two or more."""

    operands: "tuple[Question, ...]"


class Constant(msgspec.Struct, frozen=True):
    """TRUE or FALSE."""

    value: bool


Question: TypeAlias = Compare | Null | Membership | Exists | Holds | Negated | All | Any | Constant


def when_true(condition: Condition) -> Question:
    """TRUE exactly where `condition` is true."""
    match condition:
        case Test(op=operator, left=left, right=right, node=node):
            compared = Compare(operator, left, right, node)
            if operator in TRUE_OF_NULLS and left.nullable and right.nullable:
                return Any((compared, All((Null(left, False, node), Null(right, False, node)))))
            return compared
        case IsNull(operand=operand, node=node):
            return _ask_null(operand, node)
        case OneOf(operand=operand, values=values, node=node):
            return _ask_member(operand, values, False, node)
        case AnyOf():
            return _ask_exists(condition, negated=False)
        case NotTrue(operand=operand):
            return when_not_true(operand)
        case Truth(operand=operand, node=node):
            return _ask_truth(operand, False, node)
        case And(operands=operands):
            return _join_all(map(when_true, operands))
        case Or(operands=operands):
            return _join_any(map(when_true, operands))
        case Not(operand=operand):
            return when_false(operand)
        case Bool(value=value):
            return Constant(value)
        case _:
            assert_never(condition)


def when_false(condition: Condition) -> Question:
    """TRUE exactly where `condition` is false."""
    match condition:
        case Test():
            return _join_any([_ask_opposite(condition), *_null_cases(condition)])
        case IsNull(operand=operand, node=node):
            return Null(operand, True, node) if operand.nullable else Constant(True)
        case OneOf(operand=operand, values=values, node=node):
            return _join_any([_ask_member(operand, values, True, node), _ask_null(operand, node)])
        case AnyOf():
            return _ask_exists(condition, negated=True)
        case NotTrue(operand=operand):
            return when_true(operand)
        case Truth(operand=operand, node=node):
            return _ask_truth(operand, True, node)
        case And(operands=operands):
            return _join_any(map(when_false, operands))
        case Or(operands=operands):
            return _join_all(map(when_false, operands))
        case Not(operand=operand):
            return when_true(operand)
        case Bool(value=value):
            return Constant(not value)
        case _:
            assert_never(condition)


def when_not_true(condition: Condition) -> Question:
    """TRUE exactly where `condition` is false or null."""
    return _ask_or_null(condition, when_false, when_not_true, when_not_false)


def when_not_false(condition: Condition) -> Question:
    """TRUE exactly where `condition` is true or null."""
    return _ask_or_null(condition, when_true, when_not_false, when_not_true)


_Ask: TypeAlias = Callable[[Condition], Question]


def _ask_or_null(condition: Condition, exactly: _Ask, same: _Ask, other: _Ask) -> Question:
    """`exactly` or null: `same` asks that of an operand, `other` asks it of one below a `not`."""
    if not condition.nullable:
        return exactly(condition)
    match condition:
        case Truth(operand=operand, node=node):
            return _join_any([exactly(condition), _ask_null(operand, node)])
        case And(operands=operands):
            # An `and` is false or null where one operand is, true or null where all are.
            return _join_any(map(same, operands)) if exactly is when_false else _join_all(map(same, operands))
        case Or(operands=operands):
            return _join_all(map(same, operands)) if exactly is when_false else _join_any(map(same, operands))
        case Not(operand=operand):
            return other(operand)
        case _:
            return exactly(condition)


# --- parts ----------------------------------------------------------------------------------------------------------


def _ask_opposite(test: Test) -> Question:
    if "Double" in {family_of(test.left.kind), family_of(test.right.kind)}:  # which NaN is
        return Negated(Compare(test.op, test.left, test.right, test.node))
    return Compare(OPPOSITES[test.op], test.left, test.right, test.node)


def _null_cases(test: Test) -> list[Question]:
    """Where a comparison is false though SQL says UNKNOWN."""
    left, right, node = test.left, test.right, test.node
    if test.op in TRUE_OF_NULLS and left.nullable and right.nullable:
        return [
            All((Null(left, False, node), Null(right, True, node))),
            All((Null(left, True, node), Null(right, False, node))),
        ]
    return [Null(side, False, node) for side in (left, right) if side.nullable]


def _ask_null(operand: Value, node: AnyNode) -> Question:
    return Null(operand, False, node) if operand.nullable else Constant(False)


def _ask_member(operand: Value, values: tuple[Const, ...], negated: bool, node: AnyNode) -> Question:
    if family_of(operand.kind) == "Double" and negated:
        return Negated(Membership(operand, values, False, node))
    return Membership(operand, values, negated, node)


def _ask_exists(condition: AnyOf, *, negated: bool) -> Question:
    inner = when_true(condition.condition)
    if inner == Constant(False):
        return Constant(negated)
    return Exists(condition.collection, inner, condition.loop, negated, condition.node)


def _ask_truth(operand: Value, negated: bool, node: AnyNode) -> Question:
    """A Boolean value; null alone is neither true nor false."""
    return Constant(False) if isinstance(operand, Const) and operand.is_null else Holds(operand, negated, node)


def _join_all(questions: Iterable[Question]) -> Question:
    flat = [one for each in questions for one in (each.operands if isinstance(each, All) else (each,))]
    kept = tuple([one for one in flat if not isinstance(one, Constant)])
    if Constant(False) in flat:
        return Constant(False)
    return All(kept) if len(kept) > 1 else kept[0] if kept else Constant(True)


def _join_any(questions: Iterable[Question]) -> Question:
    flat = [one for each in questions for one in (each.operands if isinstance(each, Any) else (each,))]
    kept = tuple([one for one in flat if not isinstance(one, Constant)])
    if Constant(True) in flat:
        return Constant(True)
    return Any(kept) if len(kept) > 1 else kept[0] if kept else Constant(False)
