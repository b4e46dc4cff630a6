"""The text of a property path → its node, for the fast reader."""

import re
from typing import Any, Final

from odatafilter import _names
from odatafilter._parse.nodes import Nodes
from odatafilter.tree import Count, Path, Property, TypeName, Variable

_LONGEST: Final = _names.LONGEST
# Python lets these stand in an identifier, OData not in a name (CSDL §15.2); all else that Python allows is a name.
PYTHON_ONLY: Final = "\u00b7\u0387\u1369-\u1371\u1885\u1886\u19da\u2118\u212e\u309b\u309c"
_python_only: Final = re.compile(f"[{PYTHON_ONLY}]").search
_special: Final = re.compile("[.@$]").search
_nodes: Final = Nodes()


def is_name(text: str) -> bool:
    """Whether `text` is surely a name; where it is not, the tree builder judges it."""
    return text.isidentifier() and len(text) <= _LONGEST and (text.isascii() or _python_only(text) is None)


def read_path(text: str) -> Any:
    """The node of a path that the pattern of paths has matched, or None where no operand is spelt so.

    Raises Refused for a name, and for a sequence of segments, that cannot be.
    """
    if is_name(text):
        return Property(text)
    names = text.split("/")
    if len(names) == 1:
        node = _start(text)
        return None if type(node) is TypeName or text == "$root" else node
    if len(text) <= _LONGEST and text.isascii() and _special(text) is None:
        return Path(tuple(map(Property, names)))
    return _nodes.path(_start(names[0]), *map(_segment, names[1:]))


def _start(text: str) -> Any:
    if text[0] == "$":
        return Variable(text)
    return _nodes.alias(text) if text[0] == "@" else _segment(text)


def _segment(text: str) -> Any:
    if is_name(text):
        return Property(text)
    if text[0] == "$":
        return Count()
    if text[0] == "@":
        return _nodes.annotation(text)
    return _nodes.type_name(text) if "." in text else _nodes.property(text)
