"""Texts in quotes: strings, and what stands in the quotes of any other literal (URL Conventions §5.1.1.14.1)."""

import re

import msgspec

from odatafilter._safe_text import show
from odatafilter.errors import FilterError

_UNWRITABLE = re.compile("[\0\ud800-\udfff]")
_LONG = 1_000  # characters of a text that is searched rather than encoded, which is faster


def find_unwritable(text: str) -> re.Match[str] | None:
    """Where `text` has a character that no URL can carry: NUL or half of a surrogate pair."""
    return _UNWRITABLE.search(text)


def is_writable(text: str) -> bool:
    """Whether a URL can carry all characters of `text`."""
    if text.isascii():
        return "\0" not in text
    if len(text) > _LONG:  # encoded, it would take as much memory again
        return not find_unwritable(text)
    try:
        return "\0" not in text and bool(text.encode())
    except UnicodeEncodeError:
        return False


def read_quoted(text: str) -> str:
    """What stands between the quotes of a literal: what stands before them is no part of it.

    A text in double quotes is one of JSON. Raises FilterError where that holds half of a surrogate pair.
    """
    if text[0] == '"':
        return read_json_string(text)
    return text[text.index("'") + 1 : -1].replace("''", "'")


def read_quoted_once(text: str) -> str | None:
    """The same of a text that has no quotes but those at its ends; None for any other text."""
    return text[1:-1] if text[:1] == text[-1:] == "'" and text.count("'") == 2 else None  # noqa: PLR2004 - both ends


def read_json_string(text: str) -> str:
    """What stands between the double quotes of a text in JSON. Raises FilterError for half of a surrogate pair."""
    try:
        return msgspec.json.decode(text, type=str)
    except msgspec.DecodeError:
        raise FilterError(f"{text:.60} holds half of a surrogate pair") from None


def in_json(text: str) -> str:
    """The same string literal in double quotes, as JSON has it: so it stands in an array (ABNF stringInUrl)."""
    return msgspec.json.encode(read_quoted(text)).decode()


def quote(value: str) -> str:
    """The literal for a text. Raises FilterError where no URL can carry it."""
    if found := find_unwritable(value):
        raise FilterError(f"{show(value)} holds {found.group()!r}, which cannot be sent in a URL")
    return in_quotes(value)


def in_quotes(text: str) -> str:
    """The text of the literal for a text, whatever URLs can carry."""
    return "'" + str.replace(text, "'", "''") + "'"
