"""Documents that lead to others, contradict themselves, or are very large or deep."""

import pickle
import time
from collections.abc import Callable
from typing import Any

import pytest
from derived_models import NORTHWIND, Everything, Level, made_or_refused
from large_metadata import large_metadata

import odatafilter as of
from odatafilter.derive import _csdl, schema_from_class, schema_from_dict, schema_from_json_schema, schema_from_metadata


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

    assert take(8_000) < 40 * take(1_000)


def test_a_document_of_thousands_of_types_takes_little_longer_than_reading_it() -> None:
    document = large_metadata()
    assert len(document) > 3_000_000
    reading = min(seconds(lambda: _csdl.read_model(document)) for _ in range(3))
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
