"""`running`: a server of the documented operations on its own thread, and the truth that its answers come from."""

import socket
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from odatafilter._extras import name_missing_extra
from odatafilter.emulator._behaviour import Behaviour, check_number
from odatafilter.emulator._generate import Caller, Job
from odatafilter.emulator._jobs import JobList, condition_of
from odatafilter.emulator._statuses import JobService, JobStatuses, Script, Step
from odatafilter.emulator._store import Store
from odatafilter.emulator._tokens import Tokens
from odatafilter.errors import PagingValueError
from odatafilter.filter import Filter

if TYPE_CHECKING:
    from odatafilter.emulator._app import Service

_HOST = "127.0.0.1"
_BACKLOG = 128
_MAX_PORT = 65535


class Server:
    """A running emulator: its base `url`, the `token` of the first of its `callers`, and what is in its database."""

    def __init__(self, url: str, store: Store, service: "Service", statuses: JobStatuses) -> None:
        self.url = url
        self.callers: tuple[Caller, ...] = store.population.callers
        self.token = self.callers[0].token
        self._store = store
        self._service = service
        self._statuses = statuses

    @property
    def requests(self) -> int:
        """The number of requests that have come in."""
        return self._service.requests

    def jobs(
        self,
        filter: Filter | str | None = None,  # noqa: A002 - OData's own word
        caller: Caller | None = None,
    ) -> list[Job]:
        """The jobs, in order, that the list of `caller` (the first) has for a filter, read from the database itself.

        Args:
            filter: a filter or its text; None: all.
            caller: one of `callers`; None: the first.
        """
        rows = self._store.rows(condition_of(None if filter is None else str(filter)), caller or self.callers[0])
        return [msgspec.json.decode(row.body) for row in rows]

    def script(
        self,
        service: JobService,
        steps: Sequence[Step],
        *,
        message: str | None = None,
        errors: Sequence[Mapping[str, object]] = (),
    ) -> str:
        """The id of a new job whose status takes `steps`, one an answer; a number is answered with that HTTP status.

        An iTwin job is one of the first caller's first iTwin. Raises PagingValueError without steps.

        Args:
            service: "ec3", "oneclicklca" or "accesscontrol".
            steps: statuses as the service spells them, and numbers from 400 to 599; the last one stays.
            message: told once it has failed.
            errors: told once it has failed, as objects.
        """
        if not steps:
            raise PagingValueError("a script has one step at least")
        script = Script(tuple(steps), message, tuple(dict(error) for error in errors), self.callers[0].itwins[0])
        return self._statuses.add(service, script)


def _listen(port: int) -> socket.socket:
    # With its protocol named, asyncio sets TCP_NODELAY on what it accepts; otherwise each answer may take 40 ms.
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((_HOST, port))
        listener.listen(_BACKLOG)
    except OSError:
        listener.close()
        raise
    return listener


@contextmanager
def running(
    jobs: int = 25_000,
    seed: int = 1,
    *,
    port: int = 0,
    database: Path | None = None,
    behaviour: Behaviour | None = None,
) -> Iterator[Server]:
    """A server on 127.0.0.1 for as long as the block of a `with` runs.

    Raises MissingExtraError without starlette or uvicorn, OSError for a port that cannot be had, PagingValueError for a
    number out of bounds or a file with other jobs.

    Args:
        jobs: how many jobs the first caller has, from 0; the other callers have a quarter as many.
        seed: what they are made from: the same jobs and tokens for the same number.
        port: from 0 to 65,535; 0 is any free port.
        database: a file that keeps the jobs; None: memory.
        behaviour: what the documents leave open, and faults.
    """
    check_number("jobs", jobs)
    check_number("port", port, _MAX_PORT)
    behaviour = behaviour or Behaviour()
    with name_missing_extra("emulator"):
        from odatafilter.emulator._app import Service, serve_in_thread  # noqa: PLC0415 - needs the extra
    with closing(Store(jobs, seed, database)) as store, _listen(port) as listener:
        job_list = JobList(store, Tokens(str(seed)), behaviour)
        statuses = JobStatuses()
        service = Service(store.population, job_list, statuses, behaviour)
        with serve_in_thread(service, listener):
            yield Server(f"http://{_HOST}:{listener.getsockname()[1]}", store, service, statuses)
