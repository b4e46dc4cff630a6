"""Rows that hold the first and the last value of each kind and its neighbours, and filters that tell these apart.

Where random rows seldom differ: at a limit, one before it and one behind it.
"""

import datetime as dt
import decimal
import math
import uuid
from collections.abc import Sequence
from typing import Any, Final

from engine_cases import UTC, Luck
from engine_triples import Stored

import odatafilter as of

_LAST_INT: Final = 2**31 - 1
_LAST_LONG: Final = 2**63 - 1
_TEXTS: Final = (
    *("", "a", "ab", "abc", "abcd", "b", "B", "a\ud7ff", "a\ue000", "a\U0010ffff", "\U0010ffff", "\u3000 x\u2029"),
    *("aab", "bab", "xab", "ba", "abab"),
)
_VALUES: Final[dict[str, Sequence[Any]]] = {
    "name": _TEXTS,
    "note": (*_TEXTS[3:], *_TEXTS[:3]),
    "state": ("draft", "sold", "kept"),
    "qty": (*(_LAST_INT, _LAST_INT - 1, -_LAST_INT - 1, -_LAST_INT), *range(-5, 8), 10),
    "big": (
        *(_LAST_LONG, _LAST_LONG - 1, -_LAST_LONG - 1, -_LAST_LONG, 2**62, 2**53, 2**53 + 1, -(2**53) - 1),
        *(_LAST_INT + 1, _LAST_INT, _LAST_INT - 1, -_LAST_INT, -_LAST_INT - 1, -_LAST_INT - 2, 0, 1, -1, 6, -7),
    ),
    "price": tuple(
        decimal.Decimal(text)
        for text in (
            *(
                "0",
                "0.1",
                "0.2",
                "0.3",
                "0.000001",
                "-0.000001",
                "0.5",
                "-0.5",
                "1.5",
                "-1.5",
                "2.5",
                "-2.5",
                "3",
                "10",
            ),
            *("999999999.999999", "-999999999.999999", "0.333333", "0.666667", "100"),
        )
    ),
    "num": (
        *(0.0, 0.5, -0.5, 1.5, -1.5, 2.5, 0.49999999999999994, 2.0**52 + 1, 2.0**52 - 0.5, 2.0**53, -(2.0**53)),
        *(0.1, 0.2, 0.1 + 0.2, 3.0, 1e300, math.inf, -math.inf, math.nan),
    ),
    "flag": (True, False, None),
    "at": tuple(
        dt.datetime.fromisoformat(text).replace(tzinfo=UTC)
        for text in (
            *("0001-01-02T00:00:00", "0001-12-31T23:59:59.999999", "0002-01-01T00:00:00", "1969-12-31T23:59:59.999999"),
            *("1970-01-01T00:00:00", "2023-12-31T23:59:59.999999", "2024-01-01T00:00:00", "2024-01-01T00:00:00.000001"),
            *(
                "2024-02-29T13:20:00.000001",
                "2024-12-31T23:59:59.999999",
                "2025-01-01T00:00:00",
                "2024-03-01T12:34:56.5",
            ),
            *("9998-12-31T23:59:59.999999", "9999-01-01T00:00:00", "9999-12-30T23:59:59.999999"),
        )
    ),
    "day": tuple(
        map(
            dt.date.fromisoformat,
            (
                *("0001-01-01", "0001-01-02", "0001-12-31", "0002-01-01", "1969-12-31", "1970-01-01", "1970-01-02"),
                *("2023-12-31", "2024-01-01", "2024-02-28", "2024-02-29", "2024-03-01", "2024-12-31", "2025-01-01"),
                *("9998-12-31", "9999-01-01", "9999-12-31"),
            ),
        )
    ),
    "tod": (
        *(dt.time(0), dt.time(0, 0, 0, 1), dt.time(0, 0, 59), dt.time(0, 1), dt.time(0, 59, 59, 999_999), dt.time(1)),
        *(dt.time(11, 59, 59, 999_999), dt.time(12), dt.time(12, 0, 0, 1), dt.time(23, 59, 59, 999_999)),
    ),
    "dur": tuple(
        dt.timedelta(microseconds=number)
        for number in (
            *(0, 1, -1, 2, 999_999, 10**6, 10**6 + 1, 3_599_999_999, 3_600_000_000, 3 * 10**6, 60 * 10**6),
            *(86_400 * 10**6 * days for days in (1, -1, 30, 31, 360, 365, 400, -700_000)),
            *(86_400 * 10**6 - 1, 86_400 * 10**6 + 1),
        )
    ),
    "gid": (uuid.UUID(int=0), uuid.UUID(int=0xABCDEF), uuid.UUID(int=2**128 - 1), uuid.UUID(int=2**127)),
    "sure": (*range(-3, 4), 5, _LAST_INT, -_LAST_INT - 1, _LAST_INT - 1),
    "tags": ([], ["a"], ["a", "b"], ["", "b"], ["abc", "a", "a"], ["%"]),
}


class Edges(Luck):
    """Gives the rows in turn; each fifth one has a null for one property more, the first of all nulls."""

    def item(self, key: int, owners: Sequence[int]) -> dict[str, Any]:
        row = super().item(key, owners)
        for number, (name, values) in enumerate(_VALUES.items()):
            nullable = name not in {"sure", "tags"}
            row[name] = None if nullable and (key == 1 or (key + number) % 13 == 0) else values[key % len(values)]
        return row


EDGES: Final[dict[str, tuple[str, ...]]] = {
    "texts": (
        *(
            "substring(name,1,0) eq ''",
            "substring(name,null) eq 'a'",
            "substring(name,null,1) eq null",
            "substring(name,0,1) eq 'a'",
            "substring(name,-1) eq 'b'",
            "substring(name,-2) eq 'ab'",
        ),
        *(
            "substring(name,-9) eq 'ab'",
            "substring(name,-2,1) eq 'a'",
            "substring(name,sure) eq 'b'",
            "substring(name,sure,1) eq 'a'",
        ),
        *("substring(name,2147483646) eq ''", "substring(name,-2147483648) eq name", "substring(name,qty) eq ''"),
        *(
            "substring(name,big) eq ''",
            "substring(name,1,2147483647) eq 'b'",
            "substring(name,1,9223372036854775807) eq 'b'",
        ),
        *("startswith(name,'a\ud7ff')", "startswith(name,'a')", "startswith(name,'\U0010ffff')", "startswith(name,'')"),
        *(
            "startswith(name,'a\U0010ffff')",
            "not startswith(name,'ab')",
            "startswith(name,note)",
            "endswith(name,note)",
        ),
        *(
            "endswith(name,'')",
            "endswith(name,'ab')",
            "not endswith(name,'b')",
            "contains(name,note)",
            "contains(name,'')",
        ),
        *("not contains(name,'b')", "indexof(name,'b') eq 0", "indexof(name,'b') eq -1", "indexof(name,'') eq 0"),
        *(
            "indexof(name,note) ge 1",
            "trim(name) eq 'x'",
            "length(name) eq 0",
            "length(name) eq 4",
            "length(trim(name)) eq 1",
        ),
        *(
            "name lt 'a'",
            "name ge 'a\ue000'",
            "name gt note",
            "name in ('','ab','\U0010ffff')",
            "concat(name,note) eq 'abab'",
        ),
        *(
            "toupper(name) eq 'B'",
            "tolower(name) eq 'b'",
            "not (tolower(name) eq 'b')",
            "tolower(concat(name,'X')) eq 'abx'",
        ),
    ),
    "whole numbers": (
        *("qty eq 2147483647", "qty ge 2147483647", "qty gt 2147483647", "qty lt 2147483648", "qty le -2147483648"),
        *(
            "qty lt -2147483648",
            "qty gt -2147483649",
            "qty add 1 eq 2147483648",
            "qty sub 1 lt -2147483648",
            "-qty gt 2147483647",
        ),
        *(
            "(qty mul 2) gt 4294967293",
            "(qty mul qty) eq 4611686018427387904",
            "(qty mul big) gt 1",
            "(qty add big) gt 0",
        ),
        *(
            "big eq 9223372036854775807",
            "big ge 9223372036854775807",
            "big gt 9223372036854775806",
            "big lt 9223372036854775808",
        ),
        *(
            "big le -9223372036854775808",
            "big eq -9223372036854775808",
            "big gt -9223372036854775809",
            "big ne 9223372036854775808",
        ),
        *("(big add 1) eq 9223372036854775808", "(big sub 1) eq -9223372036854775809", "-big eq 9223372036854775808"),
        *(
            "(big add big) eq 18446744073709551614",
            "(big sub qty) lt 0",
            "(big mul 2) eq -18446744073709551616",
            "(big mul big) gt 0",
        ),
        *(
            "big div -1 eq 9223372036854775808",
            "big div 2 eq 4611686018427387903",
            "big div -2 eq 4611686018427387904",
            "big mod 2 eq -1",
        ),
        *(
            "qty div 2 eq -2",
            "qty div -2 eq 2",
            "qty mod 3 eq -2",
            "qty mod -3 eq 2",
            "(big mod 4) mul 2 eq 6",
            "big mod -1 eq 0",
        ),
        *(
            "(qty div -1) eq 2147483648",
            "((qty add 1) mul 2) eq 4",
            "((big add 1) sub 1) eq big",
            "(big mul 3) div 3 eq big",
        ),
        *(
            "((qty add sure) mul qty) eq 9223372036854775808",
            "((big add big) mod 7) eq 1",
            "((big add big) mul 2) lt 0",
            "((big mul 3) div 4) gt 0",
        ),
        *(
            "(big mul big) eq 85070591730234615865843651857942052864",
            "((big mul 3) mod -2) eq 1",
            "(big sub -1) eq 9223372036854775808",
        ),
        *(
            "((big add big) add big) lt 0",
            "(-big mul 1) eq big",
            "((qty mul qty) mul 2) eq 50",
            "(sure mul sure mul sure) eq 27",
        ),
        *(
            "qty in (2147483647,2147483648)",
            "big in (9223372036854775807,9223372036854775808)",
            "qty in (999999999,1000000000,5)",
        ),
        *(
            "qty in (1,2.0,3.5)",
            "not (qty in (1,2.0,3.5))",
            "(1 sub qty) in (3,4)",
            "(-qty) in (4,-2147483647)",
            "qty eq 2.0",
            "qty lt 2.5",
        ),
        *(
            "qty le -2.5",
            "qty gt 2.5",
            "qty ge -2.5",
            "qty ne 2.5",
            "not (qty gt 2.5)",
            "2.5 lt qty",
            "qty lt 1e300",
            "big lt 1e19",
        ),
        *(
            "round(qty) eq 5",
            "floor(big) eq 9223372036854775807",
            "ceiling(sure) eq 2",
            "round(-qty) eq 3",
        ),
    ),
    "decimals": (
        *(
            "price eq 0.000001",
            "price lt 0.000001",
            "price ge -0.000001",
            "price in (0.1,0.3)",
            "price in (10,2.5,0.1)",
            "price in (-7,1e19,2.5)",
            "price in (999999999.999999,1)",
        ),
        *(
            "(price add 0.000001) eq 0.000002",
            "(price sub 0.1) eq 0.1",
            "(price mul 2) eq 0.2",
            "(price mul price) eq 0.01",
        ),
        *(
            "(price mul qty) gt 2.5",
            "(price mul sure) eq -0.5",
            "(price add qty) eq 5.5",
            "(price sub qty) lt 0",
            "-price eq 0.5",
        ),
        *(
            "round(price) eq 3",
            "round(price) eq -3",
            "round(price) eq 1",
            "floor(price) eq -3",
            "ceiling(price) eq 1",
            "floor(price) eq 0",
        ),
        *(
            "ceiling(price) eq 1000000000",
            "floor(price) eq -1000000000",
            "round(price) eq 1000000000",
            "ceiling(price) eq 0",
        ),
        *(
            "price div 3 eq 0.111111",
            "price div 3 gt 0.1",
            "price div -3 lt 0.1",
            "price mod 0.2 eq 0.1",
            "price mod -0.2 eq 0.1",
        ),
        *(
            "price lt 12345678901234567890",
            "price gt -12345678901234567890",
            "price eq 0.1234567890123456",
            "price gt 0.1000000000000001",
        ),
        *(
            "price le 0.3000000000000000000001",
            "price in (0.3000000000000000000001,0.2)",
            "not (price lt 0.29999999999999999999)",
        ),
        *(
            "price lt qty",
            "price eq sure",
            "price ge big",
            "price eq num",
            "price lt num",
            "(price add 0.1) eq num",
            "price gt 0.1e0",
        ),
        *(
            "(price add 1) in (1.1,1.2)",
            "(2 sub price) in (1.9,2)",
            "(price div 2) in (0.05,0.1)",
            "price divby 2 lt 0.1",
        ),
        *(
            "cast(price,Edm.Double) eq num",
            "cast(qty,Edm.Decimal) eq price",
            "cast(big,Edm.Double) eq num",
            "cast(qty,Edm.String) eq '-5'",
        ),
    ),
    "doubles": (
        *(
            "num eq 0.5",
            "num ne 0.5",
            "num lt 0.5",
            "num eq NaN",
            "num ne NaN",
            "num lt INF",
            "num ge INF",
            "num le -INF",
            "num gt -INF",
        ),
        *(
            "round(num) eq 0",
            "round(num) eq 1",
            "round(num) eq -1",
            "round(num) eq 2",
            "round(num) eq 3",
            "floor(num) eq 0",
            "floor(num) eq -1",
        ),
        *(
            "ceiling(num) eq 1",
            "ceiling(num) eq 0",
            "ceiling(num) eq 3",
            "floor(num) eq num",
            "round(num) eq num",
            "ceiling(num) eq num",
        ),
        *(
            "floor(num) eq 4503599627370495",
            "ceiling(num) eq 4503599627370496",
            "round(num) eq 4503599627370497",
            "-num eq 0.5",
        ),
        *(
            "(num add 0.2) eq 0.30000000000000004",
            "(num mul 2) eq 1",
            "(num sub 1) eq 0.5",
            "num in (0.5,3,INF)",
            "not (num in (0.5,NaN))",
        ),
        *(
            "(num div 2) eq 0.75",
            "(num mul qty) gt 1",
            "(num add price) eq 1",
            "(num sub num) eq 0",
            "num eq big",
            "num lt big",
            "num ge qty",
        ),
        # Of Booleans.
        *(
            "flag eq true",
            "flag lt true",
            "flag le false",
            "flag gt false",
            "flag ne true",
            "(flag eq null) eq true",
            "flag in (true,null)",
        ),
        *(
            "(qty gt 2) eq flag",
            "(qty gt 2) eq (price gt 1)",
            "(name eq 'a') lt true",
            "case(flag:1,qty gt 2:2,true:3) eq 2",
        ),
    ),
    "timestamps": (
        *(
            "at lt 2024-01-01T00:00:00.0000005Z",
            "at le 2024-01-01T00:00:00.0000005Z",
            "at ge 2024-01-01T00:00:00.0000005Z",
        ),
        *(
            "at eq 2024-01-01T00:00:00.0000005Z",
            "at ne 2024-01-01T00:00:00.0000005Z",
            "at gt 2023-12-31T23:59:59.9999995Z",
        ),
        *(
            "year(at) eq 2024",
            "year(at) ne 2024",
            "year(at) lt 2024",
            "year(at) le 2023",
            "year(at) gt 2023",
            "year(at) ge 2025",
        ),
        *(
            "year(at) eq 1",
            "year(at) lt 2",
            "year(at) le 1",
            "year(at) eq 9998",
            "year(at) ge 9999",
            "year(at) gt 9998",
            "year(at) lt 9999",
        ),
        *(
            "year(at) eq 0",
            "year(at) ge 0",
            "year(at) eq 10000",
            "year(day) eq 2024",
            "year(day) ne 1",
            "year(day) ge 9999",
            "year(day) lt 2",
        ),
        *(
            "month(at) eq 12",
            "month(day) eq 2",
            "day(at) eq 31",
            "day(day) eq 29",
            "hour(at) eq 23",
            "minute(at) eq 34",
            "second(at) eq 59",
        ),
        *(
            "hour(tod) eq 12",
            "minute(tod) eq 59",
            "second(tod) eq 59",
            "fractionalseconds(at) eq 0.5",
            "fractionalseconds(tod) eq 0.999999",
        ),
        *(
            "fractionalseconds(at) gt 0.999998",
            "fractionalseconds(tod) lt 0.000002",
            "date(at) eq 2024-02-29",
            "time(at) eq 13:20:00.000001",
        ),
        *(
            "date(at) lt day",
            "time(at) ge tod",
            "(at add duration'PT0.000001S') eq 2024-01-01T00:00:00Z",
            "at sub at eq duration'P0D'",
        ),
        *(
            "(at sub duration'PT0.000001S') gt 2023-12-31T23:59:59.999999Z",
            "(at add dur) eq 2024-01-01T00:00:00Z",
            "(at sub dur) lt at",
        ),
        *(
            "(at sub 2024-01-01T00:00:00Z) eq duration'PT0.000001S'",
            "(2024-01-01T00:00:00Z sub at) le duration'PT0.000001S'",
        ),
        *(
            "totalseconds(at sub 1970-01-01T00:00:00Z) eq 0",
            "totalseconds(at sub 1970-01-01T00:00:00Z) lt 0",
            "(duration'P1D' add at) gt at",
        ),
        *(
            "at eq 2024-01-01T05:00:00+05:00",
            "at in (2024-01-01T00:00:00Z,2024-01-01T00:00:00.0000001Z)",
            "at gt mindatetime()",
            "at lt maxdatetime()",
        ),
    ),
    "dates and times of day": (
        *(
            "day eq 0001-01-01",
            "day le 0001-01-01",
            "day lt 0001-01-01",
            "day ge 9999-12-31",
            "day gt 9999-12-31",
            "day gt 0000-12-31",
        ),
        *(
            "(day add duration'PT36H') eq 2024-01-02",
            "(day add duration'PT12H') eq day",
            "(day sub duration'PT1S') eq 2024-02-28",
        ),
        *(
            "(day sub 2024-01-01) eq duration'P59D'",
            "(2024-03-01 sub day) eq duration'P1D'",
            "(day sub day) eq duration'P0D'",
        ),
        *(
            "totalseconds(day sub 1970-01-01) eq 86400",
            "totalseconds(day sub 1970-01-01) eq -86400",
            "(day add dur) gt day",
            "(day sub dur) eq day",
        ),
        *(
            "day in (2024-02-29,9999-12-31)",
            "(day add duration'P1D') in (2024-03-01,2024-01-01)",
            "day ne 2024-02-29",
            "day eq date(at)",
        ),
        *(
            "tod eq 23:59:59.999999",
            "tod gt 23:59:59.9999985",
            "tod lt 00:00:00.0000005",
            "tod le 12:00:00.0000001",
            "tod ge 11:59:59.9999999",
        ),
        *("tod in (12:00,12:00:00.0000001)", "tod ne 12:00", "tod lt 12:00:00", "tod gt 23:59:59.9999995"),
    ),
    "durations": (
        *(
            "dur eq duration'PT0.000001S'",
            "dur lt duration'P0D'",
            "dur ge duration'PT1S'",
            "dur gt duration'PT0.9999995S'",
        ),
        *(
            "dur lt duration'PT1.0000005S'",
            "dur in (duration'PT1S',duration'PT1.0000001S')",
            "dur eq duration'P1D'",
            "-dur eq duration'P1D'",
        ),
        *(
            "(dur mul 2) eq duration'PT0.000002S'",
            "(dur mul -2) lt duration'P0D'",
            "(dur div 2) eq duration'PT0.0000005S'",
            "(dur div 3) eq duration'PT1S'",
        ),
        *(
            "(dur add dur) eq duration'PT2S'",
            "(dur sub dur) eq duration'P0D'",
            "(dur add duration'PT1S') eq duration'PT2S'",
            "(duration'PT1S' sub dur) eq duration'P0D'",
        ),
        *(
            "totalseconds(dur) eq 1",
            "totalseconds(dur) eq 3599.999999",
            "totalseconds(dur) eq 31104000",
            "totalseconds(dur) eq 31536000",
        ),
        *(
            "totalseconds(dur) eq 2592000",
            "totalseconds(dur) eq 2678400",
            "totalseconds(dur) eq 3600",
            "totalseconds(dur) eq 60",
        ),
        *(
            "totalseconds(dur) lt -60479999999",
            "totalseconds(dur) eq 0.000001",
            "totalseconds(dur) eq -0.000001",
            "(dur mul qty) eq duration'PT6S'",
        ),
        *(
            "(dur mul sure) lt dur",
            "(dur add dur) in (duration'PT2S',duration'P2D')",
            "(dur mul 1.5) eq duration'PT1.5S'",
            "dur lt duration'P999999999D'",
        ),
        *(
            "dur gt duration'-P999999999D'",
            "dur lt duration'P1000000000D'",
            "dur gt duration'P1000000000D'",
            "dur ge duration'-P1000000000D'",
        ),
        # Of GUIDs.
        *(
            "gid eq 00000000-0000-0000-0000-000000ABCDEF",
            "gid lt 80000000-0000-0000-0000-000000000000",
            "gid ge ffffffff-ffff-ffff-ffff-ffffffffffff",
        ),
        *(
            "gid in (00000000-0000-0000-0000-000000000000,80000000-0000-0000-0000-000000000000)",
            "gid ne 80000000-0000-0000-0000-000000000000",
        ),
    ),
    "nulls": (
        *(
            "contains(name,null)",
            "startswith(null,'a')",
            "length(null) eq 1",
            "trim(null) ne 'a'",
            "concat(name,tolower(null)) eq null",
        ),
        *(
            "(qty add null) eq 1",
            "(qty mul null) eq null",
            "not ((price mul null) gt 1)",
            "-(null) eq 1",
            "round(null) ne 1",
        ),
        *(
            "year(null) eq 2024",
            "month(null) le null",
            "(at add null) eq null",
            "not ((dur mul null) gt dur)",
            "totalseconds(null) eq 1",
        ),
        *(
            "date(null) eq day",
            "time(null) ne tod",
            "fractionalseconds(null) eq 1",
            "cast(null,Edm.Int64) eq 1",
            "cast(null,Edm.Int64) eq null",
        ),
        *(
            "case(qty gt 1:null,true:null) eq null",
            "null in (1,null)",
            "null in (1,2)",
        ),
        *(
            "length(null) in (1,null)",
            "length(null) in (1,2)",
            "not (length(null) in (1,2))",
            "qty in (null)",
            "not (qty in (null))",
        ),
        *(
            "null eq null",
            "null lt 1",
            "null le null",
            "qty lt null",
            "qty le null",
            "num ne length(null)",
            "num eq length(null)",
        ),
        *(
            "null",
            "not null",
            "null or flag",
            "gid eq null",
            "gid in (null)",
            "dur in (null)",
            "at lt null",
            "tod in (null)",
            "state in (null)",
        ),
        *(
            "num ne null",
            "not (num lt null)",
            "1 in (1,2)",
            "'a' in ('b')",
            "2.5 in (2.5,1)",
            "NaN eq NaN",
            "INF gt num",
            "(price add null) in (1,null)",
        ),
    ),
    "collections and relations": (
        *(
            "tags/$count eq 2",
            "tags/$count gt 2",
            "tags/any()",
            "not tags/any()",
            "tags/all(t:t eq 'a')",
            "tags/any(t:t eq '')",
            "tags/any(t:t lt 'b')",
        ),
        *(
            "tags/any(t:contains(t,'b'))",
            "tags/any(t:t in ('b','%'))",
            "tags/all(t:length(t) eq 1)",
            "tags/any(t:t eq name)",
            "tags/$count($filter=$this eq 'a') eq 2",
        ),
        *(
            "lines/$count eq 0",
            "lines/$count eq 3",
            "lines/$count lt 3",
            "lines/any(l:l/qty eq 2147483647)",
            "lines/all(l:l/qty eq null)",
        ),
        *(
            "lines/$count($filter=qty ge 0) eq 1",
            "lines/any(l:l/label eq owner/city)",
            "lines/any(l:l/qty gt qty and l/label ne null)",
        ),
        *(
            "owner/size eq 2147483647",
            "owner/boss eq null",
            "owner/boss ne null",
            "owner/boss/size lt owner/size",
            "not (owner/boss/city eq 'a')",
        ),
        *(
            "(owner/size add 1) gt qty",
            "length(owner/city) eq 1",
            "case(owner/size gt 0:owner/city,true:name) eq 'a'",
            "owner/size in (0,1,null)",
        ),
        *(
            "isof(qty,Edm.Int64)",
            "isof(qty,Edm.Int32)",
            "isof(name,Edm.String)",
            "isof(qty,Edm.Decimal)",
            "isof(flag,Edm.Boolean)",
        ),
    ),
}
_PAST_LONG: Final = {
    f"({text}) eq {number}": f"{number} is past the numbers of "
    for text, number in (
        ("(qty add sure) mul qty", 2**63),
        ("big add big", 2**64 - 2),
        ("big mul 2", -(2**64)),
        ("big mul big", 2**126),
    )
} | {"big div -1 eq 9223372036854775808": "9223372036854775808 is past the numbers of "}
_OF_EXACT: Final = (  # what only exact whole numbers are divided in
    *("big div -1 eq 9223372036854775808", "big mod -1 eq 0", "(big mul 3) div 3 eq big", "((big add big) mod 7) eq 1"),
    *("((big add big) mul 2) lt 0", "((big mul 3) div 4) gt 0", "((big mul 3) mod -2) eq 1"),
)
_LONG_DURATIONS: Final = ("dur lt duration'P999999999D'", "dur gt duration'-P999999999D'")
_DIGITS: Final = {"(price mul price) eq 0.01": "DuckDB has decimals of up to 38 digits"}
REFUSED: Final[dict[str, dict[str, str]]] = {
    "sqlite": {text: f"{why}SQLite" for text, why in _PAST_LONG.items()}
    | dict.fromkeys(
        _LONG_DURATIONS, "SQLAlchemy keeps durations on SQLite as timestamps, which end with the year 9999"
    ),
    "postgresql": {},
    "duckdb": _DIGITS,
    "django: sqlite": {text: f"{why}SQLite" for text, why in _PAST_LONG.items()}
    | dict.fromkeys(_LONG_DURATIONS, "SQLite has no duration of so many days"),
    "django: postgresql": {text: f"{why}PostgreSQL" for text, why in _PAST_LONG.items()},
    "ibis: duckdb": {text: f"{why}DuckDB" for text, why in _PAST_LONG.items()}
    | _DIGITS
    | dict.fromkeys(_OF_EXACT, "DuckDB has whole numbers of up to 38 digits")
    | dict.fromkeys(_LONG_DURATIONS, "DuckDB has no duration of so many days"),
}
"""Which of them each engine refuses, and why."""


def refusals_of(group: str, schema: type[of.Schema], stored: Stored) -> dict[str, str]:
    """What an engine refuses of a group, and why. Raises AssertionError where it gives other rows than `matches`."""
    refused: dict[str, str] = {}
    for text in EDGES[group]:
        f = of.parse(text, schema=schema)
        try:
            found = stored.keys(f)
        except of.UnsupportedError as error:
            refused[text] = error.problems[0].message
            continue
        assert found == [item["id"] for item in stored.items if f.matches(item)], text
    return refused


def known_refusals(group: str, engine: str) -> dict[str, str]:
    """What an engine is known to refuse of a group, and why."""
    return {text: why for text, why in REFUSED[engine].items() if text in EDGES[group]}
