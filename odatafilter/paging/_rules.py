"""What an argument has to be, and the error where it is not: one place for all of paging."""

from collections.abc import Callable, Mapping
from inspect import iscoroutinefunction
from typing import Any, NamedTuple

from odatafilter._safe_text import show
from odatafilter.errors import PagingValueError
from odatafilter.paging.origins import Origins

_LONGEST = 10**9  # seconds, or 31 years


class Rule(NamedTuple):
    """Which values fit, and what is wanted instead of another one."""

    fits: Callable[[Any], bool]
    wanted: str


def check_argument(name: str, value: object, rule: Rule) -> None:
    """Raises `PagingValueError` where the argument `name` does not fit."""
    if not rule.fits(value):
        raise PagingValueError(f"{name} is {show(value)}: {rule.wanted}")


def check_fields(owner: object, rules: Mapping[str, Rule]) -> None:
    """Raises `PagingValueError` where a field of `owner` does not fit its rule."""
    for name, rule in rules.items():
        if not rule.fits(value := getattr(owner, name)):
            raise PagingValueError(f"{type(owner).__name__}({name}={show(value)}): {rule.wanted}")


def is_whole(value: object) -> bool:
    """Whether `value` is a whole number: True and False are none."""
    return type(value) is int


def whole_number(least: int, *, or_none: bool = False) -> Rule:
    """A whole number from `least` on."""

    def fits(value: Any) -> bool:
        return (or_none and value is None) or (is_whole(value) and value >= least)

    return Rule(fits, f"a whole number from {least} is wanted")


def number(least: float, most: float | None = None, *, or_none: bool = False) -> Rule:
    """A number from `least` up to `most`."""

    def fits(value: Any) -> bool:
        if value is None:
            return or_none
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        return is_number and value >= least and (most is None or value <= most)

    return Rule(fits, f"a number from {least} {'' if most is None else f'to {most} '}is wanted")


def seconds(least: float) -> Rule:
    """A time from `least` seconds on, which clocks, sockets and locks take."""
    return Rule(number(least, _LONGEST).fits, f"seconds, from {least:g} to {_LONGEST}, are wanted")


def one_of(kinds: Any, wanted: str) -> Rule:
    """An instance of `kinds`, of which None may be one."""
    return Rule(lambda value: isinstance(value, kinds), f"{wanted} is wanted")


def _is_hook(value: object) -> bool:
    """Whether a walk can call `value`: what an async function does would never be awaited."""
    return value is None or (callable(value) and not iscoroutinefunction(value))


HOOK = Rule(_is_hook, "a plain function that takes an event is wanted")


ORIGINS = Rule(
    lambda value: isinstance(value, Origins), "Origins.same(), Origins.allow(…) or Origins.strip() is wanted"
)
