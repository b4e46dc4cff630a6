"""What sources call things, row by row, what they mean where they say nothing, and the bounds of what is followed."""

import dataclasses
import datetime as dt
import decimal
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NewType

import msgspec
import pytest
from test_derive_dict import nested_dict

import odatafilter as of
from odatafilter.derive import schema_from_class, schema_from_dict, schema_from_json_schema, schema_from_metadata
from odatafilter.facts import FunctionFacts, PropertyFacts, SchemaFacts

SHAPES = ("", "Point", "LineString", "Polygon", "MultiPoint", "MultiLineString", "MultiPolygon", "Collection")
EDM_KINDS = {
    **{name: name for name in ("Binary", "Boolean", "Date", "DateTimeOffset", "Decimal", "Double", "Duration", "Guid")},
    **{name: name for name in ("Int32", "Int64", "String", "TimeOfDay")},
    **dict.fromkeys(("Byte", "SByte", "Int16"), "Int32"),
    "Single": "Double",
    **{f"Geography{shape}": "Geography" for shape in SHAPES},
    **{f"Geometry{shape}": "Geometry" for shape in SHAPES},
    **dict.fromkeys(("Untyped", "PrimitiveType", "ComplexType", "EntityType", "Collection", "Complex"), "Untyped"),
    "Unheard": "Untyped",
}


def facts_in_json(declared: dict[str, Any]) -> SchemaFacts:
    """The facts of the entity type T in CSDL JSON, whose members are declared."""
    document = {"$Version": "4.0", "N": {"T": {"$Kind": "EntityType", **declared}}}
    return schema_from_metadata(document, "T").__facts__


def test_every_primitive_type_has_its_kind_and_a_stream_has_none() -> None:
    found = facts_in_json({name: {"$Type": f"Edm.{name}"} for name in (*EDM_KINDS, "Stream")}).properties
    assert {name: one.kind for name, one in found.items()} == EDM_KINDS


@pytest.mark.parametrize(
    ("form", "kind"),
    [
        ("decimal", "Decimal"),
        ("double", "Double"),
        ("float", "Double"),
        ("int32", "Int32"),
        ("int64", "Int64"),
        ("uuid", "Untyped"),
    ],
)
@pytest.mark.parametrize("types", [["number", "string"], ["integer", "string"], ["integer", "number", "string"]])
def test_a_number_that_may_be_a_text_is_of_the_kind_of_its_format(types: list[str], form: str, kind: str) -> None:
    made = schema_from_json_schema({"properties": {"a": {"type": types, "format": form}}})
    assert made.__facts__.properties["a"].kind == kind


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        (["x", "y"], "String"),
        ([True, False], "Boolean"),
        ([1, 2], "Int64"),
        ([1, 2.5], "Double"),
        ([1.5, 2, None], "Double"),
        (["INF", "-INF", "NaN", 1.5], "Double"),
        (["INF", "x"], "Untyped"),
        ([{}, 1], "Untyped"),
    ],
)
def test_alternatives_that_are_words_only_have_the_types_of_the_words(words: list[Any], kind: str) -> None:
    made = schema_from_json_schema({"properties": {"a": {"anyOf": [{"enum": [word]} for word in words]}}})
    assert made.__facts__.properties["a"].kind == kind


def test_a_parameter_and_a_result_that_say_nothing_are_what_the_standard_says() -> None:
    """CSDL JSON §12.8, §12.9: a text that is not null, of a function that is not bound."""
    document = {
        "$Version": "4.0",
        "N": {
            "T": {"$Kind": "EntityType", "a": {}},
            "F": [{"$Kind": "Function", "$Parameter": [{"$Name": "p"}], "$ReturnType": {}}, {"$Kind": "Action"}],
        },
    }
    text = PropertyFacts(name="", kind="String", nullable=False)
    (found,) = schema_from_metadata(document, "T").__facts__.service_functions["N.F"]
    assert found == FunctionFacts(
        name="N.F",
        parameters=(PropertyFacts(name="p", kind="String", nullable=False, source="p"),),
        optional=frozenset(),
        result=text,
        bound=False,
    )


def test_a_property_in_json_that_says_nothing_is_a_text_that_is_not_null() -> None:
    """CSDL JSON §7: `$Type` is Edm.String, and `$Nullable`, `$Collection` and `$OpenType` are false."""
    facts = facts_in_json({"a": {}, "b": {"$Kind": "NavigationProperty"}})
    assert [(one.kind, one.nullable) for one in facts.properties.values()] == [("String", False)] * 2
    assert not facts.open


XML = '<Edmx Version="4.0"><Schema Namespace="N"><EntityType Name="T" {0}><Property Name="a" Type="{2}" {1}/></EntityType></Schema></Edmx>'


@pytest.mark.parametrize(
    ("said", "nullable"),
    [
        ("", True),
        ('Nullable="true"', True),
        ('Nullable="1"', True),
        ('Nullable="false"', False),
        ('Nullable="0"', False),
    ],
)
def test_a_property_in_xml_may_be_null_unless_it_says_no(said: str, nullable: bool) -> None:
    found = schema_from_metadata(XML.format("", said, "Edm.Int32"), "T").__facts__.properties["a"]
    assert (found.kind, found.nullable) == ("Int32", nullable)
    many = schema_from_metadata(XML.format("", said, "Collection(Edm.Int32)"), "T").__facts__.properties["a"]
    assert many.element is not None
    assert (many.nullable, many.element.kind, many.element.nullable) == (False, "Int32", nullable)


@pytest.mark.parametrize(
    ("said", "is_open"),
    [("", False), ('OpenType="true"', True), ('OpenType="1"', True), ('OpenType="false"', False)],
)
def test_a_type_in_xml_is_closed_unless_it_says_that_it_is_open(said: str, is_open: bool) -> None:
    assert schema_from_metadata(XML.format(said, "", "Edm.Int32"), "T").__facts__.open is is_open


@pytest.mark.parametrize("version", ["4", "4.0", "4.01"])
def test_each_version_four_of_metadata_is_read(version: str) -> None:
    text = XML.format("", "", "Edm.Int32").replace('"4.0"', f'"{version}"')
    assert [*schema_from_metadata(text, "T").__facts__.properties] == ["a"]


# --- bounds ---------------------------------------------------------------------------------------------------------


def test_a_dict_nests_fifty_properties_deep() -> None:
    of.parse("/".join(["a"] * 51) + " eq 'x'", schema=schema_from_dict(nested_dict(50)))
    with pytest.raises(of.FilterError, match=r"^'a' nests more than 50 properties deep$"):
        schema_from_dict(nested_dict(51))


@dataclasses.dataclass
class Again:
    name: str
    again: "Again | None" = None


@pytest.mark.parametrize("depth", [0, 1, 50])
def test_a_schema_is_as_deep_as_it_is_asked_to_be(depth: int) -> None:
    schema = schema_from_class(Again, depth=depth)
    deepest = "again/" * depth
    of.parse(f"{deepest}name eq 'x'", schema=schema)
    with pytest.raises(of.FilterValidationError):
        of.parse(f"{deepest}again/name eq 'x'", schema=schema)


def test_a_schema_is_three_properties_deep_by_default() -> None:
    assert schema_from_class(Again).__facts__ == schema_from_class(Again, depth=3).__facts__


@pytest.mark.parametrize(("names", "kind"), [(99, "String"), (100, "Untyped")])
def test_a_type_is_known_by_ninety_nine_names_for_names(names: int, kind: str) -> None:
    named: Any = str
    make_name: Any = NewType
    for number in range(names):
        named = make_name(f"Name{number}", named)
    facts = schema_from_class(dataclasses.make_dataclass("Named", [("a", named)])).__facts__
    assert facts.properties["a"].kind == kind


@pytest.mark.parametrize(("choices", "kind"), [(100, "String"), (101, "Untyped")])
def test_a_hundred_alternatives_are_followed(choices: int, kind: str) -> None:
    made = schema_from_json_schema({"properties": {"a": {"anyOf": [{"type": "string"}] * choices}}})
    assert made.__facts__.properties["a"].kind == kind


# --- JSON Schema: what may be null, and what is a structure -----------------------------------------------------------


@pytest.mark.parametrize(
    ("schema", "nullable"),
    [
        ({"type": "string"}, False),
        ({"const": "x"}, False),
        ({"enum": ["x"]}, False),
        ({"anyOf": [{"type": "string"}, {"type": "string"}]}, False),
        ({"type": ["string", "null"]}, True),
        ({"type": "string", "nullable": True}, True),
        ({"type": "string", "enum": ["x", None]}, True),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"oneOf": [{"type": "string"}, {"type": "null"}]}, True),
        ({"oneOf": [{"type": "string"}, {"enum": [None]}]}, True),
        ({"allOf": [{"type": "string"}, {"nullable": True}]}, True),
        ({"allOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}]}, True),
        ({"anyOf": [{"type": "string", "nullable": True}, {"type": "string"}]}, True),
    ],
)
def test_a_required_value_may_be_null_where_its_schema_says_so(schema: dict[str, Any], nullable: bool) -> None:
    made = schema_from_json_schema({"properties": {"a": schema, "b": schema}, "required": ["a"]})
    found = made.__facts__.properties
    assert {name: (one.kind, one.nullable) for name, one in found.items()} == {
        "a": ("String", nullable),
        "b": ("String", True),
    }


@pytest.mark.parametrize(
    ("types", "kind"),
    [
        (None, "Complex"),
        ("object", "Complex"),
        (["object", "null"], "Complex"),
        (["object", "string"], "Untyped"),
        ("string", "String"),
    ],
)
def test_properties_make_a_structure_of_an_object_alone(types: Any, kind: str) -> None:
    below = {"properties": {"b": {"type": "string"}}} | ({} if types is None else {"type": types})
    assert schema_from_json_schema({"properties": {"a": below}}).__facts__.properties["a"].kind == kind


def test_schemas_that_hold_together_add_up_and_the_first_decides() -> None:
    document = {
        "title": "First",
        "properties": {"a": {"type": "string"}},
        "allOf": [
            {"title": "Other", "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}}, "required": ["a"]},
            {"properties": {"c": {"allOf": [{"type": "string"}, {"format": "uuid"}, {"format": "date"}]}}},
            {"required": ["c"], "properties": {"d": {"allOf": [{"type": "array"}, {"items": {"type": "boolean"}}]}}},
        ],
    }
    facts = schema_from_json_schema(document).__facts__
    found = {name: (one.kind, one.nullable, one.element and one.element.kind) for name, one in facts.properties.items()}
    assert facts.name == "First"
    assert found == {
        "a": ("String", False, None),
        "b": ("Int64", True, None),
        "c": ("Guid", False, None),
        "d": ("Collection", True, "Boolean"),
    }


# --- Python's types -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("annotation", "kind", "nullable", "element"),
    [
        (str, "String", False, None),
        (bool, "Boolean", False, None),
        (int, "Int64", False, None),
        (float, "Double", False, None),
        (decimal.Decimal, "Decimal", False, None),
        (dt.date, "Date", False, None),
        (dt.datetime, "DateTimeOffset", False, None),
        (dt.time, "TimeOfDay", False, None),
        (dt.timedelta, "Duration", False, None),
        (uuid.UUID, "Guid", False, None),
        (bytes, "Binary", False, None),
        (bytearray, "Binary", False, None),
        (complex, "Untyped", False, None),
        (Any, "Untyped", False, None),
        (str | None, "String", True, None),
        (str | msgspec.UnsetType, "String", True, None),
        (int | float, "Double", False, None),
        (int | decimal.Decimal, "Decimal", False, None),
        (float | decimal.Decimal | None, "Double", True, None),
        (int | str, "Untyped", False, None),
        (float | str, "Untyped", False, None),
        (Literal["a", None], "String", True, None),  # noqa: PYI061 - it is looked through
        (Literal[1, 2], "Untyped", False, None),
        (list[str], "Collection", False, ("String", False)),
        (list[str | None], "Collection", False, ("String", True)),
        (tuple[int, ...], "Collection", False, ("Int64", False)),
        (tuple[int, str], "Collection", False, ("Untyped", False)),
        (Sequence[Literal["a", None]], "Collection", False, ("String", True)),  # noqa: PYI061
        (frozenset[bool] | None, "Collection", True, ("Boolean", False)),
        (list, "Collection", False, ("Untyped", False)),
        (dict[str, int], "Untyped", False, None),
        (Mapping[str, int], "Untyped", False, None),
    ],
)
def test_annotations_have_kinds(annotation: Any, kind: str, nullable: bool, element: Any) -> None:
    made = dataclasses.make_dataclass("Made", [("a", annotation)])
    found = schema_from_class(made).__facts__.properties["a"]
    below = found.element and (found.element.kind, found.element.nullable)
    assert (found.kind, found.nullable, below) == (kind, nullable, element)


@pytest.mark.parametrize("name", ["_x__", "__x", "x__", "__x_", "_", "_x_"])
def test_a_property_may_have_underscores(name: str) -> None:
    assert str(schema_from_dict({name: "Int32"})[name] == 1) == f"{name} eq 1"
    assert str(schema_from_dict({"x": "Int32"}, sources={name: "x"})[name] == 1) == f"{name} eq 1"


@pytest.mark.parametrize(("properties", "sources"), [({"__x__": "Int32"}, {}), ({"x": "Int32"}, {"__x__": "x"})])
def test_a_property_with_two_underscores_on_both_sides_is_refused(properties: Any, sources: Any) -> None:
    with pytest.raises(of.FilterError, match=r"^'__x__' cannot name a property: such names are Python's own$"):
        schema_from_dict(properties, sources=sources)


def test_what_a_filter_cannot_name_is_left_out() -> None:
    made = schema_from_json_schema({"properties": {"__x__": {"type": "string"}, "x": {"type": "string"}}})
    assert [*made.__facts__.properties] == ["x"]


@pytest.mark.parametrize(
    ("declared", "value"),
    [
        ({"kind": "String"}, "x"),
        ({"kind": "Complex", "properties": {"b": "String"}}, {"b": "x"}),
        ({"kind": "Collection", "element": "String"}, ["x"]),
        ({"kind": "Collection", "element": {"kind": "Complex", "properties": {"b": "String"}}}, [{"b": "x"}]),
    ],
)
def test_a_property_of_any_kind_may_stand_elsewhere(declared: dict[str, Any], value: object) -> None:
    texts = {"Complex": "a/b eq 'x'", "Collection": "a/any(e:e eq 'x')", "String": "a eq 'x'"}
    text = "a/any(e:e/b eq 'x')" if value == [{"b": "x"}] else texts[declared["kind"]]
    for source, item in ((None, {"a": value}), ("c.d", {"c": {"d": value}})):
        schema = schema_from_dict({"a": declared if source is None else {**declared, "source": source}})
        assert schema.__facts__.properties["a"].source == (source or "a")
        assert of.parse(text, schema=schema).matches(item)


@pytest.mark.parametrize(("module", "kind"), [("pydantic.networks", "String"), ("pydantic_like", "Untyped")])
def test_types_are_pydantics_by_their_module_as_well_as_their_name(module: str, kind: str) -> None:
    made = dataclasses.make_dataclass("Made", [("a", type("EmailStr", (), {"__module__": module}))])
    assert schema_from_class(made).__facts__.properties["a"].kind == kind
