"""Paging: request, pages, items, without a listing that is silently short.

`Listing` says what is known of a service, `paginate` walks over it. The algorithm does no I/O: `_fetch` asks for one
page, `_progress` knows where the walk stands, `_sync` and `_async` do what they are told.
"""

from odatafilter.paging._paginate import paginate
from odatafilter.paging._sync import Walk
from odatafilter.paging.checkpoint import FileCheckpoint
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.events import Event, PageRead, Pausing, Renewing, Waiting
from odatafilter.paging.gather import gather_pages
from odatafilter.paging.listing import Listing, PageSize
from odatafilter.paging.origins import Origins
from odatafilter.paging.page import Page
from odatafilter.paging.rate import Rate
from odatafilter.paging.retry import Retry

__all__ = [
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
    "Waiting",
    "Walk",
    "gather_pages",
    "paginate",
]
