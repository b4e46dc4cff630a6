"""The README is true: its code runs, in order, and prints what it says, against the emulator."""

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from odatafilter import itwin
from odatafilter.emulator import Server, running

CHECKOUT = Path(__file__).parent.parent
README = CHECKOUT / "README.md"
ON_PATH = {"PATH": os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", os.defpath)])}


class Block(NamedTuple):
    """A block of code: what it is in, its text, and the line of the README above it."""

    language: str
    text: str
    line: int


def blocks(*languages: str) -> list[Block]:
    text = README.read_text("utf-8")
    found = re.finditer(r"^```(\w+)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    every = [Block(block[1], block[2], text.count("\n", 0, block.start()) + 1) for block in found]
    return [block for block in every if block.language in languages]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(jobs=2000, seed=1) as server:
        yield server


def test_the_code_runs_and_gives_what_is_shown(server: Server, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("REALITY_CONVERSION_JOBS", "EC3_JOB"):
        monkeypatch.setattr(itwin, name, getattr(itwin, name).at(server.url))
    names: dict[str, Any] = {
        "token": server.token,
        "job_id": server.script("ec3", ["Succeeded"]),
        "print": lambda *_: None,
    }
    assert blocks("python")
    assert blocks("pycon")
    try:
        for block in blocks("python", "pycon"):
            if block.language == "python":
                exec(compile("\n" * block.line + block.text, README, "exec"), names)
            else:
                session(block, names)
    finally:
        names["client"].close()


def session(block: Block, names: dict[str, Any]) -> None:
    # An empty line ends what is expected, so that one before the fence is not part of it.
    test = doctest.DocTestParser().get_doctest(block.text, names, README.name, str(README), block.line)
    said: list[str] = []
    result = doctest.DocTestRunner(verbose=False).run(test, out=said.append, clear_globs=False)
    names.update(test.globs)
    assert not result.failed, "".join(said)
    assert result.attempted


def test_the_commands_print_what_is_shown(server: Server) -> None:
    environment = os.environ | ON_PATH | {"ODATAFILTER_TOKEN": server.token}
    shown = [part for block in blocks("console") for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]]
    assert shown
    for command, expected in (part.split("\n", 1) for part in shown):
        asked = command.replace("http://127.0.0.1:8000", server.url)
        done = subprocess.run(asked, shell=True, check=True, capture_output=True, text=True, env=environment)
        assert done.stdout.strip() == expected.strip(), command


def test_there_is_one_command_to_try_it_and_one_to_test_it() -> None:
    commands = [block.text.strip() for block in blocks("sh") if "venv" in block.text]
    assert len(commands) == 2
    assert [command.count("\n") for command in commands] == [0, 0]
    assert [command.rsplit(" && ")[-1] for command in commands] == [
        ".venv/bin/odatafilter demo",
        ".venv/bin/pytest -n auto",
    ]
