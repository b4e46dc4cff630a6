"""A pace that several walks keep together."""

from threading import Lock
from time import monotonic

from odatafilter.paging._rules import check_argument, number

_SLOWEST = 1e-9  # a second
_LONGEST = 10**9  # seconds, or 31 years: clocks and locks take no more


class Rate:
    """At most so many requests a second among all walks that share it; a server's 429 pauses them all.

    A pause is as long as the server asks for, but no longer than `max_retry_after` of the walk that was told to wait; a
    429 without Retry-After pauses them as long as that walk waits. Safe to share among threads and tasks. Raises
    `PagingValueError` for what is no pace.

    Args:
        per_second: requests a second, above 0; None: any pace, and pauses are shared alone.
    """

    def __init__(self, per_second: float | None = None) -> None:
        check_argument("per_second", per_second, number(_SLOWEST, or_none=True))
        self._gap = 1 / per_second if per_second else 0.0
        self._turn = 0.0
        self._resumed = 0.0
        self._lock = Lock()

    def reserve(self) -> float:
        """The seconds to wait before the next request, whose turn is taken with this call."""
        with self._lock:
            now = monotonic()
            turn = max(now, self._turn, self._resumed)
            self._turn = turn + self._gap
            return turn - now

    def paused(self) -> float:
        """The seconds that are left of a pause: one may begin while a walk waits for its turn."""
        with self._lock:
            return max(0.0, self._resumed - monotonic())

    def pause(self, seconds: float) -> None:
        """Lets no request start for `seconds`. Raises `PagingValueError` for a time that no clock takes.

        Args:
            seconds: from 0.
        """
        check_argument("seconds", seconds, number(0, _LONGEST))
        with self._lock:
            self._resumed = max(self._resumed, monotonic() + seconds)
