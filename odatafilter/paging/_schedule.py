"""A gathering without I/O: which of several walks is worked on, and whose page comes next.

What the consumer and the workers do are generators of steps, which threads (`gather`) or tasks (`_gather_async`) carry
out.
"""

from collections import deque
from collections.abc import Generator, Sequence
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

import msgspec

from odatafilter.errors import PagingError
from odatafilter.paging._walk import AnyWalk, Do
from odatafilter.paging.page import Page

T = TypeVar("T")
R = TypeVar("R")
WAIT: Final = "wait"
END: Final = "end"
_Entry: TypeAlias = Page[T] | BaseException | Literal["end"]


class Hire(msgspec.Struct, frozen=True):
    """Have another worker begin with the walk of this number."""

    walk: int


class WaitForChange(msgspec.Struct, frozen=True):
    """Wait until somebody has changed something."""


class TellChange(msgspec.Struct, frozen=True):
    """Wake those who wait for a change."""


class Fetch(msgspec.Struct, frozen=True):
    """Get the next page of the walk of this number; END where there is none. Others go on meanwhile."""

    walk: int


Step: TypeAlias = Do | Hire | WaitForChange | TellChange | Fetch
Steps: TypeAlias = Generator[Step, Any, R]


class Schedule(Generic[T]):
    """What has arrived of `walks` and was not handed out: of each walk at most `ahead` pages.

    A walk that failed keeps its worker's place until it is worked on again, once its error was raised: if a later walk
    took the place and got full, nobody would ever come back to the one whose turn it is.
    """

    def __init__(self, walks: Sequence[AnyWalk[T]], concurrency: int, *, ordered: bool, ahead: int) -> None:
        self.walks = walks
        self.closed = False
        self._ordered = ordered
        self._ahead = ahead
        self._concurrency = concurrency
        self._arrived: list[deque[_Entry[T]]] = [deque() for _ in walks]
        self._unfinished = list(range(len(walks)))
        self._unclaimed = deque(range(len(walks)))
        self._failed: deque[int] = deque()
        self._places_taken = 0
        self._handed_out: AnyWalk[T] | None = None  # whose page the consumer has

    def steps_to_page(self) -> Steps[Page[T] | Literal["end"]]:
        """The next page, once the one before is done with. Raises the error of a walk at its turn."""
        if self._handed_out is not None and not self.closed:
            yield from self._handed_out._be_done_with_handed_out()
        while True:
            while (walk := self._next_walk_for_new_worker()) is not None:
                yield Hire(walk)
            taken = self._take()
            if taken != WAIT:
                break
            yield WaitForChange()
        yield TellChange()
        if taken == END:
            return END
        self._handed_out, page = self.walks[taken[0]], taken[1]
        self._handed_out._hand_out(page)
        return page

    def steps_of_worker(self, first: int) -> Steps[None]:
        """Fetches the pages of the walk `first`, and then those of further walks that nobody works on."""
        walk: int | None = first
        while walk is not None:
            self.walks[walk]._lend()
            try:
                if not (yield from self._steps_to_end_of(walk)):
                    return
            except BaseException:  # somebody has ended this worker: the next one begins where it stood
                self._failed.append(walk)
                raise
            walk = self._next_walk()

    def _steps_to_end_of(self, walk: int) -> Steps[bool]:
        """Whether all pages up to the end of the walk have arrived, not an error."""
        while True:
            while self._is_full(walk):
                yield WaitForChange()
            if self.closed:
                return False
            try:
                entry: _Entry[T] = yield Fetch(walk)
            except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001  # raised to the consumer
                entry = error
            self._arrived[walk].append(entry)
            yield TellChange()
            if not isinstance(entry, Page):
                return entry == END

    def take_back(self) -> None:
        """Has each walk go on after the pages that were handed out, once nobody works on any."""
        for walk, arrived in zip(self.walks, self._arrived, strict=True):
            walk._take_back([entry for entry in arrived if isinstance(entry, Page)])
            arrived.clear()

    def _next_walk_for_new_worker(self) -> int | None:
        """The walk that a further worker begins with, or None if there is no work, or all places are taken."""
        if self.closed:
            return None
        if self._failed:
            return self._failed.popleft()
        if self._places_taken >= self._concurrency or not self._unclaimed:
            return None
        self._places_taken += 1
        return self._unclaimed.popleft()

    def _next_walk(self) -> int | None:
        """The walk that a worker goes on with after the end of another, or None if it is to leave."""
        if self._unclaimed and not self.closed:
            return self._unclaimed.popleft()
        self._places_taken -= 1
        return None

    def _is_full(self, walk: int) -> bool:
        """Whether `walk` has to wait until one of its pages is handed out."""
        return len(self._arrived[walk]) >= self._ahead and not self.closed

    def _take(self) -> tuple[int, Page[T]] | Literal["wait", "end"]:
        """The next page, and of which walk it is. Raises the error of a walk at its turn."""
        if self.closed:
            raise PagingError("the gathering was closed")
        for walk in list(self._unfinished):
            if self._arrived[walk]:
                entry = self._arrived[walk].popleft()
                if isinstance(entry, BaseException):
                    self._failed.append(walk)
                    raise entry
                if entry != END:
                    return walk, entry
                self._unfinished.remove(walk)
            elif self._ordered:
                return WAIT
        return WAIT if self._unfinished else END
