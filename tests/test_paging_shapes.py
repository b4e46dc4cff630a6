"""What services call things: every name of a link, an error, a wait or a failure that is read, and its exact bounds."""

from math import inf
from typing import Any

import httpcore
import httpx
import httpx2
import pytest
from answers import URL, ok, walked

from odatafilter.errors import BadPageError, StatusError
from odatafilter.paging import Listing
from odatafilter.paging._client import outcome_of
from odatafilter.paging._request import Answer, Failure, Send
from odatafilter.paging.retry import seconds_to_wait

ROWS = Listing(URL, items="rows", next_link="more", page_size=None)
DATA = Listing(URL, items="data.rows", next_link="more", page_size=None)


def nested(path: str, value: object, **beside: Any) -> dict[str, Any]:
    """A body with `value` at `path`; a key such as `links[rel=next]` stands for an object in an array."""
    if path.startswith("odata.") or "@" in path:
        return {path: value, **beside}
    for key in reversed(path.split(".")):
        name, _, choice = key.partition("[")
        if choice:
            value = [{"rel": choice.removeprefix("rel=").removesuffix("]"), "href": value}]
        value = {name: value}
    assert isinstance(value, dict)
    return value | beside


# --- links that the listing does not follow -------------------------------------------------------------------------

SURE = ["nextLink", "NextLink", "@odata.nextLink", "@nextLink", "odata.nextLink", "_links.next", "d.__next"]
SURE += ["meta.nextLink", "page.nextLink", "pagination.nextLink", "paging.nextLink"]
PERHAPS = ["next", "nextPage", "nextPageLink", "nextPageUrl", "nextUrl", "next_link", "next_page", "next_page_url"]
PERHAPS += ["next_url", "__next", "links.next", "links[rel=next]", "_links[rel=next]"]
PERHAPS += ["meta.next", "page.next", "pagination.next", "paging.next"]


def judge_last_page(listing: Listing, body: object, headers: dict[str, str] | None = None) -> str | None:
    """What is said of a last page after its one item: None where the walk is at its end."""
    seen = walked(ok(body, headers), listing, item_type=object)
    assert (seen.items, len(seen.asked)) == ([1], 1)
    assert isinstance(seen.error, BadPageError | None)
    return None if seen.error is None else seen.error.message


def unfollowed(place: str) -> str:
    ways = "name it in next_link of the listing, or in ignore_links if it leads to no further items"
    return f"the last page leads on by {place}, which the listing does not follow: {ways}"


@pytest.mark.parametrize("path", SURE)
def test_a_member_that_is_only_ever_a_next_link_leads_on_whatever_its_text(path: str) -> None:
    assert judge_last_page(ROWS, nested(path, "a token", rows=[1])) == unfollowed(f"'{path}'")


@pytest.mark.parametrize("path", [*SURE, *PERHAPS])
@pytest.mark.parametrize("value", [7, True, ["/P?2"], {"link": "/P?2"}, {"href": 7}, {"href": {"href": "/P?2"}}])
def test_what_is_no_text_at_such_a_place_leads_nowhere(path: str, value: object) -> None:
    assert judge_last_page(ROWS, nested(path, value, rows=[1])) is None


@pytest.mark.parametrize("path", [path for path in (*SURE, *PERHAPS) if "[" not in path])
def test_an_object_with_an_address_is_a_link_save_where_odata_wants_a_text(path: str) -> None:
    is_annotation = path in {"@odata.nextLink", "@nextLink", "odata.nextLink"}
    found = judge_last_page(ROWS, nested(path, {"href": "/P?2"}, rows=[1]))
    assert found == (None if is_annotation else unfollowed(f"'{path}'"))


@pytest.mark.parametrize("path", PERHAPS)
def test_a_member_that_may_be_a_next_link_leads_on_where_its_text_is_like_a_url(path: str) -> None:
    for text in ("https://s.test/P", "HTTP://s.test/P", "/P", "?page=2", "P?page=2"):
        assert judge_last_page(ROWS, nested(path, text, rows=[1])) == unfollowed(f"'{path}'")
    for text in ("of kin", "P", "2", "what? why", "a b?c=d", "x:?y=z", "ftp://s.test/P"):
        assert judge_last_page(ROWS, nested(path, text, rows=[1])) is None


@pytest.mark.parametrize("name", ["nextLink", "__next", "_links.next", "next", "links.next"])
def test_what_stands_beside_the_items_of_a_nested_path_leads_on_too(name: str) -> None:
    rows = {"data": {"rows": [1]}}
    beside = nested(name, "/P?2")
    assert judge_last_page(DATA, {"data": {"rows": [1], **beside}}) == unfollowed(f"'data.{name}'")
    assert judge_last_page(DATA, {**rows, "other": beside}) is None
    is_sure = name not in {"next", "links.next"}
    beside = nested(name, "a token")
    assert (judge_last_page(DATA, {"data": {"rows": [1], **beside}}) is not None) == is_sure


CONTINUATIONS = ["x-ms-continuation", "x-ms-continuationtoken", "x-ms-continuation-nextrowkey", "x-continuationtoken"]
CONTINUATIONS += ["x-continuation-token", "x-next-cursor", "x-next-page", "x-next-token"]


@pytest.mark.parametrize("name", CONTINUATIONS)
def test_a_header_that_says_that_the_list_goes_on_is_an_error_after_the_items(name: str) -> None:
    assert judge_last_page(ROWS, {"rows": [1]}, {name: "2"}) == unfollowed(f"'{name}'")
    assert judge_last_page(ROWS, {"rows": [1]}, {name: " "}) is None


@pytest.mark.parametrize("name", ["x-ms-continuations", "x-continuation", "x-next", "x-next-link", "a-x-next-page"])
def test_a_header_with_a_similar_name_says_nothing(name: str) -> None:
    assert judge_last_page(ROWS, {"rows": [1]}, {name: "2"}) is None


def test_the_link_header_may_be_ignored_under_either_name() -> None:
    headers = {"Link": '</P?2>; rel="next"'}
    assert judge_last_page(ROWS, {"rows": [1]}, headers) == unfollowed("its Link header ('header:link')")
    for name in ("link", "Link", "header:link"):
        listing = Listing(URL, items="rows", next_link="more", page_size=None, ignore_links=(name,))
        assert judge_last_page(listing, {"rows": [1]}, headers) is None


@pytest.mark.parametrize("followed", ["links", "links.next", "links.next.href"])
def test_a_link_that_the_listing_follows_is_not_one_that_it_overlooks(followed: str) -> None:
    """`links.next` is looked at where it, or something inside it, is a path of the listing; `links` is another place."""
    listing = Listing(URL, items="rows", next_link=("more", followed), page_size=None)
    body = {"rows": [1], "links": {"next": {"href": ["none"]}}}
    seen = walked(ok(body), listing, item_type=object)
    assert seen.error is not None
    assert seen.error.message.startswith(f"no way to the next page: '{followed}' is ")


# --- what a refusal says --------------------------------------------------------------------------------------------

MESSAGES = ["message", "detail", "error_description", "errorMessage", "error_message", "title", "description", "reason"]
MESSAGES += ["msg", "faultString", "value", "exceptionMessage"]


def read_refusal(body: object) -> StatusError:
    error = walked(ok(body, status=400)).error
    assert isinstance(error, StatusError)
    return error


@pytest.mark.parametrize("number", range(len(MESSAGES)), ids=MESSAGES)
def test_of_the_names_of_a_message_the_first_counts(number: int) -> None:
    """The message is found under each name, and where several have one, in this order."""
    body = {name: f"text of {name}" for name in reversed(MESSAGES[number:])}
    for spelt in (body, {name.upper(): text for name, text in body.items()}, {"error": body}):
        assert read_refusal(spelt).message == f"400: text of {MESSAGES[number]}"


@pytest.mark.parametrize("name", ["error", "odata.error", "@odata.error", "fault"])
def test_an_error_stands_in_a_member_of_the_body(name: str) -> None:
    error = read_refusal({"message": "of the body", name: {"code": "X", "message": "of the error"}})
    assert (error.message, error.code) == ("400 X: of the error", "X")


@pytest.mark.parametrize("inner", ["value", "message"])
def test_a_message_for_a_language_is_an_object(inner: str) -> None:
    assert read_refusal({"error": {"message": {"lang": "de", inner: "gone"}}}).message == "400: gone"


@pytest.mark.parametrize("name", ["details", "errors", "errorMessages", "modelState"])
@pytest.mark.parametrize("details", [["a", {"message": "b"}, " "], {"x": ["a"], "y": {"message": "b"}, "z": ""}])
def test_details_follow_the_message_under_each_name(name: str, details: Any) -> None:
    error = read_refusal({"error": {"code": "X", "message": "gone", name: details}})
    assert error.message == "400 X: gone: a: b"
    assert error.details == (tuple(details) if isinstance(details, list) else ())


def test_the_code_stands_under_either_name() -> None:
    assert [read_refusal({"error": {name: "X"}}).code for name in ("code", "errorCode", "Code", "other")] == [
        *("X", "X", "X", None)
    ]
    assert read_refusal({"error": {"code": "", "errorCode": "X"}}).code == "X"
    assert read_refusal({"error": {"code": 7}}).code is None


def test_what_is_said_twice_is_shown_once_and_the_code_is_not_said_again() -> None:
    body = {"error": {"code": "X", "message": "gone", "details": ["gone", "X", "why", "why"]}}
    assert read_refusal(body).message == "400 X: gone: why"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        *[(b"", "400 without a body"), (b" \n", "400 without a body")],
        *((empty, "400") for empty in (b"{}", b"[]", b"null", b" {} ")),
        *[(b"0", "400: '0'"), (b'""', "400: '\"\"'"), (b"<p>", "400: '<p>'")],
    ],
)
def test_an_empty_body_is_not_shown(body: bytes, text: str) -> None:
    assert read_refusal(body).message == text


def test_no_more_than_ten_sentences_are_shown() -> None:
    details = [f"d{number}" for number in range(20)]
    assert read_refusal({"errors": details}).message == "400: " + ": ".join(details[:10])
    assert read_refusal({"message": "m", "errors": details}).message == "400: m: " + ": ".join(details[:9])
    assert read_refusal({"message": details}).message == "400: " + "; ".join(details[:10])


def test_a_message_is_looked_for_five_levels_deep_and_in_a_thousand_values_of_a_level() -> None:
    def inside(levels: int) -> Any:
        body: Any = {"message": "gone"}
        for _ in range(levels):
            body = {"x": body}
        return body

    assert read_refusal(inside(5)).message == "400: gone"
    assert read_refusal(inside(6)).message.startswith('400: \'{"x"')
    for place, is_found in ((999, True), (1000, False)):
        body = {"x": [*[0] * place, {"message": "gone"}]}
        assert (read_refusal(body).message == "400: gone") == is_found
    assert read_refusal({"a": {"b": {"message": "inner"}}, "c": {"message": "outer"}}).message == "400: outer"


def test_an_excerpt_has_120_characters_and_a_sentence_240() -> None:
    for length, shown in ((120, "'" + "x" * 120 + "'"), (121, "'" + "x" * 120 + "…'")):
        assert read_refusal(b"x" * length).message == f"400: {shown}"
        assert read_refusal("\N{GRINNING FACE}".encode() * length).message == f"400: {shown}".replace("x", "\U0001f600")
    for length, shown in ((240, "x" * 240), (241, "x" * 240 + "…")):
        assert read_refusal({"message": "x" * length}).message == f"400: {shown}"
    # Of blanks that are left out, no more is read than characters of four bytes could take.
    for body, whole, cut in ((b"x" + b" " * 480, "'x'", "'x…'"), ({"message": "x" + " " * 960}, "x", "x…")):
        longer, shorter = (body, body[:-1]) if isinstance(body, bytes) else (body, {"message": body["message"][:-1]})
        assert (read_refusal(shorter).message, read_refusal(longer).message) == (f"400: {whole}", f"400: {cut}")


# --- waits ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "name", ["ratelimit-reset", "x-ratelimit-reset", "x-rate-limit-reset", "x-ratelimit-reset-after"]
)
def test_a_reset_is_a_time_to_go_or_a_moment_in_seconds_or_milliseconds_since_1970(name: str) -> None:
    """A number below 10**8 is a time to go; one from 10**11 on counts milliseconds."""
    date = {"date": "Thu, 01 Jan 1970 00:00:00 GMT"}
    told = [seconds_to_wait(429, {name: text, **date}) for text in ("99999999", "100000000", "99999999999")]
    assert told == [99_999_999, 100_000_000, 99_999_999_999]
    assert seconds_to_wait(429, {name: "100000000000", **date}) == 100_000_000
    date = {"date": "Mon, 26 Jan 1970 17:46:40 GMT"}  # 2,224,000 s later
    told = [seconds_to_wait(429, {name: text, **date}) for text in ("99999999", "100000000", "100000000000")]
    assert told == [99_999_999, 100_000_000 - 2_224_000, 100_000_000 - 2_224_000]
    assert seconds_to_wait(503, {name: "7"}) is None


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        *[("7", 7.0), ("7.5", 7.5), ("7.", 7.0), ("-7", 0.0), ("120s", 120.0), ("5 6", 5.0)],
        *[("3, 5, 4", 5.0), ("x, 5", 5.0), ("5, x", 5.0)],
        *((text, None) for text in ("", "1e3", "1E+3", "1.2.3", ".5", "soon")),
    ],
)
def test_a_wait_is_told_as_a_number_of_seconds(text: str, seconds: float | None) -> None:
    assert seconds_to_wait(503, {"retry-after": text}) == seconds


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("Thu, 01 Jan 2026 00:01:30 GMT", 90.0),
        ("01 Jan 2026 00:01:30 +0000", 90.0),
        ("01 Jan 2026 02:01:30 +0200", 90.0),
        ("Thu, 01 Jan 2026 00:01:30 -0000", 90.0),
        ("Wed, 31 Dec 2025 00:00:00 GMT", 0.0),
        ("Thu, 99 Jan 2026 00:00:00 GMT", None),
        ("a:b", None),
    ],
)
def test_a_wait_is_told_as_a_date_which_counts_from_that_of_the_service(text: str, seconds: float | None) -> None:
    date = "Thu, 01 Jan 2026 00:00:00 GMT"
    assert seconds_to_wait(503, {"retry-after": text, "date": date}) == seconds


# --- failures of a client -------------------------------------------------------------------------------------------

KINDS = {
    "passing": "ConnectTimeout ReadTimeout WriteTimeout PoolTimeout ConnectError ReadError WriteError CloseError "
    "RemoteProtocolError ProxyError DecodingError",
    "lasting": "LocalProtocolError UnsupportedProtocol TooManyRedirects InvalidURL RequestError TransportError",
}


@pytest.mark.parametrize("module", [httpx, httpx2], ids=["httpx", "httpx2"])
@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in KINDS.items() for name in names.split()])
def test_which_failures_of_a_client_may_be_gone_next_time(module: Any, kind: str, name: str) -> None:
    error = getattr(module, name)("it failed")
    send = Send("http://s.test/", {}, True, inf, 1000)
    assert outcome_of(error, send) == Failure(kind, error)  # type: ignore[arg-type]
    late = Send("http://s.test/", {}, True, 0.0, 1000)
    assert outcome_of(error, late) == Failure("late" if "Timeout" in name else kind, error)  # type: ignore[arg-type]


@pytest.mark.parametrize("module", [httpx, httpx2], ids=["httpx", "httpx2"])
def test_a_status_that_a_hook_refuses_is_an_answer_without_a_body(module: Any) -> None:
    response = module.Response(503, headers={"A": "b"}, text="gone")
    error = module.HTTPStatusError("no", request=module.Request("GET", "http://s.test/"), response=response)
    found = outcome_of(error, Send("http://s.test/", {}, True, inf, 1000))
    assert isinstance(found, Answer)
    assert (found.status, found.headers["a"], found.body) == (503, "b", b"")


@pytest.mark.parametrize("error", [ValueError(), RuntimeError(), httpx.CookieConflict("x"), httpcore.PoolTimeout()])
def test_an_error_that_is_not_of_the_client_is_not_judged(error: Exception) -> None:
    assert outcome_of(error, Send("http://s.test/", {}, True, inf, 1000)) is None


def test_a_failure_of_a_socket_may_be_gone_next_time() -> None:
    for error in (ConnectionResetError(), ConnectionRefusedError(), TimeoutError()):
        assert outcome_of(error, Send("http://s.test/", {}, True, inf, 1000)) == Failure("passing", error)
