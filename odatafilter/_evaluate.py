"""Syntax tree + item → true, false or null (None), by the null rules of OData (URL Conventions §5.1.1.1)."""

import datetime as dt
import decimal
import enum
import operator as operators
import uuid
from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from odatafilter import _literals
from odatafilter.errors import FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import And, Comparison, ComparisonOperator, Expression, In, List, Literal, Not, Or, Property

Predicate: TypeAlias = Callable[[object], bool | None]
_Read: TypeAlias = Callable[[object], Any]

_ORDERS: dict[ComparisonOperator, Callable[[Any, Any], bool]] = {
    "eq": operators.eq,
    "ne": operators.ne,
    "lt": operators.lt,
    "le": operators.le,
    "gt": operators.gt,
    "ge": operators.ge,
}


def predicate(tree: Expression, schema: SchemaFacts | None) -> Predicate:
    """A function of an item that says whether `tree` is true, false or null (None) for it."""
    return _Evaluation(schema).condition(tree)


class _Evaluation:
    """Functions made once for each node, so that nothing but the item is looked at again for each item."""

    def __init__(self, schema: SchemaFacts | None) -> None:
        self._properties = schema.properties if schema else {}

    def condition(self, node: Expression) -> Predicate:
        match node:
            case And(operands=operands):
                return _all([self.condition(operand) for operand in operands])
            case Or(operands=operands):
                return _any([self.condition(operand) for operand in operands])
            case Not(operand=operand):
                return _not(self.condition(operand))
            case Comparison(left=left, operator=operator, right=right):
                return self._comparison(left, operator, right)
            case In(operand=operand, collection=collection):
                if isinstance(collection, List):
                    return self._membership(operand, collection.items)
                return self._comparison(operand, "eq", collection)  # equal to any element of the collection
            case _:
                return _boolean(self._read(node, "Boolean"))

    def _comparison(self, left: Expression, operator: ComparisonOperator, right: Expression) -> Predicate:
        kind = self._kind(left, right)
        one, other = self._read(left, kind), self._read(right, kind)
        if not (self._many(left) or self._many(right)):
            holds = _comparer(operator)
            return lambda item: holds(one(item), other(item))
        # Several values: any of them may hold; `ne` holds where none is equal.
        wanted = operator != "ne"
        any_holds = _comparer(operator if wanted else "eq")
        return lambda item: any(any_holds(a, b) for a in _values(one(item)) for b in _values(other(item))) is wanted

    def _membership(self, operand: Expression, items: tuple[Literal, ...]) -> Predicate:
        kind = self._kind(operand, *items)
        read = self._read(operand, kind)
        members = [self._read(item, kind)(None) for item in items]
        if all(member is None or isinstance(member, str) for member in members):
            words = frozenset(members)
            return lambda item: any(isinstance(value, _WORD) and value in words for value in _values(read(item)))
        equal = _comparer("eq")
        return lambda item: any(equal(value, member) for value in _values(read(item)) for member in members)

    def _kind(self, *nodes: Expression) -> str:
        """What operands are compared as: what a property is declared to be, else what a literal is by its form."""
        declared = [facts.kind for node in nodes if (facts := self._facts(node))]
        written = [node.kind for node in nodes if isinstance(node, Literal)]
        return next((kind for kind in (*declared, *written) if kind in _COERCIONS), "")

    def _facts(self, node: Expression) -> PropertyFacts | None:
        return self._properties.get(node.name) if isinstance(node, Property) else None

    def _many(self, node: Expression) -> bool:
        facts = self._facts(node)
        return isinstance(node, Property) and (facts is None or facts.many)

    def _read(self, node: Expression, kind: str) -> _Read:
        match node:
            case Literal():
                constant = _meaning(node, kind)
                return lambda _: constant
            case Property(name=name):
                facts = self._properties.get(name)
                return _reader(facts.source if facts else name, _COERCIONS.get(kind, _plain))
            case _:
                return self.condition(node)


def _all(operands: list[Predicate]) -> Predicate:
    def holds(item: object) -> bool | None:
        result: bool | None = True
        for operand in operands:
            value = operand(item)
            if value is False:
                return False
            if value is None:
                result = None
        return result

    return holds


def _any(operands: list[Predicate]) -> Predicate:
    def holds(item: object) -> bool | None:
        result: bool | None = False
        for operand in operands:
            value = operand(item)
            if value is True:
                return True
            if value is None:
                result = None
        return result

    return holds


def _not(operand: Predicate) -> Predicate:
    def holds(item: object) -> bool | None:
        value = operand(item)
        return None if value is None else not value

    return holds


def _boolean(read: _Read) -> Predicate:
    def holds(item: object) -> bool | None:
        value = read(item)
        if value is None or isinstance(value, bool):
            return value
        raise FilterTypeError(f"{value!r:.60} of the item is neither true nor false")

    return holds


def _comparer(operator: ComparisonOperator) -> Callable[[Any, Any], bool]:
    """The comparison of two values, of which either may be null or NaN."""
    order = _ORDERS[operator]
    both_null = operator in {"eq", "le", "ge"}
    different = operator == "ne"

    def holds(one: Any, other: Any) -> bool:
        if one is None or other is None:
            return both_null if one is other else different
        if type(one) is not type(other):
            if not (_is_number(one) and _is_number(other)):
                if operator in {"eq", "ne"}:
                    return different
                raise FilterTypeError(f"{one!r:.60} and {other!r:.60} have no order")
            if isinstance(one, float) or isinstance(other, float):
                one, other = _float(one), _float(other)
        try:
            if one != one or other != other:  # noqa: PLR0124 - NaN, also as a Decimal, which refuses an order
                return different
            return order(one, other)
        except (TypeError, decimal.InvalidOperation):
            raise FilterTypeError(f"{one!r:.60} and {other!r:.60} have no order") from None

    return holds


def _is_number(value: object) -> bool:
    return isinstance(value, int | float | decimal.Decimal) and not isinstance(value, bool)


def _float(value: Any) -> float:
    """A number as a double, which a comparison with a double promotes it to (OData URL Conventions §5.1.1.18)."""
    return float(decimal.Decimal(value))  # unlike float(int), infinite where it is too large


def _values(value: Any) -> Any:
    return value if isinstance(value, list | tuple | set | frozenset) else (value,)


# --- reading values -------------------------------------------------------------------------------------------------

_WORD = str | None


def _plain(value: Any) -> Any:
    match value:
        case enum.Enum():
            return value.value
        case uuid.UUID():
            return str(value)
        case _:
            return value


def _instant(value: Any) -> int | None:
    found = None
    if isinstance(value, str):
        found = _literals.instant(value)
    elif isinstance(value, dt.datetime):
        found = _literals.instant_of(value)
    elif value is None:
        return None
    if found is None:
        raise FilterTypeError(f"{value!r:.60} of the item is no timestamp with an offset")
    return found


def _guid(value: Any) -> Any:
    return str(value).lower() if isinstance(value, str | uuid.UUID) else value


# How values are read where one of the operands is of a kind that has several spellings for one value.
_COERCIONS: dict[str, Callable[[Any], Any]] = {"DateTimeOffset": _instant, "Guid": _guid}


def _meaning(literal: Literal, kind: str) -> Any:
    match literal.kind:
        case "null":
            return None
        case "Boolean":
            return literal.text == "true"
        case "Number":
            return _literals.numeric(literal.text)
        case "String":
            return _COERCIONS.get(kind, _plain)(_literals.text_of(literal))
        case "Guid" | "DateTimeOffset":
            return _COERCIONS[literal.kind](literal.text)
        case _:
            return literal.text


def _reader(source: str, coerce: Callable[[Any], Any]) -> _Read:
    """What reads `source` of an item, a mapping or an object; what is not there is null."""
    first, *rest = source.split("[]")
    path = first.strip(".").split(".")

    def one(item: Any) -> Any:
        for step in path:
            mapping = type(item) is dict or isinstance(item, Mapping)
            item = item.get(step) if mapping else getattr(item, step, None)
        return item

    if not rest:

        def read(item: object) -> Any:
            value = one(item)
            return [coerce(element) for element in value] if isinstance(value, list) else coerce(value)

        return read
    below = _reader("[]".join(rest).strip("."), coerce) if any(rest) else coerce
    return lambda item: [value for element in one(item) or () for value in _values(below(element))]
