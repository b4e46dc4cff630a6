"""The three readers of the language, as functions: text → tree, or None where it is refused."""

from collections.abc import Callable
from typing import Any, cast

from lark import Lark, Token, Transformer
from lark.exceptions import LarkError

from odatafilter._parse import fast, lalr, tables
from odatafilter._parse.failure import Failure, Left, Refused
from odatafilter._parse.nodes import Nodes
from odatafilter.tree import Expression


def _plain_lark() -> Lark:
    """Lark's own parser, with the same tree builder."""
    nodes = Nodes()
    methods = {name: _called(getattr(nodes, name)) for name in dir(nodes) if not name.startswith("_")}
    builder = type("Builder", (Transformer,), methods)
    return tables.plain_lark(tables.Grammar(), transformer=builder())


def _called(method: Callable[..., Any]) -> Callable[[object, list[Any]], Any]:
    return lambda _, children: method(*(str(x) if isinstance(x, Token) else x for x in children))


PLAIN = _plain_lark()


def by_lark(text: str) -> Expression | None:
    try:
        return cast("Expression", PLAIN.parse(text))
    except (LarkError, Refused):
        return None


def by_loop(text: str) -> Expression | None:
    try:
        return lalr.tree_of(text)
    except Failure:
        return None


def by_fast_reader(text: str) -> tuple[Expression, int] | None:
    """The tree and its levels at most; what is refused the loop refuses as well."""
    try:
        return fast.reader()(text, text.isascii())
    except Left:
        return None
    except Refused:
        assert by_loop(text) is None
        return None
