"""What the tree builder refuses though the grammar accepts it, in words."""

import re
from typing import Final

from odatafilter._diagnose import calls, enums, negations, shapes
from odatafilter._diagnose.finding import Finding
from odatafilter._functions import BY_LOWER_CASE, FUNCTIONS, arity, example_call
from odatafilter._parse.failure import Misplaced, Places, Reason, Refused
from odatafilter._suggest import nearest
from odatafilter.tree import Property, TypeName

_TYPE_SEGMENT: Final = re.compile(r"/\w++\.")
_IN_PARENTHESES: Final = re.compile(r"\w++\([ \t]*+(?P<at>\([ \t]*+(?P<name>\w++)[ \t]*+\))[ \t]*+:")
_TIME_AT_END: Final = re.compile(
    r"(?<![:.'\w])(?<!:[ \t])(?P<hour>[0-9]{2}):[0-9]{2}(?P<second>:[0-9]{2}(?:\.[0-9]{1,12}+)?)?(?=[ \t]*[,)])"
)
_SENTENCES: Final[dict[Reason, str]] = {
    "the wording of a literal or a name": "{problem}",
    "a canonical function takes another number of arguments": "'{function}' takes {takes}, not {found}",
    "a canonical function takes values": "'{function}' takes values here",
    "the last argument is a type": "the last argument of '{function}' is a type, such as Edm.String",
    "a list holds values only": "a list after 'in' holds values only",
    "has takes members": "'has' takes members of an enumeration, such as 'Red,Green'",
    "a lambda operator needs a path": "'{word}' needs a path to a collection before it, such as Items/{word}(i:i eq 1)",
    "a lambda operator takes a variable and a condition": (
        "'{word}' takes a variable and a condition, such as {word}(i:i eq 1)"
    ),
    "an unknown function": "unknown function '{name}'; {hint}",
    "no key follows a canonical function": "no key can follow the result of a canonical function",
    "no path follows a canonical function": "no path can go on from the result of a canonical function",
    "an empty key": "the key after '{name}' is empty",
    "an option of $count twice": "an option of '$count' stands there twice",
    "a type at the start": "a type at the start of a path must be followed by one of its properties",
    "the path ends here": "the path cannot go on after this",
    "the start of an absolute path": (
        "after '$root/' stands the name of an entity set, a singleton or a function import"
    ),
    "a collection is wanted": "this takes a collection, and a single instance stands before it",
    "a type follows a type": "a type follows a type",
    "a collection has no properties": "a collection has no properties; a key picks one of its items",
}


def sentence_about(refused: Refused) -> str:
    """Why the tree builder refuses it."""
    facts = dict(refused.facts)
    if "function" in facts:
        least, most = arity(facts["function"])
        facts["takes"] = f"{least if least == most else f'{least} or {most}'} argument{'s' * (most != 1)}"
    if refused.reason == "an unknown function":
        meant = None if negations.is_gate(facts["name"]) else nearest(facts["name"], FUNCTIONS)
        facts["hint"] = (
            f"did you mean '{meant}'?" if meant else "a function of the service takes arguments as name=value"
        )
    return _SENTENCES[refused.reason].format_map(facts)


def find_refused(text: str, refused: Refused, places: Places) -> Finding:
    """What the tree builder has refused, where, and what was perhaps meant."""
    span = places.fault
    if refused.reason == "an unknown function" and str(refused.facts["name"]).lower() == "case":
        return _find_case(text, places)
    if refused.reason == "an unknown function":
        return _find_call(text, refused, places) or Finding(sentence_about(refused), span)
    message = sentence_about(refused)
    if isinstance(refused.node, Property) and refused.reason == "a list holds values only":
        mended = f"{text[: span[0]]}'{refused.node.name}'{text[span[1] :]}"
        return Finding(f"{message}: {refused.node.name!r} stands without quotes", span, mended)
    if refused.reason == "a lambda operator takes a variable and a condition":
        found = _IN_PARENTHESES.match(text, span[0], span[1])
        if not found:
            return Finding(message, span)
        at, end = found.span("at")
        return Finding(message, (at, end), text[:at] + found["name"] + text[end:])
    if refused.reason == "has takes members" and (members := enums.mended_members(text[slice(*span)])):
        return Finding(f"{message}, joined by ',' alone", span, text[: span[0]] + members + text[span[1] :])
    if refused.reason == "a type at the start" and isinstance(refused.node, TypeName):
        start, name = places.judged[0], refused.node.name
        end = start + len(name)
        if _TYPE_SEGMENT.match(text, end):
            return Finding(message, (start, end))  # a type stands in front of a type: its dots join no segments
        if text.startswith(name, start):
            return Finding(message, (start, end), text[:start] + name.replace(".", "/") + text[end:])
    if isinstance(refused, Misplaced):
        return Finding(message, span)
    start, end = places.judged
    if shape := shapes.mended_shape(text[start:end]):
        return Finding(message, span, text[:start] + shape + text[end:])
    return _find_call(text, refused, places, message) or Finding(message, span)


def _find_case(text: str, places: Places) -> Finding:
    """An argument of `case` without a value, such as `a lt 10:10`, whose colon is that of a time of day."""
    found = _TIME_AT_END.search(text, *places.judged)
    if not found:
        message = "'case' takes conditions and values, with a colon between, such as case(a lt 5:1,true:2)"
        return Finding(message, places.fault)
    message = f"{found.group()} is read as a time of day; a blank before the colon of 'case' ends the condition"
    if found["second"]:
        return Finding(message, found.span())  # either colon may be that of `case`
    return Finding(message, found.span(), f"{text[: found.end('hour')]} {text[found.end('hour') :]}")


def _find_call(text: str, refused: Refused, places: Places, message: str | None = None) -> Finding | None:
    """What is wrong with a call; None where a call is not what is refused, or no more is known than why it is."""
    start, end = places.judged
    found = calls.CALL.match(text, start, end)
    if not found:
        return None
    if finding := calls.find_literal_call(text, start, end) or calls.find_call(text, found, end):
        return finding
    name = found.group()[:-1]
    if refused.node is not None and calls.is_unknown(name):
        return Finding(message or sentence_about(refused), (start, start + len(name)))
    if refused.node is None and (function := BY_LOWER_CASE.get(name.lower())):
        return Finding(f"{message}, such as {example_call(function)}", places.fault)
    return None
