"""One page of a listing, as the server sent it."""

from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Any, Generic, Self, TypeVar

import msgspec
from msgspec import Raw

from odatafilter.errors import BadPageError, place_of
from odatafilter.paging._envelope import Envelope, NoPageError
from odatafilter.paging._headers import Headers
from odatafilter.paging._items import Items
from odatafilter.paging._links import BadLink
from odatafilter.paging.cursor import Cursor

T = TypeVar("T")


class Answered(msgspec.Struct, frozen=True):
    """A page as it was fetched: `at` is the cursor it was fetched for, `url` what answered."""

    at: Cursor
    url: str
    status: int
    headers: Mapping[str, str]
    envelope: Envelope

    def __repr__(self) -> str:
        return (
            f"Answered({self.at.page_number}, {place_of(self.url)!r}, {self.status})"  # headers and body may be secret
        )

    def cursor_at(self, offset: int) -> Cursor:
        """The cursor before the item at `offset`; after the last one it stands at the next page, or at the end."""
        done = self.at.items_done + offset - self.at.offset
        link = self.envelope.link
        if offset < len(self.envelope.items) or isinstance(link, BadLink):
            return msgspec.structs.replace(self.at, offset=offset, items_done=done)
        number = self.at.page_number + (link is not None)
        return Cursor(binding=self.at.binding, link=link, page_number=number, items_done=done, ended=link is None)

    def with_bad_link(self, link: BadLink) -> Self:
        """The same page with a link that cannot be followed."""
        return msgspec.structs.replace(self, envelope=msgspec.structs.replace(self.envelope, link=link))


class Page(Generic[T]):
    """The items of a page from `cursor` up to `next_cursor`, and how the server answered.

    `number` counts the pages from 1, `url` is what answered, `status` its status, and `next_link` the absolute URL of
    the next page or None.
    """

    def __init__(
        self, answered: Answered, start: int, stop: int, items: Items[T], good: list[tuple[T, Raw]] | None = None
    ) -> None:
        self.number = answered.at.page_number
        self.url = answered.url
        self.status = answered.status
        link = answered.envelope.link
        self.next_link = link.link if isinstance(link, BadLink) else link
        self._raw_items = answered.envelope.items[start:stop]
        self._answered = answered
        self._start, self._stop = start, stop
        self._items = items
        self._good = good

    @cached_property
    def headers(self) -> Mapping[str, str]:
        """The headers of the response, whose names count without regard to capitals."""
        return Headers(self._answered.headers)

    @cached_property
    def cursor(self) -> Cursor:
        """The place before the first item."""
        return self._answered.cursor_at(self._start)

    @cached_property
    def next_cursor(self) -> Cursor:
        """The place after the last item: at the next page, or at the end."""
        return self._answered.cursor_at(self._stop)

    def _cursor_after(self, count: int) -> Cursor:
        """The place after the first `count` items, where none was passed over."""
        return self._answered.cursor_at(self._start + count)

    @cached_property
    def items(self) -> list[T]:
        """The items, decoded when first asked for. Raises `BadItemError` where one cannot be."""
        if self._good is not None:
            return [item for item, _ in self._good]
        found = self._items.decode_all(self._answered.envelope, self._raw_items)
        return [item for item, _ in self._decode_items()] if found is None else found

    def lines(self) -> Iterator[bytes]:
        """The items as the server wrote them, one a line. Raises `BadItemError` where one cannot be decoded."""
        for _, raw in self._decode_items() if self._good is None else self._good:
            line = bytes(raw)
            yield (msgspec.json.format(line, indent=-1) if b"\n" in line or b"\r" in line else line) + b"\n"

    def _decode_items(self) -> Iterator[tuple[T, Raw]]:
        decode = self._items.decoder(self._answered.envelope)
        for offset, raw in enumerate(self._raw_items, self._start):
            try:
                item = decode(raw)
            except (ValueError, RecursionError) as error:
                raise self._items.error_for(raw, error, self._answered.cursor_at(offset), self.url) from error
            yield item, raw

    @cached_property
    def members(self) -> dict[str, Any]:
        """The other members of the body, such as `@odata.count` and `@odata.deltaLink`.

        Raises `BadPageError` where they are over a MiB and hold a value for every few bytes.
        """
        try:
            return {name: msgspec.json.decode(raw) for name, raw in self._answered.envelope.members().items()}
        except NoPageError as error:
            raise BadPageError(str(error), self.cursor, self.url) from None

    def __len__(self) -> int:
        return len(self._raw_items if self._good is None else self._good)

    @property
    def skipped(self) -> int:
        """How many items were passed over because they could not be decoded."""
        return len(self._raw_items) - len(self)

    def __repr__(self) -> str:
        return f"<Page {self.number}: {len(self)} items>"
