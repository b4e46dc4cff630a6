"""The query options of a walk beside `$filter`, as they are sent: in the URL, or as a preference in a header."""

from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

from odatafilter._emit import quote_for_url
from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError, PagingValueError
from odatafilter.facts import SchemaFacts
from odatafilter.paging._options import Options
from odatafilter.paging._rules import check_argument, whole_number
from odatafilter.paging.listing import Listing

_PREFER: Final = "prefer"
_MAX_PAGE_SIZE: Final = "odata.maxpagesize"  # OData Protocol §8.2.8.6


class Query(NamedTuple):
    """What is asked for: `name=value` for the URL, the page size to ask for there, and the headers of all requests."""

    pairs: tuple[str, ...]
    top: int | None
    headers: Mapping[str, str]
    preference: str = ""

    def bound_to(self, url: str) -> str:
        """What a cursor belongs to: other pages have other places."""
        return f"{url}#{self.preference}" if self.preference else url


def query_of(given: Options, listing: Listing) -> Query:
    """The query options of a walk. Raises FilterError where the schema of `listing` forbids one of them, and
    `PagingValueError` for one that cannot be sent.
    """
    pairs = [f"{name}={_quote_option(name, text)}" for name, text in _option_texts(given, listing) if text]
    size = given["page_size"]
    if size is None:
        return Query(tuple(pairs), given["top"], listing.headers or {})
    if given["top"] is not None:
        raise PagingValueError("top and page_size both say how many items a page has: give one of them")
    if listing.page_size is not None or not listing.takes_preferences:
        check_argument("page_size", size, whole_number(0))
        return Query(tuple(pairs), size, listing.headers or {})
    check_argument("page_size", size, whole_number(1))
    preference = f"{_MAX_PAGE_SIZE}={size}"
    return Query(tuple(pairs), None, _with_preference(listing.headers or {}, preference), preference)


def _option_texts(given: Options, listing: Listing) -> list[tuple[str, str]]:
    texts = []
    schema: SchemaFacts | None = listing.schema.__facts__ if listing.schema is not None else None
    if not all(isinstance(items, tuple) and not items for items in (given["orderby"], given["select"])):
        from odatafilter._query.writing import write_orderby, write_select  # noqa: PLC0415  # only who asks waits for it

        texts.append(("$orderby", _write(write_orderby, given["orderby"], schema)))
        texts.append(("$select", _write(write_select, given["select"], schema)))
    texts.append(("$expand", _expansion(given["expand"])))
    texts.append(("$count", "true" if given["count"] else ""))
    return texts


def _write(write: Callable[[object, SchemaFacts | None], str], items: object, schema: SchemaFacts | None) -> str:
    try:
        return write(items, schema)
    except FilterTypeError as error:
        raise PagingValueError(str(error)) from None


def _expansion(expand: object) -> str:
    several = () if expand is None else (expand,) if isinstance(expand, str) else expand
    if not isinstance(several, list | tuple) or not all(isinstance(one, str) and one.strip() for one in several):
        raise PagingValueError(f"expand is {show(expand)}: a text such as 'owner' is wanted, or several of them")
    return ",".join(several)


def _quote_option(name: str, text: str) -> str:
    try:
        return quote_for_url(text)
    except ValueError:  # half a surrogate pair
        raise PagingValueError(f"{name} cannot be written in a URL") from None


def _with_preference(headers: Mapping[str, str], preference: str) -> Mapping[str, str]:
    """`headers` with one preference more. Raises `PagingValueError` where they have it already."""
    others = {name: value for name, value in headers.items() if name.lower() != _PREFER}
    own = [value for name, value in headers.items() if name.lower() == _PREFER]
    if any("maxpagesize" in value.lower() for value in own):
        raise PagingValueError("page_size is given, and the header 'Prefer' of the listing has a page size too")
    return {**others, "Prefer": ", ".join([*own, preference])}
