"""What the paging tests stand on: two servers at two origins, and one way to walk with each of three clients."""

import asyncio
import os
import pickle
import ssl
import threading
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import sleep
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
CERTIFICATE = Path(__file__).with_name("localhost.pem")
TLS = ssl.create_default_context()  # made once: it costs 30 ms
TLS.load_verify_locations(CERTIFICATE)

Given: TypeAlias = bytes | Iterable[Part]


@dataclass
class Outcome:
    """What a consumer got: the ids of the items, the error that ended the walk, and the walk's own view of itself."""

    items: list[Any] = field(default_factory=list)
    error: PagingError | None = None
    cursor: Cursor | None = None
    stats: Any = None
    errors: list[PagingError] = field(default_factory=list)


@dataclass(frozen=True)
class Driver:
    """One of the clients that a walk is made with."""

    library: Any
    is_async: bool = False


DRIVERS = {"httpx": Driver(httpx), "httpx-async": Driver(httpx, is_async=True), "httpx2": Driver(httpx2)}


def walked(
    driver: Driver, listing: Listing, client: dict[str, Any] | None = None, turns: int = 1, **options: Any
) -> Outcome:
    """What a consumer gets of a walk with a client of its own."""
    given = (made_client(driver, **(client or {})), listing, turns)
    options = {"retry": AT_ONCE, **options}
    return asyncio.run(_walk_async(*given, **options)) if driver.is_async else _walk_sync(*given, **options)


def made_client(driver: Driver, **options: Any) -> Any:
    """A client with credentials."""
    settings = {"headers": HEADERS, "verify": TLS, "trust_env": False, **options}
    return driver.library.AsyncClient(**settings) if driver.is_async else driver.library.Client(**settings)


def _walk_sync(client: Any, listing: Listing, turns: int, **rest: Any) -> Outcome:
    outcome = Outcome()
    with client, closing(paginate(client, listing, **rest)) as walk:
        for _ in range(turns):
            try:
                for item in walk:
                    outcome.items.append(item["id"] if isinstance(item, dict) else item)
                break
            except PagingError as error:
                outcome.errors.append(error)
    return _ended(outcome, walk, turns)


async def _walk_async(client: Any, listing: Listing, turns: int, **rest: Any) -> Outcome:
    outcome = Outcome()
    async with client, paginate(client, listing, **rest) as walk:
        for _ in range(turns):
            try:
                async for item in walk:
                    outcome.items.append(item["id"] if isinstance(item, dict) else item)
                break
            except PagingError as error:
                outcome.errors.append(error)
    return _ended(outcome, walk, turns)


def _ended(outcome: Outcome, walk: Any, turns: int) -> Outcome:
    outcome.cursor, outcome.stats = walk.cursor, walk.stats
    outcome.error = outcome.errors[-1] if len(outcome.errors) == turns else None
    return outcome


def at_work() -> list[threading.Thread]:
    """The threads of walks and gatherings."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("odatafilter")]


def busy(client: Any) -> list[Any]:
    """The connections of a client that are neither idle nor closed."""
    return [each for each in client._transport._pool.connections if not (each.is_idle() or each.is_closed())]


class Steps:
    """A client whose walks are taken step by step, in the same words whatever the driver.

    Between two steps the tasks of an asynchronous walk stand still: `work` lets them go on.
    """

    def __init__(self, ground: "Ground", client: Any, runner: asyncio.Runner | None) -> None:
        self.client = client
        self._ground = ground
        self._runner = runner

    def paginate(self, listing: Listing | None = None, **options: Any) -> Any:
        return paginate(self.client, listing or self._ground.listing, **options)

    def run(self, given: Any) -> Any:
        """What a call has given, or what comes of the coroutine that it has given."""
        return self._runner.run(given) if self._runner else given

    def each(self, parts: Any) -> Iterator[Any]:
        """The items, pages or batches of a walk."""
        if self._runner is None:
            for part in parts:  # noqa: UP028  # `yield from` would close the walk where this is left
                yield part
        while self._runner is not None:
            try:
                yield self._runner.run(anext(parts))
            except StopAsyncIteration:
                return

    def work(self, seconds: float) -> None:
        """The consumer works for a while."""
        if self._runner:
            self._runner.run(asyncio.sleep(seconds))
        else:
            sleep(seconds)

    def close(self, walk: Any) -> None:
        self.run(walk.aclose() if self._runner else walk.close())

    def left(self) -> list[Any]:
        """What is still at work: connections, threads, tasks."""
        tasks = asyncio.all_tasks(self._runner.get_loop()) if self._runner else set()
        return [*busy(self.client), *at_work(), *tasks]


class Ground:
    """A server, a second one that must never see a credential, and the client to walk with."""

    def __init__(self, driver: str, certificate: Path | None = None) -> None:
        self.driver = DRIVERS[driver]
        self.walked = False
        self.server = FaultServer(lambda _: [answer(b"", status=599)], certificate)
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
        self.walked = True
        return walked(self.driver, listing or self.listing, client, turns, **options)

    def client(self, **options: Any) -> Any:
        """A client of the driver, with credentials."""
        self.walked = True
        return made_client(self.driver, **options)

    @contextmanager
    def steps(self, **options: Any) -> Iterator[Steps]:
        """A client to walk with step by step."""
        with ExitStack() as stack:
            runner = stack.enter_context(asyncio.Runner()) if self.driver.is_async else None
            steps = Steps(self, self.client(**options), runner)
            stack.callback(lambda: steps.run(steps.client.aclose() if runner else steps.client.close()))
            yield steps


def grounds(driver: str, certificate: Path | None = None) -> Iterator[Ground]:
    """What a fixture yields to a test that is to be run with each driver."""
    with Ground(driver, certificate) as ground:
        yield ground
    assert ground.walked, "a test for each driver has not used its client"


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
    assert outcome.cursor is not None
    if outcome.error is None:
        assert outcome.stats.stopped_by in {"end", "max_items", "max_pages"}
        assert outcome.cursor.ended is (outcome.stats.stopped_by == "end")
        return
    assert outcome.stats.stopped_by == "error"
    assert outcome.error.items_done == len(items)
    assert outcome.error.cursor == outcome.cursor == Cursor.parse(str(outcome.cursor))
    again = pickle.loads(pickle.dumps(outcome.error))
    assert (type(again), str(again), again.cursor) == (type(outcome.error), str(outcome.error), outcome.cursor)
    assert SECRET not in str(outcome.error) + repr(outcome.error)
    if says is not None:
        assert outcome.error.message == says
