"""Progress bars, on a terminal only."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from scraper.pipeline.report import PageOutcome


@contextmanager
def show_pages() -> Iterator[Callable[[PageOutcome, int], None] | None]:
    """What to call after each page; None where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

    columns = (TextColumn("pages"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task("pages", total=None)

        def on_page(_outcome: PageOutcome, known: int) -> None:
            progress.update(bar, advance=1, total=known)

        yield on_page


@contextmanager
def show_count(name: str, total: int) -> Iterator[Callable[[int], None] | None]:
    """What to call with how many more are done; None where stderr is not a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
    from rich.progress import TimeRemainingColumn as Remaining

    columns = (TextColumn(name), BarColumn(), MofNCompleteColumn(), Remaining())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(name, total=total)
        yield lambda done: progress.update(bar, advance=done)


@contextmanager
def show_bytes(name: str, total_bytes: int | None) -> Iterator[Callable[[int], None] | None]:
    """What to call with the number of bytes read since the last time; None off a terminal."""
    if not sys.stderr.isatty():
        yield None
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        DownloadColumn,
        Progress,
        TextColumn,
        TimeRemainingColumn,
        TransferSpeedColumn,
    )

    columns = (
        TextColumn(name),
        BarColumn(),
        DownloadColumn(),
        TransferSpeedColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(name, total=total_bytes)
        yield lambda read: progress.update(bar, advance=read)
