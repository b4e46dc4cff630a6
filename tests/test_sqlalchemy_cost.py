"""Translating and compiling a filter costs little more than the same condition written by hand in SQLAlchemy.

Calls of functions are counted, which are the same on a machine of any load: `benchmarks/bench_sqlalchemy.py` measures time.
"""

import statistics
import sys
from collections.abc import Callable
from typing import Any

import pytest
from documents import CHECKOUT

import odatafilter as of

pytestmark = pytest.mark.engines


@pytest.fixture
def bench(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(CHECKOUT / "benchmarks"))
    return pytest.importorskip("bench_sqlalchemy")


def count_calls(run: Callable[[], object]) -> int:
    """How many functions are called, those in C included."""
    calls = 0

    def count(_: Any, event: str, __: Any) -> None:
        nonlocal calls
        calls += event in {"call", "c_call"}

    run()  # what is done once is done before
    before = sys.getprofile()
    sys.setprofile(count)
    try:
        run()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_a_condition_takes_at_most_half_as_many_calls_again_as_one_by_hand(bench: Any, dialect: str) -> None:
    def calls_beside_by_hand(case: Any) -> float:
        f = of.parse(case.text, schema=bench.SCHEMA)
        target, columns, made_with = bench.WAYS["select(Job)"]
        compiled = bench.DIALECTS[dialect]
        by_hand = count_calls(lambda: made_with(case.by_hand(columns, dialect)).compile(dialect=compiled))
        ours = count_calls(lambda: made_with(bench.where(f, target)).compile(dialect=compiled))
        return ours / by_hand

    assert statistics.geometric_mean([calls_beside_by_hand(case) for case in bench.CASES]) <= 1.5
    assert max(calls_beside_by_hand(case) for case in bench.LONG) <= 4


def test_the_conditions_by_hand_find_the_same_rows(bench: Any) -> None:
    bench.check((*bench.CASES, *bench.LONG))
