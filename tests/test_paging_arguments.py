"""Arguments that are wrong: refused at the call, with what was found and what would do, and with nothing sent."""

import inspect
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from paging_ground import DRIVERS, TLS, Ground

import odatafilter
from odatafilter.errors import CursorError, PagingValueError
from odatafilter.paging import Cursor, Listing, Origins, PageSize, Rate, Retry, gather_pages, paginate

URL = "https://a.test/jobs"


class Job(odatafilter.Schema):
    id = odatafilter.Guid(quoted=True)
    state = odatafilter.String()


class Odd:
    """What cannot even be shown."""

    def __repr__(self) -> str:
        raise RuntimeError


@pytest.fixture(params=DRIVERS)
def ground(request: pytest.FixtureRequest) -> Iterator[Ground]:
    with Ground(request.param) as given:
        yield given


class Half:
    """What can do one thing that a client can."""

    def __init__(self, name: str) -> None:
        setattr(self, name, print)

    def __str__(self) -> str:
        return f"half a client with {', '.join(vars(self))}"


FILTER = "a Filter or its text is wanted"
COMPARE = f"{FILTER}; compare the property with a value"
START = "a cursor or its text is wanted"
PARAMS = "a mapping of names to texts or whole numbers is wanted"
NO_PARAM = "cannot be written in a URL"
ORIGINS = "Origins.same(), Origins.allow(…) or Origins.strip() is wanted"
TOKEN = "a function that gives the token is wanted, as it is asked again after a 401"
EVENT = "a plain function that takes an event is wanted"
ITEM = "a dict, a dataclass, a TypedDict, a Struct or a model is wanted"


async def late(*_: object) -> str:
    return "s3cret"


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"filter": Job.state}, f"filter is <String state>: {COMPARE}"),
        ({"filter": Job.id}, f"filter is <Guid id>: {COMPARE}"),
        ({"filter": odatafilter.field("a")}, f"filter is <Field a>: {COMPARE}"),
        ({"filter": b"state eq 'x'"}, f"filter is b\"state eq 'x'\": {FILTER}"),
        ({"filter": 5}, f"filter is 5: {FILTER}"),
        ({"filter": True}, f"filter is True: {FILTER}"),
        ({"filter": Odd()}, f"filter is a value of the type 'Odd': {FILTER}"),
        ({"filter": ["x" * 99]}, f"filter is ['{'x' * 58}…: {FILTER}"),
        ({"start": 5}, f"start is 5: {START}"),
        ({"start": b"x"}, f"start is b'x': {START}"),
        ({"token": "s3cret"}, f"token is a value of the type 'str': {TOKEN}"),
        ({"token": ""}, f"token is a value of the type 'str': {TOKEN}"),
        ({"params": {1: "a"}}, "params holds the name 1: a text that is not empty is wanted"),
        ({"params": {"": "a"}}, "params holds the name '': a text that is not empty is wanted"),
        ({"params": [("a", "b")]}, f"params is a value of the type 'list': {PARAMS}"),
        ({"params": "key=s3cret"}, f"params is a value of the type 'str': {PARAMS}"),
        ({"params": {"a": "s3cret\ud800"}}, f"params['a'] {NO_PARAM}"),
        ({"params": {"a\ud800": "s3cret"}}, rf"the name 'a\ud800' in params {NO_PARAM}"),
        ({"params": {"a": 10**5000}}, f"params['a'] {NO_PARAM}"),
        ({"params": {"a": None}}, "params['a'] is None: a text or a whole number is wanted"),
        ({"origins": None}, f"origins is None: {ORIGINS}"),
        ({"origins": URL}, f"origins is '{URL}': {ORIGINS}"),
        ({"rate": 5}, "rate is 5: a Rate is wanted"),
        ({"checkpoint": "x"}, "checkpoint is 'x': a FileCheckpoint is wanted"),
        ({"retry": 5}, "retry is 5: a Retry is wanted"),
        ({"retry": None}, "retry is None: a Retry is wanted"),
        ({"on_event": 5}, f"on_event is 5: {EVENT}"),
        ({"on_bad_item": "x"}, "on_bad_item is 'x': 'raise' or 'skip' is wanted"),
        ({"on_bad_item": []}, "on_bad_item is []: 'raise' or 'skip' is wanted"),
        ({"prefetch": []}, "prefetch is []: 0 or 1 is wanted, as each page names the next"),
        ({"prefetch": 1.0}, "prefetch is 1.0: 0 or 1 is wanted, as each page names the next"),
        ({"item_type": None}, f"item_type is None: {ITEM}"),
        ({"item_type": 5}, f"item_type is 5: {ITEM} (Type '5' is not supported)"),
        ({"item_type": "Job"}, f"item_type is 'Job': {ITEM} (Type ''Job'' is not supported)"),
        ({"top": 10**5000}, "$top is a value of the type 'int': a whole number from 1 to 1000 is wanted"),
        ({"max_items": "1"}, "max_items is '1': a whole number from 0 is wanted"),
    ],
    ids=lambda value: str(next(iter(value))) if isinstance(value, dict) else "",
)
def test_a_wrong_argument_is_refused_at_the_call(ground: Ground, options: dict[str, Any], says: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        ground.walk(**options)
    assert str(caught.value) == says
    assert ground.targets == []


def test_an_async_function_where_none_is_awaited_is_refused_at_the_call() -> None:
    with httpx.Client(verify=TLS) as client:
        with pytest.raises(PagingValueError) as caught:
            paginate(client, Listing(URL), token=late)  # type: ignore[arg-type]
        assert str(caught.value) == "token is an async function, which only a walk with an asynchronous client awaits"
        with pytest.raises(PagingValueError) as caught:
            paginate(client, Listing(URL), on_event=late)
        assert str(caught.value).endswith(f": {EVENT}")


@pytest.mark.parametrize(
    ("client", "says"),
    [
        (None, "a NoneType is no client: httpx.Client or httpx.AsyncClient is wanted"),
        (httpx, "a module is no client: httpx.Client or httpx.AsyncClient is wanted"),
        (Half("send"), "a Half is no client: httpx.Client or httpx.AsyncClient is wanted"),
        (Half("build_request"), "a Half is no client: httpx.Client or httpx.AsyncClient is wanted"),
        (httpx.Client, "the class Client is no client: httpx.Client() or httpx.AsyncClient() is wanted"),
    ],
    ids=str,
)
def test_an_object_that_is_not_a_client_is_refused_at_the_call(client: Any, says: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        paginate(client, Listing(URL))
    assert str(caught.value) == says


def test_a_url_is_no_listing_and_is_not_shown() -> None:
    with httpx.Client(verify=TLS) as client, pytest.raises(PagingValueError) as caught:
        paginate(client, "https://a.test/jobs?key=s3cret")  # type: ignore[call-overload]
    assert str(caught.value) == "listing is a value of the type 'str': a Listing is wanted, as in Listing('https://…')"


PATH = "a path such as '_links.next.href', or a tuple of such, is wanted: another one leads nowhere"
ITEMS = "a path such as 'result.jobs' is wanted, or '' for a page that is an array"
NUMBER = "a whole number from 0 is wanted"
IGNORED = "a tuple of members and headers is wanted, such as ('nextLink', 'x-ms-continuationtoken', 'header:link')"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        *(
            ({"next_link": path}, f"Listing(next_link={path!r}): {PATH}")
            for path in [
                *((), [], "", " ", ".", "a.", ".a", "a..b", "a. b", 5, None, True, b"a", ("a", ""), ("a", 5), ["a"]),
                *("header:", "header:Link", "Header:link", "header:next"),
                *("links[rel=next", "links[rel]", "links[].href", "links[rel=a.b].href", "a]"),
                *("data.@odata.nextLink", "data.x@odata.nextLink"),
            ]
        ),
        *(
            ({"items": path}, f"Listing(items={path!r}): {ITEMS}")
            for path in (5, None, True, b"a", ".", "a.", ".a", "a..b", " ")
        ),
        (
            {"items": ""},
            "Listing(items=''): a page that is an array holds no next link: next_link='header:link' is wanted",
        ),
        ({"page_size": 5}, "Listing(page_size=5): a PageSize or None is wanted"),
        ({"page_size": "$top"}, "Listing(page_size='$top'): a PageSize or None is wanted"),
        ({"schema": 5}, "Listing(schema=5): a class made with odatafilter.Schema is wanted"),
        ({"schema": dict}, "Listing(schema=<class 'dict'>): a class made with odatafilter.Schema is wanted"),
        *(({"repeats": value}, f"Listing(repeats={value!r}): True or False is wanted") for value in (1, None, "True")),
        *(
            ({"max_empty_pages": value}, f"Listing(max_empty_pages={value!r}): {NUMBER}")
            for value in (-1, True, None, 1.0)
        ),
        *(
            ({"ignore_links": value}, f"Listing(ignore_links={value!r}): {IGNORED}")
            for value in ("nextLink", None, ("",), [5], {"nextLink"})
        ),
        ({"headers": 5}, "Listing(headers=…): a mapping of names to texts is wanted"),
        ({"headers": "A: s3cret"}, "Listing(headers=…): a mapping of names to texts is wanted"),
        ({"headers": [("A", "s3cret")]}, "Listing(headers=…): a mapping of names to texts is wanted"),
        ({"headers": {"A": 5}}, "Listing(headers={'A': …}): its value is none that a header carries"),
        ({"headers": {"A": b"s3cret"}}, "Listing(headers={'A': …}): its value is none that a header carries"),
        ({"headers": {"A": "s3cret\u00e9"}}, "Listing(headers={'A': …}): its value is none that a header carries"),
        ({"headers": {"A": "s3cret\n"}}, "Listing(headers={'A': …}): its value is none that a header carries"),
        ({"headers": {"A": " s3cret"}}, "Listing(headers={'A': …}): its value is none that a header carries"),
        ({"headers": {5: "s3cret"}}, "Listing(headers={5: …}): its name is none that a header has"),
        ({"headers": {"A:": "s3cret"}}, "Listing(headers={'A:': …}): its name is none that a header has"),
        ({"headers": {"": "s3cret"}}, "Listing(headers={'': …}): its name is none that a header has"),
    ],
    ids=str,
)
def test_a_listing_that_could_not_be_walked_to_its_end_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        Listing(URL, **given)
    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("url", "says"),
    [
        (5, "Listing(a value of the type 'int'): an absolute URL is wanted"),
        (b"https://a.test", "Listing(a value of the type 'bytes'): an absolute URL is wanted"),
        ("/jobs", "Listing('/jobs'): no http or https URL; an absolute URL is wanted"),
        (
            "https://user:s3cret@a.test/jobs?key=s3cret",
            "Listing('https://…@a.test/jobs'): a URL whose host is not plain; an absolute URL is wanted",
        ),
        (
            "https://a.test/\ud800",
            r"Listing('https://a.test/\ud800'): it holds half of a character, which is never sent",
        ),
        ("https://a.test/\n", r"Listing('https://a.test/\n'): it holds a control character, which is never sent"),
        ("https://a.test/jobs?key=s3cret#x", "Listing('https://a.test/jobs'): a fragment is never sent"),
    ],
)
def test_the_url_of_a_listing_is_absolute_and_its_secrets_are_not_shown(url: Any, says: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        Listing(url)
    assert str(caught.value) == says


@pytest.mark.parametrize(
    ("next_link", "items"),
    [
        ("a", "jobs"),
        (("@odata.nextLink", "@nextLink", "odata.nextLink"), "value"),
        ("value@odata.nextLink", "value"),
        ("links[rel=next].href", "a.b"),
        ("a.links[@rel=next]", "@odata.x"),
        ("header:link", ""),
        (("next", "header:link"), ""),
    ],
)
def test_a_listing_that_can_be_walked_is_taken(next_link: Any, items: str) -> None:
    assert Listing(URL, items=items, next_link=next_link, headers={"A-1": "b c\t!", "E": ""}).items == items


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"min": 5, "max": 1}, "PageSize(max=1): a whole number from 5 or None is wanted"),
        ({"min": -1}, f"PageSize(min=-1): {NUMBER}"),
        ({"min": True}, f"PageSize(min=True): {NUMBER}"),
        ({"min": "1"}, f"PageSize(min='1'): {NUMBER}"),
        ({"min": None}, f"PageSize(min=None): {NUMBER}"),
        ({"max": True}, "PageSize(max=True): a whole number from 1 or None is wanted"),
        ({"max": 1.5}, "PageSize(max=1.5): a whole number from 1 or None is wanted"),
        ({"default": 0}, "PageSize(default=0): a whole number from 1 or None is wanted"),
        ({"max": 9, "default": 10}, "PageSize(default=10): a whole number from 1 to 9 or None is wanted"),
        ({"default": True}, "PageSize(default=True): a whole number from 1 or None is wanted"),
        ({"name": ""}, "PageSize(name=''): a text that is not empty is wanted"),
        ({"name": 5}, "PageSize(name=5): a text that is not empty is wanted"),
    ],
    ids=str,
)
def test_a_page_size_with_bounds_that_nothing_is_in_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        PageSize(**given)
    assert str(caught.value) == says


@pytest.mark.parametrize("name", ["$filter", "$Filter", "$FILTER", "filter", "Filter", " $filter"])
def test_a_filter_is_not_smuggled_in_under_another_spelling(ground: Ground, name: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        ground.walk(params={name: "x"})
    says = "which is not checked there: give filter=, or write one that is not of OData 4 into the URL of the listing"
    assert str(caught.value) == f"params holds {name!r}, {says}"
    assert ground.targets == []


@pytest.mark.parametrize("name", ["$top", "$TOP", "top", "Top"])
def test_a_page_size_is_not_smuggled_in_under_another_spelling(ground: Ground, name: str) -> None:
    with pytest.raises(PagingValueError) as caught:
        ground.walk(params={name: 5})
    assert str(caught.value) == f"params holds {name!r}, which is not checked there: give top="
    assert ground.targets == []


def test_a_page_size_without_a_dollar_is_known_by_its_exact_name() -> None:
    listing = Listing(URL, page_size=PageSize("limit"))
    assert listing.first_url(None, {"Limit": 5, "$limit": 6, "top": 7}, None) == f"{URL}?Limit=5&$limit=6&top=7"
    with pytest.raises(PagingValueError) as caught:
        listing.first_url(None, {"limit": 5}, None)
    assert str(caught.value) == "params holds 'limit', which is not checked there: give top="


@pytest.mark.parametrize("pattern", [5, None, b"https://a.test"])
def test_a_pattern_of_an_origin_is_a_text(pattern: Any) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        Origins.allow(pattern)
    assert str(caught.value) == f"{pattern!r} is no origin: a text such as 'https://a.test' is wanted"


@pytest.mark.parametrize("pace", ["5", True, [], 0, -1, float("nan")])
def test_a_rate_is_a_number_over_0(pace: Any) -> None:
    with pytest.raises(PagingValueError) as caught:
        Rate(pace)
    assert str(caught.value) == f"per_second is {pace!r}: a number from 1e-09 is wanted"


@pytest.mark.parametrize("text", [5, None, b"1.x"])
def test_a_cursor_is_read_from_a_text(text: Any) -> None:
    with pytest.raises(CursorError) as caught:
        Cursor.parse(text)
    name = type(text).__name__
    assert str(caught.value) == f"a value of the type '{name}' is no cursor: give the text of str(cursor)"


def test_a_listing_moves_to_a_text_only() -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # the whole message is compared
        Listing(URL).at(5)  # type: ignore[arg-type]
    assert str(caught.value) == "5 is no origin: a text such as 'https://a.test' is wanted"


def test_the_name_of_a_page_size_is_written_as_all_names_are() -> None:
    assert Listing(URL, page_size=PageSize("page size&")).first_url(None, None, 5) == f"{URL}?page%20size%26=5"
    with pytest.raises(PagingValueError) as caught:
        Listing(URL, page_size=PageSize("\ud800")).first_url(None, None, 5)
    assert str(caught.value) == r"the name '\ud800' of the page size cannot be written in a URL"


def test_a_retry_without_arguments_has_the_documented_defaults() -> None:
    assert Retry() == Retry(
        attempts=5,
        base=0.2,
        cap=20.0,
        max_retry_after=120.0,
        page_deadline=300.0,
        max_page_bytes=67_108_864,
        walk_retries=1000,
        statuses={408, 425, 429, 500, 502, 503, 504, 520, 521, 522, 523, 524, 529, 598},
    )


def test_only_walks_of_one_kind_are_gathered() -> None:
    with httpx.Client(verify=TLS) as client:
        walk = paginate(client, Listing(URL))
        other = paginate(httpx.AsyncClient(verify=TLS), Listing(URL))
        for given in (5, None, walk, other, [5], [walk, 5], [other, 5], [walk, other]):
            with pytest.raises(PagingValueError) as caught:
                gather_pages(given)  # type: ignore[arg-type]
            assert (
                str(caught.value) == "what is gathered are several walks, all with a synchronous client or all without"
            )


def test_the_options_of_a_walk_are_in_its_signature() -> None:
    found = inspect.signature(paginate).parameters
    assert list(found)[:4] == ["client", "listing", "item_type", "token"]
    assert {name: found[name].default for name in ("filter", "prefetch", "on_bad_item", "max_items")} == {
        "filter": None,
        "prefetch": 0,
        "on_bad_item": "raise",
        "max_items": None,
    }
    assert all(each.kind is each.KEYWORD_ONLY for name, each in found.items() if name not in {"client", "listing"})


def test_an_option_that_there_is_not_is_refused_as_python_does() -> None:
    wrong: dict[str, Any] = {"max_item": 3}
    with httpx.Client() as client, pytest.raises(TypeError) as caught:
        paginate(client, Listing("http://a.test/"), **wrong)
    assert str(caught.value) == "paginate() got an unexpected keyword argument 'max_item'"
