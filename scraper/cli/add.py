"""`scraper add`: sources to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.addresses import read_address
from scraper.cli.help_text import end_help
from scraper.cli.measures import print_count
from scraper.cli.moments import Moment
from scraper.cli.pace import PACE
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.model import SourceKind
from scraper.pipeline.add import NoSource, find_source
from scraper.pipeline.backfill import backfill
from scraper.store import sources
from scraper.store.takedown import forgotten_sites
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from scraper.pipeline.add import NewSource
    from scraper.store.archive import Archive


#: What a source is counted by; an index of sitemaps is of no kind of its own.
_COUNTED = {
    SourceKind.FEED: ("entry", "entries"),
    SourceKind.SITEMAP: ("page", "pages"),
    SourceKind.LISTING: ("article", "articles"),
    None: ("sitemap", "sitemaps"),
}


@click.command(
    "add",
    epilog=end_help(
        ("scraper add https://example.org/", "finds the site's feed and watches it"),
        (
            "scraper add --name Wire --every 15 https://example.org/wire.xml",
            "watches this feed under that name, every 15 minutes",
        ),
        (
            "scraper add --since 2026-01-01 https://example.org/",
            "also announces what its sitemaps list since then, for the next runs to archive",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("urls", metavar="URL...", nargs=-1, required=True)
@click.option("--name", metavar="NAME", help="Its name; otherwise the feed's own title.")
@click.option(
    "--every",
    "every_minutes",
    metavar="MINUTES",
    type=PACE,
    help="How often to ask; otherwise as the config says.",
)
@click.option(
    "--kind",
    metavar="KIND",
    type=click.Choice([kind.value for kind in SourceKind]),
    help="Look for a feed, a sitemap or a listing page only.",
)
@click.option(
    "--since",
    metavar="DATE",
    type=Moment(),
    help="Also take what the site's sitemaps date then or later.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
@pass_workspace
def command(  # noqa: PLR0917  # click passes them by name
    workspace: Workspace,
    urls: tuple[str, ...],
    name: str | None,
    every_minutes: float | None,
    kind: str | None,
    since: datetime | None,
    dry_run: bool,  # noqa: FBT001  # click's signature
) -> int:
    """Watch these sites, feeds, sitemaps or pages that list articles.

    A site's feed is found through what its page names (<link rel=alternate>), else in the usual
    places; where it has none, its sitemap, by robots.txt or in the usual places; else the page
    itself is watched for links to articles. Each is read once before it is added.
    """
    addresses = [read_address(url) for url in urls]
    if name is not None and len(addresses) > 1:
        raise UsageError("--name names one source: add the others by calls of their own")
    wanted = None if kind is None else SourceKind(kind)
    failed = False
    with workspace.open_archive() as archive:
        _refuse_forgotten(archive, addresses)
        for address in addresses:
            found = find_source(archive, workspace.config, address, kind=wanted)
            if isinstance(found, NoSource):
                failed = True
                what = wanted or "feed"
                click.echo(make_line(f"scraper: no {what} at {address}: {found.detail}"), err=True)
            elif dry_run:
                click.echo(make_line(f"would add {found.name}: {_describe(found)}"))
            else:
                click.echo(make_line(_add(archive, found, name, every_minutes)))
                if since is not None:
                    _backfill(workspace, archive, found, since)
    return 1 if failed else 0


def _refuse_forgotten(archive: Archive, addresses: Sequence[str]) -> None:
    """Nothing; raises UsageError where one is of a site that somebody wanted gone."""
    with archive.read() as connection:
        forgotten = forgotten_sites(connection)
    for address in addresses:
        if site_of(address) in forgotten:
            raise UsageError(f"{site_of(address)} was forgotten: nothing of it is asked for again")


def _describe(found: NewSource) -> str:
    one, several = _COUNTED[None if found.is_index else found.kind]
    entries = print_count(found.entries, one, several)
    others = f"; the site names others: {' '.join(found.others)}" if found.others else ""
    return f"{found.url} ({entries}){others}"


def _add(archive: Archive, found: NewSource, name: str | None, every_minutes: float | None) -> str:
    """What to tell of the source that was added."""
    with archive.write() as connection:
        added = sources.add_source(
            connection,
            url=found.url,
            name=name or found.name,
            kind=found.kind,
            every_minutes=every_minutes,
            origin=sources.BY_COMMAND,
            now=clock.now(),
        )
    if added is None:
        return f"{found.url} is watched already"
    return f"added {added.name}: {_describe(found)}"


def _backfill(workspace: Workspace, archive: Archive, found: NewSource, since: datetime) -> None:
    """Announce what the site's sitemaps list since then, and tell how much that is."""
    with archive.read() as connection:
        source = sources.find_source(connection, found.url)
    if source is None:
        return  # another process removed it meanwhile
    done = backfill(archive, workspace.config, source, since)
    undated = f"; {done.undated} without a date left out" if done.undated else ""
    click.echo(
        make_line(
            f"{source.name}: {done.pages} pages of {done.sitemaps} sitemaps"
            f" since {since.date()} wait for the next run{undated}"
        )
    )
    for url, reason, detail in done.troubles:
        if reason.may_pass or not done.sitemaps:
            click.echo(make_line(f"scraper: no sitemap at {url}: {reason}: {detail}"), err=True)
