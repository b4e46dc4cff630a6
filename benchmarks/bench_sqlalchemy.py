"""What `odatafilter.sqlalchemy.where` costs, beside the same condition written by hand in SQLAlchemy, in the same run.

    python benchmarks/bench_sqlalchemy.py [--quick] [--rounds N]

Prints Markdown. A filter has been read and judged before; what is measured is its condition, the statement with it and
compiling that for a dialect, each time with another Filter, so that nothing that was kept for one counts. By hand it
is the condition that a careful person writes so that the same rows come, which is checked on SQLite. Times are CPU
time, the best of several rounds in which all take turns; compare the ratios. SQLAlchemy keeps the compiled text of a
statement written by hand and compiles it once for each shape, which is not measured here: ours is compiled each time.
"""

import argparse
import datetime as dt
import gc
import math
import random
import uuid
from collections.abc import Callable, Sequence
from time import process_time
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.dialects.postgresql.base import PGDialect
from sqlalchemy.dialects.sqlite.base import SQLiteDialect

import odatafilter as of
from odatafilter.sqlalchemy import schema_from_model, where


class Base(orm.DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "owners"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    city: orm.Mapped[str | None]


class Input(Base):
    __tablename__ = "inputs"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    job_id: orm.Mapped[int] = orm.mapped_column(sa.ForeignKey("jobs.id"))
    kind: orm.Mapped[str | None]


class Job(Base):
    __tablename__ = "jobs"
    id: orm.Mapped[int] = orm.mapped_column(primary_key=True)
    state: orm.Mapped[str | None]
    iTwinId: orm.Mapped[uuid.UUID | None]
    name: orm.Mapped[str | None]
    size: orm.Mapped[int | None] = orm.mapped_column(sa.BigInteger)
    createdDateTime: orm.Mapped[dt.datetime | None] = orm.mapped_column(sa.DateTime(timezone=True))
    owner_id: orm.Mapped[int | None] = orm.mapped_column(sa.ForeignKey("owners.id"))
    owner: orm.Mapped[Owner | None] = orm.relationship()
    inputs: orm.Mapped[list[Input]] = orm.relationship()


SCHEMA = schema_from_model(Job)
DIALECTS: dict[str, sa.Dialect] = {
    "sqlite": SQLiteDialect(),
    "postgresql": PGDialect(),  # type: ignore[no-untyped-call]
}
GUID = uuid.UUID("dc720f05-e5f7-448b-ae06-765de46f0af1")
FROM, TO = dt.datetime(2024, 3, 1, tzinfo=dt.UTC), dt.datetime(2024, 9, 1, tzinfo=dt.UTC)
WORDS = ["success", *(f"state {number}" for number in range(199))]
NUMBERS = list(range(5_000, 5_200))
Condition = sa.ColumnElement[bool]


class Case(NamedTuple):
    """A filter, and the condition that says the same of the attributes of a class, or the columns of its table."""

    name: str
    text: str
    by_hand: Callable[[Any, str], Condition]
    is_of_table: bool = True


def number_and_texts(it: Any, dialect: str) -> Condition:
    """LIKE has letters of either case on SQLite."""
    if dialect == "sqlite":
        begins = sa.and_(it.name >= "scan", it.name < "scao")
        contains = sa.func.instr(it.name, "99") > 0
    else:
        begins = it.name.startswith("scan", autoescape=True)
        contains = it.name.contains("99", autoescape=True)
    return sa.and_(it.size > 5000, sa.or_(begins, contains), sa.or_(it.state != "cancelled", it.state.is_(None)))


CASES = (
    Case("a text", "state eq 'success'", lambda it, _: it.state == "success"),
    Case(
        "a GUID, a list, null",
        f"iTwinId eq {GUID} and state in ('success','failed') and name ne null",
        lambda it, _: sa.and_(it.iTwinId == GUID, it.state.in_(["success", "failed"]), it.name.is_not(None)),
    ),
    Case(
        "a number and texts",
        "size gt 5000 and (startswith(name,'scan') or contains(name,'99')) and not (state eq 'cancelled')",
        number_and_texts,
    ),
    Case(
        "timestamps",
        "createdDateTime ge 2024-03-01T00:00:00Z and createdDateTime lt 2024-09-01T00:00:00Z",
        lambda it, _: sa.and_(it.createdDateTime >= FROM, it.createdDateTime < TO),
    ),
    Case(
        "related rows",
        "owner/city eq 'Delft' or inputs/any(i:i/kind eq 'scan')",
        lambda _, __: sa.or_(Job.owner.has(Owner.city == "Delft"), Job.inputs.any(Input.kind == "scan")),
        is_of_table=False,
    ),
)
LONG = (
    Case(
        "`in` with 200 texts",
        "state in (" + ",".join(f"'{word}'" for word in WORDS) + ")",
        lambda it, _: it.state.in_(WORDS),
    ),
    Case(
        "`in` with 200 numbers",
        "size in (" + ",".join(map(str, NUMBERS)) + ")",
        lambda it, _: it.size.in_(NUMBERS),
    ),
    Case(
        "`or` of 200",
        " or ".join(f"state eq '{word}'" for word in WORDS),
        lambda it, _: sa.or_(*[it.state == word for word in WORDS]),
    ),
)


def fill(session: orm.Session) -> None:
    """Rows with nulls everywhere."""
    luck = random.Random(2024)
    start = dt.datetime(2024, 1, 1, tzinfo=dt.UTC)

    def perhaps(value: Any) -> Any:
        return None if luck.random() < 0.2 else value

    owners = [Owner(city=perhaps(luck.choice(["Delft", "delft", "Leiden"]))) for _ in range(8)]
    for _ in range(500):
        job = Job(
            state=perhaps(luck.choice(["success", "failed", "cancelled", "active"])),
            iTwinId=perhaps(luck.choice([GUID, uuid.UUID(int=luck.getrandbits(128))])),
            name=perhaps(luck.choice(["scan", "Scan", "tile"]) + str(luck.randrange(200))),
            size=perhaps(luck.randrange(10_000)),
            createdDateTime=perhaps(start + dt.timedelta(minutes=luck.randrange(525_600))),
            owner=perhaps(luck.choice(owners)),
        )
        job.inputs = [Input(kind=perhaps(luck.choice(["scan", "photo"]))) for _ in range(luck.randrange(3))]
        session.add(job)
    session.flush()


def check(cases: Sequence[Case]) -> None:
    """Ours and the condition by hand give the same rows."""
    engine = sa.create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with orm.Session(engine) as session:
        fill(session)
        for case in cases:
            ours = where(of.parse(case.text, schema=SCHEMA), Job)
            found = [
                set(session.scalars(sa.select(Job.id).where(each))) for each in (ours, case.by_hand(Job, "sqlite"))
            ]
            if found[0] != found[1] or not found[0]:
                raise SystemExit(f"{case.name}: {len(found[0])} rows, by hand {len(found[1])}")
    engine.dispose()


TABLE = sa.inspect(Job).local_table
WAYS: dict[str, tuple[Any, Any, Callable[[Condition], sa.ClauseElement]]] = {
    "select(Job)": (Job, Job, lambda condition: sa.select(Job).where(condition)),
    "select(table)": (TABLE, TABLE.c, lambda condition: sa.select(TABLE).where(condition)),
    "condition alone": (Job, Job, lambda condition: condition),
}
"""What is filtered, where a condition by hand finds its columns, and what is compiled."""


def times(case: Case, dialect: str, way: str, rounds: int, count: int) -> tuple[float, float]:
    """Seconds for one condition by hand and for one of ours."""
    target, columns, made_with = WAYS[way]
    by_hand, ours = math.inf, math.inf
    for _ in range(rounds):
        filters = [of.parse(case.text, schema=SCHEMA) for _ in range(count)]
        begun = process_time()
        for _ in range(count):
            made_with(case.by_hand(columns, dialect)).compile(dialect=DIALECTS[dialect])
        between = process_time()
        for each in filters:
            made_with(where(each, target)).compile(dialect=DIALECTS[dialect])
        by_hand, ours = min(by_hand, between - begun), min(ours, process_time() - between)
    return by_hand / count, ours / count


def geometric_mean(numbers: Sequence[float]) -> float:
    return math.exp(sum(map(math.log, numbers)) / len(numbers))


def main() -> None:
    reader = argparse.ArgumentParser(description=__doc__)
    reader.add_argument("--quick", action="store_true", help="fewer rounds")
    reader.add_argument("--rounds", type=int, default=40, help="the best of so many is taken")
    options = reader.parse_args()
    rounds = 3 if options.quick else options.rounds
    check((*CASES, *LONG))
    gc.disable()
    for dialect in DIALECTS:
        print(f"| filter, for {dialect} | " + " | ".join(f"by hand, {way} | ours" for way in WAYS) + " |")
        print("| --- |" + " --: | --: |" * len(WAYS))
        found: dict[str, list[float]] = {way: [] for way in WAYS}
        for case in (*CASES, *LONG):
            cells = []
            for way in WAYS:
                if way == "select(table)" and not case.is_of_table:
                    cells += ["", ""]
                    continue
                by_hand, ours = times(case, dialect, way, rounds, 3 if case in LONG else 20)
                cells += [f"{1e6 * by_hand:.0f} µs", f"{ours / by_hand:.2f}"]
                if case in CASES:
                    found[way].append(ours / by_hand)
            print(f"| {case.name} | " + " | ".join(cells) + " |", flush=True)
        means = " | ".join(f"| {geometric_mean(each):.2f}" for each in found.values())
        print(f"| geometric mean of the first five | {means} |\n", flush=True)


if __name__ == "__main__":
    main()
