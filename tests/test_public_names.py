"""The public names: listed, found, and each with a docstring that can be read at a glance and describes all parameters."""

import ast
import dataclasses
import importlib
import inspect
import re
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest

import odatafilter
from odatafilter import derive, emulator, fastapi, itwin, kinds, paging, pydantic

MODULES = (odatafilter, derive, emulator, fastapi, itwin, kinds, paging, pydantic)
LONGEST = 5  # lines of what a docstring says before its arguments
LONGEST_ITEM = 4  # lines of what it says of an argument
MADE_HERE = {  # never called by who uses the library
    "odatafilter.Page",
    "odatafilter.Walk",
    "odatafilter.emulator.Server",
    "odatafilter.paging.AsyncWalk",
    "odatafilter.paging.Page",
    "odatafilter.paging.Walk",
}


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.__name__))
def test_public_names_are_listed_in_order_and_found(module: Any) -> None:
    homes = getattr(module, "_HOME_OF", {})  # names that are loaded late are in order for each of their modules
    assert list(module.__all__) == sorted(
        set(module.__all__), key=lambda name: (homes.get(name, ""), as_ruff_sorts(name))
    )
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))


@pytest.mark.parametrize("module", [odatafilter, itwin], ids=lambda module: str(module.__name__))
def test_type_checkers_see_the_names_that_are_loaded_and_no_others(module: Any) -> None:
    tree = ast.parse(Path(module.__file__).read_text("utf-8"))
    (seen,) = (node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING")
    imported = [
        (alias.name, node.module.removeprefix("odatafilter."))
        for node in seen.body
        if isinstance(node, ast.ImportFrom) and node.module
        for alias in node.names
        if alias.asname is None
    ]
    assert len(imported) == len(module._HOME_OF)
    assert dict(imported) == module._HOME_OF


def test_what_is_to_be_installed_is_an_extra_of_the_project() -> None:
    package = Path(odatafilter.__file__).parent
    named = {
        extra
        for path in package.rglob("*.py")
        for extra in re.findall(r"with name_missing_extra\(\"(.+)\"\)", path.read_text("utf-8"))
    }
    declared = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    assert named == set(declared["optional-dependencies"])


def as_ruff_sorts(name: str) -> tuple[int, str]:
    """Constants, classes, the rest."""
    return (0 if name.isupper() else 1 if name[0].isupper() else 2), name


def public() -> Iterator[tuple[str, Any]]:
    """Every public class and function, and the public methods that a class defines itself."""
    for module in MODULES:
        for name in module.__all__:
            thing = getattr(module, name)
            if not inspect.isclass(thing) and not inspect.isfunction(thing):
                continue
            yield f"{module.__name__}.{name}", thing
            for member, method in vars(thing).items():
                made = getattr(method, "__func__", method)
                if not member.startswith("_") and inspect.isfunction(made) and inspect.isclass(thing):
                    yield f"{module.__name__}.{name}.{member}", made


EVERY = [pytest.param(*pair, id=pair[0]) for pair in public()]


def docstring(thing: Any) -> tuple[list[str], dict[str, str]]:
    """The lines that are not blank above `Args:`, and what is below it: of each argument, what is said of it."""
    text = inspect.cleandoc(vars(thing).get("__doc__") or thing.__doc__ or "")
    said, _, arguments = text.partition("\n\nArgs:\n")
    items = re.findall(r"^    (\w+): (.*(?:\n {8}.*)*)", arguments, re.MULTILINE)
    assert "".join(f"    {name}: {about}\n" for name, about in items).strip() == arguments.strip()
    return [line for line in said.splitlines() if line], dict(items)


@pytest.mark.parametrize(("name", "thing"), EVERY)
def test_what_is_public_has_a_short_docstring(name: str, thing: Any) -> None:
    said, items = docstring(thing)
    assert said, f"{name} has no docstring"
    assert len(said) <= LONGEST, f"the docstring of {name} has {len(said)} lines"
    assert max((about.count("\n") + 1 for about in items.values()), default=0) <= LONGEST_ITEM


@pytest.mark.parametrize(("name", "thing"), [one for one in EVERY if isinstance(one.values[1], type)])
def test_public_values_are_not_changed(name: str, thing: Any) -> None:
    if issubclass(thing, msgspec.Struct):
        assert thing.__struct_config__.frozen, name
    elif dataclasses.is_dataclass(thing):
        parameters: Any = vars(thing)["__dataclass_params__"]
        assert parameters.frozen, name


def parameters_of(thing: Any) -> list[str]:
    try:
        found = inspect.signature(thing).parameters
    except ValueError:  # a TypedDict
        return []
    own = {"self", "cls"} if inspect.isfunction(thing) and "." in thing.__qualname__ else set()
    return [name for name in found if not name.startswith("_") and name not in own]


def described(thing: Any) -> set[str]:
    """The parameters that the docstring of `thing` describes, or those of its bases: as arguments, or in backticks."""
    found: set[str] = set()
    for one in thing.__mro__[:-1] if inspect.isclass(thing) else (thing,):
        said, items = docstring(one)
        found |= {*items, *re.findall(r"`(\w+)(?:=[^`]*)?`", "\n".join(said))}
    return found


@pytest.mark.parametrize(("name", "thing"), EVERY)
def test_every_parameter_is_described(name: str, thing: Any) -> None:
    if name in MADE_HERE or (inspect.isclass(thing) and issubclass(thing, BaseException)):
        return
    parameters = parameters_of(thing)
    assert set(parameters) - described(thing) == set()
    assert [item for item in docstring(thing)[1] if item not in parameters] == [], "what is no parameter is described"


PARAMETERS = {
    "odatafilter.parse": ["text", "schema", "limits"],
    "odatafilter.field": ["name"],
    "odatafilter.paginate": [
        *("client", "listing", "filter", "params", "top", "max_items", "max_pages", "start"),
        *("retry", "origins", "prefetch", "orderby", "select", "expand", "count", "page_size"),
    ],
    "odatafilter.Listing": ["url", "items", "next_link", "schema", "page_size", "headers"],
    "odatafilter.PageSize": ["min", "max", "default"],
    "odatafilter.Retry": ["attempts", "base", "cap", "max_retry_after", "page_deadline", "max_page_bytes"],
    "odatafilter.itwin.wait": ["client", "job_id", "timeout", "interval"],
    "odatafilter.itwin.await_": ["client", "job_id", "timeout", "interval"],
    "odatafilter.emulator.running": ["jobs", "seed"],
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_parameters_keep_their_names(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    found = inspect.signature(getattr(importlib.import_module(module), attribute)).parameters
    takes_any = any(parameter.kind is parameter.VAR_KEYWORD for parameter in found.values())
    assert takes_any or set(PARAMETERS[name]) <= set(found)


def test_the_package_says_that_it_is_typed() -> None:
    assert Path(odatafilter.__file__).with_name("py.typed").exists()
