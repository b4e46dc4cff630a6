"""What the tests do not notice: draws random mutants of the package, and runs the tests of each one's module.

`python benchmarks/mutants.py 60 --seed 7` draws 60; `--only paging` draws from a folder or a file. A mutant is one
change of one module, in a copy of the checkout: a comparison or a condition turned round, another constant, a result or
a call left out. What no test notices is printed with its place: it is equivalent, or changes words or speed only, or
shows a gap. The same seed draws the same mutants of the same source. Mutants whose tests do not end in time are counted
apart: they loop, or the machine is busy. The tests must pass without a mutant, those of engines included.
"""

import argparse
import ast
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from queue import Queue
from typing import Final, NamedTuple

ROOT: Final = Path(__file__).parents[1]
PACKAGE: Final = ROOT / "odatafilter"

# The tests of a module are those that bear its name or import it (see `tests_of`), and these of the longest prefix that
# its path has.
TESTS: Final = {
    "": "validate evaluate_* schema builder",
    "__init__": "public_names imports",
    "_certain": "validate_quick simplify",
    "_commands/": "cli cli_streams",
    "_declared": "schema service types",
    "_diagnose/": "diagnose validate suggestions parse public_filters",
    "_emit": "emit parse dialects json_form",
    "_engines/": "sqlalchemy plan",
    "_evaluate/": "evaluate_* compile matrix lambdas",
    "_evaluate/classes": "compile",
    "_evaluate/source": "compile",
    "_evaluate/compiled": "compile",
    "_functions": "matrix evaluate_* validate",
    "_kinds": "matrix evaluate_* literals schema",
    "_literals/": "literals evaluate_* parse matrix",
    "_parse/": "parse fast_reader literals diagnose limits types",
    "_plan/": "plan evaluate_* compile matrix",
    "_query/": "query fastapi paging_query",
    "_rewrite/": "replace simplify properties bind negation dialects builder peers",
    "_service_calls": "service",
    "_json_form": "json_form",
    "_suggest": "suggestions safe_text validate diagnose",
    "_to_literal": "schema odd_values bind builder literals conveniences arguments matrix",
    "_type_names": "types service schema",
    "_validate/": "validate validate_quick bind service types matrix schema",
    "cli": "cli cli_streams",
    "derive/": "derive derive_* source types service",
    "django/": "django",
    "emulator/": "emulator emulator_translate itwin itwin_wait",
    "emulator/demo": "cli",
    "errors": "safe_text query diagnose parse paging validate",
    "fastapi": "fastapi",
    "filter": "builder schema service parse conveniences evaluate_* limits json_form replace",
    "handle": "builder schema negation odd_values conveniences arguments lambdas service",
    "ibis/": "ibis",
    "itwin/": "itwin_wait itwin dialects",
    "keyset": "keyset query",
    "kinds/": "schema odd_values builder conveniences matrix arguments",
    "limits": "limits arguments builder evaluate_bounds",
    "order": "query keyset paging_query",
    "paging/": "paging paging_wire paging_arguments paging_server paging_client paging_refusals paging_keep",
    "paging/_async": "paging paging_cancelled paging_hand paging_misuse",
    "paging/_envelope": "paging_wire paging_incomplete paging_links paging",
    "paging/_files": "paging_files paging_keep",
    "paging/_gather": "paging_together paging_load paging_keep paging_cancelled paging_hand",
    "paging/_links": "paging_links paging_incomplete paging_origins paging",
    "paging/_ndjson": "paging_keep paging_files paging_misuse",
    "paging/_progress": "paging paging_hand paging_loops paging_misuse paging_keep paging_law",
    "paging/_query": "paging_query paging_arguments paging",
    "paging/_schedule": "paging_load paging_together paging_misuse",
    "paging/_walk": "paging paging_hand paging_misuse paging_keep paging_law",
    "paging/gather": "paging_together paging_load paging_keep paging_hand",
    "paging/page": "paging paging_hand paging_loops paging_law",
    "query": "query keyset fastapi",
    "split": "split",
    "sqlalchemy/": "sqlalchemy keyset_sqlalchemy",
}

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
    column: int
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
    for node, after in changes(ast.parse(data)):
        start = offsets[node.lineno - 1] + node.col_offset
        end = offsets[(node.end_lineno or node.lineno) - 1] + (node.end_col_offset or 0)
        yield Mutant(path, node.lineno, node.col_offset + 1, start, end, data[start:end].decode(), after)


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
        case ast.Expr(ast.Call() | ast.Await()):
            yield node, "pass"
    for name, below in ast.iter_fields(node):
        if name in {"annotation", "returns", "decorator_list"} or isinstance(node, ast.JoinedStr):
            continue  # types are for the type checker; nodes in an f-string do not know where they stand
        for child in below if isinstance(below, list) else [below]:
            is_text = isinstance(child, ast.Expr) and isinstance(child.value, ast.Constant)  # a docstring, or `...`
            if isinstance(child, ast.AST) and not is_text:
                yield from changes(child)


def tests_of(path: Path) -> list[str]:
    """The test files of a module, those that bear its name first."""
    module = path.relative_to(PACKAGE).with_suffix("").as_posix()
    parts = [part.strip("_") for part in module.split("/")]
    prefix = max((prefix for prefix in TESTS if module.startswith(prefix)), key=len)
    names = [f"test_{'_'.join(parts[-2:])}.py", f"test_{parts[-1]}.py", f"test_{parts[0]}_{parts[-1]}.py"]
    for name in TESTS[prefix].split():
        names += sorted(test.name for test in (ROOT / "tests").glob(f"test_{name}.py"))
    if parts[-1] == "init":
        names.append("test_public_names.py")
    if len(parts) > 1:
        package, _, name = f"odatafilter/{module}".replace("/", ".").rpartition(".")
        imports = f"from {package}.{name} import", f"from {package} import {name}\n"
        for test in sorted((ROOT / "tests").glob("test_*.py")):
            text = test.read_text("utf-8")
            names += [test.name] * any(spelling in text for spelling in imports)
    return [f"tests/{name}" for name in dict.fromkeys(names) if (ROOT / "tests" / name).exists()]


def is_noticed(mutant: Mutant, copy: Path, limit: float) -> bool | None:
    """None where the tests did not end in time."""
    target = copy / mutant.path.relative_to(ROOT)
    data = target.read_bytes()
    target.write_bytes(data[: mutant.start] + mutant.after.encode() + data[mutant.end :])
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-n", "0", "-p", "no:cacheprovider", "--hypothesis-seed=0"]
    command += ["-m", "not packaging", *tests_of(mutant.path)]
    environment = os.environ | {"PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "", "HYPOTHESIS_PROFILE": "modest"}
    null = subprocess.DEVNULL
    running = subprocess.Popen(command, cwd=copy, env=environment, stdout=null, stderr=null, start_new_session=True)
    try:
        return running.wait(limit) != 0
    except subprocess.TimeoutExpired:
        return None
    finally:
        if running.poll() is None:
            os.killpg(running.pid, signal.SIGKILL)
            running.wait()
        target.write_bytes(data)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0] if __doc__ else None)
    parser.add_argument("count", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--limit", type=float, default=40, help="seconds for the tests of a mutant")
    parser.add_argument("--jobs", type=int, default=1, help="mutants that are tried at a time")
    parser.add_argument("--only", default="", help="the folder or file in `odatafilter/` to draw from")
    options = parser.parse_args()

    paths = sorted(path for path in PACKAGE.rglob("*.py") if path.is_relative_to(PACKAGE / options.only))
    every = [mutant for path in paths for mutant in mutants_of(path)]
    drawn = random.Random(options.seed).sample(every, min(options.count, len(every)))
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(options.jobs) as pool:
        copies: Queue[Path] = Queue()
        for number in range(options.jobs):
            ignored = shutil.ignore_patterns(".*", "__pycache__", "build", "dist", "_build")
            copies.put(shutil.copytree(ROOT, Path(folder, str(number)), ignore=ignored))

        def judge(mutant: Mutant) -> bool | None:
            copy = copies.get()
            try:
                return is_noticed(mutant, copy, options.limit)
            finally:
                copies.put(copy)

        counts = Counter[bool | None]()
        for mutant, noticed in zip(drawn, pool.map(judge, drawn), strict=True):
            counts[noticed] += 1
            if not noticed:
                print("out of time" if noticed is None else "not noticed", mutant, flush=True)
    print(
        f"{len(drawn)} of {len(every)} mutants: {counts[True]} noticed, {counts[False]} not, {counts[None]} out of time"
    )
    if ended := counts[True] + counts[False]:
        print(f"{counts[True] / ended:.0%} of those whose tests ended were noticed")


if __name__ == "__main__":
    main()
