"""The properties that a filter reads, by their paths from the item; and the same filter with other names for them."""

import functools
from collections.abc import Mapping
from typing import NamedTuple, TypeAlias, cast

from odatafilter import _parse
from odatafilter._rewrite.rebuild import rebuilt
from odatafilter.errors import FilterError, FilterSyntaxError
from odatafilter.tree import (
    AnyNode,
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
    Variable,
)

Names: TypeAlias = tuple[str, ...]


class _Scope(NamedTuple):
    """What names mean where a node stands, as paths from the item; None where only the service knows.

    `here` is where properties are looked up: the item, or inside a nested `$filter` an element (§4.12).
    """

    variables: Mapping[str, Names | None]
    here: Names | None


_WHOLE = _Scope({}, ())


def properties(tree: Expression) -> tuple[str, ...]:
    """The paths of the properties that `tree` reads, in the order of the text, each once.

    The variable of a lambda stands for the collection before it: `Items/any(i:i/Qty gt 1)` reads Items and Items/Qty.
    Types in a path are left out; so is what is below `$root`, an alias or the result of a function.
    """
    walk = _Walk({})
    walk.changed(tree, _WHOLE)
    return tuple("/".join(path) for path in walk.read)


def renamed(tree: Expression, names: Mapping[str, str]) -> Expression:
    """`tree` with the last name of each path in `names` replaced by the name, or the path, that it maps to.

    Raises FilterError for what is no path of names, and where a lambda's variable would hide the new name.
    """
    walk = _Walk({_names(old): _names(new) for old, new in names.items()})
    return cast("Expression", walk.changed(tree, _WHOLE))


class _Walk:
    """One walk over a tree: what it `read`, in order, and what the tree becomes with other names."""

    def __init__(self, names: Mapping[Names | None, Names]) -> None:
        self.read: dict[Names, None] = {}
        self._names = names

    def changed(self, node: AnyNode, scope: _Scope) -> AnyNode:
        match node:
            case Property():
                return _path(self._segments((node,), scope))
            case Path(segments=segments):
                return _path(self._segments(segments, scope))
            case Literal() | List():
                return node
            case _:
                return rebuilt(node, functools.partial(self.changed, scope=scope))

    def _segments(self, segments: tuple[Segment, ...], scope: _Scope) -> list[Segment]:
        place, new = self._start(segments[0], scope)
        for segment in segments[1:]:
            place, steps = self._step(segment, place, scope)
            new += steps
        self._note(place)
        return new

    def _start(self, segment: Segment, scope: _Scope) -> tuple[Names | None, list[Segment]]:
        match segment:
            case Property(name=name) if name in scope.variables:
                return scope.variables[name], [segment]
            case Property() | TypeName():
                place, steps = self._step(segment, scope.here, scope)
                if isinstance(first := steps[0], Property) and first.name in scope.variables:
                    raise FilterError(f"'{first.name}' is the variable of a lambda, which would hide the new name")
                return place, steps
            case Variable(name="$it"):
                return (), [segment]
            case Variable(name="$this"):
                return scope.here, [segment]
            case _:
                return self._step(segment, None, scope)

    def _step(self, segment: Segment, place: Names | None, scope: _Scope) -> tuple[Names | None, list[Segment]]:
        """Where a segment leads to from `place`, and what it becomes."""
        match segment:
            case Property(name=name):
                below = None if place is None else (*place, name)
                return below, [Property(new) for new in self._names.get(below, (name,))]
            case TypeName():
                return place, [segment]
            case Lambda(variable=variable) if variable is not None:
                inner = scope._replace(variables={**scope.variables, variable: place})
            case Filtered() | Count():
                inner = scope._replace(here=place)
            case _:
                inner = scope
        self._note(place)
        changed = cast("Segment", rebuilt(segment, functools.partial(self.changed, scope=inner)))
        return (place if isinstance(segment, Filtered | Key) else None), [changed]

    def _note(self, place: Names | None) -> None:
        if place:
            self.read[place] = None


def _path(segments: list[Segment]) -> AnyNode:
    return Path(tuple(segments)) if len(segments) > 1 else segments[0]


def _names(text: str) -> Names:
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
