"""The package has layers: no module imports, directly or through others, one that imports it.

Imports inside functions and those for the type checker alone count, too. `odatafilter/__init__.py` gives names to users;
no module of the package imports it.
"""

import ast
import functools
from collections.abc import Iterator
from pathlib import Path

import odatafilter

FOLDER = Path(odatafilter.__file__).parent
MODULES = {
    ".".join(("odatafilter", *path.relative_to(FOLDER).with_suffix("").parts)).removesuffix(".__init__"): path
    for path in FOLDER.rglob("*.py")
}


def imported_by(path: Path) -> Iterator[str]:
    """The modules of the package that a module names in its imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        match node:
            case ast.Import(names=names):
                yield from (alias.name for alias in names if alias.name in MODULES)
            case ast.ImportFrom(module=str(module), names=names, level=0) if module in MODULES:
                below = [f"{module}.{alias.name}" for alias in names]
                yield from (name for name in below if name in MODULES)
                if not all(name in MODULES for name in below):
                    yield module


@functools.cache
def graph_of_imports() -> dict[str, frozenset[str]]:
    """The modules of the package, each with those that it names in its imports."""
    return {name: frozenset(imported_by(path)) for name, path in MODULES.items()}


def find_circle(graph: dict[str, frozenset[str]]) -> list[str]:
    """The modules of a circle of imports, in their order, or nothing."""
    done: set[str] = set()

    def visit(name: str, way: list[str]) -> list[str]:
        if name in way:
            return [*way[way.index(name) :], name]
        if name in done:
            return []
        for below in sorted(graph[name]):
            if found := visit(below, [*way, name]):
                return found
        done.add(name)
        return []

    return next((found for name in sorted(graph) if (found := visit(name, []))), [])


def test_no_module_imports_one_that_imports_it() -> None:
    graph = {name: below - {"odatafilter"} for name, below in graph_of_imports().items() if name != "odatafilter"}
    assert " -> ".join(find_circle(graph)) == ""


def test_no_module_but_the_program_imports_the_public_names() -> None:
    assert {name for name, below in graph_of_imports().items() if "odatafilter" in below} <= {"odatafilter.cli"}


def test_a_circle_would_be_found() -> None:
    graph = {"a": frozenset("b"), "b": frozenset("c"), "c": frozenset("b")}
    assert find_circle(graph) == ["b", "c", "b"]
    assert graph_of_imports()["odatafilter.filter"] >= {"odatafilter.tree", "odatafilter._emit"}
