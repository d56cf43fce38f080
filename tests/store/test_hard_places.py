"""Archives on full disks and read-only mounts, and files that are no archives any more."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from scraper.errors import ArchiveError
from scraper.store import sqlite
from scraper.store.archive import hold_lock, open_archive
from scraper.store.check import check_archive
from scraper.store.find import find_article
from scraper.store.sqlite import outside_transactions

if TYPE_CHECKING:
    from pathlib import Path

    from tests.archive_builder import ArchiveBuilder

#: About files; tests/store/test_postgresql.py is about databases of a server.
pytestmark = pytest.mark.sqlite


@pytest.fixture
def filled(builder: ArchiveBuilder) -> Path:
    """A closed archive with one article."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    builder.archive.close()
    return builder.archive.path


def test_read_only_mount_is_read(filled: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where nothing can be written the archive is read, checked, and no file appears beside it."""
    monkeypatch.setattr(sqlite, "_is_unwritable", lambda _path: True)
    before = sorted(path.name for path in filled.parent.iterdir())
    with open_archive(filled) as archive:
        with archive.read() as connection:
            assert find_article(connection, "https://paper.example/a") == 1
        assert check_archive(archive) == ()
        with pytest.raises(ArchiveError, match="writable"), archive.write() as connection:
            connection.exec_driver_sql("DELETE FROM change")
        assert sorted(path.name for path in filled.parent.iterdir()) == before


def test_archive_of_somebody_else_is_read(
    filled: Path, monkeypatch: pytest.MonkeyPatch, builder: ArchiveBuilder
) -> None:
    """Where it is only we who cannot write, what others write meanwhile is read too."""
    monkeypatch.setattr(os, "access", lambda _path, mode: mode != os.W_OK)
    with open_archive(filled) as archive:
        assert archive.is_read_only
        with archive.read() as connection:
            assert find_article(connection, "https://paper.example/b") is None
        monkeypatch.undo()
        builder.article("Bridge", "The bridge.", url="https://paper.example/b")
        with archive.read() as connection:
            assert find_article(connection, "https://paper.example/b") == 2


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write everywhere")
def test_folder_that_we_may_not_write(filled: Path) -> None:
    """The archive in it is read, and a lock there is told as what it is."""
    filled.parent.chmod(0o555)
    try:
        with open_archive(filled) as archive, archive.read() as connection:
            assert find_article(connection, "https://paper.example/a") == 1
        with (
            pytest.raises(ArchiveError, match="make it and its folder writable"),
            hold_lock(filled),
        ):
            pass
    finally:
        filled.parent.chmod(0o755)


@pytest.mark.parametrize("name", ["a b.db", "a?mode=rw#x%20.db"])
def test_odd_names_on_a_read_only_mount(
    filled: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    """A file's name is never taken for a part of a URL."""
    monkeypatch.setattr(sqlite, "_is_unwritable", lambda _path: True)
    odd = filled.rename(filled.with_name(name))
    with open_archive(odd) as archive, archive.read() as connection:
        assert find_article(connection, "1") == 1


def test_full_disk_loses_nothing(builder: ArchiveBuilder) -> None:
    """What does not fit is refused as a whole, with what to do; what was there is whole."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    archive = builder.archive
    with outside_transactions(archive.engine) as cursor:
        cursor.execute("PRAGMA max_page_count = 1")  # as many as there are
    with pytest.raises(ArchiveError, match="make room and run the command again"):
        builder.article("Bridge", "The bridge. " * 100_000, url="https://paper.example/b")
    with outside_transactions(archive.engine) as cursor:
        cursor.execute("PRAGMA max_page_count = 1000000")
    with archive.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM article").scalar() == 1


@pytest.mark.parametrize("kept", [0, 100, 20_000])
def test_cut_file_is_told(filled: Path, kept: int) -> None:
    """A file that lost its end is an error or a finding, in one line, and is not changed."""
    content = filled.read_bytes()[:kept]
    filled.write_bytes(content)
    try:
        with open_archive(filled) as archive:
            problems = check_archive(archive)
    except ArchiveError as exc:
        problems = (str(exc),)
    assert problems
    assert all("\n" not in problem for problem in problems)
    assert filled.read_bytes()[:kept] == content
