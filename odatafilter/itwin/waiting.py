"""`wait` and `await_`: a job's end, asked for again and again until it is there."""

from collections.abc import Awaitable, Callable
from threading import Event as Flag
from typing import Any, Literal
from uuid import UUID

from odatafilter.errors import PagingValueError
from odatafilter.itwin._poll import Poll, Wait, WaitEvent
from odatafilter.itwin.job import Job, JobOperation
from odatafilter.paging._arguments import check_client, check_token
from odatafilter.paging._client import AsyncClient, Client
from odatafilter.paging._request import Access
from odatafilter.paging._rules import ORIGINS, check_argument, one_of
from odatafilter.paging._sync import Wire
from odatafilter.paging.origins import Origins, origin_of
from odatafilter.paging.retry import Retry

_RETRY = Retry()
_SAME = Origins.same()


def wait(
    client: Client,
    operation: JobOperation,
    *,
    job_id: UUID | str,
    itwin_id: UUID | str | None = None,
    timeout: float = 3600.0,
    interval: float = 2.0,
    retry: Retry = _RETRY,
    origins: Origins = _SAME,
    token: Callable[[], str] | None = None,
    on_event: Callable[[WaitEvent], object] | None = None,
) -> Job:
    """The job once it is over, whatever its outcome.

    Raises WaitTimeout from the last failure, RateLimited for a longer wait than is left, StatusError, OriginError and
    BadPageError for what no wait mends, and PagingValueError for wrong arguments.

    Args:
        client: an `httpx.Client`.
        operation: a `JobOperation`, such as `EC3_JOB`.
        job_id: the id of the job, a text or a UUID.
        itwin_id: the id of its iTwin, for operations that need it.
        timeout: how long the job may take, from 0 seconds: asked once.
        interval: the first pause, from 0.001 seconds; later ones grow up to ten times that, and are never shorter than
            told.
        retry: which statuses are asked again until `timeout`, as failed connections are, and the pauses before.
        origins: where redirects may lead.
        token: a function that gives a bearer token, asked at first and after a 401.
        on_event: a function that is called with each `WaitEvent`.
    """
    if hasattr(client, "aclose"):
        raise PagingValueError("wait takes httpx.Client; with httpx.AsyncClient, it is await_")
    poll = _poll(
        client,
        operation,
        token,
        (job_id, itwin_id),
        timeout=timeout,
        interval=interval,
        retry=retry,
        origins=origins,
        on_event=on_event,
    )
    return Wire(client, token).run(poll.job(), Flag())


async def await_(
    client: AsyncClient,
    operation: JobOperation,
    *,
    job_id: UUID | str,
    itwin_id: UUID | str | None = None,
    timeout: float = 3600.0,  # noqa: ASYNC109 - as in `wait`
    interval: float = 2.0,
    retry: Retry = _RETRY,
    origins: Origins = _SAME,
    token: Callable[[], str | Awaitable[str]] | None = None,
    on_event: Callable[[WaitEvent], object] | None = None,
) -> Job:
    """The same as `wait`, with an asynchronous client.

    Args:
        client: an `httpx.AsyncClient`.
        operation: a `JobOperation`, such as `EC3_JOB`.
        job_id: the id of the job, a text or a UUID.
        itwin_id: the id of its iTwin, for operations that need it.
        timeout: how long the job may take, from 0 seconds: asked once.
        interval: the first pause, from 0.001 seconds; later ones grow up to ten times that, and are never shorter than
            told.
        retry: which statuses are asked again until `timeout`, as failed connections are, and the pauses before.
        origins: where redirects may lead.
        token: a function that gives a bearer token, asked at first and after a 401; it may be asynchronous.
        on_event: a function that is called with each `WaitEvent`.
    """
    check_client(client)
    if not hasattr(client, "aclose"):
        raise PagingValueError("await_ takes httpx.AsyncClient; with httpx.Client, it is wait")
    from odatafilter.paging._async import AsyncWire  # noqa: PLC0415 - asyncio costs 50 ms

    poll = _poll(
        client,
        operation,
        token,
        (job_id, itwin_id),
        timeout=timeout,
        interval=interval,
        retry=retry,
        origins=origins,
        on_event=on_event,
    )
    return await AsyncWire(client, token).run(poll.job())


def _poll(
    client: Client | AsyncClient,
    operation: JobOperation,
    token: Callable[[], Any] | None,
    ids: tuple[UUID | str, UUID | str | None],
    *,
    origins: Origins,
    **rest: Any,
) -> Poll:
    check_client(client)
    check_token(token, client)
    check_argument("operation", operation, one_of(JobOperation, "a JobOperation such as EC3_JOB"))
    check_argument("origins", origins, ORIGINS)
    renewable: Literal["token", "auth"] | None = "token" if token else "auth" if getattr(client, "auth", None) else None
    url = operation.url_of(*ids)
    access = Access("the job", origin_of(url), origins, operation.headers, renewable)
    return Poll(Wait(operation=operation, job_id=str(ids[0]), url=url, access=access, **rest))
