"""Literals as other languages, OData 2 and 3, and people write them: dates, times, GUIDs, numbers, strings, shapes."""

import base64
import datetime as dt
import re
import uuid
from typing import Final

from odatafilter._diagnose import encoding
from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.habits import habit, quoted
from odatafilter._diagnose.patterns import (
    COMPARED,
    DASHED,
    DATE,
    DOUBLE,
    END,
    GUID,
    NAME,
    NUMBER,
    QUOTES,
    SINGLE,
    STRING,
    TIME,
    WORDS,
)
from odatafilter._diagnose.place import NEAR, SEEN, Place, closing, spliced
from odatafilter._literals import literal_problem
from odatafilter._literals.durations import is_duration
from odatafilter._literals.numbers import write_number

_ZONE: Final = r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
_NO_DATE: Final = (
    "{found!r:.60} is no date; a date is written like 2024-06-24, with months from 01 to 12 and days from 01 to 31"
)
_NO_OFFSET: Final = (
    "the timestamp {found!r} does not say its offset from UTC: 'Z' for UTC, or hours and minutes such as +01:00"
)
_LOST_PLUS: Final = "the '+' of an offset is sent as %2B in a URL: as it is, it arrives as a blank"


# --- the prefixes of OData 2 and 3 ----------------------------------------------------------------------------------

_PREFIXED: Final = re.compile(
    rf"(?:Edm\.)?(?P<prefix>datetimeoffset|datetime|timestamp|date|timeofday|time|guid)\s*+(?P<open>\(\s*+)?"
    rf"['{QUOTES}\"](?P<inner>[^'{QUOTES}\"]*+)['{QUOTES}\"](?(open)\s*+\))",
    re.IGNORECASE,
)
_OTHER_QUOTES: Final = re.compile(
    rf"(?P<prefix>duration|binary|geography|geometry)[{QUOTES}\"](?P<inner>[^'{QUOTES}\"]*+)['{QUOTES}\"]",
    re.IGNORECASE,
)
_CUT: Final = re.compile(
    r"(?P<prefix>datetimeoffset|datetime|timestamp|date|timeofday|time|guid|duration|binary|geography|geometry)"
    r"'[^']*+\Z",
    re.IGNORECASE,
)
_STAMP: Final = re.compile(
    r"(?P<year>[0-9]{4})[-/.](?P<month>[0-9]{1,2})[-/.](?P<day>[0-9]{1,2})"
    r"(?:(?:T|[ \t]++)(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})"
    r"(?::(?P<second>[0-9]{1,2})(?:\.(?P<fraction>[0-9]++))?)?)?"
    r"[ \t]*+(?P<zone>Z|UTC|GMT|(?P<sign>[+ -]|(?<=[ \t]))(?P<zone_hour>[0-9]{1,2})(?::?(?P<zone_minute>[0-9]{2}))?)?",
    re.IGNORECASE,
)
_CLOCK: Final = re.compile(
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{1,2})(?::(?P<second>[0-9]{1,2})(?P<fraction>\.[0-9]{1,12})?)?"
)
_SPELT: Final = re.compile(
    r"PT(?:(?P<hour>[0-9]++)H)?(?:(?P<minute>[0-9]++)M)?(?:(?P<second>[0-9]++)(?P<fraction>\.[0-9]{1,12})?S)?",
    re.IGNORECASE,
)


def find_prefixed(place: Place, start: int) -> Finding | None:
    """`datetime'2024-06-24T13:00:00'`: the prefix and the quotes decide, whatever is inside."""
    found = _PREFIXED.match(place.text, start, start + SEEN)
    if not found or found.end() <= place.position:
        return _find_cut(place, start)
    inner = encoding.decode(found["inner"]).strip(" \t")
    prefix = found["prefix"].lower()
    if prefix == "guid":
        message, meant = _guid_inside(inner)
    elif prefix in {"time", "timeofday"}:
        message, meant = _time_inside(inner)
    else:
        message, meant = _stamp_inside(prefix, inner)
    mended = None if meant is None else spliced(place.text, found.start(), found.end(), meant)
    return Finding(message, found.span(), mended)


def _find_cut(place: Place, start: int) -> Finding | None:
    """`duration"PT1H"` in other quotes, and `datetime'2024`, which the text breaks off."""
    found = _OTHER_QUOTES.match(place.text, start, start + SEEN)
    if found and found.end() > place.position:
        meant = f"{found['prefix']}'{found['inner']}'"
        message = f"the quotes after {found['prefix']!r} are straight single ones"
        return Finding(message, found.span(), spliced(place.text, *found.span(), meant))
    found = _CUT.match(place.text, start)
    if not found or found.end() <= place.position:
        return None
    return Finding(f"the quote after {found['prefix']!r} is not closed", (found.start(), len(place.text)))


def _guid_inside(inner: str) -> tuple[str, str | None]:
    if re.fullmatch(rf"[{{(]?{GUID}[}})]?", inner, re.IGNORECASE):
        return "a GUID is written without 'guid' and quotes in OData 4", str(uuid.UUID(inner.strip("{}()")))
    return f"{inner!r:.60} is no GUID; a GUID is written as 8-4-4-4-12 hexadecimal digits", None


def _stamp_inside(prefix: str, inner: str) -> tuple[str, str | None]:
    found = _STAMP.fullmatch(inner)
    if not found:
        return f"{inner!r:.40} is no timestamp; a timestamp is written like 2024-06-24T13:00:00Z", None
    meant = _timestamp(found)
    if meant is None:
        return f"{inner!r:.40} is no such date and time: months go from 01 to 12, hours from 00 to 23", None
    if prefix == "date" and not found["hour"]:
        return "a date is written without prefix and quotes", meant[:10]
    zone = "" if found["zone"] else ", and with its offset from UTC"
    return f"a timestamp is written without prefix and quotes in OData 4{zone}", meant


def _timestamp(found: re.Match[str]) -> str | None:
    """The timestamp that the parts of a date and a time make; None where no calendar or clock has them."""
    year, month, day = found["year"], f"{found['month']:0>2}", f"{found['day']:0>2}"
    time = (
        _time(found, fraction="." + found["fraction"][:12] if found["fraction"] else "")
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


def _time(found: re.Match[str], fraction: str) -> str | None:
    hour, minute, second = (f"{found[part] or '':0>2}" for part in ("hour", "minute", "second"))
    if int(hour) > 23 or int(minute) > 59 or int(second) > 59:  # noqa: PLR2004 - what a clock has
        return None
    return f"{hour}:{minute}" + (f":{second}{fraction}" if found["second"] else "")


def _time_inside(inner: str) -> tuple[str, str | None]:
    message = "a time of day is written without prefix and quotes in OData 4"
    if found := _CLOCK.fullmatch(inner):
        time = _time(found, found["fraction"] or "")
        return message if time else f"{inner!r:.40} is no time of day; hours go from 00 to 23", time
    if not is_duration(inner):
        return f"{inner!r:.40} is no time of day; a time of day is written like 13:20:00", None
    found = _SPELT.fullmatch(inner)
    parts = [int(found[part] or 0) for part in ("hour", "minute", "second")] if found else []
    if found and all(part <= most for part, most in zip(parts, (23, 59, 59), strict=True)):
        return message, ":".join(f"{part:02}" for part in parts) + (found["fraction"] or "")
    return (
        "a time that is negative, or a day or longer, is a duration in OData 4, such as duration'P1DT2H'",
        f"duration'{inner.upper()}'",
    )


# --- enumerations ---------------------------------------------------------------------------------------------------

_ENUM: Final = re.compile(
    rf"(?P<type>{NAME}(?:\.{NAME})++)(?P<at>\s*+(?P<open>['{QUOTES}\"])(?P<members>[^'{QUOTES}\"]*+)['{QUOTES}\"])",
    re.IGNORECASE,
)
_MEMBER: Final = re.compile(rf"[ \t]*+({NAME}|[+-]?[0-9]++)[ \t]*+")


def find_enum(place: Place, start: int) -> Finding | None:
    """`Shop.Color'Red, Green'`: blanks in or before it, other signs between the members, or other quotes."""
    found = _ENUM.match(place.text, start, start + SEEN)
    if not found or found.end() <= place.position:
        return None
    members = mended_members(found["members"])
    meant = f"{found['type']}{members}"
    if meant == found.group():
        return None
    if members is None:
        message = f"{found['members']!r:.60} are no members of an enumeration: names or numbers, joined by ','"
        return Finding(message, found.span("at"))
    message = "the members of an enumeration are joined by ',' alone, in straight single quotes right after their type"
    return Finding(message, found.span("at"), spliced(place.text, found.start(), found.end(), meant))


def mended_members(text: str) -> str | None:
    """Members of an enumeration in quotes, joined by `,` without blanks; None where it is something else."""
    members = [_MEMBER.fullmatch(member) for member in re.split("[,|;]", text.strip("'"))]
    return f"'{','.join(member[1] for member in members if member)}'" if all(members) else None


# --- shapes ---------------------------------------------------------------------------------------------------------

_GEO: Final = re.compile(
    r"(?P<prefix>geography|geometry)'(?P<srid>\s*+SRID\s*+=\s*+(?P<number>[0-9]{1,5})\s*+;)?(?P<shape>[^']*+)'",
    re.IGNORECASE,
)


def mended_shape(text: str) -> str | None:
    """A shape as it was perhaps meant: with the SRID that its type has by default (CSDL §7.2.6), without blanks."""
    found = _GEO.fullmatch(text)
    if not found:
        return None
    kind = found["prefix"].lower()
    number = found["number"] or ("4326" if kind == "geography" else "0")
    shape = re.sub(r"\s++", " ", found["shape"]).strip(" ")
    shape = re.sub(r" ?([(),]) ?", r"\1", shape)
    meant = f"{kind}'SRID={number};{shape}'"
    return meant if literal_problem("Geography" if kind == "geography" else "Geometry", meant) is None else None


_SHAPE_OPENS: Final = re.compile(
    r"\b(?P<name>(?:multi)?(?:point|linestring|polygon)|geometrycollection)[ \t]*+\([^'a-z]*+$", re.IGNORECASE
)


def find_shape(place: Place) -> Finding | None:
    """`Point(1 2)` outside a literal."""
    found = _SHAPE_OPENS.search(place.text, max(0, place.position - NEAR), place.position)
    end = closing(place.text, place.text.index("(", found.start())) if found else None
    if not found or end is None:
        return None
    start, end = found.start(), end + 1
    shape = mended_shape(f"geography'{place.text[start:end]}'")
    mended = shape and place.text[:start] + shape + place.text[end:]
    return Finding("a shape stands in quotes, after its type: geography'SRID=4326;Point(1 2)'", (start, end), mended)


# --- everything else ------------------------------------------------------------------------------------------------


def _guid(found: re.Match[str]) -> str:
    return str(uuid.UUID(found["guid"]))


def _ymd(found: re.Match[str]) -> str:
    return f"{found['year']}-{found['month']:0>2}-{found['day']:0>2}"


def _year_last(found: re.Match[str]) -> str | None:
    """Where the day comes first or second cannot always be told."""
    one, two = int(found["one"]), int(found["two"])
    if found["sign"] != "." and one <= 12 and two <= 12 and one != two:  # noqa: PLR2004 - months
        return None
    day, month = (two, one) if two > 12 else (one, two)  # noqa: PLR2004 - months
    return f"{found['year']}-{month:02}-{day:02}"


def _midnight(found: re.Match[str]) -> str | None:
    try:
        following = dt.date.fromisoformat(found["date"]) + dt.timedelta(days=1)
    except (ValueError, OverflowError):
        return None
    return f"{following}T{'00' + found['rest']}"


def _stamp_of_parts(found: re.Match[str]) -> str | None:
    whole = _STAMP.fullmatch(found.group().strip(" \t"))
    return _timestamp(whole) if whole else None


def _time_of_parts(found: re.Match[str]) -> str | None:
    return _time(found, found["fraction"] or "")


def _of_half_day(found: re.Match[str]) -> str:
    hour = int(found["hour"]) % 12 + (12 if found["at"].lower() == "p" else 0)
    return f"{hour:02}:{found['minute']}" + (f":{found['second']}" if found["second"] else "")


def _decimal(found: re.Match[str]) -> str:
    return f"{found['sign']}{write_number(int(found['hex'], 16))}"


def _digits(found: re.Match[str]) -> str:
    return re.sub("[_.]", "", found.group())


def _binary(found: re.Match[str]) -> str:
    return f"binary'{base64.urlsafe_b64encode(bytes.fromhex(found['hex'])).decode().rstrip('=')}'"


NOW: Final = re.compile(r"(?:System[./])?DateTime(?:Offset)?[./](?:Utc)?Now", re.IGNORECASE)
# Tried where the operand before begins, then where the parser stands.
LITERALS = (
    habit(r"select[ \t]++[^\s'()]++[ \t]++from\b", "a filter has no subquery such as {found!r:.40}"),
    # GUIDs
    habit(rf"[{{(](?P<guid>{GUID})[}})]", "a GUID is written without braces", _guid),
    habit(
        rf"(?!{DASHED})(?P<guid>{GUID})(?![\w-])",
        "a GUID is written as 8-4-4-4-12 hexadecimal digits, with dashes between",
        _guid,
    ),
    habit(
        rf"(?=[\w-]{{20}})(?!{DASHED}\b)(?:[0-9a-f]{{2,}}+(?:-[0-9a-f]*+){{3,}}+|\w{{8}}(?:-\w{{4}}){{3}}-\w{{12}})(?!\w)",
        "{found!r:.60} is no GUID; a GUID is written as 8-4-4-4-12 hexadecimal digits",
    ),
    # timestamps, dates and times
    habit(
        rf"(?P<start>(?:{DATE}T)?[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{12}})(?P<at>[0-9]++)(?P<zone>{_ZONE}|)",
        "a second has twelve digits after the point at most",
        "{start}{zone}",
        rewrites=True,
    ),
    habit(
        rf"(?P<date>{DATE})T(?P<at>24)(?P<rest>:00(?::00(?:\.0++)?)?{_ZONE})",
        "hours go from 00 to 23: midnight at the end of a day is 00:00 of the next",
        _midnight,
    ),
    habit(
        rf"(?P<at>datetimeoffset|datetime|timestamp|date)[ \t]++(?P<stamp>{DATE}(?:(?:T|[ \t]++){TIME}{_ZONE}?)?){END}",
        "a timestamp stands without the word {at!r}",
        "{stamp}",
        COMPARED,
        rewrites=True,
    ),
    habit(
        rf"(?P<date>{DATE})(?P<at>T?[ \t]++)(?P<time>{TIME})(?P<zone>{_ZONE}){END}",
        "a 'T' and no blank stands between a date and a time",
        "{date}T{time}{zone}",
        rewrites=True,
    ),
    habit(
        rf"(?P<stamp>{DATE}T{TIME})(?P<at>[ \t]++)(?P<zone>{_ZONE}){END}",
        "no blank stands before the offset of a timestamp",
        "{stamp}{zone}",
        rewrites=True,
    ),
    habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})(?P<at> )(?:[01][0-9]|2[0-3]):?[0-5][0-9]{END}",
        _LOST_PLUS,
        _stamp_of_parts,
    ),
    habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})(?P<at>[ \t]++){_ZONE}{END}",
        "no blank stands inside a timestamp",
        _stamp_of_parts,
    ),
    habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})(?P<at>[+-][0-9]:[0-5][0-9]){END}",
        "the hours of the offset {at!r} are written with two digits",
        _stamp_of_parts,
    ),
    habit(
        r"(?P<hour>0?[1-9]|1[0-2]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?[ \t]*+(?P<at>[ap])\.?m\b\.?",
        "hours go from 00 to 23, without AM and PM",
        _of_half_day,
    ),
    habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})[ \t]*+(?P<at>UTC|GMT)\b",
        "UTC is written 'Z'",
        "{date}T{time}Z",
        rewrites=True,
    ),
    habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})(?P<at>(?P<hour>[+-][0-9]{{2}})(?P<minute>[0-9]{{2}}))"
        r"(?![0-9:])",
        "the offset {at!r} is written as hours and minutes with a colon, such as +01:00",
        "{date}T{time}{hour}:{minute}",
        rewrites=True,
    ),
    habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})(?P<at>[+-][0-9]{{2}})(?![0-9:])",
        "the offset {at!r} is written as hours and minutes, such as +01:00",
        "{date}T{time}{at}:00",
        rewrites=True,
    ),
    habit(
        rf"(?P<date>{DATE})T(?P<at>[01][0-9]|2[0-3])(?P<zone>{_ZONE})?{END}",
        "a time is written as hours and minutes, such as 13:00",
        "{date}T{at}:00{zone}",
        rewrites=True,
    ),
    habit(
        rf"(?P<date>{DATE})(?P<at>{_ZONE}){END}",
        "a date has no offset from UTC; a timestamp has, such as 2024-06-24T00:00:00Z",
        "{date}T00:00:00{at}",
        rewrites=True,
    ),
    habit(rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME}){END}", _NO_OFFSET, "{date}T{time}Z", rewrites=True),
    habit(rf"{DATE}T{TIME}(?P<at>[+-][0-9]{{2}}:[0-9]{{2}})", "the offset {at!r} is none: 23:59 is the greatest"),
    habit(
        rf"{DATE}T(?P<at>[0-9]{{2}}:[0-9]{{2}}[0-9:.]*+)",
        "{at!r:.40} is no time; a time is written like 13:00:00, with hours from 00 to 23",
    ),
    habit(
        rf"(?!{DATE}T{TIME})"
        r"[0-9]{4}([-/.])[0-9]{1,2}\1[0-9]{1,2}(?:T|[ \t]++)[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2}(?:\.[0-9]++)?)?"
        r"(?:[ \t]*+(?:Z|UTC|GMT|[+ -][0-9]{1,2}(?::?[0-9]{2})?))?(?![\w.:+-])",
        "{found!r:.40} is no timestamp; a timestamp is written like 2024-06-24T13:00:00Z, two digits each",
        _stamp_of_parts,
    ),
    habit(
        r"(?P<year>[0-9]{4})(?P<sign>[/.-])(?P<month>0?[1-9]|1[0-2])(?P=sign)(?P<day>0?[1-9]|[12][0-9]|3[01])(?![0-9])",
        "a date is written with dashes and two digits each for month and day, such as 2024-06-24",
        _ymd,
    ),
    habit(
        r"(?P<one>0?[1-9]|[12][0-9]|3[01])(?P<sign>[/.-])(?P<two>0?[1-9]|[12][0-9]|3[01])(?P=sign)"
        r"(?P<year>[0-9]{4})(?![0-9])",
        "a date is written as year, month and day, such as 2024-06-24",
        _year_last,
    ),
    habit(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])", _NO_DATE),
    habit(
        rf"(?!{TIME}{END})(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5]?[0-9])"
        rf"(?::(?P<second>[0-5]?[0-9])(?P<fraction>\.[0-9]{{1,12}})?)?{END}",
        "{found!r} is written with two digits",
        _time_of_parts,
    ),
    habit(
        r"[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2})?(?![0-9])",
        "{found!r} is no time of day; hours go from 00 to 23, minutes and seconds from 00 to 59",
    ),
    habit(
        r"[0-9]{1,8}-[0-9-]*+[T:][0-9:.TZ+-]*+",
        "{found!r:.60} is no timestamp; a timestamp is written like 2024-06-24T13:00:00Z",
    ),
    # numbers
    habit(r"(?P<sign>[+-]?)0x(?P<hex>[0-9a-f]++)\b", "{found!r:.60} is written with decimal digits", _decimal),
    habit(
        rf"(?P<number>{NUMBER})(?P<at>LL|UL|[LMFD])\b",
        "a number has no suffix such as {at!r}",
        "{number}",
        rewrites=True,
    ),
    habit(r"[+-]?[0-9]{1,3}(?P<at>(?:\.[0-9]{3}){2,}+)(?![\w.])", "nothing separates the digits of a number", _digits),
    habit(r"[+-]?[0-9]++(?P<at>_[0-9_]*+(?<=[0-9]))\b", "nothing separates the digits of a number", _digits),
    habit(
        r"(?P<sign>[+-]?)(?P<at>\.)(?P<digits>[0-9]++)",
        "a digit stands before the decimal point",
        "{sign}0.{digits}",
        rewrites=True,
    ),
    habit(
        r"(?P<number>[+-]?[0-9]++)(?P<at>\.)(?![\w.])", "a number does not end with a point", "{number}", rewrites=True
    ),
    # strings
    habit(rf"N(?P<string>{STRING})", "a string has no prefix", "{string}", rewrites=True),
    habit(r"''([^']++)''(?=[\s),]|$)", "a string stands in single quotes, one at each end", quoted),
    habit(r"X'(?P<hex>(?:[0-9a-f]{2})*+)'", "binary values are written in base64url after 'binary'", _binary),
    habit(r"duration'[^']*+'", "{found!r:.60} is no duration; a duration is written like duration'P1DT2H30M'"),
    habit(r"binary'[^']*+'", "{found!r:.60} is not base64url; binary values are written like binary'T0RhdGE'"),
    habit(
        rf"(?-i:[A-Z])\w++(?P<string>'{NAME}(?:,{NAME})*+')(?=[\s),]|$)",
        "the type of an enumeration is written with its namespace, such as Shop.Color'Red', or left out",
        "{string}",
        rewrites=True,
    ),
    habit(
        r"[0-9]++-(?:0[0-9]|[^\W\d])[\w-]*+(?=[\s),]|$)",
        "{found!r:.60} is neither a number nor a date; a text stands in quotes",
        None,
        COMPARED,
    ),
    habit(
        r"([^\W\d]\w*+(?:(?:-\w++){2,}+|-0\w*+))(?=[\s),]|$)", "{found!r:.60} stands without quotes", quoted, COMPARED
    ),
    habit(
        r"(\w++://[^\s'(),]++|[^\W\d]\w*+(?:[-:.@\\&]++[^\W\d]\w*+)++)(?=[\s),]|$)",
        "{found!r:.60} stands without quotes",
        quoted,
        COMPARED,
    ),
)

_TEXT: Final = r"[^'(), \t\r\n]++(?:(?<=\w)'(?=\w)[^'(), \t\r\n]++)*+"
# Tried at the same places, when nothing else has been recognised.
UNQUOTED = (
    habit(
        rf"(?![@#$%<>{{}}\[\]&|*=!…])(?=[^'(),\w]*+\w)({_TEXT}(?:[ \t]++(?!(?:{WORDS})[ \t]){_TEXT})*+)'?"
        r"(?=[ \t]++(?:and|or)[ \t]|[ \t]*+(?:[),]|$))",
        "{found!r:.60} stands without quotes",
        quoted,
        rf"{COMPARED}|,[ \t]*+|[ \t]in[ \t]*+\([ \t]*+",
    ),
)

# Tried where an operand is expected.
STRINGS = (
    habit(r'"((?:[^"\\]|\\.)*+)"', "a string stands in single quotes", quoted),
    habit(rf"[{DOUBLE}]([^{DOUBLE}\"]*+)[{DOUBLE}\"]", "a string stands in single quotes", quoted),
    habit(
        rf"[{SINGLE}]((?:[^{SINGLE}']|(?<=\w)[{SINGLE}'](?=\w))*+)[{SINGLE}']",
        "a string stands in straight single quotes",
        quoted,
    ),
    habit(rf"[\"{DOUBLE}]([^\"{DOUBLE}']*+)(?:['‘’]|$)", "a string stands in single quotes, at both its ends", quoted),
)
