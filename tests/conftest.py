"""What holds for every test, and an archive for those that need one.

No test ever fails because a machine was slow.
"""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

from scraper.match.version import FINGERPRINT_VERSION
from scraper.store.archive import create_archive, open_archive
from tests.archive_builder import BEGIN, ArchiveBuilder

if TYPE_CHECKING:
    from collections.abc import Iterator

    from scraper.store.archive import Archive, Where
    from tests.postgres_server import PostgresServer

settings.register_profile("no deadline", deadline=None)
settings.load_profile("no deadline")


def pytest_addoption(parser: pytest.Parser) -> None:
    """The option by which the tests run on the other engine."""
    parser.addoption(
        "--engine",
        choices=("sqlite", "postgresql"),
        default="sqlite",
        help="what keeps the archives of the tests (postgresql: a server from a wheel)",
    )


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Tests about one engine are left out on the other."""
    other = "sqlite" if config.getoption("--engine") == "postgresql" else "postgresql"
    left_out = [item for item in items if item.get_closest_marker(other)]
    items[:] = [item for item in items if not item.get_closest_marker(other)]
    config.hook.pytest_deselected(items=left_out)


@pytest.fixture(scope="session")
def postgres_server(
    request: pytest.FixtureRequest,
) -> Iterator[PostgresServer | None]:
    """The server, where the tests run on PostgreSQL.

    Not in pytest's own folder: it takes away the right to it from the server's user.
    """
    if request.config.getoption("--engine") != "postgresql":
        yield None
        return
    from tests.postgres_server import PostgresServer

    with tempfile.TemporaryDirectory(prefix="scraper-postgresql-") as folder:
        server = PostgresServer(Path(folder))
        yield server
        server.stop()


@pytest.fixture(scope="session")
def empty_archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive's file to copy: migrations for every test would take most of its time."""
    path = tmp_path_factory.mktemp("empty") / "archive.db"
    create_archive(path, fingerprint_version=FINGERPRINT_VERSION, now=BEGIN).close()
    return path


@pytest.fixture
def archive_path(
    request: pytest.FixtureRequest, tmp_path: Path, postgres_server: PostgresServer | None
) -> Where:
    """The file, or the database, of a new, empty archive."""
    if postgres_server is not None:
        return postgres_server.archive(tmp_path)
    empty: Path = request.getfixturevalue("empty_archive")
    return Path(shutil.copy(empty, tmp_path / "archive.db"))


@pytest.fixture
def archive(archive_path: Where) -> Iterator[Archive]:
    """A new, empty archive, open."""
    with open_archive(archive_path) as opened:
        yield opened


@pytest.fixture
def builder(archive: Archive) -> ArchiveBuilder:
    """What fills the test's archive."""
    return ArchiveBuilder(archive)
