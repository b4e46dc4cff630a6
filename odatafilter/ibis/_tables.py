"""`filter_table` and `split`: a table of Ibis with the rows for which a filter is true."""

from collections.abc import Mapping
from typing import Final

import ibis.expr.types as ir

from odatafilter._engines.runnable import check_judged, raise_refusals, split_filter
from odatafilter._engines.translate import Translation
from odatafilter._plan.build import build
from odatafilter._plan.refuse import Refusal
from odatafilter.errors import FilterError
from odatafilter.filter import Filter
from odatafilter.ibis._duckdb import DuckDB
from odatafilter.ibis._pyspark import PySpark
from odatafilter.ibis._relation import Relation, check_column, check_table
from odatafilter.ibis._spelling import Spelling

SPELLINGS: Final[dict[str, type[Spelling]]] = {"duckdb": DuckDB, "pyspark": PySpark}
"""By Ibis's name of the backend."""


def filter_table(f: Filter, table: ir.Table, *, relations: Mapping[str, Relation] | None = None) -> ir.Table:
    """`table` with exactly the rows for which the filter is true, and its own columns.

    Raises UnsupportedError for what the engine of the table cannot say, FilterError for a filter that no schema has
    judged.

    Args:
        f: a filter with a schema, whose properties are columns of the table.
        table: a table of Ibis.
        relations: by the names of properties, what other tables these lead to.
    """
    filtered, refusals = _spell(f, table, relations)
    raise_refusals(f, refusals)
    return filtered


def split(
    f: Filter, table: ir.Table, *, relations: Mapping[str, Relation] | None = None
) -> tuple[Filter | None, Filter | None]:
    """The operands of a top-level `and` that `filter_table` takes, and the rest for `matches`.

    Their `and` is the whole filter; either is None where it has no operands. Below an `or` nothing is split.

    Args:
        f: as in `filter_table`.
        table: as in `filter_table`.
        relations: as in `filter_table`.
    """
    return split_filter(f, lambda part: _spell(part, table, relations)[1])


def _spell(f: Filter, table: ir.Table, relations: Mapping[str, Relation] | None) -> tuple[ir.Table, list[Refusal]]:
    check_table(table)
    for relation in (relations or {}).values():
        check_column("here", relation.here, table)
    plan = build(f.tree, check_judged(f, None))
    name = table.get_backend().name
    if name not in SPELLINGS:
        raise FilterError(f"filters run through Ibis on {', '.join(sorted(SPELLINGS))}, not on {name}")
    spelling = SPELLINGS[name](plan)
    item = spelling.row_of(table, relations or {})
    translation = Translation(spelling, item)
    condition = translation.condition(plan)
    if translation.refusals:
        return table, translation.refusals
    return item.table.filter(condition).select(*table.columns), []
