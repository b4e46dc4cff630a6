"""The fault list of paging is complete: each of its cases, 1 to 58, has a test with each of the three drivers."""

import json
import re
import subprocess
import sys
import textwrap
from pathlib import Path

from paging_ground import DRIVERS

# What pytest itself would run: names, and the parameter by which a test gets its driver. That a ground was walked on
# with its driver is what the ground sees to.
COLLECT = textwrap.dedent("""
    import json, sys, pytest

    class Collected:
        def pytest_collection_finish(self, session):
            params = [(item.originalname, item.callspec.params) for item in session.items if hasattr(item, "callspec")]
            names = ("ground", "encrypted", "driver")
            self.found = [(test, given[name]) for test, given in params for name in names if name in given]

    collected = Collected()
    code = pytest.main(["--collect-only", "-qq", "-n0", "-pno:cacheprovider", *sys.argv[1:]], plugins=[collected])
    print()
    print(json.dumps(collected.found))
    sys.exit(code)
""")


def _numbers(test: str) -> range | tuple[int, ...]:
    """The cases that a test is named after: `test_07_…`, `test_12_and_13_…`, `test_33_to_35_…`."""
    found = re.match(r"test_(\d\d)(?:_(to|and)_(\d\d))?_", test)
    if found is None:
        return ()
    first, last = int(found[1]), int(found[3] or found[1])
    return range(first, last + 1) if found[2] == "to" else (first, last)


def test_each_fault_of_the_list_has_a_test_with_each_driver() -> None:
    every = sorted(Path(__file__).parent.glob("test_paging*.py"))
    files = [str(each) for each in every if re.search(r"def test_\d\d_", each.read_text())]
    done = subprocess.run([sys.executable, "-c", COLLECT, *files], capture_output=True, text=True, check=True)
    found = json.loads(done.stdout.splitlines()[-1])
    tested = {(number, driver) for test, driver in found for number in _numbers(test)}
    assert tested == {(number, driver) for number in range(1, 59) for driver in DRIVERS}
