"""A source that a story names and that is not held is asked for at the next pass, and only once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import (
    Article,
    Attribution,
    CanonicalRule,
    Evidence,
    PageState,
    Reason,
)
from scraper.pipeline.ingest import Ingest, Place, prepare
from scraper.pipeline.work import find_work
from scraper.store import pages, schema
from scraper.urls import page_key, site_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from scraper.model import PageId
    from scraper.store.archive import Archive

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
SOURCE = "https://wire.example/world/ferry-7"


class Desk:
    """Files articles as a pass does, each on a page of its own."""

    def __init__(self, archive: Archive, ingest: Ingest) -> None:
        self.archive = archive
        self.ingest = ingest
        self.now = NOW

    def file(self, url: str, text: str, *named: Attribution, hours: float = 0) -> None:
        """Nothing; the article is archived, and names these sources."""
        content = Article(
            url=url,
            title="A ferry that is late",
            text=text,
            published=NOW - timedelta(hours=9 - hours),
            attributions=named,
        )
        with self.archive.write() as connection:
            page = pages.find_page(connection, page_key(url))
            page_id = page.id if page else self.add_page(connection, url)
            place = Place(page_id=page_id, site=site_of(url))
            self.ingest.file(connection, prepare(content), place, self.now)

    def add_page(self, connection: sa.Connection, url: str) -> PageId:
        """The id of the archived page at this address."""
        return pages.add_page(
            connection,
            url=url,
            key=page_key(url),
            site=site_of(url),
            state=PageState.ARCHIVED,
            next_attempt_at=None,
            now=self.now,
        )

    def waiting(self) -> list[str]:
        """The addresses that the next pass asks for."""
        work = find_work(self.archive, self.now + timedelta(minutes=1))
        return [page.url for page in work.pages]


@pytest.fixture
def desk(archive: Archive) -> Desk:
    """A desk that follows sources."""
    return Desk(archive, Ingest({}, follow_sources=True))


def source(url: str = SOURCE) -> Attribution:
    """A link to the source in the closing lines."""
    return Attribution(evidence=Evidence.SOURCE_LINK, url=url)


def test_a_named_source_is_queued(desk: Desk, write_text: Callable[..., str]) -> None:
    """As an announced page that is due at once."""
    desk.file("https://copy.example/a", write_text(1), source())
    assert desk.waiting() == [SOURCE]
    with desk.archive.read() as connection:
        page = pages.find_page(connection, page_key(SOURCE))
    assert page is not None
    assert page.state is PageState.ANNOUNCED


def test_nothing_is_queued_unless_asked_for(
    archive: Archive, write_text: Callable[..., str]
) -> None:
    """By default a name is only shown."""
    desk = Desk(archive, Ingest({}))
    desk.file("https://copy.example/a", write_text(1), source())
    assert desk.waiting() == []


def test_a_source_named_by_many_is_queued_once(desk: Desk, write_text: Callable[..., str]) -> None:
    """Also by another rendering of its address."""
    desk.file("https://copy.example/a", write_text(1), source())
    desk.file("https://other.example/a", write_text(1), source(f"{SOURCE}?utm_source=x"))
    desk.file(
        "https://third.example/b", write_text(2), source("http://www.wire.example/world/ferry-7")
    )
    assert desk.waiting() == [SOURCE]


@pytest.mark.parametrize("state", [PageState.REFUSED, PageState.GONE, PageState.FORGOTTEN])
def test_a_source_that_was_refused_is_not_queued_again(
    state: PageState, desk: Desk, write_text: Callable[..., str]
) -> None:
    """Nor one that is gone, nor one that a person had forgotten."""
    desk.file("https://copy.example/a", write_text(1), source())
    with desk.archive.write() as connection:
        page = pages.find_page(connection, page_key(SOURCE))
        assert page is not None
        pages.record_outcome(
            connection,
            page.id,
            state=state,
            reason=Reason.ROBOTS,
            next_attempt_at=None,
            fetched_at=NOW,
        )
    desk.file("https://other.example/a", write_text(1), source())
    desk.file("https://copy.example/a", write_text(1) + "\n\nAnd one line more.", source())
    assert desk.waiting() == []


def test_a_source_that_redirects_to_a_held_page_is_not_queued_again(
    desk: Desk, write_text: Callable[..., str]
) -> None:
    """Once it was followed, its address leads to the page that is held."""
    held = "https://wire.example/new/ferry"
    desk.file(held, write_text(7))
    desk.file("https://copy.example/a", write_text(1), source())
    with desk.archive.write() as connection:
        page = pages.find_page(connection, page_key(SOURCE))
        assert page is not None
        keys = [page_key(SOURCE), page_key(held)]
        desk.ingest.joiner.join_pages(connection, page.id, keys, NOW)
    desk.file("https://third.example/a", write_text(3), source())
    assert desk.waiting() == []


def test_a_source_that_is_held_is_not_queued(desk: Desk, write_text: Callable[..., str]) -> None:
    """Whatever story it is in."""
    desk.file(SOURCE, write_text(7))
    desk.file("https://copy.example/a", write_text(1), source())
    assert desk.waiting() == []


def test_a_configured_agency_is_the_canonical_of_those_that_credit_it(
    archive: Archive, write_text: Callable[..., str]
) -> None:
    """From the config to the story: without the setting the earliest copy would be canonical."""
    desk = Desk(archive, Ingest({}, {"The Wire": "www.wire.example"}))
    credit = Attribution(evidence=Evidence.CREDIT_LINE, name="the wire", quote="(The Wire)")
    desk.file(SOURCE, write_text(1), hours=1)
    desk.file("https://early.example/a", write_text(1), hours=0)
    desk.file("https://copy.example/a", write_text(1), credit, hours=2)
    with archive.read() as connection:
        (told,) = connection.execute(sa.select(schema.story)).all()
    assert (told.canonical_id, told.canonical_rule) == (1, CanonicalRule.NAMED_SOURCE)
    assert told.canonical_reason == "named as the source by one other site: copy.example"
