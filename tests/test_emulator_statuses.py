"""What the emulator answers to questions for a job's status: every body and header, as the documents show them."""

import time
from collections.abc import Iterator
from typing import Any

import httpx
import msgspec
import pytest

from odatafilter.emulator import Behaviour, Server, running
from odatafilter.emulator._generate import populate

ITWIN = "6c9aba19-76f5-4a21-a4df-a8512df2201e"
LCA = "f7dc5506-84c4-4505-9995-66d81e6fd907"
EC3 = "0ee7070d-20e7-43b6-993f-cef689711ddc"
HIDDEN = populate(1).itwins[-1]  # nobody has access to it
MEMBERS = "fb936e1f-5a60-4fe0-8237-e7afbf47512b"
IMPORT = "https://www.oneclicklcaapp.com/app/sec/importMapper/index?applicationId=IFC&importMapperId=IFCFromSimpleBIM"


@pytest.fixture
def server() -> Iterator[Server]:
    with running(jobs=1, behaviour=Behaviour(retry_after="7")) as started:
        yield started


def ask(server: Server, service: str, job_id: str, **headers: str) -> httpx.Response:
    """The answer to the first caller. The iTwin of the documents' sample is that of a job of `accesscontrol`."""
    places = {
        "oneclicklca": f"/insights/carbon-calculation/oneclicklca/jobs/{job_id}",
        "ec3": f"/insights/carbon-calculation/ec3/jobs/{job_id}",
        "accesscontrol": f"/accesscontrol/itwins/{ITWIN.upper()}/jobs/{job_id}",
        "own": f"/accesscontrol/itwins/{server.callers[0].itwins[0]}/jobs/{job_id}",
        "hidden": f"/accesscontrol/itwins/{HIDDEN}/jobs/{job_id}",
    }
    return httpx.get(server.url + places[service], headers={"Authorization": f"Bearer {server.token}", **headers})


def error(code: str, message: str, **more: str) -> dict[str, Any]:
    return {"error": {"code": code, "message": message, **more}}


def test_a_one_click_lca_job_goes_its_way_and_stays_at_the_end(server: Server) -> None:
    bodies = [ask(server, "oneclicklca", LCA.upper()).json()["job"] for _ in range(5)]
    assert [body["status"] for body in bodies] == ["Queued", "Running", "Running", "Succeeded", "Succeeded"]
    token = LCA[-12:].upper()
    report = f"https://www.oneclicklcaapp.com/app/sec/report?id={token}"
    for body, href in ((bodies[0], None), (bodies[3], report)):
        links = {"report": {"href": href}, "oneclicklca": {"href": f"{IMPORT}&importFilePath={token}"}}
        common = {"id": LCA.upper(), "fileToken": token, "message": None, "_links": links}
        assert body == {**common, "status": body["status"]}


def test_an_ec3_job_goes_its_way_and_is_not_named(server: Server) -> None:
    bodies = [ask(server, "ec3", EC3).json()["job"] for _ in range(5)]
    assert [body["status"] for body in bodies] == ["Queued", "Running", "Running", "Succeeded", "Succeeded"]
    href = "https://buildingtransparency.org/ec3/buildings/" + EC3.replace("-", "") + "?view=custom"
    assert bodies[0] == {"status": "Queued", "message": None, "_links": {"ec3Project": {"href": href}}}


def test_a_job_of_an_itwin_tells_its_errors_where_the_whole_is_preferred(server: Server) -> None:
    whole = {"Prefer": "return=representation"}
    common = {"id": MEMBERS, "itwinId": ITWIN}
    assert ask(server, "accesscontrol", MEMBERS).json() == {**common, "status": "Active"}
    assert ask(server, "accesscontrol", MEMBERS, **whole).json() == {**common, "status": "Active", "errors": []}
    cut = ask(server, "accesscontrol", MEMBERS, Prefer="return=representatio")
    assert cut.json() == {**common, "status": "PartialCompleted"}
    message = "The user is not a member of the organization."
    found = ask(server, "accesscontrol", MEMBERS, **whole).json()
    assert found["errors"] == [{"code": "UserNotFound", "message": message, "target": "email"}]


@pytest.mark.parametrize("service", ["oneclicklca", "ec3"])
def test_the_message_of_a_job_is_told_once_it_has_failed(server: Server, service: Any) -> None:
    job_id = server.script(service, ["Running", "Failed"], message="No quantities.")
    assert [ask(server, service, job_id).json()["job"]["message"] for _ in range(2)] == [None, "No quantities."]


@pytest.mark.parametrize(
    ("service", "status", "body"),
    [
        ("oneclicklca", 404, error("JobNotFound", "Requested Job is not available.", target="jobId")),
        ("ec3", 404, error("JobNotFound", "Requested EC3 Job is not available.", target="jobId")),
        ("accesscontrol", 404, error("ItwinNotFound", "Requested iTwin is not available.")),
        (
            "hidden",
            403,
            error("InsufficientPermissions", "The user has insufficient permissions for the requested operation."),
        ),
    ],
)
def test_a_job_that_is_not_there_is_refused(server: Server, service: str, status: int, body: dict[str, Any]) -> None:
    found = ask(server, service, "ffffffff-20e7-43b6-993f-cef689711ddc")
    assert (found.status_code, found.json()) == (status, body)
    assert found.headers["content-type"] == "application/json; charset=utf-8"


def test_a_job_of_another_itwin_is_not_there(server: Server) -> None:
    assert ask(server, "own", MEMBERS).json() == error("ItwinNotFound", "Requested iTwin is not available.")


RATE = "The client sent more requests than allowed by this API for the current tier of the client."


@pytest.mark.parametrize(
    ("service", "place", "body"),
    [
        ("ec3", "ec3", error("RateLimitExceeded", RATE)),
        ("oneclicklca", "oneclicklca", error("RateLimitExceeded", RATE)),
        (
            "accesscontrol",
            "own",
            error("TooManyRequests", "More requests were received than the subscription rate-limit allows."),
        ),
    ],
)
def test_a_number_in_a_script_is_that_http_status(
    server: Server, service: Any, place: str, body: dict[str, Any]
) -> None:
    job_id = server.script(service, [429, 401, 503, 504])
    throttled = ask(server, place, job_id)
    assert (throttled.status_code, throttled.headers["retry-after"], throttled.json()) == (429, "7", body)
    refused = ask(server, place, job_id)
    assert refused.status_code == 401
    assert refused.json() == error("InvalidToken", "The access token is not valid. Access denied.")
    gateways = [ask(server, place, job_id) for _ in range(2)]
    assert [(found.status_code, found.text) for found in gateways] == [
        (503, "<html><h1>503 Service Unavailable</h1></html>"),
        (504, "<html><h1>504 Gateway Timeout</h1></html>"),
    ]
    assert gateways[0].headers["content-type"] == "text/html; charset=utf-8"


def test_a_script_without_steps_is_refused(server: Server) -> None:
    with pytest.raises(ValueError, match=r"^a script has one step at least$"):
        server.script("ec3", [])


def test_jobs_of_itwins_have_the_second_version_of_the_media_type(server: Server) -> None:
    accepted = {
        number: ask(
            server, "accesscontrol", MEMBERS, Accept=f"application/vnd.bentley.itwin-platform.v{number}+json"
        ).status_code
        for number in (1, 2)
    }
    assert accepted == {1: 404, 2: 200}


def test_any_media_type_that_can_hold_json_is_accepted(server: Server) -> None:
    """Each of them alone, in any letter case, with a weight, or empty."""
    for accept in ("", "*/*", "application/*", "application/json", "APPLICATION/JSON ; q=0.1"):
        assert ask(server, "ec3", EC3, Accept=accept).status_code == 200, accept


def test_an_answer_takes_the_latency_at_least() -> None:
    with running(jobs=1, behaviour=Behaviour(latency=0.1)) as server:
        ask(server, "ec3", EC3)
        begun = time.monotonic()
        ask(server, "ec3", EC3)
        assert time.monotonic() - begun >= 0.1


def test_what_a_behaviour_leaves_out_is_as_documented() -> None:
    assert msgspec.to_builtins(Behaviour()) == {
        "last_page": "null",
        "filter_required": True,
        "throttle_every": 0,
        "retry_after": "1",
        "latency": 0.0,
    }


def test_a_behaviour_is_given_by_names_and_stays_as_it_is() -> None:
    with pytest.raises(TypeError):
        Behaviour("absent")  # type: ignore[call-arg]
    with pytest.raises(AttributeError):
        Behaviour().latency = 5.0  # type: ignore[misc]


def test_a_last_page_of_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match=r"^last_page is 'nothing': one of .* is wanted$"):
        Behaviour(last_page="nothing")  # type: ignore[arg-type]
