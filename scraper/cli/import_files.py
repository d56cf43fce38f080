"""`scraper import`: files of articles."""

from __future__ import annotations

from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.progress import show_bytes
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.pipeline.imports import Import
from scraper.pipeline.ingest import Filed, Ingest

if TYPE_CHECKING:
    from scraper.pipeline.imports import ImportReport


#: No line of any file could be read.
NOTHING_READ = 1


@click.command(
    "import",
    epilog=end_help(
        ("scraper import articles.jsonl", "archives a JSON Lines file, one article a line"),
        ("scraper import --collection wire2025 *.jsonl", "the ids of these files are one set"),
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
@pass_workspace
def command(workspace: Workspace, files: tuple[Path, ...], collection: str | None) -> int:
    """Archive the articles of JSON Lines files.

    A line is {"id", "url", "title", "text", "published", "authors", "language"}, all but the text
    optional, or {"url", "html"} for a page. Importing a file twice changes nothing; of several
    lines with one id the last counts. Lines that cannot be read are counted and passed over.
    """
    for file in files:
        if file.suffix not in {".jsonl", ".ndjson", ".json"}:
            raise UsageError(f"{file}: this version imports JSON Lines; name it .jsonl")
    reports: list[ImportReport] = []
    ingest = Ingest(workspace.config.site, workspace.config.agencies)
    with workspace.open_to_match() as archive, workspace.hold_lock():
        for name, group in groupby(files, lambda file: collection or file.stem):
            with Import(archive, name, ingest) as importing:
                told = [(file, _read(importing, file)) for file in group]
                importing.settle()
            for file, report in told:
                _tell(file, report)
                reports.append(report)
    is_any_read = any(sum(report.counts.values()) for report in reports)
    return NOTHING_READ if any(report.skipped for report in reports) and not is_any_read else 0


def _read(importing: Import, file: Path) -> ImportReport:
    with file.open("rb") as lines, show_bytes(file.name, file.stat().st_size) as on_batch:
        return importing.read(lines, on_batch=on_batch)


def _tell(file: Path, report: ImportReport) -> None:
    counts = report.counts
    click.echo(
        make_line(
            f"{file}: {counts[Filed.NEW]} new, {counts[Filed.REVISED]} revised,"
            f" {counts[Filed.UNCHANGED]} unchanged, {report.skipped} skipped"
            + (f", {counts[Filed.FORGOTTEN]} forgotten" if counts[Filed.FORGOTTEN] else "")
        )
    )
    for problem in report.problems:
        click.echo(make_line(f"scraper: {file}: {problem}"), err=True)
    if report.skipped > len(report.problems):
        more = report.skipped - len(report.problems)
        click.echo(make_line(f"scraper: {file}: {more} more lines were skipped"), err=True)
