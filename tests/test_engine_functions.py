"""The functions of Python that connections of SQLite are given: exact, null of null, and fit for an index."""

import math
import sqlite3
from collections.abc import Iterator

import pytest

from odatafilter._engines.python_functions import put_into_sqlite

ANSWERS: dict[str, object] = {
    "odata_tolower('ΑΣ')": "ας",
    "odata_toupper('ß')": "SS",
    "odata_casefold('ß')": "ss",
    "odata_floor(-1.5)": -2.0,
    "odata_floor(9e999)": math.inf,
    "odata_ceiling(1.2)": 2.0,
    "odata_ceiling(-9e999)": -math.inf,
    "odata_order(0.1, '0.1')": 0,
    "odata_order('0.12345678901234567', '0.12345678901234568')": -1,
    "odata_order('1e30', 1)": 1,
    "odata_add(0.1, 0.2)": "0.3",
    "odata_sub('0.3', 0.1)": "0.2",
    "odata_mul('9999999999999999999999999999.1', '1.1')": "10999999999999999999999999999.01",
    "odata_div('7', '-2')": "-3",
    "odata_mod('-7', 2)": "-1",
    "odata_negate('1.5')": "-1.5",
    "odata_negate(1e22)": "-10000000000000000000000",
    "odata_double('0.1')": 0.1,
    "odata_matchespattern('abc', '^a.c$')": 1,
    "odata_matchespattern('abc', '^b')": 0,
}


@pytest.fixture
def connection() -> Iterator[sqlite3.Connection]:
    made = sqlite3.connect(":memory:")
    put_into_sqlite(made)
    yield made
    made.close()


@pytest.mark.parametrize(("call", "answer"), ANSWERS.items())
def test_a_function_gives_what_odata_says(connection: sqlite3.Connection, call: str, answer: object) -> None:
    (found,) = connection.execute(f"SELECT {call}").fetchone()
    assert (found, type(found)) == (answer, type(answer))


@pytest.mark.parametrize("call", ANSWERS)
def test_null_gives_null_and_an_index_may_have_it(connection: sqlite3.Connection, call: str) -> None:
    name, _, several = call.partition("(")
    for place in range(1 + several.count(", ")):
        operands = [*several.strip(")").split(", ")]
        operands[place] = "x"
        connection.execute("CREATE TABLE t (x)")
        connection.execute(f"CREATE INDEX i ON t ({name}({', '.join(operands)}))")
        connection.execute("INSERT INTO t VALUES (NULL)")
        assert connection.execute(f"SELECT {name}({', '.join(operands)}) FROM t").fetchone() == (None,)
        connection.execute("DROP TABLE t")
