"""Where the grammar stands, and its terminals as regular expressions: by them the text of one literal is judged."""

import functools
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_DEFINITION = re.compile(r"^([A-Z_]+)(?:\.[0-9]+)?: *(.*)$", re.MULTILINE)
_PIECE = re.compile(r'/((?:\\.|[^\\/])+)/|"((?:\\.|[^"\\])*)"|([A-Z_]+)|([()|*+?])| +')


@functools.cache
def folder() -> "Path":
    """The folder of the grammar: inside the package once installed, beside it in a checkout."""
    from pathlib import Path  # noqa: PLC0415 - slow to import, and most filters are built without it

    package = Path(__file__).parent
    installed = package / "grammar"
    return installed if installed.is_dir() else package.parent / "grammar"


@functools.cache
def read_file(name: str) -> str:
    """The text of a file of the grammar."""
    return folder().joinpath(name).read_text("utf-8")


@functools.cache
def pattern(terminal: str) -> str:
    """The regular expression of a terminal in `terminals.lark`, with those it is made of put in their places."""
    definition = _definitions()[terminal]
    return f"(?:{_PIECE.sub(_expand, definition)})"


def _expand(piece: re.Match[str]) -> str:
    expression, text, name, sign = piece.groups()
    if expression is not None:
        return f"(?:{expression})"
    if text is not None:
        return f"(?:{re.escape(text)})"
    return pattern(name) if name else sign or ""


@functools.cache
def _definitions() -> dict[str, str]:
    return dict(_DEFINITION.findall(read_file("terminals.lark")))


@functools.cache
def compile_terminal(terminal: str) -> re.Pattern[str]:
    """The same, compiled. Letters count as the terminal says."""
    return re.compile(pattern(terminal))
