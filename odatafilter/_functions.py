"""The canonical functions and arithmetic, one row for each (OData URL Conventions §5.1.1.2 and .5 to .11).

A new function works with two places: a row here, from which the builder has its method too, and its implementation in
the evaluator. A method that is written out in `kinds/`, as a test wants, adds types and a docstring.
`case` (§5.1.1.12), `any` and `all` (§5.1.1.13) and `$count` are nodes of their own and have no rows.
"""

import functools
from typing import Final, TypeAlias

import msgspec

from odatafilter._kinds import INTEGERS, KINDS, NUMBERS, common_number
from odatafilter._suggest import word_list

# What a parameter takes: names of kinds. A type is no value and has a parameter of its own.
Parameter: TypeAlias = tuple[str, ...]
ANY: Final[Parameter] = ()
TYPE: Final[Parameter] = ("Type",)
STRING: Final[Parameter] = ("String",)
COLLECTION: Final[Parameter] = ("Collection",)
COUNT: Final[Parameter] = tuple(sorted(INTEGERS))
NUMBER: Final[Parameter] = tuple(sorted(NUMBERS))
TEMPORAL: Final[Parameter] = ("Date", "DateTimeOffset")
CLOCK: Final[Parameter] = ("DateTimeOffset", "TimeOfDay")
INSTANT: Final[Parameter] = ("DateTimeOffset",)
DURATION: Final[Parameter] = ("Duration",)
GEO: Final[Parameter] = ("Geography", "Geometry")


class Signature(msgspec.Struct, frozen=True):
    """One way to call a function: its parameters, of which the last `optional` may be left out, and the kind it gives.

    A `result` of "" is the kind of the first argument.
    """

    parameters: tuple[Parameter, ...]
    result: str
    optional: int = 0


class CanonicalFunction(msgspec.Struct, frozen=True, kw_only=True):
    """One canonical function: `method` is its name in the builder."""

    name: str
    signatures: tuple[Signature, ...]
    method: str

    @property
    def arity(self) -> tuple[int, int]:
        """The least and the greatest number of arguments."""
        signature = self.signatures[0]
        most = len(signature.parameters)
        return (1, most) if self.takes_type else (most - signature.optional, most)

    @property
    def takes_type(self) -> bool:
        """Whether the last argument is a type; the first may then be left out."""
        return TYPE in self.signatures[0].parameters

    def signature_for(self, kinds: tuple[str | None, ...]) -> Signature | None:
        """The signature that takes arguments of these kinds, None among them for one that is not known."""
        for signature in self.signatures:
            if all(map(accepts, signature.parameters, kinds)):
                return signature
        return None


def describe_parameter(parameter: Parameter) -> str:
    """What messages call the values that a parameter takes."""
    groups = {COUNT: "Int32", NUMBER: "Number", ANY: "Any"}
    return groups.get(parameter) or word_list(parameter, "or")


def accepts(parameter: Parameter, kind: str | None) -> bool:
    """Whether `parameter` takes a value of `kind`, which is None or Untyped where it is not known."""
    return kind is None or kind == "Untyped" or parameter == ANY or kind in parameter


def _function_row(
    name: str, *parameters: Parameter, result: str, method: str = "", optional: int = 0
) -> CanonicalFunction:
    return CanonicalFunction(
        name=name,
        signatures=(Signature(parameters, result, optional),),
        method=method or name,
    )


def _sequence(name: str, *parameters: Parameter, result: str, optional: int = 0) -> CanonicalFunction:
    """A function of strings, and likewise of ordered collections."""
    collections = tuple(COLLECTION if parameter == STRING else parameter for parameter in parameters)
    return CanonicalFunction(
        name=name,
        signatures=(
            Signature(parameters, result, optional),
            Signature(collections, "Collection" if result == "String" else result, optional),
        ),
        method=name,
    )


def _of_two_shapes(name: str, *, result: str, method: str) -> CanonicalFunction:
    """A function of two shapes, both on the earth or both in the plane."""
    signatures = tuple(Signature(((kind,), (kind,)), result) for kind in GEO)
    return CanonicalFunction(name=name, signatures=signatures, method=method)


_ROWS: Final = (
    # Of strings and collections (§5.1.1.5).
    _sequence("concat", STRING, STRING, result="String"),
    _sequence("contains", STRING, STRING, result="Boolean"),
    _sequence("endswith", STRING, STRING, result="Boolean"),
    _sequence("indexof", STRING, STRING, result="Int32"),
    _sequence("length", STRING, result="Int32"),
    _sequence("startswith", STRING, STRING, result="Boolean"),
    _sequence("substring", STRING, COUNT, COUNT, result="String", optional=1),
    # Of collections (§5.1.1.6).
    _function_row("hassubset", COLLECTION, COLLECTION, result="Boolean"),
    _function_row("hassubsequence", COLLECTION, COLLECTION, result="Boolean"),
    # Of strings (§5.1.1.7); the flags of patterns are of 4.02.
    _function_row(
        "matchesPattern",
        STRING,
        STRING,
        STRING,
        result="Boolean",
        method="matches_pattern",
        optional=1,
    ),
    _function_row("tolower", STRING, result="String", method="lower"),
    _function_row("toupper", STRING, result="String", method="upper"),
    _function_row("trim", STRING, result="String"),
    # Of dates and times (§5.1.1.8).
    _function_row("date", INSTANT, result="Date"),
    _function_row("day", TEMPORAL, result="Int32"),
    _function_row("fractionalseconds", CLOCK, result="Decimal"),
    _function_row("hour", CLOCK, result="Int32"),
    _function_row("maxdatetime", result="DateTimeOffset"),
    _function_row("mindatetime", result="DateTimeOffset"),
    _function_row("minute", CLOCK, result="Int32"),
    _function_row("month", TEMPORAL, result="Int32"),
    _function_row("now", result="DateTimeOffset"),
    _function_row("second", CLOCK, result="Int32"),
    _function_row("time", INSTANT, result="TimeOfDay"),
    _function_row("totaloffsetminutes", INSTANT, result="Int32"),
    _function_row("totalseconds", DURATION, result="Decimal"),
    _function_row("year", TEMPORAL, result="Int32"),
    # Of numbers (§5.1.1.9).
    _function_row("ceiling", NUMBER, result=""),
    _function_row("floor", NUMBER, result=""),
    _function_row("round", NUMBER, result=""),
    # Of types (§5.1.1.10).
    _function_row("cast", ANY, TYPE, result="Untyped"),
    _function_row("isof", ANY, TYPE, result="Boolean"),
    # Of shapes (§5.1.1.11).
    _of_two_shapes("geo.distance", result="Double", method="geo_distance"),
    _of_two_shapes("geo.intersects", result="Boolean", method="geo_intersects"),
    _function_row("geo.length", GEO, result="Double", method="geo_length"),
)
FUNCTIONS: Final[dict[str, CanonicalFunction]] = {row.name: row for row in _ROWS}
# Functions are named in any letter case.
BY_LOWER_CASE: Final[dict[str, str]] = {name.lower(): name for name in FUNCTIONS}
# By the name of the builder's method.
BY_METHOD: Final[dict[str, CanonicalFunction]] = {row.method: row for row in _ROWS}
# Those that say something of a text.
TEXT_TESTS: Final = tuple(  # in the order of the rows
    name
    for name, row in FUNCTIONS.items()
    if any(one.parameters[:1] == (STRING,) and one.result == "Boolean" for one in row.signatures)
)
TYPE_FUNCTIONS: Final = frozenset(name for name, row in FUNCTIONS.items() if row.takes_type)

_EXAMPLES: Final[dict[Parameter, str]] = {COLLECTION: "['a','b']", COUNT: "1", TYPE: "Edm.String"}


def arity(function: str) -> tuple[int, int]:
    """The least and the greatest number of arguments of a canonical function."""
    return FUNCTIONS[function].arity


def example_call(function: str) -> str:
    """A call of a canonical function with the least arguments, as messages show it."""
    signature = FUNCTIONS[function].signatures[0]
    needed = signature.parameters[: len(signature.parameters) - signature.optional]
    others = [_EXAMPLES.get(one) or KINDS[one[0]].example for one in needed[1:]]
    return f"{function}({','.join(['name', *others][: len(needed)])})"


# --- arithmetic -----------------------------------------------------------------------------------------------------

# What durations do with dates, timestamps and each other (§5.1.1.2.1 and .2).
_TIMED: Final[dict[tuple[str, str, str], str]] = {
    ("DateTimeOffset", "add", "Duration"): "DateTimeOffset",
    ("Date", "add", "Duration"): "Date",
    ("Duration", "add", "Duration"): "Duration",
    ("Duration", "add", "DateTimeOffset"): "DateTimeOffset",
    ("Duration", "add", "Date"): "Date",
    ("DateTimeOffset", "sub", "Duration"): "DateTimeOffset",
    ("Date", "sub", "Duration"): "Date",
    ("Duration", "sub", "Duration"): "Duration",
    ("DateTimeOffset", "sub", "DateTimeOffset"): "Duration",
    ("Date", "sub", "Date"): "Duration",
}


@functools.cache
def arithmetic_result(one: str, operator: str, other: str) -> str | None:
    """The kind of `one operator other`, or None where there is none (§5.1.1.2). Untyped if one of them is."""
    if (number := common_number(one, other)) is not None:
        # The quotient of whole numbers by `divby` is a Decimal (§5.1.1.2.6).
        return "Decimal" if operator == "divby" and number in INTEGERS else number
    if "Untyped" in (one, other):
        return "Untyped"
    if operator in {"mul", "div", "divby"} and one == "Duration" and other in NUMBERS:
        return "Duration"
    if operator == "mul" and one in NUMBERS and other == "Duration":
        return "Duration"
    return _TIMED.get((one, operator, other))


@functools.cache
def can_be_duration(operator: str, beside: str, *, first: bool) -> bool:
    """Whether a Duration can be an operand, the `first` or the second, beside one of the kind `beside`.

    A text that spells a duration is then read as one (§5.1.1.14.1), since no operator takes texts.
    """
    operands = ("Duration", beside) if first else (beside, "Duration")
    is_known = beside in KINDS and beside != "Untyped"  # null is of no kind
    return is_known and arithmetic_result(operands[0], operator, operands[1]) is not None


@functools.cache
def must_be_duration(operator: str, beside: str, *, first: bool) -> bool:
    """Whether an operand, the `first` or the second, can be nothing but a Duration beside one of the kind `beside`."""
    return can_be_duration(operator, beside, first=first) and not any(
        arithmetic_result(kind, operator, beside) if first else arithmetic_result(beside, operator, kind)
        for kind in KINDS
        if kind not in {"Duration", "Untyped"}
    )


def takes_duration(parameter: Parameter) -> bool:
    """Whether an argument can be nothing but a Duration; a text that spells one is then read as one (§5.1.1.14.1)."""
    return parameter == DURATION


def has_sign(kind: str) -> bool:
    """Whether `-` can stand before a value of `kind` (§5.1.1.2.3)."""
    return kind in NUMBERS or kind in {"Duration", "Untyped"}
