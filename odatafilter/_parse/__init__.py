"""Text → syntax tree, within limits. `odatafilter._diagnose` has the words for a text that is no filter."""

import contextlib
import functools
from collections.abc import Callable, Container, Iterator
from types import ModuleType
from typing import TYPE_CHECKING, cast

from odatafilter import limits
from odatafilter._literals.strings import is_writable
from odatafilter._parse.failure import Failure, Refused, Stuck
from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError
from odatafilter.limits import Limits
from odatafilter.tree import Expression

if TYPE_CHECKING:
    from odatafilter._parse import lalr

__all__ = ["Failure", "parse", "parse_again", "parse_with_places", "without_names"]

_DEFAULT = limits.DEFAULT
_LEAST = min(_DEFAULT.nodes, _DEFAULT.items, _DEFAULT.length)


# Both readers are imported when they are needed: who only builds filters does not wait for them.


def _import_fast_reader(text: str, plain: bool) -> tuple[Expression, int]:
    """Reads the first text, and puts the fast reader in the place of this function."""
    global _read_fast  # noqa: PLW0603 - a call in between would be felt
    from odatafilter._parse import fast  # noqa: PLC0415

    _read_fast = fast.reader()
    return _read_fast(text, plain)


_read_fast: Callable[[str, bool], tuple[Expression, int]] = _import_fast_reader


@functools.cache
def _lalr() -> ModuleType:
    """The module `lalr`: a statement that imports it would take longer than a short text takes to read."""
    from odatafilter._parse import lalr  # noqa: PLC0415

    return lalr


def parse(text: str, bounds: Limits = limits.DEFAULT) -> Expression:
    """The syntax tree of `text`. Raises Failure, and FilterSyntaxError for a text that is past a limit."""
    if not isinstance(text, str):
        raise FilterTypeError(f"a filter is read from text, not from {show(text)} ({type(text).__name__})")
    # No node or item is shorter than a character: a short text is past none of these limits.
    long = len(text) > _LEAST if bounds is _DEFAULT else len(text) > min(bounds.nodes, bounds.items, bounds.length)
    if long:
        limits.check_before_parsing(text, bounds)
    tree: Expression | None = None
    refused = False
    writable = ((plain := text.isascii()) and "\0" not in text) or is_writable(text)
    if writable:
        try:
            tree, levels = _read_fast(text, plain)
            if levels <= bounds.depth and not long:
                return tree
        except Refused:
            refused = True
        except Failure:
            pass
    # No level is shorter than a character either.
    if not long and (long := len(text) > bounds.depth):
        limits.check_before_parsing(text, bounds)
    if tree is None:
        if not writable:
            raise Stuck
        # What the fast reader has refused the loop refuses, too, and says where.
        tree = _lalr().tree_with_trace(text)[0] if refused else _lalr().tree_of(text)
    if long:
        limits.check_tree(text, tree, bounds)
    return tree


@contextlib.contextmanager
def without_names(functions: Container[str]) -> Iterator[None]:
    """While the context lasts, texts may have arguments without names in the calls of `functions`."""
    from odatafilter._parse.nodes import FUNCTIONS_WITHOUT_NAMES  # noqa: PLC0415

    token = FUNCTIONS_WITHOUT_NAMES.set(functions)
    try:
        yield
    finally:
        FUNCTIONS_WITHOUT_NAMES.reset(token)


class _All(Container[str]):
    """All functions: a text that has been parsed before may have had a schema that documents them."""

    def __contains__(self, name: object) -> bool:
        return True


def parse_again(text: str) -> Expression:
    """The syntax tree of a text that has been parsed before, without limits."""
    try:
        return _read_fast(text, text.isascii())[0]
    except Failure:
        pass
    with without_names(_All()):
        return cast("Expression", _lalr().tree_of(text))


def parse_with_places(text: str) -> "tuple[Expression, lalr.Trace]":
    """The syntax tree of a text that has been parsed before, and where its nodes stand."""
    with without_names(_All()):
        return cast("tuple[Expression, lalr.Trace]", _lalr().tree_with_trace(text))
