"""Items of `$orderby` and `$select` → their text, judged by the reader of services."""

from collections.abc import Iterable, Sequence

from odatafilter._safe_text import show
from odatafilter.errors import FilterTypeError, OptionProblem, QueryOptionsError
from odatafilter.facts import SchemaFacts
from odatafilter.handle import Handle
from odatafilter.order import OrderBy, read_orderby, read_select


def write_orderby(items: object, schema: SchemaFacts | None) -> str:
    """The text of `$orderby` for one item or several: `OrderBy`s, handles and texts such as "name desc"; "" for none.

    Raises QueryOptionsError where the schema does not allow it, FilterTypeError for what is no item.
    """
    text = _join_items("orderby", items)
    _raise_for("$orderby", text, read_orderby(text, schema)[1] if text else ())
    return text


def write_select(items: object, schema: SchemaFacts | None) -> str:
    """The text of `$select` for one property or several: handles and paths. Raises as `write_orderby` does."""
    text = _join_items("select", items)
    _raise_for("$select", text, read_select(text, schema)[1] if text else ())
    return text


def _join_items(name: str, items: object) -> str:
    several = (items,) if isinstance(items, str | OrderBy | Handle) else items
    if not isinstance(several, Iterable):
        raise FilterTypeError(f"{name} is {show(items)}: a property or its name is wanted, or several of them")
    texts = []
    for item in several:
        if not isinstance(item, str | OrderBy | Handle):
            raise FilterTypeError(f"{name} holds {show(item)}: a property or its name is wanted")
        texts.append(str(item))
    return ",".join(texts)


def _raise_for(target: str, text: str, problems: Sequence[OptionProblem]) -> None:
    if problems:
        raise QueryOptionsError({target: text}, tuple(problems))
