"""The documented operation that lists Reality Conversion jobs: what a request asks for, and the page it gets."""

import re
from collections import Counter
from functools import lru_cache
from typing import Final
from urllib.parse import parse_qsl, quote

import msgspec

from odatafilter.emulator import _answers
from odatafilter.emulator._behaviour import Behaviour, LastPage
from odatafilter.emulator._generate import Caller
from odatafilter.emulator._store import START, Store
from odatafilter.emulator._tokens import Continuation, Tokens
from odatafilter.emulator._translate import ALL, SqlCondition, UnsupportedFilterError, translate
from odatafilter.errors import FilterSyntaxError, FilterValidationError
from odatafilter.filter import parse
from odatafilter.itwin import RealityConversionJob
from odatafilter.limits import Limits

_LINKS: Final[dict[LastPage, bytes]] = {
    "null": b',"_links":null',
    "absent": b"",
    "{}": b',"_links":{}',
    "next null": b',"_links":{"next":null}',
    "next {}": b',"_links":{"next":{}}',
    "href null": b',"_links":{"next":{"href":null}}',
    "href empty": b',"_links":{"next":{"href":""}}',
}
_DEFAULT_TOP = 100
_MAX_TOP = 1000
_LIMITS = Limits(depth=64)  # what SQLite's parser can take, as SQL
_FIRST = Continuation(START, _DEFAULT_TOP)
_KEPT = ("$filter", "$top")  # the options that a next link repeats
_NUMBER = re.compile("[0-9]{1,4}")
_PLAIN = "'(),:/@$"  # what a filter keeps in a URL as it is


class JobList:
    """Lists the jobs of a store, with tokens of its own."""

    def __init__(self, store: Store, tokens: Tokens, behaviour: Behaviour) -> None:
        self._store = store
        self._tokens = tokens
        self._end = _LINKS[behaviour.last_page]
        self._filter_required = behaviour.filter_required

    def page(self, caller: Caller, url: str, query: str) -> bytes:
        """The JSON of one page. Raises Refused: 422 with all faults of the query, 404 for an iTwin."""
        request = _Request(query, caller.ownerId)
        condition, continuation = self._read_request(request)
        if not (condition.itwins or frozenset()).issubset(caller.itwins):
            raise _answers.no_itwin()
        rows = self._store.rows(condition, caller, continuation.after, continuation.top + 1)
        page, more = rows[: continuation.top], rows[continuation.top :]
        links = self._next(request, Continuation(page[-1].key, continuation.top), url) if more else self._end
        return b"".join((b'{"jobs":[', b",".join([row.body for row in page]), b"]", links, b"}"))

    def _read_request(self, request: "_Request") -> tuple[SqlCondition, Continuation]:
        """What is asked for, and from where; raises Refused with all faults at once."""
        top = request.top()
        condition = self._read_condition(request)
        start = self._read_start(request)
        if request.faults:
            raise _answers.bad_request(request.faults)
        return condition, start if top is None else Continuation(start.after, top)

    def _read_condition(self, request: "_Request") -> SqlCondition:
        if (text := request.options.get("$filter")) is not None:
            condition, faults = read_filter(text)
            request.faults += faults
            return condition
        if self._filter_required:
            request.faults.append(_answers.missing_parameter("$filter"))
        return ALL

    def _read_start(self, request: "_Request") -> Continuation:
        token = request.options.get("continuationToken")
        if token is None:
            return _FIRST
        if (found := self._tokens.read_token(token, request.bound_to)) is None:
            message = "The continuationToken query parameter value does not belong to this request."
            request.faults.append(_answers.bad_parameter("continuationToken", message))
        return found or _FIRST

    def _next(self, request: "_Request", continuation: Continuation, url: str) -> bytes:
        given = [f"{name}={quote(request.options[name], safe=_PLAIN)}" for name in _KEPT if name in request.options]
        token = self._tokens.make_token(continuation, request.bound_to)
        href = f"{url}?{'&'.join([*given, f'continuationToken={token}'])}"
        return b',"_links":' + msgspec.json.encode({"next": {"href": href}})


class _Request:
    """The query of a request, read once: split, then decoded, where a plus sign is a blank as in forms."""

    def __init__(self, query: str, owner: str) -> None:
        pairs = parse_qsl(query, keep_blank_values=True)
        self.options = dict(pairs)
        self.bound_to = (self.options.get("$filter", ""), owner)
        twice = [name for name, times in Counter(name for name, _ in pairs).items() if times > 1]
        self.faults = [_answers.bad_parameter(name, f"The {name} query parameter is given twice.") for name in twice]

    def top(self) -> int | None:
        """The page size that is asked for."""
        if (text := self.options.get("$top")) is None:
            return None
        if not _NUMBER.fullmatch(text) or not 1 <= int(text) <= _MAX_TOP:
            self.faults.append(_answers.bad_top())
            return None
        return int(text)


def condition_of(text: str | None) -> SqlCondition:
    """The condition that a filter is; without one, all. Raises FilterError or UnsupportedFilterError."""
    return ALL if text is None else translate(parse(text, schema=RealityConversionJob, limits=_LIMITS).tree)


@lru_cache(maxsize=256)  # every page of a walk repeats the filter
def read_filter(text: str) -> tuple[SqlCondition, list[_answers.Body]]:
    """The condition that a `$filter` is, and every fault that it has."""
    try:
        return condition_of(text), []
    except FilterValidationError as error:
        messages = [problem.message for problem in error.problems]
    except FilterSyntaxError as error:
        messages = [f"{error.message} (character {error.span[0] + 1})"]
    except UnsupportedFilterError as error:
        messages = [str(error)]
    return ALL, [_answers.bad_parameter("$filter", message) for message in messages]
