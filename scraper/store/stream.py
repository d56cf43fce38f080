"""All that the archive holds, one by one in a stable order, for files.

Rule 1: memory is bounded: a batch of a few hundred articles, or one story where it is larger.
Rule 2: the next batch begins after the last id of the one before ("keyset"), which costs the same
at the end of an archive as at its beginning; an OFFSET does not.
Rule 3: the caller's one read transaction holds all batches, so that the whole is of one moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import ArticleId, RelationKind, StoryId
from scraper.store.query import load_stories, read_articles
from scraper.store.relations import read_link
from scraper.store.schema import article, relation, story

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.model import ArchivedArticle, Link
    from scraper.store.query import FullStory

#: So many articles or relations are read at a time: some megabytes at 5 kB a text. A guess.
BATCH = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLink:
    """A relation with the names by which the world outside knows its two articles."""

    link: Link
    a_url: str | None
    b_url: str | None
    a_external_id: str | None
    b_external_id: str | None


def each_story(connection: sa.Connection) -> Iterator[FullStory]:
    """Every story, whole, by id."""
    last = StoryId(0)
    while batch := _next_stories(connection, last):
        yield from load_stories(connection, batch)
        last = batch[-1]


def each_article(connection: sa.Connection) -> Iterator[ArchivedArticle]:
    """Every article, by id."""
    last = ArticleId(0)
    while batch := read_articles(
        connection,
        sa.select(article).where(article.c.id > last).order_by(article.c.id).limit(BATCH),
    ):
        yield from batch
        last = batch[-1].id


def each_link(connection: sa.Connection) -> Iterator[NamedLink]:
    """Every relation that makes one article a copy of the other, by the ids of a and b.

    Those of two texts that only share a part (``RelationKind.PART``) are left out.
    """
    last = (ArticleId(0), ArticleId(0))
    while batch := _next_links(connection, last):
        yield from batch
        last = (batch[-1].link.a, batch[-1].link.b)


def _next_stories(connection: sa.Connection, last: StoryId) -> list[StoryId]:
    """The ids that come after ``last``: as many as have a batch of members, at least one."""
    rows = connection.execute(
        sa.select(story.c.id, story.c.member_count)
        .where(story.c.id > last)
        .order_by(story.c.id)
        .limit(BATCH)
    )
    batch: list[StoryId] = []
    members = 0
    for row in rows:
        members += row.member_count
        if batch and members > BATCH:
            break
        batch.append(StoryId(row.id))
    return batch


def _next_links(connection: sa.Connection, last: tuple[ArticleId, ArticleId]) -> list[NamedLink]:
    one, other = article.alias(), article.alias()
    statement = (
        sa.select(
            relation,
            one.c.url.label("a_url"),
            other.c.url.label("b_url"),
            one.c.external_id.label("a_external_id"),
            other.c.external_id.label("b_external_id"),
        )
        .join(one, one.c.id == relation.c.a)
        .join(other, other.c.id == relation.c.b)
        .where(sa.tuple_(relation.c.a, relation.c.b) > last, relation.c.kind != RelationKind.PART)
        .order_by(relation.c.a, relation.c.b)
        .limit(BATCH)
    )
    return [
        NamedLink(
            link=read_link(row),
            a_url=row.a_url,
            b_url=row.b_url,
            a_external_id=row.a_external_id,
            b_external_id=row.b_external_id,
        )
        for row in connection.execute(statement)
    ]
