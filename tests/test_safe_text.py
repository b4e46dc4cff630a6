"""What errors show: no character that acts on a terminal or hides, and never more than a reader can take in."""

import json
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter._safe_text import escape, shorten, show
from odatafilter._suggest import word_list, word_list_near
from odatafilter.derive import schema_from_dict, schema_from_json_schema
from odatafilter.errors import FilterSyntaxError, FilterTypeError, FilterValidationError, Problem

EVIL = [
    "\x1b[31mred\x1b]0;title\x07",
    "\nFAKE LOG LINE",
    "\r",
    "\x7f",
    "\x9b31m",
    "\u2028",
    "\u202egnp.exe",
    "\u200b",
    "\u2066\u2069",
    "\ufeff",
    "\U000e0041",
    "\u3164",
    "\u034f",
    "\xa0",
    "\t",
    "\x00",
    "\ud800",
]


class Shop(of.Schema):
    id = of.Guid()
    name = of.String()
    color = of.Enum("Red", "Green")
    n = of.Int32()
    tags = of.Collection(of.String())


@pytest.mark.parametrize("evil", EVIL)
def test_what_acts_or_hides_is_escaped(evil: str) -> None:
    safe = escape(f"a{evil}b")
    assert safe.isprintable()
    assert safe.startswith("a")
    assert safe.endswith("b")
    assert escape(safe) == safe


def test_what_nobody_sees_is_escaped() -> None:
    """Fillers, joiners and variation selectors, which Python calls printable."""
    unseen = (
        "\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180e\u180f\u2800\u3164\ufe00\ufe0f\uffa0\U000e0100\U000e01ef"
    )
    for character in unseen:
        assert escape(f"a{character}") == "a" + character.encode("unicode_escape").decode()


@given(st.text())
def test_what_is_escaped_is_printable_and_stays(text: str) -> None:
    assert escape(text).isprintable()
    assert escape(escape(text)) == escape(text)
    assert len(shorten(text, 10)) <= 10


@given(st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="\u115f\u1160\u3164\uffa0\u2800")))
def test_what_is_seen_is_left_as_it_is(text: str) -> None:
    assert escape(text) == text


def test_marks_that_are_seen_are_left_as_they_are() -> None:
    assert escape("e\u0301 東京 café") == "e\u0301 東京 café"


def test_a_long_text_is_cut() -> None:
    assert shorten("x" * 401) == "x" * 399 + "…"
    assert shorten("x" * 400) == "x" * 400
    assert len(show("x" * 1000)) == 61


def messages(error: of.FilterError) -> list[str]:
    """Every text of an error that people read."""
    if isinstance(error, FilterValidationError):
        return [
            *(problem.message for problem in error.problems),
            *(one["message"] for one in error.to_dict()["details"]),
        ]
    if isinstance(error, FilterSyntaxError):
        return [error.message, error.to_dict()["details"][0]["message"]]
    return [str(error)]


SHAPES: dict[str, Callable[[str], object]] = {
    "text": lambda evil: of.parse(f"id eq '{evil}'", schema=Shop),
    "word": lambda evil: of.parse(f"color eq '{evil}'", schema=Shop),
    "list": lambda evil: of.parse(f"n in ('{evil}','b')", schema=Shop),
    "name": lambda evil: of.parse(f"a{evil}b eq 1", schema=Shop),
    "path": lambda evil: of.parse(f"tags/x{evil}y eq '{evil}'", schema=Shop),
    "function": lambda evil: of.parse(f"fn{evil}(a) eq '{evil}'"),
    "method": lambda evil: of.parse(f"a.b{evil}('{evil}')"),
    "operator": lambda evil: of.parse(f"a {evil}x 1"),
    "end": lambda evil: of.parse(f"a eq 1 {evil} b"),
    "string": lambda evil: of.parse(f"a eq '{evil}"),
    "quotes": lambda evil: of.parse(f'a eq "{evil}"'),
    "unquoted": lambda evil: of.parse(f"a eq x {evil} y"),
    "placeholder": lambda evil: of.parse(f"a eq {{{evil}}}"),
    "comment": lambda evil: of.parse(f"a eq 1 -- {evil}"),
    "option": lambda evil: of.parse(f"a eq 1&$top={evil}"),
    "where": lambda evil: of.parse(f"select {evil} from x where a = '{evil}'"),
    "geo": lambda evil: of.parse(f"a eq geography'{evil}'"),
    "json": of.Filter.from_json,
    "json member": lambda evil: of.Filter.from_json(json.dumps({evil: evil})),
    "value": lambda evil: Shop.n == evil,
    "member": lambda evil: Shop.color == evil,
    "derived": lambda evil: schema_from_dict({f"a{evil}b": "String"}),
    "derived kind": lambda evil: schema_from_dict({"a": f"Str{evil}ing"}),
    "derived from json": lambda evil: schema_from_json_schema(
        {"type": "object", "properties": {f"{evil}": {"$ref": evil}}}
    ),
    "bound": lambda evil: of.parse("a eq @p").bind(**{evil: 1}),
}


@pytest.mark.parametrize("shape", SHAPES)
def test_no_error_of_a_filter_shows_what_acts_or_hides(shape: str) -> None:
    raised = 0
    for evil in EVIL:
        try:
            SHAPES[shape](evil)
        except of.FilterError as error:
            raised += 1
            for message in messages(error):
                assert message.isprintable(), (evil, message)
                assert not any(one in message for one in "\u3164\u034f\u2800")
                assert len(message) <= 400
            assert str(error).replace("\n", "").isprintable()
    assert raised


def test_a_problem_that_somebody_else_makes_is_safe_too() -> None:
    assert Problem("a\x1b" * 1000, (0, 1), "type").message.isprintable()
    assert len(str(FilterTypeError("a\n" * 1000))) == 400
    assert unicodedata.name(FilterSyntaxError("a" * 500, "", (0, 0)).message[-1]) == "HORIZONTAL ELLIPSIS"


def test_of_many_words_some_are_listed() -> None:
    assert word_list(["a"]) == "a"
    assert word_list(f"w{n}" for n in range(12)).endswith("w10 and w11")
    assert word_list(f"w{n}" for n in range(500)) == "w0, w1, w2, w3, w4, w5, w6, w7, w8, w9 and 490 more"
    assert word_list(["x" * 60] * 5) == f"{', '.join(['x' * 60] * 3)} and 2 more"
    assert len(word_list(["x" * 1000] * 20)) < 300
    assert word_list_near("pri", [*(f"w{n}" for n in range(500)), "price"]).startswith("price, w0")


def test_an_unknown_name_is_answered_with_some_names() -> None:
    schema = schema_from_dict({f"propertyNumber{n}": "String" for n in range(500)})
    with pytest.raises(FilterValidationError) as caught:
        of.parse("zz eq 1", schema=schema)
    assert caught.value.problems[0].message.endswith("propertyNumber8, propertyNumber9 and 490 more")


def test_a_hundred_problems_are_listed() -> None:
    schema = schema_from_dict({f"propertyNumber{n}": "String" for n in range(500)})
    with pytest.raises(FilterValidationError) as caught:
        of.parse(" or ".join(f"u{n} eq 1" for n in range(6000)), schema=schema)
    error = caught.value
    assert len(error.problems) == 6000
    assert str(error).endswith("\nand 5900 more problems")
    assert len(str(error)) < 100 * 400
    body = error.to_dict()
    assert len(body["details"]) == 100
    assert body["message"] == "the filter is not allowed: 100 problems and 5900 more problems"
    assert len(json.dumps(body)) < 60_000


def test_the_suggestions_of_an_answer_are_bounded() -> None:
    problems = tuple(Problem("wrong", (0, 1), "type", "x" * 4000) for _ in range(5))
    details = FilterValidationError("a", problems).to_dict()["details"]
    assert ["suggestion" in detail for detail in details] == [True, True, False, False, False]
