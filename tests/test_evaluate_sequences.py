"""Functions of strings and collections, and lambdas, agree with plain Python."""

import itertools
import unicodedata
from collections import Counter
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from truth_of_filters import value

import odatafilter as of

short = st.text("abB ß", max_size=6)


@given(short, short, st.integers(-8, 8), st.integers(0, 4))
def test_functions_of_strings(a: str, b: str, start: int, length: int) -> None:
    first = start if start >= 0 else max(0, len(a) + start)
    item: dict[str, Any] = {"a": a, "b": b, "i": start, "n": length, "find": a.find(b), "both": a + b, "length": len(a)}
    item |= {"rest": a[first:], "part": a[first : first + length], "lower": a.lower(), "upper": a.upper()}
    assert value("indexof(a,b) eq find and concat(a,b) eq both and length(a) eq length", item)
    assert value("substring(a,i) eq rest and substring(a,i,n) eq part", item)
    assert value("tolower(a) eq lower and toupper(a) eq upper", item)
    assert value("contains(a,b)", item) is (b in a)
    assert value("startswith(a,b)", item) is a.startswith(b)
    assert value("endswith(a,b)", item) is a.endswith(b)


@given(
    st.text(
        st.one_of(st.characters(max_codepoint=0x3000), st.sampled_from("\t\n \x85\xa0\u3000\u200b\x1c")), max_size=6
    )
)
def test_trim_takes_what_unicode_calls_white_space(a: str) -> None:
    def white(one: str) -> bool:
        return one in "\t\n\v\f\r\x85" or unicodedata.category(one) in {"Zs", "Zl", "Zp"}

    inner = a
    while inner and white(inner[0]):
        inner = inner[1:]
    while inner and white(inner[-1]):
        inner = inner[:-1]
    assert value("trim(a) eq r", {"a": a, "r": inner})


def test_each_character_is_trimmed_or_kept_as_unicode_has_it() -> None:
    made, few = of.parse("trim(a) eq ''"), of.Limits()
    compiled = made.compile()
    for one in (*map(chr, range(0x3100)), "\ufeff", "\U0010ffff"):
        is_white = one in "\t\n\v\f\r\x85" or unicodedata.category(one) in {"Zs", "Zl", "Zp"}
        assert made.matches({"a": one}, few) is compiled({"a": one}) is is_white, hex(ord(one))


few = st.lists(st.integers(1, 3), max_size=5)


@given(few, few)
def test_functions_of_collections_are_what_removing_and_reordering_gives(a: list[int], b: list[int]) -> None:
    slices = [a[i:j] for i in range(len(a) + 1) for j in range(i, len(a) + 1)]
    item = {"a": a, "b": b, "find": next((i for i in range(len(a) + 1) if a[i : i + len(b)] == b), -1)}
    assert value("contains(a,b)", item) is (b in slices)
    assert value("startswith(a,b)", item) is (a[: len(b)] == b)
    assert value("endswith(a,b)", item) is (b in [a[i:] for i in range(len(a) + 1)])
    assert value("indexof(a,b) eq find", item)
    assert value("hassubset(a,b)", item) is (Counter(b) <= Counter(a))
    assert value("hassubsequence(a,b)", item) is (tuple(b) in set(itertools.combinations(a, len(b))))
    assert value("a eq b", item) is (a == b)
    assert value("concat(a,b) eq concat(b,a)", item) is (a + b == b + a)


@given(st.lists(st.tuples(st.one_of(st.none(), st.integers(0, 3)), few), max_size=4), st.integers(0, 3))
def test_lambdas_nest_and_see_the_item(orders: list[tuple[int | None, list[int]]], least: int) -> None:
    item = {"least": least, "orders": [{"id": one, "parts": parts} for one, parts in orders]}
    some = any(one is not None and any(part > least and part != one for part in parts) for one, parts in orders)
    every = all(all(part >= least for part in parts) for _, parts in orders)
    assert value("orders/any(o:o/id ne null and o/parts/any(p:p gt least and p ne o/id))", item) is some
    assert value("orders/all(least:least/parts/all(p:p ge $it/least))", item) is every
    assert value("not orders/any(o:o/parts/any(p:p lt least))", item) is every
    counted = sum(1 for one, _ in orders if one is not None and one > least)
    assert value(f"orders/$count($filter=id gt $it/least) eq {counted}", item)
    assert value(f"orders/$filter($this/id gt $it/least)/$count eq {counted}", item)
