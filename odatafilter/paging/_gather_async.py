"""Several asynchronous walks at once."""

import asyncio
from collections.abc import AsyncIterator
from types import TracebackType
from typing import Generic, Self, TypeVar

from odatafilter.paging._async import AsyncWalk
from odatafilter.paging._board import END, WAIT, Board
from odatafilter.paging.page import Page

T = TypeVar("T")


class AsyncGathering(Generic[T]):
    """An asynchronous iterator over the pages of several walks, each worked on by a task."""

    def __init__(self, walks: list[AsyncWalk[T]], board: Board[T], concurrency: int) -> None:
        self._walks = walks
        self._board = board
        self._concurrency = concurrency
        self._changed = asyncio.Condition()
        self._tasks: set[asyncio.Task[None]] = set()
        self._given: AsyncWalk[T] | None = None  # whose page the consumer has

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        async with self._changed:
            if self._given is not None:
                await self._given._asked_for_more()
            self._staff()
            while (taken := self._board.take()) == WAIT:
                await self._changed.wait()
            self._changed.notify_all()
            if taken == END:
                raise StopAsyncIteration
            self._given, page = self._walks[taken[0]], taken[1]
            self._given._hand_out(page)
            return page

    def _staff(self) -> None:
        """Has tasks at work while there are walks that nobody works on."""
        while (walk := self._board.hired(self._concurrency)) is not None:
            task = asyncio.create_task(self._work(walk), name="odatafilter-gather")
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _work(self, first: int) -> None:
        """Fetches the pages of the walk `first`, and then those of further walks that nobody works on."""
        walk: int | None = first
        while walk is not None:
            self._walks[walk]._lend()
            if not await self._delivered(walk, self._walks[walk]._unasked_pages()):
                return
            walk = self._board.further()

    async def _delivered(self, walk: int, pages: AsyncIterator[Page[T]]) -> bool:
        """Whether all pages up to the end of the walk have arrived, not an error."""
        while True:
            async with self._changed:
                while self._board.is_full(walk):
                    await self._changed.wait()
            try:
                entry: Page[T] | Exception | None = await anext(pages, None)
            except Exception as error:  # noqa: BLE001  # raised at its turn, in the consumer's task
                entry = error
            async with self._changed:
                self._board.put(walk, END if entry is None else entry)
                self._changed.notify_all()
            if not isinstance(entry, Page):
                return entry is None

    async def aclose(self) -> None:
        """Returns when no task is at work any more."""
        async with self._changed:
            self._board.closed = True
            self._changed.notify_all()
        tasks = set(self._tasks)
        for task in tasks:
            task.cancel()
        if tasks:
            await asyncio.wait(tasks)
        for number, walk in enumerate(self._walks):
            await walk.aclose()
            walk._take_back(self._board.left(number))

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()
