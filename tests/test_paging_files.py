"""Cursors, checkpoints and files of walks on a disk that others can reach: judged as input, private, never led elsewhere."""

import asyncio
import os
import socket
import stat
from collections.abc import Callable
from pathlib import Path
from threading import Thread
from typing import Any

import httpx
import msgspec
import pytest
from fault_server import jobs

from odatafilter.errors import CursorError, PagingError, PagingValueError
from odatafilter.paging import Cursor, FileCheckpoint, Listing, Rate, Retry, paginate
from odatafilter.paging._files import check_writable, replace_file, sync_directory
from odatafilter.paging._ndjson import NdjsonFile

LISTING = Listing("http://a.test/jobs")
PAGES = 4
ALL = list(range(PAGES))
posix = pytest.mark.skipif(os.name != "posix", reason="modes, links and FIFOs are those of POSIX")


class Service:
    """A listing of one item a page; what was asked for is in `asked`."""

    def __init__(self) -> None:
        self.asked: list[int] = []
        self.down: set[int] = set()

    def answer(self, request: httpx.Request) -> httpx.Response:
        at = int(request.url.query or 0)
        self.asked.append(at)
        if at in self.down:
            return httpx.Response(404)
        link = {"next": {"href": f"?{at + 1}"}} if at < PAGES - 1 else None
        return httpx.Response(200, json={"jobs": jobs(at), "_links": link})

    def walk(self, **options: Any) -> Any:
        return paginate(httpx.Client(transport=httpx.MockTransport(self.answer)), LISTING, **options)

    def async_walk(self, **options: Any) -> Any:
        return paginate(httpx.AsyncClient(transport=httpx.MockTransport(self.answer)), LISTING, **options)


@pytest.fixture
def service() -> Service:
    return Service()


def mode(path: Path) -> int:
    return stat.S_IMODE(path.lstat().st_mode)


# --- numbers -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["page_number", "offset", "items_done"])
@pytest.mark.parametrize("number", [-1, -5, 2**64])
def test_a_cursor_with_a_number_that_cannot_be_is_refused(service: Service, name: str, number: int) -> None:
    fields = {**msgspec.structs.asdict(service.walk().cursor), name: number}
    with pytest.raises(CursorError):
        Cursor(**fields)
    with pytest.raises(CursorError):
        service.walk(start=spelt(fields))
    assert service.asked == []


def spelt(fields: dict[str, Any]) -> str:
    """The text of a cursor with these fields, check digits included, whatever they are."""

    class Free(Cursor, frozen=True, kw_only=True):
        page_number: Any
        offset: Any
        items_done: Any

        def __post_init__(self) -> None:
            pass

    return str(Free(**fields))


def test_what_is_wrong_with_the_numbers_of_a_cursor_is_said(service: Service) -> None:
    with pytest.raises(CursorError) as caught:
        service.walk(start=spelt({**msgspec.structs.asdict(service.walk().cursor), "offset": -5}))
    assert str(caught.value) == "no cursor: no walk stands at page 1, -5 items into it, 0 items in all"


def test_a_cursor_shows_nothing_that_may_be_a_secret() -> None:
    cursor = Cursor(binding="b", link="https://me:pw@a.test/jobs?sig=SECRET", page_number=2, items_done=3)
    assert repr(cursor) == "Cursor(link='https://a.test/jobs', page_number=2, offset=0, items_done=3, ended=False)"
    assert repr(Cursor(binding="b")) == "Cursor(page_number=1, offset=0, items_done=0, ended=False)"
    assert Cursor.parse(str(cursor)) == cursor


def test_a_page_has_a_number_from_1() -> None:
    with pytest.raises(CursorError):
        Cursor(binding="b", page_number=0)


def test_a_text_that_is_too_long_for_a_cursor_is_not_read(service: Service, tmp_path: Path) -> None:
    with pytest.raises(CursorError, match="1 MiB"):
        Cursor.parse("1." + "A" * (1 << 20))
    path = tmp_path / "c"
    path.write_bytes(b"1." + b"A" * (2 << 20))
    with pytest.raises(CursorError) as caught:
        service.walk(checkpoint=FileCheckpoint(path))
    assert str(caught.value) == f"{path}: no cursor: the text of one has 1 MiB at most; remove the file to begin anew"
    with pytest.raises(CursorError, match="its link is over"):
        Cursor(binding="b", link="x" * (1 << 20))


def test_a_cursor_of_the_first_release_is_read(service: Service) -> None:
    text = (
        "1.eyJiaW5kaW5nIjoiM2Q0YWE2NDY3NzZkZTVjYzMwMjBlZjMyM2E1NGI2ZDIiLCJsaW5rIjoiaHR0cDovL2EudGVzdC9qb2JzPzIiLCJwYWdl"
        "X251bWJlciI6Mywib2Zmc2V0IjowLCJpdGVtc19kb25lIjoyLCJlbmRlZCI6ZmFsc2V9.e5dde1c4"
    )
    assert [item["id"] for item in service.walk(start=text)] == ALL[2:]
    walk = service.walk()
    for _ in range(2):
        next(walk)
    assert str(walk.cursor) == text


@pytest.mark.parametrize("name", ["size", "items", "pages"])
@pytest.mark.parametrize("number", [-1, 2**62 + 1])
def test_the_mark_of_a_file_with_a_number_that_cannot_be_is_refused(
    service: Service, tmp_path: Path, name: str, number: int
) -> None:
    path = tmp_path / "f"
    mark = {"size": 0, "cursor": str(service.walk().cursor), "items": 0, "pages": 0, "whole": False, name: number}
    path.with_name("f.cursor").write_bytes(msgspec.json.encode(mark))
    with pytest.raises(CursorError) as caught:
        service.walk().to_ndjson(path)
    assert str(caught.value) == f"{path}.cursor is no mark of a file in the making: remove it to begin anew"
    assert service.asked == []


@pytest.mark.parametrize("number", [0, 1, 2**62])
def test_a_mark_says_how_many_lines_are_in_the_part(service: Service, tmp_path: Path, number: int) -> None:
    mark = {"size": 0, "cursor": str(service.walk().cursor), "items": number, "pages": number, "whole": False}
    tmp_path.joinpath("f.cursor").write_bytes(msgspec.json.encode(mark))
    walk = service.walk()
    assert walk.to_ndjson(tmp_path / "f") == PAGES + number
    assert (walk.stats.items, walk.stats.pages) == (PAGES + number, PAGES + number)


def test_a_part_that_is_shorter_than_its_mark_says_is_refused(service: Service, tmp_path: Path) -> None:
    mark = {"size": 2**62, "cursor": str(service.walk().cursor), "items": 0, "pages": 0, "whole": False}
    tmp_path.joinpath("f.cursor").write_bytes(msgspec.json.encode(mark))
    with pytest.raises(CursorError, match=rf"f\.part has 0 bytes where {2**62} were written"):
        service.walk().to_ndjson(tmp_path / "f")


# --- who may read, and where links lead --------------------------------------------------------------------------------


@posix
def test_cursors_marks_and_files_are_private(service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = os.umask(0)
    try:
        checkpoint = tmp_path / "c"
        next(service.walk(checkpoint=FileCheckpoint(checkpoint)))
        service.down = {2}
        path = tmp_path / "f"
        monkeypatch.setattr("odatafilter.paging._ndjson._EVERY", 1)
        with pytest.raises(PagingError):
            service.walk().to_ndjson(path)
        assert {each.name: mode(each) for each in tmp_path.iterdir()} == {
            "c": 0o600,
            "f.cursor": 0o600,
            "f.part": 0o600,
        }
        service.down.clear()
        path.with_name("f.part").chmod(0o666)  # as the first release made it
        assert service.walk().to_ndjson(path) == PAGES
        assert mode(path) == 0o600
    finally:
        os.umask(before)


@posix
def test_a_link_where_a_temporary_file_might_be_leads_nowhere(service: Service, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("precious")
    for name in ("c.new", "f.cursor.new"):
        tmp_path.joinpath(name).symlink_to(victim)
    checkpoint = FileCheckpoint(tmp_path / "c")
    assert len(list(service.walk(checkpoint=checkpoint))) == PAGES
    assert service.walk().to_ndjson(tmp_path / "f") == PAGES
    assert victim.read_text() == "precious"
    assert not checkpoint.path.is_symlink()


@posix
@pytest.mark.parametrize("how", ["symlink", "hard link"])
def test_a_part_that_is_a_link_is_refused(service: Service, tmp_path: Path, how: str) -> None:
    victim, part = tmp_path / "victim", tmp_path / "f.part"
    victim.write_text("precious")
    if how == "symlink":
        part.symlink_to(victim)
        says = f"{part} is a symbolic link: the path of a file is wanted"
    else:
        os.link(victim, part)
        says = f"{part} has another name, too: remove it, for that file would change"
    with pytest.raises(PagingValueError) as caught:
        service.walk().to_ndjson(tmp_path / "f")
    assert str(caught.value) == says
    assert (victim.read_text(), service.asked) == ("precious", [])


@posix
def test_a_link_to_a_file_is_replaced_and_where_it_led_is_left_alone(service: Service, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.write_text("precious")
    path = tmp_path / "f"
    path.symlink_to(other)
    assert service.walk().to_ndjson(path) == PAGES
    assert (other.read_text(), path.is_symlink()) == ("precious", False)


@posix
@pytest.mark.parametrize(("name", "kept"), [("f.part", False), ("f", False), ("f", True)])
def test_a_file_of_somebody_else_where_anybody_can_make_one_is_refused(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, kept: bool
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    shared.chmod(0o1777)
    (shared / name).write_bytes(b"")
    monkeypatch.setattr(os, "geteuid", lambda: 4242)
    real = Path.stat

    def root_owned(self: Path, **options: Any) -> os.stat_result:
        found = real(self, **options)
        return os.stat_result((*found[:4], 0, *found[5:])) if self == shared else found

    if shared.stat().st_uid != 0:
        monkeypatch.setattr(Path, "stat", root_owned)
    else:
        os.chown(shared / name, 4243, -1)
    walk = service.walk()
    with pytest.raises(PagingValueError) as caught:
        service.walk(checkpoint=FileCheckpoint(shared / "f")) if kept else walk.to_ndjson(shared / "f")
    assert str(caught.value) == f"{shared}/{name} belongs to another user: choose another path"


# --- what is no file, or cannot be one ---------------------------------------------------------------------------------


def made_directory(path: Path) -> None:
    path.mkdir()


def made_fifo(path: Path) -> None:
    os.mkfifo(path)


def made_device(path: Path) -> None:
    try:
        os.mknod(path, stat.S_IFCHR | 0o600, os.makedev(1, 7))
    except (PermissionError, AttributeError):
        pytest.skip("no device can be made here")


def made_socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))


MADE = {"a directory": made_directory, "a FIFO": made_fifo, "a device": made_device, "a socket": made_socket}


@posix
@pytest.mark.parametrize("behind_link", [False, True])
@pytest.mark.parametrize("kind", MADE)
@pytest.mark.parametrize("how", ["file", "async file", "checkpoint", "save", "clear"])
def test_a_path_that_is_not_a_file_is_refused_before_anything_is_sent(
    service: Service, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, how: str, kind: str, *, behind_link: bool
) -> None:
    monkeypatch.chdir(tmp_path)  # the path of a socket is short
    path = real = Path("x")
    MADE[kind](real)
    if behind_link:
        path = Path("link")
        path.symlink_to(real)
    before = real.lstat()
    calls: dict[str, Callable[[], object]] = {
        "file": lambda: service.walk().to_ndjson(path),
        "async file": lambda: asyncio.run(service.async_walk().to_ndjson(path)),
        "checkpoint": lambda: service.walk(checkpoint=FileCheckpoint(path)),
        "save": lambda: FileCheckpoint(path).save(service.walk().cursor),
        "clear": lambda: FileCheckpoint(path).clear(),
    }
    with pytest.raises(PagingValueError) as caught:
        calls[how]()
    assert str(caught.value) == f"{path} is {kind}: the path of a file is wanted"
    assert service.asked == []
    assert (real.lstat().st_ino, real.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert len(list(tmp_path.iterdir())) == 1 + behind_link


@posix
@pytest.mark.parametrize("name", ["f.part", "f.cursor"])
@pytest.mark.parametrize("kind", ["a directory", "a FIFO"])
def test_what_stands_where_the_part_or_the_mark_is_to_be_is_refused(
    service: Service, tmp_path: Path, name: str, kind: str
) -> None:
    MADE[kind](tmp_path / name)
    with pytest.raises(PagingValueError) as caught:
        service.walk().to_ndjson(tmp_path / "f")
    assert str(caught.value) == f"{tmp_path / name} is {kind}: the path of a file is wanted"
    assert service.asked == []


@posix
@pytest.mark.parametrize("kind", ["a directory", "a FIFO", "a device"])
def test_what_stands_in_place_of_a_checkpoint_is_told_at_once(tmp_path: Path, kind: str) -> None:
    """Nobody writes to the FIFO, and it is not waited for."""
    found: list[str] = []

    def load() -> None:
        with pytest.raises(PagingValueError) as caught:
            FileCheckpoint(tmp_path / "c").load()
        found.append(str(caught.value))

    MADE[kind](tmp_path / "c")
    thread = Thread(target=load, daemon=True)
    thread.start()
    thread.join(5)
    assert found == [f"{tmp_path / 'c'} is {kind}: the path of a file is wanted"]


@posix
@pytest.mark.parametrize("how", ["no directory", "a file for a directory", "read only", "a name that is too long"])
def test_a_path_that_no_file_can_be_written_to_is_refused(service: Service, tmp_path: Path, how: str) -> None:
    path = tmp_path / "none" / "f"
    if how == "a file for a directory":
        (tmp_path / "none").write_text("")
    elif how == "read only":
        (tmp_path / "none").mkdir(mode=0o500)
        if os.access(tmp_path / "none", os.W_OK):
            pytest.skip("root may write everywhere")
    elif how == "a name that is too long":
        path = tmp_path / ("f" * 300)
    with pytest.raises(PagingValueError, match="cannot be used: "):
        service.walk().to_ndjson(path)
    with pytest.raises(PagingValueError, match="cannot be used: "):
        service.walk(checkpoint=FileCheckpoint(path))
    assert service.asked == []


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("", "the path is empty: the path of a file is wanted"),
        ("a\0b", "the path is a text with a character that no path can have: the path of a file is wanted"),
        (b"f", "the path is a value of the type 'bytes': the path of a file is wanted, as text or as a Path"),
        (None, "the path is a value of the type 'NoneType': the path of a file is wanted, as text or as a Path"),
        (7, "the path is a value of the type 'int': the path of a file is wanted, as text or as a Path"),
    ],
)
def test_a_path_is_the_path_of_a_file(service: Service, path: Any, says: str) -> None:
    for call in (lambda: FileCheckpoint(path), lambda: service.walk().to_ndjson(path)):
        with pytest.raises(PagingValueError) as caught:
            call()
        assert str(caught.value) == says


# --- what is left of killed processes ----------------------------------------------------------------------------------


@posix
def test_what_killed_processes_left_is_removed_and_what_others_write_is_not(tmp_path: Path) -> None:
    path = tmp_path / "c"
    left = tmp_path / f"c.{'0' * 16}.new"
    left.write_text("half")
    others = [tmp_path / f"d.{'0' * 16}.new", tmp_path / "c.new", tmp_path / f"c.{'0' * 15}.new"]
    for each in others:
        each.write_text("")
    real = os.fsync
    found: list[str] = []

    def slow(number: int) -> None:
        check_writable(path)  # another process begins meanwhile
        found.extend(each.name for each in tmp_path.iterdir() if each.name.startswith("c.") and len(each.name) > 20)
        real(number)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(os, "fsync", slow)
        replace_file(path, b"whole")
    assert path.read_bytes() == b"whole"
    assert left.name not in found
    assert len(found) == 2  # the new one, and that with fifteen digits
    assert sorted(tmp_path.iterdir()) == sorted([path, *others])


@posix
def test_what_is_written_is_on_the_disk_before_it_has_its_name(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    steps: list[str] = []
    sync, rename = os.fsync, Path.replace

    def note_sync(number: int) -> None:
        found = os.fstat(number)
        steps.append("the directory" if stat.S_ISDIR(found.st_mode) else "nothing" if not found.st_size else "content")
        sync(number)

    def note_rename(self: Path, target: Path) -> Path:
        steps.append(target.name)
        return rename(self, target)

    monkeypatch.setattr(os, "fsync", note_sync)
    monkeypatch.setattr(Path, "replace", note_rename)
    replace_file(tmp_path / "c", b"whole")
    assert steps == ["content", "c"]
    steps.clear()
    assert service.walk().to_ndjson(tmp_path / "f") == PAGES
    assert steps == ["content", "content", "f.cursor", "f", "the directory"]


def test_a_write_that_fails_leaves_the_old_file_and_nothing_else(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    checkpoint = FileCheckpoint(tmp_path / "c")
    walk = service.walk(checkpoint=checkpoint)
    next(walk)
    before = checkpoint.path.read_bytes()

    def full(_: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(PagingError) as caught:
            next(walk)
    assert caught.value.message == f"{checkpoint.path} cannot be written: No space left on device"
    assert list(tmp_path.iterdir()) == [checkpoint.path]
    assert checkpoint.path.read_bytes() == before
    assert [item["id"] for item in walk] == ALL[1:]


def test_a_file_that_was_written_is_not_emptied_by_a_walk_that_begins_at_its_end(
    service: Service, tmp_path: Path
) -> None:
    path, checkpoint = tmp_path / "f", FileCheckpoint(tmp_path / "c")
    walk = service.walk(checkpoint=checkpoint)
    assert walk.to_ndjson(path) == PAGES
    walk.ack()
    whole = path.read_bytes()
    with pytest.raises(PagingValueError) as caught:
        service.walk(checkpoint=FileCheckpoint(checkpoint.path)).to_ndjson(path)
    says = "the walk begins at its end, and the file is there: clear the checkpoint to write it anew"
    assert str(caught.value) == f"{path}: {says}"
    assert path.read_bytes() == whole
    assert sorted(tmp_path.iterdir()) == [checkpoint.path, path]
    assert service.walk(start=walk.cursor).to_ndjson(tmp_path / "other") == 0
    checkpoint.clear()
    assert service.walk(checkpoint=checkpoint).to_ndjson(path) == PAGES


def test_a_mark_of_a_finished_file_that_is_gone_is_an_error(service: Service, tmp_path: Path) -> None:
    path = tmp_path / "f"
    mark = {"size": 9, "cursor": str(service.walk().cursor), "items": 1, "pages": 1, "whole": True}
    path.with_name("f.cursor").write_bytes(msgspec.json.encode(mark))
    with pytest.raises(CursorError) as caught:
        service.walk().to_ndjson(path)
    assert str(caught.value) == f"{path}.part has 0 bytes where 9 were written: remove {path}.cursor to begin anew"


@posix
def test_the_lock_is_held_until_the_file_has_its_name(
    service: Service, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "f"
    real = Path.replace
    refused: list[str] = []

    def replace(self: Path, target: Path) -> Path:
        if self.name == "f.part":
            with NdjsonFile(path) as other, pytest.raises(PagingValueError) as caught:
                other.resume(service.walk().cursor)
            refused.append(caught.value.message)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    assert service.walk().to_ndjson(path) == PAGES
    assert refused == [f"{path}.part is being written by another walk"]


# --- a pace that several walks keep together ---------------------------------------------------------------------------


@pytest.mark.parametrize("seconds", ["99999999999", "1e400", "9" * 400])
def test_one_answer_does_not_stop_the_walks_that_share_a_rate(seconds: str) -> None:
    def answer(_: httpx.Request) -> httpx.Response:
        return httpx.Response(429, headers={"Retry-After": seconds})

    rate = Rate()
    options: dict[str, Any] = {"rate": rate, "retry": Retry(base=0.0)}
    walk = paginate(httpx.Client(transport=httpx.MockTransport(answer)), LISTING, **options)
    with pytest.raises(PagingError):
        walk.first()
    assert rate.paused() <= 120


@pytest.mark.parametrize("seconds", [-1, float("inf"), float("nan"), 1e10, True, "1"])
def test_a_pause_is_a_number_of_seconds(seconds: Any) -> None:
    rate = Rate()
    with pytest.raises(PagingValueError, match="a number from 0 to 1000000000 is wanted"):
        rate.pause(seconds)
    assert rate.paused() == 0


@posix
def test_a_file_and_its_name_are_on_the_disk_before_it_is_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[tuple[bool, int]] = []

    def fsync(number: int) -> None:
        found = os.fstat(number)
        seen.append((stat.S_ISDIR(found.st_mode), found.st_size))

    monkeypatch.setattr(os, "fsync", fsync)
    replace_file(tmp_path / "f", b"12345")
    sync_directory(tmp_path)
    assert seen[0] == (False, 5)
    assert [is_directory for is_directory, _ in seen[1:]] == [True]


def test_a_checkpoint_that_cannot_be_read_says_why(tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    path = tmp_path / "f" / "checkpoint"
    with pytest.raises(PagingValueError) as caught:
        FileCheckpoint(path).load()
    assert str(caught.value) == f"{path} cannot be used: Not a directory"
