"""`where`, `order_by` and `split`: what a filter, or an order, becomes in a statement."""

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from odatafilter._engines.runnable import check_judged, raise_refusals, split_filter
from odatafilter._plan import forms
from odatafilter._plan.build import build
from odatafilter._plan.refuse import Refusal
from odatafilter.filter import Filter, parse
from odatafilter.order import OrderBy
from odatafilter.sqlalchemy._columns import Row, facts_of_columns, facts_of_path, root_row
from odatafilter.sqlalchemy._condition import Condition, Sorted, spelling_of


def where(
    f: Filter, target: Any, *, columns: Mapping[str, Any] | None = None, dialect: str | None = None
) -> sa.ColumnElement[bool]:
    """A condition for `select(…).where(…)`: TRUE for exactly the rows for which the filter is true.

    Raises UnsupportedError for what the engine cannot say, FilterError for a filter that nobody has judged.

    Args:
        f: a filter with a schema, or with `columns`.
        target: a mapped class, an alias of one, or a table.
        columns: the allow-list: columns, or attributes, by the paths of properties.
        dialect: "sqlite", "postgresql" or "duckdb": what it cannot say is refused at once, else when a statement is
            compiled.
    """
    condition = _make_condition(f, target, columns)
    if dialect is not None:
        raise_refusals(f, _refusals(condition, dialect))
    return condition


def split(
    f: Filter, target: Any, *, dialect: str, columns: Mapping[str, Any] | None = None
) -> tuple[Filter | None, Filter | None]:
    """The operands of a top-level `and` that `where` takes for this dialect, and the rest for `matches`.

    Their `and` is the whole filter; either is None where it has no operands. Below an `or` nothing is split.

    Args:
        f: as in `where`.
        target: as in `where`.
        dialect: "sqlite", "postgresql" or "duckdb".
        columns: as in `where`.
    """
    return split_filter(f, lambda part: _refusals(_make_condition(part, target, columns), dialect))


def _make_condition(f: Filter, target: Any, columns: Mapping[str, Any] | None) -> Condition:
    listed = None if columns is None else facts_of_columns(columns)
    facts = check_judged(f, listed)
    row = root_row(target, columns)
    return Condition(f, facts, row, [_source(target)])


def _source(target: Any) -> Any:
    return target if isinstance(target, sa.FromClause) else sa.inspect(target).selectable


def _refusals(condition: Condition, dialect: str) -> list[Refusal]:
    # By name nothing is known of an engine: `install` may have been called for it.
    return condition.spell(spelling_of(dialect, installed=True))[1]


def order_by(
    orders: Iterable[OrderBy], target: Any, *, columns: Mapping[str, Any] | None = None
) -> list[sa.ColumnElement[Any]]:
    """The clauses for `select(…).order_by(*…)`: null is the least of all, texts go by code points (Protocol §11.2.6.2).

    Raises FilterError for a path that is no column of `target`, or of `columns`.

    Args:
        orders: those of QueryOptions: `options.order`, `options.orderby`.
        target: as in `where`.
        columns: as in `where`.
    """
    row = root_row(target, columns)
    return [_clause(order, row, target) for order in orders]


def _clause(order: OrderBy, row: Row, target: Any) -> sa.ColumnElement[Any]:
    facts = facts_of_path(row, order.path)
    (form,) = forms.below(build(parse(order.path).tree, facts).condition)
    value = Sorted(order.path, form, row, [_source(target)])
    directed = value.desc() if order.descending else value.asc()
    if not form.nullable:
        return directed
    return directed.nulls_last() if order.descending else directed.nulls_first()
