"""The HTTP side: routes, the checks that come before an operation, and the thread that serves."""

import asyncio
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from threading import Thread
from typing import Any

import msgspec
import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from odatafilter.emulator import _answers
from odatafilter.emulator._behaviour import Behaviour
from odatafilter.emulator._generate import Caller, Population
from odatafilter.emulator._jobs import JobList
from odatafilter.emulator._statuses import JobStatuses

_ANY = frozenset({"", "*/*", "application/*", "application/json"})


class Service:
    """The operations over one population. `requests` counts all that came in."""

    def __init__(self, population: Population, job_list: JobList, statuses: JobStatuses, behaviour: Behaviour) -> None:
        self.requests = 0
        self._authorized = 0
        self._callers = {caller.token: caller for caller in population.callers}
        self._itwins = population.itwins
        self._job_list = job_list
        self._statuses = statuses
        self._behaviour = behaviour

    def application(self) -> Starlette:
        """The ASGI application."""
        routes = [
            Route("/realityconversion/jobs", self._jobs, methods=["GET"]),
            Route("/insights/carbon-calculation/oneclicklca/jobs/{job_id}", self._one_click_lca, methods=["GET"]),
            Route("/insights/carbon-calculation/ec3/jobs/{job_id}", self._ec3, methods=["GET"]),
            Route("/accesscontrol/itwins/{itwin_id}/jobs/{job_id}", self._access_control, methods=["GET"]),
        ]
        handlers: Mapping[Any, Any] = {_answers.Refused: _answer_refusal, HTTPException: _refuse_route}
        application = Starlette(routes=routes, exception_handlers=handlers)
        application.router.redirect_slashes = False  # the API has no such redirects: it is another route
        return application

    async def _jobs(self, request: Request) -> Response:
        caller = await self._admit(request)
        url = f"{request.url.scheme}://{request.url.netloc}{request.url.path}"
        return Response(self._job_list.page(caller, url, request.url.query), media_type=_answers.JSON)

    async def _one_click_lca(self, request: Request) -> Response:
        await self._admit(request)
        return _answer(self._statuses.one_click_lca(request.path_params["job_id"], self._behaviour.retry_after))

    async def _ec3(self, request: Request) -> Response:
        await self._admit(request)
        return _answer(self._statuses.ec3(request.path_params["job_id"], self._behaviour.retry_after))

    async def _access_control(self, request: Request) -> Response:
        caller = await self._admit(request, version=2, too_many=_answers.too_many_of_access_control)
        in_full = "return=representation" in request.headers.get("prefer", "")
        ids = request.path_params["itwin_id"].lower(), request.path_params["job_id"]
        after = self._behaviour.retry_after
        return _answer(self._statuses.access_control(caller, self._itwins, *ids, after, in_full=in_full))

    async def _admit(
        self, request: Request, version: int = 1, too_many: Callable[[str], _answers.Refused] = _answers.too_many
    ) -> Caller:
        """The caller, once past the checks that all operations begin with: 401, 429, 404."""
        self.requests += 1
        await asyncio.sleep(self._behaviour.latency)
        caller = self._caller(request.headers)
        self._throttle(too_many)
        _check_media_type(request.headers, f"application/vnd.bentley.itwin-platform.v{version}+json")
        return caller

    def _caller(self, headers: Mapping[str, str]) -> Caller:
        scheme, _, token = headers.get("authorization", "").partition(" ")
        if scheme.lower() != "bearer":
            raise _answers.no_header()
        if (caller := self._callers.get(token.strip())) is None:
            raise _answers.bad_token()
        return caller

    def _throttle(self, too_many: Callable[[str], _answers.Refused]) -> None:
        self._authorized += 1
        every = self._behaviour.throttle_every
        if every and self._authorized % every == 0:
            raise too_many(self._behaviour.retry_after)


def _check_media_type(headers: Mapping[str, str], media_type: str) -> None:
    accepted = headers.get("accept", "").split(",")
    if not any(part.partition(";")[0].strip().lower() in _ANY | {media_type} for part in accepted):
        raise _answers.no_resource()


def _answer(body: object) -> Response:
    return Response(msgspec.json.encode(body), media_type=_answers.JSON)


async def _answer_refusal(_: Request, error: Exception) -> Response:
    assert isinstance(error, _answers.Refused)  # noqa: S101 - Starlette's own promise
    return Response(error.body, error.status, error.headers, error.media_type)


async def _refuse_route(request: Request, _: Exception) -> Response:
    return await _answer_refusal(request, _answers.no_resource())


@contextmanager
def serve_in_thread(service: Service, listener: socket.socket) -> Iterator[None]:
    """Serves on a thread of its own for as long as the block runs."""
    config = uvicorn.Config(
        service.application(),
        loop="asyncio",
        http="h11",
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    thread = Thread(target=server.run, args=([listener],), name="odatafilter emulator")
    thread.start()
    try:
        yield
    finally:
        server.should_exit = True
        thread.join()
