"""Filters rewritten into ones that mean exactly the same, for APIs that do not document an operator."""

from odatafilter._comparisons import OPPOSITES
from odatafilter._kinds import UNORDERED
from odatafilter._validate import facts_of
from odatafilter.errors import FilterError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import (
    And,
    Array,
    Comparison,
    Expression,
    In,
    List,
    Literal,
    Not,
    Or,
    Path,
    Property,
)


def negate(node: Expression, schema: SchemaFacts) -> Expression:
    """What is true where `node` is false, false where it is true and null where it is null, for a schema without `not`.

    By De Morgan's laws and opposite operators. Raises FilterError where that would not be exact: `not (a gt 5)` holds
    for a null, `a le 5` does not (OData URL Conventions §5.1.1.1); and where the API does not document what it would
    need.
    """
    match node:
        case And(operands=operands):
            _check_operator("or", schema)
            return Or(tuple(negate(operand, schema) for operand in operands))
        case Or(operands=operands):
            _check_operator("and", schema)
            return And(tuple(negate(operand, schema) for operand in operands))
        case Not(operand=operand):
            return operand
        case Comparison(left=left, operator=operator, right=right):
            if operator not in {"eq", "ne"} and not (_has_order(left, schema) and _has_order(right, schema)):
                raise _inexact_error(f"'{operator}' of something that may be null, NaN or several values")
            opposite = OPPOSITES[operator]
            _check_operator(opposite, schema, left, right)
            return Comparison(left, opposite, right)
        case In(operand=operand, collection=List(items=(_, *_) as items) | Array(items=(_, *_) as items)):
            _check_operator("ne", schema, operand)
            different = tuple(Comparison(operand, "ne", item) for item in items)
            if len(different) == 1:
                return different[0]
            _check_operator("and", schema)
            return And(different)
        case _:
            raise _inexact_error("this")


def _check_operator(operator: str, schema: SchemaFacts, *operands: Expression) -> None:
    """Raises FilterError where `operator` is not documented: by the schema, or for a property among `operands`."""
    if operator not in schema.operators:
        raise _inexact_error(f"without '{operator}', which {schema.name} does not document either, this")
    for operand in operands:
        facts = _facts(operand, schema)
        if facts is not None and operator not in facts.operators:
            raise _inexact_error(f"without '{operator}', which is not documented with {facts.display_name}, this")


def _facts(node: Expression, schema: SchemaFacts) -> PropertyFacts | None:
    """What is documented of a property; None of anything else, the variable of a lambda too."""
    return facts_of(node, schema) if isinstance(node, Property | Path) else None


def _has_order(node: Expression, schema: SchemaFacts) -> bool:
    """Whether `node` is one value that has a place in an order: no null, no NaN, no list."""
    match node:
        case Literal(kind=kind, text=text):
            return kind != "null" and text != "NaN"
        case Property():
            facts = _facts(node, schema)
            return facts is not None and not (
                facts.nullable or facts.many or facts.kind == "Double" or facts.kind in UNORDERED
            )
        case _:
            return False


def _inexact_error(what: str) -> FilterError:
    return FilterError(f"the filter cannot be negated: the API documents no 'not', and {what} has no exact opposite")
