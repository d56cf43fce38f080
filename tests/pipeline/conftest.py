"""An empty archive, and articles written for it."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store.archive import Archive, create_archive
from tests import prose

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

NOW = datetime(2026, 11, 22, 10, tzinfo=UTC)


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive in a file of its own."""
    made = create_archive(tmp_path / "archive.db", fingerprint_version=FINGERPRINT_VERSION, now=NOW)
    with made:
        yield made


@pytest.fixture
def write_text() -> Callable[..., str]:
    """A writer of invented prose: the same seed gives the same text, another seed another."""
    return prose.write_text
