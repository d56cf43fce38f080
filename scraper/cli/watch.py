"""`scraper watch`: as `run`, for ever."""

from __future__ import annotations

import asyncio
import logging
import signal
from contextlib import ExitStack
from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.run import tell_report
from scraper.cli.workers import workers_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.schedule import Watch
from scraper.store.snapshots import join_runs

if TYPE_CHECKING:
    from scraper.pipeline.report import RunReport

logger = logging.getLogger(__name__)


@click.command(
    "watch",
    epilog=end_help(
        ("scraper watch", "asks for what is due, twice a minute, until it is stopped"),
        ("scraper -v --log-format json watch", "says what it does, for a program that reads logs"),
        exits=(0, 1, 4, 10, 130),
    ),
)
@workers_option
@pass_workspace
def command(workspace: Workspace, workers: int) -> None:
    """Ask every source for news at its own pace, for ever.

    Ends within five seconds of SIGTERM or Ctrl-C, and reads its config again at SIGHUP, but for
    the archive's path, [log] and [metrics]. The archive's lock is held only while there is
    something to do.
    """
    with ExitStack() as stack:
        workspace.open_to_match().close()  # what is wrong with it, ends the command at once
        listen = workspace.config.metrics.listen
        if listen is not None:
            from scraper.metrics import serve_metrics  # for what few ask for

            address, port = listen.rsplit(":", 1)
            served = serve_metrics(address.strip("[]"), int(port), workspace.open_archive)
            stack.enter_context(served)
        ended_by = asyncio.run(_watch(workspace, workers))
    if ended_by is signal.SIGINT:
        raise KeyboardInterrupt


async def _watch(workspace: Workspace, workers: int) -> signal.Signals:
    def on_report(report: RunReport) -> None:
        for line in tell_report(report):
            logger.warning("%s", line)
        workspace.write_metrics()

    return await Watch(
        open_archive=workspace.open_to_match,
        join_runs=join_runs,
        load_config=workspace.read_config,
        on_report=on_report,
        workers=workers,
    ).run()
