"""A cursor on disk, so that a new process goes on where a killed one stood."""

import os
from pathlib import Path

from odatafilter.errors import PagingValueError
from odatafilter.paging.cursor import Cursor


class FileCheckpoint:
    """A file that holds the cursor of a walk: `paginate(..., checkpoint=FileCheckpoint(path))`.

    It is written when the consumer asks for more, as only then it is done with what it has: after `every` items (each
    time waits for the disk, a millisecond or more) and at the end of each page; with `ack=True` by `walk.ack()` alone.

    What `collect()` and `to_ndjson()` return is done when the walk is asked for more, or `walk.ack()` is called. At its
    end there is nothing more, until `clear()` has the next walk begin at the first item.
    """

    def __init__(self, path: str | os.PathLike[str], *, every: int = 1, ack: bool = False) -> None:
        if type(every) is not int or every < 1:
            raise PagingValueError(f"every is {every!r}: a whole number from 1 is wanted")
        self.path = Path(path)
        self.every = every
        self.ack = ack
        self._saved: Cursor | None = None

    def load(self) -> Cursor | None:
        """The cursor in the file, or None if there is no file. Raises `CursorError` where it holds anything else."""
        try:
            text = self.path.read_text("utf-8", "replace")
        except FileNotFoundError:
            return None
        self._saved = Cursor.parse(text)
        return self._saved

    def is_due(self, cursor: Cursor) -> bool:
        """Whether `cursor` is to be saved by now: what comes before it is done with."""
        saved = self._saved
        if self.ack or saved is None:
            return not self.ack
        moved = (saved.link, saved.ended) != (cursor.link, cursor.ended)
        return moved or cursor.items_done - saved.items_done >= self.every

    def save(self, cursor: Cursor) -> None:
        """Saves `cursor`; after a crash at any moment the file holds this cursor or the one before, whole."""
        if cursor != self._saved:
            replace_file(self.path, f"{cursor}\n".encode())
            self._saved = cursor

    def clear(self) -> None:
        """Removes the file: the next walk begins at the first item."""
        self.path.unlink(missing_ok=True)
        self._saved = None


def replace_file(path: Path, content: bytes) -> None:
    """Writes `content` to `path` whole or not at all: it is on the disk before it takes the place of the old one."""
    new = path.with_name(f"{path.name}.new")
    with new.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    new.replace(path)  # after a loss of power the old one may be back: items come again, none is lost
