"""What DuckDB and PySpark spell alike as expressions of Ibis.

What to-one relations of the item lead to is joined to its table before anything is asked of it, from the left, so that
no row is lost; to-many relations are EXISTS.
"""

import abc
import datetime as dt
import decimal
import inspect
import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Final, NamedTuple, TypeAlias

import ibis
import ibis.expr.operations as ops
import ibis.expr.types as ir

from odatafilter._comparisons import PYTHON_COMPARISONS
from odatafilter._engines.databases import CLOCK_PARTS, INT64, MOST_DIGITS
from odatafilter._engines.decide import PYTHON_ARITHMETIC
from odatafilter._engines.numbers import digits_of_range, is_within, range_of, range_of_result
from odatafilter._engines.translate import Engine, Members, RefusedError, Single, Term, value_to_send
from odatafilter._evaluate.calculate import WHITE_SPACE
from odatafilter._kinds import family_of
from odatafilter._plan import forms, polarity
from odatafilter._plan.forms import Const, Get
from odatafilter.ibis._relation import Relation

X: TypeAlias = Any  # a value of Ibis, whose classes have methods by type
_PREFIX: Final = "odata__"  # of the columns that are joined to a table
# By families of kinds: what only this engine reads stands in its package.
_TYPES: Final = {
    "Boolean": "boolean",
    "String": "string",
    "Enum": "string",
    "Int": "int64",
    "Double": "float64",
    "DateTimeOffset": "timestamp('UTC')",
    "Date": "date",
    "TimeOfDay": "time",
    "Duration": "interval('us')",
    "Guid": "uuid",
    "Binary": "binary",
}


def has_zone(x: X) -> bool:
    """Whether it is a timestamp with a zone."""
    return x.type().timezone is not None if x.type().is_timestamp() else False


class Flat(NamedTuple):
    """A row of a table, or of one that is joined to it: then its columns have a prefix.

    `joined` says that what to-one relations lead to stands beside it.
    """

    table: ir.Table
    relations: Mapping[str, Relation]
    prefix: str = ""
    joined: bool = False


Row: TypeAlias = Flat | Single[X] | Members[X]


class Spelling(Engine[X, Row]):
    """What Ibis says alike for both engines."""

    deepest = 60
    families = _TYPES.keys() | {"Decimal"}  # of which each value has a type with its digits
    joins_elements = True
    """Whether what to-one relations of an element lead to is joined to it, too; else it is asked by EXISTS."""

    def __init__(self, plan: forms.Plan) -> None:
        self._lambdas = 0
        self._inside_lambda = 0
        self._paths = frozenset(_paths_in(plan.condition))
        self.functions: dict[str, Callable[[Sequence[Term[X]]], X]] = {
            "concat": lambda terms: self._texts(terms)[0] + terms[1].x,
            "contains": lambda terms: self._texts(terms)[0].contains(terms[1].x),
            "startswith": lambda terms: self._texts(terms)[0].startswith(terms[1].x),
            "endswith": lambda terms: self._texts(terms)[0].endswith(terms[1].x),
            "indexof": lambda terms: self._texts(terms)[0].find(terms[1].x),
            "length": lambda terms: self._texts(terms)[0].length(),
            "substring": self._substring,
            "trim": lambda terms: terms[0].x.re_replace(f"^[{WHITE_SPACE}]+|[{WHITE_SPACE}]+$", ""),
            "tolower": lambda terms: self.change_case("tolower", terms[0].x),
            "toupper": lambda terms: self.change_case("toupper", terms[0].x),
            "now": lambda _: ibis.literal(dt.datetime.now(dt.UTC), _TYPES["DateTimeOffset"]),
            "mindatetime": lambda _: self._bind_value(dt.datetime.min.replace(tzinfo=dt.UTC), "DateTimeOffset"),
            "maxdatetime": lambda _: self._bind_value(dt.datetime.max.replace(tzinfo=dt.UTC), "DateTimeOffset"),
            "date": lambda terms: self._without_zone(terms[0]).date(),
            "time": self._time,
            "fractionalseconds": lambda terms: self.second_fraction(terms[0]),
            "totalseconds": lambda terms: self.total_seconds(terms[0]),
            "round": lambda terms: self._round_number("round", terms[0]),
            "floor": lambda terms: self._round_number("floor", terms[0]),
            "ceiling": lambda terms: self._round_number("ceiling", terms[0]),
            **{part: self._clock_part(part) for part in CLOCK_PARTS},
            **{operator: self._calculation(operator) for operator in PYTHON_ARITHMETIC},
        }

    # --- tables

    def row_of(self, table: ir.Table, relations: Mapping[str, Relation]) -> Flat:
        """A row of a table, with what the to-one relations that the filter reads lead to beside it."""
        # A view of its own: Ibis loses what a subquery refers to where it joins this table with what it is made of.
        return Flat(self._join(table.view(), relations, "", ()), relations, joined=True)

    def _join(
        self, table: ir.Table, relations: Mapping[str, Relation], prefix: str, above: tuple[str, ...]
    ) -> ir.Table:
        for name, relation in relations.items():
            path = (*above, name)
            if relation.many or path not in self._paths:
                continue
            inner = f"{prefix or _PREFIX}{name}__"
            other = relation.table.view().rename({f"{inner}{column}": column for column in relation.table.columns})
            table = table.left_join(other, [(prefix + relation.here, inner + relation.there)])
            table = self._join(table, relation.relations, inner, path)
        return table

    # --- conditions

    def constant(self, value: bool) -> X:
        return ibis.literal(value, "boolean")

    def join(self, word: str, operands: Sequence[X]) -> X:
        """As a tree, since Ibis joins two at a time and counts each as a level."""
        if len(operands) == 1:
            return operands[0]
        middle = len(operands) // 2
        one, other = self.join(word, operands[:middle]), self.join(word, operands[middle:])
        return one & other if word == "and" else one | other

    def negate(self, operand: X) -> X:
        return ~operand

    def compare(self, operator: polarity.Operator, left: Term[X], right: Term[X]) -> X:
        compared = PYTHON_COMPARISONS[operator](*self._comparable_sides(left, right))
        for term in (left, right):
            if family_of(term.kind) == "Double" and not isinstance(term.form, Const):
                compared = compared & ~term.x.isnan()  # the greatest number to these engines
        return compared

    def _comparable_sides(self, left: Term[X], right: Term[X]) -> tuple[X, X]:
        """Both sides so that the engine compares them as OData does."""
        if family_of(left.kind) == family_of(right.kind) == "DateTimeOffset":
            return self._instants(left, right)
        # Two decimals, or one beside an integer, as decimals of one precision: Ibis compares no others.
        if "Decimal" not in {family_of(left.kind), family_of(right.kind)} or "Double" in {
            family_of(left.kind),
            family_of(right.kind),
        }:
            return left.x, right.x
        numbers = [self._as_decimal(term) for term in (left, right)]
        one, other = self._with_one_precision(numbers)
        return one, other

    def _instants(self, left: Term[X], right: Term[X]) -> tuple[X, X]:
        """Beside a timestamp without offset, which is in UTC: the engine would take the zone of the session."""
        if all(has_zone(term.x) for term in (left, right)):
            return left.x, right.x
        one, other = (self._without_zone(term) for term in (left, right))
        return one, other

    def _without_zone(self, term: Term[X]) -> X:
        if isinstance(term.form, Const):
            return ibis.literal(term.form.value.astimezone(dt.UTC).replace(tzinfo=None), "timestamp")
        return self.in_utc(term.x) if has_zone(term.x) else term.x

    def _with_one_precision(self, numbers: Sequence[X]) -> list[X]:
        """Decimals of one precision: Ibis puts no others beside each other."""
        if not all(number.type().is_decimal() for number in numbers):
            return list(numbers)
        kind = self._common_type([number.type() for number in numbers])
        return [number.cast(kind) for number in numbers]

    def _common_type(self, several: Sequence[Any]) -> str:
        scale = max(kind.scale or 0 for kind in several)
        precision = scale + max((kind.precision or MOST_DIGITS) - (kind.scale or 0) for kind in several)
        if precision > MOST_DIGITS:
            raise RefusedError(f"{self.name} has decimals of up to {MOST_DIGITS} digits")
        return f"decimal({precision}, {scale})"

    def is_null(self, operand: Term[X], *, negated: bool) -> X:
        return operand.x.notnull() if negated else operand.x.isnull()

    def is_among(self, operand: Term[X], values: Sequence[Const], *, negated: bool) -> X:
        terms = [Term(self.literal(value), value) for value in values]
        if "Decimal" in {family_of(term.kind) for term in (operand, *terms)} and family_of(terms[0].kind) != "Double":
            x, *bound = self._with_one_precision([self._as_decimal(term) for term in (operand, *terms)])
            return x.notin(bound) if negated else x.isin(bound)
        bound = [term.x for term in terms]
        if family_of(operand.kind) == "DateTimeOffset":
            bound = [self._instants(operand, term)[1] for term in terms]
        return operand.x.notin(bound) if negated else operand.x.isin(bound)

    def as_condition(self, operand: Term[X], *, negated: bool) -> X:
        return ~operand.x if negated else operand.x

    # --- literals

    def literal(self, const: Const) -> X:
        if const.is_null:
            return ibis.null()
        family = family_of(const.kind)
        value = value_to_send(const)
        if family == "Decimal":
            return self._decimal(decimal.Decimal(value))
        if family == "Int" and value not in INT64:
            raise RefusedError(f"{const.literal.text:.60} is past the numbers of {self.name}")
        if isinstance(value, float) and math.isnan(value):
            raise RefusedError(f"{self.name} calculates with NaN in its own way")
        return self._bind_value(value, family)

    def _bind_value(self, value: object, family: str) -> X:
        if family not in _TYPES:
            raise RefusedError(f"{self.name} has no values of the kind {family}")
        if isinstance(value, dt.timedelta) and value // dt.timedelta(microseconds=1) not in INT64:
            raise RefusedError(f"{self.name} has no duration of so many days")
        if isinstance(value, dt.datetime):
            value = value.astimezone(dt.UTC)
        return ibis.literal(value, _TYPES[family])

    def _decimal(self, value: decimal.Decimal) -> X:
        _, digits, exponent = value.as_tuple()
        scale = max(0, -int(exponent))
        precision = max(len(digits) + max(0, int(exponent)), scale) + 1
        if precision > MOST_DIGITS:
            raise RefusedError(f"{self.name} has decimals of up to {MOST_DIGITS} digits")
        return ibis.literal(value, f"decimal({precision}, {scale})")

    # --- texts

    def _texts(self, terms: Sequence[Term[X]]) -> list[X]:
        if any(term.kind == forms.COLLECTION for term in terms):
            raise RefusedError(f"{self.name} has this function for texts only")
        return [term.x for term in terms]

    def _substring(self, terms: Sequence[Term[X]]) -> X:
        """Positions count from 0, a negative one from the end."""
        text, start, *length = self._texts(terms)
        counted = text.length().cast("int64") + start
        begin = ibis.cases((start >= 0, start), (counted >= 0, counted), (counted < 0, 0), else_=ibis.null("int64"))
        return text.substr(self.as_position(begin), *map(self.as_position, length))

    def as_position(self, x: X) -> X:
        """A position in a text, or a length of it, as the engine takes them."""
        return x

    def change_case(self, function: str, x: X) -> X:
        return x.lower() if function == "tolower" else x.upper()

    # --- dates and times

    def in_utc(self, x: X) -> X:
        """A timestamp without its zone, in UTC."""
        return x

    def _time(self, terms: Sequence[Term[X]]) -> X:
        return self._without_zone(terms[0]).time()

    def _clock_part(self, part: str) -> Callable[[Sequence[Term[X]]], X]:
        def spell(terms: Sequence[Term[X]]) -> X:
            return getattr(self.clock(terms[0]), part)().cast("int64")

        return spell

    def clock(self, term: Term[X]) -> X:
        """What the parts of a timestamp, a date or a time of day are taken of."""
        return self._without_zone(term) if term.kind == "DateTimeOffset" else term.x

    def second_fraction(self, term: Term[X]) -> X:
        """The fraction of a second."""
        raise RefusedError(f"{self.name} has no equal of 'fractionalseconds'")

    def total_seconds(self, term: Term[X]) -> X:
        """The seconds of a duration, or of a date or timestamp since 1970, exactly."""
        raise RefusedError(f"{self.name} does not calculate with times exactly")

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
            return PYTHON_ARITHMETIC[operator](*(term.x.cast("float64") for term in terms))
        if family == "Decimal":
            return self._calculate_decimals(operator, terms)
        return self._calculate_whole(operator, terms)

    def _calculate_decimals(self, operator: str, terms: Sequence[Term[X]]) -> X:
        numbers = [self._as_decimal(term) for term in terms]
        if operator == "mul":
            return self.product(*numbers)
        kind = self._common_type([number.type() for number in numbers])
        numbers = [number.cast(kind) for number in numbers]  # Ibis calculates with decimals of one precision only
        self.check_digits(max(number.type().precision or MOST_DIGITS for number in numbers) + 1)
        return PYTHON_ARITHMETIC[operator](*numbers)

    def check_digits(self, precision: int) -> None:
        """Raises RefusedError for more digits than a decimal of the engine has."""
        if precision > MOST_DIGITS:
            raise RefusedError(f"{self.name} has decimals of up to {MOST_DIGITS} digits")

    @abc.abstractmethod
    def product(self, one: X, other: X) -> X:
        """Two decimals multiplied."""

    def _as_decimal(self, term: Term[X]) -> X:
        if isinstance(term.form, Const):
            return self._decimal(decimal.Decimal(term.form.value))
        is_whole = family_of(term.kind) == "Int" and term.x.type().is_integer()
        return term.x.cast(f"decimal({digits_of_range(range_of(term.form))}, 0)") if is_whole else term.x

    def _calculate_whole(self, operator: str, terms: Sequence[Term[X]]) -> X:
        operands = [term.form for term in terms]
        if is_within(operator, operands, INT64):
            numbers = [term.x.cast("int64") for term in terms]
            if operator == "div":
                return self.quotient(*numbers)
            return PYTHON_ARITHMETIC[operator](*numbers)
        result = digits_of_range(range_of_result(operator, operands))
        digits = max(digits_of_range(range_of(operand)) for operand in operands)  # of one precision, for Ibis
        most = 2 * digits if operator == "mul" else max(digits, result)
        if operator in {"add", "sub", "mul", "negate"} and most <= MOST_DIGITS:
            made = PYTHON_ARITHMETIC[operator](*(term.x.cast(f"decimal({digits}, 0)") for term in terms))
            return made.cast(f"decimal({result}, 0)")
        raise RefusedError(f"{self.name} has whole numbers of up to {MOST_DIGITS} digits")

    @abc.abstractmethod
    def quotient(self, one: X, other: X) -> X:
        """A whole quotient, toward zero."""

    # --- members of enumerations

    def holds_number(self, x: X) -> bool:
        return bool(x.type().is_integer())

    def has_bits(self, operand: Term[X], bits: int) -> X:
        wanted = ibis.literal(bits, "int64")
        return (operand.x.cast("int64") & wanted) == wanted

    # --- values

    def choose(self, branches: Sequence[tuple[X, X]]) -> X:
        values = [value for _, value in branches]
        if any(value.type().is_decimal() for value in values):
            values = self._with_one_precision(values)
        return ibis.cases(*zip((when for when, _ in branches), values, strict=True))

    def zero_if_null(self, operand: X) -> X:
        return operand.fill_null(0)

    def as_decimal(self, operand: Term[X]) -> X:
        return self._as_decimal(operand)

    def number_as_double(self, operand: Term[X]) -> X:
        return operand.x.cast("float64")

    def number_as_text(self, x: X) -> X:
        return x.cast("string")

    # --- rows

    def column(self, row: Row, get: Get) -> X:
        name = _column_name(get)
        match row:
            case Flat(table=table, relations=relations, prefix=prefix):
                if name in relations and get.kind == "Complex":
                    relation = relations[name]  # null where there is no row
                    return table[f"{prefix or _PREFIX}{name}__{relation.there}"]
                if prefix + name not in table.columns:
                    raise RefusedError(f"'{name}' is no column of the table, and no relation")
                return table[prefix + name]
            case Members(value=value):
                if not isinstance(value, ir.StructValue) or name not in value.names:
                    raise RefusedError(f"'{name}' is no field of a struct")
                return value[name]
            case Single():
                raise RefusedError(f"'{name}' is below a value that has no properties")

    def is_relation(self, row: Row, get: Get) -> bool:
        relation = row.relations.get(_column_name(get)) if isinstance(row, Flat) and not row.joined else None
        return relation is not None and relation.many == (get.kind == "Collection")

    def embedded_row(self, row: Row, get: Get) -> Row:
        name = _column_name(get)
        if isinstance(row, Flat) and name in row.relations and not row.relations[name].many:
            return Flat(row.table, row.relations[name].relations, f"{row.prefix or _PREFIX}{name}__", joined=True)
        return Members(self.column(row, get))

    def has_related(self, row: Row, get: Get, inner: Callable[[Row], X], *, negated: bool) -> X:
        found = ops.ExistsSubquery(self._rows_of(row, _column_name(get), inner)).to_expr()
        return ~found if negated else found

    def related_value(self, row: Row, get: Get, inner: Callable[[Row], X]) -> X:
        values: list[X] = []

        def with_value(other: Row) -> X:
            values.append(inner(other))
            return ibis.literal(True, "boolean")

        rows = self._rows_of(row, _column_name(get), with_value)
        return rows.aggregate(value=values[0].arbitrary()).as_scalar()

    def _rows_of(self, row: Row, name: str, inner: Callable[[Row], X]) -> ir.Table:
        """The rows that a relation leads to, for which `inner` is TRUE."""
        if not isinstance(row, Flat):
            raise RefusedError(f"'{name}' is below a value that has no relations")
        if self._inside_lambda:
            raise RefusedError(f"{self.name} asks no other table about the elements of an array")
        relation = row.relations[name]
        element = (
            self.row_of(relation.table, relation.relations)
            if self.joins_elements
            else Flat(relation.table.view(), relation.relations)
        )
        there = element.table[relation.there]
        # Ibis wants every condition of a table to read it, and an operand of `and` may read the row outside alone.
        chosen = ibis.cases((there.notnull(), inner(element)), else_=False)
        return element.table.filter(there == row.table[row.prefix + relation.here], chosen)

    def exists(self, row: Row, get: Get, inner: Callable[[Row], X], *, negated: bool) -> X:
        chosen = self._element_rows(row, get, inner)
        found = (
            ops.ExistsSubquery(chosen).to_expr() if isinstance(chosen, ir.Table) else chosen.length().fill_null(0) > 0
        )
        return ~found if negated else found

    def count_elements(self, row: Row, get: Get, inner: Callable[[Row], X]) -> X:
        chosen = self._element_rows(row, get, inner)
        return chosen.count() if isinstance(chosen, ir.Table) else chosen.length().fill_null(0)

    def _element_rows(self, row: Row, get: Get, inner: Callable[[Row], X]) -> X:
        """The elements of a collection for which `inner` is TRUE: a table, or an array."""
        name = _column_name(get)
        if get.many:
            raise RefusedError(
                f"'{get.name}' stands for several values, which are elements of no single collection here"
            )
        if isinstance(row, Flat) and name in row.relations:
            return self._rows_of(row, name, inner)
        several = self.column(row, get)
        if not isinstance(several, ir.ArrayValue):
            raise RefusedError(f"'{name}' is no array and no relation")
        return self.filter_array(several, inner)

    def filter_array(self, several: X, inner: Callable[[Row], X]) -> X:
        """The elements of an array for which `inner` is TRUE."""

        def is_chosen(**named: X) -> X:
            (value,) = named.values()
            self._inside_lambda += 1
            try:
                return inner(Members(value) if isinstance(value, ir.StructValue) else Single(value))
            finally:
                self._inside_lambda -= 1

        # Ibis names what a lambda takes as its function does, and one inside another needs a name of its own.
        self._lambdas += 1
        parameter = inspect.Parameter(f"odata_{self._lambdas}", inspect.Parameter.KEYWORD_ONLY)
        is_chosen.__signature__ = inspect.Signature([parameter])  # type: ignore[attr-defined]
        return several.filter(is_chosen)


def _paths_in(condition: forms.Condition) -> Iterator[tuple[str, ...]]:
    """The paths that a condition reads, and all parts of them: a part may begin at an element of a collection."""
    pending: list[forms.Value] = [condition]
    while pending:
        form = pending.pop()
        names: list[str] = []
        step: forms.Value = form
        while isinstance(step, Get):
            names.insert(0, _column_name(step))
            yield tuple(names)
            step = step.of
        pending += forms.below(form)


def _column_name(get: Get) -> str:
    return get.name if get.facts is None else get.facts.attribute or get.facts.source or get.name


def _one(first: object) -> None:
    """What has one parameter."""


def _two(first: object, second: object) -> None:
    """What has two."""


def engine_function(name: str, parameters: tuple[str, ...], result: str) -> Callable[..., X]:
    """A function of the engine's own; Ibis asks a function of Python how many parameters it has."""
    like = _one if len(parameters) == 1 else _two
    return ibis.udf.scalar.builtin(like, name=name, signature=(parameters, result))  # type: ignore[no-any-return]
