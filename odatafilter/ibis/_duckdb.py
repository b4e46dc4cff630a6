"""The spellings of DuckDB."""

import datetime as dt
import decimal
import functools
from collections.abc import Callable
from typing import Final

import ibis

from odatafilter._engines.databases import MOST_DIGITS
from odatafilter._engines.translate import Term
from odatafilter._kinds import family_of
from odatafilter.ibis._spelling import Row, Spelling, X, engine_function


def _lower(text: str) -> str:
    return text.lower()


def _upper(text: str) -> str:
    return text.upper()


_LETTERS: Final = {
    "tolower": ibis.udf.scalar.python(_lower, name="odata_tolower"),
    "toupper": ibis.udf.scalar.python(_upper, name="odata_toupper"),
}


_in_zone: Final = engine_function("timezone", ("string", "timestamp('UTC')"), "timestamp")
_round_double: Final = engine_function("round", ("float64",), "float64")
_floor_double: Final = engine_function("floor", ("float64",), "float64")
_ceil_double: Final = engine_function("ceil", ("float64",), "float64")
_part: Final = engine_function("date_part", ("string", "interval('us')"), "int64")
_microsecond: Final = engine_function("microsecond", ("timestamp",), "int64")
_micros_of_time: Final = engine_function("microsecond", ("time",), "int64")
_epoch: Final = engine_function("epoch_us", ("timestamp",), "int64")
_divide: Final = engine_function("divide", ("int64", "int64"), "int64")

_HUGE: Final = "decimal(21, 0)"


@functools.cache
def _multiplication(one: str, other: str, result: str) -> Callable[..., X]:
    """DuckDB's own, since Ibis multiplies decimals of one precision only."""
    return engine_function("multiply", (one, other), result)


def _seconds_of(micros: X) -> X:
    one = ibis.literal(decimal.Decimal("0.000001"), "decimal(7, 6)")
    return _multiplication(_HUGE, "decimal(7, 6)", "decimal(28, 6)")(micros.cast(_HUGE), one).cast("decimal(22, 6)")


class DuckDB(Spelling):
    """DuckDB, which Ibis runs inside the process."""

    name = "DuckDB"
    # DuckDB 2.0.1 takes the joins of two subqueries for one where they read other columns of the row outside.
    joins_elements = False

    def change_case(self, function: str, x: X) -> X:
        return _LETTERS[function](x)

    def in_utc(self, x: X) -> X:
        return _in_zone("UTC", x)

    def second_fraction(self, term: Term[X]) -> X:
        x = self.clock(term)
        micros = _micros_of_time(x) if term.kind == "TimeOfDay" else _microsecond(x)
        return _seconds_of(micros % 10**6)

    def total_seconds(self, term: Term[X]) -> X:
        if term.kind != "Duration":
            return _seconds_of(_epoch(term.x.cast("timestamp") if term.kind == "Date" else self.clock(term)))

        def count_units(part: str, micros: int) -> X:
            return _part(part, term.x).cast(_HUGE) * ibis.literal(micros, _HUGE)

        days = count_units("year", 360) + count_units("month", 30) + count_units("day", 1)
        micros = days.cast(_HUGE) * ibis.literal(86_400 * 10**6, _HUGE) + count_units("hour", 3600 * 10**6)
        return _seconds_of(micros + count_units("minute", 60 * 10**6) + count_units("microsecond", 1))

    def product(self, one: X, other: X) -> X:
        kinds = one.type(), other.type()
        precision = sum(kind.precision or MOST_DIGITS for kind in kinds)
        self.check_digits(precision)
        result = f"decimal({precision}, {sum(kind.scale or 0 for kind in kinds)})"
        return _multiplication(str(kinds[0]), str(kinds[1]), result)(one, other)

    def move_time(self, operand: Term[X], by: dt.timedelta) -> X:
        is_date = operand.kind == "Date"
        moved = (operand.x.cast("timestamp") if is_date else self.clock(operand)) + ibis.literal(by, "interval('us')")
        return moved.date() if is_date else moved

    def round_fraction(self, function: str, term: Term[X]) -> X:
        if family_of(term.kind) == "Double":
            return {"round": _round_double, "floor": _floor_double, "ceiling": _ceil_double}[function](term.x)
        kind = term.x.type()
        name = {"round": "round", "floor": "floor", "ceiling": "ceil"}[function]
        return getattr(term.x, name)().cast(
            f"decimal({min(MOST_DIGITS, (kind.precision or MOST_DIGITS) + 1)}, {kind.scale or 0})"
        )

    def quotient(self, one: X, other: X) -> X:
        return _divide(one, other)

    def filter_array(self, several: X, inner: Callable[[Row], X]) -> X:
        # Ibis writes lambdas in a form that DuckDB takes only where it is told so.
        several._find_backend().raw_sql("SET lambda_syntax='ENABLE_SINGLE_ARROW'")
        return super().filter_array(several, inner)
