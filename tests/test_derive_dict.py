"""Schemas made from dicts."""

from typing import Any

import pytest
from derived_models import check_message
from hypothesis import given
from hypothesis import strategies as st

import odatafilter as of
from odatafilter.derive import schema_from_dict
from odatafilter.errors import FilterError


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
