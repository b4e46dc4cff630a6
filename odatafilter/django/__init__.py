"""Filters where the data is: conditions for Django's querysets, with the rows of `matches` on SQLite and PostgreSQL.

    from odatafilter.django import order_by, where

    Job.objects.filter(where(f, Job)).order_by(*order_by(options.order, Job))

A condition is spelt, and refused where the database cannot say it exactly, when the query is compiled: before anything
is sent. Literals are parameters always.
"""

from odatafilter._extras import name_missing_extra

with name_missing_extra("django"):
    from odatafilter.django._order import order_by
    from odatafilter.django._where import split, where

__all__ = ["order_by", "split", "where"]
