"""How much is done for one item: visits to elements, pairs of values that are compared, steps of a pattern."""

from odatafilter._plan.forms import Value, below

_FORMS_A_VISIT = 20


class BudgetError(Exception):
    """More was to be done for an item than the limit `visits` allows. Who knows the limit makes a FilterError of it."""


def visits_of_element(condition: Value) -> int:
    """What an element counts of which `condition` is asked: one visit, and one more for every 20 forms."""
    every = 0
    pending = [condition]
    while pending:
        every += 1
        pending += below(pending.pop())
    return 1 + every // _FORMS_A_VISIT
