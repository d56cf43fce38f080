"""Which article or page a person means: by a number, or by an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import ArticleId, StoryId
from scraper.store.pages import find_page
from scraper.store.schema import article, article_redirect, story_tombstone
from scraper.urls import normalise_url, page_key

if TYPE_CHECKING:
    from scraper.model import Page, PageId

#: Every number of so many digits fits SQLite's 64-bit integers.
_MOST_DIGITS = 18


def find_article(connection: sa.Connection, wanted: str) -> ArticleId | None:
    """The article meant by a story's id, an article's id or a URL; None where there is none.

    What was joined to another is found there: redirects and tombstones are followed. A story's id
    is its smallest article's, so one number means the same story either way. Of a page with
    several articles the one with the newest text is meant.
    """
    if wanted.isascii() and wanted.isdigit() and len(wanted) <= _MOST_DIGITS:
        return _find_by_number(connection, int(wanted))
    page = find_page_by_url(connection, wanted)
    return None if page is None else _find_newest(connection, page.id)


def find_story(connection: sa.Connection, wanted: str) -> StoryId | None:
    """The story of the article meant, as ``find_article`` reads it."""
    found = find_article(connection, wanted)
    if found is None:
        return None
    statement = sa.select(article.c.story_id).where(article.c.id == found)
    told = connection.execute(statement).scalar()
    return None if told is None else StoryId(told)


def find_page_by_url(connection: sa.Connection, wanted: str) -> Page | None:
    """The page that this URL leads to, with or without its scheme, whether or not it gave an
    article; None for what is no http(s) URL.
    """
    url = normalise_url(wanted if "://" in wanted else f"//{wanted}")
    return None if url is None else find_page(connection, page_key(url))


def _find_by_number(connection: sa.Connection, number: int) -> ArticleId | None:
    """The article with this id, or the one to which redirects and tombstones lead from it."""
    passed: set[int] = set()
    while number not in passed:
        passed.add(number)
        if connection.execute(sa.select(article.c.id).where(article.c.id == number)).scalar():
            return ArticleId(number)
        onward = connection.execute(
            sa.select(article_redirect.c.to_id)
            .where(article_redirect.c.from_id == number)
            .union_all(
                sa.select(story_tombstone.c.into).where(
                    story_tombstone.c.story == number, story_tombstone.c.into.is_not(None)
                )
            )
        ).scalar()
        number = number if onward is None else onward
    return None


def _find_newest(connection: sa.Connection, page_id: PageId) -> ArticleId | None:
    """The page's article with the newest text."""
    statement = sa.select(article.c.id).where(article.c.page_id == page_id)
    found = connection.execute(statement.order_by(article.c.revision_id.desc())).scalar()
    return None if found is None else ArticleId(found)
