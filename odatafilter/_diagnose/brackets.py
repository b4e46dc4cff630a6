"""Brackets that are missing, too many, or of another kind."""

import re
from typing import Final, NamedTuple

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.patterns import WORDS
from odatafilter._diagnose.place import NEAR, Place
from odatafilter._functions import BY_LOWER_CASE

_BRACKET: Final = re.compile(r"'[^']*+'?|[(\[{]|[)\]}]|(?<=[ \t)])(?:and|or)(?=[ \t(])", re.IGNORECASE)
_LISTS: Final = re.compile(r"(?:[ \t]in[ \t]*+|(?<![\w.])(?P<name>[\w.]++))$", re.IGNORECASE)
_NAME_ENDS: Final = re.compile(rf"(?<!\w)(?!(?:{WORDS})$)\w++$", re.IGNORECASE)
_CLOSERS: Final = {"(": ")", "[": "]", "{": "}"}
_CLOSING: Final = {")": "_CLOSE", "]": "_CLOSE_ARRAY", "}": "_CLOSE_OBJECT"}


def find_bracket(place: Place) -> Finding | None:
    text, here, before = place.text, place.here, place.before
    closers = [closer for closer, terminal in _CLOSING.items() if terminal in place.expected]
    if not place.rest:
        return _find_open(text) if closers else None
    if place.rest[0] in ")]}":
        if before.endswith(","):
            comma = len(before) - 1
            return Finding("no ',' stands at the end of a list", (comma, comma + 1), before[:comma] + place.rest)
        if not place.behind_operand:
            return None
        if closers:
            mended = text[:here] + closers[0] + place.rest[1:]
            return Finding(f"'{closers[0]}' is expected here", (here, here + 1), mended)
        return Finding(f"this {place.rest[0]!r} closes nothing", (here, here + 1), before + place.rest[1:])
    if place.rest[0] == "(" and place.position < here and _NAME_ENDS.search(place.operand):
        message = f"no blank stands between {place.operand!r:.60} and its '('"
        return Finding(message, (place.position, here), before + place.rest)
    return None


class _Opened(NamedTuple):
    """A bracket that is open: the words `and` and `or` inside it say where a list was perhaps meant to end."""

    start: int
    closer: str
    joins: list[int]


def _find_open(text: str) -> Finding | None:
    """The brackets that are missing at the end, or where the innermost one was perhaps meant to stand."""
    opened: list[_Opened] = []
    for found in _BRACKET.finditer(text):
        bracket = found.group()
        if bracket in _CLOSERS:
            opened.append(_Opened(found.start(), _CLOSERS[bracket], []))
        elif bracket in _CLOSERS.values():
            del opened[-1:]
        elif opened and bracket[0] != "'":
            opened[-1].joins.append(found.start())
    if not opened:
        return None
    start, closer, joins = opened[-1]
    if joins and closer == ")" and _holds_values(text[max(0, start - NEAR) : start]):
        end = len(text[: joins[0]].rstrip(" \t"))
        return Finding("a ')' is missing here", (end, end), f"{text[:end]}) {text[joins[0] :]}")
    closers = "".join(one.closer for one in reversed(opened))
    return Finding(f"a '{closer}' is missing at the end", (len(text), len(text)), text + closers)


def _holds_values(before: str) -> bool:
    """Whether what opens behind `before` is the list after an `in`, or the arguments of a canonical function."""
    found = _LISTS.search(before)
    return found is not None and (found["name"] is None or found["name"].lower() in BY_LOWER_CASE)
