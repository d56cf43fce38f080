"""The demo: the small news world served on loopback and archived twice, some days apart."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from scraper import clock
from scraper.config import Config, DiscoverConfig, FetchConfig, example_text
from scraper.demo.server import serve_world
from scraper.match.version import FINGERPRINT_VERSION
from scraper.pipeline.add import NewSource, find_source
from scraper.pipeline.run import run_pass
from scraper.pipeline.work import find_work
from scraper.store import sources
from scraper.store.archive import create_archive

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from scraper.demo.server import RunningWorld
    from scraper.pipeline.report import PageOutcome, RunReport
    from scraper.store.archive import Archive

#: The world's robots.txt asks for 0.05 s between requests; nothing here is anybody's server.
_DELAY_SECONDS = 0.05


@dataclass(frozen=True, slots=True, kw_only=True)
class Tour:
    """A tour's archive, and what its two passes did."""

    archive: Path
    sources: int
    first: RunReport
    second: RunReport


def take_tour(folder: Path, *, on_page: Callable[[PageOutcome, int], None] | None = None) -> Tour:
    """The tour; ``folder`` holds config.toml and archive.db afterwards, to look around in.

    Sites are added by their front pages, so that their feeds are found as a person would have them
    found. The sites' names exist in this process alone.
    """
    (folder / "config.toml").write_text(example_text(), encoding="utf-8")
    path = folder / "archive.db"
    with (
        serve_world(names=True) as world,
        create_archive(path, fingerprint_version=FINGERPRINT_VERSION, now=clock.now()) as archive,
    ):
        config = Config(
            fetch=FetchConfig(
                min_delay_seconds=_DELAY_SECONDS, allow_addresses=world.allow_addresses
            ),
            discover=DiscoverConfig(),
        )
        added = _add_sites(archive, config, world)
        passes = []
        for _ in range(2):
            work = find_work(archive, clock.now(), everything=True)
            passes.append(run_pass(archive, config, work, resolve=world.resolve, on_page=on_page))
            world.advance()
        first, second = passes
        return Tour(archive=path, sources=added, first=first, second=second)


def _add_sites(archive: Archive, config: Config, world: RunningWorld) -> int:
    """How many sites' feeds were found and added."""
    added = 0
    for home_page in world.home_pages:
        found = find_source(archive, config, home_page, resolve=world.resolve)
        if isinstance(found, NewSource):
            with archive.write() as connection:
                sources.add_source(
                    connection,
                    url=found.url,
                    name=found.name,
                    every_minutes=None,
                    origin=sources.BY_COMMAND,
                    now=clock.now(),
                )
            added += 1
    return added
