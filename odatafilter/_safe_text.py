"""Text that is safe to show in a message, a log or a terminal: nothing in it acts, nothing hides, and it is short.

This module imports nothing of the package: the errors themselves are made with it.
"""

import re
from typing import Final

MESSAGE: Final = 400  # characters of the message of one problem
_VALUE: Final = 61  # characters of a value inside a message

_BEYOND: Final = re.compile(r"[^ -~]")
# What Python calls printable and nobody sees: fillers, joiners and variation selectors.
_UNSEEN: Final = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef]"
)


def escape(text: str) -> str:
    r"""`text` on one line, with each character that acts or hides as Python's escape: `\x1b`, `\n`, `\u202e`.

    Those are the controls (C0, DEL, C1), line separators, blanks but U+0020, zero-width and bidi characters, half
    surrogates, and what has no character. What is escaped already stays as it is.
    """
    return text if text.isascii() and text.isprintable() else _BEYOND.sub(_escape_one, text)


def _escape_one(found: re.Match[str]) -> str:
    character = found.group()
    if character.isprintable() and not _UNSEEN.match(character):
        return character
    return character.encode("unicode_escape").decode("ascii")


def shorten(text: str, length: int = MESSAGE) -> str:
    """`text`, escaped, with at most `length` characters: what is cut ends in `…`.

    Takes time for `length` characters only, however long `text` is.
    """
    safe = escape(text[: length + 1])
    return safe if len(safe) <= length else f"{safe[: length - 1]}…"


def show(value: object) -> str:
    """`value` as Python writes it, escaped, and cut where it is long."""
    try:
        text = repr(value)
    except Exception:  # noqa: BLE001  # a number of thousands of digits, or a class of the caller's
        return show_type(value)
    return shorten(text, _VALUE)


def show_type(value: object) -> str:
    """The type of a `value` that may be a secret."""
    return f"a value of the type '{shorten(type(value).__name__, _VALUE)}'"
