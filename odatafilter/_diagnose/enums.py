"""Values of enumerations: `Shop.Color'Red, Green'`."""

import re
from typing import Final

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.patterns import NAME, QUOTES
from odatafilter._diagnose.place import SEEN, Place, spliced

_ENUM: Final = re.compile(
    rf"(?P<type>{NAME}(?:\.{NAME})++)(?P<at>\s*+(?P<open>['{QUOTES}\"])(?P<members>[^'{QUOTES}\"]*+)['{QUOTES}\"])",
    re.IGNORECASE,
)
_MEMBER: Final = re.compile(rf"[ \t]*+({NAME}|[+-]?[0-9]++)[ \t]*+")


def find_enum(place: Place, start: int) -> Finding | None:
    """`Shop.Color'Red, Green'`: blanks in or before it, other signs between the members, or other quotes."""
    found = _ENUM.match(place.text, start, start + SEEN)
    if not found or found.end() <= place.position:
        return None
    members = mended_members(found["members"])
    meant = f"{found['type']}{members}"
    if meant == found.group():
        return None
    if members is None:
        message = f"{found['members']!r:.60} are no members of an enumeration: names or numbers, joined by ','"
        return Finding(message, found.span("at"))
    message = "the members of an enumeration are joined by ',' alone, in straight single quotes right after their type"
    return Finding(message, found.span("at"), spliced(place.text, found.start(), found.end(), meant))


def mended_members(text: str) -> str | None:
    """Members of an enumeration in quotes, joined by `,` without blanks; None where it is something else."""
    members = [_MEMBER.fullmatch(member) for member in re.split("[,|;]", text.strip("'"))]
    return f"'{','.join(member[1] for member in members if member)}'" if all(members) else None
