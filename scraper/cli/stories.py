"""`scraper stories`: what is archived, a story a line."""

from __future__ import annotations

import click

from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.measures import print_local
from scraper.cli.table import Column, print_table
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.export.shapes import shape_line
from scraper.store.query import list_stories

_COLUMNS = (
    Column(heading="story", right=True),
    Column(heading="first seen"),
    Column(heading="mirrors", right=True),
    Column(heading="site", wide=True),
    Column(heading="title", wide=True),
)


@click.command(
    "stories",
    epilog=end_help(
        ("scraper stories --limit 50", "the 50 stories seen last"),
        ("scraper stories --mirrored --json", "those that have mirrors, for a program"),
        exits=(0, 2, 4, 10),
    ),
)
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=100_000),
    default=20,
    show_default=True,
    help="List so many at most.",
)
@click.option("--site", metavar="SITE", help="Only stories with an article of this site.")
@click.option("--mirrored", is_flag=True, help="Only stories that have mirrors.")
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    limit: int,
    site: str | None,
    mirrored: bool,  # noqa: FBT001  # click's signature
    as_json: bool,  # noqa: FBT001  # likewise
) -> None:
    """List the stories, newest first.

    Each stands with its canonical article's site and title and the number of its mirrors.
    """
    with workspace.open_archive() as archive, archive.read() as connection:
        lines = list_stories(connection, limit=limit, site=site, mirrored=mirrored)
    if as_json:
        print_json([shape_line(line) for line in lines])
        return
    print_table(
        _COLUMNS,
        (
            (line.id, print_local(line.first_seen), line.mirrors, line.site, line.title)
            for line in lines
        ),
    )
    if not lines:
        click.echo("no such story" if site or mirrored else "no stories yet: try `scraper run`")
