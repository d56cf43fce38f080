"""A backup is whole, or not there at all."""

from __future__ import annotations

import errno
import resource
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from scraper.errors import ScraperError
from scraper.model import RunId
from scraper.store.archive import open_archive
from scraper.store.backup import back_up
from scraper.store.snapshots import SnapshotKeeper, add_snapshot
from scraper.store.warc import warc_folder
from tests.store.test_warc import fetched

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.archive_builder import ArchiveBuilder

#: About files; tests/store/test_postgresql.py is about databases of a server.
pytestmark = pytest.mark.sqlite


@contextmanager
def largest_file(size: int) -> Iterator[None]:
    """No file of this process grows beyond so many bytes while the context lasts."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_backup_that_does_not_fit_leaves_nothing(builder: ArchiveBuilder) -> None:
    """Where the copy cannot be written whole, no file is left, and the message names the copy."""
    builder.article("Ferry", "The ferry. " * 10_000, url="https://paper.example/a")
    folder = builder.archive.path.parent / "backups"
    folder.mkdir()
    with largest_file(200_000), pytest.raises(ScraperError, match=r"copy\.db"):
        back_up(builder.archive, folder / "copy.db")
    assert list(folder.iterdir()) == []


def test_interrupted_backup_leaves_nothing(
    builder: ArchiveBuilder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After Ctrl-C amid the pages the same command can be given again."""
    page = builder.page("https://paper.example/a")
    keeper = SnapshotKeeper(builder.archive, RunId(1))
    with builder.archive.write() as connection:
        add_snapshot(connection, page, keeper.append(page, fetched(b"<p>ferry</p>")))
    folder = builder.archive.path.parent / "backups"
    folder.mkdir()

    def interrupt(*_places: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as interrupted:
        interrupted.setattr(shutil, "copyfile", interrupt)
        with pytest.raises(KeyboardInterrupt):
            back_up(builder.archive, folder / "copy.db")
    assert list(folder.iterdir()) == []
    back_up(builder.archive, folder / "copy.db")
    assert sorted(path.name for path in folder.iterdir()) == ["copy.db", "copy.db.warc"]


def test_cut_pages_are_copied_as_they_are(builder: ArchiveBuilder, tmp_path: Path) -> None:
    """A WARC file that lost its end is not filled up with zeros."""
    page = builder.page("https://paper.example/a")
    keeper = SnapshotKeeper(builder.archive, RunId(1))
    with builder.archive.write() as connection:
        add_snapshot(connection, page, keeper.append(page, fetched(b"<p>ferry</p>")))
    [kept] = warc_folder(builder.archive.path).iterdir()
    kept.write_bytes(kept.read_bytes()[:-20])
    back_up(builder.archive, tmp_path / "copy.db")
    [copied] = warc_folder(tmp_path / "copy.db").iterdir()
    assert copied.read_bytes() == kept.read_bytes()


def test_pages_beside_a_backup_without_any_stay(builder: ArchiveBuilder) -> None:
    """A backup without snapshots that fails takes no folder with it that was there before."""
    folder = builder.archive.path.parent / "backups"
    kept = folder / "copy.db.warc" / "mine"
    kept.parent.mkdir(parents=True)
    kept.touch()

    def fail(_path: Path, _target: Path) -> Path:
        raise OSError(errno.EIO, "broken")

    with pytest.MonkeyPatch.context() as broken:
        broken.setattr(Path, "replace", fail)
        with pytest.raises(ScraperError, match=r"copy\.db"):
            back_up(builder.archive, folder / "copy.db", snapshots=False)
    assert [path.name for path in folder.rglob("*")] == ["copy.db.warc", "mine"]


def test_backup_is_of_one_moment(builder: ArchiveBuilder, tmp_path: Path) -> None:
    """What a transaction that is under way has written is not in the copy."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    with builder.archive.write() as connection:
        connection.exec_driver_sql("DELETE FROM change")
        back_up(builder.archive, tmp_path / "copy.db")
    with open_archive(tmp_path / "copy.db") as copy, copy.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM change").scalar() == 1
