"""What is certainly allowed has no problem for the walk either: whatever the schema, and whatever the text."""

import pytest
from fast_texts import literals, texts_of
from hypothesis import example, given, settings
from hypothesis import strategies as st

import odatafilter as of
from odatafilter import _certain, _kinds, _validate


class Part(of.Schema):
    name = of.String()
    size = of.Int32()
    color = of.Enum("Red", "Green", type_name="NS.Color")


class Wide(of.Schema):
    """One property of every kind, some with fewer operators and functions than the schema has."""

    a = of.Int32(operators=("eq", "in"))
    b = of.String(functions=("contains",))
    name = of.String()
    state = of.String(enum=("new", "it's"))
    id = of.Guid()
    ref = of.Guid(quoted=True)
    at = of.DateTimeOffset()
    day = of.Date()
    time = of.TimeOfDay()
    took = of.Duration()
    price = of.Decimal()
    weight = of.Double()
    open = of.Boolean()
    raw = of.Binary()
    place = of.Geography()
    color = of.Enum("Red", "Green", type_name="NS.Color")
    part = of.Navigation(Part)
    parts = of.Collection(Part)
    tags = of.Collection(of.String())
    sizes = of.Int32(source="sizes[].n")


class Narrow(Wide, operators=("eq", "and", "in", "add"), functions=("contains", "any", "length"), max_in=2):
    pass


class Plain(Wide, operators=("eq", "lt", "or", "not"), functions=("contains",), plain=True, case_sensitive=False):
    pass


class Brackets(Wide, lists="[]", either_order=("contains",)):
    pass


class Loose(Wide, open=True):
    pass


SCHEMAS = (Wide, Narrow, Plain, Brackets, Loose)
_names = st.sampled_from(
    [*Wide.__facts__.properties, *Wide.__facts__.properties, "part/size", "part/color", "part/name", "unknown", "x"]
)
_fitting = st.sampled_from(
    [
        *("'x'", "1", "1.5", "null", "true", "'new'", "2024-01-31", "2024-06-24T13:00:00Z", "13:20:00", "INF"),
        *("duration'P1D'", "12345678-9abc-def0-1234-56789abcdef0", "'12345678-9abc-def0-1234-56789abcdef0'"),
        "NS.Color'Red'",
    ]
)


def check_that_the_walk_agrees(text: str, schema: type[of.Schema]) -> None:
    try:
        tree, facts = of.parse(text).tree, schema.__facts__
    except of.FilterSyntaxError:
        return
    if _validate.is_certainly_allowed(tree, facts):
        walk = _validate.judge(tree, facts)
        assert not walk.findings
        assert not walk.respellings


@settings(max_examples=max(600, settings().max_examples))
@given(texts_of(_names, st.one_of(_fitting, _fitting, literals)), st.sampled_from(SCHEMAS))
@example("parts/any(p:p/size gt 1 and p/name eq name)", Wide)
@example("tags/any(t:contains(t,'x')) and parts/$count gt 1", Wide)
@example("$it/part/size add a gt -price and not (5 lt weight)", Wide)
@example("tags/any(a:a eq 'x')", Wide)
def test_what_is_certainly_allowed_has_no_problem(text: str, schema: type[of.Schema]) -> None:
    check_that_the_walk_agrees(text, schema)


_in_json = st.sampled_from(
    [*('"x"', '"new"', "1", "1.5", "null", "true", "[1]", '{"a":1}', '"12345678-9abc-def0-1234-56789abcdef0"'), "name"]
)
_places = st.one_of(_names, _names, st.sampled_from(["$it/part/size", "parts/$count", "t", "t/size", "t/color", "@p"]))
_types = st.sampled_from([*(f"Edm.{kind}" for kind in _kinds.CASTABLE), "Edm.Int8", "Edm.Stream", "NS.Part"])


def _operands(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    """What is calculated, called and cast, and `case`: of what a schema mostly allows."""
    of_one = st.sampled_from(
        ["tolower", "length", "year", "date", "time", "totalseconds", "round", "trim", "geo.length"]
    )
    of_two = st.sampled_from(["contains", "concat", "indexof", "matchesPattern", "substring", "hassubset"])
    arithmetic = st.sampled_from(["add", "sub", "mul", "div", "divby", "mod"])
    conditions = _conditions(values)
    return st.one_of(
        st.builds("{}({})".format, of_one, values),
        st.builds("{}({},{})".format, of_two, values, values),
        st.builds("cast({},{})".format, values, _types),
        st.builds("({} {} {})".format, values, arithmetic, values),
        values.map("-({})".format),
        st.builds("case({}:{},true:{})".format, conditions, values, values),
    )


def _conditions(values: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    compared = st.sampled_from(["eq", "ne", "lt", "ge"])
    return st.one_of(
        st.builds("{} {} {}".format, values, compared, values),
        st.builds("{} in ({})".format, values, st.lists(_fitting, min_size=1, max_size=3).map(",".join)),
        st.builds("{} in [{}]".format, values, st.lists(_in_json, max_size=3).map(",".join)),
        st.builds("isof({},{})".format, values, _types),
        st.builds("{} has NS.Color'Red'".format, values),
        values,
        st.builds("parts/any(t:{} eq {})".format, values, values),
        st.builds("tags/all(t:not ({} in ({})))".format, values, _fitting),
        st.builds("parts/$filter({} eq {})/$count gt 1".format, values, values),
        st.builds("parts/any(t:parts/$count($filter={} lt {} or {}) gt 1)".format, values, values, values),
        st.builds("{}/$filter({} eq {})/any(t:t eq 'x')".format, values, values, values),
    )


@settings(max_examples=max(1_000, settings().max_examples))
@given(_conditions(st.recursive(st.one_of(_places, _fitting), _operands, max_leaves=4)), st.sampled_from(SCHEMAS))
@example("tolower(name) in ('a','b') and cast(a,Edm.Int32) in (1)", Wide)
@example("case(a eq 1:state,true:'x') eq 'new'", Wide)
@example("case(open:'x',true:state) eq name", Narrow)
@example("cast(name,Edm.Guid) eq '12345678-9abc-def0-1234-56789abcdef0'", Wide)
@example("null in (null)", Wide)
@example("a in [1,2]", Plain)
@example("a in [1,2]", Brackets)
@example("state in ['new']", Wide)
@example("tags in (null)", Wide)
@example("isof(b,Edm.String)", Wide)
@example("parts/$count($filter=size gt 5 and $it/a eq 1) gt 1", Wide)
@example("parts/$count($filter=a eq 1) gt 1", Wide)
@example("parts/any(size:parts/$filter(size eq 5)/$count gt 1)", Wide)
@example("tags/$filter(length(name) gt 1)/$count gt 1", Wide)
@example("tags/$filter($this eq 'x')/$count gt 1", Wide)
@example("parts/$filter(size gt 5)/any(p:p/size gt 6)", Narrow)
def test_operands_that_are_certainly_allowed_have_no_problem(text: str, schema: type[of.Schema]) -> None:
    check_that_the_walk_agrees(text, schema)


@pytest.mark.parametrize(
    "text",
    [
        "tolower(name) in ('a','b') and length(name) in (1,2) and year(at) in (2024)",
        "date(at) in (2024-01-31) and cast(a,Edm.String) eq 'x' and isof(name,Edm.String)",
        "(cast(a,Edm.Int64) add 1) in (1,2) and 5 lt weight and 'x' eq name",
        "case(weight gt 1:'a',true:name) eq 'x'",
        "tags/any(t:tolower(t) in ('x'))",
        "a eq 1 and name ne 'x' or open eq true",
        "ref in ('12345678-9abc-def0-1234-56789abcdef0')",
        "state in ('new')",
        "contains(tolower(name),'x') and length(name) gt 5 and year(at) eq 2024",
        "parts/any(p:p/size gt 1 and p/name eq 'x') and tags/all(t:t ne 'x')",
        "part/size mul 2 add 1 gt weight and not (part/name eq name)",
        "parts/$count gt 5 and $it/part/size eq 1",
        "parts/$filter(size gt 1 and $it/a eq 1)/$count gt 5 and parts/$filter(name eq 'x')/any(p:p/size lt 9)",
        "parts/$count($filter=size gt 1 or not (tolower(name) eq 'x')) gt 5 and a eq 1",
        "tags/any(t:parts/$filter(name eq t)/any())",
        "at lt now() and -price lt weight",
        "open and state eq 'new' and ref eq '12345678-9abc-def0-1234-56789abcdef0'",
        "color has NS.Color'Red' and color eq NS.Color'Green' and color eq null",
        "tags/any() and parts/any() and part/color has NS.Color'Red'",
        "price div 2 gt 1 and took add duration'P1D' gt took and day sub took lt day",
        "raw eq binary'AAAA' and time lt 13:00:00 and name ge 'a'",
        "case(open:1,weight lt 2:price,true:weight) gt 2",
        "not open and not contains(name,'x') and (open or not (a eq 1))",
        "a in (1,null) and ref in ('12345678-9abc-def0-1234-56789abcdef0',null) and state in ('new',null)",
    ],
)
def test_it_is_allowed_for_certain(text: str) -> None:
    assert _validate.is_certainly_allowed(of.parse(text).tree, Wide.__facts__)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (Narrow, "a in (1,2) and contains(name,'x')"),
        (Narrow, "tags/any(t:contains(t,'x') and length(t) eq 1)"),
        (Plain, "a eq 1 or not contains(b,'x') or name lt 'y'"),
        (Brackets, "a eq 1 and name ne 'x'"),
        (Loose, "a eq 1 or part/size in (1)"),
    ],
)
def test_it_is_allowed_for_certain_by_narrower_schemas(schema: type[of.Schema], text: str) -> None:
    assert _validate.is_certainly_allowed(of.parse(text).tree, schema.__facts__)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        # what is not documented
        (Wide, "unknown eq 1"),
        (Wide, "part/unknown eq 1"),
        (Wide, "a lt 1"),
        (Wide, "not (a lt 1)"),
        (Wide, "a add 1 eq 2"),
        (Wide, "tolower(b) eq 'x'"),
        (Wide, "contains(unknown,'x')"),
        (Narrow, "b eq 'x' or a eq 1"),
        (Narrow, "tags/any(t:t eq 'x' or t eq 'y')"),
        (Narrow, "not (a eq 1)"),
        (Narrow, "name lt 'x'"),
        (Narrow, "price mul 2 eq 4"),
        (Narrow, "a in (1,2,3)"),
        (Narrow, "tolower(name) eq 'x'"),
        (Narrow, "tags/all(t:t eq 'x')"),
        (Narrow, "tags/$count eq 1"),
        (Wide, "parts/$filter(a eq 1)/$count gt 1"),
        (Wide, "parts/$filter(size)/$count gt 1"),
        (Wide, "parts/$count($filter=size) gt 1"),
        (Wide, "parts/$count($filter=unknown eq 1) gt 1"),
        (Wide, "parts/$count($search=x) gt 1"),
        (Wide, "part/$filter(size eq 1)/$count gt 1"),
        (Wide, "tags/$filter(name eq 'x')/any()"),
        (Narrow, "case(open:'x',true:name) eq 'x'"),
        (Narrow, "cast(a,Edm.String) eq 'x'"),
        (Narrow, "color has NS.Color'Red'"),
        (Plain, "a eq 1 and b eq 'x'"),
        (Plain, "1 eq a"),
        (Plain, "a eq a"),
        (Plain, "length(name) eq 1"),
        (Plain, "tags/any()"),
        (Plain, "part/size eq 1"),
        (Brackets, "a in (1,2)"),
        (Loose, "unknown eq 1"),
        # what does not fit
        (Wide, "a eq 'x'"),
        (Wide, "state eq 'old'"),
        (Wide, "state in ('new','old')"),
        (Wide, "ref eq 12345678-9abc-def0-1234-56789abcdef0"),
        (Wide, "ref in ('x')"),
        (Wide, "a in (1,'x')"),
        (Wide, "a in ()"),
        (Wide, "color has NS.Color'Blue'"),
        (Wide, "name has NS.Color'Red'"),
        (Wide, "a"),
        (Wide, "length(name)"),
        (Wide, "part"),
        (Wide, "not name"),
        (Wide, "open and name"),
        (Wide, "tags/any(t:t)"),
        (Wide, "tags/any(t:t/size eq 1)"),
        (Wide, "part/any(p:p/size eq 1)"),
        (Wide, "parts/any(p:p/unknown eq 1)"),
        (Wide, "parts/any(p:q/size eq 1)"),
        (Wide, "part/$count eq 1"),
        (Wide, "name eq weight"),
        (Wide, "day lt at"),
        (Wide, "state eq name"),
        (Wide, "-name eq 'x'"),
        (Wide, "-day eq day"),
        (Wide, "name add 1 eq 2"),
        (Wide, "day mul 2 eq day"),
        (Wide, "contains(weight,'x')"),
        (Wide, "cast(name,NS.Part) eq null"),
        (Wide, "case(name:1,true:2) eq 1"),
        (Wide, "place lt place"),
        (Wide, "tags in (null)"),
    ],
)
def test_it_is_not_allowed_for_certain(schema: type[of.Schema], text: str) -> None:
    assert not _validate.is_certainly_allowed(of.parse(text).tree, schema.__facts__)


def test_what_is_certain_is_kept_of_a_bounded_number_of_properties() -> None:
    for _ in range(5):
        schema = of.schema_from_dict({f"p{number}": "Int32" for number in range(400)})
        for name in schema.__facts__.properties:
            assert str(getattr(schema, name) == 1) == f"{name} eq 1"
        assert len(_certain._known) <= 1_024
