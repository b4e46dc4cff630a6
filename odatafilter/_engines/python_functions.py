"""What SQLite and DuckDB lack, as functions of Python that their connections call. Their names begin with `odata_`."""

import decimal
import math
from collections.abc import Callable
from typing import Any, Final

from odatafilter._evaluate.regular_expressions import pattern
from odatafilter._literals.numbers import EXACT_DIGITS
from odatafilter.limits import DEFAULT


def _rounding_of_finite(round_it: Callable[[float], int]) -> Callable[[float], float]:
    return lambda number: float(round_it(number)) if math.isfinite(number) else number


_TEXTS: Final[dict[str, Callable[[str], str]]] = {
    "odata_tolower": str.lower,
    "odata_toupper": str.upper,
    "odata_casefold": str.casefold,
}
_NUMBERS: Final[dict[str, Callable[[float], float]]] = {
    "odata_floor": _rounding_of_finite(math.floor),
    "odata_ceiling": _rounding_of_finite(math.ceil),
}


def _matches_pattern(text: str, expression: str) -> bool:
    return pattern(expression).finds(text, [DEFAULT.visits])


# --- exact numbers, which SQLite keeps as REAL or as texts ------------------------------------------------------------

_CONTEXT: Final = decimal.Context(prec=EXACT_DIGITS, Emax=decimal.MAX_EMAX, Emin=decimal.MIN_EMIN)


def _shortest_decimal(number: float | str) -> decimal.Decimal:
    """A REAL as the decimal number that it is read back as: its shortest digits."""
    return decimal.Decimal(repr(number) if isinstance(number, float) else number)


def _order(one: float | str, other: float | str) -> int:
    return int(_CONTEXT.compare(_shortest_decimal(one), _shortest_decimal(other)))


def _calculation(
    calculate: Callable[[decimal.Decimal, decimal.Decimal], decimal.Decimal],
) -> Callable[[float | str, float | str], str]:
    return lambda one, other: f"{calculate(_shortest_decimal(one), _shortest_decimal(other)):f}"


_EXACT: Final[dict[str, Callable[[Any, Any], int | str]]] = {
    "odata_order": _order,
    "odata_add": _calculation(_CONTEXT.add),
    "odata_sub": _calculation(_CONTEXT.subtract),
    "odata_mul": _calculation(_CONTEXT.multiply),
    "odata_div": _calculation(_CONTEXT.divide_int),
    "odata_mod": _calculation(_CONTEXT.remainder),
}


def put_into_sqlite(connection: Any) -> None:
    """Gives a connection of sqlite3 the functions."""
    for name, exact in _EXACT.items():
        connection.create_function(name, 2, _null_stays(exact), deterministic=True)
    connection.create_function(
        "odata_negate", 1, _null_stays(lambda number: f"{-_shortest_decimal(number):f}"), deterministic=True
    )
    connection.create_function("odata_double", 1, _null_stays(float), deterministic=True)
    for name, function in (_TEXTS | _NUMBERS).items():
        connection.create_function(name, 1, _null_stays(function), deterministic=True)
    connection.create_function("odata_matchespattern", 2, _null_stays(_matches_pattern), deterministic=True)


def put_into_duckdb(connection: Any) -> None:
    """Gives a connection of DuckDB the functions of texts. It calls them with the help of numpy.

    All connections of a process to one file share them, so that another one may have put them in.
    """
    for name, function in _TEXTS.items():
        try:
            connection.create_function(name, function, ["VARCHAR"], "VARCHAR")
        except Exception:
            if not _is_in_duckdb(name, connection):
                raise


def _is_in_duckdb(name: str, connection: Any) -> bool:
    found = connection.execute("SELECT 1 FROM duckdb_functions() WHERE function_name = ?", [name])
    return found.fetchone() is not None


def _null_stays(function: Callable[..., Any]) -> Callable[..., Any]:
    return lambda *values: None if None in values else function(*values)
