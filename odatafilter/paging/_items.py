"""Items made from their JSON: dict, msgspec Struct, dataclass, TypedDict, or any model with `model_validate_json`."""

from collections.abc import Callable, Sequence
from typing import Generic, TypeVar, cast

import msgspec
from msgspec import Raw

from odatafilter._safe_text import show
from odatafilter.errors import BadItemError, PagingValueError
from odatafilter.paging._envelope import Envelope
from odatafilter.paging._excerpt import excerpt
from odatafilter.paging._json import LARGE, Elements, is_utf8, size_as_objects
from odatafilter.paging.cursor import Cursor

T = TypeVar("T")
_CHUNK = 1 << 16  # bytes of items that are decoded at once while they are handed out: more would not fit in a cache
_AT_ONCE = 1 << 20  # bytes of items that are decoded together
_MULTIPLE = 8  # times the size that a page may have: what an item takes as objects at most


class Items(Generic[T]):
    """How the items of one type are decoded, and whether one that cannot be is skipped.

    `max_page_bytes` is the largest size of a page: an item that would take many times that as objects is none.
    """

    def __init__(self, item_type: type[T], *, skip: bool, max_page_bytes: int) -> None:
        self._decode = _decoder(item_type)
        self._is_raw = item_type is Raw
        self._max_page_bytes = max_page_bytes
        self._decode_array = None if skip else _array_decoder(item_type)
        self.skip = skip

    def decoder(self, envelope: Envelope) -> Callable[[Raw], T]:
        """What makes the items of `envelope`. It raises `ValueError` or `RecursionError` for one that is none.

        Bytes that are no UTF-8 are no JSON (RFC 8259 §8.1), also where they stand in a part that the type leaves out.
        """
        if not envelope.is_utf8:
            return self._decode_checked
        return self._decode if self._is_raw or len(envelope.body) <= LARGE else self._decode_bounded

    def decode_all(self, envelope: Envelope, raws: Sequence[Raw]) -> list[T] | None:
        """The items of `raws`, decoded at once; None where each is to be decoded by itself.

        That is where one cannot be decoded, where they would take much memory together, and where the type is a model.
        """
        if self._decode_array is None or not envelope.is_utf8:
            return None
        if isinstance(raws, Elements) or sum(map(len, raws)) > _AT_ONCE:
            return None
        try:
            return self._decode_array(b"[" + b",".join(raws) + b"]")
        except Exception:  # noqa: BLE001  # a type may raise anything: it is raised at the turn of its item
            return None

    def decode_some(self, envelope: Envelope, start: int, stop: int) -> list[T] | None:
        """The items from `start` on, so many that they take little memory together, decoded at once.

        None where each is to be decoded by itself, as in `decode_all`.
        """
        count = max(1, _CHUNK * len(envelope.items) // len(envelope.body))
        return self.decode_all(envelope, envelope.items[start : min(stop, start + count)])

    def _decode_checked(self, raw: Raw) -> T:
        if not is_utf8(raw):
            raise ValueError
        return self._decode(raw) if self._is_raw else self._decode_bounded(raw)

    def _decode_bounded(self, raw: Raw) -> T:
        if len(memoryview(raw)) > LARGE and size_as_objects(raw) > _MULTIPLE * self._max_page_bytes:
            raise ValueError(f"its values take over {_MULTIPLE} times {self._max_page_bytes} bytes, the largest page")
        return self._decode(raw)

    def error_for(self, raw: Raw, error: Exception, at: Cursor, url: str) -> BadItemError:
        """The error for the item `raw` that `at` points at."""
        reason = str(error) if is_utf8(raw) else "it is no UTF-8"
        message = f"item {at.offset} of the page cannot be decoded: {reason}: {excerpt(bytes(raw))}"
        return BadItemError(message, at, url, bytes(raw))


def _array_decoder(item_type: type[T]) -> Callable[[bytes], list[T]] | None:
    if hasattr(item_type, "model_validate_json"):
        return None
    try:
        return msgspec.json.Decoder(list[item_type]).decode  # type: ignore[valid-type]  # it is a value here
    except (TypeError, ValueError, NameError):
        return None


def _decoder(item_type: type[T]) -> Callable[[Raw], T]:
    model = getattr(item_type, "model_validate_json", None)
    wanted = "a dict, a dataclass, a TypedDict, a Struct or a model is wanted"
    if item_type is None:  # which the decoder takes for the type of null
        raise PagingValueError(f"item_type is None: {wanted}")
    if model is None:
        try:
            return msgspec.json.Decoder(item_type).decode
        except (TypeError, ValueError, NameError) as error:
            raise PagingValueError(f"item_type is {show(item_type)}: {wanted} ({error})") from error
    return lambda raw: cast("T", model(bytes(raw)))
