"""`install`: every connection of an engine has the functions, however it is pooled and whichever driver it has."""

import asyncio
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from postgres import server
from sqlalchemy import orm
from sqlalchemy.ext.asyncio import AsyncEngine, async_sessionmaker, create_async_engine

import odatafilter as of
from odatafilter._engines.python_functions import put_into_sqlite
from odatafilter.sqlalchemy import install, order_by, where

pytestmark = pytest.mark.engines


class Base(orm.DeclarativeBase):
    pass


class Row(Base):
    __tablename__ = "rows"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    name: orm.Mapped[str | None]


class Schema(of.Schema):
    id = of.Int32(nullable=False)
    name = of.String()


ROWS: list[dict[str, Any]] = [
    {"id": 1, "name": "ΑΣ"},
    {"id": 2, "name": None},
    {"id": 3, "name": "ας"},
    {"id": 4, "name": "x"},
]
LOWER = of.parse("tolower(name) eq 'ας' or name eq null", schema=Schema)
FOUND = [1, 2, 3]
STATEMENT = sa.select(Row.id).where(where(LOWER, Row)).order_by(*order_by([Schema.id.asc()], Row))


def fill(connection: sa.Connection) -> None:
    Base.metadata.create_all(connection)
    connection.execute(sa.insert(Row), ROWS)


def in_pool(engine: sa.Engine) -> None:
    """Fills the tables by a connection that then is in the pool."""
    with engine.begin() as connection:
        fill(connection)


URLS = {"sqlite": "sqlite:///{place}/rows.sqlite", "duckdb": "duckdb:///{place}/rows.duckdb"}


@pytest.fixture(params=URLS)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[sa.Engine]:
    made = sa.create_engine(URLS[request.param].format(place=tmp_path))
    yield made
    made.dispose()


def test_connections_at_the_same_time_have_the_functions(engine: sa.Engine) -> None:
    install(engine)
    in_pool(engine)
    with engine.connect() as one, engine.connect() as other:
        assert list(one.scalars(STATEMENT)) == list(other.scalars(STATEMENT)) == FOUND


def test_sqlite_gets_functions_that_calculate_as_odata_does() -> None:
    """Exact numbers go in and out as texts, or as the shortest digits of a REAL; a null makes a null."""
    connection = sqlite3.connect(":memory:")
    put_into_sqlite(connection)
    calls = {
        "odata_tolower('ΑΣ')": "ας",
        "odata_toupper('straße')": "STRASSE",
        "odata_casefold('Straße')": "strasse",
        "odata_floor(-2.5)": -3.0,
        "odata_ceiling(-2.5)": -2.0,
        "odata_order('10.00', 10.0)": 0,
        "odata_order(0.1, '0.2')": -1,
        "odata_add(0.1, 0.2)": "0.3",
        "odata_sub('1', 0.9)": "0.1",
        "odata_mul('1000000000000000000', '-3.5')": "-3500000000000000000.0",
        "odata_div('-7', '2')": "-3",
        "odata_mod('-7', '2')": "-1",
        "odata_negate('2.50')": "-2.50",
        "odata_double('2.50')": 2.5,
        "odata_matchespattern('abc', '^a.c$')": 1,
        "odata_floor(NULL)": None,
        "odata_add(NULL, 1)": None,
        "odata_negate(NULL)": None,
    }
    assert {call: connection.execute(f"SELECT {call}").fetchone()[0] for call in calls} == calls
    connection.close()


def test_two_engines_of_one_file_have_the_functions(engine: sa.Engine) -> None:
    install(engine)
    in_pool(engine)
    another = sa.create_engine(engine.url)
    install(another)
    with engine.connect() as one, another.connect() as other:
        assert list(one.scalars(STATEMENT)) == list(other.scalars(STATEMENT)) == FOUND
    another.dispose()


@pytest.mark.parametrize("pool", [None, sa.StaticPool, sa.NullPool, sa.SingletonThreadPool])
def test_a_connection_that_was_in_the_pool_before_has_the_functions(
    engine: sa.Engine, pool: type[sa.Pool] | None
) -> None:
    pooled = sa.create_engine(engine.url, **({} if pool is None else {"poolclass": pool}))
    in_pool(pooled)
    install(pooled)
    with pooled.connect() as connection:
        assert list(connection.scalars(STATEMENT)) == FOUND
    pooled.dispose()
    with pooled.execution_options(logging_token="another").connect() as connection:
        assert list(connection.scalars(STATEMENT)) == FOUND
    pooled.dispose()


def test_a_rolled_back_transaction_takes_nothing_away(engine: sa.Engine) -> None:
    in_pool(engine)
    install(engine)
    with engine.connect() as connection:
        connection.execute(sa.insert(Row), [{"id": 9, "name": None}])
        assert list(connection.scalars(STATEMENT)) == [*FOUND, 9]
        connection.rollback()
        assert list(connection.scalars(STATEMENT)) == FOUND
    with engine.connect() as connection:
        assert list(connection.scalars(STATEMENT)) == FOUND


@pytest.mark.parametrize("pool", [None, sa.StaticPool])
def test_a_connection_in_use_says_that_install_came_too_late(engine: sa.Engine, pool: type[sa.Pool] | None) -> None:
    pooled = sa.create_engine(engine.url, **({} if pool is None else {"poolclass": pool}))
    in_pool(pooled)
    with orm.Session(pooled) as session:
        assert len(list(session.scalars(sa.select(Row.id)))) == len(ROWS)
        install(pooled)
        with pytest.raises(of.FilterError, match="call install first"):
            session.scalars(STATEMENT)
        session.rollback()
        assert list(session.scalars(STATEMENT)) == FOUND
    pooled.dispose()


def test_other_errors_stay_those_of_the_engine(engine: sa.Engine) -> None:
    install(engine)
    with engine.connect() as connection, pytest.raises(sa.exc.DBAPIError):
        connection.exec_driver_sql("SELECT no_such_function(1)")


def test_each_thread_has_the_functions_in_a_database_of_its_own() -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.SingletonThreadPool)
    install(engine)
    found: list[list[int]] = []

    def ask() -> None:
        with engine.connect() as connection:
            fill(connection)
            found.append(list(connection.scalars(STATEMENT)))

    threads = [threading.Thread(target=ask) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [FOUND] * 3
    engine.dispose()


# --- asynchronous drivers -------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def postgres() -> Iterator[str]:
    with server() as folder:
        yield folder


@pytest.fixture(params=["sqlite", "memory", "postgresql"])
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    match request.param:
        case "sqlite":
            return f"sqlite+aiosqlite:///{tmp_path}/rows.sqlite"
        case "memory":
            return "sqlite+aiosqlite://"
        case _:
            return f"postgresql+psycopg://tests@/postgres?host={request.getfixturevalue('postgres')}"


def run(url: str, use: Callable[[AsyncEngine], Awaitable[None]]) -> None:
    async def use_and_close() -> None:
        engine = create_async_engine(url)
        try:
            await use(engine)
        finally:
            await engine.dispose()

    asyncio.run(use_and_close())


async def in_async_pool(engine: AsyncEngine) -> None:
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.drop_all)
        await connection.run_sync(fill)


def test_an_asynchronous_engine_has_the_functions(url: str) -> None:
    async def use(engine: AsyncEngine) -> None:
        install(engine)
        await in_async_pool(engine)
        async with async_sessionmaker(engine)() as session:
            assert list(await session.scalars(STATEMENT)) == FOUND

    run(url, use)


def test_an_asynchronous_connection_that_was_in_the_pool_before_has_the_functions(url: str) -> None:
    async def use(engine: AsyncEngine) -> None:
        await in_async_pool(engine)
        install(engine)
        async with engine.connect() as connection:
            assert list(await connection.scalars(STATEMENT)) == FOUND

    run(url, use)


def test_connections_of_tasks_at_the_same_time_have_the_functions(url: str) -> None:
    async def use(engine: AsyncEngine) -> None:
        install(engine)
        await in_async_pool(engine)

        async def ask() -> list[Any]:
            async with engine.connect() as connection:
                return list(await connection.scalars(STATEMENT))

        assert await asyncio.gather(*(ask() for _ in range(4))) == [FOUND] * 4

    run(url, use)


def test_all_pages_of_a_keyset_are_walked_asynchronously(url: str) -> None:
    keyset = of.Keyset(Schema, key="id", secret="a secret of the service", page_size=1)

    async def use(engine: AsyncEngine) -> None:
        install(engine)
        await in_async_pool(engine)
        seen: list[Any] = []
        query: str | None = "$orderby=name desc"
        while query is not None:
            options = of.QueryOptions.parse(query, schema=Schema, allow="$orderby", keyset=keyset)
            async with async_sessionmaker(engine)() as session:
                rows: list[Any] = []
                for part in options.ranges:
                    wanted = sa.select(Row) if part is None else sa.select(Row).where(where(part, Row))
                    rows += await session.scalars(wanted.order_by(*order_by(options.order, Row)))
                page = options.page(rows[: options.limit], "https://service.test/rows")
                seen += [row.id for row in page.items]
            query = page.next_link.partition("?")[2] if page.next_link else None
        assert seen == [3, 1, 4, 2]

    run(url, use)
