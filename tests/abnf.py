"""Whether a text is a filter expression by the OASIS ABNF, asked of the ABNF itself: no precedence, no model, no tree.

The rules are those of sections 4, 5 and 7 of the OData ABNF Construction Rules 4.01, for texts that are percent-decoded.
Without a model all names are one rule, the many kinds of paths are one, and so are methods that take the same number
of arguments.
"""

import functools
import re
from collections.abc import Callable, Iterable
from typing import Final, TypeAlias

RULES: Final = r"""
commonExpr = ( primitiveLiteral / array / object / rootExpr / negateExpr / methodCallExpr / parenExpr / castExpr
             / notExpr / pathExpr ) [ arithmeticExpr ] [ comparisonExpr / hasExpr / inExpr ] [ logicalExpr ]

arithmeticExpr = RWS ( "add" / "sub" / "mul" / "divby" / "div" / "mod" ) RWS commonExpr
comparisonExpr = RWS ( "eq" / "ne" / "lt" / "le" / "gt" / "ge" ) RWS commonExpr
logicalExpr = RWS ( "and" / "or" ) RWS commonExpr
inExpr = RWS "in" RWS ( listExpr / commonExpr )
hasExpr = RWS "has" RWS enumLiteral
notExpr = "not" RWS commonExpr
negateExpr = "-" BWS commonExpr
parenExpr = "(" BWS commonExpr BWS ")"
listExpr = "(" BWS [ primitiveLiteral BWS *( "," BWS primitiveLiteral BWS ) ] ")"

methodCallExpr = ( "now" / "mindatetime" / "maxdatetime" ) "(" BWS ")"
               / method1 "(" BWS commonExpr BWS ")"
               / method2 "(" BWS commonExpr BWS "," BWS commonExpr BWS ")"
               / "substring" "(" BWS commonExpr BWS "," BWS commonExpr BWS [ "," BWS commonExpr BWS ] ")"
               / "case" "(" BWS branch *( "," BWS branch ) ")"
method1 = "tolower" / "toupper" / "trim" / "length" / "year" / "month" / "day" / "hour" / "minute" / "second"
        / "fractionalseconds" / "totalseconds" / "date" / "time" / "round" / "floor" / "ceiling" / "geo.length"
        / "totaloffsetminutes"
method2 = "indexof" / "concat" / "matchesPattern" / "geo.distance" / "endswith" / "startswith" / "contains"
        / "geo.intersects" / "hassubset" / "hassubsequence"
branch = commonExpr BWS ":" BWS commonExpr BWS
castExpr = ( "isof" / "cast" ) "(" BWS [ commonExpr BWS "," BWS ] typeName BWS ")"
typeName = %s"Collection" "(" qualifiedName ")" / qualifiedName

rootExpr = %s"$root/" identifier [ parameters ] *segment
pathExpr = ( %s"$it" / %s"$this" / annotation / call / qualifiedName "/" step / identifier ) *segment
step = call / annotation / identifier
segment = "/" ( anyExpr / allExpr / step / qualifiedName ) / keyPredicate / count
        / %s"/$filter" "(" commonExpr ")"
call = qualifiedName parameters
parameters = "(" [ BWS parameter *( BWS "," BWS parameter ) ] BWS ")"
parameter = identifier "=" commonExpr
keyPredicate = "(" ( keyValue / identifier "=" keyValue *( "," identifier "=" keyValue ) ) ")"
keyValue = "@" identifier / primitiveLiteral
anyExpr = "any" "(" BWS [ identifier BWS ":" BWS commonExpr ] BWS ")"
allExpr = "all" "(" BWS identifier BWS ":" BWS commonExpr BWS ")"
count = %s"/$count" [ "(" countOption *( ";" countOption ) ")" ]
countOption = ( "$filter" / "filter" ) "=" commonExpr / ( "$search" / "search" ) "=" BWS search
annotation = "@" qualifiedName [ "#" identifier ]

array = BWS "[" BWS [ value *( BWS "," BWS value ) ] BWS "]"
object = BWS "{" BWS [ member *( BWS "," BWS member ) ] BWS "}"
member = jsonString BWS ":" BWS value
value = jsonString / commonExpr

primitiveLiteral = %s"null" / "true" / "false" / guid / dateTimeOffset / date / timeOfDay / number / string / duration
                 / enumLiteral / binary / geo
enumLiteral = [ qualifiedName ] "'" enumMember *( "," enumMember ) "'"
enumMember = identifier / integer
"""
# Letters outside ASCII are judged by the library alone.
NAME: Final = r"[A-Za-z_\u0080-\U0010ffff][0-9A-Za-z_\u0080-\U0010ffff]{0,127}"
# What the ABNF writes out character by character. A string cannot hold what no URL can.
TERMINALS: Final = {
    "RWS": r"[ \t]+",
    "BWS": r"[ \t]*",
    "identifier": NAME,
    "qualifiedName": rf"{NAME}(?:\.{NAME})*",
    "search": r"(?:\"[^\"]+\"|[^()\";])+",
    "jsonString": r'"(?:[^"\\]|\\(?:["\\/bfnrt]|u[0-9A-Fa-f]{4}))*"',
    "guid": r"[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}",
    "date": r"-?(?:0\d{3}|[1-9]\d{3,})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])",
    "timeOfDay": r"(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,12})?)?",
    "dateTimeOffset": (
        r"-?(?:0\d{3}|[1-9]\d{3,})-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])[Tt]"
        r"(?:[01]\d|2[0-3]):[0-5]\d(?::(?:[0-5]\d|60)(?:\.\d{1,12})?)?(?:[Zz]|[+-](?:[01]\d|2[0-3]):[0-5]\d)"
    ),
    "number": r"[+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|NaN|-?INF",
    "integer": r"[+-]?\d{1,19}",
    "string": r"'(?:[^']|'')*'",
    "duration": r"(?:[Dd][Uu][Rr][Aa][Tt][Ii][Oo][Nn])?'-?[Pp](?:\d+[Dd])?(?:[Tt](?:\d+[Hh])?(?:\d+[Mm])?(?:\d+(?:\.\d+)?[Ss])?)?'",
    "binary": r"[Bb][Ii][Nn][Aa][Rr][Yy]'[\w-]*={0,2}'",
    "geo": r"(?i:geography|geometry)'SRID=\d{1,5};[^']*'",
}

# From a position in a text to all the positions at which a match may end.
Ends: TypeAlias = frozenset[int]
Matcher: TypeAlias = Callable[["Reading", int], Ends]
_TOKEN = re.compile(r'\s*(%s"[^"]*"|"[^"]*"|\*|[A-Za-z][A-Za-z0-9]*|[()\[\]/])')


class Reading:
    """What is known of one text: the ends of each rule at each position."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.lower = text.lower()
        self._known: dict[tuple[str, int], Ends] = {}

    def ends(self, rule: str, start: int) -> Ends:
        if (rule, start) not in self._known:
            self._known[rule, start] = _matchers()[rule](self, start)
        return self._known[rule, start]


def accepts(text: str, rule: str = "commonExpr") -> bool:
    """Whether the whole text is derived from `rule`."""
    return len(text) in Reading(text).ends(rule, 0)


@functools.cache
def _matchers() -> dict[str, Matcher]:
    rules = re.findall(r"^(\w+) = (.*(?:\n .*)*)", RULES, re.MULTILINE)
    return {
        **{name: _alternatives(iter([*_TOKEN.findall(definition), ""]))[0] for name, definition in rules},
        **{name: _terminal(pattern) for name, pattern in TERMINALS.items()},
    }


def _terminal(pattern: str) -> Matcher:
    """All ends of a pattern: those of its beginnings, too, since the ABNF does not take the longest."""
    compiled = re.compile(pattern)

    def match(reading: Reading, start: int) -> Ends:
        found = compiled.match(reading.text, start)
        if not found:
            return frozenset()
        ends = range(start, found.end() + 1) if found.end() - start < 300 else (found.end(),)
        return frozenset(end for end in ends if compiled.fullmatch(reading.text, start, end))

    return match


def _alternatives(tokens: "Iterable[str]") -> tuple[Matcher, str]:
    """What stands up to a closing bracket or the end, and the token that ended it."""
    tokens = iter(tokens)
    sequences: list[list[Matcher]] = [[]]
    repeated = False
    for token in tokens:
        if token in {"", ")", "]"}:
            return _either([_in_order(sequence) for sequence in sequences]), token
        if token == "/":
            sequences.append([])
            continue
        if token == "*":
            repeated = True
            continue
        matcher = _alternatives(tokens)[0] if token in {"(", "["} else _leaf(token)
        if token == "[":
            matcher = _either([matcher, _in_order([])])
        sequences[-1].append(_many(matcher) if repeated else matcher)
        repeated = False
    raise AssertionError(tokens)


def _leaf(token: str) -> Matcher:
    if token.startswith("%s"):
        return lambda reading, start: _literally(reading.text, token[3:-1], start)
    if token.startswith('"'):
        return lambda reading, start: _literally(reading.lower, token[1:-1].lower(), start)
    return lambda reading, start: reading.ends(token, start)


def _literally(text: str, wanted: str, start: int) -> Ends:
    return frozenset({start + len(wanted)} if text.startswith(wanted, start) else ())


def _either(matchers: list[Matcher]) -> Matcher:
    return lambda reading, start: frozenset().union(*(match(reading, start) for match in matchers))


def _in_order(matchers: list[Matcher]) -> Matcher:
    def match(reading: Reading, start: int) -> Ends:
        ends = frozenset({start})
        for one in matchers:
            ends = frozenset().union(*(one(reading, end) for end in ends))
        return ends

    return match


def _many(matcher: Matcher) -> Matcher:
    def match(reading: Reading, start: int) -> Ends:
        ends, last = frozenset({start}), frozenset({start})
        while last := frozenset().union(*(matcher(reading, end) for end in last)) - ends:
            ends |= last
        return ends

    return match
