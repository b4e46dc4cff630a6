"""A text that is no filter → the error that says what was found, what would do, and how the text was perhaps meant.

The parser stops at the first mistake (`mistakes`). What people write there is recognised by where it stands: as a
literal, as an operand, behind an operand, as a call, or in the text as a whole; a module for each. One mistake after
the other is mended, until the text parses: only then is it proposed, and only if it still says what was written
(`finding.is_faithful`): no literal, no name and no negation is lost on the way.
"""

from collections.abc import Callable

from odatafilter._diagnose import calls, mistakes
from odatafilter._diagnose.finding import is_faithful
from odatafilter._diagnose.operands import has_placeholder
from odatafilter._parse.failure import Failure
from odatafilter.errors import FilterSyntaxError

# Mended texts are read again: their lengths, and something for each of them, are bounded in all, to keep time linear.
_EFFORT = 50_000
_EACH = 1_000
_SHOWN = 200  # characters of a proposal that a message shows


def diagnose(
    text: str, failure: Failure | None = None, fitted: Callable[[str], str] | None = None
) -> FilterSyntaxError:
    """The error for the first mistake of `text`, for which the parser has raised `failure`.

    `fitted` gives what is proposed in the place of a filter that `text` was perhaps meant as.
    """
    finding = first = mistakes.first_mistake(text, failure)
    if first is None:  # pragma: no cover - the same parser has just refused it
        raise AssertionError(text)
    mended: str | None = None
    now = text
    effort = 0 if has_placeholder(text) else _EFFORT
    while finding is not None:
        mended = finding.mended
        effort -= _EACH + (len(mended) if mended else 0)
        if mended is None or effort < 0 or not is_faithful(now, finding):
            break
        now, finding = mended, mistakes.mistake_left(mended)
    suggestion = mended if finding is None else None
    if suggestion is not None:
        functions = calls.mend_methods(suggestion)
        if functions != suggestion and mistakes.mistake_left(functions) is None:
            suggestion = functions
        if fitted is not None:
            suggestion = fitted(suggestion)
    return FilterSyntaxError(_with_suggestion(first.message, suggestion), text, first.span, suggestion)


def _with_suggestion(mistake: str, suggestion: str | None) -> str:
    if suggestion is None or len(suggestion) > _SHOWN or not suggestion.isprintable():
        return mistake
    return f"{mistake}; did you mean: {suggestion}"
