"""The documented job list, walked over the emulator: every job once, in order, as the database has them."""

import asyncio
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing

import httpx
import msgspec
import pytest

from odatafilter import itwin
from odatafilter.emulator._store import Store
from odatafilter.emulator._translate import ALL as ALL_JOBS
from odatafilter.paging import PageSize, paginate

ALL = "createdDateTime ge 2000-01-01T00:00:00Z"


class Service:
    """An emulator in a process of its own, and the file in which its jobs are."""

    def __init__(self, url: str, token: str, store: Store) -> None:
        self.listing = itwin.REALITY_CONVERSION_JOBS.at(url)
        self.headers = {"Authorization": f"Bearer {token}"}
        rows = store.rows(ALL_JOBS, store.population.callers[0])
        self.jobs = [msgspec.json.decode(row.body) for row in rows]


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    path = tmp_path_factory.mktemp("emulator") / "jobs.sqlite"
    script = "from odatafilter.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", script, "emulator", "--port", "0", "--database", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout
        url, token = process.stdout.readline().strip(), process.stdout.readline().strip().partition("=")[2]
        with closing(Store(25_000, 1, path)) as store:
            yield Service(url, token, store)
        process.terminate()


def test_the_job_list_is_what_the_document_says() -> None:
    listing = itwin.REALITY_CONVERSION_JOBS
    assert listing.url == "https://api.bentley.com/realityconversion/jobs"
    assert (listing.items, listing.next_link) == ("jobs", "_links.next.href")
    assert listing.page_size == PageSize("$top", min=1, max=1000, default=100)
    assert listing.headers == {"Accept": "application/vnd.bentley.itwin-platform.v1+json"}
    assert listing.schema is itwin.RealityConversionJob
    assert listing.at("http://127.0.0.1:8000").url == "http://127.0.0.1:8000/realityconversion/jobs"


def test_what_a_job_always_has_is_never_null() -> None:
    """`email` may be missing, and a job that is not submitted has no inputs or outputs."""
    properties = itwin.RealityConversionJob.__facts__.properties
    assert {name for name, facts in properties.items() if facts.nullable} == {"email", "inputId", "outputId"}


def test_the_emitted_filters_are_spelt_as_in_the_documented_samples() -> None:
    job = itwin.RealityConversionJob
    inputs = ["482b2968-6a85-4e50-b05c-8acbf828c1bd", "14c03448-bea0-4d76-b53b-4b20bd3f4cbc"]
    assert (
        str(job.iTwinId == "DC720F05-e5f7-448b-ae06-765de46f0af1") == "iTwinId eq dc720f05-e5f7-448b-ae06-765de46f0af1"
    )
    assert str(job.inputId.in_(inputs)).replace(", ", ",") == f"inputId in ('{inputs[0]}','{inputs[1]}')"
    assert str(job.createdDateTime > "2024-06-24T13:00:00Z") == "createdDateTime gt 2024-06-24T13:00:00Z"


@pytest.mark.parametrize("top", [1000, 100])
def test_a_walk_has_all_25000_jobs_in_order(service: Service, top: int) -> None:
    with httpx.Client(headers=service.headers) as client:
        jobs = list(paginate(client, service.listing, filter=ALL, top=top))
    assert len(jobs) == 25_000
    assert jobs == service.jobs


@pytest.mark.parametrize("top", [1000, 100])
def test_an_asynchronous_walk_has_all_25000_jobs_in_order(service: Service, top: int) -> None:
    jobs = asyncio.run(walked(service, ALL, top))
    assert len(jobs) == 25_000
    assert jobs == service.jobs


def test_small_pages_have_every_job_too(service: Service) -> None:
    last = service.jobs[700]["createdDateTime"]
    wanted = itwin.RealityConversionJob.createdDateTime.le(last)
    jobs = [job for job in service.jobs if wanted.matches(job)]
    assert 700 <= len(jobs) < 1000
    with httpx.Client(headers=service.headers) as client:
        walk = paginate(client, service.listing, filter=wanted, top=7)
        assert list(walk) == jobs
    assert walk.stats.pages == -(-len(jobs) // 7)
    assert asyncio.run(walked(service, str(wanted), 7)) == jobs


async def walked(service: Service, text: str, top: int) -> list[dict[str, object]]:
    async with httpx.AsyncClient(headers=service.headers) as client:
        return [job async for job in paginate(client, service.listing, filter=text, top=top)]


def test_names_that_urls_are_made_of_find_their_jobs(service: Service) -> None:
    by_place = {job["name"].rsplit(" ", 3)[0]: job["name"] for job in service.jobs}
    with httpx.Client(headers=service.headers) as client:
        for name in by_place.values():
            jobs = list(paginate(client, service.listing, filter=itwin.RealityConversionJob.name == name))
            assert jobs == [job for job in service.jobs if job["name"] == name]
