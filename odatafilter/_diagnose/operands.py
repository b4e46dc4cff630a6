"""What people write where OData wants an operand."""

import re
from typing import Final

from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.habits import Habit
from odatafilter._diagnose.literals import NOW
from odatafilter._diagnose.pieces import COMPARISONS, DASHES, DOUBLE, NAME, PLACEHOLDER, WORDS
from odatafilter._diagnose.place import COMPARED_BEFORE, INFIX_WORD, SEEN, Place


def _lower(found: re.Match[str]) -> str:
    return found.group().lower()


FOR_OPERANDS = (
    Habit(
        rf"\A[\"`{DOUBLE}](?P<filter>[^\"`{DOUBLE}]*?[ \t](?:{COMPARISONS}|in)[ \t][^\"`{DOUBLE}]*+)"
        rf"[\"`{DOUBLE}]\Z",
        "a filter stands without quotes",
        "{filter}",
    ),
    Habit(
        rf"[\"`{DOUBLE}](?P<name>{NAME})[\"`{DOUBLE}](?=\s*+(?:[=<>!]|(?:{COMPARISONS}|in|is|like)\b))",
        "the name of a property stands without quotes",
        "{name}",
    ),
    Habit(r"=>\s*", "':' stands between a variable and its condition", ":", r"[/.](?:any|all)\([ \t]*+\w++[ \t]*+"),
    Habit(r"!\s*", "'!' is written 'not'", "not "),
    Habit(r"(?:[=<>]|&&|\|\|)++\s*", "an operator stands there already: {found!r} is one too many", ""),
    Habit(r"\+\s*", "a plus sign stands only right before digits", ""),
    Habit(rf"[{DASHES}]\s*", "{found!r} is not the minus sign '-'", "-"),
    Habit(
        r"(?=\$[a-z]*?(?-i:[A-Z]))\$(?:it|this|root|count|filter)\b",
        "{found!r} is written in lower case",
        _lower,
    ),
    Habit(r"\{(?P<items>[^{}]*+)\}", "a list stands in parentheses", "({items})", r"[ \t]in[ \t]*+"),
    Habit(r":(?P<name>[a-z_]\w*+)", "a parameter is written with '@'", "@{name}"),
    Habit(r"[$#](?=[a-z_]\w*+(?![\w=]))", "no {found!r} stands before the name of a property", ""),
    Habit(
        rf"\{{(?P<inner>[^{{}}]*?[ \t](?:{WORDS})[ \t][^{{}}]*+)\}}",
        "conditions are grouped by parentheses",
        "({inner})",
    ),
    Habit(r"//.*+|/\*.*?\*/\s*", "a filter has no comments", ""),
    Habit(r"/\s*+(?=[a-z_])", "a path begins with a name", ""),
    Habit(
        r"(?P<members>[^\W\d]\w*+(?:,\w++)*+)(?![\w.'])",
        "members of an enumeration stand in quotes",
        "'{members}'",
        r"[ \t]has[ \t]++",
    ),
    Habit(r",\s*", "a value is missing before ','", ""),
)

# --- what nobody filled in ------------------------------------------------------------------------------------------

_PLACEHOLDER: Final = re.compile(rf"[^\s'\"()@$#%{{}}\[\]<>?,]*+(?P<at>{PLACEHOLDER})", re.IGNORECASE)
_ANYWHERE: Final = re.compile(
    r"'[^']*+(?:''[^']*+)*+'|(?P<at>@?\{\{[^{}]*+\}\}|[@$#]\{[^{}]*+\}|\{%[^%]*+%\}|<%[^%]*+%>)"
)
MARKED: Final = r"[{@$%<?#…]|\.\.\."  # stands in every placeholder
_MARKED: Final = re.compile(MARKED)
_AMBIGUOUS: Final = ("?", "%", "$(")
# Where an operand is expected, these cannot be anything else.
_NO_OPERAND: Final = re.compile(r"<[a-z][\w .-]*+>|##?\w++##?|%%?[a-z]\w*+%%?|\.{3,}+|…", re.IGNORECASE)


def find_placeholder(place: Place) -> Finding | None:
    """`{{x}}`, `@{x}`, `${x}`: a template that nobody filled in. Nothing can be proposed."""
    if not _MARKED.search(place.text):
        return None
    for start in () if place.behind_operand else (*place.starts, len(place.before) - 1):
        instead = _NO_OPERAND.match(place.text, max(start, 0), place.here + SEEN)
        if instead and instead.end() > place.position:
            return Finding(f"the placeholder {instead.group()!r:.60} was not filled in", instead.span())
    for start in (*place.starts, place.here):
        found = _PLACEHOLDER.match(place.text, start, start + SEEN)
        if not found or found.end() <= place.position:
            continue
        written = found["at"]
        if place.behind_operand and written.startswith(_AMBIGUOUS):
            continue
        span = found.span("at")
        if (
            written.startswith("{")
            and not written.startswith(("{{", "{%"))
            and re.search(r"[ \t]in[ \t]*+$", place.context)
        ):
            continue  # a list in braces
        return Finding(f"the placeholder {written!r:.60} was not filled in", span)
    return None


def has_placeholder(text: str) -> bool:
    """Whether something unmistakable stands in `text`, outside strings, that nobody filled in."""
    return ("{" in text or "<%" in text) and any(found["at"] for found in _ANYWHERE.finditer(text))


# --- a path or a slash that leads nowhere ---------------------------------------------------------------------------

_MEMBER: Final = re.compile(r"[A-Z]\w*+(?:\.[A-Z]\w*+)+")
_DOTTED: Final = re.compile(r"[^\W\d][\w/]*+(?:\.[^\W\d]\w*+)+")


def find_path(place: Place) -> Finding | None:
    """Segments joined by dots, and slashes before what is no segment."""
    text, here, before = place.text, place.here, place.before
    dotted = "." in place.operand
    if (dotted or "/" in place.operand) and NOW.fullmatch(place.operand):
        mended = f"{text[: place.left]}now(){text[place.position :]}"
        return Finding(f"{place.operand!r} is written 'now()'", (place.left, place.position), mended)
    if dotted and _MEMBER.fullmatch(place.operand) and COMPARED_BEFORE.search(place.context):
        message = (
            "members of an enumeration stand in quotes, as in Shop.Color'Red'; segments of a path are joined by '/'"
        )
        return Finding(message, (place.left, place.position))
    if dotted and _DOTTED.fullmatch(place.operand):
        dot = place.left + place.operand.index(".")
        first = re.escape(place.operand.partition(".")[0])
        is_variable = re.search(rf"\([ \t]*+{first}[ \t]*+(?::|=>|->)", text[: place.left])
        if COMPARED_BEFORE.search(place.context) and not is_variable:
            mended = f"{text[: place.left]}'{place.operand}'{text[place.position :]}"
            return Finding(f"{place.operand!r:.60} stands without quotes", (place.left, place.position), mended)
        mended = text[: place.left] + place.operand.replace(".", "/") + text[place.position :]
        return Finding("the segments of a path are joined by '/'", (dot, dot + 1), mended, (place.left, place.position))
    if before.endswith("=") and place.position < here:
        return Finding("no blank stands after '='", (place.position, here), before + place.rest)
    if before.endswith("/"):
        slash = len(before) - 1
        if place.rest[:1].isdigit() or place.rest[:1] == "(":
            return Finding("'/' is written 'div'", (slash, slash + 1), f"{before[:-1]} div {place.rest}")
        if place.position < here and not INFIX_WORD.match(text, here):
            return Finding("no blank stands after '/'", (place.position, here), before + place.rest)
    return None
