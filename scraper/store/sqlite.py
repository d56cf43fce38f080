"""SQLite, the engine of an archive that is one file.

Rule 1: a writer's transaction begins IMMEDIATE, so that what it looks up cannot change before it
writes (with deferred begins two processes doubled 387 of 400 keys in a race).
"""

from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import quote

import sqlalchemy as sa
from filelock import FileLock, Timeout

from scraper.errors import ArchiveError, ArchiveMissingError, LockedError
from scraper.store.warc import warc_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

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


@dataclass(frozen=True)
class SqliteFile:
    """An archive that is the file at this path: a ``Location``."""

    path: Path

    def __str__(self) -> str:
        return str(self.path)

    @property
    def address(self) -> str:
        """How a config names it: by its whole path."""
        return str(self.path.resolve())

    @property
    def title(self) -> str:
        """The file's name."""
        return self.path.name

    @property
    def snapshots(self) -> Path:
        """The folder of its WARC files, beside it."""
        return warc_folder(self.path)

    @cached_property
    def is_read_only(self) -> bool:
        """Whether it lies where we can write nothing: it can be read all the same."""
        return _is_unwritable(self.path)

    def find(self) -> None:
        """Nothing, where there is a file; raises ArchiveMissingError or ArchiveError."""
        try:
            mode = self.path.stat().st_mode
        except (FileNotFoundError, NotADirectoryError) as exc:
            raise ArchiveMissingError(str(self)) from exc
        except OSError as exc:
            raise ArchiveError(f"{self} cannot be read: {exc.strerror}") from exc
        if not stat.S_ISREG(mode):
            raise ArchiveError(f"{self} is not a file: name an archive of scraper")

    def exists(self) -> bool:
        """Whether there is anything at this path."""
        return self.path.exists()

    @contextmanager
    def making(self) -> Iterator[None]:
        """An empty file to be filled meanwhile; where that fails, there is none.

        Raises ArchiveError where the file exists already or its folder cannot be written.
        """
        try:
            self.path.touch(exist_ok=False)
        except FileExistsError as exc:
            raise ArchiveError(f"{self} exists already: remove it or choose another name") from exc
        except (FileNotFoundError, NotADirectoryError) as exc:
            raise ArchiveError(f"{self.path.parent} is not a folder: make it first") from exc
        except OSError as exc:
            raise ArchiveError(f"{self} cannot be made: {exc.strerror}") from exc
        try:
            yield
        except BaseException:
            self.path.unlink()
            raise

    def no_archive(self) -> ArchiveError:
        """What is wrong with a database that has not the tables of an archive."""
        return ArchiveError(
            f"{self} is a database, but not an archive of scraper: name another file"
        )

    def make_engine(self) -> sa.Engine:
        """What gives connections; none is made yet."""
        engine = sa.create_engine(
            _name_database(self.path, is_unchanging=self.is_read_only and not _has_log(self.path)),
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

    def renew(self, engine: sa.Engine) -> sa.Engine:
        """The engine, or another where somebody who may began to write a file that we may not."""
        if "immutable" in engine.url.query and _has_log(self.path):
            engine.dispose()
            return self.make_engine()
        return engine

    @property
    def is_shared(self) -> bool:
        """No: one run has the file's lock."""
        return False

    def options(self, *, writes: bool, alone: bool = True) -> dict[str, Any]:  # noqa: ARG002 - always
        """The options of a connection that reads or writes; whoever writes is alone."""
        return {"writes": True} if writes else {}

    def end_look(self, connection: sa.Connection) -> None:
        """Nothing; a transaction that reads is over."""
        connection.rollback()

    def prepare(self, engine: sa.Engine) -> None:
        """Nothing; the file keeps a write-ahead log: readers and the writer do not wait on another.

        The file remembers it; a copy made by VACUUM INTO has forgotten it.
        """
        if not self.is_read_only:
            with outside_transactions(engine) as cursor:
                cursor.execute("PRAGMA journal_mode = WAL")

    @contextmanager
    def as_archive_errors(self) -> Iterator[None]:
        """The database's own failures as ArchiveError: disk full, read-only, no database, locked.

        A broken constraint or wrong SQL is a bug of ours and passes through.
        """
        try:
            yield
        except (sa.exc.DatabaseError, sqlite3.DatabaseError) as exc:
            cause = exc.orig if isinstance(exc, sa.exc.DatabaseError) else exc
            # The low byte is the failure, the others its detail: https://sqlite.org/rescode.html
            detail = getattr(cause, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
            # No room even for the -shm file, which readers need too, is called an I/O error.
            code = sqlite3.SQLITE_FULL if detail == sqlite3.SQLITE_IOERR_SHMSIZE else detail & 0xFF
            if code not in _REMEDIES:
                raise
            raise ArchiveError(f"{self}: {cause}: {_REMEDIES[code]}") from exc

    @contextmanager
    def hold_lock(self) -> Iterator[None]:
        """The archive's kernel lock, held while the context lasts; it ends with the process.

        It lies beside the file itself, by whatever link that is named. Raises LockedError where
        another process holds it.
        """
        real = self.path.resolve()
        lock_path = real.with_name(real.name + ".lock")
        lock = FileLock(lock_path, blocking=False)
        try:
            lock.acquire()
        except Timeout as exc:
            raise LockedError(str(lock_path)) from exc
        except OSError as exc:
            raise ArchiveError(
                f"{lock_path} cannot be locked: {exc.strerror}: make it and its folder writable"
            ) from exc
        try:
            yield
        finally:
            lock.release()

    @contextmanager
    def join_runs(self, when_alone: Callable[[], None]) -> Iterator[None]:
        """The archive's lock, as ``hold_lock``; whoever has it is alone."""
        with self.hold_lock():
            when_alone()
            yield


@contextmanager
def outside_transactions(engine: sa.Engine) -> Iterator[sqlite3.Cursor]:
    """A cursor for what SQLite does outside transactions only."""
    with (
        closing(engine.raw_connection()) as connection,
        closing(connection.cursor()) as cursor,
    ):
        yield cast(sqlite3.Cursor, cursor)


def copy_database(engine: sa.Engine, target: sqlite3.Connection) -> None:
    """Nothing; the other database holds what this one does at this moment.

    Raises what sqlite3 does where that fails: it does not say on which side.
    """
    with closing(engine.raw_connection()) as connection:
        cast(sqlite3.Connection, connection.driver_connection).backup(target)


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
