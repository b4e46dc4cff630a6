"""What is known about a listing: its URL, where the items and the next link stand, the bounds of a page."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, replace
from typing import TYPE_CHECKING, Final, Self, TypeGuard
from urllib.parse import quote, unquote

from odatafilter._safe_text import show, show_type
from odatafilter._system_options import SYSTEM_OPTIONS
from odatafilter.errors import PagingValueError, place_of
from odatafilter.paging._links import LINK_HEADER, LONGEST_LINK, is_path, leads_to_link
from odatafilter.paging._rules import Rule, check_fields, whole_number
from odatafilter.paging.origins import move_to_origin, origin_of

if TYPE_CHECKING:
    from odatafilter.schema import Schema

# Left alone in a parameter, as OData URLs are written: what RFC 3986 allows in a query, save what forms read otherwise.
_PLAIN = "'(),:$@*!/;?"
_USER = re.compile(r"//[^/?#]*@")
_QUERY = re.compile(r"(?s)[?#].*")
_HALF = re.compile(r"[\ud800-\udfff]")  # of a surrogate pair
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")  # RFC 9110 §5.1
_VALUE = re.compile(r"(?:[!-~](?:[!-~ \t]*[!-~])?)?")  # RFC 9110 §5.5, without its obsolete bytes


_NAMED: Final = Rule(lambda value: isinstance(value, str) and bool(value), "a text that is not empty is wanted")


@dataclass(frozen=True)
class PageSize:
    """The parameter that asks for a page size, its bounds, and the size a server takes without it.

    Raises `PagingValueError` for bounds that exclude each other.

    Args:
        name: the parameter, such as `$top`.
        min: the least size in items, from 0.
        max: the greatest size, included; None: no bound.
        default: the size that the service takes without the parameter; None: not known.
    """

    name: str = "$top"
    _: KW_ONLY
    min: int = 1
    max: int | None = None
    default: int | None = None

    def __post_init__(self) -> None:
        check_fields(self, {"name": _NAMED, "min": whole_number(0)})
        wanted = f"a whole number from {self.min} or None is wanted"
        check_fields(self, {"max": Rule(lambda most: most is None or _is_count(most, self.min), wanted)})
        wanted = f"{self._bounds} or None is wanted"
        check_fields(self, {"default": Rule(lambda size: size is None or _is_count(size, self.min, self.max), wanted)})

    @property
    def _bounds(self) -> str:
        return f"a whole number from {self.min}" + ("" if self.max is None else f" to {self.max}")

    def check(self, size: object) -> int:
        """`size`, if it is a whole number inside the bounds. Raises `PagingValueError` otherwise.

        Args:
            size: any value.
        """
        if not _is_count(size, self.min, self.max):
            raise PagingValueError(f"{self.name} is {show(size)}: {self._bounds} is wanted")
        return size


def _is_name(value: object) -> TypeGuard[str]:
    return isinstance(value, str) and bool(value)


def _is_count(value: object, least: int, most: int | None = None) -> TypeGuard[int]:
    return type(value) is int and value >= least and (most is None or value <= most)


def _lead_to_links(paths: object) -> bool:
    return bool(paths) and all(map(leads_to_link, paths if isinstance(paths, tuple) else (paths,)))


def _is_schema(value: object) -> bool:
    return value is None or (isinstance(value, type) and hasattr(value, "__facts__"))


_RULES: Final[Mapping[str, Rule]] = {
    "items": Rule(
        lambda value: value == "" or is_path(value),
        "a path such as 'result.jobs' is wanted, or '' for a page that is an array",
    ),
    "next_link": Rule(
        _lead_to_links,
        "a path such as '_links.next.href', or a tuple of such, is wanted: another one leads nowhere",
    ),
    "schema": Rule(_is_schema, "a class made with odatafilter.Schema is wanted"),
    "page_size": Rule(lambda value: isinstance(value, PageSize | None), "a PageSize or None is wanted"),
    "repeats": Rule(lambda value: isinstance(value, bool), "True or False is wanted"),
    "max_empty_pages": whole_number(0),
    "ignore_links": Rule(
        lambda value: isinstance(value, tuple | list) and all(map(_is_name, value)),
        "a tuple of members and headers is wanted, such as ('nextLink', 'x-ms-continuationtoken', 'header:link')",
    ),
}


@dataclass(frozen=True)
class Listing:
    """A listing: where its items and next links stand in a page, and how a page size is asked for.

    Raises `PagingValueError` for what no walk could follow to its end.

    Args:
        url: the absolute URL of the first page, http or https; a query of its own goes with every walk.
        items: the dotted path to the items in a page; "" for a page that is the array itself.
        next_link: the dotted path to the next link; of several, the first that leads to a link counts.
            `"links[rel=next].href"` chooses in an array, `"header:link"` is the Link header (RFC 8288).
        schema: what `filter`, `orderby` and `select` of a walk may hold; None: anything.
        page_size: the parameter for the size of a page, and its bounds; None where there is none.
        headers: headers that go with every request, by their names, such as `Accept`.
        repeats: whether pages may be equal, as those of items without a key: only equal links are a loop then.
        max_empty_pages: how many empty pages in a row are walked through, from 0: more are a `LoopError`.
        ignore_links: members and headers of a last page that look like a next link, stand where `next_link` does not
            look, and lead to no further items: any other one is a `BadPageError`, after the items.
    """

    url: str
    _: KW_ONLY
    items: str = "jobs"
    next_link: str | tuple[str, ...] = "_links.next.href"
    schema: "type[Schema] | None" = None
    page_size: PageSize | None = PageSize("$top", min=1, max=1000, default=100)
    headers: Mapping[str, str] | None = None
    repeats: bool = False
    max_empty_pages: int = 10_000
    ignore_links: Sequence[str] = ()

    def __post_init__(self) -> None:
        _check_url(self.url)
        check_fields(self, _RULES)
        if not self.items and LINK_HEADER not in self.next_paths:
            wanted = "a page that is an array holds no next link: next_link='header:link' is wanted"
            raise PagingValueError(f"Listing(items=''): {wanted}")
        _check_headers(self.headers)

    def __repr__(self) -> str:
        place = place_of(self.url) + ("?…" if "?" in self.url else "")  # a query can hold a key, as headers can
        return f"Listing({place!r}, items={self.items!r}, next_link={self.next_link!r})"

    @classmethod
    def odata(
        cls,
        url: str,
        *,
        schema: "type[Schema] | None" = None,
        page_size: PageSize | None = None,
        headers: Mapping[str, str] | None = None,
        max_empty_pages: int = 10_000,
        ignore_links: Sequence[str] = (),
    ) -> Self:
        """An OData entity set: `value` and `@odata.nextLink`, or their older and shorter names (OData JSON §4.5.5).

        `nextLink`, as services name it that follow Azure's guidelines, counts as well. `$top` bounds the whole result
        by the standard: `paginate(..., page_size=…)` asks for a page size by the header `Prefer`. For a service that
        pages by `$top`, as Microsoft Graph does, the listing has a `page_size`.

        Args:
            url: the absolute URL of the first page, http or https; a query of its own goes with every walk.
            schema: what `filter`, `orderby` and `select` of a walk may hold; None: anything.
            page_size: the parameter for the size of a page, and its bounds, where `Prefer` does not ask for it.
            headers: headers that go with every request, by their names, such as `Accept`.
            max_empty_pages: how many empty pages in a row are walked through, from 0: more are a `LoopError`.
            ignore_links: as those of a Listing.
        """
        links = ("@odata.nextLink", "@nextLink", "odata.nextLink", "nextLink")
        return cls(
            url,
            items="value",
            next_link=links,
            schema=schema,
            page_size=page_size,
            headers=headers,
            max_empty_pages=max_empty_pages,
            ignore_links=ignore_links,
        )

    @classmethod
    def link_header(
        cls, url: str, *, items: str = "", page_size: PageSize | None = None, headers: Mapping[str, str] | None = None
    ) -> Self:
        """A listing whose next link is in the Link header (RFC 8288), and whose body is the array of items.

        Args:
            url: the absolute URL of the first page, http or https; a query of its own goes with every walk.
            items: the dotted path to the items, where the body is no array.
            page_size: the parameter for the size of a page, and its bounds; None where there is none.
            headers: headers that go with every request, by their names, such as `Accept`.
        """
        return cls(url, items=items, next_link=LINK_HEADER, page_size=page_size, headers=headers)

    def at(self, base_url: str) -> Self:
        """The same listing at the origin `base_url`: a scheme, host and port. Raises `PagingValueError` for none.

        Args:
            base_url: such as `http://127.0.0.1:8000`.
        """
        return replace(self, url=move_to_origin(self.url, base_url))

    @property
    def next_paths(self) -> tuple[str, ...]:
        """The paths of the next link, the first first."""
        return (self.next_link,) if isinstance(self.next_link, str) else self.next_link

    @property
    def query_names(self) -> list[str]:
        """The names of the parameters that the URL has already."""
        return [name for name in map(_name_in, self.url.partition("?")[2].split("&")) if name]

    @property
    def ignored_links(self) -> frozenset[str]:
        """`ignore_links` in lower case."""
        return frozenset(name.lower() for name in self.ignore_links)

    @property
    def takes_preferences(self) -> bool:
        """Whether the service is one of OData, which reads the header `Prefer`."""
        return "@odata.nextLink" in self.next_paths

    def first_url(
        self,
        quoted_filter: str | None,
        params: Mapping[str, str | int] | None,
        top: int | None,
        options: Iterable[str] = (),
    ) -> str:
        """The URL of the first page, written as OData URLs are: a literal `$`, `%20` for a space.

        `options` are further `name=value`, percent-encoded. Raises `PagingValueError` for a page size out of bounds, or
        a parameter in `params` that has its own argument, or that stands twice.

        Args:
            quoted_filter: the percent-encoded text of `$filter`; None: none.
            params: further parameters by name.
            top: the size of a page; None: none is asked for.
            options: further system query options, encoded.
        """
        if not isinstance(params, Mapping | None):
            raise PagingValueError(
                f"params is {show_type(params)}: a mapping of names to texts or whole numbers is wanted"
            )
        pairs = [] if quoted_filter is None else [f"$filter={quoted_filter}"]
        pairs += [self._pair(name, value) for name, value in (params or {}).items()]
        pairs += options
        if top is not None:
            pairs.append(self._size_pair(top))
        self._check_once(pairs)
        joint = "" if not pairs or self.url.endswith(("?", "&")) else "&" if "?" in self.url else "?"
        return self.url + joint + "&".join(pairs)

    def _check_once(self, pairs: list[str]) -> None:
        """Raises `PagingValueError` for a system query option or a parameter alias that would be sent twice.

        Source: OData URL Conventions §5.1, §5.3. A name without `$` that stands twice in the URL is the service's own.
        """
        own, given = self.query_names, [name for name in map(_name_in, pairs) if name]
        seen: set[str] = set()
        for name in [each for each in own if each.startswith(("$", "@"))] + given:
            option = _option(name)
            if option and (option in seen or (name in given and option in map(_option, own))):
                way = "the URL of the listing or params has it too"
                raise PagingValueError(f"{show(name)} would be sent twice, and may stand once only: {way}")
            seen |= {option} if option else set()

    def _pair(self, name: object, value: object) -> str:
        if not _is_name(name):
            raise PagingValueError(f"params holds the name {show(name)}: a text that is not empty is wanted")
        if owner := self._owner(name):
            other = ", or write one that is not of OData 4 into the URL of the listing" if owner == "filter" else ""
            raise PagingValueError(f"params holds {show(name)}, which is not checked there: give {owner}={other}")
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise PagingValueError(f"params[{show(name)}] is {show(value)}: a text or a whole number is wanted")
        return (
            f"{_quote_value(name, f'the name {show(name)} in params')}={_quote_value(value, f'params[{show(name)}]')}"
        )

    def _owner(self, name: str) -> str | None:
        """The argument that the parameter `name` belongs to.

        OData 4.01 reads its own names in any case, with or without the `$` (URL Conventions §5.1).
        """
        size = self.page_size.name if self.page_size else ""
        if _bare_name(name) == "filter":
            return "filter"
        is_size = _bare_name(name) == _bare_name(size) if size.startswith("$") else name == size
        return "top" if is_size else None

    def _size_pair(self, top: int) -> str:
        if self.page_size is None:
            way = f"max_items={show(top)} bounds the walk"
            if self.takes_preferences:
                header = f"the former sends 'Prefer: odata.maxpagesize={show(top)}'"
                way = f"page_size={show(top)} asks for pages of that size, and {way}; {header}"
            raise PagingValueError(f"top is {show(top)}, but this listing has no page size: {way}")
        name = self.page_size.name
        if name in self.query_names:
            raise PagingValueError(f"{show(name)} would be sent twice: the URL of the listing has it too")
        return f"{_quote_value(name, f'the name {show(name)} of the page size')}={self.page_size.check(top)}"


def _option(name: str) -> str | None:
    """What `name` is among those that stand at most once: a system query option, a parameter alias, or None."""
    if name.startswith("@"):
        return name
    plain = _bare_name(name)
    return plain if name.lstrip().startswith("$") or plain in SYSTEM_OPTIONS else None


def _name_in(pair: str) -> str:
    return unquote(pair.partition("=")[0]).strip()


def _bare_name(name: str) -> str:
    return name.strip().lower().lstrip("$")


def _quote_value(value: str | int, where: str) -> str:
    try:
        return quote(str(value), safe=_PLAIN)
    except ValueError:  # half a surrogate pair, or a number of thousands of digits
        raise PagingValueError(f"{where} cannot be written in a URL") from None


def _check_url(url: object) -> None:
    if not isinstance(url, str):
        raise PagingValueError(f"Listing({show_type(url)}): an absolute URL is wanted")
    place = f"Listing({show(_QUERY.sub('', _USER.sub('//…@', url)))})"
    try:
        origin_of(url)
    except ValueError as error:
        raise PagingValueError(f"{place}: {error}; an absolute URL is wanted") from None
    if len(url) > LONGEST_LINK:
        raise PagingValueError(f"{place}: it has {len(url)} characters, and at most {LONGEST_LINK} are sent")
    if "#" in url:
        raise PagingValueError(f"{place}: a fragment is never sent")
    if _CONTROL.search(url):
        raise PagingValueError(f"{place}: it holds a control character, which is never sent")
    if _HALF.search(url):
        raise PagingValueError(f"{place}: it holds half of a character, which is never sent")


def _check_headers(headers: object) -> None:
    """Raises `PagingValueError` for what a client would refuse to send, in words that could show a key."""
    if not isinstance(headers, Mapping | None):
        raise PagingValueError("Listing(headers=…): a mapping of names to texts is wanted")
    for name, value in (headers or {}).items():
        if not isinstance(name, str) or not _NAME.fullmatch(name):
            raise PagingValueError(f"Listing(headers={{{show(name)}: …}}): its name is none that a header has")
        if not isinstance(value, str) or not _VALUE.fullmatch(value):
            raise PagingValueError(f"Listing(headers={{{show(name)}: …}}): its value is none that a header carries")
