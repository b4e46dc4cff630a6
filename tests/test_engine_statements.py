"""What engines are asked is what `tests/kept` has, in all its words and values: a change of it is made on purpose."""

import importlib.metadata

import pytest
from kept_outputs import AGAIN, KEPT

pytest.importorskip("sqlalchemy")
pytest.importorskip("django")

from engine_statements import LIBRARIES, kept_file, written_statements

from odatafilter._functions import FUNCTIONS

pytestmark = pytest.mark.engines

# The versions whose own words are kept; what later ones write is known by its rows alone.
KNOWN = {"sqlalchemy": ("2.0", "2.1"), "django": ("5.2",), "ibis-framework": ("12",)}


@pytest.mark.parametrize("library", LIBRARIES)
def test_statements_are_those_that_are_kept(library: str) -> None:
    """Each function, operator, kind and relation; each bound value with its type; each refusal with its message."""
    distribution = "ibis-framework" if library == "ibis" else library
    try:
        version = importlib.metadata.version(distribution)
    except importlib.metadata.PackageNotFoundError:
        pytest.skip(f"{distribution} is not installed")
    if not version.startswith(KNOWN[distribution]):
        pytest.skip(f"{distribution} {version} may write the same in other words")
    found = written_statements(library).splitlines()
    kept = (KEPT / kept_file(library)).read_text("utf-8").splitlines()
    other = [pair for pair in zip(found, kept, strict=False) if pair[0] != pair[1]]
    assert (other[:3], len(found)) == ([], len(kept)), AGAIN


def test_each_canonical_function_is_asked_of_each_engine() -> None:
    """So what each engine is asked for it, or why it is refused, is kept; those of shapes run nowhere (docs/engines.md)."""
    for library in LIBRARIES:
        kept = (KEPT / kept_file(library)).read_text("utf-8")
        assert [name for name in FUNCTIONS if f"{name}(" not in kept and not name.startswith("geo.")] == []
