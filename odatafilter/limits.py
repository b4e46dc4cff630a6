"""How much of a filter expression is read: limits that hold before and during parsing."""

import re
import sys

import msgspec

from odatafilter._safe_text import show
from odatafilter.errors import FilterError, FilterSyntaxError
from odatafilter.tree import AnyNode, Array, Comparison, Expression, List, Literal, Path, Property, children

# Everything that is done with a tree goes down into it level by level on Python's stack, whose default is 1000 frames:
# printing, hashing, pickling, matching. At this depth all of it is safe, a caller deep in its own stack included.
CEILING = 150

_LEAVES = frozenset({Literal, Property})
_BRACKETS = re.compile(r"'[^']*'?|[(\[{]|[)\]}]")


class Limits(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How long and how deep a filter may be, and how much work its evaluation for one item; each bound is from 1.

    Raises FilterError for a bound below 1, and for a depth above 150.

    Args:
        length: characters of the text.
        depth: levels that an expression may nest, at most 150, where Python's own stack is still safe.
        nodes: nodes of the syntax tree.
        items: values of one list, or segments of one path.
        visits: what is looked at for one item: each element of a collection that is read, each pair of values where
            collections are compared, each state that a pattern comes to. `docs/trust.md` says all that counts.
    """

    length: int = 100_000
    depth: int = 100
    nodes: int = 50_000
    items: int = 10_000
    visits: int = 1_000_000

    def __post_init__(self) -> None:
        for name in self.__struct_fields__:
            bound = getattr(self, name)
            if type(bound) is not int or bound < 1:
                raise FilterError(f"the limit {name!r} is {show(bound)}; it must be a whole number from 1")
        if self.depth > CEILING:
            raise FilterError(f"the limit 'depth' is {show(self.depth)}; it can be at most {CEILING}")


DEFAULT = Limits()
# For what this library wrote itself: only depth can do harm.
UNBOUNDED = Limits(length=sys.maxsize, depth=CEILING, nodes=sys.maxsize, items=sys.maxsize)


def check_before_parsing(text: str, limits: Limits) -> None:
    """Raises FilterSyntaxError where `text` is past a limit that can be judged before it is parsed."""
    if len(text) > limits.length:
        message = f"the filter has {len(text)} characters; the limit 'length' is {limits.length}"
        raise FilterSyntaxError(message, text, (limits.length, len(text)), code="limit")
    if _count_openings(text) > limits.depth:
        _check_brackets(text, limits.depth)


def _count_openings(text: str) -> int:
    return text.count("(") + text.count("[") + text.count("{")


def _check_brackets(text: str, limit: int) -> None:
    depth = 0
    for found in _BRACKETS.finditer(text):
        depth += {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(found.group(), 0)
        if depth > limit:
            message = f"the filter nests deeper than the limit 'depth' of {limit}"
            raise FilterSyntaxError(message, text, found.span(), code="limit")


def check_tree(text: str, tree: Expression, limits: Limits) -> None:
    """Raises FilterSyntaxError where the tree of `text` is past a limit."""
    if len(text) <= min(limits.nodes, limits.items) and _deepest(text) <= limits.depth:
        return
    depth, nodes, items = measure(tree)
    for found, what, name in (
        (depth, "levels", "depth"),
        (nodes, "nodes", "nodes"),
        (items, "values in one list, or segments of one path", "items"),
    ):
        if found > (limit := getattr(limits, name)):
            message = f"the filter has {found} {what}; the limit {name!r} is {limit}"
            raise FilterSyntaxError(message, text, (0, len(text)), code="limit")


def _deepest(text: str) -> int:
    """Levels that the tree of `text` cannot be past: a bracket opens three at most, a sign or a blank one."""
    return 2 + 3 * _count_openings(text) + text.count("-") + text.count(" ") + text.count("\t")


def check_depth(levels: int) -> int:
    """`levels`. Raises FilterError where a filter nests so deep that Python's stack would not do."""
    if levels > CEILING:
        raise FilterError(f"the filter nests {levels} levels deep; at most {CEILING} are safe")
    return levels


def measure(tree: Expression) -> tuple[int, int, int]:
    """The depth of a tree, its number of nodes, and the length of its longest list. Needs no stack."""
    depth = nodes = items = 0
    level: list[AnyNode] = [tree]
    while level:
        depth += 1
        nodes += len(level)
        below: list[AnyNode] = []
        for node in level:
            if type(node) is List or type(node) is Array:
                items = max(items, len(node.items))
            elif type(node) is Path:
                items = max(items, len(node.segments))
            if type(node) is List:  # its literals have nothing below them
                nodes += len(node.items)
            elif type(node) is Comparison:  # what most filters consist of
                below += (node.left, node.right)
            elif type(node) not in _LEAVES:
                below += children(node)
        level = below
    return depth, nodes, items
