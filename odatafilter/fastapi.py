"""Query options of a request for FastAPI services: a dependency, its answer to wrong ones, and its documentation.

Needs the extra `fastapi`.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Annotated, Any, Final, cast

from odatafilter._declared import words
from odatafilter._extras import name_missing_extra
from odatafilter._kinds import KINDS
from odatafilter._query.reading import OPTIONS, PageBounds
from odatafilter._suggest import word_list
from odatafilter.errors import (
    FilterSyntaxError,
    FilterValidationError,
    QueryOptionsError,
    UnsupportedError,
)
from odatafilter.facts import OPERATORS, PropertyFacts, SchemaFacts
from odatafilter.filter import facts_of_schema
from odatafilter.keyset import Keyset
from odatafilter.limits import Limits
from odatafilter.order import has_order
from odatafilter.query import QueryOptions

with name_missing_extra("fastapi"):
    from fastapi import FastAPI, HTTPException, Query, Request
    from fastapi.responses import JSONResponse
    from pydantic import WithJsonSchema

if TYPE_CHECKING:
    from odatafilter.schema import Schema

__all__ = ["ERROR_RESPONSES", "add_error_handler", "query_options"]

_UNPROCESSABLE: Final = 422
_LISTED: Final = 200  # properties that a description lists
_DEEPEST: Final = 3  # properties of properties that it shows
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
"""What OpenAPI is to say of the answer of `add_error_handler`: `@app.get("/jobs", responses=ERROR_RESPONSES)`."""


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
) -> Callable[..., Awaitable[QueryOptions]]:
    """A dependency that gives the `QueryOptions` of a request, as `QueryOptions.parse` reads them.

    Wrong options are answered with the status 422 before the route is called, and OpenAPI documents what may be
    filtered and sorted. Raises FilterError for an argument that is wrong.
    """
    allowed = tuple(words("allow", allow))

    def parse(query: bytes, prefer: str | None) -> QueryOptions:
        return QueryOptions.parse(
            query, schema=schema, page_size=page_size, allow=allowed, keyset=keyset, prefer=prefer, limits=limits
        )

    parse(b"", None)  # a wrong argument is told when the service starts

    async def read(request: Request, **_: Any) -> QueryOptions:
        try:
            return parse(request.scope["query_string"], ", ".join(request.headers.getlist("prefer")))
        except QueryOptionsError as error:
            raise _RefusedError(error) from error

    supported = {*map(str.lower, allowed), *(["$top"] if page_size is not None else [])}
    read.__signature__ = _documented_signature(  # type: ignore[attr-defined]
        [option for option in OPTIONS if option in supported], facts_of_schema(schema), page_size, keyset
    )
    return read


def add_error_handler(app: FastAPI) -> None:
    """Has `app` answer wrong query options, and filters that cannot be read, validated or run, with the status 422 and
    the body of `to_dict()`: `{"code": …, "message": …, "details": […]}`, each detail with its target and span.
    """

    async def answer(_: Request, error: Exception) -> JSONResponse:
        body = error.detail if isinstance(error, _RefusedError) else cast("QueryOptionsError", error).to_dict()
        return JSONResponse(body, _UNPROCESSABLE)

    for kind in (_RefusedError, *_ERRORS):
        app.add_exception_handler(kind, answer)


# --- OpenAPI --------------------------------------------------------------------------------------------------------


def _documented_signature(
    options: Iterable[str], schema: SchemaFacts, page_size: PageBounds | None, keyset: Keyset | None
) -> inspect.Signature:
    """The signature that FastAPI reads: the request, and one parameter of the query for each option."""
    described = [(option, *_DESCRIPTIONS[option](schema, page_size)) for option in options]
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


def _describe_filter(schema: SchemaFacts, _: object) -> tuple[str, dict[str, Any]]:
    lines = ["Which items to return: an OData filter expression.", "", "| property | type | may be |", "|---|---|---|"]
    found = list(_properties(schema))
    lines += [_table_row(path, facts, schema) for path, facts in found[:_LISTED]]
    if len(found) > _LISTED:
        lines += ["", f"And {len(found) - _LISTED} more properties."]
    lines += ["", f"Operators: {', '.join(f'`{one}`' for one in sorted(schema.operators)) or 'none'}."]
    functions = sorted(schema.functions)
    if functions:
        lines.append(f"Functions: {', '.join(f'`{one}`' for one in functions)}.")
    return "\n".join(lines), {"type": "string", "examples": _examples(schema)}


def _describe_orderby(schema: SchemaFacts, _: object) -> tuple[str, dict[str, Any]]:
    paths = [path for path, facts in _properties(schema) if has_order(path, schema)]
    text = "What the items are sorted by: properties joined by commas, each with `asc` or `desc` after it if at all. "
    return f"{text}Null is less than every value. {_listed_paths(paths)}", {"type": "string", "examples": paths[:1]}


def _describe_select(schema: SchemaFacts, _: object) -> tuple[str, dict[str, Any]]:
    paths = [path for path, _facts in _properties(schema)]
    text = f"Which properties of the items to return, joined by commas. {_listed_paths(paths)}"
    return text, {"type": "string", "examples": paths[:1]}


def _describe_top(_: object, page_size: PageBounds | None) -> tuple[str, dict[str, Any]]:
    if page_size is None:
        return "How many items to return at most.", {"type": "integer", "minimum": 0}
    form = {"type": "integer", "minimum": page_size.min}
    if page_size.max is not None:
        form["maximum"] = page_size.max
    default = "" if page_size.default is None else f" {page_size.default} by default."
    return f"How many items a page has at most.{default}", form


def _describe_skip(*_: object) -> tuple[str, dict[str, Any]]:
    return "How many items to leave out at the beginning.", {"type": "integer", "minimum": 0}


def _describe_count(*_: object) -> tuple[str, dict[str, Any]]:
    return "Whether to return how many items there are on all pages.", {"type": "boolean", "default": False}


_DESCRIPTIONS: Final[dict[str, Callable[[SchemaFacts, PageBounds | None], tuple[str, dict[str, Any]]]]] = {
    "$filter": _describe_filter,
    "$orderby": _describe_orderby,
    "$top": _describe_top,
    "$skip": _describe_skip,
    "$count": _describe_count,
    "$select": _describe_select,
}


def _properties(schema: SchemaFacts, before: str = "", depth: int = 1) -> Iterator[tuple[str, PropertyFacts]]:
    """The properties by their paths, those of complex ones below them."""
    for name, facts in schema.properties.items():
        path = f"{before}{name}"
        yield path, facts
        below = facts.schema or (facts.element.schema if facts.element is not None else None)
        if below is not None and depth < _DEEPEST:
            yield from _properties(below, f"{path}/", depth + 1)


def _table_row(path: str, facts: PropertyFacts, schema: SchemaFacts) -> str:
    element = facts.element
    kind = f"Collection of {element.kind}" if element is not None else facts.kind
    own = facts.operators & schema.operators
    notes = []
    if facts.enum:
        notes.append(word_list([f"`{word}`" for word in facts.enum], "or"))
    if facts.nullable and element is None:
        notes.append("null")
    if own != OPERATORS & schema.operators:
        notes.append(f"with {word_list([f'`{one}`' for one in sorted(own)])} only")
    return f"| `{path}` | {kind} | {', '.join(notes)} |"


def _listed_paths(paths: list[str]) -> str:
    some = ", ".join(f"`{path}`" for path in paths[:_LISTED])
    return f"Properties: {some}{f' and {len(paths) - _LISTED} more' if len(paths) > _LISTED else ''}."


def _examples(schema: SchemaFacts) -> list[str]:
    """One comparison that the schema allows."""
    for name, facts in schema.properties.items():
        row = KINDS.get(facts.kind)
        if "eq" in schema.operators & facts.operators and row is not None and row.example:
            return [f"{name} eq '{facts.enum[0]}'" if facts.enum else f"{name} eq {row.example}"]
    return []
