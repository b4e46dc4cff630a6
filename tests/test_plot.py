"""The plots and tables of speed are what `benchmarks/plot.py` makes of what the benchmarks have printed."""

import re
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from documents import CHECKOUT

LANGUAGE = """CPython 3.11

| µs to read a text | peer | **odatafilter** | **odatafilter** / peer |
|---|---|---|---|
| guid | 20.00 | 5.00 | 0.25 |
| arrays | 2,000.50 | 4,001.00 | 2.00 |
| ours alone | — | 3.00 | — |
"""
PAGING = """| | ms | ratio |
|---|---:|---:|
| **10 a page** | | |
| loop | 10 | 1.00 |
| walk | 13 | 1.30 |
| **100 a page** | | |
| loop | 10 | 1.00 |
| the same, decoded by msgspec | 8 | 0.80 |
| walk | 15 | 1.50 |
"""


@pytest.fixture
def plot(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(str(CHECKOUT / "benchmarks"))
    return pytest.importorskip("plot")


def test_files_are_those_that_the_command_makes_of_the_figures(plot: Any) -> None:
    made = plot.make_files()
    assert len(made) == 4
    for path, text in made.items():
        assert path.read_text("utf-8") == text, f"run benchmarks/plot.py: {path.name} is not made of docs/speed/*.txt"


def test_the_worst_stands_first(plot: Any) -> None:
    (language,) = plot.read_tables(LANGUAGE)
    assert [(dots.label, dots.values) for dots in plot.reading(language)] == [
        ("arrays", {"peer": pytest.approx(0.5, rel=1e-3)}),
        ("guid", {"peer": 4.0}),
    ]
    (paging,) = plot.read_tables(PAGING)
    assert [(dots.label, dots.values) for dots in plot.walking(paging)] == [
        ("100 a page: walk", {"walk": 1.5}),
        ("10 a page: walk", {"walk": 1.3}),
        ("100 a page: the same, decoded by msgspec", {"loop by hand with msgspec": 0.8}),
    ]


def test_what_is_in_no_mean_is_told(plot: Any) -> None:
    table, means = plot.read_tables(
        "| µs | peer | ours / peer |\n|---|---|---|\n| guid | 9 | 0.25 |\n| new shapes | 9 | 0.30 |\n| public filters | 9 | 0.20 |\n"
        "| arrays | 9 | 1.50 |\n| case | — | — |\n\n| means | ours / peer |\n|---|---|\n| all | 0.25 |\n| public filters | 0.20 |\n"
    )
    assert [*plot.left_out_of_means(table, means)] == [["not in the means: arrays", "1.50"]]


def test_a_plot_has_a_dot_for_each_number_and_is_the_same_each_time(plot: Any) -> None:
    lines = [plot.Dots("a <b> & c", {"one": 0.5, "two": 20.0}), plot.Dots("d", {"two": 1.0})]
    drawn = plot.draw("Title", "unit", lines)
    assert drawn == plot.draw("Title", "unit", lines)
    assert len(re.findall('r="5"', drawn)) == 3 + 2  # and one for each name
    ET.fromstring(drawn)
    labels = [element.text for element in ET.fromstring(drawn) if element.tag.endswith("text")]
    assert "a <b> & c" in labels
