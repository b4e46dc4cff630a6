"""What a synchronous and an asynchronous walk have in common."""

from typing import Generic, TypeVar

from odatafilter.errors import PagingError, PagingValueError
from odatafilter.paging._fetch import Plan, Stats
from odatafilter.paging._ndjson import NdjsonFile
from odatafilter.paging._progress import Progress
from odatafilter.paging.cursor import Cursor

T = TypeVar("T")


class AnyWalk(Generic[T]):
    """A plan, and how far it has got."""

    def __init__(self, plan: Plan[T], start: Cursor) -> None:
        self._plan = plan
        self._start = start
        self._progress = Progress(plan, start)
        self._collected: list[T] = []
        self._collected_from = start
        self._deferred: PagingError | None = None

    @property
    def cursor(self) -> Cursor:
        """The place before the next item: `paginate(..., start=walk.cursor)` goes on there.

        The items of a `collect()` that failed are before it only when another one has returned them.
        """
        return self._collected_from if self._collected else self._progress.cursor

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
        if self._plan.checkpoint is not None:
            self._plan.checkpoint.reached(self.cursor)
        deferred, self._deferred = self._deferred, None
        if deferred is not None:
            raise deferred

    def _begin_collection(self) -> None:
        """Notes where a collection begins: until it returns, the caller has none of its items."""
        self._asked()
        if not self._collected:
            self._collected_from = self._progress.cursor

    def _end_collection(self) -> list[T]:
        collected, self._collected = self._collected, []
        return collected

    def _collection_failed(self, error: PagingError) -> None:
        """Has `error` say that nothing of the collection was handed out."""
        error.cursor = self.cursor
        error.args = (error.args[0], error.cursor, *error.args[2:])  # what it is pickled from
        count = len(self._collected)
        error.add_note(f"{count} items were collected: collect() again goes on and returns them too")

    def _begin_again(self, at: Cursor, taken: int) -> None:
        """Puts the walk back to `at`: `taken` items were not handed out after all."""
        self._progress = Progress(self._plan, at)
        self._plan.stats.items -= taken

    def _begin_file(self, file: NdjsonFile) -> None:
        """Puts the walk to where `file` goes on, which `max_items` and `max_pages` bound as a whole."""
        self._progress = Progress(self._plan, file.resumed(self._start))
        self._plan.stats.items, self._plan.stats.pages = file.taken, file.pages
        self._collected, self._deferred = [], None


def check_size(size: object) -> None:
    """Raises `PagingValueError` where `size` is no size of a batch."""
    if type(size) is not int or size < 1:
        raise PagingValueError(f"the size of a batch is {size!r}: a whole number from 1 is wanted")
