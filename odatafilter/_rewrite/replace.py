"""A syntax tree with one of its expressions replaced by another."""

import functools
from typing import cast

from odatafilter import _emit
from odatafilter._read import read_expression
from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter.errors import FilterError, FilterSyntaxError
from odatafilter.facts import SchemaFacts
from odatafilter.limits import UNBOUNDED
from odatafilter.tree import AnyNode, Expression, Has, List, Literal, Path


def replace_expression(tree: Expression, old: Expression, new: Expression) -> Expression:
    """`tree` with `new` wherever `old` stands as a whole expression; what `new` holds is not looked into again.

    A segment of a path is no whole expression, and neither are some of the operands of an `and` or `or`. Raises
    FilterError where `new` cannot stand: no operator in a list of literals, for example.
    """

    def put_new(node: AnyNode) -> AnyNode:
        if node == old:
            return new
        if isinstance(node, Path):
            return rebuild_node(node, functools.partial(rebuild_node, change=put_new))
        changed = rebuild_node(node, put_new)
        literals = changed.items if isinstance(changed, List) else (changed.flags,) if isinstance(changed, Has) else ()
        if not all(isinstance(literal, Literal) for literal in literals):
            raise FilterError(f"only a literal can stand in the place of a literal in {_emit.emit(node):.60}")
        return changed

    return cast("Expression", put_new(tree))


def check_reads_back(tree: Expression, schema: SchemaFacts | None) -> None:
    """Raises FilterError where `tree` is not what its text says: something stands where the grammar has no place."""
    text = _emit.emit(tree)
    try:
        again = read_expression(text, UNBOUNDED, schema)
    except FilterSyntaxError as error:
        raise FilterError(f"the replacement cannot stand there: {error.message}") from None
    if again != tree:
        raise FilterError(f"the replacement cannot stand there: {text:.160} would be read as another filter")
