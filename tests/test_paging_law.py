"""The law of paging: over any mix of faults, crashes and resumptions, the items delivered are the server's list.

Nothing is lost, nothing comes twice but what a checkpoint could not know of, the requests are bounded, and no credential
reaches the second server unless it is allowed to.
"""

import asyncio
import gzip
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import httpx2
import pytest
from fault_server import Cut, FaultServer, Part, Reset, Seen, answer
from hypothesis import example, given, settings
from hypothesis import strategies as st
from paging_ground import AT_ONCE, HEADERS, LARGE, SECRET, TLS, Ground

from odatafilter.errors import PagingError
from odatafilter.paging import Cursor, FileCheckpoint, Listing, Origins, paginate

RETRY_AFTER = ["0", "0.002", "-5", "soon", "0, 0.001", "Thu, 01 Jan 1970 00:00:00 GMT", ""]
PASSING = ["429", "500", "503", "504", "408", "425", "cut", "reset", "half", "half gzip", "bad gzip"]
LINKS = ["link to itself", "no link but a number", "link of another scheme", "redirect to itself"]
LASTING = [*LINKS, "404", "401", "html", "no items", "error with 200", "empty"]
ELSEWHERE = ["to the other origin", "redirect to the other origin"]
HARMLESS = ["empty page", "redirect", "gzip", "slow chunks"]


@dataclass(frozen=True)
class Leg:
    """One process: how it consumes, after how many items it dies, and how often it writes down where it is."""

    mode: str
    prefetch: int
    dies_after: int | None
    driver: str
    every: int  # items between two checkpoints; 0: acknowledged after each part
    has_token: bool
    errors: list[PagingError] = field(default_factory=list, compare=False)


legs = st.builds(
    Leg,
    mode=st.sampled_from(["items", "pages", "batches"]),
    prefetch=st.integers(0, 1),
    dies_after=st.none() | st.integers(0, 12),
    driver=st.sampled_from(["httpx", "httpx-async", "httpx2"]),
    every=st.integers(0, 5),
    has_token=st.booleans(),
)
told = st.tuples(st.sampled_from(["429", "503"]), st.sampled_from(RETRY_AFTER)).map(" ".join)
faults = st.lists(st.none() | st.sampled_from(PASSING + LASTING + ELSEWHERE + HARMLESS) | told, max_size=12)


@dataclass
class Place:
    """Where the next process begins, as it is documented: at the last one's cursor, or at what is in a file."""

    file: Path | None
    cursor: Cursor | None = None

    @property
    def done(self) -> int:
        return self.cursor.items_done if self.cursor else 0

    def options(self, leg: Leg) -> dict[str, Any]:
        if self.file is None:
            return {"start": self.cursor and str(self.cursor)}
        return {"checkpoint": FileCheckpoint(self.file, every=leg.every or 1, ack=leg.every == 0)}

    def asked(self, leg: Leg, at: Cursor) -> None:
        """The consumer, at `at`, asks for the next item, page or batch."""
        if self.file is None or leg.every == 0:
            return
        moved = self.cursor is None or (self.cursor.link, self.cursor.ended) != (at.link, at.ended)
        if moved or at.items_done - self.done >= leg.every:
            self.cursor = at

    def took(self, leg: Leg, walk: Any) -> None:
        """The consumer has an item, page or batch."""
        if self.file is not None and leg.every == 0:
            walk.ack()
            self.cursor = walk.cursor

    def died(self, at: Cursor) -> None:
        """The process is gone that was at `at`."""
        if self.file is None:
            self.cursor = at
        else:
            assert (Cursor.parse(self.file.read_text()) if self.file.exists() else None) == self.cursor


class World:
    """A list of items behind two servers that stumble as `faults` says, request by request, and then no more."""

    def __init__(self, ground: Ground, size: int, page_size: int, faults: list[str | None]) -> None:
        self.items = list(range(size))
        self.page_size = page_size
        self._faults = iter(faults)
        self._fresh = count()
        for server, other in ((ground.server, ground.other), (ground.other, ground.server)):
            server.script = partial(self._script, server, other)
            server.seen.clear()

    def _script(self, server: FaultServer, other: FaultServer, seen: Seen) -> Iterable[Part]:
        at = int(parse_qs(urlsplit(seen.target).query).get("at", ["0"])[0])
        good = self._page(server, at, self.page_size)
        match fault := next(self._faults, None):
            case None:
                return [answer(good)]
            case "empty page":
                return [answer(self._page(server, at, 0))]
            case "link to itself":
                return [answer({**good, "_links": {"next": {"href": seen.target}}})]
            case "no link but a number":
                return [answer({**good, "_links": {"next": {"href": 7}}})]
            case "link of another scheme":
                return [answer({**good, "_links": {"next": {"href": "file:///etc/passwd"}}})]
            case "redirect to itself":
                return [answer(b"", status=302, headers={"Location": seen.target})]
            case "redirect":
                return [answer(b"", status=307, headers={"Location": self._link(server, at)})]
            case "redirect to the other origin":
                return [answer(b"", status=307, headers={"Location": self._link(other, at)})]
            case "to the other origin":
                return [answer(self._page(other, at, 0))]
            case _:
                return _stumble(fault, answer(good), answer(gzip.compress(_json(good)), headers=GZIP))

    def _page(self, server: FaultServer, at: int, size: int) -> dict[str, Any]:
        """Items from `at` on, with a link to the next page at `server`; none of them, with a link to `at` itself."""
        following = at + size
        jobs = [{"id": each} for each in self.items[at:following]]
        links = {"next": {"href": self._link(server, following)}} if following < len(self.items) else None
        return {"jobs": jobs, "_links": links}

    def _link(self, server: FaultServer, at: int) -> str:
        return f"{server.url}/jobs?at={at}&fresh={next(self._fresh)}"


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
        case _:
            status, _, value = fault.partition(" ")
            return [answer(b"", status=int(status), headers={"Retry-After": value} if value else {})]


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

    def run(self, leg: Leg, listing: Listing, place: Place, origins: Origins) -> tuple[list[int], bool]:
        """What one process delivers, and whether the walk was over."""
        options = {**place.options(leg), "prefetch": leg.prefetch, "retry": AT_ONCE, "origins": origins}
        if leg.has_token:
            options["token"] = lambda: SECRET
        if leg.driver == "httpx-async":
            return self.runner.run(_run_async(paginate(self.asynchronous, listing, **options), leg, place))
        return _run(paginate(self.sync[leg.driver], listing, **options), leg, place)


def _run(walk: Any, leg: Leg, place: Place) -> tuple[list[int], bool]:
    items: list[int] = []
    with walk:
        parts: Iterator[Any] = {"items": walk, "pages": walk.pages(), "batches": walk.batches(3)}[leg.mode]
        while leg.dies_after is None or len(items) < leg.dies_after:
            place.asked(leg, walk.cursor)
            try:
                part = next(parts)
            except StopIteration:
                break
            except PagingError as error:
                _failed(walk, leg, error)
                continue
            items += _ids(part)
            place.took(leg, walk)
    return _died(walk, place, items)


async def _run_async(walk: Any, leg: Leg, place: Place) -> tuple[list[int], bool]:
    items: list[int] = []
    async with walk:
        parts: AsyncIterator[Any] = {"items": walk, "pages": walk.pages(), "batches": walk.batches(3)}[leg.mode]
        while leg.dies_after is None or len(items) < leg.dies_after:
            place.asked(leg, walk.cursor)
            try:
                part = await anext(parts)
            except StopAsyncIteration:
                break
            except PagingError as error:
                _failed(walk, leg, error)
                continue
            items += _ids(part)
            place.took(leg, walk)
    return _died(walk, place, items)


def _failed(walk: Any, leg: Leg, error: PagingError) -> None:
    assert error.cursor == walk.cursor
    assert SECRET not in str(error) + repr(error)
    leg.errors.append(error)
    assert len(leg.errors) < 20, error


def _died(walk: Any, place: Place, items: list[int]) -> tuple[list[int], bool]:
    place.died(walk.cursor)
    over = walk.stats.stopped_by == "end"
    assert walk.cursor.ended or not over
    return items, over


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


@pytest.fixture(scope="module")
def file() -> Iterator[Path]:
    """A file in memory, if there is such a place."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else None) as name:
        yield Path(name, "jobs.cursor")


@given(
    size=st.integers(0, 25),
    page_size=st.integers(1, 9),
    faults=faults,
    legs=st.lists(legs, min_size=1, max_size=5),
    visits=st.sampled_from(["same", "strip", "allow"]),
    is_kept=st.booleans(),
)
@example(  # a second attempt at a page that a redirect leads to, whose link leads to itself
    size=1,
    page_size=1,
    faults=["link to itself", "redirect", "link to itself"],
    legs=[Leg("items", 0, None, "httpx", 0, has_token=False)],
    visits="same",
    is_kept=False,
)
@settings(max_examples=10_000 if LARGE else 120)
def test_what_is_delivered_over_any_crashes_and_resumptions_is_the_servers_list(
    ground: Ground,
    clients: Clients,
    file: Path,
    *,
    size: int,
    page_size: int,
    faults: list[str | None],
    legs: list[Leg],
    visits: str,
    is_kept: bool,
) -> None:
    world = World(ground, size, page_size, faults)
    allow = {"same": Origins.same(), "strip": Origins.strip(), "allow": Origins.allow(ground.other.url)}
    file.unlink(missing_ok=True)
    place = Place(file if is_kept else None)
    delivered = 0
    over = False
    for leg in [*legs[:-1], replace(legs[-1], dies_after=None)]:
        begun = place.done
        items, over = clients.run(leg, ground.listing, place, allow[visits])
        # Nothing is lost, and what comes again is what the file did not have.
        assert begun == delivered or (is_kept and begun < delivered)
        assert items == world.items[begun : begun + len(items)]
        delivered = begun + len(items)
        if over:
            break
    assert over
    assert delivered == size
    pages = -(-size // page_size) or 1
    again = 5 if is_kept else 2  # pages of a leg that was cut short: of a batch and one ahead
    seen_there = list(ground.other.seen)
    ground.other.seen.clear()
    assert len(ground.server.seen) + len(seen_there) <= pages + 2 * len(faults) + again * len(legs)
    assert all(SECRET in seen.headers["authorization"] for seen in ground.server.seen)
    if visits == "same":
        assert seen_there == []
    assert all((SECRET in str(seen)) is (visits == "allow") for seen in seen_there)
