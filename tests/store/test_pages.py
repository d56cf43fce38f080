"""Pages: announced, due, asked for, and found to be one."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.model import FeedEntry, PageId, PageState, Reason, Request, SourceId, Validators
from scraper.store import pages, schema, sources
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from scraper.model import Page
    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

URL = "https://example.org/1"


def hours(number: float) -> datetime:
    """So many hours after the archive began."""
    return BEGIN + timedelta(hours=number)


def add(
    connection: sa.Connection,
    key: str = "example.org/1",
    *,
    state: PageState = PageState.ANNOUNCED,
    due: datetime | None = BEGIN,
) -> PageId:
    """The id of a new page with this key."""
    return pages.add_page(
        connection,
        url=f"https://{key}",
        key=key,
        site="example.org",
        state=state,
        next_attempt_at=due,
        now=BEGIN,
    )


def add_source(connection: sa.Connection, name: str = "Example") -> SourceId:
    """The id of a new source."""
    added = sources.add_source(
        connection,
        url=f"https://{name}.example/feed",
        name=name,
        every_minutes=None,
        origin=sources.BY_COMMAND,
        now=BEGIN,
    )
    assert added is not None
    return added.id


def announce(
    connection: sa.Connection,
    source: SourceId,
    page: PageId,
    *,
    title: str | None = None,
    updated: datetime | None = None,
    published: datetime | None = None,
) -> bool:
    """Whether announcing the page so says that it changed."""
    entry = FeedEntry(url=URL, title=title, published=published, updated=updated)
    return pages.announce_entry(connection, source, page, entry, BEGIN)


# --- finding --------------------------------------------------------------------------------------


def test_a_new_page_is_found_by_its_key(archive: Archive) -> None:
    """It was announced, never asked for, and another key leads nowhere."""
    with archive.write() as connection:
        page_id = add(connection)
        found = pages.find_page(connection, "example.org/1")
        assert found == pages.load_page(connection, page_id)
        assert pages.find_page(connection, "example.org/2") is None
    assert found is not None
    assert (found.url, found.state, found.attempts) == (URL, PageState.ANNOUNCED, 0)
    assert (found.announced_at, found.fetched_at, found.validators) == (BEGIN, None, Validators())


def test_a_key_leads_to_one_page(archive: Archive) -> None:
    """A second page under the same key is refused."""
    with archive.write() as connection:
        add(connection)
    with pytest.raises(sa.exc.IntegrityError), archive.write() as connection:
        add(connection)


# --- announcements --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "then", "changed"),
    [
        ({"updated": hours(1)}, {"updated": hours(1)}, False),
        ({"updated": hours(1)}, {"updated": hours(2)}, True),
        ({"updated": hours(2)}, {"updated": hours(1)}, False),
        ({"updated": hours(1)}, {}, False),
        ({}, {}, False),
        ({}, {"updated": hours(1)}, True),
        ({"published": hours(1)}, {"published": hours(2)}, True),
        ({"published": hours(1)}, {"published": hours(1), "updated": hours(2)}, True),
    ],
)
def test_a_newer_date_says_that_a_page_changed(
    archive: Archive, first: dict[str, Any], then: dict[str, Any], *, changed: bool
) -> None:
    """The first announcement is no change; RSS says it by a new publication date."""
    with archive.write() as connection:
        source, page = add_source(connection), add(connection)
        assert announce(connection, source, page, **first) is False
        assert announce(connection, source, page, **then) is changed


def test_a_fraction_of_a_second_is_no_change(archive: Archive) -> None:
    """The archive keeps whole seconds, and compares no more of what it is told again."""
    updated = BEGIN.replace(microsecond=123_456)
    with archive.write() as connection:
        source, page = add_source(connection), add(connection)
        announce(connection, source, page, updated=updated)
        assert announce(connection, source, page, updated=updated) is False


def test_one_page_announced_by_two_addresses_settles(archive: Archive) -> None:
    """Two dates in one feed say once that the page changed, not at every reading."""
    with archive.write() as connection:
        source, page = add_source(connection), add(connection)
        said = [
            announce(connection, source, page, updated=hours(hour)) for hour in (1, 2, 1, 2, 1, 2)
        ]
    assert said == [False, True, False, False, False, False]


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(dates=st.lists(st.none() | st.integers(0, 5), max_size=8))
def test_the_same_dates_again_are_never_a_change(archive: Archive, dates: list[int | None]) -> None:
    """Whatever a feed announced, announcing all of it again asks for nothing."""
    with archive.write() as connection:
        connection.execute(schema.feed_entry.delete())
        connection.execute(schema.page_key.delete())
        connection.execute(schema.source.delete())
        source, page = add_source(connection), add(connection)
        updates = [None if hour is None else hours(hour) for hour in dates]
        for updated in updates:
            announce(connection, source, page, updated=updated)
        again = [announce(connection, source, page, updated=updated) for updated in updates]
        assert not any(again)


def test_two_sources_announce_a_page_each_for_itself(archive: Archive) -> None:
    """What one said is not held against the other; the first's words are what is known."""
    with archive.write() as connection:
        page = add(connection)
        first, second = add_source(connection, "first"), add_source(connection, "second")
        announce(connection, first, page, title="Once", updated=hours(2))
        assert announce(connection, second, page, title="Twice", updated=hours(3)) is False
        assert announce(connection, second, page, title="Twice", updated=hours(4)) is True
        known = pages.load_announcement(connection, page)
        assert known == FeedEntry(url=URL, title="Once", updated=hours(2))
        assert pages.load_announcement(connection, add(connection, "example.org/2")) is None


# --- what is due ----------------------------------------------------------------------------------


def due(archive: Archive, now: datetime, **which: object) -> list[str]:
    """The URLs that are due."""
    with archive.read() as connection:
        found = pages.due_pages(connection, now=now, **which)  # type: ignore[arg-type]  # its keywords
    return [page.url.removeprefix("https://") for page in found]


def test_pages_are_due_from_their_moment_on(archive: Archive) -> None:
    """In the order they were met; one that is left alone never is."""
    with archive.write() as connection:
        add(connection, "example.org/late", due=hours(2))
        add(connection, "example.org/early", due=hours(1))
        add(connection, "example.org/never", due=None)
    assert due(archive, hours(0.9)) == []
    assert due(archive, hours(1)) == ["example.org/early"]
    assert due(archive, hours(9)) == ["example.org/late", "example.org/early"]


@pytest.mark.parametrize("state", PageState)
def test_only_pages_that_await_an_article_are_asked_for_early(
    archive: Archive, state: PageState
) -> None:
    """A revisit keeps its time, and what is final has none."""
    with archive.write() as connection:
        add(connection, "example.org/waits", state=state, due=hours(5))
        add(connection, "example.org/final", state=state, due=None)
    awaited = state in {PageState.ANNOUNCED, PageState.FAILING}
    assert due(archive, BEGIN, retries_early=True) == (["example.org/waits"] if awaited else [])
    assert due(archive, BEGIN) == []


def test_the_pages_of_one_source(archive: Archive) -> None:
    """Those that it announced, whoever announced them too."""
    with archive.write() as connection:
        first, second = add_source(connection, "first"), add_source(connection, "second")
        both, other = add(connection, "example.org/both"), add(connection, "example.org/other")
        announce(connection, first, both)
        announce(connection, second, both)
        announce(connection, second, other)
    assert due(archive, BEGIN, source_id=first) == ["example.org/both"]
    assert due(archive, BEGIN, source_id=second) == ["example.org/both", "example.org/other"]


def test_an_archived_page_alone_is_made_due(archive: Archive) -> None:
    """An update does not wake what is gone or refused."""
    with archive.write() as connection:
        for state in PageState:
            page = add(connection, f"example.org/{state}", state=state, due=None)
            pages.make_due(connection, page, hours(1))
    assert due(archive, hours(1)) == ["example.org/archived"]


def test_an_outcome_is_remembered(archive: Archive) -> None:
    """All of it; validators are kept where none are given, tries are counted from nought."""
    given_validators = Validators(etag='"a"', last_modified="Sun, 01 Mar 2026 09:00:00 GMT")
    with archive.write() as connection:
        page, other = add(connection), add(connection, "example.org/2")
        pages.record_outcome(
            connection,
            page,
            state=PageState.ARCHIVED,
            next_attempt_at=hours(2),
            fetched_at=hours(1),
            validators=given_validators,
        )
        pages.record_outcome(
            connection,
            page,
            state=PageState.FAILING,
            reason=Reason.TIMEOUT,
            detail="after 20 s",
            attempts=2,
            next_attempt_at=hours(4),
            fetched_at=hours(3),
        )
        found, untouched = pages.load_page(connection, page), pages.load_page(connection, other)
        pages.record_outcome(
            connection, page, state=PageState.GONE, next_attempt_at=None, fetched_at=hours(5)
        )
        last = pages.load_page(connection, page)
    assert (found.state, found.reason, found.detail) == (
        PageState.FAILING,
        Reason.TIMEOUT,
        "after 20 s",
    )
    assert (found.attempts, found.next_attempt_at, found.fetched_at) == (2, hours(4), hours(3))
    assert found.validators == given_validators
    assert (untouched.state, untouched.fetched_at) == (PageState.ANNOUNCED, None)
    assert (last.reason, last.detail, last.attempts) == (None, None, 0)


# --- two pages that are one -----------------------------------------------------------------------


def table_of(connection: sa.Connection, column: sa.Column[int]) -> list[int]:
    """The pages that this column names, in order."""
    return list(connection.execute(sa.select(column).order_by(column)).scalars())


@pytest.mark.parametrize("count", [2, 3])
@pytest.mark.parametrize("asked", [0, -1])
def test_the_lowest_page_stays_whichever_was_asked_for(
    archive: Archive, builder: ArchiveBuilder, *, count: int, asked: int
) -> None:
    """Keys, announcements, requests and articles of the others are its own from then on."""
    urls = [f"https://example.org/{number}" for number in range(count)]
    for number, url in enumerate(urls):
        builder.article(f"Headline {number}", f"Text {number}", url=url)
    keys = [url.removeprefix("https://") for url in urls]
    exchange = Request(url=URL, at=BEGIN, status=200, reason=None, detail=None, wire_bytes=1)
    with archive.write() as connection:
        known = sorted(set(pages.find_page_ids(connection, keys).values()))
        assert len(known) == count
        for page in known:
            announce(connection, add_source(connection, f"source{page}"), page)
            sources.record_requests(connection, [exchange], run_id=None, page_id=page)
        stays, gone = pages.join_keys(connection, known[asked], [*keys, "example.org/new"])
        assert (stays, gone) == (known[0], set(known[1:]))
        led_to = pages.find_page_ids(connection, [*keys, "example.org/new"])
        assert set(led_to.values()) == {stays}
        assert table_of(connection, schema.page.c.id) == [stays]
        for column in (
            schema.feed_entry.c.page_id,
            schema.request.c.page_id,
            schema.article.c.page_id,
        ):
            assert table_of(connection, column) == [stays] * count


def test_one_sources_announcements_of_both_become_one(archive: Archive) -> None:
    """A source announces a page once: the staying page's words stay, others' are moved."""
    with archive.write() as connection:
        both, other = add_source(connection, "both"), add_source(connection, "other")
        stays, gone = add(connection, "example.org/1"), add(connection, "example.org/2")
        announce(connection, both, stays, title="Stays")
        announce(connection, both, gone, title="Goes")
        announce(connection, other, gone, title="Moves")
        assert pages.join_keys(connection, gone, ["example.org/1"]) == (stays, {gone})
        rows = connection.execute(
            sa.select(schema.feed_entry.c.source_id, schema.feed_entry.c.title)
        ).all()
    assert sorted(map(tuple, rows)) == [(both, "Stays"), (other, "Moves")]


def test_joining_again_changes_nothing(archive: Archive) -> None:
    """A page's own keys, known or new, leave it where it is."""
    with archive.write() as connection:
        page, apart = add(connection), add(connection, "example.org/apart")
        for _ in range(2):
            keys = ["example.org/1", "example.org/amp"]
            assert pages.join_keys(connection, page, keys) == (page, set())
        found: list[Page | None] = [
            pages.find_page(connection, key) for key in ("example.org/amp", "example.org/apart")
        ]
    assert [known and known.id for known in found] == [page, apart]
