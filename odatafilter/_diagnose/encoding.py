"""What a URL, HTML or a word processor has made of a filter: percent-encoding, plus signs, entities, foreign blanks."""

import html
import re
import urllib.parse
from typing import Final

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.pieces import BLANKS, INVISIBLE, STRING, WORDS
from odatafilter._diagnose.place import SEEN, Place

_ENCODED: Final = re.compile(r"[^\s'\"%]*+(?P<at>%[0-9a-f]{2})", re.IGNORECASE)
_OUTSIDE: Final = re.compile(rf"{STRING}|(?P<bytes>(?:%[0-9A-Fa-f]{{2}})++)")
_PLUS: Final = re.compile(rf"[ \t]*+(?P<at>\+)[ \t+]*+(?=(?:{WORDS})(?=[ \t+(]))", re.IGNORECASE)
_PLUSES: Final = re.compile(
    rf"{STRING}|(?P<plus>(?=[ \t+]*\+)[ \t+]++(?=(?:{WORDS})[ \t+(])"
    rf"|(?<![\w.])(?P<word>{WORDS}|not)(?=[ \t+]*\+)[ \t+]++)",
    re.IGNORECASE,
)
_ENTITY: Final = re.compile(
    r"[^\s'\"&;]*+(?P<at>&(?:#[0-9]{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}[0-9]{0,2});)", re.IGNORECASE
)
_ENTITIES: Final = re.compile(r"&(?:#[0-9]{1,6}|#x[0-9a-f]{1,5}|[a-z]{2,8}[0-9]{0,2});", re.IGNORECASE)
_FOREIGN: Final = re.compile(rf"'[^']*+'?|[{INVISIBLE}]*+((?![ \t])[{BLANKS}])[{BLANKS}{INVISIBLE}]*+|[{INVISIBLE}]++")
_STRAY: Final = re.compile(rf"[ \t]*+(?:(?:{WORDS})[ \t]*+)?(?P<at>[{INVISIBLE}]|(?![ \t])[{BLANKS}])", re.IGNORECASE)


def decode(text: str) -> str:
    """`text` without percent-encoding."""
    return urllib.parse.unquote(text)


def decode_query(text: str) -> str:
    """The value of a query option: a text without any `%20` or blank has plus signs for its blanks."""
    return decode(text) if "%20" in text or " " in text else urllib.parse.unquote_plus(text)


def find_entity(place: Place) -> Finding | None:
    """`&gt;`: a filter that was kept in HTML or XML. All entities of the text are mended at once."""
    if "&" not in place.text:
        return None
    for start in (place.here, place.left):
        found = _ENTITY.match(place.text, start, start + SEEN)
        if found and found.end() > place.position and html.unescape(found["at"]) != found["at"]:
            mended = _ENTITIES.sub(lambda one: html.unescape(one.group()), place.text)
            message = f"{found['at']!r} is {html.unescape(found['at'])!r:.20}, HTML-escaped; a filter has no entities"
            return Finding(message, found.span("at"), mended, (0, len(place.text)))
    return None


def find_encoding(place: Place) -> Finding | None:
    """`%20` and the like, and `+` for a blank."""
    text = place.text
    if "%" not in text and "+" not in text:
        return None
    for start in (place.left, place.here):
        found = _ENCODED.match(text, start, start + SEEN)
        if found and found.end() > place.position:
            if re.search(r"[ \t]", text):
                mended = _OUTSIDE.sub(lambda one: decode(one.group()) if one["bytes"] else one.group(), text)
                message = "percent-encoding is for a URL alone: this stands in the filter decoded"
            else:
                mended = decode_query(text)
                message = "the filter is percent-encoded"
            return Finding(message, found.span("at"), mended, (0, len(text)))
    found = _PLUS.match(text, place.position, place.position + SEEN)
    if found is None and place.operand.lower() == "not" and place.rest.startswith("+"):
        found = re.compile(r"[ \t]*+(?P<at>\+)").match(text, place.position)
    if found is None:
        return None
    blank = re.search(r"[ \t]", text)
    mended = _PLUSES.sub(_without_plus, text) if blank else decode_query(text)
    return Finding("'+' stands for a blank only in a URL", found.span("at"), mended, (0, len(text)))


def _without_plus(found: re.Match[str]) -> str:
    if found["plus"] is None:
        return found.group()
    return f"{found['word']} " if found["word"] else " "


def find_escape(place: Place) -> Finding | None:
    """A filter that was escaped as the text of a program, with a backslash before each quote."""
    if not place.rest.startswith(("\\'", '\\"')) or (place.position == place.here > 0 and place.behind_operand):
        return None
    mended = re.sub(r"\\(['\"])", r"\1", place.text)
    message = "a backslash before a quote is for programs alone: this stands in the filter without it"
    return Finding(message, (place.here, place.here + 1), mended, (place.here, len(place.text)))


def find_stray(place: Place) -> Finding | None:
    """A blank that is none in OData, or a character that cannot be seen. All of them are mended at once."""
    if place.text.isascii() and place.text.isprintable():
        return None
    found = _STRAY.match(place.text, place.position)
    if not found:
        return None
    start = found.start("at")
    blank = found["at"].isspace()
    message = f"{found['at']!r} is {'no blank in OData' if blank else 'invisible, and no part of a filter'}"
    mended = place.text[:start] + _FOREIGN.sub(_plain_blank, place.text[start:])
    return Finding(message, found.span("at"), mended, (start, len(place.text)))


def _plain_blank(found: re.Match[str]) -> str:
    return found.group() if found.group()[0] == "'" else " " if found[1] else ""
