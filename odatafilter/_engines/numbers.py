"""How large numbers can become, which engines must not find out by themselves."""

import decimal
from collections.abc import Sequence
from fractions import Fraction
from typing import Final

from odatafilter._engines.databases import INT64
from odatafilter._kinds import KINDS
from odatafilter._plan import forms
from odatafilter._plan.forms import Const, Value

REAL_DIGITS: Final = 15
"""Digits of a decimal number that every REAL holds."""


def range_of(form: Value) -> range:
    """The whole numbers that a value may be."""
    match form:
        case Const():
            number = int(form.value)
            return range(number, number + 1)
        case forms.Apply(function="add" | "sub" | "mul" | "div" | "mod" | "negate" as operator, operands=operands):
            return range_of_result(operator, operands)
        case _:
            bounds = KINDS[form.kind].bounds if form.kind in KINDS else None
            return range(bounds[0], bounds[1] + 1) if bounds else INT64


def range_of_result(operator: str, operands: Sequence[Value]) -> range:
    """The whole numbers that the result of an arithmetic operator on whole numbers may be."""
    one, *others = map(range_of, operands)
    first = one[0], one[-1]
    second = (others[0][0], others[0][-1]) if others else (-1,)
    match operator:
        case "add":
            ends = [here + there for here in first for there in second]
        case "sub":
            ends = [here - there for here in first for there in second]
        case "div":  # whose divisor is a literal: others are refused, since they may be 0
            ends = [int(Fraction(here, there or 1)) for here in first for there in second]
        case "mod":  # as near to 0 as the dividend, and nearer than the divisor
            most = min(max(map(abs, first)), max(0, *(abs(there) - 1 for there in second)))
            ends = [-most, most]
        case _:  # mul, and negate, which is mul by -1
            ends = [here * there for here in first for there in second]
    return range(min(ends), max(ends) + 1)


def is_within(operator: str, operands: Sequence[Value], numbers: range) -> bool:
    """Whether a calculation with whole numbers needs none but these, which engines have."""
    if operator == "mod":  # which they take of a quotient
        operator = "div"
    ranges = [*map(range_of, operands), range_of_result(operator, operands)]
    return all(one.start >= numbers.start and one.stop <= numbers.stop for one in ranges)


def digits_of_range(numbers: range) -> int:
    """The digits of the longest of these numbers."""
    return max(len(str(abs(end))) for end in (numbers[0], numbers[-1]))


def digits_of(number: decimal.Decimal) -> int:
    """The digits of a decimal number without zeros at its end."""
    return len(number.normalize().as_tuple().digits)


def is_past_real(form: Value) -> bool:
    """Whether it is a decimal number that no REAL holds."""
    if not isinstance(form, Const) or form.is_null or form.kind != "Decimal":
        return False
    return digits_of(decimal.Decimal(form.value)) > REAL_DIGITS
