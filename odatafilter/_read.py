"""Text → syntax tree, or the error that explains to a person why it is none."""

import functools
from collections.abc import Callable

from odatafilter import _parse
from odatafilter._service_calls import ServiceNames
from odatafilter.errors import FilterSyntaxError
from odatafilter.facts import SchemaFacts
from odatafilter.limits import DEFAULT, Limits
from odatafilter.tree import Expression


def read_expression(text: str, bounds: Limits = DEFAULT, schema: SchemaFacts | None = None) -> Expression:
    """The syntax tree of `text`. Raises FilterSyntaxError where it is no filter expression or is past a limit.

    The arguments of a function that `schema` documents may stand without names.
    """
    if schema is not None and schema.service_functions:
        with _parse.without_names(ServiceNames(schema)):
            return _read_within(text, bounds, schema)
    return _read_within(text, bounds, schema)


def _read_within(text: str, bounds: Limits, schema: SchemaFacts | None) -> Expression:
    try:
        return _parse.parse(text, bounds)
    except _parse.Failure as failure:
        raise explain_syntax_error(text, schema, failure) from None


def explain_syntax_error(
    text: str, schema: SchemaFacts | None = None, failure: _parse.Failure | None = None
) -> FilterSyntaxError:
    """The error that explains why `text` is no filter expression; what it suggests is mended for `schema`, too.

    `failure` is what the parser has raised for it, if it has.
    """
    return _diagnosis()(text, failure, None if schema is None else lambda meant: _mend(meant, schema))


@functools.cache
def _diagnosis() -> Callable[[str, _parse.Failure | None, Callable[[str], str] | None], FilterSyntaxError]:
    from odatafilter._diagnose import diagnose  # noqa: PLC0415 - needed only where there is a mistake

    return diagnose


def _mend(text: str, schema: SchemaFacts) -> str:
    """`text` with what `schema` would have in the place of its problems; as it is where problems would be left."""
    from odatafilter import _validate  # noqa: PLC0415 - needed only where there is a mistake

    meant = text
    for _ in range(2):  # as it is, then with the suggestions
        try:
            tree = _parse.parse(text)
        except _parse.Failure:
            return meant
        found = _validate.findings(tree, schema)
        if not found:
            return text
        problems = _validate.error_of(found, tree, text, schema).problems
        for problem in reversed(problems):
            if problem.suggestion is not None:
                start, end = problem.span
                text = text[:start] + problem.suggestion + text[end:]
    return meant
