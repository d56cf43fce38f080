"""Two writers that store two copies of a story at the same moment, on either engine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import Article, PageState
from scraper.pipeline.ingest import Ingest, Place, prepare
from scraper.store import pages, schema
from scraper.store.archive import open_archive
from scraper.store.check import check_archive
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.store.archive import Archive, Where

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
#: Without the writers' lock the first race already fails on PostgreSQL: a few are enough.
RACES = 12


def file_when_told(where: Where, start: threading.Barrier, text: str, url: str) -> None:
    """Nothing; the text is filed by a writer of its own, who waits for the others to be ready."""
    ready = prepare(Article(url=url, title="A headline about the harbour", text=text))
    with open_archive(where) as archive:
        start.wait()
        with archive.write() as connection:
            page_id = pages.add_page(
                connection,
                url=url,
                key=page_key(url),
                site=site_of(url),
                state=PageState.ARCHIVED,
                next_attempt_at=None,
                now=NOW,
            )
            Ingest({}).file(connection, ready, Place(page_id=page_id, site=site_of(url)), NOW)


def test_two_copies_at_one_moment_are_one_story(
    archive: Archive, write_text: Callable[..., str]
) -> None:
    """Each writer finds the other's text, or is found by it, however close they are."""
    start = threading.Barrier(2)
    with ThreadPoolExecutor(2) as writers:
        for race in range(RACES):
            text = write_text(race)
            list(
                writers.map(
                    lambda host, text=text, race=race: file_when_told(
                        archive.location, start, text, f"https://{host}.example/{race}"
                    ),
                    "ab",
                )
            )
    with archive.read() as connection:
        told = connection.execute(sa.select(schema.story.c.member_count)).scalars().all()
    assert told == [2] * RACES
    assert check_archive(archive) == ()
