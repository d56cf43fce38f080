"""An archive copied into a new one of either engine, and compared with it.

Rule 1: the copy is one transaction, compared before it is committed: it is there whole, with the
numbers and the identity of the original, or not at all.
Rule 2: what indexes for search hold is not copied: the new archive's own triggers make it.
"""

from __future__ import annotations

import errno
import hashlib
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import msgspec
import sqlalchemy as sa

from scraper.errors import ArchiveError, FileError
from scraper.store import schema
from scraper.store.archive import locate, make_archive, open_archive
from scraper.store.backup import copy_snapshot_files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.archive import Where

#: So many rows are read and written at a time. A guess.
_BATCH: Final = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What a copy holds: rows by table, each found to be the same in both, and WARC files."""

    rows: dict[str, int]
    warc_files: int


def copy_into_new(source: Where, target: Where, *, snapshots: bool = True) -> Copied:
    """What was copied: the whole archive as it was at one moment; runs may go on meanwhile.

    With ``snapshots`` its WARC files as well, unless both archives keep them in one folder. Raises
    ArchiveError where there is an archive already, FileError where files cannot be written; then
    nothing is left of the copy.
    """
    from_folder, to_folder = locate(source).snapshots, locate(target).snapshots
    copies_files = snapshots and from_folder.resolve() != to_folder.resolve()
    if copies_files and to_folder.exists() and any(to_folder.iterdir()):
        cause = FileExistsError(errno.EEXIST, "it holds files already")
        raise FileError(str(to_folder), "written", cause)
    with open_archive(source) as original, original.read() as reading:
        rows: dict[str, int] = {}
        files = 0

        def fill(writing: sa.Connection) -> None:
            nonlocal files
            for table in schema.metadata.sorted_tables:
                rows[table.name] = _copy_table(reading, writing, table)
            _keep_numbers(reading, writing)
            if copies_files:
                files = copy_snapshot_files(reading, from_folder, to_folder)

        try:
            make_archive(target, fill).close()
        except BaseException as exc:
            if copies_files:
                shutil.rmtree(to_folder, ignore_errors=True)
            if isinstance(exc, OSError):
                raise FileError(str(to_folder), "written", exc) from exc
            raise
    return Copied(rows=rows, warc_files=files)


def _copy_table(reading: sa.Connection, writing: sa.Connection, table: sa.Table) -> int:
    """How many rows the table has in both. Raises ArchiveError where they are not the same."""
    plain = _as_stored(table)
    ours, theirs = _Digest(), _Digest()
    write = _write_by_copy if writing.dialect.name == "postgresql" else _write_by_insert
    write(writing, plain, ours.passing(_read(reading, plain, table)))
    for _ in theirs.passing(_read(writing, plain, table)):
        pass
    if ours != theirs:
        raise ArchiveError(
            f"the copy of {table.name} is another: {ours.count} rows ({ours}) became"
            f" {theirs.count} ({theirs}); nothing was written"
        )
    return ours.count


def _as_stored(table: sa.Table) -> sa.TableClause:
    """The table with its times as the texts that they are stored as."""
    times = (schema.Instant, schema.Printed)
    return sa.table(
        table.name,
        *(
            sa.column(column.name, sa.Text() if isinstance(column.type, times) else column.type)
            for column in table.columns
        ),
    )


def _read(
    connection: sa.Connection, plain: sa.TableClause, table: sa.Table
) -> Iterator[tuple[Any, ...]]:
    """The table's rows, by their keys, which both engines sort alike."""
    keys = (plain.c[column.name] for column in table.primary_key)
    rows = connection.execute(
        sa.select(plain).order_by(*keys), execution_options={"yield_per": _BATCH}
    )
    for row in rows:
        yield tuple(row)


def _write_by_insert(
    connection: sa.Connection, plain: sa.TableClause, rows: Iterator[tuple[Any, ...]]
) -> None:
    names = [column.name for column in plain.columns]
    for batch in _batches(rows):
        connection.execute(plain.insert(), [dict(zip(names, row, strict=True)) for row in batch])


def _write_by_copy(
    connection: sa.Connection, plain: sa.TableClause, rows: Iterator[tuple[Any, ...]]
) -> None:
    """By COPY: a whole copy took half the time that it takes by inserts."""
    quote = connection.dialect.identifier_preparer.quote
    columns = ", ".join(quote(column.name) for column in plain.columns)
    statement = f"COPY {quote(plain.name)} ({columns}) FROM STDIN"
    is_json = [isinstance(column.type, schema.Json) for column in plain.columns]
    driver: Any = connection.connection.driver_connection
    with driver.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(
                tuple(
                    msgspec.json.encode(value).decode() if json and value is not None else value
                    for value, json in zip(row, is_json, strict=True)
                )
            )


def _batches(rows: Iterator[tuple[Any, ...]]) -> Iterator[list[tuple[Any, ...]]]:
    batch: list[tuple[Any, ...]] = []
    for row in rows:
        batch.append(row)
        if len(batch) == _BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _keep_numbers(reading: sa.Connection, writing: sa.Connection) -> None:
    """Nothing; numbers go on where they would have gone on: none that was given is given again."""
    for table in schema.metadata.sorted_tables:
        column = table.autoincrement_column
        if column is None:
            continue
        last = _last_number(reading, table, column)
        if writing.dialect.name == "postgresql":
            if last:
                writing.execute(
                    sa.text("SELECT setval(pg_get_serial_sequence(:table, :column), :last)"),
                    {"table": table.name, "column": column.name, "last": last},
                )
        elif table.dialect_options["sqlite"]["autoincrement"]:
            named = {"name": table.name, "last": last}
            writing.execute(sa.text("DELETE FROM sqlite_sequence WHERE name = :name"), named)
            writing.execute(sa.text("INSERT INTO sqlite_sequence VALUES (:name, :last)"), named)


def _last_number(connection: sa.Connection, table: sa.Table, column: sa.Column[Any]) -> int:
    """The highest number that was given to a row of the table, as far as the engine knows."""
    highest = connection.execute(sa.select(sa.func.max(column))).scalar() or 0
    if connection.dialect.name == "postgresql":
        told = sa.text("SELECT pg_sequence_last_value(pg_get_serial_sequence(:table, :column))")
    elif table.dialect_options["sqlite"]["autoincrement"]:
        told = sa.text("SELECT seq FROM sqlite_sequence WHERE name = :table")
    else:
        return int(highest)
    found = connection.execute(told, {"table": table.name, "column": column.name}).scalar()
    return max(int(highest), found or 0)


class _Digest:
    """The number of rows that passed, and a SHA-256 of what they hold, in their order."""

    def __init__(self) -> None:
        self.count = 0
        self._hash = hashlib.sha256()

    def passing(self, rows: Iterator[tuple[Any, ...]]) -> Iterator[tuple[Any, ...]]:
        """The same rows."""
        for row in rows:
            self.count += 1
            self._hash.update(msgspec.json.encode(row) + b"\n")
            yield row

    def __str__(self) -> str:
        return self._hash.hexdigest()[:12]

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, _Digest):
            return NotImplemented
        return self.count == other.count and self._hash.digest() == other._hash.digest()

    __hash__ = None  # type: ignore[assignment]  # it changes
