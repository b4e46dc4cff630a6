"""The wait for a job, without I/O: yields what is to be done and is sent what came of it, as the fetch of a page."""

import logging
from collections.abc import Callable, Mapping
from random import random
from time import monotonic
from typing import Any, Final, NoReturn, TypeAlias, assert_never

import msgspec

from odatafilter._safe_text import show
from odatafilter.errors import BadPageError, PagingError, RateLimited, StatusError, WaitTimeout, place_of
from odatafilter.itwin.job import Job, JobOperation, Outcome
from odatafilter.paging._excerpt import excerpt, sentence
from odatafilter.paging._json import CUT, flaw, is_dense, is_json, without_bom
from odatafilter.paging._refusal import refusal
from odatafilter.paging._request import PACKED, Access, Answer, Failure, Flow, Requester, Sleep
from odatafilter.paging._rules import HOOK, Rule, check_argument, one_of, seconds
from odatafilter.paging.events import Renewing, Waiting
from odatafilter.paging.retry import Retry, back_at, seconds_to_wait

_LOG = logging.getLogger("odatafilter.itwin")
_UNAUTHORIZED = 401
_GROWTH, _LONGEST = 1.5, 10.0  # the pause between two questions grows by half each time, to ten times the first
_GRACE = 1.0  # seconds that the last question may take past the timeout: a wait of none asks once


class StatusRead(msgspec.Struct, frozen=True):
    """The service has told the status of a job.

    Args:
        number: the number of the request that it answers, from 1.
        status: the service's own word.
        seconds: the time since the first request.
    """

    number: int
    status: str
    seconds: float

    def __repr__(self) -> str:
        return f"StatusRead(number={self.number}, status='{sentence(self.status)}', seconds={self.seconds:.3f})"


WaitEvent: TypeAlias = StatusRead | Waiting | Renewing


class Wait(msgspec.Struct, frozen=True, kw_only=True):
    """What is waited for, and how."""

    operation: JobOperation
    job_id: str
    url: str
    timeout: float
    interval: float
    retry: Retry
    access: Access
    on_event: Callable[[WaitEvent], object] | None

    def __post_init__(self) -> None:
        for name, rule in _RULES.items():
            check_argument(name, getattr(self, name), rule)

    def __repr__(self) -> str:
        return f"Wait({show(self.job_id)}, {place_of(self.url)!r})"

    def tell(self, event: WaitEvent) -> None:
        """Hands `event` to the log and to the caller's hook."""
        _LOG.info("%s", event)
        if self.on_event is not None:
            self.on_event(event)


_RULES: Final[Mapping[str, Rule]] = {
    "timeout": seconds(0),
    "interval": seconds(0.001),
    "retry": one_of(Retry, "a Retry"),
    "on_event": HOOK,
}


class Poll(Requester):
    """One wait that goes on."""

    def __init__(self, wait: Wait) -> None:
        super().__init__(wait.access, wait.retry)
        self._wait = wait
        self._failure: Exception | None = None  # the last one, if the service has not told the status since
        self._begun = monotonic()
        self._questions = 0
        self._growth = 1.0  # of the next pause, in intervals
        self._last: str | None = None

    def job(self) -> Flow[Job]:
        """The job, once it is over. Raises WaitTimeout, or PagingError where the service does not tell."""
        wait = self._wait
        while True:
            self._questions += 1
            status, job, told = yield from self._ask_status()
            wait.tell(StatusRead(self._questions, status, monotonic() - self._begun))
            if job is not None:
                return job
            self._last, self._failure = status, None
            pause = wait.interval * self._growth * (0.8 + 0.4 * random())  # noqa: S311 - jitter is no secret
            self._growth = min(self._growth * _GROWTH, _LONGEST)
            yield from self._pause(max(pause, told or 0.0), in_full=told is not None)

    def _ask_status(self) -> Flow[tuple[str, Job | None, float | None]]:
        """The status, the job if it is over, and the wait that is asked for, after as many attempts as it takes."""
        failures, self._may_renew = 0, self._access.renewable is not None
        while True:
            url, reply = yield from self._ask(self._wait.url)
            if self._may_renew and isinstance(reply, Answer) and reply.status == _UNAUTHORIZED:
                self._wait.tell(Renewing(self._questions))
                yield from self._renew()
            elif isinstance(reply, Answer) and reply.status not in self._retry.statuses and not _is_cut(reply):
                return *self._read_answer(url, reply), seconds_to_wait(reply.status, reply.headers)
            else:
                failures += 1
                yield from self._wait_to_ask_again(url, failures, reply)

    def _reason_of_refusal(self, url: str, reply: Answer | Failure) -> str:
        """Why the same is to be asked again. Raises PagingError where that would not help."""
        match reply:
            case Answer(status=status, body=body):
                cut = f"the body ends in the middle: {excerpt(body)}"
                return refusal(reply)[0] if status in self._retry.statuses else cut
            case Failure(kind="passing" | "late", error=error):
                return f"{type(error).__name__}: {sentence(str(error))}"
            case Failure(kind="large"):
                self._fail(BadPageError, f"the answer is over {self._wait.retry.max_page_bytes} bytes", url=url)
            case Failure(kind="packed"):
                self._fail(BadPageError, f"the answer {PACKED}", url=url)
            case Failure(error=error):
                self._fail(PagingError, f"the request failed: {type(error).__name__}", url=url)
            case _:
                assert_never(reply)

    def _wait_for_turn(self) -> Flow[float]:
        """The deadline of the next request."""
        yield from ()
        return monotonic() + min(self._wait.retry.page_deadline, max(self._time_left(), _GRACE))

    def _wait_to_ask_again(self, url: str, failures: int, reply: Answer | Failure) -> Flow[None]:
        """The pause before the same question is asked again, until the timeout. Raises PagingError, WaitTimeout."""
        retry = self._wait.retry
        reason = self._reason_of_refusal(url, reply)
        told = self._seconds_to_wait(url, reply) if isinstance(reply, Answer) else None
        self._failure = self._failure_of(url, reply, reason)
        # Told to come back before the timeout, it asks once more by then.
        latest = max(told or 0.0, self._time_left())
        seconds = retry.backoff(failures) if told is None else min(told + retry.backoff(1), latest)
        self._wait.tell(Waiting(self._questions, seconds, failures, reason))
        yield from self._pause(seconds, in_full=told is not None)

    def _failure_of(self, url: str, reply: Answer | Failure, reason: str) -> Exception:
        """What an answer that does not tell comes to, should it be the last one."""
        if isinstance(reply, Failure):
            return reply.error
        return StatusError(reason, None, url, refusal(reply)[1])

    def _seconds_to_wait(self, url: str, answer: Answer) -> float | None:
        """The seconds that the service asks to wait. Raises RateLimited if they are too many."""
        seconds = seconds_to_wait(answer.status, answer.headers)
        too_long = seconds is not None and seconds > min(self._retry.max_retry_after, max(self._time_left(), 0.0))
        if seconds is not None and too_long:
            text, said = refusal(answer)
            at = back_at(seconds)
            self._fail(RateLimited, f"{text}; come back at {at:%Y-%m-%d %H:%M:%S} UTC", said, at, url=url)
        return seconds

    def _pause(self, seconds: float, *, in_full: bool) -> Flow[None]:
        """A pause that ends with the timeout, unless the service wants it `in_full`. Raises WaitTimeout."""
        left = self._time_left()
        if left <= 0 or (in_full and seconds > left):
            known = f"its last status is '{sentence(self._last)}'" if self._last else "no status was read"
            message = f"the job {self._wait.job_id} is not over after {self._wait.timeout:g} s; {known}"
            raise WaitTimeout(message, self._wait.job_id, self._last) from self._failure
        yield Sleep(min(seconds, left))

    def _time_left(self) -> float:
        return self._begun + self._wait.timeout - monotonic()

    def _read_answer(self, url: str, answer: Answer) -> tuple[str, Job | None]:
        if not 200 <= answer.status < 300:  # noqa: PLR2004 - RFC 9110 §15.3
            text, said = refusal(answer)
            self._fail(StatusError, text, said, url=url)
        content = without_bom(answer.body)
        if is_dense(content):
            self._fail_to_read(url, answer, "with too many values")
        try:
            body = msgspec.json.decode(content)
        except RecursionError:
            self._fail_to_read(url, answer, "that is nested too deeply")
        except ValueError:
            self._fail_to_read(url, answer, f"whose body {flaw(content, answer.headers)}")
        job = _find_job(body, self._wait.operation.job, self._wait.job_id)
        if job is None and self._wait.operation.job.endswith("[]"):
            self._fail_to_read(url, answer, f"without the job {self._wait.job_id}: no such job")
        status = job.get(self._wait.operation.status) if isinstance(job, dict) else None
        if not isinstance(job, dict) or not isinstance(status, str):
            self._fail_to_read(url, answer, "without the status of the job")
        outcome = self._wait.operation.outcome(status)
        return status, outcome and _finished_job(self._wait.job_id, outcome, status, job, body)

    def _fail_to_read(self, url: str, answer: Answer, fault: str) -> NoReturn:
        self._fail(BadPageError, f"an answer {fault}: {excerpt(answer.body)}", url=url)

    def _fail(
        self, kind: type[PagingError], message: str, *rest: Any, url: str | None = None, cause: Exception | None = None
    ) -> NoReturn:
        raise kind(message, None, url or self._wait.url, *rest) from cause


def _is_cut(answer: Answer) -> bool:
    """Whether the body only looks cut off, so that asking again may help."""
    body = without_bom(answer.body)
    return not is_json(body) and flaw(body, answer.headers) == CUT


def _find_job(body: Any, path: str, job_id: str) -> Any:
    """What `path` leads to in `body`, or None."""
    for key in path.split(".") if path else ():
        name = key.removesuffix("[]")
        body = body.get(name) if isinstance(body, dict) else None
        if name != key:
            jobs = body if isinstance(body, list) else ()
            body = next((each for each in jobs if _has_id(each, job_id)), None)
    return body


def _has_id(job: Any, job_id: str) -> bool:
    return isinstance(job, dict) and str(job.get("id")).lower() == job_id.lower()


def _finished_job(job_id: str, outcome: Outcome, status: str, job: dict[str, Any], body: Any) -> Job:
    message = job.get("message")
    errors = job.get("errors") or job.get("error") or ()  # one client of the vendor reads `error`
    links = job.get("_links")
    hrefs = {name: link["href"] for name, link in links.items() if _has_href(link)} if isinstance(links, dict) else {}
    return Job(
        id=job_id,
        outcome=outcome,
        status=status,
        message=message if isinstance(message, str) else None,
        errors=tuple(errors) if isinstance(errors, list | tuple) else (errors,),
        links=hrefs,
        raw=body,
    )


def _has_href(link: Any) -> bool:
    return isinstance(link, dict) and isinstance(link.get("href"), str)
