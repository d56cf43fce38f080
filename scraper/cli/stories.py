"""`scraper stories`: what is archived, a story a line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.measures import print_local
from scraper.cli.moments import Moment
from scraper.cli.narrowing import LanguageTag, Site
from scraper.cli.table import Column, print_table
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.export.shapes import shape_line
from scraper.model import RelationKind
from scraper.store.query import Wanted, list_stories

if TYPE_CHECKING:
    from datetime import datetime

#: What a mirror can be to the article by which it joined its story.
KINDS = [kind.value for kind in RelationKind if kind is not RelationKind.PART]

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
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=100_000),
    default=20,
    show_default=True,
    help="List so many at most.",
)
@click.option(
    "--site", metavar="SITE", type=Site(), help="Only stories with an article of this site."
)
@click.option("--mirrored", is_flag=True, help="Only stories that have mirrors.")
@click.option(
    "--mirrors-min",
    metavar="N",
    type=click.IntRange(min=0, max=1_000_000_000),
    default=0,
    help="With so many mirrors.",
)
@click.option("--since", metavar="DATE", type=Moment(), help="First seen then or later.")
@click.option(
    "--until", metavar="DATE", type=Moment(end_of_day=True), help="First seen then or earlier."
)
@click.option(
    "--relation",
    type=click.Choice(KINDS),
    help="With a mirror that is this to the article by which it joined.",
)
@click.option(
    "--language",
    metavar="TAG",
    type=LanguageTag(),
    help="Whose canonical article is in it: en, pt-br.",
)
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    *,
    limit: int,
    site: str | None,
    mirrored: bool,
    mirrors_min: int,
    since: datetime | None,
    until: datetime | None,
    relation: str | None,
    language: str | None,
    as_json: bool,
) -> None:
    """List the stories, newest first.

    Each stands with its canonical article's site and title and the number of its mirrors. A DATE is
    a day or a time, as 2026-11-22 or 2026-11-22T10:00; options narrow the list together.
    """
    wanted = Wanted(
        mirrors_min=max(mirrors_min, int(mirrored)),
        site=site,
        since=since,
        until=until,
        relation=RelationKind(relation) if relation else None,
        language=language,
    )
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
        click.echo("no stories yet: try `scraper run`" if wanted == Wanted() else "no such story")
