"""Waiting for jobs: over HTTP against the emulator with both clients, and step by step without any I/O."""

import asyncio
import pickle
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import httpx
import httpx2
import msgspec
import pytest
from fault_server import Cut, FaultServer, Part, Pause, Seen

from odatafilter import itwin
from odatafilter.emulator import Behaviour, Server, running
from odatafilter.emulator._generate import SAMPLE_ITWIN_OF_JOB
from odatafilter.errors import (
    BadPageError,
    LoopError,
    OriginError,
    PagingError,
    PagingValueError,
    RateLimited,
    StatusError,
)
from odatafilter.itwin import Job, JobOperation, StatusRead, WaitEvent, WaitTimeout
from odatafilter.itwin._poll import Poll, Wait
from odatafilter.paging import Origins, Retry
from odatafilter.paging._request import Access, Answer, Failure, Renew, Send, Sleep
from odatafilter.paging.events import Renewing, Waiting
from odatafilter.paging.origins import origin_of

LCA, EC3, ACCESS = itwin.ONE_CLICK_LCA_JOB, itwin.EC3_JOB, itwin.ACCESS_CONTROL_JOB
PATIENCE: dict[str, Any] = {"timeout": 60.0, "interval": 0.002, "retry": Retry(base=0.001)}
ID = "0ee7070d-20e7-43b6-993f-cef689711ddc"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(jobs=40, seed=1, behaviour=Behaviour(retry_after="0")) as started:
        yield started


def waited(server: Server, operation: JobOperation, bearer: str | None = None, **options: Any) -> Job:
    headers = {"Authorization": f"Bearer {bearer or server.token}"}
    options = PATIENCE | options
    with httpx.Client(headers=headers) as client:
        return itwin.wait(client, operation.at(server.url), **options)


def awaited(server: Server, operation: JobOperation, bearer: str | None = None, **options: Any) -> Job:
    async def job() -> Job:
        headers = {"Authorization": f"Bearer {bearer or server.token}"}
        async with httpx.AsyncClient(headers=headers) as client:
            return await itwin.await_(client, operation.at(server.url), **options)

    options = PATIENCE | options
    return asyncio.run(job())


Waiter = Callable[..., Job]
both = pytest.mark.parametrize("wait", [waited, awaited])


# --- the documented services, over HTTP -----------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "job_id", "status"),
    [
        (LCA, "f7dc5506-84c4-4505-9995-66d81e6fd907", "Succeeded"),
        (EC3, ID, "Succeeded"),
        (ACCESS, "fb936e1f-5a60-4fe0-8237-e7afbf47512b", "PartialCompleted"),
    ],
)
def test_the_jobs_of_the_documents_end_as_they_say(
    server: Server, operation: JobOperation, job_id: str, status: str
) -> None:
    place = {"itwin_id": SAMPLE_ITWIN_OF_JOB} if operation is ACCESS else {}
    assert waited(server, operation, job_id=job_id, **place).status == status


@both
def test_a_one_click_lca_job_succeeds_with_its_links(server: Server, wait: Waiter) -> None:
    job_id = server.script("oneclicklca", ["Queued", "Running", "Succeeded"])
    heard: list[WaitEvent] = []
    job = wait(server, LCA, job_id=job_id, on_event=heard.append)
    assert (job.id, job.outcome, job.status, job.message, job.errors) == (job_id, "succeeded", "Succeeded", None, ())
    assert job.links.keys() == {"report", "oneclicklca"}
    assert job.raw["job"]["fileToken"] == job_id[-12:]
    read = [(event.number, event.status) for event in heard if isinstance(event, StatusRead)]
    assert read == [(1, "Queued"), (2, "Running"), (3, "Succeeded")]


@both
def test_a_failure_is_a_value_with_its_message_and_without_null_links(server: Server, wait: Waiter) -> None:
    job_id = server.script("oneclicklca", ["Running", "Failed"], message="No quantities.")
    job = wait(server, LCA, job_id=job_id)
    assert (job.outcome, job.status, job.message) == ("failed", "Failed", "No quantities.")
    assert job.links.keys() == {"oneclicklca"}


@both
def test_an_ec3_job_is_known_by_the_id_that_was_asked_for(server: Server, wait: Waiter) -> None:
    job_id = server.script("ec3", ["Succeeded"])
    job = wait(server, EC3, job_id=job_id)
    assert (job.id, job.outcome) == (job_id, "succeeded")
    assert "id" not in job.raw["job"]
    assert job.links == {
        "ec3Project": f"https://buildingtransparency.org/ec3/buildings/{job_id.replace('-', '')}?view=custom"
    }


@both
@pytest.mark.parametrize(
    ("status", "outcome"), [("Completed", "succeeded"), ("PartialCompleted", "partly"), ("Failed", "failed")]
)
def test_an_access_control_job_has_three_outcomes(server: Server, wait: Waiter, status: str, outcome: str) -> None:
    error = {"code": "UserNotFound", "message": "No such user.", "target": None}
    job_id = server.script("accesscontrol", ["Active", status], errors=[error])
    job = wait(server, ACCESS, job_id=job_id, itwin_id=server.callers[0].itwins[0])
    assert (job.outcome, job.status) == (outcome, status)
    assert job.errors == (() if status == "Completed" else (error,))


@both
@pytest.mark.parametrize(
    ("state", "outcome"), [("success", "succeeded"), ("failed", "failed"), ("cancelled", "failed")]
)
def test_a_conversion_job_is_found_in_the_list(server: Server, wait: Waiter, state: str, outcome: str) -> None:
    found = server.jobs(f"state eq '{state}'")[0]
    for itwin_id in (None, found["iTwinId"]):
        job = wait(server, itwin.CONVERSION_JOB, job_id=found["id"].upper(), itwin_id=itwin_id)
        assert (job.outcome, job.status, job.raw["jobs"]) == (outcome, state, [found])


@both
def test_failures_on_the_way_are_survived(server: Server, wait: Waiter) -> None:
    job_id = server.script("ec3", ["Queued", 503, 429, "Running", 500, 504, "Succeeded"])
    heard: list[WaitEvent] = []
    assert wait(server, EC3, job_id=job_id, on_event=heard.append).outcome == "succeeded"
    reasons = [event.reason.partition(":")[0] for event in heard if isinstance(event, Waiting)]
    assert reasons == ["503", "429 RateLimitExceeded", "500", "504"]


@both
def test_a_job_that_is_not_over_in_time_is_told_with_its_last_status(server: Server, wait: Waiter) -> None:
    job_id = server.script("ec3", ["Running"])  # for ever: how often the time allows to ask does not matter
    with pytest.raises(WaitTimeout) as caught:
        wait(server, EC3, job_id=job_id, timeout=0.5)
    assert str(caught.value) == f"the job {job_id} is not over after 0.5 s; its last status is 'Running'"
    assert (caught.value.job_id, caught.value.status) == (job_id, "Running")


@both
@pytest.mark.parametrize(
    ("operation", "message"),
    [
        (LCA, "404 JobNotFound: Requested Job is not available."),
        (EC3, "404 JobNotFound: Requested EC3 Job is not available."),
    ],
)
def test_a_missing_job_is_a_status_error(server: Server, wait: Waiter, operation: JobOperation, message: str) -> None:
    with pytest.raises(StatusError) as caught:
        wait(server, operation, job_id="ffffffff-20e7-43b6-993f-cef689711ddc")
    assert (str(caught.value), caught.value.status, caught.value.code) == (message, 404, "JobNotFound")


@both
def test_access_control_refuses_with_403_and_404(server: Server, wait: Waiter) -> None:
    job_id = server.script("accesscontrol", ["Completed"])
    hidden = "10000000-0000-4000-a000-000000000000"
    with pytest.raises(StatusError) as caught:
        wait(server, ACCESS, job_id=job_id, itwin_id=hidden)
    assert str(caught.value) == "404 ItwinNotFound: Requested iTwin is not available."
    other = server.callers[4]
    with pytest.raises(StatusError) as caught:
        wait(server, ACCESS, other.token, job_id=job_id, itwin_id=server.callers[0].itwins[0])
    assert str(caught.value) == (
        "403 InsufficientPermissions: The user has insufficient permissions for the requested operation."
    )


@both
def test_a_wrong_token_is_a_status_error(server: Server, wait: Waiter) -> None:
    with pytest.raises(StatusError) as caught:
        wait(server, EC3, "wrong", job_id=ID)
    assert str(caught.value) == "401 InvalidToken: The access token is not valid. Access denied."


@both
def test_access_control_throttles_in_its_own_words(server: Server, wait: Waiter) -> None:
    job_id = server.script("accesscontrol", [429, "Completed"])
    heard: list[WaitEvent] = []
    job = wait(server, ACCESS, job_id=job_id, itwin_id=server.callers[0].itwins[0], on_event=heard.append)
    assert job.outcome == "succeeded"
    assert isinstance(heard[0], Waiting)
    assert heard[0].reason == (
        "429 TooManyRequests: More requests were received than the subscription rate-limit allows."
    )


@both
def test_a_token_is_asked_for_at_first_and_once_more_after_a_401(server: Server, wait: Waiter) -> None:
    job_id = server.script("ec3", ["Running", 401, "Succeeded"])
    given: list[str] = []

    def token() -> str:
        given.append(server.token)
        return server.token

    heard: list[WaitEvent] = []
    assert wait(server, EC3, "wrong", job_id=job_id, token=token, on_event=heard.append).outcome == "succeeded"
    assert len(given) == 2
    assert sum(isinstance(event, Renewing) for event in heard) == 1
    twice = server.script("ec3", [401, 401, "Succeeded"])
    with pytest.raises(StatusError, match="401"):
        wait(server, EC3, job_id=twice, token=token)


def test_a_client_of_httpx2_waits_as_well(server: Server) -> None:
    job_id = server.script("ec3", ["Running", 503, "Succeeded"])
    with httpx2.Client(headers={"Authorization": f"Bearer {server.token}"}) as client:
        job = itwin.wait(client, EC3.at(server.url), job_id=job_id, **PATIENCE)
    assert job.outcome == "succeeded"


# --- the algorithm, without I/O -------------------------------------------------------------------------------------


def said(status: object, **more: Any) -> Answer:
    return Answer(200, {}, msgspec.json.encode({"job": {"status": status, **more}}))


def refused(status: int, **headers: str) -> Answer:
    return Answer(status, {name.replace("_", "-"): text for name, text in headers.items()}, b"{}")


RUNNING, OVER = said("Running"), said("Succeeded")


def poll(origins: Origins = Origins.same(), **options: Any) -> Poll:  # noqa: B008  # it never changes
    url = options.get("url", EC3.url_of(ID, None))
    wanted: dict[str, Any] = {
        "operation": EC3,
        "job_id": ID,
        "url": url,
        "timeout": 1000.0,
        "interval": 1.0,
        "retry": Retry(),
        "access": Access("the job", origin_of(url), origins, EC3.headers, None),
        "on_event": None,
    }
    return Poll(Wait(**wanted | options))


def played(replies: Sequence[Answer | Failure], **options: Any) -> tuple[Job, list[float], list[str]]:
    """The job, the pauses and the URLs asked, where the service gives `replies` one after the other."""
    flow = poll(**options).job()
    pauses: list[float] = []
    urls: list[str] = []
    reply: Any = None
    left = iter(replies)
    try:
        while True:
            command = flow.send(reply)
            match command:
                case Send(url=url):
                    urls.append(url)
                    reply = next(left)
                case Sleep(seconds=seconds):
                    pauses.append(seconds)
                    reply = None
                case Renew():
                    reply = "token"
    except StopIteration as end:
        return end.value, pauses, urls


def test_the_pauses_grow_by_half_with_jitter_up_to_ten_times_the_interval() -> None:
    _, pauses, _ = played([RUNNING] * 10 + [OVER], interval=2.0)
    expected = [2.0 * min(1.5**number, 10.0) for number in range(10)]
    assert all(0.8 * wanted <= pause <= 1.2 * wanted for pause, wanted in zip(pauses, expected, strict=True))
    assert len({pause / wanted for pause, wanted in zip(pauses, expected, strict=True)}) > 1


def test_the_service_is_asked_at_once_and_never_earlier_than_it_says() -> None:
    _, pauses, _ = played([refused(429, retry_after="7"), refused(503, retry_after="120, 120"), OVER])
    assert 7 <= pauses[0] <= 7.2
    assert 120 <= pauses[1] <= 120.2


def test_a_wait_over_the_limit_is_rate_limited_with_the_time_to_come_back() -> None:
    with pytest.raises(RateLimited) as caught:
        played([refused(429, retry_after="121")])
    assert str(caught.value) == f"429; come back at {caught.value.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    assert caught.value.retry_at.tzinfo is not None


def test_a_told_wait_counts_though_the_body_is_cut() -> None:
    broken: list[Part] = [b"HTTP/1.1 429 X\r\nRetry-After: 300\r\nContent-Length: 50\r\n\r\nhello", Cut()]
    with FaultServer(lambda _: broken) as faulty, httpx.Client() as client, pytest.raises(RateLimited) as caught:
        itwin.wait(client, EC3.at(faulty.url), job_id=ID, **PATIENCE)
    assert str(caught.value) == f"429: 'hello'; come back at {caught.value.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    assert len(faulty.seen) == 1


def test_a_wait_past_the_timeout_is_not_begun() -> None:
    with pytest.raises(RateLimited, match="come back at"):
        played([said("Queued"), RUNNING, refused(429, retry_after="60")], timeout=30.0)
    with pytest.raises(WaitTimeout) as caught:
        played([RUNNING], timeout=0.0)
    assert str(caught.value) == f"the job {ID} is not over after 0 s; its last status is 'Running'"
    assert caught.value.__cause__ is None


def test_a_wait_that_a_running_answer_asks_for_is_kept() -> None:
    patient = Answer(200, {"retry-after": "7"}, RUNNING.body)
    job, pauses, _ = played([patient, RUNNING, OVER], interval=0.1)
    assert job.outcome == "succeeded"
    assert pauses[0] == 7.0
    assert pauses[1] < 1
    with pytest.raises(WaitTimeout, match="its last status is 'Running'"):
        played([patient], timeout=5.0)


@pytest.mark.parametrize(
    ("url", "outcomes", "message"),
    [
        (
            "https://a.test/{jobid}",
            {},
            "the URL of an operation is 'https://a.test/{jobid}': {job_id}, perhaps {itwin_id}, and no other place is to be filled in",
        ),
        (
            "https://a.test/",
            {},
            "the URL of an operation is 'https://a.test/': {job_id}, perhaps {itwin_id}, and no other place is to be filled in",
        ),
        ("a.test/{job_id}", {}, "the URL of an operation, 'a.test/{job_id}', is no http or https URL"),
        (
            "https://a.test/{job_id}",
            {"Done": "suceeded"},
            "the outcome of 'Done' is 'suceeded': one of 'succeeded', 'partly', 'failed' is wanted",
        ),
    ],
)
def test_an_operation_that_cannot_be_asked_is_refused(url: str, outcomes: Any, message: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        JobOperation(url, outcomes=outcomes)
    assert str(caught.value) == message


def test_a_timeout_of_nothing_asks_once() -> None:
    job, pauses, _ = played([OVER], timeout=0.0)
    assert (job.outcome, pauses) == ("succeeded", [])
    with pytest.raises(WaitTimeout) as caught:
        played([RUNNING], timeout=0)
    assert caught.value.status == "Running"
    with pytest.raises(WaitTimeout) as caught:
        played([refused(500)], timeout=0)
    assert str(caught.value) == f"the job {ID} is not over after 0 s; no status was read"


def test_a_last_question_without_an_answer_is_a_timeout_however_many_attempts_there_are(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    now = iter([0.0, 0.0, 0.0, 9.0, 9.0])
    monkeypatch.setattr("odatafilter.itwin._poll.monotonic", lambda: next(now))
    with pytest.raises(WaitTimeout, match="is not over after 5 s; no status was read"):
        played([Failure("late", TimeoutError())], timeout=5.0, retry=Retry(attempts=1))


@pytest.mark.parametrize("dripped", [b"x", b""])
def test_a_server_that_never_finishes_its_answer_does_not_outlast_the_timeout(dripped: bytes) -> None:
    def endless(_: Seen) -> Iterator[Part]:
        yield b"HTTP/1.1 200 OK\r\nX: "
        while True:
            yield Pause(0.02)
            yield dripped

    with FaultServer(endless) as server, httpx.Client(timeout=None) as client:  # noqa: SIM117  # the server first
        with pytest.raises(WaitTimeout):
            itwin.wait(client, EC3.at(server.url), job_id=ID, timeout=0.1)


def test_a_token_that_no_header_can_carry_is_an_error_that_does_not_show_it() -> None:
    with httpx.Client() as client, pytest.raises(PagingError) as caught:
        itwin.wait(client, EC3, job_id=ID, token=lambda: "s3cret\n")
    assert str(caught.value) == (
        "token() gave a text with a character that no token has: "
        "the token alone is wanted, without 'Bearer' and without a line break"
    )


def test_the_last_pause_ends_with_the_timeout() -> None:
    _, pauses, _ = played([RUNNING, OVER], timeout=5.0, interval=100.0)
    assert len(pauses) == 1
    assert 4 < pauses[0] <= 5


def test_a_wait_goes_on_over_failures_until_its_timeout() -> None:
    lost = Failure("passing", OSError("reset"))
    job, _, urls = played([*[lost] * 20, RUNNING, *[refused(503)] * 20, OVER], retry=Retry(attempts=3))
    assert (job.outcome, len(urls)) == ("succeeded", 42)
    with pytest.raises(WaitTimeout) as caught:
        played([lost], timeout=0.0)
    assert str(caught.value) == f"the job {ID} is not over after 0 s; no status was read"
    assert caught.value.__cause__ is lost.error
    with pytest.raises(WaitTimeout) as caught:
        played([refused(503)], timeout=0.0)
    assert isinstance(caught.value.__cause__, StatusError)
    assert caught.value.__cause__.status == 503


def test_a_body_that_was_cut_off_is_asked_for_again() -> None:
    cut = Answer(200, {}, b'{"job": {"status": "Succ')
    assert played([cut, OVER])[0].outcome == "succeeded"


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"<html>Sign in</html>", "an answer whose body is no JSON: '<html>Sign in</html>'"),
        (b"", "an answer whose body is empty: ''"),
        (b"[]", "an answer without the status of the job: '[]'"),
        (b'{"job": null}', "an answer without the status of the job: '{\"job\": null}'"),
        (b'{"job": {"status": 3}}', 'an answer without the status of the job: \'{"job": {"status": 3}}\''),
    ],
)
def test_an_answer_that_tells_no_status_is_an_error_at_once(body: bytes, message: str) -> None:
    with pytest.raises(BadPageError) as caught:
        played([Answer(200, {}, body)])
    assert str(caught.value) == message


@pytest.mark.parametrize(("size", "is_read"), [(1 << 20, True), ((1 << 20) + 1, False)])
def test_an_answer_that_is_full_of_values_is_read_up_to_a_mebibyte(size: int, is_read: bool) -> None:
    start, end = b'{"job": {"status": "Succeeded"}, "x": [', b"1]}"
    body = start + b"1," * ((size - len(start) - len(end)) // 2) + end
    body = body.ljust(size)
    if is_read:
        assert played([Answer(200, {}, body)])[0].outcome == "succeeded"
        return
    with pytest.raises(BadPageError, match=r"^an answer with too many values: "):
        played([Answer(200, {}, body)])


@pytest.mark.parametrize(
    "body", [b'{"jobs":7}', b'{"jobs":{"id":"7"}}', b'{"jobs":null}', b'{"jobs":[]}', b'{"jobs":[7,{"id":"8"}]}', b"[]"]
)
def test_a_job_that_is_not_in_the_list_is_an_error_that_names_it(body: bytes) -> None:
    with pytest.raises(BadPageError) as caught:
        played([Answer(200, {}, body)], operation=itwin.CONVERSION_JOB, job_id=ID)
    assert str(caught.value) == f"an answer without the job {ID}: no such job: {body.decode()!r}"


@pytest.mark.parametrize("word", ["Succeeded", "SUCCEEDED", "succeeded"])
def test_final_words_count_in_any_letter_case(word: str) -> None:
    job, _, _ = played([said(word)])
    assert (job.outcome, job.status) == ("succeeded", word)


@pytest.mark.parametrize("word", ["InProgress", "Over", "", "Success", "ſucceeded"])
def test_an_unknown_word_means_that_the_job_goes_on(word: str) -> None:
    assert len(played([said(word), OVER])[1]) == 1


@pytest.mark.parametrize(
    ("told", "errors"),
    [
        ({"errors": [{"code": "A"}], "error": [{"code": "B"}]}, ({"code": "A"},)),
        ({"error": [{"code": "B"}]}, ({"code": "B"},)),
        ({"error": {"code": "B"}}, ({"code": "B"},)),
        ({"errors": None}, ()),
        ({}, ()),
    ],
)
def test_errors_are_read_under_either_name(told: dict[str, Any], errors: tuple[Any, ...]) -> None:
    assert played([said("Failed", **told)])[0].errors == errors


@pytest.mark.parametrize(
    "links", [None, [], {}, {"report": None}, {"report": {}}, {"report": {"href": None}}, {"report": "x"}]
)
def test_links_without_an_address_are_left_out(links: object) -> None:
    job, _, _ = played([said("Succeeded", _links=links, message=7)])
    assert (job.links, job.message) == ({}, None)


def test_a_redirect_to_the_same_origin_is_followed_and_to_another_is_not() -> None:
    def moved(location: str) -> Answer:
        return Answer(302, {"location": location}, b"")

    job, _, urls = played([moved("/elsewhere"), OVER])
    assert (job.outcome, urls[1]) == ("succeeded", "https://api.bentley.com/elsewhere")
    with pytest.raises(OriginError) as caught:
        played([moved("https://evil.test/job")])
    message = (
        "the job is at https://evil.test, not at https://api.bentley.com; nothing was sent; "
        "origins=Origins.allow('https://evil.test') would allow it"
    )
    assert str(caught.value) == message
    with pytest.raises(OriginError, match="the job is at a URL of the scheme 'file'; nothing was sent"):
        played([moved("file:///etc/passwd")])
    with pytest.raises(LoopError):
        played([moved("/a"), moved("/b")] * 6)
    assert played([moved("/a"), moved("/a"), OVER])[0].outcome == "succeeded"  # a cookie may have been set
    with pytest.raises(BadPageError, match="a redirect to nowhere"):
        played([moved("/a\nb")])
    job, _, _ = played([moved("https://x-api.bentley.com/"), OVER], origins=Origins.allow("https://*-api.bentley.com"))
    assert job.outcome == "succeeded"


def test_lasting_failures_are_raised_at_once() -> None:
    with pytest.raises(BadPageError, match="the answer is over 5 bytes"):
        played([Failure("large", ValueError())], retry=Retry(max_page_bytes=5))
    with pytest.raises(
        BadPageError,
        match=r"^the answer has another Content-Encoding than gzip or deflate, or several; it was not read$",
    ):
        played([Failure("packed", ValueError())])
    with pytest.raises(PagingError, match=r"^the request failed: InvalidURL$"):
        played([Failure("lasting", httpx.InvalidURL("x"))])


def test_each_wait_names_the_client_it_takes() -> None:
    async def mistaken() -> None:
        async with httpx.AsyncClient() as client:
            with pytest.raises(
                PagingValueError, match=r"wait takes httpx\.Client; with httpx\.AsyncClient, it is await_"
            ):
                itwin.wait(client, EC3, job_id=ID)  # type: ignore[arg-type]

    asyncio.run(mistaken())
    with httpx.Client() as client, pytest.raises(PagingValueError, match=r"await_ takes httpx\.AsyncClient; with"):
        asyncio.run(itwin.await_(client, EC3, job_id=ID))  # type: ignore[arg-type]


# --- operations as data ---------------------------------------------------------------------------------------------


def test_operations_are_the_documented_ones_and_move_to_another_origin() -> None:
    assert LCA.url_of("j 1/2", None) == "https://api.bentley.com/insights/carbon-calculation/oneclicklca/jobs/j%201%2F2"
    assert EC3.url_of("j 1/2", None) == "https://api.bentley.com/insights/carbon-calculation/ec3/jobs/j%201%2F2"
    assert ACCESS.url_of("j", "t") == "https://api.bentley.com/accesscontrol/itwins/t/jobs/j"
    moved = ACCESS.at("https://dev-api.bentley.com")
    assert moved.url_of("j", "t") == "https://dev-api.bentley.com/accesscontrol/itwins/t/jobs/j"
    conversion = itwin.CONVERSION_JOB.at("http://127.0.0.1:8000/")
    assert conversion.url_of(ID, None) == f"http://127.0.0.1:8000/realityconversion/jobs?$filter=id%20eq%20{ID}"
    assert conversion.url_of(ID, ID).endswith(f"jobs?$filter=iTwinId%20eq%20{ID}%20and%20id%20eq%20{ID}")
    with pytest.raises(ValueError, match="is no origin: it has a path"):
        EC3.at("http://127.0.0.1/base")


@pytest.mark.parametrize(
    ("operation", "ids", "message"),
    [
        (EC3, ("", None), "job_id is '', which is no id"),
        (EC3, ("..", None), "job_id is '..', which is no id"),
        (EC3, ("x" * 1001, None), f"job_id is '{'x' * 59}…, which is no id"),
        (EC3, (ID, ID), "this operation takes no itwin_id"),
        (ACCESS, (ID, None), "this operation needs an itwin_id"),
        (itwin.CONVERSION_JOB, ("x or id ne null", None), "job_id is 'x or id ne null', which is no id"),
        (itwin.CONVERSION_JOB, (ID, "'"), 'itwin_id is "\'", which is no id'),
    ],
)
def test_ids_that_cannot_be_are_refused(operation: JobOperation, ids: tuple[str, str | None], message: str) -> None:
    with pytest.raises(ValueError, match="id") as caught:
        operation.url_of(*ids)
    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"timeout": -1.0}, "timeout is -1.0: seconds, from 0 to 1000000000, are wanted"),
        ({"timeout": float("nan")}, "timeout is nan: seconds, from 0 to 1000000000, are wanted"),
        ({"interval": 0}, "interval is 0: seconds, from 0.001 to 1000000000, are wanted"),
        ({"interval": "1"}, "interval is '1': seconds, from 0.001 to 1000000000, are wanted"),
    ],
)
def test_waits_that_cannot_be_are_refused(options: dict[str, Any], message: str) -> None:
    with pytest.raises(ValueError, match="wanted") as caught:
        poll(**options)
    assert str(caught.value) == message


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"client": httpx}, "a module is no client: httpx.Client or httpx.AsyncClient is wanted"),
        ({"operation": "EC3_JOB"}, "operation is 'EC3_JOB': a JobOperation such as EC3_JOB is wanted"),
        (
            {"token": "t"},
            "token is a value of the type 'str': a function that gives the token is wanted, as it is asked again after a 401",
        ),
        ({"origins": "*"}, "origins is '*': Origins.same(), Origins.allow(…) or Origins.strip() is wanted"),
        ({"retry": 3}, "retry is 3: a Retry is wanted"),
        ({"on_event": 3}, "on_event is 3: a plain function that takes an event is wanted"),
        ({"timeout": "1"}, "timeout is '1': seconds, from 0 to 1000000000, are wanted"),
        ({"itwin_id": ID}, "this operation takes no itwin_id"),
        ({"job_id": 7}, "job_id is 7, which is no id"),
    ],
)
def test_wrong_arguments_of_a_wait_are_refused(*, options: dict[str, Any], message: str, is_async: bool) -> None:
    client: Any = httpx.AsyncClient() if is_async else httpx.Client()
    given = {"client": client, "operation": EC3, "job_id": ID, **options}
    with pytest.raises(PagingValueError) as caught:
        asyncio.run(itwin.await_(**given)) if is_async else itwin.wait(**given)
    assert str(caught.value) == message


def test_another_job_api_is_a_value() -> None:
    operation = JobOperation(
        "https://api.example.com/runs/{job_id}", job="data.run", status="phase", outcomes={"Done": "succeeded"}
    )
    body = msgspec.json.encode({"data": {"run": {"phase": "done"}}})
    job, _, urls = played([Answer(200, {}, body)], operation=operation, url=operation.url_of("7", None), job_id="7")
    assert (job.outcome, job.status, urls) == ("succeeded", "done", ["https://api.example.com/runs/7"])


def test_what_is_shown_of_a_wait_has_no_query() -> None:
    assert repr(poll(url="https://a.test/jobs?key=s3cret")._wait) == f"Wait({ID!r}, 'https://a.test/jobs')"


def test_a_timeout_pickles_and_reads_the_same_afterwards() -> None:
    error = WaitTimeout("the job is not over", "7", "Running")
    again = pickle.loads(pickle.dumps(error))
    assert (str(again), again.job_id, again.status) == (str(error), "7", "Running")
