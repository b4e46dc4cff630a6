"""Classes of items: msgspec Structs and dataclasses, whose fields are read as attributes."""

import dataclasses
import types
import typing
from collections.abc import Iterator
from typing import NamedTuple

import msgspec

from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError


class ItemClass(NamedTuple):
    """A class, and the names of its fields."""

    type: type
    fields: frozenset[str]

    def elements_of(self, field: str) -> "ItemClass | None":
        """The class of the elements of a list in a field, where its annotation names one."""
        try:
            hint = typing.get_type_hints(self.type).get(field)
        except (NameError, TypeError, AttributeError):  # an annotation that names nothing
            return None
        return next((item_class(one) for one in _element_types(hint) if has_fields(one)), None)


def has_fields(kind: object) -> bool:
    """Whether `kind` is a class of items."""
    return isinstance(kind, type) and (issubclass(kind, msgspec.Struct) or dataclasses.is_dataclass(kind))


def item_class(kind: object) -> ItemClass:
    """A class of items with its fields. Raises FilterTypeError for what is none."""
    if isinstance(kind, type) and issubclass(kind, msgspec.Struct):
        return ItemClass(kind, frozenset(kind.__struct_fields__))
    if isinstance(kind, type) and dataclasses.is_dataclass(kind):
        return ItemClass(kind, frozenset(field.name for field in dataclasses.fields(kind)))
    raise FilterTypeError(f"item_type is {show(kind)}: a msgspec Struct or a dataclass is wanted")


def _element_types(hint: object) -> Iterator[object]:
    """The types of the elements of a list, where `hint` is one, or null."""
    if isinstance(hint, types.UnionType) or typing.get_origin(hint) is typing.Union:
        for one in typing.get_args(hint):
            yield from _element_types(one)
    elif typing.get_origin(hint) is list:
        yield from typing.get_args(hint)
