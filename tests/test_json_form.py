"""Filters kept as JSON: nothing is lost, and nothing comes back that no text could have given."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import Meant, Thing, any_text, filters, trees

import odatafilter as of
from odatafilter import limits
from odatafilter.tree import Expression


@given(trees)
def test_a_tree_survives_its_json(tree: Expression) -> None:
    made = of.Filter(tree)
    assert of.Filter.from_json(made.to_json()) == made
    assert of.Filter.from_json(made.to_json().encode()) == made


@given(filters)
def test_a_filter_survives_with_its_schema(meant: Meant) -> None:
    again = of.Filter.from_json(meant.filter.to_json(), schema=Thing)
    assert again == meant.filter
    assert again.schema == meant.filter.schema


def test_what_is_kept_is_the_canonical_text_and_a_version() -> None:
    made = of.parse("NAME EQ 'O''Brien \"é\"'")
    assert made.to_json() == '{"version":1,"filter":"NAME eq \'O\'\'Brien \\"é\\"\'"}'
    assert json.loads(made.to_json()) == {"version": 1, "filter": str(made)}


def test_a_filter_of_any_size_comes_back_unless_limits_are_given() -> None:
    made = of.field("a").in_(range(20_000))
    assert of.Filter.from_json(made.to_json()) == made
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.Filter.from_json(made.to_json(), limits=of.Limits())
    assert caught.value.message == "the filter has 108896 characters; the limit 'length' is 100000"


@pytest.mark.parametrize(
    ("stored", "message"),
    [
        ("", "this is no stored filter: "),
        ("null", "this is no stored filter: "),
        ("{}", "this is no stored filter: "),
        ('{"version":1}', "this is no stored filter: "),
        ('{"version":"1","filter":"a"}', "this is no stored filter: "),
        ('{"version":true,"filter":"a"}', "this is no stored filter: "),
        ('{"version":1,"filter":["a"]}', "this is no stored filter: "),
        ('{"version":1,"filter":"a","x":1}', "this is no stored filter: "),
        ('{"version":2,"tree":[]}', "the filter was stored as version 2; this version of odatafilter reads 1"),
        ('{"version":1,"x":' + "[" * 100_000, "this is no stored filter: it nests too deep"),
        ('{"x":' * 100_000, "this is no stored filter: it nests too deep"),
        (b'{"version":1,"filter":"\xff"}', "this is no stored filter: "),
        ("\ud800", "this is no stored filter: "),
        (None, "this is no stored filter: "),
    ],
)
def test_other_json_is_refused(stored: str, message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        of.Filter.from_json(stored)
    assert str(caught.value).startswith(message)


def test_the_text_inside_is_judged_as_any_other() -> None:
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.Filter.from_json('{"version":1,"filter":"a eq 1)"}')
    assert str(caught.value) == "this ')' closes nothing; did you mean: a eq 1\n    a eq 1)\n          ^"
    with pytest.raises(of.FilterValidationError, match=r"^unknown property 'titel'; did you mean 'title'\?"):
        of.Filter.from_json('{"version":1,"filter":"titel eq \'x\'"}', schema=Thing)
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.Filter.from_json(json.dumps({"version": 1, "filter": "(" * 100_000}))
    assert caught.value.message == f"the filter nests deeper than the limit 'depth' of {limits.CEILING}"


@given(st.one_of(any_text, st.text()))
def test_any_text_inside_is_read_as_parse_reads_it_or_refused(text: str) -> None:
    try:
        stored = json.dumps({"version": 1, "filter": text}, ensure_ascii=False)
        made = of.Filter.from_json(stored)
    except of.FilterError:
        return
    assert made == of.parse(text)


@given(st.one_of(st.text(), st.binary(), st.lists(st.none() | st.text()).map(json.dumps)))
def test_any_json_is_a_filter_or_an_error_of_ours(stored: str | bytes) -> None:
    with pytest.raises(of.FilterError):
        of.Filter.from_json(stored)
