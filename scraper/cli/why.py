"""`scraper why`: what makes two articles one story, or keeps them apart."""

from __future__ import annotations

import click

from scraper.cli.articles import require_article
from scraper.cli.help_text import end_help
from scraper.cli.json_output import print_json
from scraper.cli.output_forms import CSV, JSON, form_options, print_csv
from scraper.cli.pager import paged
from scraper.cli.pair_text import PASSAGE_COLUMNS, passage_rows, print_pair, shape_pair
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError


@click.command(
    "why",
    epilog=end_help(
        ("scraper why 17 23", "why these two articles are, or are not, one story"),
        (
            "scraper why https://example.org/ferry https://example.com/ferry --passages",
            "by their addresses, with all that the two texts share",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("a", metavar="ID|URL")
@click.argument("b", metavar="ID|URL")
@click.option("--passages", "whole_passages", is_flag=True, help="Print shared passages whole.")
@form_options("a row for each shared passage")
@pass_workspace
def command(
    workspace: Workspace, *, a: str, b: str, whole_passages: bool, form: str | None
) -> None:
    """Explain why two articles are, or are not, one story.

    With the keys by which each is found when the other arrives, what they share, the rule that
    decided, and the way from one to the other through their story. Articles that were never
    compared are compared now, and it is said what they would be. A number is an article's: a
    story's is that of its smallest article.
    """
    from scraper.pipeline.explaining import explain_pair  # numpy, which `--help` does without
    from scraper.pipeline.matching import Matcher

    with workspace.open_to_match() as archive, archive.read() as connection:
        one, other = (require_article(connection, wanted) for wanted in (a, b))
        if one == other:
            raise UsageError(f"{a} and {b} are both article {one}: name two articles")
        report = explain_pair(connection, Matcher(workspace.config.site), one, other)
    if form == JSON:
        print_json(shape_pair(report))
    elif form == CSV:
        print_csv(PASSAGE_COLUMNS, passage_rows(report))
    else:
        with paged(wanted=workspace.pages):
            print_pair(report, whole_passages=whole_passages)
