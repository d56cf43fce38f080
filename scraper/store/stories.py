"""Relations between articles, and the stories that follow from them.

Rule 1: a pair has one relation, kept in one direction: an excerpt before its whole, otherwise the
smaller id first.
Rule 2: a story's id is its smallest article's. A story that ends leaves a tombstone.
Rule 3: every visible change of a story takes the next `change.seq`, in the transaction that makes
it; what did not change takes none, so an idle run leaves no trace.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from scraper.model import (
    ArticleId,
    Canonical,
    CanonicalRule,
    DecisionId,
    Link,
    Member,
    Passage,
    Precision,
    Relation,
    RelationKind,
    RevisionId,
    Story,
    StoryId,
)
from scraper.store.articles import follow_redirects, load_attributions
from scraper.store.ids import among, pack
from scraper.store.schema import (
    article,
    attribution,
    canonical_change,
    change,
    relation,
    story,
    story_tombstone,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime

#: Relations kept as values: a large story's are read again with each article that joins it. About
#: 700 bytes each; a guess.
_LINKS_AT_HAND = 20_000

# What is asked for every article that is filed, built once.
_END_RELATIONS = relation.delete().where(
    sa.or_(relation.c.a == sa.bindparam("of"), relation.c.b == sa.bindparam("of"))
)
_END_EARLIER_RELATIONS = relation.delete().where(
    sa.or_(
        sa.and_(relation.c.a == sa.bindparam("of"), relation.c.b < sa.bindparam("of")),
        sa.and_(relation.c.b == sa.bindparam("of"), relation.c.a < sa.bindparam("of")),
    )
)
_ADD_RELATIONS = relation.insert()
_NEIGHBOURS = sa.union(
    sa.select(relation.c.a).where(among(relation.c.b)),
    sa.select(relation.c.b).where(among(relation.c.a)),
)
_COPIES = sa.union(
    sa.select(relation.c.a).where(among(relation.c.b), relation.c.kind != RelationKind.PART),
    sa.select(relation.c.b).where(among(relation.c.a), relation.c.kind != RelationKind.PART),
)
_HAVING_COPIES = sa.union(
    sa.select(relation.c.a).where(among(relation.c.a), relation.c.kind != RelationKind.PART),
    sa.select(relation.c.b).where(among(relation.c.b), relation.c.kind != RelationKind.PART),
)
#: The plus keeps SQLite from looking for every a with every b, n * n times.
_LINKS_AMONG = sa.text(
    "SELECT a, b, kind, coverage_a, coverage_b, similarity, passages, links, why FROM relation"
    " WHERE a IN (SELECT value FROM json_each(:ids))"
    " AND +b IN (SELECT value FROM json_each(:ids))"
)
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
_ADD_STORY = insert(story).values(
    first_seen=sa.select(sa.func.min(article.c.first_seen))
    .where(among(article.c.id))
    .scalar_subquery()
)
_WRITE_STORY = _ADD_STORY.on_conflict_do_update(
    index_elements=["id"],
    set_={column.name: column for column in _ADD_STORY.excluded if column.name != "id"},
)
_MOVE = (
    article.update()
    .where(article.c.id == sa.bindparam("member"))
    .values(
        story_id=sa.bindparam("to"), joined_by=sa.bindparam("by"), merged_by=sa.bindparam("merged")
    )
)
_END_TOMBSTONE = story_tombstone.delete().where(story_tombstone.c.story == sa.bindparam("of"))
_ADD_CANONICAL_CHANGE = canonical_change.insert()
_ADD_CHANGE = change.insert()


def replace_relations(
    connection: sa.Connection,
    article_id: ArticleId,
    links: Iterable[Link],
    revisions: Mapping[ArticleId, RevisionId],
) -> None:
    """Nothing; the article's relations are these and no others: see ``add_relations``."""
    end_relations(connection, article_id)
    add_relations(connection, links, revisions)


def end_relations(
    connection: sa.Connection, article_id: ArticleId, *, earlier_only: bool = False
) -> None:
    """Nothing; the article has no relations; with ``earlier_only`` none with smaller ids."""
    ended = _END_EARLIER_RELATIONS if earlier_only else _END_RELATIONS
    connection.execute(ended, {"of": article_id})


def add_relations(
    connection: sa.Connection, links: Iterable[Link], revisions: Mapping[ArticleId, RevisionId]
) -> None:
    """Nothing; these relations are there as well, each of a pair that has none.

    ``revisions`` gives for each article in the links the revision whose text was compared.
    """
    rows = [
        {
            "a": link.a,
            "b": link.b,
            "a_revision": revisions[link.a],
            "b_revision": revisions[link.b],
            "kind": link.relation.kind,
            "coverage_a": link.relation.coverage_a,
            "coverage_b": link.relation.coverage_b,
            "similarity": link.relation.similarity,
            "passages": [
                [passage.a_start, passage.a_end, passage.b_start, passage.b_end]
                for passage in link.relation.passages
            ],
            "links": link.relation.links,
            "why": link.relation.why,
        }
        for link in links
    ]
    if rows:
        connection.execute(_ADD_RELATIONS, rows)


def load_neighbours(connection: sa.Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """The articles that have a relation of any kind with one of these."""
    if not ids:
        return set()
    ends = connection.execute(_NEIGHBOURS, {"ids": pack(ids)}).scalars()
    return {ArticleId(end) for end in ends}


def load_copies(connection: sa.Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """The articles that have a relation with one of these other than sharing a part."""
    if not ids:
        return set()
    ends = connection.execute(_COPIES, {"ids": pack(ids)}).scalars()
    return {ArticleId(end) for end in ends}


def load_having_copies(connection: sa.Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """Those of these articles that have a relation other than sharing a part, with any article."""
    if not ids:
        return set()
    having = connection.execute(_HAVING_COPIES, {"ids": pack(ids)}).scalars()
    return {ArticleId(found) for found in having}


def load_links_among(connection: sa.Connection, ids: Collection[ArticleId]) -> list[Link]:
    """Every relation between two of these articles."""
    if len(ids) < 2:  # noqa: PLR2004 - a relation has two ends
        return []
    rows = connection.execute(_LINKS_AMONG, {"ids": pack(ids)}).all()
    return [_link(*row) for row in rows]


def read_link(row: sa.Row[Any]) -> Link:
    """A row of `relation` as the domain's type."""
    return Link(
        a=ArticleId(row.a),
        b=ArticleId(row.b),
        relation=Relation(
            kind=RelationKind(row.kind),
            coverage_a=row.coverage_a,
            coverage_b=row.coverage_b,
            similarity=row.similarity,
            passages=_read_passages(row.passages),
            links=row.links,
            why=row.why,
        ),
    )


@lru_cache(maxsize=_LINKS_AT_HAND)
def _link(  # noqa: PLR0917 - the columns of one row
    a: int,
    b: int,
    kind: str,
    coverage_a: float,
    coverage_b: float,
    similarity: float,
    passages: str,
    links: int,
    why: str,
) -> Link:
    """What ``_LINKS_AMONG`` read as the domain's type: the same row, the same value."""
    return Link(
        a=ArticleId(a),
        b=ArticleId(b),
        relation=Relation(
            kind=RelationKind(kind),
            coverage_a=coverage_a,
            coverage_b=coverage_b,
            similarity=similarity,
            passages=_read_passages(json.loads(passages)),
            links=bool(links),
            why=why,
        ),
    )


def _read_passages(ranges: Sequence[Sequence[int]]) -> tuple[Passage, ...]:
    return tuple(
        Passage(a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end)
        for a_start, a_end, b_start, b_end in ranges
    )


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
    for judged in after:
        old = was.get(judged.id)
        if old != judged or not set(judged.members).isdisjoint(touched):
            _write_story(connection, judged, old, now)
            _mark_change(connection, judged.id, now)
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
        )
    return stories, roundups


def _write_story(
    connection: sa.Connection, judged: Story, old: Story | None, now: datetime
) -> None:
    """Nothing; the story's row, its members' and, where another is canonical, the log say so."""
    canonical = judged.canonical
    values = {
        "id": judged.id,
        "canonical_id": canonical.article,
        "canonical_rule": canonical.rule,
        "canonical_reason": canonical.reason,
        "primary_source_url": canonical.primary_source_url,
        "member_count": len(judged.members),
        "updated_at": now,
    }
    connection.execute(_WRITE_STORY, values | {"ids": pack(judged.members)})
    if old is None:
        connection.execute(_END_TOMBSTONE, {"of": judged.id})
    moved = [
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
    ]
    if moved:
        connection.execute(_MOVE, moved)
    if old is None or old.canonical.article != canonical.article:
        values = {
            "at": now,
            "story_id": judged.id,
            "from_id": old and old.canonical.article,
            "to_id": canonical.article,
            "rule": canonical.rule,
            "reason": canonical.reason,
        }
        connection.execute(_ADD_CANONICAL_CHANGE, values)


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
