"""Where the archives of a growing corpus are kept, by size: files, or databases of a server."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING, Protocol

import sqlalchemy as sa

from scraper.store.sqlite import SqliteFile

if TYPE_CHECKING:
    import sqlite3
    from pathlib import Path

    from scraper.store.archive import Archive, Where


class Engine(Protocol):
    """Archives by name: that of a size has the number as its name."""

    notes: Path

    def where(self, name: int | str) -> Where:
        """Where the archive of this name is."""

    def exists(self, name: int | str) -> bool:
        """Whether there is one."""

    def make(self, name: int | str) -> Where:
        """Where one of this name can be created."""

    def copy(self, name: int | str, to: int | str) -> None:
        """Nothing; there is a copy under the other name, in place of what was there."""

    def rename(self, name: int | str, to: int | str) -> None:
        """Nothing; the archive has the other name."""

    def remove(self, name: int | str) -> None:
        """Nothing; there is no archive of this name."""

    def size_bytes(self, name: int | str) -> int:
        """How many bytes it takes."""

    def hurry(self, archive: Archive) -> None:
        """Nothing; from now on it writes at once, and is lost where it is cut off."""


#: Without a journal a million texts take half the time; these are not a user's.
_HURRIED = (
    "PRAGMA synchronous = OFF",
    "PRAGMA cache_size = -256000",
    "PRAGMA locking_mode = EXCLUSIVE",
    "PRAGMA journal_mode = OFF",
)


class SqliteFiles:
    """Archives that are files of a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.notes = folder / "growth.jsonl"

    def where(self, name: int | str) -> SqliteFile:
        """Where the archive of this name is."""
        return SqliteFile(self._folder / f"{name}.db")

    def exists(self, name: int | str) -> bool:
        """Whether there is one."""
        return self.where(name).path.exists()

    def make(self, name: int | str) -> SqliteFile:
        """Where one of this name can be created."""
        return self.where(name)

    def copy(self, name: int | str, to: int | str) -> None:
        """Nothing; there is a copy under the other name, in place of what was there."""
        self.remove(to)
        shutil.copyfile(self.where(name).path, self.where(to).path)

    def rename(self, name: int | str, to: int | str) -> None:
        """Nothing; the archive has the other name."""
        self.where(name).path.rename(self.where(to).path)

    def remove(self, name: int | str) -> None:
        """Nothing; there is no archive of this name."""
        for end in (".db", ".db-wal", ".db-shm", ".db.lock"):
            (self._folder / f"{name}{end}").unlink(missing_ok=True)

    def size_bytes(self, name: int | str) -> int:
        """How many bytes it takes."""
        return self.where(name).path.stat().st_size

    def hurry(self, archive: Archive) -> None:
        """Nothing; from now on it writes at once, and is lost where it is cut off."""
        archive.engine.dispose()

        @sa.event.listens_for(archive.engine, "connect")
        def configure(connection: sqlite3.Connection, _record: object) -> None:
            for pragma in _HURRIED:
                connection.execute(pragma)
