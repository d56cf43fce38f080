"""The texts that an article has had."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import RevisionId
from scraper.store.schema import revision

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.model import ArticleId


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One text of an article; ``number`` counts from 1, in the order in which they were seen."""

    id: RevisionId
    number: int
    seen_at: datetime
    title: str | None
    text: str


def load_revisions(connection: sa.Connection, article_id: ArticleId) -> tuple[Revision, ...]:
    """All texts of an article, the first one first."""
    statement = sa.select(
        revision.c.id, revision.c.seen_at, revision.c.title, revision.c.text
    ).where(revision.c.article_id == article_id)
    return tuple(
        Revision(
            id=RevisionId(row.id),
            number=number,
            seen_at=row.seen_at,
            title=row.title,
            text=row.text,
        )
        for number, row in enumerate(connection.execute(statement.order_by(revision.c.id)), 1)
    )
