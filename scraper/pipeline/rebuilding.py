"""What follows from the archived articles, made again from them.

    lines     which lines does each site have, and which are its own?   pipeline.masking
    keys      each article's keys, and its relations to earlier ones     pipeline.matching
    stories   every story, judged by its relations                       pipeline.matching

A batch is one transaction, which also says how far it got: a rebuild that is interrupted continues
where it was. Relations are replaced pair by pair and stories judged last, so that reading commands
find a whole archive at any time. What comes out as it was is not marked as changed.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from scraper import clock
from scraper.match.masks import text_number
from scraper.match.version import FINGERPRINT_VERSION
from scraper.store import rebuilds, stored_text, stories
from scraper.store.rebuilds import Progress, Step

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import sqlalchemy as sa

    from scraper.model import ArticleId
    from scraper.pipeline.matching import Matcher
    from scraper.store.archive import Archive

#: One transaction holds so many articles or stories, as in an import.
BATCH: Final = 1_000


def rebuild_fingerprints(
    archive: Archive, matcher: Matcher, *, on_batch: Callable[[int], None] | None = None
) -> None:
    """Nothing; every article has its fingerprint, relations and story by this program's rules.

    ``on_batch`` is called after each transaction with the number of articles or stories in it.
    """
    progress: Progress | None
    with archive.write() as connection:
        progress = rebuilds.load_progress(connection, FINGERPRINT_VERSION)
        if progress is None:
            progress = rebuilds.begin_rebuild(connection, FINGERPRINT_VERSION)
    while progress is not None:
        with archive.write() as connection:
            done, progress = _take_step(connection, matcher, progress)
            if progress is None:
                rebuilds.finish_rebuild(connection, FINGERPRINT_VERSION)
            else:
                rebuilds.save_progress(connection, progress)
        if on_batch is not None:
            on_batch(done)


def rebuild_stories(
    archive: Archive, matcher: Matcher, *, on_batch: Callable[[int], None] | None = None
) -> None:
    """Nothing; every story is what its relations make of it, by this program's rules.

    ``on_batch`` is called after each transaction with the number of stories in it.
    """
    done_to: int | None = 0
    while done_to is not None:
        with archive.write() as connection:
            done, done_to = _judge_batch(connection, matcher, done_to)
        if on_batch is not None:
            on_batch(done)


def count_left(archive: Archive) -> int:
    """How many articles and stories a rebuild of the fingerprints would look at now."""
    with archive.read() as connection:
        progress = rebuilds.load_progress(connection, FINGERPRINT_VERSION)
        return rebuilds.count_left(connection, progress or Progress(step=Step.LINES, done_to=0))


def count_stories(archive: Archive) -> int:
    """How many stories a rebuild of the stories would look at."""
    with archive.read() as connection:
        return rebuilds.count_left(connection, Progress(step=Step.STORIES, done_to=0))


def _take_step(
    connection: sa.Connection, matcher: Matcher, progress: Progress
) -> tuple[int, Progress | None]:
    """How many articles or stories were looked at, and where to go on; None after the last."""
    if progress.step is Step.STORIES:
        done, done_to = _judge_batch(connection, matcher, progress.done_to)
        return done, None if done_to is None else Progress(step=Step.STORIES, done_to=done_to)
    ids = rebuilds.next_articles(connection, progress.done_to, BATCH)
    if not ids:
        after = Step.KEYS if progress.step is Step.LINES else Step.STORIES
        return 0, Progress(step=after, done_to=0)
    with matcher.gathering(connection, clock.now()):
        if progress.step is Step.LINES:
            _note_lines(connection, matcher, ids)
        else:
            _make_keys(connection, matcher, ids)
    return len(ids), replace(progress, done_to=ids[-1])


def _note_lines(connection: sa.Connection, matcher: Matcher, ids: Sequence[ArticleId]) -> None:
    masking = matcher.masking
    for text in stored_text.load_texts(connection, ids):
        number = text_number(text.text_sha256)
        masking.admit(connection, text.site, number, masking.read(text), text.title)


def _make_keys(connection: sa.Connection, matcher: Matcher, ids: Sequence[ArticleId]) -> None:
    texts = stored_text.load_texts(connection, ids)
    masks = matcher.masking.masks(connection, texts)
    for text in texts:
        matcher.fingerprint(connection, replace(text, mask=masks[text.id]), earlier_only=True)


def _judge_batch(connection: sa.Connection, matcher: Matcher, after: int) -> tuple[int, int | None]:
    """How many stories were judged, and the last of them; None where there was none."""
    ids = rebuilds.next_stories(connection, after, BATCH)
    if not ids:
        return 0, None
    members = stories.members_of(connection, ids)
    matcher.judge_members(connection, ids, members, clock.now())
    return len(ids), ids[-1]
