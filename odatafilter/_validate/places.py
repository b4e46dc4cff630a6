"""Where the problems of a filter stand in its text."""

from collections.abc import Callable, Sequence

import msgspec

from odatafilter._literals.strings import quote
from odatafilter._parse import parse_with_places
from odatafilter._validate.finding import Finding
from odatafilter.errors import Problem
from odatafilter.tree import AnyNode, Expression, Literal, Property, children


def problems_of(
    findings: Sequence[Finding], tree: Expression, text: str, judge: Callable[[Expression], Sequence[Finding]]
) -> tuple[Problem, ...]:
    """The findings of `tree`, which is that of `text`, with their places, in the order of the text.

    Only a filter with problems pays for the places of its nodes: its text is read once more, by the loop that notes
    them. The fast reader takes a comparison with its connective in one match and keeps nothing of where it has been;
    if it noted a place for each node, every right filter would pay for what the few wrong ones need.

    Where a node of the tree stands at several places, as nodes of built filters may, the tree of the text is judged
    instead.
    """
    read, trace = parse_with_places(text)
    places = _counterparts({id(finding.node) for finding in findings}, tree, read)
    if places is None:
        findings = judge(read)
        spans = {id(finding.node): trace[finding.node] for finding in findings}
    else:
        spans = {identity: trace[node] for identity, node in places.items()}
    problems = [_problem(finding, spans[id(finding.node)], text) for finding in findings]
    return tuple(sorted(_without_overlaps(problems), key=lambda problem: problem.span))


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
