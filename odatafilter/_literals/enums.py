"""Members of an enumeration, by name or number, joined by commas (ABNF enumValue)."""

import enum

from odatafilter._literals.numbers import is_integer
from odatafilter._names import name_problem


def are_members(text: str) -> bool:
    """Whether a text could be members of an enumeration, each by its name or its number."""
    return all(is_integer(member) or name_problem(member) is None for member in text.split(","))


def members_of(member: enum.Enum) -> list[str]:
    """The words for a member of an enumeration of Python's: the flags that are set, else its value if that is a text,
    else its name.
    """
    if isinstance(member, enum.Flag):
        flags = list(member)
        rest = member.value - sum(flag.value for flag in flags)  # bits without a name go by their number
        return [*(str(flag.name) for flag in flags), *([str(rest)] if rest else [])]
    return member.value.split(",") if isinstance(member.value, str) else [member.name]
