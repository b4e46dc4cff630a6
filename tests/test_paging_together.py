"""Walks with others and with onlookers: gathered, paced together, watched; and a walk without any I/O."""

import asyncio
import logging
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import httpx2
import pytest
from fault_server import Pause, Seen, answer, jobs, page
from paging_ground import AT_ONCE, DRIVERS, TLS, Ground

from odatafilter.errors import (
    BadPageError,
    LoopError,
    PagingError,
    PagingValueError,
    RateLimited,
    RetriesExhausted,
    StatusError,
)
from odatafilter.paging import (
    Listing,
    PageRead,
    Pausing,
    Rate,
    Renewing,
    Retry,
    Waiting,
    gather_pages,
    paginate,
)
from odatafilter.paging._request import Answer, Command, Send, Sleep
from odatafilter.paging.progress import ProgressBar

COUNT = 5  # pages of a part


def script(seen: Seen) -> list[Any]:
    """Four parts of five pages with two items; part 2 is the slowest."""
    path, _, query = seen.target.partition("?")
    part, at = int(path[-1]), int(query or 0)
    ids = [100 * part + 2 * at, 100 * part + 2 * at + 1]
    slow = [Pause(0.005)] if part == 2 else []
    return [*slow, page(jobs(*ids), f"?{at + 1}" if at < COUNT - 1 else None)]


def expected(part: int) -> list[int]:
    return list(range(100 * part, 100 * part + 2 * COUNT))


ALL = [each for part in range(4) for each in expected(part)]


@pytest.fixture
def ground() -> Iterator[Ground]:
    with Ground("httpx") as given:
        given.server.script = script
        yield given


def walks(client: Any, ground: Ground, **options: Any) -> list[Any]:
    return [paginate(client, Listing(f"{ground.server.url}/{part}"), **options) for part in range(4)]


def ids(pages: Any) -> list[int]:
    return [item["id"] for each in pages for item in each.items]


def at_work() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name.startswith("odatafilter")]


@pytest.mark.parametrize("concurrency", [1, 2, 4, 9])
@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("ahead", [1, 16])
def test_gathered_pages_come_in_the_order_of_the_walks(
    ground: Ground, client: httpx.Client, concurrency: int, prefetch: int, ahead: int
) -> None:
    with gather_pages(walks(client, ground, prefetch=prefetch), concurrency=concurrency, ahead=ahead) as pages:
        assert ids(pages) == ALL
        assert next(pages, None) is None
    assert at_work() == []
    assert len(ground.server.seen) == 4 * COUNT


@pytest.mark.parametrize("concurrency", [1, 4])
def test_gathered_pages_may_come_as_they_arrive(ground: Ground, client: httpx.Client, concurrency: int) -> None:
    with gather_pages(walks(client, ground), concurrency=concurrency, ordered=False) as pages:
        found = ids(pages)
    assert sorted(found) == ALL
    for part in range(4):
        assert [each for each in found if each // 100 == part] == expected(part)


def test_who_lists_threads_and_tasks_sees_what_gathers(ground: Ground, client: httpx.Client) -> None:
    async def names() -> set[str]:
        async with httpx.AsyncClient(verify=TLS) as own, gather_pages(walks(own, ground), concurrency=3) as pages:
            await anext(pages)
            return {task.get_name() for task in asyncio.all_tasks() - {asyncio.current_task()}}

    assert "odatafilter-gather" in asyncio.run(names())
    with gather_pages(walks(client, ground), concurrency=3) as pages:
        next(pages)
        assert "odatafilter-gather" in {thread.name for thread in threading.enumerate()}


@pytest.mark.parametrize("ordered", [True, False])
def test_gathered_asynchronous_walks_give_the_same(ground: Ground, ordered: bool) -> None:
    async def main() -> list[int]:
        async with httpx.AsyncClient(verify=TLS) as client:
            async with gather_pages(walks(client, ground), concurrency=3, ordered=ordered, ahead=2) as pages:
                found = [item["id"] async for each in pages for item in each.items]
            assert asyncio.all_tasks() == {asyncio.current_task()}
            return found

    found = asyncio.run(main())
    assert (found if ordered else sorted(found)) == ALL


@pytest.mark.parametrize("concurrency", [1, 4])
@pytest.mark.parametrize("ordered", [True, False])
def test_a_gathering_goes_on_after_an_error(
    ground: Ground, client: httpx.Client, concurrency: int, ordered: bool
) -> None:
    failures = {"/1?2", "/3", "/0?4"}

    def stumbling(seen: Seen) -> list[Any]:
        if seen.target in failures:
            failures.remove(seen.target)
            return [answer(b"", status=404)]
        return script(seen)

    ground.server.script = stumbling
    found, errors = [], []
    with gather_pages(walks(client, ground), concurrency=concurrency, ordered=ordered) as pages:
        while True:
            try:
                found += [item["id"] for item in next(pages).items]
            except StatusError as error:
                errors.append(error.url.removeprefix(ground.server.url))
            except StopIteration:
                break
    assert (found if ordered else sorted(found)) == ALL
    assert sorted(errors) == ["/0?4", "/1?2", "/3"]


def test_an_asynchronous_gathering_goes_on_after_an_error(ground: Ground) -> None:
    failures = {"/1?2", "/3"}

    def stumbling(seen: Seen) -> list[Any]:
        if seen.target in failures:
            failures.remove(seen.target)
            return [answer(b"", status=404)]
        return script(seen)

    async def main() -> list[int]:
        found = []
        async with httpx.AsyncClient(verify=TLS) as client, gather_pages(walks(client, ground), concurrency=1) as pages:
            while True:
                try:
                    found += [item["id"] for item in (await anext(pages)).items]
                except StatusError:
                    continue
                except StopAsyncIteration:
                    return found

    ground.server.script = stumbling
    assert asyncio.run(main()) == ALL


@pytest.mark.parametrize(("concurrency", "ahead"), [(1, 2), (2, 1), (4, 16)])
@pytest.mark.parametrize("ordered", [True, False])
def test_a_failed_walk_is_gone_on_with_though_all_later_ones_are_full(
    ground: Ground, client: httpx.Client, concurrency: int, ahead: int, ordered: bool
) -> None:
    ground.server.script = _down_until_told(down := [True])
    with gather_pages(_long(client, ground), concurrency=concurrency, ahead=ahead, ordered=ordered) as pages:
        with pytest.raises(StatusError):
            ids(pages)
        threads = at_work()
        down.clear()
        with ThreadPoolExecutor(1) as pool:
            found = pool.submit(ids, pages)
            try:
                rest = found.result(30)
            finally:
                pages.close()
    assert len(threads) <= concurrency
    assert sorted(set(rest)) == sorted(rest)
    assert set(range(20)) <= set(rest)
    if ordered:
        assert rest == list(range(6 * 20))


@pytest.mark.parametrize(("concurrency", "ahead"), [(1, 2), (4, 16)])
def test_a_failed_asynchronous_walk_is_gone_on_with_though_all_later_ones_are_full(
    ground: Ground, concurrency: int, ahead: int
) -> None:
    async def main() -> list[int]:
        client = httpx.AsyncClient(verify=TLS)
        async with client, gather_pages(_long(client, ground), concurrency=concurrency, ahead=ahead) as pages:
            with pytest.raises(StatusError):
                await anext(pages)
            down.clear()
            async with asyncio.timeout(30):
                return [item["id"] async for each in pages for item in each.items]

    ground.server.script = _down_until_told(down := [True])
    assert asyncio.run(main()) == list(range(6 * 20))


def _long(client: Any, ground: Ground) -> list[Any]:
    return [paginate(client, Listing(f"{ground.server.url}/{part}")) for part in range(6)]


def _down_until_told(down: list[bool]) -> Callable[[Seen], list[Any]]:
    """Six parts of twenty pages with one item; there is no part 0 while `down` has something in it."""

    def script(seen: Seen) -> list[Any]:
        path, _, query = seen.target.partition("?")
        part, at = int(path[-1]), int(query or 0)
        if down and part == 0:
            return [Pause(0.2), answer(b"", status=404)]  # meanwhile, the others get full
        return [page(jobs(20 * part + at), f"?{at + 1}" if at < 19 else None)]

    return script


def test_a_gathering_that_is_left_early_leaves_nothing_at_work(ground: Ground, client: httpx.Client) -> None:
    with gather_pages(walks(client, ground), ahead=1) as pages:
        next(pages)
    assert at_work() == []
    with pytest.raises(PagingError, match=r"^the gathering was closed$"):
        next(pages)
    dropped = gather_pages(walks(client, ground), ahead=1)
    next(dropped)
    threads = at_work()
    del dropped
    for thread in threads:
        thread.join(5)
    assert at_work() == []


def test_closing_a_gathering_ends_its_waits(ground: Ground, client: httpx.Client) -> None:
    ground.serve(answer(b"", status=503, headers={"Retry-After": "60"}))
    parts = walks(client, ground)
    with gather_pages(parts) as pages, ThreadPoolExecutor(1) as pool:
        asking = pool.submit(next, pages)
        while sum(walk.stats.retries for walk in parts) < 4:
            pass
        pages.close()
        with pytest.raises(PagingError, match=r"^the gathering was closed$"):
            asking.result()
    assert at_work() == []


@pytest.mark.parametrize("options", [{"concurrency": 0}, {"ahead": True}])
def test_a_gathering_takes_whole_numbers_from_1(options: dict[str, Any]) -> None:
    ((name, value),) = options.items()
    with pytest.raises(PagingValueError) as caught:
        gather_pages([], **options)
    auto = ", or 'auto'" if name == "concurrency" else ""
    assert str(caught.value) == f"{name} is {value!r}: a whole number from 1 is wanted{auto}"


def test_a_429_of_one_walk_pauses_all_that_share_its_rate(ground: Ground, client: httpx.Client) -> None:
    rate = Rate()
    ground.serve(answer(b"", status=429, headers={"Retry-After": "3600"}))
    with pytest.raises(RateLimited):
        paginate(client, ground.listing, rate=rate).first()
    assert 110 < rate.paused() <= 120  # no longer than the walk might have waited itself
    assert 110 < rate.reserve() <= 120
    other = paginate(client, ground.listing, rate=rate, retry=Retry(max_retry_after=60))
    with pytest.raises(RateLimited):
        other.first()
    assert len(ground.server.seen) == 1


def test_a_pause_that_another_walk_was_told_is_kept_or_refused(ground: Ground, client: httpx.Client) -> None:
    rate = Rate()
    walk = paginate(client, ground.listing, rate=rate, retry=Retry(page_deadline=0.3, max_retry_after=10))
    rate.pause(0.45)
    ground.serve(page(jobs(1), "?2"), page(jobs(2)))
    assert next(walk) == {"id": 1}  # the pause is longer than the deadline, and does not count
    assert 0.35 < walk.stats.slept <= 0.45
    rate.pause(3600)
    with pytest.raises(RateLimited) as caught:
        next(walk)
    assert caught.value.message == (
        f"another walk at this rate was told to come back at {caught.value.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    )
    assert len(ground.server.seen) == 1


def test_a_rate_spreads_its_turns() -> None:
    rate = Rate(per_second=1)
    assert rate.reserve() == 0
    assert [round(rate.reserve()) for _ in range(3)] == [1, 2, 3]
    assert rate.paused() == 0


@pytest.mark.parametrize("value", [0, -1, float("nan"), True, "2"])
def test_a_rate_is_over_0(value: Any) -> None:
    with pytest.raises(PagingValueError, match="a number from 1e-09 is wanted"):
        Rate(value)


@pytest.mark.parametrize("driver", DRIVERS)
def test_a_walk_waits_for_its_turn(driver: str) -> None:
    events: list[Any] = []
    with Ground(driver) as ground:
        ground.serve(page(jobs(1), "?2"), page(jobs(2)))
        outcome = ground.walk(rate=Rate(per_second=5), on_event=events.append)
    assert outcome.items == [1, 2]
    assert outcome.stats.slept > 0
    assert any(isinstance(event, Pausing) for event in events)


@pytest.mark.parametrize("driver", DRIVERS)
def test_events_and_the_log_tell_what_happens(driver: str, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "odatafilter.paging")
    events: list[Any] = []
    with Ground(driver) as ground:
        ground.serve(
            page(jobs(1), "?2"),
            answer(b"", status=503),
            answer(b"", status=401),
            page(jobs(2, 3)),
        )
        ground.walk(on_event=events.append, token=lambda: "s3cret")
    assert [type(event) for event in events] == [PageRead, Waiting, Renewing, PageRead]
    assert [(each.number, each.items) for each in events if isinstance(each, PageRead)] == [(1, 1), (2, 2)]
    assert (events[1].number, events[1].attempt, events[1].reason) == (2, 1, "503 without a body")
    logged = [record for record in caplog.records if record.name == "odatafilter.paging"]
    assert [record.levelno for record in logged] == [logging.DEBUG, logging.INFO, logging.INFO, logging.DEBUG]
    assert "s3cret" not in caplog.text


def test_a_progress_bar_shows_pages_items_and_waits(ground: Ground, client: httpx.Client) -> None:
    from io import StringIO  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    text = StringIO()
    ground.serve(page(jobs(1), "?2"), answer(b"", status=503), answer(b"", status=401), page(jobs(2, 3)))
    with ProgressBar("jobs", Console(file=text, force_terminal=True, width=120)) as bar:
        paginate(client, ground.listing, on_event=bar, retry=AT_ONCE, token=lambda: "t", rate=Rate(1e3)).collect()
    assert "3 jobs on 2 pages" in text.getvalue()


def test_a_bar_shows_what_a_server_says_as_it_is() -> None:
    from io import StringIO  # noqa: PLC0415

    from rich.console import Console  # noqa: PLC0415

    text = StringIO()
    with ProgressBar("[/jobs]", Console(file=text, width=120)) as bar:
        bar(PageRead(1, 3, 100, 0.1))
        bar(Waiting(2, 1.5, 1, "503: [/x] [red]busy"))
    assert "3 [/jobs] on 1 pages" in text.getvalue()
    assert "waiting 1.5 s: 503: [/x] [red]busy" in text.getvalue()


@pytest.mark.parametrize(
    ("kind", "wrong"),
    [
        ("attempts", 0),
        ("attempts", True),
        ("base", -1),
        ("cap", "x"),
        ("max_page_bytes", 1.5),
        ("page_deadline", float("nan")),
    ],
)
def test_a_retry_is_made_of_numbers(kind: str, wrong: Any) -> None:
    with pytest.raises(ValueError, match=rf"^Retry\({kind}="):
        Retry(**{kind: wrong})


def test_waits_grow_and_stay_under_the_cap() -> None:
    retry = Retry(base=1, cap=10)
    assert all(0 <= retry.backoff(attempt) <= min(10, 2 ** (attempt - 1)) for attempt in range(1, 200))
    assert max(retry.backoff(9) for _ in range(200)) > 5


def commands(walk: Any, answers: Callable[[int], Answer], pages: int) -> list[Command]:
    """What a walk asks for over `pages` pages, answered without a client: the algorithm does no I/O."""
    asked: list[Command] = []
    sent = 0
    for _ in range(pages):
        flow = walk._progress.follow().page()
        reply = None
        while True:
            try:
                command = flow.send(reply)
            except StopIteration as end:
                walk._progress.accept(end.value)
                walk._progress.rest_of_page()
                break
            asked.append(command)
            reply, sent = (answers(sent), sent + 1) if isinstance(command, Send) else (None, sent)
    return asked


def test_07_ten_thousand_empty_pages_are_walked_through_and_no_more_than_the_limit(
    client: httpx.Client,
) -> None:
    def empty(number: int) -> Answer:
        return Answer(200, {}, b'{"jobs":[],"_links":{"next":{"href":"?%d"}}}' % number)

    walk = paginate(client, Listing("https://api.test/jobs"))
    assert len(commands(walk, empty, 10_000)) == 10_000
    with pytest.raises(LoopError) as caught:
        commands(walk, lambda number: empty(10_000 + number), 1)
    assert caught.value.message == "10001 empty pages in a row; Listing(max_empty_pages=…) allows more"
    with pytest.raises(LoopError, match=r"^3 empty pages in a row"):
        commands(paginate(client, Listing("https://api.test/jobs", max_empty_pages=2)), empty, 3)


def test_a_redirect_or_a_late_failure_that_a_server_cannot_bring_about_is_an_error_too(client: httpx.Client) -> None:
    listing = Listing("https://api.test/jobs")
    nowhere = Answer(302, {"location": "/a\x01b"}, b"")
    with pytest.raises(BadPageError) as caught:
        commands(paginate(client, listing), lambda _: nowhere, 1)
    assert caught.value.message == "a redirect to nowhere: the link holds a control character"
    busy = Answer(503, {}, b"")
    with pytest.raises(RetriesExhausted) as exhausted:
        commands(paginate(client, listing, retry=Retry(base=1e9, cap=1e9)), lambda _: busy, 1)
    assert exhausted.value.message == "no time is left of 300 seconds for a page: 503 without a body"


@pytest.mark.parametrize("handler", [httpx.MockTransport, httpx2.MockTransport])
def test_a_client_with_a_made_up_transport_is_walked_too(handler: Any) -> None:
    library: Any = httpx if handler is httpx.MockTransport else httpx2
    bodies = [{"jobs": jobs(1), "_links": {"next": {"href": "?2"}}}, {"jobs": jobs(2)}]

    def respond(request: Any) -> Any:
        return library.Response(200, json=bodies["2" in str(request.url)])

    with library.Client(transport=handler(respond)) as client:
        assert paginate(client, Listing("https://api.test/jobs")).collect() == jobs(1, 2)

    async def main() -> None:
        async with library.AsyncClient(transport=handler(respond)) as client:
            assert await paginate(client, Listing("https://api.test/jobs")).collect() == jobs(1, 2)

    asyncio.run(main())


def test_a_walk_never_asks_again_earlier_than_it_was_told(client: httpx.Client) -> None:
    answers = [
        Answer(429, {"retry-after": "7, 9"}, b""),
        Answer(503, {"retry-after": "30"}, b""),
        Answer(200, {}, b"[]"),
    ]
    walk = paginate(client, Listing("https://api.test/jobs", items="", next_link="header:link"))
    waits = [each.seconds for each in commands(walk, lambda number: answers[number], 1) if isinstance(each, Sleep)]
    assert [int(wait) for wait in waits] == [9, 30]
