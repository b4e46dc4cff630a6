"""Edges of the language half: what is refused beside what is taken, where only one word, place or number differs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

import odatafilter as of
from odatafilter import _functions, tree
from odatafilter._parse import tables
from odatafilter.facts import SchemaFacts

ANY: Any = of


class Line(of.Schema):
    amount = of.Int32()


class Order(of.Schema):
    name = of.String()
    n = of.Int32()
    at = of.DateTimeOffset()
    sent = of.DateTimeOffset(quoted=True)
    hue = of.Enum("Red", "Blue")
    tags = of.Collection(of.String())
    lines = of.Collection(Line)


class Silent(of.Schema, functions=()):
    Binary = of.Binary()
    Boolean = of.Boolean()
    Collection = of.Collection(of.String())
    Date = of.Date()
    DateTimeOffset = of.DateTimeOffset()
    Decimal = of.Decimal()
    Duration = of.Duration()
    Enum = of.Enum("a")
    Geography = of.Geography()
    Guid = of.Guid()
    Int32 = of.Int32()
    String = of.String()
    TimeOfDay = of.TimeOfDay()


ORDER: Any = Order
SILENT: Any = Silent
ARGUMENTS: dict[str, Any] = {
    **dict.fromkeys(("concat", "contains", "endswith", "indexof", "startswith", "matches_pattern"), "x"),
    "substring": 1,
    "cast": of.Int32(),
    "isof": "Edm.String",
    **dict.fromkeys(("geo_distance", "geo_intersects"), "SRID=4326;Point(1 2)"),
    **dict.fromkeys(("hassubset", "hassubsequence"), ("x",)),
}


@pytest.mark.parametrize("row", _functions.FUNCTIONS.values(), ids=_functions.FUNCTIONS.keys())
def test_no_method_makes_a_call_that_the_schema_does_not_document(row: _functions.CanonicalFunction) -> None:
    parameters = row.signatures[0].parameters
    if not parameters:  # now(), of no property
        return
    handle = SILENT["Decimal" if "Decimal" in parameters[0] else parameters[0][0] if parameters[0] else "String"]
    given = [ARGUMENTS[row.method]] if row.method in ARGUMENTS else []
    with pytest.raises(of.FilterError) as caught:
        getattr(handle, row.method)(*given)
    assert str(caught.value) == f"Silent does not document '{row.name}', nor any other function"


@pytest.mark.parametrize("word", ["any", "all"])
def test_a_lambda_operator_is_documented_as_functions_are(word: str) -> None:
    with pytest.raises(of.FilterError, match=f"^Silent does not document '{word}', nor any other function$"):
        getattr(Silent.Collection, word)(lambda one: one == "x")
    with pytest.raises(of.FilterError, match=r"^Silent does not document '\$count', nor any other function$"):
        Silent.Collection.count()


REFUSED: list[tuple[Callable[[], Any], str]] = [
    (lambda: of.DateTimeOffset(quoted=ANY.field), "quoted is <function field at"),
    (lambda: ORDER.hue.has(None), "'hue' is an Enum and takes the name of a member, or several joined by commas, not None (NoneType)"),
    (lambda: ORDER.lines.any(lambda line: line / 5 == 1), "a property is 5: its name or its handle is wanted"),
    (lambda: ORDER.name.isof(5), "type_name is 5: the name of a type such as 'Edm.Int32' is wanted"),
    (lambda: ORDER.n.lt(None), "nothing is 'lt' null; compare 'n' with a value"),
    (lambda: ORDER.n.in_([1, None, 2**31]), "2147483648 is out of the range of 'n', an Int32"),
    (lambda: ANY.case((ORDER.n == 1, 5, 6)), "a branch of case is a pair of a filter and a value, not ("),
    (lambda: ANY.case(5), "a branch of case is a pair of a filter and a value, not 5"),
    (lambda: ANY.case((5, 5)), "a branch of case is a pair of a filter and a value, not (5, 5)"),
    (of.case, "case has no branches, so that it would always be null"),
    (lambda: ANY.case((True, 1), kind=5), "kind is 5: a kind such as of.Decimal() is wanted"),
    (lambda: ORDER.name.in_(["x", "a\0b"]), r"'a\x00b' holds '\x00', which cannot be sent in a URL"),
    (lambda: ORDER.name.in_(["x", "\ud800"]), r"'\ud800' holds '\ud800', which cannot be sent in a URL"),
    (lambda: of.field("a").in_(["a\0b"]), r"'a\x00b' holds '\x00', which cannot be sent in a URL"),
    (lambda: ORDER.name.contains("a\0b"), r"'a\x00b' holds '\x00', which cannot be sent in a URL"),
    (lambda: of.field("/"), "'/' cannot name a property: '/' cannot stand at the start of a name"),
    (lambda: of.field("a/"), "'a/' cannot name a property: '/' cannot stand in a name"),
    (lambda: of.field("1a"), "'1a' cannot name a property: '1' cannot stand at the start of a name"),
    (lambda: of.field("a" * 129), f"'{'a' * 59}… cannot name a property: a name of 129 characters is too long: 128 are allowed"),
    (lambda: of.field("True"), "'True' cannot name a property: a filter reads it as a literal"),
    (lambda: of.field("NaN"), "'NaN' cannot name a property: a filter reads it as a literal"),
    (lambda: of.field("INF"), "'INF' cannot name a property: a filter reads it as a literal"),
]  # fmt: skip


@pytest.mark.parametrize(("make", "message"), REFUSED, ids=[message[:60] for _, message in REFUSED])
def test_what_is_wrong_in_code_is_said(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        make()
    assert str(caught.value).startswith(message)


def escape(make: Callable[[Any], Any]) -> Any:
    """What is made of the element of a lambda that has returned."""
    kept: list[Any] = []

    def condition(tag: Any) -> Any:
        kept.append(make(tag))
        return tag == "x"

    ORDER.tags.any(condition)
    return kept[0]


def escaped() -> Any:
    return escape(lambda tag: tag)


def escaped_filter() -> Any:
    return escape(lambda tag: tag == "y")


@pytest.mark.parametrize(
    "use",
    [
        lambda: escaped() == "x",
        lambda: escaped().length(),
        lambda: escaped().contains("x"),
        lambda: escaped().in_(["x"]),
        lambda: str(escaped()),
        lambda: ORDER.name == escaped(),
        lambda: ORDER.tags.any(lambda tag: tag == escaped()),
        lambda: of.case((True, escaped())),
        lambda: of.case((escaped_filter(), 1)),
        lambda: ~escaped_filter(),
        lambda: escaped_filter() & (Order.n == 1),
        lambda: (Order.n == 1) | escaped_filter(),
        lambda: str(escaped_filter()),
        lambda: escaped_filter().matches({}),
        lambda: escaped_filter().simplify(),
        lambda: ORDER.lines.any(lambda line: escaped_filter()),
    ],
    ids=range(16),
)
def test_the_element_of_a_lambda_is_of_no_use_outside_it(use: Callable[[], Any]) -> None:
    with pytest.raises(of.FilterError, match=r"^the element of a lambda has no meaning outside it$"):
        use()


@pytest.mark.parametrize(
    "text",
    [
        *("a/NS.F(x=1)/$count gt 1", "a/NS.F(x=1)/any(x:x)", "a/NS.F()/$count gt 1", "F(x=@p)/$filter(b)/$count gt 1"),
        *("F(x=1,y=2)/$count gt 1", "isof(a,Name)",
        "isof(a add 1,Name)", "isof(Name)", "$root/Items/$count gt 1", "$root/F()/$count gt 1"),
        *("a/NS.T/$count gt 1", "a/$filter(b)/NS.T/$count gt 1", "a/$filter(b)(1)/c eq 1", "a/$filter(b)/NS.F()/c eq 1"),
        *("a/any(x:x)", "isof(a,Collection(NS.T))", "Items(k=1)/a eq 1", "Items(-1)/a eq 1", "Items(2024-01-31)/a eq 1"),
        *("case(a:1)", "a/F(any=1) eq 1", "a/any(any=1) eq 1"),
    ],
)  # fmt: skip
def test_what_the_productions_of_paths_join_is_read(text: str) -> None:
    assert str(of.parse(text)).replace(": 1", ":1") == text


@pytest.mark.parametrize(
    "text",
    [
        *("isof('Collection(NS.Ty')", "isof('NS.T)')", "isof('Collection(INF)')", "isof('Collection(NS.T)x')"),
        *("Items(null)/a eq 1", "Items(binary'Zg')/a eq 1", "Items(geography'SRID=0;Point(1 1)')/a eq 1"),
        *("a/$filter(b)()/c eq 1", "a/$filter(b)(1)(2)/c eq 1", "tolower(a)(1)/b eq 1", "case(a:1)(1)/b eq 1"),
        *("any(x:x)/a", "a/all(1)", "cast(a,b,NS.T)", "isof()", "cast(NS.T,a)", "a/$count($filter=b;$filter=c) gt 1"),
        *("a/$count($search=b;$search=c) gt 1", "$it/$filter(a)/b eq 1", "$this/any(x:x)", "case(a)"),
    ],
)  # fmt: skip
def test_what_no_production_joins_is_refused(text: str) -> None:
    with pytest.raises(of.FilterSyntaxError):
        of.parse(text)


@pytest.mark.parametrize("word", ["any", "all"])
def test_a_lambda_operator_without_a_path_is_named(word: str) -> None:
    for written in (word, word.upper()):
        with pytest.raises(of.FilterSyntaxError) as caught:
            of.parse(f"{written}(x:x)")
        assert caught.value.message.startswith(f"'{word}' ")


def test_a_text_and_a_tree_may_be_exactly_as_large_as_their_limits() -> None:
    text = "aa eq 1 or b/c in (1,2)"
    at = {"length": 23, "depth": 4, "nodes": 11, "items": 2}
    assert str(of.parse(text, limits=of.Limits(**at))) == text
    for name, bound in at.items():
        with pytest.raises(of.FilterSyntaxError, match=f"the limit '{name}'") as caught:
            of.parse(text, limits=of.Limits(**{**at, name: bound - 1}))
        assert caught.value.code == "limit"


def test_arguments_are_reversed_where_the_value_alone_stands_first() -> None:
    facts = SchemaFacts(name="S", properties={}, either_order=frozenset({"contains"}))
    value: tree.Expression = tree.Literal("String", "'x'")
    name = tree.Property("a")
    pairs = [(value, name), (name, value), (name, name), (value, value)]
    assert [facts.are_reversed("contains", pair) for pair in pairs] == [True, False, False, False]
    assert not facts.are_reversed("startswith", (value, name))


def test_a_timestamp_is_spelt_as_its_property_declares() -> None:
    for text in ("2024-06-24T13:00:00Z", "'2024-06-24T13:00:00Z'"):
        read = of.parse(f"at eq 2024-06-24T13:00:00Z and sent eq {text}", schema=Order)
        assert str(read) == "at eq 2024-06-24T13:00:00Z and sent eq '2024-06-24T13:00:00Z'"
        assert read == of.parse("at eq 2024-06-24T13:00:00Z and sent eq '2024-06-24T13:00:00Z'")
    noon = dt.datetime(2024, 6, 24, 12, tzinfo=dt.UTC)
    assert str(Order.sent.in_([noon, "2024-06-24t13:00z"])) == "sent in ('2024-06-24T12:00:00Z','2024-06-24T13:00Z')"


def test_tables_of_another_grammar_are_made_anew(monkeypatch: pytest.MonkeyPatch, tmp_path: Any) -> None:
    saved = tables.load()
    text = tables.Grammar().saved.read_bytes()
    other = tmp_path / "tables.json"
    grammar = tables.Grammar()
    grammar.saved = other
    monkeypatch.setattr(tables, "Grammar", lambda: grammar)
    assert tables.load() == saved  # there are none
    other.write_bytes(text.replace(str(saved.digest).encode(), b"1", 1).replace(b"filter", b"other"))
    assert tables.load() == saved  # they are of another grammar
    tables.save()
    assert other.read_bytes() == text


DEEP: dict[str, tuple[Any, int]] = {  # and the levels that each has
    "a property": (Order.n, 1),
    "a case of a value": (of.case((True, 1), kind=of.Int32()), 3),
    "a case of a call": (of.case((True, Order.name.length()), kind=of.Int32()), 4),
    "a case of a condition": (of.case((Order.name.contains("x") & Order.name.contains("y"), 1), kind=of.Int32()), 5),
    "a count": (Order.tags.count(), 2),
    "a count of a condition": (Order.tags.count(lambda tag: tag == "x"), 4),
    "a call of a call": (Order.name.lower().length(), 3),
    "an index in an array": (Order.tags.indexof(["x"]), 3),
    "a function of the service": (of.Function("N.F", {"p": of.Int32()}, of.Int32())(p=1), 3),
    "a function of a call": (of.Function("N.F", {"p": of.Int32()}, of.Int32())(p=of.field("a").length()), 4),
    "an expression": (of.expression("a/b add 1", of.Int32()), 3),
    "a cast": (Order.name.cast(of.Int32()), 2),
}


@pytest.mark.parametrize(("made", "levels"), DEEP.values(), ids=DEEP.keys())
def test_a_handle_nests_as_deep_as_its_tree_and_no_deeper(made: Any, levels: int) -> None:
    for _ in range(149 - levels):
        made = -made
    assert of.parse(str(made == 1), limits=of.Limits(depth=150)) == (made == 1)
    with pytest.raises(of.FilterError, match=r"^the filter nests 151 levels deep; at most 150 are safe$"):
        _ = -made == 1


@pytest.mark.parametrize("schema", [None, Order], ids=["without a schema", "with the schema"])
def test_a_text_of_the_element_of_a_lambda_is_judged_with_the_lambda(schema: Any) -> None:
    made = Order.lines.any(lambda line: of.parse(f"{line.amount} eq 1", schema=schema))
    assert str(made) == "lines/any(line:line/amount eq 1)"
    kept = escape(lambda tag: of.parse(f"{tag} eq 'x'", schema=schema))
    with pytest.raises(of.FilterError, match=r"^the element of a lambda has no meaning outside it$"):
        str(kept)
    assert str(of.parse("$it/n eq 1", schema=schema)) == "$it/n eq 1"


def test_a_handle_without_a_schema_has_no_property_of_another_name() -> None:
    with pytest.raises(AttributeError, match=r"^'String' object has no attribute 'foo'$"):
        _ = of.String(name="a").foo  # type: ignore[attr-defined]


def test_a_property_below_a_collection_is_one_of_its_elements() -> None:
    class Line(of.Schema):
        qty = of.Int32()

    class Bill(of.Schema):
        lines = of.Collection(Line)

    class Item(of.Schema):
        bill = of.Navigation(Bill)

    with pytest.raises(of.FilterError, match=r"^'bill' has no property 'qty'"):
        _ = Item.bill / (of.field("lines") / of.field("qty"))


@pytest.mark.parametrize("first", ["A", "a", "_", "\u01c5", "\u02b0", "\u05d0", "\u2167"])
@pytest.mark.parametrize("second", ["A", "1", "\u0663", "\u0301", "\u0903", "\u203f", "\u200d"])
def test_letters_lead_a_name_and_digits_marks_and_joiners_go_on(first: str, second: str) -> None:
    """One character of each category of the CSDL (§15.2): the first that is of none is named."""
    with pytest.raises(of.FilterError, match="'!' cannot stand in a name"):
        of.field(f"{first}{second}!")


@pytest.mark.parametrize("first", ["1", "\u0663", "\u0301", "\u0903", "\u203f", "\u200d", "\u00b2"])
def test_no_digit_mark_or_joiner_leads_a_name(first: str) -> None:
    with pytest.raises(of.FilterError, match="cannot stand at the start of a name"):
        of.field(f"{first}a")
