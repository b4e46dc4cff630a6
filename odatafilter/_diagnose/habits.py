"""A habit: what people write where OData wants something else, and what it is in OData."""

import re
from collections.abc import Callable, Iterable
from typing import NamedTuple, TypeAlias

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.place import NEAR, SEEN, Place, is_whole_operand, spliced
from odatafilter._literals.strings import quote

Instead: TypeAlias = str | Callable[[re.Match[str]], str | None] | None


class Habit(NamedTuple):
    """`message` explains what `pattern` matches, `instead` takes its place, and that of the operand if it has `{left}`.

    A pattern is matched where the parser stands, or where the operand before that place begins; `{left}` is that
    operand, `{found}` what was matched, and every named group has its name. The group `at` is what is underlined.
    `before` must match the end of what stands before the operand. Where `rewrites` holds, the mended text says all that
    was matched in other words; else what the groups hold stands in it as it was. A `condition` is made of the whole
    operand: where an operator before it binds tighter, nothing is proposed.
    """

    pattern: re.Pattern[str]
    message: str
    instead: Instead
    before: re.Pattern[str] | None = None
    rewrites: bool = False
    condition: bool = False


def habit(
    pattern: str,
    message: str,
    instead: Instead = None,
    before: str | None = None,
    *,
    rewrites: bool = False,
    condition: bool = False,
) -> Habit:
    flags = re.IGNORECASE | re.DOTALL
    behind = re.compile(f"(?:{before})$", flags) if before else None
    return Habit(re.compile(pattern, flags), message, instead, behind, rewrites, condition)


def operator(pattern: str, word: str) -> Habit:
    """The habit of writing an operator in another way."""
    return habit(pattern, f"{{found!r}} is written '{word}'", f" {word} ")


def quoted(found: re.Match[str]) -> str:
    """The string that the first group that matched is, without the backslashes before quotes in it."""
    inner = next(group for group in found.groups() if group is not None)
    return quote(re.sub(r"\\([\\\"'`])", r"\1", inner))


def match_habits(
    place: Place, table: Iterable[Habit], starts: Iterable[int], left: int | None = None
) -> Finding | None:
    """What the first habit of `table` that matches at one of `starts` says; `left` is where its operand begins."""
    for start in starts:
        begin = start if left is None else left
        context = place.text[max(0, begin - NEAR) : begin]
        for one in table:
            found = one.pattern.match(place.text, start, start + SEEN)
            if found and found.end() > place.position and (not one.before or one.before.search(context)):
                return explain(place, one, found, begin)
    return None


def explain(place: Place, one: Habit, found: re.Match[str], begin: int) -> Finding:
    """What is said where a habit has matched."""
    groups = {name: group or "" for name, group in found.groupdict().items()}
    words = {"left": place.operand.rstrip(), "found": found.group().strip(), **groups}
    span = found.span("at") if "at" in groups else (found.start(), found.start() + len(found.group().rstrip()))
    message = one.message.format_map(words)
    repaired = found.span() if one.rewrites or not isinstance(one.instead, str) else span
    if one.condition and not is_whole_operand(place):
        return Finding(message, span)
    if isinstance(one.instead, str):
        begin = begin if "{left}" in one.instead else found.start()
        mended = spliced(place.text, begin, found.end(), one.instead.format_map(words))
        repaired = (begin, found.end()) if one.rewrites else repaired
        return Finding(message, span, mended, repaired)
    meant = one.instead(found) if one.instead else None
    return Finding(message, span, meant and spliced(place.text, found.start(), found.end(), meant), repaired)
