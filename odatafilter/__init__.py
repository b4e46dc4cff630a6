"""Build, validate and evaluate OData `$filter` expressions, and page through OData-style APIs.

Names are loaded when they are first used, so that the import costs next to nothing. Therefore each stands here three
times: type checkers follow nothing but imports, they take no `__all__` but a list that is written out (PEP 484), and
neither says at run time where a name is loaded from. `tests/test_public_names.py` compares the three.
"""

import importlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from odatafilter.derive import schema_from_class, schema_from_dict, schema_from_json_schema, schema_from_metadata
    from odatafilter.errors import (
        BadItemError,
        BadPageError,
        CursorError,
        FilterError,
        FilterSyntaxError,
        FilterTypeError,
        FilterValidationError,
        LoopError,
        OptionProblem,
        OriginError,
        PagingError,
        PagingValueError,
        Problem,
        QueryOptionsError,
        RateLimited,
        RetriesExhausted,
        StatusError,
        UnsupportedError,
        WaitTimeout,
    )
    from odatafilter.filter import Filter, all_of, any_of, param, parse
    from odatafilter.keyset import Keyset
    from odatafilter.kinds import (
        Binary,
        Boolean,
        Collection,
        Date,
        DateTimeOffset,
        Decimal,
        Double,
        Duration,
        Enum,
        Geography,
        Geometry,
        Guid,
        Int32,
        Int64,
        Navigation,
        String,
        TimeOfDay,
        case,
        expression,
        field,
    )
    from odatafilter.limits import Limits
    from odatafilter.order import OrderBy
    from odatafilter.paging import (
        Cursor,
        Event,
        FileCheckpoint,
        Listing,
        Origins,
        Page,
        PageSize,
        Rate,
        Retry,
        Walk,
        gather_pages,
        paginate,
    )
    from odatafilter.query import QueryOptions
    from odatafilter.schema import Schema
    from odatafilter.service import Function
    from odatafilter.split import split_in, split_range

__all__ = [
    "BadItemError",
    "BadPageError",
    "Binary",
    "Boolean",
    "Collection",
    "Cursor",
    "CursorError",
    "Date",
    "DateTimeOffset",
    "Decimal",
    "Double",
    "Duration",
    "Enum",
    "Event",
    "FileCheckpoint",
    "Filter",
    "FilterError",
    "FilterSyntaxError",
    "FilterTypeError",
    "FilterValidationError",
    "Function",
    "Geography",
    "Geometry",
    "Guid",
    "Int32",
    "Int64",
    "Keyset",
    "Limits",
    "Listing",
    "LoopError",
    "Navigation",
    "OptionProblem",
    "OrderBy",
    "OriginError",
    "Origins",
    "Page",
    "PageSize",
    "PagingError",
    "PagingValueError",
    "Problem",
    "QueryOptions",
    "QueryOptionsError",
    "Rate",
    "RateLimited",
    "RetriesExhausted",
    "Retry",
    "Schema",
    "StatusError",
    "String",
    "TimeOfDay",
    "UnsupportedError",
    "WaitTimeout",
    "Walk",
    "all_of",
    "any_of",
    "case",
    "expression",
    "field",
    "gather_pages",
    "paginate",
    "param",
    "parse",
    "schema_from_class",
    "schema_from_dict",
    "schema_from_json_schema",
    "schema_from_metadata",
    "split_in",
    "split_range",
]

__version__ = "0.2.0"

_HOMES = {
    "derive": (
        "schema_from_class",
        "schema_from_dict",
        "schema_from_json_schema",
        "schema_from_metadata",
    ),
    "errors": (
        "BadItemError",
        "BadPageError",
        "CursorError",
        "FilterError",
        "FilterSyntaxError",
        "FilterTypeError",
        "FilterValidationError",
        "LoopError",
        "OptionProblem",
        "OriginError",
        "PagingError",
        "PagingValueError",
        "Problem",
        "QueryOptionsError",
        "RateLimited",
        "RetriesExhausted",
        "StatusError",
        "UnsupportedError",
        "WaitTimeout",
    ),
    "filter": (
        "Filter",
        "all_of",
        "any_of",
        "param",
        "parse",
    ),
    "keyset": ("Keyset",),
    "limits": ("Limits",),
    "order": ("OrderBy",),
    "paging": (
        "Cursor",
        "Event",
        "FileCheckpoint",
        "Listing",
        "Origins",
        "Page",
        "PageSize",
        "Rate",
        "Retry",
        "Walk",
        "gather_pages",
        "paginate",
    ),
    "query": ("QueryOptions",),
    "kinds": (
        "Binary",
        "Boolean",
        "Collection",
        "Date",
        "DateTimeOffset",
        "Decimal",
        "Double",
        "Duration",
        "Enum",
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
    ),
    "schema": ("Schema",),
    "service": ("Function",),
    "split": (
        "split_in",
        "split_range",
    ),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
