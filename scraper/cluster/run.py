"""Parquet in, Parquet out: the whole of `scraper cluster`, on whichever engine."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING

from scraper.cluster.files import fill_folder, write_rows
from scraper.cluster.plan import relate
from scraper.cluster.stories import NO_PRIORITIES, judge_clusters, read_link
from scraper.cluster.tables import MEMBER, RELATION
from scraper.match.naming import NO_AGENCIES
from scraper.model import ArticleId

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from scraper.cluster.engine import Engine
    from scraper.cluster.stories import Row

#: What judging reads of an article: all but its text.
_FACTS = (
    "SELECT id, external_id, url, site, title, published, precision, first_seen, word_count,"
    " is_whole, attributions FROM article WHERE id {not_}IN"
    " (SELECT a FROM relation UNION SELECT b FROM relation) ORDER BY id"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Clustered:
    """How much came out."""

    articles: int
    stories: int
    relations: int


def cluster(
    engine: Engine,
    paths: Sequence[Path],
    columns: Sequence[str],
    output: Path,
    *,
    agencies: Mapping[str, str] = NO_AGENCIES,
    priorities: Mapping[str, int] = NO_PRIORITIES,
) -> Clustered:
    """How many articles, stories and relations were written to ``output``.

    stories.parquet has a row for every article, relations.parquet one for every relation; both
    appear together, at the end. Raises UsageError for articles that cannot be told apart or read.
    """
    counts = {"articles": 0, "stories": 0}

    def members() -> Iterator[Row]:
        related = {ArticleId(row["id"]): row for row in _rows(engine, _FACTS.format(not_=""))}
        links = map(read_link, _rows(engine, "SELECT * FROM relation ORDER BY a, b"))
        alone = (
            judge_clusters({ArticleId(row["id"]): row}, ())
            for row in _rows(engine, _FACTS.format(not_="NOT "))
        )
        copies = judge_clusters(related, links, agencies=agencies, priorities=priorities)
        for row in chain(copies, chain.from_iterable(alone)):
            counts["articles"] += 1
            counts["stories"] += row["is_canonical"]
            yield row

    with fill_folder(output) as partial:  # which may be refused: not after hours of work
        relate(engine, paths, columns)
        relations = write_rows(
            partial / "relations.parquet",
            _rows(engine, "SELECT * FROM relation ORDER BY a, b"),
            RELATION,
        )
        write_rows(partial / "stories.parquet", members(), MEMBER)
    return Clustered(**counts, relations=relations)


def _rows(engine: Engine, sql: str) -> Iterator[Row]:
    for batch in engine.fetch(sql):
        yield from batch.to_pylist()
