"""A node with other nodes below it: one level, so that who changes a tree decides how to go down."""

from collections.abc import Callable
from operator import is_
from typing import Any, cast

from odatafilter.tree import AnyNode, Node


def rebuild_node(node: AnyNode, change: Callable[[AnyNode], AnyNode]) -> AnyNode:
    """`node` with what `change` makes of each node directly below it, in the order of the text; itself if all stay."""
    old = [getattr(node, name) for name in node.__struct_fields__]
    new: list[Any] = []
    for value in old:  # no function of its own: at the deepest, each level may cost few frames of Python's stack
        if isinstance(value, Node):
            new.append(change(cast("AnyNode", value)))
        elif isinstance(value, tuple):
            items = tuple(map(change, value))
            new.append(value if all(map(is_, items, value)) else items)
        else:
            new.append(value)
    return node if all(map(is_, new, old)) else type(node)(*new)
