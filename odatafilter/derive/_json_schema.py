"""A JSON Schema, alone or in an OpenAPI document → a schema."""

import urllib.parse
from collections.abc import Mapping
from functools import partial
from typing import Any, Final, Unpack

import msgspec

from odatafilter._arguments import check_type
from odatafilter._kinds import KINDS, NUMBERS
from odatafilter._safe_text import show
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
from odatafilter.facts import PropertyFacts, SchemaFacts

# By the formats of JSON Schema and of the registry of OpenAPI, what texts are (numbers among them: OData JSON Format
# §7.1, IEEE754Compatible), and numbers, which have two formats that no text has.
_STRINGS: Final = {form: row.property_kind for row in KINDS.values() for form in row.formats}
_NUMBERS: Final = {
    **{form: kind for form, kind in _STRINGS.items() if kind in NUMBERS},
    "float": "Double",
    "int32": "Int32",
}
_TYPES: Final = {str: "string", bool: "boolean", int: "integer", float: "number", type(None): "null"}
_INFINITE: Final = ("INF", "-INF", "NaN")  # Doubles that JSON writes as texts
_PLACES: Final = (("components", "schemas"), ("$defs",), ("definitions",))
_MOST_PARTS: Final = 100


class _Node(msgspec.Struct, rename={"ref": "$ref", "all_of": "allOf", "any_of": "anyOf", "one_of": "oneOf"}):
    """What a JSON Schema says of a value, as far as a filter can use it. Nothing said is empty."""

    ref: str = ""
    title: str = ""
    type: str | list[str] = ""
    format: str = ""
    nullable: bool = False
    enum: list[Any] = []
    const: Any = None
    items: Any = None
    properties: dict[str, Any] = {}
    required: list[str] = []
    all_of: list[Any] = []
    any_of: list[Any] = []
    one_of: list[Any] = []

    @property
    def types(self) -> list[str]:
        return self.type if isinstance(self.type, list) else [self.type] if self.type else []

    @property
    def words(self) -> list[Any]:
        return self.enum or ([] if self.const is None else [self.const])


def schema_from_json_schema(
    document: str | bytes | Mapping[str, Any], at: str = "", *, depth: int = DEPTH, **options: Unpack[Options]
) -> type[DerivedSchema]:
    """The schema of a JSON Schema.

    What is not in `required` may be null; what has no kind of OData, or refers to another document, is Untyped. Raises
    FilterError for what cannot be read.

    Args:
        document: JSON, or what was read of it: a JSON Schema or an OpenAPI document.
        at: a pointer such as `#/components/schemas/Job`, or the name of a component; "" is the document itself.
        depth: how many properties deep it goes, from 0 to 50.
        options: those of `odatafilter.derive.Options`, such as `only=("name", "city")`.
    """
    check_type("at", at, str, "a pointer such as '#/components/schemas/Job' or a name")
    source = _Document(_assemble.read_json_object(document, "the document"), depth)
    return _assemble.make_schema(source.whole_root(at), options)


class _Document:
    def __init__(self, document: Mapping[str, Any], depth: int) -> None:
        self.document = document
        self._nested = Nested(depth)

    def whole_root(self, at: str) -> Root:
        """The properties of the document itself, or of what `at` names in it."""
        where = f"'{at:.60}'" if at else "the document"
        found = self.find_schema(at) if at else self.document
        ref = self._read_node(found, where).ref
        if ref and not ref.startswith("#") and found == {"$ref": ref}:
            raise FilterError(f"the reference {show(ref)} leads out of the document")
        return self._make_root(at, found, where, self._nested.depth)

    def find_schema(self, name: str) -> object:
        """The schema that a pointer or a name leads to. Raises FilterError where it leads nowhere."""
        if name.startswith("#"):
            return self._target(name)
        places = [found for place in _PLACES if isinstance(found := self._value_at(place), Mapping)]
        for place in places:
            if name in place:
                return place[name]
        raise _assemble.unknown_error(name, (str(key) for place in places for key in place), "the document")

    def _make_root(self, name: str, schema: object, where: str, depth: int) -> Root:
        """The properties of an object, called by the last word of `name`, else by its title."""
        node = self._read_whole(schema, where)
        members = {
            key: partial(self._make_property, key, below, key not in node.required, depth)
            for key, below in node.properties.items()
        }
        return Root(name.rpartition("/")[2] or node.title.strip() or "Schema", members, self._nested.depth)

    # --- properties

    def _make_property(self, name: str, schema: object, absent: bool, depth: int) -> PropertyFacts | LeftOut:
        where = f"the schema of '{name:.60}'"
        node = self._read_whole(schema, where)
        nullable = absent or _may_be_null(node)
        if "array" not in node.types:
            return _assemble.single_property(name, self._make_element(name, schema, node, depth), nullable=nullable)
        below = self._read_whole(node.items, f"an element of '{name:.60}'")
        element = self._make_element(name, node.items, below, depth)
        if isinstance(element, PropertyFacts):
            element = msgspec.structs.replace(element, nullable=_may_be_null(below))
        return _assemble.collection_property(name, element, nullable=nullable)

    def _make_element(self, name: str, schema: object, node: _Node, depth: int) -> Element:
        """What a schema describes, apart from whether it may be null."""
        if node.properties and set(node.types) <= {"object", "null"}:
            return self._make_structure(name, schema, depth)
        words = [word for word in node.words if word is not None]
        kind = _kind_of(node)
        if kind == "String" and words and all(isinstance(word, str) for word in words):
            return primitive_facts("String", enum=words)
        return primitive_facts(kind)

    def _make_structure(self, name: str, schema: object, depth: int) -> SchemaFacts | LeftOut:
        reference = self._reference(schema)
        make = partial(self._make_root, reference or name, schema, f"'{name:.60}'")
        return self._nested.make_structure(reference or None, depth, make)

    def _reference(self, schema: object) -> str:
        """The one reference that says all that `schema` says of properties, or nothing."""
        node = self._read_node(schema, "what has a reference")
        parts = self._parts_of(node)
        if node.properties or node.required or len(parts) != 1:
            return ""
        return node.ref if self._target_of(node) else self._reference(parts[0])

    # --- references and combinations

    def _read_whole(self, schema: object, where: str) -> _Node:
        """What `schema` says together with all that it refers to and is made of."""
        node, parts = _Node(), [schema]
        count = 0
        while parts:
            count += 1
            if count > _MOST_PARTS:
                raise FilterError(f"{where} is made of itself, or of more than {_MOST_PARTS} schemas")
            part = self._read_node(parts.pop(0), where)
            node = _merge_nodes(node, part)
            parts += self._parts_of(part)
            if len(choices := _choices(part)) > 1:
                node = _merge_nodes(node, self._unite(choices, where))
        return node

    def _unite(self, choices: list[Any], where: str) -> _Node:
        """What is known of a value that is one of several alternatives, where none of them is a structure."""
        if len(choices) > _MOST_PARTS:
            return _Node()
        read = [self._alternative(choice, where) for choice in choices]
        kinds = {kind for one in read for kind in one.types}
        formats = {one.format for one in read}
        if not all(one.types for one in read) or kinds & {"array", "object"}:
            return _Node()
        if kinds <= {"string", "null"} and len(formats) > 1 and "" not in formats:
            return _Node()
        if kinds > {"string"}:  # a number that may be a text: the number says of which format
            formats -= {""}
        return _Node(
            type=sorted(kinds),
            format=formats.pop() if len(formats) == 1 else "",
            nullable=any(one.nullable for one in read),
            enum=[word for one in read for word in one.words] if all(one.words for one in read) else [],
        )

    def _alternative(self, choice: object, where: str) -> _Node:
        """What one alternative says of a value: its types, where only its words are given, too."""
        node = self._read_node(choice, where)
        for target in self._target_of(node):
            node = _merge_nodes(node, self._read_node(target, where))
        types = node.types
        if node.words and not types:
            is_number = all(word in _INFINITE for word in node.words)
            types = ["number"] if is_number else sorted({_type_of(word) for word in node.words})
        return _Node(type=types, format=node.format, nullable=node.nullable, enum=node.words)

    def _read_node(self, schema: object, where: str) -> _Node:
        if schema is None or isinstance(schema, bool):  # anything goes, or nothing does
            return _Node()
        return _assemble.read_as(schema, _Node, where)

    def _parts_of(self, node: _Node) -> list[Any]:
        """What else must hold. Of alternatives, what is left when null is taken away, if that is one."""
        choices = _choices(node)
        return [*self._target_of(node), *node.all_of, *(choices if len(choices) == 1 else [])]

    def _target_of(self, node: _Node) -> list[object]:
        if not node.ref or not node.ref.startswith("#"):  # of what another document has, nothing is known
            return []
        try:
            return [self._target(node.ref)]
        except FilterError:
            if node.type or node.words:  # a part of a document that says in place what it refers to
                return []
            raise

    def _target(self, ref: str) -> object:
        root, *steps = urllib.parse.unquote(ref[1:]).split("/")
        found = None if root else self._value_at(tuple(step.replace("~1", "/").replace("~0", "~") for step in steps))
        if found is None:
            raise FilterError(f"the reference {show(ref)} leads nowhere in the document")
        return found

    def _value_at(self, steps: tuple[str, ...]) -> object:
        found: object = self.document
        for step in steps:
            if isinstance(found, list):
                found = {str(number): each for number, each in enumerate(found)}
            found = found.get(step) if isinstance(found, Mapping) else None
        return found


def _merge_nodes(one: _Node, other: _Node) -> _Node:
    """What both say; where they differ, what the first says."""
    return _Node(
        title=one.title or other.title,
        type=one.type or other.type,
        format=one.format or other.format,
        nullable=one.nullable or other.nullable or any(map(_is_null, (*other.any_of, *other.one_of))),
        enum=one.words or other.words,
        items=other.items if one.items is None else one.items,
        properties=other.properties | one.properties,
        required=one.required + other.required,
    )


def _choices(node: _Node) -> list[Any]:
    """The alternatives for a value that is not null."""
    return [choice for choice in (*node.any_of, *node.one_of) if not _is_null(choice)]


def _kind_of(node: _Node) -> str:
    """The kind of OData of a value that is no structure: the format decides where one of the types can hold it."""
    words = [word for word in node.words if word is not None]
    match sorted({*node.types} - {"null"}):
        case ["string"]:
            return _STRINGS.get(node.format, "String")
        case [] if words and all(isinstance(word, str) for word in words):
            return "String"
        case ["integer"]:
            return "Int32" if node.format == "int32" else "Int64"
        case ["number"] | ["integer", "number"]:
            return "Decimal" if node.format == "decimal" else "Double"
        case ["boolean"]:
            return "Boolean"
        case ["number", "string"] | ["integer", "string"] | ["integer", "number", "string"]:
            return _NUMBERS.get(node.format, "Untyped")
        case _:
            return "Untyped"


def _type_of(word: object) -> str:
    return _TYPES.get(type(word), "object")


def _is_null(schema: object) -> bool:
    return isinstance(schema, Mapping) and (schema.get("type") == "null" or schema.get("enum") == [None])


def _may_be_null(node: _Node) -> bool:
    return node.nullable or "null" in node.types or None in node.enum
