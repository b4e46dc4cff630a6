"""The documentation site: `sphinx-build -W docs docs/_build`, with the groups `dev` and `docs` installed."""

import importlib
import re
import sys
from typing import Any, get_args

from docutils.nodes import Element, Node
from sphinx.addnodes import pending_xref
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.pycode import ModuleAnalyzer

from odatafilter import __version__, tree

project = "odatafilter"
author = "the authors of odatafilter"
copyright = author  # noqa: A001 - Sphinx's own name
version = release = __version__

extensions = ["myst_parser", "sphinx.ext.autodoc"]
exclude_patterns = ["_build"]
html_theme = "furo"
html_title = f"odatafilter {release}"
html_copy_source = False

myst_enable_extensions = ["deflist"]
myst_heading_anchors = 3

nitpicky = True  # with -W, a link that leads nowhere ends the build
default_role = "code"  # docstrings have single backticks
autodoc_mock_imports = ["ibis"]
autodoc_member_order = "bysource"
autodoc_typehints_format = "short"
autodoc_preserve_defaults = True
python_use_unqualified_type_names = True
maximum_signature_line_length = 90

nitpick_ignore_regex = [
    (r"py:\w+", r"(?!odatafilter\.)\w+(\.\w+)*"),  # what is not ours
    (r"py:\w+", r"odatafilter\.[\w.]*\b_\w+(\.\w+)*"),  # what is private
    (r"py:\w+", r"odatafilter\.[\w.]+\.([A-Z]|E_co|Item)"),  # type variables
    (r"py:\w+", r"odatafilter\.facts\.\w+"),
    (r"py:\w+", r"odatafilter\.(errors\.Refusal|handle\.ManyValued|kinds\.(texts\.Text|shapes\.Shape))"),
    (r"py:\w+", r"odatafilter\.paging\.(page\.Answered|origins\.Origin)"),
]

_PUBLIC = [
    "odatafilter",
    "odatafilter.derive",
    "odatafilter.emulator",
    "odatafilter.itwin",
    "odatafilter.paging",
    "odatafilter.kinds",
    "odatafilter.handle",
    "odatafilter.errors",
    "odatafilter.filter",
    "odatafilter.keyset",
    "odatafilter.query",
    "odatafilter.paging.gather",
    "odatafilter.fastapi",
    "odatafilter.pydantic",
    "odatafilter.sqlalchemy",
    "odatafilter.django",
]


_MADE_HERE = {"odatafilter.Page", "odatafilter.Walk", "odatafilter.paging.AsyncWalk", "odatafilter.emulator.Server"}
_MOCKED = ["odatafilter.ibis"]  # Ibis is large, and a build does without


def find_public_name(app: Sphinx, env: BuildEnvironment, node: pending_xref, content: Element) -> Node | None:
    """The link to a class by the name under which it is documented, not by the module in which it is written."""
    target = re.sub(r"^~", "", node.get("reftarget", ""))
    written_in, _, name = target.rpartition(".")
    python = env.domains.python_domain
    for module in (*_PUBLIC, *_MOCKED):
        if f"{module}.{name}" in python.objects and is_same(written_in or node.get("py:module", ""), module, name):
            found = f"{module}.{name}"
            return python.resolve_xref(env, node["refdoc"], app.builder, node["reftype"], found, node, content)
    return None


def is_same(written_in: str, module: str, name: str) -> bool:
    """Whether a name is the same thing in both modules, or only one of them has it."""
    found = [getattr(sys.modules.get(each), name, None) for each in (written_in, module)]
    return None in found or found[0] is found[1]


def drop_private_bases(_app: Any, _name: str, _thing: Any, _options: Any, bases: list[Any]) -> None:
    """Shows those bases of a class that are public, or not ours."""
    public = {id(getattr(importlib.import_module(module), each)) for module in _PUBLIC for each in all_names(module)}
    bases[:] = [one for one in bases if id(one) in public or one.__module__.partition(".")[0] != "odatafilter"]


def list_arguments(_app: Any, _what: str, _name: str, _thing: Any, _options: Any, lines: list[str]) -> None:
    """Makes fields of what stands below `Args:` in a docstring."""
    if lines[:1] == ["Represent a PEP 604 union type"]:  # of an alias: what it is stands on the page
        lines.clear()
    if "Args:" in lines:
        start = lines.index("Args:")
        lines[start:] = [re.sub(r"^    (\w+): ", r":param \1: ", line) for line in lines[start + 1 :]]


def spell_signature(
    _app: Any, _what: str, name: str, _thing: Any, _options: Any, signature: str | None, result: str | None
) -> tuple[str | None, str | None]:
    """Shows a class that only the library makes without what it is made of, and the unions of nodes by their names."""
    return ("", None) if name in _MADE_HERE else (name_unions(signature), name_unions(result))


def name_unions(signature: str | None) -> str | None:
    """Puts the name of a union of nodes in the place of its members."""
    for name in ("Expression", "Segment"):
        members = " | ".join(f"~odatafilter.tree.{one.__name__}" for one in get_args(getattr(tree, name)))
        signature = signature and signature.replace(members, f"~odatafilter.tree.{name}")
    return signature


def all_names(module: str) -> list[str]:
    """The names that a module says are public."""
    return list(getattr(importlib.import_module(module), "__all__", ()))


def show_options_by_name() -> None:
    """Has the signature of `paginate` shown that names all options, in place of its four overloads."""
    analyzer = ModuleAnalyzer.for_module("odatafilter.paging._paginate")
    analyzer.analyze()
    del analyzer.overloads["paginate"]


def setup(app: Sphinx) -> None:
    """Called by Sphinx."""
    show_options_by_name()
    app.connect("missing-reference", find_public_name)
    app.connect("autodoc-process-docstring", list_arguments)
    app.connect("autodoc-process-signature", spell_signature)
    app.connect("autodoc-process-bases", drop_private_bases)
