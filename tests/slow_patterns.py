#!/usr/bin/env python3
"""Looks for slow regular expressions in the odatafilter that is installed: none may take more than linear time.

    python tests/slow_patterns.py [--bound 8] [--quick] [--only TEXT]

Found are the patterns that the modules of the package hold at any depth, and those that it compiles while it is imported
and while some texts are read, refused and evaluated. Patterns of `matchesPattern` are the user's and are left out.

A pattern with which the package searches is searched here, any other is matched at the beginning of a text.
Each is tried on texts of 1,000 characters, which is as far as the diagnosis looks ahead: a beginning, something
that is repeated, and an end where nothing matches. Beginnings and repeated pieces come from the pattern itself (for each
repetition in it, what leads there and what its body takes) and from lists of what people and attackers write. A pattern
that takes more CPU time than the bound (in milliseconds) is told, and the exit status is 1. POSIX only: a timer of CPU
time ends what takes exponential time.
"""

import argparse
import importlib
import itertools
import pkgutil
import re
import signal
import sys
import time
import warnings
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from re import _parser
from types import FrameType
from typing import Any, NoReturn, TypeAlias

import odatafilter as of
from odatafilter._diagnose import habits

LENGTH = 1_000
PATIENCE = 0.25  # seconds of CPU after which a match is broken off
NOTICED = 0.001  # seconds: texts that take less are not told apart
LEFT_OUT = ("__main__", ".demo", ".server")  # they start something, or need extras
PIECES = (
    *"' \t\n()[]{}<>,.;:=/\\\"_-+*%&|!?@$#~^`a1T0Zeé“\u00a0\u200b",
    *("''", "'a'", "''a", "a,", "1,", "1 ", " a", "a ", "( ", "()", "('')", "a-", "a.", "a/", "a'", "' '", "a b", "x'"),
    *(" and ", " or ", "and ", "not ", "%20", "&lt;", "1:", "1-", "1.", "--", "0x", "{{", "}}", "n't ", "_1", "a(", "1 1,"),
)  # fmt: skip
BEGINNINGS = (
    *("", "'", "(", "f(", "a ", "a eq ", "a eq '", "a in (", "[", "{", '"', "“", "<", "@{", "%(", "$(", "2024-01-01T"),
    *("2024-01-01 ", "not ", "is ", "between f(", "between 1 and f(", "contains f(", "like '", "< f(", "<a<", "guid'"),
    *("datetime'", "time'PT", "A.B'", "geography'SRID=1;", "Point(", "select ", "x://", "$filter=", "&top=", "/*", "ab-"),
    *(" and a eq ", "doesn't ", "a.b(", ".c(", "12:", "1.", "N'", "X'", "duration'"),
)  # fmt: skip
ENDS = ("", "!", "'", "\x00", "g")
TEXTS = (
    *("a eq 1 and (b in (1,2) or x/any(y:y eq 1))", "case(a:1,true:2) eq 1", "$count gt 1", 'a eq {"b":[1,"c"]}'),
    *("a eq geography'SRID=0;Point(1 1)'", "a = 1", "a eq 'b", "a between 1 and", "(a eq 1", "a eq 1)", "naem eq 'x' or"),
    *("contains a,'b'", "a%20eq%201", "a\u00a0eq 1", "a eq duration'P1D'", "a has 'c'", "a.b('c').d()", "a notin (1)"),
)  # fmt: skip

SEARCHES = re.compile(r"\b(\w+)(?:\[\w+\])?\.(?:search|finditer|findall|sub|subn|split)\(")

Pattern: TypeAlias = re.Pattern[str]
Found: TypeAlias = dict[tuple[str, int], str]


class LateError(Exception):
    """A match that took all the time that it was given."""


def give_up(_signal: int, _frame: FrameType | None) -> NoReturn:
    raise LateError


# --- which patterns there are ---------------------------------------------------------------------------------------


def find_patterns() -> tuple[Found, frozenset[str]]:
    """The patterns of the package, each with a name: where it is held, or the module that compiles it; and the names
    with which the package searches.
    """
    found: Found = {}
    record_compiled(found)
    modules = []
    for one in pkgutil.walk_packages(of.__path__, "odatafilter."):
        if not one.name.endswith(LEFT_OUT):
            try:
                modules.append(importlib.import_module(one.name))
            except ImportError as error:  # a part whose extra is not installed
                print(f"left out: {one.name}: {error}", file=sys.stderr)
    for text, limits in itertools.product(TEXTS, (of.Limits(), of.Limits(length=10_000))):
        try:
            of.parse(text, limits=limits).matches({"a": "b"})
        except of.FilterError as error:
            str(error)
    for module in modules:
        for name, value in list(vars(module).items()):
            keep(found, f"{module.__name__}.{name}", value, set())
    sources = (Path(module.__file__).read_text("utf-8") for module in modules if module.__file__)
    return found, frozenset(name for source in sources for name in SEARCHES.findall(source))


def record_compiled(found: Found) -> None:
    """From now on, what a module of the package compiles is kept."""
    compile_it: Callable[..., Any] = re._compile  # type: ignore[attr-defined]

    def compile_and_keep(pattern: object, flags: object) -> object:
        made = compile_it(pattern, flags)
        frame: FrameType | None = sys._getframe(1)
        while frame is not None and frame.f_globals.get("__name__") == "re":
            frame = frame.f_back
        name = str(frame.f_globals.get("__name__")) if frame else ""
        if name.startswith("odatafilter.") and not name.startswith("odatafilter._evaluate"):
            keep(found, name, made, set())
        return made

    re._compile = compile_and_keep  # type: ignore[attr-defined]


def keep(found: Found, name: str, value: object, seen: set[int], depth: int = 0) -> None:
    """Keeps the patterns in `value`, at any depth of what holds several things."""
    if depth > 6 or id(value) in seen:
        return
    seen.add(id(value))
    if isinstance(value, re.Pattern):
        if isinstance(value.pattern, str):
            key = value.pattern, value.flags
            if key not in found or "." in name.removeprefix(found[key]):  # a name says more than a module
                found[key] = name
    elif isinstance(value, dict):
        for key, one in list(value.items())[:500]:
            keep(found, f"{name}[{key!r:.20}]", one, seen, depth + 1)
    elif isinstance(value, habits.Habit):  # compiled only where it matches
        keep(found, name, habits.compile_pattern(value.pattern), seen, depth)
        if value.before:
            keep(found, f"{name}.before", habits.compile_pattern(f"(?:{value.before})$"), seen, depth)
    elif isinstance(value, list | tuple | frozenset | set | habits.Table):
        for index, one in enumerate(list(value)[:500]):
            keep(found, f"{name}[{index}]", one, seen, depth + 1)
    elif isinstance(getattr(value, "__self__", None), re.Pattern):
        keep(found, name, value.__self__, seen, depth + 1)  # type: ignore[attr-defined]


# --- texts that may be slow -----------------------------------------------------------------------------------------


def repetitions(nodes: Iterable[Any], before: str = "") -> Iterator[tuple[str, list[str]]]:
    """For each long repetition of a parsed pattern a text that leads there, and texts that its body takes."""
    for operator, value in nodes:
        name = str(operator)
        if name.endswith("REPEAT"):
            if value[1] > 20:
                yield before, [one for one in dict.fromkeys(bodies(list(value[2]))) if one][:12]
            yield from repetitions(value[2], before)
        elif name == "SUBPATTERN":
            yield from repetitions(value[3], before)
        elif name == "ATOMIC_GROUP":
            yield from repetitions(value, before)
        elif name == "BRANCH":
            for branch in value[1]:
                yield from repetitions(branch, before)
        elif name.startswith("ASSERT"):
            yield from repetitions(value[1], before)
        before += sample([(operator, value)])


def bodies(nodes: list[Any]) -> Iterator[str]:
    """Texts that the body of a repetition takes: one for each branch, and one with inner repetitions once more."""
    if len(nodes) == 1 and str(nodes[0][0]) == "BRANCH":
        for branch in nodes[0][1][1]:
            yield from bodies(list(branch))
    elif len(nodes) == 1 and str(nodes[0][0]) == "SUBPATTERN":
        yield from bodies(list(nodes[0][1][3]))
    elif len(nodes) == 1 and str(nodes[0][0]) == "IN":
        yield from members(nodes[0])[:6]
    yield sample(nodes)
    yield sample(nodes, more=1)


def members(node: Any) -> list[str]:
    """Characters that a set of a pattern takes."""
    tree = _parser.SubPattern(_parser.State(), [node])
    taken = re._compiler.compile(tree)  # type: ignore[attr-defined]
    return [one for one in "a1' \t(),.-/:\"_é&%{<" if taken.fullmatch(one)]


def literal_of(choices: list[Any]) -> int:
    """The first character of a set that takes none of the common ones."""
    for operator, value in choices:
        if str(operator) in {"LITERAL", "RANGE"}:
            return int(value if str(operator) == "LITERAL" else value[0])
    return ord("a")


def sample(nodes: Iterable[Any], more: int = 0) -> str:
    """A text that a parsed pattern takes, or nearly."""
    text = ""
    for operator, value in nodes:
        name = str(operator)
        if name == "LITERAL":
            text += chr(value)
        elif name == "NOT_LITERAL":
            text += "b" if value == ord("a") else "a"
        elif name == "IN":
            text += next(iter(members((operator, value))), chr(literal_of(value)))
        elif name == "ANY":
            text += "a"
        elif name == "BRANCH":
            text += sample(value[1][0], more)
        elif name == "SUBPATTERN":
            text += sample(value[3], more)
        elif name == "ATOMIC_GROUP":
            text += sample(value, more)
        elif name.endswith("REPEAT"):
            text += sample(value[2], more) * min(max(value[0], min(more, value[1])), 40)
    return text


def attacks(pattern: Pattern, *, quick: bool) -> Iterator[tuple[str, str, str]]:
    """The beginning, the piece that is repeated, and the end of each text that is tried; the likely ones first."""
    own: dict[tuple[str, str], None] = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tree = _parser.parse(pattern.pattern, pattern.flags & ~re.DEBUG)
    for before, pieces in itertools.islice(repetitions(list(tree)), 30):
        pairs = [one + other for one, other in itertools.permutations(pieces[:4], 2)]
        for piece in (*pieces, *pairs, *(() if quick else PIECES)):
            own[before, piece] = None
    for before, piece in itertools.islice(own, 700):
        for end in ENDS[: 2 if quick else 5]:
            yield before, piece, end
    if not quick:
        yield from itertools.product(BEGINNINGS, PIECES, ENDS[:2])


# --- how long they take ---------------------------------------------------------------------------------------------


def made(attack: tuple[str, str, str], length: int = LENGTH) -> str:
    before, piece, end = attack
    return before + piece * max(1, (length - len(before) - len(end)) // len(piece)) + end


def seconds(call: Callable[[], object], patience: float = PATIENCE) -> float:
    """CPU time of a call, which is broken off when it takes longer than `patience`."""
    began = time.process_time()
    try:
        signal.setitimer(signal.ITIMER_VIRTUAL, patience)
        call()
    except LateError:
        return patience
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
    return time.process_time() - began


def slowest(pattern: Pattern, look: Callable[[str], object], *, quick: bool) -> tuple[float, tuple[str, str, str]]:
    """The longest time that `look` takes for one of the texts, and that text."""
    worst = NOTICED, ("", "", "")
    for batch in batches(attacks(pattern, quick=quick), 40):
        texts = [made(attack) for attack in batch]
        # Most texts take no time: of those that are quick together, none is looked at alone.
        if seconds(lambda texts=texts: [look(text) for text in texts]) > worst[0]:  # type: ignore[misc]
            for attack, text in zip(batch, texts, strict=True):
                took = min(seconds(lambda text=text: look(text)) for _ in range(2))  # type: ignore[misc]
                worst = max(worst, (took, attack))
                if took >= PATIENCE:
                    return worst
    return worst


def batches(every: Iterator[tuple[str, str, str]], size: int) -> Iterator[list[tuple[str, str, str]]]:
    while batch := list(itertools.islice(every, size)):
        yield batch


def main(arguments: list[str] | None = None) -> int:
    reader = argparse.ArgumentParser(description="looks for slow regular expressions in odatafilter")
    reader.add_argument("--bound", type=float, default=8.0, help="milliseconds that a pattern may take for one text")
    reader.add_argument("--quick", action="store_true", help="only texts that are made of the pattern itself")
    reader.add_argument("--only", default="", help="only patterns in whose name this stands")
    given = reader.parse_args(arguments)
    before = signal.signal(signal.SIGVTALRM, give_up)
    found, searched = find_patterns()
    chosen = {key: name for key, name in found.items() if given.only in name}
    slow = 0
    for (text, flags), name in sorted(chosen.items(), key=lambda one: one[1]):
        pattern = re.compile(text, flags)
        look = pattern.search if re.split(r"[.\[]", name.rstrip("]"))[-1] in searched else pattern.match
        took, attack = slowest(pattern, look, quick=given.quick)
        if took * 1000 > given.bound:
            # Once more: the first time can be that of another process.
            text_of_attack = made(attack)
            took = min(seconds(lambda look=look, text=text_of_attack: look(text)) for _ in range(5))  # type: ignore[misc]
        if took * 1000 > given.bound:
            slow += 1
            half = seconds(lambda look=look, attack=attack: look(made(attack, LENGTH // 2)))  # type: ignore[misc]
            print(f"{took * 1000:.1f} ms ({half * 1000:.1f} ms for half of it): {name}: {attack!r}\n    {text!r:.200}")
    signal.signal(signal.SIGVTALRM, before)
    print(f"{len(chosen) - slow} of {len(chosen)} patterns take at most {given.bound:g} ms for {LENGTH} characters")
    return 1 if slow or not chosen else 0


if __name__ == "__main__":
    sys.exit(main())
