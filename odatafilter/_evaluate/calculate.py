"""Arithmetic and the canonical functions, on values that are not null (OData URL Conventions §5.1.1.2 to .12)."""

import decimal
import math
import re
import struct
from collections.abc import Callable
from typing import Any, Final

from odatafilter import _functions
from odatafilter._evaluate import sequences, values
from odatafilter._evaluate.budget import Budget, take_visits
from odatafilter._evaluate.regular_expressions import pattern
from odatafilter._evaluate.values import (
    NUMBER_CLASSES,
    Date,
    Duration,
    Exact,
    Instant,
    TimeOfDay,
    in_words,
    is_finite,
    json_text,
    read_date,
    read_duration,
    read_instant,
    read_time_of_day,
    read_untyped,
    to_decimal,
    to_exact,
)
from odatafilter._kinds import KINDS
from odatafilter._literals import numbers
from odatafilter._literals.guids import is_guid
from odatafilter._literals.numbers import EXACT_DIGITS, to_float
from odatafilter._literals.times import DAY, SECOND
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.tree import ArithmeticOperator

# --- numbers (§5.1.1.2, §5.1.1.18) ----------------------------------------------------------------------------------

_EXACTLY: Final = decimal.Context(
    prec=EXACT_DIGITS,
    rounding=decimal.ROUND_HALF_EVEN,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow, decimal.Inexact],
)
# A quotient need not have an end.
_ROUNDED: Final = decimal.Context(
    prec=EXACT_DIGITS,
    rounding=decimal.ROUND_HALF_EVEN,
    traps=[decimal.InvalidOperation, decimal.DivisionByZero, decimal.Overflow],
)


def _quotient(one: Any, other: Any) -> Any:
    """`div`: of whole numbers, how often one fits into the other, cut towards zero."""
    if type(one) is int:
        count = abs(one) // abs(other)
        return count if (one < 0) == (other < 0) else -count
    if type(one) is decimal.Decimal:
        return _ROUNDED.divide(one, other)
    if other == 0:
        return one * math.copysign(math.inf, other)  # INF, -INF or NaN, by the signs of both (IEEE 754)
    return one / other


def _remainder(one: Any, other: Any) -> Any:
    """`mod`, with the sign of the left side."""
    if type(one) is int:
        rest = abs(one) % abs(other)
        return rest if one >= 0 else -rest
    if type(one) is decimal.Decimal:
        return _EXACTLY.remainder(one, other)
    return math.nan if math.isinf(one) else math.fmod(one, other)


_NUMBERS: Final[dict[ArithmeticOperator, tuple[Callable[[Any, Any], Any], Callable[[Any, Any], Any]]]] = {
    "add": (lambda one, other: one + other, _EXACTLY.add),
    "sub": (lambda one, other: one - other, _EXACTLY.subtract),
    "mul": (lambda one, other: one * other, _EXACTLY.multiply),
    "div": (_quotient, _quotient),
    "divby": (_quotient, _quotient),
    "mod": (_remainder, _remainder),
}


def is_number(value: object) -> bool:
    return type(value) in NUMBER_CLASSES


def _of_numbers(operator: ArithmeticOperator, one: Any, other: Any) -> Any:
    exactly, decimally = _NUMBERS[operator]
    kinds = {type(one), type(other)}
    # A floating-point number divided by zero has a quotient (§5.1.1.2.5); `mod` by zero fails for all (§5.1.1.2.6).
    if other == 0 and operator in {"div", "divby", "mod"} and (float not in kinds or operator == "mod"):
        raise FilterError(f"{in_words(one)} {operator} 0 is a division by zero")
    if float in kinds:
        return exactly(to_float(one), to_float(other))
    if operator != "divby" and kinds == {int}:
        return exactly(one, other)
    try:
        return decimally(decimal.Decimal(one), decimal.Decimal(other))
    except decimal.DecimalException:
        raise FilterError(
            f"{in_words(one)} {operator} {in_words(other)} needs more than {EXACT_DIGITS} digits"
        ) from None


def negate_value(value: Any) -> Any:
    """`-value` of a number or a duration (§5.1.1.2.3)."""
    match value:
        case decimal.Decimal():
            return value.copy_negate()
        case int() | float() if type(value) is not bool:
            return -value
        case Duration() | str():
            return Duration(-read_duration(value).picoseconds)
        case _:
            raise FilterTypeError(f"{in_words(value)} is neither a number nor a duration, which alone have a sign")


# --- dates, times and durations (§5.1.1.2.1, .2, .4, .5) ------------------------------------------------------------


def calculate(operator: ArithmeticOperator, one: Any, other: Any) -> Any:
    """`one operator other`. Raises FilterError where there is no result, FilterTypeError where it makes no sense."""
    if is_number(one) and is_number(other):
        return _of_numbers(operator, one, other)
    left, right = _read_time(one), _read_time(other)
    match operator, left, right:
        case "add" | "sub", Instant() | Date() | Duration(), Duration():
            return _move_by(left, right.picoseconds if operator == "add" else -right.picoseconds)
        case "add", Duration(), Instant() | Date():
            return _move_by(right, left.picoseconds)
        case "sub", Instant(), Instant():
            return Duration(left.picoseconds - right.picoseconds)
        case "sub", Date(), Date():
            return Duration((left.days - right.days) * DAY)
        case "mul", Duration(), int() | float() | decimal.Decimal() if is_number(right):
            return Duration(left.picoseconds * to_exact(right))
        case "mul", int() | float() | decimal.Decimal(), Duration() if is_number(left):
            return Duration(right.picoseconds * to_exact(left))
        case "div" | "divby", Duration(), int() | float() | decimal.Decimal() if is_number(right):
            return Duration(values.exact_quotient(left.picoseconds, _divisor(operator, left, right)))
        case _:
            raise FilterTypeError(f"{in_words(one)} {operator} {in_words(other)} is nothing that can be calculated")


def _read_time(value: Any) -> Any:
    """A text as the timestamp, the date or the duration that it spells: nothing else in quotes is calculated with."""
    if type(value) is not str:
        return value
    for read in (read_instant, read_date, read_duration):
        try:
            return read(value)
        except FilterTypeError:
            continue
    return value


def _move_by(start: Instant | Date | Duration, by: Exact) -> Instant | Date | Duration:
    match start:
        case Instant(picoseconds=picoseconds, offset=offset):
            return Instant(picoseconds + by, offset)
        case Date(days=days):
            return Date((days * DAY + by) // DAY)  # from midnight, and the time is cut off
        case Duration(picoseconds=picoseconds):
            return Duration(picoseconds + by)


def _divisor(operator: str, one: Duration, other: Any) -> Exact:
    divisor = to_exact(other)
    if divisor == 0:
        raise FilterError(f"{in_words(one)} {operator} 0 is a division by zero")
    return divisor


# --- strings and collections (§5.1.1.5, .6) -------------------------------------------------------------------------


def _index_of(budget: Budget, whole: Any, part: Any) -> int:
    """Where `part` first stands in `whole`, or -1."""
    return whole.find(part) if isinstance(whole, str) else sequences.find_part(budget, whole, part)


def _starts_with(budget: Budget, whole: Any, part: Any) -> bool:
    return whole.startswith(part) if isinstance(whole, str) else sequences.starts_with(budget, whole, part)


def _ends_with(budget: Budget, whole: Any, part: Any) -> bool:
    return whole.endswith(part) if isinstance(whole, str) else sequences.ends_with(budget, whole, part)


def _cut_substring(whole: Any, start: int, length: int | None = None) -> Any:
    if length is not None and length < 0:
        raise FilterError(f"substring cannot have a length of {in_words(length)}")
    if start < 0:
        start = max(0, start + len(whole))  # counted from the end
    return whole[start:] if length is None else whole[start : start + length]


# What has the property White_Space in Unicode.
WHITE_SPACE: Final = "\t\n\v\f\r \x85\xa0\u1680\u2028\u2029\u202f\u205f\u3000" + "".join(
    map(chr, range(0x2000, 0x200B))
)


_LONGEST_PATTERN: Final = 1_000
_LONGEST_SEARCHED: Final = 100_000


def _matches_pattern(budget: Budget, text: str, expression: str, flags: str = "") -> bool:
    for length, most, what in (
        (len(expression), _LONGEST_PATTERN, "a pattern"),
        (len(text), _LONGEST_SEARCHED, "a text to match with a pattern"),
    ):
        if length > most:
            raise FilterError(f"{what} of {length} characters is too long to be evaluated here: {most} are allowed")
    return pattern(expression, flags).finds(text, budget)


# --- dates and times (§5.1.1.8), each in the offset that it is written with ------------------------------------------


def _count_days(value: Date | Instant) -> int:
    return value.days if isinstance(value, Date) else int(value.local_picoseconds // DAY)


def _since_midnight(value: TimeOfDay | Instant) -> Exact:
    return value.picoseconds if isinstance(value, TimeOfDay) else value.local_picoseconds % DAY


def _on_calendar(part: int) -> Callable[[Date | Instant], int]:
    return lambda value: values.calendar_day(_count_days(value))[part]


def _on_clock(part: int) -> Callable[[TimeOfDay | Instant], Any]:
    return lambda value: values.clock(_since_midnight(value))[part]


def _seconds(picoseconds: Exact) -> decimal.Decimal:
    numerator, denominator = picoseconds.numerator, picoseconds.denominator * SECOND
    return _ROUNDED.divide(decimal.Decimal(numerator), decimal.Decimal(denominator))


# --- numbers (§5.1.1.9) ---------------------------------------------------------------------------------------------


def _rounding_function(rounding: str) -> Callable[[Any], Any]:
    def round_number(value: Any) -> Any:
        if type(value) is int or not is_finite(value):
            return value
        number = to_decimal(value).to_integral_value(rounding)
        return float(number) if type(value) is float else number

    return round_number


# --- the functions --------------------------------------------------------------------------------------------------

_CHARACTERS_A_VISIT: Final = 100
_FIRST: Final = read_instant("0001-01-01T00:00:00Z")
_LAST: Final = read_instant("9999-12-31T23:59:59.999999999999Z")

# What compares elements, makes texts, or takes steps, and so is given the budget, too.
BOUNDED: Final = frozenset(
    {"concat", "contains", "endswith", "hassubsequence", "hassubset", "indexof", "matchesPattern", "startswith"}
)
# What values alone do not do for.
NOT_EVALUATED: Final = dict.fromkeys(
    ("geo.distance", "geo.intersects", "geo.length"), "it depends on a coordinate reference system"
)
# `now`, `cast` and `isof` take more than values: who evaluates has them.
_IMPLEMENTATIONS: Final[dict[str, Callable[..., Any]]] = {
    "concat": lambda _, one, other: one + other,
    "contains": lambda budget, whole, part: _index_of(budget, whole, part) >= 0,
    "endswith": _ends_with,
    "indexof": _index_of,
    "length": len,
    "startswith": _starts_with,
    "substring": _cut_substring,
    "hassubset": sequences.has_subset,
    "hassubsequence": sequences.has_subsequence,
    "matchesPattern": _matches_pattern,
    "tolower": str.lower,
    "toupper": str.upper,
    "trim": lambda text: text.strip(WHITE_SPACE),
    "date": lambda value: Date(_count_days(value)),
    "day": _on_calendar(2),
    "fractionalseconds": lambda value: _seconds(_on_clock(3)(value)),
    "hour": _on_clock(0),
    "maxdatetime": lambda: _LAST,
    "mindatetime": lambda: _FIRST,
    "minute": _on_clock(1),
    "month": _on_calendar(1),
    "second": _on_clock(2),
    "time": lambda value: TimeOfDay(_since_midnight(value)),
    "totaloffsetminutes": lambda value: value.offset // 60,
    "totalseconds": lambda value: _seconds(value.picoseconds),
    "year": _on_calendar(0),
    "ceiling": _rounding_function(decimal.ROUND_CEILING),
    "floor": _rounding_function(decimal.ROUND_FLOOR),
    "round": _rounding_function(decimal.ROUND_HALF_UP),
}


def _read_temporal(value: Any) -> Any:
    return value if isinstance(value, Date) else _read_either(value, read_date, read_instant)


def _read_clock(value: Any) -> Any:
    return value if isinstance(value, TimeOfDay) else _read_either(value, read_time_of_day, read_instant)


def _read_either(value: Any, first: Callable[[Any], Any], second: Callable[[Any], Any]) -> Any:
    try:
        return first(value)
    except FilterTypeError:
        return second(value)


def _check_that(fits: Callable[[Any], bool]) -> Callable[[Any], Any]:
    def check_argument(value: Any) -> Any:
        if not fits(value):
            raise FilterTypeError("")
        return value

    return check_argument


# How an argument of a kind is read; FilterTypeError where it is none.
_ARGUMENTS: Final[dict[_functions.Parameter, Callable[[Any], Any]]] = {
    _functions.CLOCK: _read_clock,
    _functions.COLLECTION: _check_that(lambda value: type(value) is list),
    _functions.COUNT: _check_that(lambda value: type(value) is int),
    _functions.DURATION: read_duration,
    _functions.INSTANT: read_instant,
    _functions.NUMBER: _check_that(is_number),
    _functions.STRING: _check_that(lambda value: type(value) is str),
    _functions.TEMPORAL: _read_temporal,
}


def function(name: str) -> Callable[..., Any]:
    """The canonical function `name` of values that are not null; one of BOUNDED takes the budget before them."""
    implementation = _IMPLEMENTATIONS[name]
    parameters = [signature.parameters for signature in _functions.FUNCTIONS[name].signatures]
    readers = [[_ARGUMENTS[one] for one in each] for each in parameters]
    is_overloaded = len(parameters) > 1  # for collections, too

    def read_arguments(arguments: tuple[Any, ...]) -> list[Any]:
        overload = is_overloaded and type(arguments[0]) is list
        try:
            return [read(value) for read, value in zip(readers[overload], arguments, strict=False)]
        except FilterTypeError:
            given = ", ".join(map(in_words, arguments))
            takes = " and ".join(map(_functions.describe_parameter, parameters[overload][: len(arguments)]))
            raise FilterTypeError(f"{name} takes {takes}, not {given}") from None

    def call_bounded(budget: Budget, *arguments: Any) -> Any:
        return implementation(budget, *read_arguments(arguments))

    if name == "concat":
        return _join_texts(call_bounded)
    if name in BOUNDED:
        return call_bounded
    return lambda *arguments: implementation(*read_arguments(arguments))


def _join_texts(join_others: Callable[..., Any]) -> Callable[..., Any]:
    """`concat` of two texts, of which a long one takes its visits before it is made; `join_others` has all else."""

    def join(budget: Budget, one: Any, other: Any) -> Any:
        if type(one) is not str or type(other) is not str:
            return join_others(budget, one, other)
        length = len(one) + len(other)
        if length >= _CHARACTERS_A_VISIT:
            take_visits(budget, length // _CHARACTERS_A_VISIT)
        return one + other

    return join


# --- types (§5.1.1.10) ----------------------------------------------------------------------------------------------

_INTEGERS: Final = {name: row.bounds for name, row in KINDS.items() if row.bounds is not None}


def cast(value: Any, kind: str) -> Any:
    """`value` as one of another primitive type, None where that fails (§5.1.1.10.1)."""
    if type(value) is list:
        return [None if one is None else _cast_value(read_untyped(one), kind) for one in value]
    return _cast_value(value, kind)


def _cast_value(value: Any, kind: str) -> Any:
    if kind == "String":
        return json_text(value)
    if kind == "Boolean":
        return value if isinstance(value, bool) else {"true": True, "false": False}.get(_text_or_empty(value).lower())
    if kind in values.READER_OF_KIND:
        return _read_spelling(value, kind)
    number = _read_numeral(value) if isinstance(value, str) else value
    return _cast_number(number, kind) if is_number(number) else None


def _text_or_empty(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _read_spelling(value: Any, kind: str) -> Any:
    if kind == "DateTimeOffset" and re.fullmatch(".*T[0-9:.]+", _text_or_empty(value)):
        value += "Z"  # a text without an offset is in UTC
    if kind == "Guid" and not is_guid(_text_or_empty(value)):
        return None
    try:
        return values.READER_OF_KIND[kind](value)
    except FilterTypeError:
        return None


def _read_numeral(text: str) -> Any:
    return numbers.read_number(text) if text in numbers.SPECIAL or numbers.is_finite_number(text) else None


def _cast_number(value: Any, kind: str) -> Any:
    if kind == "Double":
        return to_float(value)
    if kind == "Single":
        return _to_single(to_float(value))
    if not is_finite(value):
        return None  # INF, -INF and NaN are doubles
    if kind == "Decimal":
        return to_decimal(value)
    low, high = _INTEGERS[kind]
    return int(value) if low - 1 < value < high + 1 else None  # the fraction is cut off


def _to_single(value: float) -> float:
    # In C's own size, which is infinite where a number is too large; in a standard size struct would refuse it.
    return float(struct.unpack("f", struct.pack("f", value))[0])


def is_of(value: Any, kind: str) -> bool:
    """Whether `value` is of a primitive type, or a text that spells a value of it (§5.1.1.10.2)."""
    if type(value) is list:
        return all(one is None or _is_value_of(read_untyped(one), kind) for one in value)
    return _is_value_of(value, kind)


def _is_value_of(value: Any, kind: str) -> bool:
    match kind:
        case "String":
            return type(value) is str
        case "Boolean":
            return type(value) is bool
        case "Decimal":
            return type(value) in {int, decimal.Decimal}
        case "Double" | "Single":
            return is_number(value)
        case _ if kind in _INTEGERS:
            low, high = _INTEGERS[kind]
            return type(value) is int and low <= value <= high
        case _:
            return not is_number(value) and _read_spelling(value, kind) is not None
