"""Where the next link stands in an answer: a path into its body, or its Link header."""

import re
from collections.abc import Callable, Mapping
from typing import Any, Literal, TypeAlias

import msgspec
from msgspec import Raw

LINK_HEADER = "header:link"


class BadLink(msgspec.Struct, frozen=True):
    """A next link that cannot be followed: an error when it is, not before. `link` is its text, if it has one."""

    reason: str
    link: str | None = None
    kind: Literal["broken", "stranger", "loop"] = "broken"


Link: TypeAlias = str | BadLink | None

_CHOICE = re.compile(r"(.+)\[(.+)=(.+)\]")

# RFC 8288 §3: `<` URI `>`, then parameters; a comma or semicolon may stand in a URI or a quoted text.
_TARGET = re.compile(r"<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([^\s=;,"]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')


def split_path(path: str) -> tuple[str, ...]:
    """The keys of a dotted path. An annotation of OData (`@odata.nextLink`, `odata.nextLink`) is one key."""
    if not path or path.startswith("odata."):
        return (path,) if path else ()
    if "@" in path:
        return (path,)
    return tuple(path.split("."))


def leads_to_link(path: object) -> bool:
    """Whether a next link may stand at `path`. One that leads nowhere would end every walk after its first page."""
    if not isinstance(path, str) or path.lower().startswith("header:"):
        return path == LINK_HEADER
    nested = "." in path.partition("@")[0] and "@" in path and "[" not in path  # an annotation stands at the top
    return is_path(path) and not nested and all(map(_is_key, split_path(path)))


def is_path(path: object) -> bool:
    """Whether `path` is made of names joined by dots."""
    return isinstance(path, str) and path != "" and all(key == key.strip() != "" for key in split_path(path))


def _is_key(key: str) -> bool:
    return _CHOICE.fullmatch(key) is not None if "[" in key or "]" in key else True


def next_link(paths: tuple[str, ...], members: Mapping[str, Raw], headers: Mapping[str, str]) -> Link:
    """The first next link that one of `paths` leads to, in the members of a body or in its Link header."""
    for path in paths:
        link = _in_header(headers.get("link", "")) if path == LINK_HEADER else _in_body(path, members)
        if link is not None:
            return link
    return None


def _in_body(path: str, members: Mapping[str, Raw]) -> Link:
    keys = split_path(path)
    first, chosen = _chosen(keys[0])
    value = chosen(_decoded(members.get(first)))
    for done, key in enumerate(keys[1:], 1):
        if _is_none(value):
            return None
        if not isinstance(value, dict):
            return BadLink(f"'{'.'.join(keys[:done])}' is {kind_of(value)}, not an object")
        name, chosen = _chosen(key)
        value = chosen(value.get(name))
    return _link(path, value)


def _chosen(key: str) -> tuple[str, Callable[[Any], Any]]:
    """The name in a key, and what it takes from there: `links[rel=next]` the object whose `rel` is `next`."""
    found = _CHOICE.fullmatch(key)
    if found is None:
        return key, lambda value: value
    name, member, wanted = found.groups()
    return name, lambda value: _having(value, member, wanted) if isinstance(value, list) else value


def _having(objects: list[Any], member: str, wanted: str) -> Any:
    return next((each for each in objects if isinstance(each, dict) and each.get(member) == wanted), None)


def _decoded(raw: Raw | None) -> Any:
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return _UNREADABLE


_UNREADABLE = object()


def _is_none(value: object) -> bool:
    """Whether `value` is one of the forms in which servers say that no page follows."""
    return value is None or value in ({}, []) or (isinstance(value, str) and not value.strip())


def _link(path: str, value: object) -> Link:
    if _is_none(value):
        return None
    return value.strip() if isinstance(value, str) else BadLink(f"'{path}' is {kind_of(value)}, not text")


def _in_header(text: str) -> str | None:
    at = 0
    while target := _TARGET.search(text, at):
        relations, at = _relations(text, target.end())
        if "next" in relations:
            return target[1].strip() or None
    return None


def _relations(text: str, at: int) -> tuple[list[str], int]:
    """The relation types of the link whose parameters begin at `at`, and where they end. The first `rel` counts.

    A link with an anchor is one of another resource (§3.2).
    """
    relations: list[str] | None = None
    elsewhere = False
    while found := _PARAMETER.match(text, at):
        if found[1].lower() == "rel" and relations is None:
            relations = (found[2] if found[2] is not None else found[3] or "").lower().split()
        elsewhere = elsewhere or found[1].lower() == "anchor"
        at = found.end()
    return [] if elsewhere else relations or [], at


def kind_of(value: object) -> str:
    """What `value` is called in JSON, with its article."""
    match value:
        case None:
            return "null"
        case bool():
            return "a Boolean"
        case int() | float():
            return "a number"
        case str():
            return "a text"
        case list():
            return "an array"
        case dict():
            return "an object"
        case _:
            return "unreadable"
