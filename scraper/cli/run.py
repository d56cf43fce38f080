"""`scraper run`: one pass over what is due; the command for cron."""

from __future__ import annotations

import shlex
from collections import Counter
from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.terminal import make_line
from scraper.cli.workers import workers_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.model import SourceState
from scraper.pipeline.watchlist import take_over_sources
from scraper.pipeline.work import find_work
from scraper.store import sources
from scraper.store.snapshots import join_runs

if TYPE_CHECKING:
    from scraper.pipeline.report import RunReport, SourceOutcome
    from scraper.pipeline.work import Work
    from scraper.store.archive import Archive

#: A source failed or has been given up, or a page failed for a reason that may pass.
TROUBLE = 3


@click.command(
    "run",
    epilog=end_help(
        ("scraper run", "asks for what is due, as cron does every few minutes"),
        ("scraper run --all", "asks every source now, due or not"),
        exits=(0, 1, 3, 4, 10, 11, 130),
    ),
)
@click.option("--all", "everything", is_flag=True, help="Ask every source, due or not.")
@click.option("--source", "source_name", metavar="NAME", help="Ask only this source, due or not.")
@click.option(
    "--limit", metavar="N", type=click.IntRange(min=1), help="Archive so many pages at most."
)
@workers_option
@pass_workspace
def command(  # click passes them by name
    workspace: Workspace,
    everything: bool,  # noqa: FBT001  # click's signature
    source_name: str | None,
    limit: int | None,
    workers: int,
) -> int:
    """Ask the sources that are due for news, and archive it.

    Silent when all is well. A line is printed when a source begins to fail or works again.
    """
    with workspace.open_to_match() as archive, join_runs(archive):
        now = clock.now()
        take_over_sources(archive, workspace.config, now)
        if source_name is not None:
            _require_source(archive, source_name)
        work = find_work(archive, now, everything=everything, source_name=source_name)
        report = _run(workspace, archive, work, limit, workers) if work.is_any else None
        if report is not None:
            for line in tell_report(report):
                click.echo(make_line(f"scraper: {line}"), err=True)
        with archive.read() as connection:
            has_paused = any(source.gave_up for source in sources.list_sources(connection))
        workspace.write_metrics()
    return TROUBLE if has_paused or (report and not report.all_well) else 0


def _run(
    workspace: Workspace, archive: Archive, work: Work, limit: int | None, workers: int
) -> RunReport:
    # What fetches and matches takes a second to import: a run with nothing due does without.
    from scraper.cli.progress import show_pages
    from scraper.pipeline.run import run_pass

    with show_pages() as on_page:
        return run_pass(
            archive, workspace.config, work, on_page=on_page, limit=limit, workers=workers
        )


def _require_source(archive: Archive, name: str) -> None:
    with archive.read() as connection:
        names = [source.name for source in sources.list_sources(connection)]
    if name not in names:
        raise UsageError(f"no source {name!r}: there is {', '.join(names) or 'none yet'}")


def tell_report(report: RunReport) -> list[str]:
    """What changed for the worse or the better, a line each."""
    lines = [_tell_health(outcome) for outcome in report.sources if outcome.is_news]
    if passing := Counter(page.reason for page in report.pages if page.may_pass):
        reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(passing.items()))
        lines.append(f"pages failed for reasons that may pass: {reasons}; see `scraper status`")
    return lines


def _tell_health(outcome: SourceOutcome) -> str:
    name = outcome.source.name
    if outcome.reason is None:
        return f"source {name} works again"
    told = f"source {name} is {outcome.state}: {outcome.reason}: {outcome.detail}"
    if outcome.state is SourceState.PAUSED:
        told += f"; once it is mended: scraper source resume {shlex.quote(name)}"
    return told
