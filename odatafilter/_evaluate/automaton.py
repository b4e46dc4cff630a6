"""Regular expressions as automata: each character of a text is read once, however a pattern repeats.

A pattern is a tree here. `steps` bounds what a search that tries one way after another, as Python's `re` does, takes
for a text of some length; where that is too much, an Automaton follows all ways at the same time (Thompson's
construction). It has no memory, so that lookarounds and references to groups are nothing for it.
"""

import math
import re
from typing import Final, NamedTuple, TypeAlias, assert_never

from odatafilter._evaluate.budget import Budget, take_visits
from odatafilter.errors import FilterError

START: Final = r"\A"
_MOST_STATES: Final = 20_000


class Characters(NamedTuple):
    """One character of a class; `python` is the class as a pattern of Python's."""

    python: str


class Boundary(NamedTuple):
    """A place between two characters; `python` holds there."""

    python: str


class Lookaround(NamedTuple):
    """What stands before or after, or does not."""

    body: "Pattern"


class Reference(NamedTuple):
    """What a group has found, once more."""

    group: str


class Sequence(NamedTuple):
    """One after another."""

    parts: "tuple[Pattern, ...]"


class Choice(NamedTuple):
    """Any of them."""

    branches: "tuple[Pattern, ...]"


class Repeat(NamedTuple):
    """At least and at most so often; without an end where `most` is None."""

    body: "Pattern"
    least: int
    most: int | None


Pattern: TypeAlias = Characters | Boundary | Lookaround | Reference | Sequence | Choice | Repeat


def steps(pattern: Pattern, length: int) -> float:
    """An upper bound of the steps of a search by backtracking in a text of `length` characters."""
    starts = 1 if _is_anchored(pattern) else length + 1
    try:
        return starts * _estimate_ways(pattern, length)[1]
    except OverflowError:
        return math.inf


def _is_anchored(pattern: Pattern) -> bool:
    """Whether it can stand at the start of a text only: elsewhere its first step fails."""
    match pattern:
        case Boundary(python):
            return python == START
        case Sequence(parts):
            return bool(parts) and _is_anchored(parts[0])
        case Choice(branches):
            return all(map(_is_anchored, branches))
        case _:
            return False


def _estimate_ways(pattern: Pattern, length: int) -> tuple[float, float]:
    """In how many ways `pattern` can go on from one place at most, and the steps to try all of them."""
    match pattern:
        case Characters() | Boundary():
            return 1.0, 1.0
        case Reference():
            return 1.0, length + 1.0
        case Lookaround(body):
            return 1.0, _estimate_ways(body, length)[1]  # once it has matched no other way is tried
        case Sequence(parts):
            ways, work = 1.0, 1.0
            for part in parts:
                more_ways, more_work = _estimate_ways(part, length)
                work += ways * more_work
                ways *= more_ways
            return ways, work
        case Choice(branches):
            each = [_estimate_ways(branch, length) for branch in branches]
            return sum(ways for ways, _ in each), sum(work for _, work in each)
        case Repeat(body, least, most):
            ways, work = _estimate_ways(body, length)
            if ways > 1:
                return (math.inf, math.inf) if most is None else (ways**most, most * ways**most * work)
            times = length if most is None else min(most, max(length, least))
            return times - min(least, times) + 1.0, max(times, 1) * work
        case _:
            assert_never(pattern)


def is_regular(pattern: Pattern) -> bool:
    """Whether an automaton can look for `pattern`."""
    match pattern:
        case Characters() | Boundary():
            return True
        case Lookaround() | Reference():
            return False
        case Sequence(parts):
            return all(map(is_regular, parts))
        case Choice(branches):
            return all(map(is_regular, branches))
        case Repeat(body):
            return is_regular(body)
        case _:
            assert_never(pattern)


class _State(NamedTuple):
    """What a state waits for, none where it goes on at once; and the states that come after it."""

    waits_for: re.Pattern[str] | None
    between: bool
    after: list[int]


_FOUND: Final = 0


class Automaton:
    """The states of a pattern. Raises FilterError where it would have more than 20,000 of them."""

    def __init__(self, pattern: Pattern, flags: re.RegexFlag) -> None:
        self._flags = flags
        self._classes: dict[str, re.Pattern[str]] = {}
        self._states: list[_State] = [_State(None, False, [])]
        self._start = self._add_pattern(pattern, _FOUND)
        self._has_boundaries = any(state.between for state in self._states)

    def finds(self, text: str, budget: Budget) -> bool:
        """Whether the pattern stands anywhere in `text`. Raises BudgetError where it comes to too many states."""
        known: dict[tuple[frozenset[int], str, str], frozenset[int] | None] = {}
        current: frozenset[int] = frozenset()
        before = ""
        for character in (*text, ""):
            key = (current, before, character)
            if key not in known:
                reached = self._reach_states({*current, self._start}, before, character)
                take_visits(budget, len(reached))
                known[key] = None if _FOUND in reached else self._states_after(reached, character)
            after = known[key]
            if after is None:
                return True
            current = after
            before = character if self._has_boundaries else ""
        return False

    def _reach_states(self, start: set[int], before: str, character: str) -> set[int]:
        """The states that are reached without a further character."""
        reached, pending = set(start), list(start)
        while pending:
            state = self._states[pending.pop()]
            if state.waits_for is not None and not (
                state.between and state.waits_for.match(before + character, len(before))
            ):
                continue
            new = [each for each in state.after if each not in reached]
            reached.update(new)
            pending += new
        return reached

    def _states_after(self, states: set[int], character: str) -> frozenset[int]:
        found: set[int] = set()
        for each in states:
            waits_for, between, after = self._states[each]
            if waits_for is not None and not between and character and waits_for.match(character):
                found.update(after)
        return frozenset(found)

    def _add_pattern(self, pattern: Pattern, then: int) -> int:
        """The first state of `pattern`, after which the state `then` comes."""
        match pattern:
            case Characters(python):
                return self._add_state(_State(self._class_pattern(python), False, [then]))
            case Boundary(python):
                return self._add_state(_State(self._class_pattern(python), True, [then]))
            case Sequence(parts):
                for part in reversed(parts):
                    then = self._add_pattern(part, then)
                return then
            case Choice(branches):
                return self._add_state(_State(None, False, [self._add_pattern(branch, then) for branch in branches]))
            case Repeat(body, least, most):
                return self._add_repeat(body, least, most, then)
            case _:
                raise FilterError("a lookaround or a reference to a group is nothing for an automaton")

    def _add_repeat(self, body: Pattern, least: int, most: int | None, then: int) -> int:
        first = then
        if most is None:
            loop = _State(None, False, [])
            first = self._add_state(loop)
            loop.after.extend((self._add_pattern(body, first), then))
        for _ in range((most or least) - least):
            first = self._add_state(_State(None, False, [self._add_pattern(body, first), then]))
        for _ in range(least):
            first = self._add_pattern(body, first)
        return first

    def _add_state(self, state: _State) -> int:
        if len(self._states) >= _MOST_STATES:
            raise FilterError(f"the pattern repeats too much: it has more than {_MOST_STATES} states")
        self._states.append(state)
        return len(self._states) - 1

    def _class_pattern(self, python: str) -> re.Pattern[str]:
        if python not in self._classes:
            self._classes[python] = re.compile(python, self._flags)
        return self._classes[python]
