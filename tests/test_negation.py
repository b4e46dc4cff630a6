"""`not` of the builder: rewritten where that is exact, refused with the reason where a schema does not document it."""

from collections.abc import Callable
from typing import Any

import pytest
from schema_samples import Box

import odatafilter as of


class Strict(of.Schema, operators=("eq", "ne", "lt", "le", "gt", "ge", "in", "and", "or"), functions=("any",)):
    only_gt = of.Int32(operators=("gt",), nullable=False)
    only_in = of.Int32(operators=("in",), nullable=False)
    full = of.Int32(nullable=False)
    numbers = of.Collection(of.Int32(nullable=False))
    equals = of.Collection(of.Int32(operators=("eq",)))
    groups = of.Collection(Box)


class Narrow(of.Schema, operators=("eq", "ne", "in", "and")):
    a = of.Int32()


class Wider(of.Schema, operators=("eq", "ne", "in", "or")):
    a = of.Int32()


NO_NOT = "the filter cannot be negated: the API documents no 'not', and "


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (lambda: ~(Strict.only_gt > 5), "without 'le', which is not documented with 'only_gt', this"),
        (lambda: ~(Strict.full > Strict.only_gt), "without 'le', which is not documented with 'only_gt', this"),
        (lambda: ~Strict.only_in.in_([1, 2]), "without 'ne', which is not documented with 'only_in', this"),
        (lambda: ~((Narrow.a == 1) & (Narrow.a == 2)), "without 'or', which Narrow does not document either, this"),
        (lambda: ~((Wider.a == 1) | (Wider.a == 2)), "without 'and', which Wider does not document either, this"),
        (lambda: ~Wider.a.in_([1, 2]), "without 'and', which Wider does not document either, this"),
        (
            lambda: Strict.numbers.any(lambda t: ~(t > 5)),
            "'gt' of something that may be null, NaN or several values",
        ),
    ],
)
def test_a_negation_that_is_not_documented_is_refused(make: Callable[[], Any], reason: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        make()
    assert str(caught.value) == f"{NO_NOT}{reason} has no exact opposite"


def test_a_negation_that_an_element_does_not_document_is_refused() -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        Strict.equals.any(lambda t: ~(t == 5))
    assert str(caught.value) == (
        "an element is documented with eq, not with 'ne'\n    equals/any(t:t ne 5)\n                 ^^^^^^"
    )


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (lambda: ~(Strict.full > 5), "full le 5"),
        (lambda: ~Wider.a.in_([1]), "a ne 1"),
        (lambda: Strict.numbers.any(lambda t: ~(t == 5)), "numbers/any(t:t ne 5)"),
        (lambda: Strict.groups.any(lambda b: b.tags.any(lambda t: ~(t == b.title))), "groups/any(b:b/tags/any(t:t ne b/title))"),
    ],
)  # fmt: skip
def test_a_negation_that_is_documented_validates(make: Callable[[], of.Filter], text: str) -> None:
    made = make()
    assert str(made) == text
    made.validate(Strict if "a ne" not in text else Wider)


class Ordered(of.Schema, operators=("eq", "ne", "lt", "le", "gt", "ge", "in", "and", "or")):
    whole = of.Int32(nullable=False)
    price = of.Decimal(nullable=False)
    name = of.String(nullable=False)
    perhaps = of.Int32()
    weight = of.Double(nullable=False)
    several = of.Int32(source="lines[].number", nullable=False)


@pytest.mark.parametrize(
    ("text", "opposite"),
    [
        ("whole eq 5", "whole ne 5"),
        ("whole ne null", "whole eq null"),
        ("whole lt 5", "whole ge 5"),
        ("whole le 1.5", "whole gt 1.5"),
        ("whole gt INF", "whole le INF"),
        ("5 ge whole", "5 lt whole"),
        ("price gt whole", "price le whole"),
        ("name gt 'a'", "name le 'a'"),
        ("weight eq 5", "weight ne 5"),
        ("perhaps eq 5", "perhaps ne 5"),
        ("several eq 5", "several ne 5"),
        ("perhaps in (1,null)", "perhaps ne 1 and perhaps ne null"),
        ("whole eq 1 and price eq 2 or name eq 'a'", "(whole ne 1 or price ne 2) and name ne 'a'"),
    ],
)
def test_an_exact_opposite_is_written(text: str, opposite: str) -> None:
    assert str(~of.parse(text, schema=Ordered)) == opposite


@pytest.mark.parametrize(
    ("text", "what"),
    [
        *[
            (text, f"'{text.split()[1]}' of something that may be null, NaN or several values")
            for text in (
                "perhaps gt 5",
                "5 lt perhaps",
                "whole ge perhaps",
                "whole gt null",
                "whole le NaN",
                "NaN lt price",
                "weight gt 5",
                "whole lt weight",
                "several le 5",
            )
        ],
        ("whole in ()", "this"),
        ("true", "this"),
    ],
)
def test_what_has_no_exact_opposite_is_not_negated(text: str, what: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        ~of.parse(text, schema=Ordered)
    assert str(caught.value) == f"{NO_NOT}{what} has no exact opposite"
