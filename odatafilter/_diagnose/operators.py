"""What people write behind an operand where OData wants an operator."""

import re
from typing import Final

from odatafilter._diagnose import negations
from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.habits import Habit, Table, operator
from odatafilter._diagnose.pieces import CALL, COMPARED, COMPARISONS, DASHES, DATE, INFIX, NULL, OPERAND, STRING, WORDS
from odatafilter._diagnose.place import (
    COMPARED_BEFORE,
    INFIX_WORD,
    SEEN,
    Place,
    is_whole_operand,
    operand_at,
    splice,
    word_at,
)
from odatafilter._functions import BY_LOWER_CASE, TEXT_TESTS, example_call
from odatafilter._suggest import nearest

_JOINED: Final = "texts are joined by the function 'concat'"
_FIRST: Final = r"(?:^|[(,]|[ \t](?:and|or))[ \t]*+"  # stands before the first operand of a condition
_NOT: Final = r"(?P<no>not\s++)?"  # `find_negation` knows the others


def _habit_of_infix(pattern: str, function: str) -> Habit:
    return Habit(
        rf"{_NOT}(?P<at>{pattern})\s++(?P<value>{OPERAND})",
        f"{{at!r}} is a function and stands before its arguments: {function}(name,'text')",
        f"{{no}}{function}({{left}},{{value}})",
        condition=True,
    )


def _like(text: str, function: str) -> Habit:
    return Habit(
        rf"{_NOT}(?P<at>i?like)\s++'{text}'",
        f"{{at!r}} with a wildcard is the function {function}(name,'text')",
        f"{{no}}{function}({{left}},'{{text}}')",
        rewrites=True,
        condition=True,
    )


# Tried where the parser stands.
FOR_OPERATORS = Table(
    Habit(
        r"(?:=>|->|\|)\s*", "':' stands between a variable and its condition", "{left}:", r"[/.](?:any|all)\([ \t]*+"
    ),
    Habit(
        r"=>",
        "{found!r} stands in no filter; conditions on the items of a collection are written Items/any(i:i eq 1)",
        None,
        r"[/.]\w++\([ \t]*+",
    ),
    Habit(r"(?P<at>->|::|\?\.|\\)", "the segments of a path are joined by '/'", "{left}/"),
    Habit(r"(?P<at>any|all)[ \t]*+(?=\()", "'/' stands before {at!r}", "{left}/{at}"),
    Habit(r"(?P<at>/)(?=(?:any|all)\(|\$count)", "no blank stands before '/'", "{left}/"),
    Habit(
        r"\[[0-9]++\]", "the items of a collection have no index such as {found!r}; any and all look at each of them"
    ),
    # what stands behind a filter
    Habit(r"(?:--|//|#).*+|/\*.*?\*/", "a filter has no comments", "{left}"),
    Habit(
        r"&\s*+\$?(?:top|skip|orderby|select|expand|count|search|apply|format|skiptoken|continuationToken)=.*",
        "{found!r:.60} is another query option, not a part of the filter",
        "{left}",
    ),
    Habit(
        r"(?:order\s*+by|group\s++by|limit|offset|top)\s++.*",
        "{found!r:.60} is no part of a filter; there are query options for that, such as $orderby and $top",
        "{left}",
    ),
    Habit(r"[;,.]++\s*+$", "{found!r} does not belong to the filter", "{left}"),
    # null
    Habit(
        rf"(?P<at>is\s++not|!==?|<>)\s*+{NULL}",
        "{at!r} is written 'ne'",
        "{left} ne null",
        rewrites=True,
    ),
    Habit(
        rf"(?P<at>is|={{1,3}})\s*+{NULL}(?!\s++of)",
        "{at!r} is written 'eq'",
        "{left} eq null",
        rewrites=True,
    ),
    Habit(r"is\s++not\s++empty\b", "{found!r} is written \"ne ''\"", "{left} ne ''"),
    Habit(r"is\s++empty\b", "{found!r} is written \"eq ''\"", "{left} eq ''"),
    # functions between their arguments
    Habit(
        rf"(?P<at>not\s++between)\s++(?P<low>{OPERAND})\s++and\s++(?P<high>{OPERAND})",
        "{at!r} is written as two comparisons",
        "not ({left} ge {low} and {left} le {high})",
        condition=True,
    ),
    Habit(
        rf"(?P<at>(?:is\s++)?between)\s++(?P<low>{OPERAND})\s++and\s++(?P<high>{OPERAND})",
        "{at!r} is written as two comparisons",
        "({left} ge {low} and {left} le {high})",
        condition=True,
    ),
    _like(r"%(?P<text>[^'%_]++)%", "contains"),
    _like(r"%(?P<text>[^'%_]++)", "endswith"),
    _like(r"(?P<text>[^'%_]++)%", "startswith"),
    Habit(r"not\s++i?like(?=\s++'[^'%_]*+')", "{found!r} without a wildcard is written 'ne'", "{left} ne"),
    Habit(r"i?like(?=\s++'[^'%_]*+')", "{found!r} without a wildcard is written 'eq'", "{left} eq"),
    Habit(rf"{_NOT}i?like\b", "there is no 'like'; texts are searched by contains, startswith and endswith"),
    _habit_of_infix(r"contains|includes?", "contains"),
    _habit_of_infix(r"starts?\s*+with|begins?\s*+with", "startswith"),
    _habit_of_infix(r"ends?\s*+with", "endswith"),
    _habit_of_infix(r"matche?s?|regexp?|rlike|=~|~\*?", "matchesPattern"),
    Habit(
        r"(?:is\s++)?not\s++in\b", "'not' stands before the comparison, not inside it", "not {left} in", condition=True
    ),
    Habit(
        r"(?:does\s++)?not\s++has\b",
        "'not' stands before the comparison, not inside it",
        "not {left} has",
        condition=True,
    ),
    # comparisons
    Habit(
        rf"(?P<at>(?P<first>(?P<sign>[<>])=?)\s*+(?P<middle>{CALL}|[^\s(),'\"<>=]++)\s*+(?P<second>(?P=sign)=?))\s*+(?P<high>{OPERAND})",
        "a range is written as two comparisons",
        "({left} {first} {middle} and {middle} {second} {high})",
        rewrites=True,
        condition=True,
    ),
    operator(
        r"!==?|<>|=/=|~=|≠|!\s++=|is\s++not\b(?!\s++(?:in\b|[a-z]++[ \t]))"
        r"|(?:is\s++|does\s++)?not\s++equals?(?:\s++to)?\b|not[\s_]*+eq\b|neq\b",
        "ne",
    ),
    operator(r"=?>=|=>|≥|gte\b|(?:is\s++)?(?:greater\s++than\s++or\s++equals?(?:\s++to)?|at\s++least)\b|since\b", "ge"),
    operator(r"<=|=<|≤|lte\b|(?:is\s++)?(?:less\s++than\s++or\s++equals?(?:\s++to)?|at\s++most)\b", "le"),
    operator(r">|＞|(?:is\s++)?(?:greater|more|larger|bigger)(?:\s++than)?\b|(?:is\s++)?after\b", "gt"),
    operator(r"<|＜|(?:is\s++)?(?:less|smaller|fewer)(?:\s++than)?\b|(?:is\s++)?before\b", "lt"),
    Habit(r"is\s++in\b(?=\s*+\()", "{found!r} is written 'in'", " in "),
    Habit(r"is\s++(?:one|any)\s++of\b(?=\s*+\()", "{found!r} is written 'in'", " in "),
    operator(
        r"={1,3}|＝|≡|(?<![0-9]):|(?:is|equals?)(?:\s++equal)?(?:\s++to)?\b(?!\s++(?:not|none(?:of)?|in|like|between|has)\b)",
        "eq",
    ),
    # texts that are joined
    Habit(rf"(?P<at>\+)\s*+(?P<value>{STRING})", _JOINED, "concat({left},{value})"),
    Habit(
        rf"(?P<at>\|\|)\s*+(?P<value>{STRING})(?=[ \t]++(?:{COMPARISONS}|in)[ \t])",
        _JOINED,
        "concat({left},{value})",
        _FIRST,
    ),
    Habit(
        rf"(?:(?<=')|(?<='[ \t]))(?P<at>\|\|)\s*+(?P<value>{OPERAND})",
        _JOINED,
        "concat({left},{value})",
        _FIRST,
    ),
    Habit(rf"(?P<at>\|\|)\s*+{STRING}", f"{_JOINED}, and conditions by 'or'"),
    operator(r"&&?|und\b|et\b|andalso\b", "and"),
    operator(r"\|\|?|oder\b|ou\b|orelse\b", "or"),
    # arithmetic
    operator(r"\*(?!\*)|×|times\b", "mul"),
    Habit(rf"/(?={DATE}T)", "an interval, of two timestamps, is no literal; compare with its begin and with its end"),
    operator(r"/|÷|divided\s++by\b", "div"),
    Habit(r"(?<=[0-9 ])(?P<at>%)(?=\s*+(?:$|[),]|(?:and|or)\s))", "a number has no percent sign"),
    operator(r"%|modulo\b|modulus\b|remainder\b", "mod"),
    operator(r"\+|plus\b", "add"),
    operator(rf"[{DASHES}-]|minus\b", "sub"),
    # commas and semicolons
    Habit(
        rf"(?P<at>(?:[ \t]*+,[ \t]*+{OPERAND})++)",
        "a list stands in parentheses",
        "({left}{at})",
        r"[ \t]in[ \t]++",
    ),
    Habit(
        r"(?<=[0-9])(?P<at>,)(?P<digits>[0-9]{3})(?![0-9])",
        "nothing separates the digits of a number",
        "{left}{digits}",
        rf"(?:^|{COMPARED})[+-]?",
        rewrites=True,
    ),
    Habit(
        r"(?<=[0-9])(?P<at>,)(?P<digits>[0-9]++)(?=[ \t]*+$|[ \t)])",
        "a number is written with a decimal point",
        "{left}.{digits}",
        rf"(?:^|{COMPARED})[+-]?",
        rewrites=True,
    ),
    Habit(r"(?P<at>;)\s*", "arguments and values are separated by ','", "{left},", r"\([^()]*+"),
    # the rest
    Habit(
        r"(?<=\) )xor(?= ?\()",
        "there is no 'xor'; 'ne' between two conditions is true if exactly one of them is",
        " ne ",
    ),
    Habit(r"xor\b", "there is no 'xor'; 'ne' between two conditions in parentheses is true if exactly one of them is"),
    Habit(r"(?P<at>nand|x?nor)\b", "there is no {at!r}; 'not' stands before two conditions in parentheses"),
    Habit(r"\?", "a choice is written case(condition:value,true:other)"),
)


# --- words with a negation in front ---------------------------------------------------------------------------------

_PHRASE: Final = re.compile(r"!?[^\W\d][\w-]*+(?:['’]t)?(?:[ \t]++[^\W\d]\w*+(?:['’]t)?){0,7}|![ \t]*+[^\W\d]\w*+")
_GATE: Final = re.compile(r"(?P<word>and|or)not\b", re.IGNORECASE)
_COMPLETE: Final = {"eq": " ne ", "null": " ne null", "empty": " ne ''", "true": " ne true", "false": " ne false"}


def find_negation(place: Place) -> Finding | None:
    """`notin`, `doesn't contain`, `isnot`, `ngt`, `andnot`: the negation is kept, wherever it stands in OData."""
    text, here = place.text, place.here
    if gate := _GATE.match(text, here):
        mended = splice(text, here, gate.end(), f" {gate['word']} not ")
        return Finding(f"a blank stands before 'not' in {gate.group()!r}", gate.span(), mended)
    phrase = _PHRASE.match(text, here, here + SEEN)
    words = phrase.group() if phrase else ""
    while words and (meaning := negations.negated_meaning(words)) is None:
        words = words[: max(words.rfind(" "), words.rfind("\t"), 0)].rstrip(" \t")
    if not words or meaning is None:
        return None
    span = here, here + len(words)
    message, meant = _explain_negation(place, words, meaning, span[1])
    return Finding(message, span, meant if meaning in _COMPLETE or is_whole_operand(place) else None)


def _explain_negation(place: Place, words: str, meaning: str, end: int) -> tuple[str, str | None]:
    text, left = place.text, place.left
    operand = place.operand.rstrip()
    if meaning in _COMPLETE:
        instead = _COMPLETE[meaning]
        return f"{words!r} is written {instead.strip()!r}", splice(text, place.position, end, instead)
    if meaning in {"and", "or"}:
        return f"there is no {words!r}; 'not' stands before two conditions in parentheses", None
    if meaning in {"like", "between"}:
        return f"{words!r} is written 'not {meaning}'", splice(text, place.position, end, f" not {meaning} ")
    if meaning in {"in", "has"}:
        message = f"{words!r}: 'not' stands before the comparison, not inside it"
        return message, splice(text, left, end, f"not {operand} {meaning}")
    message = f"{words!r} is no operator; 'not' stands before a comparison in parentheses"
    start = end + len(text[end:]) - len(text[end:].lstrip(" \t"))
    stop = operand_at(text, start)
    if stop is None or stop == start:
        return message, None
    value = text[start:stop]
    if meaning in TEXT_TESTS:
        message = f"{words!r} is a function and stands before its arguments: not {meaning}(name,'text')"
        return message, splice(text, left, stop, f"not {meaning}({operand},{value})")
    return message, splice(text, left, stop, f"not ({operand} {meaning} {value})")


def find_misspelt(place: Place) -> Finding | None:
    """A word that is like an operator by a slip."""
    start, end = word_at(place.text, place.here)
    word = place.text[start:end]
    follows = place.text[end:].lstrip(" \t")
    if not (place.behind_operand and place.position < start and word.isalpha() and follows) or INFIX_WORD.match(
        follows
    ):
        return None
    meant = nearest(word, INFIX)
    mended = meant and place.text[:start] + meant + place.text[end:]
    return Finding(f"unknown operator {word!r:.60}", (start, end), mended) if mended else None


# --- a lambda that no collection takes ------------------------------------------------------------------------------

_LAMBDA: Final = re.compile(r"[( \t]*+(?P<variable>[^\W\d]\w*+)[ \t)]*+(?P<arrow>=>|->)[ \t]*+")


def find_whole_lambda(place: Place) -> Finding | None:
    """`x => x.Name eq 'a'`: a filter is the condition alone, and the item is not named in it."""
    if not place.rest.startswith(("=>", "->")):
        return None
    found = _LAMBDA.match(place.text)
    if found is None or found.start("arrow") != place.here:
        return None
    condition = place.text[found.end() :]
    name = re.escape(found["variable"])
    used = re.compile(rf"{STRING}|(?<![\w./@$]){name}(?:(?P<dot>[./])|(?!\w))")
    uses = [use for use in used.finditer(condition) if use.group()[0] != "'"]
    if not uses:
        return None
    message = f"a filter is the condition alone, without '{found['variable']} =>'; properties stand without a variable"
    declared = re.search(rf"\([ \t]*+{name}[ \t]*+(?::|=>|->)", condition)
    mended = None
    if found.group().count("(") == found.group().count(")") and not declared and all(use["dot"] for use in uses):
        mended = used.sub(lambda use: "" if use["dot"] else use.group(), condition)
    return Finding(message, found.span("arrow"), mended, (0, len(place.text)))


# --- operators that lack something ----------------------------------------------------------------------------------

_ARGUMENTS: Final = re.compile(rf"{OPERAND}(?:[ \t]*+,[ \t]*+{OPERAND})*+")
_INFIX_BEFORE: Final = re.compile(rf"(?:^|[(,]|[ \t](?:{WORDS}))[ \t]*+$", re.IGNORECASE)


_GLUED: Final = re.compile(r"\weq\Z", re.IGNORECASE)


def find_operator_for_operand(place: Place) -> Finding | None:
    """`and a eq 1`, `a eq eq 1`: the parser has taken an operator for a name."""
    text, left = place.text, place.left
    if not INFIX_WORD.fullmatch(place.operand) or not _INFIX_BEFORE.search(place.context):
        return None
    span = left, place.position
    message = f"the operator {place.operand!r} stands where a property or a value is expected"
    joins = place.operand.lower() in {"and", "or"}
    again = text[:left].rstrip(" \t")[-1:] not in {"", "(", ","}
    return Finding(message, span, text[:left] + place.rest if joins or again else None)


def find_glued(place: Place) -> Finding | None:
    """`stateeq 'active'`; names that end like the other operators are too many."""
    if not _GLUED.search(place.operand):
        return None
    start, end = place.position - 2, place.position
    mended = f"{place.text[:start]} {place.text[start:]}"
    return Finding(f"a blank is missing before {place.text[start:end]!r}", (start, end), mended)


def find_lone_operator(place: Place) -> Finding | None:
    """An operator without an operand or a blank."""
    found = INFIX_WORD.match(place.text, place.here)
    if not found:
        return None
    before, word, after = place.before, found[1], place.text[found.end() :]
    if not after.strip(" \t"):
        end = len(place.text)
        mended = before if word.lower() in {"and", "or"} else None
        return Finding("the filter ends where a property or a value is expected", (end, end), mended, (place.here, end))
    where = "before" if place.here == place.position and before[-1:] != ")" else "after"
    after = after.lstrip(" \t+")  # a plus there is a blank that a URL has changed
    return Finding(f"a blank is missing {where} {word!r}", found.span(1), f"{before} {word} {after}")


def find_call_without_parentheses(place: Place) -> Finding | None:
    """`contains name,'text'`."""
    function = BY_LOWER_CASE.get(place.operand.lower())
    found = _ARGUMENTS.match(place.text, place.here, place.here + SEEN) if function else None
    if function is None or found is None:
        return None
    mended = f"{place.text[: place.position]}({found.group()}){place.text[found.end() :]}"
    message = f"the arguments of {place.operand!r} stand in parentheses: {example_call(function)}"
    return Finding(message, (place.left, place.position), mended)


_CONDITION: Final = re.compile(
    rf"(?:not[ \t]++)?(?:[\w/$]++[ \t]++(?:{COMPARISONS}|in|has)[ \t(]|[\w/$.]++\()", re.IGNORECASE
)


def find_missing_conjunction(place: Place) -> Finding | None:
    """Two conditions with a comma or nothing between them."""
    if place.rest.startswith((",", ";")) and "END" in place.expected:
        joined = f"{place.before} and {place.rest[1:].lstrip()}"
        return Finding(f"{place.rest[0]!r} is written 'and' or 'or'", (place.here, place.here + 1), joined)
    grouped = place.before.endswith(")")
    if not (grouped or COMPARED_BEFORE.search(place.context)):
        return None
    if not (_CONDITION.match(place.text, place.here, place.here + SEEN) or (grouped and place.rest.startswith("("))):
        return None
    span = word_at(place.text, place.here)
    message = f"'and' or 'or' is missing before {place.text[slice(*span)]!r:.60}"
    return Finding(message, span, f"{place.before} and {place.rest}", (place.here, place.here))


def find_missing_comma(place: Place) -> Finding | None:
    if "_COMMA" not in place.expected or not re.match(r"['0-9]", place.rest) or place.position == place.here:
        return None
    return Finding("a ',' is missing here", (place.position, place.here), f"{place.before},{place.rest}")
