"""`scraper fetch`: single pages, now."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.addresses import read_address
from scraper.cli.help_text import end_help
from scraper.cli.run import TROUBLE
from scraper.cli.terminal import make_line
from scraper.cli.workers import workers_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.model import PageState
from scraper.pipeline.run import run_pass
from scraper.pipeline.work import find_left, find_pages
from scraper.store.snapshots import join_runs

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.pipeline.report import PageOutcome


@click.command(
    "fetch",
    epilog=end_help(
        ("scraper fetch https://example.org/story", "archives this page now"),
        ("scraper fetch - < urls.txt", "archives the pages listed in a file, one to a line"),
        exits=(0, 2, 3, 4, 10, 11, 130),
    ),
)
@click.argument("urls", metavar="URL...|-", nargs=-1, required=True)
@workers_option
@pass_workspace
def command(workspace: Workspace, urls: tuple[str, ...], workers: int) -> int:
    """Archive these pages now, whatever became of them before.

    Prints what became of each. A page without an article, or one that the site does not give, is
    an outcome, not a failure.
    """
    lines: Iterable[str] = sys.stdin if urls == ("-",) else urls
    typed = (line.strip() for line in lines)
    addresses = [read_address(line) for line in typed if line and not line.startswith("#")]
    with workspace.open_to_match() as archive, join_runs(archive):
        work = find_pages(archive, addresses, clock.now())
        report = run_pass(archive, workspace.config, work, command="fetch", workers=workers)
        left = find_left(archive, work)
    for outcome in report.pages:
        click.echo(make_line(_tell(outcome)))
    for page in left:
        why = "its host wants a pause, or another process asks it: try again later"
        click.echo(make_line(f"put off: {page.url}: {why}"))
    return TROUBLE if left or not report.all_well else 0


def _tell(outcome: PageOutcome) -> str:
    if outcome.reason is not None:
        return f"{outcome.reason}: {outcome.url}: {outcome.detail}"
    became = outcome.filed if outcome.state is PageState.ARCHIVED else outcome.state
    return f"{became}: {outcome.url}"
