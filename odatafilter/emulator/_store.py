"""The jobs in an embedded SQLite database, in memory or in a file, listed by (createdDateTime as an instant, id)."""

import sqlite3
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path
from threading import Lock
from typing import Final, NamedTuple, TypeAlias

import msgspec

from odatafilter.emulator._generate import Caller, Job, generate, populate
from odatafilter.emulator._instants import instant
from odatafilter.emulator._translate import SqlCondition
from odatafilter.errors import PagingValueError

_TABLES = """
    CREATE TABLE origin (jobs INTEGER, seed INTEGER);
    CREATE TABLE jobs (
        number INTEGER PRIMARY KEY, id TEXT, iTwinId TEXT, owner TEXT, name TEXT, email TEXT, type TEXT, state TEXT,
        created TEXT, body BLOB
    );
    CREATE TABLE inputs (job INTEGER, position INTEGER, id TEXT, PRIMARY KEY (job, position)) WITHOUT ROWID;
    CREATE TABLE outputs (job INTEGER, position INTEGER, id TEXT, PRIMARY KEY (job, position)) WITHOUT ROWID;
"""
_INDEXES = """
    CREATE UNIQUE INDEX by_id ON jobs (id);
    CREATE INDEX by_time ON jobs (created, id);
    CREATE INDEX by_owner ON jobs (owner, created, id);
    CREATE INDEX by_itwin ON jobs (iTwinId, created, id);
"""
_INSERT_JOB = "INSERT INTO jobs VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"

Key: TypeAlias = tuple[str, str]  # (instant, id): where a job stands in the list
START: Final[Key] = ("", "")


class Row(NamedTuple):
    """One listed job: where it stands, and its JSON."""

    key: Key
    body: bytes


class Store:
    """The generated jobs of a seed. A file that already holds the same jobs is used as it is."""

    def __init__(self, jobs: int, seed: int, path: Path | None = None) -> None:
        self.population = populate(seed)
        self._lock = Lock()
        try:
            self._database = sqlite3.connect(path or ":memory:", check_same_thread=False)
            with ExitStack() as unless_filled:
                unless_filled.callback(self.close)
                self._fill(jobs, seed)
                unless_filled.pop_all()
        except sqlite3.Error as error:
            raise PagingValueError(f"{path}: {error}") from error

    def close(self) -> None:
        """Closes the database."""
        self._database.close()

    def rows(self, condition: SqlCondition, caller: Caller | None, after: Key = START, limit: int = -1) -> list[Row]:
        """The jobs that meet `condition`, in order, at most `limit` of them; None for a caller is no limit of scope."""
        bound: list[str | bytes | int] = [*condition.bound]
        scope = _scope(condition, caller, bound)
        start = f"(created, id) > ({_bind_value(bound, after[0])}, {_bind_value(bound, after[1])})"
        select = f"SELECT created, id, body FROM jobs WHERE {scope} AND {start} AND {condition.sql}"  # noqa: S608
        select = f"{select} ORDER BY created, id LIMIT {_bind_value(bound, limit)}"
        with self._lock:
            found = self._database.execute(select, {f"v{number}": value for number, value in enumerate(bound, 1)})
            return [Row((created, id_), body) for created, id_, body in found]

    def _fill(self, jobs: int, seed: int) -> None:
        """Makes the tables, or makes sure that they are the ones that would have been made."""
        if self._database.execute("SELECT 1 FROM sqlite_schema").fetchone() is None:
            self._create(jobs, seed)
        elif (found := self._database.execute("SELECT jobs, seed FROM origin").fetchone()) is None:
            raise PagingValueError("the file was not finished; remove it")
        elif found != (jobs, seed):
            raise PagingValueError(f"the file holds {found[0]} jobs of seed {found[1]}, not {jobs} jobs of seed {seed}")

    def _create(self, jobs: int, seed: int) -> None:
        database = self._database
        database.executescript(f"PRAGMA synchronous = OFF; {_TABLES}")
        with database:
            made = list(generate(jobs, seed))
            database.executemany(
                _INSERT_JOB, (_job_row(number, owner, job) for number, (owner, job) in enumerate(made))
            )
            for table in ("inputs", "outputs"):
                database.executemany(f"INSERT INTO {table} VALUES (?, ?, ?)", _element_rows(table, made))  # noqa: S608
        database.executescript(_INDEXES)
        with database:
            database.execute("INSERT INTO origin VALUES (?, ?)", (jobs, seed))


def _scope(condition: SqlCondition, caller: Caller | None, bound: list[str | bytes | int]) -> str:
    """With iTwinId in the filter the jobs of the caller's iTwins, without it the caller's own."""
    if caller is None:
        return "TRUE"
    if condition.itwins is None:
        return f"owner = {_bind_value(bound, caller.ownerId)}"
    # The plus keeps SQLite from the index by iTwin, after which it would have to sort.
    return f"+iTwinId IN ({', '.join(_bind_value(bound, itwin) for itwin in caller.itwins)})"


def _bind_value(bound: list[str | bytes | int], value: str | int) -> str:
    bound.append(value)
    return f":v{len(bound)}"


def _job_row(number: int, owner: Caller, job: Job) -> tuple[int | str | bytes | None, ...]:
    scalars = (job["id"], job["iTwinId"], owner.ownerId, job["name"], job.get("email"), job["type"], job["state"])
    return (number, *scalars, instant(job["createdDateTime"]), msgspec.json.encode(job))


def _element_rows(table: str, made: list[tuple[Caller, Job]]) -> Iterable[tuple[int, int, str | None]]:
    for number, (_, job) in enumerate(made):
        for position, element in enumerate(job[table]):
            yield number, position, element["id"]
