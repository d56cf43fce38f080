"""`scraper export`: the archive as files for other programs."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.measures import print_count
from scraper.cli.narrowing import limit_option, name_narrowing_options
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.export.cursor_file import read_cursor, write_cursor
from scraper.export.wish import FORMATS, Wish
from scraper.export.writing import export_to_path, export_to_stream
from scraper.store.changes import parse_cursor

if TYPE_CHECKING:
    from scraper.export.wish import Outcome
    from scraper.store.filters import Wanted

#: What a file is by its name's ending; another ending says nothing.
_ENDINGS = {
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".csv": "csv",
    ".parquet": "parquet",
    ".atom": "atom",
    ".warc": "warc",
    ".warc.gz": "warc",
    ".opml": "opml",
}

#: What one of that which is written is called.
_ONE = {"stories": "story", "articles": "article", "relations": "relation", "sources": "source"}


@click.command(
    "export",
    epilog=end_help(
        ("scraper export stories -o stories.jsonl", "each canonical article with its mirrors"),
        ("scraper export relations | wc -l", "how many pairs of articles are copies"),
        (
            "scraper export stories --format markdown -o notes --language en",
            "a folder with a file for each story in English",
        ),
        (
            "scraper export stories --cursor-file cursor -o new.jsonl",
            "all stories, and from the second time on what changed",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("what", type=click.Choice(tuple(FORMATS)))
@click.option(
    "--format",
    "file_format",
    type=click.Choice(tuple(dict.fromkeys(each for some in FORMATS.values() for each in some))),
    help="What is written; otherwise as the file's name ends, jsonl without an ending.",
)
@click.option(
    "-o",
    "--output",
    metavar="FILE",
    default="-",
    help="The file to write, a folder for markdown, replaced at the end; otherwise stdout.",
)
@click.option(
    "--since",
    "cursor",
    metavar="CURSOR",
    help="Only what changed since the export whose manifest has this cursor.",
)
@click.option(
    "--cursor-file",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Only what changed since the cursor in this file, which is moved on at the end.",
)
@partial(name_narrowing_options, since="--from")
@limit_option(default=None, most=1_000_000_000)
@pass_workspace
def command(
    workspace: Workspace,
    *,
    what: str,
    file_format: str | None,
    output: str,
    cursor: str | None,
    cursor_file: Path | None,
    wanted: Wanted,
    limit: int | None,
) -> None:
    """Write stories, articles, relations or sources to a file.

    Filters choose stories, --limit the newest of them; of articles and relations it is those of
    the chosen stories. An archive that did not change gives the same bytes. Beside the file lies
    FILE.manifest.json, with counts, a digest and the cursor for --since. Relations of articles that
    share but a part are left out.
    """
    if cursor is not None and cursor_file is not None:
        raise UsageError("--since and --cursor-file both name a cursor: give one of them")
    if cursor_file is not None and (what != "stories" or limit is not None):
        raise UsageError("--cursor-file goes with `export stories`, and without --limit")
    if cursor_file is not None and cursor_file.resolve() == Path(output).resolve():
        raise UsageError(f"{output} cannot hold both the export and the cursor: name two files")
    config = workspace.config_path
    if config is not None and config.resolve() == Path(output).resolve():
        raise UsageError(f"{output} is the config itself: name another file")
    since = parse_cursor(cursor) if cursor is not None else None
    if cursor_file is not None:
        since = read_cursor(cursor_file)
    wish = Wish(
        what=what,
        file_format=file_format or _guess_format(output),
        wanted=wanted,
        newest=limit,
        since=since,
    )
    with workspace.open_archive() as archive:
        if output == "-":
            outcome = export_to_stream(archive, wish, sys.stdout.buffer)
            sys.stdout.buffer.flush()
        else:
            outcome = export_to_path(archive, wish, Path(output))
            click.echo(make_line(f"wrote {_tell(what, outcome)} to {output}"))
    if cursor_file is not None:
        write_cursor(cursor_file, outcome.cursor)


def _guess_format(output: str) -> str:
    name = Path(output).name.lower()
    if found := next((_ENDINGS[ending] for ending in _ENDINGS if name.endswith(ending)), None):
        return found
    if Path(name).suffix:
        raise UsageError(f"{output}: its ending does not say what to write: give a --format")
    return "jsonl"


def _tell(what: str, outcome: Outcome) -> str:
    counts = outcome.counts
    if "pages" in counts:
        rest = counts["without_page"]
        without = f" ({print_count(rest, 'article has', 'articles have')} none)" if rest else ""
        return print_count(counts["pages"], "page") + without
    gone = counts.get("tombstones", 0)
    written = print_count(counts[what], _ONE[what], what)
    return written + (f" and {print_count(gone, 'that is', 'that are')} no more" if gone else "")
