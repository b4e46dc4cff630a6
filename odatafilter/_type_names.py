"""Qualified names of types in a filter, judged by what is known of the service's types (CSDL §3, §15.2).

Names are case-sensitive; an alias of a namespace stands for the namespace (attribute Alias of Schema).
"""

import functools
from collections.abc import Callable
from typing import Final, TypeAlias

from odatafilter._kinds import BY_TYPE
from odatafilter.facts import SchemaFacts

# Types of the namespace Edm of which no property is (CSDL §4).
_ABSTRACT: Final = frozenset({"ComplexType", "EntityType", "PrimitiveType", "Stream", "Untyped"})
_EDM: Final = frozenset(f"Edm.{kind}" for kind in frozenset(BY_TYPE) - {"Collection", "Complex", "Enum"} | _ABSTRACT)
NearestWord: TypeAlias = Callable[[str, tuple[str, ...]], str | None]


def element_type(name: str) -> str:
    """The type of the elements where `name` is that of a collection, else `name` itself."""
    is_collection = name.startswith("Collection(") and name.endswith(")")
    return name[len("Collection(") : -1] if is_collection else name


def qualify(name: str, schema: SchemaFacts) -> str:
    """`name` with its namespace, where it is written with an alias for it."""
    namespace, dot, last = name.rpartition(".")
    return f"{schema.namespaces.get(namespace, namespace)}{dot}{last}"


def type_problem(name: str, schema: SchemaFacts, nearest: NearestWord) -> tuple[str, str | None] | None:
    """What is wrong with the name of a type, and the name that was perhaps meant; None where such a type may be.

    `nearest` looks for a word that is like another among many.
    """
    bare = element_type(name)
    if bare.startswith("Edm."):
        known, whose = _EDM, "OData"
    else:
        known, whose = schema.types, schema.name
    if not known or qualify(bare, schema) in known:
        return None
    meant = _nearest(bare, known, nearest)
    hint = f"; did you mean {meant}?" if meant else ""
    return f"{whose} has no type '{bare}'{hint}", meant and name.replace(bare, meant, 1)


def _nearest(name: str, known: frozenset[str], nearest: NearestWord) -> str | None:
    """The type that was perhaps meant: in another namespace, in other letter case, or a slip away."""
    by_last_name = _by_last_name(known)
    last = name.rpartition(".")[2].casefold()
    alike = by_last_name.get(last) or by_last_name.get(nearest(last, tuple(by_last_name)) or "", ())
    same = [other for other in alike if other.casefold() == name.casefold()] or alike
    return same[0] if len(same) == 1 else None


@functools.lru_cache(8)
def _by_last_name(known: frozenset[str]) -> dict[str, tuple[str, ...]]:
    """Qualified names by what stands behind their namespace, in lower case."""
    found: dict[str, tuple[str, ...]] = {}
    for name in sorted(known):
        last = name.rpartition(".")[2].casefold()
        found[last] = (*found.get(last, ()), name)
    return found
