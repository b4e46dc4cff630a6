"""JSON as bytes: whether it is whole, what is wrong with it, and its parts, each without objects for the others.

A hostile text has a value for every second byte, each of which takes some 60 bytes as an object of Python. So whatever
is `LARGE` is looked into member by member and item by item.
"""

import codecs
import re
from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final, overload

import msgspec
from msgspec import Raw

LARGE: Final = 1 << 20  # bytes
_DENSE: Final = 16  # bytes for each comma: what has fewer takes more memory as objects than is worth the time they save
_VALUE, _EMPTY, _FULL = 40, 64, 184  # bytes of a number in an array, of an array or object without values, of an object
_QUOTED = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
_ANY = msgspec.json.Decoder(Raw)
_ARRAY = msgspec.json.Decoder(list[Raw])
_OBJECT = msgspec.json.Decoder(dict[str, Raw])
_BOM: Final = b"\xef\xbb\xbf"
CUT: Final = "ends in the middle"
_ASCII: Final = bytes(range(128)) + b"?" * 128
_STRING = re.compile(rb'"[^"]*+("?)')  # where no escape is left
_NO_BRACKETS = bytes(set(range(256)) - set(b"[]{}"))
_CLOSING = bytes.maketrans(b"[{", b"]}")
_MOST_WORK = 64 << 20  # bytes of brackets that are looked at to find those that are left open
# What may be missing at the end of a text that was cut: the rest of a member, of a value, of a word.
_WORDS = {word[n:] for word in (b"true", b"false", b"null") for n in range(1, len(word))}
_ENDINGS = (b"", b"0", b'"', b":0", b'":0', b'"":0', *sorted(_WORDS))
# What matters to nesting, with the comma behind it: a string, brackets without brackets inside, another value; a
# bracket that opens, and one that closes.
_TOKEN = re.compile(
    rb'(?s)(?:"(?:[^"\\]++|\\.)*+"|[\[{](?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")*+[\]}]|[^\s"\[\]{},]++)\s*+(,)?+'
    rb"|([\[{])|([\]}])\s*+(,)?+"
)


def without_bom(body: bytes) -> bytes:
    """`body` without a byte order mark, which may be ignored (RFC 8259 §8.1)."""
    return body.removeprefix(_BOM)


def is_utf8(text: bytes | Raw) -> bool:
    """Whether all of `text` is UTF-8."""
    view = memoryview(text)
    decode = codecs.getincrementaldecoder("utf-8")().decode
    try:
        for start in range(0, len(view), LARGE):
            decode(bytes(view[start : start + LARGE]), start + LARGE >= len(view))
    except UnicodeDecodeError:
        return False
    return True


def is_json(text: bytes) -> bool:
    """Whether the decoder takes `text`, whatever its values."""
    try:
        _ANY.decode(text)
    except (ValueError, RecursionError):
        return False
    return True


def flaw(body: bytes, headers: Mapping[str, str]) -> str:
    """What is wrong with a body that cannot be read. The bytes decide, not what the decoder says of them."""
    if not body.strip():
        # What packs a body adds some bytes to it: they were cut off before the first that could be unpacked.
        packed = headers.get("content-encoding", "identity") != "identity" and headers.get("content-length") != "0"
        return CUT if packed else "is empty"
    plain = body.translate(_ASCII).replace(rb"\\", b"??").replace(rb"\"", b"??").replace(b"\\", b"?")
    if _is_beginning(plain):
        return CUT
    if not is_utf8(body):
        return "is no UTF-8"
    return "holds an escape that is no character" if is_json(plain) and not is_json(body) else "is no JSON"


def _is_beginning(text: bytes) -> bool:
    """Whether `text`, which holds no escapes, is the beginning of a longer JSON text and none itself."""
    brackets = _STRING.sub(b"", text).translate(None, _NO_BRACKETS)
    work, inner = 0, b""
    while inner != brackets and work < _MOST_WORK:
        inner, brackets = brackets, brackets.replace(b"[]", b"").replace(b"{}", b"")
        work += len(inner)
    closing = brackets[::-1].translate(_CLOSING)
    is_open = bool(brackets) or not is_json(text)
    return is_open and any(is_json(text + ending + closing) for ending in _ENDINGS)


def is_dense(body: bytes | Raw) -> bool:
    """Whether `body` is large, and so full of values that all of them as objects would take many times its size."""
    return len(memoryview(body)) > LARGE and (text := bytes(body)).count(b",") * _DENSE > len(text)


def size_as_objects(text: bytes | Raw) -> int:
    """About how many bytes the values in `text` take as objects of Python, no fewer than they do."""
    plain = _QUOTED.sub(b'"', bytes(text)).translate(None, b" \t\r\n")
    empty = plain.count(b"[") + plain.count(b"{}")
    return len(memoryview(text)) + plain.count(b",") * _VALUE + empty * _EMPTY + plain.count(b'{"') * _FULL


@lru_cache(256)
def _holder(names: tuple[str, ...]) -> msgspec.json.Decoder[Any]:
    """What reads these members of an object, and makes nothing of the others."""
    fields = [(f"member{number}", Raw, None) for number in range(len(names))]
    holder = msgspec.defstruct("Holder", fields, rename={f"member{number}": name for number, name in enumerate(names)})
    return msgspec.json.Decoder(holder)


def members(text: bytes | Raw, names: Iterable[str]) -> dict[str, Raw]:
    """The members of an object, of a large one those of `names` only. Raises `msgspec.ValidationError` for another."""
    if len(memoryview(text)) <= LARGE:
        return _OBJECT.decode(text)
    chosen = tuple(sorted(set(names)))
    found = msgspec.structs.astuple(_holder(chosen).decode(text))
    return {name: raw for name, raw in zip(chosen, found, strict=True) if raw is not None}


def array_and_members(text: bytes, key: str, names: frozenset[str]) -> tuple[list[Raw], dict[str, Raw]] | None:
    """The elements of the array at `key` of an object that is not large, and its members `names`, in one pass.

    None where there is no such array, or another way has to say what is wrong.
    """
    if len(text) > LARGE:
        return None
    decoder, chosen = _holder_of_array(key, names)
    try:
        elements, *found = msgspec.structs.astuple(decoder.decode(text))
    except (ValueError, RecursionError):
        return None
    if elements is None:
        return None
    return elements, {name: raw for name, raw in zip(chosen, found, strict=True) if raw is not None}


@lru_cache(256)
def _holder_of_array(key: str, names: frozenset[str]) -> tuple[msgspec.json.Decoder[Any], tuple[str, ...]]:
    chosen = tuple(sorted(names - {key}))
    fields = [("array", list[Raw], None), *((f"member{number}", Raw, None) for number in range(len(chosen)))]
    spelt = {"array": key, **{f"member{number}": name for number, name in enumerate(chosen)}}
    return msgspec.json.Decoder(msgspec.defstruct("Holder", fields, rename=spelt)), chosen


class Elements(Sequence[Raw]):
    """The elements of a large array, each made when it is asked for: `ends` says where they end in `text`."""

    def __init__(self, text: bytes, ends: Sequence[int], chosen: range) -> None:
        self._text = text
        self._ends = ends
        self._chosen = chosen

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, index: int) -> Raw: ...
    @overload
    def __getitem__(self, index: slice) -> "Elements": ...
    def __getitem__(self, index: int | slice) -> "Raw | Elements":
        if isinstance(index, slice):
            return Elements(self._text, self._ends, self._chosen[index])
        place = self._chosen[index]
        return Raw(self._text[self._ends[place] + 1 : self._ends[place + 1]].strip())


def elements(raw: Raw) -> Sequence[Raw]:
    """The elements of an array as they stand. Raises `msgspec.ValidationError` for no array."""
    if not is_dense(raw) or (text := bytes(raw).strip())[:1] != b"[":
        return _ARRAY.decode(raw)
    ends = array("I" if len(text) < 1 << 32 else "Q", [0])
    ends.extend(_commas(text))
    if text[1:-1].strip():
        ends.append(len(text) - 1)
    return Elements(text, ends, range(len(ends) - 1))


def _commas(text: bytes) -> Iterator[int]:
    """Where the commas between the elements of the array `text`, which is JSON, stand."""
    depth = 0
    for found in _TOKEN.finditer(text, 1, len(text) - 1):
        kind = found.lastindex
        if kind == 1:  # the comma behind a value
            if depth == 0:
                yield found.end() - 1
        elif kind == 2:  # noqa: PLR2004  # a bracket that opens
            depth += 1
        elif kind is not None:
            depth -= 1
            if kind == 4 and depth == 0:  # noqa: PLR2004  # with a comma behind
                yield found.end() - 1
