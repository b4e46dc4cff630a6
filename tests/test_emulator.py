"""The emulator over real HTTP: what the documents say of the job list, from the first fault to the last page."""

import re
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing, suppress
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from odatafilter.emulator import LAST_PAGES, Behaviour, MissingExtraError, Server, running
from odatafilter.emulator._behaviour import LastPage
from odatafilter.emulator._store import Store
from odatafilter.emulator._translate import ALL as ALL_JOBS

ALL = "createdDateTime ge 2000-01-01T00:00:00Z"
ITWIN = "dc720f05-e5f7-448b-ae06-765de46f0af1"
NO_HEADER = {
    "error": {
        "code": "HeaderNotFound",
        "message": "Header Authorization was not found in the request. Access denied.",
    }
}
NO_ITWIN = {"error": {"code": "iTwinNotFound", "message": "Requested iTwin is not available."}}
NO_RESOURCE = {"error": {"code": "ResourceNotFound", "message": "Requested resource is not available."}}
TOO_MANY = {
    "error": {
        "code": "RateLimitExceeded",
        "message": "The client sent more requests than allowed by this API for the current tier of the client.",
    }
}
BAD_TOP = {
    "code": "InvalidParameter",
    "message": "The $top query parameter value must be a positive integer that does not exceed 1000.",
    "target": "$top",
}
BAD_TOKEN = {
    "code": "InvalidParameter",
    "message": "The continuationToken query parameter value does not belong to this request.",
    "target": "continuationToken",
}


def bad_request(*details: dict[str, str]) -> dict[str, Any]:
    error = {"code": "InvalidRealityConversionRequest", "message": "Cannot find jobs.", "details": list(details)}
    return {"error": error}


def bad_filter(message: str) -> dict[str, str]:
    return {"code": "InvalidParameter", "message": message, "target": "$filter"}


class Caller:
    """A caller of one server, as bare as a client can be."""

    def __init__(self, client: httpx.Client, server: Server) -> None:
        self.server = server
        self._client = client

    def get(self, query: str, token: str | None = None, **headers: str) -> httpx.Response:
        authorization = {"Authorization": f"Bearer {token or self.server.token}"}
        return self._client.get(f"{self.server.url}/realityconversion/jobs{query}", headers=authorization | headers)

    def list(self, text: str, top: int | None = None, token: str | None = None) -> httpx.Response:
        return self.get(f"?$filter={quote(text)}" + ("" if top is None else f"&$top={top}"), token)

    def follow(self, href: str) -> httpx.Response:
        return self._client.get(href, headers={"Authorization": f"Bearer {self.server.token}"})


@pytest.fixture(scope="module")
def client() -> Iterator[httpx.Client]:
    with httpx.Client() as made:
        yield made


@pytest.fixture(scope="module")
def caller(client: httpx.Client) -> Iterator[Caller]:
    with running(jobs=400, seed=2) as server:
        yield Caller(client, server)


# --- what is there --------------------------------------------------------------------------------------------------


def test_the_first_caller_owns_as_many_jobs_as_asked_for_and_others_have_more(caller: Caller) -> None:
    assert len(caller.server.jobs()) == 400
    assert [len(caller.server.jobs(caller=other)) for other in caller.server.callers[1:]] == [25, 25, 25, 25]


def test_jobs_have_the_documented_shape_in_all_its_variety(caller: Caller) -> None:
    required = {"id", "name", "type", "state", "createdDateTime", "lastModifiedDateTime", "dataCenter", "inputs"}
    required |= {"outputs", "iTwinId"}
    optional = {"ownerId", "email", "executionInformation", "costEstimation", "options"}
    jobs = caller.server.jobs()
    assert all(required <= job.keys() <= required | optional for job in jobs)
    assert all(any(name not in job for job in jobs) for name in optional)
    assert {job["state"] for job in jobs} == {"unsubmitted", "active", "success", "failed", "cancelled"}
    assert all(("executionInformation" in job) == (job["state"] != "unsubmitted") for job in jobs)
    assert {created[19:20] for job in jobs if (created := job["createdDateTime"])} == {"Z", "."}
    assert all(any(sign in job["name"] for job in jobs) for sign in "'&#+%ñ東")
    assert {element["id"] is None for job in jobs for element in job["outputs"]} == {True, False}
    assert {element["type"] for job in jobs for element in job["inputs"]} == {"LAS", "LAZ", "PLY", "E57"}
    assert len({job["iTwinId"] for job in jobs}) == 6


def test_some_jobs_were_created_at_one_instant_and_are_ordered_by_id(caller: Caller) -> None:
    jobs = caller.server.jobs()
    ties = [(one["id"], two["id"]) for one, two in pairwise(jobs) if _instant(one) == _instant(two)]
    assert ties
    assert all(one < two for one, two in ties)


def _instant(job: dict[str, Any]) -> str:
    text: str = job["createdDateTime"]
    return text.replace("Z", ".0000000+00:00")


def test_a_seed_makes_the_same_jobs_and_another_seed_others() -> None:
    with running(jobs=30, seed=4) as one, running(jobs=30, seed=4) as two, running(jobs=30, seed=5) as three:
        assert one.jobs() == two.jobs() != three.jobs()
        assert one.token == two.token != three.token


# --- checks, in their order -----------------------------------------------------------------------------------------


def test_an_unknown_route_is_404_even_without_authorization(caller: Caller, client: httpx.Client) -> None:
    for method, path in (("GET", "/realityconversion/job"), ("POST", "/realityconversion/jobs")):
        response = client.request(method, caller.server.url + path)
        assert (response.status_code, response.json()) == (404, NO_RESOURCE)


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Basic abc"}, {"Authorization": "Bearer"}])
def test_without_a_bearer_token_the_answer_is_401(
    caller: Caller, client: httpx.Client, headers: dict[str, str]
) -> None:
    url = f"{caller.server.url}/realityconversion/jobs?$top=0"
    response = client.get(url, headers={"Accept": "text/html", **headers})
    assert response.status_code == 401
    if headers.get("Authorization") != "Bearer":
        assert response.json() == NO_HEADER


def test_a_wrong_token_is_401_of_another_code(caller: Caller) -> None:
    response = caller.get("?$top=0", "made up", Accept="text/html")
    assert response.status_code == 401
    assert response.json() == {
        "error": {"code": "InvalidToken", "message": "The access token is not valid. Access denied."}
    }


@pytest.mark.parametrize(
    "accept", ["text/html", "application/vnd.bentley.itwin-platform.v2+json", "text/plain, image/*"]
)
def test_a_wrong_media_type_is_404_before_the_query_is_judged(caller: Caller, accept: str) -> None:
    response = caller.get("?$top=0", Accept=accept)
    assert (response.status_code, response.json()) == (404, NO_RESOURCE)


@pytest.mark.parametrize(
    "accept", ["*/*", "application/vnd.bentley.itwin-platform.v1+json", "text/html, application/json;q=0.5"]
)
def test_the_documented_media_type_and_wildcards_are_accepted(caller: Caller, accept: str) -> None:
    response = caller.get(f"?$filter={quote(ALL)}", Accept=accept)
    assert response.status_code == 200
    assert response.headers["content-type"] == "application/json; charset=utf-8"


@pytest.mark.parametrize("top", ["0", "1001", "-1", "1.5", "ten", "", "%2010", "99999999999999999999", "٣"])
def test_a_page_size_out_of_bounds_is_422(caller: Caller, top: str) -> None:
    response = caller.get(f"?$filter={quote(ALL)}&$top={top}")
    assert (response.status_code, response.json()) == (422, bad_request(BAD_TOP))


def test_every_fault_of_a_query_has_a_detail(caller: Caller) -> None:
    response = caller.get("?$top=0&$filter=stat eq 'x' or id gt 1&continuationToken=abc&$top=5")
    assert response.status_code == 422
    details = response.json()["error"]["details"]
    assert details[0] == {
        "code": "InvalidParameter",
        "message": "The $top query parameter is given twice.",
        "target": "$top",
    }
    assert bad_filter("unknown property 'stat'; did you mean 'state'?") in details
    assert [detail["target"] for detail in details] == ["$top", *["$filter"] * (len(details) - 2), "continuationToken"]
    assert len(details) > 3


def test_a_filter_that_cannot_be_read_is_422_that_says_where(caller: Caller) -> None:
    response = caller.list("state eq 'active' and")
    assert response.status_code == 422
    (detail,) = response.json()["error"]["details"]
    assert (detail["code"], detail["target"]) == ("InvalidParameter", "$filter")
    assert re.fullmatch(r".+ \(character \d+\)", detail["message"])


def test_a_missing_filter_is_422_unless_it_is_allowed(caller: Caller, client: httpx.Client) -> None:
    response = caller.get("")
    assert response.status_code == 422
    missing = {"code": "MissingRequiredParameter", "message": "The $filter query parameter is required."}
    assert response.json() == bad_request({**missing, "target": "$filter"})
    with running(jobs=3, behaviour=Behaviour(filter_required=False)) as server:
        assert Caller(client, server).get("").json()["jobs"] == server.jobs()


# --- scope ----------------------------------------------------------------------------------------------------------


def test_without_itwin_id_the_list_has_the_callers_own_jobs(caller: Caller) -> None:
    for who in caller.server.callers:
        response = caller.list(ALL, 1000, who.token)
        assert {job.get("ownerId", who.ownerId) for job in response.json()["jobs"]} == {who.ownerId}


def test_with_itwin_id_the_list_has_the_jobs_of_that_itwin_whoever_owns_them(caller: Caller) -> None:
    jobs = caller.list(f"iTwinId eq {ITWIN}", 1000).json()["jobs"]
    assert {job["iTwinId"] for job in jobs} == {ITWIN}
    assert len({job["ownerId"] for job in jobs if "ownerId" in job}) > 1
    assert jobs == caller.server.jobs(f"iTwinId eq {ITWIN}")


@pytest.mark.parametrize("text", ["iTwinId eq {}", "iTwinId in ('{}')", f"iTwinId eq {ITWIN} or '{{}}' eq iTwinId"])
def test_an_itwin_that_is_not_there_or_not_the_callers_is_404(caller: Caller, text: str) -> None:
    first, second = caller.server.callers[0], caller.server.callers[2]
    theirs = next(itwin for itwin in first.itwins if itwin not in second.itwins)
    unknown = "00000000-0000-4000-a000-000000000000"
    for itwin, token in ((unknown, first.token), (theirs, second.token)):
        response = caller.list(text.format(itwin), token=token)
        assert (response.status_code, response.json()) == (404, NO_ITWIN)


def test_a_bad_query_is_422_before_its_itwin_is_looked_for(caller: Caller) -> None:
    response = caller.list("iTwinId eq 00000000-0000-4000-a000-000000000000", 0)
    assert (response.status_code, response.json()) == (422, bad_request(BAD_TOP))


# --- pages ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("top", [1000, 400, 200, 100, 37, None])
def test_following_the_links_gives_every_job_once_in_order(caller: Caller, top: int | None) -> None:
    pages = [caller.list(ALL, top).json()]
    while links := pages[-1]["_links"]:
        pages.append(caller.follow(links["next"]["href"]).json())
    assert [job for page in pages for job in page["jobs"]] == caller.server.jobs(ALL)
    assert len(pages) == -(-400 // (top or 100))


def test_the_next_link_is_written_as_documented(caller: Caller) -> None:
    text = "createdDateTime gt 2024-06-24T13:00:00+02:00 and name ne 'R&D #1 + 100% é'"
    encoded = (
        "createdDateTime%20gt%202024-06-24T13:00:00%2B02:00%20and%20name%20ne%20'R%26D%20%231%20%2B%20100%25%20%C3%A9'"
    )
    start = f"{caller.server.url}/realityconversion/jobs?$filter={encoded}"
    href = caller.list(text, 5).json()["_links"]["next"]["href"]
    assert href.startswith(f"{start}&$top=5&continuationToken=")
    href = caller.list(text).json()["_links"]["next"]["href"]
    assert href.startswith(f"{start}&continuationToken=")


def test_the_page_size_stays_when_a_link_is_followed_without_it(caller: Caller) -> None:
    query = httpx.URL(caller.list(ALL, 5).json()["_links"]["next"]["href"]).query.decode()
    without = "&".join(part for part in query.split("&") if not part.startswith("$top"))
    assert [len(caller.get(f"?{text}").json()["jobs"]) for text in (query, without)] == [5, 5]


def test_a_token_is_good_for_its_filter_and_its_caller_only(caller: Caller) -> None:
    token = httpx.URL(caller.list(ALL, 5).json()["_links"]["next"]["href"]).params["continuationToken"]
    good = f"?$filter={quote(ALL)}&continuationToken={token}"
    assert caller.get(good).status_code == 200
    other = caller.server.callers[1].token
    for response in (
        caller.get(f"?$filter={quote(ALL + ' or id eq null')}&continuationToken={token}"),
        caller.get(good, other),
        caller.get(f"{good}A"),
        caller.get(good.replace(token, "")),
        caller.get(good.replace(token, f"{token[:9]}.{token[9:]}")),
        caller.get(good.replace(token, "%C3%A9")),
    ):
        assert (response.status_code, response.json()) == (422, bad_request(BAD_TOKEN))


def test_no_job_is_an_empty_page(caller: Caller) -> None:
    assert caller.list("name eq 'nobody'").json() == {"jobs": [], "_links": None}


@pytest.mark.parametrize("last_page", LAST_PAGES)
def test_the_end_can_take_any_form(client: httpx.Client, last_page: LastPage) -> None:
    forms: dict[LastPage, dict[str, Any]] = {
        "null": {"_links": None},
        "absent": {},
        "{}": {"_links": {}},
        "next null": {"_links": {"next": None}},
        "next {}": {"_links": {"next": {}}},
        "href null": {"_links": {"next": {"href": None}}},
        "href empty": {"_links": {"next": {"href": ""}}},
    }
    with running(jobs=2, behaviour=Behaviour(last_page=last_page)) as server:
        assert Caller(client, server).list(ALL).json() == {"jobs": server.jobs(ALL)} | forms[last_page]


# --- the server itself ----------------------------------------------------------------------------------------------


def test_a_second_is_to_be_waited_where_nothing_else_is_said(client: httpx.Client) -> None:
    with running(jobs=1, behaviour=Behaviour(throttle_every=1)) as server:
        assert Caller(client, server).list(ALL).headers["retry-after"] == "1"


def test_every_nth_request_can_be_throttled(client: httpx.Client) -> None:
    with running(jobs=2, behaviour=Behaviour(throttle_every=3, retry_after="7")) as server:
        caller = Caller(client, server)
        client.get(f"{server.url}/realityconversion/jobs")  # of nobody: not counted
        answers = [caller.list(ALL) for _ in range(6)]
    assert [answer.status_code for answer in answers] == [200, 200, 429, 200, 200, 429]
    assert (answers[2].json(), answers[2].headers["retry-after"]) == (TOO_MANY, "7")
    assert server.requests == 7


def test_a_file_keeps_the_jobs_and_is_not_taken_for_other_jobs(tmp_path: Path, client: httpx.Client) -> None:
    path = tmp_path / "jobs.sqlite"
    with running(jobs=20, seed=3, database=path) as server:
        jobs = server.jobs()
    with running(jobs=20, seed=3, database=path) as server:
        assert Caller(client, server).list(ALL).json()["jobs"] == jobs
    with (
        pytest.raises(ValueError, match="the file holds 20 jobs of seed 3, not 21 jobs of seed 3"),
        ExitStack() as stack,
    ):
        stack.enter_context(running(jobs=21, seed=3, database=path))


def test_a_file_that_is_no_finished_database_is_refused(tmp_path: Path) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("no database, but longer than the header of one, so that it is read as a whole " * 10)
    with pytest.raises(ValueError, match=r"notes.txt: file is not a database"), ExitStack() as stack:
        stack.enter_context(running(jobs=1, database=text))
    with pytest.raises(ValueError, match=r"none/jobs.sqlite: unable to open database file"), ExitStack() as stack:
        stack.enter_context(running(jobs=1, database=tmp_path / "none" / "jobs.sqlite"))
    half = tmp_path / "half.sqlite"
    with closing(sqlite3.connect(half)) as database:
        database.execute("CREATE TABLE origin (jobs INTEGER, seed INTEGER)")
    with pytest.raises(ValueError, match="the file was not finished; remove it"), ExitStack() as stack:
        stack.enter_context(running(jobs=1, database=half))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"jobs": -1}, "jobs is -1: a whole number from 0 is wanted"),
        ({"jobs": 1.5}, "jobs is 1.5: a whole number from 0 is wanted"),
        ({"port": 65536}, "port is 65536: a whole number from 0 to 65535 is wanted"),
    ],
)
def test_numbers_out_of_bounds_start_no_server(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match=re.escape(message)) as caught, ExitStack() as stack:
        stack.enter_context(running(**options))
    assert str(caught.value) == message


def test_the_last_port_is_no_wrong_one() -> None:
    with suppress(OSError), running(jobs=0, port=65535) as server:  # somebody else may have it
        assert server.url == "http://127.0.0.1:65535"


def test_an_answer_that_takes_long_does_not_hold_up_the_end() -> None:
    threads = threading.active_count()
    with running(jobs=1, behaviour=Behaviour(latency=600)) as server, pytest.raises(httpx.ReadTimeout):
        httpx.get(f"{server.url}/realityconversion/jobs", timeout=httpx.Timeout(60, read=0.05))
    assert threading.active_count() == threads


def test_an_end_leaves_no_thread_and_a_free_port(client: httpx.Client) -> None:
    threads = threading.active_count()
    with running(jobs=1) as server:
        port = int(server.url.rpartition(":")[2])
        assert Caller(client, server).list(ALL).status_code == 200
    assert threading.active_count() == threads
    with running(jobs=1, port=port) as server:
        assert server.url == f"http://127.0.0.1:{port}"
        with pytest.raises(OSError, match="ddress already in use"), ExitStack() as stack:
            stack.enter_context(running(jobs=1, port=port))


def test_a_block_that_raises_ends_the_server() -> None:
    threads = threading.active_count()
    with pytest.raises(RuntimeError, match="of the block"), running(jobs=1):
        raise RuntimeError("of the block")
    assert threading.active_count() == threads


def test_without_the_extra_the_error_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "odatafilter.emulator._app", raising=False)
    monkeypatch.setitem(sys.modules, "uvicorn", None)
    with pytest.raises(MissingExtraError) as caught, ExitStack() as stack:
        stack.enter_context(running(jobs=1))
    assert str(caught.value) == "uvicorn is missing: install 'odatafilter[emulator]'"


def test_a_store_that_is_closed_has_let_go_of_its_file(tmp_path: Path) -> None:
    store = Store(10, 1, tmp_path / "jobs.sqlite")
    store.close()
    with pytest.raises(sqlite3.ProgrammingError):
        store.rows(ALL_JOBS, None)
