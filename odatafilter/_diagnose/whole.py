"""What is wrong with a text as a whole: blanks around it, or more than a filter."""

import re
from typing import Final

from odatafilter._diagnose.encoding import decode_query
from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.pieces import WORDS
from odatafilter._diagnose.place import SEEN, Place

_OPTION: Final = re.compile(
    r"[^'(]*?(?:\$|%24)filter(?:=|%3D)|\??filter=|\$?filter[ \t]*+[:=][ \t]*+|\$filter[ \t]++", re.IGNORECASE
)

_FILTER: Final = re.compile("filter", re.IGNORECASE)
_CLAUSE: Final = re.compile(rf"(?P<at>(?:select\s.*?\s)?where)\s++(?!(?:{WORDS})\b)", re.IGNORECASE | re.DOTALL)


def find_in_whole(place: Place) -> Finding | None:
    """Blanks around the text, or that it is more than a filter."""
    text = place.text
    if not text.strip():
        return Finding("the filter is empty", (0, len(text)))
    if _FILTER.search(text) and (found := _OPTION.match(text)):
        mended = decode_query(text[found.end() :].partition("&")[0])
        message = "this is a URL or a part of one, not only a filter"
        return Finding(message, found.span(), mended, (0, len(text)))
    if found := _CLAUSE.match(text, 0, SEEN):
        return Finding(f"a filter begins without {found['at']!r:.60}", found.span("at"), text[found.end() :])
    if "://" in text and re.match(r"\w++://", text):
        return Finding("this is a URL, not a filter", (0, len(text)))
    if text[0].isspace():
        stripped = text.lstrip()
        return Finding("a blank stands before the filter", (0, len(text) - len(stripped)), stripped)
    if place.behind_operand and text[-1].isspace() and place.position == len(stripped := text.rstrip()):
        return Finding("a blank stands after the filter", (len(stripped), len(text)), stripped)
    return None
