"""Relations -> stories: one cluster of related articles after another, judged as an archive would.

Articles between which no chain of relations leads have nothing to say about each other (see
`match.story`, Rule 3), so each cluster is judged alone; in memory are the relations of the copies,
and none of the texts.
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from scraper.match.assemble import assemble_stories
from scraper.match.naming import NO_AGENCIES
from scraper.match.recurring import Imprint, known_day
from scraper.match.story import judge_stories
from scraper.model import (
    ArticleId,
    Attribution,
    Evidence,
    Link,
    Member,
    Passage,
    Precision,
    Relation,
    RelationKind,
)
from scraper.urls import page_key

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from scraper.model import Story

Row: TypeAlias = dict[str, Any]

#: Of sites of which none comes before another.
NO_PRIORITIES: Final[Mapping[str, int]] = MappingProxyType({})
#: Of an article of which nobody knows when it was first seen; days are added to it.
_NEVER = datetime(9000, 1, 1, tzinfo=UTC)


def judge_clusters(
    articles: Mapping[ArticleId, Row],
    links: Iterable[Link],
    *,
    agencies: Mapping[str, str] = NO_AGENCIES,
    priorities: Mapping[str, int] = NO_PRIORITIES,
) -> Iterator[Row]:
    """The members of every story of these articles, as rows of MEMBER, by story and article.

    ``articles`` are rows of ARTICLE without texts, ``links`` all relations among them; ``agencies``
    gives agencies' sites by folded name, ``priorities`` those of sites.
    """
    for members, inside in _clusters(articles, links):
        facts = {member: read_member(articles[member], priorities) for member in members}
        imprints = {member: _read_imprint(articles[member]) for member in members}
        judged = judge_stories(members, inside, imprints=imprints)
        by_pair = {frozenset((link.a, link.b)): link for link in inside}
        for story in assemble_stories(judged.stories, judged, inside, facts, agencies=agencies):
            for member in story.members:
                yield _member_row(story, articles[member], by_pair, judged.roundups)


def read_link(row: Row) -> Link:
    """The link of a row of RELATION."""
    places = iter(row["passages"])
    return Link(
        a=ArticleId(row["a"]),
        b=ArticleId(row["b"]),
        relation=Relation(
            kind=RelationKind(row["relation"]),
            coverage_a=row["coverage_a"],
            coverage_b=row["coverage_b"],
            similarity=row["similarity"],
            links=row["links"],
            why=row["why"],
            passages=tuple(
                Passage(a_start=a_start, a_end=a_end, b_start=b_start, b_end=b_end)
                for a_start, a_end, b_start, b_end in zip(
                    places, places, places, places, strict=True
                )
            ),
        ),
    )


def read_member(row: Row, priorities: Mapping[str, int]) -> Member:
    """What the choice of a canonical reads of a row of ARTICLE."""
    published, precision = _published(row)
    seen = _read_moment(row["first_seen"])
    return Member(
        id=ArticleId(row["id"]),
        site=row["site"],
        url=row["url"],
        url_key=_key_of(row["url"]),
        published=published,
        published_precision=precision,
        first_seen=seen or _NEVER,
        word_count=row["word_count"],
        is_whole=row["is_whole"],
        priority=priorities.get(row["site"], 0),
        external_id=row["external_id"],
        attributions=tuple(
            Attribution(
                evidence=Evidence(named["evidence"]),
                url=named.get("url"),
                name=named.get("name"),
                quote=named.get("quote"),
            )
            for named in json.loads(row["attributions"] or "[]")
        ),
    )


def _read_imprint(row: Row) -> Imprint:
    published, precision = _published(row)
    return Imprint(site=row["site"], title=row["title"], day=known_day(published, precision))


def _read_moment(text: str | None) -> datetime | None:
    """The moment of ISO 8601, which is UTC where it says nothing else; None where it is none."""
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError:
        return None
    return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)


def _published(row: Row) -> tuple[datetime | None, Precision | None]:
    if row["published"] is None:
        return None, None
    return datetime.fromisoformat(row["published"]).astimezone(UTC), Precision(row["precision"])


def _key_of(url: str | None) -> str | None:
    try:
        return page_key(url) if url else None
    except ValueError:
        return None


def _clusters(
    articles: Mapping[ArticleId, Row], links: Iterable[Link]
) -> Iterator[tuple[list[ArticleId], list[Link]]]:
    """The articles between which chains of links lead, with these links, by smallest article."""
    of: dict[ArticleId, list[Link]] = {}
    for link in links:
        of.setdefault(link.a, []).append(link)
        of.setdefault(link.b, []).append(link)
    met: set[ArticleId] = set()
    for first in sorted(articles):
        if first in met:
            continue
        met.add(first)
        members, waiting = [first], [first]
        while waiting:
            for link in of.get(waiting.pop(), ()):
                for end in (link.a, link.b):
                    if end not in met:
                        met.add(end)
                        members.append(end)
                        waiting.append(end)
        members.sort()
        yield (
            members,
            [link for member in members for link in of.get(member, ()) if link.a == member],
        )


def _member_row(
    story: Story,
    article: Row,
    links: Mapping[frozenset[ArticleId], Link],
    roundups: frozenset[ArticleId],
) -> Row:
    member = ArticleId(article["id"])
    by = story.joined_by.get(member)
    link = links[frozenset((member, by))] if by is not None else None
    is_a = link is not None and link.a == member
    relation = link.relation if link else None
    return {
        "story": story.id,
        "article": member,
        "external_id": article["external_id"],
        "url": article["url"],
        "is_canonical": by is None,
        "is_roundup": member in roundups,
        "joined_by": by,
        "relation": relation and (relation.kind if is_a else relation.kind.inverse),
        "coverage": relation and (relation.coverage_a if is_a else relation.coverage_b),
        "similarity": relation and relation.similarity,
        "canonical_reason": story.canonical.reason,
        "primary_source_url": story.canonical.primary_source_url,
    }
