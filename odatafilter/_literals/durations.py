"""Durations in days, hours, minutes and seconds (ABNF durationValue; ISO 8601 without years and months).

A part that is left out is zero, all of them included: `P`, `PT` and `PT0S` are the same duration.
"""

import datetime as dt
from typing import TYPE_CHECKING, Final

from odatafilter._grammar import compile_terminal
from odatafilter._literals.numbers import read_whole
from odatafilter._literals.times import DAY, HOUR, MICROSECOND, MINUTE, SECOND
from odatafilter._safe_text import show
from odatafilter.errors import FilterError

if TYPE_CHECKING:
    from fractions import Fraction

_UNITS: Final = {"D": DAY, "H": HOUR, "M": MINUTE}


def is_duration(text: str) -> bool:
    """Whether a text is a duration, as it stands between the quotes of a literal."""
    return compile_terminal("DURATION").fullmatch(f"duration'{text}'") is not None


def count_picoseconds(text: str) -> "int | Fraction | None":
    """The length of a duration, exactly, or None where `text` is none.

    Raises FilterError for a number of more than 10,000 digits.
    """
    text = str.__str__(text)  # that of a class of the caller's, such as an enumeration, writes itself in any way
    if not is_duration(text):
        return None
    length: int | Fraction = 0
    digits = ""
    for character in text.upper():
        if character.isdigit() or character == ".":
            digits += character
        elif digits:
            length += _picoseconds_in(digits, character)
            digits = ""
    return -length if text[0] == "-" else length


def _picoseconds_in(digits: str, unit: str) -> "int | Fraction":
    if unit in _UNITS:
        return read_whole(digits) * _UNITS[unit]
    whole, _, fraction = digits.partition(".")
    seconds = read_whole(whole) * SECOND
    if not fraction:
        return seconds
    from fractions import Fraction  # noqa: PLC0415 - slow to import, and few durations need it

    part = Fraction(read_whole(fraction) * SECOND, 10 ** len(fraction))
    return seconds + (part.numerator if part.denominator == 1 else part)


def read_duration(text: str) -> dt.timedelta:
    """A duration. Raises FilterError where Python has none: a fraction beyond microseconds, over 2.7 million years."""
    length = count_picoseconds(text)
    if length is None:
        raise FilterError(f"{text:.60} is no duration such as P1DT2H30M")
    microseconds, rest = divmod(length, MICROSECOND)
    if not rest:
        try:
            return dt.timedelta(microseconds=microseconds)
        except OverflowError:
            pass
    raise FilterError(f"{text:.60} has no equal among Python's values: it is beyond what a datetime.timedelta holds")


def write_duration(value: dt.timedelta | str) -> str:
    """The literal for a duration. Raises FilterError for a text that is none."""
    text = str.__str__(value).upper() if isinstance(value, str) else _iso_duration(value)
    if not is_duration(text):
        raise FilterError(f"{show(value)} is no duration such as P1DT2H30M")
    return f"duration'{text}'"


def _iso_duration(value: dt.timedelta) -> str:
    sign, value = ("-", -value) if value < dt.timedelta() else ("", value)
    minutes, seconds = divmod(value.seconds, 60)
    hours, minutes = divmod(minutes, 60)
    fraction = f".{value.microseconds:06}".rstrip("0") if value.microseconds else ""
    parts = ((hours, f"{hours}H"), (minutes, f"{minutes}M"), (seconds or fraction, f"{seconds}{fraction}S"))
    days = f"{value.days}D" if value.days else ""
    clock = "".join(text for count, text in parts if count)
    return f"{sign}P{days}T{clock}" if clock else f"{sign}P{days or '0D'}"
