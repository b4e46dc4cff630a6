"""Positions in texts and lengths of parts: engines add to them, so that none may be past what they count with."""

from collections.abc import Sequence
from typing import Final

from odatafilter._engines.numbers import range_of
from odatafilter._plan.forms import BOOLEAN, Bool, Case, Const, Test, Value
from odatafilter.tree import Literal

LAST_POSITION: Final = 2**31 - 2
"""No engine has a text as long, and the position after it is an integer of 32 bits."""


def bound_positions(operands: Sequence[Value]) -> list[Value]:
    """The operands of `substring`; a number past the end of every text becomes the last position, for the same part."""
    text, *positions = operands
    return [text, *map(_bound_position, positions)]


def _bound_position(form: Value) -> Value:
    least, most = _new_position(form, -LAST_POSITION), _new_position(form, LAST_POSITION)
    if isinstance(form, Const):
        return form if -LAST_POSITION <= form.value <= LAST_POSITION else most if form.value > 0 else least
    possible = range_of(form)
    if possible[0] >= -LAST_POSITION - 2 and possible[-1] <= LAST_POSITION + 1:  # integers of 32 bits
        return form
    above = Test(node=form.node, kind=BOOLEAN, nullable=False, op="gt", left=form, right=most)
    below = Test(node=form.node, kind=BOOLEAN, nullable=False, op="lt", left=form, right=least)
    else_ = Bool(node=form.node, kind=BOOLEAN, nullable=False, value=True)
    branches = ((above, most), (below, least), (else_, form))
    return Case(node=form.node, kind="Int64", nullable=form.nullable, branches=branches)


def _new_position(form: Value, position: int) -> Const:
    return Const(node=form.node, kind="Int64", literal=Literal("Number", str(position)))
