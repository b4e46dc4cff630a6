"""How a property below another one is written: for those who write it as an attribute, or as a path in one text."""

from odatafilter._safe_text import show
from odatafilter._suggest import nearest
from odatafilter.facts import PropertyFacts, SchemaFacts


def describe_attribute(name: str, place: str, facts: PropertyFacts, *, is_known: bool) -> str:
    """What follows "has no attribute" where `name` may be meant as a property below what `facts` are of; "" if not.

    `place` is how that is written: as an expression of Python where `is_known`, else in words.
    """
    if name.startswith("_"):
        return ""
    place = place if is_known else "…"
    if facts.kind == "Untyped":
        return f"; a property below it is written {place} / {show(name)}"
    within = facts.schema or (facts.element.schema if facts.element else None)
    if within is None:
        return ""
    found = name if name in within.properties else nearest(name, within.properties)
    if found is None:
        return ""
    whose = "of its elements" if facts.kind == "Collection" else "below it"
    asked = f"a property {whose} is written" if found == name else f"{within.name} has none either; did you mean"
    below = f"{within.name}.{found}" if found.isidentifier() else f"{within.name}[{show(found)}]"
    if facts.kind == "Collection":
        return f"; {asked} {place}.any(lambda item: item / {below} == …){'' if found == name else '?'}"
    return f"; {asked} {place} / {below}{'' if found == name else '?'}"


def spell_path(name: str, start: str) -> str:
    """The path `name`, such as a/b, as it is written; `start` is how one part is, such as `of.field("a")`."""
    first, *below = name.split("/")
    return " / ".join([start.format(show(first)), *map(show, below)])


def describe_path(name: str, facts: SchemaFacts) -> str:
    """What follows "has no property" where a path is in its place; "" where none is."""
    if "/" not in name or name.partition("/")[0] not in facts.properties:
        return ""
    return f"; a path is written {spell_path(name, f'{facts.name}[{{}}]')}"
