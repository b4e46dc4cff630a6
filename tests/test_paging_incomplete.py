"""What says that a list goes on, or is not whole, is an error after the items, never the end of the list."""

from dataclasses import replace
from typing import Any

import httpx
import pytest
from answers import URL, ok, one_by_one, walked

import odatafilter as of
from odatafilter.errors import BadPageError, PagingValueError
from odatafilter.paging import Cursor, Listing, PageSize, paginate

DRIVERS = pytest.mark.parametrize("is_async", [False, True], ids=["sync", "async"])


@DRIVERS
@pytest.mark.parametrize("name", ["error", "odata.error", "@odata.error"])
@pytest.mark.parametrize(
    "error",
    [
        {"code": "500", "message": "out of time"},
        {"code": "X", "message": {"lang": "en", "value": "out of time"}},
        "out of time",
        {"innererror": {"why": "out of time"}},
    ],
)
def test_an_error_beside_the_items_comes_after_them(name: str, error: object, is_async: bool) -> None:
    seen = walked(ok({"value": [{"id": 1}, {"id": 2}], name: error}), is_async=is_async)
    assert [item["id"] for item in seen.items] == [1, 2]
    assert type(seen.error) is BadPageError
    assert "out of time" in str(seen.error)
    assert seen.stopped_by == "error"
    assert seen.error.cursor == seen.walk.cursor
    assert (seen.error.items_done, seen.walk.cursor.ended) == (2, False)


def test_an_error_beside_the_items_is_one_on_every_page_and_in_every_reading() -> None:
    body = {"value": [{"id": 1}], "error": {"message": "half"}, "@odata.nextLink": "?2"}
    assert (walked(ok(body)).items, len(walked(ok(body)).asked)) == ([{"id": 1}], 1)
    client = httpx.Client(transport=httpx.MockTransport(lambda _: ok(body)))
    with pytest.raises(BadPageError, match="half"):
        paginate(client, Listing.odata(URL)).collect()
    pages = paginate(client, Listing.odata(URL)).pages()
    assert len(next(pages)) == 1
    with pytest.raises(BadPageError, match="half"):
        next(pages)


@pytest.mark.parametrize(
    "error",
    [
        b'{"message":"half","n":1e999}',
        b'{"message":"half","n":' + b"9" * 5000 + b"}",
        b'{"message":"half Z\xfcrich"}',
        b'{"message":"half' + b" x" * (1 << 20) + b'"}',
        b'[{"message":"half"}]',
        b'{"innererror":{"message":"half"}}',
    ],
    ids=["infinite", "digits", "latin-1", "large", "array", "inner"],
)
def test_an_error_that_cannot_be_decoded_is_one_beside_the_items(error: bytes) -> None:
    seen = walked(httpx.Response(200, content=b'{"value":[{"id":1}],"error":' + error + b"}"))
    assert (seen.items, type(seen.error), seen.stopped_by) == ([{"id": 1}], BadPageError, "error")
    assert "half" in str(seen.error)


@DRIVERS
def test_an_error_beside_the_items_of_a_nested_path(is_async: bool) -> None:
    listing = Listing(URL, items="d.results.all", next_link="d.__next", page_size=None)
    for body in (
        {"d": {"results": {"all": [{"id": 1}]}}, "error": {"message": "half"}},
        {"d": {"results": {"all": [{"id": 1}]}, "error": {"message": "half"}}, "error": None},
        {"d": {"results": {"all": [{"id": 1}], "odata.error": {"message": "half"}}, "__next": "?2"}},
    ):
        seen = walked(ok(body), listing=listing, is_async=is_async)
        assert (seen.items, type(seen.error), len(seen.asked)) == ([{"id": 1}], BadPageError, 1)
        assert "half" in str(seen.error)


@pytest.mark.parametrize("nothing", [None, "", False, {}, []])
def test_an_empty_error_member_is_not_an_error(nothing: object) -> None:
    seen = walked(ok({"value": [{"id": 1}], "error": nothing, "odata.error": nothing}))
    assert (seen.items, seen.stopped_by) == ([{"id": 1}], "end")


def test_an_error_without_items_is_not_a_page() -> None:
    for name in ("error", "odata.error", "@odata.error"):
        seen = walked(ok({name: {"message": "gone"}}))
        assert seen.error is not None
        assert "an error object instead of a page: gone" in seen.error.message
    assert "'value' is missing" in str(walked(ok({"error": None})).error)


NESTED = Listing(URL, items="result.items", next_link="result.paging.more", page_size=None)
HAL = Listing(URL, items="items", next_link="links.next", page_size=None)


@DRIVERS
@pytest.mark.parametrize(
    ("listing", "body", "headers", "name"),
    [
        (None, {"value": [1], "_links": {"next": {"href": f"{URL}?2"}}}, {}, "_links.next"),
        (None, {"value": [1], "_links": {"next": f"{URL}?2"}}, {}, "_links.next"),
        (None, {"value": [1], "_links": {"next": [{"href": f"{URL}?2"}]}}, {}, "_links.next"),
        (None, {"value": [1], "d": {"__next": f"{URL}?2"}}, {}, "d.__next"),
        (None, {"value": [1], "next": f"{URL}?2"}, {}, "next"),
        (None, {"value": [1], "links": {"next": {"href": "/P?2"}}}, {}, "links.next"),
        (None, {"value": [1]}, {"x-ms-continuationtoken": "abc"}, "x-ms-continuationtoken"),
        (None, {"value": [1]}, {"X-MS-Continuation-NextPartitionKey": "1!8"}, "x-ms-continuation-nextpartitionkey"),
        (None, {"value": [1]}, {"x-ms-continuation": "abc"}, "x-ms-continuation"),
        (None, {"value": [1]}, {"Link": f'<{URL}?2>; rel="next"'}, "header:link"),
        (None, {"value": [1], "links": [{"rel": "self"}, {"rel": "next", "href": "/P?2"}]}, {}, "links[rel=next]"),
        (None, {"value": [1], "next_page_url": "https://s.test/P?2"}, {}, "next_page_url"),
        (None, {"value": [1], "next": "P?page=2"}, {}, "next"),
        (None, {"value": [1], "__next": "HTTPS://s.test/P?2"}, {}, "__next"),
        (None, {"value": [1], "_links": [{"rel": "next", "href": "/P?2"}]}, {}, "_links[rel=next]"),
        (None, {"value": [1], "pagination": {"nextLink": "/P?2"}}, {}, "pagination.nextLink"),
        (None, {"value": [1]}, {"X-Next-Page": "2"}, "x-next-page"),
        (NESTED, {"result": {"items": [1], "nextLink": "P?2"}}, {}, "result.nextLink"),
        (NESTED, {"result": {"items": [1], "_links": {"next": {"href": "P?2"}}}}, {}, "result._links.next"),
        (HAL, {"items": [1], "nextLink": "/P?2"}, {}, "nextLink"),
        (HAL, {"items": [1], "@odata.nextLink": "P?2"}, {}, "@odata.nextLink"),
        (HAL, {"items": [1], "odata.nextLink": "P?2"}, {}, "odata.nextLink"),
        (HAL, {"items": [1], "links": {"next": None}, "@nextLink": "P?2"}, {}, "@nextLink"),
    ],
)
def test_a_next_link_under_a_name_that_the_listing_does_not_read_is_an_error_that_names_it(
    listing: Listing | None, body: object, headers: dict[str, str], name: str, is_async: bool
) -> None:
    seen = walked(ok(body, headers), listing, is_async=is_async, item_type=object)
    assert (seen.items, seen.stopped_by, len(seen.asked)) == ([1], "error", 1)
    assert type(seen.error) is BadPageError
    assert f"'{name}'" in seen.error.message
    assert "ignore_links" in seen.error.message
    given = listing or Listing.odata(URL)
    for spelt in (name, name.upper()):
        seen = walked(ok(body, headers), replace(given, ignore_links=(spelt,)), is_async=is_async, item_type=object)
        assert (seen.items, seen.stopped_by) == ([1], "end")


@pytest.mark.parametrize(
    ("body", "headers"),
    [
        ({"nextLink": None, "@odata.nextLink": "", "_links": {"next": None}}, {}),
        ({"_links": {"next": {"href": None}, "self": {"href": "/P"}}}, {"x-ms-continuationtoken": " "}),
        ({"_links": {"next": {}}, "d": {"__next": None}, "next": False}, {"Link": '</P?1>; rel="prev"'}),
        ({"next": 7, "links": ["next"], "_links": "none", "d": 3}, {"x-ms-request-id": "1"}),
        ({"next": "of kin", "links": [{"rel": "next", "href": None}], "nextPage": 2, "meta": {"next": 2}}, {}),
        ({"next": "of kin", "@odata.deltaLink": "/P?delta"}, {}),
        ({"next": "who is next? a=b", "__next": "note: why?x=y"}, {}),
    ],
)
def test_members_that_are_no_next_link_end_the_listing(body: dict[str, object], headers: dict[str, str]) -> None:
    item = {"id": 1, "Orders@odata.nextLink": "/P(1)/Orders?2", "nextLink": "/x"}
    seen = walked(ok({"value": [item], **body}, headers))
    assert (seen.items, seen.stopped_by) == ([item], "end")


def test_a_link_beside_the_one_that_is_followed_does_not_matter() -> None:
    first = {"value": [{"id": 1}], "@odata.nextLink": "?2", "_links": {"next": {"href": "/other"}}}
    seen = walked(one_by_one(ok(first, {"x-ms-continuationtoken": "a"}), ok({"value": []})))
    assert (len(seen.items), len(seen.asked), seen.stopped_by) == (1, 2, "end")


def test_azure_names_its_next_link_without_a_prefix() -> None:
    answers = one_by_one(ok({"value": [{"id": 1}], "nextLink": f"{URL}?2"}), ok({"value": [{"id": 2}]}))
    assert [item["id"] for item in walked(answers).items] == [1, 2]


def test_a_bound_that_is_reached_asks_for_no_link() -> None:
    seen = walked(ok({"value": [{"id": 1}], "_links": {"next": "/P?2"}}), max_items=1)
    assert (seen.error, seen.stopped_by) == (None, "max_items")


@pytest.mark.parametrize("value", [False, None, "", " ", {}, []])
@pytest.mark.parametrize("path", ["next", "page.next", "page.next.href"])
def test_a_listing_ends_where_its_link_is_false_or_nothing(path: str, value: object) -> None:
    body: Any = value
    for key in reversed(path.split(".")):
        body = {key: body}
    seen = walked(
        ok({"value": [1], **body}), Listing(URL, items="value", next_link=path, page_size=None), item_type=int
    )
    assert (seen.items, seen.stopped_by) == ([1], "end")
    if "." in path:  # it may be missing halfway, too
        seen = walked(ok({"value": [1], "page": value}), Listing(URL, items="value", next_link=path), item_type=int)
        assert (seen.items, seen.stopped_by) == ([1], "end")


@pytest.mark.parametrize("order", [1, -1])
def test_of_several_link_paths_the_one_that_leads_to_a_link_counts(order: int) -> None:
    paths = ("links.next.href", "links.next")[::order]
    listing = Listing(URL, items="data", next_link=paths, page_size=None)
    texts: list[dict[str, Any]] = [
        {"links": {"next": f"{URL}?2"}},
        {"links": {"next": {"href": f"{URL}?3"}}},
        {"links": {}},
    ]
    seen = walked(
        one_by_one(*(ok({"data": [number], **rest}) for number, rest in enumerate(texts))), listing, item_type=int
    )
    assert (seen.items, seen.stopped_by) == ([0, 1, 2], "end")


@pytest.mark.parametrize("value", [7, ["?2"], {"url": "?2"}, True])
def test_a_link_where_no_path_fits_is_an_error(value: object) -> None:
    listing = Listing(URL, items="data", next_link=("links.next.href", "links.next"), page_size=None)
    seen = walked(ok({"data": [0], "links": {"next": value}}), listing, item_type=int)
    assert (seen.items, type(seen.error)) == ([0], BadPageError)


@DRIVERS
@pytest.mark.parametrize("context", ["@odata.context", "@context", "odata.metadata"])
@pytest.mark.parametrize("base", ["../$metadata#Books", "http://s.test/odata/$metadata#Books", "/odata/$metadata"])
def test_a_relative_link_is_relative_to_the_context_url(context: str, base: str, is_async: bool) -> None:
    first = ok({context: base, "value": [{"id": 1}], "@odata.nextLink": "Authors(1)/books?$skiptoken=1"})
    listing = Listing.odata("http://s.test/odata/Authors(1)/books")
    seen = walked(one_by_one(first, ok({"value": []})), listing, is_async=is_async)
    assert seen.urls == ["/odata/Authors(1)/books", "/odata/Authors(1)/books?$skiptoken=1"]


@DRIVERS
@pytest.mark.parametrize(
    "base", ["../$metadata#Books", "http://s.test/odata/$metadata#Books", "http://elsewhere.test/m"]
)
def test_a_link_of_a_query_alone_is_relative_to_the_request(base: str, is_async: bool) -> None:
    first = ok({"@odata.context": base, "value": [{"id": 1}], "@odata.nextLink": "?$skip=5", "x": 1})
    listing = Listing.odata("http://s.test/odata/Authors(1)/books?$select=id")
    seen = walked(one_by_one(first, ok({"value": [{"id": 2}]})), listing, is_async=is_async)
    assert seen.urls == ["/odata/Authors(1)/books?$select=id", "/odata/Authors(1)/books?$skip=5"]
    assert (seen.items, seen.stopped_by) == ([{"id": 1}, {"id": 2}], "end")


@pytest.mark.parametrize("base", [None, 7, "", "http://[", "\x01", "x" * 70_000])
def test_the_context_url_matters_to_relative_links_only(base: object) -> None:
    first = ok({"@odata.context": base, "value": [], "@odata.nextLink": "http://s.test/Q?2"})
    assert walked(one_by_one(first, ok({"value": []}))).urls == ["/P", "/Q?2"]
    header = ok({"@odata.context": "/a/b", "value": []}, {"Link": "<Q?2>; rel=next"})
    listing = Listing.odata(URL)
    listing = Listing(listing.url, items="value", next_link=("@odata.nextLink", "header:link"), page_size=None)
    assert walked(one_by_one(header, ok({"value": []})), listing).urls == ["/P", "/Q?2"]
    if base in (None, 7, ""):  # no context: the URL of the request
        first = ok({"@odata.context": base, "value": [], "@odata.nextLink": "Q?2"})
        assert walked(one_by_one(first, ok({"value": []}))).urls == ["/P", "/Q?2"]


def test_a_context_url_elsewhere_leads_to_no_stranger() -> None:
    seen = walked(ok({"@odata.context": "http://evil.test/$metadata", "value": [{"id": 1}], "@odata.nextLink": "Q?2"}))
    assert (len(seen.items), len(seen.asked)) == (1, 1)
    assert "evil.test" in str(seen.error)


PRICES = "price gt @low and price lt @high"


def test_a_parameter_without_a_value_is_refused_before_anything_is_sent() -> None:
    for given, params, name in (
        (PRICES, None, "low"),
        (of.parse(PRICES), {"@low": "1"}, "high"),
        (of.field("price") < of.param("limit"), {"@Limit": "1"}, "limit"),
        ("a in @list", {"list": "1"}, "list"),
    ):
        with pytest.raises(PagingValueError) as caught:
            walked(ok({"value": []}), filter=given, params=params)
        assert repr(name) in caught.value.message


def test_a_parameter_may_get_its_value_from_params_or_from_the_url() -> None:
    seen = walked(ok({"value": []}), filter=PRICES, params={"@low": "1", "@high": 5})
    assert seen.urls == ["/P?$filter=price%20gt%20@low%20and%20price%20lt%20@high&@low=1&@high=5"]
    seen = walked(ok({"value": []}), Listing.odata(f"{URL}?@low=1"), filter=PRICES, params={"@high": 5})
    assert seen.urls == ["/P?@low=1&$filter=price%20gt%20@low%20and%20price%20lt%20@high&@high=5"]
    assert walked(ok({"value": []}), filter="name eq 'a@b.test'").error is None


@pytest.mark.parametrize(
    ("query", "given"),
    [
        ("$filter=a%20eq%201", {"filter": "b eq 2"}),
        ("%24filter=a", {"filter": "b eq 2"}),
        ("filter=a", {"filter": "b eq 2"}),
        ("$Filter=a", {"filter": "b eq 2"}),
        ("$top=5", {"top": 10}),
        ("a=1&$top=5&b=2", {"top": 10}),
        ("$orderby=a", {"params": {"$orderby": "b"}}),
        ("orderby=a", {"params": {"$orderby": "b"}}),
        ("$select=a&$select=b", {}),
        ("", {"params": {"$select": "a", "$SELECT": "b"}}),
        ("@p=1", {"params": {"@p": 2}}),
    ],
)
def test_a_system_query_option_is_sent_once(query: str, given: dict[str, Any]) -> None:
    client = httpx.Client(transport=httpx.MockTransport(lambda _: ok({"jobs": []})))
    with pytest.raises(PagingValueError, match="would be sent twice"):
        paginate(client, Listing(f"{URL}?{query}"), **given)


def test_a_page_size_of_another_name_is_sent_once() -> None:
    client = httpx.Client(transport=httpx.MockTransport(lambda _: ok({"jobs": []})))
    for query in ("limit=5", "a=1&%6Cimit=5"):
        listing = Listing(f"{URL}?{query}", page_size=PageSize("limit"))
        with pytest.raises(PagingValueError, match="'limit' would be sent twice"):
            paginate(client, listing, top=10)


def test_parameters_without_a_dollar_may_be_given_twice() -> None:
    seen = walked(ok({"value": []}), Listing.odata(f"{URL}?tag=a&tag=b&filter=x&filter=y&@p=1"), params={"tag": "c"})
    assert seen.urls == ["/P?tag=a&tag=b&filter=x&filter=y&@p=1&tag=c"]


def test_a_gateway_may_redirect_to_the_same_url_to_set_a_cookie() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        if "seen" in request.headers.get("cookie", ""):
            return ok({"value": [{"id": 1}]})
        return httpx.Response(302, headers={"Location": str(request.url), "Set-Cookie": "seen=1"})

    for is_async in (False, True):
        seen = walked(answer, is_async=is_async)
        assert (seen.items, len(seen.asked)) == ([{"id": 1}], 2)


def test_the_error_of_a_wrong_listing_names_the_listing_for_odata_services() -> None:
    bodies: list[dict[str, Any]] = [{"value": []}, {"@odata.context": "$metadata#P", "values": []}]
    for body in bodies:
        seen = walked(ok(body), Listing(URL))
        assert "Listing.odata(url)" in str(seen.error)
    assert "Listing.odata" not in str(walked(ok({"Jobs": []}), Listing(URL)).error)


def test_the_cursor_after_such_an_error_asks_for_the_page_again() -> None:
    answers = one_by_one(ok({"value": [{"id": 1}], "error": {"message": "x"}}), ok({"value": [{"id": 1}, {"id": 2}]}))
    seen = walked(answers)
    cursor = seen.walk.cursor
    assert Cursor.parse(str(cursor)) == cursor
    assert walked(answers, start=cursor).items == [{"id": 2}]
