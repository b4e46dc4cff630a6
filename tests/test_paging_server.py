"""Faults 24 to 32 of `paging_faults.md`: a server that throttles, stumbles, or refuses."""

import gzip
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from time import monotonic
from typing import Any, TypeAlias

import httpx
import pytest
from fault_server import Cut, Part, answer, jobs, page
from paging_ground import DRIVERS, Ground, check, grounds

from odatafilter.errors import BadPageError, PagingError, RateLimited, RetriesExhausted, StatusError
from odatafilter.paging import Origins, Rate, Retry, paginate
from odatafilter.paging.retry import back_at, seconds_to_wait

Headers: TypeAlias = Mapping[str, str] | Iterable[tuple[str, str]]
TOO_MANY = {"error": {"code": "RateLimitExceeded", "message": "Too many requests."}}


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    yield from grounds(request.param)


def _refused(status: int, body: object = b"", headers: Headers = ()) -> bytes:
    return answer(body, status=status, headers=headers)


def _date(seconds: float) -> str:
    return (datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=seconds)).strftime("%a, %d %b %Y %H:%M:%S GMT")


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("120", 120.0),
        ("0", 0.0),
        ("1.5", 1.5),
        ("120, 120", 120.0),
        ("5, 60", 60.0),
        ("-7", 0.0),
        ("9999999999", 9999999999.0),
        ("9" * 400, float("inf")),
        (_date(90), 90.0),
        (_date(-90), 0.0),
        (f"{_date(30)}, {_date(60)}", 60.0),
        ("Thursday, 01-Jan-26 00:00:20 GMT", 20.0),
        ("Thu Jan  1 00:00:20 2026", 20.0),
        (f"5, {_date(60)}", 60.0),
        (f"{_date(60)}, 90", 90.0),
        ("120, garbage", 120.0),
        ("garbage, 120", 120.0),
        ("120,", 120.0),
        ("120s", 120.0),
        ("120 seconds", 120.0),
        (f"120; {_date(60)}", 120.0),
        ("1.2.3", None),
        ("12e400", None),
        ("", None),
        (",", None),
        ("soon", None),
        ("1e400", None),
        ("nan", None),
        ("Thu, 99 Jan 2026 00:00:00 GMT", None),
    ],
)
def test_24_retry_after_is_read_in_every_form(value: str, seconds: float | None) -> None:
    assert seconds_to_wait(429, {"retry-after": value, "date": _date(0)}) == seconds


def test_24_a_date_counts_from_our_own_clock_if_the_server_gives_none() -> None:
    later = (datetime.now(UTC) + timedelta(seconds=60)).strftime("%a, %d %b %Y %H:%M:%S GMT")
    seconds = seconds_to_wait(503, {"retry-after": later})
    assert seconds is not None
    assert 0 < seconds <= 60


def test_24_a_wait_past_the_calendar_ends_with_it() -> None:
    assert back_at(float("inf")) == back_at(1e300) == datetime.max.replace(tzinfo=UTC)


def test_24_no_header_means_no_told_wait() -> None:
    assert seconds_to_wait(429, {}) is None


@pytest.mark.parametrize(
    "headers",
    [
        [("Retry-After", "0.01")],
        [("Retry-After", _date(-60)), ("Date", _date(0))],
        [("Retry-After", "0"), ("Retry-After", "0.01")],
        [("Retry-After", "0, 0.01")],
        [("Retry-After", _date(0)), ("Date", _date(0))],
        [("Retry-After", "soon")],
        [("Retry-After", "-5")],
        [],
    ],
    ids=str,
)
def test_24_a_throttled_page_is_asked_for_again(ground: Ground, headers: list[tuple[str, str]]) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _refused(429, TOO_MANY, headers), page(jobs(2)))
    outcome = ground.walk()
    check(ground, outcome, items=[1, 2], requests=3)
    assert outcome.stats.retries == 1
    assert ground.targets == ["/jobs", "/jobs?2", "/jobs?2"]


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "headers",
    [
        [("Retry-After", "0.2")],
        [("Retry-After", "0"), ("Retry-After", "0.2")],
        [("Retry-After", "0.2, 0.1")],
        [("Retry-After", "garbage, 0.2")],
    ],
    ids=str,
)
def test_24_and_27_a_page_is_never_asked_for_earlier_than_told(
    ground: Ground, status: int, headers: list[tuple[str, str]]
) -> None:
    ground.serve(_refused(status, b"", headers), page(jobs(1)))
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=2)
    first, second = (seen.at for seen in ground.server.seen)
    assert second - first >= 0.2
    assert outcome.stats.slept >= 0.2


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize(
    "value", ["121", "9999999999", "9" * 400, _date(300), "5, 121", ["1", "121"]], ids=lambda value: str(value)[:20]
)
def test_24_a_wait_over_the_limit_is_an_error_with_the_time_to_come_back(
    ground: Ground, status: int, value: str | list[str]
) -> None:
    told = [("Retry-After", each) for each in ([value] if isinstance(value, str) else value)]
    ground.serve(page(jobs(1), "/jobs?2"), _refused(status, TOO_MANY, [*told, ("Date", _date(0))]))
    before = datetime.now(UTC)
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=2, error=RateLimited)
    assert isinstance(outcome.error, RateLimited)
    assert (outcome.error.status, outcome.error.code) == (status, "RateLimitExceeded")
    assert outcome.error.retry_at > before + timedelta(seconds=120)
    come_back = f"{outcome.error.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    assert str(outcome.error) == (
        f"{status} RateLimitExceeded: Too many requests.; come back at {come_back}\n"
        f"    page 2 after 1 items: {ground.server.url}/jobs"
    )


def test_24_a_wait_past_the_deadline_of_the_page_is_not_begun(ground: Ground) -> None:
    ground.serve(_refused(429, TOO_MANY, {"Retry-After": "60"}))
    check(ground, ground.walk(retry=Retry(page_deadline=30)), items=[], requests=1, error=RateLimited)


LIMITED = b"HTTP/1.1 429 X\r\nRetry-After: 300\r\nContent-Length: 50\r\n"


@pytest.mark.parametrize(
    ("broken", "says"),
    [
        ([LIMITED + b"\r\nhello", Cut()], "429: 'hello'"),
        ([LIMITED + b"\r\n", Cut()], "429 without a body"),
        ([LIMITED + b"Content-Encoding: gzip\r\n\r\n" + b"x" * 50], "429 without a body"),
        ([LIMITED.replace(b"50", b"5000") + b"\r\n" + b"x" * 5000], f"429: '{'x' * 120}…'"),
    ],
    ids=["cut", "without a body", "bad gzip", "too large"],
)
def test_24_a_told_wait_counts_whatever_becomes_of_the_body(ground: Ground, broken: list[Part], says: str) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), broken)
    outcome = ground.walk(retry=Retry(base=0, max_page_bytes=1000))
    check(ground, outcome, items=[1], requests=2, error=RateLimited)
    assert isinstance(outcome.error, RateLimited)
    assert outcome.error.message == f"{says}; come back at {outcome.error.retry_at:%Y-%m-%d %H:%M:%S} UTC"


def test_24_a_told_wait_that_fits_only_without_its_jitter_is_not_begun_either(ground: Ground) -> None:
    ground.serve(_refused(429, TOO_MANY, {"Retry-After": "60"}))
    outcome = ground.walk(retry=Retry(base=1e9, cap=1e9))
    check(ground, outcome, items=[], requests=1, error=RateLimited)
    assert isinstance(outcome.error, RateLimited)
    come_back = f"{outcome.error.retry_at:%Y-%m-%d %H:%M:%S} UTC"
    assert outcome.error.message == f"429 RateLimitExceeded: Too many requests.; come back at {come_back}"


def test_24_a_walk_that_goes_on_too_early_is_sent_away_again_without_a_request(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _refused(429, TOO_MANY, {"Retry-After": "300"}))
    outcome = ground.walk(turns=3)
    check(ground, outcome, items=[1], requests=2, error=RateLimited)
    assert [str(error) for error in outcome.errors] == [str(outcome.error)] * 3
    assert len({getattr(error, "retry_at", None) for error in outcome.errors}) == 1


def test_24_a_walk_goes_on_when_the_time_to_come_back_is_there(ground: Ground, monkeypatch: pytest.MonkeyPatch) -> None:
    gone = [0.0]
    monkeypatch.setattr("odatafilter.paging._fetch.monotonic", lambda: monotonic() + gone[0])
    with ground.steps() as steps:
        ground.serve(_refused(429, TOO_MANY, {"Retry-After": "300"}), page(jobs(1)))
        walk = steps.paginate(retry=Retry(page_deadline=1e6))
        for gone[0] in (0.0, 200.0):
            with pytest.raises(RateLimited):
                next(steps.each(walk))
        gone[0] = 300.0
        assert [item["id"] for item in steps.each(walk)] == [1]
        assert len(ground.server.seen) == 2


@pytest.mark.parametrize(("status", "paused"), [(429, True), (503, False)])
@pytest.mark.parametrize("attempts", [1, 2])
def test_24_a_429_that_tells_no_wait_pauses_all_that_share_the_rate(
    ground: Ground, status: int, *, paused: bool, attempts: int
) -> None:
    rate = Rate()
    ground.serve(_refused(status))
    outcome = ground.walk(rate=rate, retry=Retry(base=1e9, cap=1e9, attempts=attempts))
    check(ground, outcome, items=[], requests=1, error=RetriesExhausted)
    assert (0 < rate.paused() <= 120) is paused


def test_25_every_page_may_be_throttled(ground: Ground) -> None:
    busy = _refused(429, TOO_MANY, {"Retry-After": "0"})
    ground.serve(busy, page(jobs(1), "/jobs?2"), busy, busy, page(jobs(2), "/jobs?3"), busy, page(jobs(3)))
    check(ground, ground.walk(), items=[1, 2, 3], requests=7)


@pytest.mark.parametrize("throttled", [0, 1, 2], ids=["first", "middle", "last"])
def test_25_one_page_may_be_throttled(ground: Ground, throttled: int) -> None:
    answers = [page(jobs(1), "/jobs?2"), page(jobs(2), "/jobs?3"), page(jobs(3))]
    answers.insert(throttled, _refused(429, TOO_MANY, {"Retry-After": "0"}))
    ground.serve(*answers)
    check(ground, ground.walk(), items=[1, 2, 3], requests=4)


def test_25_a_throttle_without_an_end_is_an_error_after_the_last_attempt(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _refused(429, TOO_MANY, {"Retry-After": "0"}))
    outcome = ground.walk()
    says = "attempt 5 failed and was the last: 429 RateLimitExceeded: Too many requests."
    check(ground, outcome, items=[1], requests=6, error=RetriesExhausted, says=says)
    assert isinstance(outcome.error, RetriesExhausted)
    assert (outcome.error.attempts, outcome.error.status) == (5, 429)


def test_26_the_headers_of_the_vendor_do_no_harm(ground: Ground) -> None:
    headers = {"Retry-After": "0", "ITwinPlatform-RateLimited-Tier": "Trial", "ITwinPlatform-RateLimited-API": "jobs"}
    ground.serve(_refused(429, TOO_MANY, headers), page(jobs(1)))
    check(ground, ground.walk(), items=[1], requests=2)


def test_27_an_unavailable_service_is_waited_for(ground: Ground) -> None:
    ground.serve(_refused(503, b"", {"Retry-After": "0.01"}), page(jobs(1)))
    check(ground, ground.walk(), items=[1], requests=2)


def test_28_a_throttle_with_a_page_of_html_is_still_one(ground: Ground) -> None:
    ground.serve(_refused(429, b"<html>Too many\nrequests</html>", {"Content-Type": "text/html"}))
    says = "attempt 2 failed and was the last: 429: '<html>Too many requests</html>'"
    check(ground, ground.walk(retry=Retry(attempts=2, base=0)), items=[], requests=2, error=RetriesExhausted, says=says)


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
@pytest.mark.parametrize("times", [1, 4])
def test_29_and_30_a_stumbling_server_is_asked_again(ground: Ground, status: int, times: int) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), *[_refused(status)] * times, page(jobs(2)))
    outcome = ground.walk()
    check(ground, outcome, items=[1, 2], requests=2 + times)
    assert outcome.stats.retries == times


@pytest.mark.parametrize("status", [408, 425, 500, 502, 503, 504])
def test_29_and_30_a_server_that_stumbles_for_ever_is_an_error_after_the_last_attempt(
    ground: Ground, status: int
) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _refused(status, {"error": {"code": "X", "message": "Down."}}))
    says = f"attempt 5 failed and was the last: {status} X: Down."
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=6, error=RetriesExhausted, says=says)
    assert isinstance(outcome.error, RetriesExhausted)
    assert (outcome.error.attempts, outcome.error.status) == (5, status)


def test_29_a_server_that_stays_down_is_an_error_and_the_walk_goes_on_when_it_is_up(ground: Ground) -> None:
    down = _refused(500, b"oops")
    ground.serve(page(jobs(1), "/jobs?2"), *[down] * 5, page(jobs(2)))
    outcome = ground.walk(turns=2)
    check(ground, outcome, items=[1, 2], requests=7)
    assert [str(error) for error in outcome.errors] == [
        f"attempt 5 failed and was the last: 500: 'oops'\n    page 2 after 1 items: {ground.server.url}/jobs"
    ]


def test_29_the_retries_of_a_whole_walk_are_bounded(ground: Ground) -> None:
    down = _refused(500)
    ground.serve(down, page(jobs(1), "/jobs?2"), down, page(jobs(2), "/jobs?3"), down)
    says = "gave up after 2 retries in one walk: 500 without a body"
    check(
        ground,
        ground.walk(retry=Retry(base=0, walk_retries=2)),
        items=[1, 2],
        requests=5,
        error=RetriesExhausted,
        says=says,
    )


def test_31_a_fresh_token_is_asked_for_once(ground: Ground) -> None:
    tokens = iter(["old", "new"])
    denied = _refused(401, {"error": {"code": "HeaderNotFound", "message": "Expired."}})
    ground.serve(page(jobs(1), "/jobs?2"), denied, page(jobs(2)))
    outcome = ground.walk(token=lambda: next(tokens))
    check(ground, outcome, items=[1, 2], requests=3)
    assert outcome.stats.retries == 1
    sent = [seen.headers["authorization"] for seen in ground.server.seen]
    assert sent == ["Bearer old", "Bearer old", "Bearer new"]


def test_31_a_token_that_is_never_accepted_is_a_refusal(ground: Ground) -> None:
    denied = _refused(401, {"error": {"code": "HeaderNotFound", "message": "Access denied."}})
    ground.serve(denied)
    says = "401 HeaderNotFound: Access denied."
    outcome = ground.walk(token=lambda: "s3cret")
    check(ground, outcome, items=[], requests=2, error=StatusError, says=says)


def test_31_without_a_way_to_renew_a_401_is_a_refusal_at_once(ground: Ground) -> None:
    ground.serve(_refused(401))
    check(ground, ground.walk(), items=[], requests=1, error=StatusError, says="401 without a body")


@pytest.mark.parametrize(
    ("given", "what"),
    [
        ("s3cret\u00e9", "a text with a character that no token has"),
        ("s3cret\n", "a text with a character that no token has"),
        ("Bearer s3cret", "a text with a character that no token has"),
        ("s3cret\ud800", "a text with a character that no token has"),
        ("", "an empty text"),
        (b"s3cret", "a value of the type 'bytes'"),
        (None, "a value of the type 'NoneType'"),
        (5, "a value of the type 'int'"),
    ],
)
def test_31_a_token_that_no_header_can_carry_is_an_error_that_does_not_show_it(
    ground: Ground, given: Any, what: str
) -> None:
    ground.serve(page(jobs(1)))
    says = f"token() gave {what}: the token alone is wanted, without 'Bearer' and without a line break"
    check(ground, ground.walk(token=lambda: given), items=[], requests=0, error=PagingError, says=says)


def test_31_a_fresh_token_that_is_none_is_an_error_where_the_walk_stands(ground: Ground) -> None:
    tokens = iter(["old", "n\u00e9w", "new"])
    ground.serve(page(jobs(1), "/jobs?2"), answer(b"", status=401), page(jobs(2)))
    outcome = ground.walk(token=lambda: next(tokens), turns=2)
    assert (outcome.items, outcome.error) == ([1, 2], None)
    assert [each.message for each in outcome.errors] == [
        "token() gave a text with a character that no token has: "
        "the token alone is wanted, without 'Bearer' and without a line break"
    ]


def _auth(ground: Ground, *tokens: str) -> Any:
    """An auth of the caller's own, written for the client's library, that takes another token for every request."""
    given = iter(tokens)

    class Rotating(ground.driver.library.Auth):  # type: ignore[misc, name-defined]
        def auth_flow(self, request: Any) -> Any:
            request.headers["Authorization"] = f"Bearer {next(given)}"
            yield request

    return Rotating()


def _sent(ground: Ground) -> list[str]:
    return [seen.headers["authorization"].removeprefix("Bearer ") for seen in ground.server.seen]


def test_31_the_auth_of_the_client_is_asked_once_more(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _refused(401), page(jobs(2)))
    client = {"auth": _auth(ground, "old", "old", "new")}
    check(ground, ground.walk(client=client), items=[1, 2], requests=3)
    assert _sent(ground) == ["old", "old", "new"]


def test_31_an_auth_whose_tokens_are_never_accepted_is_a_refusal(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _refused(401))
    client = {"auth": _auth(ground, "old", "s3cret", "s3cret")}
    outcome = ground.walk(client=client)
    check(ground, outcome, items=[1], requests=3, error=StatusError, says="401 without a body")


def test_31_the_auth_of_the_client_is_asked_once_more_for_each_page(ground: Ground) -> None:
    denied = _refused(401)
    ground.serve(denied, page(jobs(1), "/jobs?2"), denied, page(jobs(2)))
    client = {"auth": _auth(ground, "a", "b", "c", "d")}
    check(ground, ground.walk(client=client), items=[1, 2], requests=4)
    assert _sent(ground) == ["a", "b", "c", "d"]


def test_31_an_auth_with_a_login_of_its_own_is_left_to_it(ground: Ground) -> None:
    class Login(ground.driver.library.Auth):  # type: ignore[misc, name-defined]
        requires_response_body = True

        def auth_flow(self, request: Any) -> Any:
            request.headers["Authorization"] = "Bearer old"
            response = yield request
            if response.status_code == 401:
                granted = yield ground.driver.library.Request("GET", f"{ground.server.url}/login")
                request.headers["Authorization"] = f"Bearer {granted.json()['token']}"
                yield request

    ground.serve(page(jobs(1), "/jobs?2"), _refused(401), answer({"token": "new"}), page(jobs(2)))
    check(ground, ground.walk(client={"auth": Login()}), items=[1, 2], requests=4)
    assert ground.targets == ["/jobs", "/jobs?2", "/login", "/jobs?2"]


def test_31_the_auth_of_the_client_is_not_asked_for_a_stranger(ground: Ground) -> None:
    ground.serve(page(jobs(1), f"{ground.other.url}/jobs"), page(jobs(3)))
    ground.other.script = lambda _: [page(jobs(2), f"{ground.server.url}/jobs?3")]
    outcome = ground.walk(client={"auth": _auth(ground, "s3cret", "s3cret")}, origins=Origins.strip())
    check(ground, outcome, items=[1, 2, 3], requests=2)
    assert "authorization" not in ground.other.seen[0].headers


@pytest.mark.parametrize("function", ["plain", "async"])
def test_31_an_asynchronous_client_takes_the_token_of_either_kind_of_function(function: str) -> None:
    tokens = iter(["old", "new"])

    async def token() -> str:
        return next(tokens)

    with Ground("httpx-async") as ground:
        ground.serve(page(jobs(1), "/jobs?2"), _refused(401), page(jobs(2)))
        given = token if function == "async" else lambda: next(tokens)
        check(ground, ground.walk(token=given), items=[1, 2], requests=3)
        assert _sent(ground) == ["old", "old", "new"]


BODIES: list[tuple[object, str, str | None, tuple[Any, ...]]] = [
    (
        {
            "error": {
                "code": "InvalidRealityConversionRequest",
                "message": "Cannot find jobs.",
                "details": [{"code": "InvalidParameter", "message": "Too big.", "target": "$top"}],
            }
        },
        "InvalidRealityConversionRequest: Cannot find jobs.: Too big.",
        "InvalidRealityConversionRequest",
        ({"code": "InvalidParameter", "message": "Too big.", "target": "$top"},),
    ),
    ({"statusCode": 1, "message": "No."}, ": No.", None, ()),
    ({"code": "Nope", "message": None}, 'Nope: \'{"code":"Nope","message":null}\'', "Nope", ()),
    ({"error": None}, ": '{\"error\":null}'", None, ()),
    ({}, "", None, ()),
    ({"error": "no"}, ": no", None, ()),
    ({"error": {"code": 7, "message": 7, "details": [None, "x"]}}, ": x", None, (None, "x")),
    ([1], ": '[1]'", None, ()),
    (b"<html>", ": '<html>'", None, ()),
]


@pytest.mark.parametrize("status", [400, 403, 404, 410, 414, 422, 304])
def test_32_and_40_a_refusal_is_not_asked_again(ground: Ground, status: int) -> None:
    body, says, code, details = BODIES[0] if status != 304 else (b"", "without a body", None, ())  # RFC 9110 §15.4.5
    ground.serve(page(jobs(1), "/jobs?2"), _refused(status, body), page(jobs(2)))
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=2, error=StatusError, says=f"{status} {says}")
    assert isinstance(outcome.error, StatusError)
    assert (outcome.error.status, outcome.error.code, outcome.error.details) == (status, code, details)
    assert outcome.error.url == f"{ground.server.url}/jobs?2"


@pytest.mark.parametrize(("body", "says", "code", "details"), BODIES)
def test_32_the_body_of_a_refusal_may_have_any_shape(
    ground: Ground, body: object, says: str, code: str | None, details: tuple[Any, ...]
) -> None:
    ground.serve(_refused(422, body))
    outcome = ground.walk()
    message = f"422{says}" if not says or says.startswith(":") else f"422 {says}"
    check(ground, outcome, items=[], requests=1, error=StatusError, says=message)
    assert isinstance(outcome.error, StatusError)
    assert (outcome.error.status, outcome.error.code, outcome.error.details) == (422, code, details)


def test_an_error_shows_neither_the_query_of_the_page_nor_the_header_that_cannot_be_sent(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?sig=s3cret"), _refused(403))
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=2, error=StatusError)
    assert outcome.error is not None
    assert outcome.error.url == f"{ground.server.url}/jobs?sig=s3cret"
    assert repr(outcome.error) == (
        f"StatusError('403 without a body', page=2, items_done=1, url='{ground.server.url}/jobs')"
    )
    outcome = ground.walk(client={"headers": {"X-Api-Key": "s3cret\n"}})
    says = "the request failed: LocalProtocolError"
    check(ground, outcome, items=[], requests=0, error=PagingError, says=says)


@pytest.mark.parametrize("headers", [{"Content-Encoding": "gzip, gzip"}, [("Content-Encoding", "gzip")] * 2], ids=str)
def test_a_page_that_is_packed_twice_is_refused_before_its_body_is_read(ground: Ground, headers: Headers) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), answer(gzip.compress(gzip.compress(b'{"jobs":[]}')), headers=headers))
    says = "the page has another Content-Encoding than gzip or deflate, or several; it was not read"
    check(ground, ground.walk(), items=[1], requests=2, error=BadPageError, says=says)


def test_a_throttle_that_is_packed_twice_is_still_one(ground: Ground) -> None:
    ground.serve(_refused(429, b"x", {"Content-Encoding": "gzip, gzip", "Retry-After": "0"}), page(jobs(1)))
    check(ground, ground.walk(), items=[1], requests=2)


def test_a_page_that_is_compressed_once_may_name_identity_besides(ground: Ground) -> None:
    ground.serve(answer(gzip.compress(b'{"jobs":[{"id":1}]}'), headers={"Content-Encoding": "identity, gzip,"}))
    check(ground, ground.walk(), items=[1], requests=1)


def test_an_error_of_the_callers_own_auth_passes_through_and_the_walk_goes_on() -> None:
    class VaultError(Exception):
        pass

    given: list[Callable[[], str]] = [lambda: "a"]

    def token() -> str:
        if not given:
            given.append(lambda: "a")
            raise VaultError
        return given[0]()

    given.clear()
    with Ground("httpx") as ground, httpx.Client() as client:
        ground.serve(page(jobs(1)))
        walk = paginate(client, ground.listing, token=token)
        with pytest.raises(VaultError):
            next(walk)
        assert [item["id"] for item in walk] == [1]
