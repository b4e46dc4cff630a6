"""What is said of many texts, each under a schema, kept whole in `tests/kept`: of the refused ones every problem with its
words, place, code and suggestion; of the others what they mean, what becomes of them, and the items that they hold for.

The texts stand in the files, which `python tests/kept_outputs.py` writes anew with what is said of them now. They were
chosen from many small edits of sound filters: each one reaches something that no other does.
"""

import datetime as dt
import itertools
import json
import uuid
from collections.abc import Callable, Iterator
from typing import Any, Final
from unittest import mock

import msgspec
from kept_outputs import KEPT

import odatafilter as of
from odatafilter._evaluate import compiled
from odatafilter._parse import parse_with_places
from odatafilter._plan.build import build
from odatafilter._plan.forms import Const, Element, Form, Get
from odatafilter._read import read_expression
from odatafilter._validate import is_certainly_allowed, places
from odatafilter.facts import PropertyFacts

# Lines that every predicate has.
AROUND: Final = {
    "def matches(item):",
    "    if type(item) is expected:",
    "        try:",
    "        except doubts:",
    "            pass",
    "    return checked(item)",
}
KEY: Final = "dc720f05-e5f7-448b-ae06-765de46f0af1"


class Address(of.Schema):
    City = of.String()
    Zip = of.Int32(nullable=False)


class Line(of.Schema):
    Qty = of.Int32(nullable=False)
    Name = of.String()
    Marks = of.Collection(of.String())
    To = of.Navigation(Address)


class Order(
    of.Schema,
    functions=(
        *sorted(of.facts.ALL_FUNCTIONS),
        of.Function("NS.Rank", {"of": of.String(), "by": of.Collection(of.String())}, of.Int32(), optional="by"),
        of.Function("top", (of.Int32(),), of.Boolean()),
    ),
):
    """All kinds, and all of the language."""

    Id = of.Guid(nullable=False)
    Ref = of.Guid(quoted=True)
    Name = of.String()
    State = of.String(enum=("open", "closed", "reopened", "it's"))
    Amount = of.Decimal()
    Count = of.Int32(nullable=False)
    Total = of.Int64()
    Ratio = of.Double()
    Done = of.Boolean()
    Made = of.DateTimeOffset()
    Due = of.Date()
    Opens = of.TimeOfDay()
    Took = of.Duration()
    Data = of.Binary()
    Hue = of.Enum("Red", "Green", "Blue", type_name="NS.Hue")
    Shade = of.Enum("Dark", "Light")
    Spot = of.Geography()
    Area = of.Geometry()
    Address = of.Navigation(Address)
    Lines = of.Collection(Line)
    Tags = of.Collection(of.String())
    Sizes = of.Collection(of.Int32())
    Keys = of.Collection(of.Guid())
    Any = of.field("Any")
    Few = of.String(operators=("eq", "in"), functions=("contains",))
    Shut = of.String(operators=(), functions=())
    InputId = of.Guid(source="inputs[].id")


class Tight(
    of.Schema,
    operators=("eq", "ne", "lt", "le", "gt", "ge", "in", "and", "or"),
    functions=("contains", "any"),
    max_in=3,
):
    """Without `not`, with two functions."""

    id = of.Guid(nullable=False)
    name = of.String(functions=())
    count = of.Int32()
    done = of.Boolean()
    made = of.DateTimeOffset(operators=("ge", "lt"))
    lines = of.Collection(Line)
    tags = of.Collection(of.String())


class Plain(
    of.Schema,
    operators=("eq", "gt", "in", "and"),
    functions=("contains", "startswith"),
    either_order=("contains",),
    lists="[]",
    plain=True,
    case_sensitive=False,
):
    """Properties and values alone, lists in square brackets."""

    name = of.String()
    state = of.String(enum=("Open", "Closed"))
    hue = of.Enum("Red", "Green")
    count = of.Int32()
    id = of.Guid(quoted=True)


class Open(of.Schema, open=True, functions=()):
    """A type that may have properties that are not documented."""

    name = of.String()
    count = of.Int64()
    address = of.Navigation(Address)


SCHEMAS: Final[dict[str, type[of.Schema] | None]] = {
    "any": None,
    **{one.__name__: one for one in (Order, Tight, Plain, Open)},
}
ITEMS: Final[tuple[dict[str, Any], ...]] = (
    {},
    {
        "Id": KEY,
        "Ref": KEY.upper(),
        "Name": "Name",
        "State": "open",
        "Amount": "2.50",
        "Count": 3,
        "Total": 12,
        "Ratio": 0.5,
        "Done": True,
        "Made": "2024-06-24T12:00:00+02:00",
        "Due": "2024-06-24",
        "Opens": "08:30:00",
        "Took": "PT90M",
        "Data": "Zm9v",
        "Hue": "Red",
        "Shade": "Light",
        "Address": {"City": "Graz", "Zip": 8010},
        "Lines": [{"Qty": 2, "Name": "x", "Marks": ["a"], "To": {"City": "Linz", "Zip": 1}}, {"Qty": 3, "Name": None}],
        "Tags": ["a", "bb", None],
        "Sizes": [1, 2],
        "Keys": [KEY],
        "Any": "Name",
        "Few": "f",
        "inputs": [{"id": KEY}, {"id": None}],
        "name": "OPEN",
        "state": "oPEN",
        "hue": "red",
        "count": 1,
        "done": True,
        "id": KEY,
        "made": "2024-06-24T12:00:00Z",
        "lines": [{"Qty": 5}],
        "tags": ["x"],
        "a": 1,
        "b": "b",
        "other": "x",
        "x": "1",
    },
    {
        "Id": uuid.UUID(int=1),
        "Name": "it's",
        "State": "closed",
        "Amount": -1,
        "Count": 0,
        "Total": -5,
        "Ratio": float("inf"),
        "Done": False,
        "Made": "2023-01-31T23:59:59.5Z",
        "Due": "2020-02-29",
        "Took": "-P1DT2S",
        "Hue": "Red,Blue",
        "Address": None,
        "Lines": [],
        "Tags": [],
        "Sizes": None,
        "Any": 5,
        "name": "x",
        "count": -1,
        "done": False,
        "a": None,
        "b": [1],
        "x": [{"y": 5}],
    },
    {
        "Id": "x",
        "Name": 5,
        "Count": "3",
        "Done": 1,
        "Made": "now",
        "Due": 7,
        "Lines": {},
        "Tags": "a",
        "Hue": "Pink",
        "Any": True,
    },
)


class Part(msgspec.Struct):
    Qty: int
    Name: str | None = None


class Row(msgspec.Struct):
    """Items of a class, which have some of what `Order` documents."""

    Id: uuid.UUID
    Name: str | None
    Count: int
    Amount: float | None = None
    Made: dt.datetime | None = None
    Done: bool | None = None
    Lines: list[Part] = []
    Tags: list[str] | None = None
    name: str | None = None
    count: int | None = None


def answer(schema: str, text: str) -> tuple[bool, str]:
    """Whether a text is read under a schema, and what is said of it, in lines."""
    again = mock.patch.object(places, "parse_with_places", wraps=parse_with_places)
    try:
        with again as read_again:
            made = of.parse(text, schema=SCHEMAS[schema])
    except of.FilterSyntaxError as error:
        return False, _problem(error.span, error.code, error.message, error.suggestion)
    except of.FilterValidationError as error:
        problems = (_problem(one.span, one.code, one.message, one.suggestion) for one in error.problems)
        return False, "".join(problems) + "  read again for the places\n" * read_again.called
    return True, "".join(f"  {what}: {said}\n" for what, said in _facts(made, text))


def _problem(span: tuple[int, int], code: str, message: str, suggestion: str | None) -> str:
    last = "" if suggestion is None else "    =\n" if message.endswith(suggestion) else f"    = {suggestion!r}\n"
    return f"  {code} {span[0]}-{span[1]}: {message}\n{last}"


def _facts(made: of.Filter, text: str) -> Iterator[tuple[str, str]]:
    if str(made) != text:
        yield "text", str(made)
    negation = _attempt(lambda: ~made)
    if negation not in {f"not ({made})", f"not {made}"}:
        yield "not", negation
    if (simple := str(made.simplify())) != str(made):
        yield "simple", simple
    if reads := (*made.properties(), *(f"@{name}" for name in made.parameters())):
        yield "reads", " ".join(reads)
    for name, value in itertools.product(made.parameters(), (5, "2024-06-24", True)):
        yield f"{name}={value!r}", _attempt(lambda name=name, value=value: made.bind(**{name: value}))
    for path in made.properties()[-1:]:
        yield f"{path} as z", _attempt(lambda path=path: made.rename({path: "z"}))
    plan = build(made.tree, made.schema)
    yield "plan", " ".join([shown(plan.condition), *sorted(plan.functions)])
    holds = [_attempt(lambda item=item: "yes" if made.matches(item) else "no") for item in ITEMS]
    yield "items", " ".join(holds if len(set(holds)) > 1 else [*holds[:1], "for all"])
    if (visits := _least_visits(made)) > 1:
        yield "visits", f"{visits}"
    at_once = [_attempt(lambda item=item: "yes" if made.compile()(item) else "no") for item in ITEMS]
    if at_once != holds:  # it never is
        yield "compiled", " ".join(at_once)
    if made.schema is not None and not is_certainly_allowed(read_expression(text, schema=made.schema), made.schema):
        yield "judged", "by the walk"


def source(schema: str, text: str) -> str:
    """What a text is compiled to, for dicts and for items of a class."""
    made = of.parse(text, schema=SCHEMAS[schema])
    written: list[str] = []

    def keep_source(code: str, *others: Any) -> Any:
        written.append("".join(f"    {line}\n" for line in code.splitlines() if line not in AROUND))
        return compile(code, *others)

    with mock.patch.object(compiled, "compile", keep_source, create=True):
        for item_type in (None, Row):
            written.append(f"  {'dict' if item_type is None else 'class'}\n")
            made.compile(item_type)
    return "".join(written)


def _least_visits(made: of.Filter) -> int:
    """The bound of visits from which on the same is said of the item that has most."""
    said = _attempt(lambda: made.matches(ITEMS[1]))
    bounds = (of.Limits(visits=most) for most in itertools.count(1))
    return next(one.visits for one in bounds if _attempt(lambda one=one: made.matches(ITEMS[1], one)) == said)


def _attempt(make: Any) -> str:
    try:
        return str(make())
    except of.FilterError as error:
        return repr(str(error))


def shown(form: Any) -> str:
    """A form of the plan with its kind and its own members, and a question mark where it may be null."""
    if isinstance(form, Element):
        return f"${form.loop}"
    if isinstance(form, Get):
        return f"{shown(form.of)}/{form.name}:{form.kind}{'?' * form.nullable}"
    if isinstance(form, Const):
        return f"{form.literal.text}:{form.kind}"
    if isinstance(form, Form):
        own = [
            getattr(form, name) for name in form.__struct_fields__ if name not in {"node", "kind", "nullable", "facts"}
        ]
        kind = "" if form.kind == "Boolean" else f":{form.kind}"
        return f"{type(form).__name__}{kind}{'?' * form.nullable}({', '.join(map(shown, own))})"
    if isinstance(form, tuple):
        return f"[{', '.join(map(shown, form))}]"
    if isinstance(form, PropertyFacts):
        return form.name
    return f"{form}"


def said(schema: str, text: str) -> str:
    return answer(schema, text)[1]


FILES: Final[dict[str, Callable[[str, str], str]]] = {"refused.txt": said, "accepted.txt": said, "compiled.txt": source}


def kept_answers() -> dict[str, str]:
    """The files as they are to be now, with the texts that they have."""
    return {name: written_answers(read_texts(name), say) for name, say in FILES.items()}


def read_texts(name: str) -> list[tuple[str, str]]:
    """The schemas and texts of a file."""
    heads = (line.partition(" ") for line in (KEPT / name).read_text("utf-8").split("\n") if line[:1] not in {"", " "})
    return [(schema, json.loads(text)) for schema, _, text in heads]


def written_answers(texts: list[tuple[str, str]], say: Callable[[str, str], str]) -> str:
    return "".join(f"{schema} {json.dumps(text)}\n{say(schema, text)}" for schema, text in texts)
