"""One expression of a filter replaced by another, wherever it stands."""

import pytest
from hypothesis import given
from strategies import Thing, trees

import odatafilter as of
from odatafilter.tree import Expression, Property

parse = of.parse


@pytest.mark.parametrize(
    ("text", "old", "new", "expected"),
    [
        ("a eq 1 or not (a eq 1)", "a eq 1", "b eq 2", "b eq 2 or not (b eq 2)"),
        ("a eq 1 and b", "a eq 1", "c or d", "(c or d) and b"),
        ("a and b and c", "b", "b and d", "a and (b and d) and c"),
        ("a and b and c", "a and b", "d", "a and b and c"),
        ("(a and b) and c", "a and b", "d", "d and c"),
        ("a eq 1", "a eq 1", "b", "b"),
        ("a eq 1", "b", "c", "a eq 1"),
        ("title eq 'x' and A/title eq 'x'", "title", "trim(title)", "trim(title) eq 'x' and A/title eq 'x'"),
        ("Address/City eq 'x'", "Address/City", "City", "City eq 'x'"),
        ("Items/any(i:i/Qty gt max)", "max", "@max", "Items/any(i:i/Qty gt @max)"),
        ("Items/any(i:i/Qty gt 1)", "i/Qty gt 1", "i/Qty gt 2", "Items/any(i:i/Qty gt 2)"),
        ("a in (1,2) or b eq 1", "1", "3", "a in (3,2) or b eq 3"),
        ("a in (1,2)", "1", "null", "a in (null,2)"),
        ("a in @p", "@p", "Tags", "a in Tags"),
        ("f has NS.E'a'", "NS.E'a'", "NS.E'b'", "f has NS.E'b'"),
        ("NS.f(x=a)/y eq 1", "a", "b add 1", "NS.f(x=b add 1)/y eq 1"),
        ("1 sub a eq 1", "a", "b sub c", "1 sub (b sub c) eq 1"),
    ],
)  # fmt: skip
def test_whole_expressions_are_replaced(text: str, old: str, new: str, expected: str) -> None:
    assert str(parse(text).replace(parse(old), parse(new))) == expected


def refused(text: str, old: str, new: str) -> str:
    with pytest.raises(of.FilterError) as caught:
        parse(text).replace(parse(old), parse(new))
    return str(caught.value)


def test_only_a_literal_stands_in_the_place_of_a_literal() -> None:
    assert refused("a in (1,2)", "1", "b") == "only a literal can stand in the place of a literal in (1,2)"
    assert refused("f has 'a'", "'a'", "b") == "only a literal can stand in the place of a literal in f has 'a'"


def test_what_the_grammar_has_no_place_for_is_refused() -> None:
    assert refused("People('x')/a eq 1", "'x'", "a eq 1") == (
        "the replacement cannot stand there: unknown function 'People'; a function of the service takes arguments as "
        "name=value"
    )


def test_what_would_be_read_as_another_filter_is_refused() -> None:
    with pytest.raises(of.FilterError) as caught:
        parse("a eq b").replace(parse("b"), of.Filter(Property("null")))
    assert str(caught.value) == "the replacement cannot stand there: a eq null would be read as another filter"


def test_the_schema_judges_the_result() -> None:
    made = Thing.title == "x"
    assert made.replace(parse("title"), parse("tolower(title)")) == (Thing.title.lower() == "x")
    assert made.replace(parse("'x'"), parse("'y'")).schema is made.schema
    assert parse("title eq 'x' and small eq 1").replace(parse("small eq 1"), made).schema is made.schema
    with pytest.raises(of.FilterValidationError) as caught:
        made.replace(parse("title"), parse("titel"))
    assert str(caught.value) == "unknown property 'titel'; did you mean 'title'?\n    titel eq 'x'\n    ^^^^^"


def test_filters_of_two_schemas_do_not_mix() -> None:
    class Other(of.Schema):
        name = of.String()

    with pytest.raises(of.FilterError, match=r"^a filter of Thing cannot be combined with one of Other$"):
        (Thing.title == "x").replace(Thing.title == "x", Other.name == "x")


def test_only_a_filter_replaces_a_filter() -> None:
    with pytest.raises(of.FilterTypeError, match=r"^a filter is replaced by a filter, and 'b' is none$"):
        parse("a").replace(parse("a"), "b")  # type: ignore[arg-type]


def test_a_result_that_nests_too_deep_is_refused() -> None:
    deep = parse("not " * 100 + "a", limits=of.Limits(depth=101))
    with pytest.raises(of.FilterError, match=r"^the filter nests 201 levels deep; at most 150 are safe$"):
        deep.replace(parse("a"), deep)


@given(trees, trees, trees)
def test_whatever_is_replaced_is_a_filter(tree: Expression, old: Expression, new: Expression) -> None:
    assert of.Filter(old).replace(of.Filter(old), of.Filter(new)) == of.Filter(new)
    try:
        made = of.Filter(tree).replace(of.Filter(old), of.Filter(new))
    except of.FilterError:
        return
    assert of.parse(str(made)) == made
