"""`scraper diff`: two articles, or two texts of one, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import chain, pairwise
from typing import TYPE_CHECKING

import click

from scraper.cli.articles import require_article
from scraper.cli.help_text import end_help
from scraper.cli.json_output import print_json
from scraper.cli.output_forms import CSV, JSON, form_options, print_csv
from scraper.cli.pager import paged
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import ScraperError, UsageError
from scraper.store.find import find_article
from scraper.store.query import load_articles
from scraper.store.revisions import load_revisions

if TYPE_CHECKING:
    import sqlalchemy as sa

    from scraper.model import ArchivedArticle, ArticleId
    from scraper.store.revisions import Revision

#: "17@2": the second text of article 17.
_NUMBERED = re.compile(r"(?P<article>.+)@(?P<number>[1-9][0-9]{0,8})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A text of an article, and how many there are of it."""

    article: ArchivedArticle
    revision: Revision
    revisions: int


@click.command(
    "diff",
    epilog=end_help(
        ("scraper diff 17 23", "what is different in these two articles"),
        ("scraper diff 17@1 17", "what became of the first text that was seen of article 17"),
        ("scraper diff https://example.org/ferry --revisions", "each of its texts after the first"),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("a", metavar="ID|URL[@N]")
@click.argument("b", metavar="ID|URL[@N]", required=False)
@click.option("--revisions", is_flag=True, help="Compare each text of one article with the next.")
@form_options("a row for each piece of the texts")
@pass_workspace
def command(
    workspace: Workspace, *, a: str, b: str | None, revisions: bool, form: str | None
) -> None:
    """Show what is different in two articles, word by word.

    In colour on a terminal, unless NO_COLOR is set; elsewhere as [-taken out-] and {+put in+}. A
    passage that was moved stands at both places under one number, at the second one with what
    changed in it. White space is not compared. @N after an article is the Nth text seen of it.
    """
    from scraper.cli.diff_text import (  # numpy, which `--help` does without
        PIECE_COLUMNS,
        piece_rows,
        print_diff,
        shape_diff,
    )

    if revisions == (b is not None):
        raise UsageError("name two articles, or one with --revisions")
    with workspace.open_archive() as archive, archive.read() as connection:
        if b is None:
            pairs = list(pairwise(_every_version(connection, require_article(connection, a))))
        else:
            pairs = [(_find_version(connection, a), _find_version(connection, b))]
    if form == JSON:
        shapes = [shape_diff(one, other) for one, other in pairs]
        print_json(shapes if b is None else shapes[0])
    elif form == CSV:
        print_csv(PIECE_COLUMNS, chain.from_iterable(piece_rows(*pair) for pair in pairs))
    elif pairs:
        with paged(wanted=workspace.pages):
            for number, (one, other) in enumerate(pairs):
                if number:
                    click.echo()
                print_diff(one, other)
    else:
        click.echo("only one text was seen of this article")


def _find_version(connection: sa.Connection, wanted: str) -> Version:
    """The text meant. Raises ScraperError where there is none."""
    numbered = _NUMBERED.fullmatch(wanted)
    if numbered is None or find_article(connection, wanted) is not None:
        return _every_version(connection, require_article(connection, wanted))[-1]
    versions = _every_version(connection, require_article(connection, numbered["article"]))
    number = int(numbered["number"])
    if number > len(versions):
        seen = "one text was" if len(versions) == 1 else f"{len(versions)} texts were"
        raise ScraperError(f"there is no {wanted}: {seen} seen of that article")
    return versions[number - 1]


def _every_version(connection: sa.Connection, article_id: ArticleId) -> list[Version]:
    (article,) = load_articles(connection, (article_id,))
    found = load_revisions(connection, article_id)
    return [Version(article=article, revision=one, revisions=len(found)) for one in found]
