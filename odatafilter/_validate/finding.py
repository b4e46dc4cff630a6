"""One problem of a filter, where it stands in the tree."""

from typing import NamedTuple

from odatafilter.tree import Node


class Finding(NamedTuple):
    """One problem, at a node of the tree. `suggestion` would do in the node's place."""

    message: str
    node: Node
    code: str
    suggestion: str | None = None
