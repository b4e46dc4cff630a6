"""Mapped classes and tables → schemas."""

from collections.abc import Callable
from typing import Any, Unpack

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.associationproxy import AssociationProxyInstance

from odatafilter._safe_text import show
from odatafilter.derive._assemble import (
    DEPTH,
    DerivedSchema,
    LeftOut,
    Members,
    Nested,
    Options,
    Root,
    collection_property,
    make_schema,
    single_property,
)
from odatafilter.errors import FilterTypeError
from odatafilter.facts import PropertyFacts
from odatafilter.sqlalchemy._columns import property_of_column


def schema_from_model(model: Any, *, depth: int = DEPTH, **options: Unpack[Options]) -> type[DerivedSchema]:
    """The schema of a mapped class, or of a table: a property for each column and relation, `only=` some of them.

    A property that is not in the schema can be read by no filter, so name with `only` what strangers may filter by.

    Args:
        model: a mapped class, or a table.
        depth: how many relations deep it goes, from 0 to 50.
        options: those of `odatafilter.derive.Options`, such as `only=("name", "city")`.
    """
    nested = Nested(depth)
    if isinstance(model, sa.FromClause):
        columns: Members = {name: _of_column(name, column) for name, column in model.columns.items()}
        return make_schema(Root(str(getattr(model, "name", "table")), columns, depth), options)
    mapper = sa.inspect(model, raiseerr=False)
    if not isinstance(mapper, orm.Mapper):
        raise FilterTypeError(f"{show(model)} is no mapped class and no table")
    return make_schema(Root(model.__name__, _members(mapper, nested, depth), depth), options)


def _members(mapper: "orm.Mapper[Any]", nested: Nested, depth: int) -> dict[str, Callable[[], PropertyFacts | LeftOut]]:
    members: dict[str, Callable[[], PropertyFacts | LeftOut]] = {}
    for name, attribute in mapper.column_attrs.items():
        members[name] = _of_column(name, attribute.columns[0])
    for name, relation in mapper.relationships.items():
        members[name] = _of_relation(name, relation, nested, depth)
    for name in mapper.all_orm_descriptors.keys():  # noqa: SIM118 - no dict: iterating it gives the descriptors
        found = getattr(mapper.class_, name)
        if isinstance(found, AssociationProxyInstance):
            members[name] = _of_proxy(name, found)
    return members


def _of_column(name: str, column: Any) -> Callable[[], PropertyFacts | LeftOut]:
    return lambda: property_of_column(name, column)


def _of_relation(
    name: str, relation: "orm.RelationshipProperty[Any]", nested: Nested, depth: int
) -> Callable[[], PropertyFacts | LeftOut]:
    def make() -> PropertyFacts | LeftOut:
        target = relation.mapper
        element = nested.make_structure(
            target, depth, lambda below: Root(target.class_.__name__, _members(target, nested, below), nested.depth)
        )
        return collection_property(name, element) if relation.uselist else single_property(name, element)

    return make


def _of_proxy(name: str, proxy: AssociationProxyInstance[Any]) -> Callable[[], PropertyFacts | LeftOut]:
    """The values of related rows, as a collection of them."""

    def make() -> PropertyFacts | LeftOut:
        target = sa.inspect(proxy.target_class)
        return collection_property(name, property_of_column("", target.column_attrs[proxy.value_attr].columns[0]))

    return make
