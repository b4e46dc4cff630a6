"""Build, validate and evaluate OData `$filter` expressions, and page through OData-style APIs."""

from odatafilter.errors import FilterError, FilterSyntaxError, FilterTypeError, FilterValidationError, Problem
from odatafilter.filter import Filter, parse
from odatafilter.limits import Limits
from odatafilter.schema import (
    Boolean,
    DateTimeOffset,
    Decimal,
    Double,
    Guid,
    Int32,
    Int64,
    Schema,
    String,
    field,
)

__all__ = [
    "Boolean",
    "DateTimeOffset",
    "Decimal",
    "Double",
    "Filter",
    "FilterError",
    "FilterSyntaxError",
    "FilterTypeError",
    "FilterValidationError",
    "Guid",
    "Int32",
    "Int64",
    "Limits",
    "Problem",
    "Schema",
    "String",
    "field",
    "parse",
]
