"""The public names: listed, found, and each with a docstring that can be read at a glance."""

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import odatafilter
from odatafilter import derive, emulator, fastapi, itwin, paging, pydantic

MODULES = (odatafilter, derive, emulator, fastapi, itwin, paging, pydantic)
LONGEST_DOCSTRING = 5  # lines that are not blank


@pytest.mark.parametrize("module", MODULES, ids=lambda module: str(module.__name__))
def test_public_names_are_listed_in_order_and_found(module: Any) -> None:
    assert list(module.__all__) == sorted(set(module.__all__), key=as_ruff_sorts)
    for name in module.__all__:
        assert getattr(module, name) is not None
    assert set(module.__all__) <= set(dir(module))


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


@pytest.mark.parametrize(("name", "thing"), [pytest.param(*pair, id=pair[0]) for pair in public()])
def test_what_is_public_has_a_short_docstring(name: str, thing: Any) -> None:
    text = inspect.cleandoc(vars(thing).get("__doc__") or thing.__doc__ or "")
    assert text, f"{name} has no docstring"
    lines = [line for line in text.splitlines() if line]
    assert 1 <= len(lines) <= LONGEST_DOCSTRING, f"the docstring of {name} has {len(lines)} lines"


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
