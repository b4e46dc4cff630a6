"""The law of paging: over any mix of faults, crashes and resumptions, the items delivered are the server's list.

Nothing is lost, nothing comes twice, the requests are bounded, and no credential reaches the second server.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import pytest
from fault_server import Cut, Part, Reset, Seen, answer
from hypothesis import given, settings
from hypothesis import strategies as st
from paging_ground import AT_ONCE, HEADERS, LARGE, SECRET, TLS, Ground

from odatafilter.errors import PagingError
from odatafilter.paging import Listing, paginate

PASSING = ["429", "429 now", "500", "503", "504", "408", "425", "cut", "reset", "half", "half gzip", "bad gzip"]
LINKS = ["link to itself", "no link but a number", "link of another scheme", "redirect to itself"]
LASTING = [
    *LINKS,
    "404",
    "401",
    "html",
    "no items",
    "error with 200",
    "empty",
    "to another origin",
    "stranger's redirect",
]
HARMLESS = ["empty page", "redirect", "gzip", "slow chunks"]


@dataclass(frozen=True)
class Leg:
    """One process: how it consumes, and after how many items it dies."""

    mode: str
    prefetch: int
    dies_after: int | None
    driver: str
    errors: list[PagingError] = field(default_factory=list, compare=False)


legs = st.builds(
    Leg,
    mode=st.sampled_from(["items", "pages", "batches"]),
    prefetch=st.integers(0, 1),
    dies_after=st.none() | st.integers(0, 12),
    driver=st.sampled_from(["httpx", "httpx-async", "httpx2"]),
)
faults = st.lists(st.none() | st.sampled_from(PASSING + LASTING + HARMLESS), max_size=12)


class World:
    """A list of items behind a server that stumbles as `faults` says, request by request, and then no more."""

    def __init__(self, ground: Ground, size: int, page_size: int, faults: list[str | None]) -> None:
        self.items = list(range(size))
        self.page_size = page_size
        self._ground = ground
        self._faults = iter(faults)
        self._fresh = count()

    def script(self, seen: Seen) -> Iterable[Part]:
        at = int(parse_qs(urlsplit(seen.target).query).get("at", ["0"])[0])
        good = self._page(at, self.page_size)
        match fault := next(self._faults, None):
            case None:
                return [answer(good)]
            case "empty page":
                return [answer(self._page(at, 0))]
            case "link to itself":
                return [answer({**good, "_links": {"next": {"href": seen.target}}})]
            case "no link but a number":
                return [answer({**good, "_links": {"next": {"href": 7}}})]
            case "link of another scheme":
                return [answer({**good, "_links": {"next": {"href": "file:///etc/passwd"}}})]
            case "redirect to itself":
                return [answer(b"", status=302, headers={"Location": seen.target})]
            case "redirect":
                return [answer(b"", status=307, headers={"Location": self._link(at)})]
            case "stranger's redirect":
                return [answer(b"", status=307, headers={"Location": f"{self._ground.other.url}/jobs"})]
            case "to another origin":
                return [answer({"jobs": [], "_links": {"next": {"href": f"{self._ground.other.url}/jobs"}}})]
            case _:
                return _stumble(fault, answer(good), answer(gzip.compress(_json(good)), headers=GZIP))

    def _page(self, at: int, size: int) -> dict[str, Any]:
        following = at + size
        jobs = [{"id": each} for each in self.items[at:following]]
        links = {"next": {"href": self._link(following)}} if following < len(self.items) else None
        return {"jobs": jobs, "_links": links}

    def _link(self, at: int) -> str:
        return f"{self._ground.server.url}/jobs?at={at}&fresh={next(self._fresh)}"


GZIP = {"Content-Encoding": "gzip"}


def _json(value: object) -> bytes:
    return answer(value).partition(b"\r\n\r\n")[2]


def _stumble(fault: str, good: bytes, zipped: bytes) -> Iterable[Part]:
    match fault:
        case "cut":
            return [Cut()]
        case "reset":
            return [good[:30], Reset()]
        case "half":
            return [good[:-9], Cut()]
        case "half gzip":
            return [
                b"HTTP/1.0 200 OK\r\nContent-Encoding: gzip\r\n\r\n" + zipped.partition(b"\r\n\r\n")[2][:-12],
                Cut(),
            ]
        case "bad gzip":
            return [answer(b"no gzip", headers=GZIP)]
        case "gzip":
            return [zipped]
        case "slow chunks":
            return [good[index : index + 40] for index in range(0, len(good), 40)]
        case "html":
            return [answer(b"<html>Sign in</html>")]
        case "no items":
            return [answer({"_links": None})]
        case "error with 200":
            return [answer({"error": {"code": "X"}})]
        case "empty":
            return [b"HTTP/1.1 204 No Content\r\n\r\n"]
        case "429 now":
            return [answer(b"", status=429, headers={"Retry-After": "0"})]
        case _:
            return [answer(b"", status=int(fault))]


class Clients:
    """One client of each kind, and the loop that the asynchronous one lives in."""

    def __init__(self) -> None:
        given: dict[str, Any] = {"headers": HEADERS, "verify": TLS, "trust_env": False}
        self.sync: dict[str, Any] = {"httpx": httpx.Client(**given), "httpx2": httpx2.Client(**given)}
        self.asynchronous = httpx.AsyncClient(**given)
        self.runner = asyncio.Runner()

    def close(self) -> None:
        for client in self.sync.values():
            client.close()
        self.runner.run(self.asynchronous.aclose())
        self.runner.close()

    def run(self, leg: Leg, listing: Listing, start: str | None) -> tuple[list[int], str, bool]:
        """What one process delivers: the items, its cursor at the end, and whether the walk was over."""
        options: dict[str, Any] = {"start": start, "prefetch": leg.prefetch, "retry": AT_ONCE}
        if leg.driver == "httpx-async":
            return self.runner.run(_run_async(self.asynchronous, leg, listing, options))
        return _run(self.sync[leg.driver], leg, listing, options)


def _run(client: Any, leg: Leg, listing: Listing, options: dict[str, Any]) -> tuple[list[int], str, bool]:
    items: list[int] = []
    with paginate(client, listing, **options) as walk:
        parts: Iterator[Any] = {"items": walk, "pages": walk.pages(), "batches": walk.batches(3)}[leg.mode]
        while leg.dies_after is None or len(items) < leg.dies_after:
            try:
                part = next(parts)
            except StopIteration:
                return items, str(walk.cursor), True
            except PagingError as error:
                assert error.cursor == walk.cursor
                leg.errors.append(error)
                assert len(leg.errors) < 20, error
                continue
            items += _ids(part)
        return items, str(walk.cursor), False


async def _run_async(client: Any, leg: Leg, listing: Listing, options: dict[str, Any]) -> tuple[list[int], str, bool]:
    items: list[int] = []
    async with paginate(client, listing, **options) as walk:
        parts: AsyncIterator[Any] = {"items": walk, "pages": walk.pages(), "batches": walk.batches(3)}[leg.mode]
        while leg.dies_after is None or len(items) < leg.dies_after:
            try:
                part = await anext(parts)
            except StopAsyncIteration:
                return items, str(walk.cursor), True
            except PagingError as error:
                assert error.cursor == walk.cursor
                leg.errors.append(error)
                assert len(leg.errors) < 20, error
                continue
            items += _ids(part)
        return items, str(walk.cursor), False


def _ids(part: Any) -> list[int]:
    if isinstance(part, dict):
        return [part["id"]]
    return [item["id"] for item in (part if isinstance(part, list) else part.items)]


@pytest.fixture(scope="module")
def clients() -> Iterator[Clients]:
    given = Clients()
    yield given
    given.close()


@pytest.fixture(scope="module")
def ground() -> Iterator[Ground]:
    with Ground("httpx") as given:
        yield given


@given(size=st.integers(0, 25), page_size=st.integers(1, 9), faults=faults, legs=st.lists(legs, min_size=1, max_size=5))
@settings(max_examples=10_000 if LARGE else 150)
def test_what_is_delivered_over_any_crashes_and_resumptions_is_the_servers_list(
    ground: Ground, clients: Clients, *, size: int, page_size: int, faults: list[str | None], legs: list[Leg]
) -> None:
    world = World(ground, size, page_size, faults)
    ground.server.script = world.script
    ground.server.seen.clear()
    delivered: list[int] = []
    cursor: str | None = None
    for leg in [*legs[:-1], replace(legs[-1], dies_after=None)]:
        items, cursor, over = clients.run(leg, ground.listing, cursor)
        delivered += items
        if over:
            break
    assert delivered == world.items
    pages = -(-size // page_size) or 1
    assert len(ground.server.seen) <= pages + 2 * len(faults) + 2 * len(legs)
    assert SECRET not in str(ground.other.seen)
