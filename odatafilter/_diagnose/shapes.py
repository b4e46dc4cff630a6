"""Shapes: `geography'Point(1 2)'`, and `Point(1 2)` outside a literal."""

import re
from typing import Final

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.place import NEAR, Place, find_closing
from odatafilter._kinds import KINDS
from odatafilter._literals import literal_problem

_GEO: Final = re.compile(
    r"(?P<prefix>geography|geometry)'(?P<srid>\s*+SRID\s*+=\s*+(?P<number>[0-9]{1,5})\s*+;)?(?P<shape>[^']*+)'",
    re.IGNORECASE,
)


def mended_shape(text: str) -> str | None:
    """A shape as it was perhaps meant: with the SRID that its type has by default (CSDL §7.2.6), without blanks."""
    found = _GEO.fullmatch(text)
    if not found:
        return None
    row = KINDS[found["prefix"].capitalize()]
    number = found["number"] or row.srid
    shape = re.sub(r"\s+", " ", found["shape"]).strip(" ")
    shape = re.sub(r" ?([(),]) ?", r"\1", shape)
    meant = f"{row.prefix}'SRID={number};{shape}'"
    return meant if row.literal and literal_problem(row.literal, meant) is None else None


_SHAPE_OPENS: Final = re.compile(
    r"\b(?P<name>(?:multi)?(?:point|linestring|polygon)|geometrycollection)[ \t]*+\([^'a-z]*+$", re.IGNORECASE
)


def find_shape(place: Place) -> Finding | None:
    """`Point(1 2)` outside a literal."""
    if "(" not in place.text:
        return None
    near = max(0, place.position - NEAR)
    found = _SHAPE_OPENS.search(place.text, near, place.position)
    end = find_closing(place.text, place.text.index("(", found.start())) if found else None
    if not found or end is None:
        return None
    start, end = found.start(), end + 1
    shape = mended_shape(f"geography'{place.text[start:end]}'")
    mended = shape and place.text[:start] + shape + place.text[end:]
    return Finding("a shape stands in quotes, after its type: geography'SRID=4326;Point(1 2)'", (start, end), mended)
