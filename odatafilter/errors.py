"""Every error of this library, and how the place of an error is drawn under the text.

FilterError (ValueError)        a filter that cannot be read, built or used
  FilterSyntaxError             the text is no filter expression, or is past a limit
  FilterValidationError         the schema does not allow it: all problems at once
  UnsupportedError              the engine that is to run it cannot: all that it cannot, before anything is run
  QueryOptionsError             system query options of a request that are wrong: all problems of all of them at once
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

WaitTimeout                     a job that was not over in time: its last status

MissingExtraError (ModuleNotFoundError)  a module whose extra is not installed: which to install
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NotRequired, TypedDict

import msgspec

from odatafilter._safe_text import MESSAGE, escape, shorten
from odatafilter._walk_position import WalkPosition

_BEFORE = 70  # characters shown before an error in a long text
_AFTER = 140  # and from its start on
_LISTED = 100  # problems that a message or an answer lists
_DRAWN = 20  # of these are drawn under the text
_MENDED = 10_000  # characters that the suggestions in an answer may have beside as many as the text has
_LONGEST_URL = 4096  # characters that are looked at


class ErrorDetail(TypedDict):
    """One mistake of a filter or a query option, as an API reports it: `span` is the range of characters at fault.

    `suggestion` is the whole text as it was perhaps meant where `code` is "syntax", else what would do in the place of
    `span`: there may be several mistakes.
    """

    code: str
    message: str
    target: str
    span: list[int]
    suggestion: NotRequired[str]


class ErrorBody(TypedDict):
    """What an API answers to a filter or to query options that are wrong: ready for JSON.

    `code` is "InvalidFilter" or "InvalidQueryOptions".
    """

    code: str
    message: str
    details: list[ErrorDetail]


class MissingExtraError(ModuleNotFoundError):
    """A module, such as `odatafilter.django`, that needs a package which is not installed: the message names the extra.

    `name` is the module that was looked for.
    """


class FilterError(ValueError):
    """A filter that cannot be read, built or used.

    The message has at most 400 characters, and none that acts on a terminal or a log: these are escaped.
    """

    names_property = False  # whether an error of evaluation says already which property it is about

    def __init__(self, message: str = "", *rest: Any) -> None:
        super().__init__(shorten(message), *rest)


class FilterTypeError(FilterError, TypeError):
    """A value or an operator that does not fit the property it is used with."""


class FilterSyntaxError(FilterError):
    """A text that is no filter expression, or that is past a limit.

    `span` is the half-open range of characters of `text` at fault, `line` and `column` (both from 1) its start,
    and `suggestion` the whole text as it was perhaps meant, or None. `code` is "syntax", or "limit" of a text that is
    past a limit.
    """

    def __init__(
        self, message: str, text: str, span: tuple[int, int], suggestion: str | None = None, code: str = "syntax"
    ) -> None:
        super().__init__(message, text, span, suggestion, code)
        self.message: str = self.args[0]
        self.text = text
        self.span = span
        self.suggestion = suggestion
        self.code = code

    @property
    def line(self) -> int:
        return self.text.count("\n", 0, self.span[0]) + 1

    @property
    def column(self) -> int:
        return self.span[0] - self.text.rfind("\n", 0, self.span[0])

    def to_dict(self) -> ErrorBody:
        """The error as the body of an answer: one detail, with the mended text if there is one."""
        detail = _detail(self.code, self.message, self.span, self.suggestion)
        return _body("InvalidFilter", "the filter cannot be read", [detail])

    def __str__(self) -> str:
        return f"{self.message}\n{draw(self.text, self.span)}"


class Problem(msgspec.Struct, frozen=True):
    """One thing that a schema does not allow.

    Args:
        message: what is wrong, at most 400 characters.
        span: where its characters start and end in the text.
        code: its kind, for programs: see the codes of problems.
        suggestion: what may stand in the place of the span.
    """

    message: str
    span: tuple[int, int]
    code: str
    suggestion: str | None = None

    def __post_init__(self) -> None:
        if len(self.message) > MESSAGE or escape(self.message) != self.message:
            msgspec.structs.force_setattr(self, "message", shorten(self.message))


class _ProblemsError(FilterError):
    """What is wrong with a filter at several places. `problems` are all of them, in the order of the text."""

    _WHOLE = "the filter is not allowed"

    def __init__(self, text: str, problems: tuple[Problem, ...]) -> None:
        ValueError.__init__(self, text, problems)
        self.text = text
        self.problems = problems

    def to_dict(self) -> ErrorBody:
        """The error as the body of an answer: a detail for each of the first 100 problems, with its code.

        A suggestion there stands for the text of its span alone. It is left out where all of them together would have
        10,000 characters more than the text.
        """
        found = [("$filter", problem) for problem in self.problems]
        return _body_of_problems("InvalidFilter", self._WHOLE, found, len(self.text))

    def __str__(self) -> str:
        return _drawn_problems([(self.text, problem) for problem in self.problems])


class FilterValidationError(_ProblemsError):
    """A filter that its schema does not allow. `problems` are all of them, in the order of the text."""


class UnsupportedError(_ProblemsError):
    """A filter that an engine cannot run. `problems` are all that it cannot, in the order of the canonical text.

    It is raised before anything is run.
    """

    _WHOLE = "the filter cannot be run here"


class OptionProblem(Problem, frozen=True, kw_only=True):
    """One thing that is wrong with a system query option.

    Args:
        message: what is wrong, at most 400 characters.
        span: its place in the decoded value of the option.
        code: its kind, for programs.
        suggestion: takes the place of the span; where the code is "syntax", of the whole value.
        target: the option: "$filter", "$orderby", "@p".
    """

    target: str


class QueryOptionsError(FilterError):
    """System query options that are wrong, or that their schema does not allow.

    `problems` are all problems of all options, each with its `target`; `texts` are the decoded values of the options
    that have problems, by their target.
    """

    def __init__(self, texts: Mapping[str, str], problems: tuple[OptionProblem, ...]) -> None:
        ValueError.__init__(self, texts, problems)
        self.texts = texts
        self.problems = problems

    def to_dict(self) -> ErrorBody:
        """The error as the body of an answer, as that of a FilterValidationError: each detail names its option."""
        found = [(problem.target, problem) for problem in self.problems]
        length = sum(map(len, self.texts.values()))
        return _body_of_problems("InvalidQueryOptions", "the query options are not allowed", found, length)

    def __str__(self) -> str:
        return _drawn_problems([(self.texts[problem.target], problem) for problem in self.problems])


def _body(code: str, message: str, details: list[ErrorDetail]) -> ErrorBody:
    return {"code": code, "message": message, "details": details}


def _detail(
    code: str, message: str, span: tuple[int, int], suggestion: str | None, target: str = "$filter"
) -> ErrorDetail:
    detail: ErrorDetail = {"code": code, "message": message, "target": target, "span": list(span)}
    return detail if suggestion is None else {**detail, "suggestion": suggestion}


def _body_of_problems(code: str, message: str, found: Sequence[tuple[str, Problem]], length: int) -> ErrorBody:
    """The first 100 problems, each with its target; suggestions in the room that texts of that `length` leave them."""
    details = []
    left = _MENDED + length
    for target, problem in found[:_LISTED]:
        left -= len(problem.suggestion or "")
        suggestion = problem.suggestion if left >= 0 else None
        details.append(_detail(problem.code, problem.message, problem.span, suggestion, target))
    more = _more_than_listed(len(found))
    return _body(code, f"{message}{f': {len(details)} problems {more}' if more else ''}", details)


def _drawn_problems(found: Sequence[tuple[str, Problem]]) -> str:
    """The messages of the problems, each with the name of its option and its place; the first ones are drawn."""
    lines = []
    for index, (text, problem) in enumerate(found[:_LISTED]):
        message = problem.message
        if isinstance(problem, OptionProblem) and not message.startswith(problem.target):
            message = f"{problem.target}: {message}"
        place = f"\n{draw(text, problem.span)}" if index < _DRAWN else f", at character {problem.span[0] + 1}"
        lines.append(message + place)
    more = _more_than_listed(len(found))
    return "\n".join([*lines, more] if more else lines)


def _more_than_listed(count: int) -> str:
    """How many of `count` problems are not listed, in words."""
    more = count - _LISTED
    return f"and {more} more problem{'s' * (more > 1)}" if more > 0 else ""


def draw(text: str, span: tuple[int, int]) -> str:
    """The line of `text` in which `span` starts, cut to a window where it is long, with carets below the span."""
    start, end = span
    first = text.rfind("\n", 0, start) + 1
    last = text.find("\n", start)
    last = len(text) if last < 0 else last
    left = max(first, start - _BEFORE)
    right = min(last, start + _AFTER)
    before = ("…" if left > first else "") + _on_one_line(text[left:start])
    marked = _on_one_line(text[start : min(end, right)])
    after = _on_one_line(text[min(max(start, end), right) : right]) + ("…" if right < last else "")
    return f"    {before}{marked}{after}\n    {' ' * _width(before)}{'^' * max(1, _width(marked))}"


def _on_one_line(text: str) -> str:
    """`text` on one line, with one visible character for each that no terminal shows."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(
        character if len(escape(character)) == 1 else "\N{REPLACEMENT CHARACTER}"
        for character in text.replace("\t", " ")
    )


def _width(text: str) -> int:
    """How many columns of a terminal `text` takes: East Asian characters are wide, marks stand on the one before."""
    return len(text) if text.isascii() else sum(_columns(character) for character in text)


def _columns(character: str) -> int:
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def place_of(url: str) -> str:
    """`url` as a message may show it: without user information, query and fragment, which may hold secrets."""
    scheme, slashes, rest = re.split("[?#]", url[:_LONGEST_URL], maxsplit=1)[0].partition("//")
    host, slash, path = rest.partition("/")
    return shorten(f"{scheme}{slashes}{host.rpartition('@')[2]}{slash}{path}", MESSAGE // 2)


class PagingError(Exception):
    """A listing that could not be walked on; `paginate(..., start=error.cursor)` goes on where it stands.

    `message` has at most 400 characters, and none that acts on a terminal or a log: those are escaped. `url` is what
    was asked for, whole and as it is; `page_number` (from 1) and `items_done`, the items delivered over all
    resumptions, are those of the cursor. Before a walk has begun, `cursor` is None and the two are 0.
    """

    def __init__(self, message: str, cursor: WalkPosition | None = None, url: str = "", *rest: Any) -> None:
        message = shorten(message)
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

    @property
    def _place(self) -> str:
        return place_of(self.url)

    def __str__(self) -> str:
        if self.cursor is None:
            return self.message
        return f"{self.message}\n    page {self.page_number} after {self.items_done} items: {self._place}"

    def __repr__(self) -> str:
        name, place = type(self).__name__, self._place
        return f"{name}({self.message!r}, page={self.page_number}, items_done={self.items_done}, url={place!r})"


class PagingValueError(PagingError, ValueError):
    """An argument that no walk or wait can start with, nor what is given to them. Nothing was sent."""


class CursorError(PagingValueError):
    """A cursor that is cut, that a newer version wrote, or that belongs to another request. Nothing was sent."""


class Refusal(msgspec.Struct, frozen=True):
    """What a refusing answer says: `code` and `details` as they came, None and empty where they did not."""

    status: int
    code: str | None = None
    details: tuple[Any, ...] = ()
    headers: Mapping[str, str] = {}

    def __repr__(self) -> str:
        return f"Refusal({self.status}, {self.code!r})"  # details may be large, headers secret


class StatusError(PagingError):
    """An answer that refuses the page: its `status`, its `headers`, and the `code` and `details` of its body.

    The names of `headers` count without regard to capitals.
    """

    def __init__(self, message: str, cursor: WalkPosition | None, url: str, refusal: Refusal, *rest: Any) -> None:
        super().__init__(message, cursor, url, refusal, *rest)
        self.status = refusal.status
        self.code = refusal.code
        self.details = refusal.details
        self.headers = refusal.headers


class RateLimited(StatusError):
    """An answer that asks for a wait over the limit of `Retry`. `retry_at` is the time (UTC) at which to come back."""

    def __init__(
        self, message: str, cursor: WalkPosition | None, url: str, refusal: Refusal, retry_at: datetime
    ) -> None:
        super().__init__(message, cursor, url, refusal, retry_at)
        self.retry_at = retry_at


class RetriesExhausted(PagingError):
    """A page that failed `attempts` times, or was not there by its deadline.

    `status` and `headers` are those of the last answer; without one they are None and empty.
    """

    def __init__(
        self, message: str, cursor: WalkPosition | None, url: str, attempts: int, refusal: Refusal | None = None
    ) -> None:
        super().__init__(message, cursor, url, attempts, refusal)
        self.attempts = attempts
        self.status = refusal.status if refusal else None
        self.headers: Mapping[str, str] = refusal.headers if refusal else {}


class LoopError(PagingError):
    """Links, redirects or pages that repeat: going on would never end."""


class OriginError(PagingError):
    """A next link or a redirect to an origin that is not allowed, or to no origin at all. Nothing was sent there."""


class BadPageError(PagingError):
    """An answer that is not a page of the listing: the message holds an excerpt of it."""


class BadItemError(BadPageError):
    """An item that cannot be decoded. `raw` is its JSON as it came; the cursor points at it."""

    def __init__(self, message: str, cursor: WalkPosition | None, url: str, raw: bytes) -> None:
        super().__init__(message, cursor, url, raw)
        self.raw = raw


class WaitTimeout(Exception):
    """A job that was not over in time. `status` is the last one that was read, or None if none was.

    Its `__cause__` is the last failure where the service did not tell.
    """

    def __init__(self, message: str, job_id: str, status: str | None) -> None:
        message = shorten(message)
        super().__init__(message, job_id, status)
        self.message = message
        self.job_id = job_id
        self.status = status

    def __str__(self) -> str:
        return self.message
