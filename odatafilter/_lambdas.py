"""Conditions of the elements of a collection: functions of an element → what `any`, `all` and `$count` hold."""

import functools
from typing import Any, Final, TypeAlias, cast

from odatafilter._declared import checked_name
from odatafilter._plan.scope import Scope
from odatafilter._rewrite.rebuild import rebuild_node
from odatafilter._safe_text import show
from odatafilter.errors import FilterError, FilterTypeError
from odatafilter.tree import (
    AnyNode,
    Count,
    Expression,
    Filtered,
    Lambda,
    Path,
    Property,
    Segment,
    TypeName,
    Variable,
    nodes,
)

# What is known of an instance: whether it is the item.
_Scope: TypeAlias = Scope[bool]

_TAKES_ANY: Final = 0x04  # inspect.CO_VARARGS: importing inspect takes time


def parameter_of(condition: object) -> str:
    """The name of the parameter of a condition, to be that of the variable."""
    if not callable(condition):
        raise FilterTypeError(f"a condition is a function of an element, not {show(condition)}")
    function: Any = getattr(condition, "__func__", condition)
    code = getattr(function, "__code__", None)
    if code is None:
        return "element"
    bound = function is not condition
    names = code.co_varnames[bound : code.co_argcount]
    needed = len(names) - len(function.__defaults__ or ()) + code.co_kwonlyargcount - len(function.__kwdefaults__ or ())
    if needed > 1 or not (names or code.co_flags & _TAKES_ANY):
        found = max(needed, len(names))
        raise FilterTypeError(f"a condition is a function of one element, not of {found} arguments")
    return checked_name(names[0]) if names else "element"


def as_nested_filter(tree: Expression, element: Variable) -> Expression:
    """A condition in a nested `$filter`: what is the element's has its own name, what is the item's begins with $it."""

    def put_this(node: AnyNode, scope: _Scope) -> AnyNode:
        match node:
            case Variable() if node == element:
                return Variable("$this")
            case Property():
                return Path((Variable("$it"), node)) if is_of_item(node, scope) else node
            case Path(segments=(first, *rest)):
                below = tuple(segment(one, scope) for one in rest)
                if first == element:
                    return Path(below) if len(below) > 1 else below[0]
                start = (Variable("$it"), first) if is_of_item(first, scope) else (segment(first, scope),)
                return Path((*start, *below))
            case _:
                return rebuild_node(node, functools.partial(put_this, scope=scope))

    def segment(node: Segment, scope: _Scope) -> Segment:
        match node:
            case Property():
                return node
            case Count() | Filtered():
                if element in nodes(node):
                    raise FilterError("inside the condition of a nested 'count', an element outside has no name")
                return node
            case Lambda(variable=str(variable)):
                scope = scope.inside_lambda(variable, False)
        return cast("Segment", rebuild_node(node, functools.partial(put_this, scope=scope)))

    return cast("Expression", put_this(tree, Scope.of_item(True)))


def is_of_item(node: Segment, scope: _Scope) -> bool:
    """Whether a name, or a type in front of one, begins at the item without saying so."""
    return isinstance(node, Property | TypeName) and scope.find_start((node,)).instance is True


def with_variable(tree: Expression, element: Variable, name: str) -> tuple[str, Expression]:
    """The condition with a variable in place of `element`, called `name`, or longer where that would hide another."""
    taken = {used for node in nodes(tree) for used in _names_of(node)}

    def name_element(node: AnyNode) -> AnyNode:
        return Property(name) if node == element else rebuild_node(node, name_element)

    while name in taken:
        name += "_"
    return name, cast("Expression", name_element(tree))


def _names_of(node: AnyNode) -> tuple[str, ...]:
    match node:
        case Property(name=name) | Lambda(variable=str(name)):
            return (name,)
        case _:
            return ()
