"""Articles read anew from the snapshots of their pages, by this program's rules.

    read    in workers, the snapshot from which each article was last read, and of a page without an
            article its newest; before any transaction
    file    what is different becomes the article's present text, with a revision

A batch is one transaction, which also says how far it got: a rebuild that is interrupted continues
where it was. An article that is found in its snapshot no longer stays as it was, and is told.
"""

from __future__ import annotations

from collections import deque
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
from scraper.worker.parser import MAX_WAITING, Killed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    import sqlalchemy as sa

    from scraper.model import Article, ArticleId, FeedEntry, Page, PageId
    from scraper.pipeline.ingest import Ingest, Prepared
    from scraper.pipeline.site_rules import SiteRules
    from scraper.store.archive import Archive
    from scraper.store.snapshots import KeptSnapshot
    from scraper.worker.parser import Parser

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
    #: The page ended the process that read it; the article stays as it was.
    KILLED = "killed"
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
    parser: Parser,
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
            begun = (
                reading
                for page_id in ids
                for reading in _begin_page(connection, archive, rules, parser, page_id)
            )
            readings = list(_finish(begun))
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


def _finish(begun: Iterator[Callable[[], _Reading]]) -> Iterator[_Reading]:
    """The readings in their order; few are begun before the first has ended."""
    waiting: deque[Callable[[], _Reading]] = deque()
    for finish in begun:
        waiting.append(finish)
        if len(waiting) == MAX_WAITING:
            yield waiting.popleft()()
    while waiting:
        yield waiting.popleft()()


def _begin_page(
    connection: sa.Connection,
    archive: Archive,
    rules: SiteRules,
    parser: Parser,
    page_id: PageId,
) -> Iterator[Callable[[], _Reading]]:
    """What gives each of the page's articles read anew; the worker has it by then."""
    page = pages.load_page(connection, page_id)
    kept = {each.id: each for each in snapshots.load_snapshots(connection, [page_id])}
    read_from: list[tuple[ArticleId | None, KeptSnapshot]] = [
        (article, kept[snapshot])
        for article, snapshot in rebuilds.read_from(connection, page_id).items()
    ]
    if page.state is PageState.NO_ARTICLE:
        read_from.append((None, kept[max(kept)]))
    for article, snapshot in read_from:
        reading = _Reading(
            page=page,
            article=article,
            snapshot=snapshot,
            prepared=None,
            became=Reread.LOST if article else Reread.NONE,
        )
        yield _begin(connection, archive, rules, parser, reading)


def _begin(
    connection: sa.Connection,
    archive: Archive,
    rules: SiteRules,
    parser: Parser,
    unread: _Reading,
) -> Callable[[], _Reading]:
    try:
        payload = snapshots.read_snapshot(connection, archive, unread.snapshot)
    except SnapshotError as exc:
        damaged = replace(unread, became=Reread.UNREADABLE, detail=str(exc))
        return lambda: damaged
    settings = rules.of(payload.url)
    answer = parser.submit(
        extract_article,
        payload.body,
        url=payload.url,
        content_type=payload.content_type,
        text_css=settings.text_css,
        title_css=settings.title_css,
    )
    announced = pages.load_announcement(connection, unread.page.id)
    return lambda: _take(unread, answer.result(), announced)


def _take(
    unread: _Reading, content: Article | NoArticle | Killed, announced: FeedEntry | None
) -> _Reading:
    """The reading with what the worker found."""
    if isinstance(content, Killed):
        return replace(unread, became=Reread.KILLED, detail=content.detail)
    if isinstance(content, NoArticle):
        return replace(unread, detail=content.detail)
    full = complete(content, announced, unread.snapshot.fetched_at)
    return replace(
        unread,
        prepared=prepare(replace(full, url=unread.page.url)),
        became=Reread.UNCHANGED if unread.article else Reread.FOUND,
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
        place = Place(
            page_id=page.id,
            site=site_of(page.url),
            snapshot=reading.snapshot.id,
            seen_at=reading.snapshot.fetched_at,
        )
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
