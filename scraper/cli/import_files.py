"""`scraper import`: files of articles, of crawled pages, and lists of feeds."""

from __future__ import annotations

from contextlib import nullcontext
from enum import Enum
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
from scraper.pipeline.captures import DAMAGED
from scraper.pipeline.imports import Import
from scraper.pipeline.ingest import Filed, Ingest
from scraper.pipeline.site_rules import SiteRules
from scraper.pipeline.warc_import import WarcImport, copying
from scraper.pipeline.watchlist import add_listed_feeds
from scraper.typed import mend
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Mapping

    from scraper.pipeline.captures import WarcReport
    from scraper.pipeline.imports import ImportReport
    from scraper.store.archive import Archive


class Kind(Enum):
    """What a file is, by the ends of its name."""

    LISTS = (".opml", ".xml")
    LINES = (".jsonl", ".ndjson", ".json")
    CRAWLS = (".warc", ".warc.gz")


#: Nothing of any file could be read.
NOTHING_READ = 1


@click.command(
    "import",
    epilog=end_help(
        ("scraper import articles.jsonl", "archives a JSON Lines file, one article a line"),
        ("scraper import --collection wire2025 *.jsonl", "the ids of these files are one set"),
        ("scraper import CC-NEWS-20260101.warc.gz", "archives the pages that somebody crawled"),
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
@click.option(
    "--copy-snapshots",
    is_flag=True,
    help="Copy the pages of WARC files beside the archive; otherwise it refers to the files.",
)
@workers_option
@pass_workspace
def command(
    workspace: Workspace,
    files: tuple[Path, ...],
    collection: str | None,
    copy_snapshots: bool,  # noqa: FBT001  # click's signature
    workers: int,
) -> int:
    """Archive articles from JSON Lines and WARC, watch feeds from OPML.

    A line is {"id", "url", "title", "text", "published", "authors", "language"}, all but the text
    optional, or {"url", "html"} for a page. Of several lines with one id the last counts. Of a
    WARC file the pages are read that were fetched with status 200, and named where they lie: keep
    the file. Importing a file twice changes nothing; an import that was stopped goes on. What
    cannot be read is counted and passed over. The feeds of an .opml list are added unasked; the
    next run asks them.
    """
    if collection is not None and not collection.strip():
        raise UsageError("--collection is empty: give a name, or leave it out")
    files_of = {kind: [file for file in files if _kind_of(file) is kind] for kind in Kind}
    reports: list[ImportReport | WarcReport] = []
    ingest = Ingest(workspace.config.site, workspace.config.agencies)
    with workspace.open_to_match() as archive, workspace.hold_lock(), Parser(workers) as parser:
        for file in files_of[Kind.LISTS]:
            _import_list(archive, file)
        for name, group in groupby(
            files_of[Kind.LINES], lambda file: mend(collection or file.stem)
        ):
            with Import(archive, name, ingest, parser) as importing:
                told = [(file, _read(importing, file)) for file in group]
                importing.settle()
            for file, report in told:
                _tell_lines(file, report)
                reports.append(report)
        with copying(archive) if copy_snapshots else nullcontext() as keeper:
            pages = WarcImport(
                archive,
                ingest,
                parser,
                rules=SiteRules(workspace.config.site),
                config=workspace.config.fetch,
                keeper=keeper,
            )
            for file in files_of[Kind.CRAWLS]:
                with show_bytes(file.name, file.stat().st_size) as on_batch:
                    crawl = pages.read(file, on_batch=on_batch)
                _tell_pages(file, crawl)
                reports.append(crawl)
    is_any_read = bool(files_of[Kind.LISTS]) or any(report.is_any_read for report in reports)
    return NOTHING_READ if any(report.skipped for report in reports) and not is_any_read else 0


def _kind_of(file: Path) -> Kind:
    """What a file is; raises UsageError for what is not imported."""
    for kind in Kind:
        if file.name.lower().endswith(kind.value):
            return kind
    raise UsageError(
        f"{file}: this version imports JSON Lines, WARC and OPML:"
        " name it .jsonl, .warc, .warc.gz or .opml"
    )


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


def _tell_lines(file: Path, report: ImportReport) -> None:
    counts = _tell_counts(report.counts)
    click.echo(make_line(f"{file}: {counts}, {report.skipped} skipped{_tell_gone(report.counts)}"))
    _tell_problems(file, report.problems, report.skipped, "lines were skipped")


def _tell_pages(file: Path, report: WarcReport) -> None:
    counts, skipped = _tell_counts(report.counts), sum(report.skipped.values())
    click.echo(
        make_line(
            f"{file}: {counts}, {report.without_article} without an article, {skipped} skipped"
            f"{_tell_gone(report.counts)}"
        )
    )
    for reason, count in report.skipped.most_common():
        click.echo(make_line(f"scraper: {file}: {count} skipped: {reason}"), err=True)
    damaged = report.skipped[DAMAGED]
    _tell_problems(file, report.problems, damaged, "places are damaged")


def _tell_counts(counts: Mapping[Filed, int]) -> str:
    told = (Filed.NEW, Filed.REVISED, Filed.UNCHANGED)
    return ", ".join(f"{counts.get(filed, 0)} {filed}" for filed in told)


def _tell_gone(counts: Mapping[Filed, int]) -> str:
    return f", {counts[Filed.FORGOTTEN]} forgotten" if counts.get(Filed.FORGOTTEN) else ""


def _tell_problems(file: Path, problems: list[str], count: int, what: str) -> None:
    for problem in problems:
        click.echo(make_line(f"scraper: {file}: {problem}"), err=True)
    if count > len(problems):
        click.echo(make_line(f"scraper: {file}: {count - len(problems)} more {what}"), err=True)
