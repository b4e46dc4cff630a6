"""Columns whose engine has rules of its own: collations, CHAR, enumerations, timestamps without offset, relations."""

import datetime as dt
import enum
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from postgres import server
from sqlalchemy import orm

import odatafilter as of
from odatafilter.sqlalchemy import install, order_by, schema_from_model, where

pytestmark = pytest.mark.engines


class Color(enum.Enum):
    RED = 1
    GREEN = 2


class Base(orm.DeclarativeBase):
    pass


class Person(Base):
    __tablename__ = "people"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True, autoincrement=False)
    name: orm.Mapped[str | None]
    code: orm.Mapped[str | None] = orm.mapped_column(sa.CHAR(3))
    color: orm.Mapped[Color | None]
    naive: orm.Mapped[dt.datetime | None] = orm.mapped_column(sa.DateTime())
    aware: orm.Mapped[dt.datetime | None] = orm.mapped_column(sa.DateTime(timezone=True))
    tod: orm.Mapped[dt.time | None]
    guid: orm.Mapped[uuid.UUID | None]
    guid_text: orm.Mapped[str | None] = orm.mapped_column(sa.String(36))
    span: orm.Mapped[dt.timedelta | None]
    boss_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("people.id"))
    boss: orm.Mapped["Person | None"] = orm.relationship(remote_side="Person.id", back_populates="staff")
    staff: orm.Mapped[list["Person"]] = orm.relationship(back_populates="boss")


class SCHEMA(schema_from_model(Person)):  # type: ignore[misc]
    guid_text = of.Guid()


GUIDS = (None, uuid.UUID(int=0xABC), uuid.UUID(int=0xDEF << 90))
NOON = dt.datetime(2024, 6, 24, 12, tzinfo=dt.UTC)
NAMES = (None, "a", "ab", "RED", "a  ", "abc")
CODES = (None, "a", "ab", "abc", "A")
MOMENTS = (None, NOON, NOON - dt.timedelta(hours=5), NOON + dt.timedelta(hours=5, microseconds=7))
SPANS = (None, dt.timedelta(0), dt.timedelta(hours=1), dt.timedelta(days=40, microseconds=5), -dt.timedelta(minutes=5))


@pytest.fixture(scope="module", params=["sqlite", "postgresql", "duckdb"])
def engine(request: pytest.FixtureRequest) -> Iterator[sa.Engine]:
    """An engine whose sessions are in the zone of Tokyo."""
    match request.param:
        case "postgresql":
            with server() as folder:
                made = sa.create_engine(
                    f"postgresql+psycopg://tests@/postgres?host={folder}",
                    connect_args={"options": "-ctimezone=Asia/Tokyo"},
                )
                yield filled(made)
                made.dispose()
        case name:
            made = sa.create_engine("duckdb:///:memory:" if name == "duckdb" else "sqlite://", poolclass=sa.StaticPool)
            install(made)
            if name == "duckdb":
                with made.connect() as connection:
                    connection.exec_driver_sql("SET TimeZone='Asia/Tokyo'")
            yield filled(made)
            made.dispose()


def filled(engine: sa.Engine) -> sa.Engine:
    install(engine)
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        for key in range(60):
            naive = MOMENTS[key * 7 % 4]
            session.add(
                Person(
                    id=key,
                    name=NAMES[key % 6],
                    code=CODES[key * 3 % 5],
                    color=(None, *Color)[key % 3],
                    naive=naive and naive.replace(tzinfo=None),
                    aware=MOMENTS[key // 4 % 4],
                    tod=(None, dt.time(12), dt.time(13, 0, 0, 500_000))[key % 3],
                    span=SPANS[key % 5],
                    guid=GUIDS[key % 3],
                    guid_text=(None, str(GUIDS[1]).upper(), str(GUIDS[1]), str(GUIDS[2]))[key % 4],
                    boss_id=None if key % 4 == 0 else key // 2,
                )
            )
            session.flush()
        session.commit()
    return engine


def read_back(person: Person | None, depth: int = 3) -> dict[str, Any] | None:
    if person is None:
        return None
    item: dict[str, Any] = {
        name: getattr(person, name) for name in ("id", "name", "code", "tod", "span", "guid", "guid_text")
    }
    item["color"] = person.color and person.color.name
    for name in ("naive", "aware"):
        moment = getattr(person, name)
        item[name] = moment and (moment.astimezone(dt.UTC) if moment.tzinfo else moment.replace(tzinfo=dt.UTC))
    if depth:
        item["boss"] = read_back(person.boss, depth - 1)
        item["staff"] = [read_back(one, depth - 1) for one in person.staff]
    return item


@pytest.mark.parametrize(
    "text",
    [
        # CHAR is read back with the blanks that fill it where the engine fills it.
        "code eq 'a'",
        "code eq 'a  '",
        "code in ('a','abc')",
        "code in ('a  ',null)",
        "code lt 'ab'",
        "code eq name",
        "length(code) eq 1",
        "endswith(code,'b')",
        "startswith(code,'ab ')",
        "concat(code,'x') eq 'ax'",
        # An enumeration of the engine's own has no functions and no collation, and an order of its own.
        "color eq 'RED'",
        "color in ('RED',null)",
        "not (color eq 'RED')",
        "color eq name",
        "color lt 'RED'",
        "contains(color,'E')",
        "startswith(color,'R')",
        "tolower(color) eq 'red'",
        "boss/color eq color",
        # `isof` where the kind of a value says it.
        "isof(name,Edm.String)",
        "not isof(id,Edm.Int64)",
        "isof(boss/name,Edm.String) eq null",
        "fractionalseconds(tod) eq 0.5",
        "fractionalseconds(naive) gt 0.000006",
        "fractionalseconds(aware) eq 0",
        # A pattern of ECMAScript, where the engine has them.
        "matchesPattern(name,'^a.?$')",
        # A timestamp without offset is in UTC, whatever the zone of the session.
        "naive eq aware",
        "naive lt aware",
        "naive ge aware",
        "naive lt now()",
        "naive eq 2024-06-24T14:00:00+02:00",
        "hour(naive) eq 12",
        "date(naive) eq date(aware)",
        # The letter case of a GUID does not count, also where a column holds its text.
        "guid_text eq 00000000-0000-0000-0000-000000000ABC",
        "guid_text ne 00000000-0000-0000-0000-000000000abc",
        "guid_text in (00000000-0000-0000-0000-000000000ABC,null)",
        "guid_text eq guid",
        "guid eq 00000000-0000-0000-0000-000000000ABC",
        # Whether there is a row behind a relation of a relation.
        "boss/boss eq null",
        "boss/boss ne null",
        "staff/any(s:s/boss/boss eq null)",
        "not (boss/boss eq null) or name eq 'a'",
    ],
)
def test_rows_are_those_of_matches(engine: sa.Engine, text: str) -> None:
    f = of.parse(text, schema=SCHEMA)
    if engine.dialect.name != "sqlite" and text.startswith("matchesPattern"):
        with pytest.raises(of.UnsupportedError):
            where(f, Person, dialect=engine.dialect.name)
        return
    with orm.Session(engine) as session:
        items = [read_back(person) for person in session.scalars(sa.select(Person).order_by(Person.id))]
        found = session.scalars(sa.select(Person.id).where(where(f, Person)).order_by(Person.id)).all()
    assert found == [item["id"] for item in items if item and f.matches(item)]


class ANY_CASE(of.Schema, case_sensitive=False):
    id = of.Int32()
    color = of.Enum("RED", "GREEN")


@pytest.mark.parametrize(
    "text", ["color eq 'red'", "not (color eq 'Green')", "color in ('red',null)", "color has 'red'"]
)
def test_members_of_other_case_find_the_rows_of_the_documented_ones(engine: sa.Engine, text: str) -> None:
    f = of.parse(text, schema=ANY_CASE)
    with orm.Session(engine) as session:
        items = [read_back(person) for person in session.scalars(sa.select(Person).order_by(Person.id))]
        found = session.scalars(sa.select(Person.id).where(where(f, Person)).order_by(Person.id)).all()
    assert found
    assert found == [item["id"] for item in items if item and f.matches(item)]


def test_a_condition_stands_where_an_alias_takes_the_place_of_its_table(engine: sa.Engine) -> None:
    with orm.Session(engine) as session:
        items = [read_back(person) for person in session.scalars(sa.select(Person).order_by(Person.id))]
        for text in ("name eq 'ab' or staff/any(s:s/name eq 'a')", "name eq 'abc'", "boss/name eq name"):
            f = of.parse(text, schema=SCHEMA)
            behind = Person.boss.has(where(f, Person))
            found = session.scalars(sa.select(Person.id).where(behind).order_by(Person.id)).all()
            assert found == [item["id"] for item in items if item and item["boss"] and f.matches(item["boss"])]


@pytest.mark.parametrize("path", ["color", "code", "naive", "boss/color"])
def test_rows_are_sorted_by_columns_of_these_types(engine: sa.Engine, path: str) -> None:
    (order,) = of.QueryOptions.parse(f"$orderby={path}", schema=SCHEMA, allow=("$orderby",)).orderby
    with orm.Session(engine) as session:
        items = [read_back(person) for person in session.scalars(sa.select(Person).order_by(Person.id))]
        found = session.scalars(sa.select(Person.id).order_by(*order_by([order], Person), Person.id)).all()

    def value(item: dict[str, Any] | None) -> Any:
        for name in path.split("/"):
            item = item and item[name]
        return item

    known = [item for item in items if value(item) is not None]
    expected = [item for item in items if value(item) is None] + sorted(known, key=value)
    assert found == [item["id"] for item in expected if item]


COLLATED = sa.Table(
    "collated",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("name", sa.String(collation="NOCASE")),
    sa.Column("note", sa.String),
)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "name eq 'a'",
            "name ne 'a'",
            "name in ('a','z')",
            "not (name in ('a',null))",
            "name eq note",
            "note eq name",
        ),
        *(
            "name lt 'b'",
            "startswith(name,'A')",
            "startswith(note,name)",
            "endswith(note,name)",
            "name eq toupper(name)",
        ),
    ],
)
def test_a_collation_that_ignores_case_does_not_count(text: str) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    install(engine)
    COLLATED.create(engine)
    texts = (None, "a", "A", "ab", "AB", "z")
    rows = [{"id": key, "name": texts[key % 6], "note": texts[key // 6]} for key in range(36)]
    f = of.parse(text, schema=schema_from_model(COLLATED))
    with engine.begin() as connection:
        connection.execute(COLLATED.insert(), rows)
        found = connection.scalars(sa.select(COLLATED.c.id).where(where(f, COLLATED)).order_by(COLLATED.c.id)).all()
    assert found == [row["id"] for row in rows if f.matches(row)]
