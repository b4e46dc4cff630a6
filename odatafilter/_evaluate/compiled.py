"""Plan → compiled predicate of one item: its source (`source`) made into a function, with what that calls."""

import datetime as dt
import types
import uuid
from typing import Any, Final, NoReturn

from odatafilter._evaluate import calculate
from odatafilter._evaluate.budget import BudgetError
from odatafilter._evaluate.classes import ItemClass
from odatafilter._evaluate.source import (
    DATA,
    DIGITS,
    FIELDS,
    FULL,
    MAKES_TWENTY_FOUR,
    READ_DIGITS,
    NoSourceError,
    Predicate,
    Writer,
)
from odatafilter._plan.forms import Plan

_SHORTEST: Final = FULL - DIGITS + len("5Z")
_LONGEST: Final = FULL + len("Z")


_read_timestamp: Final = dt.datetime.fromisoformat


class DoubtError(Exception):
    """A value that the source is not made for."""


def compile_plan(plan: Plan, checked: Predicate, visits: int, item_type: ItemClass | None) -> Predicate:
    """A predicate that equals `checked`, which may take so many visits, for items of a class with fields, or for dicts.

    All other items, and all doubts, go to `checked`.
    """
    try:
        writer = Writer(plan, visits, item_type)
        expression = writer.code_of(plan.condition, frozenset()).code
    except (NoSourceError, RecursionError, ValueError):  # ValueError: a text that is no GUID
        return checked
    lines = [
        *writer.functions,
        "def matches(item):",
        "    if type(item) is expected:",
        "        try:",
        f"            return {expression}",
        "        except doubts:",
        "            pass",
        "    return checked(item)",
    ]
    names = {**writer.names, **_GIVEN, "checked": checked, "expected": item_type.type if item_type else dict}
    try:
        code = compile("\n".join(lines), "<filter>", "exec")
    except (SyntaxError, RecursionError, MemoryError):  # more parentheses than Python's parser takes
        return checked
    exec(_with_attributes(code, writer.attributes), names)  # noqa: S102 - holds nothing but names of this module
    matches: Predicate = names["matches"]
    return matches


def _with_attributes(code: types.CodeType, attributes: dict[str, str]) -> types.CodeType:
    """`code` with the names of attributes in the place of those that stand for them."""
    constants = tuple(
        _with_attributes(one, attributes) if isinstance(one, types.CodeType) else one for one in code.co_consts
    )
    return code.replace(co_names=tuple(attributes.get(name, name) for name in code.co_names), co_consts=constants)


def _raise_doubt() -> NoReturn:
    raise DoubtError


def _full_text(text: str) -> str:
    """A timestamp in UTC with all twelve digits of a second, so that texts are ordered as instants."""
    if MAKES_TWENTY_FOUR and text[11:13] == "24":
        raise DoubtError
    if text[4:20:3] == "--T::." and text[-1] == "Z" and _SHORTEST <= len(text) <= _LONGEST:
        _read_timestamp(text)
        digits = text[20:-1]
        if len(digits) > READ_DIGITS and not (digits.isascii() and digits.isdigit()):
            raise DoubtError
        return text[:-1].ljust(FULL, "0")
    return _full_text_in_utc(text)


def _full_text_in_utc(text: str) -> str:
    """The same of a timestamp that is written with an offset."""
    fraction, offset = text[19:-6], text[-6:]
    digits = fraction[1:]
    if text[4:17:3] != "--T::" or offset[3:4] != ":" or len(digits) > DIGITS:
        raise DoubtError
    if fraction and not (fraction[0] == "." and digits.isascii() and digits.isdigit()):
        raise DoubtError
    moment = _read_timestamp(text[:19] + offset).astimezone(dt.UTC)
    return f"{moment.isoformat()[:19]}.{digits.ljust(DIGITS, '0')}"


_GIVEN: Final[dict[str, Any]] = {
    "doubt": _raise_doubt,
    "doubts": (DoubtError, BudgetError, ValueError, OverflowError, AttributeError, RecursionError),
    "iso": _read_timestamp,
    "full": _full_text,
    "utc": "--T::Z",
    "dot": "--T::.",
    "zulu": "Z",
    "midnight": "24",
    "white": calculate.WHITE_SPACE,
    "data": DATA,
    "fields": FIELDS,
    "UUID": uuid.UUID,
    "datetime": dt.datetime,
    "timezone": dt.timezone,
}
