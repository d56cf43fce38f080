"""Articles read anew from the snapshots of their pages, by this program's rules.

    read    the snapshot from which each article was last read, and of a page without an article its
            newest; before any transaction
    file    what is different becomes the article's present text, with a revision

A batch is one transaction, which also says how far it got: a rebuild that is interrupted continues
where it was. An article that is found in its snapshot no longer stays as it was, and is told.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from scraper import clock
from scraper.errors import SnapshotError
from scraper.extract import extract_article
from scraper.model import NoArticle, PageState
from scraper.pipeline.archiving import complete
from scraper.pipeline.ingest import Filed, Place, prepare
from scraper.store import pages, rebuilds, snapshots
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from scraper.model import ArticleId, Page, PageId
    from scraper.pipeline.ingest import Ingest, Prepared
    from scraper.pipeline.site_rules import SiteRules
    from scraper.store.archive import Archive
    from scraper.store.snapshots import KeptSnapshot

#: One transaction holds so many pages: reading one takes ten times what filing it does.
_BATCH: Final = 50


class Reread(StrEnum):
    """What became of a page's article that was read anew."""

    UNCHANGED = "unchanged"
    REVISED = "revised"
    #: The page had none before.
    FOUND = "found"
    #: There is none in the snapshot by today's rules; the article stays as it was.
    LOST = "lost"
    #: The snapshot is not there as it was written; the article stays as it was.
    UNREADABLE = "unreadable"
    #: The page has no article, as before.
    NONE = "none"


@dataclass(frozen=True, slots=True, kw_only=True)
class RereadOutcome:
    """What became of one article or page, and in ``detail`` why, where it was not to be had."""

    url: str
    became: Reread
    article: ArticleId | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """A snapshot read anew: ``prepared`` is None where it gave no article."""

    page: Page
    article: ArticleId | None
    snapshot: KeptSnapshot
    prepared: Prepared | None
    became: Reread
    detail: str | None = None


def rebuild_articles(
    archive: Archive,
    ingest: Ingest,
    rules: SiteRules,
    *,
    on_outcome: Callable[[RereadOutcome], None],
    on_batch: Callable[[int], None] | None = None,
) -> None:
    """Nothing; each article is what this program reads in the snapshot it was read from.

    ``on_outcome`` is called for each article, and each page without one, when it is committed;
    ``on_batch`` after each transaction with the number of pages in it.
    """
    while True:
        with archive.read() as connection:
            done_to = rebuilds.load_reread_to(connection)
            ids = rebuilds.next_kept_pages(connection, done_to, _BATCH)
            readings = [
                reading
                for page_id in ids
                for reading in _read_page(connection, archive, rules, page_id)
            ]
        with archive.write() as connection:
            outcomes = [_file(connection, ingest, reading) for reading in readings]
            rebuilds.save_reread_to(connection, ids[-1] if ids else None)
        for outcome in outcomes:
            on_outcome(outcome)
        if not ids:
            return
        if on_batch is not None:
            on_batch(len(ids))


def count_left(archive: Archive) -> int:
    """How many pages a rebuild of the articles would look at now."""
    with archive.read() as connection:
        return rebuilds.count_kept_pages(connection, rebuilds.load_reread_to(connection))


def _read_page(
    connection: sa.Connection, archive: Archive, rules: SiteRules, page_id: PageId
) -> Iterator[_Reading]:
    """Each of the page's articles read anew."""
    page = pages.load_page(connection, page_id)
    kept = {each.id: each for each in snapshots.load_snapshots(connection, [page_id])}
    for article, snapshot_id in rebuilds.read_from(connection, page_id).items():
        yield _read(connection, archive, rules, page, article=article, kept=kept[snapshot_id])
    if page.state is PageState.NO_ARTICLE:
        yield _read(connection, archive, rules, page, article=None, kept=kept[max(kept)])


def _read(
    connection: sa.Connection,
    archive: Archive,
    rules: SiteRules,
    page: Page,
    *,
    article: ArticleId | None,
    kept: KeptSnapshot,
) -> _Reading:
    became, detail = Reread.LOST if article else Reread.NONE, None
    prepared = None
    try:
        payload = snapshots.read_snapshot(connection, archive, kept)
    except SnapshotError as exc:
        became, detail = Reread.UNREADABLE, str(exc)
    else:
        settings = rules.of(payload.url)
        content = extract_article(
            payload.body,
            url=payload.url,
            content_type=payload.content_type,
            text_css=settings.text_css,
            title_css=settings.title_css,
        )
        if isinstance(content, NoArticle):
            detail = content.detail
        else:
            announced = pages.load_announcement(connection, page.id)
            full = complete(content, announced, kept.fetched_at)
            prepared = prepare(replace(full, url=page.url))
            became = Reread.UNCHANGED if article else Reread.FOUND
    return _Reading(
        page=page, article=article, snapshot=kept, prepared=prepared, became=became, detail=detail
    )


def _file(connection: sa.Connection, ingest: Ingest, reading: _Reading) -> RereadOutcome:
    """What became of the article, in the archive from now on."""
    became, page, now = reading.became, reading.page, clock.now()
    if reading.prepared is not None and reading.article is not None:
        filed = ingest.reread(
            connection, reading.article, reading.prepared, reading.snapshot.id, now
        )
        became = Reread.REVISED if filed is Filed.REVISED else Reread.UNCHANGED
    elif reading.prepared is not None:
        place = Place(page_id=page.id, site=site_of(page.url), snapshot=reading.snapshot.id)
        ingest.file(connection, reading.prepared, place, now)
        pages.record_outcome(
            connection,
            page.id,
            state=PageState.ARCHIVED,
            next_attempt_at=page.next_attempt_at,
            fetched_at=page.fetched_at or reading.snapshot.fetched_at,
        )
    return RereadOutcome(
        url=page.url, became=became, article=reading.article, detail=reading.detail
    )
