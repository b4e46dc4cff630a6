"""What Python expressions of the builder give, kept whole in `tests/kept/expressions.txt`: the text of a filter, the parts
of query options, or the error.

The expressions stand in the file, which `python tests/kept_outputs.py` writes anew. They were chosen from all methods
of the handles of all kinds with values of all kinds: each one shows something that no other does.
"""

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any, Final

from kept_answers import KEY, Open, Order, Plain, Tight
from kept_outputs import KEPT
from schema_samples import Color, Hue, Level

import odatafilter as of
from odatafilter._certain import find_certain
from odatafilter._evaluate import compiled
from odatafilter._query.describing import DESCRIPTIONS, Service
from odatafilter._read import read_expression
from odatafilter.handle import Handle
from odatafilter.limits import UNBOUNDED, measure

FILE: Final = "expressions.txt"


class Narrow(of.Schema, operators=("eq", "or", "and"), functions=("contains",)):
    """Without `in`; one property is compared with nothing."""

    n = of.Int32()
    m = of.String(operators=("eq",))
    k = of.String(operators=(), functions=())


def describe(schema: type[of.Schema], option: str, size: of.PageSize | None = None, *sortable: str) -> str:
    """What OpenAPI says of an option."""
    return f"{DESCRIPTIONS[option](Service(schema.__facts__, size, frozenset(sortable) or None))}"


def schema_of_size(number: int) -> type[of.Schema]:
    return type("Many", (of.Schema,), {f"p{place}": of.Int32() for place in range(number)})


def spelt(handle: Any, *values: object) -> list[str]:
    """Values as they are spelt without a closer look, one by one and all together: nothing where that is not certain."""
    certain = find_certain(handle._facts, handle._schema)
    several = certain.spell_all(values)
    one_by_one = [certain.spell(value) for value in values]
    return [literal.text if literal else "-" for literal in (*one_by_one, *(several or (None,)))]


def ordered(timestamp: str) -> str:
    """A timestamp as a text that is ordered as the instant is, as compiled filters compare them."""
    try:
        return compiled._full_text(timestamp)
    except (compiled.DoubtError, ValueError, OverflowError):
        return "doubt"


NAMES: Final[dict[str, Any]] = {
    "of": of,
    "dt": dt,
    "uuid": uuid,
    "Decimal": Decimal,
    "KEY": KEY,
    "describe": describe,
    "spelt": spelt,
    "ordered": ordered,
    "Many": schema_of_size(201),
    "Most": schema_of_size(200),
    "Order": Order,
    "Tight": Tight,
    "Plain": Plain,
    "Open": Open,
    "Narrow": Narrow,
    "Color": Color,
    "Hue": Hue,
    "Level": Level,
    "RANK": of.Function("NS.Rank", {"of": of.String(), "by": of.Collection(of.String())}, of.Int32(), optional="by"),
    "TOP": of.Function("top", (of.Int32(),), of.Boolean()),
    "SIZE": of.PageSize(max=50, default=20),
}


def given(expression: str) -> str:
    """What an expression gives, in one line."""
    try:
        found = eval(expression, dict(NAMES))
        return f"[{', '.join(map(_text_of, found))}]" if isinstance(found, list) else _text_of(found)
    except (of.FilterError, AttributeError) as error:
        return f"{type(error).__name__}: {str(error)!r}"


def _text_of(found: object) -> str:
    """The text of a handle, with its kind, or of a filter, which is read as the same tree: its depth may be counted as
    more than it is, which is said.
    """
    text = str(found)
    if isinstance(found, Handle):
        return f"{text} ({found._facts.kind})"
    if not isinstance(found, of.Filter):
        return text
    assert read_expression(text, UNBOUNDED, found.schema) == found.tree or found.schema is None
    levels = found._levels
    return text if levels == measure(found.tree)[0] else f"{text} (counted as {levels} levels)"


def written_expressions() -> str:
    """The file as it is to be now, with the expressions that it has."""
    lines = (KEPT / FILE).read_text("utf-8").splitlines()
    return "".join(f"{line}\n    {given(line)}\n" for line in lines if not line.startswith(" "))
