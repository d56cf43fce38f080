"""How large an archive is, and what takes the room."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from scraper.store import schema, warc

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.store.archive import Archive


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """Sizes in bytes, and rows by table. ``free_bytes`` are those of the file that hold nothing."""

    file_bytes: int
    free_bytes: int
    log_bytes: int
    warc_files: int
    warc_bytes: int
    rows: dict[str, int]


def measure(archive: Archive) -> Stats:
    """The archive's sizes now."""
    with archive.read() as connection:
        page_bytes, free_pages = (
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("page_size", "freelist_count")
        )
        rows = {
            table.name: connection.execute(
                sa.select(sa.func.count()).select_from(table)
            ).scalar_one()
            for table in schema.metadata.sorted_tables
        }
    folder = archive.snapshots
    files = [folder / name for name in warc.list_files(folder)]
    real = archive.path.resolve()
    return Stats(
        file_bytes=_size(real),
        free_bytes=page_bytes * free_pages,
        log_bytes=_size(real.with_name(f"{real.name}-wal")),
        warc_files=len(files),
        warc_bytes=sum(map(_size, files)),
        rows=dict(sorted(rows.items())),
    )


def _size(path: Path) -> int:
    """The file's size; 0 where there is none, or none any more."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
