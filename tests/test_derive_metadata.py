"""Schemas made from $metadata, in XML and in JSON."""

import dataclasses
import enum
from typing import Any

import pytest
from derived_models import NORTHWIND, check_message

import odatafilter as of
from odatafilter.derive import schema_from_metadata
from odatafilter.errors import FilterError


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
