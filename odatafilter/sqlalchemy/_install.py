"""What SQLite and DuckDB lack, put into the connections of an engine."""

import importlib.util
from typing import Any

import sqlalchemy as sa

from odatafilter._engines.functions import put_into_duckdb, put_into_sqlite
from odatafilter._safe_text import show
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.sqlalchemy._condition import INSTALLED


def install(engine: Any) -> None:
    """Gives the connections of an Engine or AsyncEngine, made from now on, what SQLite and DuckDB lack.

    These are Unicode's lower and upper case, and on SQLite exact numbers, floor, ceiling and patterns. Without it,
    filters that need them are an UnsupportedError. PostgreSQL needs nothing. Raises FilterTypeError for what is no
    engine.
    """
    engine = getattr(engine, "sync_engine", engine)
    if not isinstance(engine, sa.Engine):
        raise FilterTypeError(f"{show(engine)} is no engine of SQLAlchemy")
    if getattr(engine.dialect, INSTALLED, False):
        return
    if engine.dialect.name == "duckdb" and importlib.util.find_spec("numpy") is None:
        raise FilterError("DuckDB calls functions of Python with the help of numpy, which is not installed")
    put = {"sqlite": put_into_sqlite, "duckdb": put_into_duckdb}.get(engine.dialect.name)
    if put is not None:
        # Some drivers are wrapped, so that an asynchronous one can be told by SQLAlchemy as another is.
        sa.event.listen(engine, "connect", lambda made, _: put(getattr(made, "driver_connection", made)))
    setattr(engine.dialect, INSTALLED, True)
