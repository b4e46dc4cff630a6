"""Schemas made from dicts, JSON Schemas, $metadata and classes: the same facts as a written class, whatever the source.

Nothing but a FilterError comes out of a source that is broken, and what its message says is asserted whole.
"""

import copy
import dataclasses
import datetime as dt
import enum
import json
import pickle
import sys
import time
import types
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any, Literal, NewType

import msgspec
import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from large_metadata import large_metadata

import odatafilter as of
from odatafilter.derive import _csdl, schema_from_class, schema_from_dict, schema_from_json_schema, schema_from_metadata
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts

GUID = "dc720f05-e5f7-448b-ae06-765de46f0af1"

# --- one model, from every source -----------------------------------------------------------------------------------


def check_message(error: Exception, message: str) -> None:
    """`error` says `message`; where that ends with a colon, the words of a dependency follow, which may change."""
    said = str(error)
    assert said.startswith(message) if message.endswith(": ") else said == message


class Line(of.Schema):
    quantity = of.Int64(nullable=False)
    note = of.String()


class Address(of.Schema):
    City = of.String(nullable=False)


class Order(of.Schema):
    id = of.Guid(nullable=False)
    name = of.String()
    created = of.DateTimeOffset(nullable=False)
    amount = of.Decimal(nullable=False)
    count = of.Int64(nullable=False)
    ratio = of.Double()
    done = of.Boolean(nullable=False)
    day = of.Date(nullable=False)
    at = of.TimeOfDay(nullable=False)
    took = of.Duration()
    data = of.Binary(nullable=False)
    tags = of.Collection(of.String(nullable=False), nullable=False)
    address = of.Navigation(Address)
    lines = of.Collection(Line, nullable=False)


ORDER: dict[str, Any] = {
    "id": {"kind": "Guid", "nullable": False},
    "name": "String",
    "created": {"kind": "DateTimeOffset", "nullable": False},
    "amount": {"kind": "Decimal", "nullable": False},
    "count": {"kind": "Int64", "nullable": False},
    "ratio": "Double",
    "done": {"kind": "Boolean", "nullable": False},
    "day": {"kind": "Date", "nullable": False},
    "at": {"kind": "TimeOfDay", "nullable": False},
    "took": "Duration",
    "data": {"kind": "Binary", "nullable": False},
    "tags": {"kind": "Collection", "element": {"kind": "String", "nullable": False}, "nullable": False},
    "address": {
        "kind": "Complex",
        "type_name": "Address",
        "properties": {"City": {"kind": "String", "nullable": False}},
    },
    "lines": {
        "kind": "Collection",
        "nullable": False,
        "element": {
            "kind": "Complex",
            "type_name": "Line",
            "properties": {"quantity": {"kind": "Int64", "nullable": False}, "note": "String"},
        },
    },
}

OPEN_API = {
    "openapi": "3.0.3",
    "components": {
        "schemas": {
            "Order": {
                "type": "object",
                "required": ["id", "created", "amount", "count", "done", "day", "at", "data", "tags", "lines"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "name": {"type": "string", "nullable": True},
                    "created": {"type": "string", "format": "date-time"},
                    "amount": {"type": "number", "format": "decimal"},
                    "count": {"type": "integer"},
                    "ratio": {"type": ["number", "null"], "format": "double"},
                    "done": {"type": "boolean"},
                    "day": {"type": "string", "format": "date"},
                    "at": {"type": "string", "format": "time"},
                    "took": {"anyOf": [{"type": "string", "format": "duration"}, {"type": "null"}]},
                    "data": {"type": "string", "format": "byte"},
                    "tags": {"type": "array", "items": {"type": "string"}},
                    "address": {"allOf": [{"$ref": "#/components/schemas/Address"}], "description": "Where to"},
                    "lines": {"type": "array", "items": {"$ref": "#/components/schemas/Line"}},
                },
            },
            "Address": {"type": "object", "required": ["City"], "properties": {"City": {"type": "string"}}},
            "Line": {
                "required": ["quantity"],
                "properties": {"quantity": {"type": "integer", "format": "int64"}, "note": {"type": "string"}},
            },
        }
    },
}

CSDL_XML = """<?xml version="1.0" encoding="utf-8"?>
<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx">
  <edmx:DataServices>
    <Schema Namespace="Shop.Model" Alias="Self" xmlns="http://docs.oasis-open.org/odata/ns/edm">
      <Annotations Target="Self.Order"><Annotation Term="Self.Label"/></Annotations>
      <TypeDefinition Name="Ratio" UnderlyingType="Edm.Double"/>
      <EntityType Name="Thing" Abstract="true">
        <Key><PropertyRef Name="id"/></Key>
        <Property Name="id" Type="Edm.Guid" Nullable="false"/>
        <Property Name="name" Type="Edm.String"/>
        <Property Name="created" Type="Edm.DateTimeOffset" Nullable="false"/>
      </EntityType>
      <EntityType Name="Order" BaseType="Self.Thing">
        <Property Name="amount" Type="Edm.Decimal" Nullable="false" Scale="2"/>
        <Property Name="count" Type="Edm.Int64" Nullable="false"/>
        <Property Name="ratio" Type="Shop.Model.Ratio"/>
        <Property Name="done" Type="Edm.Boolean" Nullable="false"/>
        <Property Name="day" Type="Edm.Date" Nullable="false"/>
        <Property Name="at" Type="Edm.TimeOfDay" Nullable="false"/>
        <Property Name="took" Type="Edm.Duration"/>
        <Property Name="data" Type="Edm.Binary" Nullable="false"/>
        <Property Name="tags" Type="Collection(Edm.String)" Nullable="false"/>
        <Property Name="address" Type="Self.Address"/>
        <NavigationProperty Name="lines" Type="Collection(Self.Line)"/>
        <Property Name="scan" Type="Edm.Stream"/>
      </EntityType>
      <ComplexType Name="Address">
        <Property Name="City" Type="Edm.String" Nullable="false"/>
      </ComplexType>
      <EntityType Name="Line">
        <Property Name="quantity" Type="Edm.Int64" Nullable="false"/>
        <Property Name="note" Type="Edm.String" Nullable="true"/>
      </EntityType>
      <EntityContainer Name="Container">
        <EntitySet Name="Orders" EntityType="Shop.Model.Order"/>
        <Singleton Name="Latest" Type="Self.Order"/>
      </EntityContainer>
    </Schema>
  </edmx:DataServices>
</edmx:Edmx>
"""

CSDL_JSON = {
    "$Version": "4.01",
    "$EntityContainer": "Shop.Model.Container",
    "Shop.Model": {
        "$Alias": "Self",
        "@Org.Description": {"ignored": True},
        "Ratio": {"$Kind": "TypeDefinition", "$UnderlyingType": "Edm.Double"},
        "Thing": {
            "$Kind": "EntityType",
            "$Abstract": True,
            "$Key": ["id"],
            "id": {"$Type": "Edm.Guid"},
            "name": {"$Nullable": True},
            "created": {"$Type": "Edm.DateTimeOffset", "$Precision": 3},
        },
        "Order": {
            "$Kind": "EntityType",
            "$BaseType": "Self.Thing",
            "amount": {"$Type": "Edm.Decimal", "$Scale": 2},
            "count": {"$Type": "Edm.Int64", "@Org.Unit": {}},
            "ratio": {"$Type": "Self.Ratio", "$Nullable": True},
            "done": {"$Type": "Edm.Boolean"},
            "day": {"$Type": "Edm.Date"},
            "at": {"$Type": "Edm.TimeOfDay"},
            "took": {"$Type": "Edm.Duration", "$Nullable": True},
            "data": {"$Type": "Edm.Binary"},
            "tags": {"$Collection": True},
            "address": {"$Type": "Shop.Model.Address", "$Nullable": True},
            "lines": {"$Kind": "NavigationProperty", "$Collection": True, "$Type": "Self.Line"},
            "scan": {"$Type": "Edm.Stream"},
        },
        "Address": {"$Kind": "ComplexType", "City": {}},
        "Line": {"$Kind": "EntityType", "quantity": {"$Type": "Edm.Int64"}, "note": {"$Nullable": True}},
        "Recount": [{"$Kind": "Action"}],
        "Container": {
            "$Kind": "EntityContainer",
            "Orders": {"$Collection": True, "$Type": "Self.Order"},
            "Latest": {"$Type": "Self.Order"},
        },
    },
}


@dataclasses.dataclass
class DataLine:
    quantity: int
    note: str | None = None


@dataclasses.dataclass
class DataAddress:
    City: str


@dataclasses.dataclass
class DataOrder:
    id: uuid.UUID
    name: str | None
    created: dt.datetime
    amount: Decimal
    count: int
    ratio: float | None
    done: bool
    day: dt.date
    at: dt.time
    took: "dt.timedelta | None"
    data: bytes
    tags: list[str]
    address: DataAddress | None
    lines: tuple[DataLine, ...]


class StructLine(msgspec.Struct):
    quantity: int
    note: str | None = None


class StructAddress(msgspec.Struct):
    City: str


class StructOrder(msgspec.Struct):
    identifier: uuid.UUID = msgspec.field(name="id")
    name: str | None
    created: dt.datetime
    amount: Decimal
    count: Annotated[int, msgspec.Meta(ge=0)]
    ratio: float | None
    done: bool
    day: dt.date
    at: dt.time
    took: dt.timedelta | msgspec.UnsetType
    data: bytes
    tags: set[str]
    address: StructAddress | None
    lines: list[StructLine]


def pydantic_order() -> type:
    pydantic = pytest.importorskip("pydantic")
    line = pydantic.create_model("DataLine", quantity=(int, ...), note=(str | None, None))
    address = pydantic.create_model("DataAddress", town=(str, pydantic.Field(alias="City")))
    made = pydantic.create_model(
        "DataOrder",
        identifier=(uuid.UUID, pydantic.Field(validation_alias="id")),
        **{name: (kind, ...) for name, kind in DataOrder.__annotations__.items() if name not in {"id", "took"}}
        | {
            "took": (dt.timedelta | None, None),
            "address": (address | None, None),
            "lines": (types.GenericAlias(list, line), ...),
        },
    )
    assert isinstance(made, type)
    return made


def bare(facts: Any) -> Any:
    """Facts without the names of types and attributes, which differ from source to source."""
    if isinstance(facts, PropertyFacts):
        return msgspec.structs.replace(facts, schema=None, attribute=""), facts.schema and bare(facts.schema)
    return [bare(facts.properties[name]) for name in sorted(facts.properties)]


def without_types(facts: Any) -> Any:
    """Facts without what only $metadata says: the types and what derives from them."""
    if isinstance(facts, PropertyFacts):
        return msgspec.structs.replace(facts, schema=facts.schema and without_types(facts.schema))
    properties = {name: without_types(one) for name, one in facts.properties.items()}
    return msgspec.structs.replace(facts, properties=properties, type_name="", namespaces={}, types=frozenset())


SOURCES: dict[str, Callable[[], type[of.Schema]]] = {
    "dict": lambda: schema_from_dict(ORDER, name="Order"),
    "OpenAPI": lambda: schema_from_json_schema(OPEN_API, "Order"),
    "OpenAPI by pointer": lambda: schema_from_json_schema(json.dumps(OPEN_API), "#/components/schemas/Order"),
    "XML by entity set": lambda: schema_from_metadata(CSDL_XML, "Orders"),
    "XML by type": lambda: schema_from_metadata(CSDL_XML.encode(), "Shop.Model.Order"),
    "JSON by singleton": lambda: schema_from_metadata(CSDL_JSON, "Latest"),
    "JSON by type": lambda: schema_from_metadata(json.dumps(CSDL_JSON), "Order"),
}


@pytest.mark.parametrize("source", SOURCES)
def test_the_same_model_gives_the_same_facts_as_a_written_class(source: str) -> None:
    assert without_types(SOURCES[source]().__facts__) == Order.__facts__


@pytest.mark.parametrize("cls", [lambda: DataOrder, lambda: StructOrder, pydantic_order], ids=["data", "msgspec", "py"])
def test_a_class_gives_the_same_facts_as_a_written_schema_but_for_the_names_of_classes(cls: Callable[[], type]) -> None:
    assert bare(schema_from_class(cls()).__facts__) == bare(Order.__facts__)


@pytest.mark.parametrize("source", [*SOURCES, "class"])
def test_a_schema_made_at_run_time_builds_validates_and_matches_like_a_written_one(source: str) -> None:
    made: Any = (SOURCES | {"class": lambda: schema_from_class(DataOrder)})[source]()
    built = (made.id == GUID) & made.lines.any(lambda line: line.quantity > 2) & (made.address / "City" == "Bonn")
    assert str(built) == f"id eq {GUID} and lines/any(line:line/quantity gt 2) and address/City eq 'Bonn'"
    assert of.parse(str(built), schema=made) == built
    assert pickle.loads(pickle.dumps(built)).schema == made.__facts__
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse("adress/City eq 'Bonn'", schema=made)
    assert str(caught.value) == (
        "unknown property 'adress'; did you mean 'address'?\n    adress/City eq 'Bonn'\n    ^^^^^^"
    )


# --- options --------------------------------------------------------------------------------------------------------


def test_options_say_what_the_api_documents() -> None:
    made = schema_from_dict(
        ORDER,
        name="Orders",
        only=("id", "name"),
        sources={"quantity": "lines[].quantity", "town": "address.City", "tag": "tags[]"},
        operators=("eq", "in"),
        functions=("contains",),
        lists="[]",
        either_order=("contains",),
        case_sensitive=False,
    )

    class Orders(of.Schema, operators=("eq", "in"), functions=("contains",), lists="[]", case_sensitive=False):
        id = of.Guid(nullable=False)
        name = of.String()
        quantity = of.Int64(nullable=False, source="lines[].quantity")
        town = of.String(source="address.City")
        tag = of.String(nullable=False, source="tags[]")

    expected = msgspec.structs.replace(Orders.__facts__, either_order=frozenset({"contains"}))
    assert made.__facts__ == expected
    assert of.parse("quantity eq 3", schema=made).matches({"lines": [{"quantity": 1}, {"quantity": 3}]})


def test_options_are_the_keywords_of_a_schema() -> None:
    near = of.Function("NS.Near", {"p": of.String()}, of.Boolean())
    made = schema_from_dict({"name": "String"}, functions=("contains", near), max_in=2, open=True)
    of.parse("NS.Near(p=name) and name in ('a','b') and other eq 1", schema=made)
    with pytest.raises(of.FilterValidationError, match="at most 2 values"):
        of.parse("name in ('a','b','c')", schema=made)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": ["nam"]}, "Schema has no 'nam'; did you mean 'name'?"),
        (
            {"only": "name", "sources": {"x": "lines.quantity"}},
            "'lines.quantity' of 'x' leads nowhere: there is no 'lines'",
        ),
        ({"sources": {"x": "lines[].qty"}}, "'lines[].qty' of 'x' leads nowhere: there is no 'qty'"),
        ({"sources": {"x": "lines[]"}}, "'lines[]' of 'x' leads to no primitive value"),
        ({"sources": {"x": "address"}}, "'address' of 'x' leads to no primitive value"),
        ({"sources": {"x": "tags[][]"}}, "'tags[][]' of 'x' leads nowhere: there is no 'tags[][]'"),
        ({"sources": {"a b": "name"}}, "'a b' cannot name a property: ' ' cannot stand in a name"),
        ({"only": ()}, "Schema has no properties to filter by"),
    ],
)
def test_options_that_the_source_cannot_meet_are_refused(options: Any, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        schema_from_dict(ORDER, **options)
    check_message(caught.value, message)


def test_an_attribute_that_is_no_property_says_what_was_meant() -> None:
    made: Any = schema_from_dict({"createdDateTime": "DateTimeOffset"}, name="Job")
    with pytest.raises(AttributeError) as caught:
        _ = made.createdDate
    assert str(caught.value) == "Job has no property 'createdDate'; did you mean 'createdDateTime'?"


@pytest.mark.parametrize("depth", [-1, 51])
def test_a_depth_that_no_schema_can_have_is_refused(depth: int) -> None:
    with pytest.raises(FilterError) as caught:
        schema_from_class(DataOrder, depth=depth)
    assert str(caught.value) == f"depth is from 0 to 50, not {depth}"


# --- dicts ----------------------------------------------------------------------------------------------------------


def test_a_declaration_says_all_that_a_written_property_can() -> None:
    made = schema_from_dict(
        {
            "state": {"kind": "String", "enum": ["active", "done"], "operators": ["eq", "in"]},
            "color": {"kind": "Enum", "enum": ["Red", "Blue"], "type_name": "Shop.Color"},
            "inputId": {"kind": "Guid", "quoted": True, "source": "inputs[].id"},
            "at": {"kind": "DateTimeOffset", "quoted": True},
            "name": {"kind": "String", "functions": ["contains"]},
            "anything": "Untyped",
            "open": {"kind": "Collection"},
        }
    )

    class Schema(of.Schema):
        state = of.String(enum=("active", "done"), operators=("eq", "in"))
        color = of.Enum("Red", "Blue", type_name="Shop.Color")
        inputId = of.Guid(quoted=True, source="inputs[].id")
        at = of.DateTimeOffset(quoted=True)
        name = of.String(functions=("contains",))
        anything = of.field("anything")
        open = of.Collection(of.field("open"))

    assert made.__facts__ == Schema.__facts__


def nested_dict(levels: int) -> dict[str, Any]:
    declared: dict[str, Any] = {"a": "String"}
    for _ in range(levels):
        declared = {"a": {"kind": "Complex", "properties": declared}}
    return declared


@pytest.mark.parametrize(
    ("properties", "message"),
    [
        ({"a": "Strin"}, "the declaration of 'a' cannot be read: OData has no 'Strin'; did you mean 'String'?"),
        (
            {"a": {"kind": "Guid", "enum": []}},
            "the declaration of 'a', a Guid, has no 'enum', only kind, nullable, operators, functions, source and quoted",
        ),
        (
            {"a": {"kind": "Guid", "quotd": True}},
            "the declaration of 'a', a Guid, has no 'quotd'; did you mean 'quoted'?",
        ),
        ({"a": {}}, "the declaration of 'a' cannot be read: Object missing required field 'kind'"),
        ({"a": 4}, "the declaration of 'a' cannot be read: "),
        (
            {"a": {"kind": "String", "enum": "active"}},
            "the declaration of 'a' cannot be read: ",
        ),
        (
            {"a": {"kind": "Collection", "element": {"kind": "Collection"}}},
            "'a' is a collection of collections, which OData does not have",
        ),
        (
            {"a": {"kind": "Collection", "element": "Text"}},
            (
                "the declaration of an element of 'a' cannot be read: OData has no 'Text', only Binary, Boolean, Collection, "
                "Complex, Date, DateTimeOffset, Decimal, Double, Duration, Enum, Geography, Geometry, Guid, Int32, Int64, String, TimeOfDay "
                "and Untyped"
            ),
        ),
        ({"a": {"kind": "Complex"}}, "a has no properties to filter by"),
        ({"a b": "String"}, "'a b' cannot name a property: ' ' cannot stand in a name"),
        ({"null": "String"}, "'null' cannot name a property: a filter reads it as a literal"),
        ({"__facts__": "String"}, "'__facts__' cannot name a property: such names are Python's own"),
        ({1: "String"}, "a property is named by a str, not by 1"),
        ({}, "Schema has no properties to filter by"),
        ([], "a schema is made from a dict of properties, not from []"),
        (nested_dict(60), "'a' nests more than 50 properties deep"),
    ],
)
def test_a_dict_that_declares_no_schema_is_refused(properties: Any, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        schema_from_dict(properties)
    check_message(caught.value, message)


names = st.text("abcXYZ_0é", min_size=1, max_size=6).map("p{}".format)
primitive_kinds = st.sampled_from(
    ["Binary", "Boolean", "Date", "DateTimeOffset", "Decimal", "Double", "Duration", "Guid", "Int32", "Int64", "String"]
)


@given(st.dictionaries(names, st.tuples(primitive_kinds, st.booleans()), min_size=1, max_size=4))
def test_any_dict_of_kinds_gives_the_facts_of_the_class_with_the_same_kinds(declared: Any) -> None:
    made = schema_from_dict({name: {"kind": kind, "nullable": null} for name, (kind, null) in declared.items()})
    handles = {name: getattr(of, kind)(nullable=null) for name, (kind, null) in declared.items()}
    written = type("Schema", (of.Schema,), handles)
    assert made.__facts__ == written.__facts__  # type: ignore[attr-defined]


# --- JSON Schema ----------------------------------------------------------------------------------------------------


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


# The schemas of the documents of the three operations, shortened to what a schema is made of.
DOCUMENTED = {
    "components": {
        "schemas": {
            "jobDetails": {
                "title": "Job",
                "type": "object",
                "properties": {
                    "id": {"type": "string"},
                    "name": {"type": "string"},
                    "type": {"type": "string", "enum": ["Conversion"], "$ref": "#/components/schemas/jobDetails-type"},
                    "state": {
                        "type": "string",
                        "enum": ["unsubmitted", "active", "success", "failed", "cancelled"],
                        "$ref": "#/components/schemas/jobDetails-state",
                    },
                    "iTwinId": {"type": "string"},
                    "ownerId": {"type": "string"},
                    "createdDateTime": {"type": "string", "format": "date-time"},
                    "lastModifiedDateTime": {"type": "string", "format": "date-time"},
                    "dataCenter": {"type": "string"},
                    "email": {"type": "string"},
                    "executionInformation": {"$ref": "#/components/schemas/executionInformation"},
                    "inputs": {"type": "array", "items": {"$ref": "#/components/schemas/jobInput"}},
                    "outputs": {"type": "array", "items": {"$ref": "#/components/schemas/jobOutput"}},
                    "options": {"$ref": "#/components/schemas/jobCreateOptions"},
                },
                "required": ["id", "name", "type", "state", "createdDateTime", "inputs", "outputs", "iTwinId"],
                "additionalProperties": False,
            },
            "jobDetails-type": {"type": "string", "enum": ["Conversion"], "title": "Job type"},
            "executionInformation": {
                "title": "Execution Info",
                "type": "object",
                "properties": {
                    "submissionDateTime": {"type": "string", "format": "date-time"},
                    "startedDateTime": {"type": "string", "format": "date-time", "nullable": True},
                    "estimatedUnits": {"type": "number", "nullable": True},
                },
                "required": ["submissionDateTime"],
            },
            "jobInput": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "enum": ["LAS", "LAZ", "PLY", "E57"]},
                    "id": {"type": "string"},
                },
            },
            "jobOutput": {
                "type": "object",
                "properties": {
                    "type": {"type": "string", "enum": ["OPC", "PNTS"]},
                    "id": {"type": "string", "nullable": True},
                },
            },
            "jobCreateOptions": {
                "type": "object",
                "properties": {"processingEngines": {"type": "integer"}, "merge": {"type": "boolean"}},
            },
        }
    }
}

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


# --- $metadata ------------------------------------------------------------------------------------------------------

NORTHWIND = """<Edmx Version="4.0"><DataServices>
  <Schema Namespace="North">
    <EnumType Name="Size"><Member Name="Small"/><Member Name="Large" Value="5"/></EnumType>
    <EntityType Name="Customer">
      <Property Name="Name" Type="Edm.String"/>
      <Property Name="Size" Type="North.Size" Nullable="0"/>
      <Property Name="Rank" Type="Edm.Byte"/>
      <Property Name="Place" Type="Edm.GeographyPoint"/>
      <NavigationProperty Name="Orders" Type="Collection(North.Order)" Partner="Customer"/>
    </EntityType>
    <EntityType Name="Order">
      <Property Name="Freight" Type="Edm.Single"/>
      <NavigationProperty Name="Customer" Type="North.Customer" Partner="Orders"/>
    </EntityType>
    <EntityType Name="Empty"/>
    <EntityType Name="Lost"><Property Name="a" Type="North.Nowhere"/><Property Name="b" Type="Edm.Int16"/></EntityType>
    <EntityType Name="Loop" BaseType="North.Pool"/>
    <EntityType Name="Pool" BaseType="North.Loop"/>
    <EntityType Name="Orphan" BaseType="North.Size"/>
    <EntityContainer Name="C">
      <EntitySet Name="Customers" EntityType="North.Customer"/>
      <EntitySet Name="Ghosts" EntityType="North.Ghost"/>
    </EntityContainer>
  </Schema>
  <Schema Namespace="South"><ComplexType Name="Order"><Property Name="x" Type="Edm.String"/></ComplexType></Schema>
</DataServices></Edmx>"""


def test_navigation_that_leads_back_ends_at_the_depth() -> None:
    made: Any = schema_from_metadata(NORTHWIND, "Customers", depth=2)
    found = made.Orders.any(lambda o: (o.Freight > 1) & (o.Customer / "Name" == "Ann"))
    assert str(found) == "Orders/any(o:o/Freight gt 1 and o/Customer/Name eq 'Ann')"
    assert of.parse(str(found), schema=made) == found
    below = made.__facts__.properties["Orders"].schema.properties["Customer"].schema
    assert list(below.properties) == ["Name", "Size", "Rank", "Place"]
    kinds = [facts.kind for facts in below.properties.values()]
    assert kinds == ["String", "Enum", "Int32", "Geography"]


def test_an_enumeration_is_written_with_its_qualified_name() -> None:
    made: Any = schema_from_metadata(NORTHWIND, "Customers")
    assert str(made.Size == "Large") == "Size eq North.Size'Large'"
    assert made.__facts__.properties["Size"].enum == ("Small", "Large")
    as_json = {
        "$Version": "4.0",
        "N": {
            "T": {"$Kind": "EntityType", "Size": {"$Type": "N.Size"}},
            "Size": {"$Kind": "EnumType", "Small": 0, "@x.y": 1, "$IsFlags": True},
        },
    }
    assert schema_from_metadata(as_json, "T").__facts__.properties["Size"].enum == ("Small",)


def test_a_model_where_everything_leads_everywhere_is_made_in_no_time() -> None:
    types = {
        f"T{i}": {"$Kind": "EntityType", "id": {}, **{f"n{j}": {"$Type": f"N.T{j}"} for j in range(25)}}
        for i in range(25)
    }
    made = schema_from_metadata({"$Version": "4.0", "N": types}, "T0", depth=10)
    path = "/".join(["n1", "n2"] * 5)
    of.parse(f"{path}/id eq 'x'", schema=made)


@pytest.mark.parametrize(
    ("document", "of_", "message"),
    [
        (NORTHWIND, "Custmers", "the $metadata has no 'Custmers'; did you mean 'Customers'?"),
        (NORTHWIND, "Order", "the $metadata has more than one Order: North.Order and South.Order"),
        (NORTHWIND, "Ghosts", "'Ghosts' is of the type 'North.Ghost', which the $metadata does not have"),
        (NORTHWIND, "Empty", "Empty has no properties to filter by"),
        (NORTHWIND, "Lost", "'a' is of the type 'North.Nowhere', which the $metadata does not have"),
        (NORTHWIND, "Loop", "'North.Loop' is its own base type"),
        (NORTHWIND, "Orphan", "the $metadata has no type 'North.Size' that a type could be based on"),
        ("", "X", "the $metadata is no XML: "),
        ("<a>", "X", "the $metadata is no XML: "),
        ("<a/>", "X", "the $metadata must be an Edmx of version 4.0 or later, not a"),
        ('<Edmx Version="1.0"/>', "X", "the $metadata must be an Edmx of version 4.0 or later, not Edmx 1.0"),
        (
            "\ud800",
            "X",
            "the $metadata is no XML: ",
        ),
        (
            "<!DOCTYPE x [<!ENTITY a SYSTEM 'file:///etc/passwd'>]><Edmx/>",
            "X",
            "the $metadata declares a document type, which CSDL does not have and which can do harm",
        ),
        ('<Edmx Version="4.0"><Schema/></Edmx>', "X", "the $metadata has a Schema '' without Namespace"),
        (
            '<Edmx Version="4"><Schema Namespace="N"><EnumType Name="T"><Member Value="1"/></EnumType></Schema></Edmx>',
            "T",
            "the $metadata has a Member '' without Name",
        ),
        ("{", "X", "the $metadata is no JSON object: "),
        ({}, "X", "the $metadata must have a $Version of 4.0 or later, not ''"),
        (
            {"$Version": 4},
            "X",
            "the document in the $metadata cannot be read: ",
        ),
        (
            {"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", "a": {"$Type": 1}}}},
            "T",
            "N.T/a in the $metadata cannot be read: ",
        ),
        (4, "X", "the $metadata is no JSON object: "),
    ],
)
def test_metadata_that_cannot_be_followed_is_refused(document: Any, of_: str, message: str) -> None:
    with pytest.raises(FilterError) as caught:
        schema_from_metadata(document, of_)
    check_message(caught.value, message)


def test_only_what_is_asked_for_of_an_entity_need_be_understood() -> None:
    assert list(schema_from_metadata(NORTHWIND, "Lost", only="b").__facts__.properties) == ["b"]
    with pytest.raises(FilterError) as caught:
        schema_from_metadata(NORTHWIND, "Customers", only=["Orders"], depth=0)
    assert str(caught.value) == "'Orders' of Customer lies deeper than 'depth' says"


# --- what leads out of a document, and what is too large or too deep --------------------------------------------------


def metadata_of(types: str, reference: str = "") -> str:
    return (
        f'<Edmx Version="4.0">{reference}<DataServices><Schema Namespace="N" Alias="Self">{types}'
        '<EntityContainer Name="C"><EntitySet Name="Ones" EntityType="N.One"/></EntityContainer></Schema></DataServices></Edmx>'
    )


@pytest.mark.parametrize("depth", [0, 3])
def test_what_is_of_a_type_of_another_document_is_untyped(depth: int) -> None:
    types = """<EntityType Name="One" BaseType="Other.Base">
      <Property Name="Id" Type="Edm.Int32"/>
      <Property Name="Place" Type="Other.Place" Nullable="false"/>
      <Property Name="Places" Type="Collection(Other.Place)"/>
      <NavigationProperty Name="Owner" Type="Other.Person"/></EntityType>"""
    made = schema_from_metadata(
        metadata_of(types, '<Reference Uri="o.xml"><Include Namespace="Other"/></Reference>'), "Ones", depth=depth
    )
    found = made.__facts__.properties
    assert {name: (one.kind, one.nullable, one.element and one.element.kind) for name, one in found.items()} == {
        "Id": ("Int32", True, None),
        "Place": ("Untyped", False, None),
        "Places": ("Collection", False, "Untyped"),
        "Owner": ("Untyped", True, None),
    }
    of.parse("Id eq 1 and Place/City eq 'Bonn' and Owner/Name ne null and Places/any(p:p/City eq 'Bonn')", schema=made)


def test_json_that_refers_to_another_file_is_untyped() -> None:
    document = {
        "properties": {
            "id": {"type": "integer"},
            "part": {"$ref": "parts.json#/Part"},
            "parts": {"type": "array", "items": {"$ref": "parts.json"}},
            "known": {"type": "string", "format": "uuid", "$ref": "parts.json#/Key"},
            "both": {"allOf": [{"$ref": "parts.json"}, {"properties": {"own": {"type": "string"}}}]},
        }
    }
    made = schema_from_json_schema(document)
    found = made.__facts__.properties
    assert {name: one.element.kind if one.element else one.kind for name, one in found.items()} == {
        "id": "Int64",
        "part": "Untyped",
        "parts": "Untyped",
        "known": "Guid",
        "both": "Complex",
    }
    of.parse("part/x eq 1 and both/own eq 'x'", schema=made)


@pytest.mark.parametrize(
    ("schema", "kind"),
    [
        ({"anyOf": [{"type": "number"}, {"type": "string"}], "format": "decimal"}, "Decimal"),
        ({"oneOf": [{"type": "number", "format": "decimal"}, {"type": "string"}]}, "Decimal"),
        ({"type": ["number", "string", "null"], "format": "decimal"}, "Decimal"),
        ({"oneOf": [{"type": "number", "format": "double"}, {"type": "string"}, {"enum": ["INF", "NaN"]}]}, "Double"),
        ({"anyOf": [{"type": "number"}, {"enum": ["-INF", "INF", "NaN"]}]}, "Double"),
        ({"type": ["string", "integer"], "format": "int64"}, "Int64"),
        ({"anyOf": [{"type": "integer"}, {"type": "string"}], "format": "int32"}, "Int32"),
        ({"anyOf": [{"$ref": "#/$defs/amount"}, {"type": "string"}]}, "Decimal"),
        ({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string", "format": "uuid"}]}, "Guid"),
        ({"anyOf": [{"type": "string", "format": "uuid"}, {"type": "string"}]}, "String"),
        ({"anyOf": [{"enum": ["a"]}, {"enum": ["b"]}]}, "String"),
        ({"anyOf": [{"const": "a"}, {"type": "string"}]}, "String"),
        ({"anyOf": [{"type": "number"}, {"type": "string"}]}, "Untyped"),
        ({"type": ["number", "string"], "format": "uuid"}, "Untyped"),
        ({"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "time"}]}, "Untyped"),
        ({"anyOf": [{"type": "number", "format": "decimal"}, {"type": "object"}]}, "Untyped"),
        ({"anyOf": [{"type": "number", "format": "decimal"}, {}]}, "Untyped"),
        ({"anyOf": [{"type": "array", "items": {"type": "string"}}, {"type": "string"}]}, "Untyped"),
        ({"type": "string", "format": "guid"}, "Guid"),
    ],
)
def test_alternatives_are_of_the_kind_that_the_format_says(schema: dict[str, Any], kind: str) -> None:
    made = schema_from_json_schema(
        {"$defs": {"amount": {"type": "number", "format": "decimal"}}, "properties": {"a": schema}}
    )
    assert made.__facts__.properties["a"].kind == kind


def test_the_words_of_alternatives_are_the_words_of_all() -> None:
    made = schema_from_json_schema({"properties": {"a": {"oneOf": [{"const": "x"}, {"enum": ["y", "z"]}]}}})
    assert made.__facts__.properties["a"].enum == ("x", "y", "z")


def test_members_of_an_enumeration_of_numbers_are_compared_as_numbers() -> None:
    schema = schema_from_class(Everything, only=["level"])
    made = of.parse("level eq 2", schema=schema)
    assert made.matches({"level": Level.HIGH})
    assert made.matches({"level": 2})


HALF = "\ud800"


@pytest.mark.parametrize(
    "make",
    [
        lambda: schema_from_metadata({"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", HALF: {}}}}, "T"),
        lambda: schema_from_metadata({"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", "a": {HALF: 1}}}}, "T"),
        lambda: schema_from_metadata(
            {"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", "a": {"$Type": HALF}}}}, "T"
        ),
        lambda: schema_from_metadata({"$Version": "4.0", HALF: {"T": {"$Kind": "EntityType", "a": {}}}}, "T"),
        lambda: schema_from_metadata({"$Version": HALF}, HALF),
        lambda: schema_from_metadata(NORTHWIND, HALF),
        lambda: schema_from_metadata(NORTHWIND, "Customers", only=HALF, sources={HALF: HALF}),
        lambda: schema_from_json_schema({"properties": {HALF: {"type": "string"}, "a": {HALF: 1}}}),
        lambda: schema_from_json_schema({"properties": {"a": {"$ref": f"#/{HALF}"}}}),
        lambda: schema_from_json_schema({"title": HALF, "properties": {"a": {"type": HALF, "format": HALF}}}, HALF),
        lambda: schema_from_dict({HALF: "String"}),
        lambda: schema_from_dict({"a": HALF}),
        lambda: schema_from_dict({"a": {HALF: HALF}}),
        lambda: schema_from_dict({"a": {"kind": "Complex", "properties": {HALF: "String"}}}),
        lambda: schema_from_dict({"a": {"kind": "Enum", "type_name": HALF}}),
        lambda: schema_from_dict({"a": "String"}, name=HALF),
    ],
)
def test_half_of_a_surrogate_pair_gives_a_schema_or_a_filter_error(make: Callable[[], type[of.Schema]]) -> None:
    made_or_refused(make)


def test_a_repr_names_types_and_is_short() -> None:
    types = '<EntityType Name="One"><NavigationProperty Name="a" Type="N.One"/><NavigationProperty Name="b" Type="N.One"/></EntityType>'
    made = schema_from_metadata(
        metadata_of(
            types.replace("<NavigationProperty", '<Property Name="Id" Type="Edm.Guid"/><NavigationProperty', 1)
        ),
        "Ones",
        depth=18,
    )
    filter_ = of.parse("Id ne null", schema=made)
    assert repr(filter_.schema) == "<SchemaFacts One: Id Guid, a One, b One>"
    assert repr(made.__facts__.properties["a"]) == "<PropertyFacts a One>"
    wide = schema_from_dict({f"property{number}": {"kind": "Collection"} for number in range(1_000)})
    assert repr(wide.__facts__).endswith("property19 Collection(Untyped), 980 more>")


def chain_of_types(length: int) -> str:
    """Each type derives from the one before, and has one property more."""
    types = (
        f'<EntityType Name="T{i}" BaseType="{f"N.T{i - 1}" if i else ""}"><Property Name="p{i}" Type="Edm.Int32"/></EntityType>'
        for i in range(length)
    )
    return metadata_of("".join(types))


def seconds(call: Callable[[], object]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


@pytest.mark.parametrize("at_the_end", [True, False])
def test_a_chain_of_base_types_takes_time_for_each_of_them_once(at_the_end: bool) -> None:
    def take(length: int) -> float:
        document = chain_of_types(length)
        return min(
            seconds(lambda: schema_from_metadata(document, f"T{length - 1 if at_the_end else 0}")) for _ in range(3)
        )

    assert take(8_000) < 24 * take(1_000)


def test_a_document_of_thousands_of_types_takes_little_longer_than_reading_it() -> None:
    document = large_metadata()
    assert len(document) > 3_000_000
    reading = min(seconds(lambda: _csdl.read(document)) for _ in range(3))
    assert seconds(lambda: schema_from_metadata(document, "set1")) < 5 * reading
    made = schema_from_metadata(document, "type0")
    assert len(made.__facts__.derived) == 3_420
    assert len(pickle.dumps(of.parse("id eq 'x'", schema=made))) < len(document)


def test_a_schema_that_is_as_deep_as_it_may_be_is_pickled_and_compared() -> None:
    types = "".join(
        f'<EntityType Name="{"One" if i == 0 else f"T{i}"}"><Property Name="Id" Type="Edm.Guid"/>'
        f'<NavigationProperty Name="Next" Type="Collection(N.T{i + 1})"/></EntityType><EntityType Name="D{i}" BaseType="N.T{i}"/>'
        for i in range(60)
    )
    document = metadata_of(types + '<EntityType Name="T0"/><EntityType Name="T60"/>')
    filter_ = of.parse("Id ne null", schema=schema_from_metadata(document, "Ones", depth=50))
    again = pickle.loads(pickle.dumps(filter_))
    assert again.schema == filter_.schema
    assert again.schema == schema_from_metadata(document, "Ones", depth=50).__facts__
    assert again.schema != schema_from_metadata(document, "Ones", depth=49).__facts__


# --- classes --------------------------------------------------------------------------------------------------------

Name = NewType("Name", str)


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Shape(enum.Enum):
    ROUND = 1
    FLAT = 2


@dataclasses.dataclass
class Everything:
    name: Name
    color: Color
    level: Level | None
    shape: Shape
    word: Literal["a", "b", None]  # noqa: PYI061 - another way to say it, which must be read too
    digit: Literal[1, 2]
    either: int | str
    number: int | float | None
    exact: Decimal | int
    mixed: tuple[int, str]
    colors: frozenset[Color | None]
    plain: list  # type: ignore[type-arg]
    mapping: dict[str, int]
    path: complex
    again: "Everything | None" = None


def test_annotations_have_the_kinds_of_odata() -> None:
    facts = schema_from_class(Everything, depth=1).__facts__
    found = {
        name: (facts.kind, facts.nullable, facts.enum, facts.element and (facts.element.kind, facts.element.nullable))
        for name, facts in facts.properties.items()
    }
    assert found == {
        "name": ("String", False, (), None),
        "color": ("String", False, ("red", "blue"), None),
        "level": ("Int64", True, (), None),
        "shape": ("Enum", False, ("ROUND", "FLAT"), None),
        "word": ("String", True, ("a", "b"), None),
        "digit": ("Untyped", False, (), None),
        "either": ("Untyped", False, (), None),
        "number": ("Double", True, (), None),
        "exact": ("Decimal", False, (), None),
        "mixed": ("Collection", False, (), ("Untyped", False)),
        "colors": ("Collection", False, (), ("String", True)),
        "plain": ("Collection", False, (), ("Untyped", False)),
        "mapping": ("Untyped", False, (), None),
        "path": ("Untyped", False, (), None),
        "again": ("Complex", True, (), None),
    }
    again = facts.properties["again"].schema
    assert again is not None
    assert "again" not in again.properties


@pytest.mark.skipif(sys.version_info < (3, 12), reason="a statement of 3.12")
def test_type_statements_are_looked_through() -> None:
    space: dict[str, Any] = {"dataclass": dataclasses.dataclass}
    exec("type Word = str\ntype Loop = Loop\n@dataclass\nclass T:\n    a: Word | None\n    b: Loop", space)
    facts = schema_from_class(space["T"]).__facts__.properties
    assert [(one.kind, one.nullable) for one in facts.values()] == [("String", True), ("Untyped", False)]


def test_a_struct_is_named_as_in_its_json() -> None:
    class Job(msgspec.Struct, rename="camel"):
        i_twin_id: uuid.UUID

    assert str(schema_from_class(Job).iTwinId == GUID) == f"iTwinId eq {GUID}"


class InnerPart(msgspec.Struct, rename="camel"):
    part_name: str


class OuterJob(msgspec.Struct, rename="camel"):
    i_twin_id: str
    main_part: InnerPart
    all_parts: list[InnerPart]


@pytest.mark.parametrize(
    "text", ["iTwinId eq 'x'", "mainPart/partName eq 'a'", "allParts/any(p:p/partName eq 'b')", "name eq 'b'"]
)
def test_an_instance_is_read_by_its_attributes_and_its_json_by_its_names(text: str) -> None:
    schema = schema_from_class(OuterJob, sources={"name": "allParts[].partName"})
    made = of.parse(text, schema=schema)
    job = OuterJob("x", InnerPart("a"), [InnerPart("a"), InnerPart("b")])
    assert made.matches(job)
    assert made.matches(msgspec.json.decode(msgspec.json.encode(job)))
    assert not made.matches(OuterJob("y", InnerPart("c"), []))


def test_a_pydantic_model_is_read_by_its_attributes() -> None:
    pydantic = pytest.importorskip("pydantic")
    model = pydantic.create_model("Aliased", first_name=(str, pydantic.Field(alias="firstName")))
    made = of.parse("firstName eq 'x'", schema=schema_from_class(model))
    assert made.matches(model(firstName="x"))
    assert made.matches({"firstName": "x"})
    assert not made.matches({"first_name": "x"})


def test_pydantic_is_not_imported_for_other_classes() -> None:
    import subprocess  # noqa: PLC0415 - of this test alone

    script = (
        "import dataclasses, sys; from odatafilter.derive import schema_from_class\n"
        "@dataclasses.dataclass\nclass A:\n    a: int\nschema_from_class(A); assert 'pydantic' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", script], check=True)


@dataclasses.dataclass
class Unresolved:
    a: "Nothing"  # type: ignore[name-defined]  # noqa: F821


@pytest.mark.parametrize("cls", [int, 3, "Job", DataOrder.__init__, dict])
def test_what_is_no_class_with_fields_is_refused(cls: Any) -> None:
    with pytest.raises(FilterTypeError) as caught:
        schema_from_class(cls)
    assert str(caught.value) == (
        f"a schema is made from a dataclass, a msgspec Struct or a pydantic model, not from {cls!r:.60}"
    )


def test_a_pydantic_model_is_named_as_in_its_json_and_may_be_incomplete() -> None:
    pydantic = pytest.importorskip("pydantic")

    class Job(pydantic.BaseModel):  # type: ignore[name-defined, misc]
        model_config = pydantic.ConfigDict(alias_generator=lambda name: name.title().replace("_", ""))
        job_id: uuid.UUID
        either: int = pydantic.Field(validation_alias=pydantic.AliasChoices("a", "b"))

    class Late(pydantic.BaseModel):  # type: ignore[name-defined, misc]
        order: "DataOrder"
        nothing: "Nothing"  # type: ignore[name-defined]  # noqa: F821

    assert list(schema_from_class(Job).__facts__.properties) == ["JobId", "either"]
    with pytest.raises(FilterError) as caught:
        schema_from_class(Late)
    assert str(caught.value) == "the annotations of Late cannot be resolved: name 'Nothing' is not defined"


def test_annotations_that_cannot_be_resolved_are_refused() -> None:
    with pytest.raises(FilterError) as caught:
        schema_from_class(Unresolved)
    assert str(caught.value) == "the annotations of Unresolved cannot be resolved: name 'Nothing' is not defined"


# --- anything at all ------------------------------------------------------------------------------------------------

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda below: st.lists(below, max_size=3) | st.dictionaries(st.text(max_size=5), below, max_size=3),
    max_leaves=8,
)


@st.composite
def damaged(draw: st.DrawFn, document: Any) -> Any:
    """A document with something else in one place."""
    document = copy.deepcopy(document)
    place = document
    while True:
        key = draw(st.sampled_from(list(place) if isinstance(place, dict) else range(len(place))))
        below = place[key]
        if not isinstance(below, dict | list) or not below or draw(st.integers(0, 3)) == 0:
            strings = st.sampled_from(
                ["#", "#/components", "Edm.Int32", "Self.Order", "Collection", "object", "\0", ""]
            )
            place[key] = draw(json_values | strings)
            return document
        place = below


def made_or_refused(make: Callable[[], type[of.Schema]]) -> None:
    try:
        made = make()
    except FilterError as error:
        assert str(error)
        return
    of.parse("1 eq 1", schema=made)


@given(damaged(ORDER) | json_values)
def test_a_damaged_dict_gives_a_schema_or_a_filter_error(properties: Any) -> None:
    made_or_refused(lambda: schema_from_dict(properties))


@given(damaged(OPEN_API) | damaged(OPEN_API).map(json.dumps), st.sampled_from(["Order", "#/components/schemas/Order"]))
def test_a_damaged_openapi_document_gives_a_schema_or_a_filter_error(document: Any, at: str) -> None:
    made_or_refused(lambda: schema_from_json_schema(document, at))


@given(damaged(CSDL_JSON) | json_values)
def test_damaged_csdl_json_gives_a_schema_or_a_filter_error(document: Any) -> None:
    made_or_refused(lambda: schema_from_metadata(document, "Orders"))


@given(
    st.integers(0, len(CSDL_XML)), st.integers(0, 40), st.text(max_size=5) | st.sampled_from(["Edm.X", "Self.Order"])
)
@example(0, 0, "\0")
@example(CSDL_XML.index("Self.Line"), len("Self.Line"), "Self.Order")
def test_damaged_csdl_xml_gives_a_schema_or_a_filter_error(at: int, length: int, text: str) -> None:
    made_or_refused(lambda: schema_from_metadata(CSDL_XML[:at] + text + CSDL_XML[at + length :], "Orders"))


@given(st.text(max_size=30), st.text(max_size=10))
@example("[" * 100_000, "")
@example('{"a":' * 100_000, "")
@example("<a>" * 100_000, "")
def test_any_text_gives_a_schema_or_a_filter_error(document: str, name: str) -> None:
    made_or_refused(lambda: schema_from_json_schema(document, name))
    made_or_refused(lambda: schema_from_metadata(document, name))


def test_json_that_nests_without_end_is_refused() -> None:
    items: Any = {"type": "string"}
    for _ in range(3_000):
        items = {"type": "array", "items": items, "allOf": [items]}
    made_or_refused(lambda: schema_from_json_schema({"properties": {"a": items}}))
    loop: Any = {"type": "object"}
    loop["properties"] = {"a": loop, "b": {}}
    assert list(schema_from_json_schema(loop, depth=2).__facts__.properties) == ["a", "b"]


def test_types_of_pydantic_have_the_kinds_that_they_stand_for() -> None:
    pydantic = pytest.importorskip("pydantic")
    fields = {
        "AwareDatetime": "DateTimeOffset",
        "NaiveDatetime": "DateTimeOffset",
        "PastDatetime": "DateTimeOffset",
        "FutureDatetime": "DateTimeOffset",
        "PastDate": "Date",
        "FutureDate": "Date",
        "EmailStr": "String",
        "UUID4": "Guid",
        "PositiveInt": "Int64",
        "SecretStr": "Untyped",
    }
    cls = dataclasses.make_dataclass("Typed", [(name, getattr(pydantic, name)) for name in fields])
    facts = schema_from_class(cls).__facts__.properties
    assert {name: one.kind for name, one in facts.items()} == fields


@pytest.mark.parametrize("mark", ["", "\ufeff"])
@pytest.mark.parametrize("encoded", [str, str.encode])
def test_a_document_may_begin_with_a_byte_order_mark(mark: str, encoded: Callable[[str], Any]) -> None:
    csdl = '{"$Version": "4.0", "NS": {"T": {"$Kind": "EntityType", "a": {}}}}'
    xml = (
        '<Edmx Version="4.0"><Schema Namespace="NS"><EntityType Name="T"><Property Name="a" Type="Edm.String"/>'
        "</EntityType></Schema></Edmx>"
    )
    for document in (csdl, xml):
        assert str(schema_from_metadata(encoded(mark + document), "T").a == "x") == "a eq 'x'"
    json_schema = '{"properties": {"a": {"type": "string"}}}'
    assert str(schema_from_json_schema(encoded(mark + json_schema)).a == "x") == "a eq 'x'"


def test_flags_are_members_of_an_enumeration() -> None:
    class Right(enum.Flag):
        READ = 1
        WRITE = 2

    @dataclasses.dataclass
    class Account:
        rights: Right

    schema = of.schema_from_class(Account)
    found = of.parse("rights has 'READ'", schema=schema)
    assert found.matches(Account(Right.READ | Right.WRITE))
    assert not found.matches(Account(Right.WRITE))
