"""What can be the name of a property, a parameter, a type or a member (CSDL §15.2)."""

import unicodedata
from typing import Final

LONGEST: Final = 128  # characters


def name_problem(name: str) -> str | None:
    """Why `name` can be no name, or None: letters, digits and underscores, at most 128, are one."""
    if not name:
        return "a name cannot be empty"
    if len(name) > LONGEST:
        return f"a name of {len(name)} characters is too long: {LONGEST} are allowed"
    for index, character in enumerate(name):
        category = unicodedata.category(character)
        leads = character == "_" or category in {"Lu", "Ll", "Lt", "Lm", "Lo", "Nl"}
        if not leads and not (index and category in {"Nd", "Mn", "Mc", "Pc", "Cf"}):
            return f"{character!r} cannot stand {'in' if index else 'at the start of'} a name"
    return None
