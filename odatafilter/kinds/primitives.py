"""Kinds of values that no function is of: Binary, Boolean, Guid and enumerations."""

import enum as enums
import uuid
from typing import TypeVar, Unpack

from msgspec.structs import replace

from odatafilter._arguments import check_type
from odatafilter._declared import Declaration, checked_name, flatten_words, words_given
from odatafilter._to_literal import literal_of_members
from odatafilter.filter import Filter, Param
from odatafilter.handle import Handle, Operand, Ordered, of_kind
from odatafilter.tree import (
    Has,
)

V = TypeVar("V")


class Guid(Ordered[uuid.UUID | str]):
    """Edm.Guid.

    Args:
        quoted: whether the API wants its values in quotes; both spellings are read.
        declaration: `name`, `nullable`, `operators`, `functions` and `source`, as every property has them.
    """

    _kind = "Guid"

    def __init__(self, *, quoted: bool = False, **declaration: Unpack[Declaration]) -> None:
        super().__init__(**declaration)
        check_type("quoted", quoted, bool, "True or False")
        self._facts = replace(self._facts, quoted=quoted)


class Boolean(Ordered[bool]):
    """Edm.Boolean: true is greater than false. A filter is a Boolean, too: `Job.ok == (Job.size > 5)`."""

    _kind = "Boolean"

    def eq(self, value: "bool | Filter | Handle[bool] | Param | None") -> Filter:
        """`eq`: equal to `value`, which may be what a filter says; null equals null only."""
        return self._compare("eq", value)

    def ne(self, value: "bool | Filter | Handle[bool] | Param | None") -> Filter:
        """`ne`: not equal to `value`, which may be what a filter says."""
        return self._compare("ne", value)

    def __eq__(self, value: "bool | Filter | Handle[bool] | Param | None") -> Filter:  # type: ignore[override]
        return self._compare("eq", value)

    def __ne__(self, value: "bool | Filter | Handle[bool] | Param | None") -> Filter:  # type: ignore[override]
        return self._compare("ne", value)

    __hash__ = object.__hash__

    def _operand(self, value: object) -> Operand:
        if isinstance(value, Filter):
            value = of_kind(Boolean(), value._tree, value._schema, value._levels, value._open)
        return super()._operand(value)

    @property
    def _how_to_filter(self) -> str:
        if self._schema is None or self._expression is not None:
            return "compare it with True"
        return f"write {self._schema.name}.{self._facts.name} == True"


class Binary(Handle[bytes]):
    """Edm.Binary."""

    _kind = "Binary"


class Flags(Handle[V]):
    """What has members of an enumeration."""

    def has(self, members: str | enums.Enum) -> Filter:
        """`has`: whether all of `members`, joined by commas, are set."""
        self._check_operator("has")
        if self._facts.kind == "Enum" and members is not None:
            return self._filter(Has(self._node, self._literal(members)))
        return self._filter(Has(self._node, literal_of_members(members, replace(self._facts, name=self._name))))


class Enum(Flags[str | enums.Enum]):
    """An enumeration.

    A member of an enumeration of Python's stands for its value if that is a text, else for its name; flags for theirs.

    Args:
        members: its words, or one enumeration of Python's.
        type_name: the qualified name that stands before the words, if it must.
        declaration: `name`, `nullable`, `operators`, `functions` and `source`, as every property has them.
    """

    _kind = "Enum"

    def __init__(
        self, *members: str | type[enums.Enum], type_name: str = "", **declaration: Unpack[Declaration]
    ) -> None:
        super().__init__(**declaration)
        check_type("type_name", type_name, str, "a qualified name")
        for part in type_name.split(".") if type_name else ():
            checked_name(part)
        self._facts = replace(
            self._facts,
            enum=words_given("the enumeration", flatten_words(*members)),
            type_name=type_name,
        )
