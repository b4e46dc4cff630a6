"""Query options of a walk beside the filter: how they are sent, who judges them, and what the service says in return."""

import asyncio
from collections.abc import Callable
from typing import Any

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

import odatafilter as of

URL = "https://service.test/jobs"


class Owner(of.Schema):
    city = of.String()


class Job(of.Schema):
    id = of.Guid(nullable=False)
    name = of.String()
    created = of.DateTimeOffset()
    tags = of.Collection(of.String())
    owner = of.Navigation(Owner)


PLATFORM = of.Listing(URL, schema=Job)
ODATA = of.Listing.odata(URL, schema=Job)


def sent(listing: of.Listing, **options: Any) -> tuple[str, str | None]:
    """The query that is sent, and the preference."""
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"jobs": [], "value": []})

    with httpx.Client(transport=httpx.MockTransport(answer)) as client:
        of.paginate(client, listing, **options).collect()
    return seen[0].url.query.decode(), seen[0].headers.get("prefer")


# --- how they are sent ----------------------------------------------------------------------------------------------


def test_options_are_sent_as_urls_of_odata_are_written() -> None:
    options: dict[str, Any] = {
        "filter": Job.name == "a+b",
        "orderby": [Job.created.desc(), "owner/city", Job.name],
        "select": (Job.id, "owner/city"),
        "expand": ["owner($select=city)", "tags"],
        "count": True,
        "params": {"x": "1"},
    }
    query = (
        "$filter=name%20eq%20'a%2Bb'&x=1&$orderby=created%20desc,owner/city,name&$select=id,owner/city"
        "&$expand=owner($select%3Dcity),tags&$count=true"
    )
    assert sent(PLATFORM, **options, top=5) == (f"{query}&$top=5", None)
    assert sent(ODATA, **options, page_size=5) == (query, "odata.maxpagesize=5")


@pytest.mark.parametrize(
    ("options", "query"),
    [
        ({"orderby": Job.created.desc()}, "$orderby=created%20desc"),
        ({"orderby": Job.created}, "$orderby=created"),
        ({"orderby": "created desc,name asc"}, "$orderby=created%20desc,name%20asc"),
        ({"orderby": iter([Job.name.asc()])}, "$orderby=name"),
        ({"orderby": ()}, ""),
        ({"orderby": []}, ""),
        ({"select": Job.id}, "$select=id"),
        ({"select": "id,name"}, "$select=id,name"),
        ({"select": ["*"]}, "$select=*"),
        ({"expand": "owner"}, "$expand=owner"),
        ({"expand": None, "count": False, "page_size": None}, ""),
    ],
)
def test_an_argument_takes_one_value_or_several(options: dict[str, Any], query: str) -> None:
    assert sent(PLATFORM, **options) == (query, None)


def test_a_page_size_is_sent_as_the_listing_takes_it() -> None:
    assert sent(PLATFORM, page_size=7) == sent(PLATFORM, top=7) == ("$top=7", None)
    assert sent(of.Listing(URL, page_size=of.PageSize("limit")), page_size=7) == ("limit=7", None)
    listing = of.Listing.odata(URL, headers={"prefer": "return=minimal", "x": "y"})
    assert sent(listing, page_size=7) == ("", "return=minimal, odata.maxpagesize=7")


def test_a_service_reads_the_options_that_were_given() -> None:
    query, _ = sent(PLATFORM, orderby=Job.created.desc(), select=[Job.id], count=True, top=3, filter="name eq 'a&b'")
    found = of.QueryOptions.parse(
        query, schema=Job, page_size=PLATFORM.page_size, allow=("$filter", "$orderby", "$select", "$count")
    )
    assert found.orderby == (Job.created.desc(),)
    assert (found.select, found.count, found.page_size) == (("id",), True, 3)
    assert found.filter == (Job.name == "a&b")


paths = st.sampled_from(["id", "name", "created", "owner/city"])
orders = st.lists(st.builds(of.OrderBy, paths, st.booleans()), max_size=4)


@given(
    orders, st.lists(paths, max_size=3), st.booleans(), st.one_of(st.none(), st.integers(1, 1000)), st.text(max_size=9)
)
def test_options_of_any_text_arrive_at_the_server_unchanged(
    orderby: list[of.OrderBy], select: list[str], count: bool, size: int | None, name: str
) -> None:
    try:
        wanted = Job.name == name
    except of.FilterError:  # a character that no URL carries
        return
    query, _ = sent(PLATFORM, filter=wanted, orderby=orderby, select=select, count=count, page_size=size)
    found = of.QueryOptions.parse(
        query, schema=Job, page_size=PLATFORM.page_size, allow=("$filter", "$orderby", "$select", "$count")
    )
    assert (found.filter, found.orderby, found.select) == (wanted, tuple(orderby), tuple(select))
    assert (found.count, found.top) == (count, size)


# --- what is refused ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"orderby": "creatd"}, "unknown property 'creatd'; did you mean 'created'?"),
        ({"orderby": of.field("tags").asc()}, "'tags' is a Collection, which has no order"),
        ({"orderby": "name upwards"}, "'upwards' is no direction"),
        ({"select": ["idd"]}, "unknown property 'idd'; did you mean 'id'?"),
    ],
)
def test_the_schema_of_the_listing_judges(options: dict[str, Any], message: str) -> None:
    with pytest.raises(of.QueryOptionsError) as caught:
        sent(PLATFORM, **options)
    assert message in caught.value.problems[0].message
    assert sent(of.Listing(URL), orderby="creatd", select="idd") == ("$orderby=creatd&$select=idd", None)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"orderby": 5}, "orderby is 5: a property or its name is wanted, or several of them"),
        ({"select": [5]}, "select holds 5: a property or its name is wanted"),
        ({"expand": 5}, "expand is 5: a text such as 'owner' is wanted, or several of them"),
        ({"expand": [""]}, "expand is ['']: a text such as 'owner' is wanted, or several of them"),
        ({"expand": "\ud800"}, "$expand cannot be written in a URL"),
        ({"count": 1}, "count is 1: True or False is wanted"),
        ({"page_size": 1001}, "$top is 1001: a whole number from 1 to 1000 is wanted"),
        ({"page_size": "5"}, "page_size is '5': a whole number from 0 is wanted"),
        ({"page_size": 5, "top": 5}, "top and page_size both say how many items a page has: give one of them"),
    ],
)
def test_a_wrong_argument_is_told_before_anything_is_sent(options: dict[str, Any], message: str) -> None:
    with pytest.raises(of.PagingValueError) as caught:
        sent(PLATFORM, **options)
    assert caught.value.message == message


@pytest.mark.parametrize("name", ["$orderby", "$OrderBy", "orderby", "%24orderby"])
def test_an_option_that_is_given_twice_is_refused(name: str) -> None:
    for listing, options in (
        (PLATFORM, {"params": {name.replace("%24", "$"): "name"}, "orderby": "created"}),
        (of.Listing(f"{URL}?{name}=name"), {"orderby": "created"}),
    ):
        with pytest.raises(of.PagingValueError, match="would be sent twice"):
            sent(listing, **options)
    for option in ({"select": "id"}, {"expand": "owner"}, {"count": True}):
        (name,) = option
        with pytest.raises(of.PagingValueError, match="would be sent twice"):
            sent(PLATFORM, **option, params={f"${name}": "x"})
    assert sent(PLATFORM, params={"$orderby": "creatd", "$count": "true"}) == ("$orderby=creatd&$count=true", None)


def test_a_page_size_that_cannot_be_asked_for_is_refused_with_the_way_out() -> None:
    with pytest.raises(
        of.PagingValueError, match=r"page_size=5 asks for pages of that size, and max_items=5 bounds the walk"
    ):
        sent(ODATA, top=5)
    for options in ({"top": 5}, {"page_size": 5}):
        with pytest.raises(of.PagingValueError, match=r"has no page size: max_items=5 bounds the walk"):
            sent(of.Listing.link_header(URL), **options)
    with pytest.raises(of.PagingValueError, match="page_size is 0"):
        sent(ODATA, page_size=0)
    with pytest.raises(of.PagingValueError, match="has a page size too"):
        sent(of.Listing.odata(URL, headers={"Prefer": "odata.maxpagesize=3"}), page_size=5)


def test_a_cursor_belongs_to_the_page_size_that_was_asked_for() -> None:
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json={"value": []}))) as client:
        cursor = of.paginate(client, ODATA, page_size=5).cursor
        of.paginate(client, ODATA, page_size=5, start=cursor)
        for size in (6, None):
            with pytest.raises(of.CursorError):
                of.paginate(client, ODATA, page_size=size, start=cursor)


# --- what the service says ------------------------------------------------------------------------------------------


def pages(*bodies: dict[str, Any]) -> Callable[[httpx.Request], httpx.Response]:
    def answer(request: httpx.Request) -> httpx.Response:
        number = int(request.url.params.get("page", "0"))
        body = dict(bodies[number])
        if number + 1 < len(bodies):
            body["@odata.nextLink"] = f"?page={number + 1}"
        return httpx.Response(200, json=body)

    return answer


def walked(*bodies: dict[str, Any], **options: Any) -> of.Walk[int]:
    client = httpx.Client(transport=httpx.MockTransport(pages(*bodies)))
    walk = of.paginate(client, ODATA, item_type=int, count=True, **options)
    walk.collect()
    client.close()
    return walk


@pytest.mark.parametrize("name", ["@odata.count", "@count", "odata.count"])
@pytest.mark.parametrize(
    ("value", "total"),
    [
        *[(7, 7), ("7", 7), (0, 0), (10**19 - 1, 10**19 - 1)],
        *((wrong, None) for wrong in (-1, "x", None, 1.5, [7], 10**19, "")),
    ],
)
def test_the_total_is_what_the_service_counts(name: str, value: Any, total: int | None) -> None:
    assert walked({name: value, "value": [1, 2]}).stats.total == total


@pytest.mark.parametrize(("value", "total"), [("7", 7), (7, 7), ("x", None)])
@pytest.mark.parametrize("padding", [0, 2_000_000])
def test_the_total_of_odata_2_stands_beside_the_items(value: Any, total: int | None, padding: int) -> None:
    listing = of.Listing("https://api.test/l", items="d.results", next_link="d.__next", page_size=None)
    body = {"d": {"__count": value, "results": [1, 2], "pad": " " * padding}}
    with httpx.Client(transport=httpx.MockTransport(lambda _: httpx.Response(200, json=body))) as client:
        walk = of.paginate(client, listing, item_type=int, params={"$inlinecount": "allpages"})
        assert walk.collect() == [1, 2]
    assert walk.stats.total == total


def test_the_total_stays_when_later_pages_do_not_say_it() -> None:
    assert walked({"@odata.count": 4, "value": [1, 2]}, {"value": [3, 4]}).stats.total == 4
    assert walked({"value": [1]}).stats.total is None


@pytest.mark.parametrize("name", ["@odata.deltaLink", "@deltaLink", "odata.deltaLink"])
def test_the_delta_link_is_there_at_the_end(name: str) -> None:
    last = {"value": [3], name: "jobs?$deltatoken=a%2Fb"}
    walk = walked({"value": [1, 2]}, last)
    assert walk.delta_link == "https://service.test/jobs?$deltatoken=a%2Fb"
    assert walked({"value": [1, 2]}, last, max_items=2).delta_link is None
    assert walked({"value": [1, 2]}, {"value": [3]}).delta_link is None


def test_the_delta_link_is_relative_to_the_context_url() -> None:
    body = {
        "@odata.context": "https://service.test/v1/$metadata#jobs",
        "value": [1],
        "@odata.deltaLink": "jobs?$deltatoken=1",
    }
    assert walked(body).delta_link == "https://service.test/v1/jobs?$deltatoken=1"
    for wrong in (5, "", None, "a\nb", {"x": 1}):
        assert walked({**body, "@odata.deltaLink": wrong}).delta_link is None


def test_the_delta_link_is_known_at_the_end_and_the_total_from_the_first_page() -> None:
    with httpx.Client(
        transport=httpx.MockTransport(pages({"value": [1, 2], "@odata.deltaLink": "?d", "@odata.count": 2}))
    ) as client:
        walk = of.paginate(client, ODATA, item_type=int, count=True)
        assert (walk.delta_link, walk.stats.total) == (None, None)
        next(walk)
        assert (walk.delta_link, walk.stats.total) == (None, 2)
        assert walk.collect() == [2]
        assert walk.delta_link == "https://service.test/jobs?d"


def test_an_asynchronous_walk_has_the_same_total_and_delta_link() -> None:
    async def walk_on() -> tuple[int | None, str | None]:
        answer = pages({"value": [1], "@odata.count": 2}, {"value": [2], "@odata.deltaLink": "?d"})
        async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as client:
            walk = of.paginate(client, ODATA, item_type=int, count=True, page_size=1, prefetch=1)
            assert await walk.collect() == [1, 2]
            return walk.stats.total, walk.delta_link

    assert asyncio.run(walk_on()) == (2, "https://service.test/jobs?d")
