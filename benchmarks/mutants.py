"""What the tests do not notice: draws random mutants of the package, and runs the tests that reach each one.

`python benchmarks/mutants.py 200 --seed 7 --jobs 2` draws 200; `--only paging` draws from a folder or a file. A mutant
is one change of one module, in a copy of the checkout: a comparison or a condition turned round, another constant, a
result or a call left out. Left out are sentences, texts in f-strings, and what only a type checker reads. The same seed
draws the same mutants of the same source.

First all tests run once, those of engines included (four minutes on two cores), to see which lines each one reaches and
how long it takes; `.mutants/` keeps that until the package or the tests change. Of a mutant all those run that reach
its line, the quick files first. Where it runs when a module is imported, or no test was seen to reach it, all run of
the files whose tests reach its module, and where these are few, others for `--limit` seconds. Tests that read the
source run for all. A mutant whose tests do not end in half as much time again and a minute loops: that counts as
noticed, and is printed. What no test notices is printed with its place: it changes nothing, or speed only, or shows a
gap. The tests must pass without a mutant.
"""

import argparse
import ast
import hashlib
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Final, NamedTuple

import msgspec
from coverage import CoverageData

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "odatafilter"
READERS: Final = "tests/test_spelling.py"  # these read the source: they reach no line, and notice changes of any
KEPT: Final = ROOT / ".mutants"
MARGIN: Final = (1.5, 60)  # times as long as measured, and seconds more, after which a mutant loops

OPPOSITES: Final[dict[type[ast.cmpop], type[ast.cmpop]]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
}


class Mutant(NamedTuple):
    path: Path
    line: int
    last: int
    column: int
    at_import: bool
    start: int  # in bytes of the file, as `end`
    end: int
    before: str
    after: str

    def __str__(self) -> str:
        place = f"{self.path.relative_to(ROOT)}:{self.line}:{self.column}"
        return f"{place}: {' '.join(self.before.split())}  ->  {' '.join(self.after.split())}"


def mutants_of(path: Path) -> Iterator[Mutant]:
    data = path.read_bytes()
    offsets = [0]
    for line in data.splitlines(keepends=True):
        offsets.append(offsets[-1] + len(line))
    tree = ast.parse(data)
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    bodies = [range(node.body[0].lineno, (node.end_lineno or node.lineno) + 1) for node in functions]
    for node, after in changes(tree):
        last = node.end_lineno or node.lineno
        start = offsets[node.lineno - 1] + node.col_offset
        end = offsets[last - 1] + (node.end_col_offset or 0)
        at_import = not any(node.lineno in body for body in bodies)
        before = data[start:end].decode()
        yield Mutant(path, node.lineno, last, node.col_offset + 1, at_import, start, end, before, after)


def changes(node: ast.AST) -> Iterator[tuple[ast.expr | ast.stmt, str]]:
    """The nodes below one, each with what is written in its place."""
    match node:
        case ast.Compare(left, [operator], [right]):
            other = ast.Compare(left, [OPPOSITES[type(operator)]()], [right])
            yield node, f"({ast.unparse(other)})"
        case ast.BoolOp(operator, values):
            turned = ast.Or() if isinstance(operator, ast.And) else ast.And()
            yield node, f"({ast.unparse(ast.BoolOp(turned, values))})"
        case ast.UnaryOp(ast.Not(), operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.Constant(bool() as value):
            yield node, repr(not value)
        case ast.Constant(int() as value):
            yield node, repr(value + 1)
        case ast.Constant(str() as value) if " " not in value:  # what has a space is a sentence
            yield node, repr(value[:-1] if value else "x")
        case ast.Return(ast.expr() as value) if not (isinstance(value, ast.Constant) and value.value is None):
            yield node, "return None"
        case ast.Expr(ast.Call(ast.Name("assert_never"))):
            return
        case ast.Expr(ast.Call() | ast.Await()):
            yield node, "pass"
        case ast.If(ast.Name("TYPE_CHECKING")) | ast.Call(ast.Name("TypeVar" | "NewType")):
            return
        case ast.Call(ast.Name("cast"), [_, value]):
            yield from changes(value)
            return
    for name, below in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"} or isinstance(node, ast.JoinedStr):
            continue  # types are for the type checker; nodes in an f-string do not know where they stand
        for child in below if isinstance(below, list) else [below]:
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)  # a docstring, or `...`
            if isinstance(child, ast.AST) and not is_text:
                yield from changes(child)


# --- which tests reach what -----------------------------------------------------------------------------------------


class Reach(msgspec.Struct):
    """Seconds that each test takes, and the tests that reach each line of a file, by their places in that list."""

    digest: str
    seconds: dict[str, float]
    lines: dict[str, dict[int, list[int]]]


def measure_reach() -> Reach:
    """What the tests of the source as it stands reach: kept from before, or found by running them all."""
    texts = (path.read_bytes() for folder in ("odatafilter", "tests") for path in sorted((ROOT / folder).rglob("*.py")))
    digest = hashlib.sha256(b"\0".join(texts)).hexdigest()
    kept = KEPT / "reach.json"
    if kept.exists():
        found = msgspec.json.decode(kept.read_bytes(), type=Reach)
        if found.digest == digest:
            return found
    with tempfile.TemporaryDirectory() as folder:
        data, settings = Path(folder, "data"), Path(folder, "settings")
        settings.write_text(f"[run]\nsource = odatafilter\nparallel = true\ndata_file = {data}\n")
        options = ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
        command = [*pytest("-n", "auto"), *options, "--durations=0", "--durations-min=0"]
        done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"The tests do not pass without a mutant:\n{done.stdout[-3000:]}")
        found = read_reach(digest, done.stdout, data)
    KEPT.mkdir(exist_ok=True)
    kept.write_bytes(msgspec.json.encode(found))
    return found


def read_reach(digest: str, printed: str, data: Path) -> Reach:
    """What pytest prints of durations, and what coverage keeps of contexts."""
    seconds: dict[str, float] = defaultdict(float)
    for time, test in re.findall(r"^([\d.]+)s (?:setup|call|teardown) +(.+)$", printed, re.MULTILINE):
        seconds[test] += float(time)
    places = {test: place for place, test in enumerate(seconds)}
    coverage = CoverageData(str(data))
    coverage.read()
    lines = {}
    for file in coverage.measured_files():
        contexts = coverage.contexts_by_lineno(file)
        lines[str(Path(file).relative_to(ROOT))] = {
            line: [places[test] for test in {context.partition("|")[0] for context in found} if test in places]
            for line, found in contexts.items()
        }
    return Reach(digest, dict(seconds), lines)


def pytest(*arguments: str) -> list[str]:
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    return [*command, "-m", "not packaging and not slow", *arguments]


class Tests:
    """The tests of a mutant."""

    def __init__(self, reach: Reach, limit: float) -> None:
        self.names, self.seconds = list(reach.seconds), list(reach.seconds.values())
        self.files = [name.partition("::")[0] for name in self.names]
        self.lines, self.limit = reach.lines, limit

    def of_mutant(self, mutant: Mutant) -> tuple[list[str], float]:
        """Those that may notice it, and their time."""
        lines: Mapping[int, Sequence[int]] = self.lines.get(str(mutant.path.relative_to(ROOT)), {})
        chosen = {test for line in range(mutant.line, mutant.last + 1) for test in lines.get(line, ())}
        if mutant.at_import or not chosen:
            files = {self.files[test] for tests in lines.values() for test in tests}
            chosen = {test for test, file in enumerate(self.files) if file in files}
        chosen |= {test for test, file in enumerate(self.files) if file == READERS}
        seconds = sum(self.seconds[test] for test in chosen)
        for test in sorted(set(range(len(self.names))) - chosen, key=self.seconds.__getitem__):
            if seconds + self.seconds[test] > self.limit:
                break
            seconds += self.seconds[test]
            chosen.add(test)
        return [self.names[test] for test in self.in_order(chosen)], seconds

    def in_order(self, tests: Iterable[int]) -> list[int]:
        """The tests of a file together, as its fixtures are; the quick ones first."""
        times: dict[str, float] = defaultdict(float)
        for test in tests:
            times[self.files[test]] += self.seconds[test]
        return sorted(tests, key=lambda test: (times[self.files[test]], self.files[test], self.seconds[test], test))


def outcome(mutant: Mutant, copy: Path, tests: Tests) -> str:
    """`noticed`, `not noticed` or `loops`."""
    target = copy / mutant.path.relative_to(ROOT)
    data = target.read_bytes()
    target.write_bytes(data[: mutant.start] + mutant.after.encode() + data[mutant.end :])
    chosen, seconds = tests.of_mutant(mutant)
    (copy / "chosen").write_text("\n".join(chosen), "utf-8")
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "", "HYPOTHESIS_PROFILE": "modest"}
    null = subprocess.DEVNULL
    command = pytest("-x", "-n", "0", "@chosen")
    running = subprocess.Popen(command, cwd=copy, env=environment, stdout=null, stderr=null, start_new_session=True)
    try:
        times, more = MARGIN
        return "noticed" if running.wait(seconds * times + more) else "not noticed"
    except subprocess.TimeoutExpired:
        return "loops"
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        target.write_bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=60, help="seconds for tests that may not reach a mutant")
    parser.add_argument("--jobs", type=int, default=1, help="mutants that are tried at a time")
    parser.add_argument("--only", default="", help="the folder or file in `odatafilter/` to draw from")
    options = parser.parse_args()

    paths = sorted(path for path in PACKAGE.rglob("*.py") if path.is_relative_to(PACKAGE / options.only))
    every = [mutant for path in paths for mutant in mutants_of(path)]
    drawn = random.Random(options.seed).sample(every, min(options.count, len(every)))
    tests = Tests(measure_reach(), options.limit)
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        copies: Queue[Path] = Queue()
        for number in range(options.jobs):
            ignored = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "node_modules", "_build")
            copies.put(shutil.copytree(ROOT, Path(folder, str(number)), ignore=ignored))

        def judge(mutant: Mutant) -> str:
            copy = copies.get()
            try:
                return outcome(mutant, copy, tests)
            finally:
                copies.put(copy)

        counts = Counter[str]()
        for mutant, found in zip(drawn, pool.map(judge, drawn), strict=True):
            counts[found] += 1
            if found != "noticed":
                print(found, mutant, flush=True)
    noticed, loops, missed = (counts[found] for found in ("noticed", "loops", "not noticed"))
    print(f"{len(drawn)} of {len(every)} mutants: {noticed} noticed, {loops} loop, {missed} not noticed")
    print(f"{1 - missed / len(drawn):.0%} were noticed")


if __name__ == "__main__":
    main()
