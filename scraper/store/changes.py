"""What changed since a moment that a cursor names, and the cursor of now.

Every visible change of a story takes the next `change.seq` in the transaction that makes it (see
``stories``). So a cursor is a number of the archive: nothing has to be remembered for each reader,
and what a transaction that was cut off changed was never numbered.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any
from uuid import UUID

import sqlalchemy as sa

from scraper.errors import UsageError
from scraper.model import StoryId
from scraper.store.archive import load_uuid
from scraper.store.filters import choose_stories
from scraper.store.query import load_stories
from scraper.store.schema import change, story, story_tombstone
from scraper.store.stream import BATCH, batches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.filters import Wanted
    from scraper.store.query import FullStory

#: Where SQLite's numbers end.
_LARGEST = 2**63 - 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """A moment of one archive: after its change ``seq``, 0 before its first."""

    archive: UUID
    seq: int

    def __str__(self) -> str:
        return f"{self.archive}:{self.seq}"


class Why(StrEnum):
    """Why a story is in the set no more."""

    MERGED = "merged"
    FORGOTTEN = "forgotten"
    #: It is there, and the filters do not hold of it any more.
    FILTERED = "filtered"


@dataclass(frozen=True, slots=True, kw_only=True)
class Tombstone:
    """A story that may have been in the set and is not; ``into`` is where a merged one went."""

    story: StoryId
    why: Why
    into: StoryId | None


def parse_cursor(text: str) -> Cursor:
    """The cursor that was printed so. Raises UsageError for what is none."""
    archive, colon, seq = text.strip().partition(":")
    try:
        if colon and seq.isascii() and seq.isdigit() and len(archive) == len(str(UUID(int=0))):
            cursor = Cursor(archive=UUID(archive), seq=int(seq))
            if cursor.seq <= _LARGEST:
                return cursor
    except ValueError:
        pass  # what is no UUID is no cursor
    raise UsageError(
        f"{text[:60]!r} is no cursor: give the one in an export's manifest, UUID:NUMBER; "
        "a date goes with --from"
    )


def load_cursor(connection: sa.Connection) -> Cursor:
    """The cursor of what this connection sees."""
    archive, _ = load_uuid(connection)
    newest = connection.execute(sa.select(sa.func.max(change.c.seq))).scalar()
    return Cursor(archive=archive, seq=newest or 0)


def check_cursor(since: Cursor, now: Cursor) -> None:
    """Nothing, where changes can be told from ``since`` to ``now``. Raises UsageError otherwise."""
    again = "export once without --since, and go on from there"
    if since.archive != now.archive:
        raise UsageError(f"the cursor {since} is of another archive: {again}")
    if since.seq > now.seq:
        raise UsageError(
            f"the cursor {since} is ahead of this archive, an older copy of its own: {again}"
        )


def each_change(
    connection: sa.Connection, since: Cursor, wanted: Wanted
) -> Iterator[FullStory | Tombstone]:
    """The wanted stories that changed after the cursor, as they are now, and a tombstone for each
    that the set held at the cursor at most and holds no more; by id.

    Applied to the wanted stories of that moment this gives those of now. Stories that began after
    it and are gone or not wanted are left out.
    """
    later = sa.select(change.c.story_id).where(change.c.seq > since.seq).distinct().subquery()
    earlier = change.alias("earlier")
    was_there = (
        sa.select(earlier.c.seq)
        .where(earlier.c.story_id == later.c.story_id, earlier.c.seq <= since.seq)
        .exists()
    )
    statement = (
        sa.select(
            later.c.story_id,
            story.c.id,
            story.c.member_count,
            story.c.id.in_(choose_stories(wanted)).label("is_wanted"),
            was_there.label("was_there"),
            story_tombstone.c.into,
        )
        .outerjoin(story, story.c.id == later.c.story_id)
        .outerjoin(story_tombstone, story_tombstone.c.story == later.c.story_id)
        .order_by(later.c.story_id)
    )
    rows = connection.execute(statement, execution_options={"yield_per": BATCH})
    for batch in batches((row, row.member_count or 1) for row in rows):
        ids = [StoryId(row.id) for row in batch if row.is_wanted]
        found = {changed.id: changed for changed in load_stories(connection, ids)}
        for row in batch:
            if row.is_wanted:
                yield found[StoryId(row.id)]
            elif row.was_there:
                yield _bury(row)


def _bury(row: sa.Row[Any]) -> Tombstone:
    gone = StoryId(row.story_id)
    if row.id is not None:
        return Tombstone(story=gone, why=Why.FILTERED, into=None)
    if row.into is None:
        return Tombstone(story=gone, why=Why.FORGOTTEN, into=None)
    return Tombstone(story=gone, why=Why.MERGED, into=StoryId(row.into))
