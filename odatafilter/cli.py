"""The command line: `odatafilter demo | check | match | schema | list | wait | emulator | completion`.

What was asked for goes to standard output, everything else to standard error.
"""

import argparse
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from http import HTTPStatus
from io import TextIOWrapper
from pathlib import Path
from threading import Event as Flag
from time import monotonic
from types import FrameType
from typing import TYPE_CHECKING, Any, Final, Protocol, Self, TypeVar, assert_never

from odatafilter import __version__
from odatafilter._commands.completion import SHELLS, write_completion
from odatafilter._commands.judge import SCHEMA_FILES, add_schema_options, check, match, write_schema
from odatafilter._commands.streams import UsageError, discard_output, escape_lines, say
from odatafilter._safe_text import shorten
from odatafilter.errors import MissingExtraError

if TYPE_CHECKING:
    from msgspec import Raw

    from odatafilter.emulator import Server
    from odatafilter.emulator._statuses import JobService
    from odatafilter.itwin import Job, JobOperation, WaitEvent
    from odatafilter.paging import Cursor, Listing, Page, Walk
    from odatafilter.paging.events import Event

_DONE, _FAILED, _MISUSED, _PARTLY, _JOB_FAILED, _TIMED_OUT, _INTERRUPTED, _UNREAD = 0, 1, 2, 3, 4, 124, 130, 141
_EXIT_CODES = f"""exit status:
  {_DONE}    done
  {_FAILED}    a filter that is not valid, a line that cannot be read, a request that failed
  {_MISUSED}    a wrong use; nothing was sent
  {_PARTLY}    a job that succeeded in part only (wait)
  {_JOB_FAILED}    a job that failed (wait)
  {_TIMED_OUT}  a job that was not over in time (wait)
  {_INTERRUPTED}  stopped by Ctrl-C or SIGTERM
  {_UNREAD}  nobody reads on
"""
_APIS = ("realityconversion",)
_LISTING = "API|URL"
_JOBS = {  # of each service, what `odatafilter.itwin` has
    "ec3": "EC3_JOB",
    "oneclicklca": "ONE_CLICK_LCA_JOB",
    "accesscontrol": "ACCESS_CONTROL_JOB",
    "conversion": "CONVERSION_JOB",
}
_SCRIPTED: Final[tuple["JobService", ...]] = ("ec3", "oneclicklca", "accesscontrol")
_OF_ITWINS: Final = "accesscontrol"
_TOKEN = "ODATAFILTER_TOKEN"  # noqa: S105 - the variable, not its value


class _Located(Protocol):
    def at(self, base_url: str, /) -> Self: ...


_Operation = TypeVar("_Operation", bound=_Located)


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
        say(f"odatafilter {asked.command}: standard output is closed")
        return _FAILED
    try:
        status = run(asked)
        sys.stdout.flush()
    except UsageError as error:
        say(f"odatafilter {asked.command}: {error}")
        return _MISUSED
    except OSError as error:  # of standard output: whatever else there is to read or write says its own
        return _fail_to_write(asked.command, error)
    return status


def _fail_to_write(command: str, error: OSError) -> int:
    discard_output(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return _UNREAD
    say(f"odatafilter {command}: standard output: {error.strerror}")
    return _FAILED


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="odatafilter",
        description="OData filters, and all pages of a listing.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_list_examples(
            "odatafilter demo", "odatafilter check \"name eq 'x' and size gt 5\"", "odatafilter list --help"
        )
        + _EXIT_CODES,
    )
    parser.add_argument("--version", action="version", version=f"odatafilter {__version__}")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    # No abbreviations: `--token SECRET` would be a --token-file that is not there, and the message would show it.
    _demo_command(
        _add_command(commands, "demo", "see it work against a local emulator, in under ten seconds", "odatafilter demo")
    )
    _check_command(
        _add_command(
            commands,
            "check",
            "say whether a filter is valid, or what is wrong with it",
            "odatafilter check \"state eq 'active'\" --api realityconversion",
            "odatafilter check --json < filters.txt",
        )
    )
    _match_command(
        _add_command(
            commands,
            "match",
            "write the lines of standard input, each a JSON object, for which a filter is true",
            "odatafilter match \"state eq 'failed'\" < jobs.ndjson",
            'odatafilter match "age gt 5" --schema declarations.json < items.ndjson > old.ndjson',
        )
    )
    _schema_command(
        _add_command(
            commands,
            "schema",
            "write the Python source of a typed schema",
            "odatafilter schema metadata.xml#Orders > orders.py",
        )
    )
    _list_command(
        _add_command(
            commands,
            "list",
            "write every matching item as a line of JSON",
            "odatafilter list realityconversion --filter \"state eq 'success'\" --max-items 500",
            "odatafilter list https://services.odata.org/V4/Northwind/Northwind.svc/Orders --odata --select OrderID",
        )
    )
    _wait_command(
        _add_command(
            commands,
            "wait",
            "wait until a job is over, and write how it ended as JSON",
            "odatafilter wait ec3 0ee7070d-20e7-43b6-993f-cef689711ddc --timeout 600",
        )
    )
    _emulator_command(
        _add_command(
            commands,
            "emulator",
            "serve the documented operations from made-up jobs",
            "odatafilter emulator --jobs 100 --job ec3=Queued,Running,Succeeded",
        )
    )
    _completion_command(
        _add_command(
            commands,
            "completion",
            "write a script that completes this command line in a shell",
            'eval "$(odatafilter completion bash)"',
            "odatafilter completion fish > ~/.config/fish/completions/odatafilter.fish",
        )
    )
    return parser


def _add_command(commands: Any, name: str, help: str, *examples: str) -> argparse.ArgumentParser:  # noqa: A002
    """The parser of a command, whose own help ends with examples and the exit statuses."""
    parser: argparse.ArgumentParser = commands.add_parser(
        name,
        help=help,
        description=f"{help[0].upper()}{help[1:]}.",
        allow_abbrev=False,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        epilog=_list_examples(*examples) + _EXIT_CODES,
    )
    return parser


def _list_examples(*examples: str) -> str:
    return "examples:\n" + "".join(f"  {example}\n" for example in examples) + "\n"


# --- demo -----------------------------------------------------------------------------------------------------------


def _demo_command(parser: argparse.ArgumentParser) -> None:
    parser.set_defaults(run=_demo)


def _demo(_: argparse.Namespace) -> int:
    with _misuse_without_extra():
        from odatafilter.emulator.demo import demo  # noqa: PLC0415 - needs rich

        demo()
    return _DONE


@contextmanager
def _misuse_without_extra() -> Iterator[None]:
    try:
        yield
    except MissingExtraError as error:
        raise UsageError(str(error)) from error


# --- check ----------------------------------------------------------------------------------------------------------


def _check_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "text", nargs="?", default="-", help="the filter; without it, or for -, each line of standard input is a filter"
    )
    parser.add_argument("--json", action="store_true", help="write each verdict as a line of JSON to standard output")
    add_schema_options(parser)
    parser.set_defaults(run=check)


def _match_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("filter", metavar="FILTER", help="what the items are chosen by")
    add_schema_options(parser)
    parser.set_defaults(run=match)


# --- list -----------------------------------------------------------------------------------------------------------


def _schema_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("file", metavar="FILE[#NAME]", help=SCHEMA_FILES)
    parser.set_defaults(run=write_schema)


def _list_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("listing", metavar=_LISTING, help=f"{', '.join(_APIS)}, or the URL of a listing")
    form = parser.add_argument_group("the form of a listing that is given by its URL")
    form.add_argument("--odata", action="store_true", help="an OData entity set: value, @odata.nextLink")
    form.add_argument("--items", metavar="PATH", help="where the items stand in a page (default: value)")
    form.add_argument(
        "--next-link", action="append", metavar="PATH", help="where the next link stands; may be given more than once"
    )
    form.add_argument(
        "--header", action="append", metavar="'NAME: VALUE'", help="a header that goes with every request"
    )
    parser.add_argument("--filter", metavar="TEXT", help="checked before anything is sent")
    parser.add_argument("--orderby", metavar="TEXT", help="such as 'createdDateTime desc'")
    parser.add_argument("--select", metavar="NAMES", help="the properties that are wanted, with commas in between")
    parser.add_argument("--expand", metavar="TEXT", help="the relations that are wanted with each item")
    parser.add_argument(
        "--page-size", type=int, metavar="N", help="items in a page of OData services, by the header Prefer"
    )
    parser.add_argument(
        "--top",
        type=int,
        metavar="N",
        help="items in a page of realityconversion, whose $top means that; --max-items bounds the whole list",
    )
    parser.add_argument("--max-items", type=int, metavar="N", help="stop after so many items")
    parser.add_argument("--resume", metavar="CURSOR", help="go on from the cursor that an unfinished listing printed")
    _service_options(parser)
    parser.set_defaults(run=_carry_out_list)


def _service_options(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--base-url", metavar="URL", help="another origin, such as that of the emulator")
    parser.add_argument(
        "--token-file", type=Path, metavar="FILE", help=f"holds the bearer token (default: the variable {_TOKEN})"
    )


def _carry_out_list(asked: argparse.Namespace) -> int:
    import httpx  # noqa: PLC0415 - 100 ms
    from msgspec import Raw  # noqa: PLC0415

    from odatafilter.errors import FilterError, PagingValueError  # noqa: PLC0415
    from odatafilter.paging import paginate  # noqa: PLC0415

    with httpx.Client(timeout=60) as client, _Progress() as progress:
        try:
            walk = paginate(
                client,
                _with_base_url(_listing(asked), asked.base_url),
                filter=asked.filter,
                orderby=asked.orderby or (),
                select=_names(asked.select),
                expand=asked.expand,
                page_size=asked.page_size,
                top=asked.top,
                max_items=asked.max_items,
                start=asked.resume,
                token=_token(asked.token_file, is_needed=asked.listing in _APIS),
                item_type=Raw,
                on_event=progress,
            )
        except FilterError as error:
            progress.say(str(error))
            return _FAILED
        except PagingValueError as error:
            raise UsageError(str(error)) from error
        return _write_all(walk, progress)


def _names(text: str | None) -> tuple[str, ...]:
    return () if text is None else tuple(name.strip() for name in text.split(","))


def _listing(asked: argparse.Namespace) -> "Listing":
    """The listing that is asked for, by its name or by its URL and its form."""
    from odatafilter import itwin  # noqa: PLC0415
    from odatafilter.paging import Listing  # noqa: PLC0415

    form = [name for name in ("odata", "items", "next_link", "header") if getattr(asked, name)]
    if asked.listing in _APIS:
        if form:
            raise UsageError(f"--{form[0].replace('_', '-')} is for a listing that is given by its URL")
        return {"realityconversion": itwin.REALITY_CONVERSION_JOBS}[asked.listing]
    if "://" not in asked.listing:
        raise UsageError(f"{asked.listing!r} is no listing: {', '.join(_APIS)} or a URL is wanted")
    headers = dict(map(_header, asked.header or ()))
    if asked.odata:
        if asked.items or asked.next_link:
            raise UsageError("--odata says where the items and the next link stand: leave out --items and --next-link")
        return Listing.odata(asked.listing, headers=headers)
    if not asked.next_link:
        raise UsageError("a URL needs its form: --odata, or --next-link PATH and perhaps --items PATH")
    paths = tuple(asked.next_link)
    return Listing(asked.listing, items=asked.items or "value", next_link=paths, page_size=None, headers=headers)


def _header(text: str) -> tuple[str, str]:
    name, colon, value = text.partition(":")
    if not colon:
        raise UsageError("--header wants 'NAME: VALUE'")
    return name.strip(), value.strip()


def _with_base_url(operation: _Operation, base_url: str | None) -> _Operation:
    try:
        return operation if base_url is None else operation.at(base_url)
    except ValueError as error:
        raise UsageError(f"--base-url: {_missing_scheme(operation, base_url) or error}") from error


def _missing_scheme(operation: _Located, base_url: str | None) -> str | None:
    """What to say of a base URL that lacks nothing but its scheme; `localhost:80` looks like one of `localhost`."""
    meant = f"http://{base_url}"
    try:
        operation.at(meant)
    except ValueError:
        return None
    return f"{base_url!r} has no scheme: write {meant}"


def _token(path: Path | None, *, is_needed: bool) -> Callable[[], str] | None:
    """What reads the bearer token, once more where the service refuses it; None where none is given nor needed."""
    if not is_needed and path is None and not os.environ.get(_TOKEN):
        return None

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


def _write_all(walk: "Walk[Raw]", progress: "_Progress") -> int:
    """Writes all items of `walk`; where it does not come to its end, says how to go on from there."""
    output = _Output(walk.cursor)
    status, reason = _copy_pages(walk, output)
    summary = progress.summary(walk.stats.pages, output.items)
    if status == _DONE:
        progress.say(summary)
    else:  # where nothing was done, there is nothing to go on with
        progress.say(f"{reason}\n{output.advice(summary)}" if walk.stats.pages else reason)
    return status


def _copy_pages(walk: "Walk[Raw]", output: "_Output") -> tuple[int, str]:
    """Writes all items of `walk`. The exit status, and what kept it from its end."""
    from odatafilter.errors import PagingError  # noqa: PLC0415

    pages, interrupts = walk.pages(), _Interrupts()
    try:
        with _handle_signals(interrupts.heard):
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
        if sys.stdout.isatty():
            lines = escape_lines(lines)
        done = 0
        try:
            while done < len(lines):
                done += os.write(sys.stdout.fileno(), memoryview(lines)[done:])
        finally:
            whole = lines.count(b"\n", 0, done)
            self.items += whole
            self.cursor = page._cursor_after(whole)
            self._cut = done > 0 and not lines.endswith(b"\n", 0, done)

    def advice(self, summary: str) -> str:
        """How to go on from here."""
        cut = "the last line of the output is cut off: remove it\n" if self._cut else ""
        return f"{cut}{summary}; the same command goes on with\n    --resume {self.cursor}"


@contextmanager
def _handle_signals(handler: Callable[[int, FrameType | None], object]) -> Iterator[None]:
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
        return f"{_count(pages, 'page')}, {_count(items, 'item')} in {seconds:.1f} s ({_count(rate, 'item')}/s)"

    def say(self, text: str) -> None:
        """Writes `text` below what is shown."""
        self._stack.close()
        say(text)


def _count(number: int, noun: str) -> str:
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
    parser.add_argument("service", choices=tuple(_JOBS), help="the service that has the job")
    parser.add_argument("job_id", metavar="JOB_ID", help="the id that the service gave when the job was started")
    parser.add_argument("--itwin-id", metavar="ID", help="the iTwin of the job: accesscontrol needs it")
    parser.add_argument(
        "--timeout", type=float, default=3600.0, metavar="SECONDS", help="give up then (default: %(default)g)"
    )
    parser.add_argument(
        "--interval", type=float, default=2.0, metavar="SECONDS", help="the first pause (default: %(default)g)"
    )
    _service_options(parser)
    parser.set_defaults(run=_wait)


def _wait(asked: argparse.Namespace) -> int:
    import httpx  # noqa: PLC0415

    from odatafilter import itwin  # noqa: PLC0415
    from odatafilter.errors import PagingError, PagingValueError, StatusError  # noqa: PLC0415

    if asked.service == _OF_ITWINS and asked.itwin_id is None:
        raise UsageError(f"a job of {_OF_ITWINS} is found by its iTwin: --itwin-id ID is missing")
    try:
        with _handle_signals(signal.default_int_handler), httpx.Client(timeout=60) as client:
            job = itwin.wait(
                client,
                _with_base_url(_job_operation(asked.service), asked.base_url),
                job_id=asked.job_id,
                itwin_id=asked.itwin_id,
                timeout=asked.timeout,
                interval=asked.interval,
                token=_token(asked.token_file, is_needed=True),
                on_event=_Statuses(),
            )
    except itwin.WaitTimeout as error:
        say(str(error))
        return _TIMED_OUT
    except PagingValueError as error:
        raise UsageError(str(error)) from error
    except PagingError as error:
        is_unknown = isinstance(error, StatusError) and error.status == HTTPStatus.NOT_FOUND
        say(f"no such job, or none that this token may see: {error}" if is_unknown else str(error))
        return _FAILED
    return _write_job(job)


def _job_operation(service: str) -> "JobOperation":
    from odatafilter import itwin  # noqa: PLC0415

    operation: JobOperation = getattr(itwin, _JOBS[service])
    return operation


def _write_job(job: "Job") -> int:
    """Writes how `job` ended, and says it as an exit status."""
    from msgspec import json, structs  # noqa: PLC0415

    line = json.encode({name: value for name, value in structs.asdict(job).items() if name != "raw"})
    print((escape_lines(line) if sys.stdout.isatty() else line).decode())
    return {"succeeded": _DONE, "partly": _PARTLY, "failed": _JOB_FAILED}[job.outcome]


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
                    say(shorten(status))
                self._last = status
            case Waiting(seconds=seconds, reason=reason):
                say(f"waiting {seconds:.1f} s: {reason}")
            case Renewing():
                pass
            case _:
                assert_never(event)


# --- emulator -------------------------------------------------------------------------------------------------------


def _emulator_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=int, default=8000, metavar="N", help="0 is any free port (default: %(default)s)")
    parser.add_argument(
        "--jobs", type=int, default=25_000, metavar="N", help="jobs of the caller (default: %(default)s)"
    )
    parser.add_argument(
        "--seed", type=int, default=1, metavar="N", help="what the jobs are made from (default: %(default)s)"
    )
    parser.add_argument("--database", type=Path, metavar="FILE", help="keep the jobs in an SQLite file, not in memory")
    parser.add_argument(
        "--last-page",
        type=_last_page,
        default="null",
        help="the form of _links on the last page (default: %(default)s)",
    )
    parser.add_argument("--no-filter-required", action="store_true", help="list all jobs where no $filter is given")
    parser.add_argument(
        "--throttle-every",
        type=int,
        default=0,
        metavar="N",
        help="answer every Nth request with 429 (default: %(default)s, none)",
    )
    parser.add_argument(
        "--retry-after", default="1", metavar="SECONDS", help="what a 429 tells to wait (default: %(default)s)"
    )
    parser.add_argument(
        "--latency",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="the least time of an answer (default: %(default)g)",
    )
    parser.add_argument(
        "--job",
        action="append",
        type=_script,
        default=[],
        metavar="SERVICE=STATUS,…",
        help=f"make a job of {', '.join(_SCRIPTED)} whose status takes these steps, and print what `wait` finds it by; "
        "a number is answered with that HTTP status",
    )
    parser.set_defaults(run=_emulator)


def _last_page(text: str) -> str:
    from odatafilter.emulator import LAST_PAGES  # noqa: PLC0415

    if text not in LAST_PAGES:
        raise argparse.ArgumentTypeError(f"{text!r} is none of {', '.join(map(repr, LAST_PAGES))}")
    return text


def _script(text: str) -> "tuple[JobService, tuple[str | int, ...]]":
    service, _, steps = text.partition("=")
    if service not in _SCRIPTED or not all(steps.split(",")):
        raise argparse.ArgumentTypeError(f"{text!r} is no script: ec3=Queued,Running,Succeeded is one")
    return service, tuple(int(step) if step.isdecimal() else step for step in steps.split(","))


def _emulator(asked: argparse.Namespace) -> int:
    try:
        with _handle_signals(signal.default_int_handler), _misuse_without_extra(), _start(asked) as server:
            print(f"{server.url}\n{_TOKEN}={server.token}", flush=True)
            for service, steps in asked.job:
                place = f" --itwin-id {server.callers[0].itwins[0]}" if service == _OF_ITWINS else ""
                print(f"{service} {server.script(service, steps)}{place}", flush=True)
            Flag().wait()
    except KeyboardInterrupt:
        pass
    return _DONE


@contextmanager
def _start(asked: argparse.Namespace) -> "Iterator[Server]":
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
            raise UsageError(f"--port {asked.port}: {error.strerror}") from error
        except ValueError as error:
            raise UsageError(str(error)) from error
        yield server


# --- completion -----------------------------------------------------------------------------------------------------


def _completion_command(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("shell", choices=tuple(SHELLS), help="the shell that is to complete")
    parser.set_defaults(run=partial(write_completion, parser=_parser, words={_LISTING: _APIS}))
