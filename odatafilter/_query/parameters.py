"""A syntax tree with values in the place of its parameters (OData URL Conventions §5.3)."""

from collections.abc import Mapping
from typing import Final, TypeVar, cast

from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter.facts import SchemaFacts
from odatafilter.limits import CEILING, Limits, measure
from odatafilter.tree import (
    Alias,
    Annotation,
    AnyNode,
    Array,
    Expression,
    Function,
    In,
    List,
    Literal,
    Path,
    Property,
    Variable,
    nodes,
)

N = TypeVar("N", bound=AnyNode)
# What a parameter cannot stand for: its value is the same wherever the parameter stands.
_VARYING: Final = (Property, Variable, Alias, Annotation, Function, Path)


def varies(value: Expression) -> bool:
    """Whether a value depends on the item, or on where it stands."""
    return any(isinstance(node, _VARYING) for node in nodes(value))


class Binding:
    """A tree with values in the place of its parameters. `origins` are the nodes of the tree by what became of them,
    `unbound` its parameters without a value, `path_starts` those with one that stand where none can.
    """

    def __init__(self, tree: Expression, values: Mapping[str, Expression], schema: SchemaFacts) -> None:
        self.origins: dict[int, AnyNode] = {}
        self.unbound: list[Alias] = []
        self.path_starts: list[Alias] = []
        self._made: list[AnyNode] = []  # kept alive, as they are told apart by identity
        self._tree = tree
        self._values = values
        self._schema = schema

    def size_problem(self, limits: Limits) -> str | None:
        """What is wrong where the values make the tree too large."""
        if not self._values:
            return None
        uses = [node.name for node in nodes(self._tree) if isinstance(node, Alias) and node.name in self._values]
        depth, count, _ = measure(self._tree)
        sizes = {name: measure(value) for name, value in self._values.items()}
        count += sum(sizes[name][1] for name in uses)
        depth += max((size[0] for size in sizes.values()), default=0)
        if count > limits.nodes:
            return f"the filter has {count} nodes with its parameters; the limit 'nodes' is {limits.nodes}"
        if depth > min(limits.depth, CEILING):
            return f"the filter has {depth} levels with its parameters; the limit 'depth' is {limits.depth}"
        return None

    def substitute(self) -> Expression:
        return cast("Expression", self._substitute(self._tree))

    def _substitute(self, node: AnyNode) -> AnyNode:
        match node:
            case Alias(name=name) if name in self._values:
                return self._values[name]
            case Alias():
                self.unbound.append(node)
                return node
            case Path(segments=(Alias(name=name) as start, *_)) if name in self._values:
                self.path_starts.append(start)
                return node
            case In(operand=operand, collection=Alias(name=name)) if name in self._values:
                changed: AnyNode = In(
                    cast("Expression", self._substitute(operand)), self._as_documented_list(self._values[name])
                )
            case _:
                changed = rebuild_node(node, self._substitute)
        return changed if changed is node else self._note_origin(changed, node)

    def _as_documented_list(self, value: Expression) -> List | Expression:
        """An array of literals as the list that the schema wants after `in`."""
        if not isinstance(value, Array) or self._schema.lists != "()":
            return value
        items = tuple(item for item in value.items if isinstance(item, Literal))
        return self._note_origin(List(items), value) if len(items) == len(value.items) else value

    def _note_origin(self, made: N, origin: AnyNode) -> N:
        """What was `made` of the node `origin`."""
        self.origins[id(made)] = origin
        self._made.append(made)
        return made
