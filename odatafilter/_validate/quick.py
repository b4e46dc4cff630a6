"""Whether a filter is certainly allowed: said in one loop for what most filters are, comparisons of properties.

It asks the rules that the walk asks, and keeps the answers by schema: what is known of a property, or of what a
function gives, is looked up and never worked out twice. What is not known is not allowed for certain, and the walk
judges it.
"""

import copy
import functools
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from odatafilter._functions import FUNCTIONS, TYPE_FUNCTIONS, arithmetic_result, has_sign
from odatafilter._kinds import NULL_ONLY, NUMBERS, kind_of_literal
from odatafilter._validate.fitting import LITERALS_OF_KIND, FittingLiterals, fitting_literals
from odatafilter._validate.operands import CAST_KINDS
from odatafilter.facts import ALL_FUNCTIONS, COMPARISONS, PropertyFacts, SchemaFacts
from odatafilter.tree import (
    Alias,
    And,
    AnyNode,
    Arithmetic,
    Array,
    Call,
    Case,
    Comparison,
    Count,
    Filtered,
    Has,
    In,
    Lambda,
    List,
    Literal,
    Negation,
    Not,
    Or,
    Path,
    Property,
    Segment,
    TypeName,
    Variable,
)

_SCHEMAS: Final = 256  # of which what is looked up is kept
_NOWHERE: Final[Mapping[str, Any]] = {}


class _Known(msgspec.Struct, eq=False):
    """What is known of an operand: its kind, `null` of null, and what may be done with it.

    `fits` are the operators that may stand beside it, each with the literals that may stand on the other side. Operands
    of one `family` are compared with each other; it is empty where more than the kind decides. `below` are its
    properties, None as long as they are not looked up.
    """

    facts: PropertyFacts
    kind: str
    family: str
    fits: dict[str, FittingLiterals]
    functions: frozenset[str]
    is_closed: bool
    below: "Mapping[str, _Known] | None"
    element: "_Known | None" = None


# What the variables of the lambdas around stand for.
_Variables: TypeAlias = Mapping[str, _Known]


class _Kinds(dict[str, _Known]):
    """What is known of a value of a kind that no property is, such as a literal, or what a function gives."""

    def __init__(self, rules: "_Rules") -> None:
        super().__init__()
        self._rules = rules
        fits = dict.fromkeys(rules.schema.operators & COMPARISONS, LITERALS_OF_KIND["Untyped"])
        self["null"] = _Known(PropertyFacts(name="", kind="Untyped"), "null", "null", fits, frozenset(), False, {})

    def __missing__(self, kind: str) -> _Known:
        found = self[kind] = self._rules.know_property(PropertyFacts(name="", kind=kind))
        return found


class _Rules:
    """What is looked up of a schema: what is known of its properties and of values of a kind."""

    def __init__(self, schema: SchemaFacts) -> None:
        self.schema = schema  # kept, so that its identity is not that of another
        self.operators = schema.operators
        self.functions = schema.functions - schema.either_order
        self.plain = schema.plain
        self._fits: dict[tuple[frozenset[str], str], dict[str, FittingLiterals]] = {}
        self._below: dict[int, Mapping[str, _Known]] = {}
        self._inside: dict[int, _Rules] = {}
        self.kinds = _Kinds(self)
        self.names = self._know_all(schema)
        self.item = self._know_item(schema)

    def _know_all(self, schema: SchemaFacts) -> Mapping[str, _Known]:
        if (found := self._below.get(id(schema))) is None:
            found = {name: self.know_property(facts) for name, facts in schema.properties.items()}
            self._below[id(schema)] = found
        return found

    def _know_item(self, schema: SchemaFacts) -> _Known:
        return self.know_property(PropertyFacts(name="", kind="Complex", schema=schema))

    def know_property(self, facts: PropertyFacts) -> _Known:
        """What is known of a property."""
        kind = facts.kind
        functions = self.functions if facts.functions is ALL_FUNCTIONS else facts.functions & self.functions
        if kind in {"Complex", "Untyped"}:
            functions = frozenset()
        family = "Number" if kind in NUMBERS else kind
        if kind in {"Complex", "Untyped"} or facts.enum or facts.type_name or facts.quoted:
            family = ""
        closed = facts.is_closed(self.schema.functions)
        below = None if kind == "Complex" and facts.schema is not None else _NOWHERE
        return _Known(facts, kind, family, self._fits_of(facts), functions, closed, below)

    def _fits_of(self, facts: PropertyFacts) -> dict[str, FittingLiterals]:
        operators = facts.operators_among(self.operators)
        if facts.kind == "Collection":
            operators -= {"in"}  # its elements are compared one by one
        literals = fitting_literals(facts)
        if literals is not LITERALS_OF_KIND.get(facts.kind):
            return dict.fromkeys(operators, literals)
        if (found := self._fits.get((operators, facts.kind))) is None:
            found = self._fits[operators, facts.kind] = dict.fromkeys(operators, literals)
        return found

    def look_below(self, found: _Known) -> Mapping[str, _Known]:
        """The properties of a complex property."""
        schema = found.facts.schema
        found.below = below = _NOWHERE if schema is None else self._know_all(schema)
        return below

    def look_inside(self, found: _Known) -> _Known | None:
        """An element of a collection."""
        facts = found.facts
        if found.element is None and (facts.element is not None or facts.schema is not None):
            element = facts.element
            found.element = self.know_property(element) if element is not None else self._know_item(facts.schema)  # type: ignore[arg-type]
        return found.element

    def rules_inside(self, found: _Known) -> "_Rules | None":
        """The same rules in a nested `$filter` or `$count`, where names are properties of an element."""
        element = found.element or self.look_inside(found)
        if element is None:
            return None
        if (rules := self._inside.get(id(element))) is None:
            rules = copy.copy(self)
            rules.names = self.look_below(element)
            self._inside[id(element)] = rules
        return rules


_rules: Final[dict[int, _Rules]] = {}


def _rules_of(schema: SchemaFacts) -> _Rules:
    if (rules := _rules.get(id(schema))) is None:
        if len(_rules) >= _SCHEMAS:
            _rules.clear()
        rules = _rules[id(schema)] = _Rules(schema)
    return rules


def is_certainly_allowed(tree: AnyNode, schema: SchemaFacts) -> bool:
    """Whether `tree`, as a whole a condition, has no problem for certain."""
    rules = _rules.get(id(schema)) or _rules_of(schema)
    names = rules.names
    pending: list[Any] = [tree]
    for node in pending:
        kind = type(node)
        if kind is Comparison:
            if type(left := node.left) is Property and type(right := node.right) is Literal:
                if (found := names.get(left.name)) is None or (fit := found.fits.get(node.operator)) is None:
                    return False
                if right.kind not in fit.kinds and not fit.includes(right):
                    return False
            elif not _is_comparison(node, rules, _NOWHERE):
                return False
        elif kind is And or kind is Or:
            if ("and" if kind is And else "or") not in rules.operators:
                return False
            pending += node.operands
        elif kind is Call:
            if (found := _know_call(node, rules, _NOWHERE)) is None or found.kind != "Boolean":
                return False
        elif not _is_condition(node, rules, _NOWHERE):
            return False
    return True


def is_fine_comparison(
    left: AnyNode,
    operator: str,
    right: AnyNode,
    properties: Mapping[str, PropertyFacts],
    operators: frozenset[str],
) -> bool:
    """Whether this is a property and a value of its own, compared as both are documented."""
    if type(left) is not Property or type(right) is not Literal:
        return False
    facts = properties.get(left.name)
    if facts is None or operator not in facts.operators_among(operators):
        return False
    return fitting_literals(facts).includes(right)


# --- conditions -----------------------------------------------------------------------------------------------------


def _is_condition(node: Any, rules: _Rules, variables: _Variables) -> bool:
    """Whether `node` is true or false, and allowed, for certain."""
    if (judge := _CONDITIONS.get(type(node))) is not None:
        return judge(node, rules, variables)
    return _is_true_or_false(node, rules, variables)


def _is_true_or_false(node: Any, rules: _Rules, variables: _Variables) -> bool:
    found = _know(node, rules, variables)
    return found is not None and found.kind == "Boolean" and not found.is_closed


def _are_conditions(node: And | Or, rules: _Rules, variables: _Variables) -> bool:
    if ("and" if type(node) is And else "or") not in rules.operators:
        return False
    for one in node.operands:  # noqa: SIM110 - without a generator, which would be a frame for each operand
        if not _is_condition(one, rules, variables):
            return False
    return True


def _is_negated(node: Not, rules: _Rules, variables: _Variables) -> bool:
    return "not" in rules.operators and _is_condition(node.operand, rules, variables)


def _is_comparison(node: Comparison, rules: _Rules, variables: _Variables) -> bool:
    left: Any = node.left
    right: Any = node.right
    if rules.plain and not (type(left) is Property and type(right) is Literal):
        return False
    if type(left) is Literal:
        left, right = right, left
    one = _know_call(left, rules, variables) if type(left) is Call else _know(left, rules, variables)
    if one is None or (fit := one.fits.get(node.operator)) is None:
        return False
    if type(right) is Literal and type(left) is not Literal:
        return right.kind in fit.kinds or fit.includes(right)
    other = _know(right, rules, variables)
    if other is None or node.operator not in other.fits:
        return False
    if not (one.family and other.family):
        return False
    return one.family == other.family or "null" in (one.family, other.family)


def _is_membership(node: In, rules: _Rules, variables: _Variables) -> bool:
    found, collection, schema = _know(node.operand, rules, variables), node.collection, rules.schema
    if found is None or (fit := found.fits.get("in")) is None:
        return False
    if type(collection) is not List and type(collection) is not Array:
        return False
    items = collection.items
    if not items or (schema.max_in is not None and len(items) > schema.max_in):
        return False
    if type(collection) is List:
        return schema.lists == "()" and fit.include_all(collection.items)
    return (schema.lists == "[]" or not rules.plain) and not fit.others_among(items)


def _is_has(node: Has, rules: _Rules, variables: _Variables) -> bool:
    found = _know(node.operand, rules, variables)
    if found is None or found.kind != "Enum" or (fit := found.fits.get("has")) is None:
        return False
    return node.flags.text in fit.texts


def _is_path_condition(node: Path, rules: _Rules, variables: _Variables) -> bool:
    last = node.segments[-1]
    if type(last) is not Lambda:
        return _is_true_or_false(node, rules, variables)
    found = None if rules.plain else _follow(node.segments[:-1], rules, variables)
    if found is None or found.kind != "Collection" or last.quantifier not in found.functions:
        return False
    if last.variable is None or last.condition is None:
        return True
    element = found.element or rules.look_inside(found)
    return element is not None and _is_condition(last.condition, rules, {**variables, last.variable: element})


_CONDITIONS: Final[Mapping[type, Callable[[Any, _Rules, _Variables], bool]]] = {
    Comparison: _is_comparison,
    And: _are_conditions,
    Or: _are_conditions,
    Not: _is_negated,
    In: _is_membership,
    Has: _is_has,
    Path: _is_path_condition,
}

# --- operands -------------------------------------------------------------------------------------------------------


def _know(node: Any, rules: _Rules, variables: _Variables) -> _Known | None:
    """What an operand is, if that is certain and all of it is allowed."""
    kind = type(node)
    if kind is Property:
        name = node.name
        return variables[name] if name in variables else rules.names.get(name)
    if kind is Literal:
        if node.kind != "Number":
            return rules.kinds[node.kind]
        return rules.kinds["Int64" if node.text.isdigit() else kind_of_literal("Number", node.text) or ""]
    if kind is Call:
        return _know_call(node, rules, variables)
    if rules.plain or (know := _OPERANDS.get(kind)) is None:
        return None
    return know(node, rules, variables)


def _know_call(node: Call, rules: _Rules, variables: _Variables) -> _Known | None:
    name = node.function
    if name not in rules.functions:
        return None
    if name in TYPE_FUNCTIONS:
        return _know_cast(node, rules, variables)
    kinds = [name]
    argument: Any
    for argument in node.arguments:
        kind = type(argument)
        if kind is Literal and argument.kind == "String":
            kinds.append("String")
            continue
        if kind is Property and not variables:
            found = rules.names.get(argument.name)
        else:
            found = _know(argument, rules, variables)
        if found is None or name not in found.functions:
            return None
        kinds.append(found.kind)
    result = _result_of_call(*kinds)
    return None if result is None else rules.kinds[result]


@functools.cache
def _result_of_call(function: str, *kinds: str) -> str | None:
    """The kind that a canonical function gives for arguments of these kinds; None where it does not take them."""
    signature = FUNCTIONS[function].signature_for(kinds)
    return None if signature is None else signature.result or kinds[0]


def _know_cast(node: Call, rules: _Rules, variables: _Variables) -> _Known | None:
    """`cast` and `isof` with a type that is the language's own."""
    *values, last = node.arguments
    kind = CAST_KINDS.get(last.name) if type(last) is TypeName else None
    found = _know(values[0], rules, variables) if values else None
    if kind is None or found is None or node.function not in found.functions:
        return None
    return rules.kinds[kind if node.function == "cast" else "Boolean"]


def _know_case(node: Case, rules: _Rules, variables: _Variables) -> _Known | None:
    """`case` of values with which everything is documented that the schema has: it is of the kind of the first."""
    if "case" not in rules.functions:
        return None
    kinds: list[str] = []
    for branch in node.branches:
        found = _know(branch.value, rules, variables)
        if found is None or not _is_free(found, rules) or not _is_condition(branch.condition, rules, variables):
            return None
        kinds.append(found.kind)
    return rules.kinds[kinds[0]] if kinds and kinds[0] != "null" else None


def _is_free(found: _Known, rules: _Rules) -> bool:
    """Whether an operand is null, or may be used as any other of its kind."""
    if found.kind == "null":
        return True
    if not found.family or found.is_closed or found.kind in NULL_ONLY:
        return False
    return found.facts.operators >= rules.operators and found.facts.functions >= rules.functions


def _know_negative(node: Negation, rules: _Rules, variables: _Variables) -> _Known | None:
    found = _know(node.operand, rules, variables)
    if found is None or not found.family or found.is_closed or not has_sign(found.kind):
        return None
    return rules.kinds[found.kind]


def _know_calculated(node: Arithmetic, rules: _Rules, variables: _Variables) -> _Known | None:
    operator = node.operator
    one = _know(node.left, rules, variables)
    if one is None or operator not in one.fits:
        return None
    other = _know(node.right, rules, variables)
    if other is None or operator not in other.fits:
        return None
    result = arithmetic_result(one.kind, operator, other.kind)
    return None if result is None or result == "Untyped" else rules.kinds[result]


def _know_path(node: Path, rules: _Rules, variables: _Variables) -> _Known | None:
    return _follow(node.segments, rules, variables)


def _follow(segments: tuple[Segment, ...], rules: _Rules, variables: _Variables) -> _Known | None:
    """What a path leads to, through complex properties, `$count` at its end included."""
    found: _Known | None = None
    for segment in segments:
        kind = type(segment)
        if kind is Property:
            name: str = segment.name  # type: ignore[union-attr]
            if found is not None:
                below = found.below
                found = (rules.look_below(found) if below is None else below).get(name)
            else:
                found = variables[name] if name in variables else rules.names.get(name)
        elif found is None:
            found = rules.item if kind is Variable and segment.name == "$it" else None  # type: ignore[union-attr]
        elif kind is Count or kind is Filtered:
            found = _know_chosen(segment, found, rules, variables)  # type: ignore[arg-type]
        else:
            return None
        if found is None:
            return None
    return found


def _know_chosen(segment: Count | Filtered, found: _Known, rules: _Rules, variables: _Variables) -> _Known | None:
    """What `$count` and `$filter` make of a collection, with their conditions."""
    if found.kind != "Collection":
        return None
    if type(segment) is Count:
        condition, result = segment.filter, rules.kinds["Int64"]
        if segment.search is not None or "$count" not in found.functions:
            return None
    else:
        condition, result = segment.condition, found  # type: ignore[union-attr]
        if found.is_closed or rules.schema.functions.isdisjoint({"any", "all", "$count"}):
            return None
    if condition is not None:
        inside = rules.rules_inside(found)
        if inside is None or not _is_condition(condition, inside, variables):
            return None
    return result


def _know_parameter(_: Alias, rules: _Rules, __: _Variables) -> _Known:
    """A parameter alias stands wherever null does: what its value must be is judged when there is one."""
    return rules.kinds["null"]


_OPERANDS: Final[Mapping[type, Callable[[Any, _Rules, _Variables], _Known | None]]] = {
    Alias: _know_parameter,
    Path: _know_path,
    Arithmetic: _know_calculated,
    Negation: _know_negative,
    Case: _know_case,
}
