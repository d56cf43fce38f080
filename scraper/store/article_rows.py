"""Rows of `article` and `attribution` as the domain's types."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import (
    ArchivedArticle,
    Article,
    ArticleId,
    Attribution,
    DecisionId,
    Evidence,
    PageId,
    PageKind,
    Precision,
    RevisionId,
    StoryId,
)
from scraper.store.ids import among, pack
from scraper.store.schema import attribution

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_ATTRIBUTIONS = (
    sa.select(attribution).where(among(attribution.c.article_id)).order_by(attribution.c.id)
)


def read_article(row: sa.Row[Any], attributions: Sequence[Attribution]) -> ArchivedArticle:
    """A row of `article` as the domain's type."""
    fields = dict(row._mapping)
    precision = fields["published_precision"]
    content = Article(
        url=fields["url"],
        title=fields["title"],
        text=fields["text"],
        authors=tuple(fields["authors"]),
        published=fields["published"],
        published_precision=Precision(precision) if precision else None,
        modified=fields["modified"],
        language=fields["language"],
        canonical_url=fields["canonical_url"],
        site_name=fields["site_name"],
        description=fields["description"],
        image_url=fields["image_url"],
        section=fields["section"],
        tags=tuple(fields["tags"]),
        is_paywalled=fields["is_paywalled"],
        page_kind=PageKind(fields["page_kind"]),
        attributions=tuple(attributions),
    )
    return ArchivedArticle(
        id=ArticleId(fields["id"]),
        revision=RevisionId(fields["revision_id"]),
        page=fields["page_id"] and PageId(fields["page_id"]),
        story=StoryId(fields["story_id"]),
        joined_by=fields["joined_by"] and ArticleId(fields["joined_by"]),
        merged_by=fields["merged_by"] and DecisionId(fields["merged_by"]),
        collection=fields["collection"],
        external_id=fields["external_id"],
        site=fields["site"],
        first_seen=fields["first_seen"],
        word_count=fields["word_count"],
        is_roundup=fields["is_roundup"],
        content=content,
    )


def load_attributions(
    connection: sa.Connection, ids: Iterable[ArticleId]
) -> dict[ArticleId, tuple[Attribution, ...]]:
    """What each of these articles names as its source; articles that name none are left out."""
    found: dict[ArticleId, tuple[Attribution, ...]] = {}
    for row in connection.execute(_ATTRIBUTIONS, {"ids": pack(ids)}):
        named = Attribution(
            evidence=Evidence(row.evidence), url=row.url, name=row.name, quote=row.quote
        )
        owner = ArticleId(row.article_id)
        found[owner] = (*found.get(owner, ()), named)
    return found
