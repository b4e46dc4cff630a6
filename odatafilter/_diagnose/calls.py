"""Calls of functions that OData has under another name, in another place, or not at all."""

import re
from typing import Final

from odatafilter._diagnose import literals, negations, pieces, prefixed
from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.pieces import INFIX
from odatafilter._diagnose.place import NEAR, SEEN, Place, find_closing, split_arguments
from odatafilter._functions import BY_LOWER_CASE, FUNCTIONS, TEXT_TESTS, arity
from odatafilter._suggest import nearest

CALL: Final = re.compile(r"(?P<path>[\w./]*[./])?(?P<name>\w++)\(")
_METHOD: Final = re.compile(r"[ \t]*+(?P<dot>\??\.)(?P<name>\w++)\(")
_VALUE: Final = re.compile(r"['0-9(+-]")
_LENGTH: Final = re.compile(r"(?<=\))\.(?P<name>length)\b(?!\()", re.IGNORECASE)
_STATIC: Final = frozenset({"string", "system.string", "math", "system.math", "convert"})
_STRING: Final = re.compile(r"'[^']*+(?:''[^']*+)*+'")

_COMPARES: Final = re.compile(rf" (?:{pieces.WORDS}) ")
_JOINS: Final = re.compile(r" (?:and|or) ")
_LOOSE_BEFORE: Final = re.compile(r"(?:^|[(,:!]|[ \t)](?:and|or))[ \t]*+$", re.IGNORECASE)
_LOOSE_AFTER: Final = re.compile(r"[ \t]*+(?:$|[),:]|(?:and|or)[ \t(])", re.IGNORECASE)

# What other languages, and OData 2 and 3, write as a call, with the arguments by number.
CALLS: Final = {
    "if": "case({0}: {1},true: {2})",
    "iif": "case({0}: {1},true: {2})",
    "isnull": "{0} eq null",
    "isnotnull": "{0} ne null",
    "isempty": "{0} eq ''",
    "isnullorempty": "({0} eq null or {0} eq '')",
    "nullorempty": "({0} eq null or {0} eq '')",
    "isnullorwhitespace": "({0} eq null or trim({0}) eq '')",
    **{name: f"{{0}} {name} {{1}}" for name in INFIX if name != "in"},
    "equals": "{0} eq {1}",
    "and": "({0} and {1})",
    "or": "({0} or {1})",
    "between": "({0} ge {1} and {0} le {2})",
    "like": "contains({0},{1})",
    "includes": "contains({0},{1})",
    "beginswith": "startswith({0},{1})",
    "charindex": "indexof({1},{0})",
    "count": "{0}/$count",
    "instr": "indexof({0},{1})",
    "locate": "indexof({1},{0})",
    "position": "indexof({0},{1})",
    "len": "length({0})",
    "size": "length({0})",
    "strlen": "length({0})",
    "lcase": "tolower({0})",
    "lower": "tolower({0})",
    "lowercase": "tolower({0})",
    "tolowercase": "tolower({0})",
    "tolowerinvariant": "tolower({0})",
    "ucase": "toupper({0})",
    "upper": "toupper({0})",
    "uppercase": "toupper({0})",
    "touppercase": "toupper({0})",
    "toupperinvariant": "toupper({0})",
    "ltrim": "trim({0})",
    "rtrim": "trim({0})",
    "substr": "substring({0},{1})",
    "matches": "matchesPattern({0},{1})",
    "regexmatch": "matchesPattern({0},{1})",
    "ceil": "ceiling({0})",
    "years": "year({0})",
    "months": "month({0})",
    "days": "day({0})",
    "hours": "hour({0})",
    "minutes": "minute({0})",
    "seconds": "second({0})",
    "tostring": "cast({0},Edm.String)",
    "distance": "geo.distance({0},{1})",
    "intersects": "geo.intersects({0},{1})",
}
# What a call negates → what it is in OData.
_NEGATED: Final = {
    "eq": "{0} ne {1}",
    "null": "{0} ne null",
    "empty": "{0} ne ''",
    "like": "not contains({0},{1})",
    "between": "not ({0} ge {1} and {0} le {2})",
    **{name: f"not {name}({{0}},{{1}})" for name in TEXT_TESTS},
}
# Methods that move a timestamp → the unit of their argument in a duration.
_MOVES: Final = {"adddays": "P{}D", "addhours": "PT{}H", "addminutes": "PT{}M", "addseconds": "PT{}S"}


_KNOWN: Final = frozenset({*BY_LOWER_CASE, "any", "all", "case"})


def is_unknown(function: str) -> bool:
    return function.lower() not in _KNOWN


def find_call(text: str, found: re.Match[str], end: int) -> Finding | None:
    """A call of a function that OData has not, but something like it; `found` is its beginning, `end` its end."""
    name = found["name"]
    if not found["path"] and not is_unknown(name):
        return None
    given = split_arguments(text, found.end(), end - 1)
    if found["path"]:
        if found["path"].lower() == "geo.":
            return _find_geo(text, found, given)
        return _find_method(text, found, end, given) if text[found.start("name") - 1] == "." else None
    span = found.span("name")
    meant = _translate_foreign_call(name, given)
    if meant is not None:
        message = f"unknown function '{name}'; it is written {meant:.60}"
        return Finding(message, span, _put_in_place_of_call(text, span[0], end, meant))
    nearby = nearest(name, FUNCTIONS)
    if nearby and _takes(nearby, len(given)):
        mended = text[: span[0]] + nearby + text[span[1] :]
        return Finding(f"unknown function '{name:.60}'; there is '{nearby}'", span, mended)
    return None


def _find_geo(text: str, found: re.Match[str], given: list[str]) -> Finding | None:
    whole = found.group()[:-1]
    nearby = None if whole.lower() in BY_LOWER_CASE else nearest(whole, [name for name in FUNCTIONS if "." in name])
    if nearby is None or not _takes(nearby, len(given)):
        return None
    span = found.start(), found.end() - 1
    mended = text[: span[0]] + nearby + text[span[1] :]
    return Finding(f"unknown function '{whole:.60}'; there is '{nearby}'", span, mended)


def _translate_foreign_call(name: str, given: list[str]) -> str | None:
    """What a call of a function of another language is in OData."""
    lower = name.lower()
    if lower == "substringof" and len(given) == 2:  # noqa: PLR2004 - the text and where it is looked for
        return _contains(*given)
    if lower in {"notin", "nin", "in"} and len(given) > 1 and all(_VALUE.match(one) for one in given[1:]):
        values = ",".join(given[1:]) if len(given) > 2 or given[1][:1] != "(" else given[1].strip("()")  # noqa: PLR2004
        return f"{'' if lower == 'in' else 'not '}{given[0]} in ({values})"
    if lower in CALLS:
        return _fill_template(CALLS[lower], given)
    meaning = negations.negated_meaning(name)
    if meaning in _NEGATED:
        return _fill_template(_NEGATED[meaning], given)
    for rest in negations.words_without_prefix(name):
        if rest in CALLS and (positive := _fill_template(CALLS[rest], given)) and _COMPARES.search(positive):
            return f"not {positive}" if positive[0] == "(" else f"not ({positive})"
    return None


def _contains(one: str, other: str) -> str:
    """`substringof` of OData 2 and 3: what is no literal is searched in, whichever place it stands in."""
    first, second = (_STRING.fullmatch(each) is not None for each in (one, other))
    return f"contains({one},{other})" if second and not first else f"contains({other},{one})"


def _fill_template(template: str, given: list[str]) -> str | None:
    wanted = len(set(re.findall(r"\{([0-9])\}", template)))
    if len(given) != wanted:
        return None
    if _COMPARES.search(template):
        looser = _JOINS if _JOINS.search(template) else _COMPARES
        given = [f"({one})" if looser.search(_outermost(one)) else one for one in given]
    return template.format(*given)


def _outermost(text: str) -> str:
    """`text` without what stands in parentheses or quotes."""
    return re.sub(rf"{pieces.STRING}|{pieces.CALL}", "", text)


def _put_in_place_of_call(text: str, start: int, end: int, meant: str) -> str:
    """`text` with `meant` in the place of a call: in parentheses where an operator beside it would bind tighter."""
    before, after = text[:start], text[end:]
    tight = not _LOOSE_BEFORE.search(before[-NEAR:]) or not _LOOSE_AFTER.match(after)
    return f"{before}({meant}){after}" if tight and _COMPARES.search(_outermost(meant)) else before + meant + after


def _takes(function: str, number: int) -> bool:
    least, most = arity(function)
    return least <= number <= most


# --- methods --------------------------------------------------------------------------------------------------------


def _find_method(text: str, found: re.Match[str], end: int, given: list[str]) -> Finding | None:
    """`Items.any(…)` and `name.contains('x')`: a dot where others call a method."""
    name, path, dot = found["name"], found["path"][:-1], found.start("name") - 1
    if name.lower() in {"any", "all"}:
        mended = f"{text[:dot]}/{name.lower()}{text[found.end() - 1 :]}"
        return Finding(f"'/' and no '.' stands before '{name}'", (dot, dot + 1), mended, (dot, found.end()))
    if path.lower() in _STATIC and given:
        meant = _call_of_method(given[0], name, given[1:])
    else:
        meant = _call_of_method(path.replace(".", "/"), name, given)
    if meant is None:
        return None
    return _method(text, (found.start(), end), found.span("name"), name, meant)


def _method(text: str, whole: tuple[int, int], span: tuple[int, int], name: str, meant: str) -> Finding:
    wanted = f"is a function and stands before its arguments: {meant:.60}"
    if name.lower() in _MOVES:
        wanted = f"is written with a duration: {meant:.60}"
    mended = _put_in_place_of_call(text, *whole, meant)
    return Finding(f"{name!r} {wanted}", span, mended, whole if name.lower() in _MOVES else span)


def _call_of_method(owner: str, name: str, given: list[str]) -> str | None:
    """The call of a function, or what it is in OData, of a method of `owner`."""
    lower = name.lower()
    owner = "now()" if literals.NOW.fullmatch(owner) else owner
    if lower in _MOVES and len(given) == 1:
        return _moved_by_duration(owner, _MOVES[lower], given[0])
    if lower in {"any", "all"}:
        return f"{owner}/{lower}({','.join(given)})"
    function = BY_LOWER_CASE.get(lower)
    if function is None:
        return _translate_foreign_call(name, [owner, *given])
    return f"{function}({','.join([owner, *given])})" if _takes(function, 1 + len(given)) else None


def _moved_by_duration(owner: str, unit: str, amount: str) -> str | None:
    """`now().AddDays(-7)`: a duration added or subtracted."""
    found = re.fullmatch(r"(-?)([0-9]++)", amount)
    if not found:
        return None
    return f"{owner} {'sub' if found[1] else 'add'} duration'{unit.format(found[2])}'"


def _owner(operand: str) -> str:
    """`n.ToLower()` as the function that it is: nothing that the service defines has a method behind it."""
    found = CALL.match(operand)
    if (
        not found
        or not found["path"]
        or found["path"][-1] != "."
        or find_closing(operand, found.end() - 1) != len(operand) - 1
    ):
        return operand
    given = split_arguments(operand, found.end(), len(operand) - 1)
    return _call_of_method(found["path"][:-1].replace(".", "/"), found["name"], given) or operand


def find_method_of_call(place: Place) -> Finding | None:
    """`tolower(n).contains('x')`: the call takes the operand before it as its first argument; chains go outwards."""
    text = place.text
    if not place.rest.startswith((".", "?.")):
        return None
    if length := _LENGTH.match(text, place.position):
        whole = place.left, length.end()
        called = f"length({_owner(place.operand)})"
        return _method(text, whole, length.span("name"), length["name"], called)._replace(repaired=whole)
    found = _METHOD.match(text, place.position, place.position + SEEN)
    if not found or not place.operand:
        return None
    end = find_closing(text, found.end() - 1)
    if end is None:
        return None
    owner = _owner(place.operand)
    meant = _call_of_method(owner, found["name"], split_arguments(text, found.end(), end))
    if meant is None:
        message = f"'.' stands before no function of OData; {found['name']!r:.60} is none that is known by another name"
        return Finding(message, found.span("name"))
    finding = _method(text, (place.left, end + 1), found.span("name"), found["name"], meant)
    return finding if owner == place.operand else finding._replace(repaired=(place.left, found.end()))


_CALL_OF_NOTHING: Final = re.compile(rf"{pieces.STRING}|(?<![\w./$@])(?P<path>[^\W\d][\w./]*+)\(\)")
_METHODS: Final = frozenset({"tolower", "toupper", "trim", "count", "any"})


def mend_methods(text: str) -> str:
    """`text` with the function for each `n.ToLower()`: alone it reads as a function of the service, since it may be
    one, but not in a text that is refused for something else.
    """
    return _CALL_OF_NOTHING.sub(_method_as_function, text) if "()" in text else text


def _method_as_function(found: re.Match[str]) -> str:
    path, _, name = (found["path"] or "").rpartition(".")
    is_cast = "/" in path and "." in path
    if not path or is_cast or name.lower() not in _METHODS or path.lower() in _STATIC:
        return found.group()
    return _call_of_method(path.replace(".", "/"), name, []) or found.group()


# --- literals with prefixes as calls ---------------------------------------------------------------------------------


def find_literal_call(text: str, start: int, end: int) -> Finding | None:
    """`datetime('2024-06-24T13:00:00')`."""
    found = prefixed.find_prefixed(text, start, start)
    return found if found and found.span[1] == end else None
