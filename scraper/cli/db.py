"""`scraper db`: the archive's file and its schema."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import click

from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import ArchiveError
from scraper.store.backup import back_up
from scraper.store.check import check_archive
from scraper.store.copying import copy_into_new
from scraper.store.stats import measure
from scraper.store.upgrade import upgrade_archive


@click.group("db")
def command() -> None:
    """Check, back up, copy, upgrade or measure the archive."""


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

    As it was before it is kept beside it. An archive that a newer program wrote is refused, and
    nothing is written.
    """
    where = workspace.archive_path
    done = upgrade_archive(where)
    if done.before == done.after:
        click.echo(make_line(f"{where} has the newest schema already, {done.after}"))
        return
    click.echo(make_line(f"upgraded {where} from schema {done.before} to {done.after}"))
    if done.backup is not None:
        click.echo(make_line(f"as it was before it is in {done.backup}"))


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
    """Check the file, its indexes, its stories and every snapshot."""
    with workspace.open_archive() as archive:
        problems = check_archive(archive)
        is_read_only = archive.is_read_only
    if as_json:
        print_json({"problems": list(problems)})
    else:
        for problem in problems:
            click.echo(make_line(problem))
    if problems:
        raise ArchiveError(
            f"{workspace.archive_path} is not whole: where nothing above says what to do,"
            " put it aside and restore a backup"
        )
    if not as_json:
        click.echo(make_line(f"{workspace.archive_path} is fine"))
        if is_read_only:
            click.echo("its search indexes were not compared: that needs a writable archive")


@command.command(
    "backup",
    epilog=end_help(
        ("scraper db backup /mnt/backup/archive.db", "copies the archive and its snapshots"),
        ("scraper db backup copy.db --without-snapshots", "copies the archive's file alone"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("target", metavar="FILE", type=click.Path(path_type=Path))
@click.option("--without-snapshots", is_flag=True, help="Leave out the WARC files.")
@pass_workspace
def backup(workspace: Workspace, target: Path, without_snapshots: bool) -> None:  # noqa: FBT001  # click's signature
    """Copy the archive, also while a run writes to it.

    The copy is an archive like any other, of one moment, with its WARC files in FILE.warc.
    """
    with workspace.open_archive() as archive:
        back_up(archive, target, snapshots=not without_snapshots)
    click.echo(make_line(f"copied {workspace.archive_path} to {target}"))


@command.command(
    "copy",
    epilog=end_help(
        ("scraper db copy archive.db postgresql://me@db/news", "moves an archive to PostgreSQL"),
        ("scraper db copy postgresql://me@db/news news.db", "and back into a file"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("source", metavar="FROM")
@click.argument("target", metavar="TO")
@click.option("--without-snapshots", is_flag=True, help="Leave out the WARC files.")
@json_option
@pass_workspace
def copy(
    workspace: Workspace,
    source: str,
    target: str,
    without_snapshots: bool,  # noqa: FBT001  # click's signature
    as_json: bool,  # noqa: FBT001  # likewise
) -> None:
    """Copy an archive into a new one, of SQLite or PostgreSQL, and compare them.

    FROM and TO are files, or addresses of databases; where TO is a database it exists and is
    empty. The copy is the same archive: its numbers, its cursors and its decisions hold.
    """
    whole, new = (workspace.locate(named) for named in (source, target))
    copied = copy_into_new(whole, new, snapshots=not without_snapshots)
    if as_json:
        print_json(asdict(copied))
        return
    rows = sum(copied.rows.values())
    click.echo(make_line(f"copied {whole} to {new}"))
    click.echo(
        f"{rows:,} rows of {len(copied.rows)} tables are the same in both;"
        f" {copied.warc_files} WARC files were copied"
    )


@command.command(
    "stats",
    epilog=end_help(
        ("scraper db stats", "how large the archive is, and its tables"),
        ("scraper db stats --json", "the same for a program, in bytes"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@json_option
@pass_workspace
def stats(workspace: Workspace, as_json: bool) -> None:  # noqa: FBT001  # click's signature
    """Show how large the archive is, and how many rows its tables have."""
    with workspace.open_archive() as archive:
        found = measure(archive)
    if as_json:
        print_json(asdict(found))
        return
    for what, size in (
        ("tables and indexes" if found.log_bytes is None else "file", found.file_bytes),
        ("of it free", found.free_bytes),
        ("write-ahead log", found.log_bytes),
        (f"snapshots, in {found.warc_files} files", found.warc_bytes),
    ):
        if size is None:
            continue
        click.echo(f"{size / 1e6:>12,.1f} MB  {what}")
    for table, count in found.rows.items():
        click.echo(f"{count:>12,}     {table}")
