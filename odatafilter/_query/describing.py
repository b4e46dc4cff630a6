"""What OpenAPI and JSON Schema say of query options: what may be filtered, sorted and selected."""

from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from odatafilter._kinds import KINDS
from odatafilter._query.reading import PageBounds
from odatafilter._suggest import word_list
from odatafilter.facts import OPERATORS, PropertyFacts, SchemaFacts
from odatafilter.order import has_order, is_sortable

_LISTED: Final = 200  # properties that a description lists
_DEEPEST: Final = 3  # properties of properties that it shows


class Service(NamedTuple):
    """What a service takes: its properties, the bounds of a page, and the paths that it sorts by if it names them."""

    schema: SchemaFacts
    page_size: PageBounds | None
    sortable: frozenset[str] | None


def describe_filter(schema: SchemaFacts) -> tuple[str, dict[str, Any]]:
    """What a filter of the schema may hold, in Markdown, and its JSON Schema."""
    lines = ["Which items to return: an OData filter expression.", "", "| property | type | may be |", "|---|---|---|"]
    found = list(_properties(schema))
    lines += [_table_row(path, facts, schema) for path, facts in found[:_LISTED]]
    if len(found) > _LISTED:
        lines += ["", f"And {len(found) - _LISTED} more properties."]
    lines += ["", f"Operators: {', '.join(f'`{one}`' for one in sorted(schema.operators)) or 'none'}."]
    functions = sorted(schema.functions)
    if functions:
        lines.append(f"Functions: {', '.join(f'`{one}`' for one in functions)}.")
    return "\n".join(lines), {"type": "string", "examples": _examples(schema)}


def _describe_orderby(service: Service) -> tuple[str, dict[str, Any]]:
    schema = service.schema
    if service.sortable is None:
        paths = [path for path, facts in _properties(schema) if has_order(path, schema) and is_sortable(facts)]
    else:
        paths = sorted(service.sortable)
    text = "What the items are sorted by: properties joined by commas, each with `asc` or `desc` after it if at all. "
    return f"{text}Null is less than every value. {_listed_paths(paths)}", {"type": "string", "examples": paths[:1]}


def _describe_select(service: Service) -> tuple[str, dict[str, Any]]:
    paths = [path for path, _ in _properties(service.schema)]
    text = f"Which properties of the items to return, joined by commas. {_listed_paths(paths)}"
    return text, {"type": "string", "examples": paths[:1]}


def _describe_top(service: Service) -> tuple[str, dict[str, Any]]:
    page_size = service.page_size
    if page_size is None:
        return "How many items to return at most.", {"type": "integer", "minimum": 0}
    form = {"type": "integer", "minimum": page_size.min}
    if page_size.max is not None:
        form["maximum"] = page_size.max
    default = "" if page_size.default is None else f" {page_size.default} by default."
    return f"How many items a page has at most.{default}", form


def _describe_skip(_: Service) -> tuple[str, dict[str, Any]]:
    return "How many items to leave out at the beginning.", {"type": "integer", "minimum": 0}


def _describe_count(_: Service) -> tuple[str, dict[str, Any]]:
    return "Whether to return how many items there are on all pages.", {"type": "boolean", "default": False}


DESCRIPTIONS: Final[dict[str, Callable[[Service], tuple[str, dict[str, Any]]]]] = {
    "$filter": lambda service: describe_filter(service.schema),
    "$orderby": _describe_orderby,
    "$top": _describe_top,
    "$skip": _describe_skip,
    "$count": _describe_count,
    "$select": _describe_select,
}


def _properties(schema: SchemaFacts, before: str = "", depth: int = 1) -> Iterator[tuple[str, PropertyFacts]]:
    """The properties by their paths, those of complex ones below them."""
    for name, facts in schema.properties.items():
        path = f"{before}{name}"
        yield path, facts
        below = facts.schema or (facts.element.schema if facts.element is not None else None)
        if below is not None and depth < _DEEPEST:
            yield from _properties(below, f"{path}/", depth + 1)


def _table_row(path: str, facts: PropertyFacts, schema: SchemaFacts) -> str:
    element = facts.element
    kind = f"Collection of {element.kind}" if element is not None else facts.kind
    own = facts.operators & schema.operators
    notes = []
    if facts.enum:
        notes.append(word_list([f"`{word}`" for word in facts.enum], "or"))
    if facts.nullable and element is None:
        notes.append("null")
    if own != OPERATORS & schema.operators:
        notes.append(f"with {word_list([f'`{one}`' for one in sorted(own)])} only")
    return f"| `{path}` | {kind} | {', '.join(notes)} |"


def _listed_paths(paths: list[str]) -> str:
    some = ", ".join(f"`{path}`" for path in paths[:_LISTED])
    return f"Properties: {some}{f' and {len(paths) - _LISTED} more' if len(paths) > _LISTED else ''}."


def _examples(schema: SchemaFacts) -> list[str]:
    """One comparison that the schema allows."""
    for name, facts in schema.properties.items():
        row = KINDS.get(facts.kind)
        if "eq" in schema.operators & facts.operators and row is not None and row.example:
            return [f"{name} eq '{facts.enum[0]}'" if facts.enum else f"{name} eq {row.example}"]
    return []
