"""One model as a written schema, a dict, JSON Schema, $metadata and classes; and documents that services publish."""

import copy
import dataclasses
import datetime as dt
import enum
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any, Literal, NewType

from hypothesis import strategies as st

import odatafilter as of
from odatafilter.errors import FilterError

GUID = "dc720f05-e5f7-448b-ae06-765de46f0af1"


def check_message(error: Exception, message: str) -> None:
    """`error` says `message`; where that ends with a colon, the words of a dependency follow, which may change."""
    said = str(error)
    assert said.startswith(message) if message.endswith(": ") else said == message


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
