"""What the iTwin Platform documents of its services, as data: every operator, property, word, header and address."""

import asyncio
from typing import Any

import httpx
import msgspec
import pytest
from standing_clock import StandingClock

import odatafilter as of
from odatafilter import itwin
from odatafilter.errors import PagingError, PagingValueError, RateLimited, StatusError, WaitTimeout
from odatafilter.itwin import Job, JobOperation, StatusRead
from odatafilter.paging import Listing, PageSize, Retry, Waiting

COMPARISONS = {"eq", "ne", "lt", "le", "gt", "ge"}
ID = "0ee7070d-20e7-43b6-993f-cef689711ddc"
OTHER = "482b2968-6a85-4e50-b05c-8acbf828c1bd"
GUID, QUOTED = ("Guid", False), ("Guid", True)
TEXT, TIME = ("String", False), ("DateTimeOffset", False)
JOB = {"id": GUID, "iTwinId": GUID, "name": TEXT, "email": TEXT, "type": TEXT, "state": TEXT}
JOB |= {"createdDateTime": TIME, "inputId": QUOTED, "outputId": QUOTED}


@pytest.mark.parametrize(
    ("schema", "operators", "properties", "dialect"),
    [
        (itwin.RealityConversionJob, COMPARISONS | {"in", "and", "or"}, JOB, {"plain": True}),
        (itwin.AnalysisJob, COMPARISONS | {"and", "or"}, JOB, {"plain": True}),
        (itwin.AnalysisDetector, {"and", "or", "not", "in"}, {"exports": TEXT, "labels": TEXT}, {"plain": True}),
        (
            itwin.ITwin,
            COMPARISONS | {"in", "and", "or"},
            {"parentId": QUOTED, "status": TEXT, "displayName": TEXT, "number": TEXT, "createdDateTime": TIME},
            {"functions": {"contains"}, "lists": "[]", "either_order": {"contains"}, "case_sensitive": False},
        ),
    ],
)
def test_a_schema_has_the_documented_operators_properties_and_dialect(
    schema: type[of.Schema], operators: set[str], properties: dict[str, Any], dialect: dict[str, Any]
) -> None:
    facts = schema.__facts__
    assert facts.operators == operators
    assert {name: (each.kind, each.quoted) for name, each in facts.properties.items()} == properties
    usual: dict[str, Any] = {"functions": set(), "lists": "()", "either_order": set(), "case_sensitive": True}
    usual |= {"plain": False, "max_in": None, "open": False}
    assert {name: getattr(facts, name) for name in usual} == usual | dialect


@pytest.mark.parametrize(
    ("schema", "name", "values"),
    [
        (itwin.RealityConversionJob, "type", ("Conversion",)),
        (itwin.RealityConversionJob, "state", ("unsubmitted", "active", "success", "failed", "cancelled")),
        (itwin.AnalysisJob, "type", ()),
        (itwin.AnalysisJob, "state", ()),
        (itwin.ITwin, "status", ("Active", "Inactive", "Trial")),
        (itwin.ITwin, "displayName", ()),
    ],
)
def test_a_property_has_the_documented_words(schema: Any, name: str, values: tuple[str, ...]) -> None:
    assert schema.__facts__.properties[name].enum == values


@pytest.mark.parametrize(
    ("text", "item"),
    [
        (f"inputId eq '{ID}'", {"inputs": [{"id": OTHER}, {"id": ID}]}),
        (f"outputId eq '{ID}'", {"outputs": [{"id": ID}]}),
    ],
)
def test_the_inputs_and_outputs_of_a_job_are_found_in_its_lists(text: str, item: dict[str, Any]) -> None:
    found = of.parse(text, schema=itwin.RealityConversionJob)
    assert found.matches(item)
    assert not found.matches({name: each[:-1] for name, each in item.items()})


def test_a_detector_has_several_exports_and_labels() -> None:
    found = of.parse("exports in ('Lines') and labels in ('crack')", schema=itwin.AnalysisDetector)
    assert found.matches({"exports": ["Polygons", "Lines"], "labels": ["crack"]})
    assert not found.matches({"exports": ["Lines"], "labels": ["traffic sign"]})


V1 = {"Accept": "application/vnd.bentley.itwin-platform.v1+json"}
V2 = {"Accept": "application/vnd.bentley.itwin-platform.v2+json", "Prefer": "return=representation"}


@pytest.mark.parametrize(
    ("operation", "path", "job", "status"),
    [
        (itwin.ONE_CLICK_LCA_JOB, "/insights/carbon-calculation/oneclicklca/jobs/{job_id}", "job", "status"),
        (itwin.EC3_JOB, "/insights/carbon-calculation/ec3/jobs/{job_id}", "job", "status"),
        (itwin.ACCESS_CONTROL_JOB, "/accesscontrol/itwins/{itwin_id}/jobs/{job_id}", "", "status"),
        (itwin.CONVERSION_JOB, "/realityconversion/jobs?$filter=id%20eq%20{job_id}", "jobs[]", "state"),
    ],
)
def test_an_operation_is_asked_as_documented(operation: JobOperation, path: str, job: str, status: str) -> None:
    assert (operation.url, operation.job, operation.status) == (f"https://api.bentley.com{path}", job, status)
    assert operation.headers == (V2 if operation is itwin.ACCESS_CONTROL_JOB else V1)
    shown = operation.url.partition("?")[0]
    assert repr(operation) == f"JobOperation({shown!r}, job={job!r}, status={status!r})"


@pytest.mark.parametrize(
    ("operation", "outcomes"),
    [
        (itwin.ONE_CLICK_LCA_JOB, {"Succeeded": "succeeded", "Failed": "failed"}),
        (itwin.EC3_JOB, {"Succeeded": "succeeded", "Failed": "failed"}),
        (itwin.ACCESS_CONTROL_JOB, {"Completed": "succeeded", "PartialCompleted": "partly", "Failed": "failed"}),
        (itwin.CONVERSION_JOB, {"success": "succeeded", "failed": "failed", "cancelled": "failed"}),
    ],
)
def test_the_words_that_end_a_job_are_the_documented_ones(operation: JobOperation, outcomes: dict[str, str]) -> None:
    assert operation.outcomes == outcomes


def test_the_list_of_conversion_jobs_is_that_of_a_listing_without_options() -> None:
    """A Listing of which only the URL is given reads pages as the iTwin Platform writes them."""
    listing, plain = itwin.REALITY_CONVERSION_JOBS, Listing("https://a.test/jobs")
    for name in ("items", "next_link", "page_size", "repeats", "max_empty_pages", "ignore_links"):
        assert getattr(listing, name) == getattr(plain, name)
    assert (plain.items, plain.next_link, plain.page_size) == (
        *("jobs", "_links.next.href", PageSize("$top", min=1, max=1000, default=100)),
    )
    assert (plain.schema, plain.headers, plain.repeats, plain.max_empty_pages, plain.ignore_links) == (
        *(None, None, False, 10_000, ()),
    )


# --- the wait -------------------------------------------------------------------------------------------------------


class Clock(StandingClock):
    """The time, what was slept, and what was asked for."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[httpx.Request] = []

    def wait(self, *bodies: object, **options: Any) -> Job:
        """The job of a service that answers with `bodies`, of which the last one stands for all further ones."""
        left = list(bodies)

        def answer(request: httpx.Request) -> httpx.Response:
            self.asked.append(request)
            body = left.pop(0) if len(left) > 1 else left[0]
            return body if isinstance(body, httpx.Response) else httpx.Response(200, json=body)

        options = {"job_id": ID, "operation": itwin.EC3_JOB, "retry": Retry(base=0), **options}
        with httpx.Client(transport=httpx.MockTransport(answer)) as client:
            return itwin.wait(client, **options)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    found = Clock()
    found.put_into(monkeypatch, "itwin._poll", "paging._client")
    monkeypatch.setattr("odatafilter.itwin._poll.random", lambda: 0.5)
    flag = type("Flag", (), {"wait": found.sleep, "is_set": lambda _: False})
    monkeypatch.setattr("odatafilter.itwin.waiting.Flag", flag)
    return found


def status(word: str) -> dict[str, Any]:
    return {"job": {"status": word}}


def test_the_pauses_begin_with_the_interval_and_grow_to_ten_times_of_it(clock: Clock) -> None:
    """Two seconds, half as much again each time, up to twenty; an hour in all."""
    with pytest.raises(WaitTimeout) as caught:
        clock.wait(status("Running"))
    assert clock.slept[:8] == pytest.approx([2, 3, 4.5, 6.75, 10.125, 15.1875, 20, 20])
    assert set(clock.slept[6:-1]) == {20.0}
    assert sum(clock.slept) == pytest.approx(3600)
    assert str(caught.value) == f"the job {ID} is not over after 3600 s; its last status is 'Running'"


@pytest.mark.parametrize(("drawn", "pause"), [(0.0, 0.8), (0.25, 0.9), (1.0, 1.2)])
def test_a_pause_is_a_fifth_shorter_or_longer_by_chance(
    clock: Clock, monkeypatch: pytest.MonkeyPatch, drawn: float, pause: float
) -> None:
    monkeypatch.setattr("odatafilter.itwin._poll.random", lambda: drawn)
    clock.wait(status("Running"), status("Succeeded"), interval=1.0)
    assert clock.slept == pytest.approx([pause])


def test_a_timeout_is_used_up_to_its_end(clock: Clock) -> None:
    """The last pause is what is left, and the question after it is the last one."""
    with pytest.raises(WaitTimeout):
        clock.wait(status("Running"), timeout=0.5, interval=0.4)
    assert clock.slept == pytest.approx([0.4, 0.1])
    assert len(clock.asked) == 3


@pytest.mark.parametrize(("told", "is_late"), [("5", False), ("6", True)])
def test_a_wait_that_a_running_answer_asks_for_is_kept_if_it_fits_into_the_timeout(
    clock: Clock, told: str, is_late: bool
) -> None:
    patient = httpx.Response(200, json=status("Running"), headers={"Retry-After": told})
    if is_late:
        with pytest.raises(WaitTimeout):
            clock.wait(patient, status("Succeeded"), timeout=5.0, interval=1.0)
    else:
        assert clock.wait(patient, status("Succeeded"), timeout=5.0, interval=1.0).outcome == "succeeded"
        assert clock.slept == [5.0]


def test_each_answer_is_told_with_its_number_and_time(clock: Clock) -> None:
    heard: list[Any] = []
    clock.wait(status("Queued"), status("Running"), status("Succeeded"), interval=2.0, on_event=heard.append)
    assert heard == [StatusRead(1, "Queued", 0.0), StatusRead(2, "Running", 2.0), StatusRead(3, "Succeeded", 5.0)]
    assert repr(heard[2]) == "StatusRead(number=3, status='Succeeded', seconds=5.000)"


def test_a_last_question_may_take_a_second_past_the_timeout(clock: Clock) -> None:
    """However short the timeout is, the service has a second to answer; else a page has its deadline."""
    limits = []
    for options in ({"timeout": 0.0}, {"timeout": 0.25}, {"timeout": 7.0}, {"retry": Retry(page_deadline=3.0)}):
        clock.asked.clear()
        clock.wait(status("Succeeded"), **options)
        limits.append(clock.asked[0].extensions["timeout"]["pool"])
    assert limits == [1.0, 1.0, 5.0, 3.0]  # httpx's own limit is five seconds


@pytest.mark.parametrize("client", [object(), None, httpx])
def test_what_is_no_client_is_refused_by_both_waits(client: Any) -> None:
    says = f"a {type(client).__name__} is no client: httpx.Client or httpx.AsyncClient is wanted"
    with pytest.raises(PagingValueError) as caught:
        itwin.wait(client, itwin.EC3_JOB, job_id=ID)
    assert str(caught.value) == says
    with pytest.raises(PagingValueError) as caught:
        asyncio.run(itwin.await_(client, itwin.EC3_JOB, job_id=ID))
    assert str(caught.value) == says


def test_the_class_of_a_client_is_none() -> None:
    says = "the class AsyncClient is no client: httpx.Client() or httpx.AsyncClient() is wanted"
    client: Any = httpx.AsyncClient
    with pytest.raises(PagingValueError) as caught:
        asyncio.run(itwin.await_(client, itwin.EC3_JOB, job_id=ID))
    assert str(caught.value) == says


def test_both_waits_have_the_documented_defaults() -> None:
    for function in (itwin.wait, itwin.await_):
        given: dict[str, Any] = function.__kwdefaults__ or {}
        usual = {"itwin_id": None, "timeout": 3600.0, "interval": 2.0, "token": None, "on_event": None}
        assert {name: given[name] for name in usual} == usual
        assert (given["retry"], given["origins"]) == (Retry(), of.Origins.same())


def test_the_headers_of_an_operation_go_with_every_question(clock: Clock) -> None:
    clock.wait(status("Running"), status("Succeeded"), interval=1.0)
    assert [request.headers["accept"] for request in clock.asked] == [V1["Accept"]] * 2


@pytest.mark.parametrize(
    ("answer", "says"),
    [
        (httpx.Response(199, json={}), "199"),
        (httpx.Response(300, json={}), "300"),
        (httpx.Response(404, json={"error": {"code": "X", "message": "gone"}}), "404 X: gone"),
    ],
)
def test_a_status_outside_of_200_to_299_is_a_refusal(clock: Clock, answer: httpx.Response, says: str) -> None:
    with pytest.raises(PagingError) as caught:
        clock.wait(answer)
    assert str(caught.value) == says
    assert caught.value.url == itwin.EC3_JOB.url_of(ID, None)


@pytest.mark.parametrize("code", [200, 201, 299])
def test_every_status_from_200_to_299_is_an_answer(clock: Clock, code: int) -> None:
    assert clock.wait(httpx.Response(code, json=status("Succeeded"))).raw == status("Succeeded")


def test_a_job_is_shown_with_its_message_and_without_its_links() -> None:
    job = Job(id="a", outcome="failed", status="Failed", message="no\nway", links={"x": "https://s3cret"}, raw=1)
    assert repr(job) == "Job('a', 'failed', status='Failed', message='no way')"
    assert repr(Job(id="a", outcome="partly", status="Half")) == "Job('a', 'partly', status='Half')"
    assert (job.errors, Job(id="a", outcome="partly", status="Half").links) == ((), {})
    assert msgspec.structs.asdict(Job(id="a", outcome="partly", status="Half"))["raw"] is None


@pytest.mark.parametrize(
    ("job_id", "is_id"),
    [("x" * 1000, True), ("x" * 1001, False), (".", False), ("...", False), (".a", True), (" ", True), ("\x7f", False)],
)
def test_an_id_is_a_printable_text_of_at_most_1000_characters(job_id: str, is_id: bool) -> None:
    if is_id:
        assert itwin.EC3_JOB.url_of(job_id, None).endswith("/" + job_id.replace(" ", "%20"))
    else:
        with pytest.raises(PagingValueError, match="which is no id"):
            itwin.EC3_JOB.url_of(job_id, None)


def test_an_operation_that_moves_keeps_all_but_its_origin() -> None:
    operation = JobOperation(
        "https://a.test/x/{job_id}?y=1",
        scoped_url="https://a.test:444/{itwin_id}/{job_id}",
        outcomes={"Done": "partly"},
        job="a.b",
        status="s",
        headers={"A": "b"},
    )
    moved = operation.at("http://b.test:81/")
    assert (moved.url, moved.scoped_url) == ("http://b.test:81/x/{job_id}?y=1", "http://b.test:81/{itwin_id}/{job_id}")
    assert (moved.outcomes, moved.job, moved.status, moved.headers) == ({"Done": "partly"}, "a.b", "s", {"A": "b"})
    assert JobOperation("https://a.test/{job_id}", outcomes={}).at("https://b.test").scoped_url is None
    plain = JobOperation("https://a.test/{job_id}", outcomes={})
    assert (plain.job, plain.status, plain.headers, plain.scoped_url) == ("", "status", {}, None)


def test_an_operation_whose_url_has_no_path_moves_with_its_query() -> None:
    operation = JobOperation("https://a.test?id={job_id}", outcomes={}).at("http://b.test")
    assert operation.url_of("x/y", None) == "http://b.test?id=x%2Fy"


@pytest.mark.parametrize("url", ["https://a.test{job_id}", "https://{job_id}.test/", "https://a.test:{job_id}/x"])
def test_an_id_is_no_part_of_a_host(url: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        JobOperation(url, outcomes={})
    assert str(caught.value).endswith("is a URL whose host is not plain")


def test_the_url_of_an_operation_is_a_text() -> None:
    url: Any = b"https://a.test/{job_id}"
    with pytest.raises(PagingValueError) as caught:
        JobOperation(url, outcomes={})
    assert str(caught.value) == "the URL of an operation is a value of the type 'bytes': a text is wanted"


def test_a_name_that_there_is_not_is_an_attribute_error() -> None:
    for module in (itwin, of.paging):
        with pytest.raises(AttributeError) as caught:
            _ = module.Nothing
        assert str(caught.value) == f"module {module.__name__!r} has no attribute 'Nothing'"
        assert dir(module) == sorted(dir(module))


def refused(code: int, **headers: str) -> httpx.Response:
    return httpx.Response(code, json={}, headers={name.replace("_", "-"): text for name, text in headers.items()})


def test_a_told_wait_may_last_until_the_timeout_and_no_longer(clock: Clock) -> None:
    assert clock.wait(refused(503, retry_after="5"), status("Succeeded"), timeout=5.0).outcome == "succeeded"
    assert clock.slept == [5.0]
    with pytest.raises(RateLimited) as caught:
        clock.wait(refused(503, retry_after="6"), timeout=5.0)
    assert str(caught.value) == f"503; come back at {caught.value.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    with pytest.raises(RateLimited):
        clock.wait(refused(429, retry_after="4"), timeout=5.0, retry=Retry(max_retry_after=3.0))


def test_after_a_told_wait_comes_a_pause_that_ends_with_the_timeout(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odatafilter.paging.retry.random", lambda: 1.0)
    retry = Retry(base=1.5, cap=100.0)
    clock.wait(refused(503, retry_after="2"), status("Succeeded"), timeout=50.0, retry=retry)
    clock.wait(refused(503, retry_after="2"), status("Succeeded"), timeout=3.0, retry=retry)
    assert clock.slept == [3.5, 3.0]


def test_failures_in_a_row_are_followed_by_longer_pauses_and_an_answer_ends_them(
    clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odatafilter.paging.retry.random", lambda: 1.0)
    heard: list[Any] = []
    bad = refused(500)
    said = [bad, bad, bad, status("Running"), bad, status("Succeeded")]
    clock.wait(*said, retry=Retry(base=0.5), interval=8.0, on_event=heard.append)
    assert clock.slept == pytest.approx([0.5, 1.0, 2.0, 8.0, 0.5])
    waits = [event for event in heard if isinstance(event, Waiting)]
    assert waits == [
        Waiting(1, 0.5, 1, "500"),
        Waiting(1, 1.0, 2, "500"),
        Waiting(1, 2.0, 3, "500"),
        Waiting(2, 0.5, 1, "500"),
    ]


def test_a_timeout_after_a_failure_says_what_the_service_said_last(clock: Clock) -> None:
    """The failure is the cause only where no status was read since."""
    with pytest.raises(WaitTimeout) as caught:
        clock.wait(status("Queued"), refused(500), timeout=3.0, retry=Retry(base=10.0))
    assert str(caught.value) == f"the job {ID} is not over after 3 s; its last status is 'Queued'"
    assert isinstance(caught.value.__cause__, StatusError)
    with pytest.raises(WaitTimeout) as caught:
        clock.wait(refused(500), status("Queued"), timeout=3.0)
    assert caught.value.__cause__ is None
