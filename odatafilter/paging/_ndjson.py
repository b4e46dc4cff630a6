"""Items written to a file, one a line, so that a killed process can go on and the file appears only when whole."""

import os
from contextlib import suppress
from typing import Annotated, Any, BinaryIO, NamedTuple, Self

import msgspec

from odatafilter._safe_text import escape
from odatafilter.errors import BadItemError, CursorError, PagingError, PagingValueError
from odatafilter.paging._files import (
    check_target,
    check_writable,
    errors_of,
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


class _Place(NamedTuple):
    """What is in the part: whole lines only."""

    size: int
    cursor: Cursor
    items: int
    pages: int


class NdjsonFile:
    """The file at `path` while it is made: `path.part` holds the lines so far, `path.cursor` where to go on.

    Raises `PagingError` for what the disk refuses.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = path_of(path)
        self.part = self.path.with_name(f"{self.path.name}.part")
        self._mark = self.path.with_name(f"{self.path.name}.cursor")
        self._file: BinaryIO | None = None
        self._written: _Place  # replaced as a whole, since Ctrl-C may come between any two steps
        self._marked: _Place
        self.is_whole = False

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()

    @property
    def cursor(self) -> Cursor:
        """The place up to which the lines are kept by a mark."""
        return self._marked.cursor

    @property
    def items(self) -> int:
        """The lines up to there."""
        return self._marked.items

    @property
    def pages(self) -> int:
        """The pages up to there."""
        return self._marked.pages

    def resume(self, start: Cursor) -> Cursor:
        """The cursor to go on from: `start`, or where a process stood before.

        Raises `CursorError` where that is lost, `PagingValueError` where no file can be made or another walk makes it.
        """
        check_writable(self.path)
        check_writable(self._mark)
        existed = self.part.exists()
        self._file = open_locked(self.part)
        mark = self._read_mark()
        if mark is None:
            if start.ended and self.path.exists():  # an empty file would take the place of a whole one
                self.part.unlink()
                message = "the walk begins at its end, and the file is there: clear the checkpoint to write it anew"
                raise PagingValueError(f"{escape(str(self.path))}: {message}")
            self._file.truncate(0)
            self._written = self._marked = _Place(0, start, 0, 0)
            return start
        cursor = Cursor.parse(mark.cursor)
        if cursor.binding != start.binding:
            raise CursorError(
                f"{self._shown_mark} belongs to another URL, filter, page size or params: remove it to begin anew"
            )
        self._written = self._marked = _Place(mark.size, cursor, mark.items, mark.pages)
        if mark.whole and not existed and self.path.exists():  # killed between the last two steps
            self._file.close()
            self._file = None
            self.part.unlink()
            return cursor
        self._check_size(self._file)
        self._cut_off(self._file)
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

    def _check_size(self, file: BinaryIO) -> None:
        """Raises `CursorError` where the file lacks what was there when the mark was set."""
        size, found = self._written.size, os.fstat(file.fileno()).st_size
        if found < size:
            raise CursorError(
                f"{escape(str(self.part))} has {found} bytes where {size} were written: "
                f"remove {self._shown_mark} to begin anew"
            )

    def _cut_off(self, file: BinaryIO) -> None:
        """Removes what came after the last whole line."""
        file.truncate(self._written.size)
        file.seek(self._written.size)

    def add(self, page: Page[Any]) -> None:
        """Adds the items of `page`; those before an item that cannot be read, where there is one, and raises that."""
        if self._file is None:
            return
        lines: list[bytes] = []
        try:
            lines.extend(page.lines())
        except BadItemError:
            self._add_lines(self._file, lines, page._cursor_after(len(lines)), pages=0)
            raise
        self._add_lines(self._file, lines, page.next_cursor, pages=1)

    def _add_lines(self, file: BinaryIO, lines: list[bytes], cursor: Cursor, *, pages: int) -> None:
        before = self._written
        left = memoryview(b"".join(lines))
        size = before.size + len(left)
        with errors_of(self.part):
            while left:  # past all buffers: what a full disk refused must not come back when the file is closed
                left = left[os.write(file.fileno(), left) :]
        self._written = _Place(size, cursor, before.items + len(lines), before.pages + pages)
        if cursor.items_done - self._marked.cursor.items_done >= _EVERY:
            self._set_mark(file)

    def keep(self) -> None:
        """Has what is written go on from here: the walk ends before the file is whole."""
        if self._file is not None and not self._file.closed:
            with suppress(PagingError, OSError):  # what ends the walk says more; the mark before is still there
                self._cut_off(self._file)
                if self._written != self._marked:
                    self._set_mark(self._file)

    def _set_mark(self, file: BinaryIO, *, whole: bool = False) -> None:
        """Makes what was added durable, and the place behind it the one to go on from."""
        at = self._written
        with errors_of(self.part):
            os.fsync(file.fileno())
        replace_file(self._mark, msgspec.json.encode(_Mark(at.size, str(at.cursor), at.items, at.pages, whole)))
        self._marked = at

    def finish(self, cursor: Cursor) -> int:
        """The number of items in the file, which has its name from now on."""
        if self._file is not None:
            self._written = self._written._replace(cursor=cursor)
            self._set_mark(self._file, whole=True)
            if os.name != "posix":  # elsewhere an open file has a name that cannot be changed
                self._file.close()
            check_target(self.path)
            with errors_of(self.path):
                self.part.replace(self.path)
                sync_directory(self.path.parent)
        with errors_of(self._mark):
            self._mark.unlink(missing_ok=True)
        self.is_whole = True
        return self.items
