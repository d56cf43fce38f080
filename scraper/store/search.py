"""Finding stories by words, in two full-text indexes.

Rule 1: a query is words, "phrases" and begin* of words, all of which must occur. Whatever else is
typed becomes plain words: there is no query that fails.
Rule 2: where a query has characters of a script written without spaces, they are looked for inside
the articles in such scripts as well, by the trigram index; what that finds comes first.
Rule 3: a story is found once, by its best article; among equals by its canonical.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.match.scripts import word_quarters
from scraper.model import ArticleId, StoryId
from scraper.store.query import Span, Wanted, choose_stories, load_lines
from scraper.store.schema import article, article_fts, article_trigram

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from scraper.store.query import StoryLine

#: A word of the title counts as so many of the text: a guess.
TITLE_WEIGHT = 5.0
#: About two lines of a terminal.
_SNIPPET_WORDS = 24
_SNIPPET_CHARACTERS = 60
#: So many matches are looked up first: those of a word that most articles have took half the time.
_BEST = 1_000
#: So many characters are the least that the trigram index knows.
_TRIGRAM = 3
#: Noncharacters of Unicode, meant for a program's own use: they mark what was found.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"

#: A quoted phrase, whose closing quote may be missing, or a word; a star after it asks for all
#: words that begin so.
_TERM = re.compile(
    r'["\u201c\u201d\u201e]([^"\u201c\u201d\u201e]*)["\u201c\u201d\u201e]?(\*?)|(\S+)'
)
#: What no text can hold: control characters, and halves of a character from a broken terminal.
_UNSEARCHABLE = re.compile("[\x00-\x1f\x7f-\x9f\ud800-\udfff]")
_HAS_WORD = re.compile(r"[^\W_]")
#: The expression that SQLite builds of a query grows with each; nobody remembers more.
_MOST_TERMS = 64

#: Where each trigram stands: a view of the index that SQLite offers, made for this connection.
_MAKE_PLACES = sa.text(
    "CREATE VIRTUAL TABLE IF NOT EXISTS temp.trigram_place"
    " USING fts5vocab(main, article_trigram, instance)"
)
_places = sa.table(
    "trigram_place", sa.column("term"), sa.column("doc"), sa.column("col"), schema="temp"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """Words that must stand together; with ``is_prefix`` the last of them may go on."""

    text: str
    is_prefix: bool = False

    @property
    def is_unspaced(self) -> bool:
        """Whether it has characters of a script written without spaces."""
        return any(word_quarters(char) < word_quarters("a") for char in self.text)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of a text as one line, and where in that line the words found stand."""

    text: str
    found: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A story found, its best article, and a piece of that article's text."""

    story: StoryLine
    article: ArticleId
    site: str | None
    snippet: Snippet


@dataclass(frozen=True, slots=True, kw_only=True)
class _Found:
    article: ArticleId
    story: StoryId
    by_trigrams: bool


def read_query(query: str) -> tuple[Term, ...]:
    """What the query asks for; nothing where it has neither a letter nor a digit. Never raises."""
    terms = []
    for phrase, star, word in _TERM.findall(_UNSEARCHABLE.sub(" ", query)):
        text = (phrase or word).strip()
        if _HAS_WORD.search(text):
            is_prefix = bool(star) or text.endswith("*")
            terms.append(Term(text=text.rstrip("*"), is_prefix=is_prefix))
    return tuple(terms[:_MOST_TERMS])


def find_stories(
    connection: sa.Connection, query: str, *, limit: int, wanted: Wanted | None = None
) -> tuple[Hit, ...]:
    """The wanted stories with an article that has all of the query's words, best first."""
    terms = read_query(query)
    if not terms:
        return ()
    best: dict[StoryId, _Found] = {}
    for found in _rank(connection, terms, wanted):
        best.setdefault(found.story, found)
        if len(best) == limit:
            break
    lines = load_lines(connection, tuple(best))
    snippets = _cut_snippets(connection, terms, best.values())
    sites = _load_sites(connection, best.values())
    return tuple(
        Hit(
            story=lines[found.story],
            article=found.article,
            site=sites[found.article],
            snippet=snippets[found.article],
        )
        for found in best.values()
    )


def _rank(
    connection: sa.Connection, terms: tuple[Term, ...], wanted: Wanted | None
) -> Iterator[_Found]:
    """The articles of wanted stories that have all terms, best first; some of them twice."""
    narrow: list[sa.ColumnElement[bool]] = []
    if wanted is not None and wanted != Wanted():
        narrow.append(article.c.story_id.in_(choose_stories(wanted)))
    if connection.dialect.name == "postgresql":
        yield from _rank_on_postgresql(connection, terms, narrow)
        return
    if any(term.is_unspaced for term in terms):
        connection.execute(_MAKE_PLACES)
        for row in connection.execute(_best_first(*_match_trigrams(terms), *narrow)):
            yield _Found(article=row.id, story=row.story_id, by_trigrams=True)
    # Nearly always the best are enough, and then only these are looked up among the articles; of
    # few wanted stories they hardly are.
    for most in (None,) if narrow else (_BEST, None):
        for row in connection.execute(_best_first(*_match_words(terms, most), *narrow)):
            yield _Found(article=row.id, story=row.story_id, by_trigrams=False)


def _rank_on_postgresql(
    connection: sa.Connection, terms: tuple[Term, ...], narrow: list[sa.ColumnElement[bool]]
) -> Iterator[_Found]:
    """The same by tsvectors."""
    from scraper.store.search_postgresql import match_letters, match_words

    if any(term.is_unspaced for term in terms):
        by_letters = match_letters(terms, title_weight=TITLE_WEIGHT)
        for row in connection.execute(_best_first(by_letters, *narrow)):
            yield _Found(article=row.id, story=row.story_id, by_trigrams=True)
    by_words = match_words(terms, title_weight=TITLE_WEIGHT)
    for row in connection.execute(_best_first(by_words, *narrow)):
        yield _Found(article=row.id, story=row.story_id, by_trigrams=False)


def _best_first(matches: sa.Subquery, *conditions: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """The articles of ``matches`` (id, rank) in order: lower ranks, then canonicals, then ids."""
    return (
        sa.select(article.c.id, article.c.story_id)
        .join(matches, matches.c.id == article.c.id)
        .where(article.c.story_id.is_not(None), *conditions)
        .order_by(matches.c.rank, article.c.joined_by.is_not(None), article.c.id)
    )


def _match_words(terms: tuple[Term, ...], most: int | None) -> tuple[sa.Subquery]:
    """The articles that have all terms as words, ranked by BM25 (Robertson and Zaragoza 2009);
    only so many of the best, where that is said.
    """
    return (_match(article_fts, _expression(terms), most),)


def _match_trigrams(
    terms: tuple[Term, ...],
) -> tuple[sa.Subquery, *tuple[sa.ColumnElement[bool], ...]]:
    """The articles in unspaced scripts that have all terms anywhere.

    A term of one or two characters is no trigram, but the beginning of some: wherever it stands,
    but for the end of a title or text, a trigram begins with it.
    """
    long = tuple(term for term in terms if len(term.text) >= _TRIGRAM)
    short = [term for term in terms if len(term.text) < _TRIGRAM]
    matches = _match(article_trigram, _expression(long)) if long else _count_places(short[0])
    return (
        matches,
        *(article.c.id.in_(sa.select(_places.c.doc).where(_begins(term))) for term in short),
    )


def _match(index: sa.TableClause, expression: str, most: int | None = None) -> sa.Subquery:
    """The articles (id, rank) for which the full-text index has this expression."""
    table: sa.ColumnClause[str] = sa.literal_column(index.name)
    rank = sa.func.bm25(table, TITLE_WEIGHT, 1.0).label("rank")
    matches = sa.select(index.c.rowid.label("id"), rank).where(table.op("MATCH")(expression))
    if most is not None:
        matches = matches.order_by(rank, index.c.rowid).limit(most)
    return matches.subquery()


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


def _expression(terms: Iterable[Term]) -> str:
    """The terms in FTS5's language, each quoted, so that nothing in it is an operator.

    A term in an unspaced script may begin a word of the index, which there is a whole clause.
    """
    return " AND ".join(
        '"' + term.text.replace('"', '""') + '"' + "*" * (term.is_prefix or term.is_unspaced)
        for term in terms
    )


def _cut_snippets(
    connection: sa.Connection, terms: tuple[Term, ...], hits: Collection[_Found]
) -> dict[ArticleId, Snippet]:
    """For each article found the piece of its text that shows why."""
    by_words = [hit.article for hit in hits if not hit.by_trigrams]
    by_trigrams = [hit.article for hit in hits if hit.by_trigrams]
    if connection.dialect.name == "postgresql":
        snippets = _cut_words_on_postgresql(connection, terms, by_words)
    else:
        snippets = _cut_words(connection, terms, by_words)
    texts = sa.select(article.c.id, article.c.text).where(article.c.id.in_(by_trigrams))
    for found, text in connection.execute(texts):
        snippets[ArticleId(found)] = _read_marks(_mark(terms, text))
    return snippets


def _cut_words(
    connection: sa.Connection, terms: tuple[Term, ...], ids: list[ArticleId]
) -> dict[ArticleId, Snippet]:
    table: sa.ColumnClause[str] = sa.literal_column(article_fts.name)
    marked = sa.func.snippet(table, 1, _OPEN, _CLOSE, "…", _SNIPPET_WORDS)
    cut = connection.execute(
        sa.select(article_fts.c.rowid, marked).where(
            table.op("MATCH")(_expression(terms)), article_fts.c.rowid.in_(ids)
        )
    )
    return {ArticleId(found): _read_marks(text) for found, text in cut}


def _cut_words_on_postgresql(
    connection: sa.Connection, terms: tuple[Term, ...], ids: list[ArticleId]
) -> dict[ArticleId, Snippet]:
    from scraper.store.search_postgresql import mark_words

    texts = sa.select(article.c.id, article.c.text).where(article.c.id.in_(ids))
    return {
        ArticleId(found): _read_marks(mark_words(terms, text, marks=(_OPEN, _CLOSE)))
        for found, text in connection.execute(texts)
    }


def _mark(terms: tuple[Term, ...], text: str) -> str:
    """A piece of the text around the first term in it, the terms marked."""
    wanted = re.compile("|".join(re.escape(term.text) for term in terms), re.IGNORECASE)
    first = wanted.search(text)
    start = max(0, first.start() - _SNIPPET_CHARACTERS // 2) if first else 0
    piece = text[start : start + _SNIPPET_CHARACTERS]
    marked = wanted.sub(lambda match: _OPEN + match[0] + _CLOSE, piece)
    before, after = "…" * (start > 0), "…" * (start + len(piece) < len(text))
    return before + marked + after


def _read_marks(marked: str) -> Snippet:
    """The snippet of a text with marks, its white space made single."""
    text = ""
    found = []
    for piece in re.split(f"({_OPEN}[^{_CLOSE}]*{_CLOSE})", " ".join(marked.split())):
        bare = piece.strip(_OPEN + _CLOSE)
        if piece.startswith(_OPEN):
            found.append(Span(start=len(text), end=len(text) + len(bare)))
        text += bare
    return Snippet(text=text, found=tuple(found))


def _load_sites(connection: sa.Connection, hits: Iterable[_Found]) -> dict[ArticleId, str | None]:
    ids = [hit.article for hit in hits]
    statement = sa.select(article.c.id, article.c.site).where(article.c.id.in_(ids))
    return {ArticleId(found): site for found, site in connection.execute(statement)}
