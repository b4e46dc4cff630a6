"""Reading, judging and explaining a text takes time that grows with its length: twice the text, twice the time."""

import time
from collections.abc import Callable

import pytest

import odatafilter as of
from odatafilter.derive import schema_from_dict

LENGTH = 8_000
LONGER = {"signs": 50_000}  # what is worse for a long text only
RATIO = 3.0  # twice the text; the rule is 2.3, the rest is for a busy machine
TRIES = 4
FLOOR = 0.004  # seconds of CPU: what takes less is not compared

SCHEMA = schema_from_dict(
    {
        "state": {"kind": "String", "enum": [f"word{n}" for n in range(1000)]},
        "id": "Guid",
        "tags": {"kind": "Collection", "element": "String"},
        **{f"number{n}": "Int32" for n in range(300)},
    }
)

# What is repeated, what stands before and behind it.
TEXTS: dict[str, tuple[str, str, str]] = {
    "comparisons": ("", "a eq 1 and ", "b"),
    "a list": ("a in (", "1,", "2)"),
    "strings": ("a in (", "'it''s',", "'')"),
    "calls": ("", "contains(tolower(a),'x') or ", "b"),
    "groups after in": ("", "a in (b) or ", "c"),
    "a path": ("a", "/b", " eq 1"),
    "names": ("", "a1 eq b1 and ", "c"),
    "known words": ("", "state eq 'word999' or ", "tags/any()"),
    "an open list": ("a in (", "1,", ""),
    "an open string": ("a eq '", "''", ""),
    "quotes in an open call": ("a between f(", "''", " and 1"),
    "quotes": ("a eq ", "'", "x"),
    "blanks": ("a eq 1", " ", "b"),
    "tabs": ("a eq x", "\t", "'"),
    "brackets": ("a eq 1", ")", ""),
    "other operators": ("", "a = 1 && ", "b"),
    "operators": ("a ", "eq ", ""),
    "without quotes": ("a eq ", "my job ", ""),
    "entities": ("a ", "&gt; 1 &amp; ", ""),
    "encoded": ("a", "%20eq%20", "1"),
    "pluses": ("a", "+eq+", "1 and b"),
    "negations": ("a ", "not ", "in"),
    "methods": ("a", ".trim()", ".contains('x')"),
    "placeholders": ("a eq ", "{{x}}", ""),
    "dashes": ("a eq ab", "-", "g"),
    "digits": ("a eq 2024-01-01T", "1", ":"),
    "names of braces": ("a eq ", "{", ""),
    "shapes": ("geo.length(geography'Polygon((", "1 1,", "')"),
    "unknown names": ("", "nmber1 eq 1 or ", "nmber2 eq 1"),
    "different unknown names": ("", "", ""),
    "unknown words": ("state in (", "'wrd1',", "'x')"),
    "no GUIDs": ("", "id eq 'z' and ", "id eq 'y'"),
    "values joined by or": ("number1 eq 1", " or 2", ""),
    "collections": ("", "tags eq 'x' or ", "tags eq 'y'"),
    "signs": ("", "-", ""),
}


def text_of(name: str, length: int) -> str:
    if name == "different unknown names":
        return " or ".join(f"u{n} eq 1" for n in range(length // 12))
    before, piece, behind = TEXTS[name]
    return before + piece * (length // len(piece)) + behind


def explain(text: str) -> None:
    try:
        of.parse(text, schema=SCHEMA)
    except of.FilterError as error:
        str(error)


def seconds(call: Callable[[str], None], text: str) -> float:
    began = time.process_time()
    call(text)
    return time.process_time() - began


@pytest.mark.parametrize("name", TEXTS)
def test_time_grows_with_the_length_of_the_text(name: str) -> None:
    length = LONGER.get(name, LENGTH)
    short, long = text_of(name, length), text_of(name, 2 * length)
    explain(short)  # what only the first text of a kind pays for
    ratios = []
    for _ in range(TRIES):
        ratios.append(seconds(explain, long) / max(seconds(explain, short), FLOOR))
        if ratios[-1] <= RATIO:
            return
    pytest.fail(f"twice the text takes {min(ratios):.1f} times as long")
