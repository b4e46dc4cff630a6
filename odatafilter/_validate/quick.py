"""Whether a filter is certainly allowed: said in one loop for what most filters are, comparisons of properties.

It asks the rules that the walk asks. What it does not know is not allowed for certain, and the walk judges it.
"""

from collections.abc import Mapping
from typing import Final

from odatafilter._functions import FUNCTIONS, accepts
from odatafilter._kinds import NULL_ONLY, UNORDERED
from odatafilter._validate.fitting import all_fit_for_certain, fits_for_certain
from odatafilter.facts import RELATIONS, PropertyFacts, SchemaFacts
from odatafilter.tree import And, Call, Comparison, Expression, In, List, Literal, Not, Or, Property

_CONDITIONS: Final = frozenset(
    name for name, row in FUNCTIONS.items() if all(one.result == "Boolean" for one in row.signatures)
)


def is_certainly_allowed(tree: Expression, schema: SchemaFacts) -> bool:
    """Whether `tree`, as a whole a condition, has no problem for certain."""
    properties, operators = schema.properties, schema.operators
    pending: list[Expression] = [tree]
    while pending:
        node = pending.pop()
        match node:
            case Comparison(left=left, operator=operator, right=right):
                if not is_fine_comparison(left, operator, right, properties, operators):
                    return False
            case And(operands=operands):
                if "and" not in operators:
                    return False
                pending += operands
            case Or(operands=operands):
                if "or" not in operators:
                    return False
                pending += operands
            case Not(operand=operand):
                if "not" not in operators:
                    return False
                pending.append(operand)
            case In():
                if not _is_fine_membership(node, schema):
                    return False
            case Call():
                if not _is_fine_call(node, schema):
                    return False
            case _:
                return False
    return True


def is_fine_comparison(
    left: Expression,
    operator: str,
    right: Expression,
    properties: Mapping[str, PropertyFacts],
    operators: frozenset[str],
) -> bool:
    """Whether this is a property and a value of its own, compared as both are documented."""
    if type(left) is not Property or type(right) is not Literal:
        return False
    facts = properties.get(left.name)
    return (
        facts is not None
        and operator in operators
        and operator in facts.operators
        and not (operator in RELATIONS and facts.kind in UNORDERED)
        and facts.kind not in NULL_ONLY
        and fits_for_certain(facts, right)
    )


def _is_fine_membership(node: In, schema: SchemaFacts) -> bool:
    left, collection = node.operand, node.collection
    facts = schema.properties.get(left.name) if type(left) is Property else None
    return (
        facts is not None
        and type(collection) is List
        and schema.lists == "()"
        and 0 < len(collection.items) <= (schema.max_in or len(collection.items))
        and "in" in schema.operators
        and "in" in facts.operators
        and facts.kind not in NULL_ONLY
        and all_fit_for_certain(facts, collection.items)
    )


def _is_fine_call(node: Call, schema: SchemaFacts) -> bool:
    """Whether this is a condition by a function of properties and texts."""
    name = node.function
    if name not in _CONDITIONS or name not in schema.functions or name in schema.either_order:
        return False
    kinds: list[str | None] = []
    for one in node.arguments:
        if type(one) is Literal and one.kind == "String":
            kinds.append("String")
        elif type(one) is Property and (facts := schema.properties.get(one.name)) and name in facts.functions:
            kinds.append(facts.kind)
        else:
            return False
    return all(map(accepts, FUNCTIONS[name].signatures[0].parameters, kinds))
