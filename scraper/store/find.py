"""Which article or page a person means: by a number, or by an address."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import ArticleId, StoryId
from scraper.store.pages import find_page
from scraper.store.schema import article, article_redirect, story_tombstone
from scraper.urls import normalise_url, page_key

if TYPE_CHECKING:
    from scraper.model import Page

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
    url = read_url(wanted)
    if url is None:
        return None
    return _find_by_page(connection, url) or _find_by_url(connection, wanted, url)


def find_story(connection: sa.Connection, wanted: str) -> StoryId | None:
    """The story of the article meant, as ``find_article`` reads it."""
    found = find_article(connection, wanted)
    if found is None:
        return None
    statement = sa.select(article.c.story_id).where(article.c.id == found)
    told = connection.execute(statement).scalar()
    return None if told is None else StoryId(told)


def find_page_by_url(connection: sa.Connection, wanted: str) -> Page | None:
    """The page that this URL leads to, whether or not it gave an article."""
    url = read_url(wanted)
    return None if url is None else find_page(connection, page_key(url))


def read_url(typed: str) -> str | None:
    """The http(s) URL that a person typed, with or without its scheme; None for anything else."""
    return normalise_url(typed if "://" in typed else f"//{typed}")


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


def _find_by_page(connection: sa.Connection, url: str) -> ArticleId | None:
    page = find_page(connection, page_key(url))
    if page is None:
        return None
    statement = sa.select(article.c.id).where(article.c.page_id == page.id)
    found = connection.execute(statement.order_by(article.c.revision_id.desc())).scalar()
    return None if found is None else ArticleId(found)


def _find_by_url(connection: sa.Connection, typed: str, url: str) -> ArticleId | None:
    """The article that was imported with this URL, as it was typed or in its clean form."""
    statement = sa.select(article.c.id).where(article.c.url.in_({typed, url}))
    found = connection.execute(statement.order_by(article.c.id)).scalar()
    return None if found is None else ArticleId(found)
