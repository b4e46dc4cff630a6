"""The command line: `odatafilter demo | check | list | wait | emulator`.

Exit status: 0 done, 1 a filter, a listing or a job that failed, 2 a wrong use, 3 a job that succeeded in part only,
124 a job that was not over in time, 130 stopped by Ctrl-C (or SIGTERM, while listing), 141 nobody reads on.
"""

import argparse
import os
import signal
import sys
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from threading import Event as Flag
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Protocol, Self, TypeVar, assert_never

if TYPE_CHECKING:
    from msgspec import Raw

    from odatafilter.emulator import Server
    from odatafilter.itwin import Job, JobOperation, WaitEvent
    from odatafilter.paging import Cursor, Listing, Page, Walk
    from odatafilter.paging.events import Event
    from odatafilter.schema import Schema

_DONE, _FAILED, _MISUSED, _PARTLY, _TIMED_OUT, _INTERRUPTED, _UNREAD = 0, 1, 2, 3, 124, 130, 141
_APIS = ("realityconversion",)
_DIALECTS = (*_APIS, "analysisjobs", "analysisdetectors", "itwins")
_JOBS = ("ec3", "oneclicklca", "accesscontrol", "conversion")
_TOKEN = "ODATAFILTER_TOKEN"  # noqa: S105 - the variable, not its value


class _Located(Protocol):
    def at(self, base_url: str, /) -> Self: ...


_Operation = TypeVar("_Operation", bound=_Located)


class UsageError(Exception):
    """Arguments that no work can start with."""


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit status of the command that `arguments` (those of the process by default) ask for."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        return _run(_parser().parse_args(arguments))
    except KeyboardInterrupt:
        return _INTERRUPTED


def _run(asked: argparse.Namespace) -> int:
    run: Callable[[argparse.Namespace], int] = asked.run
    if sys.stdout is None:  # as Python has it where a shell was told `>&-`
        _say(f"odatafilter {asked.command}: standard output is closed")
        return _FAILED
    try:
        status = run(asked)
        sys.stdout.flush()
    except UsageError as error:
        _say(f"odatafilter {asked.command}: {error}")
        return _MISUSED
    except OSError as error:  # of standard output: whatever else there is to read or write says its own
        return _unwritable(asked.command, error)
    return status


def _unwritable(command: str, error: OSError) -> int:
    # What is still buffered goes nowhere; without this, the interpreter would complain at its end.
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    if isinstance(error, BrokenPipeError):
        return _UNREAD
    _say(f"odatafilter {command}: standard output: {error.strerror}")
    return _FAILED


def _say(text: str) -> None:
    if sys.stderr is not None:  # with None, `print` would write to standard output
        with suppress(OSError):
            print(text, file=sys.stderr)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="odatafilter", description="OData filters, and all pages of a listing.")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    # No abbreviations: `--token SECRET` would be a --token-file that is not there, and the message would show it.
    add = partial(commands.add_parser, allow_abbrev=False)
    _demo_command(add("demo", help="see it work against a local emulator, in under ten seconds"))
    _check_command(add("check", help="say whether a filter is valid, or what is wrong with it"))
    _list_command(add("list", help="write every matching item as a line of JSON"))
    _wait_command(add("wait", help="wait until a job is over, and write how it ended as JSON"))
    _emulator_command(add("emulator", help="serve the documented operations from made-up jobs"))
    return parser


# --- demo -----------------------------------------------------------------------------------------------------------


def _demo_command(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_demo)


def _demo(_: argparse.Namespace) -> int:
    with _extra("cli"):
        from odatafilter.emulator.demo import demo  # noqa: PLC0415 - needs rich
    with _extra("emulator"):
        demo()
    return _DONE


@contextmanager
def _extra(name: str) -> Iterator[None]:
    try:
        yield
    except ImportError as error:
        package = (error.name or "a package").partition(".")[0]
        raise UsageError(f"{package} is missing: install 'odatafilter[{name}]'") from error


# --- check ----------------------------------------------------------------------------------------------------------


def _check_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", nargs="?", default="-", help="the filter; without it, or for -, each line of standard input is a filter"
    )
    parser.add_argument(
        "--api", choices=_DIALECTS, help="check the properties and operators that this API documents, too"
    )
    parser.set_defaults(run=_check)


def _check(asked: argparse.Namespace) -> int:
    if asked.text != "-":
        return _DONE if _checked(asked.text, asked.api) else _FAILED
    verdicts = [_checked_line(number, line, asked.api) for number, line in _input_lines()]
    return _DONE if all(verdicts) else _FAILED


def _input_lines() -> list[tuple[int, bytes]]:
    """The lines of standard input that are not blank, with their numbers; where there is none, an empty one."""
    if sys.stdin is None:
        raise UsageError("standard input is closed")
    try:
        text = sys.stdin.buffer.read().removeprefix(BOM_UTF8)
    except OSError as error:
        raise UsageError(f"standard input: {error.strerror}") from error
    # A filter may hold what `splitlines` takes for the end of a line, such as U+2028 in a string.
    lines = enumerate(text.split(b"\n"), 1)
    return [(number, line.removesuffix(b"\r")) for number, line in lines if line.strip()] or [(1, b"")]


def _checked_line(number: int, line: bytes, api: str | None) -> bool:
    try:
        text = line.decode()
    except UnicodeDecodeError as error:
        wrong = f"byte 0x{line[error.start]:02x} at position {error.start + 1}"
        _say(f"line {number} of standard input is not UTF-8: {wrong}")
        return False
    return _checked(text, api)


def _checked(text: str, api: str | None) -> bool:
    """Whether `text` is valid; says so, or why not."""
    from odatafilter.errors import FilterError  # noqa: PLC0415 - as late as it is needed
    from odatafilter.filter import parse  # noqa: PLC0415

    try:
        found = parse(text, schema=None if api is None else _schema(api))
    except FilterError as error:
        _say(str(error))
        return False
    print(f"valid: {found}")
    return True


def _schema(api: str) -> "type[Schema]":
    from odatafilter import itwin  # noqa: PLC0415

    schemas = itwin.RealityConversionJob, itwin.AnalysisJob, itwin.AnalysisDetector, itwin.ITwin
    return dict(zip(_DIALECTS, schemas, strict=True))[api]


def _listing(api: str) -> "Listing":
    from odatafilter import itwin  # noqa: PLC0415

    return {"realityconversion": itwin.REALITY_CONVERSION_JOBS}[api]


# --- list -----------------------------------------------------------------------------------------------------------


def _list_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("api", choices=_APIS)
    parser.add_argument("--filter", metavar="TEXT", help="checked before anything is sent")
    parser.add_argument("--top", type=int, metavar="N", help="items in a page")
    parser.add_argument("--max-items", type=int, metavar="N", help="stop after so many items")
    parser.add_argument("--resume", metavar="CURSOR", help="go on from the cursor that an unfinished listing printed")
    _service_options(parser)
    parser.set_defaults(run=_list)


def _service_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base-url", metavar="URL", help="another origin, such as that of the emulator")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help=f"holds the bearer token (default: the variable {_TOKEN})"
    )


def _list(asked: argparse.Namespace) -> int:
    import httpx  # noqa: PLC0415 - 100 ms
    from msgspec import Raw  # noqa: PLC0415

    from odatafilter.errors import FilterError, PagingValueError  # noqa: PLC0415
    from odatafilter.paging import paginate  # noqa: PLC0415

    with httpx.Client(timeout=60) as client, _Progress() as progress:
        try:
            walk = paginate(
                client,
                _at(_listing(asked.api), asked.base_url),
                filter=asked.filter,
                top=asked.top,
                max_items=asked.max_items,
                start=asked.resume,
                token=_token(asked.token_file),
                item_type=Raw,
                on_event=progress,
            )
        except FilterError as error:
            progress.say(str(error))
            return _FAILED
        except PagingValueError as error:
            raise UsageError(str(error)) from error
        return _written(walk, progress)


def _at(operation: _Operation, base_url: str | None) -> _Operation:
    try:
        return operation if base_url is None else operation.at(base_url)
    except ValueError as error:
        raise UsageError(f"--base-url: {_without_scheme(operation, base_url) or error}") from error


def _without_scheme(operation: _Located, base_url: str | None) -> str | None:
    """What to say of a base URL that lacks nothing but its scheme; `localhost:80` looks like one of `localhost`."""
    meant = f"http://{base_url}"
    try:
        operation.at(meant)
    except ValueError:
        return None
    return f"{base_url!r} has no scheme: write {meant}"


def _token(path: Path | None) -> Callable[[], str]:
    """What reads the bearer token, once more where the service refuses it."""

    def token() -> str:
        try:
            # What is no UTF-8 becomes a character that no token has.
            text = os.environ.get(_TOKEN, "") if path is None else path.read_text("utf-8-sig", "replace")
        except OSError as error:
            raise UsageError(f"--token-file: {error}") from error
        return _bearer(text)

    token()
    return token


def _bearer(text: str) -> str:
    """The token that `text` is. Raises UsageError, which does not show it."""
    words = text.split()
    if not words:
        raise UsageError(f"no token: set {_TOKEN}, or name a file that holds it with --token-file")
    if words[0].lower() == "bearer":
        raise UsageError("the token begins with 'Bearer': leave that out, it is sent in any case")
    if len(words) > 1 or not words[0].isascii() or not words[0].isprintable():
        raise UsageError("the token holds a blank or another character that no token has: ASCII only is wanted")
    return words[0]


def _written(walk: "Walk[Raw]", progress: "_Progress") -> int:
    """Writes all items of `walk`; where it does not come to its end, says how to go on from there."""
    output = _Output(walk.cursor)
    status, reason = _copied(walk, output)
    summary = progress.summary(walk.stats.pages, output.items)
    if status == _DONE:
        progress.say(summary)
    else:  # where nothing was done, there is nothing to go on with
        progress.say(f"{reason}\n{output.advice(summary)}" if walk.stats.pages else reason)
    return status


def _copied(walk: "Walk[Raw]", output: "_Output") -> tuple[int, str]:
    """Writes all items of `walk`. The exit status, and what kept it from its end."""
    from odatafilter.errors import PagingError  # noqa: PLC0415

    pages, interrupts = walk.pages(), _Interrupts()
    try:
        with _handled(interrupts.heard):
            while (page := interrupts.next(pages)) is not None:
                output.write(page)
    except BrokenPipeError:
        raise
    except KeyboardInterrupt:
        return _INTERRUPTED, "stopped"
    except OSError as error:
        return _FAILED, f"odatafilter list: standard output: {error.strerror}"
    except (PagingError, UsageError) as error:  # the latter of a token that is asked for once more
        return _FAILED, str(error)
    return _DONE, ""


class _Output:
    """Standard output, written past all buffers: `cursor` and `items` are those of the lines that are out whole."""

    def __init__(self, cursor: "Cursor") -> None:
        self.cursor = cursor
        self.items = 0
        self._cut = False

    def write(self, page: "Page[Raw]") -> None:
        """Writes the items of `page`, one a line. Raises OSError."""
        lines = b"".join(page.lines())
        done = 0
        try:
            while done < len(lines):
                done += os.write(sys.stdout.fileno(), memoryview(lines)[done:])
        finally:
            whole = lines.count(b"\n", 0, done)
            self.items += whole
            self.cursor = page._answered.standing(page._start + whole)
            self._cut = done > 0 and not lines.endswith(b"\n", 0, done)

    def advice(self, summary: str) -> str:
        """How to go on from here."""
        cut = "the last line of the output is cut off: remove it\n" if self._cut else ""
        return f"{cut}{summary}; the same command goes on with\n    --resume {self.cursor}"


@contextmanager
def _handled(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
    """Has `handler` called for Ctrl-C, also where the parent ignores it, and for SIGTERM."""
    before = {number: signal.signal(number, handler) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, earlier in before.items():
            signal.signal(number, earlier)


class _Interrupts:
    """Ctrl-C or SIGTERM while a page is waited for ends the wait; while one is written, it counts once that is done.

    So the cursor stands right behind what was written. A second one counts at once: what is written then may be more.
    """

    def __init__(self) -> None:
        self._waiting = False
        self._asked = False

    def heard(self, _: int, __: FrameType | None) -> None:
        """Handles a signal."""
        if self._waiting or self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def next(self, pages: "Iterator[Page[Raw]]") -> "Page[Raw] | None":
        """The next page; None if there is none. Raises KeyboardInterrupt."""
        self._waiting = True
        try:
            if self._asked:
                raise KeyboardInterrupt
            return next(pages, None)
        finally:
            self._waiting = False


class _Progress:
    """What a listing has come to, on standard error: all the time in a terminal that nothing else is written to."""

    def __enter__(self) -> Self:
        self._begun = monotonic()
        self._stack = ExitStack()
        shown = sys.stderr is not None and sys.stderr.isatty() and not sys.stdout.isatty()
        self._bar = _bar(self._stack) if shown else None
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, event: "Event") -> None:
        """Shows what a walk tells."""
        if self._bar is not None:
            self._bar(event)

    def summary(self, pages: int, items: int) -> str:
        """Pages read, items written and the time so far."""
        seconds = monotonic() - self._begun
        rate = round(items / max(seconds, 0.001))
        return f"{_counted(pages, 'page')}, {_counted(items, 'item')} in {seconds:.1f} s ({_counted(rate, 'item')}/s)"

    def say(self, text: str) -> None:
        """Writes `text` below what is shown."""
        self._stack.close()
        _say(text)


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _bar(stack: ExitStack) -> "Callable[[Event], None] | None":
    """A progress bar until `stack` is closed; None without rich."""
    try:
        from odatafilter.paging.progress import ProgressBar  # noqa: PLC0415 - needs rich
    except ImportError:
        return None
    return stack.enter_context(ProgressBar())


# --- wait -----------------------------------------------------------------------------------------------------------


def _wait_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("service", choices=_JOBS)
    parser.add_argument("job_id", metavar="JOB_ID")
    parser.add_argument("--itwin-id", metavar="ID", help="the iTwin of the job: accesscontrol needs it")
    parser.add_argument("--timeout", type=float, default=3600.0, metavar="SECONDS", help="give up then (default: 3600)")
    parser.add_argument("--interval", type=float, default=2.0, metavar="SECONDS", help="the first pause (default: 2)")
    _service_options(parser)
    parser.set_defaults(run=_wait)


def _wait(asked: argparse.Namespace) -> int:
    import httpx  # noqa: PLC0415

    from odatafilter import itwin  # noqa: PLC0415
    from odatafilter.errors import PagingError, PagingValueError  # noqa: PLC0415

    try:
        with _handled(signal.default_int_handler), httpx.Client(timeout=60) as client:
            job = itwin.wait(
                client,
                _at(_job_operation(asked.service), asked.base_url),
                job_id=asked.job_id,
                itwin_id=asked.itwin_id,
                timeout=asked.timeout,
                interval=asked.interval,
                token=_token(asked.token_file),
                on_event=_Statuses(),
            )
    except itwin.WaitTimeout as error:
        _say(str(error))
        return _TIMED_OUT
    except PagingValueError as error:
        raise UsageError(str(error)) from error
    except PagingError as error:
        _say(str(error))
        return _FAILED
    return _told(job)


def _job_operation(service: str) -> "JobOperation":
    from odatafilter import itwin  # noqa: PLC0415

    operations = itwin.EC3_JOB, itwin.ONE_CLICK_LCA_JOB, itwin.ACCESS_CONTROL_JOB, itwin.CONVERSION_JOB
    return dict(zip(_JOBS, operations, strict=True))[service]


def _told(job: "Job") -> int:
    """Writes how `job` ended, and says it as an exit status."""
    from msgspec import json, structs  # noqa: PLC0415

    shown = {name: value for name, value in structs.asdict(job).items() if name != "raw"}
    print(json.encode(shown).decode())
    return {"succeeded": _DONE, "partly": _PARTLY, "failed": _FAILED}[job.outcome]


class _Statuses:
    """Says on standard error what a wait hears: each status once, and every failed attempt."""

    def __init__(self) -> None:
        self._last = ""

    def __call__(self, event: "WaitEvent") -> None:
        from odatafilter.itwin import StatusRead  # noqa: PLC0415
        from odatafilter.paging.events import Renewing, Waiting  # noqa: PLC0415

        match event:
            case StatusRead(status=status):
                if status != self._last:
                    _say(status)
                self._last = status
            case Waiting(seconds=seconds, reason=reason):
                _say(f"waiting {seconds:.1f} s: {reason}")
            case Renewing():
                pass
            case _:
                assert_never(event)


# --- emulator -------------------------------------------------------------------------------------------------------


def _emulator_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="0 is any free port (default: 8000)")
    parser.add_argument("--jobs", type=int, default=25_000, metavar="N", help="jobs of the caller (default: 25000)")
    parser.add_argument("--seed", type=int, default=1, metavar="N", help="what the jobs are made from (default: 1)")
    parser.add_argument("--database", type=Path, metavar="FILE", help="keep the jobs in an SQLite file, not in memory")
    parser.add_argument("--last-page", type=_last_page, default="null", help="the form of _links on the last page")
    parser.add_argument("--no-filter-required", action="store_true", help="list all jobs where no $filter is given")
    parser.add_argument("--throttle-every", type=int, default=0, metavar="N", help="answer every Nth request with 429")
    parser.add_argument("--retry-after", default="1", metavar="SECONDS", help="what a 429 tells to wait (default: 1)")
    parser.add_argument("--latency", type=float, default=0.0, metavar="SECONDS", help="the least time of an answer")
    parser.set_defaults(run=_emulator)


def _last_page(text: str) -> str:
    from odatafilter.emulator import LAST_PAGES  # noqa: PLC0415

    if text not in LAST_PAGES:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(map(repr, LAST_PAGES))}")
    return text


def _emulator(asked: argparse.Namespace) -> int:
    try:
        with _handled(signal.default_int_handler), _extra("emulator"), _started(asked) as server:
            print(f"{server.url}\n{_TOKEN}={server.token}", flush=True)
            Flag().wait()
    except KeyboardInterrupt:
        pass
    return _DONE


@contextmanager
def _started(asked: argparse.Namespace) -> "Iterator[Server]":
    from odatafilter.emulator import Behaviour, running  # noqa: PLC0415

    with ExitStack() as stack:
        try:
            behaviour = Behaviour(
                last_page=asked.last_page,
                filter_required=not asked.no_filter_required,
                throttle_every=asked.throttle_every,
                retry_after=asked.retry_after,
                latency=asked.latency,
            )
            serving = running(asked.jobs, asked.seed, port=asked.port, database=asked.database, behaviour=behaviour)
            server = stack.enter_context(serving)
        except OSError as error:
            raise UsageError(f"port {asked.port}: {error.strerror}") from error
        except ValueError as error:
            raise UsageError(str(error)) from error
        yield server
