"""How fast filters are read, checked and written, beside other libraries in the same run.

    python benchmarks/bench_language.py [--rounds N] [--quick]

Prints Markdown. Times are the best of several rounds, in which all take turns with the same texts, so that a busy
machine is busy for all; no text is ever read twice, so nothing is gained by remembering whole filters. Compare the
ratios: their last column is a geometric mean over the filters. Parsers in JavaScript take part where they are
installed (`npm install --prefix benchmarks/javascript`).
"""

import argparse
import functools
import gc
import itertools
import json
import math
import random
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, NamedTuple, cast

from lark import Transformer
from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser
from odata_query.roundtrip import AstToODataVisitor
from odatapy.client.filters import Field as PeerField
from odatapy.client.filters import and_, or_
from odatapy.server.uri.expression_parser import ExpressionParser

import odatafilter as of
from odatafilter import tree
from odatafilter._parse import nodes, tables
from odatafilter.itwin import RealityConversionJob as Job

# --- the filters ----------------------------------------------------------------------------------------------------


class Shape(NamedTuple):
    """A filter with values that are new each time; `batch` of them are timed together."""

    name: str
    batch: int
    values: Callable[[random.Random], Sequence[str]]
    text: Callable[[Sequence[str]], str]


def a_guid(luck: random.Random) -> str:
    return str(uuid.UUID(int=luck.getrandbits(128)))


def a_word(luck: random.Random) -> str:
    return f"job {luck.getrandbits(40):010x}"


def a_timestamp(luck: random.Random) -> str:
    return f"2024-06-24T13:{luck.randrange(60):02}:{luck.randrange(60):02}.{luck.randrange(10**6):06}Z"


SHAPES = (
    Shape("guid", 400, lambda luck: [a_guid(luck)], lambda values: f"id eq {values[0]}"),
    Shape(
        "mixed",
        200,
        lambda luck: [a_timestamp(luck), a_word(luck)],
        lambda values: (
            f"state eq 'success' and createdDateTime gt {values[0]} and (name ne '{values[1]}' or email eq null)"
        ),
    ),
    Shape(
        "100 × or",
        10,
        lambda luck: [a_word(luck) for _ in range(100)],
        lambda values: " or ".join(f"name eq '{value}'" for value in values),
    ),
    Shape(
        "1000 × in",
        3,
        lambda luck: [a_guid(luck) for _ in range(1000)],
        lambda values: f"inputId in ({', '.join(repr(value) for value in values)})",
    ),
)

# --- reading --------------------------------------------------------------------------------------------------------

Read = Callable[[str], object]


def plain_lark() -> Read:
    """The same grammar and the same tree builder, driven by Lark's own LALR parser and contextual lexer."""

    builder = nodes.Nodes()
    methods = {name: getattr(builder, name) for name in dir(builder) if not name.startswith("_")}
    called = {name: lambda _, children, method=method: method(*children) for name, method in methods.items()}
    by_lark = type("ByLark", (Transformer,), called)
    return tables.plain_lark(tables.Grammar(), transformer=by_lark()).parse


def odata_query() -> Read:
    lexer, parser = ODataLexer(), ODataParser()
    return lambda text: parser.parse(lexer.tokenize(text))


LITERAL = (
    r"(?:(?P<String>'[^']*(?:''[^']*)*')|(?P<Guid>[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12})"
    r"|(?P<DateTimeOffset>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:.]+Z)|(?P<null>null))"
)
COMPARISON = re.compile(rf"(\(*)([A-Za-z_]\w*) (?:(eq|ne|lt|le|gt|ge) {LITERAL}|in \()")
MEMBER = re.compile(rf"{LITERAL}(?:, ?|(?=\)))")
JOINT = re.compile(r"(\)*)(?: (and|or) |$)")


def literal(found: re.Match[str]) -> tree.Literal:
    kind: Any = found.lastgroup
    return tree.Literal(kind, found[kind])


def members(text: str, position: int) -> tuple[tree.List, int]:
    items = []
    while True:
        found = MEMBER.match(text, position)
        if found is None:
            raise ValueError(position)
        items.append(literal(found))
        position = found.end()
        if text[position] == ")":
            return tree.List(tuple(items)), position + 1


def joined(node: Callable[[Any], tree.Expression], operands: Sequence[tree.Expression]) -> tree.Expression:
    return node(tuple(operands)) if len(operands) > 1 else operands[0]


def floor(text: str) -> tree.Expression:
    """A bound and no design: a scanner by hand of these filters only, one match a comparison, making the same trees."""
    outside: list[tuple[list[tree.Expression], list[tree.Expression]]] = []
    alternatives: list[tree.Expression] = []  # of the innermost parentheses
    conditions: list[tree.Expression] = []  # of the last alternative
    position = 0
    while True:
        found = COMPARISON.match(text, position)
        if found is None:
            raise ValueError(position)
        for _ in found[1]:
            outside.append((alternatives, conditions))
            alternatives, conditions = [], []
        name, operator = tree.Property(found[2]), cast("tree.ComparisonOperator | None", found[3])
        position = found.end()
        if operator:
            conditions.append(tree.Comparison(name, operator, literal(found)))
        else:
            items, position = members(text, position)
            conditions.append(tree.In(name, items))
        joint = JOINT.match(text, position)
        if joint is None:
            raise ValueError(position)
        for _ in joint[1]:
            group = joined(tree.Or, [*alternatives, joined(tree.And, conditions)])
            alternatives, conditions = outside.pop()
            conditions.append(group)
        position = joint.end()
        if joint[2] != "and":
            alternatives.append(joined(tree.And, conditions))
            conditions = []
        if joint[2] is None:
            return joined(tree.Or, alternatives)


READERS: Mapping[str, Read] = {
    "odatapy": ExpressionParser.parse_string,
    "odata-query": odata_query(),
    "plain Lark, the same grammar": plain_lark(),
    "**odatafilter**: parse": of.parse,
    "**odatafilter**: parse and validate": lambda text: of.parse(text, schema=Job),
    "one regex a comparison, by hand": floor,
}

JAVASCRIPT = "fastest parser in JavaScript (V8)"


@functools.cache
def javascript() -> subprocess.Popen[str]:
    """A process that answers with the time of the fastest parser that accepts the texts it is given."""
    program = Path(__file__).parent / "javascript" / "read.mjs"
    return subprocess.Popen(["node", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def javascript_is_there() -> bool:
    return shutil.which("node") is not None and (Path(__file__).parent / "javascript" / "node_modules").exists()


def read_by_javascript(texts: Sequence[str]) -> float:
    process = javascript()
    assert process.stdin
    assert process.stdout
    print(json.dumps(texts), file=process.stdin, flush=True)
    return float(json.loads(process.stdout.readline()) or math.inf)


# --- writing --------------------------------------------------------------------------------------------------------

Write = Callable[[Sequence[str]], str]


def ours(shape: str) -> Write:
    """What code says with typed handles, as text."""
    writers: Mapping[str, Callable[[Sequence[str]], of.Filter]] = {
        "guid": lambda values: Job.id == values[0],
        "mixed": lambda values: (
            (Job.state == "success")
            & (Job.createdDateTime > values[0])
            & ((Job.name != values[1]) | (Job.email == None))  # noqa: E711 - this is how null is said
        ),
        "100 × or": lambda values: any_of(Job.name == value for value in values),
        "1000 × in": Job.inputId.in_,
    }
    return lambda values: str(writers[shape](values))


def any_of(filters: Iterable[of.Filter]) -> of.Filter:
    first, *rest = filters
    for other in rest:
        first |= other
    return first


def by_odatapy(shape: str) -> Write:
    writers: Mapping[str, Callable[[Sequence[str]], Any]] = {
        "guid": lambda values: PeerField("id").eq(uuid.UUID(values[0])),
        "mixed": lambda values: and_(
            PeerField("state").eq("success"),
            PeerField("createdDateTime").gt(values[0]),
            or_(PeerField("name").ne(values[1]), PeerField("email").eq(None)),
        ),
        "100 × or": lambda values: or_(*(PeerField("name").eq(value) for value in values)),
        "1000 × in": lambda values: PeerField("inputId").in_(values),
    }
    return lambda values: str(writers[shape](values))


def by_odata_query(shape: str) -> Write:
    def compared(name: str, operator: Any, value: Any) -> Any:
        return ast.Compare(operator, ast.Identifier(name), value)

    def joined(operator: Any, operands: Iterable[Any]) -> Any:
        first, *rest = operands
        for other in rest:
            first = ast.BoolOp(operator, first, other)
        return first

    writers: Mapping[str, Callable[[Sequence[str]], Any]] = {
        "guid": lambda values: compared("id", ast.Eq(), ast.GUID(values[0])),
        "mixed": lambda values: joined(
            ast.And(),
            [
                compared("state", ast.Eq(), ast.String("success")),
                compared("createdDateTime", ast.Gt(), ast.DateTime(values[0])),
                joined(
                    ast.Or(),
                    [compared("name", ast.NotEq(), ast.String(values[1])), compared("email", ast.Eq(), ast.Null())],
                ),
            ],
        ),
        "100 × or": lambda values: joined(ast.Or(), (compared("name", ast.Eq(), ast.String(v)) for v in values)),
        "1000 × in": lambda values: compared("inputId", ast.In(), ast.List([ast.String(v) for v in values])),
    }
    return lambda values: str(AstToODataVisitor().visit(writers[shape](values)))


WRITERS: Mapping[str, Callable[[str], Write]] = {
    "odatapy": by_odatapy,
    "odata-query": by_odata_query,
    "**odatafilter**": ours,
}

# --- importing ------------------------------------------------------------------------------------------------------

IMPORTS = {
    "`import lark`": "import lark",
    "`import httpx`": "import httpx",
    "`import odatafilter`": "import odatafilter",
    "`import odatafilter`, first parse": "import odatafilter; odatafilter.parse('id eq 1')",
    "`import odatafilter`, first filter": "import odatafilter; str(odatafilter.field('id') == 1)",
}


def import_time(program: str) -> float:
    """Seconds that `program` takes once Python is up."""
    timed = f"from time import perf_counter; start = perf_counter(); {program}; print(perf_counter() - start)"
    return float(subprocess.run([sys.executable, "-I", "-c", timed], check=True, capture_output=True).stdout)


# --- measuring ------------------------------------------------------------------------------------------------------

Times = dict[str, dict[str, float]]  # microseconds, by contender and column


def timed(calls: Sequence[Callable[[], object]]) -> float:
    """Microseconds a call, with the garbage collector off, as `timeit` has it."""
    gc.collect()
    gc.disable()
    try:
        start = perf_counter()
        for call in calls:
            call()
        return (perf_counter() - start) / len(calls) * 1e6
    finally:
        gc.enable()


def best_of(rounds: int, once: Callable[[random.Random, str, Shape], float], names: Sequence[str]) -> Times:
    """The best time of each contender: in each round they take turns, with the same values, which are new to all."""
    best: Times = {name: {shape.name: math.inf for shape in SHAPES} for name in names}
    for number in range(rounds):
        for shape in SHAPES:
            for turn in range(len(names)):
                name = names[(number + turn) % len(names)]
                took = once(random.Random(f"{number} {shape.name}"), name, shape)
                best[name][shape.name] = min(best[name][shape.name], took)
    return best


def read_once(luck: random.Random, name: str, shape: Shape) -> float:
    texts = [shape.text(shape.values(luck)) for _ in range(shape.batch)]
    if name == JAVASCRIPT:
        return read_by_javascript(texts)
    read = READERS[name]
    return timed([lambda text=text: read(text) for text in texts])  # type: ignore[misc]


def write_once(luck: random.Random, name: str, shape: Shape) -> float:
    write = WRITERS[name](shape.name)
    several = [shape.values(luck) for _ in range(shape.batch)]
    return timed([lambda values=values: write(values) for values in several])  # type: ignore[misc]


def table(title: str, best: Times, one: str) -> str:
    """Markdown: times, and how they relate to those of the contender `one`."""
    columns = list(best[one])
    lines = [f"| {title} | {' | '.join(columns)} | ratio |", "|---" * (len(columns) + 2) + "|"]
    for name, times in best.items():
        ratio = math.exp(sum(math.log(times[column] / best[one][column]) for column in columns) / len(columns))
        lines.append(f"| {name} | {' | '.join(f'{times[column]:,.1f}' for column in columns)} | {ratio:.2f} |")
    return "\n".join(lines)


GROWING: dict[str, Callable[[int], str]] = {
    "or": lambda n: " or ".join(f"name eq 'job {i}'" for i in range(n)),
    "and, or, parentheses": lambda n: " and ".join(f"(price gt {i} or not contains(name,'{i}'))" for i in range(n)),
    "in": lambda n: "name in (" + ",".join(f"'job {i}'" for i in range(n)) + ")",
}
ANY_LENGTH = of.Limits(length=1 << 22, nodes=1 << 22, items=1 << 22)
MEGABYTE = 1 << 20


def growth(rounds: int) -> str:
    """Markdown: how much longer a text of twice the length takes to read, at worst, up to a megabyte."""
    lines = ["| twice the length | times as long at worst |", "|---|---|"]
    for name, made in GROWING.items():
        parts = MEGABYTE * 100_000 // len(made(100_000))
        texts = [made(parts >> halved) for halved in range(6, -1, -1)]
        took = [min(timed([partial(of.parse, text, limits=ANY_LENGTH)]) for _ in range(rounds)) for text in texts]
        worst = max(longer / shorter for shorter, longer in itertools.pairwise(took))
        lines.append(f"| {name} | {worst:.2f} |")
    return "\n".join(lines)


def agree() -> None:
    """Whatever is written means the same to this library, and everybody reads it."""
    for shape in SHAPES:
        values = shape.values(random.Random(0))
        text = shape.text(values)
        for read in READERS.values():
            read(text)
        wanted = of.parse(text, schema=Job)
        if wanted.tree != floor(text) or wanted != of.parse(ours(shape.name)(values)):
            raise AssertionError(shape.name)


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=25, help="the best of so many is taken (default 25)")
    options.add_argument("--quick", action="store_true", help="one round: shows that it runs, not how fast")
    given = options.parse_args()
    rounds = 1 if given.quick else given.rounds
    agree()
    print(f"CPython {sys.version.split()[0]}, best of {rounds}\n")
    readers = [*READERS, *([JAVASCRIPT] if javascript_is_there() else [])]
    print(table("µs to read a text", best_of(rounds, read_once, readers), "odatapy"), end="\n\n")
    print(table("µs to write what code says", best_of(rounds, write_once, list(WRITERS)), "odatapy"), end="\n\n")
    print(growth(min(rounds, 10)), end="\n\n")
    imports: Times = {name: {"ms": math.inf} for name in IMPORTS}
    for _ in range(rounds):
        for name, program in IMPORTS.items():
            imports[name]["ms"] = min(imports[name]["ms"], import_time(program) * 1e3)
    print(table("Above a bare interpreter", imports, "`import lark`"))


if __name__ == "__main__":
    main()
