"""Hypothesis profiles, how many workers `-n auto` means, and what makes the tests as a whole faster.

The profile is modest by default; `HYPOTHESIS_PROFILE=large pytest` takes the large one.
"""

import gc
import os
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, settings

if TYPE_CHECKING:
    import httpx

settings.register_profile("modest", max_examples=100, deadline=None)
settings.register_profile("large", max_examples=100_000, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "modest"))

# Tests start some two hundred interpreters. Where the environment forbids Python to keep bytecode, each of them would
# compile the package anew, and each worker all tests.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False
# With it, the commands that tests start would write at once what a user sees late.
os.environ.pop("PYTHONUNBUFFERED", None)

gc.disable()  # until all tests are collected: they stay


# These modules have tests of several seconds: the last workers at work would wait for them.
LONG = frozenset(
    {"test_laws.py", "test_slow_patterns.py", "test_source.py", "test_typing.py", "test_validate_quick.py"}
)


@pytest.fixture
def client() -> Iterator["httpx.Client"]:
    """A client that takes the certificate of the servers of `paging_ground`."""
    import httpx  # noqa: PLC0415 - most workers need it late, or never
    from paging_ground import TLS  # noqa: PLC0415

    with httpx.Client(verify=TLS, trust_env=False) as given:
        yield given


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int | None:
    """Two workers more than there are cores, since many tests wait: for a server, for a deadline, for a process."""
    if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ:
        return None  # pytest-xdist reads it itself
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return cores + 2


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Idle workers take the tests of others: else the last files, whose tests wait, would keep one at work alone."""
    from xdist.scheduler import WorkStealingScheduling  # type: ignore[import-untyped]  # noqa: PLC0415 - if there

    return WorkStealingScheduling(config, log) if config.getoption("dist") == "load" else None


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begins with the tests that take long."""
    items.sort(key=lambda item: item.path.name not in LONG)


def pytest_collection_finish() -> None:
    """Leaves the thousands of tests themselves out of all collections of garbage to come, which would look at them."""
    gc.enable()
    gc.collect()
    gc.freeze()
