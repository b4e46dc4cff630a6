"""Rough handling: files, walks and gatherings that several use or drop, clients of other kinds, secrets, and limits."""

import asyncio
import json
import math
import multiprocessing
import os
import socket
import threading
import traceback
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import h2.config
import h2.connection
import httpx
import pytest
from fault_server import Part, Pause, Seen, answer, jobs, page
from paging_ground import AT_ONCE, DRIVERS, TLS, Ground, at_work, check, grounds

from odatafilter.errors import BadPageError, PagingError, PagingValueError, StatusError
from odatafilter.paging import Listing, Rate, Retry, gather_pages, paginate
from odatafilter.paging._client import Countdown, count_down, outcome_of
from odatafilter.paging._links import LINK_HEADER, next_link
from odatafilter.paging._ndjson import NdjsonFile
from odatafilter.paging._request import Send
from odatafilter.paging._sync import StopFlag
from odatafilter.paging._walk import _Mark

PAGES = 6
ALL = list(range(3 * PAGES))


def script(seen: Seen) -> list[Part]:
    """Eighteen items on six pages."""
    at = int(seen.target.partition("?")[2] or 0)
    return [page(jobs(*range(3 * at, 3 * at + 3)), f"?{at + 1}" if at < PAGES - 1 else None)]


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    yield from grounds(request.param)


@pytest.fixture
def one() -> Iterator[Ground]:
    with Ground("httpx") as given:
        given.server.script = script
        yield given


def ids(items: Any) -> list[int]:
    return [item["id"] for item in items]


def refused_once(at: int) -> Any:
    """The script, but for page `at`, which is refused the first time."""
    left = [answer(b"", status=403)]
    return lambda seen: [left.pop()] if left and seen.target.endswith(f"?{at}") else script(seen)


# --- one file, one walk, one gathering, and several who use it ------------------------------------------------------


@pytest.mark.skipif(os.name != "posix", reason="files are locked on POSIX only")
def test_a_file_that_one_walk_writes_is_refused_to_another(one: Ground, client: httpx.Client, tmp_path: Path) -> None:
    path = tmp_path / "jobs.ndjson"
    walk = paginate(client, one.listing)
    with NdjsonFile(path) as file:
        file.resume(walk.cursor)
        with pytest.raises(PagingValueError) as caught:
            paginate(client, one.listing).to_ndjson(path)
    assert str(caught.value) == f"{path}.part is being written by another walk"
    assert walk.to_ndjson(path) == len(ALL)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="files are locked on POSIX only")
def test_a_file_that_was_finished_while_another_walk_opened_it_is_left_alone(
    one: Ground, client: httpx.Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path, part = tmp_path / "x", tmp_path / "x.part"
    part.write_bytes(b"whole\n")
    real = os.open

    def opened(*given: Any) -> int:
        found = real(*given)
        monkeypatch.undo()
        part.rename(path)  # the other walk ends here
        return found

    monkeypatch.setattr(os, "open", opened)
    with NdjsonFile(path) as file:
        file.resume(paginate(client, one.listing).cursor)
        assert path.read_bytes() == b"whole\n"
        assert part.read_bytes() == b""


def test_a_walk_may_be_closed_by_another_thread_at_any_time(one: Ground, client: httpx.Client) -> None:
    """Each call of `close` ends the request under way, so that it is called a bounded number of times."""
    walk = paginate(client, one.listing, prefetch=1)
    over = threading.Event()

    def close() -> None:
        for pause in range(60):
            walk.close()
            over.wait(pause % 4 / 1000)

    found: list[int] = []
    ends = monotonic() + 120
    with ThreadPoolExecutor(2) as pool:
        closing = [pool.submit(close) for _ in range(2)]
        while not found or found[-1] != ALL[-1]:
            assert monotonic() < ends
            try:
                found.append(next(walk)["id"])
            except PagingError as error:
                assert error.message == "the walk was closed"
        over.set()
        for each in closing:
            each.result()
    assert found == ALL
    walk.close()
    assert at_work() == []


def test_closing_ends_a_walk_whose_transport_never_waits() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        return httpx.Response(200, json={"jobs": jobs(at), "_links": {"next": {"href": f"?{at + 1}"}}})

    walk = paginate(httpx.Client(transport=httpx.MockTransport(answer)), Listing("http://a.test/"))
    with ThreadPoolExecutor(1) as pool:
        collecting = pool.submit(walk.collect)
        while walk.stats.pages < 3:
            sleep(0.0001)
        walk.close()
        with pytest.raises(PagingError, match="the walk was closed"):
            collecting.result(10)


def test_the_flag_that_ends_a_wait_may_be_set_where_its_lock_is_held() -> None:
    stop = StopFlag()
    with stop._changed:  # as where the collector runs while the thread takes the lock
        stop.set()
    assert stop.wait(10)
    stop.clear()
    assert not stop.wait(0.001)


@pytest.mark.parametrize("how", ["collect", "to_ndjson", "batches"])
def test_threads_share_a_walk_while_one_of_them_takes_all_of_it(how: str, tmp_path: Path) -> None:
    asked: list[int] = []

    def answer(request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        asked.append(at)
        sleep(0.002)
        link = {"next": {"href": f"?{at + 1}"}} if at < PAGES - 1 else None
        return httpx.Response(200, json={"jobs": jobs(at), "_links": link})

    def take_all() -> list[int]:
        if how == "collect":
            return ids(walk.collect())
        if how == "batches":
            return [item for batch in walk.batches(PAGES) for item in ids(batch)]
        walk.to_ndjson(tmp_path / "f")
        return [json.loads(line)["id"] for line in (tmp_path / "f").read_text().splitlines()]

    walk = paginate(httpx.Client(transport=httpx.MockTransport(answer)), Listing("http://a.test/"))
    with ThreadPoolExecutor(1) as pool:
        taking = pool.submit(take_all)
        while not asked:
            sleep(0.0001)
        others = [next(walk, None) for _ in range(3)]
        assert taking.result(10) == list(range(PAGES))
    assert others == [None] * 3
    assert asked == list(range(PAGES))


def _closed(walk: Any) -> None:
    walk.close()
    with httpx.Client(verify=TLS, trust_env=False) as own:
        walk._wire._client = own
        assert next(walk)["id"] == 0
        assert ids(walk)[-1] == ALL[-1]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("prefetch", [0, 1])
def test_a_forked_process_does_not_wait_for_a_thread_that_it_has_not(
    one: Ground, client: httpx.Client, prefetch: int
) -> None:
    one.server.script = lambda seen: [Pause(0.3), *script(seen)] if seen.target.endswith("?1") else script(seen)
    walk = paginate(client, one.listing, prefetch=prefetch)
    batches = walk.batches(3)
    next(batches)  # the next page is on its way
    walk._rewind(_Mark(paginate(client, one.listing).cursor, 0, 0, 0))
    child = multiprocessing.get_context("fork").Process(target=_closed, args=(walk,))
    child.start()
    child.join(20)
    assert child.exitcode == 0
    walk.close()


def test_closing_an_asynchronous_gathering_wakes_who_waits_for_it(one: Ground) -> None:
    one.server.script = lambda seen: [Pause(5), *script(seen)]

    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client:
            pages = gather_pages([paginate(client, one.listing)])
            waiting = asyncio.create_task(anext(pages))
            while not one.server.seen:  # noqa: ASYNC110  # a thread fills it
                await asyncio.sleep(0.001)
            await pages.aclose()
            with pytest.raises(PagingError, match="the gathering was closed"):
                await waiting

    asyncio.run(main())


def test_a_page_that_nobody_wants_any_more_leaves_no_task(one: Ground, tmp_path: Path) -> None:
    async def main() -> None:
        async with httpx.AsyncClient(verify=TLS) as client, paginate(client, one.listing, prefetch=1) as walk:
            one.server.script = lambda seen: [Pause(0.2 * bool(seen.target.partition("?")[2])), *script(seen)]
            await anext(walk)
            writing = asyncio.create_task(walk.to_ndjson(tmp_path / "x"))
            await asyncio.sleep(0.02)
            writing.cancel()
            await asyncio.wait({writing})
            await walk.aclose()
            assert asyncio.all_tasks() == {asyncio.current_task()}

    asyncio.run(main())


def test_a_walk_whose_gathering_was_never_closed_says_so(one: Ground, client: httpx.Client) -> None:
    walk = paginate(client, one.listing)
    pages = gather_pages([walk])
    assert ids(next(pages).items) == ALL[:3]
    message = "a gathering has the next pages: close it first, or begin another walk at this cursor"
    for go_on in (lambda: next(walk), lambda: next(walk.pages()), lambda: next(walk.batches(2))):
        with pytest.raises(PagingError) as caught:
            go_on()
        assert (caught.value.message, caught.value.items_done) == (message, 3)
        assert caught.value.cursor == walk.cursor
        assert caught.value.url == walk.cursor.link
    pages.close()
    assert ids(walk) == ALL[3:]


@pytest.mark.parametrize("how", ["collect", "to_ndjson"])
def test_a_walk_that_is_gathered_can_neither_be_collected_nor_written_to_a_file(
    ground: Ground, how: str, tmp_path: Path
) -> None:
    ground.server.script = script
    with ground.steps() as steps:
        walk = steps.paginate()
        pages = gather_pages([walk])
        next(steps.each(pages))
        with pytest.raises(PagingError, match=r"^a gathering has the next pages: close it first"):
            steps.run(walk.collect() if how == "collect" else walk.to_ndjson(tmp_path / "x"))
        steps.run(pages.aclose() if hasattr(pages, "aclose") else pages.close())
        assert ids(steps.run(walk.collect())) == ALL[3:]


def test_a_file_after_a_failed_collection_is_whole_and_written_once(ground: Ground, tmp_path: Path) -> None:
    ground.server.script = refused_once(2)
    with ground.steps() as steps:
        walk = steps.paginate()
        with pytest.raises(StatusError):
            steps.run(walk.collect())
        assert steps.run(walk.to_ndjson(tmp_path / "x")) == len(ALL)
        assert walk.cursor.ended
        assert ids(steps.each(walk)) == []


@pytest.mark.parametrize("how", ["items", "batches"])
def test_the_error_after_a_short_batch_is_raised_once_by_whatever_is_asked_for_next(ground: Ground, how: str) -> None:
    ground.server.script = refused_once(1)
    with ground.steps() as steps:
        walk = steps.paginate()
        batches = steps.each(walk.batches(6))
        assert ids(next(batches)) == ALL[:3]
        with pytest.raises(StatusError):
            next(batches if how == "batches" else steps.each(walk))
        assert ids(steps.each(walk)) == ALL[3:]
        assert list(steps.each(walk.batches(6))) == []


def test_a_walk_that_was_gathered_to_its_end_is_at_its_end(one: Ground, client: httpx.Client) -> None:
    walk = paginate(client, one.listing)
    assert [item for each in gather_pages([walk]) for item in ids(each.items)] == ALL
    assert list(walk) == []


def test_a_walk_is_gathered_once(one: Ground, client: httpx.Client) -> None:
    walk = paginate(client, one.listing)
    with pytest.raises(PagingValueError) as caught:
        gather_pages([walk, walk])
    assert str(caught.value) == "one of the walks is there twice: a walk hands each item out once"


@pytest.mark.parametrize("how", ["items", "pages", "batches", "collect"])
def test_items_that_only_a_failed_collection_had_are_handed_out_again(ground: Ground, how: str) -> None:
    ground.server.script = refused_once(2)
    with ground.steps() as steps:
        walk = steps.paginate(max_pages=PAGES)
        with pytest.raises(StatusError):
            steps.run(walk.collect())
        assert walk.cursor.items_done == 0
        if how == "collect":
            found = ids(steps.run(walk.collect()))
        elif how == "pages":
            found = [item for each in steps.each(walk.pages()) for item in ids(each.items)]
        elif how == "batches":
            found = [item for each in steps.each(walk.batches(4)) for item in ids(each)]
        else:
            found = ids(steps.each(walk))
        assert found == ALL
        assert (walk.stats.items, walk.stats.pages) == (len(ALL), PAGES)


# --- clients of other kinds -----------------------------------------------------------------------------------------


def test_transports_and_hooks_get_timeouts_that_are_numbers(one: Ground) -> None:
    class Summing(httpx.HTTPTransport):
        def handle_request(self, request: httpx.Request) -> httpx.Response:
            given = request.extensions["timeout"]
            assert given["read"] + given["connect"] > 0
            return super().handle_request(request)

    def hook(request: httpx.Request) -> None:
        json.dumps(request.extensions["timeout"])

    with httpx.Client(transport=Summing(verify=TLS), event_hooks={"request": [hook]}) as client:
        assert ids(paginate(client, one.listing)) == ALL


def _send(ends: float = math.inf) -> Send:
    return Send("http://a.test/", {}, True, ends, 1000)


@pytest.mark.parametrize("protocol", ["http11", "http2"])
def test_only_reads_of_an_answer_count_down(protocol: str) -> None:
    class Inner:
        extensions: dict[str, Any] = {"timeout": {"read": 5, "pool": 1}}  # noqa: RUF012

    request = httpx.Request("GET", "http://a.test/")
    count_down(request, _send(), lambda: False)
    inner = Inner()
    request.extensions["trace"](f"{protocol}.send_request_headers.started", {"request": inner})
    assert inner.extensions == {"timeout": {"read": 5, "pool": 1}}
    request.extensions["trace"](f"{protocol}.receive_response_headers.started", {"request": inner})
    assert inner.extensions["timeout"]["pool"] == 1
    assert int.__index__(inner.extensions["timeout"]["read"].__index__()) == 5


class _Pings:
    """A server of HTTP/2 that sends pings and never an answer."""

    def __init__(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}/"
        self.asked = threading.Event()
        self.over = threading.Event()

    def serve(self) -> None:
        connection, _ = self._listener.accept()
        state = h2.connection.H2Connection(h2.config.H2Configuration(client_side=False))
        with self._listener, connection:
            state.initiate_connection()
            connection.sendall(state.data_to_send())
            state.receive_data(connection.recv(65535))
            self.asked.set()
            while not self.over.wait(0.02):
                state.ping(b"are you?")
                connection.sendall(state.data_to_send())


@pytest.mark.parametrize("how", ["deadline", "close"])
def test_a_server_of_http_2_that_never_answers_holds_no_walk(how: str) -> None:
    server = _Pings()
    deadline = 0.5 if how == "deadline" else 30
    with ThreadPoolExecutor(2) as pool, httpx.Client(http1=False, http2=True, timeout=20) as client:
        pool.submit(server.serve)
        walk = paginate(client, Listing(server.url), retry=Retry(attempts=1, page_deadline=deadline))
        begun = monotonic()
        asking = pool.submit(next, walk)
        assert server.asked.wait(60)
        if how == "close":
            walk.close()
        with pytest.raises(PagingError):
            asking.result(60)
        assert monotonic() - begun < 15  # the timeout of the client is later
        server.over.set()


def test_a_countdown_that_is_over_is_the_timeout_of_a_socket() -> None:
    for over in (Countdown(0.0, None, lambda: False), Countdown(math.inf, 1.0, lambda: True)):
        with pytest.raises(TimeoutError):
            over.__index__()


def test_a_timeout_of_a_transport_before_the_deadline_is_one_failed_attempt() -> None:
    found = outcome_of(TimeoutError("soon"), _send())
    assert getattr(found, "kind", None) == "passing"
    found = outcome_of(TimeoutError("late"), _send(0.0))
    assert getattr(found, "kind", None) == "late"


@pytest.mark.parametrize("coding", ["br", "zstd", "gzip, br"])
def test_codings_that_unpack_without_a_bound_are_neither_asked_for_nor_read(ground: Ground, coding: str) -> None:
    ground.serve(answer(b"\x0b\x00", headers={"Content-Encoding": coding}))
    outcome = ground.walk(client={"headers": {"Accept-Encoding": "gzip;q=0.5, deflate, br, zstd"}})
    says = "the page has another Content-Encoding than gzip or deflate, or several; it was not read"
    check(ground, outcome, items=[], requests=1, error=BadPageError, says=says)
    assert ground.server.seen[0].headers["accept-encoding"] == "gzip, deflate"


# --- secrets and limits ---------------------------------------------------------------------------------------------


def test_a_header_that_cannot_be_sent_is_not_in_the_traceback_either(one: Ground) -> None:
    with httpx.Client(verify=TLS, headers={"Authorization": "Bearer s3cret\n"}) as client:
        with pytest.raises(PagingError) as caught:
            next(paginate(client, one.listing))
        assert "s3cret" not in "".join(traceback.format_exception(caught.value))


def test_what_stands_before_the_host_of_a_link_is_not_shown(one: Ground, client: httpx.Client) -> None:
    one.serve(page(jobs(1), "http://user:s3cret@127.0.0.1/jobs"))
    walk = paginate(client, one.listing)
    next(walk)
    with pytest.raises(PagingError) as caught:
        next(walk)
    assert "s3cret" not in str(caught.value) + repr(caught.value)
    assert str(caught.value).endswith("page 1 after 1 items: http://127.0.0.1/jobs")


def test_what_a_server_writes_in_place_of_an_answer_is_shown_without_tokens(one: Ground, client: httpx.Client) -> None:
    one.serve([b"HTTP/1.1 200 OK\r\n\x00Bearer s3cret\r\n\r\n"])
    with pytest.raises(PagingError) as caught:
        next(paginate(client, one.listing, retry=AT_ONCE))
    assert "s3cret" not in str(caught.value)


def test_a_link_header_of_any_size_is_read_in_linear_time() -> None:
    assert next_link((LINK_HEADER,), {}, {"link": "<" * 200_000}) == (None, None)


def test_a_link_with_an_anchor_is_one_of_another_resource() -> None:
    header = '</other>; rel="next"; anchor="/elsewhere", </2>; rel=next'
    assert next_link((LINK_HEADER,), {}, {"link": header}) == ("/2", LINK_HEADER)


@pytest.mark.parametrize("name", ["base", "cap", "max_retry_after", "page_deadline"])
def test_neither_a_retry_nor_a_rate_takes_an_infinite_wait(name: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        Retry(**{name: math.inf})  # type: ignore[arg-type]
    assert str(caught.value) == f"Retry({name}=inf): seconds, from 0 to 1000000000, are wanted"
    with pytest.raises(ValueError, match="a number from 1e-09 is wanted"):
        Rate(1e-320)
