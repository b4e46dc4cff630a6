"""A cursor on disk, so that a new process goes on where a killed one stood."""

import os

from odatafilter._safe_text import escape
from odatafilter.errors import CursorError
from odatafilter.paging._files import check_target, check_writable, errors_of, path_of, read_file, replace_file
from odatafilter.paging._rules import check_argument, whole_number
from odatafilter.paging.cursor import MAX_TEXT, Cursor


class FileCheckpoint:
    """A private file that holds the cursor of a walk: `paginate(..., checkpoint=FileCheckpoint(path))`.

    It is written, which takes a millisecond or more, when the consumer asks for more, as only then it is done with what
    it has: after a crash, the items since the last save come again. At the end the file stays: `stats.stopped_by` of a
    further walk is "end" before it has read a page, until `clear()`. Raises `PagingValueError` for a wrong argument;
    `paginate` does for a path that no file can be written to.

    Args:
        path: the file; it is written with the mode 0600.
        every: saves after so many items too, from 1; None: once a page.
        ack: whether it is saved by `walk.ack()` alone.
    """

    def __init__(self, path: str | os.PathLike[str], *, every: int | None = None, ack: bool = False) -> None:
        check_argument("every", every, whole_number(1, or_none=True))
        self.path = path_of(path)
        self.every = every
        self.ack = ack
        self._saved: Cursor | None = None

    def load(self) -> Cursor | None:
        """The cursor in the file, or None if there is no file. Raises `CursorError` where it holds anything else."""
        found = read_file(self.path, MAX_TEXT)
        if found is None:
            return None
        try:
            self._saved = Cursor.parse(found.decode("utf-8", "replace"))
        except CursorError as error:
            raise CursorError(f"{escape(str(self.path))}: {error.message}; remove the file to begin anew") from None
        return self._saved

    def begin(self) -> Cursor | None:
        """The cursor to begin at, as `load` gives it. Raises `PagingValueError` where none could be saved."""
        check_writable(self.path)
        return self.load()

    @property
    def is_due_within_page(self) -> bool:
        """Whether it may have to be saved before the end of a page."""
        return self.every is not None and not self.ack

    def is_due(self, cursor: Cursor) -> bool:
        """Whether `cursor` is to be saved by now: what comes before it is done with.

        Args:
            cursor: where the walk stands.
        """
        saved = self._saved
        if self.ack or saved is None:
            return not self.ack
        moved = (saved.link, saved.ended) != (cursor.link, cursor.ended)
        return moved or (self.every is not None and cursor.items_done - saved.items_done >= self.every)

    def save(self, cursor: Cursor) -> None:
        """Saves `cursor`; after a crash at any moment the file holds this cursor or the one before, whole.

        Raises `PagingError` where it cannot be written, as on a full disk.

        Args:
            cursor: where the walk stands.
        """
        if cursor != self._saved:
            replace_file(self.path, f"{cursor}\n".encode())
            self._saved = cursor

    def clear(self) -> None:
        """Removes the file: the next walk begins at the first item.

        Raises `PagingValueError` for what is no file, `PagingError` where it cannot be removed.
        """
        check_target(self.path)
        with errors_of(self.path):
            self.path.unlink(missing_ok=True)
        self._saved = None
