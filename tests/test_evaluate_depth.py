"""Deep filters and items need no more of Python's stack than there is."""

from collections.abc import Callable
from typing import Any

import pytest
from truth_of_filters import filter_of, outcome, refusal

import odatafilter as of
from odatafilter import limits, tree

A = tree.Property("a")
ONE = tree.Literal("Number", "1")
NESTINGS: dict[str, Callable[[Any], Any]] = {
    "not": tree.Not,
    "minus": tree.Negation,
    "and": lambda inner: tree.And((A, inner)),
    "or": lambda inner: tree.Or((inner, A)),
    "eq": lambda inner: tree.Comparison(inner, "eq", A),
    "add": lambda inner: tree.Arithmetic(A, "add", inner),
    "in": lambda inner: tree.In(inner, tree.List((ONE,))),
    "in collection": lambda inner: tree.In(ONE, inner),
    "has": lambda inner: tree.Has(inner, tree.Literal("Enum", "NS.C'1'")),
    "array": lambda inner: tree.Array((inner,)),
    "object": lambda inner: tree.Object((tree.Member('"a"', inner),)),
    "call": lambda inner: tree.Call("concat", (inner, inner)) if inner == A else tree.Call("length", (inner,)),
    "cast": lambda inner: tree.Call("cast", (inner, tree.TypeName("Edm.String"))),
    "case": lambda inner: tree.Case((tree.Branch(A, A), tree.Branch(A, inner))),
    "any": lambda inner: tree.Path((A, tree.Lambda("any", "x", inner))),
    "all": lambda inner: tree.Path((A, tree.Lambda("all", "x", inner))),
    "$count": lambda inner: tree.Path((tree.Variable("$it"), A, tree.Count(inner))),
    "$filter": lambda inner: tree.Path((tree.Variable("$it"), A, tree.Filtered(inner), tree.Count())),
}


@pytest.mark.parametrize("name", NESTINGS)
def test_the_deepest_filter_is_evaluated_on_pythons_stack(name: str) -> None:
    node: Any = A
    while limits.measure(nested := NESTINGS[name](node))[0] <= limits.CEILING:
        node = nested
    made = of.Filter(node)
    for a in (True, 1, "x", [1], None):
        assert isinstance(outcome(made, {"a": a}), bool | of.FilterError)


def test_long_paths_and_deep_items_need_no_stack() -> None:
    path = tree.Path(tuple([tree.Property("a")] * 20_000))
    deep: Any = "x"
    for _ in range(20_000):
        deep = {"a": [deep]}
    item = {"a": deep, "b": deep}
    assert of.Filter(tree.Comparison(path, "eq", tree.Literal("null", "null"))).matches({"a": {"a": 1}})
    for text in (
        "a eq b",
        "a in [b]",
        "hassubset([a],[b])",
        "a ne b or a/a eq b/a",
        "a/a eq 'x' or cast(a/a,Edm.String) eq [null]",
    ):
        assert filter_of(text).matches(item)
    assert refusal("a gt b", item) == "properties 'a' and 'b': a complex value and a complex value have no order"
