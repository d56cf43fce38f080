"""Nothing of what was deleted is left in the archive's file, or its tables' files.

SQLite leaves deleted rows in pages that are free, in its write-ahead log, and in full-text segments
until these are merged. PostgreSQL leaves them in its tables, and in a log of which its server
disposes: what that and a server's backups hold is out of our reach.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scraper.errors import ArchiveError
from scraper.store import schema
from scraper.store.sqlite import SqliteFile, outside_transactions

if TYPE_CHECKING:
    from scraper.store.archive import Archive

#: Merges all segments of an index, which leaves out what was deleted: sqlite.org/fts5.html, 6.7.
_MERGES = (
    "INSERT INTO article_fts(article_fts) VALUES('optimize')",
    "INSERT INTO article_trigram(article_trigram) VALUES('optimize')",
)


def wipe_free_space(archive: Archive) -> None:
    """Nothing; the file holds what its tables hold, and its write-ahead log is empty.

    The file is written anew, which takes its size in free disk space and a minute for some GB.
    Raises ArchiveError where there is no room, or another program reads the archive meanwhile.
    """
    if not isinstance(archive.location, SqliteFile):
        _write_tables_anew(archive)
        return
    with archive.write() as connection:
        for merge in _MERGES:
            connection.exec_driver_sql(merge)
    with (
        archive.location.as_archive_errors(),
        outside_transactions(archive.engine) as cursor,
    ):
        cursor.execute("VACUUM")
        is_busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    if is_busy:
        raise ArchiveError(
            f"{archive.location}: it is forgotten, but another program reads the archive, so that "
            "traces are left in its -wal file: run the command again when that has ended"
        )


def _write_tables_anew(archive: Archive) -> None:
    """Nothing; each of PostgreSQL's tables is a new file, locked while it is written."""
    with archive.location.as_archive_errors():
        engine = archive.engine.execution_options(isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            for name in (*schema.metadata.tables, schema.article_search.name):
                connection.exec_driver_sql(f"VACUUM (FULL) {name}")
