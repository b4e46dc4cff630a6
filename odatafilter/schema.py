"""The documented properties of an API: at once what filters are validated against, and the typed builder."""

import copy
import datetime as dt
import decimal
import enum as enums
import uuid
from collections import ChainMap
from collections.abc import Callable, Iterable
from typing import (
    Any,
    Final,
    Generic,
    Self,
    SupportsIndex,
    TypeAlias,
    TypeVar,
    Unpack,
    cast,
    overload,
)
from typing import Literal as OneOf

from msgspec.structs import replace

from odatafilter._arguments import check
from odatafilter._certain import certain, spell_text
from odatafilter._conditions import from_the_element, named, parameter
from odatafilter._declared import (
    Declaration,
    DeclaredFunction,
    checked_functions,
    checked_name,
    checked_words,
    words,
    words_of,
)
from odatafilter._open_elements import NONE, check_unfinished, opened, parameter_name
from odatafilter._shown import shown
from odatafilter._suggest import listed_near, nearest
from odatafilter._to_literal import enumerated, literal_of
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS, Documented, SchemaFacts
from odatafilter.filter import Filter, Param, check_operand, documented, parse, same_schema
from odatafilter.handle import (
    H,
    Handle,
    ManyValued,
    Operand,
    Ordered,
    of_kind,
    segments_of,
)
from odatafilter.limits import check_depth, measure
from odatafilter.tree import (
    ArithmeticOperator,
    Branch,
    Call,
    Case,
    Count,
    Expression,
    Has,
    Lambda,
    Negation,
    Path,
    Variable,
)

V = TypeVar("V")
W = TypeVar("W")
D = TypeVar("D", bound=dt.date)
T = TypeVar("T")
E_co = TypeVar("E_co", covariant=True)
N = TypeVar("N", bound="_Number[Any, Any]")
F = TypeVar("F", bound="_Fraction[Any, Any]")
M = TypeVar("M", bound="_Moved[Any, Any]")
Whole: TypeAlias = "int | _Integer[Any] | Field | Param"
Delta: TypeAlias = "dt.timedelta | Duration | Field | Param"
Factor: TypeAlias = "int | float | decimal.Decimal | _Number[Any, Any] | Param"
Several: TypeAlias = "Iterable[W] | _Many[Any, Handle[W]] | Param"


# --- kinds ----------------------------------------------------------------------------------------------------------


class _Text(Ordered[V]):
    """What has characters."""

    def contains(self, text: "V | _Text[V] | Param") -> Filter:
        """`contains`: whether `text` stands anywhere in it."""
        return self._asked_of_text("contains", text)

    def startswith(self, text: "V | _Text[V] | Param") -> Filter:
        """`startswith`: whether it begins with `text`."""
        return self._asked_of_text("startswith", text)

    def endswith(self, text: "V | _Text[V] | Param") -> Filter:
        """`endswith`: whether it ends with `text`."""
        return self._asked_of_text("endswith", text)

    def matches_pattern(self, pattern: "V | _Text[V] | Param", flags: "V | _Text[V] | Param | None" = None) -> Filter:
        """`matchesPattern`: whether the ECMAScript regular expression `pattern` matches anywhere in it.

        `flags` are those of ECMAScript, such as "i" (OData 4.02).
        """
        texts = (pattern,) if flags is None else (pattern, flags)
        return self._asked("matchesPattern", *map(self._part, texts))

    def length(self) -> "Int32":
        """`length`: the number of characters."""
        return self._called(Int32, "length")

    def indexof(self, text: "V | _Text[V] | Param") -> "Int32":
        """`indexof`: where `text` first stands in it, from 0; -1 where it does not."""
        return self._called(Int32, "indexof", self._part(text))

    def substring(self, start: "Whole", length: "Whole | None" = None) -> "String":
        """`substring`: from the character `start`, counted from 0, at most `length` of them."""
        counts = (start,) if length is None else (start, length)
        return self._called(String, "substring", *(_ARGUMENT._operand(count) for count in counts))

    def lower(self) -> "String":
        """`tolower`."""
        return self._called(String, "tolower")

    def upper(self) -> "String":
        """`toupper`."""
        return self._called(String, "toupper")

    def trim(self) -> "String":
        """`trim`: without the white space at both ends."""
        return self._called(String, "trim")

    def concat(self, text: "V | _Text[V] | Param") -> "String":
        """`concat`: followed by `text`."""
        return self._called(String, "concat", self._part(text))

    def _asked_of_text(self, function: str, text: object) -> Filter:
        certainly = certain(self._facts, self._schema)
        if function in certainly.functions and self._facts.kind == "String" and type(text) is str and not self._open:
            literal = spell_text(text)
            if literal is not None:
                return Filter._of(Call(function, (self._node, literal)), self._schema, check_depth(self._levels + 1))
        return self._asked(function, self._part(text))

    def _part(self, text: object) -> Operand:
        # A part of a documented word need be none.
        whole = self._as(String) if self._facts.enum else self
        return whole._operand(text)


class String(_Text[str | enums.Enum]):
    """Edm.String. `enum` are its words where the API documents a closed list of them: or an enumeration of Python's,
    of which a member stands for its value if that is a text, else for its name.
    """

    _kind = "String"

    def __init__(self, *, enum: Iterable[str] | type[enums.Enum] = (), **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, enum=words("enum", words_of(enum) if isinstance(enum, type) else enum))


class Guid(Ordered[uuid.UUID | str]):
    """Edm.Guid. `quoted` says that the API wants its values in quotes; both spellings are read."""

    _kind = "Guid"

    def __init__(self, *, quoted: bool = False, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        check("quoted", quoted, bool, "True or False")
        self._facts = replace(self._facts, quoted=quoted)


class Boolean(Ordered[bool]):
    """Edm.Boolean: true is greater than false."""

    _kind = "Boolean"

    @property
    def _instead(self) -> str:
        if self._schema is None or self._expression is not None:
            return "compare it with True"
        return f"write {self._schema.name}.{self._facts.name} == True"


class Binary(Handle[bytes]):
    """Edm.Binary."""

    _kind = "Binary"


class _Flags(Handle[V]):
    """What has members of an enumeration."""

    def has(self, members: str | enums.Enum) -> Filter:
        """`has`: whether all of `members`, joined by commas, are set."""
        self._allow("has")
        if self._facts.kind == "Enum" and members is not None:
            return self._filter(Has(self._node, self._literal(members)))
        return self._filter(Has(self._node, enumerated(members, replace(self._facts, name=self._name))))


class Enum(_Flags[str | enums.Enum]):
    """An enumeration: `members` are its words, `type_name` the qualified name that stands before them, if it must.

    `members` can be one enumeration of Python's, too. A member of an enumeration of Python's stands for its value if
    that is a text, else for its name; flags for theirs.
    """

    _kind = "Enum"

    def __init__(
        self, *members: str | type[enums.Enum], type_name: str = "", **declaration: Unpack[Declaration]
    ) -> None:
        super().__init__(**declaration)
        check("type_name", type_name, str, "a qualified name")
        for part in type_name.split(".") if type_name else ():
            checked_name(part)
        self._facts = replace(
            self._facts,
            enum=words("the enumeration", words_of(*members)),
            type_name=type_name,
        )


class _Number(Ordered[V], Generic[V, T]):
    """A number: `+`, `-` and `*` as operators, `div`, `divby` and `mod` by name, since Python's mean something else.

    The result is of the wider kind: `T` are the handles that are no wider than this one.
    """

    @overload
    def __add__(self, value: V | T | Param) -> Self: ...
    @overload
    def __add__(self, value: N) -> N: ...
    def __add__(self, value: object) -> Any:
        return self._calculated("add", value)

    def __radd__(self, value: V | Param) -> Self:
        return self._turned("add", value)

    @overload
    def __sub__(self, value: V | T | Param) -> Self: ...
    @overload
    def __sub__(self, value: N) -> N: ...
    def __sub__(self, value: object) -> Any:
        return self._calculated("sub", value)

    def __rsub__(self, value: V | Param) -> Self:
        return self._turned("sub", value)

    @overload
    def __mul__(self, value: V | T | Param) -> Self: ...
    @overload
    def __mul__(self, value: N) -> N: ...
    def __mul__(self, value: object) -> Any:
        return self._calculated("mul", value)

    def __rmul__(self, value: V | Param) -> Self:
        return self._turned("mul", value)

    def __neg__(self) -> Self:
        return self._made(type(self), Negation(self._node))

    @overload
    def div(self, value: V | T | Param) -> Self: ...
    @overload
    def div(self, value: N) -> N: ...
    def div(self, value: object) -> Any:
        """`div`: divided, and cut towards zero where both are integers."""
        return self._calculated("div", value)

    @overload
    def mod(self, value: V | T | Param) -> Self: ...
    @overload
    def mod(self, value: N) -> N: ...
    def mod(self, value: object) -> Any:
        """`mod`: the remainder of `div`, with the sign of this number."""
        return self._calculated("mod", value)

    def round(self) -> Self:
        """`round`: to the nearest whole number, halves away from zero."""
        return self._called(type(self), "round")

    def floor(self) -> Self:
        """`floor`: to the next lower whole number."""
        return self._called(type(self), "floor")

    def ceiling(self) -> Self:
        """`ceiling`: to the next higher whole number."""
        return self._called(type(self), "ceiling")

    def _turned(self, operator: ArithmeticOperator, value: object) -> Self:
        return cast("Self", self._calculated(operator, value, turned=True))


class _Integer(_Number[SupportsIndex, T]):
    """A whole number."""

    @overload
    def divby(self, value: "int | _Integer[Any] | Param") -> "Decimal": ...
    @overload
    def divby(self, value: F) -> F: ...
    def divby(self, value: object) -> Any:
        """`divby`: divided, with a fraction."""
        return self._calculated("divby", value)


class Int32(_Integer["Int32"]):
    """Edm.Int32: from -2³¹ to 2³¹-1."""

    _kind = "Int32"


class Int64(_Integer["Int32 | Int64"]):
    """Edm.Int64: from -2⁶³ to 2⁶³-1."""

    _kind = "Int64"


class _Fraction(_Number[V, T]):
    """A number with a fraction."""

    @overload
    def divby(self, value: V | T | Param) -> Self: ...
    @overload
    def divby(self, value: N) -> N: ...
    def divby(self, value: object) -> Any:
        """`divby`: divided, with a fraction."""
        return self._calculated("divby", value)


class Decimal(_Fraction[decimal.Decimal | int, "_Integer[Any] | Decimal"]):
    """Edm.Decimal: every digit is kept."""

    _kind = "Decimal"


class Double(_Fraction[float, "_Integer[Any] | Decimal | Double"]):
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


class _Instant(_Calendar[V], _Clock[V]):
    """What has both, and an offset from UTC."""

    def date(self) -> "Date":
        """`date`: the day, in its own offset."""
        return self._called(Date, "date")

    def time(self) -> "TimeOfDay":
        """`time`: the time of day, in its own offset."""
        return self._called(TimeOfDay, "time")

    def totaloffsetminutes(self) -> Int32:
        """`totaloffsetminutes`: its offset from UTC."""
        return self._called(Int32, "totaloffsetminutes")


class _Span(Ordered[V]):
    """What takes some time."""

    def totalseconds(self) -> Decimal:
        """`totalseconds`."""
        return self._called(Decimal, "totalseconds")


class _Moved(Ordered[V], Generic[V, D]):
    """What a duration can be added to, and taken from; `D` is Python's type of the values."""

    def __add__(self, value: "Delta") -> Self:
        return cast("Self", self._calculated("add", value))

    def __radd__(self, value: "dt.timedelta | Param") -> Self:
        return cast("Self", self._calculated("add", value, turned=True))

    @overload
    def __sub__(self, value: "Delta") -> Self: ...
    @overload
    def __sub__(self, value: D | Self) -> "Duration": ...
    def __sub__(self, value: object) -> Any:
        return self._calculated("sub", value)

    def __rsub__(self, value: D) -> "Duration":
        return cast("Duration", self._calculated("sub", value, turned=True))


class Date(_Calendar[dt.date | str], _Moved[dt.date | str, dt.date]):
    """Edm.Date: a date, or its text where that is beyond Python's years."""

    _kind = "Date"


class TimeOfDay(_Clock[dt.time | str]):
    """Edm.TimeOfDay: a time, or its text with up to twelve digits of a second."""

    _kind = "TimeOfDay"


class DateTimeOffset(_Instant[dt.datetime | str], _Moved[dt.datetime | str, dt.datetime]):
    """Edm.DateTimeOffset: a datetime that says its offset, or a text with up to twelve digits of a second.

    `quoted` says that the API wants its values in quotes; both spellings are read.
    """

    _kind = "DateTimeOffset"

    def __init__(self, *, quoted: bool = False, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        check("quoted", quoted, bool, "True or False")
        self._facts = replace(self._facts, quoted=quoted)

    @classmethod
    def now(cls) -> "DateTimeOffset":
        """`now`: the time when the filter is evaluated."""
        return of_kind(DateTimeOffset(), Call("now", ()), None, 1)

    @classmethod
    def mindatetime(cls) -> "DateTimeOffset":
        """`mindatetime`: the earliest timestamp that the service has."""
        return of_kind(DateTimeOffset(), Call("mindatetime", ()), None, 1)

    @classmethod
    def maxdatetime(cls) -> "DateTimeOffset":
        """`maxdatetime`: the latest timestamp that the service has."""
        return of_kind(DateTimeOffset(), Call("maxdatetime", ()), None, 1)


class Duration(_Span[dt.timedelta | str]):
    """Edm.Duration: a timedelta, or its ISO 8601 text in days, hours, minutes and seconds."""

    _kind = "Duration"

    @overload
    def __add__(self, value: "Delta") -> "Duration": ...
    @overload
    def __add__(self, value: M) -> M: ...
    def __add__(self, value: object) -> Any:
        return self._calculated("add", value)

    def __radd__(self, value: "dt.timedelta | Param") -> "Duration":
        return cast("Duration", self._calculated("add", value, turned=True))

    def __sub__(self, value: "Delta") -> "Duration":
        return cast("Duration", self._calculated("sub", value))

    def __rsub__(self, value: "dt.timedelta | Param") -> "Duration":
        return cast("Duration", self._calculated("sub", value, turned=True))

    def __mul__(self, value: "Factor") -> "Duration":
        return cast("Duration", self._calculated("mul", value))

    def __rmul__(self, value: "Factor") -> "Duration":
        return cast("Duration", self._calculated("mul", value, turned=True))

    def __neg__(self) -> "Duration":
        return self._made(Duration, Negation(self._node))

    def div(self, value: "Factor") -> "Duration":
        """`div`: divided by a number."""
        return cast("Duration", self._calculated("div", value))

    def divby(self, value: "Factor") -> "Duration":
        """`divby`: divided by a number, the same as `div`."""
        return cast("Duration", self._calculated("divby", value))


# --- shapes ---------------------------------------------------------------------------------------------------------


class _Shape(Handle[V]):
    """What has a place on the earth or in the plane."""

    def geo_distance(self, shape: "V | _Shape[V] | Param") -> Double:
        """`geo.distance`: from one point to another, in the unit of their coordinate reference system."""
        return self._called(Double, "geo.distance", self._operand(shape))

    def geo_length(self) -> Double:
        """`geo.length`: of a line, in the unit of its coordinate reference system."""
        return self._called(Double, "geo.length")

    def geo_intersects(self, shape: "V | _Shape[V] | Param") -> Filter:
        """`geo.intersects`: whether a point lies inside a polygon or on its border."""
        return self._asked("geo.intersects", self._operand(shape))


class Geography(_Shape[str]):
    """Edm.Geography and what is derived from it: shapes on the earth, as texts such as `SRID=4326;Point(16.4 48.2)`.

    Compared with null alone; services evaluate the functions of shapes, `matches` cannot.
    """

    _kind = "Geography"


class Geometry(_Shape[str]):
    """Edm.Geometry and what is derived from it: shapes in the plane, as texts such as `SRID=0;Point(1 2)`.

    Compared with null alone; services evaluate the functions of shapes, `matches` cannot.
    """

    _kind = "Geometry"


# --- structure ------------------------------------------------------------------------------------------------------


class Navigation(Handle[None]):
    """A complex property, or a navigation property to one entity: `Navigation(Address) / Address.City`."""

    _kind = "Complex"

    def __init__(self, schema: "type[Schema]", **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, schema=documented(schema))

    @overload
    def __truediv__(self, other: str) -> "Field": ...
    @overload
    def __truediv__(self, other: H) -> H: ...
    def __truediv__(self, other: "str | Handle[Any]") -> "Handle[Any]":
        """The property `other` of this one: a handle of its schema, or a name for an untyped one."""
        check("a property", other, str | Handle, "its name or its handle")
        return self._over(Field(name=other) if isinstance(other, str) else other)


class _Many(ManyValued[V, E_co]):
    """What has elements."""

    def any(self, condition: Callable[[E_co], Filter] | None = None) -> Filter:
        """`any`: whether `condition` holds for an element; without one, whether there is an element."""
        return self._quantified("any", condition)

    def all(self, condition: Callable[[E_co], Filter]) -> Filter:
        """`all`: whether `condition` holds for every element."""
        return self._quantified("all", condition)

    def count(self, condition: Callable[[E_co], Filter] | None = None) -> Int64:
        """`$count`: the number of elements, or of those for which `condition` holds."""
        self._document("$count")
        if condition is None:
            path = Path((*segments_of(self._node), Count()))
            return of_kind(Int64(), path, self._schema, self._in_a_path, self._elements_of())
        element, judged = self._judged("$count", parameter(condition), condition)
        tree = from_the_element(judged.tree, element)
        path = Path((*segments_of(self._node), Count(tree)))
        schema = same_schema(self._schema, judged.schema)
        elements = self._elements_around(element, judged)
        made = of_kind(Int64(), path, schema, max(self._in_a_path, measure(tree)[0] + 2), elements)
        if schema is not None:
            check_operand(path, schema, "Int64")
        return made

    def hassubset(self: "_Many[Any, Handle[W]]", values: "Several[W]") -> Filter:
        """`hassubset`: whether it has all of `values`, in any order."""
        return self._asked("hassubset", self._elements(values))

    def hassubsequence(self: "_Many[Any, Handle[W]]", values: "Several[W]") -> Filter:
        """`hassubsequence`: whether it has all of `values` in their order, perhaps with others between them."""
        return self._asked("hassubsequence", self._elements(values))

    def _elements(self, values: object) -> Operand:
        """Values of the kind of its elements, as a collection."""
        if not isinstance(self._element, Handle):
            raise FilterTypeError(f"'{self._name}' is a collection of structures, which no values are equal to")
        element = copy.copy(self._element)
        element._facts = replace(element._facts, name=f"an element of {self._name}")
        return element._collection(values)

    def _quantified(self, quantifier: OneOf["any", "all"], condition: Callable[[E_co], Filter] | None) -> Filter:
        self._document(quantifier)
        if condition is None:
            path = Path((*segments_of(self._node), Lambda(quantifier)))
            return Filter._of(path, self._schema, self._in_a_path, self._elements_of())
        name = parameter(condition)
        element, judged = self._judged(quantifier, name, condition)
        variable, tree = named(judged.tree, element, name)
        path = Path((*segments_of(self._node), Lambda(quantifier, variable, tree)))
        levels = check_depth(max(self._in_a_path, judged._levels + 2))
        elements = self._elements_around(element, judged)
        return Filter._of(path, same_schema(self._schema, judged.schema), levels, elements)._allowed()

    def _judged(self, word: str, name: str, condition: Callable[[Any], object]) -> tuple[Variable, Filter]:
        """The element that `condition` is called with, and what it says of it."""
        with opened(name) as element:
            judged = condition(self._variable(element))
        if not isinstance(judged, Filter):
            raise FilterTypeError(f"the condition of '{word}' gave {shown(judged)}, not a filter")
        return element, judged

    def _elements_around(self, element: Variable, judged: Filter) -> frozenset[str]:
        """The elements of the lambdas around that of `element`, which is finished, that its condition refers to."""
        elements = (self._open | judged._open) - {element.name}
        check_unfinished(elements)
        return elements

    def _variable(self, root: Variable) -> Any:
        """What the condition is given: the element, under its name in the lambda."""
        if isinstance(self._element, Handle):
            element = copy.copy(self._element)
            element._facts = replace(element._facts, name=parameter_name(root))
            element._expression = root
            element._schema = self._schema
            element._open = frozenset({root.name})
            return element
        return _Element(self._element, root, self._schema)


class Collection(_Many[None, E_co]):
    """A collection: of primitive values, `Collection(String())`, or of complex ones or entities, `Collection(Item)`."""

    _kind = "Collection"

    def __init__(self, element: E_co, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._element = element
        if isinstance(element, Handle):
            self._facts = replace(self._facts, element=replace(element._facts, name="", source=""))
        elif isinstance(element, type) and issubclass(element, Schema):
            self._facts = replace(self._facts, schema=element.__facts__)
        else:
            raise FilterTypeError(f"a Collection is of a kind or of a Schema, not of {shown(element)}")

    def contains(self: "Collection[Handle[W]]", values: "Several[W]") -> Filter:
        """`contains`: whether `values` stand in it, one right after the other."""
        return self._asked("contains", self._elements(values))

    def startswith(self: "Collection[Handle[W]]", values: "Several[W]") -> Filter:
        """`startswith`: whether it begins with `values`."""
        return self._asked("startswith", self._elements(values))

    def endswith(self: "Collection[Handle[W]]", values: "Several[W]") -> Filter:
        """`endswith`: whether it ends with `values`."""
        return self._asked("endswith", self._elements(values))

    def indexof(self: "Collection[Handle[W]]", values: "Several[W]") -> Int32:
        """`indexof`: where `values` first stand in it, from 0; -1 where they do not."""
        return self._called(Int32, "indexof", self._elements(values))

    def length(self) -> Int32:
        """`length`: the number of elements."""
        return self._called(Int32, "length")

    def concat(self, values: "Several[Any]") -> Self:
        """`concat`: followed by `values`."""
        return self._with_my_elements(self._called(type(self), "concat", self._elements(values)))

    def substring(self, start: "Whole", length: "Whole | None" = None) -> Self:
        """`substring`: from the element `start`, counted from 0, at most `length` of them."""
        counts = (start,) if length is None else (start, length)
        return self._with_my_elements(self._called(type(self), "substring", *(_ARGUMENT._operand(n) for n in counts)))

    def _with_my_elements(self, made: Self) -> Self:
        made._element = self._element
        made._facts = replace(made._facts, element=self._facts.element, schema=self._facts.schema)
        return made


class Field(_Text[Any], _Fraction[Any, Any], _Instant[Any], _Span[Any], _Shape[Any], _Flags[Any], _Many[Any, "Field"]):
    """A property of which only the name is known: any value, spelt by its Python type, and every function."""

    _kind = "Untyped"

    def __truediv__(self, other: "str | Field") -> "Field":
        """The property `other` of this complex or navigation property: `field("Address") / "City"`."""
        below = other if isinstance(other, Field) else Field(name=other)
        if self._facts.kind != "Untyped":
            return self._over(below)
        return below._under(segments_of(self._node), self._schema, self._elements_of(), self._in_a_path)

    # What a Navigation documents of one is all that it can do.

    def _called(self, kind: type[H], function: str, *operands: Operand) -> H:
        made = super()._called(kind, function, *operands)
        self._judge(made._node)
        return made

    def _asked(self, function: str, *operands: Operand) -> Filter:
        made = super()._asked(function, *operands)
        self._judge(made.tree)
        return made

    def _judge(self, node: Expression) -> None:
        if self._schema is not None and self._facts.kind != "Untyped":
            check_operand(node, self._schema, "Untyped")

    def _operand(self, value: object) -> Operand:
        if not isinstance(value, list | tuple):
            return super()._operand(value)
        return self._elements(value) if self._facts.kind == "Collection" else self._collection(value)


def field(name: str) -> Field:
    """An untyped handle for the property `name`. Raises FilterError where that can be no name."""
    return Field(name=name)


@overload
def expression(text: str, *, schema: "type[Schema] | None" = None) -> Field: ...
@overload
def expression(text: str, kind: H, *, schema: "type[Schema] | None" = None) -> H: ...
def expression(text: str, kind: Any = None, *, schema: "type[Schema] | None" = None) -> Any:
    """A handle for what `text` says, such as `expression("now()", DateTimeOffset())`: whatever a filter compares.

    Judged by a schema as `parse` does, and as soon as it is combined with handles of one. Raises as `parse` does, and
    FilterTypeError where the schema knows it to be of another kind.
    """
    check("kind", kind, Handle | None, "a kind such as of.Decimal()")
    read = parse(text)
    tree = read.tree
    facts = documented(schema) if schema is not None else None
    made = of_kind(Field() if kind is None else kind, tree, facts, read._levels, read._open)
    if facts is not None:
        check_operand(tree, facts, made._kind)
    return made


@overload
def case(*branches: tuple[Filter | bool, object]) -> Field: ...
@overload
def case(*branches: tuple[Filter | bool, object], kind: H) -> H: ...
def case(*branches: tuple[Filter | bool, object], kind: Any = None) -> Any:
    """`case`: the value of the first of `branches`, pairs of a condition and a value, of which the condition is true.

    Null where none is; `True` can be a condition. The values are of `kind`, such as `of.String()`; without it they say
    themselves what they are. Raises FilterError for no branches, FilterTypeError for what is no condition or no value.
    """
    check("kind", kind, Handle | None, "a kind such as of.Decimal()")
    values = copy.copy(Field() if kind is None else kind)
    values._facts = replace(values._facts, name="a value of case")
    made: list[Branch] = []
    conditions: list[Filter] = []
    schema: SchemaFacts | None = None
    levels, elements = 1, NONE
    several: tuple[object, ...] = branches
    for branch in several:
        if not (isinstance(branch, tuple) and len(branch) == 2 and isinstance(branch[0], Filter | bool)):  # noqa: PLR2004
            raise FilterTypeError(f"a branch of case is a pair of a filter and a value, not {shown(branch)}")
        condition, (value, other) = branch[0], values._operand(branch[1])
        if isinstance(condition, Filter):
            conditions.append(condition)
            schema = same_schema(schema, condition.schema)
            levels, elements = max(levels, condition._levels), elements | condition._open
        if other is not None:
            schema = same_schema(schema, other._schema)
            levels, elements = max(levels, other._levels), elements | other._open
        made.append(Branch(condition.tree if isinstance(condition, Filter) else literal_of(condition), value))
    if not made:
        raise FilterError("case has no branches, so that it would always be null")
    check_unfinished(elements)
    for condition in conditions:
        condition._adopted(schema)
    values._schema = schema
    values._document("case")
    return of_kind(Field() if kind is None else kind, Case(tuple(made)), schema, levels + 2, elements)


class _Element:
    """An element of a collection inside a lambda: its properties, under the name of the variable."""

    def __init__(self, schema: Any, root: Variable, outer: SchemaFacts | None) -> None:
        self._place = schema, root, outer

    def __repr__(self) -> str:
        return f"<element of {self._place[0].__name__}>"

    def __getattr__(self, name: str) -> Any:
        if name == "_place" or name.startswith("__"):  # a copy that is being made has no place yet
            raise AttributeError(name)
        handle = getattr(self._place[0], name)
        return self._below(handle) if isinstance(handle, Handle) else handle

    def __truediv__(self, other: "str | Handle[Any]") -> "Handle[Any]":
        """The property `other` of the element: a handle of its schema, or a name."""
        check("a property", other, str | Handle, "its name or its handle")
        return self._below(self._place[0][other if isinstance(other, str) else other._facts.name])

    def _below(self, handle: Handle[Any]) -> Handle[Any]:
        _, root, outer = self._place
        elements = frozenset({root.name})
        check_unfinished(elements)
        return handle._under((root,), outer, elements)


class SchemaType(type):
    """The type of a Schema class, which has its properties by name, too."""

    def __getitem__(cls, name: str) -> Field:
        """The handle of the property `name`, for names that are known at run time only: of the kind that is documented.

        Of an open type, the name may be any. Raises FilterError for a name that the schema does not have.
        """
        check("the name of a property", name, str, "a text")
        facts = documented(cast("type[Schema]", cls))
        handles = _declared(cls)
        for handle in handles.values():
            if handle._facts.name == name:
                return cast("Field", handle)
        if name in handles:
            raise FilterError(f"{facts.name} has no property '{name}': that attribute is '{handles[name]._name}'")
        if facts.open:
            made = Field(name=name)
            made._schema = facts
            return made
        raise FilterError(missing_property(name, facts))


def missing_property(name: str, facts: SchemaFacts) -> str:
    """What is said of a property that the schema does not have."""
    if name in facts.deeper:
        return facts.describe_depth(name)
    meant = nearest(name, facts.properties)
    hint = f"; did you mean '{meant}'?" if meant else f", only {listed_near(name, facts.properties)}"
    return f"{facts.name} has no property {shown(name)}{hint}"


class Schema(Documented, metaclass=SchemaType):
    """The base of a class of documented properties, which is used as it is, never instantiated.

    Keywords of the class say what its API documents: `operators`, `functions` (canonical ones, and the service's own as
    `Function` or by their qualified names), `lists` ("()" or "[]"), `either_order` (functions whose arguments may stand
    in either order), `case_sensitive`, `plain`, `max_in` (the greatest number of values after `in`, from 1) and `open`
    (whether there may be properties that are not documented); see SchemaFacts. `S["name"]` is a property by its name.
    """

    def __init__(self) -> None:
        raise FilterTypeError(f"{type(self).__name__} is used as it is, never instantiated")

    __facts__ = SchemaFacts(name="Schema", properties={})

    def __init_subclass__(
        cls,
        *,
        operators: Iterable[str] | None = None,
        functions: Iterable[str | DeclaredFunction] | None = None,
        lists: OneOf["()", "[]"] | None = None,
        either_order: Iterable[str] | None = None,
        case_sensitive: bool | None = None,
        plain: bool | None = None,
        max_in: int | None = None,
        open: bool | None = None,  # noqa: A002 - OData's word
    ) -> None:
        super().__init_subclass__()
        check("case_sensitive", case_sensitive, bool | None, "True or False")
        check("plain", plain, bool | None, "True or False")
        check("open", open, bool | None, "True or False")
        check("max_in", max_in, int | None, "a whole number from 1")
        if isinstance(max_in, bool) or (max_in is not None and max_in < 1):
            raise FilterError(f"max_in is {shown(max_in)}: a whole number from 1 is wanted")
        if lists not in {None, "()", "[]"}:
            raise FilterError(f"lists is {shown(lists)}: '()' or '[]' is wanted")
        _check_declarations(cls)
        handles = {name: copy.copy(value) for name, value in _declared(cls).items()}
        attributes: dict[str, str] = {}
        for attribute, handle in handles.items():
            name = checked_name(handle._facts.name)
            if name in attributes:
                raise FilterError(f"{cls.__name__} has the property '{name}' twice: {attributes[name]} and {attribute}")
            attributes[name] = attribute
        said: dict[str, Any] = {
            "lists": lists,
            "case_sensitive": case_sensitive,
            "plain": plain,
            "max_in": max_in,
            "open": open,
            "operators": None if operators is None else checked_words("operators", operators, OPERATORS),
            "either_order": None
            if either_order is None
            else checked_words("either_order", either_order, ALL_FUNCTIONS),
        }
        if functions is not None:
            said["functions"], service = checked_functions(functions)
            of_document = vars(cls)["__facts__"].service_functions if "__facts__" in vars(cls) else {}
            said["service_functions"] = ChainMap(dict(service), of_document) if of_document else service
        cls.__facts__ = replace(
            cls.__facts__,
            name=cls.__name__,
            properties={handle._facts.name: handle._facts for handle in handles.values()},
            **{keyword: value for keyword, value in said.items() if value is not None},
        )
        for name, handle in handles.items():
            handle._schema = cls.__facts__
            setattr(cls, name, handle)


def _check_declarations(cls: type) -> None:
    """Raises FilterTypeError where a property is declared by what is none: a kind itself, a schema, an annotation."""
    space = vars(cls)
    for attribute, value in space.items():
        where = f"{cls.__name__}.{attribute}"
        if isinstance(value, type) and issubclass(value, Handle):
            raise FilterTypeError(
                f"{where} is the class {value.__name__}; a property is declared as {attribute} = of.{value.__name__}()"
            )
        if value is field:
            raise FilterTypeError(f"{where} is the function field; a property is declared by what it gives")
        inside = isinstance(value, type) and value.__qualname__ == f"{cls.__qualname__}.{attribute}"
        if isinstance(value, SchemaType) and not inside:
            name = value.__name__
            raise FilterTypeError(f"{where} is the schema {name}; write of.Navigation({name}) or of.Collection({name})")
    for attribute, annotation in space.get("__annotations__", {}).items():
        if attribute not in space and isinstance(annotation, type) and issubclass(annotation, Handle):
            name = annotation.__name__
            raise FilterTypeError(f"{cls.__name__}.{attribute} is annotated alone; write {attribute} = of.{name}()")


def _declared(cls: type) -> dict[str, Handle[Any]]:
    """The handles of a schema and those that it inherits, by attribute; anything else, such as None, takes one away."""
    declared: dict[str, Any] = {}
    for base in reversed(cls.__mro__):
        declared |= vars(base)
    return {name: value for name, value in declared.items() if isinstance(value, Handle)}


Field._element = Field()
_ARGUMENT: Final = Int32()
_ARGUMENT._facts = replace(_ARGUMENT._facts, name="the argument")
