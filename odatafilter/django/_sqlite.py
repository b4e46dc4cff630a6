"""The spellings of SQLite."""

import datetime as dt
import decimal
from collections.abc import Sequence

from odatafilter._engines.databases import CLOCK_PARTS, INT64
from odatafilter._engines.numbers import is_past_real, is_within
from odatafilter._engines.translate import RefusedError, Term
from odatafilter._kinds import family_of
from odatafilter._plan import polarity
from odatafilter._plan.forms import Const, Get
from odatafilter.django._spelling import (
    ARITHMETIC,
    SIGNS,
    Row,
    Spelling,
    Spelt,
    X,
    check_elements_in_json,
    check_in_json,
    element_family,
    element_row,
    kind_in_json,
)


class SQLite(Spelling):
    """SQLite: timestamps are texts in UTC, decimals and doubles are REAL."""

    name = "SQLite"
    deepest = 24
    as_double = "CAST({0} AS REAL)"

    def to_double(self, x: X) -> X:
        if isinstance(x, Spelt) and x.exact:
            return Spelt("odata_double({0})", x, kind="Double")  # SQLite's own is not always the nearest one
        return super().to_double(x)

    def compare(self, operator: polarity.Operator, left: Term[X], right: Term[X]) -> X:
        if "Double" not in {family_of(left.kind), family_of(right.kind)} and (
            _is_exact(left) or _is_exact(right) or is_past_real(left.form) or is_past_real(right.form)
        ):
            order = f"(odata_order({{0}}, {{1}}) {SIGNS[operator]} 0)"
            return Spelt(order, self._exact_argument(left), self._exact_argument(right))
        return super().compare(operator, left, right)

    def is_among(self, operand: Term[X], values: Sequence[Const], *, negated: bool) -> X:
        if _is_exact(operand) or any(map(is_past_real, values)):
            operator: polarity.Operator = "ne" if negated else "eq"
            compared = [
                self.compare(operator, operand, Term(self.text_parameter(value.literal.text), value))
                for value in values
            ]
            return self.join("and" if negated else "or", compared)
        return super().is_among(operand, values, negated=negated)

    def literal(self, const: Const) -> X:
        if not is_past_real(const):
            return super().literal(const)
        return Spelt("{0}", self.text_parameter(const.literal.text), kind="String", exact=True)

    def _python_value(self, const: Const, beside: str) -> object:
        value = super()._python_value(const, beside)
        if isinstance(value, dt.timedelta) and value // dt.timedelta(microseconds=1) not in INT64:
            raise RefusedError(f"{self.name} has no duration of so many days")
        return value

    def decimal(self, value: decimal.Decimal) -> object:
        return float(value)

    def stored_family(self, family: str) -> str:
        return "Double" if family == "Decimal" else family

    def choose(self, branches: Sequence[tuple[X, X]]) -> X:
        chosen = super().choose(branches)
        if not any(isinstance(value, Spelt) and value.exact for _, value in branches):
            return chosen
        return Spelt("odata_add({0}, '0')", chosen, kind="String", exact=True)

    def _exact_argument(self, term: Term[X]) -> X:
        """A number for a function that calculates exactly: a literal as its text."""
        return self.text_parameter(term.form.literal.text) if isinstance(term.form, Const) else term.x

    def matches_pattern(self, terms: Sequence[Term[X]]) -> X:
        return self._texts("odata_matchespattern({0}, {1})", terms, "Boolean")

    def casefold(self, terms: Sequence[Term[X]]) -> X:
        return self._texts("odata_casefold({0})", terms, "String")

    def as_date(self, x: X) -> X:
        return Spelt("date({0})", x, kind="Date")

    def as_time(self, x: X) -> X:
        return Spelt("substr({0}, 12)", x, kind="TimeOfDay")

    def second_fraction(self, term: Term[X]) -> X:
        start = len("00:00:00") if term.kind == "TimeOfDay" else len("1970-01-01 00:00:00")
        return Spelt(f"odata_add('0' || substr({{0}}, {start + 1}), '0')", term.x, kind="String", exact=True)

    def total_seconds(self, term: Term[X]) -> X:
        if term.kind == "Duration":  # in microseconds
            return Spelt("odata_mul({0}, '0.000001')", term.x, kind="String", exact=True)
        template = "odata_add(strftime('%%s', substr({0}, 1, 19)), '0' || substr({0}, 20))"
        return Spelt(template, term.x, kind="String", exact=True)

    def clock_part(self, part: str, term: Term[X]) -> X:
        return Spelt(f"CAST(strftime('%%{CLOCK_PARTS[part]}', {{0}}) AS INTEGER)", term.x, kind="Int")

    def round_fraction(self, function: str, term: Term[X]) -> X:
        rounded = f"odata_{function}(CAST({{0}} AS REAL))"
        if function == "round":  # of the greatest number below 0.5 SQLite makes 1
            rounded = "CASE WHEN abs({0}) < 0.5 THEN 0.0 ELSE round(CAST({0} AS REAL)) END"
        return Spelt(rounded, term.x, kind="Double")

    def calculate_exactly(self, operator: str, family: str, terms: Sequence[Term[X]]) -> X:
        if family == "Int" and is_within(operator, [term.form for term in terms], INT64):
            sign = f"({{0}} {ARITHMETIC[operator]} {{1}})" if operator in ARITHMETIC else "(- {0})"
            return Spelt(sign, *(term.x for term in terms), kind="Int")
        places = ", ".join(f"{{{at}}}" for at in range(len(terms)))
        return Spelt(f"odata_{operator}({places})", *map(self._exact_argument, terms), kind="String", exact=True)

    def element_table(self, column: X, get: Get, name: str) -> tuple[str, Row]:
        check_elements_in_json(get)
        table = f"json_each(CASE WHEN json_type({{0}}) = 'array' THEN {{0}} END) AS {name}"
        return table, element_row(Spelt(f"{name}.value", kind=element_family(get)), get)

    def json_member(self, value: X, get: Get) -> X:
        check_in_json(get.kind, get)
        path = '$."' + get.name.replace('"', "") + '"'
        return Spelt("json_extract({0}, {1})", value, self.text_parameter(path), kind=kind_in_json(get))


def _is_exact(term: Term[X]) -> bool:
    return isinstance(term.x, Spelt) and term.x.exact
