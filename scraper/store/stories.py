"""Relations between articles, and the stories that follow from them.

Rule 1: a pair has one relation, kept in one direction: an excerpt before its whole, otherwise the
smaller id first.
Rule 2: a story's id is its smallest article's. A story that ends leaves a tombstone.
Rule 3: every visible change of a story takes the next `change.seq`, in the transaction that makes
it; what did not change takes none, so an idle run leaves no trace.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import (
    ArticleId,
    Canonical,
    CanonicalRule,
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
from scraper.store.schema import (
    article,
    canonical_change,
    change,
    relation,
    story,
    story_tombstone,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from datetime import datetime


def replace_relations(
    connection: sa.Connection,
    article_id: ArticleId,
    links: Iterable[Link],
    revisions: Mapping[ArticleId, RevisionId],
) -> None:
    """Nothing; the article's relations are these and no others.

    ``revisions`` gives for each article in the links the revision whose text was compared.
    """
    connection.execute(
        relation.delete().where(sa.or_(relation.c.a == article_id, relation.c.b == article_id))
    )
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
        connection.execute(relation.insert(), rows)


def load_neighbours(connection: sa.Connection, ids: Collection[ArticleId]) -> set[ArticleId]:
    """The articles that have a relation of any kind with one of these."""
    ends = sa.union(
        sa.select(relation.c.a).where(relation.c.b.in_(ids)),
        sa.select(relation.c.b).where(relation.c.a.in_(ids)),
    )
    return {ArticleId(end) for end in connection.execute(ends).scalars()}


def load_links_among(connection: sa.Connection, ids: Collection[ArticleId]) -> list[Link]:
    """Every relation between two of these articles."""
    if len(ids) < 2:  # noqa: PLR2004 - a relation has two ends
        return []
    statement = sa.select(relation).where(relation.c.a.in_(ids), relation.c.b.in_(ids))
    return [read_link(row) for row in connection.execute(statement)]


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
            passages=tuple(
                Passage(a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end)
                for a_start, a_end, b_start, b_end in row.passages
            ),
            links=row.links,
            why=row.why,
        ),
    )


def stories_of(connection: sa.Connection, ids: Collection[ArticleId]) -> set[StoryId]:
    """The stories that these articles are in."""
    statement = sa.select(article.c.story_id).where(
        article.c.id.in_(ids), article.c.story_id.is_not(None)
    )
    return {StoryId(found) for found in connection.execute(statement.distinct()).scalars()}


def members_of(connection: sa.Connection, stories: Collection[StoryId]) -> set[ArticleId]:
    """The articles in these stories."""
    if not stories:
        return set()
    statement = sa.select(article.c.id).where(article.c.story_id.in_(stories))
    return {ArticleId(found) for found in connection.execute(statement).scalars()}


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
    statement = sa.select(
        article.c.id,
        article.c.site,
        article.c.url,
        article.c.first_published_utc,
        article.c.first_published_precision,
        article.c.first_seen,
        article.c.longest_word_count,
        article.c.was_whole,
    ).where(article.c.id.in_(ids))
    named = load_attributions(connection, ids)
    members = {}
    for row in connection.execute(statement):
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
    was = _load_stories(connection, before)
    _mark_roundups(connection, after, roundups)
    for judged in after:
        old = was.get(judged.id)
        if old != judged or not set(judged.members).isdisjoint(touched):
            _write_story(connection, judged, old, now)
            _mark_change(connection, judged.id, now)
    ended = {ArticleId(gone) for gone in before} - {judged.members[0] for judged in after}
    homes = {member: judged.id for judged in after for member in judged.members}
    moved = follow_redirects(connection, ended)
    for gone in sorted(ended):
        _bury_story(connection, StoryId(gone), homes.get(moved.get(gone, gone)), now)


def _load_stories(connection: sa.Connection, ids: Collection[StoryId]) -> dict[StoryId, Story]:
    """These stories as they are stored."""
    if not ids:
        return {}
    members: dict[StoryId, dict[ArticleId, ArticleId | None]] = {}
    rows = connection.execute(
        sa.select(article.c.id, article.c.story_id, article.c.joined_by)
        .where(article.c.story_id.in_(ids))
        .order_by(article.c.id)
    )
    for row in rows:
        members.setdefault(StoryId(row.story_id), {})[ArticleId(row.id)] = row.joined_by
    stories = {}
    for row in connection.execute(sa.select(story).where(story.c.id.in_(ids))):
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
        )
    return stories


def _mark_roundups(
    connection: sa.Connection, stories: Sequence[Story], roundups: Collection[ArticleId]
) -> None:
    members = {member for judged in stories for member in judged.members}
    statement = sa.select(article.c.id).where(article.c.id.in_(members), article.c.is_roundup)
    marked = set(connection.execute(statement).scalars())
    for ids, verdict in ((members & set(roundups) - marked, True), (marked - set(roundups), False)):
        if ids:
            connection.execute(
                article.update().where(article.c.id.in_(ids)).values(is_roundup=verdict)
            )


def _write_story(
    connection: sa.Connection, judged: Story, old: Story | None, now: datetime
) -> None:
    """Nothing; the story's row, its members' and, where another is canonical, the log say so."""
    canonical = judged.canonical
    first_seen = connection.execute(
        sa.select(sa.func.min(article.c.first_seen)).where(article.c.id.in_(judged.members))
    ).scalar_one()
    values = {
        "canonical_id": canonical.article,
        "canonical_rule": canonical.rule,
        "canonical_reason": canonical.reason,
        "primary_source_url": canonical.primary_source_url,
        "member_count": len(judged.members),
        "first_seen": first_seen,
        "updated_at": now,
    }
    exists = connection.execute(sa.select(story.c.id).where(story.c.id == judged.id)).scalar()
    if exists is None:
        connection.execute(story.insert().values(id=judged.id, **values))
        connection.execute(story_tombstone.delete().where(story_tombstone.c.story == judged.id))
    else:
        connection.execute(story.update().where(story.c.id == judged.id).values(values))
    for member in judged.members:
        place = (judged.id, judged.joined_by.get(member))
        if old is None or member not in old.members or old.joined_by.get(member) != place[1]:
            connection.execute(
                article.update()
                .where(article.c.id == member)
                .values(story_id=place[0], joined_by=place[1])
            )
    if old is None or old.canonical.article != canonical.article:
        connection.execute(
            canonical_change.insert().values(
                at=now,
                story_id=judged.id,
                from_id=old and old.canonical.article,
                to_id=canonical.article,
                rule=canonical.rule,
                reason=canonical.reason,
            )
        )


def _mark_change(connection: sa.Connection, changed: StoryId, now: datetime) -> int:
    """The number of this change."""
    result = connection.execute(change.insert().values(at=now, story_id=changed))
    return int(result.inserted_primary_key[0])  # type: ignore[index]  # an insert has one


def _bury_story(
    connection: sa.Connection, gone: StoryId, into: StoryId | None, now: datetime
) -> None:
    """Nothing; the story is no more, and a tombstone says where its articles went."""
    seq = _mark_change(connection, gone, now)
    connection.execute(story.delete().where(story.c.id == gone))
    connection.execute(story_tombstone.insert().values(story=gone, into=into, seq=seq))
