"""Values of enumerations: `Shop.Color'Red, Green'`."""

import re
from typing import Final

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.pieces import NAME, QUOTES, WORDS
from odatafilter._diagnose.place import NEAR, SEEN, Place, splice

_ENUM: Final = re.compile(
    rf"(?P<type>{NAME}(?:\.{NAME})++)(?P<at>\s*+(?P<open>['{QUOTES}\"])(?P<members>[^'{QUOTES}\"]*+)['{QUOTES}\"])",
    re.IGNORECASE,
)
_MEMBER: Final = re.compile(rf"[ \t]*+({NAME}|[+-]?[0-9]++)[ \t]*+")
_OPERATOR: Final = re.compile(rf"\.({WORDS})\Z", re.IGNORECASE)
_BEGINS: Final = re.compile(r"(?:\A|[(,:]|\b(?:and|or|not)[ \t])[ \t]*+\Z", re.IGNORECASE)


def find_enum(place: Place, start: int) -> Finding | None:
    """`Shop.Color'Red, Green'`: blanks in or before it, other signs between the members, or other quotes."""
    found = _ENUM.match(place.text, start, start + SEEN)
    if not found or found.end() <= place.position:
        return None
    if operator := _OPERATOR.search(found["type"]):
        name = found["type"][: -len(operator.group())]
        begins = _BEGINS.search(place.text, max(0, start - NEAR), start)
        meant = f"{name} {operator[1].lower()} '{found['members']}'"
        return Finding(
            f"blanks and no '.' stand around {operator[1]!r}",
            (found.end("type") - len(operator.group()), found.end("type")),
            splice(place.text, *found.span(), meant) if begins else None,
        )
    members = mended_members(found["members"])
    meant = f"{found['type']}{members}"
    if meant == found.group():
        return None
    if members is None:
        message = f"{found['members']!r:.60} are no members of an enumeration: names or numbers, joined by ','"
        return Finding(message, found.span("at"))
    message = "the members of an enumeration are joined by ',' alone, in straight single quotes right after their type"
    return Finding(message, found.span("at"), splice(place.text, found.start(), found.end(), meant))


def mended_members(text: str) -> str | None:
    """Members of an enumeration in quotes, joined by `,` without blanks; None where it is something else."""
    members = [_MEMBER.fullmatch(member) for member in re.split("[,|;]", text.strip("'"))]
    return f"'{','.join(member[1] for member in members if member)}'" if all(members) else None
