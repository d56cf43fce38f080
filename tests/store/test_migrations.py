"""From an empty file to the newest schema, which is the one that schema.py describes."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from scraper.model import RelationKind
from scraper.store import schema
from scraper.store.archive import Archive, found_revision
from scraper.store.migrate import newest_revision, upgrade_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.archive_builder import ArchiveBuilder

#: About files; tests/store/test_postgresql.py is about databases of a server.
pytestmark = pytest.mark.sqlite

VIEWS = ("canonical_articles", "mirrors", "revision", "stories")
FULL_TEXT = ("article_fts", "article_trigram")


@pytest.fixture
def migrated(tmp_path: Path) -> Iterator[Archive]:
    """An empty file, brought to the newest schema."""
    with Archive(tmp_path / "migrated.db") as archive:
        with archive.write() as connection:
            upgrade_schema(connection)
        yield archive


@pytest.fixture
def described(tmp_path: Path) -> Iterator[Archive]:
    """The tables of schema.py, made without a migration."""
    with Archive(tmp_path / "described.db") as archive:
        with archive.write() as connection:
            schema.metadata.create_all(connection)
        yield archive


def describe_tables(archive: Archive) -> dict[str, dict[str, object]]:
    """What the database itself says of each of our tables, in no order but the columns' own."""
    with archive.read() as connection:
        inspector = sa.inspect(connection)
        described: dict[str, dict[str, object]] = {}
        for name in schema.metadata.tables:
            source = connection.execute(
                sa.text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}
            ).scalar_one()
            described[name] = {
                "columns": [
                    (
                        column["name"],
                        str(column["type"]),
                        column["nullable"],
                        column["default"],
                    )
                    for column in inspector.get_columns(name)
                ],
                "primary key": inspector.get_pk_constraint(name)["constrained_columns"],
                "foreign keys": sorted(
                    (key["constrained_columns"], key["referred_table"], key["referred_columns"])
                    for key in inspector.get_foreign_keys(name)
                ),
                "unique": sorted(
                    found["column_names"] for found in inspector.get_unique_constraints(name)
                ),
                "checks": sorted(
                    found["sqltext"] for found in inspector.get_check_constraints(name)
                ),
                # As they were made: the inspector knows none over an expression.
                "indexes": sorted(
                    connection.execute(
                        sa.text(
                            "SELECT sql FROM sqlite_master WHERE type = 'index'"
                            " AND tbl_name = :name AND sql IS NOT NULL"
                        ),
                        {"name": name},
                    ).scalars()
                ),
                "without rowid": "WITHOUT ROWID" in source,
                "autoincrement": "AUTOINCREMENT" in source,
            }
    return described


def test_the_newest_migration_is_the_version_that_the_program_knows(migrated: Archive) -> None:
    """schema.REVISION, the migrations' head, and what a new archive says of itself are one."""
    assert schema.REVISION == newest_revision() == found_revision(migrated)


# Indexes over expressions are compared as they were made.
@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
def test_the_migrations_make_what_the_schema_describes(
    migrated: Archive, described: Archive
) -> None:
    """Columns, types, defaults, keys, checks and indexes of every table are the same."""
    assert describe_tables(migrated) == describe_tables(described)


def test_the_migrations_make_nothing_else(migrated: Archive) -> None:
    """Every table and view is described, or is the full-text index or Alembic's own."""
    with migrated.read() as connection:
        inspector = sa.inspect(connection)
        tables = {
            name
            for name in inspector.get_table_names()
            if not name.startswith(FULL_TEXT) and name != "alembic_version"
        }
        assert tables == set(schema.metadata.tables)
        assert inspector.get_view_names() == sorted(VIEWS)


def test_upgrading_what_is_newest_changes_nothing(migrated: Archive) -> None:
    """Not a statement of the schema is another after."""

    def read_schema() -> list[object]:
        with migrated.read() as connection:
            return list(connection.exec_driver_sql("SELECT sql FROM sqlite_master").all())

    before = read_schema()
    with migrated.write() as connection:
        upgrade_schema(connection)
    assert read_schema() == before


def test_a_migration_that_fails_leaves_nothing(tmp_path: Path) -> None:
    """The schema is written in the caller's transaction, and taken back with it."""
    with Archive(tmp_path / "archive.db") as archive:

        def upgrade_and_fail() -> None:
            with archive.write() as connection:
                upgrade_schema(connection)
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            upgrade_and_fail()
        with archive.read() as connection:
            assert sa.inspect(connection).get_table_names() == []


def test_there_is_one_archive_in_a_file(archive: Archive) -> None:
    """A second row of `archive` is refused: an archive has one identity."""
    row = {"id": 2, "uuid": "x", "created_at": "2026-03-01T09:00:00.000Z", "fingerprint_version": 1}
    with pytest.raises(sa.exc.IntegrityError, match="CHECK"), archive.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO archive VALUES (:id, :uuid, :created_at, :fingerprint_version)", row
        )


# --- full text ------------------------------------------------------------------------------------

_WORDS = ("harbour", "Brücke", "CAFÉ", "橋が閉鎖された", "漁港の橋", "'; --", "")
_TEXTS = st.lists(st.sampled_from(_WORDS), max_size=4).map(" ".join)
_STEPS = st.lists(
    st.tuples(
        st.sampled_from(["insert", "update", "delete"]),
        st.integers(1, 4),
        st.none() | _TEXTS,
        _TEXTS,
        st.booleans(),
    ),
    max_size=12,
)


def take_step(
    connection: sa.Connection,
    held: set[int],
    step: tuple[str, int, str | None, str, bool],
) -> None:
    """One statement against `article`, if it is possible; ``held`` are the articles there are."""
    action, number, title, text, is_unspaced = step
    values = {"id": number, "title": title, "text": text, "is_unspaced": is_unspaced}
    if action == "insert" and number not in held:
        rest = {
            "authors": [],
            "tags": [],
            "page_kind": "article",
            "word_count": 0,
            "text_sha256": "",
            "is_paywalled": False,
            "is_roundup": False,
            "first_seen": datetime(2026, 3, 1, tzinfo=UTC),
            "revision_id": 1,
            "was_whole": True,
            "longest_word_count": 0,
            "containment_key_count": 0,
        }
        connection.execute(schema.article.insert().values(values | rest))
        held.add(number)
    elif action == "update" and number in held:
        connection.execute(schema.article.update().where(schema.article.c.id == number), values)
    elif action == "delete" and number in held:
        connection.execute(schema.article.delete().where(schema.article.c.id == number))
        held.discard(number)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=_STEPS)
def test_the_full_text_index_follows_every_change(
    archive: Archive, steps: list[tuple[str, int, str | None, str, bool]]
) -> None:
    """After any inserts, updates and deletes, SQLite's own check finds nothing amiss.

    The trigram table holds the articles without spaces, and no others.
    """
    with archive.write() as connection:
        connection.execute(schema.article.delete())
        held: set[int] = set()
        for step in steps:
            take_step(connection, held, step)
        connection.exec_driver_sql(
            "INSERT INTO article_fts(article_fts, rank) VALUES ('integrity-check', 1)"
        )
        unspaced = connection.execute(
            sa.select(schema.article.c.id).where(schema.article.c.is_unspaced)
        )
        indexed = connection.exec_driver_sql("SELECT id FROM article_trigram_docsize")
        assert set(indexed.scalars()) == set(unspaced.scalars())
        matching = connection.exec_driver_sql(
            "SELECT rowid FROM article_trigram WHERE article_trigram MATCH '漁港の橋'"
        )
        containing = connection.exec_driver_sql(
            "SELECT id FROM article WHERE is_unspaced AND title || '' LIKE '%漁港の橋%'"
            " OR is_unspaced AND text LIKE '%漁港の橋%'"
        )
        assert set(matching.scalars()) == set(containing.scalars())


# --- views ----------------------------------------------------------------------------------------


def test_the_views_tell_a_story(builder: ArchiveBuilder) -> None:
    """`stories` counts mirrors, `canonical_articles` holds whole rows, `mirrors` relations."""
    excerpt = builder.article("Teaser", "The bridge is closed.", url="https://b.example/t")
    whole = builder.article("Bridge", "The bridge is closed. " * 9, url="https://a.example/1")
    builder.relate(excerpt, whole, RelationKind.EXCERPT_OF, coverage=(1.0, 0.25))
    builder.tell(whole, excerpt)
    with builder.archive.read() as connection:
        (story,) = connection.exec_driver_sql("SELECT * FROM stories").mappings().all()
        (canonical,) = connection.exec_driver_sql("SELECT * FROM canonical_articles").all()
        (mirror,) = connection.exec_driver_sql("SELECT * FROM mirrors").mappings().all()
    assert (story["id"], story["canonical_id"], story["mirrors"]) == (excerpt, whole, 1)
    assert (story["title"], story["url"]) == ("Bridge", "https://a.example/1")
    assert canonical.id == whole
    assert (mirror["story"], mirror["article"], mirror["joined_by"]) == (excerpt, excerpt, whole)
    assert (mirror["relation"], mirror["coverage"]) == ("excerpt_of", 1.0)


def test_a_mirror_that_is_longer_contains_the_canonical(builder: ArchiveBuilder) -> None:
    """A relation is kept one way and read from the mirror's side."""
    first = builder.article("First", "The bridge is closed.", url="https://a.example/1")
    longer = builder.article("Longer", "The bridge is closed. " * 9, url="https://b.example/1")
    builder.relate(first, longer, RelationKind.EXCERPT_OF, coverage=(1.0, 0.25))
    builder.tell(first, longer)
    with builder.archive.read() as connection:
        (mirror,) = connection.exec_driver_sql("SELECT * FROM mirrors").mappings().all()
    assert (mirror["article"], mirror["relation"], mirror["coverage"]) == (longer, "contains", 0.25)


def test_people_can_read_the_archive_with_nothing_of_ours(builder: ArchiveBuilder) -> None:
    """Any SQLite reads the views and searches the texts, while the archive is open."""
    builder.article("Bridge", "The harbour bridge is closed.", url="https://a.example/1")
    with closing(sqlite3.connect(builder.archive.path)) as connection:
        assert connection.execute("SELECT title, mirrors FROM stories").fetchall() == [
            ("Bridge", 0)
        ]
        found = connection.execute(
            "SELECT article.title FROM article_fts JOIN article ON article.id = article_fts.rowid"
            " WHERE article_fts MATCH 'harbour'"
        )
        assert found.fetchall() == [("Bridge",)]
