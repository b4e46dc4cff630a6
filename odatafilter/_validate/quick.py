"""Whether a filter is certainly allowed: said in one loop for what most filters are, comparisons of properties.

It asks the rules that the walk asks. What it does not know is not allowed for certain, and the walk judges it.
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any, Final, TypeAlias

import msgspec

from odatafilter import _grammar
from odatafilter._functions import FUNCTIONS, TYPE_FUNCTIONS, accepts, arithmetic_result, has_sign
from odatafilter._kinds import NULL_ONLY, UNORDERED, are_comparable, kind_of_literal
from odatafilter._validate.fitting import LITERALS, all_fit_for_certain, fits_for_certain, word_literals
from odatafilter.facts import RELATIONS, PropertyFacts, SchemaFacts
from odatafilter.tree import (
    And,
    AnyNode,
    Arithmetic,
    Call,
    Comparison,
    Count,
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
    Variable,
)

# What the variables of the lambdas around are: an element with properties, or a value.
_Variables: TypeAlias = Mapping[str, SchemaFacts | PropertyFacts]
_NO_VARIABLES: Final[_Variables] = {}
_SCHEMAS: Final = 256  # of which what is looked up is kept


class _Fit(msgspec.Struct, frozen=True):
    """What may stand beside a property: literals of these kinds, of these texts, or else `facts` are asked."""

    kinds: frozenset[str | None]
    texts: frozenset[str]
    facts: PropertyFacts | None


# What an operand is for certain: its kind, `null` of null, and what is documented of it if it is a property.
_Known: TypeAlias = tuple[str, PropertyFacts | None]


class _Rules:
    """What is looked up of a schema: by property and operator which literals fit, and how functions may be called."""

    def __init__(self, schema: SchemaFacts) -> None:
        self.schema = schema  # kept, so that its identity is not that of another
        self.operators = schema.operators
        self.properties = schema.properties
        self.plain = schema.plain
        self.fits: dict[str, dict[str, _Fit]] = {}
        for name, facts in schema.properties.items():
            if facts.kind not in NULL_ONLY:
                operators = schema.operators & facts.operators - (RELATIONS if facts.kind in UNORDERED else frozenset())
                self.fits[name] = dict.fromkeys(operators, _fit(facts))
        self.functions = schema.functions & FUNCTIONS.keys() - TYPE_FUNCTIONS - schema.either_order


_rules: Final[dict[int, _Rules]] = {}


def _fit(facts: PropertyFacts) -> _Fit:
    if facts.enum or facts.type_name:
        return _Fit(frozenset({"null"}), word_literals(facts), None)
    if facts.quoted:
        return _Fit(frozenset({"null"}), frozenset(), facts)
    return _Fit(LITERALS[facts.kind], frozenset(), None)


def _rules_of(schema: SchemaFacts) -> _Rules:
    if (rules := _rules.get(id(schema))) is None:
        if len(_rules) >= _SCHEMAS:
            _rules.clear()
        rules = _rules[id(schema)] = _Rules(schema)
    return rules


def is_certainly_allowed(tree: AnyNode, schema: SchemaFacts) -> bool:
    """Whether `tree`, as a whole a condition, has no problem for certain."""
    rules = _rules.get(id(schema)) or _rules_of(schema)
    operators, fits = rules.operators, rules.fits
    pending: list[Any] = [tree]
    for node in pending:
        kind = type(node)
        if kind is Comparison and type(left := node.left) is Property and type(right := node.right) is Literal:
            fit = fits[left.name].get(node.operator) if left.name in fits else None
            if fit is None or not (
                right.kind in fit.kinds
                or right.text in fit.texts
                or (fit.facts is not None and fits_for_certain(fit.facts, right))
            ):
                return False
        elif kind is And or kind is Or:
            if ("and" if kind is And else "or") not in operators:
                return False
            pending += node.operands
        elif kind is Comparison:
            if not _is_comparison(node, rules, _NO_VARIABLES):
                return False
        elif kind is Call:
            found = _kind_of_call(node, rules, _NO_VARIABLES)
            if found is None or found[0] != "Boolean":
                return False
        elif not _is_condition(node, rules, _NO_VARIABLES):
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
    return (
        facts is not None
        and operator in operators
        and operator in facts.operators
        and not (operator in RELATIONS and facts.kind in UNORDERED)
        and facts.kind not in NULL_ONLY
        and fits_for_certain(facts, right)
    )


def _is_condition(node: Any, rules: _Rules, variables: _Variables) -> bool:
    """Whether `node` is true or false, and allowed, for certain."""
    kind = type(node)
    if kind is Comparison:
        return _is_comparison(node, rules, variables)
    if kind is And or kind is Or:
        if ("and" if kind is And else "or") not in rules.operators:
            return False
        return all([_is_condition(one, rules, variables) for one in node.operands])  # noqa: C419 - few, and faster so
    if kind is Not:
        return "not" in rules.operators and _is_condition(node.operand, rules, variables)
    if kind is In:
        return _is_membership(node, rules, variables)
    if kind is Has:
        found = _kind_of(node.operand, rules, variables)
        facts = found[1] if found is not None and found[0] == "Enum" else None
        if facts is None or "has" not in rules.operators or "has" not in facts.operators:
            return False
        return node.flags.text in word_literals(facts)
    if kind is Path and type(node.segments[-1]) is Lambda:
        return not rules.plain and _is_lambda(node.segments[:-1], node.segments[-1], rules, variables)
    found = _kind_of(node, rules, variables)
    return found is not None and found[0] == "Boolean" and not _is_closed(found, rules)


def _is_comparison(node: Comparison, rules: _Rules, variables: _Variables) -> bool:
    left, operator, right = node.left, node.operator, node.right
    if type(left) is Property and left.name not in variables and type(right) is Literal:
        return is_fine_comparison(left, operator, right, rules.properties, rules.operators)
    if rules.plain or operator not in rules.operators or (one := _kind_of(left, rules, variables)) is None:
        return False
    if type(right) is Literal and type(left) is not Literal:
        facts = one[1]
        fits = right.kind in LITERALS[one[0]] if facts is None else fits_for_certain(facts, right)
        return fits and _may_stand_by(one, operator)
    other = _kind_of(right, rules, variables)
    if other is None or not (_may_stand_by(one, operator) and _may_stand_by(other, operator)):
        return False
    if (one[1] is not None and _has_spelling(one[1])) or (other[1] is not None and _has_spelling(other[1])):
        return False
    return one[0] == other[0] or "null" in (one[0], other[0]) or are_comparable(one[0], other[0])


def _may_stand_by(found: _Known, operator: str) -> bool:
    """Whether `operator` may be used with what an operand is."""
    kind, facts = found
    if kind in NULL_ONLY or (operator in RELATIONS and kind in UNORDERED):
        return False
    return facts is None or operator in facts.operators


def _has_spelling(facts: PropertyFacts) -> bool:
    """Whether the values of a property are words, or written in quotes."""
    return bool(facts.enum or facts.type_name or facts.quoted)


def _is_membership(node: In, rules: _Rules, variables: _Variables) -> bool:
    found, collection, schema = _kind_of(node.operand, rules, variables), node.collection, rules.schema
    if found is None or (facts := found[1]) is None or type(collection) is not List or schema.lists != "()":
        return False
    items = collection.items
    return (
        0 < len(items) <= (schema.max_in or len(items))
        and "in" in schema.operators
        and "in" in facts.operators
        and facts.kind not in NULL_ONLY
        and (
            (
                facts.quoted
                and facts.kind == "Guid"
                and _quoted_guids()(",".join([item.text for item in items])) is not None
            )
            or all_fit_for_certain(facts, items)
        )
    )


@functools.cache
def _quoted_guids() -> Callable[[str], re.Match[str] | None]:
    """What matches GUIDs in quotes with commas between them: one match takes less time than many."""
    guid = f"'{_grammar.pattern('GUID')}'"
    return re.compile(f"(?:{guid},)*+{guid}").fullmatch


def _is_lambda(before: tuple[Segment, ...], last: Lambda, rules: _Rules, variables: _Variables) -> bool:
    facts = _find_facts(before, rules, variables)
    if facts is None or not _is_collection(facts, last.quantifier, rules):
        return False
    if last.variable is None or last.condition is None:
        return True
    element = facts.element or facts.schema
    return element is not None and _is_condition(last.condition, rules, {**variables, last.variable: element})


def _is_collection(facts: PropertyFacts, word: str, rules: _Rules) -> bool:
    """Whether `any`, `all` or `$count` may be asked of a property."""
    return facts.kind == "Collection" and word in rules.schema.functions and word in facts.functions


def _kind_of(node: Any, rules: _Rules, variables: _Variables) -> _Known | None:
    """What an operand is, if that is certain and all of it is allowed."""
    kind = type(node)
    if kind is Literal:
        return (node.kind if node.kind != "Number" else kind_of_literal("Number", node.text) or ""), None
    if kind is Property:
        if variables and node.name in variables:
            facts = _find_facts((node,), rules, variables)
        else:
            facts = rules.properties.get(node.name)
    elif kind is Call:
        return _kind_of_call(node, rules, variables)
    elif rules.plain:
        return None
    elif kind is Path:
        last = node.segments[-1]
        if type(last) is Count and last.filter is None and last.search is None:
            counted = _find_facts(node.segments[:-1], rules, variables)
            return ("Int64", None) if counted is not None and _is_collection(counted, "$count", rules) else None
        facts = _find_facts(node.segments, rules, variables)
    else:
        return _kind_of_number(node, rules, variables)
    return None if facts is None or facts.kind in {"Untyped", "Complex"} else (facts.kind, facts)


def _kind_of_number(node: Any, rules: _Rules, variables: _Variables) -> _Known | None:
    """What is calculated."""
    if type(node) is Negation:
        found = _kind_of(node.operand, rules, variables)
        if found is None or found[0] == "null" or not has_sign(found[0]) or _is_closed(found, rules):
            return None
        return found[0], None
    if type(node) is not Arithmetic or node.operator not in rules.operators:
        return None
    one, other = _kind_of(node.left, rules, variables), _kind_of(node.right, rules, variables)
    if one is None or other is None or one[0] == "null" or other[0] == "null":
        return None
    if not (_may_stand_by(one, node.operator) and _may_stand_by(other, node.operator)):
        return None
    result = _result_of_arithmetic(one[0], node.operator, other[0])
    return None if result is None or result == "Untyped" else (result, None)


_result_of_arithmetic: Final = functools.cache(arithmetic_result)


def _is_closed(found: _Known, rules: _Rules) -> bool:
    """Whether an operand is a property with which nothing is documented."""
    return found[1] is not None and found[1].is_closed(rules.schema.functions)


def _kind_of_call(node: Call, rules: _Rules, variables: _Variables) -> _Known | None:
    name = node.function
    if name not in rules.functions:
        return None
    kinds: list[str] = []
    for argument in node.arguments:
        if type(argument) is Literal and argument.kind == "String":
            kinds.append("String")
            continue
        found = _kind_of(argument, rules, variables)
        if found is None or found[0] == "null" or (found[1] is not None and name not in found[1].functions):
            return None
        kinds.append(found[0])
    result = _result_of_call(name, *kinds)
    return None if result is None else (result, None)


@functools.cache
def _result_of_call(function: str, *kinds: str) -> str | None:
    """The kind that a canonical function gives for arguments of these kinds; None where it does not take them."""
    for signature in FUNCTIONS[function].signatures:
        if all(map(accepts, signature.parameters, kinds)):
            return signature.result or kinds[0]
    return None


def _find_facts(segments: tuple[Segment, ...], rules: _Rules, variables: _Variables) -> PropertyFacts | None:
    """What is documented of the property that a name or a path leads to, through complex properties."""
    first = segments[0]
    at: SchemaFacts | PropertyFacts | None = rules.schema
    if type(first) is Property:
        at = variables[first.name] if first.name in variables else rules.properties.get(first.name)
    elif type(first) is not Variable or first.name != "$it":
        return None
    for segment in segments[1:]:
        if type(segment) is not Property:
            return None
        if isinstance(at, PropertyFacts):
            at = at.schema if at.kind == "Complex" else None
        if at is None:
            return None
        at = at.properties.get(segment.name)
    return at if isinstance(at, PropertyFacts) else None
