"""What is known of an operation that tells how a job is getting on, and what it tells in the end."""

import re
from collections.abc import Mapping
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import Any, Literal, Self, TypeAlias, get_args
from urllib.parse import quote
from uuid import UUID

import msgspec

from odatafilter._literals.guids import is_guid
from odatafilter._safe_text import show, show_type
from odatafilter.errors import PagingValueError, place_of
from odatafilter.paging._excerpt import sentence
from odatafilter.paging.origins import move_to_origin, origin_of

Outcome: TypeAlias = Literal["succeeded", "partly", "failed"]

_LONGEST_ID = 1000  # characters
_PLACE = re.compile(r"\{\w*\}")


@dataclass(frozen=True)
class JobOperation:
    """An operation that gives one job: a GET of its URL.

    Raises PagingValueError for a URL or an outcome that cannot be.

    Args:
        url: the URL of a job, in which `{job_id}` and perhaps `{itwin_id}` are filled in.
        outcomes: which words of the service are final, in any letter case, and what they mean: all others mean that the
            job goes on.
        scoped_url: the URL of a job whose iTwin is given, where that is another one.
        job: the dotted path to the job in the body; after a name, `[]` is the element of a list that has the id.
        status: the job's key for its status.
        headers: headers of every request.
    """

    url: str
    _: KW_ONLY
    outcomes: Mapping[str, Outcome]
    scoped_url: str | None = None
    job: str = ""
    status: str = "status"
    headers: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for url in (self.url, self.scoped_url):
            if url is not None:
                _check_url(url)
        for word, outcome in self.outcomes.items():
            if outcome not in get_args(Outcome):
                wanted = ", ".join(map(repr, get_args(Outcome)))
                raise PagingValueError(f"the outcome of {show(word)} is {show(outcome)}: one of {wanted} is wanted")

    def __repr__(self) -> str:
        return f"JobOperation({place_of(self.url)!r}, job={self.job!r}, status={self.status!r})"

    def at(self, base_url: str) -> Self:
        """The same operation at the origin `base_url`: a scheme, host and port. Raises `PagingValueError`.

        Args:
            base_url: such as `http://127.0.0.1:8000`.
        """
        scoped = self.scoped_url and move_to_origin(self.scoped_url, base_url)
        return replace(self, url=move_to_origin(self.url, base_url), scoped_url=scoped)

    def url_of(self, job_id: UUID | str, itwin_id: UUID | str | None) -> str:
        """The URL of one job. Raises `PagingValueError` for ids that cannot be, are missing or too many.

        Args:
            job_id: a text or a UUID, at most 1,000 characters.
            itwin_id: that of its iTwin, or None.
        """
        url = self.url if itwin_id is None else self.scoped_url or self.url
        wanted = "{itwin_id}" in url
        if wanted != (itwin_id is not None):
            raise PagingValueError("this operation needs an itwin_id" if wanted else "this operation takes no itwin_id")
        given = {"{job_id}": job_id, "{itwin_id}": itwin_id}
        return _PLACE.sub(lambda found: _quote_id(url, found[0], given[found[0]]), url)

    def outcome(self, status: str) -> Outcome | None:
        """What `status` means; None if the job goes on, as it does with any word that is not documented.

        Args:
            status: the service's word.
        """
        return {word.lower(): outcome for word, outcome in self.outcomes.items()}.get(status.lower())


def _check_url(url: object) -> None:
    if not isinstance(url, str):
        raise PagingValueError(f"the URL of an operation is {show_type(url)}: a text is wanted")
    try:
        origin_of(url)
    except ValueError as error:
        raise PagingValueError(f"the URL of an operation, {show(place_of(url))}, is {error}") from None
    if {"{job_id}"} != set(_PLACE.findall(url)) - {"{itwin_id}"}:
        wanted = "{job_id}, perhaps {itwin_id}, and no other place is to be filled in"
        raise PagingValueError(f"the URL of an operation is {show(place_of(url))}: {wanted}")


def _quote_id(url: str, name: str, given: object) -> str:
    text = str(given) if isinstance(given, UUID | str) else ""
    is_id = 0 < len(text) <= _LONGEST_ID and bool(text.strip(".")) and text.isprintable()
    if not is_id or ("$filter" in url and not is_guid(text)):
        raise PagingValueError(f"{name.strip('{}')} is {show(given)}, which is no id")
    return quote(text, safe="")


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """A job that is over.

    Args:
        id: the id that it was asked for by.
        outcome: what its status means.
        status: the service's own word.
        message: what the service says of a failure.
        errors: the same, one by one.
        links: its links by name, without those that are null.
        raw: the whole body of the last answer.
    """

    id: str
    outcome: Outcome
    status: str
    message: str | None = None
    errors: tuple[Any, ...] = ()
    links: dict[str, str] = {}
    raw: Any = None

    def __repr__(self) -> str:
        message = "" if self.message is None else f", message={sentence(self.message)!r}"
        return (
            f"Job({show(self.id)}, {self.outcome!r}, status={sentence(self.status)!r}{message})"  # links may hold keys
        )
