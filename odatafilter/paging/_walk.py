"""A walk without I/O: items, pages, batches, collections and files, as generators that yield what is to be done.

Both drivers (`_sync`, `_async`) do no more than what the steps below say, so that there is one algorithm.
"""

import os
from collections.abc import Callable, Generator, Iterator
from functools import partial
from operator import length_hint
from typing import Any, Generic, NamedTuple, TypeAlias, TypeVar

import msgspec

from odatafilter._safe_text import escape
from odatafilter.errors import PagingError
from odatafilter.paging._fetch import Assignment, Fetch
from odatafilter.paging._ndjson import NdjsonFile
from odatafilter.paging._progress import NOTHING, Nothing, Progress
from odatafilter.paging._rules import check_argument, whole_number
from odatafilter.paging._stats import Stats
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.page import Page

T = TypeVar("T")
R = TypeVar("R")


class Take(msgspec.Struct, frozen=True):
    """Get the page of `fetch`, which may have been begun ahead."""

    fetch: Fetch[Any]


class Begin(msgspec.Struct, frozen=True):
    """Begin to get the page of `fetch` ahead, or with None have nothing go on in the background."""

    fetch: Fetch[Any] | None


class Do(msgspec.Struct, frozen=True):
    """Do `work`, which waits for the disk."""

    work: Callable[[], object]


Step: TypeAlias = Take | Begin | Do
Steps: TypeAlias = Generator[Step, Any, R]


class _Mark(NamedTuple):
    """A place of the walk, and what its stats say up to there."""

    cursor: Cursor
    items: int
    pages: int
    skipped: int


class AnyWalk(Generic[T]):
    """An assignment, and how far it has got."""

    def __init__(self, assignment: Assignment[T], start: Cursor) -> None:
        self._assignment = assignment
        self._start = start
        self._progress = Progress(assignment, start)
        self._collected: list[T] = []  # by a collection that failed: nobody has them yet
        self._collected_from = _Mark(start, 0, 0, 0)
        self._gathered_to: Cursor | None = None  # where the consumer stands, while a gathering goes ahead
        self._deferred: PagingError | None = None
        self._open: Iterator[T] = iter(())  # what is handed out without any steps
        self._is_open = False
        self._unheard_file: NdjsonFile | None = None  # finished by a call that was cancelled
        self._stands_in_part = False  # whether the stats count the items of a file that was not finished

    @property
    def cursor(self) -> Cursor:
        """The place before the next item: `paginate(..., start=walk.cursor)` goes on there.

        The items of a `collect()` that failed are before it only when another one has returned them, and what a
        gathering has fetched only when it was handed out.
        """
        return self._collected_from.cursor if self._collected else self._gathered_to or self._progress.cursor

    @property
    def stats(self) -> Stats:
        """What was done so far."""
        return self._assignment.stats

    @property
    def delta_link(self) -> str | None:
        """Where to ask for what has changed since, at the end of a listing that gives such a link, else None.

        It is absolute, and nobody has looked at its host: `Listing.odata(walk.delta_link)` asks there.
        """
        return self._assignment.delta_link if self.cursor.ended else None

    def ack(self) -> None:
        """Saves the cursor in the checkpoint: everything that was handed out is done with."""
        if self._assignment.checkpoint is not None:
            self._assignment.checkpoint.save(self.cursor)

    # --- what is handed out

    def _open_hand(self) -> None:
        """Lets the rest of the page in hand be taken without steps, unless a checkpoint is due within the page."""
        checkpoint = self._assignment.checkpoint
        if checkpoint is None or not checkpoint.is_due_within_page:
            self._open, self._is_open = self._progress.items_in_hand, True

    def _refill(self) -> bool:
        """Whether there are more items to hand out without any steps."""
        if not self._is_open:
            return False
        if length_hint(self._open):  # another one has refilled it, while this one waited for its turn
            return True
        self._open = iter(())  # nobody may take from it any more: what was taken is counted next
        if not self._progress.take_up():
            return False
        self._open = self._progress.items_in_hand
        return True

    def _close_hand(self) -> None:
        """Makes every item be taken by steps again, which one caller runs at a time."""
        self._open, self._is_open = iter(()), False

    def _steps_to_item(self) -> Steps[T | Nothing]:
        """The next item; Nothing at the end."""
        yield from self._prepare()
        while isinstance(item := self._progress.item(), Nothing):
            if not (yield from self._turn_page()):
                return NOTHING
        return item

    def _steps_to_page(self) -> Steps[Page[T] | Nothing]:
        """The next page, once the one before is done with."""
        yield from self._prepare()
        return (yield from self._steps_to_page_ahead())

    def _steps_to_page_ahead(self) -> Steps[Page[T] | Nothing]:
        """The next page, for one who will not be done with a page when it asks for the next one."""
        while (page := self._progress.rest_of_page()) is None:
            if not (yield from self._turn_page()):
                return NOTHING
        return page

    def _steps_to_batch(self, size: int) -> Steps[list[T] | Nothing]:
        """The next `size` items, fewer at the end and before an error; Nothing where there is none."""
        yield from self._prepare()
        start = self._mark()
        batch: list[T] = []
        try:
            while len(batch) < size:
                if items := self._progress.items(size - len(batch)):
                    batch += items
                elif not (yield from self._turn_page()):
                    break
        except PagingError as error:
            if not batch:
                raise
            self._deferred = error
        except BaseException:
            self._rewind(start)
            raise
        return batch or NOTHING

    def _steps_to_collection(self) -> Steps[list[T]]:
        """All items that are left, those of a collection before that failed included."""
        self._check_not_gathered()
        self._leave_part()
        yield from self._be_done_with_handed_out()
        if not self._collected:
            self._collected_from = self._mark()
        try:
            while True:
                if items := self._progress.items():
                    self._collected += items
                elif not (yield from self._turn_page()):
                    break
        except PagingError as error:
            _put_at(error, self.cursor, error.url)
            count = len(self._collected)
            error.add_note(f"{count} items were collected: collect() again goes on and returns them too")
            raise
        collected, self._collected = self._collected, []
        return collected

    def _steps_to_file(self, path: str | os.PathLike[str]) -> Steps[int]:
        """The number of items in the file at `path`, once it is whole."""
        self._check_not_gathered()
        unheard, self._unheard_file = self._unheard_file, None
        file = NdjsonFile(path)
        if unheard is not None and unheard.path == file.path and file.path.exists():
            return unheard.items
        with file:
            # `max_items` and `max_pages` bound the file as a whole.
            resumed: Cursor = yield Do(partial(file.resume, self._start))
            self._stands_in_part = False
            self._rewind(_Mark(resumed, file.items, file.pages, 0))
            self._collected, self._gathered_to, self._deferred = [], None, None
            try:
                while not isinstance(page := (yield from self._steps_to_page_ahead()), Nothing):
                    yield Do(partial(file.add, page))
                written: int = yield Do(partial(file.finish, self.cursor))
            except BaseException as error:
                if file.is_whole:  # which was not heard where the caller was cancelled meanwhile
                    self._unheard_file = file
                    raise
                try:
                    if isinstance(error, GeneratorExit):  # nobody does any step any more
                        file.keep()
                    else:
                        yield Do(file.keep)
                finally:
                    self._stop_in_part(file)
                if isinstance(error, PagingError):
                    _put_at(error, file.cursor, file.cursor.link or self._assignment.first_url)
                    shown = escape(str(file.part))
                    error.add_note(f"{file.items} items are in {shown}: to_ndjson with the same path again goes on")
                raise
            return written

    def _stop_in_part(self, file: NdjsonFile) -> None:
        """Sets the stats to what is in the part of a file that was not finished.

        The items in the part count for this file alone: any other use of the walk begins at its start, and the stats
        begin anew (`_leave_part`).
        """
        stats = self._assignment.stats
        skipped, stopped_by = stats.skipped, stats.stopped_by
        self._rewind(_Mark(self._start, file.items, file.pages, skipped))
        stats.stopped_by = stopped_by
        self._stands_in_part = True

    def _leave_part(self) -> None:
        """Moves the walk back to its start, if it stands in the part of a file that was not finished."""
        if self._stands_in_part:
            self._stands_in_part = False
            self._rewind(_Mark(self._start, 0, 0, 0))

    def _turn_page(self) -> Steps[bool]:
        """Takes the next page in hand; False where the walk is over."""
        if self._progress.check_whether_over():
            return False
        try:
            self._progress.accept((yield Take(self._progress.follow())))
        except PagingError:
            self._assignment.stats.stopped_by = "error"
            if self._assignment.prefetch:
                yield Begin(None)
            raise
        if self._assignment.prefetch:
            yield Begin(self._progress.fetch_ahead())
        return True

    def _prepare(self) -> Steps[None]:
        """What comes before an item, page or batch is handed out."""
        self._check_not_gathered()
        self._leave_part()
        if self._collected:  # what only a failed collection had is handed out again
            self._collected = []
            self._rewind(self._collected_from)
        yield from self._be_done_with_handed_out()

    def _be_done_with_handed_out(self) -> Generator[Do, Any, None]:
        """Saves the checkpoint if it is due: who asks for more is done with what was handed out.

        Raises the error that came after the items of the batch before.
        """
        if (checkpoint := self._assignment.checkpoint) is not None and checkpoint.is_due(self.cursor):
            yield Do(partial(checkpoint.save, self.cursor))
        deferred, self._deferred = self._deferred, None
        if deferred is not None:
            raise deferred

    # --- where the walk and its consumer stand

    def _check_not_gathered(self) -> None:
        """Raises `PagingError` where a gathering that was never closed has what comes next."""
        at = self._gathered_to
        if at is not None and not at.ended:
            message = "a gathering has the next pages: close it first, or begin another walk at this cursor"
            raise PagingError(message, at, at.link or self._assignment.first_url)

    def _mark(self) -> _Mark:
        stats = self._assignment.stats
        return _Mark(self._progress.cursor, stats.items, self._progress.pages_done, stats.skipped)

    def _rewind(self, mark: _Mark) -> None:
        """Moves the walk and its stats back to `mark`: what came since was not handed out."""
        self._close_hand()
        self._progress = Progress(self._assignment, mark.cursor)
        stats = self._assignment.stats
        stats.items, stats.pages, stats.skipped = mark.items, mark.pages, mark.skipped

    def _note_consumer_place(self) -> None:
        """Notes where the consumer stands, from which a gathering goes ahead."""
        self._close_hand()
        self._leave_part()
        if self._gathered_to is None:
            self._gathered_to = self._progress.cursor

    def _hand_out(self, page: Page[T]) -> None:
        """Notes that the consumer of a gathering has got `page`."""
        self._gathered_to = page.next_cursor

    def _take_back(self, left: list[Page[T]]) -> None:
        """Moves the walk back to where the consumer stands; `left` are the pages that were not handed out."""
        self._gathered_to = None
        if left:
            stats = self._assignment.stats
            items, skipped = stats.items - sum(map(len, left)), stats.skipped - sum(page.skipped for page in left)
            self._rewind(_Mark(left[0].cursor, items, stats.pages - len(left), skipped))


def _put_at(error: PagingError, cursor: Cursor, url: str) -> None:
    """Sets the cursor of `error`, and its URL if it has none, in its pickled arguments, too."""
    error.cursor = cursor
    error.url = error.url or url
    error.args = (error.args[0], cursor, error.url, *error.args[3:])


def misplaced_stop(error: BaseException) -> PagingError:
    """The error for what only an iterator may raise: from a function of the caller's it would look like the end."""
    return PagingError(f"a function that was given to the walk raised {type(error).__name__}")


def check_reentrance(runner: object, caller: object) -> None:
    """Raises `PagingError` where the `caller` runs a call of the walk already, and would wait for itself."""
    if runner is not None and runner == caller:
        raise PagingError("a function that the walk calls uses the walk: it may look at its cursor and stats only")


def check_size(size: object) -> None:
    """Raises `PagingValueError` where `size` is no size of a batch."""
    check_argument("the size of a batch", size, whole_number(1))
