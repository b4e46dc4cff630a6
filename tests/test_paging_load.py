"""Gatherings that find out how many requests a service bears at a time."""

import asyncio
import threading
from typing import Any

import httpx
import pytest
from fault_server import jobs
from hypothesis import given, settings
from hypothesis import strategies as st

from odatafilter.errors import PagingValueError, StatusError
from odatafilter.paging import Listing, Retry, gather_pages, paginate
from odatafilter.paging._schedule import Load

SOON = Retry(base=0.002, attempts=50)
PAGES = 12


def served(request: httpx.Request) -> httpx.Response:
    """A page with one item, whose id says where it stands."""
    part, at = int(request.url.path[1:]), int(request.url.query or 0)
    link = {"next": {"href": f"?{at + 1}"}} if at < PAGES - 1 else None
    return httpx.Response(200, json={"jobs": jobs(100 * part + at), "_links": link})


class Service:
    """Bears `most` requests at a time, and refuses any more; `peak` is how many there were."""

    def __init__(self, most: int) -> None:
        self.most = most
        self.running = self.waiting = self.peak = self.refused = self.asked = 0

    def begin(self) -> bool:
        self.asked += 1
        self.waiting += 1
        self.peak = max(self.peak, self.waiting)
        is_borne = self.running < self.most
        self.running += is_borne
        self.refused += not is_borne
        return is_borne

    def end(self, *, is_borne: bool) -> None:
        self.waiting -= 1
        self.running -= is_borne

    async def answer(self, request: httpx.Request) -> httpx.Response:
        is_borne = self.begin()
        try:
            await asyncio.sleep(0.0005)
            return served(request) if is_borne else httpx.Response(429)
        finally:
            self.end(is_borne=is_borne)


def expected(parts: int) -> list[int]:
    return [100 * part + at for part in range(parts) for at in range(PAGES)]


def gathered(service: Service, parts: int, **options: Any) -> tuple[list[int], Load]:
    async def main() -> tuple[list[int], Load]:
        client = httpx.AsyncClient(transport=httpx.MockTransport(service.answer))
        walks = [paginate(client, Listing(f"http://a.test/{part}"), retry=SOON) for part in range(parts)]
        async with gather_pages(walks, concurrency="auto", **options) as pages:
            found = [item["id"] async for page in pages for item in page.items]
        return found, pages._schedule._load

    return asyncio.run(main())


@pytest.mark.parametrize("ordered", [True, False])
@pytest.mark.parametrize("ahead", [1, 16])
def test_a_gathering_finds_how_many_walks_at_a_time_a_service_bears(*, ordered: bool, ahead: int) -> None:
    service = Service(5)
    found, _ = gathered(service, 20, ordered=ordered, ahead=ahead)
    assert (found if ordered else sorted(found)) == expected(20)
    if ahead > 1 or not ordered:
        assert 5 <= service.peak <= 8
        assert service.refused < service.asked / 4


def test_more_and_more_walks_ask_a_service_that_never_throttles() -> None:
    service = Service(1000)
    found, load = gathered(service, 30, ordered=False)
    assert sorted(found) == expected(30)
    assert service.refused == 0
    assert load.limit > 8


@settings(max_examples=30)
@given(parts=st.integers(1, 7), most=st.integers(1, 4), ahead=st.integers(1, 3), ordered=st.booleans())
def test_no_page_is_lost_however_few_walks_a_service_bears(parts: int, most: int, ahead: int, *, ordered: bool) -> None:
    found, _ = gathered(Service(most), parts, ordered=ordered, ahead=ahead)
    assert (found if ordered else sorted(found)) == expected(parts)


@pytest.mark.parametrize("ordered", [True, False])
def test_threads_find_what_a_service_bears_and_go_on_after_errors(*, ordered: bool) -> None:
    service = Service(3)
    lock = threading.Lock()
    failures = {"/1?3", "/4?0", "/0?2"}

    def answer(request: httpx.Request) -> httpx.Response:
        target = f"{request.url.path}?{request.url.query.decode()}"
        with lock:
            is_borne = service.begin()
            if is_borne and target in failures:
                failures.remove(target)
                service.end(is_borne=True)
                return httpx.Response(404)
        threading.Event().wait(0.0005)
        with lock:
            service.end(is_borne=is_borne)
        return served(request) if is_borne else httpx.Response(429)

    client = httpx.Client(transport=httpx.MockTransport(answer))
    walks = [paginate(client, Listing(f"http://a.test/{part}"), retry=SOON) for part in range(6)]
    found: list[int] = []
    errors = 0
    with gather_pages(walks, concurrency="auto", ordered=ordered, ahead=2) as pages:
        while True:
            try:
                found += [item["id"] for item in next(pages).items]
            except StatusError:
                errors += 1
            except StopIteration:
                break
    assert (found if ordered else sorted(found)) == expected(6)
    assert errors == 3 - len(failures) >= 2


def test_the_load_grows_by_one_and_is_halved() -> None:
    load = Load("auto")
    for limit in (2, 3, 4):
        assert load.limit == limit
        for _ in range(limit):
            load.learn(is_clean=True)
    assert load.limit == 5
    load.learn(is_clean=False)
    assert load.limit == 2
    for _ in range(4):  # sent before the service refused
        load.learn(is_clean=False)
    assert load.limit == 2
    for _ in range(3):
        load.learn(is_clean=False)
    assert load.limit == 1
    for _ in range(5_000):
        load.learn(is_clean=True)
    assert load.limit == 64
    fixed = Load(3)
    fixed.learn(is_clean=False)
    assert fixed.limit == 3


@pytest.mark.parametrize("concurrency", ["all", "", None, 0, 1.5])
def test_the_concurrency_is_a_number_or_auto(concurrency: Any) -> None:
    with pytest.raises(PagingValueError) as caught:
        gather_pages([], concurrency=concurrency)
    assert str(caught.value) == f"concurrency is {concurrency!r}: a whole number from 1 is wanted, or 'auto'"
