"""`Relation`: what other table a property leads to."""

from collections.abc import Mapping

import ibis.expr.types as ir

from odatafilter._arguments import check_type
from odatafilter._safe_text import show
from odatafilter.errors import FilterError, FilterTypeError


class Relation:
    """The table that a property leads to.

    Raises FilterError for a column that there is not.

    Args:
        table: the other table.
        here: a column of the table that the property belongs to.
        there: the column of the other table that has its value.
        many: whether a row has several there, as a collection has; else it has one at the most.
        relations: those of the other table, by the names of its properties.
    """

    def __init__(
        self,
        table: ir.Table,
        *,
        here: str,
        there: str,
        many: bool = False,
        relations: "Mapping[str, Relation] | None" = None,
    ) -> None:
        check_table(table)
        check_type("many", many, bool, "True or False")
        check_column("there", there, table)
        self.table = table
        self.here = here
        self.there = there
        self.many = many
        self.relations = dict(relations or {})

    def __repr__(self) -> str:
        return f"Relation(here={self.here!r}, there={self.there!r}, many={self.many!r})"


def check_table(table: object) -> None:
    """Raises FilterTypeError for what is no table of Ibis."""
    if not isinstance(table, ir.Table):
        raise FilterTypeError(f"{show(table)} is no table of Ibis")


def check_column(name: str, column: object, table: ir.Table) -> None:
    """Raises FilterError for what is no column of the table."""
    if column not in table.columns:
        raise FilterError(f"{name}={show(column)} is no column of the table, which has {', '.join(table.columns)}")
