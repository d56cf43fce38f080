"""`scraper source`: the sources that are watched."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.json_output import print_json
from scraper.cli.output_forms import CSV, JSON, form_options, print_csv
from scraper.cli.pace import PACE
from scraper.cli.table import Column, print_table
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.export.shapes import SOURCE_COLUMNS, shape_source
from scraper.store import sources

if TYPE_CHECKING:
    import sqlalchemy as sa

    from scraper.model import Source


_COLUMNS = (
    Column(heading="source", wide=True),
    Column(heading="kind"),
    Column(heading="state"),
    Column(heading="minutes", right=True),
    Column(heading="address", wide=True),
)


@click.group("source")
def command() -> None:
    """List, pause, resume, change or remove sources."""


@command.command(
    "list",
    epilog=end_help(
        ("scraper source list", "the sources with their addresses"),
        ("scraper source list --json", "the same, for a program"),
        exits=(0, 1, 4, 10),
    ),
)
@form_options("a row for each source")
@pass_workspace
def show(workspace: Workspace, *, form: str | None) -> None:
    """List the sources; `scraper status` tells how they are."""
    with workspace.open_archive() as archive, archive.read() as connection:
        listed = sources.list_sources(connection)
    if form == JSON:
        print_json([shape_source(source) for source in listed])
    elif form == CSV:
        print_csv(SOURCE_COLUMNS, map(shape_source, listed))
    else:
        print_table(_COLUMNS, [_cells(source) for source in listed])


@command.command(
    "pause",
    epilog=end_help(
        ("scraper source pause 'Example News'", "asks this source for nothing until it is resumed"),
        ("scraper source pause https://example.org/feed.xml", "the same, by its address"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("source")
@pass_workspace
def pause(workspace: Workspace, source: str) -> None:
    """Ask a source for nothing until it is resumed."""
    with workspace.open_archive() as archive, archive.write() as connection:
        found = _find(connection, source)
        sources.pause_source(connection, found.id)
    click.echo(make_line(f"paused {found.name}"))


@command.command(
    "resume",
    epilog=end_help(
        ("scraper source resume 'Example News'", "asks this source again, from the next run on"),
        ("scraper source resume https://example.org/feed.xml", "the same, by its address"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("source")
@pass_workspace
def resume(workspace: Workspace, source: str) -> None:
    """Ask a paused or failing source again, from the next run on."""
    with workspace.open_archive() as archive, archive.write() as connection:
        found = _find(connection, source)
        sources.resume_source(connection, found.id, clock.now())
    click.echo(make_line(f"resumed {found.name}"))


@command.command(
    "set",
    epilog=end_help(
        ("scraper source set 'Example News' --every 15", "asks it every 15 minutes"),
        ("scraper source set https://example.org/feed.xml --name Example", "gives it a name"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("source")
@click.option("--name", metavar="NAME", help="Its new name.")
@click.option(
    "--every",
    "every_minutes",
    metavar="MINUTES",
    type=PACE,
    help="How often to ask it.",
)
@pass_workspace
def change(
    workspace: Workspace, source: str, name: str | None, every_minutes: float | None
) -> None:
    """Change a source's name or pace."""
    if name is None and every_minutes is None:
        raise UsageError("nothing to change: give --name or --every")
    with workspace.open_archive() as archive, archive.write() as connection:
        found = _find(connection, source)
        sources.change_source(connection, found, name=name, every_minutes=every_minutes)
    click.echo(make_line(f"changed {found.name}"))


@command.command(
    "remove",
    epilog=end_help(
        ("scraper source remove 'Example News'", "watches it no longer; its articles stay"),
        ("scraper source remove https://example.org/feed.xml", "the same, by its address"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("source")
@pass_workspace
def remove(workspace: Workspace, source: str) -> None:
    """Watch a source no longer; what it brought stays in the archive."""
    with workspace.open_archive() as archive, archive.write() as connection:
        found = _find(connection, source)
        sources.remove_source(connection, found.id)
    click.echo(make_line(f"removed {found.name}"))


def _cells(source: Source) -> tuple[object, ...]:
    pace = "adapts" if source.every_minutes is None else f"{source.every_minutes:g}"
    return (source.name, source.kind, source.state, pace, source.url)


def _find(connection: sa.Connection, named: str) -> Source:
    """The source of this name or address; raises UsageError where there is none."""
    for source in sources.list_sources(connection):
        if named in {source.name, source.url}:
            return source
    raise UsageError(f"no source {named!r}: `scraper source list` names them")
