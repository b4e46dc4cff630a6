"""`odatafilter demo`: build a filter, see a mistake found, and page through every matching job of an emulator."""

import inspect
from collections import Counter
from datetime import UTC, datetime
from time import perf_counter

import httpx

from odatafilter._extras import name_missing_extra
from odatafilter.emulator._behaviour import Behaviour
from odatafilter.emulator._generate import Job
from odatafilter.emulator.server import Server, running
from odatafilter.errors import FilterError
from odatafilter.filter import Filter, parse
from odatafilter.itwin import REALITY_CONVERSION_JOBS, RealityConversionJob
from odatafilter.paging import paginate
from odatafilter.paging._stats import Stats
from odatafilter.paging.events import Event, Waiting

with name_missing_extra("cli"):
    from rich.console import Console
    from rich.padding import Padding
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
    from rich.rule import Rule
    from rich.syntax import Syntax
    from rich.table import Table

_MISTAKES = "createdDate gt 2024-06-24T13:00:00Z and state eq 'succes'"
_API = "iTwin Reality Conversion"
# A service far away: 15 ms to an answer, and once a second of waiting.
_BEHAVIOUR = Behaviour(latency=0.015, throttle_every=30, retry_after="1")


def filter_to_show() -> Filter:
    job = RealityConversionJob
    summer = datetime(2024, 6, 24, 13, tzinfo=UTC)
    over = job.state.in_(["success", "failed"])
    return (job.createdDateTime >= summer) & over


def demo() -> None:
    """Shows it all on standard output, in about four seconds. Raises MissingExtraError."""
    console = Console(highlight=False)
    begun = perf_counter()
    with running(jobs=12_000, behaviour=_BEHAVIOUR) as server:
        jobs = len(server.jobs())
        console.print(f"[bold]odatafilter[/] and a local emulator of the {_API} API at {server.url}", soft_wrap=True)
        console.print(f"{jobs:,} jobs made in {perf_counter() - begun:.1f} s")
        _build(console, server)
        _mistake(console)
        _walk(console, server)


def _title(console: Console, text: str) -> None:
    console.print()
    console.print(Rule(f"[bold]{text}", align="left", style="cyan"))


def _code(console: Console, text: str, language: str = "python") -> None:
    shown = Syntax(text.rstrip(), language, background_color="default", word_wrap=True)
    console.print(Padding(shown, (0, 0, 0, 4)))


def _build(console: Console, server: Server) -> None:
    wanted = filter_to_show()
    _title(console, "1. Build a filter")
    _code(console, inspect.getsource(filter_to_show))
    console.print("is the text")
    _code(console, str(wanted), "text")
    console.print("and the URL")
    _code(console, f"{server.url}/realityconversion/jobs?$filter={wanted.quoted}&$top=100", "text")


def _mistake(console: Console) -> None:
    _title(console, "2. A filter with mistakes never leaves the machine")
    _code(console, "parse(text, schema=RealityConversionJob)")
    try:
        parse(_MISTAKES, schema=RealityConversionJob)
    except FilterError as error:
        for line in str(error).splitlines():
            mark = line.strip() and not line.strip("^ ")
            console.print(f"    {line}", style="bold red" if mark else "red", markup=False, soft_wrap=True)


def _walk(console: Console, server: Server) -> None:
    _title(console, "3. Every matching job, page by page")
    _code(console, "walk = paginate(client, REALITY_CONVERSION_JOBS, filter=wanted, top=100)")
    wanted = filter_to_show()
    truth = server.jobs(wanted)
    begun = perf_counter()
    jobs, stats = _walk_all(console, server, len(truth))
    seconds = perf_counter() - begun
    console.print(Padding(_table(jobs), (1, 0, 1, 4)))
    rate = f"in {seconds:.1f} s: [bold]{stats.items / seconds:,.0f}[/] items per second"
    console.print(f"    [bold]{stats.pages}[/] pages, [bold]{stats.items:,}[/] items {rate}")
    console.print(f"    retries: {stats.retries}, with {stats.slept:.1f} s of waiting")
    same = "[green]the same items in the same order[/]" if jobs == truth else "[red]other items[/]"
    console.print(f"    compared with the database: {same}")


def _walk_all(console: Console, server: Server, total: int) -> tuple[list[Job], Stats]:
    """All matching jobs, with a bar that fills to `total`, and what the walk has done."""
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn()
    headers = {"Authorization": f"Bearer {server.token}"}
    listing = REALITY_CONVERSION_JOBS.at(server.url)
    with httpx.Client(headers=headers) as client, Progress(*columns, console=console) as bar:
        task = bar.add_task("    jobs", total=total)

        def heard(event: Event) -> None:
            if isinstance(event, Waiting):
                reason = event.reason.partition(": ")[0]
                bar.console.print(f"    waiting {event.seconds:.1f} s: {reason}", style="yellow", markup=False)

        walk = paginate(client, listing, filter=filter_to_show(), top=100, on_event=heard)
        jobs: list[Job] = []
        for page in walk.pages():
            jobs += page.items
            bar.update(task, completed=len(jobs))
        return jobs, walk.stats


def _table(jobs: list[Job]) -> Table:
    table = Table("state", "jobs", "iTwins", "inputs", "first created", "last created")
    for state, count in Counter(job["state"] for job in jobs).most_common():
        of_state = [job for job in jobs if job["state"] == state]
        itwins = len({job["iTwinId"] for job in of_state})
        inputs = sum(len(job["inputs"]) for job in of_state)
        days = (of_state[0]["createdDateTime"][:10], of_state[-1]["createdDateTime"][:10])
        table.add_row(state, f"{count:,}", str(itwins), f"{inputs:,}", *days)
    return table
