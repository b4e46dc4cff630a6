"""Where the parser can go no further, and what stands there."""

import re
from typing import Final

from odatafilter._diagnose.pieces import COMPARED, OPERAND, WORDS

SEEN = 1000  # characters that patterns see ahead
NEAR = 200  # and behind

_WORD = re.compile(r"'[^']*+(?:''[^']*+)*+'?|[^\s(),'\"\[\]{}]++|.", re.DOTALL)
_PIECE = re.compile(r"'[^']*+(?:''[^']*+)*+'?|(?:[^\x00-\x20(),'\":;]|(?<=[0-9]):(?=[0-9]))++|[()]")
_OPERAND = re.compile(OPERAND)
_BRACKET = re.compile(r"'[^']*+'?|[(),]")
ANY_OPERATOR: Final = "EQUALITY"  # the terminal that is expected wherever an operator is
_OPERANDS = frozenset({"NAME", "STRING", "JSON_STRING"})


class Place:
    """Where the parser stands: it has read up to `position`, `here` is what follows behind blanks.

    `left` is where the operand before begins, or `here` if an operand is `expected`. `context` is the end of what
    stands before the operand. `starts` are the places where the operand begins that is perhaps meant: the parser may
    have read a part of it.
    """

    __slots__ = (
        "before",
        "behind_operand",
        "expected",
        "here",
        "left",
        "operand",
        "position",
        "rest",
        "starts",
        "text",
    )

    def __init__(self, text: str, position: int, here: int, left: int, expected: frozenset[str]) -> None:
        self.text = text
        self.position = position
        self.here = here
        self.left = left
        self.expected = expected
        self.before = text[:here].rstrip(" \t")
        self.rest = text[here:]
        self.operand = text[left:position]
        self.behind_operand = ANY_OPERATOR in expected
        self.starts = _starts(text, self.before, left)

    @property
    def context(self) -> str:
        return self.text[max(0, self.left - NEAR) : self.left]


def _starts(text: str, before: str, left: int) -> tuple[int, ...]:
    last = len(before) - 1
    if text.startswith("=>", last):
        return last, left
    if not before.endswith("{"):
        return (left,)
    braces = len(before.rstrip("{"))
    return braces - before[:braces].endswith(("@", "$", "#")), left, last


def place_at(text: str, position: int, expected: frozenset[str]) -> Place:
    """The place up to which the parser has read, where one of the terminals `expected` would do."""
    here = len(text) - len(text[position:].lstrip(" \t"))
    left = _operand_before(text, position) if _OPERANDS.isdisjoint(expected) else here
    return Place(text, position, here, left, expected)


def _operand_before(text: str, end: int) -> int:
    """Where the operand that ends at `end` begins."""
    opened: list[int] = []
    begin = last = 0
    for found in _PIECE.finditer(text, 0, end):
        before, (start, last) = last, found.span()
        if text[start] == ")":
            begin = opened.pop() if opened else start
        elif text[start] == "(":
            opened.append(begin if before == start > 0 and text[start - 1] != "(" else start)
        elif before < start or text[start - 1] != ")":
            begin = start
    return begin


_LOOSE: Final = re.compile(r"(?:^|[(,:!]|[ \t)](?:and|or)|(?<!\w)not)[ \t]*+$", re.IGNORECASE)


def is_whole_operand(place: Place) -> bool:
    """Whether a condition can be made of the operand before: nothing that binds tighter stands before it."""
    return _LOOSE.search(place.context) is not None


def word_at(text: str, start: int) -> tuple[int, int]:
    """The range of the word, the string or the sign that begins at `start`."""
    found = _WORD.match(text, start, start + SEEN)
    return found.span() if found else (start, start)


def operand_at(text: str, start: int) -> int | None:
    """Where the operand that begins at `start` ends; None where there is none."""
    found = _OPERAND.match(text, start, start + SEEN)
    return found.end() if found else None


def find_closing(text: str, start: int) -> int | None:
    """Where the parenthesis that opens at `start` closes again; None where it does not."""
    depth = 0
    for found in _BRACKET.finditer(text, start):
        depth += {"(": 1, ")": -1}.get(found.group(), 0)
        if depth == 0:
            return found.start()
    return None


def split_arguments(text: str, start: int, end: int) -> list[str]:
    """The arguments between two parentheses, without the blanks around them; none where there is nothing."""
    found: list[str] = []
    depth, last = 0, start
    for bracket in _BRACKET.finditer(text, start, end):
        depth += {"(": 1, ")": -1}.get(bracket.group(), 0)
        if bracket.group() == "," and not depth:
            found.append(text[last : bracket.start()].strip(" \t"))
            last = bracket.end()
    found.append(text[last:end].strip(" \t"))
    return found if any(found) or len(found) > 1 else []


def splice(text: str, start: int, end: int, meant: str) -> str:
    """`text` with `meant` in the place of a range; blanks at its ends take the place of those beside it."""
    before, after = text[:start], text[end:]
    before = before.rstrip(" \t") if meant.startswith(" ") else before
    after = after.lstrip(" \t") if meant.endswith(" ") else after
    return before + meant + after


INFIX_WORD = re.compile(rf"({WORDS})(?=[\W0-9]|$|(?:null|true|false)\b)", re.IGNORECASE)
COMPARED_BEFORE = re.compile(rf"{COMPARED}$", re.IGNORECASE)
