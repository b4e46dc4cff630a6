"""Parameter aliases → the literals of the values that are bound to them (OData URL Conventions §5.3)."""

from collections.abc import Iterator, Mapping
from typing import cast

from odatafilter import _spell
from odatafilter._rewrite.rebuild import rebuilt
from odatafilter._shown import shown
from odatafilter._suggest import listed
from odatafilter._validate import facts_beside_aliases
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import Alias, AnyNode, Array, Expression, In, List, Literal, Path, children


def bound(tree: Expression, schema: SchemaFacts | None, values: Mapping[str, object]) -> Expression:
    """`tree` with each `@name` that `values` has replaced by its literal.

    What is compared with a property is spelt as the property wants it. Raises FilterError for an unknown parameter.
    """
    known = dict.fromkeys(parameters(tree))
    if unknown := values.keys() - known:
        found = f"only {listed(known)}" if known else "none at all"
        raise FilterError(f"the filter has no parameter {listed(map(repr, sorted(unknown)))}, {found}")
    beside = facts_beside_aliases(tree, schema) if schema is not None else {}

    def change(node: AnyNode) -> AnyNode:
        match node:
            case In(operand=operand, collection=Alias(name=name) as alias) if name in values:
                items = _items(name, values[name], beside.get(id(alias)))
                brackets = Array if schema and schema.lists == "[]" else List
                return In(cast("Expression", change(operand)), brackets(items))
            case Path(segments=(Alias(name=name), *_)) if name in values:
                raise FilterError(f"the parameter {name!r} starts a path, where no value can stand")
            case Alias(name=name) if isinstance(values.get(name), list | tuple):
                return Array(_items(name, values[name], None))
            case Alias(name=name) if name in values:
                return _spelled(values[name], beside.get(id(node)))
            case _:
                return rebuilt(node, change)

    return cast("Expression", change(tree))


def parameters(tree: AnyNode) -> Iterator[str]:
    """The names of the parameter aliases of `tree`, in the order of the text."""
    if isinstance(tree, Alias):
        yield tree.name
    for child in children(tree):
        yield from parameters(child)


def _items(name: str, value: object, facts: PropertyFacts | None) -> tuple[Literal, ...]:
    if not isinstance(value, list | tuple | set | frozenset) or not value:
        raise FilterTypeError(f"the parameter {name!r} stands after 'in' and takes several values, not {shown(value)}")
    return tuple(_spelled(one, facts) for one in value)


def _spelled(value: object, facts: PropertyFacts | None) -> Literal:
    return _spell.spelled(value, facts) if facts is not None else _spell.literal(value)
