"""Waits of a walk to the second, by a clock that stands still but for what is slept."""

from typing import Any

import httpx
import pytest
from answers import URL, ok
from standing_clock import StandingClock

from odatafilter.errors import RateLimited, RetriesExhausted, StatusError
from odatafilter.paging import Listing, PageRead, Pausing, Rate, Retry, Waiting, paginate


class Clock(StandingClock):
    """The time, what was slept, what was asked for, and what was told."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[float] = []
        self.events: list[Any] = []

    def walk(self, *answers: httpx.Response, **options: Any) -> Any:
        """A walk over a service that gives `answers`, of which the last one stands for all further ones."""
        left = list(answers)

        def answer(_: httpx.Request) -> httpx.Response:
            self.asked.append(self.now)
            return left.pop(0) if len(left) > 1 else left[0]

        client = httpx.Client(transport=httpx.MockTransport(answer))
        return paginate(client, Listing.odata(URL), item_type=int, on_event=self.events.append, **options)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    found.put_into(monkeypatch, "paging._fetch", "paging._client", "paging.rate")
    monkeypatch.setattr("odatafilter.paging.retry.random", lambda: 1.0)
    monkeypatch.setattr("odatafilter.paging._sync.StopFlag.wait", found.sleep)
    return found


GOOD = ok({"value": [1]})
NO_PAUSE: dict[str, Any] = {"base": 0.0, "cap": 0.0}


def busy(seconds: float | None = None, status: int = 503) -> httpx.Response:
    return ok({}, {} if seconds is None else {"Retry-After": str(seconds)}, status)


def test_a_told_wait_as_long_as_the_longest_is_kept_and_a_longer_one_is_an_error(clock: Clock) -> None:
    retry = Retry(max_retry_after=7, **NO_PAUSE)
    walk = clock.walk(busy(7), GOOD, retry=retry)
    assert (list(walk), clock.slept, walk.stats.slept) == ([1], [7.0], 7.0)
    with pytest.raises(RateLimited) as caught:
        next(clock.walk(busy(7.5), GOOD, retry=retry))
    assert caught.value.message == f"503; come back at {caught.value.retry_at:%Y-%m-%d %H:%M:%S} UTC"


def test_a_told_wait_that_ends_with_the_deadline_of_the_page_is_kept(clock: Clock) -> None:
    retry = Retry(page_deadline=10, **NO_PAUSE)
    assert list(clock.walk(busy(10), GOOD, retry=retry)) == [1]
    with pytest.raises(RateLimited):
        next(clock.walk(busy(10.5), GOOD, retry=retry))
    assert clock.slept == [10.0]


def test_a_told_wait_is_followed_by_a_pause_of_the_first_attempt(clock: Clock) -> None:
    assert list(clock.walk(busy(2), busy(3), GOOD, retry=Retry(base=0.5))) == [1]
    assert clock.slept == [2.5, 3.5]


def test_who_was_told_to_come_back_is_sent_away_until_then_without_a_request(clock: Clock) -> None:
    walk = clock.walk(busy(8), GOOD, retry=Retry(max_retry_after=7, **NO_PAUSE))
    with pytest.raises(RateLimited) as first:
        next(walk)
    clock.now = 7.9
    with pytest.raises(RateLimited) as second:
        next(walk)
    assert (second.value.message, second.value.retry_at) == (first.value.message, first.value.retry_at)
    assert (second.value.status, len(clock.asked)) == (503, 1)
    clock.now = 8.0
    assert (next(walk), clock.asked) == (1, [0.0, 8.0])


def test_the_pauses_of_failed_attempts_double_within_the_deadline(clock: Clock) -> None:
    walk = clock.walk(busy(), retry=Retry(base=2, cap=5, attempts=9, page_deadline=16))
    with pytest.raises(RetriesExhausted) as caught:
        next(walk)
    assert caught.value.message == "no time is left of 16 seconds for a page: 503"
    assert (clock.slept, clock.asked, caught.value.attempts) == ([2.0, 4.0, 5.0, 5.0], [0.0, 2.0, 6.0, 11.0, 16.0], 5)
    assert [(event.number, event.attempt, event.reason) for event in clock.events] == [
        (1, attempt, "503") for attempt in (1, 2, 3, 4)
    ]
    assert (walk.stats.retries, walk.stats.throttled, walk.stats.stopped_by) == (4, 0, "error")


def test_each_page_has_a_deadline_and_attempts_of_its_own(clock: Clock) -> None:
    first = ok({"value": [1], "@odata.nextLink": "?2"})
    walk = clock.walk(busy(), first, busy(), GOOD, retry=Retry(base=6, cap=6, attempts=2, page_deadline=6))
    assert (list(walk), clock.slept) == ([1, 1], [6.0, 6.0])
    assert [event for event in clock.events if isinstance(event, PageRead)] == [
        PageRead(1, 1, len(first.content), 6.0),
        PageRead(1 + 1, 1, len(GOOD.content), 6.0),
    ]


def test_a_pace_is_kept_and_does_not_count_against_the_deadline(clock: Clock) -> None:
    first = ok({"value": [1], "@odata.nextLink": "?2"})
    walk = clock.walk(first, GOOD, rate=Rate(0.5), retry=Retry(page_deadline=1, **NO_PAUSE))
    assert (list(walk), clock.asked, walk.stats.slept) == ([1, 1], [0.0, 2.0], 2.0)
    assert [event for event in clock.events if not isinstance(event, PageRead)] == [Pausing(2, 2.0)]
    assert [event.seconds for event in clock.events if isinstance(event, PageRead)] == [0.0, 0.0]


@pytest.mark.parametrize(
    ("answer", "pause"), [(busy(3, 429), 3.0), (busy(None, 429), 0.5), (busy(3, 503), 3.0), (busy(None, 503), 0.0)]
)
def test_a_429_pauses_all_walks_of_a_rate_as_long_as_it_says_or_as_its_walk_waits(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, answer: httpx.Response, pause: float
) -> None:
    rate = Rate()
    paused: list[float] = []

    def note(event: object) -> None:
        if isinstance(event, Waiting):
            paused.append(rate.paused())

    walk = clock.walk(answer, GOOD, rate=rate, retry=Retry(base=0.5))
    monkeypatch.setattr(walk._assignment, "on_event", note)
    assert (list(walk), paused) == ([1], [pause])


def test_a_pause_of_a_rate_longer_than_a_walk_may_wait_is_an_error(clock: Clock) -> None:
    rate = Rate()
    rate.pause(7)
    assert list(clock.walk(GOOD, rate=rate, retry=Retry(max_retry_after=7))) == [1]
    assert clock.slept == [7.0]
    rate.pause(7.5)
    with pytest.raises(RateLimited) as caught:
        next(clock.walk(GOOD, rate=rate, retry=Retry(max_retry_after=7)))
    says = f"another walk at this rate was told to come back at {caught.value.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    assert (caught.value.message, caught.value.status, len(clock.asked)) == (says, 429, 1)


@pytest.mark.parametrize("status", [200, 201, 299])
def test_every_status_from_200_to_299_is_that_of_a_page(clock: Clock, status: int) -> None:
    assert list(clock.walk(ok({"value": [1]}, status=status))) == [1]


@pytest.mark.parametrize("status", [199, 300, 304, 400, 599])
def test_every_other_status_is_a_refusal(clock: Clock, status: int) -> None:
    with pytest.raises(StatusError) as caught:
        next(clock.walk(ok({"message": "no"}, status=status)))
    assert (caught.value.message, caught.value.status, clock.slept) == (f"{status}: no", status, [])
