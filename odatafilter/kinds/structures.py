"""Structure: complex and navigation properties, collections, and properties of which only the name is known."""

import copy
import functools
from collections.abc import Callable, Iterable, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Self, TypeAlias, TypeVar, Unpack, cast, overload
from typing import Literal as OneOf

from msgspec.structs import replace

from odatafilter._arguments import check_type
from odatafilter._declared import (
    Declaration,
    checked_name,
)
from odatafilter._lambdas import as_nested_filter, parameter_of, with_variable
from odatafilter._open_elements import check_unfinished, open_element, parameter_name
from odatafilter._property_below import spell_path
from odatafilter._safe_text import show
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import Documented, PropertyFacts, SchemaFacts
from odatafilter.filter import Filter, Param, check_operand, facts_of_schema, same_schema
from odatafilter.handle import H, Handle, ManyValued, Operand, UntypedHandle, of_kind, segments_of
from odatafilter.kinds.numbers import ARGUMENT, Fraction, Int32, Int64, Whole
from odatafilter.kinds.primitives import Flags
from odatafilter.kinds.shapes import Shape
from odatafilter.kinds.texts import Text
from odatafilter.kinds.times import Instant, Span
from odatafilter.limits import check_depth, measure
from odatafilter.tree import (
    Count,
    Expression,
    Lambda,
    Path,
    Variable,
)

V = TypeVar("V")
W = TypeVar("W")
E_co = TypeVar("E_co", covariant=True)
Several: TypeAlias = "Iterable[W] | Many[Any, Handle[W]] | Param"


class Navigation(Handle[None]):
    """A complex property, or a navigation property to one entity: `Navigation(Address) / Address.City`.

    Args:
        schema: what it leads to.
        declaration: `name`, `nullable`, `operators`, `functions` and `source`, as every property has them.
    """

    _kind = "Complex"

    def __init__(self, schema: type[Documented], **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._facts = replace(self._facts, schema=facts_of_schema(schema))
        self._leads_to = schema

    @overload
    def __truediv__(self, other: str) -> "Field": ...
    @overload
    def __truediv__(self, other: H) -> H: ...
    def __truediv__(self, other: "str | Handle[Any]") -> "Handle[Any]":
        """The property `other` of this one: a handle of its schema, or a name for an untyped one."""
        check_type("a property", other, str | Handle, "its name or its handle")
        return self._over(Field(name=other) if isinstance(other, str) else other)


class Many(ManyValued[V, E_co]):
    """What has elements."""

    def any(self, condition: Callable[[E_co], Filter] | None = None) -> Filter:
        """`any`: whether `condition` holds for an element; without one, whether there is an element."""
        return self._quantify("any", condition)

    def all(self, condition: Callable[[E_co], Filter]) -> Filter:
        """`all`: whether `condition` holds for every element."""
        return self._quantify("all", condition)

    def count(self, condition: Callable[[E_co], Filter] | None = None) -> Int64:
        """`$count`: the number of elements, or of those for which `condition` holds."""
        self._check_function("$count")
        if condition is None:
            path = Path((*segments_of(self._node), Count()))
            return of_kind(Int64(), path, self._schema, self._in_a_path, self._elements_of())
        element, judged = self._ask_condition("$count", parameter_of(condition), condition)
        tree = as_nested_filter(judged.tree, element)
        path = Path((*segments_of(self._node), Count(tree)))
        schema = same_schema(self._schema, judged.schema)
        elements = self._elements_around(element, judged)
        made = of_kind(Int64(), path, schema, max(self._in_a_path, measure(tree)[0] + 2), elements)
        if schema is not None:
            check_operand(path, schema, "Int64")
        return made

    def hassubset(self: "Many[Any, Handle[W]]", values: "Several[W]") -> Filter:
        """`hassubset`: whether it has all of `values`, in any order."""
        return self._condition("hassubset", self._elements(values))

    def hassubsequence(self: "Many[Any, Handle[W]]", values: "Several[W]") -> Filter:
        """`hassubsequence`: whether it has all of `values` in their order, perhaps with others between them."""
        return self._condition("hassubsequence", self._elements(values))

    def _elements(self, values: object) -> Operand:
        """Values of the kind of its elements, as a collection."""
        if not isinstance(self._element, Handle):
            raise FilterTypeError(f"'{self._name}' is a collection of structures, which no values are equal to")
        element = copy.copy(self._element)
        element._facts = replace(element._facts, name=f"an element of {self._name}")
        return element._collection(values)

    def _quantify(self, quantifier: OneOf["any", "all"], condition: Callable[[E_co], Filter] | None) -> Filter:
        self._check_function(quantifier)
        if condition is None:
            path = Path((*segments_of(self._node), Lambda(quantifier)))
            return Filter._of(path, self._schema, self._in_a_path, self._elements_of())
        name = parameter_of(condition)
        element, judged = self._ask_condition(quantifier, name, condition)
        variable, tree = with_variable(judged.tree, element, name)
        path = Path((*segments_of(self._node), Lambda(quantifier, variable, tree)))
        levels = check_depth(max(self._in_a_path, judged._levels + 2))
        elements = self._elements_around(element, judged)
        return Filter._of(path, same_schema(self._schema, judged.schema), levels, elements)._spell_for_schema()

    def _ask_condition(self, word: str, name: str, condition: Callable[[Any], object]) -> tuple[Variable, Filter]:
        """The element that `condition` is called with, and what it says of it."""
        with open_element(name) as element:
            judged = condition(self._variable(element))
        if not isinstance(judged, Filter):
            raise FilterTypeError(f"the condition of '{word}' gave {show(judged)}, not a filter")
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
        return Element(self._element, root, self._schema)


class Collection(Many[None, E_co]):
    """A collection: of primitive values, `Collection(String())`, or of complex ones or entities, `Collection(Item)`.

    Args:
        element: a kind such as `String()`, or a schema; `Navigation(Item)` says the same as `Item`.
        declaration: `name`, `nullable`, `operators`, `functions` and `source`, as every property has them.
    """

    _kind = "Collection"

    def __init__(self, element: E_co, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        self._element = element
        structure = vars(element).get("_leads_to") if isinstance(element, Navigation) else element
        if isinstance(structure, type) and issubclass(structure, Documented):
            # A collection of entities is one of structures: `Collection(Navigation(Item))` is `Collection(Item)`.
            self._element = cast("E_co", structure)
            self._facts = replace(self._facts, schema=structure.__facts__)
        elif isinstance(element, Navigation):  # that of a schema which was derived: there is no class of it yet
            self._facts = replace(self._facts, schema=element._facts.schema)
        elif isinstance(element, Handle):
            self._facts = replace(self._facts, element=replace(element._facts, name="", source=""))
        else:
            raise FilterTypeError(f"a Collection is of a kind or of a Schema, not of {show(element)}")

    def eq(self, values: "Several[Any] | Handle[Any] | None") -> Filter:
        """`eq`: the elements of `values`, a list or another collection, in the same order; null equals null only."""
        return self._compare("eq", values)

    def ne(self, values: "Several[Any] | Handle[Any] | None") -> Filter:
        """`ne`: other elements than those of `values`, or in another order."""
        return self._compare("ne", values)

    def __eq__(self, values: "Several[Any] | Handle[Any] | None") -> Filter:  # type: ignore[override]
        return self._compare("eq", values)

    def __ne__(self, values: "Several[Any] | Handle[Any] | None") -> Filter:  # type: ignore[override]
        return self._compare("ne", values)

    __hash__ = object.__hash__

    def _operand(self, value: object) -> Operand:
        if isinstance(value, AbstractSet | Mapping):
            raise FilterTypeError(
                f"'{self._name}' has an order, which {show(value)} has not: a list or a tuple is wanted"
            )
        return super()._operand(value) if value is None or isinstance(value, Handle) else self._elements(value)

    def contains(self: "Collection[Handle[W]]", values: "Several[W]") -> Filter:
        """`contains`: whether `values` stand in it, one right after the other."""
        return self._condition("contains", self._elements(values))

    def startswith(self: "Collection[Handle[W]]", values: "Several[W]") -> Filter:
        """`startswith`: whether it begins with `values`."""
        return self._condition("startswith", self._elements(values))

    def endswith(self: "Collection[Handle[W]]", values: "Several[W]") -> Filter:
        """`endswith`: whether it ends with `values`."""
        return self._condition("endswith", self._elements(values))

    def indexof(self: "Collection[Handle[W]]", values: "Several[W]") -> Int32:
        """`indexof`: where `values` first stand in it, from 0; -1 where they do not."""
        return self._call(Int32, "indexof", self._elements(values))

    def length(self) -> Int32:
        """`length`: the number of elements."""
        return self._call(Int32, "length")

    def concat(self, values: "Several[Any]") -> Self:
        """`concat`: followed by `values`."""
        return self._with_my_elements(self._call(type(self), "concat", self._elements(values)))

    def substring(self, start: "Whole", length: "Whole | None" = None) -> Self:
        """`substring`: from the element `start`, counted from 0, at most `length` of them."""
        counts = (start,) if length is None else (start, length)
        return self._with_my_elements(self._call(type(self), "substring", *(ARGUMENT._operand(n) for n in counts)))

    def _with_my_elements(self, made: Self) -> Self:
        made._element = self._element
        made._facts = replace(made._facts, element=self._facts.element, schema=self._facts.schema)
        return made


class Element:
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
        check_type("a property", other, str | Handle, "its name or its handle")
        return self._below(self._place[0][other if isinstance(other, str) else other._facts.name])

    def _below(self, handle: Handle[Any]) -> Handle[Any]:
        _, root, outer = self._place
        elements = frozenset({root.name})
        check_unfinished(elements)
        return handle._under((root,), outer, elements)


class Field(
    Text[Any], Fraction[Any, Any], Instant[Any], Span[Any], Shape[Any], Flags[Any], Many[Any, "Field"], UntypedHandle
):
    """A property of which only the name is known: any value, spelt by its Python type, and every function."""

    _kind = "Untyped"

    def __truediv__(self, other: "str | Field") -> "Field":
        """The property `other` of this complex or navigation property: `field("Address") / "City"`."""
        below = other if isinstance(other, Field) else Field(name=other)
        if self._facts.kind != "Untyped":
            return self._over(below)
        return below._under(segments_of(self._node), self._schema, self._elements_of(), self._in_a_path)

    # What a Navigation documents of one is all that it can do.

    def _call(self, kind: type[H], function: str, *operands: Operand) -> H:
        made = super()._call(kind, function, *operands)
        self._judge(made._node)
        return made

    def _condition(self, function: str, *operands: Operand) -> Filter:
        made = super()._condition(function, *operands)
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
    if type(name) is str and "/" not in name:
        made = Field.__new__(Field)
        made._facts = _facts_of_field(name)
        return made
    if "/" in str(name).strip("/"):
        raise FilterError(f"{show(name)} is a path, not a name; write {spell_path(name, 'of.field({})')}")
    return Field(name=name)


@functools.lru_cache(256)
def _facts_of_field(name: str) -> PropertyFacts:
    return PropertyFacts(name=checked_name(name), kind="Untyped", source=name)


Field._element = Field()
