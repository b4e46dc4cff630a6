"""Documents are true: the code of a document is run, in order, and gives what is shown."""

import doctest
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

CHECKOUT = Path(__file__).parent.parent
DOCS = CHECKOUT / "docs"
EMULATOR = "http://127.0.0.1:8000"  # where documents have it
RUN = ("python", "pycon", "console")
_ON_PATH = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])}


class Block(NamedTuple):
    """A block of code: what it is in, its text, and where it stands: the document, and the line above it."""

    language: str
    text: str
    document: Path
    line: int


def blocks(document: Path, *languages: str) -> list[Block]:
    """The blocks of a document that are in one of the languages, in order."""
    text = document.read_text("utf-8")
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    every = [Block(block[1], block[2], document, text.count("\n", 0, block.start()) + 1) for block in found]
    return [block for block in every if block.language in languages]


def run(block: Block, names: dict[str, Any], url: str = EMULATOR, **environment: str) -> None:
    """Runs a block, with the emulator at `url`. A block whose first line is `# NAME.py` is a file, and is written."""
    here = block._replace(text=block.text.replace(EMULATOR, url))
    match block.language:
        case "python" if named := re.match(r"# (\w+\.py)\n", block.text):
            Path(named[1]).write_text(here.text, "utf-8")
        case "python":
            exec(compile("\n" * block.line + here.text, block.document, "exec"), names)
        case "pycon":
            run_session(here, names)
        case "console":
            run_commands(here, url, **environment)
        case _:
            raise AssertionError(f"nobody knows how to run {block.language}")


def close(names: dict[str, Any]) -> None:
    """Ends what the code of a document has left open: sessions, engines, the connections of Django."""
    for kind in ("close", "dispose"):
        for value in names.values():
            ends = getattr(type(value), kind, None)
            if ends is not None and type(value).__module__.startswith("sqlalchemy"):
                ends(value)
    if "django.db" in sys.modules and sys.modules["django.conf"].settings.configured:
        sys.modules["django.db"].connections.close_all()


def run_session(block: Block, names: dict[str, Any]) -> None:
    # An empty line ends what is expected, so that one before the fence is not part of it.
    name = block.document.name
    test = doctest.DocTestParser().get_doctest(block.text, names, name, str(block.document), block.line)
    said: list[str] = []
    runner = doctest.DocTestRunner(verbose=False, optionflags=doctest.ELLIPSIS)
    result = runner.run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not result.failed, "".join(said)
    assert result.attempted


def run_commands(block: Block, url: str = EMULATOR, **environment: str) -> None:
    """Runs each command of the block; what it prints is shown; of one that fails, the errors and `exit status: N` too."""
    shown = re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]
    assert shown
    for command, expected in (part.split("\n", 1) for part in shown):
        done = subprocess.run(
            command.replace(EMULATOR, url),
            check=False,
            shell=True,
            capture_output=True,
            text=True,
            env=os.environ | _ON_PATH | environment,
        )
        failure = f"{done.stderr}exit status: {done.returncode}" if done.returncode else ""
        assert (done.stdout + failure).strip().replace(url, EMULATOR) == expected.strip(), command
