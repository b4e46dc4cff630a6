"""The tables of the service, and jobs to look at."""

import datetime as dt
import random
import uuid

from sqlalchemy import DateTime, Dialect, Engine, ForeignKey, TypeDecorator
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column, relationship


class Instant(TypeDecorator[dt.datetime]):
    """A timestamp, kept in UTC: SQLite has no offsets."""

    impl = DateTime
    cache_ok = True

    def process_bind_param(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The value as it is kept."""
        return None if value is None else value.astimezone(dt.UTC).replace(tzinfo=None)

    def process_result_value(self, value: dt.datetime | None, dialect: Dialect) -> dt.datetime | None:  # noqa: ARG002
        """The value as it is read."""
        return None if value is None else value.replace(tzinfo=dt.UTC)


class Base(DeclarativeBase):
    """The tables."""


class PersonRow(Base):
    """Who owns jobs."""

    __tablename__ = "person"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    city: Mapped[str | None]


class JobRow(Base):
    """A job. Each attribute has the name of its property in the schema."""

    __tablename__ = "job"
    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(index=True)
    state: Mapped[str] = mapped_column(index=True)
    created: Mapped[dt.datetime] = mapped_column(Instant, index=True)
    size: Mapped[int | None] = mapped_column(index=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("person.id"), index=True)
    owner: Mapped[PersonRow | None] = relationship(lazy="joined")


def fill(engine: Engine, count: int, seed: int = 1) -> None:
    """Makes the tables anew, with `count` jobs that are the same for the same seed."""
    chance = random.Random(seed)  # noqa: S311  # jobs to look at
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    cities = ("Oslo", "Bath", "Łódź", None)
    people = [PersonRow(id=n, name=f"Person {n}", city=chance.choice(cities)) for n in range(1, 11)]
    start = dt.datetime(2024, 6, 24, 13, tzinfo=dt.UTC)
    jobs = [
        JobRow(
            id=uuid.UUID(int=chance.getrandbits(128), version=4),
            name=chance.choice(("Bridge", "Tunnel", "100 % road", "O'Hara's house")) + f" {number}",
            state=chance.choice(("waiting", "active", "success", "failed")),
            created=start + dt.timedelta(minutes=chance.randrange(count)),
            size=chance.choice((None, 0, chance.randrange(10**6))),
            owner=chance.choice((*people, None)),
        )
        for number in range(count)
    ]
    with Session(engine) as session:
        session.add_all([*people, *jobs])
        session.commit()
