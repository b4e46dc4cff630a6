"""The command line as a shell runs it: real processes, real pipes, real signals."""

import io
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import msgspec
import pytest

from odatafilter.cli import main
from odatafilter.emulator import Behaviour, Server, running

ALL = "createdDateTime ge 2000-01-01T00:00:00Z"
COMMAND = [sys.executable, "-c", "from odatafilter.cli import main; raise SystemExit(main())"]


def environment(server: Server | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "ODATAFILTER_TOKEN"}
    return kept if server is None else kept | {"ODATAFILTER_TOKEN": server.token}


def run(*arguments: str, server: Server | None = None, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*COMMAND, *arguments], input=text, capture_output=True, check=False, env=environment(server))


class Called:
    """What the command does without a process of its own, which takes a third of a second."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]) -> None:
        monkeypatch.delenv("ODATAFILTER_TOKEN", raising=False)
        self._monkeypatch = monkeypatch
        self._capture = capture

    def __call__(self, *arguments: str, token: str = "", text: bytes = b"") -> tuple[int, bytes, bytes]:
        """The exit status, and what went to standard output and to standard error."""
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        if token:
            self._monkeypatch.setenv("ODATAFILTER_TOKEN", token)
        status = main(arguments)
        output, told = self._capture.readouterr()
        return status, output, told


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Called:
    return Called(monkeypatch, capfdbinary)


def start(*arguments: str, server: Server | None = None) -> subprocess.Popen[bytes]:
    pipe = subprocess.PIPE
    return subprocess.Popen([*COMMAND, *arguments], stdout=pipe, stderr=pipe, env=environment(server))


def listing(server: Server, *arguments: str) -> list[str]:
    return ["list", "realityconversion", "--base-url", server.url, *arguments]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(jobs=500, seed=6) as started:
        yield started


@pytest.fixture(scope="module")
def slow_server() -> Iterator[Server]:
    with running(jobs=60, seed=6, behaviour=Behaviour(latency=0.02)) as started:
        yield started


# --- check ----------------------------------------------------------------------------------------------------------


def test_check_says_valid_with_the_canonical_text() -> None:
    done = run("check", "( state  EQ 'active' )")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"valid: state eq 'active'\n", b"")


def test_check_draws_the_mistake_and_fails() -> None:
    done = run("check", "--api", "realityconversion", "createdDate gt 2024-06-24T13:00:00Z")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.decode() == (
        "unknown property 'createdDate'; did you mean 'createdDateTime'?\n"
        "    createdDate gt 2024-06-24T13:00:00Z\n"
        "    ^^^^^^^^^^^\n"
    )


def test_check_without_an_api_judges_the_syntax_only(call: Called) -> None:
    assert call("check", "createdDate gt 2024-06-24T13:00:00Z")[0] == 0
    status, _, told = call("check", "state eq 'active")
    assert status == 1
    assert b"^" in told


def test_check_knows_the_dialects_of_other_apis(call: Called) -> None:
    assert call("check", "--api", "itwins", "status in ['Active','Inactive']")[0] == 0
    assert call("check", "--api", "analysisjobs", "state in ('a','b')")[0] == 1
    assert call("check", "--api", "analysisdetectors", "not (exports in ('Locations'))")[0] == 0


def test_check_reads_a_filter_a_line_from_standard_input() -> None:
    done = run("check", "--api", "realityconversion", text="\ufeffstate eq 'active'\r\n\nstat eq 1\n".encode())
    assert (done.returncode, done.stdout) == (1, b"valid: state eq 'active'\n")
    assert done.stderr.startswith(b"unknown property 'stat'; did you mean 'state'?\n")


@pytest.mark.parametrize("text", [b"", b"\n", b"\xff\xfe eq 1", b"(" * 100_000, b"a eq '\0'"])
def test_check_answers_any_input_without_a_traceback(call: Called, text: bytes) -> None:
    status, output, told = call("check", text=text)
    assert (status, output, b"Traceback" in told) == (1, b"", False)


def test_check_needs_no_http_client_and_no_extra() -> None:
    unwanted = ("httpx", "rich", "starlette", "uvicorn", "asyncio")
    script = f"import sys; from odatafilter.cli import main; main(); print([n for n in {unwanted} if n in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", script, "check", "state eq 'active'", "--api", "realityconversion"],
        capture_output=True,
        check=True,
    )
    assert done.stdout == b"valid: state eq 'active'\n[]\n"


# --- list -----------------------------------------------------------------------------------------------------------


def items(output: bytes) -> list[object]:
    return [msgspec.json.decode(line) for line in output.splitlines()]


def test_list_writes_every_matching_item_as_a_line_and_sums_up_on_standard_error(server: Server) -> None:
    done = run(*listing(server, "--filter", ALL, "--top", "40"), server=server)
    assert done.returncode == 0
    assert items(done.stdout) == server.jobs(ALL)
    assert re.fullmatch(rb"13 pages, 500 items in \d+\.\d s \([\d,]+ items/s\)\n", done.stderr)


def test_list_stops_after_the_items_that_are_wanted(call: Called, server: Server) -> None:
    status, output, _ = call(*listing(server, "--filter", ALL, "--max-items", "7"), token=server.token)
    assert (status, items(output)) == (0, server.jobs(ALL)[:7])


def test_list_refuses_a_wrong_filter_before_anything_is_sent(call: Called, server: Server) -> None:
    before = server.requests
    status, output, told = call(*listing(server, "--filter", "stat eq 'active'"), token=server.token)
    assert (status, output, server.requests) == (1, b"", before)
    assert told.startswith(b"unknown property 'stat'; did you mean 'state'?\n    stat eq 'active'\n    ^^^^\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--top", "1001"], "odatafilter list: $top is 1001: a whole number from 1 to 1000 is wanted\n"),
        (["--base-url", "nowhere"], "odatafilter list: --base-url: no http or https URL\n"),
        (["--max-items", "-1"], "odatafilter list: max_items is -1: a whole number from 0 is wanted\n"),
    ],
)
def test_list_refuses_wrong_use_before_anything_is_sent(
    call: Called, server: Server, arguments: list[str], message: str
) -> None:
    before = server.requests
    status, output, told = call(*listing(server, "--filter", ALL, *arguments), token=server.token)
    assert (status, output, server.requests) == (2, b"", before)
    assert told.decode() == message


def test_list_refuses_a_cursor_that_is_none(call: Called, server: Server) -> None:
    status, output, told = call(*listing(server, "--filter", ALL, "--resume", "x"), token=server.token)
    assert (status, output) == (2, b"")
    assert told.startswith(b"odatafilter list: ")


def test_the_token_comes_from_a_file_or_the_environment_only(call: Called, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{server.token}\n")
    status, output, _ = call(*listing(server, "--filter", ALL, "--max-items", "1", "--token-file", str(path)))
    assert (status, items(output)) == (0, server.jobs(ALL)[:1])
    status, _, told = call(*listing(server, "--filter", ALL))
    assert status == 2
    assert (
        told == b"odatafilter list: no token: set ODATAFILTER_TOKEN, or name a file that holds it with --token-file\n"
    )
    status, _, told = call(*listing(server, "--filter", ALL, "--token-file", str(tmp_path / "none")))
    assert (status, b"No such file" in told) == (2, True)
    with pytest.raises(SystemExit, match="2"):
        call(*listing(server, "--filter", ALL, "--token", "abc"))


def test_a_refusal_by_the_service_is_told_with_the_cursor(server: Server) -> None:
    done = run(*listing(server, "--filter", "iTwinId eq 00000000-0000-4000-a000-000000000000"), server=server)
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr.startswith(b"404 iTwinNotFound: Requested iTwin is not available.\n")
    assert b"\n    --resume 1." in done.stderr
    assert server.token.encode() not in done.stderr


@pytest.mark.parametrize("pages", [1, 3, 11])
def test_ctrl_c_prints_the_cursor_that_goes_on_with_the_next_item(slow_server: Server, pages: int) -> None:
    arguments = listing(slow_server, "--filter", ALL, "--top", "3")
    before = slow_server.requests
    with start(*arguments, server=slow_server) as process:
        while slow_server.requests - before < pages:
            time.sleep(0.005)
        process.send_signal(signal.SIGINT)
        first, told = process.communicate()
    assert process.returncode == 130
    assert told.startswith(b"stopped\n")
    (cursor,) = re.findall(rb"^    --resume (\S+)$", told, re.MULTILINE)
    rest = run(*arguments, "--resume", cursor.decode(), server=slow_server)
    assert rest.returncode == 0
    assert items(first + rest.stdout) == slow_server.jobs(ALL)
    assert len(items(first)) < 60


def test_a_reader_that_leaves_early_is_no_traceback(server: Server) -> None:
    with start(*listing(server, "--filter", ALL, "--top", "10"), server=server) as process:
        assert process.stdout
        assert process.stderr
        line = process.stdout.readline()
        process.stdout.close()
        told = process.stderr.read()
    assert items(line) == server.jobs(ALL)[:1]
    assert (process.returncode, told) == (141, b"")


def test_progress_is_shown_in_a_terminal_and_leaves_the_output_alone(server: Server) -> None:
    terminal, other_end = pty.openpty()
    command = [*COMMAND, *listing(server, "--filter", ALL, "--top", "5")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=other_end, env=environment(server)) as process:
        assert process.stdout
        output = process.stdout.read()
    os.close(other_end)
    shown = read_all(terminal)
    assert items(output) == server.jobs(ALL)
    assert b"500 items on 100 pages" in shown
    assert b"100 pages, 500 items in " in shown


def read_all(terminal: int) -> bytes:
    """What was written to a terminal whose other end is closed."""
    output = b""
    try:
        while chunk := os.read(terminal, 65536):
            output += chunk
    except OSError:  # Linux says so at the end
        pass
    os.close(terminal)
    return output


def test_list_works_without_rich(server: Server) -> None:
    script = "import sys; sys.modules['rich'] = None; from odatafilter.cli import main; raise SystemExit(main())"
    command = [sys.executable, "-c", script, *listing(server, "--filter", ALL)]
    done = subprocess.run(command, capture_output=True, check=False, env=environment(server))
    assert (done.returncode, items(done.stdout)) == (0, server.jobs(ALL))


# --- wait -----------------------------------------------------------------------------------------------------------


def waiting(server: Server, *arguments: str) -> list[str]:
    return ["wait", *arguments, "--base-url", server.url, "--interval", "0.01"]


def test_wait_writes_how_the_job_ended_and_tells_each_status_once(server: Server) -> None:
    job_id = server.script("ec3", ["Queued", "Running", "Running", 503, "Succeeded"])
    done = run(*waiting(server, "ec3", job_id), server=server)
    assert done.returncode == 0
    told = done.stderr.decode().splitlines()
    assert [line.partition(" s: ")[2] or line for line in told] == [
        "Queued",
        "Running",
        "503: '<html><h1>503 Service Unavailable</h1></html>'",
        "Succeeded",
    ]
    (job,) = (msgspec.json.decode(line) for line in done.stdout.splitlines())
    links = job.pop("links")
    assert job == {"id": job_id, "outcome": "succeeded", "status": "Succeeded", "message": None, "errors": []}
    assert links.keys() == {"ec3Project"}


def test_wait_says_failed_and_partly_as_exit_status(call: Called, server: Server) -> None:
    failed = server.script("oneclicklca", ["Failed"], message="No quantities.")
    status, output, _ = call(*waiting(server, "oneclicklca", failed), token=server.token)
    assert (status, msgspec.json.decode(output)["message"]) == (1, "No quantities.")
    partly = server.script("accesscontrol", ["PartialCompleted"])
    status, output, _ = call(*waiting(server, "accesscontrol", partly, "--itwin-id", server.callers[0].itwins[0]))
    assert (status, msgspec.json.decode(output)["outcome"]) == (3, "partly")
    success = server.jobs("state eq 'success'")[0]["id"]
    assert call(*waiting(server, "conversion", success))[0] == 0


def test_wait_tells_what_keeps_it_from_the_end(call: Called, server: Server) -> None:
    job_id = server.script("ec3", ["Running"])
    status, output, told = call(*waiting(server, "ec3", job_id, "--timeout", "0.05"), token=server.token)
    assert (status, output) == (124, b"")
    assert told.endswith(f"the job {job_id} is not over after 0.05 s; its last status is 'Running'\n".encode())
    status, _, told = call(*waiting(server, "oneclicklca", job_id))
    assert (status, told) == (1, b"404 JobNotFound: Requested Job is not available.\n")
    status, _, told = call(*waiting(server, "accesscontrol", job_id))
    assert (status, told) == (2, b"odatafilter wait: this operation needs an itwin_id\n")
    status, _, told = call(*waiting(server, "ec3", job_id, "--timeout", "nan"))
    assert (status, told) == (2, b"odatafilter wait: timeout is nan: seconds, 0 at least, are wanted\n")


# --- emulator -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_emulator_serves_until_it_is_stopped(ending: signal.Signals) -> None:
    with start("emulator", "--port", "0", "--jobs", "30", "--no-filter-required", "--last-page", "{}") as process:
        assert process.stdout
        url = process.stdout.readline().decode().strip()
        token = process.stdout.readline().decode().strip().removeprefix("ODATAFILTER_TOKEN=")
        answer = httpx.get(f"{url}/realityconversion/jobs", headers={"Authorization": f"Bearer {token}"}).json()
        process.send_signal(ending)
        _, told = process.communicate()
    assert (len(answer["jobs"]), answer["_links"]) == (30, {})
    assert (process.returncode, told) == (0, b"")


def test_the_emulator_says_why_it_cannot_start(call: Called, server: Server, tmp_path: Path) -> None:
    status, _, told = call("emulator", "--jobs", "1", "--port", server.url.rpartition(":")[2])
    assert status == 2
    assert re.match(rb"odatafilter emulator: .*ddress already in use", told)
    assert call("emulator", "--jobs", "1", "--port", "70000")[0] == 2
    status, _, told = call("emulator", "--database", str(tmp_path / "none" / "jobs.sqlite"))
    assert (status, told.endswith(b"none/jobs.sqlite: unable to open database file\n")) == (2, True)
    with pytest.raises(SystemExit, match="2"):
        call("emulator", "--last-page", "[]")


# --- demo -----------------------------------------------------------------------------------------------------------


def test_the_demo_shows_it_all_in_a_terminal_and_in_a_pipe() -> None:
    terminal, other_end = pty.openpty()
    with start("demo") as piped, subprocess.Popen([*COMMAND, "demo"], stdout=other_end, stderr=other_end) as shown:
        os.close(other_end)
        colours = read_all(terminal)
        plain, told = piped.communicate()
    assert (piped.returncode, told, shown.returncode) == (0, b"", 0)
    for output in (plain, re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", colours)):
        assert b"job.createdDateTime >= summer" in output
        assert b"createdDateTime ge 2024-06-24T13:00:00Z and state in (" in output
        assert b"unknown property 'createdDate'; did you mean 'createdDateTime'?" in output
        assert b"the same items in the same order" in output
    assert b"\x1b[" in colours
    assert b"\x1b[" not in plain


@pytest.mark.parametrize(("module", "extra"), [("rich", "cli"), ("starlette", "emulator"), ("uvicorn", "emulator")])
def test_without_an_extra_the_demo_says_what_to_install(module: str, extra: str) -> None:
    script = f"import sys; sys.modules['{module}'] = None; from odatafilter.cli import main; raise SystemExit(main())"
    done = subprocess.run([sys.executable, "-c", script, "demo"], capture_output=True, check=False)
    assert done.returncode == 2
    assert done.stderr.decode() == f"odatafilter demo: {module} is missing: install 'odatafilter[{extra}]'\n"
