"""Sources, runs and the log of requests: what the fetcher must remember between runs."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import (
    GIVE_UP_AFTER,
    PageId,
    Reason,
    Request,
    RunId,
    Source,
    SourceId,
    SourceKind,
    SourceState,
    Validators,
)
from scraper.store.schema import feed_entry, request, run, source

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

#: `origin` of a source: typed by a person, taken over from config.toml, or once listed there.
BY_COMMAND, BY_CONFIG, DROPPED = "command", "config", "dropped"

#: Pages by which a source's pace is judged: more in a week is the fastest pace anyway.
_NEWS_READ = 1_000


def list_sources(connection: sa.Connection) -> list[Source]:
    """Every source, in the order they were added."""
    rows = connection.execute(sa.select(source).order_by(source.c.id))
    return [_read_source(row) for row in rows]


def find_source(connection: sa.Connection, url: str) -> Source | None:
    """The source with this URL."""
    row = connection.execute(sa.select(source).where(source.c.url == url)).one_or_none()
    return None if row is None else _read_source(row)


def add_source(
    connection: sa.Connection,
    *,
    url: str,
    name: str,
    kind: SourceKind = SourceKind.FEED,
    every_minutes: float | None,
    origin: str,
    now: datetime,
) -> Source | None:
    """The new source, due at once; None where its URL is watched already.

    A name that is taken gets a number: "Example", "Example (2)".
    """
    if find_source(connection, url):
        return None
    connection.execute(
        source.insert().values(
            url=url,
            name=_free_name(connection, name),
            kind=kind,
            origin=origin,
            every_minutes=every_minutes,
            state=SourceState.ACTIVE,
            added_at=now,
            next_check_at=now,
        )
    )
    return find_source(connection, url)


def change_source(
    connection: sa.Connection,
    changed: Source,
    *,
    name: str | None = None,
    kind: SourceKind | None = None,
    every_minutes: float | None = None,
    origin: str | None = None,
) -> None:
    """Nothing; what is given replaces what was. A name that is taken gets a number.

    A quicker pace counts from the last time the source was asked.
    """
    values: dict[str, object] = {}
    if name is not None and name != changed.name:
        values["name"] = _free_name(connection, name, of=changed.id)
    if every_minutes is not None:
        values["every_minutes"] = every_minutes
        if changed.last_check_at is not None:
            sooner = changed.last_check_at + timedelta(minutes=every_minutes)
            values["next_check_at"] = min(changed.next_check_at, sooner)
    if kind is not None:
        values["kind"] = kind
    if origin is not None:
        values["origin"] = origin
    if values:
        connection.execute(source.update().where(source.c.id == changed.id).values(values))


def is_called(known: Source, name: str) -> bool:
    """Whether the source has this name, or this name with the number that a taken one gets."""
    return re.fullmatch(rf"{re.escape(name)}( \(\d+\))?", known.name) is not None


def resume_source(connection: sa.Connection, resumed: SourceId, now: datetime) -> None:
    """Nothing; the source is asked again, from now on, its failures forgotten."""
    connection.execute(
        source.update()
        .where(source.c.id == resumed)
        .values(state=SourceState.ACTIVE, failures=0, next_check_at=now)
    )


def remove_source(connection: sa.Connection, removed: SourceId) -> None:
    """Nothing; the source is not known any more. What it brought stays in the archive."""
    connection.execute(feed_entry.delete().where(feed_entry.c.source_id == removed))
    connection.execute(
        request.update().where(request.c.source_id == removed).values(source_id=None)
    )
    connection.execute(source.delete().where(source.c.id == removed))


def pause_source(connection: sa.Connection, paused: SourceId) -> None:
    """Nothing; the source is not asked again until it is resumed."""
    connection.execute(
        source.update()
        .where(source.c.id == paused)
        .values(state=SourceState.PAUSED, failures=0)  # paused by a person, not given up
    )


def record_check(
    connection: sa.Connection,
    checked: SourceId,
    *,
    state: SourceState,
    validators: Validators | None,
    failures: int,
    reason: Reason | None,
    detail: str | None,
    checked_at: datetime,
    next_check_at: datetime,
) -> None:
    """Nothing; the source remembers how asking it ended. ``validators`` None keeps the old ones.

    A source that a person paused stays paused, also where it was asked by name, or where it was
    paused while it was being asked.
    """
    by_person = sa.and_(source.c.state == SourceState.PAUSED, source.c.failures < GIVE_UP_AFTER)
    values: dict[str, object] = {
        "state": sa.case((by_person, source.c.state), else_=state),
        "failures": sa.case((by_person, source.c.failures), else_=failures),
        "reason": reason,
        "detail": detail,
        "last_check_at": checked_at,
        "next_check_at": next_check_at,
    }
    if validators is not None:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified}
    connection.execute(source.update().where(source.c.id == checked).values(values))


def postpone(connection: sa.Connection, known: Source, until: datetime) -> None:
    """Nothing; the source is not asked before then, unless it was asked since it was read."""
    was_asked = source.c.last_check_at.is_distinct_from(known.last_check_at)
    connection.execute(
        source.update()
        .where(source.c.id == known.id, sa.not_(was_asked))
        .values(next_check_at=until)
    )


def count_news(connection: sa.Connection, counted: SourceId, since: datetime) -> int | None:
    """How many of the source's latest pages are from then or later; None where it has none.

    A page is as old as our knowledge of it; only what a first look at the source brought is as old
    as it says, for all of that was there before us. At most _NEWS_READ pages are counted.
    """
    latest = (
        sa.select(feed_entry.c.published, feed_entry.c.first_seen)
        .where(feed_entry.c.source_id == counted)
        .order_by(feed_entry.c.page_id.desc())
        .limit(_NEWS_READ)
    )
    rows = connection.execute(latest).all()
    if not rows:
        return None
    first_look = min(row.first_seen for row in rows)
    moments: list[datetime] = [
        row.first_seen if row.first_seen > first_look else row.published or row.first_seen
        for row in rows
    ]
    return sum(moment >= since for moment in moments)


def record_requests(
    connection: sa.Connection,
    requests: Iterable[Request],
    *,
    run_id: RunId | None,
    source_id: SourceId | None = None,
    page_id: PageId | None = None,
) -> None:
    """Nothing; the exchanges are in the log."""
    rows = [
        {
            "run_id": run_id,
            "source_id": source_id,
            "page_id": page_id,
            "at": exchange.at,
            "url": exchange.url,
            "status": exchange.status,
            "reason": exchange.reason,
            "detail": exchange.detail,
            "wire_bytes": exchange.wire_bytes,
        }
        for exchange in requests
    ]
    if rows:
        connection.execute(request.insert(), rows)


def forget_requests_before(connection: sa.Connection, moment: datetime) -> None:
    """Nothing; exchanges older than the moment are no longer in the log."""
    connection.execute(request.delete().where(request.c.at < moment))


@dataclass(frozen=True, slots=True, kw_only=True)
class RunCounts:
    """What a run did."""

    sources_checked: int = 0
    sources_failed: int = 0
    pages_fetched: int = 0
    pages_failed: int = 0
    articles_new: int = 0
    wire_bytes: int = 0


def start_run(connection: sa.Connection, command: str, now: datetime) -> RunId:
    """The id of a run that begins now."""
    result = connection.execute(run.insert().values(command=command, started_at=now))
    return RunId(result.inserted_primary_key[0])  # type: ignore[index]  # an insert has one


def finish_run(
    connection: sa.Connection, finished: RunId, counts: RunCounts, now: datetime
) -> None:
    """Nothing; the run is over, and what it did is written down."""
    connection.execute(
        run.update()
        .where(run.c.id == finished)
        .values(
            finished_at=now,
            sources_checked=counts.sources_checked,
            sources_failed=counts.sources_failed,
            pages_fetched=counts.pages_fetched,
            pages_failed=counts.pages_failed,
            articles_new=counts.articles_new,
            wire_bytes=counts.wire_bytes,
        )
    )


def _free_name(connection: sa.Connection, name: str, *, of: SourceId | None = None) -> str:
    """The name, with a number behind it where another source has it: "Example (2)"."""
    others = sa.select(source.c.name).where(source.c.id != (of or 0))
    taken = set(connection.execute(others).scalars())
    free, number = name, 1
    while free in taken:
        number += 1
        free = f"{name} ({number})"
    return free


def _read_source(row: sa.Row[tuple[object, ...]]) -> Source:
    fields = dict(row._mapping)
    return Source(
        id=SourceId(fields["id"]),
        url=fields["url"],
        name=fields["name"],
        kind=SourceKind(fields["kind"]),
        origin=fields["origin"],
        every_minutes=fields["every_minutes"],
        state=SourceState(fields["state"]),
        validators=Validators(etag=fields["etag"], last_modified=fields["last_modified"]),
        last_check_at=fields["last_check_at"],
        next_check_at=fields["next_check_at"],
        failures=fields["failures"],
        reason=Reason(fields["reason"]) if fields["reason"] else None,
        detail=fields["detail"],
    )
