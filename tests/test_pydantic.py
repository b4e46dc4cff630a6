"""Filters as fields of pydantic models."""

import asyncio
import json
import pickle
from typing import Annotated, Any

import httpx
import pytest
from fastapi import FastAPI
from pydantic import BaseModel, TypeAdapter, ValidationError

import odatafilter as of
from odatafilter.pydantic import FilterOf


class Job(of.Schema):
    name = of.String()
    size = of.Int32(nullable=False)
    at = of.DateTimeOffset(quoted=True)


class Other(of.Schema):
    name = of.String()


class Search(BaseModel):
    filter: Annotated[of.Filter, FilterOf(Job)]
    rest: Annotated[of.Filter, FilterOf()] | None = None


def problem(value: object, schema: type[of.Schema] | None = Job, limits: of.Limits | None = None) -> Any:
    with pytest.raises(ValidationError) as caught:
        TypeAdapter(Annotated[of.Filter, FilterOf(schema, limits=limits)]).validate_python(value)
    (found,) = caught.value.errors()
    json.loads(caught.value.json())
    return found


def test_a_text_becomes_a_filter_of_the_schema_and_is_a_text_in_json() -> None:
    search = Search.model_validate_json(
        '{"filter": "name EQ \'x\' and (size gt 1)", "rest": "anything/at eq {}"}'.replace("{}", "5")
    )
    assert search.filter == (Job.name == "x") & (Job.size > 1)
    assert search.filter.schema is Job.__facts__
    assert search.rest == of.parse("anything/at eq 5")
    assert search.model_dump() == {"filter": search.filter, "rest": search.rest}
    assert search.model_dump(mode="json") == {"filter": "name eq 'x' and size gt 1", "rest": "anything/at eq 5"}
    assert Search.model_validate_json(search.model_dump_json()) == search
    assert pickle.loads(pickle.dumps(search)) == search


def test_a_filter_is_taken_as_it_is_or_judged_by_the_schema() -> None:
    built = Job.size > 1
    assert Search(filter=built).filter is built
    moved = Search(filter=of.parse("at eq 2024-06-24T13:00:00Z"))
    assert str(moved.filter) == "at eq '2024-06-24T13:00:00Z'"
    assert Search(filter=Other.name == "x").filter.schema is Job.__facts__
    assert problem(of.field("nme") == "x")["msg"] == "unknown property 'nme'; did you mean 'name'?"


def test_all_problems_are_told_with_their_places() -> None:
    found = problem("nme eq 'x' and sise gt 1")
    assert found["type"] == "odata_filter"
    assert found["msg"] == "unknown property 'nme'; did you mean 'name'?; unknown property 'sise'; did you mean 'size'?"
    told = [(detail["code"], detail["span"], detail["suggestion"]) for detail in found["ctx"]["details"]]
    assert told == [("unknown-property", [0, 3], "name"), ("unknown-property", [15, 19], "size")]


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("size = 1", "'=' is written 'eq'; did you mean: size eq 1"),
        ("", "the filter is empty"),
        (b"size eq 1", "a filter is the text of an OData filter expression, not a value of the type 'bytes'"),
        (5, "a filter is the text of an OData filter expression, not a value of the type 'int'"),
        (None, "a filter is the text of an OData filter expression, not a value of the type 'NoneType'"),
        ("{name} eq {size}", None),
    ],
)
def test_what_is_no_filter_is_an_error_of_the_field(value: object, message: str | None) -> None:
    found = problem(value)
    assert found["type"] == "odata_filter"
    assert message is None or found["msg"] == message
    assert found["ctx"]["message"] == found["msg"]
    assert [detail["code"] for detail in found["ctx"]["details"]] == (["syntax"] if isinstance(value, str) else [])


def test_limits_hold() -> None:
    assert (
        problem("name eq 'x'", limits=of.Limits(length=5))["msg"]
        == "the filter has 11 characters; the limit 'length' is 5"
    )
    assert TypeAdapter(Annotated[of.Filter, FilterOf(limits=of.Limits(length=5))]).json_schema()["maxLength"] == 5


def test_wrong_arguments_are_told_when_the_model_is_made() -> None:
    with pytest.raises(of.FilterTypeError, match="a schema is a class"):
        FilterOf(dict)  # type: ignore[arg-type]
    with pytest.raises(of.FilterTypeError, match="limits"):
        FilterOf(Job, limits=5)  # type: ignore[arg-type]


@pytest.mark.parametrize("mode", ["validation", "serialization"])
def test_the_json_schema_is_a_text_that_says_what_may_be_filtered(mode: Any) -> None:
    form = Search.model_json_schema(mode=mode)["properties"]["filter"]
    assert (form["type"], form["maxLength"], form["examples"]) == ("string", 100_000, ["name eq 'text'"])
    assert "| `size` | Int32 |  |" in form["description"]
    assert (
        Search.model_json_schema(mode=mode)["properties"]["rest"]["anyOf"][0]["description"]
        == "An OData filter expression."
    )


def test_a_body_of_fastapi_has_a_filter() -> None:
    app = FastAPI()

    @app.post("/searches")
    def add(search: Search) -> str:
        return str(search.filter)

    async def post(text: str) -> httpx.Response:
        async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://service.test") as client:
            return await client.post("/searches", json={"filter": text})

    assert asyncio.run(post("size GT 1")).json() == "size gt 1"
    answer = asyncio.run(post("sise gt 1"))
    assert answer.status_code == 422
    (detail,) = answer.json()["detail"]
    assert detail["loc"] == ["body", "filter"]
    assert detail["ctx"]["details"][0]["suggestion"] == "size"
    assert "| `name` | String | null |" in json.dumps(app.openapi())
