"""How an article ends: joined to another that is the same page's, or taken out of the archive.

Rule 1: where two become one, what was known of either is known of the one that stays, by the facts
that move one way only (see ``store.articles``).
Rule 2: the id of one that was joined leads to the other for ever.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import ArticleId
from scraper.store import decisions
from scraper.store.articles import keep_text
from scraper.store.ids import among, pack
from scraper.store.schema import article, article_redirect, attribution, kept_revision

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import RowMapping

#: The columns that go with an article's current text.
_OF_THE_TEXT = (
    *("url", "canonical_url", "site", "site_name", "title", "authors", "published"),
    *("published_utc", "published_precision", "modified", "language", "description", "image_url"),
    *("section", "tags", "page_kind", "text", "word_count", "text_sha256", "is_unspaced"),
    *(
        "is_paywalled",
        "revision_id",
        "snapshot_id",
        "containment_key_count",
        "masked",
        "is_title_masked",
    ),
)
_REDIRECTS = sa.select(article_redirect).where(among(article_redirect.c.from_id))


def merge_article(
    connection: sa.Connection,
    gone: ArticleId,
    stays: ArticleId,
    *,
    text_of: ArticleId | None = None,
) -> None:
    """Nothing; the one article's revisions and what people decided about it belong to the other,
    and its id leads there.

    ``text_of`` says whose text and metadata are the current ones, those of ``stays`` if not said.
    The caller has taken the article's keys and relations away before, and judges its story after.
    """
    rows = connection.execute(sa.select(article).where(article.c.id.in_((gone, stays))))
    before = {row.id: row._mapping for row in rows}
    values = _merge_facts(before[stays], before[gone])
    keep_text(connection, before[stays if text_of == gone else gone])
    if text_of == gone:
        values |= {column: before[gone][column] for column in _OF_THE_TEXT}
        connection.execute(attribution.delete().where(attribution.c.article_id == stays))
        connection.execute(
            attribution.update().where(attribution.c.article_id == gone).values(article_id=stays)
        )
    connection.execute(
        kept_revision.update().where(kept_revision.c.article_id == gone).values(article_id=stays)
    )
    connection.execute(
        article_redirect.update().where(article_redirect.c.to_id == gone).values(to_id=stays)
    )
    connection.execute(attribution.delete().where(attribution.c.article_id == gone))
    decisions.carry_over(connection, gone, stays)
    connection.execute(article.delete().where(article.c.id == gone))
    connection.execute(article.update().where(article.c.id == stays).values(values))
    connection.execute(article_redirect.insert().values(from_id=gone, to_id=stays))


def delete_article(connection: sa.Connection, article_id: ArticleId) -> None:
    """Nothing; the article is no more: no text, no revision, nothing that it names, no redirect.

    The caller has taken its keys, lines and relations away before, and judges its story after.
    """
    for table, column in (
        (kept_revision, kept_revision.c.article_id),
        (attribution, attribution.c.article_id),
        (article_redirect, article_redirect.c.to_id),
        (article, article.c.id),
    ):
        connection.execute(table.delete().where(column == article_id))


def follow_redirects(
    connection: sa.Connection, ids: Iterable[ArticleId]
) -> dict[ArticleId, ArticleId]:
    """Where the articles among these went that were joined to another."""
    rows = connection.execute(_REDIRECTS, {"ids": pack(ids)})
    return {ArticleId(row.from_id): ArticleId(row.to_id) for row in rows}


def _merge_facts(stays: RowMapping, gone: RowMapping) -> dict[str, Any]:
    """The columns by which one article remembers what was known of two (Rule 1)."""
    facts: dict[str, Any] = {
        "first_seen": min(stays["first_seen"], gone["first_seen"]),
        "was_whole": stays["was_whole"] or gone["was_whole"],
        "longest_word_count": max(stays["longest_word_count"], gone["longest_word_count"]),
    }
    if stays["first_published_utc"] is None:
        facts |= {name: gone[name] for name in ("first_published_utc", "first_published_precision")}
    if stays["external_id"] is None:
        facts |= {name: gone[name] for name in ("collection", "external_id")}
    return facts
