"""What SQLite, PostgreSQL and DuckDB spell alike, as SQLAlchemy expressions.

What each of them does otherwise than OData wants stands in its own module. Null, scopes and `not` are settled before
anything comes here.
"""

import abc
import datetime as dt
import decimal
import functools
import math
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.associationproxy import AssociationProxyInstance
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import operators
from sqlalchemy.sql.visitors import InternalTraversal

from odatafilter._comparisons import OPPOSITES, PYTHON_COMPARISONS
from odatafilter._engines.databases import CLOCK_PARTS, INT64, KINDS_IN_JSON
from odatafilter._engines.decide import PYTHON_ARITHMETIC
from odatafilter._engines.numbers import digits_of_range, range_of
from odatafilter._engines.texts import least_text_after
from odatafilter._engines.translate import Engine, Members, RefusedError, Single, Term, value_to_send
from odatafilter._evaluate.calculate import WHITE_SPACE
from odatafilter._kinds import KINDS, family_of
from odatafilter._plan import forms, polarity
from odatafilter._plan.forms import Const, Get
from odatafilter.sqlalchemy._columns import Column, Listed, Mapped, Row, words_of_labels
from odatafilter.sqlalchemy._types import (
    BIG_INTEGER,
    BOOLEAN,
    COLUMN_TYPES,
    DATE,
    DOUBLE,
    INTERVAL,
    NUMERIC,
    STRING,
    TEXT,
    TIME,
    TIMESTAMP,
    WITHOUT_ZONE,
    bind,
)

F: Final = sa.func
NUL: Final = "\0"
_ONE: Final[sa.ColumnElement[Any]] = sa.literal_column("1")
_CONSTANTS: Final = (sa.Null, sa.True_, sa.False_)
_OPERATORS: Final[dict[polarity.Operator, tuple[operators.OperatorType, operators.OperatorType]]] = {
    operator: (getattr(operators, operator), getattr(operators, opposite)) for operator, opposite in OPPOSITES.items()
}
_COMPARING: Final = frozenset(
    {
        *[operator for operator, _ in _OPERATORS.values()],
        operators.is_,
        operators.is_not,
        operators.in_op,
        operators.not_in_op,
    }
)
INSTALL: Final = "odatafilter.sqlalchemy.install(engine)"


class _Chain(sa.ColumnElement[bool]):
    """Conditions joined by AND or OR: it stays one chain inside another, which SQLAlchemy's own chains do not."""

    inherit_cache = False
    type = BOOLEAN
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's own
        ("operands", InternalTraversal.dp_clauseelement_list)
    ]

    def __init__(self, word: str, operands: Sequence[Column], *, has_parentheses: bool = False) -> None:
        self.word = word
        self.operands = operands
        self.has_parentheses = has_parentheses

    @property
    def _from_objects(self) -> list[Any]:
        return [one for operand in self.operands for one in operand._from_objects]

    def self_group(self, against: Any = None) -> "_Chain":
        """In parentheses, except where nothing stands around, and for AND inside OR."""
        if self.has_parentheses or against is None or (self.word == "and" and against is operators.or_):
            return self
        return _Chain(self.word, self.operands, has_parentheses=True)

    def __invert__(self) -> Column:
        return sa.UnaryExpression(self.self_group(operators.inv), operator=operators.inv, type_=BOOLEAN)


@compiles(_Chain)
def _compile_chain(element: _Chain, compiler: Any, **options: Any) -> str:
    word = " AND " if element.word == "and" else " OR "
    text = word.join([compiler.process(operand, **options) for operand in element.operands])
    return f"({text})" if element.has_parentheses else text


class Spelling(Engine[Column, Row]):
    """What the three engines spell alike. `installed` says whether the functions of `install` are there."""

    families = COLUMN_TYPES.keys()
    instr = "strpos"

    def __init__(self, *, installed: bool, ordered_texts: bool) -> None:
        self.installed = installed
        self._ordered_texts = ordered_texts
        self.functions: dict[str, Callable[[Sequence[Term[Column]]], Column]] = {
            "concat": self._concat,
            "contains": lambda terms: compare_columns("gt", self._position(terms), bind(0, BIG_INTEGER)),
            "indexof": lambda terms: self._position(terms) - 1,
            "startswith": self._startswith,
            "endswith": self._endswith,
            "length": self._length,
            "substring": self._substring,
            "trim": self._trim,
            "tolower": lambda terms: self._change_case("tolower", terms[0]),
            "toupper": lambda terms: self._change_case("toupper", terms[0]),
            "casefold": lambda terms: self._installed_function("casefold", STRING, terms),
            "matchesPattern": self._matches_pattern,
            "now": lambda _: sa.bindparam(None, callable_=self._now, type_=self.timestamp_type, unique=True),
            "mindatetime": lambda _: self._timestamp_literal(dt.datetime.min.replace(tzinfo=dt.UTC), None),
            "maxdatetime": lambda _: self._timestamp_literal(dt.datetime.max.replace(tzinfo=dt.UTC), None),
            "date": self._date,
            "time": self._time,
            "fractionalseconds": self._fraction,
            "totalseconds": lambda terms: self.total_seconds(terms[0]),
            "round": lambda terms: self._round_number("round", terms[0]),
            "floor": lambda terms: self._round_number("floor", terms[0]),
            "ceiling": lambda terms: self._round_number("ceiling", terms[0]),
            **{operator: functools.partial(self.calculate, operator) for operator in PYTHON_ARITHMETIC},
            **{part: self._clock_part(part) for part in CLOCK_PARTS},
        }

    # --- conditions

    def constant(self, value: bool) -> Column:
        return sa.true() if value else sa.false()

    def join(self, word: str, operands: Sequence[Column]) -> Column:
        around, settled = (operators.and_, sa.False_) if word == "and" else (operators.or_, sa.True_)
        chained: list[Column] = []
        for operand in operands:
            if isinstance(operand, sa.BinaryExpression) and operand.operator in _COMPARING:
                chained.append(operand)
            elif isinstance(operand, settled):
                return operand
            elif not isinstance(operand, _CONSTANTS):
                chained.append(operand.self_group(against=around))
        if len(chained) > 1:
            return _Chain(word, chained)
        return chained[0] if chained else operands[0]

    def negate(self, operand: Column) -> Column:
        return sa.not_(operand)

    def compare(self, operator: polarity.Operator, left: Term[Column], right: Term[Column]) -> Column:
        one, other = self._comparable_sides(left, right)
        if {left.family, right.family} <= {"String", "Enum"}:
            one, other = self._texts_alike(one, other, ordered=operator not in {"eq", "ne"})
        compared = compare_columns(operator, one, other)
        if left.family != "Double" != right.family:
            return compared
        return self.never_with_nan(compared, [term for term in (left, right) if term.family == "Double"])

    def is_null(self, operand: Term[Column], *, negated: bool) -> Column:
        operator, opposite = (operators.is_not, operators.is_) if negated else (operators.is_, operators.is_not)
        question = sa.BinaryExpression(operand.x, sa.null(), operator, type_=BOOLEAN, negate=opposite)
        if not isinstance(operand.x.type, sa.JSON) or operand.x.type.none_as_null:
            return question
        # SQLAlchemy keeps None as the null of JSON in such a column.
        compared = compare_columns("ne" if negated else "eq", sa.cast(operand.x, STRING), bind("null", STRING))
        return self.join("and" if negated else "or", [question, compared])

    def is_among(self, operand: Term[Column], values: Sequence[Const], *, negated: bool) -> Column:
        plain = self._plain_values(operand, values)
        if plain is not None:
            column = (
                self.same_by_code_points(self.as_plain_text(operand.x)) if operand.family == "String" else operand.x
            )
            return _in_values(column, plain, COLUMN_TYPES[operand.family], negated=negated)
        terms = [Term(self.literal_beside(value, operand), value) for value in values]
        alike = [self._comparable_sides(operand, term) for term in terms]
        if not all(isinstance(value, sa.BindParameter) for _, value in alike):
            operator: polarity.Operator = "ne" if negated else "eq"
            compared = [self.compare(operator, operand, term) for term in terms]
            return self.join("and" if negated else "or", compared)
        column, value = alike[0]
        types = {isinstance(value.type, sa.Enum) for _, value in alike}
        if operand.family in {"String", "Enum"}:
            word = bind("", STRING) if len(types) > 1 else value  # some are no words of the enumeration
            column, value = self._texts_alike(column, word, ordered=False)
        bound = [value.value for _, value in alike]
        # Beside decimals, whole numbers are decimals: PostgreSQL would round all to the type of the first.
        column_type = value.type
        if operand.family == "Decimal":
            column_type = next((one.type for _, one in alike if not isinstance(one.type, sa.Integer)), column_type)
        return _in_values(column, bound, column_type, negated=negated)

    def _plain_values(self, operand: Term[Column], values: Sequence[Const]) -> list[object] | None:
        """The values as they are bound, where all are whole numbers or texts: one look at each; else None."""
        family = operand.family
        if family not in {"Int", "String"} or isinstance(operand.x.type, sa.Enum):
            return None
        if {family_of(kind) for kind in {value.kind for value in values}} != {family}:
            return None
        found = [value_to_send(value) for value in values]
        if family == "String":
            self.check_text("".join(found))
        elif min(found) not in INT64 or max(found) not in INT64:
            return None
        return found

    def as_condition(self, operand: Term[Column], *, negated: bool) -> Column:
        return sa.not_(operand.x) if negated else operand.x

    def never_with_nan(self, compared: Column, doubles: Sequence[Term[Column]]) -> Column:
        """A comparison that is not TRUE with a NaN, which PostgreSQL and DuckDB take for the greatest number."""
        stored = [term.x for term in doubles if not isinstance(term.form, Const)]
        if not stored:
            return compared
        return sa.and_(compared, *(value != bind(math.nan, DOUBLE) for value in stored)).self_group()

    def by_code_points(self, text: Column) -> Column:
        """A text whose order is that of code points."""
        return text

    def same_by_code_points(self, text: Column) -> Column:
        """A text that is equal to no other one: a column may have a collation that says otherwise."""
        return self.by_code_points(text) if self._ordered_texts or getattr(text.type, "collation", None) else text

    # --- literals

    timestamp_type: sa.types.TypeEngine[Any] = TIMESTAMP

    def literal(self, const: Const) -> Column:
        return self._bind(const, None)

    def literal_beside(self, const: Const, other: Term[Column]) -> Column:
        return self._bind(const, other.x.type)

    def _bind(self, const: Const, beside: "sa.types.TypeEngine[Any] | None") -> Column:
        """A bound parameter of the type of the column that it stands beside, where there is one."""
        if const.is_null:
            return sa.null()
        value = value_to_send(const)
        match family_of(const.kind):
            case "String" | "Enum":
                return self._text_literal(str(value), beside)
            case "Int":
                return bind(value, BIG_INTEGER) if value in INT64 else self.large_literal(value)
            case "Decimal":
                return self.decimal_literal(decimal.Decimal(value))
            case "Double":
                return self.double_literal(float(value))
            case "DateTimeOffset":
                return self._timestamp_literal(value, beside)
            case "Duration":
                return self.length_literal(value, beside)
            case "Guid":
                return bind(value, beside if isinstance(beside, sa.Uuid) else COLUMN_TYPES["Guid"])
            case family if family in COLUMN_TYPES:
                return bind(value, COLUMN_TYPES[family] if beside is None else beside)
            case _:
                raise RefusedError(f"{self.name} has no values of the kind {const.kind}")

    def _text_literal(self, text: str, beside: "sa.types.TypeEngine[Any] | None") -> Column:
        self.check_text(text)
        if isinstance(beside, sa.Enum):
            words = frozenset(text.split(","))
            labels = [label for label, own in words_of_labels(beside).items() if own == words]
            return bind(labels[0], beside) if labels else bind(text, STRING)
        return bind(text, beside if isinstance(beside, sa.Enum) else STRING)

    def check_text(self, text: str) -> None:
        """Raises RefusedError for a text that the engine does not take."""

    def decimal_literal(self, value: decimal.Decimal) -> Column:
        return bind(value, NUMERIC)

    def large_literal(self, value: int) -> Column:
        """A whole number that is past Int64."""
        return self.decimal_literal(decimal.Decimal(value))

    def double_literal(self, value: float) -> Column:
        return bind(value, DOUBLE)

    def length_literal(self, value: dt.timedelta, beside: "sa.types.TypeEngine[Any] | None") -> Column:
        return bind(value, COLUMN_TYPES["Duration"] if beside is None else beside)

    def _timestamp_literal(self, value: dt.datetime, beside: "sa.types.TypeEngine[Any] | None") -> Column:
        column_type = beside if isinstance(beside, sa.DateTime) else self.timestamp_type
        in_utc = value.astimezone(dt.UTC)
        aware = isinstance(column_type, sa.DateTime) and column_type.timezone and self.keeps_offsets
        return bind(in_utc if aware else in_utc.replace(tzinfo=None), column_type)

    keeps_offsets = True

    def _now(self) -> dt.datetime:
        now = dt.datetime.now(dt.UTC)
        return now if self.keeps_offsets else now.replace(tzinfo=None)

    # --- two values that stand beside each other

    def _comparable_sides(self, left: Term[Column], right: Term[Column]) -> tuple[Column, Column]:
        """Both sides so that the engine compares them as OData does."""
        one, other = left.x, right.x
        if left.family == right.family:
            if left.family == "Int":
                return one, other
            if left.family == "String" and not isinstance(one.type, sa.Enum) and not isinstance(other.type, sa.Enum):
                return one, other
        families = {left.family, right.family}
        if families == {"Guid"}:
            return self._guids_alike(left, one, right, other)
        if "Double" in families and len(families) > 1:
            return self.as_double(left, one), self.as_double(right, other)
        if families == {"DateTimeOffset"}:
            return self._instants(one, other)
        return one, other

    def _instants(self, one: Column, other: Column) -> tuple[Column, Column]:
        """One with and one without offset, which is in UTC: the engine would take the zone of the session."""
        kept = {isinstance(x.type, sa.DateTime) and x.type.timezone for x in (one, other)}
        return (self.in_utc(one), self.in_utc(other)) if len(kept) > 1 else (one, other)

    def _texts_alike(self, one: Column, other: Column, *, ordered: bool) -> tuple[Column, Column]:
        """Two texts that are compared by their code points; words of one enumeration are equal as they are."""
        if isinstance(one.type, sa.Enum) and isinstance(other.type, sa.Enum):
            same = one.type.name == other.type.name and one.type.enums == other.type.enums
            if same and not ordered:
                return one, other
        one, other = self.as_plain_text(one), self.as_plain_text(other)
        if not ordered:
            return self.same_by_code_points(one), self.same_by_code_points(other)
        # A parameter is compared as the other side is.
        if isinstance(other, sa.BindParameter):
            return self.by_code_points(one), other
        return one if isinstance(one, sa.BindParameter) else self.by_code_points(one), self.by_code_points(other)

    def as_double(self, term: Term[Column], x: Column) -> Column:
        """A number beside a Double."""
        return x if term.family == "Double" else sa.cast(x, DOUBLE)

    def _guids_alike(
        self, left: Term[Column], one: Column, right: Term[Column], other: Column
    ) -> tuple[Column, Column]:
        """GUIDs, of which a column may hold the texts, in any letter case."""
        stored = [x for term, x in ((left, one), (right, other)) if not isinstance(term.form, Const)]
        if all(isinstance(x.type, sa.Uuid) for x in stored):
            return one, other
        return self._guid_digits(left, one), self._guid_digits(right, other)

    def _guid_digits(self, term: Term[Column], x: Column) -> Column:
        """The 32 digits of a GUID as a text."""
        if isinstance(term.form, Const):
            return bind(uuid.UUID(str(term.form.value)).hex, STRING)
        text = self.guid_text(x) if isinstance(x.type, sa.Uuid) else self.as_plain_text(x)
        return F.replace(F.lower(text), bind("-", STRING), bind("", STRING), type_=STRING)

    def guid_text(self, x: Column) -> Column:
        """The text of a GUID in a column of GUIDs."""
        return sa.cast(x, STRING)

    # --- texts

    def _text(self, term: Term[Column]) -> Column:
        return self.as_plain_text(term.x)

    def as_plain_text(self, text: Column) -> Column:
        """A text of a type that has all functions of texts, as it is read back."""
        return text

    def _length(self, terms: Sequence[Term[Column]]) -> Column:
        self._check_texts(terms)
        return F.length(self._text(terms[0]), type_=BIG_INTEGER)

    def _concat(self, terms: Sequence[Term[Column]]) -> Column:
        self._check_texts(terms)
        return self._text(terms[0]).concat(self._text(terms[1]))

    def _check_texts(self, terms: Sequence[Term[Column]]) -> None:
        if any(term.kind == forms.COLLECTION for term in terms):
            raise RefusedError(f"{self.name} has this function for texts only")

    def _position(self, terms: Sequence[Term[Column]]) -> Column:
        """Where a text stands in another, from 1; 0 where it does not."""
        self._check_texts(terms)
        return getattr(F, self.instr)(  # type: ignore[no-any-return]
            self._text(terms[0]), self._text(terms[1]), type_=BIG_INTEGER
        )

    def _startswith(self, terms: Sequence[Term[Column]]) -> Column:
        """A range of texts where the prefix is a literal, so that an index is used."""
        self._check_texts(terms)
        text, prefix = self._text(terms[0]), terms[1]
        if not isinstance(prefix.form, Const):
            begin = self._text(prefix)
            return F.substr(text, 1, F.length(begin), type_=STRING) == self.same_by_code_points(begin)
        start = str(prefix.form.value)
        ordered = self.by_code_points(text)
        first = compare_columns("ge", ordered, bind(start, STRING))
        after = least_text_after(start)
        if after is None:
            return first
        return self.join("and", [first, compare_columns("lt", ordered, bind(after, STRING))])

    def _endswith(self, terms: Sequence[Term[Column]]) -> Column:
        self._check_texts(terms)
        text, suffix = self._text(terms[0]), self._text(terms[1])
        length, tail = F.length(text), F.length(suffix)
        rest = F.substr(text, self.as_position(length - tail + 1), type_=STRING)
        return sa.and_(length >= tail, rest == self.same_by_code_points(suffix)).self_group()

    def _substring(self, terms: Sequence[Term[Column]]) -> Column:
        """Positions count from 0, a negative one from the end; engines count from 1, and each in its own way below."""
        self._check_texts(terms)
        text, start, *length = terms
        text_x, start_x = self._text(text), start.x
        counted = F.length(text_x, type_=BIG_INTEGER) + start_x
        from_end = sa.case((counted >= 0, counted), (counted < 0, bind(0, BIG_INTEGER)))
        if isinstance(start.form, Const):
            begin = from_end if start.form.value < 0 else start_x
        else:
            begin = sa.case((start_x < 0, from_end), else_=sa.cast(start_x, BIG_INTEGER))
        return F.substr(
            text_x, self.as_position(begin + 1), *(self.as_position(term.x) for term in length), type_=STRING
        )

    def as_position(self, x: Column) -> Column:
        """A position in a text."""
        return x

    def _trim(self, terms: Sequence[Term[Column]]) -> Column:
        return F.trim(self._text(terms[0]), bind(WHITE_SPACE, STRING), type_=STRING)

    def _change_case(self, function: str, term: Term[Column]) -> Column:
        return self._installed_function(function, STRING, [term])

    def _matches_pattern(self, terms: Sequence[Term[Column]]) -> Column:
        raise RefusedError(f"{self.name} has no regular expressions of ECMAScript")

    def _installed_function(self, function: str, result: Any, terms: Sequence[Term[Column]]) -> Column:
        """A function that `install` has put in."""
        if not self.installed:
            raise RefusedError(f"{self.name} has no equal of '{function}': {INSTALL} puts one in")
        return getattr(F, f"odata_{function}")(*map(self._text, terms), type_=result)  # type: ignore[no-any-return]

    # --- dates and times

    def in_utc(self, x: Column) -> Column:
        """A timestamp as one without offset, in UTC."""
        if isinstance(x.type, sa.DateTime) and not x.type.timezone:
            return x
        return F.timezone("UTC", x, type_=WITHOUT_ZONE)

    def _clock_part(self, part: str) -> Callable[[Sequence[Term[Column]]], Column]:
        def spell(terms: Sequence[Term[Column]]) -> Column:
            x = self.in_utc(terms[0].x) if terms[0].kind == "DateTimeOffset" else terms[0].x
            return self.clock_part(part, x)

        return spell

    def clock_part(self, part: str, x: Column) -> Column:
        found = sa.extract(part, x)
        return sa.cast(F.floor(found) if part == "second" else found, BIG_INTEGER)

    def _date(self, terms: Sequence[Term[Column]]) -> Column:
        return sa.cast(self.in_utc(terms[0].x), DATE)

    def _time(self, terms: Sequence[Term[Column]]) -> Column:
        return sa.cast(self.in_utc(terms[0].x), TIME)

    @abc.abstractmethod
    def _fraction(self, terms: Sequence[Term[Column]]) -> Column:
        """The fraction of a second."""

    @abc.abstractmethod
    def total_seconds(self, term: Term[Column]) -> Column:
        """The seconds of a duration, or of a date or timestamp since 1970, exactly."""

    def move_time(self, operand: Term[Column], by: dt.timedelta) -> Column:
        is_date = operand.kind == "Date"
        x = sa.cast(operand.x, WITHOUT_ZONE) if is_date else self.in_utc(operand.x)
        moved = sa.type_coerce(x + bind(by, INTERVAL), WITHOUT_ZONE)
        return sa.cast(moved, DATE) if is_date else moved

    # --- numbers

    def _round_number(self, function: str, term: Term[Column]) -> Column:
        if term.family == "Int":
            return term.x
        return self.round_fraction(function, term)

    def round_fraction(self, function: str, term: Term[Column]) -> Column:
        name = {"ceiling": "ceil"}.get(function, function)
        return getattr(F, name)(term.x, type_=term.x.type)  # type: ignore[no-any-return]

    @abc.abstractmethod
    def promote_numbers(self, terms: Sequence[Term[Column]], family: str) -> list[Column]:
        """Numbers so that the engine calculates with them as OData does."""

    def calculate(self, operator: str, terms: Sequence[Term[Column]]) -> Column:
        """`add`, `sub`, `mul`, `div`, `mod`, or `negate`."""
        family = self.number_family(operator, terms)
        numbers = self.promote_numbers(terms, family)
        if operator == "div" and family != "Double":
            return self.quotient(*numbers)
        return PYTHON_ARITHMETIC[operator](*numbers)  # type: ignore[no-any-return]

    def quotient(self, one: Column, other: Column) -> Column:
        """A whole quotient, toward zero."""
        return F.div(one, other, type_=NUMERIC)

    # --- members of enumerations

    def holds_number(self, x: Column) -> bool:
        return isinstance(x.type, sa.Integer)

    def has_bits(self, operand: Term[Column], bits: int) -> Column:
        wanted = bind(bits, BIG_INTEGER)
        return operand.x.bitwise_and(wanted) == wanted

    def holds_words(self, x: Column) -> bool:
        return isinstance(x.type, sa.Enum)

    def has_words(self, operand: Term[Column], words: frozenset[str]) -> Column:
        labels = [label for label, own in words_of_labels(operand.x.type).items() if words <= own]
        if not labels:
            return sa.case((operand.x.is_not(None), sa.false()))
        return operand.x.in_([bind(label, operand.x.type) for label in labels])

    # --- values

    def choose(self, branches: Sequence[tuple[Column, Column]]) -> Column:
        return sa.case(*branches)

    def zero_if_null(self, operand: Column) -> Column:
        return F.coalesce(operand, bind(0, BIG_INTEGER), type_=BIG_INTEGER)

    def as_decimal(self, operand: Term[Column]) -> Column:
        return sa.cast(operand.x, sa.Numeric(digits_of_range(range_of(operand.form)), 0))

    def number_as_double(self, operand: Term[Column]) -> Column:
        return self.as_double(operand, operand.x)

    def number_as_text(self, x: Column) -> Column:
        return sa.cast(x, TEXT)

    # --- rows

    def column(self, row: Row, get: Get) -> Column:
        match row:
            case Listed() | Mapped():
                return row.column(get)
            case Members(value=value):
                return self.json_member(value, get)
            case Single():
                raise RefusedError(f"'{get.name}' is below a value that has no properties")

    def is_relation(self, row: Row, get: Get) -> bool:
        return isinstance(row, Mapped) and row.find_property(get).relation is not None

    def embedded_row(self, row: Row, get: Get) -> Row:
        match row:
            case Listed(columns=columns, prefix=prefix):
                return Listed(columns, f"{prefix}{get.name}/")
            case Mapped() if isinstance(row.column(get).type, sa.JSON):
                return Members(row.column(get))
            case Members(value=value):
                return Members(value[get.name])
            case _:
                return super().embedded_row(row, get)

    def json_member(self, value: Column, get: Get) -> Column:
        raise RefusedError(f"{self.name} does not read members of JSON columns")

    def has_related(self, row: Row, get: Get, inner: Callable[[Row], Column], *, negated: bool) -> Column:
        """`key IN (SELECT …)`, which uses the index of the key, where the relation is by one key; else EXISTS."""
        relation, other, on = _join_relation(row, get)
        keys = None if negated else _keys_of(relation)
        if keys is None:
            return self._any_row(_Elements(other.entity, (on,), other, other), inner, negated=negated)
        key = getattr(row.entity, keys[0])  # type: ignore[union-attr]
        chosen = sa.select(getattr(other.entity, keys[1])).where(other.make_inside(inner))
        return key.in_(chosen.correlate_except(other.entity))  # type: ignore[no-any-return]

    def related_value(self, row: Row, get: Get, inner: Callable[[Row], Column]) -> Column:
        _, other, on = _join_relation(row, get)
        return sa.select(other.make_inside(inner)).where(on).correlate_except(other.entity).scalar_subquery()

    def exists(self, row: Row, get: Get, inner: Callable[[Row], Column], *, negated: bool) -> Column:
        return self._any_row(self._element_rows(row, get), inner, negated=negated)

    def count_elements(self, row: Row, get: Get, inner: Callable[[Row], Column]) -> Column:
        found = self._element_rows(row, get)
        counted = sa.select(F.count()).select_from(found.source).where(*found.on, found.make_inside(inner))
        return counted.correlate_except(found.source).scalar_subquery()

    def _any_row(self, found: "_Elements", inner: Callable[[Row], Column], *, negated: bool) -> Column:
        chosen = sa.select(_ONE).select_from(found.source).where(*found.on, found.make_inside(inner))
        exists = chosen.correlate_except(found.source).exists()
        return ~exists if negated else exists

    def _element_rows(self, row: Row, get: Get) -> "_Elements":
        """The elements of a collection."""
        if get.many:
            raise RefusedError(
                f"'{get.name}' stands for several values, which are elements of no single collection here"
            )
        if isinstance(row, Mapped):
            found = row.find_property(get)
            attribute = found.attribute
            if isinstance(attribute, AssociationProxyInstance):
                other, on = _join_by_key(row, attribute.target_collection)
                value = Single(getattr(other.entity, attribute.value_attr))
                return _Elements(other.entity, (on,), value, other)
            if found.relation is not None:
                _, other, on = _join_relation(row, get)
                return _Elements(other.entity, (on,), other, other)
        column = self.column(row, get)
        return _Elements(*self.element_table(column, get))

    def element_table(self, column: Column, get: Get) -> tuple[Any, tuple[Column, ...], Row]:
        """The elements of a collection in one column, which is an array."""
        if not isinstance(column.type, sa.ARRAY):
            raise RefusedError(f"{self.name} has no elements of '{get.name}' in a column of {column.type!r}")
        table = F.unnest(column).table_valued(sa.column("value", column.type.item_type)).render_derived()
        return table, (), Single(table.c.value)

    def element_type(self, get: Get) -> "sa.types.TypeEngine[Any]":
        """The type of the primitive elements of a collection."""
        element = get.facts.element if get.facts else None
        family = KINDS[element.kind].family if element and element.kind in KINDS else ""
        if family not in COLUMN_TYPES:
            raise RefusedError(f"'{get.name}' holds elements of a kind that is not known")
        return COLUMN_TYPES[family]


def compare_columns(operator: polarity.Operator, one: Column, other: Column) -> Column:
    """What Python's operator gives, by the shortest way where neither side is TRUE, FALSE or NULL."""
    if isinstance(one, _CONSTANTS) or isinstance(other, _CONSTANTS):
        return PYTHON_COMPARISONS[operator](one, other)  # type: ignore[no-any-return]
    spelt, opposite = _OPERATORS[operator]
    return sa.BinaryExpression(one, other, spelt, type_=BOOLEAN, negate=opposite)


def _in_values(
    column: Column, values: Sequence[object], column_type: "sa.types.TypeEngine[Any]", *, negated: bool
) -> Column:
    """What `column.in_` gives for values, by the shortest way: one bound parameter for all of them."""
    operator, opposite = (operators.not_in_op, operators.in_op)[:: 1 if negated else -1]
    chosen = sa.BindParameter(None, values, type_=column_type, unique=True, expanding=True)
    chosen.expand_op = operator  # type: ignore[assignment]
    return sa.BinaryExpression(column, chosen, operator, type_=BOOLEAN, negate=opposite)


class _Elements(NamedTuple):
    """Where the elements of a collection are read from, how they belong to the row, and one of them.

    `whole` is the row of a mapped class that an element is, or is read from.
    """

    source: Any
    on: tuple[Column, ...]
    element: Row
    whole: Mapped | None = None

    def make_inside(self, inner: Callable[[Row], Column]) -> Column:
        """What `inner` is for an element."""
        return inner(self.element) if self.whole is None else self.whole.make_inside(lambda _: inner(self.element))


def _join_relation(row: Row, get: Get) -> "tuple[orm.RelationshipProperty[Any], Mapped, Column]":
    relation = row.find_property(get).relation if isinstance(row, Mapped) else None
    if relation is None:
        raise RefusedError(f"'{get.name}' is no relation")
    other, on = _join_by_key(row, relation.key)
    return relation, other, on


def _keys_of(relation: "orm.RelationshipProperty[Any]") -> tuple[str, str] | None:
    """The attributes, here and there, whose being equal is all that joins a to-one relation; None where it is more."""
    join, pairs = relation.primaryjoin, relation.local_remote_pairs or []
    if relation.uselist or len(pairs) != 1 or not isinstance(join, sa.BinaryExpression):
        return None
    plain = isinstance(join.left, sa.Column) and isinstance(join.right, sa.Column)
    if not plain or join.operator is not operators.eq:
        return None
    local, remote = pairs[0]
    try:
        return relation.parent.get_property_by_column(local).key, relation.mapper.get_property_by_column(remote).key
    except orm.exc.UnmappedColumnError:
        return None


def _join_by_key(row: Row, key: str) -> tuple[Mapped, Column]:
    """A row of the class that a relation leads to, and the condition that joins it."""
    attribute = getattr(row.entity, key)  # type: ignore[union-attr]
    other = row.related_row(attribute.property)  # type: ignore[union-attr]
    return other, attribute.expression if other.table is not None else attribute.of_type(other.entity).expression


def check_in_json(kind: str, get: Get) -> None:
    if kind not in KINDS_IN_JSON and kind != "Enum":
        raise RefusedError(f"'{get.name}' stands in JSON, which has no values of the kind {kind}")
