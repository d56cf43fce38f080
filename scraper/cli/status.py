"""`scraper status`: how the sources are, what is archived, what is due and what went wrong."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.json_output import print_json
from scraper.cli.measures import print_count, print_duration, print_local, print_size
from scraper.cli.output_forms import CSV, JSON, form_options, print_csv
from scraper.cli.pager import paged
from scraper.cli.table import Column, print_table
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.export.shapes import SOURCE_COLUMNS, print_utc, shape_source
from scraper.match.version import FINGERPRINT_VERSION
from scraper.model import SourceState
from scraper.store.health import load_health

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from scraper.model import Source
    from scraper.store.health import Health, PastRun
    from scraper.store.rebuilds import Fingerprints

_SOURCES = (
    Column(heading="source", wide=True),
    Column(heading="state"),
    Column(heading="last asked"),
    Column(heading="next"),
    Column(heading="trouble", wide=True),
)
_PAGES = (Column(heading="pages", right=True), Column(heading="state"), Column(heading="reason"))
_TROUBLES = (
    Column(heading="when"),
    Column(heading="reason"),
    Column(heading="page", wide=True),
    Column(heading="detail", wide=True),
)


@click.command(
    "status",
    epilog=end_help(
        ("scraper status", "everything on one screen"),
        ("scraper status --json | jq .due.pages", "how many pages are waiting, for a program"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.option(
    "--troubles",
    metavar="N",
    type=click.IntRange(min=0, max=10_000),
    default=5,
    show_default=True,
    help="Show so many of the latest pages that gave no article.",
)
@form_options("a row for each source")
@pass_workspace
def command(workspace: Workspace, *, troubles: int, form: str | None) -> None:
    """Show how the sources are, what is archived and what is due.

    Pages that gave no article are counted by the reason, and the latest of them shown.
    """
    now = clock.now()
    with workspace.open_archive() as archive, archive.read() as connection:
        health = load_health(
            connection, now=now, troubles=troubles, fingerprint_version=FINGERPRINT_VERSION
        )
    if form == JSON:
        print_json(_shape(health))
    elif form == CSV:
        print_csv(SOURCE_COLUMNS, map(shape_source, health.sources))
    else:
        with paged(wanted=workspace.pages):
            _print(health, workspace, now)


def _print(health: Health, workspace: Workspace, now: datetime) -> None:
    for name, fact in _facts(health, workspace, now):
        click.echo(f"{name + ':':<10}{make_line(fact)}")
    for columns, rows in (
        (_SOURCES, [_source_cells(source) for source in health.sources]),
        (_PAGES, [(pages.count, pages.state, pages.reason) for pages in health.pages]),
        (
            _TROUBLES,
            [
                (print_local(page.at), page.reason, page.url, page.detail)
                for page in health.troubles
            ],
        ),
    ):
        if rows:
            click.echo()
            print_table(columns, rows)
    if not health.sources:
        click.echo("\nno sources yet: try `scraper add https://example.org/`")


def _facts(health: Health, workspace: Workspace, now: datetime) -> Iterator[tuple[str, str]]:
    yield "archive", str(workspace.archive_path)
    stories = print_count(health.stories, "story", "stories")
    yield "articles", f"{health.articles} in {stories}, {health.mirrors} of them mirrors"
    due = f"{print_count(health.sources_due, 'source')} and {print_count(health.pages_due, 'page')}"
    later = health.next_due_at
    yield "due", due if later is None or later <= now else f"{due}; next {print_local(later)}"
    yield "last run", "none yet" if health.last_run is None else _describe_run(health.last_run)
    if health.workers:
        asked = (f"{name} {print_count(count, 'host')}" for name, count in health.workers.items())
        yield "at work", ", ".join(asked)
    if not health.fingerprints.are_whole:
        yield "matching", _describe_fingerprints(health.fingerprints)


def _describe_fingerprints(fingerprints: Fingerprints) -> str:
    if fingerprints.are_newer:
        return "waits: a newer scraper made the fingerprints; upgrade the program"
    if fingerprints.left is None:
        return "waits: the fingerprints are of another version; type `scraper rebuild fingerprints`"
    return (
        "waits: `scraper rebuild fingerprints` goes on or was stopped,"
        f" {fingerprints.left} articles and stories are left; type it again to go on"
    )


def _describe_run(run: PastRun) -> str:
    began = f"{print_local(run.started_at)}, {run.command}"
    if run.finished_at is None:
        return f"{began}: not finished, it goes on or was killed"
    took = print_duration(run.finished_at - run.started_at)
    return (
        f"{began}, {took}:"
        f" {print_count(run.sources_checked, 'source')} ({run.sources_failed} failed),"
        f" {print_count(run.pages_fetched, 'page')} ({run.pages_failed} failed),"
        f" {print_count(run.articles_new, 'new article')}, {print_size(run.wire_bytes)}"
    )


def _source_cells(source: Source) -> tuple[object, ...]:
    failed = f"{source.failures} times: {source.reason} {source.detail or ''}"
    return (
        source.name,
        source.state,
        print_local(source.last_check_at) or "never",
        "" if source.state is SourceState.PAUSED else print_local(source.next_check_at),
        failed if source.failures else None,
    )


def _shape(health: Health) -> dict[str, object]:
    run = health.last_run
    return {
        "articles": health.articles,
        "stories": health.stories,
        "mirrors": health.mirrors,
        "due": {
            "sources": health.sources_due,
            "pages": health.pages_due,
            "next_at": print_utc(health.next_due_at),
        },
        "fingerprints": _shape_fingerprints(health.fingerprints),
        "last_run": None if run is None else _shape_run(run),
        "workers": [{"name": name, "hosts": hosts} for name, hosts in health.workers.items()],
        "sources": [shape_source(source) for source in health.sources],
        "pages": [
            {"state": pages.state, "reason": pages.reason, "count": pages.count}
            for pages in health.pages
        ],
        "troubles": [
            {
                "url": page.url,
                "state": page.state,
                "reason": page.reason,
                "detail": page.detail,
                "at": print_utc(page.at),
                "next_attempt_at": print_utc(page.next_attempt_at),
            }
            for page in health.troubles
        ],
    }


def _shape_fingerprints(fingerprints: Fingerprints) -> dict[str, object]:
    is_rebuild_wanted = not (fingerprints.are_whole or fingerprints.are_newer)
    return {
        "version": fingerprints.found,
        "wanted": fingerprints.expected,
        "left": fingerprints.left,
        "type": "scraper rebuild fingerprints" if is_rebuild_wanted else None,
    }


def _shape_run(run: PastRun) -> dict[str, object]:
    return {
        "command": run.command,
        "started_at": print_utc(run.started_at),
        "finished_at": print_utc(run.finished_at),
        "sources_checked": run.sources_checked,
        "sources_failed": run.sources_failed,
        "pages_fetched": run.pages_fetched,
        "pages_failed": run.pages_failed,
        "articles_new": run.articles_new,
        "wire_bytes": run.wire_bytes,
    }
