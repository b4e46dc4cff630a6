"""Several asynchronous walks at once."""

import asyncio
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Generic, Self, TypeVar, assert_never
from weakref import finalize

from odatafilter.paging._async import (
    AsyncWalk,
    Turns,
    cancel_from_anywhere,
    cancel_tasks,
    run_in_thread,
    wait_until_done,
)
from odatafilter.paging._schedule import END, Fetch, Hire, Schedule, Step, Steps, TellChange, WaitForChange
from odatafilter.paging._walk import Do
from odatafilter.paging.page import Page

T = TypeVar("T")
R = TypeVar("R")


class AsyncCrew(Generic[T]):
    """The tasks of a gathering, and what they share. They do not know the gathering, which may be dropped."""

    def __init__(self, walks: list[AsyncWalk[T]], schedule: Schedule[T]) -> None:
        self._walks = walks
        self._schedule = schedule
        self._waiters: set[asyncio.Future[None]] = set()
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self, steps: Steps[R]) -> R:
        """What `steps` come to. Nobody else comes in between where nothing is awaited."""
        go: Callable[[], Step] = partial(next, steps)
        try:
            while True:
                try:
                    step = go()
                except StopIteration as end:
                    result: R = end.value
                    return result
                try:
                    go = partial(steps.send, await self._carry_out(step))
                except BaseException as error:  # noqa: BLE001  # raised where it was asked for
                    go = partial(steps.throw, error)
        finally:
            del go  # it may hold the error, whose traceback holds this frame

    async def _carry_out(self, step: Step) -> object:
        match step:
            case Hire(walk):
                task = asyncio.create_task(self._work(walk), name="odatafilter-gather")
                self._tasks.add(task)
                task.add_done_callback(self._forget)
            case WaitForChange():
                await self._change()
            case TellChange():
                self._tell()
            case Fetch(walk):
                return await self._next_page_of(self._walks[walk])
            case Do(work):
                return await run_in_thread(work)
            case _:
                assert_never(step)
        return None

    async def _work(self, first: int) -> None:
        await self.run(self._schedule.steps_of_worker(first))

    async def _next_page_of(self, walk: AsyncWalk[T]) -> object:
        try:
            return await walk._page_ahead()
        except StopAsyncIteration:
            return END

    async def _change(self) -> None:
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            await waiter
        finally:
            self._waiters.discard(waiter)

    def _tell(self) -> None:
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)

    def _forget(self, task: asyncio.Task[None]) -> None:
        """Wakes who waits for a worker that has ended, which somebody else may have cancelled."""
        self._tasks.discard(task)
        self._tell()

    def abandon(self) -> None:
        """Has the tasks end as soon as they can. Any thread may call it."""
        for task in tuple(self._tasks):
            cancel_from_anywhere(task)

    async def close(self) -> None:
        """Returns when no task is at work any more, however often the caller is cancelled meanwhile."""
        self._schedule.closed = True
        self._tell()
        fetching = [task for walk in self._walks for task in walk._ahead.cancel()]
        try:
            await wait_until_done(*cancel_tasks(self._tasks), *fetching)
        finally:
            self._schedule.take_back()


class AsyncGathering(Generic[T]):
    """An asynchronous iterator over the pages of several walks, each worked on by a task."""

    def __init__(self, walks: list[AsyncWalk[T]], schedule: Schedule[T]) -> None:
        self._schedule = schedule
        self._crew = AsyncCrew(walks, schedule)
        self._turns = Turns()
        finalize(self, self._crew.abandon).atexit = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> Page[T]:
        async with self._turns.lock():
            page = await self._crew.run(self._schedule.steps_to_page())
        if page == END:
            raise StopAsyncIteration
        return page

    async def aclose(self) -> None:
        """Returns when no task is at work any more. Each walk then goes on after the pages that were handed out."""
        await self._crew.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()
