"""`scraper show`: one story, its canonical article and its mirrors."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper.cli.articles import explain_absence
from scraper.cli.decision_text import describe_kept_apart, describe_rulings, shape_decisions
from scraper.cli.help_text import end_help
from scraper.cli.json_output import print_json
from scraper.cli.output_forms import CSV, JSON, form_options, print_csv
from scraper.cli.pager import paged
from scraper.cli.story_text import print_lines, print_story
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import ScraperError
from scraper.export.shapes import Shape, print_utc, shape_article, shape_mirror, shape_story
from scraper.store.find import find_article, find_story
from scraper.store.query import count_revisions, load_story
from scraper.store.rulings import find_kept_apart, list_rulings

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.query import FullStory

_COLUMNS = tuple(
    "story id relation joined_by coverage similarity site url title authors published "
    "first_seen language word_count".split()
)


@click.command(
    "show",
    epilog=end_help(
        ("scraper show 17", "the story with this number, or that this article is in"),
        ("scraper show https://example.org/ferry --text", "by an address; the text to its end"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("wanted", metavar="ID|URL")
@click.option("--text", "whole_text", is_flag=True, help="Print the text to its end.")
@form_options("a row for each article, the canonical one first")
@pass_workspace
def command(
    workspace: Workspace,
    wanted: str,
    *,
    whole_text: bool,
    form: str | None,
) -> None:
    """Show one story: its canonical article and all its mirrors.

    With why that article is canonical, what each mirror is to it and how much of the mirror is
    found there, whom its articles name as their source, and what people decided about them.
    """
    with workspace.open_archive() as archive, archive.read() as connection:
        article = find_article(connection, wanted)
        number = find_story(connection, wanted)
        story = None if number is None else load_story(connection, number)
        if article is None or story is None:
            raise ScraperError(explain_absence(connection, wanted))
        revisions = count_revisions(connection, story.id)
        rulings = list_rulings(connection, of=story.id)
        kept_apart = find_kept_apart(connection, story.id)
    if form == JSON:
        more: Shape = {"canonical_rule": story.canonical_rule, "asked_for": article}
        more |= {"revisions": revisions} | shape_decisions(rulings, kept_apart)
        print_json(shape_story(story) | more)
    elif form == CSV:
        print_csv(_COLUMNS, _member_rows(story))
    else:
        with paged(wanted=workspace.pages):
            print_story(story, revisions, asked_for=article, whole_text=whole_text)
            print_lines("decided by people", describe_rulings(rulings))
            print_lines("kept apart", describe_kept_apart(kept_apart))


def _member_rows(story: FullStory) -> Iterator[Shape]:
    """The story's articles, each with what it is in it; nothing for the canonical one."""
    told: Shape = {"story": story.id}
    alone = dict.fromkeys(("relation", "joined_by", "coverage", "similarity"))
    first_seen = print_utc(story.canonical.first_seen)
    yield told | shape_article(story.canonical) | alone | {"first_seen": first_seen}
    for mirror in story.mirrors:
        yield told | shape_mirror(mirror) | {"first_seen": print_utc(mirror.article.first_seen)}
