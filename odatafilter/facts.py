"""What an API documents of its properties, as plain data: read by validation, rewriting and evaluation."""

import functools
import itertools
from collections.abc import Mapping, Sequence
from typing import ClassVar, Final, get_args
from typing import Literal as OneOf

import msgspec

from odatafilter._functions import FUNCTIONS
from odatafilter._kinds import NULL_ONLY, UNORDERED
from odatafilter.tree import ArithmeticOperator, ComparisonOperator, Expression, Literal

COMPARISONS: Final[frozenset[str]] = frozenset(get_args(ComparisonOperator))
RELATIONS: Final = COMPARISONS - {"eq", "ne"}
ARITHMETIC: Final[frozenset[ArithmeticOperator]] = frozenset(get_args(ArithmeticOperator))
LOGIC: Final = frozenset({"and", "or", "not"})
OPERATORS: Final = COMPARISONS | ARITHMETIC | LOGIC | {"in", "has"}
ALL_FUNCTIONS: Final = frozenset({*FUNCTIONS, "any", "all", "case", "$count"})
_SHOWN: Final = 20  # properties that a repr shows


@functools.lru_cache(1_024)
def _operators_of_kind(kind: str, documented: frozenset[str], operators: frozenset[str]) -> frozenset[str]:
    if kind in NULL_ONLY:
        return frozenset()
    both = documented & operators
    return both - RELATIONS if kind in UNORDERED else both


class Documented:
    """The base of every Schema: a class that says what an API documents."""

    __facts__: "ClassVar[SchemaFacts]"


class PropertyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is documented of one property.

    `kind` is the Edm name of its type without the prefix, `Untyped` if that is not documented. `enum` are its words
    where it has a closed list of them, `operators` and `functions` those that may be used with it; `quoted` says
    whether its GUIDs or timestamps are emitted in quotes, `type_name` what is written before the words of an Enum. A
    Collection has an `element`; a Complex (or navigation) property has a `schema`. `source` is where its value stands
    in an item, as names joined by dots; `[]` after a name means any element of that list. `attribute` is the same in an
    object that is no mapping, where it stands elsewhere there.
    """

    name: str
    kind: str
    nullable: bool = True
    enum: tuple[str, ...] = ()
    operators: frozenset[str] = OPERATORS
    functions: frozenset[str] = ALL_FUNCTIONS
    quoted: bool = False
    type_name: str = ""
    element: "PropertyFacts | None" = None
    schema: "SchemaFacts | None" = None
    source: str = ""
    attribute: str = ""

    @property
    def display_name(self) -> str:
        """What messages call it."""
        return f"'{self.name}'" if self.name else "an element"

    def is_closed(self, functions: frozenset[str]) -> bool:
        """Whether no operator is documented with the property, and none of `functions`, those of its schema."""
        return not self.operators and self.functions.isdisjoint(functions)

    def operators_among(self, operators: frozenset[str]) -> frozenset[str]:
        """Those of `operators` that may stand beside the property and a value of its kind (§5.1.1.1)."""
        return _operators_of_kind(self.kind, self.operators, operators)

    @property
    def many(self) -> bool:
        """Whether the property stands for several values, of which any may hold."""
        return "[]" in self.source

    @property
    def _type(self) -> str:
        """What a repr calls its type."""
        below = self.schema or self.element
        kind = self.kind if below is None else below.name if isinstance(below, SchemaFacts) else below.kind
        return f"Collection({kind})" if self.kind == "Collection" else kind

    def __repr__(self) -> str:
        """Of bounded size: a type that it leads to is named, not shown."""
        return f"<PropertyFacts {self.name or 'element'} {self._type}>"


class FunctionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a service documents of one overload of a function of its own (CSDL §12.3).

    `parameters` have the names that are written before their values; those in `optional` may be left out. `result` is
    of the kind of what it gives. The first parameter of a `bound` one is what stands before it in a path.
    """

    name: str
    parameters: tuple[PropertyFacts, ...] = ()
    optional: frozenset[str] = frozenset()
    result: PropertyFacts = PropertyFacts(name="", kind="Untyped")
    bound: bool = False


class SchemaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is documented of one listing, or of one complex type: its properties by name, and its dialect.

    `operators` and `functions` are those that filters may use. `lists` are the brackets of a list after `in`. Where
    `either_order` has a function, its arguments may stand in either order. Where `case_sensitive` is false, texts that
    differ in case only are equal. `ordered_texts` says that an engine looks for equal texts in the index of an order,
    as in filters for the pages of a keyset. Where it is `plain`, operands are properties and values only: no
    parameters, paths, signs, arrays or objects. `max_in` is the greatest number of values after `in`, where there is
    one.
    `service_functions` are the overloads of each function of the service's own; one of which only the name is known has
    none.

    `type_name` is the qualified name of its type, and `derived` are the types that derive from it by theirs, where they
    are known. An `open` type may have properties that are not documented. `deeper` are the properties that it has and
    that lie below the `depth` of a schema that was made of a document. Of the whole document, `namespaces` has the
    namespaces by their aliases, and `types` the qualified names of its types; nothing where that is not known.
    """

    name: str
    properties: dict[str, PropertyFacts]
    operators: frozenset[str] = OPERATORS
    functions: frozenset[str] = ALL_FUNCTIONS
    lists: OneOf["()", "[]"] = "()"
    either_order: frozenset[str] = frozenset()
    case_sensitive: bool = True
    ordered_texts: bool = False
    plain: bool = False
    max_in: int | None = None
    service_functions: "Mapping[str, tuple[FunctionFacts, ...]]" = {}
    type_name: str = ""
    derived: "Mapping[str, SchemaFacts]" = {}
    open: bool = False
    deeper: frozenset[str] = frozenset()
    depth: int = 0
    namespaces: dict[str, str] = {}
    types: frozenset[str] = frozenset()

    def are_reversed(self, function: str, arguments: Sequence[Expression]) -> bool:
        """Whether the arguments of a function stand the other way round, which only some services take."""
        return function in self.either_order and [isinstance(one, Literal) for one in arguments] == [True, False]

    def describe_depth(self, name: str) -> str:
        """What is said of a property that lies too deep."""
        return f"'{name}' of {self.name} lies too deep: the schema has depth={self.depth}; a greater one reaches it"

    def __repr__(self) -> str:
        """Of bounded size: types that its properties lead to are named, not shown."""
        shown = [f"{name} {facts._type}" for name, facts in itertools.islice(self.properties.items(), _SHOWN)]
        if len(self.properties) > _SHOWN:
            shown.append(f"{len(self.properties) - _SHOWN} more")
        return f"<SchemaFacts {self.name}: {', '.join(shown) or 'no properties'}>"

    def __eq__(self, other: object) -> bool:
        """By structure. Types refer to each other, and each pair of them is compared once: not once for each path."""
        if not isinstance(other, SchemaFacts):
            return NotImplemented
        seen: set[tuple[int, int]] = set()
        pending: list[tuple[object, object]] = [(self, other)]
        while pending:
            one, beside = pending.pop()
            if (
                isinstance(one, PropertyFacts)
                and isinstance(beside, PropertyFacts)
                and not (one.schema or beside.schema)
            ):
                if one != beside:  # they lead nowhere, as most do: said at once
                    return False
            elif isinstance(one, PropertyFacts | SchemaFacts) and type(one) is type(beside):
                if one is not beside and (id(one), id(beside)) not in seen:
                    seen.add((id(one), id(beside)))
                    pending += ((getattr(one, name), getattr(beside, name)) for name in one.__struct_fields__)
            elif isinstance(one, Mapping) and isinstance(beside, Mapping):
                if not isinstance(one, dict) and one == beside:  # made of the same document, of which each is a part
                    continue
                if one.keys() != beside.keys():
                    return False
                pending += ((one[name], beside[name]) for name in one)
            elif one != beside:
                return False
        return True

    def __hash__(self) -> int:
        return hash((self.name, frozenset(self.properties)))
