"""`scraper rebuild`: articles made again from snapshots, and what follows from them."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.progress import show_count
from scraper.cli.terminal import make_line
from scraper.cli.workers import workers_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import FingerprintsError
from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline import rereading
from scraper.pipeline.ingest import Ingest
from scraper.pipeline.matching import Matcher
from scraper.pipeline.rebuilding import (
    count_left,
    count_stories,
    rebuild_fingerprints,
    rebuild_stories,
)
from scraper.pipeline.rereading import Reread
from scraper.pipeline.site_rules import SiteRules
from scraper.store.archive import check_fingerprints
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from scraper.pipeline.rereading import RereadOutcome
    from scraper.store.archive import Archive


@click.group("rebuild")
def command() -> None:
    """Make articles, fingerprints or stories again."""


@command.command(
    "articles",
    epilog=end_help(
        ("scraper rebuild articles", "after a new version of scraper reads pages better"),
        ("scraper --archive old.db rebuild articles", "the same for another archive"),
        exits=(0, 1, 4, 10, 11, 130),
    ),
)
@workers_option
@pass_workspace
def articles(workspace: Workspace, workers: int) -> None:
    """Read all articles again from the pages as they were fetched.

    What is different becomes the present text or metadata; a text before it stays as a revision.
    An article that is found no longer, or whose page ends the process that reads it, stays as it
    was. It prints what changed, a line each. It may
    be interrupted: called again, it continues where it was.
    """
    counts: Counter[Reread] = Counter()
    unreadable: set[str | None] = set()

    def tell(outcome: RereadOutcome) -> None:
        counts[outcome.became] += 1
        if outcome.became in {Reread.UNCHANGED, Reread.NONE}:
            return
        if outcome.became is Reread.UNREADABLE:
            if outcome.detail in unreadable:
                return  # a file that is gone is told once, not for each of its pages
            unreadable.add(outcome.detail)
        why = f": {outcome.detail}" if outcome.detail else ""
        click.echo(make_line(f"{outcome.became}: {outcome.url}{why}"))

    with (
        workspace.open_to_match() as archive,
        workspace.hold_lock(),
        Parser(workers) as parser,
        show_count("pages", rereading.count_left(archive)) as on_batch,
    ):
        ingest = Ingest(workspace.config.site, workspace.config.agencies)
        rules = SiteRules(workspace.config.site)
        rereading.rebuild_articles(
            archive, ingest, rules, parser, on_outcome=tell, on_batch=on_batch
        )
    told = ", ".join(f"{counts[became]} {became}" for became in Reread if counts[became])
    click.echo(told or "no page is kept as it was fetched: see [archive] snapshots in config.toml")


@command.command(
    "fingerprints",
    epilog=end_help(
        ("scraper rebuild fingerprints", "after a new version of scraper says that it is needed"),
        ("scraper --archive old.db rebuild fingerprints", "the same for another archive"),
        exits=(0, 1, 4, 10, 11, 130),
    ),
)
@pass_workspace
def fingerprints(workspace: Workspace) -> None:
    """Make all fingerprints, relations and stories again by this program's rules.

    It may be interrupted: called again, it continues where it was. Until it is done, the archive
    can be read, and nothing new can be archived.
    """
    with (
        workspace.open_archive() as archive,
        workspace.hold_lock(),
        show_count("fingerprints", count_left(archive)) as on_batch,
    ):
        _refuse_newer(archive)
        rebuild_fingerprints(archive, _matcher(workspace), on_batch=on_batch)


@command.command(
    "stories",
    epilog=end_help(
        ("scraper rebuild stories", "after the priority of a site in config.toml changed"),
        ("scraper --archive old.db rebuild stories", "the same for another archive"),
        exits=(0, 1, 4, 10, 11, 130),
    ),
)
@pass_workspace
def stories(workspace: Workspace) -> None:
    """Judge all stories and canonicals again by their relations.

    Stories that come out as they were are not marked as changed.
    """
    with (
        workspace.open_to_match() as archive,
        workspace.hold_lock(),
        show_count("stories", count_stories(archive)) as on_batch,
    ):
        rebuild_stories(archive, _matcher(workspace), on_batch=on_batch)


def _refuse_newer(archive: Archive) -> None:
    """Nothing; raises FingerprintsError where a newer program made the fingerprints."""
    try:
        check_fingerprints(archive, FINGERPRINT_VERSION)
    except FingerprintsError as exc:
        if exc.found > exc.expected:
            raise


def _matcher(workspace: Workspace) -> Matcher:
    return Matcher(workspace.config.site, workspace.config.agencies)
