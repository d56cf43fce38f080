"""An archive copied into another: all of it, found to be the same, or nothing."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.errors import ArchiveError, FileError
from scraper.model import DecisionKind, PageState, Passage, RunId
from scraper.store import copying, decisions, schema
from scraper.store.archive import open_archive
from scraper.store.check import check_archive
from scraper.store.copying import copy_into_new
from scraper.store.snapshots import SnapshotKeeper, add_snapshot
from tests.archive_builder import BEGIN
from tests.store.test_warc import fetched

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from scraper.store.archive import Archive, Where
    from tests.archive_builder import ArchiveBuilder
    from tests.postgres_server import PostgresServer


@pytest.fixture
def filled(builder: ArchiveBuilder) -> Archive:
    """An archive with two stories in two scripts, a decision, a page without an article, a mask,
    and a snapshot.
    """
    archive = builder.archive
    first = builder.article(
        "Ferry", "The ferry\treturns.\n\n“Soon” \\N \\.", url="https://a.example/1"
    )
    second = builder.article("Ferry", "The ferry.", url="https://b.example/1")
    builder.relate(second, first, passages=(Passage(a_start=0, a_end=9, b_start=0, b_end=9),))
    builder.tell(first, second)
    builder.article("新桥", "新桥昨天开放。😀", is_unspaced=True)
    page = builder.page("https://a.example/list", PageState.NO_ARTICLE)
    kept = SnapshotKeeper(archive, RunId(1)).append(page, fetched(b"<p>List</p>"))
    with archive.write() as connection:
        decisions.add_decision(connection, DecisionKind.PREFER, first, None, note="ours", now=BEGIN)
        connection.execute(schema.article.update().values(masked=[[0, 3]], is_title_masked=True))
        add_snapshot(connection, page, kept)
    return archive


@pytest.fixture
def targets(tmp_path: Path, postgres_server: PostgresServer | None) -> tuple[Where, ...]:
    """Where copies may be made, one after the other: on PostgreSQL of each engine."""
    files = (tmp_path / "one.db", tmp_path / "two.db")
    if postgres_server is None:
        return files
    return (files[0], postgres_server.blank(tmp_path), files[1])


def rows_of(archive: Archive) -> dict[str, list[sa.Row[tuple[object, ...]]]]:
    """Every row of every table, as the program reads it."""
    with archive.read() as connection:
        return {
            table.name: list(
                connection.execute(sa.select(table).order_by(*table.primary_key)).all()
            )
            for table in schema.metadata.sorted_tables
        }


def test_a_copy_is_the_same_archive(filled: Archive, targets: tuple[Where, ...]) -> None:
    """Each copy of a copy has every row, and nothing is wrong with it or the original."""
    expected = rows_of(filled)
    source: Where = filled.location
    for target in targets:
        copied = copy_into_new(source, target)
        assert copied.rows == {name: len(rows) for name, rows in expected.items()}
        assert copied.warc_files == 1
        with open_archive(target) as copy:
            assert rows_of(copy) == expected
            assert check_archive(copy) == ()
        source = target
    assert rows_of(filled) == expected


def test_numbers_go_on(filled: Archive, targets: tuple[Where, ...]) -> None:
    """A number that was given, and whose row is gone, is not given to another in the copy."""
    with filled.write() as connection:
        last = connection.execute(sa.select(sa.func.max(schema.change.c.seq))).scalar_one()
        connection.execute(schema.change.delete())
    source: Where = filled.location
    for target in targets:
        copy_into_new(source, target, snapshots=False)
        with ExitStack() as stack:
            connection = stack.enter_context(stack.enter_context(open_archive(target)).write())
            added = connection.execute(schema.change.insert().values(at=BEGIN, story_id=1))
            last += 1
            assert added.inserted_primary_key == (last,)
        source = target


def test_a_copy_that_differs_is_no_copy(
    filled: Archive, targets: tuple[Where, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row that is lost on the way is found, its table named, and nothing is left."""
    write = copying._write_by_insert  # noqa: SLF001  # a fault in the middle

    def lose(
        connection: sa.Connection, plain: sa.TableClause, rows: Iterator[tuple[object, ...]]
    ) -> None:
        kept = list(rows)
        write(connection, plain, iter(kept[:-1] if plain.name == "kept_revision" else kept))

    for name in ("_write_by_insert", "_write_by_copy"):
        monkeypatch.setattr(copying, name, lose)
    for target in targets[:2]:
        with pytest.raises(ArchiveError, match="kept_revision is another: 3 rows"):
            copy_into_new(filled.location, target)
        with pytest.raises(ArchiveError, match="no archive"):
            open_archive(target)


def test_nothing_is_overwritten(
    filled: Archive, targets: tuple[Where, ...], tmp_path: Path
) -> None:
    """Neither an archive nor a folder of snapshots."""
    for target in targets[:2]:
        copy_into_new(filled.location, target)
        with pytest.raises((ArchiveError, FileError), match="already"):
            copy_into_new(filled.location, target)
        with pytest.raises(ArchiveError, match="already"):
            copy_into_new(filled.location, target, snapshots=False)
        with open_archive(target) as copy:
            assert check_archive(copy) == ()
