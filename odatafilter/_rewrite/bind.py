"""Parameter aliases → the literals of the values that are bound to them (OData URL Conventions §5.3)."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter._safe_text import show
from odatafilter._suggest import word_list
from odatafilter._to_literal import array_of, literal_for, literal_of
from odatafilter._validate import facts_beside_aliases
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import RELATIONS, SchemaFacts
from odatafilter.tree import Alias, AnyNode, Array, Comparison, Expression, In, List, Literal, Path, Property, children

_WITHOUT_ALIAS: Final = frozenset({Literal, Property})  # most of the nodes of a tree: nothing is below them


def bind_parameters(tree: Expression, schema: SchemaFacts | None, values: Mapping[str, object]) -> Expression:
    """`tree` with each `@name` that `values` has replaced by its literal.

    A value is spelt as what it stands beside wants it. Raises FilterError for an unknown parameter, FilterTypeError for
    null where nothing is greater or less.
    """
    known = dict.fromkeys(parameters(tree))
    if unknown := values.keys() - known:
        found = f"only {word_list(known)}" if known else "none at all"
        raise FilterError(f"the filter has no parameter {word_list(map(repr, sorted(unknown)))}, {found}")
    any_case = schema is not None and not schema.case_sensitive
    beside = facts_beside_aliases(tree, schema) if schema is not None else {}

    def spell_value(value: object, alias: Alias) -> Literal:
        facts = beside.get(id(alias))
        return literal_of(value) if facts is None else literal_for(value, facts, any_case=any_case)

    def spell_element(value: object, alias: Alias) -> Literal:
        """One of the values of a collection."""
        collection = beside.get(id(alias))
        facts = collection.element if collection is not None else None
        return literal_of(value) if facts is None else literal_for(value, facts, any_case=any_case)

    def put_values(node: AnyNode) -> AnyNode:
        match node:
            case In(operand=operand, collection=Alias(name=name) as alias) if name in values:
                items = tuple(spell_value(one, alias) for one in _check_collection(name, values[name]))
                brackets = Array if schema and schema.lists == "[]" else List
                return In(cast("Expression", put_values(operand)), brackets(items))
            case Comparison(left=left, operator=operator, right=right) if operator in RELATIONS:
                for side in (left, right):
                    if isinstance(side, Alias) and values.get(side.name, side) is None:
                        message = f"nothing is '{operator}' null; bind the parameter {side.name!r} to a value"
                        raise FilterTypeError(message)
                return rebuild_node(node, put_values)
            case Path(segments=(Alias(name=name), *_)) if name in values:
                raise FilterError(f"the parameter {name!r} starts a path, where no value can stand")
            case Alias(name=name) if isinstance(values.get(name), list | tuple):
                return array_of(spell_element(one, node) for one in _check_collection(name, values[name]))
            case Alias(name=name) if name in values:
                return spell_value(values[name], node)
            case _:
                return rebuild_node(node, put_values)

    return cast("Expression", put_values(tree))


def parameters(tree: AnyNode) -> Iterator[str]:
    """The names of the parameter aliases of `tree`, in the order of the text."""
    pending = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, Alias):
            yield node.name
            continue
        below = (node.left, node.right) if isinstance(node, Comparison) else children(node)
        pending += [one for one in reversed(below) if type(one) not in _WITHOUT_ALIAS]


def _check_collection(name: str, value: object) -> Iterable[object]:
    if not isinstance(value, list | tuple | set | frozenset) or not value:
        raise FilterTypeError(f"the parameter {name!r} stands after 'in' and takes several values, not {show(value)}")
    return value
