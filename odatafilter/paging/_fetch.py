"""The fetch of one page, without I/O: as many requests as it takes, and the waits between them."""

import logging
from collections.abc import Callable
from datetime import datetime
from time import monotonic
from typing import Any, Generic, NoReturn, TypeVar, assert_never

import msgspec

from odatafilter.errors import (
    BadPageError,
    PagingError,
    RateLimited,
    Refusal,
    RetriesExhausted,
    StatusError,
    place_of,
)
from odatafilter.paging._envelope import NoPageError, open_page
from odatafilter.paging._excerpt import sentence
from odatafilter.paging._items import Items
from odatafilter.paging._links import BadLink, Link
from odatafilter.paging._refusal import refusal
from odatafilter.paging._request import PACKED, Access, Answer, Failure, Flow, Requester, Sleep, resolve_link
from odatafilter.paging._stats import Stats
from odatafilter.paging.checkpoint import FileCheckpoint
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.events import Event, PageRead, Pausing, Renewing, Waiting
from odatafilter.paging.listing import Listing
from odatafilter.paging.origins import scheme_of
from odatafilter.paging.page import Answered
from odatafilter.paging.rate import Rate
from odatafilter.paging.retry import TOO_MANY_REQUESTS, Retry, back_at, seconds_to_wait

T = TypeVar("T")
_LOG = logging.getLogger("odatafilter.paging")


class Limited(msgspec.Struct, frozen=True):
    """What a walk was told: to come back at `at`, which is `until` on the monotonic clock."""

    until: float
    message: str
    said: Refusal
    at: datetime


class Assignment(msgspec.Struct, Generic[T]):
    """What a walk is to do. Only the token of its access, the stats, the time to come back and the delta link
    change.
    """

    listing: Listing
    first_url: str
    access: Access
    items: Items[T]
    retry: Retry
    max_items: int | None
    max_pages: int | None
    prefetch: bool
    rate: Rate | None
    on_event: Callable[[Event], object] | None
    checkpoint: FileCheckpoint | None
    stats: Stats
    limited: Limited | None = None
    delta_link: str | None = None

    def __repr__(self) -> str:
        return f"Assignment({place_of(self.first_url)!r})"  # a listing's headers are nobody's business

    def tell(self, event: Event) -> None:
        """Hands `event` to the log and to the caller's hook."""
        _LOG.log(logging.DEBUG if isinstance(event, PageRead) else logging.INFO, "%s", event)
        if self.on_event is not None:
            self.on_event(event)


class Fetch(Requester, Generic[T]):
    """The fetch of the page that `at` stands on."""

    def __init__(self, assignment: Assignment[T], at: Cursor) -> None:
        super().__init__(assignment.access, assignment.retry)
        self.at = at
        self._assignment = assignment
        self._url = at.link or assignment.first_url
        self._begun = monotonic()
        self._attempts = 0

    def page(self) -> Flow[Answered]:
        """The page, after as many attempts as it takes. Raises `PagingError`."""
        self._stay_away()
        while True:
            self._attempts += 1
            url, reply = yield from self._ask(self._url)
            match reply:
                case Answer(status=401) if self._may_renew:
                    self._assignment.stats.retries += 1
                    self._assignment.tell(Renewing(self.at.page_number))
                    yield from self._renew()
                case Answer(status=status) if status in self._retry.statuses:
                    self._assignment.stats.throttled += status == TOO_MANY_REQUESTS
                    yield from self._wait(refusal(reply)[0], reply, self._told_wait(reply))
                case Answer():
                    try:
                        return self._read_answer(url, reply)
                    except NoPageError as error:
                        if not error.cut:
                            self._fail(BadPageError, f"not a page: {error}")
                        cut = str(error)
                    yield from self._wait(cut, reply, None)
                case Failure(kind="passing"):
                    yield from self._wait(_spell_error(reply.error), None, None, reply.error)
                case Failure():
                    self._fail_for_good(reply)
                case _:
                    assert_never(reply)

    def _stay_away(self) -> None:
        """Raises `RateLimited` again, with nothing sent, as long as the server's wait is not over."""
        if (limited := self._assignment.limited) is None:
            return
        if monotonic() < limited.until:
            self._fail(RateLimited, limited.message, limited.said, limited.at)
        self._assignment.limited = None

    def _wait_for_turn(self) -> Flow[float]:
        """The wait for the turn that a shared `Rate` gives. It does not count against the deadline of the page."""
        rate = self._assignment.rate
        seconds = self._check_pause(rate, rate.reserve()) if rate else 0.0
        while rate and seconds > 0:
            self._assignment.tell(Pausing(self.at.page_number, seconds))
            self._begun += seconds
            yield from self._sleep(seconds)
            seconds = self._check_pause(rate, rate.paused())
        return self._ends

    def _check_pause(self, rate: Rate, seconds: float) -> float:
        """`seconds`. Raises `RateLimited` where another walk was told to wait longer than is allowed."""
        if rate.paused() > self._assignment.retry.max_retry_after:
            at = back_at(rate.paused())
            message = f"another walk at this rate was told to come back at {at:%Y-%m-%d %H:%M:%S} UTC"
            self._fail(RateLimited, message, Refusal(429), at)
        return seconds

    def _sleep(self, seconds: float) -> Flow[None]:
        self._assignment.stats.slept += seconds
        yield Sleep(seconds)

    @property
    def _ends(self) -> float:
        return self._begun + self._assignment.retry.page_deadline

    def _told_wait(self, answer: Answer) -> float | None:
        """The wait for what the server asks for, shared with other walks. Raises `RateLimited` if it is too long."""
        retry = self._assignment.retry
        seconds = seconds_to_wait(answer.status, answer.headers)
        if seconds is None:
            return None
        if self._assignment.rate:
            self._assignment.rate.pause(min(seconds, retry.max_retry_after))  # more is an error, of this walk alone
        wait = seconds + retry.backoff(1)
        if seconds > retry.max_retry_after or monotonic() + wait > self._ends:
            until = monotonic() + seconds  # before `at` is taken: who comes back then is not sent away
            text, said = refusal(answer)
            at = back_at(seconds)
            message = f"{text}; come back at {at:%Y-%m-%d %H:%M:%S} UTC"
            self._assignment.limited = Limited(until, message, said, at)
            self._fail(RateLimited, message, said, at)
        return wait

    def _fail_for_good(self, failure: Failure) -> NoReturn:
        """Raises what `failure`, which no other attempt will mend, comes to."""
        retry = self._assignment.retry
        match failure.kind:
            case "late":
                self._give_up(f"the page was not there after {retry.page_deadline:g} seconds", None, failure.error)
            case "large":
                self._fail(BadPageError, f"the page is over {retry.max_page_bytes} bytes")
            case "packed":
                self._fail(BadPageError, f"the page {PACKED}")
            case "passing" | "lasting":
                # httpx puts header values into this message, and they may be secrets: neither show it nor chain it.
                self._fail(PagingError, f"the request failed: {type(failure.error).__name__}")
            case _:
                assert_never(failure.kind)

    def _wait(
        self, reason: str, answer: Answer | None, told: float | None, cause: Exception | None = None
    ) -> Flow[None]:
        """The wait before the next attempt. Raises `RetriesExhausted` if there is none."""
        retry = self._assignment.retry
        seconds = retry.backoff(self._attempts) if told is None else told
        if self._assignment.rate and told is None and answer and answer.status == TOO_MANY_REQUESTS:
            # More would be an error in the other walks.
            self._assignment.rate.pause(min(seconds, retry.max_retry_after))
        if self._attempts >= retry.attempts:
            self._give_up(f"attempt {self._attempts} failed and was the last: {reason}", answer, cause)
        if self._assignment.stats.retries >= retry.walk_retries:
            self._give_up(f"gave up after {retry.walk_retries} retries in one walk: {reason}", answer, cause)
        if told is None and monotonic() + seconds > self._ends:
            self._give_up(f"no time is left of {retry.page_deadline:g} seconds for a page: {reason}", answer, cause)
        self._assignment.stats.retries += 1
        self._assignment.tell(Waiting(self.at.page_number, seconds, self._attempts, reason))
        yield from self._sleep(seconds)

    def _read_answer(self, url: str, answer: Answer) -> Answered:
        if not 200 <= answer.status < 300:  # noqa: PLR2004  # RFC 9110 §15.3
            text, said = refusal(answer)
            self._fail(StatusError, text, said, url=url)
        envelope = open_page(answer.body, answer.headers, self._assignment.listing)
        self._assignment.tell(
            PageRead(self.at.page_number, len(envelope.items), len(answer.body), monotonic() - self._begun)
        )
        link = self._followed_link(url, envelope.link, envelope.context)
        delta = _absolute_link(url, envelope.delta_link, envelope.context)
        if link is not envelope.link or delta is not envelope.delta_link:
            delta_link = delta if isinstance(delta, str) else None
            envelope = msgspec.structs.replace(envelope, link=link, delta_link=delta_link)
        return Answered(self.at, url, answer.status, answer.headers, envelope)

    def _followed_link(self, url: str, link: Link, context: str | None) -> Link:
        """`link` as an absolute URL, or what is wrong with it."""
        target = _absolute_link(url, link, context)
        judged = self._assignment.access.judge(target) if isinstance(target, str) else True
        return judged if isinstance(judged, BadLink) else target

    def _give_up(self, message: str, answer: Answer | None, cause: Exception | None) -> NoReturn:
        said = refusal(answer)[1] if answer else None
        self._fail(RetriesExhausted, message, self._attempts, said, cause=cause)

    def _fail(
        self, kind: type[PagingError], message: str, *rest: Any, url: str | None = None, cause: Exception | None = None
    ) -> NoReturn:
        raise kind(message, self.at, url or self._url, *rest) from cause


def _absolute_link(url: str, link: Link, context: str | None) -> Link:
    """`link` as an absolute URL, or what is wrong with it.

    A relative one in a body is relative to its context URL, which is relative to the request (OData JSON §4.3). From
    there, a link of a query alone would lead to the metadata of the service: it is relative to the request.
    """
    if not isinstance(link, str):
        return link
    base = resolve_link(url, context) if context and scheme_of(link) is None and not link.startswith("?") else url
    return resolve_link(base, link) if isinstance(base, str) else base


def _spell_error(error: Exception) -> str:
    return f"{type(error).__name__}: {sentence(str(error))}"
