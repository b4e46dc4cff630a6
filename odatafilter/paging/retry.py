"""When a failed request is sent again, and how long to wait before (RFC 9110 §10.2.3, Retry-After)."""

import re
from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from math import isfinite
from random import random
from typing import Final

import msgspec

from odatafilter.paging._rules import Rule, check_fields, is_whole, number, seconds, whole_number

TOO_MANY_REQUESTS: Final = 429
# RFC 9110 §15.5.9, §15.6; RFC 6585 §4; RFC 8470 §5.2; and what proxies answer for a server that is away or too busy.
STATUSES: Final = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 525), 529, 598})
_REFUSALS: Final = range(400, 600)  # RFC 9110 §15.5, §15.6
_IN_MILLISECONDS: Final = ("x-ms-retry-after-ms", "retry-after-ms")
_RESETS: Final = ("ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset-after")
_SINCE_1970: Final = 10**8  # seconds: fewer are a time to go, more a moment
_SINCE_1970_IN_MILLISECONDS: Final = 10**11
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?![\d.]|[eE][+-]?\d)")  # what follows it, as in "120s", is left alone


class Retry(msgspec.Struct, frozen=True):
    """How often a page is asked for, and how long it may take.

    Raises `PagingValueError` for a value out of its bounds.

    Args:
        attempts: how often a page is asked for in all, from 1.
        base: after attempt n the pause is random, up to `base * 2**(n - 1)` seconds, from 0.
        cap: the longest of these pauses, in seconds.
        max_retry_after: the longest Retry-After that is waited for, in seconds: above it, `RateLimited` is raised.
        page_deadline: seconds for a page with all of its attempts; a synchronous client gives a silent server a second
            more.
        max_page_bytes: the largest size of a page, unpacked, in bytes. As memory it takes up to about eight times that:
            an item that would take more is a `BadItemError`, unless it is wanted as `msgspec.Raw`.
        walk_retries: the retries of a whole walk, from 0.
        statuses: the statuses, from 400 to 599, after which a page is asked for again.
    """

    attempts: int = 5
    base: float = 0.2
    cap: float = 20.0
    max_retry_after: float = 120.0
    page_deadline: float = 300.0
    max_page_bytes: int = 64 << 20
    walk_retries: int = 1000
    statuses: AbstractSet[int] = STATUSES

    def __post_init__(self) -> None:
        check_fields(self, _RULES)
        msgspec.structs.force_setattr(self, "statuses", frozenset(self.statuses))

    def backoff(self, attempt: int) -> float:
        """Seconds to wait after the failed `attempt` (from 1): full jitter, so that walks do not come back together.

        Args:
            attempt: the number of the attempt that failed, from 1.
        """
        longest: float = min(self.cap, self.base * 2 ** min(attempt - 1, 64))
        return random() * longest  # noqa: S311  # jitter is no secret


def _are_statuses(value: object) -> bool:
    return isinstance(value, AbstractSet) and all(is_whole(each) and each in _REFUSALS for each in value)


_RULES: Final[Mapping[str, Rule]] = {
    "attempts": whole_number(1),
    "max_page_bytes": whole_number(1),
    "walk_retries": number(0),
    **dict.fromkeys(("base", "cap", "max_retry_after", "page_deadline"), seconds(0)),
    "statuses": Rule(_are_statuses, "a set of statuses from 400 to 599 is wanted"),
}


def seconds_to_wait(status: int, headers: Mapping[str, str]) -> float | None:
    """The seconds that an answer asks to wait, the longest that can be read in it, or None where nothing can be.

    Retry-After counts first, then its forms in milliseconds; of a 429 also the time at which its limit is set back.
    """
    parts = headers.get("retry-after", "").split(",")
    found = [_seconds(part.strip(), headers.get("date")) for part in parts]
    if all(each is None for each in found):
        found = [_milliseconds(headers.get(name, "")) for name in _IN_MILLISECONDS]
    if all(each is None for each in found) and status == TOO_MANY_REQUESTS:
        found = [_until_reset(headers.get(name, ""), headers.get("date")) for name in _RESETS]
    return max((each for each in found if each is not None), default=None)


def _milliseconds(text: str) -> float | None:
    number = _seconds(text.strip(), None)
    return None if number is None else number / 1000


def _until_reset(text: str, date: str | None) -> float | None:
    """The seconds until a limit is set back, which `text` gives as such or as seconds or milliseconds since 1970."""
    number = _seconds(text.strip(), date)
    if number is None or number < _SINCE_1970:
        return number
    moment = number / 1000 if number >= _SINCE_1970_IN_MILLISECONDS else number
    return max(0.0, moment - _now(date).timestamp())


def _seconds(part: str, date: str | None) -> float | None:
    """What a part between commas asks for: a date, which can do without the weekday before its comma, or a number."""
    if ":" in part:
        return _seconds_until(part, date)
    number = _NUMBER.match(part)
    return max(0.0, float(number[0])) if number else None


def _seconds_until(text: str, date: str | None) -> float | None:
    """Seconds from the server's own `date` to the date in `text`: its clock may differ from ours."""
    day = _read_date(text)
    return max(0.0, (day - _now(date)).total_seconds()) if day else None


def _now(date: str | None) -> datetime:
    return (date and _read_date(date)) or datetime.now(UTC)


def _read_date(text: str) -> datetime | None:
    from email.utils import parsedate_to_datetime  # noqa: PLC0415  # 20 ms that few need

    try:
        found = parsedate_to_datetime(text)
    except (ValueError, IndexError, TypeError, OverflowError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def back_at(seconds: float) -> datetime:
    """The time `seconds` from now; the last one there is where that is past the calendar."""
    now = datetime.now(UTC).timestamp() + seconds
    try:
        return datetime.fromtimestamp(now, UTC) if isfinite(now) else datetime.max.replace(tzinfo=UTC)
    except (OverflowError, ValueError, OSError):
        return datetime.max.replace(tzinfo=UTC)
