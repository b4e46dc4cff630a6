"""What a filter reads, and the same filter with other names."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Meant, filters, items, trees, wire

import odatafilter as of
from odatafilter import limits
from odatafilter.tree import Expression

# --- properties and parameters --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "paths"),
    [
        ("b eq 1 and a eq 2 or b ne a", ["b", "a"]),
        ("1 eq 1", []),
        ("Address/City eq City", ["Address/City", "City"]),
        ("Items/any(i:i/Qty gt 1)", ["Items", "Items/Qty"]),
        ("Items/any()", ["Items"]),
        ("tags/all(t:t eq 'x' or t eq other)", ["tags", "other"]),
        ("Items/any(i:i/Parts/any(p:p/Size gt i/Qty))", ["Items", "Items/Parts", "Items/Parts/Size", "Items/Qty"]),
        ("Items/any(i:i/a eq 1) and i/a eq 1", ["Items", "Items/a", "i/a"]),
        ("Items/any(i:$it/a eq $it/i)", ["Items", "a", "i"]),
        ("Items/$count gt 1", ["Items"]),
        ("Items/$count($filter=Qty gt 1) gt max", ["Items", "Items/Qty", "max"]),
        ("Items/$filter(a eq 1)/any(i:i/b eq $it/c)", ["Items", "Items/a", "Items/b", "c"]),
        ("Items/$filter(a eq 1)(7)/b eq 1", ["Items", "Items/a", "Items/b"]),
        ("Items/$count($filter=$this/a eq 1) eq 1", ["Items", "Items/a"]),
        ("Items/any(i:i/Tags/$count($filter=a eq i/b) eq 1)", ["Items", "Items/Tags", "Items/Tags/a", "Items/b"]),
        ("a/NS.Type/b eq 1 or NS.Type/c eq 1", ["a/b", "c"]),
        ("a/@NS.term eq 1", ["a"]),
        ("@p/a eq 1 or @NS.term eq 1 or $root/People(@q)/a eq 1", []),
        ("a/NS.f(x=b)/c eq NS.g(y=d)/e", ["a", "b", "d"]),
        ("People('x')/Friends/any(p:p/a eq b)", ["b"]),
        ("contains(tolower(a),b) and cast(c,Edm.String) eq 'x' and d in (e)", ["a", "b", "c", "d", "e"]),
        ("case(a eq 1:b,true:-c) in [d,{\"x\":e}] or f has NS.E'g'", ["a", "b", "c", "d", "e", "f"]),
    ],
)  # fmt: skip
def test_properties_are_told_by_their_paths_in_order(text: str, paths: list[str]) -> None:
    assert of.parse(text).properties() == tuple(paths)


def test_parameters_are_told_in_order() -> None:
    made = of.parse("a eq @q and b in @p and c eq @q and Items/any(i:i/a eq @r) and @s/x eq 1")
    assert made.parameters() == ("q", "p", "r", "s")
    assert of.parse("a eq 1").parameters() == ()


# --- renaming -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "names", "expected"),
    [
        ("a eq 1 and b eq a", {"a": "b", "b": "a"}, "b eq 1 and a eq b"),
        ("a eq 1", {"c": "d"}, "a eq 1"),
        ("a eq 1 and b/a eq 1", {"a": "c"}, "c eq 1 and b/a eq 1"),
        ("a eq 1 and b/a eq 1", {"b/a": "c"}, "a eq 1 and b/c eq 1"),
        ("a/b/c eq 1", {"a": "x", "a/b": "y", "a/b/c": "z"}, "x/y/z eq 1"),
        ("city eq 'x'", {"city": "address/town"}, "address/town eq 'x'"),
        ("items/any(i:i/qty gt 1 and qty eq 1)", {"items/qty": "amount"}, "items/any(i:i/amount gt 1 and qty eq 1)"),
        ("items/any(i:i/qty gt 1)", {"items": "lines", "i": "x"}, "lines/any(i:i/qty gt 1)"),
        ("items/any(i:$it/i eq 1) and i eq 1", {"i": "x"}, "items/any(i:$it/x eq 1) and x eq 1"),
        ("items/$count($filter=a eq 1) gt a", {"items/a": "b"}, "items/$count($filter=b eq 1) gt a"),
        ("items/any(i:i/x eq a)", {"a": "b/c"}, "items/any(i:i/x eq b/c)"),
        ("a/NS.T/b eq NS.f(a=a)", {"a/b": "c", "a": "d"}, "d/NS.T/c eq NS.f(a=d)"),
        ("größe eq 1", {"größe": "名前"}, "名前 eq 1"),
        ("a eq 1", {"a": "eq"}, "eq eq 1"),
    ],
)
def test_renaming_goes_by_the_path_from_the_item(text: str, names: dict[str, str], expected: str) -> None:
    assert str(of.parse(text).rename(names)) == expected


@pytest.mark.parametrize("name", ["", "a b", "1a", "null", "true", "a eq 1 or b", "a/b()", "a/", "$it", "$it/a", "'a'"])
def test_a_new_name_must_be_one(name: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        of.parse("a eq 1").rename({"a": name})
    assert str(caught.value) == f"{name!r} is no property and no path of properties such as Address/City"


def test_an_old_name_must_be_one() -> None:
    with pytest.raises(of.FilterError, match=r"^'a eq' is no property and no path of properties such as Address/City$"):
        of.parse("a eq 1").rename({"a eq": "b"})


def test_a_new_name_that_a_lambda_would_hide_is_refused() -> None:
    made = of.parse("items/any(i:i/qty gt limit)")
    with pytest.raises(of.FilterError) as caught:
        made.rename({"limit": "i"})
    assert str(caught.value) == "'i' is the variable of a lambda, which would hide the new name"
    assert str(made.rename({"items/qty": "i"})) == "items/any(i:i/i gt limit)"


def test_the_result_has_the_schema_that_is_given() -> None:
    class Old(of.Schema):
        name = of.String()

    class New(of.Schema):
        title = of.String()

    made = Old.name == "x"
    assert made.rename({"name": "anything"}).schema is None
    assert made.rename({"name": "title"}, schema=New) == (New.title == "x")
    assert (made.rename({"name": "title"}, schema=New) & (New.title != "y")).schema is not None
    with pytest.raises(of.FilterValidationError) as caught:
        made.rename({"name": "titel"}, schema=New)
    assert str(caught.value) == "unknown property 'titel'; did you mean 'title'?\n    titel eq 'x'\n    ^^^^^"


@given(filters, items)
def test_a_renamed_filter_reads_and_matches_renamed_items(meant: Meant, item: dict[str, Any]) -> None:
    names = {name: f"{name}_" for name in item if name != "parts"}
    renamed = meant.filter.rename(names)
    assert renamed.properties() == tuple(names.get(name, name) for name in meant.filter.properties())
    assert renamed.rename({new: old for old, new in names.items()}) == meant.filter
    plain = of.Filter(meant.filter.tree)
    found = {key: value for key, value in wire(item).items() if key != "parts"}
    assert renamed.matches({f"{key}_": value for key, value in found.items()}) is plain.matches(found)


@given(trees, st.dictionaries(st.sampled_from(["a", "in", "not", "eq"]), st.sampled_from(["b", "or/and", "has"])))
def test_whatever_is_renamed_is_a_filter(tree: Expression, names: dict[str, str]) -> None:
    made = of.Filter(tree)
    try:
        renamed = made.rename(names)
    except of.FilterError as error:
        assert str(error).endswith("is the variable of a lambda, which would hide the new name")
        return
    assert of.parse(str(renamed)) == renamed
    assert made.rename({path: path.rpartition("/")[2] for path in made.properties()}) == made


def test_the_deepest_filter_is_read_and_renamed() -> None:
    deep = "a"
    for depth in range(limits.CEILING // 3 - 1):
        deep = f"Items/any(v{depth}:b or {deep})"
    made = of.parse(deep, limits=of.Limits(depth=limits.CEILING))
    assert made.properties() == ("Items", "b", "a")
    assert made.rename({"a": "c"}).properties() == ("Items", "b", "c")
