"""How the archive is: its sources, pages and stories, what is due and what went wrong last."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import UTC, datetime, time, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import PageState, Reason, SourceId, SourceState
from scraper.store.hosts import count_leases
from scraper.store.rebuilds import Fingerprints, load_fingerprints
from scraper.store.schema import Integer, article, feed_entry, page, run, source, story
from scraper.store.sources import list_sources

if TYPE_CHECKING:
    from scraper.model import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class PageCount:
    """How many pages are in one state for one reason."""

    state: PageState
    reason: Reason | None
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTrouble:
    """A page that was asked for and did not give an article, and why."""

    url: str
    state: PageState
    reason: Reason
    detail: str | None
    at: datetime
    next_attempt_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """A run and what it did; ``finished_at`` is None while it lasts, or where it was killed."""

    command: str
    started_at: datetime
    finished_at: datetime | None
    sources_checked: int
    sources_failed: int
    pages_fetched: int
    pages_failed: int
    articles_new: int
    wire_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTotals:
    """What all runs did together, each counted when it ends."""

    runs: int
    sources_checked: int
    sources_failed: int
    pages_fetched: int
    pages_failed: int
    articles_new: int
    wire_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """The archive at one moment; ``next_due_at`` is when the first source or page is asked."""

    sources: tuple[Source, ...]
    pages: tuple[PageCount, ...]
    articles: int
    stories: int
    mirrors: int
    sources_due: int
    pages_due: int
    next_due_at: datetime | None
    last_run: PastRun | None
    troubles: tuple[PageTrouble, ...]
    fingerprints: Fingerprints
    #: How many hosts each process asks now, by the process's name, where several share an archive.
    workers: dict[str, int]


def load_health(
    connection: sa.Connection, *, now: datetime, troubles: int, fingerprint_version: int
) -> Health:
    """How the archive is at ``now``, with at most so many of the latest ``troubles``, for a program
    that makes fingerprints of this version.
    """
    stories, members = connection.execute(
        sa.select(sa.func.count(), _total(story.c.member_count))
    ).one()
    watched = source.c.state != SourceState.PAUSED
    return Health(
        sources=tuple(list_sources(connection)),
        pages=_count_pages(connection),
        articles=connection.execute(sa.select(sa.func.count()).select_from(article)).scalar_one(),
        stories=stories,
        mirrors=members - stories,
        sources_due=_count(connection, source, watched, source.c.next_check_at <= now),
        pages_due=_count(connection, page, page.c.next_attempt_at <= now),
        next_due_at=_next_due(connection),
        last_run=_last_run(connection),
        troubles=_last_troubles(connection, troubles),
        fingerprints=load_fingerprints(connection, fingerprint_version),
        workers=count_leases(connection),
    )


def load_totals(connection: sa.Connection) -> RunTotals:
    """What all runs did together; none of it ever gets less."""
    names = [field.name for field in fields(RunTotals) if field.name != "runs"]
    sums = [_total(run.c[name]).label(name) for name in names]
    row = connection.execute(sa.select(sa.func.count(run.c.id).label("runs"), *sums)).one()
    return RunTotals(**row._mapping)


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """How many pages a source announced: on each day from the first asked for, and ever."""

    by_day: tuple[int, ...]
    ever: int


def count_announced(
    connection: sa.Connection, *, days: int, now: datetime
) -> dict[SourceId, Announced]:
    """What each source announced in the last so many days, today in UTC included, and ever."""
    first = now.astimezone(UTC).date() - timedelta(days=days - 1)
    told = sa.type_coerce(feed_entry.c.first_seen, sa.Text)
    day = sa.func.substr(told, 1, len("2026-11-22")).label("day")
    recent: dict[int, dict[str, int]] = {}
    statement = (
        sa.select(feed_entry.c.source_id, day, sa.func.count())
        .where(feed_entry.c.first_seen >= datetime.combine(first, time(), UTC))
        .group_by(feed_entry.c.source_id, "day")
    )
    for source_id, told, count in connection.execute(statement):
        recent.setdefault(source_id, {})[told] = count
    ever = sa.select(feed_entry.c.source_id, sa.func.count()).group_by(feed_entry.c.source_id)
    names = [str(first + timedelta(days=past)) for past in range(days)]
    return {
        SourceId(source_id): Announced(
            by_day=tuple(recent.get(source_id, {}).get(told, 0) for told in names), ever=count
        )
        for source_id, count in connection.execute(ever)
    }


def _total(column: sa.ColumnElement[int]) -> sa.ColumnElement[int]:
    """The sum of a column of whole numbers, 0 of none; PostgreSQL's own is a decimal."""
    return sa.cast(sa.func.coalesce(sa.func.sum(column), 0), Integer)


def _count(connection: sa.Connection, table: sa.Table, *where: sa.ColumnElement[bool]) -> int:
    statement = sa.select(sa.func.count()).select_from(table).where(*where)
    return connection.execute(statement).scalar_one()


def _count_pages(connection: sa.Connection) -> tuple[PageCount, ...]:
    statement = (
        sa.select(page.c.state, page.c.reason, sa.func.count().label("count"))
        .group_by(page.c.state, page.c.reason)
        .order_by(page.c.state, sa.desc("count"), page.c.reason.nulls_first())
    )
    return tuple(
        PageCount(
            state=PageState(row.state), reason=_read_reason(row.reason), count=row._mapping["count"]
        )
        for row in connection.execute(statement)
    )


def _next_due(connection: sa.Connection) -> datetime | None:
    checks = sa.select(sa.func.min(source.c.next_check_at)).where(
        source.c.state != SourceState.PAUSED
    )
    attempts = sa.select(sa.func.min(page.c.next_attempt_at)).where(
        page.c.next_attempt_at.is_not(None)
    )
    moments = (connection.execute(checks).scalar(), connection.execute(attempts).scalar())
    return min((moment for moment in moments if moment is not None), default=None)


def _last_run(connection: sa.Connection) -> PastRun | None:
    """The last pass over what was due; single pages fetched by hand are no run."""
    passes = sa.select(run).where(run.c.command.in_(("run", "watch")))
    row = connection.execute(passes.order_by(run.c.id.desc()).limit(1)).one_or_none()
    if row is None:
        return None
    return PastRun(**{name: value for name, value in row._mapping.items() if name != "id"})


def _last_troubles(connection: sa.Connection, limit: int) -> tuple[PageTrouble, ...]:
    statement = (
        sa.select(page)
        .where(page.c.reason.is_not(None), page.c.fetched_at.is_not(None))
        .order_by(page.c.fetched_at.desc(), page.c.id.desc())
        .limit(limit)
    )
    return tuple(
        PageTrouble(
            url=row.url,
            state=PageState(row.state),
            reason=Reason(row.reason),
            detail=row.detail,
            at=row.fetched_at,
            next_attempt_at=row.next_attempt_at,
        )
        for row in connection.execute(statement)
    )


def _read_reason(stored: str | None) -> Reason | None:
    return Reason(stored) if stored else None
