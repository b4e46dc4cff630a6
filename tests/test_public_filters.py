"""Filters as public documents and code have them: accepted, or refused with the text that is meant."""

from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import odatafilter as of
from odatafilter.errors import FilterSyntaxError

FILE = Path(__file__).with_name("public_filters.txt")
REFUSED = "-"


class Case(NamedTuple):
    family: str
    text: str
    mended: str  # the text itself where it is accepted


def cases() -> Iterator[Case]:
    family = ""
    for line in FILE.read_text("utf-8").splitlines():
        if line.startswith("["):
            family = line.strip("[]")
        elif line and not line.startswith("#"):
            text, _, mended = line.partition("\t")
            yield Case(family, text, mended or text)


CASES = list(cases())
TEXT, GEO = of.String(), of.Geography()


class Search(
    of.Schema,
    open=True,
    functions=(
        *("all", "any", "$count", "contains", "startswith", "endswith", "substring", "length"),
        *("geo.distance", "geo.intersects", "year", "month", "day", "now"),
        *(of.Function("search.in", (TEXT,) * number, of.Boolean()) for number in (2, 3)),
        *(of.Function("search.ismatch", (TEXT,) * number, of.Boolean()) for number in (1, 2, 4)),
        *(of.Function("search.ismatchscoring", (TEXT,) * number, of.Boolean()) for number in (1, 2, 4)),
        of.Function("atScope", (), of.Boolean()),
    ),
):
    """The functions that Azure documents for its search, and for lists of roles."""

    HotelName = of.String()


def suggestion(case: Case) -> str:
    """The text, where it is accepted, else the mended one or REFUSED."""
    try:
        of.parse(case.text, schema=Search if case.family == "azure" else None)
    except FilterSyntaxError as error:
        return error.suggestion or REFUSED
    return case.text


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.text)
def test_a_public_filter_is_accepted_or_mended(case: Case) -> None:
    assert suggestion(case) == case.mended


def test_nearly_all_public_filters_are_accepted_or_mended() -> None:
    refused = [case.text for case in CASES if case.mended == REFUSED]
    assert len(CASES) >= 300
    assert len(refused) / len(CASES) <= 0.05, refused
    for family in {case.family for case in CASES}:
        assert sum(case.family == family for case in CASES) >= 15


@pytest.mark.parametrize(
    "case", [case for case in CASES if case.mended not in {REFUSED, case.text}], ids=lambda case: case.text
)
def test_a_mended_public_filter_is_a_filter(case: Case) -> None:
    assert str(of.parse(case.mended, schema=Search if case.family == "azure" else None))
