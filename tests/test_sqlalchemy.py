"""Filters in databases: the rows are those of `matches`, on SQLite, PostgreSQL and DuckDB."""

import datetime as dt
import decimal
import enum
import math
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from engine_cases import (
    BESIDE_DOUBLES,
    CALCULATED,
    COLORS,
    ENUMERATIONS,
    HAVING,
    PAINTED,
    REFUSED_OF_ITEMS,
    REFUSED_OF_MEMBERS,
    WORDS,
    Luck,
)
from engine_edges import EDGES, Edges, known_refusals, refusals_of
from engine_refusals import COLUMNS, verdicts
from engine_triples import Stored, tally_of
from hypothesis import settings
from postgres import server
from sqlalchemy import orm
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy

import odatafilter as of
from odatafilter.derive import schema_from_dict
from odatafilter.sqlalchemy import install, order_by, schema_from_model, split, where
from odatafilter.sqlalchemy._condition import SPELLINGS

pytestmark = pytest.mark.engines


class Base(orm.DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    city: orm.Mapped[str | None]
    size: orm.Mapped[int | None]
    boss_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("owners.id"))
    boss: orm.Mapped["Owner | None"] = orm.relationship(remote_side="Owner.id")


class Line(Base):
    __tablename__ = "lines"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    qty: orm.Mapped[int | None]
    label: orm.Mapped[str | None]
    item_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("items.id"), index=True)


class Tag(Base):
    __tablename__ = "tags"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    value: orm.Mapped[str]
    item_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("items.id"), index=True)


class Item(Base):
    __tablename__ = "items"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    name: orm.Mapped[str | None]
    note: orm.Mapped[str | None]
    state: orm.Mapped[str | None] = orm.mapped_column(sa.Enum(*WORDS, name="state", native_enum=False))
    qty: orm.Mapped[int | None]
    big: orm.Mapped[int | None] = orm.mapped_column(sa.BigInteger)
    price: orm.Mapped[decimal.Decimal | None] = orm.mapped_column(sa.Numeric(20, 6))
    num: orm.Mapped[float | None] = orm.mapped_column(sa.Double)
    flag: orm.Mapped[bool | None]
    at: orm.Mapped[dt.datetime | None] = orm.mapped_column(
        "moment", sa.DateTime(timezone=True)
    )  # "at" is a word of DuckDB
    day: orm.Mapped[dt.date | None]
    tod: orm.Mapped[dt.time | None]
    dur: orm.Mapped[dt.timedelta | None]
    gid: orm.Mapped[uuid.UUID | None]
    sure: orm.Mapped[int]
    owner_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("owners.id"))
    owner: orm.Mapped[Owner | None] = orm.relationship()
    lines: orm.Mapped[list[Line]] = orm.relationship()
    tag_rows: orm.Mapped[list[Tag]] = orm.relationship()
    tags: AssociationProxy[list[str]] = association_proxy("tag_rows", "value", creator=lambda value: Tag(value=value))


SCHEMA = schema_from_model(Item, name="Item")
ENGINES = tuple(SPELLINGS)
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "duckdb": "DuckDB"}
ITEMS = 40
OWNERS = 8


@pytest.fixture(scope="session")
def postgres() -> Iterator[str]:
    with server() as folder:
        yield folder


@pytest.fixture(scope="module")
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    made = make_engine(request.param, request.getfixturevalue("postgres") if request.param == "postgresql" else "")
    yield made
    made.dispose()


def make_engine(name: str, postgres: str) -> sa.Engine:
    """An engine with what `install` puts in; `postgres` is the folder of the server."""
    match name:
        case "sqlite":
            made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
        case "duckdb":
            made = sa.create_engine("duckdb:///:memory:", poolclass=sa.StaticPool)
        case "postgresql":
            made = sa.create_engine(f"postgresql+psycopg://tests@/postgres?host={postgres}")
        case _:
            raise ValueError(f"how is an engine of {name} made?")
    install(made)
    return made


def store(engine: sa.Engine, luck: Luck) -> list[dict[str, Any]]:
    """Fills the tables anew, and gives the items as they are read back."""
    keys = range(1, OWNERS + 1)
    Base.metadata.drop_all(engine)  # DuckDB does not delete rows that others referred to
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        for key in keys:
            owner = luck.owner(key)
            session.add(Owner(id=key, city=owner["city"], size=owner["size"], boss_id=owner["boss"]))
            session.flush()
        number = 0
        for key in range(1, ITEMS + 1):
            item = luck.item(key, keys)
            lines, tags, owner_id = item.pop("lines"), item.pop("tags"), item.pop("owner")
            session.add(Item(**item, owner_id=owner_id))
            session.flush()
            for line in lines:
                session.add(Line(id=(number := number + 1), item_id=key, **line))
            for tag in tags:
                session.add(Tag(id=(number := number + 1), item_id=key, value=tag))
        session.commit()
        return [read_back(found) for found in session.scalars(sa.select(Item).order_by(Item.id))]


def read_back(item: Item) -> dict[str, Any]:
    columns = {name: getattr(item, name) for name in sa.inspect(Item).column_attrs.keys()}  # noqa: SIM118
    if item.at is not None:
        columns["at"] = item.at.replace(tzinfo=dt.UTC) if item.at.tzinfo is None else item.at.astimezone(dt.UTC)
    lines = [{"id": line.id, "qty": line.qty, "label": line.label, "item_id": line.item_id} for line in item.lines]
    return columns | {"owner": owner_of(item.owner), "lines": lines, "tags": list(item.tags)}


def owner_of(owner: Owner | None) -> dict[str, Any] | None:
    return None if owner is None else {"city": owner.city, "size": owner.size, "boss": owner_of(owner.boss)}


def matching(f: of.Filter, items: list[dict[str, Any]]) -> list[int] | str:
    """The keys of the items for which the filter is true, or what it raises."""
    try:
        return [item["id"] for item in items if f.matches(item)]
    except of.FilterError as error:
        return str(error)


CASES = 20 if settings.get_current_profile_name() != "large" else 800


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_rows_are_those_of_matches(engine: sa.Engine) -> None:
    tally = tally_of(range(CASES), SCHEMA, storing(engine))
    assert tally.wrong == []
    assert tally.share_refused < 0.05, tally.refused


def storing(engine: sa.Engine) -> Callable[[Luck], Stored]:
    return lambda luck: Stored(store(engine, luck), lambda f: keys(engine, where(f, Item)))


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("group", EDGES)
def test_rows_at_the_edges_are_those_of_matches(engine: sa.Engine, group: str) -> None:
    refused = refusals_of(group, SCHEMA, storing(engine)(Edges(1)))
    assert refused == known_refusals(group, engine.dialect.name)


# --- one filter at a time -------------------------------------------------------------------------------------------


def keys(engine: sa.Engine, condition: sa.ColumnElement[bool]) -> list[int]:
    with orm.Session(engine) as session:
        return list(session.scalars(sa.select(Item.id).where(condition).order_by(Item.id)))


def sql(f: of.Filter, dialect: str, target: Any = Item, **options: Any) -> tuple[str, dict[str, Any]]:
    """The statement that asks for the items, and its parameters."""
    found = sa.select(sa.literal_column("1")).where(where(f, target, **options)).compile(dialect=DIALECTS[dialect]())
    return str(found), dict(found.params)


DIALECTS: dict[str, Any] = {"sqlite": sqlite.dialect, "postgresql": postgresql.dialect}


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize(
    "text",
    [
        # Each is a fault of another translator: rows with null, rows of another branch, wildcards, case, types, crashes.
        *("qty ne 3", "not (qty eq 0)", "name le name", "name eq note", "not (name in ('a'))", "name ne null"),
        *("contains(name,'x'' or 1=1 --')", "contains(note,'%')", "startswith(note,'%')", "contains(name,'a_b')"),
        *("endswith(name,'Z')", "contains(note,'a')", "owner/city eq 'a' or qty eq 3", "owner/city eq 'abc'"),
        *("flag eq true", "flag", "not flag", "lines/all(l:l/qty gt 0)", "(sure add 1) lt 2", "name in ('a')"),
        *("at ne 2024-06-24T15:00:00+02:00", "day eq 0001-01-01", "lines/$count gt 2", "day(at) lt 23"),
        *("num eq 1.5", "(sure mod 2) ge 1", "concat(name,'x') eq 'ax'", "indexof(name,'b') eq 1", "qty in (3,null)"),
        *("name eq 'O''Brien'", "owner eq null", "owner ne null", "owner/boss/city eq null", "not (owner/size gt 0)"),
        *("tags/any(t:t eq 'a' and owner/city ne t)", "lines/any(l:l/qty gt qty)", "owner/city eq owner/boss/city"),
        *("year(at) eq 2024", "year(at) ne 2024", "year(day) le 2023", "num ne NaN", "not (num gt 1)", "num le num"),
        *("big eq 9007199254740992.5", "num eq big", "big gt 1e19", "not (big gt 1e19)", "qty in (2.5)", "2 gt 1"),
        *("case(qty gt 0:true,true:false)", "cast(qty,Edm.Double) gt 0.5", "at lt now()", "at gt mindatetime()"),
        *("trim(name) eq 'x'", "tolower(name) eq 'ας'", "toupper(name) eq 'SS'", "length('😀') eq 1 and qty eq 1"),
    ],
)
def test_a_fault_of_other_translators_is_none_here(engine: sa.Engine, text: str) -> None:
    items = store(engine, Luck(1))
    f = of.parse(text, schema=SCHEMA)
    assert keys(engine, where(f, Item)) == matching(f, items)


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_times_and_decimals_are_calculated_exactly(engine: sa.Engine) -> None:
    items = store(engine, Luck(1))
    for text in CALCULATED:
        f = of.parse(text, schema=SCHEMA)
        assert keys(engine, where(f, Item)) == matching(f, items), text


class Color(enum.Enum):
    """Kept by its names, read by filters as its values."""

    RED = "red"
    GREEN = "green"
    BLUE = "blue"


class Painted(Base):
    """Members of an enumeration, kept in several ways."""

    __tablename__ = "painted"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    bits: orm.Mapped[int | None]
    names: orm.Mapped[str | None]
    word: orm.Mapped[str | None] = orm.mapped_column(sa.Enum(*COLORS, name="colors"))
    color: orm.Mapped[Color | None] = orm.mapped_column(sa.Enum(Color))


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_members_of_an_enumeration_are_bits_names_or_words(engine: sa.Engine) -> None:
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        rows = [{**row, "color": None if row["word"] is None else Color(row["word"])} for row in PAINTED]
        session.add_all(Painted(**row) for row in rows)
        session.flush()
        for text in (
            *HAVING,
            "color eq 'red'",
            "color has 'blue'",
            "not (color in ('red','blue'))",
            "color eq 'red,blue'",
        ):
            f = of.parse(text, schema=ENUMERATIONS)
            found = list(session.scalars(sa.select(Painted.id).where(where(f, Painted)).order_by(Painted.id)))
            assert found == matching(f, rows), text
        for text, why in REFUSED_OF_MEMBERS.items():
            with pytest.raises(of.UnsupportedError) as caught:
                where(of.parse(text, schema=ENUMERATIONS), Painted, dialect=engine.dialect.name)
            assert [problem.message for problem in caught.value.problems] == [why.format(NAMES[engine.dialect.name])]


@pytest.mark.parametrize("dialect", ENGINES)
def test_what_every_engine_refuses_is_told_why(dialect: str) -> None:
    for text, why in REFUSED_OF_ITEMS.items():
        with pytest.raises(of.UnsupportedError) as caught:
            where(of.parse(text, schema=SCHEMA), Item, dialect=dialect)
        assert [problem.message for problem in caught.value.problems] == [why.format(NAMES[dialect])], text


@pytest.mark.parametrize("engine", ["postgresql", "duckdb"], indirect=True)
def test_parts_are_taken_of_a_timestamp_that_a_literal_moves(engine: sa.Engine) -> None:
    items = store(engine, Luck(1))
    f = of.parse("month(at sub duration'P5000000D') ge qty", schema=SCHEMA)
    with pytest.raises(of.UnsupportedError):  # before the first timestamp of PostgreSQL
        keys(engine, where(f, Item))
    for text in (
        "month(at sub duration'P1000000D') ge qty",
        "hour(at add duration'PT2H') eq 15",
        "day(day sub duration'PT1S') eq 23",
        "round(num) eq 3",
    ):
        f = of.parse(text, schema=SCHEMA)
        assert keys(engine, where(f, Item)) == matching(f, items), text


@pytest.mark.parametrize("engine", ["duckdb", "postgresql"], indirect=True)
def test_decimals_are_no_doubles_beside_a_literal(engine: sa.Engine) -> None:
    """The driver of DuckDB binds a Decimal as a double, which 20 digits are too many for."""
    store(engine, Luck(6))
    price = decimal.Decimal("12345678901234.567891")
    with orm.Session(engine) as session:
        session.get_one(Item, 1).price = price
        session.commit()
        items = [read_back(found) for found in session.scalars(sa.select(Item).order_by(Item.id))]
    for text in (f"price eq {price + decimal.Decimal('0.000001')}", f"price in ({price},1)", f"price lt {price}"):
        f = of.parse(text, schema=SCHEMA)
        assert keys(engine, where(f, Item)) == matching(f, items), text


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_beside_a_double_whole_numbers_and_decimals_are_doubles(engine: sa.Engine) -> None:
    store(engine, Luck(6))
    with orm.Session(engine) as session:
        for key, (big, price, num) in enumerate(BESIDE_DOUBLES, 1):
            item = session.get_one(Item, key)
            item.big, item.price, item.num = big, price, num
        session.commit()
        items = [read_back(found) for found in session.scalars(sa.select(Item).order_by(Item.id))]
    for operator in ("eq", "ne", "lt", "le", "gt", "ge"):
        for text in (f"big {operator} num", f"num {operator} big", f"price {operator} num", f"num {operator} price"):
            f = of.parse(text, schema=SCHEMA)
            assert keys(engine, where(f, Item)) == matching(f, items), text


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("tod in (12:00:00,12:00:00.1234567)", [dt.time(12)]),
        ("at in (2024-01-01T00:00:00Z,2024-01-01T00:00:00.1234567Z)", [dt.datetime(2024, 1, 1)]),  # noqa: DTZ001 - in UTC
        ("day in (2024-01-01,-0001-01-01)", [dt.date(2024, 1, 1)]),
        ("qty in (1,1.5,9999999999)", [1]),
        ("name in ('a','b')", ["a", "b"]),
    ],
)
def test_values_that_no_row_holds_are_left_out_of_a_list(text: str, kept: list[object]) -> None:
    found = where(of.parse(text, schema=SCHEMA), Item).compile(dialect=sqlite.dialect())
    assert list(found.params.values()) == [kept]


@pytest.mark.parametrize(
    "text", ["((qty mod 3) mul 4000000000) eq 1", "((big mod 3) mul 4) eq 4", "(qty div 3) mul 5 eq big"]
)
def test_whole_numbers_that_stay_small_are_calculated_without_functions_of_our_own(text: str) -> None:
    statement, _ = sql(of.parse(text, schema=SCHEMA), "sqlite")
    assert "NUMERIC" not in statement


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ibis calls what newer versions of DuckDB call otherwise
def test_texts_that_an_engine_does_not_take_are_refused() -> None:
    half, end = 'name in ["\\ud800"]', 'name in ["a\\u0000b"]'
    found = {text: dict(zip(COLUMNS, row, strict=False)) for text, row in verdicts([half, end]).items()}
    assert set(found[half].values()) == {"no"}
    assert {column for column, verdict in found[end].items() if verdict == "yes"} <= {"duckdb", "ibis: duckdb"}


def test_no_text_of_a_filter_stands_in_the_statement() -> None:
    luck = Luck(5)
    for _ in range(400):
        f = of.parse(luck.filter(), schema=SCHEMA)
        for dialect in DIALECTS:
            try:
                statement, _ = sql(f, dialect)
            except of.UnsupportedError:
                continue
            own = statement.replace("'UTC'", "")
            assert "'" not in own, statement


def test_the_negation_of_a_condition_is_that_of_its_filter() -> None:
    f = of.parse("qty gt 3", schema=SCHEMA)
    assert str((~where(f, Item)).compile()) == str(where(of.parse("not (qty gt 3)", schema=SCHEMA), Item).compile())


def test_only_a_judged_filter_is_run() -> None:
    with pytest.raises(of.FilterError, match="judged by no schema"):
        where(of.parse("qty gt 3"), Item)
    with pytest.raises(of.FilterError, match="@least has no value"):
        where(of.parse("qty gt @least", schema=SCHEMA), Item)
    with pytest.raises(of.FilterError):
        where("qty gt 3", Item)  # type: ignore[arg-type]


def test_an_allow_list_names_the_columns() -> None:
    table = Item.__table__
    columns = {"amount": table.c.qty, "name": table.c.name}
    statement, parameters = sql(of.parse("amount gt 3 and name ne 'x'"), "sqlite", table, columns=columns)
    assert "items.qty > ?" in statement
    assert set(parameters.values()) == {3, "x"}
    with pytest.raises(of.FilterValidationError, match="unknown property 'qty'"):
        where(of.parse("qty gt 3"), table, columns=columns)
    with pytest.raises(of.FilterValidationError):
        where(of.parse("amount eq 'x'"), table, columns=columns)


def test_what_an_engine_cannot_say_is_refused_with_its_place() -> None:
    f = of.parse("qty gt 3 and matchesPattern(name,'^a')", schema=SCHEMA)
    with pytest.raises(of.UnsupportedError) as caught:
        where(f, Item, dialect="postgresql")
    (problem,) = caught.value.problems
    assert str(f)[slice(*problem.span)] == "matchesPattern(name,'^a')"
    assert "PostgreSQL" in problem.message
    with pytest.raises(of.UnsupportedError):
        sql(f, "postgresql")
    there, rest = split(f, Item, dialect="postgresql")
    assert (str(there), str(rest)) == ("qty gt 3", "matchesPattern(name,'^a')")
    assert split(of.parse("qty gt 3", schema=SCHEMA), Item, dialect="sqlite")[1] is None


def test_without_install_its_functions_are_refused() -> None:
    plain = sa.create_engine("sqlite://")
    f = of.parse("tolower(name) eq 'a'", schema=SCHEMA)
    with pytest.raises(of.UnsupportedError, match="install"):
        sa.select(Item.id).where(where(f, Item)).compile(plain)
    where(f, Item, dialect="sqlite")


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("load", [orm.joinedload, orm.selectinload, orm.subqueryload, orm.lazyload])
def test_a_condition_chooses_what_a_relation_loads(engine: sa.Engine, load: Any) -> None:
    items = store(engine, Luck(1))
    lines, owners = schema_from_model(Line, name="Line"), schema_from_model(Owner, name="Owner")
    by_number = order_by([of.OrderBy("id", False)], Item)
    for text in ("qty gt 0", "qty lt 0 and label ne 'x'", "qty gt 0", "label in ('a','b',null)"):
        f = of.parse(text, schema=lines)
        statement = sa.select(Item).options(load(Item.lines.and_(where(f, Line)))).order_by(*by_number)
        with orm.Session(engine) as session:
            found = [sorted(line.id for line in item.lines) for item in session.scalars(statement).unique()]
        assert found == [sorted(line["id"] for line in item["lines"] if f.matches(line)) for item in items], text
    for text in ("boss/city ne null", "size gt 0 or boss/size gt 0"):
        f = of.parse(text, schema=owners)
        with orm.Session(engine) as session:
            loaded = session.scalars(sa.select(Item).options(load(Item.owner.and_(where(f, Owner)))).order_by(Item.id))
            chosen = [item.owner is not None for item in loaded.unique()]
        assert chosen == [item["owner"] is not None and f.matches(item["owner"]) for item in items], text


def test_a_statement_is_compiled_once_for_equal_filters() -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    store(engine, Luck(1))
    other = schema_from_model(Item, name="Item")
    compiled: list[int] = []
    many = f"qty in ({','.join(map(str, range(1_000)))})"
    for text, schema in (
        ("qty gt 3", SCHEMA),
        ("qty gt 3", SCHEMA),
        ("qty gt 4", SCHEMA),
        ("qty gt 3", other),
        (many, SCHEMA),
    ):
        keys(engine, where(of.parse(text, schema=schema), Item))
        compiled.append(len(engine._compiled_cache or ()))
    first, *more = (number - compiled[0] for number in compiled)
    assert (first, more) == (0, [0, 1, 2, 2])


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_thousands_of_values_and_operands_run(engine: sa.Engine) -> None:
    items = store(engine, Luck(2))
    many = of.parse(f"qty in ({','.join(map(str, range(10_000)))})", schema=SCHEMA)
    assert keys(engine, where(many, Item)) == matching(many, items)
    long = of.any_of(of.parse(f"qty eq {number}", schema=SCHEMA) for number in range(8_000))
    assert keys(engine, where(long, Item)) == matching(long, items)


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
def test_a_filter_nests_as_deep_as_the_engine_bears(engine: sa.Engine) -> None:
    items = store(engine, Luck(3))
    for depth in (20, 50, 100, 140):
        for text in (deep_and_or(depth), deep_not(depth)):
            f = of.parse(text, schema=SCHEMA, limits=of.Limits(depth=150))
            try:
                assert keys(engine, where(f, Item)) == matching(f, items)
            except of.UnsupportedError:
                assert depth > 50


def deep_and_or(depth: int) -> str:
    text = "qty gt 0"
    for level in range(depth // 2):
        text = f"({text}) {'and' if level % 2 else 'or'} name ne 'x'"
    return text


def deep_not(depth: int) -> str:
    return "name eq 'x' or not (" * (depth // 3) + "qty gt 0" + ")" * (depth // 3)


@pytest.mark.parametrize("engine", ENGINES, indirect=True)
@pytest.mark.parametrize("path", ["name", "qty", "num", "at", "owner/city", "flag", "sure"])
def test_an_order_is_that_of_odata(engine: sa.Engine, path: str) -> None:
    items = store(engine, Luck(4))

    def rank(item: dict[str, Any]) -> tuple[bool, bool, Any]:
        value: Any = item
        for name in path.split("/"):
            value = None if value is None else value[name]
        is_nan = isinstance(value, float) and math.isnan(value)
        return value is not None, is_nan, 0 if value is None or is_nan else value

    for descending in (False, True):
        clauses = order_by([of.OrderBy(path, descending)], Item)
        with orm.Session(engine) as session:
            found = list(session.scalars(sa.select(Item.id).order_by(*clauses, Item.id)))
        expected = sorted(items, key=lambda item: item["id"])
        expected.sort(key=rank, reverse=descending)
        assert found == [item["id"] for item in expected]


class Document(Base):
    """Collections and objects in one column."""

    __tablename__ = "documents"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    words: orm.Mapped[Any] = orm.mapped_column(sa.JSON)
    parts: orm.Mapped[Any] = orm.mapped_column(sa.JSON)
    place: orm.Mapped[Any] = orm.mapped_column(sa.JSON, nullable=True)
    plain: orm.Mapped[Any] = orm.mapped_column(sa.JSON(none_as_null=True), nullable=True)


_PART: dict[str, Any] = {"n": "Int32", "t": "String", "inner": {"kind": "Complex", "properties": {"t": "String"}}}
DOCUMENTS = schema_from_dict(
    {
        "id": "Int32",
        "words": {"kind": "Collection", "element": "String"},
        "parts": {"kind": "Collection", "element": {"kind": "Complex", "properties": _PART}},
        "place": {"kind": "Complex", "properties": {"t": "String"}},
        "plain": {"kind": "Complex", "properties": {"t": "String"}},
    }
)
STORED: list[dict[str, Any]] = [
    {
        "id": 1,
        "words": ["a", "O'Brien", "%"],
        "parts": [{"n": 1, "t": "x", "inner": {"t": "x"}}, {"n": None, "t": "y"}],
    },
    {"id": 2, "words": [], "parts": [], "place": {"t": "x"}, "plain": {"t": "x"}},
    {"id": 3, "words": None, "parts": None, "place": None, "plain": None},  # kept as the null of JSON, but for `plain`
    {"id": 4, "words": ["b"], "parts": [{"n": 5, "t": None, "inner": {"t": None}}], "place": {"t": None}},
]


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
@pytest.mark.parametrize(
    "text",
    [
        *(
            "words/any(w:w eq 'a')",
            "words/all(w:w ne 'b')",
            "words/any()",
            "words/$count eq 3",
            "not words/any(w:w lt 'b')",
        ),
        *(
            "parts/any(p:p/n gt 0)",
            "parts/all(p:p/n gt 0)",
            "parts/any(p:p/t eq null)",
            "parts/$count($filter=n eq 1) eq 1",
            "parts/any(p:p/inner/t eq p/t)",
            "parts/all(p:p/inner/t ne 'x')",
        ),
        *("words eq null", "words ne null", "not (words eq null)", "parts eq null or parts/any()"),
        *("place eq null", "place ne null", "not (place ne null)", "place/t eq null", "plain eq null", "plain ne null"),
    ],
)
def test_collections_in_one_column(engine: sa.Engine, text: str) -> None:
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    f = of.parse(text, schema=DOCUMENTS)
    with orm.Session(engine) as session:
        session.add_all(Document(**row) for row in STORED)
        session.flush()
        found = list(session.scalars(sa.select(Document.id).where(where(f, Document)).order_by(Document.id)))
    assert found == matching(f, STORED)


@pytest.mark.parametrize("dialect", ENGINES)
@pytest.mark.parametrize(
    "text",
    [
        "contains(words,words)",
        "startswith(words,words)",
        "endswith(words,words)",
        "indexof(words,words) ge 0",
        "length(words) gt 1",
        "length(concat(words,words)) gt 1",
        "length(substring(words,1)) gt 1",
    ],
)
def test_functions_of_collections_are_refused(text: str, dialect: str) -> None:
    with pytest.raises(of.UnsupportedError, match="has this function for texts only"):
        where(of.parse(text, schema=DOCUMENTS), Document, dialect=dialect)


# --- indexes --------------------------------------------------------------------------------------------------------

INDEXED = ("qty", "name", "at", "owner_id")


@pytest.mark.parametrize("engine", ["sqlite", "postgresql"], indirect=True)
def test_an_index_is_used(engine: sa.Engine) -> None:
    store(engine, Luck(6))
    dialect = engine.dialect.name
    with engine.begin() as connection:
        for name in INDEXED:
            column = sa.inspect(Item).columns[name].name
            order = ' COLLATE "C"' if name == "name" and dialect == "postgresql" else ""
            connection.execute(sa.text(f"CREATE INDEX by_{name} ON items ({column}{order})"))
        connection.execute(sa.text("CREATE INDEX by_city ON owners (city)"))
        if dialect == "postgresql":
            connection.execute(sa.text("SET enable_seqscan = off"))
        for text, index in (
            ("qty eq 3", "by_qty"),
            ("qty in (1,2,3)", "by_qty"),
            ("qty lt 3", "by_qty"),
            ("startswith(name,'ab')", "by_name"),
            ("year(at) eq 2024", "by_at"),
            ("owner/city eq 'x'", "by_city"),
        ):
            chosen = sa.select(Item.id).where(where(of.parse(text, schema=SCHEMA), Item))
            compiled = chosen.compile(engine, compile_kwargs={"render_postcompile": True})
            prefix = "EXPLAIN QUERY PLAN" if dialect == "sqlite" else "EXPLAIN"
            if dialect == "sqlite":
                rows = connection.exec_driver_sql(f"{prefix} {compiled}", tuple(compiled.params.values()))
            else:
                rows = connection.exec_driver_sql(f"{prefix} {compiled}", dict(compiled.params))
            assert index in "\n".join(map(str, rows)), text


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("qty add 2 gt 5", "qty gt 3"),
        ("2 add qty gt 5", "qty gt 3"),
        ("qty sub 2 gt 5", "qty gt 7"),
        ("7 sub qty gt 5", "qty lt 2"),
        ("-qty gt 5", "qty lt -5"),
        ("price div 4 gt 5", "price gt 20"),
        ("price div -4 gt 5", "price lt -20"),
        ("price divby 4 gt 5", "price gt 20"),
        ("qty add 2 sub 1 gt 5", "qty gt 4"),
        ("(qty add 2) in (5,6)", "qty in (3,4)"),
    ],
)
def test_a_number_moves_to_the_other_side(text: str, same: str) -> None:
    """A column by itself is open to an index, and engines do not round."""
    moved = sql(of.parse(text, schema=SCHEMA), "sqlite")
    assert moved == sql(of.parse(same, schema=SCHEMA), "sqlite")


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "duckdb"])
def test_elements_in_a_column_that_holds_no_collection_are_refused(dialect: str) -> None:
    class Tagged(of.Schema):
        tags = of.Collection(of.String())

    table = sa.Table("tagged", sa.MetaData(), sa.Column("tags", sa.Integer))
    with pytest.raises(of.UnsupportedError, match="has no elements of 'tags' in a column of Integer"):
        where(Tagged.tags.any(lambda tag: tag == "a"), table, dialect=dialect)


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql", "duckdb"])
@pytest.mark.parametrize(
    ("text", "reasons"),
    [
        ("price div 0 gt 1", ["a division by 0 is an error, which no row can be"]),
        ("num mod 0 gt 1", ["a division by 0 is an error, which no row can be"]),
        ("1 lt price div 0 add 1", ["a division by 0 is an error, which no row can be"]),
        ("qty divby sure eq 1", ["a divisor that may be 0: a division by 0 is an error, which no row can be"]),
    ],
)
def test_a_division_by_zero_is_refused_for_that_alone(dialect: str, text: str, reasons: list[str]) -> None:
    with pytest.raises(of.UnsupportedError) as caught:
        where(of.parse(text, schema=SCHEMA), Item, dialect=dialect)
    assert [problem.message for problem in caught.value.problems] == reasons


def test_a_filter_that_got_lost_does_not_mean_all_rows() -> None:
    with pytest.raises(of.FilterError, match="the first argument is None: a Filter"):
        where(None, Item)  # type: ignore[arg-type]
