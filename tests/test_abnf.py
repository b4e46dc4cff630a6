"""Law 2, the part that needs the ABNF: what is inside it has canonical text inside it.

And the recogniser itself: what it takes, the library reads, and it knows what the ABNF has no place for.
"""

import abnf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import any_text, built, trees

import odatafilter as of
from odatafilter import tree
from odatafilter._emit import emit
from odatafilter._rewrite.rebuild import rebuild_node

INSIDE = [
    "a eq 1",
    "not (a in (1,2)) and b",
    "(a in (1,2)) eq true",
    "(a has NS.E'x,1') ne false",
    "x eq (a in (1,2)) eq true",
    "a add 1 mul 2 gt -b",
    "case(a eq 1: 2,true:'x')",
    "Items/any(i:i/Qty gt 1)",
    "Items/$count($filter=Qty gt 1;$search=blue) gt 2",
    "NS.T/a eq @p",
    "cast(x,Edm.Int32) eq 1 or isof(NS.T)",
    'tags eq ["a",1]',
    'place eq {"city":"x"}',
    "NS.F(p=1,q=@x)/b eq null",
    "a eq 2024-06-24T13:00:00.5Z",
    "substring(a,1,2) eq ''",
    "a in ()",
]
OUTSIDE = [
    "a in (1,2) eq true",
    "a has NS.E'x' ne false",
    "a eq",
    "(a eq 1)and b",
    "a in(1,2)",
    "a eq NULL b",
    "length(a,b)",
    "a == 1",
    "",
]


@pytest.mark.parametrize("text", INSIDE)
def test_the_recogniser_takes_what_the_abnf_derives(text: str) -> None:
    assert abnf.accepts(text)
    assert abnf.accepts(str(of.parse(text)))


@pytest.mark.parametrize("text", OUTSIDE)
def test_the_recogniser_refuses_what_it_does_not(text: str) -> None:
    assert not abnf.accepts(text)


_OPERATORS = (tree.Arithmetic, tree.Comparison, tree.Has, tree.In, tree.Not, tree.Negation, tree.And, tree.Or)


def with_all_parentheses(node: tree.AnyNode) -> tree.AnyNode:
    """The tree with each operand that is an operation as a name of its own, `(…)`: parentheses wherever they may stand."""

    def operand(below: tree.AnyNode) -> tree.AnyNode:
        made = with_all_parentheses(below)
        return tree.Property(f"({emit(made)})") if isinstance(below, _OPERATORS) else made

    return rebuild_node(node, operand if isinstance(node, _OPERATORS) else with_all_parentheses)


@given(trees)
def test_law_2_canonical_text_of_what_is_inside_the_abnf_is_inside_it(made: tree.Expression) -> None:
    text = emit(with_all_parentheses(made))
    if len(text) > 300 or not abnf.accepts(text):
        return
    read = of.parse(text)
    assert read == of.Filter(made)
    assert abnf.accepts(str(read))


def _operations(below: st.SearchStrategy[tree.Expression]) -> st.SearchStrategy[tree.Expression]:
    members = tree.List((tree.Literal("Number", "1"), tree.Literal("Number", "2")))
    return st.one_of(
        st.builds(tree.In, below, st.just(members) | st.just(tree.Property("b"))),
        st.builds(tree.Has, below, st.just(tree.Literal("String", "'x'"))),
        st.builds(tree.Comparison, below, st.sampled_from(["eq", "lt"]), below),
        st.builds(tree.Arithmetic, below, st.sampled_from(["add", "mul"]), below),
        st.builds(tree.Not, below),
        st.builds(tree.Negation, below),
        st.builds(lambda one, other: tree.And((one, other)), below, below),
        st.builds(lambda one, other: tree.Or((one, other)), below, below),
    )


operations = st.recursive(
    st.sampled_from([tree.Property("a"), tree.Literal("Boolean", "true")]), _operations, max_leaves=5
)


@given(operations)
def test_law_2_operations_below_operations_stay_inside_the_abnf(made: tree.Expression) -> None:
    text = emit(with_all_parentheses(made))
    assert abnf.accepts(text)
    read = of.parse(text)
    assert of.parse(str(read)) == read
    assert abnf.accepts(str(read))


@given(built)
def test_law_2_built_filters_are_inside_the_abnf(made: of.Filter) -> None:
    text = str(made)
    if len(text) < 300:
        assert abnf.accepts(text)


@given(any_text)
def test_law_2_what_is_read_and_inside_the_abnf_stays_inside(text: str) -> None:
    try:
        made = of.parse(text)
    except of.FilterSyntaxError:
        return
    if len(text) < 300 and abnf.accepts(text):
        assert abnf.accepts(str(made))
