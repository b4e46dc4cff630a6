"""Tables and mapped classes: what their columns hold, as facts, and the rows that properties are read from."""

from collections.abc import Callable, Mapping
from typing import Any, Final, NamedTuple, TypeAlias, cast

import sqlalchemy as sa
from sqlalchemy import orm
from sqlalchemy.ext.associationproxy import AssociationProxyInstance

from odatafilter._engines.translate import Members, RefusedError, Single
from odatafilter._literals.enums import members_of
from odatafilter._plan.forms import Get
from odatafilter._safe_text import show
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.facts import PropertyFacts, SchemaFacts

Column: TypeAlias = sa.ColumnElement[Any]

# The kind of what a column of each type holds. The first that fits counts, since some types derive from others.
_KINDS: Final[tuple[tuple[type[sa.types.TypeEngine[Any]], str], ...]] = (
    (sa.Boolean, "Boolean"),
    (sa.BigInteger, "Int64"),
    (sa.Integer, "Int32"),
    (sa.Float, "Double"),
    (sa.Numeric, "Decimal"),
    (sa.String, "String"),
    (sa.DateTime, "DateTimeOffset"),
    (sa.Date, "Date"),
    (sa.Time, "TimeOfDay"),
    (sa.Interval, "Duration"),
    (sa.Uuid, "Guid"),
    (sa.LargeBinary, "Binary"),
)


def kind_of_type(column_type: Any) -> str:
    """The kind of a column's values; Untyped where no kind has them."""
    return next((kind for known, kind in _KINDS if isinstance(column_type, known)), "Untyped")


def words_of_labels(column_type: Any) -> dict[str, frozenset[str]]:
    """What a column of an enumeration keeps for each of its words, and the members that it is read back as."""
    labels = column_type.enums
    members = list(column_type.enum_class or ())
    if len(members) != len(labels):
        return {label: frozenset(label.split(",")) for label in labels}
    return {label: frozenset(members_of(member)) for label, member in zip(labels, members, strict=True)}


def property_of_column(name: str, column: Any) -> PropertyFacts:
    """What is documented of a property that a column holds."""
    column_type = column.type
    nullable = bool(getattr(column, "nullable", True))
    if isinstance(column_type, sa.ARRAY):
        element = PropertyFacts(name="", kind=kind_of_type(column_type.item_type))
        return PropertyFacts(name=name, kind="Collection", element=element)
    words: tuple[str, ...] = ()
    if isinstance(column_type, sa.Enum):
        words = tuple(dict.fromkeys(word for own in words_of_labels(column_type).values() for word in sorted(own)))
    return PropertyFacts(name=name, kind=kind_of_type(column_type), nullable=nullable, enum=words)


def facts_of_columns(columns: Mapping[str, Any]) -> SchemaFacts:
    """What an allow-list documents: property path → column. Raises FilterTypeError for what is no column."""
    properties: dict[str, PropertyFacts] = {}
    below: dict[str, dict[str, Any]] = {}
    for path, column in columns.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = column
        else:
            properties[name] = property_of_column(name, column_of(path, column))
    for name, inner in below.items():
        properties[name] = PropertyFacts(name=name, kind="Complex", schema=facts_of_columns(inner))
    return SchemaFacts(name="these columns", properties=properties)


def column_of(path: str, given: Any) -> Column:
    """The column that an allow-list gives for a path. Raises FilterTypeError for anything else."""
    found = sa.inspect(given, raiseerr=False) if isinstance(given, orm.InstrumentedAttribute) else given
    if isinstance(given, orm.QueryableAttribute):
        found = given.expression
    if not isinstance(found, sa.ColumnElement):
        raise FilterTypeError(f"columns[{show(path)}] is {show(given)}, not a column")
    return found


def facts_of_path(row: "Row", path: str) -> SchemaFacts:
    """What is documented of one property path. Raises FilterError where it leads to no column."""
    name, _, rest = path.partition("/")
    match row:
        case Listed(columns=columns):
            if path not in columns:
                raise FilterError(f"{show(path)} is no column of these")
            return facts_of_columns({path: columns[path]})
        case Mapped(entity=entity):
            mapper = sa.inspect(entity).mapper
            relation = mapper.relationships.get(name)
            if rest and relation is not None and not relation.uselist:
                below = facts_of_path(Mapped(relation.mapper.class_, []), rest)
                found = PropertyFacts(name=name, kind="Complex", schema=below)
            elif not rest and name in mapper.column_attrs:
                found = property_of_column(name, mapper.column_attrs[name].columns[0])
            else:
                raise FilterError(f"{show(path)} leads to no column of {mapper.class_.__name__}")
            return SchemaFacts(name=mapper.class_.__name__, properties={name: found})
        case _:
            raise FilterError(f"{show(path)} is no column")


# --- rows -----------------------------------------------------------------------------------------------------------


class Listed(NamedTuple):
    """A row of which an allow-list says the columns; `prefix` is the path of a complex property in it."""

    columns: Mapping[str, Column]
    prefix: str = ""

    def column(self, get: Get) -> Column:
        path = self.prefix + get.name
        if path not in self.columns:
            raise RefusedError(f"'{path}' is no column of the allow-list")
        return self.columns[path]


class Found(NamedTuple):
    """What a property is in a mapped class: an attribute, which may be a relation, or else a column."""

    attribute: Any
    relation: "orm.RelationshipProperty[Any] | None" = None
    column: Column | None = None


_NOTHING: Final = Found(None)


class Mapped(NamedTuple):
    """A row of a mapped class, or of an alias of one.

    `tables` are those that rows around are read from by their own names, `table` is that of this row where it is so.
    """

    entity: Any
    tables: list[Any]
    table: sa.Table | None = None

    def related_row(self, relation: "orm.RelationshipProperty[Any]") -> "Mapped":
        """A row in a subquery: of the class that a relation leads to, or of an alias where its table is around."""
        if not self.tables:  # it is the row of the item: no relation has been followed yet
            self.tables.extend(sa.inspect(self.entity).mapper.tables)
        mapper = relation.mapper
        table = mapper.local_table
        plain = isinstance(table, sa.Table) and mapper.selectable is table and not mapper.polymorphic_map
        if plain and relation.entity is mapper and table not in self.tables:
            return Mapped(mapper.class_, self.tables, cast("sa.Table", table))
        return Mapped(orm.aliased(mapper.class_), self.tables)

    def make_inside(self, inner: "Callable[[Row], Column]") -> Column:
        """What `inner` is for this row, which stands in a subquery."""
        if self.table is None:
            return inner(self)
        self.tables.append(self.table)
        try:
            return inner(self)
        finally:
            self.tables.pop()

    def find_property(self, get: Get) -> Found:
        """What a property is."""
        facts = get.facts
        name = get.name if facts is None else facts.attribute or facts.source or get.name
        if name not in sa.inspect(self.entity).mapper.all_orm_descriptors:
            return _NOTHING
        attribute = getattr(self.entity, name)
        relation = getattr(attribute, "property", None)
        if isinstance(relation, orm.RelationshipProperty):
            return Found(attribute, relation)
        if isinstance(attribute, AssociationProxyInstance):
            return Found(attribute)
        return Found(attribute, column=getattr(attribute, "expression", None))

    def column(self, get: Get) -> Column:
        found = self.find_property(get).column
        if found is None:
            raise RefusedError(f"'{get.name}' is no column of {sa.inspect(self.entity).mapper.class_.__name__}")
        return found


Row: TypeAlias = Listed | Mapped | Single[Column] | Members[Column]


def columns_by_hash(row: Row) -> dict[int, Column]:
    """The columns of a mapped class, as its attributes have them, by the hashes of those of its table."""
    if not isinstance(row, Mapped):
        return {}
    attributes = (getattr(row.entity, name) for name in sa.inspect(row.entity).mapper.column_attrs.keys())  # noqa: SIM118
    return {hash(attribute.expression): attribute.expression for attribute in attributes}


def columns_of_one(row: Row) -> list[Column]:
    """One column of a mapped class, as its attribute has it; none of a row that no class has."""
    if not isinstance(row, Mapped):
        return []
    return [getattr(row.entity, name).expression for name in sa.inspect(row.entity).mapper.column_attrs.keys()[:1]]


def names_of_row(row: Row) -> tuple[Any, ...]:
    """What tells two rows apart that have the same columns."""
    match row:
        case Listed(columns=columns):
            return tuple((name, hash(column)) for name, column in columns.items())
        case Mapped(entity=entity):
            return (sa.inspect(entity).mapper,)
        case _:
            return (row,)


def begin_with(row: Row) -> Row:
    """The row of the item for one translation, which notes the tables that it comes to."""
    return Mapped(row.entity, []) if isinstance(row, Mapped) else row


def root_row(target: Any, columns: Mapping[str, Any] | None) -> Row:
    """The row of the item: of a mapped class, an alias of one, or a table. Raises FilterError for anything else."""
    if columns is not None:
        return Listed({path: column_of(path, column) for path, column in columns.items()})
    if isinstance(target, sa.FromClause):
        return Listed(dict(target.columns.items()))
    found = sa.inspect(target, raiseerr=False)
    if found is None or not getattr(found, "mapper", None):
        raise FilterError(f"{show(target)} is no mapped class and no table")
    return Mapped(target, [])
