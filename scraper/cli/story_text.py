"""A story laid out for reading."""

from __future__ import annotations

import sys
from shutil import get_terminal_size
from typing import TYPE_CHECKING

import click
from rich.cells import cell_len

from scraper.cli.measures import print_count, print_local, print_publication
from scraper.cli.table import Column, emphasise, print_table
from scraper.cli.terminal import LONGEST_LINE, make_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.model import ArchivedArticle, Article, ArticleId, Attribution
    from scraper.store.query import FullStory, Mirror

#: So many paragraphs tell what a story is about: a guess.
_FIRST_PARAGRAPHS = 3
#: Lines longer than about 75 characters are hard to read (Bringhurst, "The Elements of
#: Typographic Style", 2.1.2).
_MOST_COLUMNS = 80

_MIRRORS = (
    Column(heading="article", right=True),
    Column(heading="relation"),
    Column(heading="coverage", right=True),
    Column(heading="joined by", right=True),
    Column(heading="first seen"),
    Column(heading="site", wide=True),
    Column(heading="url", wide=True),
)


def print_story(
    story: FullStory,
    revisions: Mapping[ArticleId, int],
    *,
    asked_for: ArticleId,
    whole_text: bool,
) -> None:
    """Nothing; the story is on stdout: facts, text, mirrors, and who names whom."""
    canonical = story.canonical
    click.echo(emphasise(make_line(canonical.content.title or "(no title)", most=LONGEST_LINE)))
    for name, fact in _facts(story, revisions):
        click.echo(f"{name + ':':<16}{make_line(fact, most=LONGEST_LINE)}")
    if asked_for != canonical.id:
        click.echo(f"{'asked for:':<16}article {asked_for}, a mirror")
    click.echo()
    print_text(canonical.content.text, whole=whole_text)
    if story.mirrors:
        _heading(print_count(len(story.mirrors), "mirror"))
        print_table(_MIRRORS, (_mirror_cells(mirror) for mirror in story.mirrors))
    print_lines("named as sources", _attributions(story))


def print_lines(heading: str, lines: Iterable[str]) -> None:
    """Nothing; the lines are on stdout under their heading, nothing where there are none."""
    for place, line in enumerate(lines):
        if not place:
            _heading(heading)
        click.echo(make_line(line, most=LONGEST_LINE))


def print_text(text: str, *, whole: bool) -> None:
    """Nothing; the text's first paragraphs are on stdout, or all of them."""
    paragraphs = text.split("\n\n")
    shown = paragraphs if whole else paragraphs[:_FIRST_PARAGRAPHS]
    click.echo("\n\n".join(_wrap(paragraph) for paragraph in shown))
    if left := len(paragraphs) - len(shown):
        click.echo(f"\n[{print_count(left, 'more paragraph')}: --text]")


def describe_content(content: Article) -> Iterator[tuple[str, str]]:
    """Names and values of what is known of an article besides its title and text."""
    if content.url:
        yield "url", content.url
    if content.authors:
        yield "by", ", ".join(content.authors)
    if published := print_publication(content.published, content.published_precision):
        yield "published", published
    if content.language:
        yield "language", content.language
    if content.is_paywalled:
        yield "paywalled", "only a part of it could be read"


def describe_attribution(named: Attribution) -> str:
    """Whom an article names as its source, and by which of its words."""
    whom = " ".join(part for part in (named.name, named.url) if part)
    quote = f': "{named.quote}"' if named.quote else ""
    return f"{whom} ({named.evidence.replace('_', ' ')}{quote})"


def _facts(story: FullStory, revisions: Mapping[ArticleId, int]) -> Iterator[tuple[str, str]]:
    yield "story", f"{story.id}, first seen {print_local(story.first_seen)}"
    yield "canonical", _name(story.canonical, revisions)
    yield "because", story.canonical_reason
    yield from describe_content(story.canonical.content)
    if story.primary_source_url:
        yield "primary source", story.primary_source_url


def _name(article: ArchivedArticle, revisions: Mapping[ArticleId, int]) -> str:
    count = revisions.get(article.id, 1)
    texts = f", {count} revisions" if count > 1 else ""
    at = f" at {article.site}" if article.site else ""
    return f"article {article.id}{at}, {article.word_count} words{texts}"


def _mirror_cells(mirror: Mirror) -> tuple[object, ...]:
    article = mirror.article
    return (
        article.id,
        mirror.relation.replace("_", " "),
        None if mirror.coverage is None else f"{mirror.coverage:.0%}",
        article.joined_by,
        print_local(article.first_seen),
        article.site,
        article.content.url or article.external_id,
    )


def _attributions(story: FullStory) -> Iterator[str]:
    for article in (story.canonical, *(mirror.article for mirror in story.mirrors)):
        for named in article.content.attributions:
            yield f"article {article.id} names {describe_attribution(named)}"


def _heading(text: str) -> None:
    click.echo("\n" + emphasise(text))


def _wrap(paragraph: str) -> str:
    """The paragraph in lines that fit a terminal; whole where there is none."""
    text = "\n".join(make_line(line) for line in paragraph.split("\n"))
    if not sys.stdout.isatty() or cell_len(text) != len(text):  # wide scripts have no words to wrap
        return text
    return click.wrap_text(text, width=min(_MOST_COLUMNS, get_terminal_size().columns))
