"""Build, validate and evaluate OData `$filter` expressions, and page through OData-style APIs.

Names are loaded when they are first used, so that the import costs next to nothing. Therefore each stands here twice:
type checkers follow nothing but imports, and at run time a list must say what is loaded from where. That list is the
`__all__`, too, which type checkers ask for and only take where it is written out (typing specification, "Library
interface"). `tests/test_public_names.py` compares the two.
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

__version__ = "0.2.0"

# The names of each module follow those of the modules before, so that the new ones are its own.
__all__ = ["schema_from_class", "schema_from_dict", "schema_from_json_schema", "schema_from_metadata"]
_HOME_OF = dict.fromkeys(__all__, "derive")
__all__ += [
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
]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "errors")
__all__ += ["Filter", "all_of", "any_of", "param", "parse"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "filter")
__all__ += ["Keyset"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "keyset")
__all__ += [
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
]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "kinds")
__all__ += ["Limits"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "limits")
__all__ += ["OrderBy"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "order")
__all__ += [
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
]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "paging")
__all__ += ["QueryOptions"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "query")
__all__ += ["Schema"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "schema")
__all__ += ["Function"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "service")
__all__ += ["split_in", "split_range"]
_HOME_OF |= dict.fromkeys(__all__[len(_HOME_OF) :], "split")


def __getattr__(name: str) -> object:
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(f"{__name__}.{_HOME_OF[name]}"), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
