"""Null in conditions, arithmetic and functions (§5.1.1.1)."""

import itertools

import pytest
from truth_of_filters import value

TRUTH = {"true": True, "false": False, "null": None}


@pytest.mark.parametrize(("left", "right"), list(itertools.product(TRUTH, TRUTH)))
def test_and_or_not_are_those_of_kleene(left: str, right: str) -> None:
    pair = {TRUTH[left], TRUTH[right]}
    assert value(f"{left} and {right}") is (False if False in pair else None if None in pair else True)
    assert value(f"{left} or {right}") is (True if True in pair else None if None in pair else False)
    assert value(f"not {left}") is {True: False, False: True, None: None}[TRUTH[left]]


@pytest.mark.parametrize(("left", "right"), list(itertools.product(TRUTH, TRUTH)))
def test_what_they_give_may_be_compared(left: str, right: str) -> None:
    pair = {TRUTH[left], TRUTH[right]}
    item = {"left": TRUTH[left], "right": TRUTH[right]}
    for text, expected in (
        ("left and right", False if False in pair else None if None in pair else True),
        ("left or right", True if True in pair else None if None in pair else False),
        ("not left", {True: False, False: True, None: None}[TRUTH[left]]),
    ):
        for word, literal in TRUTH.items():
            assert value(f"({text}) eq {word}", item) is (expected is literal)
            assert value(f"{word} ne ({text})", item) is (expected is not literal)


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
