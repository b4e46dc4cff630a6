"""A walk with an asynchronous client (asyncio): does what a fetch asks for, with one task at most."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextvars import copy_context
from functools import partial
from time import monotonic
from types import TracebackType
from typing import Any, Generic, Self, TypeVar, assert_never
from weakref import finalize

from odatafilter.errors import PagingError
from odatafilter.paging._client import AsyncClient, Body, prepare_request
from odatafilter.paging._fetch import Assignment, Fetch
from odatafilter.paging._progress import Nothing
from odatafilter.paging._request import Answer, Failure, Flow, Renew, Reply, Send, Sleep
from odatafilter.paging._walk import AnyWalk, Begin, Do, Step, Steps, Take, check_reentrance, check_size, misplaced_stop
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.page import Answered, Page

T = TypeVar("T")
R = TypeVar("R")


class AsyncWire:
    """What does the commands of a fetch: the client, and the caller's function for a token."""

    def __init__(self, client: AsyncClient, token: Callable[[], str | Awaitable[str]] | None) -> None:
        self._client = client
        self._token = token

    async def run(self, flow: Flow[R]) -> R:
        """What `flow` comes to."""
        reply: Reply = None
        while True:
            try:
                command = flow.send(reply)
            except StopIteration as end:
                result: R = end.value
                return result
            match command:
                case Send():
                    reply = await self._exchange(command)
                case Sleep(seconds):
                    await asyncio.sleep(seconds)
                    reply = None
                case Renew():
                    reply = await self._new_token()
                case _:
                    assert_never(command)

    async def _exchange(self, send: Send) -> Answer | Failure:
        body = Body(send)
        try:
            async with asyncio.timeout(send.ends - monotonic()):
                request, options = prepare_request(self._client, send)
                response = await self._client.send(request, **options)
                try:
                    body.begin(response)
                    async for chunk in response.aiter_bytes():
                        body.add_chunk(chunk)
                finally:
                    await response.aclose()
        except Exception as error:
            if (reply := body.outcome_of(error)) is None:
                raise
            return reply
        return body.answer(response)

    async def _new_token(self) -> str | None:
        token = self._token() if self._token else None
        return await token if isinstance(token, Awaitable) else token


class Ahead(Generic[T]):
    """One page at most, fetched by a task while the consumer works on the page before it."""

    def __init__(self) -> None:
        self._at: Cursor | None = None
        self._task: asyncio.Task[Answered | Exception] | None = None

    def start(self, wire: AsyncWire, fetch: Fetch[T]) -> None:
        """Begins to fetch a page."""
        self._at = fetch.at
        self._task = asyncio.create_task(self._fetch(wire, fetch), name="odatafilter-prefetch")

    @staticmethod
    async def _fetch(wire: AsyncWire, fetch: Fetch[T]) -> Answered | Exception:
        try:
            return await wire.run(fetch.page())
        except Exception as error:  # noqa: BLE001  # raised at its turn, in the consumer's task
            return error

    async def page(self, at: Cursor) -> Answered | None:
        """The page that `at` stands on, or None if it is to be asked for: it was not begun, or somebody ended its task.

        Raises what its fetch raised. Where the consumer is cancelled, so is the task, once, and waited for: if it were
        cancelled again and again, as the scopes of anyio do, the client could not give its connection back.
        """
        task = self._task
        if task is None:
            return None
        if self._at != at or not (task.done() or _is_of_running_loop(task)):
            await self.close()
            return None
        try:
            if not task.done():
                await asyncio.wait({task})
        except asyncio.CancelledError:
            cancel_once(task)
            await wait_until_done(task)
            raise
        self._task = None
        if task.cancelled():  # by somebody else, as by the end of the event loop that it ran in
            return None
        page = task.result()
        if isinstance(page, Exception):
            raise page
        return page

    async def close(self) -> None:
        """Returns when the task has ended; what it has fetched is forgotten."""
        await wait_until_done(*self.cancel())

    def cancel(self) -> list[asyncio.Task[Any]]:
        """Ends the task; returns what is to be waited for."""
        task, self._task = self._task, None
        return cancel_tasks([task] if task is not None else [])

    def abandon(self) -> None:
        """Has the task end as soon as it can, for nobody will ask for anything any more. Any thread may call it."""
        if self._task is not None:
            cancel_from_anywhere(self._task)


class AsyncWalk(AnyWalk[T]):
    """The items of a listing, one after the other: an asynchronous iterator that goes on where it stood after an error.

    Nothing is sent before the first item is asked for. Tasks may share it: each item is handed out once, and while one
    task is in a call, the others wait for their turn. With `prefetch`, `aclose` it or use it in an `async with` block,
    so that no task is left behind.
    """

    def __init__(self, assignment: Assignment[T], start: Cursor, wire: AsyncWire) -> None:
        super().__init__(assignment, start)
        self._wire = wire
        self._turns = Turns()
        self._ahead: Ahead[T] = Ahead()
        finalize(self, self._ahead.abandon).atexit = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        for item in self._open:
            return item
        async with self._turns.lock():
            if self._refill():
                for item in self._open:
                    return item
            found = await self._run(self._steps_to_item())
            if isinstance(found, Nothing):
                raise StopAsyncIteration
            self._open_hand()
            return found

    def pages(self) -> AsyncIterator[Page[T]]:
        """The pages from here on; of a page in hand, the items that were not handed out yet. Goes on after an error."""
        return AsyncSurvivingIterator(lambda: self._run_alone(self._steps_to_page()))

    def batches(self, size: int) -> AsyncIterator[list[T]]:
        """The items in lists of `size`, of which those at the end and before an error may be shorter."""
        check_size(size)
        return AsyncSurvivingIterator(lambda: self._run_alone(self._steps_to_batch(size)))

    async def first(self) -> T | None:
        """The next item, or None if there is none."""
        return await anext(self, None)

    async def collect(self) -> list[T]:
        """All items from here on. After an error, another call goes on and returns what came before it too.

        Other tasks wait meanwhile.
        """
        async with self._turns.lock():
            return await self._run(self._steps_to_collection())

    async def to_ndjson(self, path: str | os.PathLike[str]) -> int:
        """The number of items that are in the file at `path`, one a line as the server wrote them, once it is whole.

        Each is there exactly once, whatever was killed: until the file is whole, they are in `path.part`, and
        `path.cursor` says where the same call goes on, in a new process too. It is written after every 1,000 items and
        whenever an error, Ctrl-C or a cancellation ends the call; `stats` and the error count all of the file.
        Raises `PagingValueError`, before a request, where `path` cannot be written, `PagingError` if the disk is full.

        Args:
            path: the file; it is written with the mode 0600, and replaces one that is there at the end.
                `max_items` bounds it, and a checkpoint says where it begins.
        """
        async with self._turns.lock():
            return await self._run(self._steps_to_file(path))

    async def _page_ahead(self) -> Page[T]:
        """The next page, for a gathering, which is not done with a page when it asks for the next one."""
        return await self._run_alone(self._steps_to_page_ahead())

    async def _run_alone(self, steps: Steps[R | Nothing]) -> R:
        async with self._turns.lock():
            found = await self._run(steps)
        if isinstance(found, Nothing):
            raise StopAsyncIteration
        return found

    async def _run(self, steps: Steps[R]) -> R:
        """What `steps` come to."""
        self._close_hand()
        self._turns.runner = asyncio.current_task()
        go: Callable[[], Step] = partial(next, steps)
        try:
            while True:
                try:
                    step = go()
                except StopIteration as end:
                    result: R = end.value
                    return result
                except StopAsyncIteration as error:
                    raise misplaced_stop(error) from error
                try:
                    go = partial(steps.send, await self._carry_out(step))
                except (StopIteration, StopAsyncIteration) as error:
                    go = partial(steps.throw, misplaced_stop(error))
                except BaseException as error:  # noqa: BLE001  # raised where it was asked for
                    go = partial(steps.throw, error)
        finally:
            self._turns.runner = None
            del go  # it may hold the error, whose traceback holds this frame

    async def _carry_out(self, step: Step) -> object:
        match step:
            case Take(fetch):
                page = await self._ahead.page(fetch.at)
                return await self._wire.run(fetch.page()) if page is None else page
            case Begin(fetch):
                if fetch is None:
                    await self._ahead.close()
                else:
                    self._ahead.start(self._wire, fetch)
                return None
            case Do(work):
                return await run_in_thread(work)
            case _:
                assert_never(step)

    async def aclose(self) -> None:
        """Returns when nothing goes on in the background any more. The walk may be used again afterwards."""
        await self._ahead.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()


class Turns:
    """A lock that goes along from one event loop to the next, as a walk does that `asyncio.run` is called for twice."""

    def __init__(self) -> None:
        self._lock = asyncio.Lock()
        self.runner: asyncio.Task[Any] | None = None  # the task that is in a call
        self._loop: asyncio.AbstractEventLoop | None = None

    def lock(self) -> asyncio.Lock:
        """What lets one task at a time be in a call. Raises `PagingError` if one of another running loop is."""
        check_reentrance(self.runner, asyncio.current_task())
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            if self._lock.locked() and self._loop is not None and not self._loop.is_closed():
                raise PagingError("the walk is in use in another event loop: give each loop a walk of its own")
            self._lock, self._loop = asyncio.Lock(), loop
        return self._lock


def _is_of_running_loop(task: asyncio.Task[Any]) -> bool:
    return task.get_loop() is asyncio.get_running_loop()


def cancel_once(task: asyncio.Task[Any]) -> None:
    """Cancels `task` if nobody has yet: a second time would cut short what the client does to clean up."""
    if not task.cancelling():
        task.cancel()


def cancel_from_anywhere(task: asyncio.Task[Any]) -> None:
    """Cancels `task`, in whatever thread this is: a walk that is dropped may be found by the collector of any."""
    with contextlib.suppress(RuntimeError):  # its loop is closed: the task has ended with it
        task.get_loop().call_soon_threadsafe(cancel_once, task)


def cancel_tasks(tasks: Iterable[asyncio.Task[Any]]) -> list[asyncio.Task[Any]]:
    """Cancels `tasks`; returns those of the running loop that go on until then, which are to be waited for."""
    going_on = [task for task in tasks if not task.done()]
    for task in going_on:
        cancel_from_anywhere(task)
    return [task for task in going_on if _is_of_running_loop(task)]


async def wait_until_done(*work: asyncio.Future[Any]) -> None:
    """Returns when all of `work` is done, however often the caller is cancelled meanwhile; then raises that."""
    cancelled: asyncio.CancelledError | None = None
    while left := {each for each in work if not each.done()}:
        try:
            await asyncio.wait(left)
        except asyncio.CancelledError as error:
            cancelled = error
    if cancelled is not None:
        try:
            raise cancelled
        finally:
            del cancelled  # its traceback holds this frame


async def run_in_thread(work: Callable[[], R]) -> R:
    """What `work` in a thread comes to. It is waited for where the task is cancelled, too: nobody can stop it.

    A future of an executor and no task, which the end of an event loop would cancel while the thread goes on.
    """
    future = asyncio.get_running_loop().run_in_executor(None, copy_context().run, work)
    try:
        await wait_until_done(future)
    except asyncio.CancelledError:
        future.exception()  # has been seen, and is less than the cancellation
        raise
    return future.result()


class AsyncSurvivingIterator(Generic[R]):
    """An asynchronous iterator that, unlike a generator, outlives an error."""

    def __init__(self, following: Callable[[], Awaitable[R]]) -> None:
        self._following = following

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> R:
        return await self._following()
