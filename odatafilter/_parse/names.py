"""The text of a property path → its node, for the fast reader."""

from typing import Any, Final

from odatafilter._names import is_plain_name
from odatafilter._parse.nodes import Nodes
from odatafilter.tree import Alias, Annotation, Count, Path, Property, TypeName, Variable

_nodes: Final = Nodes()


# Segments that are always the same.
FIXED: Final = {name: Variable(name) for name in ("$it", "$this", "$root")} | {"$count": Count()}

# What may stand alone anywhere among properties, where the pattern lets it stand.
_AMONG_PROPERTIES: Final = frozenset({Variable, TypeName, Alias, Annotation})


def read_path(text: str) -> Any:
    """The node of a path that the pattern of paths has matched, or None where no operand is spelt so.

    Raises Refused for a name, and for a sequence of segments, that cannot be.
    """
    if "/" not in text:
        return _read_single(text)
    names = text.split("/")
    if not text.isascii():
        return _nodes.path_of((_start(names[0]), *map(_segment, names[1:])))
    # The pattern leaves nothing to judge in a name.
    segments = tuple([Property(name) if name.isidentifier() else _known_segment(name) for name in names])
    if text[0] == "@":
        segments = _start(names[0]), *segments[1:]
    others = [one for one in segments if type(one) is not Property]
    if len(others) == 1 and (type(others[0]) in _AMONG_PROPERTIES or others[0] is segments[-1]):
        return Path(segments)
    return _nodes.path_of(segments)


def _read_single(text: str) -> Any:
    node = _start(text)
    return None if type(node) is TypeName or text == "$root" else node


def read_segments(text: str) -> tuple[Any, ...]:
    """The segments of a part of a path; one that begins with a slash is not the start of the path."""
    if not text:
        return ()
    first, *others = text.split("/")
    return (*([_start(first)] if first else []), *map(_segment, others))


def _known_segment(text: str) -> Any:
    """A segment of ASCII that is no property."""
    return FIXED.get(text) or (TypeName(text) if text[0] not in "@$" else _segment(text))


def _start(text: str) -> Any:
    if text[0] == "@":
        return _nodes.alias(text)
    return Variable(text) if text[0] == "$" else _segment(text)


def _segment(text: str) -> Any:
    if is_plain_name(text):
        return Property(text)
    if text[0] == "$":
        return FIXED.get(text) or Variable(text)
    if text[0] == "@":
        return _nodes.annotation(text)
    return _nodes.type_name(text) if "." in text else _nodes.property(text)
