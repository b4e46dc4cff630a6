"""The syntax tree of a filter expression: frozen nodes, compared by structure, without behaviour.

Grouping parentheses leave no node; where they matter, the nesting of the nodes says so. Section numbers are those of
OData 4.01, Part 2: URL Conventions.
"""

from collections.abc import Iterator
from typing import Literal as OneOf
from typing import Never, Self, TypeAlias

import msgspec

from odatafilter import _kinds
from odatafilter._arguments import check_type
from odatafilter._literals import NOTATIONS, PythonValue, value_of
from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError

LiteralKind: TypeAlias = _kinds.LiteralKind
ComparisonOperator: TypeAlias = OneOf["eq", "ne", "lt", "le", "gt", "ge"]
ArithmeticOperator: TypeAlias = OneOf["add", "sub", "mul", "div", "divby", "mod"]


# Nodes hold strings and other nodes only, so no cycle can pass through them and the garbage collector need not look.
# It tracks those that nest without a bracket all the same: Python releases what it tracks, and tuples, at any depth.
# The release of anything else needs the C stack, which a hostile text of 10,000 characters would use up in a thread.
class Node(msgspec.Struct, frozen=True, gc=False, tag=True):
    """What every node is: it never changes, so it is its own copy."""

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, _: object) -> Self:
        return self


# --- operands -------------------------------------------------------------------------------------------------------


class Literal(Node, frozen=True, gc=False):
    """A value as it is written: `text` is its canonical spelling, quotes and prefix included (§5.1.1.14.1)."""

    kind: LiteralKind
    text: str


class Property(Node, frozen=True, gc=False):
    """A property, or the variable of a lambda, by its name (§5.1.1.15)."""

    name: str


class Variable(Node, frozen=True, gc=False):
    """`$it`, `$this`, or `$root` at the start of a path (§5.1.1.14.4 to .6)."""

    name: str


class Alias(Node, frozen=True, gc=False):
    """`@name`, a parameter alias (§5.3); in front of a path it may also be an annotation."""

    name: str


class Annotation(Node, frozen=True, gc=False):
    """`@Namespace.Term#qualifier` (§5.1.1.16)."""

    name: str
    qualifier: str | None = None


class Array(Node, frozen=True, gc=False):
    """`[…]`, a collection of expressions (§5.1.1.14.2)."""

    items: "tuple[Expression, ...]"


class Member(Node, frozen=True, gc=False):
    """One `"name": value` of an Object; `name` is written with its double quotes."""

    name: str
    value: "Expression"


class Object(Node, frozen=True, gc=False):
    """`{…}`, a complex value (§5.1.1.14.2)."""

    members: tuple[Member, ...]


class List(Node, frozen=True, gc=False):
    """The literals in parentheses on the right of `in` (§5.1.1.1.11)."""

    items: tuple[Literal, ...]


# --- calls and paths ------------------------------------------------------------------------------------------------


class TypeName(Node, frozen=True, gc=False):
    """A type: a cast as a segment of a path, or the type that `cast` and `isof` ask for (§5.1.1.10)."""

    name: str


class Call(Node, frozen=True, gc=False):
    """A canonical function (§5.1.1.4 to .11) by its canonical name."""

    function: str
    arguments: "tuple[Expression | TypeName, ...]"


class Case(Node, frozen=True, gc=False):
    """`case(condition:value, …)` (§5.1.1.12.1)."""

    branches: "tuple[Branch, ...]"


class Branch(Node, frozen=True, gc=False):
    """One `condition:value` of a Case."""

    condition: "Expression"
    value: "Expression"


class Named(Node, frozen=True, gc=False):
    """One `name=value` of a Function."""

    name: str
    value: "Expression"


class Function(Node, frozen=True, gc=False):
    """A function that the service defines; or a key predicate, which is written like one (§4.3, §5.1.1.4)."""

    name: str
    arguments: "tuple[Named | Expression, ...]"


class Lambda(Node, frozen=True, gc=False):
    """`any(variable:condition)`, `all(…)` or `any()`, after a path (§5.1.1.13)."""

    quantifier: OneOf["any", "all"]
    variable: str | None = None
    condition: "Expression | None" = None


class Count(Node, frozen=True, gc=False):
    """`$count` after a path, perhaps of what a nested `$filter` or `$search` lets through (§4.8)."""

    filter: "Expression | None" = None
    search: str | None = None


class Filtered(Node, frozen=True, gc=False):
    """`$filter(condition)` as a segment of a path (§4.12)."""

    condition: "Expression"


class Key(Node, frozen=True, gc=False):
    """A key predicate right after a `$filter(…)` segment."""

    arguments: "tuple[Named | Expression, ...]"


class Path(Node, frozen=True, gc=False):
    """Two or more segments joined by `/` (§5.1.1.15)."""

    segments: "tuple[Segment, ...]"


# --- operators ------------------------------------------------------------------------------------------------------


class Negation(Node, frozen=True, gc=True):
    """`-operand` (§5.1.1.2.3)."""

    operand: "Expression"


class Arithmetic(Node, frozen=True, gc=True):
    """`left operator right` (§5.1.1.2)."""

    left: "Expression"
    operator: ArithmeticOperator
    right: "Expression"


class Comparison(Node, frozen=True, gc=True):
    """`left operator right` (§5.1.1.1.1 to .6)."""

    left: "Expression"
    operator: ComparisonOperator
    right: "Expression"


class Has(Node, frozen=True, gc=True):
    """`operand has flags` (§5.1.1.1.10)."""

    operand: "Expression"
    flags: Literal


class In(Node, frozen=True, gc=True):
    """`operand in collection` (§5.1.1.1.11)."""

    operand: "Expression"
    collection: "List | Expression"


class Not(Node, frozen=True, gc=True):
    """`not operand` (§5.1.1.1.9)."""

    operand: "Expression"


class And(Node, frozen=True, gc=False):
    """Two or more operands joined by `and` (§5.1.1.1.7)."""

    operands: "tuple[Expression, ...]"


class Or(Node, frozen=True, gc=False):
    """Two or more operands joined by `or` (§5.1.1.1.8)."""

    operands: "tuple[Expression, ...]"


Segment: TypeAlias = Property | Variable | Alias | Annotation | Function | TypeName | Lambda | Count | Filtered | Key
Expression: TypeAlias = (
    Literal
    | Property
    | Variable
    | Alias
    | Annotation
    | Array
    | Object
    | Call
    | Case
    | Function
    | Path
    | Negation
    | Arithmetic
    | Comparison
    | Has
    | In
    | Not
    | And
    | Or
)
AnyNode: TypeAlias = Expression | Segment | List | Member | Branch | Named


def children(node: AnyNode) -> tuple[AnyNode, ...]:
    """The nodes directly below `node`, in the order of the text. Raises FilterTypeError for what is no node."""
    match node:
        case Literal() | Property() | Variable() | Alias() | Annotation() | TypeName():
            return ()
        case Arithmetic(left=left, right=right) | Comparison(left=left, right=right):
            return (left, right)
        case And(operands=below) | Or(operands=below):
            return below
        case Path(segments=below):
            return below
        case Call(arguments=below):
            return below
        case Branch(condition=condition, value=value):
            return (condition, value)
        case Has(operand=operand, flags=flags):
            return (operand, flags)
        case In(operand=operand, collection=collection):
            return (operand, collection)
        case Not(operand=operand) | Negation(operand=operand):
            return (operand,)
        case Member(value=value) | Named(value=value):
            return (value,)
        case Lambda(condition=condition) | Count(filter=condition):
            return () if condition is None else (condition,)
        case Filtered(condition=condition):
            return (condition,)
        case List(items=below):
            return below
        case Array(items=below):
            return below
        case Object(members=below):
            return below
        case Case(branches=below):
            return below
        case Function(arguments=below) | Key(arguments=below):
            return below
        case _:
            _refuse_node(node)


def _refuse_node(node: Never) -> Never:
    raise FilterTypeError(f"node is {show(node)}: a node of the syntax tree is wanted")


def nodes(tree: AnyNode) -> Iterator[AnyNode]:
    """Every node of a tree, in no order that matters. Needs no stack. Raises FilterTypeError for what is no node."""
    pending = [tree]
    while pending:
        yield (node := pending.pop())
        pending += children(node)


def value(literal: Literal) -> PythonValue:
    """The Python value of a literal; of members of an enumeration, their names or numbers as a str.

    Raises FilterError where Python has no such value: a year before 1 or after 9999, a second 60, more digits of a
    second than microseconds, a shape; and for a text that is no literal of its kind. Raises FilterTypeError for what is
    no literal: the items of an Array are literals one by one.
    """
    check_type("literal", literal, Literal, "a tree.Literal")
    check_type("the text of a literal", literal.text, str, "a str")
    check_type("the kind of a literal", literal.kind, str, wanted := f"one of {', '.join(NOTATIONS)}")
    if literal.kind not in NOTATIONS:
        raise FilterTypeError(f"the kind of a literal is {show(literal.kind)}: {wanted} is wanted")
    return value_of(literal.kind, literal.text)
