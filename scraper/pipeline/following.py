"""A source that a story's articles name, and that is not archived, becomes a page to ask for.

Rule 1: a page is queued once. Whatever comes of it, the archive knows its address from then on, and
where it redirects to a page that is held, the two become one page: so it is never queued again.
Rule 2: the pass that finds it does not ask for it; the next one does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.model import PageState
from scraper.store import pages, takedown
from scraper.store.query import load_primary_source
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.model import ArticleId


def queue_named_source(connection: sa.Connection, article_id: ArticleId, now: datetime) -> None:
    """Nothing; the source that the article's story names is announced, where it is not known."""
    url = load_primary_source(connection, article_id)
    if url is None or pages.find_page(connection, page_key(url)) is not None:
        return
    if site_of(url) in takedown.forgotten_sites(connection):
        return
    pages.add_page(
        connection,
        url=url,
        key=page_key(url),
        site=site_of(url),
        state=PageState.ANNOUNCED,
        next_attempt_at=now,
        now=now,
    )
