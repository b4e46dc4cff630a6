"""What a walk has done so far, and the items of its page in hand that are decoded already."""

from collections.abc import Iterator
from operator import length_hint
from typing import Any, Generic, Literal, TypeVar

T = TypeVar("T")


class Hand(Generic[T]):
    """The decoded items of the page in hand that are left, and how many there were.

    A list's own iterator hands out each once, whoever asks, and knows how many are left: nothing is counted meanwhile.
    """

    __slots__ = ("_count", "left")

    def __init__(self) -> None:
        self.left: Iterator[T] = iter(())
        self._count = 0

    def take_up(self, items: list[T]) -> None:
        """Has `items` in hand."""
        self.left = iter(items)
        self._count = len(items)

    def put_down(self) -> int:
        """Has nothing in hand any more; how many are gone."""
        count, self.left, self._count = self.count_handed_out(), iter(()), 0
        return count

    def count_handed_out(self) -> int:
        """How many of them are gone."""
        return self._count - length_hint(self.left)


class Stats:
    """What a walk has done so far: `items` are those that were handed out, `skipped` those that could not be decoded.

    `throttled` counts the answers with 429; `slept` is in seconds. `stopped_by` is None while the walk may go on; it is
    "end" from the beginning, with no page read, where the walk begins at a cursor or checkpoint that is at the end.
    `total` is the number of items on all pages, where the service says it (`count=True` asks for that).
    """

    def __init__(self) -> None:
        self.pages = 0
        self.skipped = 0
        self.retries = 0
        self.throttled = 0
        self.slept = 0.0
        self.total: int | None = None
        self.stopped_by: Literal["end", "max_items", "max_pages", "error"] | None = None
        self._items_before = 0
        self._hand: Hand[Any] = Hand()

    @property
    def items(self) -> int:
        return self._items_before + self._hand.count_handed_out()

    @items.setter
    def items(self, count: int) -> None:
        self._items_before = count - self._hand.count_handed_out()

    def count_from(self, hand: Hand[Any]) -> None:
        """Has what `hand` gives away count, beside what was handed out before."""
        self._items_before, self._hand = self.items - hand.count_handed_out(), hand

    def __repr__(self) -> str:
        names = ("pages", "items", "skipped", "retries", "throttled", "slept", "total", "stopped_by")
        return f"Stats({', '.join(f'{name}={getattr(self, name)!r}' for name in names)})"
