"""Snapshots: named only after they are on the disk, forgotten with their bytes."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from scraper.errors import SnapshotError
from scraper.model import RunId
from scraper.store import schema, warc
from scraper.store.snapshots import (
    SnapshotKeeper,
    add_snapshot,
    delete_snapshots,
    read_snapshot,
    scan_snapshots,
    tidy,
)
from tests.store.test_warc import fetched

if TYPE_CHECKING:
    from pathlib import Path

    from scraper.model import PageId, SnapshotId
    from scraper.store.archive import Archive
    from tests.archive_builder import ArchiveBuilder

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def folder(archive: Archive) -> Path:
    """Where the archive's WARC files lie."""
    return archive.snapshots


@pytest.fixture
def keeper(archive: Archive) -> SnapshotKeeper:
    """Keeps what run 1 fetches."""
    return SnapshotKeeper(archive, RunId(1))


def keep(archive: Archive, keeper: SnapshotKeeper, page: PageId, body: bytes) -> SnapshotId:
    """The id of a snapshot of the page with this body."""
    appended = keeper.append(page, fetched(body))
    with archive.write() as connection:
        return add_snapshot(connection, page, appended)


def read_all(archive: Archive) -> list[bytes]:
    """The bodies of all snapshots."""
    with archive.read() as connection:
        return [
            read_snapshot(connection, archive, kept).body for kept in scan_snapshots(connection)
        ]


def test_same_payload_is_kept_once(
    archive: Archive, builder: ArchiveBuilder, keeper: SnapshotKeeper
) -> None:
    """A page that says the same again is a revisit, and reads the same; another page is not."""
    one, other = (builder.page(f"https://paper.example/{name}") for name in "ab")
    body = b"<p>the ferry</p>" * 500
    first, again, _ = (keep(archive, keeper, page, body) for page in (one, one, other))
    with archive.read() as connection:
        kept = [*scan_snapshots(connection)]
    assert [each.revisit_of for each in kept] == [None, first, None]
    assert [each.id for each in kept][1] == again
    assert read_all(archive) == [body] * 3


def test_lost_payload_is_kept_again(
    archive: Archive, builder: ArchiveBuilder, keeper: SnapshotKeeper, folder: Path
) -> None:
    """Where the earlier record cannot be read any more, the page is written in full."""
    page = builder.page("https://paper.example/a")
    keep(archive, keeper, page, b"<p>ferry</p>")
    (folder / warc.file_name(1)).unlink()
    keep(archive, SnapshotKeeper(archive, RunId(2)), page, b"<p>ferry</p>")
    with archive.read() as connection:
        *_, last = scan_snapshots(connection)
        assert last.revisit_of is None
        assert read_snapshot(connection, archive, last).body == b"<p>ferry</p>"


def test_unfinished_tail_is_cut(
    archive: Archive, builder: ArchiveBuilder, keeper: SnapshotKeeper, folder: Path
) -> None:
    """What no table names is gone after the next start, also half a record."""
    page = builder.page("https://paper.example/a")
    keep(archive, keeper, page, b"<p>named</p>")
    file = folder / warc.file_name(1)
    named = file.stat().st_size
    keeper.append(page, fetched(b"<p>not named</p>"))
    with file.open("ab") as opened:
        opened.write(b"\x1f\x8bhalf")
    SnapshotKeeper(archive, RunId(2)).append(page, fetched(b"<p>nor this</p>"))
    tidy(archive)
    assert file.stat().st_size == named
    assert warc.list_files(folder) == [file.name]
    assert read_all(archive) == [b"<p>named</p>"]


def test_files_of_others_stay(
    archive: Archive, builder: ArchiveBuilder, keeper: SnapshotKeeper, folder: Path
) -> None:
    """A file that somebody put into the folder is no leftover of a run."""
    keep(archive, keeper, builder.page("https://paper.example/a"), b"<p>ferry</p>")
    others = folder / "zeitung.warc.gz"
    others.write_bytes(b"mine")
    tidy(archive)
    assert others.read_bytes() == b"mine"


def test_killed_before_overwriting(
    archive: Archive, builder: ArchiveBuilder, keeper: SnapshotKeeper, folder: Path
) -> None:
    """What was forgotten is overwritten by the next start, where forgetting was cut short."""
    pages = [builder.page(f"https://paper.example/{name}") for name in "abc"]
    ids = [keep(archive, keeper, page, f"<p>{page} ferry</p>".encode()) for page in pages]
    with archive.write() as connection:
        delete_snapshots(connection, ids[:1])
    tidy(archive)
    tidy(archive)
    assert read_all(archive) == [b"<p>2 ferry</p>", b"<p>3 ferry</p>"]
    with archive.write() as connection:
        delete_snapshots(connection, ids[1:])
    tidy(archive)
    assert warc.list_files(folder) == []


def test_a_forgotten_record_of_another_machine_waits_for_it(
    archive: Archive, builder: ArchiveBuilder, keeper: SnapshotKeeper, folder: Path
) -> None:
    """Where machines share an archive, not their folders; elsewhere a file that is gone is gone."""
    (forgotten, kept) = (
        keep(archive, keeper, builder.page(f"https://paper.example/{name}"), name.encode() * 99)
        for name in "ab"
    )
    assert kept
    with archive.write() as connection:
        delete_snapshots(connection, [forgotten])
    elsewhere = folder.rename(folder.with_name("elsewhere"))
    tidy(archive)
    with archive.read() as connection:
        waiting = connection.execute(sa.select(schema.erasure)).all()
    assert len(waiting) == archive.location.is_shared
    elsewhere.rename(folder)
    tidy(archive)
    with archive.read() as connection:
        assert connection.execute(sa.select(schema.erasure)).all() == []
    assert read_all(archive) == [b"b" * 99]


def test_missing_record_is_told(
    archive: Archive, builder: ArchiveBuilder, keeper: SnapshotKeeper, folder: Path
) -> None:
    """A snapshot whose file is gone is an error that names the file."""
    keep(archive, keeper, builder.page("https://paper.example/a"), b"<p>ferry</p>")
    (folder / warc.file_name(1)).unlink()
    with pytest.raises(SnapshotError, match=warc.file_name(1)):
        read_all(archive)
