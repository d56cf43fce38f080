"""Relations between articles: each pair has one.

It is kept in one direction: an excerpt before its whole, otherwise the smaller id first.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from scraper.model import (
    ArticleId,
    Link,
    Passage,
    Relation,
    RelationKind,
    RevisionId,
)
from scraper.store.ids import among, pack
from scraper.store.schema import relation
from scraper.store.spoken import Spoken

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

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
_LINKS_AMONG = Spoken(
    "SELECT a, b, kind, coverage_a, coverage_b, similarity, CAST(passages AS text), links, why"
    " FROM relation WHERE a IN (SELECT value FROM numbers(:ids) AS one)"
    " AND +b IN (SELECT value FROM numbers(:ids) AS other) ORDER BY a, b"
)


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
    rows = connection.execute(_LINKS_AMONG.on(connection), {"ids": pack(ids)}).all()
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
