"""A `$metadata` document as large services have one: thousands of types that refer to each other and derive from one."""

from collections.abc import Iterator

_KINDS = ("String", "Int32", "Boolean", "DateTimeOffset", "Guid", "Double", "Int64", "Duration")


def large_metadata(types: int = 3_800, properties: int = 7) -> str:
    """A document with so many types: nine in ten are entity types, of which all have one base type in the end."""
    lines = [
        '<?xml version="1.0" encoding="utf-8"?>',
        '<edmx:Edmx Version="4.0" xmlns:edmx="http://docs.oasis-open.org/odata/ns/edmx"><edmx:DataServices>',
        '<Schema Namespace="large.model" Alias="self" xmlns="http://docs.oasis-open.org/odata/ns/edm">',
        '<EntityType Name="type0" Abstract="true"><Key><PropertyRef Name="id"/></Key>',
        '<Property Name="id" Type="Edm.String" Nullable="false"/></EntityType>',
    ]
    for number in range(1, types):
        lines += _enumeration(number) if number % 10 == 0 else _entity(number, types, properties)
    lines.append('<EntityContainer Name="Service">')
    lines += (
        f'<EntitySet Name="set{number}" EntityType="large.model.type{number}"/>'
        for number in range(1, types)
        if number % 10
    )
    lines.append("</EntityContainer></Schema></edmx:DataServices></edmx:Edmx>")
    return "\n".join(lines)


def _enumeration(number: int) -> Iterator[str]:
    yield f'<EnumType Name="type{number}">'
    yield from (f'<Member Name="member{value}" Value="{value}"/>' for value in range(5))
    yield "</EnumType>"


def _entity(number: int, types: int, properties: int) -> Iterator[str]:
    base = number - 1 if number % 10 == 5 else 0  # every tenth derives from the one before, the others from the first
    yield f'<EntityType Name="type{number}" BaseType="self.type{base}">'
    for index in range(properties):
        kind = _KINDS[(number + index) % len(_KINDS)]
        yield f'  <Property Name="property{number}_{index}" Type="Edm.{kind}" Nullable="{str(index % 2 == 0).lower()}"/>'
    yield f'  <Property Name="word{number}" Type="self.type{max(10, number // 10 * 10)}"/>'
    for index, step in enumerate((1, 7, 97, 1009)):
        target = (number * 13 + step) % types
        target += target % 10 == 0
        name = f"self.type{target % types or 1}"
        many = f"Collection({name})" if index % 2 else name
        yield f'  <NavigationProperty Name="to{number}_{index}" Type="{many}"/>'
    yield "</EntityType>"
