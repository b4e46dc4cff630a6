"""What people write where OData wants something else: a line for each habit, with what it is in OData.

A pattern is matched where the parser stands, or where the operand before that place begins; `{left}` is that operand,
`{found}` what was matched, and every named group has its name. Patterns see `SEEN` characters ahead and
`NEAR` behind at most, which bounds their time.
"""

import base64
import datetime as dt
import re
import uuid
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

from odatafilter._literals.numbers import write_number
from odatafilter._literals.strings import quote

SEEN = 1000
NEAR = 200
INFIX = ("and", "or", "eq", "ne", "lt", "le", "gt", "ge", "in", "has", "add", "sub", "mul", "divby", "div", "mod")

Instead: TypeAlias = str | Callable[[re.Match[str]], str | None] | None


class Habit(NamedTuple):
    """`message` explains what `pattern` matches, `instead` takes its place, and that of the operand if it has `{left}`.

    The group `at` is what is to be underlined. `before` must match the end of what stands before the operand.
    """

    pattern: re.Pattern[str]
    message: str
    instead: Instead
    before: re.Pattern[str] | None = None


def _habit(pattern: str, message: str, instead: Instead = None, before: str | None = None) -> Habit:
    flags = re.IGNORECASE | re.DOTALL
    return Habit(re.compile(pattern, flags), message, instead, re.compile(f"(?:{before})$", flags) if before else None)


_NAME = r"[^\W\d]\w*"
_STRING = r"'[^']*(?:''[^']*)*'"
_CALL = rf"[\w./$]*\((?:[^()']|{_STRING}|\([^()']*\))*\)"
OPERAND = rf"(?:{_STRING}|{_CALL}|[^\s(),'\"]+)"
_WORDS = "|".join(INFIX)
COMPARED = r"[ \t](?:eq|ne|lt|le|gt|ge)[ \t]+"
_DATE = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_TIME = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,12})?)?"
_DASHED = r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}"
_GUID = r"[0-9a-f]{8}-?(?:[0-9a-f]{4}-?){3}[0-9a-f]{12}"
_NUMBER = r"[+-]?[0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]+)?"
_END = r"(?![\w.:+-])"

BLANKS = r"\s\x1c-\x1f\u0085\u180e\u2800\u3164"
INVISIBLE = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
QUOTES = "‘’‚‛′“”„‟″«»‹›「」"  # the straight ones are ASCII: these are read as letters of a name
DASHES = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
# Characters that a name would swallow, though nobody means them as letters.
ODD = re.compile(rf"[{BLANKS}{INVISIBLE}{QUOTES}{DASHES}≥≤≠≈×÷·≡＝＜＞…]")


def _quoted(found: re.Match[str]) -> str:
    inner = next(group for group in found.groups() if group is not None)
    return quote(re.sub(r"\\([\\\"'`])", r"\1", inner))


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


def _time_of_day(found: re.Match[str]) -> str:
    return ":".join(f"{found[part] or '0':0>2}" for part in ("hour", "minute", "second"))


def _lower(found: re.Match[str]) -> str:
    return found.group().lower()


def _decimal(found: re.Match[str]) -> str:
    return f"{found['sign']}{write_number(int(found['hex'], 16))}"


def _digits(found: re.Match[str]) -> str:
    return re.sub("[_.]", "", found.group())


def _binary(found: re.Match[str]) -> str:
    return f"binary'{base64.urlsafe_b64encode(bytes.fromhex(found['hex'])).decode().rstrip('=')}'"


def _operator(pattern: str, word: str) -> Habit:
    return _habit(pattern, f"{{found!r}} is written '{word}'", f" {word} ")


_NO_OFFSET = (
    "the timestamp {found!r} does not say its offset from UTC: 'Z' for UTC, or hours and minutes such as +01:00"
)
_NO_DATE = (
    "{found!r:.60} is no date; a date is written like 2024-06-24, with months from 01 to 12 and days from 01 to 31"
)

# Tried where the operand before begins, then where the parser stands.
LITERALS = (
    _habit(r"\A(?:select\s.*?\s)?where\s+", "a filter begins without {found!r:.60}", ""),
    # GUIDs
    _habit(rf"guid'[{{(]?(?P<guid>{_GUID})[}})]?'", "a GUID is written without 'guid' and quotes in OData 4", _guid),
    _habit(rf"[{{(](?P<guid>{_GUID})[}})]", "a GUID is written without braces", _guid),
    _habit(
        rf"(?!{_DASHED})(?P<guid>{_GUID})(?![\w-])",
        "a GUID is written as 8-4-4-4-12 hexadecimal digits, with dashes between",
        _guid,
    ),
    _habit(
        rf"(?=[\w-]{{20}})(?!{_DASHED}\b)(?:[0-9a-f]{{2,}}(?:-+[0-9a-f]*){{3,}}|\w{{8}}(?:-\w{{4}}){{3}}-\w{{12}})(?!\w)",
        "{found!r:.60} is no GUID; a GUID is written as 8-4-4-4-12 hexadecimal digits",
    ),
    # timestamps, dates and times
    _habit(
        rf"(?:datetime|datetimeoffset|timestamp)\s*'(?P<at_>{_DATE}T{_TIME}(?:Z|[+-][0-9]{{2}}:[0-9]{{2}}))'",
        "a timestamp is written without prefix and quotes in OData 4",
        "{at_}",
    ),
    _habit(
        rf"(?:datetime|datetimeoffset|timestamp)\s*'(?P<date>{_DATE})[T ](?P<time>{_TIME})'",
        "a timestamp is written without prefix and quotes in OData 4, and with its offset from UTC",
        "{date}T{time}Z",
    ),
    _habit(rf"(?:date|datetime)\s*'(?P<date>{_DATE})'", "a date is written without prefix and quotes", "{date}"),
    _habit(
        r"time'PT(?:(?P<hour>[01]?[0-9]|2[0-3])H)?(?:(?P<minute>[0-5]?[0-9])M)?(?:(?P<second>[0-5]?[0-9])S)?'",
        "a time of day is written without prefix and quotes in OData 4",
        _time_of_day,
    ),
    _habit(
        rf"(?P<start>(?:{_DATE}T)?[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}\.[0-9]{{12}})(?P<at>[0-9]+)(?P<zone>Z|[+-][0-9]{{2}}:[0-9]{{2}}|)",
        "a second has twelve digits after the point at most",
        "{start}{zone}",
    ),
    _habit(
        rf"(?P<date>{_DATE})T(?P<at>24)(?P<rest>:00(?::00(?:\.0+)?)?(?:Z|[+-][0-9]{{2}}:[0-9]{{2}}))",
        "hours go from 00 to 23: midnight at the end of a day is 00:00 of the next",
        _midnight,
    ),
    _habit(
        rf"(?P<date>{_DATE})(?P<at>T?[ \t]+)(?P<time>{_TIME})(?P<zone>Z|[+-][0-9]{{2}}:[0-9]{{2}}){_END}",
        "a 'T' and no blank stands between a date and a time",
        "{date}T{time}{zone}",
    ),
    _habit(
        rf"(?P<stamp>{_DATE}T{_TIME})(?P<at>[ \t]+)(?P<zone>Z|[+-][0-9]{{2}}:[0-9]{{2}}){_END}",
        "no blank stands before the offset of a timestamp",
        "{stamp}{zone}",
    ),
    _habit(
        rf"(?P<date>{_DATE})(?:T|[ \t]+)(?P<time>{_TIME})[ \t]*(?P<at>UTC|GMT)\b",
        "UTC is written 'Z'",
        "{date}T{time}Z",
    ),
    _habit(
        rf"(?P<date>{_DATE})(?:T|[ \t]+)(?P<time>{_TIME})(?P<at>(?P<hour>[+-][0-9]{{2}})(?P<minute>[0-9]{{2}}))"
        r"(?![0-9:])",
        "the offset {at!r} is written as hours and minutes with a colon, such as +01:00",
        "{date}T{time}{hour}:{minute}",
    ),
    _habit(
        rf"(?P<date>{_DATE})(?:T|[ \t]+)(?P<time>{_TIME})(?P<at>[+-][0-9]{{2}})(?![0-9:])",
        "the offset {at!r} is written as hours and minutes, such as +01:00",
        "{date}T{time}{at}:00",
    ),
    _habit(
        rf"(?P<date>{_DATE})T(?P<at>[01][0-9]|2[0-3])(?P<zone>Z|[+-][0-9]{{2}}:[0-9]{{2}})?{_END}",
        "a time is written as hours and minutes, such as 13:00",
        "{date}T{at}:00{zone}",
    ),
    _habit(rf"(?P<date>{_DATE})(?:T|[ \t]+)(?P<time>{_TIME}){_END}", _NO_OFFSET, "{date}T{time}Z"),
    _habit(rf"{_DATE}T{_TIME}(?P<at>[+-][0-9]{{2}}:[0-9]{{2}})", "the offset {at!r} is none: 23:59 is the greatest"),
    _habit(
        rf"{_DATE}T(?P<at>[0-9]{{2}}:[0-9]{{2}}[0-9:.]*)",
        "{at!r:.40} is no time; a time is written like 13:00:00, with hours from 00 to 23",
    ),
    _habit(
        r"(?P<year>[0-9]{4})(?P<sign>[/.-])(?P<month>0?[1-9]|1[0-2])(?P=sign)(?P<day>0?[1-9]|[12][0-9]|3[01])(?![0-9])",
        "a date is written with dashes and two digits each for month and day, such as 2024-06-24",
        _ymd,
    ),
    _habit(
        r"(?P<one>0?[1-9]|[12][0-9]|3[01])(?P<sign>[/.-])(?P<two>0?[1-9]|[12][0-9]|3[01])(?P=sign)"
        r"(?P<year>[0-9]{4})(?![0-9])",
        "a date is written as year, month and day, such as 2024-06-24",
        _year_last,
    ),
    _habit(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?![0-9])", _NO_DATE),
    _habit(rf"(?P<time>[0-9]:[0-5][0-9](?::[0-5][0-9])?){_END}", "{found!r} is written with two digits", "0{time}"),
    _habit(
        r"[0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?![0-9])",
        "{found!r} is no time of day; hours go from 00 to 23, minutes and seconds from 00 to 59",
    ),
    _habit(
        r"[0-9]{1,8}-[0-9-]*[T:][0-9:.TZ+-]*",
        "{found!r:.60} is no timestamp; a timestamp is written like 2024-06-24T13:00:00Z",
    ),
    # numbers
    _habit(r"(?P<sign>[+-]?)0x(?P<hex>[0-9a-f]+)\b", "{found!r:.60} is written with decimal digits", _decimal),
    _habit(rf"(?P<number>{_NUMBER})(?P<at>LL|UL|[LMFD])\b", "a number has no suffix such as {at!r}", "{number}"),
    _habit(r"[+-]?[0-9]{1,3}(?P<at>(?:\.[0-9]{3}){2,})(?![\w.])", "nothing separates the digits of a number", _digits),
    _habit(r"[+-]?[0-9]+(?P<at>_[0-9_]*[0-9])\b", "nothing separates the digits of a number", _digits),
    _habit(
        r"(?P<sign>[+-]?)(?P<at>\.)(?P<digits>[0-9]+)", "a digit stands before the decimal point", "{sign}0.{digits}"
    ),
    _habit(r"(?P<number>[+-]?[0-9]+)(?P<at>\.)(?![\w.])", "a number does not end with a point", "{number}"),
    # strings
    _habit(rf"N(?P<string>{_STRING})", "a string has no prefix", "{string}"),
    _habit(r"X'(?P<hex>(?:[0-9a-f]{2})*)'", "binary values are written in base64url after 'binary'", _binary),
    _habit(r"duration'[^']*'", "{found!r:.60} is no duration; a duration is written like duration'P1DT2H30M'"),
    _habit(r"binary'[^']*'", "{found!r:.60} is not base64url; binary values are written like binary'T0RhdGE'"),
    _habit(
        rf"(?-i:[A-Z])\w+(?P<string>'{_NAME}(?:,{_NAME})*')(?=[\s),]|$)",
        "the type of an enumeration is written with its namespace, such as Shop.Color'Red', or left out",
        "{string}",
    ),
    _habit(
        r"(\w+://[^\s'(),]+|[^\W\d]\w*(?:[-:.@\\&]+[^\W\d]\w*)+)(?=[\s),]|$)",
        "{found!r:.60} stands without quotes",
        _quoted,
        COMPARED,
    ),
)
# Tried at the same places, when nothing else has been recognised.
UNQUOTED = (
    _habit(
        rf"(?=[^'(),]*\w)((?:(?![ \t](?:{_WORDS})[ \t])[^'(),\r\n]|(?<=\w)'(?=\w))+?)'?"
        r"(?=[ \t]+(?:and|or)[ \t]|[ \t]*[),]|[ \t]*$)",
        "{found!r:.60} stands without quotes",
        _quoted,
        rf"{COMPARED}|,[ \t]*|[ \t]in[ \t]*\([ \t]*",
    ),
)

_NOT = r"(?P<no>(?:(?:does|do|is)\s+)?not\s+)?"


def _infix(pattern: str, function: str) -> Habit:
    return _habit(
        rf"{_NOT}(?P<at>{pattern})\s+(?P<value>{OPERAND})",
        f"{{at!r}} is a function and stands before its arguments: {function}(name,'text')",
        f"{{no}}{function}({{left}},{{value}})",
    )


def _like(text: str, function: str) -> Habit:
    return _habit(
        rf"{_NOT}(?P<at>i?like)\s+'{text}'",
        f"{{at!r}} with a wildcard is the function {function}(name,'text')",
        f"{{no}}{function}({{left}},'{{text}}')",
    )


# Tried behind an operand, where the parser stands.
AFTER = (
    _habit(r"(?:=>|->|\||,)\s*", "':' stands between a variable and its condition", "{left}:", r"/(?:any|all)\([ \t]*"),
    _habit(r"(?P<at>->|::|\?\.|\\)", "the segments of a path are joined by '/'", "{left}/"),
    _habit(r"(?P<at>/)(?=(?:any|all)\(|\$count)", "no blank stands before '/'", "{left}/"),
    _habit(
        r"\[[0-9]+\]", "the items of a collection have no index such as {found!r}; any and all look at each of them"
    ),
    # what stands behind a filter
    _habit(r"(?:--|//|#).*|/\*.*?\*/", "a filter has no comments", "{left}"),
    _habit(
        r"&\s*\$?(?:top|skip|orderby|select|expand|count|search|apply|format|skiptoken|continuationToken)=.*",
        "{found!r:.60} is another query option, not a part of the filter",
        "{left}",
    ),
    _habit(
        r"(?:order\s*by|group\s+by|limit|offset|top)\s+.*",
        "{found!r:.60} is no part of a filter; there are query options for that, such as $orderby and $top",
        "{left}",
    ),
    _habit(r"[;,.]+\s*$", "{found!r} does not belong to the filter", "{left}"),
    # null
    _habit(r"(?P<at>is\s+not|!==?|<>)\s*(?:null|nil|none)\b", "{at!r} is written 'ne'", "{left} ne null"),
    _habit(r"(?P<at>is|={1,3})\s*(?:null|nil|none)\b", "{at!r} is written 'eq'", "{left} eq null"),
    _habit(r"is\s+not\s+empty\b", "{found!r} is written \"ne ''\"", "{left} ne ''"),
    _habit(r"is\s+empty\b", "{found!r} is written \"eq ''\"", "{left} eq ''"),
    # functions between their arguments
    _habit(
        rf"(?P<at>not\s+between)\s+(?P<low>{OPERAND})\s+and\s+(?P<high>{OPERAND})",
        "{at!r} is written as two comparisons",
        "({left} lt {low} or {left} gt {high})",
    ),
    _habit(
        rf"(?P<at>between)\s+(?P<low>{OPERAND})\s+and\s+(?P<high>{OPERAND})",
        "{at!r} is written as two comparisons",
        "({left} ge {low} and {left} le {high})",
    ),
    _like(r"%(?P<text>[^'%_]+)%", "contains"),
    _like(r"%(?P<text>[^'%_]+)", "endswith"),
    _like(r"(?P<text>[^'%_]+)%", "startswith"),
    _habit(r"not\s+i?like(?=\s+'[^'%_]*')", "{found!r} without a wildcard is written 'ne'", "{left} ne"),
    _habit(r"i?like(?=\s+'[^'%_]*')", "{found!r} without a wildcard is written 'eq'", "{left} eq"),
    _habit(rf"{_NOT}i?like\b", "there is no 'like'; texts are searched by contains, startswith and endswith"),
    _infix(r"contains|includes?", "contains"),
    _infix(r"starts?\s*with|begins?\s*with", "startswith"),
    _infix(r"ends?\s*with", "endswith"),
    _infix(r"matche?s?|regexp?|rlike|=~|~\*?", "matchesPattern"),
    _habit(r"(?:is\s+)?not\s+in\b", "'not' stands before the comparison, not inside it", "not {left} in"),
    _habit(r"not\s+has\b", "'not' stands before the comparison, not inside it", "not {left} has"),
    # comparisons
    _habit(
        rf"(?P<at>(?P<first>[<>]=?)\s*(?P<middle>{_CALL}|[^\s(),'\"<>=]+)\s*(?P<second>[<>]=?))\s*(?P<high>{OPERAND})",
        "a range is written as two comparisons",
        "({left} {first} {middle} and {middle} {second} {high})",
    ),
    _operator(r"!==?|<>|=/=|~=|≠|is\s+not\b|(?:is\s+|does\s+)?not\s+equals?(?:\s+to)?\b|not_?eq\b|neq\b", "ne"),
    _operator(r"=?>=|=>|≥|gte\b|(?:is\s+)?(?:greater\s+than\s+or\s+equals?(?:\s+to)?|at\s+least)\b|since\b", "ge"),
    _operator(r"<=|=<|≤|lte\b|(?:is\s+)?(?:less\s+than\s+or\s+equals?(?:\s+to)?|at\s+most)\b", "le"),
    _operator(r">|＞|(?:is\s+)?(?:greater|more|larger|bigger)(?:\s+than)?\b|(?:is\s+)?after\b", "gt"),
    _operator(r"<|＜|(?:is\s+)?(?:less|smaller|fewer)(?:\s+than)?\b|(?:is\s+)?before\b", "lt"),
    _operator(r"={1,3}|＝|≡|:|(?:is|equals?)(?:\s+equal)?(?:\s+to)?\b", "eq"),
    _operator(r"&&?", "and"),
    _operator(r"\|\|(?!\s*')|\|", "or"),
    # arithmetic
    _habit(
        rf"(?P<at>\+|\|\|)\s*(?P<value>{_STRING})",
        "texts are joined by the function 'concat'",
        "concat({left},{value})",
    ),
    _operator(r"\*(?!\*)|×|times\b", "mul"),
    _operator(r"/|÷|divided\s+by\b", "div"),
    _habit(r"(?<=[0-9 ])(?P<at>%)(?=\s*(?:$|[),]|(?:and|or)\s))", "a number has no percent sign"),
    _operator(r"%", "mod"),
    _operator(r"\+|plus\b", "add"),
    _operator(rf"[{DASHES}-]|minus\b", "sub"),
    # commas and semicolons
    _habit(rf"(?P<at>(?:[ \t]*,[ \t]*{OPERAND})+)", "a list stands in parentheses", "({left}{at})", r"[ \t]in[ \t]+"),
    _habit(
        r"(?<=[0-9])(?P<at>,)(?P<digits>[0-9]{3})(?![0-9])",
        "nothing separates the digits of a number",
        "{left}{digits}",
    ),
    _habit(r"(?<=[0-9])(?P<at>,)(?P<digits>[0-9]+)", "a number is written with a decimal point", "{left}.{digits}"),
    _habit(r"(?P<at>;)\s*", "arguments and values are separated by ','", "{left},", r"\([^()]*"),
    # the rest
    _habit(
        r"(?<=\) )xor(?= ?\()",
        "there is no 'xor'; 'ne' between two conditions is true if exactly one of them is",
        " ne ",
    ),
    _habit(r"xor\b", "there is no 'xor'; 'ne' between two conditions in parentheses is true if exactly one of them is"),
    _habit(r"\?", "a choice is written case(condition:value,true:other)"),
)


# Tried where an operand is expected.
BEFORE = (
    _habit(
        r"\A[\"`“”](?P<filter>[^\"`“”]*[ \t](?:eq|ne|lt|le|gt|ge|in)[ \t][^\"`“”]*)[\"`“”]\Z",
        "a filter stands without quotes",
        "{filter}",
    ),
    _habit(
        rf"[\"`“”](?P<name>{_NAME})[\"`“”](?=\s*(?:[=<>!]|(?:eq|ne|lt|le|gt|ge|in|is|like)\b))",
        "the name of a property stands without quotes",
        "{name}",
    ),
    _habit(r'"((?:[^"\\]|\\.)*)"|[“”„‟″]([^“”″"]*)[“”″"]', "a string stands in single quotes", _quoted),
    _habit(
        r"[‘’‚‛′]([^‘’′]*)[‘’′]|`([^`]*)`|[«»‹›]([^«»‹›]*)[«»‹›]|「([^」]*)」",
        "a string stands in straight single quotes",
        _quoted,
    ),
    _habit(r"[\"“”„]([^\"“”„']*)(?:['‘’]|$)", "a string stands in single quotes, at both its ends", _quoted),
    _habit(r"=>\s*", "':' stands between a variable and its condition", ":", r"/(?:any|all)\([ \t]*\w+[ \t]*"),
    _habit(r"!\s*", "'!' is written 'not'", "not "),
    _habit(r"\$\{\w*\}|\{\w+\}|%s|\?|<\w+>", "the placeholder {found!r} was not filled in"),
    _habit(r"(?:[=<>]|&&|\|\|)+\s*", "an operator stands there already: {found!r} is one too many", ""),
    _habit(r"\+\s*", "a plus sign stands only right before digits", ""),
    _habit(rf"[{DASHES}]\s*", "{found!r} is not the minus sign '-'", "-"),
    _habit(r"(?=\$[a-z]*(?-i:[A-Z]))\$(?:it|this|root|count|filter)\b", "{found!r} is written in lower case", _lower),
    _habit(r"\{(?P<items>[^{}]*)\}", "a list stands in parentheses", "({items})", r"[ \t]in[ \t]*"),
    _habit(r":(?P<name>[a-z_]\w*)", "a parameter is written with '@'", "@{name}"),
    _habit(r"[$#](?=[a-z_]\w*(?![\w=]))", "no {found!r} stands before the name of a property", ""),
    _habit(
        rf"\{{(?P<inner>[^{{}}]*[ \t](?:{_WORDS})[ \t][^{{}}]*)\}}",
        "conditions are grouped by parentheses",
        "({inner})",
    ),
    _habit(r"(?:--|//).*|/\*.*?\*/\s*", "a filter has no comments", ""),
    _habit(r"/\s*(?=[a-z_])", "a path begins with a name", ""),
    _habit(
        r"(?P<members>[^\W\d]\w*(?:,\w+)*)(?![\w.'])",
        "members of an enumeration stand in quotes",
        "'{members}'",
        r"[ \t]has[ \t]+",
    ),
    _habit(r",\s*", "a value is missing before ','", ""),
)

# What other languages, and OData 2 and 3, write as a call, with the arguments by number.
CALLS = {
    "substringof": "contains({1},{0})",
    "if": "case({0}: {1},true: {2})",
    "iif": "case({0}: {1},true: {2})",
    "isnull": "{0} eq null",
    "isnotnull": "{0} ne null",
    "isempty": "{0} eq ''",
    **{f"{name}": f"{{0}} {name} {{1}}" for name in INFIX if name not in {"and", "or"}},
    "and": "({0} and {1})",
    "or": "({0} or {1})",
    "between": "({0} ge {1} and {0} le {2})",
    "like": "contains({0},{1})",
    "includes": "contains({0},{1})",
    "beginswith": "startswith({0},{1})",
    "charindex": "indexof({1},{0})",
    "count": "{0}/$count",
    "instr": "indexof({0},{1})",
    "locate": "indexof({1},{0})",
    "position": "indexof({0},{1})",
    "len": "length({0})",
    "size": "length({0})",
    "strlen": "length({0})",
    "lcase": "tolower({0})",
    "lower": "tolower({0})",
    "lowercase": "tolower({0})",
    "tolowercase": "tolower({0})",
    "ucase": "toupper({0})",
    "upper": "toupper({0})",
    "uppercase": "toupper({0})",
    "touppercase": "toupper({0})",
    "ltrim": "trim({0})",
    "rtrim": "trim({0})",
    "substr": "substring({0},{1})",
    "matches": "matchesPattern({0},{1})",
    "regexmatch": "matchesPattern({0},{1})",
    "ceil": "ceiling({0})",
    "years": "year({0})",
    "months": "month({0})",
    "days": "day({0})",
    "hours": "hour({0})",
    "minutes": "minute({0})",
    "seconds": "second({0})",
    "distance": "geo.distance({0},{1})",
    "intersects": "geo.intersects({0},{1})",
}
