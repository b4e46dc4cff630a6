"""Shapes on the earth and in the plane (ABNF geographyPoint to geometryPolygon). Python has no type for them."""

import functools
import re

from odatafilter._grammar import compile_terminal, pattern
from odatafilter.errors import FilterError

_SRID = re.compile("ge[a-z]+'SRID=[0-9]{1,5};", re.IGNORECASE)


@functools.cache
def _shape() -> re.Pattern[str]:
    # Groups and repetitions give nothing back (`(?>`, `*+`), which would take hundreds of bytes for each number.
    number = f"(?>{pattern('NUMBER')})"
    position = rf"{number}(?: {number}){{1,3}}+"
    point = rf"\({position}\)"
    line = rf"\({position}(?:,{position})++\)"
    ring = rf"\({position}(?:,{position})*+\)"
    polygon = rf"\({ring}(?:,{ring})*+\)"
    return re.compile(
        rf"(?P<opened>(?:GeometryCollection\()*+)"
        rf"(?:Point{point}|LineString{line}|Polygon{polygon}"
        rf"|MultiPoint\((?:{point}(?:,{point})*+)?+\)"
        rf"|MultiLineString\((?:{line}(?:,{line})*+)?+\)|MultiPolygon\((?:{polygon}(?:,{polygon})*+)?+\))",
        re.IGNORECASE,
    )


def shape_problem(text: str) -> str | None:
    """Why a geo literal holds no shape, or None."""
    return (
        None
        if compile_terminal("GEO").fullmatch(text) and _is_shape(text)
        else f"{text:.80} is no shape such as geography'SRID=4326;Point(142.1 64.1)'"
    )


def write_shape(prefix: str, shape: str) -> str:
    """The literal for a shape such as `SRID=4326;Point(1 2)`. Raises FilterError for any other text."""
    text = f"{prefix}'{str.__str__(shape)}'"
    if problem := shape_problem(text):
        raise FilterError(problem)
    return text


def _is_shape(text: str) -> bool:
    """Whether a geo literal holds one shape; collections of shapes are read in one go, however deep they nest."""
    start = _SRID.match(text)
    if not start:
        return False
    position, depth, last = start.end(), 0, len(text) - 1
    while True:
        shape = _shape().match(text, position)
        if not shape:
            return False
        position = shape.end()
        depth += shape["opened"].count("(")
        while text[position] == ")":
            position += 1
            depth -= 1
        if position == last or depth <= 0:
            return position == last and depth == 0
        if text[position] != ",":
            return False
        position += 1
