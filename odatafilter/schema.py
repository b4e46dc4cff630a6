"""The documented properties of an API: at once what filters are validated against, and the typed builder."""

import copy
import datetime as dt
import decimal
import enum as enums
import uuid
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypedDict, TypeVar, Unpack

from msgspec.structs import replace

from odatafilter import _literals
from odatafilter._suggest import listed, nearest
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import NUMERIC, OPERATORS, Kind, PropertyFacts, SchemaFacts
from odatafilter.filter import Filter, same_schema
from odatafilter.tree import Comparison, ComparisonOperator, In, List, Literal, Property

V = TypeVar("V")

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
    """A property to build filters with: compared by operators, or by name, it gives a Filter.

    `V` is the Python type of its values; None is null. Raises FilterTypeError for a value of another type, FilterError
    for a value that cannot be spelt and for an operator that the schema does not document.
    """

    _kind: ClassVar[Kind] = "Untyped"
    _schema: SchemaFacts | None = None

    def __init__(self, **declaration: Unpack[Declaration]) -> None:
        name = declaration.get("name", "")
        self._facts = PropertyFacts(
            name=_checked_name(name) if "name" in declaration else "",
            kind=self._kind,
            nullable=declaration.get("nullable", True),
            operators=checked_operators(declaration.get("operators", OPERATORS)),
            source=declaration.get("source", name),
        )

    def __set_name__(self, owner: type, name: str) -> None:
        if not self._facts.name:
            self._facts = replace(self._facts, name=_checked_name(name), source=self._facts.source or name)

    def eq(self, value: "V | Handle[V] | None") -> Filter:
        """`eq`: equal; null equals null only."""
        return self._compared("eq", value)

    def ne(self, value: "V | Handle[V] | None") -> Filter:
        """`ne`: not equal."""
        return self._compared("ne", value)

    def in_(self, values: Iterable[V | None]) -> Filter:
        """`in`: equal to one of `values`, of which there must be one at least."""
        if isinstance(values, str | bytes) or not isinstance(values, Iterable):
            raise FilterTypeError(f"in_ takes several values, not {values!r:.60}")
        items = tuple(self._literal(value) for value in values)
        if not items:
            raise FilterError(f"'{self._facts.name}' in () would match nothing; in_ takes one value at least")
        self._allow("in")
        return Filter(In(self._node, List(items)), self._schema)

    def __eq__(self, value: "V | Handle[V] | None") -> Filter:  # type: ignore[override]
        return self._compared("eq", value)

    def __ne__(self, value: "V | Handle[V] | None") -> Filter:  # type: ignore[override]
        return self._compared("ne", value)

    __hash__ = object.__hash__

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self._facts.name}>"

    if not TYPE_CHECKING:  # to the type checker these are not there; at run time they say why

        def _unordered(self, _: object) -> Filter:
            raise FilterTypeError(f"'{self._facts.name}' is a {self._kind}, which has no order; it has eq, ne and in_")

        lt = le = gt = ge = __lt__ = __le__ = __gt__ = __ge__ = _unordered

    def _compared(self, operator: ComparisonOperator, value: object) -> Filter:
        if isinstance(value, Handle):
            self._comparable(value)
            value._allow(operator)
            right: Literal | Property = value._node
            schema = same_schema(self._schema, value._schema)
        else:
            right, schema = self._literal(value), self._schema
        self._allow(operator)
        return Filter(Comparison(self._node, operator, right), schema)

    def _comparable(self, other: "Handle[Any]") -> None:
        kinds = {"Number" if kind in NUMERIC else kind for kind in (self._kind, other._kind)} - {"Untyped"}
        if len(kinds) > 1:
            raise FilterTypeError(
                f"'{self._facts.name}' is a {self._kind}; "
                f"it cannot be compared with '{other._facts.name}', a {other._kind}"
            )

    def _allow(self, operator: str) -> None:
        documents = [(f"'{self._facts.name}'", self._facts.operators)]
        if self._schema:
            documents.append((self._schema.name, self._schema.operators))
        for who, documented in documents:
            if operator not in documented:
                raise FilterError(f"{who} is documented with {listed(sorted(documented))}, not with '{operator}'")

    @property
    def _node(self) -> Property:
        if not self._facts.name:
            raise FilterError("a property has no name before it stands in a Schema; give it name=")
        return Property(self._facts.name)

    def _literal(self, value: object) -> Literal:
        return _literals.NULL if value is None else self._spelt(value)

    def _spelt(self, value: Any) -> Literal:
        return _literals.literal(value)

    def _wrong(self, value: object, wanted: str) -> FilterTypeError:
        kind = type(value).__name__
        return FilterTypeError(f"'{self._facts.name}' is a {self._kind} and takes {wanted}, not {value!r:.60} ({kind})")


class Ordered(Handle[V]):
    """A property whose values have an order."""

    def lt(self, value: V | Handle[V]) -> Filter:
        """`lt`: less than; false for null."""
        return self._compared("lt", value)

    def le(self, value: V | Handle[V]) -> Filter:
        """`le`: less than or equal."""
        return self._compared("le", value)

    def gt(self, value: V | Handle[V]) -> Filter:
        """`gt`: greater than; false for null."""
        return self._compared("gt", value)

    def ge(self, value: V | Handle[V]) -> Filter:
        """`ge`: greater than or equal."""
        return self._compared("ge", value)

    def __lt__(self, value: V | Handle[V]) -> Filter:
        return self._compared("lt", value)

    def __le__(self, value: V | Handle[V]) -> Filter:
        return self._compared("le", value)

    def __gt__(self, value: V | Handle[V]) -> Filter:
        return self._compared("gt", value)

    def __ge__(self, value: V | Handle[V]) -> Filter:
        return self._compared("ge", value)


class Field(Ordered[Any]):
    """A property of which only the name is known: any value, spelt by its Python type."""


def field(name: str) -> Field:
    """An untyped handle for the property `name`. Raises FilterError where that can be no name."""
    return Field(name=name)


class String(Ordered[str]):
    """Edm.String. `enum` are its words where the API documents a closed list of them."""

    _kind = "String"

    def __init__(self, *, enum: Iterable[str] = (), **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, enum=tuple(enum))

    def _spelt(self, value: Any) -> Literal:
        word = value.value if isinstance(value, enums.Enum) else value
        if not isinstance(word, str):
            raise self._wrong(value, "a str")
        if self._facts.enum and word not in self._facts.enum:
            meant = nearest(word, self._facts.enum)
            hint = f"did you mean {meant!r}?" if meant else f"it has {listed(self._facts.enum)}"
            raise FilterError(f"'{self._facts.name}' has no word {word!r:.60}; {hint}")
        return _literals.string(word)


class Guid(Handle[uuid.UUID | str]):
    """Edm.Guid. `quoted` says that the API wants its values in quotes; both spellings are read."""

    _kind = "Guid"

    def __init__(self, *, quoted: bool = False, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, quoted=quoted)

    def _spelt(self, value: Any) -> Literal:
        if not isinstance(value, uuid.UUID | str):
            raise self._wrong(value, "a UUID or its text")
        return _literals.guid(value, quoted=self._facts.quoted)


class DateTimeOffset(Ordered[dt.datetime | str]):
    """Edm.DateTimeOffset: a datetime that says its offset, or a text with up to twelve digits of a second."""

    _kind = "DateTimeOffset"

    def _spelt(self, value: Any) -> Literal:
        if not isinstance(value, dt.datetime | str):
            raise self._wrong(value, "a datetime with a tzinfo")
        return _literals.date_time_offset(value)


class Boolean(Handle[bool]):
    """Edm.Boolean."""

    _kind = "Boolean"

    def _spelt(self, value: Any) -> Literal:
        if not isinstance(value, bool):
            raise self._wrong(value, "a bool")
        return _literals.literal(value)


class _Integer(Ordered[int]):
    _bits: ClassVar[int]

    def _spelt(self, value: Any) -> Literal:
        if not isinstance(value, int) or isinstance(value, bool):
            raise self._wrong(value, "an int")
        if not -(2 ** (self._bits - 1)) <= value < 2 ** (self._bits - 1):
            raise FilterError(f"{value} is out of the range of '{self._facts.name}', an {self._kind}")
        return _literals.number(value)


class Int32(_Integer):
    """Edm.Int32: from -2³¹ to 2³¹-1."""

    _kind = "Int32"
    _bits = 32


class Int64(_Integer):
    """Edm.Int64: from -2⁶³ to 2⁶³-1."""

    _kind = "Int64"
    _bits = 64


class Decimal(Ordered[decimal.Decimal | int]):
    """Edm.Decimal: every digit is kept."""

    _kind = "Decimal"

    def _spelt(self, value: Any) -> Literal:
        if not isinstance(value, decimal.Decimal | int) or isinstance(value, bool):
            raise self._wrong(value, "a Decimal or an int")
        return _literals.number(value)


class Double(Ordered[float]):
    """Edm.Double: INF and NaN included."""

    _kind = "Double"

    def _spelt(self, value: Any) -> Literal:
        if not isinstance(value, int | float) or isinstance(value, bool):
            raise self._wrong(value, "a float")
        return _literals.number(value)


class Schema:
    """The base of a class of documented properties; `operators` are those that its API documents.

        class Job(Schema, operators=("eq", "ne", "and")):
            id = Guid()

    The class is used as it is, never instantiated.
    """

    __facts__: ClassVar[SchemaFacts] = SchemaFacts(name="Schema", properties={})

    def __init_subclass__(cls, *, operators: Iterable[str] | None = None, **rest: Any) -> None:
        super().__init_subclass__(**rest)
        handles = {name: copy.copy(value) for name, value in _declared(cls).items()}
        facts = {handle._facts.name: handle._facts for handle in handles.values()}
        documented = cls.__facts__.operators if operators is None else checked_operators(operators)
        cls.__facts__ = SchemaFacts(name=cls.__name__, properties=facts, operators=documented)
        for name, handle in handles.items():
            handle._schema = cls.__facts__
            setattr(cls, name, handle)


def _declared(cls: type) -> dict[str, Handle[Any]]:
    """The handles of a schema and those that it inherits, by attribute."""
    declared: dict[str, Handle[Any]] = {}
    for base in reversed(cls.__mro__):
        declared |= {name: value for name, value in vars(base).items() if isinstance(value, Handle)}
    return declared


def checked_operators(operators: Iterable[str]) -> frozenset[str]:
    """`operators` as a set. Raises FilterError for a word that is no operator of OData."""
    words = frozenset([operators] if isinstance(operators, str) else operators)
    if unknown := words - OPERATORS:
        raise FilterError(f"{sorted(unknown)} are no operators; OData has {listed(sorted(OPERATORS))}")
    return words


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
