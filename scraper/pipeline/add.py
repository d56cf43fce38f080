"""An address that a person names -> the feed that tells its news."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from scraper.discover.autodiscovery import find_feeds, usual_feed_urls
from scraper.discover.feed import parse_feed
from scraper.fetch.client import Accept, Fetcher
from scraper.model import BadFeed, NotModified, Refused
from scraper.pipeline.hosts import Hosts, site_delay
from scraper.pipeline.ledger import Ledger
from scraper.urls import site_of

if TYPE_CHECKING:
    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.model import Feed, Request, Snapshot
    from scraper.store.archive import Archive

#: So many feeds that a page names are tried; more are sections of the same news.
_MOST_NAMED = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A feed that was read, and the others that its site names."""

    url: str
    name: str
    entries: int
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoFeed:
    """No feed was found at an address, and in ``detail`` why, in words for a person."""

    url: str
    detail: str


def find_feed(
    archive: Archive, config: Config, url: str, *, resolve: Resolve | None = None
) -> NewSource | NoFeed:
    """The feed at this address, else one that the page names, else one in the usual places.

    Each is read before it is believed. The requests are logged, and politeness remembers them.
    """
    return asyncio.run(_find_feed(archive, config, url, resolve))


async def _find_feed(
    archive: Archive, config: Config, url: str, resolve: Resolve | None
) -> NewSource | NoFeed:
    hosts = Hosts(archive)
    ledger = Ledger(archive, hosts)
    requests: list[Request] = []
    delay = partial(site_delay, config.site)
    async with Fetcher(config.fetch, hosts, resolve=resolve, site_delay=delay) as fetcher:
        try:
            return await _Search(fetcher, config, requests).find(url)
        finally:
            with ledger.write() as connection:
                ledger.record(connection, requests)


class _Search:
    """The search for one site's feed."""

    def __init__(self, fetcher: Fetcher, config: Config, requests: list[Request]) -> None:
        self._fetcher = fetcher
        self._most_entries = config.discover.max_entries
        self._requests = requests

    async def find(self, url: str) -> NewSource | NoFeed:
        """The feed at this address, or that leads from it."""
        start = await self._ask(url)
        if isinstance(start, NoFeed):
            return start
        feed = self._parse(start)
        if not isinstance(feed, BadFeed):
            return _found(start, feed)
        named = [found.url for found in find_feeds(start.body, url=start.final_url)]
        usual = [place for place in usual_feed_urls(start.final_url) if place not in named]
        for place in (*named[:_MOST_NAMED], *usual):
            answer = await self._ask(place)
            if isinstance(answer, NoFeed):
                continue
            feed = self._parse(answer)
            if not isinstance(feed, BadFeed):
                others = tuple(other for other in named if other != place)
                return _found(answer, feed, others if place in named else ())
        tried = f"it names {len(named)} feeds that cannot be read" if named else "it names no feed"
        return NoFeed(url=url, detail=f"{tried}, and there is none in the usual places")

    async def _ask(self, url: str) -> Snapshot | NoFeed:
        fetched = await self._fetcher.fetch(url, accept=Accept.FEED)
        self._requests.extend(fetched.requests)
        if isinstance(fetched, Refused):
            return NoFeed(url=url, detail=f"{fetched.reason}: {fetched.detail}")
        if isinstance(fetched, NotModified):
            return NoFeed(url=url, detail="the server answers that nothing changed")
        return fetched

    def _parse(self, snapshot: Snapshot) -> Feed | BadFeed:
        return parse_feed(
            snapshot.body,
            url=snapshot.final_url,
            content_type=snapshot.content_type,
            max_entries=self._most_entries,
        )


def _found(snapshot: Snapshot, feed: Feed, others: tuple[str, ...] = ()) -> NewSource:
    return NewSource(
        url=snapshot.final_url,
        name=feed.title or site_of(snapshot.final_url),
        entries=len(feed.entries),
        others=others,
    )
