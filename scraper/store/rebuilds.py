"""Making again what follows from the articles: how far it got, and what is next.

Rule 1: from the first step of a rebuild of the fingerprints to its last the archive says that it
has fingerprints of version 0, so that nothing is matched against half of them.
Rule 2: how far it got is written in the transaction that got it there.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

import sqlalchemy as sa

from scraper.model import ArticleId, PageId, SnapshotId, StoryId
from scraper.store.schema import (
    archive,
    article,
    boilerplate,
    match_key,
    rebuild,
    rereading,
    site_line,
    snapshot,
    story,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The version of the fingerprints of an archive that has not all of any.
UNFINISHED: Final = 0


class Step(StrEnum):
    """The steps of a rebuild of the fingerprints, in their order."""

    #: Each article's lines are noted, and judged.
    LINES = "lines"
    #: Each article gets its keys and its relations with those before it.
    KEYS = "keys"
    #: Every story is judged.
    STORIES = "stories"


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a rebuild got: this step is done up to the article or story with this number."""

    step: Step
    done_to: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Fingerprints:
    """Whether the archive has all fingerprints of the version that the program makes.

    ``left`` is how many articles and stories the rebuild still has to look at that makes them; None
    where none was begun, or none is wanted.
    """

    found: int
    expected: int
    left: int | None

    @property
    def are_whole(self) -> bool:
        """Whether nothing is to be done."""
        return self.found == self.expected

    @property
    def are_newer(self) -> bool:
        """Whether a newer program made them, which a rebuild must not undo."""
        return self.found > self.expected


def load_fingerprints(connection: sa.Connection, expected: int) -> Fingerprints:
    """How the archive's fingerprints are, for a program that makes this version of them."""
    found = connection.execute(sa.select(archive.c.fingerprint_version)).scalar_one()
    progress = load_progress(connection, expected)
    left = None if progress is None else count_left(connection, progress)
    return Fingerprints(found=found, expected=expected, left=left)


def load_progress(connection: sa.Connection, fingerprint_version: int) -> Progress | None:
    """How far the rebuild got that makes fingerprints of this version; None where none goes on."""
    row = connection.execute(
        sa.select(rebuild).where(rebuild.c.fingerprint_version == fingerprint_version)
    ).one_or_none()
    return None if row is None else Progress(step=Step(row.step), done_to=row.done_to)


def begin_rebuild(connection: sa.Connection, fingerprint_version: int) -> Progress:
    """The first step of a rebuild; no fingerprint and no line is left, relations and stories are.

    A rebuild for another version that was under way is none any more.
    """
    for table in (match_key, site_line, boilerplate, rebuild):
        connection.execute(table.delete())
    connection.execute(archive.update().values(fingerprint_version=UNFINISHED))
    first = Progress(step=Step.LINES, done_to=0)
    connection.execute(
        rebuild.insert().values(
            id=1, fingerprint_version=fingerprint_version, step=first.step, done_to=first.done_to
        )
    )
    return first


def save_progress(connection: sa.Connection, progress: Progress) -> None:
    """Nothing; the rebuild under way got so far."""
    connection.execute(rebuild.update().values(step=progress.step, done_to=progress.done_to))


def finish_rebuild(connection: sa.Connection, fingerprint_version: int) -> None:
    """Nothing; the archive has all its fingerprints, and they are of this version."""
    connection.execute(rebuild.delete())
    connection.execute(archive.update().values(fingerprint_version=fingerprint_version))


def next_articles(connection: sa.Connection, after: int, most: int) -> Sequence[ArticleId]:
    """The articles with the next larger ids, so many at most."""
    statement = sa.select(article.c.id).where(article.c.id > after)
    found = connection.execute(statement.order_by(article.c.id).limit(most)).scalars()
    return [ArticleId(each) for each in found]


def next_stories(connection: sa.Connection, after: int, most: int) -> Sequence[StoryId]:
    """The stories with the next larger ids, so many at most."""
    statement = sa.select(story.c.id).where(story.c.id > after)
    found = connection.execute(statement.order_by(story.c.id).limit(most)).scalars()
    return [StoryId(each) for each in found]


def count_left(connection: sa.Connection, progress: Progress) -> int:
    """How many articles and stories a rebuild that got so far still has to look at."""
    ids = {Step.LINES: article.c.id, Step.KEYS: article.c.id, Step.STORIES: story.c.id}
    steps = list(Step)
    left = 0
    for step in steps[steps.index(progress.step) :]:
        after = progress.done_to if step is progress.step else 0
        count = sa.select(sa.func.count()).where(ids[step] > after)
        left += connection.execute(count).scalar_one()
    return left


def load_reread_to(connection: sa.Connection) -> int:
    """The page up to which all articles were read anew; 0 where no such rebuild is under way."""
    return connection.execute(sa.select(rereading.c.done_to)).scalar() or 0


def save_reread_to(connection: sa.Connection, page_id: PageId | None) -> None:
    """Nothing; articles were read anew up to this page, or all of them where it is None."""
    connection.execute(rereading.delete())
    if page_id is not None:
        connection.execute(rereading.insert().values(id=1, done_to=page_id))


def next_kept_pages(connection: sa.Connection, after: int, most: int) -> Sequence[PageId]:
    """The pages with the next larger ids that have a snapshot, so many at most."""
    statement = sa.select(snapshot.c.page_id).where(snapshot.c.page_id > after).distinct()
    found = connection.execute(statement.order_by(snapshot.c.page_id).limit(most)).scalars()
    return [PageId(each) for each in found]


def count_kept_pages(connection: sa.Connection, after: int) -> int:
    """How many pages with larger ids have a snapshot."""
    counted = sa.func.count(sa.distinct(snapshot.c.page_id))
    return connection.execute(sa.select(counted).where(snapshot.c.page_id > after)).scalar_one()


def read_from(connection: sa.Connection, page_id: PageId) -> dict[ArticleId, SnapshotId]:
    """The page's articles that were read from a snapshot that is kept, and that snapshot."""
    statement = sa.select(article.c.id, article.c.snapshot_id).where(
        article.c.page_id == page_id, article.c.snapshot_id.is_not(None)
    )
    rows = connection.execute(statement.order_by(article.c.id))
    return {ArticleId(row.id): SnapshotId(row.snapshot_id) for row in rows}
