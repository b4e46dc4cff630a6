"""Asynchronous walks whose tasks are cancelled, once or again and again, by their consumer or by somebody else."""

import asyncio
import gc
import os
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import httpx
import pytest
from fault_server import Part, Pause, Seen, jobs, page
from paging_ground import TLS, Ground, at_work, busy

from odatafilter.errors import PagingError, PagingValueError
from odatafilter.paging import FileCheckpoint, Listing, gather_pages, paginate

LISTING = Listing("http://a.test/jobs")
PAGES = 5
ALL = list(range(PAGES))


class Service:
    """A listing of one item a page, whose answers take `seconds`; what was asked for is in `asked`."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.seconds = seconds
        self.asked: list[int] = []

    async def answer(self, request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        self.asked.append(at)
        if self.seconds:
            await asyncio.sleep(self.seconds)
        link = {"next": {"href": f"?{at + 1}"}} if at < PAGES - 1 else None
        return httpx.Response(200, json={"jobs": jobs(at), "_links": link})

    def walk(self, **options: Any) -> Any:
        client = httpx.AsyncClient(transport=httpx.MockTransport(self.answer))
        return paginate(client, LISTING, **options)


async def _ids(items: Any) -> list[int]:
    return [item["id"] async for item in items]


async def _page_ids(pages: Any) -> list[int]:
    return [item["id"] async for each in pages for item in each.items]


def _others() -> set[asyncio.Task[Any]]:
    return asyncio.all_tasks() - {asyncio.current_task()}


async def _until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110  # a thread or a transport brings it about
            await asyncio.sleep(0.001)


class SlowDisk:
    """Has each write to the disk wait until it may go on."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.waiting = threading.Event()
        self.free = threading.Event()
        self._real = os.fsync
        monkeypatch.setattr(os, "fsync", self._fsync)

    def _fsync(self, file: int) -> None:
        self.waiting.set()
        assert self.free.wait(10)
        self._real(file)

    async def cancel_twice(self, work: Awaitable[Any]) -> None:
        """Cancels `work` twice while it waits for the disk. It ends when the disk has done what it was told."""
        task = asyncio.ensure_future(work)
        await _until(self.waiting.is_set)
        for _ in range(2):
            task.cancel()
            await asyncio.sleep(0.005)
            assert not task.done()
        self.free.set()
        await asyncio.wait({task})
        assert task.cancelled()


# --- what is fetched ahead is cancelled by somebody else ---------------------------------------------------------------


def test_a_prefetching_walk_goes_on_in_the_next_event_loop() -> None:
    service = Service(0.001)
    walk = service.walk(prefetch=1)

    async def following() -> int:
        return int((await anext(walk))["id"])

    assert [asyncio.run(following()) for _ in ALL] == ALL
    assert asyncio.run(walk.first()) is None


def test_what_is_left_of_a_prefetching_walk_is_whole_in_a_task_group() -> None:
    walk = Service(0.001).walk(prefetch=1)

    async def main() -> list[int]:
        async with asyncio.TaskGroup() as group:
            rest = group.create_task(_ids(walk))
        return rest.result()

    assert asyncio.run(walk.first()) == {"id": 0}
    assert asyncio.run(main()) == ALL[1:]


def test_a_page_whose_task_somebody_ends_is_asked_for_again() -> None:
    async def main() -> None:
        service = Service(0.001)
        walk = service.walk(prefetch=1)
        found = []
        async for item in walk:
            found.append(item["id"])
            await asyncio.sleep(0)
            for task in _others():
                task.cancel()
        assert found == ALL
        assert service.asked == [0, *(at for at in ALL[1:] for _ in range(2))]

    asyncio.run(main())


def test_a_page_that_was_fetched_ahead_survives_its_event_loop() -> None:
    service = Service()
    walk = service.walk(prefetch=1)

    async def main() -> None:
        await anext(walk)
        await _until(lambda: len(service.asked) == 2)

    asyncio.run(main())
    assert asyncio.run(_ids(walk)) == ALL[1:]
    assert service.asked == ALL


def test_a_gathering_goes_on_in_the_next_event_loop() -> None:
    services = [Service(0.001), Service(0.001)]
    pages = gather_pages([service.walk() for service in services], ahead=1)

    async def following() -> int:
        (item,) = (await anext(pages)).items
        return int(item["id"])

    assert [asyncio.run(following()) for _ in range(2 * PAGES)] == ALL * 2


def test_a_worker_of_a_gathering_whom_somebody_ends_is_replaced() -> None:
    async def main() -> None:
        pages = gather_pages([Service(0.002).walk() for _ in range(3)], concurrency=2, ahead=2)
        found = []
        async for each in pages:
            found.extend(each.items)
            for task in _others():
                task.cancel()
        assert [item["id"] for item in found] == ALL * 3
        await pages.aclose()
        assert not _others()

    asyncio.run(main())


# --- the consumer is cancelled again and again -------------------------------------------------------------------------


@asynccontextmanager
async def _slow_server() -> AsyncIterator[tuple[httpx.AsyncClient, Ground]]:
    """A client with two connections, and a server whose second pages take long."""

    def script(seen: Seen) -> list[Part]:
        pause = [Pause(0.2)] if seen.target.endswith("?1") else []
        return [*pause, page(jobs(0), "?1" if "?" not in seen.target else None)]

    with Ground("httpx") as ground:
        ground.server.script = script
        limits = httpx.Limits(max_connections=2)
        async with httpx.AsyncClient(verify=TLS, limits=limits, timeout=httpx.Timeout(5, pool=0.5)) as client:
            yield client, ground


@pytest.mark.parametrize("how", ["walk", "prefetch", "gather"])
def test_a_scope_of_anyio_that_ends_a_walk_leaves_no_connection_open(how: str) -> None:
    async def main() -> None:
        async with _slow_server() as (client, ground):
            for number in range(3):
                walk = paginate(client, ground.listing, prefetch=int(how == "prefetch"))
                consumed = _page_ids(gather_pages([walk])) if how == "gather" else _ids(walk)
                with anyio.CancelScope() as scope:
                    async with anyio.create_task_group() as group:
                        group.start_soon(_awaited, consumed)
                        await _until(partial(_has_seen, ground, 2 * (number + 1)))
                        scope.cancel()
                if how == "gather":
                    await asyncio.gather(*map(_cancelled, _others()))
                assert busy(client) == []
                assert not _others()
            assert (await client.get(ground.listing.url)).status_code == 200

    asyncio.run(main())


def _has_seen(ground: Ground, count: int) -> bool:
    return len(ground.server.seen) == count


async def _awaited(work: Awaitable[Any]) -> None:
    await work


async def _cancelled(task: asyncio.Task[Any]) -> None:
    task.cancel()
    await asyncio.wait({task})


def test_a_gathering_that_is_closed_in_a_cancelled_scope_leaves_nothing_at_work() -> None:
    async def main() -> None:
        async with _slow_server() as (client, ground):
            walks = [paginate(client, ground.listing, prefetch=1) for _ in range(2)]
            with anyio.CancelScope() as scope:
                async with gather_pages(walks) as pages:
                    await anext(pages)
                    await _until(lambda: len(ground.server.seen) == 4)
                    scope.cancel()
                    await anyio.sleep(1)
            assert not _others()
            assert busy(client) == []
            assert [walk.cursor.items_done for walk in walks] == [1, 0]

    asyncio.run(main())


def test_closing_a_gathering_is_not_cut_short_by_a_second_cancellation() -> None:
    async def main() -> None:
        cleaned: list[int] = []

        async def slow_to_clean(_: httpx.Request) -> httpx.Response:
            try:
                await asyncio.sleep(30)
            finally:
                await asyncio.sleep(0.02)
                cleaned.append(1)
            return httpx.Response(500)

        client = httpx.AsyncClient(transport=httpx.MockTransport(slow_to_clean))
        pages = gather_pages([paginate(client, LISTING) for _ in range(3)])
        asking = asyncio.create_task(anext(pages))
        await asyncio.sleep(0.005)
        closing = asyncio.create_task(pages.aclose())
        for _ in range(2):
            await asyncio.sleep(0.005)
            closing.cancel()
        await asyncio.wait({closing, asking})
        assert closing.cancelled()
        assert isinstance(asking.exception(), PagingError)
        assert cleaned == [1, 1, 1]
        assert not _others()

    asyncio.run(main())


def test_a_checkpoint_that_is_written_is_waited_for_though_the_task_is_cancelled_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        walk = Service().walk(checkpoint=FileCheckpoint(tmp_path / "c"))
        await anext(walk)
        disk = SlowDisk(monkeypatch)
        await disk.cancel_twice(anext(walk))
        assert await _ids(walk) == ALL[1:]

    asyncio.run(main())
    assert list(tmp_path.iterdir()) == [tmp_path / "c"]


def test_a_file_that_is_finished_is_whole_though_the_task_is_cancelled_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def main() -> None:
        noise: list[object] = []
        asyncio.get_running_loop().set_exception_handler(lambda _, context: noise.append(context))
        disk = SlowDisk(monkeypatch)
        await disk.cancel_twice(walk.to_ndjson(path))
        assert await walk.to_ndjson(path) == PAGES
        assert service.asked == ALL  # the file was whole: nothing is asked for again
        assert noise == []

    service = Service()
    walk = service.walk()
    path = tmp_path / "f"
    asyncio.run(main())
    assert path.read_text().count("id") == PAGES
    assert list(tmp_path.iterdir()) == [path]
    path.unlink()
    assert asyncio.run(walk.to_ndjson(path)) == PAGES
    assert service.asked == ALL * 2


def test_the_end_of_an_event_loop_waits_for_a_file_that_is_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch)
    walk = Service().walk()
    path = tmp_path / "f"

    async def main() -> None:
        asyncio.get_running_loop().call_later(0.02, disk.free.set)
        writing = asyncio.create_task(walk.to_ndjson(path))
        await _until(disk.waiting.is_set)
        assert not writing.done()

    asyncio.run(main())
    assert list(tmp_path.iterdir()) == [path]
    assert asyncio.run(walk.to_ndjson(path)) == PAGES


@pytest.mark.parametrize("how", ["walk", "gather"])
def test_the_end_of_a_block_leaves_nothing_at_work(how: str) -> None:
    async def main() -> None:
        service = Service()

        def be_slow(_: object) -> None:  # from the second page on
            service.seconds = 30

        walk = service.walk(prefetch=int(how == "walk"), on_event=be_slow)
        async with walk if how == "walk" else gather_pages([walk]) as block:
            await anext(block)
            await _until(lambda: len(service.asked) > 1)
            assert _others()
        assert not _others()

    asyncio.run(main())


def test_the_end_of_a_block_leaves_no_thread() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        return httpx.Response(200, json={"jobs": jobs(at), "_links": {"next": {"href": f"?{at + 1}"}}})

    client = httpx.Client(transport=httpx.MockTransport(answer))
    with paginate(client, LISTING, prefetch=1) as walk:
        next(walk)
        assert at_work()
    assert not at_work()
    assert next(walk)["id"] == 1


# --- several event loops and threads -----------------------------------------------------------------------------------


@pytest.mark.parametrize("how", ["walk", "gather"])
def test_what_is_dropped_may_be_found_by_the_collector_of_another_thread(how: str) -> None:
    async def main() -> None:
        service = Service()

        def be_slow(_: object) -> None:  # from the second page on
            service.seconds = 30

        walk = service.walk(prefetch=int(how == "walk"), on_event=be_slow)
        dropped: Any = walk if how == "walk" else gather_pages([walk])
        await anext(dropped)
        await _until(lambda: len(service.asked) > 1)
        dropped.itself = dropped
        del dropped, walk
        await asyncio.to_thread(gc.collect)
        async with asyncio.timeout(25):
            await asyncio.gather(*_others(), return_exceptions=True)

    asyncio.run(main(), debug=True)


def test_a_walk_that_two_tasks_wanted_at_once_goes_on_in_the_next_event_loop() -> None:
    walk = Service(0.001).walk()

    async def main() -> set[int]:
        return {item["id"] for item in await asyncio.gather(anext(walk), anext(walk))}

    assert [asyncio.run(main()), asyncio.run(main())] == [{0, 1}, {2, 3}]


def test_a_walk_that_is_in_use_in_another_event_loop_says_so() -> None:
    walk = Service(30).walk()

    async def asking() -> None:
        task = asyncio.create_task(anext(walk))
        await asyncio.sleep(0.001)
        message = await asyncio.to_thread(lambda: asyncio.run(refused()))
        assert message == "the walk is in use in another event loop: give each loop a walk of its own"
        task.cancel()

    async def refused() -> str:
        with pytest.raises(PagingError) as caught:
            await anext(walk)
        return caught.value.message

    asyncio.run(asking())


# --- the end of a listing, and nothing else ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [StopIteration, StopAsyncIteration])
@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("is_async", [False, True])
def test_what_a_function_of_the_callers_raises_is_not_taken_for_the_end(
    kind: type[Exception], prefetch: int, is_async: bool
) -> None:
    tokens = ["t"]

    def token() -> str:
        if not tokens:
            raise kind
        return tokens.pop()

    def answer(request: httpx.Request) -> httpx.Response:
        body = {"jobs": jobs(0), "_links": {"next": {"href": "?1"}}}
        return httpx.Response(401) if request.url.query else httpx.Response(200, json=body)

    transport = httpx.MockTransport(answer)
    options: dict[str, Any] = {"prefetch": prefetch, "token": token}
    if is_async:
        asynchronous = paginate(httpx.AsyncClient(transport=transport), LISTING, **options)
        with pytest.raises((PagingError, RuntimeError)):
            asyncio.run(_ids(asynchronous))
    else:
        walk = paginate(httpx.Client(transport=transport), LISTING, **options)
        with walk, pytest.raises(PagingError, match=f"a function that was given to the walk raised {kind.__name__}"):
            list(walk)
        assert walk.stats.stopped_by == "error"


@pytest.mark.parametrize("how", ["next", "collect", "close"])
def test_a_callback_that_uses_the_walk_it_was_called_by_gets_an_error(how: str) -> None:
    def on_event(_: object) -> None:
        {"next": lambda: next(walk), "collect": walk.collect, "close": walk.close}[how]()

    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"jobs": jobs(0)})

    walk = paginate(httpx.Client(transport=httpx.MockTransport(answer)), LISTING, on_event=on_event)
    with pytest.raises(PagingError, match="a function that the walk calls uses the walk"):
        next(walk)
    walk.close()


def test_an_asynchronous_function_that_uses_the_walk_is_told_so() -> None:
    async def token() -> str:
        await anext(walk)
        return "t"

    walk = Service().walk(token=token)
    for _ in range(2):
        with pytest.raises(PagingError, match="a function that the walk calls uses the walk"):
            asyncio.run(walk.first())


@pytest.mark.parametrize("size", [0, -1, True, "3"])
def test_the_size_of_an_asynchronous_batch_is_a_whole_number(size: Any) -> None:
    with pytest.raises(PagingValueError) as caught:
        Service().walk().batches(size)
    assert str(caught.value) == f"the size of a batch is {size!r}: a whole number from 1 is wanted"
