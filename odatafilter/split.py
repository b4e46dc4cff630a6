"""One filter → several that share its items out: for URLs that would be too long, and for walks side by side."""

import decimal
import itertools
from collections.abc import Hashable, Iterator
from fractions import Fraction
from typing import Final, NamedTuple, TypeVar

from odatafilter import _emit
from odatafilter._arguments import check_type
from odatafilter._evaluate import values
from odatafilter._kinds import INTEGERS, KINDS, SPELT
from odatafilter._literals.numbers import LONGEST, to_float
from odatafilter._literals.times import MICROSECOND
from odatafilter._rewrite.simplify import choice_of
from odatafilter._safe_text import show
from odatafilter._to_literal import literal_for
from odatafilter._validate import facts_of
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.filter import Filter
from odatafilter.handle import Ordered
from odatafilter.tree import And, Array, Comparison, Expression, In, List, Literal, Or, Path, Property

V = TypeVar("V")

# --- lists ----------------------------------------------------------------------------------------------------------

_OPTION: Final = "?$filter="
_OR: Final = len(_emit.quote_for_url(" or "))
# Kinds of literals whose values are compared here, however they are written; a GUID is a literal of one of two kinds.
_COMPARED_BY_VALUE: Final = (
    frozenset({"String", "Guid"}),
    frozenset({"Number"}),
    frozenset({"DateTimeOffset"}),
    frozenset({"Date"}),
)
# Kinds of which two different texts in quotes may be one value.
_WITH_SPELLINGS: Final = SPELT.difference(*_COMPARED_BY_VALUE)


def split_in(filter: Filter, *, max_url: int, url: str = "") -> list[Filter]:  # noqa: A002 - OData's own word
    """Filters of which exactly one matches what `filter` does, each with a URL of at most `max_url` characters.

    Raises FilterError where there is nothing to cut, or where an item could match several parts; without a schema, the
    caller sees to it that the property has one value.

    Args:
        filter: one that has a list after `in`, or an `or` of `eq` and of such lists of one property, which is cut.
        max_url: the longest URL, in characters: `url`, then `$filter` and the encoded text.
        url: the URL with its other parameters.
    """
    check_type("filter", filter, Filter, "a Filter")
    check_type("max_url", max_url, int, "a number of characters")
    check_type("url", url, str, "a text")
    room = max_url - len(url) - len(_OPTION)
    return [Filter(part, filter.schema) for part in _parts(filter.tree, filter.schema, room)]


class _Choice(NamedTuple):
    """An operand of the `and` that chooses values of one property: its place there, and theirs, equal ones together.

    `nodes` are the operands of the `or`, or the `in` alone; `owners` says for each value in which of them it stands.
    """

    place: int
    nodes: tuple[Expression, ...]
    owners: list[int]
    values: tuple[Literal, ...]
    groups: list[list[int]]
    widths: list[int]

    def part(self, chosen: list[int]) -> Expression:
        """The same with the chosen values alone, each list in its own brackets."""
        kept: dict[int, list[Literal]] = {}
        for place in sorted(chosen):
            kept.setdefault(self.owners[place], []).append(self.values[place])
        parts = tuple(_choice_of_values(self.nodes[owner], tuple(items)) for owner, items in kept.items())
        return Or(parts) if len(parts) > 1 else parts[0]

    def chunks(self, room: int) -> Iterator[list[int]]:
        """Places of values that together take `room`; a group of equal values may take more."""
        if len(self.nodes) > 1:  # a part may begin inside a list, which has its name and brackets again
            room -= max((_width_around(node) for node in self.nodes if isinstance(node, In)), default=0)
        chunk: list[int] = []
        taken = 0
        for group in self.groups:
            width = sum(self.widths[place] for place in group)
            if chunk and taken + width > room:
                yield chunk
                chunk, taken = [], 0
            chunk += group
            taken += width
        yield chunk


def _parts(tree: Expression, schema: SchemaFacts | None, room: int) -> Iterator[Expression]:
    length = _width(tree)
    if length <= room:
        yield tree
        return
    operands = _conjuncts(tree)
    choices = [found for place, node in enumerate(operands) if (found := _choice(place, node, schema))]
    longest = max((one for one in choices if len(one.groups) > 1), key=lambda one: sum(one.widths), default=None)
    if longest is None:
        raise _error_of_no_cut(length - room, operands, schema)
    for chunk in longest.chunks(room - length + sum(longest.widths)):
        operands[longest.place] = longest.part(chunk)
        yield from _parts(And(tuple(operands)) if len(operands) > 1 else operands[0], schema, room)


def _conjuncts(node: Expression) -> list[Expression]:
    """What must be true for `node` to be true."""
    return [one for operand in node.operands for one in _conjuncts(operand)] if isinstance(node, And) else [node]


def _choice(place: int, node: Expression, schema: SchemaFacts | None) -> _Choice | None:
    found = _one_of(node)
    if found is None or not isinstance(node, In | Or):
        return None
    operand, values = found
    nodes = node.operands if isinstance(node, Or) else (node,)
    facts = facts_of(operand, schema) if schema else None
    kinds = {value.kind for value in values} - {"null"}
    if _may_have_several(operand, schema) or not any(kinds <= known for known in _COMPARED_BY_VALUE):
        return None
    if facts and facts.kind in _WITH_SPELLINGS:
        return None
    equals: dict[Hashable, list[int]] = {}
    for index, value in enumerate(values):
        equals.setdefault(_equality_key(value, facts), []).append(index)
    owners: list[int] = []
    widths: list[int] = []
    for owner, one in enumerate(nodes):
        own = _widths(one, alone=len(nodes) == 1)
        widths += own
        owners += [owner] * len(own)
    return _Choice(place, nodes, owners, values, list(equals.values()), widths)


def _widths(node: Expression, *, alone: bool) -> list[int]:
    """How many characters each value of a choice takes; the first of a list that is not `alone` counts what is around
    the list, too.
    """
    if not isinstance(node, In) or not isinstance(node.collection, List | Array):
        return [_width(node) + _OR]
    widths = [_width(value) + len(",") for value in node.collection.items]
    if not alone:
        widths[0] += _width_around(node) - len(",")  # the last value has no comma
    return widths


def _choice_of_values(node: Expression, items: tuple[Literal, ...]) -> Expression:
    """A choice of one property with some of its values."""
    if not isinstance(node, In):
        return node
    return In(node.operand, List(items) if isinstance(node.collection, List) else Array(items))


def _width_around(node: In) -> int:
    """How many characters an `in` takes beside its values, and the `or` before it."""
    return _width(In(node.operand, List(()))) + _OR


def _one_of(node: Expression) -> tuple[Property | Path, tuple[Literal, ...]] | None:
    """The one property and its values, if an `in` or an `or` of `eq` says that it must have one of them."""
    if not isinstance(node, Or):
        return choice_of(node)
    choices = [choice_of(operand) for operand in node.operands if isinstance(operand, Comparison | In)]
    found = [choice for choice in choices if choice is not None]
    if len(found) < len(node.operands) or len({operand for operand, _ in found}) > 1:
        return None
    return found[0][0], tuple(item for _, items in found for item in items)


def _may_have_several(operand: Property | Path, schema: SchemaFacts | None) -> bool:
    """Whether the property is documented to have several values, or stands below one that has."""
    if schema is None:
        return False
    segments = operand.segments if isinstance(operand, Path) else (operand,)
    way = [facts_of(Path(segments[:end]), schema) for end in range(1, len(segments) + 1)]
    return any(facts.many or facts.kind == "Collection" for facts in way if facts)


def _equality_key(literal: Literal, facts: PropertyFacts | None) -> Hashable:
    """A key that is equal for two literals wherever one value could equal both, so that these stay in one part."""
    value: Hashable = values.read_literal(literal.kind, literal.text)
    match value:
        case str() as text:
            return text.casefold()
        case values.Instant(picoseconds=picoseconds):
            return picoseconds
        case int() | float() | decimal.Decimal() as number:
            exact = facts is not None and KINDS[facts.kind].family in {"Int", "Decimal"}
            return number if exact else to_float(number)
        case _:
            return value


def _width(node: Expression) -> int:
    return len(_emit.quote_for_url(_emit.emit(node)))


def _error_of_no_cut(excess: int, operands: list[Expression], schema: SchemaFacts | None) -> FilterError:
    reason = "no list after 'in' that stands alone or is joined by 'and' is left to cut"
    for node in operands:
        if (found := _one_of(node)) and _may_have_several(found[0], schema):
            reason = f"'{_emit.emit(found[0])}' can have several values, so that an item could match several parts"
    return FilterError(f"the URL is {excess} characters too long, and {reason}")


# --- ranges ---------------------------------------------------------------------------------------------------------

_DIGITS: Final = decimal.Context(prec=34)  # as many as the widest decimals in use have, whatever the caller's context


def split_range(handle: Ordered[V], start: V, end: V, n: int) -> list[Filter]:
    """`n` filters that share out the values from `start` up to `end` in parts of one size.

    Raises FilterTypeError for another kind, FilterError for a datetime without an offset, for n < 1, and for a range
    that is empty or too short to be cut.

    Args:
        handle: a DateTimeOffset, a Date or a number.
        start: the least value, included.
        end: where the range ends; not included.
        n: how many parts, from 1.
    """
    if type(n) is not int or n < 1:
        raise FilterError(f"a range is cut into 1 part or more, not into {show(n)}")
    check_type("handle", handle, Ordered, "a property with an order")
    node = handle._node
    if handle._facts.many or (isinstance(node, Property | Path) and _may_have_several(node, handle._schema)):
        raise FilterError(f"'{handle._name}' can have several values, so that an item could match several parts")
    first, last = handle._literal(start), handle._literal(end)
    low, high = _position_of(first), _position_of(last)
    if first.kind != last.kind:
        raise FilterTypeError(f"{first.text} is a {first.kind}, {last.text} is a {last.kind}: no range is between them")
    if low >= high:
        raise FilterError(f"the range from {first.text} up to {last.text} is empty")
    inner = [_bound_at(first.kind, handle._facts, low + (high - low) * Fraction(part, n)) for part in range(1, n)]
    bounds = [first, *inner, last]
    if any(_position_of(one) >= _position_of(following) for one, following in itertools.pairwise(bounds)):
        raise FilterError(f"the range from {first.text} up to {last.text} is too short to be cut into {n}")
    return [_half_open_range(handle, one, following) for one, following in itertools.pairwise(bounds)]


def _half_open_range(handle: Ordered[V], low: Literal, high: Literal) -> Filter:
    for operator in ("ge", "lt"):
        handle._check_operator(operator)
    node = handle._node
    return handle._filter(Comparison(node, "ge", low)) & handle._filter(Comparison(node, "lt", high))


def _position_of(literal: Literal) -> Fraction:
    """Where a bound stands: picoseconds, days, or the number itself."""
    match values.read_literal(literal.kind, literal.text):
        case values.Instant(picoseconds=place) | values.Date(days=place):
            return Fraction(place)
        case int() | decimal.Decimal() as number if literal.kind == "Number":
            if abs(decimal.Decimal(number).adjusted()) > LONGEST:
                raise FilterError(f"{literal.text:.60} has more digits than a range is cut of: {LONGEST}")
            return Fraction(number)
        case _:
            raise FilterTypeError(f"{literal.text:.60} is no timestamp, date or finite number, which a range is cut of")


def _bound_at(kind: str, facts: PropertyFacts, place: Fraction) -> Literal:
    """The bound at `place`, or right before it where there is none."""
    match kind:
        case "DateTimeOffset":
            moment = values.Instant(place // MICROSECOND * MICROSECOND)  # few services have more digits of a second
            return Literal("DateTimeOffset", values.json_text(moment) or "")
        case "Date":
            return Literal("Date", values.json_text(values.Date(place // 1)) or "")
        case _ if facts.kind == "Double":
            return literal_for(float(place), facts)
        case _ if facts.kind in INTEGERS:
            return literal_for(place // 1, facts)
        case _:
            return literal_for(
                _DIGITS.divide(decimal.Decimal(place.numerator), decimal.Decimal(place.denominator)), facts
            )
