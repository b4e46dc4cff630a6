"""Canonical functions and arithmetic (OData URL Conventions §5.1.1.2, .5 to .12): what they take and what they give.

Kinds are Edm names; `Number` is any number, `Collection` any collection, `Temporal` a Date or a DateTimeOffset,
`Clock` a TimeOfDay or a DateTimeOffset, `Geo` a Geography or a Geometry.
"""

from typing import Final

import msgspec


class Signature(msgspec.Struct, frozen=True):
    """One way to call a function. The last `optional` arguments may be left out."""

    arguments: tuple[str, ...]
    result: str
    optional: int = 0


def _text(*arguments: str, result: str, optional: int = 0) -> tuple[Signature, ...]:
    """For strings, and likewise for ordered collections."""
    collections = tuple("Collection" if kind == "String" else kind for kind in arguments)
    collected = "Collection" if result == "String" else result
    return Signature(arguments, result, optional), Signature(collections, collected, optional)


def _one(*arguments: str, result: str, optional: int = 0) -> tuple[Signature, ...]:
    return (Signature(arguments, result, optional),)


FUNCTIONS: Final[dict[str, tuple[Signature, ...]]] = {
    "concat": _text("String", "String", result="String"),
    "contains": _text("String", "String", result="Boolean"),
    "endswith": _text("String", "String", result="Boolean"),
    "indexof": _text("String", "String", result="Int32"),
    "length": _text("String", result="Int32"),
    "startswith": _text("String", "String", result="Boolean"),
    "substring": _text("String", "Int32", "Int32", result="String", optional=1),
    "hassubset": _one("Collection", "Collection", result="Boolean"),
    "hassubsequence": _one("Collection", "Collection", result="Boolean"),
    # The flags are of 4.02.
    "matchesPattern": _one("String", "String", "String", result="Boolean", optional=1),
    "tolower": _one("String", result="String"),
    "toupper": _one("String", result="String"),
    "trim": _one("String", result="String"),
    "date": _one("DateTimeOffset", result="Date"),
    "day": _one("Temporal", result="Int32"),
    "fractionalseconds": _one("Clock", result="Decimal"),
    "hour": _one("Clock", result="Int32"),
    "maxdatetime": _one(result="DateTimeOffset"),
    "mindatetime": _one(result="DateTimeOffset"),
    "minute": _one("Clock", result="Int32"),
    "month": _one("Temporal", result="Int32"),
    "now": _one(result="DateTimeOffset"),
    "second": _one("Clock", result="Int32"),
    "time": _one("DateTimeOffset", result="TimeOfDay"),
    "totaloffsetminutes": _one("DateTimeOffset", result="Int32"),
    "totalseconds": _one("Duration", result="Decimal"),
    "year": _one("Temporal", result="Int32"),
    "ceiling": _one("Number", result="Number"),
    "floor": _one("Number", result="Number"),
    "round": _one("Number", result="Number"),
    "cast": _one("Any", "Type", result="Any"),
    "isof": _one("Any", "Type", result="Boolean"),
    "geo.distance": _one("Geo", "Geo", result="Double"),
    "geo.intersects": _one("Geo", "Geo", result="Boolean"),
    "geo.length": _one("Geo", result="Double"),
}
# Functions are named in any letter case.
BY_LOWER_CASE: Final[dict[str, str]] = {name.lower(): name for name in FUNCTIONS}
TYPE_FUNCTIONS: Final = frozenset({"cast", "isof"})  # their last argument is a type, and the first may be left out


def arity(function: str) -> tuple[int, int]:
    """The least and the greatest number of arguments of a canonical function."""
    signature = FUNCTIONS[function][0]
    most = len(signature.arguments)
    return (1, most) if function in TYPE_FUNCTIONS else (most - signature.optional, most)


_MOVED: Final = frozenset({"Date", "DateTimeOffset", "Duration"})


def calculated(one: str, operator: str, other: str) -> str | None:
    """The kind of `one operator other`, or None where there is none (§5.1.1.2)."""
    if one == other == "Number":
        return "Number"
    if operator in {"add", "sub"} and one in _MOVED and other == "Duration":
        return one
    if operator == "sub" and one == other and one in _MOVED:
        return "Duration"
    if operator == "add" and one == "Duration" and other in _MOVED:
        return other
    scales = operator in {"mul", "div", "divby"} and one == "Duration" and other == "Number"
    return "Duration" if scales or (operator == "mul" and one == "Number" and other == "Duration") else None
