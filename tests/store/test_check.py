"""What `db check` finds: every kind of damage by its name, and nothing in a whole archive."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from scraper.model import PageState
from scraper.store.check import check_archive

if TYPE_CHECKING:
    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

DAMAGE = {
    "UPDATE article SET story_id = NULL WHERE id = 3": "1 articles in no story, such as 3",
    "UPDATE article SET text_sha256 = 'x' WHERE id = 1": "present text is not among",
    "UPDATE article SET revision_id = 2 WHERE id = 1": "present text is not among",
    "INSERT INTO kept_revision (id, article_id, seen_at, word_count, text_sha256)"
    " VALUES (9, 1, '2026-11-22', 2, 'x')": "without a text that are not their article's present",
    "UPDATE story SET member_count = 9 WHERE id = 1": "miscount their members, such as 1",
    "UPDATE story SET canonical_id = 3 WHERE id = 1": "canonical is not a member, such as 1",
    "UPDATE article SET joined_by = 2 WHERE id = 1": "canonicals that joined by another article",
    "UPDATE article SET joined_by = 3 WHERE id = 2": "joined by no article of their story",
    "UPDATE article SET joined_by = NULL WHERE id = 2": "joined by no article of their story",
    "DELETE FROM relation": "mirrors without a relation to the article they joined by, such as 2",
    "UPDATE relation SET a_revision = 3": "compared another text than their present one",
    "INSERT INTO story_tombstone VALUES (1, NULL, 1)": "buried and live, such as 1",
    "DELETE FROM page_key WHERE page_id = 1": "pages to which no URL leads, such as 1",
    "UPDATE article SET page_id = NULL WHERE id = 1": "archived without an article, such as 1",
}
#: What SQLite alone lets anybody do, or keeps in such a way.
DAMAGE_OF_FILES = {
    "INSERT INTO match_key VALUES (5, 77)": "1 rows of match_key name a row of article",
    "INSERT INTO article_trigram(article_trigram, rowid, title, text)"
    " VALUES ('delete', 3, '新桥', '新桥昨天开放。')": "search (article_trigram) does not know",
    "INSERT INTO article_fts(rowid, title, text)"
    " VALUES (50, 'Ghost', 'A ghost.')": "rows of search (article_fts) without an article",
    "INSERT INTO article_fts(article_fts, rowid, title, text)"
    " VALUES ('delete', 1, 'Ferry', 'Something else.')": "search index article_fts is damaged",
}
#: The same of PostgreSQL.
DAMAGE_OF_DATABASES = {
    "DELETE FROM article_search WHERE article_id = 3": "search (article_search) does not know",
    "UPDATE article_search SET words = '' WHERE article_id = 1": "has other words, such as 1",
    "UPDATE article_search SET grams = NULL WHERE article_id = 3": "has other words, such as 3",
}


@pytest.fixture
def whole(builder: ArchiveBuilder) -> Archive:
    """An archive with a story of two, a Chinese article, a page without one."""
    first = builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    second = builder.article("Ferry", "The ferry.", url="https://copy.example/a")
    builder.relate(second, first)
    builder.tell(first, second)
    builder.article("新桥", "新桥昨天开放。", is_unspaced=True)
    builder.page("https://paper.example/list", PageState.NO_ARTICLE)
    return builder.archive


def damage(archive: Archive, *statements: str) -> None:
    """Nothing; these were executed by somebody whom nothing keeps from it."""
    if archive.engine.dialect.name == "sqlite":
        with closing(sqlite3.connect(archive.path)) as file, file:
            for statement in statements:
                file.execute(statement)
        return
    with archive.write() as connection:
        for statement in ("SET LOCAL session_replication_role = replica", *statements):
            connection.exec_driver_sql(statement)


def test_whole_archive_has_no_problem(whole: Archive) -> None:
    """Nothing is found where nothing is wrong, and looking changes nothing."""
    assert check_archive(whole) == ()
    assert check_archive(whole) == ()


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        *DAMAGE.items(),
        *(pytest.param(*pair, marks=pytest.mark.sqlite) for pair in DAMAGE_OF_FILES.items()),
        *(
            pytest.param(*pair, marks=pytest.mark.postgresql)
            for pair in DAMAGE_OF_DATABASES.items()
        ),
    ],
)
def test_damage_is_named(whole: Archive, statement: str, said: str) -> None:
    """Each broken promise is found, and said with a number or an example."""
    damage(whole, statement)
    problems = check_archive(whole)
    assert any(said in problem for problem in problems), problems


@pytest.mark.sqlite
def test_a_missing_table_is_named(whole: Archive) -> None:
    """The one command that must survive a table that is gone."""
    damage(whole, "DROP TABLE relation")
    assert "the table relation is missing" in check_archive(whole)


def test_moved_story_number(whole: Archive) -> None:
    """A story that does not bear its smallest article's number is found."""
    damage(
        whole,
        "UPDATE story SET id = 40 WHERE id = 3",
        "UPDATE article SET story_id = 40 WHERE id = 3",
    )
    said = "1 stories whose number is not their smallest article's, such as 40"
    assert check_archive(whole) == (said,)


@pytest.mark.sqlite
def test_overwritten_page_of_the_file(whole: Archive) -> None:
    """A file that was partly overwritten is SQLite's finding, not a crash."""
    with closing(sqlite3.connect(whole.path)) as connection:
        size = connection.execute("PRAGMA page_size").fetchone()[0]
        page = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE name = 'ix_article_story_id'"
        ).fetchone()[0]
    whole.close()
    with whole.path.open("r+b") as file:
        file.seek((page - 1) * size + 8)
        file.write(b"\xff" * 40)
    assert any(problem.startswith("SQLite says: ") for problem in check_archive(whole))
