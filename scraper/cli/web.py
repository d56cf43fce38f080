"""`scraper web`: the archive in a browser."""

from __future__ import annotations

import click

from scraper.cli.help_text import end_help
from scraper.cli.workspace import Workspace, pass_workspace


@click.command(
    "web",
    epilog=end_help(
        ("scraper web", "serves the archive on http://127.0.0.1:8090/ until Ctrl-C"),
        (
            "scraper web --port 8100 --allow-host archive.example.org",
            "the same behind a web server of that name",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.option(
    "--host",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="Listen on this address; other machines reach the archive where it is not this one's own.",
)
@click.option(
    "--port",
    metavar="N",
    type=click.IntRange(min=0, max=65_535),
    default=8090,
    show_default=True,
    help="Listen on this port; 0 takes a free one.",
)
@click.option(
    "--allow-host",
    "names",
    metavar="NAME",
    multiple=True,
    help="Answer to this host name too; may be given more than once.",
)
@pass_workspace
def command(workspace: Workspace, host: str, port: int, names: tuple[str, ...]) -> None:
    """Show the archive in a browser; nothing can be changed there.

    There is no log-in: whoever reaches the address reads everything. Pages: stories with search and
    filters, one story with its mirrors, two texts side by side, sources, and a feed at /feed.atom.
    """
    from scraper.web.app import (
        create_app,
    )  # starlette, jinja2 and numpy, which `--help` does without
    from scraper.web.serve import serve

    with workspace.open_archive() as archive:
        serve(
            create_app(archive, names=names),
            host=host,
            port=port,
            ready=lambda url: click.echo(f"the archive is at {url} (Ctrl-C ends)"),
        )
