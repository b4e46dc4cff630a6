"""A dict of declarations → a schema."""

from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Unpack

import msgspec

from odatafilter._declared import checked_words
from odatafilter._suggest import with_article
from odatafilter.derive import _assemble
from odatafilter.derive._assemble import DerivedSchema, Element, LeftOut, Members, Options, Root
from odatafilter.errors import FilterError
from odatafilter.facts import ALL_FUNCTIONS, OPERATORS, PropertyFacts, SchemaFacts
from odatafilter.handle import HANDLES
from odatafilter.kinds import Enum, String

_KINDS: Final = tuple(sorted(HANDLES))
_OF_ANY_KIND: Final = ("kind", "nullable", "operators", "functions", "source")
# What a declaration takes for some kinds alone: the keywords of their classes in `kinds`, as a test compares.
_OF_KIND: Final[dict[str, tuple[str, ...]]] = {
    "Collection": ("element",),
    "Complex": ("properties", "type_name"),
    "DateTimeOffset": ("quoted",),
    "Enum": ("enum", "type_name"),
    "Guid": ("quoted",),
    "String": ("enum",),
}
_DEEPEST: Final = 50


class _Declaration(msgspec.Struct):
    kind: str
    nullable: bool = True
    operators: list[str] | None = None
    functions: list[str] | None = None
    source: str | None = None
    enum: list[str] = []
    quoted: bool = False
    type_name: str = ""
    element: str | dict[str, Any] = "Untyped"
    properties: dict[str, Any] = {}


def schema_from_dict(
    properties: Mapping[str, str | Mapping[str, Any]], **options: Unpack[Options]
) -> type[DerivedSchema]:
    """The schema of `properties`: by name, a kind or a declaration, such as `{"kind": "Int32", "nullable": False}`.

    A declaration has `nullable`, `operators`, `functions` and `source`, and what its kind takes: `enum` of a String;
    `enum` and `type_name` of an Enum; `quoted` of a Guid or a DateTimeOffset; `element`, a kind or a declaration, of a
    Collection; `properties` and `type_name` of a Complex. Raises FilterError for a declaration that cannot be read.

    Args:
        properties: by name, a kind such as "Int32", or a declaration.
        options: those of `odatafilter.derive.Options`, such as `only=("name", "city")`.
    """
    if not isinstance(properties, Mapping):
        raise _assemble.wrong_source_error("a dict of properties", properties)
    for name in properties:
        _assemble.checked_attribute(name)
    return _assemble.make_schema(Root("Schema", _make_members(properties, _DEEPEST)), options)


def _make_members(properties: Mapping[str, Any], depth: int) -> Members:
    return {name: partial(_make_property, name, declared, depth) for name, declared in properties.items()}


def _make_property(name: str, declared: object, depth: int) -> PropertyFacts | LeftOut:
    declaration = _declaration(f"'{name:.60}'", declared)
    common = _keywords_of_any_kind(declaration)
    if declaration.kind != "Collection":
        return _assemble.single_property(name, _make_element(name, declaration, depth), **common)
    element = _declaration(f"an element of '{name:.60}'", declaration.element)
    return _assemble.collection_property(name, _make_element(name, element, depth), **common)


def _make_element(name: str, declaration: _Declaration, depth: int) -> Element:
    match declaration.kind:
        case "Collection":
            raise FilterError(f"'{name:.60}' is a collection of collections, which OData does not have")
        case "Complex":
            return _make_structure(name, declaration, depth)
        case "Enum":
            facts = Enum(*declaration.enum, type_name=declaration.type_name)._facts
        case "Guid" | "DateTimeOffset" as kind:
            facts = PropertyFacts(name="", kind=kind, quoted=declaration.quoted)
        case "String":
            facts = String(enum=declaration.enum)._facts
        case kind:
            facts = PropertyFacts(name="", kind=kind)
    return msgspec.structs.replace(facts, **_keywords_of_any_kind(declaration))


def _make_structure(name: str, declaration: _Declaration, depth: int) -> SchemaFacts:
    if depth == 0:
        raise FilterError(f"'{name:.60}' nests more than {_DEEPEST} properties deep")
    for below in declaration.properties:
        _assemble.checked_attribute(below)
    root = Root(declaration.type_name or name, _make_members(declaration.properties, depth - 1))
    made = _assemble.make_structure(root)
    if isinstance(made, LeftOut):
        raise FilterError(f"{root.name:.60} has no properties to filter by")
    return made


def _keywords_of_any_kind(declaration: _Declaration) -> dict[str, Any]:
    """What can be said of a property of any kind."""
    common: dict[str, Any] = {"nullable": declaration.nullable}
    if declaration.operators is not None:
        common["operators"] = checked_words("operators", declaration.operators, OPERATORS)
    if declaration.functions is not None:
        common["functions"] = checked_words("functions", declaration.functions, ALL_FUNCTIONS)
    if declaration.source is not None:
        common["source"] = declaration.source
    return common


def _declaration(whose: str, declared: object) -> _Declaration:
    """What is declared, read. Raises FilterError for what is no kind, and for what the kind does not take."""
    given = {"kind": declared} if isinstance(declared, str) else declared
    declaration = _assemble.read_as(given, _Declaration, f"the declaration of {whose}")
    if declaration.kind not in _KINDS:
        raise _assemble.unknown_error(declaration.kind, _KINDS, f"the declaration of {whose} cannot be read: OData")
    taken = (*_OF_ANY_KIND, *_OF_KIND.get(declaration.kind, ()))
    for key in given if isinstance(given, Mapping) else ():
        if key not in taken:
            raise _assemble.unknown_error(key, taken, f"the declaration of {whose}, {with_article(declaration.kind)},")
    return declaration
