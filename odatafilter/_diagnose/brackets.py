"""Brackets that are missing, too many, or of another kind."""

import re
from typing import Final, NamedTuple

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.pieces import COMPARISONS, WORDS
from odatafilter._diagnose.place import NEAR, Place, find_closing, split_arguments
from odatafilter._functions import BY_LOWER_CASE

_BRACKET: Final = re.compile(rf"'[^']*+'?|[(\[{{]|[)\]}}]|(?<=[ \t)])(?:and|or|{COMPARISONS})(?=[ \t(])", re.IGNORECASE)
_LISTS: Final = re.compile(r"(?:[ \t]in[ \t]*+|(?<![\w.])(?P<name>[\w.]++))\Z", re.IGNORECASE)
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


_LIST_AFTER_EQ: Final = re.compile(r"[ \t](?P<at>eq)[ \t]*+(?P<open>\()[ \t]*+\Z", re.IGNORECASE)
_VALUE: Final = re.compile(r"'[^']*+(?:''[^']*+)*+'|[+-]?[0-9][^\s(),']*+|null|true|false", re.IGNORECASE)


def find_list_after_eq(place: Place) -> Finding | None:
    """`a eq (1,2)`: a list stands after `in`."""
    if not place.rest.startswith(","):
        return None
    found = _LIST_AFTER_EQ.search(place.text, max(0, place.left - NEAR), place.left)
    end = find_closing(place.text, found.start("open")) if found else None
    if found is None or end is None:
        return None
    if not all(map(_VALUE.fullmatch, split_arguments(place.text, found.end("open"), end))):
        return None
    start, stop = found.span("at")
    return Finding("a list stands after 'in'", (start, stop), f"{place.text[:start]}in{place.text[stop:]}")


class _Opened(NamedTuple):
    """A bracket that is open. The words `and` and `or` inside it say where a list was perhaps meant to end, these and
    comparisons where the arguments of a function were.
    """

    start: int
    closer: str
    joins: list[int]
    comparisons: list[int]


def _find_open(text: str) -> Finding | None:
    """The brackets that are missing at the end, or where the innermost one was perhaps meant to stand."""
    opened: list[_Opened] = []
    for found in _BRACKET.finditer(text):
        bracket = found.group()
        if bracket in _CLOSERS:
            opened.append(_Opened(found.start(), _CLOSERS[bracket], [], []))
        elif bracket in _CLOSERS.values():
            del opened[-1:]
        elif opened and bracket.lower() in {"and", "or"}:
            opened[-1].joins.append(found.start())
        elif opened and bracket[0] != "'":
            opened[-1].comparisons.append(found.start())
    if not opened:
        return None
    start, closer, joins, comparisons = opened[-1]
    values = _LISTS.search(text, max(0, start - NEAR), start)
    if values and values["name"] is not None:
        joins = sorted([*joins, *comparisons]) if values["name"].lower() in BY_LOWER_CASE else []
    if joins and closer == ")" and values:
        end = len(text[: joins[0]].rstrip(" \t"))
        return Finding("a ')' is missing here", (end, end), f"{text[:end]}) {text[joins[0] :]}")
    closers = "".join(one.closer for one in reversed(opened))
    return Finding(f"a '{closer}' is missing at the end", (len(text), len(text)), text + closers)
