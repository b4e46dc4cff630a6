"""The dependency of FastAPI services: what the route gets, how wrong options are answered, what OpenAPI says."""

import asyncio
import re
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

import httpx
import pytest
import uvicorn
from fastapi import Depends, FastAPI, Request

import odatafilter as of
from odatafilter.errors import UnsupportedError
from odatafilter.fastapi import ERROR_RESPONSES, add_error_handler, query_options


class Place(of.Schema):
    city = of.String()


class Row(of.Schema):
    id = of.Int32(nullable=False)
    name = of.String()
    state = of.String(enum=("active", "done"), operators=("eq", "ne", "in"))
    tags = of.Collection(of.String())
    place = of.Navigation(Place)


ROWS = [{"id": number, "name": f"it's {number % 4}+", "state": ("active", "done")[number % 2]} for number in range(25)]
KEYSET = of.Keyset(Row, key="id", secret="a secret of the service")
ENTITIES = of.Keyset(Row, key="id", secret="a secret of the service", parameter="$skiptoken", page_size=10)
SIZE = of.PageSize(max=10, default=4)
OPTIONS = query_options(Row, page_size=SIZE, allow=("$filter", "$orderby", "$count", "$select"), keyset=KEYSET)


def service(*, handled: bool, status: int = 422) -> FastAPI:
    app = FastAPI()
    entities = query_options(Row, allow=("$filter", "$top", "$count"), keyset=ENTITIES)
    if handled:
        add_error_handler(app, status=status)

    @app.get("/rows", responses=ERROR_RESPONSES)
    async def rows(request: Request, options: Annotated[of.QueryOptions, Depends(OPTIONS)]) -> dict[str, Any]:
        found = [row for row in ROWS if options.filter is None or options.filter.matches(row)]
        rest = [row for row in options.sort(found) if options.after is None or options.after.matches(row)]
        page = options.page(rest[: options.limit], request.url)
        link = {"next": {"href": page.next_link}} if page.next_link else None
        return {"rows": page.items, "count": len(found) if options.count else None, "_links": link}

    @app.get("/entities")
    async def entity_set(request: Request, options: Annotated[of.QueryOptions, Depends(entities)]) -> dict[str, Any]:
        found = [row for row in ROWS if options.after is None or options.after.matches(row)]
        page = options.page(options.sort(found)[: options.limit], request.url)
        link = {"@odata.nextLink": page.next_link} if page.next_link else {}
        return {"value": page.items, "@odata.count": len(ROWS), **link}

    @app.get("/unsupported")
    async def unsupported() -> None:
        filter = of.parse("now() gt now()")  # noqa: A001
        raise UnsupportedError(str(filter), (of.Problem("'now' cannot be run here", (0, 5), "unsupported"),))

    @app.get("/parse")
    async def parse(text: str) -> str:
        return str(of.parse(text, schema=Row))

    @app.get("/mistake")
    async def mistake() -> str:
        return str(of.parse("name eq @p").bind(nothing=1))

    return app


HANDLED = service(handled=True)
UNHANDLED = service(handled=False)


def ask(app: FastAPI, path: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="http://service.test") as client:
            return await client.get(path)

    return asyncio.run(send())


def test_the_route_gets_the_options() -> None:
    found = ask(HANDLED, "/rows?$filter=name%20eq%20'it''s%201%2B'&$orderby=id%20desc&$top=2&$count=true").json()
    assert [row["id"] for row in found["rows"]] == [21, 17]
    assert found["count"] == 6
    assert ask(HANDLED, "/rows").json()["count"] is None


def test_wrong_options_are_answered_with_the_documented_body() -> None:
    answer = ask(HANDLED, "/rows?$filter=nam eq 'a+b'&$top=11&$TOP=3&$skip=1&continuationToken=x")
    assert answer.status_code == 422
    body = answer.json()
    assert (body["code"], body["message"]) == ("InvalidQueryOptions", "the query options are not allowed")
    assert [(one["target"], one["code"]) for one in body["details"]] == [
        ("$skip", "unsupported-option"),
        ("$top", "repeated"),
        ("$filter", "unknown-property"),
        ("$top", "value"),
    ]
    assert body["details"][2] == {
        "target": "$filter",
        "code": "unknown-property",
        "message": "unknown property 'nam'; did you mean 'name'?",
        "span": [0, 3],
        "suggestion": "name",
    }


def test_without_a_handler_the_body_is_the_detail_of_fastapi() -> None:
    path = "/rows?$filter=nam eq 1"
    answer = ask(UNHANDLED, path)
    assert answer.status_code == 422
    assert answer.json() == {"detail": ask(HANDLED, path).json()}


def test_filters_that_a_route_reads_and_runs_itself_are_answered_too() -> None:
    for path, code in (("/parse?text=name eq", "syntax"), ("/parse?text=nam eq 'a'", "unknown-property")):
        answer = ask(HANDLED, path)
        assert (answer.status_code, answer.json()["details"][0]["code"]) == (422, code)
    answer = ask(HANDLED, "/unsupported")
    assert (answer.status_code, answer.json()["details"][0]["code"]) == (422, "unsupported")


def test_a_mistake_of_the_service_is_none_of_the_client() -> None:
    assert ask(HANDLED, "/mistake").status_code == 500
    for wrong in ({"allow": "$apply"}, {"page_size": 10}, {"keyset": "id"}, {"limits": 5}):
        with pytest.raises(of.FilterError):
            query_options(Row, **wrong)
    with pytest.raises(of.FilterError):
        query_options(dict)  # type: ignore[arg-type]


# --- OpenAPI --------------------------------------------------------------------------------------------------------


def documented() -> dict[str, dict[str, Any]]:
    (operation,) = HANDLED.openapi()["paths"]["/rows"].values()
    return {one["name"]: one for one in operation["parameters"]}


def test_openapi_documents_each_option_and_no_other_parameter() -> None:
    found = documented()
    assert [*found] == ["$filter", "$orderby", "$top", "$count", "$select", "continuationToken"]
    assert not any(one["required"] for one in found.values())
    forms = {
        name: {key: one["schema"].get(key) for key in ("type", "minimum", "maximum")} for name, one in found.items()
    }
    assert forms["$top"] == {"type": "integer", "minimum": 1, "maximum": 10}
    assert forms["$count"]["type"] == "boolean"
    assert {one["type"] for name, one in forms.items() if name not in {"$top", "$count"}} == {"string"}


def test_openapi_says_what_may_be_filtered_and_sorted() -> None:
    found = documented()
    described = {name: one["description"] for name, one in found.items() if name != "continuationToken"}
    table, operators, functions = described.pop("$filter").rsplit("\n", 2)
    assert table.splitlines() == [
        "Which items to return: an OData filter expression.",
        "",
        "| property | type | may be |",
        "|---|---|---|",
        "| `id` | Int32 |  |",
        "| `name` | String | null |",
        "| `state` | String | `active` or `done`, null, with `eq`, `in` and `ne` only |",
        "| `tags` | Collection of String |  |",
        "| `place` | Complex | null |",
        "| `place/city` | String | null |",
    ]
    assert operators == f"Operators: {', '.join(f'`{one}`' for one in sorted(Row.__facts__.operators))}."
    assert functions == f"Functions: {', '.join(f'`{one}`' for one in sorted(Row.__facts__.functions))}."
    assert described == {
        "$orderby": "What the items are sorted by: properties joined by commas, each with `asc` or `desc` after it if at "
        "all. Null is less than every value. Properties: `id`, `name`, `state`, `place/city`.",
        "$top": "How many items a page has at most. 4 by default.",
        "$count": "Whether to return how many items there are on all pages.",
        "$select": "Which properties of the items to return, joined by commas. "
        "Properties: `id`, `name`, `state`, `tags`, `place`, `place/city`.",
    }
    assert [found[name]["schema"]["examples"] for name in ("$filter", "$orderby", "$select")] == [
        ["id eq 42"],
        ["id"],
        ["id"],
    ]


def test_openapi_documents_the_body_that_is_answered() -> None:
    (operation,) = HANDLED.openapi()["paths"]["/rows"].values()
    form = operation["responses"]["422"]["content"]["application/json"]["schema"]
    body = ask(HANDLED, "/rows?$filter=nam eq 1&$top=0").json()
    assert {*form["required"]} == {*form["properties"]} == {*body}
    detail = form["properties"]["details"]["items"]
    for found in body["details"]:
        assert {*detail["required"]} <= {*found} <= {*detail["properties"]}
    check_form(body, form)


def check_form(value: Any, form: dict[str, Any]) -> None:
    """Raises AssertionError where a value of JSON is not of the type that its JSON Schema says."""
    types: dict[str, type] = {"object": dict, "array": list, "string": str, "integer": int}
    assert isinstance(value, types[form["type"]])
    if isinstance(value, dict):
        for name, one in value.items():
            check_form(one, form["properties"][name])
    elif isinstance(value, list):
        for one in value:
            check_form(one, form["items"])


def test_examples_in_openapi_are_valid() -> None:
    (example,) = documented()["$filter"]["schema"]["examples"]
    assert str(of.parse(example, schema=Row)) == example
    (example,) = documented()["$orderby"]["schema"]["examples"]
    assert of.QueryOptions.parse([("$orderby", example)], schema=Row, allow="$orderby").orderby


def test_openapi_documents_what_little_a_service_may_support() -> None:
    class Bare(of.Schema, operators=("in",), functions=()):
        id = of.Int32()

    app = FastAPI()
    bare = query_options(Bare, page_size=of.PageSize(min=5), allow=("$filter", "$skip"))
    whole = query_options(Bare, allow="$top")

    @app.get("/")
    async def read(
        one: Annotated[of.QueryOptions, Depends(bare)], other: Annotated[of.QueryOptions, Depends(whole)]
    ) -> bool:
        return one == other

    found = {one["name"]: one for one in app.openapi()["paths"]["/"]["get"]["parameters"]}
    assert found["$filter"]["description"].endswith("Operators: `in`.")
    assert found["$filter"]["schema"]["examples"] == []
    assert found["$skip"]["schema"]["minimum"] == 0
    assert "maximum" not in found["$top"]["schema"]


def test_a_large_schema_has_a_description_that_can_be_read() -> None:
    wide = type("Wide", (of.Schema,), {f"property{number}": of.String() for number in range(1000)})
    app = FastAPI()

    @app.get("/")
    async def read(
        options: Annotated[of.QueryOptions, Depends(query_options(wide, allow=("$filter", "$select")))],
    ) -> int:
        return len(options.select)

    filters, selections = app.openapi()["paths"]["/"]["get"]["parameters"]
    assert "And 800 more properties." in filters["description"]
    assert "`property199` and 800 more." in selections["description"]


# --- over the wire --------------------------------------------------------------------------------------------------


@contextmanager
def running(app: FastAPI) -> Iterator[str]:
    """`app` behind uvicorn on a free port of the loopback address."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = uvicorn.Server(uvicorn.Config(app, log_level="error", lifespan="off", ws="none"))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listening]})
        thread.start()
        try:
            while not server.started:
                time.sleep(0.01)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def test_our_own_paginator_walks_the_service() -> None:
    with running(HANDLED) as url, httpx.Client() as client:
        listing = of.Listing(f"{url}/rows", items="rows", schema=Row, page_size=SIZE)
        assert of.paginate(client, listing).collect() == ROWS
        walk = of.paginate(client, listing, filter=Row.name != "it's 3+", top=3, params={"$select": "id"})
        assert [row["id"] for row in walk] == [number for number in range(25) if number % 4 != 3]
        assert walk.stats.pages == 7
        with pytest.raises(of.StatusError) as caught:
            of.paginate(client, of.Listing(f"{url}/rows", items="rows"), filter="nam eq 'a'").first()
        assert (caught.value.status, caught.value.code) == (422, "InvalidQueryOptions")
        assert re.search("did you mean 'name'", str(caught.value))
        assert caught.value.details[0]["target"] == "$filter"


def test_an_entity_set_of_odata_is_walked_too() -> None:
    with running(HANDLED) as url, httpx.Client() as client:
        listing = of.Listing.odata(f"{url}/entities", schema=Row)
        for size, count in ((None, 3), (7, 4), (99, 3)):
            walk = of.paginate(client, listing, page_size=size, count=True)
            assert walk.collect() == ROWS
            assert (walk.stats.pages, walk.stats.total) == (count, 25)
        assert of.paginate(client, listing, params={"$top": 12}, page_size=5).collect() == ROWS[:12]


def test_the_status_can_be_another() -> None:
    app = service(handled=True, status=400)
    for path in ("/rows?$filter=nmae eq 1", "/unsupported", "/parse?text=name eq"):
        assert ask(app, path).status_code == 400
    for status in (200, 399, 500, "400", True, None):
        with pytest.raises(of.FilterError) as caught:
            add_error_handler(FastAPI(), status=status)  # type: ignore[arg-type]
        says = f"status is {status!r}: one of a client's error, from 400 to 499, is wanted"
        assert str(caught.value) == says
    add_error_handler(FastAPI(), status=499)


@pytest.mark.parametrize(
    ("options", "query", "message"),
    [
        ({}, "$orderby=id", "$orderby is not supported; this service supports $filter"),
        ({"limits": of.Limits(length=7)}, "$filter=id eq 12", "$filter has 8 characters; the limit 'length' is 7"),
        ({"allow": "$orderby", "sortable": ["id"]}, "$orderby=name", "items are not sorted by 'name', only by id"),
        ({"page_size": of.PageSize(max=3)}, "$top=4", "$top is '4': a whole number from 1 to 3 is wanted"),
        ({"allow": ("$FILTER",)}, "$top=4", "$top is not supported; this service supports $filter"),
    ],
)
def test_each_argument_of_a_dependency_bounds_what_it_takes(options: Any, query: str, message: str) -> None:
    app = FastAPI()

    @app.get("/")
    async def read(given: Annotated[of.QueryOptions, Depends(query_options(Row, **options))]) -> bool:
        return given.count

    answer = ask(app, f"/?{query}")
    assert answer.status_code == 422
    (detail,) = answer.json()["detail"]["details"]
    assert detail["message"] == message
    assert ask(app, "/").status_code == 200


def test_a_value_too_long_for_a_token_is_answered_with_the_status_of_a_client() -> None:
    app = FastAPI()
    add_error_handler(app)

    @app.get("/rows")
    async def rows(request: Request, options: Annotated[of.QueryOptions, Depends(OPTIONS)]) -> dict[str, Any]:
        page = options.page([{"id": number, "name": "x" * 6000} for number in range(9)][: options.limit], request.url)
        return {"rows": page.items}

    answer = ask(app, "/rows?$orderby=id,name")
    (detail,) = answer.json()["details"]
    assert answer.status_code == 422
    assert (detail["code"], detail["target"], detail["span"]) == ("unsupported", "$orderby", [3, 7])
    assert ask(app, "/rows").status_code == 200
