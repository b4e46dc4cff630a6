"""The spellings of PySpark."""

from collections.abc import Mapping, Sequence
from typing import Final

import ibis
import ibis.expr.types as ir

from odatafilter._engines.databases import MOST_DIGITS
from odatafilter._engines.positions import LAST_POSITION
from odatafilter._engines.translate import RefusedError, Term
from odatafilter._kinds import family_of
from odatafilter._plan.forms import Get
from odatafilter.ibis._relation import Relation
from odatafilter.ibis._spelling import Flat, Row, Spelling, X, engine_function

_spark_quotient: Final = engine_function("div", ("int64", "int64"), "int64")
_is_null: Final = engine_function("isnull", ("float64",), "boolean")
_is_not_null: Final = engine_function("isnotnull", ("float64",), "boolean")
_round_double: Final = engine_function("round", ("float64",), "float64")
_floor_double: Final = engine_function("floor", ("float64",), "int64")
_ceil_double: Final = engine_function("ceil", ("float64",), "int64")
_UTC: Final = frozenset({"UTC", "Etc/UTC", "GMT", "Z"})
_WHOLE: Final = 2.0**52  # from here on each double is a whole number


class PySpark(Spelling):
    """Spark 4, in a session whose time zone is UTC, as Ibis has it."""

    name = "PySpark"

    def is_null(self, operand: Term[X], *, negated: bool) -> X:
        if family_of(operand.kind) == "Double":  # of which Ibis calls NaN null
            return (_is_not_null if negated else _is_null)(operand.x)
        return super().is_null(operand, negated=negated)

    def as_position(self, x: X) -> X:
        # Not `least`, which passes over null.
        return ibis.cases((x <= LAST_POSITION, x), (x > LAST_POSITION, LAST_POSITION)).cast("int32")

    def row_of(self, table: ir.Table, relations: Mapping[str, Relation]) -> Flat:
        self._zone = table.get_backend()._session.conf.get("spark.sql.session.timeZone")
        return super().row_of(table, relations)

    def column(self, row: Row, get: Get) -> X:
        return self._check_zone(super().column(row, get))

    def element(self, row: Row) -> X:
        return self._check_zone(super().element(row))

    def _check_zone(self, value: X) -> X:
        if isinstance(value, ir.TimestampValue) and self._zone not in _UTC:
            raise RefusedError(f"the session of PySpark has the time zone {self._zone:.60}, not UTC as Ibis sets it")
        return value

    def round_fraction(self, function: str, term: Term[X]) -> X:
        if family_of(term.kind) == "Double":
            if function == "round":
                return _round_double(term.x)
            # Their results are whole numbers of 64 bits. Greater doubles are whole already.
            whole = {"floor": _floor_double, "ceiling": _ceil_double}[function](term.x).cast("float64")
            return ibis.cases((term.x.abs() < _WHOLE, whole), else_=term.x)
        kind = term.x.type()
        digits = min(MOST_DIGITS, (kind.precision or MOST_DIGITS) - (kind.scale or 0) + 1)
        name = {"round": "round", "floor": "floor", "ceiling": "ceil"}[function]
        return engine_function(name, (str(kind),), f"decimal({digits}, 0)")(term.x)

    def quotient(self, one: X, other: X) -> X:
        return _spark_quotient(one, other)

    def product(self, one: X, other: X) -> X:
        kinds = one.type(), other.type()
        precision = sum(kind.precision or MOST_DIGITS for kind in kinds) + 1
        self.check_digits(precision)  # of more, PySpark rounds
        result = f"decimal({precision}, {sum(kind.scale or 0 for kind in kinds)})"
        return engine_function("try_multiply", (str(kinds[0]), str(kinds[1])), result)(one, other)

    def _bind_value(self, value: object, family: str) -> X:
        if family in {"TimeOfDay", "Duration"}:
            raise RefusedError(f"Ibis has no values of the kind {family} on PySpark")
        return super()._bind_value(value, family)

    def _time(self, terms: Sequence[Term[X]]) -> X:
        raise RefusedError("Ibis has no values of the kind TimeOfDay on PySpark")
