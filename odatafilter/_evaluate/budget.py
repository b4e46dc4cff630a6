"""The budget of one item, which the limit `visits` sets, and what counts of it.

Whatever is done in time that grows with a collection, or that multiplies, takes visits:

- one for each element, each time that a collection is read from the item, or made by a function; what an operator or a
  function does once for each element of such a collection, as `$count`, `length` and `ne null` do, is paid with them;
- one more for every 20 forms of a condition, each time that it is asked of an element;
- one for each pair of values of which one stands in a collection or in a complex value, at any depth, where they are
  compared; and one for each value that gets a number, so that a collection is found in another without such pairs;
- one for each state that a pattern comes to, or for a hundred steps that a search by Python's `re` takes at most;
- one for each 64 bits of a long number that is calculated, and for each 100 characters of a text that `concat` makes.
"""

from typing import Final, TypeAlias

from odatafilter._plan.forms import Value, below

Budget: TypeAlias = list[int]
"""The visits that are left, alone in a list, from which all who take some take them."""

_FORMS_A_VISIT: Final = 20


class BudgetError(Exception):
    """More was to be done for an item than the limit `visits` allows. Who knows the limit makes a FilterError of it."""


def take_visits(budget: Budget, visits: int) -> None:
    """Takes visits away. Raises BudgetError where fewer are left."""
    budget[0] -= visits
    if budget[0] < 0:
        raise BudgetError


def visits_of_condition(condition: Value) -> int:
    """What it counts to ask `condition` of an element that is read: one visit for every 20 forms."""
    every = 0
    pending = [condition]
    while pending:
        every += 1
        pending += below(pending.pop())
    return every // _FORMS_A_VISIT
