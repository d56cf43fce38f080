"""A backup is whole, or not there at all."""

from __future__ import annotations

import resource
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from scraper.errors import ScraperError
from scraper.store.archive import open_archive
from scraper.store.backup import back_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

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


def test_backup_is_of_one_moment(builder: ArchiveBuilder, tmp_path: Path) -> None:
    """What a transaction that is under way has written is not in the copy."""
    builder.article("Ferry", "The ferry.", url="https://paper.example/a")
    with builder.archive.write() as connection:
        connection.exec_driver_sql("DELETE FROM change")
        back_up(builder.archive, tmp_path / "copy.db")
    with open_archive(tmp_path / "copy.db") as copy, copy.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM change").scalar() == 1
