"""Pieces of the texts that a search found, with the words that were looked for marked in them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import ArticleId
from scraper.store.query import Span
from scraper.store.schema import article, article_fts
from scraper.store.search_query import write_expression

if TYPE_CHECKING:
    from collections.abc import Sequence

    from scraper.store.search_query import Term

#: About two lines of a terminal.
_SNIPPET_WORDS = 24
_SNIPPET_CHARACTERS = 60
#: Of words without end.
_LONGEST = 1_000
#: Noncharacters of Unicode, meant for a program's own use: they mark what was found.
_OPEN, _CLOSE = "\ufdd0", "\ufdd1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Snippet:
    """A piece of a text as one line, and where in that line the words found stand."""

    text: str
    found: tuple[Span, ...]


def cut_by_words(
    connection: sa.Connection, terms: tuple[Term, ...], ids: Sequence[ArticleId]
) -> dict[ArticleId, Snippet]:
    """For each of these articles, found by words, the piece of its text that shows why."""
    if connection.dialect.name == "postgresql":
        from scraper.store.search_postgresql import mark_words

        texts = sa.select(article.c.id, article.c.text).where(article.c.id.in_(ids))
        return {
            ArticleId(found): _read_marks(mark_words(terms, text, marks=(_OPEN, _CLOSE)))
            for found, text in connection.execute(texts)
        }
    table: sa.ColumnClause[str] = sa.literal_column(article_fts.name)
    marked = sa.func.snippet(table, 1, _OPEN, _CLOSE, "…", _SNIPPET_WORDS)
    # SQLite asks the index once for each id, unless it is kept from it, and each time gathers all
    # words that begin so: that costs more than passing by what was found beside these.
    gathers = any(term.is_prefix or term.is_unspaced for term in terms)
    rowid = article_fts.c.rowid + 0 if gathers else article_fts.c.rowid
    statement = sa.select(article_fts.c.rowid, marked).where(
        table.op("MATCH")(write_expression(terms)), rowid.in_(ids)
    )
    return {ArticleId(found): _read_marks(text) for found, text in connection.execute(statement)}


def cut_by_characters(
    connection: sa.Connection, terms: tuple[Term, ...], ids: Sequence[ArticleId]
) -> dict[ArticleId, Snippet]:
    """The same for articles in scripts written without spaces."""
    texts = sa.select(article.c.id, article.c.text).where(article.c.id.in_(ids))
    return {
        ArticleId(found): _read_marks(_mark(terms, text))
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
    if len(marked) > _LONGEST:
        marked = marked[:_LONGEST] + "…"
        marked += _CLOSE * (marked.count(_OPEN) - marked.count(_CLOSE))
    text = ""
    found = []
    for piece in re.split(f"({_OPEN}[^{_CLOSE}]*{_CLOSE})", " ".join(marked.split())):
        bare = piece.strip(_OPEN + _CLOSE)
        if piece.startswith(_OPEN):
            found.append(Span(start=len(text), end=len(text) + len(bare)))
        text += bare
    return Snippet(text=text, found=tuple(found))
