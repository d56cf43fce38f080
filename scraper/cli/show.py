"""`scraper show`: one story, its canonical article and its mirrors."""

from __future__ import annotations

import click

from scraper.cli.articles import explain_absence
from scraper.cli.decision_text import describe_kept_apart, describe_rulings, shape_decisions
from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.story_text import print_lines, print_story
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import ScraperError
from scraper.export.shapes import Shape, shape_story
from scraper.store.find import find_article, find_story
from scraper.store.query import count_revisions, load_story
from scraper.store.rulings import find_kept_apart, list_rulings


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
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    wanted: str,
    whole_text: bool,  # noqa: FBT001  # click's signature
    as_json: bool,  # noqa: FBT001  # likewise
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
    if as_json:
        more: Shape = {"canonical_rule": story.canonical_rule, "asked_for": article}
        more |= {"revisions": revisions} | shape_decisions(rulings, kept_apart)
        print_json(shape_story(story) | more)
    else:
        print_story(story, revisions, asked_for=article, whole_text=whole_text)
        print_lines("decided by people", describe_rulings(rulings))
        print_lines("kept apart", describe_kept_apart(kept_apart))
