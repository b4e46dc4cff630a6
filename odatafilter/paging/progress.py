"""A progress bar for walks, with rich (the extra `cli`)."""

from types import TracebackType
from typing import Self

from odatafilter._extras import name_missing_extra
from odatafilter.paging.events import Event, PageRead, Pausing, Renewing, Skipping, Waiting

with name_missing_extra("cli"):
    from rich.console import Console
    from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn


class ProgressBar:
    """A line that shows the pages, the items, the rate and the waits of a walk: `paginate(..., on_event=bar)`.

    Used in a `with` block. `console` is standard error if it is None, so that output can be piped.
    """

    def __init__(self, title: str = "items", console: Console | None = None) -> None:
        columns = (
            SpinnerColumn(),
            TextColumn("{task.description}", markup=False),  # what a server says is not rich's markup
            TimeElapsedColumn(),
            TextColumn("{task.fields[wait]}", markup=False),
        )
        self._progress = Progress(*columns, console=console or Console(stderr=True))
        self._title = title
        self._task = self._progress.add_task(f"0 {title}", total=None, wait="")
        self._items = 0
        self._pages = 0
        self._skipped = 0

    def __call__(self, event: Event) -> None:
        """Shows `event`."""
        match event:
            case PageRead():
                self._pages += 1
                self._items += event.items
                self._progress.update(self._task, description=self._figures(), wait="")
            case Waiting():
                self._progress.update(self._task, wait=f"waiting {event.seconds:.1f} s: {event.reason}")
            case Pausing():
                self._progress.update(self._task, wait=f"pausing {event.seconds:.1f} s")
            case Renewing():
                self._progress.update(self._task, wait="asking for a fresh token")
            case Skipping():
                self._skipped += 1
                self._items -= 1
                self._progress.update(self._task, description=self._figures())

    def _figures(self) -> str:
        elapsed = self._progress.tasks[0].elapsed or 0.0
        rate = f", {self._items / elapsed:,.0f}/s" if elapsed else ""
        skipped = f", {self._skipped:,} skipped" if self._skipped else ""
        return f"{self._items:,} {self._title} on {self._pages:,} pages{rate}{skipped}"

    def __enter__(self) -> Self:
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._progress.stop()
