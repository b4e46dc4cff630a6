"""Values with the prefixes of OData 2 and 3: `datetime'2024-06-24T13:00:00'`, `guid'…'`, `time'PT13H'`."""

import re
import uuid
from typing import Final

from odatafilter._diagnose import encoding
from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.pieces import GUID, QUOTES
from odatafilter._diagnose.place import SEEN, splice
from odatafilter._diagnose.stamps import STAMP, time_of, timestamp_of
from odatafilter._literals import PREFIXES
from odatafilter._literals.durations import is_duration

_OLD_PREFIXES: Final = "datetimeoffset|datetime|timestamp|date|timeofday|time|guid"
_PREFIXES: Final = "|".join(PREFIXES.values())
_PREFIXED: Final = re.compile(
    rf"(?:Edm\.)?(?P<prefix>{_OLD_PREFIXES})\s*+(?P<open>\(\s*+)?"
    rf"['{QUOTES}\"](?P<inner>[^'{QUOTES}\"]*+)['{QUOTES}\"](?(open)\s*+\))",
    re.IGNORECASE,
)
_OTHER_QUOTES: Final = re.compile(
    rf"(?P<prefix>{_PREFIXES})[{QUOTES}\"](?P<inner>[^'{QUOTES}\"]*+)['{QUOTES}\"]",
    re.IGNORECASE,
)
_CUT: Final = re.compile(rf"(?P<prefix>{_OLD_PREFIXES}|{_PREFIXES})'[^']*+\Z", re.IGNORECASE)
_BEGINS: Final = re.compile(rf"Edm\.|{_OLD_PREFIXES}|{_PREFIXES}", re.IGNORECASE)
_CLOCK: Final = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?P<fraction>\.[0-9]{1,12})?)?"
)
_SPELT: Final = re.compile(
    r"PT(?:(?P<hour>[0-9]++)H)?(?:(?P<minute>[0-9]++)M)?(?:(?P<second>[0-9]++)(?P<fraction>\.[0-9]{1,12})?S)?",
    re.IGNORECASE,
)
_SECONDS: Final = (("hour", 3600), ("minute", 60), ("second", 1))
_A_DAY: Final = 86_400


def find_prefixed(text: str, start: int, position: int) -> Finding | None:
    """`datetime'2024-06-24T13:00:00'`, past a position: the prefix and the quotes decide, whatever is inside."""
    if not _BEGINS.match(text, start):
        return None
    found = _PREFIXED.match(text, start, start + SEEN)
    if not found or found.end() <= position:
        return _find_cut(text, start)
    inner = encoding.decode(found["inner"]).strip(" \t")
    prefix = found["prefix"].lower()
    if prefix == "guid":
        message, meant = _guid_inside(inner)
    elif prefix in {"time", "timeofday"}:
        message, meant = _time_inside(inner)
    else:
        message, meant = _stamp_inside(prefix, inner)
    mended = None if meant is None else splice(text, found.start(), found.end(), meant)
    return Finding(message, found.span(), mended)


def _find_cut(text: str, start: int) -> Finding | None:
    """`duration"PT1H"` in other quotes, and `datetime'2024`, which the text breaks off: no parser reads past either."""
    found = _OTHER_QUOTES.match(text, start, start + SEEN)
    if found:
        meant = f"{found['prefix']}'{found['inner']}'"
        message = f"the quotes after {found['prefix']!r} are straight single ones"
        return Finding(message, found.span(), splice(text, *found.span(), meant))
    found = _CUT.match(text, start)
    if not found:
        return None
    return Finding(f"the quote after {found['prefix']!r} is not closed", (found.start(), len(text)))


def _guid_inside(inner: str) -> tuple[str, str | None]:
    if re.fullmatch(rf"[{{(]?{GUID}[}})]?", inner, re.IGNORECASE):
        return "a GUID is written without 'guid' and quotes in OData 4", str(uuid.UUID(inner.strip("{}()")))
    return f"{inner!r:.60} is no GUID; a GUID is written as 8-4-4-4-12 hexadecimal digits", None


def _stamp_inside(prefix: str, inner: str) -> tuple[str, str | None]:
    found = STAMP.fullmatch(inner)
    if not found:
        return f"{inner!r:.40} is no timestamp; a timestamp is written like 2024-06-24T13:00:00Z", None
    meant = timestamp_of(found)
    if meant is None:
        return f"{inner!r:.40} is no such date and time: months go from 01 to 12, hours from 00 to 23", None
    if prefix == "date" and not found["hour"]:
        return "a date is written without prefix and quotes", meant[:10]
    zone = "" if found["zone"] else ", and with its offset from UTC"
    return f"a timestamp is written without prefix and quotes in OData 4{zone}", meant


def _time_inside(inner: str) -> tuple[str, str | None]:
    message = "a time of day is written without prefix and quotes in OData 4"
    if found := _CLOCK.fullmatch(inner):
        time = time_of(found, found["fraction"] or "")
        return message if time else f"{inner!r:.40} is no time of day; hours go from 00 to 23", time
    if not is_duration(inner):
        return f"{inner!r:.40} is no time of day; a time of day is written like 13:20:00", None
    found = _SPELT.fullmatch(inner)
    seconds = sum(int(found[part] or 0) * size for part, size in _SECONDS) if found else _A_DAY
    if found and seconds < _A_DAY:
        return message, f"{seconds // 3600:02}:{seconds // 60 % 60:02}:{seconds % 60:02}{found['fraction'] or ''}"
    return (
        "a time that is negative, or a day or longer, is a duration in OData 4, such as duration'P1DT2H'",
        f"duration'{inner.upper()}'",
    )
