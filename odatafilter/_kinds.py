"""The kinds: one row for each Edm type that can stand in a filter (CSDL §3.3 and §4; URL Conventions §5.1.1).

Every stage reads what it must know of a kind from the row. A new kind of property takes three places: a row here, a
class of handles in `kinds/`, and a module of `_literals` if no family there reads and writes its values. The evaluator
then takes the Python type of the row, and engines refuse its values until they have a type for them.
"""

import datetime as dt
import decimal
import enum
import uuid
from typing import Final, TypeAlias
from typing import Literal as OneOf

import msgspec

LiteralKind: TypeAlias = OneOf[
    "null",
    "Binary",
    "Boolean",
    "Date",
    "DateTimeOffset",
    "Duration",
    "Enum",
    "Geography",
    "Geometry",
    "Guid",
    "Number",
    "String",
    "TimeOfDay",
]


class Kind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind. `name` is that of the Edm type, without its prefix."""

    name: str
    family: str = ""
    """Values of one family are compared with each other: `Int`, `Decimal`, `Double`, else the name of the kind."""
    property_kind: str = ""
    """The kind of a property of this Edm type: a wider one where there are no handles of its own, else the same."""
    literal: LiteralKind | None = None
    """The kind of the literals that stand for its values, or None where there are none."""
    terminal: str = ""
    """The terminal of the grammar that those literals are."""
    ordered: bool = False
    """Whether `lt`, `le`, `gt` and `ge` compare its values (URL Conventions §5.1.1.1)."""
    has_equality: bool = True
    """Whether `eq`, `ne` and `in` compare its values with others than null (§5.1.1.1)."""
    rank: int = 0
    """Of a number: two numbers are calculated with in the kind of the higher rank (§5.1.1.18). 0 for all others."""
    bounds: tuple[int, int] | None = None
    """The least and the greatest of its whole numbers, where there are such."""
    prefix: str = ""
    """What stands before the quotes of its literals, where that is a word of OData's."""
    srid: int | None = None
    """Of a geo type: the coordinate reference system of its values, where none is said (CSDL §7.2.6)."""
    in_quotes: bool = False
    """Whether its literals may be written as texts in quotes alone, without prefix (§5.1.1.14.1)."""
    example: str = ""
    """A literal, as messages show it."""
    value: type | None = None
    """The Python type that `odatafilter.tree.value` gives for its literals."""
    accepts: tuple[type, ...] = ()
    """The Python types that the builder takes for it, and `wanted`, what messages call them."""
    rejects: tuple[type, ...] = ()
    """The subclasses of `accepts` that it does not take."""
    wanted: str = ""
    classes: tuple[type, ...] = ()
    """The types of fields of Python classes that become properties of this kind."""
    formats: tuple[str, ...] = ()
    """The formats of texts in JSON Schema and OpenAPI that become properties of this kind."""
    subtypes: tuple[str, ...] = ()
    """Edm types that are derived from this one, without their prefix."""

    @property
    def is_number(self) -> bool:
        return self.rank > 0


def _integer_row(name: str, bits: int, *, rank: int, signed: bool = True, formats: tuple[str, ...] = ()) -> Kind:
    return Kind(
        name=name,
        family="Int",
        property_kind=name if bits >= 32 else "Int32",  # noqa: PLR2004 - narrower ones have no handles of their own
        literal="Number",
        terminal="NUMBER",
        ordered=True,
        rank=rank,
        bounds=(-(2 ** (bits - 1)), 2 ** (bits - 1) - 1) if signed else (0, 2**bits - 1),
        example="42",
        value=int,
        accepts=(int,),
        rejects=(bool,),
        wanted="an int",
        classes=(int,) if name == "Int64" else (),
        formats=formats,
    )


def _double_row(name: str, *, rank: int, formats: tuple[str, ...] = ()) -> Kind:
    return Kind(
        name=name,
        family="Double",
        property_kind="Double",
        literal="Number",
        terminal="NUMBER",
        ordered=True,
        rank=rank,
        example="2.5",
        value=float,
        accepts=(int, float),
        rejects=(bool,),
        wanted="a float",
        classes=(float,) if name == "Double" else (),
        formats=formats,
    )


def _geo_row(name: str, *, srid: int) -> Kind:
    shapes = ("Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Collection")
    return Kind(
        name=name,
        literal="Geography" if name == "Geography" else "Geometry",
        terminal="GEO",
        prefix=name.lower(),
        srid=srid,
        has_equality=False,
        example=f"{name.lower()}'SRID={srid};Point(142.1 64.1)'",
        accepts=(str,),
        wanted="a text such as 'SRID=4326;Point(1 2)'",
        subtypes=tuple(name + shape for shape in shapes),
    )


_ROWS: Final = (
    Kind(
        name="Binary",
        literal="Binary",
        terminal="BINARY",
        prefix="binary",
        example="binary'Zm9v'",
        value=bytes,
        accepts=(bytes,),
        wanted="bytes",
        classes=(bytes, bytearray),
        formats=("base64url", "byte"),
    ),
    Kind(
        name="Boolean",
        literal="Boolean",
        terminal="BOOLEAN",
        ordered=True,  # true is greater than false (§5.1.1.1.3)
        example="true",
        value=bool,
        accepts=(bool,),
        wanted="a bool",
        classes=(bool,),
    ),
    _integer_row("Byte", 8, rank=1, signed=False),
    Kind(
        name="Date",
        literal="Date",
        terminal="DATE",
        ordered=True,
        example="2024-06-24",
        value=dt.date,
        accepts=(dt.date, str),
        rejects=(dt.datetime,),
        wanted="a date",
        classes=(dt.date,),
        formats=("date",),
    ),
    Kind(
        name="DateTimeOffset",
        literal="DateTimeOffset",
        terminal="DATE_TIME_OFFSET",
        ordered=True,
        example="2024-06-24T13:00:00Z",
        value=dt.datetime,
        accepts=(dt.datetime, str),
        wanted="a datetime with a tzinfo",
        classes=(dt.datetime,),
        formats=("date-time",),
    ),
    Kind(
        name="Decimal",
        family="Decimal",
        literal="Number",
        terminal="NUMBER",
        ordered=True,
        rank=4,
        example="2.5",
        value=decimal.Decimal,
        accepts=(decimal.Decimal, int),
        rejects=(bool,),
        wanted="a Decimal or an int",
        classes=(decimal.Decimal,),
        formats=("decimal",),
    ),
    _double_row("Double", rank=6, formats=("double",)),
    Kind(
        name="Duration",
        literal="Duration",
        terminal="DURATION",
        prefix="duration",
        ordered=True,
        in_quotes=True,
        example="duration'P1DT2H'",
        value=dt.timedelta,
        accepts=(dt.timedelta, str),
        wanted="a timedelta",
        classes=(dt.timedelta,),
        formats=("duration",),
    ),
    Kind(
        name="Enum",
        literal="Enum",
        terminal="ENUM",
        in_quotes=True,
        example="'Member'",
        value=str,
        accepts=(str, enum.Enum),
        wanted="the name of a member, or several joined by commas",
        classes=(enum.Enum,),
    ),
    _geo_row("Geography", srid=4326),
    _geo_row("Geometry", srid=0),
    Kind(
        name="Guid",
        literal="Guid",
        terminal="GUID",
        ordered=True,
        in_quotes=True,
        example="dc720f05-e5f7-448b-ae06-765de46f0af1",
        value=uuid.UUID,
        accepts=(uuid.UUID, str),
        wanted="a UUID or its text",
        classes=(uuid.UUID,),
        formats=("uuid", "guid"),
    ),
    _integer_row("Int16", 16, rank=1),
    _integer_row("Int32", 32, rank=2),
    _integer_row("Int64", 64, rank=3, formats=("int64",)),
    _integer_row("SByte", 8, rank=1),
    _double_row("Single", rank=5),
    Kind(
        name="String",
        literal="String",
        terminal="STRING",
        ordered=True,
        in_quotes=True,
        example="'text'",
        value=str,
        accepts=(str,),
        wanted="a str",
        classes=(str,),
    ),
    Kind(
        name="TimeOfDay",
        literal="TimeOfDay",
        terminal="TIME_OF_DAY",
        ordered=True,
        example="13:20:00",
        value=dt.time,
        accepts=(dt.time, str),
        wanted="a time",
        classes=(dt.time,),
        formats=("time",),
    ),
    Kind(name="Collection", wanted="null only"),
    Kind(name="Complex", wanted="null only"),
    Kind(name="Untyped", ordered=True),
)
KINDS: Final[dict[str, Kind]] = {
    row.name: msgspec.structs.replace(row, family=row.family or row.name, property_kind=row.property_kind or row.name)
    for row in _ROWS
}
_FAMILIES: Final[dict[str, str]] = {name: row.family for name, row in KINDS.items()}
# By the name of an Edm type without its prefix, derived ones included.
BY_TYPE: Final[dict[str, Kind]] = {
    **KINDS,
    **{subtype: row for row in KINDS.values() for subtype in row.subtypes},
}
# What a property can be documented as.
PROPERTY_KINDS: Final = frozenset(row.property_kind for row in KINDS.values())
PRIMITIVE_KINDS: Final = frozenset(KINDS) - {"Collection", "Complex", "Untyped"}
# What `cast` and `isof` know without the service (§5.1.1.10).
CASTABLE: Final = PRIMITIVE_KINDS - {"Enum", "Geography", "Geometry"}
NUMBERS: Final = frozenset(name for name, row in KINDS.items() if row.is_number)
INTEGERS: Final = frozenset(name for name, row in KINDS.items() if row.family == "Int")
UNORDERED: Final = frozenset(name for name, row in KINDS.items() if not row.ordered)
NULL_ONLY: Final = frozenset(name for name, row in KINDS.items() if not row.has_equality)
# Kinds of which a text in quotes, or of an item, is a spelling (§5.1.1.14.1): none that is written as it is.
SPELT: Final = frozenset(
    name
    for name in PRIMITIVE_KINDS - NUMBERS
    if KINDS[name].literal not in {"Boolean", "String", "Geography", "Geometry"}
)
# Kinds of which a text in quotes alone may be a literal, besides the text that it is.
IN_QUOTES: Final = frozenset(name for name, row in KINDS.items() if row.in_quotes) - {"String"}


def kind_of_literal(kind: LiteralKind, text: str) -> str | None:
    """The Edm kind of a literal by itself, None for null: of a number by its form (§5.1.1.14.1).

    Digits alone are an Int64, whatever their number; a point or an exponent makes a Decimal, INF and NaN are Doubles.
    """
    if kind != "Number":
        return kind if kind != "null" else None
    if text[-1] in "FN":
        return "Double"
    return "Int64" if text.lstrip("+-").isdigit() else "Decimal"


def common_number(one: str, other: str) -> str | None:
    """The kind in which two numbers are compared and calculated with (§5.1.1.18), None where one is no number."""
    left, right = KINDS[one], KINDS[other]
    if not (left.is_number and right.is_number):
        return None
    return one if left.rank >= right.rank else other


def are_comparable(one: str, other: str) -> bool:
    """Whether `eq` is between values of two kinds: the same, two numbers, or one that is not known."""
    if one == other or "Untyped" in (one, other):
        return True
    return KINDS[one].is_number and KINDS[other].is_number


def family_of(kind: str) -> str:
    """The family of a kind. What is no kind of a literal, such as a type of the service's own, is its own family."""
    return _FAMILIES.get(kind, kind)
