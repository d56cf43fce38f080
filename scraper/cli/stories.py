"""`scraper stories`: what is archived, a story a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.json_output import print_json
from scraper.cli.measures import print_local
from scraper.cli.narrowing import limit_option, narrowing_options
from scraper.cli.output_forms import CSV, JSON, form_options, print_csv
from scraper.cli.pager import paged
from scraper.cli.table import Column, print_table
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.export.shapes import LINE_COLUMNS, shape_line
from scraper.store.filters import EVERY
from scraper.store.story_lines import list_stories

if TYPE_CHECKING:
    from scraper.store.filters import Wanted
    from scraper.store.story_lines import StoryLine

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
        ("scraper stories --mirrored --since 7d --csv", "the week's that have mirrors, as CSV"),
        (
            "scraper stories --since 2026-11-01 --until 2026-11-07 --relation excerpt_of",
            "those first seen in that week of which somebody took a piece",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@narrowing_options
@limit_option(default=20, most=100_000)
@form_options("a row for each story")
@pass_workspace
def command(workspace: Workspace, *, wanted: Wanted, limit: int, form: str | None) -> None:
    """List the stories, newest first.

    Each stands with its canonical article's site and title and the number of its mirrors. Options
    narrow the list together. A DATE is of this machine's time zone where it names no other.
    """
    with workspace.open_archive() as archive, archive.read() as connection:
        lines = list_stories(connection, limit=limit, wanted=wanted)
    if form == JSON:
        print_json([shape_line(line) for line in lines])
    elif form == CSV:
        print_csv(LINE_COLUMNS, map(shape_line, lines))
    elif lines:
        with paged(wanted=workspace.pages):
            print_table(_COLUMNS, map(_cells, lines))
    else:
        click.echo("no stories yet: try `scraper run`" if wanted == EVERY else "no such story")


def _cells(line: StoryLine) -> tuple[object, ...]:
    return (line.id, print_local(line.first_seen), line.mirrors, line.site, line.title)
