"""The spellings of PostgreSQL."""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from odatafilter._engines.translate import Members, Single, Term
from odatafilter._kinds import family_of
from odatafilter._plan import forms
from odatafilter._plan.forms import Const, Get
from odatafilter.django._spelling import (
    ARITHMETIC,
    Row,
    Spelling,
    Spelt,
    X,
    check_elements_in_json,
    check_in_json,
    element_family,
)


class PostgreSQL(Spelling):
    """PostgreSQL."""

    name = "PostgreSQL"
    deepest = 40
    position = "strpos({0}, {1})"
    trimmed = "btrim({0}, {1})"
    by_code_points = ' COLLATE "C"'
    long = "{1}::bigint"
    _TYPES: Final = {
        "String": "text",
        "Enum": "text",
        "Int": "bigint",
        "Decimal": "numeric",
        "Double": "double precision",
        "DateTimeOffset": "timestamptz",
        "Date": "date",
        "TimeOfDay": "time",
    }

    def parameter_template(self, family: str) -> str:
        return f"CAST({{0}} AS {self._TYPES[family]})" if family in self._TYPES else "{0}"

    def never_with_nan(self, compared: X, doubles: Sequence[Term[X]]) -> X:
        stored = [term.x for term in doubles if not isinstance(term.form, Const)]
        if not stored:
            return compared
        rules = " AND ".join(f"{{{at}}} <> 'NaN'::float8" for at in range(1, len(stored) + 1))
        return Spelt(f"({{0}} AND {rules})", compared, *stored)

    def text_part(self, text: str, start: str, length: str = "") -> str:
        most = 2**31 - 1

        def place(x: str) -> str:
            return f"CASE WHEN {x} <= {most} THEN ({x})::integer WHEN {x} > {most} THEN {most} END"

        return super().text_part(text, place(start), place(length) if length else "")

    def change_case(self, function: str, term: Term[X]) -> X:
        name = {"tolower": "lower", "toupper": "upper"}[function]
        return Spelt(f'({name}({{0}} COLLATE "und-x-icu") COLLATE "C")', term.x, kind="String")

    def as_date(self, x: X) -> X:
        return Spelt("(({0} AT TIME ZONE 'UTC')::date)", x, kind="Date")

    def as_time(self, x: X) -> X:
        return Spelt("(({0} AT TIME ZONE 'UTC')::time)", x, kind="TimeOfDay")

    def clock_part(self, part: str, term: Term[X]) -> X:
        x = "{0} AT TIME ZONE 'UTC'" if term.kind == "DateTimeOffset" else "{0}"
        return Spelt(f"floor(extract({part} from {x}))::bigint", term.x, kind="Int")

    def second_fraction(self, term: Term[X]) -> X:
        second = "extract(second from {0})::numeric"
        return Spelt(f"({second} - floor({second}))", term.x, kind="Decimal")

    def total_seconds(self, term: Term[X]) -> X:
        x = "{0} AT TIME ZONE 'UTC'" if term.kind == "DateTimeOffset" else "{0}"
        days = f"(({x})::date - '1970-01-01'::date)::numeric * 86400"
        clock = {"hour": 3600, "minute": 60, "second": 1}
        if term.kind == "Duration":  # with the months and years that Python's driver reads
            days, clock = "0", {"year": 365 * 86400, "month": 30 * 86400, "day": 86400, **clock}
        elif term.kind == "Date":
            clock = {}
        counted = [f"extract({part} from {x})::numeric * {seconds}" for part, seconds in clock.items()]
        return Spelt(f"({' + '.join([days, *counted])})", term.x, kind="Decimal")

    def move_time(self, operand: Term[X], by: dt.timedelta) -> X:
        if operand.kind == "Date":
            return Spelt("({0} + {1}::integer)", operand.x, self._bind_value(by.days, "Int"), kind="Date")
        moved = "(({0} AT TIME ZONE 'UTC' + {1}::interval) AT TIME ZONE 'UTC')"
        return Spelt(moved, operand.x, self._bind_value(by, "Duration"), kind="DateTimeOffset")

    def round_fraction(self, function: str, term: Term[X]) -> X:
        double = family_of(term.kind) == "Double"
        if function == "round" and double:
            # PostgreSQL's own goes to the even number from a half.
            away = "CASE WHEN abs({0} - trunc({0})) >= 0.5 THEN sign({0}) ELSE 0 END"
            return Spelt(f"(trunc({{0}}) + {away})", term.x, kind="Double")
        name = "ceil" if function == "ceiling" else function
        return Spelt(f"{name}({{0}})", term.x, kind="Double" if double else "Decimal")

    def calculate_exactly(self, operator: str, family: str, terms: Sequence[Term[X]]) -> X:
        template = {"negate": "(- {0}::numeric)", "div": "div({0}::numeric, {1}::numeric)"}.get(
            operator, f"({{0}}::numeric {ARITHMETIC.get(operator, '')} {{1}}::numeric)"
        )
        return Spelt(template, *(term.x for term in terms), kind="Decimal")

    def element_table(self, column: X, get: Get, name: str) -> tuple[str, Row]:
        check_elements_in_json(get)
        element = get.facts.element if get.facts else None
        several = "CASE WHEN jsonb_typeof({0}) = 'array' THEN {0} END"
        if element is not None and element.schema is None:
            family = element_family(get)
            cast = self._TYPES.get(family, "boolean")
            table = f"jsonb_array_elements_text({several}) AS {name}(value)"
            return table, Single(Spelt(f"{name}.value::{cast}", kind=family))
        table = f"jsonb_array_elements({several}) AS {name}(value)"
        return table, Members(Spelt(f"{name}.value", kind="String"))

    def json_member(self, value: X, get: Get) -> X:
        check_in_json(get.kind, get)
        if get.kind in {forms.COLLECTION, "Complex"}:
            return Spelt("({0} -> {1})", value, self.text_parameter(get.name), kind="String")
        family = family_of(get.kind)
        cast = self._TYPES.get(family, "boolean")
        return Spelt(f"(({{0}} ->> {{1}})::{cast})", value, self.text_parameter(get.name), kind=family)
