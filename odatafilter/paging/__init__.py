"""Paging: request, pages, items, without a listing that is silently short.

`Listing` says what is known of a service, `paginate` walks over it. The algorithm does no I/O: `_fetch` asks for one
page, `_progress` knows where the walk stands, `_sync` and `_async` do what they are told.
"""

from typing import TYPE_CHECKING, Any

from odatafilter.paging._paginate import paginate
from odatafilter.paging._sync import Walk
from odatafilter.paging.checkpoint import FileCheckpoint
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.events import Event, PageRead, Pausing, Renewing, Skipping, Waiting
from odatafilter.paging.gather import gather_pages
from odatafilter.paging.listing import Listing, PageSize
from odatafilter.paging.origins import Origins
from odatafilter.paging.page import Page
from odatafilter.paging.rate import Rate
from odatafilter.paging.retry import Retry

if TYPE_CHECKING:
    from odatafilter.paging._async import AsyncWalk

__all__ = [
    "AsyncWalk",
    "Cursor",
    "Event",
    "FileCheckpoint",
    "Listing",
    "Origins",
    "Page",
    "PageRead",
    "PageSize",
    "Pausing",
    "Rate",
    "Renewing",
    "Retry",
    "Skipping",
    "Waiting",
    "Walk",
    "gather_pages",
    "paginate",
]


def __getattr__(name: str) -> Any:
    if name == "AsyncWalk":
        from odatafilter.paging._async import AsyncWalk  # noqa: PLC0415  # asyncio costs 50 ms

        return AsyncWalk
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
