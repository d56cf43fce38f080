"""Stories whole, with every mirror, and articles, as people and files read them.

Rule 1: what leaves is a frozen value, never a row.
Rule 2: many stories are read with as many statements as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.errors import ArchiveError
from scraper.model import ArticleId, CanonicalRule, RelationKind, StoryId
from scraper.store.article_rows import load_attributions, read_article
from scraper.store.relations import read_link
from scraper.store.schema import article, relation, revision, story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from scraper.model import ArchivedArticle, Attribution, Link

#: So many ids are put into one statement: SQLite takes 32,766 at most.
_IDS_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """A half-open range of code points of a text."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Mirror:
    """A story's member that is not its canonical, and what it is to ``article.joined_by``.

    ``coverage`` is the share of the mirror's own words found there, ``passages`` where in the
    mirror's text they stand, in order. Of two articles that only a decision joined nothing of this
    may be known: then it is None.
    """

    article: ArchivedArticle
    relation: RelationKind
    coverage: float | None
    similarity: float | None
    passages: tuple[Span, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FullStory:
    """A story with its canonical article, why it was chosen, and its mirrors by id."""

    id: StoryId
    canonical: ArchivedArticle
    canonical_rule: CanonicalRule
    canonical_reason: str
    primary_source_url: str | None
    mirrors: tuple[Mirror, ...]
    first_seen: datetime
    updated: datetime


def load_story(connection: sa.Connection, wanted: StoryId) -> FullStory | None:
    """This story, whole; None where there is none of this id."""
    return next(iter(load_stories(connection, [wanted])), None)


def load_stories(connection: sa.Connection, ids: Sequence[StoryId]) -> Iterator[FullStory]:
    """These stories, whole, by id; those that are no more are left out."""
    members: dict[StoryId, list[ArchivedArticle]] = {found: [] for found in ids}
    statement = sa.select(article).where(article.c.story_id.in_(ids)).order_by(article.c.id)
    for member in read_articles(connection, statement):
        members[member.story].append(member)
    links = _joining_links(connection, ids)
    rows = connection.execute(sa.select(story).where(story.c.id.in_(ids)).order_by(story.c.id))
    for row in rows:
        within = {member.id: member for member in members[StoryId(row.id)]}
        canonical = within.pop(ArticleId(row.canonical_id))
        yield FullStory(
            id=StoryId(row.id),
            canonical=canonical,
            canonical_rule=CanonicalRule(row.canonical_rule),
            canonical_reason=row.canonical_reason,
            primary_source_url=row.primary_source_url,
            mirrors=tuple(_read_mirror(member, links) for member in within.values()),
            first_seen=row.first_seen,
            updated=row.updated_at,
        )


def read_articles(connection: sa.Connection, statement: sa.Select[Any]) -> list[ArchivedArticle]:
    """The articles that a selection of `article` gives, each with what it names as its source."""
    rows = connection.execute(statement).all()
    ids = [ArticleId(row.id) for row in rows]
    named: dict[ArticleId, tuple[Attribution, ...]] = {}
    for start in range(0, len(ids), _IDS_AT_A_TIME):
        named |= load_attributions(connection, ids[start : start + _IDS_AT_A_TIME])
    return [read_article(row, named.get(ArticleId(row.id), ())) for row in rows]


def load_articles(connection: sa.Connection, ids: Sequence[ArticleId]) -> list[ArchivedArticle]:
    """These articles by id; at most some thousands. Those that are no more are left out."""
    return read_articles(connection, sa.select(article).where(article.c.id.in_(ids)))


def load_roundups(connection: sa.Connection, wanted: StoryId) -> frozenset[ArticleId]:
    """The story's members that are round-ups."""
    statement = sa.select(article.c.id).where(article.c.story_id == wanted, article.c.is_roundup)
    return frozenset(ArticleId(found) for found in connection.execute(statement).scalars())


def load_primary_source(connection: sa.Connection, member: ArticleId) -> str | None:
    """The address that this article's story names as its source and that none of its members is."""
    statement = sa.select(story.c.primary_source_url).join(
        article, article.c.story_id == story.c.id
    )
    found: str | None = connection.execute(statement.where(article.c.id == member)).scalar()
    return found


def count_revisions(connection: sa.Connection, wanted: StoryId) -> dict[ArticleId, int]:
    """How many texts are kept of each of the story's articles, the current one included."""
    statement = (
        sa.select(revision.c.article_id, sa.func.count())
        .join(article, article.c.id == revision.c.article_id)
        .where(article.c.story_id == wanted)
        .group_by(revision.c.article_id)
    )
    return {ArticleId(owner): count for owner, count in connection.execute(statement)}


def _joining_links(connection: sa.Connection, ids: Sequence[StoryId]) -> dict[ArticleId, Link]:
    """For each mirror in these stories, its relation with the member it joined by."""
    links = {}
    for end, other in ((relation.c.a, relation.c.b), (relation.c.b, relation.c.a)):
        statement = (
            sa.select(relation, article.c.id.label("mirror"))
            .join(article, sa.and_(end == article.c.id, other == article.c.joined_by))
            .where(article.c.story_id.in_(ids))
        )
        for row in connection.execute(statement):
            links[ArticleId(row.mirror)] = read_link(row)
    return links


def _read_mirror(member: ArchivedArticle, links: dict[ArticleId, Link]) -> Mirror:
    link = links.get(member.id)
    if link is None and member.merged_by is not None:
        return Mirror(
            article=member,
            relation=RelationKind.MERGED,
            coverage=None,
            similarity=None,
            passages=(),
        )
    if link is None:
        raise ArchiveError(
            f"article {member.id} is a mirror without a relation: run `scraper db check`"
        )
    found, is_a = link.relation, link.a == member.id
    kind = found.kind if is_a else found.kind.inverse
    spans = sorted(
        (passage.a_start, passage.a_end) if is_a else (passage.b_start, passage.b_end)
        for passage in found.passages
    )
    return Mirror(
        article=member,
        relation=RelationKind.MERGED if member.merged_by is not None else kind,
        coverage=found.coverage_a if is_a else found.coverage_b,
        similarity=found.similarity,
        passages=tuple(Span(start=start, end=end) for start, end in spans),
    )
