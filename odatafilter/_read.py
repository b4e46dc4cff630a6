"""Text → syntax tree, or the error that explains to a person why it is none."""

from odatafilter import _parse
from odatafilter.limits import DEFAULT, Limits
from odatafilter.tree import Expression


def read(text: str, bounds: Limits = DEFAULT) -> Expression:
    """The syntax tree of `text`. Raises FilterSyntaxError where it is no filter expression or is past a limit."""
    try:
        return _parse.parse(text, bounds)
    except _parse.Failure:
        from odatafilter._diagnose import diagnose  # noqa: PLC0415 - needed only where there is a mistake

        raise diagnose(text) from None
