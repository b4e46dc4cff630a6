"""Arithmetic agrees with plain Python: the filter calculates `r` from `a` and `b`, which vary."""

import math
from decimal import Context, Decimal
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st
from truth_of_filters import refusal, value

import odatafilter as of

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


@given(floats, st.one_of(floats, st.integers(-3, 3)), st.sampled_from(["add", "sub", "mul", "div", "divby"]))
@example(3.0, -0.0, "div")
@example(-3.0, -0.0, "divby")
def test_doubles_are_calculated_with_as_python_does(a: float, b: float, operator: str) -> None:
    if operator in {"div", "divby"}:
        expected = _quotient_by_ieee_754(a, float(b))
    else:
        expected = {"add": a + b, "sub": a - b, "mul": a * b}[operator]
    item = {"a": a, "b": b, "r": float(expected)}
    assert value(f"a {operator} b eq r", item) is not math.isnan(expected)


def _quotient_by_ieee_754(one: float, other: float) -> float:
    if other:
        return one / other
    if one == 0 or math.isnan(one):
        return math.nan
    same_sign = math.copysign(1, one) == math.copysign(1, other)
    return math.inf if same_sign else -math.inf


@pytest.mark.parametrize("operator", ["div", "divby"])
def test_a_double_divided_by_negative_zero_is_infinite_with_the_other_sign(operator: str) -> None:
    class Thing(of.Schema):
        d = of.Double()

    for text, item in ((f"3 {operator} d lt 0", {"d": -0.0}), (f"-3 {operator} d gt 0", {"d": -0.0})):
        f = of.parse(text, schema=Thing)
        assert f.matches(item)
        assert f.compile()(item)
        assert not f.matches({"d": 0.0})
        assert not f.compile()({"d": 0.0})


@given(floats, st.sampled_from([0.0, -0.0, 0]))
def test_mod_by_zero_fails_for_doubles_too(a: float, zero: float) -> None:
    assert "division by zero" in refusal("a mod b eq 1", {"a": a, "b": zero})


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
