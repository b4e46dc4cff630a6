"""Logs of scripted waits for a job: each request, pause, event, and the job or the error at the end."""

from functools import partial
from typing import Any, NamedTuple

import httpx
from answers import ok
from scripted_service import Log, Said, log_of

from odatafilter import itwin
from odatafilter.errors import PagingError, WaitTimeout
from odatafilter.itwin import ACCESS_CONTROL_JOB, CONVERSION_JOB, EC3_JOB, ONE_CLICK_LCA_JOB, JobOperation
from odatafilter.paging import Origins, Retry

ID = "0ee7070d-20e7-43b6-993f-cef689711ddc"
ITWIN = "6c9aba19-76f5-4a21-a4df-a8512df2201e"
FAILURE = {"id": ID, "status": "Failed", "message": "No quantities.", "error": {"code": "E1"}, "_links": {"a": None}}


class Script(NamedTuple):
    """A wait: what the service answers, and what the wait is told."""

    name: str
    answers: tuple[Said, ...]
    options: dict[str, Any]
    operation: JobOperation = EC3_JOB


def status(word: str, headers: dict[str, str] | None = None, **more: Any) -> httpx.Response:
    return ok({"job": {"status": word, **more}}, headers)


def busy(number: int = 503, **headers: str) -> httpx.Response:
    said = {"error": {"code": "Busy", "message": "Come back later."}}
    return ok(said, {name.replace("_", "-"): value for name, value in headers.items()}, number)


def scripts() -> list[Script]:
    done = status("Succeeded", _links={"ec3Project": {"href": "http://e.test/1"}, "report": {"href": None}, "x": 1})
    running = status("Running")
    tokens = iter(f"token{number}" for number in range(1, 9))
    listed = ok({"jobs": [{"id": "other", "state": "failed"}, {"id": ID.upper(), "state": "cancelled"}]})
    return [
        Script("over at once", (done,), {}, ONE_CLICK_LCA_JOB),
        Script("over after a while", (*[running] * 9, done), {}),
        Script("pauses as long as the interval says", (running, running, running, done), {"interval": 0.001}),
        Script("a failure", (ok({"job": FAILURE}),), {}),
        Script(
            "errors", (ok({"status": "PartialCompleted", "errors": [1, 2]}),), {"itwin_id": ITWIN}, ACCESS_CONTROL_JOB
        ),
        Script("a job of a list", (listed,), {}, CONVERSION_JOB),
        Script("a job of the list of an iTwin", (listed,), {"itwin_id": ITWIN}, CONVERSION_JOB),
        Script("no job of a list", (ok({"jobs": []}),), {}, CONVERSION_JOB),
        Script("the service says when to ask again", (status("Running", {"Retry-After": "7"}), done), {}),
        Script("it says to ask sooner", (status("Running", {"Retry-After": "1"}), done), {}),
        Script("it says to ask after the timeout", (status("Running", {"Retry-After": "31"}), done), {"timeout": 30}),
        Script("not over in time", (running,) * 9, {"timeout": 20}),
        Script("asked once", (running,), {"timeout": 0}),
        Script("asked once, and nobody is there", (), {"timeout": 0}),
        Script("failures in between", (busy(), running, busy(502), busy(429, Retry_After="3"), done), {}),
        Script("nobody is there until the timeout", (), {"timeout": 3}),
        Script("told to wait too long", (busy(429, Retry_After="121"),), {}),
        Script("told to wait past the timeout", (busy(429, Retry_After="3"),), {"timeout": 3}),
        Script("told to wait up to the timeout", (busy(429, Retry_After="3"), done), {"timeout": 3.25}),
        Script("a refusal", (busy(404),), {}),
        Script("a cut body", (ok(b'{"job": {"st'), done), {}),
        Script("no JSON", (ok(b"<html>"),), {}),
        Script("no body", (ok(b""),), {}),
        Script("no status", (ok({"job": {"state": "Succeeded"}}),), {}),
        Script("no job", (ok([]),), {}),
        Script("an answer that is too large", (ok({"job": "x" * 300}),), {"retry": Retry(max_page_bytes=200)}),
        Script("deep", (ok(b"[" * 100_000 + b"]" * 100_000),), {}),
        Script("no HTTP at all", (httpx.UnsupportedProtocol("what is this?"),), {}),
        Script("timeouts", (httpx.ReadTimeout("slow"), httpx.ConnectTimeout("slow"), done), {"timeout": 60}),
        Script("a redirect", (httpx.Response(302, headers={"location": "/Q"}), done), {}),
        Script("a redirect to somebody else", (httpx.Response(302, headers={"location": "http://b.test/"}), done), {}),
        Script(
            "a redirect to somebody else, who gets no token",
            (httpx.Response(302, headers={"location": "http://b.test/"}), done),
            {"origins": Origins.strip(), "token": lambda: "t"},
        ),
        Script(
            "a token that is renewed", (running, busy(401), running, busy(401), done), {"token": lambda: next(tokens)}
        ),
        Script("a token that is refused twice", (busy(401), busy(401)), {"token": lambda: "t"}),
        Script("no token and a 401", (busy(401),), {}),
        Script("a deadline of a question", (running, done), {"retry": Retry(page_deadline=0.5)}),
    ]


def logs(*, is_async: bool) -> dict[str, list[str]]:
    """The lines of each wait, by its name."""
    return {script.name: log_of(script.answers, partial(_wait, script), is_async=is_async) for script in scripts()}


def _wait(script: Script, log: Log) -> None:
    wait: Any = itwin.await_ if log.runner else itwin.wait
    operation = script.operation.at("http://s.test")
    try:
        job = log.run(wait(log.client(), operation, job_id=ID, on_event=log.add, **script.options))
    except (PagingError, WaitTimeout) as error:
        log.add(f"{type(error).__name__}: {error}")
        log.add(f"    from {error.__cause__!r}")
    else:
        log.add(f"{job!r} with {job.errors} and {job.links}")
        log.add(f"    {job.raw}")
