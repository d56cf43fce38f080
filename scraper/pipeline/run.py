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

from scraper import clock
from scraper.pipeline.announce import Announcer
from scraper.pipeline.archiving import Archivist
from scraper.pipeline.hosts import Hosts
from scraper.pipeline.ingest import Ingest
from scraper.pipeline.lanes import Lanes
from scraper.pipeline.ledger import Ledger
from scraper.pipeline.parsing import Parser
from scraper.pipeline.report import RunReport
from scraper.pipeline.site_rules import SiteRules, make_fetcher
from scraper.store import snapshots
from scraper.urls import host_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

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
        rules = SiteRules(config.site)
        with Parser() as parser:
            fetcher = make_fetcher(config, hosts, resolve)
            announcer = Announcer(
                fetcher=fetcher,
                parser=parser,
                ledger=ledger,
                config=config.discover,
                rules=rules,
            )
            archivist = Archivist(
                fetcher=fetcher,
                parser=parser,
                ledger=ledger,
                ingest=Ingest(
                    config.site, config.agencies, follow_sources=config.fetch.follow_attribution
                ),
                config=config.fetch,
                rules=rules,
                keeper=keeper,
            )
            current = _Pass(
                announcer,
                archivist,
                report,
                on_page=on_page,
                limit=limit,
                host_budget=timedelta(minutes=config.fetch.max_host_minutes),
            )
            async with fetcher:
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
        host_budget: timedelta,
    ) -> None:
        self._announcer = announcer
        self._archivist = archivist
        self._report = report
        self._on_page = on_page
        self._limit = limit
        self._host_budget = host_budget
        self._host_began: dict[str, datetime] = {}
        self._queued: set[PageId] = set()

    async def run(self, work: Work) -> None:
        """Return when all of the work is done, and what it brought."""
        self._lanes = Lanes()
        for source in work.sources:
            self._lanes.add(host_of(source.url), partial(self._ask_source, source))
        for page in work.pages:
            self._queue(page)
        await self._lanes.run()

    def _queue(self, page: Page, content: str | None = None) -> None:
        if page.id in self._queued:
            return
        if self._limit is not None and len(self._queued) >= self._limit:
            return
        self._queued.add(page.id)
        self._lanes.add(host_of(page.url), partial(self._archive_page, page, content))

    def _is_over(self, host: str) -> bool:
        """Whether the host's pages have had their share of this pass, which the first begins."""
        now = clock.now()
        return now - self._host_began.setdefault(host, now) > self._host_budget

    async def _ask_source(self, source: Source) -> None:
        outcome, waiting = await self._announcer.ask(source)
        if outcome is not None:
            self._report.sources.append(outcome)
        for announced in waiting:
            self._queue(announced.page, announced.content)

    async def _archive_page(self, page: Page, content: str | None) -> None:
        if self._is_over(host_of(page.url)):
            return  # it is due still: the next pass asks for it
        outcome = await self._archivist.archive(page, content)
        if outcome is None:
            return
        self._report.pages.append(outcome)
        if self._on_page is not None:
            self._on_page(outcome, len(self._queued))
