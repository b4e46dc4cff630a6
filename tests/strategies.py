"""Trees, filters, items and texts for the laws. Nothing here calls the code under test.

A filter comes with its oracle: a function, built beside it, that says what OData makes of it for an item.
"""

import datetime as dt
import string
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

import odatafilter as of
from odatafilter import tree

OPERATOR_WORDS = ("and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in")

# --- spelling -------------------------------------------------------------------------------------------------------

names = st.one_of(
    st.sampled_from([*OPERATOR_WORDS, "allowed", "anyName", "nullable", "trueName", "notes", "inactive", "orders"]),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True),
    st.sampled_from(["größe", "名前", "ÀB\u0301", "_x", "ıd", "ſtate"]),
).filter(lambda name: name not in {"null", "INF", "NaN"} and name.lower() not in {"true", "false"})

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
guids = st.uuids().map(str)


@st.composite
def timestamps(draw: st.DrawFn) -> str:
    """Timestamps as OData writes them, beyond what Python's datetime can hold."""
    year = draw(st.one_of(st.integers(1, 9999).map("{:04}".format), st.sampled_from(["0000", "-0044", "12024"])))
    day = f"{year}-{draw(st.integers(1, 12)):02}-{draw(st.integers(1, 28)):02}"
    time = f"{draw(st.integers(0, 23)):02}:{draw(st.integers(0, 59)):02}"
    if draw(st.booleans()):
        time += f":{draw(st.integers(0, 60)):02}"
        time += draw(st.one_of(st.just(""), st.text(string.digits, min_size=1, max_size=12).map(".{}".format)))
    offset = draw(st.one_of(st.just("Z"), st.sampled_from(["+00:00", "-00:00", "+05:30", "-11:15", "+23:59"])))
    return f"{day}T{time}{offset}"


numbers = st.one_of(
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["INF", "-INF", "NaN", "+1", "007", "1e5", "-1.50E-3", "0.10"]),
)

# --- trees ----------------------------------------------------------------------------------------------------------

literals = st.one_of(
    st.just(tree.Literal("null", "null")),
    st.sampled_from(["true", "false"]).map(lambda text: tree.Literal("Boolean", text)),
    guids.map(lambda text: tree.Literal("Guid", text)),
    timestamps().map(lambda text: tree.Literal("DateTimeOffset", text)),
    numbers.map(lambda text: tree.Literal("Number", text)),
    texts.map(lambda text: tree.Literal("String", "'" + text.replace("'", "''") + "'")),
)
leaves = st.one_of(names.map(tree.Property), literals)
lists = st.lists(literals, max_size=4).map(lambda items: tree.List(tuple(items)))


def _compound(children: st.SearchStrategy[tree.Expression]) -> st.SearchStrategy[tree.Expression]:
    several = st.lists(children, min_size=2, max_size=4).map(tuple)
    return st.one_of(
        st.builds(tree.Comparison, children, st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), children),
        st.builds(tree.In, children, st.one_of(lists, children)),
        st.builds(tree.Not, children),
        st.builds(tree.And, several),
        st.builds(tree.Or, several),
    )


trees = st.recursive(leaves, _compound, max_leaves=12)

# --- a schema, its filters and their meaning ------------------------------------------------------------------------


class Thing(of.Schema):
    """One property of every kind."""

    key = of.Guid()
    ref = of.Guid(quoted=True)
    title = of.String()
    state = of.String(enum=("new", "open", "it's done"))
    at = of.DateTimeOffset()
    small = of.Int32()
    large = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    open = of.Boolean()
    parts = of.String(source="parts[].name")


class Meant(NamedTuple):
    """A filter, and what it means: true, false or None (null) for an item."""

    filter: of.Filter
    oracle: Callable[[dict[str, Any]], bool | None]


_PYTHON: dict[str, Callable[[Any, Any], bool]] = {
    "eq": lambda a, b: bool(a == b),
    "ne": lambda a, b: bool(a != b),
    "lt": lambda a, b: bool(a < b),
    "le": lambda a, b: bool(a <= b),
    "gt": lambda a, b: bool(a > b),
    "ge": lambda a, b: bool(a >= b),
}

instants = st.datetimes(
    dt.datetime(1, 1, 2),  # noqa: DTZ001 - bounds, to which timezones adds one
    dt.datetime(9999, 12, 30),  # noqa: DTZ001
    timezones=st.just(dt.UTC),
)
few_instants = st.sampled_from(
    [dt.datetime(2024, 6, 24, 13, tzinfo=dt.UTC), dt.datetime(2024, 6, 24, 13, 0, 0, 1, dt.UTC)]
)

# A small choice of values for each property, so that filters and items often meet.
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "key": st.sampled_from([f"{n:08x}-e5f7-448b-ae06-765de46f0af1" for n in (0, 1, 0xDEADBEEF)]),
    "ref": st.sampled_from([f"{n:08x}-e5f7-448b-ae06-765de46f0af1" for n in (0, 1, 0xDEADBEEF)]),
    "title": st.one_of(st.sampled_from(["", "a", "A", "O'Brien", "a&b+c%20#"]), texts),
    "state": st.sampled_from(["new", "open", "it's done"]),
    "at": st.one_of(few_instants, instants),
    "small": st.one_of(st.integers(-1, 1), st.integers(-(2**31), 2**31 - 1)),
    "large": st.one_of(st.integers(-1, 1), st.integers(-(2**63), 2**63 - 1)),
    "price": st.sampled_from(
        [Decimal(0), Decimal("0.10"), Decimal("0.1"), Decimal("1E+3"), Decimal("12345678901234567890.5")]
    ),
    "weight": st.one_of(
        st.sampled_from([0.0, -0.0, 0.1, 1e22, float("inf"), float("-inf"), float("nan")]), st.floats()
    ),
    "open": st.booleans(),
    "parts": st.sampled_from(["bolt", "nut", "it's"]),
}
ORDERED = ("title", "state", "at", "small", "large", "price", "weight")


@st.composite
def comparisons(draw: st.DrawFn) -> Meant:
    name = draw(st.sampled_from(sorted(VALUES)))
    operator = draw(st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"] if name in ORDERED else ["eq", "ne"]))
    nullable = operator in {"eq", "ne"}
    value = draw(st.one_of(VALUES[name], st.none()) if nullable else VALUES[name])
    made = getattr(getattr(Thing, name), operator)(value)
    return Meant(made, lambda item: _compares(operator, item.get(name), value))


@st.composite
def memberships(draw: st.DrawFn) -> Meant:
    name = draw(st.sampled_from(sorted(VALUES)))
    values = draw(st.lists(st.one_of(VALUES[name], st.none()), min_size=1, max_size=4))
    made = getattr(Thing, name).in_(values)
    return Meant(made, lambda item: any(_compares("eq", item.get(name), value) for value in values))


def _compares(operator: str, found: Any, value: Any) -> bool:
    """OData URL Conventions §5.1.1.1, read once more: two-valued, whatever is null."""
    if isinstance(found, list):  # several values: any may hold; `ne` holds where none is equal
        if operator == "ne":
            return not any(_compares("eq", one, value) for one in found)
        return any(_compares(operator, one, value) for one in found)
    if found is None or value is None:
        return {"eq": found is value, "ne": found is not value}.get(operator, found is value and "e" in operator[1:])
    return _PYTHON[operator](found, value)


def _joined(children: st.SearchStrategy[Meant]) -> st.SearchStrategy[Meant]:
    return st.one_of(
        st.builds(
            lambda a, b: Meant(a.filter & b.filter, lambda i: _and(a.oracle(i), b.oracle(i))), children, children
        ),
        st.builds(lambda a, b: Meant(a.filter | b.filter, lambda i: _or(a.oracle(i), b.oracle(i))), children, children),
        st.builds(lambda a: Meant(~a.filter, lambda i: _not(a.oracle(i))), children),
    )


def _and(a: bool | None, b: bool | None) -> bool | None:
    return False if a is False or b is False else None if a is None or b is None else True


def _or(a: bool | None, b: bool | None) -> bool | None:
    return _not(_and(_not(a), _not(b)))


def _not(a: bool | None) -> bool | None:
    return None if a is None else not a


filters = st.recursive(st.one_of(comparisons(), memberships()), _joined, max_leaves=10)


@st.composite
def items(draw: st.DrawFn) -> dict[str, Any]:
    """An item as Python values; `wire` writes it as an API would."""
    found = {name: draw(st.one_of(st.none(), values)) for name, values in VALUES.items() if name != "parts"}
    return found | {"parts": draw(st.lists(st.one_of(st.none(), VALUES["parts"]), max_size=3))}


def wire(item: dict[str, Any]) -> dict[str, Any]:
    """The same item as JSON has it: timestamps and GUIDs as text, what is null left out, parts as objects."""
    written = {name: value for name, value in item.items() if value is not None}
    if "at" in written:
        text = written["at"].isoformat(timespec="microseconds")
        written["at"] = text if item["small"] else text.replace("+00:00", "0Z")
    if "key" in written:
        written["key"] = written["key"].upper()
    written["parts"] = [{"name": name} for name in item["parts"]]
    return written


# --- texts ----------------------------------------------------------------------------------------------------------

_PIECES = (
    *OPERATOR_WORDS, " ", "  ", "\t", "(", ")", ",", "'", "''", "a", "name", "null", "NULL", "true", "1", "-", "+", ".",
    "2024-02-30T10:00:00Z", "2024-06-24T13:00:00", "dc720f05-e5f7-448b-ae06-765de46f0af1", "'x'", "INF", "é", "\0",
    "\ud800", "=", "&&", "%20", '"', "\n", "$filter=", "ı", "ſ", "/", "@", "[", "]", "{", "}", ":",
)  # fmt: skip
scraps = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)
any_text = st.one_of(scraps, st.text(max_size=30), st.lists(st.one_of(scraps, st.text(max_size=3))).map(" ".join))
