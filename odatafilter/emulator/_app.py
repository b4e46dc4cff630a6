"""The HTTP side: routes, the checks that come before an operation, and the thread that serves."""

import asyncio
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import Thread

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from odatafilter.emulator import _answers
from odatafilter.emulator._behaviour import Behaviour
from odatafilter.emulator._generate import Caller
from odatafilter.emulator._jobs import JobList

_JSON = "application/json; charset=utf-8"
_ANY = frozenset({"", "*/*", "application/*", "application/json"})


class Service:
    """The operations over one population. `requests` counts all that came in."""

    def __init__(self, callers: tuple[Caller, ...], job_list: JobList, behaviour: Behaviour) -> None:
        self.requests = 0
        self._authorized = 0
        self._callers = {caller.token: caller for caller in callers}
        self._job_list = job_list
        self._behaviour = behaviour

    def application(self) -> Starlette:
        """The ASGI application."""
        routes = [Route("/realityconversion/jobs", self._jobs, methods=["GET"])]
        return Starlette(routes=routes, exception_handlers={_answers.Refused: _refuse, HTTPException: _refuse_route})

    async def _jobs(self, request: Request) -> Response:
        caller = await self._admit(request, "application/vnd.bentley.itwin-platform.v1+json")
        url = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
        return Response(self._job_list.page(caller, url, request.url.query), media_type=_JSON)

    async def _admit(self, request: Request, media_type: str) -> Caller:
        """The caller, once past the checks that all operations begin with: 401, 429, 404."""
        self.requests += 1
        await asyncio.sleep(self._behaviour.latency)
        caller = self._caller(request.headers)
        self._throttle()
        accepted = request.headers.get("accept", "").split(",")
        if not any(part.partition(";")[0].strip().lower() in _ANY | {media_type} for part in accepted):
            raise _answers.no_resource()
        return caller

    def _caller(self, headers: Mapping[str, str]) -> Caller:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise _answers.no_header()
        if (caller := self._callers.get(token.strip())) is None:
            raise _answers.bad_token()
        return caller

    def _throttle(self) -> None:
        self._authorized += 1
        every = self._behaviour.throttle_every
        if every and self._authorized % every == 0:
            raise _answers.too_many(self._behaviour.retry_after)


async def _refuse(_: Request, error: Exception) -> Response:
    assert isinstance(error, _answers.Refused)  # noqa: S101 - Starlette's own promise
    return Response(error.body, error.status, error.headers, _JSON)


async def _refuse_route(request: Request, _: Exception) -> Response:
    return await _refuse(request, _answers.no_resource())


@contextmanager
def serving(service: Service, listener: socket.socket) -> Iterator[None]:
    """Serves on a thread of its own for as long as the block runs."""
    config = uvicorn.Config(
        service.application(), loop="asyncio", http="h11", ws="none", lifespan="off", log_config=None, access_log=False
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listener],), name="odatafilter emulator")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
