"""Is it documented: operators, functions, properties and types, and the form of lists and operands.

The source of these rules is what the API documents, which the schema says: a service need not support all of the
language (Protocol §11.2.6.1). A section stands where the standard says more, of the URL Conventions if not said.
"""

from collections.abc import Iterator
from typing import Final

from odatafilter import _emit
from odatafilter._suggest import word_list
from odatafilter._type_names import qualify, type_problem
from odatafilter._validate.finding import Finding
from odatafilter._validate.meaning import Meaning
from odatafilter._validate.operands import UNKNOWN_KIND, Operand
from odatafilter.facts import LOGIC, PropertyFacts, SchemaFacts
from odatafilter.tree import (
    Alias,
    Annotation,
    Array,
    Expression,
    In,
    List,
    Negation,
    Node,
    Object,
    Path,
    Property,
    TypeName,
    Variable,
)

# What a dialect of properties and values alone does not have.
_ELABORATE: Final = (Alias, Annotation, Array, Negation, Object, Path, Variable)


def operator_problem(node: Node, operator: str, schema: SchemaFacts) -> Finding:
    """An operator that the API does not document (§5.1.1.1, §5.1.1.2)."""
    message = f"{schema.name} does not document the operator '{operator}', only {word_list(sorted(schema.operators))}"
    return Finding(message, node, "operator")


def operator_use_problem(node: Node, operator: str, found: Operand, schema: SchemaFacts) -> Finding | None:
    """An operator that the API documents, but not with this property, or with one that is a part of the operand."""
    for facts in _facts_within(found):
        if operator in schema.operators and operator not in facts.operators:
            allowed = word_list(sorted(facts.operators - LOGIC), "or")
            return Finding(
                f"{facts.display_name} is documented with {allowed}, not with '{operator}'", node, "operator"
            )
    return None


def function_problem(node: Node, function: str, schema: SchemaFacts) -> Finding:
    """A canonical function that the API does not document (§5.1.1.4)."""
    known = f"only {word_list(sorted(schema.functions))}" if schema.functions else "nor any other function"
    return Finding(f"{schema.name} does not document '{function}', {known}", node, "function")


def function_use_problem(function: str, node: Node, found: Operand, schema: SchemaFacts) -> Finding | None:
    """A function that the API documents, but not with this property, or with one that is a part of the argument."""
    for facts in _facts_within(found):
        if function in schema.functions and function not in facts.functions:
            allowed = word_list(sorted(facts.functions), "or")
            return Finding(
                f"{facts.display_name} is documented with {allowed}, not with '{function}'", node, "function"
            )
    return None


def closed_problem(node: Node, found: Operand, schema: SchemaFacts) -> Finding | None:
    """A property that is documented with no operator and no function, wherever no other rule looks at its use."""
    for facts in _facts_within(found):
        if facts.is_closed(schema.functions):
            message = (
                f"{facts.display_name} is documented with no operator and no function, and takes part in no filter"
            )
            return Finding(message, node, "operator")
    return None


def _facts_within(found: Operand) -> Iterator[PropertyFacts]:
    """What is documented of the property that an operand is, and of those that are parts of it."""
    if found.facts is not None:
        yield found.facts
    for part in found.parts:
        yield from _facts_within(part)


def is_of_service(name: str, schema: SchemaFacts) -> bool:
    """Whether the API documents a function of its own by that name (CSDL §12.3)."""
    return qualify(name, schema) in schema.service_functions


def undocumented_problem(what: str, node: Node, schema: SchemaFacts, code: str = "function") -> Finding:
    """`what` the API does not document, such as a function of that name."""
    return Finding(f"{schema.name} documents no {what}", node, code)


def unknown_function(name: str, node: Node, schema: SchemaFacts, meaning: Meaning) -> Finding:
    """A function that neither the standard nor the API has; the one of the API that was perhaps meant is a hint."""
    meant = meaning.function_of_service(name, schema)
    return undocumented_problem(f"function '{name}'" + (f"; did you mean '{meant}'?" if meant else ""), node, schema)


def nothing_below(node: Node, text: str, schema: SchemaFacts) -> Finding:
    """A path from `$root` or a parameter: the API documents its items alone (§5.1.1.14.5, §5.3)."""
    return Finding(f"{schema.name} documents nothing below '{text}'", node, "unknown-property")


def depth_problem(node: Property, schema: SchemaFacts) -> Finding | None:
    """A name that lies below the depth to which the schema was made."""
    if node.name not in schema.deeper:
        return None
    return Finding(schema.describe_depth(node.name), node, "unknown-property")


def property_problem(node: Property, schema: SchemaFacts) -> Finding | None:
    """A name that is no property of the type (§5.1.1.15). An open type may have any (CSDL, attribute OpenType)."""
    return None if schema.open else Finding(f"unknown property '{node.name}'", node, "unknown-property")


def type_name_problem(node: Node, schema: SchemaFacts, meaning: Meaning) -> Finding | None:
    """A type that the service does not have, as far as its types are known (CSDL §15.2)."""
    if not isinstance(node, TypeName):
        return None
    found = type_problem(node.name, schema, meaning.nearest_of_many)
    if found is None:
        return None
    return Finding(found[0], node, "type", found[1])


def whole_problem(node: Node, schema: SchemaFacts) -> Finding:
    """A complex value as a whole: it is compared with all that an item has, documented or not."""
    return Finding(f"{schema.name} documents properties; compare them one by one, not as a whole", node, "type")


# --- the form of lists and operands ---------------------------------------------------------------------------------


def elaborate_problem(node: Expression, schema: SchemaFacts) -> Finding | None:
    """What a dialect of properties and values alone does not have."""
    if not (schema.plain and isinstance(node, _ELABORATE)):
        return None
    message = f"{schema.name} documents properties and values only, not {_emit.emit(node):.60}"
    return Finding(message, node, "operand")


def constant_problem(node: Node, one: Operand, other: Operand, schema: SchemaFacts) -> Finding | None:
    """A comparison without a property, in such a dialect."""
    if not schema.plain or one.facts or other.facts or UNKNOWN_KIND in {one.kind, other.kind}:
        return None
    message = f"{schema.name} compares properties with values; there is no property here"
    return Finding(message, node, "operand")


def list_problems(node: In, schema: SchemaFacts) -> Iterator[Finding]:
    """A list after `in` (§5.1.1.1.11) in other brackets, with more values or with fewer than the API documents."""
    collection = node.collection
    if isinstance(collection, List) and schema.lists == "[]":
        meant = _emit.emit(Array(collection.items))
        message = f"{schema.name} documents lists in square brackets; did you mean: {meant:.160}"
        yield Finding(message, collection, "list", meant)
    if schema.plain and isinstance(collection, List) and not collection.items:
        yield Finding("the list is empty, and nothing is in it", collection, "list")
    most = schema.max_in
    if isinstance(collection, List | Array) and most is not None and len(collection.items) > most:
        message = f"{schema.name} documents at most {most} values after 'in', not {len(collection.items)}"
        yield Finding(message, collection, "list")
