"""`scraper stories`: what is archived, a story a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.measures import print_local
from scraper.cli.narrowing import limit_option, narrowing_options
from scraper.cli.table import Column, print_table
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.export.shapes import shape_line
from scraper.store.filters import EVERY
from scraper.store.query import list_stories

if TYPE_CHECKING:
    from scraper.store.filters import Wanted

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
        (
            "scraper stories --since 2026-11-01 --until 2026-11-07 --relation excerpt_of",
            "those first seen in that week of which somebody took a piece",
        ),
        exits=(0, 2, 4, 10),
    ),
)
@narrowing_options
@limit_option(default=20, most=100_000)
@json_option
@pass_workspace
def command(workspace: Workspace, *, wanted: Wanted, limit: int, as_json: bool) -> None:
    """List the stories, newest first.

    Each stands with its canonical article's site and title and the number of its mirrors. Options
    narrow the list together. A DATE is of this machine's time zone where it names no other.
    """
    with workspace.open_archive() as archive, archive.read() as connection:
        lines = list_stories(connection, limit=limit, wanted=wanted)
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
        click.echo("no stories yet: try `scraper run`" if wanted == EVERY else "no such story")
