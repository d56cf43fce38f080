"""Sources, runs and the log of requests."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import (
    GIVE_UP_AFTER,
    FeedEntry,
    PageState,
    Reason,
    Request,
    Source,
    SourceId,
    SourceState,
    Validators,
)
from scraper.store import schema, sources
from scraper.store.pages import add_page, announce_entry
from scraper.store.sources import RunCounts
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

LATER = BEGIN + timedelta(hours=1)


def add(archive: Archive, url: str, name: str = "Example", **fields: float | None) -> Source | None:
    """What adding this source by command gave."""
    with archive.write() as connection:
        return sources.add_source(
            connection,
            url=url,
            name=name,
            every_minutes=fields.get("every_minutes"),
            origin=sources.BY_COMMAND,
            now=BEGIN,
        )


def must_add(archive: Archive, url: str, name: str = "Example") -> Source:
    """The new source."""
    added = add(archive, url, name)
    assert added is not None
    return added


def load(archive: Archive, number: int) -> Source:
    """The source as it is stored."""
    with archive.read() as connection:
        return next(found for found in sources.list_sources(connection) if found.id == number)


def check(
    archive: Archive,
    source: SourceId,
    *,
    state: SourceState = SourceState.ACTIVE,
    failures: int = 0,
    reason: Reason | None = None,
    validators: Validators | None = None,
) -> None:
    """Record that asking the source ended so, an hour later."""
    with archive.write() as connection:
        sources.record_check(
            connection,
            source,
            state=state,
            validators=validators,
            failures=failures,
            reason=reason,
            detail=reason and "it did not answer",
            checked_at=LATER,
            next_check_at=LATER + timedelta(hours=1),
        )


def make_exchange(hours: int = 0, *, wire_bytes: int = 100) -> Request:
    """An exchange so many hours after the archive began."""
    return Request(
        url="https://example.org/feed",
        at=BEGIN + timedelta(hours=hours),
        status=200,
        reason=None,
        detail=None,
        wire_bytes=wire_bytes,
    )


# --- sources --------------------------------------------------------------------------------------


def test_a_new_source_is_due_at_once(archive: Archive) -> None:
    """It is active, has no failures, and was never asked."""
    added = add(archive, "https://example.org/feed", every_minutes=15.0)
    assert added is not None
    assert added == load(archive, added.id)
    assert (added.state, added.failures, added.next_check_at) == (SourceState.ACTIVE, 0, BEGIN)
    assert (added.every_minutes, added.last_check_at) == (15.0, None)


def test_a_url_is_watched_once(archive: Archive) -> None:
    """Adding it again gives nothing and changes nothing."""
    first = must_add(archive, "https://example.org/feed")
    assert add(archive, "https://example.org/feed", "Another name") is None
    assert load(archive, first.id) == first


def test_a_name_that_is_taken_gets_a_number(archive: Archive) -> None:
    """The first keeps its name; further ones count from two."""
    names = [must_add(archive, f"https://{host}.example/").name for host in "abc"]
    assert names == ["Example", "Example (2)", "Example (3)"]


def test_a_source_may_take_a_free_name_and_keeps_its_own(archive: Archive) -> None:
    """A name of another's gets a number; asking for it again changes nothing."""
    must_add(archive, "https://a.example/")
    second = must_add(archive, "https://b.example/", "Other")
    for _ in range(2):
        with archive.write() as connection:
            sources.change_source(connection, load(archive, second.id), name="Example")
        assert load(archive, second.id).name == "Example (2)"
    with archive.write() as connection:
        sources.remove_source(connection, SourceId(1))
        sources.change_source(connection, load(archive, second.id), name="Example")
    assert load(archive, second.id).name == "Example"


@pytest.mark.parametrize(
    ("known", "name", "is_called"),
    [
        ("Example", "Example", True),
        ("Example (12)", "Example", True),
        ("Example (two)", "Example", False),
        ("Examples", "Example", False),
        ("E.ample", "E.ample", True),
        ("Example", "E.ample", False),
    ],
)
def test_a_number_behind_a_name_makes_no_other_name(
    archive: Archive, known: str, name: str, *, is_called: bool
) -> None:
    """Only the number that a taken name gets counts; the name is no pattern."""
    assert sources.is_called(must_add(archive, "https://a.example/", known), name) is is_called


def test_a_check_is_remembered(archive: Archive) -> None:
    """State, moment, failures and reason; validators are kept where none are given."""
    added = must_add(archive, "https://example.org/feed")
    given = Validators(etag='"a"', last_modified="Sun, 01 Mar 2026 09:00:00 GMT")
    check(archive, added.id, validators=given)
    check(archive, added.id, state=SourceState.FAILING, failures=1, reason=Reason.TIMEOUT)
    found = load(archive, added.id)
    assert (found.validators, found.state, found.failures) == (given, SourceState.FAILING, 1)
    assert (found.reason, found.detail) == (Reason.TIMEOUT, "it did not answer")
    assert (found.last_check_at, found.next_check_at) == (LATER, LATER + timedelta(hours=1))
    check(archive, added.id, validators=Validators())
    assert load(archive, added.id).validators == Validators()
    assert load(archive, added.id).reason is None


@pytest.mark.parametrize("state", [SourceState.ACTIVE, SourceState.FAILING])
def test_a_check_does_not_resume_what_a_person_paused(archive: Archive, state: SourceState) -> None:
    """Not even where it was paused while a run was asking it."""
    added = must_add(archive, "https://example.org/feed")
    with archive.write() as connection:
        sources.pause_source(connection, added.id)
    check(archive, added.id, state=state, failures=1)
    found = load(archive, added.id)
    assert (found.state, found.failures, found.last_check_at) == (SourceState.PAUSED, 0, LATER)
    assert not found.gave_up


def test_a_check_resumes_what_its_failures_paused(archive: Archive) -> None:
    """A source that was given up works again as soon as it answers."""
    added = must_add(archive, "https://example.org/feed")
    check(archive, added.id, state=SourceState.PAUSED, failures=GIVE_UP_AFTER)
    assert load(archive, added.id).gave_up
    check(archive, added.id)
    assert load(archive, added.id).state is SourceState.ACTIVE


def test_a_resumed_source_is_due_and_its_failures_forgotten(archive: Archive) -> None:
    """Whoever paused it."""
    added = must_add(archive, "https://example.org/feed")
    check(archive, added.id, state=SourceState.PAUSED, failures=GIVE_UP_AFTER)
    with archive.write() as connection:
        sources.resume_source(connection, added.id, LATER)
    found = load(archive, added.id)
    assert (found.state, found.failures, found.next_check_at) == (SourceState.ACTIVE, 0, LATER)


def test_what_a_removed_source_brought_stays(archive: Archive, builder: ArchiveBuilder) -> None:
    """Its pages, articles and the log are there; its announcements are not."""
    added = must_add(archive, "https://example.org/feed")
    builder.article("Bridge", "The bridge is closed.", url="https://example.org/1")
    with archive.write() as connection:
        page_id = connection.execute(sa.select(schema.page.c.id)).scalar_one()
        announce_entry(connection, added.id, page_id, FeedEntry(url="https://example.org/1"), BEGIN)
        sources.record_requests(connection, [make_exchange()], run_id=None, source_id=added.id)
        sources.remove_source(connection, added.id)
    with archive.read() as connection:
        counts = [
            connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()
            for table in (schema.source, schema.feed_entry, schema.page, schema.article)
        ]
        logged = connection.execute(sa.select(schema.request.c.source_id)).scalars().all()
    assert (counts, logged) == ([0, 0, 1, 1], [None])


# --- runs and the log -----------------------------------------------------------------------------


def test_old_requests_are_forgotten(archive: Archive) -> None:
    """Those before the moment go; one of that very moment stays."""
    with archive.write() as connection:
        sources.record_requests(
            connection, [make_exchange(hours) for hours in (0, 1, 2)], run_id=None
        )
        sources.record_requests(connection, [], run_id=None)
        sources.forget_requests_before(connection, BEGIN + timedelta(hours=1))
        left = connection.execute(sa.select(schema.request.c.at)).scalars().all()
    assert left == [BEGIN + timedelta(hours=hours) for hours in (1, 2)]


def test_a_run_writes_down_what_it_did(archive: Archive) -> None:
    """Until it ends it has no end; other runs are not touched."""
    counts = RunCounts(
        sources_checked=4,
        sources_failed=1,
        pages_fetched=9,
        pages_failed=2,
        articles_new=5,
        wire_bytes=1234,
    )
    with archive.write() as connection:
        killed = sources.start_run(connection, "run", BEGIN)
        finished = sources.start_run(connection, "fetch", BEGIN)
        sources.finish_run(connection, finished, counts, LATER)
        rows = connection.execute(sa.select(schema.run).order_by("id")).all()
    assert tuple(rows[0]) == (killed, "run", BEGIN, None, 0, 0, 0, 0, 0, 0)
    assert tuple(rows[1]) == (finished, "fetch", BEGIN, LATER, 4, 1, 9, 2, 5, 1234)


def test_a_quicker_pace_counts_from_the_last_time_the_source_was_asked(archive: Archive) -> None:
    """It need not wait until the slower interval has passed; a slower pace changes no date."""
    added = must_add(archive, "https://example.org/feed")
    check(archive, added.id)
    before = load(archive, added.id)
    with archive.write() as connection:
        sources.change_source(connection, before, every_minutes=5)
    quick = load(archive, added.id)
    assert before.last_check_at is not None
    assert quick.next_check_at == before.last_check_at + timedelta(minutes=5)
    with archive.write() as connection:
        sources.change_source(connection, quick, every_minutes=50_000)
    assert load(archive, added.id).next_check_at == quick.next_check_at


def test_news_are_counted_by_when_they_came(archive: Archive, builder: ArchiveBuilder) -> None:
    """What a first look brought is as old as it says; what came later is as old as that."""
    source = must_add(archive, "https://example.org/feed")
    with archive.read() as connection:
        assert sources.count_news(connection, source.id, BEGIN) is None
    week = timedelta(days=7)
    told = (
        (BEGIN - 2 * week, BEGIN),  # old when we came
        (BEGIN - timedelta(days=1), BEGIN),
        (None, BEGIN),  # nobody knows
        (BEGIN - 99 * week, BEGIN + timedelta(hours=1)),  # new, with a wrong date
    )
    with archive.write() as connection:
        for number, (published, seen) in enumerate(told):
            page = add_page(
                connection,
                url=f"https://example.org/{number}",
                key=f"example.org/{number}",
                site="example.org",
                state=PageState.ANNOUNCED,
                next_attempt_at=None,
                now=seen,
            )
            entry = FeedEntry(url=f"https://example.org/{number}", published=published)
            announce_entry(connection, source.id, page, entry, seen)
        assert sources.count_news(connection, source.id, BEGIN - week) == 3
