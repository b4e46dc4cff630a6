"""Quotes that are missing, not doubled, or not the straight single ones."""

import re
from typing import Final

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.pieces import COMPARISONS, QUOTES, STOP
from odatafilter._diagnose.place import COMPARED_BEFORE, SEEN, Place

_COMPARISON: Final = rf"(?<![ \t])[ \t]++(?:and|or)[ \t]++[\w/]++[ \t]++(?:{COMPARISONS}|in)"
_SWALLOWED: Final = re.compile(rf"'(?P<value>[^']*?){_COMPARISON}[ \t]*+(?:\([ \t]*+)?'$", re.IGNORECASE)
_UNCLOSED: Final = re.compile(rf"'(?:[^']|'')*?(?={_COMPARISON}[ \t]|(?<!\))\)*+$)", re.IGNORECASE)
_MIXED: Final = re.compile(rf"'[^'\"`{QUOTES}]*+(?P<at>[\"`{QUOTES}]){STOP}")
# As above, where the next string of a list or of a comparison has closed it.
_MIXED_AND_CLOSED: Final = re.compile(
    rf"'[^'{QUOTES}]*+(?P<at>[{QUOTES}])(?:[ \t]*+,[ \t]*+|{_COMPARISON}[ \t]*+(?:\([ \t]*+)?)'$", re.IGNORECASE
)


def find_quote(place: Place) -> Finding | None:
    """One quote closes too early, or closes nothing."""
    text, at, left = place.text, place.position, place.left
    if place.here != at:
        return None
    if text[at - 1] != "'":
        if not re.match(r"'(?!\w)", place.rest):
            return None
        if not COMPARED_BEFORE.search(place.context):
            return Finding("this quote opens no string", (at, at + 1), text[:at] + place.rest[1:])
        return Finding(
            "a quote is missing before this text",
            (left, at),
            f"{text[:left]}'{place.operand}{place.rest}",
            (left, at + 1),
        )
    if place.rest.startswith("'"):
        return find_unclosed(text, left)
    # What stands up to the next quote becomes a part of the string, or is none any more.
    closed = text.find("'", at) + 1 or len(text)
    if text[at - 2 : at - 1] == "\\":
        mended = f"{text[: at - 2]}''{place.rest}"
        return Finding("a quote inside a string is written twice: ''", (at - 2, at), mended, (left, closed))
    if found := _MIXED_AND_CLOSED.match(text, max(left, at - SEEN), at):
        return _mixed_quotes(text, found, closed)
    if found := _SWALLOWED.match(text, max(left, at - SEEN), at):
        end = found.end("value")
        return Finding("a quote is missing here", (end, end), f"{text[:end]}'{text[end:]}", (left, closed))
    if not re.match(r"[\w-]", place.rest):
        return None
    doubled = f"{text[:at]}'{place.rest}" if "'" in place.rest else None
    return Finding("a quote inside a string is written twice: ''", (at - 1, at), doubled, (left, closed))


def find_unclosed(text: str, start: int) -> Finding:
    """A string that begins at `start` and does not end."""
    if found := _MIXED.match(text, start, start + SEEN):
        return _mixed_quotes(text, found, found.end("at"))
    found = _UNCLOSED.match(text, start, start + SEEN)
    end = found.end() if found else len(text)
    return Finding("the string is not closed", (start, len(text)), f"{text[:end]}'{text[end:]}")


def _mixed_quotes(text: str, found: re.Match[str], end: int) -> Finding:
    """A string that ends with another quote than it begins with. What is mended ends at `end`."""
    at = found.start("at")
    mended = f"{text[:at]}'{text[at + 1 :]}"
    return Finding(f"the string begins with ' and ends with {found['at']}", (at, at + 1), mended, (found.start(), end))
