"""Faults 51 to 57 of paging: consumers that leave, raise, are cancelled or share a walk; clients with ideas."""

import asyncio
import gc
import multiprocessing
import os
import pickle
import signal
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from typing import Any

import httpx
import httpx2
import pytest
from fault_server import Cut, Part, Pause, Seen, answer, jobs, page
from paging_ground import AT_ONCE, DRIVERS, TLS, Ground, check

from odatafilter.errors import PagingError, RetriesExhausted
from odatafilter.paging import Retry, paginate
from odatafilter.paging.page import Answered

PAGES = 6


def script(seen: Seen) -> list[Part]:
    """Eighteen items on six pages."""
    at = int(seen.target.partition("?")[2] or 0)
    return [page(jobs(*range(3 * at, 3 * at + 3)), f"?{at + 1}" if at < PAGES - 1 else None)]


ALL = list(range(3 * PAGES))


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    with Ground(request.param) as given:
        given.server.script = script
        yield given


@pytest.fixture
def one() -> Iterator[Ground]:
    """A ground whose client is made by the test."""
    with Ground("httpx") as given:
        given.server.script = script
        yield given


def busy(client: Any) -> list[Any]:
    """The connections of a client that are neither idle nor closed."""
    return [each for each in client._transport._pool.connections if not (each.is_idle() or each.is_closed())]


def prefetching() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("odatafilter")]


@pytest.mark.parametrize("library", [httpx, httpx2])
@pytest.mark.parametrize("prefetch", [0, 1])
def test_51_a_consumer_that_leaves_early_leaves_nothing_open(one: Ground, library: Any, prefetch: int) -> None:
    with library.Client(verify=TLS) as client:
        with paginate(client, one.listing, prefetch=prefetch) as walk:
            for item in walk:
                if item["id"] == 4:
                    break
        assert busy(client) == prefetching() == []
        assert len(one.server.seen) <= 2 + prefetch
        assert [item["id"] for item in walk] == ALL[5:]
        walk.close()


@pytest.mark.parametrize("prefetch", [0, 1])
def test_51_a_consumer_that_raises_can_go_on(one: Ground, prefetch: int) -> None:
    with httpx.Client(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:
        got = []

        def consume() -> None:
            for item in walk:
                got.append(item["id"])
                _ = 1 // (item["id"] - 4)

        with pytest.raises(ZeroDivisionError):
            consume()
        consume()
        assert got == ALL


def test_51_a_walk_that_is_dropped_wakes_its_thread_from_a_wait(one: Ground) -> None:
    one.serve(page(jobs(1), "?2"), answer(b"", status=503, headers={"Retry-After": "100"}))
    with httpx.Client(verify=TLS) as client:
        walk = paginate(client, one.listing, prefetch=1)
        next(walk)
        (thread,) = prefetching()
        del walk
        thread.join(5)
        assert not thread.is_alive()


def test_51_close_wakes_a_thread_from_a_wait_and_the_walk_goes_on(one: Ground) -> None:
    one.serve(page(jobs(1), "?2"), answer(b"", status=503, headers={"Retry-After": "100"}), page(jobs(2)))
    with httpx.Client(verify=TLS) as client:
        walk = paginate(client, one.listing, prefetch=1)
        assert next(walk) == {"id": 1}
        walk.close()
        assert prefetching() == []
        assert [item["id"] for item in walk] == [2]


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
def test_51_a_consumer_that_is_cancelled_leaves_nothing_open_and_can_go_on(
    one: Ground, prefetch: int, stuck: Any
) -> None:
    one.server.script = stuck

    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:
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
    request: pytest.FixtureRequest, one: Ground, prefetch: int, stuck: Any
) -> None:
    one.server.script = stuck
    got = []

    def press() -> None:
        while len(one.server.seen) < 2:
            sleep(0.001)
        sleep(0.05)
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    before = signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background ignores it
    request.addfinalizer(lambda: signal.signal(signal.SIGINT, before))
    with httpx.Client(verify=TLS, timeout=0.5) as client, ThreadPoolExecutor(1) as pool:
        with paginate(client, one.listing, prefetch=prefetch) as walk:
            pressed = pool.submit(press)
            with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # the loop is what is interrupted
                for item in walk:
                    got.append(item["id"])  # noqa: PERF401  # what came before the interruption is kept
        pressed.result()
        assert busy(client) == prefetching() == []
        one.server.script = script
        got += [item["id"] for item in walk]
        walk.close()
    assert got == ALL


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


def test_54_threads_that_share_a_walk_get_each_item_once(one: Ground) -> None:
    with httpx.Client(verify=TLS) as client, ThreadPoolExecutor(4) as pool:
        walk = paginate(client, one.listing)
        found = pool.map(lambda _: [item["id"] for item in walk], range(4))
        assert sorted(each for part in found for each in part) == ALL
        assert len(one.server.seen) == PAGES


def test_54_tasks_that_share_a_walk_get_each_item_once(one: Ground) -> None:
    async def main() -> list[int]:
        async with httpx.AsyncClient(verify=TLS) as client:
            walk = paginate(client, one.listing)

            async def consume() -> list[int]:
                return [item["id"] async for item in walk]

            return sorted(each for part in await asyncio.gather(*(consume() for _ in range(4))) for each in part)

    assert asyncio.run(main()) == ALL
    assert len(one.server.seen) == PAGES


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
        threads = {prefetching()[0] for item in walk if item["id"] < 3 * (PAGES - 1)}
        assert len(threads) == 1
        assert prefetching() == []
    assert names == ["MainThread", *["odatafilter-prefetch"] * (PAGES - 1)]


def pages_alive() -> int:
    return sum(isinstance(each, Answered) for each in gc.get_objects())


@pytest.mark.parametrize("prefetch", [0, 1])
def test_a_walk_holds_the_page_in_hand_and_the_one_ahead_and_no_more(one: Ground, prefetch: int) -> None:
    async def main() -> list[int]:
        async with httpx.AsyncClient(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:
            return [pages_alive() async for item in walk if item["id"] in {4, 10, 17}]

    gc.collect()  # what the tests before have left
    with httpx.Client(verify=TLS) as client, paginate(client, one.listing, prefetch=prefetch) as walk:
        held = [pages_alive() for item in walk if item["id"] in {4, 10, 17}]
    assert 1 <= max(held) <= 1 + prefetch
    del walk
    assert 1 <= max(asyncio.run(main())) <= 1 + prefetch


def _rest(listing: Any, cursor: str, found: Any) -> None:
    with httpx.Client(verify=TLS) as client:
        found.put([item["id"] for item in paginate(client, listing, start=cursor)])


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_55_a_child_process_goes_on_from_the_cursor_with_a_client_of_its_own(one: Ground) -> None:
    with httpx.Client(verify=TLS) as client:
        walk = paginate(client, one.listing, max_items=7)
        assert [item["id"] for item in walk] == ALL[:7]
        context = multiprocessing.get_context("fork")
        found = context.Queue()
        child = context.Process(target=_rest, args=(one.listing, str(walk.cursor), found))
        child.start()
        assert found.get(timeout=20) == ALL[7:]
        child.join()


def test_55_errors_pickle_with_all_they_know(one: Ground) -> None:
    one.serve([Cut()])
    with httpx.Client(verify=TLS) as client, pytest.raises(RetriesExhausted) as caught:
        next(paginate(client, one.listing, retry=AT_ONCE))
    again = pickle.loads(pickle.dumps(caught.value))
    assert (str(again), again.attempts, again.cursor) == (str(caught.value), 5, caught.value.cursor)


def test_56_a_clock_that_jumps_does_not_shorten_a_wait(one: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    import time  # noqa: PLC0415

    one.serve(answer(b"", status=429, headers={"Retry-After": "0.05"}), page(jobs(1)))
    monkeypatch.setattr(time, "time", lambda: 4e9)
    with httpx.Client(verify=TLS) as client:
        walk = paginate(client, one.listing)
        assert next(walk) == {"id": 1}
    assert walk.stats.slept >= 0.05


@pytest.mark.parametrize(
    "client",
    [
        {"params": {"evil": "1", "$top": "5"}},
        {"base_url": "http://127.0.0.1:9/base?x=1"},
        {"follow_redirects": True},
        {"event_hooks": {"request": [], "response": []}},
        {"max_redirects": 0},
    ],
    ids=str,
)
def test_57_a_client_with_ideas_of_its_own_changes_no_link(ground: Ground, client: dict[str, Any]) -> None:
    check(ground, ground.walk(client=client), items=ALL, requests=PAGES)
    assert ground.targets == ["/jobs", *(f"/jobs?{n}" for n in range(1, PAGES))]


def test_57_the_hooks_of_a_client_see_every_request(one: Ground) -> None:
    seen = []
    hooks = {"request": [lambda request: seen.append(str(request.url))]}
    with httpx.Client(verify=TLS, event_hooks=hooks) as client:
        list(paginate(client, one.listing))
    assert seen == [f"{one.server.url}{target}" for target in one.targets]


def test_57_proxy_variables_lead_to_the_proxy(one: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", one.server.url)
    monkeypatch.delenv("NO_PROXY", raising=False)
    monkeypatch.delenv("no_proxy", raising=False)
    one.serve(page(jobs(1), "http://unknown.test/jobs?2"), page(jobs(2)))
    with httpx.Client(verify=TLS) as client:
        from odatafilter.paging import Listing  # noqa: PLC0415

        assert [item["id"] for item in paginate(client, Listing("http://unknown.test/jobs"))] == [1, 2]
    assert one.targets == ["http://unknown.test/jobs", "http://unknown.test/jobs?2"]


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

        def interrupted(self: threading.Event, timeout: float | None = None) -> bool:
            raise KeyboardInterrupt

        with monkeypatch.context() as patch:
            patch.setattr(threading.Event, "wait", interrupted)
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
