"""The types of the public names, wrong uses included: mypy judges `tests/typing/`, of which nothing is run."""

import subprocess
import sys
from pathlib import Path

CHECKED = sorted((Path(__file__).parent / "typing").glob("*.py"))


def mypy(*arguments: Path | str) -> str:
    command = [sys.executable, "-m", "mypy", "--no-error-summary", "--follow-imports=silent", *arguments]
    return subprocess.run(command, check=False, capture_output=True, text=True, cwd=Path(__file__).parent.parent).stdout


def test_mypy_refuses_what_is_marked_as_wrong_and_nothing_else() -> None:
    assert len(CHECKED) > 1
    assert mypy(*CHECKED) == ""


def test_a_mark_on_a_line_that_is_right_would_be_noticed(tmp_path: Path) -> None:
    right = tmp_path / "right.py"
    right.write_text('import odatafilter as of\n\nof.field("a").eq(1)  # type: ignore[arg-type]\n')
    assert 'Unused "type: ignore" comment' in mypy(right)
