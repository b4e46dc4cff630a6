"""What is known about a listing: its URL, where the items and the next link stand, the bounds of a page."""

from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Self
from urllib.parse import quote

from odatafilter.errors import PagingValueError
from odatafilter.paging._links import LINK_HEADER
from odatafilter.paging.origins import origin_of

if TYPE_CHECKING:
    from odatafilter.schema import Schema

# Left alone in a parameter, as OData URLs are written: what RFC 3986 allows in a query, save what forms read otherwise.
_PLAIN = "'(),:$@*!/;?"


@dataclass(frozen=True)
class PageSize:
    """The parameter that asks for a page size, its bounds, and the size a server takes without it."""

    name: str = "$top"
    _: KW_ONLY
    min: int = 1
    max: int | None = None
    default: int | None = None

    def check(self, size: object) -> int:
        """`size`, if it is a whole number inside the bounds. Raises `PagingValueError` otherwise."""
        if type(size) is not int or size < self.min or (self.max is not None and size > self.max):
            bounds = f"from {self.min}" if self.max is None else f"from {self.min} to {self.max}"
            raise PagingValueError(f"{self.name} is {size!r}: a whole number {bounds} is wanted")
        return size


@dataclass(frozen=True)
class Listing:
    """A listing: `items` and `next_link` are dotted paths into a page, `schema` what a filter may hold.

    `items=""` says that a page is the array itself. Of several paths in `next_link` the first that leads to a link
    counts; `"links[rel=next].href"` chooses in an array, `"header:link"` is the Link header. `headers` go with every
    request. Raises `ValueError` for a relative URL.
    """

    url: str
    _: KW_ONLY
    items: str = "jobs"
    next_link: str | tuple[str, ...] = "_links.next.href"
    schema: "type[Schema] | None" = None
    page_size: PageSize | None = PageSize("$top", min=1, max=1000, default=100)
    headers: Mapping[str, str] | None = None

    def __post_init__(self) -> None:
        try:
            origin_of(self.url)
        except ValueError as error:
            raise ValueError(f"Listing({self.url!r}): {error}; an absolute URL is wanted") from None
        if "#" in self.url:
            raise ValueError(f"Listing({self.url!r}): a fragment is never sent")

    def __repr__(self) -> str:
        return f"Listing({self.url!r}, items={self.items!r}, next_link={self.next_link!r})"  # headers can hold a key

    @classmethod
    def odata(cls, url: str, *, schema: "type[Schema] | None" = None, headers: Mapping[str, str] | None = None) -> Self:
        """An OData entity set: `value` and `@odata.nextLink`, or their older and shorter names (OData JSON §4.5.5).

        It has no page size, as `$top` bounds the whole result there: ask with the header `Prefer: odata.maxpagesize=N`.
        """
        links = ("@odata.nextLink", "@nextLink", "odata.nextLink")
        return cls(url, items="value", next_link=links, schema=schema, page_size=None, headers=headers)

    @classmethod
    def link_header(
        cls, url: str, *, items: str = "", page_size: PageSize | None = None, headers: Mapping[str, str] | None = None
    ) -> Self:
        """A listing whose next link is in the Link header (RFC 8288), and whose body is the array of items."""
        return cls(url, items=items, next_link=LINK_HEADER, page_size=page_size, headers=headers)

    def at(self, base_url: str) -> Self:
        """The same listing at the origin `base_url`, a scheme, a host and a port. Raises `ValueError` if it is none."""
        origin = origin_of(base_url)
        if base_url.partition("//")[2].partition("/")[2]:
            raise ValueError(f"{base_url!r} has a path; the listing keeps its own")
        rest = self.url.partition("//")[2]
        return replace(self, url=f"{origin}{rest[len(rest.partition('/')[0]) :]}")

    @property
    def next_paths(self) -> tuple[str, ...]:
        """The paths of the next link, the first first."""
        return (self.next_link,) if isinstance(self.next_link, str) else self.next_link

    def first_url(self, quoted_filter: str | None, params: Mapping[str, str | int] | None, top: int | None) -> str:
        """The URL of the first page, written as OData URLs are: a literal `$`, `%20` for a space.

        Raises `PagingValueError` for a page size out of bounds, or a parameter in `params` that has its own argument.
        """
        pairs = [] if quoted_filter is None else [f"$filter={quoted_filter}"]
        pairs += [self._pair(name, value) for name, value in (params or {}).items()]
        if top is not None:
            pairs.append(self._sized(top))
        joint = "" if not pairs or self.url.endswith(("?", "&")) else "&" if "?" in self.url else "?"
        return self.url + joint + "&".join(pairs)

    def _pair(self, name: str, value: object) -> str:
        owners = {"$filter": "filter", **({self.page_size.name: "top"} if self.page_size else {})}
        if name in owners:
            raise PagingValueError(f"params holds {name!r}, which is not checked there: give {owners[name]}=")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise PagingValueError(f"params[{name!r}] is {value!r}: a text or a whole number is wanted")
        return f"{quote(name, safe=_PLAIN)}={quote(str(value), safe=_PLAIN)}"

    def _sized(self, top: int) -> str:
        if self.page_size is None:
            raise PagingValueError(f"top is {top!r}, but this listing has no page size")
        return f"{self.page_size.name}={self.page_size.check(top)}"
