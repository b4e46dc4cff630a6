"""OData `$metadata`, CSDL XML or CSDL JSON → what it says of types and of entity sets (CSDL 4.01)."""

import xml.etree.ElementTree as ET
from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple, NoReturn, TypeAlias
from xml.parsers import expat

import msgspec

from odatafilter._safe_text import show
from odatafilter.derive import _assemble
from odatafilter.errors import FilterError


class ModelMember(msgspec.Struct, frozen=True):
    """A structural or navigation property; where it has `many` values, `nullable` is of each of them."""

    type: str
    many: bool
    nullable: bool


class Structured(msgspec.Struct, frozen=True):
    """An entity type or a complex type (§6, §9)."""

    base: str
    members: dict[str, ModelMember]
    open: bool = False


class Enumeration(NamedTuple):
    """An enumeration type (§10)."""

    words: tuple[str, ...]


class Definition(NamedTuple):
    """Another name for a primitive type (§11)."""

    underlying: str


class Overload(NamedTuple):
    """One overload of a function (§12.3): the first parameter of a `bound` one is what it is called on."""

    parameters: dict[str, ModelMember]
    optional: tuple[str, ...]
    result: ModelMember | None
    bound: bool


Type: TypeAlias = Structured | Enumeration | Definition


class Model(msgspec.Struct):
    """Types and functions by qualified name, namespaces by alias, the type of each entity set and singleton, and the
    function of each function import.
    """

    types: dict[str, Type] = {}
    aliases: dict[str, str] = {}
    sets: dict[str, str] = {}
    functions: dict[str, list[Overload]] = {}
    imports: dict[str, str] = {}

    def qualify(self, name: str) -> str:
        """A type's name with its namespace, where it is written with an alias for it."""
        namespace, dot, last = name.rpartition(".")
        return f"{self.aliases.get(namespace, namespace)}{dot}{last}"

    def leads_out(self, name: str) -> bool:
        """Whether a qualified name is of a namespace that another document has (§3.3, edmx:Reference)."""
        namespace = name.rpartition(".")[0]
        return namespace != "Edm" and namespace not in self.aliases.values()


def read_model(document: str | bytes | Mapping[str, Any]) -> Model:
    """The model of a `$metadata` document. Raises FilterError where it cannot be read."""
    text = _assemble.strip_mark(document)
    if isinstance(text, str | bytes) and text.lstrip()[:1] not in {"{", b"{"}:
        return _from_xml(text)
    return _from_json(_assemble.read_json_object(document, "the $metadata"))


# --- XML ------------------------------------------------------------------------------------------------------------


def _from_xml(document: str | bytes) -> Model:
    root = _tree(document)
    version = root.get("Version", "")
    if _local_name(root) != "Edmx" or not version.startswith("4"):
        found = f"{_local_name(root)} {version}".strip()
        raise FilterError(f"the $metadata must be an Edmx of version 4.0 or later, not {found:.60}")
    model = Model()
    for schema in root.iter():
        if _local_name(schema) == "Schema":
            _read_schema(model, schema)
    return model


def _tree(document: str | bytes) -> ET.Element:
    builder = ET.TreeBuilder()
    parser = expat.ParserCreate(namespace_separator="}")
    parser.StartDoctypeDeclHandler = _refuse_doctype
    parser.StartElementHandler = builder.start
    parser.EndElementHandler = builder.end
    try:
        parser.Parse(document, True)
    except (expat.ExpatError, LookupError, ValueError) as error:
        if isinstance(error, FilterError):
            raise
        raise FilterError(f"the $metadata is no XML: {error}") from None
    return builder.close()


def _refuse_doctype(*_: object) -> NoReturn:
    raise FilterError("the $metadata declares a document type, which CSDL does not have and which can do harm")


def _local_name(element: ET.Element) -> str:
    return element.tag.rpartition("}")[2]


def _children_of(element: ET.Element, *tags: str) -> Iterator[ET.Element]:
    return (child for child in element if _local_name(child) in tags)


def _attribute(element: ET.Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise FilterError(f"the $metadata has a {_local_name(element)} {show(element.get('Name', ''))} without {name}")
    return value


def _read_schema(model: Model, schema: ET.Element) -> None:
    namespace = _attribute(schema, "Namespace")
    model.aliases[schema.get("Alias", namespace)] = namespace
    for child in schema:
        if _local_name(child) == "EntityContainer":
            for entry in _children_of(child, "EntitySet", "Singleton"):
                type_attribute = "EntityType" if _local_name(entry) == "EntitySet" else "Type"
                model.sets[_attribute(entry, "Name")] = _attribute(entry, type_attribute)
            for entry in _children_of(child, "FunctionImport"):
                model.imports[_attribute(entry, "Name")] = _attribute(entry, "Function")
        elif _local_name(child) == "Function":
            model.functions.setdefault(f"{namespace}.{_attribute(child, 'Name')}", []).append(_overload(child))
        elif found := _type(child):
            model.types[f"{namespace}.{_attribute(child, 'Name')}"] = found


def _type(element: ET.Element) -> Type | None:
    match _local_name(element):
        case "EntityType" | "ComplexType":
            members = _children_of(element, "Property", "NavigationProperty")
            return Structured(
                element.get("BaseType", ""),
                {_attribute(member, "Name"): _read_typed_element(member) for member in members},
                _is_true(element.get("OpenType", "false")),
            )
        case "EnumType":
            return Enumeration(tuple(_attribute(member, "Name") for member in _children_of(element, "Member")))
        case "TypeDefinition":
            return Definition(_attribute(element, "UnderlyingType"))
        case _:
            return None


def _overload(element: ET.Element) -> Overload:
    parameters = list(_children_of(element, "Parameter"))
    results = list(_children_of(element, "ReturnType"))
    return Overload(
        {_attribute(parameter, "Name"): _read_typed_element(parameter) for parameter in parameters},
        tuple(_attribute(parameter, "Name") for parameter in parameters if _may_be_left_out(parameter)),
        _read_typed_element(results[0]) if results else None,
        _is_true(element.get("IsBound", "false")),
    )


def _may_be_left_out(parameter: ET.Element) -> bool:
    return any(_is_optional(annotation.get("Term", "")) for annotation in _children_of(parameter, "Annotation"))


def _is_optional(term: str) -> bool:
    """Whether it is the term OptionalParameter of the vocabulary Core, whatever the alias of its namespace."""
    return term.rpartition(".")[2] == "OptionalParameter"


def _is_true(text: str) -> bool:
    return text in {"true", "1"}


def _read_typed_element(element: ET.Element) -> ModelMember:
    name = _attribute(element, "Type")
    many = name.startswith("Collection(") and name.endswith(")")
    # Without the attribute, a value may be null (§7.2.1, §8.2); of a collection, nothing is known.
    nullable = element.get("Nullable", "true") not in {"false", "0"}
    return ModelMember(name[len("Collection(") : -1] if many else name, many, nullable)


# --- JSON -----------------------------------------------------------------------------------------------------------


class _DeclaredMember(msgspec.Struct, rename=lambda name: f"${name}"):
    """A parameter or a return type (§12.8, §12.9); without it, as the standard has it."""

    Name: str = ""
    Type: str = "Edm.String"
    Collection: bool = False
    Nullable: bool = False


class _DeclaredFunction(msgspec.Struct, rename=lambda name: f"${name}"):
    """An overload of an action or a function (§12.1, §12.3)."""

    Kind: str = ""
    IsBound: bool = False
    Parameter: list[dict[str, Any]] = []
    ReturnType: _DeclaredMember | None = None


class _Declared(msgspec.Struct, rename=lambda name: f"${name}"):
    """What a member of a schema, a type or a container can say of itself; without it, as the standard has it."""

    Version: str = ""
    Kind: str = "Property"
    Type: str = "Edm.String"
    Collection: bool = False
    Nullable: bool = False
    BaseType: str = ""
    UnderlyingType: str = ""
    OpenType: bool = False
    Alias: str = ""
    Function: str = ""


def _from_json(document: Mapping[str, Any]) -> Model:
    version = _read_declaration("the document", document).Version
    if not version.startswith("4"):
        raise FilterError(f"the $metadata must have a $Version of 4.0 or later, not {show(version)}")
    model = Model()
    for namespace, schema in _objects_in(document):
        declared = _read_declaration(namespace, schema)
        model.aliases[declared.Alias or namespace] = namespace
        for name, child in _objects_in(schema):
            _read_child(model, f"{namespace}.{name}", child)
        for name, overloads in schema.items():
            if isinstance(overloads, list):
                _read_overloads(model, f"{namespace}.{name}", overloads)
    return model


def _read_child(model: Model, name: str, child: Mapping[str, Any]) -> None:
    declared = _read_declaration(name, child)
    match declared.Kind:
        case "EntityContainer":
            model.sets |= {
                entry: _read_declaration(entry, said).Type for entry, said in _objects_in(child) if "$Type" in said
            }
            model.imports |= {
                key: _read_declaration(key, said).Function for key, said in _objects_in(child) if "$Function" in said
            }
        case "EntityType" | "ComplexType":
            members = {key: _json_member(f"{name}/{key}", said) for key, said in _objects_in(child)}
            model.types[name] = Structured(declared.BaseType, members, declared.OpenType)
        case "EnumType":
            words = (key for key, value in child.items() if isinstance(value, int) and not {"$", "@"} & {*str(key)})
            model.types[name] = Enumeration(tuple(words))
        case "TypeDefinition":
            model.types[name] = Definition(declared.UnderlyingType)


def _read_overloads(model: Model, name: str, overloads: list[Any]) -> None:
    where = f"{name:.120} in the $metadata"
    for overload in overloads:
        declared = _assemble.read_as(overload, _DeclaredFunction, where)
        if declared.Kind != "Function":
            continue
        parameters = [_assemble.read_as(said, _DeclaredMember, where) for said in declared.Parameter]
        optional = (
            parameters[at].Name for at, said in enumerate(declared.Parameter) if any(map(_annotates_optional, said))
        )
        model.functions.setdefault(name, []).append(
            Overload(
                {parameter.Name: _parameter(parameter) for parameter in parameters},
                tuple(optional),
                None if declared.ReturnType is None else _parameter(declared.ReturnType),
                declared.IsBound,
            )
        )


def _annotates_optional(key: object) -> bool:
    return _is_optional(str(key).partition("@")[2])


def _parameter(declared: _DeclaredMember) -> ModelMember:
    return ModelMember(declared.Type, declared.Collection, declared.Nullable)


def _json_member(name: str, said: Mapping[str, Any]) -> ModelMember:
    declared = _read_declaration(name, said)
    return ModelMember(declared.Type, declared.Collection, declared.Nullable)


def _read_declaration(name: str, said: object) -> _Declared:
    return _assemble.read_as(said, _Declared, f"{name:.120} in the $metadata")


def _objects_in(said: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """The members that are objects: no `$Keyword`, no annotation, no list of overloads."""
    for name, value in said.items():
        if isinstance(value, Mapping) and not str(name).startswith("$") and "@" not in str(name):
            yield str(name), value
