"""Which filters may be run where the data is, and which part of one an engine can say."""

from collections.abc import Callable
from typing import cast

from odatafilter import _validate
from odatafilter._plan.refuse import Refusal, unsupported_error
from odatafilter._rewrite.bind import parameters
from odatafilter._safe_text import show
from odatafilter.errors import FilterError
from odatafilter.facts import SchemaFacts
from odatafilter.filter import Filter, all_of
from odatafilter.tree import And


def check_judged(f: Filter, columns: SchemaFacts | None) -> SchemaFacts:
    """What is documented of the properties of a filter: by its schema, or by an allow-list of columns.

    Raises FilterError for a filter that nobody has judged, which could read any column, and for one with a parameter
    that has no value.
    """
    if not isinstance(f, Filter):
        raise FilterError(f"the first argument is {show(f)}: a Filter, such as odatafilter.parse gives, is wanted")
    unbound = next(parameters(f.tree), None)
    if unbound is not None:
        raise FilterError(f"the parameter @{unbound} has no value: give it one by bind({unbound}=…)")
    facts = f.schema
    if facts is None and columns is None:
        raise FilterError(
            "the filter was judged by no schema, so it could read any column: parse it with schema=, or give columns="
        )
    if columns is None:
        return cast("SchemaFacts", facts)
    found = _validate.findings(f.tree, columns)
    if found:
        raise _validate.error_of(found, f.tree, str(f), columns)
    return facts or columns


def split_filter(f: Filter, refusals_of: Callable[[Filter], list[Refusal]]) -> tuple[Filter | None, Filter | None]:
    """The operands of a top-level `and` that an engine can say, and the others; their `and` is the whole filter."""
    operands = f.tree.operands if isinstance(f.tree, And) else (f.tree,)
    there: list[Filter] = []
    rest: list[Filter] = []
    for operand in operands:
        part = Filter(operand, f.schema)
        (rest if refusals_of(part) else there).append(part)
    return (all_of(*there) if there else None, all_of(*rest) if rest else None)


def raise_refusals(f: Filter, refusals: list[Refusal]) -> None:
    """Raises UnsupportedError where there are any."""
    if refusals:
        raise unsupported_error(f.tree, refusals)
