"""Lists of sources, taken over into the archive: config.toml's, and those of other readers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from scraper.errors import ConfigError
from scraper.model import SourceState
from scraper.store import sources
from scraper.store.sources import BY_COMMAND, BY_CONFIG, DROPPED
from scraper.urls import normalise_url, site_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from scraper.config import Config, SourceConfig
    from scraper.model import FoundFeed, Source
    from scraper.store.archive import Archive


def take_over_sources(archive: Archive, config: Config, now: datetime) -> None:
    """Nothing; the archive watches what config.toml lists, under its names and at its pace.

    A source that disappeared from the config is paused, never deleted; one that came back is
    resumed, unless a person had paused it. Where all agrees already, nothing is written. Raises
    ConfigError for an address that is none.
    """
    wanted = {_address(number, listed): listed for number, listed in enumerate(config.source)}
    with archive.read() as connection:
        known = {source.url: source for source in sources.list_sources(connection)}
    dropped = [
        source
        for source in known.values()
        if source.origin == BY_CONFIG
        and source.url not in wanted
        and source.state is not SourceState.PAUSED
    ]
    changed = {
        url: listed
        for url, listed in wanted.items()
        if url not in known or not _agrees(known[url], listed)
    }
    if not dropped and not changed:
        return
    with archive.write() as connection:
        for source in dropped:
            sources.change_source(connection, source, origin=DROPPED)
            sources.pause_source(connection, source.id)
        for url, listed in changed.items():
            if url in known:
                sources.change_source(
                    connection,
                    known[url],
                    name=listed.name,
                    kind=listed.kind,
                    every_minutes=listed.every_minutes,
                    origin=BY_CONFIG,
                )
                if known[url].origin == DROPPED:
                    sources.resume_source(connection, known[url].id, now)
            else:
                sources.add_source(
                    connection,
                    url=url,
                    name=listed.name or site_of(url),
                    kind=listed.kind,
                    every_minutes=listed.every_minutes,
                    origin=BY_CONFIG,
                    now=now,
                )


def add_listed_feeds(
    archive: Archive, feeds: Iterable[FoundFeed], now: datetime
) -> tuple[list[Source], int]:
    """The sources that these feeds became, and how many of them were watched already.

    None of them is asked; the next run does that, and tells which cannot be read.
    """
    added = []
    known = 0
    with archive.write() as connection:
        for feed in feeds:
            source = sources.add_source(
                connection,
                url=feed.url,
                name=feed.title or site_of(feed.url),
                every_minutes=None,
                origin=BY_COMMAND,
                now=now,
            )
            if source is None:
                known += 1
            else:
                added.append(source)
    return added, known


def _address(number: int, listed: SourceConfig) -> str:
    url = normalise_url(listed.url)
    if url is None:
        problem = f"{listed.url!r} is no web address: write one like https://example.org/feed.xml"
        raise ConfigError(Path("config.toml"), f"source[{number}].url", problem)
    return url


def _agrees(known: Source, listed: SourceConfig) -> bool:
    return (
        known.origin == BY_CONFIG
        and listed.kind is known.kind
        and (listed.name is None or sources.is_called(known, listed.name))
        and listed.every_minutes in {None, known.every_minutes}
    )
