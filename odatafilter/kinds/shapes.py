"""Shapes on the earth and in the plane (URL Conventions §5.1.1.11)."""

from typing import TypeVar

from odatafilter.filter import Filter, Param
from odatafilter.handle import Handle
from odatafilter.kinds.numbers import Double

V = TypeVar("V")


class Shape(Handle[V]):
    """What has a place on the earth or in the plane."""

    def geo_distance(self, shape: "V | Shape[V] | Param") -> Double:
        """`geo.distance`: from one point to another, in the unit of their coordinate reference system."""
        return self._call(Double, "geo.distance", self._operand(shape))

    def geo_length(self) -> Double:
        """`geo.length`: of a line, in the unit of its coordinate reference system."""
        return self._call(Double, "geo.length")

    def geo_intersects(self, shape: "V | Shape[V] | Param") -> Filter:
        """`geo.intersects`: whether a point lies inside a polygon or on its border."""
        return self._condition("geo.intersects", self._operand(shape))


class Geography(Shape[str]):
    """Edm.Geography and what is derived from it: shapes on the earth, as texts such as `SRID=4326;Point(16.4 48.2)`.

    Compared with null alone; services evaluate the functions of shapes, `matches` cannot.
    """

    _kind = "Geography"


class Geometry(Shape[str]):
    """Edm.Geometry and what is derived from it: shapes in the plane, as texts such as `SRID=0;Point(1 2)`.

    Compared with null alone; services evaluate the functions of shapes, `matches` cannot.
    """

    _kind = "Geometry"
