"""What holds for every test, and an archive for those that need one.

No test ever fails because a machine was slow.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store.archive import create_archive, open_archive
from tests.archive_builder import BEGIN, ArchiveBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.archive import Archive

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive's file to copy: migrations for every test would take most of its time."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    create_archive(path, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN).close()
    return path


@pytest.fixture
def archive_path(empty_archive: Path, tmp_path: Path) -> Path:
    """The file of a new, empty archive."""
    return Path(shutil.copy(empty_archive, tmp_path / "archive.db"))


@pytest.fixture
def archive(archive_path: Path) -> Iterator[Archive]:
    """A new, empty archive, open."""
    with open_archive(archive_path) as opened:
        yield opened


@pytest.fixture
def builder(archive: Archive) -> ArchiveBuilder:
    """What fills the test's archive."""
    return ArchiveBuilder(archive)
