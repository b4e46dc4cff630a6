"""What filters mean: the standard's examples, oracles in plain Python, and traps. Sections are of URL Conventions.

`value` of a text says true, false or None (null). Laws over random values take their filter from a text and vary the
item, in which `r` is what plain Python makes of `a` and `b`.
"""

import dataclasses
import datetime as dt
import enum
import functools
import itertools
import math
import re
import string
import sys
import types
import unicodedata
import uuid
from collections import ChainMap, Counter, UserDict
from collections.abc import Callable, Mapping
from decimal import Context, Decimal, FloatOperation, Inexact, InvalidOperation, localcontext
from fractions import Fraction
from typing import Any, ClassVar, NamedTuple

import msgspec
import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter import limits, tree
from odatafilter._evaluate import values
from odatafilter._literals import times

ITEM: Mapping[str, Any] = {
    "CompanyName": "Alfreds Futterkiste",
    "City": "Berlin",
    "Country": "Germany",
    "BirthDate": "1971-05-08T04:40:40.05+02:00",
    "Rating": 5,
    "Price": 2.55,
    "Freight": Decimal("31.5"),
    "Style": "Yellow,Solid",
    "Hired": "2024-02-28",
    "Opens": "07:59:59.999",
    "Lasts": "P12DT23H59M59.999999999999S",
    "Key": "DC720F05-E5F7-448B-AE06-765DE46F0AF1",
    "Data": "T0RhdGE",
    "Tags": ["new", "sale", "new"],
    "Address": {"City": "Berlin", "Zip": None, "@Core.Note": "home"},
    "Price@Measures.Currency": "EUR",
    "Orders": [
        {"Id": 1, "Items": [{"Quantity": 120}, {"Quantity": 3}], "ShipTo": {"City": "Berlin"}},
        {"Id": 2, "Items": [], "ShipTo": None},
    ],
    "Nothing": None,
    "Yes": True,
}


@functools.cache
def filter_of(text: str, schema: type[of.Schema] | None = None) -> of.Filter:
    return of.parse(text, schema=schema)


def value(text: str, item: object = ITEM) -> bool | None:
    return truth(filter_of(text).tree, item)


def truth(node: tree.Expression, item: object) -> bool | None:
    """True, false or null: a filter alone says only whether it is true."""
    answers = of.Filter(node).matches(item), of.Filter(tree.Not(node)).matches(item)
    assert {type(answer) for answer in answers} == {bool}
    return {(True, False): True, (False, True): False, (False, False): None}[answers]


def refusal(text: str, item: object = ITEM) -> str:
    with pytest.raises(of.FilterError) as caught:
        filter_of(text).matches(item)
    return str(caught.value)


# --- null (§5.1.1.1, odata.md §4) -----------------------------------------------------------------------------------

TRUTH = {"true": True, "false": False, "null": None}


@pytest.mark.parametrize(("left", "right"), list(itertools.product(TRUTH, TRUTH)))
def test_and_or_not_are_those_of_kleene(left: str, right: str) -> None:
    pair = {TRUTH[left], TRUTH[right]}
    assert value(f"{left} and {right}") is (False if False in pair else None if None in pair else True)
    assert value(f"{left} or {right}") is (True if True in pair else None if None in pair else False)
    assert value(f"not {left}") is {True: False, False: True, None: None}[TRUTH[left]]


@pytest.mark.parametrize(
    ("operator", "both", "one"),
    [
        ("eq", True, False),
        ("ne", False, True),
        ("lt", False, False),
        ("gt", False, False),
        ("le", True, False),
        ("ge", True, False),
    ],
)
def test_a_comparison_with_null_is_true_or_false(operator: str, both: bool, one: bool) -> None:
    assert value(f"Nothing {operator} null") is both
    assert value(f"NotThere {operator} Address/Zip") is both
    for text in ("5", "'a'", "true", "INF", "2024-01-01", "duration'PT1S'", "[1]", "{}"):
        assert value(f"null {operator} {text}") is one
        assert value(f"{text} {operator} Nothing") is one


@pytest.mark.parametrize("text", ["Nothing add 1", "1 mul Nothing", "null div 0", "-Nothing", "Nothing sub Nothing"])
def test_arithmetic_with_null_is_null(text: str) -> None:
    assert value(f"{text} eq null") is True


@pytest.mark.parametrize(
    "text",
    [
        "contains(Nothing,'a')",
        "contains('a',Nothing)",
        "Nothing has Sales.Pattern'Yellow'",
        "isof(Nothing,Edm.String)",
        "matchesPattern(City,Nothing)",
        "hassubset(Nothing,[1])",
        "not startswith(City,null)",
        "case(false:true)",
        "case(Nothing:true)",
        "@unbound",
        "Nothing",
        "Address/Zip/Area",
        "@Core.Absent",
        "$it/NotThere",
    ],
)
def test_functions_of_null_and_what_is_not_there_are_null(text: str) -> None:
    assert value(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "substring(Nothing,1)",
        "year(Nothing)",
        "round(null)",
        "cast(Nothing,Edm.Int32)",
        "cast('five',Edm.Int32)",
        "concat('a',Nothing)",
        "totalseconds(Nothing)",
    ],
)
def test_values_of_functions_of_null_are_null(text: str) -> None:
    assert value(f"{text} eq null") is True


def test_not_of_a_comparison_with_null_is_no_opposite_comparison() -> None:
    assert value("not (Nothing gt 5)") is True
    assert value("Nothing le 5") is False


# --- examples -------------------------------------------------------------------------------------------------------

TRUE = """
concat(concat(City,', '),Country) eq 'Berlin, Germany'
contains(CompanyName,'Alfreds')
endswith(CompanyName,'Futterkiste')
indexof(CompanyName,'lfreds') eq 1
indexof(CompanyName,'x') eq -1
length(CompanyName) eq 19
startswith(CompanyName,'Alfr')
substring(CompanyName,1) eq 'lfreds Futterkiste'
substring(CompanyName,1,2) eq 'lf'
substring(CompanyName,-2) eq 'te'
substring(CompanyName,-99) eq CompanyName
substring(CompanyName,99) eq ''
hassubset([4,1,3],[4,1,3])
hassubset([4,1,3],[1,3,4])
hassubset([4,1,3],[3,1])
hassubset([4,1,3],[4,3])
hassubset([4,1,3,1],[1,1])
not hassubset([1,2],[1,1,2])
hassubsequence([4,1,3],[4,1,3])
hassubsequence([4,1,3],[4,1])
hassubsequence([4,1,3],[4,3])
hassubsequence([4,1,3,1],[1,1])
not hassubsequence([4,1,3],[1,3,4])
not hassubsequence([4,1,3],[3,1])
not hassubsequence([1,2],[1,1,2])
matchesPattern(CompanyName,'^A.*e$')
tolower(CompanyName) eq 'alfreds futterkiste'
toupper(CompanyName) eq 'ALFREDS FUTTERKISTE'
trim(concat('  ',CompanyName)) eq CompanyName
day(BirthDate) eq 8
month(BirthDate) eq 5
year(BirthDate) eq 1971
hour(BirthDate) eq 4
minute(BirthDate) eq 40
second(BirthDate) eq 40
fractionalseconds(BirthDate) lt 0.1
fractionalseconds(BirthDate) eq 0.05
date(BirthDate) eq 1971-05-08
time(BirthDate) eq 04:40:40.05
totaloffsetminutes(BirthDate) eq 120
totalseconds(Lasts) eq 1123199.999999999999
Lasts eq duration'P12DT23H59M59.999999999999S'
Lasts lt duration'P13D'
year(Hired) eq 2024 and month(Hired) eq 2 and day(Hired) eq 28
hour(Opens) eq 7 and second(Opens) eq 59 and fractionalseconds(Opens) eq 0.999
Opens eq 07:59:59.999
Opens lt 08:00
hour(23:59:60.5) eq 23 and second(23:59:60.5) eq 60 and cast(23:59:60.5,Edm.String) eq '23:59:60.5'
mindatetime() lt BirthDate and BirthDate lt now() and now() lt maxdatetime()
now() eq now()
ceiling(Freight) eq 32
floor(Freight) eq 31
round(Freight) eq 32
round(-2.5) eq -3 and round(2.5) eq 3 and round(-2.4) eq -2 and round(5) eq 5 and floor(INF) eq INF
case(Rating gt 0:1,Rating lt 0:-1,true:0) eq 1
case(Nothing:1,true:2,true:3) eq 2
Price add 2.45 eq 5.00
Rating div 2 eq 2
Rating divby 2 eq 2.5
Rating mod 5 eq 0
(4 add 5) mod (4 sub 1) eq 0
-Rating div 2 eq -2 and Rating div -2 eq -2
-Rating mod 3 eq -2 and Rating mod -3 eq 2
7 div 2.0 eq 3.5
-(-Rating) eq Rating
Hired add duration'P2D' eq 2024-03-01
Hired add duration'PT23H' eq Hired and Hired sub duration'PT1H' eq 2024-02-27
2024-03-01 sub Hired eq duration'P2D'
BirthDate add duration'PT24H' eq 1971-05-09T02:40:40.05Z
BirthDate sub 1971-05-08T02:40:40.05Z eq duration'PT0S'
Lasts mul 2 gt duration'P25D' and 2 mul Lasts eq Lasts add Lasts
duration'PT1H' div 4 eq duration'PT15M' and duration'PT1H' divby 3 mul 3 eq duration'PT1H'
-duration'PT1H' eq duration'-PT60M'
Style has Sales.Pattern'Yellow' and Style has 'Solid,Yellow'
not (Style has Sales.Pattern'Red')
Style eq Sales.Pattern'Solid,Yellow'
Rating has Sales.Pattern'4' and not (Rating has '2')
Key eq dc720f05-e5f7-448b-ae06-765de46f0af1
Key in (dc720f05-e5f7-448b-ae06-765de46f0af1)
Key in [dc720f05-e5f7-448b-ae06-765de46f0af1]
Data eq binary'T0RhdGE=' and Data ne binary''
City in ('Berlin','Bonn') and not (City in ())
Nothing in (null) and not (Nothing in ('a'))
Rating in (4.0,5.0)
Rating in [1,2 add 3]
'sale' in Tags and not ('s' in Tags)
[City,Country] in [["Bonn","Germany"],["Berlin","Germany"]]
Tags eq ['new','sale','new'] and Tags ne ["new","new","sale"]
Address eq {"City":"Berlin"}
Address ne {"City":"Berlin","Zip":1}
{"a":[1,{"b":2.0}]} eq {"a":[1.0,{"b":2}]}
length(Tags) eq 3 and concat(Tags,['x']) eq ['new','sale','new','x'] and indexof(Tags,['sale','new']) eq 1
contains(Tags,['new','sale']) and startswith(Tags,[]) and endswith(Tags,['new']) and substring(Tags,-1) eq ['new']
Address/City eq 'Berlin'
$it/Address/City eq City and $this/City eq City
Address/@Core.Note eq 'home'
Price/@Measures.Currency eq 'EUR'
Model.Customer/City eq 'Berlin' and Address/Model.Home/City eq 'Berlin'
Orders/any(o:o/Items/any(i:i/Quantity gt 100))
Orders/any(o:o/ShipTo/City eq City)
Orders/any(City:City/ShipTo/City eq $it/City)
not Orders/all(o:o/Items/any())
Orders/all(o:o/Id gt 0) and NotThere/all(x:false)
not NotThere/any() and not Orders/any(o:Nothing) and not Orders/all(o:Nothing)
Tags/any(t:t eq 'sale') and Tags/all(t:length(t) ge 3)
Orders/$count eq 2 and NotThere/$count eq 0
Orders/$count($filter=Id gt 1) eq 1
Orders/$filter(Id lt 2)/any(o:o/Items/$count eq 2)
Tags/$filter($this ne 'new')/$count eq 1
Orders/$filter(ShipTo/City eq $it/City)/$count eq 1
Orders/Items/$count eq 2 and Orders/Items/Quantity eq [120,3]
Tags eq 'sale' and Orders/Id eq 2
cast(Rating,Edm.String) eq '5' and cast(Yes,Edm.String) eq 'true'
cast('12',Edm.Int64) eq 12 and cast('1.5',Edm.Decimal) eq 1.5 and cast('-INF',Edm.Double) eq -INF
cast(2.9,Edm.Int32) eq 2 and cast(-2.9,Edm.Int32) eq -2
cast(300,Edm.Byte) eq null and cast(INF,Edm.Int64) eq null
cast('2024-06-24T13:00:00',Edm.DateTimeOffset) eq 2024-06-24T13:00:00Z
cast('x',Edm.Guid) eq null and cast(Rating,Edm.Duration) eq null
cast(BirthDate,Edm.DateTimeOffset) eq 1971-05-08T02:40:40.05Z
cast(1971-05-08T04:40:40.0500+02:00,Edm.String) eq '1971-05-08T04:40:40.05+02:00'
cast(duration'PT26H0.5S',Edm.String) eq 'P1DT2H0M0.5S' and cast(07:05,Edm.String) eq '07:05:00'
cast(-0044-03-15,Edm.String) eq '-0044-03-15' and cast(binary'AA==',Edm.String) eq 'AA'
cast(['1','x'],Collection(Edm.Int32)) eq [1,null] and cast(Address,Edm.String) eq null
cast(0.1,Edm.Single) lt 0.100000002 and cast(1e39,Edm.Single) eq INF
isof(Rating,Edm.Int32) and isof(Rating,Edm.Decimal) and not isof(Rating,Edm.String)
isof(City,Edm.String) and isof(Hired,Edm.Date) and not isof(City,Edm.Date)
isof(3000000000,Edm.Int64) and not isof(3000000000,Edm.Int32)
isof(Tags,Collection(Edm.String))
"""


@pytest.mark.parametrize("text", TRUE.strip().splitlines())
def test_examples_are_true(text: str) -> None:
    assert value(text) is True
    assert value(f"not ({text})") is False


@pytest.mark.parametrize(
    ("pattern", "text", "flags", "found"),
    [
        ("^A.*e$", "Alfreds Futterkiste", "", True),
        ("b", "abc", "", True),
        ("^b", "abc", "", False),
        ("a$", "a\n", "", False),
        ("berg$", "Bamberg\nX", "m", True),
        ("^x", "a\u2028x", "m", True),
        ("a.c", "a\rc", "", False),
        ("a.c", "a\nc", "s", True),
        (r"^\d$", "٣", "", False),
        (r"^\w+$", "é", "", False),
        (r"\bé", "aé", "", True),
        (r"^\s$", "\ufeff", "", True),
        (r"^[\s]$", "\x1c", "", False),
        (r"^[^\S]$", "\u00a0", "", True),
        ("ABC", "abc", "i", True),
        (r"^\/\x41\u0042\cJ\t$", "/AB\n\t", "", True),
        (r"^[\b]$", "\b", "", True),
        ("^[^]$", "\n", "", True),
        ("[]", "a", "", False),
        ("^[a-c]$", "b", "", True),
        ("^[a-c]$", "-", "", False),
        (r"^[\x41-C]$", "B", "", True),
        (r"^[\d-x]$", "-", "", True),
        ("^[a[&&b]+$", "[&", "", True),
        (r"^[\w-z]+$", "a-z", "", True),
        ("^a{,2}$", "a{,2}", "", True),
        ("^a{2,}?$", "aaa", "", True),
        ("^(?<x>a)\\k<x>(?=b)(?!c)(?:b)$", "aab", "", True),
        (r"(?<=a)b\B", "abc", "", True),
        (r"^(.)\1$", "aa", "", True),
        ("^\\ud83d\\ude00$|^\\u{1F600}x", "😀", "", True),
        (r"^}\]]$", "}]]", "", True),
    ],
)
def test_patterns_are_those_of_ecmascript(pattern: str, text: str, flags: str, found: bool) -> None:
    item = {"t": text, "p": pattern, "f": flags}
    assert value("matchesPattern(t,p,f)", item) is found


@pytest.mark.parametrize(
    "pattern",
    [
        "(",
        "a**",
        "a++",
        "(?i)a",
        "(?P<x>a)",
        "(?>a)",
        "(?#a)",
        "[b-a]",
        r"\c",
        r"a\c",
        r"[\12]",
        r"\p{L}",
        r"\u{110000}",
        r"\A",
        "[a",
        "\\",
        "*",
        "a{99999999999}",
    ],
)
def test_a_pattern_that_ecmascript_does_not_have_is_refused(pattern: str) -> None:
    assert "is no regular expression that can be used" in refusal("matchesPattern(t,p)", {"t": "a", "p": pattern})


def test_a_pattern_and_what_it_is_looked_for_in_have_bounds() -> None:
    assert value(f"matchesPattern(a,'{'a' * 1000}')", {"a": "a" * 100_000}) is True
    assert refusal(f"matchesPattern(a,'{'a' * 1001}')", {"a": "a"}) == (
        "property 'a': a pattern of 1001 characters is too long to be evaluated here: 1000 are allowed"
    )
    assert refusal("matchesPattern(a,'a')", {"a": "a" * 100_001}) == (
        "property 'a': a text to match with a pattern of 100001 characters is too long to be evaluated here: 100000 are allowed"
    )


def test_an_unknown_flag_of_a_pattern_is_named() -> None:
    message = "matchesPattern has no flag 'x'; it has 'i', 'm', 's' and 'u'"
    assert refusal("matchesPattern(City,'a','x')") == f"property 'City': {message}"


# --- refusals -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NS.Rank(of=1) eq 2", "NS.Rank(…) cannot be evaluated here: the service defines it"),
        ("$it/NS.Rank() eq 2", "'NS.Rank()' cannot be evaluated here: only the service knows what it gives"),
        ("$root/Jobs/a eq 1", "'$root' cannot be evaluated here: only the service knows what it gives"),
        ("Orders(1)/Id eq 1", "'Orders(1)' cannot be evaluated here: only the service knows what it gives"),
        ("Orders/$filter(Id eq 1)(1)/Id eq 1", "'(1)' cannot be evaluated here: only the service knows what it gives"),
        (
            "Orders/$count($search=x) eq 1",
            "'$count($search=x)' cannot be evaluated here: only the service knows what it gives",
        ),
        ("geo.length(Route) gt 1", "geo.length cannot be evaluated here: it depends on a coordinate reference system"),
        (
            "Place eq geography'SRID=0;Point(1 2)'",
            "geography'SRID=0;Point(1 2)' cannot be evaluated here: it depends on a coordinate reference system",
        ),
        ("isof(NS.Job)", "NS.Job cannot be evaluated here: only the service knows the type"),
        ("cast(a,String) eq 'x'", "String cannot be evaluated here: only the service knows the type"),
    ],
)
def test_what_only_a_service_can_evaluate_is_named_before_the_first_item(text: str, message: str) -> None:
    with pytest.raises(of.FilterError, match=re.escape(message)):
        filter_of(f"false and {text}").compile()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("Rating div 0 eq 1", "5 div 0 is a division by zero"),
        ("Rating divby 0 eq 1", "5 divby 0 is a division by zero"),
        ("Price mod 0 eq 1", "2.55 mod 0 is a division by zero"),
        ("Lasts div 0 eq Lasts", "P12DT23H59M59.999999999999S div 0 is a division by zero"),
        ("Rating add City eq 1", "5 add 'Berlin' is nothing that can be calculated"),
        ("Hired add Hired eq 1", "'2024-02-28' add '2024-02-28' is nothing that can be calculated"),
        ("Lasts mul INF eq Lasts", "INF is no number to multiply or divide a duration by"),
        ("-City eq 'x'", "'Berlin' is no duration"),
        ("-Yes eq 1", "true is neither a number nor a duration, which alone have a sign"),
        ("contains(City,5)", "contains takes String and String, not 'Berlin', 5"),
        ("contains(Tags,'x')", "contains takes Collection and Collection, not a collection, 'x'"),
        ("substring(City,1.0) eq 'x'", "substring takes String and Int32, not 'Berlin', 1.0"),
        ("substring(City,1,-1) eq 'x'", "substring cannot have a length of -1"),
        ("year(City) eq 1", "year takes Date or DateTimeOffset, not 'Berlin'"),
        ("City and Yes", "'Berlin' is neither true nor false"),
        ("City gt 5", "'Berlin' and 5 have no order"),
        ("City eq 2024-01-01", "'Berlin' is no date"),
        ("City eq 2024-01-01T00:00:00Z", "'Berlin' is no timestamp with an offset"),
        ("'2024-02-30T00:00:00Z' eq 2024-01-01T00:00:00Z", "'2024-02-30T00:00:00Z' is no timestamp with an offset"),
        ("'2024-02-30' eq 2024-01-01", "'2024-02-30' is no date"),
        ("'A' eq binary''", "'A' is no base64url"),
        ('["\\ud800"] eq [1]', '"\\ud800" holds half of a surrogate pair'),
        ("Rating gt 07:00", "5 is no time of day"),
        ("Address gt Address", "a complex value and a complex value have no order"),
        ("Data gt binary'AA=='", "T0RhdGE and AA have no order"),
        ("Style gt NS.P'Red'", "Solid,Yellow and Red have no order"),
        ("Rating eq NS.P'Red'", "only the service knows whether 5 and Red are the same members"),
        ("Rating has 'Red'", "only the service knows whether 5 has Red"),
        ("Tags in City", "'Berlin' is no collection"),
        ("City/$count eq 1", "'Berlin' is no collection"),
        ("Address/any(a:true)", "a complex value is no collection"),
    ],
)
def test_what_makes_no_sense_is_said(text: str, message: str) -> None:
    assert refusal(text).rpartition(": ")[2] == message


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("City gt 5", "property 'City': 'Berlin' and 5 have no order"),
        ("Orders/any(o:o/ShipTo gt 5)", "property 'o/ShipTo': a complex value and 5 have no order"),
        ("Address/City gt Rating", "properties 'Address/City' and 'Rating': 'Berlin' and 5 have no order"),
        ("year(Address/City) eq 1", "property 'Address/City': year takes Date or DateTimeOffset, not 'Berlin'"),
        ("City/any()", "property 'City': 'Berlin' is no collection"),
        ("Rating or City has 'x'", "property 'Rating': 5 is neither true nor false"),
        ("Tags/any(t:t gt 1)", "'new' and 1 have no order"),
        ("5 div 0 eq 1", "5 div 0 is a division by zero"),
    ],
)
def test_an_error_names_the_property_as_the_filter_writes_it(text: str, named: str) -> None:
    assert refusal(text) == named


class Declared(of.Schema):
    ok = of.Boolean()
    other = of.Boolean()
    at = of.DateTimeOffset()


@pytest.mark.parametrize(
    "text", ["ok", "ok eq true", "ok ne true", "ok in (true,null)", "not (ok eq false)", "ok lt true"]
)
@pytest.mark.parametrize("given", [1, 0, 1.0, Decimal(1)])
def test_a_number_is_no_truth_value_wherever_it_stands(text: str, given: Any) -> None:
    for schema in (None, Declared):
        with pytest.raises(of.FilterTypeError, match=r"'ok'.* is neither true nor false"):
            filter_of(text, schema).matches({"ok": given})
    with pytest.raises(of.FilterTypeError, match="'ok': 'true' is neither true nor false"):
        filter_of(text, Declared).matches({"ok": "true"})


def test_a_property_of_a_declared_kind_is_named_where_its_value_is_none() -> None:
    with pytest.raises(of.FilterTypeError, match="property 'at': 'x' is no timestamp with an offset"):
        filter_of("at eq null", Declared).matches({"at": "x"})


def test_an_unbound_parameter_is_null_and_so_is_what_is_below_it() -> None:
    item = {"@p": {"a": 1}, "p": 1, "a": 1}
    assert value("@p/a eq 1", item) is False
    assert value("@p/a eq null", item) is True
    assert value("a eq @p", item) is False
    assert value("@p eq null", item) is True
    assert value("@p/a/any()", item) is False
    assert value("@p/$count eq 0", item) is True
    assert value("a in @p", item) is False
    assert value("@p", item) is None


def test_a_division_by_zero_that_is_not_reached_is_none() -> None:
    assert value("Rating ne 5 and 1 div (Rating sub 5) eq 1") is False


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a div 0 eq INF", True),
        ("-a div 0 eq -INF", True),
        ("a sub a div 0 eq INF", False),
        ("zero div 0 ne zero div 0", True),
        ("a div 0 mod 2 ne 1", True),
        ("nan eq nan", False),
        ("nan ne nan", True),
        ("nan le nan", False),
        ("NaN in (NaN)", False),
        ("INF gt 1e999 and INF eq INF", True),
        ("0.1 eq a sub 1.4", False),
    ],
)
def test_doubles_have_inf_and_nan(text: str, expected: bool) -> None:
    assert value(text, {"a": 1.5, "zero": 0.0, "nan": math.nan}) is expected


# --- arithmetic, by plain Python ------------------------------------------------------------------------------------

integers = st.one_of(st.integers(-9, 9), st.integers())
decimals = st.one_of(
    st.decimals(-9, 9, places=1),
    st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30),
)
floats = st.one_of(st.sampled_from([0.0, -0.0, 0.5, -2.0, math.inf, -math.inf, math.nan]), st.floats())
ROOMY = Context(prec=2000)


@given(integers, integers, st.sampled_from(["add", "sub", "mul", "div", "mod"]))
def test_integers_are_calculated_with_exactly(a: int, b: int, operator: str) -> None:
    assume(b or operator not in {"div", "mod"})
    quotient = math.trunc(Fraction(a, b)) if b else 0
    expected = {"add": a + b, "sub": a - b, "mul": a * b, "div": quotient, "mod": a - b * quotient}[operator]
    item = {"a": a, "b": b, "r": expected}
    assert value(f"a {operator} b eq r", item)
    assert b == 0 or value("a div b mul b add a mod b eq a", item)
    assert not value(f"a {operator} b eq r add 1", item)


@given(decimals, st.one_of(decimals, st.integers(-99, 99)), st.sampled_from(["add", "sub", "mul"]))
def test_decimals_are_calculated_with_exactly(a: Decimal, b: Decimal | int, operator: str) -> None:
    one, other = Fraction(a), Fraction(b)
    exact = {"add": one + other, "sub": one - other, "mul": one * other}[operator]
    expected = ROOMY.divide(Decimal(exact.numerator), Decimal(exact.denominator))
    assert Fraction(expected) == exact
    assert value(f"a {operator} b eq r", {"a": a, "b": b, "r": expected})


@given(decimals, decimals.filter(bool))
def test_div_and_mod_of_decimals_agree(a: Decimal, b: Decimal) -> None:
    remainder = ROOMY.remainder(a, b)
    assert value("a mod b eq r", {"a": a, "b": b, "r": remainder})
    assert abs(Fraction(a) - Fraction(ROOMY.divide(a, b)) * Fraction(b)) < 1
    assert value("a div b sub r lt 1e-20 and r sub a div b lt 1e-20", {"a": a, "b": b, "r": ROOMY.divide(a, b)})


@given(floats, st.one_of(floats, st.integers(-3, 3)), st.sampled_from(["add", "sub", "mul", "div"]))
def test_doubles_are_calculated_with_as_python_does(a: float, b: float, operator: str) -> None:
    if operator == "div" and b == 0:
        expected = math.nan if a == 0 or math.isnan(a) else math.copysign(math.inf, a)
    else:
        expected = {"add": a + b, "sub": a - b, "mul": a * b, "div": a / (b or 1)}[operator]
    item = {"a": a, "b": b, "r": float(expected)}
    assert value(f"a {operator} b eq r", item) is not math.isnan(expected)


@given(st.integers(), st.sampled_from([1, 2, 4, 5, 8, 10, -20]))
def test_divby_has_a_fraction(a: int, b: int) -> None:
    quotient = ROOMY.divide(Decimal(a), Decimal(b))
    assert value("a divby b eq r", {"a": a, "b": b, "r": quotient})


@given(st.one_of(decimals, st.floats(allow_nan=False, allow_infinity=False)))
@example(0.49999999999999994)
@example(Decimal("-0.5"))
@example(1e308)
def test_numbers_are_rounded_half_away_from_zero(a: Any) -> None:
    exact = Fraction(a)
    up = math.floor(abs(exact) + Fraction(1, 2))
    item = {"a": a, "floor": math.floor(exact), "ceiling": math.ceil(exact), "round": up if exact >= 0 else -up}
    assert value("floor(a) eq floor and ceiling(a) eq ceiling and round(a) eq round", item)


# --- dates and times, by Python's datetime --------------------------------------------------------------------------

zones = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
moments = st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1), timezones=zones)  # noqa: DTZ001 - bounds
spans = st.timedeltas(dt.timedelta(days=-9999), dt.timedelta(days=9999))


def duration_text(span: dt.timedelta) -> str:
    microseconds = abs(span) // dt.timedelta(microseconds=1)
    return f"{'-' * (span < dt.timedelta())}PT{microseconds // 10**6}.{microseconds % 10**6:06}S"


@given(moments, moments, spans, st.booleans())
def test_timestamps_move_by_durations(a: dt.datetime, b: dt.datetime, span: dt.timedelta, as_text: bool) -> None:
    item: dict[str, Any] = {"a": a, "b": b, "by": span, "between": a - b, "moved": a + span}
    if as_text:
        item = {
            name: one.isoformat() if isinstance(one, dt.datetime) else duration_text(one) for name, one in item.items()
        }
    assert value("a add by eq moved", item)
    assert value("by add a eq moved", item)
    assert value("moved sub by eq a", item)
    assert value("a sub b eq between", item)
    assert value("a add (b sub a) eq b", item)
    assert value("a lt b", {"a": a, "b": b}) is (a < b)
    assert value("a add by gt a", item) is (span > dt.timedelta())


@given(moments)
def test_the_parts_of_a_timestamp_are_those_of_its_own_offset(a: dt.datetime) -> None:
    names = ("year", "month", "day", "hour", "minute", "second")
    item = {"a": a.isoformat(), **{name: getattr(a, name) for name in names}}
    item |= {"micros": a.microsecond, "zone": (a.utcoffset() or dt.timedelta()) // dt.timedelta(minutes=1)}
    item |= {"d": a.date(), "t": a.time(), "python": a}
    for name in names:
        assert value(f"{name}(a) eq {name} and {name}(python) eq {name}", item)
    assert value("fractionalseconds(a) mul 1000000 eq micros and totaloffsetminutes(a) eq zone", item)
    assert value("date(a) eq d and time(a) eq t", item)
    assert value("cast(cast(a,Edm.String),Edm.DateTimeOffset) eq python", item)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)), spans)
def test_dates_move_by_whole_days(a: dt.date, span: dt.timedelta) -> None:
    midnight = dt.datetime.combine(a, dt.time())
    item = {"a": a.isoformat(), "by": span, "r": (midnight + span).date(), "days": span.days}
    assert value("a add by eq r", item)
    assert value("(a add by) sub a eq duration'P1D' mul days", item)


@given(spans, st.integers(1, 99))
def test_durations_are_divided_exactly(a: dt.timedelta, n: int) -> None:
    item = {"a": a, "n": n, "s": Decimal(a // dt.timedelta(microseconds=1)).scaleb(-6)}
    assert value("a div n mul n eq a and totalseconds(a) eq s and -a add a eq duration'PT0S'", item)


# --- strings and collections, by plain Python -----------------------------------------------------------------------

short = st.text("abB ß", max_size=6)


@given(short, short, st.integers(-8, 8), st.integers(0, 4))
def test_functions_of_strings(a: str, b: str, start: int, length: int) -> None:
    first = start if start >= 0 else max(0, len(a) + start)
    item: dict[str, Any] = {"a": a, "b": b, "i": start, "n": length, "find": a.find(b), "both": a + b, "length": len(a)}
    item |= {"rest": a[first:], "part": a[first : first + length], "lower": a.lower(), "upper": a.upper()}
    assert value("indexof(a,b) eq find and concat(a,b) eq both and length(a) eq length", item)
    assert value("substring(a,i) eq rest and substring(a,i,n) eq part", item)
    assert value("tolower(a) eq lower and toupper(a) eq upper", item)
    assert value("contains(a,b)", item) is (b in a)
    assert value("startswith(a,b)", item) is a.startswith(b)
    assert value("endswith(a,b)", item) is a.endswith(b)


@given(
    st.text(
        st.one_of(st.characters(max_codepoint=0x3000), st.sampled_from("\t\n \x85\xa0\u3000\u200b\x1c")), max_size=6
    )
)
def test_trim_takes_what_unicode_calls_white_space(a: str) -> None:
    def white(one: str) -> bool:
        return one in "\t\n\v\f\r\x85" or unicodedata.category(one) in {"Zs", "Zl", "Zp"}

    inner = a
    while inner and white(inner[0]):
        inner = inner[1:]
    while inner and white(inner[-1]):
        inner = inner[:-1]
    assert value("trim(a) eq r", {"a": a, "r": inner})


few = st.lists(st.integers(1, 3), max_size=5)


@given(few, few)
def test_functions_of_collections_are_what_removing_and_reordering_gives(a: list[int], b: list[int]) -> None:
    slices = [a[i:j] for i in range(len(a) + 1) for j in range(i, len(a) + 1)]
    item = {"a": a, "b": b, "find": next((i for i in range(len(a) + 1) if a[i : i + len(b)] == b), -1)}
    assert value("contains(a,b)", item) is (b in slices)
    assert value("startswith(a,b)", item) is (a[: len(b)] == b)
    assert value("endswith(a,b)", item) is (b in [a[i:] for i in range(len(a) + 1)])
    assert value("indexof(a,b) eq find", item)
    assert value("hassubset(a,b)", item) is (Counter(b) <= Counter(a))
    assert value("hassubsequence(a,b)", item) is (tuple(b) in set(itertools.combinations(a, len(b))))
    assert value("a eq b", item) is (a == b)
    assert value("concat(a,b) eq concat(b,a)", item) is (a + b == b + a)


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 3)), few), max_size=4), st.integers(0, 3))
def test_lambdas_nest_and_see_the_item(orders: list[tuple[int | None, list[int]]], least: int) -> None:
    item = {"least": least, "orders": [{"id": one, "parts": parts} for one, parts in orders]}
    some = any(one is not None and any(part > least and part != one for part in parts) for one, parts in orders)
    every = all(all(part >= least for part in parts) for _, parts in orders)
    assert value("orders/any(o:o/id ne null and o/parts/any(p:p gt least and p ne o/id))", item) is some
    assert value("orders/all(least:least/parts/all(p:p ge $it/least))", item) is every
    assert value("not orders/any(o:o/parts/any(p:p lt least))", item) is every
    counted = sum(1 for one, _ in orders if one is not None and one > least)
    assert value(f"orders/$count($filter=id gt $it/least) eq {counted}", item)
    assert value(f"orders/$filter($this/id gt $it/least)/$count eq {counted}", item)


# --- expressions of all of these ------------------------------------------------------------------------------------


class Meant(NamedTuple):
    """An expression, and what it means, made beside it: a value or null for the values of `a` and `b`."""

    node: Any
    means: Callable[[dict[str, int | None]], Any]


def lifted(function: Callable[..., Any], *operands: Meant) -> Callable[[dict[str, int | None]], Any]:
    """Null if an operand is."""

    def means(item: dict[str, int | None]) -> Any:
        values = [operand.means(item) for operand in operands]
        return None if None in values else function(*values)

    return means


def compared(operator: str, one: int | None, other: int | None) -> bool:
    if one is None or other is None:
        return {"eq": one is other, "ne": one is not other, "lt": False}.get(operator, one is other)
    return {"eq": one == other, "ne": one != other, "lt": one < other, "ge": one >= other}[operator]


CALCULATIONS: dict[str, Callable[[int, int], int]] = {"add": int.__add__, "sub": int.__sub__, "mul": int.__mul__}
numerals = st.one_of(
    st.integers(-3, 3).map(lambda n: Meant(tree.Literal("Number", str(n)), lambda _: n)),
    st.sampled_from("ab").map(lambda name: Meant(tree.Property(name), lambda item: item[name])),
    st.just(Meant(tree.Literal("null", "null"), lambda _: None)),
)


def _conditions(values: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    return st.builds(
        lambda one, operator, other: Meant(
            tree.Comparison(one.node, operator, other.node),
            lambda item: compared(operator, one.means(item), other.means(item)),
        ),
        values,
        st.sampled_from(["eq", "ne", "lt", "ge"]),
        values,
    )


def _values(values: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    return st.one_of(
        st.builds(
            lambda one, operator, other: Meant(
                tree.Arithmetic(one.node, operator, other.node), lifted(CALCULATIONS[operator], one, other)
            ),
            values,
            st.sampled_from(sorted(CALCULATIONS)),
            values,
        ),
        st.builds(lambda one: Meant(tree.Negation(one.node), lifted(int.__neg__, one)), values),
        st.builds(
            lambda condition, one, other: Meant(
                tree.Case(
                    (tree.Branch(condition.node, one.node), tree.Branch(tree.Literal("Boolean", "true"), other.node))
                ),
                lambda item: one.means(item) if condition.means(item) is True else other.means(item),
            ),
            _conditions(values),
            values,
            values,
        ),
    )


def _logic(inner: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    return st.one_of(
        st.builds(lambda one: Meant(tree.Not(one.node), lifted(lambda truth: not truth, one)), inner),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda several: Meant(
                tree.And(tuple(one.node for one in several)),
                lambda item: min((one.means(item) for one in several), key=[False, None, True].index),
            )
        ),
        st.lists(inner, min_size=2, max_size=3).map(
            lambda several: Meant(
                tree.Or(tuple(one.node for one in several)),
                lambda item: max((one.means(item) for one in several), key=[False, None, True].index),
            )
        ),
    )


conditions = st.recursive(
    st.one_of(
        _conditions(st.recursive(numerals, _values, max_leaves=4)),
        st.sampled_from(
            [Meant(tree.Literal("Boolean", "true"), lambda _: True), Meant(tree.Alias("p"), lambda _: None)]
        ),
    ),
    _logic,
    max_leaves=5,
)
few_integers = st.one_of(st.none(), st.integers(-3, 3))


@given(conditions, st.fixed_dictionaries({"a": few_integers, "b": few_integers}))
def test_expressions_mean_what_their_parts_mean(meant: Meant, item: dict[str, int | None]) -> None:
    assert truth(meant.node, item) is meant.means(item)


# --- traps ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("large eq 9007199254740993", True),
        ("large eq 9007199254740992", False),
        ("large add 1 eq 9007199254740994", True),
        ("exact eq 0.1000000000000000055511151231257827", False),
        ("large gt 9007199254740992.0", True),
        ("yes eq 1", False),
        ("text eq 5", False),
        ("text eq '5'", True),
        ("text ne 5", True),
        ("0044-01-01 gt -0044-01-01", True),
        ("2024-12-31T23:59:60Z eq 2025-01-01T00:00:00Z", True),
        ("at eq 2024-06-24T13:00:00.000000000001Z", False),
        ("at eq 2024-06-24T15:00:00+02:00", True),
        ("year(-0001-12-31T23:30:00-01:00) eq -1", True),
        ("year(12024-01-01) eq 12024", True),
        ("true gt false", True),
        ("'B' lt 'a'", True),
        ("'ß' eq 'ss'", False),
        ("[\"\\u00e9\"] eq ['é']", True),
        ("cast('INF',Edm.Double) eq INF and cast('2.5',Edm.Double) eq 2.5", True),
        ("cast(true,Edm.Boolean) and not cast('FALSE',Edm.Boolean)", True),
        ("duration'PT1H' mul 1.5 eq duration'PT90M' and duration'PT1H' mul 0.5e0 eq duration'PT30M'", True),
        ("isof(at,Edm.DateTimeOffset) and isof(exact,Edm.Decimal) and isof(yes,Edm.Boolean)", True),
        ("isof(exact,Edm.Double) and not isof(exact,Edm.Int32) and not isof(text,Edm.Single)", True),
        ("-exact lt 0 and -(-exact) eq exact", True),
    ],
)
def test_traps(text: str, expected: bool) -> None:
    item = {"large": 2**53 + 1, "exact": Decimal("0.1"), "yes": True, "text": "5", "at": "2024-06-24T13:00:00z"}
    assert value(text, item) is expected


@pytest.mark.parametrize(
    ("kind", "low", "high"),
    [
        ("Byte", 0, 255),
        ("SByte", -128, 127),
        ("Int16", -(2**15), 2**15 - 1),
        ("Int32", -(2**31), 2**31 - 1),
        ("Int64", -(2**63), 2**63 - 1),
    ],
)
def test_numbers_are_cast_and_told_within_the_bounds_of_their_kind(kind: str, low: int, high: int) -> None:
    for number, fits in ((low, True), (high, True), (low - 1, False), (high + 1, False)):
        for item in ({"a": number}, {"a": str(number)}):
            assert value(f"cast(a,Edm.{kind}) eq {number}", item) is fits
            assert value(f"cast(a,Edm.{kind}) eq null", item) is not fits
        assert value(f"isof(a,Edm.{kind})", {"a": number}) is fits
    assert value(f"cast(a,Edm.{kind}) eq {high}", {"a": high + 0.5 if high < 2**31 else high}) is True


def test_words_are_cast_to_truth_values() -> None:
    for word, expected in (("true", True), ("True", True), ("false", False), ("yes", None), ("1", None)):
        assert value("cast(a,Edm.Boolean)", {"a": word}) is expected
    assert value("cast(a,Edm.Boolean)", {"a": True}) is True


def test_bytes_of_items_are_read_in_either_alphabet() -> None:
    for text in ("+/+/", "-_-_", "-_-_==", "+_+/"):
        assert value("a eq binary'-_-_'", {"a": text}) is True
    assert value("a eq binary'-_-_'", {"a": "AAAA"}) is False
    assert value("a eq binary'-_-_'", {"a": b"\xfb\xff\xbf"}) is True


def test_data_that_is_no_number_is_no_number() -> None:
    huge = 10**5000
    assert refusal("a and true", {"a": huge}).startswith("property 'a': 1000000000")
    assert refusal("a gt 'x'", {"a": huge}).endswith("'x' have no order")
    assert "needs more than 1000 digits" in refusal("a add 1.5 eq 1", {"a": huge})
    assert "needs more than 1000 digits" in refusal("1e999999999 add 1 eq 1")
    assert value("1e999999999 gt a and floor(1e999999999) eq 1e999999999", {"a": huge}) is True
    assert value("a add 1 gt a and a mul 1.5e0 gt b", {"a": 7, "b": 1e300}) is False
    assert value("a gt b", {"a": Decimal("NaN"), "b": Decimal("sNaN")}) is False


def test_objects_are_items_too() -> None:
    class Colour(enum.Enum):
        RED = "Red"

    class Thing:
        colour = Colour.RED
        key = uuid.UUID("dc720f05-e5f7-448b-ae06-765de46f0af1")
        data = bytearray(b"OData")
        tags = ("a", "b")

        def __init__(self) -> None:
            self.inner = {"n": 1}

    text = "colour eq 'Red' and colour eq NS.C'Red' and key eq dc720f05-e5f7-448b-ae06-765de46f0af1 and inner/n eq 1"
    assert value(text, Thing()) is True
    assert value("data eq binary'T0RhdGE=' and tags/any(t:t eq 'b') and tags eq ['a','b']", Thing()) is True
    assert value("tags/count eq [null,null] and colour/lower eq null", Thing()) is True
    assert value("$it eq 5 and $this add 1 eq 6", 5) is True


def test_members_of_an_enumeration_of_python_are_their_words() -> None:
    class Colour(enum.Enum):
        RED = "Red"

    class Hue(enum.Flag):
        Red = 1
        Green = 2

    class Level(enum.IntEnum):
        Red = 1

    class Thing(of.Schema):
        colour = of.Enum("Red", "Green")
        colours = of.Collection(of.Enum("Red", "Green"))

    for red in (Colour.RED, Hue.Red, Level.Red):
        assert (Thing.colour == red).matches({"colour": red})
        assert not (Thing.colour == "Green").matches({"colour": red})
        assert Thing.colours.any(lambda c: c == "Red").matches({"colours": [Hue.Green, red]})
    assert Thing.colour.has(Hue.Red).matches({"colour": Hue.Red | Hue.Green})
    assert not Thing.colour.has(Hue.Red).matches({"colour": Hue(0)})
    assert (Thing.colour == "Green,Red").matches({"colour": Hue.Red | Hue.Green})


SECRET = "hunter2"


class Account:
    """An object whose attributes lead to the program."""

    kind = int
    home = sys
    table: ClassVar[dict[str, Any]] = {"sys": sys, "__class__": "a key", "kind": int}

    def __init__(self) -> None:
        self.name = "a"
        self._password = SECRET
        self.steps = (step for step in (SECRET,))

    def secret(self) -> str:
        return SECRET


@pytest.mark.parametrize(
    "path",
    [
        *("__init__/__globals__/SECRET", "__class__/__name__", "__dict__/name", "name/__class__/__name__", "_password"),
        *("secret", "secret/__self__", "kind", "kind/__name__", "home", "home/platform", "table/sys", "table/kind"),
        *("table/sys/platform", "steps/gi_frame/f_globals/SECRET", "NS.T/_password", "_password/@NS.T", "_password/@t"),
    ],
)
def test_of_an_object_data_alone_is_read(path: str) -> None:
    assert value(f"{path} eq null", Account()) is True
    assert value(f"table/__class__ eq 'a key' and {path} ne '{SECRET}'", Account()) is True


def test_what_a_schema_documents_is_read_whatever_its_name() -> None:
    class Documented(of.Schema):
        _password = of.String()
        secret = of.String()

    assert of.parse(f"_password eq '{SECRET}' and secret eq null", schema=Documented).matches(Account()) is True


class Point(NamedTuple):
    x: int


@dataclasses.dataclass(slots=True)
class Slotted:
    x: int


class Struct(msgspec.Struct):
    x: int


class Computed:
    @property
    def x(self) -> int:
        return 1


@pytest.mark.parametrize("item", [Point(1), Slotted(1), Struct(1), Computed(), types.SimpleNamespace(x=1), {"x": 1}])
def test_whatever_holds_data_is_an_item(item: Any) -> None:
    text = "x eq 1 and count eq null and index eq null and _y eq null"
    assert value(text, item) is True
    assert value(text.replace("x eq", "below/x eq"), {"below": item}) is True


def test_numbers_and_texts_are_what_they_are_subclasses_of() -> None:
    class Text(str):
        __slots__ = ()

    class Whole(int):
        pass

    class Double(float):
        pass

    item = ChainMap({"t": Text("a"), "n": Whole(5), "d": Double(0.5), "inner": UserDict(n=1)})
    assert value("t eq 'a' and n add 1 eq 6 and d mul 2 eq 1 and inner/n eq 1 and inner eq {\"n\":1}", item) is True


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("price eq 0.1 and price div 2 eq 0.05", {"price": "0.10"}),
        ("price div 2 eq 2.5", {"price": 5}),
        ("weight div 2 eq 2.5 and weight div 0 eq INF", {"weight": 5}),
        ("weight eq 0.5", {"weight": "5e-1"}),
        ("price ne 5", {"price": "x"}),
        ("price ne 1 and weight ne 1", {"price": True, "weight": True}),
        ("weight eq null and price ne 0", {"weight": None, "price": math.nan}),
        ("weight ne 1", {"weight": "heavy"}),
        ("count eq 5 and count div 2 eq 2", {"count": 5.0}),
        ("count ne 5 and count eq null", {"count": None}),
        ("count eq 2.5", {"count": 2.5}),
    ],
)
def test_numbers_are_what_the_schema_declares_however_they_are_written(text: str, item: dict[str, Any]) -> None:
    assert filter_of(text, Kinds).matches(item)


class Odd(float):
    """A float that shows itself otherwise, as numpy's do."""

    def __repr__(self) -> str:
        return f"odd({float.__repr__(self)})"


class Numbers(of.Schema):
    price = of.Decimal()
    weight = of.Double()


@pytest.mark.parametrize(
    ("text", "item", "expected"),
    [
        ("price eq 1.5", {"price": Odd(1.5)}, True),
        ("price eq NaN", {"price": Odd("nan")}, False),
        ("price gt 5", {"price": Odd("inf")}, True),
        ("weight eq 1.5", {"weight": Odd(1.5)}, True),
        ("weight eq 1.5", {"weight": Decimal("sNaN")}, False),
        ("weight lt INF", {"weight": Decimal("-1E+400")}, True),
        ("weight gt 1", {"weight": 10**400}, True),
    ],
)
def test_numbers_of_other_classes_are_numbers(text: str, item: dict[str, Any], expected: bool) -> None:
    assert filter_of(text, Numbers).matches(item) is expected


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("a gt b", {"a": math.inf, "b": Decimal("1.5")}),
        ("a lt b", {"a": 10**400, "b": math.inf}),
        ("a eq b", {"a": 1.5, "b": Decimal("1.5")}),
        ("round(a) eq 2", {"a": 1.5}),
        ("cast(a,Edm.Decimal) eq 1.5", {"a": 1.5}),
        ("duration'PT1S' mul a eq duration'PT1.5S'", {"a": 1.5}),
    ],
)
def test_the_context_of_the_caller_is_of_no_account(text: str, item: dict[str, Any]) -> None:
    with localcontext(Context(prec=1, traps=[FloatOperation, Inexact, InvalidOperation])):
        assert filter_of(text).matches(item)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-24T13:00:00Z",
        "0001-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999Z",
        "1600-02-29T01:02:03.5Z",
        "2024-06-24T13:00:00.1234567Z",
        "2024-06-24T15:00+02:00",
    ],
)
def test_usual_timestamps_are_the_instants_that_all_are(text: str) -> None:
    assert values.instant(text).picoseconds == times.read_instant(text)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-24T13:00:00.Z",
        "2024-06-24T13:00:00,5Z",
        "2024-W26-1T13:00:00Z",
        "2024-06-31T13:00:00Z",
        "2024-06-24T24:00:00Z",
        "2024-06-24 13:00:00Z",
        "2024-06-24T13:00:00",
        "2024-06-24",
    ],
)
def test_what_python_reads_as_a_timestamp_and_odata_does_not_is_none(text: str) -> None:
    with pytest.raises(of.FilterTypeError, match="is no timestamp with an offset"):
        values.instant(text)


def test_a_naive_datetime_is_no_timestamp() -> None:
    assert "is no timestamp with an offset" in refusal("a lt now()", {"a": dt.datetime(2024, 1, 1)})  # noqa: DTZ001


class Part(of.Schema):
    size = of.Int32()
    made = of.DateTimeOffset()


class Kinds(of.Schema):
    key = of.Guid()
    day = of.Date()
    clock = of.TimeOfDay()
    span = of.Duration()
    at = of.DateTimeOffset()
    colour = of.Enum("Red", "Green")
    count = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    keys = of.Collection(of.Guid())
    part = of.Navigation(Part)
    parts = of.Collection(Part)
    names = of.String(source="inner.list[].name")


@pytest.mark.parametrize(
    "text",
    [
        "key eq 'dc720f05-e5f7-448b-ae06-765de46f0af1'",
        "key in ('DC720F05-e5f7-448b-ae06-765de46f0af1',null)",
        "day eq date(at) and day lt 2024-06-25",
        "clock ge 13:00",
        "span eq 'PT60M' and span lt duration'PT1H0.1S'",
        "colour eq 'Red' and colour has 'Red'",
        "at lt 2024-06-24T15:30:00+02:00",
        "count eq 9007199254740993 and count div 2 eq 4503599627370496",
        "price add 0.2 eq 0.3 and price div 2 eq 0.05",
        "weight eq INF and weight gt 1",
        "keys/any(k:k eq dc720f05-e5f7-448b-ae06-765de46f0af1)",
        "dc720f05-e5f7-448b-ae06-765de46f0af1 in keys",
        "part/made eq 2024-06-24T13:00:00Z and part/size eq 3",
        "parts/any(p:p/made gt part/made) and parts/$count($filter=made eq $it/part/made) eq 1",
        "names eq 'bolt' and names ne 'screw'",
        "contains(names,'nu') and not contains(names,'x') and length(names) eq 3",
    ],
)
def test_texts_are_read_as_what_the_schema_declares(text: str) -> None:
    item = {
        "key": "DC720F05-E5F7-448B-AE06-765DE46F0AF1",
        "day": "2024-06-24",
        "clock": "13:00:00",
        "span": "PT1H",
        "at": "2024-06-24T13:00:00Z",
        "colour": "Red",
        "count": "9007199254740993",
        "price": 0.1,
        "weight": "INF",
        "keys": ["DC720F05-E5F7-448B-AE06-765DE46F0AF1"],
        "part": {"size": 3.0, "made": "2024-06-24T15:00:00+02:00"},
        "parts": [{"made": "2024-06-24T13:00:00.5Z"}, {"made": "2024-06-24T13:00:00.0Z"}],
        "inner": {"list": [{"name": "bolt"}, {"name": "nut"}]},
    }
    assert filter_of(text, Kinds).matches(item)
    assert not filter_of(f"not ({text})", Kinds).matches(item)


def test_a_list_of_names_is_one_value_of_an_enumeration() -> None:
    for text in ("colour has 'Red'", "colour eq 'Green,Red'", "colour ne 'Red'", "colour in ('Red','Red,Green')"):
        assert filter_of(text, Kinds).matches({"colour": ["Red", "Green"]})
    assert value("colour has 'Red' and not (colour has 'Blue')", {"colour": ["Red", "Green"]})


def test_a_schema_may_say_that_case_does_not_matter_and_arguments_are_turned() -> None:
    class Loose(of.Schema, case_sensitive=False, either_order=("contains",)):
        name = of.String()

    item = {"name": "Straße 5"}
    for text in (
        "name eq 'STRASSE 5'",
        "name in ['STRASSE 5']",
        "name in ('x','strasse 5')",
        "contains('RASS',name)",
        "endswith(name,'SE 5')",
    ):
        assert of.parse(text, schema=Loose).matches(item)
    assert not of.parse("name eq 'Strase 5'", schema=Loose).matches(item)


# --- depth ----------------------------------------------------------------------------------------------------------

A = tree.Property("a")
ONE = tree.Literal("Number", "1")
NESTINGS: dict[str, Callable[[Any], Any]] = {
    "not": tree.Not,
    "minus": tree.Negation,
    "and": lambda inner: tree.And((A, inner)),
    "or": lambda inner: tree.Or((inner, A)),
    "eq": lambda inner: tree.Comparison(inner, "eq", A),
    "add": lambda inner: tree.Arithmetic(A, "add", inner),
    "in": lambda inner: tree.In(inner, tree.List((ONE,))),
    "in collection": lambda inner: tree.In(ONE, inner),
    "has": lambda inner: tree.Has(inner, tree.Literal("Enum", "NS.C'1'")),
    "array": lambda inner: tree.Array((inner,)),
    "object": lambda inner: tree.Object((tree.Member('"a"', inner),)),
    "call": lambda inner: tree.Call("concat", (inner, inner)) if inner == A else tree.Call("length", (inner,)),
    "cast": lambda inner: tree.Call("cast", (inner, tree.TypeName("Edm.String"))),
    "case": lambda inner: tree.Case((tree.Branch(A, A), tree.Branch(A, inner))),
    "any": lambda inner: tree.Path((A, tree.Lambda("any", "x", inner))),
    "all": lambda inner: tree.Path((A, tree.Lambda("all", "x", inner))),
    "$count": lambda inner: tree.Path((tree.Variable("$it"), A, tree.Count(inner))),
    "$filter": lambda inner: tree.Path((tree.Variable("$it"), A, tree.Filtered(inner), tree.Count())),
}


@pytest.mark.parametrize("name", NESTINGS)
def test_the_deepest_filter_is_evaluated_on_pythons_stack(name: str) -> None:
    node: Any = A
    while limits.measure(nested := NESTINGS[name](node))[0] <= limits.CEILING:
        node = nested
    made = of.Filter(node)
    for a in (True, 1, "x", [1], None):
        assert isinstance(outcome(made, {"a": a}), bool | of.FilterError)


def test_long_paths_and_deep_items_need_no_stack() -> None:
    path = tree.Path(tuple([tree.Property("a")] * 20_000))
    deep: Any = "x"
    for _ in range(20_000):
        deep = {"a": [deep]}
    item = {"a": deep, "b": deep}
    assert of.Filter(tree.Comparison(path, "eq", tree.Literal("null", "null"))).matches({"a": {"a": 1}})
    for text in (
        "a eq b",
        "a in [b]",
        "hassubset([a],[b])",
        "a ne b or a/a eq b/a",
        "a/a eq 'x' or cast(a/a,Edm.String) eq [null]",
    ):
        assert filter_of(text).matches(item)
    assert refusal("a gt b", item) == "properties 'a' and 'b': a complex value and a complex value have no order"


# --- no other exception ---------------------------------------------------------------------------------------------


def outcome(made: of.Filter, item: object, *, compiled: bool = False) -> bool | of.FilterError:
    try:
        return made.compile()(item) if compiled else made.matches(item)
    except of.FilterError as error:
        return error


NAMES = ("a", "b", "c", "x")
LITERALS = {
    "null": ["null"],
    "Boolean": ["true", "false"],
    "Number": ["0", "1", "-2", "3.5", "1e400", "-0.0", "INF", "NaN", "1e999999999", "12345678901234567890"],
    "String": ["''", "'a'", "'(a'", "'2024-02-30'", "'1'", "'PT1H'", '"\\u00e9"', '"\\ud800"', "'a,b'"],
    "Date": ["2024-02-29", "-0001-01-01", "0000-01-01"],
    "DateTimeOffset": ["2024-06-24T13:00:00Z", "12024-01-01T23:59:60.999999999999-23:59"],
    "TimeOfDay": ["00:00", "23:59:60.5"],
    "Duration": ["duration'P'", "duration'-P9999999999999999DT1.0000000000001S'", "duration'PT1S'"],
    "Guid": ["dc720f05-e5f7-448b-ae06-765de46f0af1"],
    "Enum": ["NS.C'a'", "NS.C'1,-2'", "NS.C'a,1'"],
    "Binary": ["binary''", "binary'AA'"],
    "Geography": ["geography'SRID=0;Point(1 2)'"],
}
NUMBERS_OF_ARGUMENTS = {
    **dict.fromkeys(["length", "tolower", "toupper", "trim", "date", "day", "fractionalseconds", "hour", "minute"], 1),
    **dict.fromkeys(["month", "second", "time", "totaloffsetminutes", "totalseconds", "year"], 1),
    **dict.fromkeys(["ceiling", "floor", "round", "geo.length"], 1),
    **dict.fromkeys(["concat", "contains", "endswith", "indexof", "startswith", "hassubset", "hassubsequence"], 2),
    **dict.fromkeys(["substring", "matchesPattern"], 3),
    **dict.fromkeys(["now", "mindatetime", "maxdatetime"], 0),
}
TYPES = [
    "Boolean",
    "Byte",
    "Date",
    "DateTimeOffset",
    "Decimal",
    "Double",
    "Duration",
    "Guid",
    "Int64",
    "Single",
    "String",
]
literals = st.sampled_from([tree.Literal(kind, text) for kind, texts in LITERALS.items() for text in texts])  # type: ignore[arg-type]
properties = st.sampled_from([tree.Property(name) for name in NAMES])
leaves = st.one_of(
    properties,
    properties,
    literals,
    st.sampled_from([tree.Variable("$it"), tree.Variable("$this"), tree.Alias("p"), tree.Annotation("NS.T")]),
)


def _compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = st.tuples(inner, inner)
    segments = st.one_of(
        properties,
        properties,
        st.builds(tree.Filtered, inner),
        st.sampled_from([tree.Annotation("NS.T"), tree.TypeName("NS.T")]),
    )
    ends = st.one_of(
        properties,
        st.just(tree.Lambda("any")),
        st.builds(tree.Lambda, st.sampled_from(["any", "all"]), st.sampled_from(NAMES), inner),
        st.builds(tree.Count, st.one_of(st.none(), inner)),
    )
    calls = st.sampled_from(sorted(NUMBERS_OF_ARGUMENTS)).flatmap(
        lambda name: st.builds(
            lambda arguments: tree.Call(name, tuple(arguments)),
            st.lists(inner, min_size=NUMBERS_OF_ARGUMENTS[name], max_size=NUMBERS_OF_ARGUMENTS[name]),
        )
    )
    return st.one_of(
        st.builds(tree.Comparison, inner, st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), inner),
        st.builds(tree.Arithmetic, inner, st.sampled_from(["add", "sub", "mul", "div", "divby", "mod"]), inner),
        calls,
        calls,
        st.builds(
            lambda name, first, kind: tree.Call(name, (first, tree.TypeName(f"Edm.{kind}"))),
            st.sampled_from(["cast", "isof"]),
            inner,
            st.sampled_from(TYPES),
        ),
        st.builds(lambda pair: tree.Case((tree.Branch(*pair), tree.Branch(*reversed(pair)))), pairs),
        st.builds(tree.Negation, inner),
        st.builds(tree.Not, inner),
        st.one_of(st.builds(tree.And, pairs), st.builds(tree.Or, pairs)),
        st.builds(
            tree.In, inner, st.one_of(st.lists(literals, max_size=3).map(lambda found: tree.List(tuple(found))), inner)
        ),
        st.builds(tree.Has, inner, st.sampled_from([tree.Literal("Enum", "NS.C'a'"), tree.Literal("String", "'1'")])),
        st.builds(tree.Array, pairs),
        st.builds(lambda one: tree.Object((tree.Member('"a"', one),)), inner),
        st.builds(
            lambda start, middle, end: tree.Path((start, *middle, end)),
            st.one_of(properties, st.just(tree.Variable("$it"))),
            st.lists(segments, max_size=1),
            ends,
        ),
    )


random_trees = st.recursive(leaves, _compound, max_leaves=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -2, 2**70, 0.5, math.inf, math.nan, Decimal("1.5"), Decimal("sNaN")]),
    st.just(5000).map(lambda digits: 10**digits),  # Python writes no more than 4300 of them, Hypothesis included
    st.sampled_from(["", "a", "(a", "2024-02-30", "2024-06-24", "2024-06-24T13:00:00Z", "23:59:60", "-PT1.5S", "INF"]),
    st.sampled_from([dt.date(1, 1, 1), dt.datetime(2024, 1, 1), dt.time(1), dt.timedelta(1), uuid.UUID(int=1), b"\0"]),  # noqa: DTZ001
    st.text(string.printable, max_size=4),
)
data = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*NAMES, "@NS.T", "a@NS.T"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(random_trees, st.dictionaries(st.sampled_from(NAMES), data, min_size=1))
def test_a_filter_matches_or_not_or_says_why_it_cannot_tell(node: Any, item: dict[str, Any]) -> None:
    found = outcome(of.Filter(node), item)
    assert isinstance(found, bool | of.FilterError)
    assert str(found)
    if "now(" not in str(of.Filter(node)):  # an error may name the time
        assert str(outcome(of.Filter(node), item, compiled=True)) == str(found)


@given(random_trees, data)
def test_so_it_is_for_any_item_and_any_declaration(node: Any, item: Any) -> None:
    class Declared(of.Schema):
        a = of.Duration()
        b = of.Collection(of.DateTimeOffset())
        c = of.Decimal()
        x = of.Enum("a", source="a[].b")

    for made, one in (
        (of.Filter(node, Declared.__facts__), {"a": item, "b": item, "c": item}),
        (of.Filter(node), item),
    ):
        found = outcome(made, one)
        assert isinstance(found, bool | of.FilterError)
        if "now(" not in str(made):
            assert str(outcome(made, one, compiled=True)) == str(found)
