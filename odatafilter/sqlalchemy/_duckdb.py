"""The spellings of DuckDB."""

import decimal
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from odatafilter._engines.numbers import bits_of, bits_of_result, digits_of
from odatafilter._engines.translate import RefusedError, Term
from odatafilter._kinds import family_of
from odatafilter._plan.forms import Const, Get
from odatafilter.sqlalchemy._columns import Column, Row, Single
from odatafilter.sqlalchemy._spelling import F, Spelling
from odatafilter.sqlalchemy._types import BIG_INTEGER, STRING, TEXT, bind

_MOST_DIGITS: Final = 38  # of a DECIMAL of DuckDB
_HUGE_BITS: Final = 126


class DuckDB(Spelling):
    """DuckDB 1.0 and later."""

    name = "DuckDB"
    deepest = 90

    def by_code_points(self, text: Column) -> Column:
        return sa.collate(text, "binary") if getattr(text.type, "collation", None) else text

    def plain(self, text: Column) -> Column:
        return sa.cast(text, TEXT) if isinstance(text.type, sa.Enum) else text

    def _fraction(self, terms: Sequence[Term[Column]]) -> Column:
        x = self.in_utc(terms[0].x) if terms[0].kind == "DateTimeOffset" else terms[0].x
        micros = sa.cast(sa.extract("microsecond", x), BIG_INTEGER) % bind(10**6, BIG_INTEGER)
        exact = sa.Numeric(12, 6)
        return sa.cast(micros, exact) * sa.cast(bind("0.000001", STRING), sa.Numeric(7, 6))

    def calculate(self, operator: str, terms: Sequence[Term[Column]]) -> Column:
        family = self.result_family(terms, operator)
        if family == "Int" and bits_of_result(operator, [term.form for term in terms]) > _HUGE_BITS:
            raise RefusedError("DuckDB has whole numbers of up to 127 bits")
        if family == "Decimal" and operator == "mul" and sum(map(_digits_of, terms)) > _MOST_DIGITS:
            raise RefusedError(f"DuckDB has decimals of up to {_MOST_DIGITS} digits")
        return super().calculate(operator, terms)

    def operands(self, terms: Sequence[Term[Column]], family: str) -> list[Column]:
        match family:
            case "Double":
                return [self.as_double(term, term.x) for term in terms]
            case "Decimal":
                return [term.x for term in terms]
            case _:
                return [sa.cast(term.x, _HUGE) for term in terms]

    def quotient(self, one: Column, other: Column) -> Column:
        return F.divide(one, other, type_=_HUGE)

    def unnested(self, column: Column, get: Get) -> tuple[Any, tuple[Column, ...], Row]:
        if not isinstance(column.type, sa.ARRAY):
            return super().unnested(column, get)
        table = F.unnest(column).table_valued(sa.column("value", column.type.item_type)).render_derived()
        return table, (), Single(table.c.value)


def _digits_of(term: Term[Column]) -> int:
    """How many digits a number may have, by the type of its column; more than any engine has where that is not said."""
    if isinstance(term.form, Const):
        return digits_of(decimal.Decimal(term.form.value))
    if family_of(term.kind) == "Int":
        return len(str(2 ** bits_of(term.form)))
    precision = getattr(term.x.type, "precision", None)
    return precision if isinstance(precision, int) else _MOST_DIGITS + 1


class _Huge(sa.types.UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "HUGEINT"


_HUGE: Final = _Huge()
