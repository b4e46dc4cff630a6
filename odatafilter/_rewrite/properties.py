"""The properties that a filter reads, by their paths from the item; and the same filter with other names for them."""

import functools
from collections.abc import Mapping
from typing import TypeAlias, cast

from odatafilter import _parse
from odatafilter._plan.scope import Parameter, Root, Scope
from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter.errors import FilterError, FilterSyntaxError
from odatafilter.tree import (
    AnyNode,
    Comparison,
    Count,
    Expression,
    Filtered,
    Key,
    Lambda,
    List,
    Literal,
    Path,
    Property,
    Segment,
    TypeName,
)

Names: TypeAlias = tuple[str, ...]


# Instances are told by their paths from the item; None where only the service knows.
_WHOLE: Scope[Names | None] = Scope.of_item(())


def properties(tree: Expression) -> tuple[str, ...]:
    """The paths of the properties that `tree` reads, in the order of the text, each once.

    The variable of a lambda stands for the collection before it: `Items/any(i:i/Qty gt 1)` reads Items and Items/Qty.
    Types in a path are left out; so is what is below `$root`, an alias or the result of a function.
    """
    walk = _Walk({})
    walk.change_node(tree, _WHOLE)
    return tuple("/".join(path) for path in walk.read)


def rename_properties(tree: Expression, names: Mapping[str, str]) -> Expression:
    """`tree` with the last name of each path in `names` replaced by the name, or the path, that it maps to.

    Raises FilterError for what is no path of names, and where a lambda's variable would hide the new name.
    """
    walk = _Walk({_read_names(old): _read_names(new) for old, new in names.items()})
    return cast("Expression", walk.change_node(tree, _WHOLE))


class _Walk:
    """One walk over a tree: what it `read`, in order, and what the tree becomes with other names."""

    def __init__(self, names: Mapping[Names | None, Names]) -> None:
        self.read: dict[Names, None] = {}
        self._read_names = names

    def change_node(self, node: AnyNode, scope: Scope[Names | None]) -> AnyNode:
        if not self._read_names:  # nothing changes, and names and paths of names are what most filters consist of
            if isinstance(node, Comparison):
                self.change_node(node.left, scope)
                self.change_node(node.right, scope)
                return node
            if (names := _names_of(node)) and names[0] not in scope.variables:
                self._note(None if scope.here is None else (*scope.here, *names))
                return node
        match node:
            case Property():
                return _path_of(self._segments((node,), scope))
            case Path(segments=segments):
                return _path_of(self._segments(segments, scope))
            case Literal() | List():
                return node
            case _:
                return rebuild_node(node, functools.partial(self.change_node, scope=scope))

    def _segments(self, segments: tuple[Segment, ...], scope: Scope[Names | None]) -> list[Segment]:
        start = scope.find_start(segments)
        place = None if isinstance(start.instance, Root | Parameter) else start.instance
        new = list(segments[: len(segments) - len(start.rest)])
        rest = start.rest
        if not new:
            place, new = self._first(rest[0], place, scope)
            rest = rest[1:]
        for segment in rest:
            place, steps = self._step(segment, place, scope)
            new += steps
        self._note(place)
        return new

    def _first(
        self, segment: Segment, here: Names | None, scope: Scope[Names | None]
    ) -> tuple[Names | None, list[Segment]]:
        """A segment that starts from the current instance."""
        if not isinstance(segment, Property | TypeName):
            return self._step(segment, None, scope)
        place, steps = self._step(segment, here, scope)
        if isinstance(first := steps[0], Property) and scope.is_variable(first.name):
            raise FilterError(f"'{first.name}' is the variable of a lambda, which would hide the new name")
        return place, steps

    def _step(
        self, segment: Segment, place: Names | None, scope: Scope[Names | None]
    ) -> tuple[Names | None, list[Segment]]:
        """Where a segment leads to from `place`, and what it becomes."""
        match segment:
            case Property(name=name):
                below = None if place is None else (*place, name)
                return below, [Property(new) for new in self._read_names.get(below, (name,))]
            case TypeName():
                return place, [segment]
            case Lambda(variable=variable) if variable is not None:
                inner = scope.inside_lambda(variable, place)
            case Filtered() | Count():
                inner = scope.inside_filter(place)
            case _:
                inner = scope
        self._note(place)
        changed = cast("Segment", rebuild_node(segment, functools.partial(self.change_node, scope=inner)))
        return (place if isinstance(segment, Filtered | Key) else None), [changed]

    def _note(self, place: Names | None) -> None:
        if place:
            self.read[place] = None


def _names_of(node: AnyNode) -> Names:
    """The names that a property, or a path of properties alone, is made of; none of any other node."""
    if isinstance(node, Property):
        return (node.name,)
    segments = node.segments if isinstance(node, Path) else ()
    names = tuple([segment.name for segment in segments if isinstance(segment, Property)])
    return names if len(names) == len(segments) else ()


def _path_of(segments: list[Segment]) -> AnyNode:
    return Path(tuple(segments)) if len(segments) > 1 else segments[0]


def _read_names(text: str) -> Names:
    """The names of a path, as the grammar reads them, so that nothing is injected through one."""
    try:
        tree = _parse.parse(text)
    except (FilterSyntaxError, _parse.Failure):
        raise _no_path(text) from None
    segments = tree.segments if isinstance(tree, Path) else (tree,)
    names = tuple(segment.name for segment in segments if isinstance(segment, Property))
    if len(names) < len(segments):
        raise _no_path(text)
    return names


def _no_path(text: str) -> FilterError:
    return FilterError(f"{text!r:.60} is no property and no path of properties such as Address/City")
