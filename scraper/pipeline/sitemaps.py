"""A walk through a site's sitemaps: indexes lead to others, each is asked for once.

Bounded in depth and number, so that indexes that name themselves, or each other, or ten thousand
more, end.
"""

from __future__ import annotations

from collections import deque
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import TYPE_CHECKING

from scraper.discover.sitemap import parse_sitemap
from scraper.fetch.client import Accept
from scraper.model import BadFeed, NotModified, Reason, Refused, SitemapIndex, Validators
from scraper.urls import page_key

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from scraper.fetch.client import Fetcher
    from scraper.model import ChildSitemap, Feed, Request
    from scraper.pipeline.parsing import Parser

#: Indexes inside indexes are followed so deep; the protocol allows none at all.
MOST_DEPTH = 3
#: An index's date may be a day without a zone.
_DAY = timedelta(days=1)
_LONG_AGO = datetime.min.replace(tzinfo=UTC)


class SitemapWalk:
    """The sitemaps behind an address; what went wrong on the way is in ``troubles``.

    Sitemaps that say they have not changed since ``since`` are passed over. ``most`` is how many
    are asked for.
    """

    def __init__(
        self,
        fetcher: Fetcher,
        parser: Parser,
        *,
        since: datetime | None,
        most: int,
        max_entries: int,
    ) -> None:
        self.requests: list[Request] = []
        self.troubles: list[tuple[str, Reason, str]] = []
        self._fetcher = fetcher
        self._parser = parser
        self._since = since
        self._left = most
        self._max_entries = max_entries
        self._seen: set[str] = set()

    async def below(self, index: SitemapIndex, *, asked: Sequence[str]) -> AsyncIterator[Feed]:
        """What the sitemaps of this index announce, the latest first; ``asked`` are known."""
        self._seen.update(page_key(url) for url in asked)
        queue = deque((child, 1) for child in self._in_order(index))
        while queue and self._left:
            child, depth = queue.popleft()
            if page_key(child.url) in self._seen:
                continue
            self._seen.add(page_key(child.url))
            self._left -= 1
            found = await self._read(child.url)
            if isinstance(found, SitemapIndex):
                if depth < MOST_DEPTH:
                    queue.extend((below, depth + 1) for below in self._in_order(found))
            elif found is not None:
                yield found

    async def _read(self, url: str) -> Feed | SitemapIndex | None:
        # RFC 9110, section 13.1.3, lets any date be asked by; servers that compare only for
        # equality send the sitemap once more.
        since = Validators(last_modified=_http_date(self._since)) if self._since else None
        fetched = await self._fetcher.fetch(url, accept=Accept.FEED, validators=since)
        self.requests.extend(fetched.requests)
        if isinstance(fetched, NotModified):
            return None
        if isinstance(fetched, Refused):
            self.troubles.append((url, fetched.reason, fetched.detail))
            return None
        found = await self._parser.run(
            parse_sitemap,
            fetched.body,
            url=fetched.final_url,
            content_type=fetched.content_type,
            max_entries=self._max_entries,
        )
        if isinstance(found, BadFeed):
            self.troubles.append((url, Reason.BAD_FEED, found.detail))
            return None
        return found

    def _in_order(self, index: SitemapIndex) -> list[ChildSitemap]:
        """The sitemaps worth asking for: those of news first, then by their dates."""
        kept = [
            child
            for child in index.children
            if not (self._since and child.updated and child.updated < self._since - _DAY)
        ]
        return sorted(
            kept,
            key=lambda child: ("news" in child.url.lower(), child.updated or _LONG_AGO),
            reverse=True,
        )


def _http_date(moment: datetime) -> str:
    return format_datetime(moment.astimezone(UTC), usegmt=True)
