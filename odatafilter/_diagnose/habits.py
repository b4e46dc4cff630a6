"""A habit: what people write where OData wants something else, and what it is in OData."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.place import NEAR, SEEN, Place, is_whole_operand, splice
from odatafilter._literals.strings import quote

Instead: TypeAlias = str | Callable[[re.Match[str]], str | None] | None
_FLAGS: Final = re.IGNORECASE | re.DOTALL
_NAME: Final = re.compile(r"\(\?P<(\w+)>")


class Habit(NamedTuple):
    """`message` explains what `pattern` matches, `instead` takes its place, and that of the operand if it has `{left}`.

    A pattern is matched where the parser stands, or where the operand before that place begins; `{left}` is that
    operand, `{found}` what was matched, and every named group has its name. The group `at` is what is underlined.
    `before` must match the end of what stands before the operand. Where `rewrites` holds, the mended text says all that
    was matched in other words; else what the groups hold stands in it as it was. A `condition` is made of the whole
    operand: where an operator before it binds tighter, nothing is proposed.
    """

    pattern: str
    message: str
    instead: Instead = None
    before: str | None = None
    rewrites: bool = False
    condition: bool = False

    def match(self, text: str, start: int, end: int) -> re.Match[str] | None:
        return compile_pattern(self.pattern).match(text, start, end)

    def stands_behind(self, context: str) -> bool:
        """Whether the habit can stand behind `context`."""
        return self.before is None or compile_pattern(f"(?:{self.before})$").search(context) is not None


@functools.cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern of a habit, compiled when it is first needed: there are a hundred, and an error meets one or two."""
    return re.compile(pattern, _FLAGS)


class Table:
    """Habits that are tried one after the other: one pattern of many of them says at once which matches first."""

    def __init__(self, *habits: Habit) -> None:
        self._habits = habits
        self._unions: dict[int, re.Pattern[str]] = {}

    def __iter__(self) -> Iterator[Habit]:
        return iter(self._habits)

    def _union(self, least: int) -> re.Pattern[str]:
        """Matches what a habit from that number on does: the group that matched last has the number of the first."""
        if least not in self._unions:
            numbered = list(enumerate(self._habits))[least:]
            patterns = (f"(?:{_number_groups(one.pattern, at)})(?P<_{at}>)" for at, one in numbered)
            self._unions[least] = re.compile("|".join(patterns), _FLAGS)
        return self._unions[least]

    def matches(self, text: str, start: int, end: int) -> Iterator[tuple[Habit, re.Match[str]]]:
        """The habits that match at `start` in `text` up to `end`, and what they match."""
        number = 0
        while number < len(self._habits) and (first := self._union(number).match(text, start, end)):
            number = int((first.lastgroup or "_0")[1:])
            one = self._habits[number]
            if found := one.match(text, start, end):
                yield one, found
            number += 1


def _number_groups(pattern: str, number: int) -> str:
    """`pattern`, whose groups have names that only it has; those that it does not refer to are no groups any more."""

    def name_group(found: re.Match[str]) -> str:
        return f"(?P<{found[1]}_{number}>" if f"(?P={found[1]})" in pattern else "(?:"

    return re.sub(r"\(\?P=(\w+)\)", rf"(?P=\1_{number})", _NAME.sub(name_group, pattern))


def operator(pattern: str, word: str) -> Habit:
    """The habit of writing an operator in another way."""
    return Habit(pattern, f"{{found!r}} is written '{word}'", f" {word} ")


def requote(found: re.Match[str]) -> str:
    """The string that the first group that matched is, without the backslashes before quotes in it."""
    inner = next(group for group in found.groups() if group is not None)
    return quote(re.sub(r"\\([\\\"'`])", r"\1", inner))


def match_habits(place: Place, table: Table, starts: Iterable[int], left: int | None = None) -> Finding | None:
    """What the first habit of `table` that matches at one of `starts` says; `left` is where its operand begins."""
    for start in starts:
        begin = start if left is None else left
        for one, found in table.matches(place.text, start, start + SEEN):
            if found.end() > place.position and one.stands_behind(place.text[max(0, begin - NEAR) : begin]):
                return explain(place, one, found, begin)
    return None


def explain(place: Place, one: Habit, found: re.Match[str], begin: int) -> Finding:
    """What is said where a habit has matched."""
    groups = found.groupdict("")
    words = {"left": place.operand.rstrip(), "found": found.group().strip(), **groups}
    span = found.span("at") if "at" in groups else (found.start(), found.start() + len(found.group().rstrip()))
    message = one.message.format_map(words)
    repaired = found.span() if one.rewrites or not isinstance(one.instead, str) else span
    if one.condition and not is_whole_operand(place):
        return Finding(message, span)
    if isinstance(one.instead, str):
        begin = begin if "{left}" in one.instead else found.start()
        mended = splice(place.text, begin, found.end(), one.instead.format_map(words))
        repaired = (begin, found.end()) if one.rewrites else repaired
        return Finding(message, span, mended, repaired)
    meant = one.instead(found) if one.instead else None
    return Finding(message, span, meant and splice(place.text, found.start(), found.end(), meant), repaired)
