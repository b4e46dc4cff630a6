"""A process that walks a listing into a file and is killed again and again, and what must hold of the file each time.

`python killed.py DRIVER URL DIRECTORY COUNT PAGE KILLS` kills walks at KILLS random moments or, where that is 0, one walk
at each step of its writing: walks into a file, with a mark after each item, and with one after some items. The walks are forks of this process, which has imported all they need and has no
threads: so a kill hits a walk, and not what comes before it.
"""

import asyncio
import json
import os
import signal
import stat
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from random import Random
from time import monotonic, sleep
from typing import Any

from paging_ground import DRIVERS, made_client

from odatafilter.paging import Cursor, FileCheckpoint, Listing, _ndjson, paginate


@dataclass(frozen=True)
class Task:
    """A walk over `count` items, a multiple of the `page` on each page, whose ids are their places."""

    driver: str
    every: int | None  # items between two checkpoints, or None for `to_ndjson`
    url: str
    directory: Path
    count: int
    page: int

    @property
    def path(self) -> Path:
        return self.directory / "jobs"

    @property
    def mark(self) -> Path:
        return self.directory / "jobs.cursor"

    def walk(self) -> None:
        """What the process that is killed does."""
        given: dict[str, Any] = {"checkpoint": FileCheckpoint(self.mark, every=self.every)} if self.every else {}
        with self.path.open("a") if self.every else open(os.devnull, "w") as file:  # noqa: PTH123

            def write(item: Any) -> None:
                print(item["id"], file=file, flush=True)

            client = made_client(DRIVERS[self.driver])
            walk = paginate(client, Listing(self.url), **given)
            if DRIVERS[self.driver].is_async:
                asyncio.run(self._walked_async(client, walk, write))
            else:
                self._walked(client, walk, write)

    def _walked(self, client: Any, walk: Any, write: Callable[[Any], None]) -> None:
        with client, walk:
            if not self.every:
                walk.to_ndjson(self.path)
            else:
                for item in walk:
                    write(item)

    async def _walked_async(self, client: Any, walk: Any, write: Callable[[Any], None]) -> None:
        async with client, walk:
            if not self.every:
                await walk.to_ndjson(self.path)
            else:
                async for item in walk:
                    write(item)

    @property
    def part(self) -> Path:
        return self.directory / "jobs.part"

    def durable(self, inode: int) -> int:
        """How much of a file is written for good: what the mark says, of the part."""
        is_part = self.part.exists() and self.part.stat().st_ino == inode
        return json.loads(self.mark.read_bytes())["size"] if is_part and self.mark.exists() else 0

    def items(self) -> list[int]:
        """The items that processes were done with, those again that came again."""
        return [int(line) for line in self.path.read_text().splitlines()] if self.path.exists() else []

    def marked(self) -> int | None:
        """How many items are done according to the checkpoint."""
        return Cursor.parse(self.mark.read_text()).items_done if self.mark.exists() else None


def check_killed(task: Task, before: list[int], marked: int | None) -> None:
    """What holds of the files of a process that was killed, or has come to its end, after `before` and `marked`."""
    if task.every is None:
        check_part(task)
        return
    start = marked or 0
    items = task.items()
    new = items[len(before) :]
    assert items[: len(before)] == before
    assert new == list(range(start, start + len(new))), f"began at {start}: {new[:3]}…"
    done = start + len(new)
    # Up to its last item it has certainly asked for one more; it may have been killed before or after it asked again.
    possible = {saved(task, marked, start, asked) for asked in (done - 1, done)}
    assert task.marked() in possible, f"{done} items were done: {task.marked()} is not one of {possible}"


def saved(task: Task, marked: int | None, start: int, asked: int) -> int | None:
    """What `FileCheckpoint` says it holds when the consumer has asked with `asked` items done."""
    assert task.every is not None
    for done in range(start, asked + 1):
        if marked is None or done // task.page != marked // task.page or done - marked >= task.every:
            marked = done
    return marked


def check_part(task: Task) -> None:
    """The part is whole up to its mark, and the file is not there before it is whole."""
    if task.path.exists():
        check_whole(task)
    if task.mark.exists():
        mark = json.loads(task.mark.read_bytes())
        if task.part.exists():
            lines = task.part.read_bytes()[: mark["size"]].splitlines(keepends=True)
            assert sum(map(len, lines)) == mark["size"]
            assert [json.loads(line)["id"] for line in lines] == list(range(mark["items"]))
        else:
            check_whole(task)  # killed between the last two steps


def check_whole(task: Task) -> None:
    """The file equals the database: each item is in it, once and in order, if what was not marked came again."""
    if task.every is None:
        assert task.path.read_bytes() == b"".join(b'{"id":%d}\n' % each for each in range(task.count))
    else:
        assert list(dict.fromkeys(task.items())) == list(range(task.count))
        assert Cursor.parse(task.mark.read_text()).ended


def forked(work: Callable[[], None], seconds: float | None = None) -> bool:
    """Whether `work`, done in a process of its own, came to its end within `seconds`. If not, it was killed."""
    pid = os.fork()
    if not pid:
        try:
            work()
        except BaseException:  # noqa: BLE001  # nothing of the child may go on in the parent's code
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    end = None if seconds is None else monotonic() + seconds
    while True:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            assert status in (0, signal.SIGKILL), status
            return status == 0
        if end is not None and monotonic() > end:
            os.kill(pid, signal.SIGKILL)  # not waited for yet, so the number is still that of this process
        sleep(0.0005)


def emptied(directory: Path) -> None:
    for each in directory.iterdir():
        each.unlink()


def killed_at_random(task: Task, kills: int) -> dict[str, int]:
    """Kills walks at random moments; those that come to their end are compared with the database."""
    random = Random(kills)
    begun = monotonic()
    assert forked(task.walk)
    whole = monotonic() - begun
    check_whole(task)
    emptied(task.directory)
    killed = finished = cut = 0
    ended = True
    while killed < kills or not ended:
        before, marked = task.items() if task.every else [], task.marked() if task.every else None
        ended = forked(task.walk, random.uniform(0, whole) if killed < kills else None)
        check_killed(task, before, marked)
        killed += not ended
        cut += any(each.suffix == ".new" for each in task.directory.iterdir())
        if ended:
            finished += 1
            check_whole(task)
            emptied(task.directory)
    return {"killed": killed, "finished": finished, "in the write of a mark": cut}


def killed_at_each_step(task: Task) -> dict[str, int]:
    """Kills one walk at its first step, the next at its second one and so on, and has another come to the end."""
    for killed in count():
        ended = forked(lambda: dying(task, killed))  # noqa: B023  # it is over when the number changes
        check_killed(task, [], None)
        before, marked = task.items() if task.every else [], task.marked() if task.every else None
        task.walk()
        check_killed(task, before, marked)
        check_whole(task)
        left = {each.name for each in task.directory.iterdir()}
        assert left == ({"jobs", "jobs.cursor"} if task.every else {"jobs"}), left
        emptied(task.directory)
        if ended:
            return {"killed": killed}
    raise AssertionError


def dying(task: Task, steps: int) -> None:
    """Does the walk up to a number of steps of writing: before, in the middle of and after each call that writes."""
    left = iter(range(steps))

    def step() -> None:
        if next(left, None) is None:
            os.kill(os.getpid(), signal.SIGKILL)

    replace, unlink = Path.replace, Path.unlink

    def patched_fsync(number: int) -> None:
        step()
        if next(left, None) is None:
            file = os.fstat(number)
            if stat.S_ISREG(file.st_mode):  # only a half of what is new was written
                os.ftruncate(number, (task.durable(file.st_ino) + file.st_size) // 2)
            os.kill(os.getpid(), signal.SIGKILL)
        step()

    def patched_replace(self: Path, target: Path) -> Path:
        step()
        found = replace(self, target)
        step()
        return found

    def patched_unlink(self: Path, *, missing_ok: bool = False) -> None:
        step()
        unlink(self, missing_ok=missing_ok)
        step()

    os.fsync, Path.replace, Path.unlink = patched_fsync, patched_replace, patched_unlink  # type: ignore[assignment, method-assign]
    task.walk()


def main() -> None:
    driver, url, directory, items, page, kills = sys.argv[1:]
    os.fsync = lambda fd: None  # a kill, unlike a loss of power, leaves what was written
    _ndjson._EVERY = max(1, int(items) // 25)  # as often, in a part of the size, as in 25,000 items
    for every in (None, 1, int(page) // 7) if int(kills) else (None, 1):
        task = Task(driver, every, url, Path(directory), int(items), int(page))
        task.walk()  # imports what is imported late
        emptied(task.directory)
        assert threading.active_count() == 1, "a fork would lack the other threads"
        done = killed_at_random(task, int(kills)) if int(kills) else killed_at_each_step(task)
        print(json.dumps(done))  # noqa: T201  # what the test reads


if __name__ == "__main__":
    main()
