"""Files of a walk: private, written whole or not at all, never led elsewhere by a link, and refused before a request.

A cursor holds the next link, secrets of its query included: so nobody else may read what holds one (mode 0600). Names
that others can guess are opened only where no link stands at them; what is written at once has a random name before.
"""

import os
import re
import stat
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO, NoReturn

from odatafilter._safe_text import escape, show_type
from odatafilter.errors import PagingError, PagingValueError

_PRIVATE = 0o600
# A FIFO must not be waited for, and a terminal must not become that of the process.
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0)
_AS_IT_IS = _AT_ONCE | getattr(os, "O_NOFOLLOW", 0)
_KINDS = {
    stat.S_IFDIR: "a directory",
    stat.S_IFLNK: "a symbolic link",
    stat.S_IFIFO: "a FIFO",
    stat.S_IFCHR: "a device",
    stat.S_IFBLK: "a device",
    stat.S_IFSOCK: "a socket",
}


def path_of(given: object) -> Path:
    """The path that `given` is. Raises `PagingValueError` for anything else."""
    text = os.fspath(given) if isinstance(given, str | os.PathLike) else None
    if not isinstance(text, str):
        raise PagingValueError(f"the path is {show_type(given)}: the path of a file is wanted, as text or as a Path")
    try:
        encoded = os.fsencode(text)
    except UnicodeEncodeError:
        encoded = b"\0"
    if not encoded or b"\0" in encoded:
        found = "a text with a character that no path can have" if encoded else "empty"
        raise PagingValueError(f"the path is {found}: the path of a file is wanted")
    return Path(text)


def check_target(path: Path) -> None:
    """Raises `PagingValueError` where what stands at `path` is no file, so that a new one must not take its place."""
    try:
        found = path.stat()  # where a link leads counts: a device behind one stands for the device
    except FileNotFoundError:
        return
    except OSError as error:
        refuse(path, error)
    _check_is_file(path, found)


def check_writable(path: Path) -> None:
    """Raises `PagingValueError` where no file can be written to `path`. Removes what killed processes left there."""
    check_target(path)
    with suppress(OSError, PagingValueError):
        _remove_leftovers(path)
    try:
        with _new_file(path) as (file, new):
            if os.name != "posix":  # elsewhere an open file has a name that cannot be taken away
                file.close()
            os.unlink(new)  # noqa: PTH108  # the steps of a test are those of Path
    except OSError as error:
        refuse(path, error)
    with suppress(FileNotFoundError):
        _check_owner(path, path.lstat())


def read_file(path: Path, limit: int) -> bytes | None:
    """What the file at `path` holds, at most a byte more than `limit`; None where there is none.

    Raises `PagingValueError` where it cannot be read or is no file.
    """
    try:
        with _open_file(path, os.O_RDONLY | _AT_ONCE) as file:
            return file.read(limit + 1)
    except FileNotFoundError:
        return None
    except OSError as error:
        refuse(path, error)


def replace_file(path: Path, content: bytes) -> None:
    """Writes `content` to `path` whole or not at all: it is on the disk before it takes the place of the old one.

    Raises `PagingError` where the system does not let it, as on a full disk.
    """
    check_target(path)
    with errors_of(path), _new_file(path) as (file, new):
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
        if os.name != "posix":  # elsewhere an open file has a name that cannot be changed
            file.close()
        new.replace(path)  # after a loss of power the old one may be back: items come again, none is lost


def open_locked(path: Path) -> BinaryIO:
    """The file at `path`, made if there is none, which no other walk writes (where the system can see to that).

    Raises `PagingValueError` where another one does, and where a link or anything else but a file stands there.
    """
    while True:
        try:
            file = _open_file(path, os.O_RDWR | os.O_CREAT | _AS_IT_IS)
        except OSError as error:
            with suppress(FileNotFoundError):
                _check_is_file(path, path.lstat())
            refuse(path, error)
        try:
            _check_lock(path, file)
            if _has_name(file, path):
                _make_private(path, file.fileno())
                return file
        except BaseException:
            file.close()
            raise
        file.close()  # another walk has just finished it


def sync_directory(path: Path) -> None:
    """Has the names in the directory `path` written to the disk, where the system can do that."""
    if os.name == "posix":
        directory = os.open(path, os.O_RDONLY)
        try:
            os.fsync(directory)
        finally:
            os.close(directory)


@contextmanager
def errors_of(path: Path) -> Iterator[None]:
    """Raises `PagingError` for what the system says of `path` while it is written, such as that the disk is full."""
    try:
        yield
    except OSError as error:
        raise PagingError(f"{escape(str(path))} cannot be written: {_reason_of_system(error)}") from error


def refuse(path: Path, error: OSError) -> NoReturn:
    """Raises the `PagingValueError` for what the system says of `path`."""
    raise PagingValueError(f"{escape(str(path))} cannot be used: {_reason_of_system(error)}") from error


def _reason_of_system(error: OSError) -> str:
    return escape(error.strerror or type(error).__name__)


def _open_file(path: Path, flags: int) -> BinaryIO:
    """The file at `path`, opened with `flags`. Raises `PagingValueError` where that is no file."""
    number = os.open(path, flags, _PRIVATE)
    try:
        _check_is_file(path, os.fstat(number))
        return os.fdopen(number, "r+b" if flags & os.O_RDWR else "rb")
    except BaseException:
        os.close(number)
        raise


def _check_is_file(path: Path, found: os.stat_result) -> None:
    if not stat.S_ISREG(found.st_mode):
        kind = _KINDS.get(stat.S_IFMT(found.st_mode), "no file")
        raise PagingValueError(f"{escape(str(path))} is {kind}: the path of a file is wanted")


def _check_lock(path: Path, file: BinaryIO) -> None:
    if _try_to_lock(file) is False:
        raise PagingValueError(f"{escape(str(path))} is being written by another walk")


def _check_owner(path: Path, found: os.stat_result) -> None:
    """Raises `PagingValueError` for a file of somebody else where anybody can make one, as in `/tmp`."""
    if os.name == "posix":
        folder = path.parent.stat()
        if folder.st_mode & stat.S_IWOTH and found.st_uid not in {os.geteuid(), folder.st_uid}:
            raise PagingValueError(f"{escape(str(path))} belongs to another user: choose another path")


def _make_private(path: Path, number: int) -> None:
    """Takes the rights of others from an open file. Raises `PagingValueError` where it may be theirs."""
    found = os.fstat(number)
    _check_owner(path, found)
    if found.st_nlink > 1:
        raise PagingValueError(f"{escape(str(path))} has another name, too: remove it, for that file would change")
    if os.name == "posix" and stat.S_IMODE(found.st_mode) != _PRIVATE:
        with suppress(PermissionError):  # of another user's file, which this one may write
            os.fchmod(number, _PRIVATE)


@contextmanager
def _new_file(path: Path) -> Iterator[tuple[BinaryIO, Path]]:
    """A private file beside `path` whose name nobody can know, locked meanwhile; gone if an error comes."""
    while True:
        new = path.with_name(f"{path.name}.{token_hex(8)}.new")
        with _open_file(new, os.O_RDWR | os.O_CREAT | os.O_EXCL | _AS_IT_IS) as file:
            if _try_to_lock(file) is False or not _has_name(file, new):  # another process takes it for a leftover
                continue
            try:
                yield file, new
            except BaseException:
                with suppress(OSError):
                    os.unlink(new)  # noqa: PTH108
                raise
            return


def _has_name(file: BinaryIO, path: Path) -> bool:
    """Whether `path` is still the name of the open `file`."""
    return path.exists() and os.path.samestat(os.fstat(file.fileno()), path.stat())


def _remove_leftovers(path: Path) -> None:
    """Removes the new files beside `path` that no process has open: one was killed while it wrote."""
    leftover = re.compile(re.escape(path.name) + r"\.[0-9a-f]{16}\.new")
    with os.scandir(path.parent) as entries:
        names = [entry.name for entry in entries if leftover.fullmatch(entry.name)]
    for name in names:
        new = path.with_name(name)
        with _open_file(new, os.O_RDWR | _AS_IT_IS) as file:
            if _try_to_lock(file):
                os.unlink(new)  # noqa: PTH108


def _try_to_lock(file: BinaryIO) -> bool | None:
    """Whether `file` is locked by this call; False where another walk has it, None where the system cannot tell."""
    if sys.platform == "win32":
        return None
    import fcntl  # noqa: PLC0415  # it is not everywhere

    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # as on some network file systems
        return None
    return True
