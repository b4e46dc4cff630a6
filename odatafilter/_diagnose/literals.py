"""Literals as other languages and people write them: dates, times, GUIDs, numbers, strings."""

import base64
import datetime as dt
import re
import uuid
from typing import Final

from odatafilter._diagnose.habits import Habit, Table, requote
from odatafilter._diagnose.pieces import (
    COMPARED,
    DASHED,
    DATE,
    DOUBLE,
    END,
    GUID,
    LISTED,
    NAME,
    NUMBER,
    SINGLE,
    STOP,
    STRING,
    TIME,
    WORDS,
    ZONE,
)
from odatafilter._diagnose.stamps import STAMP, time_of, timestamp_of
from odatafilter._literals.numbers import write_number

_VALUE: Final = rf"{COMPARED}|{LISTED}"  # stands before a value
_NO_DATE: Final = (
    "{found!r:.60} is no date; a date is written like 2024-06-24, with months from 01 to 12 and days from 01 to 31"
)
_NO_OFFSET: Final = (
    "the timestamp {found!r} does not say its offset from UTC: 'Z' for UTC, or hours and minutes such as +01:00"
)
_LOST_PLUS: Final = "the '+' of an offset is sent as %2B in a URL: as it is, it arrives as a blank"


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
    whole = STAMP.fullmatch(found.group().strip(" \t"))
    return timestamp_of(whole) if whole else None


def _time_of_parts(found: re.Match[str]) -> str | None:
    return time_of(found, found["fraction"] or "")


def _of_half_day(found: re.Match[str]) -> str:
    hour = int(found["hour"]) % 12 + (12 if found["at"].lower() == "p" else 0)
    return f"{hour:02}:{found['minute']}" + (f":{found['second']}" if found["second"] else "")


def _write_decimal(found: re.Match[str]) -> str:
    return f"{found['sign']}{write_number(int(found['hex'], 16))}"


def _digits(found: re.Match[str]) -> str:
    return re.sub("[_.]", "", found.group())


def _binary(found: re.Match[str]) -> str:
    return f"binary'{base64.urlsafe_b64encode(bytes.fromhex(found['hex'])).decode().rstrip('=')}'"


NOW: Final = re.compile(r"(?:System[./])?DateTime(?:Offset)?[./](?:Utc)?Now", re.IGNORECASE)
# Tried where the operand before begins, then where the parser stands.
LITERALS = Table(
    Habit(r"select[ \t]++[^\s'()]++[ \t]++from\b", "a filter has no subquery such as {found!r:.40}"),
    # GUIDs
    Habit(rf"[{{(](?P<guid>{GUID})[}})]", "a GUID is written without braces", _guid),
    Habit(
        rf"(?!{DASHED})(?P<guid>{GUID})(?![\w-])",
        "a GUID is written as 8-4-4-4-12 hexadecimal digits, with dashes between",
        _guid,
    ),
    Habit(
        rf"(?=[\w-]{{20}})(?!{DASHED}\b)(?:[0-9a-f]{{2,}}+(?:-[0-9a-f]*+){{3,}}+|\w{{8}}(?:-\w{{4}}){{3}}-\w{{12}})(?!\w)",
        "{found!r:.60} is no GUID; a GUID is written as 8-4-4-4-12 hexadecimal digits",
    ),
    # timestamps, dates and times
    Habit(
        rf"(?P<start>(?:{DATE}T)?[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{12}})(?P<at>[0-9]++)(?P<zone>{ZONE}|)",
        "a second has twelve digits after the point at most",
        "{start}{zone}",
        rewrites=True,
    ),
    Habit(
        rf"(?P<date>{DATE})T(?P<at>24)(?P<rest>:00(?::00(?:\.0++)?)?{ZONE})",
        "hours go from 00 to 23: midnight at the end of a day is 00:00 of the next",
        _midnight,
    ),
    Habit(
        rf"(?P<at>datetimeoffset|datetime|timestamp|date)[ \t]++(?P<stamp>{DATE}(?:(?:T|[ \t]++){TIME}{ZONE}?)?){END}",
        "a timestamp stands without the word {at!r}",
        "{stamp}",
        COMPARED,
        rewrites=True,
    ),
    Habit(
        rf"(?P<date>{DATE})(?P<at>T?[ \t]++)(?P<time>{TIME})(?P<zone>{ZONE}){END}",
        "a 'T' and no blank stands between a date and a time",
        "{date}T{time}{zone}",
        rewrites=True,
    ),
    Habit(
        rf"(?P<stamp>{DATE}T{TIME})(?P<at>[ \t]++)(?P<zone>{ZONE}){END}",
        "no blank stands before the offset of a timestamp",
        "{stamp}{zone}",
        rewrites=True,
    ),
    Habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})(?P<at> )(?:[01][0-9]|2[0-3]):?[0-5][0-9]{END}",
        _LOST_PLUS,
        _stamp_of_parts,
    ),
    Habit(
        rf"{DATE}(?P<at>[ \t]++){TIME}[ \t]++{ZONE}{END}",
        "no blank stands inside a timestamp",
        _stamp_of_parts,
    ),
    Habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})[ \t]*+(?P<at>[+-][0-9]:[0-5][0-9]){END}",
        "the hours of the offset {at!r} are written with two digits",
        _stamp_of_parts,
    ),
    Habit(
        r"(?P<hour>0?[1-9]|1[0-2]):(?P<minute>[0-5][0-9])(?::(?P<second>[0-5][0-9]))?[ \t]*+(?P<at>[ap])\.?m\b\.?",
        "hours go from 00 to 23, without AM and PM",
        _of_half_day,
    ),
    Habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})[ \t]*+(?P<at>UTC|GMT)\b",
        "UTC is written 'Z'",
        "{date}T{time}Z",
        rewrites=True,
    ),
    Habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})[ \t]*+(?P<at>(?P<hour>[+-][0-9]{{2}})(?P<minute>[0-9]{{2}}))"
        r"(?![0-9:])",
        "the offset {at!r} is written as hours and minutes with a colon, such as +01:00",
        "{date}T{time}{hour}:{minute}",
        rewrites=True,
    ),
    Habit(
        rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME})[ \t]*+(?P<at>[+-][0-9]{{2}})(?![0-9:])",
        "the offset {at!r} is written as hours and minutes, such as +01:00",
        "{date}T{time}{at}:00",
        rewrites=True,
    ),
    Habit(
        rf"(?P<date>{DATE})T(?P<at>[01][0-9]|2[0-3])(?P<zone>{ZONE})?{END}",
        "a time is written as hours and minutes, such as 13:00",
        "{date}T{at}:00{zone}",
        rewrites=True,
    ),
    Habit(
        rf"(?P<date>{DATE})(?P<at>{ZONE}){END}",
        "a date has no offset from UTC; a timestamp has, such as 2024-06-24T00:00:00Z",
        "{date}T00:00:00{at}",
        rewrites=True,
    ),
    Habit(rf"(?P<date>{DATE})(?:T|[ \t]++)(?P<time>{TIME}){END}", _NO_OFFSET, "{date}T{time}Z"),
    Habit(rf"{DATE}T{TIME}(?P<at>[+-][0-9]{{2}}:[0-9]{{2}})", "the offset {at!r} is none: 23:59 is the greatest"),
    Habit(
        rf"{DATE}T(?P<at>[0-9]{{2}}:[0-9]{{2}}[0-9:.]*+)",
        "{at!r:.40} is no time; a time is written like 13:00:00, with hours from 00 to 23",
    ),
    Habit(
        rf"(?!{DATE}T{TIME})"
        r"[0-9]{4}(?P<sign>[-/.])[0-9]{1,2}(?P=sign)[0-9]{1,2}(?:T|[ \t]++)[0-9]{1,2}:[0-9]{1,2}"
        r"(?::[0-9]{1,2}(?:\.[0-9]++)?)?"
        r"(?:[ \t]*+(?:Z|UTC|GMT|[+ -][0-9]{1,2}(?::?[0-9]{2})?))?(?![\w.:+-])",
        "{found!r:.40} is no timestamp; a timestamp is written like 2024-06-24T13:00:00Z, two digits each",
        _stamp_of_parts,
    ),
    Habit(
        r"(?P<year>[0-9]{4})(?P<sign>[/.-])(?P<month>0?[1-9]|1[0-2])(?P=sign)(?P<day>0?[1-9]|[12][0-9]|3[01])(?![0-9])",
        "a date is written with dashes and two digits each for month and day, such as 2024-06-24",
        _ymd,
    ),
    Habit(
        r"(?P<one>0?[1-9]|[12][0-9]|3[01])(?P<sign>[/.-])(?P<two>0?[1-9]|[12][0-9]|3[01])(?P=sign)"
        r"(?P<year>[0-9]{4})(?![0-9])",
        "a date is written as year, month and day, such as 2024-06-24",
        _year_last,
    ),
    Habit(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])", _NO_DATE),
    Habit(
        rf"(?!{TIME}{END})(?P<hour>[01]?[0-9]|2[0-3]):(?P<minute>[0-5]?[0-9])"
        rf"(?::(?P<second>[0-5]?[0-9])(?P<fraction>\.[0-9]{{1,12}})?)?{END}",
        "{found!r} is written with two digits",
        _time_of_parts,
    ),
    Habit(
        r"[0-9]{1,2}:[0-9]{1,2}(?::[0-9]{1,2})?(?![0-9])",
        "{found!r} is no time of day; hours go from 00 to 23, minutes and seconds from 00 to 59",
    ),
    Habit(
        r"[0-9]{1,8}-[0-9-]*+[T:][0-9:.TZ+-]*",
        "{found!r:.60} is no timestamp; a timestamp is written like 2024-06-24T13:00:00Z",
    ),
    # numbers
    Habit(r"(?P<sign>[+-]?)0x(?P<hex>[0-9a-f]++)\b", "{found!r:.60} is written with decimal digits", _write_decimal),
    Habit(
        rf"(?P<number>{NUMBER})(?P<at>LL|UL|[LMFD])\b",
        "a number has no suffix such as {at!r}",
        "{number}",
        rewrites=True,
    ),
    Habit(r"[+-]?[0-9]{1,3}(?P<at>(?:\.[0-9]{3}){2,}+)(?![\w.])", "nothing separates the digits of a number", _digits),
    Habit(r"[+-]?[0-9]++(?P<at>_[0-9_]*+(?<=[0-9]))\b", "nothing separates the digits of a number", _digits),
    Habit(
        r"(?P<sign>[+-]?)(?P<at>\.)(?P<digits>[0-9]++)",
        "a digit stands before the decimal point",
        "{sign}0.{digits}",
        rewrites=True,
    ),
    Habit(
        r"(?P<number>[+-]?[0-9]++)(?P<at>\.)(?![\w.])", "a number does not end with a point", "{number}", rewrites=True
    ),
    # strings
    Habit(rf"N(?P<string>{STRING})", "a string has no prefix", "{string}"),
    Habit(rf"''([^']++)''{STOP}", "a string stands in single quotes, one at each end", requote),
    Habit(r"X'(?P<hex>(?:[0-9a-f]{2})*+)'", "binary values are written in base64url after 'binary'", _binary),
    Habit(r"duration'[^']*+'", "{found!r:.60} is no duration; a duration is written like duration'P1DT2H30M'"),
    Habit(r"binary'[^']*+'", "{found!r:.60} is not base64url; binary values are written like binary'T0RhdGE'"),
    Habit(
        rf"(?-i:[A-Z])\w++(?P<string>'{NAME}(?:,{NAME})*+'){STOP}",
        "the type of an enumeration is written with its namespace, such as Shop.Color'Red', or left out",
        "{string}",
    ),
    Habit(
        rf"[0-9]++-(?:0[0-9]|[^\W\d])[\w-]*+{STOP}",
        "{found!r:.60} is neither a number nor a date; a text stands in quotes",
        None,
        _VALUE,
    ),
    Habit(rf"([^\W\d]\w*+(?:(?:-\w++){{2,}}+|-0\w*+)){STOP}", "{found!r:.60} stands without quotes", requote, _VALUE),
    Habit(
        rf"(\w++://[^\s'(),]++|[^\W\d]\w*+(?:[-:.@\\&]++[^\W\d]\w*+)++){STOP}",
        "{found!r:.60} stands without quotes",
        requote,
        _VALUE,
    ),
)

_TEXT: Final = r"[^'(), \t\r\n]++(?:(?<=\w)'(?=\w)[^'(), \t\r\n]++)*+"
# Tried at the same places, when nothing else has been recognised.
UNQUOTED = Table(
    Habit(
        rf"(?![@#$%<>{{}}\[\]&|*=!…])(?=[^'(),\w]*+\w)({_TEXT}(?:[ \t]++(?!(?:{WORDS})[ \t]){_TEXT})*+)'?"
        r"(?=[ \t]++(?:and|or)[ \t]|[ \t]*+(?:[),]|$))",
        "{found!r:.60} stands without quotes",
        requote,
        rf"{_VALUE}|,[ \t]*+",
    ),
)

# Tried where an operand is expected.
STRINGS = (
    Habit(r'"((?:[^"\\]|\\.)*+)"', "a string stands in single quotes", requote),
    Habit(rf"[{DOUBLE}]([^{DOUBLE}\"]*+)[{DOUBLE}\"]", "a string stands in single quotes", requote),
    Habit(
        rf"[{SINGLE}]((?:[^{SINGLE}']|(?<=\w)[{SINGLE}'](?=\w))*+)[{SINGLE}']",
        "a string stands in straight single quotes",
        requote,
    ),
    Habit(rf"[\"{DOUBLE}]([^\"{DOUBLE}']*+)(?:['‘’]|$)", "a string stands in single quotes, at both its ends", requote),
)
