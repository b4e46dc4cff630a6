"""What hostile filters, patterns and items cost: time is judged by growth or by counting, never by the clock alone."""

import functools
import random
import re
import sys
import time
import tracemalloc
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter._evaluate import regular_expressions, sequences
from odatafilter._evaluate.budget import BudgetError
from odatafilter._evaluate.compare import are_equal
from odatafilter._evaluate.values import read_untyped
from odatafilter.limits import DEFAULT

VISITS = DEFAULT.visits


def seconds(call: Callable[[], object]) -> float:
    def once() -> float:
        begun = time.process_time()
        call()
        return time.process_time() - begun

    return min(once() for _ in range(3))


def grows_at_most_linearly(make: Callable[[int], Callable[[], object]], size: int) -> None:
    """Four times the size takes at most eight times as long: a square would take sixteen times."""
    small, large = make(size), make(4 * size)
    small()
    assert seconds(large) <= 8 * max(seconds(small), 1e-4)


# --- patterns -------------------------------------------------------------------------------------------------------


def test_a_bracket_that_is_not_closed_is_refused_in_linear_time() -> None:
    def read(size: int) -> Callable[[], object]:
        text = "[" + r"\ud83d\ude00" * size

        def refuse() -> None:
            with pytest.raises(of.FilterError, match="is no regular expression"):
                regular_expressions.pattern.__wrapped__(text, "")

        return refuse

    grows_at_most_linearly(read, 20)


@pytest.mark.parametrize(
    ("pattern", "text", "found"),
    [
        ("(a+)+$", "a" * 50_000 + "b", False),
        ("(a|a)*b", "a" * 100_000, False),
        ("a.*b.*c", "ab" * 50_000, False),
        (r"^(\w+\s?)*$", "abc " * 20_000 + "!", False),
        (r"^(\w+\s?)*$", "abc " * 20_000, True),
        ("(x+x+)+y", "x" * 100_000, False),
        ("(a?){30}a{30}$", "a" * 29, False),
        (r"(?:\bab\b ?)+$", "ab " * 30_000 + "a", False),
        ("^(?=.*d).{3,}$", "abc" * 30_000 + "d", True),
    ],
)
def test_patterns_that_repeat_in_several_ways_take_linear_time(pattern: str, text: str, found: bool) -> None:
    search = regular_expressions.pattern(pattern, "")
    assert search.finds(text, [VISITS]) is found
    assert seconds(lambda: search.finds(text, [VISITS])) < 2


@pytest.mark.parametrize(
    ("pattern", "text", "message"),
    [
        ("(?=(a+)+$)", "a" * 40 + "b", "beside a lookaround or a reference to a group"),
        (r"(a*)*\1b", "a" * 40, "than the 1000000 that the limit 'visits' leaves"),
        ("((a{1,100}){1,100}){1,10}", "b" * 1000, "it has more than 20000 states"),
    ],
)
def test_a_pattern_that_could_take_too_long_is_refused(pattern: str, text: str, message: str) -> None:
    with pytest.raises(of.FilterError, match=re.escape(message)):
        regular_expressions.pattern(pattern, "").finds(text, [VISITS])


def test_an_automaton_takes_as_many_steps_as_the_limit_has() -> None:
    text = "".join(random.Random(1).choices("ab", k=90_000)) + "c"
    with pytest.raises(of.FilterError, match=f"the limit 'visits' of {VISITS} allows"):
        of.parse("matchesPattern(t,'(a|b)*a(a|b){18}$')").matches({"t": text})


@pytest.mark.parametrize(
    ("pattern", "is_safe"), [("(?:a|a)*$", False), ("(?:a|b)*$", False), ("[ab]*$", True), ("(?:a){9}$", True)]
)
def test_only_what_is_read_in_one_way_is_repeated_by_backtracking(pattern: str, is_safe: bool) -> None:
    assert (regular_expressions.pattern(pattern).most_steps(30) <= 100_000) is is_safe


atoms = st.sampled_from(
    ["a", "b", "A", " ", ".", "[ab]", "[^a]", r"\w", r"\s", r"\b", r"\B", "^", "$", r"\x61", "[]", "[^]"]
)
quantifiers = st.sampled_from(["*", "+", "?", "{2}", "{1,3}", "{0,2}", "{2,}", "{0}", "*?", "+?", "??"])
ecmascript = st.recursive(
    atoms,
    lambda below: st.one_of(
        st.tuples(below, below).map("".join),
        st.tuples(below, below).map(lambda two: f"(?:{two[0]}|{two[1]})"),
        below.map(lambda one: f"({one})"),
        st.tuples(below, quantifiers).map(lambda two: f"(?:{two[0]}){two[1]}"),
    ),
    max_leaves=8,
)


@given(ecmascript, st.sampled_from(["", "i", "m", "s", "im"]), st.text("abcA \n_", max_size=9))
def test_an_automaton_finds_what_backtracking_finds(pattern: str, flags: str, text: str) -> None:
    search = regular_expressions.pattern(pattern, flags)
    assert search._automaton is not None
    assert search._automaton.finds(text, [VISITS]) is (search._expression.search(text) is not None)


# --- collections that are looked for in others ----------------------------------------------------------------------

numbers = st.one_of(
    st.integers(-2, 2),
    st.sampled_from([2**53, 2**53 + 1, 10**400, float(2**53), 1.0, 0.5, float("inf"), float("nan"), -0.0]),
    st.decimals(-2, 2, places=1),
)
elements = st.recursive(
    st.one_of(st.none(), st.booleans(), numbers, st.sampled_from(["", "1", "a", "A"])),
    lambda below: st.one_of(
        st.lists(below, max_size=2),
        st.dictionaries(st.sampled_from(["x", "y", "@note"]), below, max_size=2),
        st.lists(below, max_size=2).map(tuple),
    ),
    max_leaves=3,
)
collections = st.lists(elements, max_size=5)


def same(one: Any, other: Any) -> bool:
    return are_equal(read_untyped(one), read_untyped(other), [VISITS])


def same_lists(one: list[Any], other: list[Any]) -> bool:
    return len(one) == len(other) and all(map(same, one, other))


@given(collections, collections)
def test_elements_are_found_as_pairs_of_them_are_equal(whole: list[Any], part: list[Any]) -> None:
    windows = [whole[at : at + len(part)] for at in range(len(whole) - len(part) + 1)]
    assert sequences.find_part([VISITS], whole, part) == next(
        (n for n, one in enumerate(windows) if same_lists(one, part)), -1
    )
    assert sequences.starts_with([VISITS], whole, part) is (bool(windows) and same_lists(windows[0], part))
    assert sequences.ends_with([VISITS], whole, part) is (bool(windows) and same_lists(windows[-1], part))
    rest = list(whole)
    for one in part:
        index = next((n for n, other in enumerate(rest) if same(other, one)), None)
        if index is None:
            assert not sequences.has_subset([VISITS], whole, part)
            break
        del rest[index]
    else:
        assert sequences.has_subset([VISITS], whole, part)
    position = 0
    for one in part:
        position = next((n + 1 for n in range(position, len(whole)) if same(whole[n], one)), len(whole) + 1)
    assert sequences.has_subsequence([VISITS], whole, part) is (position <= len(whole))


@given(collections, collections)
def test_numbers_of_elements_say_which_are_equal(one: list[Any], other: list[Any]) -> None:
    numbered = sequences.number_elements([VISITS], one, other)
    if numbered is not None:
        pairs = [
            (a, b, m, n) for a, m in zip(one, numbered[0], strict=True) for b, n in zip(other, numbered[1], strict=True)
        ]
        assert all(same(a, b) is (m == n) for a, b, m, n in pairs)


@pytest.mark.parametrize("text", ["contains(a,b)", "hassubset(a,b)", "hassubsequence(a,b)", "indexof(a,b) ge 0"])
@pytest.mark.parametrize(
    "value",
    [
        lambda n: 1,
        lambda n: n,
        lambda n: n + 0.5,
        lambda n: f"word {n}",
        lambda n: n * sys.hash_info.modulus,  # all with the same hash
        lambda n: [n % 7, None],
        lambda n: {"a": n, "b": [{"c": n}]},
    ],
)
def test_collections_are_looked_for_in_linear_time(text: str, value: Callable[[int], Any]) -> None:
    f = of.parse(text)

    def asked(size: int) -> Callable[[], object]:
        whole = [value(n) for n in range(size)]
        item = {"a": whole, "b": [*whole[: size // 2][::-1], "none"]}
        return lambda: f.matches(item)

    grows_at_most_linearly(asked, 1_000)


def test_large_numbers_are_told_apart_whatever_their_class() -> None:
    large = sys.hash_info.modulus * 3
    for one, other, equal in (
        (large, Decimal(large), True),
        (-large, Decimal(f"{-large}.0"), True),
        (large, -large, False),
        (large, Decimal(large) + Decimal("0.5"), False),
        (10**500, Decimal("1e500"), True),
        (10**500, 10**500 + 1, False),
    ):
        assert of.parse("contains(a,b)").matches({"a": [0, one], "b": [other]}) is equal
        assert of.parse("a eq b").matches({"a": one, "b": other}) is equal


def test_elements_whose_equality_is_none_of_numbers_are_compared_as_often_as_the_limit_has_it() -> None:
    numbers = [2**53, 2**53 + 1, *(float(n) for n in range(2_000))]
    assert of.parse("hassubset(a,b)").matches({"a": numbers, "b": [float(2**53)]})
    message = f"the filter takes more visits to elements for an item than the limit 'visits' of {VISITS} allows"
    with pytest.raises(of.FilterError, match=re.escape(message)):
        of.parse("hassubset(a,b)").matches({"a": numbers, "b": numbers[::-1]})


# --- elements around elements ---------------------------------------------------------------------------------------


class Inputs(of.Schema):
    number = of.Int32(source="inputs[].id")


@pytest.mark.parametrize(
    ("text", "item"),
    [
        ("number" + " add number" * 5 + " eq 5000", {"inputs": [{"id": n} for n in range(12)]}),
        (
            "tags/$count($filter=$it/tags/$count($filter=$it/tags/$count($filter=$this eq 'zz') gt 0) gt 0) gt 0",
            {"tags": [str(n) for n in range(200)]},
        ),
        ("tags/any(a:tags/any(b:tags/any(c:c eq 'zz')))", {"tags": [str(n) for n in range(200)]}),
        ("tags/$filter($it/tags/$filter($it/tags/$filter($this eq 'z')/any())/any())/any()", {"tags": ["a"] * 200}),
        (" or ".join(["tags/any(a:a eq 'zz')"] * 400), {"tags": [str(n) for n in range(1_000)]}),
        ("tags/any(a:tags eq a and a eq 'zz')", {"tags": [str(n) for n in range(2_000)]}),
        ("tags/any(a:contains(tags,['q']))", {"tags": [str(n) for n in range(2_000)]}),
        ("duration'PT1S'" + " mul 1e9999" * 90 + " gt duration'PT1S'", {}),
        (
            functools.reduce(lambda inner, _: f"concat({inner},{inner})", range(11), "text") + " eq 'x'",
            {"text": "a" * 999},
        ),
    ],
)
def test_what_multiplies_ends_with_the_budget(text: str, item: dict[str, Any]) -> None:
    f = of.Filter(of.parse(text).tree, Inputs.__facts__ if text.startswith("number") else None)
    few = of.Limits(visits=20_000)
    for call in (lambda item: f.matches(item, few), f.compile(limits=few)):
        with pytest.raises(of.FilterError, match="'visits' of 20000 allows"):
            call(item)


@pytest.mark.parametrize("calculation", ["duration'PT1S' mul {}", "{} mul duration'PT1S'", "duration'PT1S' divby {}"])
@pytest.mark.parametrize(("within", "past"), [("9e10000", "1e10001"), ("1e-10000", "9e-10001")])
def test_a_duration_is_multiplied_by_ten_thousand_digits_and_no_more(calculation: str, within: str, past: str) -> None:
    of.parse(f"{calculation.format(within)} gt duration'PT1S'").matches({})
    with pytest.raises(of.FilterTypeError, match="is no number to multiply or divide a duration by"):
        of.parse(f"{calculation.format(past)} gt duration'PT1S'").matches({})


def test_the_limit_holds_by_default() -> None:
    message = f"the filter takes more visits to elements for an item than the limit 'visits' of {VISITS} allows"
    with pytest.raises(of.FilterError, match=re.escape(message)):
        of.parse("tags/any(a:tags/any(b:b eq 'zz'))").matches({"tags": ["a"] * 1_001})


def test_elements_are_dearer_where_the_condition_is_long() -> None:
    long = " or ".join(f"a eq '{n}'" for n in range(1_000))
    f, item = of.parse(f"tags/any(a:{long})"), {"tags": ["a"] * 100}
    assert not f.matches(item)
    for call in (lambda item: f.matches(item, of.Limits(visits=10_000)), f.compile(limits=of.Limits(visits=10_000))):
        with pytest.raises(of.FilterError, match="'visits' of 10000 allows"):
            call(item)


@pytest.mark.parametrize(("comparisons", "visits"), [(6, 10), (7, 20), (12, 20), (13, 30)])
def test_an_element_counts_once_more_for_every_twenty_forms(comparisons: int, visits: int) -> None:
    f = of.parse("tags/any(a:" + " or ".join(f"a eq '{n}'" for n in range(comparisons)) + ")")
    item = {"tags": ["a"] * 10}
    for call in (f.matches, lambda item, limits: f.compile(limits=limits)(item)):
        assert not call(item, of.Limits(visits=visits))
        with pytest.raises(of.FilterError, match="'visits'"):
            call(item, of.Limits(visits=visits - 1))


def test_several_values_are_answered_within_the_budget() -> None:
    f = of.parse("number add number add number eq 27", schema=Inputs)
    assert f.matches({"inputs": [{"id": n} for n in range(10)]})
    assert not of.parse("number add number eq 5000", schema=Inputs).matches({"inputs": [{"id": n} for n in range(10)]})
    assert of.parse("number add number ne 5000", schema=Inputs).matches({"inputs": [{"id": 1}]})
    assert of.parse("not (number gt 1)", schema=Inputs).matches({"inputs": []})


COUNTED: dict[str, Any] = {
    "a": [1, 2, 3, 4, 5],
    "b": [4, 5],
    "rows": [{"n": 1, "x": [1, 2]}, {"n": 1, "x": [1, 2]}],
    "mixed": [2**53, float(2**53)],
    "large": 2**300,
    "text": "a" * 30,
    "long": "a" * 130,
}


@pytest.mark.parametrize(
    ("text", "visits"),
    [
        # collections that are read
        ("a/any(x:x eq 3)", 5),
        ("a/any()", 5),
        ("a/$count gt 4", 5),
        ("a/$count($filter=$this eq 3) gt 0", 5),
        ("a ne null", 5),
        ("rows/n eq 1", 2 + 2 + 2),  # the rows, their numbers, and the pairs of one of these and 1
        ("rows/any(r:r/x eq null)", 2 + 2 * 2),
        ("rows/any(r:$it/a/$count gt 9)", 2 + 2 * 5),
        # collections that are made
        ("concat(a,b) ne null", 5 + 2 + 7),
        ("substring(a,3) ne null", 5 + 2),
        ("cast(a,Edm.String) ne null", 5 + 5),
        # pairs of values
        ("a eq 3", 5 + 5),
        ("a in (9,3)", 5 + 2 * 5),
        ("a eq a", 2 * 5 + 1 + 5),
        ("rows eq rows", 2 * 2 + 1 + 2 * (1 + 2 + 2)),
        ("startswith(a,b)", 5 + 2 + 1),
        ("endswith(a,b)", 5 + 2 + 2),
        ("hassubsequence(a,b)", 5 + 2 + 5),
        # values that get numbers
        ("hassubset(a,b)", 2 * (5 + 2)),
        ("contains(a,b)", 2 * (5 + 2)),
        ("indexof(a,b) eq 3", 2 * (5 + 2)),
        # steps and words
        ("matchesPattern(text,'a.*b')", 9),
        ("large add 1 gt 0", 302 // 64),
        # texts that are made
        ("concat(long,long) ne null", 260 // 100),
        ("concat(concat(long,long),long) ne null", 260 // 100 + 390 // 100),
        ("a/any(x:x eq 3) and startswith(concat(long,long),'a')", 5 + 260 // 100),
        ("concat(long,long) eq 'a' or concat(text,concat(long,'x')) ne null and large add 1 gt 0", 2 + 1 + 1 + 4),
    ],
)
def test_as_many_visits_are_taken_as_the_budget_has_and_no_more(text: str, visits: int) -> None:
    f = of.parse(text)
    for call in (f.matches, lambda item, limits: f.compile(limits=limits)(item)):
        call(COUNTED, of.Limits(visits=visits))
        with pytest.raises(of.FilterError, match=f"the limit 'visits' of {visits - 1} allows"):
            call(COUNTED, of.Limits(visits=visits - 1))


@pytest.mark.parametrize(
    ("search", "whole", "part", "visits"),
    [
        (sequences.find_part, [1, 2, 3], [2, 3], 5),  # a number for each element
        (sequences.find_part, [[1, 2], [3]], [[3]], 7),  # and for each of those inside, where there are lists
        (sequences.has_subset, [1, 2, 3], [3, 1], 5),
        # No numbers: of exact ones some elements have got one, of doubles all but the last, then pairs are compared.
        (sequences.has_subset, [1.0, 2**53, 2**53 + 1], [1], 1 + 3 + 1),
        (sequences.find_part, [1.0, 2**53, 2**53 + 1], [2**53 + 1], 1 + 3 + 3),
        (sequences.starts_with, [1, 2, 3], [1, 2], 2),
        (sequences.starts_with, [1, 2, 3], [2, 2], 1),
        (sequences.starts_with, [[1, 2]], [[1, 2]], 1 + 1 + 2),  # the pair, the two lists of it, and what they hold
        (sequences.ends_with, [1, 2, 3], [2, 3], 2),
        (sequences.has_subsequence, [1, 2, 3], [1, 3], 3),
        (sequences.has_subsequence, [1, 2, 3], [4], 3),
    ],
)
def test_a_search_in_a_collection_takes_visits_up_to_the_last_one(
    search: Callable[[list[int], list[Any], list[Any]], object], whole: list[Any], part: list[Any], visits: int
) -> None:
    budget = [visits]
    search(budget, whole, part)
    assert budget == [0]
    with pytest.raises(BudgetError):
        search([visits - 1], whole, part)


def test_what_functions_take_in_a_loop_is_taken_from_one_budget() -> None:
    numbers = [2**53, 2**53 + 1, *(float(n) for n in range(100))]
    item = {"a": numbers, "b": numbers[::-1], "tags": ["x"] * 50, "names": ["ab" * 10] * 2_000}
    once = of.Limits(visits=10_000)
    of.parse("hassubset(a,b)").matches(item, once)
    of.parse("names/any(n:matchesPattern(n,'b$b'))").matches(item, once)
    for text in ("tags/all(t:hassubset($it/a,$it/b))", "names/any(n:matchesPattern(n,'a.*b$b'))"):
        f = of.parse(text)
        for call in (f.matches, lambda item, limits, f=f: f.compile(limits=limits)(item)):
            with pytest.raises(of.FilterError, match="'visits' of 10000 allows"):
                call(item, once)


def test_long_collections_that_are_told_to_be_there_are_doubts_of_the_compiled_predicate() -> None:
    f, item = of.parse("tags ne null and tags/any(t:t eq 'x')"), {"tags": ["a"] * 9 + ["x"]}
    for visits in (*range(8, 12), *range(18, 22)):
        limits = of.Limits(visits=visits)
        answers = set()
        for call in (f.matches, lambda item, limits: f.compile(limits=limits)(item)):
            try:
                answers.add(str(call(item, limits)))
            except of.FilterError as error:
                answers.add(str(error))
        assert len(answers) == 1
        assert ("True" in answers) is (visits >= 20)


def test_texts_are_not_made_that_are_longer_than_the_budget_has_it() -> None:
    f = of.parse(functools.reduce(lambda inner, _: f"concat({inner},{inner})", range(11), "text") + " ne null")
    item, few = {"text": "a" * 48_000}, of.Limits(visits=10_000)
    compiled = f.compile(limits=few)
    for call in (lambda item: f.matches(item, few), compiled):
        assert call({"text": "a"})
        tracemalloc.start()
        with pytest.raises(of.FilterError, match="'visits' of 10000 allows"):
            call(item)
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert most < 2_000_000  # all of it is 98 million characters


def test_short_texts_are_joined_without_visits() -> None:
    few = of.Limits(visits=1)
    f = of.parse("concat(concat(a,'x'),a) eq 'bxb' and endswith(concat(a,a),'bb')")
    assert f.matches({"a": "b"}, few)
    assert f.compile(limits=few)({"a": "b"})
    assert not f.matches({"a": "b" * 49}, few)
    assert not f.compile(limits=few)({"a": "b" * 49})


def test_conditions_as_values_are_asked_once() -> None:
    node = "a"
    for _ in range(24):
        node = f"cast({node} or b,Edm.Boolean)"
    f = of.parse(f"{node} eq true")
    assert not f.matches({})
    assert seconds(lambda: f.matches({})) < 0.05


# --- items that hold themselves -------------------------------------------------------------------------------------


def cyclic() -> Any:
    own: list[Any] = []
    own.append(own)
    return own


def cyclic_object() -> Any:
    own: dict[str, Any] = {"n": 1}
    own["own"] = own
    return own


def shared(levels: int) -> Any:
    value: Any = [1]
    for _ in range(levels):
        value = [value, value]
    return value


@pytest.mark.parametrize(
    ("a", "b", "expected"),
    [
        (cyclic(), cyclic(), True),
        (cyclic(), [[[]]], False),
        (cyclic_object(), cyclic_object(), True),
        (cyclic_object(), {**cyclic_object(), "n": 2}, False),
        (shared(60), shared(60), True),
        ([shared(60), 1], [shared(60), 2], False),
    ],
)
def test_items_that_hold_themselves_or_share_parts_come_to_an_end(a: Any, b: Any, expected: bool) -> None:
    assert of.parse("a eq b").matches({"a": a, "b": b}) is expected
    assert of.parse("a ne b").matches({"a": a, "b": b}) is not expected
    assert of.parse("hassubset(a,b)").matches({"a": [a], "b": [b]}) is expected
    assert of.parse("contains(a,b)").matches({"a": [a], "b": [b]}) is expected


def test_collections_that_are_equal_do_not_differ() -> None:
    assert not of.parse("a ne b").matches({"a": [1], "b": [1]})
    assert of.parse("a ne b").matches({"a": [1], "b": [1, 1]})
    assert not of.parse("a eq b").matches({"a": [1], "b": {"a": 1}})
