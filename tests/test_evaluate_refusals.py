"""What cannot be evaluated is an error that names it."""

import math
import re
from decimal import Decimal
from typing import Any

import pytest
from truth_of_filters import filter_of, refusal, value

import odatafilter as of


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("NS.Rank(of=1) eq 2", "NS.Rank(…) cannot be evaluated here: the service defines it"),
        ("$it/NS.Rank() eq 2", "'NS.Rank()' cannot be evaluated here: only the service knows what it gives"),
        ("$root/Jobs/a eq 1", "'$root' cannot be evaluated here: only the service knows what it gives"),
        ("$1/a eq 1", "'$1' cannot be evaluated here: only the service knows what it gives"),
        ("$2 eq 1", "'$2' cannot be evaluated here: only the service knows what it gives"),
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
    assert value("@p/a/@NS.T eq null", item) is True
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
