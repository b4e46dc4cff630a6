"""Timestamps, dates and durations that are calculated with, as exact numbers.

Engines add days in the zone of the session, multiply a duration as a double, and raise past their last year. So a
literal moves to the other side of a comparison where it can, and what is left is compared as numbers of seconds.
"""

import datetime as dt
import decimal
import math
from fractions import Fraction
from typing import Final, TypeAlias

from odatafilter._comparisons import SWAPPED
from odatafilter._kinds import family_of
from odatafilter._literals import durations, numbers, strings, times
from odatafilter._plan import forms
from odatafilter._plan.forms import Const, Value
from odatafilter._plan.polarity import Operator
from odatafilter.facts import ARITHMETIC
from odatafilter.tree import Literal

TIMES: Final = frozenset({"Date", "DateTimeOffset", "Duration"})
"""Kinds whose values are numbers of seconds: durations, and what is counted from a day."""
SECONDS: Final = "totalseconds"
"""The function that gives them: of a duration as OData has it, of a date or timestamp from 1970-01-01 in UTC on."""
_ARITHMETIC: Final = ARITHMETIC - {"mod"} | {"negate"}
_MOST_DAYS: Final = 1_000_000  # by which every engine moves a timestamp of a row: PostgreSQL's begin in 4713 BC

Exact: TypeAlias = int | Fraction


def is_calculated(form: Value) -> bool:
    """Whether it is a time that an operator gives, or a choice among such."""
    match form:
        case forms.Apply(function=function, kind=kind):
            return function in _ARITHMETIC and kind in TIMES
        case forms.Case(kind=kind, branches=branches):
            return kind in TIMES and any(is_calculated(value) for _, value in branches)
        case _:
            return False


# --- literals ---------------------------------------------------------------------------------------------------------


def exact_time(form: Value) -> Exact | None:
    """The picoseconds of a literal: of a duration, or from the year 0 on; None for all that is no literal of a time."""
    if not isinstance(form, Const) or form.kind not in TIMES or form.is_null:
        return None
    text = form.literal.text
    if form.literal.kind in {"String", "Duration"}:
        text = strings.read_quoted(text)
    match form.kind:
        case "Duration":
            return durations.count_picoseconds(text)
        case "Date":
            return times.read_instant(f"{text}T00:00:00Z")
        case _:
            return times.read_instant(text)


def exact_time_of_day(const: Const) -> Exact:
    """The picoseconds from midnight to the time of day of a literal."""
    hour, minute, second, fraction = times.split_clock(const.literal.text)
    return ((hour * 60 + minute) * 60 + second) * times.SECOND + int(fraction.ljust(12, "0"))


def move_literals(operator: Operator, value: Value, exact: Exact) -> tuple[Operator, Value, Exact]:
    """`value operator exact`, once each literal that `value` is calculated with has moved to the right side."""
    while True:
        moved = _move_literal(operator, value, exact)
        if moved is None:
            return operator, value, exact
        operator, value, exact = moved


def _move_literal(operator: Operator, value: Value, exact: Exact) -> tuple[Operator, Value, Exact] | None:
    if not isinstance(value, forms.Apply) or value.kind not in TIMES:
        return None
    first, *others = value.operands
    second = others[0] if others else first
    one, other = exact_time(first), exact_time(second)
    match value.function:
        case "negate":
            return SWAPPED[operator], first, -exact
        case "add" if one is None and other is not None and _moves(first, value):
            return operator, first, exact - _step(other, value)
        case "add" if other is None and one is not None and _moves(second, value):
            return operator, second, exact - _step(one, value)
        case "sub" if one is None and other is not None:
            return operator, first, exact + other if first.kind == second.kind else exact - _step(-other, value)
        case "sub" if other is None and one is not None and first.kind == second.kind:
            return SWAPPED[operator], second, one - exact
        case "mul" if first.kind == "Duration":
            return _divide(operator, first, exact, _literal_fraction(second))
        case "mul":
            return _divide(operator, second, exact, _literal_fraction(first))
        case "div" | "divby":
            number = _literal_fraction(second)
            return _divide(operator, first, exact, 1 / number) if number else None
        case _:
            return None


def _moves(operand: Value, value: Value) -> bool:
    """Whether the result moves by as much as the operand: a date does not move by parts of a day."""
    return operand.kind == "Date" or value.kind != "Date"


def _step(by: Exact, value: Value) -> Exact:
    """How far a duration moves: a date by whole days, since its time is cut off."""
    return math.floor(Fraction(by, times.DAY)) * times.DAY if value.kind == "Date" else by


def _divide(
    operator: Operator, value: Value, exact: Exact, number: Fraction | None
) -> tuple[Operator, Value, Exact] | None:
    if not number:
        return None
    quotient = Fraction(exact) / number
    return (SWAPPED[operator] if number < 0 else operator), value, quotient


def _literal_fraction(form: Value) -> Fraction | None:
    """A literal number that is exact."""
    if not isinstance(form, Const) or form.literal.kind != "Number" or form.kind == "Double":
        return None
    number = form.value
    return Fraction(number) if isinstance(number, int | decimal.Decimal) else None


def moved_by(form: forms.Apply) -> tuple[Value, dt.timedelta] | None:
    """A timestamp or date, and how far a literal moves it, where an engine bears that."""
    if form.function not in {"add", "sub"} or form.kind not in {"Date", "DateTimeOffset"}:
        return None
    one, other = form.operands
    moved, literal = (other, one) if one.kind == "Duration" else (one, other)
    exact = exact_time(literal)
    if exact is None or moved.kind != form.kind or is_calculated(moved):
        return None
    step = Fraction(_step(exact if form.function == "add" else -exact, form))
    if step % times.MICROSECOND or abs(step) > _MOST_DAYS * times.DAY:
        return None
    return moved, dt.timedelta(microseconds=int(step) // times.MICROSECOND)


# --- numbers of seconds -----------------------------------------------------------------------------------------------


def in_seconds(form: Value) -> Value:
    """A time as a Decimal: the seconds of a duration, or since 1970 of a date or timestamp."""
    exact = exact_time(form)
    if exact is not None:
        return seconds_literal(form, exact)
    match form:
        case Const():
            return form
        case forms.Case(branches=branches):
            chosen = tuple((condition, in_seconds(value)) for condition, value in branches)
            return forms.Case(node=form.node, kind="Decimal", nullable=form.nullable, branches=chosen)
        case forms.Apply(function="add" | "sub" as operator, operands=(one, other)) if form.kind == "Date":
            by = exact_time(other if one.kind == "Date" else one)
            if by is None:
                return _at_midnight(_apply(form, operator, in_seconds(one), in_seconds(other)))
            day, moved = (one, other) if one.kind == "Date" else (other, one)
            step = _step(by if operator == "add" else -by, form)
            return _apply(form, "add", in_seconds(day), seconds_literal(moved, step))
        case forms.Apply(function="add" | "sub" as operator, operands=(one, other)) if form.kind in TIMES:
            return _apply(form, operator, in_seconds(one), in_seconds(other))
        case forms.Apply(function="negate", operands=(one,)) if form.kind in TIMES:
            return _apply(form, "negate", in_seconds(one))
        case forms.Apply(function="mul", operands=operands) if form.kind in TIMES:
            if any(family_of(operand.kind) not in {"Duration", "Decimal", "Int"} for operand in operands):
                return _inexact_form(form, "a duration times a number with a floating point")
            return _apply(form, "mul", *(in_seconds(one) if one.kind == "Duration" else one for one in operands))
        case forms.Apply(function="div" | "divby", operands=(one, other)) if form.kind in TIMES:
            number = _literal_fraction(other)
            share = None if not number else _decimal_if_finite(1 / number)
            if share is None:
                return _inexact_form(form, "a quotient of a duration")
            return _apply(form, "mul", in_seconds(one), _decimal_literal(other, share))
        case _:
            return _apply(form, SECONDS, form)


def has_seconds(exact: Exact) -> bool:
    """Whether a number of picoseconds is a decimal number of seconds."""
    return _decimal_if_finite(Fraction(exact, times.SECOND)) is not None


def seconds_literal(form: Value, exact: Exact) -> Value:
    """A number of picoseconds as seconds: since 1970 where `form` is a date or timestamp."""
    number = _decimal_if_finite(Fraction(exact if form.kind == "Duration" else exact - times.EPOCH, times.SECOND))
    if number is None:
        return _inexact_form(form, "a duration of endless digits")
    return _decimal_literal(form, number)


def _decimal_literal(form: Value, number: decimal.Decimal) -> Const:
    return Const(node=form.node, kind="Decimal", literal=Literal("Number", f"{number:f}"))


def _decimal_if_finite(number: Fraction) -> decimal.Decimal | None:
    """A fraction as a decimal number, where it is one of not too many digits."""
    context = decimal.Context(prec=numbers.EXACT_DIGITS)
    found = context.divide(decimal.Decimal(number.numerator), decimal.Decimal(number.denominator))
    return None if context.flags[decimal.Inexact] else found


def _at_midnight(seconds: Value) -> Value:
    """The start of a day, as whole days from 1970."""
    day = _decimal_literal(seconds, decimal.Decimal(times.DAY // times.SECOND))
    rest = _apply(seconds, "mod", _apply(seconds, "add", _apply(seconds, "mod", seconds, day), day), day)
    return _apply(seconds, "sub", seconds, rest)


def _apply(form: Value, function: str, *operands: Value) -> Value:
    return forms.Apply(
        node=form.node, kind="Decimal", nullable=form.nullable, function=function, operands=tuple(operands)
    )


def _inexact_form(form: Value, what: str) -> Value:
    return forms.ServiceOnly(node=form.node, what=what, why="no engine calculates it exactly")
