"""A mistake that was found in a text, and whether its mended text still says what was written."""

import re
from typing import NamedTuple, TypeAlias

from odatafilter._diagnose import negations

Span: TypeAlias = tuple[int, int]

_SIGNS = r"\s()\[\]{},:;\"=<>!&|+*%/"
# Strings, then whatever is written without a blank: names, numbers, dates, GUIDs. Signs between them are no tokens.
_A_TOKEN = rf"'[^']*+(?:''[^']*+)*+'|[^'{_SIGNS}]++(?:(?<=[nN])'[tT]\b)?"
_TOKEN = re.compile(_A_TOKEN)
_TOKEN_OR_SIGNS = re.compile(rf"{_A_TOKEN}|[{_SIGNS}]++|'")


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
    if negations.loses_negation(text[start:], mended[start:]):
        return False
    left: dict[str, int] = {}
    for token in _TOKEN.findall(mended, start, end + len(mended) - len(text)):
        folded = _fold(token)
        left[folded] = left.get(folded, 0) + 1
    first, last = finding.repaired or finding.span
    for found in _TOKEN.finditer(text, start, end):
        if found.end() <= first or found.start() >= last:
            folded = _fold(found.group())
            left[folded] = left.get(folded, 0) - 1
            if left[folded] < 0:
                return False
    return True


def _find_difference(text: str, mended: str) -> Span:
    """The stretch of `text` in the place of which `mended` has another one: whole tokens, in both."""
    pieces = _TOKEN_OR_SIGNS.findall(text), _TOKEN_OR_SIGNS.findall(mended)
    alike = start = 0
    for one, other in zip(*pieces, strict=False):
        if one != other:
            break
        alike += 1
        start += len(one)
    after = _common_length(text[::-1], mended[::-1], min(len(text), len(mended)) - start)
    for several, length in zip(pieces, (len(text), len(mended)), strict=True):
        left = length - start
        for piece in several[alike:]:
            if left <= after:
                break
            left -= len(piece)
        after = left
    return start, len(text) - after


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


def _fold(token: str) -> str:
    return token if token[0] == "'" else token.casefold()
