"""What is written of a file is kept however the walk ends, and the error and the stats say how much that is."""

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from odatafilter.errors import BadItemError, PagingError, RateLimited, StatusError
from odatafilter.paging import AsyncWalk, Listing, Walk, paginate

LISTING = Listing("http://a.test/jobs")
PAGES, SIZE = 20, 5
ALL = list(range(PAGES * SIZE))
Answer = Callable[[int], httpx.Response | None]


class Service:
    """A listing of 20 pages; `answer` takes the place of the answer for a page, where it returns one."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.answer: Answer = lambda _: None

    def __call__(self, request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        self.asked.append(at)
        return self.answer(at) or page(at)

    async def later(self, request: httpx.Request) -> httpx.Response:
        await asyncio.sleep(0)
        return self(request)

    def walk(self, **options: Any) -> Walk[Any]:
        return paginate(httpx.Client(transport=httpx.MockTransport(self)), LISTING, **options)

    def async_walk(self, **options: Any) -> AsyncWalk[Any]:
        return paginate(httpx.AsyncClient(transport=httpx.MockTransport(self.later)), LISTING, **options)

    def write(self, kind: str, path: Path, **options: Any) -> int:
        """The file, with a walk of its own."""
        if kind == "sync":
            return self.walk(**options).to_ndjson(path)
        return asyncio.run(self.async_walk(**options).to_ndjson(path))


def page(at: int, items: list[Any] | None = None) -> httpx.Response:
    found = [{"id": at * SIZE + each} for each in range(SIZE)] if items is None else items
    link = {"next": {"href": f"?{at + 1}"}} if at < PAGES - 1 else None
    return httpx.Response(200, json={"jobs": found, "_links": link})


def ids(path: Path) -> list[int]:
    return [json.loads(line)["id"] for line in path.read_text().splitlines()]


def fails_at(number: int, make: Callable[[], httpx.Response]) -> Answer:
    """`make`, once, for the page at `number`."""
    left = [make]
    return lambda at: left.pop()() if at == number and left else None


def raises(error: BaseException) -> Callable[[], httpx.Response]:
    def make() -> httpx.Response:
        raise error

    return make


@pytest.fixture
def service() -> Service:
    return Service()


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_service_that_refuses_every_ninth_request_gives_the_whole_file_at_last(
    service: Service, tmp_path: Path, kind: str
) -> None:
    busy = httpx.Response(429, headers={"Retry-After": "3600"})
    service.answer = lambda _: None if len(service.asked) % 9 else busy
    path = tmp_path / "f"
    for done in (8, 16):
        with pytest.raises(RateLimited) as caught:
            service.write(kind, path)
        error = caught.value
        assert (error.page_number, error.items_done) == (done + 1, done * SIZE)
        assert error.__notes__ == [
            f"{done * SIZE} items are in {path}.part: to_ndjson with the same path again goes on"
        ]
    assert service.write(kind, path) == len(ALL)
    assert ids(path) == ALL
    assert service.asked == [*range(9), *range(8, 17), *range(16, 20)]
    assert list(tmp_path.iterdir()) == [path]


def test_the_same_walk_goes_on_too(service: Service, tmp_path: Path) -> None:
    service.answer = lambda _: None if len(service.asked) % 6 else httpx.Response(403)
    walk = service.walk()
    for pages in (5, 10, 15):
        with pytest.raises(StatusError):
            walk.to_ndjson(tmp_path / "f")
        assert (walk.stats.pages, walk.stats.items, walk.stats.stopped_by) == (pages, pages * SIZE, "error")
    assert walk.to_ndjson(tmp_path / "f") == len(ALL)
    assert (ids(tmp_path / "f"), walk.stats.pages) == (ALL, PAGES)


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize("error", [KeyboardInterrupt(), SystemExit(1), ZeroDivisionError(), asyncio.CancelledError()])
@pytest.mark.parametrize("at", [0, 1, PAGES - 1])
def test_whatever_ends_the_walk_what_was_written_is_kept(
    service: Service, tmp_path: Path, kind: str, error: BaseException, at: int
) -> None:
    service.answer = fails_at(at, raises(error))
    with pytest.raises(type(error)):
        service.write(kind, tmp_path / "f")
    assert service.write(kind, tmp_path / "f") == len(ALL)
    assert ids(tmp_path / "f") == ALL
    assert service.asked == [*range(at + 1), *range(at, PAGES)]


def test_a_task_that_is_cancelled_while_it_waits_keeps_what_was_written(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "f"

    async def main() -> None:
        waits = asyncio.Event()

        async def answer(request: httpx.Request) -> httpx.Response:
            if request.url.query == b"7":
                waits.set()
                await asyncio.sleep(60)
            return service(request)

        client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
        writing = asyncio.create_task(paginate(client, LISTING).to_ndjson(path))
        await waits.wait()
        writing.cancel()
        with pytest.raises(asyncio.CancelledError):
            await writing

    asyncio.run(main())
    assert service.write("async", path) == len(ALL)
    assert service.asked == list(range(PAGES))


def test_steps_that_nobody_does_any_more_keep_what_was_written(service: Service, tmp_path: Path) -> None:
    walk = service.walk()
    steps = walk._steps_to_file(tmp_path / "f")
    step = next(steps)
    for _ in range(7):  # the last of them adds the third page
        step = steps.send(walk._carry_out(step))
    steps.close()
    assert service.asked == [0, 1, 2]
    assert service.write("sync", tmp_path / "f") == len(ALL)
    assert service.asked == list(range(PAGES))


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_error_names_the_page_and_the_items_of_the_whole_file(service: Service, tmp_path: Path, kind: str) -> None:
    service.answer = lambda at: httpx.Response(403) if at == 15 else None
    for asked in (16, 1):
        service.asked.clear()
        with pytest.raises(StatusError) as caught:
            service.write(kind, tmp_path / "f")
        assert len(service.asked) == asked
        assert str(caught.value).endswith("page 16 after 75 items: http://a.test/jobs")
        assert len((tmp_path / "f.part").read_bytes().splitlines()) == 75


def test_a_walk_whose_file_failed_begins_at_its_start_when_it_is_used_otherwise(
    service: Service, tmp_path: Path
) -> None:
    service.answer = fails_at(7, lambda: httpx.Response(403))
    walk = service.walk(max_items=60)
    with pytest.raises(StatusError) as caught:
        walk.to_ndjson(tmp_path / "f")
    assert (walk.stats.items, walk.stats.pages, walk.cursor.items_done) == (35, 7, 0)
    assert [item["id"] for item in walk] == ALL[:60]
    assert (walk.stats.items, walk.stats.pages) == (60, 12)
    assert [item["id"] for item in service.walk(start=caught.value.cursor)] == ALL[35:]
    assert service.walk(start=caught.value.cursor).to_ndjson(tmp_path / "f") == len(ALL)
    assert ids(tmp_path / "f") == ALL


@pytest.mark.parametrize("kind", ["sync", "async"])
def test_the_items_before_one_that_cannot_be_read_are_kept(service: Service, tmp_path: Path, kind: str) -> None:
    items: list[Any] = [{"id": 10}, {"id": 11}, 7, {"id": 13}, {"id": 14}]
    service.answer = lambda at: page(at, items) if at == 2 else None
    for _ in range(2):
        with pytest.raises(BadItemError) as caught:
            service.write(kind, tmp_path / "f")
        assert (caught.value.page_number, caught.value.items_done) == (3, 12)
        assert ids(tmp_path / "f.part") == ALL[:12]
    service.answer = lambda _: None
    assert service.write(kind, tmp_path / "f") == len(ALL)
    assert ids(tmp_path / "f") == ALL


FULL_DISK = """
import asyncio, resource, sys
from pathlib import Path
sys.path.insert(0, sys.argv[3])
from test_paging_part import Service, PagingError
resource.setrlimit(resource.RLIMIT_FSIZE, (500, 500))
try:
    Service().write(sys.argv[1], Path(sys.argv[2]))
except PagingError as error:
    print(str(error), error.__notes__, repr(error.__cause__), sep="\\n")
"""


@pytest.mark.skipif(sys.platform == "win32", reason="there are no limits here")
@pytest.mark.parametrize("kind", ["sync", "async"])
def test_a_full_disk_is_an_error_of_the_walk_that_names_the_file(service: Service, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "f"
    command = [sys.executable, "-c", FULL_DISK, kind, str(path), str(Path(__file__).parent)]
    for _ in range(2):
        done = subprocess.run(command, capture_output=True, text=True, check=True)
        kept = len((tmp_path / "f.part").read_bytes().splitlines())
        assert 0 < kept < len(ALL)
        assert kept % SIZE == 0
        assert done.stdout.splitlines() == [
            f"{path}.part cannot be written: File too large",
            f"    page {kept // SIZE + 1} after {kept} items: http://a.test/jobs",
            f"['{kept} items are in {path}.part: to_ndjson with the same path again goes on']",
            "OSError(27, 'File too large')",
        ]
    assert service.write(kind, path) == len(ALL)
    assert ids(path) == ALL
    assert service.asked[0] == kept // SIZE


def test_where_no_mark_can_be_set_the_one_before_counts(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("odatafilter.paging._ndjson._EVERY", 10)
    real = Path.replace
    marks: list[Path] = []

    def replace(new: Path, path: Path) -> Path:
        marks.append(path)
        if len(marks) > 3:
            raise OSError(28, "No space left on device")
        return real(new, path)

    with monkeypatch.context() as patch:
        patch.setattr(Path, "replace", replace)
        with pytest.raises(PagingError) as caught:
            service.walk().to_ndjson(tmp_path / "f")
    assert caught.value.message == f"{tmp_path}/f.cursor cannot be written: No space left on device"
    assert caught.value.items_done == 30
    assert service.walk().to_ndjson(tmp_path / "f") == len(ALL)
    assert ids(tmp_path / "f") == ALL
