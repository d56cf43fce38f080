"""`scraper search`: stories, or single articles, by the words in them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from scraper import clock
from scraper.cli.help_text import end_help
from scraper.cli.json_output import print_json
from scraper.cli.measures import print_count, print_publication
from scraper.cli.narrowing import limit_option, narrowing_options
from scraper.cli.output_forms import CSV, JSON, form_options, print_csv
from scraper.cli.pager import paged
from scraper.cli.table import emphasise
from scraper.cli.terminal import LONGEST_LINE, make_line
from scraper.cli.workspace import Workspace, pass_workspace
from scraper.errors import UsageError
from scraper.export.shapes import LINE_COLUMNS, print_published, print_utc, shape_line
from scraper.store.search import find_articles, find_stories
from scraper.store.search_query import read_search

if TYPE_CHECKING:
    from scraper.export.shapes import Shape
    from scraper.store.filters import Wanted
    from scraper.store.search import Hit
    from scraper.store.snippets import Snippet

_STORY_COLUMNS = (*LINE_COLUMNS, "article", "article_site", "snippet")
_ARTICLE_COLUMNS = tuple(
    "article story is_canonical title url site language published first_seen snippet".split()
)


@click.command(
    "search",
    epilog=end_help(
        ("scraper search ferry pier", "stories with an article that has both words"),
        ("""scraper search '"old ferry" harb*'""", "a phrase, and any word that begins with harb"),
        (
            "scraper search ferry site:example.org since:7d --articles",
            "every article of that site, in this week's stories, that has the word",
        ),
        exits=(0, 1, 2, 4, 10),
    ),
)
@click.argument("words", nargs=-1, required=True)
@click.option(
    "--articles", is_flag=True, help="Show every copy that has the words, each by itself."
)
@narrowing_options
@limit_option(default=10, most=1_000)
@form_options("a row for each story, or with --articles for each article")
@pass_workspace
def command(
    workspace: Workspace,
    *,
    words: tuple[str, ...],
    articles: bool,
    wanted: Wanted,
    limit: int,
    form: str | None,
) -> None:
    """Find stories by the words in their articles.

    All words must occur; a word in the title counts more. A story is found by any of its articles
    and shown once, the best first. "..." is a phrase, begin* a beginning. site:, since:, until:,
    language: and author: before a value say what the options of these names do. Chinese, Japanese
    and Thai are found by any run of characters.
    """
    query = " ".join(words)
    search = read_search(query, now=clock.now(), wanted=wanted)
    if not search.terms:
        raise UsageError(
            f"there is no word to look for in {query!r}: give one, or list with `scraper stories`"
        )
    find, shape = (find_articles, _shape_article) if articles else (find_stories, _shape_story)
    with workspace.open_archive() as archive, archive.read() as connection:
        hits = find(connection, search, limit=limit)
    if form == JSON:
        print_json([shape(hit) | {"snippet": _shape_snippet(hit.snippet)} for hit in hits])
    elif form == CSV:
        columns = _ARTICLE_COLUMNS if articles else _STORY_COLUMNS
        print_csv(columns, (shape(hit) | {"snippet": hit.snippet.text} for hit in hits))
    elif hits:
        with paged(wanted=workspace.pages):
            for hit in hits:
                _print_article(hit) if articles else _print_story(hit)
    else:
        click.echo("nothing found")


def _print_story(hit: Hit) -> None:
    story = hit.story
    mirrors = print_count(story.mirrors, "mirror")
    published = print_publication(story.published, story.published_precision)
    _print(story.title, f"story {story.id}", mirrors, story.site, published, story.url)
    click.echo("  " + _mark(hit.snippet))


def _print_article(hit: Hit) -> None:
    article = hit.article
    rank = "canonical" if article.is_canonical else "mirror"
    published = print_publication(article.published, article.published_precision)
    told = f"article {article.id}", f"{rank} of story {hit.story.id}"
    _print(article.title, *told, article.site, published, article.url)
    click.echo("  " + _mark(hit.snippet))


def _print(title: str | None, *facts: str | None) -> None:
    click.echo(emphasise(make_line(title or "(no title)", most=LONGEST_LINE)))
    told = " · ".join(fact for fact in facts if fact)
    click.echo(make_line("  " + told, squeeze=False, most=LONGEST_LINE))


def _mark(snippet: Snippet) -> str:
    """The snippet with the words found standing out, as far as the terminal can."""
    marked, at = "", 0
    for span in snippet.found:
        marked += make_line(snippet.text[at : span.start], squeeze=False)
        marked += emphasise(make_line(snippet.text[span.start : span.end], squeeze=False))
        at = span.end
    return marked + make_line(snippet.text[at:], squeeze=False)


def _shape_story(hit: Hit) -> Shape:
    return shape_line(hit.story) | {"article": hit.article.id, "article_site": hit.article.site}


def _shape_article(hit: Hit) -> Shape:
    article = hit.article
    return {
        "article": article.id,
        "story": hit.story.id,
        "is_canonical": article.is_canonical,
        "title": article.title,
        "url": article.url,
        "site": article.site,
        "language": article.language,
        "published": print_published(article.published, article.published_precision),
        "first_seen": print_utc(article.first_seen),
    }


def _shape_snippet(snippet: Snippet) -> Shape:
    found = [{"start": span.start, "end": span.end} for span in snippet.found]
    return {"text": snippet.text, "found": found}
