"""The README is true: its code runs, in order, and prints what it says, against the emulator."""

import re
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from documents import CHECKOUT, blocks, run

from odatafilter import itwin
from odatafilter.emulator import Server, running

README = CHECKOUT / "README.md"


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
    assert blocks(README, "python")
    assert blocks(README, "pycon")
    try:
        for block in blocks(README, "python", "pycon"):
            run(block, names)
    finally:
        names["client"].close()


def test_the_commands_print_what_is_shown(server: Server) -> None:
    shown = blocks(README, "console")
    assert shown
    for block in shown:
        run(block, {}, server.url, ODATAFILTER_TOKEN=server.token)


def test_there_is_one_command_to_try_it_and_one_to_test_it() -> None:
    commands = [block.text.strip() for block in blocks(README, "sh") if "venv" in block.text]
    assert len(commands) == 2
    assert [command.count("\n") for command in commands] == [0, 0]
    assert [command.rsplit(" && ")[-1] for command in commands] == [
        ".venv/bin/odatafilter demo",
        ".venv/bin/pytest -n auto",
    ]


def test_the_comparison_with_other_libraries_is_what_the_command_prints() -> None:
    pytest.importorskip("sqlalchemy")
    command = [sys.executable, str(CHECKOUT / "benchmarks" / "compare_rows.py")]
    printed = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    if printed.partition("\n")[0] not in README.read_text("utf-8"):
        pytest.skip("other versions of these libraries are installed than those that the README compares with")
    assert printed in README.read_text("utf-8")


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\(([^)#:]+)\)", README.read_text("utf-8"))
    assert links
    assert [link for link in links if not (CHECKOUT / link).exists()] == []
