"""The reference is complete: every public name stands in it once."""

import argparse
import ast
import importlib
import inspect
import re
import shlex
import tomllib
from collections import Counter
from collections.abc import Iterator

import httpx
import msgspec
import pytest
from documents import CHECKOUT, DOCS

import odatafilter as of
from odatafilter import cli
from odatafilter.emulator import running

REFERENCE = DOCS / "reference"
MODULES = ("odatafilter", *(f"odatafilter.{name}" for name in ("derive", "emulator", "itwin", "paging", "kinds")))
WITH_EXTRAS = ("fastapi", "pydantic", "sqlalchemy", "django", "ibis")
DIRECTIVE = re.compile(r"^\.\. auto(?:class|function|data):: ([\w.]+)", re.MULTILINE)


def documented() -> Counter[str]:
    return Counter(name for page in REFERENCE.glob("*.md") for name in DIRECTIVE.findall(page.read_text("utf-8")))


def is_documented(module: str, name: str) -> bool:
    """Under its module, or under the package where it is the same thing."""
    found = documented()
    package = importlib.import_module("odatafilter")
    thing = getattr(importlib.import_module(module), name)
    return f"{module}.{name}" in found or (f"odatafilter.{name}" in found and getattr(package, name, None) is thing)


@pytest.mark.parametrize("module", MODULES)
def test_every_public_name_is_in_the_reference(module: str) -> None:
    names = importlib.import_module(module).__all__
    assert [name for name in names if not is_documented(module, name)] == []


@pytest.mark.parametrize("extra", WITH_EXTRAS)
def test_every_public_name_of_an_extra_is_in_the_reference(extra: str) -> None:
    pytest.importorskip(extra)
    module = f"odatafilter.{extra}"
    names = importlib.import_module(module).__all__
    assert [name for name in names if f"{module}.{name}" not in documented()] == []


def test_every_option_of_a_walk_is_in_the_index() -> None:
    page = (REFERENCE / "paging.md").read_text("utf-8")
    indexed = set(re.findall(r"^   single: (\w+) \(option of paginate\)$", page, re.MULTILINE))
    assert indexed == set(inspect.signature(of.paginate).parameters) - {"client", "listing"}


def test_nothing_is_in_the_reference_twice() -> None:
    assert [name for name, times in documented().items() if times > 1] == []


def test_all_pages_of_the_reference_are_in_its_contents() -> None:
    contents = (REFERENCE / "index.md").read_text("utf-8")
    assert {page.stem for page in REFERENCE.glob("*.md")} - {"index"} <= set(
        re.findall(r"^[\w-]+$", contents, re.MULTILINE)
    )


def codes_of_the_source() -> Iterator[str]:
    """The last word that each problem is made with, wherever one is made."""
    places = {"Finding": 2, "_add": 2, "undocumented": 3, "Problem": 2, "_detail": 0, "append": 3}
    package = CHECKOUT / "odatafilter"
    for path in (
        *package.glob("_validate/*.py"),
        *package.glob("_query/*.py"),
        *package.glob("_plan/*.py"),
        package / "errors.py",
    ):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                given = node.args[0].elts if name == "append" and isinstance(node.args[0], ast.Tuple) else node.args
                if name in places and len(given) > places[name]:
                    code = given[places[name]]
                    if isinstance(code, ast.Constant) and isinstance(code.value, str):
                        yield code.value
            elif isinstance(node, ast.arguments) and node.args and node.args[-1].arg == "code" and node.defaults:
                yield ast.literal_eval(node.defaults[-1])


def test_every_code_of_a_problem_is_explained() -> None:
    section = (REFERENCE / "errors.md").read_text("utf-8").partition("## Codes of problems")[2]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == set(codes_of_the_source())


def names_in_table(page: str, heading: str) -> list[str]:
    """What stands in backticks in the first column of the table under a heading."""
    section = re.split(r"^#+ ", (DOCS / page).read_text("utf-8").partition(f"# {heading}\n")[2], flags=re.MULTILINE)[0]
    cells = [line.split("|")[1] for line in section.splitlines() if line.startswith("| `")]
    return [name for cell in cells for name in re.findall(r"`([^`]+)`", cell)]


def test_the_options_of_paginate_are_shown_with_their_defaults() -> None:
    (shown,) = re.findall(
        r"autofunction:: odatafilter\.paginate\((.*)\)$", (REFERENCE / "paging.md").read_text("utf-8"), re.MULTILINE
    )
    names = {"item_type": "dict", "retry": "Retry()", "origins": "Origins.same()"}
    found = inspect.signature(of.paginate).parameters.values()
    own = [
        each.name if each.default is each.empty else f"{each.name}={names.get(each.name, repr(each.default))}"
        for each in found
    ]
    assert shown.replace("*, ", "") == ", ".join(own)
    assert (of.Retry(), of.Origins.same()) == tuple(
        inspect.signature(of.paginate).parameters[name].default for name in ("retry", "origins")
    )


def test_every_extra_is_listed() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    assert sorted(names_in_table("index.md", "Install")) == sorted(project["optional-dependencies"])


def test_every_figure_of_a_walk_is_explained() -> None:
    with httpx.Client() as client:
        stats = of.paginate(client, of.Listing("https://a.test")).stats
    figures = {name for name in dir(stats) if not name.startswith("_") and not callable(getattr(stats, name))}
    assert set(names_in_table("reference/paging.md", "What a walk has done")) - {"walk.stats"} == figures


def test_every_exit_status_is_explained() -> None:
    section = (REFERENCE / "command-line.md").read_text("utf-8").partition("## Exit statuses")[2].partition("##")[0]
    shown = dict(re.findall(r"^\| `(\d+)` \| (.*) \|$", section, re.MULTILINE))
    assert shown == dict(re.findall(r"^  (\d+) +(.*)$", cli._EXIT_CODES, re.MULTILINE))


def test_every_command_is_listed() -> None:
    shown = [name.split()[1] for name in names_in_table("reference/command-line.md", "The command line")]
    assert sorted(shown) == sorted(commands())


def test_every_help_has_examples_that_the_parser_takes() -> None:
    for name, command in {"": cli._parser(), **commands()}.items():
        examples = re.findall(r"^  (.*odatafilter.*)$", command.format_help().partition("examples:\n")[2], re.MULTILINE)
        assert examples, name
        for example in examples:
            words = shlex.split(re.sub(r"^eval|[<>] \S+|[\"$()]+(?=odatafilter)|\)\"$", "", example))
            assert words[0] == "odatafilter"
            if words[-1] != "--help":
                assert cli._parser().parse_args(words[1:]).command == (name or words[1])


def commands() -> dict[str, argparse.ArgumentParser]:
    (found,) = (action for action in cli._parser()._actions if isinstance(action, argparse._SubParsersAction))
    return dict(found.choices)


def test_the_emulator_has_the_same_defaults_in_python_and_as_a_command() -> None:
    options = inspect.signature(running).parameters
    for name, default in (("jobs", 25_000), ("seed", 1)):
        assert options[name].default == commands()["emulator"].get_default(name) == default


def test_every_limit_is_explained_with_its_default() -> None:
    rows = re.findall(r"^\| `(\w+)` \| .* \| ([\d,]+) \|$", (DOCS / "trust.md").read_text("utf-8"), re.MULTILINE)
    assert {name: int(number.replace(",", "")) for name, number in rows} == msgspec.structs.asdict(of.Limits())


def test_every_logger_is_listed() -> None:
    sources = [path.read_text("utf-8") for path in (CHECKOUT / "odatafilter").rglob("*.py")]
    used = {name for text in sources for name in re.findall(r'getLogger\("([\w.]+)"\)', text)}
    assert set(names_in_table("reference/paging.md", "Loggers")) == used
