"""Which kind of document a file holds, and what a terminal is spared: by every command that reads or writes."""

import io
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec
import pytest
from fault_server import FaultServer, Seen, answer

from odatafilter import cli
from odatafilter._commands.streams import LongLine, input_lines
from odatafilter.emulator import running

PERSON = {"type": "object", "properties": {"age": {"type": "integer"}}}
XML = '<Edmx Version="4.0"><Schema Namespace="N"><EntityType Name="Person"><Property Name="age" Type="Edm.Int32"/></EntityType></Schema></Edmx>'
DOCUMENTS = {
    "properties": (PERSON, ""),
    "$ref": ({"$ref": "#/x/Person", "x": {"Person": PERSON}}, ""),
    "allOf": ({"allOf": [PERSON]}, ""),
    "$defs": ({"$defs": {"Person": PERSON}}, "#Person"),
    "definitions": ({"definitions": {"Person": PERSON}}, "#Person"),
    "components": ({"components": {"schemas": {"Person": PERSON}}}, "#Person"),
    "CSDL JSON": (
        {"$Version": "4.0", "N": {"Person": {"$Kind": "EntityType", "age": {"$Type": "Edm.Int32"}}}},
        "#Person",
    ),
    "CSDL XML": (f"  \n{XML}", "#Person"),
    "CSDL XML with a mark": (f"\ufeff{XML}", "#Person"),
    "CSDL XML with a mark and a blank": (f"\ufeff \n{XML}", "#Person"),
    "JSON with a mark": (f"\ufeff{json.dumps(PERSON)}", ""),
    "declarations": ({"age": "Int32"}, ""),
}


@pytest.mark.parametrize("which", DOCUMENTS)
def test_a_document_is_known_by_what_it_has(which: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    document, at = DOCUMENTS[which]
    path = tmp_path / "document"
    path.write_text(document if isinstance(document, str) else json.dumps(document), "utf-8")
    assert cli.main(["check", "age gt 5", "--schema", f"{path}{at}"]) == 0
    assert cli.main(["check", "size gt 5", "--schema", f"{path}{at}"]) == 1
    assert capsys.readouterr().err.startswith("unknown property 'size'")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "the schema {0} is neither JSON nor XML"),
        ("[]", "the schema {0} holds no JSON object"),
        ('{"a": "Int"}', "the schema {0}: the declaration of 'a' cannot be read: OData has no 'Int', only Binary,"),
        ("<a/>", "the schema {0}: the $metadata must be an Edmx of version 4.0 or later, not a"),
        (None, "the schema {0}: No such file or directory"),
    ],
)
@pytest.mark.parametrize("command", [["check", "a eq 1", "--schema"], ["match", "a eq 1", "--schema"], ["schema"]])
def test_a_file_that_is_no_schema_is_a_wrong_use(
    command: list[str], text: str | None, message: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "document"
    if text is not None:
        path.write_text(text, "utf-8")
    assert cli.main([*command, str(path)]) == 2
    assert capsys.readouterr().err.startswith(f"odatafilter {command[0]}: {message.format(path)}")


# --- terminals ------------------------------------------------------------------------------------------------------

ACTS = "\x9b31m"  # colours what follows it


def check(_: str) -> list[str]:
    return ["check", f"a eq '{ACTS}'"]


def check_as_json(_: str) -> list[str]:
    return ["check", "--json", f"a eq '{ACTS}'"]


def match(_: str) -> list[str]:
    return ["match", "a ne 'x'"]


def list_(url: str) -> list[str]:
    return ["list", f"{url}/Orders", "--odata"]


def wait(url: str) -> list[str]:
    return ["wait", "ec3", "a", "--base-url", url]


@pytest.mark.parametrize("in_terminal", [True, False])
@pytest.mark.parametrize("command", [check, check_as_json, match, list_, wait])
def test_what_acts_on_a_terminal_is_escaped_there_alone(
    command: Callable[[str], list[str]],
    in_terminal: bool,
    monkeypatch: pytest.MonkeyPatch,
    capfdbinary: pytest.CaptureFixture[bytes],
) -> None:
    def script(seen: Seen) -> list[bytes]:
        job = {"status": "Failed", "message": ACTS, "_links": {}}
        return [answer({"job": job} if "jobs" in seen.target else {"value": [{"a": ACTS}]})]

    monkeypatch.setenv("ODATAFILTER_TOKEN", "abc")
    monkeypatch.setattr(
        sys, "stdin", io.TextIOWrapper(io.BytesIO(json.dumps({"a": ACTS}, ensure_ascii=False).encode()))
    )
    monkeypatch.setattr(sys.stdout, "isatty", lambda: in_terminal)
    with FaultServer(script) as service:
        cli.main(command(service.url))
    output, _ = capfdbinary.readouterr()
    assert (ACTS.encode() in output) is not in_terminal
    assert (rb"\u009b31m" in output or rb"\x9b31m" in output) is in_terminal


# --- lines ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [b"", b"\n", b"\nx"])
def test_a_line_may_have_so_many_bytes_and_no_more(end: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    for length, kept in ((9, True), (10, True), (11, False), (30, False)):
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"a" * length + end)))
        lines = list(input_lines(10))
        rest: list[Any] = [(2, b"x")] if end == b"\nx" else []
        assert lines[1:] == rest
        number, line = lines[0]
        assert (number, line if kept else type(line)) == (1, b"a" * length if kept else LongLine)


def test_the_mark_of_utf_8_is_taken_from_the_first_line_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xef\xbb\xbfa\n\xef\xbb\xbfb\r\n \n\nc")))
    assert list(input_lines(10)) == [(1, b"a"), (2, b"\xef\xbb\xbfb"), (5, b"c")]


def test_an_item_to_match_may_have_sixty_four_mebibytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bound is told, and what is longer is not read as JSON."""
    seen: list[int] = []

    def lines(most: int) -> list[tuple[int, Any]]:
        seen.append(most)
        return [(1, LongLine())]

    told: list[str] = []
    monkeypatch.setattr("odatafilter._commands.judge.input_lines", lines)
    monkeypatch.setattr("odatafilter._commands.judge.say", told.append)
    assert cli.main(["match", "a eq 1"]) == 1
    assert (seen, told) == ([64 * 1024 * 1024], ["line 1: it has more than 67108864 bytes"])


# --- the emulator ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["ec3", "ec3=", "ec3=Queued,", "conversion=active", "=Queued"])
def test_what_is_no_script_of_a_job_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["emulator", "--job", text])
    says = f"argument --job: {text!r} is no script: ec3=Queued,Running,Succeeded is one\n"
    assert capsys.readouterr().err.endswith(says)


def test_a_last_page_of_no_known_form_is_refused_with_all_forms(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        cli.main(["emulator", "--last-page", "[]"])
    forms = "'null', 'absent', '{}', 'next null', 'next {}', 'href null', 'href empty'"
    assert capsys.readouterr().err.endswith(f"argument --last-page: '[]' is none of {forms}\n")


def test_options_of_the_emulator_reach_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    given: list[Any] = []

    def start(*arguments: Any, **options: Any) -> Any:
        given.extend((arguments, options))
        return running(1)

    class Stopped:
        """The wait for the end, which comes at once."""

        def wait(self) -> None:
            raise KeyboardInterrupt

    monkeypatch.setattr("odatafilter.emulator.running", start)
    monkeypatch.setattr("odatafilter.cli.Flag", Stopped)
    path = tmp_path / "jobs"
    arguments = ["--jobs", "5", "--seed", "3", "--port", "9", "--database", str(path), "--last-page", "absent"]
    more = ["--no-filter-required", "--throttle-every", "4", "--retry-after", "9", "--latency", "0.5"]
    assert cli.main(["emulator", *arguments, *more]) == 0
    behaviour = given[1].pop("behaviour")
    assert given == [(5, 3), {"port": 9, "database": path}]
    assert msgspec.to_builtins(behaviour) == {
        "last_page": "absent",
        "filter_required": False,
        "throttle_every": 4,
        "retry_after": "9",
        "latency": 0.5,
    }


# --- what is told ---------------------------------------------------------------------------------------------------


def test_characters_that_a_stream_cannot_hold_are_escaped(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.BytesIO(), io.BytesIO()
    for name, buffer in zip(("stdout", "stderr"), written, strict=True):
        monkeypatch.setattr(sys, name, io.TextIOWrapper(buffer, "ascii", write_through=True))
    assert cli.main(["check", "name eq 'é'"]) == 0
    assert cli.main(["check", "name eq 'é"]) == 1
    output, told = (buffer.getvalue() for buffer in written)
    assert output == b"valid: name eq '\\xe9'\n"
    assert b"name eq '\\xe9\n" in told


@pytest.mark.parametrize(
    ("seconds", "says"),
    [
        (2.0, "1 page, 3,000 items in 2.0 s (1,500 items/s)\n"),
        (0.0, "1 page, 3,000 items in 0.0 s (3,000,000 items/s)\n"),
        (3000.0, "1 page, 3,000 items in 3000.0 s (1 item/s)\n"),
    ],
)
def test_a_listing_sums_up_pages_items_and_time(
    seconds: float, says: str, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    times = iter([10.0, 10.0 + seconds])
    monkeypatch.setattr("odatafilter.cli.monotonic", lambda: next(times))
    with FaultServer(lambda _: [answer({"value": [{"id": 1}] * 3000})]) as service:
        assert cli.main(["list", f"{service.url}/Orders", "--odata"]) == 0
    assert capfd.readouterr().err == says


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "'nowhere' is no listing: realityconversion or a URL is wanted"),
        (["http://a.test/x"], "a URL needs its form: --odata, or --next-link PATH and perhaps --items PATH"),
        (
            ["http://a.test/x", "--items", "a"],
            "a URL needs its form: --odata, or --next-link PATH and perhaps --items PATH",
        ),
        *(
            (["realityconversion", *option], f"{option[0]} is for a listing that is given by its URL")
            for option in (["--odata"], ["--items", "a"], ["--next-link", "a"], ["--header", "a: b"])
        ),
        *(
            (
                ["http://a.test/x", "--odata", *option],
                "--odata says where the items and the next link stand: leave out --items and --next-link",
            )
            for option in (["--items", "a"], ["--next-link", "a"])
        ),
        (["http://a.test/x", "--odata", "--header", "a"], "--header wants 'NAME: VALUE'"),
    ],
)
def test_what_no_listing_can_start_with_is_refused_in_full(
    arguments: list[str], message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert cli.main(["list", *arguments]) == 2
    assert capsys.readouterr().err == f"odatafilter list: {message}\n"
