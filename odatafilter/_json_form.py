"""Filters as JSON, to be kept: the canonical text, and the version of this form.

The text is the tree (law 1: reading it gives the same tree), so nothing else is stored. Whatever the JSON holds, only
the parser makes trees of it: none comes back that no text could have given, and what is stored stays readable to
people and to other programs that know OData.
"""

from typing import Final

import msgspec

from odatafilter.errors import FilterError

VERSION: Final = 1


class _Stored(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    version: int
    filter: str


class _Version(msgspec.Struct):
    version: int


def write_json(text: str) -> str:
    """The JSON object that keeps the filter `text`."""
    return msgspec.json.encode(_Stored(VERSION, text)).decode()


def read_json_form(json: str | bytes) -> str:
    """The text of the filter that a JSON object keeps. Raises FilterError for any other JSON."""
    try:
        version = msgspec.json.decode(json, type=_Version).version
        if version == VERSION:
            return msgspec.json.decode(json, type=_Stored).filter
    except RecursionError:
        raise FilterError("this is no stored filter: it nests too deep") from None
    except (msgspec.DecodeError, UnicodeError, TypeError) as error:
        raise FilterError(f"this is no stored filter: {error}") from None
    raise FilterError(f"the filter was stored as version {version}; this version of odatafilter reads {VERSION}")
