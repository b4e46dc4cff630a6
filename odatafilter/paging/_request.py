"""One request without I/O, on behalf of a walk or a wait: a generator that yields what is to be done.

Both drivers (`_sync`, `_async`) do no more than what the commands below say, so that there is one algorithm.
"""

import re
from abc import ABC, abstractmethod
from collections.abc import Generator, Mapping
from collections.abc import Set as AbstractSet
from typing import Any, Literal, NoReturn, TypeAlias, TypeVar, cast
from urllib.parse import urljoin

import msgspec

from odatafilter._safe_text import show_type
from odatafilter.errors import BadPageError, LoopError, OriginError, PagingError, place_of
from odatafilter.paging._links import LONGEST_LINK, BadLink
from odatafilter.paging.origins import Origin, Origins, origin_of, scheme_of
from odatafilter.paging.retry import STATUSES, Retry

T = TypeVar("T")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_MAX_REDIRECTS = 10  # for one request
PACKED = "has another Content-Encoding than gzip or deflate, or several; it was not read"
_TOKEN = re.compile(r"[!-~]+")  # wider than RFC 6750 §2.1: all that a header carries as it is
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Send(msgspec.Struct, frozen=True):
    """Send a GET to `url`, with credentials if `trusted`; read `max_bytes` at most, until `ends` (monotonic)."""

    url: str
    headers: Mapping[str, str]
    trusted: bool
    ends: float
    max_bytes: int
    retried: AbstractSet[int] = STATUSES

    def __repr__(self) -> str:
        return f"Send({place_of(self.url)!r})"  # the headers hold the token


class Sleep(msgspec.Struct, frozen=True):
    """Wait for `seconds`."""

    seconds: float


class Renew(msgspec.Struct, frozen=True):
    """Ask the caller's function for a token."""


class Answer(msgspec.Struct, frozen=True):
    """A whole response."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def __repr__(self) -> str:
        return f"Answer({self.status}, {len(self.body)} bytes)"


class Failure(msgspec.Struct, frozen=True):
    """No whole response: `passing` may be gone next time, `lasting` will not, `late` and `large` are past a limit.

    `packed` is a body under codings whose size is known too late.
    """

    kind: Literal["passing", "lasting", "late", "large", "packed"]
    error: Exception


Command: TypeAlias = Send | Sleep | Renew
Reply: TypeAlias = Answer | Failure | str | None
Flow: TypeAlias = Generator[Command, Reply, T]


class Access(msgspec.Struct):
    """Where the requests for `what` may go, and what they take along. Only the token changes."""

    what: str
    home: Origin
    origins: Origins
    headers: Mapping[str, str]
    renewable: Literal["token", "auth"] | None
    token: str | None = None

    def __repr__(self) -> str:
        return f"Access({self.what!r}, {str(self.home)!r})"  # the token is nobody's business

    def judge(self, url: str) -> bool | BadLink:
        """Whether a request to `url` may take the credentials along, or why none may be sent."""
        try:
            origin = origin_of(url)
        except ValueError as error:
            return BadLink(f"{self.what} is at {error}; nothing was sent", url, "stranger")
        trusted = self.origins.trusts(self.home, origin)
        if trusted is None:
            message = f"{self.what} is at {origin}, not at {self.home}; nothing was sent"
            return BadLink(f"{message}; origins=Origins.allow('{origin}') would allow it", url, "stranger")
        return trusted


class Requester(ABC):
    """Asks for a URL, follows redirects, and takes the credentials only to where they may go."""

    def __init__(self, access: Access, retry: Retry) -> None:
        self._access = access
        self._retry = retry
        self._may_renew = access.renewable is not None

    @abstractmethod
    def _wait_for_turn(self) -> Flow[float]:
        """Waits for the turn of the next request; its deadline (monotonic)."""

    @abstractmethod
    def _fail(
        self, kind: type[PagingError], message: str, *rest: Any, url: str | None = None, cause: Exception | None = None
    ) -> NoReturn:
        """Raises an error of `kind`."""

    def _ask(self, url: str) -> Flow[tuple[str, Answer | Failure]]:
        """What came of one attempt, and the URL it came from: a redirect may lead where the link itself might."""
        if self._access.renewable == "token" and self._access.token is None:
            yield from self._ask_for_token()
        for _ in range(_MAX_REDIRECTS + 1):
            reply = yield from self._send(url)
            if isinstance(reply, Failure) or reply.status not in _REDIRECTS or "location" not in reply.headers:
                return url, reply
            target = resolve_link(url, reply.headers["location"])
            if isinstance(target, BadLink):
                self._fail(BadPageError, f"a redirect to nowhere: {target.reason}", url=url)
            url = target  # the same one perhaps, where a cookie that was set changes the answer
        self._fail(LoopError, f"redirected more than {_MAX_REDIRECTS} times", url=url)

    def _send(self, url: str) -> Flow[Answer | Failure]:
        access = self._access
        trusted = access.judge(url)
        if isinstance(trusted, BadLink):
            self._fail(OriginError, trusted.reason, url=url)
        ends = yield from self._wait_for_turn()
        headers = dict(access.headers)
        if access.token is not None:
            headers["Authorization"] = f"Bearer {access.token}"
        reply = yield Send(
            url, headers if trusted else {}, trusted, ends, self._retry.max_page_bytes, self._retry.statuses
        )
        return cast("Answer | Failure", reply)

    def _renew(self) -> Flow[None]:
        """A fresh token, once. The client's own auth is asked again by sending the request again."""
        self._may_renew = False
        if self._access.renewable == "token":
            yield from self._ask_for_token()

    def _ask_for_token(self) -> Flow[None]:
        token: object = yield Renew()
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            wanted = "the token alone is wanted, without 'Bearer' and without a line break"
            self._fail(PagingError, f"token() gave {_describe_token(token)}: {wanted}")
        self._access.token = token


def _describe_token(token: object) -> str:
    """What is given for a token, which is not shown."""
    if not isinstance(token, str):
        return show_type(token)
    return "a text with a character that no token has" if token else "an empty text"


def resolve_link(base: str, link: str) -> str | BadLink:
    """The absolute URL of `link` on the page at `base`; an absolute link as it stands (RFC 3986 §5.2)."""
    if len(link) > LONGEST_LINK:
        return BadLink(f"the link has {len(link)} characters, and at most {LONGEST_LINK} are followed")
    if _CONTROL.search(link):
        return BadLink("the link holds a control character")
    try:
        target = link if scheme_of(link) else urljoin(base, link)
    except ValueError:  # brackets that hold no address
        return BadLink("the link is malformed")
    if len(target) > LONGEST_LINK:
        return BadLink(f"the link has {len(target)} characters as a whole, and at most {LONGEST_LINK} are followed")
    return target
