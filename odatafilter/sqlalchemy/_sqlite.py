"""The spellings of SQLite."""

import datetime as dt
import decimal
import math
from collections.abc import Sequence
from typing import Any, Final

import sqlalchemy as sa

from odatafilter._comparisons import PYTHON_COMPARISONS
from odatafilter._engines.databases import CLOCK_PARTS, INT64
from odatafilter._engines.numbers import REAL_DIGITS, digits_of, is_past_real, is_within
from odatafilter._engines.translate import Members, RefusedError, Single, Term
from odatafilter._kinds import family_of
from odatafilter._plan import forms, polarity
from odatafilter._plan.forms import Const, Get
from odatafilter.sqlalchemy._columns import Column, Row
from odatafilter.sqlalchemy._spelling import (
    INSTALL,
    NUL,
    F,
    Spelling,
    check_in_json,
)
from odatafilter.sqlalchemy._types import (
    BIG_INTEGER,
    BOOLEAN,
    COLUMN_TYPES,
    DATE,
    DOUBLE,
    INTEGER,
    JSON,
    STRING,
    TIME,
    bind,
)

_EPOCH: Final = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_SHORTEST: Final = dt.datetime.min.replace(tzinfo=dt.UTC) - _EPOCH
_LONGEST: Final = dt.datetime.max.replace(tzinfo=dt.UTC) - _EPOCH


class SQLite(Spelling):
    """SQLite 3.33 and later. Timestamps are texts in UTC of one width, decimals and doubles are REAL."""

    name = "SQLite"
    deepest = 30  # its parser's stack has 100 places, and a level takes three
    instr = "instr"
    keeps_offsets = False

    def never_with_nan(self, compared: Column, doubles: Sequence[Term[Column]]) -> Column:
        return compared  # NaN is stored as null

    def as_condition(self, operand: Term[Column], *, negated: bool) -> Column:
        if not isinstance(operand.form, Get | forms.Element):
            return super().as_condition(operand, negated=negated)
        return operand.x == bind(0 if negated else 1, INTEGER)

    def by_code_points(self, text: Column) -> Column:
        return sa.collate(text, "BINARY") if getattr(text.type, "collation", None) else text

    def check_text(self, text: str) -> None:
        if NUL in text:
            raise RefusedError("SQLite ends a text at a NUL")

    def decimal_literal(self, value: decimal.Decimal) -> Column:
        if digits_of(value) <= REAL_DIGITS:
            return bind(float(value), DOUBLE)
        if not self.installed:
            raise RefusedError(f"SQLite keeps {REAL_DIGITS} digits of a decimal number: {INSTALL} puts exact ones in")
        return bind(f"{value:f}", _Exact())

    def large_literal(self, value: int) -> Column:
        raise RefusedError(f"{value!s:.60} is past the numbers of SQLite")

    def double_literal(self, value: float) -> Column:
        if math.isnan(value):
            raise RefusedError("SQLite has no NaN")
        return super().double_literal(value)

    def length_literal(self, value: dt.timedelta, beside: "sa.types.TypeEngine[Any] | None") -> Column:
        if not _SHORTEST <= value <= _LONGEST:
            raise RefusedError("SQLAlchemy keeps durations on SQLite as timestamps, which end with the year 9999")
        return super().length_literal(value, beside)

    def compare(self, operator: polarity.Operator, left: Term[Column], right: Term[Column]) -> Column:
        if _is_exact(left, right) or (self.installed and (is_past_real(left.form) or is_past_real(right.form))):
            order = F.odata_order(self._exact_argument(left), self._exact_argument(right), type_=INTEGER)
            return PYTHON_COMPARISONS[operator](order, bind(0, INTEGER))  # type: ignore[no-any-return]
        return super().compare(operator, left, right)

    def is_among(self, operand: Term[Column], values: Sequence[Const], *, negated: bool) -> Column:
        if _is_exact(operand) or any(map(is_past_real, values)):
            operator: polarity.Operator = "ne" if negated else "eq"
            compared = [self.compare(operator, operand, Term(self.literal(value), value)) for value in values]
            return self.join("and" if negated else "or", compared)
        return super().is_among(operand, values, negated=negated)

    def _comparable_sides(self, left: Term[Column], right: Term[Column]) -> tuple[Column, Column]:
        one, other = super()._comparable_sides(left, right)
        return _as_real(left, one), _as_real(right, other)

    def _exact_argument(self, term: Term[Column]) -> Column:
        """A number for a function that calculates exactly: a literal as its text."""
        if isinstance(term.form, Const):
            return bind(term.form.literal.text, STRING)
        return _as_real(term, term.x)

    def as_decimal(self, operand: Term[Column]) -> Column:
        return operand.x  # what is calculated with it is exact

    def as_double(self, term: Term[Column], x: Column) -> Column:
        if isinstance(x.type, _Exact):
            return F.odata_double(x, type_=DOUBLE)  # SQLite's own is not always the nearest one
        return x if term.family == "Double" else sa.cast(_as_real(term, x), DOUBLE)

    def choose(self, branches: Sequence[tuple[Column, Column]]) -> Column:
        if not any(isinstance(value.type, _Exact) for _, value in branches):
            return super().choose(branches)
        zero = bind("0", STRING)
        return super().choose([(when, F.odata_add(value, zero, type_=_Exact())) for when, value in branches])

    def as_position(self, x: Column) -> Column:
        return sa.cast(x, BIG_INTEGER) if isinstance(x.type, _Exact) else x

    def guid_text(self, x: Column) -> Column:
        return sa.type_coerce(x, STRING)

    def _matches_pattern(self, terms: Sequence[Term[Column]]) -> Column:
        return self._installed_function("matchespattern", BOOLEAN, terms)

    def in_utc(self, x: Column) -> Column:
        return x

    def clock_part(self, part: str, x: Column) -> Column:
        return sa.cast(F.strftime(f"%{CLOCK_PARTS[part]}", x), BIG_INTEGER)

    def _fraction(self, terms: Sequence[Term[Column]]) -> Column:
        if not self.installed:
            raise RefusedError(f"SQLite has no exact fractions of seconds: {INSTALL} puts exact functions in")
        start = len("00:00:00") if terms[0].kind == "TimeOfDay" else len("1970-01-01 00:00:00")
        text = F.substr(sa.type_coerce(terms[0].x, STRING), start + 1, type_=STRING)
        return F.odata_add(bind("0", STRING).concat(text), bind("0", STRING), type_=_Exact())

    def total_seconds(self, term: Term[Column]) -> Column:
        """Of a text such as 1970-01-02 00:00:00.000000, which SQLAlchemy makes of a duration, too."""
        if not self.installed:
            raise RefusedError(f"SQLite has no exact numbers of seconds: {INSTALL} puts exact functions in")
        text = sa.type_coerce(term.x, STRING)
        whole = F.strftime("%s", F.substr(text, 1, 19), type_=STRING)
        return F.odata_add(whole, bind("0", STRING).concat(F.substr(text, 20, type_=STRING)), type_=_Exact())

    def move_time(self, operand: Term[Column], by: dt.timedelta) -> Column:
        raise RefusedError("SQLite only compares times that are calculated")

    def _date(self, terms: Sequence[Term[Column]]) -> Column:
        return F.date(terms[0].x, type_=DATE)

    def _time(self, terms: Sequence[Term[Column]]) -> Column:
        return F.substr(terms[0].x, 12, type_=TIME)

    def round_fraction(self, function: str, term: Term[Column]) -> Column:
        if function == "round":
            x = sa.type_coerce(term.x, DOUBLE)  # of the greatest number below 0.5 SQLite makes 1
            return sa.case(
                (F.abs(x, type_=DOUBLE) < bind(0.5, DOUBLE), bind(0.0, DOUBLE)), else_=F.round(x, type_=DOUBLE)
            )
        return self._installed_function(function, DOUBLE, [Term(sa.type_coerce(term.x, DOUBLE), term.form)])

    def calculate(self, operator: str, terms: Sequence[Term[Column]]) -> Column:
        """SQLite's own numbers where these are exact, else a function that calculates with decimals as texts."""
        family = self.number_family(operator, terms)
        if family == "Double" or (family == "Int" and is_within(operator, [term.form for term in terms], INT64)):
            return super().calculate(operator, terms)
        if not self.installed:
            raise RefusedError(f"SQLite calculates with REAL here, which is inexact: {INSTALL} puts exact functions in")
        return getattr(F, f"odata_{operator}")(*map(self._exact_argument, terms), type_=_Exact())  # type: ignore[no-any-return]

    def promote_numbers(self, terms: Sequence[Term[Column]], family: str) -> list[Column]:
        return [self.as_double(term, term.x) if family == "Double" else term.x for term in terms]

    def quotient(self, one: Column, other: Column) -> Column:
        return one.op("/")(other)

    def element_table(self, column: Column, get: Get) -> tuple[Any, tuple[Column, ...], Row]:
        if not isinstance(column.type, sa.JSON | sa.ARRAY):
            return super().element_table(column, get)
        text = sa.type_coerce(column, STRING)
        several = sa.case((F.json_type(text) == bind("array", STRING), text), else_=None)
        table = F.json_each(several).table_valued("value", "type")
        element = get.facts.element if get.facts else None
        if element is not None and element.kind not in {"Complex", "Untyped"}:
            check_in_json(element.kind, get)
            return table, (), Single(sa.type_coerce(table.c.value, self.element_type(get)))
        return table, (), Members(sa.type_coerce(table.c.value, JSON))

    def json_member(self, value: Column, get: Get) -> Column:
        check_in_json(get.kind, get)
        path = bind('$."' + get.name.replace('"', "") + '"', STRING)
        family = family_of(get.kind)
        return F.json_extract(sa.type_coerce(value, STRING), path, type_=COLUMN_TYPES[family])


class _Exact(sa.types.UserDefinedType[str]):
    """A number that was calculated exactly: its text."""

    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "TEXT"


def _is_exact(*terms: Term[Column]) -> bool:
    """Whether SQLite must not compare them as REAL: what was calculated exactly, decimals of many digits."""
    exact = [term for term in terms if isinstance(term.x.type, _Exact)]
    return bool(exact) and all(term.family != "Double" for term in terms)


def _as_real(term: Term[Column], x: Column) -> Column:
    """A decimal column as the REAL that it is, so that what stands beside it is none of Python's decimals."""
    return sa.type_coerce(x, DOUBLE) if term.family == "Decimal" and not isinstance(x.type, _Exact) else x
