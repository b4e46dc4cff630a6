"""A pace that several walks keep together."""

from threading import Lock
from time import monotonic

_SLOWEST = 1e-9  # a second


class Rate:
    """At most `per_second` requests a second among all walks that share it; a server's 429 pauses them all.

    A 429 without Retry-After pauses them as long as the walk that got it waits. `None` leaves the pace alone and only
    shares the pauses. Safe to share among threads and tasks.
    """

    def __init__(self, per_second: float | None = None) -> None:
        if per_second is not None and not _is_pace(per_second):
            raise ValueError(f"Rate({per_second!r}): a number from {_SLOWEST} is wanted")
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
        """Lets no request start for `seconds`."""
        with self._lock:
            self._resumed = max(self._resumed, monotonic() + seconds)


def _is_pace(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value >= _SLOWEST
