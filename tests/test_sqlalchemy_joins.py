"""Relations of SQLAlchemy that are joined in other ways than by one key, and allow-lists of columns."""

import datetime as dt
import importlib.util
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import orm

import odatafilter as of
from odatafilter.sqlalchemy import install, order_by, schema_from_model, where

pytestmark = pytest.mark.engines


class Base(orm.DeclarativeBase):
    pass


labels_of_jobs = sa.Table(
    "labels_of_jobs",
    Base.metadata,
    sa.Column("job_id", sa.ForeignKey("jobs.id")),
    sa.Column("label_id", sa.ForeignKey("labels.id")),
)


class Label(Base):
    __tablename__ = "labels"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a: orm.Mapped[int | None]
    b: orm.Mapped[int | None]
    text: orm.Mapped[str | None]


class Job(Base):
    """Of each relation one row at the most leads on, but for `less`, whose first one is read back."""

    __tablename__ = "jobs"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    a: orm.Mapped[int | None]
    b: orm.Mapped[int | None]
    name: orm.Mapped[str | None]
    by_table: orm.Mapped[Label | None] = orm.relationship(secondary=labels_of_jobs, uselist=False)
    by_two: orm.Mapped[Label | None] = orm.relationship(
        primaryjoin="and_(foreign(Job.a) == Label.a, foreign(Job.b) == Label.b)", viewonly=True
    )
    by_key_of_some: orm.Mapped[Label | None] = orm.relationship(
        primaryjoin="and_(foreign(Job.a) == Label.id, Label.b == 1)", viewonly=True
    )
    by_order: orm.Mapped[Label | None] = orm.relationship(
        primaryjoin="foreign(Job.b) > Label.id", viewonly=True, uselist=False
    )
    by_function: orm.Mapped[Label | None] = orm.relationship(
        primaryjoin="func.lower(foreign(Job.name)) == Label.text", viewonly=True, uselist=False
    )
    by_key: orm.Mapped[Label | None] = orm.relationship(primaryjoin="Label.id == foreign(Job.b)", viewonly=True)


RELATIONS = ("by_table", "by_two", "by_key_of_some", "by_order", "by_function", "by_key")
SCHEMA = schema_from_model(Job)


@pytest.fixture(scope="module")
def session() -> Iterator[orm.Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        labels = [Label(id=number, a=number % 2, b=number // 2, text="xyz"[number % 3]) for number in range(1, 4)]
        jobs = [
            Job(
                id=number,
                a=(None, 0, 1, 2, 3)[number % 5],
                b=(None, 0, 1, 2)[number % 4],
                name=(None, "X", "y", "Z", "w")[number % 5],
                by_table=(None, *labels)[number % 4],
            )
            for number in range(1, 21)
        ]
        session.add_all([*labels, *jobs])
        session.commit()
        yield session
    engine.dispose()


@pytest.mark.parametrize("relation", RELATIONS)
@pytest.mark.parametrize(
    "text", ["{}/text eq 'x'", "{} eq null", "{} ne null", "not ({}/text eq 'x')", "{}/text eq null", "{}/id lt a"]
)
def test_rows_are_those_of_matches_however_a_relation_is_joined(session: orm.Session, relation: str, text: str) -> None:
    f = of.parse(text.format(relation), schema=SCHEMA)
    jobs = session.scalars(sa.select(Job).order_by(Job.id)).all()
    found = session.scalars(sa.select(Job.id).where(where(f, Job)).order_by(Job.id)).all()
    if relation == "by_order":  # it leads to several rows, of which one is asked for in a value
        jobs = [job for job in jobs if job.b != 2]
        found = [key for key in found if key % 4 != 3]
    assert list(found) == [job.id for job in jobs if f.matches(job)]


def test_only_a_relation_by_one_key_is_asked_for_by_that_key() -> None:
    asked = {
        relation: str(where(of.parse(f"{relation}/text eq 'x'", schema=SCHEMA), Job)).partition("SELECT")[0]
        for relation in RELATIONS
    }
    assert asked == dict.fromkeys(RELATIONS, "(EXISTS (") | {"by_key": "(jobs.b IN ("}


# --- inheritance ----------------------------------------------------------------------------------------------------


class Person(Base):
    __tablename__ = "persons"
    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "person"}  # noqa: RUF012 - SQLAlchemy's own
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    type: orm.Mapped[str]
    name: orm.Mapped[str | None]
    task_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("tasks.id"))


class Engineer(Person):
    """Whose row lies in two tables."""

    __tablename__ = "engineers"
    __mapper_args__ = {"polymorphic_identity": "engineer"}  # noqa: RUF012 - SQLAlchemy's own
    id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("persons.id"), primary_key=True)
    title: orm.Mapped[str | None]


class Boss(Person):
    """Whose row lies among those of others."""

    __mapper_args__ = {"polymorphic_identity": "boss"}  # noqa: RUF012 - SQLAlchemy's own


class Task(Base):
    __tablename__ = "tasks"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    person_id: orm.Mapped[int | None]
    person: orm.Mapped[Person | None] = orm.relationship(
        primaryjoin="foreign(Task.person_id) == Person.id", viewonly=True
    )
    engineer: orm.Mapped[Engineer | None] = orm.relationship(
        primaryjoin="foreign(Task.person_id) == Engineer.id", viewonly=True
    )
    boss: orm.Mapped[Boss | None] = orm.relationship(primaryjoin="foreign(Task.person_id) == Boss.id", viewonly=True)
    persons: orm.Mapped[list[Person]] = orm.relationship(foreign_keys="Person.task_id")
    engineers: orm.Mapped[list[Engineer]] = orm.relationship(foreign_keys="Person.task_id", viewonly=True)
    bosses: orm.Mapped[list[Boss]] = orm.relationship(foreign_keys="Person.task_id", viewonly=True)


TASKS = schema_from_model(Task)


@pytest.mark.parametrize(
    "text",
    [
        *(f"{one}/name eq 'a'" for one in ("person", "engineer", "boss")),
        *(f"{one} eq null" for one in ("person", "engineer", "boss")),
        *(f"not ({one}/name eq 'a')" for one in ("person", "engineer", "boss")),
        *(f"{several}/any(p:p/name eq 'a')" for several in ("persons", "engineers", "bosses")),
        *(f"{several}/$count gt 1" for several in ("persons", "engineers", "bosses")),
        *(f"{several}/all(p:p/id gt person_id)" for several in ("persons", "engineers", "bosses")),
        "engineer/title eq 'x' and engineer/name eq 'b'",
        "engineers/any(e:e/title eq 'x' and e/name ne engineer/name)",
        "bosses/any(b:b/name eq boss/name)",
    ],
)
def test_rows_of_classes_that_inherit_are_those_of_matches(text: str) -> None:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        names = ("a", "b", None)
        made: list[Person] = []
        for number in range(1, 19):
            values = {"id": number, "name": names[number % 3], "task_id": number % 5 + 1}
            kind = (Person, Engineer, Boss)[number // 3 % 3]
            made.append(Engineer(**values, title="xy"[number % 2]) if kind is Engineer else kind(**values))
        session.add_all([*(Task(id=number, person_id=number * 2 % 22) for number in range(1, 12)), *made])
        session.commit()
        f = of.parse(text, schema=TASKS)
        wanted = [task.id for task in session.scalars(sa.select(Task).order_by(Task.id)) if f.matches(task)]
        assert 0 < len(wanted) < 11
        assert list(session.scalars(sa.select(Task.id).where(where(f, Task)).order_by(Task.id))) == wanted
    engine.dispose()


@pytest.mark.parametrize(("length", "kept"), [(2000, 1), (2001, 0)])
def test_the_statement_of_a_filter_of_2000_characters_is_compiled_once(length: int, kept: int) -> None:
    """SQLAlchemy keeps what it has compiled by the filter, which a longer one would make large."""
    f = of.parse(f"name eq '{'x' * (length - 10)}'", schema=SCHEMA)
    assert len(str(f)) == length
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with engine.connect() as connection:
        before = len(engine._compiled_cache or ())
        for _ in range(2):
            connection.execute(sa.select(Job.id).where(where(f, Job)))
        assert len(engine._compiled_cache or ()) - before == kept
    engine.dispose()


# --- allow-lists ----------------------------------------------------------------------------------------------------

PLACES = sa.Table(
    "places",
    sa.MetaData(),
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("town", sa.String),
    sa.Column("street", sa.String),
    sa.Column("size", sa.Integer),
    sa.Column("secret", sa.String),
)
COLUMNS = {
    "key": PLACES.c.id,
    "size": PLACES.c.size,
    "where/town": PLACES.c.town,
    "where/at/street": PLACES.c.street,
}
ROWS = [
    {"id": number, "town": "ab"[number % 2], "street": ("x", None, "y")[number % 3], "size": number // 2}
    for number in range(12)
]


@pytest.mark.parametrize(
    "text", ["size gt 2", "where/town eq 'a'", "where/at/street eq null and key gt 3", "where/at/street gt where/town"]
)
def test_an_allow_list_gives_columns_by_the_paths_of_properties(text: str) -> None:
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
    PLACES.create(engine)
    f = of.parse(text)
    items = [
        {"key": row["id"], "size": row["size"], "where": {"town": row["town"], "at": {"street": row["street"]}}}
        for row in ROWS
    ]
    with engine.begin() as connection:
        connection.execute(PLACES.insert(), ROWS)
        chosen = sa.select(PLACES.c.id).where(where(f, PLACES, columns=COLUMNS))
        clauses = order_by([of.OrderBy("where/at/street", descending=True)], PLACES, columns=COLUMNS)
        found = list(connection.scalars(chosen.order_by(*clauses, PLACES.c.id)))
    wanted = [item for item in items if f.matches(item)]

    def street(item: dict[str, Any]) -> str:
        return item["where"]["at"]["street"] or ""

    assert wanted
    assert found == [item["key"] for item in sorted(wanted, key=street, reverse=True)]
    engine.dispose()


def _sort_by(path: str, target: Any, **options: Any) -> Callable[[], Any]:
    return lambda: order_by([of.OrderBy(path)], target, **options)


def _ask(text: str, target: Any, **options: Any) -> Callable[[], Any]:
    return lambda: where(of.parse(text), target, **options)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (_ask("secret eq 'a'", PLACES, columns=COLUMNS), of.FilterValidationError, "unknown property 'secret'"),
        (_ask("where/secret eq 'a'", PLACES, columns=COLUMNS), of.FilterValidationError, "unknown property 'secret'"),
        (_ask("size eq 'a'", PLACES, columns=COLUMNS), of.FilterValidationError, "'size' is an Int32"),
        (_ask("size gt 1", PLACES), of.FilterError, "the filter was judged by no schema, so it could read any column"),
        (_ask("size gt 1", PLACES, columns={"size": 5}), of.FilterTypeError, "columns['size'] is 5, not a column"),
        (_ask("size gt 1", "places", columns=None), of.FilterError, "the filter was judged by no schema"),
        (_sort_by("secret", PLACES, columns=COLUMNS), of.FilterError, "'secret' is no column of these"),
        (_sort_by("where", PLACES, columns=COLUMNS), of.FilterError, "'where' is no column of these"),
        (_sort_by("nothing", PLACES), of.FilterError, "'nothing' is no column of these"),
        (_sort_by("nothing", Job), of.FilterError, "'nothing' leads to no column of Job"),
        (_sort_by("by_key", Job), of.FilterError, "'by_key' leads to no column of Job"),
        (_sort_by("by_key/nothing", Job), of.FilterError, "'nothing' leads to no column of Label"),
        (_sort_by("name/x", Job), of.FilterError, "'name/x' leads to no column of Job"),
        (_sort_by("size", "places"), of.FilterError, "'places' is no mapped class and no table"),
        (_sort_by("size", dt.date), of.FilterError, "<class 'datetime.date'> is no mapped class and no table"),
        (lambda: schema_from_model("Job"), of.FilterTypeError, "'Job' is no mapped class and no table"),
        (lambda: schema_from_model(dt.date), of.FilterTypeError, "<class 'datetime.date'> is no mapped class"),
        (lambda: install("sqlite://"), of.FilterTypeError, "'sqlite://' is no engine of SQLAlchemy"),
        (
            _ask("size gt 1", PLACES, columns=COLUMNS, dialect="mysql"),
            of.FilterError,
            "filters run on duckdb, postgresql, sqlite, not on mysql",
        ),
    ],
)
def test_what_cannot_be_asked_is_told(call: Callable[[], Any], error: type[of.FilterError], message: str) -> None:
    with pytest.raises(error, match="^" + re.escape(message)) as caught:
        call()
    assert type(caught.value) is error


def test_a_property_of_the_schema_that_the_table_has_not_is_refused() -> None:
    schema = of.schema_from_dict({"size": "Int32", "height": "Int32"})
    with pytest.raises(of.UnsupportedError, match="'height' is no column of the allow-list"):
        where(of.parse("size gt 1 or height gt 1", schema=schema), PLACES, dialect="sqlite")


def test_a_schema_of_the_filter_stands_before_the_allow_list() -> None:
    """What the list has not is refused, though the schema documents it."""
    schema = of.schema_from_dict({"size": "Int32", "secret": "String"}, case_sensitive=False)
    with pytest.raises(of.FilterValidationError, match="unknown property 'secret'"):
        where(of.parse("secret eq 'a'", schema=schema), PLACES, columns=COLUMNS)


def test_arrays_are_collections_of_what_they_hold() -> None:
    table = sa.Table("arrays", sa.MetaData(), sa.Column("sizes", sa.ARRAY(sa.Integer)), sa.Column("x", sa.Numeric))
    facts = schema_from_model(table).__facts__.properties
    element = facts["sizes"].element
    assert (facts["sizes"].kind, element and element.kind, facts["x"].kind) == ("Collection", "Int32", "Decimal")
    f = of.parse("sizes/any(s:s gt 1)")
    assert "unnest(arrays.sizes)" in str(where(f, table, columns={"sizes": table.c.sizes}, dialect="postgresql"))


def test_duckdb_is_told_that_it_needs_numpy(monkeypatch: pytest.MonkeyPatch) -> None:
    engine = sa.create_engine("duckdb:///:memory:")
    monkeypatch.setattr(importlib.util, "find_spec", lambda _: None)
    with pytest.raises(of.FilterError, match=r"^DuckDB calls functions of Python with the help of numpy, which is not"):
        install(engine)
    monkeypatch.undo()
    install(engine)
    install(engine)
    with engine.connect() as connection:
        assert connection.scalar(sa.text("SELECT odata_tolower('Ä')")) == "ä"
    engine.dispose()
