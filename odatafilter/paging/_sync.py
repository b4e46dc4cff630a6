"""A walk with a synchronous client: does what a fetch asks for, with one thread at most."""

import os
from collections.abc import Callable, Iterator
from functools import partial
from queue import SimpleQueue
from threading import Condition, Lock, Thread, get_ident
from threading import Event as Flag
from types import TracebackType
from typing import Any, Generic, Protocol, Self, TypeAlias, TypeVar, assert_never
from weakref import finalize

from odatafilter.errors import PagingError
from odatafilter.paging._client import Body, Client, count_down, prepare_request
from odatafilter.paging._fetch import Assignment, Fetch
from odatafilter.paging._progress import Nothing
from odatafilter.paging._request import Answer, Failure, Flow, Renew, Reply, Send, Sleep
from odatafilter.paging._walk import AnyWalk, Begin, Do, Step, Steps, Take, check_reentrance, check_size, misplaced_stop
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.page import Answered, Page

T = TypeVar("T")
R = TypeVar("R")


class Stopped(Exception):
    """Nobody waits for the result any more."""


class Stop(Protocol):
    """What tells a fetch that nobody waits for it any more: a `threading.Event` or a `StopFlag`."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float | None = None, /) -> bool: ...


class StopFlag:
    """An event whose lock is reentrant: a finalizer may set it in any thread, also in one that holds the lock."""

    def __init__(self) -> None:
        self._changed = Condition()
        self._is_set = False

    def is_set(self) -> bool:
        return self._is_set

    def set(self) -> None:
        with self._changed:
            self._is_set = True
            self._changed.notify_all()

    def clear(self) -> None:
        self._is_set = False

    def wait(self, timeout: float | None = None, /) -> bool:
        """Whether it was set within `timeout` seconds."""
        with self._changed:
            return self._changed.wait_for(self.is_set, timeout)


class Wire:
    """What does the commands of a fetch: the client, and the caller's function for a token."""

    def __init__(self, client: Client, token: Callable[[], str] | None) -> None:
        self._client = client
        self._token = token

    def page(self, fetch: Fetch[T], stop: Stop) -> Answered:
        """The page of `fetch`. Raises `PagingError`, also if `stop` is set while it waits."""
        try:
            return self.run(fetch.page(), stop)
        except Stopped:
            raise PagingError("the walk was closed", fetch.at, fetch._url) from None

    def run(self, flow: Flow[R], stop: Stop) -> R:
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
                    if stop.is_set():
                        raise Stopped
                    reply = self._exchange(command, stop)
                case Sleep(seconds):
                    if stop.wait(seconds):
                        raise Stopped
                    reply = None
                case Renew():
                    reply = self._token() if self._token else None
                case _:
                    assert_never(command)

    def _exchange(self, send: Send, stop: Stop) -> Answer | Failure:
        body = Body(send)
        try:
            request, options = prepare_request(self._client, send)
            count_down(request, send, stop.is_set)
            response = self._client.send(request, **options)
            try:
                body.begin(response)
                for chunk in response.iter_bytes():
                    body.add_chunk(chunk)
            finally:
                response.close()
        except Exception as error:
            if (reply := body.outcome_of(error)) is None:
                raise
            if stop.is_set():
                raise Stopped from None
            return reply
        return body.answer(response)


class FetchUnderWay:
    """A page that a thread was asked to fetch, and what came of it."""

    def __init__(self, at: Cursor) -> None:
        self.at = at
        self.done = Flag()
        self.page: Answered | None = None
        self.error: BaseException | None = None


_Requests: TypeAlias = "SimpleQueue[tuple[FetchUnderWay, Fetch[Any]] | None]"


class Ahead:
    """The page after the one in hand, fetched by a thread while the consumer works: there is one thread a walk."""

    def __init__(self, wire: Wire, stop: StopFlag) -> None:
        self._wire = wire
        self._stop = stop
        self._fetch_under_way: FetchUnderWay | None = None
        self._requests: _Requests = SimpleQueue()
        self._thread: Thread | None = None

    def start(self, fetch: Fetch[Any]) -> None:
        """Begins to fetch a page."""
        if self._thread is None or not self._thread.is_alive():  # as in a forked process
            self._requests = SimpleQueue()
            given = self._wire, self._stop, self._requests
            self._thread = Thread(target=_fetch_what_is_asked_for, args=given, name="odatafilter-prefetch", daemon=True)
            self._thread.start()
        self._fetch_under_way = FetchUnderWay(fetch.at)
        self._requests.put((self._fetch_under_way, fetch))

    def page(self, at: Cursor) -> Answered | None:
        """The page that `at` stands on, or None if it was not begun. Raises what its fetch raised."""
        begun = self._wait_for_page()
        if begun is None or begun.at != at:
            return None
        if begun.error is not None:
            raise begun.error
        return begun.page

    def _wait_for_page(self) -> FetchUnderWay | None:
        """What was begun, once it is done; Ctrl-C leaves it to the next call. A forked process has no such thread."""
        begun = self._fetch_under_way
        if begun is not None and self._thread is not None and self._thread.is_alive():
            begun.done.wait()
        self._fetch_under_way = None
        return begun if begun is not None and begun.done.is_set() else None

    def abandon(self) -> None:
        """Has the thread end as soon as it can, for nobody will ask for anything any more."""
        self._stop.set()
        self._requests.put(None)

    def close(self) -> None:
        """Returns when the thread has ended; what it has fetched is forgotten."""
        self._wait_for_page()  # before Python 3.13, Ctrl-C in `join` makes a thread look as if it had ended
        if self._thread is not None:
            self._requests.put(None)
            self._thread.join()
            self._thread = None


def _fetch_what_is_asked_for(wire: Wire, stop: Stop, requests: _Requests) -> None:
    """What the thread does. It does not know the walk, which may be dropped meanwhile."""
    while (given := requests.get()) is not None:
        begun, fetch = given
        try:
            begun.page = wire.page(fetch, stop)
        except BaseException as error:  # noqa: BLE001  # raised at its turn, in the consumer's thread
            begun.error = error
        finally:
            begun.done.set()
        del given, begun, fetch  # while it waits, it holds nothing


class Walk(AnyWalk[T]):
    """The items of a listing, one after the other: an iterator that goes on where it stood after an error.

    Nothing is sent before the first item is asked for. Threads may share it: each item is handed out once, and while
    one thread is in a call, the others wait for their turn. With `prefetch`, `close` it or use it in a `with` block, so
    that no thread is left behind.
    """

    def __init__(self, assignment: Assignment[T], start: Cursor, wire: Wire) -> None:
        super().__init__(assignment, start)
        self._wire = wire
        self._lock = Lock()
        self._runner: int | None = None  # the thread that is in a call
        self._closing = Lock()
        self._stop = StopFlag()
        self._ahead = Ahead(wire, self._stop)
        finalize(self, self._ahead.abandon)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> T:
        for item in self._open:
            return item
        with self._turn():
            if self._refill():
                for item in self._open:
                    return item
            found = self._result_of(self._steps_to_item())
            self._open_hand()
            return found

    def pages(self) -> Iterator[Page[T]]:
        """The pages from here on; of a page in hand, the items that were not handed out yet. Goes on after an error."""
        return SurvivingIterator(lambda: self._run_alone(self._steps_to_page()))

    def batches(self, size: int) -> Iterator[list[T]]:
        """The items in lists of `size`, of which those at the end and before an error may be shorter."""
        check_size(size)
        return SurvivingIterator(lambda: self._run_alone(self._steps_to_batch(size)))

    def first(self) -> T | None:
        """The next item, or None if there is none."""
        return next(self, None)

    def collect(self) -> list[T]:
        """All items from here on. After an error, another call goes on and returns what came before it too.

        Other threads wait meanwhile.
        """
        with self._turn():
            return self._run(self._steps_to_collection())

    def to_ndjson(self, path: str | os.PathLike[str]) -> int:
        """The number of items that are in the file at `path`, one a line as the server wrote them, once it is whole.

        Each is there exactly once, whatever was killed: until the file is whole, they are in `path.part`, and
        `path.cursor` says where the same call goes on, in a new process too. It is written after every 1,000 items and
        whenever an error, Ctrl-C or a cancellation ends the call; `stats` and the error count all of the file.
        Raises `PagingValueError`, before a request, where `path` cannot be written, `PagingError` if the disk is full.

        Args:
            path: the file; it is written with the mode 0600, and replaces one that is there at the end.
                `max_items` bounds it, and a checkpoint says where it begins.
        """
        with self._turn():
            return self._run(self._steps_to_file(path))

    def _page_ahead(self) -> Page[T]:
        """The next page, for a gathering, which is not done with a page when it asks for the next one."""
        return self._run_alone(self._steps_to_page_ahead())

    def _turn(self) -> Lock:
        """What lets one thread at a time be in a call."""
        check_reentrance(self._runner, get_ident())
        return self._lock

    def _run_alone(self, steps: Steps[R | Nothing]) -> R:
        with self._turn():
            return self._result_of(steps)

    def _result_of(self, steps: Steps[R | Nothing]) -> R:
        if isinstance(found := self._run(steps), Nothing):
            raise StopIteration
        return found

    def _run(self, steps: Steps[R]) -> R:
        """What `steps` come to."""
        self._close_hand()
        self._runner = get_ident()
        go: Callable[[], Step] = partial(next, steps)
        try:
            while True:
                try:
                    step = go()
                except StopIteration as end:
                    result: R = end.value
                    return result
                try:
                    go = partial(steps.send, self._carry_out(step))
                except (StopIteration, StopAsyncIteration) as error:
                    go = partial(steps.throw, misplaced_stop(error))
                except BaseException as error:  # noqa: BLE001  # raised where it was asked for
                    go = partial(steps.throw, error)
        finally:
            self._runner = None
            del go  # it may hold the error, whose traceback holds this frame

    def _carry_out(self, step: Step) -> object:
        match step:
            case Take(fetch):
                return self._ahead.page(fetch.at) or self._wire.page(fetch, self._stop)
            case Begin(fetch):
                if fetch is None:
                    self._ahead.close()
                else:
                    self._ahead.start(fetch)
                return None
            case Do(work):
                return work()
            case _:
                assert_never(step)

    def interrupt(self) -> None:
        """Has a thread that waits for its next attempt raise `PagingError`, until the walk is closed."""
        self._stop.set()

    def close(self) -> None:
        """Returns when nothing goes on in the background any more. The walk may be used again afterwards.

        A call of another thread that is under way ends with an error: a request on its way with the next bytes that
        come in, or the timeout of the client. So whoever closes a walk again and again lets no request come to its end.
        """
        check_reentrance(self._runner, get_ident())
        with self._closing:  # one at a time, so that nobody takes back what another one still waits for
            self.interrupt()
            with self._lock:
                self._ahead.close()
                self._stop.clear()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class SurvivingIterator(Generic[R]):
    """An iterator that, unlike a generator, outlives an error."""

    def __init__(self, following: Callable[[], R]) -> None:
        self._following = following

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> R:
        return self._following()
