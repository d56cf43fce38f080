"""How large an archive is, and what takes the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.store import schema, warc
from scraper.store.ids import pack
from scraper.store.sqlite import SqliteFile

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Sizes in bytes, and rows by table.

    ``file_bytes`` are the file's, or those of PostgreSQL's tables and indexes. ``free_bytes`` are
    those of the file that hold nothing. Of PostgreSQL neither these nor its log are known.
    """

    file_bytes: int
    free_bytes: int | None
    log_bytes: int | None
    warc_files: int
    warc_bytes: int
    rows: dict[str, int]


def measure(archive: Archive) -> Stats:
    """The archive's sizes now."""
    with archive.read() as connection:
        if isinstance(archive.location, SqliteFile):
            sizes = _measure_file(connection, archive.location.path.resolve())
        else:
            sizes = (_measure_tables(connection), None, None)
        rows = {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in schema.metadata.sorted_tables
        }
    folder = archive.snapshots
    files = [folder / name for name in warc.list_files(folder)]
    file_bytes, free_bytes, log_bytes = sizes
    return Stats(
        file_bytes=file_bytes,
        free_bytes=free_bytes,
        log_bytes=log_bytes,
        warc_files=len(files),
        warc_bytes=sum(map(_size, files)),
        rows=dict(sorted(rows.items())),
    )


def _measure_file(connection: sa.Connection, path: Path) -> tuple[int, int | None, int | None]:
    page_bytes, free_pages = (
        connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
        for name in ("page_size", "freelist_count")
    )
    return _size(path), page_bytes * free_pages, _size(path.with_name(f"{path.name}-wal"))


def _measure_tables(connection: sa.Connection) -> int:
    statement = sa.text(
        "SELECT sum(pg_total_relation_size(CAST(value AS regclass)))"
        " FROM jsonb_array_elements_text(CAST(:names AS jsonb))"
    )
    names = [*schema.metadata.tables, schema.article_search.name]
    return int(connection.execute(statement, {"names": pack(names)}).scalar_one())


def _size(path: Path) -> int:
    """The file's size; 0 where there is none, or none any more."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
