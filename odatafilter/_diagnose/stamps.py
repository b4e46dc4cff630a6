"""The parts of a timestamp as it is written anywhere, and what they make in OData 4."""

import datetime as dt
import re
from typing import Final

STAMP: Final = re.compile(
    r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"(?:(?:T|[ \t]++)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})"
    r"(?::(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]++))?)?)?"
    r"[ \t]*+(?P<zone>Z|UTC|GMT|(?P<sign>[+ -]|(?<=[ \t]))(?P<zone_hour>[0-9]{1,2})(?::?(?P<zone_minute>[0-9]{2}))?)?",
    re.IGNORECASE,
)


def timestamp_of(found: re.Match[str]) -> str | None:
    """The timestamp that the parts of a date and a time make; None where no calendar or clock has them."""
    year, month, day = found["year"], f"{found['month']:0>2}", f"{found['day']:0>2}"
    time = (
        time_of(found, fraction="." + found["fraction"][:12] if found["fraction"] else "")
        if found["hour"]
        else "00:00:00"
    )
    zone = _offset(found)
    try:
        dt.date(int(year) or 4, int(month), int(day))
    except ValueError:
        return None
    return None if time is None or zone is None else f"{year}-{month}-{day}T{time}{zone}"


def _offset(found: re.Match[str]) -> str | None:
    """`Z` where there is none."""
    if not found["zone_hour"]:
        return "Z"
    sign = "-" if found["sign"] == "-" else "+"
    hour, minute = f"{found['zone_hour']:0>2}", found["zone_minute"] or "00"
    return f"{sign}{hour}:{minute}" if hour <= "23" and minute <= "59" else None


def time_of(found: re.Match[str], fraction: str) -> str | None:
    hour, minute, second = (f"{found[part] or '':0>2}" for part in ("hour", "minute", "second"))
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:  # noqa: PLR2004 - what a clock has
        return None
    return f"{hour}:{minute}" + (f":{second}{fraction}" if found["second"] else "")
