"""A PostgreSQL server of the tests' own, in a temporary folder, reached by a socket: no port, and nothing of the machine's."""

import contextlib
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest


def missing(what: str) -> None:
    """Skips where a server is missing; in CI that is a failure, so that nothing is passed over there unseen."""
    if os.environ.get("CI"):
        pytest.fail(f"{what} is missing: .ci/run installs it")
    pytest.skip(f"{what} is missing")


def binaries() -> Path | None:
    """The folder of the distribution's newest server, or None."""
    found = shutil.which("initdb")
    if found:
        return Path(found).parent
    folders = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda folder: int(folder.parent.name))
    return folders[-1] if folders else None


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The folder of the socket of a server that runs until the end."""
    folder = binaries()
    if folder is None:
        missing("PostgreSQL")
        return
    place = Path(tempfile.mkdtemp(prefix="pg"))  # short: the path of a socket has at most 107 characters
    data = place / "data"
    user = pwd.getpwnam("postgres") if os.geteuid() == 0 else None  # the server does not run as root
    if user:
        os.chown(place, user.pw_uid, user.pw_gid)

    def run(*command: str | Path) -> None:
        subprocess.run(
            command,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=place,
            user=user.pw_uid if user else None,
            group=user.pw_gid if user else None,
            env={"PATH": os.defpath, "LC_ALL": "C.UTF-8"},
        )

    options = f"-c listen_addresses='' -c unix_socket_directories={place} -c fsync=off -c synchronous_commit=off"
    try:
        run(folder / "initdb", "-D", data, "-U", "tests", "--auth=trust", "--encoding=UTF8", "--no-sync")
        run(folder / "pg_ctl", "-D", data, "-o", options, "-w", "-l", place / "log", "start")
        try:
            yield str(place)
        finally:
            run(folder / "pg_ctl", "-D", data, "-m", "immediate", "stop")
    finally:
        shutil.rmtree(place, ignore_errors=True)
