"""Every error of this library, and how the place of an error is drawn under the text.

FilterError (ValueError)        a filter that cannot be read, built or used
  FilterSyntaxError             the text is no filter expression, or is past a limit
  FilterValidationError         the schema does not allow it: all problems at once
  FilterTypeError (TypeError)   a value or an operator that does not fit the property

PagingError                     a listing that could not be walked on; its cursor says where it stands
  PagingValueError (ValueError) an argument that no walk can start with: nothing was sent
    CursorError                 a cursor that cannot be read, or that belongs to another request
  StatusError                   the server refused: its status, code and details
    RateLimited                 it asks for a longer wait than allowed: the time at which to come back
  RetriesExhausted              a page that still failed after the last attempt, or by its deadline
  LoopError                     links or pages that repeat
  OriginError                   a link or redirect to a place that is not allowed: nothing was sent there
  BadPageError                  an answer that is not a page
    BadItemError                an item that cannot be decoded: its bytes
"""

from datetime import datetime
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from odatafilter.paging.cursor import Cursor

_WINDOW = 70  # characters shown on each side of an error in a long text


class FilterError(ValueError):
    """A filter that cannot be read, built or used."""


class FilterTypeError(FilterError, TypeError):
    """A value or an operator that does not fit the property it is used with."""


class FilterSyntaxError(FilterError):
    """A text that is no filter expression, or that is past a limit.

    `span` is the half-open range of characters of `text` at fault, `line` and `column` (both from 1) its start,
    and `suggestion` the whole text as it was perhaps meant, or None.
    """

    def __init__(self, message: str, text: str, span: tuple[int, int], suggestion: str | None = None) -> None:
        super().__init__(message, text, span, suggestion)
        self.message = message
        self.text = text
        self.span = span
        self.suggestion = suggestion

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.span[0]) + 1

    @property
    def column(self) -> int:
        return self.span[0] - self.text.rfind("\n", 0, self.span[0])

    def __str__(self) -> str:
        return f"{self.message}\n{draw(self.text, self.span)}"


class Problem(msgspec.Struct, frozen=True):
    """One thing that a schema does not allow: `span` is its place in the text, `code` its kind for programs."""

    message: str
    span: tuple[int, int]
    code: str
    suggestion: str | None = None


class FilterValidationError(FilterError):
    """A filter that its schema does not allow. `problems` are all of them, in the order of the text."""

    def __init__(self, text: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(text, problems)
        self.text = text
        self.problems = problems

    def __str__(self) -> str:
        return "\n".join(f"{problem.message}\n{draw(self.text, problem.span)}" for problem in self.problems)


def draw(text: str, span: tuple[int, int]) -> str:
    """The line of `text` in which `span` starts, cut to a window where it is long, with carets below the span."""
    start, end = span
    line_start = text.rfind("\n", 0, start) + 1
    line_end = text.find("\n", start)
    line_end = len(text) if line_end < 0 else line_end
    end = max(start + 1, min(end, line_end))
    left = line_start if start - line_start <= _WINDOW else start - _WINDOW
    right = line_end if line_end - start <= 2 * _WINDOW else start + 2 * _WINDOW
    end = min(end, right) if right > start else end
    before = "…" if left > line_start else ""
    after = "…" if right < line_end else ""
    shown = "".join(
        character if character.isprintable() else "\N{REPLACEMENT CHARACTER}"
        for character in text[left:right].replace("\t", " ")
    )
    carets = " " * (len(before) + start - left) + "^" * (end - start)
    return f"    {before}{shown}{after}\n    {carets}"


class PagingError(Exception):
    """A listing that could not be walked on; `paginate(..., start=error.cursor)` goes on where it stands.

    `url` is what was asked for; `page_number` (from 1) and `items_done`, the items delivered over all resumptions, are
    those of the cursor. Before a walk has begun, `cursor` is None and the two are 0.
    """

    def __init__(self, message: str, cursor: "Cursor | None" = None, url: str = "", *rest: Any) -> None:
        super().__init__(message, cursor, url, *rest)
        self.message = message
        self.cursor = cursor
        self.url = url

    @property
    def page_number(self) -> int:
        return self.cursor.page_number if self.cursor else 0

    @property
    def items_done(self) -> int:
        return self.cursor.items_done if self.cursor else 0

    def __str__(self) -> str:
        if self.cursor is None:
            return self.message
        # A link's parameters can hold what is nobody's business: the attribute has them, the text has not.
        place = self.url.partition("?")[0]
        return f"{self.message}\n    page {self.page_number} after {self.items_done} items: {place}"


class PagingValueError(PagingError, ValueError):
    """An argument that no walk can start with. Nothing was sent."""


class CursorError(PagingValueError):
    """A cursor that is cut, that a newer version wrote, or that belongs to another request. Nothing was sent."""


class Refusal(msgspec.Struct, frozen=True):
    """What a refusing answer says: `code` and `details` as they came, None and empty where they did not."""

    status: int
    code: str | None = None
    details: tuple[Any, ...] = ()


class StatusError(PagingError):
    """An answer that refuses the page: its `status`, and the `code` and `details` of its body."""

    def __init__(self, message: str, cursor: "Cursor | None", url: str, refusal: Refusal, *rest: Any) -> None:
        super().__init__(message, cursor, url, refusal, *rest)
        self.status = refusal.status
        self.code = refusal.code
        self.details = refusal.details


class RateLimited(StatusError):
    """An answer that asks for a wait over the limit of `Retry`. `retry_at` is the time (UTC) at which to come back."""

    def __init__(self, message: str, cursor: "Cursor | None", url: str, refusal: Refusal, retry_at: datetime) -> None:
        super().__init__(message, cursor, url, refusal, retry_at)
        self.retry_at = retry_at


class RetriesExhausted(PagingError):
    """A page that failed `attempts` times, or was not there by its deadline. `status` is the last answer's, if any."""

    def __init__(
        self, message: str, cursor: "Cursor | None", url: str, attempts: int, status: int | None = None
    ) -> None:
        super().__init__(message, cursor, url, attempts, status)
        self.attempts = attempts
        self.status = status


class LoopError(PagingError):
    """Links, redirects or pages that repeat: going on would never end."""


class OriginError(PagingError):
    """A next link or a redirect to an origin that is not allowed, or to no origin at all. Nothing was sent there."""


class BadPageError(PagingError):
    """An answer that is not a page of the listing: the message holds an excerpt of it."""


class BadItemError(BadPageError):
    """An item that cannot be decoded. `raw` is its JSON as it came; the cursor points at it."""

    def __init__(self, message: str, cursor: "Cursor | None", url: str, raw: bytes) -> None:
        super().__init__(message, cursor, url, raw)
        self.raw = raw
