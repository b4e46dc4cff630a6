"""Related rows in SQLAlchemy: tables that stand around are not mixed up with those of a subquery."""

import pickle
import re
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.associationproxy import AssociationProxy, association_proxy

import odatafilter as of
from odatafilter.sqlalchemy import schema_from_model, where

pytestmark = pytest.mark.engines


class Base(orm.DeclarativeBase):
    pass


labels_of_jobs = sa.Table(
    "labels_of_jobs",
    Base.metadata,
    sa.Column("job_id", sa.ForeignKey("jobs.id")),
    sa.Column("label_id", sa.ForeignKey("labels.id")),
)


class Company(Base):
    __tablename__ = "companies"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    city: orm.Mapped[str | None]
    jobs: orm.Mapped[list["Job"]] = orm.relationship(back_populates="owner", foreign_keys="Job.owner_id")


class Label(Base):
    __tablename__ = "labels"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    text: orm.Mapped[str | None]
    jobs: orm.Mapped[list["Job"]] = orm.relationship(secondary=labels_of_jobs, back_populates="labels")


class Job(Base):
    __tablename__ = "jobs"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    name: orm.Mapped[str | None]
    owner_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("companies.id"))
    maker_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("companies.id"))
    parent_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("jobs.id"))
    owner: orm.Mapped[Company | None] = orm.relationship(foreign_keys=owner_id, back_populates="jobs")
    maker: orm.Mapped[Company | None] = orm.relationship(foreign_keys=maker_id)
    parent: orm.Mapped["Job | None"] = orm.relationship(remote_side="Job.id", back_populates="parts")
    parts: orm.Mapped[list["Job"]] = orm.relationship(back_populates="parent")
    labels: orm.Mapped[list[Label]] = orm.relationship(secondary=labels_of_jobs, back_populates="jobs")
    texts: AssociationProxy[list[str]] = association_proxy("labels", "text")


SCHEMA = schema_from_model(Job, depth=4)
FILTERS = (
    "owner/city eq maker/city",
    "owner/city ne maker/city",
    "not (owner/city eq 'Delft' or maker/city eq 'Delft')",
    "owner/city eq 'Delft' and maker/city eq null",
    "parent/owner/city eq owner/city",
    "parent/name eq name",
    "parent/parent/name lt name",
    "parts/any(p:p/name eq name)",
    "parts/any(p:p/parts/any(q:q/owner/city eq owner/city))",
    "parts/all(p:p/owner/city eq maker/city)",
    "owner/jobs/any(j:j/name eq name and j/maker/city eq maker/city)",
    "owner/jobs/any(j:j/owner/jobs/any(k:k/name eq name and j/name ne name))",
    "owner/jobs/$count gt parts/$count",
    "labels/any(l:l/text eq name)",
    "labels/any(l:l/jobs/any(j:j/name eq name and j/labels/any(m:m/text ne l/text)))",
    "labels/any(l:labels/any(m:m/text gt l/text))",
    "labels/any(l:parts/any(p:p/labels/any(m:m/text eq l/text)))",
    "labels/$count($filter=text eq 'a') eq 1",
)
# With the values of an association proxy, and the same without it.
OF_VALUES = {
    "texts/any(t:texts/any(u:u gt t))": "labels/any(l:labels/any(m:m/text gt l/text))",
    "texts/any(t:labels/any(l:l/text gt t))": "labels/any(k:labels/any(l:l/text gt k/text))",
    "texts/any(t:parts/any(p:p/texts/any(u:u eq t)))": ("labels/any(l:parts/any(p:p/labels/any(m:m/text eq l/text)))"),
    "texts/any(t:t eq name or owner/jobs/any(j:j/texts/any(u:u lt t)))": (
        "labels/any(l:l/text eq name or owner/jobs/any(j:j/labels/any(m:m/text lt l/text)))"
    ),
}


@pytest.fixture(scope="module")
def session() -> Iterator[orm.Session]:
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        companies = [Company(city=city) for city in ("Delft", "Leiden", None, "Delft")]
        labels = [Label(text=text) for text in ("a", "b", "c", None)]
        jobs: list[Job] = []
        for number in range(24):
            job = Job(
                name=("a", "b", None)[number % 3],
                owner=(*companies, None)[number % 5],
                maker=(None, *companies)[number * 3 % 5],
                parent=jobs[number // 3] if number % 4 else None,
                labels=[label for place, label in enumerate(labels) if number * 5 >> place & 1],
            )
            jobs.append(job)
        session.add_all(jobs)
        session.commit()
        yield session
    engine.dispose()


@pytest.mark.parametrize("text", FILTERS)
def test_rows_of_tables_that_stand_around_are_others(session: orm.Session, text: str) -> None:
    f = of.parse(text, schema=SCHEMA)
    expected = [job.id for job in session.scalars(sa.select(Job).order_by(Job.id)) if f.matches(job)]
    assert list(session.scalars(sa.select(Job.id).where(where(f, Job)).order_by(Job.id))) == expected
    job = orm.aliased(Job)
    assert list(session.scalars(sa.select(job.id).where(where(f, job)).order_by(job.id))) == expected


@pytest.mark.parametrize(("text", "same"), OF_VALUES.items())
def test_values_of_related_rows_are_those_of_their_own_rows(session: orm.Session, text: str, same: str) -> None:
    expected = of.parse(same, schema=SCHEMA)
    found = set(session.scalars(sa.select(Job).where(where(of.parse(text, schema=SCHEMA), Job))))
    assert found == {job for job in session.scalars(sa.select(Job)) if expected.matches(job)}


@pytest.mark.parametrize("text", FILTERS)
def test_tables_that_the_statement_joins_are_others(session: orm.Session, text: str) -> None:
    f = of.parse(text, schema=SCHEMA)
    expected = {job.id for job in session.scalars(sa.select(Job)) if f.matches(job)}
    joined = (
        sa.select(Job.id)
        .outerjoin(Company, Company.id == Job.maker_id)
        .outerjoin(labels_of_jobs, labels_of_jobs.c.job_id == Job.id)
        .outerjoin(Label, Label.id == labels_of_jobs.c.label_id)
    )
    assert set(session.scalars(joined.where(where(f, Job)))) == expected


@pytest.mark.parametrize("text", FILTERS)
def test_a_condition_stands_inside_one_of_a_relation(session: orm.Session, text: str) -> None:
    f = of.parse(text, schema=SCHEMA)
    having = [one for one in session.scalars(sa.select(Company)) if any(f.matches(job) for job in one.jobs)]
    found = sa.select(Company).where(Company.jobs.any(where(f, Job)))
    assert set(session.scalars(found)) == set(having)
    whole = [job for job in session.scalars(sa.select(Job)) if any(f.matches(part) for part in job.parts)]
    assert set(session.scalars(sa.select(Job).where(Job.parts.any(where(f, Job))))) == set(whole)


def test_a_related_table_that_stands_nowhere_around_has_no_alias() -> None:
    f = of.parse("owner/city eq 'Delft'", schema=SCHEMA)
    statement = sa.select(Job.id).where(where(f, Job))
    assert "companies AS" not in str(statement)
    assert "companies AS" in str(
        sa.select(Job.id).where(where(of.parse("owner/city eq maker/city", schema=SCHEMA), Job))
    )


def test_a_condition_that_was_compiled_is_compiled_again_and_copied(session: orm.Session) -> None:
    f = of.parse("owner/city eq 'Delft' and name ne 'b'", schema=SCHEMA)
    condition = where(f, Job)
    expected = {job.id for job in session.scalars(sa.select(Job)) if f.matches(job)}
    assert expected
    for _ in range(2):
        assert set(session.scalars(sa.select(Job.id).where(condition))) == expected
    assert str(pickle.loads(pickle.dumps(condition))) == str(condition)
    part = orm.aliased(Job)
    inside = sa.select(Job.id).where(Job.parts.of_type(part).any(where(f, part)))
    outside = sa.select(Job.id).where(Job.parts.any(condition))
    assert set(session.scalars(outside)) == set(session.scalars(inside)) != set()
    assert set(session.scalars(sa.select(Job.id).where(condition))) == expected


ONLY_SOME = (
    (("name", "owner"), "owner/city eq 'Delft'"),
    (("name", "owner", "parts"), "parts/any(p:p/name eq 'a')"),
    (("name", "owner/jobs"), "owner/jobs/any(j:j/name eq 'a')"),
    (("name", "owner/jobs/id"), "owner/jobs/any(j:j/name eq 'a')"),
    (("name", "owner/jobs/id"), "owner/jobs/any(j:j/owner/city eq 'a')"),
    (("id", "parts/parent/id"), "parts/any(p:p/parent/name eq 'a')"),
    (("id", "parts/parent/id"), "parts/any(p:$it/name eq 'a')"),
    (("id", "labels/id"), "texts/any(t:t eq 'a')"),
)


@pytest.mark.parametrize(("only", "text"), ONLY_SOME)
def test_only_bounds_what_relations_lead_to(only: tuple[str, ...], text: str) -> None:
    schema = schema_from_model(Job, only=only, depth=5)
    with pytest.raises(of.FilterValidationError, match="unknown property"):
        of.parse(text, schema=schema)


@pytest.mark.parametrize(
    "text",
    [
        "owner/city eq 'Delft'",
        "owner ne null",
        "parts/$count gt 1",
        "parts/any()",
        "labels/any(l:l/text eq 'a' and l/jobs/any(j:j/id gt 3))",
        "labels/any(l:l/text eq name)",
    ],
)
def test_only_takes_paths_below_relations(session: orm.Session, text: str) -> None:
    only = ("name", "parts", "owner", "owner/city", "labels/text", "labels/jobs/id")
    f = of.parse(text, schema=schema_from_model(Job, only=only))
    expected = [job.id for job in session.scalars(sa.select(Job).order_by(Job.id)) if f.matches(job)]
    assert 0 < len(expected) < 24
    assert list(session.scalars(sa.select(Job.id).where(where(f, Job)).order_by(Job.id))) == expected


@pytest.mark.parametrize(
    ("only", "message"),
    [
        ("owner/cty", "Company has no 'cty'; did you mean 'city'?"),
        ("owner/", "Company has no ''"),
        ("onwer/city", "Job has no 'onwer'; did you mean 'owner'?"),
        ("name/city", "'name' of Job is no relation: it has no 'city'"),
        ("texts/city", "'texts' of Job is no relation: it has no 'city'"),
        ("parent/parent/parent/name", "'parent' of Job lies deeper than 'depth' says"),
    ],
)
def test_a_path_of_only_that_leads_nowhere_is_told(only: str, message: str) -> None:
    with pytest.raises(of.FilterError, match="^" + re.escape(message)):
        schema_from_model(Job, only=only, depth=2)
