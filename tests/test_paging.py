"""Paging from the outside: what a walk takes, sends, gives and remembers."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import msgspec
import pytest
from fault_server import Seen, answer, jobs, page
from paging_ground import DRIVERS, TLS, Ground, check, grounds

import odatafilter
from odatafilter.errors import BadPageError, CursorError, FilterError, PagingError, PagingValueError
from odatafilter.paging import Cursor, FileCheckpoint, Listing, PageSize, paginate
from odatafilter.paging._request import Send


class Job(odatafilter.Schema):
    id = odatafilter.String()
    state = odatafilter.String(enum=("success", "failed"))


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    yield from grounds(request.param)


def three_pages(seen: Seen) -> list[bytes]:
    """Seven items on three pages."""
    pages = {"": page(jobs(1, 2, 3), "?2"), "2": page(jobs(4, 5, 6), "?3"), "3": page(jobs(7))}
    return [pages[seen.target.partition("?")[2]]]


ALL = [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize("top", [0, 1001, -1, "10", True, 1.0, 10**9])
def test_58_a_page_size_out_of_bounds_is_refused_before_anything_is_sent(ground: Ground, top: Any) -> None:
    with pytest.raises(PagingValueError) as caught:
        ground.walk(top=top)
    assert str(caught.value) == f"$top is {top!r}: a whole number from 1 to 1000 is wanted"
    assert isinstance(caught.value, ValueError)
    assert ground.targets == []


@pytest.mark.parametrize("top", [1, 1000])
def test_58_a_page_size_inside_the_bounds_is_sent(ground: Ground, top: int) -> None:
    ground.serve(page([]))
    check(ground, ground.walk(top=top), items=[], requests=1)
    assert ground.targets == [f"/jobs?$top={top}"]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"max_items": -1}, "max_items is -1: a whole number from 0 is wanted"),
        ({"max_items": True}, "max_items is True: a whole number from 0 is wanted"),
        ({"max_pages": "3"}, "max_pages is '3': a whole number from 0 is wanted"),
        ({"prefetch": 2}, "prefetch is 2: 0 or 1 is wanted, as each page names the next"),
        ({"params": {"$top": 5}}, "params holds '$top', which is not checked there: give top="),
        (
            {"params": {"$filter": "a eq 1"}},
            "params holds '$filter', which is not checked there: give filter=, or write one that is not of OData 4 into the URL of the listing",
        ),
        ({"params": {"a": True}}, "params['a'] is True: a text or a whole number is wanted"),
        ({"start": "1.bm8.6d401644"}, "no cursor, though its check digits fit: give the text of str(cursor)"),
        ({"start": "nonsense"}, "no cursor, or one that was cut or changed: give the whole text of str(cursor)"),
    ],
)
def test_an_argument_no_walk_can_start_with_is_refused_at_the_call(
    ground: Ground, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(PagingValueError) as caught:
        ground.walk(**options)
    assert str(caught.value) == says
    assert ground.targets == []


def test_a_listing_without_a_page_size_takes_none(ground: Ground) -> None:
    with pytest.raises(PagingValueError, match=r"^top is 5, but this listing has no page size: "):
        ground.walk(listing=Listing("http://a.test/", page_size=None), top=5)


@pytest.mark.parametrize("text", ["state eq 'sucess'", "nme eq 'x'", "state eq", "", " "])
def test_a_filter_that_the_schema_forbids_is_never_sent(ground: Ground, text: str) -> None:
    with pytest.raises(FilterError):
        ground.walk(listing=Listing(f"{ground.server.url}/jobs", schema=Job), filter=text)
    assert ground.targets == []


def test_a_built_filter_is_validated_too(ground: Ground) -> None:
    with pytest.raises(FilterError):
        ground.walk(listing=Listing(f"{ground.server.url}/jobs", schema=Job), filter=odatafilter.field("nme") == "x")
    assert ground.targets == []


@pytest.mark.parametrize("given", ["state  eq 'success'", Job.state == "success"], ids=["text", "built"])
def test_the_first_url_is_written_as_odata_urls_are(ground: Ground, given: Any) -> None:
    ground.serve(page([]))
    ground.walk(
        listing=Listing(f"{ground.server.url}/jobs?v=1", schema=Job), filter=given, params={"x y": "a+&b"}, top=7
    )
    assert ground.targets == ["/jobs?v=1&$filter=state%20eq%20'success'&x%20y=a%2B%26b&$top=7"]


def test_the_headers_of_the_listing_go_with_every_request(ground: Ground) -> None:
    ground.server.script = three_pages
    listing = Listing(f"{ground.server.url}/jobs", headers={"Accept": "application/vnd.x.v1+json"})
    check(ground, ground.walk(listing=listing), items=ALL, requests=3)
    assert {seen.headers["accept"] for seen in ground.server.seen} == {"application/vnd.x.v1+json"}


@pytest.mark.parametrize(
    ("bound", "items", "requests", "stopped_by"),
    [
        ({"max_items": 0}, [], 0, "max_items"),
        ({"max_items": 1}, [1], 1, "max_items"),
        ({"max_items": 3}, [1, 2, 3], 1, "max_items"),
        ({"max_items": 4}, [1, 2, 3, 4], 2, "max_items"),
        ({"max_items": 7}, ALL, 3, "end"),
        ({"max_items": 99}, ALL, 3, "end"),
        ({"max_pages": 0}, [], 0, "max_pages"),
        ({"max_pages": 1}, [1, 2, 3], 1, "max_pages"),
        ({"max_pages": 3}, ALL, 3, "end"),
        ({"max_pages": 2, "max_items": 5}, [1, 2, 3, 4, 5], 2, "max_items"),
    ],
)
@pytest.mark.parametrize("prefetch", [0, 1])
def test_58_a_walk_stops_at_its_bounds_and_goes_on_from_its_cursor(
    ground: Ground, *, bound: Any, items: list[int], requests: int, stopped_by: str, prefetch: int
) -> None:
    ground.server.script = three_pages
    outcome = ground.walk(prefetch=prefetch, **bound)
    check(ground, outcome, items=items, requests=requests)
    assert outcome.stats.stopped_by == stopped_by
    assert (outcome.stats.items, outcome.stats.pages) == (len(items), requests)
    rest = ground.walk(start=str(outcome.cursor))
    assert items + rest.items == ALL


@pytest.mark.parametrize("done", range(8))
def test_a_cursor_is_exact_to_the_item_and_survives_its_text(ground: Ground, done: int) -> None:
    ground.server.script = three_pages
    first = ground.walk(max_items=done)
    assert first.cursor is not None
    assert first.cursor.items_done == done
    assert Cursor.parse(str(first.cursor)) == first.cursor
    assert ground.walk(start=str(first.cursor)).items == ALL[done:]
    assert ground.walk(start=first.cursor).items == ALL[done:]


def test_a_cursor_at_the_end_sends_nothing(ground: Ground) -> None:
    ground.server.script = three_pages
    ended = ground.walk().cursor
    check(ground, ground.walk(start=ended), items=[], requests=0)


def test_nothing_is_sent_before_the_first_item_is_asked_for() -> None:
    with Ground("httpx") as ground, httpx.Client() as client:
        paginate(client, ground.listing).pages()
        assert ground.server.seen == []


@pytest.mark.parametrize("change", [{"top": 5}, {"params": {"a": "b"}}, {"filter": "a eq 1"}, {"listing": "/other"}])
def test_53_the_cursor_of_another_request_is_refused(ground: Ground, change: dict[str, Any]) -> None:
    ground.server.script = three_pages
    cursor = ground.walk(max_items=2).cursor
    if "listing" in change:
        change = {"listing": Listing(f"{ground.server.url}{change['listing']}")}
    with pytest.raises(CursorError) as caught:
        ground.walk(start=cursor, **change)
    assert str(caught.value) == (
        "the cursor belongs to another URL, filter, page size or params: start it with the same ones"
    )
    assert ground.targets[1:] == []


def test_53_a_cut_or_changed_cursor_is_refused() -> None:
    text = str(Cursor(binding="b", link="http://a.test/jobs?2", offset=3))
    changed = [
        text[:-1],
        text[1:],
        text[: len(text) // 2],
        "",
        "1",
        "1.",
        "1..",
        text.replace(".", "x"),
        "\udc80.\udc80.\udc80",
    ]
    for each in [*changed, *(text[:at] + chr(ord(text[at]) ^ 1) + text[at + 1 :] for at in range(2, len(text)))]:
        with pytest.raises(CursorError):
            Cursor.parse(each)


def _half(text: str) -> str:
    return text[: len(text) // 2]


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        (_half, "no cursor, or one that was cut or changed: give the whole text of str(cursor)"),
        (lambda text: f"2{text[1:]}", "a cursor of version 2; this version of odatafilter reads version 1"),
        (
            lambda _: str(Cursor(binding="another")),
            "the cursor belongs to another URL, filter, page size or params: start it with the same ones",
        ),
    ],
    ids=["cut", "of a newer version", "of another query"],
)
@pytest.mark.parametrize("kept", [True, False], ids=["in a file", "as text"])
def test_53_a_cursor_that_is_not_this_walks_is_refused_before_anything_is_sent(
    ground: Ground, tmp_path: Path, *, changed: Callable[[str], str], says: str, kept: bool
) -> None:
    ground.server.script = three_pages
    start = changed(str(ground.walk(max_items=2).cursor))
    file = tmp_path / "jobs.cursor"
    file.write_text(start)
    with pytest.raises(CursorError) as caught:
        ground.walk(**{"checkpoint": FileCheckpoint(file)} if kept else {"start": start})
    advice = "" if "belongs" in says else "; remove the file to begin anew"
    assert str(caught.value) == (f"{file}: {says}{advice}" if kept else says)
    assert ground.targets == []
    assert file.read_text() == start


class _Offsets:
    """A list whose links are numbers of items to skip, two a page, and in which items move while it is walked."""

    def __init__(self, ids: list[int]) -> None:
        self.ids = ids

    def __call__(self, seen: Seen) -> list[bytes]:
        at = int(seen.target.partition("?")[2] or 0)
        return [page(jobs(*self.ids[at : at + 2]), f"?{at + 2}" if at + 2 < len(self.ids) else None)]


@pytest.mark.parametrize("prefetch", [0, 1])
def test_48_what_is_inserted_before_the_cursor_makes_an_item_come_again_and_none_is_lost(
    ground: Ground, prefetch: int
) -> None:
    ground.server.script = offsets = _Offsets([1, 2, 3, 4, 5])
    with ground.steps() as steps:
        walk = steps.paginate(prefetch=prefetch)
        items = steps.each(walk)
        assert [next(items)["id"] for _ in range(3)] == [1, 2, 3]
        steps.close(walk)  # what was fetched ahead is given up, so that both walks ask at the same time
        offsets.ids.insert(0, 0)
        assert [item["id"] for item in steps.each(walk)] == [4, 4, 5]
        assert walk.cursor.ended


def test_48_what_is_inserted_before_a_cursor_in_a_page_shifts_the_page_when_it_is_read_again(ground: Ground) -> None:
    ground.server.script = offsets = _Offsets([1, 2, 3, 4, 5])
    cursor = ground.walk(max_items=3).cursor
    offsets.ids.insert(0, 0)
    check(ground, ground.walk(start=cursor), items=[3, 4, 5], requests=2)  # ?2 is [2, 3] now, of which one is done


def test_49_what_is_deleted_before_the_cursor_is_followed_as_the_links_lead(ground: Ground) -> None:
    ground.server.script = offsets = _Offsets([1, 2, 3, 4, 5])
    with ground.steps() as steps:
        walk = steps.paginate()
        items = steps.each(walk)
        assert [next(items)["id"] for _ in range(3)] == [1, 2, 3]
        offsets.ids.remove(1)
        assert [item["id"] for item in steps.each(walk)] == [4]  # ?4 has nothing; 5 moved behind the cursor
        assert ground.targets == ["/jobs", "/jobs?2", "/jobs?4"]


def test_48_and_49_keyset_links_hide_moves_before_the_cursor(ground: Ground) -> None:
    ids = [10, 20, 30, 40, 50]

    def script(seen: Seen) -> list[bytes]:
        after = int(seen.target.partition("?")[2] or 0)
        found = [each for each in sorted(ids) if each > after]
        return [page(jobs(*found[:2]), f"?{found[1]}" if len(found) > 2 else None)]

    ground.server.script = script
    cursor = ground.walk(max_items=3).cursor
    ids += [5, 15]
    ids.remove(10)
    check(ground, ground.walk(start=cursor), items=[40, 50], requests=2)


def test_48_and_49_what_changes_after_the_cursor_in_its_page_comes_as_it_is_now(ground: Ground) -> None:
    ground.server.script = three_pages
    cursor = ground.walk(max_items=4).cursor
    ground.serve(page(jobs(4, 5, 6, 66), "?3"), page(jobs(7)))
    check(ground, ground.walk(start=cursor), items=[5, 6, 66, 7], requests=2)


def test_50_a_page_that_has_shrunk_below_the_cursor_is_an_error(ground: Ground) -> None:
    ground.server.script = three_pages
    cursor = ground.walk(max_items=6, max_pages=2).cursor
    assert cursor is not None
    inside = ground.walk(max_items=5).cursor
    ground.serve(page(jobs(4), "?3"))
    outcome = ground.walk(start=inside)
    assert isinstance(outcome.error, BadPageError)
    assert str(outcome.error) == (
        f"the page has shrunk to 1 items, and 2 of it were done\n    page 2 after 5 items: {ground.server.url}/jobs"
    )
    assert outcome.items == []


def test_a_page_that_has_shrunk_to_the_cursor_gives_no_page_to_hand_out(ground: Ground) -> None:
    ground.server.script = three_pages
    cursor = ground.walk(max_items=5).cursor
    ground.serve(page(jobs(4, 5), "?3"), page(jobs(7)))
    assert ground.walk(start=cursor).items == [7]


class JobStruct(msgspec.Struct):
    id: int


@pytest.mark.parametrize("kind", [JobStruct, dict[str, int], Any])
def test_items_become_what_is_asked_for(ground: Ground, kind: Any) -> None:
    ground.server.script = three_pages
    found = ground.walk(item_type=kind).items
    assert [each.id if isinstance(each, JobStruct) else each for each in found] == ALL


def test_a_typed_dict_a_dataclass_and_a_model_are_made(ground: Ground) -> None:
    from dataclasses import dataclass  # noqa: PLC0415
    from typing import TypedDict  # noqa: PLC0415

    class Typed(TypedDict):
        id: int

    @dataclass
    class Data:
        id: int

    class Model:
        """What pydantic's models offer."""

        def __init__(self, id: int) -> None:  # noqa: A002
            self.id = id

        @classmethod
        def model_validate_json(cls, raw: bytes) -> "Model":
            return cls(**msgspec.json.decode(raw))

    ground.server.script = three_pages
    assert ground.walk(item_type=Typed).items == ALL
    assert ground.walk(item_type=Data).items == [Data(each) for each in ALL]
    assert [each.id for each in ground.walk(item_type=Model).items] == ALL


def test_dotted_paths_and_a_bare_array_are_found(ground: Ground) -> None:
    ground.serve(
        answer({"result": {"rows": jobs(1)}, "paging": {"next": "?2"}}),
        answer({"result": {"rows": jobs(2)}, "paging": {}}),
    )
    url = f"{ground.server.url}/jobs"
    check(
        ground,
        ground.walk(listing=Listing(url, items="result.rows", next_link="paging.next")),
        items=[1, 2],
        requests=2,
    )
    ground.serve(answer(jobs(1)))
    check(ground, ground.walk(listing=Listing(url, items="", next_link="header:link")), items=[1], requests=1)


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ({"result": None}, "not a page: 'result' is null, not an object: '{\"result\":null}'"),
        ({"result": {"row": []}}, "not a page: 'result.rows' is missing: '{\"result\":{\"row\":[]}}'"),
    ],
)
def test_a_path_that_leads_nowhere_is_no_page(ground: Ground, body: object, says: str) -> None:
    ground.serve(answer(body))
    listing = Listing(f"{ground.server.url}/jobs", items="result.rows")
    check(ground, ground.walk(listing=listing), items=[], requests=1, error=BadPageError, says=says)


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("/jobs", "no http or https URL; an absolute URL is wanted"),
        ("ftp://a.test/jobs", "a URL of the scheme 'ftp'; an absolute URL is wanted"),
        ("https://user:password@a.test/jobs", "a URL whose host is not plain; an absolute URL is wanted"),
        ("https://a.test/jobs#x", "a fragment is never sent"),
    ],
)
def test_a_listing_has_an_absolute_url(url: str, says: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        Listing(url)
    assert str(caught.value).endswith(says)


def test_a_listing_moves_to_another_origin_and_keeps_its_path() -> None:
    listing = Listing("https://api.bentley.com/realityconversion/jobs?x=1", headers={"A": "b"}, schema=Job)
    moved = listing.at("http://127.0.0.1:8000/")
    assert (moved.url, moved.headers, moved.schema) == (
        "http://127.0.0.1:8000/realityconversion/jobs?x=1",
        {"A": "b"},
        Job,
    )
    with pytest.raises(ValueError, match="is no origin: it has a path"):
        listing.at("http://127.0.0.1:8000/x")


def test_nothing_shows_a_secret() -> None:
    listing = Listing("https://a.test/", headers={"X-Api-Key": "s3cret"})
    assert "s3cret" not in repr(listing)
    assignment = paginate(httpx.Client(verify=TLS), listing, token=lambda: "s3cret")._assignment
    assignment.access.token = "s3cret"
    assert "s3cret" not in repr(assignment) + repr(assignment.access) + repr(
        Send("https://a.test/", {"Authorization": "s3cret"}, True, 0.0, 1)
    )


def test_an_odata_service_takes_no_page_size_as_its_top_bounds_the_whole_result() -> None:
    with pytest.raises(PagingValueError, match=r"^top is 5, but this listing has no page size: "):
        Listing.odata("https://a.test/").first_url(None, None, 5)
    assert Listing.odata("https://a.test/").first_url(None, {"$top": 5}, None) == "https://a.test/?$top=5"


def test_the_other_members_of_a_page_are_kept(ground: Ground) -> None:
    ground.serve(answer({"value": jobs(1), "@odata.count": 7, "@odata.deltaLink": "?d", "odd": None}))
    with ground.steps() as steps:
        (found,) = steps.each(steps.paginate(Listing.odata(f"{ground.server.url}/jobs")).pages())
    assert found.members == {"@odata.count": 7, "@odata.deltaLink": "?d", "odd": None}


def test_a_page_knows_where_it_came_from_and_what_comes_next() -> None:
    with Ground("httpx") as ground, httpx.Client(verify=TLS) as client:
        ground.server.script = three_pages
        walk = paginate(client, ground.listing)
        assert next(walk) == {"id": 1}
        first, second, third = walk.pages()
        url = f"{ground.server.url}/jobs"
        assert [(each.number, each.url, each.next_link, each.status) for each in (first, second, third)] == [
            (1, url, f"{url}?2", 200),
            (2, f"{url}?2", f"{url}?3", 200),
            (3, f"{url}?3", None, 200),
        ]
        assert [each.items for each in (first, second, third)] == [jobs(2, 3), jobs(4, 5, 6), jobs(7)]
        assert (len(first), repr(first)) == (2, "<Page 1: 2 items>")
        assert first.headers["Content-Type"] == "application/json"
        assert "application/json" not in repr(first.headers)  # a value may be a secret
        assert second.cursor == first.next_cursor
        assert third.next_cursor.ended
        for each in (first, second, third):
            after = paginate(client, ground.listing, start=each.next_cursor)
            assert len(after.collect()) == 7 - each.next_cursor.items_done
            again = paginate(client, ground.listing, start=each.cursor, max_items=len(each))
            assert again.collect() == each.items


def test_a_page_size_may_have_another_name_and_no_upper_bound() -> None:
    assert Listing("https://a.test/", page_size=PageSize("limit", min=2)).first_url(None, None, 10**6) == (
        "https://a.test/?limit=1000000"
    )


def test_paging_needs_neither_httpx_nor_lark_nor_asyncio() -> None:
    code = "import odatafilter.paging, sys; print({'httpx', 'httpx2', 'lark', 'asyncio'} & set(sys.modules))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "set()"


def test_a_walk_that_has_not_begun_names_no_page() -> None:
    assert str(PagingError("nothing yet")) == "nothing yet"
    assert PagingError("nothing yet").page_number == PagingError("nothing yet").items_done == 0
