"""`scraper import`: files of articles, and lists of feeds."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.progress import show_bytes
from scraper.cli.terminal import make_line
from scraper.cli.workers import workers_option
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.discover.opml import parse_opml
from scraper.errors import FileError, UsageError
from scraper.pipeline.imports import Import
from scraper.pipeline.ingest import Filed, Ingest
from scraper.pipeline.watchlist import add_listed_feeds
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from scraper.pipeline.imports import ImportReport
    from scraper.store.archive import Archive


#: What a file is, by the end of its name.
_LINES = frozenset({".jsonl", ".ndjson", ".json"})
_LISTS = frozenset({".opml", ".xml"})

#: No line of any file could be read.
NOTHING_READ = 1


@click.command(
    "import",
    epilog=end_help(
        ("scraper import articles.jsonl", "archives a JSON Lines file, one article a line"),
        ("scraper import --collection wire2025 *.jsonl", "the ids of these files are one set"),
        ("scraper import feeds.opml", "watches the feeds of another reader's list"),
        exits=(0, 1, 2, 4, 10, 11, 130),
    ),
)
@click.argument(
    "files",
    metavar="FILE...",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, readable=True, path_type=Path),
)
@click.option(
    "--collection",
    metavar="NAME",
    help="Where the lines' ids are unique; otherwise the file's name.",
)
@workers_option
@pass_workspace
def command(
    workspace: Workspace, files: tuple[Path, ...], collection: str | None, workers: int
) -> int:
    """Archive articles from JSON Lines, watch feeds from OPML.

    A line is {"id", "url", "title", "text", "published", "authors", "language"}, all but the text
    optional, or {"url", "html"} for a page. Importing a file twice changes nothing; of several
    lines with one id the last counts. Lines that cannot be read are counted and passed over. The
    feeds of an .opml list are added unasked; the next run asks them.
    """
    if collection is not None and not collection.strip():
        raise UsageError("--collection is empty: give a name, or leave it out")
    for file in files:
        if file.suffix.lower() not in {*_LINES, *_LISTS}:
            problem = "this version imports JSON Lines and OPML; name it .jsonl or .opml"
            raise UsageError(f"{file}: {problem}")
    lists = [file for file in files if file.suffix.lower() in _LISTS]
    tables = [file for file in files if file.suffix.lower() in _LINES]
    reports: list[ImportReport] = []
    ingest = Ingest(workspace.config.site, workspace.config.agencies)
    with workspace.open_to_match() as archive, workspace.hold_lock(), Parser(workers) as parser:
        for file in lists:
            _import_list(archive, file)
        for name, group in groupby(tables, lambda file: collection or file.stem):
            with Import(archive, name, ingest, parser) as importing:
                told = [(file, _read(importing, file)) for file in group]
                importing.settle()
            for file, report in told:
                _tell(file, report)
                reports.append(report)
    is_any_read = bool(lists) or any(sum(report.counts.values()) for report in reports)
    return NOTHING_READ if any(report.skipped for report in reports) and not is_any_read else 0


def _read(importing: Import, file: Path) -> ImportReport:
    with file.open("rb") as lines, show_bytes(file.name, file.stat().st_size) as on_batch:
        return importing.read(lines, on_batch=on_batch)


def _import_list(archive: Archive, file: Path) -> None:
    """Watch the feeds of an OPML list that are not watched yet, and tell how many that are."""
    feeds = parse_opml(file.read_bytes())
    if feeds is None:
        raise FileError(str(file), "read", OSError(0, "it is no OPML: it holds no outline"))
    added, known = add_listed_feeds(archive, feeds, clock.now())
    click.echo(make_line(f"{file}: {len(added)} feeds added, {known} watched already"))


def _tell(file: Path, report: ImportReport) -> None:
    counts = report.counts
    click.echo(
        make_line(
            f"{file}: {counts[Filed.NEW]} new, {counts[Filed.REVISED]} revised,"
            f" {counts[Filed.UNCHANGED]} unchanged, {report.skipped} skipped"
            + (f", {counts[Filed.FORGOTTEN]} forgotten" if Filed.FORGOTTEN in counts else "")
        )
    )
    for problem in report.problems:
        click.echo(make_line(f"scraper: {file}: {problem}"), err=True)
    if report.skipped > len(report.problems):
        more = report.skipped - len(report.problems)
        click.echo(make_line(f"scraper: {file}: {more} more lines were skipped"), err=True)
