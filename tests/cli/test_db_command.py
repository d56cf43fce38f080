"""`scraper db`: upgrade and check."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.model import PageState, RunId
from scraper.store.archive import Archive, hold_lock
from scraper.store.schema import REVISION
from scraper.store.snapshots import SnapshotKeeper, add_snapshot
from tests.store.test_warc import fetched

if TYPE_CHECKING:
    from collections.abc import Callable

    from click.testing import Result

    from scraper.store.archive import Location, Where
    from tests.archive_builder import ArchiveBuilder


def set_revision(where: Where, revision: str) -> None:
    """Nothing; the archive says that it has this schema revision."""
    with Archive(where) as archive, archive.write() as connection:
        connection.execute(
            sa.text("UPDATE alembic_version SET version_num = :revision"), {"revision": revision}
        )


def test_newest_archive_is_left_alone(
    run: Callable[..., Result], archive_path: Where, here: Location
) -> None:
    """An archive of this schema needs nothing, and no lock."""
    with hold_lock(archive_path):
        result = run("db", "upgrade")
    assert result.exit_code == 0
    assert result.stdout == f"{here} has the newest schema already, {REVISION}\n"


@pytest.mark.sqlite
def test_newer_archive_is_refused_untouched(
    run: Callable[..., Result], archive_path: Path, home: Path
) -> None:
    """An archive of a newer program ends every command with 10, both revisions, no byte changed."""
    set_revision(archive_path, "20991231_2359")
    before = archive_path.read_bytes()
    for args in (("db", "upgrade"), ("db", "check"), ("status",), ("export", "stories")):
        result = run(*args)
        assert result.exit_code == 10
        assert "20991231_2359" in result.stderr
        assert REVISION in result.stderr
    assert archive_path.read_bytes() == before
    assert [path.name for path in home.iterdir()] == ["archive.db"]


def test_older_archive_names_the_command(run: Callable[..., Result], archive_path: Where) -> None:
    """An archive of an older program says what to type."""
    set_revision(archive_path, "20260101_0000")
    result = run("status")
    assert result.exit_code == 10
    assert "run `scraper db upgrade`" in result.stderr


def test_upgrade_waits_for_nobody(run: Callable[..., Result], archive_path: Where) -> None:
    """While a run holds the lock there is no upgrade: exit 11."""
    set_revision(archive_path, "20260101_0000")
    with hold_lock(archive_path):
        result = run("db", "upgrade")
    assert result.exit_code == 11
    assert "another run holds" in result.stderr


def test_other_files_are_no_archives(run: Callable[..., Result], home: Path) -> None:
    """A text file and a foreign database are told apart from archives, and not changed."""
    with closing(sqlite3.connect(home / "foreign.db")) as connection, connection:
        connection.execute("CREATE TABLE bookmark (url TEXT)")
    (home / "notes.txt").write_text("Remember the milk, and a good deal more besides." * 40)
    for name in ("foreign.db", "notes.txt"):
        before = (home / name).read_bytes()
        for args in (("db", "upgrade"), ("db", "check"), ("status",)):
            result = run("--archive", name, *args)
            assert result.exit_code == 1
            assert name in result.stderr
            assert result.stderr.count("\n") == 1
        assert (home / name).read_bytes() == before


def test_check_says_fine(
    run: Callable[..., Result], builder: ArchiveBuilder, here: Location
) -> None:
    """A whole archive is called fine."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    result = run("db", "check")
    assert (result.exit_code, result.stdout) == (0, f"{here} is fine\n")
    assert json.loads(run("db", "check", "--json").stdout) == {"problems": []}


def test_check_lists_what_is_wrong(run: Callable[..., Result], builder: ArchiveBuilder) -> None:
    """Damage is listed on stdout, and the command ends with 1 and says what to do."""
    builder.article("Ferry", "The ferry.")
    with builder.archive.write() as connection:
        connection.exec_driver_sql("UPDATE story SET member_count = 7")
    result = run("db", "check")
    assert result.exit_code == 1
    assert result.stdout == "1 stories that miscount their members, such as 1\n"
    assert "restore a backup" in result.stderr
    assert len(json.loads(run("db", "check", "--json").stdout)["problems"]) == 1


@pytest.mark.sqlite
def test_backup_is_an_archive(
    run: Callable[..., Result], builder: ArchiveBuilder, home: Path
) -> None:
    """The copy holds what the archive held, with its snapshots, and passes the same checks."""
    page = builder.page("https://paper.example/a", PageState.NO_ARTICLE)
    kept = SnapshotKeeper(builder.archive, RunId(1)).append(page, fetched(b"<p>ferry</p>"))
    with builder.archive.write() as connection:
        add_snapshot(connection, page, kept)
    assert run("db", "backup", "copy.db").exit_code == 0
    assert run("--archive", "copy.db", "db", "check").stdout == "copy.db is fine\n"
    assert [path.name for path in (home / "copy.db.warc").iterdir()] == ["run-0000000001.warc.gz"]
    assert not (home / "copy.db.part").exists()
    again = run("db", "backup", "copy.db")
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)


@pytest.mark.sqlite
def test_backup_that_cannot_be_written(
    run: Callable[..., Result], archive_path: Path, home: Path
) -> None:
    """A missing folder is one line, and nothing is left behind."""
    result = run("db", "backup", "nowhere/copy.db")
    assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
    assert "nowhere" in result.stderr


def test_copy_is_compared(run: Callable[..., Result], builder: ArchiveBuilder, home: Path) -> None:
    """It is told how much is the same in both; the copy passes the same checks."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    copied = run("db", "copy", builder.archive.location.address, "copy.db")
    assert copied.exit_code == 0, copied.output
    assert "are the same in both; 0 WARC files were copied" in copied.stdout
    assert run("--archive", "copy.db", "db", "check").stdout == "copy.db is fine\n"
    assert "Ferry" in run("--archive", "copy.db", "show", "1").stdout
    again = run("db", "copy", builder.archive.location.address, "copy.db")
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)


@pytest.mark.postgresql
def test_database_is_not_backed_up(run: Callable[..., Result], archive_path: Path) -> None:
    """One line says what to use instead, with exit code 2."""
    result = run("db", "backup", "copy.db")
    assert (result.exit_code, result.stderr.count("\n")) == (2, 1)
    assert "pg_dump" in result.stderr


@pytest.mark.postgresql
def test_database_that_goes_away_is_one_line(
    run: Callable[..., Result], monkeypatch: pytest.MonkeyPatch
) -> None:
    """So is one that never was there, for a command that reads and one that writes."""
    monkeypatch.setenv("SCRAPER_ARCHIVE", "postgresql://me:secret@127.0.0.1:1/news")
    for words in (("status",), ("run",), ("init",), ("db", "upgrade")):
        result = run(*words)
        assert (result.exit_code, result.stderr.count("\n")) == (1, 1)
        assert "that the server runs" in result.stderr
        assert "secret" not in result.output
    assert not Path("config.toml").exists()


def test_stats_count(run: Callable[..., Result], builder: ArchiveBuilder) -> None:
    """Rows and bytes are told, to people and to programs."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    found = json.loads(run("db", "stats", "--json").stdout)
    assert found["rows"]["article"] == 1
    assert found["file_bytes"] > 0
    assert "1     article" in run("db", "stats").stdout


def test_check_reads_every_snapshot(run: Callable[..., Result], builder: ArchiveBuilder) -> None:
    """One wrong byte in a WARC file, or a file that is gone, is found and named."""
    page = builder.page("https://paper.example/a", PageState.NO_ARTICLE)
    kept = SnapshotKeeper(builder.archive, RunId(1)).append(page, fetched(b"<p>ferry</p>"))
    with builder.archive.write() as connection:
        add_snapshot(connection, page, kept)
    assert run("db", "check").exit_code == 0
    file = builder.archive.snapshots / kept.place.warc_file
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)
    damaged = run("db", "check")
    assert damaged.exit_code == 1
    assert f"snapshot 1 ({file.name}, offset {kept.place.offset}) is damaged" in damaged.stdout
    file.unlink()
    assert "cannot be read" in run("db", "check").stdout
