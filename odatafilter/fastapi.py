"""Query options of a request for FastAPI services: a dependency, its answer to wrong ones, and its documentation.

Needs the extra `fastapi`.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

from odatafilter._declared import words_given
from odatafilter._extras import name_missing_extra
from odatafilter._query.describing import DESCRIPTIONS, Service
from odatafilter._query.reading import OPTIONS, PageBounds
from odatafilter._safe_text import show
from odatafilter.errors import (
    FilterError,
    FilterSyntaxError,
    FilterValidationError,
    QueryOptionsError,
    UnsupportedError,
)
from odatafilter.filter import facts_of_schema
from odatafilter.keyset import Keyset
from odatafilter.limits import Limits
from odatafilter.order import sortable_paths
from odatafilter.query import QueryOptions

with name_missing_extra("fastapi"):
    from fastapi import FastAPI, HTTPException, Query, Request
    from fastapi.responses import JSONResponse
    from pydantic import WithJsonSchema

if TYPE_CHECKING:
    from odatafilter.schema import Schema

__all__ = ["ERROR_RESPONSES", "add_error_handler", "query_options"]

_UNPROCESSABLE: Final = 422
_OF_CLIENTS: Final = range(400, 500)
_ERRORS: Final = (QueryOptionsError, FilterSyntaxError, FilterValidationError, UnsupportedError)


_TEXT: Final = {"type": "string"}
_DETAIL: Final = {
    "type": "object",
    "required": ["code", "message", "target", "span"],
    "properties": {
        "code": _TEXT,
        "message": _TEXT,
        "target": {"type": "string", "description": "The query option, such as `$filter`."},
        "span": {
            "type": "array",
            "description": "Where the characters at fault start and end in the decoded value of the option.",
            "items": {"type": "integer"},
            "minItems": 2,
            "maxItems": 2,
        },
        "suggestion": {"type": "string", "description": "What was perhaps meant, in the place of the span."},
    },
}
_BODY: Final = {
    "type": "object",
    "required": ["code", "message", "details"],
    "properties": {"code": _TEXT, "message": _TEXT, "details": {"type": "array", "items": _DETAIL}},
}
ERROR_RESPONSES: Final[dict[int | str, dict[str, Any]]] = {
    _UNPROCESSABLE: {
        "description": "Query options that are wrong.",
        "content": {"application/json": {"schema": _BODY}},
    }
}
"""What OpenAPI is to say of the answer of `add_error_handler`: `@app.get("/jobs", responses=ERROR_RESPONSES)`.

With another status than 422: `responses={400: ERROR_RESPONSES[422]}`.
"""


class _RefusedError(HTTPException):
    """The answer to wrong query options, for an application without a handler: as FastAPI's own."""

    def __init__(self, error: QueryOptionsError) -> None:
        super().__init__(_UNPROCESSABLE, detail=error.to_dict())


def query_options(
    schema: "type[Schema]",
    *,
    page_size: PageBounds | None = None,
    allow: str | Iterable[str] = ("$filter",),
    keyset: Keyset | None = None,
    limits: Limits | None = None,
    sortable: object = None,
) -> Callable[..., Awaitable[QueryOptions]]:
    """A dependency that gives the `QueryOptions` of a request, as `QueryOptions.parse` reads them.

    Wrong options are answered with the status 422 before the route is called, and OpenAPI documents what may be
    filtered and sorted. Raises FilterError for an argument that is wrong.

    Args:
        schema: what may be filtered, sorted and selected.
        page_size: a PageSize: `$top` is a page size within its bounds; None: it bounds the whole result.
        allow: the options that the service supports, such as `("$filter", "$orderby")`; others are problems.
        keyset: reads continuation tokens and writes next links.
        limits: bounds of the filter and of lists; `Limits()` by default.
        sortable: the properties that items may be sorted by, as handles or paths; None: all that have an order and
            are documented with an operator.
    """
    allowed = tuple(words_given("allow", allow))

    def parse(query: bytes, prefer: str | None) -> QueryOptions:
        return QueryOptions.parse(
            query,
            schema=schema,
            page_size=page_size,
            allow=allowed,
            keyset=keyset,
            prefer=prefer,
            limits=limits,
            sortable=sortable,
        )

    parse(b"", None)  # a wrong argument is told when the service starts

    async def read(request: Request, **_: Any) -> QueryOptions:
        try:
            return parse(request.scope["query_string"], ", ".join(request.headers.getlist("prefer")))
        except QueryOptionsError as error:
            raise _RefusedError(error) from error

    facts = facts_of_schema(schema)
    supported = {*map(str.lower, allowed), *(["$top"] if page_size is not None else [])}
    read.__signature__ = _documented_signature(  # type: ignore[attr-defined]
        [option for option in OPTIONS if option in supported],
        Service(facts, page_size, sortable_paths(sortable, facts)),
        keyset,
    )
    return read


def add_error_handler(app: FastAPI, *, status: int = _UNPROCESSABLE) -> None:
    """Has `app` answer wrong query options, and filters that cannot be read, validated or run, with a status and the
    body of `to_dict()`: `{"code": …, "message": …, "details": […]}`, each detail with its target and span.

    Raises FilterError for a status that is none of a client's error.

    Args:
        app: the application, before it serves.
        status: from 400 to 499: 422, or such as 400.
    """
    if type(status) is not int or status not in _OF_CLIENTS:
        raise FilterError(f"status is {show(status)}: one of a client's error, from 400 to 499, is wanted")

    async def answer(_: Request, error: Exception) -> JSONResponse:
        body = error.detail if isinstance(error, _RefusedError) else cast("QueryOptionsError", error).to_dict()
        return JSONResponse(body, status)

    for kind in (_RefusedError, *_ERRORS):
        app.add_exception_handler(kind, answer)


# --- OpenAPI --------------------------------------------------------------------------------------------------------


def _documented_signature(options: Iterable[str], service: Service, keyset: Keyset | None) -> inspect.Signature:
    """The signature that FastAPI reads: the request, and one parameter of the query for each option."""
    described = [(option, *DESCRIPTIONS[option](service)) for option in options]
    if keyset is not None:
        said = "Where the page starts: as it stands in the next link of the page before."
        described.append((keyset.parameter, said, {"type": "string"}))
    parameters = [inspect.Parameter("request", inspect.Parameter.POSITIONAL_OR_KEYWORD, annotation=Request)]
    for number, (name, description, form) in enumerate(described):
        # The query is read whole, and judged by QueryOptions: FastAPI takes any text.
        kind = Annotated[str | None, WithJsonSchema(form), Query(alias=name, description=description)]
        parameters.append(
            inspect.Parameter(f"option_{number}", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=kind)
        )
    return inspect.Signature(parameters, return_annotation=QueryOptions)
