"""What a pass is to do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import (
    GIVE_UP_AFTER,
    FeedEntry,
    PageId,
    PageState,
    Reason,
    SourceId,
    SourceState,
)
from scraper.pipeline.work import Work, find_pages, find_work
from scraper.store import pages, schema, sources
from scraper.urls import page_key

if TYPE_CHECKING:
    from scraper.store.archive import Archive

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)
LATER = NOW + timedelta(hours=1)


def add_source(
    archive: Archive,
    name: str,
    *,
    state: SourceState = SourceState.ACTIVE,
    failures: int = 0,
    due: datetime = NOW,
) -> SourceId:
    """The id of a source in this state."""
    with archive.write() as connection:
        added = sources.add_source(
            connection,
            url=f"https://{name}.example/feed",
            name=name,
            every_minutes=None,
            origin=sources.BY_COMMAND,
            now=NOW,
        )
        assert added is not None
        sources.record_check(
            connection,
            added.id,
            state=state,
            validators=None,
            failures=failures,
            reason=Reason.TIMEOUT if failures else None,
            detail=None,
            checked_at=NOW,
            next_check_at=due,
        )
    return added.id


def add_page(
    archive: Archive,
    url: str,
    *,
    state: PageState = PageState.ANNOUNCED,
    due: datetime | None = NOW,
    by: SourceId | None = None,
) -> PageId:
    """The id of a page in this state, announced by the source."""
    with archive.write() as connection:
        page_id = pages.add_page(
            connection,
            url=url,
            key=page_key(url),
            site="example.org",
            state=state,
            next_attempt_at=due,
            now=NOW,
        )
        if by is not None:
            pages.announce_entry(connection, by, page_id, FeedEntry(url=url), NOW)
    return page_id


def names_of(work: Work) -> list[str]:
    """The names of the sources to ask."""
    return [source.name for source in work.sources]


def paths_of(work: Work) -> list[str]:
    """The paths of the pages to ask for."""
    return [page.url.rpartition("/")[2] for page in work.pages]


@pytest.fixture
def busy(archive: Archive) -> Archive:
    """An archive with sources and pages in every state, half of them due."""
    due = add_source(archive, "due")
    late = add_source(archive, "late", due=LATER)
    add_source(archive, "failing", state=SourceState.FAILING, failures=2, due=LATER)
    add_source(archive, "given up", state=SourceState.PAUSED, failures=GIVE_UP_AFTER)
    paused = add_source(archive, "paused")
    with archive.write() as connection:
        sources.pause_source(connection, paused)
    add_page(archive, "https://a.example/new", by=due)
    add_page(archive, "https://a.example/again", state=PageState.FAILING, due=LATER, by=late)
    add_page(archive, "https://a.example/revisit", state=PageState.ARCHIVED, due=LATER, by=due)
    add_page(archive, "https://a.example/revisit-now", state=PageState.ARCHIVED, by=late)
    add_page(archive, "https://a.example/gone", state=PageState.GONE, due=None, by=due)
    return archive


def test_nothing_is_due_in_an_empty_archive(archive: Archive) -> None:
    """There is no work, also where all of it is asked for."""
    assert not find_work(archive, NOW).is_any
    assert find_work(archive, NOW, everything=True) == Work()


def test_what_is_due_is_done(busy: Archive) -> None:
    """Sources and pages whose moment has come, and no paused ones."""
    work = find_work(busy, NOW)
    assert (names_of(work), paths_of(work)) == (["due"], ["new", "revisit-now"])
    assert work.is_any
    work = find_work(busy, LATER)
    assert names_of(work) == ["due", "late", "failing"]
    assert paths_of(work) == ["new", "again", "revisit", "revisit-now"]


def test_everything_is_every_source_but_those_a_person_paused(busy: Archive) -> None:
    """Given up ones are tried again; pages that await an article are, but revisits wait."""
    work = find_work(busy, NOW, everything=True)
    assert sorted(names_of(work)) == ["due", "failing", "given up", "late"]
    assert paths_of(work) == ["new", "again", "revisit-now"]


@pytest.mark.parametrize(
    ("name", "paths"), [("due", ["new"]), ("late", ["again", "revisit-now"]), ("paused", [])]
)
def test_a_named_source_is_asked_due_or_not(busy: Archive, name: str, paths: list[str]) -> None:
    """With the pages that it announced, and no others."""
    work = find_work(busy, NOW, source_name=name)
    assert (names_of(work), paths_of(work)) == ([name], paths)


@pytest.mark.parametrize("name", ["no such source", ""])
def test_an_unknown_source_is_no_work(busy: Archive, name: str) -> None:
    """A slip of the pen does not set off a pass over everything."""
    assert find_work(busy, NOW, source_name=name) == Work()


def test_a_page_of_work_alone_is_work(archive: Archive) -> None:
    """No source need be due for a page to be."""
    add_page(archive, "https://a.example/new")
    assert find_work(archive, NOW).is_any


# --- pages that a person names --------------------------------------------------------------------


def test_a_new_address_becomes_a_page(archive: Archive) -> None:
    """It is announced from now on, so that a run goes on with it where this one is broken off."""
    work = find_pages(archive, ["https://www.example.org/a"], NOW)
    assert not work.sources
    (page,) = work.pages
    assert (page.url, page.site, page.state) == (
        "https://www.example.org/a",
        "example.org",
        PageState.ANNOUNCED,
    )
    assert find_work(archive, NOW).pages == (page,)


@pytest.mark.parametrize("state", PageState)
def test_a_known_page_is_asked_for_whatever_became_of_it(
    archive: Archive, state: PageState
) -> None:
    """Its tries are counted anew; nothing is written of it until it was asked for."""
    page_id = add_page(archive, "https://a.example/x", state=state, due=None)
    with archive.write() as connection:
        connection.execute(schema.page.update().values(attempts=3))
    (page,) = find_pages(archive, ["https://a.example/x?utm_source=mail"], NOW).pages
    assert (page.id, page.state, page.attempts) == (page_id, state, 0)
    with archive.read() as connection:
        assert connection.execute(sa.select(schema.page.c.attempts)).scalars().all() == [3]


def test_two_addresses_of_one_page_are_one_page(archive: Archive) -> None:
    """The second is found by the key that the first left."""
    work = find_pages(archive, ["https://a.example/x", "http://www.a.example/x?fbclid=1"], NOW)
    assert len({page.id for page in work.pages}) == 1
