"""Running commands as a person does, in an empty folder."""

from __future__ import annotations

import logging
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from click.testing import CliRunner

from scraper.cli.app import cli
from scraper.store.archive import archive_path, locate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from click.testing import Result

    from scraper.store.archive import Location
    from tests.postgres_server import PostgresServer


@pytest.fixture(autouse=True)
def home(
    request: pytest.FixtureRequest,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    postgres_server: PostgresServer | None,
) -> Path:
    """The folder in which commands run, with no config and no variables from outside.

    On PostgreSQL one names the test's database, in which an archive is or is to be made.
    """
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.delenv("SCRAPER_CONFIG", raising=False)
    monkeypatch.delenv("SCRAPER_ARCHIVE", raising=False)
    if postgres_server is not None and not request.node.get_closest_marker("sqlite"):
        has_archive = "archive_path" in request.fixturenames
        make = postgres_server.archive if has_archive else postgres_server.blank
        monkeypatch.setenv("SCRAPER_ARCHIVE", make(tmp_path).address)
    return tmp_path


@pytest.fixture
def here(home: Path) -> Location:
    """The file or database with which commands work in that folder, be it there or not."""
    return archive_here()


def archive_here() -> Location:
    """What environment and default name."""
    return locate(archive_path(os.environ.get("SCRAPER_ARCHIVE", "archive.db"), Path()))


@pytest.fixture(autouse=True)
def quiet_log() -> Iterator[None]:
    """Commands set up the process's log; afterwards it is as it was."""
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    yield
    root.handlers[:] = handlers
    root.setLevel(level)


@pytest.fixture
def run() -> Callable[..., Result]:
    """A command run in this process: ``run("show", "1").stdout``."""

    def invoke(*args: str, **options: object) -> Result:
        return CliRunner().invoke(cli, args, prog_name="scraper", **options)  # type: ignore[arg-type]  # as the test says

    return invoke
