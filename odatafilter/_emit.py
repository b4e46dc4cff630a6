"""Syntax tree → canonical text: operators in lower case, one blank around them, parentheses only where they matter.

They matter to the precedence of operators, and in two more places. By the ABNF nothing but `and` and `or` follows the
list after `in` or the members after `has` (inExpr, hasExpr). And `not` before a call of a name such as `eq` would be
read as a name itself.
"""

import re
from typing import Final, assert_never

from odatafilter.tree import (
    Alias,
    And,
    Annotation,
    AnyNode,
    Arithmetic,
    Array,
    Branch,
    Call,
    Case,
    Comparison,
    Count,
    Filtered,
    Function,
    Has,
    In,
    Key,
    Lambda,
    List,
    Literal,
    Member,
    Named,
    Negation,
    Not,
    Object,
    Or,
    Path,
    Property,
    TypeName,
    Variable,
)

# The precedence table (OData URL Conventions §5.1.1.17), lowest first, as the grammar has it.
_OR, _AND, _EQUALITY, _RELATION, _ADDITION, _MULTIPLICATION, _UNARY, _MEMBERSHIP, _PRIMARY = range(9)
_LEVELS = {
    "eq": _EQUALITY,
    "ne": _EQUALITY,
    "lt": _RELATION,
    "le": _RELATION,
    "gt": _RELATION,
    "ge": _RELATION,
    "add": _ADDITION,
    "sub": _ADDITION,
    "mul": _MULTIPLICATION,
    "div": _MULTIPLICATION,
    "divby": _MULTIPLICATION,
    "mod": _MULTIPLICATION,
}
_CALLED_LIKE_AN_OPERATOR: Final = re.compile(
    r"(?:and|or|eq|ne|lt|le|gt|ge|in|has|add|sub|mul|div|divby|mod)\(", re.IGNORECASE | re.ASCII
)


def emit(node: AnyNode, lowest: int = _OR, followed: bool = False) -> str:
    """The text of `node`, in parentheses where it binds looser than `lowest`.

    `followed` says that an operator other than `and` and `or` stands right behind it.
    Lists are mapped, not comprehended: a comprehension would be one more frame of Python's stack for each level.
    """
    # What filters mostly consist of comes first: by its exact type, which takes less time to tell.
    if type(node) is Comparison:
        level = _LEVELS[node.operator]
        if type(node.left) is Property and type(node.right) is Literal:
            text = f"{node.left.name} {node.operator} {node.right.text}"
            return text if level >= lowest else f"({text})"
        right = node.right
        behind = right.text if type(right) is Literal else emit(right, level + 1, followed and level >= lowest)
        text = f"{emit(node.left, level, True)} {node.operator} {behind}"
        return text if level >= lowest else f"({text})"
    if type(node) is Property:
        return node.name
    if type(node) is Literal:
        return node.text
    if type(node) is And or type(node) is Or:
        level, word = (_AND, " and ") if type(node) is And else (_OR, " or ")
        parts: list[str] = []
        for one in node.operands:
            if type(one) is Comparison and type(one.left) is Property and type(one.right) is Literal:
                parts.append(f"{one.left.name} {one.operator} {one.right.text}")
            else:
                parts.append(emit(one, level + 1))
        text = word.join(parts)
        return text if lowest <= level else f"({text})"
    if type(node) is Call:
        arguments: list[str] = []
        for argument in node.arguments:
            if type(argument) is Property:
                arguments.append(argument.name)
            else:
                arguments.append(argument.text if type(argument) is Literal else emit(argument))
        return f"{node.function}({','.join(arguments)})"
    if type(node) is Not:
        text = emit(node.operand, _UNARY, followed and lowest <= _UNARY)
        if text[0] != "(" and _CALLED_LIKE_AN_OPERATOR.match(text):
            text = f"({text})"
        return f"not {text}" if lowest <= _UNARY else f"(not {text})"
    if type(node) is In and type(node.operand) is Property and type(node.collection) is List:
        text = f"{node.operand.name} in {_emit_list(node.collection)}"
        return f"({text})" if followed or lowest > _MEMBERSHIP else text
    match node:
        case Arithmetic(left=left, operator=operator, right=right):
            level = _LEVELS[operator]
            followed = followed and level >= lowest
            text = f"{emit(left, level, True)} {operator} {emit(right, level + 1, followed)}"
        case Variable(name=name) | TypeName(name=name):
            return name
        case Negation(operand=operand):
            level = _UNARY
            text = emit(operand, level, followed and level >= lowest)
            # A sign right before a number would be its own.
            text = f"- {text}" if text[0].isdigit() or text.startswith("INF") else f"-{text}"
        case In(operand=operand, collection=collection):
            level = _MEMBERSHIP
            text = f"{emit(operand, level, True)} in {emit(collection, _PRIMARY)}"
            if followed and isinstance(collection, List):
                return f"({text})"
        case Has(operand=operand, flags=flags):
            level = _MEMBERSHIP
            text = f"{emit(operand, level, True)} has {flags.text}"
            if followed:
                return f"({text})"
        case _:
            return _emit_closed(node)  # type: ignore[arg-type] # those above are none of these
    return text if level >= lowest else f"({text})"


def _emit_list(node: List) -> str:
    return f"({','.join([item.text for item in node.items])})"


def _emit_closed(
    node: Alias
    | Annotation
    | Array
    | Object
    | Member
    | List
    | Case
    | Branch
    | Function
    | Named
    | Lambda
    | Count
    | Filtered
    | Key
    | Path,
) -> str:
    """The text of what needs no parentheses anywhere."""
    match node:
        case List():
            return _emit_list(node)
        case Path(segments=segments):
            text = ""
            for segment in segments:
                text += emit(segment) if isinstance(segment, Key) or not text else f"/{emit(segment)}"
            return text
        case Function(name=name, arguments=arguments):
            return f"{name}({','.join(map(emit, arguments))})"
        case Key(arguments=arguments):
            return f"({','.join(map(emit, arguments))})"
        case Named(name=name, value=value):
            return f"{name}={emit(value)}"
        case Lambda(quantifier=quantifier, variable=variable, condition=condition):
            return f"{quantifier}({variable}:{emit(condition)})" if condition is not None else f"{quantifier}()"
        case Count(filter=condition, search=search):
            options = [f"$filter={emit(condition)}"] if condition is not None else []
            options += [f"$search={search}"] if search is not None else []
            return f"$count({';'.join(options)})" if options else "$count"
        case Filtered(condition=condition):
            return f"$filter({emit(condition)})"
        case Case(branches=branches):
            return f"case({','.join(map(emit, branches))})"
        case Branch(condition=condition, value=value):
            text = emit(value)
            # A digit right after the colon could make a time of day of what stands before it.
            return f"{emit(condition)}:{' ' * text[0].isdigit()}{text}"
        case Alias(name=name):
            return f"@{name}"
        case Annotation(name=name, qualifier=qualifier):
            return f"@{name}#{qualifier}" if qualifier else f"@{name}"
        case Array(items=items):
            return f"[{','.join(map(emit, items))}]"
        case Object(members=members):
            return f"{{{','.join(map(emit, members))}}}"
        case Member(name=name, value=value):
            return f"{name}:{emit(value)}"
        case _:
            assert_never(node)


def quote_for_url(text: str) -> str:
    """`text` percent-encoded for the query of a URL (RFC 3986 §3.4), with what reads well there left alone."""
    import urllib.parse  # noqa: PLC0415 - slow to import, and only URLs need it

    return urllib.parse.quote(text, safe="'(),:/$@*!")
