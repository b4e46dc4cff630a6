"""The filters that the benchmark of the language reads, each with values that are new each time.

FAMILIES are what filters are made of, one shape each; the first eight are the README's kind: comparisons, joined, and
lists. LEFT are those that are met least: the fast reader leaves half of them to the LALR loop. `new_shape` makes a
filter of which names, operators and values are new each time, and the shape itself.
"""

import random
import uuid
from collections.abc import Callable, Mapping
from typing import TypeAlias

Make: TypeAlias = Callable[[random.Random], str]


def guid(luck: random.Random) -> str:
    return str(uuid.UUID(int=luck.getrandbits(128)))


def job(luck: random.Random) -> str:
    return f"job {luck.getrandbits(40):010x}"


def instant(luck: random.Random) -> str:
    return f"2024-06-24T13:{luck.randrange(60):02}:{luck.randrange(60):02}.{luck.randrange(10**6):06}Z"


def number(luck: random.Random) -> str:
    return str(luck.randrange(10**5))


def date(luck: random.Random) -> str:
    return f"2024-{luck.randrange(1, 13):02}-{luck.randrange(1, 29):02}"


SIMPLE: Mapping[str, Make] = {
    "guid": lambda luck: f"id eq {guid(luck)}",
    "text": lambda luck: f"name eq '{job(luck)}'",
    "mixed": lambda luck: (
        f"state eq 'success' and createdDateTime gt {instant(luck)} and (name ne '{job(luck)}' or email eq null)"
    ),
    "range of time": lambda luck: f"createdDateTime ge {instant(luck)} and createdDateTime lt {instant(luck)}",
    "12 × and": lambda luck: " and ".join(
        f"field{i} {luck.choice(('eq', 'ne', 'gt'))} '{job(luck)}'" for i in range(12)
    ),
    "100 × or": lambda luck: " or ".join(f"name eq '{job(luck)}'" for _ in range(100)),
    "10 × in": lambda luck: f"state in ({','.join(repr(job(luck)) for _ in range(10))})",
    "1000 × in": lambda luck: f"inputId in ({', '.join(repr(guid(luck)) for _ in range(1000))})",
}
FAMILIES: Mapping[str, Make] = {
    **SIMPLE,
    "contains": lambda luck: f"contains(name,'{job(luck)}')",
    "functions": lambda luck: f"contains(tolower(name),'{job(luck)}') and startswith(state,'{job(luck)}')",
    "function eq": lambda luck: f"tolower(name) eq '{job(luck)}' or length(name) gt {number(luck)}",
    "substring": lambda luck: (
        f"substring(name,1,{number(luck)}) eq '{job(luck)}' or indexof(name,'a') gt {number(luck)}"
    ),
    "parts of a date": lambda luck: f"year(created) eq {number(luck)} and month(created) lt {number(luck)}",
    "now": lambda luck: f"created lt now() and length(name) gt {number(luck)}",
    "dates": lambda luck: f"day eq {date(luck)} and at lt 13:{luck.randrange(10, 60)}:00 and took eq duration'P1D'",
    "any": lambda luck: f"items/any(i:i/qty gt {number(luck)} and i/name eq '{job(luck)}')",
    "nested any": lambda luck: f"items/any(i:i/tags/all(t:t ne '{job(luck)}') or i/qty lt {number(luck)})",
    "paths": lambda luck: f"address/city/name eq '{job(luck)}' and owner/id eq {number(luck)}",
    "casts": lambda luck: f"part/Shop.Wheel/size eq {number(luck)} and name eq '{job(luck)}'",
    "cast and isof": lambda luck: f"isof(part,Shop.Wheel) and cast(size,Edm.String) eq '{job(luck)}'",
    "arithmetic": lambda luck: f"price mul {number(luck)} add 5 gt total sub {number(luck)}",
    "not": lambda luck: f"not contains(name,'{job(luck)}') and not (size eq {number(luck)})",
    "parentheses": lambda luck: f"((a eq {number(luck)}) or ((c eq {number(luck)}) and (b eq '{job(luck)}')))",
    "groups": lambda luck: " and ".join(f"(a eq {number(luck)} or b eq '{job(luck)}')" for _ in range(10)),
    "aliases": lambda luck: f"a eq @p and b gt @q or c eq {number(luck)}",
    "enumerations": lambda luck: f"color has Shop.Color'Red' and kind eq Shop.Kind'A' and size eq {number(luck)}",
    "beyond ASCII": lambda luck: f"größe eq '{job(luck)}' and länge gt {number(luck)}",
    "numbers in": lambda luck: f"size in ({','.join(number(luck) for _ in range(30))})",
    "guids in": lambda luck: f"id in ({','.join(guid(luck) for _ in range(30))})",
    "count": lambda luck: f"items/$count gt {number(luck)} and name eq '{job(luck)}'",
    "$it": lambda luck: f"$it/name eq '{job(luck)}' and $it/size gt {number(luck)}",
    "two properties": lambda luck: f"first{number(luck)} eq second{number(luck)} and low lt high",
    "Booleans": lambda luck: f"active eq true and deleted eq false and size ne {number(luck)}",
}
LEFT: Mapping[str, Make] = {
    "case": lambda luck: f"case(size gt {number(luck)}:'{job(luck)}',true:'y') eq 'x'",
    "arrays": lambda luck: f"size in [{number(luck)},{number(luck)}]",
    "objects": lambda luck: f'place eq {{"x":{number(luck)},"y":{number(luck)}}}',
    "service functions": lambda luck: f"Shop.near(x={number(luck)},y=@p) eq '{job(luck)}'",
    "keys": lambda luck: f"$root/Sales('{job(luck)}')/size eq size",
    "$filter": lambda luck: f"items/$filter(qty gt {number(luck)})/$count lt 10",
    "$count of some": lambda luck: f"items/$count($filter=qty gt {number(luck)}) gt 2",
    "a group after in": lambda luck: f"size in (low add {number(luck)})",
}

# What a schema looks at more closely than reading does: checked, they stand beside FAMILIES.
CHECKED: Mapping[str, Make] = {
    "function in": lambda luck: f"tolower(name) in ('{job(luck)}','b') and length(name) in (1,{number(luck)})",
    "1000 × function in": lambda luck: f"tolower(name) in ({','.join(repr(job(luck)) for _ in range(1000))})",
    "part of a date in": lambda luck: f"year(created) in (2023,{number(luck)})",
    "date in": lambda luck: f"date(created) in ({date(luck)},{date(luck)})",
    "cast to a kind": lambda luck: f"cast(size,Edm.String) eq '{job(luck)}'",
    "isof a kind": lambda luck: f"isof(name,Edm.String) and size eq {number(luck)}",
    "part of a date, calculated": lambda luck: f"year(created) sub 1 ge {number(luck)}",
    "function calculated": lambda luck: f"length(name) add {number(luck)} mul 2 eq 7",
    "function eq true": lambda luck: f"contains(name,'{job(luck)}') eq true",
    "pattern": lambda luck: f"matchesPattern(name,'^{job(luck)}')",
    "seconds of a duration": lambda luck: f"totalseconds(took) gt {number(luck)}",
    "rounded": lambda luck: f"round(price) eq {number(luck)}",
    "divby": lambda luck: f"price divby 2 gt {number(luck)}",
    "sign": lambda luck: f"-size gt {number(luck)}",
    "value first": lambda luck: f"{number(luck)} lt size and '{job(luck)}' eq name",
    "deep path": lambda luck: f"address/city/name eq '{job(luck)}'",
    "two properties of a schema": lambda luck: f"price lt total and size eq {number(luck)}",
    "parentheses around a sum": lambda luck: f"(size add {number(luck)}) mul 2 gt 4",
    "any of an outer property": lambda luck: f"items/any(i:i/qty gt size and i/qty lt {number(luck)})",
    "all of and, or": lambda luck: f"items/all(i:i/qty gt {number(luck)} and i/name eq 'x' or i/qty lt 3)",
    "not in any": lambda luck: f"items/any(i:not (i/qty eq {number(luck)}))",
    "contains in any": lambda luck: f"items/any(i:contains(i/name,'{job(luck)}'))",
}


def new_shape(luck: random.Random) -> str:
    """A filter that peers read as well, of a shape that is hardly ever met twice."""
    return _condition(luck, luck.randrange(1, 4))


def _name(luck: random.Random) -> str:
    return "".join(luck.choices("abcdefghijklmnopqrstuvwxyzABCDEFG", k=luck.randrange(3, 12))) + "_"


def _path(luck: random.Random) -> str:
    return "/".join(_name(luck) for _ in range(luck.choice((1, 1, 1, 1, 2, 3))))


def _value(luck: random.Random) -> str:
    text = f"'{job(luck)}'"
    return luck.choice((text, text, number(luck), guid(luck), instant(luck), date(luck), "null", "true"))


def _comparison(luck: random.Random) -> str:
    operator = luck.choice(("eq", "ne", "gt", "ge", "lt", "le"))
    match luck.randrange(8):
        case 0:
            return f"{luck.choice(('length', 'year', 'round'))}({_path(luck)}) {operator} {number(luck)}"
        case 1:
            return f"{luck.choice(('tolower', 'trim'))}({_path(luck)}) {operator} '{job(luck)}'"
        case 2:
            arithmetic = luck.choice(("add", "sub", "mul", "div", "mod"))
            return f"{_path(luck)} {arithmetic} {number(luck)} {operator} {number(luck)}"
        case _:
            return f"{_path(luck)} {luck.choice(('eq', 'ne'))} {_value(luck)}"


def _condition(luck: random.Random, depth: int) -> str:
    choice = luck.randrange(4, 14) if depth == 0 else luck.randrange(14)
    if choice < 3:
        joint = luck.choice((" and ", " or "))
        return joint.join(_condition(luck, depth - 1) for _ in range(luck.randrange(2, 5)))
    match choice:
        case 3:
            return f"({_condition(luck, depth - 1)})"
        case 4:
            return f"{luck.choice(('contains', 'startswith', 'endswith'))}({_path(luck)},'{job(luck)}')"
        case 5:
            return f"{_name(luck)}/any(x:x/{_name(luck)} {luck.choice(('eq', 'gt'))} {_value(luck)})"
        case 6:
            return f"{_name(luck)} in ({','.join(repr(job(luck)) for _ in range(luck.randrange(1, 6)))})"
        case 7:
            return f"not ({_name(luck)} eq {_value(luck)})"
        case _:
            return _comparison(luck)
