"""`scraper demo`: the main job, shown on a small news world of our own."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from scraper.cli.help_text import end_help
from scraper.cli.progress import show_pages
from scraper.cli.terminal import make_line
from scraper.demo.tour import take_tour
from scraper.pipeline.ingest import Filed
from scraper.store.archive import open_archive
from scraper.store.query import load_stories
from scraper.store.story_lines import list_stories

if TYPE_CHECKING:
    from scraper.demo.tour import Tour
    from scraper.pipeline.report import RunReport
    from scraper.store.query import FullStory
    from scraper.store.story_lines import StoryLine

#: More stories than the world has pages.
_ALL = 1_000


@click.command(
    "demo",
    epilog=end_help(
        ("scraper demo", "archives the demo's world into a new temporary folder"),
        ("scraper demo --folder tour", "archives it into a folder of your choice, new or empty"),
        exits=(0, 1, 130),
    ),
)
@click.option(
    "--folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Where to put the archive; otherwise a new temporary folder.",
)
def command(folder: Path | None) -> None:
    """Archive a small invented news world and show its stories.

    The world is served on this machine's loopback; nothing else is asked for.
    """
    place = _make_folder(folder)
    try:
        with show_pages() as on_page:
            tour = take_tour(place, on_page=on_page)
    except BaseException:
        if folder is None:  # nobody knows of it, nobody would clear it away
            shutil.rmtree(place, ignore_errors=True)
        raise
    with open_archive(tour.archive) as archive, archive.read() as connection:
        lines = list_stories(connection, limit=_ALL)
        copied = sorted(line.id for line in lines if line.mirrors)
        stories = tuple(load_stories(connection, copied))
    for line in (*_tell_passes(tour), *_tell_stories(stories), *_tell_rest(lines)):
        click.echo(line)
    for line in _tell_next(place, stories):
        click.echo(line)


def _make_folder(folder: Path | None) -> Path:
    if folder is None:
        return Path(tempfile.mkdtemp(prefix="scraper-demo-"))
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise click.UsageError(f"{folder} is not empty: choose another folder")
    return folder


def _tell_passes(tour: Tour) -> list[str]:
    share = tour.second.wire_bytes / tour.first.wire_bytes
    return [
        f"Served {tour.sources} invented news sites on loopback and archived them twice.",
        f"  first pass          {_tell_pass(tour.first)}",
        f"  some days later     {_tell_pass(tour.second)}, {share:.0%} of the first pass's bytes",
        "",
    ]


def _tell_pass(report: RunReport) -> str:
    filed = Counter(page.filed for page in report.pages)
    passed_over = Counter(page.reason for page in report.pages if page.reason)
    reasons = ", ".join(f"{count} {reason}" for reason, count in sorted(passed_over.items()))
    parts = [
        f"{len(report.pages)} pages asked for",
        f"{filed[Filed.NEW]} new",
        f"{filed[Filed.REVISED]} revised" if filed[Filed.REVISED] else "",
        f"passed over: {reasons}" if reasons else "",
    ]
    return ", ".join(part for part in parts if part)


def _tell_stories(stories: tuple[FullStory, ...]) -> list[str]:
    """Each story that has copies: its canonical with the reason, and what each mirror is."""
    lines = [f"{len(stories)} stories have copies:", ""]
    for story in stories:
        canonical = story.canonical
        lines += [
            "  " + make_line(canonical.content.title or canonical.content.url or ""),
            _entry("canonical", f"{canonical.site}, {story.canonical_reason}"),
        ]
        names = {canonical.id: canonical.site}
        names |= {mirror.article.id: mirror.article.site for mirror in story.mirrors}
        for mirror in story.mirrors:
            joined_by = mirror.article.joined_by
            through = "" if joined_by in {None, canonical.id} else f", through {names[joined_by]}"
            share = f"{mirror.coverage:.0%} of its words{through}"
            lines.append(_entry(mirror.relation, f"{mirror.article.site}, {share}"))
        lines.append("")
    return lines


def _entry(kind: str, text: str) -> str:
    return f"    {kind:<15} {make_line(text)}"


def _tell_rest(lines: tuple[StoryLine, ...]) -> list[str]:
    alone = sum(not line.mirrors for line in lines)
    return [
        f"{alone} more stories have none: other pieces about the same bridge, a round-up that only",
        "quotes, notices with one wording and different facts.",
        "",
    ]


def _tell_next(place: Path, stories: tuple[FullStory, ...]) -> list[str]:
    program = _program()
    shown = stories[0].id if stories else 1
    commands = (
        (f"cd {place}", ""),
        (f"{program} stories", "all stories, newest first"),
        (f"{program} show {shown}", "one story, with its mirrors and the reason"),
        (f"{program} search bridge", "full-text search"),
        (f"{program} export stories -o stories.jsonl", "the set, one story a line"),
        (f"{program} status", "how the sources are"),
    )
    width = max(len(typed) for typed, _ in commands)
    return ["Look around:", *(f"  {typed:<{width}}  {does}".rstrip() for typed, does in commands)]


def _program() -> str:
    """The program as it can be typed here: its name where that finds it, else its path."""
    called = Path(sys.argv[0]).resolve()
    if called.name != "scraper":
        return f"{sys.executable} -m scraper"
    found = shutil.which("scraper")
    return "scraper" if found and Path(found).resolve() == called else str(called)
