"""What databases are like, whatever library sends them their SQL."""

from typing import Final

INT64: Final = range(-(2**63), 2**63)
"""The whole numbers that every database has."""
MOST_DIGITS: Final = 38
"""Digits of the longest decimal number of DuckDB and Spark."""
CLOCK_PARTS: Final = {"year": "Y", "month": "m", "day": "d", "hour": "H", "minute": "M", "second": "S"}
"""The functions that give a part of a date or a time, each with the code of that part in SQLite's `strftime`."""
KINDS_IN_JSON: Final = frozenset({"String", "Boolean", "Int32", "Int64", "Double"})
"""The kinds of which a value in a column of JSON is one of JSON's own types, whole numbers and doubles apart."""
