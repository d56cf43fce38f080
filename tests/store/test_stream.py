"""All stories, articles and relations, in batches that nobody notices."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from scraper.model import RelationKind
from scraper.store import stream
from scraper.store.stream import each_article, each_link, each_story

if TYPE_CHECKING:
    from scraper.model import ArticleId
    from tests.archive_builder import ArchiveBuilder


@pytest.fixture(params=[1, 2, 3, 500])
def chain(
    request: pytest.FixtureRequest, builder: ArchiveBuilder, monkeypatch: pytest.MonkeyPatch
) -> list[ArticleId]:
    """Seven articles, each related to the next, the last four one story; read in small batches."""
    monkeypatch.setattr(stream, "BATCH", request.param)
    ids = [builder.article(f"Article {n}", f"Text {n}.", external_id=f"d{n}") for n in range(7)]
    for one, other in pairwise(ids):
        builder.relate(one, other)
    builder.tell(ids[3], *ids[4:], joined_by=dict(zip(ids[4:], ids[3:], strict=False)))
    return ids


def test_every_story_once_by_id(builder: ArchiveBuilder, chain: list[ArticleId]) -> None:
    """However small a batch, every story comes once and whole, also one larger than a batch."""
    with builder.archive.read() as connection:
        told = [(found.canonical.id, len(found.mirrors)) for found in each_story(connection)]
    assert told == [(chain[0], 0), (chain[1], 0), (chain[2], 0), (chain[3], 3)]


def test_every_article_once_by_id(builder: ArchiveBuilder, chain: list[ArticleId]) -> None:
    """However small a batch, every article comes once."""
    with builder.archive.read() as connection:
        assert [found.id for found in each_article(connection)] == chain


def test_every_link_once_by_its_ends(builder: ArchiveBuilder, chain: list[ArticleId]) -> None:
    """However small a batch, every relation comes once with its articles' names, parts left out."""
    builder.relate(chain[0], chain[5], RelationKind.PART)
    builder.relate(chain[6], chain[0])
    with builder.archive.read() as connection:
        links = list(each_link(connection))
    ends = [(link.a_external_id, link.b_external_id) for link in links]
    assert ends == [*pairwise(f"d{n}" for n in range(7)), ("d6", "d0")]


def test_empty_archive_has_nothing(builder: ArchiveBuilder) -> None:
    """Nothing comes out of an empty archive, without an error."""
    with builder.archive.read() as connection:
        everything = [*each_story(connection), *each_article(connection), *each_link(connection)]
    assert everything == []
