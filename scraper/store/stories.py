"""Stories, and what of them changed.

Rule 1: a story's id is its smallest article's. A story that ends leaves a tombstone.
Rule 2: every visible change of a story takes the next `change.seq`, in the transaction that makes
it; what did not change takes none, so an idle run leaves no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.model import (
    ArticleId,
    Canonical,
    CanonicalRule,
    DecisionId,
    Member,
    Precision,
    Story,
    StoryId,
)
from scraper.store.article_ends import follow_redirects
from scraper.store.article_rows import load_attributions
from scraper.store.ids import among, pack
from scraper.store.schema import (
    article,
    attribution,
    canonical_change,
    change,
    story,
    story_tombstone,
)
from scraper.store.spoken import Upsert

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence
    from datetime import datetime

# What is asked for every article that is filed, built once.
_STORIES_OF = (
    sa.select(article.c.story_id)
    .where(among(article.c.id), article.c.story_id.is_not(None))
    .distinct()
)
_MEMBERS_OF = sa.select(article.c.id).where(among(article.c.story_id))
_FACTS = sa.select(
    article.c.id,
    article.c.site,
    article.c.url,
    article.c.external_id,
    article.c.first_published_utc,
    article.c.first_published_precision,
    article.c.first_seen,
    article.c.longest_word_count,
    article.c.was_whole,
    sa.exists().where(attribution.c.article_id == article.c.id).label("names_sources"),
).where(among(article.c.id))
_STORIES = sa.select(story).where(among(story.c.id))
_PLACES = (
    sa.select(
        article.c.id,
        article.c.story_id,
        article.c.joined_by,
        article.c.merged_by,
        article.c.is_roundup,
    )
    .where(among(article.c.story_id))
    .order_by(article.c.id)
)
_MARK_ROUNDUPS = (
    article.update().where(among(article.c.id)).values(is_roundup=sa.bindparam("verdict"))
)
_FIRST_SEEN = sa.select(sa.func.min(article.c.first_seen)).where(among(article.c.id))
_WRITE_STORY = Upsert(
    lambda insert: (
        (new := insert(story))
        .values(first_seen=_FIRST_SEEN.scalar_subquery())
        .on_conflict_do_update(
            index_elements=["id"],
            set_={column.name: column for column in new.excluded if column.name != "id"},
        )
    )
)
_MOVE = (
    article.update()
    .where(article.c.id == sa.bindparam("member"))
    .values(
        story_id=sa.bindparam("to"), joined_by=sa.bindparam("by"), merged_by=sa.bindparam("merged")
    )
)
_END_TOMBSTONES = story_tombstone.delete().where(among(story_tombstone.c.story))
_ADD_CANONICAL_CHANGE = canonical_change.insert()
_ADD_CHANGE = change.insert()


def stories_of(connection: sa.Connection, ids: Collection[ArticleId]) -> set[StoryId]:
    """The stories that these articles are in."""
    if not ids:
        return set()
    found = connection.execute(_STORIES_OF, {"ids": pack(ids)}).scalars()
    return {StoryId(story_id) for story_id in found}


def members_of(connection: sa.Connection, stories: Collection[StoryId]) -> set[ArticleId]:
    """The articles in these stories."""
    if not stories:
        return set()
    found = connection.execute(_MEMBERS_OF, {"ids": pack(stories)}).scalars()
    return {ArticleId(article_id) for article_id in found}


def load_members(
    connection: sa.Connection,
    ids: Collection[ArticleId],
    *,
    url_key: Callable[[str], str],
    priority: Callable[[str], int],
) -> dict[ArticleId, Member]:
    """What the choice of a canonical reads of these articles.

    ``url_key`` gives a URL's key, ``priority`` a site's configured priority.
    """
    rows = connection.execute(_FACTS, {"ids": pack(ids)}).all()
    naming = [ArticleId(row.id) for row in rows if row.names_sources]
    named = load_attributions(connection, naming) if naming else {}
    members = {}
    for row in rows:
        member = ArticleId(row.id)
        precision = row.first_published_precision
        members[member] = Member(
            id=member,
            site=row.site,
            url=row.url,
            url_key=url_key(row.url) if row.url else None,
            published=row.first_published_utc,
            published_precision=Precision(precision) if precision else None,
            first_seen=row.first_seen,
            word_count=row.longest_word_count,
            is_whole=row.was_whole,
            priority=priority(row.site) if row.site else 0,
            external_id=row.external_id,
            attributions=named.get(member, ()),
        )
    return members


def save_stories(
    connection: sa.Connection,
    *,
    before: Collection[StoryId],
    after: Sequence[Story],
    roundups: Collection[ArticleId],
    touched: Collection[ArticleId],
    now: datetime,
) -> None:
    """Nothing; the stories ``before`` are now the stories ``after``, and what changed is marked.

    ``after`` holds every article that was in ``before``, but for those that are no more.
    ``roundups`` are those of their members that are round-ups; ``touched`` those whose own text or
    metadata changed.
    """
    was, marked = _load_stories(connection, before)
    for ids, verdict in ((set(roundups) - marked, True), (marked - set(roundups), False)):
        if ids:
            connection.execute(_MARK_ROUNDUPS, {"ids": pack(ids), "verdict": verdict})
    changed = [
        (judged, was.get(judged.id))
        for judged in after
        if was.get(judged.id) != judged or not set(judged.members).isdisjoint(touched)
    ]
    if changed:
        _write_stories(connection, changed, now)
    ended = {ArticleId(gone) for gone in before} - {judged.members[0] for judged in after}
    homes = {member: judged.id for judged in after for member in judged.members}
    moved = follow_redirects(connection, ended) if ended else {}
    for gone in sorted(ended):
        old = was.get(StoryId(gone))
        stays = (moved.get(gone, gone), *(old.members if old else ()))  # its first may be forgotten
        into = next((homes[member] for member in stays if member in homes), None)
        _bury_story(connection, StoryId(gone), into, now)


def _load_stories(
    connection: sa.Connection, ids: Collection[StoryId]
) -> tuple[dict[StoryId, Story], set[ArticleId]]:
    """These stories as they are stored, and which of their members are round-ups."""
    if not ids:
        return {}, set()
    members: dict[StoryId, dict[ArticleId, ArticleId | None]] = {}
    merged: dict[ArticleId, DecisionId] = {}
    roundups: set[ArticleId] = set()
    for row in connection.execute(_PLACES, {"ids": pack(ids)}):
        members.setdefault(StoryId(row.story_id), {})[ArticleId(row.id)] = row.joined_by
        if row.merged_by is not None:
            merged[ArticleId(row.id)] = DecisionId(row.merged_by)
        if row.is_roundup:
            roundups.add(ArticleId(row.id))
    stories = {}
    for row in connection.execute(_STORIES, {"ids": pack(ids)}):
        joined = members.get(StoryId(row.id), {})
        if not joined:
            continue
        stories[StoryId(row.id)] = Story(
            members=tuple(joined),
            canonical=Canonical(
                article=ArticleId(row.canonical_id),
                rule=CanonicalRule(row.canonical_rule),
                reason=row.canonical_reason,
                primary_source_url=row.primary_source_url,
            ),
            joined_by={member: by for member, by in joined.items() if by is not None},
            merged_by={member: merged[member] for member in joined if member in merged},
            evidence=row.evidence,
        )
    return stories, roundups


def _write_stories(
    connection: sa.Connection, changed: Sequence[tuple[Story, Story | None]], now: datetime
) -> None:
    """Nothing; the stories' rows, their members' and, where another is canonical, the log say so.

    Each comes with what it was. A statement is run once for all of them.
    """
    rows: list[dict[str, object]] = []
    moved: list[dict[str, object]] = []
    chosen: list[dict[str, object]] = []
    for judged, old in changed:
        canonical = judged.canonical
        rows.append(
            {
                "id": judged.id,
                "canonical_id": canonical.article,
                "canonical_rule": canonical.rule,
                "canonical_reason": canonical.reason,
                "primary_source_url": canonical.primary_source_url,
                "member_count": len(judged.members),
                "evidence": judged.evidence,
                "updated_at": now,
                "ids": pack(judged.members),
            }
        )
        moved += (
            {
                "member": member,
                "to": judged.id,
                "by": judged.joined_by.get(member),
                "merged": judged.merged_by.get(member),
            }
            for member in judged.members
            if old is None
            or member not in old.members
            or old.joined_by.get(member) != judged.joined_by.get(member)
            or old.merged_by.get(member) != judged.merged_by.get(member)
        )
        if old is None or old.canonical.article != canonical.article:
            chosen.append(
                {
                    "at": now,
                    "story_id": judged.id,
                    "from_id": old and old.canonical.article,
                    "to_id": canonical.article,
                    "rule": canonical.rule,
                    "reason": canonical.reason,
                }
            )
    connection.execute(_WRITE_STORY.on(connection), rows)
    if begun := [judged.id for judged, old in changed if old is None]:
        connection.execute(_END_TOMBSTONES, {"ids": pack(begun)})
    if moved:
        connection.execute(_MOVE, moved)
    if chosen:
        connection.execute(_ADD_CANONICAL_CHANGE, chosen)
    connection.execute(_ADD_CHANGE, [{"at": now, "story_id": judged.id} for judged, _ in changed])


def _mark_change(connection: sa.Connection, changed: StoryId, now: datetime) -> int:
    """The number of this change."""
    result = connection.execute(_ADD_CHANGE, {"at": now, "story_id": changed})
    return int(result.inserted_primary_key[0])  # type: ignore[index]  # an insert has one


def _bury_story(
    connection: sa.Connection, gone: StoryId, into: StoryId | None, now: datetime
) -> None:
    """Nothing; the story is no more, and a tombstone says where its articles went."""
    seq = _mark_change(connection, gone, now)
    connection.execute(story.delete().where(story.c.id == gone))
    connection.execute(story_tombstone.insert().values(story=gone, into=into, seq=seq))
