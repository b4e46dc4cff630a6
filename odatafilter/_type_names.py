"""Qualified names of types in a filter, judged by what is known of the service's types (CSDL §3, §15.2).

Names are case-sensitive; an alias of a namespace stands for the namespace (attribute Alias of Schema).
"""

from typing import Final

from odatafilter._kinds import BY_TYPE
from odatafilter._suggest import nearest
from odatafilter.facts import SchemaFacts

# Types of the namespace Edm of which no property is (CSDL §4).
_ABSTRACT: Final = frozenset({"ComplexType", "EntityType", "PrimitiveType", "Stream", "Untyped"})
_COMPARED: Final = 1_000  # names of a large document that a wrong one is compared with
_EDM: Final = frozenset(BY_TYPE) - {"Collection", "Complex", "Enum"} | _ABSTRACT


def qualified(name: str, schema: SchemaFacts) -> str:
    """`name` with its namespace, where it is written with an alias for it."""
    namespace, dot, last = name.rpartition(".")
    return f"{schema.namespaces.get(namespace, namespace)}{dot}{last}"


def type_problem(name: str, schema: SchemaFacts) -> tuple[str, str | None] | None:
    """What is wrong with the name of a type, and the name that was perhaps meant; None where such a type may be."""
    bare = name.removeprefix("Collection(").removesuffix(")")
    if bare.startswith("Edm."):
        known, whose = frozenset(f"Edm.{kind}" for kind in _EDM), "OData"
    else:
        known, whose = schema.types, schema.name
    if not known or qualified(bare, schema) in known:
        return None
    meant = _nearest(bare, known)
    hint = f"; did you mean {meant}?" if meant else ""
    return f"{whose} has no type '{bare}'{hint}", meant and name.replace(bare, meant, 1)


def _nearest(name: str, known: frozenset[str]) -> str | None:
    """The type that was perhaps meant: in another namespace, in other letter case, or a slip away."""
    last = name.rpartition(".")[2]
    names = sorted(known)[:_COMPARED]
    bare = {other: other.rpartition(".")[2] for other in names}
    meant = {last.casefold()} if any(last.casefold() == one.casefold() for one in bare.values()) else set()
    if not meant and (found := nearest(last, bare.values())):
        meant = {found.casefold()}
    alike = [other for other, one in bare.items() if one.casefold() in meant]
    same = [other for other in alike if other.casefold() == name.casefold()]
    return (same or alike)[0] if len(same or alike) == 1 else None
