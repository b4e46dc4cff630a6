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
_ESCAPE = re.compile(rb"(?s)\\(?:u[0-9A-Fa-f]{0,4}|.|\Z)")
_STRING = re.compile(rb'"[^"]*+("?)')  # where no escape is left
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CLOSING = bytes.maketrans(b"[{", b"]}")
_MOST_WORK = 64 << 20  # bytes of brackets that are looked at to find those that are left open
# What may be missing at the end of a text that was cut: the rest of a member, of a value, of a word.
_ENDINGS = (
    b"",
    b"0",
    b'"',
    b":0",
    b'":0',
    b'"":0',
    *(word[n:] for word in (b"true", b"false", b"null") for n in (1, 2, 3, 4)),
)
CUT = "ends in the middle"
_EXCERPT = 120  # characters
_SECRET = re.compile(r"(?i)(bearer|basic)\s+[\w.~+/=-]+")
_BOM = b"\xef\xbb\xbf"


class Envelope(msgspec.Struct, frozen=True):
    """The items of a page as they came, the other members of its body, its next link, and a digest of the items.

    `is_utf8` says that the whole body is, and so each of the items.
    """

    items: list[Raw]
    members: dict[str, Raw]
    link: Link
    digest: bytes
    is_utf8: bool


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
    except RecursionError:
        raise NoPageError(f"the body is nested too deeply: {excerpt(body)}") from None
    except ValueError:
        found = flaw(body, headers)
        raise NoPageError(f"the body {found}: {excerpt(body)}", cut=found == CUT) from None


def flaw(body: bytes, headers: Mapping[str, str]) -> str:
    """What is wrong with a body that cannot be read. The bytes decide, not what the decoder says of them."""
    if not body.strip():
        # What packs a body adds some bytes to it: they were cut off before the first that could be unpacked.
        packed = headers.get("content-encoding", "identity") != "identity" and headers.get("content-length") != "0"
        return CUT if packed else "is empty"
    plain = _ESCAPE.sub(b"?", body).decode("utf-8", "replace").encode()
    if _is_beginning(plain):
        return CUT
    if not is_utf8(body):
        return "is no UTF-8"
    return "holds an escape that is no character" if _is_json(plain) and not _is_json(body) else "is no JSON"


def is_utf8(text: bytes | Raw) -> bool:
    """Whether all of `text` is UTF-8."""
    try:
        str(text, "utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _is_json(text: bytes) -> bool:
    """Whether the decoder takes `text`, whatever its values."""
    try:
        _ANY.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def _is_beginning(text: bytes) -> bool:
    """Whether `text`, which holds no escapes, is the beginning of a longer JSON text and none itself."""
    brackets = _STRING.sub(b"", text).translate(None, _NO_BRACKETS)
    work, inner = 0, b""
    while inner != brackets and work < _MOST_WORK:
        inner, brackets = brackets, brackets.replace(b"[]", b"").replace(b"{}", b"")
        work += len(inner)
    closing = brackets[::-1].translate(_CLOSING)
    is_open = bool(brackets) or not _is_json(text)
    return is_open and any(_is_json(text + ending + closing) for ending in _ENDINGS)


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
    link = next_link(listing.next_paths, members, headers)
    return Envelope(items, rest, link, digest(memoryview(found)), body.isascii() or is_utf8(body))


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
