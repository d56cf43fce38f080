"""What a site published before it was watched: the pages that its sitemaps list, announced as if
its source had. The next run asks for them.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from scraper import clock
from scraper.discover.sitemap import MOST_ADDRESSES, latest_date
from scraper.model import ChildSitemap, SitemapIndex, SourceKind
from scraper.pipeline.add import sitemap_places
from scraper.pipeline.announce import announce
from scraper.pipeline.hosts import open_hosts
from scraper.pipeline.ledger import Ledger
from scraper.pipeline.site_rules import SiteRules, make_fetcher
from scraper.pipeline.sitemaps import SitemapWalk
from scraper.worker.parser import Parser

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.model import Reason, Source
    from scraper.store.archive import Archive

#: Sitemaps asked for at most: one a day for five years. A guess.
_MOST_SITEMAPS = 2_000
#: Pages announced in one transaction, so that other writers wait for a moment only. A guess.
_BATCH = 1_000


@dataclass(slots=True, kw_only=True)
class Backfilled:
    """What a backfill found: sitemaps read, new pages announced, entries without any date left
    out, and what could not be read.
    """

    sitemaps: int = 0
    pages: int = 0
    undated: int = 0
    troubles: list[tuple[str, Reason, str]] = field(default_factory=list)


def backfill(
    archive: Archive,
    config: Config,
    source: Source,
    since: datetime,
    *,
    resolve: Resolve | None = None,
) -> Backfilled:
    """What came of announcing all that the sitemaps of the source's site date ``since`` then.

    What is known already is not announced anew, so that an interrupted backfill may be repeated.
    """
    return asyncio.run(_backfill(archive, config, source, since, resolve))


async def _backfill(
    archive: Archive, config: Config, source: Source, since: datetime, resolve: Resolve | None
) -> Backfilled:
    rules = SiteRules(config.site)
    done = Backfilled()
    with Parser() as parser:
        async with open_hosts(archive) as hosts, make_fetcher(config, hosts, resolve) as fetcher:
            ledger = Ledger(archive, hosts)
            walk = SitemapWalk(
                fetcher, parser, since=since, most=_MOST_SITEMAPS, max_entries=MOST_ADDRESSES
            )
            places: tuple[str, ...] = (source.url,)
            if source.kind is not SourceKind.SITEMAP:
                places = await sitemap_places(fetcher, source.url, walk.requests)
            start = SitemapIndex(children=tuple(ChildSitemap(url=place) for place in places))
            try:
                async for feed in walk.below(start, asked=()):
                    done.sitemaps += 1
                    dated = [(entry, latest_date(entry)) for entry in feed.entries]
                    recent = [entry for entry, moment in dated if moment and moment >= since]
                    done.undated += sum(moment is None for _, moment in dated)
                    for first in range(0, len(recent), _BATCH):
                        batch = recent[first : first + _BATCH]
                        with ledger.write() as connection:
                            new = announce(
                                connection, rules, source.id, batch, clock.now(), of_sitemap=True
                            )
                        done.pages += len(new)
            finally:
                with ledger.write() as connection:
                    ledger.record(connection, walk.requests, source_id=source.id)
    done.troubles = walk.troubles
    return done
