"""A dataclass, a msgspec Struct or a pydantic model → a schema."""

import dataclasses
import decimal
import enum
import types
import typing
from collections.abc import Collection, Mapping
from functools import partial
from typing import Any, Final, Unpack

import msgspec

from odatafilter._kinds import KINDS
from odatafilter.derive import _assemble
from odatafilter.derive._assemble import (
    DEPTH,
    DerivedSchema,
    Element,
    LeftOut,
    Nested,
    Options,
    Root,
    primitive_facts,
)
from odatafilter.errors import FilterError
from odatafilter.facts import PropertyFacts

# In this order: a bool is an int, a datetime a date.
_KINDS: Final = tuple(
    sorted(
        ((python, row.name) for row in KINDS.values() if row.name != "Enum" for python in row.classes),
        key=lambda pair: -len(pair[0].__mro__),
    )
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
_NUMBERS: Final = (int, float, decimal.Decimal)
_LONGEST: Final = 100  # names for names for a type, which may be their own


def schema_from_class(cls: type, *, depth: int = DEPTH, **options: Unpack[Options]) -> type[DerivedSchema]:
    """The schema of a dataclass, a msgspec Struct or a pydantic model, by its annotations.

    Properties bear the names that they have in JSON; Optional ones may be null; what has no kind of OData is Untyped.
    Raises FilterTypeError for another class, FilterError for annotations that cannot be resolved.

    Args:
        cls: the class.
        depth: how many properties deep it goes, from 0 to 50.
        options: those of `odatafilter.derive.Options`, such as `only=("name", "city")`.
    """
    if not _has_fields(cls):
        raise _assemble.wrong_source_error("a dataclass, a msgspec Struct or a pydantic model", cls)
    return _assemble.make_schema(_Classes(depth).whole_root(cls), options)


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
    def __init__(self, depth: int) -> None:
        self._nested = Nested(depth)

    def whole_root(self, cls: type) -> Root:
        return self._make_root(cls, self._nested.depth)

    def _make_root(self, cls: type, depth: int) -> Root:
        return Root(
            cls.__name__,
            {
                name: partial(self._named_property, name, attribute, annotation, depth)
                for name, (attribute, annotation) in _annotations(cls).items()
            },
            self._nested.depth,
        )

    def _named_property(self, name: str, attribute: str, annotation: Any, depth: int) -> PropertyFacts | LeftOut:
        """The property `name`, which an instance of the class has as its `attribute`."""
        made = self._make_property(name, annotation, depth)
        if isinstance(made, PropertyFacts) and attribute != name:
            return msgspec.structs.replace(made, attribute=attribute)
        return made

    def _make_property(self, name: str, annotation: Any, depth: int) -> PropertyFacts | LeftOut:
        bare, nullable = _strip_annotation(annotation)
        origin = typing.get_origin(bare) or bare
        if not _is_collection(origin):
            single = self._make_element(bare, depth)
            nullable = nullable or (isinstance(single, PropertyFacts) and single.nullable)
            return _assemble.single_property(name, single, nullable=nullable)
        elements = [element for element in typing.get_args(bare) if element is not ...]
        below, may_be_null = _strip_annotation(elements[0] if len(elements) == 1 else Any)
        element = self._make_element(below, depth)
        if isinstance(element, PropertyFacts):
            element = msgspec.structs.replace(element, nullable=element.nullable or may_be_null)
        return _assemble.collection_property(name, element, nullable=nullable)

    def _make_element(self, bare: Any, depth: int) -> Element:
        """What is annotated, apart from whether it may be null."""
        if typing.get_origin(bare) is typing.Literal:
            return _one_of(typing.get_args(bare))
        if not isinstance(bare, type):
            return primitive_facts("Untyped", nullable=False)
        if _has_fields(bare):
            return self._nested.make_structure(bare, depth, partial(self._make_root, bare))
        if issubclass(bare, enum.Enum) and not issubclass(bare, int):  # whose values are the numbers in JSON
            return _enumeration(bare)
        kind = next((kind for python, kind in _KINDS if issubclass(bare, python)), "Untyped")
        if bare.__module__.startswith("pydantic."):
            kind = _PYDANTIC.get(bare.__name__, kind)
        return primitive_facts(kind, nullable=False)


def _strip_annotation(annotation: Any) -> tuple[Any, bool]:
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
            annotation = kept[0] if len(kept) == 1 else _widest_of(kept)
        else:
            return annotation, nullable
    return Any, nullable


def _widest_of(kinds: list[Any]) -> Any:
    """What holds a value of any of several types: the widest of numbers, else nothing that is known."""
    return next((one for one in (float, decimal.Decimal) if one in kinds and {*_NUMBERS}.issuperset(kinds)), Any)


def _is_collection(origin: object) -> bool:
    others = (str, bytes, bytearray, Mapping, enum.Enum)  # the members of a flag can be iterated over, too
    return isinstance(origin, type) and issubclass(origin, Collection) and not issubclass(origin, others)


def _one_of(words: tuple[Any, ...]) -> PropertyFacts:
    kept = [word for word in words if word is not None]
    kind = "String" if all(isinstance(word, str) for word in kept) else "Untyped"
    return primitive_facts(kind, nullable=len(kept) < len(words), enum=kept if kind == "String" else ())


def _enumeration(cls: type[enum.Enum]) -> PropertyFacts:
    """In JSON, members with texts are their texts; others have values that are nobody's business, and names."""
    values = [member.value for member in cls]
    if all(isinstance(value, str) for value in values):
        return primitive_facts("String", nullable=False, enum=values)
    return primitive_facts("Enum", nullable=False, enum=cls.__members__)
