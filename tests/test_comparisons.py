"""What the operators of comparisons are to each other: the tables that evaluation, engines and rewriting read."""

from typing import get_args

import pytest

from odatafilter._comparisons import OPPOSITES, PYTHON_COMPARISONS, SWAPPED
from odatafilter.tree import ComparisonOperator

OPERATORS: tuple[ComparisonOperator, ...] = get_args(ComparisonOperator)
PAIRS = [(1, 1), (1, 2), (2, 1)]


@pytest.mark.parametrize("table", [SWAPPED, OPPOSITES, PYTHON_COMPARISONS])
def test_each_operator_has_a_row(table: dict[ComparisonOperator, object]) -> None:
    assert tuple(table) == OPERATORS


@pytest.mark.parametrize("operator", OPERATORS)
def test_a_swapped_operator_says_the_same_of_the_sides_the_other_way_round(operator: ComparisonOperator) -> None:
    holds, holds_swapped = PYTHON_COMPARISONS[operator], PYTHON_COMPARISONS[SWAPPED[operator]]
    assert [holds(one, other) for one, other in PAIRS] == [holds_swapped(other, one) for one, other in PAIRS]


@pytest.mark.parametrize("operator", OPERATORS)
def test_an_opposite_operator_holds_where_the_operator_does_not(operator: ComparisonOperator) -> None:
    holds, holds_opposite = PYTHON_COMPARISONS[operator], PYTHON_COMPARISONS[OPPOSITES[operator]]
    assert [holds(*pair) for pair in PAIRS] == [not holds_opposite(*pair) for pair in PAIRS]
