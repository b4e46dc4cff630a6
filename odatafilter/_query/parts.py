"""A query string, or pairs, → parts: names and values, decoded once (OData URL Conventions §2.2, §5.1)."""

import re
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple
from urllib.parse import quote, unquote_to_bytes

from odatafilter._emit import quote_for_url
from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError

# OData Protocol §8.2.8.6, RFC 7240 §2: one preference among those of the header `Prefer`.
_MAX_PAGE_SIZE: Final = re.compile(
    r'(?i)(?:^|,)[ \t]*(?:odata\.)?maxpagesize[ \t]*=[ \t]*"?([0-9]{1,9})"?[ \t]*(?=$|[,;])'
)
_BEYOND_ASCII: Final = re.compile(r"[^!-~]+")


class Part(NamedTuple):
    """One `name=value` of a query: the name as it is judged, what the part says, decoded, and how it was written."""

    name: str
    value: str
    raw: str
    is_text: bool = True


def split_query(query: object) -> list[Part]:
    """The parts of a query string, or of pairs that are decoded already. Raises FilterTypeError for anything else."""
    if isinstance(query, str | bytes):
        encoding, text = ("latin-1", query.decode("latin-1")) if isinstance(query, bytes) else ("utf-8", query)
        # Characters that no URL has are written as one would have them, so that the next link is one.
        text = _BEYOND_ASCII.sub(lambda found: quote(found.group(), "", encoding, "replace"), text.removeprefix("?"))
        return [_split_part(part) for part in text.split("&") if part]
    if type(query) is dict:
        query = query.items()
    elif isinstance(query, Mapping):
        raise FilterTypeError(
            f"the query is {show(query)}, which hides an option that stands twice: give the query string, or pairs"
        )
    if not isinstance(query, Iterable):
        raise FilterTypeError(f"the query is {show(query)}: a query string is wanted, or pairs of texts")
    parts = []
    for pair in query:
        if not (isinstance(pair, tuple | list) and len(pair) == 2 and all(isinstance(one, str) for one in pair)):  # noqa: PLR2004
            raise FilterTypeError(f"the query holds {show(pair)}: pairs of texts are wanted")
        name, value = pair
        parts.append(Part(_name_of_option(name), value, f"{_quote_part(name)}={_quote_part(value)}"))
    return parts


def _split_part(raw: str) -> Part:
    name, _, value = raw.partition("=")
    try:
        return Part(_name_of_option(_decode_part(name)), _decode_part(value), raw)
    except UnicodeDecodeError:
        shown_name = unquote_to_bytes(name.replace("+", " ")).decode("utf-8", "replace")
        shown_value = unquote_to_bytes(value.replace("+", " ")).decode("utf-8", "replace")
        return Part(_name_of_option(shown_name), shown_value, raw, is_text=False)


def _decode_part(text: str) -> str:
    return unquote_to_bytes(text.replace("+", " ")).decode("utf-8")


def _quote_part(text: str) -> str:
    return quote_for_url(text.encode("utf-8", "replace").decode("utf-8"))  # half a surrogate pair is in no URL


def preferred_page_size(header: str) -> int | None:
    """The page size that a client prefers, or None: what cannot be read is ignored, as a preference may be."""
    found = _MAX_PAGE_SIZE.search(header)
    return int(found[1]) or None if found else None


def _name_of_option(name: str) -> str:
    """The name of a system query option in lower case; any other name as it is."""
    return name.strip().lower() if name.strip().startswith("$") else name
