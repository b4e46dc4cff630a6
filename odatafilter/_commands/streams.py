"""Standard streams: read with a bound, written as they come, and harmless in a terminal."""

import os
import re
import sys
from codecs import BOM_UTF8
from collections.abc import Iterator
from typing import TextIO

from odatafilter._safe_text import escape

_CHUNK = 1 << 16  # bytes of a line that are read at a time


class UsageError(Exception):
    """Arguments that no work can start with."""


class LongLine(Exception):  # it is no failure of the program
    """A line with more bytes than are kept."""


def say(text: str) -> None:
    """Writes `text` to standard error, where there is one."""
    if sys.stderr is not None:  # with None, `print` would write to standard output
        try:
            print("\n".join(map(escape, text.split("\n"))), file=sys.stderr)
        except OSError:
            discard_output(sys.stderr)


def discard_output(stream: TextIO) -> None:
    """Has what is still buffered in `stream` go nowhere: at its end, the interpreter would fail to write it, too."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def write(text: str) -> None:
    """Writes a line to standard output at once; in a terminal, with the characters escaped that act on it."""
    print(escape(text) if sys.stdout.isatty() else text, flush=True)


def escape_lines(lines: bytes) -> bytes:
    r"""Lines of JSON with the characters that act on a terminal or hide as `\u…`, which means the same."""
    text = lines.decode("utf-8", "replace")
    return re.sub(r"[^\n -~]", _json_escape, text).encode()


def _json_escape(found: re.Match[str]) -> str:
    character = found.group()
    if escape(character) == character:
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))


def input_lines(most: int) -> Iterator[tuple[int, bytes | LongLine]]:
    """The lines of standard input that are not blank, with their numbers, each as it comes.

    Of a line with more than `most` bytes nothing is kept. Raises UsageError where it cannot be read.
    """
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    read = sys.stdin.buffer.readline
    number = 0
    try:
        while line := read(most + 1):
            number += 1
            is_long = len(line) > most and not line.endswith(b"\n")
            while is_long and line and not line.endswith(b"\n"):
                line = read(_CHUNK)
            if is_long:
                yield number, LongLine()
                continue
            line = (line.removeprefix(BOM_UTF8) if number == 1 else line).removesuffix(b"\n").removesuffix(b"\r")
            if line.strip():
                yield number, line
    except OSError as error:
        raise UsageError(f"standard input: {error.strerror}") from error
