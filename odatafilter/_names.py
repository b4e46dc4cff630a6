"""What can be the name of a property, a parameter, a type or a member (CSDL §15.2)."""

import re
import unicodedata
from typing import Final

LONGEST: Final = 128  # characters

# Python lets these stand in an identifier, OData not in a name; all else that Python allows is a name.
_python_only: Final = re.compile("[\u00b7\u0387\u1369-\u1371\u1885\u1886\u19da\u2118\u212e\u309b\u309c]").search


def is_plain_name(text: str) -> bool:
    """Whether `text` is a name, at a glance: a few that no alphabet of today has are left to `name_problem`."""
    return text.isidentifier() and len(text) <= LONGEST and (text.isascii() or _python_only(text) is None)


def name_problem(name: str) -> str | None:
    """Why `name` can be no name, or None: letters, digits and underscores, at most 128, are one."""
    if is_plain_name(name):
        return None
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
