"""Upgrading an archive of an older schema."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest
from alembic import command

from scraper.errors import ArchiveError, ArchiveMissingError, ArchiveVersionError, LockedError
from scraper.match.version import FINGERPRINT_VERSION
from scraper.store import migrate, schema
from scraper.store.archive import Archive, hold_lock, open_archive
from scraper.store.check import check_archive
from scraper.store.upgrade import backup_before, upgrade_archive

if TYPE_CHECKING:
    from pathlib import Path

#: About files; tests/store/test_postgresql.py is about databases of a server.
pytestmark = pytest.mark.sqlite

NEXT = "20991231_2359"
MIGRATION = """
import sqlalchemy as sa
from alembic import op

revision = "{new}"
down_revision = "{old}"


def upgrade():
    op.add_column("story", sa.Column("mood", sa.Text()))
    op.execute("UPDATE archive SET fingerprint_version = 77")
    {more}
"""


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The migration that a newer program has besides today's; a test may rewrite it."""
    shipped = next(place for place in migrate._PLACES if place.is_dir())  # noqa: SLF001  # a migration more
    folder = tmp_path / "migrations"
    (folder / "versions").mkdir(parents=True)
    for path in [shipped / "env.py", *(shipped / "versions").glob("*.py")]:
        copied = folder / path.relative_to(shipped)
        copied.write_text(path.read_text())
    added = folder / "versions" / f"{NEXT}_add_mood.py"
    added.write_text(MIGRATION.format(new=NEXT, old=schema.REVISION, more="pass"))
    monkeypatch.setattr(migrate, "_PLACES", (folder,))
    monkeypatch.setattr(schema, "REVISION", NEXT)
    return added


def read(path: Path, statement: str) -> object:
    """The first value that a statement gives."""
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(statement).fetchone()[0]


def test_older_archive_gets_what_is_missing(archive_path: Path, newer_program: Path) -> None:
    """The missing migrations run, and the revisions before and after come back; again: nothing."""
    before = schema.REVISION
    old = str(read(archive_path, "SELECT version_num FROM alembic_version"))
    done = upgrade_archive(archive_path)
    assert (done.before, done.after) == (old, before)
    assert read(archive_path, "SELECT version_num FROM alembic_version") == NEXT
    assert read(archive_path, "SELECT fingerprint_version FROM archive") == 77
    assert read(archive_path, "SELECT count(mood) FROM story") == 0
    done = upgrade_archive(archive_path)
    assert (done.before, done.after) == (NEXT, NEXT)
    kept = backup_before(archive_path, old)
    assert read(kept, "SELECT version_num FROM alembic_version") == old
    assert read(kept, "PRAGMA integrity_check") == "ok"


def test_failing_migration_leaves_the_archive_as_it_was(
    archive_path: Path, newer_program: Path
) -> None:
    """All migrations are one transaction: where one fails none has happened."""
    broken = newer_program.read_text().replace("pass", 'raise ValueError("no")')
    newer_program.write_text(broken)
    old = read(archive_path, "SELECT version_num FROM alembic_version")
    with pytest.raises(ValueError, match="no"):
        upgrade_archive(archive_path)
    assert read(archive_path, "SELECT version_num FROM alembic_version") == old
    assert read(archive_path, "SELECT fingerprint_version FROM archive") == FINGERPRINT_VERSION


def test_lock_is_asked_for(archive_path: Path, newer_program: Path) -> None:
    """No upgrade while another run holds the lock."""
    with hold_lock(archive_path), pytest.raises(LockedError):
        upgrade_archive(archive_path)
    assert read(archive_path, "SELECT version_num FROM alembic_version") != NEXT


def test_revision_that_nobody_knows(archive_path: Path) -> None:
    """An older revision without a migration is an error that names both."""
    with closing(sqlite3.connect(archive_path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '20200101_0000'")
    with pytest.raises(ArchiveVersionError, match="20200101_0000") as caught:
        upgrade_archive(archive_path)
    assert schema.REVISION in str(caught.value)


def test_nothing_to_upgrade(tmp_path: Path) -> None:
    """A missing file and a database that is no archive are told apart."""
    with pytest.raises(ArchiveMissingError):
        upgrade_archive(tmp_path / "none.db")
    with closing(sqlite3.connect(tmp_path / "foreign.db")) as connection, connection:
        connection.execute("CREATE TABLE bookmark (url TEXT)")
    with pytest.raises(ArchiveError, match="not an archive of scraper"):
        upgrade_archive(tmp_path / "foreign.db")


BEFORE_SNAPSHOTS = """
INSERT INTO archive VALUES (1, 'u', '2026-11-22T10:00:00.000Z', 1);
INSERT INTO page (id, url, site, state, announced_at) VALUES (
    1, 'https://paper.example/a', 'paper.example', 'archived', '2026-11-22T10:00:00.000Z');
INSERT INTO page_key VALUES ('paper.example/a', 1);
INSERT INTO story VALUES (1, 1, 'only_member', 'the only article', NULL, 1,
    '2026-11-22T10:00:00.000Z', '2026-11-22T10:00:00.000Z');
INSERT INTO article (
    id, page_id, story_id, authors, tags, page_kind, text, word_count, text_sha256, is_unspaced,
    is_paywalled, is_roundup, first_seen, revision_id, was_whole, longest_word_count,
    containment_key_count) VALUES (1, 1, 1, '[]', '[]', 'article', 'The ferry.', 2, 'x', 0,
    0, 0, '2026-11-22T10:00:00.000Z', 2, 1, 2, 0);
INSERT INTO revision VALUES (1, 1, '2026-11-22T10:00:00.000Z', NULL, 'A ferry.', 2, 'w');
INSERT INTO revision VALUES (2, 1, '2026-11-22T11:00:00.000Z', NULL, 'The ferry.', 2, 'x')
"""


def test_archive_from_before_snapshots(tmp_path: Path) -> None:
    """What an archive held before pages were kept is there after the upgrade, and is whole."""
    path = tmp_path / "old.db"
    with Archive(path) as archive, archive.write() as connection:
        config = migrate.alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "20261122_1245")
        for statement in BEFORE_SNAPSHOTS.split(";\n"):
            connection.exec_driver_sql(statement)
    done = upgrade_archive(path)
    assert (done.before, done.after) == ("20261122_1245", schema.REVISION)
    with open_archive(path) as archive:
        assert check_archive(archive) == ()
        with archive.read() as connection:
            rows = connection.exec_driver_sql("SELECT is_minor, text FROM kept_revision").all()
            assert [tuple(row) for row in rows] == [(0, "A ferry."), (0, None)]
            texts = connection.exec_driver_sql("SELECT text FROM revision").scalars().all()
            assert texts == ["A ferry.", "The ferry."]
    assert read(backup_before(path, "20261122_1245"), "SELECT text FROM article") == "The ferry."
