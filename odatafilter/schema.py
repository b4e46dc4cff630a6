"""The documented properties of an API: at once what filters are validated against, and the typed builder."""

import contextlib
import copy
import datetime as dt
import decimal
import itertools
import uuid
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, TypedDict, TypeVar, Unpack, cast, overload
from typing import Literal as OneOf

from msgspec.structs import replace

from odatafilter import _emit, _literals
from odatafilter._rewrite.rebuild import rebuilt
from odatafilter._spell import spelled
from odatafilter._suggest import a, listed
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import ALL_FUNCTIONS, NUMERIC, OPERATORS, RELATIONS, UNORDERED, PropertyFacts, SchemaFacts
from odatafilter.filter import Filter, Param, same_schema
from odatafilter.limits import check_depth
from odatafilter.tree import (
    Alias,
    AnyNode,
    Arithmetic,
    ArithmeticOperator,
    Array,
    Call,
    Comparison,
    ComparisonOperator,
    Count,
    Expression,
    Has,
    In,
    Lambda,
    List,
    Literal,
    Negation,
    Or,
    Path,
    Property,
    Segment,
    children,
)

V = TypeVar("V")
E = TypeVar("E")
H = TypeVar("H", bound="Handle[Any]")

# Where an operand is expected, the grammar reads these words as literals.
_LITERAL_WORDS = frozenset({"null", "INF", "NaN"})


class Declaration(TypedDict, total=False):
    """What can be declared of a property of any kind."""

    name: str
    """Its OData name, where that is no Python name, or is taken."""
    nullable: bool
    """Whether it can be null; by default it can."""
    operators: Iterable[str]
    """The operators that may be used with it; by default all that the schema documents."""
    source: str
    """Where its value stands in an item, such as `inputs[].id`: any of these. By default under its name."""


class Handle(Generic[V]):
    """A property, or what a function makes of one, to build filters with: compared, it gives a Filter.

    `V` is the Python type of its values; None is null. Raises FilterTypeError for a value of another type, FilterError
    for a value that cannot be spelt and for what the schema does not document.
    """

    _kind: ClassVar[str] = "Untyped"
    _schema: SchemaFacts | None = None
    _expression: Expression | None = None
    _levels: int = 1  # of its expression, carried along: neither measuring nor printing it would be linear

    def __init__(self, **declaration: Unpack[Declaration]) -> None:
        name = declaration.get("name", "")
        self._facts = PropertyFacts(
            name=_checked_name(name) if "name" in declaration else "",
            kind=self._kind,
            nullable=declaration.get("nullable", True),
            operators=checked_words(declaration.get("operators", OPERATORS), OPERATORS),
            source=declaration.get("source", name),
        )

    def __set_name__(self, owner: type, name: str) -> None:
        # Judged by the Schema: Python 3.11 would hide an error that is raised here in a RuntimeError.
        if not self._facts.name and issubclass(owner, Schema):
            self._facts = replace(self._facts, name=name, source=self._facts.source or name)

    def eq(self, value: "V | Handle[V] | Param | None") -> Filter:
        """`eq`: equal; null equals null only."""
        return self._compared("eq", value)

    def ne(self, value: "V | Handle[V] | Param | None") -> Filter:
        """`ne`: not equal."""
        return self._compared("ne", value)

    def in_(self, values: Iterable[V | None]) -> Filter:
        """`in`: equal to one of `values`, of which there must be one at least."""
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise FilterTypeError(f"in_ takes several values, not {values!r:.60}")
        items = self._literals(values)
        if not items:
            raise FilterError(f"'{self._name}' in () would match nothing; in_ takes one value at least")
        if self._schema and "in" not in self._schema.operators and "or" in self._schema.operators:
            return self._any_of(items)
        return self._member_of(items)

    def _member_of(self, items: tuple[Literal, ...]) -> Filter:
        self._allow("in")
        brackets = self._schema.lists if self._schema else "()"
        if brackets == "()":
            return self._filter(In(self._node, List(items)))
        return self._filter(In(self._node, Array(items)), below=2)

    def _any_of(self, items: tuple[Literal, ...]) -> Filter:
        """The same as `in`, exactly: it is membership by `eq` (OData URL Conventions §5.1.1.1.11)."""
        self._allow("eq")
        node = self._node
        equals = tuple(Comparison(node, "eq", item) for item in items)
        if len(equals) == 1:
            return self._filter(equals[0])
        return self._filter(Or(equals), below=self._levels + 1)

    def __eq__(self, value: "V | Handle[V] | Param | None") -> Filter:  # type: ignore[override]
        return self._compared("eq", value)

    def __ne__(self, value: "V | Handle[V] | Param | None") -> Filter:  # type: ignore[override]
        return self._compared("ne", value)

    __hash__ = object.__hash__

    def __bool__(self) -> NoReturn:
        raise FilterTypeError(f"'{self._name}' has no truth value; compare it with something")

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._name}>"

    if not TYPE_CHECKING:  # to the type checker these are not there; at run time they say why

        def _unordered(self, _: object) -> Filter:
            raise FilterTypeError(self._without_order)

        lt = le = gt = ge = __lt__ = __le__ = __gt__ = __ge__ = _unordered

    # --- nodes

    @property
    def _node(self) -> Expression:
        if self._expression is not None:
            return self._expression
        if not self._facts.name:
            raise FilterError("a property has no name before it stands in a Schema; give it name=")
        return Property(self._facts.name)

    @property
    def _name(self) -> str:
        """What messages call it: written out for them alone, since it can be long."""
        return self._facts.name or (_emit.emit(_told(self._expression)) if self._expression is not None else "")

    @property
    def _without_order(self) -> str:
        return f"'{self._name}' is {a(self._facts.kind)}, which has no order; it has eq, ne and in_"

    def _filter(self, tree: Expression, other: "Handle[Any] | None" = None, *, below: int = 1) -> Filter:
        """The filter of a tree right above this node, that of `other`, and what is `below` levels deep."""
        levels = max(self._levels, other._levels if other is not None else 1, below) + 1
        return Filter._of(tree, self._shared(other), check_depth(levels))

    def _shared(self, other: "Handle[Any] | None") -> SchemaFacts | None:
        return self._schema if other is None else same_schema(self._schema, other._schema)

    def _made(self, kind: type[H], expression: Expression, other: "Handle[Any] | None" = None) -> H:
        """A handle of `kind` for an expression right above this node and that of `other`."""
        made = kind.__new__(kind)
        made._facts = PropertyFacts(name="", kind=kind._kind)
        made._schema = self._shared(other)
        made._expression = expression
        made._levels = check_depth(max(self._levels, other._levels if other is not None else 1) + 1)
        return made

    def _as(self, kind: type[H]) -> H:
        """The same expression as a handle of `kind`, any value of which will do."""
        made = kind.__new__(kind)
        made._facts = PropertyFacts(name=self._facts.name, kind=kind._kind)
        made._schema = self._schema
        made._expression = self._node
        made._levels = self._levels
        return made

    def _literal(self, value: object) -> Literal:
        return self._literals((value,))[0]

    def _literals(self, values: Iterable[object]) -> tuple[Literal, ...]:
        facts = self._facts
        any_case = self._schema is not None and not self._schema.case_sensitive
        if not facts.name:
            values = tuple(values)
            with contextlib.suppress(FilterError):
                return tuple([spelled(value, facts, any_case=any_case) for value in values])
            facts = replace(facts, name=self._name)
        return tuple([spelled(value, facts, any_case=any_case) for value in values])

    def _under(self, root: tuple[Segment, ...], schema: SchemaFacts | None) -> Self:
        """The same handle at the end of a path."""
        made = copy.copy(self)
        node = self._node
        made._expression = Path((*root, *_segments(node)))
        made._levels = max(2, self._levels)
        made._schema = schema
        return made

    def _called(self, kind: type[H], function: str, *arguments: Expression, other: "Handle[Any] | None" = None) -> H:
        self._document(function)
        return self._made(kind, Call(function, (self._node, *arguments)), other)

    def _asked(self, function: str, value: "str | Handle[Any] | Param") -> Filter:
        self._document(function)
        argument, other = self._operand(value)
        return self._filter(Call(function, (self._node, argument)), other)

    def _compared(self, operator: ComparisonOperator, value: object) -> Filter:
        if value is None and operator in RELATIONS:
            raise FilterTypeError(f"nothing is '{operator}' null; compare '{self._name}' with a value")
        if operator in RELATIONS and self._facts.kind in UNORDERED:
            raise FilterTypeError(self._without_order)
        right, other = self._operand(value)
        if isinstance(right, Literal) and self._knows_only_in(operator):
            equal = self._member_of((right,))
            return equal if operator == "eq" else ~equal
        self._allow(operator)
        if other is not None:
            other._allow(operator)
        return self._filter(Comparison(self._node, operator, right), other)

    def _knows_only_in(self, operator: ComparisonOperator) -> bool:
        """Whether equality must be said, exactly, as membership (OData URL Conventions §5.1.1.1.11)."""
        documented = self._schema.operators if self._schema else OPERATORS
        return operator in {"eq", "ne"} and not {"eq", "ne"} & documented and "in" in documented

    def _operand(self, value: object) -> "tuple[Expression, Handle[Any] | None]":
        """What stands on the other side: a handle of the same kind, a parameter, or a value."""
        if isinstance(value, Param):
            return Alias(value.name), None
        if not isinstance(value, Handle):
            return self._literal(value), None
        kind, beside = self._facts.kind, value._facts.kind
        if len({"Number" if one in NUMERIC else one for one in (kind, beside)} - {"Untyped"}) > 1:
            raise FilterTypeError(
                f"'{self._name}' is {a(kind)}; it cannot be combined with '{value._name}', {a(beside)}"
            )
        return value._node, value

    def _allow(self, operator: str) -> None:
        if operator not in self._facts.operators:
            raise _not_with(operator, f"'{self._name}'", self._facts.operators)
        if self._schema and operator not in self._schema.operators:
            raise _not_with(operator, self._schema.name, self._schema.operators)

    def _document(self, function: str) -> None:
        if self._schema and function not in self._schema.functions:
            documented = listed(sorted(self._schema.functions)) if self._schema.functions else "no functions"
            raise FilterError(f"{self._schema.name} documents {documented}, not '{function}'")


def _not_with(operator: str, who: str, documented: frozenset[str]) -> FilterError:
    return FilterError(f"{who} is documented with {listed(sorted(documented))}, not with '{operator}'")


def _told(node: Expression) -> Expression:
    """`node` as messages show it."""

    def change(node: AnyNode) -> AnyNode:
        return Property(_shown(node.name)) if isinstance(node, Property) else rebuilt(node, change)

    return cast("Expression", change(node))


def _shown(name: str) -> str:
    """A name as messages show it: the variable of a lambda without what makes it unique, see `_quantified`."""
    return name.partition("'")[0]


def _segment(node: Expression) -> Segment:
    if isinstance(node, Property):
        return node
    raise FilterError("only properties can stand in a path")


class Ordered(Handle[V]):
    """A property whose values have an order."""

    def lt(self, value: V | Handle[V] | Param) -> Filter:
        """`lt`: less than; false for null."""
        return self._compared("lt", value)

    def le(self, value: V | Handle[V] | Param) -> Filter:
        """`le`: less than or equal."""
        return self._compared("le", value)

    def gt(self, value: V | Handle[V] | Param) -> Filter:
        """`gt`: greater than; false for null."""
        return self._compared("gt", value)

    def ge(self, value: V | Handle[V] | Param) -> Filter:
        """`ge`: greater than or equal."""
        return self._compared("ge", value)

    def between(self, low: V | Handle[V] | Param, high: V | Handle[V] | Param) -> Filter:
        """From `low` to `high`, both included."""
        return self.ge(low) & self.le(high)

    def __lt__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compared("lt", value)

    def __le__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compared("le", value)

    def __gt__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compared("gt", value)

    def __ge__(self, value: V | Handle[V] | Param) -> Filter:
        return self._compared("ge", value)


class Field(Ordered[Any]):
    """A property of which only the name is known: any value, spelt by its Python type."""

    def __truediv__(self, other: "str | Field") -> "Field":
        """The property `other` of this complex or navigation property: `field("Address") / "City"`."""
        below = other if isinstance(other, Field) else Field(name=other)
        return below._under(_segments(self._node), self._schema)


def _segments(node: Expression) -> tuple[Segment, ...]:
    return node.segments if isinstance(node, Path) else (_segment(node),)


def field(name: str) -> Field:
    """An untyped handle for the property `name`. Raises FilterError where that can be no name."""
    return Field(name=name)


# --- kinds ----------------------------------------------------------------------------------------------------------


class String(Ordered[str]):
    """Edm.String. `enum` are its words where the API documents a closed list of them."""

    _kind = "String"

    def __init__(self, *, enum: Iterable[str] = (), **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, enum=tuple(enum))

    def contains(self, text: "str | String | Param") -> Filter:
        """`contains`: whether `text` stands anywhere in it."""
        return self._text("contains", text)

    def startswith(self, text: "str | String | Param") -> Filter:
        """`startswith`: whether it begins with `text`."""
        return self._text("startswith", text)

    def endswith(self, text: "str | String | Param") -> Filter:
        """`endswith`: whether it ends with `text`."""
        return self._text("endswith", text)

    def matches_pattern(self, pattern: "str | String | Param") -> Filter:
        """`matchesPattern`: whether the ECMAScript regular expression `pattern` matches anywhere in it."""
        return self._text("matchesPattern", pattern)

    def _text(self, function: str, text: "str | String | Param") -> Filter:
        # A part of a documented word need be none.
        return self._as(String)._asked(function, text)

    def length(self) -> "Int32":
        """`length`: the number of characters."""
        return self._called(Int32, "length")

    def indexof(self, text: "str | String") -> "Int32":
        """`indexof`: where `text` first stands in it, from 0; -1 where it does not."""
        part, other = self._as(String)._operand(text)
        return self._called(Int32, "indexof", part, other=other)

    def substring(self, start: int, length: int | None = None) -> "String":
        """`substring`: from the character `start`, counted from 0, at most `length` of them."""
        lengths = () if length is None else (_whole(length),)
        return self._called(String, "substring", _whole(start), *lengths)

    def lower(self) -> "String":
        """`tolower`."""
        return self._called(String, "tolower")

    def upper(self) -> "String":
        """`toupper`."""
        return self._called(String, "toupper")

    def trim(self) -> "String":
        """`trim`: without the white space at both ends."""
        return self._called(String, "trim")

    def concat(self, text: "str | String") -> "String":
        """`concat`: followed by `text`."""
        end, other = self._as(String)._operand(text)
        return self._called(String, "concat", end, other=other)


def _whole(value: int) -> Literal:
    return spelled(value, PropertyFacts(name="the argument", kind="Int32"))


class Guid(Handle[uuid.UUID | str]):
    """Edm.Guid. `quoted` says that the API wants its values in quotes; both spellings are read."""

    _kind = "Guid"

    def __init__(self, *, quoted: bool = False, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, quoted=quoted)


class Boolean(Handle[bool]):
    """Edm.Boolean."""

    _kind = "Boolean"


class Binary(Handle[bytes]):
    """Edm.Binary."""

    _kind = "Binary"


class Enum(Handle[str]):
    """An enumeration: `words` are its members, `type_name` the qualified name that stands before them, if it must."""

    _kind = "Enum"

    def __init__(self, *words: str, type_name: str = "", **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        for part in type_name.split(".") if type_name else ():
            _checked_name(part)
        self._facts = replace(self._facts, enum=words, type_name=type_name)

    def has(self, members: str) -> Filter:
        """`has`: whether all of `members`, joined by commas, are set."""
        self._allow("has")
        return self._filter(Has(self._node, self._literal(members)))


class _Number(Ordered[V]):
    """A number: `+`, `-` and `*` as operators, `div`, `divby` and `mod` by name, since Python's mean something else."""

    def __add__(self, value: V | Handle[V] | Param) -> Self:
        return self._calculated("add", value)

    def __sub__(self, value: V | Handle[V] | Param) -> Self:
        return self._calculated("sub", value)

    def __mul__(self, value: V | Handle[V] | Param) -> Self:
        return self._calculated("mul", value)

    def __neg__(self) -> Self:
        return self._made(type(self), Negation(self._node))

    def div(self, value: V | Handle[V] | Param) -> Self:
        """`div`: divided, and cut towards zero where both are integers."""
        return self._calculated("div", value)

    def divby(self, value: V | Handle[V] | Param) -> "Decimal":
        """`divby`: divided, with a fraction."""
        return self._calculated("divby", value)._as(Decimal)

    def mod(self, value: V | Handle[V] | Param) -> Self:
        """`mod`: the remainder of `div`, with the sign of this number."""
        return self._calculated("mod", value)

    def _calculated(self, operator: ArithmeticOperator, value: object) -> Self:
        self._allow(operator)
        right, other = self._operand(value)
        return self._made(type(self), Arithmetic(self._node, operator, right), other)


class _Integer(_Number[int]):
    """A whole number."""


class Int32(_Integer):
    """Edm.Int32: from -2³¹ to 2³¹-1."""

    _kind = "Int32"


class Int64(_Integer):
    """Edm.Int64: from -2⁶³ to 2⁶³-1."""

    _kind = "Int64"


class _Fraction(_Number[V]):
    """A number with a fraction."""

    def round(self) -> Self:
        """`round`: to the nearest whole number, halves away from zero."""
        return self._called(type(self), "round")

    def floor(self) -> Self:
        """`floor`: to the next lower whole number."""
        return self._called(type(self), "floor")

    def ceiling(self) -> Self:
        """`ceiling`: to the next higher whole number."""
        return self._called(type(self), "ceiling")


class Decimal(_Fraction[decimal.Decimal | int]):
    """Edm.Decimal: every digit is kept."""

    _kind = "Decimal"


class Double(_Fraction[float]):
    """Edm.Double: INF and NaN included."""

    _kind = "Double"


class _Calendar(Ordered[V]):
    """What has a day in the calendar."""

    def year(self) -> Int32:
        """`year`."""
        return self._called(Int32, "year")

    def month(self) -> Int32:
        """`month`: from 1 to 12."""
        return self._called(Int32, "month")

    def day(self) -> Int32:
        """`day`: of the month, from 1."""
        return self._called(Int32, "day")


class _Clock(Ordered[V]):
    """What has a time of day."""

    def hour(self) -> Int32:
        """`hour`: from 0 to 23."""
        return self._called(Int32, "hour")

    def minute(self) -> Int32:
        """`minute`: from 0 to 59."""
        return self._called(Int32, "minute")

    def second(self) -> Int32:
        """`second`: without its fraction."""
        return self._called(Int32, "second")

    def fractionalseconds(self) -> Decimal:
        """`fractionalseconds`: the fraction of the second alone."""
        return self._called(Decimal, "fractionalseconds")


class Date(_Calendar[dt.date | str]):
    """Edm.Date: a date, or its text where that is beyond Python's years."""

    _kind = "Date"


class TimeOfDay(_Clock[dt.time | str]):
    """Edm.TimeOfDay: a time, or its text with up to twelve digits of a second."""

    _kind = "TimeOfDay"


class Duration(Ordered[dt.timedelta | str]):
    """Edm.Duration: a timedelta, or its ISO 8601 text in days, hours, minutes and seconds."""

    _kind = "Duration"

    def totalseconds(self) -> Decimal:
        """`totalseconds`."""
        return self._called(Decimal, "totalseconds")


class DateTimeOffset(_Calendar[dt.datetime | str], _Clock[dt.datetime | str]):
    """Edm.DateTimeOffset: a datetime that says its offset, or a text with up to twelve digits of a second."""

    _kind = "DateTimeOffset"

    def date(self) -> Date:
        """`date`: the day, in its own offset."""
        return self._called(Date, "date")

    def time(self) -> TimeOfDay:
        """`time`: the time of day, in its own offset."""
        return self._called(TimeOfDay, "time")

    def totaloffsetminutes(self) -> Int32:
        """`totaloffsetminutes`: its offset from UTC."""
        return self._called(Int32, "totaloffsetminutes")

    def __add__(self, duration: dt.timedelta) -> "DateTimeOffset":
        return self._moved("add", duration)

    def __sub__(self, duration: dt.timedelta) -> "DateTimeOffset":
        return self._moved("sub", duration)

    def _moved(self, operator: ArithmeticOperator, duration: dt.timedelta) -> "DateTimeOffset":
        self._allow(operator)
        by = spelled(duration, PropertyFacts(name="what is added", kind="Duration"))
        return self._made(DateTimeOffset, Arithmetic(self._node, operator, by))


# --- structure ------------------------------------------------------------------------------------------------------


class Navigation(Handle[None]):
    """A complex property, or a navigation property to one entity: `Navigation(Address) / Address.City`."""

    _kind = "Complex"

    def __init__(self, schema: "type[Schema]", **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, schema=schema.__facts__)

    @overload
    def __truediv__(self, other: str) -> Field: ...
    @overload
    def __truediv__(self, other: H) -> H: ...
    def __truediv__(self, other: "str | Handle[Any]") -> "Handle[Any]":
        """The property `other` of this one: a handle of its schema, or a name for an untyped one."""
        below = Field(name=other) if isinstance(other, str) else other
        found = self._facts
        for segment in _segments(below._node):
            documented = found.schema.properties if found.schema else {}
            if not isinstance(segment, Property) or segment.name not in documented:
                raise FilterError(f"'{self._name}' has no property '{below._name}', only {listed(documented)}")
            found = documented[segment.name]
        if below._facts.kind not in {found.kind, "Untyped"}:
            raise FilterTypeError(f"'{below._name}' of '{self._name}' is {a(found.kind)}, not {a(below._facts.kind)}")
        made = below._under(_segments(self._node), self._schema)
        made._facts = found
        return made


class Collection(Handle[None], Generic[E]):
    """A collection: of primitive values, `Collection(String())`, or of complex ones or entities, `Collection(Item)`."""

    _kind = "Collection"

    def __init__(self, element: E, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._element = element
        if isinstance(element, Handle):
            self._facts = replace(self._facts, element=replace(element._facts, name="", source=""))
        elif isinstance(element, type) and issubclass(element, Schema):
            self._facts = replace(self._facts, schema=element.__facts__)
        else:
            raise FilterTypeError(f"a Collection is of a kind or of a Schema, not of {element!r:.60}")

    def any(self, condition: Callable[[E], Filter] | None = None) -> Filter:
        """`any`: whether `condition` holds for an element; without one, whether there is an element."""
        return self._quantified("any", condition)

    def all(self, condition: Callable[[E], Filter]) -> Filter:
        """`all`: whether `condition` holds for every element."""
        return self._quantified("all", condition)

    def count(self) -> Int64:
        """`$count`: the number of elements."""
        self._document("$count")
        path = self._made(Int64, Path((*_segments(self._node), Count())))
        path._levels = 2
        return path

    def _quantified(self, quantifier: OneOf["any", "all"], condition: Callable[[E], Filter] | None) -> Filter:
        self._document(quantifier)
        if condition is None:
            return Filter._of(Path((*_segments(self._node), Lambda(quantifier))), self._schema, 2)
        name = _parameter(condition)
        unique = f"{name}'{next(_COUNTER)}"  # no other name is like it, whatever the condition refers to
        judged = condition(self._variable(unique))
        if not isinstance(judged, Filter):
            raise FilterTypeError(f"the condition of '{quantifier}' gave {judged!r:.60}, not a filter")
        variable, tree = _named(judged.tree, unique, name)
        path = Path((*_segments(self._node), Lambda(quantifier, variable, tree)))
        made = Filter._of(path, same_schema(self._schema, judged.schema), check_depth(judged._levels + 2))
        # `~` in the condition may have been rewritten without knowing what is documented of the element.
        rewritten = made.schema is not None and "not" not in made.schema.operators
        return made._allowed() if rewritten and not _within_another(path) else made

    def _variable(self, name: str) -> Any:
        """What the condition is given: the element, under its name in the lambda."""
        root = Property(name)
        if isinstance(self._element, Handle):
            element = copy.copy(self._element)
            element._facts = replace(element._facts, name=_shown(name))
            element._expression = root
            element._schema = self._schema
            return element
        return _Element(self._element, (root,), self._schema)


_COUNTER = itertools.count()


def _parameter(condition: object) -> str:
    """The name of the parameter of a condition, to be that of the variable."""
    if not callable(condition):
        raise FilterTypeError(f"a condition is a function of an element, not {condition!r:.60}")
    code = getattr(condition, "__code__", None)
    if code is None:
        return "element"
    if code.co_argcount != 1:
        raise FilterTypeError(f"a condition is a function of one element, not of {code.co_argcount} arguments")
    return _checked_name(code.co_varnames[0])


def _named(tree: Expression, unique: str, name: str) -> tuple[str, Expression]:
    """The condition with its variable called `name`, or longer where that would hide what the condition refers to."""
    taken: set[str] = set()

    def collect(node: AnyNode) -> None:
        match node:
            case Property(name=used) | Lambda(variable=str(used)):
                taken.add(used)
        for child in children(node):
            collect(child)

    def change(node: AnyNode) -> AnyNode:
        return Property(name) if node == Property(unique) else rebuilt(node, change)

    collect(tree)
    while name in taken:
        name += "_"
    return name, cast("Expression", change(tree))


def _within_another(node: AnyNode) -> bool:
    """Whether `node` has a variable of a lambda that is not there yet."""
    return "'" in node.name if isinstance(node, Property) else any(map(_within_another, children(node)))


class _Element:
    """An element of a collection inside a lambda: its properties, under the name of the variable."""

    def __init__(self, schema: Any, root: tuple[Segment, ...], outer: SchemaFacts | None) -> None:
        self._place = schema, root, outer

    def __getattr__(self, name: str) -> Any:
        if name == "_place" or name.startswith("__"):  # a copy that is being made has no place yet
            raise AttributeError(name)
        schema, root, outer = self._place
        handle = getattr(schema, name)
        return handle._under(root, outer) if isinstance(handle, Handle) else handle


class Schema:
    """The base of a class of documented properties, which is used as it is, never instantiated.

    Keywords of the class say what its API documents: `operators`, `functions`, `lists` ("()" or "[]"), `either_order`
    (functions whose arguments may stand in either order), `case_sensitive` and `plain`; see SchemaFacts.
    """

    def __init__(self) -> None:
        raise FilterTypeError(f"{type(self).__name__} is used as it is, never instantiated")

    __facts__: ClassVar[SchemaFacts] = SchemaFacts(name="Schema", properties={})

    def __init_subclass__(
        cls,
        *,
        operators: Iterable[str] | None = None,
        functions: Iterable[str] | None = None,
        lists: OneOf["()", "[]"] | None = None,
        either_order: Iterable[str] | None = None,
        case_sensitive: bool | None = None,
        plain: bool | None = None,
    ) -> None:
        super().__init_subclass__()
        handles = {name: copy.copy(value) for name, value in _declared(cls).items()}
        for handle in handles.values():
            _checked_name(handle._facts.name)
        inherited = cls.__facts__
        cls.__facts__ = SchemaFacts(
            name=cls.__name__,
            properties={handle._facts.name: handle._facts for handle in handles.values()},
            operators=inherited.operators if operators is None else checked_words(operators, OPERATORS),
            functions=inherited.functions if functions is None else checked_words(functions, ALL_FUNCTIONS),
            lists=inherited.lists if lists is None else lists,
            either_order=inherited.either_order if either_order is None else checked_words(either_order, ALL_FUNCTIONS),
            case_sensitive=inherited.case_sensitive if case_sensitive is None else case_sensitive,
            plain=inherited.plain if plain is None else plain,
        )
        for name, handle in handles.items():
            handle._schema = cls.__facts__
            setattr(cls, name, handle)


def _declared(cls: type) -> dict[str, Handle[Any]]:
    """The handles of a schema and those that it inherits, by attribute."""
    declared: dict[str, Handle[Any]] = {}
    for base in reversed(cls.__mro__):
        declared |= {name: value for name, value in vars(base).items() if isinstance(value, Handle)}
    return declared


def checked_words(words: Iterable[str], known: frozenset[str]) -> frozenset[str]:
    """`words` as a set. Raises FilterError where OData has no such operator or function."""
    found = frozenset([words] if isinstance(words, str) else words)
    if unknown := found - known:
        raise FilterError(f"OData has no {listed(map(repr, sorted(unknown)))}, only {listed(sorted(known))}")
    return found


def _checked_name(name: object) -> str:
    """`name` if it can be a property's, so that nothing is injected through it. Raises FilterError if not."""
    if not isinstance(name, str):
        raise FilterTypeError(f"a property is named by a str, not by {name!r:.60}")
    problem = _literals.name_problem(name)
    if name in _LITERAL_WORDS or name.lower() in {"true", "false"}:
        problem = "a filter reads it as a literal"
    if problem:
        raise FilterError(f"{name!r:.160} cannot name a property: {problem}")
    return name
