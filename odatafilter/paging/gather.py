"""Several walks at once, over filters that do not overlap."""

from collections.abc import Iterable, Iterator
from threading import Condition, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Self, TypeVar, overload
from weakref import finalize

from odatafilter.errors import PagingValueError
from odatafilter.paging._board import END, WAIT, Board
from odatafilter.paging._sync import Walk
from odatafilter.paging._walk import AnyWalk
from odatafilter.paging.page import Page

if TYPE_CHECKING:
    from odatafilter.paging._async import AsyncWalk
    from odatafilter.paging._gather_async import AsyncGathering

T = TypeVar("T")


@overload
def gather_pages(
    walks: "Iterable[Walk[T]]", *, concurrency: int = 4, ordered: bool = True, ahead: int = 16
) -> "Gathering[T]": ...
@overload
def gather_pages(
    walks: "Iterable[AsyncWalk[T]]", *, concurrency: int = 4, ordered: bool = True, ahead: int = 16
) -> "AsyncGathering[T]": ...
def gather_pages(walks: Iterable[Any], *, concurrency: int = 4, ordered: bool = True, ahead: int = 16) -> Any:
    """The pages of all `walks`, of which `concurrency` are worked on at a time: in their order, or as they come.

    Of each walk at most `ahead` pages are kept until they are handed out. Use it in a `with` block: nothing is left
    behind, and each walk then goes on after the pages that were handed out. A page is done with, as checkpoints see it,
    when the next one is asked for. An error is raised at its turn; asking again goes on. Raises `PagingValueError` for
    bad arguments.
    """
    for name, number in (("concurrency", concurrency), ("ahead", ahead)):
        if type(number) is not int or number < 1:
            raise PagingValueError(f"{name} is {number!r}: a whole number from 1 is wanted")
    walks = _checked(walks)
    board: Board[Any] = Board(len(walks), ordered=ordered, ahead=ahead)
    if not walks:
        return Nothing(walks, board, concurrency)
    if all(isinstance(walk, Walk) for walk in walks):
        return Gathering(walks, board, concurrency)
    from odatafilter.paging._gather_async import AsyncGathering  # noqa: PLC0415  # asyncio costs 50 ms

    return AsyncGathering(walks, board, concurrency)


def _checked(walks: object) -> list[Any]:
    """`walks`, of which one alone would be walked over while it is put in a list."""
    found = list(walks) if isinstance(walks, Iterable) and not isinstance(walks, AnyWalk) else [None]
    if not all(isinstance(walk, AnyWalk) for walk in found) or len({isinstance(walk, Walk) for walk in found}) > 1:
        raise PagingValueError("what is gathered are several walks, all with a synchronous client or all without")
    if len(set(found)) < len(found):
        raise PagingValueError("one of the walks is there twice: a walk hands each item out once")
    return found


class Gathering(Generic[T]):
    """An iterator over the pages of several walks, each worked on by a thread."""

    def __init__(self, walks: list[Walk[T]], board: Board[T], concurrency: int) -> None:
        self._walks = walks
        self._board = board
        self._concurrency = concurrency
        self._changed = Condition()
        self._threads: list[Thread] = []
        self._given: Walk[T] | None = None  # whose page the consumer has
        finalize(self, _close, board, self._changed)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page[T]:
        with self._changed:
            if self._given is not None:
                self._given._asked()
            self._staff()
            while (taken := self._board.take()) == WAIT:
                self._changed.wait()
            self._changed.notify_all()
            if taken == END:
                raise StopIteration
            self._given, page = self._walks[taken[0]], taken[1]
            self._given._hand_out(page)
            return page

    def _staff(self) -> None:
        """Has threads at work while there are walks that nobody works on."""
        self._threads = [thread for thread in self._threads if thread.is_alive()]
        while (walk := self._board.hired(self._concurrency)) is not None:
            given = (self._walks, walk, self._board, self._changed)
            thread = Thread(target=_work, args=given, name="odatafilter-gather", daemon=True)
            self._threads.append(thread)
            thread.start()

    def close(self) -> None:
        """Returns when no thread is at work any more."""
        _close(self._board, self._changed)
        for walk in self._walks:
            walk.interrupt()
        for thread in self._threads:
            thread.join()
        for number, walk in enumerate(self._walks):
            walk.close()
            walk._take_back(self._board.left(number))

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Nothing(Gathering[T]):
    """A gathering of no walks, which nobody can tell to be synchronous or asynchronous: it is both."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        try:
            return next(self)
        except StopIteration:
            raise StopAsyncIteration from None

    async def aclose(self) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self.close()


def _close(board: Board[T], changed: Condition) -> None:
    with changed:
        board.closed = True
        changed.notify_all()


def _work(walks: list[Walk[T]], first: int, board: Board[T], changed: Condition) -> None:
    """Fetches the pages of the walk `first`, and then those of further walks that nobody works on."""
    walk: int | None = first
    while walk is not None:
        walks[walk]._lend()
        if not _delivered(walk, walks[walk]._unasked_pages(), board, changed):
            return
        with changed:
            walk = board.further()


def _delivered(walk: int, pages: Iterator[Page[T]], board: Board[T], changed: Condition) -> bool:
    """Whether all pages up to the end of the walk have arrived, not an error."""
    while True:
        with changed:
            while board.is_full(walk):
                changed.wait()
            if board.closed:
                return False
        try:
            entry: Page[T] | Exception | None = next(pages, None)
        except Exception as error:  # noqa: BLE001  # raised at its turn, in the consumer's thread
            entry = error
        with changed:
            board.put(walk, END if entry is None else entry)
            changed.notify_all()
        if not isinstance(entry, Page):
            return entry is None
