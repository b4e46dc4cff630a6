"""The system query options of a request, parsed and judged by one schema: `$filter`, `$orderby`, `$top` and so on."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, NamedTuple, Self, TypeVar, cast
from urllib.parse import unquote_plus

from odatafilter._arguments import check_type
from odatafilter._declared import words_given
from odatafilter._query.parts import preferred_page_size, split_query
from odatafilter._query.reading import OPTIONS, PageBounds, Reading
from odatafilter._safe_text import show
from odatafilter._suggest import word_list
from odatafilter.errors import FilterError, FilterTypeError, OptionProblem, QueryOptionsError
from odatafilter.filter import Filter, facts_of_schema
from odatafilter.keyset import Bound, Keyset, LongValueError
from odatafilter.limits import DEFAULT, Limits
from odatafilter.order import OrderBy, sortable_paths

if TYPE_CHECKING:
    from odatafilter.schema import Schema

T = TypeVar("T")


class ServedPage(NamedTuple, Generic[T]):
    """The items of one page, and the URL of the next one, or None after the last."""

    items: list[T]
    next_link: str | None


@dataclass(frozen=True, kw_only=True)
class QueryOptions:
    """System query options that their schema allows, as `QueryOptions.parse` reads them (Protocol §11.2.6).

    None, False or empty where nothing is said.

    Args:
        filter: the `$filter`, bound and judged by the schema.
        orderby: the items of `$orderby`.
        top: the `$top`, from 0: how many items are wanted in all, or in a page with a PageSize.
        skip: the `$skip`, from 0.
        count: whether the number of all items is wanted.
        select: the paths of `$select`; empty for `*`, too.
        page_size: items of a page: `$top` within a PageSize, else its default or maximum, else that of the Keyset.
        order: with a Keyset, the whole order, the key last.
        bounds: with a token, the place where the page starts.
        after: with a token, the filter for the items from there on; None on the first page.
        ranges: the same in parts that follow each other: the fastest for a database is to ask for one after the other.
    """

    filter: Filter | None = None
    orderby: tuple[OrderBy, ...] = ()
    top: int | None = None
    skip: int | None = None
    count: bool = False
    select: tuple[str, ...] = ()
    page_size: int | None = None
    order: tuple[OrderBy, ...] = ()
    bounds: tuple[Bound, ...] = ()
    after: Filter | None = None
    ranges: tuple[Filter | None, ...] = (None,)
    _keyset: Keyset | None = field(default=None, repr=False, compare=False)
    _top_is_page_size: bool = field(default=False, repr=False, compare=False)
    _parts: tuple[tuple[str, str], ...] = field(default=(), repr=False, compare=False)

    @classmethod
    def parse(
        cls,
        query: str | bytes | Mapping[str, str] | Iterable[tuple[str, str]],
        *,
        schema: "type[Schema]",
        page_size: PageBounds | None = None,
        allow: str | Iterable[str] = ("$filter",),
        keyset: Keyset | None = None,
        prefer: str | None = None,
        limits: Limits | None = None,
        sortable: object = None,
    ) -> Self:
        """The options of a request: those whose name begins with `$`; `@p=…` binds the parameter p.

        Names are judged in any letter case; those without a `$` are the service's own and left alone. Raises
        QueryOptionsError with all problems of all options, FilterError for an argument that is wrong.

        Args:
            query: the query string as it came, or pairs of decoded names and values.
            schema: what may be filtered, sorted and selected.
            page_size: a PageSize: `$top` is a page size within its bounds; None: it bounds the whole result.
            allow: the options that the service supports, such as `("$filter", "$orderby")`; others are problems.
            keyset: reads continuation tokens and writes next links.
            prefer: the header `Prefer`: with a Keyset, `odata.maxpagesize` may ask for smaller pages (Protocol
                §8.2.8.5).
            limits: bounds of the filter and of lists; `Limits()` by default.
            sortable: the properties that items may be sorted by, as handles or paths; None: all that have an order and
                are documented with an operator.
        """
        # Names are judged in any letter case; those without a `$` are the service's own.
        facts = facts_of_schema(schema)
        if limits is not None:
            check_type("limits", limits, Limits, "a Limits such as Limits(depth=50)")
        allowed = _checked_options(allow, page_size, keyset)
        parts = split_query(query)
        reading = Reading(
            facts, allowed, page_size, keyset, limits or DEFAULT, sortable=sortable_paths(sortable, facts)
        )
        found = reading.read(parts)
        if reading.problems:
            raise QueryOptionsError(reading.texts_of_problems(), tuple(reading.problems))
        check_type("prefer", prefer, str | None, "the header 'Prefer' or None")
        if prefer is not None and page_size is None and keyset is not None:  # without one, no page could lead on
            sizes = [size for size in (preferred_page_size(prefer), found.get("page_size")) if size is not None]
            found["page_size"] = min(sizes, default=None)
        raw = tuple((part.name, part.raw) for part in parts)
        return cls(**found, _keyset=keyset, _top_is_page_size=page_size is not None, _parts=raw)

    @property
    def limit(self) -> int | None:
        """How many items to ask for: one more than the page holds, to see whether there is a next one; None for all."""
        size = self._size
        return None if size is None else size + 1

    def page(self, items: Iterable[T], url: object) -> ServedPage[T]:
        """The page that is made of the items, and its next link.

        Raises FilterError where these options were read without a Keyset, and where the last item has a value that no
        token can hold: a QueryOptionsError with the code "unsupported" where that is too long, which depends on the
        order that was asked for. A timestamp without an offset counts as UTC, as `where` takes it.

        Args:
            items: up to `limit` items, in the order of `order`.
            url: the URL of the request; its query is replaced by that of the next page.
        """
        if self._keyset is None:
            raise FilterError("these options were read without a Keyset, which next links need: give keyset=")
        size = self._size
        found = list(items)
        if size is None or len(found) <= size or size == 0:
            return ServedPage(found if size is None else found[:size], None)
        if not self._top_is_page_size and self.top == size:
            return ServedPage(found[:size], None)  # all that was asked for
        try:
            token = self._keyset.token(self.filter, self.orderby, found[size - 1])
        except LongValueError as error:
            raise self._unsupported_order(error) from None
        return ServedPage(found[:size], f"{str(url).partition('?')[0]}?{self._next_query(token, size)}")

    def sort(self, items: Iterable[T]) -> list[T]:
        """The items in the order of `order`, for a service without a database. Raises FilterError without a Keyset, and
        for a value that is not of its kind.

        Args:
            items: mappings, or objects.
        """
        if self._keyset is None:
            raise FilterError("these options were read without a Keyset, which says the whole order: give keyset=")
        return self._keyset.sort(items, self.orderby)

    @property
    def _size(self) -> int | None:
        """How many items the page holds at most."""
        if self._top_is_page_size or self.top is None:
            return self.page_size
        return self.top if self.page_size is None else min(self.top, self.page_size)

    def _unsupported_order(self, error: LongValueError) -> QueryOptionsError:
        """That the order leads to no next page, at its place in `$orderby`, if it stands there."""
        target = "$orderby"
        text = next((unquote_plus(raw.partition("=")[2]) for name, raw in self._parts if name == target), "")
        found = re.search(rf"(?<![^, \t]){re.escape(error.path)}(?![^, \t])", text)
        problem = OptionProblem(str(error), found.span() if found else (0, len(text)), "unsupported", target=target)
        return QueryOptionsError({target: text}, (problem,))

    def _next_query(self, token: str, done: int) -> str:
        """The query of the next page: the same but for the token, what was skipped, and what is left of `$top`."""
        keyset = cast("Keyset", self._keyset)
        dropped = {keyset.parameter, "$skip"} | (set() if self._top_is_page_size else {"$top"})
        parts = [raw for name, raw in self._parts if name not in dropped]
        if self.top is not None and "$top" in dropped:
            parts.append(f"$top={self.top - done}")
        return "&".join([*parts, f"{keyset.parameter}={token}"])


def _checked_options(allow: object, page_size: object, keyset: object) -> tuple[str, ...]:
    """The names of the options that the service supports. Raises FilterError for a wrong argument."""
    found = [word.lower() for word in words_given("allow", cast("Iterable[str]", allow))]
    if unknown := [word for word in found if word not in OPTIONS]:
        raise FilterError(f"allow holds {word_list(map(repr, unknown))}: {word_list(OPTIONS, 'or')} is wanted")
    if page_size is not None:
        if not all(hasattr(page_size, name) for name in ("name", "min", "max", "default")):
            raise FilterTypeError(f"page_size is {show(page_size)}: a PageSize such as PageSize(max=1000) is wanted")
        if (name := cast("PageBounds", page_size).name).lower() != "$top":
            raise FilterError(f"page_size is that of {show(name)}: one of '$top' is wanted, as others are not judged")
        found.append("$top")
    if keyset is not None:
        check_type("keyset", keyset, Keyset, "a Keyset")
    return tuple(option for option in OPTIONS if option in found)
