"""Evaluation of any tree gives true, false or a FilterError."""

import datetime as dt
import math
import string
import uuid
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from truth_of_filters import outcome

import odatafilter as of
from odatafilter import tree

NAMES = ("a", "b", "c", "x")
LITERALS = {
    "null": ["null"],
    "Boolean": ["true", "false"],
    "Number": ["0", "1", "-2", "3.5", "1e400", "-0.0", "INF", "NaN", "1e999999999", "12345678901234567890"],
    "String": ["''", "'a'", "'(a'", "'2024-02-30'", "'1'", "'PT1H'", '"\\u00e9"', '"\\ud800"', "'a,b'"],
    "Date": ["2024-02-29", "-0001-01-01", "0000-01-01"],
    "DateTimeOffset": ["2024-06-24T13:00:00Z", "12024-01-01T23:59:60.999999999999-23:59"],
    "TimeOfDay": ["00:00", "23:59:60.5"],
    "Duration": ["duration'P'", "duration'-P9999999999999999DT1.0000000000001S'", "duration'PT1S'"],
    "Guid": ["dc720f05-e5f7-448b-ae06-765de46f0af1"],
    "Enum": ["NS.C'a'", "NS.C'1,-2'", "NS.C'a,1'"],
    "Binary": ["binary''", "binary'AA'"],
    "Geography": ["geography'SRID=0;Point(1 2)'"],
}
NUMBERS_OF_ARGUMENTS = {
    **dict.fromkeys(["length", "tolower", "toupper", "trim", "date", "day", "fractionalseconds", "hour", "minute"], 1),
    **dict.fromkeys(["month", "second", "time", "totaloffsetminutes", "totalseconds", "year"], 1),
    **dict.fromkeys(["ceiling", "floor", "round", "geo.length"], 1),
    **dict.fromkeys(["concat", "contains", "endswith", "indexof", "startswith", "hassubset", "hassubsequence"], 2),
    **dict.fromkeys(["substring", "matchesPattern"], 3),
    **dict.fromkeys(["now", "mindatetime", "maxdatetime"], 0),
}
TYPES = [
    "Boolean",
    "Byte",
    "Date",
    "DateTimeOffset",
    "Decimal",
    "Double",
    "Duration",
    "Guid",
    "Int64",
    "Single",
    "String",
]
literals = st.sampled_from([tree.Literal(kind, text) for kind, texts in LITERALS.items() for text in texts])  # type: ignore[arg-type]
properties = st.sampled_from([tree.Property(name) for name in NAMES])
leaves = st.one_of(
    properties,
    properties,
    literals,
    st.sampled_from([tree.Variable("$it"), tree.Variable("$this"), tree.Alias("p"), tree.Annotation("NS.T")]),
)


def _compound(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    pairs = st.tuples(inner, inner)
    segments = st.one_of(
        properties,
        properties,
        st.builds(tree.Filtered, inner),
        st.sampled_from([tree.Annotation("NS.T"), tree.TypeName("NS.T")]),
    )
    ends = st.one_of(
        properties,
        st.just(tree.Lambda("any")),
        st.builds(tree.Lambda, st.sampled_from(["any", "all"]), st.sampled_from(NAMES), inner),
        st.builds(tree.Count, st.one_of(st.none(), inner)),
    )
    calls = st.sampled_from(sorted(NUMBERS_OF_ARGUMENTS)).flatmap(
        lambda name: st.builds(
            lambda arguments: tree.Call(name, tuple(arguments)),
            st.lists(inner, min_size=NUMBERS_OF_ARGUMENTS[name], max_size=NUMBERS_OF_ARGUMENTS[name]),
        )
    )
    return st.one_of(
        st.builds(tree.Comparison, inner, st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), inner),
        st.builds(tree.Arithmetic, inner, st.sampled_from(["add", "sub", "mul", "div", "divby", "mod"]), inner),
        calls,
        calls,
        st.builds(
            lambda name, first, kind: tree.Call(name, (first, tree.TypeName(f"Edm.{kind}"))),
            st.sampled_from(["cast", "isof"]),
            inner,
            st.sampled_from(TYPES),
        ),
        st.builds(lambda pair: tree.Case((tree.Branch(*pair), tree.Branch(*reversed(pair)))), pairs),
        st.builds(tree.Negation, inner),
        st.builds(tree.Not, inner),
        st.one_of(st.builds(tree.And, pairs), st.builds(tree.Or, pairs)),
        st.builds(
            tree.In, inner, st.one_of(st.lists(literals, max_size=3).map(lambda found: tree.List(tuple(found))), inner)
        ),
        st.builds(tree.Has, inner, st.sampled_from([tree.Literal("Enum", "NS.C'a'"), tree.Literal("String", "'1'")])),
        st.builds(tree.Array, pairs),
        st.builds(lambda one: tree.Object((tree.Member('"a"', one),)), inner),
        st.builds(
            lambda start, middle, end: tree.Path((start, *middle, end)),
            st.one_of(properties, st.just(tree.Variable("$it"))),
            st.lists(segments, max_size=1),
            ends,
        ),
    )


random_trees = st.recursive(leaves, _compound, max_leaves=8)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, 1, -2, 2**70, 0.5, math.inf, math.nan, Decimal("1.5"), Decimal("sNaN")]),
    st.just(5000).map(lambda digits: 10**digits),  # Python writes no more than 4300 of them, Hypothesis included
    st.sampled_from(["", "a", "(a", "2024-02-30", "2024-06-24", "2024-06-24T13:00:00Z", "23:59:60", "-PT1.5S", "INF"]),
    st.sampled_from([dt.date(1, 1, 1), dt.datetime(2024, 1, 1), dt.time(1), dt.timedelta(1), uuid.UUID(int=1), b"\0"]),  # noqa: DTZ001
    st.text(string.printable, max_size=4),
)
data = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.sampled_from([*NAMES, "@NS.T", "a@NS.T"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(random_trees, st.dictionaries(st.sampled_from(NAMES), data, min_size=1))
def test_a_filter_matches_or_not_or_says_why_it_cannot_tell(node: Any, item: dict[str, Any]) -> None:
    found = outcome(of.Filter(node), item)
    assert isinstance(found, bool | of.FilterError)
    assert str(found)
    if "now(" not in str(of.Filter(node)):  # an error may name the time
        assert str(outcome(of.Filter(node), item, compiled=True)) == str(found)


@given(random_trees, data)
def test_evaluation_raises_filter_errors_alone_for_any_item_and_any_declaration(node: Any, item: Any) -> None:
    class Declared(of.Schema):
        a = of.Duration()
        b = of.Collection(of.DateTimeOffset())
        c = of.Decimal()
        x = of.Enum("a", source="a[].b")

    for made, one in (
        (of.Filter(node, Declared.__facts__), {"a": item, "b": item, "c": item}),
        (of.Filter(node), item),
    ):
        found = outcome(made, one)
        assert isinstance(found, bool | of.FilterError)
        if "now(" not in str(made):
            assert str(outcome(made, one, compiled=True)) == str(found)
