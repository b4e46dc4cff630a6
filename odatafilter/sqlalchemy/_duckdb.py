"""The spellings of DuckDB."""

import decimal
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa

from odatafilter._engines.databases import MOST_DIGITS
from odatafilter._engines.numbers import digits_of_range, is_within, range_of
from odatafilter._engines.translate import RefusedError, Term
from odatafilter._kinds import family_of
from odatafilter._plan import polarity
from odatafilter._plan.forms import Const
from odatafilter.sqlalchemy._columns import Column
from odatafilter.sqlalchemy._spelling import F, Spelling
from odatafilter.sqlalchemy._types import BIG_INTEGER, STRING, TEXT, WITHOUT_ZONE, bind

_HUGE_NUMBERS: Final = range(-(2**127), 2**127)


class DuckDB(Spelling):
    """DuckDB 1.0 and later."""

    name = "DuckDB"
    deepest = 90

    def by_code_points(self, text: Column) -> Column:
        return sa.collate(text, "binary") if getattr(text.type, "collation", None) else text

    def as_plain_text(self, text: Column) -> Column:
        return sa.cast(text, TEXT) if isinstance(text.type, sa.Enum) else text

    def _fraction(self, terms: Sequence[Term[Column]]) -> Column:
        x = self.in_utc(terms[0].x) if terms[0].kind == "DateTimeOffset" else terms[0].x
        micros = sa.cast(sa.extract("microsecond", x), BIG_INTEGER) % bind(10**6, BIG_INTEGER)
        exact = sa.Numeric(12, 6)
        return sa.cast(micros, exact) * sa.cast(bind("0.000001", STRING), sa.Numeric(7, 6))

    def decimal_literal(self, value: decimal.Decimal) -> Column:
        """As a text, since the driver would bind a double."""
        digits = _digits_of_literal(value)
        digits.refuse_too_many()
        return sa.cast(bind(f"{value:f}", STRING), sa.Numeric(digits.whole + digits.fraction, digits.fraction))

    def compare(self, operator: polarity.Operator, left: Term[Column], right: Term[Column]) -> Column:
        self._check_digits(left, right)
        return super().compare(operator, left, right)

    def is_among(self, operand: Term[Column], values: Sequence[Const], *, negated: bool) -> Column:
        if operand.family != "Decimal" or any(family_of(value.kind) == "Double" for value in values):
            return super().is_among(operand, values, negated=negated)
        terms = [Term(self.literal(value), value) for value in values]
        self._check_digits(operand, *terms)
        bound = [term.x for term in terms]
        return operand.x.not_in(bound) if negated else operand.x.in_(bound)

    def _check_digits(self, *terms: Term[Column]) -> None:
        """Refuses numbers that stand beside each other and have no type in common."""
        families = {term.family for term in terms}
        known = [digits for digits in map(_digits_of, terms) if digits] if families <= {"Int", "Decimal"} else []
        if "Decimal" in families and known:
            _digits_of_result("mod", known).refuse_too_many()

    def total_seconds(self, term: Term[Column]) -> Column:
        if term.kind == "Duration":

            def count_units(part: str, micros: int) -> Column:
                return sa.cast(sa.extract(part, term.x), _HUGE) * bind(micros, BIG_INTEGER)

            months = count_units("year", 12) + count_units("month", 1)
            days = months * bind(30, BIG_INTEGER) + count_units("day", 1)
            micros = days * bind(86_400 * 10**6, BIG_INTEGER) + count_units("hour", 3600 * 10**6)
            micros = micros + count_units("minute", 60 * 10**6) + count_units("microsecond", 1)
        else:
            micros = F.epoch_us(sa.cast(term.x, WITHOUT_ZONE) if term.kind == "Date" else self.in_utc(term.x))
        one = sa.cast(bind("0.000001", STRING), sa.Numeric(7, 6))
        return sa.cast(sa.cast(micros, sa.Numeric(20, 0)) * one, sa.Numeric(22, 6))

    def calculate(self, operator: str, terms: Sequence[Term[Column]]) -> Column:
        family = self.number_family(operator, terms)
        if family == "Int" and not is_within(operator, [term.form for term in terms], _HUGE_NUMBERS):
            raise RefusedError("DuckDB has whole numbers of up to 127 bits")
        result = super().calculate(operator, terms)
        if family != "Decimal":
            return result
        known = [digits for digits in map(_digits_of, terms) if digits is not None]
        if len(known) < len(terms):
            if operator == "mul":
                raise RefusedError("DuckDB multiplies decimals whose digits their columns say")
            return result
        digits = _digits_of_result(operator, known)
        digits.refuse_too_many()
        return sa.type_coerce(result, sa.Numeric(digits.whole + digits.fraction, digits.fraction))

    def promote_numbers(self, terms: Sequence[Term[Column]], family: str) -> list[Column]:
        match family:
            case "Double":
                return [self.as_double(term, term.x) for term in terms]
            case "Decimal":
                return [term.x for term in terms]
            case _:
                return [sa.cast(term.x, _HUGE) for term in terms]

    def quotient(self, one: Column, other: Column) -> Column:
        return F.divide(one, other, type_=_HUGE)


class _Digits(NamedTuple):
    """How many digits a number may have before the point and behind it."""

    whole: int
    fraction: int

    def refuse_too_many(self) -> None:
        if self.whole + self.fraction > MOST_DIGITS:
            raise RefusedError(f"DuckDB has decimals of up to {MOST_DIGITS} digits")


def _digits_of(term: Term[Column]) -> _Digits | None:
    """The digits of a number, by the type of its column; None where that does not say it."""
    if isinstance(term.form, Const):
        return _digits_of_literal(decimal.Decimal(term.form.value))
    if term.family == "Int":
        return _Digits(digits_of_range(range_of(term.form)), 0)
    precision, scale = getattr(term.x.type, "precision", None), getattr(term.x.type, "scale", None)
    return None if precision is None else _Digits(precision - (scale or 0), scale or 0)


def _digits_of_literal(number: decimal.Decimal) -> _Digits:
    _, digits, exponent = number.as_tuple()
    return _Digits(max(1, len(digits) + int(exponent)), max(0, -int(exponent)))


def _digits_of_result(operator: str, several: Sequence[_Digits]) -> _Digits:
    if operator == "mul":
        return _Digits(sum(one.whole for one in several), sum(one.fraction for one in several))
    more = 1 if operator in {"add", "sub"} else 0
    return _Digits(max(one.whole for one in several) + more, max(one.fraction for one in several))


class _Huge(sa.types.UserDefinedType[int]):
    cache_ok = True

    def get_col_spec(self, **_: Any) -> str:
        return "HUGEINT"


_HUGE: Final = _Huge()
