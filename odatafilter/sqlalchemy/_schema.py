"""Mapped classes and tables → schemas."""

from collections.abc import Callable, Iterable
from typing import Any, TypeAlias, Unpack

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.associationproxy import AssociationProxyInstance

from odatafilter._declared import words_given
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
    make_structure,
    single_property,
)
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts
from odatafilter.sqlalchemy._columns import property_of_column

# What `only` names: by the name of a property, what it names below it.
_Chosen: TypeAlias = "dict[str, _Chosen]"


def schema_from_model(model: Any, *, depth: int = DEPTH, **options: Unpack[Options]) -> type[DerivedSchema]:
    """The schema of a mapped class, or of a table: a property for each column and relation, `only=` some of them.

    A property that is not in the schema can be read by no filter, so name with `only` what strangers may filter by. It
    bounds all that can be reached: below a relation, `only` takes paths, as in `only=("name", "lines/qty")`, and a
    relation that is named alone can be counted, compared with null and asked for `any()`, but no column of the related
    rows can be read. Without `only`, every column within `depth` can.

    Raises FilterTypeError for what is no mapped class and no table, FilterError for a path that leads nowhere.

    Args:
        model: a mapped class, or a table.
        depth: how many relations deep it goes, from 0 to 50; no path of `only` may lead deeper.
        options: those of `odatafilter.derive.Options`, such as `only=("name", "city")`.
    """
    nested = Nested(depth)
    if isinstance(model, sa.FromClause):
        columns: Members = {name: _of_column(name, column) for name, column in model.columns.items()}
        return make_schema(Root(str(getattr(model, "name", "table")), columns, depth), options)
    mapper = sa.inspect(model, raiseerr=False)
    if not isinstance(mapper, orm.Mapper):
        raise FilterTypeError(f"{show(model)} is no mapped class and no table")
    chosen: _Chosen | None = None
    if "only" in options:
        chosen = _by_first_name(words_given("only", options["only"]))
        options = {**options, "only": tuple(chosen)}
    return make_schema(Root(model.__name__, _members(mapper, nested, depth, chosen), depth), options)


def _by_first_name(paths: Iterable[str]) -> "_Chosen":
    """What the paths of `only` name, property by property."""
    chosen: _Chosen = {}
    for path in paths:
        place = chosen
        for name in path.split("/"):
            place = place.setdefault(name, {})
    return chosen


def _members(
    mapper: "orm.Mapper[Any]", nested: Nested, depth: int, chosen: "_Chosen | None" = None
) -> dict[str, Callable[[], PropertyFacts | LeftOut]]:
    """The properties of a class; below those that are `chosen` there is what is chosen there, and nothing else."""
    members: dict[str, Callable[[], PropertyFacts | LeftOut]] = {}
    for name, attribute in mapper.column_attrs.items():
        members[name] = _of_column(name, attribute.columns[0])
    for name, relation in mapper.relationships.items():
        below = None if chosen is None else chosen.get(name)
        members[name] = _of_relation(name, relation, nested, depth, below)
    for name in mapper.all_orm_descriptors.keys():  # noqa: SIM118 - no dict: iterating it gives the descriptors
        found = getattr(mapper.class_, name)
        if isinstance(found, AssociationProxyInstance):
            members[name] = _of_proxy(name, found)
    for name, below in (chosen or {}).items():
        if below and name in members and name not in mapper.relationships:
            whose = f"'{name:.60}' of {mapper.class_.__name__}"
            raise FilterError(f"{whose} is no relation: it has no {show(next(iter(below)))}")
    return members


def _of_column(name: str, column: Any) -> Callable[[], PropertyFacts | LeftOut]:
    return lambda: property_of_column(name, column)


def _of_relation(
    name: str, relation: "orm.RelationshipProperty[Any]", nested: Nested, depth: int, chosen: "_Chosen | None"
) -> Callable[[], PropertyFacts | LeftOut]:
    def make() -> PropertyFacts | LeftOut:
        target = relation.mapper
        if chosen is None:
            element = nested.make_structure(target, depth, lambda below: _root(target, nested, below))
        elif depth > 0:
            element = make_structure(_root(target, nested, depth - 1, chosen), chosen)
        else:
            element = LeftOut.DEEPER
        return collection_property(name, element) if relation.uselist else single_property(name, element)

    return make


def _root(mapper: "orm.Mapper[Any]", nested: Nested, depth: int, chosen: "_Chosen | None" = None) -> Root:
    return Root(mapper.class_.__name__, _members(mapper, nested, depth, chosen), nested.depth)


def _of_proxy(name: str, proxy: AssociationProxyInstance[Any]) -> Callable[[], PropertyFacts | LeftOut]:
    """The values of related rows, as a collection of them."""

    def make() -> PropertyFacts | LeftOut:
        target = sa.inspect(proxy.target_class)
        return collection_property(name, property_of_column("", target.column_attrs[proxy.value_attr].columns[0]))

    return make
