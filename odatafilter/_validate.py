"""Syntax tree + schema → everything that the schema does not allow."""

from typing import Final, NamedTuple, TypeAlias

from odatafilter import _emit, _literals
from odatafilter._suggest import listed, nearest
from odatafilter.facts import NUMERIC, RELATIONS, UNORDERED, PropertyFacts, SchemaFacts
from odatafilter.tree import And, Comparison, Expression, In, List, Literal, Node, Not, Or, Property

_CONDITION: Final = "condition"
# What an operand is: a property, a literal, something true or false, or nothing that is known (that has been said).
_Type: TypeAlias = PropertyFacts | Literal | str | None

_EXAMPLES = {
    "Boolean": "true",
    "DateTimeOffset": "2024-06-24T13:00:00Z",
    "Guid": "dc720f05-e5f7-448b-ae06-765de46f0af1",
    "Number": "42",
    "String": "'text'",
}
# What other languages call null, true and false: names here.
_CONSTANTS = {"null": "null", "none": "null", "nil": "null", "undefined": "null"}


class Finding(NamedTuple):
    """One problem, at a node of the tree. `suggestion` would do in the node's place."""

    message: str
    node: Node
    code: str
    suggestion: str | None = None


def findings(tree: Expression, schema: SchemaFacts) -> list[Finding]:
    """Every problem of `tree`, which as a whole must be true or false (OData Protocol §11.2.6.1)."""
    check = _Check(schema)
    check.condition(tree)
    return check.findings


class _Check:
    def __init__(self, schema: SchemaFacts) -> None:
        self.findings: list[Finding] = []
        self._schema = schema

    def condition(self, node: Expression) -> None:
        """`node` must be true or false."""
        found = self._type(node)
        if found is None or found is _CONDITION or _family(found) in {"Boolean", "Untyped"}:
            return
        self._add(f"{_described(found)}, which is neither true nor false; compare it with something", node, "type")

    def _type(self, node: Expression) -> _Type:
        match node:
            case Literal():
                return node
            case Property(name=name):
                return self._property(node, name)
            case Comparison(left=Not(operand=operand) as left, operator=operator, right=right) if not self._boolean(
                operand
            ):
                meant = _emit.emit(Not(Comparison(operand, operator, right)))
                self._add(f"'not' binds tighter than '{operator}'; did you mean: {meant}", left, "precedence", meant)
            case Comparison(left=left, operator=operator, right=right):
                self._operator(node, operator)
                self._compare(node, operator, left, right)
            case In(operand=operand, collection=collection):
                self._operator(node, "in")
                self._contains(node, operand, collection)
            case Not(operand=operand):
                self._operator(node, "not")
                self.condition(operand)
            case And(operands=operands) | Or(operands=operands):
                self._operator(node, "and" if isinstance(node, And) else "or")
                for operand in operands:
                    self.condition(operand)
            case _:
                self._add(f"{self._schema.name} does not document this", node, "unsupported")
                return None
        return _CONDITION

    def _boolean(self, node: Expression) -> bool:
        if not isinstance(node, Property):
            return not isinstance(node, Literal) or node.kind == "Boolean"
        facts = self._schema.properties.get(node.name)
        return facts is None or facts.kind in {"Boolean", "Untyped"}

    def _property(self, node: Property, name: str) -> PropertyFacts | None:
        facts = self._schema.properties.get(name)
        if facts is None:
            meant = _CONSTANTS.get(name.lower()) or nearest(name, self._schema.properties)
            hint = f"did you mean '{meant}'?" if meant else f"{self._schema.name} has {listed(self._schema.properties)}"
            self._add(f"unknown property '{name}'; {hint}", node, "unknown-property", meant)
        return facts

    def _operator(self, node: Expression, operator: str) -> None:
        if operator not in self._schema.operators:
            allowed = listed(sorted(self._schema.operators))
            self._add(
                f"{self._schema.name} does not document the operator '{operator}', only {allowed}", node, "operator"
            )

    def _compare(self, node: Expression, operator: str, left: Expression, right: Expression) -> None:
        one, other = self._type(left), self._type(right)
        for found in (one, other):
            self._usable(node, operator, found)
        self._comparable(left, one, right, other)

    def _contains(self, node: Expression, operand: Expression, collection: List | Expression) -> None:
        one = self._type(operand)
        self._usable(node, "in", one)
        if isinstance(collection, List):
            for item in collection.items:
                self._comparable(operand, one, item, item)
            return
        other = self._type(collection)
        if isinstance(other, PropertyFacts) and other.many:
            self._comparable(operand, one, collection, other)
        elif other is not None:
            self._add(f"{_described(other)}, not a collection; a list is written in parentheses", collection, "type")

    def _usable(self, node: Expression, operator: str, found: _Type) -> None:
        """Whether an operator may be used with what one of its operands is."""
        if not isinstance(found, PropertyFacts):
            return
        if operator in RELATIONS and found.kind in UNORDERED:
            self._add(f"'{found.name}' is a {found.kind}, which has no order for '{operator}'", node, "operator")
        elif operator not in found.operators and operator in self._schema.operators:
            allowed = listed(sorted(found.operators - {"and", "or", "not"}), "or")
            self._add(f"'{found.name}' is documented with {allowed}, not with '{operator}'", node, "operator")

    def _comparable(self, left: Expression, one: _Type, right: Expression, other: _Type) -> None:
        if isinstance(one, Literal) and isinstance(other, PropertyFacts):
            left, one, right, other = right, other, left, one
        if (
            one is None
            or other is None
            or not {"null", "Untyped"}.isdisjoint(families := (_family(one), _family(other)))
        ):
            return
        if isinstance(one, PropertyFacts) and isinstance(other, Literal) and other.kind == "String":
            if one.enum:
                self._word(one, other)
                return
            if one.kind == "Guid" and _literals.is_guid(_literals.text_of(other)):
                return
        if families[0] != families[1]:
            example = _EXAMPLES[families[0]]
            hint = f"; a {families[0]} is written like {example}" if isinstance(other, Literal) else ""
            self._add(f"{_described(one)}; it cannot be compared with {_named(other)}{hint}", right, "type")

    def _word(self, facts: PropertyFacts, literal: Literal) -> None:
        word = _literals.text_of(literal)
        if word in facts.enum:
            return
        meant = nearest(word, facts.enum)
        hint = f"did you mean '{meant}'?" if meant else f"it has {listed(facts.enum)}"
        suggestion = _literals.string(meant).text if meant else None
        self._add(f"'{facts.name}' has no word {literal.text:.60}; {hint}", literal, "unknown-word", suggestion)

    def _add(self, message: str, node: Node, code: str, suggestion: str | None = None) -> None:
        self.findings.append(Finding(message, node, code, suggestion))


def _family(found: PropertyFacts | Literal | str) -> str:
    """The kind of an operand, where all numbers are of one kind."""
    if isinstance(found, str):
        return "Boolean"
    return "Number" if found.kind in NUMERIC else found.kind


def _described(found: PropertyFacts | Literal | str) -> str:
    match found:
        case PropertyFacts(name=name, kind=kind):
            return f"'{name}' is a {kind}"
        case Literal(kind="null"):
            return "this is null"
        case Literal(kind=kind, text=text):
            return f"{text:.60} is a {kind}"
        case _:
            return "this is a condition"


def _named(found: PropertyFacts | Literal | str) -> str:
    match found:
        case PropertyFacts(name=name, kind=kind):
            return f"'{name}', a {kind}"
        case Literal(kind=kind, text=text):
            return f"the {kind} {text:.60}"
        case _:
            return "a condition"
