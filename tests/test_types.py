"""Types of a service in filters: enumerations, type casts, derived and open types, as `$metadata` has them."""

import time

import msgspec
import pytest
from large_metadata import large_metadata

import odatafilter as of

METADATA = """<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>
<Schema Namespace="Zoo.Model" Alias="Z" xmlns="http://docs.oasis-open.org/odata/ns/edm">
  <EnumType Name="Diet" IsFlags="true"><Member Name="Meat"/><Member Name="Plants"/></EnumType>
  <EnumType Name="Size"><Member Name="Small"/></EnumType>
  <ComplexType Name="Tag" OpenType="true"><Property Name="Label" Type="Edm.String"/></ComplexType>
  <ComplexType Name="BigTag" BaseType="Z.Tag"><Property Name="Colour" Type="Edm.String"/></ComplexType>
  <EntityType Name="Animal">
    <Property Name="Name" Type="Edm.String"/><Property Name="Diet" Type="Z.Diet"/><Property Name="Tag" Type="Z.Tag"/>
    <Property Name="Diets" Type="Collection(Z.Diet)"/>
    <NavigationProperty Name="Mother" Type="Z.Animal"/><NavigationProperty Name="Young" Type="Collection(Z.Animal)"/>
  </EntityType>
  <EntityType Name="Bird" BaseType="Z.Animal"><Property Name="Wingspan" Type="Edm.Double"/></EntityType>
  <EntityType Name="Owl" BaseType="Zoo.Model.Bird"><Property Name="Nocturnal" Type="Edm.Boolean"/></EntityType>
  <EntityType Name="Fish" BaseType="Z.Animal" OpenType="true"/>
  <EntityType Name="Keeper"><Property Name="Name" Type="Edm.String"/></EntityType>
  <EntityContainer Name="C"><EntitySet Name="Animals" EntityType="Z.Animal"/></EntityContainer>
</Schema></edmx:DataServices></edmx:Edmx>"""

AS_JSON = {
    "$Version": "4.01",
    "Zoo.Model": {
        "$Alias": "Z",
        "Tag": {"$Kind": "ComplexType", "$OpenType": True, "Label": {"$Nullable": True}},
        "Animal": {"$Kind": "EntityType", "Name": {}, "Tag": {"$Type": "Z.Tag"}},
        "Bird": {"$Kind": "EntityType", "$BaseType": "Z.Animal", "Wingspan": {"$Type": "Edm.Double"}},
    },
}

ANIMALS = of.schema_from_metadata(METADATA, "Animals")


class Written(of.Schema):
    colour = of.Enum("Red", "Green", type_name="Sales.Colour")
    bare = of.Enum("Red", "Green")
    none = of.Enum(type_name="Sales.Colour")
    name = of.String()


@pytest.mark.parametrize(
    "text",
    [
        "Diet eq Zoo.Model.Diet'Meat'",
        "Diet eq Z.Diet'Meat'",
        "Diet eq 'Meat'",
        "Diet has Z.Diet'Meat,Plants'",
        "Z.Diet'Meat' eq Diet",
        "Diet in (Z.Diet'Meat',null,'Plants')",
        "Diets/any(d:d eq Z.Diet'Meat')",
        "Zoo.Model.Bird/Wingspan gt 1.5",
        "Z.Bird/Wingspan gt 1.5",
        "Z.Bird/Name eq 'x'",
        "Z.Animal/Name eq 'x'",
        "Z.Owl/Wingspan gt 1 and Z.Owl/Nocturnal",
        "Mother/Z.Bird/Wingspan gt 1",
        "Mother/Mother/Mother/Z.Owl/Nocturnal",
        "Z.Bird/Mother/Z.Owl/Nocturnal",
        "Young/any(y:y/Z.Bird/Wingspan gt 1)",
        "Young/Z.Bird/any(y:y/Wingspan gt 1)",
        "Young/$count($filter=Z.Bird/Wingspan gt 1) gt 2",
        "$it/Z.Bird/Wingspan gt 1",
        "Tag/Z.BigTag/Colour eq 'red'",
        "Tag/anything eq 1 and Tag/any/thing/at/all eq 'x' and Tag/Label eq 'x'",
        "Tag/anything/any(x:x/y eq 1)",
        "Z.Fish/Fins eq 4",
        "isof(Z.Bird) and isof(Mother,Zoo.Model.Owl) and isof(Name,Edm.String)",
        "isof(Young,Collection(Z.Animal)) and isof(Tag,Edm.ComplexType)",
        "isof(Mother,Edm.EntityType) and isof(Name,Edm.PrimitiveType) and isof(Name,Edm.Stream) and isof(Name,Edm.Untyped)",
    ],
)
def test_types_of_the_document_are_valid(text: str) -> None:
    assert str(of.parse(text, schema=ANIMALS)) == text


@pytest.mark.parametrize(
    ("text", "message", "mended"),
    [
        (
            "Diet eq Z.Size'Small'",
            "'Diet' is of the type Zoo.Model.Diet, not Z.Size; did you mean Zoo.Model.Diet'Small'?",
            "Zoo.Model.Diet'Small'",
        ),
        (
            "Diet has zoo.model.Diet'Meat'",
            "'Diet' is of the type Zoo.Model.Diet, not zoo.model.Diet; did you mean Zoo.Model.Diet'Meat'?",
            "Zoo.Model.Diet'Meat'",
        ),
        (
            "Diets/any(d:d eq z.Diet'Meat')",
            "an element is of the type Zoo.Model.Diet, not z.Diet; did you mean Zoo.Model.Diet'Meat'?",
            "Zoo.Model.Diet'Meat'",
        ),
        ("Z.Birds/Name eq 'x'", "Animal has no type 'Z.Birds'; did you mean Zoo.Model.Bird?", "Zoo.Model.Bird"),
        (
            "Bird/Name eq 'x'",
            "unknown property 'Bird'; Animal has Name, Diet, Tag, Diets, Mother and Young",
            None,
        ),
        ("Z.bird/Name eq 'x'", "Animal has no type 'Z.bird'; did you mean Zoo.Model.Bird?", "Zoo.Model.Bird"),
        ("Z.Keeper/Name eq 'x'", "'Z.Keeper' does not derive from Zoo.Model.Animal", None),
        ("Z.Owl/Mother/Z.Keeper/Name eq 'x'", "'Z.Keeper' does not derive from Zoo.Model.Animal", None),
        ("Mother/Z.Tag/Label eq 'x'", "'Z.Tag' does not derive from Zoo.Model.Animal", None),
        (
            "Z.Bird/Nocturnal",
            "unknown property 'Nocturnal'; Bird has Name, Diet, Tag, Diets, Mother, Young and Wingspan",
            None,
        ),
        ("Wingspan gt 1", "unknown property 'Wingspan'; Animal has Name, Diet, Tag, Diets, Mother and Young", None),
        ("Z.Fish/Name eq 1", "'Name' is a String; it cannot be compared with the Number 1; did you mean '1'?", "'1'"),
        ("isof(Z.Brid)", "Animal has no type 'Z.Brid'; did you mean Zoo.Model.Bird?", "Zoo.Model.Bird"),
        ("cast(Name,Edm.Enum) eq null", "OData has no type 'Edm.Enum'", None),
        ("cast(Name,Edm.Collection) eq null", "OData has no type 'Edm.Collection'", None),
        ("cast(Name,Edm.Int31) eq 1", "OData has no type 'Edm.Int31'; did you mean Edm.Int32?", "Edm.Int32"),
        ("cast(Name,'Edm.Int31') eq 1", "OData has no type 'Edm.Int31'; did you mean Edm.Int32?", "Edm.Int32"),
        ("isof('Z.Brid')", "Animal has no type 'Z.Brid'; did you mean Zoo.Model.Bird?", "Zoo.Model.Bird"),
        (
            "Name eq 'x' or isof(Mother, ('Z.Brid'))",
            "Animal has no type 'Z.Brid'; did you mean Zoo.Model.Bird?",
            "Zoo.Model.Bird",
        ),
        (
            "isof(Young,Collection(Z.animal))",
            "Animal has no type 'Z.animal'; did you mean Zoo.Model.Animal?",
            "Collection(Zoo.Model.Animal)",
        ),
    ],
)
def test_other_types_are_refused(text: str, message: str, mended: str | None) -> None:
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=ANIMALS)
    assert [(problem.message, problem.suggestion) for problem in caught.value.problems] == [(message, mended)]


@pytest.mark.parametrize("at", ["Edm.Int31", "'Edm.Int31'", "'Collection(Edm.Int31)'"])
def test_the_place_of_a_type_is_that_of_what_names_it(at: str) -> None:
    text = f"Name eq 'x' and cast(Name, {at}) eq 1"
    with pytest.raises(of.FilterValidationError) as caught:
        of.parse(text, schema=ANIMALS)
    assert [text[slice(*problem.span)] for problem in caught.value.problems] == [at]


def test_a_written_enumeration_is_compared_with_its_own_type_only() -> None:
    for text in ("colour eq Sales.Colour'Red'", "bare eq Any.Type'Red'", "none eq Sales.Colour'x'", "colour eq 'Red'"):
        of.parse(text, schema=Written)
    for text in ("colour eq Other.Colour'Red'", "colour has sales.colour'Red'", "none in (Other.Colour'x')"):
        with pytest.raises(of.FilterValidationError, match=r"is of the type Sales\.Colour, not"):
            of.parse(text, schema=Written)
    of.parse("Any.Type/name eq 'x' and isof(Any.Type)", schema=Written)  # no types are known


def test_json_and_xml_say_the_same_of_types() -> None:
    made = of.schema_from_metadata(AS_JSON, "Animal")
    of.parse("Z.Bird/Wingspan gt 1 and Tag/anything eq 2", schema=made)
    assert dict(made.__facts__.derived)["Zoo.Model.Bird"].properties.keys() == {"Name", "Tag", "Wingspan"}
    assert made.__facts__ == of.schema_from_metadata(msgspec.json.encode(AS_JSON), "Animal").__facts__


def test_what_an_open_type_does_not_declare_is_null_where_an_item_has_none() -> None:
    made = of.schema_from_metadata(METADATA, "Fish")
    assert of.parse("Fins eq null", schema=made).matches({"Name": "x"})
    assert of.parse("Fins gt 2", schema=made).matches({"Fins": 4})
    assert not of.parse("Fins gt 2", schema=made).matches({})


def test_what_is_wrong_with_a_derived_type_or_a_function_is_no_mistake_of_a_filter() -> None:
    wrong = """<EntityType Name="Bat" BaseType="Z.Animal"><Property Name="Ears" Type="Z.Nowhere"/></EntityType>
    <Function Name="F"><Parameter Name="p" Type="Z.Nowhere"/><ReturnType Type="Z.Nowhere"/></Function><EntityContainer"""
    made = of.schema_from_metadata(METADATA.replace("<EntityContainer", wrong), "Animals")
    of.parse("Z.F(p=1) eq 2 and isof(Z.Bat) and Z.Owl/Nocturnal", schema=made)
    with pytest.raises(of.FilterValidationError, match="unknown property 'Ears'"):
        of.parse("Z.Bat/Ears eq 2", schema=made)


@pytest.fixture(scope="module")
def large() -> type[of.Schema]:
    functions = "".join(
        f'<Function Name="fun{number}"><Parameter Name="a" Type="Edm.Int32"/></Function>' for number in range(2_000)
    )
    document = large_metadata().replace("<EntityContainer", f"{functions}<EntityContainer", 1)
    return of.schema_from_metadata(document, "type0")


@pytest.mark.parametrize("wrong", ["self.tyqe{}x/id eq 'x'", "isof(x.tpe{})", "self.fnu{}x(a=1)", "self.fun{}(b=1)"])
def test_what_a_large_document_does_not_have_is_refused_in_linear_time(wrong: str, large: type[of.Schema]) -> None:
    def take(count: int) -> float:
        text = " or ".join(wrong.format(number) for number in range(count))
        begun = time.process_time()
        with pytest.raises(of.FilterValidationError):
            of.parse(text, schema=large)
        return time.process_time() - begun

    take(100)  # what is known of the document is made once
    assert min(take(800) for _ in range(2)) < 24 * max(take(100) for _ in range(2))
