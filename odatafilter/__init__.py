"""Build, validate and evaluate OData `$filter` expressions, and page through OData-style APIs."""

from odatafilter.errors import FilterError, FilterSyntaxError, FilterTypeError, FilterValidationError, Problem
from odatafilter.filter import Filter, param, parse
from odatafilter.limits import Limits
from odatafilter.schema import (
    Binary,
    Boolean,
    Collection,
    Date,
    DateTimeOffset,
    Decimal,
    Double,
    Duration,
    Enum,
    Guid,
    Int32,
    Int64,
    Navigation,
    Schema,
    String,
    TimeOfDay,
    field,
)

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
    "Filter",
    "FilterError",
    "FilterSyntaxError",
    "FilterTypeError",
    "FilterValidationError",
    "Guid",
    "Int32",
    "Int64",
    "Limits",
    "Navigation",
    "Problem",
    "Schema",
    "String",
    "TimeOfDay",
    "field",
    "param",
    "parse",
]
