"""The laws of the language as properties, numbered as in CONTRIBUTING.md."""

import pickle
import re
from functools import partial
from typing import Any

import pytest
from fast_texts import almost, taken
from hypothesis import example, given, settings
from hypothesis import strategies as st
from readers import by_fast_reader, by_lark, by_loop
from strategies import (
    Guarded,
    Meant,
    Order,
    Thing,
    any_text,
    built,
    chains,
    filters,
    items,
    of_fields,
    reads,
    trees,
    wire,
)

import odatafilter as of
from odatafilter import limits
from odatafilter._parse import Failure, parse_with_places, tables
from odatafilter._validate.places import places_by_words
from odatafilter.tree import Expression, nodes


@given(trees)
def test_law_1_a_tree_survives_its_text(tree: Expression) -> None:
    made = of.Filter(tree)
    assert of.parse(str(made)) == made


@given(filters)
def test_law_1_and_4_a_built_filter_survives_its_text_and_validates(meant: Meant) -> None:
    made = meant.filter
    made.validate(Thing)
    again = of.parse(str(made), schema=Thing)
    assert again == made
    assert hash(again) == hash(made)
    assert pickle.loads(pickle.dumps(made)) == made


@given(built)
def test_law_1_and_4_whatever_the_builder_makes_survives_its_text_and_validates(made: of.Filter) -> None:
    made.validate(Order)
    assert of.parse(str(made), schema=Order) == made
    assert pickle.loads(pickle.dumps(made)) == made


@given(of_fields)
def test_law_1_what_is_built_of_fields_survives_its_text(made: of.Filter) -> None:
    assert of.parse(str(made)) == made


@given(any_text)
@example("not eq eq eq")
@example("a eq -INF")
def test_law_2_and_3_a_text_is_read_or_refused_at_a_place_inside_it(text: str) -> None:
    try:
        canonical = str(of.parse(text))
    except of.FilterSyntaxError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(text)
        assert error.suggestion is None or str(of.parse(error.suggestion))
        assert error.line >= 1
        assert error.column >= 1
        return
    assert str(of.parse(canonical)) == canonical


@settings(max_examples=max(3_000, settings().max_examples))
@given(filters, items)
def test_law_5_evaluation_agrees_with_the_oracle(meant: Meant, item: dict[str, Any]) -> None:
    expected = meant.oracle(item) is True
    assert meant.filter.matches(wire(item)) is expected
    assert of.parse(str(meant.filter), schema=Thing).matches(wire(item)) is expected
    assert meant.filter.compile()(wire(item)) is expected
    assert list(meant.filter.matching([wire(item)])) == [wire(item)] * expected


# Nearly all that is ever read is read by the fast reader, so it gets more examples than the profile has.
MANY = settings(max_examples=max(600, settings().max_examples))


@MANY
@given(taken)
@example("a eq 1 and b eq 2 or c eq 3 or d eq 4 and e eq 5")
@example("a eq 1 or b eq 2 and c eq 3 and (d eq 4 or e eq 5 or not f eq 6)")
@example("not a in (1) eq -b mul c add d gt 5 and (e)or(f)")
@example(" and ".join(["a eq 1"] * 30 + ["true has 'Red'", "b eq 2", "null eq 3", "c"] + ["d ne 'x'"] * 30))
@example(" or ".join(["a eq 1"] * 30 + ["b and 'x'", "not c eq 2", "d/e gt 5"] + ["f ne 'x'"] * 30))
def test_law_6_the_fast_reader_takes_nearly_all_and_builds_the_trees_that_plain_lark_builds(text: str) -> None:
    tree = by_lark(text)
    assert by_loop(text) == tree
    read = by_fast_reader(text)
    if tree is None:
        assert read is None
    else:
        assert read is not None
        assert read[0] == tree
        assert limits.measure(tree)[0] <= read[1]


@MANY
@given(almost)
@example("not eq eq eq")
@example("not has mul or in mul")
@example("a eq 1 and not")
def test_law_6_the_fast_reader_takes_nothing_that_plain_lark_refuses_or_reads_otherwise(text: str) -> None:
    read = by_fast_reader(text)
    tree = by_lark(text)
    assert by_loop(text) == tree
    assert read is None or read[0] == tree


@given(chains)
def test_law_6_all_readers_agree_on_chains(text: str) -> None:
    assert by_loop(text) == by_lark(text)
    read = by_fast_reader(text)
    assert read is None or read[0] == by_loop(text)


@given(filters, built)
def test_law_6_the_loop_reads_built_filters_as_plain_lark_does(meant: Meant, made: of.Filter) -> None:
    for text in (str(meant.filter), str(made)):
        assert by_loop(text) == by_lark(text)


@given(any_text)
@example("")
def test_law_6_the_loop_refuses_what_plain_lark_refuses(text: str) -> None:
    assert by_loop(text) == by_lark(text)


@given(trees)
def test_law_6_the_loop_builds_the_trees_that_plain_lark_builds(tree: Expression) -> None:
    text = str(of.Filter(tree))
    assert by_loop(text) == by_lark(text) == tree


@given(any_text)
def test_law_8_errors_pickle_and_print_the_same(text: str) -> None:
    try:
        of.parse(text, schema=Thing)
    except of.FilterError as error:
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert str(again) == str(error)
        assert vars(again) == vars(error)


@given(reads)
def test_law_9_what_is_not_documented_is_not_read(text: str) -> None:
    try:
        of.parse(text, schema=Guarded)
    except of.FilterValidationError as error:
        assert "secret" in text
        assert all(
            "secret" in text[slice(*problem.span)] or text[problem.span[0]] in "@$" for problem in error.problems
        )
    else:
        assert "secret" not in text


def _places_agree(text: str) -> None:
    """What is found of the places of nodes by the words of `text` is what the loop notes of them."""
    tree, trace = parse_with_places(text)
    for node in nodes(tree):
        if spans := places_by_words([node], tree, text):
            assert spans[id(node)] == trace[node]


@pytest.mark.parametrize(
    "text",
    [
        "a eq 1",
        "a/b/c eq 'x y'",
        "a add 1.5 gt b",
        "contains(a,'x')",
        "year(d) ge e",
        "a eq 2024-06-24",
        "substring( a , 1,b ) eq null",
    ],
)
def test_places_of_common_nodes_are_found_by_their_words(text: str) -> None:
    """A filter with a problem is then not read a second time."""
    tree, trace = parse_with_places(text)
    assert all(places_by_words([node], tree, text) == {id(node): trace[node]} for node in nodes(tree))


@settings(max_examples=max(300, settings().max_examples))
@given(taken)
@example("(a) eq 1 and -b lt 2 and id eq 'id' and -1 lt c add -1")
@example("d gt 13:20:00 and n eq 20 or n eq 20.0 or contains((n), 'x' )")
def test_places_that_words_say_are_those_of_the_nodes(text: str) -> None:
    try:
        _places_agree(text)
    except Failure:
        assert by_fast_reader(text) is None


@given(trees)
def test_places_that_words_of_built_filters_say_are_those_of_the_nodes(tree: Expression) -> None:
    _places_agree(str(of.Filter(tree)))


@given(trees)
def test_whatever_a_schema_refuses_has_its_places(tree: Expression) -> None:
    text = str(of.Filter(tree))
    try:
        of.parse(text, schema=Order)
    except of.FilterValidationError as error:
        assert all(0 <= start < end <= len(text) for start, end in (problem.span for problem in error.problems))


def test_the_saved_tables_are_what_lark_makes_of_the_grammar() -> None:
    grammar = tables.Grammar()
    assert tables.load() == tables.make(grammar)
    assert grammar.saved.exists()


@pytest.mark.parametrize(
    ("before", "after", "is_same"),
    [
        ("a: B\n", "a: B", True),
        ("a: B\n", "// a is B\na: B\n", True),
        ("a: B\n", "\n  a: B \n\n  // done", True),
        ("a: B\n", "a: C\n", False),
        ("a: B\n  | C\n", "a: B\n", False),
        ('a: " "\n', 'a: ""\n', False),
        ('a: "//"\n', 'a: ""\n', False),
    ],
)
def test_comments_and_blank_lines_of_the_grammar_leave_the_saved_tables_valid(
    before: str, after: str, is_same: bool
) -> None:
    assert (tables.digest_of(before, "B: /b/") == tables.digest_of(after, "B: /b/")) is is_same
    assert tables.digest_of(before, "") != tables.digest_of("", before)


# An item that conforms to Order: each property as JSON has it, or null.
_optional = partial(st.one_of, st.none())
conforming = st.fixed_dictionaries(
    {
        "title": _optional(st.text(max_size=5)),
        "made": _optional(st.sampled_from(["2024-06-24T13:00:00Z", "0001-01-01T00:00:00+05:30"])),
        "due": _optional(st.dates().map(str)),
        "opens": _optional(st.just("13:20:00")),
        "took": _optional(st.sampled_from(["PT5H", "-P1D", "PT0.5S", "P"])),
        "count": _optional(st.integers(-9, 9)),
        "price": _optional(st.sampled_from([2.5, 3, -1])),
        "weight": _optional(st.sampled_from([2.5, 0, -1.0, "INF", "NaN"])),
        "color": _optional(st.sampled_from(["Red", "Green", "Red,Green"])),
        "data": _optional(st.just("Zm9v")),
        "key": _optional(st.uuids().map(str)),
        "place": _optional(
            st.fixed_dictionaries({"city": _optional(st.text(max_size=3)), "class": _optional(st.integers(0, 9))})
        ),
        "lines": st.lists(
            st.fixed_dictionaries(
                {
                    "amount": _optional(st.integers(0, 9)),
                    "label": _optional(st.text(max_size=3)),
                    "tags": st.lists(st.text(max_size=2), max_size=2),
                }
            ),
            max_size=2,
        ),
        "tags": st.lists(st.text(max_size=2), max_size=3),
    }
)
DOCUMENTED = re.compile(
    "division by zero|cannot have a length of|more than 1000 digits|beyond any|only the service knows|"
    "number to multiply or divide a duration by|regular expression|too long to be evaluated|visits"
)


@given(built, conforming)
def test_law_10_what_validates_evaluates(made: of.Filter, item: dict[str, Any]) -> None:
    found: set[object] = set()
    for ask in (made.matches, lambda item: next(filter(made.compile(), [item]), None) is not None):
        try:
            found.add(ask(item))
        except of.FilterError as error:
            assert DOCUMENTED.search(str(error)), str(error)
            found.add(str(error))
    assert len(found) == 1
