"""Where every walk begins."""

from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Unpack, cast, overload

from odatafilter._safe_text import escape
from odatafilter._walk_position import WalkPosition
from odatafilter.errors import CursorError, PagingValueError
from odatafilter.paging._arguments import check_arguments, quote_filter
from odatafilter.paging._client import AsyncClient, Client
from odatafilter.paging._fetch import Assignment
from odatafilter.paging._items import Items
from odatafilter.paging._options import Options, check_options, signature_with_options
from odatafilter.paging._query import query_of
from odatafilter.paging._request import Access
from odatafilter.paging._stats import Stats
from odatafilter.paging._sync import Walk, Wire
from odatafilter.paging.checkpoint import FileCheckpoint
from odatafilter.paging.cursor import Cursor, digest
from odatafilter.paging.listing import Listing
from odatafilter.paging.origins import origin_of

if TYPE_CHECKING:
    from odatafilter.paging._async import AsyncWalk

T = TypeVar("T")


@overload
def paginate(
    client: Client, listing: Listing, *, token: Callable[[], str] | None = None, **options: Unpack[Options]
) -> Walk[dict[str, Any]]: ...
@overload
def paginate(
    client: Client,
    listing: Listing,
    *,
    item_type: type[T],
    token: Callable[[], str] | None = None,
    **options: Unpack[Options],
) -> Walk[T]: ...
@overload
def paginate(
    client: AsyncClient,
    listing: Listing,
    *,
    token: Callable[[], str | Awaitable[str]] | None = None,
    **options: Unpack[Options],
) -> "AsyncWalk[dict[str, Any]]": ...
@overload
def paginate(
    client: AsyncClient,
    listing: Listing,
    *,
    item_type: type[T],
    token: Callable[[], str | Awaitable[str]] | None = None,
    **options: Unpack[Options],
) -> "AsyncWalk[T]": ...
def paginate(  # noqa: D417 - the options are described by their names
    client: Client | AsyncClient,
    listing: Listing,
    *,
    item_type: Any = dict[str, Any],
    token: Any = None,
    **options: Any,
) -> Any:
    """A walk over the items of `listing`: an iterator with `httpx.Client`, an asynchronous one with `AsyncClient`.

    Nothing is sent before an item or page is asked for. Raises `FilterError` for what the schema of the listing
    forbids, else `PagingValueError` for an argument that is wrong; the walk raises `PagingError`.

    Args:
        client: an `httpx.Client` or an `httpx.AsyncClient`, with its own headers, `auth`, proxies and timeouts.
        listing: where the items and next links stand, and what may be asked.
        item_type: what an item is decoded to: a dataclass, a TypedDict, a msgspec Struct, a pydantic model; else a
            dict.
        token: a function that gives a bearer token, asked at first and after a 401; with `AsyncClient` it may be
            asynchronous.
        filter: a Filter or its text, judged by the schema of the listing.
        params: further parameters of the first request, texts and whole numbers by name.
        top: items in a page, for listings that have such a parameter, within its bounds.
        orderby: the order: handles, texts or `OrderBy` values, one or several.
        select: the properties that are wanted: handles or texts, one or several.
        expand: the relations that are wanted: a text or several, sent as they are.
        count: whether the service is to count all items, for `walk.stats.total`.
        page_size: items in a page as the listing takes it: `top`, or the header `Prefer: odata.maxpagesize` of OData.
        max_items: the walk ends after so many items, from 0.
        max_pages: the walk ends after so many pages, from 0.
        start: a cursor, or its text, to go on from.
        retry: attempts, pauses, deadline and size of a page.
        origins: where next links may lead: by default, to the listing's own origin.
        prefetch: 1: the next page is fetched meanwhile; use the walk in a `with` block.
        on_bad_item: "skip": an item that cannot be decoded is passed over, counted and told; "raise": a `BadItemError`.
        rate: a `Rate` that several walks share.
        on_event: a function that is called with each `Event`; what it raises ends the call of the walk.
        checkpoint: a file that keeps the cursor; not together with `start`.
    """
    check_arguments(client, listing, token)
    given = check_options(options)
    renewable: Literal["token", "auth"] | None = "token" if token else "auth" if getattr(client, "auth", None) else None
    query = query_of(given, listing)
    quoted_filter = quote_filter(given["filter"], listing, given["params"])
    first_url = listing.first_url(quoted_filter, given["params"], query.top, query.pairs)
    assignment = Assignment(
        listing=listing,
        first_url=first_url,
        access=Access("the next page", origin_of(listing.url), given["origins"], query.headers, renewable),
        items=Items(item_type, skip=given["on_bad_item"] == "skip", max_page_bytes=given["retry"].max_page_bytes),
        retry=given["retry"],
        max_items=given["max_items"],
        max_pages=given["max_pages"],
        prefetch=bool(given["prefetch"]),
        rate=given["rate"],
        on_event=given["on_event"],
        checkpoint=given["checkpoint"],
        stats=Stats(),
    )
    cursor = _cursor_to_begin_at(given["start"], given["checkpoint"], query.bound_to(first_url))
    if cursor.ended:
        assignment.stats.stopped_by = "end"
    if hasattr(client, "aclose"):
        from odatafilter.paging._async import AsyncWalk, AsyncWire  # noqa: PLC0415  # asyncio costs 50 ms

        return AsyncWalk(assignment, cursor, AsyncWire(cast("AsyncClient", client), token))
    return Walk(assignment, cursor, Wire(cast("Client", client), token))


paginate.__signature__ = signature_with_options(paginate)  # type: ignore[attr-defined]  # what help() shows


def _cursor_to_begin_at(start: WalkPosition | str | None, checkpoint: FileCheckpoint | None, bound_to: str) -> Cursor:
    binding = digest(bound_to.encode()).hex()
    if start is not None and checkpoint is not None:
        raise PagingValueError("start and checkpoint both say where to begin: give one of them")
    start = checkpoint.begin() if checkpoint else start
    if start is None:
        return Cursor(binding=binding)
    cursor = Cursor.parse(start) if isinstance(start, str) else cast("Cursor", start)
    if cursor.binding != binding:
        holder = f"{escape(str(checkpoint.path))}: " if checkpoint else ""
        belongs = "the cursor belongs to another URL, filter, page size or params: start it with the same ones"
        raise CursorError(holder + belongs)
    return cursor
