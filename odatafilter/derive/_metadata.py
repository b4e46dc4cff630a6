"""OData `$metadata` and the name of an entity set → a schema."""

import contextlib
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Unpack, assert_never

from msgspec.structs import replace

from odatafilter._arguments import check_type
from odatafilter._kinds import BY_TYPE, PRIMITIVE_KINDS
from odatafilter._suggest import word_list
from odatafilter.derive import _assemble, _csdl
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
from odatafilter.derive._csdl import Definition, Enumeration, Model, ModelMember, Overload, Structured
from odatafilter.errors import FilterError
from odatafilter.facts import FunctionFacts, PropertyFacts, SchemaFacts


def schema_from_metadata(
    document: str | bytes | Mapping[str, Any], entity_set: str, *, depth: int = DEPTH, **options: Unpack[Options]
) -> type[DerivedSchema]:
    """The schema of an entity set by `$metadata`.

    Types that no filter can compare, such as Edm.Stream, are left out, and what is of a type of another document is
    Untyped. Derived types are known behind a type cast, and open types are open. Raises FilterError for a document that
    cannot be read, and for a name that is not in it.

    Args:
        document: `$metadata` in XML or JSON, or what was read of the latter (CSDL 4.0, 4.01).
        entity_set: the name of an entity set, of a singleton or of a type in it.
        depth: how many properties deep it goes, from 0 to 50.
        options: those of `odatafilter.derive.Options`, such as `only=("name", "city")`.
    """
    check_type("entity_set", entity_set, str, "the name of an entity set, or of a type")
    metadata = _Metadata(_csdl.read_model(document), depth)
    return _assemble.make_schema(metadata.whole_root(metadata.find_type(entity_set)), options)


class _Metadata:
    def __init__(self, model: Model, depth: int) -> None:
        self._model = model
        self._nested = Nested(depth)
        self._bases = {name: base for name, type_ in model.types.items() if (base := self._base(type_))}
        self._derived: dict[str, list[str]] = {}
        for name, base in self._bases.items():
            self._derived.setdefault(base, []).append(name)

    def __reduce__(self) -> tuple[Any, ...]:
        return _Metadata, (self._model, self._nested.depth)

    def is_like(self, other: "_Metadata") -> bool:
        """Whether the schemas of both are alike."""
        return self is other or (self._nested.depth == other._nested.depth and self._model == other._model)

    def find_type(self, name: str) -> str:
        """The type of an entity set, or a type itself, with or without its namespace, by its qualified name."""
        types = [known for known, type_ in self._model.types.items() if isinstance(type_, Structured)]
        wanted = self._model.qualify(self._model.sets.get(name, name))
        found = [known for known in types if wanted in {known, _last_name(known)}]
        if len(found) == 1:
            return found[0]
        if found:
            raise FilterError(f"the $metadata has more than one {name:.60}: {word_list(found)}")
        if name in self._model.sets:
            raise FilterError(f"'{name:.60}' is of the type '{wanted:.120}', which the $metadata does not have")
        raise _assemble.unknown_error(name, [*self._model.sets, *map(_last_name, types)], "the $metadata")

    def whole_root(self, name: str) -> Root:
        """A type together with what is known of the whole document."""
        root = self._make_root(name, self._nested.depth)
        aliases = {alias: namespace for alias, namespace in self._model.aliases.items() if alias != namespace}
        facts = replace(
            root.facts,
            namespaces=aliases,
            types=frozenset(self._model.types),
            service_functions=_Functions(self) if self._model.functions else {},
        )
        return root._replace(facts=facts)

    def function_names(self) -> Iterator[str]:
        """The qualified names of the functions of the document, and the names of its function imports."""
        yield from self._model.functions
        yield from (name for name in self._model.imports if self.overloads(name))

    def overloads(self, name: str) -> list[Overload]:
        """The overloads of a function, by its qualified name or that of a function import."""
        found = self._model.functions.get(name)
        if found is None and name in self._model.imports:
            found = self._model.functions.get(self._model.qualify(self._model.imports[name]))
        return found or []

    def function(self, name: str, overload: Overload) -> FunctionFacts:
        """What is documented of one overload."""
        made = [(key, self._argument(key, member)) for key, member in overload.parameters.items()]
        result = primitive_facts("Untyped")
        if overload.result is not None:
            result = self._argument(name, overload.result)
        return FunctionFacts(
            name=name,
            parameters=tuple(replace(one, name=key, source=key) for key, one in made),
            optional=frozenset(overload.optional),
            result=replace(result, name="", source=""),
            bound=overload.bound,
        )

    def _argument(self, name: str, member: ModelMember) -> PropertyFacts:
        """A parameter, or what a function gives: Untyped where it is what no filter can compare."""
        with contextlib.suppress(FilterError):  # as for derived types
            found = self._make_property(name, member, self._nested.depth)
            if isinstance(found, PropertyFacts):
                return found
        return primitive_facts("Untyped")

    def _make_root(self, name: str, depth: int) -> Root:
        lineage = [*self._lineage(name)]
        members: dict[str, ModelMember] = {}
        for type_ in reversed(lineage):
            members.update(type_.members)
        facts = SchemaFacts(
            name="",
            properties={},
            type_name=name,
            derived=_Derived(self, name, depth) if name in self._derived else {},
            open=any(type_.open for type_ in lineage),
        )
        made = {key: partial(self._make_property, key, member, depth) for key, member in members.items()}
        return Root(_last_name(name), made, self._nested.depth, facts)

    def _base(self, type_: object) -> str:
        return self._model.qualify(type_.base) if isinstance(type_, Structured) else ""

    def _lineage(self, name: str) -> Iterator[Structured]:
        """A type, its base type, and so on (CSDL §6.2), as far as this document has them.

        Raises FilterError where that never ends, or ends nowhere.
        """
        seen = {""}
        while name not in seen:
            seen.add(name)
            found = self._model.types.get(name)
            if found is None and self._model.leads_out(name):
                return
            if not isinstance(found, Structured):
                raise FilterError(f"the $metadata has no type '{name:.120}' that a type could be based on")
            yield found
            name = self._model.qualify(found.base)
        if name:
            raise FilterError(f"'{name:.120}' is its own base type")

    def derives(self, name: str, base: str) -> bool:
        """Whether the type `name` derives from `base`, at whatever remove."""
        seen = set()
        while name in self._bases and name not in seen:
            seen.add(name)
            name = self._bases[name]
            if name == base:
                return True
        return False

    def types_below(self, name: str) -> Iterator[str]:
        """The types that derive from the type `name`, at whatever remove."""
        seen = {name}
        pending = [name]
        while pending:
            for below in self._derived.get(pending.pop(), ()):
                if below not in seen:
                    seen.add(below)
                    pending.append(below)
                    yield below

    def make_structure(self, name: str, depth: int) -> SchemaFacts | LeftOut:
        """What is documented of a type whose properties lead `depth` properties deep, or why there is nothing."""
        return self._nested.make_structure(name, depth + 1, partial(self._make_root, name))

    def _make_property(self, name: str, member: ModelMember, depth: int) -> PropertyFacts | LeftOut:
        element = self._make_element(name, member, depth)
        if member.many:
            return _assemble.collection_property(name, element, nullable=False)
        return _assemble.single_property(name, element, nullable=member.nullable)

    def _make_element(self, name: str, member: ModelMember, depth: int) -> Element:
        type_name = self._model.qualify(member.type)
        found = self._model.types.get(type_name)
        match found:
            case None if type_name.startswith("Edm."):
                return _primitive_property(type_name, member.nullable)
            case None if self._model.leads_out(type_name):
                return primitive_facts("Untyped", nullable=member.nullable)
            case None:
                raise FilterError(f"'{name:.60}' is of the type '{type_name:.120}', which the $metadata does not have")
            case Definition(underlying=underlying):
                return _primitive_property(underlying, member.nullable)
            case Enumeration(words=words):
                return primitive_facts("Enum", nullable=member.nullable, enum=words, type_name=type_name)
            case Structured():
                return self.make_structure(type_name, depth - 1)
            case _:
                assert_never(found)


class _Functions(Mapping[str, tuple[FunctionFacts, ...]]):
    """The functions of a document by their names, made when they are asked for, and pickled as the document."""

    def __init__(self, metadata: _Metadata) -> None:
        self._metadata = metadata
        self._made: dict[str, tuple[FunctionFacts, ...]] = {}

    def __getitem__(self, name: str) -> tuple[FunctionFacts, ...]:
        if name not in self._made:
            found = self._metadata.overloads(name)
            if not found:
                raise KeyError(name)
            self._made[name] = tuple(self._metadata.function(name, overload) for overload in found)
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        return self._metadata.function_names()

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return any(True for _ in self)

    def __eq__(self, other: object) -> bool:
        return self._metadata.is_like(other._metadata) if isinstance(other, _Functions) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _Functions, (self._metadata,)


class _Derived(Mapping[str, SchemaFacts]):
    """The types that derive from one of a document, by their qualified names, made when they are asked for.

    A document can have thousands of them, and a filter names few: it is also pickled as the document.
    """

    def __init__(self, metadata: _Metadata, name: str, depth: int) -> None:
        self._place = metadata, name, depth
        self._made: dict[str, SchemaFacts] = {}

    def __getitem__(self, name: str) -> SchemaFacts:
        if name not in self._made:
            metadata, base, depth = self._place
            if not metadata.derives(name, base):
                raise KeyError(name)
            self._made[name] = SchemaFacts(name=_last_name(name), properties={}, type_name=name)
            with contextlib.suppress(FilterError):  # what is wrong with the document is not a filter's mistake
                found = metadata.make_structure(name, depth)
                if isinstance(found, SchemaFacts):
                    self._made[name] = found
        return self._made[name]

    def __iter__(self) -> Iterator[str]:
        metadata, base, _ = self._place
        return metadata.types_below(base)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        return any(True for _ in self)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Derived):
            return NotImplemented
        (one, name, depth), (another, *place) = self._place, other._place
        return [name, depth] == place and one.is_like(another)

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> tuple[Any, ...]:
        return _Derived, self._place


def _primitive_property(type_name: str, nullable: bool) -> PropertyFacts | LeftOut:
    """The property of a type of the namespace Edm; Edm.Stream has nothing to compare."""
    kind = type_name.removeprefix("Edm.")
    if kind == "Stream":
        return LeftOut.EMPTY
    row = BY_TYPE.get(kind)
    if row is None or row.name not in PRIMITIVE_KINDS:
        return primitive_facts("Untyped", nullable=nullable)
    return primitive_facts(row.property_kind, nullable=nullable)


def _last_name(name: str) -> str:
    return name.rpartition(".")[2]
