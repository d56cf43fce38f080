"""Opening an archive, its transactions and its lock, on real files."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.errors import (
    ArchiveError,
    ArchiveMissingError,
    ArchiveVersionError,
    LockedError,
    UsageError,
)
from scraper.store import migrate, schema, sqlite
from scraper.store.archive import (
    Archive,
    archive_path,
    create_archive,
    found_revision,
    hold_lock,
    open_archive,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

#: About files; tests/store/test_postgresql.py is about databases of a server.
pytestmark = pytest.mark.sqlite

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)

#: Takes the lock named by its first argument, says so, and keeps it until its input ends.
_HOLDER = """
import sys
from pathlib import Path
from scraper.store.archive import hold_lock
with hold_lock(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""

#: Adds as many hosts as its second argument says, each a look-up and an insert in one transaction.
_WRITER = """
import sys
from pathlib import Path
import sqlalchemy as sa
from scraper.store import schema
from scraper.store.archive import open_archive
with open_archive(Path(sys.argv[1])) as archive:
    for _ in range(int(sys.argv[2])):
        with archive.write() as connection:
            count = sa.select(sa.func.count()).select_from(schema.host)
            number = connection.execute(count).scalar_one()
            connection.execute(schema.host.insert().values(host=f"host {number}"))
"""


def write_host(archive: Archive, host: str) -> None:
    """A row to look for."""
    with archive.write() as connection:
        connection.execute(schema.host.insert().values(host=host))


def read_hosts(archive: Archive) -> list[str]:
    """The rows that are there."""
    with archive.read() as connection:
        return list(connection.execute(sa.select(schema.host.c.host).order_by("host")).scalars())


def folder_of(path: Path) -> dict[str, bytes]:
    """Every file beside this one, and what is in it."""
    return {found.name: found.read_bytes() for found in path.parent.iterdir()}


def set_revision(path: Path, revision: str) -> None:
    """Make the archive one of another version."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("UPDATE alembic_version SET version_num = ?", [revision])
        connection.commit()


def make_database(path: Path, *statements: str) -> None:
    """Make a database that is no archive of ours."""
    with closing(sqlite3.connect(path)) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()


# --- making one -----------------------------------------------------------------------------------


def test_a_new_archive_is_empty_and_has_an_identity(tmp_path: Path) -> None:
    """It knows its version, its moment, and a UUID of its own; reopened it is the same."""
    path = tmp_path / "archive.db"
    create_archive(path, fingerprint_version=7, now=NOW).close()
    with open_archive(path) as archive, archive.read() as connection:
        row = connection.execute(sa.select(schema.archive)).one()
    assert (row.id, row.created_at, row.fingerprint_version) == (1, NOW, 7)
    assert len(row.uuid) == 36


@pytest.mark.parametrize("name", ["what?.db", "100%41.db", "file:archive.db", "ärchiv #1.db"])
def test_any_file_name_is_taken_as_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """Nothing in a name is read as part of a URL, also where the path is relative."""
    monkeypatch.chdir(tmp_path)
    create_archive(Path(name), fingerprint_version=1, now=NOW).close()
    with open_archive(Path(name)) as archive:
        assert found_revision(archive) == schema.REVISION
    assert [found.name for found in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("kind", ["file", "folder", "dangling link"])
def test_what_is_there_is_never_overwritten(tmp_path: Path, kind: str) -> None:
    """A file, a folder or a link in its place is left as it is."""
    path = tmp_path / "archive.db"
    if kind == "file":
        path.write_bytes(b"mine")
    elif kind == "folder":
        path.mkdir()
    else:
        path.symlink_to(tmp_path / "elsewhere.db")
    with pytest.raises(ArchiveError, match="exists already") as caught:
        create_archive(path, fingerprint_version=1, now=NOW)
    assert caught.value.exit_code == 1
    assert [found.name for found in tmp_path.iterdir()] == ["archive.db"]
    assert kind != "file" or path.read_bytes() == b"mine"


@pytest.mark.parametrize("place", ["no such folder/archive.db", "a file/archive.db"])
def test_an_archive_needs_a_folder(tmp_path: Path, place: str) -> None:
    """A missing folder is named, and none is made."""
    (tmp_path / "a file").touch()
    with pytest.raises(ArchiveError, match="is not a folder"):
        create_archive(tmp_path / place, fingerprint_version=1, now=NOW)
    assert [found.name for found in tmp_path.iterdir()] == ["a file"]


def test_no_room_for_the_shared_memory_is_a_full_disk(tmp_path: Path) -> None:
    """SQLite calls it an error of the disk; what helps is room."""
    full = sqlite3.OperationalError("disk I/O error")
    full.sqlite_errorcode = sqlite3.SQLITE_IOERR_SHMSIZE
    file = sqlite.SqliteFile(tmp_path / "archive.db")
    with pytest.raises(ArchiveError, match="make room"), file.as_archive_errors():
        raise full


def test_pages_of_a_lost_archive_are_left_alone(tmp_path: Path) -> None:
    """A new archive in the place of one that is gone would cut off its pages as leftovers."""
    kept = tmp_path / "archive.db.warc" / "run-0000000001.warc.gz"
    kept.parent.mkdir()
    kept.write_bytes(b"years of pages")
    with pytest.raises(ArchiveError, match="pages of another archive: move it away"):
        create_archive(tmp_path / "archive.db", fingerprint_version=1, now=NOW)
    assert kept.read_bytes() == b"years of pages"
    assert [found.name for found in tmp_path.iterdir()] == ["archive.db.warc"]
    kept.unlink()
    create_archive(tmp_path / "archive.db", fingerprint_version=1, now=NOW).close()


def test_a_name_too_long_for_the_disk_is_an_archive_error(tmp_path: Path) -> None:
    """Whether it is made or opened, the complaint is one line."""
    path = tmp_path / ("x" * 300)
    with pytest.raises(ArchiveError, match="too long"):
        create_archive(path, fingerprint_version=1, now=NOW)
    with pytest.raises(ArchiveError, match="too long"):
        open_archive(path)


def test_where_making_it_fails_no_file_is_left(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So `scraper init` can simply be run again."""

    def fail(_connection: sa.Connection) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as broken:
        broken.setattr(migrate, "upgrade_schema", fail)
        with pytest.raises(ZeroDivisionError):
            create_archive(tmp_path / "archive.db", fingerprint_version=1, now=NOW)
    assert list(tmp_path.iterdir()) == []
    create_archive(tmp_path / "archive.db", fingerprint_version=1, now=NOW).close()


@pytest.mark.parametrize(
    ("location", "path"),
    [
        ("news.db", "/base/news.db"),
        ("/var/news.db", "/var/news.db"),
        ("sqlite:///news.db", "/base/news.db"),
        ("sqlite:////var/news.db", "/var/news.db"),
    ],
)
def test_a_location_is_a_path_or_a_url(location: str, path: str) -> None:
    """Relative ones start at the folder that is given."""
    assert archive_path(location, Path("/base")) == Path(path)


def test_a_database_we_do_not_speak_is_a_usage_error() -> None:
    """It says so, with its exit code, and repeats no password that may stand in it."""
    for url in (
        "mysql://me:secret@localhost/news",
        "postgresql+asyncpg://me:secret@db/news",
        "x://",
    ):
        with pytest.raises(UsageError, match="SQLite or PostgreSQL") as caught:
            archive_path(url, Path())
        assert caught.value.exit_code == 2
        assert "secret" not in str(caught.value)


# --- opening what is none -------------------------------------------------------------------------


def test_a_missing_archive_names_init(tmp_path: Path) -> None:
    """Exit code 10, and nothing is made where it was looked for."""
    with pytest.raises(ArchiveMissingError, match="run `scraper init`") as caught:
        open_archive(tmp_path / "archive.db")
    assert caught.value.exit_code == 10
    assert list(tmp_path.iterdir()) == []


def test_a_folder_in_its_place_is_no_archive(tmp_path: Path) -> None:
    """`scraper init` would refuse it, so it is not what the message says."""
    with pytest.raises(ArchiveError, match="is not a file"):
        open_archive(tmp_path)


@pytest.mark.parametrize(
    ("contents", "complaint"),
    [
        (b"", "not an archive of scraper"),
        (b"a letter, not a database\n" * 400, "file is not a database"),
        (b"SQLite format 3\0", "file is not a database"),
    ],
)
def test_a_foreign_file_is_refused_and_left_alone(
    tmp_path: Path, contents: bytes, complaint: str
) -> None:
    """One line that says what it is not; the file is the same after."""
    path = tmp_path / "archive.db"
    path.write_bytes(contents)
    with pytest.raises(ArchiveError, match=complaint) as caught:
        open_archive(path)
    assert caught.value.exit_code == 1
    assert "\n" not in str(caught.value)
    assert folder_of(path) == {"archive.db": contents}


@pytest.mark.parametrize(
    "statements",
    [
        ["CREATE TABLE letter (id INTEGER)"],
        ["CREATE TABLE archive (id INTEGER)"],
        [
            "CREATE TABLE alembic_version (version_num TEXT)",
            "INSERT INTO alembic_version VALUES ('f3a9c2')",
        ],
    ],
)
def test_another_programs_database_is_refused_and_left_alone(
    tmp_path: Path, statements: list[str]
) -> None:
    """Also one that Alembic migrates; not even its journal mode is changed."""
    path = tmp_path / "archive.db"
    make_database(path, *statements)
    before = folder_of(path)
    with pytest.raises(ArchiveError, match="not an archive of scraper"):
        open_archive(path)
    assert folder_of(path) == before


@pytest.mark.parametrize(
    ("revision", "remedy"),
    [("20250101_0000", "scraper db upgrade"), ("29990101_0000", "upgrade the program")],
)
def test_another_version_is_refused_with_both_revisions(
    archive_path: Path, revision: str, remedy: str
) -> None:
    """Exit code 10; the message says which side is the older one, and nothing is written."""
    set_revision(archive_path, revision)
    before = folder_of(archive_path)
    with pytest.raises(ArchiveVersionError, match=remedy) as caught:
        open_archive(archive_path)
    assert caught.value.exit_code == 10
    assert revision in str(caught.value)
    assert schema.REVISION in str(caught.value)
    assert folder_of(archive_path) == before


def test_a_truncated_archive_is_an_archive_error(archive_path: Path) -> None:
    """Half a file is found damaged when it is opened, with what to do."""
    whole = archive_path.read_bytes()
    archive_path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(ArchiveError, match=r"malformed.*backup"):
        open_archive(archive_path)


def test_damage_that_is_met_later_is_an_archive_error(archive_path: Path) -> None:
    """A page of garbage in the middle is found when it is read."""
    with closing(sqlite3.connect(archive_path)) as connection:
        statement = "SELECT rootpage FROM sqlite_master WHERE name = 'run'"
        (root,) = connection.execute(statement).fetchone()
        (size,) = connection.execute("PRAGMA page_size").fetchone()
    with archive_path.open("r+b") as file:
        file.seek((root - 1) * size)
        file.write(b"\xff" * size)
    with (
        open_archive(archive_path) as archive,
        pytest.raises(ArchiveError, match="malformed"),
        archive.read() as connection,
    ):
        connection.execute(sa.select(schema.run)).all()


# --- transactions ---------------------------------------------------------------------------------


def test_an_archive_works_by_a_write_ahead_log(archive_path: Path) -> None:
    """Commits are synced; foreign keys hold; a copy that lost its journal mode gets it back."""
    copy = archive_path.with_name("copy.db")
    with closing(sqlite3.connect(archive_path)) as connection:
        connection.execute("VACUUM INTO ?", [str(copy)])
    for path in (archive_path, copy):
        with open_archive(path) as archive, archive.read() as connection:
            settings = [
                connection.exec_driver_sql(f"PRAGMA {name}").scalar()
                for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
            ]
        assert settings == ["wal", 2, 1, 30_000]


def test_an_exception_takes_everything_back(archive: Archive) -> None:
    """What was written before it is not there after."""

    def write_and_fail() -> None:
        with archive.write() as connection:
            connection.execute(schema.host.insert().values(host="gone"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    write_host(archive, "kept")
    assert read_hosts(archive) == ["kept"]


def test_the_schema_is_taken_back_too(tmp_path: Path) -> None:
    """Tables made in a transaction that fails are not there after: Python's own begin is off."""
    with Archive(tmp_path / "archive.db") as archive:

        def make_and_fail() -> None:
            with archive.write() as connection:
                connection.exec_driver_sql("CREATE TABLE letter (id INTEGER)")
                raise ZeroDivisionError

        with pytest.raises(ZeroDivisionError):
            make_and_fail()
        with archive.read() as connection:
            assert sa.inspect(connection).get_table_names() == []


def test_a_reader_sees_one_state(archive: Archive) -> None:
    """What is committed while it reads is seen by the next reader."""
    write_host(archive, "first")
    statement = sa.select(schema.host.c.host).order_by("host")
    with archive.read() as connection:
        assert connection.execute(statement).scalars().all() == ["first"]
        write_host(archive, "second")
        assert connection.execute(statement).scalars().all() == ["first"]
    assert read_hosts(archive) == ["first", "second"]


def test_a_reader_does_not_write(archive: Archive) -> None:
    """What was written through a connection for reading is not kept."""
    with archive.read() as connection:
        connection.execute(schema.host.insert().values(host="gone"))
    assert read_hosts(archive) == []


def test_a_writer_is_alone_from_its_first_look(archive: Archive) -> None:
    """A second writer waits before it looks, not after: neither loses what the other did."""
    looked, order = threading.Event(), []

    def second() -> None:
        looked.wait()
        with archive.write() as connection:
            order.append("second begins")
            found = connection.execute(sa.select(schema.host.c.host)).scalars().all()
            order.append(f"second finds {found}")

    thread = threading.Thread(target=second)
    thread.start()
    with archive.write() as connection:
        connection.execute(sa.select(schema.host)).all()
        looked.set()
        thread.join(timeout=0.2)  # it waits for us, however long
        connection.execute(schema.host.insert().values(host="first"))
        order.append("first ends")
    thread.join()
    assert order == ["first ends", "second begins", "second finds ['first']"]


def test_writers_of_several_processes_double_nothing(archive_path: Path) -> None:
    """Each looks up and inserts in one transaction: the numbers have no gap and none twice."""
    command = [sys.executable, "-c", _WRITER, str(archive_path), "40"]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    with open_archive(archive_path) as archive:
        assert sorted(read_hosts(archive)) == sorted(f"host {number}" for number in range(120))


def test_a_writer_that_waits_too_long_is_an_archive_error(
    archive_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It says that another is writing; what that one does is not disturbed."""
    monkeypatch.setattr(sqlite, "_PRAGMAS", ("PRAGMA busy_timeout = 1",))
    with open_archive(archive_path) as first, open_archive(archive_path) as second:
        with first.write() as connection:
            connection.execute(schema.host.insert().values(host="first"))
            with pytest.raises(ArchiveError, match="another program is writing"):
                write_host(second, "second")
        assert read_hosts(second) == ["first"]


@pytest.fixture
def full_disk(archive_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Archive]:
    """An archive that may not grow by a page more, as on a full disk."""
    with closing(sqlite3.connect(archive_path)) as connection:
        (size,) = connection.execute("PRAGMA page_count").fetchone()
    limits = (*sqlite._PRAGMAS, f"PRAGMA max_page_count = {size}")  # noqa: SLF001 - a disk's
    monkeypatch.setattr(sqlite, "_PRAGMAS", limits)
    with open_archive(archive_path) as archive:
        yield archive


def test_a_full_disk_is_an_archive_error_and_nothing_is_lost(full_disk: Archive) -> None:
    """One line that says what to do; what was there before is there after."""
    write_host(full_disk, "kept")
    with pytest.raises(ArchiveError, match="full: make room") as caught:
        write_host(full_disk, "x" * 100_000)
    assert "\n" not in str(caught.value)
    assert read_hosts(full_disk) == ["kept"]


def test_a_file_that_may_not_be_written_can_be_read(
    archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Reading goes on; writing is an ArchiveError with what to do."""
    write_host(archive, "kept")
    # Permissions do not bind root, under whom tests may run: SQLite's own refusal is the same.
    monkeypatch.setattr(sqlite, "_PRAGMAS", ("PRAGMA query_only = ON",))
    with open_archive(archive.path) as read_only:
        assert read_hosts(read_only) == ["kept"]
        with pytest.raises(ArchiveError, match=r"readonly.*make the file and its folder writable"):
            write_host(read_only, "more")


@pytest.mark.parametrize("statement", ["SELECT * FROM no_such_table", "SELEKT 1"])
def test_wrong_sql_is_a_bug_not_an_archive_error(archive: Archive, statement: str) -> None:
    """It comes out as what it is, so that it is seen and mended."""
    with pytest.raises(sa.exc.OperationalError), archive.read() as connection:
        connection.exec_driver_sql(statement)


def test_a_broken_constraint_is_a_bug_not_an_archive_error(archive: Archive) -> None:
    """Two rows of one key, or a row that points nowhere."""
    write_host(archive, "one")
    with pytest.raises(sa.exc.IntegrityError):
        write_host(archive, "one")
    with pytest.raises(sa.exc.IntegrityError), archive.write() as connection:
        connection.execute(schema.page_key.insert().values(key="example.org/", page_id=99))


# --- the lock -------------------------------------------------------------------------------------


@pytest.fixture
def holder(archive_path: Path) -> Iterator[subprocess.Popen[str]]:
    """Another process that holds the archive's lock."""
    with subprocess.Popen(
        [sys.executable, "-c", _HOLDER, str(archive_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdout
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_second_run_is_refused(archive_path: Path, holder: subprocess.Popen[str]) -> None:
    """Exit code 11, and the lock is named."""
    with pytest.raises(LockedError, match=r"archive\.db\.lock") as caught, hold_lock(archive_path):
        pytest.fail("two processes hold the lock")
    assert caught.value.exit_code == 11


def test_the_lock_ends_with_a_killed_process(
    archive_path: Path, holder: subprocess.Popen[str]
) -> None:
    """No stale lock is left to be removed by hand."""
    holder.kill()
    holder.wait()
    with hold_lock(archive_path):
        assert archive_path.with_name("archive.db.lock").exists()


def test_readers_and_writers_do_not_ask_for_the_lock(
    archive: Archive, holder: subprocess.Popen[str]
) -> None:
    """Adding a source or reading goes on beside a run."""
    write_host(archive, "beside")
    assert read_hosts(archive) == ["beside"]


def test_the_lock_is_free_again_after_an_error(archive_path: Path) -> None:
    """Whatever ends a run, the next may begin."""
    with pytest.raises(ZeroDivisionError), hold_lock(archive_path):
        raise ZeroDivisionError
    with hold_lock(archive_path):
        pass


def test_a_lock_that_cannot_be_made_is_an_archive_error(tmp_path: Path) -> None:
    """A folder stands in its place."""
    (tmp_path / "archive.db.lock").mkdir()
    with pytest.raises(ArchiveError, match="cannot be locked"), hold_lock(tmp_path / "archive.db"):
        pytest.fail("nothing was locked")
