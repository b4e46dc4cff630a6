"""Query options: what a request may say, all that is wrong with it at once, and the round trip with what clients send."""

import json
import pickle
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st
from strategies import names, texts

import odatafilter as of
from odatafilter._query import describing, reading, writing
from odatafilter.facts import SchemaFacts
from odatafilter.order import read_orderby, read_select


class Address(of.Schema):
    city = of.String()
    lines = of.Collection(of.String())


class Line(of.Schema):
    qty = of.Int32()


class Job(of.Schema):
    id = of.Guid(nullable=False)
    name = of.String()
    size = of.Int32()
    ratio = of.Double()
    at = of.DateTimeOffset()
    tags = of.Collection(of.String())
    lines = of.Collection(of.Navigation(Line))
    address = of.Navigation(Address)
    inputId = of.Guid(source="inputs[].id")


ALL = ("$filter", "$orderby", "$top", "$skip", "$count", "$select")


def parse(text: Any, **options: Any) -> of.QueryOptions:
    return of.QueryOptions.parse(text, **{"schema": Job, "allow": ALL, **options})


def problems(text: Any, **options: Any) -> list[tuple[str, str, str]]:
    """The target, the code and the text at fault of each problem."""
    with pytest.raises(of.QueryOptionsError) as caught:
        parse(text, **options)
    error = caught.value
    assert str(error)
    assert json.loads(json.dumps(error.to_dict()))["details"][0]["target"] == error.problems[0].target
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.problems) == (str(error), error.problems)
    return [(one.target, one.code, error.texts[one.target][slice(*one.span)]) for one in error.problems]


# --- what is read ---------------------------------------------------------------------------------------------------


def test_all_options_are_read() -> None:
    found = parse(
        "$filter=size gt 1&$orderby=address/city desc,name&$top=5&$skip=07&$count=True&$select=id,address/city"
    )
    assert found.filter == of.parse("size gt 1")
    assert found.orderby == (of.OrderBy("address/city", descending=True), of.OrderBy("name"))
    assert (found.top, found.skip, found.count, found.select) == (5, 7, True, ("id", "address/city"))


def test_each_option_is_a_field_and_has_a_description() -> None:
    fields = of.QueryOptions.__dataclass_fields__
    assert {option[1:] for option in reading.OPTIONS} <= fields.keys()
    assert describing.DESCRIPTIONS.keys() == set(reading.OPTIONS)


def test_nothing_is_said_by_an_empty_query() -> None:
    nothing: tuple[Any, ...] = ("", "?", b"", [], {}, "&&")
    for empty in nothing:
        assert parse(empty) == of.QueryOptions()


def test_a_query_is_split_before_it_is_decoded_and_decoded_once() -> None:
    assert str(parse("?%24filter=name%20eq%20'a%26b%3Dc%2527'").filter) == "name eq 'a&b=c%27'"
    assert str(parse("$filter=name+eq+'a%2Bb'").filter) == "name eq 'a+b'"
    assert str(parse("$filter=name eq 'größe'".encode()).filter) == "name eq 'größe'"
    assert str(parse([("$filter", "name eq 'a+b%20'")]).filter) == "name eq 'a+b%20'"


def test_names_with_a_dollar_are_judged_in_any_letter_case_and_bare_names_are_left_alone() -> None:
    assert parse("$TOP=3&$Filter=size eq 1&top=x&filter=(((&orderby=nothing&continuationToken=*").top == 3


def test_pairs_of_a_mapping_that_hides_repeated_names_are_refused() -> None:
    class Parameters(dict[str, str]):
        pass

    with pytest.raises(of.FilterTypeError, match="hides an option that stands twice"):
        parse(Parameters())
    assert parse({"$top": "3"}).top == 3


def test_half_a_character_in_a_pair_of_the_service_s_own_does_no_harm() -> None:
    keyset = of.Keyset(Job, key="id", secret="a secret of the service", page_size=1)
    items = [{"id": f"00000000-0000-0000-0000-00000000000{number}"} for number in range(2)]
    link = parse([("x", "\ud800")], keyset=keyset).page(items, "https://service.test/").next_link
    assert link is not None
    assert link.startswith("https://service.test/?x=%3F&continuationToken=")


def test_everything_is_selected_by_a_star() -> None:
    assert parse("$select=*,address/city").select == ()


def test_a_result_is_equal_by_what_it_says_and_pickles() -> None:
    found = parse("$filter=size eq 1&$orderby=name")
    assert found == parse("$orderby=name%20asc&$filter=size%20eq%201") == pickle.loads(pickle.dumps(found))


# --- $top and page sizes --------------------------------------------------------------------------------------------

SIZE = of.PageSize(min=1, max=1000, default=100)


def test_top_is_a_page_size_within_its_bounds() -> None:
    found = of.QueryOptions.parse("$top=1000", schema=Job, page_size=SIZE)
    assert (found.top, found.page_size, found.limit) == (1000, 1000, 1001)
    found = of.QueryOptions.parse("", schema=Job, page_size=SIZE)
    assert (found.top, found.page_size) == (None, 100)
    assert of.QueryOptions.parse("", schema=Job, page_size=of.PageSize(max=50)).page_size == 50


@pytest.mark.parametrize("top", ["0", "1001", "-1", "+5", "1.0", "", "x", "9" * 5000, "٣"])
def test_a_page_size_out_of_bounds_is_a_problem(top: str) -> None:
    assert [one[:2] for one in problems([("$top", top)], page_size=SIZE)] == [("$top", "value")]


def test_without_a_page_size_top_bounds_the_whole_result() -> None:
    assert parse("$top=0").top == 0
    assert parse(f"$top={2**63 - 1}").top == 2**63 - 1
    assert problems(f"$top={2**63}&$skip=-1") == [("$top", "value", str(2**63)), ("$skip", "value", "-1")]


# --- problems -------------------------------------------------------------------------------------------------------


def test_all_problems_of_all_options_are_found_at_once() -> None:
    text = "$filter=naem eq 1 and size gt 'x'&$orderby=nmae,tags desc,at dsc&$top=x&$skip=-1&$count=1&$select=idd"
    assert problems(text) == [
        ("$filter", "unknown-property", "naem"),
        ("$filter", "type", "'x'"),
        ("$orderby", "unknown-property", "nmae"),
        ("$orderby", "operator", "tags"),
        ("$orderby", "direction", "dsc"),
        ("$top", "value", "x"),
        ("$skip", "value", "-1"),
        ("$count", "value", "1"),
        ("$select", "unknown-property", "idd"),
    ]


# The query, other options than usual; the option at fault, the message, the span and the suggestion.
TOLD: list[tuple[str, dict[str, Any], tuple[str, str, tuple[int, int], str | None]]] = [
    ("$top=x", {}, ("$top", "$top is 'x': a whole number from 0 is wanted", (0, 1), None)),
    ("$top=-1", {}, ("$top", "$top is '-1': a whole number from 0 is wanted", (0, 2), None)),
    ("$top=9223372036854775808", {}, ("$top", "$top is '9223372036854775808': a whole number from 0 to 9223372036854775807 is wanted", (0, 19), None)),
    ("$skip=9223372036854775808", {}, ("$skip", "$skip is '9223372036854775808': a whole number from 0 to 9223372036854775807 is wanted", (0, 19), None)),
    ("$skip=", {}, ("$skip", "$skip is '': a whole number from 0 is wanted", (0, 0), None)),
    ("$count=yes", {}, ("$count", "$count is 'yes': true or false is wanted", (0, 3), None)),
    ("$search=x", {}, ("$search", "$search is not supported; this service supports $filter, $orderby, $top, $skip, $count and $select", (0, 1), None)),
    ("$filtre=1", {}, ("$filtre", "OData has no query option $filtre; did you mean $filter?", (0, 1), None)),
    ("$xyzzy=1", {}, ("$xyzzy", "OData has no query option $xyzzy; this service supports $filter, $orderby, $top, $skip, $count and $select", (0, 1), None)),
    ("$top=1&$top=2&$top=3", {}, ("$top", "$top stands 3 times in the query, and may stand there once", (0, 1), None)),
    ("$filter=%ff", {}, ("$filter", "$filter is no UTF-8 once it is decoded", (0, 1), None)),
    ("$orderby=name dsc", {}, ("$orderby", "'dsc' is no direction, which is 'asc' or 'desc'; did you mean 'desc'?", (5, 8), "desc")),
    ("$orderby=name up", {}, ("$orderby", "'up' is no direction, which is 'asc' or 'desc'", (5, 7), None)),
    ("$orderby=name asc desc", {}, ("$orderby", "an item of $orderby is a property path, and 'asc' or 'desc' after it; items are joined by commas", (9, 13), None)),
    ("$orderby=name,", {}, ("$orderby", "a property is missing between two commas, or beside one at the end", (5, 5), None)),
    ("$orderby=length(name)", {}, ("$orderby", "'length(name)' is no path of properties such as address/city, and $orderby takes no other", (0, 12), None)),
    ("$orderby=name/x", {}, ("$orderby", "'name' is a String; it has no property 'x'", (5, 6), None)),
    ("$orderby=lines/qty", {}, ("$orderby", "'lines/qty' is found in several places of an item, which have no order", (0, 9), None)),
    ("$orderby=address", {}, ("$orderby", "'address' is a Complex, which has no order", (0, 7), None)),
    ("$orderby=inputId", {}, ("$orderby", "'inputId' is found in several places of an item, which have no order", (0, 7), None)),
    ("$orderby=address/ctiy", {}, ("$orderby", "unknown property 'ctiy'; did you mean 'city'?", (8, 12), "city")),
    ("$orderby=address/xyzzy", {}, ("$orderby", "unknown property 'xyzzy'; Address has city and lines", (8, 13), None)),
    ("$select=id,,name", {}, ("$select", "a property is missing between two commas, or beside one at the end", (3, 3), None)),
    ("$select=a b", {}, ("$select", "'a b' is no property: ' ' cannot stand in a name", (0, 3), None)),
    ("$filter=name eq @p", {}, ("$filter", "the parameter @p has no value; it is given as @p=… beside $filter", (8, 10), None)),
    ("$filter=name eq @p&@p=size", {}, ("@p", "@p is bound to a value, and 'size' is none: a text stands in quotes", (0, 4), None)),
    ("$filter=name eq @p&@p=size add 1", {}, ("@p", "@p is bound to a value, and 'size add 1' is none: one that is the same for all items", (0, 10), None)),
    ("$filter=name eq @p&@p='a", {}, ("@p", "the string is not closed; did you mean: 'a'", (0, 2), "'a'")),
    ("$filter=@p/x eq 1&@p=1", {}, ("$filter", "the parameter @p starts a path, where no value can stand", (0, 2), None)),
    ("$filter=size gt @q&@q='x'", {}, ("@q", "'size' is an Int32; it cannot be compared with the String 'x'; an Int32 is written like 42", (0, 3), None)),
    ("$top=0", {"page_size": SIZE}, ("$top", "$top is '0': a whole number from 1 to 1000 is wanted", (0, 1), None)),
    ("$top=1001", {"page_size": SIZE}, ("$top", "$top is '1001': a whole number from 1 to 1000 is wanted", (0, 4), None)),
    ("$top=1", {"page_size": of.PageSize(min=2)}, ("$top", "$top is '1': a whole number from 2 is wanted", (0, 1), None)),
    ("$top=x", {"allow": ()}, ("$top", "$top is not supported; this service supports none", (0, 1), None)),
    ("$select=id", {"allow": "$filter"}, ("$select", "$select is not supported; this service supports $filter", (0, 2), None)),
    ("$filtre=1", {"allow": ()}, ("$filtre", "OData has no query option $filtre; this service supports none", (0, 1), None)),
    ("$orderby=id,id,id,id", {"limits": of.Limits(items=3)}, ("$orderby", "$orderby has 4 items; the limit 'items' is 3", (0, 11), None)),
    ("$select=id,id,id,id", {"limits": of.Limits(items=3)}, ("$select", "$select has 4 items; the limit 'items' is 3", (0, 11), None)),
    ("$filter=size eq 1", {"limits": of.Limits(length=8)}, ("$filter", "$filter has 9 characters; the limit 'length' is 8", (8, 9), None)),
    ("$orderby=idd,id,id", {"limits": of.Limits(items=3,length=8)}, ("$orderby", "$orderby has 9 characters; the limit 'length' is 8", (8, 9), None)),
    ("$filter=size eq @p&@p=[1,2,3,4]", {"limits": of.Limits(items=3)}, ("@p", "the filter has 4 values in one list, or segments of one path; the limit 'items' is 3", (0, 9), None)),
    (f"$top={'9' * 99}", {}, ("$top", f"$top is '{'9' * 59}…: a whole number from 0 to 9223372036854775807 is wanted", (0, 99), None)),
]  # fmt: skip


@pytest.mark.parametrize(("text", "options", "told"), TOLD)
def test_a_problem_of_an_option_says_what_is_wanted(text: str, options: dict[str, Any], told: tuple[Any, ...]) -> None:
    with pytest.raises(of.QueryOptionsError) as caught:
        parse(text, **options)
    (problem,) = caught.value.problems
    assert (problem.target, problem.message, problem.span, problem.suggestion) == told


def test_similar_names_are_looked_for_twenty_times_in_one_list() -> None:
    with pytest.raises(of.QueryOptionsError) as caught:
        parse(f"$orderby={','.join(f'nmae{number % 10}/x,nmae' for number in range(11))}")
    hints = [bool(problem.suggestion) for problem in caught.value.problems if problem.code == "unknown-property"]
    assert (len(hints), hints[1::2]) == (22, [True] * 10 + [False])


def test_errors_are_drawn_under_the_option() -> None:
    with pytest.raises(of.QueryOptionsError) as caught:
        parse("$filter=size = 1&$orderby=nmae&$top=x")
    assert str(caught.value) == (
        "$filter: '=' is written 'eq'; did you mean: size eq 1\n"
        "    size = 1\n"
        "         ^\n"
        "$orderby: unknown property 'nmae'; did you mean 'name'?\n"
        "    nmae\n"
        "    ^^^^\n"
        "$top is 'x': a whole number from 0 is wanted\n"
        "    x\n"
        "    ^"
    )
    assert caught.value.to_dict() == {
        "code": "InvalidQueryOptions",
        "message": "the query options are not allowed",
        "details": [
            {
                "code": "syntax",
                "message": "'=' is written 'eq'; did you mean: size eq 1",
                "target": "$filter",
                "span": [5, 6],
                "suggestion": "size eq 1",
            },
            {
                "code": "unknown-property",
                "message": "unknown property 'nmae'; did you mean 'name'?",
                "target": "$orderby",
                "span": [0, 4],
                "suggestion": "name",
            },
            {
                "code": "value",
                "message": "$top is 'x': a whole number from 0 is wanted",
                "target": "$top",
                "span": [0, 1],
            },
        ],
    }


def test_an_option_that_is_not_allowed_or_unknown_is_a_problem() -> None:
    assert problems("$top=1&$search=x&$filtre=1&$=2&$ filter=3", allow="$filter") == [
        ("$top", "unsupported-option", "1"),
        ("$search", "unsupported-option", "x"),
        ("$filtre", "unknown-option", "1"),
        ("$", "unknown-option", "2"),
        ("$ filter", "unknown-option", "3"),
    ]
    with pytest.raises(of.QueryOptionsError, match=r"did you mean \$filter"):
        parse("$filtre=1")


def test_an_option_that_stands_twice_is_a_problem_in_any_letter_case() -> None:
    assert problems("$filter=size eq 1&%24FILTER=size eq 1&@a=1&@a=2&$top=1&$Top=1") == [
        ("$filter", "repeated", "size eq 1"),
        ("@a", "repeated", "1"),
        ("$top", "repeated", "1"),
    ]


def test_bytes_that_are_no_utf_8_are_a_problem_of_their_option_only() -> None:
    assert [one[:2] for one in problems("$filter=%ff&x=%ff")] == [("$filter", "encoding")]
    assert parse("x=%ff").filter is None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("syntax", "")),
        ("name,", ("syntax", "")),
        ("name asc desc", ("syntax", "desc")),
        ("length(name)", ("syntax", "length(name)")),
        ("$it/name", ("syntax", "$it")),
        ("name/x", ("type", "x")),
        ("lines/qty", ("operator", "lines/qty")),
        ("address", ("operator", "address")),
        ("inputId", ("operator", "inputId")),
        ("address/ctiy", ("unknown-property", "ctiy")),
    ],
)
def test_what_nothing_can_be_sorted_by_is_a_problem(text: str, found: tuple[str, str]) -> None:
    assert problems([("$orderby", text)]) == [("$orderby", *found)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ("syntax", "")),
        ("id,,name", ("syntax", "")),
        ("address($select=city)", ("syntax", "address($select=city)")),
    ],
)
def test_what_cannot_be_selected_is_a_problem(text: str, found: tuple[str, str]) -> None:
    assert problems([("$select", text)]) == [("$select", *found)]
    assert parse("$select=lines/qty,tags").select == ("lines/qty", "tags")


def test_limits_bound_every_option() -> None:
    limits = of.Limits(length=30, items=3)
    assert problems([("$orderby", "name," * 7)], limits=limits)[0][:2] == ("$orderby", "limit")
    assert problems([("$orderby", "id,id,id,id")], limits=limits)[0][:2] == ("$orderby", "limit")
    assert problems([("$select", "id,id,id,id")], limits=limits)[0][:2] == ("$select", "limit")
    assert problems([("$filter", "size eq 1 or " * 9)], limits=limits)[0][:2] == ("$filter", "limit")


def test_what_strangers_send_is_escaped_and_short_in_messages() -> None:
    with pytest.raises(of.QueryOptionsError) as caught:
        parse([("$\x1b[31m" + "x" * 999, "1"), ("$orderby", "a\x1b[0m"), ("$top", "\n" * 999)])
    for one in caught.value.problems:
        assert one.message.isprintable()
        assert one.target.isprintable()
        assert len(one.message) <= 400


@pytest.mark.parametrize(
    "arguments",
    [
        {"allow": "$expand"},
        {"allow": 5},
        {"schema": None},
        {"page_size": 5},
        {"page_size": of.PageSize("size")},
        {"keyset": 1},
    ],
)
def test_a_wrong_argument_is_the_service_s_mistake(arguments: dict[str, Any]) -> None:
    with pytest.raises(of.FilterError) as caught:
        parse("", **arguments)
    assert not isinstance(caught.value, of.QueryOptionsError)
    for wrong in (5, [("$top", 5)], ["$top"], [("$top",)]):
        with pytest.raises(of.FilterTypeError):
            parse(wrong)


# --- parameters -----------------------------------------------------------------------------------------------------


def test_parameters_are_bound_by_their_values() -> None:
    text = (
        "$filter=name in @names and at gt @since and size lt @n&@names=['a','b']&@since=now()&@n=-5 add 1&@unused=((("
    )
    assert str(parse(text).filter) == "name in ('a','b') and at gt now() and size lt -5 add 1"


def test_a_parameter_without_a_value_is_a_problem_beside_all_others() -> None:
    assert problems("$filter=name eq @p and nam eq 3 and size gt @q&@q='x'") == [
        ("$filter", "unbound-parameter", "@p"),
        ("$filter", "unknown-property", "nam"),
        ("@q", "type", "'x'"),
    ]


@pytest.mark.parametrize("value", ["name", "@other", "$it/name", "lines/any()", "size add 1", "f(x=1)"])
def test_a_value_that_depends_on_the_item_is_a_problem(value: str) -> None:
    assert problems([("$filter", "name eq @p"), ("@p", value)])[0][:2] == ("@p", "value")


def test_a_value_that_is_wrong_hides_no_other_problem() -> None:
    assert problems("$filter=name eq @p and nam eq @q and size gt @r&@p=size&@r=1") == [
        ("@p", "value", "size"),
        ("$filter", "unknown-property", "nam"),
        ("$filter", "unbound-parameter", "@q"),
    ]


def test_a_value_that_cannot_be_read_is_a_problem_of_its_parameter() -> None:
    assert problems("$filter=name eq @p&@p='a") == [("@p", "syntax", "'a")]


def test_a_list_in_a_parameter_is_judged_as_one() -> None:
    class Few(of.Schema, max_in=2):
        name = of.String()

    found = problems("$filter=name in @p&@p=['a','b','c']", schema=Few)
    assert [one[0] for one in found] == ["@p"]
    assert problems("$filter=name in @p&@p=['a',5]") == [("@p", "type", "5")]
    assert problems("$filter=not (size eq @p) and @p/x eq 1&@p=1 add 'x'") == [
        ("$filter", "type", "@p"),
        ("@p", "type", "1 add 'x'"),
    ]
    assert problems("$filter=lines/any(l:@p/qty eq 1)&@p=5") == [("$filter", "type", "@p")]
    assert str(parse("$filter=name in @p&@p=['a',tolower('B')]").filter) == "name in ['a',tolower('B')]"


def test_a_list_in_a_parameter_is_spelt_as_the_schema_wants() -> None:
    class Squared(of.Schema, lists="[]"):
        name = of.String()

    assert str(parse("$filter=name in @p&@p=['a','b']", schema=Squared).filter) == "name in ['a','b']"


def test_values_cannot_make_a_filter_larger_than_its_limits() -> None:
    many = " or ".join(["name in @p"] * 200)
    values = "[" + ",".join(["'a'"] * 5000) + "]"
    assert problems([("$filter", many), ("@p", values)])[0][:2] == ("$filter", "limit")
    deep = "(" * 60 + "1" + " add 1)" * 60
    assert problems([("$filter", "size eq " + "(" * 60 + "@p" + " add 1)" * 60), ("@p", deep)])[0][:2] == (
        "$filter",
        "limit",
    )


# --- laws -----------------------------------------------------------------------------------------------------------

paths = st.sampled_from(["id", "name", "size", "ratio", "at", "address/city"])
orders = st.lists(st.builds(of.OrderBy, paths, st.booleans()), max_size=4).map(tuple)
selections = st.lists(st.one_of(paths, st.sampled_from(["tags", "lines/qty", "address"])), max_size=4).map(tuple)
whole = st.one_of(st.none(), st.integers(0, 2**63 - 1))
filters = st.one_of(
    st.none(),
    texts.map(Job.name.eq),
    st.lists(texts, min_size=1, max_size=3).map(Job.name.in_),
    st.integers(-(2**31), 2**31 - 1).map(Job.size.gt),
)
# How clients write the query of a URL: OData's way, RFC 3986's, and that of forms.
writers = st.sampled_from([lambda text: quote(text, safe="'(),:/$@"), lambda text: quote(text, safe=""), quote_plus])


options = st.builds(
    of.QueryOptions,
    filter=filters,
    orderby=orders,
    top=whole,
    skip=whole,
    count=st.booleans(),
    select=selections,
)


@given(options, writers, st.permutations(range(6)))
def test_what_clients_write_is_what_services_read(wanted: of.QueryOptions, written: Any, places: list[int]) -> None:
    pairs = [
        ("$filter", None if wanted.filter is None else str(wanted.filter)),
        ("$orderby", writing.write_orderby(wanted.orderby, Job.__facts__) or None),
        ("$top", None if wanted.top is None else str(wanted.top)),
        ("$skip", None if wanted.skip is None else str(wanted.skip)),
        ("$count", "true" if wanted.count else None),
        ("$select", writing.write_select(wanted.select, Job.__facts__) or None),
    ]
    said = [(name, value) for name, value in (pairs[place] for place in places) if value is not None]
    assert parse("&".join(f"{written(name)}={written(value)}" for name, value in said)) == wanted
    assert parse(said) == wanted


@given(
    st.one_of(st.text(), st.lists(names).map(",".join), st.lists(names).map("/".join), st.from_regex(r"[a-z ,/]{0,40}"))
)
def test_any_list_is_read_or_has_problems_inside_it(text: str) -> None:
    for read, schema in ((read_orderby, Job.__facts__), (read_select, Job.__facts__), (read_orderby, None)):
        found, wrong = read(text, schema)
        assert not (found and wrong)
        for one in wrong:
            assert 0 <= one.span[0] <= one.span[1] <= len(text)


@given(st.lists(st.tuples(st.one_of(st.sampled_from([*ALL, "@p", "x"]), st.text()), st.text()), max_size=5))
def test_any_query_is_read_or_is_a_query_options_error(pairs: list[tuple[str, str]]) -> None:
    for form in (pairs, "&".join(f"{name}={value}" for name, value in pairs), quote(str(pairs), safe="&=%$")):
        try:
            parse(form)
        except of.QueryOptionsError as error:
            for one in error.problems:
                assert 0 <= one.span[0] <= one.span[1] <= len(error.texts[one.target])
            assert str(error)


# --- the client's spelling ------------------------------------------------------------------------------------------


def test_a_property_says_how_to_sort_by_it() -> None:
    assert Job.at.desc() == of.OrderBy("at", descending=True)
    assert (Job.address / Address.city).asc() == of.OrderBy("address/city")
    assert of.field("anything").desc() == of.OrderBy("anything", descending=True)
    assert str(Job.at.desc()) == "at desc"
    assert str(Job.at.asc()) == "at"


def test_what_has_no_order_says_so() -> None:
    for handle in (Job.tags, Job.address):
        with pytest.raises(of.FilterTypeError, match="has no order"):
            handle.desc()  # type: ignore[union-attr]
    with pytest.raises(of.FilterError, match="sorted by properties"):
        Job.name.length().desc()
    with pytest.raises(of.FilterError, match="no path"):
        of.OrderBy("name desc")
    with pytest.raises(of.FilterTypeError, match=r"^descending is 'desc': True or False is wanted$"):
        of.OrderBy("name", descending="desc")  # type: ignore[arg-type]
    with pytest.raises(
        of.FilterTypeError, match=r"^path is 5: the path of a property such as 'address/city' is wanted$"
    ):
        of.OrderBy(5)  # type: ignore[arg-type]


def test_lists_are_written_from_handles_orders_and_texts() -> None:
    facts = Job.__facts__
    assert writing.write_orderby([Job.at.desc(), Job.name, "size asc"], facts) == "at desc,name,size asc"
    assert writing.write_orderby("at desc, name", facts) == "at desc, name"
    assert writing.write_orderby(Job.at, facts) == "at"
    assert writing.write_select((Job.id, "address/city"), facts) == "id,address/city"
    with pytest.raises(of.QueryOptionsError):
        writing.write_orderby("nothing", facts)
    for wrong in (5, [5], None):
        with pytest.raises(of.FilterTypeError):
            writing.write_select(wrong, facts)


def test_an_open_type_is_sorted_by_any_property() -> None:
    facts = SchemaFacts(name="Open", properties={}, open=True)
    assert read_orderby("a/b desc", facts) == ([of.OrderBy("a/b", descending=True)], [])


# Protocol §11.2 and URL Conventions §5.
STANDARD = "apply compute count deltatoken expand filter format id index levels orderby schemaversion search select skip skiptoken top"


@pytest.mark.parametrize("name", STANDARD.split())
def test_an_option_of_the_standard_that_a_service_does_not_support_is_told_from_one_that_there_is_not(
    name: str,
) -> None:
    with pytest.raises(of.QueryOptionsError) as caught:
        of.QueryOptions.parse(f"${name}=1&${name}s=1", schema=Job, allow=())
    assert [problem.code for problem in caught.value.problems] == ["unsupported-option", "unknown-option"]


def test_no_items_may_be_asked_for_and_none_be_left_out() -> None:
    found = of.QueryOptions.parse("$top=0&$skip=0", schema=Job, allow=("$top", "$skip"))
    assert (found.top, found.skip) == (0, 0)
    with pytest.raises(of.QueryOptionsError) as caught:
        of.QueryOptions.parse("$top=0", schema=Job, allow=("$top",), page_size=of.PageSize(min=1))
    assert caught.value.problems[0].message == "$top is '0': a whole number from 1 is wanted"


# --- what items may be sorted by ------------------------------------------------------------------------------------


class Person(of.Schema, operators=("eq", "and")):
    id = of.Int32(nullable=False)
    name = of.String()
    born = of.Date(operators=("eq", "gt"))
    secret = of.String(operators=(), functions=())
    state = of.String(operators=("eq", "in"))


def test_items_are_not_sorted_by_what_is_documented_with_no_operator() -> None:
    assert parse("$orderby=name desc,born,id", schema=Person).orderby == (
        Person.name.desc(),
        Person.born.asc(),
        Person.id.asc(),
    )
    assert problems("$orderby=id,secret desc,state", schema=Person) == [("$orderby", "operator", "secret")]
    with pytest.raises(
        of.QueryOptionsError, match="'secret' is documented with no operator; items are not sorted by it"
    ):
        parse("$orderby=secret", schema=Person)


def test_a_service_says_itself_what_items_are_sorted_by() -> None:
    sortable = ("state", Person.id)
    assert parse("$orderby=state,id desc", schema=Person, sortable=sortable).orderby[0].path == "state"
    with pytest.raises(of.QueryOptionsError, match="items are not sorted by 'name', only by id and state"):
        parse("$orderby=name", schema=Person, sortable=sortable)
    assert problems("$orderby=id", schema=Person, sortable=()) == [("$orderby", "operator", "id")]
    assert parse("$orderby=address/city", sortable="address/city").orderby[0].path == "address/city"
    for wrong in ("nope", "tags", 5, ["id", "nope"]):
        with pytest.raises(of.FilterError):
            parse("", sortable=wrong)


@pytest.mark.parametrize(
    "limits", [of.Limits(length=10), of.Limits(depth=2), of.Limits(nodes=3), of.Limits(items=2)], ids=repr
)
def test_whatever_is_past_a_limit_has_one_code(limits: of.Limits) -> None:
    text = "size in (1,2,3) and (((size eq 1)))"
    assert [(target, code) for target, code, _ in problems({"$filter": text}, limits=limits)] == [("$filter", "limit")]
    assert "limit" in [code for _, code, _ in problems({"$filter": "size eq @p", "@p": text}, limits=limits)]
    with pytest.raises(of.FilterSyntaxError) as caught:
        of.parse(text, limits=limits)
    assert caught.value.code == caught.value.to_dict()["details"][0]["code"] == "limit"
    assert pickle.loads(pickle.dumps(caught.value)).code == "limit"
