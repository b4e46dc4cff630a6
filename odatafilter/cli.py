"""The command line: `odatafilter demo | check | list | wait | emulator`.

Exit status: 0 done, 1 a filter, a listing or a job that failed, 2 a wrong use, 3 a job that succeeded in part only,
124 a job that was not over in time, 130 stopped by Ctrl-C, 141 nobody reads on.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from io import TextIOWrapper
from pathlib import Path
from threading import Event as Flag
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, BinaryIO, Protocol, Self, TypeVar, assert_never

if TYPE_CHECKING:
    from msgspec import Raw

    from odatafilter.itwin import Job, JobOperation, WaitEvent
    from odatafilter.paging import Cursor, Listing, Walk
    from odatafilter.paging._fetch import Stats
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
    asked = _parser().parse_args(arguments)
    run: Callable[[argparse.Namespace], int] = asked.run
    try:
        status = run(asked)
        sys.stdout.flush()
    except UsageError as error:
        _say(f"odatafilter {asked.command}: {error}")
        return _MISUSED
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # What is still buffered goes nowhere; without this, the interpreter would complain at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _UNREAD
    return status


def _say(text: str) -> None:
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
    parser.add_argument("text", nargs="?", help="the filter; without it, each line of standard input is one")
    parser.add_argument(
        "--api", choices=_DIALECTS, help="check the properties and operators that this API documents, too"
    )
    parser.set_defaults(run=_check)


def _check(asked: argparse.Namespace) -> int:
    texts = [asked.text] if asked.text is not None else _input_lines()
    verdicts = [_checked(text, asked.api) for text in texts]
    return _DONE if all(verdicts) else _FAILED


def _input_lines() -> list[str]:
    lines = sys.stdin.buffer.read().decode("utf-8-sig", "replace").splitlines()
    return [line for line in lines if line.strip()] or [""]


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
        return _written(walk, sys.stdout.buffer, progress)


def _at(operation: _Operation, base_url: str | None) -> _Operation:
    try:
        return operation if base_url is None else operation.at(base_url)
    except ValueError as error:
        raise UsageError(f"--base-url: {error}") from error


def _token(path: Path | None) -> Callable[[], str]:
    """What reads the bearer token, once more where the service refuses it."""

    def token() -> str:
        try:
            text = os.environ.get(_TOKEN, "") if path is None else path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise UsageError(f"--token-file: {error}") from error
        if not text.strip().isprintable() or not text.strip():
            raise UsageError(f"no token: set {_TOKEN}, or name a file that holds it with --token-file")
        return text.strip()

    token()
    return token


def _written(walk: "Walk[Raw]", out: BinaryIO, progress: "_Progress") -> int:
    """Writes all items of `walk`; where it does not come to its end, says how to go on from there."""
    from odatafilter.errors import PagingError  # noqa: PLC0415

    cursor = walk.cursor
    progress.stats = walk.stats
    try:
        with _Interrupts() as interrupts:
            while (item := interrupts.next(walk)) is not None:
                out.write(_line(item))
                cursor = walk.cursor
        out.flush()
    except KeyboardInterrupt:
        return _unfinished("stopped", cursor, out, progress, _INTERRUPTED)
    except PagingError as error:
        return _unfinished(str(error), cursor, out, progress, _FAILED)
    progress.say(progress.summary())
    return _DONE


def _unfinished(reason: str, cursor: "Cursor", out: BinaryIO, progress: "_Progress", status: int) -> int:
    out.flush()
    progress.say(f"{reason}\n{progress.summary()}; the same command goes on with\n    --resume {cursor}")
    return status


def _line(item: "Raw") -> bytes:
    """An item as one line: what the server wrote, unless it wrote it in several."""
    from msgspec import json  # noqa: PLC0415

    text = bytes(item)
    return (json.format(text, indent=-1) if b"\n" in text or b"\r" in text else text) + b"\n"


class _Interrupts:
    """Ctrl-C while an item is waited for ends the wait; while one is written, it counts once that is done.

    So the cursor always stands right behind what was written. A second Ctrl-C counts at once.
    """

    def __enter__(self) -> Self:
        self._waiting = False
        self._asked = False
        self._before = signal.signal(signal.SIGINT, self._interrupt)
        return self

    def __exit__(self, *_: object) -> None:
        signal.signal(signal.SIGINT, self._before)

    def _interrupt(self, _: int, __: FrameType | None) -> None:
        if self._waiting or self._asked:
            raise KeyboardInterrupt
        self._asked = True

    def next(self, walk: "Walk[Raw]") -> "Raw | None":
        """The next item; None if there is none. Raises KeyboardInterrupt."""
        self._waiting = True
        try:
            if self._asked:
                raise KeyboardInterrupt
            return next(walk, None)
        finally:
            self._waiting = False


class _Progress:
    """What a listing has come to, on standard error: all the time in a terminal that nothing else is written to."""

    def __enter__(self) -> Self:
        self._begun = monotonic()
        self._stack = ExitStack()
        self._bar = _bar(self._stack) if sys.stderr.isatty() and not sys.stdout.isatty() else None
        self.stats: Stats | None = None
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def __call__(self, event: "Event") -> None:
        """Shows what a walk tells."""
        if self._bar is not None:
            self._bar(event)

    def summary(self) -> str:
        """Pages, items and time so far."""
        seconds = monotonic() - self._begun
        pages, items = (self.stats.pages, self.stats.items) if self.stats else (0, 0)
        return f"{pages:,} pages, {items:,} items in {seconds:.1f} s ({items / max(seconds, 0.001):,.0f} items/s)"

    def say(self, text: str) -> None:
        """Writes `text` below what is shown."""
        self._stack.close()
        _say(text)


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
    from odatafilter.errors import PagingError  # noqa: PLC0415

    try:
        with httpx.Client(timeout=60) as client:
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
    except PagingError as error:
        _say(str(error))
        return _FAILED
    except ValueError as error:
        raise UsageError(str(error)) from error
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
    from odatafilter.emulator import Behaviour, running  # noqa: PLC0415

    behaviour = Behaviour(
        last_page=asked.last_page,
        filter_required=not asked.no_filter_required,
        throttle_every=asked.throttle_every,
        retry_after=asked.retry_after,
        latency=asked.latency,
    )
    try:
        with (
            _extra("emulator"),
            running(asked.jobs, asked.seed, port=asked.port, database=asked.database, behaviour=behaviour) as server,
        ):
            signal.signal(signal.SIGTERM, signal.default_int_handler)
            print(f"{server.url}\n{_TOKEN}={server.token}", flush=True)
            Flag().wait()
            return _DONE
    except KeyboardInterrupt:
        return _DONE
    except (OSError, OverflowError, ValueError) as error:
        raise UsageError(str(error)) from error
