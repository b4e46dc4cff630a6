"""What is asked of a client: the part of httpx and httpx2 that a walk uses, and their exceptions by name.

The two are unrelated to Python, so nothing is tested with `isinstance`, and neither is imported here.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from functools import lru_cache
from math import ceil, inf
from time import monotonic
from typing import Any, Protocol

from odatafilter.paging._request import Answer, Failure, Send

_PASSING = frozenset({"TimeoutException", "NetworkError", "RemoteProtocolError", "ProxyError", "DecodingError"})
_OURS = frozenset({"RequestError", "InvalidURL"})
# One chunk of these, or of what is packed twice, may be a million times as large when it is unpacked.
_UNBOUNDED = frozenset({"br", "zstd"})
_BEFORE_FIRST_READ = frozenset({f"{protocol}.receive_response_headers.started" for protocol in ("http11", "http2")})
_HARMLESS = frozenset({"accept", "accept-encoding", "connection", "host", "user-agent"})


class Response(Protocol):
    """A streamed response."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def iter_bytes(self) -> Iterator[bytes]: ...
    def close(self) -> None: ...


class AsyncResponse(Protocol):
    """A streamed response of an asynchronous client."""

    @property
    def status_code(self) -> int: ...
    @property
    def headers(self) -> Mapping[str, str]: ...
    def aiter_bytes(self) -> AsyncIterator[bytes]: ...
    async def aclose(self) -> None: ...


class Client(Protocol):
    """What `httpx.Client` and `httpx2.Client` can do."""

    def build_request(self, method: str, url: Any, /, *, headers: Any = ...) -> Any: ...
    def send(
        self, request: Any, /, *, stream: bool = ..., auth: Any = ..., follow_redirects: bool = ...
    ) -> Response: ...


class AsyncClient(Protocol):
    """What `httpx.AsyncClient` and `httpx2.AsyncClient` can do."""

    def build_request(self, method: str, url: Any, /, *, headers: Any = ...) -> Any: ...
    async def send(
        self, request: Any, /, *, stream: bool = ..., auth: Any = ..., follow_redirects: bool = ...
    ) -> AsyncResponse: ...


class LateError(Exception):
    """The page is past its deadline."""


class LargeError(Exception):
    """The page is past its size."""


class Countdown:
    """The timeout of each read: what is left of `ends`, at most the client's own `limit`, and nothing once `stopped`.

    A client gives its socket one timeout before each of many reads, so that a number would start anew with every byte
    that drips in. A socket asks any other object for its number each time, which has to be a whole one: a silent server
    is given up to a second more.
    """

    def __init__(self, ends: float, limit: float | None, stopped: Callable[[], bool]) -> None:
        self._ends = ends
        self._limit = inf if limit is None else float(limit)
        self._stopped = stopped

    def __float__(self) -> float:
        left = self._ends - monotonic()
        if left <= 0 or self._stopped():
            raise TimeoutError  # becomes the client's own, as if the socket had raised it
        return min(self._limit, left)

    def __index__(self) -> int:
        return ceil(float(self))


def count_down(request: Any, send: Send, stopped: Callable[[], bool]) -> None:
    """Has each read of `request`, sent by a synchronous client, end with the deadline of `send`.

    Only the reads of httpcore and its fork, which are told of by the trace extension right before the first one: no
    other transport, and no hook, gets a timeout that is no number.
    """

    def trace(event: str, info: Mapping[str, Any]) -> None:
        if event in _BEFORE_FIRST_READ:
            inner = info["request"]
            timeouts = inner.extensions.get("timeout", {})
            countdown = Countdown(send.ends, timeouts.get("read"), stopped)
            inner.extensions = {**inner.extensions, "timeout": {**timeouts, "read": countdown}}

    request.extensions.setdefault("trace", trace)


def prepare_request(client: Client | AsyncClient, send: Send) -> tuple[Any, dict[str, Any]]:
    """The request for `send`, and the options with which the client is to send it."""
    base = getattr(client, "base_url", None)
    url = send.url if base is None or isinstance(base, str) else type(base)(send.url)  # it is taken apart only once
    request = client.build_request("GET", url, headers=send.headers)
    # The client's `params=` and `base_url` would replace the query of the link: it is put back as it was given.
    request.url = url if type(url) is type(request.url) else type(request.url)(url)
    left = max(send.ends - monotonic(), 0.001)
    timeout = request.extensions.get("timeout", {})
    request.extensions["timeout"] = {
        name: left if limit is None else min(limit, left) for name, limit in timeout.items()
    }
    if not _UNBOUNDED.isdisjoint(_codings(request.headers.get("accept-encoding", ""))):
        request.headers["accept-encoding"] = "gzip, deflate"
    options: dict[str, Any] = {"stream": True, "follow_redirects": False}
    if not send.trusted:
        for name in [name for name in request.headers if name.lower() not in _HARMLESS]:
            del request.headers[name]
        options["auth"] = None
    return request, options


class PackedError(Exception):
    """The page is packed so that a small part of it may become a huge one in one step."""


@lru_cache(16)
def _codings(header: str) -> tuple[str, ...]:
    codings = (part.partition(";")[0].strip().lower() for part in header.split(","))
    return tuple(coding for coding in codings if coding not in {"", "identity"})


class Body:
    """A body that is read within the limits of `send`, and the status and headers before it."""

    def __init__(self, send: Send) -> None:
        self._send = send
        self._head: tuple[int, Mapping[str, str]] | None = None
        self._first = b""  # the body, where it comes in one piece
        self._read = bytearray()  # a list of chunks would take many times as much where each is of a byte or two

    def begin(self, response: Response | AsyncResponse) -> None:
        """Keeps the status and the headers of `response`, whatever comes of its body. Raises `PackedError`."""
        self._head = response.status_code, response.headers
        if "content-encoding" not in response.headers:
            return
        codings = _codings(response.headers.get("content-encoding", ""))
        if len(codings) > 1 or not _UNBOUNDED.isdisjoint(codings):
            raise PackedError

    def add_chunk(self, chunk: bytes) -> None:
        """Adds `chunk`. Raises `LargeError` or `LateError` past a limit."""
        if self._first or self._read:
            self._read += self._first
            self._read += chunk
            self._first = b""
        else:
            self._first = chunk
        if len(self._first) + len(self._read) > self._send.max_bytes:
            raise LargeError
        if monotonic() > self._send.ends:
            raise LateError

    def answer(self, response: Response | AsyncResponse) -> Answer:
        """The whole response."""
        return Answer(response.status_code, response.headers, self._read_body())

    def _read_body(self) -> bytes:
        return bytes(self._first or self._read)

    def outcome_of(self, error: Exception) -> Answer | Failure | None:
        """What `error` comes to; None if it is not the client's. A status that is asked again needs no whole body."""
        reply = outcome_of(error, self._send)
        if isinstance(reply, Failure) and self._head and self._head[0] in self._send.retried:
            return Answer(*self._head, self._read_body())
        return reply


def outcome_of(error: Exception, send: Send) -> Answer | Failure | None:
    """What `error`, raised while a request was sent or an answer read, comes to; None if it is not the client's."""
    names = {kind.__name__ for kind in type(error).__mro__ if kind.__module__.partition(".")[0] in {"httpx", "httpx2"}}
    if isinstance(error, LargeError):
        return Failure("large", error)
    if isinstance(error, PackedError):
        return Failure("packed", error)
    is_timeout = isinstance(error, TimeoutError) or "TimeoutException" in names
    if isinstance(error, LateError) or (is_timeout and monotonic() >= send.ends):
        return Failure("late", error)
    if "HTTPStatusError" in names:  # raised by a hook of the caller's that checks every response
        response = getattr(error, "response")  # noqa: B009  # known by its name only
        return Answer(response.status_code, response.headers, b"")
    if names & _PASSING or isinstance(error, ConnectionError | TimeoutError):
        return Failure("passing", error)
    return Failure("lasting", error) if names & _OURS else None
