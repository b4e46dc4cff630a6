"""Continuation tokens: where the next page of a sorted listing starts, said by the values of the last item before it.

Unlike `$skip`, that loses and repeats nothing while items come and go, and costs the same at any depth.
"""

import base64
import datetime as dt
import hashlib
import hmac
import re
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import msgspec

from odatafilter._arguments import check_type
from odatafilter._names import name_problem
from odatafilter._safe_text import show, show_type
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.filter import Filter, facts_of_schema, parse
from odatafilter.order import OrderBy, ordered_property
from odatafilter.tree import And, Comparison, ComparisonOperator, Expression, Literal, Or, Path, Property

if TYPE_CHECKING:
    from odatafilter.schema import Schema

LONGEST_TOKEN: Final = 4096  # characters
LONGEST_ORDER: Final = 32  # properties: each nests the comparison two levels deeper
_SHORTEST_SECRET: Final = 16  # bytes
_MAC: Final = 16  # bytes
_PURPOSE: Final = b"odatafilter continuation token 1\n"
_TOKEN: Final = re.compile("[A-Za-z0-9_-]+")
_NULL: Final = Literal("null", "null")
_NAN: Final = Literal("Number", "NaN")
_INFINITY: Final = Literal("Number", "INF")
_NEVER: Final = Comparison(_NULL, "ne", _NULL)
_FRACTIONS: Final = frozenset({"Double", "Single", "Untyped"})  # of which a value can be NaN


class Bound(NamedTuple):
    """One property of the order, and its value in the last item before the place that is meant.

    `facts` is what is documented of the property, None where nothing is. `value` is a literal of its kind, or null.
    """

    order: OrderBy
    facts: PropertyFacts | None
    value: Literal

    @property
    def nullable(self) -> bool:
        return self.facts is None or self.facts.nullable


class LongValueError(FilterError):
    """An item of which no token can be made, since the value of the property at `path` is too long for one."""

    def __init__(self, path: str) -> None:
        super().__init__(
            f"the value of '{path:.128}' in the last item of the page is too long for a continuation token, which has "
            f"{LONGEST_TOKEN} characters at most; sort by another property, or ask for a page of another size"
        )
        self.path = path


class Keyset:
    """The continuation tokens of one listing.

    Raises FilterError for a key without an order, and for a short secret.

    Args:
        schema: the properties of the items.
        key: the properties, as handles or paths, that tell any two items apart and are never null: every order ends
            with them.
        secret: signs the tokens: a text or bytes, 16 bytes at least; of several the first signs and all are accepted.
        parameter: the name of the query parameter under which a token comes back.
        page_size: items of a page where no PageSize says it, from 1; None: all.
    """

    def __init__(
        self,
        schema: "type[Schema]",
        *,
        key: object,
        secret: str | bytes | Sequence[str | bytes],
        parameter: str = "continuationToken",
        page_size: int | None = None,
    ) -> None:
        facts = facts_of_schema(schema)
        # Rows are sorted by code points whatever the dialect says of `eq`: the order must tell all texts apart.
        self._schema = msgspec.structs.replace(facts, case_sensitive=True, ordered_texts=True)
        self._key = tuple(map(str, key)) if isinstance(key, list | tuple) else (str(key),)
        if not self._key:
            raise FilterError("key is empty: the property that tells items apart is wanted")
        for path in self._key:
            ordered_property(path, self._schema)
        self._secrets = _secrets(secret)
        check_type("parameter", parameter, str, "the name of a query parameter")
        if name_problem(parameter.removeprefix("$")):
            raise FilterError(f"parameter is {show(parameter)}: a name such as continuationToken is wanted")
        if page_size is not None and (type(page_size) is not int or page_size < 1):
            raise FilterError(f"page_size is {show(page_size)}: a whole number from 1, or None, is wanted")
        self.parameter = parameter
        self.page_size = page_size

    def __repr__(self) -> str:
        return f"<Keyset {self._schema.name} by {', '.join(self._key)}>"  # without the secret

    def order(self, orderby: Iterable[OrderBy]) -> tuple[OrderBy, ...]:
        """The whole order of the items: `orderby`, each property once, and what it leaves out of the key.

        Raises FilterError for more than 32 properties.

        Args:
            orderby: the order that is asked for, of 32 properties with the key at most.
        """
        found: dict[str, OrderBy] = {}
        for one in (*orderby, *map(OrderBy, self._key)):
            found.setdefault(one.path, one)
        if len(found) > LONGEST_ORDER:
            raise FilterError(f"the order has {len(found)} properties with the key; pages can have {LONGEST_ORDER}")
        return tuple(found.values())

    def token(self, filter: Filter | None, orderby: Iterable[OrderBy], item: object) -> str:  # noqa: A002  # OData's word
        """The token of the place right after `item` in the listing that `filter` and `orderby` ask for.

        It holds the item's values of the order, readable for whoever gets it, and a signature over them, the filter and
        the order. A timestamp without an offset is one in UTC, as `where` takes it. Raises FilterError where the item
        has a value that no token can hold, or no key.

        Args:
            filter: the filter of the listing; None: all items.
            orderby: the order that is asked for, of 32 properties with the key at most.
            item: the last item of a page: a mapping, or an object.
        """
        order = self.order(orderby)
        texts = [_text_of(value) for value in self._values(order, item)]
        payload = msgspec.json.encode(texts)
        signature = self._signature(self._secrets[0], filter, order, payload)
        token = base64.urlsafe_b64encode(signature + payload).rstrip(b"=").decode("ascii")
        if len(token) > LONGEST_TOKEN:
            longest = max(order, key=lambda one: len(texts[order.index(one)] or ""))
            raise LongValueError(longest.path)
        return token

    def bounds(self, filter: Filter | None, orderby: Iterable[OrderBy], token: str) -> tuple[Bound, ...]:  # noqa: A002
        """The place that `token` says: each property of the order with its value.

        Raises FilterError for what is no token of this service for this filter and this order.

        Args:
            filter: that of the request; None: none.
            orderby: the order that is asked for, of 32 properties with the key at most.
            token: the text that came back, at most 4,096 characters.
        """
        order = self.order(orderby)
        payload = self._checked_payload(filter, order, token)
        return tuple(
            Bound(one, ordered_property(one.path, self._schema), value)
            for one, value in zip(order, _read_values(payload, len(order)), strict=True)
        )

    def after(self, bounds: Sequence[Bound]) -> Filter:
        """The filter for the items that stand after the place: for `matches`, and for every backend.

        Args:
            bounds: what `bounds` gave.
        """
        return Filter._of(_condition_after(bounds), self._schema)

    def ranges(self, bounds: Sequence[Bound]) -> tuple[Filter, ...]:
        """The same items in parts: the filters for ranges that follow each other in the order, none where none is left.

        Each is one range of an index over the order, so that it costs the same at any depth and with any ties.

        Args:
            bounds: what `bounds` gave.
        """
        return tuple(Filter._of(one, self._schema) for one in _ranges(bounds))

    def sort(self, items: Iterable[Any], orderby: Iterable[OrderBy]) -> list[Any]:
        """The items in the order that `orderby` asks for, as a database would give them. Raises FilterError for a value
        that is not of its kind.

        Args:
            items: mappings, or objects.
            orderby: the order that is asked for, of 32 properties with the key at most.
        """
        found = list(items)
        for one in reversed(self.order(orderby)):
            read = _reader(one.path, self._schema)
            ranks = [_rank(read(item)) for item in found]
            try:
                places = sorted(range(len(found)), key=ranks.__getitem__, reverse=one.descending)
            except TypeError:
                raise FilterTypeError(f"values of '{one.path:.128}' have no order beside each other") from None
            found = [found[place] for place in places]
        return found

    def _values(self, order: tuple[OrderBy, ...], item: object) -> list[Literal]:
        values = []
        for one in order:
            facts = ordered_property(one.path, self._schema)
            value = _literal_of_value(_reader(one.path, self._schema, in_utc=True)(item), facts, one.path)
            if value is _NULL and one.path in self._key:
                raise FilterError(f"the key '{one.path}' of an item is null: no token can say where it stands")
            values.append(value)
        return values

    def _checked_payload(self, filter: Filter | None, order: tuple[OrderBy, ...], token: str) -> bytes:  # noqa: A002
        if len(token) > LONGEST_TOKEN:
            raise FilterError(f"the continuation token has {len(token)} characters; none has more than {LONGEST_TOKEN}")
        raw = base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)) if _is_base64(token) else b""
        signature, payload = raw[:_MAC], raw[_MAC:]
        fits = [
            hmac.compare_digest(signature, self._signature(secret, filter, order, payload)) for secret in self._secrets
        ]
        if not any(fits):
            raise FilterError(
                "the continuation token is none of this service for this filter and order; start again without it"
            )
        return payload

    def _signature(self, secret: bytes, filter: Filter | None, order: tuple[OrderBy, ...], payload: bytes) -> bytes:  # noqa: A002
        asked = msgspec.json.encode([self._schema.name, None if filter is None else str(filter), [*map(str, order)]])
        text = _PURPOSE + hashlib.sha256(asked).digest() + payload
        return hmac.digest(secret, text, "sha256")[:_MAC]


def _secrets(given: str | bytes | Sequence[str | bytes]) -> tuple[bytes, ...]:
    several = (given,) if isinstance(given, str | bytes) else given
    if not isinstance(several, list | tuple) or not several or not all(isinstance(one, str | bytes) for one in several):
        raise FilterTypeError(f"secret is {show_type(given)}: bytes or a text is wanted, or several of them")
    secrets = tuple(one.encode() if isinstance(one, str) else one for one in several)
    if any(len(one) < _SHORTEST_SECRET for one in secrets):
        raise FilterError(f"a secret has {_SHORTEST_SECRET} bytes at least, such as those of secrets.token_bytes(32)")
    return secrets


def _is_base64(token: str) -> bool:
    return _TOKEN.fullmatch(token) is not None and len(token) % 4 != 1


# --- values of an item ----------------------------------------------------------------------------------------------


def _reader(path: str, schema: SchemaFacts, *, in_utc: bool = False) -> Callable[[Any], Any]:
    """What reads the property at `path` of an item, as evaluation does; `in_utc`: or as `where` reads a column of
    timestamps without an offset.
    """
    from odatafilter._evaluate import navigate  # noqa: PLC0415  # only services need it

    reads = []
    below: SchemaFacts | None = schema
    for name in path.split("/"):
        facts = below.properties.get(name) if below is not None else None
        if in_utc and facts is not None and facts.kind == "DateTimeOffset":
            reads.append(_instant_reader(navigate.reader(name, msgspec.structs.replace(facts, kind="Untyped"))))
        else:
            reads.append(navigate.reader(name, facts))
        below = facts.schema if facts is not None else None

    def read_path(item: Any) -> Any:
        for one in reads:
            item = None if item is None else one(item)
        return item

    return read_path


def _instant_reader(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """What reads a timestamp: one that does not say its offset is in UTC."""
    from odatafilter._evaluate import values  # noqa: PLC0415  # as above

    def read_timestamp(item: Any) -> Any:
        value = read(item)
        if isinstance(value, dt.datetime) and value.utcoffset() is None:
            value = value.replace(tzinfo=dt.UTC)
        return None if value is None else values.read_instant(value)

    return read_timestamp


def _literal_of_value(value: Any, facts: PropertyFacts | None, path: str) -> Literal:
    """The literal of a value that was read from an item. Raises FilterTypeError for a value that is of another kind."""
    from odatafilter._evaluate import values  # noqa: PLC0415  # as above

    if value is None:
        return _NULL
    text = values.literal_text(value)
    if text is None or isinstance(value, bytes):
        raise FilterTypeError(f"'{path:.128}' of an item is {values.in_words(value)}, which has no order")
    if facts is not None and facts.kind == "String" and not text.startswith("'"):
        raise FilterTypeError(f"'{path:.128}' of an item is {values.in_words(value)}, not a text")
    try:
        tree = parse(text).tree
    except FilterError:
        tree = None
    if not isinstance(tree, Literal):
        raise FilterTypeError(f"'{path:.128}' of an item is {values.in_words(value)}, which no literal stands for")
    return tree


def _rank(value: Any) -> tuple[Any, ...]:
    """What a value is sorted by: null is less than every other (OData Protocol §11.2.6.2), NaN greater."""
    if value is None:
        return (0,)
    if isinstance(value, float) and value != value:  # noqa: PLR0124  # NaN
        return (2,)
    return (1, getattr(value, "picoseconds", value))


def _text_of(value: Literal) -> str | None:
    return None if value is _NULL else value.text


def _read_values(payload: bytes, count: int) -> list[Literal]:
    """The literals in the signed part of a token, judged once more: a secret can become known."""
    try:
        texts = msgspec.json.decode(payload, type=list[str | None])
        read = [_NULL if text is None else parse(text).tree for text in texts]
    except (msgspec.MsgspecError, FilterError):
        read = []
    values = [value for value in read if isinstance(value, Literal)]
    if len(values) != count or len(read) != count:
        raise FilterError("the continuation token holds no values of this order; start again without it")
    return values


# --- the comparison -------------------------------------------------------------------------------------------------


def _condition_after(bounds: Sequence[Bound]) -> Expression:
    """What is true for the items after a place, in a form that lets a database use an index over the order."""
    condition: Expression | None = None
    for bound in reversed(bounds):
        strict, loose, past, equal = _conditions_of(bound)
        if condition is None:
            condition = _join_by_or(past)
        elif strict is None or loose is None:  # null or NaN: what is equal to it, and what comes after
            condition = _join_by_or([_join_by_and([equal, condition]), *past])
        else:
            condition = _join_by_or([_join_by_and([loose, _join_by_or([strict, condition])]), *past[1:]])
    return condition if condition is not None else _NEVER


def _ranges(bounds: Sequence[Bound]) -> list[Expression]:
    """The same in parts, one after the other in the order, each of them one range of an index over the order."""
    found: list[Expression] = []
    equal: list[Expression] = []
    for bound in bounds:
        parts = _conditions_of(bound)
        found[:0] = [_join_by_and([*equal, past]) for past in parts.past]
        equal.append(parts.equal)
    return found


class _Parts(NamedTuple):
    """What is true where a property is after its value (`past` are all ways, in the order), and where it is equal.

    `strict` is the first way where it is a comparison with a value, and `loose` the same or equal.
    """

    strict: Expression | None
    loose: Expression | None
    past: list[Expression]
    equal: Expression


def _conditions_of(bound: Bound) -> _Parts:
    segments = tuple(map(Property, bound.order.path.split("/")))
    node: Expression = segments[0] if len(segments) == 1 else Path(segments)
    is_nan, is_null = Comparison(node, "ne", node), Comparison(node, "eq", _NULL)  # only NaN is not equal to itself
    kind = bound.facts.kind if bound.facts is not None else "Untyped"
    descending = bound.order.descending
    if bound.value == _NULL:
        return _Parts(None, None, [] if descending else [Comparison(node, "ne", _NULL)], is_null)
    nulls = [is_null] if descending and bound.nullable else []
    if bound.value == _NAN:
        # Of what is not declared to be a number, a value can be one that no number is compared with.
        others: list[Expression] = (
            [Comparison(node, "eq", node)] if kind == "Untyped" else [Comparison(node, "le", _INFINITY), *nulls]
        )
        return _Parts(None, None, others if descending else [], is_nan)
    nans = [is_nan] if not descending and kind in _FRACTIONS else []
    operators: tuple[ComparisonOperator, ComparisonOperator] = ("lt", "le") if descending else ("gt", "ge")
    strict, loose = (Comparison(node, operator, bound.value) for operator in operators)
    return _Parts(strict, loose, [strict, *nulls, *nans], Comparison(node, "eq", bound.value))


def _join_by_and(operands: Sequence[Expression]) -> Expression:
    flat = [part for one in operands for part in (one.operands if isinstance(one, And) else (one,))]
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def _join_by_or(operands: Sequence[Expression]) -> Expression:
    flat = [part for one in operands for part in (one.operands if isinstance(one, Or) else (one,))]
    return _NEVER if not flat else flat[0] if len(flat) == 1 else Or(tuple(flat))
