"""How the archive says it is."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from scraper.match.version import FINGERPRINT_VERSION
from scraper.model import PageState, Reason, SourceId, SourceState
from scraper.store.health import PageCount, load_health
from scraper.store.sources import (
    BY_COMMAND,
    RunCounts,
    add_source,
    finish_run,
    pause_source,
    record_check,
    start_run,
)
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from scraper.store.health import Health
    from tests.archive_builder import ArchiveBuilder


def health(builder: ArchiveBuilder, troubles: int = 5) -> Health:
    """How the builder's archive is when its first article is seen."""
    with builder.archive.read() as connection:
        return load_health(
            connection, now=BEGIN, troubles=troubles, fingerprint_version=FINGERPRINT_VERSION
        )


def test_empty_archive(builder: ArchiveBuilder) -> None:
    """An empty archive has nothing and waits for nothing."""
    found = health(builder)
    assert (found.sources, found.pages, found.troubles) == ((), (), ())
    assert (found.articles, found.stories, found.mirrors) == (0, 0, 0)
    assert (found.next_due_at, found.last_run) == (None, None)


def test_pages_are_counted_by_state_and_reason(builder: ArchiveBuilder) -> None:
    """Pages of one state for different reasons are counted apart, the most frequent first."""
    for number in range(3):
        builder.page(f"https://example.org/{number}", PageState.GONE, reason=Reason.HTTP_410)
    builder.page("https://example.org/8", PageState.GONE, reason=Reason.HTTP_4XX)
    builder.page("https://example.org/9")
    assert health(builder).pages == (
        PageCount(state=PageState.ARCHIVED, reason=None, count=1),
        PageCount(state=PageState.GONE, reason=Reason.HTTP_410, count=3),
        PageCount(state=PageState.GONE, reason=Reason.HTTP_4XX, count=1),
    )


def test_stories_and_mirrors_are_counted(builder: ArchiveBuilder) -> None:
    """Every article is a story's canonical or a mirror."""
    first, second, _third = (builder.article(f"Story {n}", "Text.") for n in range(3))
    builder.relate(second, first)
    builder.tell(first, second)
    found = health(builder)
    assert (found.articles, found.stories, found.mirrors) == (3, 2, 1)


def test_what_is_due_and_what_comes_next(builder: ArchiveBuilder) -> None:
    """A paused source is never due; what comes next is the earliest of sources and pages."""
    soon, late = BEGIN + timedelta(minutes=5), BEGIN + timedelta(hours=1)
    builder.page("https://example.org/1", PageState.FAILING, next_attempt_at=BEGIN)
    builder.page("https://example.org/2", PageState.FAILING, next_attempt_at=soon)
    with builder.archive.write() as connection:
        for number in (1, 2, 3):
            add_source(
                connection,
                url=f"https://example.org/{number}.xml",
                name="Example",
                every_minutes=None,
                origin=BY_COMMAND,
                now=BEGIN - timedelta(hours=number),
            )
        pause_source(connection, SourceId(3))
        record_check(
            connection,
            SourceId(1),
            state=SourceState.FAILING,
            validators=None,
            failures=2,
            reason=Reason.TIMEOUT,
            detail="nothing came for 20 s",
            checked_at=BEGIN,
            next_check_at=late,
        )
    found = health(builder)
    assert (found.sources_due, found.pages_due) == (1, 1)
    assert found.next_due_at == BEGIN - timedelta(hours=2)
    assert [source.state for source in found.sources] == [
        SourceState.FAILING,
        SourceState.ACTIVE,
        SourceState.PAUSED,
    ]


def test_last_run_is_the_newest(builder: ArchiveBuilder) -> None:
    """The newest pass is shown, also while it lasts; a page fetched by hand is no pass."""
    with builder.archive.write() as connection:
        first = start_run(connection, "run", BEGIN)
        finish_run(connection, first, RunCounts(articles_new=4), BEGIN + timedelta(minutes=1))
    last = health(builder).last_run
    assert last is not None
    assert (last.articles_new, last.finished_at) == (4, BEGIN + timedelta(minutes=1))
    with builder.archive.write() as connection:
        start_run(connection, "run", BEGIN + timedelta(minutes=2))
        start_run(connection, "fetch", BEGIN + timedelta(minutes=3))
    last = health(builder).last_run
    assert last is not None
    assert (last.command, last.started_at) == ("run", BEGIN + timedelta(minutes=2))
    assert last.finished_at is None


def test_latest_troubles_first(builder: ArchiveBuilder) -> None:
    """Pages that gave no article are shown with the reason, the latest first."""
    for number in range(4):
        builder.now += timedelta(minutes=1)
        url = f"https://example.org/{number}"
        builder.page(url, PageState.NO_ARTICLE, reason=Reason.NO_ARTICLE, detail="a list of links")
    builder.page("https://example.org/fine")
    found = health(builder, troubles=2).troubles
    assert [trouble.url[-1] for trouble in found] == ["3", "2"]
    assert (found[0].reason, found[0].detail) == (Reason.NO_ARTICLE, "a list of links")
