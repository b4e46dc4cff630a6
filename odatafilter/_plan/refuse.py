"""What a backend cannot run → an error that names each place of it in the text."""

import contextlib
from collections.abc import Iterable
from typing import NamedTuple

from odatafilter._emit import emit
from odatafilter._parse import parse_with_places
from odatafilter.errors import Problem, UnsupportedError
from odatafilter.tree import AnyNode, Expression, children


class Refusal(NamedTuple):
    """One thing that cannot be run: why, and the node it is about."""

    message: str
    node: AnyNode


def unsupported_error(expression: Expression, refusals: Iterable[Refusal]) -> UnsupportedError:
    """The error for what a backend has refused, with spans in the canonical text of the filter.

    A node that stands at several places, as one that was built once and used twice, gets the first of them.
    """
    text = emit(expression)
    again, trace = parse_with_places(text)
    spans: dict[int, tuple[int, int]] = {}
    whole = (0, len(text))
    pending: list[tuple[AnyNode, AnyNode, tuple[int, int]]] = [(expression, again, whole)]
    while pending:
        node, twin, span = pending.pop()
        with contextlib.suppress(KeyError):  # what the reader joins into a node above has no place of its own
            span = trace[twin]
        spans.setdefault(id(node), span)
        below = zip(children(node), children(twin), strict=True)
        pending += reversed([(one, other, span) for one, other in below])
    problems = [Problem(one.message, spans.get(id(one.node), whole), "unsupported") for one in dict.fromkeys(refusals)]
    return UnsupportedError(text, tuple(sorted(problems, key=lambda problem: problem.span)))
