"""The text of a property path → its node, for the fast reader."""

from typing import Any, Final

from odatafilter._names import LONGEST, is_plain_name
from odatafilter._parse.nodes import Nodes
from odatafilter.tree import Count, Path, Property, TypeName, Variable

_nodes: Final = Nodes()


def read_path(text: str) -> Any:
    """The node of a path that the pattern of paths has matched, or None where no operand is spelt so.

    Raises Refused for a name, and for a sequence of segments, that cannot be.
    """
    names = text.split("/")
    if len(names) == 1:
        node = _start(text)
        return None if type(node) is TypeName or text == "$root" else node
    if len(text) <= LONGEST and text.isascii() and not ("." in text or "@" in text or "$" in text):
        return Path(tuple(map(Property, names)))
    return _nodes.path(
        _start(names[0]), *[Property(name) if is_plain_name(name) else _segment(name) for name in names[1:]]
    )


def _start(text: str) -> Any:
    if text[0] == "@":
        return _nodes.alias(text)
    return Variable(text) if text[0] == "$" else _segment(text)


def _segment(text: str) -> Any:
    if is_plain_name(text):
        return Property(text)
    if text[0] == "$":
        return Count()
    if text[0] == "@":
        return _nodes.annotation(text)
    return _nodes.type_name(text) if "." in text else _nodes.property(text)
