"""A source is asked, whatever its kind, and what it announces is read: its own document, and for an
index of sitemaps those that it names.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.fetch.client import Accept
from scraper.model import (
    BadFeed,
    Feed,
    NotModified,
    Reason,
    Refused,
    SitemapIndex,
    SourceKind,
    SourceState,
    Validators,
)
from scraper.pipeline.reading import read_source
from scraper.pipeline.sitemaps import SitemapWalk
from scraper.worker.parser import Killed

if TYPE_CHECKING:
    from datetime import datetime

    from scraper.fetch.client import Fetcher
    from scraper.model import FeedEntry, Request, Snapshot, Source
    from scraper.worker.parser import Parser

#: Sitemaps of an index that are asked for at one check. A guess: one for each of some days, and
#: those of news.
_MOST_SITEMAPS = 10
#: A sitemap that could not be read is asked for again so long, though it has not changed since.
_OVERLAP = timedelta(days=7)


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """How asking a source ended; ``reason`` is None where it could be read.

    ``feed`` is None where it could not, and where nothing changed. ``validators`` None keeps the
    old ones. ``is_others``: another process asks a host that the source led to; it was not read.
    """

    feed: Feed | None
    reason: Reason | None = None
    detail: str | None = None
    validators: Validators | None = None
    max_age: timedelta | None = None
    retry_at: datetime | None = None
    requests: tuple[Request, ...] = ()
    is_others: bool = False


async def gather(fetcher: Fetcher, parser: Parser, source: Source, *, max_entries: int) -> Gathered:
    """What the source announces now."""
    accept = Accept.PAGE if source.kind is SourceKind.LISTING else Accept.FEED
    fetched = await fetcher.fetch(source.url, accept=accept, validators=source.validators)
    if isinstance(fetched, Refused):
        return Gathered(
            feed=None,
            reason=fetched.reason,
            detail=fetched.detail,
            retry_at=fetched.retry_at,
            requests=fetched.requests,
            is_others=fetched.is_others,
        )
    if isinstance(fetched, NotModified):
        return Gathered(feed=None, max_age=fetched.max_age, requests=fetched.requests)
    found = await parser.run(read_source, fetched, source.kind, max_entries=max_entries)
    if isinstance(found, SitemapIndex):
        walk = SitemapWalk(
            fetcher,
            parser,
            since=_news_since(source),
            most=_MOST_SITEMAPS,
            max_entries=max_entries,
        )
        return await _gather_below(walk, source, found, fetched, max_entries)
    if isinstance(found, Killed):
        return Gathered(
            feed=None,
            reason=Reason.WORKER_KILLED,
            detail=found.detail,
            requests=fetched.requests,
        )
    if isinstance(found, BadFeed):
        return Gathered(
            feed=None,
            reason=Reason.BAD_FEED,
            detail=found.detail,
            validators=Validators(),
            requests=fetched.requests,
        )
    return Gathered(
        feed=found,
        validators=fetched.validators,
        max_age=fetched.max_age,
        requests=fetched.requests,
    )


def _news_since(source: Source) -> datetime | None:
    """From when on the source's sitemaps have news; None where all of them may have."""
    if source.state is not SourceState.ACTIVE or source.last_check_at is None:
        return None
    return source.last_check_at - _OVERLAP


async def _gather_below(
    walk: SitemapWalk, source: Source, index: SitemapIndex, fetched: Snapshot, max_entries: int
) -> Gathered:
    """What the sitemaps of an index announce; a failure where none of them could be read.

    The index is asked for without conditions the next time: that it has not changed says nothing
    of the sitemaps that it names.
    """
    entries: list[FeedEntry] = []
    async for feed in walk.below(index, asked=(source.url, fetched.final_url)):
        entries.extend(feed.entries[: max_entries - len(entries)])
    gathered = Gathered(
        feed=Feed(title=None, home_url=None, entries=tuple(entries)),
        validators=Validators(),
        max_age=fetched.max_age,
        requests=(*fetched.requests, *walk.requests),
    )
    if entries or not walk.troubles:
        return gathered
    url, reason, detail = walk.troubles[0]
    return replace(gathered, feed=None, reason=reason, detail=f"{url}: {detail}")
