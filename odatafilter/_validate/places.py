"""Where the problems of a filter stand in its text."""

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Final

import msgspec

from odatafilter._literals.strings import quote
from odatafilter._parse import parse_with_places
from odatafilter._validate.finding import Finding
from odatafilter.errors import Problem
from odatafilter.tree import AnyNode, Arithmetic, Call, Comparison, Expression, Literal, Node, Path, Property, children

Span = tuple[int, int]

_SHORT: Final = 1_000  # characters of a text in which places are found by its words
# Strings, numbers and dates as they are written, and names, with the dots in them.
_WORD: Final = re.compile(r"'[^']*+(?:''[^']*+)*+'|(?:[+-]?[0-9]|\w)[\w.+-]*")
_NO_WORD: Final = -1


def problems_of(
    findings: Sequence[Finding], tree: Expression, text: str, judge: Callable[[Expression], Sequence[Finding]]
) -> tuple[Problem, ...]:
    """The findings of `tree`, which is that of `text`, with their places, in the order of the text.

    Only a filter with problems pays for the places of its nodes. Most of them are words that a short text has once; for
    the others it is read once more, by the loop that notes all places. The fast reader takes a comparison with its
    connective in one match and keeps nothing of where it has been; if it noted a place for each node, every right
    filter would pay for what the few wrong ones need.

    Where a node of the tree stands at several places, as nodes of built filters may, the tree of the text is judged
    instead.
    """
    spans = places_by_words([finding.node for finding in findings], tree, text)
    if spans is None:
        read, trace = parse_with_places(text)
        places = _counterparts({id(finding.node) for finding in findings}, tree, read)
        if places is None:
            findings = judge(read)
            spans = {id(finding.node): trace[finding.node] for finding in findings}
        else:
            spans = {identity: trace[node] for identity, node in places.items()}
    problems = [_problem(finding, spans[id(finding.node)], text) for finding in findings]
    if len(problems) == 1:
        return (problems[0],)
    return tuple(sorted(_without_overlaps(problems), key=lambda problem: problem.span))


def places_by_words(wanted: Iterable[Node], tree: Expression, text: str) -> dict[int, Span] | None:
    """Where some nodes of `tree` stand in its `text`, by their identities; None unless that is certain of all of them.

    It is certain of what is one word that the text has once, of what only an operator, a slash or commas stand
    between such words, and of the whole.
    """
    if len(text) > _SHORT or not text.isascii() or '"' in text:
        return None
    starts: dict[str, int] = {}
    for found in _WORD.finditer(text):
        word = found.group()
        starts[word] = _NO_WORD if word in starts else found.start()
    words = _Words(text, starts)
    spans: dict[int, Span] = {}
    for node in wanted:
        place = (0, len(text)) if node is tree and text[0] != "(" else words.place(node)
        if place is None:
            return None
        spans[id(node)] = place
    return spans


class _Words:
    """The words of a text: where each of them starts that it has once."""

    def __init__(self, text: str, starts: dict[str, int]) -> None:
        self._text = text
        self._starts = starts
        # Of these literals the text is what was written. The parts of a time look like numbers, a minus like a sign.
        self._kinds = {"String"}
        if ":" not in text:
            self._kinds |= {"Date", "null"} if "-" in text or "+" in text else {"Date", "null", "Number"}

    def place(self, node: Node) -> Span | None:
        """Where `node` stands, if that is certain."""
        if type(node) is Property:
            return self._place_of_word(node.name)
        if type(node) is Literal:
            return self._place_of_word(node.text) if node.kind in self._kinds else None
        if type(node) is Comparison or type(node) is Arithmetic:
            return self._place_between((node.left, node.right), node.operator)
        if type(node) is Path:
            return self._place_between(node.segments, "/")
        if type(node) is Call and (inside := self._place_between(node.arguments, ",")):
            before, after = self._text[: inside[0]].rstrip(" \t"), self._text[inside[1] :].lstrip(" \t")
            name = self._place_of_word(node.function)
            if name is not None and name[1] == len(before) - 1 and before[-1] == "(" and after[:1] == ")":
                return name[0], len(self._text) - len(after) + 1
        return None

    def _place_of_word(self, word: str) -> Span | None:
        start = self._starts.get(word, _NO_WORD)
        return None if start == _NO_WORD else (start, start + len(word))

    def _place_between(self, parts: Sequence[Node], sign: str) -> Span | None:
        """Where `parts` stand, if nothing but `sign` and blanks stands between them."""
        places: list[Span] = []
        for part in parts:
            place = self.place(part)
            if place is None or (places and self._text[places[-1][1] : place[0]].strip(" \t").lower() != sign):
                return None
            places.append(place)
        return (places[0][0], places[-1][1]) if places else None


def _problem(finding: Finding, span: tuple[int, int], text: str) -> Problem:
    """The problem at a place; what is to stand in quotes keeps the spelling of the text, capitals included."""
    message, suggestion, node = finding.message, finding.suggestion, finding.node
    if isinstance(node, Literal) and suggestion is not None and suggestion == f"'{node.text}'":
        written = quote(text[slice(*span)])
        message, suggestion = message.replace(f"did you mean {suggestion}?", f"did you mean {written}?"), written
    return Problem(message, span, finding.code, suggestion)


def _without_overlaps(problems: Sequence[Problem]) -> list[Problem]:
    """The problems, without a suggestion for what another suggestion is inside of: all of them can be put in place."""
    kept: list[Problem] = []
    around: list[int] = []
    for problem in sorted(problems, key=lambda one: (one.span[0], -one.span[1])):
        if problem.suggestion is not None:
            while around and kept[around[-1]].span[1] <= problem.span[0]:
                around.pop()
            for number in around:
                kept[number] = msgspec.structs.replace(kept[number], suggestion=None)
            around = [len(kept)]
        kept.append(problem)
    return kept


def _counterparts(wanted: set[int], tree: Expression, same: Expression) -> dict[int, AnyNode] | None:
    """The nodes of `same` that stand where those of `tree` do, by the identities of these; None if one stands twice."""
    found: dict[int, AnyNode] = {}
    pending: list[tuple[AnyNode, AnyNode]] = [(tree, same)]
    while pending:
        one, other = pending.pop()
        if id(one) in wanted:
            if id(one) in found:
                return None
            found[id(one)] = other
        if type(one) is not Property and type(one) is not Literal:
            pending += zip(children(one), children(other), strict=True)
    return found
