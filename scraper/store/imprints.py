"""What articles bear that tells issues of a recurring notice apart."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.match.recurring import Imprint, known_day
from scraper.model import ArticleId, Precision
from scraper.store.ids import among, pack
from scraper.store.schema import article

if TYPE_CHECKING:
    from collections.abc import Collection

_IMPRINTS = sa.select(
    article.c.id,
    article.c.site,
    article.c.title,
    article.c.first_published_utc,
    article.c.first_published_precision,
).where(among(article.c.id))


def load_imprints(
    connection: sa.Connection, ids: Collection[ArticleId]
) -> dict[ArticleId, Imprint]:
    """The sites, titles and days of these articles; the day is the first that was ever seen."""
    imprints = {}
    for row in connection.execute(_IMPRINTS, {"ids": pack(ids)}):
        precision = row.first_published_precision
        day = known_day(row.first_published_utc, Precision(precision) if precision else None)
        imprints[ArticleId(row.id)] = Imprint(site=row.site, title=row.title, day=day)
    return imprints
