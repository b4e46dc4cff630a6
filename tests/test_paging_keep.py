"""What is kept of a walk: checkpoints, batches, collections, files, and what is left of them after a kill."""

import asyncio
import itertools
import pickle
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fault_server import Part, Pause, Seen, answer, jobs, page
from paging_ground import AT_ONCE, TLS, Ground

from odatafilter.errors import BadItemError, CursorError, PagingError, PagingValueError, StatusError
from odatafilter.paging import Cursor, FileCheckpoint, Listing, Walk, gather_pages, paginate

PAGES = 6
ALL = list(range(3 * PAGES))


def script(seen: Seen) -> list[bytes]:
    """Eighteen items on six pages."""
    at = int(seen.target.partition("?")[2] or 0)
    return [page(jobs(*range(3 * at, 3 * at + 3)), f"?{at + 1}" if at < PAGES - 1 else None)]


@pytest.fixture
def ground() -> Iterator[Ground]:
    with Ground("httpx") as given:
        given.server.script = script
        yield given


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "jobs.cursor"


def ids(items: Any) -> list[int]:
    return [item["id"] for item in items]


def kept(path: Path) -> int:
    """How many items the cursor in the file says are done."""
    return Cursor.parse(path.read_text()).items_done


def test_a_checkpoint_may_be_written_when_the_next_item_is_asked_for(
    ground: Ground, client: httpx.Client, file: Path
) -> None:
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1))
    for done in range(18):
        next(walk)
        assert kept(file) == done
    assert next(walk, None) is None
    assert Cursor.parse(file.read_text()).ended


def test_a_new_process_goes_on_from_the_item_that_was_not_done(
    ground: Ground, client: httpx.Client, file: Path
) -> None:
    first = paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1))
    assert ids(next(first) for _ in range(5)) == ALL[:5]
    second = paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1))
    assert ids(second) == ALL[4:]  # the fifth item was handed out, but nobody knows whether it was done
    assert ids(paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1))) == []


def test_a_checkpoint_is_written_once_a_page(ground: Ground, client: httpx.Client, file: Path) -> None:
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
    found = [(next(walk)["id"], kept(file)) for _ in range(8)]
    assert found == [(0, 0), (1, 0), (2, 0), (3, 3), (4, 3), (5, 3), (6, 6), (7, 6)]


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_checkpoint_at_the_end_says_so(ground: Ground, client: httpx.Client, file: Path, kind: str) -> None:
    first = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
    assert ids(first) == ALL
    assert first.stats.stopped_by == "end"

    async def main() -> Any:
        async with httpx.AsyncClient(verify=TLS) as other:
            walk = paginate(other, ground.listing, checkpoint=FileCheckpoint(file))
            assert await walk.collect() == []
            return walk.stats

    ground.server.seen.clear()
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
    assert (walk.stats.stopped_by, walk.stats.pages) == ("end", 0)
    stats = asyncio.run(main()) if kind == "async" else walk.stats
    assert list(walk) == []
    assert (stats.stopped_by, stats.pages, ground.targets) == ("end", 0, [])
    assert paginate(client, ground.listing, start=first.cursor).stats.stopped_by == "end"


def test_a_checkpoint_may_be_written_less_often(ground: Ground, client: httpx.Client, file: Path) -> None:
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=2))
    seen = []
    for _ in range(7):
        next(walk)
        seen.append(kept(file))
    assert seen == [0, 0, 2, 3, 3, 5, 6]  # and at the end of each page


def test_pages_and_batches_are_done_when_the_next_one_is_asked_for(
    ground: Ground, client: httpx.Client, file: Path
) -> None:
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
    pages = walk.pages()
    next(pages)
    assert kept(file) == 0
    next(pages)
    assert kept(file) == 3
    batches = walk.batches(4)
    assert ids(next(batches)) == [6, 7, 8, 9]
    assert kept(file) == 6
    assert ids(next(batches)) == [10, 11, 12, 13]
    assert kept(file) == 10


def test_with_ack_only_the_consumer_writes_the_checkpoint(ground: Ground, client: httpx.Client, file: Path) -> None:
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file, ack=True))
    batches = walk.batches(5)
    next(batches)
    next(batches)
    assert not file.exists()
    walk.ack()
    assert kept(file) == 10


def test_a_checkpoint_of_another_request_is_refused(ground: Ground, client: httpx.Client, file: Path) -> None:
    next(paginate(client, ground.listing, checkpoint=FileCheckpoint(file)))
    with pytest.raises(CursorError, match="belongs to another URL, filter, page size or params"):
        paginate(client, ground.listing, top=5, checkpoint=FileCheckpoint(file))


@pytest.mark.parametrize("content", ["", "1.abc", "2.from.the-future", "\x00\x01", "\u00ff"])
def test_a_file_that_holds_no_cursor_is_refused(client: httpx.Client, file: Path, content: str) -> None:
    file.write_text(content, "latin-1")
    with pytest.raises(CursorError):
        paginate(client, Listing("http://127.0.0.1:9/jobs"), checkpoint=FileCheckpoint(file))


def test_a_checkpoint_can_be_cleared(ground: Ground, client: httpx.Client, file: Path) -> None:
    checkpoint = FileCheckpoint(file)
    assert ids(paginate(client, ground.listing, checkpoint=checkpoint)) == ALL
    checkpoint.clear()
    assert ids(paginate(client, ground.listing, checkpoint=checkpoint)) == ALL


def test_a_start_and_a_checkpoint_contradict_each_other(client: httpx.Client, file: Path) -> None:
    with pytest.raises(PagingValueError) as caught:
        paginate(client, Listing("http://127.0.0.1:9/"), start="x", checkpoint=FileCheckpoint(file))
    assert str(caught.value) == "start and checkpoint both say where to begin: give one of them"


@pytest.mark.parametrize("every", [0, True, 1.5])
def test_a_checkpoint_is_written_after_a_whole_number_of_items(file: Path, every: Any) -> None:
    with pytest.raises(PagingValueError) as caught:
        FileCheckpoint(file, every=every)
    assert str(caught.value) == f"every is {every!r}: a whole number from 1 is wanted"


@pytest.mark.parametrize("size", [1, 4, 18, 19])
def test_batches_hold_all_items(ground: Ground, client: httpx.Client, size: int) -> None:
    found = [ids(batch) for batch in paginate(client, ground.listing).batches(size)]
    assert found == [ALL[at : at + size] for at in range(0, 18, size)]


@pytest.mark.parametrize("size", [0, -1, True, "3"])
def test_the_size_of_a_batch_is_a_whole_number(client: httpx.Client, size: Any) -> None:
    with pytest.raises(PagingValueError) as caught:
        paginate(client, Listing("http://127.0.0.1:9/")).batches(size)
    assert str(caught.value) == f"the size of a batch is {size!r}: a whole number from 1 is wanted"


def test_a_batch_before_an_error_is_shorter_and_the_error_comes_at_its_turn(
    ground: Ground, client: httpx.Client
) -> None:
    ground.serve(page(jobs(1, 2, 3), "?2"), answer(b"", status=404), page(jobs(4)))
    walk = paginate(client, ground.listing)
    batches = walk.batches(5)
    assert ids(next(batches)) == [1, 2, 3]
    with pytest.raises(StatusError):
        next(batches)
    assert ids(next(batches)) == [4]


def test_a_batch_that_is_interrupted_is_handed_out_whole_later(ground: Ground, client: httpx.Client) -> None:
    answers = [page(jobs(1, 2, 3), "?2"), KeyboardInterrupt, page(jobs(1, 2, 3), "?2"), page(jobs(4))]

    def token() -> str:
        return "t"

    def hook(_: httpx.Request) -> None:
        given = answers.pop(0)
        if given is KeyboardInterrupt:
            raise KeyboardInterrupt
        ground.serve(given)  # type: ignore[arg-type]

    client.event_hooks = {"request": [hook]}
    walk = paginate(client, ground.listing, token=token)
    batches = walk.batches(4)
    with pytest.raises(KeyboardInterrupt):
        next(batches)
    assert walk.cursor.items_done == walk.stats.items == 0
    assert ids(next(batches)) == [1, 2, 3, 4]


def test_an_asynchronous_batch_that_is_cancelled_is_handed_out_whole_later(ground: Ground) -> None:
    def hanging(seen: Seen) -> list[Part]:
        return [Pause(30)] if seen.target == "/jobs?1" else [*script(seen)]

    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            walk = paginate(client, ground.listing)
            batches = walk.batches(4)
            ground.server.script = hanging
            task = asyncio.ensure_future(anext(batches))
            while len(ground.server.seen) < 2:  # noqa: ASYNC110  # a thread fills it
                await asyncio.sleep(0.001)
            task.cancel()
            await asyncio.wait({task})
            assert walk.cursor.items_done == walk.stats.items == 0
            ground.server.script = script
            assert ids(await anext(batches)) == ALL[:4]

    asyncio.run(main())


def test_collect_and_first_take_what_is_left(ground: Ground, client: httpx.Client) -> None:
    walk = paginate(client, ground.listing)
    assert walk.first() == {"id": 0}
    assert ids(walk.collect()) == ALL[1:]
    assert walk.first() is None
    assert walk.collect() == []


def test_collect_keeps_what_came_before_an_error(ground: Ground, client: httpx.Client) -> None:
    ground.serve(page(jobs(1, 2), "?2"), answer(b"", status=404), page(jobs(3)))
    walk = paginate(client, ground.listing)
    with pytest.raises(StatusError) as caught:
        walk.collect()
    assert caught.value.__notes__ == ["2 items were collected: collect() again goes on and returns them too"]
    assert ids(walk.collect()) == [1, 2, 3]


def _up_to(number: int) -> Callable[[Seen], list[bytes]]:
    """The pages before `number`, which is not there."""
    return lambda seen: [answer(b"", status=404)] if seen.target.endswith(f"?{number}") else script(seen)


def test_a_collection_is_done_when_more_is_asked_for(ground: Ground, client: httpx.Client, file: Path) -> None:
    ground.server.script = _up_to(3)
    failing = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
    with pytest.raises(StatusError) as caught:
        failing.collect()
    failing.ack()
    assert kept(file) == failing.cursor.items_done == caught.value.items_done == 0
    ground.server.script = script
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
    assert ids(walk.collect()) == ALL
    assert kept(file) == 0
    assert walk.collect() == []
    assert kept(file) == 18


def test_the_cursor_of_a_collection_that_failed_is_where_it_began(ground: Ground, client: httpx.Client) -> None:
    ground.server.script = _up_to(3)
    walk = paginate(client, ground.listing)
    next(walk)
    for _ in range(2):
        with pytest.raises(StatusError) as caught:
            walk.collect()
        again = pickle.loads(pickle.dumps(caught.value))
        assert caught.value.cursor == again.cursor == walk.cursor
        assert again.items_done == 1
    ground.server.script = script
    assert ids(paginate(client, ground.listing, start=caught.value.cursor).collect()) == ALL[1:]
    assert ids(walk.collect()) == ALL[1:]
    assert walk.cursor.ended


def test_an_asynchronous_collection_is_done_when_more_is_asked_for(ground: Ground, file: Path) -> None:
    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            ground.server.script = _up_to(3)
            with pytest.raises(StatusError) as caught:
                await paginate(client, ground.listing, checkpoint=FileCheckpoint(file)).collect()
            assert kept(file) == caught.value.items_done == 0
            ground.server.script = script
            walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
            assert ids(await walk.collect()) == ALL
            assert kept(file) == 0
            walk.ack()
            assert kept(file) == 18
            assert ids([item async for item in paginate(client, ground.listing, start=caught.value.cursor)]) == ALL

    asyncio.run(main())


def test_an_asynchronous_walk_has_checkpoints_batches_and_files_too(ground: Ground, tmp_path: Path) -> None:
    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(tmp_path / "a.cursor"))
            assert await walk.first() == {"id": 0}
            assert [ids(batch) async for batch in walk.batches(10)] == [ALL[1:11], ALL[11:]]
            assert await walk.collect() == []
            assert await paginate(client, ground.listing).to_ndjson(tmp_path / "a.ndjson") == 18
            ground.serve(page(jobs(1, 2), "?2"), answer(b"", status=404), page(jobs(3)))
            failing = paginate(client, ground.listing)
            with pytest.raises(StatusError):
                await failing.collect()
            assert ids(await failing.collect()) == [1, 2, 3]
            ground.serve(page(jobs(1, 2), "?2"), answer(b"", status=404), page(jobs(3)))
            batches = paginate(client, ground.listing).batches(5)
            assert ids(await anext(batches)) == [1, 2]
            with pytest.raises(StatusError):
                await anext(batches)
            assert ids(await anext(batches)) == [3]

    asyncio.run(main())
    assert lines(tmp_path / "a.ndjson") == ALL


def lines(path: Path) -> list[int]:
    return [msgspec.json.decode(line)["id"] for line in path.read_bytes().splitlines()]


def test_items_are_written_one_a_line_and_the_file_appears_when_it_is_whole(
    ground: Ground, client: httpx.Client, tmp_path: Path
) -> None:
    path = tmp_path / "jobs.ndjson"
    walk = paginate(client, ground.listing)
    assert walk.to_ndjson(path) == 18
    assert lines(path) == ALL
    assert list(tmp_path.iterdir()) == [path]
    assert walk.stats.items == 18


def test_an_item_over_several_lines_is_put_on_one(ground: Ground, client: httpx.Client, tmp_path: Path) -> None:
    ground.serve(answer(b'{"jobs":[{\r\n  "id": 1.50,\n  "name": "a\\nb"\n}]}'))
    paginate(client, ground.listing).to_ndjson(tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == b'{"id":1.50,"name":"a\\nb"}\n'


def test_a_file_in_the_making_is_gone_on_with_after_an_error(
    ground: Ground, client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odatafilter.paging._ndjson._EVERY", 4)
    path = tmp_path / "jobs.ndjson"
    good = ground.server.script
    down = answer(b"", status=404)
    ground.server.script = lambda seen: [down] if seen.target.endswith("?4") else good(seen)
    walk = paginate(client, ground.listing)
    with pytest.raises(StatusError):
        walk.to_ndjson(path)
    assert not path.exists()
    ground.server.script = good
    ground.server.seen.clear()
    assert paginate(client, ground.listing).to_ndjson(path) == 18
    assert lines(path) == ALL
    assert ground.targets == ["/jobs?4", "/jobs?5"]  # the twelve items before were kept


def test_a_checkpoint_stays_where_the_file_begins(
    ground: Ground, client: httpx.Client, file: Path, tmp_path: Path
) -> None:
    path = tmp_path / "x"
    ids(itertools.islice(paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1)), 3))
    ground.server.script = _up_to(4)
    with pytest.raises(StatusError):
        paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1)).to_ndjson(path)
    ground.server.script = script
    walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1))
    assert (walk.to_ndjson(path), lines(path)) == (16, ALL[2:])
    assert kept(file) == 2
    walk.ack()
    assert kept(file) == 18


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_cursor_of_a_walk_whose_file_failed_is_where_it_begins(
    ground: Ground, client: httpx.Client, file: Path, tmp_path: Path, kind: str
) -> None:
    def failing() -> Walk[Any]:
        walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
        with pytest.raises(StatusError) as caught:
            walk.to_ndjson(tmp_path / "x")
        assert caught.value.items_done == 12
        return walk

    async def failing_too() -> Any:
        async with httpx.AsyncClient(verify=TLS) as other:
            walk = paginate(other, ground.listing, checkpoint=FileCheckpoint(file))
            with pytest.raises(StatusError) as caught:
                await walk.to_ndjson(tmp_path / "x")
        assert caught.value.items_done == 12
        return walk

    ground.server.script = _up_to(4)
    walk = failing() if kind == "sync" else asyncio.run(failing_too())
    assert (walk.cursor.items_done, walk.stats.items, walk.stats.pages) == (0, 12, 4)
    walk.ack()
    ground.server.script = script
    assert paginate(client, ground.listing, start=walk.cursor).to_ndjson(tmp_path / "x") == 18
    assert ids(paginate(client, ground.listing, checkpoint=FileCheckpoint(file))) == ALL


@pytest.mark.parametrize(("limit", "whole"), [({"max_items": 10}, 10), ({"max_pages": 4}, 12)])
def test_a_limit_bounds_the_file_over_all_processes(
    ground: Ground, client: httpx.Client, tmp_path: Path, limit: dict[str, Any], whole: int
) -> None:
    path = tmp_path / "x"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("odatafilter.paging._ndjson._EVERY", 1)
        for down in (1, 3):
            ground.server.script = _up_to(down)
            with pytest.raises(StatusError):
                paginate(client, ground.listing, **limit).to_ndjson(path)
    ground.server.script = script
    assert (paginate(client, ground.listing, **limit).to_ndjson(path), lines(path)) == (whole, ALL[:whole])


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_number_of_items_is_that_of_the_lines(
    ground: Ground, client: httpx.Client, tmp_path: Path, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odatafilter.paging._ndjson._EVERY", 1)
    path = tmp_path / "x"
    start = paginate(client, ground.listing)
    ids(itertools.islice(start, 7))

    def written() -> int:
        if kind == "sync":
            return paginate(client, ground.listing, start=start.cursor, on_bad_item="skip").to_ndjson(path)

        async def main() -> int:
            async with httpx.AsyncClient(verify=TLS) as other:
                return await paginate(other, ground.listing, start=start.cursor, on_bad_item="skip").to_ndjson(path)

        return asyncio.run(main())

    ground.server.script = lambda seen: (
        [page([7, *jobs(9), 7], "?4")] if seen.target.endswith("?3") else _up_to(4)(seen)
    )
    with pytest.raises(StatusError):
        written()
    ground.server.script = script
    assert (written(), lines(path)) == (9, [7, 8, 9, *ALL[12:]])


def test_a_bad_item_keeps_the_file_from_appearing(ground: Ground, client: httpx.Client, tmp_path: Path) -> None:
    ground.serve(page([{"id": 1}, 7]))
    walk = paginate(client, ground.listing)
    for _ in range(2):
        with pytest.raises(BadItemError):
            walk.to_ndjson(tmp_path / "x")
    assert not (tmp_path / "x").exists()
    assert paginate(client, ground.listing, on_bad_item="skip").to_ndjson(tmp_path / "x") == 1
    assert lines(tmp_path / "x") == [1]


def test_a_file_in_the_making_of_another_request_is_refused(
    ground: Ground, client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odatafilter.paging._ndjson._EVERY", 1)
    path = tmp_path / "x"
    ground.serve(page(jobs(1), "?2"), answer(b"", status=404))
    with pytest.raises(StatusError):
        paginate(client, ground.listing).to_ndjson(path)
    mark = path.with_name("x.cursor")
    with pytest.raises(CursorError) as caught:
        paginate(client, ground.listing, top=3).to_ndjson(path)
    assert str(caught.value) == (f"{mark} belongs to another URL, filter, page size or params: remove it to begin anew")
    path.with_name("x.part").write_bytes(b"")
    with pytest.raises(CursorError) as caught:
        paginate(client, ground.listing).to_ndjson(path)
    assert str(caught.value) == (f"{path}.part has 0 bytes where 9 were written: remove {mark} to begin anew")
    mark.write_bytes(b"{}")
    with pytest.raises(CursorError) as caught:
        paginate(client, ground.listing).to_ndjson(path)
    assert str(caught.value) == f"{mark} is no mark of a file in the making: remove it to begin anew"


@pytest.mark.parametrize(("limit", "whole"), [({}, 18), ({"max_items": 7}, 7), ({"max_pages": 2}, 6)])
def test_a_process_killed_between_the_last_two_steps_has_nothing_left_to_do(
    ground: Ground, client: httpx.Client, tmp_path: Path, limit: dict[str, Any], whole: int
) -> None:
    path = tmp_path / "x"

    class Killed(Exception):
        pass

    def unlink(self: Path, *, missing_ok: bool = False) -> None:
        raise Killed

    walk = paginate(client, ground.listing, **limit)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Path, "unlink", unlink)
        with pytest.raises(Killed):
            walk.to_ndjson(path)
    ground.server.seen.clear()
    assert paginate(client, ground.listing, **limit).to_ndjson(path) == whole
    assert (lines(path), ground.targets, list(tmp_path.iterdir())) == (ALL[:whole], [], [path])


@pytest.mark.parametrize("ordered", [True, False])
def test_any_number_of_ended_walks_is_gathered(ground: Ground, client: httpx.Client, ordered: bool) -> None:
    ended = paginate(client, ground.listing)
    ended.collect()
    walks = [paginate(client, ground.listing, start=ended.cursor) for _ in range(1100)]
    with gather_pages(walks, ordered=ordered, concurrency=1) as pages:
        assert list(pages) == []


def test_no_walks_are_gathered_in_either_way() -> None:
    nothing: Any = gather_pages([])
    assert list(nothing) == []

    async def main() -> None:
        nothing: Any = gather_pages([])
        async with nothing as pages:
            assert [each async for each in pages] == []
        with pytest.raises(PagingError) as caught:
            await anext(pages)
        assert str(caught.value) == "the gathering was closed"
        closed: Any = gather_pages([])
        await closed.aclose()
        with pytest.raises(PagingError, match=r"^the gathering was closed$"):
            next(closed)

    asyncio.run(main())


@pytest.mark.parametrize("prefetch", [0, 1])
def test_the_cursor_of_an_interrupted_walk_stands_before_the_next_item(
    ground: Ground, client: httpx.Client, prefetch: int
) -> None:
    ground.serve(page(jobs(1), "?2"), answer(b"", status=503, headers={"Retry-After": "60"}))
    walk = paginate(client, ground.listing, prefetch=prefetch)
    next(walk)
    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(next, walk)
        while walk.stats.retries < 1:
            pass
        walk.interrupt()
        with pytest.raises(PagingError) as caught:
            asking.result()
    walk.close()
    assert str(caught.value) == f"the walk was closed\n    page 2 after 1 items: {ground.server.url}/jobs"
    assert caught.value.cursor == walk.cursor


def test_the_event_loop_is_free_while_a_checkpoint_is_written(
    ground: Ground, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    writing: list[str] = []

    def save(self: FileCheckpoint, cursor: Cursor) -> None:
        writing.append(threading.current_thread().name)
        real(self, cursor)

    real = FileCheckpoint.save
    monkeypatch.setattr(FileCheckpoint, "save", save)

    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file, every=1))
            assert ids([item async for item in walk]) == ALL

    asyncio.run(main())
    assert len(writing) == len(ALL) + 1
    assert "MainThread" not in writing


def test_a_task_that_is_cancelled_while_a_checkpoint_is_written_waits_for_it(
    ground: Ground, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def save(self: FileCheckpoint, cursor: Cursor) -> None:
        begun.set()
        go_on.wait(10)
        real(self, cursor)

    real = FileCheckpoint.save
    monkeypatch.setattr(FileCheckpoint, "save", save)

    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            walk = paginate(client, ground.listing, checkpoint=FileCheckpoint(file))
            task = asyncio.create_task(anext(walk))
            await asyncio.to_thread(begun.wait, 10)
            task.cancel()
            await asyncio.sleep(0.01)
            assert not task.done()
            go_on.set()
            await asyncio.wait({task})
            assert task.cancelled()
            assert kept(file) == 0
            assert ids([item async for item in walk]) == ALL

    asyncio.run(main())


def _parts(client: Any, ground: Ground, file: Path, **options: Any) -> list[Any]:
    """Two walks over the same pages, with a checkpoint each."""
    places = [FileCheckpoint(file.with_name(f"{part}.cursor"), **options) for part in range(2)]
    return [paginate(client, Listing(f"{ground.server.url}/{part}"), checkpoint=places[part]) for part in range(2)]


def _fetched(ground: Ground) -> None:
    """Waits until both walks were fetched to their ends."""
    while len(ground.server.seen) < 2 * PAGES:
        pass


def test_a_gathered_page_is_done_when_the_next_one_is_asked_for(
    ground: Ground, client: httpx.Client, file: Path
) -> None:
    walks = _parts(client, ground, file)
    with gather_pages(walks) as pages:
        for number in range(PAGES):
            assert ids(next(pages).items) == ALL[3 * number : 3 * number + 3]
            _fetched(ground)
            assert [walk.cursor.items_done for walk in walks] == [3 * number + 3, 0]
            assert not number or kept(file.with_name("0.cursor")) == 3 * number
        next(pages)
        assert Cursor.parse(file.with_name("0.cursor").read_text()).ended
        assert not file.with_name("1.cursor").exists()
    assert [walk.cursor.items_done for walk in walks] == [18, 3]
    assert [walk.stats.items for walk in walks] == [18, 3]
    assert [walk.stats.pages for walk in walks] == [6, 1]
    pages.close()
    assert ids(walks[1]) == ALL[3:]
    assert ids(_parts(client, ground, file)[0]) == []


def test_what_was_gathered_is_acknowledged_up_to_the_page_in_hand(
    ground: Ground, client: httpx.Client, file: Path
) -> None:
    walks = _parts(client, ground, file, ack=True)
    with gather_pages(walks) as pages:
        next(pages)
        _fetched(ground)
        for walk in walks:
            walk.ack()
    assert [ids(walk) for walk in _parts(client, ground, file)] == [ALL[3:], ALL]


def test_an_asynchronously_gathered_page_is_done_when_the_next_one_is_asked_for(ground: Ground, file: Path) -> None:
    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            walks = _parts(client, ground, file)
            async with gather_pages(walks) as pages:
                await anext(pages)
                await anext(pages)
                while len(ground.server.seen) < 2 * PAGES:  # noqa: ASYNC110  # a thread fills it
                    await asyncio.sleep(0.001)
                assert kept(file.with_name("0.cursor")) == 3
                assert [walk.cursor.items_done for walk in walks] == [6, 0]
            assert [ids([item async for item in walk]) for walk in walks] == [ALL[6:], ALL]

    asyncio.run(main())


def test_a_walk_is_generic_over_its_items(client: httpx.Client) -> None:
    class Job(msgspec.Struct):
        id: int

    walk: Walk[Job] = paginate(client, Listing("http://127.0.0.1:9/"), item_type=Job, retry=AT_ONCE)
    assert isinstance(walk, Walk)


def test_a_cursor_that_is_in_the_file_is_not_written_again(
    ground: Ground, client: httpx.Client, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[str] = []
    rename = Path.replace

    def note_rename(self: Path, target: Path) -> Path:
        written.append(Path(target).name)
        return rename(self, target)

    monkeypatch.setattr(Path, "replace", note_rename)
    checkpoint = FileCheckpoint(file, ack=True)
    walk = paginate(client, ground.listing, checkpoint=checkpoint)
    next(walk)
    for _ in range(3):
        walk.ack()
    assert (written, kept(file)) == (["jobs.cursor"], 1)
    next(walk)
    walk.ack()
    assert (len(written), kept(file)) == (2, 2)
    again = FileCheckpoint(file, ack=True)
    assert again.load() == walk.cursor
    again.save(walk.cursor)
    assert len(written) == 2


def test_a_checkpoint_that_was_cleared_is_written_anew(ground: Ground, client: httpx.Client, file: Path) -> None:
    checkpoint = FileCheckpoint(file)
    assert ids(paginate(client, ground.listing, checkpoint=checkpoint)) == ALL
    last = Cursor.parse(file.read_text())
    checkpoint.clear()
    assert not file.exists()
    assert checkpoint.load() is None
    assert checkpoint.is_due(last)
    checkpoint.clear()  # there is none, and that is right
    checkpoint.save(last)
    assert Cursor.parse(file.read_text()) == last
    assert not checkpoint.is_due(last)


@pytest.mark.parametrize(
    ("every", "ack", "within", "due"),
    [
        (None, False, False, [False, False, True]),
        (2, False, True, [False, True, True]),
        (None, True, False, [False, False, False]),
        (2, True, False, [False, False, False]),
    ],
)
def test_when_a_checkpoint_is_due(file: Path, every: int | None, ack: bool, within: bool, due: list[bool]) -> None:
    """One item on, two items on, and at the next page."""
    checkpoint = FileCheckpoint(file, every=every, ack=ack)
    start = Cursor(binding="b", link="http://a.test/1", items_done=5)
    assert checkpoint.is_due(start) is not ack
    checkpoint.save(start)
    assert checkpoint.is_due_within_page is within
    places = [("1", 6), ("1", 7), ("2", 5)]
    cursors = [Cursor(binding="b", link=f"http://a.test/{page}", items_done=done) for page, done in places]
    assert [checkpoint.is_due(cursor) for cursor in cursors] == due
    assert checkpoint.is_due(Cursor(binding="b", link="http://a.test/1", items_done=5, ended=True)) is not ack
