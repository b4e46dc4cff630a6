"""What servers write in place of a page: read in every common shape, and shown so that it does no harm."""

import gzip
import logging
import pickle
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx
import msgspec
import pytest
from answers import AT_ONCE, URL, ok, one_by_one, walked

import odatafilter as of
from odatafilter import itwin
from odatafilter.errors import (
    BadItemError,
    BadPageError,
    LoopError,
    OriginError,
    PagingError,
    PagingValueError,
    RateLimited,
    RetriesExhausted,
    StatusError,
    WaitTimeout,
)
from odatafilter.itwin import JobOperation
from odatafilter.paging import Listing, Origins, PageSize, Rate, Retry, paginate
from odatafilter.paging._json import Elements, elements, members, size_as_objects
from odatafilter.paging.retry import seconds_to_wait

BODIES: list[tuple[object, str, str | None]] = [
    ({"error": {"code": "X/1", "message": {"lang": "en", "value": "No such thing"}}}, "X/1: No such thing", "X/1"),
    ({"odata.error": {"code": "Bad", "message": {"value": "No such thing"}}}, "Bad: No such thing", "Bad"),
    ({"@odata.error": {"message": "No such thing"}}, "No such thing", None),
    ({"title": "Bad Request", "status": 400, "detail": "No such thing"}, "No such thing", None),
    ({"detail": "No such thing"}, "No such thing", None),
    ({"title": "No such thing"}, "No such thing", None),
    ({"Message": "No such thing", "ExceptionMessage": "none"}, "No such thing", None),
    ({"error": "invalid_request", "error_description": "No such thing"}, "No such thing", "invalid_request"),
    ({"error": "No such thing"}, "No such thing", None),
    ({"errors": [{"code": "X", "detail": "No such thing"}]}, "No such thing", "X"),
    ({"errors": ["No such thing", "Nor another"]}, "No such thing: Nor another", None),
    ({"title": "Wrong", "errors": {"$.a": ["No such thing"], "b": "Nor another"}}, "No such thing: Nor another", None),
    ({"fault": {"faultstring": "No such thing"}}, "No such thing", None),
    ({"ERROR": {"CODE": "X", "MESSAGE": "No such thing"}}, "X: No such thing", "X"),
    ([{"errorCode": "X", "message": "No such thing"}], "X: No such thing", "X"),
    ({"statusCode": 400, "message": ["No such thing", "Nor another"]}, "No such thing; Nor another", None),
    ({"Message": "Wrong", "ModelState": {"a": ["No such thing"]}}, "Wrong: No such thing", None),
    ({"errorMessages": ["No such thing"], "errors": {}}, "No such thing", None),
    ("No such thing", "No such thing", None),
    ({"unknown": "No such thing"}, '{"unknown": "No such thing"}', None),
    ({"error": {"code": "X", "inner": {"why": "No such thing"}}}, "No such thing", "X"),
    ({"detail": [{"loc": ["query", "x" * 200], "msg": "No such thing"}]}, ": No such thing", None),
    ({"error": {"code": "X", "innererror": {"errordetails": [{"message": "No such thing"}]}}}, "X: No such thing", "X"),
    ({"error": {"message": ""}, "errors": [[{"message": "No such thing"}]]}, ": No such thing", None),
    ({"error": [{"message": "No such thing"}]}, ": No such thing", None),
    ('{"error":{"code":"X","message":"Zürich: No such thing"}}'.encode("latin-1"), "rich: No such thing", "X"),
    (b'{"error":{"code":"X","message":"No such thing","n":1e999}}', "X: No such thing", "X"),
    (b"<p>No such thing</p>", "<p>No such thing</p>", None),
]


@pytest.mark.parametrize(("body", "text", "code"), BODIES)
@pytest.mark.parametrize("bom", [b"", b"\xef\xbb\xbf"])
def test_the_text_of_an_error_is_shown_whatever_its_shape(
    body: object, text: str, code: str | None, bom: bytes
) -> None:
    refused = ok(bom + ok(body).content, status=400)
    seen = walked(refused)
    assert isinstance(seen.error, StatusError)
    assert text in str(seen.error)
    assert (seen.error.code, seen.error.status) == (code, 400)
    with httpx.Client(transport=httpx.MockTransport(lambda _: refused)) as client, pytest.raises(StatusError) as caught:
        itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=1)
    assert (caught.value.message, caught.value.code) == (seen.error.message, code)
    exhausted = walked(ok(bom + ok(body).content, status=503)).error
    assert isinstance(exhausted, RetriesExhausted)
    assert text in str(exhausted)


def test_errors_have_the_headers_of_the_answer() -> None:
    headers = {"Location": "http://s.test/fresh", "X-Ms-Request-Id": "r1"}
    for error in (
        walked(ok({}, headers, 410)).error,
        walked(ok({}, headers, 503)).error,
        walked(ok({}, {**headers, "Retry-After": "999"}, 429)).error,
    ):
        assert isinstance(error, StatusError | RetriesExhausted)
        for again in (error, pickle.loads(pickle.dumps(error))):
            assert again.headers["location"] == again.headers["LOCATION"] == "http://s.test/fresh"
            assert "x-ms-request-id" in again.headers
            assert "absent" not in again.headers
            assert (again.headers.get("X-MS-Request-ID"), again.headers.get("absent")) == ("r1", None)
            assert (str(again), vars(again)) == (str(error), vars(error))
        assert "fresh" not in repr(error.headers) + repr(error)
    with httpx.Client(transport=httpx.MockTransport(lambda _: ok({}, headers, 410))) as client:
        with pytest.raises(StatusError) as caught:
            itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=1)
        assert caught.value.headers["location"] == "http://s.test/fresh"


def test_an_error_without_an_answer_has_no_headers() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    error = walked(answer).error
    assert isinstance(error, RetriesExhausted)
    assert (dict(error.headers), error.status) == ({}, None)


EVIL = (
    "\x1b[31mEVIL\x1b]0;title\x07\nLINE\u2028\u200b\u202e\x9b Bearer abc.def eyJhbGciOiJI.eyJzdWIi.c2ln "
    + "A" * 100_000
)
SECRETS = ("abc.def", "eyJhbGci")


def _is_safe(text: str) -> bool:
    lines = text.split("\n")
    return all(line.isprintable() for line in lines) and len(text) <= 700 and not any(each in text for each in SECRETS)


@pytest.mark.parametrize(
    "answer",
    [
        ok({"error": {"code": EVIL}}, status=403),
        ok({"error": {"message": EVIL}}, status=403),
        ok({"error": {"code": "X", "details": [{"message": EVIL}] * 99}}, status=403),
        ok({"error": {"code": EVIL}}, status=503),
        ok({"error": EVIL}, status=429),
        ok(EVIL.encode(), status=400),
        ok({"value": [], "error": {"message": EVIL}}),
        ok({"value": [], "@odata.nextLink": "x" + EVIL}),
        ok({"value": [], "@odata.nextLink": "a" * 70_000 + ":"}),
        ok({"value": [], "@odata.nextLink": f"http://s.test/\x9b31mEVIL\u202e/{EVIL}"}),
        ok({"value": [], "@odata.nextLink": "http://s.test/\x9b31mEVIL\u202e/x"}),
        ok({"value": [EVIL]}),
        ok({EVIL: 1}),
        ok({}, {"Location": "//]"}, 302),
    ],
)
def test_what_a_server_writes_is_escaped_cut_and_masked(answer: httpx.Response) -> None:
    events: list[Any] = []
    seen = walked(one_by_one(answer), on_event=events.append)
    error = seen.error
    if error is None:  # a link with odd characters is sent as it is, and refused then
        seen = walked(one_by_one(answer, ok({"error": {"code": EVIL}}, status=403)))
        error = seen.error
    assert isinstance(error, PagingError)
    assert _is_safe(str(error)), str(error)
    assert _is_safe(repr(error).replace("\\n", ""))
    assert len(error.message) <= 400
    assert error.message in error.args
    assert all(_is_safe(repr(event)) for event in events)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Bearer abc.def-x", "Bearer …"),
        ('{"access_token":"abc"}', '{"access_token …"}'),
        ('{"token":"abc"}', '{"token …"}'),
        ("?sig=abc%3D&x=1", "?sig …&x=1"),
        ("clientSecret: abc", "clientSecret …"),
        ("Unexpected token: ')' at position 5", "Unexpected token: ')' at position 5"),
        ("The signature did not match", "The signature did not match"),
    ],
)
def test_what_looks_like_a_secret_is_not_shown(text: str, shown: str) -> None:
    error = walked(ok({"error": {"message": text}}, status=403)).error
    assert error is not None
    assert error.message == f"403: {shown}"


def test_the_log_of_a_wait_tells_what_happens_and_is_safe(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO, "odatafilter.itwin")
    said = [ok({"error": {"code": EVIL}}, status=503), ok({"job": {"status": EVIL}}), ok({"job": {"status": "Failed"}})]
    with httpx.Client(transport=httpx.MockTransport(one_by_one(*said))) as client:
        itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=9, interval=0.001, retry=Retry(base=0))
    assert [record.name for record in caplog.records] == ["odatafilter.itwin"] * 3
    told = [record.getMessage() for record in caplog.records]
    assert [text.partition("(")[0] for text in told] == ["Waiting", "StatusRead", "StatusRead"]
    assert all(map(_is_safe, told)), told
    assert "status='Failed'" in told[2]


def test_the_message_of_a_job_is_escaped() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return ok({"job": {"status": EVIL}})

    with httpx.Client(transport=httpx.MockTransport(answer)) as client, pytest.raises(WaitTimeout) as caught:
        itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=0)
    assert _is_safe(str(caught.value))
    assert caught.value.status == EVIL


@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.parametrize(
    ("link", "kind", "says"),
    [
        ("//]", BadPageError, "the link is malformed"),
        ("http://[::1", OriginError, "host is not plain"),
        ("http://[1::2::3]/", OriginError, "no IPv6 address"),
        ("//[x]/", BadPageError, "the link is malformed"),
        ("/" + "../" * 200_000, BadPageError, "the link has 600001 characters"),
        ("/" + "../" * 400_000, BadPageError, "holds over 1048576 bytes, where a link is wanted"),
        ("x" * 65_537, BadPageError, "the link has 65537 characters"),
        ("http://s.test/" + "a" * 70_000, BadPageError, "the link has 70014 characters"),
        ("x" * 300_000 + "://a", BadPageError, "the link has 300004 characters"),
    ],
)
def test_a_link_that_cannot_be_followed_is_an_error_after_the_page(
    link: str, kind: type[PagingError], says: str, is_async: bool
) -> None:
    begun = time.process_time()
    seen = walked(ok({"value": [{"id": 1}], "@odata.nextLink": link}), is_async=is_async)
    assert time.process_time() - begun < 2
    assert (seen.items, type(seen.error)) == ([{"id": 1}], kind)
    assert seen.error is not None
    assert says in seen.error.message
    assert (seen.error.items_done, len(pickle.dumps(seen.error)) < 5_000) == (1, True)
    moved = walked(ok({}, {"Location": link[:100_000]}, 302), is_async=is_async).error
    assert isinstance(moved, BadPageError | OriginError | RetriesExhausted)  # the last is httpx's own opinion of it
    client = httpx.Client(transport=httpx.MockTransport(lambda _: ok({}, {"Location": link[:100_000]}, 302)))
    with client, pytest.raises((BadPageError, OriginError, WaitTimeout)):
        itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=0)


def test_a_relative_link_is_bounded_as_a_whole() -> None:
    seen = walked(ok({"value": [{"id": 1}], "@odata.nextLink": "?" + "x" * 65_530}))
    assert (seen.items, type(seen.error), len(seen.asked)) == ([{"id": 1}], BadPageError, 1)
    assert "characters as a whole" in str(seen.error)


def test_redirects_are_bounded() -> None:
    for target in (URL, "/a"):
        seen = walked(ok({}, {"Location": target}, 302))
        assert (type(seen.error), len(seen.asked)) == (LoopError, 11)


# --- waits ----------------------------------------------------------------------------------------------------------


def _in(seconds: float) -> float:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).timestamp()


@pytest.mark.parametrize(
    ("status", "headers", "seconds"),
    [
        (503, {"x-ms-retry-after-ms": "1200"}, 1.2),
        (503, {"retry-after-ms": "250.5"}, 0.2505),
        (503, {"retry-after-ms": "100", "x-ms-retry-after-ms": "300"}, 0.3),
        (503, {"retry-after": "2", "retry-after-ms": "9000"}, 2.0),
        (503, {"retry-after": "soon", "retry-after-ms": "9000"}, 9.0),
        (503, {"retry-after-ms": "soon"}, None),
        (429, {"ratelimit-reset": "7"}, 7.0),
        (429, {"x-ratelimit-reset": "7", "ratelimit-reset": "9"}, 9.0),
        (429, {"x-ratelimit-reset": "7", "retry-after": "1"}, 1.0),
        (429, {"x-ratelimit-reset": "7", "retry-after-ms": "1000"}, 1.0),
        (503, {"x-ratelimit-reset": "7"}, None),
        (429, {"x-ratelimit-reset": "-7"}, 0.0),
        (429, {"x-ratelimit-reset": "never"}, None),
        (429, {"ratelimit-reset": "1767225690", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 90.0),
        (429, {"ratelimit-reset": "1767225690500", "date": "Thu, 01 Jan 2026 00:00:00 GMT"}, 90.5),
        (429, {"ratelimit-reset": "1767225600", "date": "Thu, 01 Jan 2026 00:00:10 GMT"}, 0.0),
    ],
)
def test_a_wait_may_be_told_in_other_headers(status: int, headers: dict[str, str], seconds: float | None) -> None:
    assert seconds_to_wait(status, headers) == pytest.approx(seconds)


def test_a_moment_since_1970_counts_from_our_clock_without_a_date() -> None:
    told = seconds_to_wait(429, {"x-ratelimit-reset": str(int(_in(60)) + 1)})
    assert told is not None
    assert 59 < told <= 61
    assert seconds_to_wait(429, {"retry-after": format_datetime(datetime.now(UTC), usegmt=True)}) == pytest.approx(
        0, abs=1
    )


def test_a_walk_waits_as_told_and_not_longer_than_allowed() -> None:
    seen = walked(one_by_one(ok({}, {"x-ms-retry-after-ms": "20"}, 429), ok({"value": [{"id": 1}]})))
    assert (len(seen.items), seen.walk.stats.slept) == (1, pytest.approx(0.02, abs=0.01))
    error = walked(ok({}, {"RateLimit-Reset": "500"}, 429)).error
    assert isinstance(error, RateLimited)
    assert error.retry_at > datetime.now(UTC) + timedelta(seconds=490)


@pytest.mark.parametrize("status", [408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 598])
def test_passing_failures_are_asked_again(status: int) -> None:
    seen = walked(one_by_one(ok({}, status=status), ok({}, status=status), ok({"value": [1]})), item_type=int)
    assert (seen.items, len(seen.asked)) == ([1], 3)
    with httpx.Client(
        transport=httpx.MockTransport(one_by_one(ok({}, status=status), ok({"job": {"status": "Succeeded"}})))
    ) as client:
        assert itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=9, retry=Retry(base=0)).outcome == "succeeded"


@pytest.mark.parametrize("status", [400, 404, 409, 449, 501, 505, 525, 530, 599])
def test_what_is_not_among_the_statuses_ends_a_walk_unless_it_is_named(status: int) -> None:
    seen = walked(ok({}, status=status))
    assert (type(seen.error), len(seen.asked)) == (StatusError, 1)
    answers = one_by_one(ok({}, status=status), ok({"value": [1]}))
    retry = Retry(base=0, statuses={status, 503})
    assert walked(answers, item_type=int, retry=retry).items == [1]
    assert walked(ok({}, status=502), retry=retry).error is not None
    assert hash(retry) == hash(Retry(base=0, statuses=frozenset({503, status})))


def test_a_wait_goes_on_until_its_timeout() -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused")

    patience = {"job_id": "a", "interval": 0.001, "retry": Retry(base=0.001, cap=0.001, attempts=1)}
    with httpx.Client(transport=httpx.MockTransport(answer)) as client, pytest.raises(WaitTimeout) as caught:
        itwin.wait(client, itwin.EC3_JOB, timeout=0.05, **patience)  # type: ignore[arg-type]
    assert isinstance(caught.value.__cause__, httpx.ConnectError)
    failing = [ok({}, status=503)] * 12 + [ok({}, {"Retry-After": "0"}, 429)] * 8
    answers = one_by_one(*failing, ok({"job": {"status": "Running"}}), ok({"job": {"status": "Succeeded"}}))
    with httpx.Client(transport=httpx.MockTransport(answers)) as client:
        assert itwin.wait(client, itwin.EC3_JOB, timeout=20, **patience).status == "Succeeded"  # type: ignore[arg-type]
    late = one_by_one(ok({}, {"Retry-After": "60"}, 503))
    with httpx.Client(transport=httpx.MockTransport(late)) as client, pytest.raises(RateLimited) as limited:
        itwin.wait(client, itwin.EC3_JOB, timeout=20, **patience)  # type: ignore[arg-type]
    assert limited.value.retry_at > datetime.now(UTC) + timedelta(seconds=50)


def test_a_byte_order_mark_is_ignored_everywhere() -> None:
    bom = b"\xef\xbb\xbf"
    with httpx.Client(transport=httpx.MockTransport(lambda _: ok(bom + b'{"job":{"status":"Succeeded"}}'))) as client:
        assert itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=1).status == "Succeeded"
    assert walked(ok(bom + b'{"value":[1]}'), item_type=int).items == [1]
    error = walked(ok(bom + b'{"error":{"code":"X","message":"No"}}', status=400)).error
    assert isinstance(error, StatusError)
    assert (error.message, error.code) == ("400 X: No", "X")


# --- memory ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def large(monkeypatch: pytest.MonkeyPatch) -> int:
    """How many bytes are large: fewer than usual, which is faster."""
    size = 1 << 16
    for module in ("_json", "_links", "_envelope", "_refusal", "_items"):
        monkeypatch.setattr(f"odatafilter.paging.{module}.LARGE", size)
    return size


@pytest.mark.parametrize(
    "body",
    [
        b'{"value":[' + b"[]," * 100_000 + b"0]}",
        b'{"value":[' + b"1," * 150_000 + b"0]}",
        b'{"value":[0],"_links":{"next":[' + b"[]," * 100_000 + b"0]}}",
        b'{"value":[0],"more":[' + b"[]," * 100_000 + b"0]}",
        b'{"value":[0]' + b"".join(b',"k%d":0' % number for number in range(30_000)) + b"}",
        b'{"error":{"details":[' + b"{}," * 100_000 + b"0]}}",
    ],
    ids=["empty arrays", "numbers", "a link", "a member", "members", "details"],
)
@pytest.mark.parametrize("status", [200, 403])
def test_a_page_takes_a_small_multiple_of_its_size(large: int, body: bytes, status: int) -> None:
    answer = ok(gzip.compress(body, 1), {"Content-Encoding": "gzip"}, status)
    with httpx.Client(transport=httpx.MockTransport(lambda _: answer)) as client:
        walk = paginate(client, Listing.odata(URL), item_type=object, retry=AT_ONCE)
        tracemalloc.start()
        try:
            for _, _ in zip(range(10), walk, strict=False):
                pass
        except PagingError:
            pass
        finally:
            peak = tracemalloc.get_traced_memory()[1]
            tracemalloc.stop()
    assert peak < 8 * len(body) + 4 * large, peak / len(body)


@pytest.mark.parametrize(
    "values", [b"[]," * 50_000, b"{}," * 50_000, b'{"a":1},' * 20_000, b'{ "a":{}},' * 20_000, b"[[0]]," * 30_000]
)
@pytest.mark.parametrize("is_async", [False, True])
@pytest.mark.usefixtures("large")
def test_an_item_that_takes_many_times_the_largest_page_is_none(values: bytes, is_async: bool) -> None:
    body = b'{"value":[{"id":1},{"a":[' + values + b"0]},3]}"
    given: dict[str, Any] = {"retry": Retry(max_page_bytes=len(body)), "is_async": is_async, "item_type": object}
    seen = walked(ok(body), **given)
    assert (seen.items, type(seen.error), seen.walk.cursor.offset) == ([{"id": 1}], BadItemError, 1)
    assert f"over 8 times {len(body)} bytes" in str(seen.error)
    assert walked(ok(body), **given, on_bad_item="skip").items == [{"id": 1}, 3]
    assert len(walked(ok(body), **{**given, "item_type": msgspec.Raw}).items) == 3
    given["retry"] = Retry(max_page_bytes=5 * len(body))
    assert len(walked(ok(body), **given).items) == 3


def test_the_size_of_values_as_objects_is_no_less_than_it_is() -> None:
    for one in (
        b"[],",
        b"{},",
        b'{"a":1},',
        b'{"a":{}},',
        b"1.5,",
        b"300,",
        b"[1.5,2.5],",
        b'{"t":"x","v":1.5},',
        b"[[]],",
    ):
        text = b"[" + one * 20_000 + b"0]"
        tracemalloc.start()
        made = msgspec.json.decode(text)
        size = tracemalloc.get_traced_memory()[0]
        tracemalloc.stop()
        assert size < size_as_objects(text) < 3 * size, one
        del made
    text = b'"' + b",[{" * 100_000 + b'\\",,"'
    assert size_as_objects(text) == len(text)


def test_a_page_in_tiny_chunks_takes_no_more_memory(large: int) -> None:
    class Tiny(httpx.SyncByteStream):
        def __iter__(self) -> Iterator[bytes]:
            yield b'{"value":["'
            yield from (b"%02d" % (number % 100) for number in range(100_000))
            yield b'"]}'

    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, stream=Tiny())))
    tracemalloc.start()
    with client:
        (item,) = paginate(client, Listing.odata(URL), item_type=str)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(item) == 200_000
    assert peak < 8 * 200_000 + 4 * large


def test_large_pages_are_counted_and_made_item_by_item(large: int) -> None:
    body = b'{"value":[%s]}' % b",".join(b'{"a" : [%d, {"b":"],\\"["}]}' % number for number in range(5_000))
    body = body.replace(b'"b"', b'"b" ,"c"'.replace(b" ,", b":0,"))
    seen = walked(ok(body), max_items=3)
    assert (seen.items[2], len(seen.walk._progress._page.envelope.items)) == ({"a": [2, {"b": 0, "c": '],"['}]}, 5_000)
    pages = list(walked(ok(body)).items)
    assert [item["a"][0] for item in pages] == list(range(5_000))


def test_elements_are_found_as_the_decoder_finds_them(large: int) -> None:
    for text in (
        b"[]",
        b" [ ] ",
        b"[1]",
        b'[ 1 , "a,]\\"" , [1,[2,{"b":[3]}]] , {} , null ,{"a":"}"} ]',
        b"[[[]],[[[1]],2]]",
    ):
        filler = b"[" + b"1," * large + b"0]"
        found = elements(msgspec.Raw(filler[:-1] + b"," + text + b"]"))
        assert isinstance(found, Elements)
        assert bytes(found[-1]) == text.strip()
        whole = b"[" + text.strip()[1:-1] + (b"," if text.strip()[1:-1].strip() else b"") + filler[1:]
        made = elements(msgspec.Raw(whole))
        wanted = msgspec.json.decode(text, type=list[msgspec.Raw])
        assert isinstance(made, Elements)
        assert [bytes(each) for each in made[: len(wanted)]] == [bytes(each) for each in wanted]
        assert (len(made), len(made[5:9])) == (len(wanted) + large + 1, 4)
    assert len(elements(msgspec.Raw(b"[" + b" " * 10 + b"]"))) == 0


def test_of_a_large_object_only_the_wanted_members_are_made() -> None:
    text = b'{"a":1,' + b",".join(b'"k%d":0' % number for number in range(200_000)) + b',"b":[2],"a":3}'
    assert {name: bytes(raw) for name, raw in members(text, ("a", "b", "c")).items()} == {"a": b"3", "b": b"[2]"}
    with pytest.raises(msgspec.ValidationError):
        members(b"[" + text + b"]", ("a",))


def test_an_answer_of_too_many_values_is_not_read_as_a_job() -> None:
    body = b'{"job":{"status":"Succeeded"},"x":[' + b"[]," * 400_000 + b"0]}"
    client = httpx.Client(transport=httpx.MockTransport(lambda _: ok(body)))
    with client, pytest.raises(BadPageError, match="too many values"):
        itwin.wait(client, itwin.EC3_JOB, job_id="a", timeout=1)


# --- reprs and arguments --------------------------------------------------------------------------------------------


def test_no_repr_shows_a_query_or_a_header() -> None:
    secret = "s3cret"
    listing = Listing.odata(
        f"http://me:{secret}@s.test/x?sig={secret}".replace("me:s3cret@", ""), headers={"X-Key": secret}
    )
    first = ok({"value": [{"id": 1}], "@odata.nextLink": f"http://s.test/x?sig={secret}#frag"}, {"Set-Cookie": secret})
    seen = walked(one_by_one(first, ok({"error": {"code": "X"}}, {"X-Secret": secret}, 403)), listing)
    job = itwin.Job(id="a", outcome="failed", status="Failed", links={"report": f"http://s.test/?sig={secret}"})
    operation = JobOperation(f"http://s.test/{{job_id}}?sig={secret}", outcomes={})
    page = seen.walk._progress
    for shown in (listing, seen.walk, page.assignment, page.assignment.access, seen.error, job, operation, page):
        assert secret not in repr(shown), shown
    assert "s.test/x?…" in repr(listing)


WRONG: list[Any] = [
    lambda: Retry(attempts=0),
    lambda: Retry(attempts=True),
    lambda: Retry(base=-1),
    lambda: Retry(base=float("nan")),
    lambda: Retry(statuses={200}),
    lambda: Retry(statuses={"503"}),  # type: ignore[arg-type]
    lambda: Retry(statuses=503),  # type: ignore[arg-type]
    lambda: Rate(0),
    lambda: Origins.allow("x"),
    lambda: Origins.allow("https://*.test"),
    lambda: Origins.allow(5),  # type: ignore[arg-type]
    lambda: PageSize(min=-1),
    lambda: Listing(URL, max_empty_pages=-1),
    lambda: Listing(URL, max_empty_pages=True),
    lambda: Listing(URL, ignore_links="nextLink"),
    lambda: Listing(URL, ignore_links=("",)),
    lambda: Listing(URL + "?" + "x" * 65_536),
    lambda: Listing(URL).at("http://a.test/path"),
    lambda: Listing(URL).at("nowhere"),
    lambda: JobOperation("nowhere/{job_id}", outcomes={}),
    lambda: JobOperation("http://a.test/", outcomes={}),
    lambda: JobOperation("http://a.test/{job_id}", outcomes={"a": "b"}),  # type: ignore[dict-item]
    lambda: itwin.EC3_JOB.at("http://a.test/path"),
    lambda: itwin.wait(object(), itwin.EC3_JOB, job_id="a"),  # type: ignore[arg-type]
    lambda: itwin.wait(httpx.AsyncClient(), itwin.EC3_JOB, job_id="a"),  # type: ignore[arg-type]
    *(
        lambda options=options: itwin.wait(httpx.Client(), **{"operation": itwin.EC3_JOB, "job_id": "a", **options})
        for options in (
            {"timeout": -1},
            {"timeout": "1"},
            {"timeout": float("inf")},
            {"interval": 0},
            {"interval": None},
            {"job_id": ""},
            {"job_id": ".."},
            {"job_id": 5},
            {"job_id": "a\nb"},
            {"itwin_id": "a"},
            {"retry": None},
            {"origins": None},
            {"token": "text"},
            {"on_event": 5},
            {"operation": None},
            {"operation": itwin.CONVERSION_JOB, "job_id": "no guid"},
        )
    ),
]


@pytest.mark.parametrize("call", WRONG)
def test_every_wrong_argument_is_a_paging_value_error(call: Any) -> None:
    with pytest.raises(PagingValueError) as caught:
        call()
    assert isinstance(caught.value, ValueError)
    assert caught.value.message.isprintable()


def test_a_page_size_of_odata_is_asked_for_by_a_header() -> None:
    with pytest.raises(PagingValueError, match="maxpagesize"):
        walked(ok({"value": []}), top=5)


def test_retry_takes_any_set_and_cannot_be_changed() -> None:
    assert Retry(statuses={503}).statuses == frozenset({503})
    assert of.Retry().statuses >= {429, 503, 522}
    with pytest.raises(AttributeError):
        Retry().attempts = 3  # type: ignore[misc]


def test_the_package_imports_neither_httpx_nor_lark_nor_asyncio_at_once() -> None:
    code = "import sys, odatafilter; sys.exit(any(name in sys.modules for name in ('httpx', 'lark', 'asyncio')))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
