"""The documented job list, walked over the emulator: every job once, in order, as the database has them."""

import asyncio
from collections.abc import Iterator

import httpx
import pytest

from odatafilter import itwin
from odatafilter.emulator import Server, running
from odatafilter.paging import PageSize, paginate

ALL = "createdDateTime ge 2000-01-01T00:00:00Z"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(jobs=25_000, seed=1) as started:
        yield started


def authorization(server: Server) -> dict[str, str]:
    return {"Authorization": f"Bearer {server.token}"}


def test_the_job_list_is_what_the_document_says() -> None:
    listing = itwin.REALITY_CONVERSION_JOBS
    assert listing.url == "https://api.bentley.com/realityconversion/jobs"
    assert (listing.items, listing.next_link) == ("jobs", "_links.next.href")
    assert listing.page_size == PageSize("$top", min=1, max=1000, default=100)
    assert listing.headers == {"Accept": "application/vnd.bentley.itwin-platform.v1+json"}
    assert listing.schema is itwin.RealityConversionJob
    assert listing.at("http://127.0.0.1:8000").url == "http://127.0.0.1:8000/realityconversion/jobs"


def test_the_emitted_filters_are_spelt_as_in_the_documented_samples() -> None:
    job = itwin.RealityConversionJob
    inputs = ["482b2968-6a85-4e50-b05c-8acbf828c1bd", "14c03448-bea0-4d76-b53b-4b20bd3f4cbc"]
    assert (
        str(job.iTwinId == "DC720F05-e5f7-448b-ae06-765de46f0af1") == "iTwinId eq dc720f05-e5f7-448b-ae06-765de46f0af1"
    )
    assert str(job.inputId.in_(inputs)).replace(", ", ",") == f"inputId in ('{inputs[0]}','{inputs[1]}')"
    assert str(job.createdDateTime > "2024-06-24T13:00:00Z") == "createdDateTime gt 2024-06-24T13:00:00Z"


@pytest.mark.parametrize("top", [1000, 100, 7])
def test_a_walk_has_all_25000_jobs_in_order(server: Server, top: int) -> None:
    listing = itwin.REALITY_CONVERSION_JOBS.at(server.url)
    with httpx.Client(headers=authorization(server)) as client:
        assert list(paginate(client, listing, filter=ALL, top=top)) == server.jobs(ALL)


@pytest.mark.parametrize("top", [1000, 100, 7])
def test_an_asynchronous_walk_has_all_25000_jobs_in_order(server: Server, top: int) -> None:
    async def walked() -> list[dict[str, object]]:
        listing = itwin.REALITY_CONVERSION_JOBS.at(server.url)
        async with httpx.AsyncClient(headers=authorization(server)) as client:
            return [job async for job in paginate(client, listing, filter=ALL, top=top)]

    jobs = asyncio.run(walked())
    assert len(jobs) == 25_000
    assert jobs == server.jobs(ALL)


def test_names_that_urls_are_made_of_find_their_jobs(server: Server) -> None:
    listing = itwin.REALITY_CONVERSION_JOBS.at(server.url)
    names = {name.rpartition(" ")[0]: name for name in (job["name"] for job in server.jobs())}.values()
    with httpx.Client(headers=authorization(server)) as client:
        for name in names:
            jobs = list(paginate(client, listing, filter=itwin.RealityConversionJob.name == name))
            assert jobs
            assert {job["name"] for job in jobs} == {name}
