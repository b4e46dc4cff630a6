"""Items written to a file, one a line, so that a killed process can go on and the file appears only when whole."""

import os
from typing import Annotated, Any, BinaryIO, Self

import msgspec

from odatafilter._safe_text import escape
from odatafilter.errors import CursorError, PagingValueError
from odatafilter.paging._files import (
    check_target,
    check_writable,
    open_locked,
    path_of,
    read_file,
    replace_file,
    sync_directory,
)
from odatafilter.paging.cursor import MAX_TEXT, Cursor
from odatafilter.paging.page import Page

_EVERY = 1000  # items between two checkpoints
_Count = Annotated[int, msgspec.Meta(ge=0, le=2**62)]


class _Mark(msgspec.Struct, frozen=True):
    """Up to which byte the part is whole, and the cursor that goes on from there.

    `items` lines and `pages` pages are in it; with `whole` there is nothing to add.
    """

    size: _Count
    cursor: str
    items: _Count
    pages: _Count
    whole: bool


class NdjsonFile:
    """The file at `path` while it is made: `path.part` holds the lines so far, `path.cursor` where to go on."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path_of(path)
        self._part = self.path.with_name(f"{self.path.name}.part")
        self._mark = self.path.with_name(f"{self.path.name}.cursor")
        self._file: BinaryIO | None = None
        self._marked = 0
        self.items = 0
        self.pages = 0
        self.is_whole = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    def resume(self, start: Cursor) -> Cursor:
        """The cursor to go on from: `start`, or where a process stood before.

        Raises `CursorError` where that is lost, `PagingValueError` where no file can be made or another walk makes it.
        """
        check_writable(self.path)
        check_writable(self._mark)
        existed = self._part.exists()
        self._file = open_locked(self._part)
        mark = self._read_mark()
        if mark is None:
            if start.ended and self.path.exists():  # an empty file would take the place of a whole one
                self._part.unlink()
                message = "the walk begins at its end, and the file is there: clear the checkpoint to write it anew"
                raise PagingValueError(f"{escape(str(self.path))}: {message}")
            self._file.truncate(0)
            return start
        cursor = Cursor.parse(mark.cursor)
        if cursor.binding != start.binding:
            raise CursorError(
                f"{self._shown_mark} belongs to another URL, filter, page size or params: remove it to begin anew"
            )
        self.items, self.pages = mark.items, mark.pages
        if mark.whole and not existed and self.path.exists():  # killed between the last two steps
            self._file.close()
            self._file = None
            self._part.unlink()
            return cursor
        self._cut_off(self._file, mark.size)
        self._marked = cursor.items_done
        return cursor

    @property
    def _shown_mark(self) -> str:
        return escape(str(self._mark))

    def _read_mark(self) -> _Mark | None:
        if (found := read_file(self._mark, 2 * MAX_TEXT)) is None:
            return None
        try:
            return msgspec.json.decode(found, type=_Mark)
        except ValueError:
            message = f"{self._shown_mark} is no mark of a file in the making: remove it to begin anew"
            raise CursorError(message) from None

    def _cut_off(self, file: BinaryIO, size: int) -> None:
        """Removes what came after the mark was set."""
        found = os.fstat(file.fileno()).st_size
        if found < size:
            raise CursorError(
                f"{escape(str(self._part))} has {found} bytes where {size} were written: "
                f"remove {self._shown_mark} to begin anew"
            )
        file.truncate(size)
        file.seek(size)

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
            if os.name != "posix":  # elsewhere an open file has a name that cannot be changed
                self._file.close()
            check_target(self.path)
            self._part.replace(self.path)
            sync_directory(self.path.parent)
        self._mark.unlink(missing_ok=True)
        self.is_whole = True
        return self.items
