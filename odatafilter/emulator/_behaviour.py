"""What an emulator does that the documents leave open, or that a test wants to see."""

from typing import Final, Literal, TypeAlias, get_args

import msgspec

LastPage: TypeAlias = Literal["null", "absent", "{}", "next null", "next {}", "href null", "href empty"]
LAST_PAGES: Final[tuple[LastPage, ...]] = get_args(LastPage)


class Behaviour(msgspec.Struct, frozen=True, kw_only=True):
    """`last_page` is the form of `_links` where no page follows; without `filter_required`, no `$filter` is all jobs.

    Every `throttle_every`-th request of a known caller (0: none) gets a 429 with `retry_after` as its Retry-After.
    `latency` is the least time that an answer takes, in seconds.
    """

    last_page: LastPage = "null"
    filter_required: bool = True
    throttle_every: int = 0
    retry_after: str = "1"
    latency: float = 0.0
