"""What is made when it is asked for, functions and derived types of a document, is a Mapping like any other."""

import pickle
from collections.abc import Mapping
from typing import Any
from unittest import mock

import pytest

import odatafilter as of

DOCUMENT = """<Edmx Version="4.0"><DataServices><Schema Namespace="N" Alias="S">
  <EntityType Name="A"><Property Name="a" Type="Edm.Int32"/></EntityType>
  <EntityType Name="B" BaseType="S.A"><Property Name="b" Type="Edm.Int32"/></EntityType>
  <EntityType Name="C" BaseType="N.B"><Property Name="c" Type="Edm.Int32"/></EntityType>
  <EntityType Name="Broken" BaseType="N.A"><Property Name="x" Type="N.Nothing"/></EntityType>
  <EntityType Name="Alone"><Property Name="a" Type="Edm.Int32"/></EntityType>
  <Function Name="F"><Parameter Name="p" Type="Edm.Int32"/><ReturnType Type="Edm.Boolean" Nullable="false"/></Function>
  <Function Name="F"><ReturnType Type="Edm.Boolean"/></Function>
  <EntityContainer Name="X"><FunctionImport Name="G" Function="S.F"/><FunctionImport Name="Lost" Function="N.Lost"/>
  <EntitySet Name="As" EntityType="S.A"/></EntityContainer>
</Schema></DataServices></Edmx>"""
OTHER = DOCUMENT.replace('Name="c"', 'Name="d"')


def functions(document: str, depth: int = 3) -> Mapping[str, Any]:
    return of.schema_from_metadata(document, "As", depth=depth).__facts__.service_functions


def derived(document: str, depth: int = 3) -> Mapping[str, Any]:
    return of.schema_from_metadata(document, "As", depth=depth).__facts__.derived


@pytest.mark.parametrize(
    ("make", "keys", "missing"),
    [
        (functions, ["N.F", "G"], ["F", "S.F", "Lost", "N.Lost"]),
        (derived, ["N.B", "N.Broken", "N.C"], ["N.A", "S.B", "N.Alone", "B", ""]),
    ],
)
def test_it_is_a_mapping(make: Any, keys: list[str], missing: list[str]) -> None:
    found = make(DOCUMENT)
    assert [*found] == [*found.keys()] == keys
    assert (len(found), bool(found)) == (len(keys), True)
    assert all(found[key] is found[key] and key in found for key in keys)
    for key in missing:
        assert key not in found
        with pytest.raises(KeyError) as caught:
            found[key]
        assert caught.value.args == (key,)


@pytest.mark.parametrize("make", [functions, derived])
def test_it_is_equal_to_what_the_same_document_gives(make: Any) -> None:
    found = make(DOCUMENT)
    again = pickle.loads(pickle.dumps(found))
    assert found == found == make(DOCUMENT) == again  # noqa: PLR0124 - it is asked whether it knows itself
    assert {**found} == {**again}
    assert found not in (make(OTHER), make(DOCUMENT, 2), {**found}, None)
    assert found == mock.ANY  # which is asked where the mapping has no answer
    with pytest.raises(TypeError):
        hash(found)


def test_derived_types_of_other_types_are_others() -> None:
    below = of.schema_from_metadata(DOCUMENT, "B").__facts__.derived
    assert [*below] == ["N.C"]
    assert below != derived(DOCUMENT)
    assert of.schema_from_metadata(DOCUMENT, "Alone").__facts__.derived == {}
    without = DOCUMENT.replace("<Function ", "<Action ").replace("</Function>", "</Action>")
    assert of.schema_from_metadata(without, "Alone").__facts__.service_functions == {}


def test_a_derived_type_has_the_properties_of_its_base_types() -> None:
    """One that cannot be understood has none: what is wrong with the document is not a filter's mistake."""
    found = derived(DOCUMENT)
    assert {name: ([*facts.properties], facts.name, facts.type_name) for name, facts in found.items()} == {
        "N.B": (["a", "b"], "B", "N.B"),
        "N.C": (["a", "b", "c"], "C", "N.C"),
        "N.Broken": ([], "Broken", "N.Broken"),
    }


def test_the_root_knows_the_types_and_the_aliases_of_the_document() -> None:
    facts = of.schema_from_metadata(DOCUMENT, "As").__facts__
    assert facts.namespaces == {"S": "N"}
    assert facts.types == {"N.A", "N.B", "N.C", "N.Broken", "N.Alone"}
    assert (facts.name, facts.type_name) == ("A", "N.A")


def test_overloads_are_those_of_the_document() -> None:
    found = functions(DOCUMENT)
    for name in ("N.F", "G"):
        given = [
            (one.name, [p.name for p in one.parameters], one.result.kind, one.result.nullable, one.result.name)
            for one in found[name]
        ]
        assert given == [(name, ["p"], "Boolean", False, ""), (name, [], "Boolean", True, "")]
