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
from contextlib import contextmanager
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import msgspec
import pytest
from fault_server import FaultServer, Seen, answer, jobs, page
from kept_outputs import KEPT

from odatafilter.cli import main
from odatafilter.emulator import Behaviour, Server, running

ALL = "createdDateTime ge 2000-01-01T00:00:00Z"
COMMAND = [sys.executable, "-c", "from odatafilter.cli import main; raise SystemExit(main())"]
TIMEOUT = 60.0


def environment(server: Server | None = None) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name != "ODATAFILTER_TOKEN"}
    return kept if server is None else kept | {"ODATAFILTER_TOKEN": server.token}


def run(*arguments: str, server: Server | None = None, text: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return completed([*COMMAND, *arguments], server, input=text)


def shell(
    script: str, *arguments: str, server: Server | None = None, text: bytes = b""
) -> subprocess.CompletedProcess[bytes]:
    """What comes of the command that a shell starts with `"$@"` in `script`.

    Where a device of the script is none on this machine, the shell would make a file of its name: the test is skipped.
    """
    for name in re.findall(r"/dev/\w+", script):
        if not Path(name).is_char_device():
            pytest.skip(f"{name} is no device here")
    return completed(["sh", "-c", script, "sh", *COMMAND, *arguments], server, input=text)


def completed(command: list[str], server: Server | None = None, **options: Any) -> subprocess.CompletedProcess[bytes]:
    environ = environment(server)
    return subprocess.run(command, capture_output=True, check=False, env=environ, timeout=TIMEOUT, **options)


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


@contextmanager
def started(command: list[str], server: Server | None = None, **streams: int) -> Iterator[subprocess.Popen[bytes]]:
    """A process that has ended when the block has; one that would not ends all the same, and with it all reading."""
    # Unbuffered, as `communicate` would pass over what a `readline` before it has read too much.
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "bufsize": 0, **streams}
    with subprocess.Popen(command, env=environment(server), **streams) as process:  # type: ignore[call-overload]
        killer = Timer(TIMEOUT, process.kill)
        killer.start()
        try:
            yield process
            process.wait(TIMEOUT)
        finally:
            killer.cancel()
            process.kill()


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
    assert done.stderr.startswith(b"line 3: unknown property 'stat'; ")


def test_check_takes_a_dash_for_standard_input(call: Called) -> None:
    assert call("check", "-", text=b"state eq 'active'") == (0, b"valid: state eq 'active'\n", b"")


def test_check_ends_a_line_of_standard_input_at_a_newline_only(call: Called) -> None:
    text = "name eq 'a\u2028b'\r\nname eq 'c\x0cd'\nname eq 'e\x85f'"
    status, output, told = call("check", text=text.encode())
    valid = "valid: name eq 'a\u2028b'\nvalid: name eq 'c\x0cd'\nvalid: name eq 'e\x85f'\n"
    assert (status, output.decode(), told) == (0, valid, b"")


def test_check_refuses_a_line_that_is_not_utf_8_and_judges_the_others(call: Called) -> None:
    status, output, told = call("check", text=b"\nname eq 'caf\xe9'\nstate eq 'active'\n")
    assert (status, output) == (1, b"valid: state eq 'active'\n")
    assert told == b"line 2: it is not UTF-8: byte 0xe9 at position 13\n"


def test_check_says_in_its_help_what_standard_input_is() -> None:
    done = run("check", "--help")
    assert b"without it, or for -, each line of standard input is a filter" in b" ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('"$@" 0> /dev/null', "odatafilter check: standard input: Bad file descriptor\n"),
        ('"$@" <&-', "odatafilter check: standard input is closed\n"),
    ],
)
def test_check_says_why_it_cannot_read(script: str, message: str) -> None:
    done = shell(script, "check")
    assert (done.returncode, done.stdout, done.stderr.decode()) == (2, b"", message)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ('"$@" > /dev/full', "odatafilter check: standard output: No space left on device\n"),
        ('"$@" >&-', "odatafilter check: standard output is closed\n"),
        ('"$@" 1< /dev/null', "odatafilter check: standard output: Bad file descriptor\n"),
        ('"$@" > /dev/full 2>&-', ""),
        ('"$@" > /dev/full 2> /dev/full', ""),
    ],
)
def test_check_says_why_it_cannot_write(script: str, message: str) -> None:
    done = shell(script, "check", "state eq 'active'")
    assert (done.returncode, done.stdout, done.stderr.decode()) == (1, b"", message)


def test_what_is_told_goes_to_standard_error_or_nowhere() -> None:
    for nowhere in ("&-", " /dev/full"):
        done = shell(f'"$@" 2>{nowhere}', "check", "state eq 'active")
        assert (done.returncode, done.stdout, done.stderr) == (1, b"", b"")


@pytest.mark.parametrize("text", [b"", b"\n", b"\xff\xfe eq 1", b"(" * 100_000, b"a eq '\0'"])
def test_check_answers_any_input_without_a_traceback(call: Called, text: bytes) -> None:
    status, output, told = call("check", text=text)
    assert (status, output, b"Traceback" in told) == (1, b"", False)


def test_check_needs_no_http_client_and_no_extra() -> None:
    unwanted = ("httpx", "rich", "starlette", "uvicorn", "asyncio")
    script = f"import sys; from odatafilter.cli import main; main(); print([n for n in {unwanted} if n in sys.modules])"
    done = completed([sys.executable, "-c", script, "check", "state eq 'active'", "--api", "realityconversion"])
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


def test_list_counts_one_page_and_one_item_as_such(call: Called, server: Server) -> None:
    status, _, told = call(*listing(server, "--filter", ALL, "--max-items", "1"), token=server.token)
    assert status == 0
    assert re.fullmatch(rb"1 page, 1 item in \d+\.\d s \(\d+ items?/s\)\n", told)


def test_list_refuses_a_wrong_filter_before_anything_is_sent(call: Called, server: Server) -> None:
    before = server.requests
    status, output, told = call(*listing(server, "--filter", "stat eq 'active'"), token=server.token)
    assert (status, output, server.requests) == (1, b"", before)
    assert told.startswith(b"unknown property 'stat'; did you mean 'state'?\n    stat eq 'active'\n    ^^^^\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--top", "1001"], "odatafilter list: $top is 1001: a whole number from 1 to 1000 is wanted\n"),
        (["--base-url", "//nowhere"], "odatafilter list: --base-url: '//nowhere' is no origin: no http or https URL\n"),
        (
            ["--base-url", "ftp://nowhere"],
            "odatafilter list: --base-url: 'ftp://nowhere' is no origin: a URL of the scheme 'ftp'\n",
        ),
        (
            ["--base-url", "localhost:80"],
            "odatafilter list: --base-url: 'localhost:80' has no scheme: write http://localhost:80\n",
        ),
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


@pytest.mark.parametrize(
    ("token", "message"),
    [
        ("", "no token: set ODATAFILTER_TOKEN, or name a file that holds it with --token-file"),
        ("Bearer abc", "the token begins with 'Bearer': leave that out, it is sent in any case"),
        ("bearer\tabc", "the token begins with 'Bearer': leave that out, it is sent in any case"),
        ("tökén", "the token holds a blank or another character that no token has: ASCII only is wanted"),
        ("ab\x7fc", "the token holds a blank or another character that no token has: ASCII only is wanted"),
        ("abc def", "the token holds a blank or another character that no token has: ASCII only is wanted"),
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1", "utf-8-sig"])
def test_what_cannot_be_a_token_is_refused_and_not_shown(  # noqa: PLR0917 - fixtures and parameters
    call: Called, server: Server, tmp_path: Path, token: str, message: str, encoding: str
) -> None:
    before = server.requests
    path = tmp_path / "token"
    path.write_text(f"{token}\n", encoding=encoding)
    refused = (2, b"", f"odatafilter list: {message}\n".encode())
    assert call(*listing(server, "--filter", ALL, "--token-file", str(path))) == refused
    assert call(*listing(server, "--filter", ALL), token=token) == refused
    assert server.requests == before


def test_a_token_file_may_begin_with_a_byte_order_mark(call: Called, server: Server, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(server.token, encoding="utf-8-sig")
    assert call(*listing(server, "--filter", ALL, "--max-items", "1", "--token-file", str(path)))[0] == 0


def test_where_nothing_was_done_there_is_no_advice_to_go_on(call: Called, server: Server) -> None:
    asked = listing(server, "--filter", "iTwinId eq 00000000-0000-4000-a000-000000000000")
    place = f"    page 1 after 0 items: {server.url}/realityconversion/jobs\n"
    status, output, told = call(*asked, token=server.token)
    assert (status, output) == (1, b"")
    assert told.decode() == f"404 iTwinNotFound: Requested iTwin is not available.\n{place}"
    status, output, told = call(*asked, token="wrong")
    assert (status, output) == (1, b"")
    assert told.decode() == f"401 InvalidToken: The access token is not valid. Access denied.\n{place}"


def test_a_service_has_a_minute_to_answer(call: Called, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whether it lists or tells of a job: httpx itself gives it five seconds."""
    given: list[Any] = []

    class Noted(httpx.Client):
        def __init__(self, **options: Any) -> None:
            given.append(options)
            super().__init__(**options)

    monkeypatch.setattr(httpx, "Client", Noted)
    assert [call(*asked)[0] for asked in (("list", "realityconversion"), ("wait", "ec3", "7"))] == [2, 2]
    assert given == [{"timeout": 60}] * 2


# --- list that does not come to its end -----------------------------------------------------------------------------

SUMMARY = r"(\d+ pages?), (\d+) items? in \d+\.\d s \([\d,]+ items?/s\); the same command goes on with"
ADVICE = re.compile(rf"{SUMMARY}\n    --resume (\S+)\n")


def test_a_token_that_is_gone_when_it_is_asked_for_again_is_told_with_the_cursor(call: Called, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text("abc")

    def script(seen: Seen) -> list[bytes]:
        if "after" not in seen.target:
            return [page(jobs(1, 2), f"{faulty.url}/realityconversion/jobs?after=2")]
        path.write_text("")
        return [answer(status=401)]

    with FaultServer(script) as faulty:
        status, output, told = call("list", "realityconversion", "--base-url", faulty.url, "--token-file", str(path))
    assert (status, output) == (1, b'{"id":1}\n{"id":2}\n')
    reason, _, advice = told.decode().partition("\n")
    assert reason == "no token: set ODATAFILTER_TOKEN, or name a file that holds it with --token-file"
    found = ADVICE.fullmatch(advice)
    assert found
    assert (found[1], found[2]) == ("1 page", "2")


def test_a_page_of_which_nothing_was_written_is_told_with_its_own_cursor(call: Called) -> None:
    with FaultServer(lambda _: [answer(b'{"value":[{"id":1},"\xff"]}')]) as faulty:
        url = f"{faulty.url}/jobs"
        status, output, told = call("list", url, "--odata")
    assert (status, output) == (1, b"")
    reason, where, advice = told.decode().split("\n", 2)
    assert reason == "item 1 of the page cannot be decoded: it is no UTF-8: '\"\N{REPLACEMENT CHARACTER}\"'"
    assert where == f"    page 1 after 1 items: {url}"
    found = ADVICE.fullmatch(advice)
    assert found
    assert (found[1], found[2]) == ("1 page", "0")


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("pages", [1, 3, 11])
def test_a_signal_prints_the_cursor_that_goes_on_with_the_next_item(
    slow_server: Server, pages: int, ending: signal.Signals
) -> None:
    arguments = listing(slow_server, "--filter", ALL, "--top", "3")
    with started([*COMMAND, *arguments], slow_server) as process:
        assert process.stdout
        first = b"".join(process.stdout.readline() for _ in range(3 * pages))
        process.send_signal(ending)
        more, told = process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130
    reason, _, advice = told.decode().partition("\n")
    found = ADVICE.fullmatch(advice)
    assert found
    assert (reason, int(found[2])) == ("stopped", len(items(first + more)))
    rest = run(*arguments, "--resume", found[3], server=slow_server)
    assert rest.returncode == 0
    assert items(first + more + rest.stdout) == slow_server.jobs(ALL)
    assert rest.stdout


def test_a_signal_before_the_first_page_prints_no_cursor() -> None:
    with (
        running(jobs=3, behaviour=Behaviour(latency=600)) as server,
        started([*COMMAND, *listing(server, "--filter", ALL)], server) as process,
    ):
        while not server.requests:
            assert process.poll() is None
            time.sleep(0.005)
        process.send_signal(signal.SIGTERM)
        output, told = process.communicate(timeout=TIMEOUT)
    assert (process.returncode, output, told) == (130, b"", b"stopped\n")


def test_items_are_out_as_soon_as_their_page_is_there() -> None:
    with (
        running(jobs=6, seed=6, behaviour=Behaviour(throttle_every=2, retry_after="30")) as server,
        started([*COMMAND, *listing(server, "--filter", ALL, "--top", "3")], server) as process,
    ):
        assert process.stdout
        first = b"".join(process.stdout.readline() for _ in range(3))
        process.send_signal(signal.SIGINT)
        assert items(first) == server.jobs(ALL)[:3]


@pytest.mark.parametrize(
    ("script", "reason"),
    [
        ('"$@" > /dev/full', "No space left on device"),
        ('"$@" 1< /dev/null', "Bad file descriptor"),
    ],
)
def test_output_that_takes_nothing_is_told_with_the_cursor(server: Server, script: str, reason: str) -> None:
    arguments = listing(server, "--filter", ALL)
    done = shell(script, *arguments, server=server)
    told, _, advice = done.stderr.decode().partition("\n")
    assert (done.returncode, told) == (1, f"odatafilter list: standard output: {reason}")
    found = ADVICE.fullmatch(advice)
    assert found
    assert (found[1], found[2]) == ("1 page", "0")
    rest = run(*arguments, "--resume", found[3], server=server)
    assert items(rest.stdout) == server.jobs(ALL)


@pytest.mark.parametrize("blocks", [40, 41, 60])
def test_a_disk_that_fills_up_is_told_with_the_cursor_after_the_last_whole_line(
    server: Server, tmp_path: Path, blocks: int
) -> None:
    arguments = listing(server, "--filter", ALL, "--top", "30")
    done = shell(f'ulimit -f {blocks}; "$@" > {tmp_path}/jobs', *arguments, server=server)
    told, cut, advice = done.stderr.decode().split("\n", 2)
    assert (done.returncode, told) == (1, "odatafilter list: standard output: File too large")
    assert cut == "the last line of the output is cut off: remove it"
    found = ADVICE.fullmatch(advice)
    assert found
    whole = (tmp_path / "jobs").read_bytes().rpartition(b"\n")[0] + b"\n"
    assert int(found[2]) == len(items(whole)) > 0
    rest = run(*arguments, "--resume", found[3], server=server)
    assert items(whole + rest.stdout) == server.jobs(ALL)


def test_a_second_signal_ends_a_listing_that_nobody_reads() -> None:
    with running(jobs=1000, seed=6) as server:
        arguments = listing(server, "--filter", ALL, "--top", "500")  # a page is more than a pipe holds
        with started([*COMMAND, *arguments], server) as process:
            assert process.stdout
            first = process.stdout.readline()
            process.send_signal(signal.SIGTERM)
            time.sleep(0.1)
            assert process.poll() is None
            process.send_signal(signal.SIGTERM)
            process.wait(TIMEOUT)
            more, told = process.communicate(timeout=TIMEOUT)
        assert process.returncode == 130
        reason, _, advice = told.decode().partition("\n")
        found = ADVICE.fullmatch(advice.removeprefix("the last line of the output is cut off: remove it\n"))
        assert found
        assert reason == "stopped"
        written = (first + more).splitlines(keepends=True)
        rest = run(*arguments, "--resume", found[3], server=server)
        assert items(b"".join(written[: int(found[2])]) + rest.stdout) == server.jobs(ALL)


def test_closed_output_is_told_before_anything_is_sent(server: Server) -> None:
    before = server.requests
    done = shell('"$@" >&-', *listing(server, "--filter", ALL), server=server)
    assert (done.returncode, done.stdout, server.requests) == (1, b"", before)
    assert done.stderr == b"odatafilter list: standard output is closed\n"


def test_a_reader_that_leaves_early_is_no_traceback(server: Server) -> None:
    with started([*COMMAND, *listing(server, "--filter", ALL, "--top", "10")], server) as process:
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
    with started(command, server, stderr=other_end) as process:
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
    done = completed(command, server)
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
    assert (status, msgspec.json.decode(output)["message"]) == (4, "No quantities.")
    partly = server.script("accesscontrol", ["PartialCompleted"])
    status, output, _ = call(*waiting(server, "accesscontrol", partly, "--itwin-id", server.callers[0].itwins[0]))
    assert (status, msgspec.json.decode(output)["outcome"]) == (3, "partly")
    success = server.jobs("state eq 'success'")[0]["id"]
    assert call(*waiting(server, "conversion", success))[0] == 0


@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_wait_ends_at_a_signal_that_its_parent_ignores(server: Server, ending: signal.Signals) -> None:
    job_id = server.script("ec3", ["Running"] * 10_000)
    ignoring = f"import signal; signal.signal(signal.SIGINT, signal.SIG_IGN); {COMMAND[2]}"
    with started([*COMMAND[:2], ignoring, *waiting(server, "ec3", job_id)], server) as process:
        assert process.stderr
        process.stderr.readline()  # the first status is told
        process.send_signal(ending)
        process.communicate(timeout=TIMEOUT)
    assert process.returncode == 130


def test_wait_tells_what_keeps_it_from_the_end(call: Called, server: Server) -> None:
    job_id = server.script("ec3", ["Running"])
    status, output, told = call(*waiting(server, "ec3", job_id, "--timeout", "0.5"), token=server.token)
    assert (status, output) == (124, b"")
    assert told.endswith(f"the job {job_id} is not over after 0.5 s; its last status is 'Running'\n".encode())
    status, _, told = call(*waiting(server, "oneclicklca", job_id))
    says = b"no such job, or none that this token may see: 404 JobNotFound: Requested Job is not available.\n"
    assert (status, told) == (1, says)
    status, _, told = call(*waiting(server, "conversion", "00000000-0000-0000-0000-000000000000"))
    assert (status, b"no such job" in told) == (1, True)
    status, _, told = call(*waiting(server, "accesscontrol", job_id))
    assert (status, told) == (
        2,
        b"odatafilter wait: a job of accesscontrol is found by its iTwin: --itwin-id ID is missing\n",
    )
    status, _, told = call(*waiting(server, "ec3", job_id, "--timeout", "nan"))
    assert (status, told) == (2, b"odatafilter wait: timeout is nan: seconds, from 0 to 1000000000, are wanted\n")


# --- emulator -------------------------------------------------------------------------------------------------------


# A shell without job control starts what is in the background so.
DEAF = ["sh", "-c", 'trap "" INT TERM; exec "$@"', "sh"]


@pytest.mark.parametrize("parent", [[], DEAF], ids=["as usual", "where the parent ignores signals"])
@pytest.mark.parametrize("ending", [signal.SIGINT, signal.SIGTERM])
def test_the_emulator_serves_until_it_is_stopped(ending: signal.Signals, parent: list[str]) -> None:
    arguments = ["emulator", "--port", "0", "--jobs", "30", "--no-filter-required", "--last-page", "{}"]
    with started([*parent, *COMMAND, *arguments]) as process:
        assert process.stdout
        url = process.stdout.readline().decode().strip()
        token = process.stdout.readline().decode().strip().removeprefix("ODATAFILTER_TOKEN=")
        answer = httpx.get(f"{url}/realityconversion/jobs", headers={"Authorization": f"Bearer {token}"}).json()
        process.send_signal(ending)
        _, told = process.communicate(timeout=TIMEOUT)
    assert (len(answer["jobs"]), answer["_links"]) == (30, {})
    assert (process.returncode, told) == (0, b"")


def test_the_emulator_says_why_it_cannot_start(call: Called, server: Server, tmp_path: Path) -> None:
    port = server.url.rpartition(":")[2]
    message = f"odatafilter emulator: --port {port}: Address already in use\n".encode()
    assert call("emulator", "--jobs", "1", "--port", port) == (2, b"", message)
    path = tmp_path / "none" / "jobs.sqlite"
    message = f"odatafilter emulator: {path}: unable to open database file\n".encode()
    assert call("emulator", "--database", str(path)) == (2, b"", message)
    with pytest.raises(SystemExit, match="2"):
        call("emulator", "--last-page", "[]")


@pytest.mark.parametrize(
    ("option", "value", "message"),
    [
        ("--jobs", "-1", "jobs is -1: a whole number from 0 is wanted"),
        ("--throttle-every", "-1", "throttle_every is -1: a whole number from 0 is wanted"),
        ("--port", "70000", "port is 70000: a whole number from 0 to 65535 is wanted"),
        ("--port", "-1", "port is -1: a whole number from 0 to 65535 is wanted"),
        ("--latency", "-1", "latency is -1.0: seconds, from 0 to 1000000000, are wanted"),
        ("--latency", "nan", "latency is nan: seconds, from 0 to 1000000000, are wanted"),
    ],
)
def test_the_emulator_refuses_numbers_that_make_no_sense(call: Called, option: str, value: str, message: str) -> None:
    assert call("emulator", option, value) == (2, b"", f"odatafilter emulator: {message}\n".encode())


def test_the_emulator_says_why_it_cannot_write() -> None:
    done = shell('"$@" > /dev/full', "emulator", "--port", "0", "--jobs", "1")
    assert (done.returncode, done.stdout) == (1, b"")
    assert done.stderr == b"odatafilter emulator: standard output: No space left on device\n"


# --- demo -----------------------------------------------------------------------------------------------------------


def test_the_demo_shows_it_all_in_a_terminal_and_in_a_pipe() -> None:
    """In a pipe it prints what `tests/kept/demo.txt` has, apart from the port, the times and what follows from them."""
    terminal, other_end = pty.openpty()
    demo = ["env", "COLUMNS=80", *COMMAND, "demo"]
    with started(demo) as piped, started(demo, stdout=other_end, stderr=other_end) as shown:
        os.close(other_end)
        colours = read_all(terminal)
        plain, told = piped.communicate(timeout=TIMEOUT)
    assert (piped.returncode, told, shown.returncode) == (0, b"", 0)
    assert without_times(plain.decode()) == (KEPT / "demo.txt").read_text("utf-8")
    without_colours = re.sub(rb"\x1b\[[0-9;?]*[A-Za-z]", b"", colours)
    for line in plain.splitlines():
        if not re.search(rb"[0-9]", line):
            assert line.rstrip() in without_colours
    assert re.search(rb"waiting [0-9.]+ s: 429 RateLimitExceeded *\r?\n", without_colours)
    assert b"the same items in the same order" in without_colours
    assert b"\x1b[" in colours


def test_the_demo_prints_the_same_whoever_calls_it(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without the time that a service far away takes."""
    monkeypatch.setattr("odatafilter.emulator.demo._BEHAVIOUR", Behaviour(throttle_every=30, retry_after="0"))
    monkeypatch.setenv("COLUMNS", "80")
    monkeypatch.setenv("NO_COLOR", "1")
    assert main(["demo"]) == 0
    assert without_times(capsys.readouterr().out) == (KEPT / "demo.txt").read_text("utf-8")


def without_times(output: str) -> str:
    """What the demo prints, with N for what differs each time, and no blanks at the ends of lines."""
    output = re.sub(r"(?<=127\.0\.0\.1:)\d+|\d+\.\d(?= s\b)|\d+:\d\d:\d\d|[\d,]+(?= items per second)", "N", output)
    return "".join(f"{line.rstrip()}\n" for line in output.splitlines())


@pytest.mark.parametrize(("module", "extra"), [("rich", "cli"), ("starlette", "emulator"), ("uvicorn", "emulator")])
def test_without_an_extra_the_demo_says_what_to_install(module: str, extra: str) -> None:
    script = f"import sys; sys.modules['{module}'] = None; from odatafilter.cli import main; raise SystemExit(main())"
    done = completed([sys.executable, "-c", script, "demo"])
    assert done.returncode == 2
    assert done.stderr.decode() == f"odatafilter demo: {module} is missing: install 'odatafilter[{extra}]'\n"
