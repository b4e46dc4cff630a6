"""Walks and clients without sockets: each answer is given by a function of the request, or one after the other."""

import asyncio
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import httpx

from odatafilter.errors import PagingError
from odatafilter.paging import Listing, Retry, paginate

URL = "http://s.test/P"
AT_ONCE = Retry(base=0, attempts=3)
Answer = Callable[[httpx.Request], httpx.Response]


def ok(body: object, headers: Mapping[str, str] | None = None, status: int = 200) -> httpx.Response:
    """An answer with `body` as JSON, or as it is where it is bytes."""
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return httpx.Response(status, content=content, headers=dict(headers or {}))


def one_by_one(*answers: httpx.Response) -> Answer:
    """These answers, of which the last one stands for all further requests."""
    left = list(answers)
    return lambda _: left.pop(0) if len(left) > 1 else left[0]


@dataclass
class Seen:
    """What a consumer has got, and what was asked for."""

    items: list[Any] = field(default_factory=list)
    error: PagingError | None = None
    stopped_by: str | None = None
    asked: list[httpx.Request] = field(default_factory=list)
    walk: Any = None

    @property
    def urls(self) -> list[str]:
        return [request.url.raw_path.decode() for request in self.asked]


def walked(
    answer: Answer | httpx.Response, listing: Listing | None = None, *, is_async: bool = False, **more: Any
) -> Seen:
    """What comes of a walk over a listing, which is one of OData unless another one is given."""
    seen = Seen()
    given = one_by_one(answer) if isinstance(answer, httpx.Response) else answer

    def tell(request: httpx.Request) -> httpx.Response:
        seen.asked.append(request)
        return given(request)

    listing = listing or Listing.odata(URL)
    more = {"retry": AT_ONCE, **more}
    transport = httpx.MockTransport(tell)
    if is_async:
        asyncio.run(_walk_async(seen, httpx.AsyncClient(transport=transport), listing, more))
    else:
        _walk(seen, httpx.Client(transport=transport), listing, more)
    seen.stopped_by = seen.walk.stats.stopped_by
    return seen


def _walk(seen: Seen, client: httpx.Client, listing: Listing, more: dict[str, Any]) -> None:
    with client, paginate(client, listing, **more) as walk:
        seen.walk = walk
        try:
            seen.items.extend(walk)
        except PagingError as error:
            seen.error = error


async def _walk_async(seen: Seen, client: httpx.AsyncClient, listing: Listing, more: dict[str, Any]) -> None:
    async with client, paginate(client, listing, **more) as walk:
        seen.walk = walk
        try:
            async for item in walk:
                seen.items.append(item)
        except PagingError as error:
            seen.error = error
