"""GUIDs (ABNF guidValue): hex digits in groups of 8, 4, 4, 4 and 12."""

import uuid

from odatafilter._grammar import compile_terminal
from odatafilter._safe_text import show
from odatafilter.errors import FilterError


def is_guid(text: str) -> bool:
    """Whether a text is a GUID, without quotes."""
    return compile_terminal("GUID").fullmatch(text) is not None


def read_guid(text: str) -> uuid.UUID:
    """A GUID, without quotes. Raises FilterError for any other text."""
    if not is_guid(text):
        raise _no_guid(text)
    return uuid.UUID(text)


def write_guid(value: uuid.UUID | str) -> str:
    """A GUID in lower case, without quotes. Raises FilterError for a text that is none."""
    text = (uuid.UUID.__str__(value) if isinstance(value, uuid.UUID) else str.__str__(value)).lower()
    if not is_guid(text):
        raise _no_guid(value)
    return text


def _no_guid(value: object) -> FilterError:
    return FilterError(f"{show(value)} is no GUID such as dc720f05-e5f7-448b-ae06-765de46f0af1")
