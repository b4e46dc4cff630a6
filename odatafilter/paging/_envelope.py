"""The body of an answer taken apart, without a look into the items."""

import re
from collections.abc import Mapping

import msgspec
from msgspec import Raw

from odatafilter.paging._links import Link, kind_of, next_link, split_path
from odatafilter.paging.cursor import digest
from odatafilter.paging.listing import Listing

_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_ARRAY = msgspec.json.Decoder(list[Raw])
_ANY = msgspec.json.Decoder(Raw)
_ESCAPE = re.compile(rb"(?s)\\(?:u[0-9A-Fa-f]{0,4}|.)")
CUT = "ends in the middle"
_EXCERPT = 120  # characters
_SECRET = re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]+")
_BOM = b"\xef\xbb\xbf"


class Envelope(msgspec.Struct, frozen=True):
    """The items of a page as they came, the other members of its body, its next link, and a digest of the items."""

    items: list[Raw]
    members: dict[str, Raw]
    link: Link
    digest: bytes


class NoPageError(Exception):
    """A body that is no page; `cut` says that it only looks cut off, so that asking again may help."""

    def __init__(self, reason: str, *, cut: bool = False) -> None:
        super().__init__(reason)
        self.cut = cut


def opened(body: bytes, headers: Mapping[str, str], listing: Listing) -> Envelope:
    """The parts of a page. Raises `NoPageError` where `body` is none."""
    body = body.removeprefix(_BOM)  # RFC 8259 §8.1: may be ignored
    try:
        return _taken_apart(body, headers, listing)
    except NoPageError as error:
        raise NoPageError(f"{error}: {excerpt(body)}", cut=error.cut) from None
    except UnicodeDecodeError:
        raise NoPageError(f"the body is no UTF-8: {excerpt(body)}") from None
    except RecursionError:
        raise NoPageError(f"the body is nested too deeply: {excerpt(body)}") from None
    except msgspec.DecodeError:
        found = flaw(body, headers)
        raise NoPageError(f"the body {found}: {excerpt(body)}", cut=found == CUT) from None


def flaw(body: bytes, headers: Mapping[str, str]) -> str:
    """What is wrong with a body that cannot be read. Half a surrogate pair alone looks cut off to the decoder too."""
    if not body.strip():
        # What packs a body adds some bytes to it: they were cut off before the first that could be unpacked.
        packed = headers.get("content-encoding", "identity") != "identity" and headers.get("content-length") != "0"
        return CUT if packed else "is empty"
    plain = _ESCAPE.sub(b"?", body)
    said = _refused(plain)
    if said is not None and ("truncated" in said or f"(byte {len(plain)})" in said):
        return CUT
    return "holds an escape that is no character" if said is None and _refused(body) else "is no JSON"


def _refused(body: bytes) -> str | None:
    """What the decoder says of a body that is no JSON, whatever its values."""
    try:
        _ANY.decode(body)
    except (msgspec.DecodeError, RecursionError) as error:
        return str(error)
    return None


def _taken_apart(body: bytes, headers: Mapping[str, str], listing: Listing) -> Envelope:
    keys = split_path(listing.items)
    members = _object(body) if keys or body.lstrip()[:1] != b"[" else {}
    found = Raw(body)
    inner = members
    for depth, key in enumerate(keys):
        inner = inner if depth == 0 else _object(found, ".".join(keys[:depth]))
        found = _member(inner, key, ".".join(keys[: depth + 1]))
    items = _array(found, listing.items)
    rest = {name: raw for name, raw in members.items() if not keys or name != keys[0]}
    return Envelope(items, rest, next_link(listing.next_paths, members, headers), digest(memoryview(found)))


def _object(raw: bytes | Raw, path: str = "") -> dict[str, Raw]:
    try:
        return _OBJECT.decode(raw)
    except msgspec.ValidationError:
        raise NoPageError(f"{_named(path)} is {kind_of(msgspec.json.decode(raw))}, not an object") from None


def _array(raw: Raw, path: str) -> list[Raw]:
    try:
        return _ARRAY.decode(raw)
    except msgspec.ValidationError:
        raise NoPageError(f"{_named(path)} is {kind_of(msgspec.json.decode(raw))}, not an array") from None


def _named(path: str) -> str:
    return f"'{path}'" if path else "the body"


def _member(members: dict[str, Raw], key: str, path: str) -> Raw:
    if key in members:
        return members[key]
    if "error" in members:
        raise NoPageError("an error object instead of a page")
    raise NoPageError(f"'{path}' is missing")


def excerpt(body: bytes) -> str:
    """The beginning of `body` on one line, without what looks like credentials."""
    text = " ".join(body[: 4 * _EXCERPT].decode("utf-8", "replace").split())
    text = "".join(character if character.isprintable() else "\N{REPLACEMENT CHARACTER}" for character in text)
    text = _SECRET.sub(r"\1 …", text)
    return repr(text[:_EXCERPT] + "…" if len(text) > _EXCERPT or len(body) > 4 * _EXCERPT else text)
