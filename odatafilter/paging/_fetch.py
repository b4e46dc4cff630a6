"""The fetch of one page, without I/O: a generator that yields what is to be done and is sent what came of it.

Both drivers (`_sync`, `_async`) do no more than what the commands below say, so that there is one algorithm.
"""

import logging
import re
from collections.abc import Callable, Generator, Mapping
from datetime import datetime
from time import monotonic
from typing import Any, Generic, Literal, NoReturn, TypeAlias, TypeVar, assert_never, cast
from urllib.parse import urljoin

import msgspec

from odatafilter._shown import typed
from odatafilter.errors import (
    BadPageError,
    LoopError,
    OriginError,
    PagingError,
    RateLimited,
    Refusal,
    RetriesExhausted,
    StatusError,
)
from odatafilter.paging._envelope import NoPageError, opened
from odatafilter.paging._items import Items
from odatafilter.paging._links import BadLink, Link
from odatafilter.paging._refusal import refusal
from odatafilter.paging.checkpoint import FileCheckpoint
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.events import Event, PageRead, Pausing, Renewing, Waiting
from odatafilter.paging.listing import Listing
from odatafilter.paging.origins import Origin, Origins, origin_of, scheme_of
from odatafilter.paging.page import Answered
from odatafilter.paging.rate import Rate
from odatafilter.paging.retry import RETRIED_STATUSES, Retry, back_at, told_to_wait

T = TypeVar("T")
_LOG = logging.getLogger("odatafilter.paging")
_REDIRECTS = frozenset({301, 302, 303, 307, 308})
PACKED = "has more than one Content-Encoding; it was not read"
_TOO_MANY = 429
_MAX_REDIRECTS = 10  # for one request
_TOKEN = re.compile(r"[!-~]+")  # wider than RFC 6750 §2.1: all that a header carries as it is
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")


class Send(msgspec.Struct, frozen=True):
    """Send a GET to `url`, with credentials if `trusted`; read `max_bytes` at most, until `ends` (monotonic)."""

    url: str
    headers: Mapping[str, str]
    trusted: bool
    ends: float
    max_bytes: int

    def __repr__(self) -> str:
        return f"Send({self.url!r})"  # the headers hold the token


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


class Failure(msgspec.Struct, frozen=True):
    """No whole response: `passing` may be gone next time, `lasting` will not, `late` and `large` are past a limit.

    `packed` is a body under more than one coding.
    """

    kind: Literal["passing", "lasting", "late", "large", "packed"]
    error: Exception


Command: TypeAlias = Send | Sleep | Renew
Reply: TypeAlias = Answer | Failure | str | None
Flow: TypeAlias = Generator[Command, Reply, T]


class Stats(msgspec.Struct):
    """What a walk has done so far: `items` are those that were handed out, `skipped` those that could not be decoded.

    `slept` is in seconds; `stopped_by` is None while the walk may go on.
    """

    pages: int = 0
    items: int = 0
    skipped: int = 0
    retries: int = 0
    slept: float = 0.0
    stopped_by: Literal["end", "max_items", "max_pages", "error"] | None = None


class Limited(msgspec.Struct, frozen=True):
    """What a walk was told: to come back at `at`, which is `until` on the monotonic clock."""

    until: float
    message: str
    said: Refusal
    at: datetime


class Plan(msgspec.Struct, Generic[T]):
    """What a walk is to do. Only the token, the stats and the time to come back change."""

    listing: Listing
    first_url: str
    home: Origin
    items: Items[T]
    retry: Retry
    origins: Origins
    max_items: int | None
    max_pages: int | None
    prefetch: bool
    renewable: Literal["token", "auth"] | None
    rate: Rate | None
    on_event: Callable[[Event], object] | None
    checkpoint: FileCheckpoint | None
    stats: Stats
    token: str | None = None
    limited: Limited | None = None

    def __repr__(self) -> str:
        return f"Plan({self.first_url!r})"  # the token is nobody's business

    def judged(self, url: str) -> bool | BadLink:
        """Whether a request to `url` may take the credentials along, or why none may be sent."""
        try:
            origin = origin_of(url)
        except ValueError as error:
            return BadLink(f"the next page is at {error}; nothing was sent", url, "stranger")
        trusted = self.origins.trusts(self.home, origin)
        if trusted is None:
            message = f"the next page is at {origin}, not at {self.home}; nothing was sent"
            return BadLink(f"{message}; origins=Origins.allow('{origin}') would allow it", url, "stranger")
        return trusted

    def tell(self, event: Event) -> None:
        """Hands `event` to the log and to the caller's hook."""
        _LOG.log(logging.DEBUG if isinstance(event, PageRead) else logging.INFO, "%s", event)
        if self.on_event is not None:
            self.on_event(event)


class Fetch(Generic[T]):
    """The fetch of the page that `at` stands on."""

    def __init__(self, plan: Plan[T], at: Cursor) -> None:
        self.at = at
        self._plan = plan
        self._url = at.link or plan.first_url
        self._begun = monotonic()
        self._attempts = 0
        self._renewed = False

    def page(self) -> Flow[Answered]:
        """The page, after as many attempts as it takes. Raises `PagingError`."""
        self._stay_away()
        if self._plan.renewable == "token" and self._plan.token is None:
            yield from self._renew()
        while True:
            url, reply = yield from self._asked()
            match reply:
                case Answer(status=401) if self._may_renew():
                    yield from self._renew_once()
                case Answer(status=status) if status in RETRIED_STATUSES:
                    yield from self._wait(refusal(status, reply.body)[0], status, self._told(reply))
                case Answer():
                    try:
                        return self._read(url, reply)
                    except NoPageError as error:
                        if not error.cut:
                            self._fail(BadPageError, f"not a page: {error}")
                        cut = str(error)
                    yield from self._wait(cut, reply.status, None)
                case Failure(kind="passing"):
                    yield from self._wait(_named(reply.error), None, None, reply.error)
                case Failure():
                    self._broken(reply)
                case _:
                    assert_never(reply)

    def _stay_away(self) -> None:
        """Raises `RateLimited` again, with nothing sent, as long as the server's wait is not over."""
        if (limited := self._plan.limited) is None:
            return
        if monotonic() < limited.until:
            self._fail(RateLimited, limited.message, limited.said, limited.at)
        self._plan.limited = None

    def _asked(self) -> Flow[tuple[str, Answer | Failure]]:
        """What came of one attempt, and the URL it came from: a redirect may lead where the link itself might."""
        self._attempts += 1
        url = self._url
        visited: set[str] = set()
        while True:
            visited.add(url)
            reply = yield from self._sent(url)
            if isinstance(reply, Failure) or reply.status not in _REDIRECTS or "location" not in reply.headers:
                return url, reply
            target = resolved(url, reply.headers["location"])
            if isinstance(target, BadLink):
                self._fail(BadPageError, f"a redirect to nowhere: {target.reason}", url=url)
            if target in visited or len(visited) > _MAX_REDIRECTS:
                self._fail(LoopError, f"redirected in a circle, or more than {_MAX_REDIRECTS} times", url=url)
            url = target

    def _sent(self, url: str) -> Flow[Answer | Failure]:
        trusted = self._judged(url)
        yield from self._paced()
        headers = dict(self._plan.listing.headers or {})
        if self._plan.token is not None:
            headers["Authorization"] = f"Bearer {self._plan.token}"
        reply = yield Send(url, headers if trusted else {}, trusted, self._ends, self._plan.retry.max_page_bytes)
        return cast("Answer | Failure", reply)

    def _judged(self, url: str) -> bool:
        """Whether `url` may be sent the credentials. Raises `OriginError` where nothing may be sent."""
        trusted = self._plan.judged(url)
        if isinstance(trusted, BadLink):
            self._fail(OriginError, trusted.reason, url=url)
        return trusted

    def _paced(self) -> Flow[None]:
        """The wait for the turn that a shared `Rate` gives. It does not count against the deadline of the page."""
        rate = self._plan.rate
        seconds = self._bearable(rate, rate.reserve()) if rate else 0.0
        while rate and seconds > 0:
            self._plan.tell(Pausing(self.at.page_number, seconds))
            self._begun += seconds
            yield from self._slept(seconds)
            seconds = self._bearable(rate, rate.paused())

    def _bearable(self, rate: Rate, seconds: float) -> float:
        """`seconds`. Raises `RateLimited` where another walk was told to wait longer than is allowed."""
        if rate.paused() > self._plan.retry.max_retry_after:
            at = back_at(rate.paused())
            message = f"another walk at this rate was told to come back at {at:%Y-%m-%d %H:%M:%S} UTC"
            self._fail(RateLimited, message, Refusal(429), at)
        return seconds

    def _slept(self, seconds: float) -> Flow[None]:
        self._plan.stats.slept += seconds
        yield Sleep(seconds)

    @property
    def _ends(self) -> float:
        return self._begun + self._plan.retry.page_deadline

    def _may_renew(self) -> bool:
        return self._plan.renewable is not None and not self._renewed

    def _renew_once(self) -> Flow[None]:
        """A fresh token. The client's own auth is asked again by sending the request again."""
        self._renewed = True
        self._plan.stats.retries += 1
        self._plan.tell(Renewing(self.at.page_number))
        if self._plan.renewable == "token":
            yield from self._renew()

    def _renew(self) -> Flow[None]:
        token: object = yield Renew()
        if not isinstance(token, str) or not _TOKEN.fullmatch(token):
            wanted = "the token alone is wanted, without 'Bearer' and without a line break"
            self._fail(PagingError, f"token() gave {_unfit(token)}: {wanted}")
        self._plan.token = token

    def _told(self, answer: Answer) -> float | None:
        """The wait for what the server asks for, shared with other walks. Raises `RateLimited` if it is too long."""
        retry = self._plan.retry
        seconds = told_to_wait(answer.headers)
        if seconds is None:
            return None
        if self._plan.rate:
            self._plan.rate.pause(seconds)
        wait = seconds + retry.backoff(1)
        if seconds > retry.max_retry_after or monotonic() + wait > self._ends:
            until = monotonic() + seconds  # before `at` is taken: who comes back then is not sent away
            text, said = refusal(answer.status, answer.body)
            at = back_at(seconds)
            message = f"{text}; come back at {at:%Y-%m-%d %H:%M:%S} UTC"
            self._plan.limited = Limited(until, message, said, at)
            self._fail(RateLimited, message, said, at)
        return wait

    def _broken(self, failure: Failure) -> NoReturn:
        """Raises what `failure`, which no other attempt will mend, comes to."""
        retry = self._plan.retry
        match failure.kind:
            case "late":
                self._exhausted(f"the page was not there after {retry.page_deadline:g} seconds", None, failure.error)
            case "large":
                self._fail(BadPageError, f"the page is over {retry.max_page_bytes} bytes")
            case "packed":
                self._fail(BadPageError, f"the page {PACKED}")
            case "passing" | "lasting":
                # Its own words may be the value of a header, as those of httpx.LocalProtocolError.
                self._fail(PagingError, f"the request failed: {type(failure.error).__name__}", cause=failure.error)
            case _:
                assert_never(failure.kind)

    def _wait(self, reason: str, status: int | None, told: float | None, cause: Exception | None = None) -> Flow[None]:
        """The wait before the next attempt. Raises `RetriesExhausted` if there is none."""
        retry = self._plan.retry
        seconds = retry.backoff(self._attempts) if told is None else told
        if self._plan.rate and told is None and status == _TOO_MANY:
            self._plan.rate.pause(min(seconds, retry.max_retry_after))  # more would be an error in the other walks
        if self._attempts >= retry.attempts:
            self._exhausted(f"attempt {self._attempts} failed and was the last: {reason}", status, cause)
        if self._plan.stats.retries >= retry.walk_retries:
            self._exhausted(f"gave up after {retry.walk_retries} retries in one walk: {reason}", status, cause)
        if told is None and monotonic() + seconds > self._ends:
            self._exhausted(f"no time is left of {retry.page_deadline:g} seconds for a page: {reason}", status, cause)
        self._plan.stats.retries += 1
        self._plan.tell(Waiting(self.at.page_number, seconds, self._attempts, reason))
        yield from self._slept(seconds)

    def _read(self, url: str, answer: Answer) -> Answered:
        if not 200 <= answer.status < 300:  # noqa: PLR2004  # RFC 9110 §15.3
            text, said = refusal(answer.status, answer.body)
            self._fail(StatusError, text, said, url=url)
        envelope = opened(answer.body, answer.headers, self._plan.listing)
        self._plan.tell(PageRead(self.at.page_number, len(envelope.items), len(answer.body), monotonic() - self._begun))
        link = self._followable(url, envelope.link)
        return Answered(self.at, url, answer.status, answer.headers, msgspec.structs.replace(envelope, link=link))

    def _followable(self, url: str, link: Link) -> Link:
        """`link` as an absolute URL, or what is wrong with it."""
        target = resolved(url, link) if isinstance(link, str) else link
        judged = self._plan.judged(target) if isinstance(target, str) else True
        return judged if isinstance(judged, BadLink) else target

    def _exhausted(self, message: str, status: int | None, cause: Exception | None) -> NoReturn:
        self._fail(RetriesExhausted, message, self._attempts, status, cause=cause)

    def _fail(
        self, kind: type[PagingError], message: str, *rest: Any, url: str | None = None, cause: Exception | None = None
    ) -> NoReturn:
        raise kind(message, self.at, url or self._url, *rest) from cause


def _unfit(token: object) -> str:
    """What is given for a token, which is not shown."""
    if not isinstance(token, str):
        return typed(token)
    return "a text with a character that no token has" if token else "an empty text"


def _named(error: Exception) -> str:
    return f"{type(error).__name__}: {error}"


def resolved(base: str, link: str) -> str | BadLink:
    """The absolute URL of `link` on the page at `base`; an absolute link as it stands (RFC 3986 §5.2)."""
    if _CONTROL.search(link):
        return BadLink("the link holds a control character")
    return link if scheme_of(link) else urljoin(base, link)
