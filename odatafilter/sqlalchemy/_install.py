"""What SQLite and DuckDB lack, put into the connections of an engine."""

import importlib.util
import re
from collections.abc import Callable
from typing import Any, Final

import sqlalchemy as sa

from odatafilter._engines.python_functions import put_into_duckdb, put_into_sqlite
from odatafilter._safe_text import show
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.sqlalchemy._condition import INSTALLED

_OWN_FUNCTION: Final = re.compile(r"\bodata_[a-z]+")


def install(engine: Any) -> None:
    """Gives the connections of an Engine or AsyncEngine what SQLite and DuckDB lack, each when it is next asked for.

    These are Unicode's lower and upper case, and on SQLite exact numbers, floor, ceiling and patterns. Without it,
    filters that need them are an UnsupportedError. PostgreSQL needs nothing. A connection that is in use already gets
    them once it has been given back; until then such a filter raises FilterError on it. Raises FilterTypeError for what
    is no engine.

    Args:
        engine: an Engine or AsyncEngine, best before its first connection.
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
        _listen_for_connections(engine, put)
    setattr(engine.dialect, INSTALLED, True)


def _listen_for_connections(engine: sa.Engine, put: Callable[[Any], None]) -> None:
    def put_once(connection: Any, record: Any, _: object) -> None:
        # Of a driver that is asynchronous, `connection` is the one of SQLAlchemy that waits for it.
        if INSTALLED not in record.info:
            put(connection)
            record.info[INSTALLED] = True

    def name_cause(context: Any) -> FilterError | None:
        said = str(context.original_exception)
        if _OWN_FUNCTION.search(said) is None or not ("no such function" in said or "does not exist" in said):
            return None
        return FilterError(
            "this connection has been in use since before install(engine) was called: close its session or connection"
            " first, or call install first"
        )

    sa.event.listen(engine, "checkout", put_once)  # whenever one is asked for, those that are in the pool already, too
    sa.event.listen(engine, "handle_error", name_cause)
