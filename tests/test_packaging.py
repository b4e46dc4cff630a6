"""However it is installed, the package finds its grammar; and importing it brings in nothing slow.

Building and installing takes a minute and a package index: `pytest -m packaging`.
"""

import shutil
import subprocess
import sys
import tarfile
import venv
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parent.parent

# What a stranger would do first. It says where it was found, and does without Lark, which is there in case that the
# saved tables are not of the grammar.
FIRST_PARSE = """
import sys
import odatafilter
sys.modules["lark"] = None
print(odatafilter.__file__)
print(odatafilter.parse("name eq 'O''Brien' and id in (1,2)"))
"""


def run(program: str, python: Path = Path(sys.executable)) -> list[str]:
    """The lines that `program` prints, run by itself: away from the checkout, without the variables of Python."""
    return subprocess.run(
        [python, "-I", "-c", program], check=True, capture_output=True, text=True, cwd=Path(sys.prefix)
    ).stdout.splitlines()


def test_importing_brings_in_neither_lark_nor_httpx_nor_what_the_extras_need() -> None:
    (found,) = run("import sys, odatafilter; print(*sorted(sys.modules))")
    loaded = set(found.split())
    assert "odatafilter" in loaded
    dependencies = {"lark", "httpx", "httpx2", "rich", "starlette", "uvicorn", "fastapi", "pydantic", "sqlalchemy"}
    assert loaded.isdisjoint({*dependencies, "django", "ibis", "asyncio", "odatafilter.itwin"})


def test_query_options_bring_in_no_framework_and_no_client() -> None:
    (found,) = run("import sys; from odatafilter import QueryOptions, Keyset; print(*sorted(sys.modules))")
    assert {"fastapi", "pydantic", "starlette", "httpx", "lark", "asyncio"}.isdisjoint(found.split())


def test_the_first_parse_needs_no_lark() -> None:
    assert run(FIRST_PARSE)[1] == "name eq 'O''Brien' and id in (1,2)"


def test_every_public_name_is_found_in_an_interpreter_of_its_own() -> None:
    assert run("from odatafilter import *; import odatafilter; print(set(odatafilter.__all__) <= set(globals()))") == [
        "True"
    ]


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the checkout, as building leaves things behind that the next build would take in."""
    unwanted = shutil.ignore_patterns(".*", "build", "dist", "*.egg-info", "__pycache__")
    return Path(shutil.copytree(CHECKOUT, tmp_path_factory.mktemp("source") / "copy", ignore=unwanted))


@pytest.fixture(scope="module")
def built(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Mapping[str, Path]:
    """What can be installed, by what it is called."""
    place = tmp_path_factory.mktemp("built")
    build = (sys.executable, "-m", "build")
    # Without a kind, `build` makes the sdist, and the wheel from the sdist.
    subprocess.run([*build, "--outdir", place / "sdist", source], check=True, stdout=subprocess.DEVNULL)
    subprocess.run([*build, "--wheel", "--outdir", place / "direct", source], check=True, stdout=subprocess.DEVNULL)
    (direct,) = (place / "direct").glob("*.whl")
    (indirect,) = (place / "sdist").glob("*.whl")
    return {"a wheel": direct, "a wheel from the sdist": indirect, "an editable install": source}


@pytest.mark.packaging
def test_each_wheel_holds_the_package_and_its_grammar_and_nothing_else(built: Mapping[str, Path], source: Path) -> None:
    modules = {str(path.relative_to(source)) for path in (source / "odatafilter").rglob("*.py")}
    grammar = {f"odatafilter/{path.relative_to(source)}" for path in (source / "grammar").glob("*.*")}
    expected = modules | grammar | {"odatafilter/py.typed"}
    assert "odatafilter/grammar/tables.json" in expected
    for kind in ("a wheel", "a wheel from the sdist"):
        assert {name for name in files_of(built[kind]) if ".dist-info/" not in name} == expected


def files_of(wheel: Path) -> frozenset[str]:
    with zipfile.ZipFile(wheel) as archive:
        return frozenset(archive.namelist())


def installed(kind: str, built: Mapping[str, Path], place: Path) -> Path:
    """The interpreter of a new environment in `place` with the package installed in that way."""
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--python", python, "install", "--quiet")
    subprocess.run([*pip, *(["--editable"] if kind == "an editable install" else []), built[kind]], check=True)
    return python


@pytest.mark.packaging
@pytest.mark.parametrize("kind", ["a wheel", "a wheel from the sdist", "an editable install"])
def test_it_parses_when_installed_as(kind: str, built: Mapping[str, Path], tmp_path: Path) -> None:
    place, printed = run(FIRST_PARSE, installed(kind, built, tmp_path))
    assert printed == "name eq 'O''Brien' and id in (1,2)"
    assert Path(place).is_relative_to(built[kind] if kind == "an editable install" else tmp_path)


# A right use of the package and a wrong one, which a type checker that does not find the package would not notice.
TYPED_USE = """
import odatafilter as of

text: str = of.parse("a eq 1")
print(str(of.parse("a eq 1")))
"""


@pytest.mark.packaging
@pytest.mark.parametrize("kind", ["a wheel", "an editable install"])
def test_mypy_sees_the_types_from_another_folder(kind: str, built: Mapping[str, Path], tmp_path: Path) -> None:
    python = installed(kind, built, tmp_path / "environment")
    (tmp_path / "use.py").write_text(TYPED_USE)
    mypy = (sys.executable, "-m", "mypy", "--strict", "--python-executable", python, "use.py")
    shown = subprocess.run(mypy, check=False, capture_output=True, text=True, cwd=tmp_path).stdout
    assert "use.py:4: error" in shown
    assert 'variable has type "str"' in shown
    assert "Found 1 error in 1 file" in shown


@pytest.mark.packaging
def test_the_sdist_holds_what_its_tests_need(built: Mapping[str, Path], source: Path, tmp_path: Path) -> None:
    (sdist,) = built["a wheel from the sdist"].parent.glob("*.tar.gz")
    with tarfile.open(sdist) as archive:
        archive.extractall(tmp_path, filter="data")
    (checkout,) = tmp_path.iterdir()
    kept = {str(path.relative_to(checkout)) for path in checkout.rglob("*") if path.is_file()}
    tests = {str(path.relative_to(source)) for path in (source / "tests").rglob("*") if path.is_file()}
    assert tests <= kept
    assert {"README.md", "CHANGELOG.md", "CONTRIBUTING.md", "LICENSE", "constraints.txt"} <= kept
    subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "tests/test_readme.py", "-k", "command"], check=True, cwd=checkout
    )
