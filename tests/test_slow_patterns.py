"""No regular expression of the package takes more than linear time: the quick part of `slow_patterns.py`."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.skipif(os.name != "posix", reason="matches are broken off by a timer of CPU time")
def test_no_pattern_takes_more_than_linear_time() -> None:
    script = Path(__file__).with_name("slow_patterns.py")
    done = subprocess.run([sys.executable, str(script), "--quick"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
