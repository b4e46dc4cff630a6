"""A dataclass, a msgspec Struct or a pydantic model → a schema."""

import dataclasses
import datetime as dt
import decimal
import enum
import types
import typing
import uuid
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final, Unpack

import msgspec

from odatafilter.derive import _assemble
from odatafilter.derive._assemble import DEPTH, PRIMITIVES, DerivedSchema, Element, Nested, Options, Root
from odatafilter.errors import FilterError
from odatafilter.handle import Handle
from odatafilter.schema import Enum, Field, String

# In this order: a bool is an int, a datetime a date.
_KINDS: Final[tuple[tuple[type, str], ...]] = (
    (bool, "Boolean"),
    (int, "Int64"),
    (float, "Double"),
    (decimal.Decimal, "Decimal"),
    (str, "String"),
    (bytes, "Binary"),
    (bytearray, "Binary"),
    (uuid.UUID, "Guid"),
    (dt.datetime, "DateTimeOffset"),
    (dt.date, "Date"),
    (dt.time, "TimeOfDay"),
    (dt.timedelta, "Duration"),
)
# Types of pydantic's that are no subclasses of what they stand for, except to a type checker.
_PYDANTIC: Final = {
    "AwareDatetime": "DateTimeOffset",
    "EmailStr": "String",
    "FutureDate": "Date",
    "FutureDatetime": "DateTimeOffset",
    "NaiveDatetime": "DateTimeOffset",
    "PastDate": "Date",
    "PastDatetime": "DateTimeOffset",
}
_LONGEST: Final = 100  # names for names for a type, which may be their own


def schema_from_class(cls: type, *, depth: int = DEPTH, **options: Unpack[Options]) -> type[DerivedSchema]:
    """The schema of a dataclass, a msgspec Struct or a pydantic model, by its annotations.

    Properties bear the names that they have in JSON; Optional ones may be null; what has no kind of OData is Untyped.
    Classes inside others are followed `depth` properties deep. Raises FilterTypeError for another class, FilterError
    for annotations that cannot be resolved.
    """
    if not _has_fields(cls):
        raise _assemble.not_a("a dataclass, a msgspec Struct or a pydantic model", cls)
    return _assemble.derived(_Classes().root(cls, _assemble.checked_depth(depth)), options)


def _has_fields(cls: object) -> bool:
    """Whether `cls` is a class of one of the three; pydantic's are known by what they have, so it is not imported."""
    return isinstance(cls, type) and (
        dataclasses.is_dataclass(cls) or issubclass(cls, msgspec.Struct) or hasattr(cls, "__pydantic_fields__")
    )


def _annotations(cls: Any) -> dict[str, tuple[str, Any]]:
    """The attribute and the annotation of each field, by its name in JSON. Raises FilterError where it has no type."""
    try:
        if issubclass(cls, msgspec.Struct):
            return {field.encode_name: (field.name, field.type) for field in msgspec.structs.fields(cls)}
        if not hasattr(cls, "__pydantic_fields__"):
            hints = typing.get_type_hints(cls)
            return {field.name: (field.name, hints[field.name]) for field in dataclasses.fields(cls)}
        late = {} if cls.__pydantic_complete__ else typing.get_type_hints(cls)
        fields = cls.__pydantic_fields__.items()
        return {_alias(name, field): (name, late.get(name, field.annotation)) for name, field in fields}
    except Exception as error:  # annotations are code, and can raise anything
        raise FilterError(f"the annotations of {cls.__name__} cannot be resolved: {error}") from error


def _alias(name: str, field: Any) -> str:
    return field.validation_alias if isinstance(field.validation_alias, str) else name


class _Classes:
    def __init__(self) -> None:
        self._nested = Nested()

    def root(self, cls: type, depth: int) -> Root:
        return Root(
            cls.__name__,
            {
                name: partial(self._named, name, attribute, annotation, depth)
                for name, (attribute, annotation) in _annotations(cls).items()
            },
        )

    def _named(self, name: str, attribute: str, annotation: Any, depth: int) -> Handle[Any] | None:
        """The property `name`, which an instance of the class has as its `attribute`."""
        made = self._property(annotation, depth)
        if made is not None and attribute != name:
            made._facts = msgspec.structs.replace(made._facts, attribute=attribute)
        return made

    def _property(self, annotation: Any, depth: int) -> Handle[Any] | None:
        bare, nullable = _bare(annotation)
        origin = typing.get_origin(bare) or bare
        if not _is_collection(origin):
            return _assemble.single(self._element(bare, nullable, depth), nullable=nullable)
        elements = [element for element in typing.get_args(bare) if element is not ...]
        below, may_be_null = _bare(elements[0] if len(elements) == 1 else Any)
        return _assemble.collected(self._element(below, may_be_null, depth), nullable=nullable)

    def _element(self, bare: Any, nullable: bool, depth: int) -> Element | None:
        if typing.get_origin(bare) is typing.Literal:
            return _one_of(typing.get_args(bare), nullable)
        if not isinstance(bare, type):
            return Field(nullable=nullable)
        if _has_fields(bare):
            return self._nested.schema(bare, depth, partial(self.root, bare))
        if issubclass(bare, enum.Enum):
            return _enumeration(bare, nullable)
        kind = next((kind for python, kind in _KINDS if issubclass(bare, python)), "Untyped")
        if bare.__module__.startswith("pydantic."):
            kind = _PYDANTIC.get(bare.__name__, kind)
        return PRIMITIVES[kind](nullable=nullable)


def _bare(annotation: Any) -> tuple[Any, bool]:
    """What is annotated without Annotated, NewType, `type` names and None; and whether None was among it."""
    nullable = False
    for _ in range(_LONGEST):
        origin = typing.get_origin(annotation)
        if origin is typing.Annotated:
            annotation = typing.get_args(annotation)[0]
        elif hasattr(annotation, "__supertype__"):
            annotation = annotation.__supertype__
        elif hasattr(annotation, "__value__"):
            annotation = annotation.__value__
        elif origin in {typing.Union, types.UnionType}:
            given = typing.get_args(annotation)
            kept = [one for one in given if one not in {types.NoneType, msgspec.UnsetType}]
            nullable = nullable or len(kept) < len(given)
            if len(kept) != 1:
                return Any, nullable
            annotation = kept[0]
        else:
            return annotation, nullable
    return Any, nullable


def _is_collection(origin: object) -> bool:
    others = (str, bytes, bytearray, Mapping, enum.Enum)  # the members of a flag can be iterated over, too
    return isinstance(origin, type) and issubclass(origin, Collection) and not issubclass(origin, others)


def _one_of(words: tuple[Any, ...], nullable: bool) -> Handle[Any]:
    kept = [word for word in words if word is not None]
    nullable = nullable or len(kept) < len(words)
    if all(isinstance(word, str) for word in kept):
        return String(enum=kept, nullable=nullable)
    return Field(nullable=nullable)


def _enumeration(cls: type[enum.Enum], nullable: bool) -> Handle[Any]:
    """In JSON, members with texts are their texts; others have numbers that are nobody's business, and names."""
    values = [member.value for member in cls]
    if all(isinstance(value, str) for value in values):
        return String(enum=values, nullable=nullable)
    return Enum(*cls.__members__, nullable=nullable)
