"""One pass over what is due: sources are asked for news, pages are archived.

    for each due source:            ask it, announce its entries as pages
    for each page due or announced: ask for it, extract the article, file it
    many hosts at a time, one thing at a time for each host, one writer

A source or page that fails never stops the pass.
"""

from __future__ import annotations

import asyncio
import logging
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from scraper import clock
from scraper.pipeline.announce import Announcer
from scraper.pipeline.archiving import Archivist
from scraper.pipeline.hosts import open_hosts
from scraper.pipeline.ingest import Ingest
from scraper.pipeline.lanes import Lanes
from scraper.pipeline.ledger import Ledger
from scraper.pipeline.report import RunReport
from scraper.pipeline.site_rules import SiteRules, make_fetcher
from scraper.store import snapshots
from scraper.urls import host_of
from scraper.worker.limits import MIN_WORKERS
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.model import Page, PageId, Source
    from scraper.pipeline.report import PageOutcome
    from scraper.pipeline.work import Work
    from scraper.store.archive import Archive

logger = logging.getLogger(__name__)


def run_pass(
    archive: Archive,
    config: Config,
    work: Work,
    *,
    command: str = "run",
    resolve: Resolve | None = None,
    on_page: Callable[[PageOutcome, int], None] | None = None,
    limit: int | None = None,
    workers: int = MIN_WORKERS,
) -> RunReport:
    """As ``pass_over``, in an event loop of its own."""
    return asyncio.run(
        pass_over(
            archive,
            config,
            work,
            command=command,
            resolve=resolve,
            on_page=on_page,
            limit=limit,
            workers=workers,
        )
    )


async def pass_over(
    archive: Archive,
    config: Config,
    work: Work,
    *,
    command: str = "run",
    resolve: Resolve | None = None,
    on_page: Callable[[PageOutcome, int], None] | None = None,
    limit: int | None = None,
    workers: int = MIN_WORKERS,
    stop: asyncio.Event | None = None,
) -> RunReport:
    """What the pass over this work did; what is finished is kept, also when it is interrupted.

    ``on_page`` is called after each page with its outcome and the number of pages known by then.
    ``limit`` is the most pages that are asked for, ``workers`` how many processes parse what comes.
    Once ``stop`` is set, what is being asked for comes to its end, and nothing more is asked for.
    """
    logger.info("a pass over %d sources and %d pages", len(work.sources), len(work.pages))
    async with open_hosts(archive) as hosts:
        ledger = Ledger(archive, hosts)
        report = RunReport()
        run_id = ledger.begin(command)
        keeper = snapshots.SnapshotKeeper(archive, run_id) if config.archive.snapshots else None
        try:
            rules = SiteRules(config.site)
            with Parser(workers) as parser:
                fetcher = make_fetcher(config, hosts, resolve, until_room=parser.until_room)
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
                    lanes=Lanes(
                        hosts,
                        room=lambda begun: config.fetch.concurrent_hosts - begun + fetcher.resting,
                        stop=stop,
                    ),
                    on_page=on_page,
                    limit=limit,
                    host_budget=timedelta(minutes=config.fetch.max_host_minutes),
                )
                async with fetcher:
                    await current.run(work)
        finally:
            report.wire_bytes = ledger.wire_bytes
            counts = report.counts()
            ledger.finish(counts, keep_requests=timedelta(days=config.archive.keep_requests_days))
            logger.info("the pass ended: %s", counts)
    return report


class _Pass:
    """The queue of one pass: sources bring pages, and each is asked for in its host's lane."""

    def __init__(
        self,
        announcer: Announcer,
        archivist: Archivist,
        report: RunReport,
        *,
        lanes: Lanes,
        on_page: Callable[[PageOutcome, int], None] | None,
        limit: int | None,
        host_budget: timedelta,
    ) -> None:
        self._announcer = announcer
        self._archivist = archivist
        self._report = report
        self._lanes = lanes
        self._on_page = on_page
        self._limit = limit
        self._host_budget = host_budget
        #: When a host's first source, or page, was asked for: each has a share of its own, so that
        #: neither many sources nor many pages keep the others of the host waiting for ever.
        self._began: dict[tuple[str, str], datetime] = {}
        self._queued: set[PageId] = set()

    async def run(self, work: Work) -> None:
        """Return when all of the work is done, and what it brought; or when it was stopped."""
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

    def _is_over(self, url: str, what: str) -> bool:
        """Whether the host's sources, or pages, have had their share of this pass, which the first
        of them begins.
        """
        now = clock.now()
        return now - self._began.setdefault((host_of(url), what), now) > self._host_budget

    async def _ask_source(self, source: Source) -> None:
        if self._is_over(source.url, "sources"):
            return  # likewise
        outcome, waiting = await self._announcer.ask(source)
        if outcome is not None:
            self._report.sources.append(outcome)
            trouble = f"{outcome.reason}: {outcome.detail}" if outcome.reason else "read"
            logger.info("source %s: %s, %d pages to ask for", source.name, trouble, len(waiting))
        for page in waiting:
            self._queue(page)

    async def _archive_page(self, page: Page) -> None:
        if self._is_over(page.url, "pages"):
            return  # it is due still: the next pass asks for it
        outcome = await self._archivist.archive(page)
        if outcome is None:
            return
        self._report.pages.append(outcome)
        logger.info("page %s: %s", outcome.url, outcome.reason or outcome.filed or outcome.state)
        if self._on_page is not None:
            self._on_page(outcome, len(self._queued))
