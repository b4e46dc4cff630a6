"""A walk with a synchronous client: does what a fetch asks for, with one thread at most."""

import os
from collections.abc import Callable, Iterator
from threading import Event as Flag
from threading import Lock, Thread
from types import TracebackType
from typing import Generic, Self, TypeVar, assert_never
from weakref import finalize

from odatafilter.errors import PagingError
from odatafilter.paging._client import Body, Client, prepared
from odatafilter.paging._fetch import Answer, Failure, Fetch, Flow, Plan, Renew, Reply, Send, Sleep
from odatafilter.paging._ndjson import NdjsonFile
from odatafilter.paging._progress import Nothing
from odatafilter.paging._walk import AnyWalk, check_size
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.page import Answered, Page

T = TypeVar("T")
R = TypeVar("R")


class Stopped(Exception):
    """Nobody waits for the result any more."""


class Wire:
    """What does the commands of a fetch: the client, and the caller's function for a token."""

    def __init__(self, client: Client, token: Callable[[], str] | None) -> None:
        self._client = client
        self._token = token

    def page(self, fetch: Fetch[T], stop: Flag) -> Answered:
        """The page of `fetch`. Raises `PagingError`, also if `stop` is set while it waits."""
        try:
            return self.run(fetch.page(), stop)
        except Stopped:
            raise PagingError("the walk was closed", fetch.at, fetch._url) from None

    def run(self, flow: Flow[R], stop: Flag) -> R:
        """What `flow` comes to. Raises `Stopped` if `stop` is set while it waits."""
        reply: Reply = None
        while True:
            try:
                command = flow.send(reply)
            except StopIteration as end:
                result: R = end.value
                return result
            match command:
                case Send():
                    reply = self._sent(command)
                case Sleep(seconds):
                    if stop.wait(seconds):
                        raise Stopped
                    reply = None
                case Renew():
                    reply = self._token() if self._token else None
                case _:
                    assert_never(command)

    def _sent(self, send: Send) -> Answer | Failure:
        body = Body(send)
        try:
            request, options = prepared(self._client, send)
            response = self._client.send(request, **options)
            try:
                body.begin(response)
                for chunk in response.iter_bytes():
                    body.add(chunk)
            finally:
                response.close()
        except Exception as error:
            if (reply := body.outcome(error)) is None:
                raise
            return reply
        return body.answer(response)


class Ahead:
    """One page, fetched by a thread while the consumer works on the page before it."""

    def __init__(self, wire: Wire, fetch: Fetch[T], stop: Flag) -> None:
        self.at = fetch.at
        self._page: Answered | None = None
        self._error: Exception | None = None
        self._done = Flag()
        self._thread = Thread(target=self._work, args=(wire, fetch, stop), name="odatafilter-prefetch", daemon=True)
        self._thread.start()

    def _work(self, wire: Wire, fetch: Fetch[T], stop: Flag) -> None:
        try:
            self._page = wire.page(fetch, stop)
        except Exception as error:  # noqa: BLE001  # raised at its turn, in the consumer's thread
            self._error = error
        finally:
            self._done.set()

    def wait(self) -> None:
        """Waits until the thread has ended."""
        self._done.wait()  # before Python 3.13, Ctrl-C in `join` makes the thread look as if it had ended
        self._thread.join()

    def page(self) -> Answered | None:
        """The page, None if there is none. Raises what its fetch raised."""
        if self._error is not None:
            raise self._error
        return self._page


class Walk(AnyWalk[T]):
    """The items of a listing, one after the other: an iterator that goes on where it stood after an error.

    Nothing is sent before the first item is asked for. Threads may share it: each item is handed out once. With
    `prefetch`, `close` it or use it in a `with` block, so that no thread is left behind.
    """

    def __init__(self, plan: Plan[T], start: Cursor, wire: Wire) -> None:
        super().__init__(plan, start)
        self._wire = wire
        self._lock = Lock()
        self._ahead: Ahead | None = None
        self._stop = Flag()
        finalize(self, self._stop.set)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        with self._lock:
            if self._plan.checkpoint is not None:
                self._asked()
            return self._item()

    def _item(self) -> T:
        while isinstance(item := self._progress.item(), Nothing):
            self._turn()
        return item

    def pages(self) -> Iterator[Page[T]]:
        """The pages from here on; of a page in hand, the items that were not handed out yet. Goes on after an error."""
        return Outliving(self._next_page)

    def batches(self, size: int) -> Iterator[list[T]]:
        """The items in lists of `size`, of which those at the end and before an error may be shorter."""
        check_size(size)
        return Outliving(lambda: self._next_batch(size))

    def first(self) -> T | None:
        """The next item, or None if there is none."""
        return next(self, None)

    def collect(self) -> list[T]:
        """All items from here on. After an error, another call goes on and returns what came before it too."""
        with self._lock:
            self._begin_collection()
        try:
            while True:
                with self._lock:
                    self._collected.append(self._item())
        except StopIteration:
            return self._end_collection()
        except PagingError as error:
            self._collection_failed(error)
            raise

    def to_ndjson(self, path: str | os.PathLike[str]) -> int:
        """The number of items that are in the file at `path`, one a line as the server wrote them, once it is whole.

        Until then they are in `path.part`, and `path.cursor` says where a new process goes on: with the same call.
        `max_items` bounds the file. A checkpoint says where it begins, and is left there: the file has its own place.
        """
        with NdjsonFile(path) as file:
            self._begin_file(file)
            try:
                for page in self._unasked_pages():
                    file.add(page)
                return file.finish(self.cursor)
            except BaseException as error:
                self._file_failed(error)
                raise

    def _next_batch(self, size: int) -> list[T]:
        with self._lock:
            self._asked()
            start = self._progress.cursor
            batch: list[T] = []
            try:
                while len(batch) < size:
                    batch.append(self._item())
            except StopIteration:
                if not batch:
                    raise
            except PagingError as error:
                if not batch:
                    raise
                self._deferred = error
            except BaseException:
                self._begin_again(start, len(batch))
                raise
            return batch

    def _next_page(self) -> Page[T]:
        with self._lock:
            self._asked()
            return self._page()

    def _unasked_pages(self) -> Iterator[Page[T]]:
        """The pages, for one who will not be done with a page when it asks for the next one."""
        return Outliving(self._unasked_page)

    def _unasked_page(self) -> Page[T]:
        with self._lock:
            return self._page()

    def _page(self) -> Page[T]:
        while (page := self._progress.rest_of_page()) is None:
            self._turn()
        return page

    def _turn(self) -> None:
        """Takes the next page in hand. Raises `StopIteration` where the walk is over."""
        if self._progress.stopped():
            raise StopIteration
        try:
            self._progress.accept(self._fetched(self._progress.follow()))
        except PagingError:
            self._plan.stats.stopped_by = "error"
            raise
        if self._plan.prefetch and (following := self._progress.ahead()):
            self._ahead = Ahead(self._wire, following, self._stop)

    def _fetched(self, fetch: Fetch[T]) -> Answered:
        ahead = self._ahead
        if ahead is not None:
            ahead.wait()  # Ctrl-C leaves the thread to the next call
            self._ahead = None
            if ahead.at == fetch.at and (page := ahead.page()):
                return page
        return self._wire.page(fetch, self._stop)

    def interrupt(self) -> None:
        """Has a thread that waits for its next attempt raise `PagingError`, until the walk is closed."""
        self._stop.set()

    def close(self) -> None:
        """Returns when nothing goes on in the background any more. The walk may be used again afterwards."""
        self.interrupt()
        if self._ahead is not None:
            self._ahead.wait()
        self._ahead = None
        self._stop.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class Outliving(Generic[R]):
    """An iterator that, unlike a generator, outlives an error."""

    def __init__(self, following: Callable[[], R]) -> None:
        self._following = following

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        return self._following()
