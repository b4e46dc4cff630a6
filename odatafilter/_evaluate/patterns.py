"""ECMAScript regular expressions → Python's (OData URL Conventions §5.1.1.7.1).

What both spell alike but mean differently is rewritten: classes and word boundaries are those of ASCII, white space and
line terminators those of ECMAScript. What only Python knows is refused, or stands for itself where it does so there.
"""

import functools
import re
import sys
from collections.abc import Iterator
from typing import Final

from odatafilter.errors import FilterError

_LINE_END: Final = r"\n\r\u2028\u2029"
_WORD: Final = "0-9A-Za-z_"
# What a class escape stands for inside of brackets, and what is left when it is taken away.
_CLASSES: Final = {
    "d": "0-9",
    "D": r"\x00-/:-\U0010ffff",
    "w": _WORD,
    "W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    "s": r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
    "S": (
        r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff"
        r"\u3001-\ufefe\uff00-\U0010ffff"
    ),
}
_BOUNDARY: Final = rf"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_NO_BOUNDARY: Final = rf"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"
_CONTROLS: Final = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}

_ESCAPE = (
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}"
    r"|x[0-9a-fA-F]{2}|c[A-Za-z]|k<\w+>|[1-9][0-9]?|[^\n])"
)
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})|(?P<brackets>\[\^?(?:{_ESCAPE}|[^\]\\])*\])"
    r"|(?P<group>\((?:\?(?::|=|!|<=|<!|<(?P<name>[A-Za-z_]\w*)>))?)(?!\?)"
    r"|(?P<quantifier>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)(?![*+?])|(?P<other>[^\\\[(*+?])",
    re.DOTALL,
)
_ATOM = re.compile(rf"{_ESCAPE}|.", re.DOTALL)


@functools.lru_cache(256)
def pattern(text: str, flags: str = "") -> re.Pattern[str]:
    """The Python regular expression for an ECMAScript one. Raises FilterError where there is none."""
    if unknown := set(flags) - set("imsu"):
        raise FilterError(f"matchesPattern has no flag {min(unknown)!r}; it has 'i', 'm', 's' and 'u'")
    try:
        return re.compile("".join(_translated(text, flags)), re.IGNORECASE if "i" in flags else re.NOFLAG)
    except (re.error, OverflowError, RecursionError) as error:
        raise FilterError(f"{text[:60]!r} is no regular expression that can be used: {error}") from None


def _translated(text: str, flags: str) -> Iterator[str]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise re.error(f"{text[position]!r} cannot stand at {position}")
        yield _python(found, flags)
        position = found.end()


def _python(found: re.Match[str], flags: str) -> str:
    token = found.group()
    match found.lastgroup:
        case "escape":
            return _escape(token)
        case "brackets":
            return _brackets(token)
        case "group":
            return token.replace("(?<", "(?P<", 1) if found["name"] else token
        case "quantifier":
            return token
        case _:
            return _other(token, flags)


def _other(token: str, flags: str) -> str:
    match token:
        case "^":
            return rf"(?<![^{_LINE_END}])" if "m" in flags else r"\A"
        case "$":
            return rf"(?![^{_LINE_END}])" if "m" in flags else r"\Z"
        case ".":
            return r"[\s\S]" if "s" in flags else f"[^{_LINE_END}]"
        case "|" | ")":
            return token
        case _:
            return re.escape(token)


def _escape(token: str) -> str:
    kind = token[1]
    if kind in _CLASSES:
        return f"[{_CLASSES[kind]}]"
    if kind in "bB":
        return _BOUNDARY if kind == "b" else _NO_BOUNDARY
    if token[1:3] == "k<":
        return f"(?P={token[3:-1]})"
    if kind in "123456789":
        return f"(?:{token})"
    return re.escape(_character(token))


def _character(token: str) -> str:
    """The one character that an escape stands for."""
    kind, digits = token[1], token[2:]
    if kind in _CONTROLS:
        return _CONTROLS[kind]
    if kind in "ux" and digits:
        return _code_point(digits)
    if kind == "c" and digits:
        return chr(ord(digits) % 32)
    if kind.isalnum():
        raise re.error(f"{token} is not known")
    return kind


def _code_point(digits: str) -> str:
    if "\\" in digits:
        high, low = (int(half, 16) for half in digits.split("\\u"))
        return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)
    code = int(digits.strip("{}"), 16)
    if code > sys.maxunicode:
        raise re.error(f"\\u{digits} is no character")
    return chr(code)


def _brackets(token: str) -> str:
    negated = token[1] == "^"
    inside = "".join(_members(_ATOM.findall(token[1 + negated : -1])))
    if inside:
        return f"[{'^' * negated}{inside}]"
    return r"[\s\S]" if negated else "(?!)"  # any character, and none


def _members(atoms: list[str]) -> Iterator[str]:
    atoms.reverse()
    while atoms:
        first = atoms.pop()
        if len(atoms) > 1 and atoms[-1] == "-" and not {first[1:], atoms[-2][1:]} & set(_CLASSES):
            atoms.pop()
            yield f"{_one(first)}-{_one(atoms.pop())}"
        else:
            yield _one(first)


def _one(atom: str) -> str:
    if atom[0] != "\\":
        return re.escape(atom)
    if atom[1] in _CLASSES:
        return _CLASSES[atom[1]]
    return re.escape("\b" if atom == "\\b" else _character(atom))
