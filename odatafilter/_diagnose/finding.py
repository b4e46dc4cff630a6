"""A mistake that was found in a text, and whether its mended text still says what was written."""

import re
from collections import Counter
from typing import NamedTuple, TypeAlias

from odatafilter._diagnose import negations

Span: TypeAlias = tuple[int, int]

_SIGNS = r"()\[\]{},:;\"=<>!&|+*%/"
# Strings, then whatever is written without a blank: names, numbers, dates, GUIDs. Signs between them are no tokens.
_A_TOKEN = rf"'[^']*+(?:''[^']*+)*+'|[^\s'{_SIGNS}]++(?:(?<=[nN])'[tT]\b)?"
_TOKEN = re.compile(_A_TOKEN)
# A token or signs, with the blanks before.
_PIECE = re.compile(rf"\s*+(?:{_A_TOKEN}|[{_SIGNS}]++|')|\s++")


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
    start, end, there = _find_difference(text, mended)
    if negations.loses_negation(text[start:], mended[start:]):
        return False
    first, last = finding.repaired or finding.span
    tokens = _TOKEN.finditer(text, start, end)
    wanted = [_fold(found.group()) for found in tokens if found.end() <= first or found.start() >= last]
    return not wanted or not Counter(wanted) - Counter(map(_fold, _TOKEN.findall(mended, start, there)))


def _find_difference(text: str, mended: str) -> tuple[int, int, int]:
    """Where two texts begin to differ, and where that ends in each of them: whole tokens, in both."""
    before, after = _PIECE.findall(text), _PIECE.findall(mended)
    alike = 0
    for one, other in zip(before, after, strict=False):
        if one != other:
            break
        alike += 1
    start, end = sum(map(len, before[:alike])), len(mended)
    for piece in reversed(before[alike:]):
        if not mended.endswith(piece, start, end):
            break
        end -= len(piece)
    there = start
    for piece in after[alike:]:
        if there >= end:
            break
        there += len(piece)
    return start, len(text) - len(mended) + there, there


def _fold(token: str) -> str:
    return token if token[0] == "'" else token.casefold()
