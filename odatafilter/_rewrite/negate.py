"""Filters rewritten into ones that mean exactly the same, for APIs that do not document an operator."""

from typing import Final

from odatafilter.errors import FilterError
from odatafilter.facts import UNORDERED, SchemaFacts
from odatafilter.tree import (
    And,
    Array,
    Comparison,
    ComparisonOperator,
    Expression,
    In,
    List,
    Literal,
    Not,
    Or,
    Property,
)

_OPPOSITES: Final[dict[ComparisonOperator, ComparisonOperator]] = {
    "eq": "ne",
    "ne": "eq",
    "lt": "ge",
    "ge": "lt",
    "gt": "le",
    "le": "gt",
}


def negated(tree: Expression, schema: SchemaFacts | None) -> Expression:
    """What is true where `tree` is false, false where it is true and null where it is null.

    Where the schema has no `not`, by De Morgan's laws and opposite operators. Raises FilterError where that would not
    be exact: `not (a gt 5)` holds for a null, `a le 5` does not (OData URL Conventions §5.1.1.1).
    """
    if isinstance(tree, Not):
        return tree.operand
    if schema is None or "not" in schema.operators:
        return Not(tree)
    return _opposite(tree, schema)


def _opposite(node: Expression, schema: SchemaFacts) -> Expression:
    match node:
        case And(operands=operands):
            return Or(tuple(_opposite(operand, schema) for operand in operands))
        case Or(operands=operands):
            return And(tuple(_opposite(operand, schema) for operand in operands))
        case Not(operand=operand):
            return operand
        case Comparison(left=left, operator=operator, right=right):
            if operator not in {"eq", "ne"} and not (_plain(left, schema) and _plain(right, schema)):
                raise _inexact(f"'{operator}' of something that may be null, NaN or several values")
            return Comparison(left, _documented(_OPPOSITES[operator], schema), right)
        case In(operand=operand, collection=List(items=(_, *_) as items) | Array(items=(_, *_) as items)):
            different = tuple(Comparison(operand, _documented("ne", schema), item) for item in items)
            return And(different) if len(different) > 1 else different[0]
        case _:
            raise _inexact("this")


def _documented(operator: ComparisonOperator, schema: SchemaFacts) -> ComparisonOperator:
    if operator not in schema.operators:
        raise _inexact(f"without '{operator}', which {schema.name} does not document either, this")
    return operator


def _plain(node: Expression, schema: SchemaFacts) -> bool:
    """Whether `node` is one value that has a place in an order: no null, no NaN, no list."""
    match node:
        case Literal(kind=kind, text=text):
            return kind != "null" and text != "NaN"
        case Property(name=name):
            facts = schema.properties[name]
            return not (facts.nullable or facts.many or facts.kind == "Double" or facts.kind in UNORDERED)
        case _:
            return False


def _inexact(what: str) -> FilterError:
    return FilterError(f"the filter cannot be negated: the API documents no 'not', and {what} has no exact opposite")
