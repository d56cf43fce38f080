"""The matching index: who holds a key, as far as it is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.match.candidates import READ_MOST
from scraper.model import ArticleId
from scraper.store import index, schema
from scraper.store.waiting import Waiting
from tests.archive_builder import scratch

if TYPE_CHECKING:
    from collections.abc import Iterable

    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

KEY = 42
LOWEST, HIGHEST = -(2**63), 2**63 - 1


@pytest.fixture
def articles(builder: ArchiveBuilder) -> list[ArticleId]:
    """Five articles to hold keys."""
    return [builder.article(f"Headline {number}", f"Text {number}") for number in range(5)]


def add_keys(connection: sa.Connection, article: ArticleId, *keys: int) -> None:
    """Give the article these keys as filing does: what was looked up is what is added to."""
    holders = index.look_up(connection, keys, excluding=article)
    index.add_keys(connection, article, keys, holders)


def hold_by_many(connection: sa.Connection, count: int, key: int = KEY) -> None:
    """So many articles that hold a key, whatever the index thinks of it."""
    unbind = {  # they need not be written
        "sqlite": "PRAGMA defer_foreign_keys = ON",
        "postgresql": "SET LOCAL session_replication_role = replica",
    }
    connection.exec_driver_sql(unbind[connection.dialect.name])
    rows = [{"key": key, "article_id": number + 100} for number in range(count)]
    connection.execute(schema.match_key.insert(), rows)


def count_rows(connection: sa.Connection, keys: Iterable[int] = (KEY,)) -> int:
    """How many rows these keys have."""
    statement = sa.select(sa.func.count()).where(schema.match_key.c.key.in_(tuple(keys)))
    return int(connection.execute(statement).scalar_one())


def test_a_look_up_names_the_holders_of_each_key(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Lowest ids first; a key that nobody holds is left out."""
    first, second, third, *_ = articles
    with archive.write() as connection:
        add_keys(connection, third, 1, 2)
        add_keys(connection, first, 1)
        add_keys(connection, second, 2, 3)
        assert index.look_up(connection, [1, 2, 4]) == {1: (first, third), 2: (second, third)}
        assert index.look_up(connection, []) == {}


def test_an_article_is_not_found_by_itself(archive: Archive, articles: list[ArticleId]) -> None:
    """Keys that only it holds are left out too."""
    first, second, *_ = articles
    with archive.write() as connection:
        add_keys(connection, first, 1, 2)
        add_keys(connection, second, 2)
        assert index.look_up(connection, [1, 2], excluding=first) == {2: (second,)}


@pytest.mark.parametrize("key", [LOWEST, -1, 0, 1, HIGHEST])
def test_keys_are_signed_64_bit_integers(
    archive: Archive, articles: list[ArticleId], key: int
) -> None:
    """From the lowest to the highest each is itself and no other."""
    with archive.write() as connection:
        add_keys(connection, articles[0], key)
        neighbours = {max(key - 1, LOWEST), min(key + 1, HIGHEST)} - {key}
        assert index.look_up(connection, [key, *neighbours]) == {key: (articles[0],)}
        index.remove_keys(connection, articles[0], [key])
        assert index.look_up(connection, [key]) == {}


def test_adding_again_changes_nothing(archive: Archive, articles: list[ArticleId]) -> None:
    """A key that is named twice, or held already, is one row."""
    with archive.write() as connection:
        add_keys(connection, articles[0], KEY, KEY)
        add_keys(connection, articles[0], KEY)
        assert count_rows(connection) == 1


def test_removing_takes_the_articles_own_rows_only(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Keys that it does not hold are passed over."""
    first, second, *_ = articles
    with archive.write() as connection:
        add_keys(connection, first, 1, 2, 3)
        add_keys(connection, second, 1, 2)
        index.remove_keys(connection, first, [1, 2, 99])
        index.remove_keys(connection, first, [])
        assert index.look_up(connection, [1, 2, 3]) == {1: (second,), 2: (second,), 3: (first,)}


@pytest.mark.parametrize("count", [READ_MOST + 1, 1_000])
def test_a_look_up_reads_no_more_than_it_needs(archive: Archive, count: int) -> None:
    """However many hold a key, one more than are read is told: the key is full."""
    with scratch(archive) as connection:
        hold_by_many(connection, count)
        expected = tuple(range(100, 100 + READ_MOST + 1))
        assert index.look_up(connection, [KEY]) == {KEY: expected}


def test_a_full_key_is_full_for_its_holders_too(archive: Archive) -> None:
    """Leaving oneself out does not make a full key look as if there were room."""
    with scratch(archive) as connection:
        hold_by_many(connection, READ_MOST + 2)
        found = index.look_up(connection, [KEY], excluding=ArticleId(100))
        assert found == {KEY: tuple(range(101, 101 + READ_MOST + 1))}


def test_a_key_is_filled_until_it_shows_that_it_is_full(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """The row after those that are read is the last: by it every later look-up knows."""
    with scratch(archive) as connection:
        hold_by_many(connection, READ_MOST)
        for article in articles:
            add_keys(connection, article, KEY)
        assert count_rows(connection) == READ_MOST + 1
        assert len(index.look_up(connection, [KEY])[KEY]) > READ_MOST


def test_one_full_key_does_not_keep_others_out(archive: Archive, articles: list[ArticleId]) -> None:
    """An article whose first key is full still gets its rows for the rest."""
    with scratch(archive) as connection:
        hold_by_many(connection, READ_MOST + 1)
        add_keys(connection, articles[0], KEY, KEY + 1)
        assert count_rows(connection) == READ_MOST + 1
        assert index.look_up(connection, [KEY + 1]) == {KEY + 1: (articles[0],)}


@pytest.mark.sqlite
def test_a_thousand_holders_are_read_by_the_key_alone(archive: Archive) -> None:
    """SQLite answers by the primary key, so that what a look-up reads is bounded by its limit."""
    with scratch(archive) as connection:
        hold_by_many(connection, 1_000)
        look_up = index._LOOK_UP.on(connection).text  # noqa: SLF001 - the statement is the subject
        asked = look_up.replace(":most", "61").replace(":keys", "0")
        plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {asked}")
        steps = [row.detail for row in plan]
    assert any("SEARCH match_key USING PRIMARY KEY (key=?)" in step for step in steps)
    assert not any(step.startswith("SCAN match_key") for step in steps)
    assert not any("TEMP B-TREE" in step for step in steps)


def test_what_waits_is_found_and_is_written_once(
    archive: Archive, articles: list[ArticleId]
) -> None:
    """Before it is a row as after; what is removed while it waits never is one."""
    first, second, third, *_ = articles
    waiting = Waiting(schema.match_key)
    with archive.write() as connection:
        add_keys(connection, second, 1, 2)
        for article, keys in ((third, (1, 3)), (first, (1, 2, 4)), (first, (1,))):
            held = index.look_up(connection, keys, excluding=article, waiting=waiting)
            index.add_keys(connection, article, keys, held, waiting=waiting)
        index.remove_keys(connection, first, [4], waiting=waiting)
        index.remove_keys(connection, second, [2], waiting=waiting)
        expected = {1: (first, second, third), 2: (first,), 3: (third,)}
        assert index.look_up(connection, [1, 2, 3, 4], waiting=waiting) == expected
        assert index.look_up(connection, [1, 3], excluding=third, waiting=waiting) == {
            1: (first, second)
        }
        waiting.write(connection)
        waiting.write(connection)
        assert index.look_up(connection, [1, 2, 3, 4]) == expected
        assert count_rows(connection, [1, 2, 3, 4]) == 5


def test_a_key_is_full_with_those_that_wait(archive: Archive, articles: list[ArticleId]) -> None:
    """The row after those that are read is the last, whether they are rows or wait."""
    waiting = Waiting(schema.match_key)
    with scratch(archive) as connection:
        hold_by_many(connection, READ_MOST - 2)
        for article in articles:
            held = index.look_up(connection, [KEY], excluding=article, waiting=waiting)
            index.add_keys(connection, article, [KEY], held, waiting=waiting)
        waiting.write(connection)
        assert count_rows(connection) == READ_MOST + 1
