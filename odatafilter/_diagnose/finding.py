"""A mistake that was found in a text, and whether its mended text still says what was written."""

import re
from collections.abc import Iterator
from typing import NamedTuple, TypeAlias

from odatafilter._diagnose import negations

Span: TypeAlias = tuple[int, int]

# Strings, then whatever is written without a blank: names, numbers, dates, GUIDs. Signs between them are no tokens.
_TOKEN = re.compile(r"'[^']*+(?:''[^']*+)*+'|[^\s()\[\]{},:;'\"=<>!&|+*%/]++(?:(?<=[nN])'[tT]\b)?")


class Finding(NamedTuple):
    """A mistake, and the text without it where that is known.

    `span` is what is underlined. `repaired` is the stretch of the text that the mended text may say in other words; it
    is the span where nothing else is given.
    """

    message: str
    span: Span
    mended: str | None = None
    repaired: Span | None = None


def is_faithful(text: str, finding: Finding) -> bool:
    """Whether the mended text of `finding` has every literal and name of `text` outside what is repaired, and no
    negation less.
    """
    mended = finding.mended
    if mended is None or mended == text:
        return False
    start, end = _find_difference(text, mended)
    added = len(mended) - len(text)
    if negations.loses_negation(text, mended):
        return False
    left: dict[str, int] = {}
    for token in _tokens(mended, start, end + added):
        left[token] = left.get(token, 0) + 1
    for token in _tokens(text, start, end, finding.repaired or finding.span):
        left[token] = left.get(token, 0) - 1
        if left[token] < 0:
            return False
    return True


def _find_difference(text: str, mended: str) -> Span:
    """The stretch of `text` in which the two differ, from the beginning of a token to the end of one, in both."""
    shorter = min(len(text), len(mended))
    start = _common_length(text, mended, shorter)
    end = len(text) - _common_length(text[::-1], mended[::-1], shorter - start)
    added = len(mended) - len(text)
    for one, moved in ((text, 0), (mended, added)):
        for found in _TOKEN.finditer(one):
            first, last = found.span()
            if last <= start:
                continue
            if first >= end + moved:
                break
            start = min(start, first)
            if end + moved < last:
                end = last - moved
    return start, end


def _common_length(one: str, other: str, most: int) -> int:
    """How many characters, up to `most`, two texts begin with alike: found by halving, since texts can be long."""
    low, high = 0, most
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _tokens(text: str, start: int, end: int, left_out: Span = (-1, -1)) -> Iterator[str]:
    for found in _TOKEN.finditer(text, start, end):
        if found.end() <= left_out[0] or found.start() >= left_out[1]:
            token = found.group()
            yield token if token[0] == "'" else token.casefold()
