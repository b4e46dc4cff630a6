"""Where the next link stands in an answer: a path into its body, or its Link header; and where else one may stand."""

import re
from collections.abc import Callable, Container, Mapping
from functools import lru_cache
from typing import Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Raw

from odatafilter.paging._json import LARGE
from odatafilter.paging._json import members as json_members

LINK_HEADER: Final = "header:link"
LONGEST_LINK: Final = 1 << 16  # characters; httpx takes no more either


class BadLink(msgspec.Struct, frozen=True):
    """A next link that cannot be followed: an error when it is, not before. `link` is its text, if it has one."""

    reason: str
    link: str | None = None
    kind: Literal["broken", "stranger", "loop", "error", "uncovered"] = "broken"

    def __repr__(self) -> str:
        return f"BadLink({self.kind!r}, {self.reason!r})"  # a link may hold a secret


Link: TypeAlias = str | BadLink | None

# Members that lead on, and those that do where their text looks like a URL: of OData 2 to 4.01, Azure, HAL, JSON:API,
# Django REST framework, Laravel and others. What stands beside the items of a nested path may lead on, too.
_LINKS: Final = ("nextLink", "NextLink", "@odata.nextLink", "@nextLink", "odata.nextLink", "_links.next", "d.__next")
_PERHAPS_LINKS: Final = (
    *(
        "next",
        "nextPage",
        "nextPageLink",
        "nextPageUrl",
        "nextUrl",
        "next_link",
        "next_page",
        "next_page_url",
        "next_url",
        "__next",
    ),
    *("links.next", "links[rel=next]", "_links[rel=next]", "meta.next", "page.next", "pagination.next", "paging.next"),
    *("meta.nextLink", "page.nextLink", "pagination.nextLink", "paging.nextLink"),
)
_BESIDE_ITEMS: Final = ("nextLink", "__next", "next", "_links.next", "links.next")
_URL: Final = re.compile(r"(?i)(?:https?:/)?[/?]|[^\s?#:]*+\?\S*=")
_CONTINUATION: Final = re.compile(r"x-ms-continuation(?:token|-.*)?|x-continuation-?token|x-next-(?:cursor|page|token)")
CONTEXTS: Final = ("@odata.context", "@context", "odata.metadata")  # OData JSON 4.01 §4.6.1, and OData 3
_CHOICE = re.compile(r"(.+)\[(.+)=(.+)\]")

# RFC 8288 §3: `<` URI `>`, then parameters; a comma or semicolon may stand in a URI or a quoted text.
_TARGET = re.compile(r"<([^<>]*)>")
_PARAMETER = re.compile(r'\s*;\s*([^\s=;,"]*)\s*(?:=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;,"]*)))?')


@lru_cache(256)
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
    return isinstance(path, str) and bool(path) and all(key and key == key.strip() for key in split_path(path))


def _is_key(key: str) -> bool:
    return _CHOICE.fullmatch(key) is not None if "[" in key or "]" in key else True


def first_key(path: str) -> str:
    """The member of a body at which `path` begins."""
    return _choice_of(split_path(path)[0])[0]


def next_link(
    paths: tuple[str, ...], members: Mapping[str, Raw], headers: Mapping[str, str]
) -> tuple[Link, str | None]:
    """The first next link that one of `paths` leads to, in the members of a body or in its Link header, and that path.

    A path that does not fit is passed over where a later one leads to a link.
    """
    misfit: BadLink | None = None
    for path in paths:
        link = _in_header(headers.get("link", "")) if path == LINK_HEADER else _in_body(path, members)
        if isinstance(link, str):
            return link, path
        misfit = misfit or link
    return misfit, None


def uncovered_link(
    paths: tuple[str, ...],
    items: str,
    ignored: Container[str],
    members: Mapping[str, Raw],
    headers: Mapping[str, str],
) -> str | None:
    """What leads on from a page, but stands where none of `paths` looks and is not `ignored`: its place, or None.

    `items` is the path of the items.
    """
    parent = items.rpartition(".")[0] if "@" not in items else ""
    beside = tuple(f"{parent}.{name}" for name in _BESIDE_ITEMS) if parent else ()
    for path in dict.fromkeys((*_LINKS, *_PERHAPS_LINKS, *beside)):
        covered = any(other == path or other.startswith((f"{path}.", f"{path}[")) for other in paths)
        if not covered and path.lower() not in ignored and _leads_on(path, members):
            return path
    for name, value in headers.items():
        if _CONTINUATION.fullmatch(name.lower()) and value.strip() and name.lower() not in ignored:
            return name
    covered = LINK_HEADER in paths or LINK_HEADER in ignored or "link" in ignored
    return None if covered or _in_header(headers.get("link", "")) is None else LINK_HEADER


def _leads_on(path: str, members: Mapping[str, Raw]) -> bool:
    """Whether the text at `path`, or its member `href`, looks like a link."""
    found = _in_body(path, members)
    if isinstance(found, BadLink):
        found = _in_body(f"{path}.href", members)
    is_sure = path in _LINKS or path.endswith((".nextLink", ".__next", "._links.next"))
    return isinstance(found, str) and (is_sure or _URL.match(found) is not None)


def _in_body(path: str, members: Mapping[str, Raw]) -> Link:
    """The next link at `path`. What is large is not decoded on the way there: no link is."""
    keys = split_path(path)
    first, chosen = _choice_of(keys[0])
    raw, done = members.get(first), 1
    if raw is None:
        return None
    while raw is not None and len(memoryview(raw)) > LARGE:
        if done == len(keys) or (name := _choice_of(keys[done])[0]) != keys[done] or first != keys[0]:
            return BadLink(f"'{'.'.join(keys[:done])}' holds over {LARGE} bytes, where a link is wanted")
        try:
            raw, done = json_members(raw, (name,)).get(name), done + 1
        except (ValueError, RecursionError):
            return BadLink(f"'{'.'.join(keys[:done])}' is not an object")
    value = chosen(_decode_json(raw)) if done == 1 else _decode_json(raw)
    for key in keys[done:]:
        if _is_none(value):
            return None
        if key == "href" and isinstance(value, list) and len(value) == 1 and isinstance(value[0], dict):
            value = value[0]  # HAL §4.1.1: a link object, or an array of them
        if not isinstance(value, dict):
            return BadLink(f"'{'.'.join(keys[:done])}' is {kind_of(value)}, not an object")
        name, chosen = _choice_of(key)
        value, done = chosen(value.get(name)), done + 1
    return _link(path, value)


@lru_cache(256)
def _choice_of(key: str) -> tuple[str, Callable[[Any], Any]]:
    """The name in a key, and what it takes from there: `links[rel=next]` the object whose `rel` is `next`."""
    found = _CHOICE.fullmatch(key)
    if found is None:
        return key, lambda value: value
    name, member, wanted = found.groups()
    return name, lambda value: _first_object_with(value, member, wanted) if isinstance(value, list) else value


def _first_object_with(objects: list[Any], member: str, wanted: str) -> Any:
    return next((each for each in objects if isinstance(each, dict) and each.get(member) == wanted), None)


def _decode_json(raw: Raw | None) -> Any:
    try:
        return None if raw is None else msgspec.json.decode(raw)
    except (ValueError, RecursionError):
        return _UNREADABLE


_UNREADABLE = object()


def _is_none(value: object) -> bool:
    """Whether `value` is one of the forms in which servers say that no page follows."""
    if isinstance(value, str):
        return not value.strip()
    return value is None or value is False or value in ({}, [])


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


KNOWN_MEMBERS: Final = frozenset(map(first_key, (*_LINKS, *_PERHAPS_LINKS)))  # members that are looked at, in any page
