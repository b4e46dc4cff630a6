"""Continuation tokens: pages of any size give each item once and in order, with nulls and ties; a token is a stranger's."""

import base64
import contextlib
import datetime as dt
import hashlib
import itertools
import math
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter.keyset import LONGEST_TOKEN


class Place(of.Schema):
    city = of.String()
    code = of.Int32(nullable=False)


class Row(of.Schema):
    id = of.Int64(nullable=False)
    name = of.String()
    size = of.Int32(nullable=False)
    ratio = of.Double()
    price = of.Decimal()
    at = of.DateTimeOffset()
    day = of.Date()
    long = of.Duration()
    ref = of.Guid()
    flag = of.Boolean()
    place = of.Navigation(Place)
    tags = of.Collection(of.String())


class Named(Row):
    name = of.String(nullable=False)


SECRET = "a secret of sixteen bytes or more"
KEYSET = of.Keyset(Row, key=Row.id, secret=SECRET, page_size=3)
URL = "https://service.test/rows?ignored=yes"


def parse(query: str, keyset: of.Keyset = KEYSET, **options: Any) -> of.QueryOptions:
    allow = ("$filter", "$orderby", "$top", "$skip")
    return of.QueryOptions.parse(query, **{"schema": Row, "allow": allow, "keyset": keyset, **options})


def served(rows: list[Any], query: str, keyset: of.Keyset = KEYSET, **options: Any) -> of.query.ServedPage[Any]:
    """What a service without a database answers."""
    asked = parse(query, keyset, **options)
    found = [row for row in rows if asked.filter is None or asked.filter.matches(row)]
    rest = [row for row in asked.sort(found) if asked.after is None or asked.after.matches(row)]
    if asked.after is None:
        rest = rest[asked.skip or 0 :]
    return asked.page(rest[: asked.limit], URL)


def walk(rows: list[Any], query: str, keyset: of.Keyset = KEYSET, **options: Any) -> list[Any]:
    items = []
    for _ in range(len(rows) + 1):
        page = served(rows, query, keyset, **options)
        items += page.items
        if page.next_link is None:
            return items
        start, _, query = page.next_link.partition("?")
        assert start == "https://service.test/rows"
    raise AssertionError("the walk does not end")


# --- the law --------------------------------------------------------------------------------------------------------

VALUES: dict[str, list[Any]] = {
    "name": [None, "", "a", "A", "a'b", "ß", "\u00e9", "z" * 50, "null", "\U0001f600", "\uffff"],
    "size": [-2, 0, 1],
    "ratio": [None, math.nan, math.inf, -math.inf, 0.0, -0.0, 0.1, 1e300],
    "price": [None, Decimal("0.10"), Decimal("0.1"), Decimal(-3), Decimal("12345678901234567890.5")],
    "at": [None, "2024-01-01T00:00:00Z", "2024-01-01T02:00:00+02:00", "2024-01-01T00:00:00.123456789Z"],
    "day": [None, dt.date(2024, 2, 29), "2024-02-29", "-0044-03-15"],
    "long": [None, "P1D", "PT24H", "-PT0.5S", dt.timedelta(days=1)],
    "ref": [None, "DC720F05-e5f7-448b-ae06-765de46f0af1", "00000000-0000-0000-0000-000000000001"],
    "flag": [None, True, False],
    "place": [None, {"code": 1}, {"city": "Oslo", "code": 1}, {"city": "Bath", "code": 2}],
}
PATHS = (*(name for name in VALUES if name != "place"), "place/city", "place/code", "id")
rows_of_all_kinds = st.lists(
    st.fixed_dictionaries({name: st.sampled_from(values) for name, values in VALUES.items()}), max_size=12
).map(lambda found: [{"id": 7 * index, **row} for index, row in enumerate(found)])
orders = st.lists(st.builds(of.OrderBy, st.sampled_from(PATHS), st.booleans()), max_size=4)


def comparable(value: Any) -> Any:
    """The oracle's own reading of the values above."""
    if isinstance(value, str) and value[4:5] == "-" and "T" in value:
        moment, _, fraction = value.rstrip("Z").partition(".")
        moment, _, offset = moment.partition("+")
        whole = dt.datetime.fromisoformat(moment) - dt.timedelta(hours=int(offset[:2] or 0))
        return (whole, fraction)
    return {
        "2024-02-29": 2,
        dt.date(2024, 2, 29): 2,
        "-0044-03-15": 1,
        "P1D": 86400,
        "PT24H": 86400,
        dt.timedelta(days=1): 86400,
        "-PT0.5S": -0.5,
        "DC720F05-e5f7-448b-ae06-765de46f0af1": "dc",
    }.get(value, value)


def precedes(one: dict[str, Any], other: dict[str, Any], order: list[of.OrderBy]) -> bool:
    """Whether `one` stands before `other`: null before all values, NaN after them, the key at last."""
    for by in [*order, of.OrderBy("id")]:
        values = []
        for row in (one, other):
            value: Any = row
            for name in by.path.split("/"):
                value = (value or {}).get(name)
            is_nan = isinstance(value, float) and math.isnan(value)
            values.append((0,) if value is None else (2,) if is_nan else (1, comparable(value)))
        if values[0] != values[1]:
            return (values[0] < values[1]) is not by.descending
    return False


@pytest.mark.parametrize("descending", [False, True])
@pytest.mark.parametrize("path", PATHS)
def test_each_kind_of_value_is_a_place_to_go_on_from(path: str, descending: bool) -> None:
    names = [path.partition("/")[0]] * (path != "id")
    values = [dict(zip(names, pair, strict=True)) for pair in itertools.product(*(VALUES[name] for name in names))]
    rows = [{"id": number, **value} for number, value in enumerate(values * 3)]
    order = [of.OrderBy(path, descending=descending)]
    keyset = of.Keyset(Row, key="id", secret=SECRET, page_size=1)
    found = walk(rows, f"$orderby={order[0]}", keyset)
    assert len(found) == len(rows)
    assert all(precedes(one, other, order) for one, other in itertools.pairwise(found))


@given(rows_of_all_kinds, orders, st.integers(1, 5))
def test_pages_give_each_item_once_and_in_order(rows: list[dict[str, Any]], order: list[of.OrderBy], size: int) -> None:
    keyset = of.Keyset(Row, key="id", secret=SECRET, page_size=size)
    query = f"$orderby={','.join(map(str, order))}" if order else ""
    found = walk(rows, query, keyset)
    assert sorted(row["id"] for row in found) == [row["id"] for row in rows]
    assert all(precedes(one, other, order) for one, other in itertools.pairwise(found))


@given(rows_of_all_kinds, orders, st.data())
def test_the_filter_of_a_token_is_what_stands_after_it(
    rows: list[dict[str, Any]], order: list[of.OrderBy], data: st.DataObject
) -> None:
    if not rows:
        return
    last = data.draw(st.sampled_from(rows))
    after = KEYSET.after(KEYSET.bounds(None, order, KEYSET.token(None, order, last)))
    rest = [row["id"] for row in rows if precedes(last, row, order)]
    assert [row["id"] for row in rows if after.matches(row)] == rest
    ranges = KEYSET.ranges(KEYSET.bounds(None, order, KEYSET.token(None, order, last)))
    parts = [KEYSET.sort([row for row in rows if part.matches(row)], order) for part in ranges]
    in_order = list(itertools.chain.from_iterable(parts))
    assert sorted(row["id"] for row in in_order) == rest
    assert all(precedes(one, other, order) for one, other in itertools.pairwise(in_order))


# --- the service's side ---------------------------------------------------------------------------------------------

ROWS = [{"id": number, "name": "abc"[number % 3], "size": number} for number in range(10)]


def ids(rows: list[Any]) -> list[int]:
    return [row["id"] for row in rows]


def test_what_comes_and_goes_before_the_place_is_neither_lost_nor_repeated() -> None:
    page = served(ROWS, "$orderby=size")
    changed = [{"id": 99, "name": "a", "size": -1}, *ROWS[2:]]
    assert page.next_link is not None
    assert ids(served(changed, page.next_link.partition("?")[2]).items) == [3, 4, 5]


def test_the_query_of_the_next_link_is_the_same_but_for_the_token() -> None:
    link = served(ROWS, "$filter=name%20eq%20'a'&x=%7E+y&$orderby=size&$skip=1&x=%7E").next_link
    assert link is None
    link = served(ROWS, "$filter=name%20ne%20'a'&x=%7E+y&$orderby=size&$skip=1&z").next_link
    assert link is not None
    assert link.startswith(
        "https://service.test/rows?$filter=name%20ne%20'a'&x=%7E+y&$orderby=size&z&continuationToken="
    )
    again = served(ROWS, link.partition("?")[2]).next_link
    assert again is None or again.count("continuationToken") == 1


def test_skip_counts_once() -> None:
    assert ids(walk(ROWS, "$orderby=size&$skip=4")) == [4, 5, 6, 7, 8, 9]


def test_top_bounds_the_whole_result_over_all_pages() -> None:
    for top in range(12):
        assert ids(walk(ROWS, f"$orderby=size&$top={top}")) == list(range(min(top, 10)))


def test_top_is_the_size_of_each_page_where_the_service_says_so() -> None:
    keyset = of.Keyset(Row, key="id", secret=SECRET)
    size = of.PageSize(max=4, default=3)
    assert ids(served(ROWS, "$top=2", keyset, page_size=size).items) == [0, 1]
    assert ids(walk(ROWS, "$top=4", keyset, page_size=size)) == list(range(10))
    link = served(ROWS, "$top=2", keyset, page_size=size).next_link
    assert link is not None
    assert "?$top=2&" in link


@pytest.mark.parametrize(
    ("prefer", "size"),
    [
        (None, 3),
        ("", 3),
        ("odata.maxpagesize=2", 2),
        ('return=minimal, Odata.MaxPageSize = "2"; x=y, y', 2),
        ("maxpagesize=1", 1),
        ("odata.maxpagesize=99", 3),
        ("odata.maxpagesize=0", 3),
        ("odata.maxpagesize=-1", 3),
        ("odata.maxpagesize=" + "9" * 5000, 3),
        ("x-odata.maxpagesize=2", 3),
        ("odata.maxpagesize=2x", 3),
    ],
)
def test_a_client_may_prefer_smaller_pages(prefer: str | None, size: int) -> None:
    assert parse("", prefer=prefer).page_size == size
    assert ids(walk(ROWS, "$top=7", prefer=prefer)) == list(range(7))
    keyset = of.Keyset(Row, key="id", secret=SECRET)
    assert parse("", keyset, prefer=prefer).page_size == {3: 99 if prefer == "odata.maxpagesize=99" else None}.get(
        size, size
    )


def test_a_preference_is_nothing_where_it_would_cut_the_list_or_top_is_the_page_size() -> None:
    assert parse("", None, prefer="odata.maxpagesize=2").limit is None  # type: ignore[arg-type]
    assert parse("$top=3", page_size=of.PageSize(max=9), prefer="odata.maxpagesize=2").page_size == 3
    with pytest.raises(of.FilterTypeError):
        parse("", prefer=5)


def test_the_last_page_has_no_next_link_when_it_is_full() -> None:
    assert served(ROWS[:3], "").next_link is None
    assert served(ROWS[:4], "").next_link is not None
    assert served([], "").items == []


def test_objects_are_read_by_their_attributes() -> None:
    class Record:
        def __init__(self, number: int) -> None:
            self.id = number
            self.at = dt.datetime(2024, 1, 1, tzinfo=dt.UTC) + dt.timedelta(days=number // 2)

    records = [Record(number) for number in range(7)]
    assert [record.id for record in walk(records, "$orderby=at desc")] == [6, 4, 5, 2, 3, 0, 1]


def test_a_key_can_be_of_several_properties() -> None:
    keyset = of.Keyset(Named, key=["name", Row.id], secret=SECRET, page_size=2)
    assert list(map(str, keyset.order([of.OrderBy("id", descending=True)]))) == ["id desc", "name"]
    assert ids(walk(ROWS, "", keyset)) == [0, 3, 6, 9, 1, 4, 7, 2, 5, 8]


def test_a_token_can_have_any_name() -> None:
    keyset = of.Keyset(Row, key="id", secret=SECRET, page_size=4, parameter="$skiptoken")
    assert ids(walk(ROWS, "$orderby=size", keyset)) == list(range(10))


def test_the_condition_lets_an_index_be_used() -> None:
    bounds = KEYSET.bounds(None, orderby := [of.OrderBy("size")], KEYSET.token(None, orderby, {"id": 5, "size": 3}))
    assert str(KEYSET.after(bounds)) == "size ge 3 and (size gt 3 or id gt 5)"
    assert [(one.order.path, one.value.text, one.nullable) for one in bounds] == [
        ("size", "3", False),
        ("id", "5", False),
    ]


@pytest.mark.parametrize(
    ("order", "value", "ranges"),
    [
        ("size", 3, ["size eq 3 and id gt 5", "size gt 3"]),
        ("name", "x", ["name eq 'x' and id gt 5", "name gt 'x'"]),
        ("name", None, ["name eq null and id gt 5", "name ne null"]),
        ("name desc", "x", ["name eq 'x' and id gt 5", "name lt 'x'", "name eq null"]),
        ("name desc", None, ["name eq null and id gt 5"]),
        ("ratio", 1.5, ["ratio eq 1.5 and id gt 5", "ratio gt 1.5", "ratio ne ratio"]),
        ("ratio", math.nan, ["ratio ne ratio and id gt 5"]),
        ("ratio desc", math.nan, ["ratio ne ratio and id gt 5", "ratio le INF", "ratio eq null"]),
        ("size,id desc", 3, ["size eq 3 and id lt 5", "size gt 3"]),
        ("id", 5, ["id gt 5"]),
    ],
)
def test_a_place_is_followed_by_ranges_of_an_index(order: str, value: Any, ranges: list[str]) -> None:
    orderby = parse(f"$orderby={order}").orderby
    row = {orderby[0].path: value} | {"id": 5}
    bounds = KEYSET.bounds(None, orderby, KEYSET.token(None, orderby, row))
    assert [*map(str, KEYSET.ranges(bounds))] == ranges


@pytest.mark.parametrize(("descending", "wanted"), [(True, [1, 4, 2, 3]), (False, [3, 2, 4, 1])])
def test_values_that_no_schema_declares_are_places_too(descending: bool, wanted: list[int]) -> None:
    wide = type("Wide", (of.Schema,), {"id": of.Int32(nullable=False), "any": of.field("any")})
    keyset = of.Keyset(wide, key="id", secret=SECRET)
    rows: list[dict[str, Any]] = [
        {"id": 1, "any": math.nan},
        {"id": 2, "any": 1.5},
        {"id": 3, "any": None},
        {"id": 4, "any": 2},
    ]
    order = [of.OrderBy("any", descending=descending)]
    in_order = keyset.sort(rows, order)
    assert ids(in_order) == wanted
    for place, row in enumerate(in_order):
        bounds = keyset.bounds(None, order, keyset.token(None, order, row))
        rest = [one for part in keyset.ranges(bounds) for one in keyset.sort(filter(part.matches, rows), order)]
        assert ids(rest) == ids(in_order[place + 1 :])
        assert {one["id"] for one in rows if keyset.after(bounds).matches(one)} == {*ids(rest)}


# --- tokens are input -----------------------------------------------------------------------------------------------


def token_of(query: str = "$orderby=size", keyset: of.Keyset = KEYSET) -> str:
    link = served(ROWS, query, keyset).next_link
    assert link is not None
    return link.partition("continuationToken=")[2]


def refused(query: str, keyset: of.Keyset = KEYSET) -> str:
    with pytest.raises(of.QueryOptionsError) as caught:
        parse(query, keyset)
    (problem,) = caught.value.problems
    assert (problem.target, problem.code) in {("continuationToken", "token"), ("continuationToken", "repeated")}
    return problem.message


NOT_OURS = "the continuation token is none of this service for this filter and order; start again without it"


@pytest.mark.parametrize(
    "query",
    ["$orderby=size desc", "$orderby=name", "$filter=size gt 0&$orderby=size", "", "$orderby=size,name"],
)
def test_a_token_belongs_to_its_filter_and_order(query: str) -> None:
    assert parse(f"$orderby=size asc&continuationToken={token_of()}").after is not None
    assert refused(f"{query}&continuationToken={token_of()}") == NOT_OURS


@given(st.integers(0), st.integers(0, 255))
def test_no_byte_of_a_token_can_be_changed(place: int, byte: int) -> None:
    token = token_of()
    raw = bytearray(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
    place %= len(raw)
    if raw[place] == byte:
        return
    raw[place] = byte
    assert refused(f"$orderby=size&continuationToken={base64.urlsafe_b64encode(raw).decode().rstrip('=')}") == NOT_OURS


@given(st.one_of(st.text(max_size=80), st.from_regex("[A-Za-z0-9_-]{0,80}", fullmatch=True)))
def test_any_text_is_refused(token: str) -> None:
    with pytest.raises(of.QueryOptionsError):
        of.QueryOptions.parse([("continuationToken", token)], schema=Row, keyset=KEYSET)


def test_a_token_is_bounded_and_stands_once() -> None:
    assert "4096" in refused(f"$orderby=size&continuationToken={'x' * (LONGEST_TOKEN + 1)}")
    token = token_of()
    assert "2 times" in refused(f"$orderby=size&continuationToken={token}&continuationToken={token}")


def test_secrets_can_be_replaced() -> None:
    old, new = "the old secret, long enough", b"the new secret, long enough"
    before = of.Keyset(Row, key="id", secret=old, page_size=3)
    during = of.Keyset(Row, key="id", secret=[new, old], page_size=3)
    after = of.Keyset(Row, key="id", secret=new, page_size=3)
    assert parse(f"$orderby=size&continuationToken={token_of(keyset=before)}", during).after is not None
    assert parse(f"$orderby=size&continuationToken={token_of(keyset=during)}", after).after is not None
    assert refused(f"$orderby=size&continuationToken={token_of(keyset=before)}", after) == NOT_OURS


def test_who_knows_the_secret_still_cannot_say_more_than_literals() -> None:
    for payload in (b"[]", b'["1"]', b'["1","size"]', b'["1",null,"2"]', b"{", b'["1 add 1","2"]', b"\xff", b'["1",2]'):
        order = KEYSET.order([of.OrderBy("size")])
        signature = KEYSET._signature(SECRET.encode(), None, order, payload)
        token = base64.urlsafe_b64encode(signature + payload).decode().rstrip("=")
        assert "no values of this order" in refused(f"$orderby=size&continuationToken={token}")


def test_the_secret_is_in_no_text() -> None:
    assert repr(KEYSET) == "<Keyset Row by id>"
    assert hashlib.sha256(SECRET.encode()).hexdigest() not in repr(vars(parse("")))
    with pytest.raises(of.FilterError) as caught:
        of.Keyset(Row, key="id", secret="short hunter2")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            {"key": "nothing"},
            "unknown property 'nothing'; Row has id, name, size, ratio, price, at, day, long, ref, flag, place and tags",
        ),
        ({"key": "tags"}, "'tags' is a Collection, which has no order"),
        ({"key": []}, "key is empty: the property that tells items apart is wanted"),
        ({"key": ""}, "'' is no property: a name cannot be empty"),
        ({"secret": b"123456789012345"}, "a secret has 16 bytes at least, such as those of secrets.token_bytes(32)"),
        ({"secret": [SECRET, "short"]}, "a secret has 16 bytes at least, such as those of secrets.token_bytes(32)"),
        ({"secret": []}, "secret is a value of the type 'list': bytes or a text is wanted, or several of them"),
        ({"secret": None}, "secret is a value of the type 'NoneType': bytes or a text is wanted, or several of them"),
        ({"secret": 5}, "secret is a value of the type 'int': bytes or a text is wanted, or several of them"),
        ({"parameter": "a b"}, "parameter is 'a b': a name such as continuationToken is wanted"),
        ({"parameter": 5}, "parameter is 5: the name of a query parameter is wanted"),
        ({"page_size": 0}, "page_size is 0: a whole number from 1, or None, is wanted"),
        ({"page_size": True}, "page_size is True: a whole number from 1, or None, is wanted"),
        ({"schema": None}, "a schema is a class made with odatafilter.Schema, not None"),
    ],
)
def test_a_wrong_argument_is_refused(arguments: dict[str, Any], message: str) -> None:
    given: dict[str, Any] = {"schema": Row, "key": "id", "secret": SECRET, **arguments}
    with pytest.raises(of.FilterError) as caught:
        of.Keyset(given.pop("schema"), **given)
    assert str(caught.value) == message


def test_the_least_secret_and_page_size_are_taken() -> None:
    keyset = of.Keyset(Row, key="id", secret="1234567890123456", page_size=1)
    assert (keyset.page_size, keyset.parameter) == (1, "continuationToken")


def test_a_token_has_4096_characters_at_most() -> None:
    order = [of.OrderBy("name")]
    longest = next(
        number
        for number in range(3_000, 4_096)
        if len(KEYSET.token(None, order, {"id": 1, "name": "x" * number})) > 4_090
    )
    lengths = [longest + more for more in range(8)]
    tokens = []
    for length in lengths:
        with contextlib.suppress(of.FilterError):
            tokens.append(KEYSET.token(None, order, {"id": 1, "name": "x" * length}))
    assert max(map(len, tokens)) in {4_095, 4_096}
    assert len(tokens) < len(lengths)
    for token in tokens:
        assert KEYSET.bounds(None, order, token)[0].value.text == f"'{'x' * lengths[tokens.index(token)]}'"


def test_what_no_token_can_hold_is_told_to_the_service() -> None:
    for row, reason in (
        ({"id": None, "size": 1}, "null"),
        ({"id": 1, "name": "x" * 5000}, "too long"),
        ({"id": 1, "name": "a\0b"}, "no literal"),
        ({"id": 1, "name": 5}, "not a text"),
        ({"id": 1, "name": ["x"]}, "no order"),
    ):
        with pytest.raises(of.FilterError, match=reason):
            KEYSET.token(None, [of.OrderBy("name")], row)
    with pytest.raises(of.FilterError, match="offset"):
        KEYSET.token(None, [of.OrderBy("at")], {"id": 1, "at": "2024-01-01T00:00:00"})
    with pytest.raises(of.FilterTypeError, match="no order beside"):
        parse("$orderby=name").sort([{"id": 1, "name": "x"}, {"id": 2, "name": 5}])


def test_a_timestamp_without_an_offset_stands_in_a_token_as_one_in_utc() -> None:
    order = [of.OrderBy("at", descending=True)]
    naive = dt.datetime(2024, 1, 1, 12, 0, 0, 250)  # noqa: DTZ001 - as SQLite gives it back
    tokens = {
        KEYSET.token(None, order, {"id": 1, "at": at})
        for at in (naive, naive.replace(tzinfo=dt.UTC), "2024-01-01T12:00:00.00025Z")
    }
    values = {KEYSET.bounds(None, order, token)[0].value.text for token in tokens}
    assert values == {"2024-01-01T12:00:00.00025Z"}
    KEYSET.token(None, order, {"id": 1, "at": None})


@pytest.mark.parametrize(
    ("query", "span"),
    [
        ("$orderby=name", [0, 4]),
        ("%24OrderBy=size+desc,+place/city,%20%20name%20desc", [24, 28]),
        ("$orderby=size desc", [0, 9]),
    ],
)
def test_a_value_too_long_for_a_token_is_told_at_the_order_that_was_asked_for(query: str, span: list[int]) -> None:
    keyset = KEYSET if "name" in query.lower() else of.Keyset(Named, key=["id", "name"], secret=SECRET, page_size=3)
    rows = [{"id": number, "size": 1, "name": "x" * 5000} for number in range(5)]
    with pytest.raises(of.QueryOptionsError, match="'name' in the last item of the page is too long") as caught:
        parse(query, keyset).page(rows[:4], URL)
    (detail,) = caught.value.to_dict()["details"]
    assert (detail["code"], detail["target"], detail["span"]) == ("unsupported", "$orderby", span)
    assert "$orderby" in str(caught.value)
    assert parse(query, keyset).page(rows[:3], URL).next_link is None


def test_the_limit_of_a_filter_does_not_bound_a_token() -> None:
    limits = of.Limits(length=100)
    rows = [{"id": number, "size": 1, "name": "x" * 2000} for number in range(5)]
    link = parse("$orderby=name", limits=limits).page(rows[:4], URL).next_link
    assert link is not None
    assert parse(link.partition("?")[2], limits=limits).bounds
    for query in ("$filter=" + "x" * 101, "continuationToken=" + "x" * (LONGEST_TOKEN + 1)):
        with pytest.raises(of.QueryOptionsError, match=r"none has more than 4096|the limit 'length' is 100"):
            parse(query, limits=limits)


def test_an_order_has_a_bounded_number_of_properties() -> None:
    wide = type("Wide", (of.Schema,), {f"p{number}": of.Int32(nullable=False) for number in range(40)})
    keyset = of.Keyset(wide, key="p0", secret=SECRET)
    order = ",".join(f"p{number}" for number in range(40))
    with pytest.raises(of.QueryOptionsError, match="40 properties"):
        of.QueryOptions.parse(f"$orderby={order}", schema=wide, allow="$orderby", keyset=keyset)
    order = order.replace(",p32", " ").partition(" ")[0]
    asked = of.QueryOptions.parse(f"$orderby={order}", schema=wide, allow="$orderby", keyset=keyset)
    row = {f"p{number}": 1 for number in range(40)}
    after = keyset.after(keyset.bounds(None, asked.orderby, keyset.token(None, asked.orderby, row)))
    assert not after.matches(row)
    assert after.matches({**row, "p31": 2})
    assert of.parse(str(after)) == after


def test_next_links_need_a_keyset() -> None:
    asked = of.QueryOptions.parse("", schema=Row)
    assert asked.ranges == (None,)
    with pytest.raises(of.FilterError, match="give keyset="):
        asked.page([], URL)
    with pytest.raises(of.FilterError, match="give keyset="):
        asked.sort([])


def test_a_page_holds_no_more_than_the_page_size_however_many_items_are_asked_for() -> None:
    first = served(ROWS, "$top=7")
    assert len(first.items) == 3
    assert first.next_link is not None
    assert len(served(ROWS, "$top=2").items) == 2
