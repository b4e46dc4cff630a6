"""Items written to a file, one a line, so that a killed process can go on and the file appears only when whole."""

import os
from pathlib import Path
from typing import Any, BinaryIO, Self

import msgspec

from odatafilter.errors import CursorError
from odatafilter.paging.checkpoint import replace_file
from odatafilter.paging.cursor import Cursor
from odatafilter.paging.page import Page

_EVERY = 1000  # items between two checkpoints


class _Mark(msgspec.Struct, frozen=True):
    """Up to which byte the part is whole, and the cursor that goes on from there.

    `items` lines and `pages` pages are in it; with `whole` there is nothing to add.
    """

    size: int
    cursor: str
    items: int
    pages: int
    whole: bool


class NdjsonFile:
    """The file at `path` while it is made: `path.part` holds the lines so far, `path.cursor` where to go on."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._part = self.path.with_name(f"{self.path.name}.part")
        self._mark = self.path.with_name(f"{self.path.name}.cursor")
        self._file: BinaryIO | None = None
        self._marked = 0
        self.items = 0
        self.pages = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def resumed(self, start: Cursor) -> Cursor:
        """The cursor to go on from: `start`, or where a process stood before. Raises `CursorError` where it is lost."""
        mark = self._marked_before()
        if mark is None:
            self._file = self._part.open("wb")
            return start
        cursor = Cursor.parse(mark.cursor)
        if cursor.binding != start.binding:
            raise CursorError(
                f"{self._mark} belongs to another URL, filter, page size or params: remove it to begin anew"
            )
        self.items, self.pages = mark.items, mark.pages
        if not self._part.exists() and mark.whole:  # killed between the last two steps
            return cursor
        self._file = self._opened(mark)
        self._marked = cursor.items_done
        return cursor

    def _marked_before(self) -> _Mark | None:
        try:
            return msgspec.json.decode(self._mark.read_bytes(), type=_Mark)
        except FileNotFoundError:
            return None
        except msgspec.DecodeError:
            raise CursorError(f"{self._mark} is no mark of a file in the making: remove it to begin anew") from None

    def _opened(self, mark: _Mark) -> BinaryIO:
        size = self._part.stat().st_size if self._part.exists() else 0
        if size < mark.size:
            raise CursorError(
                f"{self._part} has {size} bytes where {mark.size} were written: remove {self._mark} to begin anew"
            )
        file = self._part.open("r+b")
        file.truncate(mark.size)
        file.seek(mark.size)
        return file

    def add(self, page: Page[Any]) -> None:
        """Adds the items of `page`."""
        if self._file is not None:
            self._file.writelines(list(page.lines()))
            self.items += len(page)
            self.pages += 1
            if page.next_cursor.items_done - self._marked >= _EVERY:
                self._set_mark(page.next_cursor)

    def _set_mark(self, cursor: Cursor, *, whole: bool = False) -> None:
        """Makes what was added durable, and `cursor` the place to go on from."""
        if self._file is not None:
            self._file.flush()
            os.fsync(self._file.fileno())
            mark = _Mark(self._file.tell(), str(cursor), self.items, self.pages, whole)
            replace_file(self._mark, msgspec.json.encode(mark))
            self._marked = cursor.items_done

    def finish(self, cursor: Cursor) -> int:
        """The number of items in the file, which has its name from now on."""
        self._set_mark(cursor, whole=True)
        if self._file is not None:
            self._file.close()
            self._part.replace(self.path)
            _sync_directory(self.path.parent)
        self._mark.unlink(missing_ok=True)
        return self.items


def _sync_directory(path: Path) -> None:
    """Has the names in the directory `path` written to the disk, where the system can do that."""
    if os.name == "posix":
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)
