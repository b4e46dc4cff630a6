"""The first mistake of a text that is no filter: where it stands, what was meant, and the text without it."""

import re
from typing import Final

from odatafilter import _parse, limits
from odatafilter._diagnose import (
    brackets,
    calls,
    encoding,
    enums,
    literals,
    operands,
    operators,
    prefixed,
    quotes,
    refusals,
    shapes,
)
from odatafilter._diagnose.finding import Finding
from odatafilter._diagnose.habits import Table, match_habits
from odatafilter._diagnose.pieces import ODD
from odatafilter._diagnose.place import ANY_OPERATOR, Place, place_at, word_at
from odatafilter._diagnose.whole import find_in_whole
from odatafilter._literals.strings import find_unwritable
from odatafilter._parse import lalr
from odatafilter._parse.failure import Refused, Stuck
from odatafilter._suggest import word_list
from odatafilter.errors import FilterSyntaxError

_ODD: Final = re.compile(ODD)
_EXPECTATIONS: Final = (
    ("_SLASH", "'/'"),
    ("_OPEN", "'('"),
    ("_COLON", "':'"),
    ("_EQUALS", "'='"),
    ("_COMMA", "','"),
    ("_SEMICOLON", "';'"),
    ("_CLOSE", "')'"),
    ("_CLOSE_ARRAY", "']'"),
    ("_CLOSE_OBJECT", "'}'"),
    ("_FILTER_IS", "'$filter='"),
    ("SEARCH", "'$search='"),
    ("END", "the end"),
)
_FOR_OPERANDS: Final = Table(*operands.FOR_OPERANDS[:2], *literals.STRINGS, *operands.FOR_OPERANDS[2:])
_LITERALS_BEGIN: Final = frozenset("'0123456789+-")
_FOREIGN: Final = re.compile(rf"[^ -~]|[&%+\\]|{operands.MARKED}")
_GOES_ON: Final = frozenset({"'/'", "'('", "':'", "'='"})


def mistake_left(text: str) -> Finding | None:
    """The first mistake of a mended text, or None: it is a filter, within the limits that hold where none are given."""
    try:
        _parse.parse(text)
    except _parse.Failure as failure:
        return first_mistake(text, failure)
    except FilterSyntaxError:
        return first_mistake(text)
    return None


def first_mistake(text: str, failure: _parse.Failure | None = None) -> Finding | None:
    """The first mistake of `text`, or None where it has none; most texts are known to have one.

    `failure` is what the parser has raised for it: where that says enough, the text is not read once more.
    """
    if isinstance(failure, Stuck) and failure.expected:
        return _mistake_at(place_at(text, failure.position, failure.expected))
    if found := find_unwritable(text):
        return Finding(f"{found.group()!r} cannot be sent in a URL", found.span())
    if isinstance(failure, Refused) and failure.places:
        odd = _odd_place(text, *failure.places.fault)
        return (odd and _recognise(odd)) or refusals.find_refused(text, failure, failure.places)
    try:
        tree, _ = lalr.tree_with_trace(text)
        limits.check_before_parsing(text, limits.DEFAULT)
        limits.check_tree(text, tree, limits.DEFAULT)
    except _parse.Failure as placed:
        return first_mistake(text, placed)
    except FilterSyntaxError as error:
        return Finding(error.message, error.span)
    return None


def _mistake_at(place: Place) -> Finding:
    """The mistake of a text in which the parser can go no further than to `place`."""
    odd = _odd_place(place.text, place.left, place.position)
    return find_in_whole(place) or (odd and _recognise(odd)) or _recognise(place) or _explain_unexpected(place)


def _odd_place(text: str, start: int, end: int) -> Place | None:
    """The place of the first character of a name that nobody means as a letter: the parser has gone too far."""
    found = _ODD.search(text, start, end)
    if not found or "'" in text[start : found.start()]:
        return None
    at = found.start()
    return Place(text, at, at, start, frozenset({ANY_OPERATOR if at > start else "NAME"}))


def _recognise(place: Place) -> Finding | None:
    """What is known of the mistake at `place`: the first look that recognises something."""
    for look in _LOOKS_BEHIND_OPERAND if place.behind_operand else _LOOKS_FOR_OPERAND:
        if found := look(place):
            return found
    return None


def _find_literal(place: Place) -> Finding | None:
    for start in place.starts:
        if found := prefixed.find_prefixed(place.text, start, place.position) or enums.find_enum(place, start):
            return found
    return match_habits(place, literals.LITERALS, place.starts)


def _find_habit_behind(place: Place) -> Finding | None:
    return match_habits(place, operators.FOR_OPERATORS, [place.here], place.left)


def _find_habit_before(place: Place) -> Finding | None:
    return match_habits(place, _FOR_OPERANDS, place.starts)


def _find_unclosed(place: Place) -> Finding | None:
    return quotes.find_unclosed(place.text, place.here) if place.rest.startswith("'") else None


def _find_unquoted(place: Place) -> Finding | None:
    goes_on = not place.operand.strip("0123456789.") and place.position == place.here
    if place.behind_operand and place.operand[:1] in _LITERALS_BEGIN and not goes_on:
        return None  # a literal that was read is no part of a text
    return match_habits(place, literals.UNQUOTED, place.starts)


def _find_foreign(place: Place) -> Finding | None:
    """What a URL, HTML, a program or a template has left in the text: it has one of a few signs."""
    if not _FOREIGN.search(place.text):
        return None
    for look in _LOOKS_FOR_FOREIGN:
        if found := look(place):
            return found
    return None


_LOOKS_FOR_FOREIGN: Final = (
    encoding.find_stray,
    operands.find_placeholder,
    encoding.find_entity,
    encoding.find_encoding,
    encoding.find_escape,
)
_ANYWHERE: Final = (_find_foreign, _find_literal)
_LOOKS_BEHIND_OPERAND: Final = (
    *_ANYWHERE,
    shapes.find_shape,
    brackets.find_list_after_eq,
    calls.find_method_of_call,
    operators.find_whole_lambda,
    _find_habit_behind,
    brackets.find_bracket,
    operators.find_negation,
    operators.find_operator_for_operand,
    operators.find_glued,
    operators.find_lone_operator,
    quotes.find_quote,
    operators.find_call_without_parentheses,
    operators.find_missing_conjunction,
    operators.find_missing_comma,
    _find_unquoted,
)
_LOOKS_FOR_OPERAND: Final = (
    *_ANYWHERE,
    _find_habit_before,
    brackets.find_bracket,
    _find_unclosed,
    operands.find_path,
    _find_unquoted,
)


# --- where nothing is recognised ------------------------------------------------------------------------------------


def _explain_unexpected(place: Place) -> Finding:
    if found := operators.find_misspelt(place):
        return found
    wanted = words_for(place.expected)
    if not place.rest:
        return Finding(f"the filter ends where {wanted} is expected", (place.here, place.here))
    span = word_at(place.text, place.here)
    return Finding(f"found {place.text[slice(*span)]!r:.60} where {wanted} is expected", span)


def words_for(expected: frozenset[str]) -> str:
    """What would do, in the words of OData."""
    wanted = [words for terminal, words in _EXPECTATIONS if terminal in expected]
    if ANY_OPERATOR in expected:
        return word_list(["an operator", *(words for words in wanted if words not in _GOES_ON)], "or")
    if "NUMBER" in expected:
        return "a property or a value"
    if "NAME" in expected:
        return "a property"
    if "STRING" in expected:
        return "a text of enumeration members such as 'Red,Green'"
    if "JSON_STRING" in expected:
        return word_list(["a name in double quotes", *wanted], "or")
    return word_list(wanted, "or")
