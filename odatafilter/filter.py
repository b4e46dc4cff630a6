"""`Filter`: a filter expression to combine, print, validate and evaluate; and `parse`, which reads one.

What only some filters need is imported by the method that needs it: who reads a filter does not wait for the rest.
"""

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final, NoReturn, TypeVar, overload

from odatafilter import _emit, _parse
from odatafilter._arguments import check_type
from odatafilter._kinds import are_comparable
from odatafilter._names import name_problem
from odatafilter._open_elements import NONE, check_unfinished, open_elements
from odatafilter._read import explain_syntax_error, read_expression
from odatafilter._safe_text import show
from odatafilter._suggest import with_article
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import Documented, SchemaFacts
from odatafilter.limits import CEILING, DEFAULT, UNBOUNDED, Limits, check_depth, measure
from odatafilter.tree import And, Expression, Not, Or

if TYPE_CHECKING:
    from odatafilter._evaluate.evaluation import Evaluation

_new: Final = object.__new__
D = TypeVar("D")
Item = TypeVar("Item")
_REQUIRED: Final = object()
# What Python makes of `a > 1 & b == 2` is `a > (1 & b) == 2`.
PARENTHESES: Final = "; comparisons stand in parentheses, (a > 1) & (b == 2), since & | ~ bind tighter than they do"


class Filter:
    """An immutable filter expression: `str()` is its canonical text, `==` and `hash()` go by its structure.

    Combined with `&`, `|` and `~`; it has no truth value. Raises FilterTypeError for what is no Expression, FilterError
    for a tree that nests more than 150 levels deep.

    Args:
        tree: the syntax tree, at most 150 levels deep.
        schema: what is documented of the properties, as `Schema.__facts__` has it; None where nothing is.
    """

    __slots__ = ("_depth", "_evaluation", "_open", "_schema", "_tree")
    _evaluation: "Evaluation | None"

    def __init__(self, tree: Expression, schema: SchemaFacts | None = None) -> None:
        if not isinstance(tree, Expression):
            raise FilterTypeError(f"a filter is made of an Expression of the syntax tree, not of {show(tree)}")
        self._tree = tree
        self._schema = schema
        self._depth: int | None = check_depth(measure(tree)[0])
        self._open = open_elements(tree)
        self._evaluation = None

    @classmethod
    def _of(
        cls, tree: Expression, schema: SchemaFacts | None, depth: int | None = None, elements: frozenset[str] = NONE
    ) -> "Filter":
        """The filter of a tree that is known to be safe; its depth is measured when it is needed.

        `elements` are those of the unfinished lambdas that it stands in.
        """
        made = _new(cls)
        made._tree = tree
        made._schema = schema
        made._depth = depth
        made._open = elements
        made._evaluation = None
        return made

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
        return _emit.quote_for_url(str(self))

    def matches(self, item: object, limits: Limits | None = None) -> bool:
        """Whether the filter is true for `item`, a mapping or an object; false and null are not (§5.1.2).

        Of an object, attributes that begin with `_` are read only where the schema documents them, and code never is.
        A parameter without a value is null. Raises FilterTypeError where the item's value cannot be compared with what
        the filter compares it with, and FilterError past the `visits` of `limits`; both name the property. An error
        that a property of the item raises passes through as it is.

        Args:
            item: a mapping of names to values, or an object with attributes.
            limits: of which `visits` bounds the work: 1,000,000 by default.
        """
        evaluation = self._evaluation or self._make_evaluation()
        return evaluation.matches(item) if limits is None else evaluation.checked(item, _visits(limits))

    def compile(self, item_type: type | None = None, limits: Limits | None = None) -> Callable[[object], bool]:
        """A function of an item that says the same as `matches`, errors included, and takes less time for each item.

        Raises FilterTypeError for another class of items, FilterError for what only a service can evaluate.

        Args:
            item_type: the class of the items where it is known, a msgspec Struct or a dataclass: their fields are read
                as attributes.
            limits: as in `matches`.
        """
        evaluation = self._evaluation or self._make_evaluation()
        return evaluation.compile_for(item_type, DEFAULT.visits if limits is None else _visits(limits))

    def matching(self, items: Iterable[Item], limits: Limits | None = None) -> Iterator[Item]:
        """The items for which the filter is true, as `matches` says it, each when it is asked for.

        Args:
            items: an iterable of what `matches` takes.
            limits: as in `matches`, for each item.
        """
        check_type("items", items, Iterable, "an iterable of items")
        evaluation = self._evaluation or self._make_evaluation()
        visits = DEFAULT.visits if limits is None else _visits(limits)
        return filter(evaluation.predicate_for(items, visits), items)

    def _make_evaluation(self) -> "Evaluation":
        from odatafilter._evaluate.evaluation import Evaluation

        check_unfinished(self._open)
        self._evaluation = evaluation = Evaluation(self._tree, self._schema)
        return evaluation

    def bind(self, /, **values: object) -> "Filter":
        """The filter with parameters replaced by values, spelt as what they stand beside wants them.

        A parameter without a value stays. Raises FilterError for a value whose parameter the filter does not have and
        for one that cannot stand there, FilterValidationError where the schema does not allow the result.

        Args:
            values: by the names of parameters, values of the types that the properties beside them take; None is null.
        """
        from odatafilter._rewrite import bind

        made = Filter(bind.bind_parameters(self._tree, self._schema, values), self._schema)
        if self._schema is not None and self._schema.plain and made.parameters():
            return made  # values alone are documented: it is judged when all of them are there
        return made._spell_for_schema()

    def properties(self) -> tuple[str, ...]:
        """The paths of the properties that the filter reads, such as `Items/Qty`, in order of first use, each once.

        The variable of a lambda stands for its collection; types in a path and what is below `$root` are left out.
        """
        from odatafilter._rewrite import properties

        return properties.properties(self._tree)

    def parameters(self) -> tuple[str, ...]:
        """The names of the parameters that the filter takes, in order of first use, each once (§5.3)."""
        from odatafilter._rewrite import bind

        return tuple(dict.fromkeys(bind.parameters(self._tree)))

    def rename(self, names: Mapping[str, str], *, schema: type[Documented] | None = None) -> "Filter":
        """The filter with other names: `{"city": "address/town", "items/qty": "amount"}` gives `items/amount`.

        Raises FilterError for what is no path, FilterValidationError as `parse` does.

        Args:
            names: paths from the item, each with the name or path that its last name becomes.
            schema: the schema that judges the result and belongs to it; None for a filter without one.
        """
        from odatafilter._rewrite import properties

        check_type("names", names, Mapping, "a mapping of paths to names")
        for name in (*names, *names.values()):
            check_type("a name", name, str, "a text such as 'Address/City'")
        facts = facts_of_schema(schema) if schema is not None else None
        return Filter(properties.rename_properties(self._tree, names), facts)._spell_for_schema()

    def replace(self, old: "Filter", new: "Filter") -> "Filter":
        """The filter with `new` wherever `old` stands in it as a whole expression, inside lambdas too.

        Raises FilterError where `new` cannot stand.

        Args:
            old: a filter, or any expression such as `parse("name")`.
            new: what stands in its place, of the same kind.
        """
        for one in (old, new):
            if not isinstance(one, Filter):
                raise FilterTypeError(f"a filter is replaced by a filter, and {show(one)} is none")
        schema = same_schema(self._schema, new._schema)
        from odatafilter._rewrite import replace

        made = Filter(replace.replace_expression(self._tree, old._tree, new._tree), schema)
        replace.check_reads_back(made._tree, schema)
        return made._spell_for_schema()

    def simplify(self) -> "Filter":
        """A filter that is true, false and null for the same items, never longer: nested `and` and `or`, duplicates,
        constants and double `not` are gone, and `or` of `eq` is an `in` where that is documented.
        """
        check_unfinished(self._open)
        return Filter._of(_simplification()(self._tree, self._schema), self._schema)

    def to_json(self) -> str:
        """The filter as a JSON object, to be kept: its canonical text and a version, without the schema."""
        from odatafilter import _json_form

        return _json_form.write_json(str(self))

    @classmethod
    def from_json(
        cls, json: str | bytes, *, schema: type[Documented] | None = None, limits: Limits | None = None
    ) -> "Filter":
        """The filter that `to_json` kept, judged by a schema as in `parse`.

        Raises FilterError for any other JSON, and as `parse` does for what it holds.

        Args:
            json: what `to_json` gave.
            schema: as in `parse`.
            limits: as in `parse`; without them, it may be of any size.
        """
        from odatafilter import _json_form

        return parse(_json_form.read_json_form(json), schema=schema, limits=limits or UNBOUNDED)

    def validate(self, schema: type[Documented]) -> None:
        """Raises FilterValidationError with every problem where `schema` does not allow this filter.

        Args:
            schema: what the filter may hold.
        """
        respell_as_documented(self._tree, facts_of_schema(schema))

    def _spell_for_schema(self) -> "Filter":
        """The filter, spelt as its schema wants it. Raises FilterValidationError where that does not allow it.

        What has the element of an unfinished lambda is judged with the lambda.
        """
        return self if self._schema is None or self._open else self._under(self._schema)

    def _under_schema_of(self, schema: SchemaFacts | None) -> "Filter":
        """The same for a filter that was made without a schema and is joined with one of `schema`."""
        return self if schema is None or self._schema is not None or self._open else self._under(schema)

    def _under(self, schema: SchemaFacts) -> "Filter":
        tree = respell_as_documented(self._tree, schema)
        return self if tree is self._tree else Filter._of(tree, self._schema, self._depth, self._open)

    def __str__(self) -> str:
        if self._open:
            check_unfinished(self._open)
        return _emit.emit(self._tree)

    def __repr__(self) -> str:
        return f"<Filter {_emit.emit(self._tree)}>"

    def __eq__(self, other: object) -> bool:
        return self._tree == other._tree if isinstance(other, Filter) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._tree)

    def __bool__(self) -> NoReturn:
        raise FilterTypeError(
            "a filter has no truth value; combine filters with & | ~ instead of 'and', 'or', 'not'; "
            "1 < x < 5 is (x > 1) & (x < 5), or x.between(1, 5) with both ends, and 'x in values' is x.in_(values)"
        )

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (str(self), self._schema)  # as text: a tree would need a stack as deep as it is

    def __and__(self, other: "Filter") -> "Filter":
        return _join_two(self, other, And, "and")

    def __or__(self, other: "Filter") -> "Filter":
        return _join_two(self, other, Or, "or")

    if not TYPE_CHECKING:  # to the type checker these are not there; at run time they say why
        __rand__, __ror__ = __and__, __or__

    def __invert__(self) -> "Filter":
        if self._open:
            check_unfinished(self._open)
        schema = self._schema
        if schema is not None and "not" not in schema.operators:
            from odatafilter._rewrite import negate

            return Filter(negate.negate(self._tree, schema), schema)
        levels = self._depth or self._levels
        if type(self._tree) is Not:
            return Filter._of(self._tree.operand, schema, levels - 1, self._open)
        levels += 1
        return Filter._of(Not(self._tree), schema, levels if levels <= CEILING else check_depth(levels), self._open)

    @property
    def _levels(self) -> int:
        if self._depth is None:
            self._depth = measure(self._tree)[0]
        return self._depth


def _visits(limits: Limits) -> int:
    check_type("limits", limits, Limits, "a Limits such as Limits(visits=10_000)")
    return limits.visits


class Param:
    """A value that is given later: `@name` in the text, bound by `Filter.bind` (§5.3)."""

    __slots__ = ("name",)

    def __init__(self, name: str) -> None:
        self.name = name

    def __str__(self) -> str:
        return f"@{self.name}"

    def __repr__(self) -> str:
        return f"param({self.name!r})"


def param(name: str) -> Param:
    """A parameter alias, to stand where a value does. Raises FilterError where `name` can be no name.

    Args:
        name: a name as a property can have it, at most 128 characters, without the `@`.
    """
    check_type("the name of a parameter", name, str, "a text")
    if problem := name_problem(name):
        raise FilterError(f"{show(name)} cannot name a parameter: {problem}")
    return Param(name)


@overload
def all_of(*filters: Filter | Iterable[Filter | None] | None) -> Filter: ...
@overload
def all_of(*filters: Filter | Iterable[Filter | None] | None, default: D) -> Filter | D: ...
def all_of(*filters: Filter | Iterable[Filter | None] | None, default: Any = _REQUIRED) -> Any:
    """The filters joined by `and`, as `&` joins them, at once however many they are: given one by one, or in iterables.

    Args:
        filters: filters, iterables of filters, and None, which is left out.
        default: the result where no filter is left; without it, that is a FilterError.
    """
    return _join_or_default(filters, default, And, "and")


@overload
def any_of(*filters: Filter | Iterable[Filter | None] | None) -> Filter: ...
@overload
def any_of(*filters: Filter | Iterable[Filter | None] | None, default: D) -> Filter | D: ...
def any_of(*filters: Filter | Iterable[Filter | None] | None, default: Any = _REQUIRED) -> Any:
    """The filters joined by `or`, as `|` joins them, at once however many they are: given one by one, or in iterables.

    Args:
        filters: filters, iterables of filters, and None, which is left out.
        default: the result where no filter is left; without it, that is a FilterError.
    """
    return _join_or_default(filters, default, Or, "or")


def _join_or_default(filters: tuple[object, ...], default: object, node: type[And] | type[Or], word: str) -> object:
    several: list[object] = []
    for one in filters:
        if isinstance(one, Iterable) and not isinstance(one, str | bytes):
            several += (below for below in one if below is not None)
        elif isinstance(one, Filter) or len(filters) > 1:
            several += () if one is None else (one,)
        elif one is not None:
            raise FilterTypeError(f"several filters are joined by '{word}', not {show(one)}")
    if several:
        return _join_filters(several, node, word)
    if default is _REQUIRED:
        raise FilterError(f"there is no filter to be joined by '{word}'; default= says what stands for none")
    return default


def _join_two(one: Filter, other: object, node: type[And] | type[Or], word: str) -> Filter:
    """Two filters, joined: those of one schema at once."""
    if (
        type(other) is not Filter
        or one._schema is not (schema := other._schema)
        or (schema is not None and word not in schema.operators)
        or one._open
        or other._open
    ):
        return _join_filters((one, other), node, word, hint=PARENTHESES)
    left: Any = one._tree
    right: Any = other._tree
    depth, beside = one._depth or one._levels, other._depth or other._levels
    if type(left) is node:
        operands = left.operands
    else:
        operands = (left,)
        depth += 1
    if type(right) is node:
        operands += right.operands
    else:
        operands += (right,)
        beside += 1
    depth = max(depth, beside)
    made = _new(Filter)
    made._tree = node(operands)
    made._schema = schema
    made._depth = depth if depth <= CEILING else check_depth(depth)
    made._open = NONE
    made._evaluation = None
    return made


def _join_filters(several: Sequence[object], node: type[And] | type[Or], word: str, *, hint: str = "") -> Filter:
    filters = [one for one in several if isinstance(one, Filter)]
    if len(filters) < len(several):
        raise _no_filter(word, next(one for one in several if not isinstance(one, Filter)), hint)
    if len(filters) == 1:
        return filters[0]
    schema: SchemaFacts | None = None
    operands: list[Expression] = []
    depth = 0
    elements = NONE
    for one in filters:
        if one._schema is not schema:
            schema = same_schema(schema, one._schema)
    for one in filters:
        tree: Any = one._tree if one._schema is schema else one._under_schema_of(schema)._tree
        levels = one._depth or one._levels
        if type(tree) is node:
            operands += tree.operands
        else:
            operands.append(tree)
            levels += 1
        depth = max(depth, levels)
        if one._open:
            elements |= one._open
    if schema and word not in schema.operators:
        raise FilterError(f"{schema.name} does not document the operator '{word}'")
    check_unfinished(elements)
    return Filter._of(node(tuple(operands)), schema, check_depth(depth), elements)


def _no_filter(word: str, other: object, hint: str) -> FilterTypeError:
    instead = getattr(other, "_how_to_filter", None)  # a property says how a filter is made of it
    said = f"; {instead}" if isinstance(instead, str) else ""
    return FilterTypeError(f"a filter is joined by '{word}' with a filter, not with {show(other)}{said}{hint}")


def same_schema(one: SchemaFacts | None, other: SchemaFacts | None) -> SchemaFacts | None:
    """The schema that two filters share, where each may be without one. Raises FilterError if they have two."""
    if one is None or other is None or one is other or one == other:
        return one or other
    raise FilterError(f"a filter of {one.name} cannot be combined with one of {other.name}")


def _restore(text: str, schema: SchemaFacts | None) -> Filter:
    return Filter._of(_parse.parse_again(text), schema)


def facts_of_schema(schema: type[Documented]) -> SchemaFacts:
    """What a Schema documents. Raises FilterTypeError for anything else."""
    facts = getattr(schema, "__facts__", None)
    if not isinstance(facts, SchemaFacts):
        raise FilterTypeError(f"a schema is a class made with odatafilter.Schema, not {show(schema)}")
    return facts


def respell_as_documented(tree: Expression, schema: SchemaFacts, text: str | None = None) -> Expression:
    """`tree`, that of `text` where there is one, with its literals spelt as the properties beside them declare.

    Raises FilterValidationError where `schema` does not allow it.
    """
    return tree if _validation().is_certainly_allowed(tree, schema) else _respell_by_walk(tree, schema, text)


def _respell_by_walk(tree: Expression, schema: SchemaFacts, text: str | None) -> Expression:
    """The same for a tree that is not certainly allowed."""
    validation = _validation()
    walk = validation.judge(tree, schema)
    if walk.findings:
        said = _emit.emit(tree) if text is None else text
        raise validation.error_of(walk.findings, tree, said, schema)
    return validation.with_literals(tree, walk.respellings) if walk.respellings else tree


def check_operand(tree: Expression, schema: SchemaFacts, kind: str) -> None:
    """Raises FilterValidationError where `schema` does not allow an operand, FilterTypeError where it is no `kind`."""
    from odatafilter import _validate

    if open_elements(tree):
        return  # what the lambda makes of it is judged
    found, operand = _validate.operand_findings(tree, schema)
    if found:
        text = _emit.emit(tree)
        raise _validate.error_of(found, tree, text, schema, lambda *meant: _validate.operand_findings(*meant)[0])
    if operand.is_known and kind != "Untyped" and not are_comparable(operand.kind, kind):
        raise FilterTypeError(f"{_emit.emit(tree):.60} is {with_article(operand.kind)}, not {with_article(kind)}")


@functools.cache
def _simplification() -> Callable[[Expression, SchemaFacts | None], Expression]:
    """What simplifies a tree, imported when it is needed and once: so long as a short filter takes to read."""
    from odatafilter._rewrite.simplify import simplify

    return simplify


@functools.cache
def _validation() -> ModuleType:
    """The module `_validate`: a statement that imports it would take longer than a short filter takes to read."""
    from odatafilter import _validate

    return _validate


def parse(text: str, *, schema: type[Documented] | None = None, limits: Limits | None = None) -> Filter:
    """The filter that `text` is: the ABNF's `commonExpr`, whole, without blanks around it.

    Raises FilterSyntaxError for a text that is no filter or is past a limit, with a suggestion that is mended for the
    schema, too; FilterValidationError with every problem that the schema finds.

    Args:
        text: a filter expression of OData 4.01 (URL Conventions §5.1.1), decoded.
        schema: what the filter may hold; None: anything that the language has.
        limits: bounds of the text and its tree, which hold while it is read; `Limits()` by default.
    """
    if schema is None and limits is None:
        try:
            tree = _parse.parse(text)
        except _parse.Failure as failure:
            raise explain_syntax_error(text, failure=failure) from None
        made = _new(Filter)  # as `Filter._of` does, whose call would be felt
        made._tree = tree
        made._schema = made._depth = made._evaluation = None
        made._open = open_elements(tree) if "$" in text else NONE
        return made
    facts = None if schema is None else facts_of_schema(schema)
    if limits is not None:
        check_type("limits", limits, Limits, "a Limits such as Limits(depth=50)")
    try:
        plain = facts is None or not facts.service_functions
        tree = _parse.parse(text, limits or DEFAULT) if plain else read_expression(text, limits or DEFAULT, facts)
    except _parse.Failure as failure:
        raise explain_syntax_error(text, facts, failure) from None
    made = _new(Filter)
    made._open = open_elements(tree) if "$" in text else NONE
    if facts is not None and not made._open and not _validation().is_certainly_allowed(tree, facts):
        tree = _respell_by_walk(tree, facts, text)
    made._tree = tree
    made._schema = facts
    made._depth = made._evaluation = None
    return made
