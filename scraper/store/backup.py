"""A copy of an archive that is in use, whole or not there at all."""

from __future__ import annotations

import errno
import os
import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.errors import FileError, UsageError
from scraper.store.archive import Archive
from scraper.store.imported_warc import IS_OURS
from scraper.store.schema import snapshot
from scraper.store.sqlite import SqliteFile, copy_database
from scraper.store.warc import warc_folder

if TYPE_CHECKING:
    from pathlib import Path


def back_up(archive: Archive, target: Path, *, snapshots: bool = True) -> None:
    """Nothing; ``target`` is a copy of the archive as it was at one moment.

    Runs may go on meanwhile. With ``snapshots`` the WARC files that it names are beside it. Raises
    FileError where there is such a file already or it cannot be written, and then leaves none;
    UsageError for an archive in PostgreSQL.
    """
    if not isinstance(archive.location, SqliteFile):
        raise UsageError(
            f"{archive.location} is not a file: back it up with pg_dump, and copy the snapshots, "
            f"{archive.snapshots}; `scraper db copy` makes a SQLite file of it"
        )
    folder = warc_folder(target)
    for taken in (target, folder) if snapshots else (target,):
        if taken.exists():
            raise FileError(str(taken), "written", FileExistsError(errno.EEXIST, "it exists"))
    copy_archive(archive, part := target.with_name(f"{target.name}.part"))
    try:
        if snapshots:
            with Archive(part) as copied, copied.read() as connection:
                copy_snapshot_files(connection, archive.snapshots, folder)
        part.replace(target)
    except BaseException as exc:  # Ctrl-C as well: what it left would keep the next copy from here
        part.unlink(missing_ok=True)
        if snapshots:
            shutil.rmtree(folder, ignore_errors=True)
        if isinstance(exc, OSError):
            raise FileError(str(target), "written", exc) from exc
        raise


def copy_archive(archive: Archive, target: Path) -> None:
    """Nothing; ``target`` is a copy of the archive's file alone, on the disk.

    Raises FileError or ArchiveError where it cannot be written, and then leaves none.
    """
    try:
        target.unlink(missing_ok=True)
        with SqliteFile(target).as_archive_errors(), closing(sqlite3.connect(target)) as copy:
            copy_database(archive.engine, copy)
        with target.open("rb") as file:
            os.fsync(file.fileno())
    except OSError as exc:
        raise FileError(str(target), "written", exc) from exc
    except BaseException:
        for left in (target, target.with_name(f"{target.name}-journal")):
            left.unlink(missing_ok=True)
        raise


def copy_snapshot_files(connection: sa.Connection, source: Path, folder: Path) -> int:
    """How many files are in the new folder now: those that the archive names, as far as it does.

    Those of others, which were imported, stay where they are, and both archives name them. Raises
    OSError where they cannot be copied.
    """
    ends = connection.execute(
        sa.select(snapshot.c.warc_file, sa.func.max(snapshot.c.offset + snapshot.c.length))
        .where(IS_OURS)
        .group_by(snapshot.c.warc_file)
    ).all()
    if ends:
        folder.mkdir(exist_ok=True)
    for name, end in ends:
        shutil.copyfile(source / name, folder / name)
        with (folder / name).open("r+b") as file:
            if os.fstat(file.fileno()).st_size > end:  # a file that was cut is not made longer
                file.truncate(end)
            os.fsync(file.fileno())
    return len(ends)
