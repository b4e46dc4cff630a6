"""Filters on tables of Ibis: the rows are those of `matches`, on DuckDB."""

import datetime as dt
import decimal
from collections.abc import Callable
from typing import Any

import pytest
from engine_cases import CALCULATED, ENUMERATIONS, HAVING, PAINTED, REFUSED_OF_ITEMS, REFUSED_OF_MEMBERS, SCHEMA, Luck
from engine_edges import EDGES, Edges, known_refusals, refusals_of
from engine_statements import Session
from engine_triples import Stored, tally_of
from hypothesis import settings

import odatafilter as of
from odatafilter.derive import schema_from_dict

ibis = pytest.importorskip("ibis")
ops = pytest.importorskip("ibis.expr.operations")
pa = pytest.importorskip("pyarrow")

from odatafilter.ibis import Relation, filter_table, split  # noqa: E402 - needs what may be missing

# Ibis calls what newer versions of DuckDB call otherwise.
pytestmark = [pytest.mark.engines, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

CASES = 20 if settings.get_current_profile_name() != "large" else 800
OWNERS = range(1, 9)
ITEM = pa.schema(
    [
        *(
            ("id", pa.int32()),
            ("name", pa.string()),
            ("note", pa.string()),
            ("state", pa.string()),
            ("qty", pa.int32()),
        ),
        *(("big", pa.int64()), ("price", pa.decimal128(20, 6)), ("num", pa.float64()), ("flag", pa.bool_())),
        *(("at", pa.timestamp("us", tz="UTC")), ("day", pa.date32()), ("tod", pa.time64("us")), ("gid", pa.string())),
        ("dur", pa.duration("us")),
        *(("sure", pa.int32()), ("tags", pa.list_(pa.string())), ("owner_id", pa.int32())),
    ]
)
OWNER = pa.schema([("id", pa.int32()), ("city", pa.string()), ("size", pa.int32()), ("boss_id", pa.int32())])
LINE = pa.schema([("item_id", pa.int32()), ("qty", pa.int32()), ("label", pa.string())])


@pytest.fixture(scope="module")
def connection() -> Any:
    return ibis.duckdb.connect()


def maker(connection: Any) -> Callable[[str, Any], Any]:
    """What makes tables of DuckDB."""
    return lambda name, rows: connection.create_table(name, rows, overwrite=True)


class Tables:
    """Tables with random rows, what they lead to, and the items as they are read back."""

    def __init__(self, make_table: Callable[[str, Any], Any], luck: Luck, item: Any = ITEM) -> None:
        owners = {key: luck.owner(key) for key in OWNERS}
        drawn = [luck.item(key, OWNERS) for key in range(1, 41)]

        def owner(key: int | None) -> dict[str, Any] | None:
            if key is None:
                return None
            return {"city": owners[key]["city"], "size": owners[key]["size"], "boss": owner(owners[key]["boss"])}

        rows = [
            {name: value for name, value in item.items() if name not in {"owner", "lines", "gid"}}
            | {"owner_id": item["owner"], "gid": None if item["gid"] is None else str(item["gid"])}
            for item in drawn
        ]
        lines = [{"item_id": item["id"], **line} for item in drawn for line in item["lines"]]
        bosses = [{**owner, "boss_id": owner["boss"]} for owner in owners.values()]

        def table(name: str, rows: list[dict[str, Any]], schema: Any) -> Any:
            return make_table(name, pa.Table.from_pylist(rows, schema=schema))

        self.items = [{**item, "owner": owner(item["owner"])} for item in drawn]
        self.table = table("items", rows, item).mutate(gid=ibis._.gid.cast("uuid"))
        people = table("owners", bosses, OWNER)
        boss = Relation(people, here="boss_id", there="id")
        self.relations = {
            "owner": Relation(people, here="owner_id", there="id", relations={"boss": boss}),
            "lines": Relation(table("lines", lines, LINE), here="id", there="item_id", many=True),
        }

    def keys(self, f: of.Filter) -> list[int]:
        found = filter_table(f, self.table, relations=self.relations)
        assert found.columns == self.table.columns
        return sorted(found.id.to_pyarrow().to_pylist())

    def matching(self, f: of.Filter) -> list[int]:
        return [item["id"] for item in self.items if f.matches(item)]


def test_rows_are_those_of_matches(connection: Any) -> None:
    tally = tally_of(range(CASES), SCHEMA, storing(maker(connection)))
    assert tally.wrong == []
    assert tally.share_refused < 0.2, tally.refused


@pytest.mark.parametrize("group", EDGES)
def test_rows_at_the_edges_are_those_of_matches(connection: Any, group: str) -> None:
    refused = refusals_of(group, SCHEMA, storing(maker(connection))(Edges(1)))
    assert refused == known_refusals(group, "ibis: duckdb")


def storing(make_table: Callable[[str, Any], Any], item: Any = ITEM) -> Callable[[Luck], Stored]:
    def store(luck: Luck) -> Stored:
        tables = Tables(make_table, luck, item)
        return Stored(tables.items, tables.keys)

    return store


def test_members_of_an_enumeration_are_bits_or_names(connection: Any) -> None:
    table = connection.create_table("painted", pa.Table.from_pylist([*PAINTED]), overwrite=True)
    for text in HAVING:
        f = of.parse(text, schema=ENUMERATIONS)
        found = sorted(filter_table(f, table).id.to_pyarrow().to_pylist())
        assert found == [row["id"] for row in PAINTED if f.matches(row)], text
    for text, why in REFUSED_OF_MEMBERS.items():
        with pytest.raises(of.UnsupportedError) as caught:
            filter_table(of.parse(text, schema=ENUMERATIONS), table)
        assert [problem.message for problem in caught.value.problems] == [why.format("DuckDB")]


def test_what_every_engine_refuses_is_told_why(connection: Any) -> None:
    stored = Tables(maker(connection), Luck(1))
    for text, why in REFUSED_OF_ITEMS.items():
        with pytest.raises(of.UnsupportedError) as caught:
            stored.keys(of.parse(text, schema=SCHEMA))
        assert [problem.message for problem in caught.value.problems] == [why.format("DuckDB")], text


def test_times_and_decimals_are_calculated_exactly(connection: Any) -> None:
    stored = Tables(maker(connection), Luck(1))
    moved = ("hour(at add duration'PT2H') eq 15", "day(day sub duration'PT1S') eq 23")
    for text in (*CALCULATED, *moved, "fractionalseconds(at) gt 0.4", "fractionalseconds(tod) eq 0.000001"):
        f = of.parse(text, schema=SCHEMA)
        assert stored.keys(f) == stored.matching(f), text


@pytest.mark.parametrize(
    "text",
    [
        *(
            "owner eq null",
            "owner ne null",
            "owner/boss/city eq null",
            "not (owner/size gt 0)",
            "lines/any(l:l/qty gt qty)",
        ),
        *("tags/any(t:t eq 'a' and name ne t)", "tags/$count gt 1", "tags/all(t:t ne 'a')", "year(at) eq 2024"),
        *("big mul big gt 9223372036854775807", "big add big lt 0", "-big gt 9223372036854775807"),
        *("lines/any(l:l/qty gt 0 and owner/city eq 'abc')", "num ne NaN", "big eq 9007199254740992.5"),
        *("lines/$count($filter=qty gt 0) gt 0", "hour(at) eq 13", "tolower(name) eq 'ας'", "trim(name) eq 'x'"),
    ],
)
def test_one_filter_at_a_time(connection: Any, text: str) -> None:
    stored = Tables(maker(connection), Luck(1))
    f = of.parse(text, schema=SCHEMA)
    assert stored.keys(f) == stored.matching(f)


PERSON: dict[str, Any] = {"id": "Int32", "city": "String", "size": "Int32"}
BOSS = PERSON | {"boss": {"kind": "Complex", "properties": PERSON}}
STAFF: dict[str, Any] = {
    "id": "Int32",
    "lead": {"kind": "Complex", "properties": PERSON | {"boss": {"kind": "Complex", "properties": BOSS}}},
    "staff": {
        "kind": "Collection",
        "element": {"kind": "Complex", "properties": PERSON | {"boss": {"kind": "Complex", "properties": BOSS}}},
    },
}
TEAM = schema_from_dict(STAFF | {"parent": {"kind": "Complex", "properties": STAFF}}, name="Team")


@pytest.mark.parametrize(
    "text",
    [
        *("staff/any(s:s/boss/id eq id)", "staff/all(s:s/boss/city ne 'a')", "staff/any(s:s/boss eq null)"),
        *("staff/any(s:s/boss/boss/id eq s/id)", "parent/staff/any(s:s/boss/city eq s/city)"),
        *("staff/$count($filter=boss/size gt 1) gt 0", "staff/any(s:s/boss/size add s/size gt 3)"),
        # DuckDB gave other rows where each element was joined with what it leads to.
        "staff/any(s:s/id ne lead/boss/id or s/boss/boss/city eq 'a')"
        " and staff/all(s:s/boss/boss/id eq s/size and s/boss/id ge 2)"
        " or staff/any(s:s/boss/boss/id lt parent/id and s/boss/boss/id lt lead/id)",
        "staff/any(s:s/city eq s/boss/boss/city and s/boss/boss/id ge parent/lead/boss/id)"
        " and lead/boss/city lt lead/city or staff/all(s:s/boss/id ge parent/id or s/boss/boss/id lt parent/id)",
    ],
)
def test_elements_lead_on_to_other_tables(connection: Any, text: str) -> None:
    f = of.parse(text, schema=TEAM)
    for seed in (0, 2):
        luck = Luck(seed)
        teams, people = luck.number(5, 12), luck.pick((12, 30))

        def key(most: int, luck: Luck = luck) -> int | None:
            return luck.maybe(range(1, most + 1))

        groups = [{"id": at, "lead_id": key(people), "parent_id": key(teams)} for at in range(1, teams + 1)]
        members = [
            {
                "id": at,
                "city": luck.maybe("ab"),
                "size": luck.maybe((1, 2, 3)),
                "team": key(teams),
                "boss_id": key(people),
            }
            for at in range(1, people + 1)
        ]
        table = connection.create_table("groups", pa.Table.from_pylist(groups), overwrite=True)
        persons = connection.create_table("members", pa.Table.from_pylist(members), overwrite=True)
        boss = Relation(persons, here="boss_id", there="id")
        bosses = {"boss": Relation(persons, here="boss_id", there="id", relations={"boss": boss})}
        relations = {
            "lead": Relation(persons, here="lead_id", there="id", relations=bosses),
            "staff": Relation(persons, here="id", there="team", many=True, relations=bosses),
        }
        parent = Relation(table, here="parent_id", there="id", relations=relations)
        items = [_team(group["id"], groups, members) for group in groups]
        found = filter_table(f, table, relations={**relations, "parent": parent}).id.to_pyarrow().to_pylist()
        assert sorted(found) == [item["id"] for item in items if item and f.matches(item)], seed


def _team(
    key: int | None, groups: list[dict[str, Any]], members: list[dict[str, Any]], *, parent: bool = True
) -> dict[str, Any] | None:
    """A team with those whom it leads to."""
    if key is None:
        return None

    def person(number: int | None, depth: int) -> dict[str, Any] | None:
        if number is None:
            return None
        found = members[number - 1]
        return found | ({"boss": person(found["boss_id"], depth - 1)} if depth else {})

    group = groups[key - 1]
    staff = [person(member["id"], 2) for member in members if member["team"] == key]
    above = {"parent": _team(group["parent_id"], groups, members, parent=False)} if parent else {}
    return group | above | {"lead": person(group["lead_id"], 2), "staff": staff}


def test_thousands_of_values_and_operands_run(connection: Any) -> None:
    stored = Tables(maker(connection), Luck(2))
    many = of.parse(f"qty in ({','.join(map(str, range(10_000)))})", schema=SCHEMA)
    assert stored.keys(many) == stored.matching(many)
    long = of.any_of(of.parse(f"qty eq {number}", schema=SCHEMA) for number in range(8_000))
    assert stored.keys(long) == stored.matching(long)


def test_the_clock_is_that_of_utc_whatever_the_session_says(connection: Any) -> None:
    connection.raw_sql("SET TimeZone='Pacific/Auckland'")
    try:
        stored = Tables(maker(connection), Luck(3))
        for text in ("hour(at) eq 13", "day(at) eq 24", "date(at) eq 2024-06-24", "time(at) eq 13:00:00"):
            f = of.parse(text, schema=SCHEMA)
            assert stored.keys(f) == stored.matching(f)
    finally:
        connection.raw_sql("SET TimeZone='UTC'")


def test_deep_filters_run_or_are_refused(connection: Any) -> None:
    stored = Tables(maker(connection), Luck(4))
    for depth in (20, 50, 140):
        text = "name eq 'x' or not (" * (depth // 3) + "qty gt 0" + ")" * (depth // 3)
        f = of.parse(text, schema=SCHEMA, limits=of.Limits(depth=150))
        try:
            assert stored.keys(f) == stored.matching(f)
        except of.UnsupportedError:
            assert depth > 50


def test_structs_and_arrays_of_structs(connection: Any) -> None:
    schema = schema_from_dict(
        {
            "id": "Int32",
            "place": {"kind": "Complex", "properties": {"city": "String"}},
            "parts": {"kind": "Collection", "element": {"kind": "Complex", "properties": {"n": "Int32"}}},
        }
    )
    rows: list[dict[str, Any]] = [
        {"id": 1, "place": {"city": "Oslo"}, "parts": [{"n": 1}, {"n": None}]},
        {"id": 2, "place": None, "parts": []},
        {"id": 3, "place": {"city": None}, "parts": None},
    ]
    table = connection.create_table("nested", pa.Table.from_pylist(rows), overwrite=True)
    for text in ("place/city eq 'Oslo'", "place/city ne 'Oslo'", "parts/any(p:p/n gt 0)", "parts/all(p:p/n gt 0)"):
        f = of.parse(text, schema=schema)
        found = sorted(filter_table(f, table).id.to_pyarrow().to_pylist())
        assert found == [row["id"] for row in rows if f.matches(row)], text


@pytest.mark.parametrize(
    "text", ["name/city eq 'a'", "place/size gt 1", "parts/any(p:p/size gt 1)", "name/city/x eq 'a'"]
)
def test_a_property_that_no_struct_has_is_refused(connection: Any, text: str) -> None:
    """The schema says more of a column than the table has."""
    inner: dict[str, Any] = {"kind": "Complex", "properties": {"x": "String"}}
    place: dict[str, Any] = {"kind": "Complex", "properties": {"city": "String", "size": "Int32"}}
    properties = {
        "name": {"kind": "Complex", "properties": {"city": inner if "x" in text else "String"}},
        "place": place,
        "parts": {"kind": "Collection", "element": place},
    }
    row = {"name": "a", "place": {"city": "a"}, "parts": [{"city": "a"}]}
    table = connection.create_table("structs", pa.Table.from_pylist([row]), overwrite=True)
    with pytest.raises(of.UnsupportedError, match=r"'(city|size)' is no field of a struct"):
        filter_table(of.parse(text, schema=schema_from_dict(properties)), table)


def test_a_table_within_an_array_is_refused(connection: Any) -> None:
    tables = Tables(maker(connection), Luck(5))
    f = of.parse("tags/any(t:lines/any(l:l/label eq t))", schema=SCHEMA)
    with pytest.raises(of.UnsupportedError, match="asks no other table"):
        tables.keys(f)


def _table_of(session: str, columns: dict[str, str], zone: str = "UTC") -> Any:
    """A table of a backend that nothing is sent to."""
    source = Session(session, zone)
    whole = ops.DatabaseTable(name="t", schema=ibis.schema(columns), source=source, namespace=ops.Namespace())
    return whole.to_expr()


def test_what_filters_run_on_is_told() -> None:
    f = of.parse("qty gt 3", schema=SCHEMA)
    with pytest.raises(of.FilterError, match=r"^filters run through Ibis on duckdb, pyspark, not on mssql$"):
        filter_table(f, _table_of("mssql", {"qty": "int32"}))
    relation = Relation(_table_of("duckdb", {"id": "int32"}), here="owner_id", there="id", many=True)
    assert repr(relation) == "Relation(here='owner_id', there='id', many=True)"
    with pytest.raises(of.FilterTypeError, match=r"^many is 1: True or False is wanted$"):
        Relation(relation.table, here="a", there="id", many=1)  # type: ignore[arg-type]
    assert repr(Relation(relation.table, here="a", there="id")) == "Relation(here='a', there='id', many=False)"


@pytest.mark.parametrize("text", ["at gt now()", "moments/any(m:m gt now())"])
def test_timestamps_on_pyspark_want_a_session_in_utc(text: str) -> None:
    schema = schema_from_dict({"at": "DateTimeOffset", "moments": {"kind": "Collection", "element": "DateTimeOffset"}})
    f = of.parse(text, schema=schema)
    columns = {"at": "timestamp('UTC')", "moments": "array<timestamp('UTC')>"}
    for zone in ("UTC", "Etc/UTC", "GMT", "Z"):
        assert filter_table(f, _table_of("pyspark", columns, zone)).columns == ("at", "moments")
    with pytest.raises(of.UnsupportedError) as caught:
        filter_table(f, _table_of("pyspark", columns, "Asia/Tokyo"))
    assert {problem.message for problem in caught.value.problems} == {
        "the session of PySpark has the time zone Asia/Tokyo, not UTC as Ibis sets it"
    }


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("many/any(m:m gt 1)", "'many' stands for several values, which are elements of no single collection here"),
        ("qty/any(q:q gt 1)", "'qty' is no array and no relation"),
        ("inside/one/any(o:o/n gt 1)", "'one' is no array and no relation"),
    ],
)
def test_what_is_no_collection_of_a_table_is_refused(text: str, message: str) -> None:
    several: dict[str, Any] = {"kind": "Collection", "element": "Int32"}
    inner: dict[str, Any] = {"kind": "Collection", "element": {"kind": "Complex", "properties": {"n": "Int32"}}}
    schema = schema_from_dict(
        {
            "qty": several,
            "many": {**several, "source": "rows[].many"},
            "inside": {"kind": "Complex", "properties": {"one": inner}},
        }
    )
    table = _table_of("duckdb", {"qty": "int32", "many": "int32", "inside": "struct<one: int32>"})
    with pytest.raises(of.UnsupportedError) as caught:
        filter_table(of.parse(text, schema=schema), table)
    assert [problem.message for problem in caught.value.problems] == [message]


def test_what_cannot_be_said_is_refused_at_once(connection: Any) -> None:
    stored = Tables(maker(connection), Luck(5))
    f = of.parse("qty gt 3 and matchesPattern(name,'^a')", schema=SCHEMA)
    with pytest.raises(of.UnsupportedError) as caught:
        filter_table(f, stored.table)
    (problem,) = caught.value.problems
    assert str(f)[slice(*problem.span)] == "matchesPattern(name,'^a')"
    there, rest = split(f, stored.table)
    assert (str(there), str(rest)) == ("qty gt 3", "matchesPattern(name,'^a')")
    with pytest.raises(of.FilterError, match="judged by no schema"):
        filter_table(of.parse("qty gt 3"), stored.table)
    with pytest.raises(of.FilterError):
        filter_table(f, "items")
    with pytest.raises(of.FilterTypeError, match="is no table of Ibis"):
        Relation("items", here="id", there="id")
    with pytest.raises(of.FilterError, match=r"^there='nowhere' is no column"):
        Relation(stored.table, here="id", there="nowhere")
    with pytest.raises(of.FilterError, match=r"^here='nowhere' is no column"):
        filter_table(f, stored.table, relations={"owner": Relation(stored.table, here="nowhere", there="id")})


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo"])
@pytest.mark.parametrize(
    "text",
    [
        # A timestamp without a zone is in UTC, whatever the zone of the session.
        "naive eq aware",
        "naive lt aware",
        "naive eq 2024-06-24T14:00:00+02:00",
        "naive in (2024-06-24T14:00:00+02:00,null)",
        "hour(naive) eq 12",
        "date(naive) eq 2024-06-24",
        "time(naive) gt 08:00:00",
        # Ibis calculates with decimals of one precision only.
        "amount mul 2 gt 1",
        "qty mul 1.5 eq 1.5",
        # A lambda inside another one.
        "pairs/any(p:sizes/any(s:s eq p/size))",
        "pairs/all(p:sizes/any(s:s ge p/size))",
    ],
)
def test_columns_of_other_types(connection: Any, text: str, zone: str) -> None:
    noon = dt.datetime(2024, 6, 24, 12, tzinfo=dt.UTC).replace(tzinfo=None)
    moments = (None, noon, noon - dt.timedelta(hours=5), noon + dt.timedelta(hours=7))
    rows: list[dict[str, Any]] = [
        {
            "id": key,
            "naive": moments[key % 4],
            "aware": moments[key // 4 % 4],
            "qty": (None, 1, 2)[key % 3],
            "amount": (None, decimal.Decimal("0.500"), decimal.Decimal("2.000"))[key % 3],
            "sizes": (None, [], [1, 2], [3, None])[key % 4],
            "pairs": ([{"size": 1}, {"size": None}], [{"size": 3}])[key % 2],
        }
        for key in range(32)
    ]
    columns = [
        *(
            ("id", pa.int32()),
            ("naive", pa.timestamp("us")),
            ("aware", pa.timestamp("us", tz="UTC")),
            ("qty", pa.int32()),
        ),
        *(("amount", pa.decimal128(12, 3)), ("sizes", pa.list_(pa.int32()))),
        ("pairs", pa.list_(pa.struct([("size", pa.int32())]))),
    ]
    schema = schema_from_dict(
        {
            **dict.fromkeys(("id", "qty"), "Int32"),
            **dict.fromkeys(("naive", "aware"), "DateTimeOffset"),
            "amount": "Decimal",
            "sizes": {"kind": "Collection", "element": "Int32"},
            "pairs": {"kind": "Collection", "element": {"kind": "Complex", "properties": {"size": "Int32"}}},
        },
        name="Row",
    )
    table = connection.create_table("others", pa.Table.from_pylist(rows, schema=pa.schema(columns)), overwrite=True)
    moment = {"naive", "aware"}
    items = [
        {name: value.replace(tzinfo=dt.UTC) if name in moment and value else value for name, value in row.items()}
        for row in rows
    ]
    f = of.parse(text, schema=schema)
    connection.raw_sql(f"SET TimeZone='{zone}'")
    try:
        found = sorted(filter_table(f, table).id.to_pyarrow().to_pylist())
    finally:
        connection.raw_sql("SET TimeZone='UTC'")
    assert found == [item["id"] for item in items if f.matches(item)]
