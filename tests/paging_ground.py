"""What the paging tests stand on: two servers at two origins, and one way to walk with each of three clients."""

import asyncio
import os
import pickle
import ssl
from collections.abc import Callable, Iterable
from contextlib import closing
from dataclasses import dataclass, field
from typing import Any, Self, TypeAlias

import httpx
import httpx2
from fault_server import FaultServer, Part, Seen, answer

from odatafilter.errors import PagingError
from odatafilter.paging import Cursor, Listing, Retry, paginate

LARGE = os.environ.get("HYPOTHESIS_PROFILE") == "large"
SECRET = "s3cret"
HEADERS = {"Authorization": f"Bearer {SECRET}", "X-Api-Key": SECRET, "Cookie": f"session={SECRET}"}
AT_ONCE = Retry(base=0.0)  # retries without a wait
TLS = ssl.create_default_context()  # made once: it costs 30 ms

Given: TypeAlias = bytes | Iterable[Part]


@dataclass
class Outcome:
    """What a consumer got: the ids of the items, the error that ended the walk, and the walk's own view of itself."""

    items: list[Any] = field(default_factory=list)
    error: PagingError | None = None
    cursor: Cursor | None = None
    stats: Any = None
    errors: list[PagingError] = field(default_factory=list)


def _walk_sync(library: Any, options: dict[str, Any], listing: Listing, turns: int, **rest: Any) -> Outcome:
    outcome = Outcome()
    with library.Client(**options) as client, closing(paginate(client, listing, **rest)) as walk:
        for _ in range(turns):
            try:
                for item in walk:
                    outcome.items.append(item["id"] if isinstance(item, dict) else item)
                break
            except PagingError as error:
                outcome.errors.append(error)
    outcome.cursor, outcome.stats = walk.cursor, walk.stats
    outcome.error = outcome.errors[-1] if len(outcome.errors) == turns else None
    return outcome


async def _walk_async(library: Any, options: dict[str, Any], listing: Listing, turns: int, **rest: Any) -> Outcome:
    outcome = Outcome()
    async with library.AsyncClient(**options) as client, paginate(client, listing, **rest) as walk:
        for _ in range(turns):
            try:
                async for item in walk:
                    outcome.items.append(item["id"] if isinstance(item, dict) else item)
                break
            except PagingError as error:
                outcome.errors.append(error)
    outcome.cursor, outcome.stats = walk.cursor, walk.stats
    outcome.error = outcome.errors[-1] if len(outcome.errors) == turns else None
    return outcome


DRIVERS: dict[str, Callable[..., Outcome]] = {
    "httpx": lambda *given, **rest: _walk_sync(httpx, *given, **rest),
    "httpx-async": lambda *given, **rest: asyncio.run(_walk_async(httpx, *given, **rest)),
    "httpx2": lambda *given, **rest: _walk_sync(httpx2, *given, **rest),
}


class Ground:
    """A server, a second one that must never see a credential, and the client to walk with."""

    def __init__(self, driver: str) -> None:
        self.name = driver
        self._drive = DRIVERS[driver]
        self.server = FaultServer(lambda _: [answer(b"", status=599)])
        self.other = FaultServer(lambda _: [answer({"jobs": []})])

    def __enter__(self) -> Self:
        self.server.__enter__()
        self.other.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.server.__exit__()
        self.other.__exit__()
        for seen in self.other.seen:
            assert SECRET not in str(seen), "a credential went to the second origin"

    @property
    def listing(self) -> Listing:
        return Listing(f"{self.server.url}/jobs")

    @property
    def targets(self) -> list[str]:
        return [seen.target for seen in self.server.seen]

    def serve(self, *answers: Given) -> None:
        """The answers to the next requests, one after the other; the last one stands for all further requests."""
        given = list(answers)

        def script(_: Seen) -> Iterable[Part]:
            parts = given.pop(0) if len(given) > 1 else given[0]
            return [parts] if isinstance(parts, bytes) else parts

        self.server.script = script

    def route(self, answers: dict[str, bytes]) -> None:
        """The answer to each target."""
        self.server.script = lambda seen: [answers.get(seen.target, answer(b"", status=404))]

    def walk(
        self, *, listing: Listing | None = None, client: dict[str, Any] | None = None, turns: int = 1, **options: Any
    ) -> Outcome:
        """What a consumer gets that walks on after `turns - 1` errors."""
        self.server.seen.clear()
        settings = {"headers": HEADERS, "verify": TLS, "trust_env": False, **(client or {})}
        return self._drive(settings, listing or self.listing, turns, **{"retry": AT_ONCE, **options})


def check(
    ground: Ground,
    outcome: Outcome,
    *,
    items: list[Any],
    requests: int,
    error: type[PagingError] | None = None,
    says: str | None = None,
) -> None:
    """The items, the requests and the error are these, and the error's cursor stands after the items."""
    assert outcome.items == items
    assert (type(outcome.error) if outcome.error else None) is error, outcome.error
    assert len(ground.server.seen) == requests, ground.targets
    if outcome.error is None:
        assert outcome.stats.stopped_by in {"end", "max_items", "max_pages"}
        return
    assert outcome.stats.stopped_by == "error"
    assert outcome.error.items_done == len(items)
    assert outcome.error.cursor == outcome.cursor
    again = pickle.loads(pickle.dumps(outcome.error))
    assert (type(again), str(again), again.cursor) == (type(outcome.error), str(outcome.error), outcome.cursor)
    assert SECRET not in str(outcome.error) + repr(outcome.error)
    if says is not None:
        assert outcome.error.message == says
