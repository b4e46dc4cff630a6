"""ECMAScript regular expressions → Python's (OData URL Conventions §5.1.1.7.1).

What both spell alike but mean differently is rewritten: classes and word boundaries are those of ASCII, white space and
line terminators those of ECMAScript. What only Python knows is refused, or stands for itself where it does so there.
"""

import functools
import re
import sys
from collections.abc import Iterator
from typing import Final, NamedTuple

from odatafilter._evaluate.automaton import (
    START,
    Automaton,
    Boundary,
    Characters,
    Choice,
    Lookaround,
    Pattern,
    Reference,
    Repeat,
    Sequence,
    is_regular,
    steps,
)
from odatafilter._evaluate.budget import Budget, take_visits
from odatafilter.errors import FilterError

_LENGTHS: Final = 1_000  # of texts, of which is kept how long a search takes
_STEPS_A_VISIT: Final = 100  # of Python's `re`, which takes many of them in the time of a visit
_LINE_END: Final = r"\n\r\u2028\u2029"
_WORD: Final = "0-9A-Za-z_"
# What a class escape stands for inside of brackets, and what is left when it is taken away.
_CLASSES: Final = {
    "d": "0-9",
    "D": r"\x00-/:-\U0010ffff",
    "w": _WORD,
    "W": r"\x00-/:-@\[-\^`{-\U0010ffff",
    "s": r"\t-\r \xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff",
    "S": (
        r"\x00-\x08\x0e-\x1f!-\x9f\xa1-\u167f\u1681-\u1fff\u200b-\u2027\u202a-\u202e\u2030-\u205e\u2060-\u2fff"
        r"\u3001-\ufefe\uff00-\U0010ffff"
    ),
}
_BOUNDARY: Final = rf"(?:(?<=[{_WORD}])(?![{_WORD}])|(?<![{_WORD}])(?=[{_WORD}]))"
_NO_BOUNDARY: Final = rf"(?:(?<=[{_WORD}])(?=[{_WORD}])|(?<![{_WORD}])(?![{_WORD}]))"
_CONTROLS: Final = {"f": "\f", "n": "\n", "r": "\r", "t": "\t", "v": "\v", "0": "\0"}

_ESCAPE = (
    r"\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|u\{[0-9a-fA-F]{1,6}\}"
    r"|x[0-9a-fA-F]{2}|c[A-Za-z]|k<\w+>|[1-9][0-9]?|[^\n])"
)
_TOKEN = re.compile(
    rf"(?P<escape>{_ESCAPE})|(?P<brackets>\[\^?(?:{_ESCAPE}|[^\]\\])*+\])"
    r"|(?P<group>\((?:\?(?::|=|!|<=|<!|<(?P<name>[A-Za-z_]\w*)>))?)(?!\?)"
    r"|(?P<quantifier>(?:[*+?]|\{[0-9]+(?:,[0-9]*)?\})\??)(?![*+?])|(?P<other>[^\\\[(*+?])",
    re.DOTALL,
)
_ATOM = re.compile(rf"{_ESCAPE}|.", re.DOTALL)


class SearchPattern:
    """What says whether a pattern stands anywhere in a text."""

    def __init__(self, text: str, expression: re.Pattern[str], tree: Pattern) -> None:
        self._text = text
        self._expression = expression
        self._read_tree = tree
        self._most_steps: dict[int, float] = {}

    def finds(self, text: str, budget: Budget) -> bool:
        """Whether it stands in `text`, by Python's `re` where that takes no more steps than are left, else by an
        automaton. Raises FilterError where neither does, BudgetError where the automaton comes to too many states.
        """
        most = self.most_steps(len(text))
        if most <= budget[0]:
            if most >= _STEPS_A_VISIT:
                take_visits(budget, int(most) // _STEPS_A_VISIT)
            return self._expression.search(text) is not None
        if self._automaton is None:
            raise FilterError(
                f"the pattern {self._text[:60]!r} can take more steps on a text of {len(text)} characters than the "
                f"{budget[0]} that the limit 'visits' leaves: it repeats what can be read in several ways, beside a "
                "lookaround or a reference to a group"
            )
        return self._automaton.finds(text, budget)

    def most_steps(self, length: int) -> float:
        """How many steps a search by backtracking takes at most in a text of so many characters."""
        if (most := self._most_steps.get(length)) is None:
            if len(self._most_steps) >= _LENGTHS:
                self._most_steps.clear()
            most = self._most_steps[length] = steps(self._read_tree, length)
        return most

    @functools.cached_property
    def _automaton(self) -> Automaton | None:
        if not is_regular(self._read_tree):
            return None
        try:
            return Automaton(self._read_tree, re.RegexFlag(self._expression.flags))
        except RecursionError:
            raise FilterError(f"the pattern {self._text[:60]!r} nests too deep to be evaluated here") from None


@functools.lru_cache(256)
def pattern(text: str, flags: str = "") -> SearchPattern:
    """What searches for an ECMAScript regular expression. Raises FilterError for what is none."""
    if unknown := set(flags) - set("imsu"):
        raise FilterError(f"matchesPattern has no flag {min(unknown)!r}; it has 'i', 'm', 's' and 'u'")
    try:
        tokens = list(_read_tokens(text, flags))
        expression = re.compile("".join(token.python for token in tokens), re.IGNORECASE if "i" in flags else 0)
    except (re.error, OverflowError, RecursionError) as error:
        raise FilterError(f"{text[:60]!r} is no regular expression that can be used: {error}") from None
    return SearchPattern(text, expression, _read_tree(tokens))


class _Token(NamedTuple):
    kind: str
    text: str
    python: str


def _read_tokens(text: str, flags: str) -> Iterator[_Token]:
    position = 0
    while position < len(text):
        found = _TOKEN.match(text, position)
        if not found:
            raise re.error(f"{text[position]!r} cannot stand at {position}")
        yield _Token(found.lastgroup or "", found.group(), _token_to_python(found, flags))
        position = found.end()


class _Group:
    """A group that is not closed yet: the branches before, and the parts of the one that is read."""

    def __init__(self, opening: str) -> None:
        self.opening = opening
        self.branches: list[list[Pattern]] = [[]]

    def finish(self) -> Pattern:
        branches = tuple(parts[0] if len(parts) == 1 else Sequence(tuple(parts)) for parts in self.branches)
        found = branches[0] if len(branches) == 1 else Choice(branches)
        return Lookaround(found) if self.opening[1:] in {"?=", "?!", "?<=", "?<!"} else found


def _read_tree(tokens: list[_Token]) -> Pattern:
    """The tree of a pattern that Python's `re` has taken. Needs no stack."""
    groups = [_Group("")]
    for kind, text, python in tokens:
        parts = groups[-1].branches[-1]
        if kind == "group":
            groups.append(_Group(text))
        elif kind == "quantifier":
            parts.append(Repeat(parts.pop(), *_repeat_bounds(text)))
        elif kind == "escape":
            parts.append(_pattern_of_escape(text, python))
        elif text == "|":
            groups[-1].branches.append([])
        elif text == ")":
            group = groups.pop()
            groups[-1].branches[-1].append(group.finish())
        else:
            parts.append(Boundary(python) if text in {"^", "$"} else Characters(python))
    return groups[0].finish()


def _pattern_of_escape(text: str, python: str) -> Pattern:
    if text[1] in "bB":
        return Boundary(python)
    if text[1] in "123456789" or text[1:3] == "k<":
        return Reference(python)
    return Characters(python)


def _repeat_bounds(quantifier: str) -> tuple[int, int | None]:
    if quantifier[0] != "{":
        return {"*": (0, None), "+": (1, None), "?": (0, 1)}[quantifier[0]]
    least, comma, most = quantifier.rstrip("?")[1:-1].partition(",")
    return int(least), int(most) if most else None if comma else int(least)


def _token_to_python(found: re.Match[str], flags: str) -> str:
    token = found.group()
    match found.lastgroup:
        case "escape":
            return _escape_to_python(token)
        case "brackets":
            return _brackets_to_python(token)
        case "group":
            return token.replace("(?<", "(?P<", 1) if found["name"] else token
        case "quantifier":
            return token
        case _:
            return _other_to_python(token, flags)


def _other_to_python(token: str, flags: str) -> str:
    match token:
        case "^":
            return rf"(?<![^{_LINE_END}])" if "m" in flags else START
        case "$":
            return rf"(?![^{_LINE_END}])" if "m" in flags else r"\Z"
        case ".":
            return r"[\s\S]" if "s" in flags else f"[^{_LINE_END}]"
        case "|" | ")":
            return token
        case _:
            return re.escape(token)


def _escape_to_python(token: str) -> str:
    kind = token[1]
    if kind in _CLASSES:
        return f"[{_CLASSES[kind]}]"
    if kind in "bB":
        return _BOUNDARY if kind == "b" else _NO_BOUNDARY
    if token[1:3] == "k<":
        return f"(?P={token[3:-1]})"
    if kind in "123456789":
        return f"(?:{token})"
    return re.escape(_character_of_escape(token))


def _character_of_escape(token: str) -> str:
    """The one character that an escape stands for."""
    kind, digits = token[1], token[2:]
    if kind in _CONTROLS:
        return _CONTROLS[kind]
    if kind in "ux" and digits:
        return _code_point(digits)
    if kind == "c" and digits:
        return chr(ord(digits) % 32)
    if kind.isalnum():
        raise re.error(f"{token} is not known")
    return kind


def _code_point(digits: str) -> str:
    if "\\" in digits:
        high, low = (int(half, 16) for half in digits.split("\\u"))
        return chr(0x10000 + (high - 0xD800) * 0x400 + low - 0xDC00)
    code = int(digits.strip("{}"), 16)
    if code > sys.maxunicode:
        raise re.error(f"\\u{digits} is no character")
    return chr(code)


def _brackets_to_python(token: str) -> str:
    negated = token[1] == "^"
    inside = "".join(_class_members(_ATOM.findall(token[1 + negated : -1])))
    if inside:
        return f"[{'^' * negated}{inside}]"
    return r"[\s\S]" if negated else "(?!)"  # any character, and none


def _class_members(atoms: list[str]) -> Iterator[str]:
    atoms.reverse()
    while atoms:
        first = atoms.pop()
        if len(atoms) > 1 and atoms[-1] == "-" and not {first[1:], atoms[-2][1:]} & set(_CLASSES):
            atoms.pop()
            yield f"{_member_to_python(first)}-{_member_to_python(atoms.pop())}"
        else:
            yield _member_to_python(first)


def _member_to_python(atom: str) -> str:
    if atom[0] != "\\":
        return re.escape(atom)
    if atom[1] in _CLASSES:
        return _CLASSES[atom[1]]
    return re.escape("\b" if atom == "\\b" else _character_of_escape(atom))
