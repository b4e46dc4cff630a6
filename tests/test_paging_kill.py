"""Fault 52 of `paging_faults.md`: `kill -9` between a page and its checkpoint, and while the checkpoint is written.

What holds of the files after each kill, and that each file which was finished equals the database, is in `killed`.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from fault_server import FaultServer, Part, Pause, Script, Seen, jobs, page
from paging_ground import DRIVERS, LARGE

COUNT, PAGE, KILLS = (25_000, 250, 200) if LARGE else (500, 25, 3)
KILLED = Path(__file__).with_name("killed.py")

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork here")


def _listing(count: int, size: int) -> Script:
    """Pages that take long enough for a kill in the middle of one."""

    def script(seen: Seen) -> list[Part]:
        at = int(seen.target.partition("at=")[2] or 0)
        following = at + size
        return [Pause(0.002), page(jobs(*range(at, following)), f"?at={following}" if following < count else None)]

    return script


@pytest.fixture
def directory(tmp_path: Path) -> Iterator[Path]:
    """A place in memory, if there is one: a disk takes milliseconds to give a file the name of another."""
    memory = Path("/dev/shm")
    with TemporaryDirectory(dir=memory if memory.is_dir() else tmp_path) as name:
        yield Path(name)


def _run(driver: str, directory: Path, count: int, size: int, kills: int) -> list[dict[str, int]]:
    with FaultServer(_listing(count, size)) as server:
        given = [driver, f"{server.url}/jobs", str(directory), str(count), str(size), str(kills)]
        done = subprocess.run([sys.executable, str(KILLED), *given], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.mark.parametrize("driver", DRIVERS)
def test_52_processes_that_are_killed_at_random_moments_lose_nothing(driver: str, directory: Path) -> None:
    done = _run(driver, directory, COUNT, PAGE, KILLS)
    assert [each["killed"] for each in done] == [KILLS] * 3
    assert all(each["finished"] for each in done)
    if LARGE:
        assert done[1]["in the write of a mark"] > 0


@pytest.mark.parametrize("driver", DRIVERS)
def test_52_a_process_that_is_killed_at_any_step_of_its_writing_loses_nothing(driver: str, directory: Path) -> None:
    done = _run(driver, directory, 4, 2, 0)
    assert [each["killed"] >= 20 for each in done] == [True, True]
