"""Opening the archive, its transactions and its lock.

Rule 1: a writer's transaction begins IMMEDIATE, so that what it looks up cannot change before it
writes (with deferred begins two processes doubled 387 of 400 keys in a race).
Rule 2: no network inside a transaction.
Rule 3: an archive of another schema version is refused before anything is read or written.
"""

from __future__ import annotations

import sqlite3
import uuid
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Self

import sqlalchemy as sa
from filelock import FileLock, Timeout

from scraper.errors import (
    ArchiveError,
    ArchiveMissingError,
    ArchiveVersionError,
    LockedError,
    UsageError,
)
from scraper.store import schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

#: A reader or writer waits so long for another's transaction before it gives up.
BUSY_TIMEOUT_SECONDS = 30

#: How long a page of the write-ahead log may grow before it is folded back: SQLite's own default.
_PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1000}",
)


class Archive:
    """An open archive: `read()` and `write()` give connections, each one transaction."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._engine = _make_engine(path)

    @contextmanager
    def read(self) -> Iterator[sa.Connection]:
        """A connection that sees one unchanging state of the archive.

        Raises ArchiveError where the file cannot be read.
        """
        with _as_archive_errors(self.path), self._engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[sa.Connection]:
        """A connection whose changes are committed together at the end, or not at all.

        Raises ArchiveError where the file cannot be written.
        """
        with (
            _as_archive_errors(self.path),
            self._engine.connect().execution_options(writes=True) as connection,
            connection.begin(),
        ):
            yield connection

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
    if not path.is_file():
        raise ArchiveMissingError(str(path))
    archive = Archive(path)
    try:
        check_version(path, found_revision(archive))
    except BaseException:
        archive.close()
        raise
    return archive


def create_archive(path: Path, *, fingerprint_version: int, now: datetime) -> Archive:
    """A new, empty archive in this file.

    Raises ArchiveError where the file exists already or its folder cannot be written.
    """
    from scraper.store.migrate import upgrade_schema  # Alembic, needed only to migrate

    if path.exists():
        raise ArchiveError(f"{path} exists already: remove it or choose another name")
    if not path.parent.is_dir():
        raise ArchiveError(f"{path.parent} is not a folder: make it first")
    archive = Archive(path)
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
    return archive


def found_revision(archive: Archive) -> str | None:
    """The schema revision that the archive says it has; None where the file is no archive."""
    with archive.read() as connection:
        if not sa.inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def check_version(path: Path, found: str | None) -> None:
    """Nothing, where this program knows the archive's schema revision.

    Raises ArchiveVersionError that says whether the archive or the program is the older one.
    Revisions are dates, so they sort.
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


@contextmanager
def hold_lock(path: Path) -> Iterator[None]:
    """The archive's kernel lock, held while the context lasts; it ends with the process.

    Raises LockedError where another process holds it.
    """
    lock_path = path.with_name(path.name + ".lock")
    lock = FileLock(lock_path, blocking=False)
    try:
        lock.acquire()
    except Timeout as exc:
        raise LockedError(lock_path) from exc
    except OSError as exc:
        raise ArchiveError(f"{lock_path} cannot be locked: {exc.strerror}") from exc
    try:
        yield
    finally:
        lock.release()


def _make_engine(path: Path) -> sa.Engine:
    engine = sa.create_engine(
        f"sqlite:///{path}", connect_args={"timeout": BUSY_TIMEOUT_SECONDS}, poolclass=sa.QueuePool
    )

    @sa.event.listens_for(engine, "connect")
    def configure(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None  # we say BEGIN ourselves
        for pragma in _PRAGMAS:
            connection.execute(pragma)

    @sa.event.listens_for(engine, "begin")
    def begin(connection: sa.Connection) -> None:
        writes = connection.get_execution_options().get("writes", False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")

    return engine


@contextmanager
def _as_archive_errors(path: Path) -> Iterator[None]:
    """The database's own failures as ArchiveError: disk full, read-only, not a database, locked.

    A broken constraint or wrong SQL is a bug of ours and passes through.
    """
    try:
        yield
    except (sa.exc.IntegrityError, sa.exc.ProgrammingError, sa.exc.InterfaceError):
        raise
    except sa.exc.DatabaseError as exc:
        raise ArchiveError(f"{path}: {exc.orig}: {_remedy(exc.orig)}") from exc
    except sqlite3.DatabaseError as exc:
        raise ArchiveError(f"{path}: {exc}: {_remedy(exc)}") from exc


def _remedy(cause: BaseException | None) -> str:
    """What to do about a database's complaint."""
    complaint = str(cause)
    remedies = {
        "not a database": "name an archive of scraper",
        "malformed": "restore a backup, or try sqlite3's .recover",
        "disk is full": "make room and run the command again; nothing is lost",
        "readonly": "make the file and its folder writable",
        "unable to open": "check that the folder exists and may be written",
        "locked": "another program is writing; try again when it has ended",
    }
    return next(
        (remedy for sign, remedy in remedies.items() if sign in complaint),
        "check the file and its disk",
    )
