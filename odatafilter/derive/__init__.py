"""Schemas made at run time from what people have: validated against and built with like a written class."""

from odatafilter.derive._assemble import DerivedSchema, Options
from odatafilter.derive._callable import functions_of
from odatafilter.derive._classes import schema_from_class
from odatafilter.derive._dict import schema_from_dict
from odatafilter.derive._json_schema import schema_from_json_schema
from odatafilter.derive._metadata import schema_from_metadata
from odatafilter.derive._source import schema_source

__all__ = [
    "DerivedSchema",
    "Options",
    "functions_of",
    "schema_from_class",
    "schema_from_dict",
    "schema_from_json_schema",
    "schema_from_metadata",
    "schema_source",
]
