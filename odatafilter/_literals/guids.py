"""GUIDs (ABNF guidValue): hex digits in groups of 8, 4, 4, 4 and 12."""

import functools
import re
import uuid
from collections.abc import Callable

from odatafilter._grammar import compile_terminal, pattern
from odatafilter._safe_text import show
from odatafilter.errors import FilterError


@functools.cache
def guids_between_commas(quote: str = "") -> Callable[[str], object]:
    """What matches GUIDs with commas between them, each in `quote`: one match takes less time than many."""
    guid = f"{quote}{pattern('GUID')}{quote}"
    return re.compile(f"(?:{guid},)*+{guid}").fullmatch


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
