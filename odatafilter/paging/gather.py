"""Several walks at once, over filters that do not overlap."""

from collections.abc import Callable, Iterable
from functools import partial
from threading import Condition, Thread
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, Literal, Self, TypeVar, assert_never, overload
from weakref import finalize

from odatafilter.errors import PagingValueError
from odatafilter.paging._rules import Rule, check_argument, whole_number
from odatafilter.paging._schedule import END, Fetch, Hire, Load, Schedule, Step, Steps, TellChange, WaitForChange
from odatafilter.paging._sync import Walk
from odatafilter.paging._walk import AnyWalk, Do
from odatafilter.paging.page import Page

if TYPE_CHECKING:
    from odatafilter.paging._async import AsyncWalk
    from odatafilter.paging._gather_async import AsyncGathering

T = TypeVar("T")
R = TypeVar("R")
_CONCURRENCY = Rule(
    lambda value: (isinstance(value, str) and value == "auto") or whole_number(1).fits(value),
    "a whole number from 1 is wanted, or 'auto'",
)
_PATIENCE = 0.2  # seconds between two looks at a thread that is to end


@overload
def gather_pages(
    walks: "Iterable[Walk[T]]", *, concurrency: int | Literal["auto"] = ..., ordered: bool = ..., ahead: int = ...
) -> "Gathering[T]": ...
@overload
def gather_pages(
    walks: "Iterable[AsyncWalk[T]]", *, concurrency: int | Literal["auto"] = ..., ordered: bool = ..., ahead: int = ...
) -> "AsyncGathering[T]": ...
def gather_pages(
    walks: Iterable[Any], *, concurrency: int | Literal["auto"] = 4, ordered: bool = True, ahead: int = 16
) -> Any:
    """The pages of all `walks`, several of which are worked on at a time.

    Use it in a `with` block: each walk then goes on after the pages that were handed out. A page is done with when the
    next one is asked for. An error is raised at its turn; asking again goes on. Raises `PagingValueError` for bad
    arguments.

    Args:
        walks: walks of one client or of several, all synchronous or all asynchronous, each once.
        concurrency: how many are worked on at a time, from 1; "auto" finds how many the service bears: one more after
            clean pages, half at a 429.
        ordered: whether the pages come in the order of the walks, or as they arrive.
        ahead: the most pages of one walk that are kept until they are asked for, from 1.
    """
    check_argument("concurrency", concurrency, _CONCURRENCY)
    check_argument("ahead", ahead, whole_number(1))
    walks = _check_walks(walks)
    schedule: Schedule[Any] = Schedule(walks, Load(concurrency), ordered=ordered, ahead=ahead)
    if not walks:
        return EmptyGathering(walks, schedule)
    if all(isinstance(walk, Walk) for walk in walks):
        return Gathering(walks, schedule)
    from odatafilter.paging._gather_async import AsyncGathering  # noqa: PLC0415  # asyncio costs 50 ms

    return AsyncGathering(walks, schedule)


def _check_walks(walks: object) -> list[Any]:
    """`walks`, of which one alone would be walked over while it is put in a list."""
    found = list(walks) if isinstance(walks, Iterable) and not isinstance(walks, AnyWalk) else [None]
    if not all(isinstance(walk, AnyWalk) for walk in found) or len({isinstance(walk, Walk) for walk in found}) > 1:
        raise PagingValueError("what is gathered are several walks, all with a synchronous client or all without")
    if len(set(found)) < len(found):
        raise PagingValueError("one of the walks is there twice: a walk hands each item out once")
    return found


class Crew(Generic[T]):
    """The threads of a gathering, and what they share. They do not know the gathering, which may be dropped."""

    def __init__(self, walks: list[Walk[T]], schedule: Schedule[T]) -> None:
        self._walks = walks
        self._schedule = schedule
        self._changed = Condition()
        self._threads: list[Thread] = []

    def run(self, steps: Steps[R]) -> R:
        """What `steps` come to."""
        go: Callable[[], Step] = partial(next, steps)
        try:
            with self._changed:
                while True:
                    try:
                        step = go()
                    except StopIteration as end:
                        result: R = end.value
                        return result
                    try:
                        go = partial(steps.send, self._carry_out(step))
                    except BaseException as error:  # noqa: BLE001  # raised where it was asked for
                        go = partial(steps.throw, error)
        finally:
            del go  # it may hold the error, whose traceback holds this frame

    def _carry_out(self, step: Step) -> object:
        match step:
            case Hire(walk):
                self._threads = [thread for thread in self._threads if thread.is_alive()]
                thread = Thread(target=self._work, args=(walk,), name="odatafilter-gather", daemon=True)
                self._threads.append(thread)
                thread.start()
            case WaitForChange():
                self._changed.wait()
            case TellChange():
                self._changed.notify_all()
            case Fetch(walk):
                return self._next_page_of(self._walks[walk])
            case Do(work):
                return work()
            case _:
                assert_never(step)
        return None

    def _work(self, first: int) -> None:
        self.run(self._schedule.steps_of_worker(first))

    def _next_page_of(self, walk: Walk[T]) -> object:
        """The next page of `walk`, with the others free to go on."""
        self._changed.release()
        try:
            return walk._page_ahead()
        except StopIteration:
            return END
        finally:
            self._changed.acquire()

    def dismiss(self) -> None:
        """Has the threads end as soon as they can."""
        with self._changed:
            self._schedule.closed = True
            self._changed.notify_all()

    def close(self) -> None:
        """Returns when no thread is at work any more."""
        self.dismiss()
        for thread in self._threads:
            while thread.is_alive():
                for walk in self._walks:
                    walk.interrupt()  # again, where somebody has closed the walk meanwhile
                thread.join(_PATIENCE)
        for walk in self._walks:
            walk.close()
        self._schedule.take_back()


class Gathering(Generic[T]):
    """An iterator over the pages of several walks, each worked on by a thread."""

    def __init__(self, walks: list[Walk[T]], schedule: Schedule[T]) -> None:
        self._schedule = schedule
        self._crew = Crew(walks, schedule)
        finalize(self, self._crew.dismiss)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> Page[T]:
        page = self._crew.run(self._schedule.steps_to_page())
        if page == END:
            raise StopIteration
        return page

    def close(self) -> None:
        """Returns when no thread is at work any more. Each walk then goes on after the pages that were handed out."""
        self._crew.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()


class EmptyGathering(Gathering[T]):
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
