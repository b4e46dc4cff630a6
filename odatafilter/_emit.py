"""Syntax tree → canonical text: operators in lower case, one blank around them, parentheses only where they matter."""

import urllib.parse
from typing import assert_never

from odatafilter.tree import And, Comparison, Expression, In, List, Literal, Not, Or, Property

# The precedence table (OData URL Conventions §5.1.1.17), lowest first, as the grammar has it.
_OR, _AND, _EQUALITY, _RELATION, _UNARY, _MEMBERSHIP, _PRIMARY = range(7)
_LEVELS = {"eq": _EQUALITY, "ne": _EQUALITY, "lt": _RELATION, "le": _RELATION, "gt": _RELATION, "ge": _RELATION}


def emit(node: Expression | List, lowest: int = _OR) -> str:
    """The text of `node`, in parentheses where it binds looser than `lowest`."""
    match node:
        case Literal(text=text):
            return text
        case Property(name=name):
            return name
        case Comparison(left=left, operator=operator, right=right):
            level = _LEVELS[operator]
            text = f"{emit(left, level)} {operator} {emit(right, level + 1)}"
        case In(operand=operand, collection=collection):
            level = _MEMBERSHIP
            text = f"{emit(operand, level)} in {_collection(collection)}"
        case Not(operand=operand):
            level = _UNARY
            text = f"not {emit(operand, level)}"
        case And(operands=operands):
            level = _AND
            text = " and ".join([emit(operand, level + 1) for operand in operands])
        case Or(operands=operands):
            level = _OR
            text = " or ".join([emit(operand, level + 1) for operand in operands])
        case List(items=items):
            return f"({','.join([item.text for item in items])})"
        case _:
            assert_never(node)
    return text if level >= lowest else f"({text})"


def _collection(node: Expression | List) -> str:
    # A literal in parentheses would be a list of one.
    return emit(node, _PRIMARY)


def quoted(text: str) -> str:
    """`text` percent-encoded for the query of a URL (RFC 3986 §3.4), with what reads well there left alone."""
    return urllib.parse.quote(text, safe="'(),:/$@*!")
