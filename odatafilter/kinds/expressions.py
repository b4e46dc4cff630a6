"""Handles for what has no method: expressions by their text, and `case`."""

import copy
from typing import Any, overload

from msgspec.structs import replace

from odatafilter._arguments import check_type
from odatafilter._open_elements import NONE, check_unfinished
from odatafilter._safe_text import show
from odatafilter._to_literal import literal_of
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS, Documented, SchemaFacts
from odatafilter.filter import Filter, check_operand, facts_of_schema, parse, same_schema
from odatafilter.handle import H, Handle, of_kind
from odatafilter.kinds.structures import Field
from odatafilter.tree import (
    Branch,
    Case,
)


@overload
def expression(text: str, *, schema: type[Documented] | None = None) -> Field: ...
@overload
def expression(text: str, kind: H, *, schema: type[Documented] | None = None) -> H: ...
def expression(text: str, kind: Any = None, *, schema: type[Documented] | None = None) -> Any:
    """A handle for what `text` says, such as `expression("now()", DateTimeOffset())`: whatever a filter compares.

    Raises as `parse` does, and FilterTypeError where the schema knows it to be of another kind.

    Args:
        text: an expression of OData (URL Conventions §5.1.1), such as `now()` or `price mul 2`.
        kind: what it is an expression of, such as `of.Decimal()`; None: not known, so that it has all methods.
        schema: what it may hold; None: anything, until it is combined with handles of a schema.
    """
    check_type("kind", kind, Handle | None, "a kind such as of.Decimal()")
    read = parse(text)
    tree = read.tree
    facts = facts_of_schema(schema) if schema is not None else None
    made = of_kind(Field() if kind is None else kind, tree, facts, read._levels, read._open)
    if facts is not None:
        check_operand(tree, facts, made._kind)
    return made


@overload
def case(*branches: tuple[Filter | bool, object]) -> Field: ...
@overload
def case(*branches: tuple[Filter | bool, object], kind: H) -> H: ...
def case(*branches: tuple[Filter | bool, object], kind: Any = None) -> Any:
    """`case`: the value of the first of `branches`, pairs of a condition and a value, of which the condition is true.

    Null where none is; `True` can be a condition. The values are of `kind`, such as `of.String()`; without it they say
    themselves what they are. Raises FilterError for no branches, FilterTypeError for what is no condition or no value.
    """
    check_type("kind", kind, Handle | None, "a kind such as of.Decimal()")
    values = copy.copy(Field() if kind is None else kind)
    values._facts = replace(values._facts, name="a value of case")
    made: list[Branch] = []
    conditions: list[Filter] = []
    schema: SchemaFacts | None = None
    levels, elements = 1, NONE
    operators, functions = OPERATORS, ALL_FUNCTIONS
    several: tuple[object, ...] = branches
    for branch in several:
        if not (isinstance(branch, tuple) and len(branch) == 2 and isinstance(branch[0], Filter | bool)):  # noqa: PLR2004
            raise FilterTypeError(f"a branch of case is a pair of a filter and a value, not {show(branch)}")
        condition, (value, other) = branch[0], values._operand(branch[1])
        if isinstance(condition, Filter):
            conditions.append(condition)
            schema = same_schema(schema, condition.schema)
            levels, elements = max(levels, condition._levels), elements | condition._open
        if other is not None:
            schema = same_schema(schema, other._schema)
            levels, elements = max(levels, other._levels), elements | other._open
            operators, functions = operators & other._facts.operators, functions & other._facts.functions
        made.append(Branch(condition.tree if isinstance(condition, Filter) else literal_of(condition), value))
    if not made:
        raise FilterError("case has no branches, so that it would always be null")
    check_unfinished(elements)
    for condition in conditions:
        condition._under_schema_of(schema)
    values._schema = schema
    values._check_function("case")
    found = of_kind(Field() if kind is None else kind, Case(tuple(made)), schema, levels + 2, elements)
    found._facts = replace(found._facts, operators=operators, functions=functions)  # as its values are documented
    return found
