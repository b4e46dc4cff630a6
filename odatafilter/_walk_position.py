"""Where a walk stands: what its cursor is made of, which errors carry, too."""

import msgspec


class WalkPosition(msgspec.Struct, frozen=True, kw_only=True):
    """The place before one item: `offset` items into the page at `link` (None: the first page).

    `binding` names the request it belongs to, `items_done` counts the items before it, and `ended` says that none
    follows.
    """

    binding: str
    link: str | None = None
    page_number: int = 1
    offset: int = 0
    items_done: int = 0
    ended: bool = False
