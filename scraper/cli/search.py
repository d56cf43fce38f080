"""`scraper search`: stories by the words in their articles."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.json_output import json_option, print_json
from scraper.cli.measures import print_publication
from scraper.cli.table import emphasise
from scraper.cli.terminal import make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.export.shapes import shape_line
from scraper.store.search import find_stories
from scraper.store.search_query import read_search

if TYPE_CHECKING:
    from scraper.store.search import Hit
    from scraper.store.snippets import Snippet


@click.command(
    "search",
    epilog=end_help(
        ("scraper search ferry pier", "stories with an article that has both words"),
        ("""scraper search '"old ferry" harb*'""", "a phrase, and any word that begins with harb"),
        exits=(0, 2, 4, 10),
    ),
)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--limit",
    type=click.IntRange(min=1, max=1_000),
    default=10,
    show_default=True,
    help="Show so many stories at most.",
)
@json_option
@pass_workspace
def command(
    workspace: Workspace,
    words: tuple[str, ...],
    limit: int,
    as_json: bool,  # noqa: FBT001  # click's signature
) -> None:
    """Find stories by the words in their articles.

    All words must occur; a word in the title counts more. A story is found by any of its articles
    and shown once. Chinese, Japanese and Thai are found by any run of characters.
    """
    query = " ".join(words)
    search = read_search(query, now=clock.now())
    if not search.terms:
        raise UsageError(f"there is no word to look for in {query!r}: give one")
    with workspace.open_archive() as archive, archive.read() as connection:
        hits = find_stories(connection, search, limit=limit)
    if as_json:
        print_json([_shape(hit) for hit in hits])
        return
    for hit in hits:
        _print(hit)
    if not hits:
        click.echo("nothing found")


def _print(hit: Hit) -> None:
    story = hit.story
    mirrors = f"{story.mirrors} mirror{'s' * (story.mirrors != 1)}"
    published = print_publication(story.published, story.published_precision)
    facts = (f"story {story.id}", mirrors, story.site, published, story.url)
    click.echo(emphasise(make_line(story.title or "(no title)")))
    click.echo(make_line("  " + " · ".join(fact for fact in facts if fact), squeeze=False))
    click.echo("  " + _mark(hit.snippet))


def _mark(snippet: Snippet) -> str:
    """The snippet with the words found standing out, as far as the terminal can."""
    marked, at = "", 0
    for span in snippet.found:
        marked += make_line(snippet.text[at : span.start], squeeze=False)
        marked += emphasise(make_line(snippet.text[span.start : span.end], squeeze=False))
        at = span.end
    return marked + make_line(snippet.text[at:], squeeze=False)


def _shape(hit: Hit) -> dict[str, object]:
    found = [{"start": span.start, "end": span.end} for span in hit.snippet.found]
    return shape_line(hit.story) | {
        "article": hit.article.id,
        "article_site": hit.article.site,
        "snippet": {"text": hit.snippet.text, "found": found},
    }
