"""The kinds of properties: one class of handles for each, with the functions and operators of its values."""

from odatafilter.kinds.expressions import case, expression
from odatafilter.kinds.numbers import Decimal, Double, Int32, Int64
from odatafilter.kinds.primitives import Binary, Boolean, Enum, Guid
from odatafilter.kinds.shapes import Geography, Geometry
from odatafilter.kinds.structures import Collection, Field, Navigation, field
from odatafilter.kinds.texts import String
from odatafilter.kinds.times import Date, DateTimeOffset, Duration, TimeOfDay

__all__ = [
    "Binary",
    "Boolean",
    "Collection",
    "Date",
    "DateTimeOffset",
    "Decimal",
    "Double",
    "Duration",
    "Enum",
    "Field",
    "Geography",
    "Geometry",
    "Guid",
    "Int32",
    "Int64",
    "Navigation",
    "String",
    "TimeOfDay",
    "case",
    "expression",
    "field",
]
