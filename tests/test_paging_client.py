"""Faults 51 to 57 of `paging_faults.md`: consumers that leave, raise, are cancelled or share a walk; clients with ideas."""

import asyncio
import gc
import multiprocessing
import os
import pickle
import signal
import sys
import threading
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from time import monotonic, sleep
from typing import Any

import httpx
import httpx2
import pytest
from fault_server import Cut, Part, Pause, Seen, answer, jobs, page
from paging_ground import DRIVERS, TLS, Driver, Ground, at_work, busy, check, grounds, walked

from odatafilter.errors import (
    BadItemError,
    BadPageError,
    LoopError,
    OriginError,
    PagingError,
    RateLimited,
    RetriesExhausted,
    StatusError,
)
from odatafilter.paging import Listing, Retry, Waiting, paginate
from odatafilter.paging._sync import StopFlag
from odatafilter.paging.page import Answered

PAGES = 6


def script(seen: Seen) -> list[Part]:
    """Eighteen items on six pages."""
    at = int(seen.target.partition("?")[2] or 0)
    return [page(jobs(*range(3 * at, 3 * at + 3)), f"?{at + 1}" if at < PAGES - 1 else None)]


ALL = list(range(3 * PAGES))


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    for given in grounds(request.param):
        given.server.script = script
        yield given


@pytest.fixture
def one() -> Iterator[Ground]:
    """A ground whose client is made by the test."""
    with Ground("httpx") as given:
        given.server.script = script
        yield given


def ids(items: Iterable[Any]) -> list[int]:
    return [item["id"] for item in items]


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("work", [0, 0.02], ids=["at once", "once the next page is there"])
def test_51_a_consumer_that_leaves_early_leaves_nothing_open(ground: Ground, prefetch: int, work: float) -> None:
    with ground.steps() as steps:
        walk = steps.paginate(prefetch=prefetch)
        for item in steps.each(walk):
            if item["id"] == 4:
                break
        steps.work(work)
        steps.close(walk)
        assert steps.left() == []
        assert 2 <= len(ground.server.seen) <= 2 + prefetch
        assert walk.cursor.items_done == 5
        assert ids(steps.each(walk)) == ALL[5:]
        steps.close(walk)
        assert len(ground.server.seen) <= PAGES + prefetch


@pytest.mark.parametrize("prefetch", [0, 1])
def test_51_a_consumer_that_raises_leaves_nothing_open_and_can_go_on(ground: Ground, prefetch: int) -> None:
    got = []
    with ground.steps() as steps:
        walk = steps.paginate(prefetch=prefetch)

        def consume() -> None:
            for item in steps.each(walk):
                got.append(item["id"])
                _ = 1 // (item["id"] - 4)

        with pytest.raises(ZeroDivisionError):
            consume()
        steps.close(walk)
        assert steps.left() == []
        consume()
        steps.close(walk)
        assert steps.left() == []
    assert got == ALL


@pytest.mark.parametrize("prefetch", [0, 1])
def test_51_a_consumer_that_goes_on_at_once_after_its_own_error_gets_every_item_once(
    ground: Ground, prefetch: int
) -> None:
    got = []
    with ground.steps() as steps:
        walk = steps.paginate(prefetch=prefetch)
        while not walk.cursor.ended:
            with suppress(ZeroDivisionError):
                for item in steps.each(walk):
                    got.append(item["id"])
                    _ = 1 // (item["id"] % 4)
        steps.close(walk)
    assert got == ALL
    assert len(ground.server.seen) == PAGES


def test_51_a_walk_that_is_dropped_wakes_its_thread_from_a_wait(one: Ground) -> None:
    one.serve(page(jobs(1), "?2"), answer(b"", status=503, headers={"Retry-After": "100"}))
    with httpx.Client(verify=TLS) as client:
        walk = paginate(client, one.listing, prefetch=1)
        next(walk)
        (thread,) = at_work()
        del walk
        thread.join(5)
        assert not thread.is_alive()


@pytest.mark.parametrize("prefetch", [0, 1])
def test_51_an_error_of_a_prefetch_is_raised_at_its_turn(ground: Ground, prefetch: int) -> None:
    ground.serve(page(jobs(1, 2, 3), "?2"), answer(b"", status=404), page(jobs(4)))
    outcome = ground.walk(prefetch=prefetch, turns=2)
    assert outcome.items == [1, 2, 3, 4]
    assert [(str(error), error.items_done) for error in outcome.errors] == [
        (f"404 without a body\n    page 2 after 3 items: {ground.server.url}/jobs", 3)
    ]


def hanging(seen: Seen) -> Iterable[Part]:
    if seen.target.endswith("?1"):
        return [page(jobs(9))[:60], Pause(30)]
    return script(seen)


def waiting(seen: Seen) -> Iterable[Part]:
    return [answer(b"", status=503, headers={"Retry-After": "60"})] if seen.target.endswith("?1") else script(seen)


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("stuck", [hanging, waiting], ids=["in a page", "in a wait"])
@pytest.mark.parametrize("library", [httpx, httpx2])
def test_51_a_consumer_that_is_cancelled_leaves_nothing_open_and_can_go_on(
    one: Ground, prefetch: int, stuck: Any, library: Any
) -> None:
    one.server.script = stuck

    async def main() -> None:
        async with library.AsyncClient(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:
            got = []

            async def consume() -> None:
                async for item in walk:
                    got.append(item["id"])  # noqa: PERF401  # what came before the cancellation is kept

            task = asyncio.create_task(consume())
            while len(one.server.seen) < 2:  # noqa: ASYNC110  # a thread fills it
                await asyncio.sleep(0.001)
            await asyncio.sleep(0.02)
            task.cancel()
            await asyncio.wait({task})
            assert task.cancelled()
            assert busy(client) == []
            assert asyncio.all_tasks() == {asyncio.current_task()}
            one.server.script = script
            await consume()
            assert got == ALL

    asyncio.run(main())


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("stuck", [hanging, waiting], ids=["in a page", "in a wait"])
def test_51_ctrl_c_leaves_nothing_open_and_the_walk_can_go_on(
    request: pytest.FixtureRequest, ground: Ground, prefetch: int, stuck: Any
) -> None:
    ground.server.script = stuck
    got = []

    def press() -> None:
        while len(ground.server.seen) < 2 or (stuck is waiting and not walk.stats.retries):
            sleep(0.001)
        sleep(0.02)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with ground.steps(timeout=0.3) as steps, ThreadPoolExecutor(1) as pool:
        walk = steps.paginate(prefetch=prefetch)
        pressed = pool.submit(press)
        with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # the loop is what is interrupted
            for item in steps.each(walk):
                got.append(item["id"])  # noqa: PERF401  # what came before the interruption is kept
        pressed.result()
        steps.close(walk)
        assert steps.left() == []
        ground.server.script = script
        got += ids(steps.each(walk))
        steps.close(walk)
        assert steps.left() == []
    assert got == ALL


def test_51_a_closed_walk_ends_the_wait_of_its_prefetch_at_once(ground: Ground) -> None:
    ground.server.script = waiting
    with ground.steps() as steps:
        walk = steps.paginate(prefetch=1)
        assert next(steps.each(walk)) == {"id": 0}
        while not walk.stats.retries:
            steps.work(0.001)
        begun = monotonic()
        steps.close(walk)
        assert monotonic() - begun < 30
        assert steps.left() == []
        ground.server.script = script
        assert ids(steps.each(walk)) == ALL[1:]
        steps.close(walk)


@pytest.mark.parametrize("prefetch", [0, 1])
def test_51_an_asynchronous_consumer_that_leaves_early_leaves_nothing_open(one: Ground, prefetch: int) -> None:
    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            async with paginate(client, one.listing, prefetch=prefetch) as walk:
                async for item in walk:
                    if item["id"] == 4:
                        break
            assert busy(client) == []
            assert asyncio.all_tasks() == {asyncio.current_task()}
            assert len(one.server.seen) <= 2 + prefetch
            assert [item["id"] async for item in walk] == ALL[5:]
            await walk.aclose()

    asyncio.run(main())


@pytest.mark.parametrize("prefetch", [0, 1])
def test_54_threads_or_tasks_that_share_a_walk_get_each_item_once(ground: Ground, prefetch: int) -> None:
    async def consume(walk: Any) -> list[int]:
        return [item["id"] async for item in walk]

    async def together(walk: Any) -> list[list[int]]:
        return await asyncio.gather(*(consume(walk) for _ in range(4)))

    with ground.steps() as steps, ThreadPoolExecutor(4) as pool:
        walk = steps.paginate(prefetch=prefetch)
        found = steps.run(together(walk)) if ground.driver.is_async else list(pool.map(ids, [walk] * 4))
        steps.close(walk)
    assert sorted(each for part in found for each in part) == ALL
    assert all(part == sorted(part) for part in found)
    assert len(ground.server.seen) == PAGES
    assert walk.cursor.ended


def test_54_threads_or_tasks_that_share_a_failing_walk_go_on_where_it_stands(ground: Ground) -> None:
    failures = ["/jobs?1", "/jobs?1", "/jobs?4"]

    def failing(seen: Seen) -> list[Part]:
        if seen.target in failures:
            failures.remove(seen.target)
            return [answer(b"", status=404)]
        return script(seen)

    def consume(walk: Any) -> list[int]:
        got: list[int] = []
        while not walk.cursor.ended:
            with suppress(StatusError):
                got.extend(item["id"] for item in walk)
        return got

    async def consume_too(walk: Any) -> list[int]:
        got = []
        while not walk.cursor.ended:
            with suppress(StatusError):
                async for item in walk:
                    got.append(item["id"])  # noqa: PERF401  # what came before the error is kept
        return got

    async def together(walk: Any) -> list[list[int]]:
        return await asyncio.gather(*(consume_too(walk) for _ in range(4)))

    ground.server.script = failing
    with ground.steps() as steps, ThreadPoolExecutor(4) as pool:
        walk = steps.paginate()
        found = steps.run(together(walk)) if ground.driver.is_async else list(pool.map(consume, [walk] * 4))
    assert sorted(each for part in found for each in part) == ALL
    assert len(ground.server.seen) == PAGES + 3


@pytest.mark.parametrize("prefetch", [0, 1])
def test_54_a_batch_that_is_cancelled_leaves_its_items_to_the_other_tasks(one: Ground, prefetch: int) -> None:
    def slowly(seen: Seen) -> list[Part]:
        return [Pause(0.02), *script(seen)]

    one.server.script = slowly

    async def main() -> list[int]:
        async with httpx.AsyncClient(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:

            async def batch() -> list[int]:
                return [item["id"] for item in await anext(walk.batches(12))]

            async def rest() -> list[int]:
                return [item["id"] async for item in walk]

            first, second = asyncio.create_task(batch()), asyncio.create_task(rest())
            while len(one.server.seen) < 4:  # noqa: ASYNC110  # a thread fills it
                await asyncio.sleep(0.001)
            first.cancel()
            await asyncio.wait({first})
            assert first.cancelled()
            return await second

    assert asyncio.run(main()) == ALL


@pytest.mark.parametrize("bound", [{"max_pages": PAGES}, {"max_items": 3 * PAGES}], ids=str)
def test_51_a_batch_that_is_interrupted_counts_for_no_bound(one: Ground, bound: dict[str, Any]) -> None:
    once = [KeyboardInterrupt]

    def interrupted(request: httpx.Request) -> None:
        if str(request.url).endswith("?2") and once:
            raise once.pop()

    with httpx.Client(verify=TLS, event_hooks={"request": [interrupted]}) as client:
        walk = paginate(client, one.listing, **bound)
        assert next(walk) == {"id": 0}
        batches = walk.batches(9)
        with pytest.raises(KeyboardInterrupt):
            next(batches)
        assert (walk.stats.items, walk.stats.pages, walk.cursor.items_done) == (1, 0, 1)
        assert [item["id"] for item in walk] == ALL[1:]
        assert (walk.stats.items, walk.stats.pages) == (3 * PAGES, PAGES)


def test_one_thread_fetches_all_pages_ahead_and_ends_with_the_last(one: Ground) -> None:
    names: list[str] = []
    hooks = {"request": [lambda _: names.append(threading.current_thread().name)]}
    with httpx.Client(verify=TLS, event_hooks=hooks) as client:
        walk = paginate(client, one.listing, prefetch=1)
        threads = {at_work()[0] for item in walk if item["id"] < 3 * (PAGES - 1)}
        assert len(threads) == 1
        assert at_work() == []
    assert names == ["MainThread", *["odatafilter-prefetch"] * (PAGES - 1)]


def pages_alive() -> int:
    # Lazy objects of other libraries answer `isinstance` with errors.
    return sum(type(each) is Answered for each in gc.get_objects())


@pytest.mark.parametrize("prefetch", [0, 1])
def test_a_walk_holds_the_page_in_hand_and_the_one_ahead_and_no_more(one: Ground, prefetch: int) -> None:
    async def main() -> list[int]:
        async with httpx.AsyncClient(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:
            return [pages_alive() async for item in walk if item["id"] in {4, 10, 17}]

    gc.collect()
    left = pages_alive()  # by the tests before, whose errors a test runner keeps
    with httpx.Client(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:
        held = [pages_alive() for item in walk if item["id"] in {4, 10, 17}]
    assert 1 <= max(held) - left <= 1 + prefetch
    del walk
    assert 1 <= max(asyncio.run(main())) - left <= 1 + prefetch


def _rest(driver: Driver, listing: Any, cursor: str, found: Any) -> None:
    found.put(walked(driver, listing, start=cursor).items)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_55_a_child_process_goes_on_from_the_cursor_with_a_client_of_its_own(ground: Ground) -> None:
    with ground.steps() as steps:
        walk = steps.paginate(max_items=7)
        assert ids(steps.each(walk)) == ALL[:7]
        context = multiprocessing.get_context("fork")
        found = context.Queue()
        child = context.Process(target=_rest, args=(ground.driver, ground.listing, str(walk.cursor), found))
        child.start()
        assert found.get(timeout=20) == ALL[7:]
        child.join()
        assert child.exitcode == 0
        rest = steps.paginate(start=walk.cursor)  # the parent's client is none the worse for it
        assert ids(steps.each(rest)) == ALL[7:]


ERRORS: dict[type[PagingError], Any] = {
    RetriesExhausted: [Cut()],
    StatusError: answer({"error": {"code": "X", "message": "No.", "details": [{"code": "Y"}]}}, status=403),
    RateLimited: answer(b"", status=429, headers={"Retry-After": "999"}),
    LoopError: answer(b"", status=302, headers={"Location": "/jobs"}),
    OriginError: answer(b"", status=302, headers={"Location": "http://a.test/"}),
    BadPageError: answer(b"<html>"),
    BadItemError: answer({"jobs": [7]}),
}


@pytest.mark.parametrize("kind", ERRORS, ids=lambda kind: kind.__name__)
def test_55_errors_pickle_with_all_they_know(ground: Ground, kind: type[PagingError]) -> None:
    ground.serve(ERRORS[kind])
    outcome = ground.walk()
    check(ground, outcome, items=[], requests={RetriesExhausted: 5, LoopError: 11}.get(kind, 1), error=kind)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(outcome.error, protocol))
        assert type(again) is kind
        assert (str(again), repr(again)) == (str(outcome.error), repr(outcome.error))
        assert vars(again) == vars(outcome.error)


class _WallClock:
    """What `datetime.now` says to the whole of `odatafilter.paging`: it may jump, and tells how often it was read."""

    def __init__(self, patch: pytest.MonkeyPatch, now: datetime) -> None:
        self.now = now
        self.read = 0
        clock = self

        class Patched(datetime):
            @classmethod
            def now(cls, tz: Any = None) -> Any:
                clock.read += 1
                return clock.now

        modules = [module for name, module in sys.modules.items() if name.startswith("odatafilter.paging")]
        for module in modules:
            assert not hasattr(module, "time"), "this module may read a clock that is not patched here"
            if getattr(module, "datetime", None) is datetime:
                patch.setattr(module, "datetime", Patched)

    def jump(self, by: timedelta) -> Callable[[object], None]:
        """A hook that moves the clock when a wait begins."""

        def hook(event: object) -> None:
            if isinstance(event, Waiting):
                self.now += by

        return hook


# Dates have whole seconds: at this time, the next one is 0.2 seconds away.
NOW = datetime(2026, 1, 1, 0, 0, 0, 800_000, UTC)


@pytest.mark.parametrize("hours", [-1000, 0, 1000])
@pytest.mark.parametrize(
    ("told", "is_read"),
    [
        ({"Retry-After": "0.2"}, False),
        ({"Retry-After": "Thu, 01 Jan 2026 00:00:01 GMT"}, True),
        ({"Retry-After": "Thu, 01 Jan 2026 00:00:01 GMT", "Date": "Thu, 01 Jan 2026 00:00:01 GMT"}, False),
        ({}, False),
    ],
    ids=["seconds", "date", "date by the server's clock", "none"],
)
def test_56_a_clock_that_jumps_during_a_wait_makes_it_neither_shorter_nor_longer(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, *, told: dict[str, str], is_read: bool, hours: int
) -> None:
    clock = _WallClock(monkeypatch, NOW)
    waits = 0.2 if told and "Date" not in told else 0.0
    ground.serve(answer(b"", status=429, headers=told), page(jobs(1)))
    outcome = ground.walk(on_event=clock.jump(timedelta(hours=hours)))
    check(ground, outcome, items=[1], requests=2)
    first, second = (seen.at for seen in ground.server.seen)
    assert waits <= second - first < waits + 5
    assert waits <= outcome.stats.slept < waits + 0.01
    assert bool(clock.read) is is_read
    assert clock.now == NOW + timedelta(hours=hours)


@pytest.mark.parametrize("hours", [-1000, 1000])
def test_56_a_clock_that_jumps_brings_the_time_to_come_back_neither_nearer_nor_farther(
    ground: Ground, monkeypatch: pytest.MonkeyPatch, hours: int
) -> None:
    clock = _WallClock(monkeypatch, NOW)
    ground.serve(answer(b"", status=429, headers={"Retry-After": "0.3"}), page(jobs(1)))
    with ground.steps() as steps:
        walk = steps.paginate(retry=Retry(max_retry_after=0.1))
        for _ in range(2):
            with pytest.raises(RateLimited) as caught:
                next(steps.each(walk))
            assert caught.value.retry_at == NOW + timedelta(seconds=0.3)
            clock.now = NOW + timedelta(hours=hours)
        assert len(ground.server.seen) == 1
        steps.work(0.3)
        assert ids(steps.each(walk)) == [1]
        assert len(ground.server.seen) == 2


@pytest.mark.parametrize(
    "client",
    [
        {"params": {"evil": "1", "$top": "5"}},
        {"base_url": "http://127.0.0.1:9/base?x=1"},
        {"follow_redirects": True},
        {"max_redirects": 0},
    ],
    ids=str,
)
def test_57_the_settings_of_a_client_change_no_link(ground: Ground, client: dict[str, Any]) -> None:
    check(ground, ground.walk(client=client), items=ALL, requests=PAGES)
    assert ground.targets == ["/jobs", *(f"/jobs?{n}" for n in range(1, PAGES))]


@pytest.mark.parametrize("prefetch", [0, 1])
def test_57_the_hooks_of_a_client_see_every_request_and_answer(ground: Ground, prefetch: int) -> None:
    seen: list[str] = []

    def request_hook(request: Any) -> None:
        seen.append(str(request.url))

    def response_hook(response: Any) -> None:
        seen.append(str(response.status_code))

    hooks: dict[str, list[Any]] = {"request": [request_hook], "response": [response_hook]}
    if ground.driver.is_async:
        hooks = {kind: [_awaitable(hook) for hook in given] for kind, given in hooks.items()}
    outcome = ground.walk(client={"event_hooks": hooks}, prefetch=prefetch)
    check(ground, outcome, items=ALL, requests=PAGES)
    assert seen == [each for target in ground.targets for each in (f"{ground.server.url}{target}", "200")]


def _awaitable(hook: Callable[[Any], None]) -> Callable[[Any], Awaitable[None]]:
    async def awaited(given: Any) -> None:
        hook(given)

    return awaited


def test_57_a_hook_that_raises_for_every_bad_status_does_not_hide_it(ground: Ground) -> None:
    def strict(response: Any) -> None:
        response.raise_for_status()

    ground.serve(answer(b"", status=503), page(jobs(1), "/jobs?2"), answer(b"", status=404))
    hooks = {"response": [_awaitable(strict) if ground.driver.is_async else strict]}
    outcome = ground.walk(client={"event_hooks": hooks})
    check(ground, outcome, items=[1], requests=3, error=StatusError, says="404 without a body")


def test_57_proxy_variables_lead_to_the_proxy(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", ground.server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    ground.serve(page(jobs(1), "http://unknown.test/jobs?2"), page(jobs(2)))
    outcome = ground.walk(listing=Listing("http://unknown.test/jobs"), client={"trust_env": True})
    check(ground, outcome, items=[1, 2], requests=2)
    assert ground.targets == ["http://unknown.test/jobs", "http://unknown.test/jobs?2"]


def test_57_a_proxy_that_is_not_there_is_an_error_after_the_last_attempt(
    ground: Ground, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    outcome = ground.walk(listing=Listing("http://unknown.test/jobs"), client={"trust_env": True})
    check(ground, outcome, items=[], requests=0, error=RetriesExhausted)
    assert isinstance(outcome.error, RetriesExhausted)
    assert outcome.error.message.startswith("attempt 5 failed and was the last: ConnectError: ")


def test_a_closed_client_says_so_itself(one: Ground) -> None:
    client = httpx.Client(verify=TLS)
    client.close()
    with pytest.raises(RuntimeError, match="client has been closed"):
        next(paginate(client, one.listing))


def test_an_interrupted_wait_leaves_the_walk_where_it_stood(one: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    one.serve(page(jobs(1), "?2"), answer(b"", status=503), page(jobs(2)))
    with httpx.Client(verify=TLS) as client:
        walk = paginate(client, one.listing, retry=Retry(base=1e-9))
        assert next(walk) == {"id": 1}

        def interrupted(self: StopFlag, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(StopFlag, "wait", interrupted)
            with pytest.raises(KeyboardInterrupt):
                next(walk)
        assert next(walk) == {"id": 2}


def test_a_walk_that_is_interrupted_by_another_thread_says_so(one: Ground) -> None:
    one.serve(answer(b"", status=503, headers={"Retry-After": "60"}))
    with httpx.Client(verify=TLS) as client, ThreadPoolExecutor(1) as pool:
        walk = paginate(client, one.listing)
        waiting = pool.submit(next, walk)
        while not walk.stats.retries:
            pass
        walk.interrupt()
        with pytest.raises(PagingError, match=r"^the walk was closed"):
            waiting.result()
