"""The demo's archive, made once, for the pages that ask questions of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from scraper.demo.tour import take_tour

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture(scope="session")
def demo_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of the archive that `scraper demo` makes; not to be written to."""
    return take_tour(tmp_path_factory.mktemp("demo")).archive
