"""Opening the archive, its transactions and its lock.

Rule 1: a writer's transaction begins IMMEDIATE, so that what it looks up cannot change before it
writes (with deferred begins two processes doubled 387 of 400 keys in a race).
Rule 2: no network inside a transaction.
Rule 3: an archive of another schema version is refused before anything is read or written.
"""

from __future__ import annotations

import os
import sqlite3
import stat
import uuid
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast
from urllib.parse import quote

import sqlalchemy as sa
from filelock import FileLock, Timeout

from scraper.errors import (
    ArchiveError,
    ArchiveMissingError,
    ArchiveVersionError,
    FingerprintsError,
    LockedError,
    UsageError,
)
from scraper.store import schema
from scraper.store.warc import list_files, warc_folder

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

#: A reader or writer waits so long for another's transaction before it gives up.
BUSY_TIMEOUT_SECONDS = 30

#: What to do about the failures that are not ours but the file's, its disk's or its other users'.
_REMEDIES = {
    sqlite3.SQLITE_NOTADB: "name an archive of scraper",
    sqlite3.SQLITE_CORRUPT: "restore a backup, or try sqlite3's .recover",
    sqlite3.SQLITE_FULL: "make room and run the command again; nothing is lost",
    sqlite3.SQLITE_READONLY: "make the file and its folder writable",
    sqlite3.SQLITE_CANTOPEN: "check that the folder exists and may be written",
    sqlite3.SQLITE_BUSY: "another program is writing; try again when it has ended",
    sqlite3.SQLITE_IOERR: "check the file and its disk",
}

#: So many KB of the file are kept at hand. A batch of an import touches thousands of pages; with
#: SQLite's own 2 MB it wrote some of them many times over, and 4,000 articles took a fifth longer.
#: 64 MB gained nothing over this.
_CACHE_KB = 16_000

#: What every connection says first; none of it changes the file.
_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA cache_size = -{_CACHE_KB}",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
)


class Archive:
    """An open archive: `read()` and `write()` give connections, each one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        #: Whether it lies where we can write nothing: it can be read all the same.
        self.is_read_only = _is_unwritable(path)
        self._is_unchanging = self.is_read_only and not _has_log(path)
        self._engine = _make_engine(path, is_unchanging=self._is_unchanging)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one unchanging state of the archive.

        Raises ArchiveError where the file cannot be read.
        """
        if self._is_unchanging and _has_log(self.path):  # somebody who may began to write
            self._is_unchanging = False
            self._engine.dispose()
            self._engine = _make_engine(self.path, is_unchanging=False)
        with as_archive_errors(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection whose changes are committed together at the end, or not at all.

        Raises ArchiveError where the file cannot be written.
        """
        with (
            as_archive_errors(self.path),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

    def use_write_ahead_log(self) -> None:
        """Nothing; the file keeps a write-ahead log: readers and the writer do not wait on another.

        The file remembers it; a copy made by VACUUM INTO has forgotten it.
        """
        with self.outside_transactions() as cursor:
            cursor.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def outside_transactions(self) -> Iterator[sqlite3.Cursor]:
        """A cursor for what SQLite does outside transactions only.

        Raises ArchiveError where that fails.
        """
        with (
            as_archive_errors(self.path),
            closing(self._engine.raw_connection()) as connection,
            closing(connection.cursor()) as cursor,
        ):
            yield cast("sqlite3.Cursor", cursor)

    def copy_to(self, target: sqlite3.Connection) -> None:
        """Nothing; the other database holds what this one does at this moment.

        Raises what sqlite3 does where that fails: it does not say on which side.
        """
        with closing(self._engine.raw_connection()) as connection:
            cast("sqlite3.Connection", connection.driver_connection).backup(target)

    def close(self) -> None:
        """Nothing; every connection is closed."""
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


def archive_path(location: str, base: Path) -> Path:
    """The SQLite file that a setting or option names; relative ones start at ``base``.

    Raises UsageError for a URL of a database that this version does not speak.
    """
    if location.startswith("sqlite:///"):
        location = location.removeprefix("sqlite:///")
    elif "://" in location:
        raise UsageError(
            f"archive {location!r}: this version keeps archives in SQLite; give a file's path"
        )
    return base / Path(location).expanduser()


def open_archive(path: Path) -> Archive:
    """The archive in this file, its version checked.

    Raises ArchiveMissingError, ArchiveVersionError, or ArchiveError for a file that is no archive.
    """
    try:
        mode = path.stat().st_mode
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise ArchiveMissingError(str(path)) from exc
    except OSError as exc:
        raise ArchiveError(f"{path} cannot be read: {exc.strerror}") from exc
    if not stat.S_ISREG(mode):
        raise ArchiveError(f"{path} is not a file: name an archive of scraper")
    archive = Archive(path)
    try:
        check_version(path, found_revision(archive))
        if not archive.is_read_only:
            archive.use_write_ahead_log()
    except BaseException:
        archive.close()
        raise
    return archive


def create_archive(path: Path, *, fingerprint_version: int, now: datetime) -> Archive:
    """A new, empty archive in this file; where making it fails, there is no file.

    Raises ArchiveError where the file exists already or its folder cannot be written, and where
    pages of another archive lie where its own would: it would take them for leftovers.
    """
    try:
        path.touch(exist_ok=False)
    except FileExistsError as exc:
        raise ArchiveError(f"{path} exists already: remove it or choose another name") from exc
    except (FileNotFoundError, NotADirectoryError) as exc:
        raise ArchiveError(f"{path.parent} is not a folder: make it first") from exc
    except OSError as exc:
        raise ArchiveError(f"{path} cannot be made: {exc.strerror}") from exc
    archive = Archive(path)
    try:
        _require_no_pages(path)
        archive.use_write_ahead_log()
        _fill_archive(archive, fingerprint_version, now)
    except BaseException:
        archive.close()
        path.unlink()
        raise
    return archive


def _require_no_pages(path: Path) -> None:
    if list_files(folder := warc_folder(path)):
        raise ArchiveError(
            f"{folder} holds pages of another archive: move it away first; "
            "`scraper import` reads them from there"
        )


def _fill_archive(archive: Archive, fingerprint_version: int, now: datetime) -> None:
    from scraper.store.migrate import upgrade_schema  # Alembic, needed only to migrate

    with archive.write() as connection:
        upgrade_schema(connection)
        connection.execute(
            schema.archive.insert().values(
                id=1,
                uuid=str(uuid.uuid4()),
                created_at=now,
                fingerprint_version=fingerprint_version,
            )
        )


def found_revision(archive: Archive) -> str | None:
    """The schema revision that the archive says it has; None where the file is no archive.

    Other programs use Alembic too: its table alone does not make an archive.
    """
    with archive.read() as connection:
        names = sa.inspect(connection).get_table_names()
        if not {"alembic_version", schema.archive.name} <= set(names):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def check_version(path: Path, found: str | None) -> None:
    """Nothing, where this program knows the archive's schema revision.

    Raises ArchiveVersionError that says whether the archive or the program is the older one, and
    ArchiveError where the file is no archive. Revisions are dates, so they sort.
    """
    if found is None:
        raise ArchiveError(
            f"{path} is a database, but not an archive of scraper: name another file"
        )
    if found < schema.REVISION:
        remedy = "run `scraper db upgrade`"
        raise ArchiveVersionError(str(path), found, schema.REVISION, remedy)
    if found > schema.REVISION:
        remedy = "it was written by a newer scraper; upgrade the program"
        raise ArchiveVersionError(str(path), found, schema.REVISION, remedy)


def check_fingerprints(archive: Archive, expected: int) -> None:
    """Nothing, where the archive's fingerprints are all of this version.

    Raises FingerprintsError otherwise: what is matched against others finds too little.
    """
    with archive.read() as connection:
        found = connection.execute(sa.select(schema.archive.c.fingerprint_version)).scalar_one()
    if found != expected:
        raise FingerprintsError(str(archive.path), found, expected)


def load_uuid(connection: sa.Connection) -> tuple[uuid.UUID, datetime]:
    """By what this archive is told from every other, and when it was made."""
    row = connection.execute(sa.select(schema.archive.c.uuid, schema.archive.c.created_at)).one()
    return uuid.UUID(row.uuid), row.created_at


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """The archive's kernel lock, held while the context lasts; it ends with the process.

    It lies beside the file itself, by whatever link that is named. Raises LockedError where another
    process holds it.
    """
    real = path.resolve()
    lock_path = real.with_name(real.name + ".lock")
    lock = FileLock(lock_path, blocking=False)
    try:
        lock.acquire()
    except Timeout as exc:
        raise LockedError(lock_path) from exc
    except OSError as exc:
        raise ArchiveError(
            f"{lock_path} cannot be locked: {exc.strerror}: make it and its folder writable"
        ) from exc
    try:
        yield
    finally:
        lock.release()


def _is_unwritable(path: Path) -> bool:
    """Whether the file is on a read-only mount, or it or its folder is not ours to write."""
    try:
        is_mounted_so = bool(os.statvfs(path).f_flag & os.ST_RDONLY)
    except OSError:  # what is wrong with it is told when it is opened
        return False
    folder = path.resolve().parent
    return is_mounted_so or not (os.access(path, os.W_OK) and os.access(folder, os.W_OK))


def _has_log(path: Path) -> bool:
    """Whether a write-ahead log with something in it lies beside the file: it is part of it."""
    log = path.resolve().with_name(f"{path.resolve().name}-wal")
    return log.exists() and log.stat().st_size > 0


def _name_database(path: Path, *, is_unchanging: bool) -> sa.URL:
    """The file, by a URL no part of which is taken for anything but its name.

    SQLite reads a file with a write-ahead log only where it can write beside it, or is told that
    nobody changes the file (https://sqlite.org/wal.html#readonly). Where we cannot write, that
    holds as long as there is no log; one that was left there is part of the archive, and then
    SQLite must refuse.
    """
    whole = str(path.absolute())
    if not is_unchanging:
        return sa.URL.create("sqlite", database=whole)
    flags = {"mode": "ro", "immutable": "1", "uri": "true"}
    return sa.URL.create("sqlite", database=f"file:{quote(whole)}", query=flags)


def _make_engine(path: Path, *, is_unchanging: bool) -> sa.Engine:
    engine = sa.create_engine(
        _name_database(path, is_unchanging=is_unchanging),
        connect_args={"timeout": BUSY_TIMEOUT_SECONDS},
        poolclass=sa.QueuePool,
    )

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in _PRAGMAS:
            connection.execute(pragma)
        # SQLite's own lower() knows the letters of English alone.
        connection.create_function("casefold", 1, str.casefold, deterministic=True)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def as_archive_errors(path: Path) -> Iterator[None]:
    """The database's own failures as ArchiveError: disk full, read-only, not a database, locked.

    A broken constraint or wrong SQL is a bug of ours and passes through.
    """
    try:
        yield
    except (sa.exc.DatabaseError, sqlite3.DatabaseError) as exc:
        cause = exc.orig if isinstance(exc, sa.exc.DatabaseError) else exc
        # The low byte is the failure, the others are its detail: https://sqlite.org/rescode.html
        detail = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
        # No room even for the -shm file, which readers need too, is called an error of the disk.
        code = sqlite3.SQLITE_FULL if detail == sqlite3.SQLITE_IOERR_SHMSIZE else detail & 0xFF
        if code not in _REMEDIES:
            raise
        raise ArchiveError(f"{path}: {cause}: {_REMEDIES[code]}") from exc
