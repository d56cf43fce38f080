"""A source is asked for news: its health is written down, its entries become pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper import clock
from scraper.discover.shape import is_no_article
from scraper.model import PageState, SourceKind
from scraper.pipeline.gathering import gather
from scraper.pipeline.pace import choose_interval, judge_source
from scraper.pipeline.report import SourceOutcome
from scraper.store import pages, sources, takedown
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import DiscoverConfig
    from scraper.fetch.client import Fetcher
    from scraper.model import FeedEntry, Page, Source, SourceId
    from scraper.pipeline.gathering import Gathered
    from scraper.pipeline.ledger import Ledger
    from scraper.pipeline.site_rules import SiteRules
    from scraper.worker.parser import Parser

#: How far back a source's news are counted to see how often it has any.
_LOOK_BACK = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcer:
    """Asks sources. What it finds out is one transaction for each source."""

    fetcher: Fetcher
    parser: Parser
    ledger: Ledger
    config: DiscoverConfig
    rules: SiteRules

    async def ask(self, source: Source) -> tuple[SourceOutcome | None, list[Page]]:
        """How asking the source went, and the pages to ask for because of it.

        None where the source was removed while it was asked, or asked by another process since it
        was found to be due; and where it led to a host that another process asks: it waits for that
        one, and has not failed.
        """
        with self.ledger.archive.read() as connection:
            known = sources.find_source(connection, source.url)
        if known is None or known.last_check_at != source.last_check_at:
            return None, []
        gathered = await gather(
            self.fetcher, self.parser, source, max_entries=self.config.max_entries
        )
        entries = gathered.feed.entries if gathered.feed else ()
        now = clock.now()
        with self.ledger.write() as connection:
            known = sources.find_source(connection, source.url)
            if known is None:
                self.ledger.record(connection, gathered.requests)
                return None, []
            if gathered.reason is not None and known.last_check_at != source.last_check_at:
                # We stood still, and another process asked it: its news of it are the newer ones.
                self.ledger.record(connection, gathered.requests, source_id=source.id)
                return None, []
            if gathered.is_others:
                sources.postpone(connection, source, gathered.retry_at or now)
                self.ledger.record(connection, gathered.requests, source_id=source.id)
                return None, []
            waiting = announce(
                connection,
                self.rules,
                source.id,
                entries,
                now,
                of_sitemap=source.kind is SourceKind.SITEMAP,
            )
            outcome = self._record(connection, source, gathered, now)
        return outcome, waiting

    def _record(
        self, connection: sa.Connection, source: Source, gathered: Gathered, now: datetime
    ) -> SourceOutcome:
        declared = (gathered.max_age, gathered.feed.pace if gathered.feed else None)
        interval = choose_interval(
            source,
            self.config,
            recent=sources.count_news(connection, source.id, now - _LOOK_BACK),
            span=_LOOK_BACK,
            declared=max(filter(None, declared), default=None),
        )
        verdict = judge_source(
            source,
            reason=gathered.reason,
            retry_at=gathered.retry_at,
            was_asked=bool(gathered.requests),
            interval=interval,
            now=now,
        )
        sources.record_check(
            connection,
            source.id,
            state=verdict.state,
            validators=gathered.validators,
            failures=verdict.failures,
            reason=gathered.reason,
            detail=gathered.detail,
            checked_at=now,
            next_check_at=verdict.next_check_at,
        )
        self.ledger.record(connection, gathered.requests, source_id=source.id)
        return SourceOutcome(
            source=source, state=verdict.state, reason=gathered.reason, detail=gathered.detail
        )


def announce(
    connection: sa.Connection,
    rules: SiteRules,
    source_id: SourceId,
    entries: Iterable[FeedEntry],
    now: datetime,
    *,
    of_sitemap: bool,
) -> list[Page]:
    """The pages to ask for now because the source announced these entries.

    Left out is what the config does not want of a site, what is of a forgotten site, and, as a
    sitemap lists all that a site has, what of one is no article by its address. Where the config
    wants a site's texts from its feed, these are kept with the announcement.
    """
    waiting = []
    forgotten = takedown.forgotten_sites(connection)
    for entry in entries:
        if (of_sitemap and is_no_article(entry.url)) or not rules.wants(entry.url):
            continue
        if forgotten and site_of(entry.url) in forgotten:
            continue
        page = _announce(connection, source_id, entry, now)
        if page is not None:
            if entry.content and rules.of(entry.url).use_feed_text:
                pages.keep_content(connection, source_id, page.id, entry.content)
            waiting.append(page)
    return waiting


def _announce(
    connection: sa.Connection, source_id: SourceId, entry: FeedEntry, now: datetime
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
        pages.announce_entry(connection, source_id, page_id, entry, now)
        return pages.load_page(connection, page_id)
    was_updated = pages.announce_entry(connection, source_id, page.id, entry, now)
    if was_updated and page.state is PageState.ARCHIVED:
        pages.make_due(connection, page.id, now)
        return page
    return None
