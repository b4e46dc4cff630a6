"""Python lambdas as conditions of elements: the element means something until its lambda has returned, and no longer."""

from collections.abc import Callable
from typing import Any

import pytest

import odatafilter as of
from odatafilter import tree


class Item(of.Schema):
    label = of.String()
    amount = of.Int32()
    tags = of.Collection(of.String())


class Box(of.Schema):
    tags = of.Collection(of.String())
    items = of.Collection(Item)
    name = of.String()


def kept(collection: Any, use: Callable[[Any], Any] = lambda element: element) -> Any:
    """What `use` makes of the element of a lambda that has returned."""
    found = []

    def condition(element: Any) -> of.Filter:
        found.append(use(element))
        return of.parse("true")

    collection.any(condition)
    return found[0]


OUTSIDE: list[Callable[[], object]] = [
    lambda: kept(Box.tags) == "x",
    lambda: kept(Box.tags).length(),
    lambda: kept(Box.tags).in_(["x"]),
    lambda: kept(Box.tags, lambda t: t.length()) > 3,
    lambda: Box.name.eq(kept(Box.tags)),
    lambda: Box.name.contains(kept(Box.tags, lambda t: t.lower())),
    lambda: kept(Box.items).label,
    lambda: kept(Box.items, lambda i: i.label) == "x",
    lambda: kept(Box.items, lambda i: i.tags).any(lambda t: t == "x"),
    lambda: kept(Box.items, lambda i: i.tags).count(),
    lambda: str(kept(Box.tags, lambda t: t == "x")),
    lambda: kept(Box.tags, lambda t: t == "x") & (Box.name == "y"),
    lambda: ~kept(Box.tags, lambda t: t == "x") & (Box.name == "y"),
    lambda: kept(Box.tags, lambda t: t == "x").matches({}),
    lambda: Box.tags.any(lambda _: kept(Box.tags, lambda t: t == "x")),
    lambda: Box.items.count(lambda _: kept(Box.tags, lambda t: t == "x")) > 1,
    lambda: kept(of.field("tags")) == "x",
    lambda: of.parse(f"{kept(Box.tags)} eq 'x'"),
    lambda: of.expression(str(kept(Box.items, lambda i: i.label.length()))),
    lambda: kept(of.field("tags")) / "a" == "x",
]


@pytest.mark.parametrize("use", OUTSIDE, ids=range(len(OUTSIDE)))
def test_an_element_has_no_meaning_outside_its_lambda(use: Callable[[], object]) -> None:
    with pytest.raises(of.FilterError) as caught:
        use()
    assert str(caught.value) == "the element of a lambda has no meaning outside it"


def test_an_element_has_none_after_a_lambda_that_failed() -> None:
    found = []

    def condition(element: Any) -> of.Filter:
        found.append(element)
        raise LookupError

    with pytest.raises(LookupError):
        Box.tags.any(condition)
    with pytest.raises(of.FilterError, match="no meaning outside"):
        found[0].eq("x")


def test_elements_of_lambdas_around_can_be_used_inside() -> None:
    made = Box.items.any(lambda i: i.tags.any(lambda t: (t == i.label) & (i.amount > 1)))
    assert str(made) == "items/any(i:i/tags/any(t:t eq i/label and i/amount gt 1))"


def test_lambdas_whose_parameters_have_one_name_do_not_mix() -> None:
    def inside(outer: Any) -> of.Filter:
        return Box.tags.any(lambda x: x == outer.label)

    made = Box.items.any(lambda x: inside(x))  # noqa: PLW0108 - the name of its parameter matters
    assert str(made) == "items/any(x_:tags/any(x:x eq x_/label))"
    assert of.parse(str(made), schema=Box) == made


def test_a_text_that_is_made_of_handles_can_be_read_inside_the_lambda() -> None:
    made = Box.items.any(
        lambda i: of.parse(f"startswith({i.label},'a')") | of.expression(f"{i.amount}", of.Int32()).gt(1)
    )
    assert str(made) == "items/any(i:startswith(i/label,'a') or i/amount gt 1)"


def test_a_filter_made_of_an_element_is_judged_with_its_lambda() -> None:
    with pytest.raises(of.FilterValidationError, match="unknown property 'nothing'"):
        Box.items.any(lambda i: of.parse(f"{i.label} eq nothing", schema=Box))


def test_an_unfinished_filter_shows_itself() -> None:
    shown = kept(Box.tags, lambda t: (str(t == "x"), repr(t == "x"), repr(t)))
    assert shown[0].endswith(" eq 'x'")
    assert shown[1] == f"<Filter {shown[0]}>"
    assert shown[2] == "<String element>"


def test_no_name_in_the_tree_is_made_up() -> None:
    made = Box.items.count(lambda i: i.tags.any(lambda t: t == "x")) > 1
    names = [node.name for node in tree.nodes(made.tree) if isinstance(node, tree.Property | tree.Variable)]
    assert sorted(names) == ["items", "t", "tags"]
