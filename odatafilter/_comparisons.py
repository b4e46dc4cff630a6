"""What the operators of comparisons are to each other, and in Python."""

import operator as operators
from collections.abc import Callable
from typing import Any, Final

from odatafilter.tree import ComparisonOperator

# `a operator b` is `b swapped a`.
SWAPPED: Final[dict[ComparisonOperator, ComparisonOperator]] = {
    "eq": "eq",
    "ne": "ne",
    "lt": "gt",
    "le": "ge",
    "gt": "lt",
    "ge": "le",
}
# Of two values that are not null, and have an order, `a operator b` is false where `a opposite b` is true.
OPPOSITES: Final[dict[ComparisonOperator, ComparisonOperator]] = {
    "eq": "ne",
    "ne": "eq",
    "lt": "ge",
    "le": "gt",
    "gt": "le",
    "ge": "lt",
}
# These are true of two nulls; with one null alone every comparison but `ne` is false (URL Conventions §5.1.1.1).
TRUE_OF_NULLS: Final = frozenset({"eq", "le", "ge"})
# Python's own, which engines have overloaded for their expressions.
PYTHON_COMPARISONS: Final[dict[ComparisonOperator, Callable[[Any, Any], Any]]] = {
    operator: getattr(operators, operator) for operator in SWAPPED
}
