"""Syntax tree + schema → everything that the schema does not allow, with what each operand is worked out.

Rules stand in three rooms: `documented`, `fitting` and `meaning`; `walk` asks them on its way through the tree.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from typing import cast

from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter._validate.finding import Finding
from odatafilter._validate.operands import Operand
from odatafilter._validate.places import problems_of
from odatafilter._validate.quick import is_certainly_allowed
from odatafilter._validate.walk import Walk
from odatafilter.errors import FilterValidationError
from odatafilter.facts import PropertyFacts, SchemaFacts
from odatafilter.tree import AnyNode, Array, Expression, List, Literal


def judge(tree: Expression, schema: SchemaFacts) -> Walk:
    """The walk over `tree`, which as a whole must be true or false (OData Protocol §11.2.6.1)."""
    walk = Walk(schema)
    walk.judge_condition(tree)
    return walk


def findings(tree: Expression, schema: SchemaFacts) -> list[Finding]:
    """Every problem of `tree`, which as a whole must be true or false."""
    return [] if is_certainly_allowed(tree, schema) else judge(tree, schema).findings


def operand_findings(node: Expression, schema: SchemaFacts) -> tuple[list[Finding], Operand]:
    """Every problem of an expression that need not be true or false, and what it is."""
    walk = Walk(schema)
    found = walk.judge_operand(node)
    return walk.findings, found


def facts_of(node: Expression, schema: SchemaFacts) -> PropertyFacts | None:
    """What is documented of the property that `node` names, or None where it names none."""
    return Walk(schema).judge_operand(node).facts


def facts_beside_aliases(tree: Expression, schema: SchemaFacts) -> dict[int, PropertyFacts]:
    """What the value of each parameter alias must be, by what it stands beside, by the identity of the alias."""
    return judge(tree, schema).expected


def with_literals(tree: Expression, literals: Mapping[int, Mapping[int, Literal]]) -> Expression:
    """`tree` with other literals below some nodes, which `literals` has by the identities of both."""

    def put_literals(node: AnyNode, others: Mapping[int, Literal] | None = None) -> AnyNode:
        if others and id(node) in others:
            return others[id(node)]
        below = literals.get(id(node), others if isinstance(node, List | Array) else None)
        return rebuild_node(node, functools.partial(put_literals, others=below))

    return cast("Expression", put_literals(tree))


def error_of(
    found: Sequence[Finding],
    tree: Expression,
    text: str,
    schema: SchemaFacts,
    judge_again: Callable[[Expression, SchemaFacts], Sequence[Finding]] = findings,
) -> FilterValidationError:
    """The error for the problems of `tree`, that of `text`, which is judged again where a node stands at two places."""
    return FilterValidationError(text, problems_of(found, tree, text, lambda meant: judge_again(meant, schema)))


__all__ = [
    "Finding",
    "Operand",
    "Walk",
    "error_of",
    "facts_beside_aliases",
    "facts_of",
    "findings",
    "is_certainly_allowed",
    "judge",
    "operand_findings",
    "with_literals",
]
