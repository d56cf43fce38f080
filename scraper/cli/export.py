"""`scraper export`: the archive as files for other programs."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from scraper.cli.help_text import end_help
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.export.jsonl import write_articles, write_relations, write_stories
from scraper.export.target import write_file, write_stream

_WRITERS = {"stories": write_stories, "articles": write_articles, "relations": write_relations}


@click.command(
    "export",
    epilog=end_help(
        ("scraper export stories -o stories.jsonl", "each canonical article with its mirrors"),
        ("scraper export relations | wc -l", "how many pairs of articles are copies"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("what", type=click.Choice(tuple(_WRITERS)))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(("jsonl",)),
    default="jsonl",
    show_default=True,
    help="jsonl: a JSON object a line.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    help="The file to write, replaced whole at the end; stdout without it, or where it is -.",
)
@pass_workspace
def command(workspace: Workspace, what: str, file_format: str, output: str) -> None:  # noqa: ARG001  # one format so far
    """Write stories, articles or relations to a file.

    Lines stand in the order of ids: an archive that did not change gives the same bytes. Relations
    of articles that share but a part are left out.
    """
    with workspace.open_archive() as archive, archive.read() as connection:
        lines = _WRITERS[what](connection)
        if output == "-":
            write_stream(sys.stdout.buffer, lines)
            return
        count = write_file(Path(output), lines)
    click.echo(make_line(f"wrote {count} {what} to {output}"))
