"""When a failed request is sent again, and how long to wait before (RFC 9110 §10.2.3, Retry-After)."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from math import isfinite
from random import random

import msgspec

RETRIED_STATUSES = frozenset({408, 425, 429, 500, 502, 503, 504})
_LONGEST = 10**9  # seconds, or 31 years: clocks, sockets and locks take no more
_NUMBER = re.compile(r"-?\d+(?:\.\d*)?(?![\d.]|[eE][+-]?\d)")  # what follows it, as in "120s", is left alone


class Retry(msgspec.Struct, frozen=True):
    """How often a page is asked for, and how long it may take.

    Between two of the `attempts` at a page lie up to `base * 2**n` random seconds, `cap` at most, or what Retry-After
    says: over `max_retry_after` seconds of it raise `RateLimited`. `page_deadline` is the seconds for a page with all
    attempts (a synchronous client gives a silent server up to a second more), `max_page_bytes` its largest size once
    unpacked, and `walk_retries` the retries of a whole walk.
    """

    attempts: int = 5
    base: float = 0.2
    cap: float = 20.0
    max_retry_after: float = 120.0
    page_deadline: float = 300.0
    max_page_bytes: int = 64 << 20
    walk_retries: int = 1000

    def __post_init__(self) -> None:
        for name in ("attempts", "max_page_bytes"):
            if type(value := getattr(self, name)) is not int or value < 1:
                raise ValueError(f"Retry({name}={value!r}): a whole number from 1 is wanted")
        for name in ("base", "cap", "max_retry_after", "page_deadline", "walk_retries"):
            value = getattr(self, name)
            if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _LONGEST:
                raise ValueError(f"Retry({name}={value!r}): a number from 0 to {_LONGEST} is wanted")

    def backoff(self, attempt: int) -> float:
        """Seconds to wait after the failed `attempt` (from 1): full jitter, so that walks do not come back together."""
        longest: float = min(self.cap, self.base * 2 ** min(attempt - 1, 64))
        return random() * longest  # noqa: S311  # jitter is no secret


def told_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that Retry-After asks for, the longest that can be read in it, or None where nothing can be."""
    parts = headers.get("retry-after", "").split(",")
    found = [seconds for part in parts if (seconds := _seconds(part.strip(), headers.get("date"))) is not None]
    return max(found) if found else None


def _seconds(part: str, date: str | None) -> float | None:
    """What a part between commas asks for: a date, which can do without the weekday before its comma, or a number."""
    if ":" in part:
        return _until(part, date)
    number = _NUMBER.match(part)
    return max(0.0, float(number[0])) if number else None


def _until(text: str, date: str | None) -> float | None:
    """Seconds from the server's own `date` to the date in `text`: its clock may differ from ours."""
    day = _when(text)
    now = (date and _when(date)) or datetime.now(UTC)
    return max(0.0, (day - now).total_seconds()) if day else None


def _when(text: str) -> datetime | None:
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
