"""A filter as a condition that is spelt when a statement is compiled for a dialect."""

import functools
from collections.abc import Callable, Sequence
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import visitors
from sqlalchemy.sql.cache_key import NO_CACHE
from sqlalchemy.sql.visitors import InternalTraversal

from odatafilter._engines.runnable import raise_refusals
from odatafilter._engines.translate import Translation
from odatafilter._plan import forms
from odatafilter._plan.build import build
from odatafilter._plan.refuse import Refusal
from odatafilter.errors import FilterError
from odatafilter.facts import SchemaFacts
from odatafilter.filter import Filter, parse
from odatafilter.sqlalchemy._columns import Column, Row, begin_with, columns_by_hash, columns_of_one, names_of_row
from odatafilter.sqlalchemy._duckdb import DuckDB
from odatafilter.sqlalchemy._postgresql import PostgreSQL
from odatafilter.sqlalchemy._spelling import Spelling
from odatafilter.sqlalchemy._sqlite import SQLite
from odatafilter.sqlalchemy._types import BOOLEAN
from odatafilter.tree import Not

SPELLINGS: Final[dict[str, type[Spelling]]] = {"sqlite": SQLite, "postgresql": PostgreSQL, "duckdb": DuckDB}
"""By SQLAlchemy's name of the dialect."""

_LONGEST_CACHED: Final = 2_000  # characters of a filter
_NO_ENGINE: Final = "default"  # the dialect of str(condition), which is for the eye
INSTALLED: Final = "odatafilter_installed"
"""The attribute of a dialect that says that the functions of `install` are there."""


@functools.cache  # no more than the dialects, with and without `install`, for a filter and for a page
def _spelling(name: str, *, installed: bool, ordered_texts: bool) -> Spelling:
    return SPELLINGS[name](installed=installed, ordered_texts=ordered_texts)


def spelling_of(name: str, *, installed: bool, ordered_texts: bool = False) -> Spelling:
    """The spellings of a dialect, by SQLAlchemy's name of it. Raises FilterError for one that is not known."""
    if name == _NO_ENGINE:
        name = "postgresql"
    if name not in SPELLINGS:
        raise FilterError(f"filters run on {', '.join(sorted(SPELLINGS))}, not on {name}")
    return _spelling(name, installed=installed, ordered_texts=ordered_texts)


class Same:
    """What is equal to itself alone."""

    def __init__(self, one: object) -> None:
        self.one = one

    def __hash__(self) -> int:
        return id(self.one)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Same) and self.one is other.one


class Condition(sa.ColumnElement[bool]):
    """TRUE exactly where a filter is true. `~` of it is the condition of the filter's `not`."""

    inherit_cache = False
    type = BOOLEAN
    # Where SQLAlchemy puts an alias in the place of a table, as inside `has`, it does so with these columns.
    _traverse_internals = [  # noqa: RUF012 - SQLAlchemy's own
        ("_columns", InternalTraversal.dp_clauseelement_list)
    ]

    def __init__(self, f: Filter, facts: SchemaFacts, row: Row, sources: Sequence[Any]) -> None:
        self.filter = f
        self._facts = facts
        self._row = row
        self._sources = list(sources)

    @functools.cached_property
    def _requested_columns(self) -> list[Any]:
        """As attributes of the mapped class, which SQLAlchemy wants to see before it puts an alias in their place."""
        known = columns_by_hash(self._row)
        return [known.get(hash(column), column) for source in self._sources for column in source.c]

    @functools.cached_property
    def _columns(self) -> list[Any]:
        """Those that were asked for, or what SQLAlchemy has put in their place."""
        return self._requested_columns

    @functools.cached_property
    def _expressions(self) -> dict[Spelling, tuple[Column, list[Refusal]]]:
        """What `spell` has given: a statement may be compiled many times."""
        return {}

    def __getstate__(self) -> dict[str, Any]:
        state: dict[str, Any] = super().__getstate__()  # type: ignore[no-untyped-call]
        made_again = {"_expressions"} if self._is_elsewhere else {"_expressions", "_columns", "_requested_columns"}
        return {name: value for name, value in state.items() if name not in made_again}

    def get_children(self, **_: Any) -> list[Any]:
        """One column, of which SQLAlchemy learns what mapped class the statement is about."""
        return self._columns[:1] if self._is_elsewhere else columns_of_one(self._row)

    @property
    def _is_elsewhere(self) -> bool:
        """Whether SQLAlchemy may have put other columns in their place."""
        columns = self.__dict__.get("_columns")
        return columns is not None and columns is not self._requested_columns

    @property
    def _from_objects(self) -> list[Any]:
        if not self._is_elsewhere or all(
            hash(asked) == hash(column) for asked, column in zip(self._requested_columns, self._columns, strict=True)
        ):
            return self._sources
        return list({id(one): one for column in self._columns for one in column._from_objects}.values())

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> tuple[Any, ...] | None:
        """Equal filters are one statement; one of many values has no key, so that a cache stays small."""
        tree = self.filter.tree
        if len(str(self.filter)) > _LONGEST_CACHED:
            anon_map[NO_CACHE] = True
            return None
        asked = () if self._columns is self._requested_columns else self._requested_columns
        columns = tuple(column._gen_cache_key(anon_map, bindparams) for column in (*self._columns, *asked))
        return Condition, tree, Same(self.filter.schema), names_of_row(self._row), columns

    def self_group(self, against: Any = None) -> "Condition":  # it is in parentheses already
        return self

    def __invert__(self) -> "Condition":
        return Condition(Filter(Not(self.filter.tree), self.filter.schema), self._facts, self._row, self._sources)

    def spell(self, spelling: Spelling) -> tuple[Column, list[Refusal]]:
        """The expression for one dialect, and what that cannot say."""
        if spelling not in self._expressions:
            translation = Translation(spelling, begin_with(self._row))
            expression = translation.condition(build(self.filter.tree, self._facts))
            self._expressions[spelling] = expression, translation.refusals
        expression, refusals = self._expressions[spelling]
        return self._in_their_place(expression), refusals

    def _in_their_place(self, condition: Column) -> Column:
        """With the columns that SQLAlchemy has put in the place of those that were asked for."""
        if not self._is_elsewhere:
            return condition
        both = zip(self._requested_columns, self._columns, strict=True)
        put: dict[Any, Any] = {
            asked: column for asked, column in both if hash(asked) != hash(column)
        }  # annotations do not count
        if not put:
            return condition
        replace: Any = _replacement(put)
        return visitors.replacement_traverse(condition, {}, replace)


def _replacement(put: dict[Any, Any]) -> Callable[..., Any]:
    return lambda one, **_: put.get(one)


class Sorted(sa.ColumnElement[Any]):
    """The value of a property to sort by: of a text one whose order is that of code points."""

    inherit_cache = False

    def __init__(self, path: str, form: forms.Value, row: Row, sources: Sequence[Any]) -> None:
        self.path = path
        self._form = form
        self._row = row
        self._sources = list(sources)

    def _gen_cache_key(self, anon_map: Any, bindparams: Any) -> tuple[Any, ...]:
        columns = tuple(column._gen_cache_key(anon_map, bindparams) for source in self._sources for column in source.c)
        return Sorted, self.path, self._form.kind, names_of_row(self._row), columns

    def spell(self, spelling: Spelling) -> tuple[Column, list[Refusal]]:
        translation = Translation(spelling, begin_with(self._row))
        value = translation.value(self._form)
        return spelling.by_code_points(
            spelling.as_plain_text(value)
        ) if self._form.kind == "String" else value, translation.refusals


@compiles(Sorted)
def _compile_sorted(element: Sorted, compiler: Any, **options: Any) -> str:
    dialect = compiler.dialect
    value, refusals = element.spell(spelling_of(dialect.name, installed=getattr(dialect, INSTALLED, False)))
    raise_refusals(parse(element.path), refusals)
    return str(compiler.process(value, **options))


@compiles(Condition)
def _compile(element: Condition, compiler: Any, **options: Any) -> str:
    dialect = compiler.dialect
    schema = element.filter.schema
    spelling = spelling_of(
        dialect.name,
        installed=getattr(dialect, INSTALLED, False),
        ordered_texts=schema is not None and schema.ordered_texts,
    )
    expression, refusals = element.spell(spelling)
    raise_refusals(element.filter, refusals)
    return f"({compiler.process(expression, **options)})"
