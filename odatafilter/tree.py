"""The syntax tree of a filter expression: frozen nodes, compared by structure, without behaviour.

Grouping parentheses leave no node; where they matter, the nesting of the nodes says so.
"""

from typing import Literal as OneOf
from typing import TypeAlias, assert_never

import msgspec

LiteralKind: TypeAlias = OneOf["null", "Boolean", "DateTimeOffset", "Guid", "Number", "String"]
ComparisonOperator: TypeAlias = OneOf["eq", "ne", "lt", "le", "gt", "ge"]


# Nodes hold strings and other nodes only, so no cycle can pass through them and the garbage collector need not look.
class Node(msgspec.Struct, frozen=True, gc=False):
    """What every node is."""


class Literal(Node, frozen=True, gc=False):
    """A value as it is written: `text` is its canonical spelling, quotes included (OData URL Conventions §5.1.1.14)."""

    kind: LiteralKind
    text: str


class Property(Node, frozen=True, gc=False):
    """A property by its name (§5.1.1.15)."""

    name: str


class List(Node, frozen=True, gc=False):
    """The literals in parentheses on the right of `in` (§5.1.1.1.11)."""

    items: tuple[Literal, ...]


class Comparison(Node, frozen=True, gc=False):
    """`left operator right` (§5.1.1.1.1 to .6)."""

    left: "Expression"
    operator: ComparisonOperator
    right: "Expression"


class In(Node, frozen=True, gc=False):
    """`operand in collection` (§5.1.1.1.11)."""

    operand: "Expression"
    collection: "List | Expression"


class Not(Node, frozen=True, gc=False):
    """`not operand` (§5.1.1.1.9)."""

    operand: "Expression"


class And(Node, frozen=True, gc=False):
    """Two or more operands joined by `and` (§5.1.1.1.7)."""

    operands: "tuple[Expression, ...]"


class Or(Node, frozen=True, gc=False):
    """Two or more operands joined by `or` (§5.1.1.1.8)."""

    operands: "tuple[Expression, ...]"


Expression: TypeAlias = Literal | Property | Comparison | In | Not | And | Or


def children(node: Expression | List) -> tuple[Expression | List, ...]:
    """The nodes directly below `node`, in the order of the text."""
    match node:
        case Literal() | Property():
            return ()
        case Comparison(left=left, right=right):
            return (left, right)
        case In(operand=operand, collection=collection):
            return (operand, collection)
        case Not(operand=operand):
            return (operand,)
        case List(items=items):
            return items
        case And(operands=operands) | Or(operands=operands):
            return operands
        case _:
            assert_never(node)
