"""Timestamps as text that sorts by instant, so that the database can compare and order them."""

import re

_TIMESTAMP = re.compile(
    r"(-?\d{4,9})-(\d\d)-(\d\d)T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d+))?)?(?:Z|([+-])(\d\d):(\d\d))",
    re.ASCII | re.IGNORECASE,
)
_FEBRUARY = 2
_BIAS = 10**17  # makes every number of seconds positive, for years of up to nine digits


def instant(timestamp: str) -> str:
    """Text that sorts by the instant of a timestamp, every fractional digit counted; ValueError if it is none."""
    if (match := _TIMESTAMP.fullmatch(timestamp)) is None:
        raise ValueError(f"no timestamp that the emulator can place: {timestamp!r}")
    year, month, day, hour, minute, second, fraction, sign, offset_hour, offset_minute = match.groups()
    seconds = _days(int(year), int(month), int(day)) * 86400 + int(hour) * 3600 + int(minute) * 60 + int(second or 0)
    if sign:
        seconds -= int(sign + "1") * (int(offset_hour) * 3600 + int(offset_minute) * 60)
    return f"{seconds + _BIAS:018d}.{(fraction or '').rstrip('0')}"


def _days(year: int, month: int, day: int) -> int:
    """Days from 0000-03-01 in the proleptic Gregorian calendar: `datetime` ends at the years 1 and 9999."""
    if month <= _FEBRUARY:
        year, month = year - 1, month + 12
    month -= 3
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * month + 2) // 5 + day - 1
