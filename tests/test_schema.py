"""Schema and builder: what is declared, what is built, and how wrong uses are refused."""

import copy
import datetime as dt
import functools
import pickle
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from schema_samples import KEY, NOON, Box, Color, Hue, Job, Level, Place, Sale, Wide

import odatafilter as of
from odatafilter import tree
from odatafilter.facts import PropertyFacts, SchemaFacts

NO_TRUTH = (
    "a filter has no truth value; combine filters with & | ~ instead of 'and', 'or', 'not'; "
    "1 < x < 5 is (x > 1) & (x < 5), or x.between(1, 5) with both ends, and 'x in values' is x.in_(values)"
)

BUILT: list[tuple[of.Filter, str]] = [
    (Job.id == uuid.UUID(KEY), f"id eq {KEY}"),
    (Job.id == KEY.upper(), f"id eq {KEY}"),
    (Job.inputId == KEY, f"inputId eq '{KEY}'"),
    (Job.inputId.in_([KEY, None]), f"inputId in ('{KEY}',null)"),
    (Job.name == "O'Brien & Sons #1 100% +", "name eq 'O''Brien & Sons #1 100% +'"),
    (Job.name == None, "name eq null"),  # noqa: E711 - it makes a filter
    (Job.color == Color.RED.value, "color eq 'Red'"),
    (Job.created >= NOON, "created ge 2024-06-24T12:00:00Z"),
    (Job.created > "2024-06-24t12:00:00.123456789012z", "created gt 2024-06-24T12:00:00.123456789012Z"),
    (
        Job.created < dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=5, minutes=30))),
        "created lt 0001-01-01T00:00:00+05:30",
    ),
    (
        Job.created < dt.datetime(1890, 1, 1, tzinfo=dt.timezone(dt.timedelta(seconds=1172))),
        "created lt 1889-12-31T23:40:28Z",
    ),
    (Job.total == 2**63 - 1, "total eq 9223372036854775807"),
    (Job.price.le(Decimal("0.10")), "price le 0.10"),
    (Job.weight.eq(float("-inf")) | Job.weight.eq(float("nan")), "weight eq -INF or weight eq NaN"),
    (Job.ready == True, "ready eq true"),  # noqa: E712 - it makes a filter
    (Job.kind == "x", "class eq 'x'"),
    (Job.id >= KEY, f"id ge {KEY}"),
    (Job.id.between(KEY, KEY), f"id ge {KEY} and id le {KEY}"),
    (Job.ready > False, "ready gt false"),
    (Job.count == Job.total, "count eq total"),
    (Job.created.between(NOON, NOON), "created ge 2024-06-24T12:00:00Z and created le 2024-06-24T12:00:00Z"),
    ((Job.count == 1) & ((Job.count == 2) | (Job.count == 3)), "count eq 1 and (count eq 2 or count eq 3)"),
    ((Job.count == 1) & (Job.count == 2) & (Job.count == 3), "count eq 1 and count eq 2 and count eq 3"),
    (of.any_of(Job.count == n for n in (1, 2, 3)), "count eq 1 or count eq 2 or count eq 3"),
    (of.any_of([Job.count == 1]), "count eq 1"),
    (
        of.all_of([Job.count == 1, (Job.count == 2) & (Job.count == 3), (Job.count == 4) | (Job.count == 5)]),
        "count eq 1 and count eq 2 and count eq 3 and (count eq 4 or count eq 5)",
    ),
    (~((Job.state == "active") | (Job.created > NOON)), "state ne 'active' and created le 2024-06-24T12:00:00Z"),
    (~Job.count.in_([1, 2]), "count ne 1 and count ne 2"),
    (Wide.due == dt.date(2024, 2, 29), "due eq 2024-02-29"),
    (Wide.opens < dt.time(13, 20), "opens lt 13:20:00"),
    (Wide.took > dt.timedelta(days=-1, microseconds=1), "took gt duration'-PT23H59M59.999999S'"),
    (Wide.took == dt.timedelta(days=2), "took eq duration'P2D'"),
    (Wide.data == b"\xff\xfe", "data eq binary'__4='"),
    (Wide.hue.has("Red,Green"), "hue has NS.Hue'Red,Green'"),
    (Wide.hue.has(Hue.Red | Hue.Green), "hue has NS.Hue'Red,Green'"),
    (Wide.hue == Hue.Green, "hue eq NS.Hue'Green'"),
    (Wide.hue.in_([Color.RED, Hue.Green]), "hue in (NS.Hue'Red',NS.Hue'Green')"),
    (Wide.shade == Level.Dark, "shade eq 'Dark'"),
    (Wide.shade == "Dark", "shade eq 'Dark'"),
    (Wide.place / Place.city == "Graz", "place/city eq 'Graz'"),
    ((Wide.place / "city").eq("Graz"), "place/city eq 'Graz'"),
    (Wide.places.any(lambda p: p.city == "Graz"), "places/any(p:p/city eq 'Graz')"),
    (Wide.tags.all(lambda t: t.startswith("a")), "tags/all(t:startswith(t,'a'))"),
    (Wide.places.count() > 2, "places/$count gt 2"),
    (Wide.name.lower().contains("x"), "contains(tolower(name),'x')"),
    ((Wide.price + 1) * 2 > 3, "(price add 1) mul 2 gt 3"),
    (~(Wide.name == "x"), "not (name eq 'x')"),
    (~~(Wide.name == "x"), "name eq 'x'"),
    (Wide.name == of.param("n"), "name eq @n"),
    ((Wide.name == of.param("n")).bind(n="O'Brien"), "name eq 'O''Brien'"),
    (of.field("a").in_([dt.date(2024, 1, 2), 1.5, b"x"]), "a in (2024-01-02,1.5,binary'eA==')"),
    (of.field("a") / "b" > dt.timedelta(hours=1), "a/b gt duration'PT1H'"),
]


def test_joining_many_filters_takes_time_in_proportion() -> None:
    made = of.any_of((Job.count == n) & (Job.total == n) for n in range(20_000))
    assert isinstance(made.tree, tree.Or)
    assert len(made.tree.operands) == 20_000


@pytest.mark.parametrize(("made", "text"), BUILT, ids=[text for _, text in BUILT])
def test_the_builder_writes_canonical_text(made: of.Filter, text: str) -> None:
    assert str(made) == text
    assert of.parse(text) == made


REFUSED: list[tuple[Callable[[], Any], type[Exception], str]] = [
    (lambda: Job.id == "abc", of.FilterError, f"'abc' is no GUID such as {KEY}"),
    (lambda: Job.id == 5, of.FilterTypeError, "'id' is a Guid and takes a UUID or its text, not 5 (int)"),
    (lambda: Wide.hue < "Red",  # type: ignore[operator]
      of.FilterTypeError, "'hue' is an Enum, which has no order; it has eq, ne and in_"),
    (lambda: Job.name == 1, of.FilterTypeError, "'name' is a String and takes a str, not 1 (int)"),
    (lambda: Job.name == "a\0b", of.FilterError, r"'a\x00b' holds '\x00', which cannot be sent in a URL"),
    (lambda: Job.name == "\ud800", of.FilterError, r"'\ud800' holds '\ud800', which cannot be sent in a URL"),
    (lambda: Wide.hue.has(Hue(0)), of.FilterError, "'' does not name members of 'hue'; they are joined by commas alone"),
    (lambda: Wide.hue == Hue.Blue, of.FilterError, "'hue' has no word 'Blue'; it has Red and Green"),
    (lambda: Job.state == "sucess", of.FilterError, "'state' has no word 'sucess'; did you mean 'success'?"),
    (lambda: Job.state == "x", of.FilterError, "'state' has no word 'x'; it has active, success and failed"),
    (
        lambda: Job.created == dt.datetime(2024, 1, 1),  # noqa: DTZ001 - that is the point
        of.FilterError,
        "datetime.datetime(2024, 1, 1, 0, 0) does not say its offset from UTC; "
        "give it a tzinfo, such as datetime.timezone.utc",
    ),
    (
        lambda: Job.created == dt.date(2024, 1, 1),
        of.FilterTypeError,
        "'created' is a DateTimeOffset and takes a datetime with a tzinfo, not datetime.date(2024, 1, 1) (date)",
    ),
    (
        lambda: Job.created == "yesterday",
        of.FilterError,
        "'yesterday' is no timestamp with an offset such as 2024-06-24T13:00:00Z",
    ),
    (
        lambda: Job.created == "2024-02-30T10:00:00Z",
        of.FilterError,
        "'2024-02-30T10:00:00Z' is no timestamp with an offset such as 2024-06-24T13:00:00Z",
    ),
    (lambda: Job.count == True, of.FilterTypeError, "'count' is an Int32 and takes an int, not True (bool)"),  # noqa: E712
    (lambda: Job.count == 2**31, of.FilterError, "2147483648 is out of the range of 'count', an Int32"),
    (lambda: Job.count == 1.0, of.FilterTypeError, "'count' is an Int32 and takes an int, not 1.0 (float)"),
    (lambda: Job.price == 0.1, of.FilterTypeError, "'price' is a Decimal and takes a Decimal or an int, not 0.1 (float)"),
    (lambda: Job.price == Decimal("sNaN"), of.FilterError, "a signalling NaN has no spelling"),
    (lambda: Job.name.in_([]), of.FilterError, "'name' in () would match nothing; in_ takes one value at least"),
    (lambda: Job.name.in_("abc"), of.FilterTypeError, "in_ takes several values, not 'abc'"),
    (lambda: Job.name.in_(5), of.FilterTypeError, "in_ takes several values, not 5"),  # type: ignore[arg-type]
    (lambda: Job.done > NOON, of.FilterError, "'done' is documented with eq and ne, not with 'gt'"),
    (lambda: Job.name.contains("x"), of.FilterError, "Job does not document 'contains', nor any other function"),
    (
        lambda: Job.name == Job.count,  # type: ignore[operator]
        of.FilterTypeError,
        "'name' is a String; it cannot be combined with 'count', an Int32",
    ),
    (lambda: (Job.name == "a") & (Wide.name == "a"), of.FilterError, "a filter of Job cannot be combined with one of Wide"),
    (
        lambda: ~(Job.name < "a"),
        of.FilterError,
        "the filter cannot be negated: the API documents no 'not', "
        "and 'lt' of something that may be null, NaN or several values has no exact opposite",
    ),
    (
        lambda: (Job.name == "a") & True,  # type: ignore[operator]
        of.FilterTypeError,
        "a filter is joined by 'and' with a filter, not with True",
    ),
    (
        lambda: bool(Job.name == "a"),
        of.FilterTypeError,
        NO_TRUTH,
    ),
    (lambda: of.any_of([]), of.FilterError, "there is no filter to be joined by 'or'"),
    (lambda: of.all_of([Job.ready]),  # type: ignore[list-item]
      of.FilterTypeError, "a filter is joined by 'and' with a filter, not with <Boolean ready>; write Job.ready == True"),
    (lambda: of.all_of(Job.count),  # type: ignore[call-overload]
      of.FilterTypeError, "several filters are joined by 'and', not <Int32 count>"),
    (lambda: of.all_of(5, Job.count == 1),  # type: ignore[call-overload]
      of.FilterTypeError, "a filter is joined by 'and' with a filter, not with 5"),
    (lambda: of.all_of(None, []), of.FilterError, "there is no filter to be joined by 'and'; default= says what stands for none"),
    (lambda: Job.count > 1 & Job.count == 2,  # type: ignore[operator]
      of.FilterTypeError, "'count' is no filter; compare it with something; comparisons stand in parentheses, (a > 1) & (b == 2), since & | ~ bind tighter than they do"),
    (lambda: (Job.count > 1) & Job.count == 2,  # type: ignore[operator]
      of.FilterTypeError, "a filter is joined by 'and' with a filter, not with <Int32 count>; compare it with something; comparisons stand in parentheses, (a > 1) & (b == 2), since & | ~ bind tighter than they do"),
    (lambda: 1 < Job.count < 5,
      of.FilterTypeError, NO_TRUTH),
    (lambda: Job.name in ["a", "b"], of.FilterTypeError, NO_TRUTH),
    (lambda: "a" in Job.name,  # type: ignore[operator]
      of.FilterTypeError, "Python's 'in' looks into nothing here; write name.contains(…)"),
    (lambda: Job.count == [1, 2],
      of.FilterTypeError, "'count' is an Int32 and takes an int, not [1, 2] (list); in_ takes several values"),
    (lambda: Job["cuont"], of.FilterError, "Job has no property 'cuont'; did you mean 'count'?"),
    (lambda: Job[1],  # type: ignore[index]
      of.FilterTypeError, "the name of a property is 1: a text is wanted"),
    (lambda: of.any_of([Job.count == 1, Place.city == "x"]),
      of.FilterError, "a filter of Job cannot be combined with one of Place"),
    (lambda: not Job.ready, of.FilterTypeError, "'ready' has no truth value; write Job.ready == True"),
    (lambda: ~Job.ready,  # type: ignore[operator]
      of.FilterTypeError, "'ready' is no filter; write Job.ready == True"),
    (lambda: Job.ready & (Job.count == 1),  # type: ignore[operator]
      of.FilterTypeError, "'ready' is no filter; write Job.ready == True"),
    (lambda: (Job.count == 1) | Job.ready,  # type: ignore[operator]
      of.FilterTypeError, "a filter is joined by 'or' with a filter, not with <Boolean ready>; write Job.ready == True"),
    (lambda: Job.name | Job.name,  # type: ignore[operator]
      of.FilterTypeError, "'name' is no filter; compare it with something"),
    (lambda: True & (Job.count == 1),  # type: ignore[operator]
      of.FilterTypeError, "a filter is joined by 'and' with a filter, not with True"),
    (lambda: ~of.field("open"),  # type: ignore[operator]
      of.FilterTypeError, "'open' is no filter; compare it with something"),
    (lambda: ~(Wide.place / Place.open),  # type: ignore[operator]
      of.FilterTypeError, "'open' is no filter; compare it with True"),
    (lambda: not Job.name, of.FilterTypeError, "'name' has no truth value; compare it with something"),
    (Job, of.FilterTypeError, "Job is used as it is, never instantiated"),
    (lambda: Job.id == "a" * 10**6, of.FilterError, f"'{'a' * 59}… is no GUID such as {KEY}"),
    (lambda: of.field("a").between(1, None), of.FilterTypeError, "nothing is 'le' null; compare 'a' with a value"),
    (lambda: of.field("a b"), of.FilterError, "'a b' cannot name a property: ' ' cannot stand in a name"),
    (
        lambda: of.field("a eq 1 or b"),
        of.FilterError,
        "'a eq 1 or b' cannot name a property: ' ' cannot stand in a name",
    ),
    (lambda: of.field("null"), of.FilterError, "'null' cannot name a property: a filter reads it as a literal"),
    (lambda: of.field(""), of.FilterError, "'' cannot name a property: a name cannot be empty"),
    (lambda: of.field(5), of.FilterTypeError, "a property is named by a str, not by 5"),  # type: ignore[arg-type]
    (lambda: of.String() == "a", of.FilterError, "a property has no name before it stands in a Schema; give it name="),
    (lambda: Wide.place / "town", of.FilterError, "'place' has no property 'town', only city"),
    (lambda: Wide.hue.has("Blue"), of.FilterError, "'hue' has no word 'Blue'; it has Red and Green"),
    (lambda: Wide.opens == dt.time(1, tzinfo=dt.UTC), of.FilterError, "datetime.time(1, 0, tzinfo=datetime.timezone.utc) has a tzinfo, which a time of day has no place for"),
    (lambda: Wide.tags == {"a"}, of.FilterTypeError, "'tags' has an order, which {'a'} has not: a list or a tuple is wanted"),
    (lambda: Wide.tags == [1], of.FilterTypeError, "'an element of tags' is a String and takes a str, not 1 (int)"),
    (lambda: Wide.tags == "a", of.FilterTypeError, "a collection is wanted, not 'a'"),
    (lambda: of.parse("a eq 1", schema=int), of.FilterTypeError, "a schema is a class made with odatafilter.Schema, not <class 'int'>"),  # type: ignore[arg-type]
    (lambda: of.parse(b"a eq 1"), of.FilterTypeError, "a filter is read from text, not from b'a eq 1' (bytes)"),  # type: ignore[arg-type]
    (
        lambda: (Wide.name == of.param("n")).bind(m=1),
        of.FilterError,
        "the filter has no parameter 'm', only n",
    ),
    (lambda: of.field("a").eq(object()), of.FilterTypeError, "no literal can be made of"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "error", "message"), REFUSED, ids=[message for *_, message in REFUSED])
def test_wrong_uses_are_refused_with_a_reason(make: Callable[[], Any], error: type[Exception], message: str) -> None:
    with pytest.raises(error) as caught:
        make()
    assert str(caught.value).startswith(message)
    assert isinstance(caught.value, of.FilterError)


@pytest.mark.parametrize("words", [("eq", "like"), "eqq"])
def test_a_schema_with_unknown_operators_is_refused(words: Any) -> None:
    with pytest.raises(of.FilterError, match=r"^OData has no '(like|eqq)', only add, and, div"):

        class Wrong(of.Schema, operators=words):
            a = of.String()


def test_a_schema_inherits_properties_and_dialect() -> None:
    class Longer(Job):
        extra = of.String()

    made = (Longer.name == "a") & (Longer.extra == "b")
    made.validate(Longer)
    with pytest.raises(of.FilterValidationError, match="unknown property 'extra'"):
        made.validate(Job)
    assert Job.name.eq("a").schema is Job.__facts__


class Shop(of.Schema):
    name = of.String()
    n = of.Int32()
    prices = of.Collection(of.Decimal())
    keys = of.Collection(of.Guid())
    place = of.Navigation(Place)


def again(step: Callable[[Any], Any], handle: Any, times: int) -> Any:
    for _ in range(times):
        handle = step(handle)
    return handle


STEPS: dict[str, tuple[Callable[[Any], Any], Any]] = {
    "added": (lambda h: h + 1, Shop.n),
    "subtracted": (lambda h: Shop.n - h, Shop.n),
    "negated": (lambda h: -h, Shop.n),
    "divided": (lambda h: h.divby(2), Shop.n),
    "called": (of.String.lower, Shop.name),
    "joined": (Shop.name.concat, Shop.name),
    "found": (lambda h: Shop.name.substring(0).concat(h), Shop.name),
    "moved": (lambda h: h + dt.timedelta(1), Wide.made),
    "turned": (lambda h: 1 + h, Shop.n),
    "cast": (lambda h: h.cast(of.Int32()), Shop.n),
    "of a field": (lambda h: -h, of.field("a")),
    "lower": (lambda h: h.lower(), of.field("a")),
    "of an expression": (lambda h: of.expression("1", of.Int32()) + h, of.field("a")),
    "by a parameter": (lambda h: of.param("p") + h, Shop.n),
}


@pytest.mark.parametrize("step", STEPS)
def test_a_handle_nests_no_deeper_than_a_filter_may(step: str) -> None:
    change, handle = STEPS[step]
    with pytest.raises(of.FilterError, match=r"^the filter nests 151 levels deep; at most 150 are safe$"):
        again(change, handle, 3000)
    made = again(change, handle, 148 if step != "found" else 147).eq(handle)
    assert of.parse(str(made), limits=of.Limits(depth=150)) == made


def test_handles_know_how_deep_they_nest() -> None:
    deep = of.expression("Items/$filter(a add 1 add 2 eq 3)")
    for made in (
        *((deep / "x").eq(1), deep.any(), deep.all(lambda x: x == 1), of.field("a").in_([1]), of.field("a").eq([1, 2])),
        *(of.field("a").hassubset([1]), Shop.prices.hassubset([1]), (of.expression("f(p=1)") / "x").eq(1)),
        Wide.places.any(lambda p: Wide.tags.count(lambda t: t.length() + 1 > p.city.length()) > 1),
        *(
            Shop.n.in_(of.param("p")),
            (Shop.place / "city").eq("x"),
            again(lambda h: h / "b", of.field("a"), 3000).eq(1),
        ),
    ):
        assert made._levels == of.Filter(made.tree)._levels
    with pytest.raises(of.FilterError, match=r"^the filter nests 15[1-9] levels deep; at most 150 are safe$"):
        again(lambda h: Shop.prices.count(lambda p: p > h) + 1, Shop.n, 3000)


@pytest.mark.parametrize(("steps", "fits"), [(146, True), (147, False)])
def test_a_filter_of_a_lambda_nests_no_deeper_either(steps: int, fits: bool) -> None:
    deep = again(lambda h: h + 1, Shop.n, steps)
    if fits:
        made = Shop.prices.any(lambda p: p == deep)
        assert of.parse(str(made), limits=of.Limits(depth=150)) == made
        return
    with pytest.raises(of.FilterError, match=r"^the filter nests 151 levels deep; at most 150 are safe$"):
        Shop.prices.any(lambda p: p == deep)


def test_building_is_linear_and_does_not_print_what_it_builds() -> None:
    doubled = again(lambda h: h + h, Shop.n, 100)  # written out, it has 2**100 terms
    assert doubled.eq(1) is not None


def test_what_a_field_of_a_navigation_is_given_is_judged() -> None:
    with pytest.raises(of.FilterValidationError, match=r"^'year' takes year\(Date or DateTimeOffset\), not \(String\)"):
        (Shop.place / "city").year()
    with pytest.raises(of.FilterValidationError, match=r"^'hassubset' takes "):
        (Shop.place / "city").hassubset([1])
    assert str((Shop.place / "city").lower() == "graz") == "tolower(place/city) eq 'graz'"


@pytest.mark.parametrize("tree", ["a eq 1", None, 5, tree.List(()), Job])
def test_a_filter_is_made_of_an_expression(tree: Any) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        of.Filter(tree)
    assert str(caught.value) == f"a filter is made of an Expression of the syntax tree, not of {tree!r:.60}"


def test_a_filter_is_made_of_no_tree_deeper_than_the_ceiling() -> None:
    nested: tree.Expression = tree.Property("a")
    for _ in range(149):
        nested = tree.Not(nested)
    assert of.Filter(nested).matches({"a": True}) is False
    for _ in range(2000):
        nested = tree.Not(nested)
    with pytest.raises(of.FilterError, match=r"^the filter nests 2150 levels deep; at most 150 are safe$"):
        of.Filter(nested)


def test_an_element_can_be_copied() -> None:
    made = Wide.places.any(lambda p: (copy.copy(p).city == "a") & (copy.deepcopy(p).city == "b"))
    assert str(made) == "places/any(p:p/city eq 'a' and p/city eq 'b')"
    assert str(Wide.places.any(lambda p: pickle.loads(pickle.dumps(p)).city == "a")) == "places/any(p:p/city eq 'a')"


def anything(value: object) -> Any:
    return value


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (lambda: Shop.prices.any(lambda p: p > anything(None)), "nothing is 'gt' null; compare 'p' with a value"),
        (lambda: Shop.prices.any(lambda p: p == anything("x")), "'p' is a Decimal and takes a Decimal or an int, not 'x' (str)"),
        (lambda: Shop.prices.any(lambda p: p == anything(Shop.name)), "'p' is a Decimal; it cannot be combined with 'name', a String"),
        (lambda: Shop.prices.any(lambda p: p + 1 == anything("x")), "'p add 1' is a Decimal and takes a Decimal or an int, not 'x' (str)"),
        (lambda: Shop.keys.any(lambda k: k.eq(anything(1))), "'k' is a Guid and takes a UUID or its text, not 1 (int)"),
        (lambda: Shop.name.lower() == anything(5), "'tolower(name)' is a String and takes a str, not 5 (int)"),
        (lambda: Shop.prices.any(lambda p: anything(not p)), "'p' has no truth value; compare it with something"),
        (lambda: Shop.place / Shop.n, "'place' has no property 'n', only city and open"),
        (lambda: Shop.place / of.Int32(name="city"), "'city' of 'place' is a String, not an Int32"),
        (lambda: Shop.place / "city" / "x", "'city' has no property 'x', only nothing"),
        (lambda: Shop.place / "city" == 5, "'city' is a String and takes a str, not 5 (int)"),
        (lambda: Shop.place / "city" == Shop.n, "'city' is a String; it cannot be combined with 'n', an Int32"),
    ],
)  # fmt: skip
def test_messages_name_what_the_code_names(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        make()
    assert str(caught.value) == message


def test_handles_can_be_used_again_without_changing_earlier_filters() -> None:
    first = Job.name == "a"
    text = str(first)
    assert Job.name.ne("b") != first
    assert str(first) == text


def test_a_dialect_without_in_gets_an_or_of_eq() -> None:
    class NoIn(of.Schema, operators=("eq", "ne", "and", "or")):
        a = of.Int32()

    made = NoIn.a.in_([1, 2])
    assert str(made) == "a eq 1 or a eq 2"
    made.validate(NoIn)


def test_a_bad_name_in_a_schema_is_this_librarys_error() -> None:
    with pytest.raises(of.FilterError, match=r"^'null' cannot name a property: a filter reads it as a literal$"):
        type("Wrong", (of.Schema,), {"null": of.String()})


def test_a_schema_without_properties_refuses_all_of_them() -> None:
    class Empty(of.Schema, functions=()):
        pass

    with pytest.raises(of.FilterValidationError, match="unknown property 'a'; Empty has nothing"):
        of.parse("a eq 1", schema=Empty)
    with pytest.raises(of.FilterValidationError, match="Empty does not document 'contains', nor any other function"):
        of.parse("contains('a','b')", schema=Empty)


def test_the_variable_of_a_lambda_is_known_inside_a_nested_filter() -> None:
    text = "lines/any(line:$it/lines/$count($filter=count gt line/count) gt 1)"
    assert str(of.parse(text, schema=Sale)) == text


def equal_to(other: of.String) -> Callable[[of.String], of.Filter]:
    return lambda x: x == other


def test_a_variable_hides_nothing_that_its_condition_refers_to() -> None:
    assert str(Box.tags.any(lambda title: title == Box.title)) == "tags/any(title_:title_ eq title)"
    nested = Box.parts.any(lambda x: x.bits.any(equal_to(x.name)))
    assert str(nested) == "parts/any(x_:x_/bits/any(x:x eq x_/name))"
    assert nested.matches({"parts": [{"name": "a", "bits": ["b", "a"]}]})
    assert not nested.matches({"parts": [{"name": "a", "bits": ["b", "b"]}]})


@pytest.mark.parametrize(
    ("condition", "message"),
    [
        (5, "a condition is a function of an element, not 5"),
        (lambda: Box.title == "a", "a condition is a function of one element, not of 0 arguments"),
        (lambda tag: 5, "the condition of 'any' gave 5, not a filter"),
    ],
)
def test_a_condition_that_is_none_is_refused(condition: Any, message: str) -> None:
    with pytest.raises(of.FilterTypeError) as caught:
        Box.tags.any(condition)
    assert str(caught.value) == message


def test_any_function_of_an_element_is_a_condition() -> None:
    assert (
        str(Box.tags.any(functools.partial(of.String.contains, text="a"))) == "tags/any(element:contains(element,'a'))"
    )


def linked(levels: int, kind: str) -> SchemaFacts:
    """Types that refer to each other: each twice to the one below, so that there are 2**levels ways to the last."""
    below = SchemaFacts(name="T", properties={"a": PropertyFacts(name="a", kind=kind)})
    for _ in range(levels):
        several = PropertyFacts(name="c", kind="Collection", schema=below)
        one = PropertyFacts(name="b", kind="Complex", schema=below)
        below = SchemaFacts(name="T", properties={"b": one, "c": several})
    return below


def test_schemas_are_compared_by_structure_and_not_along_every_path() -> None:
    assert linked(60, "Int32") == linked(60, "Int32")
    assert hash(linked(60, "Int32")) == hash(linked(60, "Int32"))
    assert linked(60, "Int32") != linked(60, "Int64")
    assert linked(60, "Int32") != linked(61, "Int32")
    assert linked(1, "Int32") != "T"
    made = of.Filter(tree.Property("a"), linked(60, "Int32"))
    assert str(pickle.loads(pickle.dumps(made)) & made) == "a and a"
    assert PropertyFacts(name="a", kind="Complex", schema=linked(60, "Int32")) == PropertyFacts(
        name="a", kind="Complex", schema=linked(60, "Int32")
    )


def test_a_long_or_is_built_flat() -> None:
    class NoIn(of.Schema, operators=("eq", "or")):
        a = of.Int32()

    made = NoIn.a.in_(range(20_000))
    assert isinstance(made.tree, tree.Or)
    assert len(made.tree.operands) == 20_000
    assert str(NoIn.a.in_([1])) == "a eq 1"
