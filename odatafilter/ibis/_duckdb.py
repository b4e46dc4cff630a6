"""The spellings of DuckDB."""

from collections.abc import Callable
from typing import Final

import ibis

from odatafilter._engines.translate import Term
from odatafilter._kinds import family_of
from odatafilter.ibis._spelling import MOST_DIGITS, Row, Spelling, X, engine_function


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
_divide: Final = engine_function("divide", ("int64", "int64"), "int64")


class DuckDB(Spelling):
    """DuckDB, which Ibis runs inside the process."""

    name = "DuckDB"
    # DuckDB 2.0.1 takes the joins of two subqueries for one where they read other columns of the row outside.
    joins_elements = False

    def letters(self, function: str, x: X) -> X:
        return _LETTERS[function](x)

    def in_utc(self, x: X) -> X:
        return _in_zone("UTC", x)

    def rounded(self, function: str, term: Term[X]) -> X:
        if family_of(term.kind) == "Double":
            return {"round": _round_double, "floor": _floor_double, "ceiling": _ceil_double}[function](term.x)
        kind = term.x.type()
        name = {"round": "round", "floor": "floor", "ceiling": "ceil"}[function]
        return getattr(term.x, name)().cast(
            f"decimal({min(MOST_DIGITS, (kind.precision or MOST_DIGITS) + 1)}, {kind.scale or 0})"
        )

    def quotient(self, one: X, other: X) -> X:
        return _divide(one, other)

    def chosen(self, several: X, inner: Callable[[Row], X]) -> X:
        # Ibis writes lambdas in a form that DuckDB takes only where it is told so.
        several._find_backend().raw_sql("SET lambda_syntax='ENABLE_SINGLE_ARROW'")
        return super().chosen(several, inner)
