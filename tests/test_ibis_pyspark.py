"""Filters on tables of Ibis: the rows are those of `matches`, on PySpark.

It needs PySpark 4 and Java 17, and takes minutes: `pip install pyspark && pytest -n 0 -m slow`.
"""

import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from engine_cases import SCHEMA, Luck
from engine_triples import tally_of
from hypothesis import settings

import odatafilter as of

pytest.importorskip("ibis")
pa = pytest.importorskip("pyarrow")

from test_ibis import ITEM, Tables, storing  # noqa: E402 - needs what may be missing

from odatafilter.ibis import filter_table, split  # noqa: E402

# PySpark warns of a pandas that is newer than it knows.
pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

CASES = 8 if settings.get_current_profile_name() != "large" else 40
ROWS = pa.schema(  # Ibis has no times of day and no durations on PySpark
    [field for field in ITEM if not (pa.types.is_time(field.type) or pa.types.is_duration(field.type))]
)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    sql = pytest.importorskip("pyspark.sql")
    os.environ["SPARK_LOCAL_IP"] = "127.0.0.1"
    options = {
        "spark.ui.enabled": "false",
        "spark.ui.showConsoleProgress": "false",
        "spark.log.level": "OFF",
        "spark.driver.host": "127.0.0.1",
        "spark.driver.bindAddress": "127.0.0.1",
        "spark.sql.shuffle.partitions": "1",
        "spark.sql.session.timeZone": "UTC",
    }
    builder = sql.SparkSession.builder.master("local[1]")
    for name, value in options.items():
        builder = builder.config(name, value)
    made = builder.getOrCreate()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def maker(session: Any) -> Callable[[str, Any], Any]:
    """What makes tables. Ibis itself makes none that have decimals and nulls."""
    ibis = pytest.importorskip("ibis")
    connection = ibis.pyspark.connect(session)

    def make(name: str, rows: Any) -> Any:
        session.createDataFrame(rows).createOrReplaceTempView(name)
        return connection.table(name)

    return make


def test_rows_are_those_of_matches(maker: Callable[[str, Any], Any]) -> None:
    tally = tally_of(range(CASES), SCHEMA, storing(maker, ROWS))
    print(tally, tally.refused)  # noqa: T201 - seen with -s
    assert tally.wrong == []
    assert tally.share_refused < 0.2, tally.refused


@pytest.mark.parametrize(
    "text",
    [
        *("owner eq null", "owner/boss/city eq null", "not (owner/size gt 0)", "lines/any(l:l/qty gt qty)"),
        *("tags/any(t:t eq 'a' and name ne t)", "tags/$count gt 1", "tags/all(t:t ne 'a')", "year(at) eq 2024"),
        *("big mul big gt 9223372036854775807", "big add big lt 0", "-big gt 9223372036854775807", "num eq null"),
        *("num ne NaN", "num ne null", "-num le null", "big eq 9007199254740992.5", "num le (big add 1)", "big gt num"),
        *("round(num) eq 3", "floor(num) lt 0", "ceiling(num) gt 1", "floor(num) eq num", "round(price) eq -3"),
        *("floor(price) eq -1", "ceiling(price) eq 2", "substring(name,qty) eq 'bc'", "substring(name,1,2) eq 'bc'"),
        *("tolower(name) eq 'ας'", "toupper(name) eq 'SS'", "trim(name) eq 'x'", "length(name) eq 1", "gid ne null"),
        *("contains(name,'%')", "startswith(name,'a_')", "endswith(note,'\\')", "indexof(name,'b') eq 1"),
        *("at lt 2024-06-24T13:00:00.0000001Z", "hour(at) eq 13", "date(at) eq 2024-06-24", "at gt mindatetime()"),
        *("day eq 0001-01-01", "second(at) eq 59", "sure div 2 eq -3", "sure mod 3 eq -1", "(price mul 2) eq 0.2"),
    ],
)
def test_one_filter_at_a_time(maker: Callable[[str, Any], Any], text: str) -> None:
    stored = Tables(maker, Luck(5), ROWS)
    f = of.parse(text, schema=SCHEMA)
    assert stored.keys(f) == stored.matching(f)


def test_thousands_of_values_and_hundreds_of_operands_run(maker: Callable[[str, Any], Any]) -> None:
    stored = Tables(maker, Luck(2), ROWS)
    many = of.parse(f"qty in ({','.join(map(str, range(10_000)))})", schema=SCHEMA)
    assert stored.keys(many) == stored.matching(many)
    long = of.any_of(of.parse(f"qty eq {number}", schema=SCHEMA) for number in range(500))
    assert stored.keys(long) == stored.matching(long)


def test_what_cannot_be_said_is_refused_at_once(maker: Callable[[str, Any], Any]) -> None:
    stored = Tables(maker, Luck(5), ROWS)
    for text in ("time(at) ge 13:00:00", "matchesPattern(name,'^a')"):
        f = of.parse(f"qty gt 3 and {text}", schema=SCHEMA)
        with pytest.raises(of.UnsupportedError) as caught:
            filter_table(f, stored.table)
        (problem,) = caught.value.problems
        assert str(f)[slice(*problem.span)] in text
        assert str(split(f, stored.table)[0]) == "qty gt 3"


def test_a_session_in_another_zone_is_refused_what_needs_the_clock(
    session: Any, maker: Callable[[str, Any], Any]
) -> None:
    stored = Tables(maker, Luck(3), ROWS)
    session.conf.set("spark.sql.session.timeZone", "Asia/Tokyo")
    try:
        with pytest.raises(of.UnsupportedError, match="UTC"):
            stored.keys(of.parse("hour(at) eq 13", schema=SCHEMA))
        f = of.parse("day eq 2024-06-24", schema=SCHEMA)
        assert stored.keys(f) == stored.matching(f)
    finally:
        session.conf.set("spark.sql.session.timeZone", "UTC")
