"""The spellings of PostgreSQL."""

import datetime as dt
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import CITEXT

from odatafilter._engines.translate import Members, RefusedError, Single, Term
from odatafilter._evaluate.calculate import WHITE_SPACE
from odatafilter._kinds import family_of
from odatafilter._plan.forms import Get
from odatafilter.sqlalchemy._columns import Column, Row
from odatafilter.sqlalchemy._spelling import NUL, F, Spelling, check_in_json
from odatafilter.sqlalchemy._types import (
    BIG_INTEGER,
    COLUMN_TYPES,
    DATE,
    DOUBLE,
    INTEGER,
    JSONB,
    NUMERIC,
    STRING,
    TEXT,
    bind,
)

_DAY: Final = 86_400  # seconds


class PostgreSQL(Spelling):
    """PostgreSQL 12 and later."""

    name = "PostgreSQL"
    deepest = 90

    def by_code_points(self, text: Column) -> Column:
        return sa.collate(text, "C")

    def as_plain_text(self, text: Column) -> Column:
        """CHAR gives back the blanks that fill it, and loses them as a text; words of an enumeration are no texts."""
        if isinstance(text.type, sa.CHAR):
            return F.rpad(sa.cast(text, TEXT), text.type.length or 1, type_=TEXT)
        if isinstance(text.type, sa.Enum | CITEXT):
            return sa.cast(text, TEXT)
        return text

    def check_text(self, text: str) -> None:
        if NUL in text:
            raise RefusedError("PostgreSQL cannot store a NUL in a text")

    def as_position(self, x: Column) -> Column:
        longest = bind(2**31 - 1, BIG_INTEGER)
        long = sa.cast(x, BIG_INTEGER)
        return sa.case((long <= longest, sa.cast(long, INTEGER)), (long > longest, sa.cast(longest, INTEGER)))

    def _trim(self, terms: Sequence[Term[Column]]) -> Column:
        return F.btrim(self._text(terms[0]), bind(WHITE_SPACE, STRING), type_=STRING)

    def _change_case(self, function: str, term: Term[Column]) -> Column:
        name = {"tolower": "lower", "toupper": "upper"}[function]
        changed = getattr(F, name)(sa.collate(self._text(term), "und-x-icu"), type_=STRING)
        return sa.collate(changed, "C")

    def _installed_function(self, function: str, result: Any, terms: Sequence[Term[Column]]) -> Column:
        raise RefusedError(f"PostgreSQL has no equal of '{function}'")

    def _fraction(self, terms: Sequence[Term[Column]]) -> Column:
        x = self.in_utc(terms[0].x) if terms[0].kind == "DateTimeOffset" else terms[0].x
        second = sa.cast(sa.extract("second", x), NUMERIC)
        return second - F.floor(second, type_=NUMERIC)

    def total_seconds(self, term: Term[Column]) -> Column:
        x = self.in_utc(term.x) if term.kind == "DateTimeOffset" else term.x

        def count_units(part: str, seconds: int) -> Column:
            return sa.cast(sa.extract(part, x), NUMERIC) * bind(seconds, BIG_INTEGER)

        if term.kind == "Duration":  # with the months and years that Python's driver reads
            days = count_units("year", 365 * _DAY) + count_units("month", 30 * _DAY) + count_units("day", _DAY)
        else:
            first = bind(dt.date(1970, 1, 1), DATE)
            days = sa.cast(sa.cast(x, DATE) - first, NUMERIC) * bind(_DAY, BIG_INTEGER)
        if term.kind == "Date":
            return days
        return days + count_units("hour", 3600) + count_units("minute", 60) + count_units("second", 1)

    def round_fraction(self, function: str, term: Term[Column]) -> Column:
        if function == "round" and term.family == "Double":
            # PostgreSQL's own goes to the even number from a half.
            whole, half = F.trunc(term.x, type_=DOUBLE), bind(0.5, DOUBLE)
            away = F.abs(term.x - whole, type_=DOUBLE) >= half
            return sa.case((away, whole + F.sign(term.x, type_=DOUBLE)), else_=whole)
        return super().round_fraction(function, term)

    def promote_numbers(self, terms: Sequence[Term[Column]], family: str) -> list[Column]:
        if family == "Double":
            return [self.as_double(term, term.x) for term in terms]
        return [sa.cast(term.x, NUMERIC) for term in terms]  # of any length: nothing overflows

    def element_table(self, column: Column, get: Get) -> tuple[Any, tuple[Column, ...], Row]:
        element = get.facts.element if get.facts else None
        if not isinstance(column.type, sa.JSON):
            return super().element_table(column, get)
        binary = sa.cast(column, JSONB)
        several = sa.case((F.jsonb_typeof(binary) == bind("array", STRING), binary), else_=None)
        if element is not None and element.kind not in {"Complex", "Untyped"}:
            check_in_json(element.kind, get)
            table = F.jsonb_array_elements_text(several).table_valued(sa.column("value", STRING)).render_derived()
            return table, (), Single(sa.cast(table.c.value, self.element_type(get)))
        table = F.jsonb_array_elements(several).table_valued(sa.column("value", JSONB)).render_derived()
        return table, (), Members(table.c.value)

    def json_member(self, value: Column, get: Get) -> Column:
        check_in_json(get.kind, get)
        family = family_of(get.kind)
        return sa.cast(sa.cast(value, JSONB)[get.name].astext, COLUMN_TYPES[family])
