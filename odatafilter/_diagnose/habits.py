"""A habit: what people write where OData wants something else, and what it is in OData."""

import functools
import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final, NamedTuple, TypeAlias, cast

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

    def match(self, text: str, start: int) -> re.Match[str] | None:
        return compile_pattern(self.pattern).match(text, start, start + SEEN)

    def stands_behind(self, text: str, begin: int) -> bool:
        """Whether the habit can stand behind what ends at `begin`."""
        if self.before is None:
            return True
        return compile_pattern(f"(?:{self.before})$").search(text[max(0, begin - NEAR) : begin]) is not None


@functools.cache
def compile_pattern(pattern: str) -> re.Pattern[str]:
    """The pattern of a habit, compiled when it is first needed: there are a hundred, and an error meets one or two."""
    return re.compile(pattern, _FLAGS)


class Table:
    """Habits that are tried one after the other: one pattern of many of them says at once which matches first."""

    def __init__(self, *habits: Habit) -> None:
        self._habits = habits
        self._unions = _Unions(habits)

    def __iter__(self) -> Iterator[Habit]:
        return iter(self._habits)

    def match(self, text: str, start: int, least: int) -> tuple[int, Habit, re.Match[str]] | None:
        """The first habit from the number `least` on that matches at `start`: its number, itself, what it matches."""
        first = self._unions[least].match(text, start, start + SEEN)
        if first is None:
            return None
        number = int((first.lastgroup or "_0")[1:])
        one = self._habits[number]
        return number, one, cast("re.Match[str]", one.match(text, start))


class _Unions(dict[int, re.Pattern[str]]):
    """Patterns of all habits from a number on: the group that matched last has the number of the first that matches."""

    def __init__(self, habits: tuple[Habit, ...]) -> None:
        super().__init__()
        self._habits = habits

    def __missing__(self, least: int) -> re.Pattern[str]:
        numbered = [*enumerate(self._habits)][least:]
        patterns = (f"(?:{_number_groups(one.pattern, number)})(?P<_{number}>)" for number, one in numbered)
        union = self[least] = re.compile("|".join((*patterns, "(?!)")), _FLAGS)
        return union


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
        least = 0
        while match := table.match(place.text, start, least):
            number, one, found = match
            if found.end() > place.position and one.stands_behind(place.text, begin):
                return explain(place, one, found, begin)
            least = number + 1
    return None


def explain(place: Place, one: Habit, found: re.Match[str], begin: int) -> Finding:
    """What is said where a habit has matched."""
    groups, written = found.groupdict(""), found.group()
    words = {"left": place.operand.rstrip(), "found": written.strip(), **groups}
    message = one.message.format_map(words)
    start, end = found.span()
    span = found.span("at") if "at" in groups else (start, start + len(written.rstrip()))
    if one.condition and not is_whole_operand(place):
        return Finding(message, span)
    if isinstance(one.instead, str):
        begin = begin if "{left}" in one.instead else start
        mended = splice(place.text, begin, end, one.instead.format_map(words))
        return Finding(message, span, mended, (begin, end) if one.rewrites else span)
    meant = one.instead(found) if one.instead else None
    return Finding(message, span, meant and splice(place.text, start, end, meant), (start, end))
