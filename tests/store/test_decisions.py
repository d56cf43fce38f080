"""People's decisions as rows: kept, undone, carried along, and gone with what they were about."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import ArticleId, DecisionKind
from scraper.store import decisions, schema
from scraper.store.article_ends import merge_article
from tests.archive_builder import BEGIN

if TYPE_CHECKING:
    from scraper.model import Decision
    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

LATER = BEGIN + timedelta(hours=1)


@pytest.fixture
def articles(builder: ArchiveBuilder) -> list[ArticleId]:
    """Four articles, each a story of its own."""
    return [builder.article(f"Headline {number}", f"Text {number}") for number in range(4)]


def decide(
    archive: Archive, kind: DecisionKind, a: int, b: int | None = None, note: str | None = None
) -> Decision:
    """A decision that was just made."""
    with archive.write() as connection:
        return decisions.add_decision(
            connection,
            kind,
            ArticleId(a),
            None if b is None else ArticleId(b),
            note=note,
            now=BEGIN,
        )


def touching(archive: Archive, *ids: int) -> list[Decision]:
    """The standing decisions about these articles."""
    with archive.read() as connection:
        return decisions.load_touching(connection, [ArticleId(number) for number in ids])


def test_a_decision_is_read_as_it_was_made(archive: Archive, articles: list[ArticleId]) -> None:
    """Kind, articles, moment and note."""
    merge = decide(archive, DecisionKind.MERGE, 2, 1, "the same in Welsh")
    prefer = decide(archive, DecisionKind.PREFER, 3)
    assert touching(archive, *articles) == [merge, prefer]
    assert (merge.a, merge.b, merge.note, merge.at) == (2, 1, "the same in Welsh", BEGIN)
    assert (prefer.a, prefer.b, prefer.note) == (3, None, None)


def test_a_decision_touches_each_of_its_articles(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """It is found from either, and once from both."""
    split = decide(archive, DecisionKind.SPLIT, 1, 3)
    for ids in ((1,), (3,), (3, 1, 2)):
        assert touching(archive, *ids) == [split]
    assert touching(archive, 2, 4) == []
    assert touching(archive) == []


def test_an_undone_decision_is_kept_and_stands_no_more(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """It is found by its number with the moment it was undone; the one before it is the last."""
    first = decide(archive, DecisionKind.PREFER, 1)
    second = decide(archive, DecisionKind.PREFER, 2)
    with archive.write() as connection:
        assert decisions.find_last_standing(connection) == second
        decisions.undo_decision(connection, second.id, LATER)
        undone = decisions.find_decision(connection, second.id)
        assert decisions.find_last_standing(connection) == first
        assert decisions.find_decision(connection, 99) is None
    assert undone is not None
    assert undone.undone_at == LATER
    assert touching(archive, 1, 2) == [first]


def test_no_decision_is_the_last_of_none(archive: Archive) -> None:
    """An archive in which nobody decided anything."""
    with archive.read() as connection:
        assert decisions.find_last_standing(connection) is None


def test_two_articles_that_become_one_are_decided_as_one(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Whichever end it was, and whatever was said of the two themselves."""
    decide(archive, DecisionKind.SPLIT, 3, 1)
    decide(archive, DecisionKind.MERGE, 2, 3)
    decide(archive, DecisionKind.PREFER, 3)
    with archive.write() as connection:
        merge_article(connection, ArticleId(3), ArticleId(2))
    assert [(found.a, found.b) for found in touching(archive, 1, 2)] == [(2, 1), (2, 2), (2, None)]
    assert touching(archive, 3) == []


def test_what_was_decided_about_an_article_goes_with_it(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Its number may be given to another one day, which nobody decided anything about."""
    decide(archive, DecisionKind.SPLIT, 1, 4)
    kept = decide(archive, DecisionKind.PREFER, 1)
    with archive.write() as connection:
        connection.execute(
            schema.kept_revision.delete().where(schema.kept_revision.c.article_id == 4)
        )
        connection.execute(schema.article.delete().where(schema.article.c.id == 4))
    assert touching(archive, *articles) == [kept]


def test_a_number_is_never_given_twice(archive: Archive, articles: list[ArticleId]) -> None:
    """What `undo 1` took back is not another decision later."""
    first = decide(archive, DecisionKind.PREFER, 4)
    with archive.write() as connection:
        connection.execute(sa.delete(schema.decision))
    assert decide(archive, DecisionKind.PREFER, 4).id == first.id + 1
