"""The same model gives the same facts, whatever the source it is made from; the options of all sources."""

import datetime as dt
import json
import pickle
import types
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Annotated, Any

import msgspec
import pytest
from derived_models import CSDL_JSON, CSDL_XML, GUID, OPEN_API, ORDER, DataOrder, check_message

import odatafilter as of
from odatafilter.derive import schema_from_class, schema_from_dict, schema_from_json_schema, schema_from_metadata
from odatafilter.errors import FilterError
from odatafilter.facts import PropertyFacts


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
