"""The builder, all of it: what typed handles, fields, expressions and parameters make, and how wrong uses are refused."""

import datetime as dt
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

import odatafilter as of
from odatafilter.itwin import AnalysisDetector

HOUR = dt.timedelta(hours=1)
NOON = dt.datetime(2024, 6, 24, 12, tzinfo=dt.UTC)
P = of.param("p")


class Line(of.Schema):
    amount = of.Int32()
    label = of.String()
    tags = of.Collection(of.String())


class Order(of.Schema):
    n = of.Int32()
    large = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    name = of.String()
    state = of.String(enum=("open", "paid"))
    day = of.Date()
    at = of.DateTimeOffset()
    took = of.Duration()
    tags = of.Collection(of.String())
    counts = of.Collection(of.Int32())
    lines = of.Collection(Line)
    place = of.Geography()
    ok = of.Boolean()


NOW = of.expression("now()", of.DateTimeOffset())
ANY: Any = Order

BUILT: list[tuple[of.Filter, str]] = [
    # fields have every function
    (of.field("a").contains("x"), "contains(a,'x')"),
    (of.field("a").lower().startswith(P), "startswith(tolower(a),@p)"),
    ((of.field("a") / "b").endswith("x"), "endswith(a/b,'x')"),
    (of.field("a").substring(of.field("b"), P) == "x", "substring(a,b,@p) eq 'x'"),
    (of.field("a").trim().upper().concat("y") == "x", "concat(toupper(trim(a)),'y') eq 'x'"),
    (of.field("a").length() > of.field("a").indexof("x"), "length(a) gt indexof(a,'x')"),
    (5 - of.field("a") * 2 > 1, "5 sub a mul 2 gt 1"),
    (-of.field("a").round().mod(2) == 0, "-(round(a) mod 2) eq 0"),
    (of.field("at") + HOUR > of.field("at").date(), "at add duration'PT1H' gt date(at)"),
    (of.field("at").year() == of.field("day").month(), "year(at) eq month(day)"),
    (of.field("took").totalseconds() > of.field("opens").fractionalseconds(), "totalseconds(took) gt fractionalseconds(opens)"),
    (of.field("hue").has("Red"), "hue has 'Red'"),
    (of.field("a").in_(of.field("tags")), "a in tags"),
    (of.field("tags").any(lambda tag: tag.contains("x")), "tags/any(tag:contains(tag,'x'))"),
    (of.field("lines").all(lambda line: line / "Qty" > 1), "lines/all(line:line/Qty gt 1)"),
    (of.field("lines").count(lambda line: line / "Qty" > 1) > 2, "lines/$count($filter=Qty gt 1) gt 2"),
    (of.field("tags").hassubset(["a"]) & of.field("tags").contains(["a", "b"]), 'hassubset(tags,["a"]) and contains(tags,["a","b"])'),
    (of.field("name").matches_pattern("^a", "i"), "matchesPattern(name,'^a','i')"),
    (of.field("at") > of.DateTimeOffset.now() - HOUR, "at gt now() sub duration'PT1H'"),
    (Order.at.between(of.DateTimeOffset.mindatetime(), of.DateTimeOffset.maxdatetime()), "at ge mindatetime() and at le maxdatetime()"),
    (Order.name.matches_pattern(P, "i"), "matchesPattern(name,@p,'i')"),
    (Order.took.divby(2) > HOUR, "took divby 2 gt duration'PT1H'"),
    (Order.took.divby(Order.n) > HOUR, "took divby n gt duration'PT1H'"),
    (Order.tags.concat(["x"]).length() > 2, 'length(concat(tags,["x"])) gt 2'),
    (Order.tags == ["a"], 'tags eq ["a"]'),
    (Order.tags != ("a", None), 'tags ne ["a",null]'),
    (Order.counts.eq([]), "counts eq []"),
    (Order.counts.ne([1, 2]), "counts ne [1,2]"),
    (Order.tags.substring(1, 2) == ["a"], 'substring(tags,1,2) eq ["a"]'),
    (Order.tags.concat(["x"]) == Order.tags, 'concat(tags,["x"]) eq tags'),
    ((Order.tags == None) & (Order.tags == P), "tags eq null and tags eq @p"),  # noqa: E711
    (Order.ok == (Order.n > 1), "ok eq n gt 1"),
    ((ANY.n > 1) == ANY.ok, "ok eq n gt 1"),
    (Order.ok.ne(~(Order.n == 1)), "ok ne not (n eq 1)"),
    (Order.ok.eq((Order.n > 1) | (Order.n < 0)), "ok eq (n gt 1 or n lt 0)"),
    (Order.lines.any(lambda line: Order.ok == (line.amount > 1)), "lines/any(line:ok eq line/amount gt 1)"),
    (Order.counts.concat([1]).substring(1, 2).contains([2]), "contains(substring(concat(counts,[1]),1,2),[2])"),
    (Order.tags.substring(P).hassubset(P), "hassubset(substring(tags,@p),@p)"),
    (Order.place.geo_distance("SRID=4326;Point(1 2)") < 5, "geo.distance(place,geography'SRID=4326;Point(1 2)') lt 5"),
    (Order.place.geo_intersects(P) & (Order.place.geo_length() > 0), "geo.intersects(place,@p) and geo.length(place) gt 0"),
    (of.field("place").geo_distance(Order.place) < 5, "geo.distance(place,place) lt 5"),
    (Order.place != None, "place ne null"),  # noqa: E711 - it makes a filter
    (of.case((Order.n > 1, "many"), (True, "one"), kind=of.String()) == "many", "case(n gt 1:'many',true:'one') eq 'many'"),
    (of.case((Order.n > 1, Order.price), (Order.n < 1, 5), kind=of.Decimal()) > 1, "case(n gt 1:price,n lt 1: 5) gt 1"),
    (of.case((of.field("a") == 1, of.field("b")), (False, P)).contains("x"), "contains(case(a eq 1:b,false:@p),'x')"),
    (Order.tags.any(lambda t: of.case((t == "a", Order.n), kind=of.Int32()) == 1), "tags/any(t:case(t eq 'a':n) eq 1)"),
    # parameters stand wherever a value may
    (Order.name.in_(P), "name in @p"),
    (Order.name.substring(P, P) == Order.name.concat(P), "substring(name,@p,@p) eq concat(name,@p)"),
    (Order.name.indexof(P) == 1, "indexof(name,@p) eq 1"),
    (P + Order.n > P - Order.n, "@p add n gt @p sub n"),
    (Order.at + P > P + Order.at, "at add @p gt @p add at"),
    (Order.took * P > P * Order.took, "took mul @p gt @p mul took"),
    (Order.tags.hassubset(P), "hassubset(tags,@p)"),
    # arithmetic
    (5 - Order.n > 2 * Order.n, "5 sub n gt 2 mul n"),
    ((Order.n * Order.price) > Decimal("2.5"), "n mul price gt 2.5"),
    ((Order.price * Order.n) > Decimal("2.5"), "price mul n gt 2.5"),
    ((Order.n + Order.large) > 2**40, "n add large gt 1099511627776"),
    ((Order.price + Order.weight) > 0.5, "price add weight gt 0.5"),
    (Order.n.divby(2) > Decimal("0.5"), "n divby 2 gt 0.5"),
    (Order.weight.divby(2) > 0.5, "weight divby 2 gt 0.5"),
    (Order.n.div(Order.weight).mod(Order.price) > 0.5, "n div weight mod price gt 0.5"),
    (Order.n + of.field("n") > 1, "n add n gt 1"),
    (-Order.took < HOUR, "-took lt duration'PT1H'"),
    (Order.took * 2 + HOUR - Order.took.div(2) > 3 * Order.took, "took mul 2 add duration'PT1H' sub took div 2 gt 3 mul took"),
    (HOUR - Order.took > HOUR + Order.took, "duration'PT1H' sub took gt duration'PT1H' add took"),
    (Order.day + HOUR > Order.day, "day add duration'PT1H' gt day"),
    (Order.day - dt.date(2024, 6, 24) > HOUR, "day sub 2024-06-24 gt duration'PT1H'"),
    (dt.date(2024, 6, 24) - Order.day > Order.day - Order.day, "2024-06-24 sub day gt day sub day"),
    (Order.at - Order.at > NOON - Order.at, "at sub at gt 2024-06-24T12:00:00Z sub at"),
    (Order.at - NOON > Order.took, "at sub 2024-06-24T12:00:00Z gt took"),
    (Order.took + Order.at > HOUR + Order.at, "took add at gt duration'PT1H' add at"),
    # collections
    (Order.name.in_(Order.tags), "name in tags"),
    (Order.tags.hassubset(["a", "O'B"]), 'hassubset(tags,["a","O\'B"])'),
    (Order.counts.hassubsequence((1, 2)), "hassubsequence(counts,[1,2])"),
    (Order.tags.contains(Order.tags) & Order.tags.startswith(["a"]) & Order.tags.endswith([]), 'contains(tags,tags) and startswith(tags,["a"]) and endswith(tags,[])'),
    (Order.tags.indexof(["a"]) < Order.tags.length(), 'indexof(tags,["a"]) lt length(tags)'),
    (Order.lines.count(lambda line: line.amount > Order.n) > 2, "lines/$count($filter=amount gt $it/n) gt 2"),
    (Order.tags.count(lambda tag: tag == Order.name) > 2, "tags/$count($filter=$this eq $it/name) gt 2"),
    (
        Order.lines.count(lambda line: line.tags.any(lambda tag: (tag == line.label) | (tag == Order.name))) > 0,
        "lines/$count($filter=tags/any(tag:tag eq label or tag eq $it/name)) gt 0",
    ),
    (
        Order.lines.any(lambda line: line.tags.count(lambda tag: tag == line.label) > 0),
        "lines/any(line:line/tags/$count($filter=$this eq line/label) gt 0)",
    ),
    (
        Order.lines.count(lambda line: line.tags.count(lambda tag: tag == Order.name) > 0) > 0,
        "lines/$count($filter=tags/$count($filter=$this eq $it/name) gt 0) gt 0",
    ),
    # types and expressions
    (Order.name.cast(of.Int32()) > 5, "cast(name,Edm.Int32) gt 5"),
    (Order.name.cast(of.Enum("Red", type_name="NS.Hue")) == "Red", "cast(name,NS.Hue) eq NS.Hue'Red'"),
    (Order.name.isof("Collection(NS.Name)"), "isof(name,Collection(NS.Name))"),
    (Order.at > NOW - HOUR, "at gt now() sub duration'PT1H'"),
    (of.expression(f"case({Order.n > 5}:{Order.price},true:{P})", of.Decimal()) > 1, "case(n gt 5:price,true:@p) gt 1"),
    ((ANY.large + None).eq(None), "large add null eq null"),
    ((of.field("x") + None).eq(None), "x add null eq null"),
    ((None - ANY.day).eq(None) & (ANY.took * None).eq(None), "null sub day eq null and took mul null eq null"),
    (of.expression("$it/NS.Area(unit='m')", of.Double(), schema=None) < 5.5, "$it/NS.Area(unit='m') lt 5.5"),
    (of.expression("geo.length(way)") < 5, "geo.length(way) lt 5"),
    (of.expression("NS.Names()", of.Collection(of.String())).any(lambda name: name == "x"), "NS.Names()/any(name:name eq 'x')"),
    (of.expression("$root/Lines", of.Collection(Line)).any(lambda line: line.amount > 5), "$root/Lines/any(line:line/amount gt 5)"),
    (
        Order.lines.any(lambda line: of.expression(f"cast({line.amount},Edm.String)", of.String()) == "1"),
        "lines/any(line:cast(line/amount,Edm.String) eq '1')",
    ),
    # conditions of every shape
    (Order.lines.any(lambda line, least=5: line.amount > least), "lines/any(line:line/amount gt 5)"),  # type: ignore[misc]
    (Order.tags.any(Order.name.eq), "tags/any(value:name eq value)"),
    (Order.tags.any(lambda *tags: tags[0] == "x"), "tags/any(element:element eq 'x')"),
    (of.field("lines").any(lambda line: line / "amount" > Order.n), "lines/any(line:line/amount gt n)"),
]  # fmt: skip


@pytest.mark.parametrize(("made", "text"), BUILT, ids=[text for _, text in BUILT])
def test_the_builder_writes_all_of_the_language(made: of.Filter, text: str) -> None:
    assert str(made) == text
    assert of.parse(text) == made


REFUSED: list[tuple[Callable[[], Any], type[of.FilterError], str]] = [
    (lambda: ANY.n.in_(Order.tags), of.FilterTypeError, "'n' is an Int32; it cannot be combined with an element of 'tags', a String"),
    (lambda: ANY.n + Order.name, of.FilterTypeError, "'add' is not between 'n', an Int32, and 'name', a String"),
    (lambda: ANY.n + 2.5, of.FilterTypeError, "'n' is an Int32 and takes an int, not 2.5 (float)"),
    (lambda: ANY.at + Order.at, of.FilterTypeError, "'add' is not between 'at', a DateTimeOffset, and 'at', a DateTimeOffset"),
    (lambda: ANY.at - 5, of.FilterTypeError, "'sub' is not between 'at', a DateTimeOffset, and 5, an Int64"),
    (lambda: ANY.took * HOUR, of.FilterTypeError, "'mul' is not between 'took', a Duration, and datetime.timedelta(seconds=3600), a Duration"),
    (lambda: Order.tags.hassubset(Order.counts), of.FilterTypeError, "'an element of tags' is a String; it cannot be combined with an element of 'counts', an Int32"),  # type: ignore[arg-type]
    (lambda: Order.tags.hassubset([5]), of.FilterTypeError, "'an element of tags' is a String and takes a str, not 5 (int)"),  # type: ignore[list-item]
    (lambda: Order.tags.contains("abc"), of.FilterTypeError, "a collection is wanted, not 'abc'"),
    (lambda: ANY.lines.hassubset([1]), of.FilterTypeError, "'lines' is a collection of structures, which no values are equal to"),
    (
        lambda: Order.lines.count(lambda line: line.tags.count(lambda tag: tag == line.label) > 0),
        of.FilterError,
        "inside the condition of a nested 'count', an element outside has no name",
    ),
    (lambda: ANY.lines.any(lambda line, other: line.amount > other), of.FilterTypeError, "a condition is a function of one element, not of 2 arguments"),
    (lambda: ANY.lines.any(lambda line, *, other: line.amount > other), of.FilterTypeError, "a condition is a function of one element, not of 2 arguments"),
    (lambda: ANY.lines.any(lambda: Order.n == 1), of.FilterTypeError, "a condition is a function of one element, not of 0 arguments"),
    (lambda: ANY.name.cast(of.Enum("Red")), of.FilterError, "an Enum can be of many types; say which with type_name="),
    (lambda: ANY.name.cast("Edm.Int32"), of.FilterTypeError, "kind is 'Edm.Int32': a kind such as of.Int32() is wanted"),
    (lambda: ANY.name.isof("NS.A) or (true"), of.FilterError, "'NS.A) or (true' cannot name a type: ')' cannot stand in a name"),
    (lambda: ANY.name.isof("NS.A)"), of.FilterError, "'NS.A)' cannot name a type: ')' cannot stand in a name"),
    (lambda: ANY.name.cast(of.Int32(), "Collection(A"), of.FilterError, "'Collection(A' cannot name a type: '(' cannot stand in a name"),
    (lambda: ANY.name.isof(of.Int32), of.FilterTypeError, "type_name is <class 'odatafilter.kinds.numbers.Int32'>: the name of a type such as 'Edm.Int32' is wanted"),
    (lambda: of.field("hue").has("Red' or true"), of.FilterError, "\"Red' or true\" does not name members of 'hue'; they are joined by commas alone"),
    (lambda: of.field("a") / of.expression("$it/b"), of.FilterError, "a path can only start with $it"),
    (lambda: of.expression("1 add 1") / "a", of.FilterError, "nothing can be below 1 add 1, which is no property"),
    (lambda: ANY.name.lower().cast(of.Collection(of.String()), "Collection(Edm.String)").any(), of.FilterError, "nothing can be below cast(tolower(name),Collection(Edm.String)), which is no property"),
    # expressions are judged by what they are combined with
    (lambda: of.expression("n", 5), of.FilterTypeError, "kind is 5: a kind such as of.Decimal() is wanted"),  # type: ignore[call-overload]
    (lambda: of.expression("n", of.String(), schema=Order), of.FilterTypeError, "n is an Int32, not a String"),
    (lambda: Order.n > of.expression("name", of.Int32()), of.FilterTypeError, "name is a String, not an Int32"),
    (lambda: of.expression("large add", of.Int32()), of.FilterSyntaxError, "the filter ends where a property or a value is expected\n    large add\n             ^"),
    (lambda: of.expression("larg", schema=Order), of.FilterValidationError, "unknown property 'larg'; did you mean 'large'?\n    larg\n    ^^^^"),
    (lambda: Order.n > of.field("larg"), of.FilterValidationError, "unknown property 'larg'; did you mean 'large'?\n    larg\n    ^^^^"),
    (lambda: Order.n + of.field("larg"), of.FilterValidationError, "unknown property 'larg'; did you mean 'large'?\n    larg\n    ^^^^"),
    (lambda: of.field("larg").eq(1) & Order.n.eq(1), of.FilterValidationError, "unknown property 'larg'; did you mean 'large'?\n    larg eq 1\n    ^^^^"),
    (
        lambda: Order.lines.any(lambda line: of.field("larg") == 1),
        of.FilterValidationError,
        "unknown property 'larg'; did you mean 'large'?\n    lines/any(line:larg eq 1)\n                   ^^^^",
    ),
    (
        lambda: of.field("line").any(lambda line: line / "amount" > Order.n),
        of.FilterValidationError,
        "unknown property 'line'; did you mean 'lines'?\n    line/any(line:line/amount gt n)\n    ^^^^",
    ),
]  # fmt: skip


@pytest.mark.parametrize(("make", "error", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_what_makes_no_filter_is_refused_with_a_reason(
    make: Callable[[], Any], error: type[of.FilterError], message: str
) -> None:
    with pytest.raises(of.FilterError) as caught:
        make()
    assert str(caught.value) == message
    assert type(caught.value) is error


class Place(of.Schema):
    city = of.String()


class Visit(of.Schema):
    address = of.Navigation(Place)
    lines = of.Collection(Line)
    related = of.Collection(of.Navigation(Line))
    name = of.String()


VISIT: Any = Visit
FIELD: Any = of.field("a")


@pytest.mark.parametrize(
    ("make", "error", "message"),
    [
        (lambda: VISIT.address.city, AttributeError, "'Navigation' object has no attribute 'city'; a property below it is written Visit.address / Place.city"),
        (lambda: VISIT.address.cty, AttributeError, "'Navigation' object has no attribute 'cty'; Place has none either; did you mean Visit.address / Place.city?"),
        (lambda: VISIT.address.weight, AttributeError, "'Navigation' object has no attribute 'weight'"),
        (lambda: VISIT.address["city"], of.FilterTypeError, "'Navigation' object is not subscriptable; a property below it is written Visit.address / Place.city"),
        (lambda: VISIT["address/city"], of.FilterError, "Visit has no property 'address/city'; a path is written Visit['address'] / 'city'"),
        (lambda: of.field("address/city"), of.FilterError, "'address/city' is a path, not a name; write of.field('address') / 'city'"),
        (lambda: FIELD.b, AttributeError, "'Field' object has no attribute 'b'; a property below it is written of.field('a') / 'b'"),
        (lambda: FIELD["b"], of.FilterTypeError, "'Field' object is not subscriptable; a property below it is written of.field('a') / 'b'"),
        (lambda: (FIELD / "b").c, AttributeError, "'Field' object has no attribute 'c'; a property below it is written … / 'c'"),
        (lambda: VISIT.lines.amount, AttributeError, "'Collection' object has no attribute 'amount'; a property of its elements is written Visit.lines.any(lambda item: item / Line.amount == …)"),
        (lambda: VISIT.name.city, AttributeError, "'String' object has no attribute 'city'"),
        (lambda: VISIT.name[0], of.FilterTypeError, "'String' object is not subscriptable"),
        (lambda: list(VISIT.address), TypeError, "'Navigation' object is not iterable"),
    ],
)  # fmt: skip
def test_a_property_below_another_one_is_asked_for_by_a_slash(
    make: Callable[[], Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value) == message


@pytest.mark.parametrize("several", [VISIT.lines, VISIT.related])
def test_elements_have_their_properties_by_a_slash(several: Any) -> None:
    made = several.any(lambda item: item / Line.amount > 3)
    assert str(made).endswith("/any(item:item/amount gt 3)")
    assert made == several.any(lambda item: item.amount > 3) == several.any(lambda item: item / "amount" > 3)


def test_a_collection_of_navigations_is_one_of_what_they_lead_to() -> None:
    lines, related = (Visit.__facts__.properties[name] for name in ("lines", "related"))
    assert replace(related, name="lines", source="lines") == lines
    assert (
        str(Visit.related.count(lambda item: item / Line.amount > 3) > 1) == "related/$count($filter=amount gt 3) gt 1"
    )
    for text in (
        "related/any(l:cast(l/amount,Edm.String) eq '5')",
        "related/any(l:isof(l/amount,Edm.Int32))",
        "related/all(l:case(l/amount gt 1:true,true:false))",
        "related/$count($filter=amount gt 1) gt 1",
    ):
        assert of.parse(text, schema=Visit).tree == of.parse(text).tree
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse("related/any(l:l/nope eq 1)", schema=Visit)
    (problem,) = caught.value.problems
    assert (problem.code, problem.message) == (
        "unknown-property",
        "unknown property 'nope'; Line has amount, label and tags",
    )


def test_a_collection_of_the_navigation_of_a_derived_schema_has_its_properties() -> None:
    derived = of.schema_from_dict({"to": {"kind": "Complex", "properties": {"amount": "Int32"}}})

    class Copy(of.Schema):
        lines: Any = of.Collection(derived["to"])

    assert str(Copy.lines.any(lambda item: item / "amount" > 3)) == "lines/any(item:item/amount gt 3)"
    assert (
        str(of.parse("lines/$count($filter=amount gt 1) gt 1", schema=Copy)) == "lines/$count($filter=amount gt 1) gt 1"
    )


def test_a_dialect_that_knows_only_in_has_parameters_there() -> None:
    assert str(AnalysisDetector.exports.in_(P).bind(p=["a"])) == "exports in ('a')"
    with pytest.raises(of.FilterError) as caught:
        _ = AnalysisDetector.exports == P
    assert str(caught.value) == "'exports' is documented with 'in' alone; give the parameter to in_"


def test_a_dialect_judges_what_is_combined_with_it() -> None:
    class Small(of.Schema, functions=()):
        at = of.DateTimeOffset()

    with pytest.raises(of.FilterValidationError, match=r"^Small does not document 'now', nor any other function"):
        _ = Small.at > NOW


@pytest.mark.parametrize(
    "build",
    [
        lambda: Order.n == of.field("name"),
        lambda: of.field("name") == Order.n,
        lambda: Order.n + of.field("name") > 1,
        lambda: of.field("name") + Order.n > 1,
        lambda: Order.name.contains(of.field("n")),
        lambda: of.field("n").contains(Order.name),
        lambda: Order.name.concat(of.field("n")) == "x",
        lambda: Order.n.in_(of.field("tags")),
        lambda: Order.n.between(1, of.field("name")),
        lambda: Order.name.substring(of.field("name")) == "x",
        lambda: Order.took * of.field("name") == HOUR,
    ],
)
def test_a_field_beside_a_documented_property_is_judged_with_it(build: Callable[[], of.Filter]) -> None:
    with pytest.raises(of.FilterError):
        build()


def test_what_is_done_inside_a_lambda_with_its_element_is_judged_with_the_lambda() -> None:
    made = Order.lines.any(lambda line: (line.amount == P).bind(p=1))
    assert str(made) == "lines/any(line:line/amount eq 1)"
    with pytest.raises(of.FilterError, match=r"^the condition of 'any' gave <element of Line>, not a filter$"):
        ANY.lines.any(lambda line: line)


def test_handles_and_parameters_print_as_text() -> None:
    assert (f"{Order.n + 1}", f"{P}", repr(Order.n + 1), repr(P)) == ("n add 1", "@p", "<Int32 n add 1>", "param('p')")


def test_lists_are_bound_where_collections_stand() -> None:
    assert str(Order.name.in_(P).bind(p=["a", "b"])) == "name in ('a','b')"
    assert str(Order.tags.hassubset(P).bind(p=["a", "b"])) == 'hassubset(tags,["a","b"])'


def test_built_filters_mean_what_they_say() -> None:
    item = {"n": 3, "tags": ["a", "b", "a"], "name": "a", "lines": [{"amount": 5, "tags": ["a"]}, {"amount": 1}]}
    assert (Order.lines.count(lambda line: line.amount > Order.n) == 1).matches(item)
    assert (Order.tags.count(lambda tag: tag == Order.name) == 2).matches(item)
    assert Order.tags.hassubset(["b", "a"]).matches(item)
    assert (5 - Order.n == 2).matches(item)


def test_a_property_that_is_no_collection_is_no_list_of_values() -> None:
    with pytest.raises(of.FilterTypeError):
        Order.name.in_(Order.state)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["Collection(Edm.Int32!)", "Collection(Edm.Int32", "Edm.Int32)", "Edm.", ""])
def test_a_name_that_can_be_no_type_is_refused(name: str) -> None:
    with pytest.raises(of.FilterError, match="cannot name a type"):
        Order.name.isof(name)


def test_a_collection_is_of_a_kind_or_of_a_schema() -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        of.Collection(int)
    assert str(caught.value) == "a Collection is of a kind or of a Schema, not of <class 'int'>"


class Keyed(of.Schema):
    Id = of.Guid()
    Key = of.Guid(quoted=True)
    n = of.Int32()


GUID = "dc720f05-e5f7-448b-ae06-765de46f0af1"


@pytest.mark.parametrize(
    ("made", "text"),
    [
        (lambda: (of.field("Id") == GUID) & (Keyed.n == 1), f"Id eq {GUID} and n eq 1"),
        (lambda: (Keyed.n == 1) | of.field("Key").in_([uuid.UUID(GUID)]), f"n eq 1 or Key in ('{GUID}')"),
        (
            lambda: of.all_of([of.parse(f"Id eq '{GUID}'"), of.parse(f"Key eq {GUID}"), Keyed.n == 1]),
            f"Id eq {GUID} and Key eq '{GUID}' and n eq 1",
        ),
        (lambda: (of.field("Id") == of.param("p")).bind(p=GUID) & (Keyed.n == 1), f"Id eq {GUID} and n eq 1"),
        (lambda: of.parse(f"key eq {GUID}").rename({"key": "Key"}, schema=Keyed), f"Key eq '{GUID}'"),
        (lambda: (Keyed.Id == GUID) & (Keyed.Key == GUID), f"Id eq {GUID} and Key eq '{GUID}'"),
    ],
    ids=range(6),
)
def test_a_guid_is_spelt_as_its_property_declares_whichever_way_it_came(
    made: Callable[[], of.Filter], text: str
) -> None:
    assert str(made()) == text


CASE: Any = of.case


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: CASE(kind=None), "case has no branches, so that it would always be null"),
        (lambda: CASE(Order.n == 1), "a branch of case is a pair of a filter and a value, not <Filter n eq 1>"),
        (lambda: CASE((Order.n, 1)), "a branch of case is a pair of a filter and a value, not (<Int32 n>, 1)"),
        (
            lambda: CASE((True, "x"), kind=of.Int32()),
            "'a value of case' is an Int32 and takes an int, not 'x' (str)",
        ),
        (
            lambda: CASE((True, 1), kind=of.Int32),
            "kind is <class 'odatafilter.kinds.numbers.Int32'>: a kind such as of.Decimal() is wanted",
        ),
        (lambda: Order.place == "SRID=4326;Point(1 2)", "'place' is a Geography, which is compared with null alone"),
        (
            lambda: Order.place.geo_distance("here"),
            "geography'here' is no shape such as geography'SRID=4326;Point(142.1 64.1)'",
        ),
        (
            lambda: ANY.place.geo_distance(1),
            "'place' is a Geography and takes a text such as 'SRID=4326;Point(1 2)', not 1 (int)",
        ),
    ],
)
def test_what_makes_no_case_and_no_shape_is_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        make()
    assert str(caught.value) == message


def test_a_collection_of_shapes_is_read_however_deep_it_nests() -> None:
    shape = "GeometryCollection(Point(1 2),GeometryCollection(LineString(1 2,3 4)))"
    made = Order.place.geo_intersects(f"SRID=4326;{shape}")
    assert of.parse(str(made), schema=Order) == made
    for broken in ("GeometryCollection(Point(1 2)", "Point(1 2))", "GeometryCollection(Point(1 2);Point(1 2))"):
        with pytest.raises(of.FilterError, match="is no shape"):
            Order.place.geo_intersects(f"SRID=4326;{broken}")
