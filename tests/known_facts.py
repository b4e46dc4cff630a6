"""What is known of the shipped services, and of documents that use every feature, as a text.

What has its default is left out. Beside them stand the refusals of documents, each with its whole message.
"""

import dataclasses
import datetime as dt
import decimal
import enum
import typing
import uuid
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

import msgspec
from derived_models import CSDL_XML, NORTHWIND, OPEN_API

import odatafilter as of
from odatafilter import itwin
from odatafilter.derive import schema_from_json_schema, schema_from_metadata
from odatafilter.errors import FilterError
from odatafilter.facts import PropertyFacts, SchemaFacts

Line = typing.Annotated[str, "a line"]
FUNCTIONS = """
<edmx:Edmx Version="4.01" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="A.B" Alias="S" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="Color"><Member Name="Red"/><Member Name="Green"/></EnumType>
  <TypeDefinition Name="Weight" UnderlyingType="Edm.Decimal"/>
  <ComplexType Name="Place" OpenType="true"><Property Name="city" Type="Edm.String" Nullable="0"/></ComplexType>
  <EntityType Name="Thing" OpenType="1">
    <Property Name="id" Type="Edm.Int32" Nullable="false"/>
    <Property Name="color" Type="S.Color"/>
    <Property Name="colors" Type="Collection(A.B.Color)" Nullable="false"/>
    <Property Name="weight" Type="S.Weight" Nullable="false"/>
    <Property Name="place" Type="S.Place"/>
    <Property Name="places" Type="Collection(S.Place)"/>
    <Property Name="blob" Type="Edm.Stream"/>
    <Property Name="any" Type="Edm.PrimitiveType"/>
    <Property Name="other" Type="C.D.Elsewhere"/>
    <Property Name="point" Type="Edm.GeographyPoint"/>
    <NavigationProperty Name="parent" Type="S.Thing"/>
    <NavigationProperty Name="children" Type="Collection(S.Thing)"/>
  </EntityType>
  <EntityType Name="Part" BaseType="S.Thing"><Property Name="number" Type="Edm.SByte"/></EntityType>
  <EntityType Name="Screw" BaseType="A.B.Part"><Property Name="length" Type="Edm.Single" Nullable="false"/></EntityType>
  <EntityType Name="Far" BaseType="C.D.Elsewhere"><Property Name="own" Type="Edm.Boolean"/></EntityType>
  <Function Name="Near">
    <Parameter Name="to" Type="S.Place" Nullable="false"/>
    <Parameter Name="km" Type="Edm.Double"><Annotation Term="Core.OptionalParameter"/></Parameter>
    <ReturnType Type="Edm.Boolean" Nullable="false"/>
  </Function>
  <Function Name="Near"><ReturnType Type="Collection(Edm.String)"/></Function>
  <Function Name="Of" IsBound="true"><Parameter Name="it" Type="S.Thing"/><ReturnType Type="S.Nowhere"/></Function>
  <Function Name="Nothing"/>
  <EntityContainer Name="Box">
    <EntitySet Name="Things" EntityType="S.Thing"/>
    <Singleton Name="Main" Type="S.Part"/>
    <FunctionImport Name="Close" Function="S.Near"/>
    <FunctionImport Name="Gone" Function="S.Gone"/>
  </EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>
"""
AS_JSON: dict[str, Any] = {
    "$Version": "4.01",
    "A.B": {
        "$Alias": "S",
        "Color": {"$Kind": "EnumType", "Red": 0, "Green": 1, "Green@Core.Description": "as grass"},
        "Weight": {"$Kind": "TypeDefinition", "$UnderlyingType": "Edm.Decimal"},
        "Place": {"$Kind": "ComplexType", "$OpenType": True, "city": {}},
        "Thing": {
            "$Kind": "EntityType",
            "id": {"$Type": "Edm.Int32"},
            "color": {"$Type": "S.Color", "$Nullable": True},
            "colors": {"$Type": "A.B.Color", "$Collection": True},
            "weight": {"$Type": "S.Weight", "$Nullable": False},
            "place": {"$Type": "S.Place", "$Nullable": True},
            "blob": {"$Type": "Edm.Stream"},
            "parent": {"$Kind": "NavigationProperty", "$Type": "S.Thing", "$Nullable": True},
            "id@Core.Description": "the key",
        },
        "Part": {"$Kind": "EntityType", "$BaseType": "S.Thing", "number": {"$Type": "Edm.SByte", "$Nullable": True}},
        "Near": [
            {
                "$Kind": "Function",
                "$Parameter": [
                    {"$Name": "to", "$Type": "S.Place"},
                    {"$Name": "km", "$Type": "Edm.Double", "$Nullable": True, "@Core.OptionalParameter": {}},
                ],
                "$ReturnType": {"$Type": "Edm.Boolean"},
            },
            {"$Kind": "Function", "$IsBound": True, "$ReturnType": {"$Collection": True}},
            {"$Kind": "Action"},
        ],
        "Box": {
            "$Kind": "EntityContainer",
            "Things": {"$Type": "S.Thing", "$Collection": True},
            "Close": {"$Function": "S.Near"},
        },
    },
}
JSON_SCHEMA: dict[str, Any] = {
    "title": "A thing!",
    "required": ["id", "kind", "either", "list"],
    "properties": {
        "id": {"type": "string", "format": "uuid"},
        "kind": {"enum": ["a", "b", None]},
        "one": {"const": "x"},
        "small": {"type": "integer", "format": "int32"},
        "large": {"type": "integer"},
        "number": {"type": ["integer", "number"]},
        "money": {"type": "number", "format": "decimal"},
        "text or number": {"type": ["number", "string"], "format": "decimal"},
        "textOrNumber": {"type": ["integer", "string"], "format": "int64"},
        "textOrFloat": {"anyOf": [{"type": "number", "format": "float"}, {"type": "string"}]},
        "infinite": {"oneOf": [{"type": "number", "format": "double"}, {"enum": ["INF", "-INF", "NaN"]}]},
        "words": {"anyOf": [{"enum": ["p"]}, {"const": "q"}, {"type": "null"}]},
        "either": {"oneOf": [{"type": "string"}, {"type": "boolean"}]},
        "two": {"anyOf": [{"type": "string", "format": "date"}, {"type": "string", "format": "time"}]},
        "structures": {"anyOf": [{"$ref": "#/$defs/Place"}, {"$ref": "#/$defs/Node"}]},
        "nothing": True,
        "null": {"type": "null"},
        "object": {"type": "object"},
        "away": {"$ref": "other.json#/x"},
        "place": {"$ref": "#/$defs/Place"},
        "maybe": {"anyOf": [{"$ref": "#/$defs/Place"}, {"type": "null"}]},
        "more": {"allOf": [{"$ref": "#/$defs/Place"}, {"properties": {"zip": {"type": "string"}}}]},
        "list": {"type": "array", "items": {"type": ["string", "null"]}},
        "places": {"type": ["array", "null"], "items": {"$ref": "#/$defs/Place"}},
        "lists": {"type": "array", "items": {"type": "array", "items": {"type": "string"}}},
        "node": {"$ref": "#/$defs/Node"},
        "second": {"$ref": "#/$defs/Node/allOf/1"},
        "in place": {"type": "string"},
    },
    "$defs": {
        "Place": {"title": "Place", "type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
        "Node": {
            "allOf": [
                {"properties": {"above": {"$ref": "#/$defs/Node"}}},
                {"properties": {"value": {"type": "number"}, "a/b~c": {"type": "string"}}, "nullable": True},
            ],
        },
    },
}


class Shade(enum.Enum):
    LIGHT = 1
    DARK = 2


class Mood(enum.StrEnum):
    GOOD = "good"
    BAD = "bad"


@dataclasses.dataclass
class Inner:
    text: str
    above: "Outer | None" = None


@dataclasses.dataclass
class Outer:
    flag: bool
    count: int | None
    share: float
    money: decimal.Decimal | int
    when: dt.datetime
    day: dt.date
    time: dt.time
    took: dt.timedelta
    key: uuid.UUID
    data: bytes
    shade: Shade
    mood: Mood | None
    word: Literal["a", "b", None]  # noqa: PYI061 - as some write it
    number: Literal[1, 2]
    line: Line
    mixed: int | str
    inner: Inner | None
    inners: list[Inner]
    texts: tuple[str | None, ...]
    pair: tuple[int, str]
    table: dict[str, int]
    whatever: Any
    deep: list[list[int]]


class Renamed(msgspec.Struct, rename="camel"):
    first_name: str
    last_name: str | None = None


def schemas() -> dict[str, Callable[[], type[of.Schema]]]:
    """What makes each of the schemas, by what it is made of."""
    place = {"kind": "Complex", "type_name": "N.Place", "properties": {"city": "String"}}
    said = {"nullable": False, "operators": ["eq"], "functions": ["contains"], "source": "a[].b"}
    of_dict = {
        **{kind: kind for kind in ("Int32", "Decimal", "Duration", "Untyped", "Geography")},
        "text": {"kind": "String", "enum": ["a"], **said},
        "key": {"kind": "Guid", "quoted": True},
        "when": {"kind": "DateTimeOffset", "quoted": True},
        "color": {"kind": "Enum", "enum": ["Red"], "type_name": "N.Color"},
        "place": place,
        "places": {"kind": "Collection", "element": place, "nullable": False},
        "tags": {"kind": "Collection", "element": {"kind": "String", "nullable": False}},
    }
    odd: dict[str, Any] = {
        "name": "Odd",
        "sources": {"ids": "list[].id"},
        "operators": ["eq"],
        "functions": ["contains", "N.F"],
    }
    odd |= {"lists": "[]", "either_order": ["contains"], "case_sensitive": False, "plain": True, "max_in": 9}
    return {
        "the documented job list": lambda: itwin.RealityConversionJob,
        "the documented analysis jobs": lambda: itwin.AnalysisJob,
        "the documented detectors": lambda: itwin.AnalysisDetector,
        "the documented iTwins": lambda: itwin.ITwin,
        "$metadata": lambda: schema_from_metadata(FUNCTIONS, "Things", depth=1),
        "$metadata, a singleton": lambda: schema_from_metadata(FUNCTIONS, "Main", depth=0),
        "$metadata, based on another document": lambda: schema_from_metadata(FUNCTIONS, "Far", depth=0),
        "$metadata in JSON": lambda: schema_from_metadata(AS_JSON, "Things", depth=1),
        "$metadata of a shop": lambda: schema_from_metadata(CSDL_XML, "Order"),
        "OpenAPI": lambda: schema_from_json_schema(OPEN_API, "Order"),
        "JSON Schema": lambda: schema_from_json_schema(JSON_SCHEMA, depth=2),
        "JSON Schema, a part": lambda: schema_from_json_schema(JSON_SCHEMA, "#/$defs/Node", depth=1),
        "a dataclass": lambda: of.schema_from_class(Outer, depth=2),
        "a Struct": lambda: of.schema_from_class(Renamed),
        "a dict": lambda: of.schema_from_dict(of_dict),
        "a dict and options": lambda: of.schema_from_dict(
            {"list": {"kind": "Collection", "element": {"kind": "Complex", "properties": {"id": "Guid"}}}, "b": "Date"},
            only=["b"],
            **odd,
        ),
        **{f"refused: {name}": make for name, make in refusals().items()},
    }


def refusals() -> dict[str, Callable[[], type[of.Schema]]]:
    """What cannot be made, by what is wrong with it."""

    def of_dict(declared: Any, **options: Any) -> Callable[[], type[of.Schema]]:
        return lambda: of.schema_from_dict({"a": declared, "b": "String"}, **options)

    def of_json(document: Any, at: str = "", **options: Any) -> Callable[[], type[of.Schema]]:
        return lambda: schema_from_json_schema(document, at, **options)

    def of_metadata(document: Any, name: str, **options: Any) -> Callable[[], type[of.Schema]]:
        return lambda: schema_from_metadata(document, name, **options)

    loop = {"$defs": {"A": {"allOf": [{"$ref": "#/$defs/A"}]}}, "properties": {"a": {"$ref": "#/$defs/A"}}}
    return {
        "a kind that there is not": of_dict("Strng"),
        "a key that there is not": of_dict({"kind": "String", "enumm": []}),
        "a key of another kind": of_dict({"kind": "Int32", "enum": ["a"]}),
        "a collection of collections": of_dict({"kind": "Collection", "element": "Collection"}),
        "a structure without properties": of_dict({"kind": "Complex", "properties": {}}),
        "an operator that there is not": of_dict({"kind": "Int32", "operators": ["equals"]}),
        "a function that there is not": of_dict({"kind": "Int32", "functions": ["near"]}),
        "a property that there is not": of_dict("Int32", only=["c"]),
        "a property that is nearly there": of_json(JSON_SCHEMA, only=["plase"]),
        "an option that there is not": of_dict("Int32", onli=["a"]),
        "a source that leads nowhere": of_dict("Int32", sources={"c": "d"}),
        "a source without brackets": of_dict({"kind": "Collection", "element": "Int32"}, sources={"c": "a"}),
        "a source with brackets": of_dict("Int32", sources={"c": "a[]"}),
        "a source of a structure": of_dict({"kind": "Complex", "properties": {"x": "Int32"}}, sources={"c": "a"}),
        "a source that is no text": of_dict("Int32", sources={"c": 1}),
        "sources that are no mapping": of_dict("Int32", sources=["c"]),
        "a name of Python's": of_dict("Int32", sources={"__init__": "a"}),
        "a name that is no text": of_dict("Int32", name=1),
        "no properties": lambda: of.schema_from_dict({}),
        "no dict": lambda: of.schema_from_dict(typing.cast("Any", ["a"])),
        "no class": lambda: of.schema_from_class(typing.cast("Any", 1)),
        "a class of nothing": lambda: of.schema_from_class(uuid.UUID),
        "a depth below 0": of_json(JSON_SCHEMA, depth=-1),
        "a depth over 50": of_json(JSON_SCHEMA, depth=51),
        "a depth that is no number": of_json(JSON_SCHEMA, depth="1"),
        "a reference that leads nowhere": of_json({"properties": {"a": {"$ref": "#/$defs/B"}}}),
        "a reference to another document": of_json({"$ref": "other.json"}),
        "a component that there is not": of_json(JSON_SCHEMA, "Plase"),
        "a place that there is not": of_json(JSON_SCHEMA, "#/$defs/Nodes"),
        "a place that is no text": of_json(JSON_SCHEMA, typing.cast("Any", 1)),
        "a schema that is made of itself": of_json(loop),
        "a structure deeper than allowed": of_json(JSON_SCHEMA, only=["place"], depth=0),
        "nothing to filter by": of_metadata(FUNCTIONS, "Things", only=["blob"]),
        "an entity set that there is not": of_metadata(FUNCTIONS, "Thingz"),
        "a type that there is not": of_metadata(NORTHWIND, "Lost"),
        "a type that is its own base": of_metadata(NORTHWIND, "Loop"),
        "a base that there is not": of_metadata(FUNCTIONS.replace('BaseType="A.B.Part"', 'BaseType="S.Gone"'), "Screw"),
        "two types of a name": of_metadata(NORTHWIND, "Order"),
        "no text for a set": of_metadata(FUNCTIONS, typing.cast("Any", 1)),
        "an old version": of_metadata({"$Version": "3.0"}, "X"),
        "a parameter without a name": of_metadata(FUNCTIONS.replace('Name="km" ', ""), "Things"),
    }


def known_facts() -> str:
    """All that is known of each service and schema, or the message of the error."""
    found = {name: list(_lines_of_service(getattr(itwin, name))) for name in itwin.__all__ if name.isupper()}
    for name, make in schemas().items():
        try:
            found[name] = list(_lines_of(make().__facts__, {}))
        except FilterError as error:
            found[name] = [f"{type(error).__name__}: {error}"]
    return "\n".join("\n".join((name, *(f"    {line}" for line in lines), "")) for name, lines in found.items())


def _lines_of_service(service: Any) -> Iterator[str]:
    for field in dataclasses.fields(service):
        yield f"{field.name}: {getattr(service, field.name)!r}"


def _lines_of(facts: Any, seen: dict[int, str]) -> Iterator[str]:
    """What is known, without defaults; of a type that was told before, its name."""
    if isinstance(facts, SchemaFacts) and id(facts) in seen:
        yield f"{seen[id(facts)]}, as above"
        return
    if isinstance(facts, SchemaFacts):
        seen[id(facts)] = facts.name
    plain, below = [], []
    for field in msgspec.structs.fields(facts):
        value = getattr(facts, field.name)
        if value == field.default or (field.default_factory is not msgspec.NODEFAULT and not value):
            continue
        if isinstance(value, PropertyFacts | SchemaFacts):
            below.append((field.name, value))
        elif isinstance(value, Mapping) and field.name != "namespaces":
            below += [(f"{field.name} {name}", value[name]) for name in value]
        elif field.name == "parameters":
            below += [(f"parameter {one.name}", one) for one in value]
        else:
            plain.append(f"{field.name}={sorted(value) if isinstance(value, frozenset) else value!r}")
    yield f"{type(facts).__name__}({', '.join(plain)})"
    for name, value in below:
        for one in value if isinstance(value, tuple) else (value,):
            first, *rest = _lines_of(one, seen)
            yield f"    {name}: {first}"
            yield from (f"    {line}" for line in rest)
