"""What a synchronous and an asynchronous walk have in common."""

from typing import Generic, TypeVar

from odatafilter.errors import PagingError, PagingValueError
from odatafilter.paging._fetch import Plan, Stats
from odatafilter.paging._ndjson import NdjsonFile
from odatafilter.paging._progress import Progress
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.page import Page

T = TypeVar("T")


class AnyWalk(Generic[T]):
    """A plan, and how far it has got."""

    def __init__(self, plan: Plan[T], start: Cursor) -> None:
        self._plan = plan
        self._start = start
        self._progress = Progress(plan, start)
        self._collected: list[T] = []
        self._collected_from = (start, 0, 0, 0)
        self._handed: Cursor | None = None
        self._deferred: PagingError | None = None

    @property
    def cursor(self) -> Cursor:
        """The place before the next item: `paginate(..., start=walk.cursor)` goes on there.

        The items of a `collect()` that failed are before it only when another one has returned them, and what a
        gathering has fetched only when it was handed out.
        """
        return self._collected_from[0] if self._collected else self._handed or self._progress.cursor

    @property
    def stats(self) -> Stats:
        """What was done so far."""
        return self._plan.stats

    def ack(self) -> None:
        """Saves the cursor in the checkpoint: everything that was handed out is done with."""
        if self._plan.checkpoint is not None:
            self._plan.checkpoint.save(self.cursor)

    def _asked(self) -> None:
        """The consumer asks for more, so it is done with what it has: the checkpoint may know."""
        if (checkpoint := self._plan.checkpoint) is not None and checkpoint.is_due(self.cursor):
            checkpoint.save(self.cursor)
        self._raise_deferred()

    def _raise_deferred(self) -> None:
        """Raises the error that came after the items of the batch before."""
        deferred, self._deferred = self._deferred, None
        if deferred is not None:
            raise deferred

    def _begin_collection(self) -> None:
        """Notes where a collection begins: until it returns, the caller has none of its items."""
        if not self._collected:
            self._collected_from = self._standing()

    def _alone(self) -> None:
        """Has the walk stand at its cursor: what only a failed collection had is handed out again."""
        self._free()
        if self._collected:
            self._collected = []
            self._stand_again(self._collected_from)

    def _free(self) -> None:
        """Raises `PagingError` where a gathering that was never closed has what comes next."""
        if self._handed is not None and not self._handed.ended:
            message = "a gathering has the next pages: close it first, or begin another walk at this cursor"
            raise PagingError(message, self._handed, self._handed.link or self._plan.first_url)

    def _end_collection(self) -> list[T]:
        collected, self._collected = self._collected, []
        return collected

    def _collection_failed(self, error: PagingError) -> None:
        """Has `error` say that nothing of the collection was handed out."""
        _place(error, self.cursor)
        count = len(self._collected)
        error.add_note(f"{count} items were collected: collect() again goes on and returns them too")

    def _standing(self) -> tuple[Cursor, int, int, int]:
        """Where the walk stands, and what its stats say up to there."""
        stats = self._plan.stats
        return self._progress.cursor, stats.items, self._progress.pages_done, stats.skipped

    def _stand_again(self, standing: tuple[Cursor, int, int, int]) -> None:
        """Puts the walk back to where it stood: what came since was not handed out after all."""
        at, items, pages, skipped = standing
        self._progress = Progress(self._plan, at)
        stats = self._plan.stats
        stats.items, stats.pages, stats.skipped = items, pages, skipped

    def _lend(self) -> None:
        """Notes where the consumer stands, from which a gathering goes ahead."""
        if self._handed is None:
            self._handed = self._progress.cursor

    def _hand_out(self, page: Page[T]) -> None:
        self._handed = page.next_cursor

    def _take_back(self, left: list[Page[T]]) -> None:
        """Has the walk go on where the consumer stands: `left` was not handed out."""
        self._handed = None
        if left:
            stats = self._plan.stats
            items, skipped = stats.items - sum(map(len, left)), stats.skipped - sum(page.skipped for page in left)
            self._stand_again((left[0].cursor, items, stats.pages - len(left), skipped))

    def _begin_file(self, file: NdjsonFile) -> None:
        """Puts the walk to where `file` goes on, which `max_items` and `max_pages` bound as a whole."""
        self._stand_again((file.resumed(self._start), file.items, file.pages, 0))
        self._collected, self._handed, self._deferred = [], None, None

    def _file_failed(self, error: BaseException) -> None:
        """Puts the walk back to where the file begins: nobody has it, and the items in the part count for it alone."""
        self._stand_again((self._start, 0, 0, 0))
        if isinstance(error, PagingError):
            _place(error, self._start)


def _place(error: PagingError, cursor: Cursor) -> None:
    """Has `error`, and what is pickled of it, stand at `cursor`."""
    error.cursor = cursor
    error.args = (error.args[0], cursor, *error.args[2:])


def check_size(size: object) -> None:
    """Raises `PagingValueError` where `size` is no size of a batch."""
    if type(size) is not int or size < 1:
        raise PagingValueError(f"the size of a batch is {size!r}: a whole number from 1 is wanted")
