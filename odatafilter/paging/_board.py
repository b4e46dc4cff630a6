"""Which of several walks is worked on, and whose page comes next: the part of a gathering that never waits."""

from collections import deque
from typing import Final, Generic, Literal, TypeAlias, TypeVar

from odatafilter.errors import PagingError
from odatafilter.paging.page import Page

T = TypeVar("T")
WAIT: Final = "wait"
END: Final = "end"
_Entry: TypeAlias = Page[T] | Exception | Literal["end"]


class Board(Generic[T]):
    """What has arrived of `count` walks and was not handed out: of each walk at most `ahead` pages.

    A walk that failed keeps its worker's place until it is worked on again, once its error was raised: if a later walk
    took the place and got full, nobody would ever come back to the one whose turn it is.
    """

    def __init__(self, count: int, *, ordered: bool, ahead: int) -> None:
        self._ordered = ordered
        self._ahead = ahead
        self._arrived: list[deque[_Entry[T]]] = [deque() for _ in range(count)]
        self._unfinished = list(range(count))
        self._unclaimed = deque(range(count))
        self._again: deque[int] = deque()
        self._places = 0
        self.closed = False

    def hired(self, limit: int) -> int | None:
        """The walk that a further worker begins with, or None if there is no work, or `limit` places are taken."""
        if self.closed:
            return None
        if self._again:
            return self._again.popleft()
        if self._places >= limit or not self._unclaimed:
            return None
        self._places += 1
        return self._unclaimed.popleft()

    def further(self) -> int | None:
        """The walk that a worker goes on with after the end of another, or None if it is to leave."""
        if self._unclaimed and not self.closed:
            return self._unclaimed.popleft()
        self._places -= 1
        return None

    def is_full(self, walk: int) -> bool:
        """Whether `walk` has to wait until one of its pages is handed out."""
        return len(self._arrived[walk]) >= self._ahead and not self.closed

    def put(self, walk: int, entry: _Entry[T]) -> None:
        """Adds what has arrived: a page, the error that stopped the walk for now, or its end."""
        self._arrived[walk].append(entry)

    def take(self) -> tuple[int, Page[T]] | Literal["wait", "end"]:
        """The next page, and of which walk it is. Raises the error of a walk at its turn."""
        if self.closed:
            raise PagingError("the gathering was closed")
        for walk in list(self._unfinished):
            if self._arrived[walk]:
                entry = self._arrived[walk].popleft()
                if isinstance(entry, Exception):
                    self._again.append(walk)
                    raise entry
                if entry != END:
                    return walk, entry
                self._unfinished.remove(walk)
            elif self._ordered:
                return WAIT
        return WAIT if self._unfinished else END

    def left(self, walk: int) -> list[Page[T]]:
        """The pages of `walk` that nobody has taken, and nobody will."""
        arrived, self._arrived[walk] = self._arrived[walk], deque()
        return [entry for entry in arrived if isinstance(entry, Page)]
