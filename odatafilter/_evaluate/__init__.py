"""Syntax tree + item → true, false or null (None), by the null rules of OData (URL Conventions §5.1.1).

Each node becomes a function once, so that nothing but the item is looked at again for each item. These functions take a
scope: a tuple of the item, the time, and the instances that lambdas and nested filters have come to. At which place of
the scope a name stands is known when the functions are made.

Where the standard leaves it open: a collection that is compared with a single value holds if any of its elements does,
all of them are ordered, and a path through one gives the collection of what it gives for each element. A cast as a
segment of a path lets everything pass, since which types derive from which only the service knows.
"""

import functools
import itertools
import time
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, assert_never

from odatafilter._emit import emit
from odatafilter._evaluate import calculate, values
from odatafilter._evaluate.compare import comparer, member
from odatafilter._evaluate.navigate import annotation, elements, reader
from odatafilter._evaluate.values import Guid, Instant, plain, shown
from odatafilter._functions import FUNCTIONS, TYPE_FUNCTIONS
from odatafilter._literals.strings import read_json
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    Arithmetic,
    Array,
    Call,
    Case,
    Comparison,
    ComparisonOperator,
    Count,
    Expression,
    Filtered,
    Function,
    Has,
    In,
    Key,
    Lambda,
    List,
    Literal,
    Negation,
    Not,
    Object,
    Or,
    Path,
    Property,
    Segment,
    TypeName,
    Variable,
)

Predicate: TypeAlias = Callable[[object], bool | None]
_Scope: TypeAlias = tuple[Any, ...]
_Read: TypeAlias = Callable[[_Scope], Any]
_Condition: TypeAlias = Callable[[_Scope], bool | None]
_Step: TypeAlias = Callable[[_Scope, Any], Any]

_ITEM: Final = 0
_NOW: Final = 1
_EPOCH: Final = values.instant("1970-01-01T00:00:00Z").picoseconds
_UNDOCUMENTED: Final = SchemaFacts(name="", properties={})
# Classes of which equal values, and no others, are found in a set.
_HASHED: Final = frozenset({str, int, Guid, type(None)})
# Functions that compare texts.
_FOLDED: Final = frozenset({"contains", "endswith", "startswith"})


def predicate(tree: Expression, schema: SchemaFacts | None) -> Predicate:
    """A function of an item that says whether `tree` is true, false or null (None) for it.

    Raises FilterError for what only a service can evaluate.
    """
    item = _Place(_ITEM, PropertyFacts(name="$it", kind="Complex", schema=schema))
    holds = _Evaluation({}, item, item, _NOW + 1).condition(tree)
    return lambda item: holds((item, time.time_ns()))


class _Place(NamedTuple):
    """Where a value stands in the scope, and what is documented of it."""

    at: int
    facts: PropertyFacts | None


class _Evaluation(NamedTuple):
    """What names mean where a node stands: variables, the item, the current instance; and how long the scope is."""

    variables: Mapping[str, _Place]
    item: _Place
    here: _Place
    size: int

    def condition(self, node: Expression) -> _Condition:
        """What says whether `node` is true, false or null."""
        match node:
            case And() | Or() | Not() | Comparison() | In():
                return self.value(node)
            case _:
                return _boolean(self.value(node))

    def value(self, node: Expression) -> _Read:
        """What reads the value of `node`."""
        match node:
            case Literal():
                return _constant(node)
            case Property() | Variable() | Annotation():
                return self._path((node,))
            case Path(segments=segments):
                return self._path(segments)
            case Alias():
                return lambda _: None  # a parameter without a value is null (§5.3)
            case Array(items=items):
                return _array([self.value(item) for item in items])
            case Object(members=members):
                names = [read_json(one.name) for one in members]
                return _object(names, [self.value(one.value) for one in members])
            case Call():
                return self._call(node)
            case Case(branches=branches):
                return _case([(self.condition(one.condition), self.value(one.value)) for one in branches])
            case Function(name=name):
                raise _unknown(f"{name}(…)", "the service defines it")
            case Negation(operand=operand):
                return _called(calculate.negated, [self.value(operand)])
            case Arithmetic(left=left, operator=operator, right=right):
                return _called(functools.partial(calculate.calculated, operator), [self.value(left), self.value(right)])
            case Comparison(left=left, operator=operator, right=right):
                return self._comparison(left, operator, right)
            case Has(operand=operand, flags=flags):
                return _called(_has(flags), [self.value(operand)])
            case In(operand=operand, collection=collection):
                if isinstance(collection, List):
                    return self._membership(operand, collection.items)
                return self._contained(operand, collection)
            case Not(operand=operand):
                return _not(self.condition(operand))
            case And(operands=operands):
                return _all([self.condition(operand) for operand in operands])
            case Or(operands=operands):
                return _any([self.condition(operand) for operand in operands])
            case _:
                assert_never(node)

    @property
    def _schema(self) -> SchemaFacts:
        facts = self.item.facts
        return facts.schema if facts and facts.schema else _UNDOCUMENTED

    # --- comparisons

    def _comparison(self, left: Expression, operator: ComparisonOperator, right: Expression) -> _Condition:
        holds = comparer(operator)
        one, other = self._alike(left, right)
        return lambda scope: holds(one(scope), other(scope))

    def _membership(self, operand: Expression, items: tuple[Literal, ...]) -> _Condition:
        read, *literals = self._alike(operand, *items)
        members = [literal(()) for literal in literals]
        known = frozenset(map(type, members))
        if not known <= _HASHED:
            return lambda scope: member(read(scope), members)
        words = frozenset(members)

        def holds(scope: _Scope) -> bool:
            value = read(scope)
            return value in words if type(value) in known else member(value, members)

        return holds

    def _contained(self, operand: Expression, collection: Expression) -> _Condition:
        read, below = self._alike(operand, collection)
        return lambda scope: member(read(scope), elements(below(scope)))

    def _alike(self, *nodes: Expression) -> list[_Read]:
        """What reads operands that are compared: a text as what another one is, by its declaration or by its form."""
        kinds = [self._kind(node) for node in nodes]
        declared = [kind for kind, node in zip(kinds, nodes, strict=True) if not isinstance(node, Literal)]
        kind = next((kind for kind in (*declared, *kinds) if kind in values.SPELT), "")
        convert = values.each(values.SPELT[kind]) if kind else None if self._schema.case_sensitive else _folded
        reads: list[_Read] = []
        for node, own in zip(nodes, kinds, strict=True):
            read = self.value(node)
            reads.append(read if convert is None or (kind and kind == own) else _converted(node, read, convert))
        return reads

    def _kind(self, node: Expression) -> str:
        """The kind of what `node` gives, as far as it is known without an item: an Edm name, or nothing."""
        match node:
            case Literal(kind=kind):
                return kind
            case Property() | Variable():
                return self._declared((node,))
            case Path(segments=segments):
                return self._declared(segments)
            case Call(function=function):
                return FUNCTIONS[function].signatures[0].result
            case _:
                return ""

    def _declared(self, segments: tuple[Segment, ...]) -> str:
        place, rest = self._start(segments)
        facts = place.facts
        for segment in rest:
            facts = _below(facts, segment)
        facts = facts.element if facts and facts.element else facts
        return facts.kind if facts else ""

    # --- calls

    def _call(self, node: Call) -> _Read:
        name, arguments = node.function, node.arguments
        if name == "now":
            return lambda scope: Instant(_EPOCH + scope[_NOW] * 1000)
        if name in TYPE_FUNCTIONS:
            return self._typed(calculate.cast if name == "cast" else calculate.is_of, arguments)
        implementation = calculate.function(name)
        if implementation is None:
            raise _unknown(name, "it depends on a coordinate reference system")
        reads = [self.value(argument) for argument in arguments if not isinstance(argument, TypeName)]
        if name in self._schema.either_order and [isinstance(one, Literal) for one in arguments] == [True, False]:
            reads.reverse()
        if name in _FOLDED and not self._schema.case_sensitive:
            reads = [_called(_folded, [read]) for read in reads]
        return _called(implementation, reads)

    def _typed(self, implementation: Callable[[Any, str], Any], arguments: tuple[Expression | TypeName, ...]) -> _Read:
        """`cast` or `isof`, of the current instance where no value comes before the type (§5.1.1.10)."""
        *values, last = arguments
        name = last.name if isinstance(last, TypeName) else ""
        kind = name.removeprefix("Collection(").removesuffix(")").removeprefix("Edm.")
        if kind not in calculate.PRIMITIVES or f"Edm.{kind}" not in name:
            raise _unknown(name, "only the service knows the type")
        value = values[0] if values and not isinstance(values[0], TypeName) else Variable("$this")
        return _called(lambda value: implementation(value, kind), [self.value(value)])

    # --- paths

    def _path(self, segments: tuple[Segment, ...]) -> _Read:
        (at, facts), rest = self._start(segments)
        steps: list[_Step] = []
        for segment, before in zip(rest, (None, *rest), strict=False):
            if isinstance(segment, Annotation) and isinstance(before, Property):
                steps.pop()  # an annotation of a property stands beside it
            steps.append(self._step(segment, facts, before))
            facts = _below(facts, segment)
        return _walk(at, steps)

    def _start(self, segments: tuple[Segment, ...]) -> tuple[_Place, tuple[Segment, ...]]:
        """Where a path starts, and the segments that go on from there."""
        match segments[0]:
            case Property(name=name) if name in self.variables:
                return self.variables[name], segments[1:]
            case Variable(name="$it"):
                return self.item, segments[1:]
            case Variable(name="$this"):
                return self.here, segments[1:]
            case _:
                return self.here, segments

    def _step(self, segment: Segment, facts: PropertyFacts | None, before: Segment | None) -> _Step:
        match segment:
            case Property(name=name):
                return _unscoped(reader(name, _below(facts, segment)))
            case Annotation() | Alias():
                return _unscoped(annotation(emit(segment), before.name if isinstance(before, Property) else ""))
            case TypeName():
                return lambda _, value: plain(value)  # which types derive from which only the service knows
            case Lambda():
                return self._quantified(segment, facts)
            case Count(search=None, filter=None):
                return lambda _, value: len(elements(value))
            case Count(search=None, filter=condition) if condition is not None:
                chosen = self._chosen(condition, facts)
                return lambda scope, value: len(chosen(scope, value))
            case Filtered(condition=condition):
                return self._chosen(condition, facts)
            case Count() | Function() | Key() | Variable():
                raise _unknown(f"'{emit(segment):.60}'", "only the service knows what it gives")
            case _:
                assert_never(segment)

    def _quantified(self, node: Lambda, facts: PropertyFacts | None) -> _Step:
        """`any` and `all`, which are true or false, never null (§5.1.1.13)."""
        if node.condition is None:
            return lambda _, value: len(elements(value)) > 0
        place = _Place(self.size, _element(facts))
        inner = self._replace(variables={**self.variables, node.variable or "": place}, size=self.size + 1)
        holds = inner.condition(node.condition)
        if node.quantifier == "any":
            return lambda scope, value: any(holds((*scope, element)) is True for element in elements(value))
        return lambda scope, value: all(holds((*scope, element)) is True for element in elements(value))

    def _chosen(self, condition: Expression, facts: PropertyFacts | None) -> _Step:
        """The elements for which `condition` is true: names in it are their properties, and `$this` is the element."""
        inner = self._replace(here=_Place(self.size, _element(facts)), size=self.size + 1)
        holds = inner.condition(condition)
        return lambda scope, value: [element for element in elements(value) if holds((*scope, element)) is True]


# --- what is documented ---------------------------------------------------------------------------------------------


def _below(facts: PropertyFacts | None, segment: Segment) -> PropertyFacts | None:
    """What is documented of a segment, after what is of the path before it."""
    match segment:
        case Property(name=name):
            schema = facts.schema if facts else None
            return schema.properties.get(name) if schema else None
        case Filtered() | TypeName():
            return facts
        case _:
            return None


def _element(facts: PropertyFacts | None) -> PropertyFacts | None:
    return facts.element if facts and facts.element else facts


# --- functions of a scope -------------------------------------------------------------------------------------------


def _unknown(what: str, why: str) -> FilterError:
    return FilterError(f"{what} cannot be evaluated here: {why}")


def _constant(node: Literal) -> _Read:
    if node.kind in {"Geography", "Geometry"}:
        raise _unknown(f"{node.text:.60}", "it depends on a coordinate reference system")
    constant = values.literal(node.kind, node.text)
    return lambda _: constant


def _converted(node: Expression, read: _Read, convert: Callable[[Any], Any]) -> _Read:
    if isinstance(node, Literal):
        constant = convert(read(()))
        return lambda _: constant
    return lambda scope: convert(read(scope))


def _folded(value: Any) -> Any:
    """A text as it is compared where its case does not matter."""
    if type(value) in {list, tuple}:
        return type(value)(one.casefold() if type(one) is str else one for one in value)
    return value.casefold() if type(value) is str else value


def _walk(at: int, steps: list[_Step]) -> _Read:
    if not steps:
        return lambda scope: plain(scope[at])
    if len(steps) == 1:
        step = steps[0]
        return lambda scope: step(scope, scope[at])

    def read(scope: _Scope) -> Any:
        value = scope[at]
        for step in steps:
            value = step(scope, value)
        return value

    return read


def _unscoped(read: Callable[[Any], Any]) -> _Step:
    return lambda _, value: read(value)


def _array(reads: list[_Read]) -> _Read:
    return lambda scope: [read(scope) for read in reads]


def _object(names: list[str], reads: list[_Read]) -> _Read:
    return lambda scope: {name: read(scope) for name, read in zip(names, reads, strict=True)}


def _called(function: Callable[..., Any], reads: list[_Read]) -> _Read:
    """A function of values: null if one of them is (§5.1.1.4), for each of several values if one stands for several."""

    def call(scope: _Scope) -> Any:
        values = []
        for read in reads:
            value = read(scope)
            if value is None:
                return None
            values.append(value)
        if tuple in map(type, values):
            return tuple(_of_each(function, values))
        return function(*values)

    return call


def _of_each(function: Callable[..., Any], values: list[Any]) -> Iterator[Any]:
    several = (value if type(value) is tuple else (value,) for value in values)
    for chosen in itertools.product(*several):
        yield None if any(one is None for one in chosen) else function(*chosen)


def _case(branches: list[tuple[_Condition, _Read]]) -> _Read:
    def read(scope: _Scope) -> Any:
        for condition, value in branches:
            if condition(scope) is True:
                return value(scope)
        return None

    return read


def _has(flags: Literal) -> Callable[[Any], bool]:
    """Whether members of an enumeration are set (§5.1.1.1.10)."""
    wanted = values.enumerated(values.literal(flags.kind, flags.text))

    def has(value: Any) -> bool:
        found = values.enumerated(value)
        missing, bits = wanted.names - found.names, wanted.number & ~found.number
        if (missing and found.number) or (bits and found.names):
            raise FilterTypeError(f"only the service knows whether {shown(found)} has {shown(wanted)}")
        return not missing and not bits

    return has


def _all(operands: list[_Condition]) -> _Condition:
    def holds(scope: _Scope) -> bool | None:
        result: bool | None = True
        for operand in operands:
            value = operand(scope)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return holds


def _any(operands: list[_Condition]) -> _Condition:
    def holds(scope: _Scope) -> bool | None:
        result: bool | None = False
        for operand in operands:
            value = operand(scope)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return holds


def _not(operand: _Condition) -> _Condition:
    def holds(scope: _Scope) -> bool | None:
        value = operand(scope)
        return None if value is None else not value

    return holds


def _boolean(read: _Read) -> _Condition:
    def holds(scope: _Scope) -> bool | None:
        value = read(scope)
        if value is None or value is True or value is False:
            return value
        if type(value) is tuple:  # any of several values may hold
            return any(_truth(one) is True for one in value)
        return _truth(value)

    return holds


def _truth(value: Any) -> bool | None:
    if value is None or isinstance(value, bool):
        return value
    raise FilterTypeError(f"{shown(value)} is neither true nor false")
