"""Faults 1 to 17 of `paging_faults.md`: links that repeat, links that are none, links that must not be touched."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from fault_server import answer, jobs, page
from msgspec import Raw
from paging_ground import DRIVERS, LARGE, Ground, check, grounds

from odatafilter.errors import BadPageError, LoopError
from odatafilter.paging import Listing

REPEATED = "the next link leads to a page that was there before"
SAME_ITEMS = "a new link, but a page with the items of an earlier one; Listing(repeats=True) allows that"


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    yield from grounds(request.param)


def test_01_a_link_to_its_own_page_ends_the_walk_after_that_page(ground: Ground) -> None:
    ground.serve(page(jobs(1, 2), "/jobs"))
    check(ground, ground.walk(), items=[1, 2], requests=1, error=LoopError, says=REPEATED)


def test_01_a_process_that_goes_on_after_that_page_does_not_get_it_again(ground: Ground) -> None:
    ground.serve(page(jobs(1, 2), "/jobs"))
    cursor = ground.walk(max_items=2).cursor
    outcome = ground.walk(start=str(cursor))
    assert (outcome.items, ground.targets) == ([], ["/jobs"])
    assert isinstance(outcome.error, LoopError)
    assert (outcome.error.message, outcome.error.items_done) == (REPEATED, 2)


def test_01_a_link_to_where_a_page_was_redirected_from_its_link_is_noticed(ground: Ground) -> None:
    moved = answer(b"", status=307, headers={"Location": "/moved"})
    ground.route({"/jobs": moved, "/moved": page(jobs(1, 2), "/moved")})
    check(ground, ground.walk(), items=[1, 2], requests=2, error=LoopError, says=REPEATED)


def test_02_two_links_that_take_turns_are_noticed(ground: Ground) -> None:
    ground.route(
        {"/jobs": page(jobs(1), "/jobs?b"), "/jobs?b": page(jobs(2), "/jobs?a"), "/jobs?a": page(jobs(3), "/jobs?b")}
    )
    check(ground, ground.walk(), items=[1, 2, 3], requests=3, error=LoopError, says=REPEATED)


def test_03_a_way_back_to_the_first_page_is_noticed(ground: Ground) -> None:
    ground.route(
        {"/jobs": page(jobs(1), "/jobs?2"), "/jobs?2": page(jobs(2), "/jobs?3"), "/jobs?3": page(jobs(3), "/jobs")}
    )
    check(ground, ground.walk(), items=[1, 2, 3], requests=3, error=LoopError, says=REPEATED)


def test_03_a_way_back_to_the_first_page_under_another_link_is_noticed(ground: Ground) -> None:
    ground.serve(page(jobs(1, 2), "/jobs?2"), page(jobs(3), "/jobs?1"), page(jobs(1, 2), "/jobs?2"))
    check(ground, ground.walk(), items=[1, 2, 3], requests=3, error=LoopError, says=SAME_ITEMS)


def test_04_new_tokens_for_the_same_items_are_noticed(ground: Ground) -> None:
    ground.serve(*(page(jobs(1, 2), f"/jobs?{n}") for n in range(9)))
    check(ground, ground.walk(), items=[1, 2], requests=2, error=LoopError, says=SAME_ITEMS)


def test_04_one_item_that_moved_to_the_next_page_is_no_loop(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), page(jobs(1), "/jobs?3"), page(jobs(2)))
    check(ground, ground.walk(), items=[1, 1, 2], requests=3)


def test_04_one_item_for_ever_is_noticed(ground: Ground) -> None:
    ground.serve(*(page(jobs(1), f"/jobs?{n}") for n in range(9)))
    check(ground, ground.walk(), items=[1, 1, 1, 1], requests=5, error=LoopError, says=SAME_ITEMS)


def test_04_pages_may_be_equal_where_the_listing_says_so(ground: Ground) -> None:
    ground.serve(*(page(jobs(1, 2), f"/jobs?{n}") for n in range(3)), page(jobs(1, 2), "/jobs?0"))
    listing = replace(ground.listing, repeats=True)
    says = "the next link leads to a page that was there before"
    check(ground, ground.walk(listing=listing), items=[1, 2] * 4, requests=4, error=LoopError, says=says)


def test_05_an_empty_page_in_the_middle_is_walked_through(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?2"), page([], "/jobs?3"), page([], "/jobs?4"), page(jobs(2)))
    check(ground, ground.walk(), items=[1, 2], requests=4)


def test_06_an_empty_first_page_is_walked_through(ground: Ground) -> None:
    ground.serve(page([], "/jobs?2"), page(jobs(1)))
    check(ground, ground.walk(), items=[1], requests=2)


def test_07_thousands_of_empty_pages_are_walked_through(ground: Ground) -> None:
    count = 10_000 if LARGE else 100  # the whole number without a server: test_paging_together
    ground.serve(*(page([], f"/jobs?{n}") for n in range(count)), page(jobs(1)))
    check(ground, ground.walk(), items=[1], requests=count + 1)


def _body(**members: Any) -> bytes:
    return answer({"jobs": jobs(1), **members})


@pytest.mark.parametrize(
    "links",
    [
        {"_links": None},
        {},
        {"_links": {}},
        {"_links": []},
        {"_links": ""},
        {"_links": {"next": None}},
        {"_links": {"next": {}}},
        {"_links": {"next": ""}},
        {"_links": {"next": {"href": None}}},
        {"_links": {"next": {"href": ""}}},
        {"_links": {"next": {"href": " "}}},
        {"_links": {"self": {"href": "/jobs"}}},
    ],
    ids=str,
)
def test_08_to_10_every_form_of_no_link_ends_the_walk(ground: Ground, links: dict[str, Any]) -> None:
    ground.serve(_body(**links))
    check(ground, ground.walk(), items=[1], requests=1)


@pytest.mark.parametrize(
    ("links", "reason"),
    [
        ([{"rel": "next"}], "'_links' is an array, not an object"),
        ("/jobs?2", "'_links' is a text, not an object"),
        (1e3, "'_links' is a number, not an object"),
        ({"next": {"href": None}, "at": Raw(b"1e400")}, "'_links' is unreadable, not an object"),
        ({"next": "/jobs?2"}, "'_links.next' is a text, not an object"),
        ({"next": ["/jobs?2"]}, "'_links.next' is an array, not an object"),
        ({"next": {"href": 2}}, "'_links.next.href' is a number, not text"),
        ({"next": {"href": True}}, "'_links.next.href' is a Boolean, not text"),
        ({"next": {"href": ["/jobs?2"]}}, "'_links.next.href' is an array, not text"),
        ({"next": {"href": {"url": "/jobs?2"}}}, "'_links.next.href' is an object, not text"),
        ({"next": {"href": "/jobs?\n2"}}, "the link holds a control character"),
    ],
    ids=lambda value: "unreadable" if "Raw" in str(value) else str(value),
)
def test_08_to_10_a_link_in_a_wrong_form_is_an_error_after_the_page_in_hand(
    ground: Ground, links: Any, reason: str
) -> None:
    ground.serve(_body(_links=links))
    says = f"no way to the next page: {reason}"
    check(ground, ground.walk(), items=[1], requests=1, error=BadPageError, says=says)


def test_10_a_mended_link_is_followed_where_the_walk_stood(ground: Ground) -> None:
    ground.serve(_body(_links={"next": {"href": 2}}), page(jobs(1), "/jobs?2"), page(jobs(2)))
    outcome = ground.walk(turns=2)
    check(ground, outcome, items=[1, 2], requests=3)


@pytest.mark.parametrize(
    ("href", "target"),
    [
        ("/elsewhere?2", "/elsewhere?2"),
        ("?page=2", "/a/jobs?page=2"),
        ("../b/jobs?2", "/b/jobs?2"),
        ("more", "/a/more"),
        ("//{host}/jobs?2", "/jobs?2"),
    ],
)
def test_11_a_relative_link_is_resolved_at_its_page(ground: Ground, href: str, target: str) -> None:
    host = ground.server.url.removeprefix("http://")
    ground.serve(page(jobs(1), href.format(host=host)), page(jobs(2)))
    check(ground, ground.walk(listing=Listing(f"{ground.server.url}/a/jobs")), items=[1, 2], requests=2)
    assert ground.targets == ["/a/jobs", target]


@pytest.mark.parametrize(
    ("query", "sent"),
    [
        ("$filter=iTwinId eq 510c", "$filter=iTwinId%20eq%20510c"),
        ("t={a}[b]|^`", "t={a}[b]|^`"),
        ("t=%2f%2F%7e%7E", "t=%2f%2F%7e%7E"),
        ("t=a+b%2Bc", "t=a+b%2Bc"),
        ("name='O''Brien'", "name='O''Brien'"),
        ("t='a'&&b==c", "t='a'&&b==c"),
        ("t=100%", "t=100%"),
        ("t=\u00e9", "t=%C3%A9"),
        ("t=a#fragment", "t=a"),
        ("t=a&t=b", "t=a&t=b"),
        ("a=1;b=2", "a=1;b=2"),
        ("continuationToken=first&$filter=x", "continuationToken=first&$filter=x"),
    ],
)
def test_12_and_13_a_link_is_sent_byte_for_byte(ground: Ground, query: str, sent: str) -> None:
    ground.serve(page(jobs(1), f"{ground.server.url}/jobs?{query}"), page(jobs(2)))
    check(ground, ground.walk(params={"a": "b"}), items=[1, 2], requests=2)
    assert ground.targets == ["/jobs?a=b", f"/jobs?{sent}"]


def test_14_a_token_of_8_kb_is_carried(ground: Ground) -> None:
    ground.serve(page(jobs(1), "/jobs?t=" + "x" * 8192), page(jobs(2)))
    check(ground, ground.walk(), items=[1, 2], requests=2)


def test_14_a_token_of_64_kb_is_carried_as_far_as_the_client_takes_it(ground: Ground) -> None:
    target = "/jobs?t=" + "x" * (65_536 - len(f"{ground.server.url}/jobs?t="))
    ground.serve(page(jobs(1), target), page(jobs(2)))
    check(ground, ground.walk(), items=[1, 2], requests=2)
    assert ground.targets[1] == target


def test_14_a_url_that_is_too_long_for_the_client_is_our_own_error(ground: Ground) -> None:
    link = f"{ground.server.url}/jobs?t=" + "x" * 65_536
    ground.serve(page(jobs(1), link))
    says = f"no way to the next page: the link has {len(link)} characters, and at most 65536 are followed"
    check(ground, ground.walk(), items=[1], requests=1, error=BadPageError, says=says)


def test_15_the_listing_says_which_of_two_links_counts(ground: Ground) -> None:
    both = answer({"jobs": jobs(1), "_links": {"next": {"href": "/body"}}}, headers={"Link": '</header>; rel="next"'})
    last = answer({"jobs": jobs(2)})
    ground.route({"/jobs": both, "/body": last, "/header": last})
    check(ground, ground.walk(), items=[1, 2], requests=2)
    assert ground.targets == ["/jobs", "/body"]
    listing = Listing.link_header(f"{ground.server.url}/jobs", items="jobs")
    check(ground, ground.walk(listing=listing), items=[1, 2], requests=2)
    assert ground.targets == ["/jobs", "/header"]


@pytest.mark.parametrize(
    "lines",
    [
        ['</2>; rel="next"'],
        ["</2>; rel=next"],
        ["</2>;REL=NEXT"],
        ['</2>; rel="last next"'],
        ['</1>; rel="prev", </2>; rel="next",'],
        ['</1>; rel="prev"; title="a, <b>; rel=next", </2>; rel="next"'],
        ["</1,x;y>; rel=prev, </2> ; rel = next ; title*=UTF-8''x"],
        ['</1>; rel="prev"', '</2>; rel="next"'],
        [r'</1>; title="say \"<x>\""; rel=prev, </2>; rel=next'],
        ['</2>; rel="next"; rel="prev"'],
        ["</1>; crossorigin, </2>; crossorigin; rel=next"],
        ['</1>; anchor="/x"; rel=next, </2>; rel=next'],
    ],
)
def test_16_the_link_header_is_read_in_all_its_forms(ground: Ground, lines: list[str]) -> None:
    ground.serve(answer(jobs(1), headers=[("Link", line) for line in lines]), answer(jobs(2)))
    check(ground, ground.walk(listing=Listing.link_header(f"{ground.server.url}/jobs")), items=[1, 2], requests=2)
    assert ground.targets == ["/jobs", "/2"]


@pytest.mark.parametrize("line", ["", '</1>; rel="prev"', '</1>; title="next"', "<>; rel=next", "garbage"])
def test_16_a_link_header_without_a_next_link_ends_the_walk(ground: Ground, line: str) -> None:
    ground.serve(answer(jobs(1), headers={"Link": line}))
    check(ground, ground.walk(listing=Listing.link_header(f"{ground.server.url}/jobs")), items=[1], requests=1)


@pytest.mark.parametrize(
    ("path", "first", "last"),
    [
        (
            "links[rel=next].href",
            {"links": [{"rel": "self", "href": "?1"}, {"rel": "next", "href": "?2"}]},
            {"links": []},
        ),
        ("links[rel=next].href", {"links": [7, {"rel": "next", "href": "?2"}]}, {"links": [{"rel": "self"}]}),
        ("a.links[rel=next].href", {"a": {"links": [{"rel": "next", "href": "?2"}]}}, {"a": {"links": None}}),
        (
            "links[rel=next].href",
            {"links": [{"rel": "next", "href": "?2"}]},
            {"links": [{"rel": "next", "href": None}]},
        ),
        ("_links.next.href", {"_links": {"next": [{"href": "?2"}]}}, {"_links": {"next": []}}),
    ],
)
def test_a_link_may_be_chosen_in_an_array(ground: Ground, path: str, first: Any, last: Any) -> None:
    ground.serve(answer({"jobs": jobs(1), **first}), answer({"jobs": jobs(2), **last}))
    listing = Listing(f"{ground.server.url}/jobs", next_link=path)
    check(ground, ground.walk(listing=listing), items=[1, 2], requests=2)


@pytest.mark.parametrize("name", ["@odata.nextLink", "odata.nextLink", "@nextLink"])
def test_17_an_odata_service_is_walked(ground: Ground, name: str) -> None:
    ground.serve(answer({"value": jobs(1), name: "jobs?2"}), answer({"value": jobs(2), "@odata.deltaLink": "jobs?d"}))
    check(ground, ground.walk(listing=Listing.odata(f"{ground.server.url}/jobs")), items=[1, 2], requests=2)
