"""Stories as people and files read them: in one line each, or whole with every mirror.

Rule 1: what leaves is a frozen value, never a row.
Rule 2: many stories are read with as many statements as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.errors import ArchiveError
from scraper.model import ArticleId, CanonicalRule, Precision, RelationKind, StoryId
from scraper.store.article_rows import load_attributions, read_article
from scraper.store.filters import EVERY, Wanted, narrow_stories
from scraper.store.relations import read_link
from scraper.store.schema import article, mirror_count, relation, revision, story

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from scraper.model import ArchivedArticle, Attribution, Link

#: So many ids are put into one statement: SQLite takes 32,766 at most.
_IDS_AT_A_TIME = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class StoryLine:
    """A story in one line: what its canonical article says of itself, and how many mirrors."""

    id: StoryId
    canonical: ArticleId
    title: str | None
    url: str | None
    site: str | None
    language: str | None
    published: datetime | None
    published_precision: Precision | None
    mirrors: int
    first_seen: datetime
    updated: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """When a member of a story was first seen, and what it is; None is the canonical."""

    at: datetime
    kind: RelationKind | None


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


class Order(StrEnum):
    """Which stories come first; among equals always the newest, then the highest id."""

    NEWEST = "newest"
    COPIED = "copied"
    UPDATED = "updated"


_ORDERS: dict[Order, tuple[sa.ColumnElement[Any], ...]] = {
    Order.NEWEST: (story.c.first_seen, story.c.id),
    Order.COPIED: (mirror_count, story.c.first_seen, story.c.id),
    Order.UPDATED: (story.c.updated_at, story.c.id),
}


def list_stories(
    connection: sa.Connection,
    *,
    limit: int,
    wanted: Wanted = EVERY,
    order: Order = Order.NEWEST,
    after: StoryLine | None = None,
) -> tuple[StoryLine, ...]:
    """The first stories in this order, at most ``limit``; with ``after`` those that follow it.

    What comes after is found by its place in the order, never by counting what lies before it. The
    stories are chosen before their articles are read, as an order without an index sorts all.
    """
    columns = _ORDERS[order]
    statement = (
        sa.select(story.c.id)
        .where(*narrow_stories(wanted))
        .order_by(*(column.desc() for column in columns))
        .limit(limit)
    )
    if after is not None:
        place = map(sa.literal, _place_of(after, order), (column.type for column in columns))
        statement = statement.where(sa.tuple_(*columns) < sa.tuple_(*place))
    ids = [StoryId(found) for found in connection.execute(statement).scalars()]
    lines = load_lines(connection, ids)
    return tuple(lines[found] for found in ids)


def count_stories(connection: sa.Connection) -> int:
    """How many stories there are."""
    return connection.execute(sa.select(sa.func.count()).select_from(story)).scalar_one()


def load_lines(connection: sa.Connection, ids: Sequence[StoryId]) -> dict[StoryId, StoryLine]:
    """These stories in one line each; those that are no more are left out."""
    rows = connection.execute(_story_lines().where(story.c.id.in_(ids)))
    return {StoryId(row.id): _read_line(row) for row in rows}


def load_leads(
    connection: sa.Connection, ids: Sequence[ArticleId], *, length: int
) -> dict[ArticleId, str]:
    """The beginnings of these articles' texts, so many characters of each."""
    begin = sa.func.substr(article.c.text, 1, length)
    statement = sa.select(article.c.id, begin).where(article.c.id.in_(ids))
    return {ArticleId(found): text for found, text in connection.execute(statement)}


def load_spreads(
    connection: sa.Connection, ids: Sequence[StoryId]
) -> dict[StoryId, tuple[Sighting, ...]]:
    """When each member of these stories was first seen, in that order, and what it is."""
    as_a = relation.alias("as_a")
    as_b = relation.alias("as_b")
    rows = connection.execute(
        sa.select(
            article.c.story_id,
            article.c.first_seen,
            article.c.joined_by,
            article.c.merged_by,
            as_a.c.kind.label("kind"),
            as_b.c.kind.label("inverse_kind"),
        )
        .outerjoin(as_a, sa.and_(as_a.c.a == article.c.id, as_a.c.b == article.c.joined_by))
        .outerjoin(as_b, sa.and_(as_b.c.b == article.c.id, as_b.c.a == article.c.joined_by))
        .where(article.c.story_id.in_(ids))
        .order_by(article.c.first_seen, article.c.id)
    )
    seen: dict[StoryId, list[Sighting]] = {found: [] for found in ids}
    for told_in, at, *ways in rows:
        seen[StoryId(told_in)].append(Sighting(at=at, kind=_kind_of(*ways)))
    return {found: tuple(sightings) for found, sightings in seen.items()}


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


def _story_lines() -> sa.Select[Any]:
    return sa.select(
        story.c.id,
        story.c.canonical_id,
        article.c.title,
        article.c.url,
        article.c.site,
        article.c.language,
        article.c.published,
        article.c.published_precision,
        mirror_count.label("mirrors"),
        story.c.first_seen,
        story.c.updated_at,
    ).join(article, article.c.id == story.c.canonical_id)


def _place_of(line: StoryLine, order: Order) -> tuple[Any, ...]:
    """The story's values in the columns of this order."""
    match order:
        case Order.NEWEST:
            return (line.first_seen, line.id)
        case Order.COPIED:
            return (line.mirrors, line.first_seen, line.id)
        case Order.UPDATED:
            return (line.updated, line.id)


def _read_line(row: sa.Row[Any]) -> StoryLine:
    fields = dict(row._mapping)
    fields["canonical"] = fields.pop("canonical_id")
    fields["updated"] = fields.pop("updated_at")
    precision = fields["published_precision"]
    fields["published_precision"] = Precision(precision) if precision else None
    return StoryLine(**fields)


def _kind_of(
    joined_by: int | None, merged_by: int | None, kind: str | None, inverse_kind: str | None
) -> RelationKind | None:
    """What a member is to the one it joined by; None for a canonical."""
    if joined_by is None:
        return None
    if merged_by is not None:
        return RelationKind.MERGED
    return RelationKind(kind) if kind else RelationKind(inverse_kind or "").inverse


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
