"""What a page is not, and how that is said: the whole message for every place where a body differs from its listing."""

import asyncio
import errno
import os
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from answers import URL, ok, one_by_one, walked

import odatafilter as of
from odatafilter.errors import BadPageError, PagingError, PagingValueError, RetriesExhausted
from odatafilter.paging import Listing, Retry, paginate
from odatafilter.paging._headers import Headers
from odatafilter.paging._json import flaw, is_utf8
from odatafilter.paging._links import BadLink
from odatafilter.paging._request import Answer, Send
from odatafilter.paging.events import Skipping

PLAIN = Listing(URL)
ODATA = Listing.odata(URL)
DEEP = Listing(URL, items="a.b.c", page_size=None)
ARRAY = Listing.link_header(URL)
ONCE = Retry(base=0, attempts=1)


@pytest.mark.parametrize(
    ("listing", "body", "reason"),
    [
        (PLAIN, {}, "'jobs' is missing"),
        (PLAIN, {"Jobs": []}, "'jobs' is missing"),
        (PLAIN, {"value": []}, "'jobs' is missing, as in an OData service, which Listing.odata(url) reads"),
        (PLAIN, {"@odata.context": ""}, "'jobs' is missing, as in an OData service, which Listing.odata(url) reads"),
        (ODATA, {"@odata.context": ""}, "'value' is missing"),
        (ODATA, [], "the body is an array, not an object"),
        (ODATA, "text", "the body is a text, not an object"),
        (ODATA, 5, "the body is a number, not an object"),
        (ODATA, True, "the body is a Boolean, not an object"),
        (ODATA, None, "the body is null, not an object"),
        (ODATA, {"value": {}}, "'value' is an object, not an array"),
        (ODATA, {"value": None}, "'value' is null, not an array"),
        (ODATA, {"value": "[]"}, "'value' is a text, not an array"),
        (ODATA, {"value": -1.5}, "'value' is a number, not an array"),
        (ODATA, {"value": False}, "'value' is a Boolean, not an array"),
        (DEEP, {"a": []}, "'a' is an array, not an object"),
        (DEEP, {"a": {"b": 5}}, "'a.b' is a number, not an object"),
        (DEEP, {"a": {"b": {}}}, "'a.b.c' is missing"),
        (DEEP, {"a": {}}, "'a.b' is missing"),
        (DEEP, {"a": {"b": {"c": {}}}}, "'a.b.c' is an object, not an array"),
        (ARRAY, {}, "the body is an object, not an array"),
        (ARRAY, 5, "the body is a number, not an array"),
        (ARRAY, "text", "the body is a text, not an array"),
        (ARRAY, None, "the body is null, not an array"),
    ],
)
def test_a_body_that_is_no_page_of_its_listing_is_refused_with_the_place(
    listing: Listing, body: object, reason: str
) -> None:
    seen = walked(ok(body), listing)
    assert isinstance(seen.error, BadPageError)
    assert seen.error.message == f"not a page: {reason}: {ok(body).text!r}"
    assert (len(seen.asked), seen.error.url) == (1, URL)


@pytest.mark.parametrize("name", ["error", "odata.error", "@odata.error"])
@pytest.mark.parametrize(("listing", "around"), [(ODATA, ""), (DEEP, "a")])
def test_an_error_in_place_of_the_items_is_said(listing: Listing, around: str, name: str) -> None:
    body: dict[str, Any] = {name: {"code": "X", "message": "gone"}}
    seen = walked(ok({around: body} if around else body), listing)
    assert seen.error is not None
    assert seen.error.message == "not a page: an error object instead of a page: gone"


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (b"", "is empty"),
        (b" \r\n\t", "is empty"),
        (b"<html>", "is no JSON"),
        (b"{]", "is no JSON"),
        (b'{"value":[1,]}', "is no JSON"),
        (b'{"value":[NaN]}', "is no JSON"),
        (b'{"value":["\xff"]', "ends in the middle"),
        (b'{"value":["\xff"],}', "is no UTF-8"),
        (b"\xff", "is no UTF-8"),
        (b'{"value":["\\ud800"]}', "holds an escape that is no character"),
        (b'{"value":["\\x"]}', "holds an escape that is no character"),
    ],
)
def test_a_body_that_is_no_json_is_refused_with_the_reason(body: bytes, reason: str) -> None:
    error = walked(ok(body), retry=ONCE).error
    assert error is not None
    is_cut = reason == "ends in the middle"
    start = "attempt 1 failed and was the last" if is_cut else "not a page"
    assert isinstance(error, RetriesExhausted if is_cut else BadPageError)
    shown = body.decode("utf-8", "replace").strip()
    assert error.message == f"{start}: the body {reason}: {shown!r}"


WHOLE = (
    '{"value":[{"a":true,"b":null,"c":-1.5e-3,"d":"x\\n\\u00e9\u00e9\\"{["},[], {} ,false,[[0]]],"n":{"k":1}}'.encode()
)


@pytest.mark.parametrize("length", range(1, len(WHOLE)))
def test_a_text_that_is_cut_off_anywhere_ends_in_the_middle(length: int) -> None:
    assert flaw(WHOLE[:length], {}) == "ends in the middle"


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_a_large_text_is_utf_8_where_its_characters_are_whole(size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is looked at piece by piece, wherever the characters begin."""
    monkeypatch.setattr("odatafilter.paging._json.LARGE", size)
    for text in ("", "a", "\u00e9a\u20ac\U0001f600b"):
        encoded = text.encode()
        assert is_utf8(encoded)
        assert not is_utf8(encoded + b"\xff")
        assert not is_utf8(b"\xff" + encoded)
        assert not is_utf8(encoded + "\U0001f600".encode()[:3])


def test_a_packed_body_of_which_nothing_came_is_cut_and_one_that_is_said_to_be_empty_is_not() -> None:
    assert flaw(b"", {"content-encoding": "gzip"}) == "ends in the middle"
    assert flaw(b"", {"content-encoding": "gzip", "content-length": "20"}) == "ends in the middle"
    assert flaw(b"", {"content-encoding": "gzip", "content-length": "0"}) == "is empty"
    assert flaw(b"", {"content-encoding": "identity"}) == "is empty"
    assert flaw(b"", {}) == "is empty"


def test_a_body_that_is_nested_too_deeply_is_refused() -> None:
    body = b'{"value":' + b"[" * 100_000 + b"]" * 100_000 + b"}"
    error = walked(ok(body)).error
    assert isinstance(error, BadPageError)
    assert error.message.startswith('not a page: the body is nested too deeply: \'{"value":[[[')


def test_too_many_members_beside_the_items_are_refused_when_they_are_asked_for() -> None:
    for filler, is_refused in ((b"0," * 600_000, True), (b" " * 1_200_000, False)):
        body = b'{"value":[7],"more":[' + filler + b"0]}"
        with httpx.Client(transport=httpx.MockTransport(lambda _: ok(body))) as client:  # noqa: B023
            page = next(paginate(client, ODATA).pages())
        assert len(page) == 1
        if is_refused:
            with pytest.raises(BadPageError) as caught:
                _ = page.members
            assert caught.value.message == "the members beside the items hold too many values"
            assert caught.value.cursor == page.cursor
        else:
            assert page.members == {"more": [0]}


@pytest.mark.parametrize("blank", ["\n", "\r", "\r\n", " ", "\t"])
def test_an_item_is_one_line_of_a_file_however_the_service_breaks_its_lines(tmp_path: Path, blank: str) -> None:
    body = '{"value":[{"a":_1,_"b":_[2,_"x y"]},_3]}'.replace("_", blank).encode()
    with httpx.Client(transport=httpx.MockTransport(lambda _: ok(body))) as client:
        assert paginate(client, ODATA, item_type=object).to_ndjson(tmp_path / "f") == 2
    lines = (tmp_path / "f").read_bytes().split(b"\n")
    assert [msgspec.json.decode(line) for line in lines[:2]] == [{"a": 1, "b": [2, "x y"]}, 3]
    assert (lines[2:], b"\r" in lines[0]) == ([b""], False)


def pages(number: int) -> list[httpx.Response]:
    """Pages of two numbers each."""
    return [
        ok({"value": [2 * at, 2 * at + 1], **({"@odata.nextLink": f"?{at + 1}"} if at + 1 < number else {})})
        for at in range(number)
    ]


def answer_by_link(request: httpx.Request) -> httpx.Response:
    return pages(4)[int(request.url.query or 0)]


def test_a_page_that_was_fetched_ahead_is_not_taken_for_another_one(tmp_path: Path) -> None:
    """A file begins at the start of the walk, whatever page was on its way."""

    async def write() -> None:
        transport = httpx.MockTransport(answer_by_link)
        client = httpx.AsyncClient(transport=transport)
        async with client, paginate(client, ODATA, item_type=int, prefetch=1) as walk:
            assert [await anext(walk) for _ in range(3)] == [0, 1, 2]
            assert await walk.to_ndjson(tmp_path / "f") == 8

    asyncio.run(write())
    assert (tmp_path / "f").read_text() == "".join(f"{number}\n" for number in range(8))
    client = httpx.Client(transport=httpx.MockTransport(answer_by_link))
    with client, paginate(client, ODATA, item_type=int, prefetch=1) as other:
        assert [next(other) for _ in range(3)] == [0, 1, 2]
        assert other.to_ndjson(tmp_path / "g") == 8
    assert (tmp_path / "g").read_text() == (tmp_path / "f").read_text()


def test_of_a_write_that_the_disk_refused_halfway_only_whole_lines_are_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.write
    written: list[int] = []

    def write(file: int, data: Any) -> int:
        written.append(len(data))
        if len(written) == 2:
            real(file, bytes(data)[:1])
            raise OSError(errno.ENOSPC, "No space left on device")
        return real(file, data)

    with httpx.Client(transport=httpx.MockTransport(answer_by_link)) as client:
        with monkeypatch.context() as patch:
            patch.setattr("odatafilter.paging._ndjson.os.write", write)
            walk = paginate(client, ODATA, item_type=int)
            with pytest.raises(PagingError) as caught:
                walk.to_ndjson(tmp_path / "f")
        assert caught.value.message == f"{tmp_path}/f.part cannot be written: No space left on device"
        assert (tmp_path / "f.part").read_bytes() == b"0\n1\n"
        assert (walk.stats.items, walk.stats.pages, caught.value.items_done) == (2, 1, 2)
        assert paginate(client, ODATA, item_type=int).to_ndjson(tmp_path / "f") == 8


def test_a_parameter_of_a_filter_needs_a_value() -> None:
    """Without one it would be null for the service, which then finds nothing."""
    wanted = of.field("a") == of.param("p")
    with httpx.Client(transport=httpx.MockTransport(lambda _: ok({"value": []}))) as client:
        for given in ({}, {"params": {"q": "1"}}, {"params": {"p": "1"}}):
            with pytest.raises(PagingValueError) as caught:
                paginate(client, ODATA, filter=wanted, **given)  # type: ignore[call-overload]
            way = "filter.bind(p=…) gives it one, or params={'@p': '…'}"
            assert str(caught.value) == f"the parameter 'p' of the filter has no value: {way}"
        assert paginate(client, ODATA, filter=wanted, params={"@p": "1"}).collect() == []
        assert paginate(client, Listing.odata(f"{URL}?@p=1"), filter=wanted).collect() == []


@pytest.mark.parametrize("function", ["token", "on_event"])
def test_a_function_that_the_walk_calls_cannot_use_the_walk(function: str) -> None:
    errors: list[str] = []

    def use(*_: object) -> str:
        for call in (lambda: next(walk), walk.collect, walk.close):
            try:
                call()
            except PagingError as error:
                errors.append(error.message)
        assert walk.cursor.items_done == walk.stats.items == 0
        return "token"

    options: dict[str, Any] = {function: use}
    with httpx.Client(transport=httpx.MockTransport(one_by_one(ok({"value": [1]})))) as client:
        walk = paginate(client, ODATA, item_type=int, **options)
        assert list(walk) == [1]
    says = "a function that the walk calls uses the walk: it may look at its cursor and stats only"
    assert errors == [says] * 3


def test_what_is_logged_of_a_walk_is_short_and_has_no_secret() -> None:
    """Headers, bodies, tokens and the queries of links are left out."""
    secret = {"X-Key": "s3cret"}
    link = f"{URL}?sig=s3cret"
    shown = [
        (Send(link, secret, True, 1.0, 1), f"Send({URL!r})"),
        (Answer(200, secret, b"s3cret"), "Answer(200, 6 bytes)"),
        (BadLink("it is broken", link), "BadLink('broken', 'it is broken')"),
        (Headers(secret), "<Headers: x-key>"),
        (Skipping(1, 2, "no item", b"s3cret"), "Skipping(number=1, offset=2, reason='no item')"),
    ]
    with httpx.Client(transport=httpx.MockTransport(lambda _: ok({"value": ["s3cret"]}, secret))) as client:
        walk = paginate(client, Listing.odata(link, headers=secret), token=lambda: "s3cret", item_type=str)
        page = next(walk.pages())
    shown += [
        (page, "<Page 1: 1 items>"),
        (page._answered, f"Answered(1, {URL!r}, 200)"),
        (page._answered.envelope, "Envelope(1 items, 21 bytes)"),
        (walk._assignment, f"Assignment({URL!r})"),
        (walk._assignment.access, "Access('the next page', 'http://s.test')"),
        (walk._assignment.listing, f"Listing('{URL}?…', items='value', next_link={ODATA.next_link!r})"),
    ]
    assert [repr(value) for value, _ in shown] == [text for _, text in shown]


def test_the_headers_of_a_page_are_found_in_any_case() -> None:
    found = Headers({"A-B": "1", "c": "2"})
    assert (list(found), len(found), dict(found)) == (["a-b", "c"], 2, {"a-b": "1", "c": "2"})
    assert (found["a-B"], found.get("C"), found.get("d")) == ("1", "2", None)
    names: list[object] = ["A-b", "d", 5]
    assert [name in found for name in names] == [True, False, False]
    with pytest.raises(KeyError):
        found["d"]


def test_a_page_that_is_an_array_has_no_members() -> None:
    listing = Listing(URL, items="", next_link="header:link")
    with httpx.Client(transport=httpx.MockTransport(lambda _: ok([1, 2]))) as client:
        page = next(paginate(client, listing, item_type=int).pages())
    assert (page.items, page.members) == ([1, 2], {})


@pytest.mark.parametrize(("bounds", "asked"), [({"max_pages": 2}, 2), ({"max_items": 3}, 2), ({"max_items": 5}, 3)])
def test_no_page_is_fetched_ahead_that_a_bound_does_not_want(bounds: dict[str, Any], asked: int) -> None:
    seen = walked(answer_by_link, item_type=int, prefetch=1, **bounds)
    assert len(seen.asked) == asked


@pytest.mark.parametrize(
    ("bounds", "begun"),
    [
        ({}, 3),
        ({"max_pages": 2}, 1),
        ({"max_items": 3}, 1),
        ({"max_items": 4}, 1),
        ({"max_pages": 9, "max_items": 4}, 1),
    ],
)
def test_pages_are_begun_ahead_as_long_as_both_bounds_want_them(
    monkeypatch: pytest.MonkeyPatch, bounds: dict[str, Any], begun: int
) -> None:
    found: list[object] = []
    monkeypatch.setattr("odatafilter.paging._sync.Ahead.start", lambda _, fetch: found.append(fetch.at))
    walked(answer_by_link, item_type=int, prefetch=1, **bounds)
    assert len(found) == begun
