"""Pages and the URLs that lead to them.

Rule 1: a key leads to one page; every URL of a page that we meet leaves its key.
Rule 2: where two pages turn out to be one, the lower ids stay, and `article_redirect` says where
the higher article went.
Rule 3: a page is due while `next_attempt_at` says so; what is final has none.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import FeedEntry, Page, PageId, PageState, Precision, Reason, Validators
from scraper.store.ids import among, pack
from scraper.store.schema import (
    article,
    feed_entry,
    page,
    page_key,
    request,
    snapshot,
    whole_second,
)
from scraper.store.spoken import Upsert
from scraper.urls import site_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from scraper.model import SourceId

# What is asked for every entry that is announced and every article that is filed, built once.
_PAGE = sa.select(page).where(page.c.id == sa.bindparam("page_id"))
_PAGE_OF_KEY = sa.select(page).join(page_key).where(page_key.c.key == sa.bindparam("key"))
_PAGES_OF_KEYS = sa.select(page_key.c.key, page_key.c.page_id).where(among(page_key.c.key))
_FORGOTTEN_OF_KEYS = (
    sa.select(page.c.id)
    .join(page_key)
    .where(among(page_key.c.key), page.c.state == PageState.FORGOTTEN)
    .limit(1)
)
_ADD_PAGE = page.insert()
_ADD_PAGES = _ADD_PAGE.returning(page.c.id, sort_by_parameter_order=True)
_ADD_KEY = page_key.insert()
_ENTRY = sa.select(feed_entry.c.updated, feed_entry.c.title).where(
    feed_entry.c.source_id == sa.bindparam("source_id"),
    feed_entry.c.page_id == sa.bindparam("page_id"),
)
_ANNOUNCEMENT = (
    sa.select(feed_entry)
    .where(feed_entry.c.page_id == sa.bindparam("page_id"))
    .order_by(feed_entry.c.id)
    .limit(1)
)
_RECORD = page.update().where(page.c.id == sa.bindparam("of_page"))
_CONTENT = (
    sa.select(feed_entry.c.content)
    .where(feed_entry.c.page_id == sa.bindparam("page_id"), feed_entry.c.content.is_not(None))
    .order_by(feed_entry.c.id)
    .limit(1)
)
_DROP_CONTENT = (
    feed_entry.update()
    .where(feed_entry.c.page_id == sa.bindparam("of_page"), feed_entry.c.content.is_not(None))
    .values(content=None)
)
_ADD_ENTRY = Upsert(
    lambda insert: (new := insert(feed_entry)).on_conflict_do_update(
        index_elements=["source_id", "page_id"],
        set_={name: new.excluded[name] for name in ("title", "updated")},
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A page that somebody fetched for us: its one key, when that was, and what came of it."""

    url: str
    key: str
    at: datetime
    state: PageState


def find_page(connection: sa.Connection, key: str) -> Page | None:
    """The page that this key leads to."""
    row = connection.execute(_PAGE_OF_KEY, {"key": key}).one_or_none()
    return None if row is None else _read_page(row)


def find_page_ids(connection: sa.Connection, keys: Iterable[str]) -> dict[str, PageId]:
    """The pages to which these keys lead; keys that lead to none are left out."""
    rows = connection.execute(_PAGES_OF_KEYS, {"ids": pack(keys)})
    return {row.key: PageId(row.page_id) for row in rows}


def forgotten_among(connection: sa.Connection, ids: Iterable[PageId]) -> set[PageId]:
    """Those of these pages that somebody wanted gone."""
    statement = sa.select(page.c.id).where(among(page.c.id), page.c.state == PageState.FORGOTTEN)
    return {PageId(each) for each in connection.execute(statement, {"ids": pack(ids)}).scalars()}


def is_any_forgotten(connection: sa.Connection, keys: Iterable[str]) -> bool:
    """Whether one of these keys leads to a page that somebody wanted gone."""
    return connection.execute(_FORGOTTEN_OF_KEYS, {"ids": pack(keys)}).first() is not None


def load_page(connection: sa.Connection, page_id: PageId) -> Page:
    """The page with this id, which must exist."""
    return _read_page(connection.execute(_PAGE, {"page_id": page_id}).one())


def add_page(
    connection: sa.Connection,
    *,
    url: str,
    key: str,
    site: str,
    state: PageState,
    next_attempt_at: datetime | None,
    now: datetime,
    fetched_at: datetime | None = None,
) -> PageId:
    """The id of a new page with this one key; others may have fetched it for us."""
    values = {
        "url": url,
        "site": site,
        "state": state,
        "announced_at": now,
        "next_attempt_at": next_attempt_at,
        "fetched_at": fetched_at,
    }
    result = connection.execute(_ADD_PAGE, values)
    page_id = PageId(result.inserted_primary_key[0])  # type: ignore[index]  # an insert has one
    connection.execute(_ADD_KEY, {"key": key, "page_id": page_id})
    return page_id


def add_fetched_pages(connection: sa.Connection, fetched: Sequence[FetchedPage]) -> list[PageId]:
    """The ids of these new pages, in their order; nobody asks for them unless a person does."""
    values = [
        {
            "url": each.url,
            "site": site_of(each.url),
            "state": each.state,
            "announced_at": each.at,
            "fetched_at": each.at,
        }
        for each in fetched
    ]
    if not values:
        return []
    ids = list(map(PageId, connection.execute(_ADD_PAGES, values).scalars()))
    keys = [{"key": each.key, "page_id": id_} for each, id_ in zip(fetched, ids, strict=True)]
    connection.execute(_ADD_KEY, keys)
    return ids


def announce_entry(
    connection: sa.Connection, source_id: SourceId, page_id: PageId, entry: FeedEntry, now: datetime
) -> bool:
    """Whether the source says that the page changed since it last said so.

    What it said moves forward only: a feed may announce one page by two addresses, with two dates.
    """
    place = {"source_id": source_id, "page_id": page_id}
    known = connection.execute(_ENTRY, place).one_or_none()
    # RSS has no date of its own for updates: there, a new publication date says it.
    said = entry.updated or entry.published
    updated = said and whole_second(said)
    is_newer = updated is not None and (
        known is None or known.updated is None or updated > known.updated
    )
    if known is not None and not is_newer and known.title == entry.title:
        return False
    connection.execute(
        _ADD_ENTRY.on(connection),
        {
            **place,
            "url": entry.url,
            "title": entry.title,
            "published": entry.published,
            "published_precision": entry.published_precision,
            "updated": updated if is_newer or known is None else known.updated,
            "first_seen": now,
        },
    )
    return is_newer and known is not None


def load_announcement(connection: sa.Connection, page_id: PageId) -> FeedEntry | None:
    """What a source said of the page when it first announced it."""
    row = connection.execute(_ANNOUNCEMENT, {"page_id": page_id}).first()
    if row is None:
        return None
    precision = row.published_precision
    return FeedEntry(
        url=row.url,
        title=row.title,
        published=row.published,
        published_precision=Precision(precision) if precision else None,
        updated=row.updated,
    )


def keep_content(
    connection: sa.Connection, source_id: SourceId, page_id: PageId, content: str
) -> None:
    """Nothing; the text that the source gave of the page, as HTML, is kept until it is settled."""
    connection.execute(
        feed_entry.update()
        .where(feed_entry.c.source_id == source_id, feed_entry.c.page_id == page_id)
        .values(content=content)
    )


def load_content(connection: sa.Connection, page_id: PageId) -> str | None:
    """The text that a source gave of a page that is still to be asked for, as HTML."""
    return connection.execute(_CONTENT, {"page_id": page_id}).scalar()


def make_due(connection: sa.Connection, page_id: PageId, now: datetime) -> None:
    """Nothing; an archived page is asked for again now."""
    connection.execute(
        page.update()
        .where(page.c.id == page_id, page.c.state == PageState.ARCHIVED)
        .values(next_attempt_at=now)
    )


def postpone(connection: sa.Connection, known: Page, until: datetime) -> None:
    """Nothing; the page is not asked for before then, unless somebody has asked for it since it was
    read. It has used up no try.
    """
    was_asked = page.c.fetched_at.is_distinct_from(known.fetched_at)
    connection.execute(
        page.update().where(page.c.id == known.id, sa.not_(was_asked)).values(next_attempt_at=until)
    )


def due_pages(
    connection: sa.Connection,
    *,
    now: datetime,
    retries_early: bool = False,
    source_id: SourceId | None = None,
) -> list[Page]:
    """The pages to ask for now, in the order they were met; only that source's where one is given.

    ``retries_early``: pages that still await an article are asked for before their time.
    """
    due: sa.ColumnElement[bool] = page.c.next_attempt_at <= now
    if retries_early:
        awaited = page.c.state.in_((PageState.ANNOUNCED, PageState.FAILING))
        due = sa.or_(due, sa.and_(awaited, page.c.next_attempt_at.is_not(None)))
    statement = sa.select(page).where(due)
    if source_id is not None:
        announced = sa.select(feed_entry.c.page_id).where(feed_entry.c.source_id == source_id)
        statement = statement.where(page.c.id.in_(announced))
    return [_read_page(row) for row in connection.execute(statement.order_by(page.c.id))]


def record_outcome(
    connection: sa.Connection,
    page_id: PageId,
    *,
    state: PageState,
    reason: Reason | None = None,
    detail: str | None = None,
    attempts: int = 0,
    next_attempt_at: datetime | None,
    fetched_at: datetime,
    validators: Validators | None = None,
) -> None:
    """Nothing; the page remembers how asking for it ended. ``validators`` None keeps the old.

    Once it is archived, or no more tried, the text that a source gave of it has had its use.
    """
    values: dict[str, Any] = {
        "state": state,
        "reason": reason,
        "detail": detail,
        "attempts": attempts,
        "next_attempt_at": next_attempt_at,
        "fetched_at": fetched_at,
    }
    if validators is not None:
        values |= {"etag": validators.etag, "last_modified": validators.last_modified}
    connection.execute(_RECORD, {**values, "of_page": page_id})
    if state is PageState.ARCHIVED or next_attempt_at is None:
        connection.execute(_DROP_CONTENT, {"of_page": page_id})


def join_keys(
    connection: sa.Connection, page_id: PageId, keys: Iterable[str]
) -> tuple[PageId, set[PageId]]:
    """The page to which all these keys and this page's own now lead, the one with the lowest id,
    and those that gave way to it.

    Their articles belong to it now; which of them are one article is for the caller to judge.
    """
    keys = set(keys)
    held = find_page_ids(connection, keys)
    joined = {page_id, *held.values()}
    stays = min(joined)
    gone = joined - {stays}
    for each in sorted(gone):
        _move_page(connection, each, stays)
    if rows := [{"key": key, "page_id": stays} for key in sorted(keys - held.keys())]:
        connection.execute(_ADD_KEY, rows)
    return stays, gone


def _move_page(connection: sa.Connection, gone: PageId, stays: PageId) -> None:
    """Nothing; all that belonged to the one page belongs to the other."""
    announcers = sa.select(feed_entry.c.source_id).where(feed_entry.c.page_id == stays)
    connection.execute(
        feed_entry.delete().where(
            feed_entry.c.page_id == gone, feed_entry.c.source_id.in_(announcers)
        )
    )
    for table in (page_key, feed_entry, request, snapshot, article):
        connection.execute(table.update().where(table.c.page_id == gone).values(page_id=stays))
    connection.execute(page.delete().where(page.c.id == gone))


def _read_page(row: sa.Row[Any]) -> Page:
    fields = dict(row._mapping)
    return Page(
        id=PageId(fields["id"]),
        url=fields["url"],
        site=fields["site"],
        state=PageState(fields["state"]),
        reason=Reason(fields["reason"]) if fields["reason"] else None,
        detail=fields["detail"],
        attempts=fields["attempts"],
        next_attempt_at=fields["next_attempt_at"],
        announced_at=fields["announced_at"],
        fetched_at=fields["fetched_at"],
        validators=Validators(etag=fields["etag"], last_modified=fields["last_modified"]),
    )
