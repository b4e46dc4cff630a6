"""A gathering without I/O: which of several walks is worked on, and whose page comes next.

What the consumer and the workers do are generators of steps, which threads (`gather`) or tasks (`_gather_async`) carry
out.
"""

from collections import deque
from collections.abc import Generator, Sequence
from heapq import heappop, heappush
from typing import Any, Final, Generic, Literal, TypeAlias, TypeVar

import msgspec

from odatafilter.errors import PagingError
from odatafilter.paging._walk import AnyWalk, Do
from odatafilter.paging.page import Page

T = TypeVar("T")
R = TypeVar("R")
WAIT: Final = "wait"
END: Final = "end"
_FIRST: Final = 2  # walks at a time to begin with
_MOST: Final = 64
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


class Load:
    """How many walks are worked on at a time: as many as it is told, or, with "auto", as many as the service bears.

    One more after so many clean pages as there are walks at work; half as many where the service answers 429. What was
    sent before it is not heard a second time.
    """

    def __init__(self, concurrency: int | Literal["auto"]) -> None:
        self._is_fixed = concurrency != "auto"
        self.limit = _FIRST if concurrency == "auto" else concurrency
        self._clean = 0
        self._unheard = 0

    def learn(self, *, is_clean: bool) -> None:
        """Notes that a page, or an error in its place, has arrived, after a 429 or without one."""
        if self._is_fixed:
            return
        if self._unheard:
            self._unheard -= 1
        elif is_clean:
            self._clean += 1
            if self._clean >= self.limit:
                self.limit, self._clean = min(self.limit + 1, _MOST), 0
        else:
            self._unheard = self.limit - 1
            self.limit, self._clean = max(self.limit // 2, 1), 0


class Schedule(Generic[T]):
    """What has arrived of `walks` and was not handed out: of each walk at most `ahead` pages.

    A walk that failed keeps its worker's place until it is worked on again, once its error was raised: if a later walk
    took the place and got full, nobody would ever come back to the one whose turn it is.
    """

    def __init__(self, walks: Sequence[AnyWalk[T]], load: Load, *, ordered: bool, ahead: int) -> None:
        self.walks = walks
        self.closed = False
        self._load = load
        self._ordered = ordered
        self._ahead = ahead
        self._arrived: list[deque[_Entry[T]]] = [deque() for _ in walks]
        self._unfinished = list(range(len(walks)))
        self._unclaimed = list(range(len(walks)))  # a heap
        self._claimed: set[int] = set()  # each by a worker, or by one that is to come back after an error
        self._failed: deque[int] = deque()
        self._refusals: dict[int, int] = {}
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
            self.walks[walk]._note_consumer_place()
            try:
                if not (yield from self._steps_to_end_of(walk)):
                    return
            except BaseException:  # somebody has ended this worker: the next one begins where it stood
                self._failed.append(walk)
                raise
            self._claimed.discard(walk)
            walk = self._next_walk()
        yield TellChange()

    def _steps_to_end_of(self, walk: int) -> Steps[bool]:
        """Whether there is nothing more to do for the walk, whose pages have arrived; not after an error."""
        while True:
            while self._is_full(walk):
                yield WaitForChange()
            if self.closed:
                return False
            if self._has_to_rest(walk):
                heappush(self._unclaimed, walk)
                return True
            try:
                entry: _Entry[T] = yield Fetch(walk)
            except (Exception, SystemExit, KeyboardInterrupt) as error:  # noqa: BLE001  # raised to the consumer
                entry = error
            self._load.learn(is_clean=not self._was_refused())
            self._arrived[walk].append(entry)
            yield TellChange()
            if not isinstance(entry, Page):
                return entry == END

    def _was_refused(self) -> bool:
        """Whether the service has answered 429 to any walk at work since this was asked: one may go on trying."""
        counts = {walk: self.walks[walk]._assignment.stats.throttled for walk in self._claimed}
        was_refused = any(count > self._refusals[walk] for walk, count in counts.items())
        self._refusals = counts
        return was_refused

    def take_back(self) -> None:
        """Has each walk go on after the pages that were handed out, once nobody works on any."""
        for walk, arrived in zip(self.walks, self._arrived, strict=True):
            walk._take_back([entry for entry in arrived if isinstance(entry, Page)])
            arrived.clear()

    def _next_walk_for_new_worker(self) -> int | None:
        """The walk that a further worker begins with, or None if there is no work, or as many work as may."""
        if self.closed:
            return None
        return self._failed.popleft() if self._failed else self._next_walk()

    def _next_walk(self) -> int | None:
        """The walk that a worker goes on with after the end of another, or None if it is to leave.

        There is always one at work before whose pages those of the others are not wanted.
        """
        if self.closed or not self._unclaimed:
            return None
        if len(self._claimed) >= self._load.limit and min(self._claimed) < self._unclaimed[0]:
            return None
        walk = heappop(self._unclaimed)
        self._claimed.add(walk)
        self._refusals[walk] = self.walks[walk]._assignment.stats.throttled
        return walk

    def _has_to_rest(self, walk: int) -> bool:
        """Whether too many are at work, and `walk` is not the one whose turn comes first."""
        return len(self._claimed) > self._load.limit and walk != min(self._claimed)

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
