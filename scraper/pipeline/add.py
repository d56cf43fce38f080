"""An address that a person names -> a source: the feed, sitemap or listing that tells its news."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from scraper.discover.autodiscovery import usual_feed_urls, usual_sitemap_urls
from scraper.fetch.client import Accept
from scraper.model import (
    BadFeed,
    NotModified,
    Refused,
    SitemapIndex,
    SourceKind,
)
from scraper.pipeline.hosts import open_hosts
from scraper.pipeline.ledger import Ledger
from scraper.pipeline.reading import read_named_feeds, read_source
from scraper.pipeline.site_rules import make_fetcher
from scraper.urls import normalise_url, site_of
from scraper.worker.parser import Killed, Parser

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.config import Config
    from scraper.fetch.backend import Resolve
    from scraper.fetch.client import Fetcher
    from scraper.model import Feed, Request, Snapshot
    from scraper.store.archive import Archive

#: So many feeds that a page names are tried; more are sections of the same news.
_MOST_NAMED = 5
#: Likewise of sitemaps that robots.txt names.
_MOST_SITEMAPS = 5
#: A page that links to so many articles is a listing. A guess: articles link to a few others.
_LISTED_LEAST = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSource:
    """A source that was read, and the other feeds that its site names.

    ``entries`` is how much it announces now: pages, or sitemaps where ``is_index``.
    """

    url: str
    name: str
    kind: SourceKind
    entries: int
    is_index: bool = False
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class NoSource:
    """No source was found at an address, and in ``detail`` why, in words for a person."""

    url: str
    detail: str


def find_source(
    archive: Archive,
    config: Config,
    url: str,
    *,
    kind: SourceKind | None = None,
    resolve: Resolve | None = None,
) -> NewSource | NoSource:
    """The source at this address, else the best that its site has: a feed that the page names, one
    in the usual places, a sitemap, in the end the page itself where it lists articles.

    Only what is of this ``kind``, where one is given. Each is read before it is believed. The
    requests are logged, and politeness remembers them.
    """
    return asyncio.run(_find_source(archive, config, url, kind, resolve))


async def _find_source(
    archive: Archive,
    config: Config,
    url: str,
    kind: SourceKind | None,
    resolve: Resolve | None,
) -> NewSource | NoSource:
    requests: list[Request] = []
    async with open_hosts(archive) as hosts, make_fetcher(config, hosts, resolve) as fetcher:
        ledger = Ledger(archive, hosts)
        kinds = tuple(SourceKind) if kind is None else (kind,)
        try:
            with Parser() as parser:
                return await _Search(fetcher, parser, config, requests, kinds).find(url)
        finally:
            with ledger.write() as connection:
                ledger.record(connection, requests)


class _Search:
    """The search for one site's source."""

    def __init__(
        self,
        fetcher: Fetcher,
        parser: Parser,
        config: Config,
        requests: list[Request],
        kinds: tuple[SourceKind, ...],
    ) -> None:
        self._fetcher = fetcher
        self._parser = parser
        self._most_entries = config.discover.max_entries
        self._requests = requests
        self._kinds = kinds

    async def find(self, url: str) -> NewSource | NoSource:
        """The source at this address, or that leads from it."""
        start = await self._ask(url)
        if isinstance(start, NoSource):
            return start
        for kind in (SourceKind.FEED, SourceKind.SITEMAP):
            if kind in self._kinds and (found := await self._read(start, kind)):
                return found
        read = await self._parser.run(read_named_feeds, start)
        named = [] if isinstance(read, Killed) else list(read)
        if SourceKind.FEED in self._kinds and (found := await self._find_feed(start, named)):
            return found
        if SourceKind.SITEMAP in self._kinds and (found := await self._find_sitemap(start)):
            return found
        if SourceKind.LISTING in self._kinds and (found := await self._read_listing(start)):
            return found
        tried = f"it names {len(named)} feeds that cannot be read" if named else "it names no feed"
        sought = {
            SourceKind.FEED: f"{tried}, and there is none in the usual places",
            SourceKind.SITEMAP: "its site has no sitemap in the usual places",
            SourceKind.LISTING: "it does not link to articles",
        }
        return NoSource(url=url, detail="; ".join(sought[kind] for kind in self._kinds))

    async def _find_feed(self, start: Snapshot, named: list[str]) -> NewSource | None:
        usual = [place for place in usual_feed_urls(start.final_url) if place not in named]
        found = await self._first(SourceKind.FEED, (*named[:_MOST_NAMED], *usual))
        if found is None:
            return None
        place, source = found
        others = tuple(other for other in named if other != place) if place in named else ()
        return replace(source, others=others)

    async def _find_sitemap(self, start: Snapshot) -> NewSource | None:
        places = await sitemap_places(self._fetcher, start.final_url, self._requests)
        found = await self._first(SourceKind.SITEMAP, places)
        return found[1] if found else None

    async def _first(self, kind: SourceKind, places: Iterable[str]) -> tuple[str, NewSource] | None:
        """The first of these places at which there is a source of this kind, and the source."""
        for place in places:
            answer = await self._ask(place)
            if isinstance(answer, NoSource):
                continue
            if found := await self._read(answer, kind):
                return place, found
        return None

    async def _ask(self, url: str) -> Snapshot | NoSource:
        fetched = await self._fetcher.fetch(url, accept=Accept.FEED)
        self._requests.extend(fetched.requests)
        if isinstance(fetched, Refused):
            if fetched.is_others:
                return NoSource(url=url, detail=f"{fetched.detail}: try again in a minute")
            return NoSource(url=url, detail=f"{fetched.reason}: {fetched.detail}")
        if isinstance(fetched, NotModified):
            return NoSource(url=url, detail="the server answers that nothing changed")
        return fetched

    async def _read(self, snapshot: Snapshot, kind: SourceKind) -> NewSource | None:
        read = await self._parser.run(read_source, snapshot, kind, max_entries=self._most_entries)
        return None if isinstance(read, (BadFeed, Killed)) else _found(snapshot, read, kind)

    async def _read_listing(self, start: Snapshot) -> NewSource | None:
        found = await self._read(start, SourceKind.LISTING)
        least = 1 if self._kinds == (SourceKind.LISTING,) else _LISTED_LEAST
        return found if found and found.entries >= least else None


async def sitemap_places(fetcher: Fetcher, url: str, requests: list[Request]) -> tuple[str, ...]:
    """Where the sitemaps of this normalised URL's site may be: those that its robots.txt names,
    those of news first, then the usual places. What had to be asked is added to ``requests``.
    """
    written = await fetcher.sitemaps(url, requests)
    named = [place for text in written if (place := normalise_url(text, url))]
    named.sort(key=lambda place: "news" not in place.lower())
    return tuple(dict.fromkeys((*named[:_MOST_SITEMAPS], *usual_sitemap_urls(url))))


def _found(snapshot: Snapshot, read: Feed | SitemapIndex, kind: SourceKind) -> NewSource:
    site = site_of(snapshot.final_url)
    if isinstance(read, SitemapIndex):
        return NewSource(
            url=snapshot.final_url, name=site, kind=kind, entries=len(read.children), is_index=True
        )
    return NewSource(
        url=snapshot.final_url, name=read.title or site, kind=kind, entries=len(read.entries)
    )
