"""Which pages, articles and snapshots a person means who wants them gone."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import ArticleId, PageId, PageState, SnapshotId
from scraper.store.find import find_page_by_url
from scraper.store.ids import among, pack
from scraper.store.schema import article, feed_entry, forgotten_site, page, request, snapshot
from scraper.store.spoken import Upsert

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime


_FORGET_SITE = Upsert(lambda insert: insert(forgotten_site).on_conflict_do_nothing())
#: What a page that is forgotten is; its addresses alone are left.
_FORGOTTEN = {
    "state": PageState.FORGOTTEN,
    "reason": None,
    "detail": None,
    "attempts": 0,
    "next_attempt_at": None,
    "etag": None,
    "last_modified": None,
}


#: Asked for every page, built once.
_FORGOTTEN_SITES = sa.select(forgotten_site.c.site)


@dataclass(frozen=True, slots=True, kw_only=True)
class Doomed:
    """What is to go: whole pages; articles and snapshots of pages that stay, or of none.

    The counts are of all that goes with them.
    """

    pages: tuple[PageId, ...] = ()
    articles: tuple[ArticleId, ...] = ()
    snapshots: tuple[SnapshotId, ...] = ()
    article_count: int = 0
    snapshot_count: int = 0


def choose_page(connection: sa.Connection, url: str) -> Doomed | None:
    """The page at this address; None where the archive knows none."""
    found = find_page_by_url(connection, url)
    return None if found is None else _count(connection, pages=[found.id])


def choose_site(connection: sa.Connection, site: str) -> Doomed | None:
    """All pages of the site, and what was imported of it; None where there is nothing."""
    of_site = connection.execute(sa.select(page.c.id).where(page.c.site == site)).scalars().all()
    imported = sa.select(article.c.id).where(
        article.c.site == site,
        sa.or_(article.c.page_id.is_(None), ~among(article.c.page_id)),
    )
    others = connection.execute(imported, {"ids": pack(of_site)}).scalars().all()
    if not of_site and not others:
        return None
    return _count(connection, pages=of_site, articles=others)


def choose_older(connection: sa.Connection, before: datetime) -> Doomed:
    """What is older: articles that were first seen before, and snapshots that were fetched before,
    but for those from which an article that stays was read, and those that hold another's body.

    A page is older where it was announced before, and none of its articles stays.
    """
    is_old = article.c.first_seen < before
    staying = sa.select(article.c.page_id).where(~is_old, article.c.page_id.is_not(None))
    # Pages that are still asked for are not done with.
    pages = (
        connection.execute(
            sa.select(page.c.id).where(
                page.c.announced_at < before,
                page.c.next_attempt_at.is_(None),
                page.c.state.in_((PageState.ARCHIVED, PageState.NO_ARTICLE)),
                page.c.id.not_in(staying),
            )
        )
        .scalars()
        .all()
    )
    ids = {"ids": pack(pages)}
    articles = sa.select(article.c.id).where(
        is_old, sa.or_(article.c.page_id.is_(None), ~among(article.c.page_id))
    )
    read = sa.select(article.c.snapshot_id).where(~is_old, article.c.snapshot_id.is_not(None))
    is_kept = sa.or_(snapshot.c.fetched_at >= before, snapshot.c.id.in_(read))
    holder = snapshot.alias()
    held = sa.select(snapshot.c.revisit_of).where(is_kept, snapshot.c.revisit_of.is_not(None))
    rest = sa.select(holder.c.id).where(
        holder.c.fetched_at < before,
        holder.c.id.not_in(read),
        holder.c.id.not_in(held),
        ~among(holder.c.page_id),
    )
    return _count(
        connection,
        pages=pages,
        articles=connection.execute(articles, ids).scalars().all(),
        snapshots=connection.execute(rest, ids).scalars().all(),
    )


def page_of(connection: sa.Connection, article_id: ArticleId) -> PageId | None:
    """The article's page; None for what was imported without one."""
    statement = sa.select(article.c.page_id).where(article.c.id == article_id)
    return connection.execute(statement).scalar()


def is_empty(connection: sa.Connection, page_id: PageId) -> bool:
    """Whether the page is archived and has lost its last article."""
    statement = sa.select(page.c.id).where(
        page.c.id == page_id,
        page.c.state == PageState.ARCHIVED,
        ~sa.exists().where(article.c.page_id == page.c.id),
    )
    return connection.execute(statement).scalar() is not None


def forget_site(connection: sa.Connection, site: str, now: datetime) -> None:
    """Nothing; whatever announces a page of this site, it is not asked for."""
    values = {"site": site, "forgotten_at": now}
    connection.execute(_FORGET_SITE.on(connection), values)


def forgotten_sites(connection: sa.Connection) -> frozenset[str]:
    """The sites of which no page is asked for, because somebody wanted them gone."""
    return frozenset(connection.execute(_FORGOTTEN_SITES).scalars())


def forget_said(connection: sa.Connection, page_id: PageId) -> None:
    """Nothing; the page is forgotten, and so is what sources and servers said of it."""
    connection.execute(page.update().where(page.c.id == page_id).values(_FORGOTTEN))
    connection.execute(
        feed_entry.update().where(feed_entry.c.page_id == page_id).values(title=None, content=None)
    )
    connection.execute(request.update().where(request.c.page_id == page_id).values(detail=None))


def _count(
    connection: sa.Connection,
    *,
    pages: Sequence[int] = (),
    articles: Sequence[int] = (),
    snapshots: Sequence[int] = (),
) -> Doomed:
    """The Doomed, with all that goes with the pages counted."""
    ids = {"ids": pack(pages)}
    counts = [
        connection.execute(
            sa.select(sa.func.count()).select_from(table).where(among(table.c.page_id)), ids
        ).scalar_one()
        for table in (article, snapshot)
    ]
    return Doomed(
        pages=tuple(PageId(each) for each in pages),
        articles=tuple(ArticleId(each) for each in articles),
        snapshots=tuple(SnapshotId(each) for each in snapshots),
        article_count=counts[0] + len(articles),
        snapshot_count=counts[1] + len(snapshots),
    )
