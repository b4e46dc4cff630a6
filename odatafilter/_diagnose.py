"""A text that is no filter → the error that says what was found, what would do, and how the text was perhaps meant.

Each habit from other languages is a line in a table: what it looks like, what it is in OData. A proposal is tried
before it is shown: the mended text must parse.
"""

import re
import urllib.parse
import uuid
from collections.abc import Callable
from typing import NamedTuple

from odatafilter import _lalr, _literals
from odatafilter._suggest import listed, nearest
from odatafilter.errors import FilterSyntaxError
from odatafilter.facts import OPERATORS

_LONGEST_MENDED = 10_000  # characters: nobody reads a longer proposal
_MENDS = 50  # mistakes mended in one text
_WORD = re.compile(r"'[^']*(?:''[^']*)*'?|[^\s(),'\"]+|.", re.DOTALL)
_INFIX = sorted(OPERATORS - {"not"})
_INFIX_WORD = re.compile(rf"(?:{'|'.join(_INFIX)})(?![A-Za-z0-9_])", re.IGNORECASE)
_UNQUOTED = re.compile(
    r"[ \t](?:eq|ne|gt|ge|lt|le)[ \t]+([^\s'()][^'()]*?)(?=[ \t]+(?:and|or)[ \t]|[ \t]*\)|$)", re.IGNORECASE
)
_EXPECTATIONS = (
    ("NAME", "a property or a value"),
    ("EQUALITY", "an operator such as 'eq'"),
    ("_AND", "'and'"),
    ("_OR", "'or'"),
    ("_COMMA", "','"),
    ("_CLOSE", "')'"),
    ("END", "the end"),
)


class _Finding(NamedTuple):
    """The first mistake of a text, and the text without it where that is known."""

    message: str
    span: tuple[int, int]
    mended: str | None = None


class _Habit(NamedTuple):
    """What people write where `pattern` matches: `message` explains it, `instead` takes its place."""

    pattern: re.Pattern[str]
    message: str
    instead: Callable[[re.Match[str]], str]


def _operator(pattern: str, word: str) -> _Habit:
    return _Habit(re.compile(pattern, re.IGNORECASE), f"{{found!r}} is written '{word}'", lambda _: f" {word} ")


_OPERATOR_HABITS = (
    _operator(r"=?>=|=>|≥|gte\b", "ge"),
    _operator(r"<=|=<|≤|lte\b", "le"),
    _operator(r"!==?|<>|~=|≠|is\s+not\b|not\s+equals?(?:\s+to)?\b|not_?eq\b|neq\b", "ne"),
    _operator(r"={1,3}|:|(?:is|equals?(?:\s+to)?)\b", "eq"),
    _operator(r">|greater(?:\s+than)?\b", "gt"),
    _operator(r"<|less(?:\s+than)?\b", "lt"),
    _operator(r"&&?", "and"),
    _operator(r"\|\|?", "or"),
)

_OPERAND_HABITS = (
    _Habit(
        re.compile(r'"((?:[^"\\]|\\.)*)"|[“”„]([^“”]*)[“”]|[‘’‚]([^‘’]*)[‘’]|`([^`]*)`'),
        "a string stands in single quotes",
        lambda found: _literals.string(next(group for group in found.groups() if group is not None)).text,
    ),
    _Habit(re.compile(r"!\s*"), "'!' is written 'not'", lambda _: "not "),
    _Habit(
        re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt ]([0-9]{2}:[0-9]{2}(?::[0-9]{2}(?:\.[0-9]+)?)?)(?![0-9Zz:.+-])"),
        "the timestamp {found!r} does not say its offset from UTC: 'Z' for UTC, or hours and minutes such as +01:00",
        lambda found: f"{found[1]}T{found[2]}Z",
    ),
    _Habit(
        re.compile(r"([0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9:.]+[+-][0-9]{2})([0-9]{2})?(?![0-9:])"),
        "the offset in {found!r} is written as hours and minutes, such as +01:00",
        lambda found: f"{found[1]}:{found[2] or '00'}",
    ),
    _Habit(
        re.compile(r"[+-]?\.[0-9]+"),
        "{found!r} is written with a digit before the point",
        lambda found: found.group().replace(".", "0."),
    ),
    _Habit(
        re.compile(r"[{(]?([0-9A-Fa-f]{8}-(?:[0-9A-Fa-f]{4}-){3}[0-9A-Fa-f]{12}|[0-9A-Fa-f]{32})[})]?(?=[ \t),]|$)"),
        "a GUID is written as 8-4-4-4-12 hexadecimal digits, without braces",
        lambda found: str(uuid.UUID(found[1])),
    ),
)


def diagnosed(text: str) -> FilterSyntaxError:
    """The error for the first mistake of `text`, which the parser has not accepted."""
    finding = first = _look(text)
    if first is None:  # pragma: no cover - the same parser has just refused it
        raise AssertionError(text)
    mended: str | None = None
    for _ in range(_MENDS if len(text) <= _LONGEST_MENDED else 0):
        if finding is None or finding.mended is None:
            break
        mended = finding.mended
        finding = _look(mended)
    suggestion = mended if finding is None else None
    message = f"{first.message}; did you mean: {suggestion}" if suggestion is not None else first.message
    return FilterSyntaxError(message, text, first.span, suggestion)


def _look(text: str) -> _Finding | None:
    """The first mistake of `text`, or None."""
    if found := _literals.unwritable(text):
        return _Finding(f"{found.group()!r} cannot be sent in a URL", found.span())
    trace = _lalr.Trace()
    try:
        _lalr.tree_of(text, trace)
    except _lalr.Refused as refused:
        return _Finding(refused.message, trace.place(refused))
    except _lalr.Stuck:
        return _whole(text) or _there(text, trace.position, trace.expected())
    return None


def _whole(text: str) -> _Finding | None:
    """What is wrong with the text as a whole: blanks around it, or that it is more than a filter."""
    if not text.strip():
        return _Finding("the filter is empty", (0, len(text)))
    if found := re.match(r"[^']*?(?:\$|%24)filter=([^&]*)", text, re.IGNORECASE):
        return _Finding("this is a URL or a part of one, not only a filter", (0, found.start(1)), _decoded(found[1]))
    if found := re.search(r"%[0-9A-Fa-f]{2}", text):
        return _Finding("the filter is percent-encoded", found.span(), _decoded(text))
    if found := re.match(r"\s+", text) or re.search(r"(?<!\s)\s+$", text):
        where = "before" if found.start() == 0 else "after"
        return _Finding(f"a blank stands {where} the filter", found.span(), text.strip())
    return None


def _decoded(text: str) -> str:
    # In a text without any %20 the blanks must have been written as plus signs.
    return urllib.parse.unquote(text) if "%20" in text or " " in text else urllib.parse.unquote_plus(text)


def _there(text: str, position: int, expected: frozenset[str]) -> _Finding:
    """What is wrong at `position`, where the parser could go no further."""
    start = position + len(text[position:]) - len(text[position:].lstrip())
    after_operand = "END" in expected or "_CLOSE" in expected
    found = _after_operand(text, start, expected) if after_operand else _before_operand(text, start)
    if found:
        return found
    wanted = _wanted(expected)
    if start == len(text):
        return _Finding(f"the filter ends where {wanted} is expected", (start, start))
    span = _word(text, start)
    return _Finding(f"found {text[slice(*span)]!r:.60} where {wanted} is expected", span)


def _after_operand(text: str, start: int, expected: frozenset[str]) -> _Finding | None:
    before, rest = text[:start].rstrip(), text[start:]
    if not rest and "_CLOSE" in expected:
        return _Finding("a ')' is missing at the end", (start, start), f"{text})")
    if rest[0] == ")":
        return _Finding("this ')' closes nothing", (start, start + 1), before + rest[1:])
    for pattern, message, instead in _OPERATOR_HABITS:
        if found := pattern.match(text, start):
            mended = before + instead(found) + text[found.end() :].lstrip()
            return _Finding(message.format(found=found.group()), found.span(), mended)
    if found := _INFIX_WORD.match(rest):
        message = f"a blank is missing {'before' if before == text[:start] else 'after'} {found.group()!r}"
        span = start, start + found.end()
        return _Finding(message, span, f"{before} {found.group()} {rest[found.end() :].lstrip()}")
    if before.endswith("'") and before == text[:start]:
        return _Finding("a quote inside a string is written twice", (start - 1, start), f"{before}'{rest}")
    return _unquoted(text, start) or _misspelt(text, start)


def _before_operand(text: str, start: int) -> _Finding | None:
    for pattern, message, instead in _OPERAND_HABITS:
        if found := pattern.match(text, start):
            mended = text[:start] + instead(found) + text[found.end() :]
            return _Finding(message.format(found=found.group()), found.span(), mended)
    if text[start : start + 1] == "'":
        return _Finding("the string is not closed", (start, len(text)), f"{text}'")
    return None


def _unquoted(text: str, start: int) -> _Finding | None:
    """`name eq My job`: words where one value is expected, up to what ends an operand."""
    for found in _UNQUOTED.finditer(text):
        if found.start(1) < start <= found.end(1):
            message = f"{found[1]!r} stands without quotes"
            return _Finding(message, found.span(1), text[: found.start(1)] + f"'{found[1]}'" + text[found.end(1) :])
    return None


def _misspelt(text: str, start: int) -> _Finding | None:
    span = _word(text, start)
    word = text[slice(*span)]
    meant = nearest(word, _INFIX)
    if meant is None:
        return None
    return _Finding(f"unknown operator {word!r:.60}", span, text[: span[0]] + meant + text[span[1] :])


def _word(text: str, start: int) -> tuple[int, int]:
    found = _WORD.match(text, start)
    return found.span() if found else (start, start)


def _wanted(expected: frozenset[str]) -> str:
    """What would do, in the words of OData."""
    wanted = [words for terminal, words in _EXPECTATIONS if terminal in expected]
    return listed(wanted, "or")
