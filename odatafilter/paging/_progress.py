"""Where a walk stands: the page in hand, the place in it, and the links that were followed."""

from collections.abc import Callable, Iterator
from functools import lru_cache
from itertools import islice
from typing import Final, Generic, NoReturn, TypeVar

from msgspec import Raw

from odatafilter.errors import BadPageError, LoopError, OriginError, PagingError
from odatafilter.paging._fetch import Assignment, Fetch
from odatafilter.paging._links import BadLink
from odatafilter.paging._loops import Places
from odatafilter.paging._stats import Hand
from odatafilter.paging.cursor import Cursor, digest
from odatafilter.paging.events import Skipping
from odatafilter.paging.page import Answered, Page

T = TypeVar("T")
_ERRORS: Final = {
    "broken": BadPageError,
    "stranger": OriginError,
    "loop": LoopError,
    "error": BadPageError,
    "uncovered": BadPageError,
}
_MAX_SAME_ITEM = 3  # pages in a row with one and the same item, which moving data can bring about


class Nothing:
    """What there is instead of an item when another page is needed."""


NOTHING: Final = Nothing()


class Progress(Generic[T]):
    """The state of a walk. It changes only when a page has arrived whole, so a failed fetch leaves it as it was."""

    def __init__(self, assignment: Assignment[T], start: Cursor) -> None:
        self.assignment = assignment
        self._at = start
        self._page: Answered | None = None
        self._decode: Callable[[Raw], T]  # makes the items of the page in hand
        self._hand: Hand[T] = Hand()
        assignment.stats.count_from(self._hand)
        self._counted = 0  # items of the page in hand that are gone, without those that were taken from the hand
        self._stop = 0
        self._untouched = False
        self._is_sound = False
        self._followed = Places()
        self._contents = Places()
        self._current: bytes | None = None
        self._empty = 0
        self._repeats = 0

    @property
    def cursor(self) -> Cursor:
        """The place before the next item."""
        return self._page.cursor_at(self._index) if self._page else self._at

    @property
    def items_in_hand(self) -> Iterator[T]:
        """The items of the page in hand that are decoded already: whoever takes one from here has it for its own."""
        return self._hand.left

    @property
    def _index(self) -> int:
        """The place in the page in hand of the next item."""
        return self._counted + self._hand.count_handed_out()

    def _count_handed_out(self) -> None:
        """Has what is left in hand be decoded anew, if it is still wanted."""
        if count := self._hand.put_down():
            self._counted += count
            self.assignment.stats.items += count
            self._untouched = False

    def in_hand(self) -> bool:
        """Whether the page in hand has an item left."""
        return self._page is not None and self._index < self._stop

    @property
    def pages_done(self) -> int:
        """The pages that were read, without the one that the cursor stands in, which would be read again from there."""
        page, at = self._page, self.cursor
        return self.assignment.stats.pages - (page is not None and at.link == page.at.link and not at.ended)

    def item(self) -> T | Nothing:
        """The next item of the page in hand. Raises `BadItemError` where it cannot be decoded."""
        for item in self._hand.left:
            return item
        if self.take_up():
            return self.item()
        return self._next_alone()

    def items(self, limit: int | None = None) -> list[T]:
        """The next items of the page in hand, at most `limit`, or a part of them; none where another page is needed.

        Raises `BadItemError` where the first of them cannot be decoded.
        """
        if found := list(islice(self._hand.left, limit)):
            return found
        if self.take_up():
            return self.items(limit)
        return [] if isinstance(item := self._next_alone(), Nothing) else [item]

    def take_up(self) -> bool:
        """Whether further items of the page in hand were decoded now, several at once."""
        self._count_handed_out()
        page = self._page if self._is_sound else None
        if page is None or self._counted >= self._stop:
            return False
        items = self.assignment.items.decode_some(page.envelope, self._counted, self._stop)
        self._is_sound = items is not None
        if items is not None:
            self._hand.take_up(items)
        return self._is_sound

    def _next_alone(self) -> T | Nothing:
        """The next item of the page in hand, decoded by itself."""
        self._count_handed_out()
        while self._page is not None and self._counted < self._stop:
            raw = self._page.envelope.items[self._counted]
            try:
                item = self._decode(raw)
            except (ValueError, RecursionError) as error:
                self._skip_item(self._page, raw, error)
                continue
            self._counted += 1
            self._untouched = False
            self.assignment.stats.items += 1
            return item
        return NOTHING

    def _skip_item(self, page: Answered, raw: Raw, error: Exception) -> None:
        """Passes an item over, so that another one may take its place. Raises `BadItemError` if none is skipped."""
        refused = self.assignment.items.error_for(raw, error, self.cursor, page.url)
        if not self.assignment.items.skip:
            self.assignment.stats.stopped_by = "error"
            raise refused from error
        self.assignment.stats.skipped += 1
        self.assignment.tell(Skipping(page.at.page_number, self._counted, refused.message, refused.raw))
        self._counted += 1
        self._stop = min(self._stop + 1, len(page.envelope.items))

    def rest_of_page(self) -> Page[T] | None:
        """The page in hand from its next item on, or None where nothing of it is left to hand out."""
        self._count_handed_out()
        if self._page is None or not (self._untouched or self.in_hand()):
            return None
        start, good = self._counted, self._decodable_items() if self.assignment.items.skip else None
        if good is None:
            self.assignment.stats.items += self._stop - start
            self._counted = self._stop
        self._untouched = False
        return Page(self._page, start, self._counted, self.assignment.items, good)

    def _decodable_items(self) -> list[tuple[T, Raw]]:
        """The items of the page in hand that can be decoded: only then is known how many there are."""
        good = []
        while self._page is not None and not isinstance(item := self.item(), Nothing):
            good.append((item, self._page.envelope.items[self._counted - 1]))
        return good

    def check_whether_over(self) -> bool:
        """Whether the walk is over, which the stats then say too."""
        stats, assignment = self.assignment.stats, self.assignment
        stats.stopped_by = None
        if self._has_ended():
            stats.stopped_by = "end"
        elif assignment.max_items is not None and stats.items >= assignment.max_items:
            stats.stopped_by = "max_items"
        elif assignment.max_pages is not None and stats.pages >= assignment.max_pages:
            stats.stopped_by = "max_pages"
        return stats.stopped_by is not None

    def _has_ended(self) -> bool:
        """Whether there is nothing more to ask for, as the cursor says too."""
        if (page := self._page) is None:
            return self._at.ended
        return page.envelope.link is None and self._index >= len(page.envelope.items)

    def follow(self) -> Fetch[T]:
        """The fetch of the next page. Where its link cannot be followed, the next fetch asks for this page again.

        Raises `BadPageError`, `OriginError` or `LoopError` for such a link.
        """
        if (page := self._page) is not None:
            self._at, self._page = page.cursor_at(self._counted), None
            if isinstance(link := page.envelope.link, BadLink):
                way = "no way to the next page: " if link.kind == "broken" else ""
                self._fail(_ERRORS[link.kind], way + link.reason, link.link)
            self._current = None
        return Fetch(self.assignment, self._at)

    def fetch_ahead(self) -> Fetch[T] | None:
        """The fetch of the page after the one in hand, or None where there is none or it may not be wanted."""
        page, assignment = self._page, self.assignment
        if page is None or not isinstance(page.envelope.link, str) or self._stop < len(page.envelope.items):
            return None
        given = assignment.stats.items + self._stop - self._index
        wanted = assignment.max_items is None or given < assignment.max_items
        allowed = assignment.max_pages is None or assignment.stats.pages < assignment.max_pages
        return Fetch(assignment, page.cursor_at(self._stop)) if wanted and allowed else None

    def accept(self, page: Answered) -> None:
        """Takes `page` in hand. Raises `BadPageError` if it has shrunk, `LoopError` if it repeats."""
        count = len(page.envelope.items)
        if count < self._at.offset:
            self._fail(BadPageError, f"the page has shrunk to {count} items, and {self._at.offset} of it were done")
        if self._link() != self._current:
            self._remember(page, count)
        if page.url != (self._at.link or self.assignment.first_url):  # after a redirect, of a second attempt too
            self._followed.add(_digest(page.url))
        if isinstance(link := page.envelope.link, str) and _digest(link) in self._followed:
            page = page.with_bad_link(BadLink("the next link leads to a page that was there before", link, "loop"))
        most = self.assignment.max_items
        left = count if most is None else self._at.offset + most - self.assignment.stats.items
        self._page, self._counted, self._stop = page, self._at.offset, min(count, left)
        self._untouched = self._is_sound = True
        self._decode = self.assignment.items.decoder(page.envelope)
        self.assignment.stats.pages += 1
        if page.envelope.total is not None:
            self.assignment.stats.total = page.envelope.total
        self.assignment.delta_link = page.envelope.delta_link

    def _remember(self, page: Answered, count: int) -> None:
        self._empty = 0 if count else self._empty + 1
        if self._empty > self.assignment.listing.max_empty_pages:
            message = f"{self._empty} empty pages in a row"
            self._fail(LoopError, f"{message}; Listing(max_empty_pages=…) allows more")
        if not self.assignment.listing.repeats:
            self._check_repeats(page.envelope.digest, count)
        self._current = self._link()
        self._followed.add(self._current)

    def _check_repeats(self, content: bytes, count: int) -> None:
        self._repeats = self._repeats + 1 if count and content in self._contents else 0
        if self._repeats > (_MAX_SAME_ITEM if count == 1 else 0):
            message = "a new link, but a page with the items of an earlier one"
            self._fail(LoopError, f"{message}; Listing(repeats=True) allows that")
        self._contents.add(content)

    def _link(self) -> bytes:
        return _digest(self._at.link or self.assignment.first_url)

    def _fail(self, kind: type[PagingError], message: str, url: str | None = None) -> NoReturn:
        raise kind(message, self._at, url or self._at.link or self.assignment.first_url)


@lru_cache(maxsize=4)  # a link is looked at when it comes and when it is followed
def _digest(link: str) -> bytes:
    return digest(link.encode("utf-8", "surrogatepass"))
