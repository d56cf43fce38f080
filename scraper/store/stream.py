"""What the archive holds, one by one in a stable order, for files.

Rule 1: memory is bounded: a batch of a few hundred articles, or one story where it is larger.
Rule 2: which are wanted is asked once, by a statement whose rows are taken as they come; asking
anew for each batch would find out for each batch what the filters mean.
Rule 3: the caller's one read transaction holds all of it, so that the whole is of one moment.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import sqlalchemy as sa

from scraper.model import ArticleId, RelationKind, StoryId
from scraper.store.filters import EVERY, choose_stories
from scraper.store.query import load_articles, load_stories
from scraper.store.relations import read_link
from scraper.store.schema import article, change, relation, story

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from scraper.model import ArchivedArticle, Link
    from scraper.store.filters import Wanted
    from scraper.store.query import FullStory

#: So many articles or relations are read at a time: some megabytes at 5 kB a text. A guess.
BATCH = 500

_T = TypeVar("_T")

_AS_THEY_COME = {"yield_per": BATCH}


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """The wanted stories: of them the ``newest`` so many, None is all, and of these, those that
    changed after the change of this number.
    """

    wanted: Wanted = EVERY
    newest: int | None = None
    changed_after: int | None = None

    @property
    def is_every(self) -> bool:
        """Whether every story is chosen."""
        return self == WHOLE


#: Every story.
WHOLE = Chosen()


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedLink:
    """A relation with the names by which the world outside knows its two articles."""

    link: Link
    a_url: str | None
    b_url: str | None
    a_external_id: str | None
    b_external_id: str | None


def each_story(
    connection: sa.Connection, chosen: Chosen = WHOLE, *, descending: bool = False
) -> Iterator[FullStory]:
    """The chosen stories, whole, by id."""
    order = story.c.id.desc() if descending else story.c.id
    rows = _as_they_come(
        connection, _narrowed(sa.select(story.c.id, story.c.member_count), chosen).order_by(order)
    )
    for batch in batches((StoryId(row.id), row.member_count) for row in rows):
        found = load_stories(connection, batch)
        yield from reversed(list(found)) if descending else found


def each_article(connection: sa.Connection, chosen: Chosen = WHOLE) -> Iterator[ArchivedArticle]:
    """The articles of the chosen stories, by id."""
    rows = _as_they_come(connection, members(chosen).order_by(article.c.id))
    for batch in batches((ArticleId(row.id), 1) for row in rows):
        yield from sorted(load_articles(connection, batch), key=lambda found: found.id)


def each_link(connection: sa.Connection, chosen: Chosen = WHOLE) -> Iterator[NamedLink]:
    """The relations that make one article a copy of the other, by the ids of a and b: those of
    which both articles are in chosen stories.

    Those of two texts that only share a part (``RelationKind.PART``) are left out.
    """
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
        .where(relation.c.kind != RelationKind.PART)
        .order_by(relation.c.a, relation.c.b)
    )
    if not chosen.is_every:
        statement = statement.where(
            one.c.story_id.in_(_ids(chosen)), other.c.story_id.in_(_ids(chosen))
        )
    for row in _as_they_come(connection, statement):
        yield NamedLink(
            link=read_link(row),
            a_url=row.a_url,
            b_url=row.b_url,
            a_external_id=row.a_external_id,
            b_external_id=row.b_external_id,
        )


def canonicals(chosen: Chosen = WHOLE) -> sa.Select[tuple[int]]:
    """The ids of the chosen stories' canonical articles, as part of another statement."""
    return _narrowed(sa.select(story.c.canonical_id), chosen)


def members(chosen: Chosen = WHOLE) -> sa.Select[tuple[int]]:
    """The ids of the articles of the chosen stories, as part of another statement."""
    statement = sa.select(article.c.id)
    return statement if chosen.is_every else statement.where(article.c.story_id.in_(_ids(chosen)))


def count_pages(connection: sa.Connection, articles: sa.Select[tuple[int]]) -> tuple[int, int]:
    """How many of these articles were read from a page that is kept, and how many were not."""
    among = article.c.id.in_(articles)
    counted = sa.select(sa.func.count(), sa.func.count(article.c.snapshot_id)).where(among)
    everything, kept = connection.execute(counted).one()
    return kept, everything - kept


def find_last_update(connection: sa.Connection, chosen: Chosen = WHOLE) -> datetime | None:
    """When one of the chosen stories changed last; None where there are none."""
    statement = _narrowed(sa.select(sa.func.max(story.c.updated_at)), chosen)
    found: datetime | None = connection.execute(statement).scalar()
    return found


def batches(sized: Iterable[tuple[_T, int]]) -> Iterator[list[_T]]:
    """What stands beside sizes, as many together as have ``BATCH`` in all, at least one."""
    batch: list[_T] = []
    members = 0
    for found, size in sized:
        if batch and members + size > BATCH:
            yield batch
            batch, members = [], 0
        batch.append(found)
        members += size
    if batch:
        yield batch


def _as_they_come(connection: sa.Connection, statement: sa.Select[Any]) -> sa.Result[Any]:
    return connection.execute(statement, execution_options=_AS_THEY_COME)


def _narrowed(statement: sa.Select[Any], chosen: Chosen) -> sa.Select[Any]:
    """The statement, which selects from ``story``, for the chosen stories alone."""
    return statement if chosen.is_every else statement.where(story.c.id.in_(_ids(chosen)))


def _ids(chosen: Chosen) -> sa.Select[tuple[int]]:
    ids = choose_stories(chosen.wanted)
    if chosen.newest is not None:
        ids = ids.order_by(story.c.first_seen.desc(), story.c.id.desc()).limit(chosen.newest)
    if chosen.changed_after is not None:
        changed = sa.select(change.c.story_id).where(change.c.seq > chosen.changed_after)
        return sa.select(story.c.id).where(story.c.id.in_(ids), story.c.id.in_(changed))
    return ids
