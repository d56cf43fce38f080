"""Finding stories, or single articles, by words, in two full-text indexes.

Rule 1: where a query has characters of a script written without spaces, they are looked for inside
the articles in such scripts as well, by the trigram index; what that finds comes first.
Rule 2: a story is found once, by its best article; among equals by its canonical.
Rule 3: where very many articles have the words, only the newest of them are ranked, and the newest
with the words in their titles: of a word that most articles have, BM25 says next to nothing, and
ranking all took nearly all the time. The others are ranked where these are not enough.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import sqlalchemy as sa

from scraper.model import ArticleId, Precision, StoryId
from scraper.store.filters import narrow_articles, narrow_stories
from scraper.store.schema import article, article_fts, article_trigram, story
from scraper.store.search_query import write_expression
from scraper.store.snippets import cut_by_characters, cut_by_words
from scraper.store.story_lines import load_lines

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from datetime import datetime

    from scraper.store.search_query import Search, Term
    from scraper.store.snippets import Snippet
    from scraper.store.story_lines import StoryLine

#: A word of the title counts as so many of the text: a guess.
TITLE_WEIGHT = 5.0
#: Of those that are ranked so many are looked up first: thousands of rows took half the time.
_BEST = 1_000
#: So many of the newest are ranked, and of those with the words in their titles. Among 100,000
#: articles of which nine in ten have a word they take 25 ms, all of them 100.
NEWEST, NEWEST_TITLES = 5_000, 2_000
#: So many characters are the least that the trigram index knows.
_TRIGRAM = 3

_Conditions: TypeAlias = "tuple[sa.ColumnElement[bool], ...]"

#: Where each trigram stands: a view of the index that SQLite offers, made for this connection.
_MAKE_PLACES = sa.text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.trigram_place"
    " USING fts5vocab(main, article_trigram, instance)"
)
_places = sa.table(
    "trigram_place", sa.column("term"), sa.column("doc"), sa.column("col"), schema="temp"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticleLine:
    """An article in one line; ``is_canonical`` of its story."""

    id: ArticleId
    title: str | None
    url: str | None
    site: str | None
    language: str | None
    published: datetime | None
    published_precision: Precision | None
    first_seen: datetime
    is_canonical: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An article found, its story, and a piece of its text."""

    story: StoryLine
    article: ArticleLine
    snippet: Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    article: ArticleId
    story: StoryId
    by_trigrams: bool


def find_stories(connection: sa.Connection, search: Search, *, limit: int) -> tuple[Hit, ...]:
    """The wanted stories with an article that has all terms, each by its best one, best first."""
    best: dict[StoryId, _Found] = {}
    for found in _rank(connection, search.terms, tuple(narrow_stories(search.wanted))):
        best.setdefault(found.story, found)
        if len(best) == limit:
            break
    return _describe(connection, search.terms, best.values())


def find_articles(connection: sa.Connection, search: Search, *, limit: int) -> tuple[Hit, ...]:
    """Every article of the wanted stories that has all terms, best first.

    Where a site or an author is asked for, only articles of that site and by that author.
    """
    best: dict[ArticleId, _Found] = {}
    wanted = (*narrow_stories(search.wanted), *narrow_articles(search.wanted))
    for found in _rank(connection, search.terms, wanted):
        best.setdefault(found.article, found)
        if len(best) == limit:
            break
    return _describe(connection, search.terms, best.values())


def _rank(
    connection: sa.Connection, terms: tuple[Term, ...], wanted: _Conditions
) -> Iterator[_Found]:
    """The wanted articles that have all terms, best first; some of them twice."""
    if not terms:
        return
    if connection.dialect.name == "postgresql":
        yield from _rank_on_postgresql(connection, terms, wanted)
        return
    if any(term.is_unspaced for term in terms):
        connection.execute(_MAKE_PLACES)
        for row in connection.execute(_best_first(*_match_trigrams(terms), *wanted)):
            yield _Found(article=row.id, story=row.story_id, by_trigrams=True)
    for statement in _steps(connection, terms, wanted):
        for row in connection.execute(statement):
            yield _Found(article=row.id, story=row.story_id, by_trigrams=False)


def _rank_on_postgresql(
    connection: sa.Connection, terms: tuple[Term, ...], wanted: _Conditions
) -> Iterator[_Found]:
    """The same by tsvectors."""
    from scraper.store.search_postgresql import match_letters, match_words

    if any(term.is_unspaced for term in terms):
        by_letters = match_letters(terms, title_weight=TITLE_WEIGHT)
        for row in connection.execute(_best_first(by_letters, *wanted)):
            yield _Found(article=row.id, story=row.story_id, by_trigrams=True)
    by_words = match_words(terms, title_weight=TITLE_WEIGHT)
    for row in connection.execute(_best_first(by_words, *wanted)):
        yield _Found(article=row.id, story=row.story_id, by_trigrams=False)


def _steps(
    connection: sa.Connection, terms: tuple[Term, ...], wanted: _Conditions
) -> Iterator[sa.Select[Any]]:
    """Statements for the wanted articles with all terms as words, each where the last is not
    enough.
    """
    rowid = article_fts.c.rowid
    has_all = _matches(article_fts, write_expression(terms))
    newest = sa.select(rowid).where(has_all).order_by(rowid.desc()).offset(NEWEST - 1).limit(2)
    oldest = connection.execute(newest).scalars().all()
    ranked: _Conditions = (has_all,)
    if are_very_many := len(oldest) > 1:
        by_title = _matches(article_fts, f"{{title}} : ({write_expression(terms)})")
        titled = sa.select(rowid).where(by_title).order_by(rowid.desc()).limit(NEWEST_TITLES)
        ranked = (has_all, sa.or_(rowid >= oldest[0], (rowid + 0).in_(titled)))
    if are_very_many or not wanted:
        yield _best_first(_ranked(article_fts, *ranked, most=_BEST), *wanted)
    yield _best_first(_ranked(article_fts, *ranked), *wanted)
    if are_very_many and wanted:
        # Rows are taken as the index has them and looked up among the wanted: the other way round
        # SQLite would ask the index once for each.
        ids = sa.select(article.c.id).join(story, story.c.id == article.c.story_id).where(*wanted)
        yield _best_first(_ranked(article_fts, has_all, (rowid + 0).in_(ids)))
    elif are_very_many:
        yield _best_first(_ranked(article_fts, has_all))


def _best_first(matches: sa.Subquery, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The articles of ``matches`` (id, rank) in order: lower ranks, then canonicals, then ids."""
    return (
        sa.select(article.c.id, article.c.story_id)
        .join(matches, matches.c.id == article.c.id)
        .join(story, story.c.id == article.c.story_id)
        .where(*conditions)
        .order_by(matches.c.rank, article.c.joined_by.is_not(None), article.c.id)
    )


def _match_trigrams(
    terms: tuple[Term, ...],
) -> tuple[sa.Subquery, *tuple[sa.ColumnElement[bool], ...]]:
    """The articles in unspaced scripts that have all terms anywhere.

    A term of one or two characters is no trigram, but the beginning of some: wherever it stands,
    but for the end of a title or text, a trigram begins with it.
    """
    long = tuple(term for term in terms if len(term.text) >= _TRIGRAM)
    short = [term for term in terms if len(term.text) < _TRIGRAM]
    if long:
        matches = _ranked(article_trigram, _matches(article_trigram, write_expression(long)))
    else:
        matches = _count_places(short[0])
    return (
        matches,
        *(article.c.id.in_(sa.select(_places.c.doc).where(_begins(term))) for term in short),
    )


def _matches(index: sa.TableClause, expression: str) -> sa.ColumnElement[bool]:
    table: sa.ColumnClause[str] = sa.literal_column(index.name)
    return table.op("MATCH", is_comparison=True)(expression)


def _ranked(
    index: sa.TableClause, *conditions: sa.ColumnElement[bool], most: int | None = None
) -> sa.Subquery:
    """The articles (id, rank) that the index has under these conditions; only so many of the best.

    Ranks are by BM25 (Robertson and Zaragoza 2009), less being better.
    """
    table: sa.ColumnClause[str] = sa.literal_column(index.name)
    rank = sa.func.bm25(table, TITLE_WEIGHT, 1.0).label("rank")
    found = sa.select(index.c.rowid.label("id"), rank).where(*conditions)
    if most is not None:
        found = found.order_by(rank, index.c.rowid).limit(most)
    return found.subquery()


def _count_places(term: Term) -> sa.Subquery:
    """The articles (id, rank) with a trigram that begins so; more and in the title is better."""
    weight = sa.case((_places.c.col == "title", TITLE_WEIGHT), else_=1.0)
    return (
        sa.select(_places.c.doc.label("id"), (-sa.func.sum(weight)).label("rank"))
        .where(_begins(term))
        .group_by(_places.c.doc)
        .subquery()
    )


def _begins(term: Term) -> sa.ColumnElement[bool]:
    """Whether a trigram begins with the term."""
    low = term.text.lower()
    return sa.and_(_places.c.term >= low, _places.c.term < low + "\U0010ffff")


def _describe(
    connection: sa.Connection, terms: tuple[Term, ...], found: Collection[_Found]
) -> tuple[Hit, ...]:
    lines = load_lines(connection, list({hit.story for hit in found}))
    articles = _load_articles(connection, [hit.article for hit in found])
    by_words = [hit.article for hit in found if not hit.by_trigrams]
    by_trigrams = [hit.article for hit in found if hit.by_trigrams]
    snippets = cut_by_words(connection, terms, by_words) if by_words else {}
    snippets |= cut_by_characters(connection, terms, by_trigrams) if by_trigrams else {}
    return tuple(
        Hit(story=lines[hit.story], article=articles[hit.article], snippet=snippets[hit.article])
        for hit in found
    )


def _load_articles(
    connection: sa.Connection, ids: Collection[ArticleId]
) -> dict[ArticleId, ArticleLine]:
    """These articles in one line each; their texts are left unread."""
    statement = sa.select(
        article.c.id,
        article.c.title,
        article.c.url,
        article.c.site,
        article.c.language,
        article.c.published,
        article.c.published_precision,
        article.c.first_seen,
        article.c.joined_by.is_(None).label("is_canonical"),
    ).where(article.c.id.in_(ids))
    return {ArticleId(row.id): _read_line(row) for row in connection.execute(statement)}


def _read_line(row: sa.Row[Any]) -> ArticleLine:
    fields = dict(row._mapping)
    precision = fields["published_precision"]
    fields["published_precision"] = Precision(precision) if precision else None
    return ArticleLine(**fields)
