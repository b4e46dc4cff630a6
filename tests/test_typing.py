"""The types of the public names, wrong uses included: mypy and pyright judge `tests/typing/`, of which nothing is run."""

import subprocess
import sys
from pathlib import Path

CHECKOUT = Path(__file__).parent.parent
CHECKED = sorted((Path(__file__).parent / "typing").glob("*.py"))
WRONG_KEYWORD = "import odatafilter as of\n\n\nclass A(of.Schema, max_inn=3): ...\n"
NEEDLESS_MARK = 'import odatafilter as of\n\nof.field("a").eq(1)  # type: ignore[arg-type]\n'


def printed(*command: Path | str) -> str:
    done = subprocess.run([sys.executable, "-m", *command], check=False, capture_output=True, text=True, cwd=CHECKOUT)
    return done.stdout + done.stderr


def mypy(*arguments: Path | str) -> str:
    return printed("mypy", "--no-error-summary", "--follow-imports=silent", *arguments)


def pyright(project: Path) -> str:
    """What pyright says of a project: its folder, with a pyproject.toml or all of the defaults."""
    return printed("pyright", "--pythonpath", sys.executable, "--project", project)


def test_mypy_refuses_what_is_marked_as_wrong_and_nothing_else() -> None:
    assert len(CHECKED) > 1
    assert mypy(*CHECKED) == ""


def test_pyright_in_strict_mode_refuses_the_same() -> None:
    assert "\n0 errors, 0 warnings" in "\n" + pyright(CHECKOUT)


def test_a_mark_on_a_line_that_is_right_would_be_noticed(tmp_path: Path) -> None:
    right = tmp_path / "right.py"
    right.write_text(NEEDLESS_MARK)
    assert 'Unused "type: ignore" comment' in mypy(right)
    settings = (CHECKOUT / "pyproject.toml").read_text("utf-8").replace("tests/typing", ".")
    (tmp_path / "pyproject.toml").write_text(settings)
    (tmp_path / "keyword.py").write_text(WRONG_KEYWORD)
    told = pyright(tmp_path)
    assert 'Unnecessary "# type: ignore" comment' in told
    assert 'No parameter named "max_inn"' in told
