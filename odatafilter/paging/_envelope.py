"""The body of an answer taken apart, without a look into the items."""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Final

import msgspec
from msgspec import Raw

from odatafilter.paging._excerpt import excerpt
from odatafilter.paging._json import (
    CUT,
    LARGE,
    array_and_members,
    elements,
    flaw,
    is_dense,
    is_utf8,
    members,
    without_bom,
)
from odatafilter.paging._links import (
    CONTEXTS,
    KNOWN_MEMBERS,
    LINK_HEADER,
    BadLink,
    Link,
    first_key,
    kind_of,
    next_link,
    split_path,
    uncovered_link,
)
from odatafilter.paging._loops import content_digest
from odatafilter.paging._refusal import ERRORS, error_beside
from odatafilter.paging.listing import Listing

# OData JSON 4.01 §4.5.4 and §4.5.6, with their shorter names and those of OData 3.
_COUNTS: Final = ("@odata.count", "@count", "odata.count")
_COUNT_BESIDE: Final = "__count"  # of OData 2, beside `results`
_DELTA_LINKS: Final = ("@odata.deltaLink", "@deltaLink", "odata.deltaLink")
_COUNT: Final = re.compile(rb"[0-9]{1,19}")


class Envelope(msgspec.Struct, frozen=True):
    """The items of a page as they came, the rest of its `body`, its next link, and a digest of the items.

    `context` is the URL that a relative link is relative to, where the body has one. `is_utf8` says that the whole body
    is, and so each of the items. `total` is how many items there are on all pages, and `delta_link` leads to what has
    changed since, where the body says so.
    """

    items: Sequence[Raw]
    body: bytes
    items_key: str | None
    link: Link
    context: str | None
    digest: bytes
    is_utf8: bool
    total: int | None = None
    delta_link: str | None = None

    def __repr__(self) -> str:
        return f"Envelope({len(self.items)} items, {len(self.body)} bytes)"

    def members(self) -> dict[str, Raw]:
        """The members of the body beside the one with the items. Raises `NoPageError` where they are too many."""
        if self.items_key is None:
            return {}
        if len(self.body) > LARGE:
            items = members(self.body, (self.items_key,))[self.items_key]
            if is_dense(self.body.replace(bytes(items), b"", 1)):
                raise NoPageError("the members beside the items hold too many values")
        found = msgspec.json.decode(self.body, type=dict[str, Raw])
        return {name: raw for name, raw in found.items() if name != self.items_key}


class NoPageError(Exception):
    """A body that is no page; `cut` says that it only looks cut off, so that asking again may help.

    `said` is what the service says in it, shown rather than the beginning of the body.
    """

    def __init__(self, reason: str, *, cut: bool = False, said: str | None = None) -> None:
        super().__init__(reason)
        self.cut = cut
        self.said = said


def open_page(body: bytes, headers: Mapping[str, str], listing: Listing) -> Envelope:
    """The parts of a page. Raises `NoPageError` where `body` is none."""
    body = without_bom(body)
    try:
        return _take_apart(body, headers, listing)
    except NoPageError as error:
        raise NoPageError(f"{error}: {error.said or excerpt(body)}", cut=error.cut) from None
    except RecursionError:
        raise NoPageError(f"the body is nested too deeply: {excerpt(body)}") from None
    except ValueError:
        found = flaw(body, headers)
        raise NoPageError(f"the body {found}: {excerpt(body)}", cut=found == CUT) from None


def _take_apart(body: bytes, headers: Mapping[str, str], listing: Listing) -> Envelope:
    keys = split_path(listing.items)
    wanted = _wanted_members(listing.next_paths)
    text = body.isascii() or is_utf8(body)
    parts = array_and_members(body, keys[0], wanted) if text and len(keys) == 1 else None
    items: Sequence[Raw]
    if parts is not None:
        items, found = parts
        around = [found]
        content = content_digest(b",".join(items))
    else:
        raw, around = _follow_path(body, keys, wanted)
        found = around[0]
        items, content = _array(raw, listing.items), content_digest(memoryview(raw))
    link, context = _link_to_next_page(listing, around, headers)
    items_key = keys[0] if keys else None
    total, delta_link = _total(found, around[-1]), _first_text(found, _DELTA_LINKS)
    return Envelope(items, body, items_key, link, context, content, text, total, delta_link)


def _follow_path(body: bytes, keys: tuple[str, ...], wanted: frozenset[str]) -> tuple[Raw, list[dict[str, Raw]]]:
    """What stands at the path `keys` of `body`, and the members that matter of each object around it, `body` first."""
    around = [_object(body, (keys[0], *wanted)) if keys else {}]
    items = Raw(body)
    for depth, key in enumerate(keys):
        if depth > 0:
            around.append(_object(items, (key, _COUNT_BESIDE, *ERRORS), ".".join(keys[:depth])))
        items = _take_member(around[-1], key, ".".join(keys[: depth + 1]))
    return items, around


@lru_cache(64)
def _wanted_members(next_paths: tuple[str, ...]) -> frozenset[str]:
    """The members of a body that matter beside the items."""
    firsts = (first_key(path) for path in next_paths if path != LINK_HEADER)
    return KNOWN_MEMBERS.union(ERRORS, CONTEXTS, _COUNTS, _DELTA_LINKS, firsts)


def _link_to_next_page(
    listing: Listing, around: Sequence[Mapping[str, Raw]], headers: Mapping[str, str]
) -> tuple[Link, str | None]:
    """The link to the next page, and its context URL. What says that the list is not whole is a link to nowhere.

    `around` are the objects around the items, the body first.
    """
    for members_beside in around:
        if (said := error_beside(members_beside)) is not None:
            return BadLink(f"the service reports an error beside the items: {said}", None, "error"), None
    found = around[0]
    link, path = next_link(listing.next_paths, found, headers)
    if link is None and (place := _find_uncovered(listing, found, headers)):
        ways = "name it in next_link of the listing, or in ignore_links if it leads to no further items"
        message = f"the last page leads on by {_spell_place(place)}, which the listing does not follow: {ways}"
        return BadLink(message, None, "uncovered"), None
    return link, None if path == LINK_HEADER else _first_text(found, CONTEXTS)


def _find_uncovered(listing: Listing, found: Mapping[str, Raw], headers: Mapping[str, str]) -> str | None:
    return uncovered_link(listing.next_paths, listing.items, listing.ignored_links, found, headers)


def _first_text(found: Mapping[str, Raw], names: Sequence[str]) -> str | None:
    """The first of the members with one of `names` that is a text, and not an empty one."""
    for name in names:
        if (raw := found.get(name)) is not None and (text := _read_text(raw)):
            return text
    return None


def _total(found: Mapping[str, Raw], beside: Mapping[str, Raw]) -> int | None:
    """The number of items on all pages, where the body says one, or what stands `beside` the items in it.

    It is a number, or its text (IEEE754Compatible).
    """
    for raw in (*map(found.get, _COUNTS), beside.get(_COUNT_BESIDE)):
        if raw is not None:
            text = bytes(raw).strip().strip(b'"')
            if _COUNT.fullmatch(text):
                return int(text)
    return None


def _spell_place(place: str) -> str:
    return "its Link header ('header:link')" if place == LINK_HEADER else f"'{place}'"


def _read_text(raw: Raw) -> str | None:
    try:
        return None if len(memoryview(raw)) > LARGE else msgspec.json.decode(raw, type=str)
    except ValueError:
        return None


def _object(raw: bytes | Raw, names: tuple[str, ...], path: str = "") -> dict[str, Raw]:
    try:
        return members(raw, names)
    except msgspec.ValidationError:
        raise NoPageError(f"{_spell_path(path)} is {_json_type_of(raw)}, not an object") from None


def _array(raw: Raw, path: str) -> Sequence[Raw]:
    try:
        return elements(raw)
    except msgspec.ValidationError:
        raise NoPageError(f"{_spell_path(path)} is {_json_type_of(raw)}, not an array") from None


def _json_type_of(raw: bytes | Raw) -> str:
    """What `raw` is called in JSON. Its first character decides; a number is looked at whole."""
    first = bytes(raw).lstrip()[:1]
    known = {b"{": "an object", b"[": "an array"}
    return known.get(first) or kind_of(msgspec.json.decode(raw))


def _spell_path(path: str) -> str:
    return f"'{path}'" if path else "the body"


def _take_member(found: dict[str, Raw], key: str, path: str) -> Raw:
    if key in found:
        return found[key]
    if (said := error_beside(found)) is not None:
        raise NoPageError("an error object instead of a page", said=said)
    if key != "value" and ("value" in found or "@odata.context" in found):
        raise NoPageError(f"'{path}' is missing, as in an OData service, which Listing.odata(url) reads")
    raise NoPageError(f"'{path}' is missing")
