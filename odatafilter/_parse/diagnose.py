"""A text that is no filter → the error that says what was found, what would do, and how the text was perhaps meant.

One mistake after the other is mended, until the text parses: only then is it proposed.
"""

from odatafilter.errors import FilterSyntaxError

# Mended texts are read again: their lengths, and something for each of them, are bounded in all, to keep time linear.
_EFFORT = 50_000
_EACH = 1_000
_SHOWN = 200  # characters of a proposal that a message shows


def diagnosed(text: str) -> FilterSyntaxError:
    """The error for the first mistake of `text`, which the parser has not accepted."""
    from odatafilter._parse import mistakes  # noqa: PLC0415 - its tables are needed only where there is a mistake

    finding = first = mistakes.first(text)
    if first is None:  # pragma: no cover - the same parser has just refused it
        raise AssertionError(text)
    mended: str | None = None
    effort = _EFFORT
    while finding is not None and (mended := finding.mended) is not None:
        effort -= len(mended) + _EACH
        if effort < 0:
            break
        finding = mistakes.first(mended)
    suggestion = mended if finding is None else None
    return FilterSyntaxError(_message(first.message, suggestion), text, first.span, suggestion)


def _message(mistake: str, suggestion: str | None) -> str:
    if suggestion is None or len(suggestion) > _SHOWN or not suggestion.isprintable():
        return mistake
    return f"{mistake}; did you mean: {suggestion}"
