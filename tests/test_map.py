"""The map in CONTRIBUTING.md names every package, and no file that is not there."""

import re
from pathlib import Path

ROOT = Path(__file__).parents[1]
MAP = (ROOT / "CONTRIBUTING.md").read_text("utf-8").partition("### What must stay true")[0]


def test_each_package_stands_on_the_map() -> None:
    packages = [path.parent.name for path in (ROOT / "odatafilter").glob("*/__init__.py")]
    assert [name for name in packages if f"{name}/" not in MAP and f"`{name}.py`" not in MAP] == []


def test_each_module_beside_the_packages_stands_on_the_map() -> None:
    modules = [path.name for path in (ROOT / "odatafilter").glob("*.py") if not path.name.startswith("__")]
    assert [name for name in modules if f"`{name}`" not in MAP] == []


def test_each_file_on_the_map_is_there() -> None:
    there = [
        path.as_posix() for folder in ("odatafilter", "grammar", "tests", "docs") for path in (ROOT / folder).rglob("*")
    ] + [path.as_posix() for path in ROOT.glob("*.md")]
    named = re.findall(r"`([\w/]+\.(?:py|lark|md))`", MAP)
    assert [name for name in named if not any(path.endswith(f"/{name}") for path in there)] == []
    assert len(named) > 40
