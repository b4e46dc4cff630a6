"""The recipes for services are true: their code runs, in order, and the services that it makes answer."""

import asyncio
import importlib.util
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from documents import DOCS, blocks, close, run

import odatafilter as of

HAS_DJANGO = importlib.util.find_spec("django") is not None
RIGHT, WRONG = "/jobs?$filter=name eq 'a+b'", "/jobs?$filter=nam eq 'a'&$filter=x"


@pytest.fixture(scope="module")
def names() -> Iterator[dict[str, Any]]:
    """What the code of the document defines."""
    found: dict[str, Any] = {}
    for block in blocks(DOCS / "services.md", "python"):
        if HAS_DJANGO or "django" not in block.text:
            run(block, found)
    yield found
    close(found)


DJANGO_VIEW = """  # in a process of its own: the settings of Django are there once
import datetime, json, uuid
import django
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}}, USE_TZ=True, ALLOWED_HOSTS=["*"]
)
django.setup()
from django.db import connection, models
from django.test import RequestFactory
from documents import DOCS, blocks, run

names = {}
for block in blocks(DOCS / "services.md", "python"):
    run(block, names)

class JobModel(models.Model):
    id = models.UUIDField(primary_key=True)
    name = models.TextField()
    state = models.TextField()
    created = models.DateTimeField()
    size = models.IntegerField(null=True)

    class Meta:
        app_label = "service"

with connection.schema_editor() as editor:
    editor.create_model(JobModel)
now = datetime.datetime.now(datetime.UTC)
for number, state in enumerate(("failed", "active", "failed")):
    JobModel.objects.create(id=uuid.uuid4(), name=f"job {number}", state=state, created=now, size=number)

answers = []
def ask(path):
    answer = names["list_of_jobs"](RequestFactory().get(path), JobModel.objects)
    answers.append((answer.status_code, json.loads(answer.content)))
    return answers[-1][1]

ask(ask("/jobs?$filter=state eq 'failed'&$orderby=size desc&$top=1")["_links"]["next"]["href"])
ask("/jobs?$filter=nam eq 'a'")
ask("/jobs?$filter=size div size eq 1")
print(json.dumps(answers))
"""


def ask(app: Any, path: str) -> httpx.Response:
    async def send() -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test") as client:
            return await client.get(path)

    return asyncio.run(send())


@pytest.mark.parametrize("app", ["app", "starlette_app"])
def test_the_services_answer(names: dict[str, Any], app: str) -> None:
    assert ask(names[app], RIGHT).json() in ({"filter": "name eq 'a b'"}, {"jobs": [], "_links": None})
    answer = ask(names[app], WRONG)
    assert answer.status_code == 422
    assert [detail["code"] for detail in answer.json()["details"]] == ["repeated", "unknown-property"]


@pytest.mark.skipif(not HAS_DJANGO, reason="there is no Django: its recipe is NOT run")
def test_the_view_of_django_answers() -> None:
    answers = json.loads(subprocess.check_output([sys.executable, "-c", DJANGO_VIEW], cwd=Path(__file__).parent))
    first, second, *wrong = answers
    assert [status for status, _ in answers] == [200, 200, 422, 422]
    assert [job["name"] for job in (*first[1]["jobs"], *second[1]["jobs"])] == ["job 2", "job 0"]
    assert second[1]["_links"] is None
    assert [body["details"][0]["code"] for _, body in wrong] == ["unknown-property", "unsupported"]


def test_the_paged_answer_is_walked_by_our_own_paginator(names: dict[str, Any]) -> None:
    jobs = [
        {"id": f"00000000-0000-0000-0000-{n:012}", "name": "a", "state": "failed", "created": "2024-01-01T00:00:00Z"}
        for n in range(25)
    ]

    def answer(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json=names["answer"](jobs, request.url.query, request.url))

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        walk = of.paginate(
            client, of.Listing("https://service.test/jobs"), top=4, params={"$orderby": "name,created desc"}
        )
        assert walk.collect() == jobs
        assert walk.stats.pages == 7


def test_the_rows_of_the_database_are_walked_by_our_own_paginator(names: dict[str, Any]) -> None:
    row, session_of = names["JobRow"], names["orm"].Session
    created = names["dt"].datetime(2024, 1, 1, tzinfo=names["dt"].UTC)
    with session_of(names["engine"]) as session:
        for n in range(25):
            size = None if n % 3 == 0 else n % 5
            session.add(row(id=names["uuid"].UUID(int=n), name="a", state="failed", created=created, size=size))
        session.commit()

        def answer(request: httpx.Request) -> httpx.Response:
            options = of.QueryOptions.parse(
                request.url.query,
                schema=names["Job"],
                page_size=of.PageSize(max=1000, default=100),
                allow=("$filter", "$orderby"),
                keyset=names["KEYSET"],
            )
            return httpx.Response(200, json=names["page_of_rows"](session, options, str(request.url)))

        with httpx.Client(transport=httpx.MockTransport(answer)) as client:
            listing = of.Listing("https://service.test/jobs", schema=names["Job"])
            walk = of.paginate(
                client, listing, filter="size ne 2 and name eq 'a'", orderby=["size desc", "created"], top=4
            )
            sizes = [job["size"] for job in walk]
    expected = [size for n in range(25) if (size := None if n % 3 == 0 else n % 5) != 2]
    assert sizes == sorted(expected, key=lambda size: (size is not None, size or 0), reverse=True)
    assert walk.stats.pages > 4
