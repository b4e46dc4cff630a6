"""What an API documents of its properties, as plain data: read by validation, rewriting and evaluation."""

from typing import Literal as OneOf
from typing import TypeAlias

import msgspec

Kind: TypeAlias = OneOf["Boolean", "DateTimeOffset", "Decimal", "Double", "Guid", "Int32", "Int64", "String", "Untyped"]

NUMERIC: frozenset[str] = frozenset({"Decimal", "Double", "Int32", "Int64"})
UNORDERED: frozenset[str] = frozenset({"Boolean", "Guid"})
RELATIONS: frozenset[str] = frozenset({"lt", "le", "gt", "ge"})
COMPARISONS: frozenset[str] = RELATIONS | {"eq", "ne"}
OPERATORS: frozenset[str] = COMPARISONS | {"in", "and", "or", "not"}


class PropertyFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is documented of one property.

    `enum` are its words where it has a closed list of them, `operators` those that may be used with it, `quoted` says
    whether its GUIDs are emitted in quotes. `source` is where its value stands in an item, as names joined by dots;
    `[]` after a name means any element of that list.
    """

    name: str
    kind: Kind
    nullable: bool = True
    enum: tuple[str, ...] = ()
    operators: frozenset[str] = OPERATORS
    quoted: bool = False
    source: str

    @property
    def many(self) -> bool:
        """Whether the property stands for several values, of which any may hold."""
        return "[]" in self.source


class SchemaFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What is documented of one listing: its properties by name, and the operators of its filters."""

    name: str
    properties: dict[str, PropertyFacts]
    operators: frozenset[str] = OPERATORS
