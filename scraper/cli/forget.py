"""`scraper forget`: a page or site taken out of the archive for ever."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.measures import print_count
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.store import takedown
from scraper.store.upgrade import list_backups
from scraper.typed import mend

if TYPE_CHECKING:
    from scraper.store.archive import Archive
    from scraper.store.takedown import Doomed


@click.command(
    "forget",
    epilog=end_help(
        ("scraper forget https://example.org/story", "says what would go, and takes nothing"),
        ("scraper forget https://example.org/story --yes", "takes this page out"),
        ("scraper forget example.org --yes", "takes out all of the site, and pauses its sources"),
        exits=(0, 1, 2, 4, 10, 11, 130),
    ),
)
@click.argument("wanted", metavar="URL|SITE")
@click.option("--yes", "confirmed", is_flag=True, help="Do it; it cannot be taken back.")
@pass_workspace
def command(workspace: Workspace, wanted: str, confirmed: bool) -> None:  # noqa: FBT001  # click's signature
    """Take a page or a whole site out of the archive for ever.

    Its texts, revisions, keys, search rows and WARC records are gone, and nothing of them is left
    in the archive's files; its pages are not asked for again, and of a site no page at all, whoever
    announces it. The file is written anew, which needs
    its size in free disk space. Backups are files of your own: remove them yourself.
    """
    with workspace.open_to_match() as archive, workspace.hold_lock():
        doomed = _choose(archive, wanted)
        if not confirmed:
            raise UsageError(f"{describe(doomed)} would be forgotten for ever: add --yes to do it")
        if "/" not in wanted:
            _close_site(archive, wanted.lower())
        carry_out(workspace, archive, doomed)


def carry_out(workspace: Workspace, archive: Archive, doomed: Doomed) -> None:
    """Nothing; these are forgotten, and it is said what went and which backups are left."""
    # Matching takes half a second to import: not for a command that only asks.
    from scraper.pipeline.matching import Matcher
    from scraper.pipeline.takedown import take_down

    matcher = Matcher(workspace.config.site, workspace.config.agencies)
    take_down(archive, matcher, doomed, clock.now())
    click.echo(make_line(f"forgot {describe(doomed)}"))
    for backup in list_backups(archive):
        click.echo(make_line(f"{backup} is a backup that may still hold them: remove it yourself"))


def describe(doomed: Doomed) -> str:
    """What goes, in words."""
    counts = {
        "page": len(doomed.pages),
        "article": doomed.article_count,
        "snapshot": doomed.snapshot_count,
    }
    return ", ".join(print_count(count, name) for name, count in counts.items())


def _choose(archive: Archive, wanted: str) -> Doomed:
    """What the address or site means; raises UsageError where the archive knows neither."""
    wanted = mend(wanted)
    is_site = "/" not in wanted
    with archive.read() as connection:
        if is_site:
            doomed = takedown.choose_site(connection, wanted.lower())
        else:
            doomed = takedown.choose_page(connection, wanted)
    if doomed is None:
        what = "page of the site" if is_site else "page at"
        raise UsageError(
            f"the archive knows no {what} {wanted}: give a page's address, or a site as "
            "`scraper stories` shows it, like example.org"
        )
    return doomed


def _close_site(archive: Archive, site: str) -> None:
    """Nothing; the site's sources are paused, and others' announce its pages in vain."""
    from scraper.model import SourceState
    from scraper.store.sources import list_sources, pause_source
    from scraper.urls import site_of  # reads the list of public suffixes

    with archive.write() as connection:
        takedown.forget_site(connection, site, clock.now())
        for source in list_sources(connection):
            if site_of(source.url) == site and source.state is not SourceState.PAUSED:
                pause_source(connection, source.id)
                click.echo(make_line(f"paused the source {source.name}"))
