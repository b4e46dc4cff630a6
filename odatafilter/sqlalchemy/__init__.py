"""Filters where the data is: SQLAlchemy conditions with the rows of `matches` on SQLite, PostgreSQL and DuckDB.

    from odatafilter.sqlalchemy import where

    session.scalars(sa.select(Job).where(where(f, Job)))

A condition is spelt, and refused where an engine cannot say it exactly, when the statement is compiled: before
anything is sent. Literals are bound parameters always.
"""

from odatafilter._extras import name_missing_extra

with name_missing_extra("sqlalchemy"):
    from odatafilter.sqlalchemy._install import install
    from odatafilter.sqlalchemy._schema import schema_from_model
    from odatafilter.sqlalchemy._where import order_by, split, where

__all__ = ["install", "order_by", "schema_from_model", "split", "where"]
