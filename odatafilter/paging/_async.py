"""A walk with an asynchronous client (asyncio): does what a fetch asks for, with one task at most."""

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from time import monotonic
from types import TracebackType
from typing import Generic, Self, TypeVar, assert_never
from weakref import finalize

from odatafilter.errors import PagingError
from odatafilter.paging._ask import Answer, Failure, Flow, Renew, Reply, Send, Sleep
from odatafilter.paging._client import AsyncClient, Body, prepared
from odatafilter.paging._fetch import Fetch, Plan
from odatafilter.paging._ndjson import NdjsonFile
from odatafilter.paging._progress import Nothing
from odatafilter.paging._walk import AnyWalk, check_size
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
                    reply = await self._sent(command)
                case Sleep(seconds):
                    await asyncio.sleep(seconds)
                    reply = None
                case Renew():
                    reply = await self._renewed()
                case _:
                    assert_never(command)

    async def _sent(self, send: Send) -> Answer | Failure:
        body = Body(send)
        try:
            async with asyncio.timeout(send.ends - monotonic()):
                request, options = prepared(self._client, send)
                response = await self._client.send(request, **options)
                try:
                    body.begin(response)
                    async for chunk in response.aiter_bytes():
                        body.add(chunk)
                finally:
                    await response.aclose()
        except Exception as error:
            if (reply := body.outcome(error)) is None:
                raise
            return reply
        return body.answer(response)

    async def _renewed(self) -> str | None:
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
        self._task = asyncio.create_task(self._fetching(wire, fetch), name="odatafilter-prefetch")

    @staticmethod
    async def _fetching(wire: AsyncWire, fetch: Fetch[T]) -> Answered | Exception:
        try:
            return await wire.run(fetch.page())
        except Exception as error:  # noqa: BLE001  # raised at its turn, in the consumer's task
            return error

    async def page(self, at: Cursor) -> Answered | None:
        """The page that `at` stands on, or None if it was not begun. Raises what its fetch raised."""
        if self._at != at and (stale := self.cancel()):
            await asyncio.wait({stale})
        task, self._task = self._task, None
        if task is None:
            return None
        page = await task  # where the consumer is cancelled, so is this task
        if isinstance(page, Exception):
            raise page
        return page

    def cancel(self) -> asyncio.Task[Answered | Exception] | None:
        """Ends the task; returns it, so that it can be waited for."""
        task, self._task = self._task, None
        if task is not None:
            task.cancel()
        return task


class AsyncWalk(AnyWalk[T]):
    """The items of a listing, one after the other: an asynchronous iterator that goes on where it stood after an error.

    Nothing is sent before the first item is asked for. Tasks may share it: each item is handed out once. With
    `prefetch`, `aclose` it or use it in an `async with` block, so that no task is left behind.
    """

    def __init__(self, plan: Plan[T], start: Cursor, wire: AsyncWire) -> None:
        super().__init__(plan, start)
        self._wire = wire
        self._lock = asyncio.Lock()
        self._ahead: Ahead[T] = Ahead()
        finalize(self, self._ahead.cancel).atexit = False

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> T:
        # Nobody else can come in between where nothing is awaited.
        if not (self._plan.checkpoint or self._collected or self._handed or self._deferred or self._lock.locked()):
            item = self._progress.item()
            if not isinstance(item, Nothing):
                return item
        async with self._lock:
            self._alone()
            await self._asked_for_more()
            return await self._item()

    async def _item(self) -> T:
        while isinstance(item := self._progress.item(), Nothing):
            await self._turn()
        return item

    async def _asked_for_more(self) -> None:
        """The same as `_asked`, with the event loop free while the checkpoint is written."""
        if (checkpoint := self._plan.checkpoint) is not None and checkpoint.is_due(self.cursor):
            await finished(asyncio.to_thread(checkpoint.save, self.cursor))
        self._raise_deferred()

    def pages(self) -> AsyncIterator[Page[T]]:
        """The pages from here on; of a page in hand, the items that were not handed out yet. Goes on after an error."""
        return AsyncOutliving(self._next_page)

    def batches(self, size: int) -> AsyncIterator[list[T]]:
        """The items in lists of `size`, of which those at the end and before an error may be shorter."""
        check_size(size)
        return AsyncOutliving(lambda: self._next_batch(size))

    async def first(self) -> T | None:
        """The next item, or None if there is none."""
        return await anext(self, None)

    async def collect(self) -> list[T]:
        """All items from here on. After an error, another call goes on and returns what came before it too."""
        async with self._lock:
            self._free()
            await self._asked_for_more()
            self._begin_collection()
            try:
                while True:
                    self._collected.append(await self._item())
            except StopAsyncIteration:
                return self._end_collection()
            except PagingError as error:
                self._collection_failed(error)
                raise

    async def to_ndjson(self, path: str | os.PathLike[str]) -> int:
        """The number of items that are in the file at `path`, one a line as the server wrote them, once it is whole.

        Until then they are in `path.part`, and `path.cursor` says where a new process goes on: with the same call.
        `max_items` bounds the file. A checkpoint says where it begins, and is left there: the file has its own place.
        """
        async with self._lock:
            self._free()
            with NdjsonFile(path) as file:
                self._begin_file(file)
                try:
                    with contextlib.suppress(StopAsyncIteration):
                        while True:
                            await finished(asyncio.to_thread(file.add, await self._page()))
                    return await finished(asyncio.to_thread(file.finish, self.cursor))
                except BaseException as error:
                    self._file_failed(error)
                    raise

    async def _next_batch(self, size: int) -> list[T]:
        async with self._lock:
            self._alone()
            await self._asked_for_more()
            start = self._standing()
            batch: list[T] = []
            try:
                while len(batch) < size:
                    batch.append(await self._item())
            except StopAsyncIteration:
                if not batch:
                    raise
            except PagingError as error:
                if not batch:
                    raise
                self._deferred = error
            except BaseException:
                self._stand_again(start)
                raise
            return batch

    async def _next_page(self) -> Page[T]:
        async with self._lock:
            self._alone()
            await self._asked_for_more()
            return await self._page()

    def _unasked_pages(self) -> AsyncIterator[Page[T]]:
        """The pages, for one who will not be done with a page when it asks for the next one."""
        return AsyncOutliving(self._unasked_page)

    async def _unasked_page(self) -> Page[T]:
        async with self._lock:
            return await self._page()

    async def _page(self) -> Page[T]:
        while (page := self._progress.rest_of_page()) is None:
            await self._turn()
        return page

    async def _turn(self) -> None:
        """Takes the next page in hand. Raises `StopAsyncIteration` where the walk is over."""
        if self._progress.stopped():
            raise StopAsyncIteration
        try:
            self._progress.accept(await self._fetched(self._progress.follow()))
        except PagingError:
            self._plan.stats.stopped_by = "error"
            raise
        if self._plan.prefetch and (following := self._progress.ahead()):
            self._ahead.start(self._wire, following)

    async def _fetched(self, fetch: Fetch[T]) -> Answered:
        page = await self._ahead.page(fetch.at)
        return await self._wire.run(fetch.page()) if page is None else page

    async def aclose(self) -> None:
        """Returns when nothing goes on in the background any more. The walk may be used again afterwards."""
        if task := self._ahead.cancel():
            await asyncio.wait({task})

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        await self.aclose()


async def finished(work: Awaitable[R]) -> R:
    """What `work` in a thread comes to. It is waited for where the task is cancelled, too: nobody can stop it."""
    task = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(task)
    except asyncio.CancelledError:
        await asyncio.wait({task})
        task.exception()  # has been seen, and is less than the cancellation
        raise


class AsyncOutliving(Generic[R]):
    """An asynchronous iterator that, unlike a generator, outlives an error."""

    def __init__(self, following: Callable[[], Awaitable[R]]) -> None:
        self._following = following

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> R:
        return await self._following()
