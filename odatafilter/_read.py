"""Text → syntax tree, or the error that explains to a person why it is none."""

from odatafilter import _parse
from odatafilter._service_calls import ServiceNames
from odatafilter.errors import FilterSyntaxError
from odatafilter.facts import SchemaFacts
from odatafilter.limits import DEFAULT, Limits
from odatafilter.tree import Expression


def read(text: str, bounds: Limits = DEFAULT, schema: SchemaFacts | None = None) -> Expression:
    """The syntax tree of `text`. Raises FilterSyntaxError where it is no filter expression or is past a limit.

    The arguments of a function that `schema` documents may stand without names.
    """
    if schema is not None and schema.service_functions:
        with _parse.without_names(ServiceNames(schema)):
            return _read(text, bounds)
    return _read(text, bounds)


def _read(text: str, bounds: Limits) -> Expression:
    try:
        return _parse.parse(text, bounds)
    except _parse.Failure:
        raise explain_syntax_error(text) from None


def explain_syntax_error(text: str) -> FilterSyntaxError:
    """The error that explains why `text` is no filter expression."""
    from odatafilter._diagnose import diagnose  # noqa: PLC0415 - needed only where there is a mistake

    return diagnose(text)
