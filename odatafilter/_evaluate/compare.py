"""Two values → whether a comparison holds (OData URL Conventions §5.1.1.1): true or false, never null."""

import decimal
import math
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

from odatafilter._comparisons import PYTHON_COMPARISONS, TRUE_OF_NULLS
from odatafilter._evaluate.budget import Budget, take_visits
from odatafilter._evaluate.values import (
    BY_CLASS,
    COLLECTIONS,
    KIND_OF_CLASS,
    NUMBER_CLASSES,
    Enumerated,
    Instant,
    in_words,
    read_untyped,
)
from odatafilter._kinds import KINDS
from odatafilter._literals.numbers import to_float
from odatafilter._plan.forms import TestOperator
from odatafilter.errors import FilterTypeError

Holds: TypeAlias = Callable[[Any, Any, Budget], bool]

# Two values of one of these classes are compared as Python compares them.
_WITH_ORDER: Final = frozenset(python for python, kind in KIND_OF_CLASS.items() if KINDS[kind].ordered)
DIRECT: Final = (_WITH_ORDER | {str, int, bool, decimal.Decimal}) - {Instant}  # which has an offset, too
SEVERAL: Final = frozenset({list, tuple})


def comparer(operator: TestOperator) -> Holds:
    """The comparison of two values. Of several values on one side any may hold."""
    python: Callable[[Any, Any], bool] = PYTHON_COMPARISONS[operator]
    single = _compare_single(operator)

    def holds(one: Any, other: Any, budget: Budget) -> bool:
        kind, beside = type(one), type(other)
        if kind is beside and kind in DIRECT:
            return python(one, other)
        if (
            kind is tuple
            or beside is tuple
            or ((kind is list) is not (beside is list) and not _is_any_null(one, other))
        ):
            left, right = _values_in(one), _values_in(other)
            take_visits(budget, len(left) * len(right))
            return any(single(a, b, budget) for a in left for b in right)
        return single(one, other, budget)

    return holds


def _is_any_null(one: Any, other: Any) -> bool:
    return one is None or other is None


def _values_in(value: Any) -> Any:
    return value if type(value) in SEVERAL else (value,)


def are_equal(one: Any, other: Any, budget: Budget) -> bool:
    """Whether two single values are equal; a collection or a complex value is one too."""
    return _EQUAL(one, other, budget)


def is_member(value: Any, members: Any, budget: Budget) -> bool:
    """Whether `value` is equal to one of `members`, or one of several values is."""
    holds = _member_equal
    return any(holds(value, one, budget) for one in members)


def _compare_single(operator: TestOperator) -> Holds:
    python: Callable[[Any, Any], bool] = PYTHON_COMPARISONS[operator]
    of_nulls = operator in TRUE_OF_NULLS
    ordered = operator != "eq"

    def holds(one: Any, other: Any, budget: Budget) -> bool:
        if one is None or other is None:
            return of_nulls and one is other
        if type(one) is not type(other):
            one, other = _meet_classes(one, other)
        kind = type(one)
        if kind is Instant and type(other) is Instant:
            return python(one.picoseconds, other.picoseconds)
        if ordered and not _have_order(kind, type(other)):
            raise FilterTypeError(f"{in_words(one)} and {in_words(other)} have no order")
        if kind is not type(other) and not (kind in NUMBER_CLASSES and type(other) in NUMBER_CLASSES):
            return False
        if kind is Enumerated:
            return _have_same_members(one, other)
        if kind in {list, dict}:
            return _are_same(one, other, budget)
        return python(one, other)

    return holds


def _have_order(one: type, other: type) -> bool:
    return (one in DIRECT or one is float) and (one is other or (one in NUMBER_CLASSES and other in NUMBER_CLASSES))


def _meet_classes(one: Any, other: Any) -> tuple[Any, Any]:
    """Two values of different classes as ones of the same, where one is a number or a spelling of the other's kind."""
    if type(one) in NUMBER_CLASSES and type(other) in NUMBER_CLASSES:
        return _promote_numbers(one, other) if float in {type(one), type(other)} else (one, other)
    if read := BY_CLASS.get(type(one)):
        return one, read(other)
    if read := BY_CLASS.get(type(other)):
        return read(one), other
    return one, other


def _promote_numbers(one: Any, other: Any) -> tuple[Any, Any]:
    """Two numbers as doubles (§5.1.1.18); beside INF any finite one will do, as none is too large to be less."""
    infinite = any(type(value) is float and math.isinf(value) for value in (one, other))
    one, other = (value if type(value) is float else 0.0 if infinite else to_float(value) for value in (one, other))
    return one, other


def _have_same_members(one: Enumerated, other: Enumerated) -> bool:
    known = one == other or one.number == other.number or not (one.names or other.names)
    if not known:
        raise FilterTypeError(
            f"only the service knows whether {in_words(one)} and {in_words(other)} are the same members"
        )
    return one == other


def _are_same(one: Any, other: Any, budget: Budget) -> bool:
    """Whether two collections or complex values are equal, member by member, without a stack.

    Each pair of them is looked at once, so that those that hold themselves, or share what they hold, come to an end.
    """
    pending = [(one, other)]
    seen: dict[tuple[int, int], tuple[Any, Any]] = {}  # with the values, so that no identity is used twice
    while pending:
        take_visits(budget, 1)
        one, other = pair = pending.pop()
        if has_members(one) and has_members(other):
            if pair is not seen.setdefault((id(one), id(other)), pair):
                continue
            if isinstance(one, Mapping) is not isinstance(other, Mapping) or not _add_pairs(one, other, pending):
                return False
        elif not are_equal(read_untyped(one), read_untyped(other), budget):
            return False
    return True


def has_members(value: Any) -> bool:
    """Whether a value is a collection or a complex value."""
    return type(value) in COLLECTIONS or isinstance(value, Mapping)


def _add_pairs(one: Any, other: Any, pending: list[tuple[Any, Any]]) -> bool:
    """Adds what two collections or complex values hold at the same place; False where their lengths differ."""
    if not isinstance(one, Mapping):
        pending += zip(one, other, strict=False)
        return len(one) == len(other)
    # What a name with an at sign holds is an annotation (OData JSON Format §4.6).
    names = {name for name in (*one, *other) if "@" not in str(name)}
    pending += ((one.get(name), other.get(name)) for name in names)
    return True


_EQUAL: Final = _compare_single("eq")
_member_equal: Final = comparer("eq")
