"""Words that turn a meaning round: `not`, `ne`, and whatever a negating prefix stands in front of."""

import re
from typing import Final

_CONTAINS: Final = ("contains", "contain", "containing", "includes", "include", "including")
_STARTS: Final = ("startswith", "startwith", "startingwith", "startsin", "beginswith", "beginwith", "beginningwith")
_ENDS: Final = ("endswith", "endwith", "endingwith")
_MATCHES: Final = ("matches", "match", "matchespattern", "regex", "regexp", "regexmatch", "rlike")
# What a word means without its negation, by the word without blanks, underscores and apostrophes.
MEANINGS: Final[dict[str, str]] = {
    **dict.fromkeys(("eq", "equal", "equals", "equalto", "equalsto", "same", "sameas", "thesameas"), "eq"),
    **dict.fromkeys(("null", "nil", "none"), "null"),
    **dict.fromkeys(("empty", "blank"), "empty"),
    **dict.fromkeys(("in", "inlist", "oneof", "anyof", "among", "memberof", "within"), "in"),
    **dict.fromkeys(("has", "have"), "has"),
    **dict.fromkeys(_CONTAINS, "contains"),
    **dict.fromkeys(_STARTS, "startswith"),
    **dict.fromkeys(_ENDS, "endswith"),
    **dict.fromkeys(_MATCHES, "matchesPattern"),
    **dict.fromkeys(("like", "ilike"), "like"),
    "between": "between",
    **dict.fromkeys(("gt", "greater", "greaterthan", "morethan", "largerthan", "after"), "gt"),
    **dict.fromkeys(("lt", "less", "lessthan", "smallerthan", "fewerthan", "before"), "lt"),
    **dict.fromkeys(("ge", "gte", "greaterthanorequal", "greaterthanorequalto", "greaterorequal", "atleast"), "ge"),
    **dict.fromkeys(("le", "lte", "lessthanorequal", "lessthanorequalto", "lessorequal", "atmost"), "le"),
    "true": "true",
    "false": "false",
    "and": "and",
    "or": "or",
}
_AUXILIARY: Final = "does|do|did|is|are|was|were|has|have|can|could|should|will|would"
_PREFIX: Final = re.compile(rf"(?:{_AUXILIARY})?(?:not|nt)|cant|wont|non|no|un|n|(?P<bang>!)")
_BARE: Final = frozenset({"aint", *(f"{be}{no}" for be in ("is", "are", "was", "were") for no in ("not", "nt"))})
_MEMBERS: Final = frozenset({"noneof", "isnoneof", "arenoneof"})
_BETWEEN_LETTERS: Final = re.compile(r"[\s_'’-]+")
_WORD: Final = re.compile(
    rf"\b(?=\w++['’])(?:(?:{_AUXILIARY})n|can|won)['’]t\w*+|'[^']*+(?:''[^']*+)*+(?:'|\Z)"
    r"|!(?!=)|!==?|<>|=/=|~=|≠|[^\W\d_]\w*+",
    re.IGNORECASE,
)


def negated_meaning(phrase: str) -> str | None:
    """What a phrase negates, as one of the meanings; None where it negates nothing that is known.

    `notin` gives `in`, `doesn't contain` gives `contains`, `isnt` gives `eq`.
    """
    word = (phrase if phrase.isalpha() else _BETWEEN_LETTERS.sub("", phrase)).casefold()
    if word in MEANINGS:
        return None
    if word in _MEMBERS:
        return "in"
    if word in _BARE:
        return "eq"
    for end in range(1, len(word)):
        if word[end:] in MEANINGS and _PREFIX.fullmatch(word, 0, end):
            return MEANINGS[word[end:]]
    return None


def words_without_prefix(word: str) -> list[str]:
    """What a word can be without a negating prefix: `nullorempty` for `isNotNullOrEmpty`."""
    lower = _BETWEEN_LETTERS.sub("", word).casefold()
    return [lower[end:] for end in range(1, len(lower)) if _PREFIX.fullmatch(lower, 0, end)]


def is_gate(word: str) -> bool:
    """Whether it joins two conditions and negates: `nand`, `nor`, `andnot`."""
    return word.casefold() in _GATES


def loses_negation(text: str, instead: str) -> bool:
    """Whether what is written `instead` of a text has fewer negations outside strings."""
    lost = sum(map(_is_negation, _WORD.findall(text)))
    return lost > 0 and lost > sum(map(_is_negation, _WORD.findall(instead)))


def _is_negation(word: str) -> bool:
    if not word[0].isalpha():
        return word[0] != "'"
    lower = word.casefold()
    if not lower.startswith(_STARTERS) or lower in MEANINGS:
        return lower in _PLAIN
    if lower in _PLAIN or "n't" in lower or "n’t" in lower:
        return True
    return negated_meaning(lower) is not None or lower in _GATES


_PLAIN: Final = frozenset({"not", "ne", "without", "except", "unless", "never", "neither", "cannot"})
_STARTERS: Final = (*_AUXILIARY.split("|"), "n", "un", "aint", "xnor", "and", "or")
_GATES: Final = frozenset({"nand", "nor", "xnor", "andnot", "ornot"})
