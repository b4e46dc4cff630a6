"""What type checkers must know of paging, and refuse. Checked by mypy and pyright, never run."""

from collections.abc import AsyncIterator, Iterator
from typing import Any, TypedDict, assert_type

import httpx

import odatafilter as of
from odatafilter import itwin


def a_client_gives_an_iterator(client: httpx.Client) -> None:
    walk = of.paginate(client, itwin.REALITY_CONVERSION_JOBS, filter=itwin.RealityConversionJob.state == "success")
    jobs: Iterator[dict[str, Any]] = walk
    assert_type(next(jobs), dict[str, Any])
    for job in walk:
        assert_type(job, dict[str, Any])
    for page in walk.pages():
        assert_type(page.number, int)
        assert_type(page.items[0], dict[str, Any])
        assert_type(page.next_link, str | None)
    assert_type(walk.stats.items, int)
    assert_type(str(walk.cursor), str)


async def an_asynchronous_client_gives_an_asynchronous_iterator(client: httpx.AsyncClient) -> None:
    walk = of.paginate(client, itwin.REALITY_CONVERSION_JOBS, top=100, max_items=5)
    jobs: AsyncIterator[dict[str, Any]] = walk
    assert_type(await anext(jobs), dict[str, Any])
    async for job in walk:
        assert_type(job, dict[str, Any])
    async for page in walk.pages():
        assert_type(page.number, int)


class Job(TypedDict):
    id: str


def items_are_of_the_type_that_is_asked_for(client: httpx.Client) -> None:
    assert_type(next(of.paginate(client, itwin.REALITY_CONVERSION_JOBS, item_type=Job)), Job)


def each_client_has_its_own_iterator(client: httpx.Client, other: httpx.AsyncClient) -> None:
    aiter(of.paginate(client, itwin.REALITY_CONVERSION_JOBS))  # type: ignore[arg-type]
    iter(of.paginate(other, itwin.REALITY_CONVERSION_JOBS))  # type: ignore[call-overload]


def arguments_of_paginate(client: httpx.Client) -> None:
    of.paginate(client, "http://localhost/jobs")  # type: ignore[call-overload]
    of.paginate(client, itwin.REALITY_CONVERSION_JOBS, top="10")  # type: ignore[call-overload]
    of.paginate(client, itwin.REALITY_CONVERSION_JOBS, filter=1)  # type: ignore[call-overload]
    of.paginate(client, itwin.REALITY_CONVERSION_JOBS, page_size="10")  # type: ignore[call-overload]
    of.paginate(client, itwin.REALITY_CONVERSION_JOBS, count=1)  # type: ignore[call-overload]
    of.paginate(client, itwin.REALITY_CONVERSION_JOBS, orderby=1)  # type: ignore[call-overload]
    of.paginate(client, itwin.REALITY_CONVERSION_JOBS, size=10)  # type: ignore[call-overload]
