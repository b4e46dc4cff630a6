"""OData `$metadata` and the name of an entity set → a schema."""

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, Final, Unpack, assert_never

from odatafilter._arguments import check
from odatafilter._suggest import listed
from odatafilter.derive import _assemble, _csdl
from odatafilter.derive._assemble import DEPTH, PRIMITIVES, DerivedSchema, Element, Nested, Options, Root
from odatafilter.derive._csdl import Definition, Enumeration, Member, Model, Structured
from odatafilter.errors import FilterError
from odatafilter.handle import Handle
from odatafilter.schema import Enum, Field

# The kinds of primitive types that are not named like their kind (CSDL §3.3).
_WIDER: Final = {"Byte": "Int32", "Int16": "Int32", "SByte": "Int32", "Single": "Double"}


def schema_from_metadata(
    document: str | bytes | Mapping[str, Any], entity_set: str, *, depth: int = DEPTH, **options: Unpack[Options]
) -> type[DerivedSchema]:
    """The schema of an entity set, or of a singleton or a type of that name, by `$metadata` in XML or JSON.

    Complex and navigation properties are followed `depth` properties deep; types that no filter can compare, such as
    Edm.Stream, are left out. Raises FilterError for a document that cannot be read, and for a name that is not in it.
    """
    check("entity_set", entity_set, str, "the name of an entity set, or of a type")
    metadata = _Metadata(_csdl.read(document))
    return _assemble.derived(metadata.root(metadata.named(entity_set), _assemble.checked_depth(depth)), options)


class _Metadata:
    def __init__(self, model: Model) -> None:
        self._model = model
        self._nested = Nested()

    def named(self, name: str) -> str:
        """The type of an entity set, or a type itself, with or without its namespace, by its qualified name."""
        types = [known for known, type_ in self._model.types.items() if isinstance(type_, Structured)]
        wanted = self._model.qualified(self._model.sets.get(name, name))
        found = [known for known in types if wanted in {known, _bare(known)}]
        if len(found) == 1:
            return found[0]
        if found:
            raise FilterError(f"the $metadata has more than one {name:.60}: {listed(found)}")
        if name in self._model.sets:
            raise FilterError(f"'{name}' is of the type '{wanted}', which the $metadata does not have")
        raise _assemble.unknown(name, [*self._model.sets, *map(_bare, types)], "the $metadata")

    def root(self, name: str, depth: int) -> Root:
        members: dict[str, Member] = {}
        for type_ in self._lineage(name):
            members = type_.members | members
        made = {key: partial(self._property, key, member, depth) for key, member in members.items()}
        return Root(_bare(name), made)

    def _lineage(self, name: str) -> Iterator[Structured]:
        """A type, its base type, and so on (CSDL §6.2). Raises FilterError where that never ends, or ends nowhere."""
        seen = {""}
        while name not in seen:
            seen.add(name)
            found = self._model.types.get(name)
            if not isinstance(found, Structured):
                raise FilterError(f"the $metadata has no type '{name:.120}' that a type could be based on")
            yield found
            name = self._model.qualified(found.base)
        if name:
            raise FilterError(f"'{name:.120}' is its own base type")

    def _property(self, name: str, member: Member, depth: int) -> Handle[Any] | None:
        element = self._element(name, member, depth)
        if member.many:
            return _assemble.collected(element, nullable=False)
        return _assemble.single(element, nullable=member.nullable)

    def _element(self, name: str, member: Member, depth: int) -> Element | None:
        type_name = self._model.qualified(member.type)
        found = self._model.types.get(type_name)
        match found:
            case None if not type_name.startswith("Edm."):
                raise FilterError(f"'{name:.60}' is of the type '{type_name:.120}', which the $metadata does not have")
            case None:
                return _primitive(type_name, member.nullable)
            case Definition(underlying=underlying):
                return _primitive(underlying, member.nullable)
            case Enumeration(words=words):
                return Enum(*words, type_name=type_name, nullable=member.nullable)
            case Structured():
                return self._nested.schema(type_name, depth, partial(self.root, type_name))
            case _:
                assert_never(found)


def _primitive(type_name: str, nullable: bool) -> Handle[Any] | None:
    """The property of a type of the namespace Edm; None for Edm.Stream, which has nothing to compare."""
    kind = type_name.removeprefix("Edm.")
    return None if kind == "Stream" else PRIMITIVES.get(_WIDER.get(kind, kind), Field)(nullable=nullable)


def _bare(name: str) -> str:
    return name.rpartition(".")[2]
