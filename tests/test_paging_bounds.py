"""Exact numbers: every bound of paging is tried at its last value that fits and at the first that does not."""

import asyncio
import dataclasses
import importlib
import inspect
import math
import pkgutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from io import StringIO
from pathlib import Path
from threading import Event
from typing import Any

import httpx
import msgspec
import pytest
from answers import URL, ok, one_by_one, walked
from rich.console import Console

import odatafilter.itwin
import odatafilter.paging
from odatafilter.errors import CursorError, LoopError, PagingValueError, RetriesExhausted, StatusError
from odatafilter.paging import Cursor, FileCheckpoint, Listing, Origins, PageSize, Rate, Retry, gather_pages, paginate
from odatafilter.paging._client import Body, Countdown, LargeError, LateError, prepare_request
from odatafilter.paging._request import Send, resolve_link
from odatafilter.paging.events import PageRead, Pausing, Renewing, Skipping, Waiting
from odatafilter.paging.origins import Origin, origin_of
from odatafilter.paging.progress import ProgressBar
from odatafilter.paging.retry import back_at

LARGEST = 2**53


def message_of(call: Any, kind: type[Exception] = PagingValueError) -> str:
    with pytest.raises(kind) as caught:
        call()
    return str(caught.value)


# --- cursors --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [("page_number", 1, LARGEST + 1), ("offset", 0, LARGEST), ("items_done", 0, LARGEST)],
)
def test_the_numbers_of_a_cursor_are_those_that_every_reader_of_json_takes(name: str, least: int, most: int) -> None:
    def cursor_with(number: int) -> Cursor:
        fields: dict[str, Any] = {"binding": "b", name: number}
        return Cursor(**fields)

    for number in (least, most):
        assert Cursor.parse(str(cursor_with(number))) == cursor_with(number)
    for number in (least - 1, most + 1):
        assert "no walk stands at page" in message_of(partial(cursor_with, number), CursorError)


def test_the_link_of_a_cursor_has_at_most_131072_characters() -> None:
    for character in ("x", "\N{GRINNING FACE}", '"'):
        cursor = Cursor(binding="b", link=character * 131_072)
        assert Cursor.parse(str(cursor)) == cursor
    says = message_of(lambda: Cursor(binding="b", link="x" * 131_073), CursorError)
    assert says == "no cursor: its link is over 131072 characters"


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("1." + "x" * ((1 << 20) - 2), "no cursor, or one that was cut or changed: give the whole text of str(cursor)"),
        ("1." + "x" * ((1 << 20) - 1), "no cursor: the text of one has 1 MiB at most"),
        ("2.x.y", "a cursor of version 2; this version of odatafilter reads version 1"),
        ("10.x.y", "a cursor of version 10; this version of odatafilter reads version 1"),
        ("\u00b2.x.y", "no cursor, or one that was cut or changed: give the whole text of str(cursor)"),
        ("v1.x.y", "no cursor, or one that was cut or changed: give the whole text of str(cursor)"),
        ("", "no cursor, or one that was cut or changed: give the whole text of str(cursor)"),
    ],
    ids=["a MiB", "over a MiB", "2", "10", "a superscript", "v1", "nothing"],
)
def test_a_text_that_is_no_cursor_is_refused_with_the_reason(text: str, says: str) -> None:
    assert message_of(lambda: Cursor.parse(text), CursorError) == says


def test_blanks_around_the_text_of_a_cursor_do_not_count() -> None:
    cursor = Cursor(binding="b", items_done=7)
    assert Cursor.parse(f" {cursor}\n") == cursor
    assert Cursor.parse(str(Cursor(binding="b", ended=True))).ended


# --- listings and pages ---------------------------------------------------------------------------------------------


def empty_pages(count: int) -> list[httpx.Response]:
    return [ok({"value": [], "@odata.nextLink": f"?{number}"}) for number in range(count)]


@pytest.mark.parametrize("most", [0, 1, 3])
def test_empty_pages_in_a_row_are_bounded(most: int) -> None:
    listing = Listing.odata(URL, max_empty_pages=most)
    seen = walked(one_by_one(*empty_pages(most), ok({"value": [1]})), listing, item_type=int)
    assert (seen.items, seen.error) == ([1], None)
    error = walked(one_by_one(*empty_pages(most + 1), ok({"value": [1]})), listing, item_type=int).error
    assert isinstance(error, LoopError)
    assert error.message == f"{most + 1} empty pages in a row; Listing(max_empty_pages=…) allows more"


def test_a_page_with_items_lets_the_count_of_empty_pages_begin_anew() -> None:
    full = ok({"value": [1], "@odata.nextLink": "?x"})
    answers = one_by_one(*empty_pages(1), full, ok({"value": [], "@odata.nextLink": "?y"}), ok({"value": [2]}))
    assert walked(answers, Listing.odata(URL, max_empty_pages=1), item_type=int).items == [1, 2]


@pytest.mark.parametrize("path", ["headers.next", "header.link", "headerlink", "a.header:link"])
def test_a_path_that_is_only_like_that_of_the_link_header_leads_into_the_body(path: str) -> None:
    listing = Listing(URL, items="rows", next_link=path, page_size=None)
    key, _, last = path.partition(".")
    body = {"rows": [1], key: {last: "?2"} if last else "?2"}
    assert walked(one_by_one(ok(body), ok({"rows": [2]})), listing, item_type=int).items == [1, 2]


def test_the_constructors_of_a_listing_have_the_documented_defaults() -> None:
    odata, header = Listing.odata(URL), Listing.link_header(URL)
    assert (odata.items, odata.page_size, odata.max_empty_pages, odata.repeats) == ("value", None, 10_000, False)
    assert odata.next_link == ("@odata.nextLink", "@nextLink", "odata.nextLink", "nextLink")
    assert (header.items, header.next_link, header.page_size) == ("", "header:link", None)
    assert (odata.takes_preferences, header.takes_preferences) == (True, False)
    assert PageSize() == PageSize("$top", min=1, max=None, default=None)


@pytest.mark.parametrize(("least", "most"), [(0, None), (1, 1), (5, 10)])
def test_a_page_size_is_within_its_bounds(least: int, most: int | None) -> None:
    size = PageSize("n", min=least, max=most, default=least)
    assert size.check(least) == least
    wanted = f"a whole number from {least}" + ("" if most is None else f" to {most}")
    assert message_of(lambda: size.check(least - 1)) == f"n is {least - 1}: {wanted} is wanted"
    if most is not None:
        assert PageSize("n", min=least, max=most, default=most).check(most) == most
        assert message_of(lambda: size.check(most + 1)) == f"n is {most + 1}: {wanted} is wanted"
    assert message_of(lambda: size.check(True)) == f"n is True: {wanted} is wanted"
    assert Listing(URL, page_size=size).first_url(None, None, least) == f"{URL}?n={least}"


def test_the_url_of_a_listing_has_at_most_65536_characters() -> None:
    url = URL + "?" + "x" * (65_536 - len(URL) - 1)
    assert Listing(url).url == url
    assert message_of(lambda: Listing(url + "x")).endswith(
        "it has 65537 characters, and at most 65536 are sent",
    )
    assert resolve_link(URL, url) == url
    assert resolve_link(url, "/" + "x" * 65_522) == "http://s.test/" + "x" * 65_522
    assert not isinstance(resolve_link(url, "/" + "x" * 65_523), str)


def test_a_parameter_is_written_as_odata_urls_are() -> None:
    """What RFC 3986 allows in a query stays as it is, save what forms read otherwise."""
    plain = "'(),:$@*!/;?-._~azAZ09"
    assert Listing(URL).first_url(None, {plain: plain}, None) == f"{URL}?{plain}={plain}"
    for character in ' &=+#%"<>[]\\^`{|}\u00e9\n':
        quoted = "".join(f"%{byte:02X}" for byte in character.encode())
        assert Listing(URL).first_url(None, {"a": character}, None) == f"{URL}?a={quoted}"


@pytest.mark.parametrize(
    ("url", "joint"), [(URL, "?"), (f"{URL}?", ""), (f"{URL}?x", "&"), (f"{URL}?x&", ""), (f"{URL}?x=1", "&")]
)
def test_parameters_are_joined_to_the_query_of_a_listing(url: str, joint: str) -> None:
    assert Listing(url).first_url("f", {"a": 1}, 5, ("$count=true",)) == f"{url}{joint}$filter=f&a=1&$count=true&$top=5"
    assert Listing(url).first_url(None, None, None) == url


@pytest.mark.parametrize("name", ["$filter", "filter", "$OrderBy", "orderby", "@p", "$custom", "$skiptoken"])
def test_an_option_is_sent_once(name: str) -> None:
    listing = Listing(f"{URL}?a=1&a=2&{name}=x", page_size=None)
    options = (f"{name}=y",)
    says = f"{name!r} would be sent twice, and may stand once only: the URL of the listing or params has it too"
    assert message_of(lambda: listing.first_url(None, None, None, options)) == says
    assert message_of(lambda: Listing(URL).first_url(None, None, None, options * 2)) == says
    assert Listing(f"{URL}?a=1").first_url(None, {"a": 1}, None) == f"{URL}?a=1&a=1"


# --- retries, rates, limits -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("name", "fits", "wrong", "wanted"),
    [
        ("attempts", [1, 99], [0, 1.0, None], "a whole number from 1 is wanted"),
        ("max_page_bytes", [1], [0, 1.5], "a whole number from 1 is wanted"),
        ("walk_retries", [0, 0.5, math.inf], [-1, None, True], "a number from 0 is wanted"),
        *(
            (name, [0, 0.5, 10**9], [-0.1, 10**9 + 1, None, "1", True], "seconds, from 0 to 1000000000, are wanted")
            for name in ("base", "cap", "max_retry_after", "page_deadline")
        ),
        ("statuses", [{400}, {599}, frozenset()], [{399}, {600}, [503]], "a set of statuses from 400 to 599 is wanted"),
    ],
)
def test_each_field_of_a_retry_has_its_bounds(name: str, fits: list[Any], wrong: list[Any], wanted: str) -> None:
    for value in fits:
        assert getattr(Retry(**{name: value}), name) == value
    for value in wrong:
        assert message_of(lambda: Retry(**{name: value})) == f"Retry({name}={value!r}): {wanted}"  # noqa: B023


def test_the_pauses_double_up_to_the_longest(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("odatafilter.paging.retry.random", lambda: 1.0)
    retry = Retry(base=0.5, cap=6.0)
    assert [retry.backoff(attempt) for attempt in (1, 2, 3, 4, 5, 5000)] == [0.5, 1.0, 2.0, 4.0, 6.0, 6.0]
    monkeypatch.setattr("odatafilter.paging.retry.random", lambda: 0.25)
    assert [retry.backoff(attempt) for attempt in (1, 5)] == [0.125, 1.5]


@pytest.mark.parametrize("status", [503, 429])
def test_a_page_is_asked_for_as_often_as_there_are_attempts(status: int) -> None:
    refused = [ok({"error": {"message": "busy"}}, status=status)]
    seen = walked(one_by_one(*refused * 3, ok({"value": [1]})), item_type=int, retry=Retry(base=0, attempts=4))
    assert (seen.items, len(seen.asked), seen.walk.stats.retries) == ([1], 4, 3)
    assert seen.walk.stats.throttled == (3 if status == 429 else 0)
    seen = walked(one_by_one(*refused * 4), retry=Retry(base=0, attempts=4))
    assert isinstance(seen.error, RetriesExhausted)
    assert seen.error.message == f"attempt 4 failed and was the last: {status}: busy"
    assert (len(seen.asked), seen.error.attempts, seen.error.status) == (4, 4, status)


def test_the_retries_of_a_walk_are_bounded() -> None:
    def answers() -> list[httpx.Response]:
        pages = [ok({"value": [n], "@odata.nextLink": f"?{n}"}) for n in range(3)]
        return [each for page in pages for each in (ok({}, status=500), page)] + [ok({"value": [3]})]

    assert walked(one_by_one(*answers()), item_type=int, retry=Retry(base=0, walk_retries=3)).items == [0, 1, 2, 3]
    seen = walked(one_by_one(*answers()), item_type=int, retry=Retry(base=0, walk_retries=2))
    assert (seen.items, type(seen.error)) == ([0, 1], RetriesExhausted)
    assert seen.error is not None
    assert seen.error.message == "gave up after 2 retries in one walk: 500"


def test_a_page_has_at_most_so_many_bytes() -> None:
    body = b'{"value":[1,2,3]}'
    assert walked(ok(body), item_type=int, retry=Retry(max_page_bytes=len(body))).items == [1, 2, 3]
    error = walked(ok(body), retry=Retry(max_page_bytes=len(body) - 1)).error
    assert error is not None
    assert error.message == f"the page is over {len(body) - 1} bytes"


def test_a_body_in_chunks_is_read_within_its_limits(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr("odatafilter.paging._client.monotonic", lambda: now)
    body = Body(Send(URL, {}, True, 5.0, 6))
    for chunk in (b"", b"ab", b"", b"cd", b"ef"):
        body.add_chunk(chunk)
    assert body.answer(httpx.Response(203, headers={"A": "b"})).body == b"abcdef"
    with pytest.raises(LargeError):
        body.add_chunk(b"g")
    late = Body(Send(URL, {}, True, 5.0, 6))
    now = 5.0
    late.add_chunk(b"a")
    now = 5.01
    with pytest.raises(LateError):
        late.add_chunk(b"b")


@pytest.mark.parametrize(
    ("ends", "limit", "seconds", "whole"),
    [(7.5, None, 7.5, 8), (7.5, 5, 5.0, 5), (7.5, 10, 7.5, 8), (0.25, 5, 0.25, 1), (3.0, None, 3.0, 3)],
)
def test_a_read_may_take_what_is_left_or_the_limit_of_the_client(
    monkeypatch: pytest.MonkeyPatch, ends: float, limit: float | None, seconds: float, whole: int
) -> None:
    monkeypatch.setattr("odatafilter.paging._client.monotonic", lambda: 0.0)
    countdown = Countdown(ends, limit, lambda: False)
    assert (float(countdown), countdown.__index__()) == (seconds, whole)
    for over in (Countdown(0.0, limit, lambda: False), Countdown(ends, limit, lambda: True)):
        with pytest.raises(TimeoutError):
            float(over)


@pytest.mark.parametrize(("left", "limits"), [(7.0, (5.0, 7.0)), (2.0, (2.0, 2.0)), (-3.0, (0.001, 0.001))])
def test_a_request_may_take_what_is_left_or_the_limits_of_the_client(
    monkeypatch: pytest.MonkeyPatch, left: float, limits: tuple[float, float]
) -> None:
    monkeypatch.setattr("odatafilter.paging._client.monotonic", lambda: 100.0)
    with httpx.Client(timeout=httpx.Timeout(5.0, read=None)) as client:
        request, options = prepare_request(client, Send(URL, {"A": "b"}, True, 100.0 + left, 6))
    assert (request.extensions["timeout"]["connect"], request.extensions["timeout"]["read"]) == limits
    assert (request.method, request.headers["a"]) == ("GET", "b")
    assert options == {"stream": True, "follow_redirects": False}


def test_a_rate_gives_turns_at_equal_distances(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 100.0
    monkeypatch.setattr("odatafilter.paging.rate.monotonic", lambda: now)
    rate = Rate(4)
    assert [rate.reserve() for _ in range(3)] == [0.0, 0.25, 0.5]
    now = 103.0
    assert [rate.reserve(), rate.paused()] == [0.0, 0.0]
    rate.pause(2)
    rate.pause(1)
    assert (rate.paused(), rate.reserve(), rate.reserve()) == (2.0, 2.0, 2.25)
    now = 110.0
    assert rate.paused() == 0.0
    free = Rate()
    assert [free.reserve() for _ in range(3)] == [0.0, 0.0, 0.0]


def test_the_bounds_of_a_rate_and_of_its_pauses() -> None:
    assert Rate(1e-9).reserve() == 0.0
    assert message_of(lambda: Rate(9e-10)) == "per_second is 9e-10: a number from 1e-09 is wanted"
    rate = Rate()
    rate.pause(10**9)
    assert rate.paused() > 10**9 - 10
    for wrong in (-0.1, 10**9 + 1, None):
        says = f"seconds is {wrong!r}: a number from 0 to 1000000000 is wanted"
        assert message_of(lambda: rate.pause(wrong)) == says  # type: ignore[arg-type]  # noqa: B023


def test_the_time_to_come_back_ends_with_the_calendar() -> None:
    soon = datetime.now(UTC) + timedelta(seconds=100)
    assert timedelta(0) <= back_at(100.0) - soon < timedelta(seconds=5)
    for far in (1e11, 1e12, 1e300, math.inf):
        assert back_at(far) >= datetime(5000, 1, 1, tzinfo=UTC)
    assert back_at(1e300) == back_at(math.inf) == datetime.max.replace(tzinfo=UTC)


# --- origins --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "origin", "shown"),
    [
        ("http://a.test", Origin("http", "a.test", 80), "http://a.test"),
        ("https://a.test", Origin("https", "a.test", 443), "https://a.test"),
        ("http://a.test:443", Origin("http", "a.test", 443), "http://a.test:443"),
        ("https://a.test:80", Origin("https", "a.test", 80), "https://a.test:80"),
        ("http://a.test:99999?", Origin("http", "a.test", 99999), "http://a.test:99999"),
        ("http://[::1]#", Origin("http", "::1", 80), "http://[::1]"),
        ("http://[::1]:8080", Origin("http", "::1", 8080), "http://[::1]:8080"),
    ],
)
def test_an_origin_is_a_scheme_a_host_and_a_port(url: str, origin: Origin, shown: str) -> None:
    assert origin_of(url) == origin
    assert str(origin) == shown


def test_a_port_has_at_most_five_digits() -> None:
    assert message_of(lambda: origin_of("http://a.test:100000"), ValueError) == "a URL whose host is not plain"


@pytest.mark.parametrize(
    ("home", "url", "trusted"),
    [
        ("https://a.test", "https://a.test/x", True),
        ("https://a.test", "https://b.test", False),
        ("https://a.test", "http://b.test", None),
        ("http://a.test", "http://b.test", False),
        ("http://a.test", "https://b.test", False),
    ],
)
def test_a_stripped_walk_never_goes_from_https_to_http(home: str, url: str, trusted: bool | None) -> None:
    assert Origins.strip().trusts(origin_of(home), origin_of(url)) is trusted
    same = True if trusted else None
    assert Origins.same().trusts(origin_of(home), origin_of(url)) is same


@pytest.mark.parametrize(
    "rest", ["", "/", "/x", "/x?y=//z/", "?y=1", "?y=/1", "/a//b", ":8080/x", ":8080?y=1", ":8080"]
)
def test_a_listing_that_moves_keeps_all_but_its_origin(rest: str) -> None:
    kept = rest.removeprefix(":8080")
    assert Listing(f"https://a.test{rest}").at("http://b.test:81/").url == f"http://b.test:81{kept}"


def test_the_last_two_labels_of_a_pattern_are_plain() -> None:
    assert Origins.allow("https://*.a.test", "http://a*b.c.test:81").patterns == (
        *("https://*.a.test", "http://a*b.c.test:81"),
    )
    says = "'https://*.test' is too wide: the last two labels of a host are to be plain"
    assert message_of(lambda: Origins.allow("https://*.test")) == says


# --- options, files and bars ----------------------------------------------------------------------------------------


def test_a_walk_and_a_gathering_have_the_documented_defaults() -> None:
    options = {name: each.default for name, each in inspect.signature(paginate).parameters.items()}
    nothing = ("token", "filter", "params", "top", "expand", "page_size", "max_items", "max_pages", "start", "rate")
    assert {name: options[name] for name in (*nothing, "on_event", "checkpoint")} == dict.fromkeys(
        (*nothing, "on_event", "checkpoint")
    )
    assert (options["orderby"], options["select"], options["count"], options["prefetch"]) == ((), (), False, 0)
    assert (options["retry"], options["origins"], options["on_bad_item"]) == (Retry(), Origins.same(), "raise")
    assert gather_pages.__kwdefaults__ == {"concurrency": 4, "ordered": True, "ahead": 16}


@pytest.mark.parametrize(
    ("name", "fits", "wrong", "wanted"),
    [
        ("max_items", [0, 1, None], [-1, True, 1.0], "a whole number from 0 is wanted"),
        ("max_pages", [0, 1, None], [-1, True, 1.0], "a whole number from 0 is wanted"),
        ("prefetch", [0, 1, True], [2, -1, None], "0 or 1 is wanted, as each page names the next"),
        ("count", [True, False], [1, None], "True or False is wanted"),
    ],
)
def test_the_options_of_a_walk_have_their_bounds(name: str, fits: list[Any], wrong: list[Any], wanted: str) -> None:
    for value in fits:
        assert walked(ok({"value": []}), **{name: value}).error is None
    for value in wrong:
        assert message_of(lambda: walked(ok({"value": []}), **{name: value})) == f"{name} is {value!r}: {wanted}"  # noqa: B023


def test_the_size_of_a_batch_and_of_what_is_kept_ahead_is_at_least_one(tmp_path: Path) -> None:
    with httpx.Client() as client:
        walk = paginate(client, Listing(URL))
        says = "is 0: a whole number from 1 is wanted"
        assert message_of(lambda: walk.batches(0)) == f"the size of a batch {says}"
        assert message_of(lambda: gather_pages([walk], ahead=0)) == f"ahead {says}"
        assert message_of(lambda: FileCheckpoint(tmp_path / "c", every=0)) == f"every {says}"
        gather_pages([walk], ahead=1, concurrency=1).close()
    assert FileCheckpoint(tmp_path / "c", every=1).every == 1


def pages_of(size: int, count: int) -> Iterator[httpx.Response]:
    for number in range(count):
        following = {"@odata.nextLink": f"?{number + 1}"} if number + 1 < count else {}
        yield ok({"value": list(range(number * size, (number + 1) * size)), **following})


@pytest.mark.parametrize(("size", "marks"), [(500, [None, None, 1000, 1000]), (499, [None, None, None, 1497])])
def test_a_file_in_the_making_is_marked_after_every_thousand_items(
    tmp_path: Path, size: int, marks: list[int | None]
) -> None:
    path, found = tmp_path / "f", []
    answers = one_by_one(*pages_of(size, 4))

    def answer(request: httpx.Request) -> httpx.Response:
        mark = tmp_path / "f.cursor"
        found.append(msgspec.json.decode(mark.read_bytes())["items"] if mark.exists() else None)
        return answers(request)

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        assert paginate(client, Listing.odata(URL), item_type=int).to_ndjson(path) == 4 * size
    assert found == marks


def test_a_part_without_a_mark_is_written_anew(tmp_path: Path) -> None:
    (tmp_path / "f.part").write_bytes(b"what somebody else left there\n" * 9)
    with httpx.Client(transport=httpx.MockTransport(one_by_one(*pages_of(2, 2)))) as client:
        assert paginate(client, Listing.odata(URL), item_type=int).to_ndjson(tmp_path / "f") == 4
    assert (tmp_path / "f").read_bytes() == b"0\n1\n2\n3\n"


def test_what_a_killed_process_left_of_a_file_and_of_its_mark_is_removed(tmp_path: Path) -> None:
    others = [tmp_path / name for name in ("g.0123456789abcdef.new", "f.cursor.0123.new")]
    for left in (tmp_path / "f.0123456789abcdef.new", tmp_path / "f.cursor.0123456789abcdef.new", *others):
        left.write_bytes(b"half")
    with httpx.Client(transport=httpx.MockTransport(one_by_one(*pages_of(2, 1)))) as client:
        assert paginate(client, Listing.odata(URL), item_type=int).to_ndjson(tmp_path / "f") == 2
    assert sorted(tmp_path.iterdir()) == sorted([tmp_path / "f", *others])


def test_a_walk_whose_file_was_not_finished_is_gathered_from_its_start(tmp_path: Path) -> None:
    first, second = pages_of(2, 2)
    answers = one_by_one(first, ok({}, status=403), first, second)
    with httpx.Client(transport=httpx.MockTransport(answers)) as client:
        walk = paginate(client, Listing.odata(URL), item_type=int)
        with pytest.raises(StatusError):
            walk.to_ndjson(tmp_path / "f")
        assert walk.stats.items == 2
        with gather_pages([walk]) as pages:
            assert [page.items for page in pages] == [[0, 1], [2, 3]]
        assert (walk.stats.items, walk.stats.pages, walk.cursor.items_done) == (4, 2, 4)


@pytest.mark.parametrize("ahead", [1, 2, 3])
def test_a_gathering_keeps_as_many_pages_as_it_may_and_no_more(ahead: int) -> None:
    pages, asked = list(pages_of(1, 9)), []

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(int(request.url.query or 0))
        return pages[asked[-1]]

    async def main() -> None:
        client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        async with gather_pages([paginate(client, Listing.odata(URL), item_type=int)], ahead=ahead) as gathering:
            for taken in (1, 2, 3):
                await anext(gathering)
                for _ in range(1000):  # whatever can go on goes on
                    await asyncio.sleep(0)
                assert len(asked) == taken + ahead

    asyncio.run(main())


def test_a_gathering_that_is_closed_twice_leaves_its_walk_alone() -> None:
    pages, third_is_asked_for = list(pages_of(2, 4)), Event()

    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.query or 0)
        if number == 2:  # the second page has arrived, and nobody has got it
            third_is_asked_for.set()
        return pages[number]

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        walk = paginate(client, Listing.odata(URL), item_type=int)
        gathering = gather_pages([walk])
        assert next(gathering).items == [0, 1]
        assert third_is_asked_for.wait(10)
        gathering.close()
        assert list(walk) == [2, 3, 4, 5, 6, 7]
        gathering.close()
    assert (walk.cursor.ended, walk.stats.items, walk.stats.pages) == (True, 8, 4)


def test_a_progress_bar_shows_what_a_walk_tells() -> None:
    text = StringIO()
    with ProgressBar("[b]jobs", Console(file=text, force_terminal=True, width=120, color_system=None)) as bar:
        shown = []
        for event in (
            PageRead(1, 1500, 9, 0.1),
            Waiting(2, 1.25, 1, "503: [red]busy[/red]"),
            Pausing(2, 2.5),
            Renewing(2),
            PageRead(2, 500, 9, 0.1),
            Skipping(2, 1, "no item", b"x"),
        ):
            bar(event)
            bar._progress.refresh()
            shown.append(text.getvalue())
            text.truncate(0)
    assert "1,500 [b]jobs on 1 pages" in shown[0]
    for place, wait in enumerate(
        ("waiting 1.2 s: 503: [red]busy[/red]", "pausing 2.5 s", "asking for a fresh token"), 1
    ):
        assert wait in shown[place]
    assert "2,000 [b]jobs on 2 pages" in shown[4]
    assert "fresh token" not in shown[4]
    assert "1,999 [b]jobs on 2 pages" in shown[5]
    assert "1 skipped" in shown[5]


def test_a_progress_bar_is_shown_on_standard_error_and_stays(capsys: pytest.CaptureFixture[str]) -> None:
    with ProgressBar() as bar:
        bar(PageRead(1, 1500, 9, 0.1))
    shown = capsys.readouterr()
    assert shown.out == ""
    assert "1,500 items on 1 pages" in shown.err


# --- records --------------------------------------------------------------------------------------------------------


def records() -> Iterator[type]:
    """The Structs and dataclasses of paging and of the iTwin Platform."""
    for package in (odatafilter.paging, odatafilter.itwin):
        for found in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            module = importlib.import_module(found.name)
            for each in vars(module).values():
                is_record = dataclasses.is_dataclass(each) or hasattr(each, "__struct_config__")
                if is_record and inspect.isclass(each) and each.__module__ == module.__name__:
                    yield each


@pytest.mark.parametrize("record", list(records()), ids=lambda each: f"{each.__module__}.{each.__name__}")
def test_a_record_cannot_be_changed_save_where_a_walk_keeps_what_it_learns(record: Any) -> None:
    """The token is in Access; the time to come back and the delta link are in Assignment."""
    is_frozen = (
        record.__struct_config__.frozen if issubclass(record, msgspec.Struct) else (record.__dataclass_params__.frozen)
    )
    assert is_frozen == (record.__name__ not in {"Access", "Assignment"})


@pytest.mark.parametrize(
    ("record", "positional"),
    [
        *((record, []) for record in (Cursor, odatafilter.itwin.Job)),
        (Listing, ["url"]),
        (PageSize, ["name"]),
        (odatafilter.itwin.JobOperation, ["url"]),
    ],
)
def test_fields_of_a_record_are_given_by_name(record: Any, positional: list[str]) -> None:
    found = inspect.signature(record).parameters.values()
    assert [each.name for each in found if each.kind is not each.KEYWORD_ONLY] == positional
