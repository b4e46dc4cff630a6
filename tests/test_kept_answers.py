"""What is said of many texts is what `tests/kept` has, in all its words: a change of it is made on purpose."""

import pytest
from kept_answers import FILES, read_texts, written_answers
from kept_expressions import FILE, written_expressions
from kept_outputs import AGAIN, KEPT


@pytest.mark.parametrize("name", FILES)
def test_what_is_said_of_each_text_is_what_is_kept(name: str) -> None:
    """Of a refused text every problem with its place, code and suggestion; of another what it means and holds for."""
    kept = (KEPT / name).read_text("utf-8").split("\n")
    now = written_answers(read_texts(name), FILES[name]).split("\n")
    assert now == kept, AGAIN


def test_what_each_expression_gives_is_what_is_kept() -> None:
    """Filters as their texts, which are read as the same trees; parts of query options; errors with all their words."""
    assert written_expressions().split("\n") == (KEPT / FILE).read_text("utf-8").split("\n"), AGAIN
