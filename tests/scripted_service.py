"""A service that answers from a script, and a log of what a client of it does, line by line.

The clock stands still but for a quarter of a second a request and for what is slept, and each pause is the longest that
it may be. So a log is the same each time, with a synchronous and with an asynchronous client.
"""

import asyncio
import re
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from threading import Event
from typing import Any, TypeAlias
from unittest import mock

import httpx
from standing_clock import StandingClock

URL = "http://s.test/P"
CLOCKS = ("paging._fetch", "paging._client", "paging._async", "paging.rate", "itwin._poll")
LONGEST = 100  # lines of a log
SENT = ("authorization", "prefer", "x-key")
TIMEOUT = httpx.Timeout(5, connect=60)
PLAIN = (  # what another run, or another version of a dependency, has otherwise
    (re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d"), "MOMENT"),
    (re.compile(r"Expected `int`, got `\w+`"), "NO NUMBER"),
    (re.compile(r"\n"), " | "),
)

Said: TypeAlias = httpx.Response | Exception


class Log:
    """What happens, line by line, and how a consumer takes the steps of either driver."""

    def __init__(self, folder: Path, answers: tuple[Said, ...], runner: asyncio.Runner | None) -> None:
        self.lines: list[str] = []
        self.folder = folder
        self.clock = StandingClock()
        self._answers = list(answers)
        self.runner = runner

    def add(self, text: object) -> None:
        line = str(text).replace(str(self.folder), "FOLDER")
        for pattern, plain in PLAIN:
            line = pattern.sub(plain, line)
        self.lines.append(line)

    def client(self) -> Any:
        transport = httpx.MockTransport(self._answer)
        kind = httpx.AsyncClient if self.runner else httpx.Client
        return kind(transport=transport, timeout=TIMEOUT)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        limits = {name: round(float(limit), 3) for name, limit in request.extensions["timeout"].items()}
        sent = [
            f"{name}: {value}"
            for name, value in (*request.headers.items(), *limits.items())
            if name in SENT or (name in limits and value != TIMEOUT.as_dict()[name])
        ]
        host = "" if request.url.host == "s.test" else f"http://{request.url.host}"
        self.add(f"GET {host}{request.url.raw_path.decode()}{''.join(f', {each}' for each in sent)}")
        assert len(self.lines) < LONGEST, "it never ends"
        self.clock.now += 0.25
        said = self._answers.pop(0) if self._answers else httpx.ConnectError("nobody is there")
        if isinstance(said, Exception):
            raise said
        return said

    def run(self, given: Any) -> Any:
        """What a call gives, or the coroutine that it gives."""
        return self.runner.run(given) if self.runner else given

    def each(self, parts: Any) -> Iterator[Any]:
        """The items, pages or batches of a walk. It goes on after an error."""
        while True:
            try:
                yield self.runner.run(anext(parts)) if self.runner else next(parts)
            except (StopIteration, StopAsyncIteration):
                return

    def add_each(self, name: str, parts: Any) -> None:
        for part in self.each(parts):
            self.add(f"{name} {part}")

    def sleep(self, seconds: float) -> None:
        self.add(f"sleep {seconds:g}")
        assert len(self.lines) < LONGEST, "it never ends"
        self.clock.sleep(seconds)

    def put_clock_in(self, stack: ExitStack) -> None:
        """Has the package read this clock and sleep by it, until `stack` is closed."""

        async def sleep_async(seconds: float) -> None:
            self.sleep(seconds)

        def sleep(_: object, seconds: float) -> bool:
            self.sleep(seconds)
            return False

        def timeout(_: float, never: Callable[[None], Any] = asyncio.timeout) -> Any:
            return never(None)  # the loop has another clock

        def now() -> float:
            return self.clock.now

        for module in CLOCKS:
            stack.enter_context(mock.patch(f"odatafilter.{module}.monotonic", now))
        for module in ("paging.retry", "itwin._poll"):
            stack.enter_context(mock.patch(f"odatafilter.{module}.random", return_value=1.0))
        stack.enter_context(mock.patch("odatafilter.paging._sync.StopFlag.wait", sleep))
        flag = type("Flag", (Event,), {"wait": sleep})
        stack.enter_context(mock.patch("odatafilter.itwin.waiting.Flag", flag))
        stack.enter_context(mock.patch("odatafilter.paging._async.asyncio.sleep", sleep_async))
        stack.enter_context(mock.patch("odatafilter.paging._async.asyncio.timeout", timeout))


def log_of(answers: tuple[Said, ...], use: Callable[[Log], object], *, is_async: bool) -> list[str]:
    """What happens while a service gives `answers` and `use` does what it does with a client of it."""
    with tempfile.TemporaryDirectory() as folder, ExitStack() as stack:
        log = Log(Path(folder), answers, stack.enter_context(asyncio.Runner()) if is_async else None)
        log.put_clock_in(stack)
        use(log)
        return log.lines


def logs_as_text(logs: dict[str, list[str]]) -> str:
    """The logs, each below its name."""
    return "\n".join("\n".join((name, *(f"    {line}" for line in lines), "")) for name, lines in logs.items())
