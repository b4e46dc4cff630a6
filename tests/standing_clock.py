"""A clock that stands still, but for what is slept: so waits are seen to the second, and take no time."""

import pytest


class StandingClock:
    """The time in seconds, and what was slept."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> bool:
        """Takes the place of the wait of a flag, which nobody sets."""
        self.slept.append(seconds)
        self.now += seconds
        return False

    def put_into(self, monkeypatch: pytest.MonkeyPatch, *modules: str) -> None:
        """Has modules of the package read this clock."""
        for module in modules:
            monkeypatch.setattr(f"odatafilter.{module}.monotonic", lambda: self.now)
