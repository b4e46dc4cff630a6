"""What is known about a listing: its URL, where the items and the next link stand, the bounds of a page."""

import re
from collections.abc import Callable, Mapping
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Any, Final, Self, TypeGuard
from urllib.parse import quote

from odatafilter._shown import shown, typed
from odatafilter.errors import PagingValueError
from odatafilter.paging._links import LINK_HEADER, is_path, leads_to_link
from odatafilter.paging.origins import origin_of

if TYPE_CHECKING:
    from odatafilter.schema import Schema

# Left alone in a parameter, as OData URLs are written: what RFC 3986 allows in a query, save what forms read otherwise.
_PLAIN = "'(),:$@*!/;?"
_USER = re.compile(r"//[^/?#]*@")
_QUERY = re.compile(r"(?s)[?#].*")
_HALF = re.compile(r"[\ud800-\udfff]")  # of a surrogate pair
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.1
_VALUE = re.compile(r"(?:[!-~](?:[!-~ \t]*[!-~])?)?")  # RFC 9110 §5.5, without its obsolete bytes


@dataclass(frozen=True)
class PageSize:
    """The parameter that asks for a page size, its bounds, and the size a server takes without it."""

    name: str = "$top"
    _: KW_ONLY
    min: int = 1
    max: int | None = None
    default: int | None = None

    def __post_init__(self) -> None:
        if not _is_name(self.name):
            raise PagingValueError(f"PageSize(name={shown(self.name)}): a text that is not empty is wanted")
        if not _is_count(self.min, 0):
            raise PagingValueError(f"PageSize(min={shown(self.min)}): a whole number from 0 is wanted")
        if self.max is not None and not _is_count(self.max, self.min):
            raise PagingValueError(f"PageSize(max={shown(self.max)}): a whole number from {self.min} or None is wanted")
        if self.default is not None and not _is_count(self.default, self.min, self.max):
            raise PagingValueError(f"PageSize(default={shown(self.default)}): {self._bounds} or None is wanted")

    @property
    def _bounds(self) -> str:
        return f"a whole number from {self.min}" + ("" if self.max is None else f" to {self.max}")

    def check(self, size: object) -> int:
        """`size`, if it is a whole number inside the bounds. Raises `PagingValueError` otherwise."""
        if not _is_count(size, self.min, self.max):
            raise PagingValueError(f"{self.name} is {shown(size)}: {self._bounds} is wanted")
        return size


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and value != ""


def _is_count(value: object, least: int, most: int | None = None) -> TypeGuard[int]:
    return type(value) is int and value >= least and (most is None or value <= most)


def _lead_to_links(paths: object) -> bool:
    return bool(paths) and all(map(leads_to_link, paths if isinstance(paths, tuple) else (paths,)))


def _is_schema(value: object) -> bool:
    return value is None or (isinstance(value, type) and hasattr(value, "__facts__"))


_RULES: Final[Mapping[str, tuple[Callable[[Any], bool], str]]] = {
    "items": (
        lambda value: value == "" or is_path(value),
        "a path such as 'result.jobs' is wanted, or '' for a page that is an array",
    ),
    "next_link": (
        _lead_to_links,
        "a path such as '_links.next.href', or a tuple of such, is wanted: another one leads nowhere",
    ),
    "schema": (_is_schema, "a class made with odatafilter.Schema is wanted"),
    "page_size": (lambda value: isinstance(value, PageSize | None), "a PageSize or None is wanted"),
    "repeats": (lambda value: isinstance(value, bool), "True or False is wanted"),
}


@dataclass(frozen=True)
class Listing:
    """A listing: `items` and `next_link` are dotted paths into a page, `schema` what a filter may hold.

    `items=""` says that a page is the array itself. Of several paths in `next_link` the first that leads to a link
    counts; `"links[rel=next].href"` chooses in an array, `"header:link"` is the Link header. `headers` go with every
    request. `repeats` says that pages may be equal, as those of items without a key: only equal links are a loop then.
    Raises `PagingValueError` for what no walk could follow to its end.
    """

    url: str
    _: KW_ONLY
    items: str = "jobs"
    next_link: str | tuple[str, ...] = "_links.next.href"
    schema: "type[Schema] | None" = None
    page_size: PageSize | None = PageSize("$top", min=1, max=1000, default=100)
    headers: Mapping[str, str] | None = None
    repeats: bool = False

    def __post_init__(self) -> None:
        _check_url(self.url)
        for name, (fits, wanted) in _RULES.items():
            if not fits(value := getattr(self, name)):
                raise PagingValueError(f"Listing({name}={shown(value)}): {wanted}")
        if not self.items and LINK_HEADER not in self.next_paths:
            wanted = "a page that is an array holds no next link: next_link='header:link' is wanted"
            raise PagingValueError(f"Listing(items=''): {wanted}")
        _check_headers(self.headers)

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
        if not isinstance(params, Mapping | None):
            raise PagingValueError(f"params is {typed(params)}: a mapping of names to texts or whole numbers is wanted")
        pairs = [] if quoted_filter is None else [f"$filter={quoted_filter}"]
        pairs += [self._pair(name, value) for name, value in (params or {}).items()]
        if top is not None:
            pairs.append(self._sized(top))
        joint = "" if not pairs or self.url.endswith(("?", "&")) else "&" if "?" in self.url else "?"
        return self.url + joint + "&".join(pairs)

    def _pair(self, name: object, value: object) -> str:
        if not _is_name(name):
            raise PagingValueError(f"params holds the name {shown(name)}: a text that is not empty is wanted")
        if owner := self._owner(name):
            raise PagingValueError(f"params holds {shown(name)}, which is not checked there: give {owner}=")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise PagingValueError(f"params[{shown(name)}] is {shown(value)}: a text or a whole number is wanted")
        return f"{_quoted(name, f'the name {shown(name)} in params')}={_quoted(value, f'params[{shown(name)}]')}"

    def _owner(self, name: str) -> str | None:
        """The argument that the parameter `name` belongs to.

        OData 4.01 reads its own names in any case, with or without the `$` (URL Conventions §5.1).
        """
        size = self.page_size.name if self.page_size else ""
        if _plain(name) == "filter":
            return "filter"
        is_size = _plain(name) == _plain(size) if size.startswith("$") else name == size
        return "top" if is_size else None

    def _sized(self, top: int) -> str:
        if self.page_size is None:
            raise PagingValueError(f"top is {shown(top)}, but this listing has no page size")
        name = self.page_size.name
        return f"{_quoted(name, f'the name {shown(name)} of the page size')}={self.page_size.check(top)}"


def _plain(name: str) -> str:
    return name.strip().lower().lstrip("$")


def _quoted(value: str | int, where: str) -> str:
    try:
        return quote(str(value), safe=_PLAIN)
    except ValueError:  # half a surrogate pair, or a number of thousands of digits
        raise PagingValueError(f"{where} cannot be written in a URL") from None


def _check_url(url: object) -> None:
    if not isinstance(url, str):
        raise PagingValueError(f"Listing({typed(url)}): an absolute URL is wanted")
    place = f"Listing({shown(_QUERY.sub('', _USER.sub('//…@', url)))})"
    try:
        origin_of(url)
    except ValueError as error:
        raise PagingValueError(f"{place}: {error}; an absolute URL is wanted") from None
    if "#" in url:
        raise PagingValueError(f"{place}: a fragment is never sent")
    if _HALF.search(url):
        raise PagingValueError(f"{place}: it holds half of a character, which is never sent")


def _check_headers(headers: object) -> None:
    """Raises `PagingValueError` for what a client would refuse to send, in words that could show a key."""
    if not isinstance(headers, Mapping | None):
        raise PagingValueError("Listing(headers=…): a mapping of names to texts is wanted")
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise PagingValueError(f"Listing(headers={{{shown(name)}: …}}): its name is none that a header has")
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise PagingValueError(f"Listing(headers={{{shown(name)}: …}}): its value is none that a header carries")
