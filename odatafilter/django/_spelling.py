"""What SQLite and PostgreSQL spell alike, as templates of SQL in Django's expressions.

Django has no public expression for NOT without null rules of its own, so conditions are templates; what they are made
of are Django's own fields, values and subqueries.
"""

import abc
import datetime as dt
import decimal
import math
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

from django.core.exceptions import FieldDoesNotExist
from django.db import models
from django.db.models import Exists, F, OuterRef, Subquery, Value
from django.db.models.functions import Now
from django.db.models.lookups import In

from odatafilter._engines.databases import CLOCK_PARTS, INT64, KINDS_IN_JSON
from odatafilter._engines.texts import least_text_after
from odatafilter._engines.translate import Engine, Members, RefusedError, Single, Term, value_to_send
from odatafilter._evaluate.calculate import WHITE_SPACE
from odatafilter._kinds import KINDS, family_of
from odatafilter._plan import forms, polarity
from odatafilter._plan.forms import Const, Get
from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError

X: TypeAlias = Any  # an expression of Django, which has no common type for them
# By families of kinds: types of the engine stand in its package, since `_kinds` must not import it.
FIELDS: Final[dict[str, models.Field]] = {
    "Boolean": models.BooleanField(),
    "String": models.TextField(),
    "Enum": models.TextField(),
    "Int": models.BigIntegerField(),
    "Decimal": models.DecimalField(max_digits=1000, decimal_places=500),
    "Double": models.FloatField(),
    "DateTimeOffset": models.DateTimeField(),
    "Date": models.DateField(),
    "TimeOfDay": models.TimeField(),
    "Duration": models.DurationField(),
    "Guid": models.UUIDField(),
    "Binary": models.BinaryField(),
}
NUL: Final = "\0"
SIGNS: Final = {"eq": "=", "ne": "<>", "lt": "<", "le": "<=", "gt": ">", "ge": ">="}
ARITHMETIC: Final = {"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%%"}


class Spelt(models.Expression):
    """A template of SQL with expressions in the places {0}, {1} and so on. An `exact` one is a number as text."""

    def __init__(self, template: str, *sources: X, kind: str = "Boolean", exact: bool = False) -> None:
        super().__init__(output_field=FIELDS[kind])
        self.template = template
        self.sources = list(sources)
        self.exact = exact

    def get_source_expressions(self) -> list[X]:
        return self.sources

    def set_source_expressions(self, exprs: Sequence[X]) -> None:
        self.sources = list(exprs)

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        compiled = [compiler.compile(source) for source in self.sources]
        sql: list[str] = []
        parameters: list[Any] = []
        for at, piece in enumerate(self.template.split("{")):
            number, closed, rest = piece.partition("}")
            if at and closed:
                text, values = compiled[int(number)]
                sql += (text, rest)
                parameters += values
            else:
                sql.append(piece)
        return "".join(sql), parameters


class Values(models.Expression):
    """Literals in a list, each a parameter."""

    def __init__(self, values: Sequence[object], field: models.Field) -> None:
        super().__init__(output_field=field)
        self.values = values

    def as_sql(self, compiler: Any, connection: Any, **_: Any) -> tuple[str, list[Any]]:
        prepared = [self.output_field.get_db_prep_value(value, connection) for value in self.values]
        return ", ".join(["%s"] * len(prepared)), prepared


class Related(NamedTuple):
    """A row of a model. `depth` is how many subqueries lie around the one that it is a row of."""

    model: type[models.Model]
    depth: int


Row: TypeAlias = Related | Single[X] | Members[X]


class Spelling(Engine[X, Row]):
    """What the two databases spell alike."""

    families = FIELDS.keys()
    position = "instr({0}, {1})"
    trimmed = "trim({0}, {1})"

    def __init__(self) -> None:
        self._depth = 0  # of the subquery in which the next expression will stand
        self._tables = 0
        self.functions: dict[str, Callable[[Sequence[Term[X]]], X]] = {
            "concat": lambda terms: self._texts("({0} || {1})", terms, "String"),
            "contains": lambda terms: self._texts(f"({self.position} > 0)", terms, "Boolean"),
            "indexof": lambda terms: self._texts(f"({self.position} - 1)", terms, "Int"),
            "startswith": self._startswith,
            "endswith": lambda terms: self._texts(
                f"(length({{0}}) >= length({{1}}) AND "
                f"{self.text_part('{0}', 'length({0}) - length({1}) + 1')} = {{1}})",
                terms,
                "Boolean",
            ),
            "length": lambda terms: self._texts("length({0})", terms, "Int"),
            "substring": self._substring,
            "trim": lambda terms: Spelt(self.trimmed, terms[0].x, self.text_parameter(WHITE_SPACE), kind="String"),
            "tolower": lambda terms: self.change_case("tolower", terms[0]),
            "toupper": lambda terms: self.change_case("toupper", terms[0]),
            "casefold": self.casefold,
            "matchesPattern": self.matches_pattern,
            "fractionalseconds": lambda terms: self.second_fraction(terms[0]),
            "totalseconds": lambda terms: self.total_seconds(terms[0]),
            "now": lambda _: Now(),
            "mindatetime": lambda _: self._bind_value(dt.datetime.min.replace(tzinfo=dt.UTC), "DateTimeOffset"),
            "maxdatetime": lambda _: self._bind_value(dt.datetime.max.replace(tzinfo=dt.UTC), "DateTimeOffset"),
            "round": lambda terms: self._round_number("round", terms[0]),
            "floor": lambda terms: self._round_number("floor", terms[0]),
            "ceiling": lambda terms: self._round_number("ceiling", terms[0]),
            "date": lambda terms: self.as_date(terms[0].x),
            "time": lambda terms: self.as_time(terms[0].x),
            **{part: self._clock_part(part) for part in CLOCK_PARTS},
            **{operator: self._calculation(operator) for operator in (*ARITHMETIC, "negate")},
        }

    # --- conditions

    def constant(self, value: bool) -> X:
        return Spelt("(1 = 1)" if value else "(1 = 0)")

    def join(self, word: str, operands: Sequence[X]) -> X:
        places = f" {word.upper()} ".join(f"{{{at}}}" for at in range(len(operands)))
        return Spelt(f"({places})", *operands)

    def negate(self, operand: X) -> X:
        return Spelt("NOT ({0})", operand)

    def compare(self, operator: polarity.Operator, left: Term[X], right: Term[X]) -> X:
        one, other = self.comparable_sides(left, right)
        ordered = family_of(left.kind) == family_of(right.kind) == "String" and operator not in {"eq", "ne"}
        by = self.by_code_points if ordered else ""
        compared = Spelt(f"({{0}}{by} {SIGNS[operator]} {{1}}{by})", one, other)
        return self.never_with_nan(compared, [term for term in (left, right) if family_of(term.kind) == "Double"])

    def is_null(self, operand: Term[X], *, negated: bool) -> X:
        return Spelt("({0} IS NOT NULL)" if negated else "({0} IS NULL)", operand.x)

    def is_among(self, operand: Term[X], values: Sequence[Const], *, negated: bool) -> X:
        bound = [self._python_value(value, family_of(operand.kind)) for value in values]
        listed = Values(bound, FIELDS[self.stored_family(family_of(operand.kind))])
        x = self._as_double(operand) if family_of(values[0].kind) == "Double" else operand.x
        if holds_text(operand):
            listed = Values([uuid.UUID(str(one)).hex for one in bound], FIELDS["String"])
        return Spelt("({0} NOT IN ({1}))" if negated else "({0} IN ({1}))", x, listed)

    def as_condition(self, operand: Term[X], *, negated: bool) -> X:
        return Spelt("NOT ({0})" if negated else "({0})", operand.x)

    def never_with_nan(self, compared: X, doubles: Sequence[Term[X]]) -> X:
        """A comparison that is not TRUE with a NaN."""
        return compared

    by_code_points = " COLLATE BINARY"
    long = "{1}"  # the second operand, as a number of 64 bits

    # --- literals

    def literal(self, const: Const) -> X:
        if const.is_null:
            return Spelt("NULL")
        family = family_of(const.kind)
        return self._bind_value(self._python_value(const, family), family)

    def _python_value(self, const: Const, beside: str) -> object:
        """The value to send, beside one of the family `beside`."""
        family = family_of(const.kind)
        if family not in FIELDS:
            raise RefusedError(f"{self.name} has no values of the kind {const.kind}")
        value = value_to_send(const)
        if family in {"String", "Enum"}:
            self._check_text(str(value))
        if isinstance(value, int) and not isinstance(value, bool) and family == "Int" and value not in INT64:
            raise RefusedError(f"{const.literal.text:.60} is past the numbers of {self.name}")
        if family == "Decimal" or (beside == "Decimal" and family == "Int"):
            return self.decimal(decimal.Decimal(value))
        if isinstance(value, float) and math.isnan(value):
            raise RefusedError(f"{self.name} calculates with NaN in its own way")
        return value

    def _check_text(self, text: str) -> None:
        if NUL in text:
            raise RefusedError(f"{self.name} does not take a NUL in a text")

    def decimal(self, value: decimal.Decimal) -> object:
        return value

    def stored_family(self, family: str) -> str:
        """The family of what the database keeps for one of `family`."""
        return family

    def _bind_value(self, value: object, family: str) -> X:
        stored = self.stored_family(family)
        return Spelt(self.parameter_template(stored), Value(value, FIELDS[stored]), kind=stored)

    def parameter_template(self, family: str) -> str:
        """The template for a parameter of a family, whose type the database would otherwise guess."""
        return "{0}"

    def text_parameter(self, value: str) -> X:
        return self._bind_value(value, "String")

    def comparable_sides(self, left: Term[X], right: Term[X]) -> tuple[X, X]:
        """Both sides so that the database compares them as OData does."""
        families = {family_of(left.kind), family_of(right.kind)}
        if families == {"Guid"} and (holds_text(left) or holds_text(right)):
            return self._guid_digits(left), self._guid_digits(right)
        one, other = self._beside(left, right), self._beside(right, left)
        if "Double" in families:
            one = one if family_of(left.kind) == "Double" else self.to_double(one)
            other = other if family_of(right.kind) == "Double" else self.to_double(other)
        return one, other

    def _guid_digits(self, term: Term[X]) -> X:
        """The 32 digits of a GUID as a text."""
        if isinstance(term.form, Const):
            return self.text_parameter(uuid.UUID(str(term.form.value)).hex)
        return term.x if holds_text(term) else self._digits_of(term.x)

    def _digits_of(self, x: X) -> X:
        return Spelt("replace(lower(CAST({0} AS text)), '-', '')", x, kind="String")

    as_double = "CAST({0} AS double precision)"

    def to_double(self, x: X) -> X:
        """A number as the nearest double."""
        return Spelt(self.as_double, x, kind="Double")

    def _as_double(self, term: Term[X]) -> X:
        return term.x if family_of(term.kind) == "Double" else self.to_double(term.x)

    def _beside(self, term: Term[X], other: Term[X]) -> X:
        """A literal as a value of the field that it is compared with."""
        form = term.form
        if not isinstance(form, Const) or not isinstance(other.form, Get):
            return term.x
        family = family_of(other.kind)
        return self._bind_value(
            self._python_value(form, family), family if family_of(form.kind) != "Double" else "Double"
        )

    # --- texts

    def _texts(self, template: str, terms: Sequence[Term[X]], kind: str) -> X:
        if any(term.kind == forms.COLLECTION for term in terms):
            raise RefusedError(f"{self.name} has this function for texts only")
        return Spelt(template, *(term.x for term in terms), kind=kind)

    def _startswith(self, terms: Sequence[Term[X]]) -> X:
        """A range of texts where the prefix is a literal, so that an index is used."""
        text, prefix = terms
        if not isinstance(prefix.form, Const):
            return self._texts(f"({self.text_part('{0}', '1', 'length({1})')} = {{1}})", terms, "Boolean")
        start = str(prefix.form.value)
        after = least_text_after(start)
        by = self.by_code_points
        if after is None:
            return Spelt(f"({{0}}{by} >= {{1}}{by})", text.x, self.text_parameter(start))
        template = f"({{0}}{by} >= {{1}}{by} AND {{0}}{by} < {{2}}{by})"
        return Spelt(template, text.x, self.text_parameter(start), self.text_parameter(after))

    def text_part(self, text: str, start: str, length: str = "") -> str:
        """The template for a part of a text, from a position that counts from 1."""
        return f"substr({text}, {start}{f', {length}' if length else ''})"

    def _substring(self, terms: Sequence[Term[X]]) -> X:
        """Positions count from 0, a negative one from the end; databases count from 1, and differ below that."""
        text, start, *length = terms
        place = self.long
        counted = f"length({{0}}) + {place}"
        begin = (
            f"CASE WHEN {place} >= 0 THEN {place} WHEN {counted} >= 0 THEN {counted} WHEN {counted} < 0 THEN 0 END + 1"
        )
        template = self.text_part("{0}", f"({begin})", "{2}" if length else "")
        return self._texts(template, [text, start, *length], "String")

    def change_case(self, function: str, term: Term[X]) -> X:
        return Spelt(f"odata_{function}({{0}})", term.x, kind="String")

    def casefold(self, terms: Sequence[Term[X]]) -> X:
        """A text without the difference of letter case, as Unicode folds it."""
        raise RefusedError(f"{self.name} has no equal of 'casefold'")

    def matches_pattern(self, terms: Sequence[Term[X]]) -> X:
        raise RefusedError(f"{self.name} has no regular expressions of ECMAScript")

    # --- dates and times

    @abc.abstractmethod
    def second_fraction(self, term: Term[X]) -> X:
        """The fraction of a second."""

    @abc.abstractmethod
    def total_seconds(self, term: Term[X]) -> X:
        """The seconds of a duration, or of a date or timestamp since 1970, exactly."""

    @abc.abstractmethod
    def as_date(self, x: X) -> X:
        """The date of a timestamp, in UTC."""

    @abc.abstractmethod
    def as_time(self, x: X) -> X:
        """The time of day of a timestamp, in UTC."""

    @abc.abstractmethod
    def clock_part(self, part: str, term: Term[X]) -> X:
        """A part of a date or a time, as a whole number."""

    def _clock_part(self, part: str) -> Callable[[Sequence[Term[X]]], X]:
        return lambda terms: self.clock_part(part, terms[0])

    # --- numbers

    def _round_number(self, function: str, term: Term[X]) -> X:
        return term.x if family_of(term.kind) == "Int" else self.round_fraction(function, term)

    @abc.abstractmethod
    def round_fraction(self, function: str, term: Term[X]) -> X:
        """`round`, `floor` or `ceiling` of a Decimal or a Double."""

    def _calculation(self, operator: str) -> Callable[[Sequence[Term[X]]], X]:
        return lambda terms: self._calculate(operator, terms)

    def _calculate(self, operator: str, terms: Sequence[Term[X]]) -> X:
        family = self.number_family(operator, terms)
        if family == "Double":
            sign = f"({{0}} {ARITHMETIC[operator]} {{1}})" if operator in ARITHMETIC else "(- {0})"
            return Spelt(sign, *map(self._as_double, terms), kind="Double")
        return self.calculate_exactly(operator, family, terms)

    @abc.abstractmethod
    def calculate_exactly(self, operator: str, family: str, terms: Sequence[Term[X]]) -> X:
        """Integers of any length, or decimals."""

    # --- members of enumerations

    def holds_number(self, x: X) -> bool:
        return kind_of_field(x) == "Int"

    def has_bits(self, operand: Term[X], bits: int) -> X:
        return Spelt("(({0} & {1}) = {1})", operand.x, self._bind_value(bits, "Int"))

    # --- values

    def choose(self, branches: Sequence[tuple[X, X]]) -> X:
        whens = " ".join(f"WHEN {{{2 * at}}} THEN {{{2 * at + 1}}}" for at in range(len(branches)))
        kind = kind_of_field(branches[0][1])
        return Spelt(f"CASE {whens} END", *(x for branch in branches for x in branch), kind=kind)

    def zero_if_null(self, operand: X) -> X:
        return Spelt("COALESCE({0}, 0)", operand, kind="Int")

    def as_decimal(self, operand: Term[X]) -> X:
        return operand.x

    def number_as_double(self, operand: Term[X]) -> X:
        return self._as_double(operand)

    def number_as_text(self, x: X) -> X:
        return Spelt("CAST({0} AS text)", x, kind="String")

    # --- rows

    def column(self, row: Row, get: Get) -> X:
        match row:
            case Related(model=model):
                field = _field(model, get)
                if field is None or field.is_relation or not getattr(field, "concrete", False):
                    raise RefusedError(f"'{get.name}' is no field of {model.__name__} that holds a value")
                named = self._outer_field(row, field.attname)
                # A field may hold the text of a GUID, in any letter case.
                is_text = isinstance(field, models.CharField | models.TextField)
                if is_text and field.db_collation:  # it may take different texts for equal
                    named = Spelt(f"({{0}}{self.by_code_points})", named, kind="String")
                if get.kind == "Enum" and not is_text:
                    return Spelt("{0}", named, kind="Int")
                return self._digits_of(named) if is_text and get.kind == "Guid" else named
            case Members(value=value):
                return self.json_member(value, get)
            case Single():
                raise RefusedError(f"'{get.name}' is below a value that has no properties")

    def _outer_field(self, row: Related, name: str) -> X:
        """A field of a row, said from the subquery that is made: one OuterRef for each one between."""
        x: X = F(name)
        for level in range(self._depth - row.depth):
            x = OuterRef(x if level else name)
        return x

    def is_relation(self, row: Row, get: Get) -> bool:
        field = _field(row.model, get) if isinstance(row, Related) else None
        return field is not None and field.is_relation

    def embedded_row(self, row: Row, get: Get) -> Row:
        if isinstance(row, Members) or (
            isinstance(row, Related) and isinstance(_field(row.model, get), models.JSONField)
        ):
            return Members(self.column(row, get))
        return super().embedded_row(row, get)

    @abc.abstractmethod
    def json_member(self, value: X, get: Get) -> X:
        """A property of an object in a column of JSON."""

    def has_related(self, row: Row, get: Get, inner: Callable[[Row], X], *, negated: bool) -> X:
        """`key IN (SELECT …)`, which uses the index of the key; NOT EXISTS where there may be no row."""
        field = _relation(row, get)
        model = field.related_model
        if field.concrete and not negated and isinstance(row, Related):
            key = self._outer_field(row, field.attname)
            target = field.target_field.attname
            condition = self._inside(lambda: inner(Related(model, self._depth)))
            return In(key, model._base_manager.filter(condition).values(target).query)
        found = Exists(self._joined_rows(row, field, inner))
        return ~found if negated else found

    def related_value(self, row: Row, get: Get, inner: Callable[[Row], X]) -> X:
        field = _relation(row, get)
        outer = self._outer(row, field)
        value = self._inside(lambda: inner(Related(field.related_model, self._depth)))
        found = field.related_model._base_manager.filter(**outer).annotate(_value=value).values("_value")
        return Subquery(found)

    def exists(self, row: Row, get: Get, inner: Callable[[Row], X], *, negated: bool) -> X:
        field = _field(row.model, get) if isinstance(row, Related) else None
        if field is None or not field.is_relation:
            column = self.column(row, get)
            self._tables += 1
            table, element = self.element_table(column, get, f"odata{self._tables}")
            return Spelt(
                f"{'NOT ' if negated else ''}EXISTS (SELECT 1 FROM {table} WHERE {{1}})", column, inner(element)
            )
        found = Exists(self._joined_rows(row, field, inner))
        return ~found if negated else found

    def count_elements(self, row: Row, get: Get, inner: Callable[[Row], X]) -> X:
        field = _field(row.model, get) if isinstance(row, Related) else None
        if field is None or not field.is_relation:
            column = self.column(row, get)
            self._tables += 1
            table, element = self.element_table(column, get, f"odata{self._tables}")
            return Spelt(f"(SELECT COUNT(*) FROM {table} WHERE {{1}})", column, inner(element), kind="Int")
        rows = self._joined_rows(row, field, inner).order_by()
        counted = rows.annotate(_one=Value(1)).values("_one").annotate(_count=models.Count("*")).values("_count")
        return self.zero_if_null(Subquery(counted, output_field=FIELDS["Int"]))

    @abc.abstractmethod
    def element_table(self, column: X, get: Get, name: str) -> tuple[str, Row]:
        """The table of the elements of a collection in one column, which is {0}, and one of them."""

    def _joined_rows(self, row: Row, field: Any, inner: Callable[[Row], X]) -> Any:
        """The related rows for which `inner` is TRUE."""
        outer = self._outer(row, field)
        condition = self._inside(lambda: inner(Related(field.related_model, self._depth)))
        manager = field.related_model._base_manager if field.concrete else field.related_model._default_manager
        return manager.filter(**outer).filter(condition)

    def _outer(self, row: Row, field: Any) -> dict[str, X]:
        """What joins related rows to this one: keywords of `filter` in the subquery that is about to be made."""
        if not isinstance(row, Related):
            raise RefusedError(f"'{field.name}' is below a value that has no relations")
        if field.many_to_many:
            there = field.related_query_name() if field.concrete else field.field.name
            return {there: self._from_inside(row, "pk")}
        if field.concrete:
            return {field.target_field.attname: self._from_inside(row, field.attname)}
        return {field.field.attname: self._from_inside(row, field.field.target_field.attname)}

    def _from_inside(self, row: Related, name: str) -> X:
        x: X = OuterRef(name)
        for _ in range(self._depth - row.depth):
            x = OuterRef(x)
        return x

    def _inside(self, make: Callable[[], X]) -> X:
        self._depth += 1
        try:
            return make()
        finally:
            self._depth -= 1


def check_model(model: object) -> None:
    """Raises FilterTypeError for what is no class of models."""
    if not (isinstance(model, type) and issubclass(model, models.Model)):
        raise FilterTypeError(f"{show(model)} is no model of Django")


def _field(model: type[models.Model], get: Get) -> Any:
    """The field that a property is, or None."""
    name = get.name
    if get.facts is not None:
        name = get.facts.attribute or get.facts.source or name
    try:
        return model._meta.get_field(name)
    except FieldDoesNotExist:
        return None


def holds_text(term: Term[X]) -> bool:
    """Whether it is the digits of a GUID that a field holds as a text."""
    return family_of(term.kind) == "Guid" and isinstance(term.x, Spelt) and kind_of_field(term.x) == "String"


def _relation(row: Row, get: Get) -> Any:
    field = _field(row.model, get) if isinstance(row, Related) else None
    if field is None or not field.is_relation:
        raise RefusedError(f"'{get.name}' is no relation")
    return field


def kind_of_field(x: X) -> str:
    field = getattr(x, "_output_field_or_none", None) if isinstance(x, Spelt) else None
    return next((kind for kind, known in FIELDS.items() if type(known) is type(field)), "String")


def check_in_json(kind: str, get: Get) -> None:
    """Raises RefusedError for a kind whose values JSON has as texts, which are in another order and form."""
    if kind not in KINDS_IN_JSON and kind not in {"Enum", "Complex", forms.COLLECTION, forms.UNTYPED}:
        raise RefusedError(f"'{get.name}' stands in JSON, which has no values of the kind {kind}")


def check_elements_in_json(get: Get) -> None:
    """The same for the elements of a collection."""
    element = get.facts.element if get.facts else None
    if element is not None:
        check_in_json(element.kind, get)


def element_family(get: Get) -> str:
    element = get.facts.element if get.facts else None
    return KINDS[element.kind].family if element is not None and element.kind in KINDS else "String"


def kind_in_json(get: Get) -> str:
    """The family of a value in JSON; a collection or an object there is its text."""
    return "String" if get.kind in {forms.COLLECTION, "Complex"} else family_of(get.kind)


def element_row(value: X, get: Get) -> Row:
    element = get.facts.element if get.facts else None
    return Single(value) if element is not None and element.schema is None else Members(value)
