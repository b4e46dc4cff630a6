"""Items of a page that are decoded at once and handed out one by one: none comes twice, none is lost, all are counted."""

import asyncio
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fault_server import jobs

from odatafilter.errors import BadItemError
from odatafilter.paging import FileCheckpoint, Listing, gather_pages, paginate

LISTING = Listing("http://a.test/jobs")
SIZE = 50
ALL = list(range(4 * SIZE))


def answer(request: httpx.Request) -> httpx.Response:
    """Four pages of fifty items."""
    at = int(request.url.query or 0)
    link = {"next": {"href": f"?{at + 1}"}} if at < 3 else None
    return httpx.Response(200, json={"jobs": jobs(*range(SIZE * at, SIZE * (at + 1))), "_links": link})


def walk_over(respond: Callable[[httpx.Request], httpx.Response] = answer, **options: Any) -> Any:
    return paginate(httpx.Client(transport=httpx.MockTransport(respond)), LISTING, **options)


def one_page(*items: Any) -> Callable[[httpx.Request], httpx.Response]:
    return lambda _: httpx.Response(200, json={"jobs": list(items)})


def ids(items: Any) -> list[int]:
    return [item["id"] for item in items]


def test_the_stats_and_the_cursor_follow_each_item() -> None:
    walk = walk_over()
    stats = walk.stats
    for done in ALL:
        assert next(walk)["id"] == done
        assert stats.items == walk.cursor.items_done == done + 1
    assert (stats.pages, stats.stopped_by) == (4, None)
    assert next(walk, None) is None
    counts = "pages=4, items=200, skipped=0, retries=0, throttled=0, slept=0.0, total=None"
    assert repr(stats) == f"Stats({counts}, stopped_by='end')"


@pytest.mark.parametrize("bound", [0, 1, SIZE - 1, SIZE, SIZE + 1, 4 * SIZE, 5 * SIZE])
def test_a_bound_on_the_items_is_exact(bound: int) -> None:
    walk = walk_over(max_items=bound)
    assert ids(walk) == ALL[:bound]
    rest = walk_over(start=walk.cursor)
    assert ids(rest) == ALL[bound:]


@pytest.mark.parametrize("how", ["pages", "batches", "collect", "to_ndjson", "gather"])
def test_a_walk_after_some_items_gives_the_others(how: str, tmp_path: Path) -> None:
    walk = walk_over()
    first = ids(next(walk) for _ in range(7))
    if how == "pages":
        rest = [item for page in walk.pages() for item in ids(page.items)]
    elif how == "batches":
        rest = [item for batch in walk.batches(30) for item in ids(batch)]
    elif how == "gather":
        with gather_pages([walk]) as pages:
            rest = [item for page in pages for item in ids(page.items)]
    elif how == "collect":
        rest = ids(walk.collect())
    else:
        assert walk.to_ndjson(tmp_path / "f") == len(ALL)  # a file begins where the walk began
        rest = ids(map(msgspec.json.decode, (tmp_path / "f").read_bytes().splitlines()))[7:]
    assert first + rest == ALL
    assert walk.stats.items == len(ALL)


@pytest.mark.parametrize("prefetch", [0, 1])
def test_threads_get_each_item_once_whatever_they_ask_for(prefetch: int) -> None:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        for _ in range(3):
            _share_among_threads(walk_over(large_pages, prefetch=prefetch))
    finally:
        sys.setswitchinterval(interval)


LARGE_PAGES = [range(1000 * at, 1000 * at + 40 * at) for at in range(5)]


def large_pages(request: httpx.Request) -> httpx.Response:
    """Five pages, of which the last ones are decoded in several parts."""
    at = int(request.url.query or 0)
    link = {"next": {"href": f"?{at + 1}"}} if at < 4 else None
    return httpx.Response(200, json={"jobs": [{"id": n, "t": "x" * 900} for n in LARGE_PAGES[at]], "_links": link})


def _share_among_threads(walk: Any) -> None:
    found: list[list[int]] = [[] for _ in range(5)]

    def take(number: int) -> None:
        if number == 0:
            for batch in walk.batches(3):
                found[number] += ids(batch)
        elif number == 1:
            for page in walk.pages():
                found[number] += ids(page.items)
        else:
            for item in walk:
                found[number].append(item["id"])

    threads = [threading.Thread(target=take, args=(number,)) for number in range(5)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    every = [item for page in LARGE_PAGES for item in page]
    assert sorted(item for part in found for item in part) == every
    assert all(each == sorted(each) for each in found)
    assert walk.stats.items == len(every)
    walk.close()


def test_a_thread_that_waited_for_its_turn_takes_no_item_that_another_thread_took() -> None:
    walk = walk_over()
    found = [next(walk)["id"]]
    others = walk._open  # where another thread is about to take an item
    walk._refill()  # what one does that found none before it waited
    found.append(next(others)["id"])
    assert found + ids(walk) == ALL


def test_tasks_get_each_item_once_whatever_they_ask_for() -> None:
    async def main() -> None:
        walk = paginate(httpx.AsyncClient(transport=httpx.MockTransport(answer)), LISTING)

        async def each() -> list[int]:
            return [item["id"] async for item in walk]

        async def batches() -> list[int]:
            return [item for batch in [ids(batch) async for batch in walk.batches(3)] for item in batch]

        found = await asyncio.gather(each(), batches(), each())
        assert sorted(item for part in found for item in part) == ALL

    asyncio.run(main())


def test_the_items_before_a_bad_one_are_handed_out() -> None:
    class Job(msgspec.Struct):
        id: int

    walk = walk_over(one_page({"id": 1}, {"id": 2}, {"id": "x"}, {"id": 4}), item_type=Job)
    assert [next(walk).id, next(walk).id] == [1, 2]
    for _ in range(2):
        with pytest.raises(BadItemError) as caught:
            next(walk)
        assert caught.value.items_done == walk.stats.items == 2
    with pytest.raises(BadItemError):
        walk.collect()


def test_the_error_of_a_type_is_raised_at_the_turn_of_its_item() -> None:
    class Picky(msgspec.Struct):
        id: int

        def __post_init__(self) -> None:
            if self.id == 3:
                raise LookupError("three")

    walk = walk_over(one_page(*jobs(1, 2, 3, 4)), item_type=Picky)
    assert [next(walk).id, next(walk).id] == [1, 2]
    with pytest.raises(LookupError, match="three"):
        next(walk)


def test_items_that_take_much_memory_together_are_made_one_by_one() -> None:
    made: list[int] = []

    class Large(msgspec.Struct):
        id: int
        text: str

        def __post_init__(self) -> None:
            made.append(self.id)

    walk = walk_over(one_page(*({"id": n, "text": "x" * 200_000} for n in range(8))), item_type=Large)
    assert (next(walk).id, made) == (0, [0])
    assert [each.id for each in walk] == made[1:] == list(range(1, 8))


@pytest.mark.parametrize(("every", "kept"), [(None, [0, 50, 100]), (20, [0, 20, 40, 50, 70, 90, 100, 120])])
def test_a_checkpoint_is_saved_where_it_is_due(tmp_path: Path, every: int | None, kept: list[int]) -> None:
    checkpoint = FileCheckpoint(tmp_path / "c", every=every)
    walk = walk_over(checkpoint=checkpoint)
    seen = []
    for _ in range(130):
        next(walk)
        saved = FileCheckpoint(tmp_path / "c").load()
        assert saved
        seen.append(saved.items_done)
    assert sorted(set(seen)) == kept
    walk.ack()
    assert ids(walk_over(checkpoint=FileCheckpoint(tmp_path / "c"))) == ALL[130:]


# --- walks that other paginators get wrong -----------------------------------------------------------------------------


def served(
    respond: Callable[[httpx.Request], httpx.Response], listing: Listing, *, is_async: bool, **options: Any
) -> Any:
    """The lengths of the pages of a walk, its items, and its stats, with a client of either kind."""
    transport = httpx.MockTransport(respond)
    if not is_async:
        walk = paginate(httpx.Client(transport=transport), listing, **options)
        pages = list(walk.pages())
    else:
        other = paginate(httpx.AsyncClient(transport=transport), listing, **options)

        async def main() -> list[Any]:
            return [page async for page in other.pages()]

        walk, pages = other, asyncio.run(main())  # type: ignore[assignment]  # of the other kind
    return [len(page) for page in pages], [item for page in pages for item in page.items], walk.stats


BOTH = pytest.mark.parametrize("is_async", [False, True])


@BOTH
def test_empty_pages_are_pages(*, is_async: bool) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        link = {"next": {"href": f"?{at + 1}"}} if at < 2 else None
        return httpx.Response(200, json={"jobs": jobs(0) if at == 0 else [], "_links": link})

    assert served(respond, LISTING, is_async=is_async)[0] == [1, 0, 0]


@BOTH
def test_only_empty_pages_in_a_row_are_counted(*, is_async: bool) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        link = {"next": {"href": f"?{at + 1}"}} if at < 6 else None
        return httpx.Response(200, json={"jobs": jobs(at) if at % 3 == 2 else [], "_links": link})

    assert served(respond, Listing("http://a.test/jobs", max_empty_pages=2), is_async=is_async)[0] == [
        0,
        0,
        1,
        0,
        0,
        1,
        0,
    ]


@BOTH
def test_a_token_that_runs_out_every_two_pages_is_renewed_each_time(*, is_async: bool) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        if request.headers.get("authorization") != f"Bearer t{at // 2}":
            return httpx.Response(401)
        link = {"next": {"href": f"?{at + 1}"}} if at < 5 else None
        return httpx.Response(200, json={"jobs": jobs(at), "_links": link})

    tokens = iter(["t0", "t1", "t2"])
    _, items, stats = served(respond, LISTING, is_async=is_async, token=lambda: next(tokens))
    assert (ids(items), stats.retries) == (list(range(6)), 2)


@BOTH
def test_a_listing_of_odata_2_is_walked(*, is_async: bool) -> None:
    def respond(request: httpx.Request) -> httpx.Response:
        rest = {} if request.url.query else {"__next": "http://a.test/P?2"}
        return httpx.Response(200, json={"d": {"results": jobs(len(request.url.query)), **rest}})

    listing = Listing("http://a.test/P", items="d.results", next_link="d.__next", page_size=None)
    assert ids(served(respond, listing, is_async=is_async)[1]) == [0, 1]


@BOTH
def test_links_are_sent_byte_for_byte_and_headers_with_every_page(*, is_async: bool) -> None:
    target = "/P?c=%5b%7B%22a%22%3a1%7D%5d&x='|^`&c=+%2B&&="
    seen: list[tuple[str, str]] = []

    def respond(request: httpx.Request) -> httpx.Response:
        seen.append((request.url.raw_path.decode(), request.headers["prefer"]))
        link = {} if b"c=" in request.url.query else {"@odata.nextLink": f"http://a.test{target}"}
        return httpx.Response(200, json={"value": jobs(len(seen)), **link})

    listing = Listing.odata("http://a.test/P", headers={"Prefer": "odata.maxpagesize=5"})
    served(respond, listing, is_async=is_async)
    assert seen == [("/P", "odata.maxpagesize=5"), (target, "odata.maxpagesize=5")]
