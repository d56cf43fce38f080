"""One pass over what is due: sources are asked for news, pages are archived.

    for each due source:            fetch it, parse the feed, announce its entries as pages
    for each page due or announced: fetch it, extract the article, file it
    many hosts at a time, one thing at a time for each host, one writer

Each page's outcome is one transaction: requests, page, article, relations, stories and the hosts'
state are written together or not at all. A source or page that fails never stops the pass.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from scraper import clock
from scraper.discover.feed import parse_feed
from scraper.extract import extract_article
from scraper.fetch.client import Accept, Fetcher
from scraper.model import (
    Article,
    BadFeed,
    NoArticle,
    NotModified,
    PageState,
    Precision,
    Reason,
    Refused,
    Validators,
)
from scraper.pipeline.hosts import Hosts
from scraper.pipeline.ingest import Filed, Ingest, Place, prepare
from scraper.pipeline.lanes import Lanes
from scraper.pipeline.pace import judge_refusal, judge_source, next_revisit
from scraper.pipeline.report import PageOutcome, RunReport, SourceFailure
from scraper.store import pages, sources
from scraper.urls import host_of, page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.model import (
        Feed,
        FeedEntry,
        Fetched,
        Page,
        Request,
        RunId,
        Snapshot,
        Source,
    )
    from scraper.pipeline.work import Work
    from scraper.store.archive import Archive

#: A page dated further ahead than this is misdated: no time zone is more than 14 hours from UTC.
_AHEAD = timedelta(hours=24)


class Pass:
    """One pass, while it lasts."""

    def __init__(
        self,
        archive: Archive,
        config: Config,
        *,
        resolve: Resolve | None = None,
        on_page: Callable[[PageOutcome, int], None] | None = None,
        limit: int | None = None,
    ) -> None:
        self.report = RunReport()
        self._archive = archive
        self._config = config
        self._resolve = resolve
        self._on_page = on_page
        self._limit = limit
        self._ingest = Ingest(config.site)
        self._hosts = Hosts(archive)
        self._lanes = Lanes(config.fetch.concurrent_hosts)
        self._queued: set[int] = set()
        self._run_id: RunId | None = None

    async def run(self, command: str, work: Work) -> RunReport:
        """What the pass did; also when it is cancelled, what is finished is kept."""
        with self._archive.write() as connection:
            self._run_id = sources.start_run(connection, command, clock.now())
        try:
            async with Fetcher(
                self._config.fetch,
                self._hosts,
                resolve=self._resolve,
                site_delay=self._site_delay,
            ) as fetcher:
                for source in work.sources:
                    self._lanes.add(
                        host_of(source.url), partial(self._check_source, fetcher, source)
                    )
                for page in work.pages:
                    self._queue_page(fetcher, page)
                await self._lanes.run()
        finally:
            self._finish()
        return self.report

    def _finish(self) -> None:
        now = clock.now()
        keep = timedelta(days=self._config.archive.keep_requests_days)
        with self._archive.write() as connection:
            self._hosts.write(connection)
            sources.forget_requests_before(connection, now - keep)
            if self._run_id is not None:
                sources.finish_run(connection, self._run_id, self.report.counts(), now)

    def _site_delay(self, host: str) -> float | None:
        settings = self._config.site.get(site_of(host))
        return settings.min_delay_seconds if settings else None

    # --- sources ----------------------------------------------------------------------------------

    async def _check_source(self, fetcher: Fetcher, source: Source) -> None:
        fetched = await fetcher.fetch(source.url, accept=Accept.FEED, validators=source.validators)
        feed = self._read_feed(fetched)
        now = clock.now()
        with self._archive.write() as connection:
            self._record_source(connection, source, fetched, feed, now)
            announced = () if feed is None or isinstance(feed, BadFeed) else feed.entries
            waiting = [
                page
                for entry in announced
                if (page := self._announce(connection, source, entry, now)) is not None
            ]
            self._hosts.write(connection)
        for page in waiting:
            self._queue_page(fetcher, page)

    def _read_feed(self, fetched: Fetched) -> Feed | BadFeed | None:
        """What the source announced; None where it has nothing new or was not to be had."""
        if isinstance(fetched, (NotModified, Refused)):
            return None
        return parse_feed(
            fetched.body,
            url=fetched.final_url,
            content_type=fetched.content_type,
            max_entries=self._config.discover.max_entries,
        )

    def _record_source(
        self,
        connection: sa.Connection,
        source: Source,
        fetched: Fetched,
        feed: Feed | BadFeed | None,
        now: datetime,
    ) -> None:
        reason, detail, retry_at = None, None, None
        validators: Validators | None = None
        if isinstance(fetched, Refused):
            reason, detail, retry_at = fetched.reason, fetched.detail, fetched.retry_at
        elif isinstance(feed, BadFeed):
            reason, detail, validators = Reason.BAD_FEED, feed.detail, Validators()
        elif not isinstance(fetched, NotModified):
            validators = fetched.validators
        verdict = judge_source(
            source,
            reason=reason,
            retry_at=retry_at,
            interval_minutes=self._config.discover.interval_minutes,
            now=now,
        )
        sources.record_check(
            connection,
            source.id,
            state=verdict.state,
            validators=validators,
            failures=verdict.failures,
            reason=reason,
            detail=detail,
            checked_at=now,
            next_check_at=verdict.next_check_at,
        )
        self._record_requests(connection, fetched.requests, source=source)
        self.report.sources_checked += 1
        if reason is not None:
            self.report.failures.append(
                SourceFailure(
                    source=source,
                    reason=reason,
                    detail=detail or "",
                    state=verdict.state,
                    is_news=source.state is not verdict.state,
                )
            )
        elif source.failures:
            self.report.recovered.append(source)

    def _announce(
        self, connection: sa.Connection, source: Source, entry: FeedEntry, now: datetime
    ) -> Page | None:
        """The entry's page where it is to be asked for now: it is new, or was updated since."""
        key = page_key(entry.url)
        page = pages.find_page(connection, key)
        if page is None:
            page_id = pages.add_page(
                connection,
                url=entry.url,
                key=key,
                site=site_of(entry.url),
                state=PageState.ANNOUNCED,
                next_attempt_at=now,
                now=now,
            )
            pages.announce_entry(connection, source.id, page_id, entry, now)
            return pages.load_page(connection, page_id)
        was_updated = pages.announce_entry(connection, source.id, page.id, entry, now)
        if was_updated and page.state is PageState.ARCHIVED:
            pages.make_due(connection, page.id, now)
            return page
        return None

    # --- pages ------------------------------------------------------------------------------------

    def _queue_page(self, fetcher: Fetcher, page: Page) -> None:
        if page.id in self._queued or (
            self._limit is not None and len(self._queued) >= self._limit
        ):
            return
        self._queued.add(page.id)
        self._lanes.add(host_of(page.url), partial(self._archive_page, fetcher, page))

    async def _archive_page(self, fetcher: Fetcher, page: Page) -> None:
        fetched = await fetcher.fetch(page.url, accept=Accept.PAGE, validators=page.validators)
        if isinstance(fetched, Refused):
            outcome = self._record_refusal(page, fetched)
        elif isinstance(fetched, NotModified):
            outcome = self._record_unchanged(page, fetched)
        else:
            outcome = self._record_snapshot(page, fetched)
        self.report.pages.append(outcome)
        if self._on_page is not None:
            self._on_page(outcome, len(self._queued))

    def _record_refusal(self, page: Page, refused: Refused) -> PageOutcome:
        now = clock.now()
        verdict = judge_refusal(page, refused, max_tries=self._config.fetch.max_tries, now=now)
        with self._archive.write() as connection:
            pages.record_outcome(
                connection,
                page.id,
                state=verdict.state,
                reason=refused.reason,
                detail=refused.detail,
                attempts=verdict.attempts,
                next_attempt_at=verdict.next_attempt_at,
                fetched_at=now,
            )
            self._record_requests(connection, refused.requests, page=page)
            self._hosts.write(connection)
        return PageOutcome(
            url=page.url, state=verdict.state, reason=refused.reason, detail=refused.detail
        )

    def _record_unchanged(self, page: Page, fetched: NotModified) -> PageOutcome:
        now = clock.now()
        with self._archive.write() as connection:
            pages.record_outcome(
                connection,
                page.id,
                state=page.state,
                next_attempt_at=self._next_revisit(page, now),
                fetched_at=now,
            )
            self._record_requests(connection, fetched.requests, page=page)
            self._hosts.write(connection)
        return PageOutcome(url=page.url, state=page.state, filed=Filed.UNCHANGED)

    def _record_snapshot(self, page: Page, snapshot: Snapshot) -> PageOutcome:
        now = clock.now()
        extracted = extract_article(
            snapshot.body, url=snapshot.final_url, content_type=snapshot.content_type
        )
        if isinstance(extracted, NoArticle):
            return self._record_no_article(page, snapshot, extracted, now)
        with self._archive.read() as connection:
            announced = pages.load_announcement(connection, page.id)
        content = _shown(extracted, announced, snapshot.final_url, now)
        prepared = prepare(content)
        with self._archive.write() as connection:
            page_id = pages.join_keys(connection, page.id, _page_keys(snapshot, content))
            filed = self._ingest.file(
                connection, prepared, Place(page_id=page_id, site=site_of(snapshot.final_url)), now
            )
            pages.record_outcome(
                connection,
                page_id,
                state=PageState.ARCHIVED,
                next_attempt_at=self._next_revisit(page, now),
                fetched_at=now,
                validators=snapshot.validators,
            )
            joined = replace(page, id=page_id)
            self._record_requests(connection, snapshot.requests, page=joined)
            self._hosts.write(connection)
        return PageOutcome(url=page.url, state=PageState.ARCHIVED, filed=filed)

    def _record_no_article(
        self, page: Page, snapshot: Snapshot, found: NoArticle, now: datetime
    ) -> PageOutcome:
        """The outcome; a page that once carried an article keeps it."""
        was_archived = page.state is PageState.ARCHIVED
        state = PageState.ARCHIVED if was_archived else PageState.NO_ARTICLE
        with self._archive.write() as connection:
            pages.record_outcome(
                connection,
                page.id,
                state=state,
                reason=found.reason,
                detail=found.detail,
                next_attempt_at=self._next_revisit(page, now) if was_archived else None,
                fetched_at=now,
                validators=snapshot.validators,
            )
            self._record_requests(connection, snapshot.requests, page=page)
            self._hosts.write(connection)
        return PageOutcome(url=page.url, state=state, reason=found.reason, detail=found.detail)

    def _next_revisit(self, page: Page, now: datetime) -> datetime | None:
        return next_revisit(page.announced_at, self._config.fetch.revisit, now)

    def _record_requests(
        self,
        connection: sa.Connection,
        requests: Iterable[Request],
        *,
        source: Source | None = None,
        page: Page | None = None,
    ) -> None:
        exchanges = tuple(requests)
        self.report.wire_bytes += sum(exchange.wire_bytes for exchange in exchanges)
        sources.record_requests(
            connection,
            exchanges,
            run_id=self._run_id,
            source_id=source.id if source else None,
            page_id=page.id if page else None,
        )


def run_pass(
    archive: Archive,
    config: Config,
    work: Work,
    *,
    command: str = "run",
    resolve: Resolve | None = None,
    on_page: Callable[[PageOutcome, int], None] | None = None,
    limit: int | None = None,
) -> RunReport:
    """What the pass over this work did.

    ``on_page`` is called after each page with its outcome and the number of pages known by then.
    """
    current = Pass(archive, config, resolve=resolve, on_page=on_page, limit=limit)
    return asyncio.run(current.run(command, work))


def _shown(article: Article, announced: FeedEntry | None, final_url: str, now: datetime) -> Article:
    """The article under the address that is shown: its own within its site, else where it was got.

    A title or date that the page does not give is taken from its announcement. A date that lies
    ahead is a mistake and left out.
    """
    published, precision = article.published, article.published_precision
    if published is None and announced is not None and announced.published is not None:
        published, precision = announced.published, Precision.MINUTE
    if published is not None and published > now + _AHEAD:
        published, precision = None, None
    return replace(
        article,
        url=article.canonical_url or final_url,
        title=article.title or (announced.title if announced else None),
        published=published,
        published_precision=precision,
    )


def _page_keys(snapshot: Snapshot, article: Article) -> list[str]:
    """The keys that lead to this page: asked for, arrived at, and its own claim within its site."""
    urls = (snapshot.url, snapshot.final_url, article.canonical_url or snapshot.final_url)
    return sorted({page_key(url) for url in urls})
