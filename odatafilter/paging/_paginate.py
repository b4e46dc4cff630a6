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
def paginate(
    client: Client | AsyncClient,
    listing: Listing,
    *,
    item_type: Any = dict[str, Any],
    token: Any = None,
    **options: Any,
) -> Any:
    """A walk over the items of `listing`: an iterator with `httpx.Client`, an asynchronous one with `AsyncClient`.

    `page_size` is `top`, or a preference on OData listings; `max_items` and `max_pages` bound this walk, `start` is a
    cursor to go on from, `prefetch=1` fetches ahead, `token` gives a bearer token at first and after a 401. Nothing is
    sent before an item or page is asked for. Raises `FilterError` for what the listing's schema forbids, else
    `PagingValueError` for an argument that is wrong; the walk raises `PagingError`.
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
