"""Nothing but a FilterError comes out of a source that is broken."""

import json
from collections.abc import Callable
from typing import Any

import pytest
from derived_models import CSDL_JSON, CSDL_XML, OPEN_API, ORDER, damaged, json_values, made_or_refused
from hypothesis import example, given
from hypothesis import strategies as st

from odatafilter.derive import schema_from_dict, schema_from_json_schema, schema_from_metadata


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


@pytest.mark.parametrize("mark", ["", "\ufeff", " " * 200, "\ufeff\r\n"])
@pytest.mark.parametrize("encoded", [str, str.encode])
def test_a_document_may_begin_with_a_byte_order_mark_and_blanks(mark: str, encoded: Callable[[str], Any]) -> None:
    csdl = '{"$Version": "4.0", "NS": {"T": {"$Kind": "EntityType", "a": {}}}}'
    xml = (
        '<Edmx Version="4.0"><Schema Namespace="NS"><EntityType Name="T"><Property Name="a" Type="Edm.String"/>'
        "</EntityType></Schema></Edmx>"
    )
    for document in (csdl, xml):
        assert str(schema_from_metadata(encoded(mark + document), "T").a == "x") == "a eq 'x'"
    json_schema = '{"properties": {"a": {"type": "string"}}}'
    assert str(schema_from_json_schema(encoded(mark + json_schema)).a == "x") == "a eq 'x'"
