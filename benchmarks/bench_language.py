"""How fast filters are read, checked, written and used, beside other libraries in the same run.

    python benchmarks/bench_language.py [--rounds N] [--quick] [FAMILY ...]

Prints Markdown. Times are the best of several rounds, in which all take turns with the same texts, so that a busy
machine is busy for all. No text is ever read twice, so nothing is gained by remembering whole filters, and the new
shapes have names and forms that are hardly met twice; only the public filters are the same in each round. Compare the
ratios. Parsers in JavaScript take part where they are installed (`npm install --prefix benchmarks/javascript`); of
these the fastest that reads a text counts.
"""

import argparse
import datetime as dt
import functools
import gc
import itertools
import json
import math
import operator
import pickle
import random
import shutil
import subprocess
import sys
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from pathlib import Path
from time import perf_counter, process_time
from typing import Any

from language_families import CHECKED, FAMILIES, LEFT, SIMPLE, Make, date, guid, instant, job, new_shape, number
from lark import Transformer
from odata_query import ast
from odata_query.grammar import ODataLexer, ODataParser
from odata_query.roundtrip import AstToODataVisitor
from odatapy.client.filters import Field as PeerField
from odatapy.client.filters import and_, not_, or_
from odatapy.server.uri.expression_parser import ExpressionParser

import odatafilter as of
from odatafilter._parse import nodes, tables
from odatafilter.itwin import RealityConversionJob as Job

NEW_SHAPES = "new shapes"
PUBLIC = "public filters"
BATCH = 20_000  # characters that are read together
CLOCK = process_time if "--cpu" in sys.argv else perf_counter
Luck = random.Random

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


OURS, PEER, JAVASCRIPT = "**odatafilter**", "odatapy", "fastest in JavaScript"
READERS: Mapping[str, Read] = {
    PEER: ExpressionParser.parse_string,
    "odata-query": odata_query(),
    "plain Lark, the same grammar": plain_lark(),
    OURS: of.parse,
}


@functools.cache
def javascript() -> subprocess.Popen[str]:
    """A process that answers with the time of the fastest parser that accepts the texts it is given."""
    program = Path(__file__).parent / "javascript" / "read.mjs"
    clock = ["--cpu"] if CLOCK is process_time else []
    return subprocess.Popen(["node", program, *clock], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def javascript_is_there() -> bool:
    return shutil.which("node") is not None and (Path(__file__).parent / "javascript" / "node_modules").exists()


def read_by_javascript(texts: Sequence[str]) -> float:
    """Microseconds a text, or infinity where no parser reads all of them."""
    process = javascript()
    assert process.stdin
    assert process.stdout
    print(json.dumps(texts), file=process.stdin, flush=True)
    return float(json.loads(process.stdout.readline()) or math.inf)


def public_filters() -> Sequence[str]:
    """The filters of public documents and code that this library and odatapy both read: those of its tests."""
    file = Path(__file__).parent.parent / "tests" / "public_filters.txt"
    texts = [line.partition("\t")[0] for line in file.read_text("utf-8").splitlines() if line[:1] not in {"", "#", "["}]
    return [text for text in texts if reads(READERS[OURS], text) and reads(READERS[PEER], text)]


def reads(read: Read, text: str) -> bool:
    try:
        read(text)
    except Exception:  # noqa: BLE001 - each has errors of its own
        return False
    return True


# --- a schema of all kinds ------------------------------------------------------------------------------------------


class Tag(of.Schema):
    """An element of a collection."""

    name = of.String()
    qty = of.Int32()
    tags = of.Collection(of.String())


class Town(of.Schema):
    name = of.String()


class Address(of.Schema):
    city = of.Navigation(Town)


class Owner(of.Schema):
    id = of.Int32()


class Fields(of.Schema):
    """Fields with numbers in their names."""

    field0 = of.String()
    field1 = of.String()
    field2 = of.String()
    field3 = of.String()
    field4 = of.String()
    field5 = of.String()
    field6 = of.String()
    field7 = of.String()
    field8 = of.String()
    field9 = of.String()
    field10 = of.String()
    field11 = of.String()


class Everything(Fields):
    """What the families read, but for casts to types of its own and names that are new in each text."""

    id = of.Guid()
    name = of.String()
    state = of.String()
    email = of.String()
    createdDateTime = of.DateTimeOffset()
    created = of.DateTimeOffset()
    inputId = of.Guid(quoted=True)
    size = of.Int32()
    length = of.Int32()
    price = of.Decimal()
    total = of.Decimal()
    day = of.Date()
    at = of.TimeOfDay()
    took = of.Duration()
    active = of.Boolean()
    deleted = of.Boolean()
    address = of.Navigation(Address)
    items = of.Collection(Tag)
    owner = of.Navigation(Owner)
    color = of.Enum("Red", "Blue", type_name="Shop.Color")
    kind = of.Enum("A", "B", type_name="Shop.Kind")
    a = of.Int32()
    b = of.String()
    c = of.Int32()
    low = of.Int32()
    high = of.Int32()
    größe = of.String()  # noqa: PLC2401
    länge = of.Int32()  # noqa: PLC2401


# --- writing --------------------------------------------------------------------------------------------------------

Values = Sequence[str]
Write = Callable[[Values], str]
BUILT: Mapping[str, Callable[[Luck], Values]] = {
    "guid": lambda luck: [guid(luck)],
    "mixed": lambda luck: [instant(luck), job(luck)],
    "12 × and": lambda luck: [job(luck) for _ in range(12)],
    "100 × or": lambda luck: [job(luck) for _ in range(100)],
    "1000 × in": lambda luck: [guid(luck) for _ in range(1000)],
    "functions": lambda luck: [job(luck), job(luck)],
    "number": lambda luck: [number(luck)],
    "not": lambda luck: [number(luck)],
    "number without a schema": lambda luck: [number(luck)],
    "text without a schema": lambda luck: [job(luck)],
    "5 × in": lambda luck: [number(luck) for _ in range(5)],
    "3 × in": lambda luck: [job(luck) for _ in range(3)],
    "true and null": lambda _: [""],
    "3 × or": lambda luck: [number(luck) for _ in range(3)],
    "startswith": lambda luck: [job(luck)],
    "quote": lambda luck: [f"O'Brien {luck.getrandbits(40)}"],
    "date": lambda luck: [date(luck)],
    "calculated": lambda luck: [number(luck)],
}


def by_us() -> Mapping[str, Write]:
    """What code says with typed handles, as text."""
    return {
        "guid": lambda values: str(Job.id == values[0]),
        "mixed": lambda values: str(
            (Job.state == "success")
            & (Job.createdDateTime > values[0])
            & ((Job.name != values[1]) | (Job.email == None))  # noqa: E711 - this is how null is said
        ),
        "12 × and": lambda values: str(functools.reduce(operator.and_, (Job.name != value for value in values))),
        "100 × or": lambda values: str(of.any_of(Job.name == value for value in values)),
        "1000 × in": lambda values: str(Job.inputId.in_(values)),
        "functions": lambda values: str(Everything.name.contains(values[0]) & (Everything.state.lower() == values[1])),
        "number": lambda values: str(Everything.size == int(values[0])),
        "not": lambda values: str(~(Everything.size == int(values[0]))),
        "number without a schema": lambda values: str(of.field("size") == int(values[0])),
        "text without a schema": lambda values: str(of.field("name") == values[0]),
        "5 × in": lambda values: str(Everything.size.in_([int(value) for value in values])),
        "3 × in": lambda values: str(Everything.name.in_(values)),
        "true and null": lambda _: str((Everything.active == True) & (Everything.name == None)),  # noqa: E711, E712
        "3 × or": lambda values: str(
            (Everything.size == int(values[0]))
            | (Everything.size == int(values[1]))
            | (Everything.size == int(values[2]))
        ),
        "startswith": lambda values: str(Everything.name.startswith(values[0])),
        "quote": lambda values: str(Everything.name == values[0]),
        "date": lambda values: str(Everything.day > dt.date.fromisoformat(values[0])),
        "calculated": lambda values: str(Everything.size + 1 > int(values[0])),
    }


def by_odatapy() -> Mapping[str, Write]:
    return {
        "guid": lambda values: str(PeerField("id").eq(uuid.UUID(values[0]))),
        "mixed": lambda values: str(
            and_(
                PeerField("state").eq("success"),
                PeerField("createdDateTime").gt(values[0]),
                or_(PeerField("name").ne(values[1]), PeerField("email").eq(None)),
            )
        ),
        "12 × and": lambda values: str(and_(*(PeerField("name").ne(value) for value in values))),
        "100 × or": lambda values: str(or_(*(PeerField("name").eq(value) for value in values))),
        "1000 × in": lambda values: str(PeerField("inputId").in_(values)),
        "functions": lambda values: str(
            and_(PeerField("name").contains(values[0]), PeerField("state").tolower().eq(values[1]))
        ),
        "number": lambda values: str(PeerField("size").eq(int(values[0]))),
        "not": lambda values: str(not_(PeerField("size").eq(int(values[0])))),
        "number without a schema": lambda values: str(PeerField("size").eq(int(values[0]))),
        "text without a schema": lambda values: str(PeerField("name").eq(values[0])),
        "5 × in": lambda values: str(PeerField("size").in_([int(value) for value in values])),
        "3 × in": lambda values: str(PeerField("name").in_(values)),
        "true and null": lambda _: str(and_(PeerField("active").eq(True), PeerField("name").eq(None))),
        "3 × or": lambda values: str(or_(*(PeerField("size").eq(int(value)) for value in values))),
        "startswith": lambda values: str(PeerField("name").startswith(values[0])),
        "quote": lambda values: str(PeerField("name").eq(values[0])),
        "date": lambda values: str(PeerField("day").gt(dt.date.fromisoformat(values[0]))),
        "calculated": lambda values: str(PeerField("size").add(1).gt(int(values[0]))),
    }


def by_odata_query() -> Mapping[str, Write]:
    def compared(name: str, operator: Any, value: Any) -> Any:
        return ast.Compare(operator, ast.Identifier(name), value)

    def joined(operator: Any, operands: Iterable[Any]) -> Any:
        first, *rest = operands
        for other in rest:
            first = ast.BoolOp(operator, first, other)
        return first

    def written(made: Any) -> str:
        return str(AstToODataVisitor().visit(made))

    return {
        "guid": lambda values: written(compared("id", ast.Eq(), ast.GUID(values[0]))),
        "mixed": lambda values: written(
            joined(
                ast.And(),
                [
                    compared("state", ast.Eq(), ast.String("success")),
                    compared("createdDateTime", ast.Gt(), ast.DateTime(values[0])),
                    joined(
                        ast.Or(),
                        [compared("name", ast.NotEq(), ast.String(values[1])), compared("email", ast.Eq(), ast.Null())],
                    ),
                ],
            )
        ),
        "12 × and": lambda values: written(
            joined(ast.And(), (compared("name", ast.NotEq(), ast.String(value)) for value in values))
        ),
        "100 × or": lambda values: written(
            joined(ast.Or(), (compared("name", ast.Eq(), ast.String(value)) for value in values))
        ),
        "1000 × in": lambda values: written(
            compared("inputId", ast.In(), ast.List([ast.String(value) for value in values]))
        ),
        "functions": lambda values: written(
            joined(
                ast.And(),
                [
                    ast.Call(ast.Identifier("contains"), [ast.Identifier("name"), ast.String(values[0])]),
                    ast.Compare(
                        ast.Eq(),
                        ast.Call(ast.Identifier("tolower"), [ast.Identifier("state")]),
                        ast.String(values[1]),
                    ),
                ],
            )
        ),
    }


WRITERS: Mapping[str, Mapping[str, Write]] = {PEER: by_odatapy(), "odata-query": by_odata_query(), OURS: by_us()}

# --- importing ------------------------------------------------------------------------------------------------------

IMPORTS = {
    "`import lark`": "import lark",
    "`import httpx`": "import httpx",
    "`import odatafilter`": "import odatafilter",
    "`import odatafilter`, first parse": "import odatafilter; odatafilter.parse('id eq 1')",
    "`import odatafilter`, first filter": "import odatafilter; str(odatafilter.field('id') == 1)",
    "`from odatafilter.itwin import RealityConversionJob`": "from odatafilter.itwin import RealityConversionJob",
}


def import_time(program: str) -> float:
    """Seconds that `program` takes once Python is up."""
    timed = f"from time import {CLOCK.__name__} as clock; start = clock(); {program}; print(clock() - start)"
    return float(subprocess.run([sys.executable, "-I", "-c", timed], check=True, capture_output=True).stdout)


# --- measuring ------------------------------------------------------------------------------------------------------

Once = Callable[[Luck], float]  # microseconds a call, or infinity where it cannot be done
Times = dict[str, dict[str, float]]  # of each contender, by family


def timed(calls: Sequence[Callable[[], object]]) -> float:
    """Microseconds a call, with the garbage collector off, as `timeit` has it."""
    gc.collect()
    gc.disable()
    try:
        start = CLOCK()
        for call in calls:
            call()
        return (CLOCK() - start) / len(calls) * 1e6
    finally:
        gc.enable()


def best_of(rounds: int, contenders: Mapping[str, Mapping[str, Once]]) -> Times:
    """The best time of each contender: in each round they take turns, with the same values, which are new to all."""
    families = list(dict.fromkeys(itertools.chain.from_iterable(contenders.values())))
    names = list(contenders)
    best: Times = {name: {} for name in names}
    for nth, family in itertools.product(range(rounds), families):
        for turn in range(len(names)):
            name = names[(nth + turn) % len(names)]
            if once := contenders[name].get(family):
                took = once(random.Random(f"{nth} {family}"))
                best[name][family] = min(best[name].get(family, math.inf), took)
    return best


def texts_of(make: Make | Sequence[str], luck: Luck, characters: int = BATCH) -> Sequence[str]:
    """New texts, or those that are given."""
    if isinstance(make, Sequence):
        return make
    first = make(luck)
    return [first, *(make(luck) for _ in range(max(2, min(200, characters // len(first)))))]


def reading(read: Read, make: Make | Sequence[str], characters: int = BATCH) -> Once:
    try:
        for text in texts_of(make, random.Random(0), characters):
            read(text)
    except Exception:  # noqa: BLE001 - a peer that does not read a family does not take part in it
        return lambda _: math.inf
    return lambda luck: timed([partial(read, text) for text in texts_of(make, luck, characters)])


def writing(write: Write, values_of: Callable[[Luck], Values]) -> Once:
    def once(luck: Luck) -> float:
        first = values_of(luck)
        several = [first, *(values_of(luck) for _ in range(max(5, 400 // len(first))))]
        return timed([partial(write, values) for values in several])

    return once


def mean(times: Times, one: str, other: str, families: Iterable[str]) -> float:
    """The geometric mean of the ratios of one contender to another, over the families that both can do."""
    ratios = [times[one][family] / times[other][family] for family in families]
    known = [math.log(ratio) for ratio in ratios if 0 < ratio < math.inf]
    return math.exp(sum(known) / len(known)) if known else math.nan


def row(*cells: object) -> str:
    shown = (f"{cell:,.2f}" if isinstance(cell, float) else str(cell) for cell in cells)
    return f"| {' | '.join('—' if cell in {'inf', 'nan'} else cell for cell in shown)} |"


def table(title: str, times: Times, families: Iterable[str], other: str = PEER) -> str:
    """Markdown: times by family, and how ours relate to those of another contender."""
    lines = [row(title, *times, f"{OURS} / {other}"), "|---" * (len(times) + 2) + "|"]
    for family in families:
        ratio = times[OURS][family] / times[other].get(family, math.nan)
        lines.append(row(family, *(of_one.get(family, math.nan) for of_one in times.values()), ratio or math.nan))
    return "\n".join(lines)


def read_all(rounds: int, characters: int, wanted: Sequence[str]) -> str:
    """Markdown: how long each family takes to read, and the means."""
    families: dict[str, Make | Sequence[str]] = {
        **FAMILIES,
        NEW_SHAPES: new_shape,
        PUBLIC: public_filters(),
        **LEFT,
    }
    if wanted:
        families = {family: make for family, make in families.items() if family in wanted}
    contenders: dict[str, Mapping[str, Once]] = {
        name: {family: reading(read, make, characters) for family, make in families.items()}
        for name, read in READERS.items()
    }
    if javascript_is_there():
        contenders[JAVASCRIPT] = {
            family: lambda luck, make=make: read_by_javascript(texts_of(make, luck, characters))  # type: ignore[misc]
            for family, make in families.items()
        }
    times = best_of(rounds, contenders)
    lines = [table("µs to read a text", times, families), ""]
    if wanted:
        return lines[0]
    several = {"comparisons and lists": SIMPLE, "all families": FAMILIES, "new shapes": [NEW_SHAPES], PUBLIC: [PUBLIC]}
    others = [PEER, *([JAVASCRIPT] if JAVASCRIPT in times else [])]
    lines += [
        row("reading, geometric means", *(f"{OURS} / {other}" for other in others)),
        "|---" * (len(others) + 1) + "|",
    ]
    lines += [row(title, *(mean(times, OURS, other, some) for other in others)) for title, some in several.items()]
    ratios = {family: times[OURS][family] / times[PEER][family] for family in FAMILIES}
    worst = max(ratios, key=ratios.__getitem__)
    lines.append(
        row(
            f"worst family: {worst}",
            ratios[worst],
            *([times[OURS][worst] / times[JAVASCRIPT][worst]] * (len(others) - 1) if len(others) > 1 else []),
        )
    )
    return "\n".join(lines)


def write_all(rounds: int) -> str:
    contenders = {
        name: {family: writing(writers[family], BUILT[family]) for family in BUILT if family in writers}
        for name, writers in WRITERS.items()
    }
    times = best_of(rounds, contenders)
    lines = [table("µs to write what code says", times, BUILT)]
    lines.append(row("geometric mean", *([""] * len(times)), mean(times, OURS, PEER, BUILT)))
    return "\n".join(lines)


# What else is done with a text, beside reading it alone: the ratio is that of one to the other.
def use_all(rounds: int) -> str:
    """Markdown: what checking, restoring and simplifying take, in times that reading takes."""
    every = {**FAMILIES, **CHECKED, **LEFT}
    uses: dict[str, tuple[Callable[[str], Callable[[], object]], Iterable[str]]] = {
        "read and check by the shipped schema": (
            lambda text: partial(of.parse, text, schema=Job),
            ("guid", "mixed", "range of time", "100 × or", "1000 × in"),
        ),
        "read and check by a schema of all kinds": (
            lambda text: partial(of.parse, text, schema=Everything),
            [family for family in every if allowed(Everything, every[family])],
        ),
        "unpickle": (lambda text: partial(pickle.loads, pickle.dumps(of.parse(text))), FAMILIES),
        "simplify": (lambda text: of.parse(text).simplify, FAMILIES),
        "properties": (lambda text: of.parse(text).properties, FAMILIES),
    }
    lines = [row("beside reading alone", "families", "geometric mean", "worst", "of"), "|---|---|---|---|---|"]
    for title, (use, families) in uses.items():
        contenders: dict[str, dict[str, Once]] = {
            title: {family: using(use, every[family]) for family in families},
            "read": {family: using(lambda text: partial(of.parse, text), every[family]) for family in families},
        }
        times = best_of(rounds, contenders)
        ratios = {family: times[title][family] / times["read"][family] for family in families}
        worst = max(ratios, key=ratios.__getitem__)
        lines.append(row(title, len(ratios), mean(times, title, "read", families), ratios[worst], worst))
    return "\n".join(lines)


def allowed(schema: type[of.Schema], make: Make) -> bool:
    try:
        of.parse(make(random.Random(0)), schema=schema)
    except of.FilterValidationError:
        return False
    return True


def using(use: Callable[[str], Callable[[], object]], make: Make) -> Once:
    return lambda luck: timed([use(text) for text in texts_of(make, luck)])


# Short texts that are wrong, read by the schema of all kinds.
MISTAKES = {
    "an unknown property": "nmae eq 'x'",
    "a value of another kind": "size eq 'x'",
    "no condition": "name",
    "a date that is none": "day eq 2024-13-45",
    "a misspelt operator": "name eqq 'x'",
    "an operator of another language": "name = 'x'",
    "an unknown function": "contians(name,'x')",
    "a missing comma": "contains(name 'x')",
    "a missing quote": "name eq 'x",
    "a missing parenthesis": "(name eq 'x'",
    "a missing operand": "name eq",
    "a text behind the filter": "name eq 'x' foo",
}
ITEM = {"state": "success", "createdDateTime": "2024-06-25T00:00:00Z", "name": "a", "email": None}


def other_times(rounds: int) -> str:
    """Markdown: microseconds for the errors of short texts, and for deciding whether an item matches."""
    text = "state eq 'success' and createdDateTime gt 2024-06-24T13:00:00Z and (name ne 'x' or email eq null)"
    made = of.parse(text, schema=Job)
    matches: dict[str, Callable[[Any], object]] = {"matches": made.matches, "by hand": by_hand}
    if compiled := getattr(made, "compile", None):
        matches["compile"] = compiled()
    errors: list[Callable[[], object]] = [partial(refuse, wrong) for wrong in MISTAKES.values()]
    calls_of = {"an error of a short text, on average": errors}
    calls_of |= {f"its error: {kind}": [error] * 20 for kind, error in zip(MISTAKES, errors, strict=True)}
    calls_of |= {f"an item, four conditions, {name}": [partial(match, ITEM)] * 100 for name, match in matches.items()}
    lines = [row("µs", ""), "|---|---|"]
    for title, calls in calls_of.items():
        calls[0]()
        lines.append(row(title, min(timed(calls) for _ in range(rounds))))
    return "\n".join(lines)


def refuse(text: str) -> None:
    """Reads a text that is wrong, and writes its error."""
    try:
        of.parse(text, schema=Everything)
    except of.FilterError as error:
        str(error)
    else:
        raise AssertionError(text)


def by_hand(item: dict[str, Any]) -> bool:
    return (
        item["state"] == "success"
        and item["createdDateTime"] > "2024-06-24T13:00:00Z"
        and (item["name"] != "x" or item["email"] is None)
    )


# How a text of a family grows: joined by `or`, or a longer list.
GROWING: Mapping[str, Callable[[int], str]] = {
    "or": lambda n: " or ".join(f"name eq 'job {i}'" for i in range(n)),
    "and, or, parentheses": lambda n: " and ".join(f"(price gt {i} or not contains(name,'{i}'))" for i in range(n)),
    "in": lambda n: "name in (" + ",".join(f"'job {i}'" for i in range(n)) + ")",
    "groups after in": lambda n: " or ".join(f"size in (price add {i})" for i in range(n)),
    "dates": lambda n: " and ".join(f"day ne 2024-01-{i % 28 + 1:02}" for i in range(n)),
    "any": lambda n: " or ".join(f"items/any(i:i/qty gt {i})" for i in range(n)),
    "arrays": lambda n: "size in [" + ",".join(map(str, range(n))) + "]",
}
ANY_LENGTH = of.Limits(length=1 << 22, nodes=1 << 22, items=1 << 22)
MEGABYTE = 1 << 20


def growth(rounds: int) -> str:
    """Markdown: how much longer a text of twice the length takes to read, at worst, up to a megabyte."""
    lines = ["| twice the length | times as long at worst |", "|---|---|"]
    for name, made in GROWING.items():
        parts = MEGABYTE * 10_000 // len(made(10_000))
        texts = [made(parts >> halved) for halved in range(5, -1, -1)]
        took = [min(timed([partial(of.parse, text, limits=ANY_LENGTH)]) for _ in range(rounds)) for text in texts]
        lines.append(row(name, max(longer / shorter for shorter, longer in itertools.pairwise(took))))
    return "\n".join(lines)


def agree() -> None:
    """This library reads all families, and whatever is written."""
    for family, values_of in BUILT.items():
        for writers in WRITERS.values():
            if family in writers:
                of.parse(writers[family](values_of(random.Random(0))))
    for make in (*FAMILIES.values(), *CHECKED.values(), *LEFT.values(), new_shape):
        of.parse(make(random.Random(0)))


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--rounds", type=int, default=25, help="the best of so many is taken (default 25)")
    options.add_argument(
        "--quick", action="store_true", help="one round of few texts: shows that it runs, not how fast"
    )
    options.add_argument(
        "--cpu",
        action="store_true",
        help="CPU time, for a machine on which others work",
    )
    options.add_argument(
        "families", nargs="*", metavar="FAMILY", help="only these families are read, and no more is done"
    )
    given = options.parse_args()
    rounds, characters = (1, 500) if given.quick else (given.rounds, BATCH)
    agree()
    print(f"CPython {sys.version.split()[0]}, best of {rounds}{', CPU time' * given.cpu}\n")
    print(read_all(rounds, characters, given.families), end="\n\n", flush=True)
    if given.families:
        return
    print(write_all(rounds), end="\n\n", flush=True)
    print(use_all(min(rounds, 10)), end="\n\n", flush=True)
    print(other_times(rounds), end="\n\n", flush=True)
    if not given.quick:
        print(growth(min(rounds, 5)), end="\n\n", flush=True)
    imports = {program: min(import_time(IMPORTS[program]) for _ in range(rounds)) * 1e3 for program in IMPORTS}
    print(row("above a bare interpreter", "ms", "`import lark`"), "|---|---|---|", sep="\n")
    for program, took in imports.items():
        print(row(program, took, took / imports["`import lark`"]))


if __name__ == "__main__":
    main()
