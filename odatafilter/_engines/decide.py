"""Questions about literals that no engine holds → simpler ones with the same answer.

An integer is equal to no fraction; a timestamp with seven digits of a second lies between two of an engine's; NaN is
equal to nothing. What can be said without the literal is said without it, so that engines never round.
"""

import datetime as dt
import decimal
import math
import operator as operators
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Final, TypeGuard, cast

import msgspec

from odatafilter._comparisons import PYTHON_COMPARISONS, SWAPPED
from odatafilter._engines.databases import INT64
from odatafilter._engines.numbers import range_of
from odatafilter._engines.seconds import (
    TIMES,
    Exact,
    exact_time,
    exact_time_of_day,
    has_seconds,
    in_seconds,
    is_calculated,
    move_literals,
    seconds_literal,
)
from odatafilter._kinds import KINDS, family_of
from odatafilter._literals import durations, times
from odatafilter._plan import forms, polarity
from odatafilter._plan.forms import Const, Value
from odatafilter._plan.polarity import Constant, Operator, Question
from odatafilter.facts import ARITHMETIC
from odatafilter.tree import Literal

# The operators of Python, which engines have overloaded for their expressions.
PYTHON_ARITHMETIC: Final[dict[str, Callable[..., Any]]] = {
    "add": operators.add,
    "sub": operators.sub,
    "mul": operators.mul,
    "div": operators.truediv,
    "mod": operators.mod,
    "negate": operators.neg,
}
_HELD: Final = frozenset({"Binary", "Boolean", "Enum", "Guid", "String"})  # literals that no engine rounds, but times
_STRICT: Final = ARITHMETIC | {"negate"}
_DIGITS: Final = 28  # of a number with which Python's decimal calculates exactly by default
_SHORT: Final = 9  # digits of a whole number that every property of integers may have
_DAYS: Final = {"Date": "", "DateTimeOffset": "T00:00:00Z"}  # how the start of a day is written after its date
_LAST_YEAR: Final = 9998  # after which there is one more


def decide(question: Question) -> Question:
    """The same question without a literal that an engine would round, or `question` itself."""
    if _is_of_null(question):
        return Constant(isinstance(question, polarity.Null) and not question.negated)
    match question:
        case polarity.Compare(left=left, right=right) if _is_lossless(left) or _is_lossless(right):
            return decide(polarity.Compare(question.operator, _without_cast(left), _without_cast(right), question.node))
        case polarity.Compare(left=Const() as left, right=Const() as right):
            return _decide_literals(question, left, right)
        case polarity.Compare(operator=operator, left=Const() as left, right=right):
            swapped = polarity.Compare(SWAPPED[operator], right, left, question.node)
            simpler = _decide_beside_literal(swapped, left)
            return question if simpler is swapped else simpler
        case polarity.Compare(right=Const() as right):
            return _decide_beside_literal(question, right)
        case polarity.Negated(operand=polarity.Compare() | polarity.Membership() as operand):
            return _negate_decided(question, decide(operand))
        case polarity.Membership():
            return _decide_member(question)
        case polarity.Compare(left=left, right=right) if is_calculated(left) or is_calculated(right):
            return decide(polarity.Compare(question.operator, in_seconds(left), in_seconds(right), question.node))
        case polarity.Null(operand=forms.Apply(function=function, operands=operands)) if function in _STRICT:
            return _decide_null(question, operands)
        case polarity.Null(operand=operand) if is_calculated(operand):
            return polarity.Null(in_seconds(operand), question.negated, question.node)
        case _:
            return question


def null_in(form: Value) -> Const | None:
    """The literal null that makes a value null; None for all that may have another value."""
    match form:
        case Const(is_null=True):
            return form
        case forms.Apply(operands=operands):
            return next((null for operand in operands if (null := null_in(operand)) is not None), None)
        case forms.As(operand=operand) | forms.Cast(operand=operand):
            return null_in(operand)
        case _:
            return None


def _is_of_null(question: Question) -> bool:
    """Whether it is asked of null alone, which has no type that engines know."""
    match question:
        case polarity.Compare(left=left, right=right):
            return null_in(left) is not None or null_in(right) is not None
        case polarity.Null(operand=form) | polarity.Membership(operand=form) | polarity.Holds(operand=form):
            return null_in(form) is not None
        case polarity.Negated(operand=operand):
            return _is_of_null(operand)
        case _:
            return False


def is_lossless(kind: str, to_kind: str) -> bool:
    """Whether a cast leaves every number what it is."""
    own, other = family_of(kind), family_of(to_kind)
    if own == other:
        return KINDS[to_kind].rank >= KINDS[kind].rank
    return own == "Int" and other == "Decimal"


def _is_lossless(form: Value) -> TypeGuard[forms.Cast]:
    return isinstance(form, forms.Cast) and form.operand.kind in KINDS and is_lossless(form.operand.kind, form.to_kind)


def _without_cast(form: Value) -> Value:
    return form.operand if _is_lossless(form) else form


def _decide_null(question: polarity.Null, operands: Sequence[Value]) -> Question:
    """Whether there is a number: where a literal is all that another one is calculated with, whether there is that."""
    others = [operand for operand in operands if not isinstance(operand, Const) or operand.is_null]
    if len(others) == 1:
        return decide(polarity.Null(others[0], question.negated, question.node))
    if is_calculated(question.operand):
        return polarity.Null(in_seconds(question.operand), question.negated, question.node)
    return question


def _decide_literals(question: polarity.Compare, left: Const, right: Const) -> Question:
    """A comparison of two literals, decided by Python's values of one kind."""
    try:
        exact = exact_time(left), exact_time(right)
        one, other = (left.value, right.value) if None in exact else exact
        answer = PYTHON_COMPARISONS[question.operator](one, other)
    except (ValueError, TypeError):
        return question
    return Constant(bool(answer))


def _decide_beside_literal(question: polarity.Compare, const: Const) -> Question:
    """A comparison of a value with a literal on its right."""
    value, family = question.left, family_of(question.left.kind)
    moved = _without_arithmetic(question, const)
    if moved is not None:
        return decide(moved)
    match const.literal.kind:
        case "Number" if const.kind == "Double":
            number = const.value
            return Constant(False) if isinstance(number, float) and math.isnan(number) else question
        case "Number" if family == "Int":
            whole = _decide_integer(question, value, const)
            return _as_range_of_year(whole) if isinstance(whole, polarity.Compare) else whole
        case "Number" if family == "Decimal" and family_of(const.kind) == "Int" and abs(const.value) > INT64[-1]:
            larger = msgspec.structs.replace(const, kind="Decimal")
            return polarity.Compare(question.operator, value, larger, question.node)
        case "TimeOfDay" if family == "TimeOfDay":
            return _compare_with_time(question, question.operator, value, exact_time_of_day(const))
        case _:
            if value.kind not in TIMES or _is_usual(value, const):
                return question
            exact = exact_time(const)
            return question if exact is None else _decide_time(question, const, exact)


def _without_arithmetic(question: polarity.Compare, const: Const) -> polarity.Compare | None:
    """`x add 1 gt 5` as `x gt 4`: exact where no number is a Double, within an engine's numbers, open to an index."""
    value = question.left
    if (
        not isinstance(value, forms.Apply)
        or const.literal.kind != "Number"
        or family_of(value.kind) not in {"Int", "Decimal"}
    ):
        return None
    right = _exact_number(const)
    numbers = [_exact_number(operand) if isinstance(operand, Const) else None for operand in value.operands]
    if right is None or len([number for number in numbers if number is None]) != 1:
        return None
    operator = question.operator
    match value.function, numbers:
        case "negate", _:
            return _compare_with_number(question, SWAPPED[operator], value.operands[0], -right)
        case "add", [None, decimal.Decimal() as number]:
            return _compare_with_number(question, operator, value.operands[0], right - number)
        case "add", [decimal.Decimal() as number, None]:
            return _compare_with_number(question, operator, value.operands[1], right - number)
        case "sub", [None, decimal.Decimal() as number]:
            return _compare_with_number(question, operator, value.operands[0], right + number)
        case "sub", [decimal.Decimal() as number, None]:
            return _compare_with_number(question, SWAPPED[operator], value.operands[1], number - right)
        case "div" | "divby", [None, decimal.Decimal() as number] if number and family_of(value.kind) == "Decimal":
            # No engine has all digits of a quotient, and a product of short numbers has an end.
            operator = SWAPPED[operator] if number < 0 else operator
            return _compare_with_number(question, operator, value.operands[0], right * number)
        case _:
            return None


def _exact_number(const: Const) -> decimal.Decimal | None:
    number = const.value
    return decimal.Decimal(number) if isinstance(number, int | decimal.Decimal) else None


def _compare_with_number(
    question: polarity.Compare, operator: Operator, value: Value, number: decimal.Decimal
) -> polarity.Compare | None:
    """A comparison of `value` with a number that was calculated without rounding."""
    if len(number.as_tuple().digits) >= _DIGITS:
        return None
    whole = number == number.to_integral_value()
    literal = Literal("Number", str(int(number)) if whole else f"{number:f}")
    kind = "Int64" if whole else "Decimal"
    right = Const(node=question.right.node, kind=kind, literal=literal)
    return polarity.Compare(operator, value, right, question.node)


def _decide_integer(question: polarity.Compare, value: Value, const: Const) -> Question:
    """An integer beside a number that may have a fraction, or be larger than every Int64."""
    number = const.value
    below = int(decimal.Decimal(number).to_integral_value(decimal.ROUND_FLOOR))
    if number != below:
        return _decide_beside_fraction(question, below)
    possible = range_of(value)
    if below not in possible:
        larger = below >= possible.stop
        true_of = {"ne", "lt", "le"} if larger else {"ne", "gt", "ge"}
        return _constant_unless_null(question, question.operator in true_of)
    return question if family_of(const.kind) == "Int" else _compare_with_integer(question, below)


def _decide_beside_fraction(question: polarity.Compare, below: int) -> Question:
    """A value that is never equal to the literal, which lies above `below` and below the next one."""
    match question.operator:
        case "eq":
            return Constant(False)
        case "ne":
            return _constant_unless_null(question, True)
        case "lt" | "le":
            return _compare_with_integer(polarity.Compare("le", question.left, question.right, question.node), below)
        case _:
            return _compare_with_integer(polarity.Compare("gt", question.left, question.right, question.node), below)


def _compare_with_integer(question: polarity.Compare, number: int) -> Question:
    literal = Literal("Number", str(number))
    right = Const(node=question.right.node, kind="Int64", literal=literal)
    return decide(polarity.Compare(question.operator, question.left, right, question.node))


def _as_range_of_year(question: polarity.Compare) -> Question:
    """`year(x) eq 2024` as a range of x, in UTC, as engines keep timestamps: so an index is used."""
    value, const = question.left, question.right
    if not isinstance(value, forms.Apply) or value.function != "year" or not isinstance(const, Const):
        return question
    (moment,) = value.operands
    year = const.value
    if moment.kind not in _DAYS or not isinstance(year, int) or not 1 <= year <= _LAST_YEAR:
        return question

    def compare_with_year(operator: Operator, year: int) -> polarity.Compare:
        literal = Literal(moment.kind, f"{year:04}-01-01{_DAYS[moment.kind]}")  # type: ignore[arg-type]
        right = Const(node=const.node, kind=moment.kind, literal=literal)
        return polarity.Compare(operator, moment, right, question.node)

    match question.operator:
        case "eq":
            return polarity.All((compare_with_year("ge", year), compare_with_year("lt", year + 1)))
        case "ne":
            return polarity.Any((compare_with_year("lt", year), compare_with_year("ge", year + 1)))
        case "lt" | "ge" as operator:
            return compare_with_year(operator, year)
        case "le":
            return compare_with_year("lt", year + 1)
        case "gt":
            return compare_with_year("ge", year + 1)


def _is_usual(value: Value, const: Const) -> bool:
    """Whether it is a timestamp as rows hold it, beside one that engines hold, too."""
    return (
        isinstance(value, forms.Get)
        and const.literal.kind == "DateTimeOffset"
        and times.read_whole_second(const.literal.text) is not None
    )


def _decide_time(question: polarity.Compare, const: Const, exact: Exact) -> Question:
    """A time beside a literal, which may be one that no engine holds."""
    operator, value, moved = move_literals(question.operator, question.left, exact)
    if not is_calculated(value):
        return _compare_with_time(question, operator, value, moved)
    if not has_seconds(moved):
        operator, value, moved = question.operator, question.left, exact
    number = seconds_literal(msgspec.structs.replace(const, kind=value.kind), moved)
    return decide(polarity.Compare(operator, in_seconds(value), number, question.node))


def _compare_with_time(question: polarity.Compare, operator: Operator, value: Value, exact: Exact) -> Question:
    """A time as an engine keeps it, in whole microseconds or days, beside a number of picoseconds."""
    compared = polarity.Compare(operator, value, question.right, question.node)
    unit = times.DAY if value.kind == "Date" else times.MICROSECOND
    below = math.floor(exact / unit) if isinstance(exact, Fraction) else exact // unit
    text = _text_of_time(value.kind, below)
    if text is None:
        larger = below * unit > (times.FIRST_DAY * times.DAY if value.kind in {"Date", "DateTimeOffset"} else 0)
        return _constant_unless_null(compared, operator in ({"ne", "lt", "le"} if larger else {"ne", "gt", "ge"}))
    if text == question.right.literal.text and value is question.left:  # type: ignore[union-attr]
        return question
    literal = Literal(value.kind, text)  # type: ignore[arg-type]
    right = Const(node=question.right.node, kind=value.kind, literal=literal)
    if exact == below * unit:
        return polarity.Compare(operator, value, right, question.node)
    match operator:
        case "eq":
            return Constant(False)
        case "ne":
            return _constant_unless_null(compared, True)
        case "lt" | "le":
            return polarity.Compare("le", value, right, question.node)
        case _:
            return polarity.Compare("gt", value, right, question.node)


def _text_of_time(kind: str, number: int) -> str | None:
    """The literal of a number of days, or of microseconds; None where no value of Python, and so no row, has it."""
    try:
        match kind:
            case "Duration":
                return durations.write_duration(dt.timedelta(microseconds=number))
            case "TimeOfDay":
                midnight = dt.datetime.min.replace(tzinfo=dt.UTC)
                return (midnight + dt.timedelta(microseconds=number)).time().isoformat()
            case "Date":
                return (dt.date.min + dt.timedelta(days=number - times.FIRST_DAY)).isoformat()
            case _:
                moment = dt.timedelta(microseconds=number) - dt.timedelta(days=times.FIRST_DAY)
                return times.write_timestamp(dt.datetime.min.replace(tzinfo=dt.UTC) + moment)
    except OverflowError:
        return None


def _decide_member(question: polarity.Membership) -> Question:
    """A value among literals: those that it cannot be equal to are left out."""
    if is_calculated(question.operand):
        operator: Operator = "ne" if question.negated else "eq"
        compared = tuple(
            polarity.Compare(operator, question.operand, value, question.node) for value in question.values
        )
        if len(compared) == 1:
            return decide(compared[0])
        return polarity.All(compared) if question.negated else polarity.Any(compared)
    if (
        question.operand.kind not in TIMES
        and not isinstance(question.operand, Const)
        and _HELD.issuperset([value.literal.kind for value in question.values])
    ):
        return question
    if isinstance(question.operand, forms.Get) and family_of(question.operand.kind) == "Int":
        texts = [value.literal.text for value in question.values]
        if "".join(texts).isdecimal() and max(map(len, texts)) <= _SHORT:
            return question
    kept: list[Const] = []
    moved: list[tuple[Value, Const]] = []
    for value in question.values:
        match decide(polarity.Compare("eq", question.operand, value, question.node)):
            case Constant(value=False):
                continue
            case polarity.Compare(left=left, right=Const() as right) if left is question.operand:
                kept.append(right)
            case polarity.Compare("eq", left=left, right=Const() as right):
                kept.append(value)
                moved.append((left, right))
            case _:
                kept.append(value)
    nulls = [value for value in kept if value.is_null]
    if len({id(left) for left, _ in moved}) == 1 and len(moved) + len(nulls) == len(kept):
        values = (*(right for _, right in moved), *nulls)
        return decide(polarity.Membership(moved[0][0], values, question.negated, question.node))
    if tuple(kept) == question.values:
        return question
    if kept:
        return polarity.Membership(question.operand, tuple(kept), question.negated, question.node)
    return _constant_unless_null(question, True) if question.negated else Constant(False)


def _negate_decided(question: polarity.Negated, operand: Question) -> Question:
    """NOT of what was decided; it is UNKNOWN where the value is null."""
    if operand is question.operand:
        return question
    if isinstance(operand, Constant):
        return _constant_unless_null(question.operand, not operand.value)
    return polarity.Negated(cast("polarity.Compare | polarity.Membership", operand))  # of Doubles no others are made


def _constant_unless_null(question: polarity.Compare | polarity.Membership, value: bool) -> Question:
    """TRUE for every value that is not null, or never."""
    operand = question.left if isinstance(question, polarity.Compare) else question.operand
    if not value:
        return Constant(False)
    return polarity.Null(operand, True, question.node) if operand.nullable else Constant(True)
