"""Faults 33 to 47 of `paging_faults.md`: connections that break, bodies that are no pages, items that are no items."""

import gzip
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx
import msgspec
import pytest
from fault_server import Cut, Part, Pause, Reset, answer, jobs, page
from paging_ground import DRIVERS, TLS, Ground, check, grounds

from odatafilter.errors import BadItemError, BadPageError, RetriesExhausted
from odatafilter.paging import Listing, Retry, Skipping, paginate
from odatafilter.paging._envelope import NoPageError, open_page

GOOD = page(jobs(2))
MIDDLE = len(GOOD) - 10
HEAD, _, BODY = GOOD.partition(b"\r\n\r\n")
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
GZIP = {"Content-Encoding": "gzip"}


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    yield from grounds(request.param)


def _old(body: bytes) -> list[Part]:
    """An answer whose end is the end of the connection."""
    return [b"HTTP/1.0 200 OK\r\nContent-Type: application/json\r\n\r\n" + body, Cut()]


def _chunked(body: bytes, *, whole: bool) -> list[Part]:
    return [CHUNKED + b"%x\r\n%s\r\n" % (len(body), body), b"0\r\n\r\n" if whole else Cut()]


@pytest.mark.parametrize(
    "broken",
    [
        [Reset()],
        [Cut()],
        [GOOD[:20], Reset()],
        [GOOD[:20], Cut()],
        [GOOD[:MIDDLE], Reset()],
        [GOOD[:MIDDLE], Cut()],
        [answer(BODY, headers={"Content-Length": str(len(BODY) + 5)}), Cut()],
        [b"nonsense\r\n\r\n", Cut()],
        _chunked(BODY[:10], whole=False),
        _chunked(BODY, whole=False),
        [CHUNKED + b"no number\r\n", Cut()],
        _old(BODY[:10]),
        _old(BODY[:-1]),
        [answer(gzip.compress(BODY)[:-12], headers=GZIP)],
        [answer(gzip.compress(BODY)[:5], headers=GZIP)],
        [answer(gzip.compress(BODY)[:10], headers=GZIP)],
        [answer(b"no gzip", headers=GZIP)],
    ],
    ids=[
        "reset before the headers",
        "closed before the headers",
        "reset in the headers",
        "closed in the headers",
        "reset in the body",
        "closed in the body",
        "a length that is too long",
        "no HTTP",
        "a cut chunk",
        "no last chunk",
        "a chunk without a size",
        "a cut body of HTTP/1.0",
        "one byte short",
        "cut gzip",
        "gzip cut in its header",
        "gzip cut after its header",
        "bad gzip",
    ],
)
def test_33_to_35_a_broken_answer_is_asked_for_again(ground: Ground, broken: list[Part]) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), broken, GOOD)
    outcome = ground.walk()
    check(ground, outcome, items=[1, 2], requests=3)
    assert outcome.stats.retries == 1


def test_33_a_connection_that_always_breaks_is_an_error_after_the_last_attempt(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), [Cut()])
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=6, error=RetriesExhausted)
    assert isinstance(outcome.error, RetriesExhausted)
    assert outcome.error.message.startswith("attempt 5 failed and was the last: RemoteProtocolError: ")
    assert (outcome.error.attempts, outcome.error.status) == (5, None)


def test_33_nobody_listening_is_an_error_after_the_last_attempt(ground: Ground) -> None:
    ground.server.__exit__()
    outcome = ground.walk(listing=Listing("http://127.0.0.1:9/jobs"))
    assert isinstance(outcome.error, RetriesExhausted)
    assert outcome.error.message.startswith("attempt 5 failed and was the last: ConnectError: ")
    ground.server.__enter__()


def test_34_a_length_that_is_too_short_is_a_page_cut_short(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), [answer(BODY, headers={"Content-Length": str(len(BODY) - 5)}), Cut()], GOOD)
    check(ground, ground.walk(), items=[1, 2], requests=3)


@pytest.mark.parametrize("whole", [_chunked(BODY, whole=True), [answer(gzip.compress(BODY), headers=GZIP)], _old(BODY)])
def test_35_every_whole_answer_is_a_page(ground: Ground, whole: list[Part]) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), whole)
    check(ground, ground.walk(), items=[1, 2], requests=2)


HANG = 60  # seconds for which a server is silent: no test waits for them


def give_time(seconds: float, attempt: Callable[[float], None]) -> None:
    """Has `attempt` hold within some seconds or, on a machine that is too busy for them, within more."""
    for factor in (1, 6):
        try:
            attempt(factor * seconds)
        except AssertionError:
            continue
        return
    attempt(40 * seconds)


def _dripped(before: bytes, part: bytes = b"x", after: bytes = b"") -> Callable[[], Iterable[Part]]:
    """An answer that goes on like this for a minute, and is given up."""

    def parts() -> Iterator[Part]:
        yield before
        for _ in range(int(HANG / 0.03)):
            yield Pause(0.03)
            yield part
        yield after
        yield Cut()

    return parts


def _lines(head: bytes) -> bytes:
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n" + head


# RFC 1952 §2.3: a member whose header holds a name, which ends at the first null byte; nothing is unpacked before.
NAMED = b"\x1f\x8b\x08\x08\x00\x00\x00\x00\x00\xff"
EMPTY_BLOCK = b"\x00\x00\x00\xff\xff"  # RFC 1951 §3.2.4: stored, of no bytes, and not the last one
SLOW: dict[str, Callable[[], Iterable[Part]]] = {
    "hang before the headers": lambda: [Pause(HANG), Cut()],
    "hang in the status line": lambda: [GOOD[:5], Pause(HANG), Cut()],
    "hang in the headers": lambda: [GOOD[:20], Pause(HANG), Cut()],
    "hang in the body": lambda: [GOOD[:MIDDLE], Pause(HANG), Cut()],
    "drip in the status line": _dripped(b"HTTP/1.1 200 "),
    "drip in a header": _dripped(_lines(b"X-Slow: ")),
    "drip of headers": _dripped(_lines(b""), b"X-Slow: x\r\n"),
    "drip of information": _dripped(b"", b"HTTP/1.1 103 Early Hints\r\n\r\n", GOOD),
    "drip in information": _dripped(b"HTTP/1.1 103 Early Hints\r\nLink: "),
    "drip in the body": _dripped(_lines(b"Content-Length: 1000\r\n\r\n"), b" "),
    "drip of chunks": _dripped(_lines(b"Transfer-Encoding: chunked\r\n\r\n"), b"1\r\n \r\n"),
    "drip in the size of a chunk": _dripped(_lines(b"Transfer-Encoding: chunked\r\n\r\n1;x="), b"x"),
    "drip in the trailer": _dripped(_lines(b"Transfer-Encoding: chunked\r\n\r\n0\r\nX-Slow: ")),
    "drip in the header of gzip": _dripped(_lines(b"Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n" + NAMED)),
    "drip of empty parts of gzip": _dripped(
        _lines(b"Content-Encoding: gzip\r\nContent-Length: 1000\r\n\r\n" + NAMED + b"\0"), EMPTY_BLOCK
    ),
    "drip in a refusal": _dripped(b"HTTP/1.1 404 Not Found\r\nContent-Length: 1000\r\n\r\n"),
    "drip in a redirect": _dripped(b"HTTP/1.1 302 Found\r\nLocation: /elsewhere\r\nContent-Length: 1000\r\n\r\n"),
}


@pytest.mark.parametrize("slow", SLOW)
def test_36_a_page_has_a_deadline_of_its_own(ground: Ground, slow: str) -> None:
    def attempt(seconds: float) -> None:
        ground.serve(SLOW[slow](), GOOD)
        begun = monotonic()
        outcome = ground.walk(client={"timeout": None}, retry=Retry(base=0, page_deadline=seconds))
        assert seconds <= monotonic() - begun < HANG
        says = f"the page was not there after {seconds:g} seconds"
        check(ground, outcome, items=[], requests=1, error=RetriesExhausted, says=says)

    give_time(0.15, attempt)


@pytest.mark.parametrize("prefetch", [0, 1])
@pytest.mark.parametrize("slow", ["hang in the body", "drip in a header"])
def test_36_the_next_page_has_a_deadline_too_and_its_error_comes_at_its_turn(
    ground: Ground, slow: str, prefetch: int
) -> None:
    def attempt(seconds: float) -> None:
        ground.serve(page(jobs(1), "/jobs?2"), SLOW[slow](), GOOD)
        begun = monotonic()
        outcome = ground.walk(client={"timeout": None}, retry=Retry(base=0, page_deadline=seconds), prefetch=prefetch)
        assert seconds <= monotonic() - begun < HANG
        says = f"the page was not there after {seconds:g} seconds"
        check(ground, outcome, items=[1], requests=2, error=RetriesExhausted, says=says)

    give_time(0.3, attempt)


def test_36_a_slow_page_within_its_deadline_is_a_page(ground: Ground) -> None:
    parts: list[Part] = [each for at in range(0, len(GOOD), 40) for each in (GOOD[at : at + 40], Pause(0.01))]
    ground.serve(page(jobs(1), "/jobs?2"), parts)
    check(ground, ground.walk(client={"timeout": None}, retry=Retry(page_deadline=30)), items=[1, 2], requests=2)


def test_36_the_deadline_is_for_the_page_with_all_its_attempts(ground: Ground) -> None:
    def attempt(seconds: float) -> None:
        broken: list[list[Part]] = [[Pause(0.05), Cut()], [Pause(0.05), answer(b"", status=503)], [Pause(HANG), GOOD]]
        ground.serve(page(jobs(1), "/jobs?2"), *broken)
        outcome = ground.walk(client={"timeout": None}, retry=Retry(base=0, page_deadline=seconds))
        says = f"the page was not there after {seconds:g} seconds"
        check(ground, outcome, items=[1], requests=4, error=RetriesExhausted, says=says)
        assert isinstance(outcome.error, RetriesExhausted)
        assert (outcome.error.attempts, outcome.stats.retries) == (3, 2)

    give_time(0.5, attempt)


def test_36_a_page_that_was_late_is_asked_for_again_where_the_walk_stood(ground: Ground) -> None:
    def attempt(seconds: float) -> None:
        ground.serve(page(jobs(1), "/jobs?2"), [GOOD[:MIDDLE], Pause(HANG), Cut()], GOOD)
        outcome = ground.walk(client={"timeout": None}, retry=Retry(base=0, page_deadline=seconds), turns=2)
        check(ground, outcome, items=[1, 2], requests=3)
        assert [type(error) for error in outcome.errors] == [RetriesExhausted]

    give_time(0.3, attempt)


@pytest.mark.parametrize("timeout", [0.1, 1])
def test_36_a_timeout_of_the_client_is_one_failed_attempt(ground: Ground, timeout: float) -> None:
    def attempt(seconds: float) -> None:
        ground.serve(page(jobs(1), "/jobs?2"), [Pause(HANG)], GOOD)
        check(ground, ground.walk(client={"timeout": seconds}), items=[1, 2], requests=3)

    give_time(timeout, attempt)


def test_37_a_server_may_close_after_every_answer(ground: Ground) -> None:
    pages: list[list[Part]] = [[page(jobs(n), f"/jobs?{n}" if n < 20 else None), Cut()] for n in range(1, 21)]
    ground.serve(*pages)
    check(ground, ground.walk(), items=list(range(1, 21)), requests=20)


def test_37_a_connection_that_is_closed_while_the_consumer_works_is_replaced(ground: Ground) -> None:
    ground.serve([page(jobs(1, 2), "?2"), Cut()], [page(jobs(3), "?3"), Reset()], page(jobs(4)))
    outcome = ground.walk(on_event=lambda event: sleep(0.02))  # while which the connection is closed
    check(ground, outcome, items=[1, 2, 3, 4], requests=3)
    assert outcome.stats.retries <= 2


def test_37_a_connection_that_is_closed_as_a_page_is_asked_for_is_replaced(ground: Ground) -> None:
    ground.serve(page(jobs(1), "?2"), [Cut()], page(jobs(2), "?3"), [Reset()], page(jobs(3)))
    outcome = ground.walk()
    check(ground, outcome, items=[1, 2, 3], requests=5)
    assert outcome.stats.retries == 2


def _endless() -> Iterable[Part]:
    yield b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n"
    for _ in range(200):
        yield b" " * 1_000_000


def test_38_a_page_that_is_too_large_is_not_read_to_its_end(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), _endless())
    outcome = ground.walk(retry=Retry(max_page_bytes=1 << 20))
    check(ground, outcome, items=[1], requests=2, error=BadPageError, says="the page is over 1048576 bytes")


def test_38_a_page_that_unpacks_too_large_is_refused(ground: Ground) -> None:
    ground.serve(answer(gzip.compress(b" " * 20_000_000), headers=GZIP))
    outcome = ground.walk(retry=Retry(max_page_bytes=1 << 20))
    check(ground, outcome, items=[], requests=1, error=BadPageError, says="the page is over 1048576 bytes")


def test_39_information_before_the_answer_is_passed_over(ground: Ground) -> None:
    hints = b"HTTP/1.1 103 Early Hints\r\nLink: </a.css>; rel=preload\r\n\r\n"
    ground.serve([hints, page(jobs(1), "?2")], [b"HTTP/1.1 100 Continue\r\n\r\n", hints, hints, GOOD])
    check(ground, ground.walk(), items=[1, 2], requests=2)


def test_39_information_without_an_answer_is_a_broken_answer(ground: Ground) -> None:
    ground.serve(page(jobs(1), "?2"), [b"HTTP/1.1 103 Early Hints\r\n\r\n", Cut()], GOOD)
    outcome = ground.walk()
    check(ground, outcome, items=[1, 2], requests=3)
    assert outcome.stats.retries == 1


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (b"HTTP/1.1 204 No Content\r\n\r\n", "the body is empty: ''"),
        (b"HTTP/1.1 205 Reset Content\r\nContent-Length: 0\r\n\r\n", "the body is empty: ''"),
        (answer(b""), "the body is empty: ''"),
        (answer(b" \n"), "the body is empty: ''"),
        (
            answer(b"<!DOCTYPE html>\n<title>Sign in</title>", headers={"Content-Type": "text/html"}),
            "the body is no JSON: '<!DOCTYPE html> <title>Sign in</title>'",
        ),
        (answer({"error": {"code": "X"}}), """an error object instead of a page: '{"code":"X"}'"""),
        (answer({"_links": None}), """'jobs' is missing: '{"_links":null}'"""),
        (answer({}), "'jobs' is missing: '{}'"),
        (answer({"Jobs": []}), """'jobs' is missing: '{"Jobs":[]}'"""),
        (answer({"jobs": None}), """'jobs' is null, not an array: '{"jobs":null}'"""),
        (answer({"jobs": {}}), """'jobs' is an object, not an array: '{"jobs":{}}'"""),
        (answer(b'{"\xff":1}'), "the body is no UTF-8: '{\"\N{REPLACEMENT CHARACTER}\":1}'"),
        (answer({"jobs": 1.5}), """'jobs' is a number, not an array: '{"jobs":1.5}'"""),
        (answer({"jobs": True}), """'jobs' is a Boolean, not an array: '{"jobs":true}'"""),
        (answer({"jobs": "x"}), """'jobs' is a text, not an array: '{"jobs":"x"}'"""),
        (answer([1]), "the body is an array, not an object: '[1]'"),
        (answer(b"null"), "the body is null, not an object: 'null'"),
        (answer(b'{"jobs":[NaN]}'), """the body is no JSON: '{"jobs":[NaN]}'"""),
        (
            answer(rb'{"jobs":["\ud800"]}'),
            """the body holds an escape that is no character: '{"jobs":["\\\\ud800"]}'""",
        ),
        (
            answer(rb'{"jobs":["\ud800 and more"]}'),
            """the body holds an escape that is no character: '{"jobs":["\\\\ud800 and more"]}'""",
        ),
        (answer(rb'{"jobs":["\u"]}'), """the body holds an escape that is no character: '{"jobs":["\\\\u"]}'"""),
        (answer(rb'{"jobs":["\ud800",]}'), """the body is no JSON: '{"jobs":["\\\\ud800",]}'"""),
        (answer(b'{"jobs":1e400}'), """the body is no JSON: '{"jobs":1e400}'"""),
        (answer(b'{"jobs":[]} {}'), """the body is no JSON: '{"jobs":[]} {}'"""),
        (
            answer('{"jobs":[]}'.encode("utf-16-le")),
            "the body is no JSON: " + repr('{"jobs":[]}'.encode("utf-16-le").decode()),
        ),
        (
            answer(b"\xff\xfe" + '{"jobs":[]}'.encode("utf-16-le")),
            "the body is no UTF-8: "
            + repr("\N{REPLACEMENT CHARACTER}" * 2 + '{"jobs":[]}'.encode("utf-16-le").decode()),
        ),
        (answer(b'{"jobs":[],"x":NaN}'), """the body is no JSON: '{"jobs":[],"x":NaN}'"""),
        (
            answer({"error": "Authorization: Bearer s3cret"}),
            "an error object instead of a page: Authorization: Bearer …",
        ),
    ],
)
def test_40_to_44_a_body_that_is_no_page_is_an_error_at_once(ground: Ground, given: bytes, says: str) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), given, GOOD)
    check(ground, ground.walk(), items=[1], requests=2, error=BadPageError, says=f"not a page: {says}")


WHOLE = rb"""{"jobs":[{"a":-1.5e-7,"b":null,"c":true,"d":"x\"y\\","e":"\ud83d\ude00","f":[]},"\u00e9 \ud800"],"x":{}}"""


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_44_a_body_that_ends_too_early_is_told_from_one_that_is_wrong(length: int) -> None:
    for whole in (WHOLE, WHOLE.replace(rb"\u00e9", "é".encode())):
        with pytest.raises(NoPageError) as caught:
            open_page(whole[:-1][:length], {}, Listing("http://a.test/"))
        assert str(caught.value).startswith("the body ends in the middle: ")
        assert caught.value.cut


@pytest.mark.parametrize(
    "end",
    [
        b'{"error":{"message":"x"}}',
        b"}",
        b"]]",
        b'"a"',
        b"[NaN",
        b'{"a",',
        b"[1,,",
        b"[tru1",
        b"[01",
        b'{"a":"\n',
        b"{1:",
    ],
)
def test_44_a_body_that_no_continuation_could_make_a_page_is_not_asked_for_again(end: bytes) -> None:
    for body in (b'{"jobs":[]}' + end, b'{"jobs":[0,' + end + b",}"):
        with pytest.raises(NoPageError) as caught:
            open_page(body, {}, Listing("http://a.test/"))
        assert not caught.value.cut, body


def test_44_invalid_utf_8_is_shown_by_its_bytes() -> None:
    for body in (b'{"\xff":1}', b'{"jobs":[],"\xe9":0}', b'{"jobs":[{"a":"\xff"},}'):
        with pytest.raises(NoPageError, match=r"^the body is no UTF-8: "):
            open_page(body, {}, Listing("http://a.test/"))


def test_44_a_body_that_is_wrong_before_it_is_nested_too_deeply_is_no_json() -> None:
    with pytest.raises(NoPageError) as caught:
        open_page(rb'{"jobs":["\ud800", ' + b"[" * 100_000 + b"]" * 100_000 + b"]}", {}, Listing("http://a.test/"))
    assert str(caught.value).startswith("the body is no JSON: ")
    assert not caught.value.cut


def test_44_a_body_nested_too_deeply_is_an_error_at_once(ground: Ground) -> None:
    ground.serve(answer(b'{"jobs":[' + b"[" * 100_000 + b"]" * 100_000 + b"]}"))
    outcome = ground.walk()
    check(ground, outcome, items=[], requests=1, error=BadPageError)
    assert outcome.error is not None
    assert outcome.error.message.startswith('not a page: the body is nested too deeply: \'{"jobs":[[[[')


@pytest.mark.parametrize(
    ("body", "items"),
    [
        (b'\xef\xbb\xbf{"jobs":[{"id":1}]}', [1]),
        (b'{"jobs":[{"id":99999999999999999999999999}]}', [99999999999999999999999999]),
        (b'{"jobs":[{"id":7}],"jobs":[{"id":1}]}', [1]),
        (b'{"jobs":[{"id":"\\ud83d\\ude00"}]}', ["\U0001f600"]),
        (b' \r\n{"jobs" : [ {"id": 1} , {"id": 2} ] , "_links" : null } \n', [1, 2]),
    ],
)
def test_44_unusual_json_is_read_as_it_was_meant(ground: Ground, body: bytes, items: list[Any]) -> None:
    ground.serve(answer(body))
    check(ground, ground.walk(), items=items, requests=1)


BAD_ITEMS = [b"7", b"null", b'{"id":1e400}', b'{"id":"\xff"}']


def _says(message: str, raw: bytes) -> bool:
    """Whether `message` is about item 1 and shows it. In between stand the words of what decodes, save for bytes."""
    start, shown = "item 1 of the page cannot be decoded: ", repr(raw.decode("utf-8", "replace"))
    reason = message.removeprefix(start).removesuffix(f": {shown}")
    assert message == f"{start}{reason}: {shown}"
    return reason == "it is no UTF-8" if b"\xff" in raw else len(reason) > 5


@pytest.mark.parametrize("raw", BAD_ITEMS)
def test_45_an_item_that_is_none_is_an_error_that_holds_its_bytes(ground: Ground, raw: bytes) -> None:
    ground.serve(answer(b'{"jobs":[{"id":1},%s,{"id":3}]}' % raw))
    outcome = ground.walk()
    check(ground, outcome, items=[1], requests=1, error=BadItemError)
    assert isinstance(outcome.error, BadItemError)
    assert outcome.error.raw == raw
    assert _says(outcome.error.message, raw)


@pytest.mark.parametrize("raw", BAD_ITEMS)
def test_45_an_item_that_is_none_may_be_skipped(ground: Ground, raw: bytes) -> None:
    ground.serve(answer(b'{"jobs":[{"id":1},%s,{"id":3}]}' % raw))
    told: list[Any] = []
    outcome = ground.walk(on_bad_item="skip", on_event=told.append)
    check(ground, outcome, items=[1, 3], requests=1)
    assert (outcome.stats.items, outcome.stats.skipped) == (2, 1)
    (skipping,) = told[1:]
    assert skipping == Skipping(1, 1, skipping.reason, raw)
    assert _says(skipping.reason, raw)
    assert repr(skipping) == f"Skipping(number=1, offset=1, reason={skipping.reason!r})"


class Numbered(msgspec.Struct):
    """An item of which only the id is read."""

    id: int


@pytest.mark.parametrize("item_type", [dict, object, msgspec.Raw, Numbered])
def test_45_bytes_that_are_no_utf_8_are_no_item_of_any_type(ground: Ground, item_type: Any) -> None:
    ground.serve(answer('{"jobs":[{"id":1},{"id":2,"name":"Zürich"},{"id":3,"é":0}]}'.encode("latin-1")))
    outcome = ground.walk(item_type=item_type)
    assert len(outcome.items) == 1
    assert isinstance(outcome.error, BadItemError)
    assert "it is no UTF-8" in outcome.error.message
    outcome = ground.walk(item_type=item_type, on_bad_item="skip")
    assert (len(outcome.items), outcome.stats.skipped, outcome.error) == (1, 2, None)


def test_45_an_item_of_invalid_utf_8_is_not_written_to_a_file(tmp_path: Path) -> None:
    body = b'{"jobs":[{"id":1},{"id":2,"name":"\xff"}]}'
    client = httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, content=body)))
    with pytest.raises(BadItemError):
        paginate(client, Listing("http://a.test/jobs"), item_type=Numbered).to_ndjson(tmp_path / "jobs")
    with pytest.raises(BadItemError):
        b"".join(next(paginate(client, Listing("http://a.test/jobs"), item_type=msgspec.Raw).pages()).lines())


@pytest.mark.parametrize("bound", range(5))
def test_45_a_skipped_item_does_not_count(ground: Ground, bound: int) -> None:
    first = answer(b'{"jobs":[{"id":1},7,{"id":3},8,{"id":5}],"_links":{"next":{"href":"?2"}}}')
    ground.route({"/jobs": first, "/jobs?2": page(jobs(6))})
    outcome = ground.walk(on_bad_item="skip", max_items=bound)
    assert outcome.items == [1, 3, 5, 6][:bound]
    assert outcome.items + ground.walk(on_bad_item="skip", start=outcome.cursor).items == [1, 3, 5, 6]


@pytest.mark.parametrize("bound", range(5))
def test_45_a_skipped_item_does_not_count_in_pages_either(bound: int) -> None:
    first = answer(b'{"jobs":[{"id":1},7,{"id":3},8,{"id":5}],"_links":{"next":{"href":"?2"}}}')
    with Ground("httpx") as ground, httpx.Client(verify=TLS) as client:
        ground.route({"/jobs": first, "/jobs?2": page(jobs(6))})
        walk = paginate(client, ground.listing, on_bad_item="skip", max_items=bound)
        pages = list(walk.pages())
        assert [[item["id"] for item in each.items] for each in pages] == [[1, 3, 5][:bound], [6]][: (bound + 2) // 3]
        assert [b"".join(each.lines()) for each in pages[1:]] == [b'{"id":6}\n'] * (bound == 4)
        assert (walk.stats.items, walk.stats.skipped) == (bound, sum(each.skipped for each in pages))
        assert sum(map(len, pages)) == bound
        later = paginate(client, ground.listing, on_bad_item="skip", start=walk.cursor)
        assert [item["id"] for item in later] == [1, 3, 5, 6][bound:]


def test_46_a_page_may_be_longer_or_shorter_than_asked_for(ground: Ground) -> None:
    ground.serve(page(jobs(1, 2, 3, 4), "/jobs?2"), page(jobs(5), "/jobs?3"), page(jobs(6, 7)))
    check(ground, ground.walk(top=2), items=[1, 2, 3, 4, 5, 6, 7], requests=3)
    assert ground.targets[0] == "/jobs?$top=2"


def test_47_a_count_is_not_believed(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2", count=1), page(jobs(2), "/jobs?3", count=0), page(jobs(3), count=99))
    check(ground, ground.walk(), items=[1, 2, 3], requests=3)
    ground.serve(
        answer({"value": jobs(1), "@odata.count": 0, "@odata.nextLink": "?2"}),
        answer({"value": jobs(2), "@odata.count": "two"}),
    )
    check(ground, ground.walk(listing=Listing.odata(f"{ground.server.url}/jobs")), items=[1, 2], requests=2)
