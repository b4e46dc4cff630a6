"""Continuation tokens in databases: each row once, in the order of `sort`, at a cost that does not grow with the depth."""

import datetime as dt
import random
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from engine_cases import Luck
from postgres import server
from sqlalchemy import orm
from test_sqlalchemy import SCHEMA, Item, read_back, store

import odatafilter as of
from odatafilter.sqlalchemy import install, order_by, schema_from_model, where

pytestmark = pytest.mark.engines

SECRET = "a secret of the service"
PATHS = (
    "id",
    "name",
    "note",
    "qty",
    "big",
    "price",
    "num",
    "flag",
    "at",
    "day",
    "gid",
    "sure",
    "owner/city",
    "owner/size",
)
ORDERS = 12


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as folder:
        yield folder


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    urls = {"sqlite": "sqlite://", "duckdb": "duckdb:///:memory:"}
    if request.param in urls:
        made = sa.create_engine(urls[request.param], poolclass=sa.StaticPool)
    else:
        made = sa.create_engine(f"postgresql+psycopg://tests@/postgres?host={request.getfixturevalue('postgres')}")
    install(made)
    yield made
    made.dispose()


def page_of(session: orm.Session, options: of.QueryOptions, *, in_parts: bool) -> of.query.ServedPage[dict[str, Any]]:
    """One page, asked for in parts or at once."""
    found: list[dict[str, Any]] = []
    limit = options.limit or 0
    for part in options.ranges if in_parts else (options.after,):
        wanted = sa.select(Item) if part is None else sa.select(Item).where(where(part, Item))
        in_order = wanted.order_by(*order_by(options.order, Item)).limit(limit - len(found))
        found += map(read_back, session.scalars(in_order)) if len(found) < limit else ()
    return options.page(found, "https://service.test/items")


def walk(session: orm.Session, query: str, keyset: of.Keyset, *, in_parts: bool) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = []
    while True:
        options = of.QueryOptions.parse(query, schema=SCHEMA, allow="$orderby", keyset=keyset)
        page = page_of(session, options, in_parts=in_parts)
        items += page.items
        if page.next_link is None:
            return items
        query = page.next_link.partition("?")[2]


def test_pages_of_any_size_give_each_row_once_in_the_order_of_sort(engine: sa.Engine) -> None:
    rows, chance = store(engine, Luck(1)), random.Random(1)
    with orm.Session(engine) as session:
        for number in range(ORDERS):
            orderby = [of.OrderBy(path, chance.random() < 0.5) for path in chance.sample(PATHS, (number + 1) % 4)]
            keyset = of.Keyset(SCHEMA, key="id", secret=SECRET, page_size=(1, 4, 7, 13)[number % 4])
            query = f"$orderby={','.join(map(str, orderby))}" if orderby else ""
            wanted = [row["id"] for row in keyset.sort(rows, orderby)]
            found = walk(session, query, keyset, in_parts=number % 3 > 0)
            assert [row["id"] for row in found] == wanted, (query, keyset.page_size)


# --- depth ----------------------------------------------------------------------------------------------------------

DEEP = 300_000
NULLS = 30  # one of so many is null


class Base(orm.DeclarativeBase):
    pass


class Deep(Base):
    __tablename__ = "deep"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    qty: orm.Mapped[int | None]
    state: orm.Mapped[str]


# Null is the least value to OData, and the greatest one to PostgreSQL, whose texts are in the order of code points in "C".
INDEXES = {
    "sqlite": ("qty, id", "qty DESC, id", "state, id", "state DESC, qty, id", "qty, state DESC, id"),
    "postgresql": (
        "qty NULLS FIRST, id",
        "qty DESC NULLS LAST, id",
        'state COLLATE "C", id',
        'state COLLATE "C" DESC, qty NULLS FIRST, id',
        'qty NULLS FIRST, state COLLATE "C" DESC, id',
    ),
}
FILL = {
    "sqlite": f"""WITH RECURSIVE numbers(n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM numbers WHERE n < {DEEP - 1})
        INSERT INTO deep SELECT n, CASE WHEN n % {NULLS} THEN n * 7919 % 1009 END, char(97 + n % 4) FROM numbers""",
    "postgresql": f"""INSERT INTO deep
        SELECT n, CASE WHEN mod(n, {NULLS}) > 0 THEN mod(n::bigint * 7919, 1009) END, chr(97 + mod(n, 4))
        FROM generate_series(0, {DEEP - 1}) AS n
        ORDER BY mod(n::bigint * 7919, {DEEP})""",
}


class DeepSchema(of.Schema):
    id = of.Int32(nullable=False)
    qty = of.Int32()
    state = of.String(nullable=False)


DEEP_KEYSET = of.Keyset(DeepSchema, key="id", secret=SECRET, page_size=100)


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def deep(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    if request.param == "sqlite":
        made = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    else:
        made = sa.create_engine(f"postgresql+psycopg://tests@/postgres?host={request.getfixturevalue('postgres')}")
    install(made)
    Base.metadata.create_all(made)
    with made.begin() as connection:
        connection.exec_driver_sql(FILL[request.param])
        for number, columns in enumerate(INDEXES[request.param]):
            connection.exec_driver_sql(f"CREATE INDEX deep_{number} ON deep ({columns})")
    with made.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        # Vacuumed, so that no page is the first to look at a row that has just been written.
        connection.exec_driver_sql("VACUUM ANALYZE deep" if request.param == "postgresql" else "ANALYZE")
    yield made
    made.dispose()


def steps_in_sqlite(session: orm.Session, statement: sa.Select[Deep]) -> int:
    """How often SQLite has taken ten steps for a statement."""
    steps = 0

    def count() -> int:
        nonlocal steps
        steps += 1
        return 0

    driver: Any = session.connection().connection.driver_connection
    driver.set_progress_handler(count, 10)
    session.scalars(statement).all()
    driver.set_progress_handler(None, 0)
    return steps


def reads_in_postgresql(session: orm.Session, statement: sa.Select[Deep]) -> int:
    """How many rows and blocks PostgreSQL has read for a statement."""
    connection = session.connection()
    compiled = statement.compile(connection.engine, compile_kwargs={"render_postcompile": True})
    explain = f"EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) {compiled}"
    (plan,) = connection.exec_driver_sql(explain, dict(compiled.params)).scalar_one()
    blocks = plan["Plan"]["Shared Hit Blocks"] + plan["Plan"]["Shared Read Blocks"]
    return int(blocks) + sum(map(rows_read, nodes_of(plan["Plan"])))


def nodes_of(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for below in plan.get("Plans", ()):
        yield from nodes_of(below)


def rows_read(node: dict[str, Any]) -> int:
    """The rows that a node of a plan has given, and those that it has read in vain."""
    loops = int(node["Actual Loops"])
    return loops * int(node["Actual Rows"] + sum(node[name] for name in node if name.startswith("Rows Removed by")))


WORK = {"sqlite": steps_in_sqlite, "postgresql": reads_in_postgresql}


def work_of_page(engine: sa.Engine, query: str) -> int:
    """What the engine does for a page, in units of its own."""
    options = of.QueryOptions.parse(query, schema=DeepSchema, allow="$orderby", keyset=DEEP_KEYSET)
    work = found = 0
    limit = options.limit or 0
    with orm.Session(engine) as session:
        for part in options.ranges:
            wanted = sa.select(Deep) if part is None else sa.select(Deep).where(where(part, Deep))
            if found < limit:
                page = wanted.order_by(*order_by(options.order, Deep)).limit(limit - found)
                work += WORK[engine.dialect.name](session, page)
                found += len(session.scalars(page).all())
    assert found == limit
    return work


@pytest.mark.parametrize("orderby", ["id", "id desc", "qty", "qty desc", "state", "state desc,qty", "qty,state desc"])
def test_a_page_at_depth_290_000_costs_at_most_three_times_the_first(deep: sa.Engine, orderby: str) -> None:
    query = f"$orderby={orderby}"
    order = of.QueryOptions.parse(query, schema=DeepSchema, allow="$orderby", keyset=DEEP_KEYSET)
    first = work_of_page(deep, query)
    for depth in (100, 9_900, 150_000, 289_500, 290_000, 299_800):
        with orm.Session(deep) as session:
            place = sa.select(Deep).order_by(*order_by(order.order, Deep)).offset(depth).limit(1)
            token = DEEP_KEYSET.token(None, order.orderby, session.scalars(place).one())
        assert work_of_page(deep, f"{query}&continuationToken={token}") <= 3 * first, depth


class Visits(orm.DeclarativeBase):
    pass


class Visit(Visits):
    __tablename__ = "visits"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    seen: orm.Mapped[dt.datetime | None] = orm.mapped_column(sa.DateTime(timezone=True))


@pytest.mark.parametrize("order", ["seen", "seen desc"])
def test_rows_with_timestamps_that_sqlite_gives_back_without_an_offset_make_tokens(order: str) -> None:
    engine = sa.create_engine("sqlite://")
    install(engine)
    Visits.metadata.create_all(engine)
    schema = schema_from_model(Visit)
    keyset = of.Keyset(schema, key="id", secret=SECRET, page_size=2)
    with orm.Session(engine) as session:
        start = dt.datetime(2024, 6, 24, 12, 0, 0, 5, tzinfo=dt.UTC)
        seen = [None if number % 3 == 2 else start + dt.timedelta(hours=number // 2) for number in range(9)]
        session.add_all([Visit(id=number, seen=when) for number, when in enumerate(seen)])
        session.commit()
        session.expire_all()
        found: list[int] = []
        link: str | None = f"http://service.test/visits?$orderby={order}"
        while link is not None:
            options = of.QueryOptions.parse(link.partition("?")[2], schema=schema, allow="$orderby", keyset=keyset)
            wanted = sa.select(Visit).order_by(*order_by(options.order, Visit)).limit(options.limit)
            if options.after is not None:
                wanted = wanted.where(where(options.after, Visit))
            page = options.page(session.scalars(wanted), link)
            found += [visit.id for visit in page.items]
            link = page.next_link
        expected = list(session.scalars(sa.select(Visit.id).order_by(*order_by(options.order, Visit))))
    engine.dispose()
    assert found == expected
    assert len(found) == len(seen)
