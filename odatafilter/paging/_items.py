"""Items made from their JSON: dict, msgspec Struct, dataclass, TypedDict, or any model with `model_validate_json`."""

from collections.abc import Callable
from typing import Generic, TypeVar, cast

import msgspec
from msgspec import Raw

from odatafilter._shown import shown
from odatafilter.errors import BadItemError, PagingValueError
from odatafilter.paging._envelope import excerpt
from odatafilter.paging.cursor import Cursor

T = TypeVar("T")


class Items(Generic[T]):
    """How the items of one type are decoded, and whether one that cannot be is skipped."""

    def __init__(self, item_type: type[T], *, skip: bool) -> None:
        self.decode = _decoder(item_type)
        self.skip = skip

    def refused(self, raw: Raw, error: Exception, at: Cursor, url: str) -> BadItemError:
        """The error for the item `raw` that `at` points at."""
        message = f"item {at.offset} of the page cannot be decoded: {error}: {excerpt(bytes(raw))}"
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
