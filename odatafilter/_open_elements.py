"""The element that a Python lambda is called with: until the lambda has returned, an implicit variable with a number.

The language has such variables (`$1`, implicitVariableExpr of the ABNF 4.02), so a text that is made of handles inside
a lambda can be read. When the lambda has returned, a variable takes its place whose name hides nothing.
"""

import contextlib
import itertools
from collections.abc import Iterator
from typing import Final

from odatafilter.errors import FilterError
from odatafilter.tree import AnyNode, Variable, nodes

NONE: Final[frozenset[str]] = frozenset()
_NUMBERS: Final = itertools.count(1)
_unfinished: Final[dict[str, str]] = {}


@contextlib.contextmanager
def open_element(name: str) -> Iterator[Variable]:
    """The element of a lambda whose parameter is called `name`: it can be used until the context ends."""
    element = Variable(f"${next(_NUMBERS)}")
    _unfinished[element.name] = name
    try:
        yield element
    finally:
        del _unfinished[element.name]


def open_elements(tree: AnyNode) -> frozenset[str]:
    """The elements of unfinished lambdas in `tree`, by their names there."""
    if not _unfinished:
        return NONE
    return frozenset(node.name for node in nodes(tree) if isinstance(node, Variable) and node.name in _unfinished)


def check_unfinished(elements: frozenset[str]) -> None:
    """Raises FilterError where one of the lambdas has returned."""
    if not elements <= _unfinished.keys():
        raise FilterError("the element of a lambda has no meaning outside it")


def parameter_name(element: Variable) -> str:
    """What an element is called in messages: as the parameter of its lambda."""
    return _unfinished.get(element.name, element.name)
