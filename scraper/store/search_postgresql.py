"""What search asks PostgreSQL, where SQLite has FTS5: which articles match, and pieces of them.

`article_search` holds the words of each article with their places, those of the title weighing
more, and for scripts written without spaces every one and two characters in a row. Queries are
folded by the functions that folded what is indexed (`fold_words`, `fold_letters`).
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final

import sqlalchemy as sa

from scraper.store.schema import article, article_search

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from scraper.store.search_query import Term

#: Longer texts count for less, by the logarithm of their length: PostgreSQL's documentation 12.3.3.
_BY_LENGTH: Final = 1
#: A piece of a text has so many words, so many of them before the first that was looked for.
_PIECE_WORDS, _WORDS_BEFORE = 24, 6
#: Of one text so many places are considered.
_MOST_PLACES: Final = 200


def match_words(terms: Sequence[Term], *, title_weight: float) -> sa.Subquery:
    """The articles (id, rank) that have all terms as words; lower ranks are better ones.

    A term in an unspaced script may begin a word of the index, which there is a whole clause.
    """
    asked = _all_of(
        sa.func.query_of(term.text, term.is_prefix or term.is_unspaced) for term in terms
    )
    # Apart, so that it is made once, and not again for each article that is ranked.
    once = sa.select(asked.label("query")).cte("asked").prefix_with("MATERIALIZED")
    weights = [1 / title_weight] * 3 + [1.0]
    words = article_search.c.words
    rank = sa.func.ts_rank(sa.cast(weights, sa.ARRAY(sa.REAL)), words, once.c.query, _BY_LENGTH)
    return (
        sa.select(article_search.c.article_id.label("id"), (-rank).label("rank"))
        .join(once, words.op("@@", is_comparison=True)(once.c.query))
        .subquery()
    )


def match_letters(terms: Sequence[Term], *, title_weight: float) -> sa.Subquery:
    """The articles (id, rank) in unspaced scripts that have all terms anywhere; those that have
    them more often, and in the title, are better.
    """
    title = sa.func.fold_letters(sa.func.coalesce(article.c.title, ""))
    text = sa.func.fold_letters(article.c.text)
    has_letters = article_search.c.grams.op("@@", is_comparison=True)
    found = sa.select(article.c.id).join(
        article_search, article_search.c.article_id == article.c.id
    )
    rank: sa.ColumnElement[Any] = sa.literal(0.0)
    for term in terms:
        run = sa.func.fold_letters(term.text)
        found = found.where(
            has_letters(sa.cast(_write_grams(term.text), _Query)),
            sa.or_(sa.func.strpos(title, run) > 0, sa.func.strpos(text, run) > 0),
        )
        rank -= title_weight * _count(title, run) + _count(text, run)
    return found.add_columns(rank.label("rank")).subquery()


def mark_words(terms: Iterable[Term], text: str, *, marks: tuple[str, str]) -> str:
    """The piece of the text that has most of the terms, each between the two marks."""
    folded = "".join(map(_fold, text))
    places = sorted(
        (found.start(), found.end(), number)
        for number, term in enumerate(terms)
        for _, found in zip(range(_MOST_PLACES), _pattern(term).finditer(folded), strict=False)
    )
    words = [found.span() for found in re.finditer(r"\S+", text)]
    first = _choose_first(words, places)
    piece = words[first : first + _PIECE_WORDS]
    begin, end = (piece[0][0], piece[-1][1]) if piece else (0, 0)
    marked, at = "", begin
    for start, stop, _ in places:
        if start >= at and stop <= end:
            marked += text[at:start] + marks[0] + text[start:stop] + marks[1]
            at = stop
    marked += text[at:end]
    return "…" * (begin > 0) + marked + "…" * (end < len(text.rstrip()))


class _Query(sa.types.UserDefinedType[str]):
    """PostgreSQL's tsquery."""

    cache_ok = True

    def get_col_spec(self, **_options: object) -> str:
        """Its name."""
        return "tsquery"


def _all_of(queries: Iterable[sa.ColumnElement[Any]]) -> sa.ColumnElement[Any]:
    """A tsquery that all of these must match."""
    first, *others = queries
    for query in others:
        first = first.op("&&")(query)
    return first


def _write_grams(text: str) -> str:
    """A tsquery for the characters of the text, two by two, as `article_search.grams` has them."""
    low = text.lower()
    grams = {low[at : at + 2] for at in range(max(1, len(low) - 1))}
    quoted = ("'" + gram.replace("\\", "\\\\").replace("'", "''") + "'" for gram in sorted(grams))
    return " & ".join(quoted)


def _count(within: sa.ColumnElement[str], run: sa.ColumnElement[str]) -> sa.ColumnElement[Any]:
    """How often the run of characters occurs."""
    left = sa.func.length(sa.func.replace(within, run, ""))
    return (sa.func.length(within) - left) / sa.func.length(run)


@lru_cache(maxsize=4096)
def _fold(letter: str) -> str:
    """One character for one: small, and without its accent."""
    return unicodedata.normalize("NFD", letter)[0].lower()[0]


def _pattern(term: Term) -> re.Pattern[str]:
    """Finds the term's words, side by side, in a folded text."""
    words = re.split(r"[\W_]+", "".join(map(_fold, term.text)))
    said = r"[\W_]+".join(re.escape(word) for word in words if word)
    goes_on = r"[^\W_]*" if term.is_prefix or term.is_unspaced else r"(?![^\W_])"
    return re.compile(rf"(?<![^\W_]){said}{goes_on}" if said else "(?!)")


def _choose_first(words: Sequence[tuple[int, int]], places: list[tuple[int, int, int]]) -> int:
    """The word with which the piece begins that has most of the terms; the first if none does."""
    best, first = 0, 0
    for start, _, _ in places:
        at = sum(begin < start for begin, _ in words) - 1
        opening = max(0, min(at - _WORDS_BEFORE, len(words) - _PIECE_WORDS))
        piece = words[opening : opening + _PIECE_WORDS]
        held = len({number for begin, end, number in places if _holds(piece, begin, end)})
        if held > best:
            best, first = held, opening
    return first


def _holds(piece: Sequence[tuple[int, int]], begin: int, end: int) -> bool:
    return bool(piece) and piece[0][0] <= begin and end <= piece[-1][1]
