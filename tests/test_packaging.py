"""However it is installed, the package finds its grammar; and importing it brings in nothing slow.

Building and installing takes a minute and a package index: `pytest -m packaging`.
"""

import shutil
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from collections.abc import Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
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


# What begins to use an extra, and the package that is looked for first.
EXTRAS = {
    "import odatafilter.sqlalchemy": ("sqlalchemy", "sqlalchemy"),
    "import odatafilter.django": ("django", "django"),
    "import odatafilter.ibis": ("ibis", "ibis"),
    "import odatafilter.fastapi": ("fastapi", "fastapi"),
    "import odatafilter.pydantic": ("pydantic", "pydantic"),
    "import odatafilter.emulator.demo": ("cli", "rich"),
    "import odatafilter.paging.progress": ("cli", "rich"),
    "from odatafilter.emulator import running; running(jobs=1).__enter__()": ("emulator", "uvicorn"),
}


def begin(statement: str) -> str:
    """A program that prints the error with which `statement` ends where its extra is missing."""
    return f"""
from odatafilter.errors import MissingExtraError
try:
    {statement}
except MissingExtraError as error:
    print(error)
"""


def message_without_extra(statement: str) -> str:
    extra, package = EXTRAS[statement]
    return f"{package} is missing: install 'odatafilter[{extra}]'"


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


@pytest.mark.parametrize("statement", EXTRAS)
def test_what_needs_an_extra_that_is_missing_says_which_to_install(statement: str) -> None:
    _, package = EXTRAS[statement]
    assert run(f"import sys; sys.modules['{package}'] = None" + begin(statement)) == [message_without_extra(statement)]


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
    return install_into(place, *(["--editable"] if kind == "an editable install" else []), built[kind])


def install_into(place: Path, *asked: str | Path) -> Path:
    """The interpreter of a new environment in `place` in which pip has installed what is asked for."""
    venv.create(place, with_pip=False)
    python = place / "bin" / "python"
    subprocess.run([sys.executable, "-m", "pip", "--python", python, "install", "--quiet", *asked], check=True)
    return python


@pytest.mark.packaging
@pytest.mark.parametrize("kind", ["a wheel", "a wheel from the sdist", "an editable install"])
def test_it_parses_when_installed_as(kind: str, built: Mapping[str, Path], tmp_path: Path) -> None:
    place, printed = run(FIRST_PARSE, installed(kind, built, tmp_path))
    assert printed == "name eq 'O''Brien' and id in (1,2)"
    assert Path(place).is_relative_to(built[kind] if kind == "an editable install" else tmp_path)


# --- each extra by itself -------------------------------------------------------------------------------------------

# What each extra is for, done once. Each prints what it finds.
USES = {
    "": "".join(map(begin, EXTRAS)),
    "sqlalchemy": """
import sqlalchemy as sa
import odatafilter as of
from odatafilter.sqlalchemy import install, order_by, where

engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool)
install(engine)
jobs = sa.Table("jobs", sa.MetaData(), sa.Column("name", sa.String), sa.Column("size", sa.Integer))
with engine.begin() as connection:
    jobs.create(connection)
    connection.execute(jobs.insert(), [{"name": "\u03a3", "size": 1}, {"name": None, "size": 2}, {"name": "b", "size": 3}])
    f = of.parse("tolower(name) eq '\u03c3' or name eq null")
    print(*connection.scalars(sa.select(jobs.c.size).where(where(f, jobs, columns=dict(jobs.c)))))
""",
    "django": """
import django
from django.conf import settings
settings.configure(DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}})
django.setup()
from django.db import connection, models
import odatafilter as of
from odatafilter.django import where

class Job(models.Model):
    name = models.TextField(null=True)
    size = models.IntegerField()

    class Meta:
        app_label = "jobs"

class JobSchema(of.Schema):
    name = of.String()
    size = of.Int32()

with connection.schema_editor() as editor:
    editor.create_model(Job)
for name, size in (("\u03a3", 1), (None, 2), ("b", 3)):
    Job.objects.create(name=name, size=size)
f = of.parse("tolower(name) eq '\u03c3' or name eq null", schema=JobSchema)
print(*Job.objects.filter(where(f, Job)).order_by("size").values_list("size", flat=True))
""",
    "ibis": """
import ibis
import pyarrow
import odatafilter as of
from odatafilter.ibis import filter_table

class Job(of.Schema):
    name = of.String()
    size = of.Int32()

rows = [{"name": "\u03a3", "size": 1}, {"name": None, "size": 2}, {"name": "b", "size": 3}]
jobs = ibis.duckdb.connect().create_table("jobs", pyarrow.Table.from_pylist(rows))
f = of.parse("tolower(name) eq '\u03c3' or name eq null", schema=Job)
print(*sorted(filter_table(f, jobs)["size"].to_pyarrow().to_pylist()))
""",
    "fastapi": """
import asyncio
from typing import Annotated
import httpx
from fastapi import Depends, FastAPI
import odatafilter as of
from odatafilter.fastapi import add_error_handler, query_options

class Job(of.Schema):
    name = of.String()
    size = of.Int32()

app = FastAPI()
add_error_handler(app)

@app.get("/jobs")
def jobs(options: Annotated[of.QueryOptions, Depends(query_options(Job))]) -> list[int]:
    rows = [{"name": "\u03a3", "size": 1}, {"name": None, "size": 2}, {"name": "b", "size": 3}]
    return [row["size"] for row in options.filter.matching(rows)]

async def ask() -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test") as client:
        found = await client.get("/jobs", params={"$filter": "tolower(name) eq '\u03c3' or name eq null"})
        refused = await client.get("/jobs", params={"$filter": "nmae eq 'a'"})
        assert refused.json()["details"][0]["suggestion"] == "name", refused.text
        print(*found.json())

asyncio.run(ask())
""",
    "pydantic": """
from typing import Annotated
from pydantic import BaseModel
import odatafilter as of
from odatafilter.pydantic import FilterOf

class Job(of.Schema):
    name = of.String()
    size = of.Int32()

class Search(BaseModel):
    filter: Annotated[of.Filter, FilterOf(Job)]

rows = [{"name": "\u03a3", "size": 1}, {"name": None, "size": 2}, {"name": "b", "size": 3}]
search = Search.model_validate({"filter": "tolower(name) eq '\u03c3' or name eq null"})
print(*(row["size"] for row in search.filter.matching(rows)))
""",
    "emulator": """
import httpx
import odatafilter as of
from odatafilter.emulator import running
from odatafilter.itwin import REALITY_CONVERSION_JOBS as JOBS

with running(jobs=30) as server, httpx.Client() as client:
    succeeded = "state eq 'success'"
    walk = of.paginate(client, JOBS.at(server.url), filter=succeeded, token=lambda: server.token)
    print(*(number for number, _ in zip((1, 2), walk)))
""",
    "cli": """
import contextlib, io
from odatafilter.cli import main
from odatafilter.paging.progress import ProgressBar

with ProgressBar():
    pass
told = io.StringIO()
with contextlib.redirect_stderr(told):
    print(1, main(["demo"]))
assert "install 'odatafilter[emulator]'" in told.getvalue(), told.getvalue()
""",
}


@pytest.fixture(scope="module")
def alone(built: Mapping[str, Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[Mapping[str, Future[Path]]]:
    """The interpreter of an environment for each extra, which has the wheel with that extra; two are made at a time."""

    def install(extra: str) -> Path:
        wheel = f"{built['a wheel']}[{extra}]" if extra else built["a wheel"]
        place = tmp_path_factory.mktemp(extra or "none")
        return install_into(place, "--constraint", CHECKOUT / "constraints.txt", wheel)

    with ThreadPoolExecutor(2) as workers:
        yield {extra: workers.submit(install, extra) for extra in sorted(USES, key="ibis".__ne__)}  # the longest first
        workers.shutdown(cancel_futures=True)


@pytest.mark.packaging
@pytest.mark.parametrize("extra", USES)
def test_each_extra_works_alone(extra: str, alone: Mapping[str, "Future[Path]"]) -> None:
    found = run(USES[extra], alone[extra].result())
    assert found == (["1 2"] if extra else [*map(message_without_extra, EXTRAS)])


def test_there_is_a_use_of_each_extra() -> None:
    project = tomllib.loads((CHECKOUT / "pyproject.toml").read_text("utf-8"))["project"]
    assert {"", *project["optional-dependencies"]} == USES.keys()
    assert {extra for extra, _ in EXTRAS.values()} == USES.keys() - {""}


# --- types ----------------------------------------------------------------------------------------------------------

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
