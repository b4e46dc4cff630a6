"""Filters where the data is: tables of Ibis, with the rows of `matches` on DuckDB and PySpark.

    from odatafilter.ibis import Relation, filter_table

    owners = Relation(connection.table("owners"), here="owner_id", there="id", many=False)
    filter_table(f, connection.table("jobs"), relations={"owner": owners})

What the engine cannot say exactly is refused at once, before any query runs.
"""

from odatafilter._extras import name_missing_extra

with name_missing_extra("ibis"):
    from odatafilter.ibis._relation import Relation
    from odatafilter.ibis._tables import filter_table, split

__all__ = ["Relation", "filter_table", "split"]
