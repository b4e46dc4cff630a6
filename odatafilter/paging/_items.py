"""Items made from their JSON: dict, msgspec Struct, dataclass, TypedDict, or any model with `model_validate_json`."""

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec
from msgspec import Raw

from odatafilter._shown import shown
from odatafilter.errors import BadItemError, PagingValueError
from odatafilter.paging._envelope import Envelope, excerpt, is_utf8
from odatafilter.paging.cursor import Cursor

T = TypeVar("T")


class Items(Generic[T]):
    """How the items of one type are decoded, and whether one that cannot be is skipped."""

    def __init__(self, item_type: type[T], *, skip: bool) -> None:
        self._decode = _decoder(item_type)
        self.skip = skip

    def decoder(self, envelope: Envelope) -> Callable[[Raw], T]:
        """What makes the items of `envelope`. It raises `ValueError` or `RecursionError` for one that is none.

        Bytes that are no UTF-8 are no JSON (RFC 8259 §8.1), also where they stand in a part that the type leaves out.
        """
        return self._decode if envelope.is_utf8 else self._decode_checked

    def _decode_checked(self, raw: Raw) -> T:
        str(raw, "utf-8")
        return self._decode(raw)

    def refused(self, raw: Raw, error: Exception, at: Cursor, url: str) -> BadItemError:
        """The error for the item `raw` that `at` points at."""
        reason = str(error) if is_utf8(raw) else "it is no UTF-8"
        message = f"item {at.offset} of the page cannot be decoded: {reason}: {excerpt(bytes(raw))}"
        return BadItemError(message, at, url, bytes(raw))


def _decoder(item_type: type[T]) -> Callable[[Raw], T]:
    model = getattr(item_type, "model_validate_json", None)
    if model is None:
        try:
            return msgspec.json.Decoder(item_type).decode
        except (TypeError, ValueError, NameError) as error:
            wanted = "a dict, a dataclass, a TypedDict, a Struct or a model is wanted"
            raise PagingValueError(f"item_type is {shown(item_type)}: {wanted} ({error})") from error
    return lambda raw: cast("T", model(bytes(raw)))
