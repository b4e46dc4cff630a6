"""Logs of scripted walks: each request, wait, event, item, page and error, with the cursor and the stats at the end."""

import tempfile
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path
from typing import Any, NamedTuple

import httpx
from answers import ok
from scripted_service import URL, Log, Said, log_of

import odatafilter as of
from odatafilter.errors import PagingError
from odatafilter.paging import FileCheckpoint, Listing, Origins, PageSize, Rate, Retry, gather_pages, paginate

LISTING = Listing.odata(URL)
NONE: Mapping[str, Any] = {}


class Job(of.Schema):
    id = of.Int64()
    name = of.String()


def _end(log: Log, walk: Any) -> None:
    more = f", delta link {walk.delta_link}" if walk.delta_link else ""
    log.add(f"{walk.cursor!r}, {walk.stats!r}{more}")


def take_items(log: Log, walk: Any) -> None:
    """Each item; after an error, once more."""
    _take(log, walk, lambda: log.add_each("item", walk))


def take_pages(log: Log, walk: Any) -> None:
    def each() -> None:
        for page in log.each(walk.pages()):
            log.add(f"{page!r} from {page.url} with {page.status}, skipped {page.skipped}, next {page.next_link}")
            log.add(f"    {page.items} of {page.cursor!r} to {page.next_cursor!r} beside {page.members}")
            log.add(f"    {b''.join(page.lines())!r}")

    _take(log, walk, each)


def take_batches(log: Log, walk: Any) -> None:
    """Batches of three."""
    _take(log, walk, lambda: log.add_each("batch", walk.batches(3)))


def collect(log: Log, walk: Any) -> None:
    _take(log, walk, lambda: log.add(f"collected {log.run(walk.collect())}"))


def write(log: Log, walk: Any) -> None:
    """A file, and what is left of it after an error."""

    def each() -> None:
        try:
            log.add(f"written {log.run(walk.to_ndjson(log.folder / 'out.ndjson'))}")
        finally:
            for path in sorted(log.folder.iterdir()):
                found = path.read_bytes()
                log.add(f"{path.name}: {found!r}" if path.suffix != ".cursor" else f"{path.name} is there")

    _take(log, walk, each)


def look_at_first(log: Log, walk: Any) -> None:
    """The first item, then a page of what is left of the page, then the rest."""
    log.add(f"first {log.run(walk.first())}")
    _end(log, walk)
    log.add(f"page {next(log.each(walk.pages()))!r}")
    _end(log, walk)
    take_items(log, walk)


def take_ahead(log: Log, walk: Any) -> None:
    """The pages, each fetched while the one before is worked on: the lines stand in no order."""
    take_pages(log, walk)
    log.run(walk.aclose() if log.runner else walk.close())
    log.lines.sort()


def gather(log: Log, walk: Any) -> None:
    """The pages of the walk and of another one, which is worked on after it: the lines stand in no order."""
    other: Any = paginate(log.client(), LISTING, on_event=log.add)
    gathered: Any = gather_pages([walk, other], concurrency=1)

    def each() -> None:
        for page in log.each(gathered):
            log.add(f"{page!r} from {page.url}: {page.items} up to {page.next_cursor!r}")

    _take(log, walk, each)
    log.run(gathered.aclose() if log.runner else gathered.close())
    _end(log, other)
    log.lines.sort()


def _take(log: Log, walk: Any, each: Callable[[], object]) -> None:
    for _ in range(2):
        try:
            each()
        except PagingError as error:
            log.add(f"{type(error).__name__}: {error}")
            log.add(f"    at {error.cursor!r}, {error.items_done} items, {getattr(error, '__notes__', ())}")
            _end(log, walk)
        else:
            _end(log, walk)
            break


class Script(NamedTuple):
    """A walk: what the service answers, what the walk is told, and how its consumer takes it."""

    name: str
    answers: tuple[Said, ...]
    options: dict[str, Any]
    take: Callable[[Log, Any], None] = take_items
    listing: Listing = LISTING


def page(first: int, count: int = 2, following: str | None = None, more: Mapping[str, Any] = NONE) -> httpx.Response:
    """A page of an OData service with `count` items from `first` on."""
    link = {} if following is None else {"@odata.nextLink": following}
    return ok({"value": [{"id": number} for number in range(first, first + count)], **link, **more})


def busy(status: int = 503, **headers: str) -> httpx.Response:
    said = {"error": {"code": "Busy", "message": "Come back later."}}
    return ok(said, {name.replace("_", "-"): value for name, value in headers.items()}, status)


def scripts(folder: Path) -> list[Script]:
    """Made anew for each driver, as checkpoints and rates keep what was."""
    whole = (page(1, following="?2"), page(3, following="?3"), page(5))
    three = {"retry": Retry(attempts=3)}
    tokens = iter(f"token{number}" for number in range(1, 9))
    return [
        Script("three pages, item by item", whole, {}),
        Script("three pages", whole, {}, take_pages),
        Script("three pages in batches", whole, {}, take_batches),
        Script("three pages at once", whole, {}, collect),
        Script("three pages in a file", whole, {}, write),
        Script("an item, the rest of its page, the rest", whole, {}, look_at_first),
        Script("no items", (page(1, 0),), {}, take_pages),
        Script(
            "a count, a delta link and members",
            (page(1, following="?2", more={"@odata.count": 4}), page(3, more={"@odata.deltaLink": "?d", "more": [1]})),
            {"count": True},
            take_pages,
        ),
        Script(
            "all query options",
            (page(1),),
            {
                "filter": "id gt 1 and name eq 'O''Hare & co'",
                "orderby": Job.id.desc(),
                "select": ["id", "name"],
                "expand": ["owner", "inputs"],
                "count": True,
                "params": {"tenant": "a b/c"},
                "page_size": 50,
            },
            listing=Listing.odata(f"{URL}?api-version=1", schema=Job, headers={"X-Key": "k"}),
        ),
        Script(
            "a page size in the URL",
            (page(1),),
            {"top": 7},
            listing=Listing(URL, items="value", next_link="@odata.nextLink", page_size=PageSize("$top", max=7)),
        ),
        Script("as many items as are wanted", whole, {"max_items": 3}),
        Script("as many items as are wanted, at the end of a page", whole, {"max_items": 4}, take_pages),
        Script("as many pages as are wanted", whole, {"max_pages": 2}, take_pages),
        Script("nothing is wanted", whole, {"max_items": 0}),
        Script("a 503 and two attempts", (busy(), busy(), *whole[2:]), three),
        Script("a 429 that says when", (busy(429, Retry_After="7"), *whole[2:]), three),
        Script("a wait that is too long", (busy(429, Retry_After="121"), *whole[2:]), three),
        Script("the last attempt fails", (busy(502), busy(503), busy(504), *whole), three, take_batches),
        Script("more retries than a walk may have", (busy(), *whole), {"retry": Retry(walk_retries=0)}),
        Script(
            "no time is left", (busy(), busy(), *whole), {"retry": Retry(base=2, page_deadline=3, attempts=9)}, collect
        ),
        Script(
            "nobody is there, and then somebody",
            (httpx.ConnectError("no route"), httpx.ReadTimeout("slow"), *whole[2:]),
            three,
        ),
        Script("no HTTP at all", (httpx.UnsupportedProtocol("what is this?"), *whole[2:]), three),
        Script("a refusal", (ok({"error": {"code": "No", "message": "Not you."}}, status=403), *whole[2:]), three),
        Script("an error in the middle of a collection", (whole[0], busy(400), *whole[1:]), {}, collect),
        Script("an error in the middle of a file", (whole[0], busy(400), *whole[1:]), {}, write),
        Script("an error in the middle of a batch", (whole[0], busy(400), *whole[1:]), {}, take_batches),
        Script("no page", (ok({"data": []}), ok(b"<html>"), ok([])), {}),
        Script("a page that was cut", (ok(b'{"value": [{"id": 1}, {"i'), *whole[2:]), three),
        Script("a page that is too large", (page(1, 50),), {"retry": Retry(max_page_bytes=200)}),
        Script("a link to the same page", (page(1, following="?2"), page(3, following="?2"), page(5)), {}),
        Script("the same items again", (page(1, following="?2"), page(1, following="?3"), page(5)), {}),
        Script("a link to somebody else", (page(1, following="http://b.test/P?2"), page(3)), {}),
        Script(
            "a link to somebody else, who is trusted",
            (page(1, following="http://b.test/P?2"), page(3)),
            {"origins": Origins.allow("http://b.test"), "token": lambda: "t"},
        ),
        Script(
            "a link to somebody else, who gets no credentials",
            (page(1, following="http://b.test/P?2"), page(3)),
            {"origins": Origins.strip(), "token": lambda: "t"},
            listing=Listing.odata(URL, headers={"X-Key": "k"}),
        ),
        Script("a link that is no text", (ok({"value": [{"id": 1}], "@odata.nextLink": 2}), page(3)), {}, collect),
        Script("a link where nobody looks", (ok({"value": [{"id": 1}], "links": {"next": "/P?2"}}), page(3)), {}),
        Script("an error beside the items", (ok({"value": [{"id": 1}], "error": {"message": "only half"}}),), {}),
        Script("a redirect", (httpx.Response(302, headers={"location": "/Q?1"}), page(1)), {}, take_pages),
        Script(
            "redirects without end", tuple(httpx.Response(307, headers={"location": f"/{n}"}) for n in range(12)), {}
        ),
        Script(
            "a token that is renewed", (page(1, following="?2"), busy(401), page(3)), {"token": lambda: next(tokens)}
        ),
        Script("a token that is refused twice", (busy(401), busy(401), page(1)), {"token": lambda: next(tokens)}),
        Script("no token", (), {"token": lambda: ""}),
        Script(
            "items that are passed over",
            (ok({"value": [1, "x", 3, None, 5]}),),
            {"item_type": int, "on_bad_item": "skip"},
        ),
        Script(
            "pages of items that are passed over",
            (ok({"value": [1, "x", 3]}),),
            {"item_type": int, "on_bad_item": "skip", "max_items": 2},
            take_pages,
        ),
        Script("a bad item", (ok({"value": [1, "x", 3]}),), {"item_type": int}),
        Script("a bad item of a page", (ok({"value": [1, "x", 3]}),), {"item_type": int}, take_batches),
        Script("a checkpoint", whole, {"checkpoint": FileCheckpoint(folder / "kept", every=1)}),
        Script("from the end of a checkpoint", whole, {"checkpoint": FileCheckpoint(folder / "kept")}),
        Script("a page that has shrunk", (page(1, 1),), {"start": _cursor_in_page_two()}),
        Script("from a cursor", (page(3, following="?3"), page(5)), {"start": _cursor_in_page_two()}, take_pages),
        Script("from a cursor in a file", (page(3, following="?3"), page(5)), {"start": _cursor_in_page_two()}, write),
        Script(
            "a timeout that ends with the deadline",
            (busy(), busy(), page(1)),
            {"retry": Retry(page_deadline=4, base=1)},
        ),
        Script("a timeout at the deadline", (httpx.ReadTimeout("slow"), page(1)), {"retry": Retry(page_deadline=0.25)}),
        Script(
            "a timeout before the deadline", (httpx.ReadTimeout("slow"), page(1)), {"retry": Retry(page_deadline=0.5)}
        ),
        Script("a page that comes at the deadline", (page(1),), {"retry": Retry(page_deadline=0.25)}),
        Script("a page that comes after the deadline", (page(1), page(1)), {"retry": Retry(page_deadline=0.2)}),
        Script("pages that are fetched ahead", whole, {"prefetch": 1}, take_ahead),
        Script("as many items as are wanted, ahead", whole, {"prefetch": 1, "max_items": 4}, take_ahead),
        Script("as many pages as are wanted, ahead", whole, {"prefetch": 1, "max_pages": 2}, take_ahead),
        Script("a wait ahead", (whole[0], busy(429, Retry_After="7"), *whole[1:]), {"prefetch": 1}, take_ahead),
        Script("an error ahead", (whole[0], busy(400), *whole[1:]), {"prefetch": 1}, take_ahead),
        Script("two walks", (*whole, page(7, following="?8"), page(9)), {}, gather),
        Script("two walks, and an error of the first", (whole[0], busy(400), *whole[1:], page(7)), {}, gather),
        Script("two walks, and too many requests", (whole[0], busy(429), *whole[1:], page(7)), {}, gather),
        Script("two requests in five seconds", whole, {"rate": Rate(0.4)}),
        Script("empty pages", (page(1, 0, "?2"), page(1, 0, "?3"), page(1, 0, "?4")), {}, listing=_FEW_EMPTY),
    ]


_FEW_EMPTY = Listing.odata(URL, max_empty_pages=2)


def _cursor_in_page_two() -> str:
    """The place behind the third item of three pages with two items each."""
    answers = [page(1, following="?2"), page(3, following="?3")]
    client = httpx.Client(transport=httpx.MockTransport(lambda _: answers.pop(0)))
    walk = paginate(client, LISTING)
    for _ in range(3):
        next(walk)
    return str(walk.cursor)


def logs(*, is_async: bool) -> dict[str, list[str]]:
    """The lines of each walk, by its name."""
    with tempfile.TemporaryDirectory() as folder:
        return {
            script.name: log_of(script.answers, partial(_walk, script), is_async=is_async)
            for script in scripts(Path(folder))
        }


def _walk(script: Script, log: Log) -> None:
    walk: Any = paginate(log.client(), script.listing, on_event=log.add, **script.options)
    script.take(log, walk)
