"""Limits: what is past one is refused by name and at once; what is within is safe to use."""

import copy
import pickle

import pytest

import odatafilter as of

WIDE = of.Limits(length=10_000_000, depth=150, nodes=10_000_000, items=10_000_000)


class Thing(of.Schema):
    a = of.Int32()


HUGE = {
    "parentheses": "(" * 100_000 + "a" + ")" * 100_000,
    "open parentheses": "(" * 100_000,
    "brackets": "[" * 100_000,
    "not": "not " * 5_000 + "a",
    "minus": "-" * 100_000 + "a",
    "minus alone": "-" * 100_000,
    "not alone": "not " * 25_000,
    "calls": "tolower(" * 10_000 + "a" + ")" * 10_000,
    "lambdas": "a/any(x:" * 3_000 + "x" + ")" * 3_000,
    "chain": "a" + " eq 1" * 20_000,
    "or": " or ".join(["a eq 1"] * 200_000),
    "list": "a in (" + ",".join(["'x'"] * 100_000) + ")",
    "path": "a" + "/b" * 100_000,
    "string": "a eq '" + "x" * 1_000_000 + "'",
    "unclosed": "a eq '" + "x" * 1_000_000,
    "name": "x" * 90_000,
    "blanks": "a" + " " * 90_000,
    "words": "a eq " * 20_000,
    "quotes": "a eq " + "'" * 90_001,
}


@pytest.mark.parametrize("limits", [None, WIDE], ids=["by default", "wide"])
@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE.keys())
def test_whatever_is_huge_gives_a_filter_or_an_error_of_this_library(text: str, limits: of.Limits | None) -> None:
    try:
        made = of.parse(text, limits=limits)
    except of.FilterSyntaxError as error:
        start, end = error.span
        assert 0 <= start <= end <= len(text)
        assert len(str(error)) < 1_000
    else:
        assert of.parse(str(made), limits=WIDE) == made


@pytest.mark.parametrize(
    ("text", "limits", "message", "span"),
    [
        ("a eq 10", of.Limits(length=6), "the filter has 7 characters; the limit 'length' is 6", (6, 7)),
        ("((a))", of.Limits(depth=1), "the filter nests deeper than the limit 'depth' of 1", (1, 2)),
        ("x eq '((' and ((a))", of.Limits(depth=1), "the filter nests deeper than the limit 'depth' of 1", (15, 16)),
        ("not not a", of.Limits(depth=2), "the filter has 3 levels; the limit 'depth' is 2", (0, 9)),
        ("a eq 1 eq 2 eq 3", of.Limits(depth=3), "the filter has 4 levels; the limit 'depth' is 3", (0, 16)),
        ("a eq 1", of.Limits(nodes=2), "the filter has 3 nodes; the limit 'nodes' is 2", (0, 6)),
        ("a in (1,2)", of.Limits(items=1), "the filter has 2 values in one list; the limit 'items' is 1", (0, 10)),
        ("a in [1,2]", of.Limits(items=1), "the filter has 2 values in one list; the limit 'items' is 1", (0, 10)),
    ],
)
def test_a_limit_is_named_with_what_was_found(
    text: str, limits: of.Limits, message: str, span: tuple[int, int]
) -> None:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse(text, limits=limits)
    assert caught.value.message == message
    assert caught.value.span == span


def test_what_is_exactly_at_its_limits_is_read() -> None:
    text = "not (a in (1,2))"
    assert str(of.parse(text, limits=of.Limits(length=16, depth=4, nodes=6, items=2))) == "not a in (1,2)"


@pytest.mark.parametrize(
    ("bounds", "message"),
    [
        ({"depth": 0}, "the limit 'depth' is 0; it must be a whole number from 1"),
        ({"nodes": True}, "the limit 'nodes' is True; it must be a whole number from 1"),
        ({"length": "10"}, "the limit 'length' is '10'; it must be a whole number from 1"),
        ({"depth": 151}, "the limit 'depth' is 151; it can be at most 150"),
    ],
)
def test_a_limit_is_checked_itself(bounds: dict[str, int], message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        of.Limits(**bounds)
    assert str(caught.value) == message


def deepest() -> of.Filter:
    """A filter as deep as the builder makes one."""
    one = of.field("a") == 1
    made = one
    while True:
        try:
            made = (made & one) | one
        except of.FilterError as error:
            assert str(error) == "the filter nests 151 levels deep; at most 150 are safe"
            return made


def below(frames: int, made: of.Filter) -> None:
    """Everything that can be done with a filter, on top of a stack that is used already."""
    if frames:
        below(frames - 1, made)
        return
    assert of.parse(str(made), limits=WIDE) == made
    assert hash(made) == hash(copy.deepcopy(made))
    assert pickle.loads(pickle.dumps(made)) == made
    assert of.Filter.from_json(made.to_json()) == made
    assert repr(made.tree)
    assert made.matches({"a": 1})
    assert not made.matches({"a": 2})
    assert made.simplify().matches({"a": 1})
    assert made.properties() == ("a",)
    assert (made | (of.field("a") == of.param("p"))).bind(p=1).matches({"a": 1})
    made.validate(Thing)


def test_at_the_ceiling_everything_done_with_a_filter_is_safe() -> None:
    below(400, deepest())


def test_flat_chains_have_no_such_ceiling() -> None:
    made = of.field("a").in_(range(100_000))
    assert made.matches({"a": 99_999})
    assert of.parse(str(made), limits=WIDE) == made
    many = of.parse(" or ".join(f"a eq {n}" for n in range(20_000)), limits=WIDE)
    assert many.matches({"a": 19_999})
    assert hash(many) == hash(pickle.loads(pickle.dumps(many)))
