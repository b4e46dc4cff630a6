"""Pieces of the patterns with which mistakes are recognised. None of them goes back over what it has taken."""

from typing import Final

from odatafilter._grammar import pattern
from odatafilter.facts import OPERATORS

# Longer words first: `div` begins `divby`.
INFIX: Final = tuple(sorted(OPERATORS - {"not"}, key=lambda word: (-len(word), word)))
WORDS: Final = "|".join(INFIX)

NAME: Final = r"[^\W\d]\w*+"
STRING: Final = r"'[^']*+(?:''[^']*+)*+'"
CALL: Final = rf"[\w./$]*+\((?:[^()']++|{STRING}|\((?:[^()']++|{STRING})*+\))*+\)"
OPERAND: Final = rf"(?>{STRING}|{CALL}|[^\s(),'\"]++)"
COMPARISONS: Final = "eq|ne|lt|le|gt|ge"
COMPARED: Final = rf"[ \t](?:{COMPARISONS})[ \t]++"
LISTED: Final = r"[ \t]in[ \t]*+\((?:[^()]*,)?[ \t]*+"
DATE: Final = r"[0-9]{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,12})?)?"
ZONE: Final = r"(?:Z|[+-][0-9]{2}:[0-9]{2})"
DASHED: Final = pattern("GUID")
GUID: Final = DASHED.replace("}-", "}-?")  # with or without its dashes
NUMBER: Final = r"[+-]?[0-9]++(?:\.[0-9]++)?(?:e[+-]?[0-9]++)?"
END: Final = r"(?![\w.:+-])"
STOP: Final = r"(?=[\s),]|$)"
NULL: Final = r"(?:null|nil|none|undefined)\b"

BLANKS: Final = r"\s\x1c-\x1f\u0085\u180e\u2800\u3164"
INVISIBLE: Final = "\u00ad\u034f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u206f\ufe00-\ufe0f\ufeff"
# Marks that stand for single and for double quotes; the straight ones are ASCII.
SINGLE: Final = "‘’‚‛′‵´`｀＇‹›❛❜「」『』"
DOUBLE: Final = "“”„‟″‶«»＂〝〞〟❝❞"
QUOTES: Final = f"{SINGLE}{DOUBLE}"
DASHES: Final = "\u2010-\u2015\u2212\ufe58\ufe63\uff0d"
# Characters that a name would swallow, though nobody means them as letters.
ODD: Final = rf"[{BLANKS}{INVISIBLE}{QUOTES}{DASHES}≥≤≠≈×÷·≡＝＜＞…]"
# What a template leaves where nobody filled it in.
PLACEHOLDER: Final = (
    r"[@$]?\{\{[^{}]*+\}\}\}?|@[a-z]\w*+\([^()]*+(?:\([^()]*+\)[^()]*+)*+\)|[@$#%]\{[^{}]*+\}|\$\([^()]*+\)|%\(\w++\)[a-z]?|\{%[^%]*+%\}|<%[^%]*+%>|<<\w++>>"
    r"|\{\w*+(?::[a-z][^{}'\"]*+)?\}|<[a-z]\w*+>|%[sd](?!\w)|\?"
)
