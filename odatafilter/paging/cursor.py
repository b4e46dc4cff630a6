"""Where a walk stands, as a value that goes to disk and back."""

from base64 import urlsafe_b64decode, urlsafe_b64encode
from hashlib import sha256
from typing import Self

import msgspec

from odatafilter._safe_text import show_type
from odatafilter._walk_position import WalkPosition
from odatafilter.errors import CursorError, place_of

_VERSION = "1"
_MAX_LINK = 128 << 10  # characters: more than a walk follows
MAX_TEXT = 1 << 20  # bytes of a cursor's text: a character of its link takes six at most, and a third more in base64
_LARGEST = 2**53  # of a number in JSON that every reader takes as it is


class Cursor(WalkPosition, frozen=True, kw_only=True):
    """The place before one item. `str` spells it on one line, `Cursor.parse` reads that.

    Raises `CursorError` for a place where no walk stands.

    Args:
        binding: stands for the request that it belongs to.
        link: the URL of its page; None: the first page.
        page_number: the number of its page, from 1.
        offset: items of that page before it, from 0.
        items_done: items before it in all.
        ended: whether none follows.
    """

    def __post_init__(self) -> None:
        """Raises `CursorError` for what no walk comes to: a cursor from a disk may be anybody's."""
        counts = self.page_number - 1, self.offset, self.items_done
        if min(counts) < 0 or max(counts) > _LARGEST:
            counted = f"page {self.page_number}, {self.offset} items into it, {self.items_done} items in all"
            raise CursorError(f"no cursor: no walk stands at {counted}")
        if self.link is not None and len(self.link) > _MAX_LINK:
            raise CursorError(f"no cursor: its link is over {_MAX_LINK} characters")

    def __str__(self) -> str:
        body = urlsafe_b64encode(msgspec.json.encode(self)).decode().rstrip("=")
        return f"{_VERSION}.{body}.{digest(body.encode()).hex()[:8]}"

    def __repr__(self) -> str:
        # A link may hold a secret in its query.
        link = "" if self.link is None else f"link={place_of(self.link)!r}, "
        place = f"page_number={self.page_number}, offset={self.offset}, items_done={self.items_done}"
        return f"Cursor({link}{place}, ended={self.ended})"

    @classmethod
    def parse(cls, text: str) -> Self:
        """The cursor that `text` spells. Raises `CursorError` for any other text, a cut one or a newer version's.

        Args:
            text: the text of `str(cursor)`, at most 1 MiB.
        """
        if not hasattr(text, "encode"):
            raise CursorError(f"{show_type(text)} is no cursor: give the text of str(cursor)")
        if len(text) > MAX_TEXT:
            raise CursorError(f"no cursor: the text of one has {MAX_TEXT >> 20} MiB at most")
        version, _, rest = text.strip().partition(".")
        if version != _VERSION and version.isascii() and version.isdigit():
            raise CursorError(f"a cursor of version {version}; this version of odatafilter reads version {_VERSION}")
        body, _, check = rest.partition(".")
        if version != _VERSION or check != digest(body.encode("utf-8", "replace")).hex()[:8]:
            raise CursorError("no cursor, or one that was cut or changed: give the whole text of str(cursor)")
        try:
            return msgspec.json.decode(urlsafe_b64decode(body + "=" * (-len(body) % 4)), type=cls)
        except ValueError as error:
            if isinstance(error.__cause__, CursorError):
                raise error.__cause__ from None
            raise CursorError("no cursor, though its check digits fit: give the text of str(cursor)") from None


def digest(data: bytes | memoryview) -> bytes:
    """16 bytes that stand for `data`."""
    return sha256(data).digest()[:16]
