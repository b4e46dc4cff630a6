"""What a walk tells while it goes on: given to `on_event`, and logged under `odatafilter.paging`."""

from typing import TypeAlias

import msgspec


class PageRead(msgspec.Struct, frozen=True):
    """A page has arrived.

    Args:
        number: the number of the page, from 1.
        items: how many items it has.
        size: its bytes, unpacked.
        seconds: the time from its first request on.
    """

    number: int
    items: int
    size: int
    seconds: float


class Waiting(msgspec.Struct, frozen=True):
    """The walk waits for `seconds` before it asks for page `number` again; `attempt` (from 1) failed for `reason`."""

    number: int
    seconds: float
    attempt: int
    reason: str


class Pausing(msgspec.Struct, frozen=True):
    """The walk waits for `seconds` before page `number`, because the `Rate` it shares says so."""

    number: int
    seconds: float


class Renewing(msgspec.Struct, frozen=True):
    """The server did not accept the token for page `number`; a fresh one is asked for."""

    number: int


class Skipping(msgspec.Struct, frozen=True):
    """The item at `offset` (from 0) of page `number` is passed over for `reason`; `raw` is its JSON as it came."""

    number: int
    offset: int
    reason: str
    raw: bytes

    def __repr__(self) -> str:
        return f"Skipping(number={self.number}, offset={self.offset}, reason={self.reason!r})"  # raw may be megabytes


Event: TypeAlias = PageRead | Waiting | Pausing | Renewing | Skipping
