"""Parameter aliases → the literals of the values that are bound to them (OData URL Conventions §5.3)."""

from collections.abc import Iterator, Mapping
from typing import cast

from odatafilter import _spell
from odatafilter._spell import spelled
from odatafilter._suggest import listed
from odatafilter._validate import facts_of
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import Alias, AnyNode, Array, Comparison, Expression, In, List, Literal, Path, children, mapped


def bound(tree: Expression, schema: SchemaFacts | None, values: Mapping[str, object]) -> Expression:
    """`tree` with each `@name` that `values` has replaced by its literal.

    What is compared with a property is spelt as the property wants it. Raises FilterError for an unknown parameter.
    """
    known = set(parameters(tree))
    if unknown := values.keys() - known:
        found = f"only {listed(sorted(known))}" if known else "none at all"
        raise FilterError(f"the filter has no parameter {listed(map(repr, sorted(unknown)))}, {found}")

    def literal(name: str, beside: Expression) -> Literal:
        facts = facts_of(beside, schema) if schema is not None else None
        return _spelled(values[name], facts)

    def change(node: AnyNode) -> AnyNode | None:
        match node:
            case Comparison(left=left, operator=operator, right=Alias(name=name)) if name in values:
                return Comparison(replaced(left), operator, literal(name, left))
            case Comparison(left=Alias(name=name), operator=operator, right=right) if name in values:
                return Comparison(literal(name, right), operator, replaced(right))
            case In(operand=operand, collection=Alias(name=name)) if name in values:
                facts = facts_of(operand, schema) if schema is not None else None
                items = _items(name, values[name], facts)
                return In(replaced(operand), Array(items) if schema and schema.lists == "[]" else List(items))
            case Path(segments=(Alias(name=name), *_)) if name in values:
                raise FilterError(f"the parameter {name!r} starts a path, where no value can stand")
            case Alias(name=name) if name in values:
                return _spell.literal(values[name])
            case _:
                return None

    def replaced(node: Expression) -> Expression:
        return cast("Expression", mapped(node, change))

    return replaced(tree)


def parameters(tree: AnyNode) -> Iterator[str]:
    """The names of the parameter aliases of `tree`, in the order of the text."""
    if isinstance(tree, Alias):
        yield tree.name
    for child in children(tree):
        yield from parameters(child)


def _items(name: str, value: object, facts: PropertyFacts | None) -> tuple[Literal, ...]:
    if not isinstance(value, list | tuple | set | frozenset) or not value:
        raise FilterTypeError(f"the parameter {name!r} stands after 'in' and takes several values, not {value!r:.60}")
    return tuple(_spelled(one, facts) for one in value)


def _spelled(value: object, facts: PropertyFacts | None) -> Literal:
    return spelled(value, facts) if facts is not None else _spell.literal(value)
