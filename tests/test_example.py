"""The worked example: its listing is walked by our own paginator, and its page is clicked through in a browser."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from jobs_service.database import JobRow, fill
from jobs_service.schema import Job
from jobs_service.service import create_app
from sqlalchemy import Engine, create_engine, delete, event, select
from sqlalchemy.orm import Session

import odatafilter as of

pytestmark = pytest.mark.engines


@contextmanager
def running(engine: Engine) -> Iterator[str]:
    """The service on a free port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(create_app(engine), log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    made = create_engine(f"sqlite:///{tmp_path_factory.mktemp('example') / 'jobs.sqlite'}")
    fill(made, 90)
    yield made
    made.dispose()


@pytest.fixture(scope="module")
def url(engine: Engine) -> Iterator[str]:
    with running(engine) as found:
        yield found


def rows(engine: Engine) -> list[JobRow]:
    with Session(engine) as session:
        return list(session.scalars(select(JobRow)))


def listing(url: str) -> of.Listing:
    return of.Listing(f"{url}/jobs", schema=Job, page_size=of.PageSize(max=100))


# --- the listing ----------------------------------------------------------------------------------------------------

FILTERS = (
    None,
    Job.state == "failed",
    (Job.state != "failed") & Job.size.gt(0),
    (Job.size == None) | (Job.owner / "city" == "Oslo"),  # noqa: E711
    Job.owner / "city" != "Bath",
    Job.name.contains("%") | Job.name.contains("'"),
    of.field("created").year() == 2024,
    ~(Job.size > 10),
)
ORDERS = ("", "created desc", "name", "size desc,name", "owner/city,owner/name desc", "state,size")


@pytest.mark.parametrize("asked", FILTERS, ids=str)
def test_a_walk_gives_each_job_that_matches_once_and_in_order(
    url: str, engine: Engine, asked: of.Filter | None
) -> None:
    wanted = {str(row.id): row for row in rows(engine) if asked is None or asked.matches(row)}
    keyset = of.Keyset(Job, key="id", secret="only to sort by its order")
    with httpx.Client() as client:
        for orderby in ORDERS:
            walk = of.paginate(client, listing(url), filter=asked, orderby=orderby, count=True, page_size=15)
            found = [job["id"] for job in walk]
            order = (
                of.QueryOptions.parse({"$orderby": orderby}, schema=Job, allow="$orderby").orderby if orderby else ()
            )
            assert found == [str(row.id) for row in keyset.sort(wanted.values(), order)]
            assert walk.stats.total == len(wanted)
            assert walk.stats.pages == max(1, -(-len(wanted) // 15))


def test_jobs_that_go_before_the_place_do_not_make_others_disappear(tmp_path: Path) -> None:
    made = create_engine(f"sqlite:///{tmp_path / 'jobs.sqlite'}")
    fill(made, 40)
    with running(made) as url, httpx.Client() as client:
        walk = of.paginate(client, listing(url), orderby=Job.created, page_size=10)
        first = [next(walk)["id"] for _ in range(10)]
        with Session(made) as session:
            session.execute(delete(JobRow).where(JobRow.id.in_([row.id for row in rows(made) if str(row.id) in first])))
            session.commit()
        assert {*first} | {job["id"] for job in walk} >= {str(row.id) for row in rows(made)}
        assert walk.stats.items == 40
    made.dispose()


def test_no_text_of_a_filter_stands_in_the_statement(url: str, engine: Engine) -> None:
    statements: list[str] = []

    def note(*arguments: Any) -> None:
        statements.append(arguments[2])

    event.listen(engine, "before_cursor_execute", note)
    try:
        filter = Job.name.contains("x' or 1=1 --").quoted  # noqa: A001
        answer = httpx.get(f"{url}/jobs?$filter={filter}&$count=true").json()
    finally:
        event.remove(engine, "before_cursor_execute", note)
    assert (answer["jobs"], answer["@odata.count"]) == ([], 0)
    assert statements
    assert not any("1=1" in statement for statement in statements)


def test_wrong_options_are_explained(url: str) -> None:
    answer = httpx.get(f"{url}/jobs?$filter=stat eq 'failed'&$orderby=owner&$top=1000&$skip=1")
    assert answer.status_code == 422
    found = {detail["target"]: detail["message"] for detail in answer.json()["details"]}
    assert found == {
        "$filter": "unknown property 'stat'; did you mean 'state'?",
        "$orderby": "'owner' is a Complex, which has no order",
        "$top": "$top is '1000': a whole number from 1 to 100 is wanted",
        "$skip": "$skip is not supported; this service supports $filter, $orderby, $top and $count",
    }


# --- the page -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def page(url: str) -> Iterator[Any]:
    """The page of the service in the distribution's Chromium, without a screen."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        if "CI" in os.environ:
            pytest.fail("there is no Chromium on the path: install the distribution's")
        pytest.skip("there is no Chromium on the path: the page of the example is NOT tested")
    from playwright.sync_api import sync_playwright  # noqa: PLC0415  # only this test needs it

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        opened = browser.new_page()
        opened.set_default_timeout(20_000)
        errors: list[str] = []
        opened.on("pageerror", lambda error: errors.append(str(error)))
        opened.goto(url)
        yield opened
        browser.close()
        assert not errors


def test_the_page_filters_explains_mends_and_turns_pages(page: Any, url: str, engine: Engine) -> None:
    from playwright.sync_api import expect  # noqa: PLC0415

    box, lines, problems = page.get_by_label("Filter"), page.locator("#jobs tr"), page.locator("#problems")
    expect(page.locator("#count")).to_have_text("90 jobs")
    expect(lines).to_have_count(20)

    box.press_sequentially("stat eq 'faild'")
    expect(problems.locator("p").first).to_contain_text("unknown property 'stat'; did you mean 'state'?")
    expect(problems.locator("mark").first).to_have_text("stat")
    expect(box).to_have_attribute("aria-invalid", "true")
    problems.get_by_role("button", name="Mend").first.click()
    expect(box).to_have_value("state eq 'faild'")
    expect(problems).to_contain_text("did you mean 'failed'?")
    expect(problems.locator("mark")).to_have_text("'faild'")
    problems.get_by_role("button", name="Mend").click()
    expect(problems).to_be_empty()
    failed = [row for row in rows(engine) if row.state == "failed"]
    expect(page.locator("#count")).to_have_text(f"{len(failed)} jobs")
    expect(box).not_to_have_attribute("aria-invalid", "true")

    seen: list[str] = []
    page.get_by_label("Sorted by").select_option("name")
    while True:
        expect(page.locator("#jobs.waiting")).to_have_count(0)
        seen += page.locator("#jobs td:first-child").all_text_contents()
        if not page.get_by_role("button", name="Next page").is_visible():
            break
        page.get_by_role("button", name="Next page").click()
        expect(page.locator("#jobs td:first-child").first).not_to_have_text(seen[-20])
    assert seen == sorted(row.name for row in failed)


def test_the_page_marks_what_is_wrong_after_characters_beyond_the_first_plane(page: Any) -> None:
    from playwright.sync_api import expect  # noqa: PLC0415

    page.get_by_label("Filter").fill("name eq '\U0001f600' && size gt 1")
    expect(page.locator("#problems mark")).to_have_text("&&")
    page.get_by_role("button", name="Mend").click()
    expect(page.get_by_label("Filter")).to_have_value("name eq '\U0001f600' and size gt 1")
    expect(page.locator("#count")).to_have_text("0 jobs")


def test_what_a_filter_holds_is_text_on_the_page(page: Any) -> None:
    from playwright.sync_api import expect  # noqa: PLC0415

    page.get_by_label("Filter").fill("<img src=x onerror=alert(1)> eq 1")
    expect(page.locator("#problems .text")).to_contain_text("<img src=x onerror=alert(1)> eq 1")
    assert page.locator("#problems img").count() == 0
