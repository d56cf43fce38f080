"""`scraper db`: the archive's file and its schema."""

from __future__ import annotations

import click

from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import ArchiveError
from scraper.store.check import check_archive
from scraper.store.upgrade import upgrade_archive


@click.group("db")
def command() -> None:
    """Upgrade or check the archive."""


@command.command(
    "upgrade",
    epilog=end_help(
        ("scraper db upgrade", "after a new version of scraper says that it is needed"),
        ("scraper --archive old.db db upgrade", "the same for another archive"),
        exits=(0, 1, 2, 4, 10, 11),
    ),
)
@pass_workspace
def upgrade(workspace: Workspace) -> None:
    """Bring the archive to this program's schema, all of it or nothing.

    An archive that a newer program wrote is refused, and nothing is written.
    """
    path = workspace.archive_path
    before, after = upgrade_archive(path)
    if before == after:
        click.echo(make_line(f"{path} has the newest schema already, {after}"))
    else:
        click.echo(make_line(f"upgraded {path} from schema {before} to {after}"))


@command.command(
    "check",
    epilog=end_help(
        ("scraper db check", "says fine, or what is damaged"),
        ("scraper db check --json", "the same for a program"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@json_option
@pass_workspace
def check(workspace: Workspace, as_json: bool) -> None:  # noqa: FBT001  # click's signature
    """Check the file, its indexes and its stories."""
    with workspace.open_archive() as archive:
        problems = check_archive(archive)
    if as_json:
        print_json({"problems": list(problems)})
    else:
        for problem in problems:
            click.echo(make_line(problem))
    if problems:
        raise ArchiveError(
            f"{workspace.archive_path} is damaged: put it aside and restore a backup"
        )
    if not as_json:
        click.echo(make_line(f"{workspace.archive_path} is fine"))
