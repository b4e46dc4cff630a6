"""Trees, filters, items and texts for the laws. Nothing here calls the code under test.

A filter comes with its oracle: a function, built beside it, that says what OData makes of it for an item.
"""

import base64
import datetime as dt
import json
import string
from collections.abc import Callable
from decimal import Decimal
from typing import Any, NamedTuple

from hypothesis import strategies as st

import odatafilter as of
from odatafilter import tree

OPERATOR_WORDS = (
    *("and", "or", "not", "eq", "ne", "lt", "le", "gt", "ge", "in", "has"),
    *("add", "sub", "mul", "div", "divby", "mod"),
)

# --- spelling -------------------------------------------------------------------------------------------------------

names = st.one_of(
    st.sampled_from([*OPERATOR_WORDS, "allowed", "anyName", "nullable", "trueName", "notes", "inactive", "orders"]),
    st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,12}", fullmatch=True),
    st.sampled_from(["größe", "名前", "ÀB\u0301", "_x", "ıd", "ſtate"]),
).filter(lambda name: name not in {"null", "INF", "NaN"} and name.lower() not in {"true", "false"})

texts = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=20)
guids = st.uuids().map(str)


# Strategies are made once, not anew for each example: making them costs more than drawing from them.
def _padded(least: int, most: int) -> st.SearchStrategy[str]:
    return st.integers(least, most).map("{:02}".format)


_fractions = st.text(string.digits, min_size=1, max_size=12).map(".{}".format)
# Timestamps as OData writes them, beyond what Python's datetime can hold.
timestamps = st.builds(
    "{}-{}-{}T{}:{}{}{}".format,
    st.one_of(st.integers(1, 9999).map("{:04}".format), st.sampled_from(["0000", "-0044", "12024"])),
    _padded(1, 12),
    _padded(1, 28),
    _padded(0, 23),
    _padded(0, 59),
    st.one_of(st.just(""), st.builds(":{}{}".format, _padded(0, 60), st.one_of(st.just(""), _fractions))),
    st.sampled_from(["Z", "+00:00", "-00:00", "+05:30", "-11:15", "+23:59"]),
)


numbers = st.one_of(
    st.integers().map(str),
    st.decimals(allow_nan=False, allow_infinity=False).map(str),
    st.sampled_from(["INF", "-INF", "NaN", "+1", "007", "1e5", "-1.50E-3", "0.10"]),
)

# --- trees ----------------------------------------------------------------------------------------------------------

geo_shapes = st.sampled_from(
    [
        "Point(142.1 64.1)",
        "LineString(142.1 64.1,3.14 2.78)",
        "Polygon((1 1,1 1),(1 1,2 2,3 3,1 1))",
        "MultiPoint()",
        "MultiPoint((142.1 64.1),(1 2))",
        "GeometryCollection(Point(1 2 3),GeometryCollection(MultiPolygon(((1 1,1 1)))))",
    ]
)


durations = st.builds(
    lambda form, d, h, m, s: form.format(d=d, h=h, m=m, s=s),
    st.sampled_from(["P{d}D", "PT{h}H", "P{d}DT{h}H{m}M{s}S", "PT{s}S", "-PT{m}M", "P"]),
    *[st.integers(0, 400)] * 3,
    st.one_of(st.integers(0, 99).map(str), st.decimals(0, 99, places=4).map(str)),
)


def _literals_of(kind: tree.LiteralKind, spellings: st.SearchStrategy[str]) -> st.SearchStrategy[tree.Literal]:
    return spellings.map(lambda text: tree.Literal(kind, text))


type_names = st.sampled_from(["Edm.String", "NS.Sub.Type", "größe.x"])
enum_members = st.lists(st.one_of(names, st.integers(-9, 99).map(str)), min_size=1, max_size=3).map(",".join)
enums = _literals_of("Enum", st.tuples(type_names, enum_members).map(lambda pair: f"{pair[0]}'{pair[1]}'"))
strings = _literals_of("String", texts.map(lambda text: "'" + text.replace("'", "''") + "'"))
json_texts = texts.map(lambda text: json.dumps(text, ensure_ascii=False))
literals = st.one_of(
    st.just(tree.Literal("null", "null")),
    _literals_of("Binary", st.binary(max_size=9).map(lambda b: f"binary'{base64.urlsafe_b64encode(b).decode()}'")),
    _literals_of("Boolean", st.sampled_from(["true", "false"])),
    _literals_of("Date", st.dates().map(str)),
    _literals_of("DateTimeOffset", timestamps),
    _literals_of("Duration", durations.map("duration'{}'".format)),
    enums,
    _literals_of("Geography", geo_shapes.map("geography'SRID=4326;{}'".format)),
    _literals_of("Geometry", geo_shapes.map("geometry'SRID=0;{}'".format)),
    _literals_of("Guid", guids),
    _literals_of("Number", numbers),
    strings,
    _literals_of("TimeOfDay", st.times().map(str)),
)
lists = st.lists(literals, max_size=4).map(lambda items: tree.List(tuple(items)))
keys = literals.filter(lambda key: key.kind not in {"null", "Binary", "Geography", "Geometry"})
aliases = names.map(tree.Alias)
annotations = st.builds(tree.Annotation, type_names, st.one_of(st.none(), names))
ARITIES = {"length": 1, "contains": 2, "concat": 2, "substring": 3, "now": 0, "year": 1, "geo.distance": 2, "round": 1}
# A call of a function that is named like an operator, after `not`, would be read as that operator.
plain_names = names.filter(lambda name: name.lower() not in {*OPERATOR_WORDS, *ARITIES, "any", "all", "case"})
function_names = st.one_of(type_names, plain_names)
leaves = st.one_of(
    names.map(tree.Property),
    literals,
    st.sampled_from(["$it", "$this"]).map(tree.Variable),
    aliases,
    annotations,
    st.builds(tree.Function, function_names, st.just(())),
)


def _tuples(children: st.SearchStrategy[Any], least: int = 0, most: int = 3) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(children, min_size=least, max_size=most).map(tuple)


def _calls(children: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Expression]:
    canonical = st.sampled_from(sorted(ARITIES)).flatmap(
        lambda name: st.builds(tree.Call, st.just(name), _tuples(children, ARITIES[name], ARITIES[name]))
    )
    types = st.one_of(type_names, st.just("Name"), st.just("Collection(NS.Type)")).map(tree.TypeName)
    cast = st.builds(
        lambda name, first, last: tree.Call(name, (*first, last)),
        st.sampled_from(["cast", "isof"]),
        _tuples(children, most=1),
        types,
    )
    branches = st.builds(tree.Branch, children, children)
    return st.one_of(canonical, cast, st.builds(tree.Case, _tuples(branches, 1)), _functions(children), keyed)


def _named(values: st.SearchStrategy[Any], least: int = 0) -> st.SearchStrategy[tuple[Any, ...]]:
    return _tuples(st.builds(tree.Named, names, values), least)


single_keys = _tuples(st.one_of(keys, aliases), 1, 1)


def _keys(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Key]:
    return st.builds(tree.Key, st.one_of(_named(values, 1), single_keys))


def _functions(values: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Function]:
    return st.builds(tree.Function, function_names, _named(values))


keyed = st.builds(tree.Function, plain_names, single_keys)


def _paths(children: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Path]:
    properties = names.map(tree.Property)
    types = type_names.map(tree.TypeName)
    functions = _functions(children)
    imports = st.builds(tree.Function, plain_names, _named(children))
    filtered = st.builds(tree.Filtered, children)
    any_annotation = st.one_of(names.map(tree.Annotation), annotations)
    count = st.builds(
        tree.Count,
        st.one_of(st.none(), children),
        st.one_of(st.none(), st.sampled_from(["blue OR green", '"a (b"'])),
    )
    some = st.builds(tree.Lambda, st.sampled_from(["any", "all"]), names, children)
    of_many = st.one_of(count, some, st.just(tree.Lambda("any")))
    # What a single instance has, and what one type more lets it have.
    member = st.one_of(properties, any_annotation, functions)
    members = st.one_of(st.tuples(member), st.tuples(types, member))
    starts = st.one_of(
        st.one_of(properties, aliases, annotations, functions).map(lambda start: (start,)),
        _segments(st.sampled_from(["$it", "$this"]).map(tree.Variable), members),
        _segments(keyed, members),
        st.tuples(st.just(tree.Variable("$root")), st.one_of(properties, imports)),
        _segments(st.just(tree.Variable("$root")), keyed, members),
        _segments(functions, _keys(children), members),
        st.tuples(types, member),
    )
    middles = st.one_of(
        members,
        st.tuples(filtered, st.one_of(any_annotation, functions)),
        _segments(filtered, _keys(children), members),
        _segments(st.builds(tree.Function, function_names, single_keys), members),
    )
    ends = st.one_of(
        st.one_of(properties, types, of_many).map(lambda end: (end,)),
        st.tuples(types, of_many),
        st.tuples(filtered, of_many),
    )
    return _segments(starts, _tuples(middles, most=2).map(lambda parts: sum(parts, ())), ends).map(tree.Path)


def _segments(*parts: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """One tuple of what `parts` give, one after the other: segments, and tuples of them."""
    return st.tuples(*parts).map(lambda several: sum((x if type(x) is tuple else (x,) for x in several), ()))


def _compound(children: st.SearchStrategy[Any]) -> st.SearchStrategy[tree.Expression]:
    values = st.one_of(children, _literals_of("String", json_texts))
    several = _tuples(children, 2, 4)
    words = st.lists(names, min_size=1, max_size=2).map(lambda members: "'" + ",".join(members) + "'")
    return st.one_of(
        st.builds(tree.Comparison, children, st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"]), children),
        st.builds(tree.Arithmetic, children, st.sampled_from(["add", "sub", "mul", "div", "divby", "mod"]), children),
        st.builds(tree.In, children, st.one_of(lists, children)),
        st.builds(tree.Has, children, st.one_of(enums, _literals_of("String", words))),
        st.builds(tree.Not, children),
        st.builds(tree.Negation, children),
        st.builds(tree.And, several),
        st.builds(tree.Or, several),
        st.builds(tree.Array, _tuples(values)),
        st.builds(tree.Object, _tuples(st.builds(tree.Member, json_texts, values))),
        _calls(children),
        _paths(children),
    )


trees = st.recursive(leaves, _compound, max_leaves=10)

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


def _compared_with(name: str) -> st.SearchStrategy[Meant]:
    operators = ("eq", "ne", "lt", "le", "gt", "ge") if name in ORDERED else ("eq", "ne")
    return st.one_of(
        st.builds(_comparison, st.just(name), st.sampled_from(operators), VALUES[name]),
        st.builds(_comparison, st.just(name), st.sampled_from(["eq", "ne"]), st.none()),
        st.builds(_membership, st.just(name), st.lists(st.one_of(VALUES[name], st.none()), min_size=1, max_size=4)),
    )


def _comparison(name: str, operator: str, value: Any) -> Meant:
    made = getattr(getattr(Thing, name), operator)(value)
    return Meant(made, lambda item: _compares(operator, item.get(name), value))


def _membership(name: str, values: list[Any]) -> Meant:
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


filters = st.recursive(st.one_of(*map(_compared_with, sorted(VALUES))), _joined, max_leaves=10)
# An item as Python values; `wire` writes it as an API would.
items = st.fixed_dictionaries(
    {name: st.one_of(st.none(), values) for name, values in VALUES.items()}
    | {"parts": st.lists(st.one_of(st.none(), VALUES["parts"]), max_size=3)}
)


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


# --- whatever the builder can make ----------------------------------------------------------------------------------


class Place(of.Schema):
    """A complex type."""

    city = of.String()
    zip = of.Int32(name="class")


class Line(of.Schema):
    """An element of a collection."""

    amount = of.Int32()
    label = of.String()
    tags = of.Collection(of.String())


class Order(of.Schema):
    """Every kind, and structure."""

    title = of.String()
    made = of.DateTimeOffset()
    due = of.Date()
    opens = of.TimeOfDay()
    took = of.Duration()
    count = of.Int64()
    price = of.Decimal()
    weight = of.Double()
    color = of.Enum("Red", "Green", type_name="NS.Color")
    data = of.Binary()
    key = of.Guid()
    place = of.Navigation(Place)
    lines = of.Collection(Line)
    tags = of.Collection(of.String())


whole = st.integers(-(2**31), 2**31 - 1)
aware = st.datetimes(timezones=st.just(dt.UTC))
deltas = st.timedeltas()
params = names.map(of.param)
starts = st.one_of(whole, params, st.just(Order.place / Place.zip))

string_handles = st.recursive(
    st.sampled_from([Order.title, Order.place / Place.city]),
    lambda inner: st.one_of(
        inner.map(of.String.lower),
        inner.map(of.String.upper),
        inner.map(of.String.trim),
        st.builds(of.String.concat, inner, st.one_of(texts, inner, params)),
        st.builds(of.String.substring, inner, starts, st.one_of(st.none(), starts)),
    ),
    max_leaves=3,
)
integer_handles = st.one_of(
    st.just(Order.place / Place.zip),
    st.sampled_from(
        [Order.made.year(), Order.due.day(), Order.opens.hour(), Order.made.second(), Order.made.totaloffsetminutes()]
    ),
    string_handles.map(of.String.length),
    st.builds(of.String.indexof, string_handles, st.one_of(texts, params)),
    st.builds(Order.tags.indexof, st.lists(texts, max_size=2)),
    st.sampled_from(
        [
            Order.tags.length(),
            Order.title.cast(of.Int32()),
            of.expression("case(count gt 5:1,true:length(title))", of.Int32()),
            of.expression("$it/lines/$count", of.Int32(), schema=Order),
        ]
    ),
)
integer_handles = st.recursive(
    integer_handles,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a + b, inner, st.one_of(whole, inner, params)),
        st.builds(lambda a, b: b - a, inner, st.one_of(whole, params)),
        st.builds(lambda a, b: a - b, inner, st.one_of(whole, inner)),
        st.builds(lambda a, b: a * b, inner, st.one_of(whole, inner)),
        st.builds(lambda a, b: a.mod(b), inner, whole),
        inner.map(lambda a: -a),
    ),
    max_leaves=3,
)
decimal_values = st.decimals(allow_nan=False, allow_infinity=False)
decimal_handles = st.sampled_from(
    [
        *(Order.price, Order.price.floor(), Order.price.divby(3), Order.took.totalseconds(), -Order.price.round()),
        *(Order.count * Order.price, Order.price.mod(Order.count), Order.count.divby(2), 2 - Order.price),
    ]
)
date_handles = st.one_of(
    st.sampled_from([Order.due, Order.made.date()]),
    st.builds(lambda delta: Order.due + delta, st.one_of(deltas, st.just(Order.took))),
)
instant_handles = st.one_of(
    st.sampled_from([Order.made, of.expression("now()", of.DateTimeOffset()), Order.took + Order.made]),
    st.builds(lambda delta: delta + Order.made, deltas),
    st.builds(lambda delta: Order.made - delta, deltas),
)
duration_handles = st.recursive(
    st.one_of(
        st.sampled_from([Order.took, Order.made - Order.made, Order.due - Order.made.date()]),
        st.builds(lambda moment: moment - Order.made, aware),
        st.builds(lambda day: Order.due - day, st.dates()),
    ),
    lambda inner: st.one_of(
        inner.map(lambda a: -a),
        st.builds(lambda a, b: a + b, inner, st.one_of(inner, deltas, params)),
        st.builds(lambda a, n: n * a, inner, st.one_of(whole, params)),
        st.builds(lambda a, n: a.div(n), inner, st.one_of(whole, st.just(Order.count))),
    ),
    max_leaves=3,
)


def _ordered(handles: st.SearchStrategy[Any], values: st.SearchStrategy[Any]) -> st.SearchStrategy[of.Filter]:
    relations = st.sampled_from(["eq", "ne", "lt", "le", "gt", "ge"])
    others = st.one_of(values, params, handles)
    return st.one_of(
        st.builds(lambda handle, name, value: getattr(handle, name)(value), handles, relations, others),
        st.builds(lambda handle, low, high: handle.between(low, high), handles, others, others),
        st.builds(lambda handle, some: handle.in_(some), handles, st.lists(values, min_size=1, max_size=3)),
    )


# Without a schema: every function, of anything.
fields = st.recursive(
    st.one_of(names.map(of.field), st.builds(lambda a, b: of.field(a) / b, names, names)),
    lambda inner: st.one_of(
        st.builds(lambda a, b: a - b, inner, st.one_of(whole, deltas, params, inner)),
        st.builds(lambda a, b: b + a, inner, st.one_of(whole, deltas, params)),
        inner.map(lambda a: -a.round()),
    ),
    max_leaves=4,
)
of_fields = st.one_of(
    st.builds(lambda a, t: a.lower().concat(t) == a.trim(), fields, st.one_of(texts, params)),
    st.builds(lambda a, n: a.length() + a.year() > n, fields, st.one_of(whole, params)),
    st.builds(lambda a, day: a.date() >= day, fields, st.dates()),
    st.builds(lambda a, b: a > b, fields, st.one_of(whole, texts, aware, params, fields)),
    st.builds(lambda a, b: a.contains(b), fields, st.one_of(texts, st.lists(texts, max_size=2), params, fields)),
    st.builds(lambda a, b: a.in_(b), fields, st.one_of(st.lists(whole, min_size=1), params, fields)),
    st.builds(lambda a, b: a.hassubset(b), fields, st.one_of(st.lists(whole), params, fields)),
    st.builds(
        lambda a, b, n: of.field(a).any(lambda x: (x / b > n) & (of.field(b) != n)) & of.field(a).any(),
        names,
        names,
        whole,
    ),
    st.builds(lambda a, b, n: of.field(a).count(lambda x: (x / b > n) | (of.field(b) == x)) > n, names, names, whole),
)

simple_built = st.one_of(
    _ordered(string_handles, texts),
    _ordered(integer_handles, whole),
    _ordered(decimal_handles, decimal_values),
    _ordered(st.sampled_from([Order.weight, Order.weight * Order.price, Order.count.div(Order.weight)]), st.floats()),
    _ordered(st.just(Order.count), st.integers(-(2**63), 2**63 - 1)),
    _ordered(instant_handles, st.one_of(aware, timestamps)),
    _ordered(date_handles, st.dates()),
    _ordered(st.sampled_from([Order.opens, Order.made.time()]), st.times()),
    _ordered(duration_handles, deltas),
    st.builds(of.String.in_, string_handles, st.one_of(params, st.just(Order.tags))),
    st.builds(
        lambda name, some: getattr(Order.tags, name)(some),
        st.sampled_from(["hassubset", "hassubsequence", "contains", "startswith", "endswith"]),
        st.one_of(st.lists(texts, max_size=2), params, st.just(Order.tags)),
    ),
    st.builds(lambda n: Order.lines.count(lambda line: (line.amount > n) & (line.label == Order.title)) > 1, whole),
    st.builds(lambda t: Order.tags.count(lambda tag: (tag == t) | (tag != Order.title)) > 1, texts),
    st.sampled_from(
        [
            Order.title.isof("Edm.String"),
            Order.lines.any(lambda line: line.tags.count(lambda tag: tag == line.label) == Order.count),
            Order.lines.any(lambda line: of.expression(f"cast({line.label},Edm.Int32)", of.Int32()) > line.amount),
            Order.lines.count(lambda line: line.tags.any(lambda tag: tag == line.label)) > Order.count,
        ]
    ),
    st.builds(Order.key.eq, st.one_of(st.uuids(), params)),
    st.builds(Order.data.eq, st.binary()),
    st.builds(Order.color.has, st.sampled_from(["Red", "Green,Red"])),
    st.builds(Order.color.ne, st.sampled_from(["Red", "Green"])),
    st.builds(lambda a, text: a.contains(text), string_handles, st.one_of(texts, string_handles, params)),
    st.builds(lambda a, text: a.startswith(text) | a.endswith(text), string_handles, texts),
    st.builds(lambda a: Order.lines.count() > a, st.integers(0, 9)),
    st.builds(lambda n: Order.lines.any(lambda line: (line.amount > n) & line.tags.any(lambda t: t == "a")), whole),
    st.builds(lambda t: Order.tags.all(lambda tag: tag.lower() == t), texts),
    st.sampled_from([Order.tags.any(), Order.lines.any()]),
)
built = st.recursive(
    simple_built,
    lambda inner: st.one_of(
        st.builds(lambda a, b: a & b, inner, inner),
        st.builds(lambda a, b: a | b, inner, inner),
        inner.map(lambda a: ~a),
    ),
    max_leaves=6,
)

# --- filters that read what a schema documents, and what it does not ------------------------------------------------


class Open(of.Schema):
    """An element, and the item that holds it."""

    n = of.Int32()


class Guarded(of.Schema):
    """An item that has more than what is documented."""

    n = of.Int32()
    below = of.Navigation(Open)
    several = of.Collection(Open)
    numbers = of.Collection(of.Int32())


# How a property of the current instance is named; and how one of the item is, wherever that stands.
_HERE = ("{}", "$this/{}", "NS.Type/{}", "$this/NS.Type/{}")
_ANYWHERE = ("$it/{}", "$it/NS.Type/{}", "$it/below/{}", "$it/below/NS.Type/{}")
_VALUES = (
    *(
        "{} eq 1",
        "1 lt {}",
        "{} in (1,2)",
        "1 in [{}]",
        "-{} eq 1",
        "{} add 1 eq 2",
        "round({}) eq 1",
        "[{},2] eq [1,2]",
    ),
    *("cast({},Edm.Int32) eq 1", "isof({},Edm.Int32)", "case(true:{}) eq 1"),
    *("$it/several/$filter(true)(n={})/n eq 1", "$it/several/any(v:v/n eq {})"),
)
_CONDITIONS = (
    *("not ({})", "({}) and true", "false or ({})", "({}) eq true", "true ne ({})", "({}) in (true)"),
    *("case({}:1,true:2) eq 1", "$it/several/any(v:{})", "$it/several/NS.Type/all(v:v/n eq 1 or ({}))"),
)
_CHOSEN = (
    *("$it/several/$filter({})/any()", "$it/several/$count($filter={}) gt 1", "$it/numbers/any(v:v eq 1) and ({})"),
    "$it/several/NS.Type/$filter({})/$count gt 1",
)


def _reads() -> st.SearchStrategy[str]:
    names_read = st.sampled_from(["n", "n", "n", "secret"])
    paths = st.builds(str.format, st.sampled_from([*_HERE, *_ANYWHERE]), names_read)
    leaf = st.one_of(
        st.builds(str.format, st.sampled_from(_VALUES), paths),
        st.builds("$it/several/any(w:w/{} eq 1)".format, names_read),
        st.builds("$it/several/any(w:w/NS.Type/{} eq 1)".format, names_read),
        st.builds("$it/numbers/$filter($it/{} eq 1)/any()".format, names_read),
        st.builds("$it/numbers/$count($filter=$this eq $it/{}) eq 1".format, names_read),
        st.sampled_from(["$root/secret eq 1", "@p/secret eq 1", "@NS.Term/secret eq 1", "n/@NS.secret eq 1"]),
    )
    return st.recursive(
        leaf, lambda inner: st.builds(str.format, st.sampled_from([*_CONDITIONS, *_CHOSEN]), inner), max_leaves=4
    )


# Texts in which every `n` is documented, and nothing that is called `secret` is.
reads = _reads()

# --- texts ----------------------------------------------------------------------------------------------------------

_PIECES = (
    *OPERATOR_WORDS, " ", "  ", "\t", "(", ")", ",", "'", "''", "a", "name", "null", "NULL", "true", "1", "-", "+", ".",
    "2024-02-30T10:00:00Z", "2024-06-24T13:00:00", "dc720f05-e5f7-448b-ae06-765de46f0af1", "'x'", "INF", "é", "\0",
    "\ud800", "$it", "$root", "$count", "any", "all", "case", "cast", "contains", "NS.Type", "geo.length", "13:20",
    "2024-01-02", "duration'P1D'", "binary'Zg'", "geometry'SRID=0;Point(1 2)'", '"', '"x"', ";", "#", "=", "&&", "%20",
    "\n", "$filter=", "ı", "ſ", "/", "@", "[", "]", "{", "}", ":",
)  # fmt: skip
scraps = st.lists(st.sampled_from(_PIECES), max_size=14).map("".join)
any_text = st.one_of(scraps, st.text(max_size=30), st.lists(st.one_of(scraps, st.text(max_size=3))).map(" ".join))


# Texts like those that the parser reads as a whole, and almost like them.
_compared = st.builds(
    "{}{}{}".format,
    st.one_of(names, st.sampled_from(["null", "true", "INF", "NaN", "not a", "-a", "1", "(a", "a/b"])),
    st.sampled_from([" eq ", " NE ", "\tlt  ", " add ", " in ", " eq", "eq "]),
    st.one_of(
        literals.map(lambda literal: literal.text),
        st.sampled_from(
            ["a", "1)", "('a','b')", "('a', 1)", "(1)", "''", "'a''", "1 eq 2", "2024-02-30T10:00:00Z", "1a"]
        ),
    ),
)
_joints = st.sampled_from(
    [" and ", " or ", " AND ", "\tor ", "  and\t", ") and (", " or not ", "and ", " and", " or (", ")"]
)
chains = st.lists(st.tuples(_compared, _joints), max_size=6).map(lambda parts: "".join(a + b for a, b in parts)[:-1])
