"""One pass over what is due: sources are asked for news, pages are archived.

    for each due source:            ask it, announce its entries as pages
    for each page due or announced: ask for it, extract the article, file it
    many hosts at a time, one thing at a time for each host, one writer

A source or page that fails never stops the pass.
"""

from __future__ import annotations

import asyncio
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from scraper.fetch.client import Fetcher
from scraper.pipeline.announce import Announcer
from scraper.pipeline.archiving import Archivist
from scraper.pipeline.hosts import Hosts, site_delay
from scraper.pipeline.ingest import Ingest
from scraper.pipeline.lanes import Lanes
from scraper.pipeline.ledger import Ledger
from scraper.pipeline.report import RunReport
from scraper.store import snapshots
from scraper.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.model import Page, PageId, Source
    from scraper.pipeline.report import PageOutcome
    from scraper.pipeline.work import Work
    from scraper.store.archive import Archive


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
    """What the pass over this work did; what is finished is kept, also when it is interrupted.

    ``on_page`` is called after each page with its outcome and the number of pages known by then.
    ``limit`` is the most pages that are asked for.
    """
    return asyncio.run(_run_pass(archive, config, work, command, resolve, on_page, limit))


async def _run_pass(  # noqa: PLR0917 - as run_pass, by position
    archive: Archive,
    config: Config,
    work: Work,
    command: str,
    resolve: Resolve | None,
    on_page: Callable[[PageOutcome, int], None] | None,
    limit: int | None,
) -> RunReport:
    hosts = Hosts(archive)
    ledger = Ledger(archive, hosts)
    report = RunReport()
    snapshots.tidy(archive)
    run_id = ledger.begin(command)
    keeper = snapshots.SnapshotKeeper(archive, run_id) if config.archive.snapshots else None
    try:
        async with Fetcher(
            config.fetch, hosts, resolve=resolve, site_delay=partial(site_delay, config.site)
        ) as fetcher:
            announcer = Announcer(fetcher=fetcher, ledger=ledger, config=config.discover)
            archivist = Archivist(
                fetcher=fetcher,
                ledger=ledger,
                ingest=Ingest(
                    config.site, config.agencies, follow_sources=config.fetch.follow_attribution
                ),
                config=config.fetch,
                keeper=keeper,
            )
            current = _Pass(announcer, archivist, report, on_page=on_page, limit=limit)
            await current.run(work)
    finally:
        report.wire_bytes = ledger.wire_bytes
        ledger.finish(
            report.counts(), keep_requests=timedelta(days=config.archive.keep_requests_days)
        )
    return report


class _Pass:
    """The queue of one pass: sources bring pages, and each is asked for in its host's lane."""

    def __init__(
        self,
        announcer: Announcer,
        archivist: Archivist,
        report: RunReport,
        *,
        on_page: Callable[[PageOutcome, int], None] | None,
        limit: int | None,
    ) -> None:
        self._announcer = announcer
        self._archivist = archivist
        self._report = report
        self._on_page = on_page
        self._limit = limit
        self._queued: set[PageId] = set()

    async def run(self, work: Work) -> None:
        """Return when all of the work is done, and what it brought."""
        self._lanes = Lanes()
        for source in work.sources:
            self._lanes.add(host_of(source.url), partial(self._ask_source, source))
        for page in work.pages:
            self._queue(page)
        await self._lanes.run()

    def _queue(self, page: Page) -> None:
        if page.id in self._queued:
            return
        if self._limit is not None and len(self._queued) >= self._limit:
            return
        self._queued.add(page.id)
        self._lanes.add(host_of(page.url), partial(self._archive_page, page))

    async def _ask_source(self, source: Source) -> None:
        outcome, waiting = await self._announcer.ask(source)
        if outcome is not None:
            self._report.sources.append(outcome)
        for page in waiting:
            self._queue(page)

    async def _archive_page(self, page: Page) -> None:
        outcome = await self._archivist.archive(page)
        if outcome is None:
            return
        self._report.pages.append(outcome)
        if self._on_page is not None:
            self._on_page(outcome, len(self._queued))
