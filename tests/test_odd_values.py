"""Values of subclasses, and literals that are given as such: written as what they are, whatever they say of themselves."""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from schema_samples import KEY, Job, Stock, Wide

import odatafilter as of
from odatafilter import tree


class OddText(str):
    __slots__ = ()

    def __str__(self) -> str:
        return "x' or true or 'x"

    def upper(self) -> str:
        return str(self)

    lower = casefold = upper


class OddMoment(dt.datetime):
    def isoformat(self, *_: Any, **__: Any) -> str:
        return "2024-01-01T00:00:00Z or true"

    __str__ = isoformat


class OddDate(dt.date):
    def isoformat(self) -> str:
        return "2024-01-01 or true"

    __str__ = isoformat


class OddDecimal(Decimal):
    def __str__(self, *_: Any) -> str:
        return "1 or true"


class OddKey(uuid.UUID):
    def __str__(self) -> str:
        return f"{KEY} or true"


ODD = [
    (Stock.made, OddMoment(2024, 6, 24, tzinfo=dt.UTC), "2024-06-24T00:00:00Z"),
    (Stock.made, OddText("2024-06-24t00:00:00z"), "2024-06-24T00:00:00Z"),
    (Wide.due, OddDate(2024, 6, 24), "2024-06-24"),
    (Wide.due, OddText("2024-06-24"), "2024-06-24"),
    (Wide.opens, OddText("13:20"), "13:20"),
    (Wide.took, OddText("PT1H"), "duration'PT1H'"),
    (Wide.price, OddDecimal("2.5"), "2.5"),
    (Wide.hue, OddText("Red"), "NS.Hue'Red'"),
    (Wide.name, OddText("a'b"), "'a''b'"),
    (Job.id, OddKey(KEY), KEY),
    (Job.id, OddText(KEY), KEY),
    (of.field("a"), OddMoment(2024, 6, 24, tzinfo=dt.UTC), "2024-06-24T00:00:00Z"),
    (of.field("a"), OddDate(2024, 6, 24), "2024-06-24"),
    (of.field("a"), OddDecimal("2.5"), "2.5"),
    (of.field("a"), OddKey(KEY), KEY),
    (of.field("a"), OddText("a"), "'a'"),
    (of.field("a"), tree.Literal("Number", "1e5"), "1e5"),
    (of.field("a"), tree.Literal("String", "'" + "a" * 200_000 + "'"), "'" + "a" * 200_000 + "'"),
]


@pytest.mark.parametrize(
    ("handle", "odd", "text"), ODD, ids=[f"{handle!r} {type(odd).__name__}" for handle, odd, _ in ODD]
)
def test_a_value_is_written_as_what_it_is_a_subclass_of(handle: Any, odd: Any, text: str) -> None:
    made = handle == odd
    assert str(made) == f"{handle._name} eq {text}"
    assert (handle == of.param("p")).bind(p=odd) == made


@pytest.mark.parametrize(
    "literal",
    [
        tree.Literal("Number", "1 or true"),
        tree.Literal("String", "1"),
        tree.Literal("Guid", ""),
        tree.Literal("String", "a"),
    ],
)
def test_a_literal_must_be_what_its_text_says(literal: tree.Literal) -> None:
    with pytest.raises(of.FilterError) as caught:
        of.field("a").eq(literal)
    assert str(caught.value) == f"{literal.text!r} is no literal of the kind {literal.kind}"
