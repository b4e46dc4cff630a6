"""Literals, grammar and values agree: what the grammar reads has a value or a reason, and what is written is read.

1. The terminals by which single literals are judged are those that Lark makes of the grammar.
2. `value(literal)` of what the builder writes for a value is that value.
3. Whatever the grammar reads as a literal has a value, or a FilterError says why Python has none.
4. A duration may leave out any of its parts, all included: everywhere alike.
5. What is spelt at once, where a value certainly fits a property, is what the rules spell.
"""

import calendar
import datetime as dt
import decimal
import math
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter import _certain, _grammar, _literals, _to_literal, tree
from odatafilter._evaluate import values
from odatafilter._literals import durations, times
from odatafilter._parse import tables
from odatafilter.facts import PropertyFacts

A = tree.Property("a")


def read(text: str) -> tree.Literal:
    node = of.parse(text).tree
    assert isinstance(node, tree.Literal)
    return node


TERMINALS = dict(tables.load().terminals)


@pytest.mark.parametrize("name", sorted(set(_literals._TERMINALS.values()) | {"JSON_STRING", "NAME"}))
def test_the_terminals_are_those_of_the_parser(name: str) -> None:
    @given(
        st.from_regex(TERMINALS[name].replace("(?ai:", "(?i:"), fullmatch=True, alphabet=st.characters(codec="ascii"))
    )
    def check_both(text: str) -> None:
        ours, larks = (re.compile(pattern) for pattern in (_grammar.pattern(name), TERMINALS[name]))
        for tried in (text, text[:-1], text[1:], text.swapcase()):
            assert bool(ours.fullmatch(tried)) == bool(larks.fullmatch(tried))

    check_both()


VALUES: list[tuple[str, Any]] = [
    ("null", None),
    ("TRUE", True),
    ("'it''s'", "it's"),
    ("42", 42),
    ("+007", 7),
    ("9" * 5000, 10**5000 - 1),
    ("2.50", decimal.Decimal("2.50")),
    ("1e3", decimal.Decimal(1000)),
    ("-INF", -math.inf),
    ("2024-02-29", dt.date(2024, 2, 29)),
    ("23:59", dt.time(23, 59)),
    ("23:59:59.123456000000", dt.time(23, 59, 59, 123456)),
    ("2024-06-24t13:00:00.5z", dt.datetime(2024, 6, 24, 13, 0, 0, 500_000, dt.UTC)),
    ("0001-01-01T00:00-23:59", dt.datetime(1, 1, 1, tzinfo=dt.timezone(dt.timedelta(hours=-23, minutes=-59)))),
    ("duration'-P1DT2H3M4.5S'", -dt.timedelta(days=1, hours=2, minutes=3, seconds=4.5)),
    ("duration'P'", dt.timedelta()),
    ("duration'-PT'", dt.timedelta()),
    ("duration'P1DT'", dt.timedelta(days=1)),
    ("DC720F05-e5f7-448b-ae06-765de46f0af1", uuid.UUID("dc720f05-e5f7-448b-ae06-765de46f0af1")),
    ("binary'__4'", b"\xff\xfe"),
    ("binary''", b""),
    ("NS.Hue'Red,4'", "Red,4"),
]


@pytest.mark.parametrize(("text", "value"), VALUES, ids=[text[:30] for text, _ in VALUES])
def test_a_literal_has_the_value_that_its_text_says(text: str, value: Any) -> None:
    found = tree.value(read(text))
    assert found == value
    assert type(found) is type(value)


def test_nan_has_a_value() -> None:
    found = tree.value(read("NaN"))
    assert isinstance(found, float)
    assert math.isnan(found)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("0000-01-01", "0000-01-01 has no equal among Python's values: it is beyond what a datetime.date holds"),
        ("-0001-01-01", "-0001-01-01 has no equal among Python's values: it is beyond what a datetime.date holds"),
        ("10000-01-01", "10000-01-01 has no equal among Python's values: it is beyond what a datetime.date holds"),
        ("23:59:60", "23:59:60 has no equal among Python's values: it is beyond what a datetime.time holds"),
        (
            "12:00:00.0000001",
            "12:00:00.0000001 has no equal among Python's values: it is beyond what a datetime.time holds",
        ),
        (
            "2024-06-24T13:00:00.123456789012Z",
            "2024-06-24T13:00:00.123456789012Z has no equal among Python's values: it is beyond what a datetime.datetime holds",
        ),
        (
            "duration'P999999999999D'",
            "P999999999999D has no equal among Python's values: it is beyond what a datetime.timedelta holds",
        ),
        (
            "duration'PT0.0000001S'",
            "PT0.0000001S has no equal among Python's values: it is beyond what a datetime.timedelta holds",
        ),
        (
            "geography'SRID=4326;Point(1 2)'",
            "geography'SRID=4326;Point(1 2)' has no equal among Python's values, which have no type for shapes",
        ),
        ("9" * 10_001, "a number of 10001 digits is beyond any that can be compared"),
        ("1e99999999999999999999", "1e99999999999999999999 is beyond any number that can be compared"),
    ],
)
def test_a_literal_without_a_value_says_why(text: str, reason: str) -> None:
    with pytest.raises(of.FilterError) as caught:
        tree.value(read(text))
    assert str(caught.value) == reason


def test_a_number_of_ten_thousand_digits_has_a_value() -> None:
    assert tree.value(read("9" * 10_000)) == 10**10_000 - 1


@pytest.mark.parametrize("kind", [kind for kind in _literals._TERMINALS if kind != "null"])
@pytest.mark.parametrize("text", ["", "x", "'", "geography'", "2024-02-30", "2024-02-30T00:00:00Z", "duration'P", "\0"])
def test_a_node_whose_text_is_no_literal_of_its_kind_has_no_value(kind: tree.LiteralKind, text: str) -> None:
    with pytest.raises(of.FilterError, match="is no literal of the kind"):
        tree.value(tree.Literal(kind, text))


@pytest.mark.parametrize("cycle", ["000", "200", "12", "-000", "-12"])
def test_each_year_has_the_days_that_its_months_have(cycle: str) -> None:
    """The calendar repeats every 400 years: 2000 is like 0, 400 and 1200, and -4 like 396."""
    for short in range(100):
        year = f"{cycle}{short:02}" if len(cycle.lstrip("-")) < 3 else f"{cycle}{short % 10}"
        for month in range(1, 13):
            days = calendar.monthrange(int(year) % 400 + 400, month)[1]
            assert _literals.literal_problem("Date", f"{year}-{month:02}-{days}") is None
            problem = f"{year}-{month:02} has only {days} days"
            assert _literals.literal_problem("Date", f"{year}-{month:02}-{days + 1}") == problem
            assert _literals.literal_problem("DateTimeOffset", f"{year}-{month:02}-{days + 1}t00:00z") == problem


POINT, LINE, POLYGON = "Point(1 2)", "LineString(1 2,3 4)", "Polygon((1 2,3 4),(5 6))"


@pytest.mark.parametrize(
    ("shape", "is_one"),
    [
        (POINT, True),
        ("point(1 2)", True),
        ("Point(1)", False),
        ("Point(1 2 3)", True),
        ("Point(1 2 3 4)", True),
        ("Point(1 2 3 4 5)", False),
        ("Point(-1.5e-10 +INF)", False),
        ("Point(-1.5e-10 -INF)", True),
        ("Point(+0 NaN)", True),
        ("Point(1. 2)", False),
        ("Point(1  2)", False),
        (LINE, True),
        ("LineString(1 2)", False),
        (POLYGON, True),
        ("Polygon(1 2)", False),
        ("Polygon()", False),
        ("MultiPoint()", True),
        ("MultiPoint((1 2),(3 4))", True),
        ("MultiPoint(1 2)", False),
        ("MultiLineString()", True),
        ("MultiLineString((1 2,3 4),(5 6,7 8))", True),
        ("MultiLineString((1 2))", False),
        ("MultiPolygon()", True),
        ("MultiPolygon(((1 2)),((3 4),(5 6)))", True),
        ("MultiPolygon((1 2))", False),
        ("GeometryCollection()", False),
        (f"GeometryCollection({POINT})", True),
        (f"GeometryCollection({POINT},{LINE},{POLYGON})", True),
        (f"GeometryCollection({POINT},GeometryCollection({LINE}),{POLYGON})", True),
        (f"GeometryCollection(GeometryCollection({POINT},{LINE}))", True),
        (f"GeometryCollection(GeometryCollection({POINT})", False),
        (f"GeometryCollection({POINT}))", False),
        (f"GeometryCollection({POINT}", False),
        (f"GeometryCollection({POINT},)", False),
        (f"GeometryCollection({POINT};{LINE})", False),
        (f"GeometryCollection({POINT}),{POINT}", False),
        (f"{POINT},{POINT}", False),
        (f"{POINT})", False),
        (f"{POINT},", False),
        ("Circle(1 2)", False),
        ("", False),
    ],
)
def test_a_shape_is_one_of_the_standard(shape: str, is_one: bool) -> None:
    for prefix, srid in (("geography", "0"), ("geometry", "4326"), ("Geography", "99999")):
        kind: tree.LiteralKind = "Geography" if prefix.lower() == "geography" else "Geometry"
        text = f"{prefix}'SRID={srid};{shape}'"
        problem = None if is_one else f"{text:.80} is no shape such as geography'SRID=4326;Point(142.1 64.1)'"
        assert _literals.literal_problem(kind, text) == problem


@pytest.mark.parametrize("srid", ["", "SRID=;", "SRID=100000;", "SRID=x;", "4326;", "SRID=4326"])
def test_a_shape_says_its_reference_system(srid: str) -> None:
    assert _literals.literal_problem("Geography", f"geography'{srid}{POINT}'")


SPELLINGS: list[tuple[Any, str]] = [
    (None, "null"),
    (True, "true"),
    (False, "false"),
    (-7, "-7"),
    (10**5_000, "1" + "0" * 5_000),
    (2.0, "2.0"),
    (1e300, "1e+300"),
    (-0.0, "-0.0"),
    (math.inf, "INF"),
    (-math.inf, "-INF"),
    (math.nan, "NaN"),
    (decimal.Decimal("2.50"), "2.50"),
    (decimal.Decimal("-Infinity"), "-INF"),
    (decimal.Decimal("Infinity"), "INF"),
    (decimal.Decimal("NaN"), "NaN"),
    ("it's", "'it''s'"),
    (b"", "binary''"),
    (b"\xff\xfe", "binary'__4='"),
    (uuid.UUID(int=0xAB), "00000000-0000-0000-0000-0000000000ab"),
    (dt.date(24, 6, 4), "0024-06-04"),
    (dt.time(), "00:00:00"),
    (dt.time(1, 2, 3, 40), "01:02:03.000040"),
    (dt.datetime(2024, 1, 31, tzinfo=dt.UTC), "2024-01-31T00:00:00Z"),
    (dt.datetime(2024, 1, 31, tzinfo=dt.timezone(-dt.timedelta(minutes=90))), "2024-01-31T00:00:00-01:30"),
    (
        dt.datetime(2024, 1, 31, 0, 0, 1, tzinfo=dt.timezone(dt.timedelta(hours=1, seconds=1))),
        "2024-01-30T23:00:00Z",
    ),
    (dt.timedelta(), "duration'P0D'"),
    (dt.timedelta(1), "duration'P1D'"),
    (dt.timedelta(hours=1), "duration'PT1H'"),
    (dt.timedelta(minutes=59), "duration'PT59M'"),
    (dt.timedelta(seconds=59), "duration'PT59S'"),
    (dt.timedelta(seconds=60), "duration'PT1M'"),
    (dt.timedelta(seconds=3600 + 1), "duration'PT1H1S'"),
    (dt.timedelta(microseconds=1), "duration'PT0.000001S'"),
    (dt.timedelta(microseconds=100_000), "duration'PT0.1S'"),
    (-dt.timedelta(microseconds=1), "duration'-PT0.000001S'"),
    (dt.timedelta(2, 3 * 3600 + 4 * 60 + 5, 600_000), "duration'P2DT3H4M5.6S'"),
    (-dt.timedelta(2, 3 * 3600), "duration'-P2DT3H'"),
]


@pytest.mark.parametrize(("value", "text"), SPELLINGS, ids=[text[:30] for _, text in SPELLINGS])
def test_a_value_has_one_spelling(value: Any, text: str) -> None:
    assert _to_literal.literal_of(value).text == text


VALUE = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")),
    st.dates(),
    st.times(),
    st.datetimes(timezones=st.timezones() | st.just(dt.UTC)),
    st.timedeltas(),
    st.uuids(),
    st.binary(),
)


@given(VALUE)
def test_the_value_of_what_is_written_for_a_value_is_that_value(value: Any) -> None:
    try:
        literal = _to_literal.literal_of(value)
    except of.FilterError:  # an offset of seconds beyond the years of UTC
        assert isinstance(value, dt.datetime)
        return
    assert literal == read(literal.text)
    found: Any = tree.value(literal)
    if isinstance(value, dt.datetime):  # an hour that the clock shows twice is equal to none in another zone
        value = value.replace(tzinfo=dt.timezone(value.utcoffset() or dt.timedelta()))
    assert (float(found) if isinstance(value, float) else found) == value


@pytest.mark.parametrize("name", sorted(set(_literals._TERMINALS.values()) - {"GEO"}))
def test_whatever_the_grammar_reads_has_a_value_or_a_reason(name: str) -> None:
    @given(
        st.from_regex(TERMINALS[name].replace("(?ai:", "(?i:"), fullmatch=True, alphabet=st.characters(codec="ascii"))
    )
    def check(text: str) -> None:
        try:
            node = of.parse(text).tree
        except of.FilterSyntaxError:
            assert "NUL" in name or "\0" in text or times.calendar_problem(text.upper()) or name == "ENUM"
            return
        assert isinstance(node, tree.Literal)
        try:
            tree.value(node)
        except of.FilterError as error:
            assert re.search("has no equal|beyond any", str(error))

    check()


@pytest.mark.parametrize("text", ["P", "PT", "P0D", "PT0S", "-P", "P0DT"])
def test_an_empty_duration_is_zero_to_all(text: str) -> None:
    class Task(of.Schema):
        took = of.Duration()

    assert of.parse(f"took eq duration'{text}'", schema=Task).matches({"took": "PT0S"})
    assert of.parse(f"took eq '{text}'", schema=Task).matches({"took": dt.timedelta()})
    assert of.parse("took eq duration'PT0S'", schema=Task).matches({"took": text})
    assert str(Task.took == text) == f"took eq duration'{text}'"


READERS = [
    ("DATE", values.read_date, times.is_date),
    ("TIME_OF_DAY", values.read_time_of_day, times.is_time_of_day),
    ("DATE_TIME_OFFSET", values.read_instant, times.is_timestamp),
]


@pytest.mark.parametrize(("name", "read_value", "is_one"), READERS, ids=[name for name, *_ in READERS])
def test_evaluation_reads_the_texts_that_are_literals(
    name: str, read_value: Callable[[str], object], is_one: Callable[[str], bool]
) -> None:
    @given(st.from_regex(TERMINALS[name], fullmatch=True, alphabet=st.characters(codec="ascii")), st.integers(0, 40))
    def check(text: str, at: int) -> None:
        for tried in (text, text[:at] + text[at + 1 :], text[:at] + "0" + text[at:], text.swapcase()):
            try:
                read_value(tried)
            except of.FilterTypeError:
                assert not is_one(tried)
            else:
                assert is_one(tried)

    check()


@given(
    st.from_regex(TERMINALS["DURATION"].replace("(?ai:", "(?i:"), fullmatch=True, alphabet=st.characters(codec="ascii"))
)
def test_evaluation_reads_the_durations_that_are_literals(text: str) -> None:
    inside = text.partition("'")[2][:-1]
    assert durations.is_duration(inside)
    length = durations.count_picoseconds(inside)
    assert values.read_duration(inside).picoseconds == length


_USUAL = {kind: form for kind, form in _literals.NOTATIONS.items() if form.read_usual is not None}


@pytest.mark.parametrize("kind", sorted(_USUAL))
def test_the_shorter_way_to_a_value_gives_what_the_grammar_and_the_longer_one_give(kind: tree.LiteralKind) -> None:
    form = _USUAL[kind]
    assert form.read_usual is not None
    assert form.read is not None
    read_usual, read_any = form.read_usual, form.read
    terminal = re.compile(TERMINALS[_literals._TERMINALS[kind]])
    digits = st.integers(0, 99).map("{:02}".format)
    moments = st.builds(
        "{:04}-{}-{}T{}:{}:{}{}".format,
        st.integers(0, 9_999),
        *[digits] * 5,
        st.sampled_from(["Z", "z", "", "+00:00", ".5Z"]),
    )
    quoted = st.text(st.sampled_from("a'\"é")).map("'{}'".format)
    numbers = st.integers(-(10**20), 10**20).map(str) | st.integers(0, 9).map("{:05}".format)

    @given(moments | quoted | numbers | st.text(st.sampled_from("0129'-+:TZ.² \n")))
    def check(text: str) -> None:
        value = read_usual(text)
        if value is not None:
            assert terminal.fullmatch(text)
            assert not _literals.literal_problem(kind, text)
            assert (type(value), value) == (type(read_any(text)), read_any(text))

    check()


@pytest.mark.parametrize(
    ("kind", "text"), [("DateTimeOffset", "2024-02-29T23:59:59Z"), ("Number", "0042"), ("String", "'ab'")]
)
def test_most_literals_take_the_shorter_way(kind: tree.LiteralKind, text: str) -> None:
    read_usual = _USUAL[kind].read_usual
    assert read_usual is not None
    assert read_usual(text) is not None


class OfAllKinds(of.Schema):
    """Values of each of these are spelt at once where that is certain."""

    whole = of.Int32()
    long = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    name = of.String()
    state = of.String(enum=("new", "it's"))
    color = of.Enum("Red", "Two,Words", "Green", type_name="NS.Color")
    word = of.Enum("Red", "Green")
    id = of.Guid()
    ref = of.Guid(quoted=True)
    at = of.DateTimeOffset()
    seen = of.DateTimeOffset(quoted=True)
    day = of.Date()
    time = of.TimeOfDay()
    took = of.Duration()
    open = of.Boolean()
    raw = of.Binary()


class OfAnyCase(OfAllKinds, case_sensitive=False):
    pass


_VALUES = (
    *(
        None,
        True,
        False,
        0,
        -1,
        2**31,
        10**16,
        1.5,
        math.nan,
        math.inf,
        "",
        "x",
        "it's",
        "new",
        "Red",
        "red",
        "Two,Words",
    ),
    *("Red,Green", "\0", "é", "2024-01-31", "2024-02-30", "2024-06-24T13:00:00Z", "13:20:00", "P1D", uuid.UUID(int=5)),
    *(str(uuid.UUID(int=0xAB)).upper(), decimal.Decimal("1.50"), decimal.Decimal("sNaN"), decimal.Decimal("Infinity")),
    *(dt.date(2024, 1, 31), dt.datetime(2024, 1, 31, tzinfo=dt.UTC), dt.datetime(2024, 1, 31), dt.time(13, 20)),  # noqa: DTZ001
    *(dt.time(13, 20, tzinfo=dt.UTC), dt.timedelta(days=-1), b"x", object(), ["x"]),
)


@pytest.mark.parametrize("schema", [OfAllKinds, OfAnyCase])
@pytest.mark.parametrize("value", _VALUES, ids=lambda value: f"{type(value).__name__} {value!r}".split(" at 0x")[0])
def test_what_is_spelt_at_once_is_what_the_rules_spell(schema: type[OfAllKinds], value: object) -> None:
    facts = schema.__facts__
    for one in (*facts.properties.values(), PropertyFacts(name="any", kind="Untyped")):
        certain = _certain.find_certain(one, facts)
        spelt, several = certain.spell(value), certain.spell_all((value, value))
        if spelt is not None:
            assert spelt == _to_literal.literal_for(value, one, any_case=not facts.case_sensitive)
            assert of.parse(f"name in ({spelt.text})").tree == tree.In(tree.Property("name"), tree.List((spelt,)))
        assert several in {None, (spelt, spelt)}


@pytest.mark.parametrize(
    "given",
    [
        None,
        3,
        "'x'",
        tree.Array((tree.Literal("Number", "1"),)),
        tree.Comparison(A, "eq", tree.Literal("null", "null")),
    ],
)
def test_the_value_of_what_is_no_literal_is_refused_by_name(given: Any) -> None:
    with pytest.raises(
        of.FilterTypeError, match=f"literal is {re.escape(repr(given)[:20])}.*: a tree.Literal is wanted"
    ):
        tree.value(given)


@pytest.mark.parametrize(("kind", "text"), [("Integer", "1"), (None, "1"), ([], "1"), ("Number", None), ("Number", 1)])
def test_a_literal_made_of_wrong_parts_has_no_value(kind: Any, text: Any) -> None:
    with pytest.raises(of.FilterTypeError, match=r"of a literal is .* wanted"):
        tree.value(tree.Literal(kind, text))


@pytest.mark.parametrize("given", [None, 3, "a eq 1", [A]])
def test_what_is_no_node_has_no_children(given: Any) -> None:
    for walk in (tree.children, lambda node: list(tree.nodes(node))):
        with pytest.raises(of.FilterTypeError, match="a node of the syntax tree is wanted"):
            walk(given)
