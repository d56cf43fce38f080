"""A source is asked for news: its health is written down, its entries become pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper import clock
from scraper.discover.feed import parse_feed
from scraper.fetch.client import Accept
from scraper.model import BadFeed, NotModified, PageState, Reason, Refused, Validators
from scraper.pipeline.pace import judge_source
from scraper.pipeline.report import SourceOutcome
from scraper.store import pages, sources
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from datetime import datetime

    import sqlalchemy as sa

    from scraper.config import DiscoverConfig
    from scraper.fetch.client import Fetcher
    from scraper.model import Feed, FeedEntry, Fetched, Page, Source
    from scraper.pipeline.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Announcer:
    """Asks sources. What it finds out is one transaction for each source."""

    fetcher: Fetcher
    ledger: Ledger
    config: DiscoverConfig

    async def ask(self, source: Source) -> tuple[SourceOutcome | None, list[Page]]:
        """How asking the source went, and the pages to ask for because of it.

        None where the source was removed while it was asked.
        """
        fetched = await self.fetcher.fetch(
            source.url, accept=Accept.FEED, validators=source.validators
        )
        feed = self._read(fetched)
        entries = () if feed is None or isinstance(feed, BadFeed) else feed.entries
        now = clock.now()
        with self.ledger.write() as connection:
            if sources.find_source(connection, source.url) is None:
                self.ledger.record(connection, fetched.requests)
                return None, []
            outcome = self._record(connection, source, fetched, feed, now)
            waiting = [
                page
                for entry in entries
                if (page := _announce(connection, source, entry, now)) is not None
            ]
        return outcome, waiting

    def _read(self, fetched: Fetched) -> Feed | BadFeed | None:
        """What the source announced; None where it has nothing new or was not to be had."""
        if isinstance(fetched, (NotModified, Refused)):
            return None
        return parse_feed(
            fetched.body,
            url=fetched.final_url,
            content_type=fetched.content_type,
            max_entries=self.config.max_entries,
        )

    def _record(
        self,
        connection: sa.Connection,
        source: Source,
        fetched: Fetched,
        feed: Feed | BadFeed | None,
        now: datetime,
    ) -> SourceOutcome:
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
            was_asked=bool(fetched.requests),
            interval_minutes=self.config.interval_minutes,
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
        self.ledger.record(connection, fetched.requests, source_id=source.id)
        return SourceOutcome(source=source, state=verdict.state, reason=reason, detail=detail)


def _announce(
    connection: sa.Connection, source: Source, entry: FeedEntry, now: datetime
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
