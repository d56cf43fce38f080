"""`scraper add`: sources to watch."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.addresses import read_address
from scraper.cli.help_text import end_help
from scraper.cli.pace import PACE
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.pipeline.add import NoFeed, find_feed
from scraper.store import sources

if TYPE_CHECKING:
    from scraper.pipeline.add import NewSource
    from scraper.store.archive import Archive


@click.command(
    "add",
    epilog=end_help(
        ("scraper add https://example.org/", "finds the site's feed and watches it"),
        (
            "scraper add --name Wire --every 15 https://example.org/wire.xml",
            "watches this feed under that name, every 15 minutes",
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
@click.option("--dry-run", is_flag=True, help="Say what would be added, and add nothing.")
@pass_workspace
def command(
    workspace: Workspace,
    urls: tuple[str, ...],
    name: str | None,
    every_minutes: float | None,
    dry_run: bool,  # noqa: FBT001  # click's signature
) -> int:
    """Watch these sites or feeds.

    A site's feed is found through what its page names (<link rel=alternate>), else in the usual
    places, and read once before it is added.
    """
    addresses = [read_address(url) for url in urls]
    if name is not None and len(addresses) > 1:
        raise UsageError("--name names one source: add the others by calls of their own")
    failed = False
    with workspace.open_archive() as archive:
        for address in addresses:
            found = find_feed(archive, workspace.config, address)
            if isinstance(found, NoFeed):
                failed = True
                click.echo(make_line(f"scraper: no feed at {address}: {found.detail}"), err=True)
            elif dry_run:
                click.echo(make_line(f"would add {found.name}: {_describe(found)}"))
            else:
                click.echo(make_line(_add(archive, found, name, every_minutes)))
    return 1 if failed else 0


def _describe(found: NewSource) -> str:
    entries = "1 entry" if found.entries == 1 else f"{found.entries} entries"
    others = f"; the site names others: {' '.join(found.others)}" if found.others else ""
    return f"{found.url} ({entries}){others}"


def _add(archive: Archive, found: NewSource, name: str | None, every_minutes: float | None) -> str:
    """What to tell of the source that was added."""
    with archive.write() as connection:
        added = sources.add_source(
            connection,
            url=found.url,
            name=name or found.name,
            every_minutes=every_minutes,
            origin=sources.BY_COMMAND,
            now=clock.now(),
        )
    if added is None:
        return f"{found.url} is watched already"
    return f"added {added.name}: {_describe(found)}"
