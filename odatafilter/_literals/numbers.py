"""Numbers: every digit is kept, in both directions (URL Conventions §5.1.1.14.1, ABNF decimalLiteral)."""

import decimal
import math
from typing import Any, Final

from odatafilter._grammar import compile_terminal
from odatafilter.errors import FilterError

LONGEST: Final = 10_000  # digits of a whole number that is read: the time for that grows with their square
EXACT_DIGITS: Final = 1_000  # of decimals that are calculated with
_SHORT: Final = 18  # digits of a number that every Int64 may have
SPECIAL: Final = {"INF": math.inf, "-INF": -math.inf, "NaN": math.nan}


def is_finite_number(text: str) -> bool:
    """Whether a text is a number literal other than INF, -INF and NaN."""
    return text not in SPECIAL and compile_terminal("NUMBER").fullmatch(text) is not None


def is_integer(text: str) -> bool:
    """Whether a text is digits of ASCII alone, perhaps behind a sign."""
    digits = text[1:] if text[:1] in {"+", "-"} else text
    return digits.isascii() and digits.isdigit()


def read_number(text: str) -> int | decimal.Decimal | float:
    """The value of a number literal: an int, a Decimal where it has a point or an exponent, a float for INF and NaN.

    Raises FilterError for more than 10,000 digits, and for an exponent that no Decimal has.
    """
    if text in SPECIAL:
        return SPECIAL[text]
    return read_whole(text) if is_integer(text) else read_decimal(text)


def read_short(text: str) -> int | None:
    """The value of a whole number of a few digits without a sign; None for any other text."""
    return int(text) if len(text) <= _SHORT and text.isascii() and text.isdigit() else None


def read_whole(text: str) -> int:
    """A whole number. Raises FilterError for more than 10,000 digits."""
    if len(text) > LONGEST:
        raise FilterError(f"a number of {len(text)} digits is beyond any that can be compared")
    return int(decimal.Decimal(text))  # int(text) refuses more than 4300 digits


def read_decimal(text: str) -> float | decimal.Decimal:
    """The same as a Decimal with every digit, or a float for INF, -INF and NaN."""
    if text in SPECIAL:
        return SPECIAL[text]
    try:
        return decimal.Decimal(text)
    except decimal.InvalidOperation:
        raise FilterError(f"{text} is beyond any number that can be compared") from None


def to_float(number: Any) -> float:
    """A number as a double, as which it is compared with one (§5.1.1.18): INF or -INF where it is too large."""
    try:
        return float(number)
    except OverflowError:  # an int
        return math.inf if number > 0 else -math.inf


def write_number(value: int | float | decimal.Decimal) -> str:  # noqa: PYI041 - they are told apart
    """A number, exactly: every digit of an int or Decimal, the shortest text that gives the same float.

    Raises FilterError for a signalling NaN.
    """
    if isinstance(value, decimal.Decimal):
        value = decimal.Decimal(value)
        if value.is_snan():
            raise FilterError("a signalling NaN has no spelling")
        return "NaN" if value.is_nan() else _infinity(value > 0) if value.is_infinite() else str(value)
    if isinstance(value, float):
        return "NaN" if math.isnan(value) else _infinity(value > 0) if math.isinf(value) else float.__repr__(value)
    return str(decimal.Decimal(int(value)))  # str(int) refuses more than 4300 digits


def _infinity(positive: bool) -> str:
    return "INF" if positive else "-INF"
