"""Schemas made from dataclasses, msgspec Structs and Pydantic models."""

import dataclasses
import sys
import uuid
from typing import Any

import msgspec
import pytest
from derived_models import GUID, DataOrder, Everything

import odatafilter as of
from odatafilter.derive import schema_from_class
from odatafilter.errors import FilterError, FilterTypeError


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
