"""Syntax tree → a shorter one that has the same value for every item: true, false and null alike.

Every rewrite holds in Kleene's logic of three values, which OData has (URL Conventions §5.1.1.1.7 to .9), so it is
exact wherever it stands, also below a `not`. What is not is left out: `x and not x` is null for a null.
"""

from collections.abc import Sequence
from typing import Final, TypeAlias, cast

from odatafilter._literals.strings import read_quoted
from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter._to_literal import NULL
from odatafilter._validate import facts_of, findings
from odatafilter.facts import SchemaFacts
from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    AnyNode,
    Array,
    Branch,
    Call,
    Comparison,
    Count,
    Expression,
    Filtered,
    Has,
    In,
    Lambda,
    List,
    Literal,
    Not,
    Or,
    Path,
    Property,
    TypeName,
    Variable,
)

TRUE: Final = Literal("Boolean", "true")
FALSE: Final = Literal("Boolean", "false")
_OPPOSITES: Final[dict[Expression, Expression]] = {TRUE: FALSE, FALSE: TRUE, NULL: NULL}

# Nodes whose value is true, false or null; and nodes whose operands do not depend on what stands beside them.
_CONDITIONS: Final = frozenset({And, Or, Not, Comparison, In, Has})
_JUDGING: Final = frozenset({And, Or, Not, Lambda, Filtered, Count, Branch})
# Below these nothing is simplified; and these alone are, once what is below them is.
_LEAVES: Final = frozenset({Literal, List, Property, Variable, Alias, Annotation, TypeName})
_CHANGING: Final = frozenset({Not, In})

Choice: TypeAlias = tuple[Property | Path, tuple[Literal, ...]]


def simplify(tree: Expression, schema: SchemaFacts | None) -> Expression:
    """`tree` without nested `and` and `or`, duplicates, constants and double `not`; `or` of `eq` becomes `in`.

    Never longer, and as valid for the schema as before: `in` is written only where it is documented.
    """
    made = _Simplifier(schema, joins=schema is None or "in" in schema.operators).expression(tree)
    if schema is None or made == tree or not findings(made, schema):
        return made
    # A property inside a lambda may be documented without `in`.
    plain = _Simplifier(schema, joins=False).expression(tree)
    return tree if findings(plain, schema) else plain


class _Simplifier:
    """From the leaves to the root; `joins` says whether `or` of `eq` becomes `in`."""

    def __init__(self, schema: SchemaFacts | None, *, joins: bool) -> None:
        self._schema = schema
        self._joins = joins
        self._brackets: type[List | Array] = Array if schema and schema.lists == "[]" else List

    def expression(self, node: Expression) -> Expression:
        return cast("Expression", self.simplify_node(node))

    def simplify_node(self, node: AnyNode) -> AnyNode:
        kind = type(node)
        if isinstance(node, Comparison):
            if _is_shortest(node.left) and _is_shortest(node.right):
                return node
        elif isinstance(node, And):
            below = cast("list[Expression]", [*map(self.simplify_node, node.operands)])
            return self._join_operands(And, below, neutral=TRUE, deciding=FALSE)
        elif isinstance(node, Or):
            below = cast("list[Expression]", [*map(self.simplify_node, node.operands)])
            return self._join_operands(Or, below, neutral=FALSE, deciding=TRUE)
        elif _is_shortest(node):
            return node
        made = rebuild_node(node, self.simplify_node if kind in _JUDGING else self._simplify_operand)
        if type(made) not in _CHANGING:
            return made
        match made:
            case Not(operand=Not(operand=operand)):
                return operand
            case Not(operand=Literal() as constant):
                return _OPPOSITES.get(constant, made)
            case In(operand=operand, collection=List(items=items)):
                # It is membership by `eq` (§5.1.1.1.11): false without items, and each counts once.
                return In(operand, List(tuple(dict.fromkeys(items)))) if items else FALSE
            case _:
                return made

    def _simplify_operand(self, node: AnyNode) -> AnyNode:
        """A value among others: a condition stays one, since what stands beside it is read by what it is."""
        made = self.simplify_node(node)
        return node if type(node) in _CONDITIONS and type(made) not in _CONDITIONS else made

    def _join_operands(
        self, kind: type[And | Or], operands: Sequence[Expression], *, neutral: Literal, deciding: Literal
    ) -> Expression:
        if any([isinstance(each, kind) for each in operands]):  # noqa: C419 - few, and faster so
            operands = [one for each in operands for one in (each.operands if isinstance(each, kind) else (each,))]
        kept = [*dict.fromkeys(operands)]
        if neutral in kept:
            kept.remove(neutral)
        if deciding in kept:
            return deciding
        if kind is Or and self._joins:
            kept = self._memberships(kept)
        return kind(tuple(kept)) if len(kept) > 1 else kept[0] if kept else neutral

    def _memberships(self, operands: list[Expression]) -> list[Expression]:
        """Operands of `or`, those that compare one property with literals of one kind joined into one `in`."""
        groups: dict[object, list[Expression]] = {}
        for operand in operands:
            groups.setdefault(self._subject(operand) or operand, []).append(operand)
        return [group[0] if len(group) == 1 else self._in(group) for group in groups.values()]

    def _subject(self, node: Expression) -> tuple[Expression, str] | None:
        """What `node` chooses values for, and their kind: one, since what a text means depends on what it stands by."""
        choice = choice_of(node)
        if choice is None or (isinstance(node, In) and not isinstance(node.collection, List | self._brackets)):
            return None  # in square brackets strings are written otherwise
        operand, items = choice
        kind = items[0].kind
        if any(item.kind != kind for item in items):
            return None
        return (operand, kind) if self._takes_in(operand, items) else None

    def _takes_in(self, operand: Expression, items: tuple[Literal, ...]) -> bool:
        facts = facts_of(operand, self._schema) if self._schema is not None else None
        enumerated = items[0].kind == "Enum" or (facts is not None and facts.kind == "Enum")
        if enumerated and any(map(_has_member_by_number, items)):
            return (
                False  # only the service knows which names they have, and a comparison that comes first says so first
            )
        return facts is None or "in" in facts.operators

    def _in(self, group: list[Expression]) -> In:
        choices = [choice for node in group if (choice := choice_of(node))]
        items = tuple(dict.fromkeys(item for _, items in choices for item in items))
        return In(choices[0][0], self._brackets(items))


def _is_shortest(node: AnyNode) -> bool:
    """Whether plainly nothing of `node` can be simplified: a literal, a name, a count, a path or a call of these."""
    if type(node) in _LEAVES:
        return True
    if isinstance(node, Path):
        return _LEAVES.issuperset(map(type, node.segments)) or all(map(_is_shortest, node.segments))
    if isinstance(node, Call):
        return _LEAVES.issuperset(map(type, node.arguments))
    return isinstance(node, Count) and node.filter is None


def _has_member_by_number(item: Literal) -> bool:
    """Whether a literal has members of an enumeration by their numbers."""
    quoted = item.kind in {"Enum", "String"}
    return quoted and any(member.strip().lstrip("+-").isdecimal() for member in read_quoted(item.text).split(","))


def choice_of(node: Expression) -> Choice | None:
    """The property and the literals of which it must be one, if that is what `node` says.

    Not with null or NaN by `eq`: of those in a list the standard does not say what it makes (§5.1.1.1.11).
    """
    if isinstance(node, Comparison):
        if node.operator != "eq":
            return None
        operand, item = (node.right, node.left) if isinstance(node.left, Literal) else (node.left, node.right)
        if isinstance(operand, Property | Path) and isinstance(item, Literal) and item.text not in {"null", "NaN"}:
            return operand, (item,)
        return None
    match node:
        case In(operand=Property() | Path() as operand, collection=List(items=items)):
            return operand, items
        case In(operand=Property() | Path() as operand, collection=Array(items=(_, *_) as items)):
            literals = tuple(item for item in items if isinstance(item, Literal))
            return (operand, literals) if len(literals) == len(items) else None
        case _:
            return None
