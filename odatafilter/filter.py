"""`Filter`: a filter expression to combine, print, validate and evaluate; and `parse`, which reads one."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, NoReturn

from odatafilter import _bind, _emit, _evaluate, _literals, _parse, _rewrite, _validate
from odatafilter.errors import FilterError, FilterTypeError, FilterValidationError, Problem
from odatafilter.facts import SchemaFacts
from odatafilter.limits import CEILING, DEFAULT, Limits, measure
from odatafilter.tree import And, Expression, Or

if TYPE_CHECKING:
    from odatafilter.schema import Schema


class Filter:
    """An immutable filter expression: `str()` is its canonical text, `==` and `hash()` go by its structure.

    Combined with `&`, `|` and `~`; it has no truth value.
    """

    __slots__ = ("_depth", "_predicate", "_schema", "_tree")
    _predicate: Callable[[object], bool | None] | None

    def __init__(self, tree: Expression, schema: SchemaFacts | None = None, *, depth: int | None = None) -> None:
        self._tree = tree
        self._schema = schema
        self._depth = depth
        self._predicate = None

    @property
    def tree(self) -> Expression:
        """The syntax tree."""
        return self._tree

    @property
    def schema(self) -> SchemaFacts | None:
        """What is documented of the properties, if the filter was built or read with a schema."""
        return self._schema

    @property
    def quoted(self) -> str:
        """The canonical text, percent-encoded for the query of a URL (RFC 3986; a plus sign becomes %2B)."""
        return _emit.quoted(str(self))

    def matches(self, item: object) -> bool:
        """Whether the filter is true for `item`, a mapping or an object; false and null are not (§5.1.2).

        Raises FilterTypeError where the item's value cannot be compared with what the filter compares it with.
        """
        if self._predicate is None:
            self._predicate = _evaluate.predicate(self._tree, self._schema)
        return self._predicate(item) is True

    def bind(self, **values: object) -> "Filter":
        """The filter with parameters replaced by values, spelt as the property they are compared with wants them.

        Raises FilterError for a value whose parameter the filter does not have; a parameter without a value stays.
        """
        return Filter(_bind.bound(self._tree, self._schema, values), self._schema)

    def validate(self, schema: "type[Schema]") -> None:
        """Raises FilterValidationError with every problem where `schema` does not allow this filter."""
        _check(self._tree, schema.__facts__, str(self))

    def __str__(self) -> str:
        return _emit.emit(self._tree)

    def __repr__(self) -> str:
        return f"<Filter {self}>"

    def __eq__(self, other: object) -> bool:
        return self._tree == other._tree if isinstance(other, Filter) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._tree)

    def __bool__(self) -> NoReturn:
        raise FilterTypeError("a filter has no truth value; combine filters with & | ~ instead of 'and', 'or', 'not'")

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (str(self), self._schema)  # as text: a tree would need a stack as deep as it is

    def __and__(self, other: "Filter") -> "Filter":
        return self._joined(And, "and", other)

    def __or__(self, other: "Filter") -> "Filter":
        return self._joined(Or, "or", other)

    def __invert__(self) -> "Filter":
        return Filter(_rewrite.negated(self._tree, self._schema), self._schema).checked()

    def _joined(self, node: type[And] | type[Or], word: str, other: "Filter") -> "Filter":
        if not isinstance(other, Filter):
            raise FilterTypeError(f"a filter is joined by '{word}' with a filter, not with {other!r:.60}")
        schema = same_schema(self._schema, other._schema)
        if schema and word not in schema.operators:
            raise FilterError(f"{schema.name} does not document the operator '{word}'")
        left, right = (f._tree.operands if isinstance(f._tree, node) else (f._tree,) for f in (self, other))
        depth = max(f._levels + (not isinstance(f._tree, node)) for f in (self, other))
        return Filter(node((*left, *right)), schema, depth=depth).checked()

    @property
    def _levels(self) -> int:
        if self._depth is None:
            self._depth = measure(self._tree)[0]
        return self._depth

    def checked(self) -> "Filter":
        """The filter itself. Raises FilterError where it nests so deep that Python's stack would not do."""
        if self._levels > CEILING:
            raise FilterError(f"the filter nests {self._levels} levels deep; at most {CEILING} are safe")
        return self


class Param:
    """A value that is given later: `@name` in the text, bound by `Filter.bind` (§5.3)."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __repr__(self) -> str:
        return f"param({self.name!r})"


def param(name: str) -> Param:
    """A parameter alias, to stand where a value does. Raises FilterError where `name` can be no name."""
    if problem := _literals.name_problem(name):
        raise FilterError(f"{name!r:.160} cannot name a parameter: {problem}")
    return Param(name)


def same_schema(one: SchemaFacts | None, other: SchemaFacts | None) -> SchemaFacts | None:
    """The schema that two filters share, where each may be without one. Raises FilterError if they have two."""
    if one is None or other is None or one is other or one == other:
        return one or other
    raise FilterError(f"a filter of {one.name} cannot be combined with one of {other.name}")


def _restore(text: str, schema: SchemaFacts | None) -> Filter:
    return Filter(_parse.traced(text)[0], schema)


def _check(tree: Expression, schema: SchemaFacts, text: str) -> None:
    if not _validate.findings(tree, schema):
        return
    tree, trace = _parse.traced(text)  # only a filter with problems pays for the places of its nodes
    problems = [
        Problem(found.message, trace[found.node], found.code, found.suggestion)
        for found in _validate.findings(tree, schema)
    ]
    raise FilterValidationError(text, tuple(sorted(problems, key=lambda problem: problem.span)))


def parse(text: str, *, schema: "type[Schema] | None" = None, limits: Limits | None = None) -> Filter:
    """The filter that `text` is: the ABNF's `commonExpr`, whole, without blanks around it.

    With a schema it is judged by what the schema documents. Raises FilterSyntaxError for a text that is no filter or
    is past a limit, FilterValidationError with every problem that the schema finds.
    """
    tree = _parse.parse(text, limits or DEFAULT)
    if schema is None:
        return Filter(tree)
    _check(tree, schema.__facts__, text)
    return Filter(tree, schema.__facts__)
