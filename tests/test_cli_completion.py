"""`odatafilter completion`: each shell reads the script that is written for it, and completes what the parsers take."""

import argparse
import shutil
import subprocess
from pathlib import Path

import pytest

from odatafilter import cli
from odatafilter._commands.completion import SHELLS, Argument, Command, read_commands

BASH = """
source "$1"; shift
COMP_WORDS=("$@"); COMP_CWORD=$(($# - 1))
_odatafilter
printf '%s\\n' "${COMPREPLY[@]}"
"""
ZSH = """
compdef() { print registered $2 }
source $1; shift
_arguments() { print -rl -- $@ }
_describe() { print -rl -- ${(P)2} }
words=($@); CURRENT=$#
_odatafilter
"""
FISH = 'source $argv[1]; complete -C "$argv[2..]"'


def script(shell: str, folder: Path, capsys: pytest.CaptureFixture[str]) -> Path:
    assert cli.main(["completion", shell]) == 0
    path = folder / f"completion.{shell}"
    path.write_text(capsys.readouterr().out, "utf-8")
    return path


def completed(shell: str, program: str, *arguments: Path | str) -> list[str]:
    if shutil.which(shell) is None:
        pytest.skip(f"there is no {shell}: its script is NOT run")
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    name = [shell] if shell != "fish" else []  # what the others call $0
    command = [shell, *options, "-c", program, *name, *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=60)
    assert done.stderr == ""
    return done.stdout.splitlines()


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("che", ["check"]),
        ("--", ["--help", "--version"]),
        ("check --api anal", ["analysisjobs", "analysisdetectors"]),
        ("check --api = re", ["realityconversion"]),
        ("check --api =", ["realityconversion", "analysisjobs", "analysisdetectors", "itwins"]),
        ("check --j", ["--json"]),
        ("wait ", ["ec3", "oneclicklca", "accesscontrol", "conversion"]),
        ("wait --timeout 5 on", ["oneclicklca"]),
        ("wait ec3 ", [""]),
        ("match --schema ", [""]),
        ("list ", ["realityconversion"]),
        ("completion z", ["zsh"]),
        ("unheard-of --", [""]),
    ],
)
def test_bash_completes(line: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert completed("bash", BASH, script("bash", tmp_path, capsys), "odatafilter", *line.split(" ")) == words


def test_zsh_is_told_all_arguments(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = script("zsh", tmp_path, capsys)
    first = completed("zsh", ZSH, path, "odatafilter", "")
    assert first[:2] == ["registered odatafilter", "demo:see it work against a local emulator, in under ten seconds"]
    shown = completed("zsh", ZSH, path, "odatafilter", "wait", "")[1:]
    assert ":the service that has the job:(ec3 oneclicklca accesscontrol conversion)" in shown
    assert "--timeout[give up then (default\\: 3600)]:value:" in shown
    assert any(one.startswith("*--next-link[") for one in completed("zsh", ZSH, path, "odatafilter", "list", ""))
    assert any(spec.startswith("--token-file[") and spec.endswith(":value:_files") for spec in shown)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("che", ["check"]),
        ("check --api anal", ["analysisdetectors", "analysisjobs"]),
        ("completion ", ["bash", "fish", "zsh"]),
        ("list --order", ["--orderby"]),
    ],
)
def test_fish_completes(line: str, words: list[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    shown = completed("fish", FISH, script("fish", tmp_path, capsys), f"odatafilter {line}")
    assert sorted(one.partition("\t")[0] for one in shown) == words


def test_every_argument_of_every_command_is_known() -> None:
    parser = cli._parser()
    known = {command.name: command for command in read_commands(parser, {})}
    (commands,) = (action for action in parser._actions if isinstance(action, argparse._SubParsersAction))
    assert set(known) == set(commands.choices)
    for name, command in commands.choices.items():
        assert len(known[name].arguments) == len(command._actions)
    assert known["check"].positional[0].help.startswith("the filter")
    files = {spelling: one.is_file for one in known["match"].arguments for spelling in one.spellings or ["filter"]}
    assert files == {"-h": False, "--help": False, "--api": False, "--schema": True, "filter": False}


@pytest.mark.parametrize("shell", SHELLS)
def test_help_with_quotes_is_harmless(shell: str, tmp_path: Path) -> None:
    """Whatever a help says is text for the shell: nothing of it runs."""
    mark = tmp_path / "mark"
    words = f"it's `touch {mark}` $(touch {mark}) \\ [x]: y"
    option = Argument(("--x",), words, takes_value=True, is_file=False, repeats=False, words=("a", "b"))
    path = tmp_path / "script"
    path.write_text(SHELLS[shell]("odatafilter", [Command("run", words, (option,))]), "utf-8")
    if shell == "fish":
        assert "a\t" in "\n".join(completed(shell, FISH, path, "odatafilter run --x ")) + "\t"
    else:
        completed(shell, {"bash": BASH, "zsh": ZSH}[shell], path, "odatafilter", "run", "--x", "")
    assert not mark.exists()


@pytest.mark.parametrize(
    ("shell", "lines"),
    [
        ("bash", ["'run --x') words='it'\\''s two' ;;"]),
        ("zsh", ["'run:it'\\''s [a]: b\\c'", "'--x[it'\\''s \\[a\\]\\: b\\\\c]:value:(it'\\''s two)'"]),
        ("fish", ["-a run -d 'it\\'s [a]: b\\\\c'", "-l x -r -a 'it\\'s two' -d 'it\\'s [a]: b\\\\c'"]),
    ],
)
def test_texts_are_quoted_as_each_shell_reads_them(shell: str, lines: list[str]) -> None:
    text = "it's [a]: b\\c"
    option = Argument(("--x",), text, takes_value=True, is_file=False, repeats=False, words=("it's", "two"))
    script = SHELLS[shell]("odatafilter", [Command("run", text, (option,))])
    assert [line for line in lines if line not in script] == []
