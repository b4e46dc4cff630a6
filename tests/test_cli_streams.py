"""The command line: lines that come and go one by one, what a terminal is spared, schemas from files, listings by URL."""

import io
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer
from typing import Any

import httpx
import msgspec
import pytest
from fault_server import FaultServer, Seen, answer

import odatafilter
from odatafilter import cli
from odatafilter._commands.streams import LongLine, escape_lines, input_lines
from odatafilter.emulator import Server, running

COMMAND = [sys.executable, "-m", "odatafilter"]


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(jobs=30, seed=6) as started:
        yield started


class Called:
    """What a command does in this process: its exit status, its standard output and its standard error."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capture: pytest.CaptureFixture[bytes]) -> None:
        monkeypatch.delenv("ODATAFILTER_TOKEN", raising=False)
        self._monkeypatch = monkeypatch
        self._capture = capture

    def __call__(self, *arguments: str, text: bytes = b"", token: str = "") -> tuple[int, bytes, str]:
        self._monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(text)))
        if token:
            self._monkeypatch.setenv("ODATAFILTER_TOKEN", token)
        status = cli.main(arguments)
        output, told = self._capture.readouterr()
        return status, output, told.decode()


@pytest.fixture
def call(monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]) -> Called:
    return Called(monkeypatch, capfdbinary)


def test_the_package_tells_its_version_and_runs_as_a_module() -> None:
    done = subprocess.run([*COMMAND, "--version"], capture_output=True, check=True, text=True)
    assert done.stdout == f"odatafilter {odatafilter.__version__}\n"
    done = subprocess.run([*COMMAND, "check", "a eq 1"], capture_output=True, check=True, text=True)
    assert done.stdout == "valid: a eq 1\n"


def test_every_help_has_the_exit_statuses_and_examples(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("check", "match", "schema", "list", "wait", "emulator"):
        with pytest.raises(SystemExit):
            cli.main([command, "--help"])
        shown = capsys.readouterr().out
        assert f"examples:\n  odatafilter {command} " in shown
        assert "124  a job that was not over in time" in shown


@pytest.mark.parametrize(
    ("arguments", "line", "answer"),
    [
        (["check"], b"a eq %d\n", b"valid: a eq %d\n"),
        (["check", "--json"], b"a eq %d\n", b'{"line":%d,"valid":true,"filter":"a eq %d"}\n'),
        (["match", "a lt 9"], b'{"a":%d}\n', b'{"a":%d}\n'),
    ],
)
def test_a_verdict_comes_as_soon_as_its_line_does(arguments: list[str], line: bytes, answer: bytes) -> None:
    with subprocess.Popen([*COMMAND, *arguments], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0) as process:
        killer = Timer(60, process.kill)
        killer.start()
        assert process.stdin
        assert process.stdout
        for number in (1, 2, 3):
            process.stdin.write(line % number)
            assert process.stdout.readline() == answer.replace(b"%d", b"%d" % number)
        process.stdin.close()
        assert process.wait() == 0
        killer.cancel()


def test_a_line_that_is_too_long_is_told_with_the_limit_and_not_kept(call: Called) -> None:
    text = b"a eq 1\n" + b"x" * 500_000 + b"\na eq 2\n" + b"y" * 450_000
    status, output, told = call("check", text=text)
    assert (status, output) == (1, b"valid: a eq 1\nvalid: a eq 2\n")
    says = "the filter has more than 100000 characters, the limit 'length'"
    assert told == f"line 2: {says}\nline 4: {says}\n"
    status, output, told = call("check", "--json", text=text)
    lines = [msgspec.json.decode(line) for line in output.splitlines()]
    assert [(line["line"], line["valid"]) for line in lines] == [(1, True), (2, False), (3, True), (4, False)]


def test_of_endless_input_no_more_is_kept_than_a_line_may_have(monkeypatch: pytest.MonkeyPatch) -> None:
    class Endless(io.RawIOBase):
        """A line that is written for a while, in which each part is new."""

        given = 0

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: bytearray) -> int:  # type: ignore[override]
            self.given += len(buffer)
            buffer[:] = (b"x" if self.given < 50_000_000 else b"\n") * len(buffer)
            return len(buffer)

    endless = Endless()
    buffered: Any = io.BufferedReader
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(buffered(endless)))
    number, line = next(input_lines(1000))
    assert (number, type(line)) == (1, LongLine)
    assert endless.given > 50_000_000


def test_verdicts_can_be_had_as_json(call: Called) -> None:
    status, output, told = call(
        "check", "--json", "--api", "realityconversion", text=b"state  eq 'active'\nstat eq\n\xff\n"
    )
    lines = [msgspec.json.decode(line) for line in output.splitlines()]
    assert (status, told, lines[0]) == (1, "", {"line": 1, "valid": True, "filter": "state eq 'active'"})
    assert (lines[1]["line"], lines[1]["valid"], lines[1]["error"]["details"][0]["code"]) == (2, False, "syntax")
    assert lines[2]["error"]["message"] == "it is not UTF-8: byte 0xff at position 1"
    status, output, _ = call("check", "--json", "a eq 1")
    assert (status, msgspec.json.decode(output)) == (0, {"valid": True, "filter": "a eq 1"})


def test_match_writes_the_lines_that_match_as_they_are(call: Called) -> None:
    text = b'\xef\xbb\xbf{"a": 1.50,  "b":"\xc2\x9b"}\r\n\n{"a":2}\n{"a":null}\n{}\n'
    status, output, told = call("match", "a lt 2", text=text)
    assert (status, output, told) == (0, b'{"a": 1.50,  "b":"\xc2\x9b"}\n', "")


def test_match_tells_what_it_cannot_read_and_goes_on(call: Called) -> None:
    text = b'{"a":1\n[1]\n{"a":1}\n{"a":0}\n\xff\n'
    status, output, told = call("match", "1 div a eq 1", text=text)
    assert (status, output) == (1, b'{"a":1}\n')
    assert told.startswith("line 1: it is no JSON\nline 2: it is no JSON object\nline 4: ")
    assert told.endswith("line 5: it is no JSON\n")
    status, output, told = call("match", "a eq", text=text)
    assert (status, output, told[:4] != "line") == (1, b"", True)


def test_schemas_are_read_from_files(call: Called, tmp_path: Path) -> None:
    documents = {
        "declarations": ('{"age": "Int32", "name": {"kind": "String", "nullable": false}}', ""),
        "schema": ('{"type": "object", "properties": {"age": {"type": "integer"}}}', ""),
        "openapi": ('{"components": {"schemas": {"Person": {"properties": {"age": {"type": "integer"}}}}}}', "#Person"),
        "metadata": (
            '<Edmx Version="4.0"><Schema Namespace="N"><EntityType Name="Person"><Property Name="age" Type="Edm.Int32"/>'
            "</EntityType></Schema></Edmx>",
            "#Person",
        ),
    }
    for name, (text, at) in documents.items():
        path = tmp_path / name
        path.write_text(text)
        assert call("check", "age gt 5", "--schema", f"{path}{at}") == (0, b"valid: age gt 5\n", ""), name
        status, output, told = call("match", "agee gt 5", "--schema", f"{path}{at}")
        assert (status, output, "agee" in told) == (1, b"", True)
    for text, says in (("", "neither JSON nor XML"), ("[]", "no JSON object"), ('{"a": 5}', "'a'")):
        path = tmp_path / "wrong"
        path.write_text(text)
        status, _, told = call("check", "a eq 1", "--schema", str(path))
        assert (status, told.startswith("odatafilter check: the schema "), says in told) == (2, True, True), told
    status, _, told = call("check", "a eq 1", "--schema", str(tmp_path / "none"))
    assert (status, "No such file" in told) == (2, True)


def test_a_typed_schema_is_written_from_a_file(call: Called, tmp_path: Path) -> None:
    path = tmp_path / "declarations.json"
    path.write_text('{"age": "Int32", "name": {"kind": "String", "nullable": false}}')
    status, output, told = call("schema", str(path))
    made: dict[str, Any] = {}
    exec(output.decode(), made)  # it is what was asked for
    schema: Any
    (schema,) = (each for each in made.values() if isinstance(each, type) and each.__module__ == "builtins")
    assert (status, told, str(schema.age > 5)) == (0, "", "age gt 5")
    status, output, told = call("schema", str(tmp_path / "none"))
    assert (status, output) == (2, b"")


def test_lines_are_harmless_in_a_terminal_and_mean_the_same() -> None:
    text = '{"a":"\x9b31m\u202e\u200b\u2028","b":"Zürich \U0001f600","c":"\U000e0101"}\n{"d":"\x7f"}\n'
    line = escape_lines(text.encode()).decode()
    assert all(each.isprintable() for each in line.splitlines())
    assert "Zürich \U0001f600" in line
    assert [msgspec.json.decode(each) for each in line.splitlines()] == [
        msgspec.json.decode(each.encode()) for each in text.split("\n")[:-1]
    ]


def test_what_is_told_holds_no_character_that_acts(call: Called) -> None:
    status, output, told = call("check", text="a eq '\x1b[31m\u202e' and\n".encode())
    assert (status, output, "\x1b" in told or "\u202e" in told) == (1, b"", False)


def test_the_items_are_unchanged_in_a_pipe(server: Server) -> None:
    environ = {**os.environ, "ODATAFILTER_TOKEN": server.token}
    arguments = ["list", "realityconversion", "--base-url", server.url, "--filter", "state ne 'x' or state eq null"]
    done = subprocess.run(
        [*COMMAND, *arguments[:-1], "createdDateTime ge 2000-01-01T00:00:00Z"],
        capture_output=True,
        env=environ,
        check=True,
    )
    assert [msgspec.json.decode(line) for line in done.stdout.splitlines()] == server.jobs(
        "createdDateTime ge 2000-01-01T00:00:00Z"
    )


def test_a_listing_is_read_by_its_url(call: Called) -> None:
    def script(seen: Seen) -> list[bytes]:
        if "page=2" in seen.target:
            return [answer({"value": [{"id": 2}], "items": [{"id": 2}]})]
        more = {"@odata.nextLink": "?page=2", "links": {"next": "?page=2"}}
        return [answer({"value": [{"id": 1}], "items": [{"id": 1}], **more})]

    with FaultServer(script) as service:
        url = f"{service.url}/Orders"
        status, output, _ = call(
            "list", url, "--odata", "--filter", "id gt 0", "--orderby", "id desc", "--select", "id, name",
            "--page-size", "5", "--header", "X-Key: k",
        )  # fmt: skip
        assert status == 0
        assert [msgspec.json.decode(line)["id"] for line in output.splitlines()] == [1, 2]
        first = service.seen[0]
        assert first.target.startswith("/Orders?$filter=id%20gt%200")
        assert "$orderby=id%20desc" in first.target
        headers = first.headers
        assert headers["x-key"] == "k"
        assert "odata.maxpagesize=5" in headers["prefer"]
        assert "authorization" not in headers
        status, output, _ = call(
            "list", url, "--items", "items", "--next-link", "nothing", "--next-link", "links.next", token="t0ken"
        )
        assert (status, len(output.splitlines())) == (0, 2)
        assert ("authorization", "Bearer t0ken") in service.seen[-1].headers.items()
        status, output, _ = call("list", url, "--next-link", "links.next")
        assert (status, [msgspec.json.decode(line)["id"] for line in output.splitlines()]) == (0, [1, 2])


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (["nowhere"], "'nowhere' is no listing: realityconversion or a URL is wanted"),
        (["http://a.test/x"], "a URL needs its form: --odata, or --next-link PATH"),
        (["realityconversion", "--odata"], "--odata is for a listing that is given by its URL"),
        (["http://a.test/x", "--odata", "--items", "a"], "--odata says where the items"),
        (["http://a.test/x", "--odata", "--header", "a"], "--header wants 'NAME: VALUE'"),
        (["http://a.test/x", "--odata", "--top", "5"], "maxpagesize"),
        (["http://a.test/x", "--odata", "--filter", "a eq @p"], "the parameter 'p' of the filter has no value"),
    ],
)
def test_list_refuses_what_no_listing_can_start_with(call: Called, arguments: list[str], says: str) -> None:
    status, output, told = call("list", *arguments)
    assert (status, output, says in told) == (2, b"", True), told


def test_the_emulator_makes_jobs_whose_status_takes_steps() -> None:
    arguments = [
        "emulator",
        "--port",
        "0",
        "--jobs",
        "1",
        "--job",
        "ec3=Running,503,Failed",
        "--job",
        "oneclicklca=Succeeded",
        "--job",
        "accesscontrol=Completed",
    ]
    with subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        killer = Timer(60, process.kill)
        killer.start()
        assert process.stdout
        url, token, ec3, lca, members = (process.stdout.readline().strip() for _ in range(5))
        headers = {"Authorization": f"Bearer {token.partition('=')[2]}"}
        place = f"{url}/insights/carbon-calculation"
        job = ec3.removeprefix("ec3 ")
        statuses = [httpx.get(f"{place}/ec3/jobs/{job}", headers=headers) for _ in range(3)]
        assert [each.status_code for each in statuses] == [200, 503, 200]
        assert statuses[2].json()["job"]["status"] == "Failed"
        job = lca.removeprefix("oneclicklca ")
        assert httpx.get(f"{place}/oneclicklca/jobs/{job}", headers=headers).json()["job"]["status"] == "Succeeded"
        waited = subprocess.run(
            [*COMMAND, "wait", *members.split(), "--base-url", url],
            env={**os.environ, "ODATAFILTER_TOKEN": token.partition("=")[2]},
            capture_output=True,
            check=True,
        )
        assert b'"succeeded"' in waited.stdout
        process.terminate()
        process.communicate()
        killer.cancel()


def test_unknown_routes_of_the_emulator_are_not_found_before_anything_is_judge(server: Server) -> None:
    for path in (
        "/realityconversion/jobs/",
        "/insights/carbon-calculation/ec3/jobs/a/",
        "/insights/carbon-calculation/oneclicklca/jobs/a/",
        "/accesscontrol/itwins/a/jobs/b/",
        "/nothing",
        "//realityconversion/jobs",
    ):
        for headers in ({}, {"Authorization": f"Bearer {server.token}"}):
            found = httpx.get(server.url + path, headers=headers, params={"$filter": "state eq 'success'"})
            assert (found.status_code, found.json()["error"]["code"]) == (404, "ResourceNotFound"), path
