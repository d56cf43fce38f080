"""An article or page taken out of the archive, as if it had never been in it.

An article's text, revisions, keys, lines, relations and search rows go. Lines that were boilerplate
by it are judged without it, and its story is what the others make. What remains are the numbers by
which others follow changes: of its story, that it changed or ended.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.store import article_ends, relations, stored_text, stories, takedown
from scraper.store.snapshots import delete_snapshots, load_snapshots

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.model import ArticleId, PageId
    from scraper.pipeline.matching import Matcher


def forget_article(
    connection: sa.Connection, matcher: Matcher, article_id: ArticleId, now: datetime
) -> bool:
    """Whether there was such an article; there is none any more."""
    found = stored_text.load_texts(connection, {article_id})
    if not found:
        return False
    (text,) = found
    ended = stories.stories_of(connection, {article_id})
    seeds = relations.load_neighbours(connection, {article_id})
    seeds |= relations.load_neighbours(connection, seeds)
    matcher.forget_keys(connection, text)
    relations.replace_relations(connection, article_id, (), {})
    touched = matcher.masking.dismiss(connection, text)
    article_ends.delete_article(connection, article_id)
    seeds |= matcher.mask_again(connection, touched - {article_id})
    matcher.judge_around(connection, seeds - {article_id}, now, ended=ended)
    return True


def forget_page(
    connection: sa.Connection, matcher: Matcher, page_id: PageId, now: datetime
) -> None:
    """Nothing; the page's articles and snapshots are gone, and what was said of it; its addresses
    stay, so that it is known and never asked for again.
    """
    for text in stored_text.find_by_page(connection, page_id):
        forget_article(connection, matcher, text.id, now)
    delete_snapshots(connection, [kept.id for kept in load_snapshots(connection, [page_id])])
    takedown.forget_said(connection, page_id)
