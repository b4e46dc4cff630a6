"""What an emulator does that the documents leave open, or that a test wants to see."""

from typing import Final, Literal, TypeAlias, get_args

import msgspec

from odatafilter.errors import PagingValueError
from odatafilter.paging._rules import Rule, check_argument, seconds

LastPage: TypeAlias = Literal["null", "absent", "{}", "next null", "next {}", "href null", "href empty"]
LAST_PAGES: Final[tuple[LastPage, ...]] = get_args(LastPage)


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """What an emulator does that the documents leave open, or that a test wants to see.

    Raises PagingValueError for values out of these.

    Args:
        last_page: the form of `_links` where no page follows: one of `LAST_PAGES`.
        filter_required: whether a list without a `$filter` is refused, else it has all jobs.
        throttle_every: every so-many-th request of a known caller gets a 429; 0: none.
        retry_after: the Retry-After of a 429.
        latency: the least time that an answer takes, in seconds.
    """

    last_page: LastPage = "null"
    filter_required: bool = True
    throttle_every: int = 0
    retry_after: str = "1"
    latency: float = 0.0

    def __post_init__(self) -> None:
        check_number("throttle_every", self.throttle_every)
        check_argument("latency", self.latency, seconds(0))
        check_argument(
            "last_page", self.last_page, Rule(lambda word: word in LAST_PAGES, f"one of {LAST_PAGES} is wanted")
        )


def check_number(name: str, number: int, most: int | None = None) -> None:
    """Raises PagingValueError where `number` is no whole number from 0 (to `most`)."""
    if type(number) is not int or number < 0 or (most is not None and number > most):
        bounds = "from 0" if most is None else f"from 0 to {most}"
        raise PagingValueError(f"{name} is {number!r}: a whole number {bounds} is wanted")
