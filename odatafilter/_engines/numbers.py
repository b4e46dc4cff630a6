"""How large numbers can become, which engines must not find out by themselves."""

import decimal
from collections.abc import Sequence
from typing import Final

from odatafilter._engines.databases import INT64_BITS
from odatafilter._kinds import KINDS
from odatafilter._plan import forms
from odatafilter._plan.forms import Const, Value

REAL_DIGITS: Final = 15
"""Digits of a decimal number that every REAL holds."""


def bits_of(form: Value) -> int:
    """How many bits a whole number may have, without its sign."""
    match form:
        case Const():
            return int(form.value or 0).bit_length()
        case forms.Apply(function="add" | "sub" | "mul" | "div" | "mod" | "negate" as operator, operands=operands):
            return bits_of_result(operator, operands)
        case _:
            bounds = KINDS[form.kind].bounds if form.kind in KINDS else None
            return max(-1 - bounds[0], bounds[1]).bit_length() if bounds else INT64_BITS


def bits_of_result(operator: str, operands: Sequence[Value]) -> int:
    """How many bits the result of an arithmetic operator on whole numbers may have."""
    bits = [bits_of(operand) for operand in operands]
    match operator:
        case "add" | "sub":
            return max(bits) + 1
        case "mul":
            return sum(bits)
        case "div" | "mod" if isinstance(operands[1], Const) and operands[1].value != -1:
            return min(bits) if operator == "mod" else bits[0]
        case _:  # the least of all numbers has no negative
            return bits[0] + 1


def digits_of(number: decimal.Decimal) -> int:
    """The digits of a decimal number without zeros at its end."""
    return len(number.normalize().as_tuple().digits)


def is_past_real(form: Value) -> bool:
    """Whether it is a decimal number that no REAL holds."""
    if not isinstance(form, Const) or form.is_null or form.kind != "Decimal":
        return False
    return digits_of(decimal.Decimal(form.value)) > REAL_DIGITS
