"""Draws what the benchmarks have measured, the worst first, and puts the tables of it into the README.

    python benchmarks/plot.py [--measure] [--rounds N] [--cpu]

What the benchmarks print stands in `docs/speed/*.txt`. With `--measure` they are run first, in turn, on a machine at
rest; without, the plots and tables are made anew of what stands there. The same figures give the same files.
"""

import argparse
import math
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from html import escape
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

CHECKOUT = Path(__file__).parent.parent
FOLDER = CHECKOUT / "docs" / "speed"
README = CHECKOUT / "README.md"
BENCHMARKS = ("language", "matches", "sqlalchemy", "paging")
SHOWN = ("guid", "mixed", "100 × or", "1000 × in")  # families of the table in the README
OURS = "**odatafilter**"
COLOURS = ("#e69f00", "#56b4e9", "#009e73", "#cc79a7", "#d55e00")  # told apart by all eyes, on white and on black
WIDTH, LINE, TOP = 960, 18, 64  # pixels
LETTER = 6.4  # pixels that one of a label takes

WALKS = re.compile(r": (the items of a|a|one|four) walks?\b")  # of which the README has a line

Cells = Sequence[str]


class Table(NamedTuple):
    """A table of Markdown: its head and its rows."""

    head: Cells
    rows: Sequence[Cells]

    def markdown(self) -> str:
        """The table as Markdown."""
        lines = [self.head, ["---"] * len(self.head), *self.rows]
        return "".join(f"| {' | '.join(line)} |\n" for line in lines)


class Dots(NamedTuple):
    """One line of a plot: its label, and a number above 0 for each series that has one."""

    label: str
    values: Mapping[str, float]


def read_tables(text: str) -> Iterator[Table]:
    """The tables in what a benchmark prints."""
    lines = iter(text.splitlines())
    for line in lines:
        if line.startswith("|"):
            block = [line, *takewhile(lambda each: each.startswith("|"), lines)]
            head, _, *rows = ([cell.strip() for cell in each.strip()[1:-1].split("|")] for each in block)
            yield Table(head, [[*row, *[""] * (len(head) - len(row))] for row in rows])


def number(cell: str) -> float | None:
    """The number in a cell, or None."""
    found = re.match(r"[\d,]+(?:\.\d+)?", cell)
    return float(found[0].replace(",", "")) if found else None


# --- what is drawn --------------------------------------------------------------------------------------------------


def reading(table: Table) -> list[Dots]:
    """How many times as long as odatafilter the other readers take; where one of them is the fastest stands first."""
    ours = table.head.index(OURS)
    others = {name: at for at, name in enumerate(table.head) if at and "/" not in name and at != ours}
    found = []
    for row in table.rows:
        own = number(row[ours]) or math.nan
        values = {name: other / own for name, at in others.items() if (other := number(row[at])) is not None}
        if values:
            found.append(Dots(row[0], values))
    return sorted(found, key=lambda dots: min(dots.values.values()))


def evaluating(tables: Sequence[Table]) -> list[Dots]:
    """How many times as long as a lambda written by hand evaluation takes, the worst first."""
    found = []
    for table in tables:
        where = table.head[0].partition(", on ")[2]
        for row in table.rows:
            values = {
                name: value for name, cell in zip(table.head[2:], row[2:], strict=True) if (value := number(cell))
            }
            if not row[0].startswith("geometric"):
                found.append(Dots(f"{row[0]}, {where}", values))
    return sorted(found, key=lambda dots: -max(dots.values.values()))


def walking(table: Table) -> list[Dots]:
    """How many times as long as a loop written by hand walks take, and the same loop with msgspec, the worst first."""
    found = []
    title = ""
    for name, _, ratio in table.rows:
        value = number(ratio)
        if value is None:
            title, is_first = name.strip("*"), True
        elif is_first:
            is_first = False  # the loop by hand
        else:
            series = "loop by hand with msgspec" if name == "the same, decoded by msgspec" else "walk"
            found.append(Dots(f"{title}: {name}", {series: value}))
    return sorted(found, key=lambda dots: -max(dots.values.values()))


def draw(title: str, unit: str, lines: Sequence[Dots]) -> str:
    """A plot of dots over a logarithmic scale, as SVG; the line at 1 is where both take the same time."""
    series = list(dict.fromkeys(name for dots in lines for name in dots.values))
    colours = dict(zip(series, COLOURS, strict=False))
    every = [value for dots in lines for value in dots.values.values()]
    low, high = min(0.5, *every) / 1.15, max(2.0, *every) * 1.15
    labels = round(20 + LETTER * max(len(dots.label) for dots in lines))
    height = TOP + LINE * len(lines) + 40
    bottom = height - 34

    def x(value: float) -> str:
        share = math.log(value / low) / math.log(high / low)
        return f"{labels + share * (WIDTH - labels - 20):.1f}"

    def text(left: object, top: object, words: str, more: str = "") -> str:
        return f'<text x="{left}" y="{top}"{more}>{escape(words)}</text>'

    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img"'
        f' aria-label="{escape(title)}"'
        ' font-family="sans-serif" font-size="12" fill="#808080">',
        text(8, 18, title, ' font-size="15"'),
    ]
    left = 8
    for name in series:
        parts.append(f'<circle cx="{left + 5}" cy="38" r="5" fill="{colours[name]}"/>')
        parts.append(text(left + 14, 42, name.strip("*")))
        left += 34 + 7 * len(name)
    for tick in (0.1, 0.2, 0.5, 1, 2, 5, 10, 20, 50, 100, 200, 500):
        if low <= tick <= high:
            stroke = ' stroke-width="2"' if tick == 1 else ' stroke-dasharray="2 3"'
            parts.append(f'<path d="M{x(tick)} {TOP - 8}V{bottom}" stroke="#808080"{stroke}/>')
            parts.append(text(x(tick), bottom + 15, f"{tick:g}", ' text-anchor="middle"'))
    parts.append(text(labels, height - 4, unit))
    for at, dots in enumerate(lines):
        middle = TOP + LINE * at + LINE // 2
        parts.append(text(labels - 10, middle + 4, dots.label, ' text-anchor="end"'))
        parts += (
            f'<circle cx="{x(value)}" cy="{middle}" r="5" fill="{colours[name]}"/>'
            for name, value in dots.values.items()
        )
    return "\n".join([*parts, "</svg>\n"])


# --- files ----------------------------------------------------------------------------------------------------------


def make_files() -> dict[Path, str]:
    """The plots, and the README with its tables, by what the benchmarks have printed."""
    language, matches, _, paging = ([*read_tables((FOLDER / f"{name}.txt").read_text("utf-8"))] for name in BENCHMARKS)
    return {
        FOLDER / "reading.svg": draw(
            "Reading a filter", "time / time of odatafilter: left of 1 the other one is faster", reading(language[0])
        ),
        FOLDER / "evaluating.svg": draw(
            "Evaluating a filter for one item",
            "time / time of a lambda written by hand: left of 1 odatafilter is faster",
            evaluating(matches),
        ),
        FOLDER / "walking.svg": draw(
            "Walking over all pages",
            "time / time of a loop written by hand: left of 1 odatafilter is faster",
            walking(paging[0]),
        ),
        README: fill_readme(README.read_text("utf-8"), language, matches, paging),
    }


def fill_readme(text: str, language: Sequence[Table], matches: Sequence[Table], paging: Sequence[Table]) -> str:
    """The README with what stands between the marks of speed made anew."""
    families = {row[0]: row for row in language[0].rows}
    readers = [at for at, name in enumerate(language[0].head) if at and "/" not in name]
    tables = (
        Table(
            [language[0].head[0], *SHOWN],
            [[language[0].head[at], *(families[family][at] for family in SHOWN)] for at in readers],
        ),
        Table(language[1].head, [*language[1].rows, *left_out_of_means(*language[:2])]),
        Table(["building, checking, importing", "ratio"], [*rest_of_language(language[2:])]),
        Table(["evaluating", "of a lambda written by hand"], [*means_of(matches)]),
        Table(
            ["walking", "of a loop written by hand"],
            [[one.label, f"{one.values['walk']:.2f}"] for one in walking(paging[0]) if WALKS.search(one.label)],
        ),
    )
    made = "\n".join(table.markdown() for table in tables)
    return re.sub(r"(?s)(?<=<!-- speed -->\n).*?(?=<!-- end of speed -->)", lambda _: f"\n{made}\n", text)


def left_out_of_means(table: Table, means: Table) -> Iterator[Cells]:
    """The families that stand in no mean, with those of their ratios that there are."""
    at = {name: place for place, name in enumerate(table.head)}
    families = [row[0] for row in table.rows]
    for row in table.rows[families.index("new shapes") + 1 :]:
        found = [row[at[name]] if name in at else "—" for name in means.head[1:]]
        has_own_line = any(row[0] == line[0] for line in means.rows)
        if not has_own_line and any(number(cell) is not None for cell in found):
            yield [f"not in the means: {row[0]}", *found]


def rest_of_language(tables: Sequence[Table]) -> Iterator[Cells]:
    """What is measured of the language beside reading, and of what it is a part or a multiple."""
    by_head = {table.head[0]: table for table in tables}
    written = by_head["µs to write what code says"].rows
    mean = next(row[-1] for row in written if row[0] == "geometric mean")
    name, worst = max(((row[0], row[-1]) for row in written if row[-1] != mean), key=lambda row: number(row[1]) or 0)
    yield "building to text, of odatapy", f"{mean} in geometric mean, {worst} at worst: {name}"
    for title, count, mean, worst, name in by_head["beside reading alone"].rows:
        yield f"{title}, of reading alone", f"{mean} in geometric mean of {count} families, {worst} at worst: {name}"
    for name, _, ratio in by_head["above a bare interpreter"].rows[2:]:
        yield f"{name}, of `import lark`", ratio


def means_of(matches: Sequence[Table]) -> Iterator[Cells]:
    """The geometric means and the worst of evaluation, by how it is called and on what."""
    for table in matches:
        where = table.head[0].partition(", on ")[2]
        for at, name in enumerate(table.head[2:], 2):
            mean = next(row[at] for row in table.rows if row[0].startswith("geometric"))
            worst = max(value for row in table.rows if (value := number(row[at])) is not None)
            yield [f"{name}, on {where}", f"{mean} in geometric mean, {worst:.2f} at worst"]


def measure(rounds: int | None, *, cpu: bool) -> None:
    """Runs the benchmarks, and keeps what they print."""
    FOLDER.mkdir(exist_ok=True)
    for name in BENCHMARKS:
        command = [sys.executable, str(CHECKOUT / "benchmarks" / f"bench_{name}.py")]
        if rounds is not None and name != "matches":
            command += ["--rounds", str(rounds)]
        command += ["--cpu"] * (cpu and name == "language")
        print(*command, flush=True)
        printed = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout
        (FOLDER / f"{name}.txt").write_text(printed, "utf-8")


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--measure", action="store_true", help="run the benchmarks first")
    options.add_argument("--rounds", type=int, help="the best of so many is taken (by default, as the benchmarks say)")
    options.add_argument("--cpu", action="store_true", help="the language by CPU time, as its benchmark has it")
    given = options.parse_args()
    if given.measure:
        measure(given.rounds, cpu=given.cpu)
    for path, text in make_files().items():
        path.write_text(text, "utf-8")
        print("written:", path.relative_to(CHECKOUT))


if __name__ == "__main__":
    main()
