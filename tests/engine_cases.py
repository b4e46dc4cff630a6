"""Random data and random filters for the tests of engines, full of what engines do otherwise than OData.

Everything is drawn from one `random.Random`, so that a seed names a case. Values are such that every engine can store
them; filters are such that the schema allows them.
"""

import datetime as dt
import decimal
import math
import random
import uuid
from collections.abc import Callable, Sequence
from typing import Any, Final, TypeVar

from odatafilter.derive import schema_from_dict

T = TypeVar("T")
UTC: Final = dt.UTC
TEXTS: Final = (
    *(
        "",
        "a",
        "A",
        "abc",
        "ABC",
        "O'Brien",
        "''",
        "%",
        "_",
        "a%b",
        "a_b",
        "\\",
        "a\\b",
        "Σ",
        "ΑΣ",
        "ας",
        "ß",
        "ẞ",
        "SS",
    ),
    *("İ", "i", "ı", " x ", "\u00a0x\u00a0", "x\ty", "é", "e\u0301", "日本", "😀", "a😀b", "z", "Z", "--", '"', "null"),
)
WORDS: Final = ("draft", "sold", "kept")
INTS: Final = (0, 1, -1, 2, 3, 7, -7, 10, 998, 2**31 - 1, -(2**31))
LONGS: Final = (*INTS, 2**53, 2**53 + 1, -(2**53) - 1, 2**63 - 1, -(2**63))
DECIMALS: Final = tuple(
    decimal.Decimal(text)
    for text in ("0", "0.1", "0.2", "0.3", "0.5", "-0.5", "1.5", "-1.5", "2.5", "-2.5", "10", "999.99")
)
DOUBLES: Final = (
    0.0,
    0.5,
    -0.5,
    1.5,
    2.5,
    -2.5,
    0.1,
    0.1 + 0.2,
    1e300,
    -1e300,
    2.0**53,
    3.0,
    math.inf,
    -math.inf,
    math.nan,
)
INSTANTS: Final = (
    dt.datetime(2024, 6, 24, 13, 0, 0, tzinfo=UTC),
    dt.datetime(2024, 6, 24, 13, 0, 0, 1, tzinfo=UTC),
    dt.datetime(2024, 6, 24, 15, 0, 0, 500_000, tzinfo=UTC),
    dt.datetime(2023, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
    dt.datetime(2024, 1, 1, tzinfo=UTC),
    dt.datetime(1969, 12, 31, 23, 0, 0, tzinfo=UTC),
    dt.datetime(1, 1, 2, tzinfo=UTC),
    dt.datetime(9999, 12, 30, tzinfo=UTC),
)
DAYS: Final = (dt.date(2024, 6, 24), dt.date(2024, 2, 29), dt.date(1, 1, 1), dt.date(9999, 12, 31))
TIMES: Final = (dt.time(0, 0), dt.time(13, 20, 0, 1), dt.time(23, 59, 59, 999_999))
# A whole number, a decimal, and a double that is the nearest one to them.
BESIDE_DOUBLES: Final = (
    (2**53 + 1, decimal.Decimal("0.1"), 2.0**53),
    (2**53, decimal.Decimal("0.1"), 2.0**53),
    (-(2**53) - 1, decimal.Decimal("0.1"), 0.1),
    (2**53 - 1, decimal.Decimal("0.3"), 2.0**53),
    (3, decimal.Decimal("2.5"), 2.5),
)
LENGTHS: Final = tuple(
    dt.timedelta(**{unit: number})
    for unit, number in (
        *(
            ("days", 0),
            ("days", 1),
            ("hours", 24),
            ("days", -1),
            ("minutes", 90),
            ("microseconds", 1),
            ("microseconds", -1),
        ),
        *(("seconds", 90_061.5), ("days", 400), ("days", -700_000), ("days", 10_000)),
    )
)
GUIDS: Final = tuple(uuid.UUID(int=number) for number in (0, 0xABCDEF, 2**127 + 0xFEDC))
_NULLS: Final = 0.3  # of values that may be null


# What every engine calculates with times and decimals; what SQLite refuses of them is not here.
CALCULATED: Final = (
    *(
        "(dur add dur) gt duration'PT1S'",
        "(at add dur) gt now()",
        "(day add dur) gt 2024-02-29",
        "(day add dur) eq day",
    ),
    *(
        "(dur mul 3) ge duration'P3D'",
        "(dur div 3) lt duration'PT1S'",
        "(dur div 4) lt dur",
        "totalseconds(dur) gt 0.5",
    ),
    *("totalseconds(dur add dur) lt qty", "(at sub at) eq duration'P0D'", "(dur mul qty) gt duration'P1D'"),
    *("(dur add dur) eq null", "not ((at add dur) lt at)", "(at add dur) in (2024-06-24T13:00:00.000001Z,null)"),
    *("dur in (duration'P1D',null)", "dur gt duration'PT0.0000001S'", "-dur lt duration'PT0.0000001S'"),
    *("case(qty gt 0:at add dur,true:at) gt 2024-06-24T13:00:00Z", "year(at add duration'PT1H') eq 2024"),
    *("(at add duration'P4000000D') gt 2024-01-01T00:00:00Z", "(at add duration'P999999999D') lt at"),
    *("(day sub duration'PT1S') eq 2024-06-23", "(2024-06-24 sub day) le duration'P0D'"),
    *("(totalseconds(at sub 2001-01-01T00:00:00Z) mod 60) lt 1", "(totalseconds(dur) mod 60) lt 1"),
    *("(totalseconds(day sub 2001-01-01) mod 3600) eq 0", "(totalseconds(2001-01-01 sub day) mod 7) gt 3"),
    *(
        "price div 2 gt 1",
        "price div -4 le -0.1",
        "not (price div 3 eq 0.1)",
        "(qty divby 2) eq 1.5",
        "(qty add 1) eq null",
    ),
    *("cast(qty,Edm.Decimal) eq 2.5", "(cast(qty,Edm.Decimal) div 4) gt 0.5", "(cast(big,Edm.Decimal) add 0.5) gt qty"),
    *("cast(price,Edm.Double) eq num", "(cast(price,Edm.Double) mul 2) gt 0.3", "cast(qty,Edm.Double) gt 0.5"),
    *(
        "cast(price add 0.2,Edm.Double) eq 0.30000000000000004",
        "cast(qty,Edm.String) eq '-7'",
        "cast(qty,Edm.Int64) gt big",
    ),
    *("not (cast(qty,Edm.Decimal) gt price)", "cast(big,Edm.Double) eq num", "length(cast(big,Edm.String)) gt 3"),
    *("substring(name,3000000000) eq ''", "substring(name,1,5000000000) eq 'bc'", "substring(name,big) ne name"),
    *("fractionalseconds(at) gt 0.4", "fractionalseconds(tod) eq 0.000001", "(fractionalseconds(at) add 0.5) le 0.5"),
    *("tod eq 13:20:00.0000011", "tod gt 13:20:00.0000009", "tod le 13:20:00.0000015", "tod ne 00:00:00.0000000001"),
    *("price in (0.1,0.3)", "not (price in (0.1,0.3))", "not ((price div 3) in (0.1,0.2))"),
    *("price lt 99999999999999999999", "price ne 12345678901234567890", "price in (12345678901234567890,1)"),
    *("(qty add 1) in (1,2.5,null)", "not ((big sub 1) in (9223372036854775807,1e19))", "(price add 0.2) in (0.3,1)"),
    *("((qty add 1) sub 3) in (-2,5)", "(cast(qty,Edm.Int64) add 1) in (1,3)", "year(at) in (2024,2025)"),
    *(
        "false or false",
        "not (false or false)",
        "true and true",
        "not (true and true)",
        "qty gt 1 and (false or false)",
    ),
    *("not (qty gt 1 or true)", "null eq 1 or null ne null", "flag and true", "flag or false or flag"),
    *("big div 7 gt qty", "big mod 7 eq 1", "big mod -3 eq -1", "sure div -1 lt 0"),
    *("(price mod 0.3) eq 0.1", "(price mod -2) lt price", "price in (0.1,0.12345678901234567,null)"),
    *("case(qty gt 0:price,true:price add 0.2) gt 0.3", "case(qty gt 0:price,true:0.12345678901234567) lt 0.2"),
)
# Members of an enumeration: in a column of bits, in a text of names, and in a type of the database.
COLORS: Final = ("red", "green", "blue")
ENUMERATIONS: Final = schema_from_dict(
    {
        "id": "Int32",
        **{name: {"kind": "Enum", "enum": COLORS} for name in ("bits", "names", "word", "color")},
    },
    name="Painted",
)
PAINTED: Final[tuple[dict[str, Any], ...]] = tuple(
    {"id": key, "bits": bits, "names": names, "word": word}
    for key, (bits, names, word) in enumerate(
        (
            *((0, "red", "red"), (1, "green", "green"), (3, "red,green", "blue"), (6, "blue, green", "red")),
            *(
                (7, "red,green,blue", "green"),
                (None, None, None),
                (4, "redgreen", "red"),
                (2**31 - 1, "blue,red", "blue"),
            ),
        ),
        1,
    )
)
HAVING: Final = (
    *("bits has '1'", "bits has '6'", "bits has '0'", "not (bits has '2')", "bits has '2' eq null", "bits has '1,2'"),
    *("names has 'red'", "names has 'red,green'", "not (names has 'blue')", "names has 'green' or bits has '4'"),
    *(
        "bits eq '3'",
        "bits ne '3'",
        "bits in ('3','4',null)",
        "names eq 'red'",
        "names ne 'red'",
        "names in ('red','green')",
    ),
    *(
        "names has 'red' eq false",
        "names has '0'",
        "word has '0'",
        "bits has '9223372036854775807'",
        "not (names has '0')",
        "case(names has 'blue':1,true:2) eq 1",
    ),
    *("word has 'red'", "not (word has 'green')", "word eq 'blue'", "word in ('red',null)", "word has 'red,green'"),
)
_NUMBER_OF_NAME: Final = "only the service knows which number the name of a member has"
_NAME_OF_NUMBER: Final = "only the service knows which name the number of a member has"
# What every engine refuses of members, and why; {0} is the name of the engine.
REFUSED_OF_MEMBERS: Final = {
    **dict.fromkeys(("bits has 'red'", "bits eq 'red'", "bits in ('1','red')", "names eq bits"), _NUMBER_OF_NAME),
    **dict.fromkeys(("names has '1'", "names eq '1'", "word eq '1'", "word has '1'"), _NAME_OF_NUMBER),
    **dict.fromkeys(
        ("names eq 'red,green'", "names in ('red','red,green')"),
        "{0} compares single members: ask for several by 'has'",
    ),
    **dict.fromkeys(
        ("bits has '9223372036854775808'", "bits has '-9223372036854775809'"), "{0} has numbers of 64 bits"
    ),
}
# What every engine refuses of items, and why.
REFUSED_OF_ITEMS: Final = {
    **dict.fromkeys(
        (
            "cast(name,Edm.Int32) eq 5",
            "cast(num,Edm.Int32) eq 5",
            "cast(price,Edm.String) eq '5'",
            "cast(big,Edm.Int32) eq 5",
        ),
        "{0} has no 'cast' that is null where the cast fails",
    ),
    **dict.fromkeys(
        ("(price div 3) add 1 gt qty", "(price div 3) mul price gt 1"),
        "{0} does not divide decimals as exactly as OData wants it",
    ),
    **dict.fromkeys(("num mod 2 eq 1", "num mod 0.5 lt num"), "{0} has no 'mod' of numbers with a floating point"),
    **dict.fromkeys(
        ("substring(name,1,-1) eq 'a'", "substring(name,1,qty) eq 'a'", "substring(name,1,null) eq 'a'"),
        "a length that may be negative is an error, which no row can be",
    ),
    **dict.fromkeys(
        (
            *("month(at add dur) eq 2", "month(at add duration'PT0.0000001S') eq 2", "month(day add dur) eq 2"),
            *("hour(at add duration'P1000001D') eq 2", "hour(at sub duration'P1000001D') eq 2"),
            "date((at add duration'P1D') add duration'P1D') eq day",
        ),
        "{0} only compares times that are calculated so",
    ),
    **dict.fromkeys(
        (
            "isof(name,Edm.Int32)",
            "isof(big,Edm.Int32)",
            "isof(day,Edm.Date)",
            "isof(num,Edm.Double)",
            "isof(flag,Edm.String)",
        ),
        "{0} has no equal of 'isof' where the kind of the value does not say it",
    ),
    **dict.fromkeys(
        ("(dur mul num) gt dur", "totalseconds(dur mul num) gt 1"),
        "a duration times a number with a floating point cannot be run here: no engine calculates it exactly",
    ),
    **dict.fromkeys(
        ("(dur div 7) gt dur", "totalseconds(dur div 3) gt 1"),
        "a quotient of a duration cannot be run here: no engine calculates it exactly",
    ),
    **dict.fromkeys(
        ("tags eq ['a']", "[1,2] eq [1]", "owner eq owner", "lines/any(l:l eq l)"),
        "{0} compares single values of a kind that is known",
    ),
    "hassubset(tags,['a'])": "{0} has no equal of 'hassubset'",
    "totaloffsetminutes(at) eq 0": "{0} has no equal of 'totaloffsetminutes'",
}
_OWNER: Final = {"city": "String", "size": "Int32"}
SCHEMA: Final = schema_from_dict(
    {
        "id": {"kind": "Int32", "nullable": False},
        **dict.fromkeys(("name", "note"), "String"),
        "state": {"kind": "String", "enum": WORDS},
        "qty": "Int32",
        "big": "Int64",
        "price": "Decimal",
        "num": "Double",
        "flag": "Boolean",
        "at": "DateTimeOffset",
        "day": "Date",
        "tod": "TimeOfDay",
        "dur": "Duration",
        "gid": "Guid",
        "sure": {"kind": "Int32", "nullable": False},
        "tags": {"kind": "Collection", "element": "String"},
        "owner": {"kind": "Complex", "properties": {**_OWNER, "boss": {"kind": "Complex", "properties": _OWNER}}},
        "lines": {
            "kind": "Collection",
            "element": {"kind": "Complex", "properties": {"qty": "Int32", "label": "String"}},
        },
    },
    name="Item",
)


class Luck:
    """Draws values, rows and filters."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)

    def pick(self, several: Sequence[T]) -> T:
        return self._random.choice(several)

    def chance(self, of: float) -> bool:
        return self._random.random() < of

    def maybe(self, several: Sequence[T]) -> T | None:
        return None if self.chance(_NULLS) else self.pick(several)

    def number(self, least: int, most: int) -> int:
        return self._random.randint(least, most)

    # --- data

    def item(self, key: int, owners: Sequence[int]) -> dict[str, Any]:
        """An item with its lines; `owners` are the keys of the owners that there are."""
        return {
            "id": key,
            "name": self.maybe(TEXTS),
            "note": self.maybe(TEXTS),
            "state": self.maybe(WORDS),
            "qty": self.maybe(INTS),
            "big": self.maybe(LONGS),
            "price": self.maybe(DECIMALS),
            "num": self.maybe(DOUBLES),
            "flag": self.maybe((True, False)),
            "at": self.maybe(INSTANTS),
            "day": self.maybe(DAYS),
            "tod": self.maybe(TIMES),
            "dur": self.maybe(LENGTHS),
            "gid": self.maybe(GUIDS),
            "sure": self.pick(INTS),
            "tags": [self.pick(TEXTS) for _ in range(self.number(0, 3))],
            "owner": self.maybe(owners),
            "lines": [{"qty": self.maybe(INTS), "label": self.maybe(TEXTS)} for _ in range(self.number(0, 3))],
        }

    def owner(self, key: int) -> dict[str, Any]:
        return (
            {"id": key, "city": self.maybe(TEXTS), "size": self.maybe(INTS), "boss": self.maybe(range(1, key))}
            if (key > 1)
            else {"id": key, "city": self.maybe(TEXTS), "size": self.maybe(INTS), "boss": None}
        )

    # --- filters

    def filter(self) -> str:
        return self.condition(self.number(1, 3), "")

    def condition(self, depth: int, variable: str) -> str:
        """A condition about the item, or about the element that `variable` is."""
        if depth > 0 and self.chance(0.45):
            below = [self.condition(depth - 1, variable) for _ in range(self.number(2, 3))]
            return "(" + self.pick((" and ", " or ")).join(below) + ")"
        if depth > 0 and self.chance(0.2):
            return f"not ({self.condition(depth - 1, variable)})"
        if variable:
            return self._of_line(variable)
        return self.pick(self._CONDITIONS)(self)

    def _of_line(self, variable: str) -> str:
        match self.number(0, 3):
            case 0:
                return self._compared(f"{variable}/label", self._text())
            case 1:
                return f"{self.pick(('contains', 'startswith', 'endswith'))}({variable}/label,{self._text()})"
            case 2:
                return self._compared(f"{variable}/qty", self.pick(("qty", "sure", self._int())))
            case _:
                return self._compared(f"{variable}/qty", self.pick(("null", self._int())))

    def _operator(self) -> str:
        return self.pick(("eq", "ne", "lt", "le", "gt", "ge"))

    def _compared(self, one: str, other: str) -> str:
        if self.chance(0.15):
            one, other = other, one
        return f"{one} {self._operator()} {other}"

    def _text(self) -> str:
        return "'" + self.pick(TEXTS).replace("'", "''") + "'"

    def _int(self) -> str:
        return str(self.pick(INTS))

    def _text_property(self) -> str:
        return self.pick(("name", "note", "owner/city", "owner/boss/city"))

    def _text_value(self, depth: int = 1) -> str:
        if depth == 0 or self.chance(0.3):
            return self.pick((self._text_property(), self._text_property(), self._text()))
        inner = self._text_value(depth - 1)
        return self.pick(
            (
                f"tolower({inner})",
                f"toupper({inner})",
                f"trim({inner})",
                f"concat({inner},{self._text_value(0)})",
                f"substring({inner},{self.number(-3, 3)})",
                f"substring({inner},{self.number(-3, 3)},{self.number(0, 3)})",
                f"substring({inner},qty)",
            )
        )

    def _texts(self) -> str:
        return self._compared(self._text_value(), self.pick((self._text(), self._text_property(), "null")))

    def _parts(self) -> str:
        function = self.pick(("contains", "startswith", "endswith"))
        call = f"{function}({self._text_value()},{self.pick((self._text(), self._text_property()))})"
        return self.pick((call, call, f"{call} eq {self.pick(('true', 'false', 'null'))}"))

    def _lengths(self) -> str:
        call = self.pick((f"length({self._text_value()})", f"indexof({self._text_value()},{self._text()})"))
        return self._compared(call, self.pick(("0", "1", "2", "-1", "qty")))

    def _integers(self) -> str:
        one = self.pick(("qty", "big", "sure", "owner/size", "qty add 1", "qty sub sure", "sure mul 2", "qty div 2"))
        one = self.pick((one, "qty mod 3", "-qty", "big add 1", "lines/$count", "tags/$count", "qty div sure"))
        literal = self.pick((self._int(), "2.5", "-0.5", "9007199254740992.5", "9007199254740993", "1e19", "null"))
        return self._compared(
            f"({one})" if " " in one else one, self.pick((literal, literal, "sure", "qty", "num", "price"))
        )

    def _decimals(self) -> str:
        one = self.pick(("price", "price add 0.2", "price mul 2", "round(price)", "floor(price)", "ceiling(price)"))
        one = f"({one})" if " " in one else one
        return self._compared(one, self.pick(("0.3", "0.5", "1", "2.5", "price", "qty", "null", "0.30000000000000004")))

    def _doubles(self) -> str:
        one = self.pick(("num", "num add 0.5", "num mul 2", "floor(num)", "ceiling(num)", "round(num)", "-num"))
        one = f"({one})" if " " in one else one
        return self._compared(
            one, self.pick(("0.5", "NaN", "INF", "-INF", "0.30000000000000004", "qty", "big", "null", "3"))
        )

    def _instants(self) -> str:
        literals = (
            *(
                "2024-06-24T13:00:00Z",
                "2024-06-24T15:00:00+02:00",
                "2024-06-24T13:00:00.0000001Z",
                "0001-01-02T00:00:00Z",
            ),
            *("2023-12-31T23:59:59.9999995Z", "2024-06-24T13:00:00.000001Z", "null", "2023-12-31T23:59:60Z"),
            *("0001-01-01T00:00:00+05:00", "9999-12-31T23:00:00-05:00", "now()"),
        )
        return self._compared("at", self.pick(literals))

    def _calendar(self) -> str:
        part = self.pick(("year(at)", "month(at)", "day(at)", "hour(at)", "minute(at)", "second(at)", "year(day)"))
        part = self.pick((part, "month(day)", "day(day)", "hour(tod)", "second(tod)"))
        return self._compared(part, self.pick(("2024", "6", "24", "13", "0", "59", "1", "2024.5", "qty", "null")))

    def _dates(self) -> str:
        if self.chance(0.5):
            return self._compared(
                self.pick(("day", "date(at)")), self.pick(("2024-06-24", "2024-02-29", "0001-01-01", "null"))
            )
        return self._compared(
            self.pick(("tod", "time(at)")), self.pick(("13:20:00.000001", "00:00", "23:59:59.999999", "null"))
        )

    def _length(self) -> str:
        texts = ("P1D", "PT24H", "-P1D", "PT1H30M", "PT0.000001S", "P1DT1H1M1.5S", "P0D", "PT0.0000005S", "P5000000D")
        return f"duration'{self.pick(texts)}'"

    def _durations(self) -> str:
        one = self.pick(("dur", "dur", "-dur", f"dur add {self._length()}", f"{self._length()} sub dur", "dur add dur"))
        one = self.pick((one, "dur mul 3", "-0.5 mul dur", "dur div 4", "dur div 3", "dur mul qty", "day sub day"))
        one = self.pick(
            (one, "at sub at", "at sub 2024-06-24T13:00:00Z", f"day sub {self.pick(DAYS)}", "(dur sub dur) mul 2")
        )
        one = f"({one})" if " " in one else one
        if self.chance(0.2):
            return self._compared(f"totalseconds({one})", self.pick(("86400", "0.5", "-0.000001", "qty", "null")))
        if self.chance(0.15):
            one = f"({one})" if one.startswith("-") else one  # a sign binds less than `in`
            return f"{one} in ({self._length()},{self.pick((self._length(), 'null'))})"
        return self._compared(one, self.pick((self._length(), self._length(), "dur", "null")))

    def _moved(self) -> str:
        part = self.chance(0.1)  # which is taken of what a literal moves
        by = self.pick((self._length(), self._length(), self._length() if part else "dur"))
        one, literal = self.pick((("at", "2024-06-24T13:00:00.000001Z"), ("day", "2024-02-29")))
        moved = f"({one} {self.pick(('add', 'sub'))} {by})" if self.chance(0.7) else f"({by} add {one})"
        if part:
            function = self.pick(("month", "day", "hour", "second")) if one == "at" else self.pick(("month", "day"))
            return self._compared(f"{function}({moved})", self.pick(("6", "13", "0", "qty")))
        return self._compared(moved, self.pick((literal, literal, one, "null")))

    def _guids(self) -> str:
        guid = str(self.pick(GUIDS))
        return self._compared("gid", self.pick((guid, guid.upper(), "null")))

    def _booleans(self) -> str:
        return self.pick(
            ("flag", "not flag", "flag eq true", "flag ne false", "flag eq null", "flag lt true", "(qty gt 1) eq flag")
        )

    def _states(self) -> str:
        return self._compared_equal("state", self.pick(("'draft'", "'sold'", "null")))

    def _compared_equal(self, one: str, other: str) -> str:
        return f"{one} {self.pick(('eq', 'ne'))} {other}"

    def _members(self) -> str:
        kind = self.number(0, 3)
        if kind == 0:
            values = [self.pick((self._text(), self._text(), "null")) for _ in range(self.number(1, 4))]
            return f"{self._text_property()} in ({','.join(values)})"
        if kind == 1:
            values = [self.pick((self._int(), "2.5", "1e19", "null")) for _ in range(self.number(1, 4))]
            one = self.pick(
                ("qty", "big", "owner/size", "qty add 1", "2 sub qty", "big sub 3", "-big", "qty mul 2", "price")
            )
            return f"{f'({one})' if set(one) & {' ', '-'} else one} in ({','.join(values)})"
        if kind == 2:
            return "state in ('draft','kept',null)"
        return f"num in (0.5,NaN,{self.pick(('null', '3', 'INF'))})"

    def _loops(self) -> str:
        quantifier = self.pick(("any", "all"))
        match self.number(0, 4):
            case 0:
                return f"tags/{quantifier}(t:{self._compared('t', self.pick((self._text(), 'name')))})"
            case 1:
                return "lines/any()"
            case 2:
                return f"lines/$count($filter={self._compared('qty', self._int())}) {self._operator()} 1"
            case _:
                return f"lines/{quantifier}(l:{self.condition(1, 'l')})"

    def _own(self) -> str:
        return self._compared("sure", self.pick((self._int(), "qty", "big", "null")))

    _CONDITIONS: Final[tuple[Callable[["Luck"], str], ...]] = (
        *(_texts, _texts, _parts, _lengths, _integers, _integers, _decimals, _doubles, _instants, _calendar),
        *(_durations, _moved, _dates, _guids, _booleans, _states, _members, _members, _loops, _loops, _own),
    )
