"""Schemas made from JSON Schema and OpenAPI."""

from typing import Any

import pytest
from derived_models import DOCUMENTED, check_message

import odatafilter as of
from odatafilter.derive import schema_from_json_schema
from odatafilter.errors import FilterError


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("base64url", "Binary"),
        ("byte", "Binary"),
        ("date", "Date"),
        ("date-time", "DateTimeOffset"),
        ("decimal", "Decimal"),
        ("double", "Double"),
        ("duration", "Duration"),
        ("guid", "Guid"),
        ("int64", "Int64"),
        ("time", "TimeOfDay"),
        ("uuid", "Guid"),
        ("uri", "String"),
    ],
)
def test_a_text_of_a_format_has_the_kind_that_is_written_so(form: str, kind: str) -> None:
    made = schema_from_json_schema({"properties": {"a": {"type": "string", "format": form}}})
    assert made.__facts__.properties["a"].kind == kind


def test_formats_and_combinations_have_the_kinds_of_odata() -> None:
    made = schema_from_json_schema(
        {
            "title": "Mixed bag",
            "required": ["word", "part", "whole"],
            "properties": {
                "word": {"enum": ["a", "b"]},
                "maybe": {"type": "string", "enum": ["a", None]},
                "only": {"const": "x"},
                "part": {"type": "integer", "format": "int32"},
                "long": {"type": "string", "format": "int64"},
                "either": {"oneOf": [{"type": "string"}, {"type": "integer"}]},
                "mail": {"type": "string", "format": "email"},
                "object": {"type": "object"},
                "grid": {"type": "array", "items": {"type": "array", "items": {"type": "number"}}},
                "bare": {"type": "array"},
                "anything": True,
                "whole": {"allOf": [{"type": "string"}, {"format": "uuid"}], "oneOf": [{"type": "null"}, {}]},
                "@odata.etag": {"type": "string"},
                "__typename__": {"type": "string"},
            },
        }
    )

    class Mixed_bag(of.Schema):
        word = of.String(enum=("a", "b"), nullable=False)
        maybe = of.String(enum=("a",))
        only = of.String(enum=("x",))
        part = of.Int32(nullable=False)
        long = of.Int64()
        either = of.field("either")
        mail = of.String()
        object = of.field("object")
        grid = of.Collection(of.field("grid"))
        bare = of.Collection(of.field("bare"))
        anything = of.field("anything")
        whole = of.Guid()

    elements = {name: made.__facts__.properties[name].element for name in ("grid", "bare")}
    assert {name: element and (element.kind, element.nullable) for name, element in elements.items()} == {
        "grid": ("Untyped", False),
        "bare": ("Untyped", False),
    }
    found = dict(made.__facts__.properties)
    assert [found.pop("grid").kind, found.pop("bare").kind] == ["Collection", "Collection"]
    assert found == {name: facts for name, facts in Mixed_bag.__facts__.properties.items() if name in found}
    assert made.__facts__.name == "Mixed_bag"


NODE = {
    "$defs": {
        "node": {
            "properties": {
                "id": {"type": "string"},
                "next": {"$ref": "#/$defs/node"},
                "all": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            }
        }
    }
}


def test_objects_that_are_referred_to_in_different_ways_are_told_apart() -> None:
    document = {
        "$defs": {
            "a": {"properties": {"x": {"type": "string"}}},
            "b": {"properties": {"y": {"type": "string"}}},
        },
        "properties": {
            "one": {"anyOf": [{"$ref": "#/$defs/a"}, {"type": "null"}]},
            "two": {"anyOf": [{"$ref": "#/$defs/b"}, {"type": "null"}]},
            "all": {"allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/b"}]},
            "more": {"$ref": "#/$defs/a", "properties": {"z": {"type": "string"}}},
            "must": {"$ref": "#/$defs/a", "required": ["x"]},
            "own": {"title": "Own thing", "properties": {"w": {"type": "string"}}},
        },
    }
    made = schema_from_json_schema(document)
    found = {name: facts.schema for name, facts in made.__facts__.properties.items()}
    assert {name: schema and (schema.name, sorted(schema.properties)) for name, schema in found.items()} == {
        "one": ("a", ["x"]),
        "two": ("b", ["y"]),
        "all": ("all", ["x", "y"]),
        "more": ("more", ["x", "z"]),
        "must": ("must", ["x"]),
        "own": ("own", ["w"]),
    }
    assert [
        schema.properties["x"].nullable for name, schema in found.items() if name in {"one", "must"} and schema
    ] == [
        True,
        False,
    ]


def test_objects_where_everything_leads_everywhere_are_made_in_no_time() -> None:
    properties = {f"n{i}": {"allOf": [{"$ref": f"#/$defs/t{i}"}]} for i in range(20)}
    types = {f"t{i}": {"properties": {"id": {"type": "string"}, **properties}} for i in range(20)}
    made = schema_from_json_schema({"$defs": types}, "t0", depth=8)
    of.parse(f"{'/'.join(['n1', 'n2'] * 4)}/id eq 'x'", schema=made)


def test_objects_that_refer_to_themselves_end_at_the_depth() -> None:
    made = schema_from_json_schema(NODE, "node", depth=2)
    of.parse("next/next/id eq 'x' and all/any(n:n/next/id eq 'x')", schema=made)
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse("next/next/next/id eq 'x'", schema=made)
    assert caught.value.problems[0].message == (
        "'next' of node lies too deep: the schema has depth=2; a greater one reaches it"
    )
    with pytest.raises(AttributeError, match="'next' of node lies too deep: the schema has depth=0"):
        _ = schema_from_json_schema(NODE, "node", depth=0).next
    assert list(schema_from_json_schema(NODE, "node", depth=0).__facts__.properties) == ["id"]


@pytest.mark.parametrize(
    ("document", "at", "message"),
    [
        ("{", "", "the document is no JSON object: "),
        ("[]", "", "the document is no JSON object: "),
        (3, "", "the document is no JSON object: "),
        (
            "\ud800",
            "",
            "the document is no JSON object: ",
        ),
        ({}, "", "Schema has no properties to filter by"),
        ({}, "Job", "the document has no 'Job'"),
        (NODE, "nod", "the document has no 'nod'; did you mean 'node'?"),
        (NODE, "#/$defs/x", "the reference '#/$defs/x' leads nowhere in the document"),
        (NODE, "#x", "the reference '#x' leads nowhere in the document"),
        ({"$ref": "other.json"}, "", "the reference 'other.json' leads out of the document"),
        ({"$ref": "#"}, "", "the document is made of itself, or of more than 100 schemas"),
        ({"allOf": [{"$ref": "#"}, {"$ref": "#"}]}, "", "the document is made of itself, or of more than 100 schemas"),
        ({"properties": []}, "", "the document cannot be read: "),
        (
            {"properties": {"a": {"title": 1}}},
            "",
            "the schema of 'a' cannot be read: ",
        ),
        (
            {"properties": {"a": {"type": "array", "items": {"enum": 1}}}},
            "",
            "an element of 'a' cannot be read: ",
        ),
        ({"properties": {"a": {"$ref": "#/b"}}}, "", "the reference '#/b' leads nowhere in the document"),
    ],
)
def test_a_json_schema_that_cannot_be_followed_is_refused(document: Any, at: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        schema_from_json_schema(document, at)
    check_message(caught.value, message)


@pytest.mark.parametrize("parts", [99, 100])
def test_a_schema_is_made_of_a_hundred_parts_at_most(parts: int) -> None:
    document = {"allOf": [{"properties": {f"p{number}": {"type": "string"}}} for number in range(parts)]}
    if parts == 99:
        assert len(schema_from_json_schema(document).__facts__.properties) == parts
        return
    with pytest.raises(FilterError, match="the document is made of itself, or of more than 100 schemas"):
        schema_from_json_schema(document)


def test_only_what_is_asked_for_need_be_understood() -> None:
    document = {"properties": {"a": {"type": "string"}, "b": {"$ref": "#/nowhere"}}}
    assert list(schema_from_json_schema(document, only=["a"]).__facts__.properties) == ["a"]


STATUS = ["Queued", "Running", "Succeeded", "Failed"]
EC3_JOB = {
    "type": "object",
    "properties": {
        "status": {"type": "string", "enum": STATUS, "$ref": "#/components/schemas/EC3JobStatus-status"},
        "message": {"type": "string", "nullable": True},
        "_links": {"$ref": "#/components/schemas/EC3JobStatusLinks"},
    },
}
ONE_CLICK_LCA_JOB = {
    "title": "One Click LCA job status",
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "fileToken": {"type": "string"},
        "message": {"type": "string", "nullable": True},
        "status": {"enum": STATUS, "$ref": "#/components/schemas/OneClickLCAJobStatus-status"},
        "_links": {"$ref": "#/components/schemas/OneClickLCAJobStatusLinks"},
    },
}


def test_the_documented_job_becomes_a_schema_of_what_it_can_be_filtered_by() -> None:
    class jobDetails(of.Schema, operators=("eq", "in", "and", "or")):
        name = of.String(nullable=False)
        state = of.String(enum=("unsubmitted", "active", "success", "failed", "cancelled"), nullable=False)
        type = of.String(enum=("Conversion",), nullable=False)
        createdDateTime = of.DateTimeOffset(nullable=False)
        inputId = of.String(source="inputs[].id")
        outputId = of.String(source="outputs[].id")

    made = schema_from_json_schema(
        DOCUMENTED,
        "jobDetails",
        only=("name", "state", "type", "createdDateTime"),
        sources={"inputId": "inputs[].id", "outputId": "outputs[].id"},
        operators=("eq", "in", "and", "or"),
    )
    assert made.__facts__ == jobDetails.__facts__


def test_the_documented_job_as_a_whole_has_its_nested_objects() -> None:
    made: Any = schema_from_json_schema(DOCUMENTED, "jobDetails", name="Job")
    found = made.inputs.any(lambda i: i.type == "LAS") & made.executionInformation.__truediv__("startedDateTime").eq(
        None
    )
    assert str(found) == "inputs/any(i:i/type eq 'LAS') and executionInformation/startedDateTime eq null"
    kinds = {name: facts.kind for name, facts in made.__facts__.properties["options"].schema.properties.items()}
    assert kinds == {"processingEngines": "Int64", "merge": "Boolean"}


@pytest.mark.parametrize("document", [EC3_JOB, ONE_CLICK_LCA_JOB])
def test_an_object_taken_alone_from_its_document_says_in_place_what_it_refers_to(document: dict[str, Any]) -> None:
    made = schema_from_json_schema(document, only=("status", "message"))
    assert made.__facts__.properties["status"].enum == tuple(STATUS)
    assert made.__facts__.properties["message"].nullable
    with pytest.raises(FilterError) as caught:
        schema_from_json_schema(document)
    assert str(caught.value).endswith("Links' leads nowhere in the document")
