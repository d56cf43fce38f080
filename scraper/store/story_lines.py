"""Stories in one line each, for lists: in an order, narrowed, page by page.

Rule 1: what leaves is a frozen value, never a row.
Rule 2: a page costs the same wherever it lies: it begins after a story, never after so many.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import ArticleId, Precision, RelationKind, StoryId
from scraper.store.filters import EVERY, Wanted, narrow_stories
from scraper.store.schema import article, mirror_count, relation, story

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story in one line: what its canonical article says of itself, and how many mirrors."""

    id: StoryId
    canonical: ArticleId
    title: str | None
    url: str | None
    site: str | None
    language: str | None
    published: datetime | None
    published_precision: Precision | None
    mirrors: int
    first_seen: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When a member of a story was first seen, and what it is; None is the canonical."""

    at: datetime
    kind: RelationKind | None


class Order(StrEnum):
    """Which stories come first; among equals always the newest, then the highest id."""

    NEWEST = "newest"
    COPIED = "copied"
    UPDATED = "updated"


_ORDERS: dict[Order, tuple[sa.ColumnElement[Any], ...]] = {
    Order.NEWEST: (story.c.first_seen, story.c.id),
    Order.COPIED: (mirror_count, story.c.first_seen, story.c.id),
    Order.UPDATED: (story.c.updated_at, story.c.id),
}


def list_stories(
    connection: sa.Connection,
    *,
    limit: int,
    wanted: Wanted = EVERY,
    order: Order = Order.NEWEST,
    after: StoryLine | None = None,
) -> tuple[StoryLine, ...]:
    """The first stories in this order, at most ``limit``; with ``after`` those that follow it.

    What comes after is found by its place in the order, never by counting what lies before it. The
    stories are chosen before their articles are read, as an order without an index sorts all.
    """
    columns = _ORDERS[order]
    statement = (
        sa.select(story.c.id)
        .where(*narrow_stories(wanted))
        .order_by(*(column.desc() for column in columns))
        .limit(limit)
    )
    if after is not None:
        place = map(sa.literal, _place_of(after, order), (column.type for column in columns))
        statement = statement.where(sa.tuple_(*columns) < sa.tuple_(*place))
    ids = [StoryId(found) for found in connection.execute(statement).scalars()]
    lines = load_lines(connection, ids)
    return tuple(lines[found] for found in ids)


def count_stories(connection: sa.Connection) -> int:
    """How many stories there are."""
    return connection.execute(sa.select(sa.func.count()).select_from(story)).scalar_one()


def load_lines(connection: sa.Connection, ids: Sequence[StoryId]) -> dict[StoryId, StoryLine]:
    """These stories in one line each; those that are no more are left out."""
    rows = connection.execute(_story_lines().where(story.c.id.in_(ids)))
    return {StoryId(row.id): _read_line(row) for row in rows}


def load_leads(
    connection: sa.Connection, ids: Sequence[ArticleId], *, length: int
) -> dict[ArticleId, str]:
    """The beginnings of these articles' texts, so many characters of each."""
    begin = sa.func.substr(article.c.text, 1, length)
    statement = sa.select(article.c.id, begin).where(article.c.id.in_(ids))
    return {ArticleId(found): text for found, text in connection.execute(statement)}


def load_spreads(
    connection: sa.Connection, ids: Sequence[StoryId]
) -> dict[StoryId, tuple[Sighting, ...]]:
    """When each member of these stories was first seen, in that order, and what it is."""
    as_a = relation.alias("as_a")
    as_b = relation.alias("as_b")
    rows = connection.execute(
        sa.select(
            article.c.story_id,
            article.c.first_seen,
            article.c.joined_by,
            article.c.merged_by,
            as_a.c.kind.label("kind"),
            as_b.c.kind.label("inverse_kind"),
        )
        .outerjoin(as_a, sa.and_(as_a.c.a == article.c.id, as_a.c.b == article.c.joined_by))
        .outerjoin(as_b, sa.and_(as_b.c.b == article.c.id, as_b.c.a == article.c.joined_by))
        .where(article.c.story_id.in_(ids))
        .order_by(article.c.first_seen, article.c.id)
    )
    seen: dict[StoryId, list[Sighting]] = {found: [] for found in ids}
    for told_in, at, *ways in rows:
        seen[StoryId(told_in)].append(Sighting(at=at, kind=_kind_of(*ways)))
    return {found: tuple(sightings) for found, sightings in seen.items()}


def _story_lines() -> sa.Select[Any]:
    return sa.select(
        story.c.id,
        story.c.canonical_id,
        article.c.title,
        article.c.url,
        article.c.site,
        article.c.language,
        article.c.published,
        article.c.published_precision,
        mirror_count.label("mirrors"),
        story.c.first_seen,
        story.c.updated_at,
    ).join(article, article.c.id == story.c.canonical_id)


def _place_of(line: StoryLine, order: Order) -> tuple[Any, ...]:
    """The story's values in the columns of this order."""
    match order:
        case Order.NEWEST:
            return (line.first_seen, line.id)
        case Order.COPIED:
            return (line.mirrors, line.first_seen, line.id)
        case Order.UPDATED:
            return (line.updated, line.id)


def _read_line(row: sa.Row[Any]) -> StoryLine:
    fields = dict(row._mapping)
    fields["canonical"] = fields.pop("canonical_id")
    fields["updated"] = fields.pop("updated_at")
    precision = fields["published_precision"]
    fields["published_precision"] = Precision(precision) if precision else None
    return StoryLine(**fields)


def _kind_of(
    joined_by: int | None, merged_by: int | None, kind: str | None, inverse_kind: str | None
) -> RelationKind | None:
    """What a member is to the one it joined by; None for a canonical."""
    if joined_by is None:
        return None
    if merged_by is not None:
        return RelationKind.MERGED
    return RelationKind(kind) if kind else RelationKind(inverse_kind or "").inverse
