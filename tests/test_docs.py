"""The pages of the documentation are true: their code runs, in order, and prints what they say, against the emulator."""

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from documents import CHECKOUT, DOCS, RUN, blocks, close, run

from odatafilter.emulator import Server, running

ELSEWHERE = {"services", "schemas"}  # tests/test_docs_services.py, tests/test_docs_schemas.py
NEEDED = {"engines": ("sqlalchemy", "django"), "tables": ("ibis",), "frames": ("ibis", "pandas", "polars")}
PAGES = {
    str(page.relative_to(DOCS).with_suffix("")): page
    for page in sorted(DOCS.rglob("*.md"))
    if "_build" not in page.parts and page.stem not in ELSEWHERE and blocks(page, *RUN)
}


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    with running(jobs=2000, seed=1) as server:
        yield server


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # Ibis calls what newer versions of DuckDB call otherwise
@pytest.mark.parametrize("page", PAGES)
def test_the_code_of_a_page_runs_and_gives_what_is_shown(
    page: str, server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for needed in NEEDED.get(page, ()):
        if importlib.util.find_spec(needed) is None:
            pytest.skip(f"there is no {needed}: {page} is NOT run")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ODATAFILTER_TOKEN", server.token)
    names: dict[str, Any] = {"__name__": "page"}
    try:
        for block in blocks(PAGES[page], *RUN):
            run(block, names, server.url)
    finally:
        close(names)


def test_the_table_of_filters_is_what_they_are() -> None:
    page = DOCS / "building.md"
    names: dict[str, Any] = {"__name__": "page"}
    run(blocks(page, "python")[0], names)
    rows = re.findall(r"^\| (`.+`) \| `(.+)` \|$", page.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 10
    for sources, text in rows:
        for source in sources.strip("`").split("`, `"):
            assert str(eval(source, names)) == text  # a document of this repository


def test_every_page_is_in_the_contents() -> None:
    listed = (DOCS / "index.md").read_text("utf-8").splitlines()
    assert {page.stem for page in DOCS.glob("*.md")} - {"index"} <= set(listed)


def test_the_emulator_that_pages_start_is_the_one_that_runs(server: Server) -> None:
    for page in PAGES.values():
        for block in blocks(page, "text"):
            if "ODATAFILTER_TOKEN=" in block.text:
                assert f"ODATAFILTER_TOKEN={server.token}" in block.text


def test_every_document_is_in_a_language_that_is_run_or_known() -> None:
    known = {*RUN, "text", "sh", "toml", "yaml", "json"}
    for page in DOCS.rglob("*.md"):
        if "_build" not in page.parts:
            fences = {line[3:] for line in page.read_text("utf-8").splitlines() if line.startswith("```") and line[3:]}
            assert {fence for fence in fences if not fence.startswith("{")} <= known, page.relative_to(CHECKOUT)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # as above
def test_the_table_of_what_engines_refuse_is_what_they_refuse() -> None:
    pytest.importorskip("sqlalchemy")
    pytest.importorskip("django")
    from engine_refusals import COLUMNS, HAS_IBIS, rows_of_page, verdicts  # noqa: PLC0415

    shown = rows_of_page()
    assert {len(row) for row in shown.values()} == {len(COLUMNS)}
    asked = len(COLUMNS) if HAS_IBIS else len(COLUMNS) - 1
    assert {text: row[:asked] for text, row in shown.items()} == verdicts(list(shown))


def test_links_lead_to_pages() -> None:
    for page in DOCS.rglob("*.md"):
        for link in re.findall(r"\]\(([^)#:]+\.md)\)", page.read_text("utf-8")):
            assert (page.parent / link).exists(), f"{page.name}: {link}"
