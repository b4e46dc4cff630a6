"""The reference is complete: every public name stands in it once."""

import ast
import importlib
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent
REFERENCE = CHECKOUT / "docs" / "reference"
MODULES = ("odatafilter", *(f"odatafilter.{name}" for name in ("derive", "emulator", "itwin", "paging", "kinds")))
WITH_EXTRAS = ("fastapi", "sqlalchemy", "django")
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


def test_every_code_of_a_problem_is_explained() -> None:
    section = (REFERENCE / "errors.md").read_text("utf-8").partition("## Codes of problems")[2]
    assert set(re.findall(r"^\| `([\w-]+)` \|", section, re.MULTILINE)) == set(codes_of_the_source())
